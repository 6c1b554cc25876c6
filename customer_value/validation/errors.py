"""One number for how well a model followed purchases over time."""

import numpy as np
import pandas as pd

from customer_value._comparison import model_columns


def tracking_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Errors of the models in a table of ``tracking``, before and after the end of calibration.

    Returns
    -------
    DataFrame indexed by ``model`` and ``part`` ("calibration", "holdout" where there is one, "all") with

    - ``periods``: how many there are;
    - ``actual``, ``expected``: repeat purchases within the part;
    - ``error``: expected / actual − 1 within the part, negative where the model expects too few;
    - ``cumulative_error``: the same for all purchases since the beginning, at the end of the part;
    - ``cumulative_mape``: mean of the absolute cumulative errors at the ends of the periods of the part, without
      periods before the first purchase;
    - ``mae``: mean absolute error of a period, in purchases;
    - ``wape``: the sum of absolute errors over the sum of purchases.

    Errors are shares (0.04 is 4%), missing where nothing was bought. Raises ``ValueError`` for another table.
    """
    models = model_columns(table, "validation.tracking", ("end", "holdout"))
    holdout = table["holdout"].to_numpy(dtype=bool)
    parts = {"calibration": ~holdout, "holdout": holdout, "all": np.ones(len(table), dtype=bool)}
    actual = table["actual"].to_numpy(dtype=float)
    made = np.cumsum(actual)
    rows = {}
    for name in models:
        expected = table[name].to_numpy(dtype=float)
        off = _over(np.cumsum(expected), made) - 1
        for part, inside in parts.items():
            if not inside.any():
                continue
            miss = np.abs(expected - actual)[inside]
            known = off[inside][np.isfinite(off[inside])]
            rows[name, part] = {
                "periods": int(inside.sum()),
                "actual": actual[inside].sum(),
                "expected": expected[inside].sum(),
                "error": float(_over(expected[inside].sum(), actual[inside].sum())) - 1,
                "cumulative_error": off[inside][-1],
                "cumulative_mape": np.abs(known).mean() if known.size else np.nan,
                "mae": miss.mean(),
                "wape": float(_over(miss.sum(), actual[inside].sum())),
            }
    result = pd.DataFrame.from_dict(rows, orient="index")
    result.index = pd.MultiIndex.from_tuples(rows, names=["model", "part"])
    return result.astype({"periods": "int64"})


def _over(part: np.ndarray | float, whole: np.ndarray | float) -> np.ndarray:
    """part / whole, missing where there is nothing to divide by."""
    below = np.asarray(whole, dtype=float)
    return np.divide(part, below, out=np.full(below.shape, np.nan), where=below > 0)
