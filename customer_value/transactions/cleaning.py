"""Decide which rows of a log count, and count what each decision touches."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import columns
from customer_value.transactions._log import NEEDED

Choice = Literal["drop", "keep"]
Returns = Literal["net", "apart"]

# What is left of a purchase after its returns may differ from nothing by rounding only.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class CleanLog:
    """A log fit to count with, and an account of how it came about; ``clean_log`` makes it."""

    log: pd.DataFrame
    """Purchases that count, in the order of the source, with all its columns."""
    returns: pd.DataFrame
    """Returns, as in the source (negative values), whether netted or set apart."""
    rules: pd.DataFrame
    """One row per rule in the order applied, indexed by ``rule``: ``action``, and the ``rows`` and ``customers``
    affected and their ``value``. Rules that touched nothing are there with 0."""

    @property
    def rows_left_out(self) -> int:
        """Rows of the source that are not in ``log``: those of all rules that remove rows."""
        return int(self.rules.loc[self.rules["action"].isin(["dropped", "set apart", "netted"]), "rows"].sum())


def clean_log(
    log: pd.DataFrame,
    *,
    duplicates: Choice = "drop",
    zero_values: Choice = "drop",
    returns: Returns = "net",
    not_products: Iterable[str] = (),
    time_zone: str | None = None,
    source_zone: str | None = None,
) -> CleanLog:
    """Apply the rules below, in this order, and count the rows each one touches.

    ==================  ============================================================================================
    rule                what happens to the row
    ==================  ============================================================================================
    duplicates          equal in every column to an earlier row: dropped (or kept)
    missing_customer    no customer: dropped
    missing_date        no date: dropped
    missing_value       no value, or an infinite one: dropped
    changed_day         falls on another day in ``time_zone`` than in its own zone: converted
    clock_change        a local time that the clock change skipped or ran through twice: read as the later or as the
                        summer one
    not_products        its ``product`` is one of ``not_products``: dropped
    zero_values         value exactly 0: dropped (or kept)
    returns             value below 0: netted or set apart
    cancelled           a purchase of which returns left nothing: netted away
    reduced             a purchase of which returns took a part: kept with what is left
    returns_unmatched   a return, or the rest of one, with no earlier purchase in the log to take it from: reported
    ==================  ============================================================================================

    Parameters
    ----------
    log
        With ``customer_id``, ``date`` and ``value``, and ``product`` for ``not_products``, as from ``read_log``. It
        stays as it is.
    duplicates, zero_values
        ``"drop"`` or ``"keep"``. Published results on CDNOW keep both.
    returns
        ``"net"``: take each return off the same customer's latest purchases up to that day, whatever the product.
        Only ``value`` changes. ``"apart"``: leave purchases as they are. Both list the returns in the result.
    not_products
        Codes of postage, fees, manual corrections and the like, compared as text: ("POST", "D", "M", "BANK CHARGES").
    time_zone
        Where a day begins, such as "Europe/London". Needed when dates carry a zone, or ``source_zone`` says which one
        they are in; the result has local times without zone.
    source_zone
        The zone of dates that carry none; ``None`` takes them as local.

    Returns
    -------
    CleanLog with ``log``, ``returns`` and ``rules``. Every row of the source is in ``log`` or counted under one rule
    that removes rows; netted, the value of ``log`` is that of all purchases and returns less what is unmatched.

    Raises ``ValueError`` for missing columns, an unknown choice or zone, dates with a zone and no ``time_zone``, or
    when nothing is left; ``TypeError`` when ``date`` or ``value`` hold something else.
    """
    columns(log, NEEDED, "log")
    for name, choice, known in (
        ("duplicates", duplicates, ("drop", "keep")),
        ("zero_values", zero_values, ("drop", "keep")),
        ("returns", returns, ("net", "apart")),
    ):
        if choice not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}; got {choice!r}.")
    if not pd.api.types.is_datetime64_any_dtype(log["date"]):
        raise TypeError("log's date column must hold dates; read the log with read_log, or use pandas.to_datetime.")
    if not pd.api.types.is_numeric_dtype(log["value"]):
        raise TypeError("log's value column must hold numbers; read the log with read_log, or use pandas.to_numeric.")
    if isinstance(not_products, str):
        raise TypeError(f"not_products must be several codes, such as ({not_products!r},); got one text.")
    codes = [str(code) for code in not_products]
    if codes and "product" not in log.columns:
        raise ValueError("not_products needs the column product; map it with read_log(…, columns={'product': …}).")

    account = _Account(log)
    value = log["value"].to_numpy(dtype=float, na_value=np.nan)
    account.take("duplicates", log.duplicated().to_numpy(), "dropped" if duplicates == "drop" else "kept")
    account.take("missing_customer", log["customer_id"].isna().to_numpy(), "dropped")
    account.take("missing_date", log["date"].isna().to_numpy(), "dropped")
    account.take("missing_value", ~np.isfinite(value), "dropped")
    date, moved, unclear = _local(log["date"], time_zone, source_zone)
    account.take("changed_day", moved, "converted")
    account.take("clock_change", unclear, "converted")
    wrong = log["product"].astype("string").str.strip().isin(codes).to_numpy(dtype=bool) if codes else account.nothing()
    account.take("not_products", wrong, "dropped")
    account.take("zero_values", value == 0, "dropped" if zero_values == "drop" else "kept")
    back = account.left & (value < 0)
    account.take("returns", back, "netted" if returns == "net" else "set apart")
    remaining = np.where(account.left, value, np.nan)
    unmatched = np.zeros(value.size)
    if returns == "net":
        involved = account.left | back
        _net(log["customer_id"], date, value, involved, remaining, unmatched)
    gone = account.left & (remaining == 0) & (value != 0)
    reduced = account.left & ~gone & (remaining < value)
    account.take("cancelled", gone, "netted")
    account.take("reduced", reduced, "reduced", remaining - value)
    account.take("returns_unmatched", unmatched > 0, "reported", -unmatched, among=back)
    kept = np.flatnonzero(account.left)
    if kept.size == 0:
        raise ValueError(f"No row is left of {len(log)}: {account.summary()}.")
    clean = log.iloc[kept].assign(date=date.iloc[kept], value=remaining[kept])
    apart = log.iloc[np.flatnonzero(back)].assign(date=date.iloc[np.flatnonzero(back)])
    return CleanLog(_plain_ids(clean), _plain_ids(apart), account.table())


class _Account:
    """Which rows are left, and what each rule did."""

    def __init__(self, log: pd.DataFrame) -> None:
        self.left = np.ones(len(log), dtype=bool)
        self._customer = log["customer_id"]
        self._value = log["value"].to_numpy(dtype=float, na_value=np.nan)
        self._entries: list[dict[str, object]] = []

    def nothing(self) -> NDArray[np.bool_]:
        return np.zeros(self.left.size, dtype=bool)

    def take(
        self,
        rule: str,
        affected: NDArray[np.bool_],
        action: str,
        value: NDArray[np.float64] | None = None,
        among: NDArray[np.bool_] | None = None,
    ) -> None:
        """Enter a rule: the ``affected`` rows of those left (or of ``among``), removed if the action says so."""
        rows = affected & (self.left if among is None else among)
        money = (self._value if value is None else value)[rows]
        self._entries.append(
            {
                "rule": rule,
                "action": action,
                "rows": int(rows.sum()),
                "customers": int(self._customer[rows].nunique()),
                "value": float(money[np.isfinite(money)].sum()),
            }
        )
        if action in ("dropped", "set apart", "netted"):
            self.left = self.left & ~rows

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self._entries).set_index("rule")

    def summary(self) -> str:
        removed = [f"{entry['rows']} {entry['rule']}" for entry in self._entries if entry["rows"]]
        return ", ".join(removed)


def _local(
    date: pd.Series, time_zone: str | None, source_zone: str | None
) -> tuple[pd.Series, NDArray[np.bool_], NDArray[np.bool_]]:
    """Dates as local times without zone, which rows changed day, and which fell on a clock change."""
    own, nothing = date.dt.tz, np.zeros(len(date), dtype=bool)
    if own is None and source_zone is None:
        if time_zone is not None:
            raise ValueError(
                "log's dates carry no time zone: say with source_zone which one they are in, or leave time_zone out."
            )
        return date, nothing, nothing
    if own is not None and source_zone is not None:
        raise ValueError(f"log's dates carry the time zone {own} already; leave source_zone out.")
    if time_zone is None:
        raise ValueError(
            f"log's dates are in the time zone {own or source_zone}: say where a day begins, time_zone='Europe/London'."
        )
    unclear = nothing
    try:
        if own is None:
            # A local time that exists once reads the same whichever way a doubtful one is resolved.
            early = date.dt.tz_localize(source_zone, ambiguous=~nothing, nonexistent="shift_forward")
            late = date.dt.tz_localize(source_zone, ambiguous=nothing, nonexistent="shift_backward")
            unclear = ((early != late) & date.notna()).to_numpy()
            aware = early
        else:
            aware = date
        local = aware.dt.tz_convert(time_zone).dt.tz_localize(None)
    except (KeyError, ValueError, TypeError) as reason:
        raise ValueError(f"{time_zone!r} or {source_zone!r} is no time zone that is known here: {reason}.") from reason
    before = aware.dt.tz_localize(None).dt.normalize()
    return local, ((local.dt.normalize() != before) & date.notna()).to_numpy(), unclear


def _net(
    customer: pd.Series,
    date: pd.Series,
    value: NDArray[np.float64],
    involved: NDArray[np.bool_],
    remaining: NDArray[np.float64],
    unmatched: NDArray[np.float64],
) -> None:
    """Take returns off the latest purchases of the same customer; writes ``remaining`` and ``unmatched``."""
    code = pd.factorize(customer)[0]
    returning = np.unique(code[involved & (value < 0)])
    rows = np.flatnonzero(involved & np.isin(code, returning))
    day = date.dt.normalize().to_numpy()[rows]
    # Within a day purchases come first: a return is never before the purchase it undoes.
    rows = rows[np.lexsort((rows, value[rows] < 0, day, code[rows]))]
    open_purchases: list[int] = []
    current = -1
    for row in rows:
        if code[row] != current:
            current, open_purchases = code[row], []
        if value[row] >= 0:
            open_purchases.append(row)
            continue
        back = -value[row]
        while back > _ROUNDING * -value[row] and open_purchases:
            latest = open_purchases[-1]
            taken = min(back, remaining[latest])
            remaining[latest] -= taken
            back -= taken
            if remaining[latest] <= _ROUNDING * value[latest]:
                remaining[latest] = 0.0
                open_purchases.pop()
        if back > _ROUNDING * -value[row]:
            unmatched[row] = back


def _plain_ids(log: pd.DataFrame) -> pd.DataFrame:
    """Whole-number ids as int64 now that none is missing; a float id is what a gap elsewhere made of it."""
    ids = log["customer_id"]
    if pd.api.types.is_float_dtype(ids.dtype) and not (ids == np.floor(ids)).all():
        return log
    if pd.api.types.is_float_dtype(ids.dtype) or isinstance(ids.dtype, pd.Int64Dtype):
        return log.assign(customer_id=ids.astype("int64"))
    return log
