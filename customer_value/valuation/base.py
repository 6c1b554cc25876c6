"""Who is there in each period: customers under contract, or what customers without one are expected to buy, by cohort.

One table serves both: a row for each period in which customers were won, a column for each period to come.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import aligned, amount, fraction, numbers, one_whole, shares, whole
from customer_value.clv import margin_multiplier
from customer_value.retention import ShiftedBetaGeoModel

Floats = NDArray[np.float64]
Arrival = Literal["even", "start"]

_MOST_PERIODS = 1_000
_NEGLIGIBLE = 1e-9
# Within a period purchases are a smooth function of the time since the first one.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True)
class CustomerBase:
    """Active customers, or their expected orders or revenue, by cohort and period.

    ``project_customers`` and ``project_purchases`` make it.
    """

    table: pd.DataFrame
    """A row per cohort, indexed by ``won_in``: the period in which it was won, 0 and below for customers there today;
    a column per period 1, 2, … to come."""
    won: pd.Series
    """Customers won, by period 1, 2, …."""
    unit: str
    """What the table counts: "customers", "orders" or "revenue"."""
    today: pd.Series | None = None
    """Customers there today by cohort, where they are counted."""
    _run_off: Callable[[float], pd.Series] = field(repr=False, default=None)  # type: ignore[assignment]

    @property
    def periods(self) -> int:
        """How many periods it covers."""
        return self.table.shape[1]

    @property
    def active(self) -> pd.Series:
        """All cohorts together, by period."""
        return self.table.sum()

    def run_off(self, discount_rate: float) -> pd.Series:
        """What is still to come after the last period from the cohorts won until then, by cohort.

        In units of the table, discounted to the end of the last period at ``discount_rate`` per period. Raises
        ``ValueError`` where that has no end.
        """
        return self._run_off(fraction(discount_rate, "discount_rate", zero=True))


def project_customers(
    won: ArrayLike,
    retention: float | ArrayLike | ShiftedBetaGeoModel,
    *,
    existing: float | Mapping[int, float] | pd.Series = 0.0,
) -> CustomerBase:
    """Active customers by cohort and period, for customers under contract, whose leaving is seen.

    C(c, t) = A(c) · S(t − c) for those won in period c, and N(k) · S(k + t) / S(k) for those of age k today.

    Parameters
    ----------
    won
        A: customers to be won in period 1, 2, …, as from ``AcquisitionCurve.ahead``; its length is the horizon. Zeros:
        nobody is won any more.
    retention
        One rate per period (S(k) = rᵏ); or a survival curve S(0) = 1, S(1), …, after whose end nobody is left; or a
        ``ShiftedBetaGeoModel``, whose retention rises with age because those who leave easily leave first.
    existing
        N: customers there today. One number needs a constant rate or says that all were won just now (age 0);
        otherwise by age, whole periods survived so far: ``{0: 900, 1: 700}``.

    Returns a ``CustomerBase`` of customers. Raises ``ValueError`` for numbers below 0, or ages beyond a survival curve.
    """
    won = numbers(won, "won", negative=False)
    if won.size > _MOST_PERIODS:
        raise ValueError(f"won has {won.size} periods; a projection may have at most {_MOST_PERIODS:,}.")
    horizon, periods = won.size, np.arange(1, won.size + 1)
    ages = _ages(existing)
    stay = _Staying(retention, int(max(ages.index, default=0)) + horizon)
    cohorts = np.concatenate([-ages.index.to_numpy(dtype=np.int64)[::-1], periods])
    table = np.zeros((cohorts.size, horizon))
    for row, count in enumerate(ages.to_numpy()[::-1]):
        table[row] = count * stay.further(-int(cohorts[row]), periods)
    for period in periods:
        table[ages.size + period - 1, period - 1 :] = won[period - 1] * stay.further(0, np.arange(horizon - period + 1))
    index = pd.Index(cohorts, name="won_in")
    left = pd.DataFrame(table, index, pd.Index(periods, name="period"))

    def run_off(rate: float) -> pd.Series:
        return left[horizon] * stay.to_come(horizon - cohorts, rate)

    today = pd.Series(ages.to_numpy()[::-1], index[: ages.size], name="customers")
    return CustomerBase(left, pd.Series(won, left.columns, name="won"), "customers", today, run_off)


def project_purchases(
    purchases: Any,
    data: pd.DataFrame,
    won: ArrayLike,
    *,
    spend: Any = 1.0,
    first_spend: float | None = None,
    step: str = "year",
    arrival: Arrival = "even",
    won_in: pd.Series | None = None,
) -> CustomerBase:
    """Expected orders or revenue by cohort and period, for customers without a contract, whose leaving nobody sees.

    Parameters
    ----------
    purchases
        A model of repeat buying with parameters: ``BetaGeoModel``, ``ModifiedBetaGeoModel`` or ``ParetoNBDModel``.
    data
        The customers of today, one row each, as for ``expected_purchases``; their observation ends today.
    won
        Customers to be won in each ``step`` to come; its length is the horizon.
    spend
        Money per order: one number, one per customer of ``data`` (newcomers then get its mean), or a fitted
        ``GammaGammaModel`` (newcomers get its population mean). 1, the default, counts orders.
    first_spend
        Money of a newcomer's first order, where it differs (a welcome discount).
    step
        "week", "month", "quarter" or "year".
    arrival
        Newcomers arrive ``"even"``ly through the period in which they are won, or all at its ``"start"``.
    won_in
        For each customer of ``data`` the step in which he or she was won, counted back from today: 0 the one that ends
        today, −1 the one before, …. Without it they are one row, 0.

    A newcomer's expected repeat orders are those of ``expected_purchases_new_customer``, plus the first order. Everyone
    won in future is taken to be like those the model was fitted to.

    Returns a ``CustomerBase`` of orders (``spend`` 1) or revenue.
    """
    # The models need scipy, which somebody who projects contracts can do without.
    from customer_value.btyd._model import _spend

    arriving = numbers(won, "won", negative=False)
    if arriving.size > _MOST_PERIODS:
        raise ValueError(f"won has {arriving.size} periods; a projection may have at most {_MOST_PERIODS:,}.")
    horizon, periods = arriving.size, np.arange(1, arriving.size + 1)
    length = _periods_of_the_model(purchases, step)
    each, newcomer = _spend(spend, data), _newcomer(spend)
    first = newcomer if first_spend is None else amount(first_spend, "first_spend")
    cohort = _cohorts(won_in, data)
    bought = np.column_stack([purchases.expected_purchases(data, t * length).to_numpy() for t in range(1, horizon + 1)])
    there = pd.DataFrame(np.diff(bought, axis=1, prepend=0.0) * np.asarray(each)[..., None], columns=periods)
    there = there.groupby(cohort).sum().sort_index()

    def by_age(count: int) -> Floats:
        repeat = newcomer * _repeat_orders(purchases, length, count, arrival)
        repeat[0] += first
        return repeat

    own = by_age(horizon)
    later = np.zeros((horizon, horizon))
    for at in range(horizon):
        later[at, at:] = arriving[at] * own[: horizon - at]
    cohorts = pd.Index([*there.index, *periods], name="won_in")
    table = pd.DataFrame(np.vstack([there.to_numpy(), later]), cohorts, pd.Index(periods, name="period"))

    def run_off(rate: float) -> pd.Series:
        if rate == 0:
            raise ValueError(
                "discount_rate must be above 0: without discounting the purchases of all time may add up to infinity."
                " Use terminal='none'."
            )
        more = min(5_000, int(np.ceil(-np.log(_NEGLIGIBLE) / np.log1p(rate))))
        factor = (1 + rate) ** -np.arange(1.0, more + 1)
        terms = {"discount_rate": rate, "step": step}
        whole_life, until = (
            purchases.expected_customer_lifetime_value(data, spend, periods=count, **terms)
            for count in (horizon + more, horizon)
        )
        present = ((whole_life - until) * (1 + rate) ** horizon).groupby(cohort).sum().sort_index()
        far = by_age(horizon + more)
        future = [arriving[at] * float(far[horizon - at : horizon - at + more] @ factor) for at in range(horizon)]
        return pd.Series([*present, *future], cohorts)

    unit = "orders" if isinstance(spend, int | float) and spend == 1 and first == 1 else "revenue"
    return CustomerBase(table, pd.Series(arriving, table.columns, name="won"), unit, None, run_off)


def cohort_contribution(
    purchases: Any,
    spend: Any,
    margin: float,
    *,
    periods: int,
    step: str = "year",
    first_spend: float | None = None,
    acquisition_cost: float = 0.0,
    arrival: Arrival = "start",
) -> pd.DataFrame:
    """What one customer won is expected to bring, by age: from a fitted BG/NBD and gamma-gamma to contribution.

    ``spend`` is money per order or a fitted ``GammaGammaModel``, ``margin`` the share of it left after variable costs,
    ``acquisition_cost`` money per customer won; the rest as in ``project_purchases``.

    Returns a DataFrame indexed by ``age`` (0 is the period in which the customer is won) with ``orders`` (the first one
    included), ``revenue``, ``contribution`` (revenue × margin) and ``cumulative`` (its sum less acquisition cost),
    per customer won and not discounted.
    """
    from customer_value.btyd._model import _margin

    count = one_whole(periods, "periods", least=1, most=_MOST_PERIODS)
    length = _periods_of_the_model(purchases, step)
    newcomer = _newcomer(spend)
    first = newcomer if first_spend is None else amount(first_spend, "first_spend")
    repeat = _repeat_orders(purchases, length, count, arrival)
    now = (np.arange(count) == 0).astype(float)
    table = pd.DataFrame(
        {"orders": repeat + now, "revenue": newcomer * repeat + first * now}, index=pd.RangeIndex(count, name="age")
    )
    table["contribution"] = table["revenue"] * _margin(margin)
    table["cumulative"] = table["contribution"].cumsum() - amount(acquisition_cost, "acquisition_cost")
    return table


def _repeat_orders(purchases: Any, length: float, count: int, arrival: str) -> Floats:
    """Expected repeat orders of a customer won, in the period of arrival and each after it."""
    if arrival not in ("even", "start"):
        raise ValueError(f"arrival must be 'even' (through the period) or 'start' (of it); got {arrival!r}.")
    rest, weight = (np.ones(1), np.ones(1)) if arrival == "start" else ((_NODES + 1) / 2, _WEIGHTS / 2)
    since = (np.arange(count)[:, None] + rest) * length
    total = np.asarray(purchases.expected_purchases_new_customer(since.ravel())).reshape(since.shape) @ weight
    return np.diff(total, prepend=0.0)


def _periods_of_the_model(purchases: Any, step: str) -> float:
    from customer_value.btyd import _calendar

    return _calendar.unit(step, "step") / _calendar.DAYS[purchases.time_unit]


def _newcomer(spend: Any) -> float:
    if hasattr(spend, "expected_new_customer_spend"):
        return float(spend.expected_new_customer_spend())
    return float(np.mean(numbers(np.atleast_1d(spend), "spend", negative=False)))


def _cohorts(won_in: pd.Series | None, data: pd.DataFrame) -> NDArray[np.int64]:
    if won_in is None:
        return np.zeros(len(data), dtype=np.int64)
    back = -whole(-np.asarray(aligned(won_in, data.index, "won_in"), dtype=float), "won_in, counted back")
    if back.shape != (len(data),):
        raise ValueError(f"won_in must have one period per customer, {len(data)}; got {back.size}.")
    return back


def _ages(existing: Any) -> pd.Series:
    """Customers there today, indexed by whole age, rising; ages with nobody are kept."""
    if isinstance(existing, Mapping | pd.Series):
        found = pd.Series(dict(existing), dtype=float).sort_index()
        if found.empty:
            return pd.Series([0.0], [0])
        found.index = pd.Index(whole(list(found.index), "ages of existing", most=_MOST_PERIODS))
        numbers(found, "existing", negative=False)
        return found
    return pd.Series([amount(existing, "existing")], [0])


class _Staying:
    """How customers of any age stay on: by a constant rate, a curve that ends, or an sBG model."""

    def __init__(self, retention: Any, longest: int) -> None:
        self.model = retention if isinstance(retention, ShiftedBetaGeoModel) else None
        self.rate: float | None = None
        if self.model is not None:
            self.curve = np.asarray(self.model.survival(np.arange(longest + 1)))
            return
        found = shares(retention, "retention")
        if found.ndim == 0:
            self.rate = float(found)
            self.curve = self.rate ** np.arange(longest + 1.0)
            return
        if found.ndim != 1 or found.size < 2 or found[0] != 1 or np.any(np.diff(found) > 0):
            raise ValueError(
                "retention must be one rate per period, a survival curve (1 first, never rising) or an sBG model;"
                f" got {np.array2string(found.ravel()[:4], precision=3)}…"
            )
        self.curve = np.concatenate([found, np.zeros(max(0, longest + 1 - found.size))])

    def further(self, age: int, periods: NDArray[np.int64]) -> Floats:
        """Of those of this age, the share still there after each of the ``periods``."""
        if self.rate is not None:
            return self.rate ** periods.astype(float)
        if self.curve[age] == 0:
            raise ValueError(f"existing has customers of age {age}, but nobody gets that old on the survival curve.")
        return self.curve[age + periods] / self.curve[age]

    def to_come(self, ages: NDArray[np.int64], rate: float) -> Floats:
        """Discounted periods still to come, the first one period from now, for those of each age."""
        if self.rate is not None:
            return np.full(ages.size, float(margin_multiplier(self.rate, rate)))
        if self.model is not None:
            found = np.asarray(self.model.derl(rate, ages, renewal="after"))
            if not np.all(np.isfinite(found)):
                raise ValueError("discount_rate must be above 0: by this sBG model some customers hardly ever leave.")
            return found
        factor = (1 + rate) ** -np.arange(1.0, self.curve.size + 1)
        rest = [float(self.curve[age + 1 :] @ factor[: self.curve.size - age - 1]) for age in ages]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.curve[ages] > 0, np.array(rest) / self.curve[ages], 0.0)
