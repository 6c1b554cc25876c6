"""The value of a firm in pictures: customers by cohort, from customers to equity, what moves the value."""

import textwrap
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from customer_value.plots.currency import euros, money_axis
from customer_value.plots.look import BLUE, GREY, INK, RED, Figure, in_style, new_axes, percent
from customer_value.plots.tables import made_by
from customer_value.valuation import CustomerBase, Valuation

_TODAY = LinearSegmentedColormap.from_list("today", [INK, "#7c8794"])
_LATER = LinearSegmentedColormap.from_list("later", [BLUE, "#b9cfe8"])
_SCALE = LinearSegmentedColormap.from_list("loss to gain", [RED, "#f2d9cc", "#ffffff", "#cfdded", BLUE])
_ROW = 0.42
"""Inches for each row of bars."""


@in_style
def cohort_areas(
    base: CustomerBase,
    title: str | None = None,
    *,
    past: pd.DataFrame | None = None,
    period: str = "year",
    currency: Callable[[float], str] = euros,
) -> Figure:
    """The customer cohort chart (C3): active customers, orders or revenue by the cohort that they were won in.

    ``base`` is of ``valuation.project_customers`` or ``project_purchases``; ``title`` replaces the finding computed
    from it; ``period`` is the word for one of its periods. Dark areas are customers of today, blue ones those to
    be won; where there are many cohorts, neighbours are drawn as one. ``past`` may hold what was *measured*: rows by
    the same ``won_in`` (0 and below), columns by period up to 0; a line marks today.
    """
    if not isinstance(base, CustomerBase):
        raise TypeError(f"base must be of valuation.project_customers or project_purchases; got {type(base).__name__}.")
    table = base.table
    if base.today is not None:
        table = pd.concat([base.today.reindex(table.index, fill_value=0.0).rename(0), table], axis=1)
    if past is not None:
        table = _with_past(table, past)
    there = table.index.to_numpy() <= 0
    last, total = int(table.columns[-1]), float(table.iloc[:, -1].sum())
    write = currency if base.unit == "revenue" else "{:,.0f}".format
    share = float(table.to_numpy()[~there, -1].sum()) / total if total else 0.0
    verb = "comes" if base.unit == "revenue" else "come"
    said = title or f"In {period} {last}, {percent(share)} of {base.unit} {verb} from people not yet won"
    at = [max(int(table.columns[0]), 0), last] if past is None else [0, 1, last]
    spoken = "; ".join(
        f"{period} {when}: {write(table[when].sum())} {'' if base.unit == 'revenue' else base.unit}".rstrip()
        + f", {write(table.loc[there, when].sum())} of them from customers of today"
        for when in dict.fromkeys(at)
    )
    measured = f" Measured from {period} {table.columns[0]} to {period} 0." if past is not None else ""
    alt = f"Areas stacked by cohort, {base.unit} by {period}. {spoken[0].upper()}{spoken[1:]}.{measured}"
    unit = f"{base.unit.capitalize()} per {period}" + (f", {currency(1)[0]}" if base.unit == "revenue" else "")
    unit = unit if base.unit != "customers" else "Active customers"
    figure, axes = new_axes(said, alt, f"{period.capitalize()}s from today", unit)
    drawn = [_few(table.to_numpy()[kind]) for kind in (there, ~there)]
    shades = [*_shades(_TODAY, len(drawn[0])), *_shades(_LATER, len(drawn[1]))]
    periods, heights = table.columns.to_numpy(), np.vstack(drawn)
    if periods.size == 1:
        periods, heights = np.array([last - 1, last]), np.hstack([heights, heights])
    axes.stackplot(periods, heights, colors=shades, edgecolor="white", linewidth=0.5)
    axes.set_xlim(periods[0], last)
    axes.set_ylim(0, 1.18 * float(table.sum().max()) or 1)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    if past is not None:
        axes.axvline(0, ymax=0.86, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.text(0.02, 0.98, "■ customers today", color=INK, transform=axes.transAxes, ha="left", va="top", fontsize=11)
    axes.text(0.98, 0.98, "■ to be won", color=BLUE, transform=axes.transAxes, ha="right", va="top", fontsize=11)
    return figure


@in_style
def customers_to_equity(
    valuation: Valuation, title: str | None = None, *, currency: Callable[[float], str] = euros
) -> Figure:
    """The steps from the value of customers to the value of equity, present values.

    ``valuation`` is of ``valuation.value_firm`` or ``Firm.value``; ``title`` replaces the finding computed from it.
    Steps of 0 are left out.
    """
    if not isinstance(valuation, Valuation):
        raise TypeError(f"valuation must be of valuation.value_firm; got {type(valuation).__name__}.")
    bridge = valuation.bridge()
    bridge = bridge[(bridge["kind"] == "total") | (bridge["amount"] != 0)]
    gross = float(valuation.parts["value"].iloc[:2].sum())
    said = title or (
        f"Of {currency(gross)} that customers bring, {currency(valuation.equity)} are left for the owners"
        if valuation.equity >= 0
        else f"Customers bring {currency(gross)}: {currency(-valuation.equity)} too little for the firm to be worth it"
    )
    spoken = "; ".join(f"{name} {currency(row['amount'])}" for name, row in bridge.iterrows())
    figure, axes = new_axes(said, f"Waterfall of present values: {spoken}.", "Present value", "")
    name_rows(figure, axes, [str(name) for name in bridge.index])
    level, ends = 0.0, []
    for _, row in bridge.iterrows():
        start = 0.0 if row["kind"] == "total" else level
        level = row["amount"] if row["kind"] == "total" else level + row["amount"]
        ends.append((start, level))
    low, high = min(0.0, *(min(pair) for pair in ends)), max(0.0, *(max(pair) for pair in ends))
    span = (high - low) or 1.0
    for at, ((_, row), (start, end)) in enumerate(zip(bridge.iterrows(), ends, strict=True)):
        colour = INK if row["kind"] == "total" else BLUE if end >= start else RED
        axes.barh(at, end - start, left=start, height=0.6, color=colour)
        words = currency(row["amount"])
        inside = abs(end - start) > 0.3 * span
        fits = max(start, end) + 0.3 * span <= high + 0.18 * span
        place, shift, side = (max(start, end), 5, "left") if fits else (min(start, end), -5, "right")
        if inside:
            place, shift, side = (start + end) / 2, 0, "center"
        axes.annotate(
            words, (place, at), (shift, 0), textcoords="offset points", ha=side, va="center", fontsize=10.5,
            color="white" if inside else INK,
        )  # fmt: skip
        if at + 1 < len(ends):
            axes.plot([end, end], [at, at + 1], color=GREY, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_xlim(low - (0.04 if low == 0 else 0.2) * span, high + 0.18 * span)
    money_axis(axes, currency)
    return figure


@in_style
def money_tornado(
    table: pd.DataFrame,
    title: str | None = None,
    *,
    what: str = "the value",
    names: Mapping[str, str] | None = None,
    most: int = 8,
    currency: Callable[[float], str] = euros,
) -> Figure:
    """A value with one input at a time low and high, the widest swing on top.

    ``table`` is of ``valuation.tornado`` or ``use_cases.drivers``; ``what`` is moved, in words; ``names`` are words for
    inputs; the ``most`` important ones are drawn; ``title`` replaces the finding computed.
    """
    made_by(table, "valuation.tornado", ("low", "high", "at_low", "at_high", "swing"))
    base, shown = float(table.attrs["base"]), table.head(most)
    words = {name: (names or {}).get(name, str(name).replace("_", " ")) for name in shown.index}
    top = shown.iloc[0]
    first = words[shown.index[0]]
    said = title or f"{first[:1].upper()}{first[1:]} alone moves {what} by {currency(top['swing'])}"
    spoken = "; ".join(
        f"{words[name]} at {_short(row['low'])} {currency(row['at_low'])}, at {_short(row['high'])}"
        f" {currency(row['at_high'])}"
        for name, row in shown.iterrows()
    )
    alt = f"Tornado around {currency(base)}, one input at a time low and high, widest first. {spoken}."
    figure, axes = new_axes(said, alt, f"{what.removeprefix('the ').capitalize()}, present value", "")
    name_rows(figure, axes, list(words.values()))
    ends = shown[["at_low", "at_high"]].to_numpy()
    low, high = min(base, float(ends.min())), max(base, float(ends.max()))
    span = (high - low) or 1.0
    for at, (_, row) in enumerate(shown.iterrows()):
        for end, value, colour in (("low", "at_low", RED), ("high", "at_high", BLUE)):
            axes.barh(at, row[value] - base, left=base, height=0.6, color=colour)
            other = row["at_high" if end == "low" else "at_low"]
            right = row[value] > base or (row[value] == base and other < base)
            axes.annotate(
                _short(row[end]), (row[value], at), (4 if right else -4, 0), textcoords="offset points",
                ha="left" if right else "right", va="center", fontsize=10,
            )  # fmt: skip
    axes.axvline(base, color=INK, linewidth=1)
    axes.set_xlim(low - 0.3 * span, high + 0.3 * span)
    axes.set_ylim(len(shown) - 0.4, -1.1)
    middle = "center"
    axes.text(0.25, 1.0, "■ input low", color=RED, ha=middle, va="top", fontsize=11, transform=axes.transAxes)
    axes.text(0.75, 1.0, "■ input high", color=BLUE, ha=middle, va="top", fontsize=11, transform=axes.transAxes)
    money_axis(axes, currency)
    return figure


@in_style
def value_grid(
    table: pd.DataFrame,
    title: str | None = None,
    *,
    names: Mapping[str, str] | None = None,
    shares: bool = True,
    currency: Callable[[float], str] = euros,
) -> Figure:
    """A value at every pair of two inputs, blue above 0 and red below.

    ``table`` is of ``valuation.two_way``, at most 8 by 6; ``shares`` writes the inputs in per cent; ``names`` are words
    for them; ``title`` replaces the finding computed.
    """
    if not isinstance(table, pd.DataFrame) or table.empty or table.shape[0] > 8 or table.shape[1] > 6:
        raise ValueError("table must be of valuation.two_way with at most 8 rows and 6 columns.")
    values = table.to_numpy(dtype=float)
    axis = [
        (names or {}).get(str(name), str(name).replace("_", " ")) for name in (table.index.name, table.columns.name)
    ]
    write = (lambda value: f"{100 * value:.3g}%") if shares else _short
    corner = (values.min(), values.max())
    said = title or f"From {currency(corner[0])} to {currency(corner[1])}, by {axis[0]} and {axis[1]}"
    spoken = "; ".join(
        f"{axis[0]} {write(row)}, {axis[1]} {write(column)}: {currency(table.loc[row, column])}"
        for row in (table.index[0], table.index[-1])
        for column in (table.columns[0], table.columns[-1])
    )
    alt = f"Grid of values by {axis[0]} (down) and {axis[1]} (across). {spoken}."
    figure, axes = new_axes(said, alt, axis[1].capitalize(), axis[0].capitalize())
    reach = float(np.abs(values).max()) or 1.0
    axes.imshow(values, cmap=_SCALE, vmin=-reach, vmax=reach, aspect="auto", interpolation="none")
    for (row, column), value in np.ndenumerate(values):
        dark = abs(value) > 0.75 * reach
        axes.text(column, row, currency(value), ha="center", va="center", fontsize=10, color="white" if dark else INK)
    axes.set_xticks(range(table.shape[1]), [write(value) for value in table.columns])
    axes.set_yticks(range(table.shape[0]), [write(value) for value in table.index])
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    figure.set_size_inches(1.5 + 0.72 * max(table.shape[1], 4), 1.7 + 0.34 * max(table.shape[0], 4))
    return figure


def _with_past(table: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """The projection with what was measured before it."""
    if past.empty or not set(past.index) <= set(table.index) or int(max(past.columns)) != 0:
        raise ValueError(
            "past must have rows that base has too (won_in, 0 and below) and columns by period that end with 0, today."
        )
    before = past.reindex(table.index).fillna(0.0).sort_index(axis=1)
    return pd.concat([before, table.loc[:, table.columns > 0]], axis=1)


def _few(rows: NDArray[np.float64], most: int = 14) -> NDArray[np.float64]:
    """Neighbouring rows added up until few enough are left."""
    together = -(-len(rows) // most) or 1
    return np.add.reduceat(rows, np.arange(0, len(rows), together)) if len(rows) else rows


def _shades(scale: LinearSegmentedColormap, count: int) -> list[str]:
    return [to_hex(scale(at)) for at in np.linspace(0, 1, max(count, 2))][:count]


def _short(value: float) -> str:
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "−")


def name_rows(figure: Figure, axes: Axes, names: list[str]) -> None:
    """A row for each name, from the top, with the figure as high as they need."""
    labels = [textwrap.fill(name, 17) for name in names]
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    tall = sum(_ROW * (0.55 + 0.45 * (1 + label.count("\n"))) for label in labels)
    figure.set_size_inches(4.6, max(1.5 + tall, 2.6))
