"""Cohort tables: what customers who first bought in one period did in the periods after it."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value.transactions._log import Day
from customer_value.transactions._purchases import day_number, day_text, rows_of

What = Literal["customers", "retention", "revenue", "revenue_per_customer", "cumulative_revenue_per_customer"]
Period = Literal["week", "month", "quarter", "year"]

_WHAT = ("customers", "retention", "revenue", "revenue_per_customer", "cumulative_revenue_per_customer")
_FREQUENCY = {"week": "W-SUN", "month": "M", "quarter": "Q-DEC", "year": "Y-DEC"}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# 1970-01-01 was a Thursday; weeks run from Monday to Sunday.
_MONDAY = 3


def cohort_table(
    log: pd.DataFrame,
    what: What = "retention",
    *,
    period: Period = "month",
    until: Day | None = None,
) -> pd.DataFrame:
    """One row per cohort (the period of the first purchase), one column per period since then.

    Parameters
    ----------
    log
        As in ``rfm_summary``.
    what
        ``"customers"``: who bought in the period. ``"retention"``: their share of the cohort. ``"revenue"``: value.
        ``"revenue_per_customer"``: value per member of the cohort, whether they bought or not;
        ``"cumulative_revenue_per_customer"``: the same added up since the first period.
    period
        Calendar ``"week"`` (Monday to Sunday), ``"month"``, ``"quarter"`` or ``"year"``.
    until
        Last day observed, included; ``None``: the last day in the log.

    Returns
    -------
    DataFrame indexed by ``cohort`` (pandas Periods, every one from the first to the last that is complete) with
    columns ``age`` 0, 1, … Cells not observed to the end of their period by ``until`` are missing; a period in which
    nobody of the cohort bought is 0. Retention of an empty cohort is missing, too. ``attrs`` says ``until`` and
    counts the ``rows`` left out: ``incomplete_period`` (in the period that ``until`` cuts short) and ``after_end``.

    Raises ``ValueError`` and ``TypeError`` as ``rfm_summary``, and when no period is complete.

    Wrong when the log does not reach back to everybody's first purchase: its first cohorts then mix old and new
    customers. Buying again is not staying: who skips a period may come back in the next.
    """
    if what not in _WHAT:
        raise ValueError(f"what must be one of {', '.join(_WHAT)}; got {what!r}.")
    if period not in _FREQUENCY:
        raise ValueError(f"period must be one of {', '.join(_FREQUENCY)}; got {period!r}.")
    rows = rows_of(log)
    end = int(rows.day.max()) if until is None else day_number(until, "until")
    at, limit = _period_number(rows.day, period), int(_period_number(np.array([end + 1], dtype=np.int64), period)[0])
    inside = np.flatnonzero((at < limit) & (rows.day <= end))
    if inside.size == 0:
        raise ValueError(f"The log has no complete {period} by {day_text(end)}.")
    customer, when, value = rows.customer[inside], at[inside], rows.value[inside]
    start = np.full(rows.ids.size, np.iinfo(np.int64).max)
    np.minimum.at(start, customer, when)
    first = int(when.min())
    span = limit - first
    cohort, age = start[customer] - first, when - start[customer]
    cell = cohort * span + age
    size = tally(start[np.unique(customer)] - first, least=span)
    if what in ("customers", "retention"):
        # A customer counts once per cell however often she bought in it.
        _, once = np.unique(customer * span + age, return_index=True)
        table = tally(cell[once], least=span * span).astype(float)
    else:
        table = tally(cell, weights=value, least=span * span)
    table = table.reshape(span, span)
    if what == "cumulative_revenue_per_customer":
        table = table.cumsum(axis=1)
    if what not in ("customers", "revenue"):
        table = np.divide(table, size[:, None], out=np.full(table.shape, np.nan), where=size[:, None] > 0)
    table[np.arange(span)[:, None] + np.arange(span) >= span] = np.nan
    result = pd.DataFrame(
        table,
        index=pd.PeriodIndex(_starts(first, span, period), freq=_FREQUENCY[period], name="cohort"),
        columns=pd.RangeIndex(span, name="age"),
    )
    result.attrs = {
        "until": day_text(end),
        "rows": {
            "incomplete_period": int(np.count_nonzero((at >= limit) & (rows.day <= end))),
            "after_end": int(np.count_nonzero(rows.day > end)),
        },
    }
    return result


def _period_number(day: NDArray[np.int64], period: Period) -> NDArray[np.int64]:
    if period == "week":
        return (day + _MONDAY) // 7
    return day.view("datetime64[D]").astype("datetime64[M]").astype(np.int64) // _MONTHS[period]


def _starts(first: int, count: int, period: Period) -> pd.DatetimeIndex:
    number = np.arange(first, first + count)
    if period == "week":
        return pd.DatetimeIndex((number * 7 - _MONDAY).astype("datetime64[D]").astype("datetime64[ns]"))
    months = (number * _MONTHS[period]).astype("datetime64[M]")
    return pd.DatetimeIndex(months.astype("datetime64[ns]"))
