"""The shifted-beta-geometric (sBG) model of contract renewal.

Each customer leaves at the end of a period with the same chance θ every time, and θ differs between customers by a beta
distribution with parameters α and β. Those with a high θ go first, so the retention rate of those who are left rises:
r(t) = (β + t − 1) / (α + β + t − 1), without anybody becoming more loyal.

Source: Fader & Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1), 76–90;
residual values: Fader & Hardie (2010), Customer-base valuation in a contractual setting, Marketing Science 29(1),
85–93.
"""

import json
import math
import warnings
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._counts import tally
from customer_value._fitting import BoundaryWarning
from customer_value._inputs import amount, fraction, single
from customer_value.retention._beta_mixture import mean_of_reciprocal
from customer_value.retention.curves import checked_survivors, checked_tenures

Numbers = float | NDArray[np.float64]
Renewal = Literal["now", "after"]

_MOST_PERIODS = 1_000_000
_MOST_STEPS = 200
# α + β at the ends of the parameter space: one chance for everybody, and leavers at once or never.
_ALL_ALIKE, _ALL_OR_NOTHING = 1e10, 1e-10
# Beyond this the search has found that customers do not differ.
_FURTHEST = 1e8
_LIMIT = "Parameters stand for that limit and have no standard errors."


class InfiniteLifetimeWarning(UserWarning):
    """An expected lifetime without end: α is at most 1, so a few who hardly ever leave dominate the mean."""


class Decisions(NamedTuple):
    """What the data say, period by period: how many could leave, how many did. Shapes (periods,)."""

    lost: NDArray[np.float64]
    kept: NDArray[np.float64]


class ShiftedBetaGeoModel:
    """Contract renewal with customers who differ: ``fit`` it, or build it with ``from_params``.

    Attributes after fitting
    ------------------------
    ``alpha_``, ``beta_``: the parameters, without unit, for the period of the data.
    ``loglik_``: log-likelihood of the data; None for a model from known parameters.
    ``standard_errors_``: dict by parameter name, from the observed information; None when there are none (known
    parameters, or on the boundary).
    ``covariance_``: their covariance matrix, order alpha, beta; None likewise.
    ``on_boundary_``: whether the parameters stand for a limit, see ``BoundaryWarning``.
    """

    alpha_: float
    beta_: float
    loglik_: float | None = None
    covariance_: NDArray[np.float64] | None = None
    on_boundary_: bool = False

    @classmethod
    def from_params(cls, *, alpha: float, beta: float) -> Self:
        """A model with known parameters, each above 0. Raises ``ValueError`` otherwise."""
        model = cls()
        for name, value in (("alpha", alpha), ("beta", beta)):
            number = single(value, name)
            if number <= 0:
                raise ValueError(f"{name} must be above 0; got {number:g}.")
            setattr(model, f"{name}_", number)
        return model

    @property
    def standard_errors_(self) -> dict[str, float] | None:
        if self.covariance_ is None:
            return None
        return dict(zip(("alpha", "beta"), np.sqrt(np.diag(self.covariance_)).tolist(), strict=True))

    def __repr__(self) -> str:
        if not hasattr(self, "alpha_"):
            return "ShiftedBetaGeoModel(not fitted)"
        return f"ShiftedBetaGeoModel(alpha={self.alpha_:.6g}, beta={self.beta_:.6g})"

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
        left, one period only), ``RuntimeError`` when the search does not converge. Warns with ``BoundaryWarning``.
        """
        cohorts = _cohorts(survivors) if isinstance(survivors, pd.DataFrame) else [checked_survivors(survivors)]
        longest = max(count.size for count in cohorts) - 1
        lost, kept = np.zeros(longest), np.zeros(longest)
        for count in cohorts:
            lost[: count.size - 1] -= np.diff(count)
            kept[: count.size - 1] += count[1:]
        return self._fit(Decisions(lost, kept))

    def fit_tenures(self, tenure: ArrayLike, lost: ArrayLike) -> Self:
        """Fit by maximum likelihood to individual tenures, as from ``tenures``.

        Parameters
        ----------
        tenure
            Whole periods, shape (n,): for customers who left the period in which they did (1, 2, …), for those still
            there the periods they were seen through (0, 1, 2, …).
        lost
            ``True`` for those who left, shape (n,).

        Customers may have joined at different times. Returns, raises and warns as ``fit``.
        """
        time, left = checked_tenures(tenure, lost)
        longest = int(time.max())
        if longest > _MOST_PERIODS:
            raise ValueError(
                f"tenure goes up to {longest:,} periods; choose a longer period, at most {_MOST_PERIODS:,}."
            )
        gone = tally(time[left], least=longest + 1)[1:].astype(float)
        stayed = tally(time[~left], least=longest + 1)[1:].astype(float)
        beyond = (gone + stayed)[::-1].cumsum()[::-1] - gone
        return self._fit(Decisions(gone, beyond))

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
        alpha, beta = self._parameters()
        t = self._periods(periods, "periods", least=1)
        return _shaped((beta + t - 1) / (alpha + beta + t - 1))

    def probability_of_leaving(self, periods: ArrayLike) -> Numbers:
        """P(T = t) = B(α + 1, β + t − 1) / B(α, β): the share of a cohort that leaves in period t.

        ``periods``: whole number(s), at least 1. Returns share(s) of the same shape.
        """
        alpha, beta = self._parameters()
        t = self._periods(periods, "periods", least=1)
        before = np.exp(self._log_survival(int(t.max(initial=1))))[t - 1]
        return _shaped(before * (alpha / (alpha + beta + t - 1)))

    def project(self, periods: int, customers: float = 1.0) -> pd.DataFrame:
        """The survivor table of a new cohort of ``customers`` over ``periods`` whole periods.

        Returns a DataFrame indexed by ``period`` (0 … periods) with ``survivors``, ``survival`` and ``retention``
        (missing for period 0).
        """
        last = _one(self._periods(periods, "periods", least=1), "periods")
        t = np.arange(last + 1)
        survival = np.asarray(self.survival(t))
        retention = np.concatenate([[np.nan], np.asarray(self.retention_rate(t[1:]))])
        return pd.DataFrame(
            {"survivors": amount(customers, "customers") * survival, "survival": survival, "retention": retention},
            index=pd.RangeIndex(last + 1, name="period"),
        )

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
        values = np.array([self._residual(int(each), 0.0, count) for each in k.flat]).reshape(k.shape)
        return self._warned(_shaped(values))

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
        rates = np.asarray(discount_rate, dtype=float)
        checked = np.array([fraction(rate, "discount_rate", zero=True) for rate in rates.flat]).reshape(rates.shape)
        grid = np.broadcast_arrays(checked, self._periods(tenure, "tenure"))
        values = [self._residual(int(k), float(rate), count) for rate, k in zip(*(g.flat for g in grid), strict=True)]
        result = np.array(values).reshape(grid[0].shape)
        return self._warned(_shaped(result / (1 + checked) if renewal == "after" else result))

    def simulate(self, customers: int, periods: int, seed: int | np.random.Generator | None = None) -> pd.DataFrame:
        """Draw new customers and watch them for ``periods`` whole periods.

        Returns a DataFrame with ``tenure`` (int) and ``lost`` (bool), as ``tenures`` gives and ``fit_tenures`` takes;
        customers not lost have tenure ``periods``. ``seed`` makes the draw repeatable.
        """
        alpha, beta = self._parameters()
        size = _one(self._periods(customers, "customers", least=1, most=None), "customers")
        last = _one(self._periods(periods, "periods", least=1), "periods")
        random = np.random.default_rng(seed)
        theta = random.beta(alpha, beta, size)
        with np.errstate(divide="ignore"):
            waited = random.exponential(size=size) / -np.log1p(-theta)
        lost = waited < last
        tenure = np.where(lost, np.floor(np.where(lost, waited, 0)) + 1, last).astype(np.int64)
        return pd.DataFrame({"tenure": tenure, "lost": lost})

    def save(self, path: str | Path) -> None:
        """Write parameters, likelihood and covariance as plain JSON."""
        alpha, beta = self._parameters()
        content = {
            "model": type(self).__name__,
            "parameters": {"alpha": alpha, "beta": beta},
            "loglik": self.loglik_,
            "covariance": None if self.covariance_ is None else self.covariance_.tolist(),
            "on_boundary": self.on_boundary_,
        }
        Path(path).write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that ``save`` wrote. Raises ``ValueError`` when the file holds anything else."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            if content["model"] != cls.__name__:
                raise ValueError(f"it holds a {content['model']}")
            model = cls.from_params(**content["parameters"])
            covariance = content["covariance"]
            model.loglik_ = content["loglik"]
            model.covariance_ = None if covariance is None else np.array(covariance, dtype=float).reshape(2, 2)
            model.on_boundary_ = bool(content["on_boundary"])
        except (KeyError, TypeError, ValueError) as reason:
            raise ValueError(f"{path} is no saved {cls.__name__}: {reason}.") from reason
        return model

    def _fit(self, data: Decisions) -> Self:
        _identified(data)
        alpha, beta, on_boundary = _maximum(data)
        self.alpha_, self.beta_, self.on_boundary_ = alpha, beta, on_boundary
        value, _, hessian = likelihood(alpha, beta, data)
        self.loglik_ = value
        self.covariance_ = None if on_boundary else np.linalg.inv(-hessian)
        return self

    def _parameters(self) -> tuple[float, float]:
        if not hasattr(self, "alpha_"):
            raise RuntimeError(
                "The model has no parameters yet: fit it, or build it with from_params(alpha=…, beta=…)."
            )
        return self.alpha_, self.beta_

    def _log_survival(self, last: int, start: int = 0) -> NDArray[np.float64]:
        """log S(start + j) − log S(start) for j = 0 … last."""
        alpha, beta = self._parameters()
        j = np.arange(start, start + last)
        leaving = alpha / (alpha + beta + j)
        # The logarithm of a number near 0 from the number itself, near 1 from its distance to 1.
        staying = np.where(leaving < 0.5, np.log1p(-np.minimum(leaving, 0.5)), np.log((beta + j) / (alpha + beta + j)))
        return np.concatenate([[0.0], np.cumsum(staying)])

    def _from_the_start(self, rate: float, horizon: int | None) -> float:
        if horizon is None and rate > 0:
            alpha, beta = self._parameters()
            return (1 + rate) * mean_of_reciprocal(alpha, beta, rate, staying=False)
        if horizon == 0:
            return 0.0
        return 1 + self._residual(0, rate, None if horizon is None else horizon - 1) / (1 + rate)

    def _residual(self, tenure: int, rate: float, horizon: int | None) -> float:
        alpha, beta = self._parameters()
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
        return None if value is None else _one(self._periods(value, "horizon"), "horizon")

    @staticmethod
    def _periods(values: ArrayLike, name: str, least: int = 0, most: int | None = _MOST_PERIODS) -> NDArray[np.int64]:
        try:
            array = np.asarray(values, dtype=float)
        except (TypeError, ValueError) as reason:
            raise TypeError(f"{name} must be whole numbers; got {values!r:.60}.") from reason
        limit = math.inf if most is None else most
        wrong = ~np.isfinite(array) | (array < least) | (array > limit) | (array != np.floor(array))
        if wrong.any():
            upper = "" if most is None else f" to {most:,}"
            raise ValueError(f"{name} must be whole numbers from {least}{upper}; got {float(array[wrong].flat[0]):g}.")
        return array.astype(np.int64)


def fit_by_cohort(data: pd.DataFrame) -> dict[Any, ShiftedBetaGeoModel]:
    """One model for each cohort.

    Parameters
    ----------
    data
        Either a survivor table with one column per cohort, as from ``survivors_by_cohort``; or one row per customer
        with ``cohort``, ``tenure`` and ``lost``.

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
                models[cohort] = ShiftedBetaGeoModel().fit_tenures(part["tenure"].to_numpy(), part["lost"].to_numpy())
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


def _identified(data: Decisions) -> None:
    """Refuse data from which no pair of parameters can be told."""
    at_risk = data.lost + data.kept
    if data.lost.sum() == 0:
        raise ValueError(f"Nobody left in {np.count_nonzero(at_risk)} period(s): there is nothing to estimate.")
    if data.kept.sum() == 0:
        raise ValueError("Everybody left in the first period: there is nothing to estimate.")
    if np.count_nonzero(at_risk) < 2:
        raise ValueError("One period shows a retention rate, not how it changes: the model needs at least two.")


def likelihood(alpha: float, beta: float, data: Decisions) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, gradient and Hessian.

    Written as one renewal decision after another, (β + j) / (α + β + j) to stay and α / (α + β + j) to leave: the same
    as the beta functions, without their cancellation.
    """
    j = np.arange(data.lost.size)
    at_risk, gone = data.lost + data.kept, data.lost.sum()
    leaving = alpha / (alpha + beta + j)
    stay = np.where(leaving < 0.5, np.log1p(-np.minimum(leaving, 0.5)), np.log((beta + j) / (alpha + beta + j)))
    value = float(data.lost @ np.log(leaving) + data.kept @ stay)
    one, two = at_risk / (alpha + beta + j), at_risk / (alpha + beta + j) ** 2
    by_kept = data.kept / (beta + j)
    gradient = np.array([gone / alpha - one.sum(), by_kept.sum() - one.sum()])
    hessian = np.full((2, 2), two.sum())
    hessian[0, 0] -= gone / alpha**2
    hessian[1, 1] -= (by_kept / (beta + j)).sum()
    return value, gradient, hessian


def _maximum(data: Decisions) -> tuple[float, float, bool]:
    """The parameters of highest likelihood, and whether they stand for a limit."""
    at_risk, j = data.lost + data.kept, np.arange(data.lost.size)
    if data.lost[1:].sum() == 0:
        share = float(data.lost[0] / at_risk[0])
        warnings.warn(
            f"On the boundary: all {data.lost[0]:g} customers who left did so in the first period and nobody after it,"
            f" so the data show {share:.1%} who leave at once and others who never do. {_LIMIT}",
            BoundaryWarning,
            stacklevel=4,
        )
        return share * _ALL_OR_NOTHING, (1 - share) * _ALL_OR_NOTHING, True
    churn = float(data.lost.sum() / at_risk.sum())
    rises = float(j @ (data.kept / (1 - churn) - at_risk)) > 0
    alike = (churn * _ALL_ALIKE, (1 - churn) * _ALL_ALIKE)
    # Little difference between customers lies far from much: the second start is for the former.
    starts = ((alpha, alpha * (1 - churn) / churn) for alpha in (1.0, 1000.0))
    found = next((end for start in starts if (end := _newton(*start, data)) is not None), None)
    if found is not None and (rises or likelihood(*found, data)[0] > likelihood(*alike, data)[0]):
        return (*found, False)
    warnings.warn(
        "On the boundary: retention does not rise with tenure, so the data show no difference between customers;"
        f" everybody leaves with chance {churn:.4g} per period. {_LIMIT}",
        BoundaryWarning,
        stacklevel=4,
    )
    return (*alike, True)


def _newton(alpha: float, beta: float, data: Decisions) -> tuple[float, float] | None:
    """Damped Newton steps in log α and log β; None when they run off to where all customers are alike."""
    at = np.log([alpha, beta])
    value, gradient, hessian = likelihood(alpha, beta, data)
    for _ in range(_MOST_STEPS):
        scale = np.exp(at)
        slope = gradient * scale
        curvature = -(hessian * np.outer(scale, scale) + np.diag(slope))
        size, axes = np.linalg.eigh(curvature)
        # Uphill along every axis, and never further than a factor of e² at once.
        step = axes @ ((axes.T @ slope) / np.maximum(np.abs(size), 1e-12 * np.abs(size).max()))
        gain = float(slope @ step)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if gain <= 1e-18 * abs(value) and size[0] > 0:
            return float(scale[0]), float(scale[1])
        while True:
            trial = at + step
            reached = likelihood(*np.exp(trial), data)
            if reached[0] > value or np.abs(step).max() < 1e-15:
                break
            step /= 2
        if np.abs(step).max() < 1e-15:
            return float(scale[0]), float(scale[1])
        at = trial
        value, gradient, hessian = reached
        if at.max() > math.log(_FURTHEST):
            return None
    raise RuntimeError(
        f"The search for alpha and beta did not converge in {_MOST_STEPS} steps: it stopped at {math.exp(at[0]):g} and"
        f" {math.exp(at[1]):g}, log-likelihood {value:g}. Check the survivor table."
    )


def _one(values: NDArray[np.int64], name: str) -> int:
    if values.ndim:
        raise ValueError(f"{name} must be one number; got {values.size}.")
    return int(values)


def _shaped(values: NDArray[np.float64]) -> Numbers:
    return float(values) if values.ndim == 0 else values
