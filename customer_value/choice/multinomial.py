"""The multinomial (conditional) logit: everybody has the same tastes.

An alternative with attributes x has utility V = β'x plus what cannot be seen, and is chosen with the probability
exp(V) / Σ exp(V) over the alternatives of its task.

Source: McFadden (1974), Conditional logit analysis of qualitative choice behavior, in Zarembka (ed.), Frontiers in
Econometrics, 105–142; Train (2009), Discrete Choice Methods with Simulation, 2nd ed., chapter 3.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._fitting import Evaluation, Maximum, maximise
from customer_value._inputs import columns, single
from customer_value.choice._logit import evaluate, values
from customer_value.choice._model import ChoiceModel, Tastes
from customer_value.choice._tasks import Encoding, Tasks, read_tasks

Floats = NDArray[np.float64]


class MultinomialLogit(ChoiceModel):
    """Choices of people with the same tastes: ``fit`` it, or give coefficients with ``from_params``."""

    _kinds = ("person", "task", "classic")

    @classmethod
    def from_params(cls, coefficients: Mapping[str, float]) -> Self:
        """A model with known coefficients of attributes in numbers, such as ``{"price": -0.02, "zoom": 0.8}``."""
        if not coefficients:
            raise ValueError("coefficients is empty: give one number per attribute.")
        model = cls()
        model.params_ = pd.Series({name: single(value, name) for name, value in coefficients.items()}, name="estimate")
        model.encoding_ = Encoding(tuple(coefficients), {}, {})
        model.loglik_ = model.equal_loglik_ = model.people_ = model.tasks_ = None
        model.converged_ = model.boundary_ = model.evaluations_ = model._covariances = None
        return model

    def fit(
        self,
        data: pd.DataFrame,
        attributes: Sequence[str],
        *,
        person: str | None = "person",
        task: str = "task",
        chosen: str = "chosen",
    ) -> Self:
        """Fit by maximum likelihood.

        Parameters
        ----------
        data
            One row per alternative of a task, in any order.
        attributes
            Columns that make up the utility: numbers as they are, true or false as 1 or 0, words and categories as one
            coefficient for each level but the first (that of the category, or the first in the alphabet).
        person, task
            Columns that say whose task it is, and which. With ``person=None`` each task is of another person, and
            numbers of tasks must not be used twice.
        chosen
            Column that is true (or 1) for the alternative that was taken, once per task.

        Returns the model. Raises ``ValueError`` for tasks without exactly one choice, for gaps, and for attributes
        that cannot be told apart; warns with ``BoundaryWarning`` where one is always or never chosen.
        """
        encoding = Encoding.of(data, attributes)
        tasks, scale = read_tasks(data, encoding, person=person, task=task, chosen=chosen)
        found = most_likely(tasks)
        _, gradient = values(tasks, found.point)
        self.encoding_, self.people_, self.tasks_ = encoding, tasks.first.size, tasks.count
        self.equal_loglik_ = tasks.equal_loglik
        scores = {"person": tasks.by_person(gradient), "task": gradient}
        return self._fitted(found, list(encoding.names), found.point / scale, np.diag(1 / scale), scores)

    def tastes(self) -> Tastes:
        """One kind of people, with the estimated coefficients."""
        return Tastes(np.ones(1), self.params_.to_numpy()[None, :])

    def utility(self, data: pd.DataFrame) -> pd.Series:
        """V = β'x of each row of ``data``, a Series with its index. The unit has no meaning of its own."""
        return pd.Series(self.encoding_.encode(data, "data") @ self.params_.to_numpy(), data.index, name="utility")

    def probabilities(self, data: pd.DataFrame, *, person: str | None = "person", task: str = "task") -> pd.Series:
        """The chance that each row of ``data`` is chosen among those of its task, a Series with its index."""
        keys = [task] if person is None else [person, task]
        columns(data, keys, "data")
        group = [data[name] for name in keys]
        utility = self.utility(data)
        weight = np.exp(utility - utility.groupby(group, observed=True).transform("max"))
        return (weight / weight.groupby(group, observed=True).transform("sum")).rename("probability")

    def simulate(
        self, data: pd.DataFrame, seed: int | np.random.Generator, *, person: str | None = "person", task: str = "task"
    ) -> pd.Series:
        """Draw a choice for each task of ``data``: a bool Series with its index, true once per task."""
        keys = [task] if person is None else [person, task]
        columns(data, keys, "data")
        luck = np.random.default_rng(seed).gumbel(size=len(data))
        total = self.utility(data) + luck
        # Positions, not labels: an index may hold the same label twice.
        where = pd.Series(total.to_numpy()).groupby([data[name].to_numpy() for name in keys]).idxmax()
        taken = np.zeros(len(data), dtype=bool)
        taken[where.to_numpy()] = True
        return pd.Series(taken, data.index, name="chosen")


def most_likely(tasks: Tasks, weights: Floats | None = None, start: Floats | None = None) -> Maximum:
    """The coefficients (of scaled attributes) that make the (weighted) choices most likely."""

    def at(point: Floats) -> Evaluation:
        value, gradient, hessian = evaluate(tasks, point, weights)
        if weights is None:
            return Evaluation(float(value.sum()), gradient.sum(axis=0), hessian)
        return Evaluation(float(weights @ value), weights @ gradient, hessian)

    return maximise(at, np.zeros(tasks.differences.shape[2]) if start is None else start)
