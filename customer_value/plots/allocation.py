"""Scarce stock, two lists and an apology in pictures."""

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value._inputs import columns
from customer_value.plots.compared import end_labels, legend, marks
from customer_value.plots.currency import euros
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, new_axes, share_axes

_DASH = (0, (4, 3))
_EDGE = 150.0


def _in_euros(axis: object) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: euros(value)))
    axis.set_major_locator(MaxNLocator(5))


@in_style
def rules_compared(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Value saved by each rule, the exact best last.

    ``table`` is of ``allocation.compare_rules``; ``title`` replaces the finding computed from it.
    """
    columns(table, ("saved", "behind"), "table")
    best = table["saved"].iloc[-1]
    worst = table["behind"].iloc[:-1].idxmax()
    said = title or (
        "All rules save the same here"
        if table["behind"].max() < 0.5
        else f"{str(worst)[:1].upper()}{str(worst)[1:]} saves {euros(table.loc[worst, 'behind'])} less than the best"
    )
    spoken = "; ".join(
        f"{name} {euros(row['saved'])}, {euros(row['behind'])} behind" for name, row in table.iloc[:-1].iterrows()
    )
    figure, axes = new_axes(
        said, f"Bars of value saved: best {euros(best)}; {spoken}.", "Expected value saved, €", "Rule"
    )
    rows = np.arange(len(table))
    axes.barh(rows, table["saved"], color=[BLUE] * (len(table) - 1) + [INK], height=0.62)
    low, high = min(0.0, float(table["saved"].min())), max(0.0, float(table["saved"].max()))
    room = (high - low) or 1.0
    for at, (_, row) in enumerate(table.iterrows()):
        axes.annotate(
            euros(row["saved"]), (max(row["saved"], 0.0), at), (4, 0), textcoords="offset points", va="center",
            fontsize=11,
        )  # fmt: skip
    axes.set_xlim(low - 0.04 * room * (low < 0), high + 0.24 * room)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_yticks(rows, [textwrap.fill(str(name), 15) for name in table.index])
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: euros(value)))
    return figure


@in_style
def orders_served(case: pd.DataFrame, filled: pd.Series, title: str) -> Figure:
    """Every open order by what the customer is worth and what the order brings, per piece: shipped or waiting.

    ``case`` is of ``allocation.order_case``, ``filled`` the flags of ``fill_best`` or ``fill_in_turn``; ``title``
    states the finding. Large marks are orders of several pieces; what lies beyond the figure is drawn at its edge.
    """
    columns(case, ("clv", "order_margin", "pieces"), "case")
    served = filled.loc[case.index].to_numpy()
    exact = case["clv"] / case["pieces"]
    x = exact.clip(-_EDGE, 2 * _EDGE)
    y = (case["order_margin"] / case["pieces"]).clip(-_EDGE, _EDGE)
    several = case["pieces"].to_numpy() > 1
    spoken = (
        f"{served.sum()} of {len(case)} orders are shipped; their customers are worth"
        f" {euros(exact[served].mean()) if served.any() else euros(0)} a piece on average, those of the others"
        f" {euros(exact[~served].mean()) if (~served).any() else euros(0)}"
    )
    figure, axes = new_axes(
        title, f"Orders by value of the customer and margin of the order, per piece: {spoken}.",
        "Customer's value per piece, €", "Order's margin per piece, €",
    )  # fmt: skip
    for flags, colour, marker, name in ((served, BLUE, "o", "shipped"), (~served, RED, "X", "waits")):
        for more in (False, True):
            pick = flags & (several == more)
            axes.scatter(
                x[pick], y[pick], s=90 if more else 34, color=colour, marker=marker, linewidths=0,
                label=None if more else name,
            )  # fmt: skip
    axes.axhline(0, color=GREY, linewidth=1, linestyle=_DASH)
    axes.set_xlim(-1.1 * _EDGE, 2.1 * _EDGE)
    axes.set_ylim(-1.15 * _EDGE, 1.15 * _EDGE)
    _in_euros(axes.xaxis)
    _in_euros(axes.yaxis)
    legend(axes, "lower right")
    return figure


@in_style
def errors_compared(table: pd.DataFrame, reference: float, title: str | None = None) -> Figure:
    """Money lost by optimising on values with errors, and the loss of a rule without any estimate.

    ``table`` is of ``allocation.cost_of_errors``, ``reference`` the money that first come, first served loses;
    ``title`` replaces the finding.
    """
    columns(table, ("mean", "low", "high"), "table")
    worst = table.iloc[-1]
    said = title or (
        f"Even errors of {table.index[-1]:.0%} cost {euros(worst['mean'])}; first come costs {euros(reference)}"
        if worst["mean"] < reference
        else f"Errors of {table.index[-1]:.0%} cost {euros(worst['mean'])}, more than first come"
    )
    spoken = "; ".join(f"{error:.0%} {euros(row['mean'])}" for error, row in table.iterrows())
    figure, axes = new_axes(
        said, f"Money lost by size of error: {spoken}; first come, first served loses {euros(reference)}.",
        "Error of the values, % of each", "Lost against the best, €",
    )  # fmt: skip
    axes.fill_between(table.index, table["low"], table["high"], color=PALE, linewidth=0)
    axes.plot(table.index, table["mean"], color=BLUE, marker="o", markersize=5)
    axes.axhline(reference, color=RED, linewidth=1.4, linestyle=_DASH)
    axes.annotate(
        "first come, first served", (float(table.index[-1]), reference), (0, 5), textcoords="offset points", ha="right",
        color=RED, fontsize=11,
    )  # fmt: skip
    axes.set_xlim(0, float(table.index[-1]))
    axes.set_ylim(0, 1.15 * max(reference, float(table["high"].max()), 1.0))
    share_axes(axes.xaxis)
    _in_euros(axes.yaxis)
    return figure


@in_style
def lists_compared(
    table: pd.DataFrame, names: tuple[str, str] = ("revenue", "value"), title: str | None = None
) -> Figure:
    """What customers on both lists, and on one only, brought afterwards, with intervals.

    ``table`` is of ``allocation.compare_lists``; ``names`` of the first and the second list.
    """
    columns(table, ("customers", "brought", "low", "high"), "table")
    alone, other = table.iloc[1], table.iloc[2]
    said = title or (
        f"Only on the {names[1]} list: {euros(other['brought'])} a head; only on the {names[0]} list:"
        f" {euros(alone['brought'])}"
    )
    labels = ["on both lists", f"only by {names[0]}", f"only by {names[1]}"]
    spoken = "; ".join(
        f"{label}, {row['customers']:.0f} customers, {euros(row['brought'])}"
        f" ({euros(row['low'])} to {euros(row['high'])})"
        for label, (_, row) in zip(labels, table.iterrows(), strict=True)
    )
    figure, axes = new_axes(
        said, f"Money brought afterwards per customer: {spoken}.", "Brought afterwards, € a head", "Customers"
    )
    rows = np.arange(3)
    axes.barh(rows, table["brought"], color=[GREY, RED, BLUE], height=0.56)
    axes.hlines(rows, table["low"], table["high"], color=INK, linewidth=1.6)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_yticks(
        rows,
        [f"{textwrap.fill(label, 12)}\n({row['customers']:.0f})" for label, (_, row) in
         zip(labels, table.iterrows(), strict=True)],
    )  # fmt: skip
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    _in_euros(axes.xaxis)
    return figure


@in_style
def apology_limits(limits: Mapping[str, pd.Series], voucher: float, title: str) -> Figure:
    """The highest face value an apology may have, by what the customer is worth; the planned one marked.

    ``limits`` are series of money indexed by the customer's value, by name (at most four); ``title`` states the
    finding.
    """
    if not limits:
        raise ValueError("limits must hold at least one series of apology_limit.")
    spoken = "; ".join(
        f"{name}: up to {euros(line.iloc[-1])} for a customer worth {euros(line.index[-1])}"
        for name, line in limits.items()
    )
    figure, axes = new_axes(
        title, f"Highest face value by customer's value; the plan is {euros(voucher)}. {spoken}.",
        "Customer's lifetime value, €", "Highest face value, €",
    )  # fmt: skip
    ends = {}
    for name, mark in marks(list(limits)).items():
        line = limits[name]
        axes.plot(line.index, line, color=mark.colour, linestyle=mark.line)
        ends[name] = (float(line.iloc[-1]), mark.colour)
    last = float(next(iter(limits.values())).index[-1])
    axes.axhline(voucher, color=GREY, linewidth=1.2, linestyle=_DASH)
    axes.annotate(f"plan: {euros(voucher)}", (0, voucher), (4, 4), textcoords="offset points", color=INK, fontsize=11)
    axes.set_xlim(0, last)
    axes.set_ylim(0, 1.12 * max(voucher * 1.3, *(height for height, _ in ends.values())))
    end_labels(axes, last, ends)
    _in_euros(axes.xaxis)
    _in_euros(axes.yaxis)
    return figure
