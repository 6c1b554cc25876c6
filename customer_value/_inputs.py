"""One way to refuse bad numbers: a clear line that names the argument and the value."""

import math
import re
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

# Floats hold every whole number up to here.
_LARGEST_WHOLE = 2**53
_DAY_OR_MONTH = re.compile(r"\s*\d{1,2}[/.-]\d{1,2}[/.-]\d")


def array(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """``values`` as floats of any shape, missing ones as not a number.

    Raises ``TypeError`` for text, dates and true or false: 1.0 for true or 1.6e18 for a day would pass as a number.
    """
    raw = values.to_numpy() if isinstance(values, pd.Series | pd.Index | pd.DataFrame) else np.asarray(values)
    if raw.dtype.kind in "fiu":
        return raw.astype(np.float64, copy=False)
    entries = raw.ravel().tolist() if raw.dtype.kind == "O" and values is not None else []
    if entries and not any(isinstance(entry, str | bytes | bool | np.bool_) for entry in entries):
        try:
            return pd.Series(entries, dtype=object).to_numpy(dtype=float, na_value=np.nan).reshape(raw.shape)
        except (TypeError, ValueError):
            pass
    if raw.dtype.kind == "O" and not entries and raw.ndim:
        return np.empty(raw.shape)
    raise TypeError(f"{name} must be {'a number or ' if raw.ndim == 0 else ''}numbers; got {_short(values)}.")


def numbers(
    values: ArrayLike | Iterable[float], name: str, *, negative: bool = True, hint: str = ""
) -> NDArray[np.float64]:
    """``values`` as a one-dimensional float array without gaps; ``ValueError`` or ``TypeError`` otherwise.

    Without ``negative`` no value may be below 0; ``hint`` then says what to use instead.
    """
    try:
        column = array(values, name)
    except TypeError as reason:
        raise TypeError(f"{name} must be numbers, one per customer; got {_short(values)}.") from reason
    if column.ndim != 1:
        raise ValueError(f"{name} must be one column of numbers; got {column.ndim} dimensions.")
    if column.size == 0:
        raise ValueError(f"{name} is empty: there are no customers to work with.")
    bad = np.flatnonzero(~np.isfinite(column))
    if bad.size:
        raise ValueError(
            f"{name} has {bad.size} missing or infinite value(s), the first at position {bad[0]}"
            f" ({column[bad[0]]}). Decide what they mean before measuring."
        )
    if not negative and column.min() < 0:
        where = int(column.argmin())
        raise ValueError(f"{name} must not be negative; the lowest is {column[where]:g} at position {where}.{hint}")
    return column


def within(
    values: ArrayLike,
    name: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    percent: bool = False,
) -> NDArray[np.float64]:
    """``values`` as floats of any shape, finite and within the limits (``low`` and ``high`` allowed, ``above`` not).

    With ``percent`` a number from 1 to 100 where a share belongs is told how to write it.
    """
    found = array(values, name)
    wrong = ~np.isfinite(found) | (found < low) | (found > high) | (found <= above)
    if wrong.any():
        worst = float(found[wrong].flat[0])
        limits = ["finite"] * (not math.isfinite(worst) or low == above == -high == -math.inf)
        limits += [f"at least {low:g}"] * (low > -math.inf) + [f"above {above:g}"] * (above > -math.inf)
        limits += [f"at most {high:g}"] * (high < math.inf)
        where = f" at position {int(np.argmax(wrong))}" if found.ndim == 1 and found.size > 1 else ""
        hint = f" For {worst:g}% write {worst / 100:g}." if percent and 1 < worst <= 100 else ""
        raise ValueError(f"{name} must be {' and '.join(limits)}; got {worst:.10g}{where}.{hint}")
    return found


def shares(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """``values`` as shares from 0 to 1, both included, of any shape."""
    return within(values, name, low=0, high=1, percent=True)


def whole(values: ArrayLike, name: str, *, least: int = 0, most: int | None = None) -> NDArray[np.int64]:
    """``values`` as whole numbers from ``least`` to ``most``, of any shape."""
    found = array(values, name)
    limit = _LARGEST_WHOLE if most is None else most
    wrong = ~np.isfinite(found) | (found < least) | (found > limit) | (found != np.floor(found))
    if wrong.any():
        what = "whole numbers" if found.ndim else "a whole number"
        limits = f"from {least} to {most:,}" if most is not None else f"of at least {least}"
        raise ValueError(f"{name} must be {what} {limits}; got {float(found[wrong].flat[0]):g}.")
    return found.astype(np.int64)


def one_whole(value: Any, name: str, *, least: int = 0, most: int | None = None) -> int:
    """``value`` as one whole number from ``least`` to ``most``."""
    found = whole(value, name, least=least, most=most)
    if found.ndim:
        raise ValueError(f"{name} must be one number; got {found.size}.")
    return int(found)


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
    if isinstance(value, str | bytes | bool | np.bool_):
        raise TypeError(f"{name} must be a number; got {value!r}.")
    try:
        number = float(value)
    except (TypeError, ValueError) as reason:
        raise TypeError(f"{name} must be a number; got {_short(value)}.") from reason
    if not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number; got {number}.")
    return number


def day(value: Any, name: str) -> pd.Timestamp:
    """``value`` as a day or moment without time zone; ``ValueError`` for anything else.

    Numbers are refused, as pandas would read 19980101 as nanoseconds since 1970, and so is 03/04/1998, which could be
    in March or in April.
    """
    unclear = isinstance(value, int | float | np.number) or (isinstance(value, str) and _DAY_OR_MONTH.match(value))
    try:
        moment = pd.NaT if unclear else pd.Timestamp(value)
    except (TypeError, ValueError) as reason:
        raise ValueError(f"{name} must be a day such as '1998-01-01'; got {value!r}.") from reason
    if pd.isna(moment):
        raise ValueError(f"{name} must be a day such as '1998-01-01'; got {value!r}.")
    if moment.tz is not None:
        raise ValueError(f"{name} must be a day without a time zone, such as '1998-01-01'; got {value!r}.")
    return moment


def columns(frame: Any, needed: Collection[str], name: str) -> None:
    """Refuse a frame that lacks one of the ``needed`` columns, has one of them twice, or has no rows."""
    if not hasattr(frame, "columns"):
        raise TypeError(f"{name} must be a data frame; got {type(frame).__name__}.")
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{name} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}."
        )
    if twice := [column for column in needed if list(frame.columns).count(column) > 1]:
        raise ValueError(f"{name} has the column(s) {', '.join(twice)} more than once: keep or rename one of each.")
    if len(frame) == 0:
        raise ValueError(f"{name} is empty: it has no rows.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
