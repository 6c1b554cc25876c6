"""Smooth functions by their values at a few points (Chebyshev series)."""

from typing import NamedTuple

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


class Kinds(NamedTuple):
    """Elements put together by kind."""

    values: NDArray[np.int64]
    """The distinct kinds, in order."""
    order: NDArray[np.intp]
    """Positions of the elements of the first kind, then of the second …"""
    ends: NDArray[np.int64]
    """Where each kind's part of ``order`` ends."""


def kinds_of(x: NDArray[np.int64]) -> Kinds:
    """The elements of ``x``, none of them negative, by value."""
    counts = tally(x)
    values = np.flatnonzero(counts).astype(np.int64, copy=False)
    # Numbers of one or two bytes are put in order without comparing them.
    order = np.argsort(x.astype(np.min_scalar_type(counts.size)), kind="stable")
    return Kinds(values, order, np.cumsum(counts[values]))


def evaluate(series: Floats, kinds: Kinds, points: Floats, low: float, high: float) -> Floats:
    """Row k of ``series`` at the ``points`` of the elements of kind number k, for all of them."""
    result = np.empty(points.size)
    start = 0
    for row, end in enumerate(kinds.ends.tolist()):
        terms = trimmed(series[row : row + 1], 1e-15)[0]
        for first in range(start, end, _BLOCK):
            part = kinds.order[first : min(first + _BLOCK, end)]
            result[part] = _clenshaw(terms, scaled(points[part], low, high))
        start = end
    return result


def evaluate_one(series: Floats, points: Floats, low: float, high: float) -> Floats:
    """One ``series``, shape (n,), at all ``points``."""
    result = np.empty(points.size)
    terms = trimmed(series[None, :], 1e-15)[0]
    for start in range(0, points.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        result[part] = _clenshaw(terms, scaled(points[part], low, high))
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
