"""Value tiers by k-means on recency, frequency and money, and how far to trust them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import columns, numbers, one_whole

_FIGURES = ("recency_days", "frequency", "monetary_value")
_STARTS, _FEWER_STARTS = 20, 10
# Enough for two digits; a silhouette of all pairs of a long file takes minutes.
_SAMPLE = 1_000

Features = Literal["log", "scaled", "raw"]


@dataclass(frozen=True)
class ValueTiers:
    """Customers in tiers; ``value_tiers`` makes them."""

    tier: pd.Series
    """Tier per customer, 1 for the one with the highest mean monetary value; index as given."""
    table: pd.DataFrame
    """One row per tier: ``customers``, and the medians of ``recency_days``, ``frequency`` and ``monetary_value``."""
    within: float
    """Sum of squared distances from each customer to the centre of the tier, in units of the features."""
    silhouette: float
    """Mean silhouette: 1 for groups far apart, 0 where they touch, negative for customers nearer to another tier."""


def log_features(rfm: pd.DataFrame) -> NDArray[np.float64]:
    """Logarithms of recency (plus one day), frequency and money, each with mean 0 and standard deviation 1.

    Parameters
    ----------
    rfm
        One row per customer with ``recency_days`` (from 0), ``frequency`` (from 1) and ``monetary_value`` (above 0), as
        from ``transactions.rfm_scores``.

    Returns an array of shape (n, 3). Raises ``ValueError`` for missing columns, gaps, values outside these limits, or a
    column that is the same for everybody.
    """
    return _standard(np.log(_figures(rfm) + np.array([1.0, 0.0, 0.0])))


def value_tiers(rfm: pd.DataFrame, tiers: int = 4, *, features: Features = "log", seed: int = 1) -> ValueTiers:
    """Sort customers into tiers of similar recency, frequency and money by k-means.

    Parameters
    ----------
    rfm
        As in ``log_features``.
    tiers
        How many, from 2 to the number of customers less one. K-means makes as many as it is told.
    features
        ``"log"``: those of ``log_features``. ``"scaled"``: mean 0 and standard deviation 1 without logarithms.
        ``"raw"``: days, purchases and money as they are, where the largest numbers decide alone.
    seed
        Start of the random numbers; the best of 20 starts is kept.

    The silhouette is that of at most 1,000 customers drawn at random. Raises ``ValueError`` as ``log_features``, for
    another word for ``features``, and for fewer different customers than tiers.

    Sources: Lloyd (1982), IEEE Transactions on Information Theory 28(2), 129–137; Rousseeuw (1987), Journal of
    Computational and Applied Mathematics 20, 53–65.
    """
    points = _points(rfm, features)
    count = one_whole(tiers, "tiers", least=2, most=len(points) - 1)
    model = _fitted(points, count, seed)
    spend = rfm["monetary_value"].to_numpy(dtype=float)
    best_first = np.argsort([-spend[model.labels_ == at].mean() for at in range(count)], kind="stable")
    place = np.empty(count, dtype=np.int64)
    place[best_first] = np.arange(1, count + 1)
    tier = pd.Series(place[model.labels_], index=rfm.index, name="tier")
    grouped = rfm.groupby(tier)
    table = pd.DataFrame({"customers": grouped.size()}).join(grouped[list(_FIGURES)].median())
    return ValueTiers(tier, table, float(model.inertia_), _silhouette(points, model.labels_, seed))


def tier_choice(
    rfm: pd.DataFrame, counts: Iterable[int] = range(2, 8), *, rounds: int = 10, seed: int = 1
) -> pd.DataFrame:
    """What speaks for each number of tiers: how far apart they are, and whether other customers would give the same.

    Parameters
    ----------
    rfm, seed
        As in ``value_tiers``; the features are those of ``log_features``.
    counts
        Numbers of tiers to try.
    rounds
        How often to draw as many customers, with replacement, and fit anew; at least 2.

    Returns
    -------
    DataFrame indexed by ``tiers`` with

    - ``silhouette`` of the tiers, and ``cloud``: that of as many tiers cut from a normal cloud of points with the same
      correlations, which has no groups at all;
    - ``stability``: mean ``agreement``, over all pairs of rounds, on the tiers of the customers given. 1: the same
      tiers each time. 0: no more alike than chance;
    - ``moved``: mean share of customers who are in another tier in one round than in the other, after the tiers of the
      two are matched as well as they can be;
    - ``smallest``: the smallest tier's share of customers.

    Sources: Dolnicar & Leisch (2010), Marketing Letters 21(1), 83–101, for redrawing; Rousseeuw (1987).
    """
    points = log_features(rfm)
    times = one_whole(rounds, "rounds", least=2)
    rows = {}
    for count in counts:
        size = one_whole(count, "counts", least=2, most=len(points) - 1)
        random = np.random.default_rng(seed)
        model = _fitted(points, size, seed)
        cloud = random.standard_normal(points.shape) @ np.linalg.cholesky(np.cov(points.T)).T
        draws = (points[random.integers(0, len(points), len(points))] for _ in range(times))
        redrawn = [_fitted(draw, size, seed, starts=_FEWER_STARTS).predict(points) for draw in draws]
        pairs = list(combinations(redrawn, 2))
        rows[size] = {
            "silhouette": _silhouette(points, model.labels_, seed),
            "cloud": _silhouette(cloud, _fitted(cloud, size, seed, starts=_FEWER_STARTS).labels_, seed),
            "stability": float(np.mean([agreement(one, two) for one, two in pairs])),
            "moved": float(np.mean([_moved(one, two, size) for one, two in pairs])),
            "smallest": float(np.bincount(model.labels_).min() / len(points)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("tiers")


def agreement(one: ArrayLike, two: ArrayLike) -> float:
    """How far two ways of grouping the same customers agree, beyond chance: the adjusted Rand index.

    1 when the groups are the same whatever they are called, about 0 for groups drawn by lot, and negative below that.

    Parameters
    ----------
    one, two
        Group of each customer (whole numbers), shape (n,), same order, n at least 2.

    Source: Hubert & Arabie (1985), Journal of Classification 2, 193–218.
    """
    first, second = (pd.factorize(numbers(values, name))[0] for name, values in (("one", one), ("two", two)))
    if first.size != second.size or first.size < 2:
        raise ValueError(f"one and two must hold the same customers, at least two; got {first.size} and {second.size}.")
    table = _crossed(first, second, first.max() + 1, second.max() + 1)
    together, rows, cols = (
        sum(comb(int(number), 2) for number in part) for part in (table.ravel(), table.sum(axis=1), table.sum(axis=0))
    )
    expected = rows * cols / comb(first.size, 2)
    most = (rows + cols) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def _crossed(first: NDArray[np.int64], second: NDArray[np.int64], rows: int, cols: int) -> NDArray[np.int64]:
    table = np.zeros((rows, cols), dtype=np.int64)
    np.add.at(table, (first, second), 1)
    return table


def _moved(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> float:
    from scipy.optimize import linear_sum_assignment

    table = _crossed(first, second, count, count)
    return float(1 - table[linear_sum_assignment(-table)].sum() / table.sum())


def _figures(rfm: pd.DataFrame) -> NDArray[np.float64]:
    columns(rfm, _FIGURES, "rfm")
    found = [numbers(rfm[name], f"rfm['{name}']", negative=False) for name in _FIGURES]
    if found[1].min() < 1:
        raise ValueError(f"rfm['frequency'] counts purchases, the first included: from 1; got {found[1].min():g}.")
    if found[2].min() == 0:
        raise ValueError(
            "rfm['monetary_value'] must be above 0: leave out who sent everything back, as clean_log does."
        )
    return np.column_stack(found)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    same = np.ptp(values, axis=0) == 0
    if same.any():
        raise ValueError(f"rfm['{_FIGURES[int(np.argmax(same))]}'] is the same for everybody; it divides nobody.")
    return (values - values.mean(axis=0)) / values.std(axis=0)


def _points(rfm: pd.DataFrame, features: str) -> NDArray[np.float64]:
    if features == "log":
        return log_features(rfm)
    if features not in ("scaled", "raw"):
        raise ValueError(f"features must be 'log', 'scaled' or 'raw'; got {features!r}.")
    return _figures(rfm) if features == "raw" else _standard(_figures(rfm))


def _fitted(points: NDArray[np.float64], count: int, seed: int, starts: int = _STARTS) -> Any:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if len(np.unique(points, axis=0)) < count:
        raise ValueError(f"Fewer than {count} different customers cannot make {count} tiers.")
    # A few thousand points are done before threads have found each other: on a busy machine they cost a hundredfold.
    with threadpool_limits(1):
        return KMeans(count, n_init=starts, random_state=seed, tol=1e-7, max_iter=500).fit(points)


def _silhouette(points: NDArray[np.float64], labels: NDArray[np.int64], seed: int) -> float:
    from sklearn.metrics import silhouette_score

    # Drawn here: a draw of scikit-learn's own may leave a small tier out, which it then refuses.
    chosen = np.random.default_rng(seed).permutation(len(points))[:_SAMPLE]
    chosen = np.union1d(chosen, np.unique(labels, return_index=True)[1])
    return float(silhouette_score(points[chosen], labels[chosen]))
