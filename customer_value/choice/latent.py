"""Latent classes: people fall into a few segments, each with its own tastes, and nobody knows who is in which.

Found by the EM algorithm (guess memberships, fit a logit to each segment with people counted by membership, guess
again) from several starts, and finished by Newton steps on the likelihood itself, which give the standard errors, too.

Source: Kamakura & Russell (1989), Journal of Marketing Research 26(4), 379–390; EM: Bhat (1997), Transportation Science
31(1), 34–48; Train (2009), Discrete Choice Methods with Simulation, 2nd ed., chapter 14.
"""

import warnings
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._fitting import BoundaryWarning, ConvergenceWarning, Evaluation, Maximum, maximise
from customer_value._inputs import columns, one_whole
from customer_value.choice._logit import evaluate, values
from customer_value.choice._model import ChoiceModel, Tastes
from customer_value.choice._tasks import Encoding, Tasks, read_tasks
from customer_value.choice.multinomial import MultinomialLogit, most_likely

Floats = NDArray[np.float64]

_ROUGH_ROUNDS, _MOST_ROUNDS = 25, 500
# EM stops here; Newton steps take it to the maximum.
_ROUND_GAIN = 1e-3
# A segment below this share of one person is empty.
_FEWEST_PEOPLE = 0.5


class Segment(NamedTuple):
    """One segment of a market: its name, its share of the people, and what it likes."""

    name: str
    share: float
    model: ChoiceModel


class LatentClassLogit(ChoiceModel):
    """Choices of people who fall into ``classes`` segments, numbered by size, 1 the largest.

    ``params_`` holds ``1: price`` and so on, and for each segment but the first ``2: log share``, the logarithm of its
    share over that of segment 1.
    """

    def __init__(self, classes: int = 2) -> None:
        self.classes = one_whole(classes, "classes", least=2, most=20)

    def fit(
        self,
        data: pd.DataFrame,
        attributes: Sequence[str],
        *,
        person: str = "person",
        task: str = "task",
        chosen: str = "chosen",
        starts: int = 5,
        seed: int = 1,
    ) -> Self:
        """Fit by maximum likelihood.

        Parameters
        ----------
        data, attributes, person, task, chosen
            As in ``MultinomialLogit.fit``; here the person is needed.
        starts
            From how many random memberships to begin; the likelihood has several tops, and the highest found is kept.
        seed
            Of those random memberships: the same gives the same fit.

        Returns the model. Raises and warns as ``MultinomialLogit.fit``; ``ValueError`` for more classes than people.
        """
        tries = one_whole(starts, "starts", least=1, most=1_000)
        encoding = Encoding.of(data, attributes)
        tasks, scale = read_tasks(data, encoding, person=person, task=task, chosen=chosen)
        if self.classes > tasks.first.size:
            raise ValueError(f"{self.classes} classes need at least as many people; data has {tasks.first.size}.")
        likelihood = _Likelihood(tasks, self.classes)
        found = _ordered(likelihood, _search(likelihood, tries, np.random.default_rng(seed)))

        size, others = scale.size, self.classes - 1
        by = np.concatenate([np.ones(others), np.tile(1 / scale, self.classes)])
        names = [f"{at}: log share" for at in range(2, self.classes + 1)]
        names += [f"{at}: {name}" for at in range(1, self.classes + 1) for name in encoding.names]
        membership, scores = likelihood.membership(found.point), likelihood.scores(found.point)
        self.shares_ = pd.Series(_shares(found.point, self.classes), index=self._labels, name="share")
        self.coefficients_ = pd.DataFrame(
            found.point[others:].reshape(self.classes, size) / scale, self._labels, list(encoding.names)
        )
        self.membership_ = pd.DataFrame(membership, index=tasks.people, columns=self._labels)
        self.encoding_, self.people_, self.tasks_ = encoding, tasks.first.size, tasks.count
        self.equal_loglik_ = tasks.equal_loglik
        return self._fitted(found, names, found.point * by, np.diag(by), {"person": scores})

    @property
    def _labels(self) -> pd.Index:
        return pd.RangeIndex(1, self.classes + 1, name="segment")

    def tastes(self) -> Tastes:
        """One kind of people per segment."""
        return Tastes(self.shares_.to_numpy(), self.coefficients_.to_numpy())

    def segments(self) -> list[Segment]:
        """The segments, the largest first, each with a multinomial logit of its tastes."""
        found = []
        for at in self._labels:
            model = MultinomialLogit.from_params(dict(self.coefficients_.loc[at]))
            model.encoding_ = self.encoding_
            found.append(Segment(f"segment {at}", float(self.shares_[at]), model))
        return found

    def person_tastes(self) -> pd.DataFrame:
        """What each person probably likes: tastes of the segments, weighted by the person's chance to be in each."""
        return self.membership_ @ self.coefficients_

    def membership_of(
        self, data: pd.DataFrame, *, person: str = "person", task: str = "task", chosen: str = "chosen"
    ) -> pd.DataFrame:
        """The chance to be in each segment for people who were not in the fit, from what they chose.

        ``data`` is as in ``fit``; few tasks are enough, even one. Returns a row per person, a column per segment.
        Raises ``ValueError`` for tasks without exactly one choice.
        """
        columns(data, [person, task, chosen], "data")
        taken = data[chosen].astype(bool)
        choices = taken.groupby([data[person], data[task]], observed=True).sum()
        if wrong := int((choices != 1).sum()):
            raise ValueError(f"Every task needs exactly one chosen alternative; {wrong} of {len(choices)} do not.")
        logs = {}
        for at, segment in zip(self._labels, self.segments(), strict=True):
            chances = segment.model.probabilities(data, person=person, task=task)[taken]
            logs[at] = np.log(segment.share) + np.log(chances).groupby(data.loc[taken, person], observed=True).sum()
        joint = pd.DataFrame(logs)
        joint.columns = self._labels
        weight = np.exp(joint.sub(joint.max(axis=1), axis=0))
        return weight.div(weight.sum(axis=1), axis=0)


def compare_classes(
    data: pd.DataFrame,
    attributes: Sequence[str],
    classes: Sequence[int] = (1, 2, 3, 4),
    *,
    person: str = "person",
    task: str = "task",
    chosen: str = "chosen",
    starts: int = 5,
    seed: int = 1,
) -> pd.DataFrame:
    """How well different numbers of segments fit: one row per number of ``classes`` (1 is everybody alike).

    Returns a DataFrame with ``loglik``, ``parameters``, ``aic``, ``bic`` (lower is better for both),
    ``smallest_share`` and ``converged``. Arguments as in ``LatentClassLogit.fit``. Criteria guide and do not decide:
    segments must also be large enough to serve, and differ in what one would do.
    """
    rows = {}
    for number in classes:
        count = one_whole(number, "classes", least=1)
        model = MultinomialLogit() if count == 1 else LatentClassLogit(count)
        options = {} if count == 1 else {"starts": starts, "seed": seed}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BoundaryWarning)
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(data, attributes, person=person, task=task, chosen=chosen, **options)
        rows[count] = {
            "loglik": model.loglik_,
            "parameters": len(model.params_),
            "aic": model.aic,
            "bic": model.bic,
            "smallest_share": float(model.tastes().shares.min()),
            "converged": bool(model.converged_) and model.boundary_ is None,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("classes")


def _shares(point: Floats, classes: int) -> Floats:
    logs = np.concatenate([[0.0], point[: classes - 1]])
    weight = np.exp(logs - logs.max())
    return weight / weight.sum()


class _Likelihood:
    def __init__(self, tasks: Tasks, classes: int) -> None:
        self.tasks, self.classes = tasks, classes
        self.size = tasks.differences.shape[2]
        self.owner = tasks.person

    def evaluate(self, point: Floats) -> Evaluation:
        membership, logs_of_people, slopes = self._classes(point)
        gradient = (membership[:, :, None] * slopes).sum(axis=1)
        weighted = slopes * membership[:, :, None]
        parameters = point.size
        hessian = weighted.reshape(-1, parameters).T @ slopes.reshape(-1, parameters) - gradient.T @ gradient
        logs, size = self.classes - 1, self.size
        share = _shares(point, self.classes)[1:]
        hessian[:logs, :logs] -= self.tasks.first.size * (np.diag(share) - np.outer(share, share))
        for at in range(self.classes):
            block = slice(logs + at * size, logs + (at + 1) * size)
            _, _, within = evaluate(self.tasks, point[block], membership[self.owner, at])
            hessian[block, block] += within
        return Evaluation(float(logs_of_people.sum()), gradient.sum(axis=0), hessian)

    def membership(self, point: Floats) -> Floats:
        return self._classes(point)[0]

    def scores(self, point: Floats) -> Floats:
        membership, _, slopes = self._classes(point)
        return (membership[:, :, None] * slopes).sum(axis=1)

    def rounds(self, membership: Floats, coefficients: Floats, most: int) -> tuple[float, Floats]:
        """EM from a guess of memberships: the likelihood reached, and the point."""
        before = -np.inf
        for _ in range(most):
            people = membership.sum(axis=0)
            logs = np.log(np.maximum(people, _FEWEST_PEOPLE))
            point = np.concatenate([logs[1:] - logs[0], coefficients.ravel()])
            for at in range(self.classes):
                coefficients[at] = self._better(coefficients[at], membership[self.owner, at])
            point[self.classes - 1 :] = coefficients.ravel()
            membership, logs_of_people, _ = self._classes(point)
            now = float(logs_of_people.sum())
            if now - before < _ROUND_GAIN:
                break
            before = now
        return now, point

    def _better(self, coefficients: Floats, weights: Floats) -> Floats:
        """One Newton step for a segment, held back where few people are in it."""
        _, gradient, hessian = evaluate(self.tasks, coefficients, weights)
        step = np.linalg.solve(1e-6 * np.eye(self.size) - hessian, weights @ gradient)
        return coefficients + step / max(1.0, np.abs(step).max() / 2.0)

    def _classes(self, point: Floats) -> tuple[Floats, Floats, Floats]:
        """Memberships (people, classes), log-likelihoods (people,), gradients (people, classes, parameters)."""
        logs, size, share = self.classes - 1, self.size, _shares(point, self.classes)
        people = self.tasks.first.size
        joint, slopes = np.empty((people, self.classes)), np.zeros((people, self.classes, point.size))
        for at in range(self.classes):
            block = slice(logs + at * size, logs + (at + 1) * size)
            value, gradient = values(self.tasks, point[block])
            joint[:, at] = np.log(max(share[at], 1e-300)) + self.tasks.by_person(value)
            slopes[:, at, block] = self.tasks.by_person(gradient)
            slopes[:, at, :logs] = -share[1:]
            if at:
                slopes[:, at, at - 1] += 1.0
        highest = joint.max(axis=1, keepdims=True)
        membership = np.exp(joint - highest)
        total = membership.sum(axis=1, keepdims=True)
        return membership / total, (highest + np.log(total))[:, 0], slopes


def _search(likelihood: _Likelihood, starts: int, random: np.random.Generator) -> Maximum:
    same = most_likely(likelihood.tasks).point
    people, classes = likelihood.tasks.first.size, likelihood.classes
    reached = []
    for _ in range(starts):
        membership = random.dirichlet(np.full(classes, 0.3), people)
        reached.append(likelihood.rounds(membership, np.tile(same, (classes, 1)), _ROUGH_ROUNDS))
    _, point = max(reached, key=lambda pair: pair[0])
    coefficients = point[classes - 1 :].reshape(classes, -1).copy()
    _, point = likelihood.rounds(likelihood.membership(point), coefficients, _MOST_ROUNDS)
    return maximise(likelihood.evaluate, point)


def _ordered(likelihood: _Likelihood, found: Maximum) -> Maximum:
    """The same maximum with the largest segment first."""
    classes, size = likelihood.classes, likelihood.size
    share = _shares(found.point, classes)
    order = np.argsort(-share, kind="stable")
    logs = np.concatenate([[0.0], found.point[: classes - 1]])[order]
    blocks = found.point[classes - 1 :].reshape(classes, size)[order]
    point = np.concatenate([logs[1:] - logs[0], blocks.ravel()])
    return found._replace(point=point, hessian=likelihood.evaluate(point).hessian)
