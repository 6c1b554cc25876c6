"""What a learner's notebook holds when the tasks of an exercise are solved as its source does, or with a slip."""

from functools import cache
from typing import Any

from tests.exercise_answers import declared, given


@cache
def solved(exercise: str) -> dict[str, Any]:
    """The names of the notebook of ``exercise``, such as "07-simple-clv": its tables, functions and answers."""
    names: dict[str, Any] = {}
    solutions = [one.solution for one in declared() if one.exercise == exercise and one.number == 0]
    for cell in (*given(exercise), *solutions):
        exec(cell, names)
    return names


@cache
def slip(exercise: str, qid: str, words: str) -> Any:
    """The wrong answer to task ``qid`` whose feedback holds ``words``."""
    found = [
        one for one in declared() if (one.exercise, one.qid) == (exercise, qid) and one.number and words in one.told
    ]
    assert len(found) == 1, f"{len(found)} slips of {exercise} {qid} are told {words!r}"
    names = dict(solved(exercise))
    exec(found[0].code, names)
    return eval(found[0].answer, names)
