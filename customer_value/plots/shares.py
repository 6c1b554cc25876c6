"""How unevenly revenue is spread over customers: the Lorenz curve, and top shares side by side."""

from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from customer_value.concentration import gini, lorenz_curve, top_share
from customer_value.plots.look import BLUE, GREY, PALE, RED, Figure, in_style, new_axes, percent, share_axes, thin


@in_style
def lorenz(values: ArrayLike, top: float = 0.2, customers: str = "customers", value: str = "revenue") -> Figure:
    """The Lorenz curve of ``values``, with the best ``top`` share of customers marked.

    ``customers`` and ``value`` are the words for who is counted and what is summed. Errors as in
    ``concentration.lorenz_curve`` and ``concentration.top_share``.
    """
    share, unevenness = top_share(values, top), gini(values)
    curve = lorenz_curve(values)
    title = f"The top {percent(top)} of {customers} bring {percent(share)} of {value}"
    alt = (
        f"Lorenz curve: cumulative share of {value} against cumulative share of {customers}, smallest first."
        f" It sags far below the diagonal of equality (Gini coefficient {unevenness:.2f})."
        f" The lower {percent(1 - top)} of {customers} bring {percent(1 - share)}, the top {percent(top)}"
        f" the other {percent(share)}."
    )
    figure, axes = new_axes(title, alt, f"Share of {customers}, smallest first", f"Share of {value}, cumulative")
    x, y = thin(curve.customers, curve.value)
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
        words = f"The other {percent(cut)} bring {percent(1 - share)}"
        axes.text(0.03, 0.83, words, color=RED, fontsize=11, weight="bold")
    share_axes(axes.xaxis, axes.yaxis)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return figure


@in_style
def top_shares(shares: dict[str, float], title: str, reference: float = 0.8) -> Figure:
    """Horizontal bars of shares (0 to 1) by label, in the order given, with a line at ``reference``."""
    if not shares:
        raise ValueError("shares is empty: there is nothing to draw.")
    spoken = "; ".join(f"{label.replace(chr(10), ' ')}: {percent(share)}" for label, share in shares.items())
    alt = f"Bars with the share of revenue that the top 20% of customers bring. {spoken}."
    figure, axes = new_axes(title, alt, "Share of revenue from the top 20%", "")
    labels, values = list(shares), list(shares.values())
    axes.barh(labels, values, color=BLUE, height=0.62)
    for row, share in enumerate(values):
        axes.text(share - 0.015, row, percent(share), color="white", ha="right", va="center", weight="bold")
    axes.axvline(reference, color=RED, linewidth=1.6, linestyle=(0, (4, 3)))
    axes.text(reference - 0.01, -0.5, f"the {100 * reference:.0f}/20 rule", color=RED, ha="right", va="bottom")
    axes.set_ylim(len(values) - 0.5, -0.95)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
