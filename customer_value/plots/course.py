"""Purchases of a cohort over time, and one customer's chance of being alive over time."""

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FuncFormatter

from customer_value._comparison import model_columns
from customer_value.plots import findings
from customer_value.plots.compared import ACTUAL_BAND, ACTUAL_LABEL, legend, marks
from customer_value.plots.look import GREY, INK, Figure, in_style, new_axes, percent, share_axes

_MOST_POINTS = 260


@in_style
def tracking(table: pd.DataFrame, title: str | None = None, *, cumulative: bool = True) -> Figure:
    """Repeat purchases of a cohort over time with the end of calibration: up to each period, or within it.

    ``table`` is of ``validation.tracking`` (purchases within periods, whichever is drawn); ``title`` replaces the
    finding computed from it.
    """
    models = model_columns(table, "validation.tracking", ("end", "days", "holdout"))
    length = int(table["days"].max())
    period = {7: "week", 1: "day"}.get(length, f"period of {length} days")
    word = period.split()[0]
    shown = table[["actual", *models]]
    if cumulative:
        shown, y = shown.cumsum(), "Repeat purchases so far"
        said = title or findings.tracked(table, word)
    else:
        y = f"Repeat purchases a {word}"
        said = title or findings.tracked_per_period(table, word)
    end = shown.iloc[-1]
    alt = (
        f"{'Cumulative repeat' if cumulative else 'Repeat'} purchases by {word}, {len(table)} in all."
        f" In the last one: actual {end['actual']:,.0f},"
        f" {', '.join(f'{name} {end[name]:,.0f}' for name in models)}."
    )
    boundary = _boundary(table)
    if boundary is not None:
        alt += f" Calibration ends with {word} {boundary}."
    figure, axes = new_axes(said, alt, period.capitalize(), y)
    every = int(np.ceil(len(table) / _MOST_POINTS))
    drawn = shown.iloc[(len(table) - 1) % every :: every] if cumulative else shown
    width = 5.0 if cumulative else 1.4
    axes.plot(drawn.index, drawn["actual"], color=ACTUAL_BAND, linewidth=width, label=ACTUAL_LABEL)
    for name, mark in marks(models).items():
        axes.plot(drawn.index, drawn[name], color=mark.colour, linestyle=mark.line, label=name)
    top = 1.06 * float(shown.max().max()) or 1.0
    axes.set_ylim(0, top)
    axes.set_xlim(0, len(table) * 1.01)
    if boundary is not None:
        axes.axvline(boundary, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.text(
            boundary + 0.01 * len(table),
            0.03 * top,
            "holdout →",
            color=GREY,
            va="bottom",
            fontsize=11,
        )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    legend(axes, "upper left" if cumulative else "upper right")
    return figure


@in_style
def alive_over_time(table: pd.DataFrame, title: str | None = None) -> Figure:
    """P(alive) of one customer day by day, with a tick at each purchase.

    ``table`` is of ``validation.alive_over_time``; ``title`` replaces the finding computed from it.
    """
    made_by = "validation.alive_over_time"
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"table must be the data frame that {made_by} returns; got {type(table).__name__}.")
    models = [name for name in table.columns if name not in ("purchases", "bought")]
    if not {"purchases", "bought"} <= set(table.columns) or not models or table.empty:
        raise ValueError(f"table lacks purchases, bought, a model or rows. Make it with {made_by}.")
    said = title or findings.left_silent(table, models)
    bought = table.index[table["bought"].to_numpy()]
    alt = (
        f"P(alive) of one customer by day, {table.index[0]:%Y-%m-%d} to {table.index[-1]:%Y-%m-%d}, with"
        f" {len(bought)} purchases, the last on {bought[-1]:%Y-%m-%d}. It falls in every silence and jumps back at"
        f" each purchase. At the end: {', '.join(f'{name} {percent(table[name].iloc[-1])}' for name in models)}."
    )
    figure, axes = new_axes(said, alt, "Date", "P(alive)")
    drawn = _few(table)
    for name, mark in marks(models).items():
        axes.plot(drawn.index, drawn[name], color=mark.colour, linestyle=mark.line, label=name, linewidth=1.8)
    axes.plot(bought, np.full(len(bought), -0.05), linestyle="", marker="|", color=INK, markersize=9, label="purchase")
    axes.set_ylim(-0.1, 1.03)
    share_axes(axes.yaxis)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    places = AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(places)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(places, show_offset=False))
    legend(axes, "lower left", bbox_to_anchor=(0, 0.08), borderaxespad=0.1)
    return figure


def _boundary(table: pd.DataFrame) -> int | None:
    """The last period of calibration, where a holdout follows."""
    held = table["holdout"].to_numpy(dtype=bool)
    return int(table.index[~held][-1]) if held.any() and not held.all() else None


def _few(table: pd.DataFrame) -> pd.DataFrame:
    """Days enough to draw: those of purchases, the day before each, and some between."""
    bought = table["bought"].to_numpy()
    keep = bought | np.append(bought[1:], True)
    keep[:: max(1, int(np.ceil(len(table) / _MOST_POINTS)))] = True
    return table[keep]
