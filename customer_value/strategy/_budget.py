"""Dividing a budget where the next euro brings most: three uses with diminishing returns, one marginal return."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_HALVINGS = 50


@dataclass(frozen=True)
class Plan:
    """A firm's spending of one year, in euros."""

    acquisition: float
    product: float
    care: Floats
    """For each person in the market; 0 for who is no customer."""

    @property
    def total(self) -> float:
        """All of it."""
        return self.acquisition + self.product + float(self.care.sum())


def plan(
    *,
    budget: float,
    newcomer: float,
    contact_cost: float,
    people: int,
    turnover: float,
    product_scale: float,
    at_stake: Floats,
    care_scale: float,
) -> Plan:
    """The division of ``budget`` at which the next euro brings the same everywhere, and at least a euro.

    Every use returns scale · value · (1 − e^(−spending / scale)) with a value per euro for the first euro:
    acquisition ``newcomer`` / ``contact_cost`` on the scale ``contact_cost`` · ``people`` (``newcomer`` is the value of
    a person contacted, who may not be free), product ``turnover`` / ``product_scale``, care for each customer
    ``at_stake`` / ``care_scale``. At marginal return m each gets scale · ln(value / m), or nothing. The m that uses up
    the budget is found by halving an interval; where the budget allows more than is worth spending, m is 1.
    """
    scales = np.array([contact_cost * people, product_scale])
    first = np.array([newcomer / contact_cost, turnover / product_scale])
    care_first = at_stake / care_scale
    steep = np.log(np.maximum(first, 1e-300))
    cared = np.flatnonzero(care_first > 1)
    care_steep = np.log(care_first[cared])

    def at(level: float) -> tuple[Floats, Floats]:
        """Spending where the logarithm of the marginal return is ``level``."""
        return scales * np.maximum(steep - level, 0.0), care_scale * np.maximum(care_steep - level, 0.0)

    def used(level: float) -> float:
        both, care = at(level)
        return float(both.sum() + care.sum())

    low, high = 0.0, max(0.0, float(steep.max()), float(care_steep.max(initial=0.0)))
    if used(low) > budget:
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if used(middle) > budget else (low, middle)
        low = high
    both, care = at(low)
    each = np.zeros(at_stake.size)
    each[cared] = care
    return Plan(float(both[0]), float(both[1]), each)
