"""What a customer brings per period, and CLV without discounting."""

from numpy.typing import ArrayLike

from customer_value._inputs import within
from customer_value.clv._terms import Numbers, like


def average_order_value(revenue: ArrayLike, orders: ArrayLike) -> Numbers:
    """Revenue per order (AOV), in the unit of ``revenue``; both over the same period and customers.

    Number(s). Raises ``ValueError`` when there are no orders or a figure is negative.
    """
    money, count = within(revenue, "revenue", low=0), within(orders, "orders", above=0)
    return like(money / count, revenue, orders)


def purchase_frequency(orders: ArrayLike, customers: ArrayLike) -> Numbers:
    """Orders per customer and period; ``customers`` are those who bought at least once in it.

    Number(s). Raises ``ValueError`` when there are no customers or a figure is negative.
    """
    count, people = within(orders, "orders", low=0), within(customers, "customers", above=0)
    return like(count / people, orders, customers)


def customer_value(average_order_value: ArrayLike, purchase_frequency: ArrayLike) -> Numbers:
    """Revenue per customer and period: average order value × purchase frequency (20 × 1.6 = 32).

    Number(s), not negative. Returns money per customer and period. It is revenue: multiply by the margin to
    speak of value.
    """
    aov = within(average_order_value, "average_order_value", low=0)
    frequency = within(purchase_frequency, "purchase_frequency", low=0)
    return like(aov * frequency, average_order_value, purchase_frequency)


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
        Periods a customer stays, as given or from ``lifespan_from_churn`` and its like; the same period as the
        frequency.
    margin
        Share of revenue left after the cost of goods and service; at most 1. The default 1 gives revenue.
    acquisition_cost
        Money per customer won.

    Number(s). Returns money per customer. Raises ``ValueError`` for negative amounts or a margin above 1.

    Wrong when money five years from now is not worth what it is worth today: see ``discounted_clv``.
    """
    periods = within(lifespan, "lifespan", low=0)
    share = within(margin, "margin", high=1, percent=True)
    cost = within(acquisition_cost, "acquisition_cost", low=0)
    value = within(customer_value(average_order_value, purchase_frequency), "customer value") * periods * share - cost
    return like(value, average_order_value, purchase_frequency, lifespan, margin, acquisition_cost)


def calculator_clv(annual_profit: ArrayLike, years: ArrayLike, acquisition_cost: ArrayLike) -> Numbers:
    """The usual web calculator's answer from its three inputs: annual profit × years − acquisition cost.

    ``annual_profit`` is money per customer and year and may be negative, ``years`` the time a customer stays,
    ``acquisition_cost`` money per customer won. Number(s). Returns money per customer; a loss is negative.
    """
    profit, stay = within(annual_profit, "annual_profit"), within(years, "years", low=0)
    value = profit * stay - within(acquisition_cost, "acquisition_cost", low=0)
    return like(value, annual_profit, years, acquisition_cost)
