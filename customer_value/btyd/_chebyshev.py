"""Smooth functions by their values at a few points (Chebyshev series)."""

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from customer_value._counts import tally

Floats = NDArray[np.float64]
_BLOCK = 8_192


def nodes(low: float, high: float, count: int) -> Floats:
    """``count`` Chebyshev points of the first kind between ``low`` and ``high``."""
    unit = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    return low + (high - low) * (1 + unit) / 2


def coefficients(values: Floats) -> Floats:
    """Chebyshev coefficients of the interpolant through ``values`` at ``nodes``, along the last axis."""
    count = values.shape[-1]
    angle = np.pi * np.outer(np.arange(count) + 0.5, np.arange(count)) / count
    series = values @ np.cos(angle) * (2 / count)
    series[..., 0] /= 2
    return series


def settled(series: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Whether the last coefficients of each series are nothing, measured by its largest."""
    size = np.abs(series)
    return size[..., -3:].max(axis=-1) <= tolerance * size.max(axis=-1)


def trimmed(series: Floats, tolerance: float) -> Floats:
    """``series``, shape (m, n), without the last columns that are nothing for every row."""
    size = np.abs(series)
    needed = np.flatnonzero((size > tolerance * size.max(axis=1, keepdims=True)).any(axis=0))
    return series[:, : (needed[-1] + 1 if needed.size else 1)]


def scaled(points: Floats, low: float, high: float) -> Floats:
    """``points`` from [low, high] to [−1, 1]; a range without width gives 0."""
    if high <= low:
        return np.zeros_like(points)
    return (2 * points - (low + high)) / (high - low)


def basis(points: Floats, low: float, high: float, count: int) -> Floats:
    """The first ``count`` Chebyshev polynomials at ``points``, shape points.shape + (count,)."""
    return chebyshev.chebvander(scaled(points, low, high), count - 1)


def evaluate(series: Floats, code: NDArray[np.intp], points: Floats, low: float, high: float) -> Floats:
    """Row ``code[i]`` of ``series`` at ``points[i]``, for all i."""
    unit = scaled(points, low, high)
    result = np.empty(points.size)
    order = np.argsort(code.astype(np.int16) if series.shape[0] < 32_000 else code, kind="stable")
    ends = np.cumsum(tally(code, least=series.shape[0]))
    start = 0
    for row, end in enumerate(ends):
        terms = trimmed(series[row : row + 1], 1e-15)[0]
        for first in range(start, end, _BLOCK):
            part = order[first : min(first + _BLOCK, end)]
            result[part] = _clenshaw(terms, unit[part])
        start = end
    return result


def _clenshaw(series: Floats, x: Floats) -> Floats:
    """Σ series[k]·T_k(x), in place, without an array for each step."""
    if series.size == 1:
        return np.full(x.size, series[0])
    twice = 2 * x
    ahead, now, spare = np.zeros_like(x), np.full_like(x, series[-1]), np.empty_like(x)
    for coefficient in series[-2:0:-1]:
        np.multiply(twice, now, out=spare)
        spare -= ahead
        spare += coefficient
        ahead, now, spare = now, spare, ahead
    np.multiply(x, now, out=spare)
    spare -= ahead
    spare += series[0]
    return spare
