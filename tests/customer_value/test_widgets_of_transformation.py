"""The explorations of transformation answer in words, follow their controls and work at both ends."""

import re
from base64 import b64decode
from itertools import pairwise

import ipywidgets
import pytest

from customer_value import strategy_widgets, transformation_widgets
from customer_value import transformation as t
from customer_value.plots.currency import euros
from customer_value.strategy import read
from customer_value.transformation import MaturityAssessment, board
from tests.customer_value.test_widgets_of_strategy_and_experience import upload
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

TEAM = MaturityAssessment("Kettleholt", {"head of service": {"mission": (1, 4)}}, {"mission": 3})


def sliders(widget: ipywidgets.VBox) -> dict[str, ipywidgets.Widget]:
    return {each.description: each for each in controls(widget)[1:] if not isinstance(each, ipywidgets.HTML)}


def file_of(widget: ipywidgets.VBox) -> str:
    link = re.search(r'\.json" href="data:application/json;base64,([^"]+)"', widget.children[-2].value)
    return b64decode(link[1]).decode()


@pytest.mark.parametrize(
    "make",
    [transformation_widgets.pay_mix, lambda: transformation_widgets.what_first(board.roadmap())],
    ids=["pay_mix", "what_first"],
)
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


def test_nothing_is_scored_until_somebody_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(strategy_widgets, "display", shown.append)
    made = transformation_widgets.self_assessment()
    assert sentence(made) == "Scored by me: 0 of 24 statements. Move the sliders. Vision: 0 of 4."
    assert not shown
    assert "href" not in made.children[-2].value
    sliders(made)["mission: now"].value = 2
    assert "Scored by me: 1 of 24 statements. No target is above its score." in sentence(made)
    sliders(made)["mission: wanted"].value = 5
    assert "First gaps: mission (2 to 5)." in sentence(made)
    assert len(shown) == 2
    sliders(made)["mission: now"].value = 0
    assert sentence(made).startswith("Scored by me: 0 of 24")


def test_every_pillar_shows_its_statements_with_anchors_and_keeps_answers() -> None:
    made = transformation_widgets.self_assessment(TEAM, "head of stores")
    seen = []
    for pillar in t.PILLARS:
        controls(made)[0].value = pillar
        own = [practice for practice in t.PRACTICES if practice.pillar == pillar]
        names = [name for practice in own for name in (f"{practice.id} now", f"{practice.id} wanted")]
        assert [label.replace(":", "").replace(" ", "-") for label in sliders(made)] == [
            name.replace(" ", "-") for name in names
        ]
        told = [each.value for each in controls(made) if isinstance(each, ipywidgets.HTML)]
        for practice, html in zip(own, told, strict=True):
            assert html.count("<br>") == 3
            assert practice.statement.split("'")[0] in html
        for each in sliders(made).values():
            each.value = 5
        seen += own
    assert len(seen) == len(t.PRACTICES)
    controls(made)[0].value = t.PILLARS[0]
    assert {each.value for each in sliders(made).values()} == {5}
    assert "Scored by head of stores: 24 of 24 statements." in sentence(made)


def test_the_sentence_follows_every_move_of_a_score_and_of_the_pillar() -> None:
    made = transformation_widgets.self_assessment()
    said = [sentence(made)]
    for each in sliders(made).values():
        for value in (5, 0, 3):
            each.value = value
            said.append(sentence(made))
    for pillar in (t.PILLARS[-1], t.PILLARS[0]):
        controls(made)[0].value = pillar
        said.append(sentence(made))
    assert all(one != next_one for one, next_one in pairwise(said))


def test_the_file_holds_all_people_and_opens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = transformation_widgets.self_assessment(TEAM, "head of stores")
    sliders(made)["mission: now"].value = 4
    assert "Seen two points apart or more by 2 people: 1; talk about mission first." in sentence(made)
    kept = read(file_of(made))
    assert kept.answers == TEAM.answered("head of stores", "mission", 4, 4).answers
    assert kept.importance["mission"] == 3
    shown = []
    monkeypatch.setattr(strategy_widgets, "display", shown.append)
    again = strategy_widgets.reopen()
    for document, words in (
        (kept, "a self-assessment"), (board.roadmap(), "a roadmap"), (board.scorecard(), "a scorecard"),
    ):  # fmt: skip
        again.children[0].value = upload(document.to_json().encode())
        assert f"team.json holds {words}." in sentence(again)
    assert len(shown) == 3


def test_the_mix_tells_what_the_library_says() -> None:
    made = transformation_widgets.pay_mix()
    share, noise, gaming, against = controls(made)
    share.value, noise.value, gaming.value, against.value = 100, 0, 0, "net sales"
    changed = t.Setting(value_noise=0, game_effect=0)
    row = t.pay_mix(changed, "net sales", [1.0]).iloc[0]
    assert f"With 100% on value an adviser spends 0.00 on pushing and {row['serve']:.2f} on serving" in sentence(made)
    assert f"Worth {euros(row['worth'])};" in sentence(made)
    gaming.value = 30
    assert "on gaming and" in sentence(made)


def test_what_first_compares_with_the_exact_plan() -> None:
    made = transformation_widgets.what_first(board.roadmap())
    people, rule, value = controls(made)
    assert (people.min, people.max, people.value) == (5, 12, 6)
    assert (value.description, value.max, value.value) == ("New web shop: value a month", 27, 9)
    told = (
        "Exact with 6 people: new web shop begins after 9 months, all done after 17 months, paid back after 16 months,"
    )
    assert sentence(made).startswith(f"{told} up to 80 advanced")
    rule.value = "weighted shortest job first"
    assert "it brings 735 net; the exact plan brings 773." in sentence(made)
    rule.value, value.value = "exact", 27
    assert "new web shop begins at once" in sentence(made)
    value.value = 9
    rule.value, people.value = "everything at once", 8
    found = t.all_at_once(board.roadmap().changed(people=8))
    assert sentence(made).startswith("Everything at once with 8 people: new web shop begins")
    assert f"all done after {found.finished} months" in sentence(made)
    with pytest.raises(ValueError, match="plan has no limit of people"):
        transformation_widgets.what_first(board.roadmap().changed(people=None))
