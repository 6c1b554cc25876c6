"""Repeat buying without a contract: how many purchases are still to come, and is the customer still there?

Three models of purchases at any time (BG/NBD, MBG/NBD, Pareto/NBD), and one of a purchase or none at each of a
number of occasions (BG/BB). Each is made by ``fit(data)`` or ``from_params(…)``; the data are one row per
customer with ``frequency``, ``recency`` and ``T`` (BG/BB: ``n_periods``), not a transaction log. All have, with the
same names and order of arguments:

- ``expected_probability_alive(data)``, ``expected_purchases(data, t)``,
  ``expected_probability_of_purchases(data, n, t)`` for known customers;
- ``expected_purchases_new_customer(t)``, ``expected_probability_of_purchases_new_customer(n, t)``;
- ``expected_customer_lifetime_value(data, spend, discount_rate=…)`` and ``…_new_customer(spend, …)``, where ``spend``
  is money or a ``GammaGammaModel``; ``discounted_expected_residual_transactions(data, discount_rate=…)`` (DERT);
- ``simulate(count, T, seed)``, ``log_likelihood(data)``, ``parameter_draws(count, seed)``, ``save``, ``load``.

In pymc-marketing ``t`` is called ``future_t``, ``n`` is ``n_purchases``, and the probability of n purchases
``expected_purchase_probability``.
"""

from customer_value.btyd.beta_geo import BetaGeoModel, ModifiedBetaGeoModel
from customer_value.btyd.beta_geo_beta_binom import BetaGeoBetaBinomModel
from customer_value.btyd.pareto_nbd import ParetoNBDModel

__all__ = ["BetaGeoBetaBinomModel", "BetaGeoModel", "ModifiedBetaGeoModel", "ParetoNBDModel"]
