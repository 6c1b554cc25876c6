"""The tasks in pymc-marketing: the maximum a posteriori fit, with flat priors so that it is maximum likelihood."""

import arviz
import numpy as np
import pandas as pd
from pymc_extras.prior import Prior
from pymc_marketing import clv
from pymc_marketing.clv.models import CLVModel

from benchmarks.models import parameters
from benchmarks.models.data import Columns, cdnow_customers
from benchmarks.models.libraries import Job


def _rfm(columns: Columns) -> Job:
    log = pd.DataFrame(columns)
    names = ("frequency", "recency", "T", "monetary_value")
    return Job(
        lambda: clv.rfm_summary(log, "customer_id", "date", "value", time_unit="D"),
        lambda table: {name: table[name].to_numpy() for name in names},
    )


def _fit(model: type, names: str):
    def job(columns: Columns) -> Job:
        data = pd.DataFrame(columns)
        if model is clv.GammaGammaModel:
            data = data[data["frequency"] > 0]

        def run() -> CLVModel:
            fitted = model(model_config={name: Prior("HalfFlat") for name in names.split()})
            fitted.fit(data, method="map", progressbar=False)
            return fitted

        return Job(run, _parameters)

    return job


def _parameters(model: CLVModel) -> Columns:
    return {{"v": "gamma"}.get(name, name): found.to_numpy().ravel() for name, found in model.fit_result.items()}


def _with_parameters(model: CLVModel, **values: float) -> CLVModel:
    # A model must have been built on some data before it predicts for others.
    model.build_model(pd.DataFrame(cdnow_customers()).query("frequency > 0"))
    model.idata = arviz.from_dict(posterior={name: np.array([[value]]) for name, value in values.items()})
    return model


def _months(columns: Columns) -> tuple[clv.BetaGeoModel, pd.DataFrame]:
    data = pd.DataFrame(columns)
    data[["recency", "T"]] /= parameters.WEEKS_IN_A_MONTH
    return _with_parameters(clv.BetaGeoModel(), **parameters.BETA_GEO_MONTHS), data


def _clv(columns: Columns) -> Job:
    buying, data = _months(columns)
    given = parameters.GAMMA_GAMMA
    spend = _with_parameters(clv.GammaGammaModel(), p=given["p"], q=given["q"], v=given["gamma"])
    return Job(
        lambda: spend.expected_customer_lifetime_value(
            buying, data, future_t=parameters.MONTHS, discount_rate=parameters.MONTHLY_DISCOUNT, time_unit="M"
        ),
        lambda found: {"clv": found.to_numpy().ravel()},
    )


def _alive(columns: Columns) -> Job:
    buying, data = _months(columns)
    return Job(lambda: buying.expected_probability_alive(data), lambda found: {"alive": found.to_numpy().ravel()})


def _purchases(columns: Columns) -> Job:
    buying, data = _months(columns)
    return Job(
        lambda: buying.expected_purchases(data, future_t=parameters.MONTHS),
        lambda found: {"purchases": found.to_numpy().ravel()},
    )


JOBS = {
    "rfm": _rfm,
    "beta_geo": _fit(clv.BetaGeoModel, "r alpha a b"),
    "gamma_gamma": _fit(clv.GammaGammaModel, "p q v"),
    "pareto_nbd": _fit(clv.ParetoNBDModel, "r alpha s beta"),
    "clv": _clv,
    "alive": _alive,
    "purchases": _purchases,
}
