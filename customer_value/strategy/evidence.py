"""What studies of successful companies show in worlds where nothing works.

Two simulations of how a claim can look true. ``bold_firms``: whoever takes more risk is over-represented among the
best and among the worst, though it gains nothing on average (Denrell, 2005). ``rated_companies``: customers rate a
company that does well higher on everything, so that many high ratings go with growth though they do not cause it
(the halo effect; Rosenzweig, 2007).
"""

import math

import numpy as np
import pandas as pd

from customer_value._inputs import amount, fraction, one_whole
from customer_value.strategy.elements import LAYER_OF

_ELEMENTS = len(LAYER_OF)
GROUPS = ("none", "one", "two or three", "four or more")
_MEAN_GROWTH, _SPREAD_OF_GROWTH = 4.0, 6.0
_TYPICAL, _OF_ELEMENT = -0.75, 0.35
"""Where the share of ratings of 8 or more lies for an average company, and how much elements differ, on the scale of
standard deviations of one rating."""


def bold_firms(firms: int = 10_000, *, focused: float = 0.3, more_spread: float = 1.5, seed: int = 1) -> pd.DataFrame:
    """Firms of which a share are ``focused``, with profits of the same mean and ``more_spread`` times the spread.

    Returns a frame with ``focused`` (bool) and ``profit`` (in standard deviations of the other firms' profit), one
    row for each firm. Focus gains nothing on average, by construction.
    """
    count = one_whole(firms, "firms", least=10, most=1_000_000)
    random = np.random.default_rng(seed)
    bold = random.random(count) < fraction(focused, "focused", zero=True)
    spread = np.where(bold, amount(more_spread, "more_spread"), 1.0)
    return pd.DataFrame({"focused": bold, "profit": spread * random.standard_normal(count)})


def rated_companies(companies: int = 1_000, *, halo: float = 0.5, effect: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """Companies with their ``growth`` (% a year) and how many of 30 elements are ``strong`` in their customers' eyes.

    An element is strong if at least half of the customers give it 8 or more. ``halo`` (0 to 1) is how far growth lifts
    all ratings, in standard deviations of a rating per standard deviation of growth; ``effect`` (0 to 1) is the
    correlation of what a company really delivers with its growth. With ``effect`` 0 no element makes anybody grow.
    """
    count = one_whole(companies, "companies", least=10, most=100_000)
    lift, cause = fraction(halo, "halo", zero=True), fraction(effect, "effect", zero=True)
    random = np.random.default_rng(seed)
    delivered = random.standard_normal(count)
    luck = random.standard_normal(count)
    standing = cause * delivered + math.sqrt(1 - cause**2) * luck
    of_element = _OF_ELEMENT * random.standard_normal((count, _ELEMENTS))
    # Half of the customers give eight or more where the mean rating, so scaled, is above 0.
    strong = (_TYPICAL + _OF_ELEMENT * delivered[:, None] + lift * standing[:, None] + of_element > 0).sum(axis=1)
    return pd.DataFrame({"growth": _MEAN_GROWTH + _SPREAD_OF_GROWTH * standing, "strong": strong})


def growth_by_strength(companies: pd.DataFrame) -> pd.DataFrame:
    """Mean ``growth`` and number of ``companies`` by how many elements are strong: none, one, two or three, more."""
    group = pd.cut(companies["strong"], [-1, 0, 1, 3, _ELEMENTS], labels=GROUPS)
    table = companies.groupby(group, observed=False)["growth"].agg(["size", "mean"])
    table.columns = ["companies", "growth"]
    return table.rename_axis("strong elements")
