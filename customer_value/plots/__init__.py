"""The workbook's figures: one look, titles that state the finding, a text alternative for each.

Every function returns a ``Figure``, an ordinary matplotlib figure (``savefig`` works) that shows itself
as SVG with its text alternative. No pyplot state is touched, so nothing has to be closed.

``look`` holds what they share; each other module is one family. Those that compare models with what
happened draw the tables of ``customer_value.validation`` and have the names of the functions that make
them: ``plots.tracking(validation.tracking(…))``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from customer_value.plots.look import BLUE, GREY, INK, PALE, PALETTE, RED, SIZE, TEAL, Figure, money, new_axes
from customer_value.plots.profit import whale
from customer_value.plots.shares import lorenz, top_shares
from customer_value.plots.tiers import tier_bars, tier_shift

if TYPE_CHECKING:
    from customer_value.plots.canvas import strategy_canvas
    from customer_value.plots.cash_flows import (
        accumulated_value,
        cash_ladder,
        margin_multipliers,
        mixed_retention,
        survival_by_group,
        value_by_tenure,
    )
    from customer_value.plots.choice import (
        fence_leak,
        part_worths,
        price_response,
        profit_band,
        profit_curve,
        segment_chances,
        wtp_distribution,
        wtp_intervals,
    )
    from customer_value.plots.course import alive_over_time, tracking
    from customer_value.plots.cvm import (
        claimed_savings,
        evc_distribution,
        value_sharing_bar,
        value_tornado,
        value_waterfall,
    )
    from customer_value.plots.disciplines import discipline_triangle, opinions_triangle
    from customer_value.plots.elements import elements_pyramid
    from customer_value.plots.evidence import focus_among, strong_elements
    from customer_value.plots.experiences import delivery_gap, driver_importance, journey, priorities
    from customer_value.plots.fit import conditional_expectations, frequency_bins, history_counts, spend_bins
    from customer_value.plots.markets import market_course, next_euro, random_courses, region_map, two_axes
    from customer_value.plots.matrices import alive_matrix, purchases_matrix
    from customer_value.plots.projection import survivor_projection
    from customer_value.plots.ranking import capture_curve, value_groups
    from customer_value.plots.recommending import promoters, same_mean

# Most pages show none of these: each is loaded when it is first asked for.
_LATER = {
    "accumulated_value": "cash_flows",
    "alive_matrix": "matrices",
    "alive_over_time": "course",
    "capture_curve": "ranking",
    "cash_ladder": "cash_flows",
    "claimed_savings": "cvm",
    "conditional_expectations": "fit",
    "delivery_gap": "experiences",
    "discipline_triangle": "disciplines",
    "driver_importance": "experiences",
    "elements_pyramid": "elements",
    "evc_distribution": "cvm",
    "fence_leak": "choice",
    "focus_among": "evidence",
    "frequency_bins": "fit",
    "history_counts": "fit",
    "journey": "experiences",
    "margin_multipliers": "cash_flows",
    "market_course": "markets",
    "mixed_retention": "cash_flows",
    "next_euro": "markets",
    "opinions_triangle": "disciplines",
    "part_worths": "choice",
    "price_response": "choice",
    "priorities": "experiences",
    "profit_band": "choice",
    "profit_curve": "choice",
    "promoters": "recommending",
    "purchases_matrix": "matrices",
    "random_courses": "markets",
    "region_map": "markets",
    "same_mean": "recommending",
    "segment_chances": "choice",
    "spend_bins": "fit",
    "strategy_canvas": "canvas",
    "strong_elements": "evidence",
    "survival_by_group": "cash_flows",
    "survivor_projection": "projection",
    "tracking": "course",
    "two_axes": "markets",
    "value_by_tenure": "cash_flows",
    "value_groups": "ranking",
    "value_sharing_bar": "cvm",
    "value_tornado": "cvm",
    "value_waterfall": "cvm",
    "wtp_distribution": "choice",
    "wtp_intervals": "choice",
}

__all__ = [
    "BLUE",
    "GREY",
    "INK",
    "PALE",
    "PALETTE",
    "RED",
    "SIZE",
    "TEAL",
    "Figure",
    "accumulated_value",
    "alive_matrix",
    "alive_over_time",
    "capture_curve",
    "cash_ladder",
    "claimed_savings",
    "conditional_expectations",
    "delivery_gap",
    "discipline_triangle",
    "driver_importance",
    "elements_pyramid",
    "evc_distribution",
    "fence_leak",
    "focus_among",
    "frequency_bins",
    "history_counts",
    "journey",
    "lorenz",
    "margin_multipliers",
    "market_course",
    "mixed_retention",
    "money",
    "new_axes",
    "next_euro",
    "opinions_triangle",
    "part_worths",
    "price_response",
    "priorities",
    "profit_band",
    "profit_curve",
    "promoters",
    "purchases_matrix",
    "random_courses",
    "region_map",
    "same_mean",
    "segment_chances",
    "spend_bins",
    "strategy_canvas",
    "strong_elements",
    "survival_by_group",
    "survivor_projection",
    "tier_bars",
    "tier_shift",
    "top_shares",
    "tracking",
    "two_axes",
    "value_by_tenure",
    "value_groups",
    "value_sharing_bar",
    "value_tornado",
    "value_waterfall",
    "whale",
    "wtp_distribution",
    "wtp_intervals",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    drawing = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = drawing
    return drawing


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
