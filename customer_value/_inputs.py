"""One way to refuse bad numbers: a clear line that names the argument and the value."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def numbers(values: ArrayLike | Iterable[float], name: str, *, negative: bool = True) -> NDArray[np.float64]:
    """``values`` as a one-dimensional float array without gaps; ``ValueError`` or ``TypeError`` otherwise."""
    array = floats(values, name)
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


def floats(values: Any, name: str) -> NDArray[np.float64]:
    """``values`` as floats, gaps as NaN; ``TypeError`` for text, dates, lengths of time and complex numbers."""
    kind = values.dtype if hasattr(values, "dtype") else np.asarray(values).dtype
    if kind.kind in "mMc":
        hint = " Divide lengths of time by their unit, as in data / pd.Timedelta(days=7)." if kind.kind == "m" else ""
        raise TypeError(f"{name} must be numbers, one per customer; got {kind}.{hint}")
    try:
        if hasattr(values, "to_numpy"):
            return values.to_numpy(dtype=float, na_value=np.nan)
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as reason:
        raise TypeError(f"{name} must be numbers, one per customer; got {_short(values)}.") from reason


def refuse(bad: NDArray[np.bool_], rule: str, values: NDArray[Any], more: str = "") -> None:
    """``ValueError`` with ``rule`` where a row is ``bad``: how many are, where the first is and what it holds."""
    if bad.any():
        where = int(np.argmax(bad))
        raise ValueError(
            f"{rule}; {np.count_nonzero(bad)} row(s) break this,"
            f" the first at position {where} ({values[where]:g}{more})."
        )


# More repeat purchases than any person makes: such a column holds something else (money, an id).
MOST_PURCHASES = 1_000_000


def repeat_purchases(data: Any) -> NDArray[np.float64]:
    """The column ``frequency`` of ``data``: whole numbers from 0 to a million."""
    frequency = numbers(data["frequency"], "data['frequency']")
    refuse(frequency < 0, "frequency must not be negative", frequency)
    refuse(frequency != np.rint(frequency), "frequency must be a whole number of repeat purchases", frequency)
    refuse(frequency > MOST_PURCHASES, f"frequency above {MOST_PURCHASES:,} cannot be a number of purchases", frequency)
    return frequency


def aligned(values: Any, index: Any, name: str) -> Any:
    """``values`` as they are; ``ValueError`` where they are a Series with another index than the data."""
    if hasattr(values, "index") and hasattr(values, "to_numpy") and not values.index.equals(index):
        raise ValueError(f"{name} must have the index of data, one value per customer; align it with reindex first.")
    return values


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
