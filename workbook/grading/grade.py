"""The grade of one submission: run, find what went wrong, and let one mistake cost one question."""

import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from customer_value.checks import canonical
from workbook.grading import inject, names
from workbook.grading.limits import Limits
from workbook.grading.reference import Reference
from workbook.grading.runner import CellResult, Run, Runner

RIGHT, WRONG, BLANK, ERROR, TIMEOUT = "right", "wrong", "blank", "error", "timeout"
CRASHED, NOT_RUN, MANUAL, READ = "crashed", "not run", "manual", "read"

_ENDED = ("dead", "hung")


@dataclass
class QuestionResult:
    """How one question was answered."""

    qid: str
    title: str
    points: int
    reached: float
    status: str
    """right, wrong, blank, error, timeout, crashed, not run; manual until a person has read it, then read."""
    answer: str = ""
    """The answer in canonical form, as nbval compared it; the text itself where a person reads it."""
    misconception: str = ""
    """What a known wrong answer shows."""
    reason: str = ""
    """Why it could not be compared."""


@dataclass
class Graded:
    """How one submission went."""

    state: str
    """graded, or unreadable."""
    reason: str = ""
    questions: list[QuestionResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    answers: str | None = None
    """Fingerprint of the answers without comments and spaces."""
    seconds: float = 0.0

    @property
    def reached(self) -> float:
        """Points so far; what a person has to read counts nothing yet."""
        return sum(question.reached for question in self.questions)

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Graded":
        """What ``as_dict`` gave."""
        return cls(**stored | {"questions": [QuestionResult(**question) for question in stored["questions"]]})


def grade(data: bytes, reference: Reference, runner: Runner, limits: Limits) -> Graded:
    """Grade the bytes of one handed-in notebook. What the submission does wrong is in the result, never raised."""
    start = time.monotonic()
    try:
        answers = inject.answers(inject.read(data), reference)
    except inject.Unreadable as error:
        return Graded("unreadable", str(error), _nothing(reference, str(error)), seconds=time.monotonic() - start)
    attempt = _Attempt(answers, reference, runner, start + limits.wall)
    attempt.run()
    questions = [attempt.result(question) for question in reference.questions]
    return Graded(
        "graded",
        questions=questions,
        notes=answers.notes,
        answers=answers.fingerprint(reference),
        seconds=round(time.monotonic() - start, 2),
    )


class _Attempt:
    """Runs of one submission: again without what broke a run, until every question is decided."""

    def __init__(self, answers: inject.Answers, reference: Reference, runner: Runner, end: float) -> None:
        self._answers, self._reference, self._runner, self._end = answers, reference, runner, end
        self._attempted = answers.attempted(reference)
        self._extra = list(answers.extra)
        self._blamed: dict[str, CellResult] = {}
        self._cells: dict[str, CellResult] = {}
        self._out_of_time = ""

    def run(self) -> None:
        """Decide every question."""
        if not self._attempted:
            return
        sources = self._answers.by_question
        broken = False
        while True:
            kept = {qid: source for qid, source in sources.items() if qid not in self._blamed}
            run = self._once(kept, self._extra)
            if run is None:
                return
            self._cells |= {cell: result for cell, result in run.cells.items() if result.status not in _ENDED}
            culprit = self._culprit(run)
            broken = broken or self._setup_failed(run) or run.stopped is not None
            if culprit is None:
                break
        if broken or self._disturbing():
            self._alone()

    def result(self, question: dict[str, Any]) -> QuestionResult:
        """The verdict on one question."""
        qid = question["qid"]
        result = QuestionResult(qid, question["title"], question["points"], 0, BLANK)
        check, answer = self._cells.get(f"{qid}-check"), self._cells.get(f"{qid}-answer")
        if qid not in self._attempted:
            return result
        if qid in self._blamed:
            blamed = self._blamed[qid]
            result.status, result.reason = (CRASHED if blamed.status == "dead" else TIMEOUT), blamed.reason
            return result
        if check is None:
            result.status, result.reason = NOT_RUN, self._out_of_time or "it could not be run"
            return result
        printed = check.printed.strip()
        answer_text = printed.removeprefix(f"{qid.upper()} = ")
        is_free = question["kind"] == "free"
        written = _free_text(answer_text) if is_free else None
        result.answer = answer_text[:2_000] if written is None else written
        if written is not None:
            result.status = MANUAL
        elif check.status == "passed" and not is_free:
            result.status, result.reached = RIGHT, question["points"]
        elif answer is not None and answer.status == "timeout":
            result.status, result.reason = TIMEOUT, answer.reason
        elif check.status == "timeout":
            result.status, result.reason = TIMEOUT, check.reason
        elif answer is not None and answer.status == "error":
            result.status, result.reason = ERROR, answer.reason
        elif check.status == "error":
            result.status, result.reason = ERROR, check.reason
        elif result.answer == canonical.NOT_ATTEMPTED:
            result.status = BLANK
        else:
            result.status, result.misconception = WRONG, misconception(question, result.answer)
        return result

    def _once(
        self, sources: dict[str, str], extra: list[tuple[str | None, str]], until: str | None = None
    ) -> Run | None:
        left = self._end - time.monotonic()
        if left <= 1:
            self._out_of_time = "the time for one submission was over"
            return None
        return self._runner.run(inject.assembled(self._reference, sources, extra, until), left)

    def _culprit(self, run: Run) -> str | None:
        """The cell that ended the run, put on the list of what is left out next time.

        Where cells ran out of time before, the first of them is where it began.
        """
        if not run.stopped and not any(result.status in _ENDED for result in run.cells.values()):
            return None
        slow = (*_ENDED, "timeout")
        first = next((cell for cell, result in run.cells.items() if result.status in slow), None)
        if first is None:
            self._out_of_time = run.stopped or ""
            return None
        result = run.cells[first]
        before = list(run.cells)[: list(run.cells).index(first) + 1]
        if result.reason.startswith("more than"):
            # What uses too much was often started by a cell that has failed since.
            before += [cell for cell in before if run.cells[cell].status == "error" and cell.endswith("-answer")]
        for cell in reversed(before):
            qid = cell.rpartition("-")[0]
            if cell.startswith("extra-"):
                number = int(cell.removeprefix("extra-"))
                self._answers.notes.append(f"a further cell was left out: {result.reason}")
                self._extra = _without(self._extra, self._reference, number)
                return cell
            if qid in self._answers.by_question and qid not in self._blamed:
                self._blamed[qid] = result
                return cell
        self._out_of_time = result.reason
        return None

    def _setup_failed(self, run: Run) -> bool:
        given = [result.status for cell, result in run.cells.items() if cell.startswith("code-")]
        return "error" in given or "timeout" in given

    def _disturbing(self) -> bool:
        """Whether an answer may have changed what the given cells made."""
        cells = self._reference.learner.cells
        given = names.Given(cell.source for cell in cells if cell.cell_type == "code" and cell.id.startswith("code-"))
        texts = [*self._answers.by_question.values(), *(source for _, source in self._extra)]
        return any(given.may_be_changed_by(text) for text in texts)

    def _alone(self) -> None:
        """What is not right, once more with all other answers left out: one mistake costs one question."""
        for question in self._reference.questions:
            qid = question["qid"]
            check = self._cells.get(f"{qid}-check")
            right = check is not None and check.status == "passed"
            if right or qid not in self._attempted or qid in self._blamed:
                continue
            run = self._once({qid: self._answers.by_question[qid]}, [], until=f"{qid}-check")
            if run is None:
                return
            own = {cell: run.cells[cell] for cell in (f"{qid}-answer", f"{qid}-check") if cell in run.cells}
            if own.get(f"{qid}-check", CellResult("dead")).status == "passed":
                self._cells |= own
                self._answers.notes.append(f"{qid} was judged by itself: another cell had changed what it is given")


def misconception(question: dict[str, Any], answer: str) -> str:
    """What a known wrong answer shows; empty for one that is not known."""
    for wrong in question["wrong"]:
        seen = answer
        if "step" in wrong:
            try:
                seen = canonical.number(float(answer), wrong["step"])
            except ValueError:
                continue
        if canonical.digest(question["salt"], seen) == wrong["digest"]:
            return wrong["says"]
    return ""


def _free_text(printed: str) -> str | None:
    """The learner's text from the JSON string that its check prints; ``None`` if it is none."""
    try:
        text = json.loads(printed)
    except ValueError:
        return None
    return text if isinstance(text, str) else None


def _nothing(reference: Reference, reason: str) -> list[QuestionResult]:
    return [
        QuestionResult(question["qid"], question["title"], question["points"], 0, NOT_RUN, reason=reason)
        for question in reference.questions
    ]


def _without(extra: list[tuple[str | None, str]], reference: Reference, number: int) -> list[tuple[str | None, str]]:
    """``extra`` less the cell that ``assembled`` called ``extra-number``."""
    order = [None, *(cell.id for cell in reference.learner.cells if cell.cell_type == "code")]
    ranked = sorted(range(len(extra)), key=lambda index: order.index(extra[index][0]))
    gone = ranked[number - 1]
    return [cell for index, cell in enumerate(extra) if index != gone]
