"""What is known of an input: one number, or a distribution of what it may be."""

import math
import statistics
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customer_value._inputs import fraction, numbers, shares, single

Floats = NDArray[np.float64]


class Distribution(ABC):
    """A number that is not known for sure."""

    mean: float
    """Expected value."""

    @abstractmethod
    def quantile(self, p: Floats | float) -> Any:
        """The value that is not exceeded with probability ``p`` (between 0 and 1), of the same shape."""

    @property
    @abstractmethod
    def text(self) -> str:
        """In words, for tables."""

    @property
    def fixed(self) -> bool:
        """Whether there is nothing uncertain about it."""
        return False


@dataclass(frozen=True)
class Fixed(Distribution):
    """One number, taken as known."""

    value: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", single(self.value, "value"))

    @property
    def mean(self) -> float:
        return self.value

    def quantile(self, p: Floats | float) -> Any:
        return np.full(np.shape(p), self.value)

    @property
    def text(self) -> str:
        return f"{self.value:,.6g}"

    @property
    def fixed(self) -> bool:
        return True


@dataclass(frozen=True)
class Uniform(Distribution):
    """Anything from ``low`` to ``high``, all alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _ordered(self, "low", "high")

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    def quantile(self, p: Floats | float) -> Any:
        return self.low + np.asarray(p) * (self.high - self.low)

    @property
    def text(self) -> str:
        return f"{self.low:,.6g} to {self.high:,.6g}, all alike"


@dataclass(frozen=True)
class Triangular(Distribution):
    """From ``low`` to ``high`` with a ``likely`` value between: straight lines. Mean (low + likely + high) / 3."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        _ordered(self, "low", "likely", "high")

    @property
    def mean(self) -> float:
        return (self.low + self.likely + self.high) / 3

    def quantile(self, p: Floats | float) -> Any:
        p, width = np.asarray(p, dtype=float), self.high - self.low
        rise = (self.likely - self.low) / width
        up = self.low + np.sqrt(p * width * (self.likely - self.low))
        down = self.high - np.sqrt((1 - p) * width * (self.high - self.likely))
        return np.where(p <= rise, up, down)

    @property
    def text(self) -> str:
        return _three(self)


@dataclass(frozen=True)
class Pert(Distribution):
    """As triangular, with the ``likely`` value counting more: a beta curve. Mean (low + 4·likely + high) / 6.

    Source: Malcolm, Roseboom, Clark & Fazar (1959), Operations Research 7(5), 646–669; in this form Vose (2008), Risk
    Analysis, 3rd ed.
    """

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        _ordered(self, "low", "likely", "high")

    @property
    def mean(self) -> float:
        return (self.low + 4 * self.likely + self.high) / 6

    def quantile(self, p: Floats | float) -> Any:
        from scipy.special import betaincinv

        width = self.high - self.low
        before, after = 1 + 4 * (self.likely - self.low) / width, 1 + 4 * (self.high - self.likely) / width
        return self.low + width * betaincinv(before, after, p)

    @property
    def text(self) -> str:
        return _three(self)


@dataclass(frozen=True)
class Normal(Distribution):
    """A bell curve; negative values are possible."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", single(self.mean, "mean"))
        object.__setattr__(self, "sd", _above_zero(self.sd, "sd"))

    @classmethod
    def between(cls, low: float, high: float, share: float = 0.8) -> "Normal":
        """The curve that has ``share`` of its values between ``low`` and ``high``, as many below as above."""
        lowest, highest = _pair(low, high)
        reach = _reach(share)
        return cls((lowest + highest) / 2, (highest - lowest) / (2 * reach))

    def quantile(self, p: Floats | float) -> Any:
        from scipy.special import ndtri

        return self.mean + self.sd * ndtri(p)

    @property
    def text(self) -> str:
        return f"{self.mean:,.6g} ± {self.sd:,.6g} (normal)"


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Always above 0, with rare high values: the logarithm is normal. ``mean`` and ``sd`` are of the value itself."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _above_zero(self.mean, "mean"))
        object.__setattr__(self, "sd", _above_zero(self.sd, "sd"))

    @classmethod
    def between(cls, low: float, high: float, share: float = 0.8) -> "Lognormal":
        """The curve that has ``share`` of its values between ``low`` and ``high``, as many below as above."""
        lowest, highest = _pair(_above_zero(low, "low"), high)
        width = math.log(highest / lowest) / (2 * _reach(share))
        mean = math.sqrt(lowest * highest) * math.exp(width**2 / 2)
        return cls(mean, mean * math.sqrt(math.expm1(width**2)))

    def quantile(self, p: Floats | float) -> Any:
        from scipy.special import ndtri

        variance = math.log1p((self.sd / self.mean) ** 2)
        return self.mean * np.exp(math.sqrt(variance) * ndtri(p) - variance / 2)

    @property
    def text(self) -> str:
        return f"{self.mean:,.6g} ± {self.sd:,.6g} (lognormal)"


@dataclass(frozen=True)
class Discrete(Distribution):
    """One of several ``values``, with these ``chances`` (in proportion; all alike without them)."""

    values: tuple[float, ...]
    chances: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        values = numbers(self.values, "values")
        chances = np.full(values.size, 1.0) if len(self.chances) == 0 else shares(self.chances, "chances")
        if chances.shape != values.shape or chances.sum() == 0:
            raise ValueError(f"chances must be {values.size} shares, one per value, not all 0; got {self.chances}.")
        if len(set(values.tolist())) < values.size:
            raise ValueError(f"values must differ from each other; got {self.values}.")
        order = np.argsort(values)
        object.__setattr__(self, "values", tuple(values[order].tolist()))
        object.__setattr__(self, "chances", tuple((chances[order] / chances.sum()).tolist()))

    @property
    def mean(self) -> float:
        return float(np.dot(self.values, self.chances))

    def quantile(self, p: Floats | float) -> Any:
        reached = np.cumsum(self.chances)
        # Sums of shares end just beside 1.
        at = np.searchsorted(reached[:-1], np.asarray(p, dtype=float), side="left")
        return np.asarray(self.values)[at]

    @property
    def text(self) -> str:
        pairs = zip(self.values, self.chances, strict=True)
        return ", ".join(f"{value:,.6g} ({chance:.0%})" for value, chance in pairs)


def as_distribution(value: "Distribution | float", name: str) -> Distribution:
    """``value`` as it is, or a number as ``Fixed``."""
    return value if isinstance(value, Distribution) else Fixed(single(value, name))


def _ordered(found: Any, *names: str) -> None:
    values = [single(getattr(found, name), name) for name in names]
    for name, value in zip(names, values, strict=True):
        object.__setattr__(found, name, value)
    if sorted(values) != values or values[0] == values[-1]:
        said = ", ".join(f"{name} {value:g}" for name, value in zip(names, values, strict=True))
        raise ValueError(f"{' ≤ '.join(names)} must hold, with a distance between the ends; got {said}.")


def _three(found: Any) -> str:
    return f"{found.low:,.6g} to {found.high:,.6g}, most likely {found.likely:,.6g}"


def _above_zero(value: float, name: str) -> float:
    found = single(value, name)
    if found <= 0:
        raise ValueError(f"{name} must be above 0; got {found:g}.")
    return found


def _pair(low: float, high: float) -> tuple[float, float]:
    lowest, highest = single(low, "low"), single(high, "high")
    if lowest >= highest:
        raise ValueError(f"low must be below high; got {lowest:g} and {highest:g}.")
    return lowest, highest


def _reach(share: float) -> float:
    return statistics.NormalDist().inv_cdf((1 + fraction(share, "share", one=False)) / 2)
