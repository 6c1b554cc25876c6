"""Do the best stay best? Two periods compared: tiers, what becomes of the top, regression to the mean.

Each function takes two columns of the same customers in the same order, for example ``before`` and
``after`` of ``transactions.before_and_after``, or ``odd`` and ``even`` of
``transactions.odd_and_even_weeks``. Customers who bought nothing are in both columns, with zero.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, fraction, numbers, single


def tiers(values: ArrayLike, count: int = 10) -> NDArray[np.int64]:
    """The tier of each customer by value: 1 for the best n / ``count`` customers, ``count`` for the last.

    Tiers are of equal size, give or take one customer. Equal values are put in the order given, so a
    tier boundary that falls among them is arbitrary. Raises ``ValueError`` for empty, missing or negative
    values, or fewer customers than tiers.
    """
    array = numbers(values, "values", negative=False)
    if not 2 <= count <= array.size:
        raise ValueError(f"count must be from 2 to the number of customers ({array.size}); got {count}.")
    rank = np.empty(array.size, dtype=np.int64)
    rank[np.argsort(-array, kind="stable")] = np.arange(array.size)
    return rank * count // array.size + 1


def tier_table(before: ArrayLike, after: ArrayLike, count: int = 10) -> pd.DataFrame:
    """What each tier of the first period did in the second.

    Parameters
    ----------
    before, after
        Value per customer in two periods, shape (n,), same order, same unit, not negative.
    count
        Number of tiers; 10 gives deciles.

    Returns
    -------
    DataFrame indexed by ``tier`` (1 is best) with ``customers``, ``before`` and ``after`` (means, unit of
    the values), ``buying_after`` (share with any value in the second period) and ``share_of_after`` (the
    tier's share of the second period's value).
    """
    first, second = _pair(before, after)
    table = pd.DataFrame({"tier": tiers(first, count), "before": first, "after": second, "buys": second > 0})
    grouped = table.groupby("tier")
    return pd.DataFrame(
        {
            "customers": grouped.size(),
            "before": grouped["before"].mean(),
            "after": grouped["after"].mean(),
            "buying_after": grouped["buys"].mean(),
            "share_of_after": grouped["after"].sum() / second.sum(),
        }
    )


@dataclass(frozen=True)
class TopTierShift:
    """What became of the best customers of one period in another; ``top_tier_shift`` makes it."""

    customers: int
    """How many customers the top tier holds."""
    before: float
    """Their mean value in the period they were chosen by."""
    after: float
    """Their mean value in the other period."""
    everyone_before: float
    """Mean value of all customers in the period the tier was chosen by."""
    everyone_after: float
    """Mean value of all customers in the other period."""
    buying_after: float
    """Share of the tier with any value in the other period."""
    still_top: float
    """Share of the tier that is in the top tier of the other period, too."""
    from_nothing: float
    """Share of the other period's top tier that had no value at all in the first."""

    @property
    def change(self) -> float:
        """``after`` over ``before``: 0.6 means that they fell by 40%."""
        return self.after / self.before

    @property
    def times_average_before(self) -> float:
        """The tier's mean as a multiple of the average customer's, when chosen."""
        return self.before / self.everyone_before

    @property
    def times_average_after(self) -> float:
        """The tier's mean as a multiple of the average customer's, in the other period."""
        return self.after / self.everyone_after

    @property
    def change_against_average(self) -> float:
        """The change left after dividing out what happened to the average customer."""
        return self.times_average_after / self.times_average_before


def top_tier_shift(before: ArrayLike, after: ArrayLike, share: float = 0.1) -> TopTierShift:
    """Choose the best ``share`` of customers by ``before`` and look at them in ``after``.

    Exchange the arguments to look back instead: regression to the mean shows in both directions of time,
    loss of customers only forwards.

    Parameters
    ----------
    before, after
        Value per customer in two periods, shape (n,), same order, same unit, not negative.
    share
        Size of the top tier as a share of customers, above 0 and below 1; n·share is rounded to a whole
        number of customers.

    Raises ``ValueError`` for bad values, and when fewer customers than the tier holds have any value in one
    of the periods, because the tier would then be filled with people who bought nothing.
    """
    first, second = _pair(before, after)
    size = round(fraction(share, "share", one=False) * first.size)
    if size == 0:
        raise ValueError(f"share {share:g} of {first.size} customers is nobody; choose a larger share.")
    for name, values in (("before", first), ("after", second)):
        active = np.count_nonzero(values)
        if active < size:
            raise ValueError(
                f"Only {active} of {values.size} customers have any value in {name}, fewer than the {size} in"
                f" the top {share:.0%}; choose a smaller share or a longer period."
            )
    top, other = _best(first, size), _best(second, size)
    return TopTierShift(
        customers=size,
        before=float(first[top].mean()),
        after=float(second[top].mean()),
        everyone_before=float(first.mean()),
        everyone_after=float(second.mean()),
        buying_after=float(np.mean(second[top] > 0)),
        still_top=float(np.isin(top, other).mean()),
        from_nothing=float(np.mean(first[other] == 0)),
    )


def redrawn_falls(
    halves: pd.DataFrame, weeks: pd.DataFrame, share: float = 0.1, rounds: int = 300, seed: int = 1
) -> pd.DataFrame:
    """How far the best fall against the average between two periods, and how far by chance, in redrawn data.

    Each round draws as many customers at random, with replacement (the bootstrap), and deals the weeks at
    random into two piles. What the round says about the difference between the two falls includes both
    sources of luck; two intervals that overlap would say nothing about it.

    Parameters
    ----------
    halves
        Two columns, the value per customer in one period and in the next, as from
        ``transactions.before_and_after``.
    weeks
        The same customers in the same order and about the same days, one column per week, as from
        ``transactions.weekly_revenue``. Piles dealt from all its weeks share every season, trend and
        departure; what differs between them is chance.
    share
        Size of the top tier, as in ``top_tier_shift``.
    rounds, seed
        How often to redraw, and the start of the random numbers.

    Returns a DataFrame with a row per round: ``between``, the fall from the first period to the second, and
    ``chance``, the fall from pile to pile, averaged over both directions. Both are 1 −
    ``change_against_average``. Raises ``ValueError`` for different customers and as ``top_tier_shift`` does.

    Source: Efron (1979), Annals of Statistics 7(1), 1–26.
    """
    first, second = _pair(halves.iloc[:, 0], halves.iloc[:, 1])
    if not weeks.index.equals(halves.index):
        raise ValueError("halves and weeks must hold the same customers in the same order.")
    if weeks.shape[1] < 2:
        raise ValueError(f"weeks must have at least two columns to deal; got {weeks.shape[1]}.")
    weekly = weeks.to_numpy(dtype=float)
    random, dealt = np.random.default_rng(seed), np.arange(weekly.shape[1]) % 2

    def fall(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
        return 1 - top_tier_shift(before, after, share).change_against_average

    rows = []
    for _ in range(rounds):
        who = random.integers(0, first.size, first.size)
        random.shuffle(dealt)
        one, two = (weekly @ dealt)[who], (weekly @ (1 - dealt))[who]
        rows.append((fall(first[who], second[who]), (fall(one, two) + fall(two, one)) / 2))
    return pd.DataFrame(rows, columns=["between", "chance"])


def reliability(one: ArrayLike, two: ArrayLike, lengthen: float = 1.0) -> float:
    """How much of a difference between customers lasts: the correlation of two comparable measurements.

    1 means that a customer's value repeats exactly, 0 that it says nothing about the other period. With two
    halves of one period (odd and even weeks) it is the split-half reliability of psychological testing.

    Parameters
    ----------
    one, two
        Value per customer in two equally long sets of days, shape (n,), not negative.
    lengthen
        Answer for a period this many times as long as the ones given: k·r / (1 + (k − 1)·r), the
        Spearman–Brown formula. Odd and even weeks of a half-year cover a quarter each; 2 steps them up
        to the half-year. Above 0.

    Raises ``ValueError`` when one column is the same for every customer.

    Source: Spearman (1910), British Journal of Psychology 3(3), 271–295.
    """
    first, second = _pair(one, two)
    factor = amount(lengthen, "lengthen")
    if factor == 0:
        raise ValueError("lengthen must be above 0; got 0.")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise ValueError("Every customer has the same value in one of the periods: nothing to correlate.")
    r = float(np.corrcoef(first, second)[0, 1])
    return factor * r / (1 + (factor - 1) * r)


def expected_next(values: ArrayLike, reliability: float, mean_next: float | None = None) -> NDArray[np.float64]:
    """What to expect of each customer in an equally long next period: past value, shrunk to the mean.

    E = m₂ / m₁ · (m₁ + ρ (x − m₁)), with m₁ the mean of ``values``, ρ the ``reliability`` (0 to 1) and m₂
    ``mean_next``, the mean expected for the next period (``None``: the same as now). With ρ = 1 nothing
    shrinks; with ρ = 0 everyone is expected to be average. It is a straight line: good for the
    average of a group, rough for one customer.

    Returns an array of the shape and unit of ``values``.

    Source: Kelley's formula, as in Kelley (1927), Interpretation of Educational Measurements.
    """
    array = numbers(values, "values", negative=False)
    weight = fraction(reliability, "reliability", zero=True)
    mean = array.mean()
    expected = mean + weight * (array - mean)
    if mean_next is None:
        return expected
    target = single(mean_next, "mean_next")
    if target < 0 or mean == 0:
        raise ValueError("mean_next needs a mean of 0 or more, and values that are not all zero.")
    return expected * target / mean


def _best(values: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    return np.argsort(-values, kind="stable")[:size]


def _pair(before: ArrayLike, after: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first = numbers(before, "before", negative=False)
    second = numbers(after, "after", negative=False)
    if first.size != second.size:
        raise ValueError(f"before and after must be of the same customers; got {first.size} and {second.size} values.")
    for name, values in (("before", first), ("after", second)):
        if values.max() == 0:
            raise ValueError(f"{name} is all zero: nobody brought anything in that period.")
    return first, second
