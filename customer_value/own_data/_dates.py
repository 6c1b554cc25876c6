"""Dates as people write them: which order, whether the day or the month comes first, and what cannot be read."""

import datetime
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value.own_data._numbers import NOTHING

_ISO = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$")
_NUMERIC = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2}),?$")
_COMPACT = re.compile(r"^(19|20)\d{6}$")
_NAMED = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?\.?[\s-]*(?:de\s+)?([^\W\d_]{3,})\.?,?[\s-]*(?:de\s+)?(\d{4}|\d{2}),?$")
_NAMED_FIRST = re.compile(r"^([^\W\d_]{3,})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4}|\d{2}),?$")
_CLOCK = re.compile(
    r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_STARTS_OF_MONTHS = (
    *("jan ene", "feb fev fév", "mar mär maa mrt mrz", "apr avr abr", "may mai mei", "jun juin", "jul juil"),
    *("aug aou aoû ago", "sep set", "oct okt", "nov", "dec dez dic déc"),
)
_MONTHS = {start: number for number, words in enumerate(_STARTS_OF_MONTHS, start=1) for start in words.split()}
_FIRST, _LAST = datetime.date(1970, 1, 1), datetime.date(2100, 1, 1)
_EPOCH_OF_EXCEL = np.datetime64("1899-12-30", "ns")

ORDERS = {
    "day-month-year": "day first, as 31/12/2024",
    "month-day-year": "month first, as 12/31/2024",
    "year-month-day": "year first, as 2024-12-31",
    "month-name": "the month as a word, as 31 Dec 2024",
    "compact": "eight digits, as 20241231",
    "excel-serial": "Excel's number of the day, as 45657",
    "unix-seconds": "seconds since 1970",
    "unix-milliseconds": "milliseconds since 1970",
    "dates": "dates already",
}
"""Ways to write a date, as ``Mapping.date_order`` names them."""

_OF_NUMBERS = ("excel-serial", "unix-seconds", "unix-milliseconds")


class Order(NamedTuple):
    """How the dates of a column are written."""

    order: str | None
    """A key of ``ORDERS``; ``None`` where the column holds no dates, or dates in both orders."""
    sure: bool
    """Whether the entries themselves decide it."""
    share: float
    """Share of different entries that can be read so."""
    reason: str
    question: str
    """What the reader must say where it is not sure."""


class _Day(NamedTuple):
    kind: str
    year: int
    second: int
    third: int
    """Month and day; where kind is "numeric" the two numbers as they stand."""
    text: str


def order_of(column: pd.Series) -> Order:
    """How the dates of a column are written, from all its different entries."""
    name = repr(str(column.name))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return Order("dates", True, 1.0, "the file says that they are dates", "")
    if pd.api.types.is_bool_dtype(column.dtype):
        return Order(None, True, 0.0, "yes or no", "")
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _of_numbers(column.dropna().to_numpy(dtype=float), name)
    kinds = pd.unique(column.dropna())
    moments = sum(_is_moment(value) for value in kinds)
    texts = [text for value in kinds if not _is_moment(value) and not _is_blank(text := str(value).strip())]
    if not texts:
        order = "dates" if moments else None
        return Order(order, True, float(moments > 0), "the file says that they are dates" if moments else "empty", "")
    if all(re.fullmatch(r"\d+(\.0+)?", text) for text in texts[:1_000]):
        numbers = pd.to_numeric(pd.Series(texts), errors="coerce").dropna()
        return _of_numbers(numbers.to_numpy(dtype=float), name) if len(numbers) == len(texts) else _none("numbers")
    days: dict[str, int] = {}
    for text in texts:
        day, _ = _split(text)
        days[day] = days.get(day, 0) + 1
    parts = [part for day in days if (part := _day(day)) is not None]
    share = sum(days[part.text] for part in parts) / len(texts)
    if not parts:
        return _none("no dates")
    kinds_of = [part.kind for part in parts]
    kind = max(("iso", "numeric", "named", "compact"), key=kinds_of.count)
    if kind != "numeric":
        words = {"iso": "year-month-day", "named": "month-name", "compact": "compact"}[kind]
        return Order(words, True, share, ORDERS[words], "")
    return _of_slashes([part for part in parts if part.kind == "numeric"], share, moments, texts[0], name)


def read_dates(column: pd.Series, order: str) -> tuple[pd.Series, NDArray[np.bool_]]:
    """The column as dates, and which rows hold something that is no date in this order."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column, np.zeros(len(column), dtype=bool)
    codes, kinds = pd.factorize(column, use_na_sentinel=True)
    missing = codes < 0
    if not len(kinds):
        return pd.Series(pd.NaT, index=column.index, dtype="datetime64[ns]", name=column.name), ~missing
    blank = np.array([_is_blank(value) for value in kinds], dtype=bool)
    if order in _OF_NUMBERS:
        numbers = pd.to_numeric(pd.Series(kinds), errors="coerce").to_numpy(dtype=float)
        read = _from_numbers(numbers, order)
    else:
        read = _from_texts(kinds, order)
    places = np.where(missing, 0, codes)
    odd = ~missing & np.asarray(read.isna())[places] & ~blank[places]
    return pd.Series(read.take(places), index=column.index, name=column.name).mask(missing), odd


def _none(reason: str) -> Order:
    return Order(None, True, 0.0, reason, "")


def _is_blank(value: Any) -> bool:
    """Whether an entry stands for no date; 9999-12-31 is how databases write one that never comes."""
    text = str(value).strip().lower()
    return text in NOTHING or "9999" in text


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime.date | np.datetime64)


def _of_slashes(parts: list[_Day], share: float, moments: int, example: str, name: str) -> Order:
    """The order of dates such as 3/4/2024, from those of them that can be read one way only."""
    first = [part for part in parts if part.second > 12]
    second = [part for part in parts if part.third > 12]
    if first and second:
        return Order(
            None,
            False,
            share,
            f"{len(first):,} different days can only have the day first and {len(second):,} only the month first",
            f"The column {name} mixes both orders, as {first[0].text} and {second[0].text}: export it with dates as"
            " 2024-12-31, or take the rows of one kind only.",
        )
    likely = "month-day-year" if second else "day-month-year"
    if moments:
        return Order(
            likely,
            False,
            share,
            f"{moments:,} different entries are dates already and others are text, such as {example}",
            f"The column {name} holds dates and text side by side ({example}). That is what a spreadsheet leaves that"
            " took the day for the month where it could, so its dates may have the two swapped: export it again with"
            " dates as 2024-12-31, or say date_order if you know that they are right.",
        )
    if first or second:
        sure = (first or second)[0]
        place, month = ("day", sure.second) if first else ("month", sure.third)
        return Order(likely, True, share, f"{place} first: in {sure.text} there is no month {month}", "")
    text = next((part.text for part in parts if part.second != part.third), None)
    if text is None:
        return Order(likely, True, share, "day and month are the same number in every entry", "")
    return Order(
        likely,
        False,
        share,
        f"no entry says whether day or month comes first, as {text}",
        f"Is {text} in the column {name} written with the day first (date_order='day-month-year') or with the month"
        " first (date_order='month-day-year')? No entry decides it.",
    )


def _of_numbers(values: NDArray[np.float64], name: str) -> Order:
    if not values.size or not np.isfinite(values).all():
        return _none("empty")
    low, high = float(values.min()), float(values.max())
    if low >= 19_700_101 and high <= 21_000_101 and (values == np.floor(values)).all():
        fits = float(np.mean([_day(f"{int(value)}") is not None for value in values[:5_000]]))
        if fits > 0.9:
            return Order("compact", True, fits, ORDERS["compact"], "")
    for order, least, most in (
        ("excel-serial", 32_874, 73_050),
        ("unix-seconds", 6.0e8, 4.1e9),
        ("unix-milliseconds", 6.0e11, 4.1e12),
    ):
        if least <= low and high <= most:
            text = f"numbers from {low:.0f} to {high:.0f}, which could be {ORDERS[order]}"
            question = f"The column {name} holds {text}: say date_order={order!r} if that is what they are."
            return Order(order, False, 0.75, text, question)
    return _none("numbers")


def _from_numbers(values: NDArray[np.float64], order: str) -> pd.DatetimeIndex:
    start = _EPOCH_OF_EXCEL if order == "excel-serial" else np.datetime64("1970-01-01", "ns")
    seconds = values * {"excel-serial": 86_400.0, "unix-seconds": 1.0, "unix-milliseconds": 1e-3}[order]
    known = np.isfinite(seconds) & (np.abs(seconds) < 5e9)
    # Excel's fractions of a day are exact to less than a second.
    whole = np.rint(np.where(known, seconds, 0.0)).astype(np.int64)
    moments = start + whole.astype("timedelta64[s]")
    return pd.DatetimeIndex(np.where(known, moments, np.datetime64("NaT", "ns")))


def _from_texts(kinds: Iterable[Any], order: str) -> pd.DatetimeIndex:
    """Different entries as moments; what is no date in this order is missing. Zones that differ become UTC."""
    days: dict[str, str | None] = {}
    clocks: dict[str, str | None] = {"": ""}
    written: list[str | None] = []
    zoned = False
    for value in kinds:
        if _is_moment(value):
            written.append(None if pd.isna(value) else pd.Timestamp(value).isoformat())
            continue
        text = str(int(value)) if isinstance(value, float) and value == np.floor(value) else str(value).strip()
        day, clock = _split(text)
        if day not in days:
            days[day] = _iso(day, order)
        if clock not in clocks:
            clocks[clock] = _clock(clock)
        one, time = days[day], clocks[clock]
        written.append(None if one is None or time is None else one + time)
        zoned |= time is not None and len(time) > len("T00:00:00")
    read = pd.to_datetime(pd.Series(written, dtype=object), format="ISO8601", errors="coerce", utc=zoned)
    return pd.DatetimeIndex(read).as_unit("ns")


def _split(text: str) -> tuple[str, str]:
    """Day and time of day of an entry."""
    colon = text.find(":")
    if colon < 0:
        return text, ""
    cut = max(text.rfind(" ", 0, colon), text.rfind("T", 0, colon), text.rfind("t", 0, colon))
    return (text[:cut].rstrip(", "), text[cut + 1 :]) if cut > 0 else (text, "")


def _day(text: str) -> _Day | None:
    """Year and the two other numbers of a written day; ``None`` for anything else."""
    if found := _ISO.match(text):
        return _checked("iso", int(found[1]), int(found[3]), int(found[4]), text)
    if found := _NUMERIC.match(text):
        year, one, two = _year(found[4]), int(found[1]), int(found[3])
        good = _exists(year, one, two) or _exists(year, two, one)
        return _Day("numeric", year, one, two, text) if good else None
    if _COMPACT.match(text):
        return _checked("compact", int(text[:4]), int(text[4:6]), int(text[6:]), text)
    if found := _NAMED.match(text):
        day, word, year = found[1], found[2], found[3]
    elif found := _NAMED_FIRST.match(text):
        word, day, year = found[1], found[2], found[3]
    else:
        return None
    month = _MONTHS.get(word.lower()[:4]) or _MONTHS.get(word.lower()[:3])
    return _checked("named", _year(year), month, int(day), text) if month else None


def _checked(kind: str, year: int, month: int, day: int, text: str) -> _Day | None:
    return _Day(kind, year, month, day, text) if _exists(year, month, day) else None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else 2000 + year if year < 70 else 1900 + year


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return _FIRST <= datetime.date(year, month, day) < _LAST
    except ValueError:
        return False


def _iso(text: str, order: str) -> str | None:
    part = _day(text)
    if part is None:
        return None
    month, day = part.second, part.third
    if part.kind == "numeric":
        if order not in ("day-month-year", "month-day-year"):
            return None
        if order == "day-month-year":
            month, day = day, month
        if not _exists(part.year, month, day):
            return None
    return f"{part.year:04d}-{month:02d}-{day:02d}"


def _clock(text: str) -> str | None:
    found = _CLOCK.match(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone = re.sub(r"(?i)utc|gmt", "Z", found[5] or "")
    return f"T{hour:02d}:{minute:02d}:{second:02d}{zone}"
