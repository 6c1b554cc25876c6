"""The explorations of willingness to pay answer in words, follow their controls and work at both ends."""

import functools
from collections.abc import Callable

import ipywidgets
import pandas as pd
import pytest

from customer_value import choice_widgets, plots
from customer_value.choice import LatentClassLogit, MultinomialLogit, market_shares, price_fences, with_constant
from customer_value.datasets import load_camera_conjoint
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

ATTRIBUTES = ["camera", "brand", "pixels", "zoom", "video", "swivel", "wifi", "price"]
DESIGNS = pd.DataFrame(
    {"camera": True, "pixels": [False, True], "zoom": [False, True], "video": True, "swivel": False}
    | {"wifi": [False, True], "unit_cost": [70.0, 100.0]},
    index=["plain", "all"],
)
OFFERS = pd.DataFrame(
    {"camera": True, "brand": ["canon", "sony"], "pixels": True, "zoom": [True, False], "video": True}
    | {"swivel": False, "wifi": [True, False], "price": [199, 179]},
    index=["ours", "sony"],
)


@functools.cache
def cameras() -> pd.DataFrame:
    return with_constant(load_camera_conjoint(), "brand", name="camera")


@functools.cache
def alike() -> MultinomialLogit:
    return MultinomialLogit().fit(cameras(), ATTRIBUTES)


@functools.cache
def classes() -> LatentClassLogit:
    return LatentClassLogit(2).fit(cameras(), ATTRIBUTES, starts=1)


def tasks(people: int = 1, first: int = 2) -> pd.DataFrame:
    return cameras()[(cameras()["person"] <= people) & (cameras()["task"] <= first)]


WIDGETS: dict[str, Callable[[], ipywidgets.VBox]] = {
    "your_segment": lambda: choice_widgets.your_segment(classes(), tasks()),
    "two_cameras": lambda: choice_widgets.two_cameras({"all alike": alike(), "of two kinds": classes()}, DESIGNS),
    "number_of_segments": lambda: choice_widgets.number_of_segments(
        [alike(), classes()], OFFERS, "ours", unit_cost=100
    ),
    "leaking_fence": lambda: choice_widgets.leaking_fence(classes().segments(), OFFERS, "ours", unit_cost=100),
}


@pytest.mark.parametrize("widget", WIDGETS.values(), ids=WIDGETS.keys())
def test_every_corner_works_and_every_control_has_a_label(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(widget, monkeypatch)


def test_your_segment_is_that_of_people_who_chose_alike() -> None:
    person = 3
    own = cameras()[(cameras()["person"] == person) & (cameras()["task"] <= 4)]
    made = choice_widgets.your_segment(classes(), own)
    for control, (_, rows) in zip(controls(made), own.groupby("task"), strict=True):
        control.value = int(rows["chosen"].to_numpy().argmax())
    chance = classes().membership_of(own).loc[person]
    sure = "over 99%" if chance.max() > 0.99 else f"{chance.max():.0%}"
    assert f"segment {chance.idxmax()}, with a chance of {sure}" in sentence(made)
    assert f"in {(own['chosen'] & own['camera']).sum()} of 4 tasks" in sentence(made)


def test_tasks_of_unequal_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"same number of alternatives; they have \[4, 5\]"):
        choice_widgets.your_segment(classes(), tasks().iloc[1:])


def test_two_cameras_tells_the_simulated_share() -> None:
    made = WIDGETS["two_cameras"]()
    price = made.children[2]
    price.value = 249
    both = DESIGNS.loc[["all", "all"]].drop(columns="unit_cost")
    both = both.assign(brand=["canon", "sony"], price=[249, 179]).set_axis(["ours", "theirs"])
    share = market_shares(alike(), both, outside=0.0)
    assert f"At $249, {share['ours']:.0%} take ours" in sentence(made)
    assert "It costs $100 to make" in sentence(made)


def test_number_of_segments_tells_where_profit_still_rises() -> None:
    made = WIDGETS["number_of_segments"]()
    assert "1 segment: BIC 13,066. For zoom they pay $55 (100% of people)" in sentence(made)
    with pytest.raises(ValueError, match="start with a MultinomialLogit"):
        choice_widgets.number_of_segments([classes()], OFFERS, "ours", unit_cost=100)


def test_leaking_fence_tells_the_gain_of_the_library() -> None:
    made = WIDGETS["leaking_fence"]()
    options = {"unit_cost": 100, "market_size": 100_000, "outside": 0.0}
    found = price_fences(classes().segments(), OFFERS, "ours", **options)
    assert f"at a leak of {found.break_even_leak:.0%}." in sentence(made)
    made.children[0].value, made.children[1].value = 20, 100
    made.children[2].value = 50
    parts = [part._replace(share=0.5) for part in classes().segments()]
    fences = price_fences(parts, OFFERS, "ours", leak=0.2, fence_cost=100_000, **options)
    word = "gains" if fences.gain >= 0 else "loses"
    assert f"At a leak of 20% the fence {word} {plots.money(abs(fences.gain))}" in sentence(made)
    assert f"at a leak of {fences.break_even_leak:.0%}." in sentence(made)
