"""Purchases of a cohort over time: what was bought up to each day, beside what models expect."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._comparison import model_columns
from customer_value._counts import tally
from customer_value.transactions._log import Day
from customer_value.transactions._purchases import Rows, day_number, day_text, rows_of
from customer_value.validation._models import continuous, named_models, whole

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


def tracking(
    log: pd.DataFrame,
    models: Any,
    until: Day,
    *,
    holdout_until: Day | None = None,
    period_days: int = 7,
) -> pd.DataFrame:
    """Repeat purchases of a cohort in each week, and how many the models expect.

    The cohort is everyone who bought by ``until``. Up to a day, a model expects Σ E[X(t − start)] over the customers
    who had started by then, start the day of the first purchase: they may have joined on different days.

    Parameters
    ----------
    log
        One row per transaction with ``customer_id``, ``date`` and ``value``. Rows of one customer on one day are one
        purchase, as in ``rfm_summary``.
    models
        A model in continuous time, or several as {name: model}, fitted to what was bought by ``until``.
    until
        Last day of calibration, included.
    holdout_until
        Last day of the holdout, included; ``None``: no holdout.
    period_days
        Days in a period: 7 for weeks, 1 for days. Periods are counted from the end of calibration both ways, so the
        first and the last may be shorter.

    Returns
    -------
    DataFrame indexed by ``period`` (1, 2, …) with ``end`` (its last day), ``days``, ``holdout`` (bool), ``actual`` and
    one column per model: repeat purchases in the period. ``cumulative`` adds them up. ``attrs`` says ``customers``,
    ``until`` and ``new_in_holdout``, the rows left out because they are of customers first seen after ``until``.

    Raises ``ValueError`` for a bad log, nobody by ``until``, or a holdout that ends before it begins.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284, figures 3 and 4.
    """
    compared = named_models(models, "expected_purchases_new_customer")
    for name, model in compared.items():
        if not continuous(model):
            raise TypeError(
                f"models[{name!r}] is a {type(model).__name__}, which counts occasions, not days: a log has days."
            )
    length = whole(period_days, "period_days", 1, 366)
    rows, last = rows_of(log), day_number(until, "until")
    end = last if holdout_until is None else day_number(holdout_until, "holdout_until")
    if holdout_until is not None and end <= last:
        raise ValueError(f"holdout_until ({day_text(end)}) must be after until ({day_text(last)}).")
    first, start, purchase_day, foreign = _cohort(rows, last, end)
    ends = _ends(first, last, end, length)
    begins = np.concatenate([[first], ends[:-1] + 1])
    days = end - first + 1
    table = pd.DataFrame(
        {
            "end": pd.to_datetime(ends, unit="D").astype("datetime64[ns]"),
            "days": ends - begins + 1,
            "holdout": begins > last,
            "actual": _per_period(tally(purchase_day - first, least=days), ends - first),
        },
        index=pd.RangeIndex(1, ends.size + 1, name="period"),
    )
    joined = tally(start - first, least=days).astype(float)
    for name, model in compared.items():
        day = model._steps("day")
        since = np.asarray(model.expected_purchases_new_customer(np.arange(days) * day))
        total = np.array([joined[: at + 1] @ since[at::-1] for at in ends - first])
        table[name] = np.diff(total, prepend=0.0)
    table["actual"] = table["actual"].astype(float)
    table.attrs = {"customers": start.size, "until": day_text(last), "new_in_holdout": foreign}
    return table


def cumulative(table: pd.DataFrame) -> pd.DataFrame:
    """A table of ``tracking`` with purchases up to the end of each period instead of within it."""
    names = ["actual", *model_columns(table, "validation.tracking", ("end", "holdout"))]
    result = table.copy()
    result[names] = table[names].cumsum()
    return result


def alive_over_time(log: pd.DataFrame, customer_id: Any, models: Any, until: Day | None = None) -> pd.DataFrame:
    """P(alive) of one customer on every day from the first purchase, by what was known on that day.

    Parameters
    ----------
    log
        One row per transaction with ``customer_id``, ``date`` and ``value``.
    customer_id
        Whose history.
    models
        A model in continuous time, or several as {name: model}.
    until
        Last day, included; ``None``: the last day in the log.

    Returns
    -------
    DataFrame indexed by ``date``, one row per day, with ``purchases`` (repeat purchases so far), ``bought`` (bool:
    purchase on this day, the first included) and P(alive) at the end of the day, a share, one column per model.

    Raises ``ValueError`` for a bad log, or a customer who had not bought by ``until``.
    """
    compared = named_models(models, "expected_probability_alive")
    reserved = {"purchases", "bought"} & compared.keys()
    if reserved:
        raise ValueError(f"A model cannot be called {reserved.pop()!r}: the result has a column of that name.")
    rows = rows_of(log)
    last = int(rows.day.max()) if until is None else day_number(until, "until")
    position = rows.ids.get_indexer([customer_id])[0]
    bought = np.unique(rows.day[(rows.customer == position) & (rows.day <= last)])
    if position < 0 or bought.size == 0:
        raise ValueError(f"customer_id {customer_id!r} has no purchase in the log up to {day_text(last)}.")
    day = np.arange(bought[0], last + 1)
    so_far = np.searchsorted(bought, day, side="right")
    latest = bought[so_far - 1]
    table = pd.DataFrame(
        {"purchases": so_far - 1, "bought": day == latest},
        index=pd.DatetimeIndex(pd.to_datetime(day, unit="D").astype("datetime64[ns]"), name="date"),
    )
    for name, model in compared.items():
        if not continuous(model):
            raise TypeError(
                f"models[{name!r}] is a {type(model).__name__}, which counts occasions, not days: a log has days."
            )
        length = model._steps("day")
        known = pd.DataFrame(
            {
                "frequency": so_far - 1,
                "recency": (latest - bought[0]) * length,
                "T": (day - bought[0]) * length,
            }
        )
        table[name] = model.expected_probability_alive(known).to_numpy()
    return table


def _cohort(rows: Rows, last: int, end: int) -> tuple[int, Days, Days, int]:
    """First day, first day of each customer, days of all their repeat purchases, rows of customers won later."""
    early = rows.day <= last
    if not early.any():
        raise ValueError(f"Nobody bought by {day_text(last)}, the end of calibration.")
    start = np.full(rows.ids.size, np.iinfo(np.int64).max)
    np.minimum.at(start, rows.customer[early], rows.day[early])
    member = start <= last
    inside = rows.day <= end
    ours = inside & member[rows.customer]
    first = int(rows.day[ours].min())
    span = int(rows.day.max()) - first + 1
    key = np.unique(rows.customer[ours] * span + (rows.day[ours] - first))
    customer, day = np.divmod(key, span)
    repeat = day + first > start[customer]
    return first, start[member], day[repeat] + first, int(np.count_nonzero(inside & ~ours))


def _ends(first: int, last: int, end: int, length: int) -> Days:
    """The last day of each period: ``last`` is one of them, and so is ``end``."""
    before = last - length * np.arange((last - first) // length, -1, -1)
    after = np.arange(last + length, end + length, length)
    return np.concatenate([before, np.minimum(after, end)])


def _per_period(daily: NDArray[np.int64], ends: Days) -> NDArray[np.int64]:
    return np.diff(np.cumsum(daily)[ends], prepend=0)
