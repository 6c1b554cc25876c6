"""The day of each row of a log: row by row, or, where a long log is in order of time, as one cut per day."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# Days with fewer rows than this on average cost more one by one than sorting all rows.
_ROWS_A_DAY = 500
# Rows at a time: small enough for the processor's cache, and what is in no order is found out at the start.
_BLOCK = 32_768
# Days are counted in 32 bits.
_FURTHEST = 2**31 - 1
_MISSING = np.iinfo(np.int64).min

Which = slice | NDArray[np.intp]
"""Rows by position, in ascending order."""


@dataclass(frozen=True)
class AnyOrder:
    """Days of rows as they come."""

    each: NDArray[np.int64]
    """Days since 1970-01-01, one per row."""

    @cached_property
    def first(self) -> int:
        return int(self.each.min())

    @cached_property
    def last(self) -> int:
        return int(self.each.max())

    def between(self, start: int, end: int) -> Which:
        """The rows from day ``start`` to day ``end``, both included."""
        if start <= self.first and self.last <= end:
            return slice(None)
        return np.flatnonzero((self.each >= start) & (self.each <= end))

    def only(self, which: Which) -> "AnyOrder":
        """The days of some of the rows."""
        return AnyOrder(self.each[which])


@dataclass(frozen=True)
class InOrder:
    """Days of rows that are in order of their days."""

    first: int
    """Days since 1970-01-01 of the earliest row."""
    cuts: NDArray[np.intp]
    """The rows of day ``first`` + k begin at ``cuts[k]`` and end before ``cuts[k + 1]``."""

    @property
    def last(self) -> int:
        return self.first + self.cuts.size - 2

    @cached_property
    def each(self) -> NDArray[np.int64]:
        """Days since 1970-01-01, one per row."""
        return np.repeat(np.arange(self.first, self.last + 1, dtype=np.int64), np.diff(self.cuts))

    def between(self, start: int, end: int) -> Which:
        """The rows from day ``start`` to day ``end``, both included."""
        days = self.cuts.size - 1
        begin, stop = (min(max(day - self.first, 0), days) for day in (start, end + 1))
        return slice(int(self.cuts[begin]), int(self.cuts[max(begin, stop)]))

    def only(self, which: Which) -> "InOrder":
        """The days of some of the rows, from the day of the first of them to that of the last."""
        if isinstance(which, slice):
            begin, stop, _ = which.indices(int(self.cuts[-1]))
            cuts = np.clip(self.cuts, begin, max(begin, stop)) - begin
        else:
            cuts = np.searchsorted(which, self.cuts)
        begin = int(np.searchsorted(cuts, 0, side="right")) - 1
        stop = int(np.searchsorted(cuts, cuts[-1]))
        return InOrder(self.first + begin, cuts[begin : max(begin, stop) + 1])


Days = AnyOrder | InOrder


def missing_days(moment: NDArray[np.datetime64]) -> int:
    """How many moments are missing."""
    return int(np.count_nonzero(np.isnat(moment))) if moment.view(np.int64).min() == _MISSING else 0


def days_of(moment: NDArray[np.datetime64]) -> Days:
    """The days of moments none of which is missing."""
    ticks = moment.view(np.int64)
    length = int(np.timedelta64(1, "D") // np.timedelta64(1, np.datetime_data(moment.dtype)[0]))
    if _ascending(ticks):
        return _in_order(ticks, length) or AnyOrder(ticks // length)
    each = ticks // length
    return (_ascending(each) and _in_order(each, 1)) or AnyOrder(each)


def _ascending(values: NDArray[np.int64]) -> bool:
    """Whether no value is below the one before."""
    earlier, later = values[:-1], values[1:]
    parts = (slice(start, start + _BLOCK) for start in range(0, later.size, _BLOCK))
    return all((earlier[part] <= later[part]).all() for part in parts)


def _in_order(ticks: NDArray[np.int64], length: int) -> InOrder | None:
    """Cuts between the days of ascending ``ticks``, ``length`` a day; None where that would not pay."""
    first, last = int(ticks[0]) // length, int(ticks[-1]) // length
    if ticks.size < _ROWS_A_DAY * (last - first + 1) or max(-first, last) > _FURTHEST:
        return None
    begins = np.searchsorted(ticks, np.arange(first + 1, last + 1, dtype=np.int64) * length)
    return InOrder(first, np.concatenate([[0], begins, [ticks.size]]))
