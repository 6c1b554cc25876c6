"""What customers spend per purchase on average, beside what a gamma-gamma model expects."""

from typing import Any

import numpy as np
import pandas as pd

from customer_value._counts import tally
from customer_value._inputs import columns, numbers, single
from customer_value.validation._models import frequency_of, named_models, whole

_WIDTHS = tuple(digit * 10**power for power in range(-2, 7) for digit in (1, 2, 5))


def spend_bins(data: pd.DataFrame, models: Any, *, width: float | None = None, bins: int = 16) -> pd.DataFrame:
    """How many repeat customers spend how much per purchase on average, and how many the models expect.

    A customer with x purchases is expected in a bin with the probability the model gives to a mean of x purchases in
    it: m·x / (γ + m·x) is Beta(p·x, q). No smoothing is needed on either side.

    Parameters
    ----------
    data
        ``frequency`` and ``monetary_value`` as ``GammaGammaModel.fit`` takes them; customers without a repeat purchase
        are not compared (``attrs`` counts them).
    models
        A ``GammaGammaModel``, or several as {name: model}.
    width
        Width of a bin in money; ``None``: 1, 2 or 5 times a power of ten, so that the bins reach the 98th percentile.
    bins
        How many there are at most; the last one is open.

    Returns
    -------
    DataFrame indexed by ``spend`` (label) with ``lower``, ``upper`` (money; infinite in the last bin), ``actual`` and
    one column per model, in customers. ``attrs`` says ``without_repeat``.

    Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), 415–430.
    """
    from scipy.special import betainc

    compared = named_models(models, "expected_customer_spend", "p_", "q_", "gamma_")
    columns(data, ("frequency", "monetary_value"), "data")
    x = frequency_of(data)
    repeat = x > 0
    if not repeat.any():
        raise ValueError("frequency is 0 for all customers: nobody has a mean spend to compare.")
    mean = numbers(data["monetary_value"].to_numpy(), "data['monetary_value']")[repeat]
    if mean.min() <= 0:
        raise ValueError(
            f"monetary_value must be above 0 where frequency is above 0; {np.count_nonzero(mean <= 0)} row(s) break"
            f" this, the lowest is {mean.min():g}."
        )
    most = whole(bins, "bins", 3, 200)
    if width is None:
        reach = float(np.quantile(mean, 0.98))
        width = next((w for w in _WIDTHS if reach <= w * (most - 1)), reach / (most - 1))
    step = single(width, "width")
    if step <= 0:
        raise ValueError(f"width must be above 0; got {step:g}.")
    lower = step * np.arange(min(most, int(mean.max() // step) + 2))
    upper = np.append(lower[1:], np.inf)
    labels = [f"{low:g}–{high:g}" for low, high in zip(lower[:-1], upper[:-1], strict=True)] + [f"{lower[-1]:g}+"]
    place = np.minimum((mean // step).astype(np.int64), lower.size - 1)
    table = pd.DataFrame(
        {"lower": lower, "upper": upper, "actual": tally(place, least=lower.size).astype(float)},
        index=pd.Index(labels, name="spend"),
    )
    kinds, customers = np.unique(x[repeat], return_counts=True)
    for name, model in compared.items():
        total = kinds[:, None] * lower
        below = betainc(model.p_ * kinds[:, None], model.q_, total / (model.gamma_ + total))
        table[name] = np.diff(np.append(customers @ below, mean.size))
    table.attrs = {"without_repeat": int(np.count_nonzero(~repeat))}
    return table
