"""How models and what happened are told apart: the same colour, mark and dash in every figure."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes

from customer_value.plots.look import BLUE, GREY, INK, RED, TEAL

ACTUAL_LABEL = "actual"
ACTUAL_BAND = "#8593a1"
"""A line of many actual values: wide and light, so that the models' lines stay visible on top of it."""


class Mark(NamedTuple):
    """How one model is drawn."""

    colour: str
    marker: str
    line: Any


_MARKS = (
    Mark(BLUE, "o", "-"),
    Mark(RED, "s", (0, (5, 1.5))),
    Mark(TEAL, "^", (0, (1.2, 1.2))),
    Mark(GREY, "D", (0, (6, 1.5, 1.2, 1.5))),
)


# The third colour is readable as a line, not as text; this shade of it is.
_AS_TEXT = {TEAL: "#177263"}


def marks(models: list[str]) -> dict[str, Mark]:
    """A mark for each model. Raises ``ValueError`` for more than a small figure can tell apart."""
    if len(models) > len(_MARKS):
        raise ValueError(
            f"A figure can tell {len(_MARKS)} models apart; the table has {len(models)} ({', '.join(models)})."
            " Draw fewer of them: table[[…]]."
        )
    return dict(zip(models, _MARKS, strict=False))


def legend(axes: Axes, place: str, **options: Any) -> None:
    """A plain legend at a place that the figure keeps free, what happened first."""
    handles, labels = axes.get_legend_handles_labels()
    first = sorted(range(len(labels)), key=lambda at: labels[at] != ACTUAL_LABEL)
    axes.legend(
        [handles[at] for at in first],
        [labels[at] for at in first],
        loc=place,
        frameon=False,
        fontsize=11,
        labelcolor=INK,
        handlelength=1.9,
        **options,
    )


def end_labels(axes: Axes, x: float, ends: dict[str, tuple[float, str]]) -> None:
    """Names beside the ends of lines, as {name: (height, colour)}, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    gap = 0.085 * (high - low)
    order = sorted(ends, key=lambda name: ends[name][0])
    heights = [min(max(ends[name][0], low), high) for name in order]
    for at in range(1, len(heights)):
        heights[at] = max(heights[at], heights[at - 1] + gap)
    # What was pushed out at the top is pushed back, and those below with it.
    heights[-1] = min(heights[-1], high)
    for at in range(len(heights) - 2, -1, -1):
        heights[at] = min(heights[at], heights[at + 1] - gap)
    for name, height in zip(order, heights, strict=True):
        colour = _AS_TEXT.get(ends[name][1], ends[name][1])
        axes.annotate(
            name, (x, height), (7, 0), textcoords="offset points", color=colour, ha="left", va="center", fontsize=11
        )
