"""Whom to serve first, whom to address, and what an apology may cost: three decisions that customer data can pay for.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
what serving at once saves     ``value_saved``
who is served, by a rule       ``fill_in_turn``; by exact optimisation: ``fill_best``
what each rule costs           ``compare_rules``, ``yearly_cost``
what wrong estimates cost      ``cost_of_belief``, ``cost_of_errors``
a customer's own mean or all?  ``credible_means``, ``credible_rates``
what an apology may cost       ``apology_gain``, ``apology_limit``
who is on one list only        ``compare_lists``
Kettleholt's own tables        ``order_contributions``, ``customer_values``, ``contribution_after``,
                               ``order_case``, ``after_delivery``
=============================  ====================================================================================

The exact optimiser is scipy's ``milp`` with the solver HiGHS, imported when it is first used.
"""

from customer_value.allocation.apology import apology_gain, apology_limit
from customer_value.allocation.company import (
    TABLES,
    after_delivery,
    contribution_after,
    customer_values,
    order_case,
    order_contributions,
)
from customer_value.allocation.credibility import credible_means, credible_rates
from customer_value.allocation.lists import compare_lists
from customer_value.allocation.orders import fill_best, fill_in_turn, value_saved
from customer_value.allocation.rules import compare_rules, cost_of_belief, cost_of_errors, yearly_cost

__all__ = [
    "TABLES",
    "after_delivery",
    "apology_gain",
    "apology_limit",
    "compare_lists",
    "compare_rules",
    "contribution_after",
    "cost_of_belief",
    "cost_of_errors",
    "credible_means",
    "credible_rates",
    "customer_values",
    "fill_best",
    "fill_in_turn",
    "order_case",
    "order_contributions",
    "value_saved",
    "yearly_cost",
]
