"""What an author has to declare for each kind of question."""

import math
from collections.abc import Mapping
from string import Formatter
from typing import Any

from customer_value.checks import tables
from workbook.exercises.source import Source

NEEDED = {
    "number": ("step",),
    "numbers": ("step", "size"),
    "choice": ("options",),
    "text": (),
    "function": ("step", "shown", "fresh"),
    "table": ("columns",),
    "free": ("min_words", "guide"),
}
ALLOWED = {
    "number": ("bounds",),
    "text": ("accepted",),
    "table": ("ordered",),
    "free": ("min_numbers", "sample"),
}
_COMMON = ("qid", "title", "points", "kind", "hints")
_WRONG_KEYS = {"answer", "code", "says", "step", "untouched"}
_LEAST_WRONG = 3
_LEAST_OPTIONS = 4


def validate(source: Source, index: int, check: Mapping[str, Any]) -> None:
    """Refuse a question whose declaration is incomplete, misspelt or contradicts itself."""
    qid, kind = check["qid"], check.get("kind")
    if kind not in NEEDED:
        raise source.mistake(index, f"{qid} has kind {kind!r}: choose one of {', '.join(NEEDED)}")
    needed = [*_COMMON, *([] if kind == "free" else ["wrong"]), *NEEDED[kind]]
    missing = [key for key in needed if key not in check]
    if missing:
        raise source.mistake(index, f"{qid} lacks {', '.join(missing)}")
    unknown = set(check) - {*needed, "praise", "praise_numbers", *ALLOWED.get(kind, ())}
    if unknown:
        raise source.mistake(index, f"{qid} has what kind {kind} does not know: {', '.join(sorted(unknown))}")
    _points(source, index, check)
    _hints(source, index, check)
    _praise(source, index, check)
    if "step" in check:
        refuse_step(source, index, f"the step of {qid}", check["step"])
    if kind == "free":
        _free(source, index, check)
        return
    _wrong_answers(source, index, check)
    if kind == "numbers" and not _is_whole(check["size"]):
        raise source.mistake(index, f"the size of {qid} must be a whole number above 0, not {check['size']!r}")
    if kind == "choice":
        _options(source, index, check)
    if kind == "table":
        _columns(source, index, check)
    if "bounds" in check:
        _bounds(source, index, check)


def refuse_step(source: Source, index: int, what: str, step: Any) -> None:
    """A step is 1, 2 or 5 times a power of ten: any other would tell something about the answer."""
    if not _is_number(step) or not step > 0:
        raise source.mistake(index, f"{what} must be a number above 0, not {step!r}")
    power = 10.0 ** math.floor(math.log10(step) + 1e-9)
    if not any(math.isclose(step, digit * power) for digit in (1, 2, 5)) or not 1e-9 <= step <= 1e9:
        raise source.mistake(index, f"{what} is {step!r}: take 1, 2 or 5 times a power of ten, which tells nothing")


def _points(source: Source, index: int, check: Mapping[str, Any]) -> None:
    points, least = check["points"], 0 if check["kind"] == "free" else 1
    if not _is_number(points) or points < least or points != int(points):
        raise source.mistake(index, f"the points of {check['qid']} must be a whole number from {least}, not {points!r}")


def _hints(source: Source, index: int, check: Mapping[str, Any]) -> None:
    free = check["kind"] == "free"
    needed, steps = (3, "three; the guide is the last") if free else (4, "nudge, formula, code, solution")
    hints = check["hints"]
    if not isinstance(hints, list) or len(hints) != needed:
        raise source.mistake(index, f"{check['qid']} has {len(hints)} hints: write {steps}")
    if not all(str(hint or "").strip() for hint in hints):
        raise source.mistake(index, f"a hint of {check['qid']} is empty")


def _praise(source: Source, index: int, check: Mapping[str, Any]) -> None:
    """Every number that the praise computes stands in it, and no other."""
    if "praise_numbers" not in check:
        return
    qid, numbers = check["qid"], check["praise_numbers"]
    if not isinstance(numbers, dict) or not numbers or not all(str(name).isidentifier() for name in numbers):
        raise source.mistake(index, f"`praise_numbers` of {qid} must map names to expressions, not be {numbers!r}")
    try:
        fields = {field for _, field, _, _ in Formatter().parse(str(check.get("praise", ""))) if field is not None}
    except ValueError as error:
        raise source.mistake(index, f"the praise of {qid} has a brace too many or too few: {error}") from error
    for name in sorted(fields ^ set(numbers)):
        has, lacks = ("`praise_numbers`", "the praise") if name in numbers else ("the praise", "`praise_numbers`")
        raise source.mistake(index, f"{qid} has {{{name}}} in {has}, but not in {lacks}")


def _free(source: Source, index: int, check: Mapping[str, Any]) -> None:
    qid, words = check["qid"], check["min_words"]
    if not _is_whole(words) or not str(check["guide"] or "").strip():
        raise source.mistake(index, f"{qid} needs `min_words`, a whole number above 0, and a `guide`")
    numbers = check.get("min_numbers", 1)
    if not _is_whole(numbers) or numbers > words:
        reason = f"must be a whole number from 1 to its `min_words`, {words}, not {numbers!r}"
        raise source.mistake(index, f"the `min_numbers` of {qid} {reason}")
    if not isinstance(check.get("sample", False), bool):
        raise source.mistake(index, f"`sample` of {qid} must be true or false: the text shown is the reference's own")


def _wrong_answers(source: Source, index: int, check: Mapping[str, Any]) -> None:
    qid, wrongs = check["qid"], check["wrong"]
    declared = len(wrongs) if isinstance(wrongs, list) else 0
    if declared < _LEAST_WRONG:
        raise source.mistake(index, f"{qid} declares {declared} wrong answers: at least {_LEAST_WRONG} are needed")
    for wrong in wrongs:
        if not isinstance(wrong, dict) or not str(wrong.get("says", "")).strip() or "answer" not in wrong:
            raise source.mistake(index, f"every wrong answer of {qid} needs `answer` and `says`")
        if set(wrong) - _WRONG_KEYS:
            unknown = ", ".join(sorted(set(wrong) - _WRONG_KEYS))
            raise source.mistake(index, f"a wrong answer of {qid} has what is not known: {unknown}")
        if "step" in wrong and check["kind"] != "number":
            raise source.mistake(index, f"{qid}: only wrong answers of kind number can have a `step` of their own")
        if "step" in wrong:
            refuse_step(source, index, f"the step of a wrong answer of {qid}", wrong["step"])


def _options(source: Source, index: int, check: Mapping[str, Any]) -> None:
    qid, options = check["qid"], check["options"]
    if not isinstance(options, list) or len(options) < _LEAST_OPTIONS or len(set(map(str, options))) < len(options):
        raise source.mistake(index, f"{qid} needs at least {_LEAST_OPTIONS} different options: fewer are guessed")
    if any(not isinstance(option, str) or option != option.strip().lower() for option in options):
        raise source.mistake(index, f"the options of {qid} must be lower-case text")
    if len(check["wrong"]) < len(options) - 1:
        raise source.mistake(index, f"{qid}: each option but the right one needs its misconception in `wrong`")


def _columns(source: Source, index: int, check: Mapping[str, Any]) -> None:
    qid, columns = check["qid"], check["columns"]
    if not isinstance(columns, dict) or not columns or not all(isinstance(name, str) for name in columns):
        raise source.mistake(index, f"the columns of {qid} must map each name to a step or to text")
    for name, step in columns.items():
        if step != tables.TEXT:
            refuse_step(source, index, f"the step of column `{name}` of {qid}", step)
    if not isinstance(check.get("ordered", False), bool):
        raise source.mistake(index, f"`ordered` of {qid} must be true or false")


def _bounds(source: Source, index: int, check: Mapping[str, Any]) -> None:
    qid, bounds = check["qid"], check["bounds"]
    if not isinstance(bounds, list) or len(bounds) != 2 or not all(map(_is_number, bounds)) or bounds[0] >= bounds[1]:
        raise source.mistake(index, f"the bounds of {qid} must be [lowest, highest], not {bounds!r}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
