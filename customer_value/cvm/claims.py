"""What a seller's claim rests on: which costs it counts, how lucky its inputs are, how much of it must come true."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from customer_value._inputs import fraction, one_whole
from customer_value.cvm.equations import Equation
from customer_value.cvm.model import ValueModel
from customer_value.cvm.uncertainty import Simulation


def share_saved(model: ValueModel, lines: Sequence[str], inputs: Mapping[str, float] | None = None) -> float:
    """The share of the reference's cost of these ``lines`` that the offer saves: 1 − cost with the offer / without.

    ``lines`` are names of cost elements; the same saving is a larger share of fewer lines. ``inputs`` as in
    ``ValueModel.values``. Negative where the offer costs more. Raises ``ValueError`` for names that are no cost
    elements of the model, or for lines that cost nothing with the reference.
    """
    wanted = _cost_lines(model, lines)
    before, after = (float(total) for total in model.values(inputs).loc[wanted, ["reference", "offer"]].sum())
    if before <= 0:
        raise ValueError(f"{', '.join(wanted)} cost nothing with {model.reference}: there is no share to save.")
    return 1 - after / before


def simulated_savings(model: ValueModel, lines: Sequence[str], draws: int = 10_000, seed: int = 1) -> pd.Series:
    """``share_saved`` in each of many draws of all uncertain inputs at once, drawn as ``simulate`` draws them.

    The share of draws at or above a claimed saving is the chance that the claim holds for this customer. Raises
    ``ValueError`` as ``share_saved`` does.
    """
    wanted = _cost_lines(model, lines)
    inputs = model.draw(one_whole(draws, "draws", least=1, most=10_000_000), seed)
    elements = [element for element in model.elements if element.name in wanted]
    before = np.sum([Equation(element.reference).value(inputs) * np.ones(draws) for element in elements], axis=0)
    after = np.sum(
        [Equation(element.offer or element.reference).value(inputs) * np.ones(draws) for element in elements], axis=0
    )
    if np.any(before <= 0):
        raise ValueError(f"{', '.join(wanted)} cost nothing with {model.reference} in some draws.")
    return pd.Series(1 - after / before, name="share saved")


def favourable(model: ValueModel, luck: float) -> dict[str, float]:
    """Every uncertain input where it suits the offer: at its ``luck`` quantile if EVC rises with it, else at 1 − luck.

    0.5 is neither lucky nor unlucky, 0.8 the edge of each input's best fifth. All inputs at once are far rarer than one
    in five. Returns values by input, as ``ValueModel.values`` takes them.
    """
    best = fraction(luck, "luck", one=False)
    found = {}
    for one in model.uncertain:
        low, high = (float(one.value.quantile(p)) for p in (0.1, 0.9))
        rises = model.evc({one.name: high}) >= model.evc({one.name: low})
        found[one.name] = float(one.value.quantile(best if rises else 1 - best))
    return found


def believed(simulation: Simulation, share: float) -> Simulation:
    """The same draws if only this ``share`` (0 to 1) of what speaks for the offer comes true.

    Elements that are worth something on average are multiplied by ``share``; those that speak against the offer are
    kept whole, as nobody doubts them.
    """
    part = fraction(share, "share", zero=True)
    amounts = simulation.amounts.copy()
    ends = amounts.columns.get_loc("reference price")
    for name in amounts.columns[:ends]:
        if amounts[name].mean() > 0:
            amounts[name] = part * amounts[name]
    amounts["differentiation value"] = amounts.iloc[:, :ends].sum(axis=1)
    amounts["EVC"] = amounts["reference price"] + amounts["differentiation value"]
    return replace(simulation, amounts=amounts)


def _cost_lines(model: ValueModel, lines: Sequence[str]) -> list[str]:
    costs = [element.name for element in model.elements if element.side == "cost"]
    if isinstance(lines, str) or not len(lines) or not set(lines) <= set(costs):
        raise ValueError(f"lines must be names of cost elements ({', '.join(costs)}); got {lines!r}.")
    return list(lines)
