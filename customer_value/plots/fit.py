"""Does the model fit? Customers by how often they bought and how much they spend, expected and actual."""

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from customer_value._comparison import model_columns
from customer_value.plots import findings
from customer_value.plots.compared import ACTUAL_LABEL, legend, marks
from customer_value.plots.look import BLUE, GREY, INK, PALE, Figure, in_style, new_axes


@in_style
def frequency_bins(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Customers by number of repeat purchases: bars for what was, a mark for each model.

    ``table`` is of ``validation.frequency_bins``; ``title`` replaces the finding computed from it.
    """
    models = model_columns(table, "validation.frequency_bins")
    said = title or findings.misplaced(table, "validation.frequency_bins")
    alt = f"Customers by number of repeat purchases, actual bars with marks for the models. {_spoken(table, models)}"
    return _bins(table, models, said, alt, "Repeat purchases", "Customers")


@in_style
def spend_bins(table: pd.DataFrame, title: str | None = None, currency: str = "US dollars") -> Figure:
    """Repeat customers by mean spend per purchase: bars for what was, a line for each model.

    ``table`` is of ``validation.spend_bins``; ``title`` replaces the finding computed from it.
    """
    models = model_columns(table, "validation.spend_bins", ("lower", "upper"))
    said = title or findings.misplaced(table, "validation.spend_bins", "repeat customers")
    alt = (
        f"Repeat customers by mean spend per purchase in {currency}, actual bars with marks for the models."
        f" {_spoken(table, models)}"
    )
    figure = _bins(table, models, said, alt, f"Mean spend per purchase, {currency}", "Repeat customers")
    (axes,) = figure.axes
    # Bins have edges, so the ticks stand at the edges; a label under each bin would not fit.
    every = max(1, int(np.ceil(len(table) / 6)))
    at = np.arange(len(table) - 1, -1, -every)[::-1]
    labels = [f"{low:g}" for low in table["lower"].to_numpy()[at]]
    axes.set_xticks(at - 0.5, [*labels[:-1], f"{labels[-1]}+"])
    return figure


@in_style
def conditional_expectations(table: pd.DataFrame, title: str | None = None, unit: str = "weeks") -> Figure:
    """Mean purchases in the holdout by what customers did before, expected and actual.

    ``table`` is of ``validation.conditional_expectations``, by frequency or recency (then counted in ``unit``);
    ``title`` replaces the finding computed from it.
    """
    models = model_columns(table, "validation.conditional_expectations", ("customers",))
    said = title or findings.conditional(table)
    recency = table.index.name == "recency"
    x = f"Recency at the end of calibration, {unit}" if recency else "Repeat purchases in calibration"
    alt = f"Mean holdout purchases per customer by {x[0].lower() + x[1:]}. {_spoken(table, models, 2)}"
    figure, axes = new_axes(said, alt, x, "Holdout purchases each")
    at = np.arange(len(table))
    axes.plot(at, table["actual"], color=INK, marker="o", markersize=7, markerfacecolor="white", label=ACTUAL_LABEL)
    for name, mark in marks(models).items():
        axes.plot(at, table[name], color=mark.colour, marker=mark.marker, markersize=5, linestyle=mark.line, label=name)
    axes.set_xticks(at, list(table.index))
    if recency and max(map(len, table.index)) > 2:
        axes.tick_params(axis="x", rotation=50)
    axes.set_ylim(0, 1.08 * float(table[["actual", *models]].max().max()) or 1)
    legend(axes, "upper left")
    return figure


@in_style
def history_counts(table: pd.DataFrame, title: str | None = None) -> Figure:
    """Customers with each history of frequency and recency: expected against actual, on the diagonal where equal.

    ``table`` is of ``validation.history_counts``; ``title`` replaces the finding computed from it. Histories that
    nobody has are not drawn (both axes are logarithmic); the text alternative counts them.
    """
    models = model_columns(table, "validation.history_counts")
    said = title or findings.misplaced(table, "validation.history_counts")
    seen = table[table["actual"] > 0]
    largest = seen["actual"].idxmax()
    alt = (
        f"Scatter of {len(seen)} histories of frequency and recency, expected against actual customers, both on"
        f" logarithmic axes. The most frequent, {largest[0]} purchases, has {seen['actual'].max():,.0f} customers;"
        f" expected are {', '.join(f'{seen.loc[largest, name]:,.0f} by {name}' for name in models)}."
        f" {len(table) - len(seen)} histories without customers are not drawn."
    )
    figure, axes = new_axes(said, alt, "Actual customers", "Expected customers")
    axes.set_xscale("log")
    axes.set_yscale("log")
    numbers = seen[["actual", *models]].to_numpy()
    low, high = numbers[numbers > 0].min() / 1.5, numbers.max() * 1.5
    axes.plot([low, high], [low, high], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    for name, mark in marks(models).items():
        axes.plot(
            seen["actual"], seen[name], linestyle="", marker=mark.marker, color=mark.colour, markersize=6, label=name
        )
    axes.text(high / 1.15, low * 1.15, "on the line:\nas expected", color=GREY, ha="right", va="bottom", fontsize=11)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}" if number >= 1 else f"{number:g}"))
    if len(models) > 1:
        legend(axes, "upper left")
    return figure


def _bins(table: pd.DataFrame, models: list[str], title: str, alt: str, x: str, y: str) -> Figure:
    figure, axes = new_axes(title, alt, x, y)
    at = np.arange(len(table))
    axes.bar(at, table["actual"], width=0.86, color=PALE, edgecolor=BLUE, linewidth=1, label=ACTUAL_LABEL)
    drawn = marks(models)
    for number, (name, mark) in enumerate(drawn.items()):
        # Side by side within the bar, so that equal numbers do not hide each other.
        shift = 0.24 * (number - (len(drawn) - 1) / 2)
        axes.plot(
            at + shift, table[name], linestyle="", marker=mark.marker, markersize=6.5, color=mark.colour, label=name
        )
    axes.set_xticks(at, list(table.index))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    legend(axes, "upper right")
    return figure


def _spoken(table: pd.DataFrame, models: list[str], decimals: int = 0) -> str:
    rows = []
    for label, row in table.iterrows():
        expected = ", ".join(f"{name} {row[name]:,.{decimals}f}" for name in models)
        rows.append(f"{label}: actual {row['actual']:,.{decimals}f}, {expected}")
    return "; ".join(rows) + "."
