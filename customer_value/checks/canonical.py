"""Answers in one agreed form, so that equal answers have equal text.

Numbers are snapped to a grid whose step the author states in the answer's own unit; two answers are the same
when they snap to the same point.
"""

import datetime
import decimal
import hashlib
import json
import math
import numbers
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

NOT_ATTEMPTED = "not attempted"
_MOST_CHARACTERS = 1_000
_MOST_OF_A_SHORT_TEXT = 80
_MOST_OF_A_FREE_TEXT = 20_000


class NotThatKind(ValueError):
    """An answer of another kind than the question asks for; the text says which kind it should be."""


def is_blank(answer: Any) -> bool:
    """Whether the learner left the placeholder ``...`` (or nothing) in place of an answer."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, str):
        return answer.strip() in ("", "...", "…")
    if isinstance(answer, (list, tuple)):
        return len(answer) > 0 and all(item is Ellipsis for item in answer)
    if isinstance(answer, Mapping):
        return len(answer) > 0 and all(item is Ellipsis for item in answer.values())
    return False


def snap(value: float, step: float) -> str:
    """The grid point nearest to ``value``, written with the decimals of ``step`` (``0.4987, 0.01 → "0.50"``)."""
    if not math.isfinite(value) or not math.isfinite(value / step):
        return "not a finite number"
    point = round(value / step)
    return f"{point * step:.{decimals(step)}f}"


def decimals(step: float) -> int:
    """How many decimals a multiple of ``step`` needs (``0.005 → 3``, ``10 → 0``)."""
    text = f"{step:.12f}".rstrip("0")
    return len(text.partition(".")[2])


def distance_to_edge(value: float, step: float) -> float:
    """How far ``value`` is, in steps, from the nearest point where it would snap differently (0 to 0.5)."""
    return 0.5 - abs(value / step - round(value / step))


def numbers_in(value: Any) -> list[float]:
    """All numbers in an answer, in their order, however deep in containers."""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
        return [float(value)]
    if isinstance(value, pd.DataFrame):
        return numbers_in(value.to_dict(orient="list"))
    if isinstance(value, Mapping):
        return numbers_in(list(value.values()))
    if isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index)):
        return [number for item in value for number in numbers_in(item)]
    return []


def one_number(answer: Any) -> float:
    """The number in an answer that may be a NumPy scalar or the single item of an array or Series.

    Raises ``NotThatKind`` for anything else, truth values included.
    """
    if isinstance(answer, (np.ndarray, pd.Series, pd.Index)) and answer.size == 1:
        answer = answer.item()
    is_number = isinstance(answer, (numbers.Real, decimal.Decimal)) and not isinstance(answer, (bool, np.bool_))
    if not is_number:
        raise NotThatKind(f"this answer must be one number, and yours is {kind_of(answer)}")
    try:
        return float(answer)
    except OverflowError:
        return math.inf


def kind_of(answer: Any) -> str:
    """What an answer is, in words."""
    names = {
        "str": "text",
        "float": "a number",
        "int": "a number",
        "bool": "True or False",
        "list": "a list",
        "tuple": "a tuple",
        "dict": "a dictionary",
        "Series": "a pandas Series",
        "DataFrame": "a pandas DataFrame",
        "ndarray": "a NumPy array",
        "function": "a function (did you forget to call it?)",
        "ellipsis": "still the placeholder ...",
    }
    name = type(answer).__name__
    return names.get(name, f"of type {name}")


def number(answer: Any, step: float) -> str:
    """Canonical text of one number. Raises ``NotThatKind`` for anything else."""
    return snap(one_number(answer), step)


def number_list(answer: Any, step: float, size: int) -> str:
    """Canonical text of ``size`` numbers: a list, tuple, array, Series, or a dictionary in its own order."""
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    if not isinstance(answer, (list, tuple, np.ndarray, pd.Series, pd.Index)) or np.ndim(answer) != 1:
        raise NotThatKind(f"this answer must be {size} numbers, and yours is {kind_of(answer)}")
    items = list(answer)
    if len(items) != size:
        raise NotThatKind(f"this answer must be {size} numbers, and yours has {len(items)}")
    return "[" + ", ".join(number(item, step) for item in items) + "]"


def normalised(text: str) -> str:
    """Text without what does not matter in a short answer: case, spacing, hyphens, quotes and stops around it."""
    plain = unicodedata.normalize("NFKC", _printable(text)).casefold()
    return re.sub(r"[\s_\-\u2010-\u2014]+", " ", plain).strip(" .,;:!?\"'`\u2018\u2019\u201c\u201d")


def short_text(answer: Any, salt: str, sealed: Mapping[str, str]) -> str:
    """Canonical text of a few words; every accepted spelling becomes the one that ``sealed`` holds for it.

    Raises ``NotThatKind`` for anything but a short text.
    """
    if not isinstance(answer, str):
        raise NotThatKind(f"this answer must be text in quotes, and yours is {kind_of(answer)}")
    plain = normalised(answer)
    if len(plain) > _MOST_OF_A_SHORT_TEXT:
        raise NotThatKind(f"this answer must be a few words, and yours has {len(plain)} characters")
    known = sealed.get(digest(salt, plain))
    return json.dumps(opened(known, salt, plain) if known else plain, ensure_ascii=False)


def sealed(answer: str, salt: str, spelling: str) -> str:
    """``answer`` in a form that only who knows ``spelling`` can open, in hexadecimal digits."""
    data = answer.encode()
    return bytes(one ^ other for one, other in zip(data, _key(salt, spelling, len(data)), strict=True)).hex()


def opened(seal: str, salt: str, spelling: str) -> str:
    """What ``sealed`` closed."""
    data = bytes.fromhex(seal)
    key = _key(salt, spelling, len(data))
    return bytes(one ^ other for one, other in zip(data, key, strict=True)).decode()


def _key(salt: str, spelling: str, size: int) -> bytes:
    blocks = range(size // 32 + 1)
    return b"".join(hashlib.sha256(f"{salt}\nkey {block}\n{spelling}".encode()).digest() for block in blocks)[:size]


def free_text(answer: Any) -> str:
    """A text for a person to read, as one JSON string. Raises ``NotThatKind`` for anything but text."""
    if not isinstance(answer, str):
        raise NotThatKind(f"this answer must be text in quotes, and yours is {kind_of(answer)}")
    return json.dumps(_printable(answer.strip())[:_MOST_OF_A_FREE_TEXT], ensure_ascii=False)


def _printable(text: str) -> str:
    """Half a character, which Python allows in a text, cannot be printed."""
    return text.encode("utf-8", "replace").decode()


def shortened(text: str) -> str:
    """The same short text for the same long one: its beginning, and a fingerprint of all of it."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    return f"{text[:_MOST_CHARACTERS]} … {digest('', text)}"


def choice(answer: Any, options: list[str]) -> str:
    """Canonical text of a choice: lower case, no spaces or stops around. Raises ``NotThatKind`` if it is no option."""
    text = answer.strip(" .!\n").lower().replace("_", " ") if isinstance(answer, str) else None
    if text not in options:
        listed = ", ".join(repr(option) for option in options)
        yours = f"{_printable(answer)!r:.40}" if isinstance(answer, str) else kind_of(answer)
        raise NotThatKind(f"this answer must be one of {listed}, and yours is {yours}")
    return text


def returned(value: Any, step: float) -> str:
    """Canonical text of what a function gave back: numbers snapped, containers in their order."""
    if value is None or value is Ellipsis:
        return "nothing"
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, numbers.Real):
        return snap(float(value), step)
    if isinstance(value, str):
        return repr(_printable(value))
    if isinstance(value, (datetime.date, np.datetime64)):
        return day(value)
    if isinstance(value, Mapping):
        items = (f"{returned(key, step)}: {returned(item, step)}" for key, item in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, pd.DataFrame):
        return returned(value.to_dict(orient="list"), step)
    if isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index)):
        return "[" + ", ".join(returned(item, step) for item in value) + "]"
    return kind_of(value)


def day(value: Any) -> str:
    """A point in time, to the day where it has no hour: ``1997-03-31``."""
    moment = pd.Timestamp(value)
    return moment.isoformat().removesuffix("T00:00:00") if moment is not pd.NaT else "no date"


def digest(salt: str, text: str) -> str:
    """A short salted fingerprint of a canonical answer."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()[:20]
