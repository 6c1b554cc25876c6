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
    from customer_value.plots.allocation import (
        apology_limits,
        errors_compared,
        lists_compared,
        orders_served,
        rules_compared,
    )
    from customer_value.plots.buyers import mixing, silence, timelines
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
    from customer_value.plots.churn import (
        calibration,
        lift_bars,
        offer_effects,
        people_needed,
        returning,
        targeting_profit,
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
    from customer_value.plots.own_data import sales_by_month, value_by_tier
    from customer_value.plots.projection import survivor_projection
    from customer_value.plots.ranking import capture_curve, value_groups
    from customer_value.plots.recommending import promoters, same_mean
    from customer_value.plots.segments import (
        calls_in_money,
        cohort_heat_map,
        cutoff_money,
        list_after_returns,
        score_sizes,
        tier_map,
    )
    from customer_value.plots.transformation import (
        adviser_pay,
        gaps_ranked,
        maturity_radar,
        pay_course,
        pay_mix,
        pay_plans,
        roadmap_cash,
        roadmap_gantt,
        scorecard_progress,
    )
    from customer_value.plots.unit_economics import (
        acquisition_plan,
        calculator_steps,
        channel_course,
        common_errors,
        elasticity_bars,
        three_calculators,
    )
    from customer_value.plots.use_cases import information_curve, uplift_line, use_case_ranges
    from customer_value.plots.valuation import cohort_areas, customers_to_equity, money_tornado, value_grid
    from customer_value.plots.values import (
        expected_spend,
        list_gains,
        new_customer_value,
        ranking_differences,
        value_futures,
        value_ranges,
    )

# Most pages show none of these: each is loaded when it is first asked for.
_LATER = {
    "accumulated_value": "cash_flows",
    "acquisition_plan": "unit_economics",
    "adviser_pay": "transformation",
    "alive_matrix": "matrices",
    "alive_over_time": "course",
    "apology_limits": "allocation",
    "calculator_steps": "unit_economics",
    "calibration": "churn",
    "calls_in_money": "segments",
    "capture_curve": "ranking",
    "cash_ladder": "cash_flows",
    "channel_course": "unit_economics",
    "claimed_savings": "cvm",
    "cohort_areas": "valuation",
    "cohort_heat_map": "segments",
    "common_errors": "unit_economics",
    "conditional_expectations": "fit",
    "customers_to_equity": "valuation",
    "cutoff_money": "segments",
    "delivery_gap": "experiences",
    "discipline_triangle": "disciplines",
    "driver_importance": "experiences",
    "elasticity_bars": "unit_economics",
    "elements_pyramid": "elements",
    "errors_compared": "allocation",
    "evc_distribution": "cvm",
    "expected_spend": "values",
    "fence_leak": "choice",
    "focus_among": "evidence",
    "frequency_bins": "fit",
    "gaps_ranked": "transformation",
    "history_counts": "fit",
    "information_curve": "use_cases",
    "journey": "experiences",
    "lift_bars": "churn",
    "list_after_returns": "segments",
    "list_gains": "values",
    "lists_compared": "allocation",
    "margin_multipliers": "cash_flows",
    "market_course": "markets",
    "maturity_radar": "transformation",
    "mixed_retention": "cash_flows",
    "mixing": "buyers",
    "money_tornado": "valuation",
    "new_customer_value": "values",
    "next_euro": "markets",
    "offer_effects": "churn",
    "opinions_triangle": "disciplines",
    "orders_served": "allocation",
    "part_worths": "choice",
    "pay_course": "transformation",
    "pay_mix": "transformation",
    "pay_plans": "transformation",
    "people_needed": "churn",
    "price_response": "choice",
    "priorities": "experiences",
    "profit_band": "choice",
    "profit_curve": "choice",
    "promoters": "recommending",
    "purchases_matrix": "matrices",
    "random_courses": "markets",
    "ranking_differences": "values",
    "region_map": "markets",
    "returning": "churn",
    "roadmap_cash": "transformation",
    "roadmap_gantt": "transformation",
    "rules_compared": "allocation",
    "sales_by_month": "own_data",
    "same_mean": "recommending",
    "score_sizes": "segments",
    "scorecard_progress": "transformation",
    "segment_chances": "choice",
    "silence": "buyers",
    "spend_bins": "fit",
    "strategy_canvas": "canvas",
    "strong_elements": "evidence",
    "survival_by_group": "cash_flows",
    "survivor_projection": "projection",
    "targeting_profit": "churn",
    "three_calculators": "unit_economics",
    "tier_map": "segments",
    "timelines": "buyers",
    "tracking": "course",
    "two_axes": "markets",
    "uplift_line": "use_cases",
    "use_case_ranges": "use_cases",
    "value_by_tenure": "cash_flows",
    "value_by_tier": "own_data",
    "value_futures": "values",
    "value_grid": "valuation",
    "value_groups": "ranking",
    "value_ranges": "values",
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
    "acquisition_plan",
    "adviser_pay",
    "alive_matrix",
    "alive_over_time",
    "apology_limits",
    "calculator_steps",
    "calibration",
    "calls_in_money",
    "capture_curve",
    "cash_ladder",
    "channel_course",
    "claimed_savings",
    "cohort_areas",
    "cohort_heat_map",
    "common_errors",
    "conditional_expectations",
    "customers_to_equity",
    "cutoff_money",
    "delivery_gap",
    "discipline_triangle",
    "driver_importance",
    "elasticity_bars",
    "elements_pyramid",
    "errors_compared",
    "evc_distribution",
    "expected_spend",
    "fence_leak",
    "focus_among",
    "frequency_bins",
    "gaps_ranked",
    "history_counts",
    "information_curve",
    "journey",
    "lift_bars",
    "list_after_returns",
    "list_gains",
    "lists_compared",
    "lorenz",
    "margin_multipliers",
    "market_course",
    "maturity_radar",
    "mixed_retention",
    "mixing",
    "money",
    "money_tornado",
    "new_axes",
    "new_customer_value",
    "next_euro",
    "offer_effects",
    "opinions_triangle",
    "orders_served",
    "part_worths",
    "pay_course",
    "pay_mix",
    "pay_plans",
    "people_needed",
    "price_response",
    "priorities",
    "profit_band",
    "profit_curve",
    "promoters",
    "purchases_matrix",
    "random_courses",
    "ranking_differences",
    "region_map",
    "returning",
    "roadmap_cash",
    "roadmap_gantt",
    "rules_compared",
    "sales_by_month",
    "same_mean",
    "score_sizes",
    "scorecard_progress",
    "segment_chances",
    "silence",
    "spend_bins",
    "strategy_canvas",
    "strong_elements",
    "survival_by_group",
    "survivor_projection",
    "targeting_profit",
    "three_calculators",
    "tier_bars",
    "tier_map",
    "tier_shift",
    "timelines",
    "top_shares",
    "tracking",
    "two_axes",
    "uplift_line",
    "use_case_ranges",
    "value_by_tenure",
    "value_by_tier",
    "value_futures",
    "value_grid",
    "value_groups",
    "value_ranges",
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
