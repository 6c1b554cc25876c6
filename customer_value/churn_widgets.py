"""The explorations of churn: whom to contact, how large a test, what a win-back offer is worth.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from typing import Any

import ipywidgets
import numpy as np
import pandas as pd

from customer_value import plots
from customer_value.churn import (
    best_share,
    break_even_probability,
    break_even_return,
    people_per_arm,
    people_per_arm_for_means,
    profit_curve,
    win_back_gain,
)
from customer_value.retention import kaplan_meier
from customer_value.widgets import choice, explore, slider


def whom_to_contact(
    outcome: Any,
    probability: Any,
    *,
    value: int = 450,
    offer_cost: int = 45,
    contact_cost: float = 2,
    success: int = 30,
) -> ipywidgets.VBox:
    """What share of customers should get the offer, and what does it earn (US dollars)?

    ``outcome`` and ``probability`` as in ``churn.profit_curve``; the others, with ``success`` in per cent, are where
    the sliders start.
    """

    def answer(value: int, offer_cost: int, success: int) -> tuple[str, plots.Figure]:
        terms = {
            "value": value,
            "offer_cost": offer_cost,
            "contact_cost": contact_cost,
            "success": success / 100,
        }
        best = best_share(outcome, probability, **terms)
        cut = break_even_probability(**terms)
        rule = (
            "No risk is high enough for the offer to pay on average."
            if cut > 1
            else f"The offer pays on average from a risk of {cut:.0%}."
        )
        return (
            f"{rule} Best with hindsight: contact {best.contacted:,} customers ({best.share:.0%}), profit"
            f" {plots.money(best.profit)}; contacting everybody: {plots.money(best.profit_of_all)}.",
            plots.targeting_profit(profit_curve(outcome, probability, **terms)),
        )

    return explore(
        answer,
        value=slider("Value of one kept, $", value, 150, 900, 50),
        offer_cost=slider("Cost of the offer, $", offer_cost, 5, 125, 5),
        success=slider("Leavers it keeps, %", success, 5, 60, 5),
    )


def size_of_test(
    without: float = 11,
    lift: float = 6,
    *,
    margin: float = 19.0,
    discount: float = 7.0,
    sd: float = 10.6,
    currency: str = "€",
) -> ipywidgets.VBox:
    """How many people does a test by lot need to see more buyers, and how many to see the margin they bring?

    ``without`` (per cent who buy when held out) and ``lift`` (percentage points) are where the sliders start.
    ``margin`` is what one more buyer brings after the discount, ``discount`` what the offer gives to each who would
    have bought anyway, and ``sd`` the standard deviation of margin between people, zeros included, all in ``currency``.
    """

    def answer(without: float, lift: float, power: float) -> tuple[str, plots.Figure]:
        base, lifted = without / 100, (without + lift) / 100
        buyers = people_per_arm(base, lifted, power)
        worth = round(margin * lift / 100 - discount * base, 4)
        least = 100 * discount * base / margin
        pays = f"the offer pays from {least:.1f} points, as those who buy anyway get the discount too."
        if worth > 0:
            amounts = people_per_arm_for_means(worth, sd, power)
            money = (
                f"The extra margin is {currency}{worth:.2f} a person; {pays} To see that in the margin itself takes"
                f" {amounts:,} in each arm, {amounts / buyers:.1f} times as many. With {buyers:,} held out, the test"
                f" forgoes {currency}{worth * buyers:,.0f} if the offer works."
            )
        else:
            money = f"At this lift the offer loses {currency}{-worth:.2f} a person; {pays}"
        return (
            f"To see {without:g}% become {without + lift:g}% in {power:.0%} of tests takes {buyers:,} people in each"
            f" arm. {money}",
            plots.people_needed(base, lifted, power),
        )

    return explore(
        answer,
        without=slider("Buy when held out, %", without, 2, 40, 1),
        lift=slider("Lift worth seeing, points", lift, 1, 15, 0.5),
        power=choice("Chance to see it", {"50%": 0.5, "80%": 0.8, "90%": 0.9, "95%": 0.95}, 0.8),
    )


def win_back(returns: pd.DataFrame, value: int = 50, *, contact_cost: float = 0.5, months: int = 6) -> ipywidgets.VBox:
    """For how many months should a win-back offer stand, and does it pay (euros)?

    ``returns`` is of ``churn.club_returns``: who came back without an offer, and when. ``value`` is what one who has
    come back brings; ``contact_cost`` is paid for each who left. The offer is assumed to raise the share who return by
    the same factor in each month.
    """
    curve = 1 - kaplan_meier(returns["months"], returns["came_back"])["survival"]
    ahead = np.arange(0, 13)
    places = np.searchsorted(curve.index.to_numpy(), ahead, side="right") - 1
    anyway = pd.Series(curve.to_numpy()[places], ahead)

    def answer(months: int, advantage: int, more: int) -> tuple[str, plots.Figure]:
        expected = (anyway * (1 + more / 100)).clip(upper=1)
        needed = break_even_return(anyway.to_numpy(), value=value, advantage=advantage, contact_cost=contact_cost)
        table = pd.DataFrame({"anyway": anyway, "needed": np.asarray(needed), "expected": expected})
        row = table.loc[months]
        gain = 100 * win_back_gain(
            row["anyway"], row["expected"], value=value, advantage=advantage, contact_cost=contact_cost
        )
        word = "gains" if gain >= 0 else "loses"
        span = f"{months} month" if months == 1 else f"{months} months"
        return (
            f"Within {span} {row['anyway']:.1%} come back anyway. For the offer to pay, {row['needed']:.1%} must;"
            f" at {more}% more it is {row['expected']:.1%}, and per 100 who left the offer {word} €{abs(gain):,.0f}."
            f" Of the advantages, €{100 * row['anyway'] * advantage:,.0f} go to people who would have returned anyway.",
            plots.returning(table, months),
        )

    return explore(
        answer,
        months=slider("Months the offer stands", months, 1, 12, 1),
        advantage=slider("Advantage per return, €", min(15, value // 3), 1, int(0.8 * value), 1),
        more=slider("More returns, %", 50, 0, 200, 10),
    )
