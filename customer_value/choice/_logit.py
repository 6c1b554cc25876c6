"""The logit probability of what was chosen, with derivatives, from differences to the chosen alternative."""

import numpy as np
from numpy.typing import NDArray

from customer_value.choice._tasks import Tasks

Floats = NDArray[np.float64]


def chosen(utility: Floats, absent: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Log-probability of the choice and probabilities of the others.

    ``utility`` is of the others minus that of the chosen one, shape (tasks, others, …), and is overwritten;
    ``absent`` has shape (tasks, others). Returns (tasks, …) and (tasks, others, …).
    """
    if absent.any():
        utility[absent] = -np.inf
    highest = np.maximum(utility.max(axis=1), 0.0)
    utility -= highest[:, None]
    np.exp(utility, out=utility)
    total = utility.sum(axis=1)
    total += np.exp(-highest)
    utility /= total[:, None]
    return -(highest + np.log(total)), utility


def values(tasks: Tasks, coefficients: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of each task, shape (tasks,), and its gradient, shape (tasks, k)."""
    value, others = chosen(tasks.differences @ coefficients, tasks.absent)
    return value, -_mean(others, tasks.differences)


def evaluate(tasks: Tasks, coefficients: Floats, weights: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """As ``values``, and the Hessian, shape (k, k), of the sum over tasks, each counted by its weight."""
    differences = tasks.differences
    value, others = chosen(differences @ coefficients, tasks.absent)
    mean = _mean(others, differences)
    shares, centre = (others, mean) if weights is None else (others * weights[:, None], mean * weights[:, None])
    rows = differences.reshape(-1, differences.shape[2])
    hessian = centre.T @ mean - (rows * shares.reshape(-1, 1)).T @ rows
    return value, -mean, hessian


def _mean(others: Floats, differences: Floats) -> Floats:
    return np.matmul(others[:, None], differences)[:, 0]
