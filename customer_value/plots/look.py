"""One look for every figure: palette, type, size, and the text alternative that each must have.

A ``Figure`` is an ordinary matplotlib figure (``savefig`` works) that shows itself as SVG with its text
alternative. No pyplot state is touched, so nothing has to be closed.

The palette is dark enough for 3:1 against white, keeps its order in greyscale (each colour has its own
lightness) and stays apart under the three kinds of colour blindness; lines also differ in style.
"""

import functools
import io
import re
import textwrap
from collections.abc import Callable
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as _MatplotlibFigure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

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


def in_style(draw: Callable[_P, Figure]) -> Callable[_P, Figure]:
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
        figure.suptitle(wrapped(title), x=0.012, ha="left")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    return figure, axes


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


def percent(share: float) -> str:
    """A share as a reader wants it: a decimal only where whole per cent would say 0 or hide a small share."""
    decimals = 1 if 0 < share < 0.0995 or 0.995 <= share < 1 else 0
    text = f"{100 * share:.{decimals}f}"
    return f"{text.removesuffix('.0')}%".replace("-", "−")


def wrapped(title: str, widest: int = 34) -> str:
    """The title on as few lines as fit, of about equal length, so that no word stands alone."""
    lines = len(textwrap.wrap(title, widest))
    width = next(width for width in range(8, widest + 1) if len(textwrap.wrap(title, width)) <= lines)
    return textwrap.fill(title, width)


def share_axes(*axis: Any) -> None:
    """Shares on these axes are written in per cent."""
    for one in axis:
        one.set_major_formatter(PercentFormatter(1, decimals=0))


def thin(x: NDArray[np.float64], y: NDArray[np.float64], most: int = 140) -> tuple[NDArray, NDArray]:
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
