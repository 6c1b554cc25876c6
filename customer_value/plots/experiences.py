"""What customers experience: the delivery gap, the journey, what drives contentment, and what mending pays."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.plots.currency import euros
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, new_axes, percent, share_axes
from customer_value.plots.tables import made_by

_ROWS = 5


@in_style
def delivery_gap(table: pd.DataFrame, title: str | None = None, scale: str = "points, 1 to 10") -> Figure:
    """What customers answer and what managers believe, question by question, with 95% intervals.

    ``table`` is of ``experience.delivery_gap``; ``scale`` is the unit of the answers.
    """
    made_by(table, "experience.delivery_gap", ("customers", "customers_se", "managers", "managers_se", "gap"))
    widest = table["gap"].idxmax()
    said = (
        title or f"{_capital(_plain(widest))}: managers believe {table.loc[widest, 'gap']:.1f} more than customers say"
    )
    told = "; ".join(
        f"{_plain(name)}: customers {row['customers']:.1f}, managers {row['managers']:.1f}"
        for name, row in table.iterrows()
    )
    figure, axes = new_axes(said, f"Mean answers of customers and managers. {told}.", f"Mean answer, {scale}", "")
    rows = _rows(figure, axes, table)
    for name, colour, marker in (("customers", RED, "o"), ("managers", BLUE, "s")):
        axes.errorbar(
            table[name],
            rows,
            xerr=1.96 * table[f"{name}_se"],
            color=colour,
            marker=marker,
            markersize=8,
            linestyle="",
            elinewidth=1.6,
            zorder=3,
        )
        axes.text(table[name].iloc[0], -0.45, name, color=colour, ha="center", va="bottom", weight="bold", fontsize=11)
    axes.hlines(rows, table["customers"], table["managers"], color=PALE, linewidth=4, zorder=1)
    axes.set_ylim(len(rows) - 0.5, -1.1)
    return figure


@in_style
def journey(
    table: pd.DataFrame,
    title: str | None = None,
    scale: str = "Points",
    volume: str = "passages",
    expected: str = "expected",
) -> Figure:
    """The journey from left to right: what is expected, what is met, and how many pass (width of the bars below).

    ``table`` is of ``experience.journey_map``; ``scale`` names the vertical axis, ``volume`` what is counted,
    ``expected`` the standard that the dashes show.
    """
    made_by(table, "experience.journey_map", ("expectation", "experience", "volume", "shortfall", "felt"))
    worst = table["felt"].idxmax()
    said = title or (
        f"{_capital(_plain(worst))} falls short by {table.loc[worst, 'shortfall']:.2f}"
        f" for {table.loc[worst, 'volume']:,.0f} {volume}"
        if table.loc[worst, "felt"] > 0
        else "No touchpoint falls short of what is expected"
    )
    told = "; ".join(
        f"{_plain(name)}: {expected} {row['expectation']:.2f}, met {row['experience']:.2f},"
        f" {row['volume']:,.0f} {volume}"
        for name, row in table.iterrows()
    )
    figure, axes = new_axes(said, f"Journey in {len(table)} touchpoints. {told}.", f"Touchpoint, and {volume}", scale)
    x = np.arange(len(table))
    standard, met = table["expectation"].to_numpy(), table["experience"].to_numpy()
    axes.vlines(
        x, met, standard, color=[RED if short > 0 else PALE for short in table["shortfall"]], linewidth=3, zorder=1
    )
    # Not every customer passes all of them, so no line leads from one to the next.
    axes.plot(x, standard, color=GREY, marker="_", markersize=18, markeredgewidth=2, linestyle="")
    axes.scatter(x, met, s=60 + 540 * table["volume"] / table["volume"].max(), color=BLUE, edgecolor="white", zorder=3)
    top, bottom = max(standard.max(), met.max()), min(standard.min(), met.min())
    span = max(top - bottom, 1e-9)
    highest = int(standard.argmax())
    axes.text(highest, standard[highest] + 0.07 * span, expected, color=GREY, ha="center", va="bottom", fontsize=11)
    axes.set_ylim(bottom - 0.28 * span, top + 0.28 * span)
    axes.set_xlim(-0.6, len(table) - 0.4)
    axes.set_xticks(x, [f"{_plain(name)}\n{number:,.0f}" for name, number in table["volume"].items()])
    return figure


@in_style
def driver_importance(table: pd.DataFrame, title: str | None = None, outcome: str = "the overall answer") -> Figure:
    """Shapley shares of R² as bars, the largest first, each with its regression coefficient beside it.

    ``table`` is of ``experience.driver_importance``; intervals are drawn if it has them.
    """
    made_by(table, "experience.driver_importance", ("share", "shapley", "coefficient"))
    ordered = table.sort_values("share", ascending=False, kind="stable")
    r2 = table["shapley"].sum()
    first = ordered.index[0]
    wrong = [name for name in ordered.index if ordered.loc[name, "coefficient"] < 0 < ordered.loc[name, "correlation"]]
    said = f"{_capital(_plain(first))} has {percent(ordered['share'].iloc[0])} of what is explained"
    said += f"; {_plain(wrong[0])} a negative coefficient" if wrong else ""
    told = "; ".join(
        f"{_plain(name)}: {percent(row['share'])}, coefficient {_signed(row['coefficient'])}"
        for name, row in ordered.iterrows()
    )
    alt = f"Shapley shares of the explained variance of {outcome} (R² {r2:.2f}), largest first. {told}."
    figure, axes = new_axes(title or said, alt, f"Share of R² ({r2:.2f})", "")
    rows = _rows(figure, axes, ordered)
    axes.barh(rows, ordered["share"], height=0.62, color=BLUE)
    reach = float(ordered["share"].max())
    if {"low", "high"} <= set(ordered):
        below, above = ordered["shapley"] - ordered["low"], ordered["high"] - ordered["shapley"]
        axes.errorbar(
            ordered["share"],
            rows,
            xerr=np.maximum([below, above], 0) / r2,
            linestyle="",
            color=INK,
            elinewidth=1.4,
        )
        reach = max(reach, float(ordered["high"].max()) / r2)
    for row, coefficient in zip(rows, ordered["coefficient"], strict=True):
        axes.text(
            reach * 1.28, row, _signed(coefficient), ha="right", va="center", fontsize=11,
            color=RED if coefficient < 0 else INK, weight="bold" if coefficient < 0 else "normal",
        )  # fmt: skip
    axes.set_xlim(0, reach * 1.3)
    axes.text(reach * 1.3, -0.62, "coefficient", ha="right", va="bottom", fontsize=11)
    axes.set_ylim(len(rows) - 0.5, -1.2)
    # The room for the coefficients is no share.
    axes.set_xticks([tick for tick in MaxNLocator(4).tick_values(0, reach) if tick <= min(1.0, reach * 1.05)])
    share_axes(axes.xaxis)
    return figure


@in_style
def priorities(table: pd.DataFrame, title: str | None = None) -> Figure:
    """What mending each touchpoint would bring in a year, with its interval, against what it costs.

    ``table`` is of ``experience.priorities``.
    """
    made_by(table, "experience.priorities", ("value", "low", "high", "cost", "net"))
    best = table.index[0]
    said = (
        f"{_capital(_plain(best))} first: {euros(table['net'].iloc[0])} a year after its cost"
        if table["net"].iloc[0] > 0
        else "No touchpoint brings more than it costs to mend"
    )
    told = "; ".join(
        f"{_plain(name)}: {euros(row['value'])} ({euros(row['low'])} to {euros(row['high'])}),"
        f" cost {euros(row['cost'])}"
        for name, row in table.iterrows()
    )
    figure, axes = new_axes(title or said, f"Value of mending each touchpoint a year. {told}.", "Euros a year", "")
    rows = _rows(figure, axes, table)
    errors = [table["value"] - table["low"], table["high"] - table["value"]]
    axes.errorbar(table["value"], rows, xerr=errors, color=BLUE, marker="o", markersize=9, linestyle="", elinewidth=2)
    axes.plot(table["cost"], rows, marker="|", markersize=18, markeredgewidth=2.4, color=RED, linestyle="")
    axes.text(table["cost"].iloc[0], -0.42, "cost", color=RED, ha="center", va="bottom", weight="bold", fontsize=11)
    axes.text(table["value"].iloc[0], 0.2, "value", color=BLUE, ha="center", va="top", weight="bold", fontsize=11)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_ylim(len(rows) - 0.4, -1.0)
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: euros(amount)))
    return figure


def _rows(figure: Figure, axes: Axes, table: pd.DataFrame) -> np.ndarray:
    """One line per row of the table, labelled, in a figure as high as they need."""
    rows = np.arange(len(table))
    figure.set_size_inches(figure.get_size_inches()[0], 3.6 + 0.36 * max(0, len(rows) - _ROWS))
    axes.set_yticks(rows, [_label(name) for name in table.index])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return rows


def _plain(name: object) -> str:
    return str(name).removesuffix("_score").replace("_", " ")


def _label(name: object) -> str:
    """A name on two lines where one would take half the figure."""
    words = _plain(name)
    if len(words) <= 14 or " " not in words:
        return words
    spaces = [at for at, letter in enumerate(words) if letter == " "]
    middle = min(spaces, key=lambda at: abs(at - len(words) / 2))
    return f"{words[:middle]}\n{words[middle + 1 :]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")
