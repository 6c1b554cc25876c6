"""How many people a test by lot needs, and how likely it is to see what is there."""

import math
from statistics import NormalDist

from customer_value._inputs import amount, fraction, one_whole, single

_NORMAL = NormalDist()


def people_per_arm(without: float, with_offer: float, power: float = 0.8, significance: float = 0.05) -> int:
    """People in each of two equal arms to tell two shares apart.

    (z₁·√(2·p̄·(1 − p̄)) + z₂·√(p₀(1 − p₀) + p₁(1 − p₁)))² / (p₁ − p₀)², rounded up, with z₁ for a two-sided test at
    ``significance``, z₂ for ``power`` and p̄ the mean of both shares (Fleiss, Levin & Paik 2003, without the correction
    for continuity).

    Parameters
    ----------
    without, with_offer
        Shares of people, such as buyers, held out and with the offer. Not equal.
    power
        Chance of a significant result if the shares are as given.
    significance
        Chance of one if they are equal.
    """
    base, lifted = fraction(without, "without", zero=True), fraction(with_offer, "with_offer", zero=True)
    if base == lifted:
        raise ValueError(f"without and with_offer must differ; both are {base:g}.")
    one, two = _quantiles(power, significance)
    middle = (base + lifted) / 2
    spread = base * (1 - base) + lifted * (1 - lifted)
    needed = (one * math.sqrt(2 * middle * (1 - middle)) + two * math.sqrt(spread)) ** 2 / (lifted - base) ** 2
    return max(2, math.ceil(needed - 1e-9))


def power_of_test(people: int, without: float, with_offer: float, significance: float = 0.05) -> float:
    """Chance of a significant result with ``people`` in each arm: ``people_per_arm`` solved for the power.

    Arguments as there; for equal shares it is half the significance, as the other direction is not counted.
    """
    number = one_whole(people, "people", least=2)
    base, lifted = fraction(without, "without", zero=True), fraction(with_offer, "with_offer", zero=True)
    one, _ = _quantiles(0.5, significance)
    middle = (base + lifted) / 2
    spread = base * (1 - base) + lifted * (1 - lifted)
    if spread == 0:
        return 0.0 if base == lifted else 1.0
    reach = abs(lifted - base) * math.sqrt(number) - one * math.sqrt(2 * middle * (1 - middle))
    return _NORMAL.cdf(reach / math.sqrt(spread))


def people_per_arm_for_means(effect: float, sd: float, power: float = 0.8, significance: float = 0.05) -> int:
    """People in each of two equal arms to see a difference of ``effect`` between two means: 2·(z₁ + z₂)²·sd²/effect².

    ``effect`` and ``sd``, the standard deviation of the outcome between people, are in the same unit, such as euros of
    margin with the zeros of those who buy nothing. Raises ``ValueError`` for an effect of 0.
    """
    size, spread = single(effect, "effect"), amount(sd, "sd")
    if size == 0:
        raise ValueError("effect must not be 0: no test is large enough to see nothing.")
    one, two = _quantiles(power, significance)
    return max(2, math.ceil(2 * ((one + two) * spread / size) ** 2 - 1e-9))


def _quantiles(power: float, significance: float) -> tuple[float, float]:
    level, wanted = fraction(significance, "significance", one=False), fraction(power, "power", one=False)
    return _NORMAL.inv_cdf(1 - level / 2), _NORMAL.inv_cdf(wanted)
