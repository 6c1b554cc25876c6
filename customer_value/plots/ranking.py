"""Are the customers a model calls valuable the valuable ones? Groups by prediction, and the capture curve."""

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from customer_value._comparison import model_columns
from customer_value.plots import findings
from customer_value.plots.compared import legend, marks
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, money, new_axes, percent, share_axes


@in_style
def value_groups(
    table: pd.DataFrame, title: str | None = None, value: str = "revenue", currency: str = "US dollars"
) -> Figure:
    """Mean actual value of each group of customers by predicted value, with what was predicted.

    ``table`` is of ``validation.value_groups``; ``value`` is the word for what was predicted; ``title`` replaces the
    finding computed from the table.
    """
    model_columns(table, "validation.value_groups", ("customers", "predicted", "share", "lift"))
    said = title or findings.ranked(table, value)
    spoken = "; ".join(
        f"{group}: {money(row['actual'])}, predicted {money(row['predicted'])}" for group, row in table.iterrows()
    )
    alt = f"Mean {value} per customer in {len(table)} groups by prediction, best first. Actual: {spoken}."
    figure, axes = new_axes(said, alt, "Group by prediction (1 is best)", f"Mean {value}, {currency}")
    axes.bar(table.index, table["actual"], width=0.8, color=PALE, edgecolor=BLUE, linewidth=1, label="actual")
    axes.plot(
        table.index, table["predicted"], color=RED, marker="s", markersize=6, linestyle=(0, (5, 1.5)), label="predicted"
    )
    every = int(np.ceil(len(table) / 10))
    axes.set_xticks(table.index[::every])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: f"{amount:,.0f}"))
    legend(axes, "upper right")
    return figure


@in_style
def capture_curve(table: pd.DataFrame, title: str | None = None, value: str = "revenue", best: float = 0.2) -> Figure:
    """The share of value that the best customers by prediction brought, between chance and perfect foresight.

    ``table`` is of ``validation.capture_curve``; ``best`` is the share of customers that the title speaks of, and
    marks; ``value`` is the word for what was predicted; ``title`` replaces the finding.
    """
    made_by = "validation.capture_curve"
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"table must be the data frame that {made_by} returns; got {type(table).__name__}.")
    if table.index.name != "customers" or table.shape[1] < 2 or table.columns[-1] != "perfect foresight":
        raise ValueError(f"table must have customers as index and perfect foresight as last column; see {made_by}.")
    if not 0 < best < 1:
        raise ValueError(f"best must be a share between 0 and 1; got {best!r}.")
    *models, perfect = table.columns
    said = title or findings.captured(table, best, value)
    at = {name: float(np.interp(best, table.index, table[name])) for name in table.columns}
    alt = (
        f"Capture curve: share of {value} brought by the best customers, best first. The best {percent(best)}:"
        f" {', '.join(f'{name} {percent(share)}' for name, share in at.items())}; by chance {percent(best)}."
    )
    figure, axes = new_axes(said, alt, "Share of customers, best prediction first", f"Share of {value}")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), label="chance")
    axes.plot(table.index, table[perfect], color=INK, linewidth=1.4, label=perfect)
    for name, mark in marks(models).items():
        axes.plot(table.index, table[name], color=mark.colour, linestyle=mark.line, label=name)
        axes.plot([best], [at[name]], marker=mark.marker, color=mark.colour, markersize=7)
    axes.axvline(best, color=GREY, linewidth=0.8)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    share_axes(axes.xaxis, axes.yaxis)
    legend(axes, "lower right")
    return figure
