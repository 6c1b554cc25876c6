"""Where the best customers stand in another period."""

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import FuncFormatter

from customer_value.persistence import TopTierShift
from customer_value.plots.look import BLUE, GREY, PALE, RED, Figure, in_style, money, new_axes


@in_style
def tier_shift(shifts: dict[str, TopTierShift], title: str, tier: str = "top tenth") -> Figure:
    """Arrows from where the best customers stood when chosen to where they stood in another period.

    Positions are multiples of the average customer in the same period, so that a general rise or fall of
    business drops out. ``shifts`` maps a label (one or two lines) to the result of
    ``persistence.top_tier_shift``.
    """
    if not shifts:
        raise ValueError("shifts is empty: there is nothing to draw.")
    spoken = " ".join(
        f"{label.replace(chr(10), ' ')}: from {shift.times_average_before:.1f} to"
        f" {shift.times_average_after:.1f} times the average."
        for label, shift in shifts.items()
    )
    figure, axes = new_axes(
        title,
        f"Arrows showing mean spend of the {tier} of customers as a multiple of the average customer. {spoken}",
        "Times the average spend",
        "",
    )
    rows = np.arange(len(shifts))
    for row, shift in zip(rows, shifts.values(), strict=True):
        start, end = shift.times_average_before, shift.times_average_after
        axes.annotate(
            "",
            (end, row),
            (start, row),
            arrowprops={
                "arrowstyle": "-|>,head_width=0.35,head_length=0.7",
                "color": BLUE,
                "lw": 2.4,
                "shrinkB": 0,
            },
        )
        axes.plot([start], [row], "o", color=RED, markersize=9)
        side = "left" if start >= end else "right"
        axes.text(start, row - 0.16, f"{start:.1f}", ha=side, va="bottom", color=RED, weight="bold")
        axes.text(end, row - 0.16, f"{end:.1f}", ha="right" if start >= end else "left", va="bottom", weight="bold")
    axes.axvline(1, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.text(1.08, len(rows) - 0.55, "average\ncustomer", color=GREY, ha="left", va="bottom", fontsize=11)
    first = next(iter(shifts.values()))
    start, end = first.times_average_before, first.times_average_after
    falls = start >= end
    above = -0.16 - 0.13 * len(rows)  # clear of the numbers, however many rows share the height
    axes.text(start, above, "when\nchosen", color=RED, ha="left" if falls else "right", va="bottom", fontsize=11)
    axes.text(end, above, "in the other\nperiod", ha="right" if falls else "left", va="bottom", fontsize=11)
    axes.set_yticks(rows, list(shifts))
    axes.set_ylim(len(rows) - 0.45, above - 0.2 * len(rows))
    farthest = max(max(s.times_average_before, s.times_average_after) for s in shifts.values())
    axes.set_xlim(0, farthest * 1.22)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


@in_style
def tier_bars(before: Sequence[float], after: Sequence[float], title: str, labels: tuple[str, str]) -> Figure:
    """Mean spend per tier in two periods, tier 1 first: pairs of bars, money on the vertical axis."""
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    spoken = "; ".join(
        f"tier {number}: {money(one)} then {money(two)}"
        for number, (one, two) in enumerate(zip(first, second, strict=True), start=1)
    )
    alt = f"Pairs of bars with mean spend per tier, {labels[0]} and {labels[1]}. {spoken}."
    figure, axes = new_axes(title, alt, "Tier by spend in the first period (1 is best)", "Mean spend, US dollars")
    tier = np.arange(1, first.size + 1)
    axes.bar(tier - 0.2, first, width=0.38, color=PALE, edgecolor=BLUE, linewidth=1.2)
    axes.bar(tier + 0.2, second, width=0.38, color=BLUE)
    axes.text(1.05, first[0], f" {labels[0]}", va="top", ha="left")
    axes.text(1.45, second[0], f" {labels[1]}", va="top", ha="left", color=BLUE, weight="bold")
    axes.set_xticks(tier)
    axes.set_xlim(0.4, first.size + 0.6)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount)))
    return figure
