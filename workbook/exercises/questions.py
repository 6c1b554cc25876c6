"""From a source to the specification of its checks: digests of right and known wrong answers, and hints."""

import re
import textwrap
from dataclasses import dataclass
from typing import Any

from customer_value.checks import canonical, functions, judging, tables
from customer_value.checks.exercise import Exercise
from customer_value.checks.feedback import Verdict
from workbook.exercises import tolerance
from workbook.exercises.kinds import validate
from workbook.exercises.source import Names, Source, fresh_names

_KEPT = ("qid", "title", "points", "kind", "step", "size", "options", "bounds", "shown", "fresh", "columns")
_KEPT += ("ordered", "min_words", "min_numbers", "hints", "guide", "praise")


@dataclass(frozen=True)
class Solved:
    """A question with what its reference answers."""

    index: int
    question: dict[str, Any]
    answer: Any
    canonical: str
    names: Names
    """As they stood after its check cell."""


def solve(source: Source, seed: int) -> list[Solved]:
    """Run the reference cell by cell; every question with the digests of its right and its known wrong answers.

    Raises ``WorkbookError`` for an author's mistake that shows when the reference runs.
    """
    names = fresh_names(seed)
    solved: list[Solved] = []
    answered = source.answers
    for index, cell in enumerate(source.cells):
        if cell.cell_type != "code":
            continue
        check = cell.metadata.get("check")
        if check is None:
            source.run(index, names)
            continue
        if answered.get(check["qid"], index) >= index:
            raise source.mistake(index, f"question {check['qid']} has no answer cell before it, so no solution")
        solved.append(_question(source, index, check, dict(names), seed))
    if not solved:
        raise source.mistake(None, "there is no check cell in it")
    return solved


def specification(source: Source, solved: list[Solved]) -> dict[str, Any]:
    """What the checks in the learner's kernel read."""
    return {"slug": source.slug, "questions": [one.question for one in solved]}


def wrong_answer(source: Source, index: int, wrong: dict[str, Any], names: Names) -> Any:
    """A declared wrong answer as a learner would hand it to the check."""
    scratch = dict(names)
    if wrong.get("code"):
        source.run(index, scratch, wrong["code"])
    return source.evaluate(index, str(wrong["answer"]), scratch)


def _question(source: Source, index: int, check: dict[str, Any], names: Names, seed: int) -> Solved:
    validate(source, index, check)
    qid = check["qid"]
    called = re.fullmatch(rf'check\("{qid}", (\w+)\)', source.cells[index].source.strip())
    if not called:
        raise source.mistake(index, f'the check cell must be exactly check("{qid}", NAME)')
    name = called.group(1)
    if name not in names:
        raise source.mistake(index, f"the answer cell of {qid} does not make `{name}`")
    question = {key: check[key] for key in _KEPT if key in check}
    question["hints"] = [textwrap.dedent(str(hint)).strip() for hint in check["hints"]]
    if "praise_numbers" in check:
        question["praise"] = _praise(source, index, check, names)
    question |= {"name": name, "salt": f"{source.slug}/{qid}", "right": "", "wrong": []}
    if any(wrong.get("untouched") for wrong in check.get("wrong", ())):
        question["stub"] = _stub(source, qid)
    answer = names[name]
    if check["kind"] == "text":
        _seal(source, index, question, check, answer)
    judge = Exercise({"slug": source.slug, "questions": [question]})
    right = judge.canonical_answer(qid, answer, seed)
    if right == canonical.NOT_ATTEMPTED or right.startswith(("not valid", "not a", "raised")):
        raise source.mistake(index, f"the reference answers {qid} with: {right}")
    _expect(source, index, question, answer, seed)
    if check["kind"] == "free":
        del question["right"]
        told = judge.judge(qid, answer)
        if told.verdict is not Verdict.RECORDED:
            raise source.mistake(index, f"the reference text of {qid} is told: {told.message.rstrip('.')}")
        if check.get("sample"):
            question["sample"] = textwrap.dedent(answer).strip()
        return Solved(index, question, answer, right, names)
    question["right"] = canonical.digest(question["salt"], right)
    tolerance.refuse_edges(source, index, question, answer, seed)
    if not seed:
        tolerance.refuse_leaks(source, index, question, answer)
    _name_slips(source, index, question, check["wrong"], Solved(index, question, answer, right, names), seed)
    return Solved(index, question, answer, right, names)


def _stub(source: Source, qid: str) -> str:
    """What stands in the learner's notebook before anything is done."""
    given = (cell.metadata.get("answer", {}) for cell in source.cells)
    return str(next(answer["stub"] for answer in given if answer.get("qid") == qid))


def _praise(source: Source, index: int, check: dict[str, Any], names: Names) -> str:
    """The praise with the numbers that the reference computes for it."""
    expressions = check["praise_numbers"].items()
    values = {name: source.evaluate(index, str(expression), dict(names)) for name, expression in expressions}
    try:
        return str(check["praise"]).format(**values)
    except (ValueError, TypeError) as error:
        raise source.mistake(index, f"the praise of {check['qid']} cannot show its numbers: {error}") from error


def _seal(source: Source, index: int, question: dict[str, Any], check: dict[str, Any], answer: Any) -> None:
    spellings = [answer, *check.get("accepted", [])]
    if not all(isinstance(spelling, str) and canonical.normalised(spelling) for spelling in spellings):
        raise source.mistake(index, f"the answer and the accepted spellings of {check['qid']} must be text in quotes")
    salt, right = question["salt"], canonical.normalised(answer)
    plain = [canonical.normalised(spelling) for spelling in spellings]
    twice = next((spelling for spelling in plain if plain.count(spelling) > 1), None)
    if twice:
        raise source.mistake(index, f"two accepted spellings of {check['qid']} are the same: {twice!r}")
    question["accepted"] = {canonical.digest(salt, one): canonical.sealed(right, salt, one) for one in plain}


def _expect(source: Source, index: int, question: dict[str, Any], answer: Any, seed: int) -> None:
    """What a message needs to know about the right answer beyond whether another one equals it."""
    salt = question["salt"]
    if question["kind"] == "function":
        calls = functions.call_all(answer, question["shown"], question["fresh"], question["step"], seed)
        failed = next((call for call in calls if call.error), None)
        if failed:
            raise source.mistake(index, f"the reference stops with {failed.error} for ({failed.inputs})")
        question["shapes"] = [functions.shape(call.value) for call in calls]
        question["each"] = [canonical.digest(salt, call.result) for call in calls]
        question["gives"] = [judging.shown_result(call) for call in calls if call.shown]
    if question["kind"] == "table":
        found = tables.columns(answer, question["columns"], question.get("ordered", False))
        question["rows"] = len(answer)
        question["each"] = {
            name: canonical.digest(salt, tables.column_text(name, values)) for name, values in found.items()
        }


def _refuse_that_never_runs(
    source: Source, index: int, question: dict[str, Any], number: int, answer: Any, seed: int
) -> None:
    """An error at every input is a slip of the author's, and often one of this machine only."""
    if question["kind"] != "function" or not callable(answer):
        return
    calls = functions.call_all(answer, question["shown"], question["fresh"], question["step"], seed)
    if all(call.error for call in calls):
        reason = f"wrong answer {number} of {question['qid']} stops at every input, here with {calls[0].error}"
        raise source.mistake(index, reason)


def _name_slips(
    source: Source, index: int, question: dict[str, Any], wrongs: list[dict[str, Any]], right: Solved, seed: int
) -> None:
    """The digest of each wrong answer; each must be told its own message and nothing else."""
    qid = question["qid"]
    judge = Exercise({"slug": source.slug, "questions": [question]})
    seen = {right.canonical: "the right answer"}
    answers = []
    for number, wrong in enumerate(wrongs, start=1):
        answer = wrong_answer(source, index, wrong, right.names)
        if "step" in wrong:
            text = canonical.number(answer, wrong["step"])
            clash = text in seen or canonical.number(right.answer, wrong["step"]) == text
        else:
            _refuse_that_never_runs(source, index, question, number, answer, seed)
            text = judge.canonical_answer(qid, answer, seed)
            clash = text in seen
        if clash and seed:
            continue  # what was drawn for a cohort may, by chance, not tell two slips apart
        if clash:
            same = seen.get(text, "the right answer")
            reason = f"wrong answer {number} ({wrong['answer']}) gives {text[:60]}, which is {same}"
            raise source.mistake(index, reason)
        seen[text] = f"also wrong answer {number}"
        kept = {key: wrong[key] for key in ("step", "untouched") if key in wrong}
        digest = canonical.digest(question["salt"], text)
        question["wrong"].append({"digest": digest, "says": wrong["says"].strip(), **kept})
        answers.append((number, wrong, answer))
    if seed:
        return
    for number, wrong, answer in answers:
        told = judge.judge(qid, answer).message
        if told != wrong["says"].strip():
            shown = f"wrong answer {number} of {qid} ({wrong['answer']})"
            raise source.mistake(index, f"{shown} is not told its own message, but: {told}")
        if question["kind"] == "number":
            tolerance.refuse_edge_of_slip(source, index, question, wrong, number, answer)
