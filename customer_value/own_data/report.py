"""From a mapped log to one that counts, with an account of every row that does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import day
from customer_value.own_data.mapping import MappedLog
from customer_value.transactions.cleaning import Choice, CleanLog, Returns, clean_log

_MEANING = {
    "in the file": "rows below the header",
    "no customer": "a sale that nobody can be credited with: it is in the sales, and in no customer's value",
    "no date": "empty, or no date that could be read",
    "no amount": "empty, or no number that could be read",
    "cancelled sales": "the return marker says that this very sale was undone",
    "after today": "later than the day the values are counted from",
    "customers left out": "named by you: tests, staff, your own shops",
    "same row twice": "equal in every column to an earlier row",
    "test codes": "product codes that are no sales: tests, samples, postage, fees",
    "zero amount": "gifts, samples, corrections",
    "returns": "negative amounts",
    "purchases sent back": "a return left nothing of them",
    "purchases reduced": "a return took a part; what is left counts",
    "returns without a purchase": "no earlier purchase in the file to take them from: they change no customer",
    "moved to another day": "another date in the time zone you named",
    "clock changes": "an hour that the clock skipped or ran through twice",
    "count": "purchases from which everything else is computed",
}
_FROM_RULES = {
    "missing_customer": "no customer",
    "missing_date": "no date",
    "missing_value": "no amount",
    "not_products": "test codes",
    "zero_values": "zero amount",
    "returns": "returns",
    "cancelled": "purchases sent back",
    "reduced": "purchases reduced",
    "returns_unmatched": "returns without a purchase",
    "changed_day": "moved to another day",
    "clock_change": "clock changes",
}
_REMOVING = ("dropped", "set apart", "netted")
_ALWAYS = ("in the file", "no customer", "same row twice", "returns", "count")


@dataclass(frozen=True)
class Cleaned:
    """A log that counts, and what was left out on the way; ``clean`` makes it."""

    log: pd.DataFrame
    """Purchases that count: ``customer_id``, ``date``, ``value`` and what else was mapped."""
    returns: pd.DataFrame
    """Returns, with negative values."""
    table: pd.DataFrame
    """The cleaning report, in the order applied: ``rows``, ``customers``, ``money``, ``share`` of all rows, ``done``
    and ``meaning``, indexed by ``what``. Rows in the file = rows that count + rows left out."""
    rows_read: int
    unreadable: pd.DataFrame
    """Entries that could not be read, by column."""
    marked_returns: int
    """Rows made negative because the return marker says so."""

    @property
    def left_out(self) -> int:
        """Rows of the file that do not count."""
        return self.rows_read - len(self.log)


def clean(
    mapped: MappedLog,
    *,
    duplicates: Choice = "drop",
    zero_values: Choice = "drop",
    returns: Returns = "net",
    test_codes: Iterable[str] = (),
    not_customers: Iterable[Any] = (),
    today: str | pd.Timestamp | None = None,
    time_zone: str | None = None,
) -> Cleaned:
    """Decide which rows count, and count those that do not.

    Parameters
    ----------
    mapped
        Of ``to_log``.
    duplicates
        "drop" or "keep" rows that are equal to an earlier one in every column of the file, mapped or not.
    zero_values, returns, time_zone
        As in ``transactions.clean_log``.
    test_codes
        Product codes to leave out: tests, samples, postage, fees. Needs the role ``product``.
    not_customers
        Customers to leave out, compared as text.
    today
        The last day that counts, included; ``None``: the last day in the file.

    Raises ``ValueError`` as ``transactions.clean_log``, for a customer to leave out who is not there, and where no row
    is left.
    """
    if not isinstance(mapped, MappedLog):
        raise TypeError(f"mapped must be of to_log; got {type(mapped).__name__}.")
    if duplicates not in ("drop", "keep"):
        raise ValueError(f"duplicates must be one of drop, keep; got {duplicates!r}.")
    log, before, again = mapped.log, [], mapped.repeated
    if mapped.void.any():
        before.append(("cancelled sales", log[mapped.void]))
        log, again = log[~mapped.void], again[~mapped.void]
    money = log["value"].to_numpy(dtype=float, na_value=np.nan)
    if (below := int((money < 0).sum())) > 0.9 * np.isfinite(money).sum():
        raise ValueError(
            f"{below:,} of {int(np.isfinite(money).sum()):,} amounts are negative: perhaps sales are booked with a"
            " minus. Turn the signs in the file, or look whether another column is the amount."
        )
    names = _several(not_customers, "not_customers")
    ids = log["customer_id"].astype("string")
    if unknown := [name for name in names if not (ids == name).any()]:
        raise ValueError(f"not_customers names {unknown[0]!r}, and no row has that customer.")
    out = ids.isin(names).to_numpy(dtype=bool, na_value=False)
    before.append(("customers left out", log[out]))
    log, again = log[~out], again[~out]
    if today is not None:
        last = day(today, "today").normalize()
        moment = log["date"].dt.tz_convert(time_zone).dt.tz_localize(None) if log["date"].dt.tz else log["date"]
        late = (moment.dt.normalize() > last).to_numpy()
        before.append(("after today", log[late]))
        log, again = log[~late], again[~late]
        if log["date"].isna().all():
            raise ValueError(f"today is {last:%Y-%m-%d}, and no row of the file is of that day or before it.")
    if duplicates == "drop":
        before.append(("same row twice", log[again]))
        log = log[~again]
    done = clean_log(
        log,
        # Rows that differ only in columns that were not mapped are no repetition.
        duplicates="keep",
        zero_values=zero_values,
        returns=returns,
        not_products=_several(test_codes, "test_codes"),
        time_zone=time_zone,
    )
    table = _table(mapped, before, done)
    return Cleaned(done.log, done.returns, table, mapped.rows_read, mapped.unreadable, mapped.marked_returns)


def _several(values: Iterable[Any], name: str) -> list[str]:
    if isinstance(values, str):
        raise TypeError(f"{name} must be several, such as ({values!r},); got one text.")
    return [str(value) for value in values]


def _table(mapped: MappedLog, before: list[tuple[str, pd.DataFrame]], done: CleanLog) -> pd.DataFrame:
    rows = [_entry("in the file", mapped.log, "read")]
    rows += [_entry(what, part, "left out") for what, part in before]
    for rule, entry in done.rules.drop("duplicates").iterrows():
        action = str(entry["action"])
        words = {"dropped": "left out", "set apart": "left out", "netted": "netted", "kept": "kept"}.get(action, action)
        rows.append(
            {
                "what": _FROM_RULES[str(rule)],
                "rows": int(entry["rows"]),
                "customers": int(entry["customers"]),
                "money": float(entry["value"]),
                "done": words,
                "removes": action in _REMOVING,
            }
        )
    rows.append(_entry("count", done.log, "kept"))
    table = pd.DataFrame(rows).set_index("what")
    removed = int(table.loc[table.pop("removes").fillna(False).to_numpy(dtype=bool), "rows"].sum())
    removed += sum(len(part) for _, part in before)
    if removed + len(done.log) != mapped.rows_read:
        raise RuntimeError("The cleaning report does not add up.")
    table = table[(table["rows"] > 0) | table.index.isin(_ALWAYS)].astype({"rows": "int64", "customers": "int64"})
    table.insert(3, "share", table["rows"] / mapped.rows_read)
    table["meaning"] = [_MEANING[str(what)] for what in table.index]
    return table


def _entry(what: str, rows: pd.DataFrame, done: str) -> dict[str, Any]:
    value = rows["value"].to_numpy(dtype=float, na_value=np.nan)
    return {
        "what": what,
        "rows": len(rows),
        "customers": int(rows["customer_id"].nunique()),
        "money": float(value[np.isfinite(value)].sum()),
        "done": done,
        "removes": False,
    }
