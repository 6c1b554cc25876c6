"""Repeat buying without a contract: how many purchases are still to come, and is the customer still there?

Three models of purchases at any time (BG/NBD, MBG/NBD, Pareto/NBD), and one of a purchase or none at each of a
number of occasions (BG/BB). Each is made by ``fit(data)`` or ``from_params(…)``; the data are one row per
customer with ``frequency``, ``recency`` and ``T`` (BG/BB: ``n_periods``), not a transaction log.
"""

from customer_value.btyd.beta_geo import BetaGeoModel, ModifiedBetaGeoModel
from customer_value.btyd.beta_geo_beta_binom import BetaGeoBetaBinomModel
from customer_value.btyd.pareto_nbd import ParetoNBDModel

__all__ = ["BetaGeoBetaBinomModel", "BetaGeoModel", "ModifiedBetaGeoModel", "ParetoNBDModel"]
