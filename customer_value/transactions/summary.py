"""Recency, frequency and monetary value per customer: what the purchase models need of a log."""

import numpy as np
import pandas as pd

from customer_value._periods import Unit, days_in
from customer_value.transactions._log import Day
from customer_value.transactions._purchases import day_number, day_text, purchases, rows_of


def rfm_summary(
    log: pd.DataFrame,
    until: Day | None = None,
    *,
    holdout_until: Day | None = None,
    time_unit: Unit = "week",
) -> pd.DataFrame:
    """Frequency, recency, age and mean spend per customer, in exact days divided by the unit of time.

    Parameters
    ----------
    log
        One row per transaction with ``customer_id``, ``date`` and ``value`` (money, not negative), in any order. Rows
        of one customer on one day are one purchase, their values added. Rows of value 0 count as purchases.
    until
        Last day observed (the end of calibration), included; ``None``: the last day in the log.
    holdout_until
        Last day of the holdout, included, after ``until``; ``None``: no holdout.
    time_unit
        ``"day"``, ``"week"`` (7 days), ``"month"`` (365.25 / 12 days) or ``"year"`` (365.25 days). A model fitted to
        the summary speaks in this unit.

    Returns
    -------
    DataFrame indexed by ``customer_id``, in order, one row per customer who bought by ``until``, with

    - ``frequency``: days with a purchase after the first such day, x (int);
    - ``recency``: time from the first to the last purchase, tₓ (0 where x = 0);
    - ``T``: time from the first purchase to ``until``;
    - ``monetary_value``: mean value of those x days, without the first (unit of ``value``; 0 where x = 0);
    - with a holdout also ``holdout_frequency`` (days with a purchase in it), ``holdout_monetary_value`` (their mean
      value, 0 where there are none) and ``holdout_T`` (its length).

    ``attrs`` says ``time_unit``, ``until``, ``holdout_until`` and under ``rows`` how many rows were ``used``, of them
    ``same_day`` (merged with another of that customer and day) and ``zero_value``, and how many were left out:
    ``after_end`` of the last period asked for and, with a holdout, ``new_in_holdout`` (of customers first seen in it).

    Raises ``ValueError`` for missing columns, gaps, infinite or negative values (``clean_log`` decides about returns),
    times with a time zone, or nobody by ``until``; ``TypeError`` when ``date`` holds no dates.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284.
    """
    length = days_in(time_unit, "time_unit")
    rows = rows_of(log)
    last = rows.days.last if until is None else day_number(until, "until")
    seen = purchases(rows, last)
    frequency = np.subtract(seen.days, 1, dtype=np.int64)
    # Written straight into place: on a long log every further array is felt.
    recency, age, spend = np.empty((3, frequency.size))
    np.subtract(seen.last, seen.first, out=recency, dtype=np.float64)
    np.subtract(last, seen.first, out=age, dtype=np.float64)
    recency /= length
    age /= length
    np.maximum(frequency, 1, out=spend)
    np.divide(seen.value_after_first(), spend, out=spend)
    summary = pd.DataFrame(
        {"frequency": frequency, "recency": recency, "T": age, "monetary_value": spend},
        index=rows.ids[seen.who].rename("customer_id"),
        copy=False,
    )
    end, counts = last, seen.counts()
    if holdout_until is not None:
        end = day_number(holdout_until, "holdout_until")
        if end <= last:
            raise ValueError(f"holdout_until ({day_text(end)}) must be after until ({day_text(last)}).")
        later = purchases(rows, end, start=last + 1, of=seen.who)
        summary["holdout_frequency"] = later.days.astype(np.int64)
        summary["holdout_monetary_value"] = later.value() / np.maximum(later.days, 1)
        summary["holdout_T"] = (end - last) / length
        counts = {name: count + later.counts()[name] for name, count in counts.items()}
        counts["new_in_holdout"] = rows.between(last + 1, end) - later.counts()["used"]
    counts["after_end"] = rows.between(end + 1, rows.days.last)
    summary.attrs = {
        "time_unit": time_unit,
        "until": day_text(last),
        "holdout_until": None if holdout_until is None else day_text(end),
        "rows": counts,
    }
    return summary
