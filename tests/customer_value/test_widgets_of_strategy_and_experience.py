"""The explorations of strategy and experience answer in words, follow their controls and work at both ends."""

import itertools
import json
import re
from base64 import b64decode
from datetime import UTC, datetime

import ipywidgets
import pandas as pd
import pytest

from customer_value import experience_widgets, strategy_widgets, widgets
from customer_value.strategy import DisciplinesPicture, ElementsMap, Market, StrategyCanvas, Weights, picture, read
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

USES = pd.DataFrame(
    {"kind": ["win", "win", "keep"], "cost": [9.0, 36.3, float("nan")], "margin": [120.0, 110.0, 217.0]}
    | {"leaving": [0.4, 0.5, 0.2]},
    index=["store", "search", "best fifth"],
)
TEAM = DisciplinesPicture("Kettleholt", Weights(40, 35, 25), Weights(25, 25, 50))
CANVAS = StrategyCanvas(("price", "advice", "club"), {"we": (6, 9, 8), "they": (3, 1, 0)}, "we")
CLUB = ElementsMap("Coffee club", {"saves time": 9, "quality": 5})
MENDING = pd.DataFrame(
    {"passing": [2737, 1130], "affected": [0.21, 0.3], "fixable": 0.5, "loss": [0.2, 0.3], "loss_se": 0.08}
    | {"margin": 18.0, "cost": [1500, 1000]},
    index=["delivery", "service"],
)


def file_of(widget: ipywidgets.VBox) -> str:
    """The text behind the link to the file for the last chapter."""
    return b64decode(
        re.search(r'\.json" href="data:application/json;base64,([^"]+)"', widget.children[-2].value)[1]
    ).decode()


@pytest.mark.parametrize(
    "widget",
    [
        lambda: strategy_widgets.two_firms(Market(people=200)),
        lambda: strategy_widgets.where_it_wins(Market(years=2)),
        lambda: strategy_widgets.next_euro(USES),
        lambda: strategy_widgets.canvas_editor(CANVAS),
        lambda: strategy_widgets.elements_editor(CLUB),
        lambda: strategy_widgets.halo(200),
        experience_widgets.same_mean,
        lambda: experience_widgets.mending(MENDING),
        experience_widgets.score_precision,
    ],
    ids=[
        "two_firms",
        "where_it_wins",
        "next_euro",
        "canvas_editor",
        "elements_editor",
        "halo",
        "same_mean",
        "mending",
        "score_precision",
    ],
)
def test_every_corner_works_and_every_control_has_a_label(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(widget, monkeypatch)


def test_the_next_euro_can_be_held_against_one_use(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(widgets, "display", shown.append)
    strategy_widgets.next_euro(USES, against="search")
    assert re.search(r"from search,\s.* for the best fifth", shown[-1].get_suptitle())
    with pytest.raises(ValueError, match="against must be one of store, search, best fifth; got 'radio'"):
        strategy_widgets.next_euro(USES, against="radio")


def test_three_sliders_always_add_to_a_hundred() -> None:
    made = strategy_widgets.triangle(TEAM)
    three, others = controls(made)[:3], controls(made)[3:]
    for place, value in itertools.product(range(3), (100, 0, 1, 99, 50)):
        three[place].value = value
        assert three[place].value == value
        assert sum(control.value for control in three) == 100
        assert [control.value for control in others] == [25, 25, 50]
        assert list(read(file_of(made)).now) == [control.value for control in three]


def test_moving_a_linked_slider_draws_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(strategy_widgets, "display", shown.append)
    made = strategy_widgets.triangle(TEAM)
    controls(made)[0].value = 10
    assert len(shown) == 2


def test_triangle_says_diagnosis_and_cost() -> None:
    made = strategy_widgets.triangle(TEAM)
    assert "Today: No leader: operational excellence has most with 40 points" in sentence(made)
    assert "Future: Leader in customer intimacy (50 points); none neglected (each has 15 or more)." in sentence(made)
    assert "Moving 25 points costs €1.0m once and €365k a year more; over 5 years €2.4m" in sentence(made)


def test_triangle_takes_weights_that_are_not_whole() -> None:
    third = 100 / 3
    made = strategy_widgets.triangle(DisciplinesPicture("x", Weights(third, third, third), TEAM.future))
    assert sum(control.value for control in controls(made)[:3]) == 100


def test_what_was_set_is_in_the_file() -> None:
    canvas = strategy_widgets.canvas_editor(CANVAS)
    controls(canvas)[1].value = 0
    assert read(file_of(canvas)) == CANVAS.changed("advice", 0)
    assert "eliminate: advice" in sentence(canvas)
    elements = strategy_widgets.elements_editor(CLUB)
    controls(elements)[1].value = 8
    assert read(file_of(elements)).scores == {"saves time": 9, "quality": 8}
    assert "2 of 30 elements are strong: saves time, quality. Mean of the 2 rated: 8.5." in sentence(elements)
    assert json.loads(file_of(elements))["version"] == 1


def upload(text: bytes, name: str = "team.json") -> tuple[dict[str, object]]:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    file = {"name": name, "type": "application/json", "size": len(text), "content": memoryview(text)}
    return ({**file, "last_modified": when},)


@pytest.mark.parametrize("made", [TEAM, CANVAS, CLUB], ids=["triangle", "canvas", "elements"])
def test_a_file_that_was_taken_along_gives_the_same_picture(made, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(strategy_widgets, "display", shown.append)
    again = strategy_widgets.reopen()
    again.children[0].value = upload(made.to_json().encode())
    assert "team.json holds a" in sentence(again)
    assert shown[0].to_svg() == picture(made).to_svg()


@pytest.mark.parametrize("text", [b"", b"not a file", b"\xff\xfe", b'{"format": "customer-value/unknown"}'])
def test_another_file_is_answered_in_words(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(strategy_widgets, "display", shown.append)
    again = strategy_widgets.reopen()
    again.children[0].value = upload(text, "other.json")
    assert sentence(again).startswith("other.json: ")
    assert not shown
    again.children[0].value = ()
    assert sentence(again).startswith("other.json: ")


def test_a_slider_can_stand_on_the_score_it_starts_with() -> None:
    for scores, step in (((6, 9, 8.5), 0.5), ((6, 9, 8.2), 0.1)):
        made = strategy_widgets.canvas_editor(StrategyCanvas(CANVAS.factors, {**CANVAS.firms, "we": scores}, "we"))
        assert {control.step for control in controls(made)} == {step}
        assert [control.value for control in controls(made)] == list(scores)
    rated = strategy_widgets.elements_editor(ElementsMap("Club", {"quality": 8.2}))
    assert controls(rated)[0].step == 0.1


def test_names_cannot_break_the_page() -> None:
    made = strategy_widgets.canvas_editor(StrategyCanvas(("<b>", "club"), {"we": (6, 9), "they": (3, 1)}, "we"))
    assert "<b>" not in made.children[-2].value


def test_two_firms_follow_their_sliders() -> None:
    made = strategy_widgets.two_firms(Market(people=400))
    heterogeneity, churn, *_ = controls(made)
    heterogeneity.value, churn.value = 0, 0
    assert "The customer-centric firm ends −€" in sentence(made)


def test_more_than_everybody_is_answered_in_words() -> None:
    made = experience_widgets.score_precision()
    controls(made)[1].value, controls(made)[2].value = 80, 30
    assert "are more than everybody" in sentence(made)


def test_sentences_hold_the_numbers() -> None:
    assert "mean of 8 can give any score from 0 to 78: 78 points" in sentence(experience_widgets.same_mean())
    assert "Score 15, give or take 7.8." in sentence(experience_widgets.score_precision())
    assert sentence(experience_widgets.mending(MENDING)).startswith("As estimated. service: €915 a year (")


def test_mending_goes_from_the_estimate_to_the_most_the_data_allow() -> None:
    made = experience_widgets.mending(MENDING.assign(loss=[0.01, 0.02]))
    assert sentence(made).count("it does not pay") == len(MENDING)
    assert "95% interval" in sentence(made)
    controls(made)[0].value = 100
    assert "service: €539 a year for a cost of" in sentence(made)
    assert "interval" not in sentence(made)
    assert all(name in sentence(made) for name in MENDING.index)
    controls(made)[1].value = 0
    assert ": €0 a year" in sentence(made)


def test_mending_starts_at_the_margin_of_the_table() -> None:
    assert controls(experience_widgets.mending(MENDING.assign(margin=19.4)))[2].value == 19.4


def test_editors_have_room_for_ten() -> None:
    many = tuple(f"factor {number}" for number in range(11))
    with pytest.raises(ValueError, match="room for 10 factors; the canvas has 11"):
        strategy_widgets.canvas_editor(StrategyCanvas(many, {"we": (5,) * 11, "they": (4,) * 11}, "we"))
    with pytest.raises(ValueError, match="room for 1 to 10 elements; the map rates 0"):
        strategy_widgets.elements_editor(ElementsMap("x", {}))
