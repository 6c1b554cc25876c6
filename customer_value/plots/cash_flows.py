"""Margins over time: one customer's ladder, what it adds up to, and what differences between customers do to both."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from customer_value.plots.compared import end_labels, marks
from customer_value.plots.look import (
    BLUE,
    GREY,
    INK,
    PALE,
    RED,
    Figure,
    in_style,
    money,
    new_axes,
    percent,
    share_axes,
)

_DASHED = (0, (4, 3))


@in_style
def cash_ladder(schedule: pd.DataFrame, endless: float, period: str = "year") -> Figure:
    """Each margin of one customer as it is expected, and what it is worth today.

    ``schedule`` is of ``clv.clv_schedule`` without acquisition cost; ``endless`` is the value of all margins there will
    ever be; ``period`` is the word for one of its periods.
    """
    expected = schedule["survival"] * schedule["margin"]
    worth, total = schedule["present_value"], float(schedule["present_value"].sum())
    count = len(schedule)
    margins = "The first margin is" if count == 1 else f"{count} margins are"
    title = f"{margins} worth {money(total)} today, all that follow {money(max(endless - total, 0.0))}"
    alt = (
        f"Bars for {count} margins of one customer, expected and worth today. The first, at {period}"
        f" {schedule.index[0]}: {money(expected.iloc[0])} and {money(worth.iloc[0])}; the last, at {period}"
        f" {schedule.index[-1]}: {money(expected.iloc[-1])} and {money(worth.iloc[-1])}."
        f" Together worth {money(total)} today, of {money(endless)} without end."
    )
    figure, axes = new_axes(title, alt, f"{period.capitalize()}s from now", "Margin per customer, $")
    axes.bar(schedule.index, expected, color=PALE, edgecolor=GREY, linewidth=0.6, width=0.8, label="expected")
    axes.bar(schedule.index, worth, color=BLUE, width=0.5, label="worth today")
    axes.set_ylim(0, 1.25 * float(expected.max()) or 1)
    axes.set_xlim(-0.7, max(float(schedule.index[-1]), 5) + 0.7)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.legend(loc="upper right", frameon=False, fontsize=11, ncols=2, handlelength=1.2, borderaxespad=0)
    return figure


@in_style
def margin_multipliers(table: pd.DataFrame, step: tuple[float, float] = (0.8, 0.9)) -> Figure:
    """The margin multiplier by retention, a line for each discount rate.

    ``table`` is of ``clv.margin_multiplier_table``, with rates of retention close enough for a line; ``step`` are two
    of them, whose values by the first discount rate are the title's finding.
    """
    low, high = (float(np.interp(rate, table.index, table.iloc[:, 0])) for rate in step)
    rates = [float(rate) for rate in table.columns]
    title = f"From {percent(step[0])} to {percent(step[1])} retention the multiple goes from {low:.2f} to {high:.2f}"
    spoken = "; ".join(
        f"discount rate {percent(rate)}: {float(np.interp(step[0], table.index, table[rate])):.2f} at"
        f" {percent(step[0])}, {float(np.interp(step[1], table.index, table[rate])):.2f} at {percent(step[1])}"
        for rate in rates
    )
    alt = f"Lines of the margin multiplier against the retention rate, ever steeper to the right. {spoken}."
    figure, axes = new_axes(title, alt, "Retention rate per year", "Yearly margins, present value")
    labels = {rate: f"at {percent(rate)}" for rate in rates}
    found = dict(zip(rates, marks([labels[rate] for rate in rates]).values(), strict=True))
    for rate, mark in found.items():
        axes.plot(table.index, table[rate], color=mark.colour, linestyle=mark.line)
        axes.plot(step, np.interp(step, table.index, table[rate]), mark.marker, color=mark.colour, markersize=7)
    axes.set_ylim(0, 1.05 * float(table.max().max()))
    axes.set_xlim(float(table.index[0]), float(table.index[-1]))
    share_axes(axes.xaxis)
    ends = {labels[rate]: (float(table[rate].iloc[-1]), mark.colour) for rate, mark in found.items()}
    end_labels(axes, float(table.index[-1]), ends)
    return figure


@in_style
def mixed_retention(rates: pd.Series, own: Sequence[float], period: str = "year") -> Figure:
    """The retention rate of those who are left, beside the rates of the customers it is made of.

    ``rates`` by period from 1; ``own`` are rates of customers, one for each equal part of a new cohort, which do not
    change.
    """
    first, last = float(rates.iloc[0]), float(rates.iloc[-1])
    if last - first < 0.0005:
        title = f"All alike: {percent(first)} stay every {period}"
    else:
        title = f"{percent(first)} stay at first, {percent(last)} by {period} {rates.index[-1]}; nobody changes"
    alt = (
        f"Retention rate of those left by {period}: {percent(first)} in {period} {rates.index[0]}, {percent(last)} in"
        f" {period} {rates.index[-1]}. Behind it flat lines for {len(own)} equal parts of the customers, whose own"
        f" rates run from {percent(min(own))} to {percent(max(own))} and do not change."
    )
    figure, axes = new_axes(title, alt, period.capitalize(), "Retention rate")
    axes.hlines(own, float(rates.index[0]), float(rates.index[-1]), color=GREY, linewidth=0.9)
    axes.plot(rates.index, rates, color=BLUE, marker="o", markersize=6, linewidth=2.8)
    low = max(0.0, min(first, *own) - 0.06)
    axes.set_ylim(low, 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    share_axes(axes.yaxis)
    inside = [rate for rate in own if rate >= low]
    ends = {"those left": (last, BLUE), "each tenth": (min(inside), GREY)}
    end_labels(axes, float(rates.index[-1]), ends)
    return figure


@in_style
def value_by_tenure(table: pd.DataFrame) -> Figure:
    """What customers are still worth, in margins, by the renewals they have made; a line for each column.

    ``table`` is indexed by tenure, in numbers as from ``ShiftedBetaGeoModel.derl``. The title is about the first
    column.
    """
    name, *_ = table.columns
    first, last = float(table[name].iloc[0]), float(table[name].iloc[-1])
    title = f"{name.capitalize()}: {first:.1f} margins to come at first, {last:.1f} after {table.index[-1]} renewals"
    spoken = "; ".join(
        f"{column}: {float(line.iloc[0]):.2f} at {table.index[0]}, {float(line.iloc[-1]):.2f} at {table.index[-1]}"
        for column, line in table.items()
    )
    alt = f"Lines of the margins still to come, at their present value, by the number of renewals made. {spoken}."
    figure, axes = new_axes(title, alt, "Renewals made", "Margins to come, present value")
    for column, mark in marks(list(table.columns)).items():
        axes.plot(table.index, table[column], color=mark.colour, linestyle=mark.line, marker=mark.marker, markersize=5)
    axes.set_ylim(0, 1.12 * float(table.max().max()))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    ends = {column: (float(table[column].iloc[-1]), mark.colour) for column, mark in marks(list(table)).items()}
    end_labels(axes, float(table.index[-1]), ends)
    return figure


@in_style
def accumulated_value(
    table: pd.DataFrame, cost: float, highlight: str, currency: Callable[[float], str] = money, period: str = "month"
) -> Figure:
    """What a customer has brought after so many periods, beside what winning one costs; a line for each column.

    ``table`` is indexed by the number of margins counted, from 0, in money; ``highlight`` is the column that the title
    is about; ``currency`` writes amounts.
    """
    line = table[highlight]
    paid = line.index[line >= cost]
    brought = f"{highlight.capitalize()}: {currency(float(line.iloc[-1]))} in {table.index[-1]} {period}s"
    title = (
        f"{brought}; {currency(cost)} are paid back after {paid[0]}"
        if len(paid)
        else f"{brought} do not pay back {currency(cost)}"
    )
    spoken = "; ".join(f"{column} {currency(float(table[column].iloc[-1]))}" for column in table)
    alt = (
        f"Lines of the present value brought by a new customer, by {period}s counted, beside a cost of"
        f" {currency(cost)}. After {table.index[-1]} {period}s: {spoken}."
    )
    unit = currency(1)[0]
    figure, axes = new_axes(title, alt, f"{period.capitalize()}s counted", f"Present value so far, {unit}")
    for column in table:
        if column != highlight:
            axes.plot(table.index, table[column], color=GREY, linewidth=1.2)
    axes.plot(table.index, line, color=BLUE, linewidth=2.8)
    axes.axhline(cost, color=RED, linewidth=1.6, linestyle=_DASHED)
    axes.set_ylim(0, 1.08 * max(float(table.max().max()), cost))
    axes.set_xlim(0, float(table.index[-1]))
    axes.text(0.02 * float(table.index[-1]), cost, "cost", color=RED, ha="left", va="bottom", fontsize=11)
    ends = {column: (float(table[column].iloc[-1]), BLUE if column == highlight else GREY) for column in table}
    end_labels(axes, float(table.index[-1]), ends)
    return figure


@in_style
def survival_by_group(
    curves: Mapping[str, pd.DataFrame], at: int, projected: pd.DataFrame | None = None, period: str = "month"
) -> Figure:
    """Kaplan–Meier curves of several groups, with the first and the last at ``at`` in the title.

    ``curves`` are of ``retention.kaplan_meier``, in whole periods; those between the first and the last are drawn thin.
    ``projected`` may hold a column of survival for a group, drawn as a thin line over its steps.
    """
    names = list(curves)
    left = {name: _survival_at(curve, at) for name, curve in curves.items()}
    ends = {names[0]: RED, names[-1]: BLUE}
    title = (
        f"After {at} {period}s {percent(left[names[0]])} are left of {names[0]}, {percent(left[names[-1]])} of"
        f" {names[-1]}"
    )
    spoken = "; ".join(f"{name} {percent(share)}" for name, share in left.items())
    alt = f"Share of subscribers still there by tenure, falling in steps. Left after {at} {period}s: {spoken}."
    figure, axes = new_axes(title, alt, f"Tenure, {period}s", "Still there")
    last = max(float(curve.index[-1]) for curve in curves.values())
    for name, curve in curves.items():
        colour, width = (ends[name], 2.4) if name in ends else (GREY, 1.2)
        axes.step(
            [*curve.index, last], [*curve["survival"], curve["survival"].iloc[-1]], where="post", color=colour, lw=width
        )
        if name in ends:
            axes.fill_between(
                curve.index, curve["lower"], curve["upper"], step="post", color=colour, alpha=0.15, linewidth=0
            )
    if projected is not None:
        for name in projected:
            axes.plot(projected.index, projected[name], color=INK, linewidth=1.1, linestyle=(0, (1.2, 1.2)))
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, last)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    share_axes(axes.yaxis)
    end_labels(
        axes, last, {name: (float(curve["survival"].iloc[-1]), ends.get(name, GREY)) for name, curve in curves.items()}
    )
    return figure


def _survival_at(curve: pd.DataFrame, at: int) -> float:
    return float(curve.loc[:at, "survival"].iloc[-1])
