"""How unequal customers are: Lorenz curve, Gini coefficient, top share.

Each function takes one number per customer (revenue, orders, margin before service costs: anything that
is not negative). Who counts as a customer is the caller's decision and changes the answer: leave out the
people who bought nothing and the same firm looks far more equal.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import fraction, numbers


class LorenzCurve(NamedTuple):
    """Points of a Lorenz curve, from the smallest customer to the largest; both start at 0 and end at 1."""

    customers: NDArray[np.float64]
    """Cumulative share of customers, shape (n + 1,)."""
    value: NDArray[np.float64]
    """Cumulative share of value they bring, shape (n + 1,)."""


def lorenz_curve(values: ArrayLike) -> LorenzCurve:
    """The share of value that the smallest customers bring together, for every share of customers.

    Parameters
    ----------
    values
        Value per customer, shape (n,), any one unit, not negative, not all zero.

    Returns
    -------
    LorenzCurve with ``customers`` and ``value``, each of shape (n + 1,). With x₍₁₎ ≤ … ≤ x₍ₙ₎ the k-th
    point is (k / n, (x₍₁₎ + … + x₍ₖ₎) / Σx). On the diagonal everyone brings the same.

    Raises ``ValueError`` for empty, missing, negative or all-zero values, ``TypeError`` for non-numbers.

    Source: Lorenz (1905), Publications of the American Statistical Association 9(70), 209–219.
    """
    ordered = np.sort(_values(values))
    running = np.concatenate([[0.0], np.cumsum(ordered)])
    return LorenzCurve(np.linspace(0, 1, running.size), running / running[-1])


def gini(values: ArrayLike) -> float:
    """The Gini coefficient: 0 when all customers bring the same, towards 1 when one brings everything.

    G = Σᵢ (2i − n − 1) x₍ᵢ₎ / (n Σx), which is the area between the diagonal and the Lorenz curve divided
    by the area under the diagonal. The n given customers are the whole population: one customer with
    everything gives 1 − 1/n. For a small sample of a larger base multiply by n / (n − 1).

    Parameters and errors as in ``lorenz_curve``. Returns a share without unit.
    """
    ordered = np.sort(_values(values))
    n = ordered.size
    rank = np.arange(1, n + 1)
    return float(((2 * rank - n - 1) @ ordered) / (n * ordered.sum()))


def top_share(values: ArrayLike, share_of_customers: float = 0.2) -> float:
    """The share of value that the best customers bring: 0.8 for the best 20% is the 80/20 rule.

    1 − L(1 − p), with L the Lorenz curve and p ``share_of_customers`` (above 0, at most 1). Where p·n is
    not a whole number, the customer on the boundary counts in proportion.

    Parameters and errors as in ``lorenz_curve``. Returns a share without unit.
    """
    share = fraction(share_of_customers, "share_of_customers")
    curve = lorenz_curve(values)
    return float(1 - np.interp(1 - share, curve.customers, curve.value))


def share_of_customers_for(values: ArrayLike, share_of_value: float = 0.8) -> float:
    """The smallest share of customers, best first, that brings ``share_of_value`` of the value.

    The inverse of ``top_share``; customers who bring nothing are never needed. Parameters and errors as in
    ``lorenz_curve``; ``share_of_value`` is above 0 and at most 1. Returns a share without unit.
    """
    share = fraction(share_of_value, "share_of_value")
    ordered = np.sort(_values(values))[::-1]
    ordered = ordered[ordered > 0]
    reached = np.concatenate([[0.0], np.cumsum(ordered)])
    return float(np.interp(share * reached[-1], reached, np.arange(reached.size)) / np.size(values))


def _values(values: ArrayLike) -> NDArray[np.float64]:
    array = numbers(values, "values", negative=False, hint=" For profit or loss per customer use whale_curve.")
    if array.max() == 0:
        raise ValueError("values are all zero: nobody brings anything, so nothing can be shared out.")
    return array
