"""A table from the bytes of a file, as it is written: nothing is turned into a number or a date here."""

import csv
import gzip
import io
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from customer_value._inputs import one_whole

MOST_ROWS = 600_000
"""Rows that a page reads unless told otherwise: 500,000 with some room, so that a well-known log of 541,909 fits."""

_MOST_BYTES = 1_500_000_000
_SAMPLE_LINES = 60
_SAMPLE_TEXT = 200_000
_DELIMITERS = (",", ";", "\t", "|")
_WORDS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
_TEXT = (".csv", ".tsv", ".txt")
_PARQUET = (".parquet", ".pq")
_EXCEL = (".xlsx", ".xlsm")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_PICTURES = ((b"\x89PNG\r\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"))
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Table:
    """What a file holds, with how it was read; ``read_table`` makes it."""

    frame: pd.DataFrame
    """All rows. Text files give text only, with empty cells missing; Excel and Parquet keep their own types."""
    name: str
    """Name of the file inside, without folders."""
    kind: str
    """"text", "excel" or "parquet"."""
    notes: dict[str, str]
    """How it was read, for the reader to check: encoding, delimiter, sheet, lines above the header, names given."""

    def preview(self, rows: int = 8) -> pd.DataFrame:
        """The first rows, as they are."""
        return self.frame.head(one_whole(rows, "rows", least=1))

    def columns(self) -> pd.DataFrame:
        """One row per column: ``kind``, ``filled`` (rows that are not empty) and five ``examples``."""
        return pd.DataFrame(
            {
                "kind": {name: _kind_of(column) for name, column in self.frame.items()},
                "filled": {name: int(column.notna().sum()) for name, column in self.frame.items()},
                "examples": {name: examples(column) for name, column in self.frame.items()},
            }
        ).rename_axis("column")


def read_table(
    content: bytes,
    name: str,
    *,
    sheet: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    header: bool = True,
    limit: int = MOST_ROWS,
) -> Table:
    """The table in a file, from its bytes and its name.

    Parameters
    ----------
    content
        The file, also packed as .gz or as a .zip that holds one table.
    name
        Its name: .csv, .tsv, .txt, .xlsx, .xlsm, .parquet or .pq, perhaps with .gz or .zip behind it.
    sheet
        Of an Excel file; needed where several sheets hold something, see ``sheet_names``.
    delimiter, encoding
        Of a text file; ``None`` finds them out and says so in ``notes``: a byte order mark, UTF-8, otherwise
        Windows-1252; comma, semicolon, tab or bar, whichever splits the lines most evenly.
    header
        ``False``: there are no names in the first row; columns are called "column 1", "column 2", …
    limit
        The most rows to read. More are refused, not cut off.

    Returns a ``Table``. Raises ``ValueError`` for an empty or unknown file, more rows than the limit, a sheet that is
    not there, an encoding or a delimiter that does not fit; ``ImportError`` with what to install.
    """
    if not isinstance(content, bytes | bytearray | memoryview):
        raise TypeError(f"content must be the bytes of the file; got {type(content).__name__}.")
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"name must be the name of the file, such as 'sales.csv'; got {name!r}.")
    most = one_whole(limit, "limit", least=1)
    data, inner, notes = _unpacked(bytes(content), _base(name))
    if not data:
        raise ValueError(f"{inner} is empty.")
    kind = _kind(data, inner)
    if sheet is not None and kind != "excel":
        raise ValueError(f"{inner} is no Excel file: leave sheet out.")
    if kind == "excel":
        frame, more = _excel(data, inner, sheet, header, most)
    elif kind == "parquet":
        frame, more = _parquet(data, inner, most)
    else:
        frame, more = _text(data, inner, delimiter, encoding, header, most)
    if frame.empty:
        raise ValueError(f"{inner} has names of columns but no rows below them.")
    return Table(frame, inner, kind, notes | more)


def sheet_names(content: bytes, name: str) -> list[str]:
    """The sheets of an Excel file, in order; none for other files."""
    data, inner, _ = _unpacked(bytes(content), _base(name))
    if not data or _kind(data, inner) != "excel":
        return []
    return list(_workbook(data, inner).sheetnames)


def examples(column: pd.Series, count: int = 5) -> tuple[str, ...]:
    """The first different values of a column as text, missing ones left out."""
    found: dict[str, None] = {}
    for value in column.dropna().head(5_000):
        found.setdefault(str(value), None)
        if len(found) == count:
            break
    return tuple(found)


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()


def _kind_of(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column.dtype):
        return "yes or no"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "date"
    return "text"


def _unpacked(data: bytes, name: str) -> tuple[bytes, str, dict[str, str]]:
    """The bytes inside a .gz or .zip, with the name of what is inside."""
    lower = name.lower()
    try:
        if data[:2] == _GZIP:
            inside = gzip.GzipFile(fileobj=io.BytesIO(data)).read(_MOST_BYTES + 1)
            base = name[: -len(".gz")] if lower.endswith(".gz") else name
        elif data[:4] == _ZIP and lower.endswith((".zip", *_TEXT, *_PARQUET)) and not _is_workbook(data):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = [
                    entry
                    for entry in archive.infolist()
                    if not entry.is_dir()
                    and not _base(entry.filename).startswith((".", "~"))
                    and "__MACOSX" not in entry.filename
                ]
                if len(members) != 1:
                    listed = ", ".join(entry.filename for entry in members[:6]) or "none"
                    raise ValueError(f"{name} must hold one file; it holds {len(members)} ({listed}). Unpack it first.")
                if members[0].file_size > _MOST_BYTES:
                    raise ValueError(_too_big(name))
                inside, base = archive.read(members[0]), _base(members[0].filename)
        else:
            return data, name, {}
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as reason:
        raise ValueError(f"{name} cannot be unpacked: {reason}.") from reason
    if len(inside) > _MOST_BYTES:
        raise ValueError(_too_big(name))
    return inside, base, {"packed": f"unpacked from {name}"}


def _too_big(name: str) -> str:
    return f"{name} unpacks to more than {_MOST_BYTES / 1e9:g} GB: work on it locally with own_data.summarise_files."


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _kind(data: bytes, name: str) -> str:
    """By what the file is, then by its name: endings are changed more easily than contents."""
    lower = name.lower()
    if data[:4] == b"PAR1":
        return "parquet"
    # Other programs' documents (.ods, .docx) are packed files, too.
    if data[:4] == _ZIP and (lower.endswith(_EXCEL) or _is_workbook(data)):
        return "excel"
    if data[:4] == _OLD_EXCEL or lower.endswith(".xls"):
        raise ValueError(f"{name} is in the Excel format of before 2007: open it and save it as .xlsx or .csv.")
    if data[:5] == b"%PDF-":
        raise ValueError(f"{name} is a PDF, which holds no table: export the data as .csv or .xlsx.")
    if picture := next((kind for mark, kind in _PICTURES if data.startswith(mark)), None):
        raise ValueError(f"{name} is a picture ({picture}), which holds no table: export the data as .csv or .xlsx.")
    if lower.endswith(_PARQUET + _EXCEL):
        raise ValueError(f"{name} is not what its ending says: export it again, or rename it to .csv if it is text.")
    if lower.endswith(_TEXT) or "." not in lower:
        return "text"
    raise ValueError(
        f"{name} is none of {', '.join(_TEXT + _EXCEL + _PARQUET)} (nor one of them as .gz or .zip): export the data"
        " in one of these."
    )


def _refuse_more(rows: int | None, most: int, name: str) -> None:
    has = f"{rows:,} rows, more than" if rows is not None else "more rows than"
    raise ValueError(
        f"{name} has {has} the {most:,} that are read here. Work on it locally with own_data.summarise_files, which"
        " takes 10 million and more, or export a part: whole customers, not a part of everybody's purchases."
    )


# Text


def _text(
    data: bytes, name: str, delimiter: str | None, encoding: str | None, header: bool, most: int
) -> tuple[pd.DataFrame, dict[str, str]]:
    text, found, sure = _decoded(data, name, encoding)
    notes = {"encoding": found + ("" if sure else " (guessed: the file is no UTF-8; look at letters such as é and ü)")}
    lines = _first_lines(text)
    if not lines:
        raise ValueError(f"{name} holds nothing but empty lines.")
    said = lines[0][1].strip().lower()
    above = 0
    if said.startswith("sep=") and len(said) == 5:
        delimiter = delimiter or said[4]
        above, lines = lines[0][0] + 1, lines[1:]
    split = _delimiter(lines, delimiter, name)
    notes["delimiter"] = _WORDS.get(split, split)
    rows = [(at, cells) for (at, _), cells in zip(lines, _cells(lines, split), strict=True)]
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    # Titles above the table fill fewer cells than its rows; the header may lack the name of a last, empty column.
    begin = next((k for k, (_, cells) in enumerate(rows) if _filled(cells) >= max(width - 1, 2)), 0)
    if rows[begin][0] > above:
        notes["lines above the table"] = f"{rows[begin][0] - above} left out"
    first, names = rows[begin][0], rows[begin][1]
    given = [*names, *[""] * (width - len(names))] if header else [""] * width
    if header and _looks_like_data(given):
        raise ValueError(
            f"The first row of {name} looks like data ({', '.join(given[:4])}): give the columns names in the first"
            " row, or say header=False."
        )
    labels = _labels(given, notes)
    options: dict[str, Any] = {
        "sep": split,
        "names": labels,
        "header": None,
        "skiprows": first + int(header),
        "dtype": str,
        "keep_default_na": False,
        "na_values": [""],
        "index_col": False,
        "nrows": most + 1,
        "skip_blank_lines": True,
        "skipinitialspace": split != "\t",
        "low_memory": False,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(io.StringIO(text), **options)
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=labels), notes
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as reason:
        raise ValueError(
            f"{name} cannot be split evenly at each {notes['delimiter']}: {_unsplit(str(reason).strip())}, or say"
            " another delimiter."
        ) from reason
    if len(frame) > most:
        _refuse_more(None, most, name)
    frame = frame.dropna(how="all").reset_index(drop=True)
    nameless = [label for label, own in zip(labels, given, strict=True) if header and not own.strip()]
    if empty := [label for label in nameless if frame[label].isna().all()]:
        frame = frame.drop(columns=empty)
    return frame, notes


def _unsplit(reason: str) -> str:
    """What the reader of text files complains of, in words that say where to look."""
    if found := re.search(r"EOF inside string starting at row (\d+)", reason):
        return f"a quotation mark opened in about line {int(found[1]) + 1} is never closed. Close it or take it out"
    look = "Look for a delimiter inside a text without quotes"
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason):
        return f"line {int(found[2]):,} has {found[3]} entries where {found[1]} are expected. {look}"
    return f"{reason}. {look}"


def _decoded(data: bytes, name: str, encoding: str | None) -> tuple[str, str, bool]:
    if encoding is not None:
        try:
            return data.decode(encoding), encoding, True
        except LookupError as reason:
            raise ValueError(f"encoding must be one that Python knows, such as 'cp1252'; got {encoding!r}.") from reason
        except UnicodeDecodeError as reason:
            raise ValueError(
                f"{name} is not in {encoding}: byte {reason.start:,} does not fit. Leave encoding out to have it found."
            ) from reason
    kind = next((kind for mark, kind in _MARKS if data.startswith(mark)), None)
    if kind is None:
        head = data[:2_000]
        odd, even = head[1::2].count(0), head[::2].count(0)
        kind = "utf-8"
        if max(odd, even) > 0.3 * len(head) / 2:
            kind = "utf-16-le" if odd > even else "utf-16-be"
    try:
        return data.decode(kind), kind.replace("-sig", " with a byte order mark"), True
    except UnicodeDecodeError as reason:
        if kind != "utf-8":
            raise ValueError(f"{name} begins as {kind} and is not: byte {reason.start:,} does not fit.") from reason
    try:
        return data.decode("cp1252"), "Windows-1252", False
    except UnicodeDecodeError as reason:
        raise ValueError(
            f"{name} is neither UTF-8 nor Windows-1252 (byte {reason.start:,}): save it as UTF-8, or say its encoding."
        ) from reason


def _first_lines(text: str) -> list[tuple[int, str]]:
    """The first lines that are not empty, each with its number from 0. A quoted line break counts as one line."""
    lines: list[tuple[int, str]] = []
    for at, line in enumerate(io.StringIO(text[:_SAMPLE_TEXT], newline=None)):
        if line.strip(" \t\r\n;,|"):
            lines.append((at, line.rstrip("\r\n")))
        if len(lines) == _SAMPLE_LINES:
            break
    # The last one may be cut off by the sample.
    return lines[:-1] if len(text) > _SAMPLE_TEXT and len(lines) > 2 and len(lines) < _SAMPLE_LINES else lines


def _cells(lines: list[tuple[int, str]], split: str) -> Iterator[list[str]]:
    for _, line in lines:
        yield next(csv.reader([line], delimiter=split, skipinitialspace=split != "\t"), [])


def _delimiter(lines: list[tuple[int, str]], given: str | None, name: str) -> str:
    if given is not None:
        if not isinstance(given, str) or len(given) != 1 or given in '"\r\n':
            raise ValueError(f"delimiter must be one character, such as ';'; got {given!r}.")
        if not any(given in line for _, line in lines):
            raise ValueError(f"{name} has no {_WORDS.get(given, given)!r} in its first lines: say another delimiter.")
        return given
    scores = {}
    for split in _DELIMITERS:
        counts = Counter(len(cells) for cells in _cells(lines, split))
        width, often = max(counts.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
        scores[split] = (often / len(lines) if width > 1 else 0.0, width)
    best = max(scores, key=lambda split: (round(scores[split][0], 1), scores[split][1]))
    if scores[best][1] < 2:
        raise ValueError(
            f"{name} has one column only, whether split at commas, semicolons, tabs or bars: a log needs a customer, a"
            " date and an amount. Say which delimiter it has."
        )
    return best


def _looks_like_data(cells: list[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    digits = [sum(letter.isdigit() for letter in cell) for cell in filled]
    plain = [cell for cell, count in zip(filled, digits, strict=True) if count > 0.5 * len(cell.replace(" ", ""))]
    return bool(filled) and len(plain) > 0.4 * len(filled)


def _labels(given: list[Any], notes: dict[str, str]) -> list[str]:
    """A name for each column: trimmed, none empty, none twice."""
    labels: list[str] = []
    made = []
    for number, own in enumerate(given, start=1):
        label = " ".join(str(own).split()) if own is not None and str(own).strip() else f"column {number}"
        if label in labels:
            again = next(f"{label} ({k})" for k in range(2, len(given) + 2) if f"{label} ({k})" not in labels)
            made.append(again)
            label = again
        elif own is None or not str(own).strip():
            made.append(label)
        labels.append(label)
    if made:
        notes["names given here"] = ", ".join(made)
    return labels


# Excel and Parquet


def _workbook(data: bytes, name: str) -> Any:
    try:
        from openpyxl import load_workbook
    except ImportError as missing:
        raise ImportError(
            f"Reading {name} needs the package openpyxl: install it with `pip install openpyxl`, or open the file in a"
            " spreadsheet and save the sheet as CSV (UTF-8)."
        ) from missing
    try:
        with warnings.catch_warnings():
            # Styles and validations that it does not know are no part of the data.
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as reason:
        raise ValueError(f"{name} cannot be read as an Excel file: {reason}. Save it again as .xlsx.") from reason


def _excel(data: bytes, name: str, sheet: str | None, header: bool, most: int) -> tuple[pd.DataFrame, dict[str, str]]:
    book = _workbook(data, name)
    filled = [title for title in book.sheetnames if _first_row(book[title]) is not None]
    if not filled:
        raise ValueError(f"{name} has no sheet with anything in it.")
    if sheet is None:
        if len(filled) > 1:
            raise ValueError(f"{name} has the sheets {', '.join(filled)}: say which with sheet=…")
        sheet = filled[0]
    elif sheet not in filled:
        raise ValueError(f"{name} has no sheet {sheet!r} with anything in it; it has {', '.join(filled)}.")
    rows = book[sheet].iter_rows(values_only=True)
    head: list[tuple[int, tuple[Any, ...]]] = []
    for at, row in enumerate(rows):
        if any(cell is not None for cell in row):
            head.append((at, row))
        if len(head) == _SAMPLE_LINES:
            break
    width = Counter(_filled(row) for _, row in head).most_common(1)[0][0]
    begin = next((k for k, (_, row) in enumerate(head) if _filled(row) >= max(width - 1, 2)), 0)
    notes = {"sheet": sheet}
    if head[begin][0]:
        notes["lines above the table"] = f"{head[begin][0]} left out"
    columns = max(len(row) for _, row in head)
    names = [*head[begin][1], *[None] * (columns - len(head[begin][1]))] if header else [None] * columns
    if header and any(not isinstance(cell, str) for cell in names if cell is not None):
        raise ValueError(
            f"The first row of sheet {sheet!r} holds numbers or dates: give the columns names in the first row, or say"
            " header=False."
        )
    kept = [row for _, row in head[begin + int(header) :]]
    for row in rows:
        if any(cell is not None for cell in row):
            kept.append(row)
        if len(kept) > most:
            _refuse_more(None, most, name)
    labels = _labels(names, notes)
    blank = (None,) * columns
    cells = [(*(None if cell == "" else cell for cell in row[:columns]), *blank[len(row) :]) for row in kept]
    frame = pd.DataFrame(cells, columns=labels)
    unnamed = [label for label, own in zip(labels, names, strict=True) if own is None and header]
    frame = frame.drop(columns=[label for label in unnamed if frame[label].isna().all()])
    return frame.infer_objects(), notes


def _filled(row: Sequence[Any]) -> int:
    """Cells up to the last one that holds something."""
    return max((at for at, cell in enumerate(row, start=1) if cell not in (None, "")), default=0)


def _first_row(sheet: Any) -> tuple[Any, ...] | None:
    rows = getattr(sheet, "iter_rows", None)  # a sheet that is a chart has none
    if rows is None:
        return None
    return next((row for row in rows(values_only=True) if any(cell is not None for cell in row)), None)


def _parquet(data: bytes, name: str, most: int) -> tuple[pd.DataFrame, dict[str, str]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as missing:
        raise ImportError(
            f"Reading {name} needs the package pyarrow: install it with `pip install pyarrow`, or export the data as"
            " CSV."
        ) from missing
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        if file.metadata.num_rows > most:
            _refuse_more(file.metadata.num_rows, most, name)
        frame = file.read().to_pandas()
    except pyarrow.ArrowException as reason:
        raise ValueError(f"{name} cannot be read as a Parquet file: {reason}.") from reason
    notes: dict[str, str] = {}
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    frame.columns = _labels(list(frame.columns), notes)
    return frame, notes
