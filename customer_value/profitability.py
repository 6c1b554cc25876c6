"""Revenue is not profit: cost to serve each customer, and the whale curve of cumulative profit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, columns, numbers, single


def customer_profit(
    customers: pd.DataFrame,
    margin: float,
    cost_per_order: float = 0.0,
    cost_per_customer: float = 0.0,
) -> pd.Series:
    """Profit per customer under a stated, deliberately simple cost to serve.

    profit = margin · revenue − cost_per_order · orders − cost_per_customer

    Parameters
    ----------
    customers
        One row per customer with ``orders`` and ``revenue``, as from ``transactions.customer_totals``.
    margin
        Gross margin as a share of revenue, before the costs below; at most 1, negative when goods are sold
        below cost.
    cost_per_order
        Money per order: picking, packing, payment, service contacts.
    cost_per_customer
        Money per customer over the period that ``customers`` covers: mailings, account keeping.

    Returns a Series with the index of ``customers``, unit of ``revenue``. Raises ``ValueError`` for missing
    columns, gaps, negative orders or costs, or a margin above 1.

    All three cost figures are assumptions of the caller. A real cost to serve also differs between
    customers with the same orders (returns, calls, credit), which makes the spread of profit wider.
    """
    columns(customers, ("orders", "revenue"), "customers")
    rate = single(margin, "margin")
    if rate > 1:
        hint = f" For {rate:g}% write {rate / 100:g}." if rate <= 100 else ""
        raise ValueError(f"margin is a share of revenue and cannot be above 1; got {rate:g}.{hint}")
    revenue = numbers(customers["revenue"], "customers['revenue']")
    orders = numbers(customers["orders"], "customers['orders']")
    if orders.min() < 0:
        raise ValueError(f"customers['orders'] must not be negative; the lowest is {orders.min():g}.")
    per_order, per_customer = (
        amount(cost_per_order, "cost_per_order"),
        amount(cost_per_customer, "cost_per_customer"),
    )
    profit = rate * revenue - per_order * orders - per_customer
    return pd.Series(profit, index=customers.index, name="profit")


@dataclass(frozen=True)
class WhaleCurve:
    """Cumulative profit of customers from the most to the least profitable; ``whale_curve`` makes it."""

    customers: NDArray[np.float64]
    """Cumulative share of customers, shape (n + 1,), from 0 to 1."""
    profit: NDArray[np.float64]
    """Cumulative profit in money, shape (n + 1,), from 0 to the total."""

    @property
    def total(self) -> float:
        """Profit of all customers together: where the curve ends."""
        return float(self.profit[-1])

    @property
    def peak(self) -> float:
        """The highest point: the profit of the customers who do not lose money."""
        return float(self.profit.max())

    @property
    def customers_at_peak(self) -> float:
        """Share of customers up to the peak; the rest lose money (or bring exactly nothing)."""
        return float(self.customers[self.profit.argmax()])

    @property
    def given_back(self) -> float:
        """The hump: money that the customers beyond the peak take away again, ``peak - total``."""
        return self.peak - self.total

    @property
    def peak_over_total(self) -> float:
        """The peak as a multiple of the total; not a number when the total is not positive."""
        return self.peak / self.total if self.total > 0 else float("nan")


def whale_curve(profit: ArrayLike) -> WhaleCurve:
    """Rank customers by profit, best first, and add up.

    Parameters
    ----------
    profit
        Profit per customer, shape (n,), money; losses are negative.

    Raises ``ValueError`` for empty or missing values, ``TypeError`` for non-numbers.

    Source: Kaplan & Narayanan (2001), Journal of Cost Management 15(5), 5–15.
    """
    ordered = np.sort(numbers(profit, "profit"))[::-1]
    running = np.concatenate([[0.0], np.cumsum(ordered)])
    return WhaleCurve(np.linspace(0, 1, running.size), running)
