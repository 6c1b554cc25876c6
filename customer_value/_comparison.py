"""Tables that set what happened beside what models expected: one column ``actual``, one column per model."""

from typing import Any

import pandas as pd

ACTUAL = "actual"
# Columns that say which row it is, or describe it; every other column next to ``actual`` is a model.
DESCRIPTION = ("customers", "end", "days", "holdout", "lower", "upper")


def reserved(name: str) -> bool:
    """Whether a model cannot be called ``name``, because the tables have a column of that name."""
    return name == ACTUAL or name in DESCRIPTION


def model_columns(table: Any, made_by: str, needed: tuple[str, ...] = ()) -> list[str]:
    """The models of ``table``, in order.

    Raises ``TypeError`` for anything but a frame, ``ValueError`` for a table without rows, without ``actual`` or one
    of the ``needed`` columns, or without a model; the message names the function that makes such a table.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"table must be the data frame that {made_by} returns; got {type(table).__name__}.")
    missing = [name for name in (ACTUAL, *needed) if name not in table.columns]
    models = [name for name in table.columns if not reserved(name)]
    if missing or not models:
        lacks = f"the column(s) {', '.join(missing)}" if missing else "a column for a model"
        raise ValueError(
            f"table lacks {lacks}; it has {', '.join(map(str, table.columns)) or 'no columns'}. Make it with {made_by}."
        )
    if len(table) == 0:
        raise ValueError(f"table is empty: it has no rows. Make it with {made_by}.")
    return models
