"""Random draws that are the same, to the last bit, wherever numpy runs.

The bits come from ``PCG64.random_raw``, whose stream numpy keeps for good. Everything else is made of additions,
multiplications, divisions and square roots, which IEEE 754 fixes exactly; logarithm and exponential of the C library
differ between systems in the last bit, and ``Generator``'s methods may change between versions of numpy.
"""

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# ln 2 in two parts: the first has so few digits that multiplying it by an exponent is exact.
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_LOG_TERMS, _EXP_TERMS = 11, 14


def log(x: Floats) -> Floats:
    """Natural logarithm of positive numbers, relative error about 1e-15."""
    mantissa, exponent = np.frexp(x)
    small = mantissa < 0.7071067811865476
    mantissa = np.where(small, mantissa * 2.0, mantissa)
    power = (exponent - small).astype(np.float64)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    series = np.full_like(ratio, 1.0 / (2 * _LOG_TERMS - 1))
    for term in range(_LOG_TERMS - 2, -1, -1):
        series *= square
        series += 1.0 / (2 * term + 1)
    return power * _LN2_HIGH + (2.0 * ratio * series + power * _LN2_LOW)


def exp(x: Floats) -> Floats:
    """Exponential of numbers from −700 to 700 (beyond, that of the nearest end), relative error about 1e-15."""
    bounded = np.minimum(np.maximum(x, -700.0), 700.0)
    power = np.rint(bounded / 0.6931471805599453)
    rest = (bounded - power * _LN2_HIGH) - power * _LN2_LOW
    series = np.ones_like(rest)
    for term in range(_EXP_TERMS, 0, -1):
        series *= rest / term
        series += 1.0
    return np.ldexp(series, power.astype(np.int32))


def total_by(group: Ints, values: Floats | Ints, groups: int) -> Floats:
    """Sum of ``values`` in each group, added one after the other: the order is part of the result."""
    return np.bincount(group.astype(np.intp), weights=values, minlength=groups)


def count_by(group: Ints, groups: int) -> Ints:
    """How many entries are in each group."""
    return np.bincount(group.astype(np.intp), minlength=groups).astype(np.int64)


def repeat(values: Ints, times: Ints) -> Ints:
    """Each value as many times as said."""
    # In the browser positions have 32 bits, and numpy repeats by nothing longer.
    return np.repeat(values, times.astype(np.intp))


class Draws:
    """One stream of draws, told apart by the seed, the block of customers and the name of its use.

    A stream of its own for each use: a change in one part of the process leaves the draws of the others alone.
    """

    def __init__(self, seed: int, block: int, use: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, block, zlib.crc32(use.encode())]))

    def uniform(self, size: int) -> Floats:
        """Uniform on (0, 1), neither end included."""
        return ((self._bits.random_raw(size) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52

    def chance(self, probability: Floats | float, size: int) -> NDArray[np.bool_]:
        """True with the given probability."""
        return self.uniform(size) < probability

    def whole(self, below: Ints | int, size: int) -> Ints:
        """Whole numbers from 0 to ``below`` − 1, all equally likely."""
        return np.floor(self.uniform(size) * below).astype(np.int64)

    def choice(self, weights: Sequence[float], size: int) -> Ints:
        """Positions in ``weights``, each as likely as its weight."""
        bounds, running = [], 0.0
        for weight in weights:
            running += weight
            bounds.append(running)
        found = np.searchsorted(np.array(bounds[:-1]), self.uniform(size) * running, side="right")
        return found.astype(np.int64)

    def exponential(self, size: int) -> Floats:
        """Exponential with mean 1."""
        return -log(self.uniform(size))

    def normal(self, size: int) -> Floats:
        """Standard normal (Marsaglia's polar method)."""

        def pairs(missing: int) -> Floats:
            u, v = (2.0 * self.uniform(missing // 2 + 1) - 1.0 for _ in range(2))
            square = u * u + v * v
            inside = square < 1.0
            u, v, square = u[inside], v[inside], square[inside]
            stretch = np.sqrt(-2.0 * log(square) / square)
            return np.concatenate([u * stretch, v * stretch])

        return _filled(size, pairs)

    def gamma(self, shape: float, size: int) -> Floats:
        """Gamma with this shape and scale 1 (Marsaglia & Tsang 2000; shapes below 1 by a power of a uniform)."""
        if shape < 1:
            return self.gamma(shape + 1.0, size) * exp(log(self.uniform(size)) / shape)
        d = shape - 1.0 / 3.0
        c = 1.0 / float(np.sqrt(9.0 * d))

        def accepted(missing: int) -> Floats:
            x, u = self.normal(missing), self.uniform(missing)
            root = 1.0 + c * x
            cube = np.where(root > 0, root * root * root, 1.0)
            good = (root > 0) & (log(u) < 0.5 * x * x + d * (1.0 - cube + log(cube)))
            return d * cube[good]

        return _filled(size, accepted)

    def beta(self, a: float, b: float, size: int) -> Floats:
        """Beta with parameters ``a`` and ``b``."""
        first, second = self.gamma(a, size), self.gamma(b, size)
        return first / (first + second)

    def geometric(self, probability: Floats, most: int) -> Ints:
        """Number of trials up to the first success, at least 1; anything above ``most`` is ``most``."""
        failing = np.maximum(1.0 - probability, 1e-300)
        with np.errstate(divide="ignore"):
            trials = np.floor(log(self.uniform(probability.size)) / -np.abs(log(failing)))
        return (1.0 + np.minimum(trials, most - 1.0)).astype(np.int64)

    def poisson(self, mean: Floats) -> Ints:
        """Poisson counts, by counting exponential steps; meant for means up to some hundreds."""
        counts = np.zeros(mean.size, dtype=np.int64)
        left, active = mean.astype(np.float64), np.arange(mean.size)
        while active.size:
            remaining = left[active] - self.exponential(active.size)
            left[active] = remaining
            active = active[remaining > 0]
            counts[active] += 1
        return counts


def _filled(size: int, more: Callable[[int], Floats]) -> Floats:
    """``size`` draws of a method that throws some of its own away."""
    parts: list[Floats] = []
    missing = size
    while missing > 0:
        # A little more than what is missing spares most of the further rounds.
        part = more(missing + missing // 4 + 8)[:missing]
        parts.append(part)
        missing -= part.size
    return np.concatenate(parts) if parts else np.zeros(0)
