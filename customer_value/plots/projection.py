"""Survivors of a cohort: what a model saw, and what it projects beyond."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from customer_value._comparison import model_columns
from customer_value.plots import findings
from customer_value.plots.compared import ACTUAL_LABEL, end_labels, marks
from customer_value.plots.look import GREY, INK, Figure, in_style, new_axes, percent, share_axes


@in_style
def survivor_projection(table: pd.DataFrame, title: str | None = None, period: str = "year") -> Figure:
    """Survival or retention of a cohort as observed, beside projections; holdout right of the dashed line.

    ``table`` is of ``validation.survivor_projection``; ``period`` is the word for one of its periods; ``title``
    replaces the finding computed from it. Lines that leave 0 to 100% are cut off there.
    """
    models = model_columns(table, "validation.survivor_projection", ("holdout",))
    said = title or findings.projected(table, period)
    survival = table.attrs.get("quantity", "survival") == "survival"
    y = "Cohort still there" if survival else "Retention rate"
    known = table.dropna(subset=["actual"])
    alt = f"{y} by {period}, actual and projected. " + "; ".join(
        f"{period} {at}: actual {percent(row['actual'])},"
        f" {', '.join(f'{name} {percent(row[name])}' for name in models)}"
        for at, row in known.iloc[[0, len(known) // 2, -1]].iterrows()
    )
    figure, axes = new_axes(said, f"{alt}.", period.capitalize(), y)
    axes.plot(
        known.index, known["actual"], color=INK, marker="o", markersize=7, markerfacecolor="white", label=ACTUAL_LABEL
    )
    for name, mark in marks(models).items():
        axes.plot(table.index, table[name], color=mark.colour, linestyle=mark.line, label=name)
    values = known[["actual", *models]] if survival else known[["actual"]]
    low = 0.0 if survival else max(0.0, float(values.min().min()) - 0.08)
    axes.set_ylim(low, 1.02)
    share_axes(axes.yaxis)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    calibration = table.index[~table["holdout"].to_numpy(dtype=bool)]
    if len(calibration) < len(table):
        _name_holdout(axes, float(calibration[-1]))
    ends = {ACTUAL_LABEL: (float(known["actual"].iloc[-1]), INK)}
    ends |= {name: (float(table[name].iloc[-1]), mark.colour) for name, mark in marks(models).items()}
    end_labels(axes, float(table.index[-1]), ends)
    return figure


def _name_holdout(axes: Axes, last: float) -> None:
    """A dashed line after the period ``last``; its label stands at the foot or the top, where the curves leave room."""
    low, high = axes.get_ylim()
    # The label takes a good quarter of the width.
    under = np.linspace(last, last + 0.29 * np.ptp(axes.get_xlim()))
    curves = [np.interp(under, *np.asarray(line.get_data(), dtype=float)) for line in axes.lines]
    sides = {"bottom": low + 0.02 * (high - low), "top": high - 0.02 * (high - low)}
    side = max(sides, key=lambda name: min(float(np.abs(curve - sides[name]).min()) for curve in curves))
    axes.axvline(last, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.text(last + 0.1, sides[side], "holdout →", color=GREY, ha="left", va=side, fontsize=11)
