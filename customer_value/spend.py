"""Spend per purchase: a customer's own average, drawn towards everybody's (the gamma-gamma model)."""

import warnings
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, digamma, gammaln, zeta

from customer_value._fitting import Evaluation, FittedModel, maximise, named, thinned
from customer_value._inputs import array, columns, numbers, refuse, repeat_purchases

Floats = NDArray[np.float64]
# Small enough for the processor's cache, and for products of this length not to be spread over threads.
_BLOCK = 8_192
_ROUGH_FIT = 20_000
# B₂ₖ, for the asymptotic series of ψ.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66)


class PopulationMeanWarning(UserWarning):
    """Some customers have no repeat purchase, so nothing of their own to go by."""


class NearlyConstantSpendWarning(UserWarning):
    """Spend hardly differs, so that how much of the difference is chance can hardly be told."""


class InfiniteMeanWarning(UserWarning):
    """The fitted tail of spend is so long that there is no population mean."""


class GammaGammaModel(FittedModel):
    """What a purchase of a customer is worth on average, when spend does not depend on how often one buys.

    Single purchases of a customer are Gamma(``p``, ν), customers differ by ν ~ Gamma(``q``, ``gamma``). So the
    mean of x purchases is drawn towards the population mean p·gamma/(q − 1), the less the larger x is. ``gamma``
    is in the money of the data, ``p`` and ``q`` have no unit.

    With q ≤ 1 the population mean is infinite: predictions are refused, since the formulas would return
    negative spend. Sources: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), 415–430; Fader &
    Hardie (2013), The gamma-gamma model of monetary value (note 025).
    """

    _names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")

    @classmethod
    def from_params(cls, *, p: float, q: float, gamma: float) -> Self:
        """The model with these parameters, all above 0; ``gamma`` in money."""
        return cls()._set({"p": p, "q": q, "gamma": gamma})

    def fit(self, data: pd.DataFrame) -> Self:
        """Estimate the parameters by maximum likelihood from the customers with a repeat purchase.

        Parameters
        ----------
        data
            One row per customer with ``frequency`` (repeat purchases) and ``monetary_value`` (their mean value).
            Rows with frequency 0 carry no information and are left out; ``customers_`` says how many are used.
            Other columns are ignored, nothing is changed.

        Raises ``ValueError`` for bad data, zero or negative spend, fewer than two customers with a repeat
        purchase, or the same spend everywhere (a standard deviation below 0.003% of the mean). Warns with
        ``NearlyConstantSpendWarning`` below 2%, with ``BoundaryWarning`` or ``ConvergenceWarning``, and with
        ``InfiniteMeanWarning`` where q ≤ 1 leaves the fit without a population mean.
        """
        rows = _spenders(data)
        x, mean = rows.x[rows.repeat], rows.spend[rows.repeat]
        if x.size < 2:
            raise ValueError(
                f"data has {x.size} customer(s) with a repeat purchase of {rows.x.size}: a model of differences"
                " between customers needs many."
            )
        middle, lowest, highest = float(mean.mean()), float(mean.min()), float(mean.max())
        variation = float((mean / middle).std())
        # Means of equal amounts may differ in their last digits; and p grows with the inverse square of this, until
        # the likelihood has no digits left.
        if variation <= 3e-5:
            raise ValueError(
                f"monetary_value is {middle:g} for all {x.size} customers with a repeat purchase (from {lowest!r} to"
                f" {highest!r}): there is no spread to estimate. Use that number as the spend of everyone."
            )
        if variation <= 0.02:
            warnings.warn(
                f"monetary_value hardly differs between the {x.size} customers with a repeat purchase: from"
                f" {lowest:g} to {highest:g}, a standard deviation of {variation:.2g} of the mean {middle:g}. The"
                " parameters say little; the mean is as good a prediction for everyone.",
                NearlyConstantSpendWarning,
                stacklevel=2,
            )
        start = np.log([3.0, 4.0, mean.mean()])
        evaluations = 0
        few = thinned(x.size, _ROUGH_FIT)
        if few is not None and np.ptp(mean[few]) > 0:
            rough = maximise(_Likelihood(x[few], mean[few]), start, decrement=1e-2, limit=60)
            start, evaluations = rough.point, rough.evaluations
        found = maximise(_Likelihood(x, mean), start)
        self._fitted(found._replace(evaluations=found.evaluations + evaluations), x.size)
        if self.q_ <= 1:
            warnings.warn(
                f"q = {self.q_:.4g} is not above 1: spend has so long a tail that its mean is infinite. The"
                " likelihood can be used, predictions are refused. Look for a few huge customers, or trim them.",
                InfiniteMeanWarning,
                stacklevel=2,
            )
        return self

    def log_likelihood(self, data: pd.DataFrame) -> float:
        """The log-likelihood of the customers of ``data`` with a repeat purchase; it depends on the currency."""
        rows = _spenders(data)
        x, mean = rows.x[rows.repeat], rows.spend[rows.repeat]
        return _Likelihood(x, mean)(np.log([self.p_, self.q_, self.gamma_])).value if x.size else 0.0

    def expected_new_customer_spend(self) -> float:
        """The population mean p·gamma/(q − 1): expected value of a purchase of an unknown customer, money.

        Raises ``ValueError`` for q ≤ 1, where it is infinite.
        """
        if self.q_ <= 1:
            raise ValueError(
                f"q is {self.q_:g}: with q not above 1 the mean spend of the population is infinite, and the"
                " formula p·gamma/(q − 1) gives a negative number or none. Fit again without the few customers"
                " who make the tail, or use each customer's own mean."
            )
        return self.p_ / (self.q_ - 1) * self.gamma_

    def expected_customer_spend(self, data: pd.DataFrame) -> pd.Series:
        """Expected value of a purchase of each customer: p·(gamma + x·m) / (p·x + q − 1), money.

        x is ``frequency``, m is ``monetary_value``. With x = 0 this is the population mean whatever
        ``monetary_value`` says; a ``PopulationMeanWarning`` counts those customers. Raises ``ValueError`` for
        zero or negative spend with a repeat purchase, and for q ≤ 1.
        """
        rows = _spenders(data)
        average = self.expected_new_customer_spend()
        expected = np.empty(rows.x.size)
        for start in range(0, expected.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            own = rows.spend[part]
            # Whatever else stands beside x = 0 counts for nothing below.
            if not np.isfinite(own).all():
                own = np.where(rows.repeat[part], own, 0.0)
            # Two positive parts: the quotient could overflow, and the way from the average to the own mean loses all
            # digits where q is so close to 1 that the average is huge.
            weight = self.p_ * rows.x[part]
            size = weight + (self.q_ - 1)
            expected[part] = self.p_ / size * self.gamma_ + weight / size * own
        alone = rows.x.size - np.count_nonzero(rows.repeat)
        if alone:
            warnings.warn(
                f"{alone} of {rows.x.size} customers have no repeat purchase: their expected spend is the"
                f" population mean {average:.2f}.",
                PopulationMeanWarning,
                stacklevel=2,
            )
        return pd.Series(expected, index=data.index, name="expected_spend")

    def expected_customer_lifetime_value(self, purchases: Any, data: pd.DataFrame, **terms: Any) -> pd.Series:
        """``purchases.expected_customer_lifetime_value(data, self, …)``, for a fitted model of repeat buying."""
        return purchases.expected_customer_lifetime_value(data, self, **terms)

    def simulate(self, frequency: ArrayLike, seed: int | np.random.Generator) -> Floats:
        """Mean spend of new customers with these numbers of repeat purchases, shape (n,); 0 where there is none."""
        x = numbers(frequency, "frequency", negative=False)
        if (x != np.rint(x)).any():
            raise ValueError("frequency must hold whole numbers of repeat purchases.")
        random = np.random.default_rng(seed)
        scale = random.gamma(self.q_, 1 / self.gamma_, x.size)
        with np.errstate(divide="ignore", over="ignore"):
            total = random.gamma(self.p_ * np.maximum(x, 1.0)) / scale
        if not np.isfinite(total).all():
            raise ValueError(f"q is {self.q_:g}: so small that some spend is too large for a number.")
        return np.where(x > 0, total / np.maximum(x, 1.0), 0.0)

    def _limit(self) -> str:
        words = named(
            [
                (self.q_ > 1e4, "all customers seem to spend the same on average"),
                (self.p_ > 1e4, "each customer seems to spend the same every time"),
            ]
        )
        return words or super()._limit()


class _Spenders(NamedTuple):
    x: Floats
    spend: Floats
    repeat: NDArray[np.bool_]


def _spenders(data: Any) -> _Spenders:
    columns(data, ("frequency", "monetary_value"), "data")
    x = repeat_purchases(data)
    repeat = x > 0
    spend = array(data["monetary_value"], "data['monetary_value']")
    missing = repeat & ~np.isfinite(spend)
    if missing.any():
        where = int(np.argmax(missing))
        raise ValueError(
            f"monetary_value is missing or infinite for {np.count_nonzero(missing)} customer(s) with a repeat"
            f" purchase, the first at position {where}."
        )
    refuse(
        repeat & (spend <= 0),
        "monetary_value must be above 0 where frequency is above 0 (leave out customers who only had free orders, and"
        " net returns before averaging)",
        spend,
    )
    return _Spenders(x, spend, repeat)


class _Likelihood:
    """The log-likelihood and its derivatives in (log p, log q, log gamma), summed over customers.

    ℓ = −log B(px, q) − q log(1 + s/γ) − px log(1 + γ/s) − log m,  s = x·m the total spend of x purchases.
    """

    def __init__(self, x: Floats, mean: Floats) -> None:
        self.x, self.spend = x, x * mean
        self.kinds, self.counts = np.unique(x, return_counts=True)
        self.constant = -float(np.log(mean).sum())
        self.typical = float(np.median(self.spend[:: max(1, x.size // 1_000)]))

    def __call__(self, point: Floats) -> Evaluation:
        p, q, gamma = np.exp(point)
        shape, n = p * self.kinds, self.counts
        rise_p, bend_p = _rises(shape, np.full_like(shape, q))
        rise_q, bend_q = _rises(np.full_like(shape, q), shape)
        value = self.constant - float(n @ _log_beta(shape, q))
        gradient = np.array([n @ (shape * rise_p), q * (n @ rise_q), 0.0])
        hessian = np.diag(gradient)
        hessian[0, 0] += n @ (shape**2 * bend_p)
        hessian[1, 1] += q**2 * (n @ bend_q)
        hessian[0, 1] += q * (n @ (shape * zeta(2.0, shape + q)))
        for start in range(0, self.x.size, _BLOCK):
            x, spend = self.x[start : start + _BLOCK], self.spend[start : start + _BLOCK]
            # One logarithm gives both; the smaller one is computed, since the larger factor multiplies it.
            if gamma > self.typical:
                above = np.log1p(spend / gamma)
                below = above - np.log(spend / gamma)
            else:
                below = np.log1p(gamma / spend)
                above = below + np.log(spend / gamma)
            own = spend / (gamma + spend)
            rest = gamma / (gamma + spend)
            from_p, from_q = p * float(x @ below), q * float(above.sum())
            p_rest, q_own = p * float(x @ rest), q * float(own.sum())
            value -= from_p + from_q
            gradient += (-from_p, -from_q, q_own - p_rest)
            hessian[0, 0] -= from_p
            hessian[1, 1] -= from_q
            hessian[0, 2] -= p_rest
            hessian[1, 2] += q_own
            bend = own * rest
            hessian[2, 2] -= q * float(bend.sum()) + p * float(x @ bend)
        hessian[1, 0], hessian[2, 0], hessian[2, 1] = hessian[0, 1], hessian[0, 2], hessian[1, 2]
        return Evaluation(value, gradient, hessian)


def _log_beta(a: Floats, b: float) -> Floats:
    """log B(a, b), by Stirling's series of the difference where one of them is large."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    result, far = betaln(low, high), high > 30
    h, y = low[far], high[far]
    step = np.log1p(h / y)
    rise = h * np.log(y) + (y + h - 0.5) * step - h
    for k, number in enumerate(_BERNOULLI, start=1):
        rise += number / (2 * k * (2 * k - 1)) * y ** (1 - 2 * k) * np.expm1((1 - 2 * k) * step)
    result[far] = gammaln(h) - rise
    return result


def _rises(y: Floats, h: Floats) -> tuple[Floats, Floats]:
    """ψ(y + h) − ψ(y) and ψ′(y + h) − ψ′(y) without loss of digits for large y (Abramowitz & Stegun 6.3.18)."""
    far = y > 30
    first, second = np.empty_like(y), np.empty_like(y)
    near, add = y[~far], h[~far]
    first[~far] = digamma(near + add) - digamma(near)
    second[~far] = zeta(2.0, near + add) - zeta(2.0, near)
    base, step = y[far], np.log1p(h[far] / y[far])
    rise, bend = step - np.expm1(-step) / (2 * base), np.expm1(-step) / base + np.expm1(-2 * step) / (2 * base**2)
    for k, number in enumerate(_BERNOULLI, start=1):
        rise -= number / (2 * k) * base ** (-2 * k) * np.expm1(-2 * k * step)
        bend += number * base ** (-2 * k - 1) * np.expm1(-(2 * k + 1) * step)
    first[far], second[far] = rise, bend
    return first, second
