"""Use cases in pictures: what each is worth and how sure that is, which uplift pays, and what a test is worth."""

from collections.abc import Callable, Collection
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.information import BestTest
from customer_value.plots.compared import end_labels
from customer_value.plots.currency import euros, money_axis
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, new_axes, percent
from customer_value.plots.tables import made_by
from customer_value.plots.valuation import name_rows

if TYPE_CHECKING:
    from customer_value.own_data.memo import UseCase


@in_style
def use_case_ranges(
    table: pd.DataFrame,
    chosen: Collection[str] | None = None,
    title: str | None = None,
    *,
    currency: Callable[[float], str] = euros,
) -> Figure:
    """Expected value and interval of each use case on its own, the highest on top.

    ``table`` is of ``use_cases.Sizing.summary``; those not among ``chosen`` (all, if not said) are grey; the number at
    the right is the chance of a loss; ``title`` replaces the finding computed.
    """
    made_by(table, "Sizing.summary", ("value", "low", "high", "chance_of_loss"))
    taken = set(table.index if chosen is None else chosen)
    risky = int((table["low"] < 0).sum())
    first = str(table.index[0])
    said = title or (
        f"{first[:1].upper()}{first[1:]} is worth most; {risky or 'none'} of {len(table)} ranges reaches below 0"
    )
    spoken = "; ".join(
        f"{name} {currency(row['value'])} ({currency(row['low'])} to {currency(row['high'])}), chance of a loss"
        f" {percent(row['chance_of_loss'])}{'' if name in taken else ', not chosen'}"
        for name, row in table.iterrows()
    )
    figure, axes = new_axes(
        said, f"Use cases with the middle of their simulated values: {spoken}.", "Present value", ""
    )
    name_rows(figure, axes, [str(name) for name in table.index])
    low, high = min(0.0, float(table["low"].min())), max(0.0, float(table["high"].max()))
    span = (high - low) or 1.0
    for at, (name, row) in enumerate(table.iterrows()):
        colour = GREY if name not in taken else BLUE if row["value"] >= 0 else RED
        axes.hlines(at, row["low"], row["high"], color=colour, linewidth=3)
        axes.plot([row["value"]], [at], "o", color=colour, markersize=8)
        axes.text(
            high + 0.3 * span, at, percent(row["chance_of_loss"]), ha="right", va="center", fontsize=11,
            color=INK if name in taken else GREY,
        )  # fmt: skip
    axes.text(high + 0.3 * span, -0.62, "loss in", ha="right", va="bottom", fontsize=11, color=GREY)
    axes.axvline(0, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(low - 0.06 * span, high + 0.31 * span)
    axes.set_ylim(len(table) - 0.4, -1.15)
    money_axis(axes, currency)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    return figure


@in_style
def information_curve(
    curve: pd.DataFrame,
    best: BestTest | None = None,
    title: str | None = None,
    *,
    evpi: float | None = None,
    currency: Callable[[float], str] = euros,
) -> Figure:
    """What a test is worth, what it costs and what is left, by the number of customers in it.

    ``curve`` is of ``information.GoDecision.curve``; ``best`` of ``best_test`` is marked; ``evpi`` draws the worth of
    the truth as a line; ``title`` replaces the finding computed.
    """
    made_by(curve, "GoDecision.curve", ("evsi", "cost", "net"))
    top = curve["net"].idxmax()
    size, net = (best.customers, best.net) if best is not None else (float(top), float(curve.loc[top, "net"]))
    said = title or (
        f"{size:,.0f} customers in the test are best: worth {currency(net)} after its cost"
        if net > 0 and size > 0
        else "No test is worth its cost here: decide with what is known"
    )
    last = curve.iloc[-1]
    spoken = f"With {curve.index[-1]:,.0f} customers: worth {currency(last['evsi'])}, cost {currency(last['cost'])}."
    truth = f" The truth would be worth {currency(evpi)}." if evpi is not None else ""
    alt = f"Lines by customers in the test: its worth rises ever more slowly, its cost steadily. {spoken}{truth}"
    alt += f" Best: {size:,.0f} customers, {currency(net)} left." if net > 0 and size > 0 else " No size pays."
    figure, axes = new_axes(said, alt, "Customers in the test, both arms", f"Value, {currency(1)[0]}")
    ends = {}
    for name, words, colour, line, width in (
        ("evsi", "worth", BLUE, "-", 2.4), ("cost", "cost", RED, (0, (5, 1.5)), 1.8), ("net", "left", INK, "-", 1.6),
    ):  # fmt: skip
        axes.plot(curve.index, curve[name], color=colour, linestyle=line, linewidth=width)
        ends[words] = (float(last[name]), colour)
    highest = max(float(curve["evsi"].max()), evpi or 0.0)
    lowest = float(np.clip(curve["net"].min(), -0.4 * highest, 0.0))
    if evpi is not None:
        axes.axhline(evpi, color=GREY, linewidth=1.2, linestyle=(0, (1.2, 1.2)))
        axes.text(float(curve.index[0]), evpi, " the truth", color=GREY, ha="left", va="bottom", fontsize=11)
    if net > 0 and size > 0:
        axes.axvline(size, color=PALE, linewidth=5, zorder=0)
        axes.plot([size], [net], "o", color=INK, markersize=7)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_ylim(lowest - 0.02 * highest, 1.14 * highest or 1)
    axes.set_xlim(float(curve.index[0]), float(curve.index[-1]))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: currency(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    end_labels(axes, float(curve.index[-1]), ends)
    return figure


@in_style
def uplift_line(case: "UseCase", margin: float, currency: str = "EUR", title: str | None = None) -> Figure:
    """What a use case gains by uplift: its range as a thick part of the line, and where it breaks even.

    ``case`` is an ``own_data.UseCase`` with a range; ``margin`` as in ``UseCase.gain``; ``currency`` a code or a sign;
    ``title`` replaces the finding computed.
    """
    from customer_value.own_data.terms import money

    low, high = case.uplift_low, case.uplift_high
    if low is None or high is None:
        raise ValueError(f"The use case {case.name!r} needs uplift_low and uplift_high: one uplift is no range.")

    def told(amount: float) -> str:
        return money(round(amount, 2), currency)

    even = case.break_even(margin)
    ends = case.gain(margin, low), case.gain(margin, high)
    if not isfinite(even):
        found = "It reaches nobody, so no uplift pays for it"
    elif case.cost == 0 and low >= 0:
        found = f"It costs {told(0)}, so any uplift pays"
    elif ends[0] >= 0:
        found = f"It pays at every uplift of the range: {told(even)} is enough"
    elif ends[1] <= 0:
        found = f"It pays at no uplift of the range: it takes more than {told(max(even, high))}"
    else:
        found = f"It pays from {told(even)}, within the range: test it"
    alt = (
        f"Line of the gain of {case.name} by uplift per customer: {told(ends[0])} at an uplift of {told(low)},"
        f" {told(ends[1])} at {told(high)}."
    )
    if isfinite(even):
        alt += f" It crosses nothing at {told(even)}."
    figure, axes = new_axes(title or found, alt, f"Uplift each, {currency} (thick: range)", f"Gain, {currency}")
    span = (high - min(low, 0.0)) or 1.0
    # A break-even far beyond the range would press the range into the edge.
    last = max(high + 0.15 * span, min(1.15 * even, high + 2 * span) if isfinite(even) else 0.0)
    first = min(low, 0.0) - 0.05 * span
    across = np.array([first, last])
    axes.plot(across, [case.gain(margin, uplift) for uplift in across], color=GREY, linewidth=1.4)
    axes.plot([low, high], ends, color=BLUE, linewidth=5, marker="o", markersize=7)
    axes.axhline(0, color=GREY, linewidth=0.8)
    if first <= even <= last:
        axes.axvline(even, color=RED, linewidth=1.4, linestyle=(0, (4, 3)))
        axes.plot([even], [0], "o", color=RED, markersize=8)
    axes.set_xlim(first, last)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
    return figure
