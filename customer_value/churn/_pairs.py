"""Outcomes beside predictions, one of each per customer."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import numbers, shares


def happened(values: ArrayLike, name: str) -> NDArray[np.bool_]:
    """``values`` (true or false, or 1 and 0) as a column of flags; ``ValueError`` for anything else."""
    raw = np.asarray(values)
    if raw.dtype != bool:
        raw = numbers(values, name)
        if not np.isin(raw, (0, 1)).all():
            wrong = raw[~np.isin(raw, (0, 1))][0]
            raise ValueError(f"{name} must be true or false (or 1 and 0); got {wrong:g}.")
    if raw.ndim != 1 or raw.size == 0:
        raise ValueError(f"{name} must be one column with a value per customer; its shape is {raw.shape}.")
    return raw.astype(bool)


def outcomes_and_chances(outcome: Any, probability: Any) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Both columns, of equal length and index, the second as probabilities."""
    series = isinstance(outcome, pd.Series) and isinstance(probability, pd.Series)
    if series and not outcome.index.equals(probability.index):
        raise ValueError("outcome and probability must have the same index: align them with reindex first.")
    left, chance = happened(outcome, "outcome"), shares(probability, "probability")
    if chance.shape != left.shape:
        raise ValueError(f"outcome has {left.size} rows and probability {chance.size}: give one of each per customer.")
    return left, chance


def both_kinds(left: NDArray[np.bool_], what: str) -> None:
    """Refuse outcomes that are all alike."""
    if left.all() or not left.any():
        raise ValueError(f"{what} needs customers who left and customers who stayed; all {left.size} are alike.")
