"""What a retention offer earns when it goes to the customers with the highest risk.

The offer is that of Neslin et al. (2006) and Verbeke et al. (2012). Everybody contacted costs ``contact_cost``. Of
those who would leave, a share ``success`` takes the offer and stays: each brings ``value`` and costs ``offer_cost``.
Those who would have stayed all take the offer, and cost ``offer_cost`` for nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, fraction, shares, single
from customer_value.churn._pairs import outcomes_and_chances
from customer_value.clv import Numbers
from customer_value.clv._terms import like

Floats = NDArray[np.float64]


def offer_profit(
    risk: ArrayLike, *, value: float, offer_cost: float, contact_cost: float = 0.0, success: float
) -> Numbers:
    """Expected profit of contacting a customer with this risk: p·γ·(V − d) − (1 − p)·d − f.

    Parameters
    ----------
    risk
        Probability p that the customer leaves; number(s) from 0 to 1. Must be calibrated.
    value
        Money V that a customer who is kept still brings, before the offer.
    offer_cost
        Money d for each customer who takes the offer, above all those who would have stayed anyway.
    contact_cost
        Money f for each customer contacted.
    success
        Share γ of the contacted customers who would leave whom the offer keeps.

    Raises ``ValueError`` for shares outside 0 to 1 and negative money.
    """
    gain, cost, contact = _terms(value, offer_cost, contact_cost, success)
    p = shares(risk, "risk")
    return like(p * gain - (1 - p) * cost - contact, risk)


def break_even_probability(*, value: float, offer_cost: float, contact_cost: float = 0.0, success: float) -> float:
    """Risk from which contacting a customer pays: (d + f) / (γ·(V − d) + d). Above 1 it never does (infinite: at no p).

    Arguments as in ``offer_profit``.
    """
    gain, cost, contact = _terms(value, offer_cost, contact_cost, success)
    return (cost + contact) / (gain + cost) if gain + cost > 0 else float("inf")


def profit_curve(
    outcome: Any,
    probability: Any,
    *,
    value: float,
    offer_cost: float,
    contact_cost: float = 0.0,
    success: float,
) -> pd.DataFrame:
    """Profit of contacting the customers with the highest risk, from nobody to everybody.

    ``outcome`` says who left although not contacted, ``probability`` what a model had predicted; one of each per
    customer. The others are as in ``offer_profit``; that the offer works at all is an assumption here.

    Returns a frame with one row per possible cut (customers of equal risk are taken together): ``contacted``, ``share``
    of all, ``cut`` (lowest risk contacted; infinite for nobody), ``leavers`` among them and ``profit``.
    """
    left, chance = outcomes_and_chances(outcome, probability)
    gain, cost, contact = _terms(value, offer_cost, contact_cost, success)
    contacted, leavers, cut = _cuts(left, chance)
    profit = gain * leavers - cost * (contacted - leavers) - contact * contacted
    return pd.DataFrame(
        {"contacted": contacted, "share": contacted / left.size, "cut": cut, "leavers": leavers, "profit": profit}
    )


@dataclass(frozen=True)
class BestShare:
    """The most profitable share to contact; ``best_share`` makes it."""

    share: float
    """Of all customers."""
    contacted: int
    cut: float
    """Lowest risk that is contacted; infinite if nobody is."""
    profit: float
    profit_of_all: float
    """Profit of contacting everybody."""


def best_share(
    outcome: Any,
    probability: Any,
    *,
    value: float,
    offer_cost: float,
    contact_cost: float = 0.0,
    success: float,
) -> BestShare:
    """The share at which ``profit_curve`` is highest, the smallest one where several are (Verbeke et al. 2012).

    Found on the customers given: choose the share on some and judge it on others.
    """
    table = profit_curve(
        outcome, probability, value=value, offer_cost=offer_cost, contact_cost=contact_cost, success=success
    )
    top = table.loc[table["profit"].idxmax()]
    return BestShare(
        float(top["share"]),
        int(top["contacted"]),
        float(top["cut"]),
        float(top["profit"]),
        float(table["profit"].iloc[-1]),
    )


@dataclass(frozen=True)
class ExpectedProfit:
    """Expected maximum profit; ``expected_maximum_profit`` makes it."""

    profit: float
    """Money per customer of the base, contacted or not."""
    share: float
    """Expected share of customers to contact."""


def expected_maximum_profit(
    outcome: Any,
    probability: Any,
    *,
    value: float,
    offer_cost: float,
    contact_cost: float = 0.0,
    alpha: float = 6.0,
    beta: float = 14.0,
) -> ExpectedProfit:
    """Maximum profit per customer when the success of the offer is uncertain (EMPC).

    For each success γ the best cut is taken, and its profit averaged over a beta distribution of γ with ``alpha`` and
    ``beta`` (mean 0.3 as given, the values proposed by Verbraken, Verbeke & Baesens 2013). Exact: the best cut changes
    at finitely many γ, between them profit is linear in γ. Use it to compare models, since it needs no fixed success
    rate; a firm that has tested its offer knows better than a beta distribution.

    Raises ``ValueError`` for an offer that costs more than it saves, and for alpha or beta not above 0.
    """
    left, chance = outcomes_and_chances(outcome, probability)
    full, cost, contact = _terms(value, offer_cost, contact_cost, 1.0)
    a, b = single(alpha, "alpha"), single(beta, "beta")
    if a <= 0 or b <= 0:
        raise ValueError(f"alpha and beta must be above 0; got {a:g} and {b:g}.")
    contacted, leavers, _ = _cuts(left, chance)
    slope, base = full * leavers, -cost * (contacted - leavers) - contact * contacted
    best, starts = _upper_envelope(slope, base)

    from scipy.special import betainc

    ends = np.append(starts[1:], 1.0)
    weight = betainc(a, b, ends) - betainc(a, b, starts)
    moment = a / (a + b) * (betainc(a + 1, b, ends) - betainc(a + 1, b, starts))
    profit = (slope[best] * moment + base[best] * weight).sum() / left.size
    return ExpectedProfit(float(profit), float((contacted[best] * weight).sum() / left.size))


def _terms(value: float, offer_cost: float, contact_cost: float, success: float) -> tuple[float, float, float]:
    """What a contacted leaver brings on average, what a contacted stayer costs, and the cost of a contact."""
    worth, cost, contact = (
        amount(value, "value"),
        amount(offer_cost, "offer_cost"),
        amount(contact_cost, "contact_cost"),
    )
    if worth <= cost:
        raise ValueError(
            f"value must be above offer_cost: keeping a customer for {cost:g} who brings {worth:g} never pays."
        )
    return fraction(success, "success", zero=True) * (worth - cost), cost, contact


def _cuts(left: NDArray[np.bool_], chance: Floats) -> tuple[Floats, Floats, Floats]:
    """For every possible cut from none to all: customers contacted, those of them who left, the lowest risk."""
    order = np.argsort(-chance, kind="stable")
    ordered = chance[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), ordered.size - 1)
    leavers = left[order].cumsum()[last]
    return (
        np.concatenate([[0.0], last + 1.0]),
        np.concatenate([[0.0], leavers]),
        np.concatenate([[np.inf], ordered[last]]),
    )


def _upper_envelope(slope: Floats, base: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Which line base + slope·γ is highest as γ goes from 0 to 1: the lines in order, and where each begins."""
    best, starts = [0], [0.0]
    for at in range(1, slope.size):
        if slope[at] == slope[best[-1]]:
            # As many leavers for more contacts: never better.
            continue
        while True:
            meets = (base[best[-1]] - base[at]) / (slope[at] - slope[best[-1]])
            if meets > starts[-1] or len(best) == 1:
                break
            best.pop(), starts.pop()
        if meets <= 0:
            best, starts = [at], [0.0]
        elif meets < 1:
            best.append(at), starts.append(float(meets))
    return np.array(best), np.array(starts)
