"""Which touchpoint first? Bad experiences spared × what each costs in lost margin and in handling, with intervals."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import columns, numbers
from customer_value.experience.gap import normal_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """What an event changed for those it happened to; ``effect_of`` makes it."""

    effect: float
    """Mean outcome of those it happened to, less that of others alike."""
    se: float
    low: float
    high: float
    raw: float
    """The same without regard to who is alike."""
    affected: int
    """People it happened to."""
    compared: int
    """Of these, people for whom there were others alike."""


def effect_of(happened: pd.Series, outcome: pd.Series, alike: pd.Series, confidence: float = 0.95) -> Effect:
    """Compare those an event happened to with others alike before it.

    Parameters
    ----------
    happened
        True or false for each person.
    outcome
        What each did afterwards: orders, margin, cost.
    alike
        The class of each person by what was known before, such as the number of orders. Where the event falls on some
        kinds of people more often than on others, a comparison without classes shows the kinds, not the event.

    Each class counts by how many people it happened to in it; a class with fewer than two people on either side is left
    out (``compared`` says how many remain). Standard error: √Σ share² (s₁²/n₁ + s₀²/n₀). It is an effect only if
    nothing else that matters differs within a class.

    Raises ``ValueError`` for gaps, different indexes, or no class that can be compared.
    """
    for name, values in (("outcome", outcome), ("alike", alike)):
        if not isinstance(values, pd.Series) or not values.index.equals(happened.index):
            raise ValueError(f"{name} must be a Series with the index of happened: one entry per person.")
    if happened.isna().any() or not happened.isin([True, False]).all():
        raise ValueError("happened must be true or false for everybody.")
    if alike.isna().any():
        raise ValueError(f"alike has {alike.isna().sum()} gap(s): put everybody into a class.")
    after = numbers(outcome, "outcome")
    event = happened.to_numpy(dtype=bool)
    table = pd.DataFrame({"event": event, "outcome": after, "alike": alike.to_numpy()})
    parts = table.groupby(["alike", "event"], observed=True)["outcome"].agg(["mean", "var", "size"]).unstack("event")
    there = [("size", side) in parts.columns for side in (True, False)]
    if not all(there):
        raise ValueError(f"happened is {'false' if not there[0] else 'true'} throughout: there is nothing to compare.")
    size = parts["size"].fillna(0)
    usable = (size[True] >= 2) & (size[False] >= 2)
    if not usable.any():
        raise ValueError("No class has two people on either side: make the classes wider.")
    parts, size = parts[usable], size[usable]
    share = size[True] / size[True].sum()
    effect = float((share * (parts["mean"][True] - parts["mean"][False])).sum())
    variance = parts["var"][True] / size[True] + parts["var"][False] / size[False]
    se = float(np.sqrt((share**2 * variance).sum()))
    reach = normal_quantile(confidence)
    raw = float(after[event].mean() - after[~event].mean())
    return Effect(effect, se, effect - reach * se, effect + reach * se, raw, int(event.sum()), int(size[True].sum()))


_SPARED = ("passing", "affected", "fixable")
_WORTH = ("loss", "margin")


def priorities(touchpoints: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """What mending each touchpoint would bring in a year, with an interval, the best first.

    value = passing × affected × fixable × (loss × margin + handling)

    Parameters
    ----------
    touchpoints
        One row per touchpoint, with ``passing`` (customers a year), ``affected`` (share of them who have a bad
        experience), ``fixable`` (share of these that would be spared), ``loss`` (orders, or anything with a margin,
        that one bad experience costs in a year), ``margin`` (money for each) and ``cost`` (money a year to mend it);
        ``handling`` may add money that one bad experience costs whether or not orders are lost, such as calls and
        returns. Of each but ``cost`` ``<name>_se`` may give a standard error; it counts as exactly known where the
        column is not there.
    confidence
        Of the interval.

    Returns
    -------
    DataFrame with the same index and ``value``, ``se``, ``low``, ``high``, ``cost``, ``net`` (value less cost) and
    ``chance`` (that the value exceeds the cost), ordered by ``net``.

    The standard error is exact for products of independent factors, √(Π(m² + s²) − Π m²) (Goodman, 1960); interval and
    chance take the value for normal. A loss below 0 (customers with the bad experience bought more) is kept: it says
    that the data do not show a loss.

    Raises ``ValueError`` for missing columns, gaps, shares beyond 0 to 1, or a negative number of customers or cost.
    """
    columns(touchpoints, [*_SPARED, *_WORTH, "cost"], "touchpoints")
    for name in ("affected", "fixable"):
        highest = numbers(touchpoints[name], name).max()
        if highest > 1:
            raise ValueError(f"{name} must be a share from 0 to 1; the highest is {highest:g}.")
    worth, spread = _product([_factor(touchpoints, name) for name in _WORTH])
    if "handling" in touchpoints:
        extra, its = _factor(touchpoints, "handling")
        worth, spread = worth + extra, spread + its
    means, variance = _product([*(_factor(touchpoints, name) for name in _SPARED), (worth, spread)])
    cost = numbers(touchpoints["cost"], "cost", negative=False)
    se = np.sqrt(variance)
    reach = normal_quantile(confidence)
    chance = [
        NormalDist().cdf((value - paid) / error) if error > 0 else float(value > paid)
        for value, paid, error in zip(means, cost, se, strict=True)
    ]
    table = pd.DataFrame(
        {
            "value": means,
            "se": se,
            "low": means - reach * se,
            "high": means + reach * se,
            "cost": cost,
            "net": means - cost,
            "chance": chance,
        },
        index=touchpoints.index,
    )
    return table.sort_values("net", ascending=False, kind="stable")


def _factor(touchpoints: pd.DataFrame, name: str) -> tuple[Floats, Floats]:
    """Mean and variance of one column; the variance is 0 where no standard error is given."""
    mean = numbers(touchpoints[name], name, negative=name in _WORTH)
    error = f"{name}_se"
    known = error not in touchpoints
    return mean, np.zeros(len(touchpoints)) if known else numbers(touchpoints[error], error, negative=False) ** 2


def _product(factors: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Mean and variance of a product of independent factors."""
    means, variance = factors[0]
    for mean, own in factors[1:]:
        means, variance = means * mean, variance * (mean**2 + own) + means**2 * own
    return means, variance
