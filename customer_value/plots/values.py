"""What a customer is worth: spend drawn towards the mean, ranges of value, lists compared, and what a list gains."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from customer_value._inputs import numbers
from customer_value.plots.compared import end_labels, legend, marks
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, TEAL, Figure, in_style, money, new_axes

_LINES = ((BLUE, "-"), (RED, (0, (5, 1.5))), (TEAL, (0, (1.2, 1.2))), (GREY, (0, (6, 1.5, 1.2, 1.5))))
_MOST_RANGES = 8


@in_style
def expected_spend(
    model: Any,
    frequencies: Sequence[int] = (1, 4, 20),
    *,
    own: float = 100.0,
    mark: tuple[int, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Spend that a gamma-gamma model expects, by a customer's own mean so far: a line for each number of purchases.

    ``own`` is the largest own mean shown, in money. ``mark`` is one customer, (repeat purchases, own mean); the title
    then speaks of that customer, otherwise of one with the first of ``frequencies`` and ``own``. ``title`` replaces the
    finding.
    """
    few, spent = mark if mark else (frequencies[0], own)
    shown = sorted({*frequencies, few})
    at = np.linspace(0.5, own, 60)
    lines = {
        x: model.expected_customer_spend(pd.DataFrame({"frequency": x, "monetary_value": at})).to_numpy() for x in shown
    }
    reached = float(
        model.expected_customer_spend(pd.DataFrame({"frequency": [few], "monetary_value": [float(spent)]})).iloc[0]
    )
    everybody = model.expected_new_customer_spend()
    times = "1 repeat purchase" if few == 1 else f"{few} repeat purchases"
    said = title or f"After {times} at {money(spent)} the model expects {money(reached)}"
    ends = "; ".join(f"{x} repeat purchases {money(line[-1])}" for x, line in lines.items())
    alt = (
        f"Expected spend by own mean: lines that are flatter the fewer purchases there are. At an own mean of"
        f" {money(own)}: {ends}. The population mean is {money(everybody)}; after {times} at {money(spent)} it is"
        f" {money(reached)}."
    )
    figure, axes = new_axes(said, alt, "Own mean so far, US dollars", "Expected spend, US dollars")
    axes.plot([0, own], [0, own], color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.axhline(everybody, color=GREY, linewidth=0.8)
    drawn = [*shown]
    for x, (colour, line) in zip(drawn, _LINES, strict=False):
        axes.plot(at, lines[x], color=colour, linestyle=line)
    axes.plot([spent], [reached], "o", color=INK, markersize=7, clip_on=False)
    axes.set_xlim(0, own)
    axes.set_ylim(0, own)
    labels = {f"x = {x}": (float(lines[x][-1]), _LINES[at][0]) for at, x in enumerate(drawn[:4])}
    end_labels(axes, own, labels)
    return figure


@in_style
def value_ranges(table: pd.DataFrame, title: str | None = None, value: str = "Value of the customer") -> Figure:
    """A few customers with the range of what is expected of them, and of what they may bring.

    ``table`` is of ``ranking.value_ranges``, at most eight rows, whose index names the customers; a column ``actual``
    is drawn where there is one. ``title`` replaces the finding computed from the first row.
    """
    needed = ("expected", "low", "high", "worst", "best")
    _checked(table, "ranking.value_ranges", needed)
    if len(table) > _MOST_RANGES:
        raise ValueError(f"A small figure shows {_MOST_RANGES} customers at most; the table has {len(table)}.")
    first = table.iloc[0]
    said = title or (
        f"Expected {money(first['low'])} to {money(first['high'])}, and may bring {money(first['worst'])} to"
        f" {money(first['best'])}"
    )
    known = "actual" in table.columns
    spoken = "; ".join(
        f"{name}: expected {money(row['expected'])} ({money(row['low'])} to {money(row['high'])}), may bring"
        f" {money(row['worst'])} to {money(row['best'])}" + (f", brought {money(row['actual'])}" if known else "")
        for name, row in table.iterrows()
    )
    figure, axes = new_axes(said, f"Ranges of {value[0].lower() + value[1:]}. {spoken}.", f"{value}, US dollars", "")
    at = np.arange(len(table))[::-1]
    axes.hlines(at, table["worst"], table["best"], color=PALE, linewidth=9, label="may bring")
    axes.hlines(at, table["low"], table["high"], color=BLUE, linewidth=9, label="is expected")
    if known:
        axes.plot(table["actual"], at, "D", color=RED, markersize=7, label="brought", linestyle="")
    axes.set_yticks(at, [str(name) for name in table.index])
    axes.set_ylim(-1.25, len(table) - 0.5)
    axes.set_xlim(left=min(0.0, float(table["worst"].min())) - 0.02 * float(table["best"].max()))
    _amounts(axes.xaxis)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    legend(axes, "lower right", ncols=3 if known else 2, columnspacing=1.0, handletextpad=0.5)
    return figure


@in_style
def value_futures(
    futures: ArrayLike, expected: tuple[float, float], title: str | None = None, value: str = "Value of the customer"
) -> Figure:
    """What one customer may bring: how many simulated futures end where, with the range of what is expected.

    ``futures`` are of one row of ``ranking.simulated_values``; ``expected`` is the range of the expectation, money.
    ``title`` replaces the finding.
    """
    drawn = numbers(futures, "futures")
    low, high = expected
    nothing = float((drawn == 0).mean())
    said = title or f"Expected {money(low)} to {money(high)}, and nothing in {nothing:.0%} of futures"
    worst, best = np.quantile(drawn, [0.05, 0.95])
    alt = (
        f"Histogram of {drawn.size:,} simulated futures of one customer: {nothing:.0%} bring nothing; nine in ten bring"
        f" {money(float(worst))} to {money(float(best))}. Expected is {money(low)} to {money(high)}."
    )
    figure, axes = new_axes(said, alt, f"{value}, US dollars", "Share of futures")
    reach = max(float(np.quantile(drawn, 0.98)), 1.5 * high, 1.0)
    edges = np.linspace(0, reach, 21)
    heights = np.histogram(drawn[drawn > 0], edges)[0] / drawn.size
    width = edges[1]
    axes.bar(edges[:-1] + width / 2, heights, width=0.9 * width, color=PALE, edgecolor=BLUE, linewidth=0.8)
    axes.bar(-width, nothing, width=0.9 * width, color=GREY)
    top = 1.15 * max(float(heights.max()), nothing)
    axes.axvspan(low, max(high, low + 0.004 * reach), color=RED, linewidth=0)
    # Below the other label where both are at the left.
    height = 0.7 if nothing > 0.75 * top and high < 0.35 * reach else 0.93
    axes.text(high + 0.02 * reach, height * top, "expected", color=RED, ha="left", va="center", fontsize=11)
    axes.annotate("nothing", (-0.4 * width, nothing), (0, 3), textcoords="offset points", ha="left", fontsize=11)
    axes.set_ylim(0, top)
    axes.set_xlim(-1.8 * width, reach)
    _amounts(axes.xaxis)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    return figure


@in_style
def ranking_differences(table: pd.DataFrame, title: str | None = None, value: str = "revenue") -> Figure:
    """How much more or less than the reference each list brought, with the interval of the difference.

    ``table`` is of ``ranking.compare_rankings``; ``value`` is the word for what was captured; ``title`` replaces the
    finding computed from it.
    """
    _checked(table, "ranking.compare_rankings", ("value", "difference", "difference_low", "difference_high"))
    reference = table.attrs.get("reference", table.index[0])
    others = table.drop(index=reference).sort_values("difference")
    if others.empty:
        raise ValueError("table has one ranking only: there is nothing to compare it with.")
    apart = [name for name, row in others.iterrows() if row["difference_low"] > 0 or row["difference_high"] < 0]
    count = {0: "None", len(others): "All"}.get(len(apart), f"{len(apart)}")
    said = title or f"{count} of {len(others)} lists differ from that of the {reference} by more than chance"
    spoken = "; ".join(
        f"{name} {_signed(row['difference'])} ({_signed(row['difference_low'])} to {_signed(row['difference_high'])})"
        for name, row in others.iterrows()
    )
    alt = f"Difference in {value} of the list from the {reference}: {spoken}."
    figure, axes = new_axes(said, alt, "Difference of the list, US dollars", "")
    at = np.arange(len(others))
    axes.axvline(0, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    for place, (name, row) in zip(at, others.iterrows(), strict=True):
        colour = RED if name in apart else BLUE
        axes.hlines(place, row["difference_low"], row["difference_high"], color=colour, linewidth=2.4)
        axes.plot([row["difference"]], [place], "o", color=colour, markersize=8)
    axes.set_yticks(at, [str(name) for name in others.index])
    axes.set_ylim(-0.6, len(others) - 0.4)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: _signed(amount)))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


@in_style
def list_gains(table: pd.DataFrame, length: float | None = None, title: str | None = None) -> Figure:
    """What a programme gains by the length of its list: one line per ranking, with perfect foresight above.

    ``table`` is of ``ranking.list_gains``, of at most four rankings; ``length`` is a number of customers to mark
    (``None``: where the first ranking gains most); ``title`` replaces the finding.
    """
    if not isinstance(table, pd.DataFrame) or table.index.name != "customers" or table.shape[1] < 2:
        raise ValueError("table must be the data frame that ranking.list_gains returns.")
    *names, perfect = table.columns
    drawn = marks(names)
    first = names[0]
    at = float(table[first].idxmax()) if length is None else float(length)
    here = {name: float(np.interp(at, table.index, table[name])) for name in table.columns}
    word = "gains" if here[first] >= 0 else "loses"
    most = float(table[first].max())
    said = title or (
        f"A list of {at:,.0f} {word} {money(abs(here[first]))}"
        + (f"; the best length gains {money(most)}" if length is not None and most > here[first] + 1 else "")
    )
    spoken = ", ".join(f"{name} {money(amount)}" for name, amount in here.items())
    alt = f"Gain of the programme by length of the list. At {at:,.0f} customers: {spoken}."
    figure, axes = new_axes(said, alt, "Customers on the list", "Gain, US dollars")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.plot(table.index, table[perfect], color=INK, linewidth=1.4, label=perfect)
    for name, mark in drawn.items():
        axes.plot(table.index, table[name], color=mark.colour, linestyle=mark.line, label=name)
        axes.plot([at], [here[name]], marker=mark.marker, color=mark.colour, markersize=7)
    axes.axvline(at, color=GREY, linewidth=0.8)
    top = max(float(table[perfect].max()), 1.0)
    # Lists on which even perfect foresight loses are of no interest.
    paying = table.index[(table[perfect] > 0).to_numpy()]
    reach = max(float(paying[-1]) if len(paying) else 0.0, at, 0.1 * float(table.index[-1]))
    axes.set_ylim(max(float(table.to_numpy().min()), -0.8 * top), 1.1 * top)
    axes.set_xlim(0, min(1.1 * reach, float(table.index[-1])))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    _amounts(axes.yaxis)
    legend(axes, "lower left")
    return figure


@in_style
def new_customer_value(table: pd.DataFrame, cost: float, title: str | None = None) -> Figure:
    """What a new customer has brought by each month, with its range, beside what winning one costs.

    ``table`` is indexed by ``month`` (0 is the first purchase) with ``expected``, ``low`` and ``high``: discounted
    margin so far. ``title`` replaces the finding.
    """
    _checked(table, "a table of cumulative value", ("expected", "low", "high"))
    paid = table.index[table["expected"] >= cost]
    last = float(table["expected"].iloc[-1])
    when = f"is paid back in month {paid[0]}" if len(paid) else f"is not paid back in {table.index[-1]} months"
    said = title or f"A new customer for {money(cost)} {when}"
    alt = (
        f"Cumulative margin of a new customer by month: {money(float(table['expected'].iloc[0]))} at once,"
        f" {money(last)} after {table.index[-1]} months ({money(float(table['low'].iloc[-1]))} to"
        f" {money(float(table['high'].iloc[-1]))}). Winning one costs {money(cost)}, which {when}."
    )
    figure, axes = new_axes(said, alt, "Months since the first purchase", "Margin so far, US dollars")
    axes.fill_between(table.index, table["low"], table["high"], color=PALE, linewidth=0)
    axes.plot(table.index, table["expected"], color=BLUE)
    axes.axhline(cost, color=RED, linestyle=(0, (5, 1.5)))
    if len(paid):
        axes.plot([paid[0]], [float(table.loc[paid[0], "expected"])], "o", color=INK, markersize=7)
    axes.set_xlim(table.index[0], table.index[-1])
    axes.set_ylim(0, 1.12 * max(float(table["high"].max()), cost))
    axes.text(table.index[-1], cost, f"cost {money(cost)} ", color=RED, ha="right", va="bottom", fontsize=11)
    _amounts(axes.yaxis)
    return figure


def _checked(table: Any, made_by: str, needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in getattr(table, "columns", ())]
    if missing or len(table) == 0:
        raise ValueError(f"table must be {made_by}: it lacks {', '.join(missing) or 'rows'}.")


def _signed(amount: float) -> str:
    return f"+{money(amount)}" if amount > 0 else money(amount)


def _amounts(axis: Any) -> None:
    axis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount)))
