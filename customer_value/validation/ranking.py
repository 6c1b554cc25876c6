"""Whether the customers a model calls valuable turn out to be: groups by predicted value, and what the best capture."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._comparison import reserved
from customer_value._counts import tally
from customer_value._inputs import numbers
from customer_value.validation._models import whole

Floats = NDArray[np.float64]
PERFECT = "perfect foresight"


def value_groups(predicted: ArrayLike, actual: ArrayLike, *, groups: int = 10) -> pd.DataFrame:
    """Predicted and actual value of customers in groups of equal size by predicted value, best first.

    Customers with equal predictions share their mean of ``actual``, so the order of rows never matters; where a group
    ends within a customer (or a tie), the parts count in proportion.

    Parameters
    ----------
    predicted
        Predicted value per customer, shape (n,), for example of ``expected_customer_lifetime_value``.
    actual
        What came true, same customers, order and unit, not negative.
    groups
        10 gives deciles.

    Returns
    -------
    DataFrame indexed by ``group`` (1 is best) with ``customers``, ``actual`` and ``predicted`` (means per customer),
    ``share`` (of all actual value) and ``lift`` (mean actual value as a multiple of everybody's mean).

    Raises ``ValueError`` for gaps, different customers, fewer customers than groups, or nothing that came true.
    """
    number = whole(groups, "groups", 2, 100)
    guess, true = _pair(predicted, actual, "predicted")
    if guess.size < number:
        raise ValueError(f"{guess.size} customer(s) cannot fill {number} groups; choose fewer groups.")
    at = np.linspace(0, 1, number + 1)
    size = guess.size / number
    value = np.diff(np.interp(at, *_collected(guess, true)))
    expected = np.diff(np.interp(at, *_collected(guess, guess)))
    return pd.DataFrame(
        {
            "customers": np.full(number, size),
            "actual": value / size,
            "predicted": expected / size,
            "share": value / true.sum(),
            "lift": value / true.sum() * number,
        },
        index=pd.RangeIndex(1, number + 1, name="group"),
    )


def capture_curve(predicted: Any, actual: ArrayLike, *, points: int = 100) -> pd.DataFrame:
    """The share of value that the best customers by prediction brought, for every share of customers.

    Parameters
    ----------
    predicted
        Predicted value per customer, or several such columns as {name: values}.
    actual
        What came true, same customers and order, not negative.
    points
        How many steps from nobody to everybody.

    Returns
    -------
    DataFrame indexed by ``customers`` (share, best first, 0 to 1) with one column per prediction and "perfect
    foresight", customers in the order of ``actual``: shares of all actual value. Customers with equal predictions
    count as in ``value_groups``, so a prediction that tells nobody apart gives the diagonal.

    Raises as ``value_groups``.
    """
    steps = whole(points, "points", 2, 10_000)
    several = dict(predicted) if isinstance(predicted, Mapping) else {"predicted": predicted}
    if not several:
        raise ValueError("predicted is empty: give predicted values, or several as {name: values}.")
    at = np.linspace(0, 1, steps + 1)
    columns = {}
    for name, values in several.items():
        if reserved(name) or name == PERFECT:
            raise ValueError(f"A prediction cannot be called {name!r}: the result has that name itself.")
        columns[name] = _share(at, *_pair(values, actual, f"predicted[{name!r}]"))
    true = _pair(actual, actual, "actual")[1]
    columns[PERFECT] = _share(at, true, true)
    return pd.DataFrame(columns, index=pd.Index(at, name="customers"))


def _pair(predicted: ArrayLike, actual: ArrayLike, name: str) -> tuple[Floats, Floats]:
    guess, true = numbers(predicted, name), numbers(actual, "actual")
    if guess.size != true.size:
        raise ValueError(f"{name} and actual must be of the same customers; got {guess.size} and {true.size}.")
    both = isinstance(predicted, pd.Series) and isinstance(actual, pd.Series)
    if both and not predicted.index.equals(actual.index):
        raise ValueError(f"{name} and actual have different indexes: align them with reindex first.")
    if true.min() < 0:
        raise ValueError(f"actual must not be negative; the lowest is {true.min():g}.")
    if true.sum() == 0:
        raise ValueError("actual is all 0: nothing came true that could be captured.")
    return guess, true


def _share(at: Floats, guess: Floats, value: Floats) -> Floats:
    """The share of ``value`` that the best ``at`` of customers brought."""
    return np.interp(at, *_collected(guess, value)) / value.sum()


def _collected(guess: Floats, value: Floats) -> tuple[Floats, Floats]:
    """Share of customers, best guess first, and the value they add up to; ties are one straight step."""
    kinds, code, count = np.unique(-guess, return_inverse=True, return_counts=True)
    total = tally(code.reshape(-1), weights=value, least=kinds.size)
    return np.concatenate([[0.0], np.cumsum(count)]) / guess.size, np.concatenate([[0.0], np.cumsum(total)])
