"""Triangle, canvas and elements: the arithmetic by hand, and files that come back as they went."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from customer_value.strategy import (
    DISCIPLINES,
    LAYER_OF,
    LAYERS,
    DisciplinesPicture,
    ElementsMap,
    MoveAssumptions,
    StrategyCanvas,
    Weights,
    cost_of_move,
    diagnose,
    four_actions,
    linked,
    points_moved,
    read,
    save,
    ternary,
)

TEAM = DisciplinesPicture("Kettleholt", Weights(40, 35, 25), Weights(25, 25, 50))
CANVAS = StrategyCanvas(
    ("price", "range", "advice", "opening hours", "coffee club"),
    {"Kettleholt": (6, 5, 9, 0, 8), "Supermarket": (3, 8, 1, 9, 0), "Web shop": (4, 4, 2, 7, 0)},
    "Kettleholt",
)
CLUB = ElementsMap("Coffee club", {"saves time": 9, "quality": 8, "variety": 6, "heirloom": 0})


@pytest.mark.parametrize(("place", "to"), list(itertools.product(range(3), (0, 1, 33, 50, 99, 100))))
@pytest.mark.parametrize("weights", [(50, 30, 20), (100, 0, 0), (0, 0, 100), (34, 33, 33), (1, 98, 1)])
def test_linked_weights_always_add_to_a_hundred(weights: tuple[int, ...], place: int, to: int) -> None:
    new = linked(weights, place, to)
    assert sum(new) == 100
    assert min(new) >= 0
    assert new[place] == to


def test_the_others_keep_their_proportion() -> None:
    assert linked((50, 30, 20), 0, 0) == (0, 60, 40)
    assert linked((50, 30, 20), 1, 65) == (25, 65, 10)
    assert linked((100, 0, 0), 0, 99) == (99, 1, 0)
    assert linked((100, 0, 0), 0, 50) == (50, 25, 25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((50, 30, 30), 0, 10), "add to 100"),
        (((50, 30, 20), 3, 10), "changed must be a whole number from 0 to 2"),
        (((50, 30, 20), 0, 101), "to must be a whole number from 0 to 100"),
        (((50.5, 29.5, 20), 0, 10), "weights must be a whole number"),
    ],
)
def test_weights_that_do_not_fit_are_not_linked(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        linked(*arguments)


def test_corners_and_centre_of_the_triangle() -> None:
    top = np.sqrt(3) / 2
    assert ternary(Weights(100, 0, 0)) == pytest.approx((0, 0))
    assert ternary(Weights(0, 100, 0)) == pytest.approx((0.5, top))
    assert ternary(Weights(0, 0, 100)) == pytest.approx((1, 0))
    assert ternary(Weights(100 / 3, 100 / 3, 100 / 3)) == pytest.approx((0.5, top / 3))


def test_points_moved_by_hand_and_against_the_length_in_the_triangle() -> None:
    assert points_moved(TEAM.now, TEAM.future) == 25
    assert points_moved(TEAM.now, TEAM.now) == 0
    assert points_moved(Weights(100, 0, 0), Weights(0, 0, 100)) == 100

    def length(now: Weights, future: Weights) -> float:
        return float(np.hypot(*(np.array(ternary(future)) - ternary(now))))

    assert length(Weights(50, 30, 20), Weights(40, 30, 30)) == pytest.approx(0.10)
    assert length(Weights(50, 30, 20), Weights(45, 25, 30)) == pytest.approx(0.10 * np.sqrt(3) / 2)


def test_cost_of_a_move_by_hand() -> None:
    """25 points to intimacy at 40 and 20; 15 and 10 points given up, half of 8 and 15 saved; 5 years at 10%."""
    cost = cost_of_move(TEAM.now, TEAM.future)
    assert cost.capital == 25 * 40
    assert cost.running == pytest.approx(25 * 20 - 0.5 * (15 * 8 + 10 * 15))
    assert cost.present_value == pytest.approx(1000 + 365 * sum(1.1**-year for year in range(1, 6)))
    assert cost.table["change"].tolist() == [-15, -10, 25]
    stay = cost_of_move(TEAM.now, TEAM.now)
    assert (stay.capital, stay.running, stay.present_value) == (0, 0, 0)


@pytest.mark.parametrize(
    ("weights", "leader", "neglected"),
    [
        ((60, 20, 20), "operational excellence", ()),
        ((20, 20, 60), "customer intimacy", ()),
        ((34, 33, 33), None, ()),
        ((80, 10, 10), "operational excellence", ("product leadership", "customer intimacy")),
        ((46, 44, 10), None, ("customer intimacy",)),
        ((45, 35, 20), "operational excellence", ()),
        ((44, 33, 23), None, ()),
    ],
)
def test_diagnosis(weights: tuple, leader: str | None, neglected: tuple) -> None:
    found = diagnose(Weights(*weights))
    assert (found.leader, found.neglected) == (leader, neglected)
    assert found.follows_the_rule == (leader is not None and not neglected)
    assert all(name in found.sentence for name in (leader or "No leader", *neglected))


def test_weights_and_costs_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must add to 100; \(50, 30, 30\) add to 110"):
        Weights(50, 30, 30)
    with pytest.raises(ValueError, match="customer intimacy must be from 0 to 100; got -10"):
        Weights(50, 60, -10)
    with pytest.raises(ValueError, match="released must be a share"):
        MoveAssumptions(released=50)
    with pytest.raises(ValueError, match="capital needs a cost for each of operational excellence"):
        MoveAssumptions(capital={"customer intimacy": 3})
    with pytest.raises(ValueError, match="competent must be at least 0 and at most 100"):
        diagnose(TEAM.now, competent=120)


def test_four_actions_by_hand() -> None:
    table = four_actions(CANVAS)
    assert table["action"].to_dict() == {
        "price": "raise",
        "range": "reduce",
        "advice": "raise",
        "opening hours": "eliminate",
        "coffee club": "create",
    }
    assert table.loc["price", "others"] == 3.5
    assert four_actions(CANVAS, margin=3)["action"].to_dict()["price"] == "keep"
    same = StrategyCanvas(("a", "b"), {"x": (0, 5), "y": (0, 5)}, "x")
    assert set(four_actions(same, margin=0)["action"]) == {"keep"}


def test_canvas_changes_one_score_of_the_own_firm_only() -> None:
    changed = CANVAS.changed("price", 2)
    assert changed.firms["Kettleholt"] == (2, 5, 9, 0, 8)
    assert CANVAS.firms["Kettleholt"] == (6, 5, 9, 0, 8)
    with pytest.raises(ValueError, match="no factor 'speed'; there are price"):
        CANVAS.changed("speed", 2)


@pytest.mark.parametrize(
    ("factors", "firms", "own", "message"),
    [
        (("a",), {"x": (1,), "y": (2,)}, "x", "at least two different names"),
        (("a", "a"), {"x": (1, 1), "y": (2, 1)}, "x", "at least two different names"),
        (("a", "b"), {"x": (1, 1)}, "x", "at least two firms"),
        (("a", "b"), {"x": (1, 1), "y": (2,)}, "x", "y has 1 scores, and there are 2 factors"),
        (("a", "b"), {"x": (1, 11), "y": (2, 1)}, "x", "x's score for b must be from 0 to 10; got 11"),
        (("a", "b"), {"x": (1, 1), "y": (2, 1)}, "z", "own must be one of x, y"),
    ],
)
def test_canvases_that_do_not_fit_are_refused(factors: tuple, firms: dict, own: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StrategyCanvas(factors, firms, own)


def test_thirty_elements_in_four_layers() -> None:
    """Almquist, Senior and Bloch (2016): 14 functional, 10 emotional, 5 life-changing, 1 of social impact."""
    assert [len(elements) for elements in LAYERS.values()] == [14, 10, 5, 1]
    assert len(LAYER_OF) == 30


def test_elements_by_layer() -> None:
    table = CLUB.by_layer()
    assert table.loc["functional"].tolist() == [14, 3, 2]
    assert table.loc["life-changing"].tolist() == [5, 1, 0]
    assert CLUB.strong() == ("saves time", "quality")
    with pytest.raises(ValueError, match=r"No element of value: speed\. The thirty are: saves time, "):
        ElementsMap("x", {"speed": 3})
    with pytest.raises(ValueError, match="score of quality must be from 0 to 10; got 12"):
        ElementsMap("x", {"quality": 12})


DOCUMENTS = pytest.mark.parametrize("document", [TEAM, CANVAS, CLUB], ids=lambda document: document.kind)


@DOCUMENTS
def test_a_document_comes_back_from_its_files(document, tmp_path: Path) -> None:
    files = save(document, tmp_path)
    assert read(files.json) == read(str(files.json)) == read(document.to_json()) == document
    assert files.svg.read_text(encoding="utf-8").startswith("<?xml")
    assert files.png.read_bytes().startswith(b"\x89PNG")
    assert files.json.read_text(encoding="utf-8") == document.to_json()
    assert json.loads(document.to_json())["version"] == 1


@DOCUMENTS
def test_changed_files_are_refused(document) -> None:
    content = json.loads(document.to_json())

    def told(**changes) -> str:
        kept = {name: value for name, value in {**content, **changes}.items() if value is not ...}
        with pytest.raises((ValueError, TypeError)) as refusal:
            read(json.dumps(kept))
        return str(refusal.value)

    field = document._fields()[0]
    assert "version 2" in told(version=2)
    assert "version True" in told(version=True)
    assert "unknown" in told(format="customer-value/plan")
    assert "no format" in told(format=...)
    assert f"lacks {field}" in told(**{field: ...})
    assert "unknown fields: extra" in told(extra=1)
    assert told(**{field: 7})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not JSON", "not a file that the workbook wrote"),
        ("[1]", "it has no format"),
        ("", "not a file that the workbook wrote"),
        (TEAM.to_json().replace('"operational excellence": 40', '"operational excellence": NaN'), "NaN is not"),
        (TEAM.to_json().replace('"operational excellence": 40', '"operational excellence": 41'), "must add to 100"),
        (TEAM.to_json().replace('"operational excellence": 40', '"excellence": 40'), "now needs a weight for each of"),
    ],
)  # fmt: skip
def test_damaged_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(text)


def test_files_of_another_kind_and_missing_ones_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="StrategyCanvas reads 'customer-value/strategy-canvas'"):
        StrategyCanvas.from_json(TEAM.to_json())
    with pytest.raises(ValueError, match=r"gone\.json cannot be read"):
        read(tmp_path / "gone.json")
    with pytest.raises(ValueError, match="There is no folder"):
        save(TEAM, tmp_path / "gone")
    with pytest.raises(TypeError, match="There is no picture"):
        save("triangle", tmp_path)


def test_disciplines_keep_their_order() -> None:
    assert list(TEAM.now.named()) == list(DISCIPLINES)
