"""The strategy canvas: one curve for each firm over the factors that the industry competes on."""

import numpy as np

from customer_value.plots.compared import legend, marks
from customer_value.plots.look import GREY, INK, PALE, Figure, in_style, new_axes
from customer_value.strategy.canvas import HIGHEST, StrategyCanvas, four_actions

_ROWS = 5
"""Factors that fit at the usual height; more make the figure higher."""
_STANDS = {"create": "only us", "raise": "above", "keep": "level", "reduce": "below", "eliminate": "only others"}
"""Where an own score stands: a finding, while the names of the four actions would read as advice."""
_NAMED = 3


@in_style
def strategy_canvas(canvas: StrategyCanvas) -> Figure:
    """The firms' curves, factors downwards, with where the own firm stands on each factor against the others' mean.

    The own firm is drawn first; at most three rivals fit.
    """
    actions = four_actions(canvas)
    table = canvas.table()
    firms = [canvas.own, *(firm for firm in table if firm != canvas.own)]
    stands = actions["action"].map(_STANDS)
    said = [
        f"{so} {_listed(list(stands.index[stands == where]))}"
        for where, so in (
            *(("above", "ahead in"), ("below", "behind in")),
            *(("only us", "alone with"), ("only others", "without")),
        )
        if (stands == where).any()
    ]
    title = f"{canvas.own} is {', '.join(said[:2])}" if said else f"{canvas.own} offers what the others offer"
    told = "; ".join(
        f"{factor}: {row['own']:g} against {row['others']:g} ({stands[factor]})" for factor, row in actions.iterrows()
    )
    alt = (
        f"Strategy canvas of {', '.join(firms)}, scores from 0 to {HIGHEST}."
        f" {canvas.own} against the mean of others: {told}."
    )
    figure, axes = new_axes(title, alt, f"Score, 0 to {HIGHEST}", "")
    rows = np.arange(len(table))
    figure.set_size_inches(figure.get_size_inches()[0], 3.6 + 0.34 * max(0, len(rows) - _ROWS))
    for firm, mark in marks(firms).items():
        own = firm == canvas.own
        axes.plot(
            table[firm],
            rows,
            color=mark.colour,
            marker=mark.marker,
            linestyle=mark.line,
            linewidth=3 if own else 1.6,
            markersize=8 if own else 6,
            label=firm,
            zorder=4 if own else 3,
        )
    for row, where in enumerate(stands):
        quiet = where == "level"
        axes.text(
            HIGHEST + 0.7, row, where, va="center", fontsize=11, color=GREY if quiet else INK,
            weight="normal" if quiet else "bold",
        )  # fmt: skip
    axes.set_yticks(rows, [factor.replace(" ", "\n", 1) if len(factor) > 14 else factor for factor in table.index])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.set_xlim(-0.4, HIGHEST + 0.4 + 0.42 * max(map(len, _STANDS.values())))
    axes.set_xticks(range(0, HIGHEST + 1, 2))
    axes.spines["bottom"].set_bounds(0, HIGHEST)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    for row in rows:
        axes.plot([0, HIGHEST], [row, row], color=PALE, linewidth=1, zorder=0)
    legend(axes, "lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, borderpad=0, columnspacing=1.2)
    return figure


def _listed(factors: list[str]) -> str:
    """The first few by name, the others counted."""
    if len(factors) > _NAMED:
        return f"{', '.join(factors[: _NAMED - 1])} and {len(factors) - _NAMED + 1} more"
    return ", ".join(factors)
