"""Choices in pictures: part-worths, willingness to pay, response to a price, profit by price."""

import textwrap
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.choice.market import NOBODY
from customer_value.plots.compared import end_labels
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, TEAL, Figure, in_style, money, new_axes, percent

_LINES = ((BLUE, "-"), (RED, (0, (5, 1.5))), (TEAL, (0, (1.2, 1.2))), (GREY, (0, (6, 1.5, 1.2, 1.5))))


@in_style
def part_worths(summary: pd.DataFrame, title: str | None = None, *, leave_out: tuple[str, ...] = ("price",)) -> Figure:
    """Part-worths (coefficients) with their intervals, the strongest on top.

    ``summary`` is of a choice model's ``summary``; ``leave_out`` names rows in another unit, such as the price;
    ``title`` replaces the finding computed from it.
    """
    _checked(summary, "the summary of a choice model", ("estimate", "lower", "upper"))
    shown = _ordered(summary.drop(index=[name for name in leave_out if name in summary.index]))
    best = _plain(shown.index[0])
    said = title or f"{best[:1].upper()}{best[1:]} counts most: {shown['estimate'].iloc[0]:.2f} of utility"
    return _dots(shown, said, "Part-worth, utility", lambda value: f"{value:.2f}", "Part-worths")


@in_style
def wtp_intervals(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Willingness to pay for each attribute with its interval, the highest on top.

    ``table`` is of ``choice.willingness_to_pay`` (of one segment); ``title`` replaces the finding computed from it.
    """
    _checked(table, "choice.willingness_to_pay", ("estimate", "lower", "upper"))
    if table.index.nlevels > 1:
        raise ValueError("table has several segments: draw one of them, as in table.loc[1].")
    shown = _ordered(table)
    said = title or f"People pay {money(shown['estimate'].iloc[0])} more for {_plain(shown.index[0])}, all else equal"
    return _dots(shown, said, "Willingness to pay, US dollars", money, "Willingness to pay")


@in_style
def wtp_distribution(table: pd.DataFrame, attribute: str, title: str | None = None) -> Figure:
    """How willingness to pay for one attribute differs between people: the share who would pay at least so much.

    ``table`` is of ``choice.wtp_distribution``; ``title`` replaces the finding computed from it.
    """
    _checked(table, "choice.wtp_distribution", ("share", attribute))
    order = np.argsort(table[attribute].to_numpy(), kind="stable")
    worth, share = table[attribute].to_numpy()[order], table["share"].to_numpy()[order]
    above = share[::-1].cumsum()[::-1]
    quarters = [float(worth[min(int(np.searchsorted(share.cumsum(), p)), worth.size - 1)]) for p in (0.25, 0.5, 0.75)]
    said = title or f"Half would pay {money(quarters[1])} for {attribute}; a quarter {money(quarters[2])} or more"
    alt = (
        f"Curve of the share of people who would pay at least so much for {attribute}: three quarters"
        f" {money(quarters[0])}, half {money(quarters[1])}, a quarter {money(quarters[2])};"
        f" {percent(float(share[worth < 0].sum()))} would rather not have it."
    )
    figure, axes = new_axes(said, alt, f"Price of {attribute}, US dollars", "Share who would pay it")
    low, high = (worth[int(np.searchsorted(share.cumsum(), p))] for p in (0.01, 0.97))
    at = np.linspace(min(low, 0), max(high, 0) or 1.0, 160)
    first = np.searchsorted(worth, at, side="left")
    heights = np.append(above, 0.0)[first]
    axes.fill_between(at, 0, heights, color=PALE, linewidth=0)
    axes.plot(at, heights, color=BLUE)
    if at[0] < 0:
        axes.axvline(0, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot([quarters[1]], [0.5], "o", color=INK, markersize=6)
    axes.annotate(f"half: {money(quarters[1])}", (quarters[1], 0.5), (8, 6), textcoords="offset points", fontsize=11)
    axes.set_ylim(0, 1.03)
    axes.set_xlim(at[0], at[-1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    return figure


@in_style
def price_response(table: pd.DataFrame, offer: str, title: str | None = None) -> Figure:
    """Shares of all offers as the price of one changes.

    ``table`` is of ``choice.price_response``, ``offer`` the one whose price changes; ``title`` replaces the finding
    computed from it. At most four offers, with those who buy nothing among them.
    """
    _checked(table, "choice.price_response", (offer, "elasticity"))
    table = table.sort_index()
    names = [offer, *(name for name in table.columns if name not in (offer, "elasticity"))]
    if len(names) > len(_LINES):
        raise ValueError(f"A figure can tell {len(_LINES)} offers apart; the table has {len(names)}. Draw fewer.")
    first, last = table.index[0], table.index[-1]
    falls = {name: [percent(float(table[name].iloc[at])) for at in (0, -1)] for name in names}
    said = title or f"From {money(first)} to {money(last)} the share of {offer} goes from {' to '.join(falls[offer])}"
    spoken = "; ".join(f"{_called(name)} {' to '.join(ends)}" for name, ends in falls.items())
    alt = f"Shares as {offer} goes from {money(first)} to {money(last)}: {spoken}."
    figure, axes = new_axes(said, alt, f"Price of {offer}, US dollars", "Share of people")
    for name, (colour, line) in zip(names, _LINES, strict=False):
        axes.plot(table.index, table[name], color=colour, linestyle=line)
    axes.set_ylim(0, min(1.0, 1.1 * float(table[names].to_numpy().max())))
    axes.set_xlim(first, last)
    _prices(axes)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    ends = {_called(n): (float(table[n].iloc[-1]), c) for n, (c, _) in zip(names, _LINES, strict=False)}
    end_labels(axes, float(last), ends)
    return figure


@in_style
def profit_curve(tables: pd.DataFrame | Mapping[str, pd.DataFrame], title: str | None = None) -> Figure:
    """Profit by price, with the best price marked; several curves by name, such as one per segment.

    Each table is of ``choice.profit_curve``; ``title`` replaces the finding computed from the first.
    """
    curves = {"": tables} if isinstance(tables, pd.DataFrame) else dict(tables)
    if not curves or len(curves) > len(_LINES):
        raise ValueError(f"tables must hold one to {len(_LINES)} curves; got {len(curves)}.")
    for table in curves.values():
        _checked(table, "choice.profit_curve", ("profit",))
    curves = {name: table.sort_index() for name, table in curves.items()}
    best = {name: (float(table["profit"].idxmax()), float(table["profit"].max())) for name, table in curves.items()}
    edge = {name: best[name][0] in (table.index[0], table.index[-1]) for name, table in curves.items()}
    name = next(iter(curves))
    price, profit = best[name]
    found = f"Profit is highest at {money(price)}" + (", the end of the prices tried" if edge[name] else "")
    if len(curves) > 1:
        found = f"The best price differs: {', '.join(f'{money(best[each][0])} for {each}' for each in curves)}"
    alt = "Profit by price. " + " ".join(
        f"{each or 'The curve'}: highest at {money(best[each][0])}, {money(best[each][1])}"
        + (" (the end of the prices tried)." if edge[each] else ".")
        for each in curves
    )
    figure, axes = new_axes(title or found, alt, "Price, US dollars", "Profit, US dollars")
    for each, (colour, line) in zip(curves, _LINES, strict=False):
        table = curves[each]
        axes.plot(table.index, table["profit"], color=colour, linestyle=line)
        axes.plot(*[[value] for value in best[each]], "o", color=colour, markersize=7)
    low = min(float(table["profit"].min()) for table in curves.values())
    high = max(value for _, value in best.values())
    span = (high - low) or 1.0
    axes.set_ylim(max(low, -0.5 * high) - 0.03 * span if high > 0 else low, high + 0.16 * span)
    axes.set_xlim(min(t.index[0] for t in curves.values()), max(t.index[-1] for t in curves.values()))
    if low < 0:
        axes.axhline(0, color=GREY, linewidth=0.8)
    if len(curves) == 1:
        wide = axes.get_xlim()
        side = "left" if price < wide[0] + 0.35 * (wide[1] - wide[0]) else "right" if edge[name] else "center"
        axes.text(price, profit + 0.03 * span, f"{money(profit)} at {money(price)}", ha=side, va="bottom", color=BLUE)
    else:
        last = {each: float(table["profit"].iloc[-1]) for each, table in curves.items()}
        ends = {each: (last[each], colour) for each, (colour, _) in zip(curves, _LINES, strict=False)}
        end_labels(axes, axes.get_xlim()[1], ends)
    _prices(axes)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    return figure


def _dots(shown: pd.DataFrame, title: str, x: str, words: Callable[[float], str], what: str) -> Figure:
    spoken = "; ".join(
        f"{name} {words(row['estimate'])} ({words(row['lower'])} to {words(row['upper'])})"
        for name, row in shown.iterrows()
    )
    figure, axes = new_axes(title, f"{what} with intervals, highest first. {spoken}.", x, "")
    rows = np.arange(len(shown))
    axes.hlines(rows, shown["lower"], shown["upper"], color=BLUE, linewidth=2)
    axes.plot(shown["estimate"], rows, "o", color=BLUE, markersize=6)
    axes.axvline(0, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(rows, [textwrap.fill(str(name).replace("=", ": "), 18) for name in shown.index])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    figure.set_size_inches(figure.get_figwidth(), max(1.5 + 0.26 * len(shown), 2.4))
    return figure


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    if table.empty or not np.isfinite(table[["estimate", "lower", "upper"]].to_numpy(dtype=float)).all():
        raise ValueError("The table has no rows, or estimates without an interval: leave those out that have none.")
    return table.sort_values("estimate", ascending=False, kind="stable")


def _plain(name: str) -> str:
    return str(name).replace("=", " ")


def _called(name: str) -> str:
    return "no purchase" if name == NOBODY else str(name)


def _prices(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.xaxis.set_major_locator(MaxNLocator(5))


def _checked(table: pd.DataFrame, maker: str, needed: tuple[str, ...]) -> None:
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"The table must be the data frame of {maker}; got {type(table).__name__}.")
    missing = [name for name in needed if name not in table.columns]
    if missing or table.empty:
        raise ValueError(f"The table lacks {', '.join(missing) or 'rows'}. Make it with {maker}.")
