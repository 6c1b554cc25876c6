"""What a study of the successful shows: growth by number of strong elements, and who is among the best and worst."""

import numpy as np
import pandas as pd

from customer_value._inputs import columns, fraction
from customer_value.plots.look import BLUE, GREY, RED, Figure, in_style, new_axes, percent, share_axes


@in_style
def strong_elements(table: pd.DataFrame) -> Figure:
    """Mean growth by how many elements are strong; ``table`` is of ``strategy.evidence.growth_by_strength``.

    A group without companies has no bar.
    """
    columns(table, ["companies", "growth"], "table")
    seen = table[table["companies"] > 0]
    first, last = seen["growth"].iloc[0], seen["growth"].iloc[-1]
    title = f"Growth is {last:.1f}% a year with {seen.index[-1]}, {first:.1f}% with {seen.index[0]}"
    told = "; ".join(
        f"{name}: {row['growth']:.1f}% a year, {row['companies']:.0f} companies" for name, row in seen.iterrows()
    )
    figure, axes = new_axes(
        title, f"Bars of mean growth by number of strong elements. {told}.", "Mean growth, % a year", "Strong elements"
    )
    rows = np.arange(len(table))
    growth = table["growth"].fillna(0.0)
    axes.barh(rows, growth, height=0.62, color=BLUE)
    for row, (_, line) in zip(rows, table.iterrows(), strict=True):
        text = f"{line['growth']:.1f}" if line["companies"] else "no company"
        axes.annotate(
            text, (max(growth.iloc[row], 0.0), row), (5, 0), textcoords="offset points", va="center", fontsize=11
        )
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_xlim(min(0.0, float(growth.min()) * 1.1), max(1.0, float(growth.max()) * 1.25))
    axes.set_yticks(rows, [str(name).replace(" ", "\n", 1) for name in table.index])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    return figure


@in_style
def focus_among(firms: pd.DataFrame, share: float = 0.05) -> Figure:
    """How many of the best, of all and of the worst firms are focused.

    ``firms`` is of ``strategy.evidence.bold_firms``; ``share`` is how many count as best and as worst.
    """
    columns(firms, ["focused", "profit"], "firms")
    number = max(1, round(fraction(share, "share") * len(firms)))
    ordered = firms.sort_values("profit", ascending=False)["focused"]
    bars = {
        f"best {percent(share)}": ordered.head(number).mean(),
        "all firms": ordered.mean(),
        f"worst {percent(share)}": ordered.tail(number).mean(),
    }
    best, everyone, worst = bars.values()
    title = f"{percent(best)} of the best focus on one thing, and {percent(worst)} of the worst"
    told = "; ".join(f"{name} {percent(value)}" for name, value in bars.items())
    figure, axes = new_axes(title, f"Share of firms that focus: {told}.", "Share of firms that focus", "")
    rows = np.arange(len(bars))
    axes.barh(rows, list(bars.values()), height=0.6, color=[BLUE, GREY, RED])
    for row, value in zip(rows, bars.values(), strict=True):
        axes.annotate(percent(value), (value, row), (5, 0), textcoords="offset points", va="center", weight="bold")
    axes.axvline(everyone, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_xlim(0, min(1.12, max(bars.values()) * 1.2 + 0.02))
    axes.set_yticks(rows, list(bars))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    share_axes(axes.xaxis)
    return figure
