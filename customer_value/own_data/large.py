"""Logs larger than a page or memory: the summary through DuckDB, and from it the same values.

Needs the package ibis-framework[duckdb], which is imported only when ``summarise_files`` is called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from customer_value._inputs import day, one_whole
from customer_value.transactions.lazy import open_log, rfm_expression

_ROLES = {"customer": "customer_id", "date": "date", "amount": "value", "quantity": "quantity", "price": "price"}


@dataclass(frozen=True)
class Summaries:
    """What ``value_summary`` needs of a long log; ``summarise_files`` makes it."""

    summary: pd.DataFrame
    """To today, as of ``rfm_summary``, with ``money_so_far``."""
    calibration: pd.DataFrame
    """To the split, with the holdout's columns."""
    cleaning: pd.DataFrame
    """What was left out: ``rows``, ``customers``, ``money``, ``share``, ``done``, ``meaning``."""
    daily: pd.DataFrame
    """As of ``daily_table``."""


def summarise_files(
    path: str | Path | Iterable[str | Path],
    columns: Mapping[str, str],
    *,
    today: str | pd.Timestamp | None = None,
    holdout_days: int | None = None,
    returns: Literal["share", "apart"] = "share",
    connection: Any = None,
) -> Summaries:
    """Summaries of a log in CSV or Parquet files of any length, worked out by DuckDB (or another Ibis backend).

    Parameters
    ----------
    path
        A file, a pattern such as "sales/*.parquet", or several of them.
    columns
        Role to column: ``customer``, ``date``, and ``amount`` or ``quantity`` and ``price``.
    today
        The last day that counts; ``None``: the last day in the files.
    holdout_days
        As in ``value_log``.
    returns
        Negative amounts. ``"share"``: what a customer spent per purchase is lowered by the share of money sent back,
        in all. ``"apart"``: left out. Neither undoes single purchases, as ``clean`` does for shorter logs.
    connection
        An Ibis backend; ``None``: DuckDB in memory, which spills to disk.

    Rows without customer, date or amount, and of amount 0, are left out and counted; equal rows are kept. In text files
    dates must be ISO 8601 and amounts have a decimal point.
    """
    named = dict(columns)
    if strange := [role for role in named if role not in _ROLES]:
        raise ValueError(f"columns has no role {strange[0]!r}; roles are {', '.join(_ROLES)}.")
    if not {"customer", "date"} <= named.keys() or not ("amount" in named or {"quantity", "price"} <= named.keys()):
        raise ValueError("columns must name customer, date, and amount (or quantity and price).")
    if returns not in ("share", "apart"):
        raise ValueError(f"returns must be 'share' or 'apart'; got {returns!r}.")
    table = open_log(path, {_ROLES[role]: column for role, column in named.items()}, connection=connection)
    value = table.value if "amount" in named else table.quantity.cast("float64") * table.price.cast("float64")
    # Written out in days: a log is summarised by them, and time of day only costs memory.
    rows = table.select(customer_id=table.customer_id, date=table.date.cast("date"), value=value.cast("float64"))
    last = rows.date.max().execute() if today is None else day(today, "today")
    if pd.isna(last):
        raise ValueError("No row has a date.")
    end = pd.Timestamp(last).normalize()
    unknown = rows.customer_id.isnull()
    if rows.customer_id.type().is_floating():
        unknown = unknown | rows.customer_id.isnan()
    no_value = rows.value.isnull() | rows.value.isnan() | rows.value.isinf()
    conditions = {
        "no customer": unknown,
        "no date": rows.date.isnull(),
        "no amount": no_value,
        "after today": rows.date > end.date(),
        "zero amount": rows.value == 0,
        "returns": rows.value < 0,
    }
    cleaning = _counted(rows, conditions, returns)
    known = rows.filter(~unknown, rows.date.notnull(), ~no_value, rows.date <= end.date())
    bought = known.filter(known.value > 0)
    if not cleaning.loc["count", "rows"]:
        raise ValueError(f"No row is left of {cleaning.loc['in the file', 'rows']:,}.")
    daily = _daily(bought)
    first = daily.index[0]
    span = (end - first).days + 1
    length = max(span // 4, 1) if holdout_days is None else one_whole(holdout_days, "holdout_days", least=1)
    if length > span - 7:
        raise ValueError(f"holdout_days must leave a week at least for calibration; got {length} of {span} days.")
    split = end - pd.Timedelta(days=length)
    summary = _executed(rfm_expression(bought, end), end)
    calibration = _executed(rfm_expression(bought, split, holdout_until=end), split)
    money = (
        known.group_by("customer_id")
        .aggregate(gross=known.value.sum(where=known.value > 0), net=known.value.sum())
        .execute()
        .set_index("customer_id")
    )
    money = money.reindex(summary.index).astype(float)
    if returns == "share":
        kept = (money["net"].clip(lower=0) / money["gross"]).fillna(1.0)
        summary["monetary_value"] *= kept
        summary["money_so_far"] = money["net"].clip(lower=0)
        share = kept.reindex(calibration.index).to_numpy()
        calibration["monetary_value"] *= share
        calibration["holdout_monetary_value"] *= share
    else:
        summary["money_so_far"] = money["gross"]
    return Summaries(summary, calibration, cleaning, daily)


def _counted(rows: Any, conditions: dict[str, Any], returns: str) -> pd.DataFrame:
    """The cleaning report, in one query: each row counts under the first condition that it meets."""
    finite = rows.value.fill_null(0.0)
    finite = (finite.isnan() | finite.isinf()).ifelse(0.0, finite)
    wanted: dict[str, Any] = {
        "all_rows": rows.count(),
        "all_money": finite.sum(),
        "all_people": rows.customer_id.nunique(),
    }
    left = None
    for at, condition in enumerate(conditions.values()):
        met = condition.fill_null(False) if left is None else condition.fill_null(False) & left
        wanted |= {
            f"rows_{at}": met.sum(),
            f"money_{at}": finite.sum(where=met),
            f"people_{at}": rows.customer_id.nunique(where=met),
        }
        left = ~condition.fill_null(False) if left is None else left & ~condition.fill_null(False)
    wanted |= {
        "rows_left": left.sum(),
        "money_left": finite.sum(where=left),
        "people_left": rows.customer_id.nunique(where=left),
    }
    state = rows.aggregate(**wanted).execute().iloc[0].fillna(0)
    lowered = "lowers what its customer spent" if returns == "share" else "left out"
    entries = [("in the file", "all", "read", "rows of all files")]
    for at, what in enumerate(conditions):
        entries.append((what, str(at), lowered if what == "returns" else "left out", _MEANING[what]))
    entries.append(("count", "left", "kept", "purchases from which everything else is computed"))
    table = pd.DataFrame(
        {
            "rows": [int(state[_key("rows", key)]) for _, key, *_ in entries],
            "customers": [int(state[_key("people", key)]) for _, key, *_ in entries],
            "money": [float(state[_key("money", key)]) for _, key, *_ in entries],
            "done": [done for *_, done, _ in entries],
            "meaning": [meaning for *_, meaning in entries],
        },
        index=pd.Index([what for what, *_ in entries], name="what"),
    )
    table.insert(3, "share", table["rows"] / max(int(table["rows"].iloc[0]), 1))
    always = table.index.isin(["in the file", "no customer", "returns", "count"])
    return table[(table["rows"] > 0) | always]


_MEANING = {
    "no customer": "a sale that nobody can be credited with",
    "no date": "empty",
    "no amount": "empty or infinite",
    "after today": "later than the day the values are counted from",
    "zero amount": "gifts, samples, corrections",
    "returns": "negative amounts",
}


def _key(figure: str, key: str) -> str:
    return f"all_{figure}" if key == "all" else f"{figure}_{key}"


def _daily(bought: Any) -> pd.DataFrame:
    by_day = bought.group_by("date").aggregate(
        rows=bought.count(), customers=bought.customer_id.nunique(), money=bought.value.sum()
    )
    first = bought.group_by("customer_id").aggregate(date=bought.date.min())
    new = first.group_by("date").aggregate(new=first.count()).execute().set_index("date")["new"]
    table = by_day.execute().set_index("date").sort_index()
    table.insert(2, "new", new.reindex(table.index).fillna(0))
    table.index = pd.DatetimeIndex(table.index, name="day").as_unit("ns")
    return table.astype({"rows": np.int64, "customers": np.int64, "new": np.int64})


def _executed(expression: Any, until: pd.Timestamp) -> pd.DataFrame:
    summary = expression.execute().set_index("customer_id")
    summary.attrs = {"time_unit": "week", "until": f"{until:%Y-%m-%d}"}
    return summary
