"""The explorations of willingness to pay: which segment am I in, two cameras in one shop, segments, a leaking fence.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Mapping, Sequence

import ipywidgets
import numpy as np
import pandas as pd

from customer_value import plots
from customer_value.choice import (
    LatentClassLogit,
    MultinomialLogit,
    Segment,
    market_shares,
    optimal_price,
    price_fences,
    profit_curve,
    profit_interval,
)
from customer_value.choice.market import NOBODY
from customer_value.widgets import choice, explore, slider

_PRICES = 41
_DRAWS = 200


def your_segment(model: LatentClassLogit, tasks: pd.DataFrame, worth: str = "zoom") -> ipywidgets.VBox:
    """Which kind of customer are you, by your own choices in ``tasks``?

    ``tasks`` has one row per alternative, with ``task`` and the attributes of ``model``; every task has the same number
    of alternatives, and the last one is buying nothing. The sentence names what the segment pays for ``worth``.
    """
    sizes = tasks.groupby("task").size()
    if sizes.nunique() != 1:
        raise ValueError(f"Every task must have the same number of alternatives; they have {sorted(set(sizes))}.")
    most = int(sizes.iloc[0])
    options = {chr(ord("A") + at): at for at in range(most - 1)} | {NOBODY: most - 1}
    asked = tasks.assign(person="you").sort_values("task", kind="stable")
    place = asked.groupby("task").cumcount()
    value = {
        segment.name: -float(segment.model.params_[worth] / segment.model.params_["price"])
        for segment in model.segments()
    }

    def answer(**picked: int) -> tuple[str, plots.Figure]:
        taken = asked["task"].map({task: picked[f"task_{task}"] for task in sizes.index})
        chances = model.membership_of(asked.assign(chosen=place == taken)).loc["you"]
        name = f"segment {chances.idxmax()}"
        bought = sum(at < most - 1 for at in picked.values())
        return (
            f"You bought in {bought} of {len(sizes)} tasks. You answer most like {name}, with a chance of"
            f" {'over 99%' if chances.max() > 0.99 else f'{chances.max():.0%}'}; its people pay"
            f" {plots.money(value[name])} more for {worth}.",
            plots.segment_chances(chances),
        )

    controls = {f"task_{task}": choice(f"Task {task}, you take", options, most - 1) for task in sizes.index}
    return explore(answer, **controls)


def two_cameras(
    models: Mapping[str, MultinomialLogit | LatentClassLogit],
    designs: pd.DataFrame,
    brands: tuple[str, str] = ("canon", "sony"),
    market_size: float = 100_000,
    prices: tuple[int, int] = (79, 279),
) -> ipywidgets.VBox:
    """What do two cameras sell and earn against each other, and how sure is that?

    ``designs`` has a row per design with the attributes of the models (all but brand and price) and ``unit_cost``;
    ``models`` are by the name shown. The first of ``brands`` is ours; ``prices`` are the lowest and highest to try.
    """
    low, high = prices
    grid = np.linspace(low, high, _PRICES)
    names = {str(name): name for name in designs.index}

    def answer(kind: str, ours: str, price: int, theirs: str, their_price: int) -> tuple[str, plots.Figure]:
        model, cost = models[kind], float(designs.loc[ours, "unit_cost"])
        offers = designs.loc[[ours, theirs]].drop(columns="unit_cost")
        offers = offers.assign(brand=list(brands), price=[price, their_price]).set_axis(["ours", "theirs"])
        shares = market_shares(model, offers, outside=0.0)
        options = {"unit_cost": cost, "market_size": market_size, "outside": 0.0, "draws": _DRAWS}
        here = profit_interval(model, offers, "ours", [price], **options).iloc[0]
        table = profit_interval(model, offers, "ours", grid, **options)
        return (
            f"At {plots.money(price)}, {shares['ours']:.0%} take ours ({here['share_lower']:.0%} to"
            f" {here['share_upper']:.0%}), {shares['theirs']:.0%} theirs, {shares[NOBODY]:.0%} neither. It costs"
            f" {plots.money(cost)} to make and earns {plots.money(here['profit'])} ({plots.money(here['lower'])} to"
            f" {plots.money(here['upper'])}). {plots.money(float(table['profit'].idxmax()))} would earn most.",
            plots.profit_band(table, price),
        )

    return explore(
        answer,
        kind=choice("People are", {name: name for name in models}, next(iter(models))),
        ours=choice("Our camera", names, designs.index[-1]),
        price=slider("Our price, $", 199, low, high, 5),
        theirs=choice("Their camera", names, designs.index[len(designs) // 2]),
        their_price=slider("Their price, $", 179, low, high, 5),
    )


def number_of_segments(
    models: Sequence[MultinomialLogit | LatentClassLogit],
    offers: pd.DataFrame,
    offer: str,
    *,
    unit_cost: float,
    market_size: float = 100_000,
    worth: str = "zoom",
    prices: tuple[float, float] = (79, 279),
) -> ipywidgets.VBox:
    """How many kinds of customers are there, and what does it change in the price?

    ``models`` are of the same data with 1, 2, … segments, the first a multinomial logit; ``worth`` is the attribute
    whose value to each segment the sentence names.
    """
    if not models or not isinstance(models[0], MultinomialLogit):
        raise ValueError("models must start with a MultinomialLogit, for everybody alike.")
    # By the dollar, so that the figure names the same best price as the sentence.
    grid = np.arange(prices[0], prices[1] + 1)
    options = {"unit_cost": unit_cost, "outside": 0.0}

    def pays(part: Segment) -> str:
        value = -float(part.model.params_[worth] / part.model.params_["price"])
        return f"{plots.money(value)} ({part.share:.0%} of people)"

    def answer(segments: int) -> tuple[str, plots.Figure]:
        model = models[segments - 1]
        parts = [Segment("everybody", 1.0, model)] if segments == 1 else model.segments()
        best = optimal_price(model, offers, offer, price_range=prices, market_size=market_size, **options)
        pay = ", ".join(map(pays, parts))
        curves = {
            part.name: profit_curve(part.model, offers, offer, grid, market_size=market_size * part.share, **options)
            for part in parts
        }
        own = [float(curve["profit"].idxmax()) for curve in curves.values()]
        more = " or more" if max(own) == grid[-1] else ""
        title = f"The best prices lie between {plots.money(min(own))} and {plots.money(max(own))}{more}"
        edge = ", where profit is still rising" if best.at_limit else ""
        return (
            f"{segments} segment{'s' if segments > 1 else ''}: BIC {model.bic:,.0f}. For {worth} they pay {pay}."
            f" The best single price is {plots.money(best.price)}{edge}; profit {plots.money(best.profit)}.",
            plots.profit_curve(curves, title if segments > 1 else None),
        )

    return explore(answer, segments=slider("Segments", 1, 1, len(models)))


def leaking_fence(
    segments: Sequence[Segment],
    offers: pd.DataFrame,
    offer: str,
    *,
    unit_cost: float,
    market_size: float = 100_000,
    leak: int = 10,
) -> ipywidgets.VBox:
    """What is a price fence worth when some get through it?

    ``segments`` are two; the sliders change the leak, the cost of the fence, and the share of the first segment.
    """
    one, two = segments
    total = one.share + two.share
    # A slider has whole per cent; where it starts, the share is exact, so that the answer is that of the library.
    start = round(100 * one.share / total)
    options = {"unit_cost": unit_cost, "market_size": market_size, "outside": 0.0}

    def answer(leak: int, cost: int, first: int) -> tuple[str, plots.Figure]:
        share = one.share / total if first == start else first / 100
        parts = [one._replace(share=share), two._replace(share=1 - share)]
        tight, open_ = (
            price_fences(parts, offers, offer, leak=at, fence_cost=1000.0 * cost, **options) for at in (0.0, 1.0)
        )
        gains = pd.Series({0.0: tight.gain, 1.0: open_.gain})
        here = float(np.interp(leak / 100, gains.index, gains))
        dear, cheap = tight.segments["own_price"].max(), tight.segments["own_price"].min()
        return (
            f"One price: {plots.money(tight.single_price)}, profit {plots.money(tight.profit_single)}. With the fence"
            f" {plots.money(dear)} and {plots.money(cheap)}. At a leak of {leak}% the fence"
            f" {'gains' if here >= 0 else 'loses'} {plots.money(abs(here))}; it breaks even at a leak of"
            f" {tight.break_even_leak:.0%}.",
            plots.fence_leak(gains, leak / 100),
        )

    return explore(
        answer,
        leak=slider("Leak, % who get through", leak, 0, 100),
        cost=slider("Cost of the fence, $1,000", 0, 0, 500, 10),
        first=slider("Share of segment 1, %", start, 5, 95),
    )
