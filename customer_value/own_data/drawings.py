"""The figures of a result, by name."""

from typing import TYPE_CHECKING

from customer_value import plots

if TYPE_CHECKING:
    from customer_value.own_data.pipeline import Result


def draw(result: "Result") -> dict[str, plots.Figure]:
    """Every figure that the tables of a result allow, in the order of the memo; each has its ``alt``."""
    found: dict[str, plots.Figure] = {"tiers": plots.value_by_tier(result.tiers, result.terms.currency)}
    checks = result.checks
    held = result.split if result.split < result.today else None
    if "daily" in checks:
        found["sales"] = plots.sales_by_month(checks["daily"], result.terms.currency, held)
    retention = result.cohorts.get("retention")
    if retention is not None and retention.shape[1] > 2:
        found["cohorts"] = plots.cohort_heat_map(retention)
    if "frequency" in checks:
        found["frequency"] = plots.frequency_bins(checks["frequency"])
    if "tracking" in checks:
        found["tracking"] = plots.tracking(checks["tracking"])
    if "conditional" in checks:
        found["holdout"] = plots.conditional_expectations(checks["conditional"])
    if "capture" in checks:
        found["capture"] = plots.capture_curve(checks["capture"], value="money")
    if "survival" in checks:
        found["survival"] = plots.survivor_projection(checks["survival"], period="period")
    return found
