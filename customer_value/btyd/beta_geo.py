"""BG/NBD and MBG/NBD: steady buyers who may leave after a purchase, never to be seen again."""

from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc, expit

from customer_value._counts import tally
from customer_value._fitting import Evaluation, ladder, maximise, named, thinned
from customer_value.btyd import _nbd
from customer_value.btyd._beta_geometric import Alive
from customer_value.btyd._calendar import Schedule
from customer_value.btyd._customers import Customers, Grouped, check_fit, customers, grouped, lengths, one_length, whole
from customer_value.btyd._model import PurchaseModel

Floats = NDArray[np.float64]
# Small enough for the processor's cache, and for products of this length not to be spread over threads.
_BLOCK = 8_192
# Below the first of these log odds 1 / (1 + odds) is 1 to the last digit, above the second the odds soon overflow.
_FLAT, _STEEP = -40.0, 700.0
_ROUGH_FIT = 20_000


class _BetaGeometric(PurchaseModel):
    """Both models: in MBG/NBD a customer may also leave right after the first purchase."""

    _names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    _first: ClassVar[int]
    """1 where the first purchase may be the last one as well, otherwise 0."""

    @classmethod
    def from_params(cls, *, r: float, alpha: float, a: float, b: float, time_unit: str = "week") -> Self:
        """The model with these parameters, all above 0; ``alpha`` is in ``time_unit``."""
        return cls(time_unit)._set({"r": r, "alpha": alpha, "a": a, "b": b})

    def fit(self, data: pd.DataFrame) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        data
            One row per customer: ``frequency`` (days or periods with a repeat purchase), ``recency`` (first to
            last purchase) and ``T`` (first purchase to end of observation), the last two in the model's
            ``time_unit``. Other columns are ignored, nothing is changed.

        Returns the model itself. Newton's method in the logarithms of the parameters with exact derivatives;
        standard errors are from the observed information. Raises ``ValueError`` for bad data, one customer,
        or nobody with a repeat purchase; warns with ``BoundaryWarning`` or ``ConvergenceWarning``.
        """
        rows = customers(data)
        check_fit(rows)
        unit = grouped(rows)
        rate = rows.x.sum() / rows.T.sum()
        start = np.log([0.5, 0.5 / rate, 0.7, 2.0])
        evaluations = 0
        few = thinned(unit.weight.size, _ROUGH_FIT)
        if few is not None:
            part = Grouped(*(column[few] for column in unit))
            if part.x.max() > 0:
                rough = maximise(_Likelihood(part, self._first), start, decrement=1e-2, limit=60)
                start, evaluations = rough.point, rough.evaluations
        found = maximise(_Likelihood(unit, self._first), start)
        return self._fitted(found._replace(evaluations=found.evaluations + evaluations), len(rows))

    def _limit(self) -> str:
        leaving = self.a_ / (self.a_ + self.b_)
        words = named(
            [
                (leaving < 1e-4, "nobody seems to leave (a/(a + b) towards 0)"),
                (leaving > 1 - 1e-4, "nobody seems to stay (a/(a + b) towards 1)"),
                (min(self.a_, self.b_) > 1e4, f"all customers seem to leave with the same probability {leaving:.4g}"),
                (self.r_ > 1e4, f"all customers seem to buy at the same rate {self.r_ / self.alpha_:.4g}"),
            ]
        )
        return words or super()._limit()

    def _chances_of_leaving(self, most: int) -> Floats:
        """log of P(left)/P(stayed) at purchase x = 0 … ``most``; −∞ where leaving was not possible."""
        before = np.arange(most + 1) + (self._first - 1.0)
        return np.log(self.a_) - np.log(np.where(before < 0, np.inf, self.b_ + before))

    def _odds_of_leaving(self, rows: Customers) -> Floats:
        """log of P(left) / P(alive) at T; −∞ where leaving was not possible."""
        chances, odds = self._chances_of_leaving(int(rows.x.max())), np.empty(len(rows))
        for start in range(0, odds.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            x, recency = rows.x[part], rows.recency[part]
            gone = rows.T[part] - recency
            gone /= self.alpha_ + recency
            np.log1p(gone, out=gone)
            gone *= self.r_ + x
            np.add(chances[x], gone, out=odds[part])
        return odds

    def _likelihood(self, rows: Customers) -> Floats:
        chances = rows.x + self._first
        most = int(rows.x.max())
        buying = ladder(self.r_, most) - np.arange(most + 1) * np.log(self.alpha_)
        staying = self._staying(most + self._first)
        alive = -(self.r_ + rows.x) * np.log1p(rows.T / self.alpha_)
        gone = self._chances_of_leaving(most)[rows.x] - (self.r_ + rows.x) * np.log1p(rows.recency / self.alpha_)
        return buying[rows.x] + staying[chances] + np.logaddexp(alive, gone)

    def _alive(self, rows: Customers) -> Floats:
        return _chance_to_stay(self._odds_of_leaving(rows))

    def _future(self) -> Alive:
        return Alive(self.r_, self.alpha_, self.a_, self.b_ + self._first)

    def _purchases(self, rows: Customers, t: Floats) -> Floats:
        return self._future().expected(rows.x, rows.T, t)

    def _weighted(self, rows: Customers, schedule: Schedule) -> Floats:
        return self._future().weighted(rows.x, rows.T, schedule)

    def _new_customer(self, t: Floats) -> Floats:
        nobody = np.zeros(t.size, dtype=np.int64)
        stays = self.b_ / (self.a_ + self.b_) if self._first else 1.0
        return stays * self._future().expected(nobody, np.zeros(t.size), t)

    def expected_probability_of_purchases_new_customer(self, n: int, t: float) -> float:
        """P(X(t) = n): the share of new customers with exactly ``n`` repeat purchases within ``t``."""
        nobody = Customers(np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1), pd.RangeIndex(1))
        return float(self._share(whole(n), one_length(t), nobody, 0)[0])

    def expected_probability_of_purchases(self, data: pd.DataFrame, n: int, t: float) -> pd.Series:
        """P(exactly ``n`` purchases in the next ``t``) for each customer, from the end of observation.

        The chance that the customer has left is in it; for ``n`` = 0 it is the larger part of the answer.
        """
        rows, number, ahead = customers(data), whole(n), one_length(t)
        share = self._alive(rows) * self._share(number, ahead, rows, self._first)
        if number == 0:
            share += expit(self._odds_of_leaving(rows))
        return pd.Series(share, index=rows.index, name=f"probability_of_{number}")

    def _staying(self, most: int) -> Floats:
        """log of the probability to stay after each of the first k = 0 … ``most`` chances to leave."""
        return -np.concatenate([[0.0], np.cumsum(np.log1p(self.a_ / (self.b_ + np.arange(most))))])

    def _share(self, number: int, t: float, rows: Customers, passed: int) -> Floats:
        """P(``number`` purchases in t) of someone who is there; ``passed`` + x chances to leave have gone by."""
        chances = number + self._first - passed
        before = rows.x + passed
        staying = self._staying(int(before.max()) + chances)
        log_choices = _nbd.log_choices(self.r_, rows.x, number)
        rate, alpha = self.r_ + rows.x, self.alpha_ + rows.T
        bought = _nbd.probability(log_choices, number, rate, alpha, t)
        share = np.exp(staying[before + chances] - staying[before]) * bought
        if chances:
            last = before + (chances - 1)
            leaves = np.exp(staying[last] - staying[before] - np.log1p((self.b_ + last) / self.a_))
            share += leaves * (betainc(number, rate, t / (alpha + t)) if number else 1.0)
        return share

    def simulate(self, count: int, T: float | NDArray[np.float64], seed: int | np.random.Generator) -> pd.DataFrame:
        """``count`` new customers drawn from the model and observed for ``T`` (one number, or one each).

        Returns a DataFrame with ``frequency``, ``recency`` and ``T`` as ``fit`` takes them, and with what no
        data set shows: ``purchase_rate``, ``dropout_probability``, ``alive`` (at T). The same ``seed`` gives the
        same customers.
        """
        size, length, random = whole(count, "count"), lengths(T, count), np.random.default_rng(seed)
        rate = random.gamma(self.r_, 1 / self.alpha_, size)
        leaving = random.beta(self.a_, self.b_, size)
        # The purchase after which the customer leaves, counted from the first chance to leave.
        with np.errstate(divide="ignore", invalid="ignore"):
            last = np.ceil(np.log(random.uniform(size=size)) / np.log1p(-leaving))
        last = np.where(leaving > 0, np.maximum(last, 1.0), np.inf) - self._first
        wanted = random.poisson(rate * length).astype(float)
        alive = last > wanted
        bought = np.minimum(last, wanted)
        # Purchase number k of n in [0, T] is at T·Beta(k, n − k + 1).
        when = random.beta(np.maximum(bought, 1.0), np.maximum(wanted - bought, 0.0) + 1.0)
        return pd.DataFrame(
            {
                "frequency": bought.astype(np.int64),
                "recency": np.where(bought > 0, length * when, 0.0),
                "T": length,
                "purchase_rate": rate,
                "dropout_probability": leaving,
                "alive": alive,
            }
        )


def _chance_to_stay(odds: Floats) -> Floats:
    """1 / (1 + e^``odds``), written over ``odds``: ``expit(-odds)``, which takes each number by itself."""
    for start in range(0, odds.size, _BLOCK):
        part = odds[start : start + _BLOCK]
        if part.max() > _STEEP:
            part[:] = expit(-part)
            continue
        # The exponential of −∞ is slow.
        np.maximum(part, _FLAT, out=part)
        np.exp(part, out=part)
        part += 1.0
        np.reciprocal(part, out=part)
    return odds


class BetaGeoModel(_BetaGeometric):
    """BG/NBD: a customer buys at a steady rate and may leave after any repeat purchase.

    Rates differ as Gamma(``r``, ``alpha``), dropout probabilities as Beta(``a``, ``b``), independently. Someone
    without a repeat purchase is alive for certain; where that is odd, see ``ModifiedBetaGeoModel``.

    Source: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275–284.
    """

    _first = 0


class ModifiedBetaGeoModel(_BetaGeometric):
    """MBG/NBD: as BG/NBD, but a customer may also leave right after the first purchase.

    Source: Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3), 201–209.
    Its printed appendix has (b + x)/(a − 1) for (a + b + x)/(a − 1) in the conditional expectation.
    """

    _first = 1


class _Likelihood:
    """The log-likelihood and its derivatives in (log r, log alpha, log a, log b), summed over customers."""

    def __init__(self, rows: Grouped, first: int) -> None:
        x, weight = rows.x, rows.weight
        # Σ log (r)ₓ = Σₖ log(r + k)·(customers with x > k), and likewise for the chances to leave.
        more = tally(x, weights=weight)[::-1].cumsum()[::-1]
        self.buys, self.stays = more[1:], more[1 - first :]
        self.bought = self.buys.sum()
        chance = x + first > 0
        self.parts = [
            (leaves, x[kept].astype(float), x[kept] + (first - 1), rows.recency[kept], rows.T[kept], weight[kept])
            for leaves, kept in ((False, ~chance), (True, chance))
            if kept.any()
        ]

    def __call__(self, point: Floats) -> Evaluation:
        r, alpha, a, b = np.exp(point)
        gradient, hessian = np.zeros(4), np.zeros((4, 4))
        k = np.arange(self.buys.size)
        share = r / (r + k)
        value = float(self.buys @ np.log((r + k) / alpha))
        gradient[0] = self.buys @ share
        gradient[1] = -self.bought
        hessian[0, 0] = self.buys @ (share * (1 - share))

        k = np.arange(self.stays.size)
        leave, stay = a / (a + b + k), b / (b + k)
        both = b / (a + b + k)
        value -= float(self.stays @ np.log1p(a / (b + k)))
        gradient[2] -= self.stays @ leave
        gradient[3] += self.stays @ (stay - both)
        hessian[2, 2] -= self.stays @ (leave * (1 - leave))
        hessian[2, 3] += self.stays @ (leave * both)
        hessian[3, 3] += self.stays @ (stay * (1 - stay) - both * (1 - both))

        before = np.arange(self.stays.size)
        odds, part = np.log(a / (b + before)), b / (b + before)
        for leaves, x, chances, recency, T, weight in self.parts:
            for start in range(0, x.size, _BLOCK):
                cut = slice(start, start + _BLOCK)
                value += self._block(
                    (r, alpha), odds, part, leaves, x[cut], chances[cut], recency[cut], T[cut], weight[cut],
                    gradient, hessian,
                )  # fmt: skip
        hessian = np.triu(hessian)
        return Evaluation(value, gradient, hessian + np.triu(hessian, 1).T)

    @staticmethod
    def _block(
        rate: tuple[float, float], odds: Floats, part: Floats, leaves: bool, x: Floats, chances: NDArray[np.int64],
        recency: Floats, T: Floats, weight: Floats, gradient: Floats, hessian: Floats,
    ) -> float:  # fmt: skip
        r, alpha = rate
        size = r + x
        waited = np.log1p(T / alpha)
        late = T / (alpha + T)
        weighted = weight * size
        gradient[0] -= r * (weight @ waited)
        gradient[1] += weighted @ late
        hessian[0, 0] -= r * (weight @ waited)
        hessian[0, 1] += r * (weight @ late)
        bend = late * (1 - late)
        hessian[1, 1] -= weighted @ bend
        value = -float(weighted @ waited)
        if not leaves:
            return value
        recent = recency / (alpha + recency)
        gone = np.log1p((T - recency) / (alpha + recency))
        log_odds = odds[chances] + size * gone
        small = np.exp(-np.abs(log_odds))
        left = np.where(log_odds > 0, 1.0, small) / (1 + small)
        value += float(weight @ (np.maximum(log_odds, 0.0) + np.log1p(small)))
        chance = weight * left
        unsure = weight * small / (1 + small) ** 2
        share = part[chances]
        slope = np.empty((4, x.size))
        slope[0] = r * gone
        slope[1] = size * (recent - late)
        slope[2] = 1.0
        slope[3] = -share
        gradient += slope @ chance
        hessian += (slope * unsure) @ slope.T
        hessian[0, 0] += slope[0] @ chance
        hessian[0, 1] += r * (chance @ (recent - late))
        hessian[1, 1] += chance @ (size * (bend - recent * (1 - recent)))
        hessian[3, 3] -= chance @ (share * (1 - share))
        return value
