"""Who will bring little next year: calling customers low value, right and wrong calls, and what they are worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import aligned, amount, fraction, numbers, shares, single
from customer_value.segments.tiers import log_features


@dataclass(frozen=True)
class Confusion:
    """Customers by what was called and what came; "low" is the class that is looked for."""

    right: float
    """Called low, and low (true positives)."""
    wrong: float
    """Called low, and not low (false positives)."""
    missed: float
    """Not called low, and low (false negatives)."""
    spared: float
    """Not called low, and not low (true negatives)."""

    @property
    def customers(self) -> float:
        """All of them."""
        return self.right + self.wrong + self.missed + self.spared

    @property
    def base_rate(self) -> float:
        """Share of customers who are low: the precision of calling everybody low."""
        return (self.right + self.missed) / self.customers

    @property
    def precision(self) -> float:
        """Share of those called low who are low; not a number when nobody is called."""
        called = self.right + self.wrong
        return self.right / called if called else float("nan")

    @property
    def recall(self) -> float:
        """Share of the low who are called low; not a number when nobody is low."""
        low = self.right + self.missed
        return self.right / low if low else float("nan")

    @property
    def accuracy(self) -> float:
        """Share of all calls that are right."""
        return (self.right + self.spared) / self.customers

    def money(self, gain_right: float, cost_wrong: float) -> float:
        """Money from acting on the calls: a gain for each right one less a cost for each wrong one."""
        return single(gain_right, "gain_right") * self.right - single(cost_wrong, "cost_wrong") * self.wrong


def confusion(called_low: ArrayLike, low: ArrayLike) -> Confusion:
    """Count calls by what came.

    Parameters
    ----------
    called_low, low
        Called low value, and really low value: true or false per customer, shape (n,), same order.
    """
    called, came = (_flags(values, name) for name, values in (("called_low", called_low), ("low", low)))
    if called.size != came.size:
        raise ValueError(f"called_low and low must be about the same customers; got {called.size} and {came.size}.")
    counts = [int(np.count_nonzero(part)) for part in (called & came, called & ~came, ~called & came, ~called & ~came)]
    return Confusion(*counts)


def confusion_from_rates(customers: float, base_rate: float, precision: float, recall: float) -> Confusion:
    """The customers behind a quoted precision and recall: nothing follows from the two without the base rate.

    right = n·b·R, wrong = right·(1 − P)/P, missed = n·b·(1 − R), and the rest is spared.

    Parameters
    ----------
    customers
        How many, n.
    base_rate, precision, recall
        Shares b, P and R; precision is above 0.

    Raises ``ValueError`` where no group of customers can have these rates: more would be called wrongly than there are
    customers who are not low.
    """
    n, b = amount(customers, "customers"), fraction(base_rate, "base_rate", zero=True)
    p, r = fraction(precision, "precision"), fraction(recall, "recall", zero=True)
    right = n * b * r
    wrong = right * (1 - p) / p
    if wrong > n * (1 - b) * (1 + 1e-9):
        raise ValueError(
            f"A precision of {p:.0%} at a recall of {r:.0%} is impossible at a base rate of {b:.0%}: {wrong:,.0f} wrong"
            f" calls among {n * (1 - b):,.0f} customers who are not low."
        )
    return Confusion(right, wrong, n * b - right, n * (1 - b) - wrong)


def break_even_chance(gain_right: float, cost_wrong: float) -> float:
    """The chance of being low from which it pays to act: cost of a wrong call / (gain of a right one + that cost).

    Parameters are money per customer, not negative and not both 0. Returns a share.

    Source: Elkan (2001), Proceedings of IJCAI, equation 2 in other words: act where p·gain ≥ (1 − p)·cost.
    """
    gain, cost = amount(gain_right, "gain_right"), amount(cost_wrong, "cost_wrong")
    if gain + cost == 0:
        raise ValueError("gain_right and cost_wrong are both 0: then it does not matter what is done.")
    return cost / (gain + cost)


def money_of_dropping(value: ArrayLike, saving: float, loss_share: float) -> NDArray[np.float64]:
    """Money from no longer spending ``saving`` on each customer: saving − loss_share × value.

    Parameters
    ----------
    value
        What each customer brings in the period with the spending, money, shape (n,); below zero for losses.
    saving
        Money no longer spent on each in the period.
    loss_share
        Share of ``value`` that goes when the spending stops: an assumption until an experiment measures it.
    """
    return amount(saving, "saving") - fraction(loss_share, "loss_share", zero=True) * numbers(value, "value")


def cutoff_table(
    chance: pd.Series,
    value: pd.Series,
    *,
    low_below: float,
    saving: float,
    loss_share: float,
    cutoffs: Iterable[float] = tuple(np.arange(0.0, 1.0, 0.05).round(2)),
) -> pd.DataFrame:
    """What each cut-off on the chance of being low value finds, and what it is worth.

    Parameters
    ----------
    chance
        Chance of being low value per customer, as from ``chance_of_low_value``.
    value
        What each brought afterwards, money, same index.
    low_below
        Low value is a value below this.
    saving, loss_share
        As in ``money_of_dropping``; everybody with a chance of at least the cut-off is dropped.

    Returns a DataFrame indexed by ``cutoff`` with ``called`` (customers), ``precision`` (missing where nobody is
    called), ``recall``, and ``money`` in all.
    """
    likely = shares(chance, "chance")
    aligned(value, chance.index, "value")
    brought = numbers(value, "value")
    low = brought < single(low_below, "low_below")
    each = money_of_dropping(brought, saving, loss_share)
    rows = {}
    for cutoff in cutoffs:
        called = likely >= fraction(cutoff, "cutoffs", zero=True)
        counts = confusion(called, low)
        rows[float(cutoff)] = {
            "called": int(called.sum()),
            "precision": counts.precision,
            "recall": counts.recall,
            "money": float(each[called].sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype({"called": "int64"}).rename_axis("cutoff")


def chance_of_low_value(earlier: pd.DataFrame, was_low: ArrayLike, now: pd.DataFrame) -> pd.Series:
    """The chance that each customer will be low value, learned from an earlier year whose end is known.

    A logistic regression on the logarithms of recency, frequency and money, each measured against the other customers
    of its own day.

    Parameters
    ----------
    earlier, now
        Frames as ``log_features`` takes, at the earlier day and today.
    was_low
        Whether each customer of ``earlier`` turned out low value, true or false, same order.

    Returns a Series of shares with the index of ``now``. Raises ``ValueError`` when all of ``was_low`` are the same.
    """
    from sklearn.linear_model import LogisticRegression

    flags = _flags(was_low, "was_low")
    points = log_features(earlier)
    if flags.size != len(points):
        raise ValueError(f"was_low must have one entry per customer of earlier; got {flags.size} for {len(points)}.")
    if flags.all() or not flags.any():
        raise ValueError("was_low is the same for everybody: there is nothing to learn.")
    # Hardly any shrinkage, and a tight stop, so that every version gives the same digits.
    model = LogisticRegression(C=1e6, tol=1e-8, max_iter=1000).fit(points, flags)
    return pd.Series(model.predict_proba(log_features(now))[:, 1], index=now.index, name="chance")


def _flags(values: Any, name: str) -> NDArray[np.bool_]:
    found = np.asarray(values)
    if found.dtype.kind != "b" or found.ndim != 1 or found.size == 0:
        raise TypeError(f"{name} must be true or false for each customer; got {found.dtype} of shape {found.shape}.")
    return found
