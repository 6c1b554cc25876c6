"""What winning a customer costs, when it is paid back, and what it takes to be."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import shares, within
from customer_value.clv._geometric import all_margins, power_sum, share_lost
from customer_value.clv._terms import FirstMargin, Numbers, is_after, like, margins_counted

_ROUNDING = 1e-12
"""A share by which two sums may differ although they are equal on paper."""


def customer_acquisition_cost(spend: ArrayLike, new_customers: ArrayLike) -> Numbers:
    """Money spent on winning customers per customer won (CAC), over one period.

    ``spend`` has everything that aims at people who are not customers yet: media, sales people, welcome
    discounts. Number(s). Raises ``ValueError`` when nobody was won or a figure is negative.
    """
    money, won = within(spend, "spend", low=0), within(new_customers, "new_customers", above=0)
    return like(money / won, spend, new_customers)


def payback_period(
    acquisition_cost: ArrayLike,
    margin: ArrayLike,
    retention: ArrayLike = 1.0,
    discount_rate: ArrayLike = 0.0,
    *,
    first_margin: FirstMargin = "after",
) -> Numbers:
    """Periods until the margins of a customer have paid back the acquisition cost.

    Each margin counts as it is expected (× retention) and at its present value; within the period in which the cost
    is reached it counts in proportion. With the defaults this is the simple payback, acquisition cost / margin; a
    ``discount_rate`` makes it the discounted one.

    Parameters
    ----------
    acquisition_cost
        Money per customer won.
    margin
        Money per customer and period, above 0.
    retention, discount_rate, first_margin
        As in ``margin_multiplier``. With ``"now"`` the first of the counted margins is certain and undiscounted.

    Number(s). Returns periods, counted in margins; infinite when all margins together never reach the cost. Raises
    ``ValueError`` for amounts or rates outside their range.
    """
    given = (acquisition_cost, margin, retention, discount_rate)
    cost, money = within(acquisition_cost, "acquisition_cost", low=0), within(margin, "margin", above=0)
    r, i = shares(retention, "retention"), shares(discount_rate, "discount_rate")
    cost, money, r, i = np.broadcast_arrays(cost, money, r, i)
    lost = share_lost(r, i, np.zeros_like(r))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first = money * r / (1 + i) if is_after(first_margin) else money
        needed = np.where(cost == 0, 0.0, cost / first)
        never = (needed > 1) & ((needed * lost >= 1) | np.isinf(needed))
    periods = np.where(never, np.inf, needed)
    later = (needed > 1) & ~never
    periods[later] = _margins_until(needed[later], lost[later])
    return like(periods, *given, endless=True)


def _margins_until(needed: NDArray[np.float64], lost: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many margins of 1, 1 − lost, (1 − lost)², … add up to ``needed``, the last in proportion."""
    some = np.where(lost > 0, lost, 0.5)
    exact = np.where(lost > 0, np.log1p(-needed * lost) / np.log1p(-some), needed)
    # The smooth solution may round to the wrong side of a whole number of periods.
    whole = np.maximum(np.floor(exact) - 1, 0)
    for _ in range(3):
        whole += (power_sum(lost, whole + 1) <= needed) & (whole < exact + 1)
    rest = (needed - power_sum(lost, whole)) / np.exp(whole * np.log1p(-lost))
    return whole + np.clip(rest, 0.0, 1.0)


def break_even_retention(
    acquisition_cost: ArrayLike,
    margin: ArrayLike,
    discount_rate: ArrayLike,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: ArrayLike = 0.0,
) -> Numbers:
    """The retention rate at which a customer is worth exactly the acquisition cost.

    Without a horizon: C(1+i) / (m + C(1+g)) with the first margin ``"after"`` a period, (1+i)(1 − m/C) / (1+g) with it
    ``"now"``. Arguments as in ``discounted_clv``, ``margin`` above 0.

    Number(s). Returns share(s) from 0 to 1; 0 when even customers who never come back pay for themselves, 1 when all
    must stay. Raises ``ValueError`` when no retention rate is high enough, by more than rounding.
    """
    given = (acquisition_cost, margin, discount_rate, margin_growth)
    cost, money = within(acquisition_cost, "acquisition_cost", low=0), within(margin, "margin", above=0)
    i, g = shares(discount_rate, "discount_rate"), within(margin_growth, "margin_growth", above=-1)
    cost, money, i, g = np.broadcast_arrays(cost, money, i, g)
    after, count = is_after(first_margin), margins_counted(horizon)

    def value(r: NDArray[np.float64]) -> NDArray[np.float64]:
        total = money * all_margins(r, i, g, count)
        return total * r / (1 + i) if after else total

    free = (cost == 0) | ((not after and count != 0) & (cost <= money))
    paid = np.where(free, money, cost)
    if count is None:
        closed = paid * (1 + i) / (money + paid * (1 + g)) if after else (1 + i) * (1 - money / paid) / (1 + g)
        high = np.where(free, 0.0, closed)
        with np.errstate(divide="ignore", over="ignore"):
            _refuse(~free & (high > 1 + _ROUNDING), cost, money * (1 if after else 1 + i) / (i - g))
        return like(np.minimum(high, 1.0), *given)
    most = value(np.ones_like(money))
    _refuse(~free & (most < cost * (1 - _ROUNDING)), cost, most)
    low, high = np.zeros_like(money), np.where(free, 0.0, 1.0)
    while np.any((low < (middle := (low + high) / 2)) & (middle < high)):
        enough = value(middle) >= cost
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return like(high, *given)


def _refuse(too_dear: NDArray[np.bool_], cost: NDArray[np.float64], most: NDArray[np.float64]) -> None:
    if too_dear.any():
        raise ValueError(
            f"No retention rate is enough: an acquisition cost of {cost[too_dear].flat[0]:g} is above"
            f" {most[too_dear].flat[0]:g}, the value if everyone stays."
        )


def ltv_to_cac(lifetime_value: ArrayLike, acquisition_cost: ArrayLike) -> Numbers:
    """Lifetime value before acquisition cost, over acquisition cost; 3 is the common rule of thumb.

    Number(s); ``acquisition_cost`` above 0. Returns a ratio without unit.

    It hides size and time: 3 for a customer who costs 10 and pays back in five years, 2 for one who costs 200 and pays
    back in a month. Spending more while the last customer won still brings more than the last customer cost lowers
    the ratio and raises profit.
    """
    value, cost = within(lifetime_value, "lifetime_value"), within(acquisition_cost, "acquisition_cost", above=0)
    return like(value / cost, lifetime_value, acquisition_cost)
