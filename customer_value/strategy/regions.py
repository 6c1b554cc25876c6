"""Where each way of running a firm wins: the market simulated over a grid of two of its assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from customer_value._inputs import numbers
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
        Seeds to average over, as in ``compare``.

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
    unit = 1.0 if measure == "share" else float(market.people)
    rows = []
    for high in y_values:
        row = []
        for wide in x_values:
            firms = compare(market.changed(**{across: wide, up: high}), rules, repeats)
            row.append((firms.loc[1, measure] - firms.loc[0, measure]) / unit)
        rows.append(row)
    lead = pd.DataFrame(rows, index=pd.Index(y_values, name=up), columns=pd.Index(x_values, name=across), dtype=float)
    return Regions(lead, across, up, measure, tuple(rules), market)
