"""What a model says of every history: heat maps of frequency and recency."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import PercentFormatter

from customer_value.plots import findings
from customer_value.plots.look import BLUE, GREY, INK, PALE, Figure, in_style, new_axes, percent

# One hue from light to dark: the order survives greyscale and every kind of colour blindness.
_SCALE = LinearSegmentedColormap.from_list("pale to blue", [PALE, "#7fa3cb", BLUE, INK])


@in_style
def alive_matrix(table: pd.DataFrame, title: str | None = None) -> Figure:
    """P(alive) by frequency and recency as a heat map.

    ``table`` is of ``validation.alive_matrix``; histories that cannot be are left blank. ``title`` replaces the
    finding computed from it.
    """
    _checked(table, "validation.alive_matrix")
    said = title or findings.silent(table)
    figure = _heat_map(table, said, "P(alive)", f"{_corners(table, percent)}", vmin=0.0, vmax=1.0)
    figure.axes[-1].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


@in_style
def purchases_matrix(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Expected purchases by frequency and recency as a heat map.

    ``table`` is of ``validation.purchases_matrix``; histories that cannot be are left blank. ``title`` replaces the
    finding computed from it.
    """
    _checked(table, "validation.purchases_matrix")
    said = title or findings.most_expected(table)
    return _heat_map(table, said, "Expected purchases", _corners(table, lambda number: f"{number:.2f}"), vmin=0.0)


def _heat_map(table: pd.DataFrame, title: str, what: str, corners: str, **scale: Any) -> Figure:
    unit = table.attrs.get("unit", "period")
    alt = (
        f"Heat map of {what} by repeat purchases ({table.index[0]} to {table.index[-1]}) and recency"
        f" ({table.columns[0]:g} to {table.columns[-1]:g} {unit}s), darker is more. {corners}"
    )
    x = "Last of the occasions with a purchase" if unit == "occasion" else f"Recency: first to last purchase, {unit}s"
    figure, axes = new_axes(title, alt, x, "Repeat purchases")
    column, row = np.arange(table.shape[1] + 1) - 0.5, np.arange(table.shape[0] + 1) - 0.5
    # A picture of one pixel per cell, enlarged without smoothing: a path per cell would weigh fifty times as much.
    values = np.ma.masked_invalid(table.to_numpy())
    cells = axes.imshow(values, cmap=_SCALE, interpolation="none", origin="lower", aspect="auto", **scale)
    axes.vlines(column, row[0], row[-1], color="white", linewidth=0.6)
    axes.hlines(row, column[0], column[-1], color="white", linewidth=0.6)
    axes.set_xticks(*_ticks([f"{at:.3g}" for at in table.columns]))
    axes.set_yticks(*_ticks([str(at) for at in table.index]))
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    bar = figure.colorbar(cells, ax=axes, fraction=0.06, pad=0.03)
    bar.set_label(what)
    bar.outline.set_visible(False)
    bar.ax.tick_params(color=GREY, length=3)
    # The bar's gradient is 256 strips as paths; as a picture it is a few hundred bytes.
    bar.solids.set_rasterized(True)
    return figure


def _ticks(labels: list[str], most: int = 7) -> tuple[np.ndarray, list[str]]:
    every = int(np.ceil(len(labels) / most))
    at = np.arange(0, len(labels), every)
    return at, [labels[k] for k in at]


def _corners(table: pd.DataFrame, words: Any) -> str:
    cells = table.unstack().dropna()
    low, high = cells.idxmin(), cells.idxmax()
    return (
        f"Lowest {words(float(cells.min()))} for {low[1]} purchases at recency {low[0]:.3g}, highest"
        f" {words(float(cells.max()))} for {high[1]} at {high[0]:.3g}."
    )


def _checked(table: Any, made_by: str) -> None:
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"table must be the data frame that {made_by} returns; got {type(table).__name__}.")
    if table.index.name != "frequency" or table.columns.name != "recency" or table.isna().all(axis=None):
        raise ValueError(f"table must have frequency as index and recency as columns. Make it with {made_by}.")
