"""One more customer in pictures: calculators and what lies between them, mistakes, channels, a budget, elasticities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.clv import Elasticities
from customer_value.plots.compared import end_labels
from customer_value.plots.currency import euros
from customer_value.plots.look import BLUE, GREY, INK, RED, TEAL, Figure, in_style, money, new_axes
from customer_value.plots.tables import made_by

_NAMES = {
    "revenue": "revenue × lifespan",
    "years": "profit × years − cost",
    "discounted": "discounted, retention",
}
_INPUTS = {"retention": "retention", "margin": "margin", "acquisition_cost": "acquisition\ncost, lower"}


@in_style
def three_calculators(values: pd.Series, acquisition_cost: float) -> Figure:
    """What three calculators say of one customer; ``values`` is of ``unit_economics.three_calculators``.

    A line marks ``acquisition_cost`` where the first calculator leaves it out.
    """
    made_by(values, "unit_economics.three_calculators", tuple(_NAMES))
    told = [money(values[name]) for name in _NAMES]
    title = f"One customer, three answers: {told[0]}, {told[1]} and {told[2]}"
    alt = "Three bars. " + "; ".join(f"{_NAMES[name]}: {money(values[name])}" for name in _NAMES)
    alt += f". The first leaves out the acquisition cost of {money(acquisition_cost)}."
    figure, axes = new_axes(title, alt, "US dollars per customer", "")
    _bars(axes, [_NAMES[name].replace(" × ", " ×\n").replace(", ", ",\n") for name in _NAMES], values[list(_NAMES)])
    return figure


@in_style
def calculator_steps(table: pd.DataFrame) -> Figure:
    """From revenue × lifespan to the value, step by step; ``table`` is of ``unit_economics.calculator_steps``."""
    made_by(table, "unit_economics.calculator_steps", ("change", "value"))
    start, end = float(table["value"].iloc[0]), float(table["value"].iloc[-1])
    taken = table["change"].iloc[1:]
    largest = str(taken.abs().idxmax())
    title = f"From {money(start)} to {money(end)}: the largest step is {largest[0].lower() + largest[1:]}"
    told = "; ".join(f"{step} {money(change)}" for step, change in taken.items())
    alt = f"Bars from {money(start)} of revenue over the lifespan to a value of {money(end)} per customer. {told}."
    figure, axes = new_axes(title, alt, "US dollars per customer", "")
    labels = [*table.index, "Value"]
    before = table["value"].shift(fill_value=0.0)
    for row, (low, high) in enumerate(zip(before, table["value"], strict=True)):
        axes.barh(row, high - low, left=low, height=0.6, color=BLUE if row == 0 else RED)
    axes.barh(len(table), end, height=0.6, color=BLUE if end >= 0 else RED, hatch=None if end >= 0 else "///")
    edges = [*table["value"].combine(before, max), max(end, 0.0)]
    amounts = [*table["change"], end]
    reach = float(max(np.abs(edges))) or 1.0
    for row, (edge, change) in enumerate(zip(edges, amounts, strict=True)):
        axes.text(edge + 0.02 * reach, row, money(change), va="center", fontsize=11)
    lowest = min(0.0, float(table["value"].min()))
    axes.set_xlim(lowest - 0.06 * reach, 1.25 * reach)
    _rows(axes, [label.replace(" × ", " ×\n").replace("First margin", "First margin\n") for label in labels])
    return figure


@in_style
def common_errors(values: pd.Series, chosen: str | None = None) -> Figure:
    """The right value and what four mistakes make of it; ``values`` is of ``unit_economics.common_errors``.

    ``chosen`` is the mistake that the title is about; without it, the one that is furthest off.
    """
    made_by(values, "unit_economics.common_errors", ("right",))
    right, wrong = float(values["right"]), values.drop("right")
    worst = chosen or str((wrong - right).abs().idxmax())
    if worst not in wrong.index:
        raise ValueError(f"chosen must be one of {', '.join(wrong.index)}; got {worst!r}.")
    off = float(wrong[worst]) - right
    word = "too high" if off >= 0 else "too low"
    title = f"{worst[0].upper() + worst[1:]}: {money(abs(off))} {word}"
    alt = f"Bars: right {money(right)}; " + "; ".join(f"{name} {money(amount)}" for name, amount in wrong.items()) + "."
    figure, axes = new_axes(title, alt, "Value of a customer, US dollars", "")
    labels = [str(name).replace(", ", ",\n").replace(" for ", "\nfor ").replace("no ", "no\n") for name in values.index]
    colours = [BLUE, *(RED if name == worst else GREY for name in wrong.index)]
    _bars(axes, labels, values, colours)
    axes.axvline(right, color=BLUE, linewidth=1, linestyle=(0, (4, 3)))
    return figure


def _whole_euros(amount: float) -> str:
    """One customer's books do not carry cents: whole euros, unless it is less than one."""
    return euros(round(amount) if abs(amount) >= 1 else amount)


@in_style
def channel_course(table: pd.DataFrame, title: str | None = None) -> Figure:
    """What a customer of each channel has brought less acquisition cost, month by month.

    ``table`` is of ``unit_economics.channel_course``. Channels below zero at the end are drawn in another colour.
    """
    if not isinstance(table, pd.DataFrame) or table.empty or 0 not in table.columns or len(table.columns) < 2:
        raise ValueError("table must be as unit_economics.channel_course returns it, with at least one channel.")
    last = int(table.columns[-1])
    ends = table[last]
    red = [str(name) for name in table.index[ends < 0]]
    debt = -float(ends.min())
    short = _whole_euros(debt)
    owed = f"{' and '.join(red)} {'is' if len(red) == 1 else 'are'} still {short} short"
    paid = "" if len(red) == len(ends) else "; the others have paid back"
    said = title or f"After {last} months, {owed + paid if red else 'every channel has paid back'}"
    told = "; ".join(
        f"{name} from {_whole_euros(row[0])} to {_whole_euros(row[last])}" for name, row in table.iterrows()
    )
    alt = f"Lines of contribution less acquisition cost per customer over {last} months since the first order. {told}."
    figure, axes = new_axes(said, alt, "Months since the first order", "Euros per customer won")
    styles = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
    labels: dict[str, tuple[float, str]] = {}
    for at, (name, row) in enumerate(table.iterrows()):
        colour = RED if row[last] < 0 else (BLUE, TEAL, INK, GREY)[at % 4]
        axes.plot(row.index, row, color=colour, linestyle=styles[at % 4])
        labels[str(name)] = (float(row[last]), "#177263" if colour == TEAL else colour)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xlim(0, last)
    end_labels(axes, last, labels)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: euros(amount)))
    return figure


@in_style
def acquisition_plan(table: pd.DataFrame, spend: float) -> Figure:
    """Profit at each budget, with ``spend`` and the best one marked; ``table`` is of
    ``unit_economics.acquisition_plan``."""
    made_by(table, "unit_economics.acquisition_plan", ("profit", "ratio"))
    budgets, profit = table.index.to_numpy(dtype=float), table["profit"].to_numpy(dtype=float)
    best = int(profit.argmax())
    here = float(np.interp(spend, budgets, profit))
    edge = " or beyond" if best in (0, len(budgets) - 1) else ""
    title = (
        f"Profit is highest at {money(budgets[best])}{edge}, where the ratio is {table['ratio'].iloc[best]:.1f}"
        if profit[best] > 0
        else f"Every budget loses money, {money(budgets[best])} the least"
    )
    alt = (
        f"Profit from new customers against the budget, {money(budgets[0])} to {money(budgets[-1])}. Highest"
        f" {money(profit[best])} at {money(budgets[best])}; {money(here)} at {money(spend)}."
    )
    figure, axes = new_axes(title, alt, "Budget to win customers, US dollars", "Profit, US dollars")
    axes.plot(budgets, profit, color=BLUE)
    axes.axhline(0, color=GREY, linewidth=0.8)
    low, high = float(profit.min()), float(profit.max())
    reach = max(high, 0.0) - min(low, 0.0) or 1.0
    axes.plot([budgets[best]], [profit[best]], "o", color=BLUE, markersize=7)
    axes.plot([spend], [here], "s", color=RED, markersize=8)
    middle, above = (budgets[0] + budgets[-1]) / 2, spend >= budgets[best]
    # Beyond the best budget the curve falls to the right: above it is room there, below it on the other side.
    axes.annotate(
        f"here {money(here)}", (spend, here), (0 if above else 9, 11 if above else -12), textcoords="offset points",
        color=RED, ha="left" if spend < middle else "right", va="bottom" if above else "top",
    )  # fmt: skip
    axes.set_ylim(min(low, 0.0) - 0.16 * reach, max(high, 0.0) + 0.22 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount)))
    return figure


@in_style
def elasticity_bars(found: Elasticities, published: Mapping[str, float]) -> Figure:
    """By what per cent value rises for 1% better retention, margin and acquisition cost, beside published figures.

    ``found`` is of ``clv.elasticities``, single numbers; ``published`` has ``retention``, ``margin`` and
    ``acquisition_cost`` (for a cost that is 1% *lower*, so above 0).
    """
    if lacking := [name for name in _INPUTS if name not in published]:
        raise ValueError(f"published lacks {', '.join(lacking)}.")
    ours = {"retention": found.retention, "margin": found.margin, "acquisition_cost": -found.acquisition_cost}
    if any(np.ndim(value) for value in ours.values()):
        raise ValueError("found must be of one customer: single numbers, not columns.")
    title = f"1% better retention lifts value by {ours['retention']:.1f}%, 1% margin by {ours['margin']:.1f}%"
    told = "; ".join(
        f"{label.replace(chr(10), ' ')}: {_short(ours[name])}, published {published[name]:g}"
        for name, label in _INPUTS.items()
    )
    alt = f"Bars, per cent of value for one per cent of an input. {told}."
    figure, axes = new_axes(title, alt, "Per cent of value", "")
    rows = np.arange(len(_INPUTS))
    axes.barh(rows - 0.19, [ours[name] for name in _INPUTS], height=0.34, color=BLUE)
    axes.barh(rows + 0.19, [published[name] for name in _INPUTS], height=0.34, color=GREY)
    reach = max(*ours.values(), *published.values())
    for row, name in enumerate(_INPUTS):
        axes.text(ours[name] + 0.02 * reach, row - 0.19, f"here {_short(ours[name])}", va="center", color=BLUE)
        axes.text(
            published[name] + 0.02 * reach, row + 0.19, f"five firms {published[name]:g}",
            va="center", color=GREY,
        )  # fmt: skip
    axes.set_xlim(0, 1.55 * reach)
    _rows(axes, list(_INPUTS.values()))
    return figure


def _short(value: float) -> str:
    return f"{value:.1f}" if value >= 0.095 else f"{value:.2g}"


def _bars(axes: Axes, labels: list[str], values: pd.Series, colours: list[str] | None = None) -> None:
    """One bar per value with its amount at its outer end."""
    amounts = values.to_numpy(dtype=float)
    rows = np.arange(len(amounts))
    axes.barh(rows, amounts, height=0.6, color=colours or [RED if each < 0 else BLUE for each in amounts])
    reach = float(np.abs(amounts).max()) or 1.0
    for row, each in zip(rows, amounts, strict=True):
        axes.text(max(each, 0.0) + 0.02 * reach, row, money(each), va="center", fontsize=11)
    axes.set_xlim(min(0.0, float(amounts.min())) - 0.04 * reach, max(float(amounts.max()), 0.0) + 0.3 * reach)
    _rows(axes, labels)


def _rows(axes: Axes, labels: list[str]) -> None:
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(np.arange(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    if "dollars" in axes.get_xlabel():
        axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount)))
