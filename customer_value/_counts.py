"""Counting by code, the same wherever the library runs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def tally(codes: NDArray[np.integer], weights: NDArray[np.float64] | None = None, least: int = 0) -> NDArray[Any]:
    """How often each of 0, 1, … occurs in ``codes`` (int64), or the sum of its ``weights`` (float64).

    The result has at least ``least`` entries. This is ``numpy.bincount``, which takes nothing wider than an address:
    those of the browser's Python have 32 bits, and the counts with them.
    """
    counts = np.bincount(codes.astype(np.intp, copy=False), weights, least)
    return counts if weights is not None else counts.astype(np.int64, copy=False)
