"""Two lists of customers for the same campaign: who is on one only, and what each brought afterwards."""

from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from customer_value._inputs import amount, fraction, numbers, one_whole, single

PLACES = ("both lists", "only the first", "only the second")


def compare_lists(
    first: ArrayLike,
    second: ArrayLike,
    brought: ArrayLike,
    places: int,
    *,
    effect: float,
    cost: float,
    sure: float = 0.9,
) -> pd.DataFrame:
    """What a campaign gains on the ``places`` best by one score and by another.

    Gain of a customer on a list: effect · (what the customer brings without the campaign) − cost.

    Parameters
    ----------
    first, second
        Scores per customer, higher is better; equal ones as they stand.
    brought
        Money that each customer brought afterwards, net, same order; may be negative.
    places
        Length of both lists.
    effect
        Share by which the campaign raises what a customer brings; an assumption, the same for all.
    cost
        Money per customer addressed.
    sure
        Share of intervals that hold the true mean.

    Returns a DataFrame indexed by ``group`` (``PLACES``) with ``customers``, ``brought`` (mean money), ``low`` and
    ``high`` (of that mean, by its standard error) and ``gain`` (money of the group). ``attrs``: ``first`` and
    ``second`` (gain of each list), ``difference`` (second less first) with ``difference_low`` and ``difference_high``.
    """
    one, other, money = numbers(first, "first"), numbers(second, "second"), numbers(brought, "brought")
    if not one.size == other.size == money.size:
        raise ValueError(f"first, second and brought must be as long: {one.size}, {other.size}, {money.size}.")
    number = one_whole(places, "places", least=1, most=one.size)
    raised, each = single(effect, "effect"), amount(cost, "cost")
    z = NormalDist().inv_cdf(0.5 + fraction(sure, "sure", one=False) / 2)
    on = [np.isin(np.arange(one.size), np.argsort(-score, kind="stable")[:number]) for score in (one, other)]
    groups = dict(zip(PLACES, (on[0] & on[1], on[0] & ~on[1], on[1] & ~on[0]), strict=True))
    rows, spread = {}, {}
    for name, members in groups.items():
        own = money[members]
        spread[name] = float(own.var(ddof=1) * own.size) if own.size > 1 else 0.0
        mean = float(own.mean()) if own.size else 0.0
        reach = z * np.sqrt(spread[name]) / max(own.size, 1)
        rows[name] = {
            "customers": own.size,
            "brought": mean,
            "low": mean - reach,
            "high": mean + reach,
            "gain": raised * float(own.sum()) - each * own.size,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("group").astype({"customers": "int64"})
    shared, alone, rest = (table.loc[name, "gain"] for name in PLACES)
    reach = abs(raised) * z * np.sqrt(spread[PLACES[1]] + spread[PLACES[2]])
    table.attrs = {
        "first": float(shared + alone),
        "second": float(shared + rest),
        "difference": float(rest - alone),
        "difference_low": float(rest - alone - reach),
        "difference_high": float(rest - alone + reach),
    }
    return table
