"""Every answer that a source declares is told what its author wrote, through the checks that are shipped."""

import contextlib
import decimal
import io
import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from customer_value import checks
from tests.exercise_answers import Declared, declared, given, script
from workbook.exercises import sources

Names = dict[str, object]


@cache
def learner(exercise: str) -> Names:
    """The names of a notebook in which the given cells have run."""
    names: Names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for code in given(exercise):
            exec(code, names)
    return names


@pytest.mark.parametrize("answer", declared(), ids=str)
def test_each_declared_answer_is_told_its_own_message(answer: Declared) -> None:
    names = dict(learner(answer.exercise))
    exec(script([answer]), names)
    assert names["told"][0].startswith(answer.told)


def test_every_question_declares_one_right_and_at_least_three_wrong_answers() -> None:
    wrong = Counter((one.exercise, one.qid) for one in declared() if one.number)
    right = [(one.exercise, one.qid) for one in declared() if not one.number and "Recorded" not in one.told]
    assert len(right) >= 7
    assert all(wrong[question] >= 3 for question in right)
    assert {exercise for exercise, _ in right} == {source.parent.name for source in sources()}


def in_order(answer: Declared) -> bool:
    """Whether the order of the rows of a table is part of the answer."""
    specs = Path(checks.__file__).with_name("specs") / f"{answer.exercise}.json"
    questions = json.loads(specs.read_text(encoding="utf-8"))["questions"]
    return any(question.get("ordered", False) for question in questions if question["qid"] == answer.qid)


def other_forms(value: object, ordered: bool = False) -> list[object]:
    """The same answer as other learners would hold it."""
    if isinstance(value, str):
        return [value.upper(), f" {value} "]
    if isinstance(value, dict):
        return [pd.Series(value).to_dict(), {name: np.array(number)[()] for name, number in value.items()}]
    if isinstance(value, np.ndarray) and value.ndim > 1:
        return [value.tolist(), [pd.Series(row) for row in value]]
    if isinstance(value, (list, tuple)):
        return [list(value), tuple(value), np.array(value), pd.Series(value)]
    if isinstance(value, pd.DataFrame):
        return [value.assign(more=1), value.reset_index(drop=True) if ordered else value.iloc[::-1]]
    number = float(value)
    return [number, np.float64(number), np.array(number), pd.Series([number]), decimal.Decimal(repr(number))]


def giving(function: Callable, form: int) -> Callable:
    """The same function, its result in another form."""
    return lambda *arguments: other_forms(function(*arguments))[form]


@pytest.mark.parametrize("answer", [one for one in declared() if not one.number], ids=str)
def test_equal_answers_in_other_forms_are_right_too(answer: Declared) -> None:
    names = dict(learner(answer.exercise))
    exec(answer.solution, names)
    value = names[answer.answer]
    check = checks.start(answer.exercise)
    forms = [giving(value, form) for form in range(2)] if callable(value) else other_forms(value, in_order(answer))
    for form in forms:
        assert check.judge(answer.qid, form).verdict.key in ("right", "recorded"), type(form)
