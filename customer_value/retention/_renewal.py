"""The likelihood of renewal decisions under the sBG model, and where it is highest."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from customer_value._fitting import Evaluation, Maximum, maximise

# α + β at the ends of the parameter space: one chance for everybody, and leavers at once or never.
_ALL_ALIKE, _ALL_OR_NOTHING = 1e10, 1e-10
# Beyond this the search has found that customers do not differ.
_FURTHEST = 1e8
# With so little information on its logarithm, a small beta has run to 0, as it may where nobody's first decision was
# seen.
_SMALL_BETA, _NO_INFORMATION = 1e-3, 1e-4


class Decisions(NamedTuple):
    """What the data say, period by period: how many could leave, how many did. Shapes (periods,)."""

    lost: NDArray[np.float64]
    kept: NDArray[np.float64]


class MostLikely(NamedTuple):
    """The parameters of highest likelihood; ``limit`` says what they stand for where there is no maximum inside."""

    alpha: float
    beta: float
    limit: str | None
    converged: bool
    evaluations: int


def most_likely(data: Decisions) -> MostLikely:
    """Maximum likelihood for ``data``; ``ValueError`` where they cannot tell the parameters."""
    _identified(data)
    at_risk, j = data.lost + data.kept, np.arange(data.lost.size)
    if data.lost[1:].sum() == 0:
        share = float(data.lost[0] / at_risk[0])
        limit = (
            f"all {data.lost[0]:g} customers who left did so in the first period and nobody after it, so the data show"
            f" {share:.1%} who leave at once and others who never do."
        )
        ends = share * _ALL_OR_NOTHING, max(1 - share, _ALL_OR_NOTHING) * _ALL_OR_NOTHING
        return MostLikely(*ends, limit, True, 0)
    churn = float(data.lost.sum() / at_risk.sum())
    rises = float(j @ (data.kept / (1 - churn) - at_risk)) > 0
    alike = (churn * _ALL_ALIKE, (1 - churn) * _ALL_ALIKE)
    least = likelihood(*alike, data)[0]
    evaluations = 0
    # Little difference between customers lies far from much: the second start is for the former.
    for alpha in (1.0, 1000.0):
        found = _search(alpha, alpha * (1 - churn) / churn, data)
        evaluations += found.evaluations
        alpha, beta = map(float, np.exp(found.point))
        if max(alpha, beta) < _FURTHEST and (rises or found.value > least):
            nobody = beta < _SMALL_BETA and np.linalg.eigvalsh(-found.hessian)[0] < _NO_INFORMATION
            limit = (
                "beta is 0, which says that nobody stays through the first period. Customers seen only from later on"
                " do not tell otherwise; what the model says of later periods holds."
            )
            return MostLikely(alpha, beta, limit if nobody else None, found.converged, evaluations)
    limit = (
        "retention does not rise with tenure, so the data show no difference between customers; everybody leaves with"
        f" chance {churn:.4g} per period."
    )
    return MostLikely(*alike, limit, True, evaluations)


def _search(alpha: float, beta: float, data: Decisions) -> Maximum:
    def evaluate(logs: NDArray[np.float64]) -> Evaluation:
        scale = np.exp(np.clip(logs, -100.0, 100.0))
        value, gradient, hessian = likelihood(*scale, data)
        slope = gradient * scale
        return Evaluation(value, slope, hessian * np.outer(scale, scale) + np.diag(slope))

    return maximise(evaluate, np.array([math.log(alpha), math.log(beta)]))


def likelihood(alpha: float, beta: float, data: Decisions) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, gradient and Hessian.

    Written as one renewal decision after another, (β + j) / (α + β + j) to stay and α / (α + β + j) to leave: the same
    as the beta functions, without their cancellation.
    """
    j = np.arange(data.lost.size)
    at_risk, gone = data.lost + data.kept, data.lost.sum()
    leaving = alpha / (alpha + beta + j)
    stay = np.where(leaving < 0.5, np.log1p(-np.minimum(leaving, 0.5)), np.log((beta + j) / (alpha + beta + j)))
    value = float(data.lost @ np.log(leaving) + data.kept @ stay)
    one, two = at_risk / (alpha + beta + j), at_risk / (alpha + beta + j) ** 2
    by_kept = data.kept / (beta + j)
    gradient = np.array([gone / alpha - one.sum(), by_kept.sum() - one.sum()])
    hessian = np.full((2, 2), two.sum())
    hessian[0, 0] -= gone / alpha**2
    hessian[1, 1] -= (by_kept / (beta + j)).sum()
    return value, gradient, hessian


def _identified(data: Decisions) -> None:
    """Refuse data from which no pair of parameters can be told."""
    at_risk = data.lost + data.kept
    if data.lost.sum() == 0:
        raise ValueError(f"Nobody left in {np.count_nonzero(at_risk)} period(s): there is nothing to estimate.")
    if data.kept.sum() == 0:
        raise ValueError("Everybody left in the first period: there is nothing to estimate.")
    if np.count_nonzero(at_risk) < 2:
        raise ValueError("One period shows a retention rate, not how it changes: the model needs at least two.")
