"""How many customers buy how often: what was observed beside what a model expects of such customers."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value._inputs import columns, numbers
from customer_value.validation._models import (
    bin_labels,
    continuous,
    frequency_of,
    named_models,
    same_unit,
    up_to,
    weights,
)

Floats = NDArray[np.float64]
# More different lengths of observation than this are put into as many groups of about equal size.
_LENGTHS = 1_000
_MOST_OCCASIONS = 50


def frequency_bins(data: pd.DataFrame, models: Any, *, most: int = 7) -> pd.DataFrame:
    """How many customers made 0, 1, 2, … repeat purchases, and how many the models expect.

    Each customer adds P(X(T) = k) for the own T, so customers may have joined on different days. Beyond 1,000
    different T, customers of nearly the same T share their mean.

    Parameters
    ----------
    data
        One row per customer with ``frequency`` and ``T`` (or ``n_periods`` for BG/BB), optionally ``counts``.
    models
        A model of repeat buying, or several as {name: model}.
    most
        The last bin holds everyone with so many repeat purchases or more.

    Returns
    -------
    DataFrame indexed by ``purchases`` ("0", …, "7+") with ``actual`` and one column per model, all in customers; each
    column adds up to the number of customers.

    Raises ``ValueError`` for bad data, or a model in another unit of time; ``TypeError`` for something else than a
    model. Source: the comparison of Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284, figure 2.
    """
    compared = named_models(models, "expected_probability_of_purchases_new_customer")
    last = up_to(most)
    columns(data, ("frequency",), "data")
    weight = weights(data)
    actual = tally(np.minimum(frequency_of(data), last), weights=weight, least=last + 1)
    table = pd.DataFrame({"actual": actual}, index=pd.Index(bin_labels(last), name="purchases"))
    for name, model in compared.items():
        same_unit(model, name, data)
        length, customers = _lengths(data, model, weight)
        expected = np.zeros(last + 1)
        for number in range(last):
            share = [model.expected_probability_of_purchases_new_customer(number, t) for t in length]
            expected[number] = customers @ share
        expected[last] = weight.sum() - expected.sum()
        table[name] = expected
    return table


def history_counts(data: pd.DataFrame, models: Any) -> pd.DataFrame:
    """How many customers have each history of a BG/BB model, and how many the models expect.

    With n occasions there are n(n + 1)/2 + 1 histories: x purchases, the last of them at occasion tₓ. The expected
    number is N·C(tₓ − 1, x − 1)·L(x, tₓ, n), L the likelihood of one such sequence.

    Parameters
    ----------
    data
        ``frequency``, ``recency``, ``n_periods`` (the same for all, at most 50) and optionally ``counts``.
    models
        A ``BetaGeoBetaBinomModel``, or several as {name: model}.

    Returns
    -------
    DataFrame indexed by ``frequency`` and ``recency``, one row for each possible history, with ``actual`` and one
    column per model, in customers.

    Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086–1108.
    """
    compared = named_models(models, "log_likelihood")
    columns(data, ("frequency", "recency", "n_periods"), "data")
    weight = weights(data)
    occasions = np.unique(numbers(data["n_periods"].to_numpy(), "data['n_periods']"))
    if occasions.size > 1 or not 1 <= occasions[0] <= _MOST_OCCASIONS or occasions[0] != int(occasions[0]):
        raise ValueError(
            f"n_periods must be one whole number from 1 to {_MOST_OCCASIONS} for all; got"
            f" {', '.join(f'{n:g}' for n in occasions[:5])}. Compare customers of equal length one group at a time."
        )
    n = int(occasions[0])
    possible = [(0, 0), *((x, last) for x in range(1, n + 1) for last in range(x, n + 1))]
    index = pd.MultiIndex.from_tuples(possible, names=["frequency", "recency"])
    seen = pd.Series(weight).groupby([frequency_of(data), numbers(data["recency"].to_numpy(), "data['recency']")]).sum()
    foreign = [pair for pair in seen.index if pair not in index]
    if foreign:
        raise ValueError(
            f"{len(foreign)} combination(s) of frequency and recency cannot happen in {n} occasions, the first with"
            f" frequency {foreign[0][0]} and recency {foreign[0][1]:g}."
        )
    table = pd.DataFrame({"actual": seen.reindex(index, fill_value=0.0).to_numpy()}, index=index)
    ways = [_orders(x, last) for x, last in possible]
    for name, model in compared.items():
        if continuous(model):
            raise TypeError(
                f"models[{name!r}] is a {type(model).__name__} in continuous time; histories by occasion need a"
                " BetaGeoBetaBinomModel. Use frequency_bins."
            )
        one = [
            model.log_likelihood(pd.DataFrame({"frequency": [x], "recency": [last], "n_periods": [n]}))
            for x, last in possible
        ]
        table[name] = weight.sum() * np.array(ways) * np.exp(one)
    return table


def _orders(x: int, last: int) -> int:
    """In how many orders x purchases can fall with the last of them at occasion ``last``."""
    return math.comb(last - 1, x - 1) if x else 1


def _lengths(data: pd.DataFrame, model: Any, weight: Floats) -> tuple[Floats, Floats]:
    """Lengths of observation and how many customers were observed for each."""
    name = "T" if continuous(model) else "n_periods"
    columns(data, (name,), "data")
    length = numbers(data[name].to_numpy(), f"data[{name!r}]")
    if length.min() < 0:
        raise ValueError(f"{name} must not be negative; the lowest is {length.min():g}.")
    kinds, code = np.unique(length, return_inverse=True)
    customers = tally(code.reshape(-1), weights=weight)
    if kinds.size > _LENGTHS:
        group = np.minimum((np.cumsum(customers) / customers.sum() * _LENGTHS).astype(np.int64), _LENGTHS - 1)
        size = tally(group, weights=customers)
        mean = tally(group, weights=customers * kinds)
        filled = size > 0
        kinds, customers = mean[filled] / size[filled], size[filled]
    return kinds, customers
