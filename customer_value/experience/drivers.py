"""What drives an answer when the drivers go together: coefficients against shares of the explained variance.

Three measures of the same regression. A *coefficient* says how much the answer changes with one driver while the others
stay as they are; among drivers that never move alone it is imprecise and can have the wrong sign. *Shapley shares* (the
measure of Lindeman, Merenda and Gold, 1980, "LMG") divide R² by averaging what each driver adds over every order in
which drivers can enter. *Relative weights* (Johnson, 2000) divide it through the closest uncorrelated stand-ins of the
drivers; they come close to Shapley shares and are quicker with many drivers. None of them says what would happen if the
firm changed something.
"""

from collections.abc import Sequence
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import array, columns, one_whole

Floats = NDArray[np.float64]

MOST_DRIVERS = 14
"""Shapley shares need a regression for every subset of the drivers: 16,384 of them."""

_ALIKE = 1e-9


def driver_importance(
    answers: pd.DataFrame, outcome: str, drivers: Sequence[str], draws: int = 0, seed: int = 1
) -> pd.DataFrame:
    """Correlation, coefficient, Shapley share and relative weight of each driver.

    Parameters
    ----------
    answers
        One row per respondent. Rows with a gap in the outcome or a driver are left out and counted.
    outcome, drivers
        Columns; 1 to 14 drivers.
    draws
        Number of resamples of respondents for 95% intervals of the Shapley shares; 0 for none.
    seed
        Of the resamples.

    Returns
    -------
    DataFrame indexed by ``driver`` in the given order: ``correlation`` with the outcome; ``coefficient`` and its
    ``se`` (least squares, in units of the outcome per unit of the driver); ``beta`` (in standard deviations);
    ``shapley`` and ``relative_weight``, each adding to R²; ``share`` (Shapley share over R²); with ``draws`` also
    ``low`` and ``high`` of the Shapley share. ``attrs`` has ``r2``, ``n`` and ``left_out``.

    Raises ``ValueError`` for missing columns, a column that never varies, too few rows, too many drivers, or drivers of
    which one follows exactly from others.
    """
    names = list(drivers)
    columns(answers, [outcome, *names], "answers")
    if outcome in names:
        raise ValueError(f"{outcome!r} is the outcome and cannot be a driver of itself.")
    if not 1 <= len(names) <= MOST_DRIVERS or len(set(names)) < len(names):
        raise ValueError(f"drivers must be 1 to {MOST_DRIVERS} different columns; got {len(names)}.")
    resamples = one_whole(draws, "draws", most=100_000)
    table = np.column_stack([array(answers[name], name) for name in (*names, outcome)])
    full = table[np.isfinite(table).all(axis=1)]
    n, p = full.shape[0], len(names)
    if n < p + 3:
        raise ValueError(f"{n} rows without gaps are too few for {p} drivers: there must be at least {p + 3}.")
    if constant := [name for name, spread in zip((*names, outcome), np.ptp(full, axis=0), strict=True) if spread == 0]:
        raise ValueError(f"{constant[0]} has the same value in all {n} rows: nothing can be learnt from it.")
    correlations = np.corrcoef(full, rowvar=False)
    among, with_outcome = correlations[:p, :p], correlations[:p, p]
    if np.linalg.eigvalsh(among)[0] < _ALIKE:
        raise ValueError(f"Of {', '.join(names)} one follows exactly from others: leave it out.")
    beta = np.linalg.solve(among, with_outcome)
    r2 = float(with_outcome @ beta)
    spread = full.std(axis=0, ddof=1)
    unexplained = max(1 - r2, 0.0) / (n - p - 1)
    result = pd.DataFrame(
        {
            "correlation": with_outcome,
            "coefficient": beta * spread[p] / spread[:p],
            "se": np.sqrt(unexplained * np.diag(np.linalg.inv(among))) * spread[p] / spread[:p],
            "beta": beta,
            "shapley": shapley_shares(among, with_outcome),
            "relative_weight": relative_weights(among, with_outcome),
        },
        index=pd.Index(names, name="driver"),
    )
    result["share"] = result["shapley"] / r2
    if resamples:
        result["low"], result["high"] = _intervals(full, resamples, seed)
    result.attrs = {"r2": r2, "n": n, "left_out": len(table) - n}
    return result


def shapley_shares(among: Floats, with_outcome: Floats) -> Floats:
    """What each driver adds to R² on average over every order in which drivers enter; adds to R².

    Parameters
    ----------
    among
        Correlations of p drivers, shape (p, p).
    with_outcome
        Their correlations with the outcome, shape (p,).

    Source: Lindeman, Merenda and Gold (1980), pp. 119 ff.; Grömping (2006), section 3.
    """
    p = with_outcome.size
    explained = _r2_of_subsets(among, with_outcome)
    subsets = np.arange(1 << p)
    size = np.zeros(subsets.size, dtype=np.int64)
    for driver in range(p):
        size += (subsets >> driver) & 1
    # Orders in which exactly the drivers of a subset come first, as a share of all orders.
    chance = np.array([1.0 / (p * comb(p - 1, k)) for k in range(p)])
    shares = np.empty(p)
    for driver in range(p):
        without = subsets[(subsets >> driver) & 1 == 0]
        added = explained[without | (1 << driver)] - explained[without]
        shares[driver] = chance[size[without]] @ added
    return shares


def relative_weights(among: Floats, with_outcome: Floats) -> Floats:
    """Johnson's relative weights: R² divided through the closest uncorrelated stand-ins of the drivers; adds to R².

    With Λ the symmetric square root of the drivers' correlations, the stand-ins' coefficients are Λ⁻¹r, and the weight
    of driver j is Σ_k Λ²_jk (Λ⁻¹r)²_k. Arguments as in ``shapley_shares``. Source: Johnson (2000), pp. 8–9.
    """
    values, vectors = np.linalg.eigh(among)
    root = (vectors * np.sqrt(values)) @ vectors.T
    return root**2 @ np.linalg.solve(root, with_outcome) ** 2


def _r2_of_subsets(among: Floats, with_outcome: Floats) -> Floats:
    """R² of the regression on each subset of drivers; subset s has driver j if bit j of s is set."""
    p = with_outcome.size
    subsets = np.arange(1 << p)
    members = (subsets[:, None] >> np.arange(p)) & 1 == 1
    size = members.sum(axis=1)
    explained = np.zeros(subsets.size)
    for k in range(1, p + 1):
        rows = np.flatnonzero(size == k)
        chosen = np.nonzero(members[rows])[1].reshape(rows.size, k)
        r = with_outcome[chosen]
        solved = np.linalg.solve(among[chosen[:, :, None], chosen[:, None, :]], r[:, :, None])[:, :, 0]
        explained[rows] = np.sum(r * solved, axis=1)
    return explained


def _intervals(full: Floats, draws: int, seed: int) -> tuple[Floats, Floats]:
    """The middle 95% of Shapley shares over resamples of respondents; resamples without variation are drawn again."""
    generator = np.random.default_rng(seed)
    n, p = full.shape[0], full.shape[1] - 1
    found: list[Floats] = []
    failed = 0
    while len(found) < draws:
        rows = full[generator.integers(0, n, n)]
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = np.corrcoef(rows, rowvar=False)
        if not np.isfinite(drawn).all() or np.linalg.eigvalsh(drawn[:p, :p])[0] < _ALIKE:
            failed += 1
            if failed > draws:
                raise ValueError(f"Most resamples of the {n} rows leave a driver without variation: too few rows.")
            continue
        found.append(shapley_shares(drawn[:p, :p], drawn[:p, p]))
    low, high = np.percentile(np.array(found), [2.5, 97.5], axis=0)
    return low, high
