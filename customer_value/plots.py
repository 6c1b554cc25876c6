"""The workbook's figures: one look, titles that state the finding, a text alternative for each.

Every function returns a ``Figure``, an ordinary matplotlib figure (``savefig`` works) that shows itself
as SVG with its text alternative. No pyplot state is touched, so nothing has to be closed.

The palette is dark enough for 3:1 against white, keeps its order in greyscale (each colour has its own
lightness) and stays apart under the three kinds of colour blindness; lines also differ in style.
"""

import functools
import io
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as _MatplotlibFigure
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from customer_value.concentration import gini, lorenz_curve, top_share
from customer_value.persistence import TopTierShift
from customer_value.profitability import WhaleCurve

_P = ParamSpec("_P")

INK = "#1c2733"
BLUE = "#1b4f8f"
RED = "#c04a14"
TEAL = "#22a08c"
GREY = "#687480"
PALE = "#dfe5ec"
PALETTE = (BLUE, RED, TEAL)
"""Colours of data, in order of use; INK and GREY are for text and reference lines, PALE for areas."""

SIZE = (4.3, 3.6)
"""Inches. Small, so that 12-point text is still readable when a phone shrinks the figure to its width."""

_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "axes.labelsize": 12,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "white",
    "figure.facecolor": "white",
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign is money here
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
    "path.simplify": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "customer-value",
}


class Figure(_MatplotlibFigure):
    """A matplotlib figure with a text alternative, shown as SVG wherever notebooks are shown.

    ``alt`` says in words what the figure shows; it is required, because readers who cannot see the
    figure get nothing else. The SVG holds no date and no random id: the same data give the same bytes.
    """

    def __init__(self, alt: str, **options: Any) -> None:
        if not alt or not alt.strip():
            raise ValueError("A figure needs a text alternative: say in words what it shows.")
        self.alt = alt
        options.setdefault("figsize", SIZE)
        options.setdefault("layout", "constrained")
        super().__init__(**options)

    def savefig(self, *arguments: Any, **options: Any) -> None:
        """As matplotlib's ``savefig``, in the workbook's look."""
        with matplotlib.rc_context(_STYLE):
            super().savefig(*arguments, **options)

    def to_svg(self) -> str:
        """The figure as SVG text."""
        buffer = io.StringIO()
        self.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return _lighter(buffer.getvalue())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = {"image/svg+xml": self.to_svg(), "text/plain": self.alt}
        return data, {"image/svg+xml": {"alt": self.alt}}


def _in_style(draw: Callable[_P, Figure]) -> Callable[_P, Figure]:
    """Text and lines take the look when they are made, so the whole drawing happens inside it."""

    @functools.wraps(draw)
    def drawn(*arguments: _P.args, **options: _P.kwargs) -> Figure:
        with matplotlib.rc_context(_STYLE):
            return draw(*arguments, **options)

    return drawn


def new_axes(title: str, alt: str, x: str, y: str) -> tuple[Figure, Axes]:
    """A figure in the shared look with one set of axes.

    ``title`` states the finding (it is wrapped to fit), ``x`` and ``y`` name the axes with their units.
    """
    with matplotlib.rc_context(_STYLE):
        figure = Figure(alt)
        axes = figure.add_subplot()
        figure.suptitle(_wrapped(title), x=0.012, ha="left")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    return figure, axes


@_in_style
def lorenz(values: ArrayLike, top: float = 0.2, customers: str = "customers", value: str = "revenue") -> Figure:
    """The Lorenz curve of ``values``, with the best ``top`` share of customers marked.

    ``customers`` and ``value`` are the words for who is counted and what is summed. Errors as in
    ``concentration.lorenz_curve`` and ``concentration.top_share``.
    """
    share, unevenness = top_share(values, top), gini(values)
    curve = lorenz_curve(values)
    title = f"The top {_percent(top)} of {customers} bring {_percent(share)} of {value}"
    alt = (
        f"Lorenz curve: cumulative share of {value} against cumulative share of {customers}, smallest first."
        f" It sags far below the diagonal of equality (Gini coefficient {unevenness:.2f})."
        f" The lower {_percent(1 - top)} of {customers} bring {_percent(1 - share)}, the top {_percent(top)}"
        f" the other {_percent(share)}."
    )
    figure, axes = new_axes(title, alt, f"Share of {customers}, smallest first", f"Share of {value}, cumulative")
    x, y = _thin(curve.customers, curve.value)
    cut = 1 - top
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.fill_between(x, x, y, color=PALE, linewidth=0)
    axes.plot(x, y, color=BLUE)
    axes.plot([cut, cut], [0, 1 - share], color=RED, linewidth=1.4)
    axes.plot([cut, 1], [1 - share, 1 - share], color=RED, linewidth=1.4, linestyle=(0, (1, 1.5)))
    axes.plot([1, 1], [1 - share, 1], color=RED, linewidth=5, solid_capstyle="butt", clip_on=False)
    axes.plot([cut], [1 - share], "o", color=RED, markersize=7)
    axes.text(0.03, 0.93, f"Gini coefficient {unevenness:.2f}", fontsize=12)
    axes.text(0.455, 0.5, "if all brought\nthe same", color=GREY, ha="right", va="bottom", fontsize=11)
    if cut > 0:
        # The corner above the diagonal is free whatever the share; colour ties the words to the point.
        words = f"The other {_percent(cut)} bring {_percent(1 - share)}"
        axes.text(0.03, 0.83, words, color=RED, fontsize=11, weight="bold")
    _shares(axes.xaxis, axes.yaxis)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return figure


@_in_style
def top_shares(shares: dict[str, float], title: str, reference: float = 0.8) -> Figure:
    """Horizontal bars of shares (0 to 1) by label, in the order given, with a line at ``reference``."""
    if not shares:
        raise ValueError("shares is empty: there is nothing to draw.")
    spoken = "; ".join(f"{label.replace(chr(10), ' ')}: {_percent(share)}" for label, share in shares.items())
    alt = f"Bars with the share of revenue that the top 20% of customers bring. {spoken}."
    figure, axes = new_axes(title, alt, "Share of revenue from the top 20%", "")
    labels, values = list(shares), list(shares.values())
    axes.barh(labels, values, color=BLUE, height=0.62)
    for row, share in enumerate(values):
        axes.text(share - 0.015, row, _percent(share), color="white", ha="right", va="center", weight="bold")
    axes.axvline(reference, color=RED, linewidth=1.6, linestyle=(0, (4, 3)))
    axes.text(reference - 0.01, -0.5, f"the {100 * reference:.0f}/20 rule", color=RED, ha="right", va="bottom")
    axes.set_ylim(len(values) - 0.5, -0.95)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


@_in_style
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


@_in_style
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


@_in_style
def whale(curve: WhaleCurve) -> Figure:
    """The whale curve of cumulative profit, with its peak and its end marked."""
    at, peak, total = curve.customers_at_peak, curve.peak, curve.total
    if total > 0 and curve.given_back > 0.005 * total:
        title = f"{_percent(1 - at)} of customers take back {money(curve.given_back)} of a possible {money(peak)}"
    elif total > 0:
        title = f"Under these costs almost every customer pays: {money(total)} in all"
    else:
        title = f"Under these costs the firm loses {money(-total)}; {_percent(1 - at)} of customers lose money"
    alt = (
        f"Whale curve: cumulative profit against share of customers, most profitable first. It rises to"
        f" {money(peak)} at {_percent(at)} of customers and ends at {money(total)}."
    )
    figure, axes = new_axes(title, alt, "Share of customers, most profitable first", "Cumulative profit, US dollars")
    x, y = _thin(curve.customers, curve.profit)
    axes.fill_between(x, total, np.maximum(y, total), where=x >= at, color=PALE, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.plot(x[x <= at], y[x <= at], color=BLUE)
    axes.plot(x[x >= at], y[x >= at], color=RED, linestyle=(0, (5, 1.2)))
    axes.plot([at], [peak], "o", color=BLUE, markersize=7)
    axes.plot([1], [total], "o", color=RED, markersize=7, clip_on=False)
    reach = max(peak, 0) - min(total, 0)
    side = "left" if at < 0.55 else "right"
    axes.text(at, peak + 0.03 * reach, f"peak {money(peak)}\nat {_percent(at)}", color=BLUE, ha=side, va="bottom")
    axes.text(0.985, total - 0.04 * reach, f"total {money(total)}", color=RED, ha="right", va="top")
    axes.set_xlim(0, 1)
    axes.set_ylim(min(0.0, total) - 0.12 * reach * (total < 0.12 * reach), max(peak, 0) + 0.22 * reach)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount)))
    return figure


def money(amount: float) -> str:
    """US dollars as a reader wants them: cents only below 10 and not for whole dollars, thousands shortened."""
    sign, size = ("−" if amount < 0 else ""), abs(amount)
    if size >= 999_500:
        return f"{sign}${size / 1e6:.2f}m"
    if size >= 9_950:
        return f"{sign}${size / 1e3:,.0f}k"
    if size >= 10 or size == round(size):
        return f"{sign}${size:,.0f}"
    return f"{sign}${size:.2f}"


def _percent(share: float) -> str:
    decimals = 1 if 0 < share < 0.0995 or 0.995 <= share < 1 else 0
    text = f"{100 * share:.{decimals}f}"
    return f"{text.removesuffix('.0')}%"


def _wrapped(title: str, widest: int = 34) -> str:
    """The title on as few lines as fit, of about equal length, so that no word stands alone."""
    lines = len(textwrap.wrap(title, widest))
    width = next(width for width in range(8, widest + 1) if len(textwrap.wrap(title, width)) <= lines)
    return textwrap.fill(title, width)


def _shares(*axis: Any) -> None:
    for one in axis:
        one.set_major_formatter(PercentFormatter(1, decimals=0))


def _thin(x: NDArray[np.float64], y: NDArray[np.float64], most: int = 140) -> tuple[NDArray, NDArray]:
    """At most ``most`` points plus the highest one, chosen evenly along the curve so that its shape stays."""
    if x.size <= most:
        return x, y
    span = np.ptp(y) or 1.0
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y) / span))])
    keep = np.searchsorted(along, np.linspace(0, along[-1], most))
    keep = np.unique(np.concatenate([keep.clip(0, x.size - 1), [0, int(y.argmax()), x.size - 1]]))
    return x[keep], y[keep]


def _lighter(svg: str) -> str:
    """Drop what no reader sees: comments around text, and decimals beyond a thousandth of a point."""
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    return re.sub(r"(\d\.\d{3})\d+", r"\1", svg)
