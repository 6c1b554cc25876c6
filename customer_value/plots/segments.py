"""Segments: the list before and after returns, score bins, tiers, cohorts, and calls of low value in money."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter

from customer_value._inputs import aligned, numbers
from customer_value.plots.currency import euros, signed_euros
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, TEAL, Figure, in_style, new_axes, percent, share_axes
from customer_value.segments import BestLists, Confusion, ValueTiers

_SCALE = LinearSegmentedColormap.from_list("pale to blue", [PALE, "#7fa3cb", BLUE, INK])
_MARKS = (("o", BLUE), ("s", RED), ("^", TEAL), ("D", INK), ("v", GREY), ("P", "#8a5a9e"), ("X", "#b08900"))
_DRAWN = 500


@in_style
def list_after_returns(gross: pd.Series, net: pd.Series, lists: BestLists, title: str | None = None) -> Figure:
    """Who falls off the list: revenue as billed and what stayed of it, one line per customer.

    ``lists`` are ``segments.best_lists(gross, net)``. The broken line is the net revenue of the last one on the list.
    """
    gone, size = lists.fall_off, len(lists.by_gross)
    if not len(gone):
        raise ValueError("Nobody falls off this list: there is nothing to draw.")
    before, after, last = gross[gone].to_numpy(), net[gone].to_numpy(), float(net[lists.by_net[-1]])
    said = title or f"{len(gone)} of the best {size} fall off once returns are taken out"
    alt = (
        f"One line per customer who falls off the list of the best {size}, from revenue as billed to what stayed after"
        f" returns: together {euros(before.sum())}, then {euros(after.sum())}. The last customer on the list after"
        f" returns has {euros(last)}."
    )
    figure, axes = new_axes(said, alt, "Revenue of the year, euros", f"{len(gone)} customers")
    rows = np.arange(len(gone))
    axes.hlines(rows, after, before, color=PALE, linewidth=3)
    axes.plot(before, rows, "o", color=GREY, markersize=6)
    axes.plot(after, rows, "o", color=RED, markersize=7)
    axes.axvline(last, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.text(last, len(gone) + 0.9, f" needed: {euros(last)}", ha="left", va="bottom", fontsize=11)
    axes.text(before[0], -0.9, "billed", color=GREY, ha="right", va="bottom")
    axes.text(after.min(), -0.9, "stayed", color=RED, ha="center", va="bottom", weight="bold")
    axes.set_ylim(len(gone) + 0.9, -2.2)
    axes.set_yticks([])
    axes.set_xlim(0, before.max() * 1.04)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: euros(value)))
    axes.locator_params(axis="x", nbins=5)
    axes.spines["left"].set_visible(False)
    return figure


@in_style
def score_sizes(scores: pd.DataFrame, title: str | None = None) -> Figure:
    """How many customers have each score of recency, frequency and money; ``scores`` of ``transactions.rfm_scores``."""
    bins = int(scores[["r", "f", "m"]].max().max())
    counts = {name: np.bincount(scores[name], minlength=bins + 1)[1:] for name in ("r", "f", "m")}
    largest = max(counts, key=lambda name: counts[name].max())
    words = {"r": "recency", "f": "frequency", "m": "money"}
    even = len(scores) / bins
    said = title or (
        f"Bins of {even:,.0f}? One score of {words[largest]} holds {counts[largest].max():,} customers"
        if counts[largest].max() > 1.05 * even
        else f"Every score holds about {even:,.0f} of {len(scores):,} customers"
    )
    told = " ".join(
        f"{words[name].capitalize()}: " + ", ".join(f"{number:,}" for number in counts[name]) + "." for name in counts
    )
    figure, axes = new_axes(
        said, f"Bars with customers per score, 1 to {bins}, for each of three. {told}", "Score", "Customers"
    )
    score = np.arange(1, bins + 1)
    for at, (name, colour) in enumerate(zip(counts, (BLUE, RED, TEAL), strict=True)):
        axes.bar(score + 0.27 * (at - 1), counts[name], width=0.25, color=colour, label=words[name])
    axes.axhline(even, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_ylim(0, max(one.max() for one in counts.values()) * 1.25)
    axes.legend(loc="upper center", ncols=3, frameon=False, fontsize=11, columnspacing=1.0, handlelength=1.2)
    axes.set_xticks(score)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    return figure


@in_style
def tier_map(
    rfm: pd.DataFrame, tiers: ValueTiers, title: str | None = None, names: Mapping[int, str] | None = None
) -> Figure:
    """Tiers on a map of days since the last purchase and money, both on scales of ratios; some customers drawn.

    ``names`` are words for tiers by number; without them the number stands at the middle of each tier.
    """
    aligned(tiers.tier, rfm.index, "tiers.tier")
    count = len(tiers.table)
    if count > len(_MARKS):
        raise ValueError(f"At most {len(_MARKS)} tiers can be told apart in a figure; got {count}.")
    sizes = tiers.table["customers"]
    said = title or f"{count} tiers of {sizes.min():,} to {sizes.max():,} customers, and no gap between them"
    told = " ".join(
        f"Tier {at}: {int(row['customers']):,} customers, middle one with {row['recency_days']:.0f} days,"
        f" {row['frequency']:.0f} purchase{'' if row['frequency'] == 1 else 's'}, {euros(row['monetary_value'])}."
        for at, row in tiers.table.iterrows()
    )
    figure, axes = new_axes(
        said,
        f"Points for customers by days since the last purchase and money spent, marked by tier. {told}",
        "Days since the last purchase",
        "Money spent, euros",
    )
    some = np.random.default_rng(1).permutation(len(rfm))[:_DRAWN]
    drawn = rfm.iloc[some]
    member = tiers.tier.to_numpy()[some]
    for at, (mark, colour) in zip(range(1, count + 1), _MARKS, strict=False):
        own = drawn[member == at]
        axes.plot(
            own["recency_days"] + 1,
            own["monetary_value"],
            mark,
            color=colour,
            markersize=3.5,
            alpha=0.55,
            markeredgewidth=0,
            rasterized=True,
        )
    for at, row in tiers.table.iterrows():
        axes.text(
            row["recency_days"] + 1,
            row["monetary_value"],
            (names or {}).get(at, str(at)),
            ha="center",
            va="center",
            weight="bold",
            fontsize=11,
            bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": _MARKS[at - 1][1], "linewidth": 1.6},
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([2, 8, 31, 91, 366], ["1", "7", "30", "90", "365"])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: euros(value)))
    return figure


@in_style
def cohort_heat_map(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Retention by cohort and age as a heat map; ``table`` of ``transactions.cohort_table(log, "retention")``."""
    if table.index.name != "cohort" or table.columns.name != "age" or table.shape[1] < 2:
        raise ValueError("table must be of transactions.cohort_table, with at least two periods.")
    shown = table.iloc[:, 1:]
    if shown.max(axis=None) > 1:
        raise ValueError("table must hold shares: make it with cohort_table(log, 'retention').")
    shown = shown.dropna(how="all")
    first, last = shown.iloc[:, 0].mean(), shown.iloc[0].dropna().iloc[-1]
    said = title or f"{percent(first)} buy in the next period; of the oldest cohort {percent(last)} do in the last"
    cells = shown.stack()
    alt = (
        f"Heat map of the share of each cohort that bought, by periods since the first purchase, {shown.index[0]} to"
        f" {shown.index[-1]}, darker is more. Highest {percent(float(cells.max()))}, lowest"
        f" {percent(float(cells.min()))}."
    )
    figure, axes = new_axes(said, alt, "Periods since the first purchase", "Cohort of the first purchase")
    values = np.ma.masked_invalid(shown.to_numpy())
    top = float(cells.max())
    axes.imshow(values, cmap=_SCALE, interpolation="none", aspect="auto", vmin=0.0, vmax=top)
    if shown.shape[1] <= 12:
        for row, col in zip(*np.nonzero(~np.ma.getmaskarray(values)), strict=True):
            share = float(values[row, col])
            colour = "white" if share > 0.45 * top else INK
            axes.text(col, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=10, color=colour)
    axes.set_xticks(np.arange(shown.shape[1]), [str(age) for age in shown.columns])
    axes.set_yticks(np.arange(shown.shape[0]), [str(cohort) for cohort in shown.index], fontsize=10)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    return figure


@in_style
def calls_in_money(counts: Confusion, gain_right: float, cost_wrong: float, title: str | None = None) -> Figure:
    """Four boxes: called low or not, and low or not, with customers and what acting on the call is worth."""
    money = counts.money(gain_right, cost_wrong)
    said = title or (
        f"Precision {percent(counts.precision)}, recall {percent(counts.recall)}: worth {signed_euros(money)}"
    )
    boxes = (
        (0, 0, "right call", counts.right, gain_right * counts.right, BLUE, "white"),
        (1, 0, "wrong call", counts.wrong, -cost_wrong * counts.wrong, RED, "white"),
        (0, 1, "missed", counts.missed, 0.0, PALE, INK),
        (1, 1, "left in peace", counts.spared, 0.0, PALE, INK),
    )
    told = "; ".join(
        f"{name} {number:,.0f} customers, {signed_euros(worth)}" for _, _, name, number, worth, _, _ in boxes
    )
    figure, axes = new_axes(said, f"Four boxes of customers. {told}.", "What came", "What was said")
    for col, row, name, number, worth, colour, ink in boxes:
        axes.barh(row, 0.96, left=col + 0.02, height=0.94, color=colour)
        middle = {"ha": "center", "color": ink}
        axes.text(col + 0.5, row - 0.18, name, va="center", fontsize=11, **middle)
        axes.text(col + 0.5, row + 0.03, f"{number:,.0f}", va="center", fontsize=15, weight="bold", **middle)
        axes.text(col + 0.5, row + 0.26, signed_euros(worth) if worth else "€0", va="center", fontsize=12, **middle)
    axes.set_xlim(0, 2)
    axes.set_ylim(1.5, -0.5)
    axes.set_xticks([0.5, 1.5], ["low value", "not low"])
    axes.set_yticks([0, 1], ["called\nlow", "not\ncalled"])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


@in_style
def cutoff_money(table: pd.DataFrame, at: float | None = None, title: str | None = None) -> Figure:
    """What each cut-off is worth; ``table`` of ``segments.cutoff_table``, ``at`` the cut-off in use."""
    cutoff, money = table.index.to_numpy(dtype=float), numbers(table["money"], "table['money']")
    best = int(money.argmax())
    said = title or f"Most money at the cut-off {cutoff[best]:.0%}: {euros(money[best])}"
    alt = (
        "Line of the money from dropping everybody with at least this chance of being low value."
        f" {signed_euros(money[0])} at {cutoff[0]:.0%}, most at {cutoff[best]:.0%} with {signed_euros(money[best])},"
        f" {signed_euros(money[-1])} at {cutoff[-1]:.0%}."
    )
    if at is not None:
        alt += f" At {at:.0%}: {signed_euros(float(np.interp(at, cutoff, money)))}."
    figure, axes = new_axes(said, alt, "Cut-off: chance of being low value", "Money in the year, euros")
    axes.plot(cutoff, money, color=BLUE)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.plot(cutoff[best], money[best], "o", color=BLUE, markersize=8)
    room = np.ptp(money) or 1.0
    axes.text(cutoff[best], money[best] + 0.05 * room, euros(money[best]), ha="center", va="bottom", color=BLUE)
    if at is not None:
        here = float(np.interp(at, cutoff, money))
        axes.plot(at, here, "s", color=RED, markersize=8)
        side = "left" if at < 0.5 else "right"
        axes.text(
            at,
            here - 0.06 * room,
            f" {signed_euros(here)} ",
            ha=side,
            va="top",
            color=RED,
            weight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5},
        )
    axes.set_ylim(min(0.0, money.min()) - 0.15 * room, money.max() + 0.2 * room)
    share_axes(axes.xaxis)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: euros(value)))
    return figure
