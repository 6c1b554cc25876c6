"""Transformation in pictures: maturity and its gaps, what pay plans do, the roadmap and its cash, the scorecard."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.plots.compared import end_labels, legend, marks
from customer_value.plots.currency import euros
from customer_value.plots.look import (
    BLUE,
    GREY,
    INK,
    PALE,
    RED,
    TEAL,
    Figure,
    in_style,
    new_axes,
    percent,
    share_axes,
    wrapped,
)
from customer_value.plots.tables import made_by
from customer_value.transformation.incentives import PayOutcome
from customer_value.transformation.maturity import MaturityAssessment, pillar_scores, ranked_gaps
from customer_value.transformation.practices import HIGHEST, LOWEST
from customer_value.transformation.roadmap import Roadmap, Schedule, by_rule
from customer_value.transformation.scorecard import Scorecard, status

_WHAT = {
    "worth": ("Profit and customers left, €", "worth", euros),
    "profit": ("Profit of all years, €", "profit", euros),
    "customers": ("Customers at the end", "customers", "{:,.0f}".format),
    "return_rate": ("Share of sales that comes back", "share returned", percent),
    "retention": ("Customers who stay a year", "retention", percent),
    "last_sales": ("Gross sales, last year, €", "gross sales at the end", euros),
    "first_sales": ("Gross sales, first year, €", "gross sales at first", euros),
    "pay": ("Pay, € a year", "pay", euros),
}
_LESS_IS_BETTER = ("return_rate", "pay")
_COURSE = {
    "sales": ("Gross sales, € an adviser", euros),
    "profit": ("Profit, € an adviser", euros),
    "customers": ("Customers an adviser", "{:,.0f}".format),
    "return_rate": ("Share of sales that comes back", percent),
    "retention": ("Share of customers who stay", percent),
}
_STATE = {"reached": TEAL, "on course": BLUE, "behind": RED, "worse than baseline": RED, "no reading": GREY}


@in_style
def maturity_radar(assessment: MaturityAssessment, title: str | None = None) -> Figure:
    """Pillars now and wanted: a radar, and below it the same numbers as dots on a line.

    The area of a radar grows with the square of the scores and hangs on the order of the spokes, so the dots are what
    to read; grey lines are the range of the pillar's practices now. ``title`` replaces the finding.
    """
    found = pillar_scores(assessment)
    widest = found["gap"].idxmax()
    level = [name for name, gap in found["gap"].items() if np.isclose(gap, found.loc[widest, "gap"])]
    if found.loc[widest, "gap"] <= 0:
        said = "No pillar is wanted higher than it is"
    elif len(level) > 1:
        said = f"Widest gaps, {found.loc[widest, 'gap']:.3g} points: {'; '.join(level)}"
    else:
        said = f"Widest gap: {widest}, {found.loc[widest, 'now']:.3g} now, {found.loc[widest, 'target']:.3g} wanted"
    told = "; ".join(f"{name} {row['now']:.3g} now, {row['target']:.3g} wanted" for name, row in found.iterrows())
    alt = (
        f"Radar and dot plot of {assessment.company}'s self-assessment on a scale from {LOWEST} to {HIGHEST},"
        f" {len(assessment.answers)} respondent(s), means by pillar: {told}."
    )
    figure = Figure(alt, figsize=(4.3, 7.0))
    figure.suptitle(wrapped(title or said), x=0.012, ha="left")
    grid = figure.add_gridspec(2, 1, height_ratios=(1.25, 1))
    names = list(found.index)
    _radar(figure.add_subplot(grid[0]), found)
    dots = figure.add_subplot(grid[1])
    rows = np.arange(len(names))
    dots.hlines(rows, found["lowest"], found["highest"], color=PALE, linewidth=7, zorder=1)
    dots.hlines(rows, found["now"], found["target"], color=GREY, linewidth=1.4, zorder=2)
    dots.plot(found["now"], rows, "o", color=RED, markersize=8, linestyle="", label="now", zorder=3)
    dots.plot(found["target"], rows, "s", color=BLUE, markersize=7, linestyle="", label="wanted", zorder=3)
    dots.set_yticks(rows, [textwrap.fill(name, 15) for name in names])
    dots.set_ylim(len(names) - 0.5, -0.5)
    dots.set_xlim(LOWEST - 0.2, HIGHEST + 0.2)
    dots.set_xticks(range(LOWEST, HIGHEST + 1))
    dots.set_xlabel(f"Score, {LOWEST} to {HIGHEST} (pale: range of practices now)", fontsize=10)
    dots.spines["left"].set_visible(False)
    dots.tick_params(axis="y", length=0)
    legend(dots, "lower center", bbox_to_anchor=(0.35, 0.99), ncols=2, columnspacing=1.4, borderpad=0)
    return figure


@in_style
def gaps_ranked(assessment: MaturityAssessment, top: int = 8, title: str | None = None) -> Figure:
    """The ``top`` practices by gap × importance: from now to the target, with the range of the respondents.

    ``title`` replaces the finding.
    """
    found = ranked_gaps(assessment).head(top)
    found = found[found["priority"] > 0]
    if found.empty:
        raise ValueError("No practice has a target above its score: there is no gap to draw.")
    names = [_practice(name) for name in found.index]
    first = found.iloc[0]
    said = title or f"First: {names[0]}, {first['now']:g} now and {first['target']:g} wanted"
    told = "; ".join(
        f"{name} {row['now']:g} to {row['target']:g} (people say {row['lowest']:g} to {row['highest']:g}), weight"
        f" {row['importance']:g}"
        for name, (_, row) in zip(names, found.iterrows(), strict=True)
    )
    figure, axes = new_axes(
        said, f"Practices by gap times importance, largest first: {told}.", f"Score, {LOWEST} to {HIGHEST}", ""
    )
    rows = np.arange(len(found))
    axes.hlines(rows, found["lowest"], found["highest"], color=PALE, linewidth=8, zorder=1)
    axes.hlines(rows, found["now"], found["target"], color=INK, linewidth=1.6, zorder=2)
    axes.plot(found["now"], rows, "o", color=RED, markersize=8, linestyle="", label="now", zorder=3)
    axes.plot(found["target"], rows, "s", color=BLUE, markersize=7, linestyle="", label="wanted", zorder=3)
    for row, (priority, weight) in enumerate(zip(found["priority"], found["importance"], strict=True)):
        axes.text(
            HIGHEST + 0.35, row, f"{priority:g}", va="center", fontsize=11, color=INK,
            weight="bold" if weight != 1 else "normal",
        )  # fmt: skip
    axes.text(HIGHEST + 0.35, -0.95, "gap ×\nweight", va="bottom", ha="left", fontsize=10, color=GREY)
    axes.set_yticks(rows, [textwrap.fill(name, 18) for name in names])
    axes.set_ylim(len(found) - 0.5, -0.8)
    axes.set_xlim(LOWEST - 0.2, HIGHEST + 1.2)
    axes.set_xticks(range(LOWEST, HIGHEST + 1))
    axes.spines["bottom"].set_bounds(LOWEST, HIGHEST)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    legend(axes, "lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, borderpad=0, columnspacing=1.4)
    figure.set_size_inches(figure.get_figwidth(), 1.7 + 0.46 * len(found))
    return figure


@in_style
def pay_plans(table: pd.DataFrame, what: str = "worth", title: str | None = None) -> Figure:
    """One outcome of each pay plan as bars, in the order of ``table`` (of ``transformation.compare_plans``).

    ``what`` is one of worth, profit, customers, return_rate, retention, first_sales, last_sales and pay.
    """
    if what not in _WHAT:
        raise ValueError(f"what must be one of {', '.join(_WHAT)}; got {what!r}.")
    made_by(table, "transformation.compare_plans", (what,))
    label, word, said = _WHAT[what]
    values = table[what].astype(float)
    high, low = values.idxmax(), values.idxmin()
    found = title or f"{word.capitalize()}: {said(values[high])} with {high}, {said(values[low])} with {low}"
    told = ", ".join(f"{name} {said(value)}" for name, value in values.items())
    figure, axes = new_axes(found, f"Bars by what pay depends on, for one adviser. {label}: {told}.", label, "")
    rows = np.arange(len(values))
    best, worst = (low, high) if what in _LESS_IS_BETTER else (high, low)
    colours = [BLUE if name == best else RED if name == worst else GREY for name in values.index]
    axes.barh(rows, values, color=colours, height=0.62)
    room = max(0.0, float(values.max())) or 1.0
    for row, value in enumerate(values):
        axes.text(max(value, 0) + 0.02 * room, row, said(value), va="center", fontsize=11)
    axes.set_yticks(rows, [textwrap.fill(str(name), 14) for name in values.index])
    axes.set_ylim(len(values) - 0.45, -0.55)
    axes.set_xlim(min(0.0, 1.1 * float(values.min())), 1.3 * room)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: said(value)))
    axes.tick_params(axis="y", length=0)
    figure.set_size_inches(figure.get_figwidth(), 1.5 + 0.42 * len(values))
    return figure


@in_style
def pay_course(outcomes: Mapping[str, PayOutcome], what: str = "sales", title: str | None = None) -> Figure:
    """Year by year under up to four pay plans, by name: ``what`` is sales, profit, customers, return_rate or retention.

    ``outcomes`` are of ``transformation.simulate`` or ``expected_course``.
    """
    if what not in _COURSE:
        raise ValueError(f"what must be one of {', '.join(_COURSE)}; got {what!r}.")
    if not outcomes:
        raise ValueError("outcomes must hold at least one outcome of transformation.simulate.")
    label, said = _COURSE[what]
    lines = {name: outcome.years[what] for name, outcome in outcomes.items()}
    name, line = next(iter(lines.items()))
    found = title or f"Pay for {name}: {said(line.iloc[0])} in year 1, {said(line.iloc[-1])} in year {line.index[-1]}"
    told = "; ".join(f"{n} {said(c.iloc[0])} to {said(c.iloc[-1])}" for n, c in lines.items())
    alt = f"Lines over {len(line)} years by what pay depends on. {label}: {told}."
    figure, axes = new_axes(found, alt, "Year", label)
    ends = {}
    for each, mark in marks(list(lines)).items():
        axes.plot(
            lines[each].index, lines[each], color=mark.colour, linestyle=mark.line, marker=mark.marker, markersize=5
        )
        ends[textwrap.fill(each, 12)] = (float(lines[each].iloc[-1]), mark.colour)
    high = max(float(c.max()) for c in lines.values())
    low = min(float(c.min()) for c in lines.values())
    room = 0.12 * ((high - low) or abs(high) or 1.0)
    axes.set_ylim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: said(value)))
    end_labels(axes, float(line.index[-1]), ends)
    return figure


@in_style
def pay_mix(table: pd.DataFrame, share: float | None = None, title: str | None = None) -> Figure:
    """What each mix of pay is worth to the firm, by the share that depends on customer value; the best is marked.

    ``table`` is of ``transformation.pay_mix``; ``share`` marks one mix on top.
    """
    made_by(table, "transformation.pay_mix", ("worth", "profit"))
    best = table["worth"].idxmax()
    top = float(table.loc[best, "worth"])
    said = title or (
        f"Best with {percent(float(best))} of variable pay on value: {euros(top)},"
        f" against {euros(float(table['worth'].iloc[0]))} with none"
    )
    alt = (
        f"Curve of profit and customers left, euros an adviser, by share of variable pay on customer value: "
        f"{euros(float(table['worth'].iloc[0]))} at {percent(float(table.index[0]))},"
        f" {euros(top)} at {percent(float(best))}, {euros(float(table['worth'].iloc[-1]))} at"
        f" {percent(float(table.index[-1]))}."
    )
    figure, axes = new_axes(said, alt, "Share of variable pay on customer value", "Profit and customers left, €")
    axes.plot(table.index, table["worth"], color=BLUE)
    axes.plot([best], [top], "o", color=BLUE, markersize=8)
    axes.annotate("best", (best, top), (0, -16), textcoords="offset points", ha="center", color=BLUE, fontsize=11)
    if share is not None:
        here = float(np.interp(share, table.index.to_numpy(dtype=float), table["worth"].to_numpy(dtype=float)))
        axes.axvline(share, color=PALE, linewidth=5, zorder=0)
        axes.plot([share], [here], "D", color=RED, markersize=7)
    span = float(np.ptp(table["worth"])) or abs(top) or 1.0
    axes.set_ylim(float(table["worth"].min()) - 0.12 * span, top + 0.1 * span)
    axes.set_xlim(-0.04, 1.04)
    share_axes(axes.xaxis)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: euros(value)))
    return figure


@in_style
def adviser_pay(results: pd.DataFrame, title: str | None = None) -> Figure:
    """Each adviser's gross sales, on which commission is paid, against what stayed of them.

    ``results`` is of ``transformation.adviser_results``. Squares are those who sell most in their store.
    """
    made_by(results, "transformation.adviser_results", ("sales", "contribution", "sales_rank", "contribution_rank"))
    first = results["sales_rank"] == 1
    also = int((results.loc[first, "contribution_rank"] == 1).sum())
    said = title or (
        f"Of {int(first.sum())} advisers with the highest commission in their store, {also} bring most contribution"
    )
    rate = results["contribution"] / results["sales"]
    alt = (
        f"Gross sales against contribution after returns of {len(results)} advisers. The {int(first.sum())} who sell"
        f" most in their store keep {percent(float(rate[first].mean()))} of sales as contribution, the others"
        f" {percent(float(rate[~first].mean()))}."
    )
    figure, axes = new_axes(said, alt, "Gross sales, €", "Contribution after returns, €")
    for rows, marker, colour, label in (
        (~first, "o", GREY, "others"),
        (first, "s", RED, "most sales in the store"),
    ):
        axes.plot(
            results.loc[rows, "sales"], results.loc[rows, "contribution"], marker, color=colour, markersize=7,
            linestyle="", label=label,
        )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"€{value / 1000:g}k"))
    axes.set_xlim(0, 1.06 * float(results["sales"].max()))
    axes.set_ylim(min(0.0, float(results["contribution"].min())), 1.24 * float(results["contribution"].max()))
    legend(axes, "upper left", borderpad=0)
    return figure


@in_style
def roadmap_gantt(schedule: Schedule | Roadmap, title: str | None = None) -> Figure:
    """When each initiative runs, in order of start. A ``Roadmap`` is scheduled by ``transformation.by_rule`` first."""
    plan = by_rule(schedule) if isinstance(schedule, Roadmap) else schedule
    if not isinstance(plan, Schedule):
        raise TypeError(f"schedule must be a Schedule or a Roadmap; got {schedule!r}.")
    table = plan.table
    people = "no limit of people" if plan.plan.people is None else f"{plan.plan.people:g} people"
    said = title or f"{_plan(plan.rule)}, {people}: all done after {plan.finished} months"
    told = "; ".join(f"{name} months {row['start']:g} to {row['end']:g}" for name, row in table.iterrows())
    figure, axes = new_axes(said, f"Gantt chart of {len(table)} initiatives: {told}.", "Months from now", "")
    rows = np.arange(len(table))
    opens = {before for each in plan.plan.initiatives for before in each.after}
    colours = [TEAL if name in opens else BLUE for name in table.index]
    axes.barh(rows, table["end"] - table["start"], left=table["start"], color=colours, height=0.6)
    place = {name: row for row, name in enumerate(table.index)}
    for each in plan.plan.initiatives:
        for before in each.after:
            x = float(table.loc[before, "end"])
            axes.plot(
                [x, x, float(table.loc[each.name, "start"])], [place[before], place[each.name], place[each.name]],
                color=GREY, linewidth=1, zorder=0,
            )  # fmt: skip
    axes.set_yticks(rows, [textwrap.fill(str(name), 17) for name in table.index])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, 1.03 * plan.finished)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.plot([], [], "s", color=TEAL, markersize=9, linestyle="", label="opens the way")
    axes.plot([], [], "s", color=BLUE, markersize=9, linestyle="", label="ends a chain")
    legend(axes, "lower right", bbox_to_anchor=(1.02, 1.0), ncols=2, borderpad=0, columnspacing=1.2, handletextpad=0.3)
    figure.set_size_inches(figure.get_figwidth(), 1.7 + 0.4 * len(table))
    return figure


@in_style
def roadmap_cash(schedules: Sequence[Schedule], unit: str = "thousand euros", title: str | None = None) -> Figure:
    """Cumulative cash of up to four schedules of one plan, month by month, with where each crosses zero for good."""
    plans = list(schedules)
    if not plans or not all(isinstance(each, Schedule) for each in plans):
        raise TypeError("schedules must be a list of at least one Schedule.")
    lines = {each.rule: each for each in plans}
    best = max(plans, key=lambda each: each.net)
    horizon = best.plan.horizon

    def amount(value: float) -> str:
        return f"{value:,.0f}".replace("-", "−")

    paid = "not paid back" if best.payback is None else f"paid back after {best.payback} months"
    said = title or f"{_plan(best.rule)} brings most: {amount(best.net)} {unit} net, {paid}"
    told = "; ".join(
        f"{each.rule} lowest {amount(each.deepest)}, at the end {amount(each.months['cumulative'].iloc[horizon - 1])},"
        f" payback {'not reached' if each.payback is None else f'{each.payback} months'}"
        for each in plans
    )
    figure, axes = new_axes(
        said, f"Lines of cumulative cash over {horizon} months, {unit}: {told}.", "Months from now", f"Cash, {unit}"
    )
    for rule, mark in marks(list(lines)).items():
        total = np.concatenate([[0.0], lines[rule].months["cumulative"].to_numpy()[:horizon]])
        axes.plot(range(len(total)), total, color=mark.colour, linestyle=mark.line, label=rule)
        if lines[rule].payback is not None and lines[rule].payback <= horizon:
            at = lines[rule].payback
            axes.plot([at], [total[at]], mark.marker, color=mark.colour, markersize=8)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_xlim(0, horizon)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(value)))
    legend(axes, "upper left", borderpad=0)
    return figure


@in_style
def scorecard_progress(card: Scorecard | pd.DataFrame, elapsed: float = 0.5, title: str | None = None) -> Figure:
    """How far each measure is on its way from baseline to target; the line is the share of the time that is over.

    ``card`` is a ``Scorecard`` or a table of ``transformation.status`` made with the same ``elapsed``. Bars end at −50%
    and 150%; the number says what is beyond.
    """
    table = status(card, elapsed) if isinstance(card, Scorecard) else card
    made_by(table, "transformation.status", ("progress", "state"))
    counts = table["state"].value_counts()
    good = int(counts.get("reached", 0) + counts.get("on course", 0))
    said = title or f"{good} of {len(table)} measures are on course or there, with {percent(elapsed)} of the time over"
    told = "; ".join(
        f"{name} {'no reading' if pd.isna(row['progress']) else _signed_percent(row['progress'])} ({row['state']})"
        for name, row in table.iterrows()
    )
    figure, axes = new_axes(
        said, f"Progress of {len(table)} measures from baseline to target: {told}.", "Way from baseline to target", ""
    )
    rows = np.arange(len(table))
    shown = table["progress"].fillna(0.0).clip(-0.5, 1.5)
    axes.barh(rows, shown, color=[_STATE[state] for state in table["state"]], height=0.55)
    for row, (value, state) in enumerate(zip(table["progress"], table["state"], strict=True)):
        words = "no reading" if pd.isna(value) else _signed_percent(value)
        axes.text(
            max(shown.iloc[row], 0.0) + 0.04, row, words, va="center", fontsize=11,
            color=GREY if state == "no reading" else INK, bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
        )  # fmt: skip
    axes.axvline(elapsed, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_yticks(rows, [textwrap.fill(str(name), 18) for name in table.index])
    axes.set_ylim(len(table) - 0.45, -0.55)
    axes.set_xlim(min(-0.05, 1.1 * float(shown.min())), max(1.25, float(shown.max()) + 0.3))
    axes.set_xticks([0, 0.5, 1])
    share_axes(axes.xaxis)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    figure.set_size_inches(figure.get_figwidth(), 1.6 + 0.5 * len(table))
    return figure


def _radar(axes: Axes, found: pd.DataFrame) -> None:
    """Spokes and rings, now and wanted, on plain axes."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    angles = np.pi / 2 - np.linspace(0, 2 * np.pi, len(found), endpoint=False)
    spokes = np.column_stack([np.cos(angles), np.sin(angles)])
    for score in range(LOWEST, HIGHEST + 1):
        ring = score * np.vstack([spokes, spokes[:1]])
        axes.plot(ring[:, 0], ring[:, 1], color=PALE, linewidth=1, zorder=1)
        axes.text(0.08, score, str(score), color=GREY, fontsize=10, va="bottom")
    for name, (x, y) in zip(found.index, spokes, strict=True):
        axes.plot([0, HIGHEST * x], [0, HIGHEST * y], color=PALE, linewidth=1, zorder=1)
        side = "center" if abs(x) < 0.1 or y < -0.3 else "left" if x > 0 else "right"
        # Names beside the highest spoke stand above their own, where the narrow figure has room.
        place = (HIGHEST * x, HIGHEST * y - 0.5) if y < -0.3 else (3.6 * x, HIGHEST * y + 1.0)
        axes.text(*place, textwrap.fill(str(name), 13), ha=side, va="top" if y < -0.3 else "bottom", fontsize=11)
    for column, colour, line in (("now", RED, "-"), ("target", BLUE, (0, (5, 1.5)))):
        shape = found[column].to_numpy()[:, None] * spokes
        shape = np.vstack([shape, shape[:1]])
        axes.plot(shape[:, 0], shape[:, 1], color=colour, linestyle=line, linewidth=2, zorder=2)
    axes.set_xlim(-7.2, 7.2)
    axes.set_ylim(-6.2, 6.9)


def _plan(rule: str) -> str:
    return "The exact plan" if rule == "exact" else rule.capitalize()


def _practice(name: str) -> str:
    return name.replace("-", " ")


def _signed_percent(value: float) -> str:
    return f"{100 * value:.0f}%".replace("-", "−")
