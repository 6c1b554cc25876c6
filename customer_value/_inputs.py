"""One way to refuse bad numbers: a clear line that names the argument and the value."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def numbers(values: ArrayLike | Iterable[float], name: str, *, negative: bool = True) -> NDArray[np.float64]:
    """``values`` as a one-dimensional float array without gaps; ``ValueError`` or ``TypeError`` otherwise."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as reason:
        raise TypeError(f"{name} must be numbers, one per customer; got {_short(values)}.") from reason
    if array.ndim != 1:
        raise ValueError(f"{name} must be one column of numbers; got {array.ndim} dimensions.")
    if array.size == 0:
        raise ValueError(f"{name} is empty: there are no customers to work with.")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise ValueError(
            f"{name} has {bad.size} missing or infinite value(s), the first at position {bad[0]}"
            f" ({array[bad[0]]}). Decide what they mean before measuring."
        )
    if not negative and array.min() < 0:
        where = int(array.argmin())
        raise ValueError(
            f"{name} must not be negative; the lowest is {array[where]:g} at position {where}."
            " For profit or loss per customer use whale_curve."
        )
    return array


def fraction(value: float, name: str, *, zero: bool = False, one: bool = True) -> float:
    """``value`` as a share between 0 and 1; the ends are allowed as asked."""
    number = single(value, name)
    if not (0 <= number <= 1) or (number == 0 and not zero) or (number == 1 and not one):
        low, high = ("0" if zero else "above 0"), ("1" if one else "below 1")
        hint = f" For {number:g}% write {number / 100:g}." if 1 < number <= 100 else ""
        raise ValueError(f"{name} must be a share from {low} to {high}; got {number:g}.{hint}")
    return number


def amount(value: float, name: str) -> float:
    """``value`` as a finite number that is not negative."""
    number = single(value, name)
    if number < 0:
        raise ValueError(f"{name} must not be negative; got {number:g}.")
    return number


def single(value: Any, name: str) -> float:
    """``value`` as one finite number."""
    if isinstance(value, bool):
        raise TypeError(f"{name} must be a number; got {value!r}.")
    try:
        number = float(value)
    except (TypeError, ValueError) as reason:
        raise TypeError(f"{name} must be a number; got {_short(value)}.") from reason
    if not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number; got {number}.")
    return number


def columns(frame: Any, needed: Iterable[str], name: str) -> None:
    """Refuse a frame that lacks one of the ``needed`` columns, or that has no rows."""
    if not hasattr(frame, "columns"):
        raise TypeError(f"{name} must be a data frame; got {type(frame).__name__}.")
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{name} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}."
        )
    if len(frame) == 0:
        raise ValueError(f"{name} is empty: it has no rows.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
