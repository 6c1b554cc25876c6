"""What a data use case is worth, how sure that is, and which ones to do under a budget.

=============================  ====================================================================================
question                       functions
=============================  ====================================================================================
one use case                   ``UseCase`` (reach × uplift × margin − cost), ``UseCase.value``, ``drivers`` (tornado)
how sure                       ``simulate`` → ``Sizing.summary`` (mean, interval, chance of a loss)
several together               ``Sizing.total`` (overlap counted once), ``choose`` (the best under a budget)
hopes that fall short          ``Sizing.shrunk``
=============================  ====================================================================================

    from customer_value.use_cases import UseCase, choose, simulate
    cases = [
        UseCase("reorder reminder", reach=(800, 1_000, 1_200), uplift=(0.01, 0.03, 0.06), margin=(15, 19, 24),
                one_off=8_000, running=(1_500, 2_000, 3_000)),
        UseCase("win-back", reach=600, uplift=(0, 0.02, 0.05), margin=19, one_off=4_000, running=1_000),
    ]
    sizing = simulate(cases, years=3, discount_rate=0.1, together={"uplift": 0.5})
    sizing.summary()
    choose(sizing, budget=12_000, overlap={("reorder reminder", "win-back"): 0.3})

An input is a number, three numbers (lowest, likely, highest: the ends are meant as ends, hardly ever passed) or a
distribution of ``customer_value.cvm``. Euros throughout, or any one currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import amount, fraction, one_whole
from customer_value.cvm import Distribution, Pert
from customer_value.cvm.distributions import as_distribution

__all__ = ["INPUTS", "Portfolio", "Sizing", "UseCase", "choose", "drivers", "simulate"]

Floats = NDArray[np.float64]
Overlap = Mapping[tuple[str, str], float]

INPUTS = ("reach", "uplift", "margin", "one_off", "running")
"""The inputs of a use case, in the order of its formula."""


@dataclass(frozen=True)
class UseCase:
    """Something to be done with data about customers, and what it takes to size it."""

    name: str
    reach: Any
    """Customers a year to whom it makes a difference: not all customers, those it acts on."""
    uplift: Any
    """What changes for each of them: successes per customer (a share, such as 0.03 more who buy), or euros of revenue
    per customer; *against doing without*, which only a comparison with a control group tells."""
    margin: Any
    """Euros of contribution per success; or, where the uplift is in euros of revenue, contribution per euro."""
    one_off: Any = 0.0
    """Euros, once, at the start."""
    running: Any = 0.0
    """Euros a year."""
    requires: tuple[str, ...] = ()
    """Names of use cases (a platform, a clean customer number) without which it cannot be done."""

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("A use case needs a name.")
        if isinstance(self.requires, str):
            object.__setattr__(self, "requires", (self.requires,))
        for name in INPUTS:
            object.__setattr__(self, name, _known(getattr(self, name), f"{name} of {self.name!r}"))

    def value(self, years: int = 3, discount_rate: float = 0.1, **inputs: float) -> float:
        """Present value of (reach·uplift·margin − running) each year − one-off, at the inputs' means or those given.

        The benefit and the running cost of a year come at its end, the one-off cost now. ``discount_rate`` per year.
        The mean of a product is the product of the means only where inputs are independent; ``simulate`` does not need
        that.
        """
        if unknown := [name for name in inputs if name not in INPUTS]:
            raise ValueError(f"A use case has no input {unknown[0]!r}; it has {', '.join(INPUTS)}.")
        at = {name: inputs.get(name, getattr(self, name).mean) for name in INPUTS}
        return float(_worth(at, _annuity(years, discount_rate)))


@dataclass(frozen=True)
class Sizing:
    """Many possible outcomes of several use cases; ``simulate`` makes it."""

    cases: tuple[UseCase, ...]
    draws: pd.DataFrame
    """One row per draw; columns (use case, input)."""
    values: pd.DataFrame
    """Present value of each use case on its own in each draw, euros."""
    years: int
    annuity: float
    """Present value of one euro at the end of each of the years."""

    def summary(self, level: float = 0.8) -> pd.DataFrame:
        """Each use case on its own, the highest expected value first.

        Returns a DataFrame by ``use_case`` with ``value`` (mean), ``low`` and ``high`` (the middle ``level`` of the
        draws), ``chance_of_loss`` (share of draws below 0), ``outlay`` (mean one-off cost and the first year's running
        cost) and ``per_euro`` (value / outlay; infinite where it costs nothing), euros.
        """
        share = fraction(level, "level", one=False)
        table = pd.DataFrame({"value": self.values.mean()}).rename_axis("use_case")
        table["low"] = self.values.quantile((1 - share) / 2)
        table["high"] = self.values.quantile((1 + share) / 2)
        table["chance_of_loss"] = (self.values < 0).mean()
        table["outlay"] = self.outlay()
        with np.errstate(divide="ignore", invalid="ignore"):
            table["per_euro"] = np.where(table["outlay"] > 0, table["value"] / table["outlay"], np.inf)
        return table.sort_values("value", ascending=False, kind="stable")

    def outlay(self) -> pd.Series:
        """Mean one-off cost plus one year of running cost, by use case, euros: what a budget has to cover."""
        means = self.draws.mean()
        return pd.Series(
            {one.name: float(means[one.name, "one_off"] + means[one.name, "running"]) for one in self.cases}
        )

    def total(self, chosen: Iterable[str] | None = None, overlap: Overlap | None = None) -> pd.Series:
        """Value of the ``chosen`` use cases (all, if not said) together, in each draw, less what overlaps; euros.

        ``overlap`` gives, by pairs of names, the customers whom both reach, as a share of the smaller reach. Such a
        customer brings the larger of the two gains, not both: overlap × smaller reach × smaller gain per customer is
        taken off. Where three reach the same customer, this takes off more than there is: a cautious total.
        """
        names = self._names(chosen)
        total = self.values[names].sum(axis=1)
        for pair, lost in self._lost(overlap).items():
            if set(pair) <= set(names):
                total = total - lost
        return total.rename("value")

    def shrunk(self, share: float) -> "Sizing":
        """The same draws with every uplift times ``share`` (from 0 to 1): what if all hopes were too high.

        An uplift picked because it was the best of many pilots usually does.
        """
        part, draws = fraction(share, "share", zero=True), self.draws.copy()
        for one in self.cases:
            draws[one.name, "uplift"] *= part
        values = {
            one.name: _worth({name: draws[one.name, name] for name in INPUTS}, self.annuity) for one in self.cases
        }
        return replace(self, draws=draws, values=pd.DataFrame(values))

    def _names(self, chosen: Iterable[str] | None) -> list[str]:
        known = list(self.values)
        names = known if chosen is None else list(chosen)
        if unknown := [name for name in names if name not in known]:
            raise ValueError(f"There is no use case {unknown[0]!r}; there are {', '.join(known)}.")
        return names

    def _lost(self, overlap: Overlap | None) -> dict[tuple[str, str], pd.Series]:
        lost: dict[tuple[str, str], pd.Series] = {}
        for pair, share in (overlap or {}).items():
            if len(pair) != 2 or pair[0] == pair[1]:
                raise ValueError(f"overlap must be by pairs of different names; got {pair!r}.")
            one, two = self._names(pair)
            if (two, one) in lost:
                raise ValueError(f"The overlap of {one!r} and {two!r} is given twice.")
            both = fraction(share, f"overlap of {one!r} and {two!r}", zero=True)
            gains = [self.draws[name, "uplift"] * self.draws[name, "margin"] for name in (one, two)]
            reach = np.minimum(self.draws[one, "reach"], self.draws[two, "reach"])
            # A gain below 0 is not made good by the other use case.
            lost[one, two] = self.annuity * both * reach * np.minimum(*gains).clip(lower=0)
        return lost


@dataclass(frozen=True)
class Portfolio:
    """Use cases chosen under a budget; ``choose`` makes it."""

    chosen: tuple[str, ...]
    value: float
    """Expected present value together, overlap counted once, euros."""
    outlay: float
    """What they cost in the first year, euros."""
    budget: float
    draws: pd.Series
    """Value of the chosen together in each draw, euros."""
    counted_twice: float
    """What adding up the single values would count too much, euros."""

    @property
    def chance_of_loss(self) -> float:
        """Share of draws in which the chosen together are worth less than nothing."""
        return float((self.draws < 0).mean())

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """The middle ``level`` of the draws, euros."""
        share = fraction(level, "level", one=False)
        low, high = self.draws.quantile([(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)


def simulate(
    cases: Sequence[UseCase],
    *,
    years: int = 3,
    discount_rate: float = 0.1,
    draws: int = 10_000,
    seed: int = 1,
    together: Mapping[str, float] | None = None,
) -> Sizing:
    """Draw all inputs of all use cases at once, and value each use case in each draw.

    Parameters
    ----------
    cases
        Use cases with different names.
    years, discount_rate
        As in ``UseCase.value``.
    draws, seed
        How many, and where the random numbers start: the same seed gives the same draws.
    together
        By input ("uplift", "margin", …), the correlation of that input *between* use cases, from 0 to 1, after each is
        brought to a bell curve. Where all margins hang on the same coffee price, or all uplifts were guessed by the
        same optimist, they are wrong together: 1 is one and the same uncertainty, 0 (the default) lets errors cancel,
        which makes a portfolio look safer than it is.

    Returns a ``Sizing``. Inputs of one use case are independent of each other. Raises ``ValueError`` for names used
    twice, requirements that are not among the cases, or correlations outside 0 to 1.
    """
    from scipy.special import ndtr

    cases = tuple(cases)
    names = [one.name for one in cases]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"cases must be at least one use case, each with a name of its own; got {names}.")
    for one in cases:
        if missing := [name for name in one.requires if name not in names or name == one.name]:
            raise ValueError(f"{one.name!r} requires {missing[0]!r}, which is not among the other use cases.")
    links = dict(together or {})
    if unknown := [name for name in links if name not in INPUTS]:
        raise ValueError(f"together is by input ({', '.join(INPUTS)}); got {unknown[0]!r}.")
    shared = {name: fraction(links.get(name, 0.0), f"together[{name!r}]", zero=True) for name in INPUTS}
    count, annuity = one_whole(draws, "draws", least=1, most=2_000_000), _annuity(years, discount_rate)
    random = np.random.default_rng(seed)
    common = {name: random.standard_normal(count) for name in INPUTS}
    found, values = {}, {}
    for one in cases:
        at = {}
        for name in INPUTS:
            normal = np.sqrt(shared[name]) * common[name] + np.sqrt(1 - shared[name]) * random.standard_normal(count)
            # A quantile needs a chance between 0 and 1.
            at[name] = np.asarray(getattr(one, name).quantile(ndtr(normal).clip(1e-15, 1 - 1e-15)), dtype=float)
            found[one.name, name] = at[name]
        values[one.name] = _worth(at, annuity)
    return Sizing(cases, pd.DataFrame(found), pd.DataFrame(values), one_whole(years, "years"), annuity)


def choose(sizing: Sizing, budget: float, *, overlap: Overlap | None = None) -> Portfolio:
    """The use cases with the highest expected value together whose outlay a ``budget`` covers: exact, no rule of thumb.

    Maximises Σ vᵢxᵢ − Σ lᵢⱼzᵢⱼ with xᵢ and zᵢⱼ 0 or 1, zᵢⱼ ≥ xᵢ + xⱼ − 1 (both are done), Σ outlayᵢxᵢ ≤ budget and
    xᵢ ≤ xⱼ where i requires j, by ``scipy.optimize.milp``. ``overlap`` as in ``Sizing.total``; ``budget`` in euros.
    Going down a list by value per euro until the money is used up can miss this, because it leaves money over and
    counts overlap twice.

    Returns a ``Portfolio``, an empty one where nothing is worth its cost.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    money = amount(budget, "budget")
    names, worth = list(sizing.values), sizing.values.mean()
    lost = {pair: float(each.mean()) for pair, each in sizing._lost(overlap).items()}
    outlay, size = sizing.outlay(), len(names)
    columns = size + len(lost)
    gains = np.array([*worth[names], *(-each for each in lost.values())])
    rows = [(np.append(outlay[names].to_numpy(), np.zeros(len(lost))), money)]
    for at, (one, two) in enumerate(lost):
        row = np.zeros(columns)
        row[[names.index(one), names.index(two)]], row[size + at] = 1, -1
        rows.append((row, 1.0))
    for one in sizing.cases:
        for needed in one.requires:
            row = np.zeros(columns)
            row[names.index(one.name)], row[names.index(needed)] = 1, -1
            rows.append((row, 0.0))
    limits = LinearConstraint(np.array([row for row, _ in rows]), ub=np.array([most for _, most in rows]))
    found = milp(-gains, constraints=limits, integrality=np.ones(columns), bounds=Bounds(0, 1))
    if not found.success:
        raise RuntimeError(f"The choice could not be computed: {found.message}")
    chosen = tuple(name for name, taken in zip(names, found.x, strict=False) if taken > 0.5)
    draws = sizing.total(chosen, overlap)
    return Portfolio(
        chosen,
        float(draws.mean()),
        float(outlay[list(chosen)].sum()),
        money,
        draws,
        sum(each for pair, each in lost.items() if set(pair) <= set(chosen)),
    )


def drivers(
    case: UseCase, *, years: int = 3, discount_rate: float = 0.1, low: float = 0.1, high: float = 0.9
) -> pd.DataFrame:
    """What drives the value of a use case: each uncertain input at a low and a high quantile, the others at their mean.

    Returns a table as of ``valuation.tornado``, the widest swing first. Raises ``ValueError`` where nothing is
    uncertain.
    """
    from customer_value.valuation.sensitivity import tornado

    below, above = fraction(low, "low", one=False), fraction(high, "high", one=False)
    if below >= above:
        raise ValueError(f"low must be below high; got {below:g} and {above:g}.")
    uncertain = {name: getattr(case, name) for name in INPUTS if not getattr(case, name).fixed}
    if not uncertain:
        raise ValueError(f"All inputs of {case.name!r} are fixed: nothing is uncertain.")
    ranges = {name: (float(one.quantile(below)), float(one.quantile(above))) for name, one in uncertain.items()}
    return tornado(lambda **at: case.value(years, discount_rate, **at), ranges)


def _known(value: Any, name: str) -> Distribution:
    if isinstance(value, tuple | list):
        if len(value) != 3:
            raise ValueError(f"{name} must be a number or three numbers (lowest, likely, highest); got {value!r}.")
        low, likely, high = value
        return as_distribution(low, name) if low == likely == high else Pert(low, likely, high)
    return as_distribution(value, name)


def _worth(at: Mapping[str, Any], annuity: float) -> Any:
    return annuity * (at["reach"] * at["uplift"] * at["margin"] - at["running"]) - at["one_off"]


def _annuity(years: int, discount_rate: float) -> float:
    from customer_value.clv import annuity_value

    return float(annuity_value(1.0, discount_rate, periods=one_whole(years, "years", least=1, most=1_000)))
