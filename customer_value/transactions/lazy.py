"""``rfm_summary`` as an Ibis expression: for logs larger than memory, on DuckDB, a warehouse or Spark.

Needs the optional package ibis-framework, which is imported only when a function here is called.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_value._periods import Unit, days_in
from customer_value.transactions._log import NEEDED, Day
from customer_value.transactions._purchases import day_number, day_text

if TYPE_CHECKING:
    from ibis.expr.types import Table


def open_log(path: str | Path, columns: Mapping[str, str] | None = None, *, connection: Any = None) -> "Table":
    """A log in Parquet or CSV files as an Ibis table; nothing is read until a result is asked for.

    Parameters
    ----------
    path
        A file or a pattern such as "sales/*.parquet"; .csv files (also packed) and everything else as Parquet.
    columns
        Our names to the source's, as in ``read_log``: ``customer_id``, ``date``, ``value``.
    connection
        An Ibis backend; ``None``: DuckDB, which needs ibis-framework[duckdb] and spills to disk what does not fit in
        memory.

    Raises ``ImportError`` with what to install, ``ValueError`` for columns that are not there.
    """
    if connection is None:
        connection = _ibis().duckdb.connect()
    text = any(ending in (".csv", ".tsv", ".txt") for ending in Path(path).suffixes)
    table = connection.read_csv(str(path)) if text else connection.read_parquet(str(path))
    names = dict(columns or {})
    absent = [source for source in names.values() if source not in table.columns]
    if absent:
        raise ValueError(f"{path} lacks the column(s) {', '.join(absent)}; it has {', '.join(table.columns)}.")
    return table.rename(names) if names else table


def rfm_expression(
    table: "Table",
    until: Day | None = None,
    *,
    holdout_until: Day | None = None,
    time_unit: Unit = "week",
) -> "Table":
    """What ``rfm_summary`` gives, as an Ibis expression ordered by ``customer_id``: ``.execute()`` for a data frame.

    Parameters
    ----------
    table
        An Ibis table on any backend with ``customer_id``, ``date`` (date, or timestamp without time zone) and
        ``value``.
    until, holdout_until, time_unit
        As in ``rfm_summary``.

    Returns an expression with the columns of ``rfm_summary``, ``customer_id`` among them. To keep what does not fit
    in memory on disk: ``expression.to_parquet("summary.parquet")``.

    One query over the log runs at once to check what ``rfm_summary`` would check, and raises the same ``ValueError``
    and ``TypeError``; it also finds the last day where ``until`` is not given.
    """
    ibis = _ibis()
    length = days_in(time_unit, "time_unit")
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        raise ValueError(f"log lacks the column(s) {', '.join(missing)}; it has {', '.join(table.columns)}.")
    last_day = _checked(table)
    last = last_day if until is None else day_number(until, "until")
    end = last if holdout_until is None else day_number(holdout_until, "holdout_until")
    if holdout_until is not None and end <= last:
        raise ValueError(f"holdout_until ({day_text(end)}) must be after until ({day_text(last)}).")
    boundary = ibis.date(day_text(last))

    rows = table.select("customer_id", day=table.date.cast("date"), value=table.value.cast("float64"))
    rows = rows.filter(rows.day <= ibis.date(day_text(end)))
    days = rows.group_by("customer_id", "day").aggregate(value=rows.value.sum())
    days = days.mutate(first_day=days.day.min().over(ibis.window(group_by="customer_id")))
    seen = days.day <= boundary
    repeat = seen & (days.day > days.first_day)
    figures = {
        "frequency": repeat.sum(),
        "first_day": days.day.min(),
        "last_day": days.day.max(where=seen),
        "repeat_value": days.value.sum(where=repeat),
        "holdout_frequency": (~seen).sum(),
        "holdout_value": days.value.sum(where=~seen),
    }
    people = days.group_by("customer_id").aggregate(**figures)
    people = people.filter(people.first_day <= boundary)

    def per_day(total: Any, count: Any) -> Any:
        return ibis.ifelse(count > 0, total / count.nullif(0), 0.0).fill_null(0.0)

    def time_between(late: Any, early: Any) -> Any:
        # Spark divides whole numbers as decimals, to six places, unless they are floats first.
        return late.delta(early, unit="day").cast("float64") / length

    result = {
        "frequency": people.frequency.cast("int64"),
        "recency": time_between(people.last_day, people.first_day),
        "T": time_between(boundary, people.first_day),
        "monetary_value": per_day(people.repeat_value, people.frequency),
    }
    if holdout_until is not None:
        result["holdout_frequency"] = people.holdout_frequency.cast("int64")
        result["holdout_monetary_value"] = per_day(people.holdout_value, people.holdout_frequency)
        result["holdout_T"] = ibis.literal(end - last).cast("float64") / length
    summary = people.select("customer_id", **result)
    return summary.order_by("customer_id")


def _checked(table: "Table") -> int:
    """The last day in the log, once it is known to hold nothing that a count would get wrong."""
    date, value = table.schema()["date"], table.schema()["value"]
    if not (date.is_date() or date.is_timestamp()):
        raise TypeError(f"log's date column must hold dates; it holds {date}.")
    if date.is_timestamp() and date.timezone is not None:
        raise ValueError(f"log's dates carry the time zone {date.timezone}: convert them to days of one place first.")
    if not value.is_numeric():
        raise TypeError(f"log's value column must hold numbers; it holds {value}.")
    money = table.value.cast("float64")
    found = table.aggregate(
        rows=table.count(),
        no_customer=table.customer_id.isnull().sum(),
        no_date=table.date.isnull().sum(),
        no_value=(money.isnull() | money.isnan()).sum(),
        infinite=money.isinf().sum(),
        negative=(money < 0).sum(),
        last=table.date.max().cast("date").cast("string"),
    )
    state = found.execute().iloc[0]
    if state["rows"] == 0:
        raise ValueError("log is empty: it has no rows.")
    gaps = {name: int(state[f"no_{name.split('_')[0]}"]) for name in NEEDED}
    if any(gaps.values()):
        text = ", ".join(f"{count} in {name}" for name, count in gaps.items() if count)
        raise ValueError(f"log has missing values: {text}. Decide what they mean before adding up, see clean_log.")
    if int(state["infinite"]):
        raise ValueError(f"log has {int(state['infinite'])} infinite value(s).")
    if int(state["negative"]):
        raise ValueError(
            f"log has {int(state['negative'])} negative value(s): returns are no purchases. Filter or net them."
        )
    return day_number(str(state["last"])[:10], "the last day in the log")


def _ibis() -> Any:
    try:
        import ibis
    except ImportError as missing:
        raise ImportError(
            "Working on logs beyond memory needs the package ibis-framework: install it with"
            " `pip install 'ibis-framework[duckdb]'`."
        ) from missing
    return ibis
