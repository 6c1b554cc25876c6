"""Where each way of running a firm wins: the market simulated over a grid of two of its assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from customer_value._inputs import numbers, one_whole
from customer_value.strategy.market import CUSTOMER_CENTRIC, PRODUCT_CENTRIC, Market, compare

LEVEL = 1e-9
"""A lead up to this is rounding: the firms are level."""

MEASURES = ("value", "profit", "equity", "share")


@dataclass(frozen=True)
class Regions:
    """The lead of the second rule over the first; ``region_map`` makes it."""

    lead: pd.DataFrame
    """One row per value of ``y`` (lowest first) and one column per value of ``x``: the second firm's ``measure`` less
    the first firm's, in euros for each person in the market (a share of the people where the measure is ``share``)."""
    x: str
    y: str
    measure: str
    rules: tuple[str, str]
    market: Market
    margin: pd.DataFrame | None = None
    """Half the width of the 95% confidence interval of each lead, by Student's t over the repeats and shaped as
    ``lead``; None where there was a single one."""

    @property
    def may_be_luck(self) -> pd.DataFrame:
        """Where the 95% interval of the lead holds nought; nowhere if a single repeat cannot tell."""
        if self.margin is None:
            return pd.DataFrame(False, self.lead.index, self.lead.columns)
        return (self.lead.abs() <= self.margin) & (self.margin > LEVEL)

    @property
    def second_wins(self) -> float:
        """Share of the grid on which the second rule is ahead."""
        return float((self.lead.to_numpy() > LEVEL).mean())


def region_map(
    x: tuple[str, Sequence[float]],
    y: tuple[str, Sequence[float]],
    market: Market | None = None,
    measure: str = "value",
    rules: tuple[str, str] = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC),
    repeats: int = 1,
) -> Regions:
    """The lead of one rule over another on a grid of two of the market's assumptions.

    Parameters
    ----------
    x, y
        Name of a number of ``Market`` and its values, rising: ``("churn", [0, 0.1, 0.2])``.
    market
        The other assumptions.
    measure
        ``value`` (profit of all years and customer equity at the end, discounted), ``profit``, ``equity`` or ``share``.
    rules
        As in ``simulate``; the lead is the second one's.
    repeats
        Seeds to average over, as in ``compare``; from two on, the spread over them gives ``margin``.

    Each point is ``compare``: two runs in which the firms swap places. Raises ``ValueError`` for values that make no
    sense, named as in ``Market``.
    """
    market = Market() if market is None else market
    if measure not in MEASURES:
        raise ValueError(f"measure must be one of {', '.join(MEASURES)}; got {measure!r}.")
    (across, x_values), (up, y_values) = x, y
    if across == up:
        raise ValueError(f"x and y must be two different assumptions; both are {across!r}.")
    for name, values in ((across, x_values), (up, y_values)):
        if np.any(np.diff(numbers(values, f"the values of {name}")) <= 0):
            raise ValueError(f"The values of {name} must rise; got {list(values)}.")
    number = one_whole(repeats, "repeats", least=1, most=1000)
    unit = 1.0 if measure == "share" else float(market.people)
    leads = np.empty((number, len(y_values), len(x_values)))
    for (time, row, column), _ in np.ndenumerate(leads):
        point = market.changed(**{across: x_values[column], up: y_values[row], "seed": market.seed + time})
        firms = compare(point, rules)
        leads[time, row, column] = (firms.loc[1, measure] - firms.loc[0, measure]) / unit

    def table(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(values, pd.Index(y_values, name=up), pd.Index(x_values, name=across))

    margin = table(_margin(leads)) if number > 1 else None
    return Regions(table(leads.mean(axis=0)), across, up, measure, tuple(rules), market, margin)


def _margin(leads: np.ndarray) -> np.ndarray:
    from scipy.special import stdtrit

    number = len(leads)
    return stdtrit(number - 1, 0.975) * leads.std(axis=0, ddof=1) / number**0.5
