"""Contractual customers, whose leaving is seen: survival and retention curves, and a model to project them.

``curves`` counts: survivors, dates, Kaplan–Meier. ``shifted_beta_geometric`` projects: why retention rises with
tenure though nobody becomes more loyal, and what a customer of a given tenure is still worth.
"""

from customer_value.retention.curves import (
    kaplan_meier,
    survival_curve,
    survivors_by_cohort,
    tenures,
)
from customer_value.retention.shifted_beta_geometric import (
    BoundaryWarning,
    InfiniteLifetimeWarning,
    ShiftedBetaGeoModel,
    fit_by_cohort,
)

__all__ = [
    "BoundaryWarning",
    "InfiniteLifetimeWarning",
    "ShiftedBetaGeoModel",
    "fit_by_cohort",
    "kaplan_meier",
    "survival_curve",
    "survivors_by_cohort",
    "tenures",
]
