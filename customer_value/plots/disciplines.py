"""The triangle of value disciplines: where a firm stands, where it wants to be."""

import numpy as np
from matplotlib.patches import Polygon

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
    place = dict(
        zip(DISCIPLINES, ((0.0, -0.05, "top"), (0.5, _HEIGHT + 0.04, "bottom"), (1.0, -0.05, "top")), strict=True)
    )
    for name, (x, y, side) in place.items():
        first, second = now.named()[name], future.named()[name]
        weights = f"{first:g} → {second:g}" if moved else f"{first:g}"
        axes.text(
            x,
            y,
            f"{name.replace(' ', chr(10), 1 if side == 'top' else 0)}\n{weights}",
            ha="center",
            va=side,
            fontsize=11,
        )
    axes.plot([0.0], [_HEIGHT - 0.02], "o", color=RED, markersize=9)
    axes.text(0.05, _HEIGHT - 0.02, "today", color=RED, va="center", fontsize=11)
    axes.plot([0.0], [_HEIGHT - 0.12], "s", color=BLUE, markersize=7)
    axes.text(0.05, _HEIGHT - 0.12, "future", color=BLUE, va="center", fontsize=11)
    axes.set_xlim(-0.24, 1.24)
    axes.set_ylim(-0.32, _HEIGHT + 0.22)
    return figure
