"""The sum 1 + q + … + q^(n − 1) of margins that shrink from one period to the next, accurate however close q is to 1.

Everything is said by 1 − q, what a margin loses from one period to the next, because q itself loses its digits.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def power_sum(lost: Floats, count: int | Floats | None) -> Floats:
    """The first ``count`` terms for q = 1 − ``lost``, or all for ``None``; infinite where there is no finite sum."""
    if count is None:
        with np.errstate(divide="ignore", over="ignore"):
            return np.where(lost > 0, 1 / lost, np.inf)
    safe = np.where(lost == 0, 1.0, lost)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        total = -np.expm1(count * np.log1p(-safe)) / safe
    return np.where(lost == 0, count, np.where(np.equal(count, 0), 0.0, total))


def power_slope(lost: Floats, count: int | None) -> Floats:
    """The derivative of ``power_sum`` in q: 1 + 2q + 3q² + … up to (n − 1)qⁿ⁻²."""
    if count is None:
        return power_sum(lost, None) ** 2
    if count == 0:
        return np.zeros_like(lost)
    with np.errstate(divide="ignore"):
        log_q = np.log1p(-lost)
    # The sum of 2k terms is that of k times 1 + qᵏ, and its slope follows by the product rule: no terms of different
    # sign, so no digits cancel, where the closed form loses them all near q = 1.
    q, terms = 1 - lost, 1
    total, slope = np.ones_like(lost), np.zeros_like(lost)
    with np.errstate(over="ignore"):
        for bit in bin(count)[3:]:
            power = np.exp(terms * log_q)
            one_less = np.exp((terms - 1) * log_q) if terms > 1 else 1.0
            slope = slope * (1 + power) + total * terms * one_less
            total, terms = total * (1 + power), 2 * terms
            if bit == "1":
                slope, total, terms = total + q * slope, 1 + q * total, terms + 1
    return slope


def share_lost(r: Floats, i: Floats, g: Floats) -> Floats:
    """1 − r(1+g)/(1+i): what a margin loses by leaving, discounting and negative growth, per period."""
    # 1 − r is exact where it matters, so the difference keeps its digits; 1 + i − r would lose them.
    return ((1 - r) + i - r * g) / (1 + i)


def all_margins(r: Floats, i: Floats, g: Floats, count: int | None) -> Floats:
    """The present value of ``count`` margins (``None``: all), the first now; ``ValueError`` where it is not finite."""
    lost = share_lost(r, i, g)
    total = power_sum(lost, count)
    endless = ~np.isfinite(total)
    if endless.any() and count is not None:
        raise ValueError(
            f"The margins of {count} periods grow beyond any number; choose a shorter horizon or less growth."
        )
    if endless.any():
        at = [float(np.broadcast_to(rate, total.shape)[endless].flat[0]) for rate in (r, i, g)]
        raise ValueError(
            f"All margins together have no finite value at retention {at[0]:g}, discount rate {at[1]:g} and margin"
            f" growth {at[2]:g}: later margins never shrink. Give a horizon."
        )
    return total
