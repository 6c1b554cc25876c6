"""Customer-based corporate valuation: from customers to the value of the firm.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
how many will be won           ``fit_acquisition`` → ``AcquisitionCurve.ahead``
who is there in each period    ``project_customers`` (contracts: a rate, a survival curve or an sBG model),
                               ``project_purchases`` (no contract: a BG/NBD or Pareto/NBD model and spend),
                               ``cohort_contribution`` (one customer won, by age)
what the firm is worth         ``Economics``, ``value_firm`` → ``Valuation`` (``flows``, ``parts``, ``split``, …)
all in one, constant rates     ``Firm`` (``value``, ``equity``)
what moves it                  ``tornado``, ``two_way``, ``around``, ``elasticity``
=============================  ====================================================================================

A subscription in a few lines (10,000 customers, 80% of them a year later, euros a year):

    from customer_value.valuation import Firm, around, tornado
    firm = Firm(customers=10_000, won=2_500, retention=0.8, revenue=200, margin=0.45, acquisition_cost=60,
                fixed_cost=500_000, tax=0.25, reinvestment=0.02, discount_rate=0.1, other_assets=100_000, debt=400_000)
    worth = firm.value()
    worth.equity, worth.share_beyond, worth.split(), worth.flows
    tornado(firm.equity, around(firm, ["retention", "margin", "acquisition_cost", "discount_rate"]))

A shop without contracts, from fitted models of the library:

    base = project_purchases(bgnbd, summary, [1_700] * 10, spend=gamma_gamma)      # revenue by cohort and year
    worth = value_firm(base, Economics(margin=0.4, acquisition_cost=20, fixed_cost=150_000), 0.1)

Conventions, the same as in ``clv``: the firm is valued today, at the end of period 0; cash comes at the end of periods
1, 2, …. Customers there today pay for the first time one period from now, those who stay (``first_margin="after"``);
whoever is won in a period is paid for and pays in full in that period (``first_margin="now"`` from then). Margin,
retention and discount rate are per the same period.

Sources: Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41(1), 7–18, value a firm by its present and
future customers; McCarthy, Fader & Hardie (2017), Journal of Marketing 81(1), 17–35, bring the cohorts into a
discounted cash flow with fixed costs, tax and capital; McCarthy & Fader (2018), Journal of Marketing Research
55(5), 617–635, do it without contracts. What is here is their chain in its plainest form: no estimation from aggregate
disclosures, no season, no drift of behaviour from cohort to cohort.
"""

from customer_value.valuation.acquisition import AcquisitionCurve, fit_acquisition
from customer_value.valuation.base import CustomerBase, cohort_contribution, project_customers, project_purchases
from customer_value.valuation.firm import Economics, Firm, Valuation, value_firm
from customer_value.valuation.sensitivity import around, elasticity, tornado, two_way

__all__ = [
    "AcquisitionCurve",
    "CustomerBase",
    "Economics",
    "Firm",
    "Valuation",
    "around",
    "cohort_contribution",
    "elasticity",
    "fit_acquisition",
    "project_customers",
    "project_purchases",
    "tornado",
    "two_way",
    "value_firm",
]
