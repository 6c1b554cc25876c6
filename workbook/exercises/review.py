"""What only shows in the exercise as a whole: questions that lean on each other, stubs, hints that tell too much."""

import copy
import re
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from customer_value.checks import canonical
from customer_value.checks.exercise import Exercise
from customer_value.checks.feedback import Verdict, counted
from workbook.exercises.questions import Solved, solve, specification
from workbook.exercises.source import Names, Source, bound, fresh_names

_NUMBER = re.compile(r"(?<![\w.])[-−]?\d(?:[\d,]*\d)?(?:\.\d+)?(?P<percent>\s?%)?")
_POINTS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) points?\b")
_POINTS_OF_HEADING = re.compile(r"\((\d+(?:\.\d+)?) points?\)")


def review(source: Source, solved: list[Solved]) -> None:
    """Refuse what a learner would stumble over. Raises ``WorkbookError`` with file, cell and reason."""
    _refuse_lost_answers(source, solved)
    _refuse_overwriting(source, solved)
    _refuse_wrong_points(source, solved)
    _refuse_known_answers(source, solved)
    for one in solved:
        _refuse_telling(source, one)
    _Alone(source, solved).run()


def _refuse_lost_answers(source: Source, solved: list[Solved]) -> None:
    asked = {one.question["qid"] for one in solved}
    for qid, index in source.answers.items():
        if qid not in asked:
            raise source.mistake(index, f"the answer of {qid} has no check cell")
        if not str(source.cells[index].metadata["answer"].get("stub", "")).strip():
            raise source.mistake(index, "the answer cell needs a `stub`, what the learner sees in its place")


def _refuse_overwriting(source: Source, solved: list[Solved]) -> None:
    own = {one.question["name"]: one.question["qid"] for one in solved}
    for index, cell in enumerate(source.cells):
        if cell.cell_type != "code" or "check" in cell.metadata:
            continue
        qid = cell.metadata.get("answer", {}).get("qid")
        for text in (cell.source, str(cell.metadata.get("answer", {}).get("stub", ""))):
            taken = sorted(name for name in bound(text) & set(own) if own[name] != qid)
            if taken:
                raise source.mistake(index, f"it overwrites `{taken[0]}`, the answer of {own[taken[0]]}")
    given: set[str] = set()
    for index, cell in enumerate(source.cells):
        if cell.cell_type != "code":
            continue
        if "answer" in cell.metadata:
            taken = sorted(bound(cell.source) & given)
            if taken:
                reason = f"the answer overwrites `{taken[0]}`, which an earlier cell gives to every question"
                raise source.mistake(index, f"{reason}; take another name")
        elif "check" not in cell.metadata:
            given |= bound(cell.source)


def _refuse_wrong_points(source: Source, solved: list[Solved]) -> None:
    """Points that the text states: in all before the first question, and for a question in its heading."""
    total = sum(one.question["points"] for one in solved)
    heading: tuple[int, float] | None = None
    under = 0.0
    seen_question = False
    points = {one.index: one.question["points"] for one in solved}

    def close() -> None:
        if heading is not None and heading[1] != under:
            stated = f"the heading says {counted(heading[1])}, its checks give {under:g}"
            raise source.mistake(heading[0], stated)

    for index, cell in enumerate(source.cells):
        if cell.cell_type != "markdown":
            under += points.get(index, 0)
            seen_question = seen_question or "answer" in cell.metadata
            continue
        for line in cell.source.splitlines():
            is_heading = line.startswith("#")
            pattern = _POINTS_OF_HEADING if is_heading else _POINTS
            stated = [float(number) for number in pattern.findall(line)]
            if is_heading:
                close()
                heading, under = (index, stated[0]) if stated else None, 0.0
            elif not seen_question and heading is None and stated and stated[0] != total:
                raise source.mistake(index, f"the text says {counted(stated[0])}, the checks give {total:g}")
    close()


def _refuse_known_answers(source: Source, solved: list[Solved]) -> None:
    """At least half of the points must not be had with published answers."""
    drawn = {one.question["qid"] for one in solved if one.question["kind"] == "function"}
    if any("check.seed" in cell.source for cell in source.cells if cell.cell_type == "code"):
        other = {one.question["qid"]: one.canonical for one in solve(source, seed=1)}
        drawn |= {one.question["qid"] for one in solved if one.canonical != other[one.question["qid"]]}
    total = sum(one.question["points"] for one in solved)
    own = sum(one.question["points"] for one in solved if one.question["qid"] in drawn)
    if 2 * own < total:
        reason = f"{own:g} of {counted(total)} come from functions or from data drawn with `check.seed`"
        raise source.mistake(None, f"{reason}: at least half must, or published answers pass")


def _refuse_telling(source: Source, one: Solved) -> None:
    """A hint before the last, or the message for a slip, that gives the answer away."""
    question = one.question
    last = len(question["hints"]) - (question["kind"] != "free")
    texts = {f"hint {number}": text for number, text in enumerate(question["hints"][:last], start=1)}
    texts |= {f"the message of wrong answer {i}": wrong["says"] for i, wrong in enumerate(question["wrong"], start=1)}
    solution = source.cells[source.answers[question["qid"]]].source
    for name, text in texts.items():
        if _tells(source, one, text):
            raise source.mistake(one.index, f"{name} of {question['qid']} contains the right answer")
        if _holds(text, solution):
            raise source.mistake(one.index, f"{name} of {question['qid']} contains the whole solution")


def _tells(source: Source, one: Solved, text: str) -> bool:
    question = one.question
    match question["kind"]:
        case "number" | "numbers":
            step = question["step"]
            # Without the sign, the size alone is most of the answer.
            right = {number.lstrip("-") for number in re.findall(r"[^\[\], ]+", one.canonical)}
            return right <= {canonical.snap(abs(value), step) for value in _numbers(text)}
        case "choice":
            named = [option for option in question["options"] if _has_words(text.lower(), option)]
            return one.canonical in named and len(named) < len(question["options"])
        case "text":
            spellings = [one.answer, *source.cells[one.index].metadata["check"].get("accepted", [])]
            said = canonical.normalised(text)
            return any(_has_words(said, canonical.normalised(spelling)) for spelling in spellings)
    return False


def _numbers(text: str) -> Iterator[float]:
    for found in _NUMBER.finditer(text):
        value = float(found.group().rstrip(" %").replace(",", "").replace("−", "-"))
        yield value
        if found["percent"]:
            yield value / 100


def _has_words(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _holds(text: str, solution: str) -> bool:
    """Whether every line that does the work stands in ``text``, however it is spaced and whatever it assigns to."""
    given = re.sub(r"\s+", "", text)
    lines = [re.sub(r"#.*|^\s*\w+\s*=(?!=)|^\s*return\b", "", line) for line in solution.splitlines()]
    working = [re.sub(r"\s+", "", line) for line in lines if not re.match(r"\s*(def|import|from|print)\b", line)]
    working = [line for line in working if len(line) > 3]
    return bool(working) and all(line in given for line in working)


class _Alone:
    """Every answer by itself, between the stubs of all others: it must be the same, and nothing may stop.

    One pass: each answer runs in a copy of what the stubs before it left, up to its own check cell.
    """

    def __init__(self, source: Source, solved: list[Solved]) -> None:
        self._source = source
        self._solved = {one.question["qid"]: one for one in solved}
        self._judge = Exercise(specification(source, solved))
        self._stubbed: Names = fresh_names(0)
        self._open: dict[str, Names] = {}

    def run(self) -> None:
        for index, cell in enumerate(self._source.cells):
            if cell.cell_type != "code":
                continue
            if "check" in cell.metadata:
                self._check(index, cell.metadata["check"]["qid"])
            elif "answer" in cell.metadata:
                qid = cell.metadata["answer"]["qid"]
                self._open[qid] = _copied(self._stubbed)
                self._try(index, self._open[qid], cell.source, f"{qid} depends on the answer of another question")
                stub = str(cell.metadata["answer"]["stub"])
                self._try(index, self._stubbed, stub, f"the stub of {qid} does not run through")
            else:
                self._try(index, self._stubbed, cell.source, "it needs an answer of the learner's")
                for qid, names in self._open.items():
                    self._try(index, names, cell.source, f"it needs an answer of the learner's other than {qid}")

    def _check(self, index: int, qid: str) -> None:
        name, right = self._solved[qid].question["name"], self._solved[qid].canonical
        alone = self._open.pop(qid)
        if name not in alone or self._judge.canonical_answer(qid, alone[name], 0) != right:
            raise self._source.mistake(index, f"{qid} depends on the answer of another question")
        if name not in self._stubbed:
            raise self._source.mistake(index, f"the stub of {qid} does not make `{name}`")
        told = self._judge.judge(qid, self._stubbed[name])
        if told.verdict is Verdict.RIGHT:
            raise self._source.mistake(index, f"the stub of {qid} already passes")
        if told.verdict is not Verdict.NOT_ATTEMPTED:
            reason = f"the stub of {qid} is told: {told.message} Declare it among `wrong` with `untouched: true`"
            raise self._source.mistake(index, reason)

    def _try(self, index: int, names: Names, code: str, reason: str) -> None:
        try:
            self._source.run(index, names, code)
        except Exception as error:
            stops = str(error).partition("it stops with ")[2].rstrip(".")
            raise self._source.mistake(index, f"{reason}: without it, it stops with {stops}") from error


def _copied(names: Mapping[str, Any]) -> Names:
    """Names whose values can be changed without changing the others': one answer must not reach into the next."""
    copied: Names = {}
    memo: dict[int, Any] = {}
    for name, value in names.items():
        if name == "__builtins__" or isinstance(value, (ModuleType, FunctionType, type)):
            copied[name] = value
            continue
        try:
            copied[name] = copy.deepcopy(value, memo)
        except Exception:
            copied[name] = value  # what cannot be copied, such as an open file, is shared
    return copied
