"""Which column is which: guesses with reasons, questions where the data leave it open, and the log that follows.

``guess_mapping`` guesses from names and contents; ``Guesses.mapping`` takes what the learner says instead; ``to_log``
reads the columns and counts what it could not read. Nothing is decided silently: where the entries of a column allow
two readings, the mapping holds a question, and ``to_log`` refuses to go on without an answer.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import columns as check_columns
from customer_value.own_data import _numbers
from customer_value.own_data._dates import ORDERS, Order, order_of, read_dates
from customer_value.own_data._words import RETURN_VALUES, TEST_VALUES, VOID_VALUES, name_score
from customer_value.own_data.files import Table, examples
from customer_value.transactions.reading import read_log

Business = Literal["purchases", "subscriptions"]

LOG_ROLES = (
    *("customer", "date", "amount", "quantity", "price", "order", "product", "return_marker", "country", "channel"),
)
"""Roles of columns in a log of purchases."""
SUBSCRIPTION_ROLES = ("customer", "start", "end", "amount", "plan", "country", "channel")
"""Roles of columns in a table of subscriptions; ``amount`` is the price per period."""

_NUMBERED = ("excel-serial", "unix-seconds", "unix-milliseconds")
_LIKELY = 0.45
_SAMPLE = 20_000
_OURS = {"customer": "customer_id", "date": "date", "amount": "value", "quantity": "quantity", "price": "price"}
_OURS |= {"order": "order_id", "product": "product"}


@dataclass(frozen=True)
class Guess:
    """Which column could have a role."""

    role: str
    column: str | None
    """``None`` where no column is likely."""
    confidence: float
    """From 0 to 1: how far name and contents speak for it; a rank, not a probability."""
    reason: str
    examples: tuple[str, ...]
    """The column's first five different values."""
    others: tuple[str, ...]
    """Other columns it could be, likeliest first."""


@dataclass(frozen=True)
class Question:
    """What the data leave open and the learner must say."""

    about: str
    """Argument of ``Guesses.mapping`` that answers it: "date_order", "decimal", "business", …"""
    text: str
    choices: tuple[str, ...]
    column: str | None = None


@dataclass(frozen=True)
class Mapping:
    """Which column is which, and how to read it. ``Guesses.mapping`` makes one; all of it may be said otherwise."""

    business: Business
    columns: dict[str, str]
    """Role to column."""
    date_order: str | None = None
    """A key of ``DATE_ORDERS``; for subscriptions that of both dates."""
    decimal: str | None = None
    """The decimal mark of amounts, "." or ","."""
    return_values: tuple[str, ...] = ()
    """Entries of the column ``return_marker`` that mark a return: a positive amount there counts as negative."""
    void_values: tuple[str, ...] = ()
    """Entries of it that undo the sale in the same row, such as "cancelled": a positive amount there does not count."""
    questions: tuple[Question, ...] = ()
    """What must still be answered."""


@dataclass(frozen=True)
class Guesses:
    """Guesses for one table; ``guess_mapping`` makes them."""

    roles: dict[str, Guess]
    business: Business
    """"subscriptions" where the table has a start and an end per row, otherwise "purchases"."""
    business_reason: str
    date_order: str | None
    decimal: str | None
    return_values: tuple[str, ...]
    void_values: tuple[str, ...]
    test_codes: dict[str, tuple[str, ...]]
    """By role ("product", "customer"): entries that look like tests, samples, postage or fees."""
    questions: tuple[Question, ...]
    _table: Table = field(repr=False)

    def table(self) -> pd.DataFrame:
        """The guesses as a table, one row per role, for the reader to check."""
        rows = {
            role: {
                "column": guess.column or "",
                "confidence": guess.confidence,
                "reason": guess.reason,
                "examples": " · ".join(guess.examples),
            }
            for role, guess in self.roles.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("role")

    def mapping(
        self,
        columns: Names[str, str | None] | None = None,
        *,
        business: Business | None = None,
        date_order: str | None = None,
        decimal: str | None = None,
        return_values: Iterable[str] | None = None,
        void_values: Iterable[str] | None = None,
    ) -> Mapping:
        """The mapping that follows from the guesses and what the learner says instead.

        Parameters
        ----------
        columns
            Role to column, for those that were guessed wrong; ``None`` for a role that the table does not have.
        business
            "purchases" or "subscriptions".
        date_order
            A key of ``DATE_ORDERS``.
        decimal
            "." or ",".
        return_values, void_values
            Entries of the return marker that mark a return, and those that undo the sale in the same row.

        Returns a ``Mapping``, whose ``questions`` are those still open. Raises ``ValueError`` for a role, a column or a
        word that is not known, one column in two roles, and where customer, date or amount are missing.
        """
        said = dict(columns or {})
        kind = self.business if business is None else business
        if kind not in ("purchases", "subscriptions"):
            raise ValueError(f"business must be 'purchases' or 'subscriptions'; got {business!r}.")
        roles = LOG_ROLES if kind == "purchases" else SUBSCRIPTION_ROLES
        available = list(self._table.frame.columns)
        if strange := [role for role in said if role not in roles]:
            raise ValueError(f"There is no role {strange[0]!r} in a table of {kind}; roles are {', '.join(roles)}.")
        for role, column in said.items():
            if column is not None and column not in available:
                raise ValueError(
                    f"{self._table.name} has no column {column!r} to be the {role}; it has"
                    f" {', '.join(map(str, available))}."
                )
        chosen = {role: column for role, column in said.items() if column is not None}
        taken = set(chosen.values())
        for role in roles:
            guess = self.roles.get(role)
            if role not in said and guess is not None and guess.column is not None and guess.column not in taken:
                chosen[role] = guess.column
        if "amount" in said and said["amount"] is not None:
            # An amount that was named needs no product of two other columns.
            chosen = {
                role: column for role, column in chosen.items() if role not in ("quantity", "price") or role in said
            }
        elif {"quantity", "price"} & {role for role, column in said.items() if column is not None}:
            chosen.pop("amount", None)
        _refuse_twice(chosen)
        _refuse_lack(chosen, kind, self._table.name)
        if "amount" in chosen and kind == "purchases":
            chosen = {role: column for role, column in chosen.items() if role not in ("quantity", "price")}
        ordered = {role: chosen[role] for role in roles if role in chosen}
        values = (
            self.return_values if return_values is None else tuple(str(value) for value in return_values),
            self.void_values if void_values is None else tuple(str(value) for value in void_values),
        )
        return _resolved(self._table.frame, kind, ordered, date_order, decimal, values, self.roles)


DATE_ORDERS = ORDERS
"""Ways to write a date, with a word on each."""


@dataclass(frozen=True)
class MappedLog:
    """A log as ``transactions.read_log`` gives it, with an account of how it was read; ``to_log`` makes it."""

    log: pd.DataFrame
    """``customer_id``, ``date``, ``value`` and what else was mapped; missing where it could not be read."""
    rows_read: int
    unreadable: pd.DataFrame
    """One row per column with entries that are no date or no amount: ``rows`` and ``first``, the first of them."""
    marked_returns: int
    """Rows whose amount was made negative, because the return marker says so."""
    void: NDArray[np.bool_] = field(repr=False)
    """Which rows are sales that the return marker says were undone."""
    repeated: NDArray[np.bool_] = field(repr=False)
    """Which rows are equal to an earlier one in every column of the file, mapped or not."""


def guess_mapping(table: Table) -> Guesses:
    """Guess which column is which, from names and contents.

    Parameters
    ----------
    table
        Of ``read_table``.

    Returns ``Guesses``. Confidence is 0.6 × the name's part + 0.4 × the contents' part, each from 0 to 1; below 0.45 no
    column is proposed. Names are known in English, German, French, Dutch and Spanish.
    """
    if not isinstance(table, Table):
        raise TypeError(f"table must be of read_table; got {type(table).__name__}.")
    if len(table.frame.columns) < 2:
        raise ValueError(f"{table.name} has one column only: a log needs a customer, a date and an amount.")
    facts = {str(name): _Facts(table.frame[name]) for name in table.frame.columns}
    ranked = {role: _ranked(role, facts) for role in {*LOG_ROLES, *SUBSCRIPTION_ROLES}}
    business, why = _business(ranked, facts)
    if business == "subscriptions":
        # What one period costs is as often called a price as an amount.
        both = sorted([*ranked["amount"], *ranked["price"]], key=lambda item: -item[0])
        ranked["amount"] = [item for at, item in enumerate(both) if item[1] not in {name for _, name, _ in both[:at]}]
    roles = _assigned(ranked, LOG_ROLES if business == "purchases" else SUBSCRIPTION_ROLES, facts)
    marked: tuple[str, ...] = ()
    marker = roles.get("return_marker")
    if marker is not None and marker.column is not None:
        marked = _return_values(table.frame[marker.column])
        if not marked:
            roles["return_marker"] = replace(
                marker, column=None, confidence=0.0, reason=f"no entry of {marker.column!r} says return or credit"
            )
    chosen = {role: guess.column for role, guess in roles.items() if guess.column is not None}
    void = tuple(value for value in marked if VOID_VALUES.match(value))
    values = tuple(value for value in marked if value not in void), void
    resolved = _resolved(table.frame, business, chosen, None, None, values, roles)
    codes = {
        role: found
        for role in ("product", "customer")
        if role in chosen and (found := _odd_codes(table.frame[chosen[role]], role))
    }
    return Guesses(
        {role: roles[role] for role in (LOG_ROLES if business == "purchases" else SUBSCRIPTION_ROLES)},
        business,
        why,
        resolved.date_order,
        resolved.decimal,
        *values,
        codes,
        resolved.questions,
        table,
    )


def to_log(table: Table, mapping: Mapping) -> MappedLog:
    """The log of purchases that a table holds, by a mapping.

    Amounts and dates that cannot be read become missing and are counted, as are returns that only a marker shows;
    deciding about rows is ``clean``'s.

    Raises ``ValueError`` for a mapping of subscriptions, one with open questions, or a column in which less than half
    the entries can be read.
    """
    if mapping.business != "purchases":
        raise ValueError("mapping is of subscriptions: use to_subscriptions.")
    _refuse_open(mapping)
    check_columns(table.frame, list(mapping.columns.values()), table.name)
    frame, lost = _read(table.frame, mapping, ("date",), ("amount", "quantity", "price"))
    marked, void = 0, np.zeros(len(frame), dtype=bool)
    if "return_marker" in mapping.columns:
        says = _text(frame[mapping.columns["return_marker"]]).str.lower()
        money = mapping.columns["amount"] if "amount" in mapping.columns else mapping.columns["quantity"]
        sold = frame[money].to_numpy(dtype=float, na_value=np.nan) > 0
        if "price" in mapping.columns and "amount" not in mapping.columns:
            sold &= ~(frame[mapping.columns["price"]].to_numpy(dtype=float, na_value=np.nan) < 0)
        turn = sold & _among(says, mapping.return_values)
        void = sold & _among(says, mapping.void_values)
        frame[money] = np.where(turn, -frame[money], frame[money])
        marked = int(turn.sum())
    ids = mapping.columns["customer"]
    frame[ids] = _ids(frame[ids])
    # Under our own names before anything is read: a price that the file calls "value" is no value of the row.
    named = {_OURS[role]: frame[column] for role, column in mapping.columns.items() if role in _OURS}
    for role in ("country", "channel", "return_marker"):
        if role in mapping.columns:
            column = mapping.columns[role]
            named[role if column in _OURS.values() else column] = frame[column]
    log = read_log(pd.DataFrame(named), unreadable="missing")
    try:
        repeated = table.frame.duplicated().to_numpy()
    except TypeError:  # lists and the like, which cannot be compared
        repeated = np.zeros(len(table.frame), dtype=bool)
    return MappedLog(log, len(table.frame), lost, marked, void, repeated)


def to_subscriptions(table: Table, mapping: Mapping) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The contracts that a table holds: ``customer_id``, ``start``, ``end`` (missing while it lasts), and ``price``.

    Returns the contracts, in the order of the table, with ``plan``, ``country`` and ``channel`` where they are mapped;
    and the entries that could not be read, as ``MappedLog.unreadable``. Raises as ``to_log``.
    """
    if mapping.business != "subscriptions":
        raise ValueError("mapping is of a log of purchases: use to_log.")
    _refuse_open(mapping)
    check_columns(table.frame, list(mapping.columns.values()), table.name)
    frame, lost = _read(table.frame, mapping, ("start", "end"), ("amount",))
    found = pd.DataFrame(
        {
            "customer_id": _ids(frame[mapping.columns["customer"]]),
            "start": frame[mapping.columns["start"]].dt.tz_localize(None),
            "end": frame[mapping.columns["end"]].dt.tz_localize(None),
        }
    )
    if "amount" in mapping.columns:
        found["price"] = frame[mapping.columns["amount"]]
    for role in ("plan", "country", "channel"):
        if role in mapping.columns:
            found[role] = table.frame[mapping.columns[role]]
    return found, lost


# How well a column fits a role


class _Facts:
    """What a sample of a column shows, worked out once."""

    def __init__(self, column: pd.Series) -> None:
        step = max(1, len(column) // _SAMPLE)
        self.column, self.sample = column, column.iloc[::step]
        known = self.sample.dropna()
        self.filled = len(known) / max(len(self.sample), 1)
        try:
            self.kinds = known.nunique()
        except TypeError:  # lists and the like
            self.kinds = len(known)
        self.rows = len(known)
        self.is_date = order_of(self.sample) if self.rows else Order(None, True, 0.0, "empty", "")
        self.numbers = self._numeric(known)

    @staticmethod
    def _numeric(known: pd.Series) -> NDArray[np.float64] | None:
        """The values as numbers, where nearly all of them are."""
        if pd.api.types.is_bool_dtype(known.dtype) or pd.api.types.is_datetime64_any_dtype(known.dtype) or known.empty:
            return None
        if pd.api.types.is_numeric_dtype(known.dtype):
            return known.to_numpy(dtype=float)
        try:
            # Only text decides the decimal mark: a spreadsheet may hold numbers and text in one column.
            texts = pd.Index([value for value in pd.unique(known) if isinstance(value, str)])
            read, odd = _numbers.amounts(known, _numbers.marks(texts[:2_000]).decimal)
        except TypeError:  # lists and the like
            return None
        return read.dropna().to_numpy(dtype=float) if odd.mean() < 0.05 else None

    @property
    def datelike(self) -> bool:
        return self.is_date.share > 0.5

    def fits(self, role: str) -> tuple[float, str]:
        """How far the contents speak for a role, from 0 to 1, and what they are."""
        if not self.rows:
            return 0.0, "empty"
        share = self.kinds / self.rows
        different = f"{self.kinds:,} different in {self.rows:,} rows"
        numbers = self.numbers
        fractions = numbers is not None and (numbers != np.floor(numbers)).mean() > 0.02
        if role in ("date", "start", "end"):
            if not self.datelike:
                return 0.0, "no dates"
            score = self.is_date.share if self.is_date.order not in _NUMBERED else 0.5
            if role == "end":
                return score, f"dates, {1 - self.filled:.0%} empty"
            return score * self.filled, "dates"
        if self.datelike and self.is_date.order not in (*_NUMBERED, "compact"):
            return 0.0, "dates"
        if role == "customer":
            if fractions:
                return 0.0, "numbers with decimals"
            return (1.0 if 0.0005 < share < 0.9 and self.kinds > 20 else 0.5 if self.kinds > 1 else 0.0), different
        if role == "order":
            return (1.0 if share > 0.02 and self.kinds > 20 and not fractions else 0.2), different
        if role in ("amount", "price"):
            if numbers is None or not numbers.size:
                return 0.0, "no numbers"
            if role == "price" and (numbers < 0).mean() > 0.01:
                return 0.3, "numbers, some negative"
            return (
                1.0 if fractions else 0.5 if self.kinds > 5 else 0.2
            ), f"numbers from {numbers.min():g} to {numbers.max():g}"
        if role == "quantity":
            if numbers is None or fractions or not numbers.size:
                return 0.0, "no whole numbers"
            return (1.0 if np.median(np.abs(numbers)) < 1_000 else 0.2), f"whole numbers, middle {np.median(numbers):g}"
        if role == "product":
            return (1.0 if self.kinds > 1 and share < 0.5 and not fractions else 0.2), different
        if role == "return_marker":
            return (1.0 if _return_values(self.sample) else 0.0), different
        few = 1 < self.kinds <= 300 and share < 0.3
        return (1.0 if few and numbers is None else 0.4 if few else 0.0), different


def _ranked(role: str, facts: dict[str, _Facts]) -> list[tuple[float, str, str]]:
    """Columns by confidence for a role, with reasons."""
    found = []
    for name, fact in facts.items():
        said, word = name_score(name, role)
        held, what = fact.fits(role)
        if held == 0:
            continue
        score = 0.6 * said + 0.4 * held
        reason = f"the name says {word!r}; {what}" if word else f"by its contents only: {what}"
        found.append((round(score, 2), name, reason))
    return sorted(found, key=lambda item: -item[0])


def _business(ranked: dict[str, list[tuple[float, str, str]]], facts: dict[str, _Facts]) -> tuple[Business, str]:
    start, end = ranked["start"][:1], ranked["end"][:1]
    named = [score >= 0.7 for (score, _, _) in (*start, *end)]
    if len(named) == 2 and all(named) and start[0][1] != end[0][1]:
        return (
            "subscriptions",
            f"each row has a start ({start[0][1]!r}) and an end ({end[0][1]!r}), so leaving is seen",
        )
    return "purchases", "rows have one date and no end, so leaving is never seen"


def _assigned(
    ranked: dict[str, list[tuple[float, str, str]]], roles: tuple[str, ...], facts: dict[str, _Facts]
) -> dict[str, Guess]:
    """One column per role, the surest pair first; no column twice."""
    pairs = sorted(
        ((score, role, name, reason) for role in roles for score, name, reason in ranked[role]),
        key=lambda item: (-item[0], roles.index(item[1])),
    )
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for score, role, name, reason in pairs:
        # A date, and a customer, are needed: contents alone may propose them.
        least = 0.35 if role in ("date", "customer") else _LIKELY
        if role in taken or name in used or score < least:
            continue
        others = tuple(other for least_, other, _ in ranked[role] if other != name and least_ >= 0.35)
        taken[role] = Guess(role, name, score, reason, examples(facts[name].column), others)
        used.add(name)
    for role in roles:
        if role not in taken:
            others = tuple(name for score, name, _ in ranked[role] if score >= 0.2)
            taken[role] = Guess(role, None, 0.0, "no column looks like it", (), others)
    return taken


def _return_values(column: pd.Series) -> tuple[str, ...]:
    """Entries of a marker that say return; none where the column has too many different ones to be a marker."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return ()
    name = str(column.name)
    kinds = [str(value).strip() for value in pd.unique(column.dropna())[:60]]
    if not 1 <= len(kinds) <= 50:
        return ()
    found = tuple(kind for kind in kinds if RETURN_VALUES.match(kind))
    if found and len(found) < len(kinds):
        return found
    flags = {"true", "yes", "y", "1", "ja", "j", "oui", "si", "sí", "x", "wahr", "vrai"}
    said, word = name_score(name, "return_marker")
    if said >= 0.7 and word.startswith(("return", "retour", "refund", "storno", "cancel", "gutschrift", "rembours")):
        return tuple(kind for kind in kinds if kind.lower() in flags)
    return ()


def _odd_codes(column: pd.Series, role: str) -> tuple[str, ...]:
    """Codes that look like tests, and product codes without a digit where nearly all have one (postage, fees)."""
    if not (pd.api.types.is_object_dtype(column.dtype) or pd.api.types.is_string_dtype(column.dtype)):
        return ()
    counts = _text(column).value_counts()
    texts = [str(text) for text in counts.index]
    odd = [text for text in texts if TEST_VALUES.search(text)]
    if role == "product":
        digits = np.array([any(letter.isdigit() for letter in text) for text in texts], dtype=bool)
        if digits.size > 10 and counts.to_numpy()[digits].sum() > 0.9 * counts.sum():
            odd += [text for text, has in zip(texts, digits, strict=True) if not has and text not in odd]
    return tuple(odd[:30])


# From a mapping to what it says


def _resolved(
    frame: pd.DataFrame,
    business: Business,
    columns: dict[str, str],
    date_order: str | None,
    decimal: str | None,
    marked: tuple[tuple[str, ...], tuple[str, ...]],
    roles: dict[str, Guess],
) -> Mapping:
    """The mapping with what its columns' entries decide, and questions for what they do not."""
    questions: list[Question] = []
    if date_order is not None and date_order not in ORDERS:
        raise ValueError(f"date_order must be one of {', '.join(ORDERS)}; got {date_order!r}.")
    if decimal is not None and decimal not in (".", ","):
        raise ValueError(f"decimal must be '.' or ','; got {decimal!r}.")
    order = date_order
    if order is None:
        for role in ("date", "start", "end"):
            if role not in columns:
                continue
            found = order_of(frame[columns[role]])
            if found.order is None and found.share == 0 and role != "end":
                questions.append(
                    Question(role, f"The column {columns[role]!r} holds no dates ({found.reason}): which one does?", ())
                )
            elif not found.sure:
                choices = ("day-month-year", "month-day-year") if found.order in ORDERS else ()
                if found.order in _NUMBERED:
                    choices = (found.order,)
                questions.append(Question("date_order", found.question, choices, columns[role]))
            elif found.order is not None and (order is None or order == "dates"):
                order = found.order
        # Both dates of a contract are written alike: one of them may decide for the other.
        if order is not None:
            questions = [
                question
                for question in questions
                if question.about != "date_order" or question.choices != ("day-month-year", "month-day-year")
            ]
        if any(question.about == "date_order" for question in questions):
            order = None
    mark = decimal
    if mark is None:
        mark = _decimal(frame, columns, questions)
    returned, void = marked if "return_marker" in columns else ((), ())
    return Mapping(business, columns, order, mark, returned, void, tuple(questions))


def _decimal(frame: pd.DataFrame, columns: dict[str, str], questions: list[Question]) -> str | None:
    open_: list[tuple[str, _numbers.Marks]] = []
    sure: set[str] = set()
    for role in ("amount", "price", "quantity"):
        if role not in columns or pd.api.types.is_numeric_dtype(frame[columns[role]].dtype):
            continue
        texts = pd.Index([value for value in pd.unique(frame[columns[role]].dropna()) if isinstance(value, str)])
        found = _numbers.marks(texts)
        if not found.sure:
            open_.append((columns[role], found))
        elif found.reason != "whole numbers":
            sure.add(found.decimal)
    if len(sure) > 1:
        names = " and ".join(repr(columns[role]) for role in ("amount", "price", "quantity") if role in columns)
        questions.append(
            Question("decimal", f"{names} have different decimal marks: export them in one way.", (".", ","))
        )
        return None
    if sure:
        (mark,) = sure
        return mark
    if open_:
        name, found = open_[0]
        questions.append(
            Question(
                "decimal",
                f"Which is the decimal mark in {name!r}? {found.reason}: say decimal='.' or decimal=','.",
                (".", ","),
                name,
            )
        )
        return None
    return "."


def _refuse_twice(chosen: dict[str, str]) -> None:
    for role, column in chosen.items():
        again = [other for other, name in chosen.items() if name == column and other != role]
        if again:
            raise ValueError(
                f"The column {column!r} cannot be both {role} and {again[0]}: say another for one of them."
            )


def _refuse_lack(chosen: dict[str, str], business: Business, name: str) -> None:
    needed = ("customer", "date") if business == "purchases" else ("customer", "start", "end")
    lacking = [role for role in needed if role not in chosen]
    if business == "purchases" and "price" in chosen and not {"amount", "quantity"} & chosen.keys():
        raise ValueError(
            f"Is {chosen['price']!r} the price of a piece or the amount of the whole row? Say columns={{'amount':"
            f" {chosen['price']!r}}} if it is the amount, or which column is the quantity."
        )
    if business == "purchases" and "amount" not in chosen and not {"quantity", "price"} <= chosen.keys():
        lacking.append("amount (or quantity and price)")
    if lacking:
        raise ValueError(
            f"No column of {name} is known as {', '.join(lacking)}: say which one is, with"
            f" columns={{'{lacking[0].split()[0]}': …}}."
        )


def _refuse_open(mapping: Mapping) -> None:
    if mapping.questions:
        raise ValueError(mapping.questions[0].text)


def _read(
    source: pd.DataFrame, mapping: Mapping, dates: tuple[str, ...], money: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The mapped columns with dates and amounts read, and what could not be."""
    frame = source[list(dict.fromkeys(mapping.columns.values()))].copy()
    lost: dict[str, dict[str, Any]] = {}
    for role in (*dates, *money):
        if role not in mapping.columns:
            continue
        column = mapping.columns[role]
        if role in dates:
            if mapping.date_order is None:
                raise ValueError(f"The column {column!r} holds no dates that could be read: map another as the {role}.")
            order = mapping.date_order
            read, odd = read_dates(source[column], order)
        else:
            read, odd = _numbers.amounts(source[column], mapping.decimal or ".")
        if odd.any():
            first = source[column][odd].iloc[0]
            if odd.sum() > 0.5 * source[column].notna().sum():
                kind = f"dates ({ORDERS[mapping.date_order or 'dates']})" if role in dates else "amounts"
                raise ValueError(
                    f"{int(odd.sum()):,} of {len(source):,} entries of {column!r} are no {kind}, the first"
                    f" {str(first)!r}: map another column as the {role}, or say how it is written."
                )
            lost[column] = {"rows": int(odd.sum()), "first": str(first)}
        frame[column] = read
    table = pd.DataFrame.from_dict(lost, orient="index", columns=["rows", "first"]).rename_axis("column")
    return frame, table


def _ids(column: pd.Series) -> pd.Series:
    """Customers with words for nothing as missing."""
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    texts = _text(column).str.lower()
    column = column.mask(texts.isin(_numbers.NOTHING).to_numpy(dtype=bool))
    if pd.api.types.is_object_dtype(column.dtype):
        # A spreadsheet holds 17 as 17.0; beside text it would be another customer.
        return column.map(lambda entry: int(entry) if isinstance(entry, float) and entry.is_integer() else entry)
    return column


def _among(says: pd.Series, values: tuple[str, ...]) -> NDArray[np.bool_]:
    return says.isin({value.strip().lower() for value in values}).to_numpy(dtype=bool)


def _text(column: pd.Series) -> pd.Series:
    return column.map(lambda entry: str(entry).strip(), na_action="ignore").astype("string")
