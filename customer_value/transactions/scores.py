"""RFM scores: customers ranked by recency, frequency and monetary value, in equal bins."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import one_whole
from customer_value.transactions._log import Day
from customer_value.transactions._purchases import day_number, day_text, purchases, rows_of

Ties = Literal["together", "split"]


def rfm_scores(
    log: pd.DataFrame,
    until: Day | None = None,
    *,
    bins: int = 5,
    ties: Ties = "together",
    monetary: Literal["total", "mean"] = "total",
) -> pd.DataFrame:
    """Scores from 1 (worst) to ``bins`` (best) for how recently, how often and for how much each customer bought.

    Parameters
    ----------
    log, until
        As in ``rfm_summary``; later rows do not count.
    bins
        5 gives quintiles, from 2 to 9.
    ties
        ``"together"``: customers with the same figure get the same score, by the middle of their ranks, so bins differ
        in size, and with many equal figures some stay empty. ``"split"``: bins of equal size (give or take one), where
        the order of ids decides between equals: arbitrary, and a reason to distrust the score.
    monetary
        ``"total"``: all value. ``"mean"``: value per day with a purchase.

    Returns
    -------
    DataFrame indexed by ``customer_id`` with ``recency_days`` (from the last purchase to ``until``), ``frequency``
    (days with a purchase, the first included), ``monetary_value``, the scores ``r``, ``f``, ``m`` (int) and ``rfm``
    (text, "555" is best). ``attrs`` says ``until``.

    Raises ``ValueError`` and ``TypeError`` as ``rfm_summary``, and for bins or words outside the above.
    """
    bins = one_whole(bins, "bins", least=2, most=9)
    if ties not in ("together", "split"):
        raise ValueError(f"ties must be 'together' or 'split'; got {ties!r}.")
    if monetary not in ("total", "mean"):
        raise ValueError(f"monetary must be 'total' or 'mean'; got {monetary!r}.")
    rows = rows_of(log)
    end = rows.days.last if until is None else day_number(until, "until")
    seen = purchases(rows, end)
    if ties == "split" and seen.days.size < bins:
        raise ValueError(f"{seen.days.size} customer(s) cannot fill {bins} bins; choose fewer bins.")
    value = seen.value()
    table = pd.DataFrame(
        {
            "recency_days": np.subtract(end, seen.last, dtype=np.int64),
            "frequency": seen.days.astype(np.int64),
            "monetary_value": value if monetary == "total" else value / seen.days,
        },
        index=rows.ids[seen.who].rename("customer_id"),
    )
    table["r"] = _score(-table["recency_days"], bins, ties)
    table["f"] = _score(table["frequency"], bins, ties)
    table["m"] = _score(table["monetary_value"], bins, ties)
    table["rfm"] = (100 * table["r"] + 10 * table["f"] + table["m"]).astype(str)
    table.attrs = {"until": day_text(end)}
    return table


def _score(figure: pd.Series, bins: int, ties: Ties) -> NDArray[np.int64]:
    """The bin of each figure by rank, 1 for the lowest."""
    rank = figure.rank(method="average" if ties == "together" else "first").to_numpy()
    # The rank's middle, (rank − ½) / n, keeps a tie that covers everybody in the middle bin.
    return np.floor((rank - 0.5) * bins / figure.size).astype(np.int64) + 1
