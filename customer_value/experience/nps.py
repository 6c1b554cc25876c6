"""The net promoter score: what it is, how far chance moves it, and what it throws away."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import array, fraction, single, within
from customer_value.experience.gap import normal_quantile

HIGHEST = 10
PROMOTER = 9
PASSIVE = 7


@dataclass(frozen=True)
class NetPromoterScore:
    """Promoters (9, 10) less detractors (0 to 6), per hundred answers; ``net_promoter_score`` makes it."""

    score: float
    """−100 to 100."""
    se: float
    low: float
    high: float
    promoters: int
    passives: int
    detractors: int
    unanswered: int
    mean: float
    """Mean answer, 0 to 10."""
    sd: float

    @property
    def n(self) -> int:
        """Answers."""
        return self.promoters + self.passives + self.detractors


def net_promoter_score(answers: ArrayLike, confidence: float = 0.95) -> NetPromoterScore:
    """The net promoter score of answers from 0 to 10, with its standard error.

    Each answer counts +1, 0 or −1; the score is 100 times their mean, its standard error 100 times their standard
    deviation (n − 1) over √n. Gaps are left out and counted. Whole numbers only: a mean of several answers is no
    answer.

    Raises ``ValueError`` for answers that are not whole numbers from 0 to 10, or fewer than two. Reichheld (2003)
    defined the three groups; a scale of 1 to 10 or of satisfaction gives another number.
    """
    given = array(answers, "answers")
    if given.ndim != 1:
        raise ValueError(f"answers must be one column; got {given.ndim} dimensions.")
    known = given[~np.isnan(given)]
    bad = (known < 0) | (known > HIGHEST) | (known != np.floor(known))
    if bad.any():
        raise ValueError(f"answers must be whole numbers from 0 to {HIGHEST}; got {known[bad][0]:g}.")
    if known.size < 2:
        raise ValueError(f"{known.size} answer(s): a score with a standard error needs at least two.")
    counted = _counts(known)
    se = 100 * float(counted.std(ddof=1) / np.sqrt(known.size))
    score, reach = 100 * float(counted.mean()), normal_quantile(confidence)
    return NetPromoterScore(
        score,
        se,
        max(-100.0, score - reach * se),
        min(100.0, score + reach * se),
        int((counted > 0).sum()),
        int((counted == 0).sum()),
        int((counted < 0).sum()),
        int(given.size - known.size),
        float(known.mean()),
        float(known.std(ddof=1)),
    )


@dataclass(frozen=True)
class Change:
    """From one survey to the next; ``score_change`` makes it."""

    change: float
    se: float
    low: float
    high: float


def score_change(before: NetPromoterScore, after: NetPromoterScore, confidence: float = 0.95) -> Change:
    """The change of the score between two samples of different people, with its interval."""
    change, se = after.score - before.score, float(np.hypot(before.se, after.se))
    reach = normal_quantile(confidence)
    return Change(change, se, change - reach * se, change + reach * se)


def answers_needed(half_width: float, promoters: float, detractors: float, confidence: float = 0.95) -> int:
    """Answers after which the interval of a score reaches at most ``half_width`` points to either side.

    ``promoters`` and ``detractors`` are shares (0 to 1). One score only: to tell two scores ``half_width`` apart takes
    twice as many answers in each. Raises ``ValueError`` for shares that add to more than 1.
    """
    up, down = fraction(promoters, "promoters", zero=True), fraction(detractors, "detractors", zero=True)
    if up + down > 1 + 1e-12:
        raise ValueError(f"promoters and detractors must add to at most 1; they add to {up + down:g}.")
    width = float(within(half_width, "half_width", above=0))
    variance = up + down - (up - down) ** 2
    return max(2, int(np.ceil(variance * (100 * normal_quantile(confidence) / width) ** 2 - 1e-9)))


@dataclass(frozen=True)
class SameMean:
    """The lowest and the highest score that answers of one mean can have; ``scores_of_mean`` makes it."""

    mean: float
    low: float
    high: float
    low_shares: NDArray[np.float64]
    """Share of the answers 0 … 10 that gives ``low``."""
    high_shares: NDArray[np.float64]


def scores_of_mean(mean: float) -> SameMean:
    """How far apart net promoter scores can be for answers with the same mean.

    The score is linear in the shares of the eleven answers, and so is the mean: the extremes have at most two different
    answers, and all pairs are tried. ``mean`` is from 0 to 10.
    """
    middle = single(mean, "mean")
    if not 0 <= middle <= HIGHEST:
        raise ValueError(f"mean must be from 0 to {HIGHEST}; got {middle:g}.")
    points = np.arange(HIGHEST + 1.0)
    worth = _counts(points)
    found = []
    for low, high in product(range(HIGHEST + 1), repeat=2):
        if low <= middle <= high:
            upper = (middle - low) / (high - low) if high > low else 1.0
            shares = np.zeros(points.size)
            shares[low] += 1 - upper
            shares[high] += upper
            found.append((100 * float(shares @ worth), shares))
    least, most = min(found, key=lambda pair: pair[0]), max(found, key=lambda pair: pair[0])
    return SameMean(middle, least[0], most[0], least[1], most[1])


def _counts(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    return (answers >= PROMOTER).astype(float) - (answers < PASSIVE)
