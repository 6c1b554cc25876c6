"""Purchase days per customer, counted fast: day by day in a log in order of time, otherwise by one sorted key a row."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value._inputs import columns, day
from customer_value.transactions._days import Days, InOrder, Which, days_of, missing_days
from customer_value.transactions._log import NEEDED, Day

# Ids that span up to this many numbers per row are counted as they are, without looking them up.
_DENSE = 4
# Rows at a time: small enough for the processor's cache.
_BLOCK = 32_768


@dataclass(frozen=True)
class Rows:
    """A checked log as plain arrays, one entry per row."""

    customer: NDArray[np.int64]
    """Customer as a position in ``ids``, which is in order; not every id need occur."""
    days: Days
    value: NDArray[np.float64]
    ids: pd.Index

    @property
    def day(self) -> NDArray[np.int64]:
        """Days since 1970-01-01."""
        return self.days.each

    def between(self, start: int, end: int) -> int:
        """How many rows are from day ``start`` to day ``end``, both included."""
        return self.value[self.days.between(start, end)].size

    def only(self, which: Which) -> "Rows":
        """Some of the rows."""
        return Rows(self.customer[which], self.days.only(which), self.value[which], self.ids)


@dataclass(frozen=True)
class Purchases:
    """Purchase days of customers between two days; ``first`` and ``last`` mean nothing where ``days`` is 0.

    The three are whole numbers of 32 bits or more.
    """

    who: Which
    """Positions in ``Rows.ids``, in order."""
    days: NDArray[np.signedinteger]
    first: NDArray[np.signedinteger]
    last: NDArray[np.signedinteger]
    rows: Rows
    """The rows counted here."""
    before: NDArray[np.unsignedinteger] | None = None
    """Purchase days of each row's customer before that row's, where they were counted on the way."""

    def value(self) -> NDArray[np.float64]:
        """All value per customer."""
        return tally(self.rows.customer, weights=self.rows.value, least=self.rows.ids.size)[self.who]

    def value_after_first(self) -> NDArray[np.float64]:
        """Value per customer without that of the first day."""
        rows, total = self.rows, np.zeros(self.rows.ids.size)
        if self.before is None:
            first = np.empty(rows.ids.size, dtype=self.first.dtype)
            first[self.who] = self.first
        for start in range(0, rows.value.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            owner = rows.customer[part].astype(np.intp, copy=False)
            later = rows.day[part] != first[owner] if self.before is None else self.before[part] != 0
            np.add.at(total, owner, rows.value[part] * later)
        return total[self.who]

    def counts(self) -> dict[str, int]:
        """Rows used, and of them those merged with another of the day and those without value."""
        used = self.rows.value.size
        zero = int(np.count_nonzero(self.rows.value == 0))
        return {"used": used, "same_day": used - int(self.days.sum()), "zero_value": zero}


def rows_of(log: pd.DataFrame) -> Rows:
    """The log as arrays; ``ValueError`` or ``TypeError`` for whatever a count would silently get wrong."""
    columns(log, NEEDED, "log")
    dates = log["date"]
    if getattr(dates.dtype, "tz", None) is not None:
        raise ValueError(f"log's dates carry the time zone {dates.dtype.tz}: say where a day begins, with clean_log.")
    moment = dates.to_numpy()
    if moment.dtype.kind != "M":
        raise TypeError("log's date column must hold dates; convert it with pandas.to_datetime first.")
    value = _money(log["value"])
    customer, ids = _customers(log["customer_id"])
    gaps = {
        "customer_id": int(np.count_nonzero(customer < 0)) if customer.min() < 0 else 0,
        "date": missing_days(moment),
        "value": int(np.count_nonzero(np.isnan(value))) if np.isnan(value.min()) else 0,
    }
    if any(gaps.values()):
        found = ", ".join(f"{count} in {name}" for name, count in gaps.items() if count)
        raise ValueError(f"log has missing values: {found}. Decide what they mean before adding up, see clean_log.")
    lowest, highest = float(value.min()), float(value.max())
    if not np.isfinite([lowest, highest]).all():
        raise ValueError(f"log has {int(np.isinf(value).sum())} infinite value(s).")
    if lowest < 0:
        raise ValueError(
            f"log has {int((value < 0).sum())} negative value(s), the lowest {lowest:g}: returns are no purchases."
            " Net them or set them apart with clean_log."
        )
    return Rows(customer, days_of(moment), value, ids)


def purchases(rows: Rows, end: int, *, start: int | None = None, of: Which | None = None) -> Purchases:
    """Purchase days up to day ``end`` (from ``start``), of all who bought or of the customers ``of``, in order.

    Raises ``ValueError`` when nobody bought, unless the customers are given.
    """
    rows = rows.only(rows.days.between(rows.days.first if start is None else start, end))
    if of is not None:
        wanted = np.zeros(rows.ids.size, dtype=bool)
        wanted[of] = True
        inside = wanted[rows.customer]
        if not inside.all():
            rows = rows.only(np.flatnonzero(inside))
    if rows.value.size == 0:
        if of is None:
            raise ValueError(f"Nobody bought by {day_text(end)}, the end of the period.")
        nothing = np.zeros(rows.ids.size, dtype=np.int64)[of]
        return Purchases(of, nothing, nothing, nothing, rows)
    if isinstance(rows.days, InOrder):
        return _day_by_day(rows, rows.days, of)
    return _by_key(rows, of)


def _day_by_day(rows: Rows, calendar: InOrder, of: Which | None) -> Purchases:
    """Purchase days of rows in order: within a day it is enough to write once for each customer."""
    kind = np.min_scalar_type(calendar.cuts.size)
    one = kind.type(1)
    days, first, last = np.zeros((3, rows.ids.size), dtype=kind)
    owner = rows.customer.astype(np.intp, copy=False)
    before = np.empty(owner.size, dtype=kind)
    cuts = calendar.cuts.tolist()
    owners = [owner[begin:end] for begin, end in pairwise(cuts)]
    for number, those in enumerate(owners):
        had = days.take(those, out=before[cuts[number] : cuts[number + 1]], mode="clip")
        days[those] = had + one
        last[those] = number
    for number in reversed(range(len(owners))):
        first[owners[number]] = number
    who = _together(np.flatnonzero(days != 0)) if of is None else of
    counted, begins, ends = (column[who].astype(np.int32) for column in (days, first, last))
    begins += calendar.first
    ends += calendar.first
    return Purchases(who, counted, begins, ends, rows, before)


def _by_key(rows: Rows, of: Which | None) -> Purchases:
    """Purchase days of rows in any order, by sorting numbers that stand for customer and day."""
    zero, span = rows.days.first, rows.days.last - rows.days.first + 1
    kind = np.int32 if rows.ids.size * span < 2**31 else np.int64
    key = rows.customer.astype(kind)
    key *= kind(span)
    key += (rows.day - zero).astype(kind, copy=False)
    if (key[1:] < key[:-1]).any():
        key.sort()
    key = key[np.concatenate([[True], key[1:] != key[:-1]])]
    owner = key // kind(span)
    begins = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    customer = owner[begins].astype(np.int64)
    days = np.diff(np.concatenate([begins, [owner.size]])).astype(np.int64, copy=False)
    base = customer * span - zero
    first, last = key[begins] - base, key[begins + days - 1] - base
    if of is None:
        return Purchases(_together(customer), days, first, last, rows)
    everyone = np.zeros((3, rows.ids.size), dtype=np.int64)
    everyone[:, customer] = days, first, last
    return Purchases(of, *everyone[:, of], rows)


def _together(positions: NDArray[np.integer]) -> Which:
    """Ascending positions as a slice where none between the first and the last of them is missing."""
    start, stop = int(positions[0]), int(positions[-1]) + 1
    return slice(start, stop) if stop - start == positions.size else positions


def day_number(value: Day, name: str) -> int:
    """A day as days since 1970-01-01; ``ValueError`` for anything that is no day."""
    return int(day(value, name).to_datetime64().astype("datetime64[D]").astype(np.int64))


def day_text(number: int) -> str:
    """A number of days since 1970-01-01 as 1998-01-31."""
    return str(np.datetime64(number, "D"))


def _money(column: pd.Series) -> NDArray[np.float64]:
    try:
        return column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as reason:
        raise TypeError(f"log's value column must hold numbers; {reason}.") from reason


def _customers(column: pd.Series) -> tuple[NDArray[np.int64], pd.Index]:
    """Each row's customer as a position in the ordered ids, −1 where it is missing."""
    if column.dtype.kind in "iu" and isinstance(column.dtype, np.dtype):
        values = column.to_numpy()
        low, high = int(values.min()), int(values.max())
        if high - low < _DENSE * values.size:
            start = 0 if low >= 0 and high < _DENSE * values.size else low
            offset = values.astype(np.int64, copy=False)
            return (offset - start if start else offset), pd.Index(np.arange(start, high + 1, dtype=values.dtype))
    codes, ids = pd.factorize(column, sort=True, use_na_sentinel=True)
    return codes.astype(np.int64, copy=False), pd.Index(ids)
