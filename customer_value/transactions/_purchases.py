"""Purchase days per customer, counted fast: one integer key per row, sorted once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value._inputs import columns, day
from customer_value.transactions._log import NEEDED, Day

# Ids that span up to this many numbers per row are counted as they are, without looking them up.
_DENSE = 4


@dataclass(frozen=True)
class Rows:
    """A checked log as plain arrays, one entry per row."""

    customer: NDArray[np.int64]
    """Customer as a position in ``ids``, which is in order; not every id need occur."""
    day: NDArray[np.int64]
    """Days since 1970-01-01."""
    value: NDArray[np.float64]
    ids: pd.Index

    def between(self, start: int, end: int) -> int:
        """How many rows are from day ``start`` to day ``end``, both included."""
        return int(np.count_nonzero((self.day >= start) & (self.day <= end)))


@dataclass(frozen=True)
class Purchases:
    """Purchase days of customers between two days; ``first`` and ``last`` mean nothing where ``days`` is 0."""

    customer: NDArray[np.int64]
    """Positions in ``Rows.ids``, in order."""
    days: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    rows: Rows
    """The rows counted here."""

    def value(self) -> NDArray[np.float64]:
        """All value per customer."""
        return tally(self.rows.customer, weights=self.rows.value, least=self.rows.ids.size)[self.customer]

    def value_after_first(self) -> NDArray[np.float64]:
        """Value per customer without that of the first day."""
        first = np.empty(self.rows.ids.size, dtype=self.first.dtype)
        first[self.customer] = self.first
        later = np.flatnonzero(self.rows.day != first[self.rows.customer])
        owner, value = self.rows.customer[later], self.rows.value[later]
        return tally(owner, weights=value, least=self.rows.ids.size)[self.customer]

    def counts(self) -> dict[str, int]:
        """Rows used, and of them those merged with another of the day and those without value."""
        used = self.rows.day.size
        zero = used - int(np.count_nonzero(self.rows.value))
        return {"used": used, "same_day": used - int(self.days.sum()), "zero_value": zero}


def rows_of(log: pd.DataFrame) -> Rows:
    """The log as arrays; ``ValueError`` or ``TypeError`` for whatever a count would silently get wrong."""
    columns(log, NEEDED, "log")
    dates = log["date"]
    if not pd.api.types.is_datetime64_any_dtype(dates):
        raise TypeError("log's date column must hold dates; convert it with pandas.to_datetime first.")
    if getattr(dates.dtype, "tz", None) is not None:
        raise ValueError(f"log's dates carry the time zone {dates.dtype.tz}: say where a day begins, with clean_log.")
    moment = dates.to_numpy()
    value = _money(log["value"])
    customer, ids = _customers(log["customer_id"])
    gaps = {
        "customer_id": int(np.count_nonzero(customer < 0)) if customer.size and customer.min() < 0 else 0,
        "date": int(np.count_nonzero(np.isnat(moment))),
        "value": int(np.count_nonzero(np.isnan(value))),
    }
    if any(gaps.values()):
        found = ", ".join(f"{count} in {name}" for name, count in gaps.items() if count)
        raise ValueError(f"log has missing values: {found}. Decide what they mean before adding up, see clean_log.")
    if not np.isfinite(value).all():
        raise ValueError(f"log has {int(np.isinf(value).sum())} infinite value(s).")
    if value.min() < 0:
        raise ValueError(
            f"log has {int((value < 0).sum())} negative value(s), the lowest {value.min():g}: returns are no purchases."
            " Net them or set them apart with clean_log."
        )
    return Rows(customer, _day_numbers(moment), value, ids)


def purchases(rows: Rows, end: int, *, start: int | None = None, of: NDArray[np.int64] | None = None) -> Purchases:
    """Purchase days up to day ``end`` (from ``start``), of all who bought or of the customers ``of``, in order.

    Raises ``ValueError`` when nobody bought, unless the customers are given.
    """
    inside = rows.day <= end
    if start is not None:
        inside &= rows.day >= start
    if of is not None:
        wanted = np.zeros(rows.ids.size, dtype=bool)
        wanted[of] = True
        inside &= wanted[rows.customer]
    if not inside.all():
        where = np.flatnonzero(inside)
        rows = Rows(rows.customer[where], rows.day[where], rows.value[where], rows.ids)
    if rows.day.size == 0:
        if of is None:
            raise ValueError(f"Nobody bought by {day_text(end)}, the end of the period.")
        nothing = np.zeros(of.size, dtype=np.int64)
        return Purchases(of, nothing, nothing, nothing, rows)
    zero, span = int(rows.day.min()), int(np.ptp(rows.day)) + 1
    kind = np.int32 if rows.ids.size * span < 2**31 else np.int64
    key = rows.customer.astype(kind)
    key *= kind(span)
    key += (rows.day - zero).astype(kind, copy=False)
    step = np.diff(key)
    if step.size and step.min() < 0:
        key.sort()
        step = np.diff(key)
    key = key[np.concatenate([[True], step != 0])]
    owner = key // kind(span)
    begins = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    customer = owner[begins].astype(np.int64)
    days = np.diff(np.concatenate([begins, [owner.size]])).astype(np.int64, copy=False)
    base = customer * span - zero
    first, last = key[begins] - base, key[begins + days - 1] - base
    if of is None or customer.size == of.size:
        return Purchases(customer, days, first, last, rows)
    everyone = np.zeros((3, of.size), dtype=np.int64)
    everyone[:, np.searchsorted(of, customer)] = days, first, last
    return Purchases(of, *everyone, rows)


def mean_of(total: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    """total / count, 0 where there is nothing to divide."""
    return np.divide(total, count, out=np.zeros(total.size), where=count > 0)


def day_number(value: Day, name: str) -> int:
    """A day as days since 1970-01-01; ``ValueError`` for anything that is no day."""
    return int(day(value, name).to_datetime64().astype("datetime64[D]").astype(np.int64))


def day_text(number: int) -> str:
    """A number of days since 1970-01-01 as 1998-01-31."""
    return str(np.datetime64(number, "D"))


def _day_numbers(moment: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return moment.astype("datetime64[D]").view(np.int64)


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
            offset = values.astype(np.int64, copy=False)
            return (offset - low if low else offset), pd.Index(np.arange(low, high + 1, dtype=values.dtype))
    codes, ids = pd.factorize(column, sort=True, use_na_sentinel=True)
    return codes.astype(np.int64, copy=False), pd.Index(ids)
