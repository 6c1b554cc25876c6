"""What an offer is worth that also goes to people who would have come anyway, such as a win-back offer."""

import numpy as np
from numpy.typing import ArrayLike

from customer_value._inputs import amount, shares, within
from customer_value.clv import Numbers
from customer_value.clv._terms import like


def win_back_gain(
    returns_without: ArrayLike,
    returns_with: ArrayLike,
    *,
    value: ArrayLike,
    advantage: ArrayLike,
    contact_cost: float = 0.0,
) -> Numbers:
    """Gain per lost customer who gets the offer: (w₁ − w₀)·V − w₁·a − k.

    Parameters
    ----------
    returns_without, returns_with
        Shares w₀ and w₁ of lost customers who come back within the time of the offer, without it and with it.
    value
        Money V that a customer who has come back brings from then on, before the advantage.
    advantage
        Money a that the offer costs for each who comes back, whoever would have done so anyway included.
    contact_cost
        Money k for telling one lost customer.

    Number(s). Raises ``ValueError`` for shares outside 0 to 1.
    """
    before, after = shares(returns_without, "returns_without"), shares(returns_with, "returns_with")
    worth, cost = within(value, "value", low=0), within(advantage, "advantage", low=0)
    gain = (after - before) * worth - after * cost - amount(contact_cost, "contact_cost")
    return like(gain, returns_without, returns_with, value, advantage)


def break_even_return(
    returns_without: ArrayLike, *, value: ArrayLike, advantage: ArrayLike, contact_cost: float = 0.0
) -> Numbers:
    """Share that must come back with the offer for it to cost nothing: (w₀·V + k) / (V − a).

    Arguments as in ``win_back_gain``. Number(s); above 1 means that the offer cannot pay. Raises ``ValueError`` where
    the advantage costs as much as a return is worth.
    """
    before = shares(returns_without, "returns_without")
    worth, cost = within(value, "value", above=0), within(advantage, "advantage", low=0)
    if np.any(worth <= cost):
        raise ValueError("value must be above advantage: a return that costs what it is worth never pays.")
    needed = (before * worth + amount(contact_cost, "contact_cost")) / (worth - cost)
    return like(needed, returns_without, value, advantage)
