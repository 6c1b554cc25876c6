"""What a firm knew of a customer before the outcome: features for a churn model, without a look at the future."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import columns, day, fraction, one_whole


def encode_features(table: pd.DataFrame, leave_out: Collection[str] = (), logs: Collection[str] = ()) -> pd.DataFrame:
    """The columns of a customer table as numbers: one column per level of a text or category but the first.

    Parameters
    ----------
    table
        One row per customer. Numbers and flags stay one column each; a column that repeats another exactly (such as
        "no internet service", which several columns of a telephone company say) is kept once.
    leave_out
        Columns that are no features: the outcome, ids, and whatever was not known before the outcome.
    logs
        Columns of numbers that also enter as log(1 + value), named ``log …``, for effects that fade.

    Returns a frame of floats with the index of ``table``. Raises ``ValueError`` for unknown columns, missing values and
    negative numbers in ``logs``.
    """
    columns(table, [*leave_out, *logs], "table")
    kept = table.drop(columns=list(leave_out))
    gaps = kept.columns[kept.isna().any()]
    if len(gaps):
        raise ValueError(
            f"table has missing values in {', '.join(map(str, gaps))}: leave the column out, or say what missing means."
        )
    encoded = pd.get_dummies(kept, drop_first=True, prefix_sep=": ").astype(float)
    for name in logs:
        if (kept[name] < 0).any():
            raise ValueError(f"{name} has negative values: no logarithm of 1 + value.")
        encoded[f"log {name}"] = np.log1p(kept[name].astype(float))
    return encoded.loc[:, ~encoded.T.duplicated()]


def history_features(purchases: pd.DataFrame, customers: Any, on: Any) -> pd.DataFrame:
    """What a purchase log told about each customer **before** the day ``on``.

    Parameters
    ----------
    purchases
        One row per order: ``customer_id``, ``date`` and ``value`` (money). Rows from ``on`` onwards are not looked at.
    customers
        Ids of the customers to describe; each must have bought before ``on``.
    on
        The day on which the prediction would have been made.

    Returns a frame indexed by customer: ``orders`` (before ``on``), ``orders_of_90_days``, ``days_since_last``,
    ``days_since_first`` and ``mean_value``. Raises ``ValueError`` for missing columns, days that are none, and
    customers who had not bought yet.
    """
    columns(purchases, ["customer_id", "date", "value"], "purchases")
    moment = day(on, "on")
    before = purchases[purchases["date"] < moment]
    recent = before[before["date"] >= moment - pd.Timedelta(days=90)]
    by = before.groupby("customer_id")
    table = pd.DataFrame(
        {
            "orders": by.size().astype(float),
            "orders_of_90_days": recent.groupby("customer_id").size().reindex(by.size().index).fillna(0.0),
            "days_since_last": (moment - by["date"].max()).dt.days.astype(float),
            "days_since_first": (moment - by["date"].min()).dt.days.astype(float),
            "mean_value": by["value"].mean(),
        }
    )
    wanted = pd.Index(customers, name="customer_id")
    if len(strangers := wanted.difference(table.index)):
        raise ValueError(
            f"{len(strangers)} customer(s) bought nothing before {moment:%Y-%m-%d}, such as {strangers[0]}."
        )
    return table.loc[wanted]


def bought_between(purchases: pd.DataFrame, customers: Any, start: Any, end: Any) -> pd.Series:
    """Whether each customer bought from ``start`` up to the day before ``end``: the outcome of a prediction.

    ``purchases`` has ``customer_id`` and ``date``. Returns flags indexed by customer. Raises ``ValueError`` where
    ``end`` is not after ``start``.
    """
    columns(purchases, ["customer_id", "date"], "purchases")
    first, last = day(start, "start"), day(end, "end")
    if last <= first:
        raise ValueError(f"end must be after start; got {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
    inside = purchases.loc[(purchases["date"] >= first) & (purchases["date"] < last), "customer_id"]
    wanted = pd.Index(customers, name="customer_id")
    return pd.Series(wanted.isin(inside), wanted, name="bought")


def random_split(number: int, held_back: float = 0.3, seed: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of the rows to learn from and of those held back to judge, by lot: two arrays that make up all rows.

    ``held_back`` is a share between 0 and 1. Raises ``ValueError`` where either part would be empty.
    """
    count = one_whole(number, "number", least=2)
    away = round(fraction(held_back, "held_back", one=False) * count)
    if not 0 < away < count:
        raise ValueError(f"held_back = {held_back:g} of {count} rows leaves one part empty.")
    drawn = np.random.default_rng(seed).permutation(count)
    return np.sort(drawn[away:]), np.sort(drawn[:away])
