"""Customer lifetime value (CLV) in closed form: simple, discounted, and what it says about acquisition.

Margin, retention and discount rate are always per the same period (a month, a year): one period is one unit
of time, and ``discount_rate_per_period`` and ``retention_per_period`` translate yearly rates. Margin is money
per customer and period after all that serving and keeping the customer costs, not revenue.

Two conventions say when the first margin comes, and they differ by almost a whole margin:

- ``first_margin="after"``: the first margin comes one period from now and only from those who stay,
  m·r/(1+i) + m·r²/(1+i)² + … (Gupta & Lehmann 2003);
- ``first_margin="now"``: it comes at once from everybody, m + m·r/(1+i) + m·r²/(1+i)² + …

Where an argument says "number(s)", an array or a column works, too, and arguments broadcast against each other:
numbers in give a float, anything else gives an array.
"""

import math
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, fraction, single

FirstMargin = Literal["after", "now"]
Numbers = float | NDArray[np.float64]

# Derivatives over a finite horizon are summed margin by margin.
_LONGEST_SUM = 1_000_000


def average_order_value(revenue: float, orders: float) -> float:
    """Revenue per order (AOV), in the unit of ``revenue``; both over the same period and customers.

    Raises ``ValueError`` when there are no orders or a figure is negative.
    """
    return amount(revenue, "revenue") / _above_zero(orders, "orders")


def purchase_frequency(orders: float, customers: float) -> float:
    """Orders per customer and period; ``customers`` are those who bought at least once in it.

    Raises ``ValueError`` when there are no customers or a figure is negative.
    """
    return amount(orders, "orders") / _above_zero(customers, "customers")


def customer_value(average_order_value: ArrayLike, purchase_frequency: ArrayLike) -> Numbers:
    """Revenue per customer and period: average order value × purchase frequency (20 × 1.6 = 32).

    Number(s), not negative. Returns money per customer and period. It is revenue: multiply by the margin to
    speak of value.
    """
    aov = _numbers(average_order_value, "average_order_value", low=0)
    frequency = _numbers(purchase_frequency, "purchase_frequency", low=0)
    return _plain(aov * frequency)


def customer_acquisition_cost(spend: float, new_customers: float) -> float:
    """Money spent on winning customers per customer won (CAC), over one period.

    ``spend`` has everything that aims at people who are not customers yet: media, sales people, welcome
    discounts. Raises ``ValueError`` when nobody was won or a figure is negative.
    """
    return amount(spend, "spend") / _above_zero(new_customers, "new_customers")


def expected_lifetime(retention: ArrayLike, *, first_margin: FirstMargin = "now") -> Numbers:
    """Periods in which a new customer brings a margin, on average, when retention is the same in each.

    ``"now"`` counts the period that has just begun: 1 / (1 − r), one over churn. ``"after"`` counts only the
    periods still to be won: r / (1 − r). The two differ by exactly one.

    Number(s) from 0 to below 1; returns periods. Raises ``ValueError`` at retention 1, where nobody ever
    leaves and the mean is infinite.

    Wrong when customers differ in retention: the mean of 1 / (1 − r) is above one over the mean churn, see
    ``retention.ShiftedBetaGeoModel``.
    """
    r = _shares(retention, "retention")
    if np.any(r == 1):
        raise ValueError("retention 1 means that nobody ever leaves: the expected lifetime is infinite.")
    return _plain((r if _is_after(first_margin) else 1.0) / (1 - r))


def simple_clv(
    average_order_value: ArrayLike,
    purchase_frequency: ArrayLike,
    lifespan: ArrayLike,
    *,
    margin: ArrayLike = 1.0,
    acquisition_cost: ArrayLike = 0.0,
) -> Numbers:
    """CLV without discounting: average order value × purchase frequency × lifespan × margin − CAC.

    Parameters
    ----------
    average_order_value
        Money per order.
    purchase_frequency
        Orders per customer and period.
    lifespan
        Periods a customer stays, as given or from ``expected_lifetime``; the same period as the frequency.
    margin
        Share of revenue left after the cost of goods and service; at most 1. The default 1 gives revenue.
    acquisition_cost
        Money per customer won.

    Number(s). Returns money per customer. Raises ``ValueError`` for negative amounts or a margin above 1.

    Wrong when money five years from now is not worth what it is worth today: see ``discounted_clv``.
    """
    value = customer_value(average_order_value, purchase_frequency)
    periods = _numbers(lifespan, "lifespan", low=0)
    share = _numbers(margin, "margin", high=1, percent=True)
    return _plain(value * periods * share - _numbers(acquisition_cost, "acquisition_cost", low=0))


def calculator_clv(annual_profit: ArrayLike, years: ArrayLike, acquisition_cost: ArrayLike) -> Numbers:
    """The usual web calculator's answer from its three inputs: annual profit × years − acquisition cost.

    ``annual_profit`` is money per customer and year and may be negative, ``years`` the time a customer stays,
    ``acquisition_cost`` money per customer won. Number(s). Returns money per customer; a loss is negative.
    """
    profit = _numbers(annual_profit, "annual_profit")
    stay = _numbers(years, "years", low=0)
    return _plain(profit * stay - _numbers(acquisition_cost, "acquisition_cost", low=0))


def discount_rate_per_period(annual_rate: ArrayLike, periods_per_year: float) -> Numbers:
    """The discount rate of a shorter period that compounds to ``annual_rate``: (1 + i)^(1/k) − 1.

    10% a year is 0.797% a month, not 0.833%. Number(s) from 0 to 1, and 12 periods a year for months, 365.25 / 7
    for weeks.
    """
    k = _above_zero(periods_per_year, "periods_per_year")
    return _plain(np.expm1(np.log1p(_shares(annual_rate, "annual_rate")) / k))


def retention_per_period(annual_retention: ArrayLike, periods_per_year: float) -> Numbers:
    """The retention rate of a shorter period that compounds to ``annual_retention``: r^(1/k).

    80% a year is 98.2% a month. Number(s) from 0 to 1; ``periods_per_year`` as in ``discount_rate_per_period``.
    """
    k = _above_zero(periods_per_year, "periods_per_year")
    return _plain(_shares(annual_retention, "annual_retention") ** (1 / k))


def present_value(amounts: ArrayLike, discount_rate: float, *, first: FirstMargin = "after") -> float:
    """What a row of amounts, one a period, is worth today: Σ aₜ / (1 + i)ᵗ.

    Parameters
    ----------
    amounts
        Money, shape (n,), may be negative.
    discount_rate
        Per period, from 0 to 1.
    first
        ``"after"``: the first amount comes one period from now (t = 1, 2, …). ``"now"``: at once (t = 0, 1, …).

    Returns money. Raises ``ValueError`` for gaps or a rate outside 0 to 1.
    """
    money = _numbers(amounts, "amounts")
    if money.ndim != 1 or money.size == 0:
        raise ValueError("amounts must be one amount per period, and at least one.")
    periods = np.arange(money.size) + (1 if _is_after(first, "first") else 0)
    return float(money @ np.exp(-periods * np.log1p(_share(discount_rate, "discount_rate"))))


def margin_multiplier(
    retention: ArrayLike,
    discount_rate: ArrayLike,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: ArrayLike = 0.0,
) -> Numbers:
    """By what to multiply the margin of one period to get the value of all: r / (1 + i − r) in its plain form.

    Parameters
    ----------
    retention
        r, the share of customers who stay from one period to the next, from 0 to 1.
    discount_rate
        i, per the same period, from 0 to 1.
    first_margin
        ``"after"``: Σ (1+g)ᵗ⁻¹ rᵗ / (1+i)ᵗ for t = 1, 2, …, which is r / (1 + i − r(1+g)) without end.
        ``"now"``: Σ (r(1+g) / (1+i))ᵗ for t = 0, 1, …, which is (1+i) / (1 + i − r(1+g)).
    horizon
        How many margins count, a whole number; ``None`` counts all.
    margin_growth
        g, growth of the margin from one period to the next, above −1.

    Number(s). Returns a multiple of the margin, without unit. Raises ``ValueError`` for rates outside their
    range, and where the sum without end is infinite (r(1+g) ≥ 1+i): a horizon is needed there.

    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9–24.
    """
    r, i = _shares(retention, "retention"), _shares(discount_rate, "discount_rate")
    g = _numbers(margin_growth, "margin_growth", above=-1)
    total = _geometric_sum(r, i, g, _horizon(horizon))
    return _plain(total * r / (1 + i) if _is_after(first_margin) else total)


def discounted_clv(
    margin: ArrayLike,
    retention: ArrayLike,
    discount_rate: ArrayLike,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: ArrayLike = 0.0,
    acquisition_cost: ArrayLike = 0.0,
) -> Numbers:
    """CLV with constant retention: margin × margin multiplier − acquisition cost.

    ``margin`` is money per customer and period and may be negative; ``acquisition_cost`` is paid now. The rest
    as in ``margin_multiplier``. Without ``acquisition_cost`` the result is the most that winning such a customer may
    cost. Number(s). Returns money per customer. Raises ``ValueError`` as ``margin_multiplier``.

    Wrong when customers differ in retention (the value of the average customer is below the average value) and when
    retention changes with tenure: see ``survival_clv``.
    """
    multiple = margin_multiplier(
        retention, discount_rate, first_margin=first_margin, horizon=horizon, margin_growth=margin_growth
    )
    return _plain(_numbers(margin, "margin") * multiple - _numbers(acquisition_cost, "acquisition_cost", low=0))


def survival_clv(
    margin: ArrayLike,
    survival: ArrayLike,
    discount_rate: float,
    *,
    first_margin: FirstMargin = "after",
    acquisition_cost: float = 0.0,
) -> float:
    """CLV over a survival curve of any shape: Σ mₜ S(t) / (1 + i)ᵗ − acquisition cost.

    Parameters
    ----------
    margin
        Money per customer and period: one number, or one for each of the margins that count.
    survival
        S(0) = 1, S(1), …, S(n), the share still there at the start and after each period; never rising.
    discount_rate
        Per period, from 0 to 1.
    first_margin
        ``"after"``: margins come at t = 1 … n. ``"now"``: at t = 0 … n, one more.
    acquisition_cost
        Money per customer, paid now.

    Returns money per customer; nothing is counted beyond the end of the curve. Raises ``ValueError`` for a curve that
    does not start at 1 or rises, or a number of margins that does not fit.
    """
    curve = _shares(survival, "survival")
    if curve.ndim != 1 or curve.size < 2 or curve[0] != 1:
        raise ValueError("survival must be one share per period, starting with 1 for the start of the first period.")
    if np.any(np.diff(curve) > 0):
        where = int(np.argmax(np.diff(curve) > 0)) + 1
        raise ValueError(
            f"survival rises at period {where} to {curve[where]:g}; customers who left do not count again."
        )
    paying = curve[1:] if _is_after(first_margin) else curve
    money = _numbers(margin, "margin")
    if money.ndim and money.shape != paying.shape:
        raise ValueError(
            f"margin must be one number or {paying.size}, one for each margin that counts; got {money.size}."
        )
    value = present_value(money * paying, discount_rate, first=first_margin)
    return value - amount(acquisition_cost, "acquisition_cost")


def clv_schedule(
    margin: float,
    retention: float,
    discount_rate: float,
    *,
    periods: int,
    first_margin: FirstMargin = "after",
    margin_growth: float = 0.0,
    acquisition_cost: float = 0.0,
) -> pd.DataFrame:
    """The sum behind ``discounted_clv``, one row per margin, as in a spreadsheet.

    Arguments as in ``discounted_clv``, single numbers; ``periods`` is how many margins to list.

    Returns
    -------
    DataFrame indexed by ``period`` (t, from 1 or 0 by ``first_margin``) with ``survival`` (share still there),
    ``margin`` (money from a customer who is), ``discount_factor``, ``present_value`` (their product) and ``cumulative``
    (running total after the acquisition cost, the last one is the CLV over ``periods``).
    """
    count = _horizon(periods)
    if not count:
        raise ValueError(f"periods must be at least 1; got {periods}.")
    r, i = _share(retention, "retention"), _share(discount_rate, "discount_rate")
    g = float(_numbers(single(margin_growth, "margin_growth"), "margin_growth", above=-1))
    start = 1 if _is_after(first_margin) else 0
    t = np.arange(start, start + count, dtype=np.int64)
    table = pd.DataFrame(
        {
            "survival": r**t,
            "margin": single(margin, "margin") * (1 + g) ** (t - start),
            "discount_factor": (1 + i) ** -t.astype(float),
        },
        index=pd.Index(t, name="period"),
    )
    table["present_value"] = table.prod(axis=1)
    table["cumulative"] = table["present_value"].cumsum() - amount(acquisition_cost, "acquisition_cost")
    return table


def payback_period(
    acquisition_cost: float,
    margin: float,
    retention: float = 1.0,
    discount_rate: float = 0.0,
    *,
    first_margin: FirstMargin = "after",
) -> float:
    """Periods until the margins of a customer have paid back the acquisition cost.

    Each margin counts as it is expected (× retention) and at its present value; within the period in which the cost
    is reached it counts in proportion. With the defaults this is acquisition cost / margin.

    Parameters
    ----------
    acquisition_cost
        Money per customer won.
    margin
        Money per customer and period, above 0.
    retention, discount_rate, first_margin
        As in ``margin_multiplier``. With ``"now"`` the first of the counted margins is certain and undiscounted.

    Returns periods, counted in margins; infinite when all margins together never reach the cost. Raises
    ``ValueError`` for amounts or rates outside their range.
    """
    cost, money = amount(acquisition_cost, "acquisition_cost"), _above_zero(margin, "margin")
    r, i = _share(retention, "retention"), _share(discount_rate, "discount_rate")
    first = money * (r / (1 + i) if _is_after(first_margin) else 1.0)
    if cost == 0:
        return 0.0
    if first == 0:
        return math.inf
    needed, lost = cost / first, (1 - r + i) / (1 + i)
    if needed <= 1:
        return needed
    if needed * lost >= 1:
        return math.inf
    exact = needed if lost == 0 else math.log1p(-needed * lost) / math.log1p(-lost)
    # The smooth solution may round to the wrong side of a whole number of periods.
    whole = max(math.floor(exact) - 1, 0)
    rates = (np.asarray(r), np.asarray(i), np.asarray(0.0))
    while float(_geometric_sum(*rates, whole + 1)) <= needed and whole < exact + 1:
        whole += 1
    rest = (needed - float(_geometric_sum(*rates, whole))) / (1 - lost) ** whole
    return whole + min(max(rest, 0.0), 1.0)


def break_even_retention(
    acquisition_cost: float,
    margin: float,
    discount_rate: float,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: float = 0.0,
) -> float:
    """The retention rate at which a customer is worth exactly the acquisition cost.

    Without a horizon: C(1+i) / (m + C(1+g)) with the first margin ``"after"`` a period, (1+i)(1 − m/C) / (1+g) with it
    ``"now"``. Arguments as in ``discounted_clv``, ``margin`` above 0.

    Returns a share from 0 to 1; 0 when even customers who never come back pay for themselves. Raises
    ``ValueError`` when no retention rate is high enough.
    """
    cost, money = amount(acquisition_cost, "acquisition_cost"), _above_zero(margin, "margin")
    i = _share(discount_rate, "discount_rate")
    g = float(_numbers(single(margin_growth, "margin_growth"), "margin_growth", above=-1))
    after, count = _is_after(first_margin), _horizon(horizon)
    if cost == 0 or (not after and cost <= money and count != 0):
        return 0.0
    if count is None:
        r = cost * (1 + i) / (money + cost * (1 + g)) if after else (1 + i) * (1 - money / cost) / (1 + g)
        if r > 1:
            raise ValueError(
                _never_breaks_even(
                    cost, money * float(margin_multiplier(1.0, i, first_margin=first_margin, margin_growth=g))
                )
            )
        return r
    most = money * float(margin_multiplier(1.0, i, first_margin=first_margin, horizon=count, margin_growth=g))
    if most < cost:
        raise ValueError(_never_breaks_even(cost, most))
    low, high = 0.0, 1.0
    while low < (middle := (low + high) / 2) < high:
        value = money * margin_multiplier(middle, i, first_margin=first_margin, horizon=count, margin_growth=g)
        low, high = (low, middle) if value >= cost else (middle, high)
    return high


def ltv_to_cac(lifetime_value: ArrayLike, acquisition_cost: ArrayLike) -> Numbers:
    """Lifetime value before acquisition cost, over acquisition cost; 3 is the common rule of thumb.

    Number(s); ``acquisition_cost`` above 0. Returns a ratio without unit.

    It hides size and time: 3 for a customer who costs 10 and pays back in five years, 2 for one who costs 200 and pays
    back in a month. Spending more while the last customer won still brings more than the last customer cost lowers
    the ratio and raises profit.
    """
    return _plain(_numbers(lifetime_value, "lifetime_value") / _numbers(acquisition_cost, "acquisition_cost", above=0))


class Elasticities(NamedTuple):
    """By what per cent value changes when one input rises by one per cent, the others staying."""

    margin: float
    retention: float
    discount_rate: float
    """Negative: a higher rate makes later margins worth less."""
    acquisition_cost: float
    """Negative, 0 when nothing was spent."""


def elasticities(
    margin: float,
    retention: float,
    discount_rate: float,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: float = 0.0,
    acquisition_cost: float = 0.0,
) -> Elasticities:
    """Elasticities of ``discounted_clv``, exact at the point given: (∂CLV / ∂input) · input / CLV.

    For the first margin ``"after"`` a period and no end, with V = m·r/(1+i−r) − C: margin 1 + C/V, acquisition
    cost −C/V, retention (1 + C/V) · (1+i)/(1+i−r).

    Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41(1), 7–18, report about 5 for retention, 1 for
    margin and 0.1 for (lower) acquisition cost, for the values of five firms that also win customers in future.
    This formula is for one new customer: at retention 0.87, discount rate 0.12 and an acquisition cost of a tenth of
    the value it gives 4.9, 1.1 and 0.1, at other rates other numbers. An approximation, not their calculation.

    Arguments as in ``discounted_clv``, single numbers. Raises ``ValueError`` when the value is 0 or negative.
    """
    table = sensitivity(
        margin,
        retention,
        discount_rate,
        first_margin=first_margin,
        horizon=horizon,
        margin_growth=margin_growth,
        acquisition_cost=acquisition_cost,
        change=0.0,
    )
    return Elasticities(**table["elasticity"].to_dict())


def sensitivity(
    margin: float,
    retention: float,
    discount_rate: float,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: float = 0.0,
    acquisition_cost: float = 0.0,
    change: float = 0.01,
) -> pd.DataFrame:
    """What CLV gains or loses when one input changes and the others stay.

    Arguments as in ``discounted_clv``, single numbers; each input is also moved down and up by the share ``change``
    (0.01: by 1% of itself).

    Returns
    -------
    DataFrame indexed by ``input`` (margin, retention, discount_rate, acquisition_cost) with ``at`` (its value),
    ``derivative`` (money per unit of the input), ``elasticity`` (per cent per per cent), ``lower`` and ``higher`` (the
    CLV at the input × (1 ∓ change)).

    Raises ``ValueError`` when the CLV is 0 or negative (a per cent of it says nothing) or a changed rate leaves 0 to 1.
    """
    inputs = {
        "margin": single(margin, "margin"),
        "retention": _share(retention, "retention"),
        "discount_rate": _share(discount_rate, "discount_rate"),
        "acquisition_cost": amount(acquisition_cost, "acquisition_cost"),
    }
    step = fraction(change, "change", zero=True, one=False)
    fixed: dict[str, Any] = {"first_margin": first_margin, "horizon": horizon, "margin_growth": margin_growth}
    value = float(discounted_clv(**inputs, **fixed))
    if value <= 0:
        raise ValueError(
            f"The value is {value:g}: a per cent of it has no meaning. Use discounted_clv to compare amounts."
        )
    derivative = _derivatives(**inputs, **fixed)

    def moved(name: str, factor: float) -> float:
        new = inputs[name] * factor
        if name in ("retention", "discount_rate") and new > 1:
            raise ValueError(f"{name} {inputs[name]:g} cannot rise by {step:.3g} of itself; choose a smaller change.")
        return float(discounted_clv(**{**inputs, name: new}, **fixed))

    return pd.DataFrame(
        {
            "at": inputs,
            "derivative": derivative,
            "elasticity": {name: derivative[name] * inputs[name] / value for name in inputs},
            "lower": {name: moved(name, 1 - step) for name in inputs},
            "higher": {name: moved(name, 1 + step) for name in inputs},
        }
    ).rename_axis("input")


def _derivatives(
    margin: float,
    retention: float,
    discount_rate: float,
    acquisition_cost: float,
    first_margin: FirstMargin,
    horizon: int | None,
    margin_growth: float,
) -> dict[str, float]:
    r, i, g = retention, discount_rate, single(margin_growth, "margin_growth")
    count = _horizon(horizon)
    total = float(_geometric_sum(np.asarray(r), np.asarray(i), np.asarray(g), count))
    ratio = r * (1 + g) / (1 + i)
    if count is None:
        slope = total**2
    elif count <= _LONGEST_SUM:
        powers = np.arange(1, count)
        slope = float(np.sum(powers * ratio ** (powers - 1.0)))
    else:
        raise ValueError(f"horizon must be at most {_LONGEST_SUM:,} here; use None to count all margins.")
    by_retention, by_rate = slope * (1 + g) / (1 + i), -slope * ratio / (1 + i)
    multiple = total
    if _is_after(first_margin):
        lead = r / (1 + i)
        by_retention = total / (1 + i) + lead * by_retention
        by_rate = lead * by_rate - lead * total / (1 + i)
        multiple = lead * total
    return {
        "margin": multiple,
        "retention": margin * by_retention,
        "discount_rate": margin * by_rate,
        "acquisition_cost": -1.0,
    }


def _geometric_sum(
    r: NDArray[np.float64], i: NDArray[np.float64], g: NDArray[np.float64], count: int | None
) -> NDArray[np.float64]:
    """1 + q + … + q^(count − 1) with q = r(1+g)/(1+i), accurate however close q is to 1; without end for ``None``."""
    # 1 − r is exact where it matters, so 1 − q keeps its digits; 1 + i − r would lose them.
    lost = ((1 - r) + i - r * g) / (1 + i)
    if count is None:
        with np.errstate(divide="ignore", over="ignore"):
            total = 1 / lost
        endless = (lost <= 0) | np.isinf(total)
        if endless.any():
            at = [np.broadcast_to(rate, lost.shape)[endless].flat[0] for rate in (r, i, g)]
            raise ValueError(
                f"All margins together have no finite value at retention {at[0]:g}, discount rate {at[1]:g} and margin"
                f" growth {at[2]:g}: later margins never shrink. Give a horizon."
            )
        return total
    if count == 0:
        return np.zeros_like(lost)
    safe = np.where(lost == 0, 1.0, lost)
    with np.errstate(divide="ignore", over="ignore"):
        total = np.where(lost == 0, float(count), -np.expm1(count * np.log1p(-safe)) / safe)
    if not np.all(np.isfinite(total)):
        raise ValueError(
            f"The margins of {count} periods grow beyond any number; choose a shorter horizon or less growth."
        )
    return total


def _never_breaks_even(cost: float, most: float) -> str:
    return (
        f"No retention rate is enough: an acquisition cost of {cost:g} is above {most:g}, the value if everyone stays."
    )


def _is_after(first: str, name: str = "first_margin") -> bool:
    if first not in ("after", "now"):
        raise ValueError(f"{name} must be 'after' (one period from now) or 'now'; got {first!r}.")
    return first == "after"


def _horizon(value: Any) -> int | None:
    if value is None:
        return None
    number = single(value, "horizon")
    if number != int(number) or number < 0:
        raise ValueError(f"The horizon must be a whole number of periods, 0 or more; got {number:g}.")
    return int(number)


def _share(value: Any, name: str) -> float:
    return fraction(value, name, zero=True)


def _shares(values: ArrayLike, name: str) -> NDArray[np.float64]:
    return _numbers(values, name, low=0, high=1, percent=True)


def _above_zero(value: Any, name: str) -> float:
    number = single(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be above 0; got {number:g}.")
    return number


def _numbers(
    values: ArrayLike,
    name: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    percent: bool = False,
) -> NDArray[np.float64]:
    """``values`` as floats of any shape, finite and within the limits (``low`` and ``high`` allowed, ``above`` not)."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as reason:
        raise TypeError(f"{name} must be a number or numbers; got {values!r:.60}.") from reason
    wrong = ~np.isfinite(array) | (array < low) | (array > high) | (array <= above)
    if wrong.any():
        worst = float(array[wrong].flat[0])
        limits = [f"at least {low:g}"] * (low > -math.inf) + [f"above {above:g}"] * (above > -math.inf)
        limits += [f"at most {high:g}"] * (high < math.inf)
        hint = f" For {worst:g}% write {worst / 100:g}." if percent and 1 < worst <= 100 else ""
        raise ValueError(f"{name} must be {' and '.join(['finite', *limits])}; got {worst:g}.{hint}")
    return array


def _plain(result: Any) -> Numbers:
    return float(result) if np.ndim(result) == 0 else result
