"""From tastes to a market: shares of offers, response to a price, profit, the best price.

Shares are those of choices as they were asked. A market also has people who have not heard of an offer, shops that do
not stock it and habit; multiply by what you know of these, and do not take a simulated share for a forecast.
"""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, columns, numbers, single
from customer_value.choice._model import ChoiceModel, Tastes

Floats = NDArray[np.float64]

NOBODY = "none"
"""The row or column of those who buy nothing."""

_GRID = 201


class ExtrapolationWarning(UserWarning):
    """A price outside those that people were shown: nobody said what they would do there."""


class OptimalPrice(NamedTuple):
    """The most profitable price of an offer, all else as given; ``optimal_price`` finds it."""

    price: float
    share: float
    """Of those who choose, from 0 to 1."""
    profit: float
    """Money: (price − unit cost) × share × market size."""
    elasticity: float
    """Of the share by the price: per cent lost for 1 % dearer, below 0."""
    at_limit: bool
    """Whether profit still rises at the end of the prices allowed: then this is a limit, not an optimum."""


def market_shares(model: ChoiceModel, offers: pd.DataFrame, *, outside: float | None = None) -> pd.Series:
    """The share of people who would choose each of ``offers``.

    Parameters
    ----------
    model
        Any choice model of this library.
    offers
        One row per offer, the index its name, with the attributes the model was fitted with.
    outside
        Utility of buying nothing; 0 where the data had a "none" with all attributes 0. ``None``: everybody buys one.

    Returns a Series by offer, adding to 1, with ``none`` for those who buy nothing. Raises ``ValueError`` for levels
    the data lack, names that occur twice and gaps. Warns with ``ExtrapolationWarning`` for prices and other numbers
    beyond those that people were shown.
    """
    utility, tastes, names = _utilities(model, offers, outside)
    _warn_beyond(model, offers)
    shares = tastes.shares @ _logit(utility)
    return pd.Series(shares, pd.Index(names, name="offer"), name="share")


def price_response(
    model: ChoiceModel,
    offers: pd.DataFrame,
    offer: str,
    prices: ArrayLike,
    *,
    price: str = "price",
    outside: float | None = None,
) -> pd.DataFrame:
    """What happens to all shares when ``offer`` has another price and the others stay.

    Arguments as in ``market_shares``; ``prices``, shape (n,), and ``price``, the attribute that is money.

    Returns a DataFrame indexed by ``price`` with a column of shares for each offer (and ``none``), and ``elasticity``,
    of the share of ``offer``: with one kind of people β·p·(1 − share), otherwise averaged over those who buy.
    """
    asked = numbers(prices, "prices")
    curve = _Response(model, offers, offer, price, outside)
    _warn_beyond(model, offers.drop(columns=price))
    _warn_prices(model, price, asked)
    shares, elasticity = curve.at(asked)
    table = pd.DataFrame(shares, pd.Index(asked, name="price"), curve.names)
    table["elasticity"] = elasticity
    return table


def profit_curve(
    model: ChoiceModel,
    offers: pd.DataFrame,
    offer: str,
    prices: ArrayLike,
    *,
    unit_cost: float,
    market_size: float = 1.0,
    price: str = "price",
    outside: float | None = None,
) -> pd.DataFrame:
    """Profit from ``offer`` at each of ``prices``: (price − unit cost) × share × market size.

    ``unit_cost``: money per unit that is sold, in the unit of the price; ``market_size``: people who choose (with 1,
    money is per person). The rest as in ``price_response``. Costs that do not depend on units change no price.

    Returns a DataFrame indexed by ``price`` with ``share``, ``units``, ``revenue``, ``profit`` and ``elasticity``.
    """
    cost, size = amount(unit_cost, "unit_cost"), amount(market_size, "market_size")
    response = price_response(model, offers, offer, prices, price=price, outside=outside)
    table = pd.DataFrame({"share": response[offer]}, response.index)
    table["units"] = size * table["share"]
    table["revenue"] = table["units"] * table.index
    table["profit"] = table["units"] * (table.index - cost)
    table["elasticity"] = response["elasticity"]
    return table


def optimal_price(
    model: ChoiceModel,
    offers: pd.DataFrame,
    offer: str,
    *,
    unit_cost: float,
    price_range: tuple[float, float] | None = None,
    market_size: float = 1.0,
    price: str = "price",
    outside: float | None = None,
) -> OptimalPrice:
    """The price of ``offer`` with the highest profit, the others' prices as they are.

    ``price_range``: the lowest and highest price to consider; ``None``: those that people were shown. The rest as in
    ``profit_curve``. With one kind of people the best price is p = c − 1 / (β·(1 − share)), unit cost plus a mark-up.

    Raises ``ValueError`` without a price range where the model knows none. Competitors do not answer here.
    """
    cost, size = amount(unit_cost, "unit_cost"), amount(market_size, "market_size")
    curve = _Response(model, offers, offer, price, outside)
    low, high = _range(model, price, price_range)
    best = _best([(1.0, curve)], low, high, cost)
    shares, elasticity = curve.at(np.array([best]))
    share = float(shares[0, curve.position])
    return OptimalPrice(best, share, (best - cost) * share * size, float(elasticity[0]), best in (low, high))


class _Response:
    """Shares as a function of the price of one offer."""

    def __init__(self, model: ChoiceModel, offers: pd.DataFrame, offer: str, price: str, outside: float | None) -> None:
        if price not in model.coefficient_names:
            raise ValueError(
                f"price must be a coefficient of the model, {', '.join(model.coefficient_names)}; got {price!r}."
            )
        utility, self.tastes, self.names = _utilities(model, offers, outside)
        if offer not in offers.index:
            raise ValueError(f"offer must be one of {', '.join(map(str, offers.index))}; got {offer!r}.")
        self.position = list(offers.index).index(offer)
        self.slope = self.tastes.coefficients[:, model.coefficient_names.index(price)]
        utility[:, self.position] -= self.slope * float(offers[price].iloc[self.position])
        self.utility = utility

    def at(self, prices: Floats) -> tuple[Floats, Floats]:
        """Shares, shape (prices, offers), and elasticities of the offer's own, shape (prices,)."""
        shares, elasticity = [], []
        for price in prices:
            utility = self.utility.copy()
            utility[:, self.position] += self.slope * price
            each = _logit(utility)
            own = each[:, self.position]
            total = self.tastes.shares @ each
            shares.append(total)
            slope = self.tastes.shares @ (self.slope * own * (1 - own))
            elasticity.append(price * slope / total[self.position] if total[self.position] > 0 else np.nan)
        return np.array(shares), np.array(elasticity)

    def share(self, prices: Floats) -> Floats:
        return self.at(prices)[0][:, self.position]


def _best(parts: list[tuple[float, _Response]], low: float, high: float, cost: float) -> float:
    """The price between the limits where Σ weight × share × (price − cost) is highest; a limit where it rises there."""
    from scipy.optimize import minimize_scalar

    def profit(prices: Floats) -> Floats:
        return sum(weight * curve.share(prices) for weight, curve in parts) * (prices - cost)

    grid = np.linspace(low, high, _GRID)
    heights = profit(grid)
    top = int(heights.argmax())
    if low == high or heights.max() <= 0:
        return float(grid[top])
    bounds = grid[max(top - 1, 0)], grid[min(top + 1, _GRID - 1)]
    found = minimize_scalar(
        lambda at: -profit(np.array([at]))[0], bounds=bounds, method="bounded", options={"xatol": 1e-9 * (high - low)}
    )
    return float(found.x) if -found.fun > heights[top] else float(grid[top])


def _utilities(model: ChoiceModel, offers: pd.DataFrame, outside: float | None) -> tuple[Floats, Tastes, list]:
    """Utilities, shape (kinds, offers), with buying nothing as the last one if it is possible."""
    columns(offers, model.encoding_.attributes, "offers")
    names = list(offers.index)
    if len(set(names)) < len(names) or NOBODY in names:
        raise ValueError(
            f"The index of offers must name each once, and none {NOBODY!r}; got {', '.join(map(str, names))}."
        )
    tastes = model.tastes()
    utility = tastes.coefficients @ model.encoding_.encode(offers, "offers").T
    if outside is not None:
        nothing = np.full((utility.shape[0], 1), single(outside, "outside"))
        utility, names = np.hstack([utility, nothing]), [*names, NOBODY]
    return utility, tastes, names


def _logit(utility: Floats) -> Floats:
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def _range(model: ChoiceModel, price: str, price_range: tuple[float, float] | None) -> tuple[float, float]:
    known = model.encoding_.ranges.get(price)
    if price_range is None:
        if known is None:
            raise ValueError("price_range is needed: this model does not know which prices people were shown.")
        return known
    low, high = (single(end, "price_range") for end in price_range)
    if not low <= high:
        raise ValueError(f"price_range must be the lowest and the highest price; got {low:g} and {high:g}.")
    _warn_prices(model, price, np.array([low, high]))
    return low, high


def _warn_beyond(model: ChoiceModel, offers: pd.DataFrame) -> None:
    for name in model.encoding_.ranges:
        if name in offers:
            _warn_prices(model, name, offers[name].to_numpy(dtype=float))


def _warn_prices(model: ChoiceModel, name: str, values: Floats) -> None:
    known = model.encoding_.ranges.get(name)
    if known is not None and (values.min() < known[0] or values.max() > known[1]):
        far = values.min() if values.min() < known[0] else values.max()
        warnings.warn(
            f"{name} = {far:g} is beyond what people were shown ({known[0]:g} to {known[1]:g}): nobody said what they"
            " would do there.",
            ExtrapolationWarning,
            stacklevel=3,
        )
