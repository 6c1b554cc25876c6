"""From value per customer to a list: intervals, rules to compare with, and what a list earns.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
how sure is a value            ``value_draws`` (what is unknown of the parameters), ``simulated_values`` (what chance
                               leaves open for each customer), ``value_ranges`` (both, side by side)
what would a simple rule say   ``simple_rules``
what would a machine say       ``purchase_features``, ``revenue_between``; ``booster``, ``booster_loss`` and
                               ``boosted_values`` need the package scikit-learn
which list is better           ``compare_rankings``
how long should a list be      ``list_gains``
what are all worth together    ``customer_equity``
=============================  ====================================================================================
"""

from customer_value.ranking.comparing import compare_rankings, customer_equity, list_gains
from customer_value.ranking.learned import boosted_values, booster, booster_loss, purchase_features, revenue_between
from customer_value.ranking.outlook import simulated_values, value_draws, value_ranges
from customer_value.ranking.rules import simple_rules

__all__ = [
    "boosted_values",
    "booster",
    "booster_loss",
    "compare_rankings",
    "customer_equity",
    "list_gains",
    "purchase_features",
    "revenue_between",
    "simple_rules",
    "simulated_values",
    "value_draws",
    "value_ranges",
]
