"""What customers did in the holdout, beside what a model expected of each from their past."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._counts import tally
from customer_value._inputs import columns, numbers
from customer_value.validation._models import (
    bin_labels,
    continuous,
    frequency_of,
    named_models,
    same_unit,
    up_to,
    weights,
)

Floats = NDArray[np.float64]
_WIDTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)


def conditional_expectations(
    data: pd.DataFrame,
    models: Any,
    *,
    by: Literal["frequency", "recency"] = "frequency",
    most: int = 7,
    t: float | ArrayLike | None = None,
) -> pd.DataFrame:
    """Mean purchases in the holdout of customers with the same past, and what the models expected of them.

    Parameters
    ----------
    data
        What the models were fitted to, with ``holdout_frequency`` and ``holdout_T`` as ``rfm_summary`` adds them with
        ``holdout_until``; for BG/BB ``n_periods`` instead of ``T``. ``counts`` is used where there is such a column.
    models
        A model of repeat buying, or several as {name: model}.
    by
        ``"frequency"``: by repeat purchases before the holdout. ``"recency"``: by the time from the first to the last
        of them, in steps of 1, 2, 5, 10, … so that there are about eight; those without one apart. Whole occasions for
        BG/BB.
    most
        The last bin of frequency holds everyone with so many repeat purchases or more.
    t
        Length of the holdout in the unit of the models, where ``data`` have no ``holdout_T``.

    Returns
    -------
    DataFrame indexed by ``frequency`` or ``recency`` (labels, in order; bins without customers are left out) with
    ``customers``, ``actual`` and one column per model: mean purchases per customer in the holdout.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275–284, figure 5.
    """
    compared, weight, actual, expected = _both(data, models, t)
    if by == "frequency":
        last = up_to(most)
        labels = bin_labels(last)
        place = np.minimum(frequency_of(data), last)
    elif by == "recency":
        place, labels = _recency_bins(data, all(not continuous(model) for model in compared.values()))
    else:
        raise ValueError(f"by must be 'frequency' or 'recency'; got {by!r}.")
    customers = tally(place, weights=weight, least=len(labels))
    filled = customers > 0
    table = pd.DataFrame({"customers": customers[filled]}, index=pd.Index(np.array(labels)[filled], name=by))
    for name, purchases in {"actual": actual, **expected}.items():
        total = tally(place, weights=weight * purchases, least=len(labels))
        table[name] = total[filled] / customers[filled]
    return table


def holdout_errors(data: pd.DataFrame, models: Any, *, t: float | ArrayLike | None = None) -> pd.DataFrame:
    """How far the models are from each customer's purchases in the holdout.

    Arguments as in ``conditional_expectations``.

    Returns
    -------
    DataFrame indexed by ``model`` with ``actual`` and ``expected`` (all purchases in the holdout), ``error`` (their
    ratio − 1: a share, negative where the model expects too few), ``mae`` and ``rmse`` (mean absolute error and root
    of the mean squared error, in purchases per customer) and ``correlation`` (over customers; missing where either
    side is the same for everyone).
    """
    compared, weight, actual, expected = _both(data, models, t)
    share = weight / weight.sum()
    rows = {}
    for name in compared:
        gap = expected[name] - actual
        total = weight @ actual
        rows[name] = {
            "actual": total,
            "expected": weight @ expected[name],
            "error": weight @ expected[name] / total - 1 if total > 0 else np.nan,
            "mae": share @ np.abs(gap),
            "rmse": np.sqrt(share @ gap**2),
            "correlation": _correlation(actual, expected[name], share),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def _both(
    data: pd.DataFrame, models: Any, t: float | ArrayLike | None
) -> tuple[dict[str, Any], Floats, Floats, dict[str, Floats]]:
    """Models by name, customers per row, purchases in the holdout, and what each model expected."""
    compared = named_models(models, "expected_purchases")
    needed = ("frequency", "recency", "holdout_frequency") + (("holdout_T",) if t is None else ())
    columns(data, needed, "data")
    actual = numbers(data["holdout_frequency"].to_numpy(), "data['holdout_frequency']")
    if actual.min() < 0:
        raise ValueError(f"holdout_frequency must not be negative; the lowest is {actual.min():g}.")
    length = data["holdout_T"].to_numpy() if t is None else t
    expected = {}
    for name, model in compared.items():
        same_unit(model, name, data)
        expected[name] = model.expected_purchases(data, length).to_numpy()
    return compared, weights(data), actual, expected


def _recency_bins(data: pd.DataFrame, occasions: bool) -> tuple[NDArray[np.int64], list[str]]:
    recency = numbers(data["recency"].to_numpy(), "data['recency']")
    if occasions:
        return recency.astype(np.int64), [str(k) for k in range(int(recency.max()) + 1)]
    longest = float(recency.max())
    width = next((w for w in _WIDTHS if longest <= 8 * w), max(_WIDTHS[-1], int(np.ceil(longest / 8))))
    place = np.ceil(recency / width).astype(np.int64)
    return place, ["0", *(f"{width * (k - 1)}–{width * k}" for k in range(1, int(place.max()) + 1))]


def _correlation(one: Floats, two: Floats, share: Floats) -> float:
    a, b = one - share @ one, two - share @ two
    spread = np.sqrt((share @ a**2) * (share @ b**2))
    return float(share @ (a * b) / spread) if spread > 0 else float("nan")
