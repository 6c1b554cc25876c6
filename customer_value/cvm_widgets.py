"""The explorations of the customer value model: price, tornado, interview answers, and a claimed saving.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Mapping, Sequence

import ipywidgets

from customer_value import plots
from customer_value.cvm import (
    ValueModel,
    believed,
    favourable,
    interview_sheet,
    share_saved,
    simulate,
    simulated_savings,
    tornado,
)
from customer_value.plots.cvm import amount
from customer_value.widgets import choice, explore, menu, slider

_DRAWS = 10_000
_SURE = 0.8
"""How sure a careful customer wants to be of gaining."""


def price_explorer(model: ValueModel, price: float) -> ipywidgets.VBox:
    """Who gets how much at this price, how sure is the customer's part, and what if they believe only some of it?

    Starts at ``price`` and at belief in everything. The model needs a cost.
    """
    drawn, cost = simulate(model, _DRAWS), model.cost_to_serve()
    step = _round_step((model.evc() - cost) / 40)
    low, high = (step * round(end / step) for end in (cost, float(drawn.evc.quantile(0.99))))

    def answer(price: float, belief: int) -> tuple[str, plots.Figure]:
        seen = believed(drawn, belief / 100)
        gain, sure = float(seen.evc.mean()) - price, float(seen.evc.quantile(1 - _SURE))
        return (
            f"At {_exact(price, model.unit)} the customer gains {amount(gain, model.unit)} on average, and gains at all"
            f" in {seen.chance_better_off(price):.0%} of futures; the seller earns {amount(price - cost, model.unit)}."
            f" A customer who wants to gain in {_SURE:.0%} of futures pays at most {_exact(sure, model.unit)}.",
            plots.evc_distribution(seen, price),
        )

    return explore(
        answer,
        price=slider(f"Price, {model.unit}", price, low, high, step),
        belief=slider("Benefits real, %", 100, 0, 100, 5),
    )


def tornado_explorer(model: ValueModel, price: float) -> ipywidgets.VBox:
    """Which single input could make the customer regret this price, and how far would it have to move?"""
    base = model.evc()
    step = _round_step(base / 100)

    def answer(middle: int, price: float) -> tuple[str, plots.Figure]:
        tail = (1 - middle / 100) / 2
        table = tornado(model, tail, 1 - tail)
        worst = table[["evc_low", "evc_high"]].min(axis=1)
        risky = [str(name) for name in table.index[worst < price]]
        count = f"{len(risky)} of {len(table)} inputs can by themselves bring the value below the price"
        return (
            f"Each input moves over the middle {middle}% of what it may be, alone."
            f" At {_exact(price, model.unit)} {count}{': ' + ', '.join(risky) if risky else ''}.",
            plots.value_tornado(table, price=price),
        )

    return explore(
        answer,
        middle=slider("Middle of range, %", 80, 20, 98),
        price=slider(f"Price, {model.unit}", price, step * round(0.7 * base / step), step * round(base / step), step),
    )


def one_answer(model: ValueModel, price: float, questions: Sequence[str] = ()) -> ipywidgets.VBox:
    """What would one answer of the customer change, and which question is worth asking?

    ``questions`` are names of inputs to choose from; without them, the five with the widest swing. An answer is given
    as its place in the range of a tornado (the middle 80% of what is expected so far), so that one slider serves every
    unit.
    """
    names = list(questions) or [str(name) for name in tornado(model).index[:5]]
    sheet = interview_sheet(model)
    inputs = {one.name: one for one in model.uncertain}
    if unknown := [name for name in names if name not in inputs]:
        raise ValueError(f"questions must be uncertain inputs ({', '.join(inputs)}); got {', '.join(unknown)}.")
    before = simulate(model, 2 * _DRAWS)

    def answer(question: str, place: int, share: float) -> tuple[str, plots.Figure]:
        one = inputs[question]
        low, high = (float(one.value.quantile(p)) for p in (0.1, 0.9))
        likely = low + place / 100 * (high - low)
        after = before.near(question, likely, share)
        spread = [float(found.evc.quantile(0.9) - found.evc.quantile(0.1)) for found in (before, after)]
        return (
            f"“{sheet.loc[question, 'question']}” About {_rough(likely)} {one.unit} (expected:"
            f" {_rough(low)} to {_rough(high)}, 8 times in 10). The value moves from"
            f" {amount(before.evc.mean(), model.unit)} to {amount(after.evc.mean(), model.unit)}, the chance of a gain"
            f" at {_exact(price, model.unit)} from {before.chance_better_off(price):.0%} to"
            f" {after.chance_better_off(price):.0%}. The middle 80% of futures are"
            f" {amount(spread[1], model.unit)} wide, after {amount(spread[0], model.unit)} before the answer.",
            plots.evc_distribution(after, price),
        )

    return explore(
        answer,
        question=menu("Question", names),
        place=slider("Answer, 0 low to 100 high", 50, 0, 100, 5),
        share=choice("How sure", {"measured": 0.05, "from the books": 0.2, "from memory": 0.5}, 0.05),
    )


def saving_claim(model: ValueModel, bases: Mapping[str, Sequence[str]], claim: int = 30) -> ipywidgets.VBox:
    """Under which assumptions is a claimed saving true?

    ``bases`` are lists of cost elements by a name for them; ``claim`` (per cent) is where that slider starts.
    """
    drawn = {name: simulated_savings(model, lines, _DRAWS) for name, lines in bases.items()}

    def answer(claim: int, luck: int) -> tuple[str, plots.Figure]:
        inputs = favourable(model, luck / 100)
        shares = {name: share_saved(model, lines, inputs) for name, lines in bases.items()}
        chances = "; ".join(f"{name} {(found >= claim / 100).mean():.0%}" for name, found in drawn.items())
        lucky = "at its middle value" if luck == 50 else f"luckier for the seller than {luck} times in 100"
        return (
            f"In the figure every input is {lucky}, all at once. When all vary freely, the saving reaches {claim}% in"
            f" this share of futures: {chances}.",
            plots.claimed_savings(shares, claim / 100),
        )

    return explore(
        answer,
        claim=slider("Claimed saving, %", claim, 5, 60, 5),
        luck=slider("Luck of inputs, %", 50, 50, 95, 5),
    )


def _round_step(size: float) -> float:
    """1, 2 or 5 times a power of ten, not above ``size``."""
    power = 10.0 ** len(str(int(max(size, 1)))) / 10
    return next(power * factor for factor in (5, 2, 1) if power * factor <= max(size, 1))


def _exact(value: float, unit: str) -> str:
    return f"${value:,.0f}" if unit == "$" else amount(value, unit)


def _rough(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
