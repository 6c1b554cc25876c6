"""Means over a beta-distributed chance of leaving, to about 13 digits for any parameters and discount rate.

In the logit u = log(θ / (1 − θ)) a beta density is smooth, falls off exponentially on both sides and has no
singularity nearer than ±πi, and neither has 1 / (d + θ). The trapezoidal rule then converges exponentially however
small d is, where the usual hypergeometric series needs ever more terms and formulas for d near 0 lose digits.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_STEP = 0.22
_NEGLIGIBLE = 45.0
_FLAT = 37.0


def mean_of_reciprocal(alpha: float, beta: float, rate: float, *, staying: bool) -> float:
    """E[1 / (rate + θ)], or E[(1 − θ) / (rate + θ)] with ``staying``, for θ ~ Beta(alpha, beta) and rate above 0."""
    centre = math.log(alpha) - math.log(beta)
    width = math.sqrt(1 / alpha + 1 / beta)
    step = min(_STEP, width / 5)
    fall = _NEGLIGIBLE + math.log1p(1 / rate)

    def weight(distance: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return _log_weight(np.asarray(distance), alpha, beta, centre)

    # Beyond these ends every factor but one exponential is constant, so the rest of the sum is a geometric series.
    low = min(0.0, math.log(rate), -math.log(beta)) - _FLAT - centre
    high = max(0.0, math.log(alpha)) + _FLAT - centre
    low, high = _where_it_fell(weight, low, fall), _where_it_fell(weight, high, fall)
    distance = np.arange(math.floor(low / step), math.ceil(high / step) + 1) * step
    log_weight = weight(distance)
    w = np.exp(log_weight - log_weight.max())
    odds = np.exp(centre + distance)
    theta, stay = odds / (1 + odds), 1 / (1 + odds)
    value = (stay if staying else 1.0) / (rate + theta)
    left, right = w[0] * _geometric_rest(alpha * step), w[-1] * _geometric_rest(beta * step)
    beyond = w[-1] * _geometric_rest((beta + 1 if staying else beta) * step)
    return float((w @ value + left * value[0] + beyond * value[-1]) / (w.sum() + left + right))


def _geometric_rest(fall: float) -> float:
    """e^−fall + e^−2fall + …"""
    return math.exp(-fall) / -math.expm1(-fall)


def _log_weight(distance: NDArray[np.float64], alpha: float, beta: float, centre: float) -> NDArray[np.float64]:
    """alpha · log θ + beta · log(1 − θ), up to a constant, at the logit ``centre + distance``."""
    if min(alpha, beta) < 50:
        return -alpha * np.logaddexp(0, -centre - distance) - beta * np.logaddexp(0, centre + distance)
    # Measured from the peak, where their slopes cancel, two huge terms stay small.
    leave, stay = alpha / (alpha + beta), beta / (alpha + beta)
    with np.errstate(over="ignore"):
        return -alpha * np.log1p(stay * np.expm1(-distance)) - beta * np.log1p(leave * np.expm1(distance))


def _where_it_fell(weight: Callable[[float], NDArray[np.float64]], end: float, fall: float) -> float:
    """How far from the peak towards ``end`` the log weight is ``fall`` below it; ``end`` if it never is."""
    peak = float(weight(0.0))
    if peak - float(weight(end)) <= fall:
        return end
    inside, outside = 0.0, end
    for _ in range(60):
        middle = (inside + outside) / 2
        if peak - float(weight(middle)) <= fall:
            inside = middle
        else:
            outside = middle
    return outside
