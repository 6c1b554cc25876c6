"""Price fences: another price for each segment, and what that is worth over one price for all.

A fence (age, hour, place, volume) keeps those who would pay more from paying the lower price. It leaks: some get
through. Fences are worth the profit with them, less the leak and their cost, over that of the best single price.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from customer_value._inputs import amount, shares
from customer_value.choice.latent import Segment
from customer_value.choice.market import _best, _range, _Response


class Fences(NamedTuple):
    """One price for all against a price for each segment; ``price_fences`` makes it."""

    segments: pd.DataFrame
    """By segment: ``people`` (of the market), ``single_price``, ``own_price``, and units and profit at either."""
    single_price: float
    profit_single: float
    """Of the best single price, money."""
    profit_fenced: float
    """Of a price for each segment, with the leak and after the fences' cost, money."""
    gain: float
    """The difference: below 0 the fences do not pay."""
    break_even_leak: float
    """The leak at which the gain is nothing; 1 where fences pay whatever leaks, 0 where they never do."""


def price_fences(
    segments: Sequence[Segment],
    offers: pd.DataFrame,
    offer: str,
    *,
    unit_cost: float,
    price_range: tuple[float, float] | None = None,
    market_size: float = 1.0,
    leak: float = 0.0,
    fence_cost: float = 0.0,
    price: str = "price",
    outside: float | None = None,
) -> Fences:
    """The best single price of ``offer``, the best price for each of ``segments``, and the profit of both.

    Parameters
    ----------
    segments
        Each with its share of the market and its model, as from ``LatentClassLogit.segments``, or ``Segment(name,
        share, model)`` of models fitted to groups that can be told apart. Shares are taken in proportion.
    offers, offer, price, outside, unit_cost, price_range, market_size
        As in ``optimal_price``.
    leak
        Share of the people of dearer segments who get the lowest of the prices, from 0 to 1.
    fence_cost
        Money to build and keep the fences.

    Returns ``Fences``. Raises ``ValueError`` for fewer than two segments. Segments of a latent class model cannot be
    seen: a fence needs something that can be, and that tells them apart less well.

    Source: Nagle & Müller (2018), The Strategy and Tactics of Pricing, 6th ed., on price fences; prices by segment are
    third-degree price discrimination, Varian (1989), Handbook of Industrial Organization 1, 597–654.
    """
    if len(segments) < 2:
        raise ValueError(f"segments must be at least two; got {len(segments)}.")
    names = [segment.name for segment in segments]
    if len(set(names)) < len(names):
        raise ValueError(f"segments must have different names; got {', '.join(names)}.")
    weights = np.array([amount(segment.share, f"share of {segment.name}") for segment in segments])
    if weights.sum() == 0:
        raise ValueError("The shares of segments are all 0: there is nobody to sell to.")
    cost, size = amount(unit_cost, "unit_cost"), amount(market_size, "market_size")
    through, build = float(shares(leak, "leak")), amount(fence_cost, "fence_cost")
    people = size * weights / weights.sum()
    curves = [_Response(segment.model, offers, offer, price, outside) for segment in segments]
    low, high = _range(segments[0].model, price, price_range)

    single = _best(list(zip(people, curves, strict=True)), low, high, cost)
    own = np.array([_best([(1.0, curve)], low, high, cost) for curve in curves])

    def units(prices: np.ndarray) -> np.ndarray:
        each = [curve.share(np.array([at]))[0] for curve, at in zip(curves, prices, strict=True)]
        return people * np.array(each)

    at_single, at_own, at_lowest = units(np.full(own.size, single)), units(own), units(np.full(own.size, own.min()))
    table = pd.DataFrame(
        {
            "people": people,
            "single_price": single,
            "own_price": own,
            "units_single": at_single,
            "units_own": at_own,
            "profit_single": at_single * (single - cost),
            "profit_own": at_own * (own - cost),
        },
        index=pd.Index(names, name="segment"),
    )
    together, apart = float(table["profit_single"].sum()), float(table["profit_own"].sum())
    lowest = float((at_lowest * (own.min() - cost)).sum())
    fenced = (1 - through) * apart + through * lowest - build
    spare, lost = apart - build - together, apart - lowest
    most = 0.0 if spare <= 0 else 1.0 if spare >= lost else spare / lost
    return Fences(table, single, together, fenced, fenced - together, most)
