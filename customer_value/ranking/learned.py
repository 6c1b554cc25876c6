"""The machine-learning way: describe customers by many figures, and learn from an earlier period what came next."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import day, one_whole
from customer_value.transactions._log import Day, check

_WINDOWS = (28, 56, 91)
_CLASSES = 250


def purchase_features(log: pd.DataFrame, until: Day, *, windows: Iterable[int] = _WINDOWS) -> pd.DataFrame:
    """What a learning model is told of each customer who bought by ``until``: figures counted back from that day.

    Parameters
    ----------
    log
        One row per transaction with ``customer_id``, ``date`` and ``value``.
    until
        Last day that counts, included. Nothing later is looked at.
    windows
        Lengths in days of the latest periods to count apart.

    Returns
    -------
    DataFrame indexed by ``customer_id``, in order, with ``days`` (with a purchase), ``revenue``, ``mean_value`` and
    ``largest_value`` (of a day), ``first_value`` (of the first day), ``since_first`` and ``since_last`` (days),
    ``mean_gap`` (days between purchases, 0 for one), and for each window ``revenue_28``, ``days_28`` and so on.
    """
    check(log)
    end = day(until, "until").normalize()
    known = log[log["date"] < end + pd.Timedelta(days=1)]
    if known.empty:
        raise ValueError(f"Nobody bought by {end:%Y-%m-%d}.")
    daily = (
        known.assign(date=known["date"].dt.normalize())
        .groupby(["customer_id", "date"], as_index=False)["value"]
        .sum()
        .sort_values(["customer_id", "date"], kind="stable")
    )
    daily["ago"] = (end - daily["date"]).dt.days
    groups = daily.groupby("customer_id")
    table = pd.DataFrame(
        {
            "days": groups.size(),
            "revenue": groups["value"].sum(),
            "mean_value": groups["value"].mean(),
            "largest_value": groups["value"].max(),
            "first_value": groups["value"].first(),
            "since_first": groups["ago"].max(),
            "since_last": groups["ago"].min(),
        }
    )
    table["mean_gap"] = (table["since_first"] - table["since_last"]) / np.maximum(table["days"] - 1, 1)
    for length in windows:
        width = one_whole(length, "windows", least=1)
        late = daily[daily["ago"] < width].groupby("customer_id")["value"]
        table[f"revenue_{width}"] = late.sum().reindex(table.index, fill_value=0.0)
        table[f"days_{width}"] = late.size().reindex(table.index, fill_value=0)
    return table.astype(float)


def revenue_between(log: pd.DataFrame, after: Day, until: Day, customers: Iterable[Any]) -> pd.Series:
    """Revenue of each of ``customers`` after the day ``after``, up to ``until`` (included); 0 where nothing was bought.

    What a learning model is taught with, and what a ranking is held against.
    """
    check(log)
    start, end = (day(each, name).normalize() for each, name in ((after, "after"), (until, "until")))
    if end <= start:
        raise ValueError(f"until ({end:%Y-%m-%d}) must be later than after ({start:%Y-%m-%d}).")
    one_day = pd.Timedelta(days=1)
    inside = log[(log["date"] >= start + one_day) & (log["date"] < end + one_day)]
    total = inside.groupby("customer_id")["value"].sum()
    return total.reindex(pd.Index(customers, name="customer_id"), fill_value=0.0).rename("revenue")


def booster(*, rounds: int = 100, learning_rate: float = 0.05, leaves: int = 8, smallest_leaf: int = 100) -> Any:
    """Gradient-boosted trees for amounts that are 0 or more, not fitted yet: scikit-learn's, with Poisson loss.

    ``rounds`` trees of at most ``leaves`` leaves, each of ``smallest_leaf`` customers or more, whose steps are shrunk
    by ``learning_rate``. Nothing in it is random. Raises ``ImportError`` where scikit-learn is missing.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor
    except ImportError as missing:
        raise ImportError("Boosting needs scikit-learn: install it with `pip install scikit-learn`.") from missing
    return HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=rounds,
        learning_rate=learning_rate,
        max_leaf_nodes=leaves,
        min_samples_leaf=smallest_leaf,
        early_stopping=False,
    )


def booster_loss(features: pd.DataFrame, target: ArrayLike, *, folds: int = 5, **settings: Any) -> float:
    """How badly these settings predict customers they have not seen: mean Poisson deviance, lower is better.

    The customers are cut into ``folds`` parts in the order of ``features``; each part is predicted by what was learnt
    from the others. To be used for choosing settings *before* a holdout is looked at.

    Parameters
    ----------
    features, target
        As of ``purchase_features`` and ``revenue_between``, the same customers in the same order.
    folds
        How many parts.
    settings
        As in ``booster``.
    """
    machine, parts = booster(**settings), one_whole(folds, "folds", least=2)
    from sklearn.model_selection import cross_val_score

    with _one_thread():
        score = cross_val_score(
            machine,
            _classes(features, features),
            np.asarray(target, dtype=float),
            cv=parts,
            scoring="neg_mean_poisson_deviance",
        )
    return float(-score.mean())


def boosted_values(log: pd.DataFrame, middle: Day, until: Day, **settings: Any) -> pd.Series:
    """Expected revenue of each customer after ``until``, learnt from how it went between ``middle`` and ``until``.

    The machine is shown each customer's ``purchase_features`` on the day ``middle`` with the revenue that followed up
    to ``until``. Then it is given the features on ``until`` and says what will follow in a period **as long as that**:
    of a longer one it has never seen an example.

    Every figure is cut into at most 250 classes first, by its quantiles on the day ``middle``.

    Parameters
    ----------
    log
        As in ``purchase_features``; nothing after ``until`` is looked at.
    middle, until
        Last day of the features it learns from, and of the revenue it learns to predict.
    settings
        As in ``booster``.

    Returns a Series of money indexed by ``customer_id``; ``attrs["days"]`` is the length of the period.
    """
    before, now = purchase_features(log, middle), purchase_features(log, until)
    came = revenue_between(log, middle, until, before.index)
    machine = booster(**settings)
    with _one_thread():
        machine.fit(_classes(before, before), came.to_numpy())
        value = machine.predict(_classes(before, now))
    result = pd.Series(value, index=now.index, name="boosted")
    result.attrs = {"days": (day(until, "until").normalize() - day(middle, "middle").normalize()).days}
    return result


def _classes(known: pd.DataFrame, features: pd.DataFrame) -> NDArray[np.float64]:
    """``features`` as numbers of classes between quantiles of ``known``.

    scikit-learn makes such classes itself, and not the same ones in every version.
    """
    places = (np.arange(1, _CLASSES) * len(known)) // _CLASSES
    columns = [
        np.searchsorted(np.unique(np.sort(known[name].to_numpy())[places]), features[name].to_numpy(), side="right")
        for name in known.columns
    ]
    return np.column_stack(columns).astype(float)


def _one_thread() -> AbstractContextManager:
    """Threads that wait for each other cost more than they bring on so little data."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="openmp")
