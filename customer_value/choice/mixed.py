"""The mixed logit: tastes differ between people by a distribution, and each person keeps theirs through all tasks.

The chance of a person's choices is the average, over the distribution, of the product of their logit probabilities. It
has no closed form and is simulated with Halton draws, as many for each person (simulated maximum likelihood).

Source: Revelt & Train (1998), Mixed logit with repeated choices, Review of Economics and Statistics 80(4), 647–657;
Train (2009), Discrete Choice Methods with Simulation, 2nd ed., chapters 6, 10 and 11.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._fitting import Evaluation, Maximum, maximise
from customer_value._inputs import one_whole
from customer_value.choice._halton import MOST_DIMENSIONS, normal_draws
from customer_value.choice._logit import chosen as probabilities
from customer_value.choice._model import ChoiceModel, Tastes
from customer_value.choice._tasks import Encoding, Tasks, read_tasks
from customer_value.choice.multinomial import most_likely

Floats = NDArray[np.float64]
Distribution = Literal["normal", "lognormal", "negative lognormal"]

# So many numbers at a time: enough to be quick, few enough for the memory of a browser.
_AT_ONCE = 400_000
# Until the promised gain is below this, the outer product of scores stands in for the Hessian.
_NEAR = 1e-3


class MixedLogit(ChoiceModel):
    """Choices of people whose tastes differ by distributions that do not depend on each other.

    ``params_`` holds, for each coefficient, its mean under its own name, and for those that differ the standard
    deviation as ``sd name``. Of a lognormal coefficient both are of the logarithm of its size.
    """

    def fit(
        self,
        data: pd.DataFrame,
        attributes: Sequence[str],
        random: Mapping[str, Distribution],
        *,
        person: str | None = "person",
        task: str = "task",
        chosen: str = "chosen",
        draws: int = 100,
    ) -> Self:
        """Fit by simulated maximum likelihood.

        Parameters
        ----------
        data, attributes, person, task, chosen
            As in ``MultinomialLogit.fit``.
        random
            Which coefficients differ between people, and how: ``"normal"``, ``"lognormal"`` (always above 0) or
            ``"negative lognormal"`` (always below 0, as of a price). An attribute in words stands for all its levels.
            The others are the same for everybody.
        draws
            Points per person of the Halton sequences; more are slower and nearer the true likelihood. Fits with
            different numbers differ: try twice as many before trusting a digit.

        Returns the model. Raises and warns as ``MultinomialLogit.fit``, and ``ValueError`` for unknown distributions.
        """
        encoding = Encoding.of(data, attributes)
        plan = _plan(encoding, random)
        count = one_whole(draws, "draws", least=1, most=100_000)
        tasks, scale = read_tasks(data, encoding, person=person, task=task, chosen=chosen)
        likelihood = _Likelihood(tasks, plan, count)
        found = likelihood.turned(_search(likelihood, _start(tasks, plan)))

        self._plan, self._likelihood, self._scale, self._point = plan, likelihood, scale, found.point
        self.encoding_, self.people_, self.tasks_, self.draws_ = encoding, tasks.first.size, tasks.count, count
        self.equal_loglik_ = tasks.equal_loglik
        size = scale.size
        shift = np.where(plan.sign != 0, -np.log(scale), 0.0)
        by = np.where(plan.sign != 0, 1.0, 1 / scale)
        by = np.concatenate([by, by[plan.random]])
        unscaled = found.point * by
        unscaled[:size] += shift
        names = [*encoding.names, *(f"sd {encoding.names[at]}" for at in plan.random)]
        return self._fitted(found, names, unscaled, np.diag(by), {"person": likelihood.scores(found.point)})

    def tastes(self, draws: int = 2_000) -> Tastes:
        """``draws`` people of the population, as coefficients, each the same share."""
        count = one_whole(draws, "draws", least=1, most=1_000_000)
        normal = normal_draws(1, count, self._plan.random.size)
        point = self.params_.to_numpy()
        return Tastes(np.full(count, 1 / count), _coefficients(self._plan, point, normal)[0].T)

    def person_tastes(self) -> pd.DataFrame:
        """What each person probably likes, given what they chose: means of coefficients, one row per person.

        The average of the draws, weighted by how well each explains the person's choices. People are pulled towards the
        population, the more the fewer tasks they did, so these differ less than people do.

        Source: Revelt & Train (2000); Huber & Train (2001), Marketing Letters 12(3), 259–269.
        """
        if "_likelihood" not in self.__dict__:
            self._known("loglik_")
        means = self._likelihood.person_means(self._point) / self._scale
        return pd.DataFrame(means, index=self._likelihood.tasks.people, columns=list(self.encoding_.names))

    def simulated_loglik(self, params: Mapping[str, float] | None = None) -> float:
        """The simulated log-likelihood of the fitted data at ``params`` (named as ``params_``), or at the estimates."""
        if params is None:
            return self._known("loglik_")
        self._known("loglik_")
        names = list(self.params_.index)
        if set(params) != set(names):
            raise ValueError(f"params must give {', '.join(names)}; it has {', '.join(map(str, params))}.")
        value = np.array([params[name] for name in names], dtype=float)
        size, plan = self._scale.size, self._plan
        point = value * np.concatenate([self._by(), self._by()[plan.random]])
        point[:size] += np.where(plan.sign != 0, np.log(self._scale), 0.0)
        return float(self._likelihood.values(point).sum())

    def _by(self) -> Floats:
        return np.where(self._plan.sign != 0, 1.0, self._scale)


class _Plan(NamedTuple):
    """Which coefficients are random, and the sign of those that are lognormal (0 for others)."""

    random: NDArray[np.intp]
    """Positions, shape (random,)."""
    sign: Floats
    """Shape (coefficients,)."""


def _plan(encoding: Encoding, random: Mapping[str, Distribution]) -> _Plan:
    kinds = get_args(Distribution)
    if not isinstance(random, Mapping) or not random:
        raise ValueError("random must say how a coefficient differs, such as {'price': 'negative lognormal'}.")
    names, chosen = encoding.names, {}
    for name, kind in random.items():
        if kind not in kinds:
            raise ValueError(f"random['{name}'] must be one of {', '.join(map(repr, kinds))}; got {kind!r}.")
        of = [f"{name}={level}" for level in encoding.levels[name][1:]] if name in encoding.levels else [name]
        unknown = [each for each in of if each not in names]
        if unknown:
            raise ValueError(f"random has {unknown[0]!r}, which is no coefficient; there are {', '.join(names)}.")
        chosen.update(dict.fromkeys(of, kind))
    if len(chosen) > MOST_DIMENSIONS:
        raise ValueError(
            f"At most {MOST_DIMENSIONS} coefficients can be random: Halton sequences of more are too much alike; got"
            f" {len(chosen)}."
        )
    signs = {"normal": 0.0, "lognormal": 1.0, "negative lognormal": -1.0}
    positions = [at for at, name in enumerate(names) if name in chosen]
    return _Plan(np.array(positions, dtype=np.intp), np.array([signs[chosen.get(name, "normal")] for name in names]))


def _coefficients(plan: _Plan, point: Floats, normal: Floats) -> Floats:
    """Coefficients of each person and draw, shape (people, coefficients, draws)."""
    size = plan.sign.size
    found = np.repeat(point[None, :size, None], normal.shape[0], axis=0) + np.zeros((1, 1, normal.shape[2]))
    found[:, plan.random] += point[size:, None] * normal
    for at in np.flatnonzero(plan.sign):
        found[:, at] = plan.sign[at] * np.exp(np.minimum(found[:, at], 500.0))
    return found


class _Part(NamedTuple):
    """Some people, at one point: what every derivative is made of."""

    people: slice
    value: Floats
    """Simulated log-likelihood, shape (people,)."""
    weight: Floats
    """How much each draw counts for a person, shape (people, draws), adds to 1."""
    slope: Floats
    """Gradient by the parameters of each draw, shape (people, parameters, draws)."""
    others: Floats
    """Probabilities of what was not chosen, shape (tasks, others, draws)."""
    mean: Floats
    """Their mean difference to the chosen one, shape (tasks, coefficients, draws)."""
    by: Floats
    """Derivative of coefficients by their location, shape (people, coefficients, draws)."""
    tasks: slice
    owner: NDArray[np.intp]
    """Person of each task, counted within the part."""


class _Likelihood:
    def __init__(self, tasks: Tasks, plan: _Plan, draws: int) -> None:
        self.tasks, self.plan, self.draws = tasks, plan, draws
        self.normal = normal_draws(tasks.first.size, draws, plan.random.size)

    def evaluate(self, point: Floats) -> Evaluation:
        """With the outer product of scores in place of the Hessian."""
        values, scores = [], []
        for part in self._parts(point):
            values.append(part.value)
            scores.append(np.matmul(part.slope, part.weight[:, :, None])[:, :, 0])
        each = np.concatenate(scores)
        return Evaluation(float(np.concatenate(values).sum()), each.sum(axis=0), -(each.T @ each))

    def exactly(self, point: Floats) -> Evaluation:
        """With the Hessian itself."""
        value, size = 0.0, point.size
        gradient, hessian = np.zeros(size), np.zeros((size, size))
        for part in self._parts(point):
            value += float(part.value.sum())
            each = np.matmul(part.slope, part.weight[:, :, None])[:, :, 0]
            gradient += each.sum(axis=0)
            hessian += self._curvature(part) - each.T @ each
        return Evaluation(value, gradient, hessian)

    def turned(self, found: Maximum) -> Maximum:
        """The same maximum with all standard deviations above 0, by mirroring the draws of those that were below."""
        size = self.plan.sign.size
        sign = np.where(found.point[size:] < 0, -1.0, 1.0)
        self.normal *= sign[:, None]
        turn = np.concatenate([np.ones(size), sign])
        return found._replace(point=found.point * turn, hessian=found.hessian * np.outer(turn, turn))

    def values(self, point: Floats) -> Floats:
        return np.concatenate([part.value for part in self._parts(point)])

    def scores(self, point: Floats) -> Floats:
        return np.concatenate([np.matmul(part.slope, part.weight[:, :, None])[:, :, 0] for part in self._parts(point)])

    def person_means(self, point: Floats) -> Floats:
        means = []
        for part in self._parts(point):
            beta = _coefficients(self.plan, point, self.normal[part.people])
            means.append(np.matmul(beta, part.weight[:, :, None])[:, :, 0])
        return np.concatenate(means)

    def _curvature(self, part: _Part) -> Floats:
        """Σ over people of the mean, over draws, of the Hessian of the log plus the square of the gradient."""
        plan, weight = self.plan, part.weight
        parameters = part.slope.shape[1]
        weighted = (part.slope * weight[:, None]).transpose(1, 0, 2).reshape(parameters, -1)
        total = weighted @ part.slope.transpose(1, 0, 2).reshape(parameters, -1).T
        # Through the coefficients: minus the spread of differences under the probabilities of a draw.
        differences = self.tasks.differences[part.tasks]
        owner = part.owner
        for_task = part.by[owner]
        root = np.sqrt(weight)[owner]
        normal = self.normal[part.people][owner]
        for at in range(differences.shape[1]):
            moved = (differences[:, at, :, None] * for_task) * (np.sqrt(part.others[:, at]) * root)[:, None]
            total -= _square(self._with_spread(moved, normal))
        total += _square(self._with_spread(part.mean * for_task * root[:, None], normal))
        # A lognormal coefficient bends: its second derivative is itself.
        bent = np.flatnonzero(plan.sign)
        size = plan.sign.size
        for at in bent:
            force = weight * part.slope[:, at]
            total[at, at] += force.sum()
            where = np.flatnonzero(plan.random == at)[0]
            z = self.normal[part.people][:, where]
            total[at, size + where] += (force * z).sum()
            total[size + where, at] += (force * z).sum()
            total[size + where, size + where] += (force * z * z).sum()
        return total

    def _with_spread(self, by_location: Floats, normal: Floats) -> Floats:
        """Derivatives by all parameters from those by location, shape (rows, parameters, draws)."""
        return np.concatenate([by_location, by_location[:, self.plan.random] * normal], axis=1)

    def _parts(self, point: Floats) -> Iterator[_Part]:
        tasks, plan = self.tasks, self.plan
        first = np.append(tasks.first, tasks.count)
        per_task = self.draws * max(tasks.differences.shape[1], tasks.differences.shape[2])
        start = 0
        while start < tasks.first.size:
            limit = first[start] + max(_AT_ONCE // per_task, 1)
            end = max(int(np.searchsorted(first, limit, side="right")) - 1, start + 1)
            people, rows = slice(start, end), slice(int(first[start]), int(first[end]))
            starts = first[start:end] - first[start]
            owner = np.repeat(np.arange(end - start), np.diff(first[start : end + 1]))
            normal = self.normal[people]
            beta = _coefficients(plan, point, normal)
            differences = tasks.differences[rows]
            log_chance, others = probabilities(np.matmul(differences, beta[owner]), tasks.absent[rows])
            mean = np.matmul(differences.transpose(0, 2, 1), others)
            of_person = np.add.reduceat(log_chance, starts, axis=0)
            highest = of_person.max(axis=1, keepdims=True)
            weight = np.exp(of_person - highest)
            total = weight.sum(axis=1, keepdims=True)
            value = (highest + np.log(total / self.draws))[:, 0]
            weight /= total
            by = np.where((plan.sign != 0)[None, :, None], beta, 1.0)
            slope = self._with_spread(-np.add.reduceat(mean, starts, axis=0) * by, normal)
            yield _Part(people, value, weight, slope, others, mean, by, rows, owner)
            start = end


def _square(rows: Floats) -> Floats:
    flat = np.ascontiguousarray(rows.transpose(1, 0, 2)).reshape(rows.shape[1], -1)
    return flat @ flat.T


def _start(tasks: Tasks, plan: _Plan) -> Floats:
    """From the same tastes for all: their coefficients, with some spread around them."""
    same = most_likely(tasks).point
    location = same.copy()
    spread = np.maximum(0.3 * np.abs(same), 0.1)[plan.random]
    for at in np.flatnonzero(plan.sign):
        # A coefficient of the other sign starts near 0.
        location[at] = np.log(max(plan.sign[at] * same[at], 0.05))
        spread[plan.random == at] = 0.5
    return np.concatenate([location, spread])


def _search(likelihood: _Likelihood, start: Floats) -> Maximum:
    near = maximise(likelihood.evaluate, start, decrement=_NEAR)
    found = maximise(likelihood.exactly, near.point)
    return found._replace(evaluations=near.evaluations + found.evaluations)
