"""Choices in pictures: part-worths, willingness to pay, response to a price, profit by price."""

import textwrap
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.choice.market import NOBODY
from customer_value.plots.compared import end_labels
from customer_value.plots.currency import money_axis
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, TEAL, Figure, in_style, money, new_axes, percent
from customer_value.plots.tables import made_by

_LINES = ((BLUE, "-"), (RED, (0, (5, 1.5))), (TEAL, (0, (1.2, 1.2))), (GREY, (0, (6, 1.5, 1.2, 1.5))))


@in_style
def part_worths(summary: pd.DataFrame, title: str | None = None, *, leave_out: tuple[str, ...] = ("price",)) -> Figure:
    """Part-worths (coefficients) with their intervals, the strongest on top.

    ``summary`` is of a choice model's ``summary``; ``leave_out`` names rows in another unit, such as the price;
    ``title`` replaces the finding computed from it.
    """
    made_by(summary, "the summary of a choice model", ("estimate", "lower", "upper"))
    shown = _ordered(summary.drop(index=[name for name in leave_out if name in summary.index]))
    best = _plain(shown.index[0])
    said = title or f"{best[:1].upper()}{best[1:]} counts most: {shown['estimate'].iloc[0]:.2f} of utility"
    return _dots(shown, said, "Part-worth, utility", lambda value: f"{value:.2f}", "Part-worths")


@in_style
def wtp_intervals(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Willingness to pay for each attribute with its interval, the highest on top.

    ``table`` is of ``choice.willingness_to_pay`` (of one segment); ``title`` replaces the finding computed from it.
    """
    made_by(table, "choice.willingness_to_pay", ("estimate", "lower", "upper"))
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
    made_by(table, "choice.wtp_distribution", ("share", attribute))
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
    made_by(table, "choice.price_response", (offer, "elasticity"))
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
    money_axis(axes, steps=5)
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
        made_by(table, "choice.profit_curve", ("profit",))
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
    money_axis(axes, steps=5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    return figure


@in_style
def profit_band(table: pd.DataFrame, price: float | None = None, title: str | None = None) -> Figure:
    """Profit by price with its interval, and the price asked if ``price`` is given.

    ``table`` is of ``choice.profit_interval``; ``title`` replaces the finding computed from it, which says where nine
    in ten draws of the estimates put the best price.
    """
    made_by(table, "choice.profit_interval", ("profit", "lower", "upper", "best"))
    table = table.sort_index()
    best, top = float(table["profit"].idxmax()), float(table["profit"].max())
    reached = table["best"].cumsum().to_numpy()
    low, high = (float(table.index[int(np.searchsorted(reached, p - 1e-9))]) for p in (0.05, 0.95))
    edge = best in (table.index[0], table.index[-1])
    sure = f"{money(low)} to {money(high)}" if low < high else money(best)
    said = title or (
        f"Profit is highest at {money(best)}, the end of the prices tried"
        if edge
        else f"Profit is highest at {money(best)}; 9 in 10 draws: {sure}"
    )
    at_best = table.loc[best]
    alt = (
        f"Profit by price with its interval. Highest at {money(best)}: {money(top)}"
        f" ({money(at_best['lower'])} to {money(at_best['upper'])})."
        f" Nine in ten draws of the estimates have their best price at {sure}."
    )
    figure, axes = new_axes(said, alt, "Price, US dollars", "Profit, US dollars")
    axes.fill_between(table.index, table["lower"], table["upper"], color=PALE, linewidth=0)
    axes.plot(table.index, table["profit"], color=BLUE)
    axes.plot([best], [top], "o", color=BLUE, markersize=7)
    span = float(table["upper"].max() - table["lower"].min()) or 1.0
    axes.set_ylim(float(table["lower"].min()) - 0.03 * span, float(table["upper"].max()) + 0.14 * span)
    axes.set_xlim(table.index[0], table.index[-1])
    if price is not None:
        axes.axvline(price, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        right = price > 0.5 * (table.index[0] + table.index[-1])
        axes.annotate(
            f"asked: {money(price)}",
            (price, axes.get_ylim()[1]),
            (-6 if right else 6, -4),
            textcoords="offset points",
            ha="right" if right else "left",
            va="top",
            fontsize=11,
        )
    if axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0, color=GREY, linewidth=0.8)
    money_axis(axes, steps=5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    return figure


@in_style
def fence_leak(gains: pd.Series, leak: float, title: str | None = None) -> Figure:
    """What fences gain over one price for all, by the share of people who get through them.

    ``gains`` is money, indexed by leak from 0 to 1 (a straight line, so both ends are enough); ``leak`` is marked;
    ``title`` replaces the finding computed from them.
    """
    if not isinstance(gains, pd.Series) or len(gains) < 2 or not np.isfinite(gains.to_numpy(dtype=float)).all():
        raise ValueError("gains must be a Series of money by leak, with at least two leaks, such as 0 and 1.")
    gains = gains.sort_index()
    first, last = float(gains.iloc[0]), float(gains.iloc[-1])
    here = float(np.interp(leak, gains.index, gains))
    crossing = leak_at_nothing = None
    if first > 0 > last:
        leak_at_nothing = first / (first - last)
        crossing = f"{percent(leak_at_nothing)} of leak eats up the gain of {money(first)}"
    found = crossing or (
        f"The fence gains {money(last)} even if all get through" if last >= 0 else "The fence pays at no leak"
    )
    alt = (
        f"Line of the gain from the fence: {money(first)} without a leak, {money(last)} if everybody gets through;"
        f" {money(here)} at a leak of {percent(leak)}."
    )
    if leak_at_nothing is not None:
        alt += f" It is nothing at {percent(leak_at_nothing)}."
    figure, axes = new_axes(title or found, alt, "Share who get through the fence", "Gain from the fence, US dollars")
    axes.plot(gains.index, gains, color=BLUE)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.plot([leak], [here], "o", color=RED if here < 0 else BLUE, markersize=8)
    axes.annotate(
        money(here),
        (leak, here),
        (-10, -2) if leak > 0.75 else (8, 8),
        textcoords="offset points",
        ha="right" if leak > 0.75 else "left",
        va="top" if leak > 0.75 else "baseline",
        fontsize=11,
    )
    low, high = min(first, last, 0.0), max(first, last, 0.0)
    axes.set_ylim(low - 0.14 * (high - low or 1), high + 0.14 * (high - low or 1))
    axes.set_xlim(float(gains.index[0]), float(gains.index[-1]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    return figure


@in_style
def segment_chances(chances: pd.Series, title: str | None = None) -> Figure:
    """The chance to be in each segment, as bars; ``title`` replaces the finding computed from ``chances``."""
    if not isinstance(chances, pd.Series) or chances.empty or abs(float(chances.sum()) - 1) > 1e-6:
        raise ValueError("chances must be a Series of shares by segment that add to 1.")
    likeliest = chances.idxmax()
    said = title or f"Segment {likeliest} is the likeliest: {percent(float(chances.max()))}"
    spoken = "; ".join(f"segment {name} {percent(float(value))}" for name, value in chances.items())
    figure, axes = new_axes(said, f"Bars of the chance to be in each segment: {spoken}.", "Chance", "Segment")
    rows = np.arange(len(chances))
    colours = [BLUE if name == likeliest else PALE for name in chances.index]
    axes.barh(rows, chances, color=colours, edgecolor=BLUE, linewidth=0.8)
    for row, value in zip(rows, chances, strict=True):
        inside = value > 0.8
        axes.text(
            value - 0.02 if inside else value + 0.02,
            row,
            percent(float(value)),
            ha="right" if inside else "left",
            va="center",
            color="white" if inside else INK,
            fontsize=11,
        )
    axes.set_yticks(rows, [str(name) for name in chances.index])
    axes.set_ylim(len(chances) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    figure.set_size_inches(figure.get_figwidth(), max(1.7 + 0.35 * len(chances), 2.5))
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
