"""The best customers by revenue as billed and by revenue that stayed: who falls off the list, and who gets on."""

from dataclasses import dataclass

import pandas as pd

from customer_value._inputs import numbers, one_whole


@dataclass(frozen=True)
class BestLists:
    """Two lists of the same length; ``best_lists`` makes them. Each holds ids, best first."""

    by_gross: pd.Index
    """The best by revenue before returns."""
    by_net: pd.Index
    """The best by revenue after returns."""
    fall_off: pd.Index
    """On the first list and not on the second, highest gross revenue first."""
    get_on: pd.Index
    """On the second list and not on the first, highest net revenue first."""
    stay: pd.Index
    """On both, highest net revenue first."""


def best_lists(gross: pd.Series, net: pd.Series, count: int = 100) -> BestLists:
    """The ``count`` best customers before and after returns.

    Parameters
    ----------
    gross, net
        Revenue per customer before and after returns, Series over the same ids (any order, any one unit). Who sent
        everything back is in ``net`` with 0.
    count
        Length of the lists, at most the number of customers. Among equal amounts the lower id comes first.

    Raises ``ValueError`` for different or repeated ids, gaps, a count outside its limits, or a net revenue above the
    gross one.
    """
    for name, values in (("gross", gross), ("net", net)):
        numbers(values, name)
        if not values.index.is_unique:
            raise ValueError(f"{name} lists the same id more than once.")
    if len(gross.index.symmetric_difference(net.index)):
        raise ValueError("gross and net must hold the same customers; put in those who sent everything back, with 0.")
    ordered = gross.sort_index()
    after = net.reindex(ordered.index)
    if (after > ordered + 1e-6).any():
        worst = (after - ordered).idxmax()
        raise ValueError(f"net is above gross for customer {worst}: {after[worst]:g} against {ordered[worst]:g}.")
    size = one_whole(count, "count", least=1, most=len(ordered))
    by_gross = ordered.sort_values(ascending=False, kind="stable").index[:size]
    by_net = after.sort_values(ascending=False, kind="stable").index[:size]
    return BestLists(
        by_gross,
        by_net,
        by_gross[~by_gross.isin(by_net)],
        by_net[~by_net.isin(by_gross)],
        by_net[by_net.isin(by_gross)],
    )
