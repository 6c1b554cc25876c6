"""How sure is a price: the profit of each price with an interval, from the uncertainty of the estimated tastes."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, fraction, numbers, one_whole
from customer_value.choice._model import ChoiceModel, Errors, normal_points
from customer_value.choice.latent import LatentClassLogit, _shares
from customer_value.choice.market import profit_curve
from customer_value.choice.multinomial import MultinomialLogit

Floats = NDArray[np.float64]


def profit_interval(
    model: MultinomialLogit | LatentClassLogit,
    offers: pd.DataFrame,
    offer: str,
    prices: ArrayLike,
    *,
    unit_cost: float,
    market_size: float = 1.0,
    price: str = "price",
    outside: float | None = None,
    level: float = 0.9,
    draws: int = 500,
    seed: int = 1,
    errors: Errors = "person",
) -> pd.DataFrame:
    """Share and profit of ``offer`` at each of ``prices``, with an interval at ``level``.

    The estimates are drawn ``draws`` times from their normal distribution (covariance as in ``ChoiceModel.covariance``
    with ``errors``), and shares and profits are worked out for each. The interval holds what the sample leaves open and
    nothing else: not that answers cost nothing, that competitors answer, or that the model is another. Other arguments
    as in ``profit_curve``.

    Returns a DataFrame indexed by ``price`` with ``share``, ``share_lower``, ``share_upper``, ``profit``, ``lower``,
    ``upper`` and ``best``, the share of draws in which this of the prices earns most: intervals of two prices overlap
    even where one beats the other in nearly every draw, because both move together. Raises ``TypeError`` for a mixed
    logit, whose simulated draws would hide the spread, and ``ValueError`` for estimates without a covariance.

    Source: as Krinsky & Robb (1986), Review of Economics and Statistics 68(4), 715–719, for elasticities.
    """
    if not isinstance(model, MultinomialLogit | LatentClassLogit):
        raise TypeError(f"profit_interval needs a MultinomialLogit or a LatentClassLogit; got {type(model).__name__}.")
    asked, cost, size = numbers(prices, "prices"), amount(unit_cost, "unit_cost"), amount(market_size, "market_size")
    count = one_whole(draws, "draws", least=50, most=100_000)
    within = fraction(level, "level", one=False)
    middle = profit_curve(model, offers, offer, asked, unit_cost=cost, market_size=size, price=price, outside=outside)
    shares = _drawn_shares(model, offers, offer, asked, price, outside, count, np.random.default_rng(seed), errors)
    worth = size * (asked - cost)
    winners = (worth[:, None] * shares).argmax(axis=0)
    ends = [(1 - within) / 2, (1 + within) / 2]
    low, high = np.quantile(shares, ends, axis=1)
    sides = np.sort([worth * low, worth * high], axis=0)
    return pd.DataFrame(
        {
            "share": middle["share"].to_numpy(),
            "share_lower": low,
            "share_upper": high,
            "profit": middle["profit"].to_numpy(),
            "lower": sides[0],
            "upper": sides[1],
            "best": np.bincount(winners, minlength=asked.size) / count,
        },
        pd.Index(asked, name="price"),
    )


def _drawn_shares(
    model: ChoiceModel,
    offers: pd.DataFrame,
    offer: str,
    prices: Floats,
    price: str,
    outside: float | None,
    count: int,
    random: np.random.Generator,
    errors: Errors,
) -> Floats:
    """Shares of ``offer``, shape (prices, draws)."""
    points = normal_points(model.params_.to_numpy(), model.covariance(errors).to_numpy(), count, random)
    kinds, coefficients = _tastes(model, points)
    design = model.encoding_.encode(offers, "offers")
    at, money = list(offers.index).index(offer), model.coefficient_names.index(price)
    utility = coefficients @ design.T
    if outside is not None:
        utility = np.concatenate([utility, np.full((*utility.shape[:2], 1), float(outside))], axis=2)
    slope = coefficients[:, :, money]
    start = utility[:, :, at] - slope * design[at, money]
    found = np.empty((prices.size, count))
    for place, value in enumerate(prices):
        utility[:, :, at] = start + slope * value
        weight = np.exp(utility - utility.max(axis=2, keepdims=True))
        found[place] = (kinds * weight[:, :, at] / weight.sum(axis=2)).sum(axis=1)
    return found


def _tastes(model: ChoiceModel, points: Floats) -> tuple[Floats, Floats]:
    """Shares of kinds, shape (draws, kinds), and coefficients, shape (draws, kinds, coefficients)."""
    if isinstance(model, LatentClassLogit):
        others = model.classes - 1
        kinds = np.array([_shares(point, model.classes) for point in points])
        return kinds, points[:, others:].reshape(len(points), model.classes, -1)
    return np.ones((len(points), 1)), points[:, None, :]
