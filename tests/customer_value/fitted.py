"""Every model fitted to the workbook's data, and the types of tables: ``python -m tests.customer_value.fitted``.

Prints them as JSON, so that one Python's can be held against another's.
"""

import json
from typing import Any

import numpy as np
import pandas as pd

from customer_value import choice, cvm
from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.clv import clv_schedule
from customer_value.datasets import load_camera_conjoint, load_cdnow, load_donations, load_retention_survivors
from customer_value.persistence import redrawn_falls, tier_table
from customer_value.retention import ShiftedBetaGeoModel, kaplan_meier, survival_curve, survivors_by_cohort, tenures
from customer_value.spend import GammaGammaModel
from customer_value.transactions import (
    before_and_after,
    cohort_table,
    customer_totals,
    rfm_scores,
    rfm_summary,
    weekly_revenue,
)


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
    log = load_cdnow(sample=True)
    weeks = weekly_revenue(log, "1997-07-01", "1998-07-01")
    found["redrawn"] = {"falls": np.ravel(redrawn_falls(before_and_after(log, "1998-01-01"), weeks, rounds=5)).tolist()}
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
    return found | _choices() | {"tractor": {"values": np.ravel(cvm.simulate(cvm.tractor_case(), 5).amounts).tolist()}}


def _choices() -> dict[str, dict[str, float | list[float]]]:
    data, columns = load_camera_conjoint(), ["zoom", "wifi", "brand", "price"]
    models = {
        "multinomial logit": choice.MultinomialLogit().fit(data, columns),
        "mixed logit": choice.MixedLogit().fit(data, columns, {"price": "negative lognormal"}, draws=20),
        "latent classes": choice.LatentClassLogit(2).fit(data, columns, starts=2),
    }
    return {
        name: {
            "loglik": model.loglik_,
            "estimates": model.params_.tolist(),
            "errors": model.summary()["se"].tolist(),
            "coefficients": np.ravel(model.tastes().coefficients[:5]).tolist(),
        }
        for name, model in models.items()
    }


def types() -> dict[str, dict[str, str]]:
    """For each kind of table the type of every column, its index included; text has one in pandas 2, another in 3."""
    log, day = load_cdnow(sample=True), pd.to_datetime(["2024-01-31", "2024-02-10", "2024-03-05"])
    totals, weekly = customer_totals(log), weekly_revenue(log, "1997-07-01", "1997-12-31")
    histories = tenures(day, [None, "2024-04-01", None], "2024-06-30")
    tables = {
        "rfm_summary": rfm_summary(log, "1997-09-30", holdout_until="1998-06-30"),
        "rfm_scores": rfm_scores(log),
        "cohort_table": cohort_table(log, "customers"),
        "customer_totals": totals,
        "tier_table": tier_table(totals["revenue"], totals["orders"]),
        "redrawn_falls": redrawn_falls(before_and_after(log, "1998-01-01"), weekly, rounds=3),
        "clv_schedule": clv_schedule(100, 0.8, 0.1, periods=5),
        "tenures": histories,
        "kaplan_meier": kaplan_meier(histories["tenure"], histories["lost"]),
        "survival_curve": survival_curve(load_retention_survivors()["regular"]),
        "survivors_by_cohort": survivors_by_cohort(day, [None, "2024-04-01", None], "2024-06-30"),
        "sBG projection": ShiftedBetaGeoModel.from_params(alpha=1, beta=2).project(5),
        "sBG simulation": ShiftedBetaGeoModel.from_params(alpha=1, beta=2).simulate(3, 8, seed=1),
        "BG/NBD simulation": BetaGeoModel.from_params(r=1, alpha=1, a=1, b=1).simulate(3, 39.0, seed=1),
        "Pareto/NBD simulation": ParetoNBDModel.from_params(r=1, alpha=1, s=1, beta=1).simulate(3, 39.0, seed=1),
        "BG/BB simulation": BetaGeoBetaBinomModel.from_params(alpha=1, beta=1, gamma=1, delta=1).simulate(3, 6, seed=1),
    }
    return {
        name: {
            str(label): "text" if pd.api.types.is_string_dtype(column) else str(column.dtype)
            for label, column in table.reset_index().items()
        }
        for name, table in tables.items()
    }


if __name__ == "__main__":
    print(json.dumps({"figures": figures(), "types": types()}))
