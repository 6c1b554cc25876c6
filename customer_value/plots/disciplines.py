"""The triangle of value disciplines: where a firm stands, where it wants to be, where its managers see it."""

import itertools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from customer_value._inputs import columns
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, new_axes
from customer_value.strategy.disciplines import DISCIPLINES, DisciplinesPicture, Weights, points_moved, ternary

_HEIGHT = float(np.sqrt(3) / 2)
_QUARTERS = (25, 50, 75)


@in_style
def discipline_triangle(picture: DisciplinesPicture) -> Figure:
    """The triangle of a team's picture: a circle for today, a square for the future, an arrow between them.

    Lines mark 25, 50 and 75 points of each discipline; the weights are written at the corners.
    """
    now, future = picture.now, picture.future
    moved = points_moved(now, future)
    gained = max(DISCIPLINES, key=lambda name: future.named()[name] - now.named()[name])
    title = f"{moved:g} of 100 points move, most to {gained}" if moved else "No point moves: the future is today"
    told = ", ".join(f"{name} {a:g} now and {b:g} then" for name, a, b in zip(DISCIPLINES, now, future, strict=True))
    alt = f"Triangle of value disciplines of {picture.company}, with today's and the future place. Weights: {told}."
    figure, axes = new_axes(title, alt, "", "")
    _triangle(axes)
    here, there = ternary(now), ternary(future)
    if moved:
        axes.annotate(
            "",
            there,
            here,
            arrowprops={"arrowstyle": "-|>", "color": GREY, "lw": 1.8, "shrinkA": 6, "shrinkB": 6},
            zorder=2,
        )
    axes.plot(*here, "o", color=RED, markersize=11, zorder=3)
    axes.plot(*there, "s", color=BLUE, markersize=8, zorder=4)
    for name, first, second in zip(DISCIPLINES, now, future, strict=True):
        _corner(axes, name, f"{first:g} → {second:g}" if moved else f"{first:g}")
    axes.plot([0.0], [_HEIGHT - 0.02], "o", color=RED, markersize=9)
    axes.text(0.05, _HEIGHT - 0.02, "today", color=RED, va="center", fontsize=11)
    axes.plot([0.0], [_HEIGHT - 0.12], "s", color=BLUE, markersize=7)
    axes.text(0.05, _HEIGHT - 0.12, "future", color=BLUE, va="center", fontsize=11)
    axes.set_xlim(-0.24, 1.24)
    axes.set_ylim(-0.32, _HEIGHT + 0.22)
    return figure


@in_style
def opinions_triangle(opinions: pd.DataFrame) -> Figure:
    """Where each person sees the firm today, and their mean as a larger circle.

    ``opinions`` has a row for each person, named by its index, and a column for each of the three disciplines; a row
    adds to 100. Raises ``ValueError`` for other tables.
    """
    columns(opinions, DISCIPLINES, "opinions")
    people = {str(name): Weights(*row) for name, row in opinions[list(DISCIPLINES)].iterrows()}
    mean = Weights(*opinions[list(DISCIPLINES)].mean())
    apart = max((points_moved(a, b) for a, b in itertools.combinations(people.values(), 2)), default=0.0)
    title = f"{len(people)} managers see one firm up to {apart:g} points apart"
    told = "; ".join(f"{name} {', '.join(f'{weight:g}' for weight in weights)}" for name, weights in people.items())
    alt = f"Triangle of value disciplines. Weights of {', '.join(DISCIPLINES)} by person: {told}."
    figure, axes = new_axes(title, alt, "", "")
    _triangle(axes)
    middle = ternary(mean)[0]
    for name, weights in people.items():
        x, y = ternary(weights)
        left = x < middle
        axes.plot(x, y, "D", color=GREY, markersize=7, zorder=3)
        axes.text(
            x + (-0.04 if left else 0.04), y, name.removeprefix("head of "), ha="right" if left else "left",
            va="center", fontsize=11, zorder=2, bbox={"facecolor": "white", "linewidth": 0, "pad": 1},
        )  # fmt: skip
    axes.plot(*ternary(mean), "o", color=RED, markersize=11, zorder=4)
    for name, weight in zip(DISCIPLINES, mean, strict=True):
        _corner(axes, name, f"mean {weight:g}")
    axes.plot([0.0], [_HEIGHT - 0.02], "o", color=RED, markersize=9)
    axes.text(0.05, _HEIGHT - 0.02, "mean", color=RED, va="center", fontsize=11)
    axes.set_xlim(-0.24, 1.24)
    axes.set_ylim(-0.32, _HEIGHT + 0.22)
    return figure


def _triangle(axes: Axes) -> None:
    """The triangle with lines at 25, 50 and 75 points of each discipline."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.add_patch(Polygon([(0, 0), (0.5, _HEIGHT), (1, 0)], facecolor="white", edgecolor=INK, linewidth=1.2))
    for level in _QUARTERS:
        rest = 100 - level
        for one, other in (
            ((level, rest, 0), (level, 0, rest)),
            ((rest, level, 0), (0, level, rest)),
            ((rest, 0, level), (0, rest, level)),
        ):
            ends = np.array([ternary(Weights(*one)), ternary(Weights(*other))])
            axes.plot(ends[:, 0], ends[:, 1], color=PALE, linewidth=1, zorder=1)


def _corner(axes: Axes, name: str, below: str) -> None:
    """The name of a discipline and a text at its corner."""
    at = DISCIPLINES.index(name)
    x, y = ((0.0, -0.05), (0.5, _HEIGHT + 0.04), (1.0, -0.05))[at]
    top = at == 1
    shown = name if top else name.replace(" ", chr(10), 1)
    axes.text(x, y, f"{shown}\n{below}", ha="center", va="bottom" if top else "top", fontsize=11)
