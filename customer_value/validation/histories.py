"""What a model says of every possible history: a matrix of frequency and recency at one length of observation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import numbers, single
from customer_value.validation._models import continuous

Floats = NDArray[np.float64]
_STEPS = 13
_MOST_CELLS = 2_000


def alive_matrix(
    model: Any, T: float, *, frequency: int | ArrayLike = 12, recency: ArrayLike | None = None
) -> pd.DataFrame:
    """P(alive) of customers observed for ``T``, by repeat purchases and time from the first to the last of them.

    Parameters
    ----------
    model
        One model of repeat buying.
    T
        Length of observation in the model's unit of time; for BG/BB the number of occasions.
    frequency
        The most repeat purchases, or the numbers to show.
    recency
        Which recencies to show, from 0 to T; ``None``: 0 and thirteen equal steps to T (for BG/BB every occasion, or
        about so many of them).

    Returns
    -------
    DataFrame of shares with ``frequency`` as index and ``recency`` as columns; missing where no such customer can be:
    purchases with recency 0, recency without a purchase, more purchases than occasions. ``attrs`` says ``T``.

    Raises ``ValueError`` for recencies outside 0 to T, for numbers that are no numbers of purchases, or more than
    2,000 cells.
    """
    return _matrix(model, T, frequency, recency, model.expected_probability_alive)


def purchases_matrix(
    model: Any, T: float, t: float, *, frequency: int | ArrayLike = 12, recency: ArrayLike | None = None
) -> pd.DataFrame:
    """Expected purchases in the next ``t`` of customers observed for ``T``; otherwise as ``alive_matrix``.

    ``attrs`` says ``T`` and ``t``.
    """
    table = _matrix(model, T, frequency, recency, lambda data: model.expected_purchases(data, t))
    table.attrs["t"] = float(t)
    return table


def _matrix(
    model: Any,
    T: float,
    frequency: int | ArrayLike,
    recency: ArrayLike | None,
    value: Callable[[pd.DataFrame], pd.Series],
) -> pd.DataFrame:
    length = single(T, "T")
    if length <= 0:
        raise ValueError(f"T must be above 0; got {length:g}.")
    steady = continuous(model)
    numbers_shown = _frequencies(frequency)
    late = _recencies(recency, length, steady)
    if numbers_shown.size * late.size > _MOST_CELLS:
        raise ValueError(
            f"{numbers_shown.size} frequencies by {late.size} recencies are more than {_MOST_CELLS:,} cells: show"
            " fewer of them."
        )
    x, recent = (grid.ravel() for grid in np.meshgrid(numbers_shown, late, indexing="ij"))
    possible = (x == 0) == (recent == 0)
    if not steady:
        possible &= x <= recent
    cells = np.full(x.size, np.nan)
    data = pd.DataFrame({"frequency": x, "recency": recent, "T" if steady else "n_periods": length})[possible]
    if len(data):
        cells[possible] = value(data).to_numpy()
    table = pd.DataFrame(
        cells.reshape(numbers_shown.size, late.size),
        index=pd.Index(numbers_shown, name="frequency"),
        columns=pd.Index(late, name="recency"),
    )
    table.attrs = {"T": length, "unit": model.time_unit if steady else "occasion"}
    return table


def _frequencies(frequency: int | ArrayLike) -> NDArray[np.int64]:
    if np.ndim(frequency) == 0:
        most = single(frequency, "frequency")
        if most < 1 or most != int(most) or most > _MOST_CELLS:
            raise ValueError(f"frequency must be a whole number of purchases from 1 to {_MOST_CELLS:,}; got {most:g}.")
        return np.arange(int(most) + 1)
    shown = np.unique(numbers(frequency, "frequency"))
    if shown[0] < 0 or (shown != np.rint(shown)).any():
        raise ValueError("frequency must hold whole numbers of purchases, 0 or more.")
    return shown.astype(np.int64)


def _recencies(recency: ArrayLike | None, T: float, steady: bool) -> Floats:
    if recency is None:
        if steady:
            return np.linspace(0, T, _STEPS + 1)
        return np.unique(np.rint(np.linspace(0, T, min(int(T), _STEPS) + 1)))
    shown = np.unique(numbers(recency, "recency"))
    if shown[0] < 0 or shown[-1] > T:
        raise ValueError(f"recency must be from 0 to T = {T:g}; got {shown[0]:g} to {shown[-1]:g}.")
    return shown
