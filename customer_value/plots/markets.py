"""Two firms in one market: their course over the years, where each wins, and Peppers' two axes."""

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.plots.compared import legend, marks
from customer_value.plots.currency import euros, signed_euros
from customer_value.plots.look import (
    BLUE,
    GREY,
    INK,
    RED,
    Figure,
    in_style,
    new_axes,
    percent,
    share_axes,
)
from customer_value.strategy.market import Outcome
from customer_value.strategy.regions import LEVEL, Regions

_WHAT = {
    "profit": "Profit so far, today's euros",
    "equity": "Equity, today's euros",
    "share": "Share of all people",
}
_WORDS = {
    "heterogeneity": "Heterogeneity of buying rates",
    "churn": "Churn, share a year",
    "acquisition_cost": "Acquisition cost, euros",
    "budget": "Budget, euros per person",
    "care_effect": "Leaving care can prevent, share",
    "care_scale": "Cost of care, euros a year",
    "knowing_cost": "Cost of knowing, euros a year",
    "product_lift": "Lift by product spending",
}
_SCALE = LinearSegmentedColormap.from_list("first to second", [RED, "#f0c9b8", "#ffffff", "#b9cbe3", BLUE])


@in_style
def market_course(outcome: Outcome, what: str = "profit") -> Figure:
    """The course of both firms: ``profit`` added up over the years, customer ``equity``, or ``share`` of the people.

    Euros are discounted to the first year, as in ``Outcome.firms``.
    """
    if what not in _WHAT:
        raise ValueError(f"what must be one of {', '.join(_WHAT)}; got {what!r}.")
    names = _names(outcome.rules)
    course = {name: _in_today(outcome, firm, what) for firm, name in enumerate(names)}
    said = percent if what == "share" else euros
    ends = [float(line.iloc[-1]) for line in course.values()]
    last = int(course[names[0]].index[-1])
    told = " and ".join(f"{name} {said(end)}" for name, end in zip(names, ends, strict=True))
    first_word = {"profit": "Profit", "equity": "Customer equity", "share": "Share of people"}[what]
    alt = f"Two lines over {last} years: {_WHAT[what].lower()}. In year {last}: {told}."
    figure, axes = new_axes(f"{first_word} after {last} years: {told}", alt, "Year", _WHAT[what])
    for (name, line), mark in zip(course.items(), marks(names).values(), strict=True):
        axes.plot(
            line.index, line, color=mark.colour, linestyle=mark.line, marker=mark.marker, markersize=5, label=name
        )
    axes.set_xlim(0.7, last + 0.3)
    low, high = axes.get_ylim()
    # Room for the legend where profit has not begun to rise.
    axes.set_ylim(min(0.0, low), (max(high, 0.0) or 1.0) * (1.25 if what == "profit" else 1.0))
    axes.axhline(0, color=GREY, linewidth=0.8)
    legend(axes, "upper left" if what == "profit" else "lower right")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if what == "share":
        share_axes(axes.yaxis)
    else:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: euros(amount)))
    return figure


@in_style
def region_map(regions: Regions, title: str | None = None) -> Figure:
    """Who wins where: the lead of the second rule in every cell of a grid, in blue where it is ahead.

    Leads that may be luck (``regions.may_be_luck``) stand in brackets on white.
    """
    table, (first, second) = regions.lead, regions.rules
    values = table.to_numpy()
    if values.size < 4 or min(values.shape) < 2:
        raise ValueError(
            f"A map needs at least two values of each assumption; got {values.shape[1]} × {values.shape[0]}."
        )
    scale = 100.0 if regions.measure == "share" else 1.0
    unit = "percentage points" if regions.measure == "share" else "euros per person"
    best, worst = np.unravel_index(values.argmax(), values.shape), np.unravel_index(values.argmin(), values.shape)

    def at(place: tuple) -> str:
        return f"{regions.x} {table.columns[place[1]]:g}, {regions.y} {table.index[place[0]]:g}"

    said = title or f"The {second} firm is ahead in {percent(regions.second_wins)} of these markets (lead, {unit})"
    alt = (
        f"Grid of markets by {_label(regions.x).lower()} and {_label(regions.y).lower()}: lead of the {second} firm"
        f" over the {first} one in {regions.measure}, {unit}. Highest {scale * values[best]:+.1f} at {at(best)}; lowest"
        f" {scale * values[worst]:+.1f} at {at(worst)}."
    )
    luck = regions.may_be_luck.to_numpy()
    if luck.any():
        alt += f" {luck.sum()} of {luck.size} leads, in brackets, may be luck."
    figure, axes = new_axes(said, alt, _label(regions.x), _label(regions.y))
    reach = max(float(np.abs(values).max()), 1e-12)
    norm = TwoSlopeNorm(0.0, -reach, reach)
    axes.pcolormesh(np.where(luck, 0.0, values), cmap=_SCALE, norm=norm, edgecolors="white", linewidth=0.8)
    numbered = values.shape[1] <= 9 and values.shape[0] <= 12
    for (row, column), lead in np.ndenumerate(values):
        if numbered:
            dark = abs(lead) > 0.62 * reach and not luck[row, column]
            told = f"{scale * lead:+.0f}".replace("-", "−").replace("+0", "0").replace("−0", "0")
            told = f"({told})" if luck[row, column] else told
            axes.text(
                column + 0.5, row + 0.5, told, ha="center", va="center", fontsize=10, color="white" if dark else INK
            )
        elif lead <= LEVEL:
            axes.plot([column + 0.5], [row + 0.5], marker="_", color=INK, markersize=4, linewidth=0)
    for axis, labels in ((axes.xaxis, table.columns), (axes.yaxis, table.index)):
        every = int(np.ceil(len(labels) / 7))
        axis.set_ticks(np.arange(0, len(labels), every) + 0.5, [f"{value:g}" for value in labels[::every]])
        axis.set_tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


@in_style
def two_axes(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Peppers' two axes: customers reached across, the share of their orders that the firm got upwards.

    One point for each firm. The upper axis shows the part around the points.

    ``table`` is indexed by firm with ``reached`` and ``needs_met``, shares from 0 to 1, as from ``strategy.two_axes``.
    """
    if not isinstance(table, pd.DataFrame) or not {"reached", "needs_met"} <= set(table.columns) or table.empty:
        raise ValueError("table must have the columns reached and needs_met and a row for each firm.")
    shares = table[["reached", "needs_met"]].to_numpy(dtype=float)
    if not (np.isfinite(shares).all() and shares.min() >= 0 and shares.max() <= 1):
        raise ValueError("reached and needs_met must be shares from 0 to 1.")
    most, deepest = table["reached"].idxmax(), table["needs_met"].idxmax()
    said = (
        f"{most} reaches most customers, {deepest} gets most of their orders"
        if most != deepest
        else f"{most} reaches most customers and gets most of their orders"
    )
    told = "; ".join(
        f"{firm}: {percent(row['reached'])} reached, {percent(row['needs_met'])} of orders"
        for firm, row in table.iterrows()
    )
    alt = f"Firms by customers reached and share of their orders got. {told}."
    figure, axes = new_axes(
        title or _capital(said), alt, "Customers reached, share of people", "Share of their orders got"
    )
    for number, (firm, row) in enumerate(table.iterrows()):
        colour, marker = ((BLUE, "o"), (RED, "s"), (GREY, "D"))[number % 3]
        axes.plot(
            [row["reached"]], [row["needs_met"]], marker=marker, color=colour, markersize=11, linewidth=0, clip_on=False
        )
        left = row["reached"] > 0.5
        # Neighbours' names go above and below their points, but not onto the axis.
        above = row["needs_met"] >= table["needs_met"].median() or row["needs_met"] < 0.15
        axes.annotate(
            firm,
            (row["reached"], row["needs_met"]),
            (0, 12 if above else -12),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom" if above else "top",
            color=colour,
            weight="bold",
            fontsize=11,
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(max(0.0, table["needs_met"].min() - 0.1), min(1.0, table["needs_met"].max() + 0.1))
    share_axes(axes.xaxis, axes.yaxis)
    return figure


@in_style
def random_courses(table: pd.DataFrame, title: str | None = None) -> Figure:
    """The second firm's lead in each of several courses of events: from one course, and where the firms swap places.

    ``table`` is of ``strategy.several_courses``.
    """
    if not isinstance(table, pd.DataFrame) or not {"one_course", "both_seats"} <= set(table.columns) or table.empty:
        raise ValueError("table must be as strategy.several_courses returns it, with at least one course.")
    rows = (("one_course", "one course", RED, "s"), ("both_seats", "firms swap\nplaces", BLUE, "o"))
    wins = {name: int((table[name] > LEVEL).sum()) for name, *_ in rows}
    said = title or (
        f"One course decides little: ahead in {wins['one_course']} of {len(table)}; in {wins['both_seats']} where the"
        f" firms swap places"
    )
    told = "; ".join(
        f"{label.replace(chr(10), ' ')} from {table[name].min():+.1f} to {table[name].max():+.1f}, mean"
        f" {table[name].mean():+.1f}"
        for name, label, *_ in rows
    ).replace("-", "−")
    alt = f"Lead of the second firm in {len(table)} random courses, euros per person: {told}."
    figure, axes = new_axes(said, alt, "Lead, euros per person", "")
    for height, (name, _, colour, marker) in enumerate(rows):
        leads = np.sort(table[name].to_numpy())
        # Neighbours step up and down in turn, so that equal leads do not hide one another.
        step = 0.12 * ((np.arange(leads.size) % 3) - 1)
        axes.plot(leads, height + step, marker=marker, color=colour, linewidth=0, markersize=7, alpha=0.75)
        axes.plot([leads.mean()] * 2, [height - 0.3, height + 0.3], color=INK, linewidth=2)
    axes.text(table["both_seats"].mean(), 1.34, "mean", ha="center", va="bottom", fontsize=11)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [label for _, label, *_ in rows])
    axes.set_ylim(-0.6, 1.75)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.08)
    return figure


@in_style
def next_euro(table: pd.DataFrame, title: str | None = None) -> Figure:
    """What each euro brings in every use, the best first; winning and keeping in two colours.

    ``table`` is of ``strategy.next_euro``.
    """
    if not isinstance(table, pd.DataFrame) or not {"kind", "per_euro"} <= set(table.columns) or table.empty:
        raise ValueError("table must be as strategy.next_euro returns it, with at least one use.")
    words = {"win": "winning", "keep": "keeping"}
    # The best use of each kind: the best of one against the worst of the other would decide nothing.
    best = table.sort_values("per_euro", ascending=False, kind="stable").drop_duplicates("kind")
    said = title or "A euro brings at best " + ", ".join(
        f"{_cents(row['per_euro'])} for {words[row['kind']]} ({use})" for use, row in best.iterrows()
    )
    told = "; ".join(f"{words[row['kind']]}, {use}: {_cents(row['per_euro'])}" for use, row in table.iterrows())
    figure, axes = new_axes(said, f"What a euro brings in {len(table)} uses. {told}.", "Euros for each euro spent", "")
    figure.set_size_inches(figure.get_size_inches()[0], 3.6 + 0.3 * max(0, len(table) - 5))
    rows = np.arange(len(table))
    colours = {"win": BLUE, "keep": RED}
    axes.barh(rows, table["per_euro"], height=0.62, color=[colours[kind] for kind in table["kind"]])
    reach = max(float(table["per_euro"].max()), 1.0)
    for row, (kind, brought) in enumerate(zip(table["kind"], table["per_euro"], strict=True)):
        axes.text(
            brought + 0.02 * reach, row, f"{_cents(brought)} {kind}",
            va="center", color=colours[kind], fontsize=11, weight="bold",
        )  # fmt: skip
    axes.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1.42 * reach)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_yticks(rows, list(table.index))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    return figure


def lead_in_words(outcome: Outcome) -> str:
    """One sentence on who came out ahead, and by what."""
    first, second = outcome.firms.iloc[0], outcome.firms.iloc[1]
    lead = outcome.lead()
    years = outcome.market.years
    return (
        f"The {second['rule']} firm ends {signed_euros(lead)} against the {first['rule']} one, counting {years} years'"
        f" profit ({euros(second['profit'])} against {euros(first['profit'])}) and the customers it then has"
        f" ({euros(second['equity'])} against {euros(first['equity'])}), all in today's money."
    )


def _in_today(outcome: Outcome, firm: int, what: str) -> pd.Series:
    line = outcome.years.loc[firm][what]
    factor = (1 + outcome.market.discount_rate) ** -line.index.to_numpy(dtype=float)
    if what == "profit":
        # A year's profit counts at its start, the customers at its end.
        return (line * factor * (1 + outcome.market.discount_rate)).cumsum()
    return line * factor if what == "equity" else line


def _cents(amount: float) -> str:
    return f"€{amount:.2f}".replace("€-", "−€")


def _names(rules: tuple[str, str]) -> list[str]:
    return list(rules) if rules[0] != rules[1] else [rules[0], f"{rules[1]} 2"]


def _label(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
