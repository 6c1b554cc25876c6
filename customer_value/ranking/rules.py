"""Rules that need no model: what a manager would rank customers by."""

import numpy as np
import pandas as pd

from customer_value._inputs import one_whole
from customer_value.transactions import rfm_scores
from customer_value.transactions._log import Day
from customer_value.transactions._purchases import day_number, purchases, rows_of


def simple_rules(
    log: pd.DataFrame, until: Day | None = None, *, recent_days: int = 91, hiatus_days: int = 91
) -> pd.DataFrame:
    """Four rankings without a model, from purchases up to ``until``; a higher number is a better customer.

    Parameters
    ----------
    log, until
        As in ``transactions.rfm_summary``.
    recent_days
        The period of "recent revenue": the last so many days, ``until`` included.
    hiatus_days
        Whoever has not bought for longer counts as gone.

    Returns
    -------
    DataFrame indexed by ``customer_id`` with

    - ``all_revenue``: everything spent so far (unit of ``value``);
    - ``recent_revenue``: spent in the last ``recent_days``;
    - ``rfm_score``: the three quintile scores of ``transactions.rfm_scores`` added up, 3 to 15;
    - ``hiatus``: the hiatus rule with revenue: those active within ``hiatus_days`` by all revenue, then, below all of
      them, those who count as gone, by revenue too. A rank without unit, from above 0 to 2.

    Source of the hiatus rule: Wübben & von Wangenheim (2008), Journal of Marketing 72(3), 82–93; what order it leaves
    within the active and the gone is ours.
    """
    recent = one_whole(recent_days, "recent_days", least=1)
    hiatus = one_whole(hiatus_days, "hiatus_days", least=1)
    rows = rows_of(log)
    end = rows.days.last if until is None else day_number(until, "until")
    seen = purchases(rows, end)
    late = purchases(rows, end, start=end - recent + 1, of=seen.who)
    table = pd.DataFrame(
        {"all_revenue": seen.value(), "recent_revenue": late.value()},
        index=rows.ids[seen.who].rename("customer_id"),
    )
    scores = rfm_scores(log, until)
    table["rfm_score"] = (scores["r"] + scores["f"] + scores["m"]).to_numpy()
    active = scores["recency_days"].to_numpy() <= hiatus
    rank = table["all_revenue"].rank(method="average", pct=True).to_numpy()
    table["hiatus"] = np.where(active, 1.0, 0.0) + rank
    return table
