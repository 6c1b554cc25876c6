"""What all formulas share: the words of an argument, and results in the form of their inputs."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import one_whole

FirstMargin = Literal["after", "now"]
Numbers = float | NDArray[np.float64] | pd.Series


def is_after(first: str, name: str = "first_margin") -> bool:
    """Whether the first margin comes one period from now; ``ValueError`` for any other word than the two."""
    if first not in ("after", "now"):
        raise ValueError(f"{name} must be 'after' (one period from now) or 'now'; got {first!r}.")
    return first == "after"


def margins_counted(horizon: Any) -> int | None:
    """How many margins count, ``None`` for all."""
    return None if horizon is None else one_whole(horizon, "horizon")


def like(result: Any, *inputs: Any, endless: bool = False) -> Numbers:
    """``result`` as a float where all ``inputs`` are numbers, as a Series where one is, otherwise as an array.

    Raises ``ValueError`` for Series of different customers, and where a result is too large for a number unless it may
    be ``endless``.
    """
    if not endless and not np.all(np.isfinite(result)):
        raise ValueError("The result is beyond the largest number there is; check the units of the amounts given.")
    columns = [each for each in inputs if isinstance(each, pd.Series)]
    for column in columns[1:]:
        if not column.index.equals(columns[0].index):
            raise ValueError(
                f"The columns {columns[0].name!r} and {column.name!r} have different indexes: put them into one frame"
                " first, so that each row is of one customer."
            )
    if columns and np.shape(result) == columns[0].shape:
        return pd.Series(result, index=columns[0].index)
    return float(result) if np.ndim(result) == 0 else np.asarray(result)
