"""Churn in pictures: calibration, lift, profit by share contacted, effects by group, tests, win-back."""

import textwrap
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from customer_value.churn.experiments import people_per_arm
from customer_value.plots.compared import end_labels, legend, marks
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, TEAL, Figure, in_style, new_axes, percent, share_axes
from customer_value.plots.look import money as dollars
from customer_value.plots.tables import made_by

_DASH = (0, (4, 3))


@in_style
def calibration(tables: Mapping[str, pd.DataFrame], title: str | None = None) -> Figure:
    """Predicted against actual shares, one line of groups for each model; on the diagonal both agree.

    ``tables`` are of ``churn.calibration_table`` by the model's name; ``title`` replaces the finding computed from the
    model that is furthest off on average.
    """
    if not tables:
        raise ValueError("tables must hold at least one table of churn.calibration_table.")
    means = {}
    for name, table in tables.items():
        made_by(table, "churn.calibration_table", ("customers", "predicted", "actual"))
        weight = table["customers"] / table["customers"].sum()
        means[name] = (float(weight @ table["predicted"]), float(weight @ table["actual"]))
    worst = max(means, key=lambda name: abs(means[name][0] - means[name][1]))
    said = title or f"{worst.capitalize()}: {percent(means[worst][0])} predicted, {percent(means[worst][1])} left"
    spoken = "; ".join(f"{name} {percent(p)} predicted, {percent(a)} left" for name, (p, a) in means.items())
    alt = f"Groups of customers by predicted risk against the share who left; the diagonal is agreement. {spoken}."
    figure, axes = new_axes(said, alt, "Predicted risk of the group", "Share who left")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=_DASH)
    for name, mark in marks(list(tables)).items():
        table = tables[name]
        axes.plot(
            table["predicted"], table["actual"], color=mark.colour, marker=mark.marker, markersize=5,
            linestyle=mark.line, linewidth=1.4, label=name,
        )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    share_axes(axes.xaxis, axes.yaxis)
    legend(axes, "upper left")
    return figure


@in_style
def lift_bars(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Share who left in each group, the highest predicted risk first, and the share among all.

    ``table`` is of ``churn.lift_table``; ``title`` replaces the finding computed from it.
    """
    made_by(table, "churn.lift_table", ("customers", "left", "share", "lift", "captured"))
    everyone = float(table["left"].sum() / table["customers"].sum())
    first = table.iloc[0]
    part = percent(float(first["customers"] / table["customers"].sum()))
    said = title or f"Among the {part} at highest risk, {first['lift']:.1f} times as many leave as among all"
    spoken = ", ".join(percent(float(share)) for share in table["share"])
    alt = (
        f"Bars of the share who left in {len(table)} groups, highest predicted risk first: {spoken}."
        f" Among all: {percent(everyone)}."
    )
    figure, axes = new_axes(said, alt, "Group, highest predicted risk first", "Share who left")
    axes.bar(table.index, table["share"], color=BLUE, width=0.75)
    axes.axhline(everyone, color=RED, linewidth=1.2, linestyle=_DASH)
    axes.annotate(
        f"all: {percent(everyone)}", (table.index[-1] + 0.4, everyone), (0, 5), textcoords="offset points",
        ha="right", color=RED, fontsize=11,
    )  # fmt: skip
    axes.set_xticks(table.index)
    share_axes(axes.yaxis)
    return figure


@in_style
def targeting_profit(
    curves: pd.DataFrame | Mapping[str, pd.DataFrame], title: str | None = None, *, best: bool = True
) -> Figure:
    """Profit by the share of customers contacted, highest risk first; the best share marked.

    ``curves`` is of ``churn.profit_curve``, or several by name (at most four); ``title`` replaces the finding computed
    from the first.
    """
    tables = {"": curves} if isinstance(curves, pd.DataFrame) else dict(curves)
    if not tables:
        raise ValueError("curves must hold at least one table of churn.profit_curve.")
    for table in tables.values():
        made_by(table, "churn.profit_curve", ("share", "profit"))
    tops = {name: table.loc[table["profit"].idxmax()] for name, table in tables.items()}
    name, top = next(iter(tops.items()))
    everybody = float(tables[name]["profit"].iloc[-1])
    found = (
        "Contacting nobody is best: the offer costs more than it saves"
        if top["profit"] <= 0
        else f"Contact {percent(float(top['share']))}: {dollars(top['profit'])}; contacting all: {dollars(everybody)}"
    )
    spoken = "; ".join(
        f"{each or 'the curve'} is highest at {percent(float(t['share']))} contacted, {dollars(t['profit'])}, and ends"
        f" at {dollars(float(tables[each]['profit'].iloc[-1]))}"
        for each, t in tops.items()
    )
    figure, axes = new_axes(
        title or found, f"Profit by share of customers contacted, highest risk first: {spoken}.",
        "Customers contacted, highest risk first", "Profit, US dollars",
    )  # fmt: skip
    for each, mark in marks(list(tables)).items():
        table = tables[each]
        pick = np.unique(np.linspace(0, len(table) - 1, 120).astype(int))
        axes.plot(
            table["share"].iloc[pick], table["profit"].iloc[pick], color=mark.colour, linestyle=mark.line, label=each
        )
        if best:
            axes.plot([tops[each]["share"]], [tops[each]["profit"]], "o", color=mark.colour, markersize=7)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_xlim(0, 1)
    share_axes(axes.xaxis)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: dollars(value)))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    if len(tables) > 1:
        legend(axes, "lower left")
    return figure


@in_style
def offer_effects(table: pd.DataFrame, title: str, x: str, *, shares: bool = False) -> Figure:
    """The effect of an offer in each group with its interval.

    ``table`` is of ``churn.effects_by_group``, ``title`` states the finding, ``x`` names the effect with its unit;
    ``shares`` writes it in percentage points.
    """
    made_by(table, "churn.effects_by_group", ("effect", "low", "high", "sent", "held_out"))

    def words(value: float) -> str:
        size = f"{100 * value:+.0f}" if shares else f"{value:+.1f}"
        return "0" if float(size) == 0 else size.replace("-", "−")

    spoken = "; ".join(
        f"{name} {words(row['effect'])} ({words(row['low'])} to {words(row['high'])})" for name, row in table.iterrows()
    )
    figure, axes = new_axes(title, f"{x}, by group with 95% intervals: {spoken}.", x, "")
    rows = np.arange(len(table))
    clear = (table["low"] > 0) | (table["high"] < 0)
    for at, (_, row) in enumerate(table.iterrows()):
        colour = GREY if not clear.iloc[at] else BLUE if row["effect"] > 0 else RED
        axes.hlines(at, row["low"], row["high"], color=colour, linewidth=2.2)
        axes.plot([row["effect"]], [at], "o", color=colour, markersize=7)
        axes.annotate(
            words(row["effect"]), (row["effect"], at), (0, 7), textcoords="offset points", ha="center", fontsize=11,
            color=INK,
        )  # fmt: skip
    axes.axvline(0, color=GREY, linewidth=1, linestyle=_DASH)
    axes.set_yticks(rows, [textwrap.fill(str(name), 16) for name in table.index])
    axes.set_ylim(len(table) - 0.5, -0.7)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: words(value) if shares else f"{value:g}".replace("-", "−"))
    )
    figure.set_size_inches(figure.get_figwidth(), 1.5 + 0.52 * len(table))
    return figure


@in_style
def people_needed(without: float, with_offer: float, power: float = 0.8, title: str | None = None) -> Figure:
    """People needed in each arm by the share with the offer; ``with_offer`` is marked.

    ``without`` is the share held out; ``title`` replaces the finding computed.
    """

    def exact(share: float) -> str:
        return f"{100 * share:.3g}%"

    marked = people_per_arm(without, with_offer, power)
    lift = with_offer - without
    at = without + lift * np.linspace(0.4, 2.0, 60)
    at = at[(at > 0) & (at < 1)]
    needed = np.array([people_per_arm(without, float(share), power) for share in at])
    half = people_per_arm(without, without + lift / 2, power)
    said = title or (
        f"To see {exact(without)} become {exact(with_offer)}: {marked:,} people in each arm; for half the step {half:,}"
    )
    alt = (
        f"Curve of people needed in each arm by the share with the offer, from {exact(without)} without it:"
        f" {marked:,} at {exact(with_offer)}, {half:,} at half the step."
    )
    figure, axes = new_axes(said, alt, "Share who buy with the offer", "People in each arm")
    axes.plot(at, needed, color=BLUE)
    axes.plot([with_offer], [marked], "o", color=BLUE, markersize=7)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g}%"))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    return figure


@in_style
def returning(table: pd.DataFrame, months: float, title: str | None = None) -> Figure:
    """Who comes back anyway by month, beside who would have to come back for an offer to pay.

    ``table`` is indexed by months with ``anyway``, ``needed`` and ``expected`` (shares of those who left: without the
    offer, at break-even, and with the offer as assumed); ``months`` is the time that the offer allows.
    """
    made_by(table, "a return curve", ("anyway", "needed", "expected"))
    row = table.loc[months]
    pays = row["expected"] > row["needed"]
    said = title or (
        f"Within {months:g} months {percent(row['needed'])} must return; {percent(row['expected'])} expected:"
        f" the offer {'pays' if pays else 'loses'}"
    )
    alt = (
        f"Curves of shares who come back, by months. At {months:g} months: {percent(row['anyway'])} without the offer,"
        f" {percent(row['needed'])} needed, {percent(row['expected'])} expected with it."
    )
    figure, axes = new_axes(said, alt, "Months since leaving", "Share who came back")
    ends = {}
    for name, label, colour, line in (
        ("anyway", "anyway", GREY, "-"), ("needed", "needed", RED, (0, (5, 1.5))), ("expected", "expected", BLUE, "-"),
    ):  # fmt: skip
        axes.plot(table.index, table[name], color=colour, linestyle=line, drawstyle="default")
        ends[label] = (float(table[name].iloc[-1]), colour)
    axes.axvline(months, color=PALE, linewidth=5, zorder=0)
    axes.plot([months], [row["expected"]], "o", color=TEAL if pays else RED, markersize=7)
    axes.set_xlim(table.index[0], table.index[-1])
    axes.set_ylim(0, 1.12 * float(table[["anyway", "needed", "expected"]].to_numpy().max()))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    end_labels(axes, float(table.index[-1]), ends)
    return figure
