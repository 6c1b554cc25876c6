"""The self-assessment: statements that are anchored, scores and gaps by hand, disagreement, files that come back."""

from pathlib import Path

import pytest

from customer_value import strategy
from customer_value.transformation import (
    LIMITS,
    PILLARS,
    PRACTICES,
    Answer,
    MaturityAssessment,
    board,
    disagreements,
    pillar_scores,
    practice_scores,
    ranked_gaps,
    under_other_scales,
)

TEAM = MaturityAssessment(
    "Kettleholt",
    {
        "head of stores": {"mission": (4, 5), "access": (4, 4), "reward-value": (2, 5)},
        "head of service": {"mission": (1, 5), "access": (3, 4), "reward-value": (2, 4)},
        "head of marketing": {"mission": (3, 3), "reward-value": (1, 4)},
    },
    {"reward-value": 2, "access": 0.5},
)


def test_every_statement_is_anchored_in_a_pillar() -> None:
    assert {practice.pillar for practice in PRACTICES} == set(PILLARS)
    counts = [sum(practice.pillar == pillar for practice in PRACTICES) for pillar in PILLARS]
    assert counts == [4, 8, 4, 4, 4]
    assert len({practice.id for practice in PRACTICES}) == len(PRACTICES)
    for practice in PRACTICES:
        texts = practice[2:]
        assert len(set(texts)) == 4
        assert all(20 <= len(text) <= 130 and text.endswith(".") for text in texts)
    assert len(LIMITS) >= 4


def test_scores_by_hand() -> None:
    scores = practice_scores(TEAM)
    assert list(scores.index) == ["mission", "access", "reward-value"]
    assert scores.loc["mission", ["people", "now", "target", "lowest", "highest", "spread"]].tolist() == [
        3,
        3,
        5,
        1,
        4,
        3,
    ]
    # Two answers: the median lies between them.
    assert scores.loc["access", ["people", "now", "target", "gap"]].tolist() == [2, 3.5, 4, 0.5]
    assert scores["priority"].tolist() == [2, 0.25, 4]
    assert list(ranked_gaps(TEAM).index) == ["reward-value", "mission", "access"]
    assert ranked_gaps(TEAM)["rank"].tolist() == [1, 2, 3]


def test_pillars_are_means_and_say_how_much_was_answered() -> None:
    two = MaturityAssessment("x", {"a": {"mission": (2, 4), "lean-workflows": (3, 3), "access": (5, 4)}})
    found = pillar_scores(two)
    assert list(found.index) == ["vision", "data"]
    assert found.loc["vision", ["practices", "of", "now", "target", "gap", "priority"]].tolist() == [
        2,
        4,
        2.5,
        3.5,
        1,
        2,
    ]
    # A target below today's score is shown, and closes no other gap.
    assert found.loc["data", ["gap", "priority"]].tolist() == [-1, 0]


def test_disagreement_names_who_sees_what() -> None:
    found = disagreements(TEAM)
    assert list(found.index) == ["mission"]
    assert found.loc["mission", ["low", "high", "spread"]].tolist() == ["head of service", "head of stores", 3]
    assert list(disagreements(TEAM, 1).index) == ["mission", "access", "reward-value"]
    alone = MaturityAssessment("x", {"a": {"mission": (2, 4)}})
    assert disagreements(alone, 1).empty


def test_a_rank_that_hangs_on_equal_steps_is_found_out() -> None:
    # On equal steps two points beat one; from 4 to 5 may be wider than from 1 to 3.
    team = MaturityAssessment("x", {"a": {"mission": (1, 3), "access": (4, 5), "training": (3, 3)}})
    share = under_other_scales(team, top=1, draws=4_000)
    # The step from 4 to 5 is one of four from Dirichlet(1, 1, 1, 1); it beats the sum of two others with chance 1/4.
    assert share["access"] == pytest.approx(0.25, abs=0.03)
    assert share["mission"] == pytest.approx(0.75, abs=0.03)
    assert share["training"] == 0
    nested = MaturityAssessment("x", {"a": {"mission": (1, 5), "access": (2, 4)}})
    assert under_other_scales(nested, top=1)["mission"] == 1
    assert under_other_scales(team, top=1).equals(under_other_scales(team, top=1))


def test_one_answer_can_be_changed() -> None:
    changed = TEAM.answered("head of service", "mission", 2, 4)
    assert changed.answers["head of service"]["mission"] == Answer(2, 4)
    assert TEAM.answers["head of service"]["mission"] == Answer(1, 5)
    assert changed.importance == TEAM.importance


def test_the_board_of_the_running_case() -> None:
    scores = practice_scores(board.assessment())
    assert len(scores) == len(PRACTICES)
    assert (scores["people"] == 5).all()
    assert ranked_gaps(board.assessment()).index[0] == "reward-value"
    assert len(disagreements(board.assessment(), 3)) >= 3


@pytest.mark.parametrize("made", [TEAM, board.roadmap(), board.scorecard({}, {"late parcels to Germany": 0.2})])
def test_files_come_back_as_they_went(made: strategy.Files, tmp_path: Path) -> None:
    files = strategy.save(made, tmp_path)
    assert files.json.name == f"{made.kind}.json"
    assert strategy.read(files.json) == made
    assert strategy.read(made.to_json()).to_json() == made.to_json()
    assert files.svg.stat().st_size > 1_000
    assert files.png.stat().st_size > 1_000


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"a": {"wishing": (1, 2)}}, "answers of a: no practice has the id wishing"),
        ({"a": {"mission": (0, 2)}}, "a, mission: now must be a whole number from 1 to 5; got 0"),
        ({"a": {"mission": (1, 6)}}, "a, mission: target must be a whole number from 1 to 5; got 6"),
        ({"a": {"mission": (1.5, 3)}}, "now must be a whole number"),
        ({}, "answers hold no score"),
        ({"a": {}}, "answers hold no score"),
        ({" ": {"mission": (1, 2)}}, "a respondent's name is empty"),
    ],
)
def test_answers_off_the_scale_are_refused(answers: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MaturityAssessment("x", answers)


def test_other_mistakes_are_named() -> None:
    with pytest.raises(TypeError, match=r"a, mission: an answer is a pair of scores \(now, target\); got 3"):
        MaturityAssessment("x", {"a": {"mission": 3}})
    with pytest.raises(ValueError, match="importance of mission must not be negative"):
        MaturityAssessment("x", {"a": {"mission": (1, 2)}}, {"mission": -1})
    with pytest.raises(TypeError, match="must be a MaturityAssessment"):
        practice_scores("mission")
    with pytest.raises(ValueError, match="a, mission must have now and target; got now"):
        MaturityAssessment.from_json(
            '{"format": "customer-value/maturity-assessment", "version": 1, "company": "x",'
            ' "answers": {"a": {"mission": {"now": 1}}}, "importance": {}}'
        )
    with pytest.raises(ValueError, match="top must be a whole number from 1 to 3"):
        under_other_scales(TEAM, top=4)
