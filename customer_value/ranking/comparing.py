"""Which list is better, by how much, and is it more than chance? And how long should it be?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._counts import tally
from customer_value._inputs import amount, fraction, numbers, one_whole, single, within
from customer_value.validation import capture_curve

Floats = NDArray[np.float64]


def compare_rankings(
    predicted: Mapping[str, ArrayLike],
    actual: ArrayLike,
    *,
    reference: str | None = None,
    best: float = 0.1,
    rounds: int = 500,
    sure: float = 0.9,
    seed: int = 1,
) -> pd.DataFrame:
    """What the best customers by each prediction brought, and how far the lists differ beyond chance.

    Every round draws as many customers, with replacement, and makes all lists anew from the same draw: so the interval
    of a difference is that of the difference, not the overlap of two intervals. It says what other customers of the
    same kind might have done. The predictions are taken as they are: nothing is fitted again.

    Parameters
    ----------
    predicted
        Scores per customer as {name: values}, any unit, higher is better. Equal scores count as in
        ``validation.value_groups``.
    actual
        What came true, same customers and order, not negative.
    reference
        The ranking that others are compared with; ``None``: the first.
    best
        Share of customers on the list.
    rounds, sure, seed
        Draws, share of them inside an interval, and the seed of the draws.

    Returns
    -------
    DataFrame indexed by ``ranking`` with ``captured`` (share of all actual value that the list brought), ``low``,
    ``high``, ``value`` (the same in money), ``difference`` (of ``value``, from the reference), ``difference_low`` and
    ``difference_high``. ``attrs`` says ``customers`` (on the list), ``reference``, ``best`` and ``sure``.

    Raises ``ValueError`` as ``validation.capture_curve``, and for an unknown reference.
    """
    if not isinstance(predicted, Mapping) or not predicted:
        raise ValueError("predicted must be rankings by name, {name: values}.")
    name = next(iter(predicted)) if reference is None else reference
    if name not in predicted:
        raise ValueError(f"reference must be one of {', '.join(map(str, predicted))}; got {name!r}.")
    share, inside = fraction(best, "best", one=False), fraction(sure, "sure", one=False)
    number = one_whole(rounds, "rounds", least=20)
    capture_curve(predicted, actual, points=2)
    true = numbers(actual, "actual")
    lists = {each: _Ranking(numbers(values, each)) for each, values in predicted.items()}
    alone = np.ones(true.size)
    found = {each: one.brought(alone, true, share) for each, one in lists.items()}
    random = np.random.default_rng(seed)
    drawn = {each: np.empty(number) for each in lists}
    total = np.empty(number)
    for at in range(number):
        weight = tally(random.integers(true.size, size=true.size), least=true.size).astype(float)
        value = weight * true
        total[at] = value.sum()
        for each, one in lists.items():
            drawn[each][at] = one.brought(weight, value, share)
    ends = [(1 - inside) / 2, (1 + inside) / 2]
    rows = {}
    for each in lists:
        low, high = np.quantile(drawn[each] / total, ends)
        less, more = np.quantile(drawn[each] - drawn[name], ends)
        rows[each] = {
            "captured": found[each] / true.sum(),
            "low": low,
            "high": high,
            "value": found[each],
            "difference": found[each] - found[name],
            "difference_low": less,
            "difference_high": more,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("ranking")
    table.attrs = {"customers": round(share * true.size), "reference": name, "best": share, "sure": inside}
    return table


def list_gains(
    predicted: Any,
    actual: ArrayLike,
    *,
    effect: float,
    margin: float,
    cost: float,
    points: int = 100,
) -> pd.DataFrame:
    """What a programme for the best customers gains, for every length of the list.

    Gain of a list of k customers: effect · margin · (value the k bring without the programme) − cost · k. The effect is
    an assumption: only an experiment measures it.

    Parameters
    ----------
    predicted, actual
        As in ``validation.capture_curve``: one ranking, or several by name; and value in money, either what came true
        or what is expected.
    effect
        Share by which the programme raises what a customer spends; the same for all.
    margin
        Share of spend left after variable costs.
    cost
        Money per customer on the list.
    points
        How many lengths from nobody to everybody.

    Returns
    -------
    DataFrame indexed by ``customers`` (number on the list) with a column of money for each ranking and one for
    "perfect foresight".
    """
    raised, share = within(single(effect, "effect"), "effect", low=0), fraction(margin, "margin", zero=True)
    each = amount(cost, "cost")
    table = capture_curve(predicted, actual, points=points)
    true = numbers(actual, "actual")
    length = table.index.to_numpy() * true.size
    gains = float(raised) * share * true.sum() * table.to_numpy() - each * length[:, None]
    return pd.DataFrame(gains, columns=table.columns, index=pd.Index(length, name="customers"))


def customer_equity(
    values: ArrayLike, *, won: float = 0, value_won: float = 0.0, acquisition_cost: float = 0.0
) -> float:
    """What the customers are worth together: Σ residual value + customers to be won · (value of one − cost of one).

    Parameters
    ----------
    values
        Residual lifetime value of each present customer, money.
    won
        How many new customers will be won.
    value_won
        What one of them brings, the first purchase included, as of today.
    acquisition_cost
        What winning one costs, as of today.

    Returns money. Fixed costs are not in it, so it is no value of the firm.

    Source: Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41(1), 7–18.
    """
    present = within(numbers(values, "values"), "values")
    count, cost = amount(won, "won"), amount(acquisition_cost, "acquisition_cost")
    return float(present.sum() + count * (single(value_won, "value_won") - cost))


class _Ranking:
    """The order of one prediction, kept so that value can be added up along it again and again."""

    def __init__(self, guess: Floats) -> None:
        kinds, code = np.unique(-guess, return_inverse=True)
        self.size, self.code = kinds.size, code.reshape(-1)

    def brought(self, weight: Floats, value: Floats, share: float) -> float:
        """Value of the best ``share`` of customers, each counted ``weight`` times; ties in proportion."""
        count = np.cumsum(tally(self.code, weights=weight, least=self.size))
        total = np.cumsum(tally(self.code, weights=value, least=self.size))
        at = share * count[-1]
        return float(np.interp(at, np.concatenate([[0.0], count]), np.concatenate([[0.0], total])))
