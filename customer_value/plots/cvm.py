"""The customer value model in pictures: waterfall, tornado, who gets the value, how sure the value is."""

import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.cvm import Simulation, ValueSharing
from customer_value.plots.currency import money_axis
from customer_value.plots.look import BLUE, GREY, INK, RED, TEAL, Figure, in_style, money, new_axes, percent
from customer_value.plots.tables import made_by

_ROW = 0.42
"""Inches for each row of bars."""


@in_style
def value_waterfall(table: pd.DataFrame, title: str | None = None) -> Figure:
    """From the reference's price, element by element, to the EVC.

    ``table`` is of ``cvm.waterfall``; ``title`` replaces the finding computed from it. Totals are points, so that the
    axis can start where the steps are.
    """
    made_by(table, "cvm.waterfall", ("kind", "value", "start", "end"))
    unit = str(table.attrs.get("unit", "$"))
    steps, totals = table[table["kind"] != "total"], table[table["kind"] == "total"]
    first, last = float(totals["end"].iloc[0]), float(totals["end"].iloc[-1])
    said = title or (
        f"The offer is worth {amount(last, unit)}: {amount(abs(last - first), unit)}"
        f" {'more' if last >= first else 'less'} than the reference costs"
    )
    spoken = "; ".join(
        f"{name} {'plus' if v >= 0 else 'minus'} {amount(abs(v), unit)}" for name, v in steps["value"].items()
    )
    ends = " to ".join(f"{name} {amount(value, unit)}" for name, value in zip(totals.index, (first, last), strict=True))
    alt = f"Waterfall from {ends}: {spoken}."
    figure, axes = new_axes(said, alt, f"Worth to the customer, {_named(unit)}", "")
    _rows(figure, axes, [str(name) for name in table.index])
    low, high = float(table[["start", "end"]].loc[steps.index].to_numpy().min()), float(table["end"].max())
    low, high = min(low, first, last), max(high, first, last)
    span = (high - low) or abs(high) or 1.0
    for at, (_, row) in enumerate(table.iterrows()):
        if row["kind"] == "total":
            axes.plot([row["end"]], [at], "D", color=INK, markersize=7)
            _beside(axes, (row["end"], row["end"]), at, amount(row["end"], unit), (low, high))
        else:
            up = row["end"] >= row["start"]
            axes.barh(at, row["end"] - row["start"], left=row["start"], height=0.6, color=BLUE if up else RED)
            words = f"{'+' if up else '−'}{amount(abs(row['value']), unit)}"
            _beside(axes, (row["start"], row["end"]), at, words, (low, high))
        if at + 1 < len(table):
            axes.plot([row["end"]] * 2, [at, at + 1], color=GREY, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.set_xlim(low - 0.1 * span, high + 0.1 * span)
    money_axis(axes, _words(unit))
    return figure


@in_style
def value_tornado(
    table: pd.DataFrame, title: str | None = None, *, most: int = 7, price: float | None = None
) -> Figure:
    """EVC with one input at a time low and high, the widest swing on top; the ``most`` important inputs.

    ``table`` is of ``cvm.tornado``; ``title`` replaces the finding computed from it; ``price`` is drawn as a line.
    """
    made_by(table, "cvm.tornado", ("low", "high", "evc_low", "evc_high", "swing"))
    unit, base = str(table.attrs.get("unit", "$")), float(table.attrs["base"])
    shown = table.head(most)
    top = shown.iloc[0]
    driver = str(shown.index[0])
    said = title or f"{driver[:1].upper()}{driver[1:]} alone moves the value by {amount(top['swing'], unit)}"
    chances = f"{percent(table.attrs.get('low', 0.1))} and {percent(table.attrs.get('high', 0.9))}"
    spoken = "; ".join(
        f"{name} at {_short(row['low'])} {amount(row['evc_low'], unit)}, at {_short(row['high'])}"
        f" {amount(row['evc_high'], unit)}"
        for name, row in shown.iterrows()
    )
    alt = f"Tornado of EVC around {amount(base, unit)}, each input at its {chances} quantile, widest first. {spoken}."
    if price is not None:
        alt += f" A line marks the price {amount(price, unit)}."
    figure, axes = new_axes(said, alt, f"Value to the customer, {_named(unit)}", "")
    _rows(figure, axes, [str(name) for name in shown.index])
    reach = float(np.abs(shown[["evc_low", "evc_high"]].to_numpy() - base).max()) or 1.0
    for at, (_, row) in enumerate(shown.iterrows()):
        for end, value, colour in (("low", "evc_low", RED), ("high", "evc_high", BLUE)):
            axes.barh(at, row[value] - base, left=base, height=0.6, color=colour)
            right = row[value] > base
            axes.annotate(
                _short(row[end]),
                (row[value], at),
                (4 if right else -4, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=10,
            )
    axes.axvline(base, color=INK, linewidth=1)
    edge = 1.45 * reach
    if price is not None:
        edge = max(edge, 1.1 * abs(price - base))
        axes.axvline(price, color=TEAL, linewidth=1.6, linestyle=(0, (4, 3)))
        left = price < base
        axes.text(
            price, len(shown) - 0.35, f" price {amount(price, unit)} ", va="center", ha="left" if left else "right"
        )
    axes.set_xlim(base - edge, base + edge)
    axes.set_ylim(len(shown) - (0.4 if price is None else 0), -1.1)
    axes.text(base, -0.55, "■ input low  ", color=RED, ha="right", va="bottom", fontsize=11)
    axes.text(base, -0.55, "  ■ input high", color=BLUE, ha="left", va="bottom", fontsize=11)
    money_axis(axes, _words(unit))
    return figure


@in_style
def value_sharing_bar(sharing: ValueSharing, title: str | None = None, *, unit: str = "$") -> Figure:
    """Cost, price and EVC on one line: what the seller gets, what the customer keeps.

    ``sharing`` is of ``cvm.share_value`` or ``cvm.value_sharing``; ``title`` replaces the finding computed from it.
    """
    if not isinstance(sharing, ValueSharing):
        raise TypeError(f"sharing must be what cvm.share_value returns; got {type(sharing).__name__}.")
    cost, price, evc, other = sharing.cost, sharing.price, sharing.evc, sharing.reference_price
    if sharing.both_gain:
        finding = f"At {amount(price, unit)} the customer keeps {percent(sharing.customer_share)} of the value created"
    elif sharing.created <= 0:
        finding = "The offer costs more than it is worth to this customer: no price suits both"
    elif price >= evc:
        finding = f"At {amount(price, unit)} the customer is better off with the reference"
    else:
        finding = f"At {amount(price, unit)} the seller earns {amount(sharing.to_seller, unit)}"
    alt = (
        f"Bar of value from cost {amount(cost, unit)} to EVC {amount(evc, unit)}, price {amount(price, unit)}:"
        f" {amount(sharing.to_seller, unit)} for the seller, {amount(sharing.to_customer, unit)} for the customer."
        + (f" The reference costs {amount(other, unit)}." if other is not None else "")
    )
    figure, axes = new_axes(title or finding, alt, f"Price, {_named(unit)}", "")
    points = [cost, price, evc, *([other] if other is not None else [])]
    low, high = min(points), max(points)
    span = (high - low) or abs(high) or 1.0
    parts = [
        (cost, price, TEAL, "seller", sharing.to_seller),
        (price, evc, BLUE, "customer", sharing.to_customer),
    ]
    # What one side loses lies on top of what the other gets.
    for start, end, colour, who, of in sorted(parts, key=lambda part: part[0] > part[1]):
        axes.barh(0, end - start, left=start, height=0.5, color=colour if end >= start else RED)
        # White letters on the lighter colour would be hard to read.
        axes.text((start + end) / 2, 0.36, f"{who}\n{amount(of, unit)}", ha="center", va="top", fontsize=11)
    marks = [("cost", cost), ("price", price), ("EVC", evc)] + ([("reference", other)] if other is not None else [])
    late = {name: value > low + 0.5 * span for name, value in marks}
    # Words run towards the middle: the outermost mark is the highest, so that they pass above the others' lines.
    order = sorted(marks, key=lambda pair: (not late[pair[0]], pair[1] if late[pair[0]] else -pair[1]))
    for level, (name, value) in enumerate(order):
        height = 0.36 + 0.17 * level
        axes.plot([value, value], [-0.25, -height], color=INK, linewidth=1)
        axes.annotate(
            f"{name} {amount(value, unit)}",
            (value, -height),
            (-4 if late[name] else 4, 0),
            textcoords="offset points",
            ha="right" if late[name] else "left",
            va="center",
            fontsize=11,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    axes.set_ylim(0.85, -0.36 - 0.17 * len(marks))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(low - 0.06 * span, high + 0.06 * span)
    money_axis(axes, _words(unit))
    figure.set_size_inches(figure.get_figwidth(), 3.3)
    return figure


@in_style
def evc_distribution(simulation: Simulation, price: float, title: str | None = None) -> Figure:
    """How often each EVC occurs in a simulation, with the price: the part to its right is the chance of a gain.

    ``simulation`` is of ``cvm.simulate``; ``title`` replaces the finding computed from it.
    """
    if not isinstance(simulation, Simulation):
        raise TypeError(f"simulation must be what cvm.simulate returns; got {type(simulation).__name__}.")
    unit, values = simulation.unit, simulation.evc.to_numpy()
    chance, (low, middle, high) = simulation.chance_better_off(price), np.quantile(values, [0.1, 0.5, 0.9])
    said = title or f"At {amount(price, unit)} the customer gains in {percent(chance)} of simulated futures"
    alt = (
        f"Histogram of {values.size:,} simulated EVC: one in ten below {amount(low, unit)}, half below"
        f" {amount(middle, unit)}, one in ten above {amount(high, unit)}. A line marks the price {amount(price, unit)}."
    )
    figure, axes = new_axes(said, alt, f"Value to the customer, {_named(unit)}", "Share of draws")
    ends = np.quantile(values, [0.001, 0.999])
    first, last = min(ends[0], price), max(ends[1], price)
    edges = np.linspace(first, last if last > first else first + max(1.0, 0.1 * abs(first)), 41)
    shares = np.histogram(values.clip(edges[0], edges[-1]), edges)[0] / values.size
    gains = (edges[:-1] + edges[1:]) / 2 > price
    for part, colour in ((gains, BLUE), (~gains, RED)):
        axes.bar(edges[:-1][part], shares[part], np.diff(edges)[part], align="edge", color=colour)
    axes.axvline(price, color=INK, linewidth=1.4)
    top = float(shares.max()) * 1.22
    side = "left" if price < (edges[0] + edges[-1]) / 2 else "right"
    axes.text(price, top * 0.97, f" price {amount(price, unit)} ", ha=side, va="top", fontsize=11)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    money_axis(axes, _words(unit))
    return figure


@in_style
def claimed_savings(shares: dict[str, float], claim: float, title: str | None = None) -> Figure:
    """The share that an offer saves of different costs, in the order given, beside the saving that is claimed.

    ``shares`` are of ``cvm.share_saved``, by what is counted or assumed; ``title`` replaces the finding.
    """
    if not shares:
        raise ValueError("shares is empty: there is nothing to draw.")
    values = list(shares.values())
    reached = sum(round(100 * value) >= round(100 * claim) for value in values)
    said = title or f"A saving of {percent(claim)}: true for {reached} of {len(values)} ways to count"
    spoken = "; ".join(f"{label}: {value:.0%}" for label, value in shares.items())
    alt = f"Bars of the share saved, with a line at the claim of {percent(claim)}. {spoken}."
    figure, axes = new_axes(said, alt, "Share of the cost that is saved", "")
    labels = [textwrap.fill(label, 17) for label in shares]
    axes.barh(range(len(values)), values, color=[BLUE if value >= 0 else RED for value in values], height=0.62)
    for row, value in enumerate(values):
        axes.annotate(
            f"{value:.0%}".replace("-", "−"),
            (max(value, 0), row),
            (4, 0),
            textcoords="offset points",
            va="center",
            weight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    axes.axvline(claim, color=RED, linewidth=1.6, linestyle=(0, (4, 3)), zorder=0.5)
    axes.text(claim, -0.5, f" the claim, {percent(claim)}", color=RED, ha="left", va="bottom")
    axes.set_yticks(range(len(values)), labels)
    axes.set_ylim(len(values) - 0.5, -0.95)
    axes.set_xlim(min(0, 1.2 * min(values)), max(1.25 * max(values), 2 * claim))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share).replace("-", "−")))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    lines = sum(1 + label.count("\n") for label in labels)
    figure.set_size_inches(4.6, 1.9 + 0.3 * len(values) + 0.2 * lines)
    return figure


def amount(value: float, unit: str) -> str:
    """Dollars as ``money`` writes them, any other unit after the number."""
    return money(value) if unit == "$" else f"{value:,.0f} {unit}".replace("-", "−", 1)


def _named(unit: str) -> str:
    return "US dollars" if unit == "$" else unit


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rows(figure: Figure, axes: Axes, names: list[str]) -> None:
    """A row for each name, from the top, with the figure as high as they need."""
    labels = [textwrap.fill(name, 17) for name in names]
    axes.set_yticks(range(len(names)), labels)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    tall = sum(_ROW if "\n" not in label else _ROW * (0.55 + 0.45 * (1 + label.count("\n"))) for label in labels)
    figure.set_size_inches(4.6, max(1.5 + tall, 2.6))


def _words(unit: str) -> Callable[[float], str]:
    """How an axis writes amounts in ``unit``: other units than dollars stand in its name."""
    return money if unit == "$" else "{:,.0f}".format


def _beside(axes: Axes, ends: tuple[float, float], row: int, words: str, limits: tuple[float, float]) -> None:
    """Words beside a bar, on the side where the figure has more room; inside it where it has none."""
    left, right = min(ends) - limits[0], limits[1] - max(ends)
    inside = max(left, right) < 0.25 * (limits[1] - limits[0])
    at, shift, side = (max(ends), 7, "left") if right > left else (min(ends), -7, "right")
    if inside:
        at, shift, side = sum(ends) / 2, 0, "center"
    axes.annotate(
        words,
        (at, row),
        (shift, 0),
        textcoords="offset points",
        ha=side,
        va="center",
        fontsize=10.5,
        color="white" if inside else INK,
    )
