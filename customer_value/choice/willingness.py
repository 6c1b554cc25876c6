"""Willingness to pay: how much dearer an alternative may be for having an attribute, and be liked as much.

With utility linear in price that is −β / β_price, in the unit of the price per unit of the attribute. It says what an
attribute is worth to the people asked, not what it can be sold for: competitors may offer it, too.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import one_whole
from customer_value.choice._model import ChoiceModel, Errors, _normal_reach, normal_points
from customer_value.choice.latent import LatentClassLogit
from customer_value.choice.mixed import MixedLogit
from customer_value.choice.multinomial import MultinomialLogit

Floats = NDArray[np.float64]
Method = Literal["delta", "krinsky-robb"]


def willingness_to_pay(
    model: MultinomialLogit | LatentClassLogit,
    attributes: Sequence[str] | None = None,
    *,
    price: str = "price",
    method: Method = "delta",
    level: float = 0.95,
    errors: Errors = "person",
    draws: int = 10_000,
    seed: int = 1,
) -> pd.DataFrame:
    """−β / β_price of each attribute, with an interval.

    Parameters
    ----------
    model
        A fitted multinomial logit, or latent classes: then there is a row per segment and attribute.
    attributes
        Names of coefficients; ``None``: all but the price.
    price
        Name of the price's coefficient, which must be below 0.
    method
        ``"delta"``: a normal interval from the slope of the ratio. ``"krinsky-robb"``: quantiles of the ratio over
        ``draws`` of the coefficients from their normal distribution, with ``seed``; better where that of the price is
        not far from 0, as the interval need not be symmetric.
    level, errors
        Of the interval, and as in ``ChoiceModel.covariance``.

    Returns a DataFrame indexed by ``attribute`` (and ``segment``) with ``estimate``, ``se`` (by the delta method, or
    the standard deviation of draws), ``lower`` and ``upper``, in the unit of the price. Raises ``ValueError`` for a
    coefficient of price that is not below 0, or of which more than 1 in 1,000 draws are not: the ratio means nothing.

    Source: Krinsky & Robb (1986), Review of Economics and Statistics 68(4), 715–719; Hole (2007), Health Economics
    16(8), 827–840, who compares both.
    """
    if method not in ("delta", "krinsky-robb"):
        raise ValueError(f"method must be 'delta' or 'krinsky-robb'; got {method!r}.")
    if isinstance(model, MixedLogit):
        raise TypeError("Tastes differ in a MixedLogit: use wtp_distribution(model), which gives everybody's.")
    if isinstance(model, LatentClassLogit):
        names, prefixes = model.coefficient_names, [f"{at}: " for at in range(1, model.classes + 1)]
    else:
        names, prefixes = model.coefficient_names, [""]
    wanted = _wanted(names, attributes, price)
    covariance = model.covariance(errors)
    reach = _normal_reach(level)
    random, count = np.random.default_rng(seed), one_whole(draws, "draws", least=100, most=1_000_000)
    tables = []
    for prefix in prefixes:
        columns = [prefix + name for name in (*wanted, price)]
        beta = model.params_[columns].to_numpy()
        spread = covariance.loc[columns, columns].to_numpy()
        _refuse_price(float(beta[-1]), prefix + price)
        estimate = -beta[:-1] / beta[-1]
        if method == "delta":
            se, lower, upper = _delta(beta, spread, reach)
        else:
            se, lower, upper = _drawn(beta, spread, level, count, random, prefix + price)
        tables.append(
            pd.DataFrame(
                {"estimate": estimate, "se": se, "lower": lower, "upper": upper}, pd.Index(wanted, name="attribute")
            )
        )
    if len(tables) == 1:
        return tables[0]
    return pd.concat(tables, keys=range(1, len(tables) + 1), names=["segment"])


def wtp_distribution(
    model: ChoiceModel,
    attributes: Sequence[str] | None = None,
    *,
    price: str = "price",
    of: Literal["population", "people"] = "population",
) -> pd.DataFrame:
    """Willingness to pay of each kind of people: a column per attribute, one row per kind, with its ``share``.

    Parameters
    ----------
    model
        A fitted choice model.
    attributes, price
        As in ``willingness_to_pay``.
    of
        ``"population"``: 2,000 people drawn from the distribution of a mixed logit, or one row per segment.
        ``"people"``: those who were asked, each by their probable tastes (``person_tastes``).

    Raises ``ValueError`` where the price's coefficient is not below 0 for everybody: with a normal coefficient of price
    some people like to pay, and others, near 0, would pay anything. Make it the same for all, or negative lognormal.
    """
    wanted = _wanted(model.coefficient_names, attributes, price)
    if of == "population":
        shares, coefficients = model.tastes()
        table = pd.DataFrame(coefficients, columns=list(model.coefficient_names))
    elif of == "people":
        if not isinstance(model, MixedLogit | LatentClassLogit):
            raise TypeError("People do not differ in this model; fit a MixedLogit or a LatentClassLogit.")
        table = model.person_tastes()
        shares = np.full(len(table), 1 / len(table))
    else:
        raise ValueError(f"of must be 'population' or 'people'; got {of!r}.")
    wrong = float(shares[table[price].to_numpy() >= 0].sum())
    if wrong > 0:
        raise ValueError(
            f"{wrong:.1%} of people have a coefficient of {price} that is not below 0, so their willingness to pay"
            f" has no meaning. Make {price} the same for everybody, or 'negative lognormal'."
        )
    result = table[wanted].div(-table[price], axis=0)
    result.insert(0, "share", shares)
    return result


def _wanted(names: tuple[str, ...], attributes: Sequence[str] | None, price: str) -> list[str]:
    if price not in names:
        raise ValueError(f"price must be one of the coefficients, {', '.join(names)}; got {price!r}.")
    if isinstance(attributes, str):
        attributes = [attributes]
    wanted = [name for name in names if name != price] if attributes is None else list(attributes)
    unknown = [name for name in wanted if name not in names or name == price]
    if unknown or not wanted:
        raise ValueError(f"attributes must be some of {', '.join(n for n in names if n != price)}; got {unknown}.")
    return wanted


def _refuse_price(value: float, name: str) -> None:
    if value >= 0:
        raise ValueError(
            f"The coefficient of {name} is {value:.4g}, so dearer is liked better and willingness to pay has no"
            " meaning. Did price stand for something else in the data, such as quality?"
        )


def _delta(beta: Floats, covariance: Floats, reach: float) -> tuple[Floats, Floats, Floats]:
    ratio, last = -beta[:-1] / beta[-1], beta[-1]
    variance = np.diag(covariance)
    between = covariance[:-1, -1]
    se = np.sqrt((variance[:-1] + ratio**2 * variance[-1] + 2 * ratio * between).clip(0)) / abs(last)
    return se, ratio - reach * se, ratio + reach * se


def _drawn(
    beta: Floats, covariance: Floats, level: float, count: int, random: np.random.Generator, price: str
) -> tuple[Floats, Floats, Floats]:
    drawn = normal_points(beta, covariance, count, random)
    if np.mean(drawn[:, -1] >= 0) > 0.001:
        raise ValueError(
            f"The coefficient of {price} is not told apart from 0 ({beta[-1]:.4g}, standard error"
            f" {np.sqrt(covariance[-1, -1]):.4g}): willingness to pay could be anything."
        )
    ratios = -drawn[:, :-1] / drawn[:, -1:]
    lower, upper = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return ratios.std(axis=0, ddof=1), lower, upper
