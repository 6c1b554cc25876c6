"""The explorations of scarce stock, lists and apologies: whom to ship, whom to address, what to give.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Mapping
from functools import lru_cache

import ipywidgets
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from customer_value import plots
from customer_value.allocation import (
    apology_gain,
    apology_limit,
    compare_lists,
    compare_rules,
    cost_of_errors,
    value_saved,
)
from customer_value.plots.currency import euros
from customer_value.widgets import explore, slider


def whom_to_ship(
    lines: pd.DataFrame,
    stock: pd.Series,
    case: pd.DataFrame,
    scores: Mapping[str, pd.Series | None],
    *,
    waiting: int = 30,
    served: int = 4,
    cancels: int = 20,
    mornings: int = 12,
) -> ipywidgets.VBox:
    """What does each rule cost, on this morning and in a year (euros)?

    ``lines``, ``stock``, ``scores`` as in ``allocation.compare_rules``, ``case`` of ``allocation.order_case``. The
    chance of leaving if the order waits and the share cancelled (both per cent) are where the sliders start;
    ``served`` (per cent) stays. The slider of pieces changes the stock of the product most wanted.
    """
    product = lines.groupby("StockCode")["Quantity"].sum().idxmax()
    wanted = int(lines.loc[lines["StockCode"] == product, "Quantity"].sum())

    def answer(pieces: int, waiting: int, cancels: int) -> tuple[str, plots.Figure]:
        value = pd.Series(
            value_saved(
                case["clv"], case["order_margin"], leaves_waiting=max(waiting, served) / 100,
                leaves_served=served / 100, cancels=cancels / 100,
            ),
            case.index,
        )  # fmt: skip
        here = stock.copy()
        here[product] = pieces
        table = compare_rules(lines, here, value, scores)
        behind = table["behind"].iloc[:-1]
        listed = ", ".join(f"{name} {euros(money)}" for name, money in behind.items())
        worst = behind.idxmax()
        return (
            f"{pieces} pieces for {wanted} wanted: the best choice saves {euros(table['saved'].iloc[-1])}. Behind it:"
            f" {listed}. With {mornings} mornings like this a year, {worst} costs"
            f" {euros(mornings * behind[worst])} a year.",
            plots.rules_compared(table),
        )

    return explore(
        answer,
        pieces=slider("Pieces on hand", int(stock[product]), 0, wanted, 1),
        waiting=slider("Leave if they wait, %", waiting, served, 60, 1),
        cancels=slider("Orders cancelled, %", cancels, 0, 100, 5),
    )


def how_wrong(
    lines: pd.DataFrame,
    stock: pd.Series,
    case: pd.DataFrame,
    *,
    waiting: int = 30,
    served: int = 4,
    cancels: int = 20,
    rounds: int = 40,
) -> ipywidgets.VBox:
    """How wrong may the customers' values be before first come, first served is as good (euros)?

    Arguments as in ``whom_to_ship``; ``rounds`` draws for each size of error, those of
    ``allocation.cost_of_errors``.
    """

    # Every move solves a choice for each draw: what was asked once need not be solved again.
    @lru_cache(maxsize=64)
    def found(error: int, waiting: int, cancels: int) -> tuple[pd.DataFrame, float]:
        terms = {
            "leaves_waiting": max(waiting, served) / 100,
            "leaves_served": served / 100,
            "cancels": cancels / 100,
        }
        value = pd.Series(value_saved(case["clv"], case["order_margin"], **terms), case.index)
        reference = float(compare_rules(lines, stock, value, {"first come": None})["behind"].iloc[0])
        sizes = sorted({0.0, error / 200, error / 100})
        return cost_of_errors(lines, stock, case, errors=sizes, rounds=rounds, **terms), reference

    def answer(error: int, waiting: int, cancels: int) -> tuple[str, plots.Figure]:
        table, reference = found(error, waiting, cancels)
        lost = float(table["mean"].iloc[-1])
        word = "as much as" if abs(lost - reference) < 0.5 else "less than" if lost < reference else "more than"
        return (
            f"With errors of {error}% the optimiser loses {euros(round(lost))} on average, {word} the"
            f" {euros(reference)} that first come, first served loses.",
            plots.errors_compared(table, reference),
        )

    return explore(
        answer,
        error=slider("Error of the values, %", 100, 10, 300, 10),
        waiting=slider("Leave if they wait, %", waiting, served, 60, 1),
        cancels=slider("Orders cancelled, %", cancels, 0, 100, 5),
    )


def two_lists(
    first: ArrayLike,
    second: ArrayLike,
    brought: ArrayLike,
    names: tuple[str, str] = ("revenue", "value"),
    *,
    places: int = 500,
    effect: int = 10,
    cost: float = 3,
) -> ipywidgets.VBox:
    """Which of two lists earns more from a campaign, and how long should it be (euros)?

    ``first``, ``second`` and ``brought`` as in ``allocation.compare_lists``; ``places``, ``effect`` (per cent) and
    ``cost`` (euros a head) are where the sliders start.
    """
    one, other, money = (np.asarray(each, dtype=float) for each in (first, second, brought))
    most = min(2_000, one.size // 50 * 50)

    def answer(places: int, effect: int, cost: float) -> tuple[str, plots.Figure]:
        table = compare_lists(one, other, money, places, effect=effect / 100, cost=cost)
        found = table.attrs
        shared = int(table["customers"].iloc[0])
        return (
            f"{shared:,} of {places:,} customers are on both lists. The campaign gains {euros(found['first'])} by"
            f" {names[0]} and {euros(found['second'])} by {names[1]}; the difference is"
            f" {euros(found['difference'])} (90% interval {euros(found['difference_low'])} to"
            f" {euros(found['difference_high'])}).",
            plots.lists_compared(table, names),
        )

    return explore(
        answer,
        places=slider("Places", places, 50, most, 50),
        effect=slider("Effect, %", effect, 0, 30),
        cost=slider("Cost a head, €", cost, 0, 15, 0.5),
    )


def apology(
    values: ArrayLike,
    *,
    leaves_more: float = 6,
    repaired: int = 50,
    voucher: int = 10,
    used: int = 60,
    handling: float = 1.0,
) -> ipywidgets.VBox:
    """What may an apology cost, and to whom should it go (euros)?

    ``values`` are the lifetime values of the customers whose parcel was late. The rise in the chance of leaving
    (percentage points), the share of it that the apology takes back, the voucher's face value (euros) and the share
    used (per cent) are where the sliders start; ``handling`` is euros for each.
    """
    worth = np.asarray(values, dtype=float)
    ahead = np.linspace(0, max(100.0, float(np.quantile(worth, 0.98))), 40)

    @lru_cache(maxsize=256)
    def line(rise: float, repaired: int) -> pd.Series:
        found = apology_limit(
            ahead, leaves_more=rise / 100, repaired=repaired / 100, used=used / 100, handling=handling
        )
        return pd.Series(found, ahead)

    def answer(rise: float, repaired: int, voucher: int) -> tuple[str, plots.Figure]:
        terms = {
            "leaves_more": rise / 100,
            "repaired": repaired / 100,
            "voucher": voucher,
            "used": used / 100,
            "handling": handling,
        }
        gain = np.asarray(apology_gain(worth, **terms))
        paying = gain > 0
        total, chosen = float(gain.sum()), float(gain[paying].sum())
        for_whom = (
            f"It pays for {paying.sum():,} of them, those worth enough: {euros(chosen)}."
            if paying.any()
            else "It pays for none of them."
        )
        return (
            f"A voucher of €{voucher} for all {worth.size:,} late customers {'gains' if total >= 0 else 'loses'}"
            f" {euros(abs(total))}. {for_whom}",
            plots.apology_limits(
                {f"{repaired}% repaired": line(rise, repaired)},
                voucher,
                "A voucher pays only where the customer is worth enough"
                if 0 < paying.sum() < worth.size
                else ("This voucher pays for nobody" if not paying.any() else "This voucher pays for everybody"),
            ),
        )

    return explore(
        answer,
        rise=slider("More leave if late, points", leaves_more, 0, 30, 1),
        repaired=slider("Of that repaired, %", repaired, 0, 100, 5),
        voucher=slider("Voucher, €", voucher, 1, 40, 1),
    )
