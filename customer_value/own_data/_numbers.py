"""Amounts as people write them: which mark is the decimal one, and what cannot be read."""

import re
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NOTHING = frozenset(
    {"", "-", "--", "–", "—", "null", "nan", "none", "na", "n/a", "#n/a", "#nv", "nil", "k.a.", "k. a.", "nat", "\\n"}
)
"""Words that stand for a missing value, in lower case."""

_CURRENCY = re.compile(r"(?i)[€$£¥]|\b(eur|usd|gbp|chf|sek|nok|dkk|pln|czk|jpy|cad|aud|euro|kr|zł)\b\.?")
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_GROUPED = re.compile(r"^\d{1,3}([.,'’]\d{3})+$")
_SHAPE = re.compile(r"^\d[\d.,'’]*$|^[.,]\d+$")


class Marks(NamedTuple):
    """How amounts are written."""

    decimal: str
    """"." or ","."""
    sure: bool
    """Whether the entries themselves decide it."""
    reason: str


def plain(entry: str) -> tuple[str, bool]:
    """Digits and marks of a written amount, and whether it is negative: −12, 12-, (12), € 12, 12 EUR."""
    text = _SPACES.sub("", _CURRENCY.sub("", entry.strip())).replace("−", "-")
    # Some firms write a whole amount as 12,-.
    text = re.sub(r"[.,][-–—]+$", "", text)
    negative = False
    if len(text) > 2 and text[0] == "(" and text[-1] == ")":
        text, negative = text[1:-1], True
    if text[:1] in "+-" and text:
        text, negative = text[1:], negative != (text[0] == "-")
    elif text[-1:] == "-":
        text, negative = text[:-1], not negative
    return text, negative


def number_like(entries: pd.Index) -> NDArray[np.bool_]:
    """Which of these texts look like a number."""
    return np.array([bool(_SHAPE.match(plain(entry)[0])) for entry in entries], dtype=bool)


def marks(entries: pd.Index) -> Marks:
    """Whether the comma or the point is the decimal mark of these different texts."""
    votes = {".": 0, ",": 0}
    open_ = {".": "", ",": ""}
    for entry in entries:
        text, _ = plain(entry)
        if not _SHAPE.match(text):
            continue
        point, comma = text.rfind("."), text.rfind(",")
        if point >= 0 and comma >= 0:
            votes["." if point > comma else ","] += 1
            continue
        at = max(point, comma)
        if at < 0:
            continue
        mark = text[at]
        other = "," if mark == "." else "."
        if text.count(mark) > 1:
            votes[other] += 1
        elif _GROUPED.match(text) and not text.startswith("0"):
            open_[mark] = entry
        else:
            votes[mark] += 1
    if votes["."] and votes[","]:
        return Marks(
            "." if votes["."] >= votes[","] else ",",
            False,
            f"{votes['.']} different entries have a decimal point and {votes[',']} a decimal comma",
        )
    for mark, word in ((".", "point"), (",", "comma")):
        if votes[mark]:
            return Marks(mark, True, f"{votes[mark]} different entries have a decimal {word}")
    if open_["."] or open_[","]:
        entry = open_["."] or open_[","]
        return Marks(
            "." if open_["."] else ",", False, f"{entry} could be a thousand and more, or a number with three decimals"
        )
    return Marks(".", True, "whole numbers")


def amounts(column: pd.Series, decimal: str) -> tuple[pd.Series, NDArray[np.bool_]]:
    """The column as floats, and which rows hold something that is no amount.

    ``decimal`` is "." or ","; the other of the two, spaces and apostrophes are marks of thousands, and where they do
    not stand before three digits the entry counts as unreadable.
    """
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        read = column.astype("float64")
        return read, np.zeros(len(read), dtype=bool)
    codes, kinds = pd.factorize(column, use_na_sentinel=True)
    known = [_one(value, decimal) for value in kinds]
    values = np.array([value for value, _ in known], dtype=float)
    wrong = np.array([odd for _, odd in known], dtype=bool)
    missing = codes < 0
    read = np.where(missing, np.nan, values[codes] if len(kinds) else np.nan)
    odd = ~missing & (wrong[codes] if len(kinds) else False)
    return pd.Series(read, index=column.index, name=column.name), odd


def _one(value: object, decimal: str) -> tuple[float, bool]:
    if isinstance(value, bool | np.bool_):
        return np.nan, True
    if isinstance(value, int | float | np.number | Decimal):
        return float(value), False
    if not isinstance(value, str):
        return np.nan, True
    if value.strip().lower() in NOTHING:
        return np.nan, False
    text, negative = plain(value)
    other = "," if decimal == "." else "."
    if not _SHAPE.match(text):
        return np.nan, True
    whole, _, part = text.partition(decimal)
    if any(mark in whole for mark in (other, "'", "’")):
        if not _GROUPED.match(whole):
            return np.nan, True
        whole = re.sub(r"[.,'’]", "", whole)
    if part and not part.isdigit():
        return np.nan, True
    number = float(f"{whole or '0'}.{part or '0'}")
    return (-number if negative else number), False
