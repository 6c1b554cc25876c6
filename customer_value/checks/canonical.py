"""Answers in one agreed form, so that equal answers have equal text.

Numbers are snapped to a grid whose step the author states in the answer's own unit; two answers are the same
when they snap to the same point.
"""

import hashlib
import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

NOT_ATTEMPTED = "not attempted"


class NotThatKind(ValueError):
    """An answer of another kind than the question asks for; the text says which kind it should be."""


def is_blank(answer: Any) -> bool:
    """Whether the learner left the placeholder ``...`` (or nothing) in place of an answer."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, (list, tuple)):
        return len(answer) > 0 and all(item is Ellipsis for item in answer)
    if isinstance(answer, Mapping):
        return len(answer) > 0 and all(item is Ellipsis for item in answer.values())
    return False


def snap(value: float, step: float) -> str:
    """The grid point nearest to ``value``, written with the decimals of ``step`` (``0.4987, 0.01 → "0.50"``)."""
    if not math.isfinite(value):
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


def _as_number(answer: Any) -> float:
    if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, numbers.Real):
        raise NotThatKind(f"this answer must be one number, and yours is {_kind_of(answer)}")
    return float(answer)


def _kind_of(answer: Any) -> str:
    names = {
        "str": "text",
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
    return snap(_as_number(answer), step)


def number_list(answer: Any, step: float, size: int) -> str:
    """Canonical text of ``size`` numbers: a list, tuple, array, Series, or a dictionary in its own order."""
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    if not isinstance(answer, (list, tuple, np.ndarray, pd.Series)):
        raise NotThatKind(f"this answer must be {size} numbers, and yours is {_kind_of(answer)}")
    items = list(answer)
    if len(items) != size:
        raise NotThatKind(f"this answer must be {size} numbers, and yours has {len(items)}")
    return "[" + ", ".join(number(item, step) for item in items) + "]"


def choice(answer: Any, options: list[str]) -> str:
    """Canonical text of a choice: lower case, no spaces or stops around. Raises ``NotThatKind`` if it is no option."""
    text = answer.strip(" .!\n").lower().replace("_", " ") if isinstance(answer, str) else None
    if text not in options:
        listed = ", ".join(repr(option) for option in options)
        raise NotThatKind(f"this answer must be one of {listed}, and yours is {answer!r:.40}")
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
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {returned(item, step)}" for key, item in value.items()) + "}"
    if isinstance(value, pd.DataFrame):
        return returned(value.to_dict(orient="list"), step)
    if isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index)):
        return "[" + ", ".join(returned(item, step) for item in value) + "]"
    return _kind_of(value)


def digest(salt: str, text: str) -> str:
    """A short salted fingerprint of a canonical answer."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()[:20]
