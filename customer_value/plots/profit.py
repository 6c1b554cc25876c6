"""Who brings the profit and who takes it back: the whale curve."""

import numpy as np
from matplotlib.ticker import FuncFormatter, PercentFormatter

from customer_value.plots.look import BLUE, GREY, PALE, RED, Figure, in_style, money, new_axes, percent, thin
from customer_value.profitability import WhaleCurve


@in_style
def whale(curve: WhaleCurve) -> Figure:
    """The whale curve of cumulative profit, with its peak and its end marked."""
    at, peak, total = curve.customers_at_peak, curve.peak, curve.total
    if total > 0 and curve.given_back > 0.005 * total:
        title = f"{percent(1 - at)} of customers take back {money(curve.given_back)} of a possible {money(peak)}"
    elif total > 0:
        title = f"Under these costs almost every customer pays: {money(total)} in all"
    else:
        title = f"Under these costs the firm loses {money(-total)}; {percent(1 - at)} of customers lose money"
    alt = (
        f"Whale curve: cumulative profit against share of customers, most profitable first. It rises to"
        f" {money(peak)} at {percent(at)} of customers and ends at {money(total)}."
    )
    figure, axes = new_axes(title, alt, "Share of customers, most profitable first", "Cumulative profit, US dollars")
    x, y = thin(curve.customers, curve.profit)
    axes.fill_between(x, total, np.maximum(y, total), where=x >= at, color=PALE, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.plot(x[x <= at], y[x <= at], color=BLUE)
    axes.plot(x[x >= at], y[x >= at], color=RED, linestyle=(0, (5, 1.2)))
    axes.plot([at], [peak], "o", color=BLUE, markersize=7)
    axes.plot([1], [total], "o", color=RED, markersize=7, clip_on=False)
    reach = max(peak, 0) - min(total, 0)
    side = "left" if at < 0.55 else "right"
    axes.text(at, peak + 0.03 * reach, f"peak {money(peak)}\nat {percent(at)}", color=BLUE, ha=side, va="bottom")
    axes.text(0.985, total - 0.04 * reach, f"total {money(total)}", color=RED, ha="right", va="top")
    axes.set_xlim(0, 1)
    axes.set_ylim(min(0.0, total) - 0.12 * reach * (total < 0.12 * reach), max(peak, 0) + 0.22 * reach)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: money(amount)))
    return figure
