"""The scorecard: progress by hand, every fault named, formulas that the ledger has."""

from dataclasses import replace

import pytest

from customer_value.transformation import Measure, Scorecard, board, faults, progress, status
from workbook import ledger

GOOD = Measure(
    "late parcels",
    "customer",
    "head of logistics",
    "Late of all.",
    "share",
    0.3,
    0.1,
    "down",
    "leading",
    "Other carrier.",
)
MONEY = Measure("profit", "financial", "head of finance", "Of the year.", "euros", 100, 120, "up", "lagging", "Prices.")


def named(*measures: Measure, **options: object) -> list[tuple[str, str]]:
    return [(each.measure, each.fault) for each in faults(Scorecard("x", measures), **options)]


def test_progress_by_hand() -> None:
    assert progress(100, 120, 105) == 0.25
    assert progress(0.3, 0.1, 0.25) == pytest.approx(0.25)
    assert progress(100, 120, 90) == -0.5
    with pytest.raises(ValueError, match="target and baseline are both 5"):
        progress(5, 5, 6)


def test_status_says_where_each_stands() -> None:
    readings = {"reached": 120.0, "on course": 110.0, "behind": 105.0, "worse than baseline": 99.0, "no reading": None}
    measures = [replace(MONEY, name=state, current=now) for state, now in readings.items()]
    found = status(Scorecard("x", tuple(measures)), elapsed=0.5)
    assert found["state"].to_dict() == {state: state for state in readings}
    assert found.loc["behind", "progress"] == 0.25
    at_start = status(Scorecard("x", (replace(MONEY, current=100),)), elapsed=0)
    assert at_start["state"].tolist() == ["on course"]
    backwards = status(Scorecard("x", (replace(MONEY, target=90, current=95),)), 0.5)
    assert backwards["state"].tolist() == ["no reading"]


def test_a_sound_card_has_no_faults() -> None:
    assert named(GOOD, MONEY) == []
    assert faults(board.scorecard(), ledger.read().formulas) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"owner": " "}, "no owner"),
        ({"definition": ""}, "no definition"),
        ({"baseline": None}, "no baseline"),
        ({"target": None}, "no target"),
        ({"target": 0.4}, "target worse than baseline"),
        ({"target": 0.3}, "target equals baseline"),
        ({"lever": ""}, "no lever"),
        ({"formula": "wishing"}, "unknown formula"),
    ],
)
def test_each_fault_of_a_measure_is_named(changes: dict, fault: str) -> None:
    assert named(replace(GOOD, **changes), MONEY, known_formulas={"gini"}) == [("late parcels", fault)]
    found = faults(Scorecard("x", (replace(GOOD, **changes), MONEY)), {"gini"})[0]
    assert "late parcels" in found.sentence


def test_a_formula_stands_for_a_definition() -> None:
    assert named(replace(GOOD, definition="", formula="gini"), MONEY, known_formulas={"gini"}) == []
    assert named(replace(GOOD, formula="wishing"), MONEY) == []


def test_faults_of_the_whole_card() -> None:
    assert named(replace(GOOD, kind="lagging"), MONEY) == [("", "only lagging")]
    assert named(GOOD) == [("", "only leading")]
    assert named(replace(GOOD, perspective="internal process"), MONEY) == [("", "no customer measure")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"direction": "sideways"}, "direction of late parcels must be one of up, down; got 'sideways'"),
        ({"kind": "late"}, "kind of late parcels must be one of leading, lagging"),
        ({"perspective": "board"}, "perspective of late parcels must be one of financial"),
        ({"name": ""}, "a measure's name is empty"),
        ({"baseline": float("nan")}, "baseline of late parcels must be a finite number"),
    ],
)
def test_what_is_no_measure_is_refused(changes: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(GOOD, **changes)


def test_what_is_no_card_is_refused() -> None:
    with pytest.raises(ValueError, match="Two measures are called late parcels"):
        Scorecard("x", (GOOD, GOOD))
    with pytest.raises(TypeError, match="at least one Measure"):
        Scorecard("x", ())
    with pytest.raises(ValueError, match="baselines: no measure is called profit"):
        board.scorecard({"profit": 1})
    with pytest.raises(TypeError, match="must be a Scorecard"):
        faults("card")
    assert board.scorecard({"late parcels to Germany": 0.3}).measures[3].baseline == 0.3
