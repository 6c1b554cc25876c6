"""People use scales differently: two ways to take that out of survey answers, and what each takes with it.

*Within-person standardisation* subtracts from each answer the person's own mean and divides by the person's own
standard deviation. It needs no assumption about the scale, but it counts the distance from 9 to 10 like that from 4 to
5, it believes a standard deviation that comes from a handful of answers, and it can say nothing of who gave one answer
throughout.

*The scale-use model* is a simple relative of that of Rossi, Gilula and Allenby (2001). Behind each answer stands a
value on a line; everybody shares the cut-points between the points of the scale, but each person's values are shifted
by an own amount and spread by an own factor. What a person's few answers do not tell is borrowed from all the others,
so who answers 10 throughout gets a high shift and a spread near the usual one. Unlike their model this one takes the
questions as independent once shift and spread are known, fixes the cut-points beforehand, and is fitted by a
variational approximation instead of simulation; standard errors are not given.

Both take a person's *level* for a way of answering. If somebody is more content with everything, that is taken out as
well: corrected answers say which things a person finds better than which others, no longer who is content. What is left
of one person adds to nearly the same for everybody, so that corrected answers are bound to go against each other: rank
drivers by their correlations with the overall answer, and leave regression to answers that keep the level
(``ScaleUse.with_level``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._counts import tally
from customer_value._inputs import array, columns, one_whole

Floats = NDArray[np.float64]

_SPREAD_PRIOR = 3.0
"""Shape of the inverse gamma distribution of squared spreads: a standard deviation of 0.31 of the log of the spread."""
_STEPS = 500
_STILL = 1e-5


@dataclass(frozen=True)
class Standardised:
    """Answers less the person's own mean, over the person's own standard deviation; ``within_person`` makes it."""

    answers: pd.DataFrame
    """As given, with the same index; gaps stay gaps, and rows of ``flat`` people are gaps throughout."""
    flat: int
    """People who gave one answer throughout, or fewer than two: they have no spread to divide by."""


def within_person(answers: pd.DataFrame, questions: Sequence[str]) -> Standardised:
    """Standardise each person's answers by that person's own mean and standard deviation (n − 1).

    Raises ``ValueError`` for missing columns or fewer than two questions.
    """
    given = _table(answers, questions)
    known = np.isfinite(given)
    number = known.sum(axis=1)
    filled = np.where(known, given, 0.0)
    mean = filled.sum(axis=1) / np.maximum(number, 1)
    away = np.where(known, given - mean[:, None], 0.0)
    spread = np.sqrt((away**2).sum(axis=1) / np.maximum(number - 1, 1))
    flat = spread < 1e-12
    result = np.where(known & ~flat[:, None], away / np.where(flat, 1.0, spread)[:, None], np.nan)
    return Standardised(pd.DataFrame(result, index=answers.index, columns=list(questions)), int(flat.sum()))


@dataclass(frozen=True)
class ScaleUse:
    """How each person uses the scale, and the answers without it; ``scale_use`` makes it."""

    people: pd.DataFrame
    """Indexed as the answers: ``shift`` (on the line behind the scale, where answers of all people together have
    standard deviation 1), ``spread`` (1 is the middle of all people) and ``answers`` (how many the person gave)."""
    questions: pd.Series
    """Mean place of each question on that line."""
    corrected: pd.DataFrame
    """Each answer's expected place on the line, without the person's shift and at the usual spread; gaps stay gaps."""
    with_level: pd.DataFrame
    """The same with the person's shift: only the spread and the uneven scale are taken out."""
    cuts: Floats
    """Cut-points between the points of the scale."""
    shift_sd: float
    """Standard deviation of shifts among people, as estimated."""
    steps: int


def scale_use(answers: pd.DataFrame, questions: Sequence[str], lowest: int = 1, highest: int = 10) -> ScaleUse:
    """Fit the scale-use model to whole answers from ``lowest`` to ``highest``.

    y_ij = μ_j + τ_i + σ_i ε_ij is the place of person i's answer to question j, ε standard normal; the answer is the
    number of cut-points below it. τ_i is normal around 0 with a variance estimated from all, 1/σ_i² is gamma with shape
    3 and a scale estimated from all. The cut-points are the normal quantiles of the shares of all answers together.

    Gaps are allowed; people without any answer get shift 0 and the usual spread. Raises ``ValueError`` for missing
    columns, answers that are not whole or beyond the scale, fewer than two questions, or answers that are all the same.
    """
    given = _table(answers, questions)
    points = one_whole(highest, "highest") - one_whole(lowest, "lowest") + 1
    if points < 2:
        raise ValueError(f"highest must be above lowest; got {lowest} to {highest}.")
    known = np.isfinite(given)
    answer = given[known]
    if ((answer != np.floor(answer)) | (answer < lowest) | (answer > highest)).any():
        wrong = answer[(answer != np.floor(answer)) | (answer < lowest) | (answer > highest)][0]
        raise ValueError(f"answers must be whole numbers from {lowest} to {highest}; got {wrong:g}.")
    if np.unique(answer).size < 2:
        raise ValueError(f"All {answer.size} answers are the same: they say nothing about the use of the scale.")
    person, question = np.nonzero(known)
    people, items = given.shape
    code = (answer - lowest).astype(np.int64)
    cuts = _cut_points(code, points)
    edges = np.concatenate([[-np.inf], cuts, [np.inf]])
    low, high = edges[code], edges[code + 1]

    number = known.sum(axis=1).astype(float)
    per_question = np.maximum(known.sum(axis=0), 1)
    mean, shift, precision = np.zeros(items), np.zeros(people), np.full(people, 2.0)
    shift_variance, scale = 0.5, _SPREAD_PRIOR * 0.5
    steps, moved = 0, np.inf
    while moved > _STILL and steps < _STEPS:
        steps += 1
        before = shift.copy()
        spread = 1 / np.sqrt(precision)
        place, variance = _truncated(mean[question] + shift[person], spread[person], low, high)
        room = 1 / (number * precision + 1 / shift_variance)
        shift = room * precision * tally(person, place - mean[question], people)
        off = place - shift[person]
        # Raking the mean of shifts into the questions keeps the two apart.
        centre = shift.mean()
        shift, mean = shift - centre, tally(question, off, items) / per_question + centre
        shift_variance = max(float(np.mean(shift**2 + room)), 1e-6)
        squares = tally(person, (place - mean[question] - shift[person]) ** 2 + variance, people) + number * room
        precision = (_SPREAD_PRIOR + number / 2) / (scale + squares / 2)
        scale = _SPREAD_PRIOR / float(precision.mean())
        moved = float(np.abs(shift - before).max())
    usual = float(np.median(1 / np.sqrt(precision)))
    spread = 1 / np.sqrt(precision) / usual
    corrected = np.full(given.shape, np.nan)
    corrected[known] = mean[question] + (place - mean[question] - shift[person]) / spread[person]
    frame = {"shift": shift, "spread": spread, "answers": number.astype(np.int64)}
    return ScaleUse(
        pd.DataFrame(frame, index=answers.index),
        pd.Series(mean, index=list(questions), name="place"),
        pd.DataFrame(corrected, index=answers.index, columns=list(questions)),
        pd.DataFrame(corrected + shift[:, None], index=answers.index, columns=list(questions)),
        cuts,
        float(np.sqrt(shift_variance)),
        steps,
    )


def _cut_points(code: NDArray[np.int64], points: int) -> Floats:
    """Normal quantiles of the shares of answers up to each point; half an answer where a share is 0 or 1."""
    ordered = np.sort(code)
    up_to = np.searchsorted(ordered, np.arange(points - 1), side="right")
    shares = np.clip(up_to, 0.5, code.size - 0.5) / code.size
    # Points that nobody chose would give two equal cut-points, and an answer without room between them.
    return np.array([NormalDist().inv_cdf(float(share)) for share in shares])


def _truncated(centre: Floats, spread: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of normal values known to lie between ``low`` and ``high``."""
    # The other half of the package does without scipy, and so do its figures.
    from scipy.special import ndtr

    a, b = (low - centre) / spread, (high - centre) / spread
    # In the upper tail the mirror image keeps the digits.
    flip = a > 0
    a, b = np.where(flip, -b, a), np.where(flip, -a, b)
    inside = np.maximum(ndtr(b) - ndtr(a), 1e-300)
    bottom, top = _density(a), _density(b)
    first = (bottom - top) / inside
    second = (np.where(np.isfinite(a), a, 0.0) * bottom - np.where(np.isfinite(b), b, 0.0) * top) / inside
    variance = np.clip(1 + second - first**2, 1e-6, 1.0)
    # Far out the quotient loses its digits; the value then lies within the interval all the same.
    first = np.clip(first, a, b)
    return centre + spread * np.where(flip, -first, first), spread**2 * variance


def _density(z: Floats) -> Floats:
    return np.exp(-np.minimum(z * z, 1400.0) / 2) / np.sqrt(2 * np.pi) * np.isfinite(z)


def _table(answers: pd.DataFrame, questions: Sequence[str]) -> Floats:
    names = list(questions)
    columns(answers, names, "answers")
    if len(names) < 2:
        raise ValueError(f"questions must be at least two: one answer shows no use of a scale; got {len(names)}.")
    return np.column_stack([array(answers[name], name) for name in names])
