"""The customer journey as a table: what is expected and met at each touchpoint, and how many pass it."""

import numpy as np
import pandas as pd

from customer_value._inputs import columns, numbers


def journey_map(touchpoints: pd.DataFrame, expectation: str, experience: str, volume: str) -> pd.DataFrame:
    """Touchpoints in the order of the journey, with their shortfall and how often it is felt.

    Parameters
    ----------
    touchpoints
        One row per touchpoint, in the order in which customers come by; the index names them.
    expectation, experience
        Columns with points on the same scale. What counts as expectation is for the caller to say: a survey's question,
        what the firm promises, or what its managers believe it delivers.
    volume
        Column with passages in a period: how many people, or how often.

    Returns
    -------
    DataFrame with the index of ``touchpoints`` and ``expectation``, ``experience``, ``volume``, ``share`` (of all
    passages), ``shortfall`` (expectation less experience where that is above 0, else 0) and ``felt`` (shortfall ×
    volume: points missing in all passages). ``attrs["worst"]`` names the touchpoint with most felt, if any is.

    Raises ``ValueError`` for missing columns, gaps, negative volumes or a name that occurs twice.
    """
    columns(touchpoints, [expectation, experience, volume], "touchpoints")
    if not touchpoints.index.is_unique:
        twice = touchpoints.index[touchpoints.index.duplicated()][0]
        raise ValueError(f"The touchpoint {twice!r} occurs twice: name each pass differently.")
    wanted, met = (numbers(touchpoints[name], name) for name in (expectation, experience))
    passing = numbers(touchpoints[volume], volume, negative=False)
    if passing.sum() == 0:
        raise ValueError(f"{volume} is 0 throughout: nobody passes any touchpoint.")
    shortfall = np.maximum(wanted - met, 0.0)
    table = pd.DataFrame(
        {
            "expectation": wanted,
            "experience": met,
            "volume": passing,
            "share": passing / passing.sum(),
            "shortfall": shortfall,
            "felt": shortfall * passing,
        },
        index=touchpoints.index.rename("touchpoint"),
    )
    table.attrs["worst"] = table["felt"].idxmax() if (table["felt"] > 0).any() else None
    return table
