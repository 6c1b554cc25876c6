"""Units of time, and what a purchase later is worth today."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from customer_value import _periods
from customer_value._inputs import single

Floats = NDArray[np.float64]

DAYS = _periods.DAYS | {"quarter": 365.25 / 4}
"""Length of each unit in days. A month is a twelfth of 365.25 days, so twelve months are one year."""

_TIMING = {"end": 0.0, "middle": 0.5, "start": 1.0}


class Schedule(NamedTuple):
    """A present value as a weighted sum of expected cumulative purchases: Σ weights·E[Y(times)]."""

    times: Floats
    weights: Floats


def unit(name: str, argument: str) -> float:
    """Days in the unit ``name``; ``ValueError`` for an unknown one."""
    if name not in DAYS:
        raise ValueError(f"{argument} must be one of {', '.join(DAYS)}; got {name!r}.")
    return DAYS[name]


def rate(discount_rate: float) -> float:
    """``discount_rate`` checked: a share per step, above −1, not a percentage."""
    value = single(discount_rate, "discount_rate")
    if value < 0 or value >= 1:
        hint = f" For {value:g}% write {value / 100:g}." if 1 <= value <= 100 else ""
        raise ValueError(f"discount_rate must be a share per step from 0 to below 1; got {value:g}.{hint}")
    return value


def steps(periods: int, length: float, discount_rate: float, timing: str) -> Schedule:
    """``periods`` steps of ``length``; what is bought within step k is discounted by (1 + d)^(k − shift).

    ``timing`` "end" pays at the end of the step (shift 0), "middle" half a step earlier, "start" at its
    beginning. Rewritten by parts: Σ d_k (E_k − E_{k−1}) = Σ (d_k − d_{k+1}) E_k with d_{K+1} = 0.
    """
    if timing not in _TIMING:
        raise ValueError(f"timing must be one of {', '.join(_TIMING)}; got {timing!r}.")
    number = np.arange(1, periods + 1)
    factor = np.exp(-np.log1p(discount_rate) * (number - _TIMING[timing]))
    return Schedule(number * length, factor - np.append(factor[1:], 0.0))


def perpetual(force: float) -> Schedule:
    """All time to come, discounted continuously at ``force`` per unit: ∫₀^∞ δe^(−δt) E[Y(t)] dt.

    By parts this is ∫ e^(−δt) dE[Y(t)]. Trapezoidal rule after δt = exp(y − e^(−y)), which makes both
    ends fall off double exponentially (Takahasi & Mori 1974, Publ. RIMS 9, 721–741).
    """
    width = 0.05
    y = np.arange(-4.2, 4.0, width)
    tau = np.exp(y - np.exp(-y))
    return Schedule(tau / force, width * (1 + np.exp(-y)) * tau * np.exp(-tau))
