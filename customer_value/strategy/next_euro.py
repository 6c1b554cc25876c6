"""What the next euro brings: winning a customer in each channel against keeping one of each tier."""

import numpy as np
import pandas as pd

from customer_value._inputs import amount, columns, fraction, numbers, one_whole, shares
from customer_value.clv import margin_multiplier

WIN, KEEP = "win", "keep"


def cost_per_customer_kept(care_cost: float, leaving: float, effect: float) -> float:
    """What care costs for each customer who stays because of it: cost / (share leaving × share of them kept).

    Parameters
    ----------
    care_cost
        Money for each customer cared for, per period.
    leaving
        Share of them who would leave in the period without care, from 0 to 1.
    effect
        Share of those who would leave whom care keeps, from 0 to 1.

    Infinite where care keeps nobody. Raises ``ValueError`` or ``TypeError`` for values that make no sense.
    """
    cost = amount(care_cost, "care_cost")
    kept = fraction(leaving, "leaving", zero=True) * fraction(effect, "effect", zero=True)
    return cost / kept if kept > 0 else float("inf")


def next_euro(
    uses: pd.DataFrame, care_cost: float, effect: float, years: int = 3, discount_rate: float = 0.1
) -> pd.DataFrame:
    """What one more customer costs and brings in each use of the money.

    Parameters
    ----------
    uses
        One row for each use: ``kind`` (``"win"`` or ``"keep"``), ``cost`` (euros to win one; ignored where ``kind`` is
        keep), ``margin`` (euros that one brings in the first year that counts) and ``leaving`` (share who are gone
        after a year), as from ``kettleholt_uses``.
    care_cost, effect
        As in ``cost_per_customer_kept``, the same for all who are kept.
    years
        Yearly margins that count for a customer won or kept; the share who leave is the same in each year.
    discount_rate
        A year.

    Returns
    -------
    DataFrame
        ``uses`` with ``per_customer`` (euros for one more customer), ``value`` (present value of the margins of one)
        and ``per_euro`` (value for each euro spent), the best use first.

    Raises
    ------
    ValueError, TypeError
        For missing columns, unknown kinds and numbers that make no sense.
    """
    columns(uses, ["kind", "cost", "margin", "leaving"], "uses")
    if unknown := sorted(set(uses["kind"]) - {WIN, KEEP}):
        raise ValueError(f"kind must be {WIN!r} or {KEEP!r}; got {', '.join(map(repr, unknown))}.")
    leaving = shares(uses["leaving"], "leaving")
    wins = (uses["kind"] == WIN).to_numpy()
    prices = numbers(uses["cost"].where(wins, 1.0), "cost", negative=False)
    if (prices == 0).any():
        raise ValueError("cost must be above 0 where a customer is won.")
    if amount(care_cost, "care_cost") == 0:
        raise ValueError("care_cost must be above 0: care that costs nothing needs no decision.")
    keeps = [cost_per_customer_kept(care_cost, float(share), effect) for share in leaving]
    each = np.where(wins, prices, keeps)
    stays = margin_multiplier(
        1 - leaving, discount_rate, first_margin="now", horizon=one_whole(years, "years", least=1, most=50)
    )
    value = numbers(uses["margin"], "margin") * stays
    table = uses.assign(per_customer=each, value=value, per_euro=value / each)
    return table.sort_values("per_euro", ascending=False, kind="stable")
