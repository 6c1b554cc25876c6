"""What the next piece of information is worth, before it is bought: at most what it improves the decision by.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
knowing everything             ``evpi`` (from simulated values), ``evpi_normal`` (go or not, one normal uncertainty)
knowing one input              ``evppi`` (from simulated values and inputs), ranked
a test with n customers        ``GoDecision`` (``evpi``, ``evsi``, ``curve``, ``best_test``)
a test, then all the rest      ``roll_out_test_size``, ``roll_out_test_gain`` (test and roll)
behind them                    ``unit_normal_loss``
=============================  ====================================================================================

    from customer_value.information import GoDecision, evpi, evppi
    voucher = GoDecision(effect=0.20, effect_sd=0.50, outcome_sd=10.6, reach=20_000, cost=5_000)
    voucher.evpi()                              # no test of any size is worth more
    voucher.best_test(cost_per_customer=0.5)    # customers in the test, its value, its cost, what is left

    options = sizing.values.assign(nothing=0.0)  # of use_cases.simulate; choose the best column
    evpi(options), evppi(options, sizing.draws)

Information that cannot change what you do is worth nothing, however interesting. All values are for a decision maker
who goes by expected money.

Sources: Raiffa & Schlaifer (1961), Applied Statistical Decision Theory; for inputs by regression Strong, Oakley &
Brennan (2014), Medical Decision Making 34(3), 311–326; Feit & Berman (2019), Marketing Science 38(6), 1038–1058.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, numbers, one_whole, single, within
from customer_value.clv import Numbers
from customer_value.clv._terms import like

__all__ = [
    "BestTest",
    "GoDecision",
    "evpi",
    "evpi_normal",
    "evppi",
    "roll_out_test_gain",
    "roll_out_test_size",
    "unit_normal_loss",
]

Floats = NDArray[np.float64]
Method = Literal["regression", "bins"]


def unit_normal_loss(z: ArrayLike) -> Numbers:
    """L(z) = φ(z) − z·(1 − Φ(z)): by how much a standard normal number exceeds z on average (0 if it does not).

    Number(s). Source: Raiffa & Schlaifer (1961), Applied Statistical Decision Theory, who call it the unit normal
    linear-loss integral. Keeps its digits for large z, where the two terms cancel.
    """
    from scipy.special import erfcx

    at = within(z, "z")
    high = np.abs(at)
    # φ(z)·(1 − z·(1 − Φ(z))/φ(z)), where the ratio of Mills is √(π/2)·erfcx(z/√2).
    tail = 1 - high * math.sqrt(math.pi / 2) * erfcx(high / math.sqrt(2))
    density = np.exp(-(high**2) / 2) / math.sqrt(2 * math.pi)
    loss = density * np.maximum(tail, 0.0)
    return like(np.where(at < 0, loss + high, loss), z)


def evpi_normal(mean: ArrayLike, sd: ArrayLike) -> Numbers:
    """EVPI of go or not: sd·L(|mean| / sd), for a gain of going that is normal with this mean and standard deviation.

    Not going is worth 0. Money, number(s). The nearer the mean is to 0 and the wider the doubt, the more the truth is
    worth; 0 where nothing is uncertain.
    """
    centre, spread = within(mean, "mean"), within(sd, "sd", low=0)
    centre, spread = np.broadcast_arrays(centre, spread)
    some = np.where(spread > 0, spread, 1.0)
    worth = np.where(spread > 0, some * np.asarray(unit_normal_loss(np.abs(centre) / some)), 0.0)
    return like(worth, mean, sd)


def evpi(values: Any) -> float:
    """EVPI from simulation: the mean of the best option in each draw, less the best of the options' means.

    ``values`` has a column for each option one may choose (doing nothing, too, as a column of zeros) and a row for each
    draw, money; a single column is go or not. What knowing *everything* uncertain in the simulation would be worth:
    the most that any study of it can be. Raises ``ValueError`` for gaps.
    """
    options = _options(values)
    return float(max(0.0, options.max(axis=1).mean() - options.mean(axis=0).max()))


def evppi(
    values: Any, inputs: pd.DataFrame, *, method: Method = "regression", degree: int = 3, bins: int = 20
) -> pd.DataFrame:
    """EVPPI: what knowing one input alone would be worth, the others staying as uncertain as they are.

    E over the input of (the best option given the input) − the best option. What each option is worth given the input
    is estimated from the same draws, so that no second simulation is needed.

    Parameters
    ----------
    values
        As for ``evpi``.
    inputs
        A row for each draw, a column for each input, as in ``use_cases.Sizing.draws``. Inputs that do not vary are
        worth 0. Inputs that move together tell of each other, and their values do not add up.
    method
        ``"regression"``: a polynomial of ``degree`` in the input. ``"bins"``: means of ``bins`` groups of equal size by
        the input; simple, and too high with many bins, because it takes luck within a bin for knowledge.

    Returns a DataFrame by input, the most valuable first, with ``evppi`` (money) and ``share`` of the EVPI.
    Source: Strong, Oakley & Brennan (2014), Medical Decision Making 34(3), 311–326 (regression, there with splines).
    """
    options = _options(values)
    if not isinstance(inputs, pd.DataFrame) or len(inputs) != len(options):
        raise ValueError(f"inputs must be a data frame with a row for each of the {len(options)} draws.")
    if method not in ("regression", "bins"):
        raise ValueError(f"method must be 'regression' or 'bins'; got {method!r}.")
    power = one_whole(degree, "degree", least=1, most=10)
    groups = one_whole(bins, "bins", least=2, most=max(2, len(options) // 2)) if method == "bins" else 0
    best, everything = float(options.mean(axis=0).max()), evpi(options)
    found = {}
    for name in inputs:
        x = numbers(inputs[name], f"inputs[{name!r}]")
        if np.ptp(x) <= 1e-12 * max(1.0, float(np.abs(x).max())):
            found[name] = 0.0
            continue
        given = _by_regression(x, options, power) if method == "regression" else _by_bins(x, options, groups)
        gain = float(given.max(axis=1).mean()) - best
        found[name] = gain if gain > 1e-9 * float(np.abs(options).max()) else 0.0
    table = pd.DataFrame({"evppi": pd.Series(found, dtype=float)})
    if not isinstance(table.index, pd.MultiIndex):
        table.index.name = "input"
    table["share"] = table["evppi"] / everything if everything > 0 else 0.0
    return table.sort_values("evppi", ascending=False, kind="stable")


@dataclass(frozen=True)
class BestTest:
    """The test size with the highest value after cost; ``GoDecision.best_test`` makes it."""

    customers: int
    """In the test, both arms together; 0 where no test is worth its cost."""
    evsi: float
    """What it is expected to improve the decision by, money."""
    cost: float
    net: float
    """``evsi`` − ``cost``, money."""


@dataclass(frozen=True)
class GoDecision:
    """Roll something out to everybody, or not: a gain per customer that nobody knows for sure.

    The gain of going is reach × effect − cost, of not going 0.
    """

    effect: float
    """Expected gain per customer reached, money: what you believe before any test."""
    effect_sd: float
    """Standard deviation of that belief, money per customer; 0 where nothing is uncertain."""
    outcome_sd: float
    """Standard deviation of what *one* customer brings, money, zeros included: what makes a test noisy."""
    reach: float
    """Customers it would be rolled out to."""
    cost: float = 0.0
    """Of rolling it out, money, once."""

    def __post_init__(self) -> None:
        for name, check in (("effect", single), ("effect_sd", amount), ("outcome_sd", amount), ("cost", single)):
            object.__setattr__(self, name, check(getattr(self, name), name))
        object.__setattr__(self, "reach", float(within(self.reach, "reach", above=0)))

    @property
    def mean(self) -> float:
        """Expected gain of going, money."""
        return self.reach * self.effect - self.cost

    @property
    def sd(self) -> float:
        """Standard deviation of the gain of going, money."""
        return self.reach * self.effect_sd

    def chance_wrong(self) -> float:
        """The chance that the better-looking choice, made today without a test, is the wrong one."""
        from scipy.special import ndtr

        if self.sd == 0:
            return 0.0
        return float(ndtr(-abs(self.mean) / self.sd))

    def evpi(self) -> float:
        """What the truth would be worth, money: ``evpi_normal`` of mean and sd."""
        return float(evpi_normal(self.mean, self.sd))

    def evsi(self, customers: ArrayLike) -> Numbers:
        """What a test is expected to be worth with so many ``customers``, half of them in each arm.

        s·L(|mean| / s), with s = reach·τ²/√(τ² + 4σ²/n) the spread of what the test will make us believe, τ
        ``effect_sd``, σ ``outcome_sd`` and n the customers: the measured difference of the arms has the variance
        2·σ²/(n/2). Before the cost of the test, money, number(s); 0 without customers, ``evpi`` with endlessly many.
        """
        n = within(customers, "customers", low=0)
        if self.effect_sd == 0:
            return like(np.zeros_like(n), customers)
        size = np.where(n > 0, n, 1.0)
        believed = self.effect_sd / np.sqrt(1 + 4 * self.outcome_sd**2 / (self.effect_sd**2 * size))
        worth = np.where(n > 0, np.asarray(evpi_normal(self.mean, self.reach * believed)), 0.0)
        return like(worth, customers)

    def curve(self, customers: ArrayLike, *, cost_per_customer: float = 0.0, fixed_cost: float = 0.0) -> pd.DataFrame:
        """EVSI, cost and what is left of it by size of the test, for ``plots.information_curve``.

        Returns a DataFrame indexed by ``customers`` with ``evsi``, ``cost`` (``fixed_cost`` + ``cost_per_customer`` ×
        n; nothing for n = 0) and ``net``, money.
        """
        n = numbers(customers, "customers", negative=False)
        each, once = amount(cost_per_customer, "cost_per_customer"), amount(fixed_cost, "fixed_cost")
        table = pd.DataFrame({"evsi": np.asarray(self.evsi(n))}, pd.Index(n, name="customers"))
        table["cost"] = np.where(n > 0, once + each * n, 0.0)
        table["net"] = table["evsi"] - table["cost"]
        return table

    def best_test(self, *, cost_per_customer: float, fixed_cost: float = 0.0, most: int | None = None) -> BestTest:
        """The number of customers in the test (an even number) with the highest EVSI − cost.

        ``cost_per_customer`` is what having one in the test costs (an incentive, forgone margin), ``fixed_cost`` what
        any test costs, money. ``most`` limits the size; by default it is ``reach``. Where even the best size is not
        worth its cost, the answer is no test: a small test that changes no mind may cost more than it is worth where a
        larger one pays, so all sizes are searched, on a grid first and one by one near the best.
        """
        limit = one_whole(math.floor(self.reach) if most is None else most, "most", least=2)
        terms = {"cost_per_customer": amount(cost_per_customer, "cost_per_customer"), "fixed_cost": fixed_cost}
        halves = np.unique(np.geomspace(1, limit // 2, 400).round())
        coarse = self.curve(2 * halves, **terms)["net"]
        at = int(coarse.to_numpy().argmax())
        low, high = (halves[max(at - 1, 0)], halves[min(at + 1, halves.size - 1)])
        while high - low > 2_000:
            some = np.unique(np.linspace(low, high, 1_000).round())
            best = int(self.curve(2 * some, **terms)["net"].to_numpy().argmax())
            low, high = some[max(best - 1, 0)], some[min(best + 1, some.size - 1)]
        near = self.curve(2 * np.arange(low, high + 1), **terms)
        size = near["net"].idxmax()
        found = near.loc[size]
        if found["net"] <= 0:
            return BestTest(0, 0.0, 0.0, 0.0)
        return BestTest(int(size), float(found["evsi"]), float(found["cost"]), float(found["net"]))


def roll_out_test_size(people: ArrayLike, outcome_sd: ArrayLike, prior_sd: ArrayLike) -> Numbers:
    """Customers in *each* arm of a test of two versions, when the winner is rolled out to the rest of ``people``.

    √(N/4·(s/σ)² + (3/4·(s/σ)²)²) − 3/4·(s/σ)², with N ``people``, s ``outcome_sd`` (of one customer's outcome) and σ
    ``prior_sd`` (how far versions differ: the standard deviation of a version's mean). The most profit from test and
    roll-out together: customers in the test are customers who may get the worse version. Never more than N/6.

    Number(s), not rounded. Source: Feit & Berman (2019), Marketing Science 38(6), 1038–1058. Here both versions are
    equally likely to be better and cost the same; with one that must earn its cost use ``GoDecision``.
    """
    everybody, noise = within(people, "people", above=0), within(outcome_sd, "outcome_sd", low=0)
    ratio = (noise / within(prior_sd, "prior_sd", above=0)) ** 2
    # The difference of the printed formula, without the digits that it loses for a large ratio.
    root = np.sqrt(everybody / 4 * ratio + (0.75 * ratio) ** 2)
    size = np.where(ratio > 0, everybody / 4 * ratio / np.where(ratio > 0, root + 0.75 * ratio, 1.0), 0.0)
    return like(size, people, outcome_sd, prior_sd)


def roll_out_test_gain(people: ArrayLike, outcome_sd: ArrayLike, prior_sd: ArrayLike, each_arm: ArrayLike) -> Numbers:
    """What a test with ``each_arm`` customers in each of two arms adds, over picking a version blindly.

    (N − 2n)·σ/√π·√(n / (n + (s/σ)²)): those not in the test get the version that looks better. Over all customers, in
    units of the outcome, number(s). Other arguments and source as in ``roll_out_test_size``. Raises
    ``ValueError`` for arms that are together larger than ``people``.
    """
    everybody, noise = within(people, "people", above=0), within(outcome_sd, "outcome_sd", low=0)
    spread, n = within(prior_sd, "prior_sd", above=0), within(each_arm, "each_arm", low=0)
    if np.any(2 * n > everybody):
        raise ValueError(f"Two arms of {float(np.max(n)):g} are more than the {float(np.min(everybody)):g} people.")
    sure = np.where(n > 0, n, 1.0) / (np.where(n > 0, n, 1.0) + (noise / spread) ** 2)
    gain = np.where(n > 0, (everybody - 2 * n) * spread / math.sqrt(math.pi) * np.sqrt(sure), 0.0)
    return like(gain, people, outcome_sd, prior_sd, each_arm)


def _options(values: Any) -> Floats:
    found = np.asarray(values.to_numpy(dtype=float) if hasattr(values, "to_numpy") else values, dtype=float)
    if found.ndim == 1:
        found = np.column_stack([found, np.zeros_like(found)])
    if found.ndim != 2 or found.size == 0:
        raise ValueError("values must have a row for each draw and a column for each option.")
    if not np.isfinite(found).all():
        raise ValueError(f"values has {int((~np.isfinite(found)).sum())} missing or infinite value(s).")
    return found


def _by_regression(x: Floats, options: Floats, degree: int) -> Floats:
    basis = np.polynomial.legendre.legvander(2 * (x - x.min()) / np.ptp(x) - 1, degree)
    return basis @ np.linalg.lstsq(basis, options, rcond=None)[0]


def _by_bins(x: Floats, options: Floats, bins: int) -> Floats:
    rank = np.argsort(np.argsort(x, kind="stable"), kind="stable")
    group = rank * bins // x.size
    count = np.bincount(group, minlength=bins)
    means = np.column_stack([np.bincount(group, weights=each, minlength=bins) / count for each in options.T])
    return means[group]
