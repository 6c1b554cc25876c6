"""Models to compare, by name, and whether they and the data speak of the same thing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._comparison import reserved
from customer_value._inputs import numbers, single

Floats = NDArray[np.float64]

_SHORT = {
    "BetaGeoModel": "BG/NBD",
    "ModifiedBetaGeoModel": "MBG/NBD",
    "ParetoNBDModel": "Pareto/NBD",
    "BetaGeoBetaBinomModel": "BG/BB",
    "GammaGammaModel": "gamma-gamma",
    "ShiftedBetaGeoModel": "sBG",
}


def named_models(models: Any, *methods: str) -> dict[str, Any]:
    """``models`` as name → model: a mapping, or one model under its usual short name.

    Raises ``TypeError`` for something that lacks one of the ``methods``, ``ValueError`` for no model or a name that
    the result needs itself.
    """
    if not isinstance(models, Mapping):
        models = {_SHORT.get(type(models).__name__, type(models).__name__): models}
    if not models:
        raise ValueError("models is empty: give a model, or several as {name: model}.")
    for name, model in models.items():
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"models must have names that are text; got {name!r}.")
        if reserved(name):
            raise ValueError(f"A model cannot be called {name!r}: the result has a column of that name.")
        missing = [method for method in methods if not hasattr(model, method)]
        if missing:
            raise TypeError(
                f"models[{name!r}] is a {type(model).__name__}, which has no {missing[0]}: it cannot be compared here."
            )
    return dict(models)


def continuous(model: Any) -> bool:
    """Whether the model lets customers buy at any time; otherwise at numbered occasions."""
    return hasattr(model, "time_unit")


def same_unit(model: Any, name: str, data: pd.DataFrame) -> None:
    """Refuse data that say they are counted in another unit of time than the model."""
    unit = data.attrs.get("time_unit")
    if continuous(model) and unit is not None and unit != model.time_unit:
        raise ValueError(
            f"data are counted in {unit}s and models[{name!r}] in {model.time_unit}s: make the summary with"
            f" time_unit={model.time_unit!r}, or the model with time_unit={unit!r}."
        )


def weights(data: pd.DataFrame) -> Floats:
    """How many customers each row stands for: the column ``counts`` where there is one, else 1."""
    if "counts" not in data.columns:
        return np.ones(len(data))
    count = numbers(data["counts"].to_numpy(), "data['counts']")
    if count.min() < 0 or count.sum() == 0:
        raise ValueError("counts must be numbers of customers, none below 0 and not all 0.")
    return count


def frequency_of(data: pd.DataFrame) -> NDArray[np.int64]:
    """The column ``frequency`` as whole numbers."""
    x = numbers(data["frequency"].to_numpy(), "data['frequency']")
    odd = (x < 0) | (x != np.rint(x))
    if odd.any():
        raise ValueError(
            f"frequency must be a whole number of repeat purchases, 0 or more; {np.count_nonzero(odd)} row(s) break"
            f" this, the first at position {int(np.argmax(odd))} ({x[odd][0]:g})."
        )
    return x.astype(np.int64)


def whole(value: Any, name: str, least: int, most: int) -> int:
    """``value`` as a whole number from ``least`` to ``most``."""
    number = single(value, name)
    if number != int(number) or not least <= number <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most:,}; got {number:g}.")
    return int(number)


def up_to(most: Any) -> int:
    """``most``, the last bin, as a whole number."""
    return whole(most, "most", 1, 1_000)


def bin_labels(most: int) -> list[str]:
    """0, 1, … and the last bin with all above it."""
    return [*map(str, range(most)), f"{most}+"]
