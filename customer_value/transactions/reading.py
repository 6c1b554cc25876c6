"""Read a transaction log from a file or a frame, whatever its columns are called."""

import importlib
import re
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

# Ids and codes are text until they prove to be plain numbers: 00123 is not 123, and 85123A is no number at all.
_CODES = ("customer_id", "order_id", "product")
_AMOUNTS = ("value", "quantity", "price")
_KNOWN = (*_CODES, "date", *_AMOUNTS)
_EXCEL = {".xlsx", ".xlsm", ".xls"}
_TEXT = {".csv", ".tsv", ".txt"}
# How a written date and time ends that says its zone: Z, UTC, +01:00, -0500.
_ZONE = re.compile(r":\d{2}(\.\d+)?\s*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$", re.IGNORECASE)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PACKED = {".gz", ".bz2", ".xz", ".zip"}


def read_log(
    source: str | Path | pd.DataFrame,
    columns: Mapping[str, str] | None = None,
    *,
    keep: Iterable[str] | None = None,
    unreadable: Literal["refuse", "missing"] = "refuse",
    date_format: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    thousands: str | None = None,
    encoding: str = "utf-8",
    sheet: str | int = 0,
) -> pd.DataFrame:
    """A log with ``customer_id``, ``date`` and ``value`` from a CSV, Parquet or Excel file or a data frame.

    No row is left out and none is changed but for types; deciding about rows is ``clean_log``'s.

    Parameters
    ----------
    source
        Path ending in .csv, .tsv or .txt (also packed as .gz, .bz2, .xz, .zip), .parquet, .xlsx or .xls; or a
        DataFrame, which stays as it is. Parquet needs the package pyarrow, Excel openpyxl.
    columns
        Our names to the source's: ``{"customer_id": "CustomerID", "date": "InvoiceDate", "value": "Amount"}``. Where
        there is no amount per row give ``quantity`` and ``price``: value = quantity × price. ``order_id`` and
        ``product`` are known, too. Names that are the same in both may be left out.
    keep
        Further columns to keep, under their own names; ``None`` keeps all. Naming a few saves memory.
    unreadable
        What to do with a date or an amount that cannot be read: ``"refuse"`` the log, or make it ``"missing"`` and
        count it in ``attrs["unreadable"]``.
    date_format
        As "%d/%m/%Y %H:%M"; ``None`` reads ISO 8601 and whatever pandas recognises. Say it where 03/04 could be either.
    separator, decimal, thousands, encoding
        Of text files; the separator is "," (a tab in .tsv), the decimal mark "." unless said.
    sheet
        Of an Excel file, by name or position.

    Returns
    -------
    DataFrame with the index of the source (or 0, 1, …): ``customer_id`` (whole numbers as Int64, otherwise text),
    ``date`` (datetime64, with the source's time zone if it has one, UTC where offsets differ between rows), ``value``
    (float), then the other mapped and kept columns. ``attrs["unreadable"]`` counts what could not be read.

    Raises ``ValueError`` for a missing file, column or format, for unreadable entries (with their number and the first
    one) and where only some dates say their time zone; ``ImportError`` with what to install.
    """
    names = dict(columns or {})
    unknown = [name for name in names if name not in _KNOWN]
    if unknown:
        raise ValueError(f"columns maps unknown name(s) {', '.join(unknown)}; known are {', '.join(_KNOWN)}.")
    if unreadable not in ("refuse", "missing"):
        raise ValueError(f"unreadable must be 'refuse' or 'missing'; got {unreadable!r}.")
    options = {"separator": separator, "encoding": encoding, "sheet": sheet}
    frame, place = (source, "the frame") if isinstance(source, pd.DataFrame) else (None, str(source))
    available = list(frame.columns) if frame is not None else _header(Path(source), options)
    wanted = _mapping(names, available, place)
    others = [name for name in available if name not in wanted.values()] if keep is None else list(keep)
    if absent := [name for name in others if name not in available]:
        raise ValueError(f"{place} lacks the column(s) {', '.join(absent)} to keep; it has {_listed(available)}.")
    clash = [name for name in others if name in wanted and wanted[name] != name]
    if clash:
        raise ValueError(
            f"{place} has its own column(s) {', '.join(clash)} beside the mapped ones; leave them out with keep=[…]."
        )
    if frame is None:
        text = [wanted[name] for name in _CODES if name in wanted]
        if decimal != "." or thousands:
            # A column of 1.250 alone would pass for one and a quarter before the marks are looked at.
            text += [wanted[name] for name in _AMOUNTS if name in wanted]
        frame = _contents(Path(source), [*wanted.values(), *others], text, options)
    counts: dict[str, int] = {}
    result = {}
    for name, column in wanted.items():
        if name in _CODES:
            result[name] = _code(frame[column])
            continue
        original = frame[column]
        read = _dates(original, date_format) if name == "date" else _amounts(original, decimal, thousands)
        lost = original.notna() & read.isna()
        if lost.any():
            counts[name] = int(lost.sum())
            if unreadable == "refuse":
                kind = "date" if name == "date" else "number"
                raise ValueError(
                    f"{column!r} has {counts[name]} value(s) that cannot be read as a {kind}, the first"
                    f" {original[lost].iloc[0]!r} in row {int(np.argmax(lost.to_numpy()))}. Correct them, or read them"
                    " as missing with unreadable='missing'."
                )
        result[name] = read
    if "value" not in result:
        result["value"] = result["quantity"] * result["price"]
    first = ["customer_id", "date", "value"]
    order = [*first, *(name for name in result if name not in first)]
    log = pd.DataFrame({**{name: result[name] for name in order}, **{name: frame[name] for name in others}})
    log.attrs = {"unreadable": counts}
    return log


def _mapping(names: dict[str, str], available: list[Any], place: str) -> dict[str, str]:
    """Our name to the source's, complete; ``ValueError`` where something needed is not there."""
    wanted = {name: names.get(name, name) for name in _KNOWN if name in names or name in available}
    missing = [source for name, source in wanted.items() if source not in available]
    if "value" not in wanted and not {"quantity", "price"} <= wanted.keys():
        missing.append("value (or quantity and price)")
    missing += [name for name in ("customer_id", "date") if name not in wanted]
    if missing:
        raise ValueError(
            f"{place} lacks the column(s) {', '.join(map(str, missing))}; it has {_listed(available)}. Say which"
            " is which with columns={'customer_id': …, 'date': …, 'value': …}."
        )
    return wanted


def _kind(path: Path) -> str:
    endings = [ending.lower() for ending in path.suffixes]
    ending = endings[-2] if len(endings) > 1 and endings[-1] in _PACKED else (endings[-1] if endings else "")
    if ending in _TEXT:
        return "text"
    if ending in (".parquet", ".pq"):
        return "parquet"
    if ending in _EXCEL:
        return "excel"
    raise ValueError(
        f"{path} is none of .csv, .tsv, .txt, .parquet, .xlsx, .xls; read it with pandas and give the frame."
    )


def _header(path: Path, options: dict[str, Any]) -> list[str]:
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    kind = _kind(path)
    if kind == "text":
        return list(_text(path, options, nrows=0).columns)
    if kind == "excel":
        return list(_excel(path, options, nrows=0).columns)
    try:
        import pyarrow.parquet
    except ImportError as missing:
        raise _needs("pyarrow", "Parquet files") from missing
    return pyarrow.parquet.read_schema(path).names


def _contents(path: Path, wanted: list[str], text: list[str], options: dict[str, Any]) -> pd.DataFrame:
    kind, types = _kind(path), dict.fromkeys(text, str)
    if kind == "text":
        return _text(path, options, usecols=wanted, dtype=types)
    if kind == "excel":
        return _excel(path, options, usecols=wanted, dtype=types)
    return pd.read_parquet(path, columns=wanted)


def _text(path: Path, options: dict[str, Any], **more: Any) -> pd.DataFrame:
    separator = options["separator"] or ("\t" if ".tsv" in path.suffixes else ",")
    try:
        return pd.read_csv(path, sep=separator, encoding=options["encoding"], low_memory=False, **more)
    except LookupError as reason:
        raise ValueError(f"encoding must be one that Python knows; got {options['encoding']!r}.") from reason
    except UnicodeDecodeError as reason:
        likely = "utf-16" if path.read_bytes()[:2] in _UTF16_MARKS else "latin-1"
        raise ValueError(f"{path} is not in {options['encoding']}; try encoding={likely!r}.") from reason
    except pd.errors.EmptyDataError as reason:
        raise ValueError(f"{path} is empty.") from reason


def _excel(path: Path, options: dict[str, Any], **more: Any) -> pd.DataFrame:
    package = "xlrd" if path.suffix.lower() == ".xls" else "openpyxl"
    try:
        importlib.import_module(package)
    except ImportError as missing:
        raise _needs(package, "Excel files") from missing
    return pd.read_excel(path, sheet_name=options["sheet"], **more)


def _needs(package: str, what: str) -> ImportError:
    return ImportError(f"Reading {what} needs the package {package}: install it with `pip install {package}`.")


def _code(column: pd.Series) -> pd.Series:
    """Plain whole numbers as Int64 (which may be missing), anything else as it is."""
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.copy()
    if pd.api.types.is_float_dtype(column.dtype):
        known = column.dropna()
        return column.astype("Int64") if (known == np.floor(known)).all() else column.copy()
    if not (pd.api.types.is_object_dtype(column.dtype) or pd.api.types.is_string_dtype(column.dtype)):
        return column.copy()
    known = column.dropna()
    if known.empty or not known.map(lambda entry: isinstance(entry, (str, int, np.integer))).all():
        return column.copy()
    stripped = known.astype(str).str.strip()
    # A number that pandas wrote as 17850.0, because others in the column are missing, is 17850.
    if stripped.str.fullmatch(r"(0|[1-9]\d{0,17})(\.0)?").all():
        numbers = stripped.str.removesuffix(".0").astype("int64")
        return numbers.astype("Int64").reindex(column.index) if len(known) < len(column) else numbers.astype("Int64")
    return column.where(column.isna(), stripped.reindex(column.index)).mask(column.astype(str).str.strip() == "")


def _dates(column: pd.Series, date_format: str | None) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.copy()
    if pd.api.types.is_numeric_dtype(column.dtype) and date_format is None:
        # 19970101 would be read as nanoseconds since 1970.
        raise ValueError(
            f"{column.name!r} holds numbers, the first {column.iloc[0]!r}: say what they mean with date_format, for"
            " example '%Y%m%d'."
        )
    if pd.api.types.is_numeric_dtype(column.dtype):
        column = column.astype("Int64").astype("string")
    # Left to itself pandas takes the format of the first entry for all: days and times mixed would not be read.
    dates = _parsed(column, date_format or "ISO8601")
    complete = dates.notna().sum() == column.notna().sum()
    if complete and dates.dt.tz is None:
        return dates
    _refuse_half_zoned(column, date_format)
    if complete or date_format:
        return dates
    dates = _parsed(column, None)
    day_first = _parsed(column, None, day_first=True)
    if (dates.notna() & day_first.notna() & (dates != day_first)).any() and (dates.isna() == day_first.isna()).all():
        raise ValueError(
            f"{column.name!r} has dates such as {column[dates != day_first].iloc[0]!r} that can be read with the day or"
            " the month first: say which with date_format, for example '%d/%m/%Y' or '%m/%d/%Y'."
        )
    return dates


def _parsed(column: pd.Series, date_format: str | None, *, day_first: bool = False) -> pd.Series:
    how: dict[str, Any] = {"format": date_format, "errors": "coerce", "dayfirst": day_first}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*(Could not infer format|Parsing dates in|mixed time zones)")
            dates = pd.to_datetime(column, **how)
        if pd.api.types.is_datetime64_any_dtype(dates.dtype):
            return dates
    except (ValueError, TypeError):
        pass
    # Offsets that differ between rows, as around a clock change, have no one zone but UTC.
    return pd.to_datetime(column, utc=True, **how)


def _refuse_half_zoned(column: pd.Series, date_format: str | None) -> None:
    """Refuse dates of which only some say their zone: the others would be taken for UTC, or dropped."""
    with_zone = column.map(_has_zone).astype(bool)
    if not with_zone.any() or with_zone[column.notna()].all():
        return
    without = _parsed(column.where(~with_zone), date_format or "ISO8601").notna()
    if without.any():
        raise ValueError(
            f"{column.name!r} has {int(without.sum())} date(s) without a time zone, the first"
            f" {column[without].iloc[0]!r}, among {int(with_zone.sum())} with one, the first"
            f" {column[with_zone].iloc[0]!r}: read the two kinds apart, and bring them to one zone before joining them."
        )


def _has_zone(entry: Any) -> bool:
    if isinstance(entry, str):
        return _ZONE.search(entry.strip()) is not None
    return getattr(entry, "tzinfo", None) is not None


def _amounts(column: pd.Series, decimal: str, thousands: str | None) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype("float64")
    written = column.map(lambda entry: isinstance(entry, str)).astype(bool)
    text = column.where(written).astype("string").str.strip()
    if thousands:
        text = text.str.replace(thousands, "", regex=False)
    if decimal != ".":
        # What is left of the other mark would turn 1.234,5 into something that is no number, or is the wrong one.
        text = text.mask(text.str.contains(".", regex=False, na=False)).str.replace(decimal, ".", regex=False)
    read = pd.to_numeric(text, errors="coerce").astype("float64")
    # A spreadsheet holds numbers beside text: they are read already, and marks do not concern them.
    return read.where(written, pd.to_numeric(column.where(~written), errors="coerce").astype("float64"))


def _listed(names: list[Any]) -> str:
    return ", ".join(map(str, names))
