"""The tables of the simulated company: what is in each column, and how it is written and read."""

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customer_value.company import _calendar
from customer_value.company.assumptions import FIRST_DAY

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """One column.

    ``kind`` is whole, money (kept in cents), decimal (kept times 10 to the ``places``), text, flag, day, time or
    invoice; with a question mark values may be missing, kept as −1.
    """

    name: str
    kind: str
    meaning: str
    unit: str = "none"
    places: int = 2

    @property
    def optional(self) -> bool:
        return self.kind.endswith("?")

    @property
    def base(self) -> str:
        return self.kind.rstrip("?")

    @property
    def dtype(self) -> str:
        """Of the column in the loaded frame."""
        if self.base == "whole":
            return "Int64" if self.optional else "int64"
        if self.base == "flag":
            return "boolean" if self.optional else "bool"
        return {
            "money": "float64",
            "decimal": "float64",
            "text": "str",
            "invoice": "str",
            "day": "datetime64[ns]",
            "time": "datetime64[ns]",
        }[self.base]


@dataclass(frozen=True)
class Table:
    """One table: its file, its columns, what identifies a row and where its columns point to."""

    name: str
    content: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    joins: tuple[tuple[str, str], ...] = ()
    """Column here, "table.column" there."""
    truth: bool = False
    once: bool = False
    """Belongs to the company whatever the number of its customers."""

    @property
    def file(self) -> str:
        return f"{'truth/' if self.truth else ''}{self.name}.csv{'' if self.once else '.gz'}"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Values:
    """A column's entries as whole numbers, and for texts the words these are positions of."""

    numbers: Ints
    words: Sequence[str] | None = None


Block = dict[str, dict[str, Values]]
"""Table name → column name → values."""


def texts(column: Column, values: Values) -> NDArray[Any]:
    """Entries as they are written in a file; missing ones are empty."""
    if column.base == "text":
        assert values.words is not None
        words = np.array([*values.words, ""], dtype=object)
        return words[values.numbers]
    distinct, position = np.unique(values.numbers, return_inverse=True)
    written = [_text(column, number) for number in distinct.tolist()]
    return np.array(written, dtype=object)[position]


def _text(column: Column, number: int) -> str:
    if column.optional and number == -1:
        return ""
    if column.base in ("whole", "flag"):
        return str(number)
    if column.base in ("money", "decimal"):
        whole, rest = divmod(abs(number), 10**column.places)
        return f"{'-' if number < 0 else ''}{whole}.{rest:0{column.places}d}"
    if column.base == "invoice":
        return f"C{-number}" if number < 0 else str(number)
    if column.base == "day":
        return str(_calendar.text_of(np.int64(number)))
    day, minute = divmod(number, _calendar.MINUTES)
    return f"{_calendar.text_of(np.int64(day))} {minute // 60:02d}:{minute % 60:02d}"


def csv_text(table: Table, block: dict[str, Values], *, header: bool = True) -> str:
    """The table as comma-separated text with a line feed after each row."""
    columns = [texts(column, block[column.name]).tolist() for column in table.columns]
    rows = [",".join(column.name for column in table.columns)] if header else []
    rows.extend(map(",".join, zip(*columns, strict=True)))
    return "\n".join(rows) + "\n"


def packed(text: str) -> bytes:
    """Gzip without time stamp or name: the same text gives the same bytes (for a given zlib)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


def frame(table: Table, block: dict[str, Values]) -> Any:
    """The table as a typed data frame, the same as the written file loads."""
    import pandas as pd

    columns = {}
    start = np.datetime64(FIRST_DAY, "ns")
    for column in table.columns:
        numbers = block[column.name].numbers
        present = numbers != -1 if column.optional else np.ones(numbers.size, dtype=bool)
        if column.base in ("text", "invoice"):
            entries = pd.Series(texts(column, block[column.name]))
        elif column.base in ("money", "decimal"):
            entries = pd.Series(numbers / 10.0**column.places)
        elif column.base in ("day", "time"):
            unit = np.timedelta64(1, "D" if column.base == "day" else "m").astype("timedelta64[ns]")
            entries = pd.Series(start + numbers * unit)
        else:
            nullable = pd.Series(numbers).astype("Int64").where(present)
            columns[column.name] = nullable.astype(column.dtype)
            continue
        columns[column.name] = entries.where(present)
    return pd.DataFrame(columns)


def kinds(table: Table) -> dict[str, Any]:
    """What ``pandas.read_csv`` is told about the columns of a written file, as ``dtype``."""
    known = {"whole": "Int64", "flag": "Int64", "money": "float64", "decimal": "float64"}
    return {column.name: known.get(column.base, str) for column in table.columns}


def typed(table: Table, loaded: Any) -> Any:
    """A file read with ``kinds``, in its final types: the same as ``frame``."""
    import pandas as pd

    types = {column.name: column.dtype for column in table.columns if column.base in ("whole", "flag")}
    dates = {}
    for column in table.columns:
        if column.base in ("day", "time"):
            pattern = "%Y-%m-%d" if column.base == "day" else "%Y-%m-%d %H:%M"
            dates[column.name] = pd.to_datetime(loaded[column.name], format=pattern).astype("datetime64[ns]")
    return loaded.astype(types).assign(**dates)
