"""The shifted-beta-geometric (sBG) model of contract renewal.

Each customer leaves at the end of a period with the same chance θ every time, and θ differs between customers by a beta
distribution with parameters α and β. Those with a high θ go first, so the retention rate of those who are left rises:
r(t) = (β + t − 1) / (α + β + t − 1), without anybody becoming more loyal.

Source: Fader & Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1), 76–90;
residual values: Fader & Hardie (2010), Customer-base valuation in a contractual setting, Marketing Science 29(1),
85–93.
"""

import math
import statistics
import warnings
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._counts import tally
from customer_value._fitting import BoundaryWarning, ConvergenceWarning, FittedModel
from customer_value._inputs import amount, fraction, one_whole, shares, whole
from customer_value.retention._beta_mixture import mean_of_reciprocal
from customer_value.retention._renewal import Decisions, likelihood, most_likely
from customer_value.retention.curves import checked_survivors, checked_tenures

Floats = NDArray[np.float64]
Numbers = float | Floats
Renewal = Literal["now", "after"]

_MOST_PERIODS = 1_000_000
_LIMIT = "Parameters stand for that limit and have no standard errors."


class InfiniteLifetimeWarning(UserWarning):
    """An expected lifetime without end: α is at most 1, so a few who hardly ever leave dominate the mean."""


class ShiftedBetaGeoModel(FittedModel):
    """Contract renewal with customers who differ: ``fit`` it, or build it with ``from_params``.

    ``alpha_`` and ``beta_`` are without unit, for the period of the data. On the boundary there is no ``covariance_``.
    """

    _names = ("alpha", "beta")
    alpha_: float
    beta_: float

    @classmethod
    def from_params(cls, *, alpha: float, beta: float) -> Self:
        """A model with known parameters, each above 0. Raises ``ValueError`` otherwise."""
        return cls()._set({"alpha": alpha, "beta": beta})

    def fit(self, survivors: ArrayLike | pd.DataFrame) -> Self:
        """Fit by maximum likelihood to a survivor table.

        Parameters
        ----------
        survivors
            One cohort: n₀, n₁, …, nₜ, the customers still there at the start and after each period, shape (t + 1,),
            never rising. Several cohorts with the same α and β: a data frame with one such column each, missing after
            the last period observed, as from ``survivors_by_cohort``.

        Returns the model. Numbers of customers, not shares: shares give the same parameters, but standard errors of a
        cohort of one.

        Raises ``ValueError`` when the table is no survivor table or cannot tell the parameters (nobody or everybody
        left, one period only). Warns with ``BoundaryWarning`` and ``ConvergenceWarning``, with the numbers in it.
        """
        cohorts = _cohorts(survivors) if isinstance(survivors, pd.DataFrame) else [checked_survivors(survivors)]
        longest = max(count.size for count in cohorts) - 1
        lost, kept = np.zeros(longest), np.zeros(longest)
        for count in cohorts:
            lost[: count.size - 1] -= np.diff(count)
            kept[: count.size - 1] += count[1:]
        return self._fit(Decisions(lost, kept), sum(count[0] for count in cohorts))

    def fit_tenures(self, tenure: ArrayLike, lost: ArrayLike, entered: ArrayLike | None = None) -> Self:
        """Fit by maximum likelihood to individual tenures, as from ``tenures``.

        Parameters
        ----------
        tenure
            Whole periods, shape (n,): for customers who left the period in which they did (1, 2, …), for those still
            there the periods they were seen through (0, 1, 2, …).
        lost
            ``True`` for those who left, shape (n,).
        entered
            Whole periods after which each customer was first seen, shape (n,), for customers who joined before records
            began (left truncation): only their later renewals count. ``None``: all were seen from their start.

        Customers may have joined at different times. Returns, raises and warns as ``fit``.
        """
        time, left, first = checked_tenures(tenure, lost, entered)
        longest = int(time.max())
        if longest > _MOST_PERIODS:
            raise ValueError(
                f"tenure goes up to {longest:,} periods; choose a longer period, at most {_MOST_PERIODS:,}."
            )
        gone = tally(time[left & (time > first)], least=longest + 1)[1:].astype(float)
        # Those who decide in period j have entered before it and not ended before it.
        entering = tally(first, least=longest + 1)[:-1].cumsum()
        ended = tally(time, least=longest + 1)[:-1].cumsum()
        beyond = entering - ended - gone
        return self._fit(Decisions(gone, beyond), time.size)

    def survival(self, periods: ArrayLike) -> Numbers:
        """S(t) = B(α, β + t) / B(α, β): the share of a cohort still there after t periods.

        ``periods``: whole number(s) from 0 to a million. Returns share(s): a float, or an array of the same shape.
        """
        t = self._periods(periods, "periods")
        return _shaped(np.exp(self._log_survival(int(t.max(initial=0))))[t])

    def retention_rate(self, periods: ArrayLike) -> Numbers:
        """r(t) = (β + t − 1) / (α + β + t − 1): of those there before period t, the share who stay through it.

        ``periods``: whole number(s), at least 1. Returns share(s) of the same shape.
        """
        alpha, beta = self.alpha_, self.beta_
        t = self._periods(periods, "periods", least=1)
        return _shaped((beta + t - 1) / (alpha + beta + t - 1))

    def probability_of_leaving(self, periods: ArrayLike) -> Numbers:
        """P(T = t) = B(α + 1, β + t − 1) / B(α, β): the share of a cohort that leaves in period t.

        ``periods``: whole number(s), at least 1. Returns share(s) of the same shape.
        """
        alpha, beta = self.alpha_, self.beta_
        t = self._periods(periods, "periods", least=1)
        before = np.exp(self._log_survival(int(t.max(initial=1))))[t - 1]
        return _shaped(before * (alpha / (alpha + beta + t - 1)))

    def project(self, periods: int, customers: float = 1.0, *, confidence: float | None = None) -> pd.DataFrame:
        """The survivor table of a new cohort of ``customers`` over ``periods`` whole periods.

        Returns a DataFrame indexed by ``period`` (0 … periods) with ``survivors``, ``survival`` and ``retention``
        (missing for period 0); with ``confidence`` (such as 0.95) also ``lower`` and ``upper``, in survivors.

        The interval is of the expected survivors: it says how well the data tell α and β, not how far one cohort's
        luck takes it from what is expected, and nothing of a model that is wrong. It is the delta method on
        log(−log S), with the covariance of the estimates. Raises ``ValueError`` where there is none (known parameters,
        or on the boundary).
        """
        last = one_whole(periods, "periods", least=1, most=_MOST_PERIODS)
        t, size = np.arange(last + 1), amount(customers, "customers")
        survival = np.asarray(self.survival(t))
        retention = np.concatenate([[np.nan], np.asarray(self.retention_rate(t[1:]))])
        table = pd.DataFrame(
            {"survivors": size * survival, "survival": survival, "retention": retention},
            index=pd.RangeIndex(last + 1, name="period"),
        )
        if confidence is not None:
            lower, upper = self._interval(last, fraction(confidence, "confidence", one=False))
            table["lower"], table["upper"] = size * lower, size * upper
        return table

    def _interval(self, last: int, level: float) -> tuple[Floats, Floats]:
        alpha, beta = self.alpha_, self.beta_
        if self._covariance is None:
            raise ValueError(
                "An interval needs the covariance of the estimates, and this model has none: its parameters were given"
                " or are on the boundary. Leave confidence out."
            )
        j, log_survival = np.arange(last), self._log_survival(last)[1:]
        by_alpha = -np.cumsum(1 / (alpha + beta + j))
        by_beta = np.cumsum(alpha / ((beta + j) * (alpha + beta + j)))
        slope = np.stack([by_alpha, by_beta])
        error = np.sqrt(np.einsum("it,ij,jt->t", slope, self._covariance, slope)) / -log_survival
        bend = np.exp(statistics.NormalDist().inv_cdf((1 + level) / 2) * error)
        ends = (np.exp(log_survival * bend), np.exp(log_survival / bend))
        lower, upper = (np.concatenate([[1.0], end]) for end in ends)
        return lower, upper

    def expected_lifetime(self, *, horizon: int | None = None) -> float:
        """Periods a new customer begins, on average, the first one included: (α + β − 1) / (α − 1).

        With a ``horizon`` only the first so many periods count: S(0) + … + S(horizon − 1). Without one the mean is
        infinite where α ≤ 1; that is returned with an ``InfiniteLifetimeWarning``.
        """
        return self._warned(self._from_the_start(0.0, self._horizon(horizon)))

    def expected_remaining_lifetime(self, tenure: ArrayLike, *, horizon: int | None = None) -> Numbers:
        """Periods still to come for customers seen through ``tenure`` periods: (β + tenure) / (α − 1).

        Parameters
        ----------
        tenure
            Whole number(s) of periods survived; 0 is a customer about to decide for the first time.
        horizon
            Counts only the next so many periods: Σ S(tenure + j) / S(tenure) for j = 1 … horizon.

        Returns periods, of the shape of ``tenure``. Infinite where α ≤ 1 and there is no horizon, with an
        ``InfiniteLifetimeWarning``.
        """
        count, k = self._horizon(horizon), self._periods(tenure, "tenure")
        return self._warned(_shaped(self._residuals(np.zeros(k.shape), k, count)))

    def discounted_expected_lifetime(self, discount_rate: float, *, horizon: int | None = None) -> float:
        """DEL: Σ S(t) / (1 + d)ᵗ from t = 0, the present value of one unit of margin at the start of each period.

        Multiply by the margin for the value of a new customer who pays now and at every renewal. ``discount_rate`` per
        period, from 0 to 1; ``horizon`` counts only the first so many margins. At rate 0 it is ``expected_lifetime``.
        """
        rate = fraction(discount_rate, "discount_rate", zero=True)
        return self._warned(self._from_the_start(rate, self._horizon(horizon)))

    def derl(
        self,
        discount_rate: ArrayLike,
        tenure: ArrayLike,
        *,
        renewal: Renewal = "now",
        horizon: int | None = None,
    ) -> Numbers:
        """Discounted expected residual lifetime: what one unit of margin per renewal still to come is worth now.

        Σ S(k + j) / S(k) / (1 + d)ʲ⁻¹ for j = 1, 2, …, with k the ``tenure``, which without end is
        (β + k) / (α + β + k) · ₂F₁(1, β + k + 1; α + β + k + 1; 1 / (1 + d)). Multiply by the margin for the residual
        value of a customer.

        Parameters
        ----------
        discount_rate
            d, per period, number(s) from 0 to 1.
        tenure
            k, renewals made so far, whole number(s); the n of Fader & Hardie (2010) is k + 1, the contract period.
        renewal
            ``"now"``: the next renewal is due at once and not discounted, as in Fader & Hardie (2010). ``"after"``: the
            last one was just made, the next is one period away; 1 + d times less.
        horizon
            Counts only the next so many renewals.

        Returns periods, discounted; ``discount_rate`` and ``tenure`` broadcast. At rate 0 it is
        ``expected_remaining_lifetime``, with its warning.
        """
        if renewal not in ("now", "after"):
            raise ValueError(f"renewal must be 'now' (due at once) or 'after' (one period away); got {renewal!r}.")
        count = self._horizon(horizon)
        rate, k = np.broadcast_arrays(shares(discount_rate, "discount_rate"), self._periods(tenure, "tenure"))
        result = self._residuals(rate, k, count)
        return self._warned(_shaped(result / (1 + rate) if renewal == "after" else result))

    def simulate(self, customers: int, periods: int, seed: int | np.random.Generator | None = None) -> pd.DataFrame:
        """Draw new customers and watch them for ``periods`` whole periods.

        Returns a DataFrame with ``tenure`` (int) and ``lost`` (bool), as ``tenures`` gives and ``fit_tenures`` takes;
        customers not lost have tenure ``periods``. ``seed`` makes the draw repeatable.
        """
        alpha, beta = self.alpha_, self.beta_
        size = one_whole(customers, "customers", least=1)
        last = one_whole(periods, "periods", least=1, most=_MOST_PERIODS)
        random = np.random.default_rng(seed)
        theta = random.beta(alpha, beta, size)
        with np.errstate(divide="ignore"):
            waited = random.exponential(size=size) / -np.log1p(-theta)
        lost = waited < last
        tenure = np.where(lost, np.floor(np.where(lost, waited, 0)) + 1, last).astype(np.int64)
        return pd.DataFrame({"tenure": tenure, "lost": lost})

    def _fit(self, data: Decisions, customers: float) -> Self:
        found = most_likely(data)
        value, _, hessian = likelihood(found.alpha, found.beta, data)
        self._forget()
        self._set({"alpha": found.alpha, "beta": found.beta})
        self.loglik_, self.customers_ = value, round(customers)
        self.evaluations_, self.converged_ = found.evaluations, found.converged
        if not found.converged:
            warnings.warn(
                f"ShiftedBetaGeoModel did not converge in {found.evaluations} evaluations; it stopped at {self!r} with"
                f" log-likelihood {value:.6f}. Look at the data before using it.",
                ConvergenceWarning,
                stacklevel=3,
            )
        if found.limit:
            self.boundary_ = f"on the boundary: {found.limit} {_LIMIT}"
            warnings.warn(f"ShiftedBetaGeoModel is {self.boundary_}", BoundaryWarning, stacklevel=3)
            return self
        self._covariance = np.linalg.inv(-hessian)
        return self

    def _log_survival(self, last: int, start: int = 0) -> NDArray[np.float64]:
        """log S(start + j) − log S(start) for j = 0 … last."""
        alpha, beta = self.alpha_, self.beta_
        j = np.arange(start, start + last)
        leaving = alpha / (alpha + beta + j)
        # The logarithm of a number near 0 from the number itself, near 1 from its distance to 1.
        staying = np.where(leaving < 0.5, np.log1p(-np.minimum(leaving, 0.5)), np.log((beta + j) / (alpha + beta + j)))
        return np.concatenate([[0.0], np.cumsum(staying)])

    def _from_the_start(self, rate: float, horizon: int | None) -> float:
        if horizon is None and rate > 0:
            alpha, beta = self.alpha_, self.beta_
            return (1 + rate) * mean_of_reciprocal(alpha, beta, rate, staying=False)
        if horizon == 0:
            return 0.0
        return 1 + self._residual(0, rate, None if horizon is None else horizon - 1) / (1 + rate)

    def _residuals(self, rate: NDArray[np.float64], tenure: NDArray[np.int64], horizon: int | None) -> Floats:
        """``_residual`` for arrays of one shape: customers are many, pairs of rate and tenure are few."""
        pairs, place = np.unique(np.stack([rate.ravel(), tenure.ravel()]), axis=1, return_inverse=True)
        values = np.array([self._residual(int(k), float(d), horizon) for d, k in pairs.T])
        return values[place.reshape(-1)].reshape(rate.shape)

    def _residual(self, tenure: int, rate: float, horizon: int | None) -> float:
        alpha, beta = self.alpha_, self.beta_
        if horizon is not None:
            terms = self._log_survival(horizon, tenure)[1:] - np.arange(horizon) * math.log1p(rate)
            return float(np.exp(terms).sum())
        if rate == 0:
            return (beta + tenure) / (alpha - 1) if alpha > 1 else math.inf
        return (1 + rate) * mean_of_reciprocal(alpha, beta + tenure, rate, staying=True)

    def _warned(self, periods: Numbers) -> Numbers:
        if np.any(np.isinf(periods)):
            warnings.warn(
                f"The expected lifetime is infinite, because alpha is {self.alpha_:.4g}, at most 1. Give a horizon or a"
                " discount rate.",
                InfiniteLifetimeWarning,
                stacklevel=3,
            )
        return periods

    def _horizon(self, value: int | None) -> int | None:
        return None if value is None else one_whole(value, "horizon", most=_MOST_PERIODS)

    @staticmethod
    def _periods(values: ArrayLike, name: str, least: int = 0) -> NDArray[np.int64]:
        return whole(values, name, least=least, most=_MOST_PERIODS)


def fit_by_cohort(data: pd.DataFrame) -> dict[Any, ShiftedBetaGeoModel]:
    """One model for each cohort.

    Parameters
    ----------
    data
        Either a survivor table with one column per cohort, as from ``survivors_by_cohort``; or one row per customer
        with ``cohort``, ``tenure`` and ``lost``, and ``entered`` where customers were not seen from their start.

    Returns the models by cohort. Raises ``ValueError`` as ``ShiftedBetaGeoModel.fit``, naming the cohort.
    """
    if not isinstance(data, pd.DataFrame):
        raise TypeError(f"data must be a data frame; got {type(data).__name__}.")
    models = {}
    rows = {"cohort", "tenure", "lost"} <= set(data.columns)
    parts = data.groupby("cohort", sort=True) if rows else data.items()
    for cohort, part in parts:
        try:
            if rows:
                models[cohort] = ShiftedBetaGeoModel().fit_tenures(part["tenure"], part["lost"], part.get("entered"))
            else:
                models[cohort] = ShiftedBetaGeoModel().fit(part.to_frame())
        except ValueError as reason:
            raise ValueError(f"Cohort {cohort}: {reason}") from reason
    if not models:
        raise ValueError("data is empty: there are no cohorts to fit.")
    return models


def _cohorts(table: pd.DataFrame) -> list[NDArray[np.float64]]:
    if table.shape[1] == 0:
        raise ValueError("survivors has no columns: there are no cohorts to fit.")
    cohorts = []
    for label, column in table.items():
        known = column.notna().to_numpy()
        observed = int(known.sum())
        if not known[:observed].all():
            raise ValueError(f"survivors has a gap in cohort {label}: values may be missing only at its end.")
        if observed > 1:
            try:
                cohorts.append(checked_survivors(column.to_numpy(dtype=float)[:observed]))
            except ValueError as reason:
                raise ValueError(f"Cohort {label}: {reason}") from reason
    if not cohorts:
        raise ValueError("survivors has no cohort that was observed for a whole period.")
    return cohorts


def _shaped(values: NDArray[np.float64]) -> Numbers:
    return float(values) if values.ndim == 0 else values
