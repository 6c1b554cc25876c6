"""Figures of the customer value model and of choices: readable, the same bytes each time, nothing cut off."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots
from customer_value.choice import (
    LatentClassLogit,
    MultinomialLogit,
    price_response,
    profit_curve,
    profit_interval,
    willingness_to_pay,
    wtp_distribution,
)
from customer_value.cvm import (
    Element,
    Input,
    Uniform,
    ValueModel,
    share_value,
    simulate,
    tornado,
    tractor_case,
    value_sharing,
    waterfall,
)
from customer_value.datasets import load_camera_conjoint
from tests.customer_value import figure_checks

CASE = tractor_case()
CAMERA = ["brand", "pixels", "zoom", "video", "swivel", "wifi", "price"]
PRICES = np.linspace(79, 279, 81)
WORSE = ValueModel(
    "ours",
    "theirs",
    [Input("loss", Uniform(10, 30), "€/year"), Input("price", 100, "€/year"), Input("cost", 90, "€/year")],
    [Element("Work", "0", "loss")],
    reference_price="price",
    cost="cost",
    unit="€/year",
)


@functools.cache
def logit() -> MultinomialLogit:
    return MultinomialLogit().fit(load_camera_conjoint(), CAMERA)


@functools.cache
def classes() -> LatentClassLogit:
    return LatentClassLogit(3).fit(load_camera_conjoint(), CAMERA, starts=2)


def offers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "brand": ["canon", "sony", "nikon"],
            "pixels": [True, True, False],
            "zoom": [True, False, True],
            "video": True,
            "swivel": False,
            "wifi": [True, False, True],
            "price": [199, 129, 179],
        },
        index=["ours", "sony", "nikon"],
    )


def response() -> pd.DataFrame:
    return price_response(logit(), offers(), "ours", PRICES, outside=0.0)


def profit(model, prices=PRICES, size: float = 1_000) -> pd.DataFrame:
    return profit_curve(model, offers(), "ours", prices, unit_cost=60, market_size=size, outside=0.0)


def surely(model, prices=PRICES) -> pd.DataFrame:
    return profit_interval(model, offers(), "ours", prices, unit_cost=60, market_size=1_000, outside=0.0, draws=100)


def by_segment() -> dict[str, pd.DataFrame]:
    return {part.name: profit(part.model, size=1_000 * part.share) for part in classes().segments()}


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "waterfall": lambda: plots.value_waterfall(waterfall(CASE)),
    "waterfall down, in euros": lambda: plots.value_waterfall(waterfall(WORSE)),
    "tornado": lambda: plots.value_tornado(tornado(CASE)),
    "tornado of one, in euros": lambda: plots.value_tornado(tornado(WORSE)),
    "tornado with a price": lambda: plots.value_tornado(tornado(CASE), price=99_000),
    "tornado with a price above": lambda: plots.value_tornado(tornado(CASE), price=190_000),
    "savings": lambda: plots.claimed_savings({"Fuel": 0.083, "Fuel, breakdowns, repairs, all lucky": 0.3}, 0.3),
    "savings that are losses": lambda: plots.claimed_savings({"Fuel": -0.2, "Repairs": 0.05}, 0.3),
    "sharing": lambda: plots.value_sharing_bar(share_value(CASE, 99_000)),
    "sharing without a reference": lambda: plots.value_sharing_bar(value_sharing(120, 80, 110)),
    "sharing above the value": lambda: plots.value_sharing_bar(share_value(CASE, 130_000)),
    "sharing below the cost": lambda: plots.value_sharing_bar(share_value(CASE, 60_000)),
    "sharing at the reference": lambda: plots.value_sharing_bar(share_value(CASE, 84_000)),
    "sharing nothing, in euros": lambda: plots.value_sharing_bar(share_value(WORSE, 85), unit="€/year"),
    "values": lambda: plots.evc_distribution(simulate(CASE, 4_000), 99_000),
    "values far below the price": lambda: plots.evc_distribution(simulate(CASE, 4_000), 250_000),
    "values that are all one": lambda: plots.evc_distribution(simulate(WORSE.with_inputs({"loss": 5}), 100), 95),
    "part-worths": lambda: plots.part_worths(logit().summary()),
    "willingness to pay": lambda: plots.wtp_intervals(willingness_to_pay(logit())),
    "willingness to pay of one segment": lambda: plots.wtp_intervals(willingness_to_pay(classes()).loc[3]),
    "willingness to pay of people": lambda: plots.wtp_distribution(wtp_distribution(classes(), of="people"), "zoom"),
    "willingness to pay of segments": lambda: plots.wtp_distribution(wtp_distribution(classes()), "wifi"),
    "price response": lambda: plots.price_response(response(), "ours"),
    "profit": lambda: plots.profit_curve(profit(logit())),
    "profit that rises to the end": lambda: plots.profit_curve(profit(logit(), np.linspace(79, 120, 30))),
    "profit below 0": lambda: plots.profit_curve(profit(logit(), np.linspace(20, 279, 30))),
    "profit, how sure": lambda: plots.profit_band(surely(logit()), 199),
    "profit of segments, how sure": lambda: plots.profit_band(surely(classes()), 79),
    "profit below cost, how sure": lambda: plots.profit_band(surely(logit(), np.linspace(20, 59, 20))),
    "fence": lambda: plots.fence_leak(pd.Series({0.0: 360_000.0, 1.0: -690_000.0}), 0.1),
    "fence that leaks": lambda: plots.fence_leak(pd.Series({0.0: 360.0, 1.0: -690.0}), 1.0),
    "fence that always pays": lambda: plots.fence_leak(pd.Series({0.0: 360.0, 1.0: 20.0}), 0.5),
    "fence that never pays": lambda: plots.fence_leak(pd.Series({0.0: -10.0, 1.0: -690.0}), 0.0),
    "segment": lambda: plots.segment_chances(pd.Series({1: 0.1, 2: 0.85, 3: 0.05})),
    "profit of segments": lambda: plots.profit_curve(by_segment()),
}
test_figure = figure_checks.every(FIGURES)


def title(figure: plots.Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_titles_state_the_finding() -> None:
    assert title(FIGURES["waterfall"]()) == "The offer is worth $116k: $32k more than the reference costs"
    assert title(FIGURES["waterfall down, in euros"]()).endswith("20 €/year less than the reference costs")
    assert title(FIGURES["tornado"]()) == "Hours broken down with the Dale alone moves the value by $22k"
    assert title(FIGURES["savings"]()) == "A saving of 30%: true for 1 of 2 ways to count"
    assert title(FIGURES["sharing"]()) == "At $99k the customer keeps 45% of the value created"
    assert title(FIGURES["sharing above the value"]()) == "At $130k the customer is better off with the reference"
    assert title(FIGURES["sharing below the cost"]()) == "At $60k the seller earns −$18k"
    assert "no price suits both" in title(FIGURES["sharing nothing, in euros"]())
    assert title(FIGURES["willingness to pay"]()) == "People pay $55 more for zoom, all else equal"
    assert title(FIGURES["profit that rises to the end"]()).endswith("the end of the prices tried")
    assert title(FIGURES["profit below cost, how sure"]()) == "Profit is highest at $59, the end of the prices tried"
    assert "9 in 10 draws: $" in title(FIGURES["profit, how sure"]())
    assert title(FIGURES["fence"]()) == "34% of leak eats up the gain of $360k"
    assert title(FIGURES["fence that always pays"]()) == "The fence gains $20 even if all get through"
    assert title(FIGURES["fence that never pays"]()) == "The fence pays at no leak"
    assert title(FIGURES["segment"]()) == "Segment 2 is the likeliest: 85%"
    assert title(plots.value_tornado(tornado(CASE), "Ask about breakdowns")) == "Ask about breakdowns"


def test_axes_carry_units() -> None:
    assert FIGURES["waterfall down, in euros"]().axes[0].get_xlabel() == "Worth to the customer, €/year"
    assert FIGURES["willingness to pay"]().axes[0].get_xlabel() == "Willingness to pay, US dollars"
    assert FIGURES["profit"]().axes[0].get_ylabel() == "Profit, US dollars"


def test_half_of_the_people_are_above_the_marked_price() -> None:
    table = wtp_distribution(classes(), of="people")
    half = float(table["zoom"].median())
    assert f"half {plots.money(half)}" in plots.wtp_distribution(table, "zoom").alt


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.value_waterfall(tornado(CASE)), "lacks kind.*Make it with cvm.waterfall"),
        (lambda: plots.value_tornado(tornado(WORSE.with_inputs({"loss": 5}))), "no rows.*cvm.tornado"),
        (lambda: plots.wtp_intervals(willingness_to_pay(classes())), r"several segments.*table.loc\[1\]"),
        (lambda: plots.price_response(response(), "his"), "lacks his. Make it with choice.price_response"),
        (
            lambda: plots.price_response(response().assign(a=0.1, b=0.1), "ours"),
            "can tell 4 offers apart; the table has 6",
        ),
        (lambda: plots.profit_band(profit(logit())), "lacks lower, upper, best. Make it with choice.profit_interval"),
        (lambda: plots.fence_leak(pd.Series({0.0: 1.0}), 0.1), "at least two leaks"),
        (lambda: plots.segment_chances(pd.Series({1: 0.4})), "add to 1"),
        (lambda: plots.profit_curve({}), "one to 4 curves; got 0"),
        (lambda: plots.part_worths(logit().summary().assign(lower=np.nan)), "estimates without an interval"),
    ],
)
def test_tables_that_do_not_fit_are_refused(draw: Callable[[], plots.Figure], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw()


@pytest.mark.parametrize(
    "draw", [plots.value_waterfall, plots.value_tornado, plots.value_sharing_bar, plots.part_worths]
)
def test_what_is_no_table_is_refused(draw: Callable[..., plots.Figure]) -> None:
    with pytest.raises(TypeError, match="must be"):
        draw([1, 2])


def test_a_price_in_a_tornado_is_drawn_and_said() -> None:
    figure = FIGURES["tornado with a price above"]()
    assert figure.alt.endswith("A line marks the price $190k.")
    assert figure.axes[0].get_xlim()[1] > 190_000


def test_savings_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="shares is empty"):
        plots.claimed_savings({}, 0.3)
