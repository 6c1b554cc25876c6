"""Customer lifetime value (CLV) in closed form: simple, discounted, and what it says about acquisition.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
what a customer brings         ``average_order_value``, ``purchase_frequency``, ``customer_value`` (their product)
how long a customer stays      ``churn_rate``, ``lifespan_from_churn``, ``expected_lifetime``, ``median_lifetime``,
                               ``observed_lifespan``
value without discounting      ``simple_clv``, ``calculator_clv``
rates of another period        ``discount_rate_per_period``, ``retention_per_period``
present value                  ``present_value``, ``annuity_value``, ``margin_multiplier``,
                               ``margin_multiplier_table``, ``discounted_clv``, ``survival_clv``, ``clv_schedule``
acquisition                    ``customer_acquisition_cost``, ``payback_period``, ``break_even_retention``,
                               ``ltv_to_cac``
what moves it                  ``sensitivity``, ``elasticities``
=============================  ====================================================================================

Margin, retention and discount rate are always per the same period (a month, a year): one period is one unit of time.
Margin is money per customer and period after all that serving and keeping the customer costs, not revenue.

Two conventions say when the first margin comes, and they differ by a whole margin where all margins count:

- ``first_margin="after"``: the first margin comes one period from now and only from those who stay,
  m·r/(1+i) + m·r²/(1+i)² + … (Gupta & Lehmann 2003);
- ``first_margin="now"``: it comes at once from everybody, m + m·r/(1+i) + m·r²/(1+i)² + …

Where an argument says "number(s)", arrays and columns work, too, and broadcast against each other. Numbers in give a
float, arrays an array, and a pandas Series a Series with the same index; Series with different indexes are refused,
because their rows would be of different customers.
"""

from customer_value.clv._terms import FirstMargin, Numbers
from customer_value.clv.acquisition import (
    break_even_retention,
    customer_acquisition_cost,
    ltv_to_cac,
    payback_period,
)
from customer_value.clv.derivatives import Elasticities, elasticities, sensitivity
from customer_value.clv.discounted import (
    annuity_value,
    clv_schedule,
    discounted_clv,
    margin_multiplier,
    margin_multiplier_table,
    present_value,
    survival_clv,
)
from customer_value.clv.lifespan import (
    churn_rate,
    expected_lifetime,
    lifespan_from_churn,
    median_lifetime,
    observed_lifespan,
)
from customer_value.clv.rates import discount_rate_per_period, retention_per_period
from customer_value.clv.simple import (
    average_order_value,
    calculator_clv,
    customer_value,
    purchase_frequency,
    simple_clv,
)

__all__ = [
    "Elasticities",
    "FirstMargin",
    "Numbers",
    "annuity_value",
    "average_order_value",
    "break_even_retention",
    "calculator_clv",
    "churn_rate",
    "clv_schedule",
    "customer_acquisition_cost",
    "customer_value",
    "discount_rate_per_period",
    "discounted_clv",
    "elasticities",
    "expected_lifetime",
    "lifespan_from_churn",
    "ltv_to_cac",
    "margin_multiplier",
    "margin_multiplier_table",
    "median_lifetime",
    "observed_lifespan",
    "payback_period",
    "present_value",
    "purchase_frequency",
    "retention_per_period",
    "sensitivity",
    "simple_clv",
    "survival_clv",
]
