"""The tasks in lifetimes: maximum likelihood without a penalty."""

import lifetimes
import numpy as np
import pandas as pd
from lifetimes.utils import summary_data_from_transaction_data

from benchmarks.models import parameters
from benchmarks.models.data import Columns
from benchmarks.models.libraries import Job


def _rfm(columns: Columns) -> Job:
    log = pd.DataFrame(columns)
    names = ("frequency", "recency", "T", "monetary_value")
    return Job(
        lambda: summary_data_from_transaction_data(log, "customer_id", "date", "value", freq="D"),
        lambda table: {name: table[name].to_numpy() for name in names},
    )


def _parameters(fitter: lifetimes.BaseFitter) -> Columns:
    return {{"v": "gamma"}.get(name, name): np.array([value]) for name, value in fitter.params_.items()}


def _beta_geo(columns: Columns) -> Job:
    data = pd.DataFrame(columns)
    return Job(lambda: lifetimes.BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"]), _parameters)


def _pareto_nbd(columns: Columns) -> Job:
    data = pd.DataFrame(columns)
    return Job(lambda: lifetimes.ParetoNBDFitter().fit(data["frequency"], data["recency"], data["T"]), _parameters)


def _gamma_gamma(columns: Columns) -> Job:
    data = pd.DataFrame(columns)
    data = data[data["frequency"] > 0]
    return Job(lambda: lifetimes.GammaGammaFitter().fit(data["frequency"], data["monetary_value"]), _parameters)


def _months(columns: Columns) -> tuple[lifetimes.BetaGeoFitter, pd.DataFrame]:
    data = pd.DataFrame(columns)
    data[["recency", "T"]] /= parameters.WEEKS_IN_A_MONTH
    fitter = lifetimes.BetaGeoFitter()
    # What `fit` sets.
    fitter.params_ = pd.Series(parameters.BETA_GEO_MONTHS)
    fitter.predict = fitter.conditional_expected_number_of_purchases_up_to_time
    return fitter, data


def _clv(columns: Columns) -> Job:
    buying, data = _months(columns)
    spend = lifetimes.GammaGammaFitter()
    given = parameters.GAMMA_GAMMA
    spend.params_ = pd.Series({"p": given["p"], "q": given["q"], "v": given["gamma"]})
    inputs = [data[name] for name in ("frequency", "recency", "T", "monetary_value")]
    return Job(
        lambda: spend.customer_lifetime_value(
            buying, *inputs, time=parameters.MONTHS, discount_rate=parameters.MONTHLY_DISCOUNT, freq="M"
        ),
        lambda found: {"clv": np.asarray(found)},
    )


def _alive(columns: Columns) -> Job:
    buying, data = _months(columns)
    inputs = [data[name] for name in ("frequency", "recency", "T")]
    return Job(
        lambda: buying.conditional_probability_alive(*inputs), lambda found: {"alive": np.asarray(found).ravel()}
    )


def _purchases(columns: Columns) -> Job:
    buying, data = _months(columns)
    inputs = [data[name] for name in ("frequency", "recency", "T")]
    return Job(
        lambda: buying.conditional_expected_number_of_purchases_up_to_time(parameters.MONTHS, *inputs),
        lambda found: {"purchases": np.asarray(found)},
    )


JOBS = {
    "rfm": _rfm,
    "beta_geo": _beta_geo,
    "gamma_gamma": _gamma_gamma,
    "pareto_nbd": _pareto_nbd,
    "clv": _clv,
    "alive": _alive,
    "purchases": _purchases,
}
