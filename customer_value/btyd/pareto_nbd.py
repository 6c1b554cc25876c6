"""Pareto/NBD: steady buyers who leave at some unseen moment, at any time and not only after a purchase."""

from collections.abc import Iterator
from functools import cache
from typing import ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value._fitting import Evaluation, ladder, maximise, named, thinned
from customer_value.btyd import _chebyshev as cheb
from customer_value.btyd import _nbd
from customer_value.btyd._beta_geometric import relative_rise
from customer_value.btyd._calendar import Schedule
from customer_value.btyd._customers import Customers, Grouped, check_fit, customers, grouped, lengths, one_length, whole
from customer_value.btyd._model import PurchaseModel

Floats = NDArray[np.float64]
_ROUGH_FIT = 6_000
# Values in one block: small enough for the processor's cache, and not spread over threads.
_BLOCK = 16_000
# What falls below e^(−42) of the integrand's start is left out.
_DEEPEST = 42.0
# Nodes that reach 1e-13 up to this fall of the integrand's logarithm and this length of the interval.
_RULES = ((24, 14.0, 5.0), (48, 42.0, 12.0), (112, np.inf, np.inf))


class ParetoNBDModel(PurchaseModel):
    """Pareto/NBD: a customer buys at a steady rate λ and leaves at a rate μ.

    λ differs between customers as Gamma(``r``, ``alpha``), μ as Gamma(``s``, ``beta``), independently; ``alpha``
    and ``beta`` are in ``time_unit``.

    The likelihood's two hypergeometric functions are one integral over the time of leaving; it is taken by
    Gauss–Legendre quadrature in log(min(alpha, beta) + time), which has no case distinction between alpha and
    beta and overflows nowhere. Sources: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1–24;
    Fader & Hardie (2005), A note on deriving the Pareto/NBD model and related expressions (note 009).
    """

    _names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    @classmethod
    def from_params(cls, *, r: float, alpha: float, s: float, beta: float, time_unit: str = "week") -> Self:
        """The model with these parameters, all above 0; ``alpha`` and ``beta`` in ``time_unit``."""
        return cls(time_unit)._set({"r": r, "alpha": alpha, "s": s, "beta": beta})

    def fit(self, data: pd.DataFrame) -> Self:
        """Estimate the parameters by maximum likelihood.

        ``data`` and the errors and warnings are as in ``BetaGeoModel.fit``. Standard errors are from the observed
        information.
        """
        rows = customers(data)
        check_fit(rows)
        unit = grouped(rows)
        rate = rows.x.sum() / rows.T.sum()
        start = np.log([0.5, 0.5 / rate, 0.6, 0.35 * rows.T.mean()])
        evaluations = 0
        few = thinned(unit.weight.size, _ROUGH_FIT)
        if few is not None:
            part = Grouped(*(column[few] for column in unit))
            if part.x.max() > 0:
                rough = maximise(_Likelihood(part), start, decrement=1e-2, limit=60)
                start, evaluations = rough.point, rough.evaluations
        found = maximise(_Likelihood(unit), start)
        return self._fitted(found._replace(evaluations=found.evaluations + evaluations), len(rows))

    def _limit(self) -> str:
        words = named(
            [
                (self.s_ / self.beta_ < 1e-6 * self.r_ / self.alpha_, "nobody seems to leave (s/beta towards 0)"),
                (self.s_ > 1e4, f"all customers seem to leave at the same rate {self.s_ / self.beta_:.4g}"),
                (self.r_ > 1e4, f"all customers seem to buy at the same rate {self.r_ / self.alpha_:.4g}"),
            ]
        )
        return words or super()._limit()

    def _ways(self, rows: Customers) -> tuple[Floats, Floats]:
        """Log-likelihood without the factor (r)ₓ/αˣ, and the share of it in which the customer is alive."""
        alive, total = np.empty(len(rows)), np.empty(len(rows))
        for part, count in _rules(rows.x, rows.recency, rows.T, *self.params_.values()):
            nodes = _nodes(rows.x[part], rows.recency[part], rows.T[part], *self.params_.values(), count)
            total[part], alive[part] = nodes.total, nodes.share[:, 0]
        return total, alive

    def _likelihood(self, rows: Customers) -> Floats:
        most = int(rows.x.max())
        buying = ladder(self.r_, most) - np.arange(most + 1) * np.log(self.alpha_)
        return buying[rows.x] + self._ways(rows)[0]

    def _alive(self, rows: Customers) -> Floats:
        return self._ways(rows)[1]

    def _stay(self, T: Floats, t: Floats) -> Floats:
        """Expected time until leaving or ``t``, whichever comes first, of a customer who is alive at ``T``."""
        v = np.log1p(t / (self.beta_ + T))
        return (self.beta_ + T) * v * relative_rise((self.s_ - 1.0) * v)

    def _purchases(self, rows: Customers, t: Floats) -> Floats:
        return (self.r_ + rows.x) / (self.alpha_ + rows.T) * self._stay(rows.T, t)

    def _weighted(self, rows: Customers, schedule: Schedule) -> Floats:
        rate = (self.r_ + rows.x) / (self.alpha_ + rows.T)
        if rows.T.size > 500:
            age = np.log1p(rows.T / self.beta_)
            low, high = float(age.min()), float(age.max())
            # The shorter of the stay and the schedule, roughly: the rest of the function is as large everywhere.
            reach = self.s_ * float(schedule.weights @ schedule.times / schedule.weights.sum())
            for size in (24, 48, 96):
                T = self.beta_ * np.expm1(cheb.nodes(low, high, size))
                stay = self._stay(T[:, None], schedule.times) @ schedule.weights
                series = cheb.coefficients(stay * (reach / (self.beta_ + T) + 1))
                if cheb.settled(series, 2e-14).all():
                    found = cheb.evaluate_one(series, age, low, high)
                    return rate * found / (reach / (self.beta_ + rows.T) + 1)
        stay = np.empty(rows.T.size)
        block = max(1, _BLOCK // schedule.times.size)
        for first in range(0, stay.size, block):
            part = slice(first, first + block)
            stay[part] = self._stay(rows.T[part, None], schedule.times) @ schedule.weights
        return rate * stay

    def _new_customer(self, t: Floats) -> Floats:
        return self.r_ / self.alpha_ * self._stay(np.zeros(t.size), t)

    def expected_probability_of_purchases_new_customer(self, n: int, t: float) -> float:
        """P(X(t) = n): the share of new customers with exactly ``n`` repeat purchases within ``t``."""
        return float(self._share(whole(n), one_length(t), np.zeros(1, dtype=np.int64), np.zeros(1))[0])

    def expected_probability_of_purchases(self, data: pd.DataFrame, n: int, t: float) -> pd.Series:
        """P(exactly ``n`` purchases in the next ``t``) for each customer, from the end of observation.

        The chance that the customer has left is in it; for ``n`` = 0 it is the larger part of the answer.
        """
        rows, number, ahead = customers(data), whole(n), one_length(t)
        alive = self._alive(rows)
        share = alive * self._share(number, ahead, rows.x, rows.T)
        if number == 0:
            share += 1 - alive
        return pd.Series(share, index=rows.index, name=f"probability_of_{number}")

    def _share(self, number: int, t: float, x: NDArray[np.int64], T: Floats) -> Floats:
        """P(``number`` purchases in t) of a customer who is alive at T.

        Σ over the time of leaving, in log(1 + time/scale) with the shorter of the two times in which leaving and
        buying happen as the scale; the peak of ``number`` purchases is about 1/√number wide there.
        """
        rate, alpha, beta = self.r_ + x, self.alpha_ + T, self.beta_ + T
        log_choices = _nbd.log_choices(self.r_, x, number)
        scale = np.minimum(beta / (self.s_ + 1), alpha / (rate + 1))
        length = np.log1p(t / scale)
        panels = np.ceil(length / min(1.5, 6 / np.sqrt(number + 1.0))).astype(np.int64)
        result = _nbd.probability(log_choices, number, rate, alpha, t) * np.exp(-self.s_ * np.log1p(t / beta))
        at, log_weight = _legendre(32)
        order = np.argsort(panels, kind="stable")
        first = int(np.searchsorted(panels[order], 1))
        while first < order.size:
            most = int(panels[order[first]])
            same = int(np.searchsorted(panels[order], most, side="right"))
            part = order[first : min(same, first + max(1, _BLOCK // (32 * most)))]
            first += part.size
            places = ((at + np.arange(most)[:, None]) / most).ravel()
            weight = np.exp(np.tile(log_weight, most)) / most
            step = length[part, None] * places
            late = scale[part, None] * np.expm1(step)
            bought = _nbd.probability(log_choices[part, None], number, rate[part, None], alpha[part, None], late)
            leaves = np.exp(step - (self.s_ + 1) * np.log1p(late / beta[part, None]))
            density = self.s_ / beta[part] * scale[part] * length[part]
            result[part] += (bought * leaves) @ weight * density
        return result

    def simulate(self, count: int, T: float | Floats, seed: int | np.random.Generator) -> pd.DataFrame:
        """``count`` new customers drawn from the model and observed for ``T`` (one number, or one each).

        Returns a DataFrame with ``frequency``, ``recency`` and ``T`` as ``fit`` takes them, and with what no
        data set shows: ``purchase_rate``, ``dropout_rate``, ``alive`` (at T). The same ``seed`` gives the same
        customers.
        """
        size, random = whole(count, "count"), np.random.default_rng(seed)
        length = lengths(T, size)
        rate = random.gamma(self.r_, 1 / self.alpha_, size)
        leaving = random.gamma(self.s_, 1 / self.beta_, size)
        with np.errstate(divide="ignore", over="ignore"):
            stay = random.exponential(size=size) / leaving
        there = np.minimum(stay, length)
        bought = random.poisson(rate * there)
        last = there * random.beta(np.maximum(bought, 1), 1.0)
        return pd.DataFrame(
            {
                "frequency": bought,
                "recency": np.where(bought > 0, last, 0.0),
                "T": length,
                "purchase_rate": rate,
                "dropout_rate": leaving,
                "alive": stay > length,
            }
        )


class _Nodes(NamedTuple):
    """The ways in which a history can have come about: alive at T (first column), or gone at one of the nodes."""

    since: Floats
    """T and the nodes, from the last purchase on, shape (n, 1 + count)."""
    buying: Floats
    """log(1 + since/(α + t_x))."""
    leaving: Floats
    """log(1 + since/(β + t_x))."""
    bought: Floats
    """log(1 + t_x/α), shape (n,)."""
    left: Floats
    """log(1 + t_x/β), shape (n,)."""
    share: Floats
    """Posterior probability of each way; rows add up to 1."""
    total: Floats
    """Log of the sum over the ways, shape (n,)."""


@cache
def _legendre(count: int) -> tuple[Floats, Floats]:
    at, weight = np.polynomial.legendre.leggauss(count)
    return (1 + at) / 2, np.log(weight / 2)


def _end(x: Floats, recency: Floats, T: Floats, r: float, alpha: float, s: float, beta: float) -> Floats:
    """T, or the time from which on the integrand is nothing."""
    with np.errstate(over="ignore"):
        buying = recency + (alpha + recency) * np.expm1(_DEEPEST / (r + x))
        leaving = recency + (beta + recency) * np.expm1(_DEEPEST / (s + 1))
    return np.minimum(T, np.minimum(buying, leaving))


def _rules(
    x: NDArray[np.int64], recency: Floats, T: Floats, r: float, alpha: float, s: float, beta: float
) -> Iterator[tuple[NDArray[np.intp], int]]:
    """The rows in blocks, and how many nodes each block needs."""
    span = _end(x, recency, T, r, alpha, s, beta) - recency
    fall = (r + x) * np.log1p(span / (alpha + recency)) + (s + 1) * np.log1p(span / (beta + recency))
    length = np.log1p(span / (min(alpha, beta) + recency))
    left = np.ones(x.size, dtype=bool)
    for count, deepest, longest in _RULES:
        fits = left & (fall <= deepest) & (length <= longest)
        rows = np.flatnonzero(fits)
        left &= ~fits
        block = max(1, _BLOCK // (count + 1))
        for first in range(0, rows.size, block):
            yield rows[first : first + block], count


def _nodes(
    x: NDArray[np.int64], recency: Floats, T: Floats, r: float, alpha: float, s: float, beta: float, count: int
) -> _Nodes:
    at, log_weight = _legendre(count)
    low = min(alpha, beta) + recency
    length = np.log1p((_end(x, recency, T, r, alpha, s, beta) - recency) / low)
    # Everything is measured from the last purchase on: with large exponents and a late purchase, differences of
    # logarithms counted from the first one would have no digits left.
    since = np.empty((x.size, count + 1))
    since[:, 0] = T - recency
    step = length[:, None] * at
    since[:, 1:] = low[:, None] * np.expm1(step)
    buying = np.log1p(since / (alpha + recency)[:, None])
    leaving = np.log1p(since / (beta + recency)[:, None])
    log_share = -(r + x)[:, None] * buying - s * leaving
    with np.errstate(divide="ignore"):
        scale = np.log(length * low * (s / (beta + recency)))
    log_share[:, 1:] += scale[:, None] + step + log_weight - leaving[:, 1:]
    peak = log_share.max(axis=1)
    log_share -= peak[:, None]
    share = np.exp(log_share, out=log_share)
    total = share.sum(axis=1)
    share /= total[:, None]
    bought, left = np.log1p(recency / alpha), np.log1p(recency / beta)
    start = -(r + x) * bought - s * left
    return _Nodes(since, buying, leaving, bought, left, share, start + peak + np.log(total))


class _Likelihood:
    """The log-likelihood and its derivatives in (log r, log alpha, log s, log beta), summed over customers.

    Each customer's likelihood is a sum over the ways in which the history can have come about. With the share
    π of each way and its log-likelihood g, the gradient is Σπ∇g and the Hessian Σπ(∇²g + ∇g∇gᵀ) − (Σπ∇g)(…)ᵀ.
    """

    def __init__(self, rows: Grouped) -> None:
        self.rows = rows
        self.buys = tally(rows.x, weights=rows.weight)[::-1].cumsum()[::-1][1:]

    def __call__(self, point: Floats) -> Evaluation:
        r, alpha, s, beta = np.exp(point)
        k = np.arange(self.buys.size)
        share = r / (r + k)
        value = float(self.buys @ np.log((r + k) / alpha))
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        gradient[0], gradient[1] = self.buys @ share, -self.buys.sum()
        hessian[0, 0] = self.buys @ (share * (1 - share))
        rows = self.rows
        for part, count in _rules(rows.x, rows.recency, rows.T, r, alpha, s, beta):
            x, recency, weight = rows.x[part], rows.recency[part], rows.weight[part]
            nodes = _nodes(x, recency, rows.T[part], r, alpha, s, beta, count)
            late = nodes.since + recency[:, None]
            value += float(weight @ nodes.total)
            size = (r + x)[:, None]
            gone = np.full(count + 1, s + 1)
            gone[0] = s
            slope = np.empty((4, *late.shape))
            slope[0] = -r * (nodes.buying + nodes.bought[:, None])
            by_rate = late / (alpha + late)
            slope[1] = size * by_rate
            slope[2] = -s * (nodes.leaving + nodes.left[:, None])
            by_leaving = late / (beta + late)
            slope[3] = gone * by_leaving
            chance = nodes.share * weight[:, None]
            bends = (
                (0, 0, slope[0]),
                (0, 1, r * by_rate),
                (1, 1, -slope[1] * (1 - by_rate)),
                (2, 2, slope[2]),
                (2, 3, s * by_leaving),
                (3, 3, -slope[3] * (1 - by_leaving)),
            )
            for row, column, bend in bends:
                hessian[row, column] += float((chance * bend).sum())
            # Having left brings in the density of the time of leaving, s/β·….
            slope[2, :, 1:] += 1
            slope[3, :, 1:] -= 1
            mean = np.einsum("knj,nj->kn", slope, nodes.share)
            flat = slope.reshape(4, -1)
            hessian += np.triu((flat * chance.ravel()) @ flat.T - (mean * weight) @ mean.T)
            gradient += mean @ weight
        return Evaluation(value, gradient, hessian + np.triu(hessian, 1).T)
