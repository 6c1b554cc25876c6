"""Orders and revenue per customer, for a stated period and a stated set of customers."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from customer_value._inputs import day
from customer_value.transactions._log import Day, check


def customer_totals(
    log: pd.DataFrame,
    start: Day | None = None,
    end: Day | None = None,
    customers: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Orders and revenue per customer from ``start`` (included) to ``end`` (not included).

    Parameters
    ----------
    log
        One row per transaction with ``customer_id``, ``date`` and ``value`` (money). Every row counts as
        one order.
    start, end
        Days, as "1998-01-01" or a Timestamp; ``None`` means from the first or to the last transaction.
    customers
        Who counts. ``None``: only those who bought in the period. Otherwise these ids, each once, with
        zero orders and zero revenue for those who bought nothing.

    Returns
    -------
    DataFrame indexed by ``customer_id`` with ``orders`` (int) and ``revenue`` (unit of ``value``).

    Raises ``ValueError`` for missing columns, gaps in them, an empty log, or a period with nobody in it,
    ``TypeError`` when ``date`` does not hold dates.
    """
    check(log)
    date = log["date"]
    inside = pd.Series(True, index=log.index)
    if start is not None:
        inside &= date >= day(start, "start")
    if end is not None:
        inside &= date < day(end, "end")
    grouped = log[inside].groupby("customer_id")["value"]
    totals = pd.DataFrame({"orders": grouped.size(), "revenue": grouped.sum()})
    if customers is not None:
        index = pd.Index(customers, name="customer_id")
        if not index.is_unique:
            raise ValueError("customers lists the same id more than once.")
        totals = totals.reindex(index, fill_value=0)
    if totals.empty:
        raise ValueError(
            f"Nobody bought from {start or 'the beginning'} to {end or 'the end'};"
            f" the log covers {date.min():%Y-%m-%d} to {date.max():%Y-%m-%d}."
        )
    return totals.astype({"orders": "int64", "revenue": "float64"})


def before_and_after(log: pd.DataFrame, split: Day, months: int = 6) -> pd.DataFrame:
    """Revenue per customer in the ``months`` before the day ``split`` and in as many months from it on.

    Everyone who bought at any time before ``split`` counts, with zero where they bought nothing; customers
    won later do not. Equal lengths keep the two columns comparable.

    Returns a DataFrame indexed by ``customer_id`` with ``before`` and ``after`` (unit of ``value``). Raises
    ``ValueError`` when either period reaches outside the log.
    """
    check(log)
    middle = day(split, "split")
    if months < 1:
        raise ValueError(f"months must be at least 1; got {months}.")
    start, end = middle - pd.DateOffset(months=months), middle + pd.DateOffset(months=months)
    first, last = log["date"].min(), log["date"].max()
    if start < first or end > last + pd.Timedelta(days=1):
        raise ValueError(
            f"{months} months on both sides of {middle:%Y-%m-%d} need {start:%Y-%m-%d} to"
            f" {end - pd.Timedelta(days=1):%Y-%m-%d}; the log covers {first:%Y-%m-%d} to {last:%Y-%m-%d}."
        )
    known = log.loc[log["date"] < middle, "customer_id"].unique()
    known.sort()
    before = customer_totals(log, start, middle, known)["revenue"]
    after = customer_totals(log, middle, end, known)["revenue"]
    return pd.DataFrame({"before": before, "after": after})


def weekly_revenue(log: pd.DataFrame, start: Day, end: Day) -> pd.DataFrame:
    """Revenue per customer in each week from ``start`` (included) to ``end`` (not included).

    Weeks are counted from ``start``; the last one may be shorter. Everyone who bought before ``end`` counts.

    Returns a DataFrame indexed by ``customer_id`` with one column per week, 0 for the first (unit of
    ``value``). Raises ``ValueError`` when nobody bought in the period.
    """
    check(log)
    first, last = day(start, "start"), day(end, "end")
    inside = log[(log["date"] >= first) & (log["date"] < last)]
    if inside.empty:
        raise ValueError(f"Nobody bought from {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
    known = pd.Index(log.loc[log["date"] < last, "customer_id"].unique(), name="customer_id").sort_values()
    weeks = pd.RangeIndex(((last - first).days + 6) // 7, name="week")
    revenue = np.zeros((len(known), len(weeks)))
    place = known.get_indexer(inside["customer_id"]), (inside["date"] - first).dt.days // 7
    np.add.at(revenue, place, inside["value"])
    return pd.DataFrame(revenue, index=known, columns=weeks)


def odd_and_even_weeks(log: pd.DataFrame, start: Day, end: Day) -> pd.DataFrame:
    """Revenue per customer in the odd and in the even weeks of one period, counted from ``start``.

    The two columns cover the same months, so a customer who leaves, a season or a trend touches both
    alike: what still differs between them is chance. Everyone who bought before ``end`` counts.

    Returns a DataFrame indexed by ``customer_id`` with ``odd`` and ``even`` (unit of ``value``). Raises
    ``ValueError`` when nobody bought in the period.
    """
    weeks = weekly_revenue(log, start, end)
    return pd.DataFrame({"odd": weeks.iloc[:, 0::2].sum(axis=1), "even": weeks.iloc[:, 1::2].sum(axis=1)})
