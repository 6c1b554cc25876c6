"""Purchases still to come from a customer who is alive, when dropout is beta-geometric.

With a rate λ ~ Gamma(R, A) and a dropout probability p ~ Beta(a, B) after each purchase, a customer who is
alive is expected to buy

    G(R, a, B, z) = E[(1 − (1 + pz)^(−R)) / p],    z = t / A,

times within t. The usual form, (a + B − 1)/(a − 1)·[1 − (1 + z)^(−R)·₂F₁(R, B; a + B − 1; z/(1 + z))],
has no value at a = 1 or a + B = 1 and overflows for large R and B. Euler's transformation and taking the
difference apart give, with c = a + B − 1, g = c − R, v = log(1 + z), w = z/(1 + z),

    G = c·(1 − e^(−(a−1)v))/(a − 1) − e^((1−a)v) Σₖ (g)ₖ (a)ₖ₋₁ / ((c + 1)ₖ₋₁ k!) wᵏ,    k = 1, 2, …

without a singular point. Where its two parts nearly cancel, or w is close to 1, the expectation over p is
taken by quadrature instead, whose terms are all positive.

Sources: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284, eq. 10; Abramowitz & Stegun 15.3.3.
"""

import numpy as np
from numpy.typing import NDArray

from customer_value.btyd import _chebyshev as cheb
from customer_value.btyd._calendar import Schedule

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_CANCELLATION = 64.0
_WIDEST = 0.93
_TERMS = 500
_FEW = 2_000
_SIZES = (24, 48, 96, 192)


class Alive:
    """Purchases of alive customers with R = ``r`` + x, A = ``alpha`` + T and B = ``b`` + x."""

    def __init__(self, r: float, alpha: float, a: float, b: float) -> None:
        self.r, self.alpha, self.a, self.b = r, alpha, a, b

    def expected(self, x: Counts, T: Floats, t: Floats) -> Floats:
        """E[purchases in (T, T + t]] for each customer; ``t`` of shape () or (n,)."""
        v = np.log1p(t / (self.alpha + T))
        if x.size > _FEW:
            kinds = cheb.kinds_of(x)
            if 40 * kinds.values.size < x.size:
                low, high = float(v.min()), float(v.max())
                series = self._series(kinds.values, low, high)
                if series is not None:
                    return cheb.evaluate(series, kinds, v, low, high) * self._envelope(v)
        return self._count(x, v)

    def weighted(self, x: Counts, T: Floats, schedule: Schedule) -> Floats:
        """Σ weights·E[purchases in (T, T + times]] for each customer."""
        if x.size * schedule.times.size > 10 * _FEW:
            kinds = cheb.kinds_of(x)
            age = T / self.alpha
            np.log1p(age, out=age)
            low, high = float(age.min()), float(age.max())
            series = self._table(kinds.values, low, high, schedule)
            if series is not None:
                found = cheb.evaluate(series, kinds, age, low, high)
                found /= _typical(schedule) + self.alpha + T
                return found
        result = np.empty(x.size)
        block = max(1, 200_000 // schedule.times.size)
        for first in range(0, x.size, block):
            part = slice(first, first + block)
            v = np.log1p(schedule.times / (self.alpha + T[part])[:, None])
            counts = self._count(np.repeat(x[part], schedule.times.size), v.ravel())
            result[part] = counts.reshape(v.shape) @ schedule.weights
        return result

    def _series(self, kinds: Counts, low: float, high: float) -> Floats | None:
        """G over its envelope as a Chebyshev series in v, one row for each x in ``kinds``."""
        for size in _SIZES:
            v = cheb.nodes(low, high, size)
            values = self._count(np.repeat(kinds, size), np.tile(v, kinds.size)).reshape(kinds.size, size)
            series = cheb.coefficients(values / self._envelope(v))
            if cheb.settled(series, 2e-14).all():
                return cheb.trimmed(series, 2e-16)
        return None

    def _table(self, kinds: Counts, low: float, high: float, schedule: Schedule) -> Floats | None:
        """The weighted sum as a Chebyshev series in log(1 + T/alpha), one row for each x in ``kinds``.

        It falls as 1/T where T is longer than the schedule, so times (typical time + alpha + T) it keeps its digits.
        """
        longest = float(np.log1p(schedule.times.max() / (self.alpha * np.exp(low))))
        series = self._series(kinds, 0.0, longest)
        if series is None:
            return None
        for size in _SIZES:
            since = self.alpha * np.exp(cheb.nodes(low, high, size))
            v = np.log1p(schedule.times / since[:, None])
            weight = schedule.weights * self._envelope(v)
            map_ = np.einsum("jk,jkm->mj", weight, cheb.basis(v, 0.0, longest, series.shape[1]))
            found = cheb.coefficients((series @ map_) * (_typical(schedule) + since))
            if cheb.settled(found, 2e-14).all():
                return cheb.trimmed(found, 2e-16)
        return None

    def _envelope(self, v: Floats) -> Floats:
        """How G grows with z, so that G over it has the same number of good digits everywhere."""
        slope = min(self.a, 2.0) - 1.0
        return v * relative_rise(slope * v)

    def _count(self, x: Counts, v: Floats) -> Floats:
        """G for each pair of x and v, shape (n,)."""
        w = -np.expm1(-v)
        near = w < _WIDEST
        result = np.empty(v.size)
        good = np.zeros(v.size, dtype=bool)
        result[near], good[near] = self._by_series(x[near], v[near], w[near])
        left = np.flatnonzero(~good)
        if left.size:
            kinds = cheb.kinds_of(x[left])
            for kind, part in zip(kinds.values.tolist(), np.split(left[kinds.order], kinds.ends[:-1]), strict=True):
                result[part] = self._by_quadrature(kind, np.expm1(v[part]))
        return result

    def _by_series(self, x: Counts, v: Floats, w: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        a, total_ab = self.a, self.a + self.b + x
        c, g = total_ab - 1.0, self.a + self.b - 1.0 - self.r
        term = g * w
        total, size = term.copy(), np.abs(term)
        end = np.zeros(v.size)
        # What overflows here fails the test at the end and is left to the quadrature.
        with np.errstate(over="ignore", invalid="ignore"):
            for k in range(1, _TERMS):
                term = term * ((g + k) * (a + (k - 1)) / (k + 1)) * (w / (total_ab + (k - 1)))
                total += term
                end = np.abs(term)
                size += end
                if (end <= 1e-17 * size * (1 - w)).all():
                    break
            first = c * v * relative_rise((a - 1.0) * v)
            factor = np.exp((1.0 - a) * v)
            result = first - factor * total
            spread = np.abs(first) + factor * size
            good = np.isfinite(spread) & (spread <= _CANCELLATION * result) & (end <= 1e-16 * size * (1 - w))
        result[v == 0] = 0.0
        return result, good | (v == 0)

    def _by_quadrature(self, x: int, z: Floats) -> Floats:
        R = self.r + x
        p, weight = beta_nodes(self.a, self.b + x, reach=max(R, 1.0) * float(z.max()))
        result = np.empty(z.size)
        block = max(1, 400_000 // p.size)
        for first in range(0, z.size, block):
            part = z[first : first + block]
            result[first : first + block] = (-np.expm1(-R * np.log1p(part[:, None] * p)) / p) @ weight
        return result


def beta_nodes(a: float, b: float, reach: float) -> tuple[Floats, Floats]:
    """Points and weights for the mean of a function of p ~ Beta(a, b), weights adding up to 1.

    The function may change wherever p is between 1/``reach`` and 1. Trapezoidal rule in u = logit p − log(a/b),
    with steps in proportion to the spread of u and, beyond where anything happens, growing exponentially.
    Sources: Takahasi & Mori (1974), Publ. RIMS 9, 721–741; Trefethen & Weideman (2014), SIAM Review 56(3).
    """
    width = 0.15
    mode = np.log(a / b)
    spread = min(1.0, 1 / np.sqrt(a * b / (a + b)))
    left = min(max(np.log1p(reach * a / b), mode, 0.0) + 5, max(10 * spread, 45 / a, np.log1p(60 / b))) / spread
    right = min(max(-mode, 0.0) + 5, max(10 * spread, 45 / b, np.log1p(60 / a))) / spread
    before = max(np.log(60 / (a * spread)), 0.0) + 2
    after = max(np.log(60 / (b * spread)), 0.0) + 2
    tau = np.arange(-left - before, right + after + width, width)
    above, below = np.exp(tau - right), np.exp(-left - tau)
    u = spread * (tau + above - below)
    # Seen from the rarer of p and 1 − p nothing cancels.
    few, share = min(a, b), min(a, b) / (a + b)
    side = u if a <= b else -u
    rise = share * np.expm1(np.minimum(side, 700.0))
    log_weight = few * side - (a + b) * np.where(side < 700.0, np.log1p(rise), side + np.log(share))
    log_weight += np.log1p(above + below)
    log_weight -= log_weight.max()
    kept = log_weight > -60
    side, rise, weight = side[kept], rise[kept], np.exp(log_weight[kept])
    rarer = np.where(side < 700.0, share * np.exp(np.minimum(side, 700.0)) / (1 + rise), 1.0)
    p = rarer if a <= b else np.where(side < 700.0, (1 - share) / (1 + rise), 0.0)
    return np.clip(p, 1e-290, 1.0), weight / weight.sum()


def _typical(schedule: Schedule) -> float:
    """Mean time of a schedule."""
    return float(schedule.weights @ schedule.times / schedule.weights.sum())


def relative_rise(y: Floats) -> Floats:
    """(1 − e^(−y)) / y, which is 1 at 0."""
    safe = np.where(y == 0, 1.0, y)
    return np.where(y == 0, 1.0, -np.expm1(-safe) / safe)
