"""The net promoter score and the answers behind it."""

import numpy as np
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from customer_value._counts import tally
from customer_value._inputs import array
from customer_value.experience.nps import HIGHEST, PASSIVE, PROMOTER, SameMean, net_promoter_score
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, new_axes, percent, share_axes

_POINTS = np.arange(HIGHEST + 1)


@in_style
def promoters(answers: ArrayLike, title: str | None = None) -> Figure:
    """Shares of the answers 0 to 10, coloured by what the score makes of them."""
    score = net_promoter_score(answers)
    given = array(answers, "answers")
    shares = tally(given[~np.isnan(given)].astype(np.int64), least=_POINTS.size) / score.n
    said = (
        f"Score {_signed(score.score)} ({_signed(score.low)} to {_signed(score.high)}) from a mean of {score.mean:.1f}"
    )
    groups = (("detractors", RED, "0–6", score.detractors), ("passives", PALE, "7–8", score.passives))
    groups = (*groups, ("promoters", BLUE, "9–10", score.promoters))
    told = ", ".join(f"{name} {percent(count / score.n)}" for name, _, _, count in groups)
    alt = f"Bars with the share of each answer from 0 to 10 among {score.n:,} answers. {told}; score {score.score:.0f}."
    figure, axes = new_axes(title or said, alt, "Would recommend, 0 to 10", "Share of answers")
    colours = [RED if point < PASSIVE else PALE if point < PROMOTER else BLUE for point in _POINTS]
    axes.bar(_POINTS, shares, color=colours, edgecolor=GREY, linewidth=0.8, width=0.8)
    handles = [Patch(facecolor=colour, edgecolor=GREY) for _, colour, _, _ in groups]
    labels = [f"{name} {span}: {percent(count / score.n)}" for name, _, span, count in groups]
    axes.legend(handles, labels, loc="upper left", frameon=False, fontsize=11, labelcolor=INK)
    axes.set_ylim(0, shares.max() * 1.15)
    axes.set_xticks(_POINTS)
    share_axes(axes.yaxis)
    return figure


@in_style
def same_mean(extremes: SameMean, title: str | None = None) -> Figure:
    """Two sets of answers with the same mean, one with the lowest possible score and one with the highest."""
    apart = f"any score from {_signed(extremes.low)} to {_signed(extremes.high)}"
    one = f"only one score, {_signed(extremes.low)}"
    said = f"Mean {extremes.mean:g}: {apart if extremes.high - extremes.low > 1e-9 else one}"
    sets = (
        ("lowest", extremes.low, extremes.low_shares, RED, -0.2),
        ("highest", extremes.high, extremes.high_shares, BLUE, 0.2),
    )
    told = " ".join(
        f"{name.capitalize()} score {score:.0f}: "
        + ", ".join(f"{percent(shares[point])} answer {point}" for point in np.flatnonzero(shares > 1e-12))
        + "."
        for name, score, shares, _, _ in sets
    )
    alt = f"Bars of two sets of answers with mean {extremes.mean:g}. {told}"
    figure, axes = new_axes(title or said, alt, "Would recommend, 0 to 10", "Share of answers")
    for name, score, shares, colour, beside in sets:
        axes.bar(_POINTS + beside, shares, width=0.38, color=colour, label=f"{name} score, {_signed(score)}")
    axes.legend(
        loc="upper left" if extremes.mean > HIGHEST / 2 else "upper right", frameon=False, fontsize=11, labelcolor=INK
    )
    axes.set_ylim(0, 1.3)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xticks(_POINTS)
    share_axes(axes.yaxis)
    return figure


def _signed(score: float) -> str:
    return f"{score:+.0f}".replace("-", "−").replace("+0", "0").replace("−0", "0")
