"""How many customers will be won: a plain curve through those won so far."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import numbers, one_whole

Shape = Literal["level", "growth", "s-curve"]
_LEAST = {"level": 1, "growth": 2, "s-curve": 5}


@dataclass(frozen=True)
class AcquisitionCurve:
    """Customers won by period; ``fit_acquisition`` makes it."""

    shape: Shape
    observed: int
    """Periods it was fitted to: they are 1 … ``observed``."""
    level: float
    """Customers won in the last period observed, by the curve."""
    growth: float
    """By which share they grow from one period to the next (``"growth"``; 0 for ``"level"``; NaN for an S-curve)."""
    ceiling: float
    """Customers ever won (``"s-curve"``; NaN otherwise)."""
    pace: float = float("nan")
    """γ of the S-curve, per period."""
    start: float = float("nan")
    """β of the S-curve."""

    def fitted(self) -> NDArray[np.float64]:
        """Customers won in the periods observed, by the curve."""
        return self._won(np.arange(1, self.observed + 1))

    def ahead(self, periods: int) -> NDArray[np.float64]:
        """Customers won in each of the next ``periods``, by the curve: shape (periods,)."""
        count = one_whole(periods, "periods", least=1, most=10_000)
        return self._won(self.observed + np.arange(1, count + 1))

    def _won(self, t: NDArray[np.int64]) -> NDArray[np.float64]:
        if self.shape == "s-curve":
            return _increments(t, self.ceiling, self.start, self.pace)
        return self.level * (1 + self.growth) ** (t - self.observed).astype(float)


def fit_acquisition(won: ArrayLike, shape: Shape = "level") -> AcquisitionCurve:
    """A plain curve through the customers ``won`` in each period so far.

    Parameters
    ----------
    won
        Customers won in period 1, 2, …, the latest last, shape (n,); not negative.
    shape
        ``"level"``: their mean, for ever. ``"growth"``: the same per cent more (or fewer) in each period, by maximum
        likelihood for counts. ``"s-curve"``: all customers ever won by period t are α / (1 + e^(−β − γt)), a slow
        start, a rush and a ceiling α, the plainest of the curves by which a market fills; by least squares on the
        customers won in each period.

    Returns an ``AcquisitionCurve``. Raises ``ValueError`` for too few periods, nobody won, or an S-curve whose bend the
    data do not show: its ceiling would be a guess.

    A curve through a few years knows nothing of budgets, rivals or a market that is used up: look at ``ahead`` before
    you believe it.
    """
    if shape not in _LEAST:
        raise ValueError(f"shape must be one of {', '.join(_LEAST)}; got {shape!r}.")
    seen = numbers(won, "won", negative=False)
    if seen.size < _LEAST[shape] or seen.sum() == 0:
        raise ValueError(
            f"won must hold at least {_LEAST[shape]} period(s) for a curve of shape {shape!r}, with somebody won;"
            f" got {seen.size} period(s) and {seen.sum():g} customers."
        )
    if shape == "level":
        return AcquisitionCurve("level", seen.size, float(seen.mean()), 0.0, float("nan"))
    if shape == "growth":
        level, growth = _growth(seen)
        return AcquisitionCurve("growth", seen.size, level, growth, float("nan"))
    ceiling, start, pace = _s_curve(seen)
    last = _increments(np.array([seen.size]), ceiling, start, pace)[0]
    return AcquisitionCurve("s-curve", seen.size, float(last), float("nan"), ceiling, pace, start)


def _growth(won: NDArray[np.float64]) -> tuple[float, float]:
    """Poisson regression on time, with t = 0 in the last period."""
    t = np.arange(won.size) - won.size + 1.0
    design = np.column_stack([np.ones_like(t), t])
    point = np.array([np.log(won.mean()), 0.0])
    for _ in range(100):
        expected = np.exp(design @ point)
        step = np.linalg.solve(design.T @ (expected[:, None] * design), design.T @ (won - expected))
        point = point + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-12:
            break
    if abs(point[1]) > 5:
        raise ValueError(f"won has all its customers at one end ({won.tolist()}): no growth can be told from it.")
    return float(np.exp(point[0])), float(np.expm1(point[1]))


def _increments(t: NDArray[np.int64], ceiling: float, start: float, pace: float) -> NDArray[np.float64]:
    from scipy.special import expit

    return ceiling * (expit(start + pace * t) - expit(start + pace * (t - 1)))


def _s_curve(won: NDArray[np.float64]) -> tuple[float, float, float]:
    from scipy.optimize import least_squares

    t, total = np.arange(1, won.size + 1), won.sum()

    def miss(point: NDArray[np.float64]) -> NDArray[np.float64]:
        return (_increments(t, total * np.exp(point[0]), point[1], np.exp(point[2])) - won) / won.max()

    starts = [(lead, -pace * middle, np.log(pace)) for lead in (0.05, 1.0) for pace in (0.3, 1.0)
              for middle in (0.4 * won.size, 0.9 * won.size)]  # fmt: skip
    best = min((least_squares(miss, start, max_nfev=400) for start in starts), key=lambda found: found.cost)
    ceiling, start, pace = total * np.exp(best.x[0]), best.x[1], np.exp(best.x[2])
    if not best.success or ceiling > 20 * total:
        raise ValueError(
            "The S-curve has no bend yet in these data: any ceiling fits. Use shape 'growth' and give the end of the"
            " growth yourself."
        )
    return float(ceiling), float(start), float(pace)
