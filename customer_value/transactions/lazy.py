"""``rfm_summary`` as an Ibis expression: for logs larger than memory, on DuckDB, a warehouse or Spark.

Needs the optional package ibis-framework, which is imported only when a function here is called.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_value._periods import Unit, days_in
from customer_value.transactions._log import NEEDED, Day
from customer_value.transactions._purchases import day_number, day_text

if TYPE_CHECKING:
    from ibis.expr.types import Table

_AS_TEXT = ("customer_id", "date")
_PLAIN = r"^(0|[1-9][0-9]{0,17})$"
_ISO = r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?$"


def open_log(
    path: str | Path | Iterable[str | Path], columns: Mapping[str, str] | None = None, *, connection: Any = None
) -> "Table":
    """A log in Parquet or CSV files as an Ibis table; what a file holds is read when a result is asked for.

    Parameters
    ----------
    path
        A file, a pattern such as "sales/*.parquet", or several of them; .csv, .tsv and .txt files (also packed) as
        text and everything else as Parquet.
    columns
        Our names to the source's, as in ``read_log``: ``customer_id``, ``date``, ``value``.
    connection
        An Ibis backend; ``None``: DuckDB, which needs ibis-framework[duckdb] and spills to disk what does not fit in
        memory.

    Text files on DuckDB are read through once at once, because guessing is not safe there. Ids become numbers only if
    all of them are plain whole numbers, as in ``read_log``: 00123 and 123 stay two customers. Dates must be ISO 8601
    without a time zone, and amounts have a decimal point; for other ways to write them use ``read_log``, or Parquet.

    Raises ``ImportError`` with what to install, ``ValueError`` for files or columns that are not there and for dates
    in text written otherwise.
    """
    if connection is None:
        connection = _ibis().duckdb.connect()
    here = connection.name == "duckdb"
    places = [str(path)] if isinstance(path, str | Path) else [str(each) for each in path]
    absent = [place for place in places if here and "://" not in place and not _exists(Path(place))]
    if absent or not places:
        raise ValueError(f"There is no file {', '.join(absent) or 'to open: path is empty'}.")
    text = any(ending in (".csv", ".tsv", ".txt") for ending in Path(places[0]).suffixes)
    several: Any = places if len(places) > 1 else places[0]
    table = connection.read_csv(several) if text else connection.read_parquet(several)
    names = dict(columns or {})
    lacking = [source for source in names.values() if source not in table.columns]
    if lacking:
        raise ValueError(
            f"{', '.join(places)} lacks the column(s) {', '.join(lacking)}; it has {', '.join(table.columns)}."
        )
    if text and here:
        written = {name: "string" for name in (names.get(ours, ours) for ours in _AS_TEXT) if name in table.columns}
        table = connection.read_csv(several, types=written)
    table = table.rename(names) if names else table
    return _understood(table) if text and here else table


def _exists(path: Path) -> bool:
    """Whether the path, which may hold * and the like, is that of any file."""
    return path.exists() or any(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _understood(table: "Table") -> "Table":
    """Ids and dates that were read as text in the form that ``read_log`` gives them."""
    found, checks = {}, {}
    if "customer_id" in table.columns:
        ids = found["customer_id"] = table.customer_id.strip().nullif("")
        checks["ids"] = (ids.notnull() & ~ids.re_search(_PLAIN)).sum()
    if "date" in table.columns:
        dates = found["date"] = table.date.strip().nullif("")
        odd = dates.notnull() & ~dates.re_search(_ISO)
        checks |= {"dates": odd.sum(), "first": dates.min(where=odd)}
    if not checks:
        return table
    state = table.aggregate(**checks).execute().iloc[0].to_dict()
    if state.get("dates", 0) > 0:
        raise ValueError(
            f"date has {int(state['dates'])} value(s) that are no ISO 8601 day or time without a zone, such as"
            f" {state['first']!r}: read the file with read_log and its date_format, or give it as Parquet."
        )
    if "date" in found:
        found["date"] = found["date"].cast("timestamp")
    if not state.get("ids", 0) > 0 and "customer_id" in found:
        found["customer_id"] = found["customer_id"].cast("int64")
    return table.mutate(**found)


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
        "frequency": days.count(where=repeat),
        "first_day": days.day.min(),
        "last_day": days.day.max(where=seen),
        "repeat_value": days.value.sum(where=repeat),
        "holdout_frequency": days.count(where=~seen),
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
        no_customer=_missing(table.customer_id).sum(),
        no_date=table.date.isnull().sum(),
        no_value=_missing(money).sum(),
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


def _missing(column: Any) -> Any:
    return column.isnull() | column.isnan() if column.type().is_floating() else column.isnull()


def _ibis() -> Any:
    try:
        import ibis
    except ImportError as missing:
        raise ImportError(
            "Working on logs beyond memory needs the package ibis-framework: install it with"
            " `pip install 'ibis-framework[duckdb]'`."
        ) from missing
    return ibis
