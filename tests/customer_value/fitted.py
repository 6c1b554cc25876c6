"""Every model fitted to the workbook's data, and customers drawn from it: ``python -m tests.customer_value.fitted``.

Prints the numbers as JSON, so that one Python's can be held against another's.
"""

import json
from typing import Any

import numpy as np

from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.datasets import load_cdnow, load_donations, load_retention_survivors
from customer_value.retention import ShiftedBetaGeoModel
from customer_value.spend import GammaGammaModel
from customer_value.transactions import rfm_summary


def _numbers(model: Any, **predictions: Any) -> dict[str, float | list[float]]:
    parameters = {name: value for name, value in vars(model).items() if name.endswith("_") and isinstance(value, float)}
    errors = {f"error of {name}": value for name, value in model.standard_errors_.items()}
    return parameters | errors | {name: np.ravel(value).astype(float).tolist() for name, value in predictions.items()}


def figures() -> dict[str, dict[str, float | list[float]]]:
    """For each model its parameters, standard errors, likelihood, some predictions, and three simulated customers."""
    cdnow = rfm_summary(load_cdnow(sample=True), "1997-09-30")
    spend, donations, survivors = GammaGammaModel().fit(cdnow), load_donations(), load_retention_survivors()
    found = {"gamma-gamma": _numbers(spend, simulated=spend.simulate([1, 2, 9], seed=1))}
    for kind in (BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel):
        model = kind().fit(cdnow)
        found[kind.__name__] = _numbers(
            model,
            expected=model.expected_purchases(cdnow.head(20), 39),
            value=model.expected_customer_lifetime_value(cdnow.head(20), spend=35.0, discount_rate=0.01),
            simulated=model.simulate(3, 39.0, seed=1),
        )
    donors = BetaGeoBetaBinomModel().fit(donations)
    found["BG/BB"] = _numbers(
        donors,
        expected=donors.expected_purchases(donations, 5),
        simulated=donors.simulate(3, 6, seed=1),
    )
    for segment in survivors:
        model = ShiftedBetaGeoModel().fit(survivors.loc[:7, segment])
        found[f"sBG, {segment}"] = _numbers(
            model,
            survival=model.survival(np.arange(13)),
            simulated=model.simulate(3, 8, seed=1),
        )
    return found


if __name__ == "__main__":
    print(json.dumps(figures()))
