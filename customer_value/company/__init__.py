"""Kettleholt, a simulated retailer of coffee and kitchenware: stores, a web shop and a subscription.

No such firm exists. Its customers come from a documented process with known parameters (``assumptions``), so that an
estimate can be held against the truth. ``learner_tables()`` returns what the company would know of itself,
``truth_tables()`` and ``truth_parameters()`` what only we know. The committed tables are read with
``customer_value.datasets.load_kettleholt``.
"""

from customer_value.company.assumptions import Assumptions
from customer_value.company.simulation import SEED, SMALL, blocks, learner_tables, truth_parameters, truth_tables

__all__ = ["SEED", "SMALL", "Assumptions", "blocks", "learner_tables", "truth_parameters", "truth_tables"]
