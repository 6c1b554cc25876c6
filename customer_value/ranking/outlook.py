"""How sure is a customer's value? What is unknown of the parameters, and what chance leaves open for one customer."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value._inputs import columns, fraction, one_whole
from customer_value.btyd import BetaGeoModel, ModifiedBetaGeoModel
from customer_value.btyd._customers import customers
from customer_value.btyd._model import _margin
from customer_value.spend import GammaGammaModel, PopulationMeanWarning

Floats = NDArray[np.float64]
_MOST_VALUES = 20_000_000


def value_draws(
    purchases: Any, spend: Any, data: pd.DataFrame, count: int = 200, seed: int = 1, **terms: Any
) -> pd.DataFrame:
    """Customer lifetime values at ``count`` sets of parameters that the data leave possible.

    Parameters
    ----------
    purchases, spend
        A fitted model of repeat buying, and a fitted ``GammaGammaModel`` (or money per purchase, which is then taken
        as known).
    data
        One row per customer, as for ``expected_customer_lifetime_value``.
    count, seed
        As in ``parameter_draws``.
    terms
        ``discount_rate``, ``periods``, ``step``, ``margin``, ``timing`` of ``expected_customer_lifetime_value``.

    Returns a DataFrame of money, one row per customer (index of ``data``) and one column per draw. Its quantiles over
    a row are an interval for what such a customer is worth *on average*, those of the column sums one for all of them.
    The luck of single customers is not in it, nor is an error of the model. Raises as ``parameter_draws``.

    Source: Krinsky & Robb (1986), Review of Economics and Statistics 68(4), 715–719.
    """
    number = one_whole(count, "count", least=2)
    _refuse_too_many(len(data), number)
    bought = purchases.parameter_draws(number, seed)
    # The two models are fitted to different data, so their errors are drawn apart.
    spent = spend.parameter_draws(number, seed + 1) if hasattr(spend, "parameter_draws") else [spend] * number
    values = np.empty((len(data), number))
    with warnings.catch_warnings():
        for at, (model, money) in enumerate(zip(bought, spent, strict=True)):
            values[:, at] = model.expected_customer_lifetime_value(data, money, **terms)
            # Told once is enough: the customers are the same in every draw.
            warnings.simplefilter("ignore", PopulationMeanWarning)
    return pd.DataFrame(values, index=data.index, columns=pd.RangeIndex(number, name="draw"))


def simulated_values(
    purchases: Any,
    spend: GammaGammaModel,
    data: pd.DataFrame,
    count: int = 1_000,
    seed: int = 1,
    *,
    discount_rate: float,
    periods: int = 12,
    step: str = "month",
    margin: float = 1.0,
) -> pd.DataFrame:
    """What each customer may really bring: ``count`` possible futures, given their past and the estimated parameters.

    Given the past, a customer is alive with P(alive); then the rate is Gamma(r + x, α + T), the chance to leave after a
    purchase Beta(a, b + x), and the rate of spend Gamma(p·x + q, γ + x·m). Each future draws these, then the purchases
    within the time and their values, paid at the end of the step.

    Parameters
    ----------
    purchases
        A ``BetaGeoModel`` or ``ModifiedBetaGeoModel`` with parameters.
    spend
        A ``GammaGammaModel`` with parameters.
    data
        One row per customer with ``frequency``, ``recency``, ``T`` and ``monetary_value``.
    count, seed
        How many futures of each customer; the same seed gives the same.
    discount_rate, periods, step, margin
        As in ``expected_customer_lifetime_value``.

    Returns a DataFrame of money, one row per customer (index of ``data``) and one column per future. The mean of a row
    tends to the customer's expected value. Raises ``TypeError`` for another model of buying.

    Source: the posterior distributions behind Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284, and Fader
    & Hardie (2013), note 025.
    """
    if not isinstance(purchases, BetaGeoModel | ModifiedBetaGeoModel):
        raise TypeError(
            f"purchases must be a BetaGeoModel or a ModifiedBetaGeoModel; got {type(purchases).__name__}. For other"
            " models use value_draws, which needs no simulation."
        )
    columns(data, ("frequency", "recency", "T", "monetary_value"), "data")
    rows, number = customers(data), one_whole(count, "count", least=1)
    _refuse_too_many(len(rows), number)
    rate = fraction(discount_rate, "discount_rate", zero=True, one=False)
    steps, share = one_whole(periods, "periods", least=1, most=10_000), _margin(margin)
    length = purchases._steps(step)
    alive = purchases.expected_probability_alive(data).to_numpy()
    x = np.repeat(rows.x, number)
    random = np.random.default_rng(seed)
    here = random.random(x.size) < np.repeat(alive, number)
    speed = random.gamma(purchases.r_ + x, 1 / (purchases.alpha_ + np.repeat(rows.T, number)))
    passed = x + (1 if isinstance(purchases, ModifiedBetaGeoModel) else 0)
    leaving = random.beta(purchases.a_, purchases.b_ + passed)
    # Numbers to repeat by must be as wide as an address, which has 32 bits in the browser.
    wanted = np.where(here, random.poisson(speed * length * steps), 0).astype(np.intp)
    # The purchase after which a customer leaves is the last one, and it is made.
    with np.errstate(divide="ignore", invalid="ignore"):
        last = np.ceil(np.log(random.random(x.size)) / np.log1p(-leaving))
    last = np.where(leaving > 0, np.maximum(last, 1.0), np.inf)
    own = np.where(rows.x > 0, data["monetary_value"].to_numpy(dtype=float), 0.0) * rows.x
    thrift = random.gamma(spend.p_ * x + spend.q_, 1 / (spend.gamma_ + np.repeat(own, number)))
    who = np.repeat(np.arange(x.size), wanted)
    when = random.random(who.size) * steps
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    place = np.arange(who.size) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    made = place < last[who]
    who, when = who[made], when[made]
    value = random.gamma(spend.p_, 1 / thrift[who]) * (1 + rate) ** -np.ceil(when)
    total = share * tally(who, weights=value, least=x.size)
    return pd.DataFrame(
        total.reshape(len(rows), number), index=data.index, columns=pd.RangeIndex(number, name="future")
    )


def value_ranges(
    purchases: Any,
    spend: GammaGammaModel,
    data: pd.DataFrame,
    *,
    sure: float = 0.9,
    draws: int = 200,
    futures: int = 1_000,
    seed: int = 1,
    **terms: Any,
) -> pd.DataFrame:
    """Value of each customer with two ranges: of what is expected, and of what may happen.

    Arguments as in ``value_draws`` and ``simulated_values``; ``sure`` is the share of draws and of futures inside a
    range, with as many below as above.

    Returns
    -------
    DataFrame indexed as ``data`` with ``expected``, ``low`` and ``high`` (of the expected value, as far as the
    parameters are unknown), ``worst`` and ``best`` (of what the customer brings) and ``nothing`` (share of futures
    without a purchase); money but for the last.
    """
    inside = fraction(sure, "sure", one=False)
    at = [(1 - inside) / 2, (1 + inside) / 2]
    table = pd.DataFrame({"expected": purchases.expected_customer_lifetime_value(data, spend, **terms)})
    drawn = value_draws(purchases, spend, data, draws, seed, **terms).to_numpy()
    table["low"], table["high"] = np.quantile(drawn, at, axis=1)
    future = simulated_values(purchases, spend, data, futures, seed, **terms).to_numpy()
    table["worst"], table["best"] = np.quantile(future, at, axis=1)
    table["nothing"] = (future == 0).mean(axis=1)
    return table


def _refuse_too_many(rows: int, number: int) -> None:
    if rows * number > _MOST_VALUES:
        raise ValueError(
            f"{rows:,} customers with {number:,} values each are more than {_MOST_VALUES:,}: take fewer of either."
        )
