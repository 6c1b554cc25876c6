"""What an offer changed: two groups drawn by lot, compared, with what chance leaves open."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import columns, fraction, numbers
from customer_value.churn._pairs import happened


@dataclass(frozen=True)
class Effect:
    """With the offer less without it; ``share_effect`` and ``mean_effect`` make it."""

    with_offer: float
    """Share or mean among those who were sent it."""
    without: float
    effect: float
    low: float
    high: float
    sent: int
    held_out: int


def share_effect(with_offer: Any, without: Any, confidence: float = 0.95) -> Effect:
    """Difference between two shares with its interval by Newcombe's hybrid of two score intervals (1998, method 10).

    ``with_offer`` and ``without`` are flags, one per person, of those drawn for the offer and of those held out. Stays
    within −1 and 1 and is right for small groups and shares near 0. Raises ``ValueError`` for anything but flags.
    """
    one, other = happened(with_offer, "with_offer"), happened(without, "without")
    z = _quantile(confidence)
    (p1, low1, high1), (p0, low0, high0) = _score(one.mean(), one.size, z), _score(other.mean(), other.size, z)
    return Effect(
        p1,
        p0,
        p1 - p0,
        p1 - p0 - float(np.hypot(p1 - low1, high0 - p0)),
        p1 - p0 + float(np.hypot(high1 - p1, p0 - low0)),
        one.size,
        other.size,
    )


def mean_effect(with_offer: Any, without: Any, confidence: float = 0.95) -> Effect:
    """Difference between two means with its interval: ± z · √(s₁²/n₁ + s₀²/n₀).

    ``with_offer`` and ``without`` are numbers, such as margin, one per person, zeros included. For groups of some
    hundreds; a few very large values make the interval less sure than it looks. Raises ``ValueError`` for fewer than
    two people in a group.
    """
    one, other = numbers(with_offer, "with_offer"), numbers(without, "without")
    for values, name in ((one, "with_offer"), (other, "without")):
        if values.size < 2:
            raise ValueError(f"{name} has {values.size} value(s): a mean with an interval needs at least two.")
    effect = float(one.mean() - other.mean())
    reach = _quantile(confidence) * float(np.sqrt(one.var(ddof=1) / one.size + other.var(ddof=1) / other.size))
    return Effect(float(one.mean()), float(other.mean()), effect, effect - reach, effect + reach, one.size, other.size)


def effects_by_group(
    table: pd.DataFrame, outcome: str, by: str | None = None, sent: str = "sent", confidence: float = 0.95
) -> pd.DataFrame:
    """The effect of an offer in each group of a test by lot.

    Parameters
    ----------
    table
        One row per person drawn: ``sent`` (true or false), the ``outcome`` (flags, or numbers such as margin) and the
        group ``by``, which must have been fixed before the outcome was known.
    by
        Column of groups; without it everybody is one group, named "all".

    Returns a frame indexed by group with ``sent``, ``held_out`` (people), ``with_offer``, ``without`` (shares or
    means), ``effect``, ``low`` and ``high``. The more groups, the likelier that one of them stands out by chance.
    Raises ``ValueError`` for missing columns and groups in which nobody was sent the offer, or everybody.
    """
    columns(table, [name for name in (sent, outcome, by) if name is not None], "table")
    drawn = happened(table[sent], sent)
    measure = share_effect if table[outcome].dtype == bool else mean_effect
    groups = pd.Series("all", table.index) if by is None else table[by]
    rows = {}
    for name, rest in groups.groupby(groups, observed=True, sort=True):
        inside = (groups == name).to_numpy()
        if not 0 < drawn[inside].sum() < len(rest):
            raise ValueError(f"Group {name!r} has nobody to compare: all of its {len(rest)} people are in one arm.")
        found = measure(
            table.loc[inside & drawn, outcome].to_numpy(), table.loc[inside & ~drawn, outcome].to_numpy(), confidence
        )
        rows[name] = (
            found.sent, found.held_out, found.with_offer, found.without, found.effect, found.low, found.high
        )  # fmt: skip
    names = ["sent", "held_out", "with_offer", "without", "effect", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis(by or "group")


def _score(share: float, people: int, z: float) -> tuple[float, float, float]:
    """A share and Wilson's score interval for it."""
    middle = (share + z**2 / (2 * people)) / (1 + z**2 / people)
    reach = z * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2)) / (1 + z**2 / people)
    return float(share), float(middle - reach), float(middle + reach)


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + fraction(confidence, "confidence", one=False) / 2)
