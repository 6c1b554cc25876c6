"""Evenly spread draws: Halton sequences, one prime number per dimension.

Source: Halton (1960), Numerische Mathematik 2, 84–90; for choice models Train (2009), section 9.3.3.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The start of the sequences is alike between dimensions, so as many points are left out; Train (2009) advises this.
LEFT_OUT = 100
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)
MOST_DIMENSIONS = len(_PRIMES)


def halton(points: int, dimensions: int, left_out: int = LEFT_OUT) -> Floats:
    """Points in the unit cube, shape (points, dimensions), each between 0 and 1."""
    columns = []
    for prime in _PRIMES[:dimensions]:
        rest, value, place = np.arange(left_out, left_out + points, dtype=np.int64), np.zeros(points), 1.0 / prime
        while rest.any():
            rest, digit = np.divmod(rest, prime)
            value += digit * place
            place /= prime
        columns.append(value)
    return np.stack(columns, axis=1) if columns else np.empty((points, 0))


def normal_draws(people: int, draws: int, dimensions: int) -> Floats:
    """Standard normal draws, shape (people, dimensions, draws): each person has the next points of the sequence."""
    from scipy.special import ndtri

    points = ndtri(halton(people * draws, dimensions))
    return np.ascontiguousarray(points.reshape(people, draws, dimensions).transpose(0, 2, 1))
