"""How many purchases a customer makes who stays: the negative binomial distribution.

Source: Ehrenberg (1959), Applied Statistics 8(1), 26–41.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from customer_value._fitting import ladder

Floats = NDArray[np.float64]


def log_choices(r: float, x: NDArray[np.int64], number: int) -> Floats:
    """log of (r + x)ₙ / n! for n = ``number``, shape of ``x``; by adding logarithms, exact for any r."""
    steps = ladder(r, int(x.max()) + number)
    return steps[x + number] - steps[x] - gammaln(number + 1.0)


def probability(log_choices: Floats, number: int, rate: Floats, alpha: Floats, t: Floats | float) -> Floats:
    """P(``number`` purchases in ``t``) with Gamma(``rate``, ``alpha``) rates; arguments broadcast."""
    return np.exp(log_choices - rate * np.log1p(t / alpha) + xlogy(number, t / (alpha + t)))
