"""How sure the value is: simulation of all inputs at once, and one input at a time."""

from dataclasses import dataclass

import pandas as pd

from customer_value._inputs import fraction, one_whole, single
from customer_value.cvm.model import ValueModel


@dataclass(frozen=True)
class Simulation:
    """Many possible values of an offer; ``simulate`` makes it."""

    inputs: pd.DataFrame
    """One row per draw, one column per input."""
    amounts: pd.DataFrame
    """One row per draw: the elements that differ, reference price, differentiation value, EVC and cost."""
    unit: str

    @property
    def evc(self) -> pd.Series:
        """EVC in each draw."""
        return self.amounts["EVC"]

    def summary(self, level: float = 0.8) -> pd.DataFrame:
        """By amount: ``mean``, ``lower`` and ``upper`` (the middle ``level`` of the draws) and ``chance_negative``."""
        share = fraction(level, "level", one=False)
        table = pd.DataFrame({"mean": self.amounts.mean()})
        table["lower"] = self.amounts.quantile((1 - share) / 2)
        table["upper"] = self.amounts.quantile((1 + share) / 2)
        table["chance_negative"] = (self.amounts < 0).mean()
        return table

    def chance_better_off(self, price: float) -> float:
        """The chance that the customer gains at this ``price``: the share of draws with EVC above it."""
        return float((self.evc > single(price, "price")).mean())

    def near(self, name: str, value: float, share: float = 0.05) -> "Simulation":
        """The ``share`` of draws in which one input comes nearest to ``value``: what is left to know once it is known.

        Inputs that move together with this one move along, which they would not if it were only set to ``value``.
        Raises ``ValueError`` for an input that there is none of.
        """
        if name not in self.inputs:
            raise ValueError(f"name must be an input ({', '.join(self.inputs)}); got {name!r}.")
        count = max(1, round(fraction(share, "share") * len(self.inputs)))
        nearest = (self.inputs[name] - single(value, "value")).abs().sort_values(kind="stable").index[:count]
        kept = nearest.sort_values()
        return Simulation(self.inputs.loc[kept], self.amounts.loc[kept], self.unit)


def simulate(model: ValueModel, draws: int = 10_000, seed: int = 1) -> Simulation:
    """Draw all uncertain inputs at once, ``draws`` times, and value the offer in each draw.

    Inputs are independent unless the model correlates them (a Gaussian copula: normal draws with those correlations,
    each brought to its own distribution). The same ``seed`` gives the same draws. Raises ``ValueError`` where an
    equation has no finite value in some draw.
    """
    count = one_whole(draws, "draws", least=1, most=10_000_000)
    inputs = model.draw(count, seed)
    return Simulation(pd.DataFrame(inputs), model.amounts(inputs), model.unit)


def tornado(model: ValueModel, low: float = 0.1, high: float = 0.9) -> pd.DataFrame:
    """EVC with one uncertain input at a time at its low and its high quantile, the others at their expected values.

    Returns a DataFrame by ``input``, the widest swing first, with ``low`` and ``high`` (values of the input),
    ``evc_low`` and ``evc_high`` (EVC there), ``swing`` (their distance), and ``unit``; ``attrs["base"]`` is the EVC at
    expected values. Fixed inputs, and those of the cost alone, have no row. An input moves without its companions: the
    swing is too wide for two that rise together and pull EVC in opposite directions, and too narrow for two that pull
    it the same way; see ``simulate``.
    """
    below, above = fraction(low, "low", one=False), fraction(high, "high", one=False)
    if below >= above:
        raise ValueError(f"low must be below high; got {below:g} and {above:g}.")
    rows = {}
    for one in model.uncertain:
        ends = [float(one.value.quantile(p)) for p in (below, above)]
        worth = [model.evc({one.name: end}) for end in ends]
        rows[one.name] = (*ends, *worth, abs(worth[1] - worth[0]), one.unit)
    names = ["low", "high", "evc_low", "evc_high", "swing", "unit"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("input")
    table = table.sort_values("swing", ascending=False, kind="stable")
    table.attrs = {"base": model.evc(), "unit": model.unit, "low": below, "high": above}
    return table


def break_even_input(model: ValueModel, name: str, price: float) -> float:
    """The value of one input at which the customer is no better off at ``price``, others at their expected values.

    Looks between the 0.1% and 99.9% quantiles of the input; NaN where EVC stays on one side of the price there. Raises
    ``ValueError`` for an input that is not uncertain, or that EVC does not depend on.
    """
    from scipy.optimize import brentq

    one = next((each for each in model.uncertain if each.name == name), None)
    if one is None:
        known = ", ".join(each.name for each in model.uncertain)
        raise ValueError(f"name must be an uncertain input that EVC depends on ({known}); got {name!r}.")
    asked = single(price, "price")
    low, high = (float(one.value.quantile(p)) for p in (0.001, 0.999))

    def gain(at: float) -> float:
        return model.evc({name: at}) - asked

    if gain(low) * gain(high) > 0:
        return float("nan")
    return float(brentq(gain, low, high, xtol=1e-12 * max(abs(low), abs(high))))


def share_of_variation(model: ValueModel, draws: int = 10_000, seed: int = 1) -> pd.Series:
    """Which input to ask about first: the part of the variation in EVC that goes with each.

    The squared rank correlation of each uncertain input with EVC over all draws, scaled to add to 1. An input that
    moves together with another one has part of the other's share: two that rise together and pull EVC in opposite
    directions can each look small.

    Returns a Series by input, highest first. Raises ``ValueError`` where nothing is uncertain.
    """
    names = [one.name for one in model.uncertain]
    if not names:
        raise ValueError("All inputs that EVC depends on are fixed: nothing is uncertain.")
    found = simulate(model, draws, seed)
    squared = found.inputs[names].rank().corrwith(found.evc.rank()) ** 2
    share = (squared / squared.sum()).sort_values(ascending=False, kind="stable")
    return share.rename("share").rename_axis("input")
