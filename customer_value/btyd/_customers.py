"""One row per customer, checked: how often, how recently, over how long."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._counts import tally
from customer_value._inputs import MOST_PURCHASES, array, columns, numbers, refuse, repeat_purchases, single

Floats = NDArray[np.float64]


class Customers(NamedTuple):
    """The columns of a summary as arrays, in the order of the frame; ``index`` is the frame's."""

    x: NDArray[np.int64]
    """Repeat purchases."""
    recency: Floats
    """From the first to the last purchase; 0 where x is 0."""
    T: Floats
    """From the first purchase to the end of observation, unit of ``recency``."""
    index: pd.Index

    def __len__(self) -> int:
        return self.x.size


def customers(data: Any, length: str = "T") -> Customers:
    """``data`` checked; it has ``frequency``, ``recency`` and ``length`` and is not changed.

    Raises ``TypeError`` for something other than a frame, ``ValueError`` for missing columns, gaps, negative
    or infinite values, a frequency that is not a whole number, recency above T, or a recency that does not
    go with the frequency.
    """
    columns(data, ("frequency", "recency", length), "data")
    frequency = repeat_purchases(data)
    recency = _column(data, "recency")
    total = _column(data, length)
    late = recency > total
    if late.any():
        refuse(
            late,
            f"recency must not be above {length} (both from the first purchase, in the same unit)",
            recency,
            f", where {length} is {total[int(np.argmax(late))]:g}",
        )
    repeat = frequency > 0
    refuse(~repeat & (recency > 0), "recency must be 0 where frequency is 0 (there was no repeat purchase)", recency)
    refuse(
        repeat & (recency == 0),
        "recency must be above 0 where frequency is above 0 (purchases on the day of the first one are not repeats)",
        frequency,
        ", with recency 0",
    )
    return Customers(frequency.astype(np.int64), recency, total, data.index)


def check_fit(rows: Customers, weights: Floats | None = None, length: str = "T") -> None:
    """Refuse what no model can be fitted to: one customer, nobody who came back, no time observed."""
    count = len(rows) if weights is None else weights.sum()
    if count < 2:
        raise ValueError(
            "data has one customer: a model of differences between customers needs many."
            " For one customer use the parameters of a fit to their peers with from_params."
        )
    if rows.T.max() <= 0:
        raise ValueError(f"{length} is 0 for every customer: nobody was observed after the first purchase.")
    if rows.x.max() == 0:
        raise ValueError(
            f"frequency is 0 for all {count:g} customers: without a repeat purchase the rate of buying"
            " cannot be estimated. Observe for longer, or take more customers."
        )


def horizon(t: ArrayLike | float, count: int, name: str = "t") -> Floats:
    """``t`` as one length of time for all, shape (), or one per customer, shape (count,); not negative."""
    if array(t, name).ndim == 0:
        value = single(t, name)
        if value < 0:
            raise ValueError(f"{name} must not be negative; got {value:g}.")
        return np.asarray(value)
    each = numbers(t, name, negative=False)
    if each.size != count:
        raise ValueError(f"{name} must be one number, or one per customer ({count}); got {each.size}.")
    return each


def one_length(t: Any, name: str = "t") -> float:
    """``t`` as one length of time that is not negative."""
    if np.ndim(t) != 0:
        raise ValueError(f"{name} must be one number here; got {np.size(t)} values.")
    return float(horizon(t, 1, name))


def lengths(T: ArrayLike | float, count: int) -> Floats:
    """``T`` for each of ``count`` customers to simulate."""
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}.")
    return np.broadcast_to(horizon(T, count, "T"), (count,)).copy()


def whole(n: Any, name: str = "n") -> int:
    """``n`` as a whole number that is not negative."""
    value = single(n, name)
    if value < 0 or value != int(value) or value > MOST_PURCHASES:
        raise ValueError(f"{name} must be a whole number from 0 to {MOST_PURCHASES:,}; got {value:g}.")
    return int(value)


def _column(data: pd.DataFrame, name: str) -> Floats:
    if data[name].dtype.kind == "m":
        raise TypeError(
            f"data[{name!r}] must be numbers, and it holds lengths of time: divide them by the unit, as in"
            f" data[{name!r}] / pd.Timedelta(days=7) for weeks."
        )
    column = numbers(data[name], f"data[{name!r}]")
    refuse(column < 0, f"{name} must not be negative", column)
    return column


class Grouped(NamedTuple):
    """Rows with how many customers each stands for."""

    x: NDArray[np.int64]
    recency: Floats
    T: Floats
    weight: Floats


def grouped(rows: Customers) -> Grouped:
    """Equal rows merged, where a look at a few of them says that this pays."""
    count = len(rows)
    look = np.linspace(0, count - 1, min(count, 1_000)).astype(np.intp)
    seen = {(a, b, c) for a, b, c in zip(rows.x[look], rows.recency[look], rows.T[look], strict=True)}
    if count > 4_000 and 2 * len(seen) < look.size:
        key, size = np.zeros(count, dtype=np.int64), 1
        for column in (rows.x, rows.recency, rows.T):
            code, kinds = pd.factorize(column)
            key, size = key * kinds.size + code, size * kinds.size
        if size < 2**62:
            code, kinds = pd.factorize(key)
            one = np.empty(kinds.size, dtype=np.intp)
            one[code] = np.arange(count)
            weight = tally(code, least=kinds.size).astype(float)
            return Grouped(rows.x[one], rows.recency[one], rows.T[one], weight)
    return Grouped(rows.x, rows.recency, rows.T, np.ones(count))
