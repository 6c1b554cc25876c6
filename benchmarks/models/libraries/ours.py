"""The tasks in ``customer_value``."""

import warnings

import numpy as np
import pandas as pd

from benchmarks.models import parameters
from benchmarks.models.data import Columns
from benchmarks.models.libraries import Job
from customer_value.btyd import BetaGeoModel, ParetoNBDModel
from customer_value.spend import GammaGammaModel, PopulationMeanWarning
from customer_value.transactions import rfm_summary

MODELS = {"beta_geo": BetaGeoModel, "pareto_nbd": ParetoNBDModel, "gamma_gamma": GammaGammaModel}
PARAMETERS = {"beta_geo": "r alpha a b", "pareto_nbd": "r alpha s beta", "gamma_gamma": "p q gamma"}


def _rfm(columns: Columns) -> Job:
    log = pd.DataFrame(columns)
    return Job(
        lambda: rfm_summary(log, time_unit="day"), lambda table: {name: table[name].to_numpy() for name in table}
    )


def _fit(kind: str):
    def job(columns: Columns) -> Job:
        data = pd.DataFrame(columns)
        names = PARAMETERS[kind].split()
        return Job(
            lambda: MODELS[kind]().fit(data),
            lambda model: {name: np.array([getattr(model, f"{name}_")]) for name in names},
        )

    return job


def _months(columns: Columns) -> tuple[BetaGeoModel, pd.DataFrame]:
    data = pd.DataFrame(columns)
    data[["recency", "T"]] /= parameters.WEEKS_IN_A_MONTH
    return BetaGeoModel.from_params(**parameters.BETA_GEO_MONTHS, time_unit="month"), data


def _clv(columns: Columns) -> Job:
    buying, data = _months(columns)
    spend = GammaGammaModel.from_params(**parameters.GAMMA_GAMMA)
    # Half of the customers have no repeat purchase, and are said to get the population mean.
    warnings.simplefilter("ignore", PopulationMeanWarning)
    return Job(
        lambda: buying.expected_customer_lifetime_value(
            data, spend, discount_rate=parameters.MONTHLY_DISCOUNT, periods=parameters.MONTHS
        ),
        lambda found: {"clv": found.to_numpy()},
    )


def _alive(columns: Columns) -> Job:
    buying, data = _months(columns)
    return Job(lambda: buying.expected_probability_alive(data), lambda found: {"alive": found.to_numpy()})


def _purchases(columns: Columns) -> Job:
    buying, data = _months(columns)
    return Job(
        lambda: buying.expected_purchases(data, parameters.MONTHS), lambda found: {"purchases": found.to_numpy()}
    )


JOBS = {
    "rfm": _rfm,
    "beta_geo": _fit("beta_geo"),
    "gamma_gamma": _fit("gamma_gamma"),
    "pareto_nbd": _fit("pareto_nbd"),
    "clv": _clv,
    "alive": _alive,
    "purchases": _purchases,
}
