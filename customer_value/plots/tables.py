"""What a figure is drawn from: the table that one function of the library makes."""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def made_by(table: Any, maker: str, needed: Sequence[str]) -> None:
    """Refuse what cannot be drawn: ``table`` is to be what ``maker`` returns, with ``needed`` columns (or entries).

    Raises ``TypeError`` for anything but a data frame or series, ``ValueError`` where something needed or every row is
    missing; the message names ``maker``.
    """
    if not isinstance(table, pd.DataFrame | pd.Series):
        raise TypeError(f"table must be the data frame that {maker} returns; got {type(table).__name__}.")
    names = table.columns if isinstance(table, pd.DataFrame) else table.index
    if missing := [name for name in needed if name not in names]:
        raise ValueError(f"table lacks {', '.join(missing)}. Make it with {maker}.")
    if table.empty:
        raise ValueError(f"table has no rows: there is nothing to draw. Make it with {maker}.")
