"""Tables as answers: named columns, each on a grid of its own or of text, in one agreed form."""

import datetime
import json
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from customer_value.checks import canonical

TEXT = "text"
_MOST_ROWS = 100_000

Columns = dict[str, list[str]]


def columns(answer: Any, steps: Mapping[str, float | str], ordered: bool) -> Columns:
    """The columns that count, each value in canonical form.

    Parameters
    ----------
    answer : pandas.DataFrame
        A level of its index counts as a column where it has that name; further columns do not matter.
    steps : mapping
        For each column its grid, or ``"text"``.
    ordered : bool
        Whether the order of the rows matters. If not, they are put in order by the text columns, then by all.

    Raises
    ------
    canonical.NotThatKind
        Naming the column or the shape that is not as asked.
    """
    answer = frame(answer, steps)
    found = {name: _column(name, answer[name], step) for name, step in steps.items()}
    return found if ordered else _in_order(found, steps)


def frame(answer: Any, steps: Mapping[str, float | str]) -> pd.DataFrame:
    """The columns that count, as they are; a level of the index becomes a column. Raises as ``columns`` does."""
    if isinstance(answer, pd.Series):
        answer = answer.to_frame()
    if not isinstance(answer, pd.DataFrame):
        raise canonical.NotThatKind(
            f"this answer must be a table (a pandas DataFrame), and yours is {canonical.kind_of(answer)}"
        )
    levels = [name for name in answer.index.names if name in steps and name not in answer.columns]
    if levels:
        answer = answer.reset_index(levels)
    missing = [name for name in steps if name not in answer.columns]
    if missing:
        held = ", ".join(f"`{name}`" for name in list(answer.columns)[:12]) or "none"
        raise canonical.NotThatKind(f"{_listed(missing)} missing in your table; its columns are {held}")
    twice = [name for name in steps if isinstance(answer[name], pd.DataFrame)]
    if twice:
        raise canonical.NotThatKind(f"your table has two columns called `{twice[0]}`")
    if len(answer) > _MOST_ROWS:
        raise canonical.NotThatKind(f"your table has {len(answer):,} rows; at most {_MOST_ROWS:,} can be checked")
    return answer[list(steps)]


def text(found: Columns) -> str:
    """Canonical text of ``columns``: row by row."""
    heading = ", ".join(found)
    rows = "; ".join(", ".join(row) for row in zip(*found.values(), strict=True))
    return canonical.shortened(f"{heading}: {rows}")


def column_text(name: str, values: Sequence[str]) -> str:
    """Canonical text of one column, for a message about this column alone."""
    return f"{name}: " + "; ".join(values)


def _listed(missing: list[str]) -> str:
    names = ", ".join(f"`{name}`" for name in missing)
    return f"the column {names} is" if len(missing) == 1 else f"the columns {names} are"


def _column(name: str, values: pd.Series, step: float | str) -> list[str]:
    try:
        return [_words(value) if step == TEXT else canonical.number(value, step) for value in values]
    except canonical.NotThatKind as error:
        kind = "text" if step == TEXT else "one number in each row"
        wrong = str(error).rpartition("yours is ")[2]
        raise canonical.NotThatKind(f"the column `{name}` must hold {kind}, and it holds {wrong}") from None


def _words(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(canonical.normalised(value), ensure_ascii=False)
    if isinstance(value, (datetime.date, np.datetime64)):
        return canonical.day(value)
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, numbers.Real) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, (pd.Interval, pd.Period)):
        return str(value)
    raise canonical.NotThatKind(f"yours is {canonical.kind_of(value)}")


def _in_order(found: Columns, steps: Mapping[str, float | str]) -> Columns:
    first = [name for name, step in steps.items() if step == TEXT]
    by = [*first, *(name for name in steps if name not in first)]
    rows = list(zip(*found.values(), strict=True))
    places = [list(found).index(name) for name in by]
    rows.sort(key=lambda row: [row[place] for place in places])
    return {name: [row[place] for row in rows] for place, name in enumerate(found)}
