"""What is said about an answer: its canonical form for grading, and the verdict for a learner."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from customer_value.checks import canonical, functions, tables
from customer_value.checks.feedback import Asked, Feedback, Verdict, counted

Question = Mapping[str, Any]
_LONGEST_RESULT = 120


def asked(slug: str, question: Question, total: float) -> Asked:
    """What feedback says about the question itself."""
    hints = tuple(question.get("hints", ()))
    is_free = question["kind"] == "free"
    if is_free:
        sample = (("sample text", question["sample"]),) if "sample" in question else ()
        closing = (("marking guide", question["guide"]), *sample)
    else:
        hints, closing = hints[:-1], tuple(("solution", hint) for hint in hints[-1:])
    return Asked(slug, question["qid"], question["title"], question["points"], total, hints, closing, is_free)


def checked_points(questions: Iterable[Question]) -> float:
    """The points that checks can give: those of texts are a person's to give."""
    return sum(question["points"] for question in questions if question["kind"] != "free")


def canonical_answer(question: Question, answer: Any, seed: int) -> str:
    """The answer as grading compares it; a wrong kind of answer becomes a text that says so. Never raises."""
    try:
        return _canonical_answer(question, answer, seed)
    except canonical.NotThatKind as error:
        return f"not valid: {error}"
    except Exception as error:
        return f"not valid: it cannot be looked at ({type(error).__name__})"


def _canonical_answer(question: Question, answer: Any, seed: int) -> str:
    if canonical.is_blank(answer):
        return canonical.NOT_ATTEMPTED
    if question["kind"] == "function":
        if not callable(answer):
            return "not a function"
        calls = _calls(question, answer, seed)
        if all(call.result == functions.NOTHING for call in calls):
            return canonical.NOT_ATTEMPTED
        return canonical.shortened("; ".join(call.result for call in calls))
    return _canonical_value(question, answer)


def judge(about: Asked, question: Question, answer: Any) -> Feedback:
    """What a learner is told about an answer. Never raises, whatever the answer is."""
    try:
        return _judge(about, question, answer)
    except Exception as error:
        message = f"This answer cannot be looked at: {type(error).__name__}."
        return Feedback(about, Verdict.NOT_YET, message)


def _judge(about: Asked, question: Question, answer: Any) -> Feedback:
    if canonical.is_blank(answer):
        message = "Replace the ... in the cell above and run it first."
        if question["kind"] == "free":
            message += f" Write at least {_least(question)}."
        return Feedback(about, Verdict.NOT_ATTEMPTED, message, attempted=False)
    if question["kind"] == "function":
        return _judge_function(about, question, answer)
    try:
        text = _canonical_value(question, answer)
    except canonical.NotThatKind as error:
        return Feedback(about, Verdict.NOT_YET, _sentence(str(error)))
    if question["kind"] == "free":
        return _judge_free(about, question, json.loads(text))
    known = _known(about, question, text, answer)
    if known is not None:
        return known
    if question["kind"] == "table":
        return Feedback(about, Verdict.NOT_YET, _wrong_columns(question, answer))
    low, high = question.get("bounds", (None, None))
    if low is not None and not low <= canonical.one_number(answer) <= high:
        given = functions.written(canonical.one_number(answer))
        message = f"This answer must lie between {low} and {high}, and yours is {given}."
        return Feedback(about, Verdict.NOT_YET, message)
    return Feedback(about, Verdict.NOT_YET, "This is not the expected answer; a hint may help.")


def _judge_free(about: Asked, question: Question, text: str) -> Feedback:
    words, found = len(text.split()), numbers_written(text)
    if words < question["min_words"] or found < question.get("min_numbers", 0):
        has = counted(words, "word")
        if "min_numbers" in question:
            has += f" and {counted(found, 'number') if found else 'no number'} in digits"
        message = f"Your text has {has}; write at least {_least(question)}."
        return Feedback(about, Verdict.NOT_YET, message, attempted=False)
    message = f"{counted(words, 'word')}. In a course your facilitator reads this text; on your own, mark it yourself."
    return Feedback(about, Verdict.RECORDED, message)


def numbers_written(text: str) -> int:
    """How many different numbers stand in a text in digits (``48%``, ``2,357``, ``0.44``)."""
    return len(set(re.findall(r"(?<!\w)\d+(?:[.,]\d+)*", text)))


def _least(question: Question) -> str:
    words = counted(question["min_words"], "word")
    if "min_numbers" not in question:
        return words
    numbers = question["min_numbers"]
    return f"{words} with {counted(numbers, 'number' if numbers == 1 else 'different number')}"


def _judge_function(about: Asked, question: Question, answer: Any) -> Feedback:
    if not callable(answer):
        return Feedback(about, Verdict.NOT_YET, "This answer must be a function: give its name, uncalled.")
    calls = _calls(question, answer, seed=0)
    if all(call.result == functions.NOTHING for call in calls):
        if any(call.printed for call in calls):
            message = "The function prints its answer, but gives nothing back: write return instead of print."
            return Feedback(about, Verdict.NOT_YET, message)
        message = "The function gives nothing back yet: end it with return."
        return Feedback(about, Verdict.NOT_ATTEMPTED, message, attempted=False)
    known = _known(about, question, canonical.shortened("; ".join(call.result for call in calls)), answer)
    return known or Feedback(about, Verdict.NOT_YET, _first_difference(question, calls))


def _first_difference(question: Question, calls: list[functions.Call]) -> str:
    """What a learner can look at: an input of the wrong calls, a shown one if there is any."""
    wrong = [
        (call, kind, number)
        for number, (call, expected, kind) in enumerate(zip(calls, question["each"], question["shapes"], strict=True))
        if canonical.digest(question["salt"], call.result) != expected
    ]
    # The shown inputs come first.
    call, kind, number = wrong[0]
    call_text = f"with ({call.inputs})"
    should = f"it should give {question['gives'][number]}." if call.shown else ""
    if call.error:
        found = f"called {call_text} it stops with {call.error}{f'; {should}' if should else '.'}"
    elif functions.shape(call.value) != kind:
        found = f"it must give back {kind}, and yours gives back {functions.shape(call.value)}."
    elif call.shown:
        found = f"called {call_text} it gives {functions.written(call.value)}, and {should}"
    else:
        found = f"it is right for the inputs shown, but not for others, such as ({call.inputs})."
    return f"Right for {len(calls) - len(wrong)} of {len(calls)} test inputs; {found}"


def shown_result(call: functions.Call) -> str:
    """What the right function gives for a shown input, as a message may name it."""
    text = re.sub(r"(\d)\.0+(?!\d)", r"\1", call.result)
    return text if len(text) <= _LONGEST_RESULT else f"{text[:_LONGEST_RESULT]} …"


def _known(about: Asked, question: Question, text: str, answer: Any = None) -> Feedback | None:
    """Right, or a slip whose name is known."""
    salt = question["salt"]
    if canonical.digest(salt, text) == question["right"]:
        return Feedback(about, Verdict.RIGHT, question.get("praise", ""))
    for wrong in question["wrong"]:
        # A slip may be recognised on a coarser grid than the answer: 48 for 48.2 per cent.
        seen = canonical.number(answer, wrong["step"]) if "step" in wrong else text
        if canonical.digest(salt, seen) == wrong["digest"]:
            if not wrong.get("untouched"):
                return Feedback(about, Verdict.NOT_YET, wrong["says"], misconception=True)
            if functions.is_written_as(answer, question["stub"]):
                return Feedback(about, Verdict.NOT_ATTEMPTED, wrong["says"], attempted=False)
            return Feedback(about, Verdict.NOT_YET, _alike(wrong["says"]), misconception=True)
    return None


def _alike(says: str) -> str:
    """For a function of the learner's own that gives what the stub gives: all but "This is still …"."""
    return f"It gives the same as the function that stood here. {says.partition('. ')[2]}".strip()


def _wrong_columns(question: Question, answer: Any) -> str:
    found = _table(question, answer)
    rows = len(next(iter(found.values())))
    if rows != question["rows"]:
        return f"Your table must have {question['rows']:,} row(s), and it has {rows:,}."
    right = [
        name
        for name, expected in question["each"].items()
        if canonical.digest(question["salt"], tables.column_text(name, found[name])) == expected
    ]
    wrong = [f"`{name}`" for name in found if name not in right]
    if not right or not wrong:
        return "This is not the expected table; a hint may help."
    are = "is" if len(right) == 1 else "are"
    return f"{', '.join(f'`{name}`' for name in right)} {are} right; look at {', '.join(wrong)}."


def _table(question: Question, answer: Any) -> tables.Columns:
    return tables.columns(answer, question["columns"], question.get("ordered", False))


def _calls(question: Question, answer: Any, seed: int) -> list[functions.Call]:
    return functions.call_all(answer, question["shown"], question["fresh"], question["step"], seed)


def _canonical_value(question: Question, answer: Any) -> str:
    match question["kind"]:
        case "number":
            return canonical.number(answer, question["step"])
        case "numbers":
            return canonical.number_list(answer, question["step"], question["size"])
        case "choice":
            return canonical.choice(answer, question["options"])
        case "text":
            return canonical.short_text(answer, question["salt"], question["accepted"])
        case "table":
            return tables.text(_table(question, answer))
        case "free":
            return canonical.free_text(answer)
    raise ValueError(f"unknown kind of question: {question['kind']!r}")


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."
