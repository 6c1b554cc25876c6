"""The explorations of segments: cut-offs of scores, number of tiers, quoted rates, and the cut-off of low value.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from functools import lru_cache
from typing import Any

import ipywidgets
import pandas as pd

from customer_value import plots
from customer_value.plots.currency import euros
from customer_value.segments import (
    break_even_chance,
    confusion,
    confusion_from_rates,
    cutoff_table,
    money_of_dropping,
    value_tiers,
)
from customer_value.transactions import rfm_scores
from customer_value.widgets import choice, explore, slider


def score_cutoffs(log: pd.DataFrame, until: str, brought: pd.Series, bins: int = 5) -> ipywidgets.VBox:
    """Who has the top score in all three, and does the list survive another number of bins, tie rule or day?

    ``log`` is clean; ``until`` is the day of the scores, the sliders go back from it. ``brought`` (euros per customer,
    after that day) prices the list; whoever is not in it brought nothing.
    """
    scored = lru_cache(maxsize=None)(lambda bins, ties, day: rfm_scores(log, day, bins=bins, ties=ties))
    end = pd.Timestamp(until)

    def best(bins: int, ties: str, back: int) -> pd.Index:
        scores = scored(bins, ties, end - pd.Timedelta(days=back))
        return scores.index[(scores[["r", "f", "m"]] == bins).all(axis=1)]

    usual = best(bins, "together", 0)

    def answer(bins: int, ties: str, back: int) -> tuple[str, plots.Figure]:
        scores = scored(bins, ties, end - pd.Timedelta(days=back))
        chosen = best(bins, ties, back)
        if not len(chosen):
            raise ValueError(f"With {bins} bins nobody has the top score in all three.")
        by_money = scores["monetary_value"].sort_values(ascending=False, kind="stable").index[: len(chosen)]
        mean, other = (float(brought.reindex(who).fillna(0.0).mean()) for who in (chosen, by_money))
        return (
            f"{len(chosen):,} customers have the top score in all three; {chosen.isin(usual).sum():,} of them are on"
            f" the list of {len(usual):,} where the controls started. They brought {euros(mean)} each in the following"
            f" year. As many chosen by money alone brought {euros(other)}.",
            plots.score_sizes(scores),
        )

    return explore(
        answer,
        bins=slider("Number of bins", bins, 2, 9),
        ties=choice("Equal figures", {"same score": "together", "split by id": "split"}, "together"),
        back=slider("Days earlier", 0, 0, 90, 10),
    )


def number_of_tiers(rfm: pd.DataFrame, brought: pd.Series, tiers: int = 3) -> ipywidgets.VBox:
    """How many tiers, on which scale, and do they differ in what customers bring afterwards?

    ``rfm`` as for ``segments.value_tiers``; ``brought`` (euros per customer, afterwards), the same customers.
    """
    value = brought.reindex(rfm.index).fillna(0.0)

    def answer(tiers: int, features: Any) -> tuple[str, plots.Figure]:
        found = value_tiers(rfm, tiers, features=features)
        mean = value.groupby(found.tier).mean()
        each = "; ".join(
            f"{at}: {int(number):,} customers, {euros(round(mean[at]))}"
            for at, number in found.table["customers"].items()
        )
        return (
            f"Silhouette {found.silhouette:.2f}. Tiers, and what each of their customers brought in the following year,"
            f" on average: {each}.",
            plots.tier_map(
                rfm,
                found,
                f"{tiers} tiers: customers of the best bring {euros(round(mean.max()))}, of the worst"
                f" {euros(round(mean.min()))}",
            ),
        )

    return explore(
        answer,
        tiers=slider("Number of tiers", tiers, 2, 7),
        features=choice(
            "Scale of figures", {"logarithms": "log", "standardised": "scaled", "as they are": "raw"}, "log"
        ),
    )


def quoted_rates(
    customers: int,
    gain_right: float,
    cost_wrong: float,
    *,
    base: int = 64,
    precision: int = 90,
    recall: int = 93,
) -> ipywidgets.VBox:
    """What are a quoted precision and recall worth, when so many are low value to begin with?

    ``gain_right`` and ``cost_wrong`` are euros per customer; the rest (per cent) is where the sliders start.
    """

    def answer(base: int, precision: int, recall: int) -> tuple[str, plots.Figure]:
        b, r = base / 100, recall / 100
        # With every other customer called as well, precision can fall no further.
        least = b * r / (b * r + 1 - b)
        shown = max(precision / 100, least)
        counts = confusion_from_rates(customers, b, shown, r)
        everybody = confusion_from_rates(customers, b, b, 1.0)
        hint = (
            f"When {base}% are low, a recall of {recall}% cannot go with a precision of {precision}%, but with"
            f" {least:.1%} at least; this is shown. "
            if shown > precision / 100
            else ""
        )
        return (
            f"{hint}Of {customers:,} customers {counts.right + counts.wrong:,.0f} are called low, {counts.wrong:,.0f}"
            f" of them wrongly; {counts.missed:,.0f} are missed. Worth {_exact(counts.money(gain_right, cost_wrong))}."
            f" Calling everybody low has precision {base}% and recall 100% and is worth"
            f" {_exact(everybody.money(gain_right, cost_wrong))}.",
            plots.calls_in_money(counts, gain_right, cost_wrong),
        )

    return explore(
        answer,
        base=slider("Really low, %", base, 5, 95),
        precision=slider("Precision, %", precision, 50, 100),
        recall=slider("Recall, %", recall, 5, 100),
    )


def low_value_cutoff(
    chance: pd.Series,
    value: pd.Series,
    *,
    low_below: float,
    saving: float = 12,
    loss_share: int = 25,
    cutoff: int = 50,
) -> ipywidgets.VBox:
    """From which chance of being low value on is it worth to drop somebody?

    ``chance`` and ``value`` as for ``segments.cutoff_table``; ``saving`` (euros a year), ``loss_share`` and ``cutoff``
    (per cent) are where the sliders start.
    """
    low = (value < low_below).to_numpy()

    def answer(cutoff: int, saving: float, loss_share: int) -> tuple[str, plots.Figure]:
        called = (chance >= cutoff / 100).to_numpy()
        counts = confusion(called, low)
        each = money_of_dropping(value, saving, loss_share / 100)
        costs = {"low_below": low_below, "saving": saving, "loss_share": loss_share / 100}
        table = cutoff_table(chance, value, **costs)
        gain, lost = float(each[low].mean()), -float(each[~low].mean())
        rule = (
            f"Averages of the two groups put the break-even at a chance of {break_even_chance(gain, lost):.0%}."
            if lost > 0 < gain
            else "On average it pays to drop even those who are not low."
            if gain > 0
            else "On average it never pays to drop anybody."
        )
        rates = f"precision {counts.precision:.0%}, recall {counts.recall:.0%}" if called.any() else "so recall is 0%"
        return (
            f"{called.sum():,} of {len(value):,} customers are dropped: {rates}. Worth"
            f" {_exact(float(each[called].sum()))} in the year; dropping everybody"
            f" {_exact(float(each.sum()))}. {rule}",
            plots.cutoff_money(table, cutoff / 100),
        )

    return explore(
        answer,
        cutoff=slider("Cut-off, % chance", cutoff, 0, 95, 5),
        saving=slider("Saving, € a year", saving, 2, 30),
        loss_share=slider("Value lost if dropped, %", loss_share, 0, 80, 5),
    )


def _exact(amount: float) -> str:
    """Whole euros, since a reader looks for the setting that brings a little more."""
    return f"{'−' if amount < 0 else ''}€{abs(amount):,.0f}"
