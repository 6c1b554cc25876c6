"""One exercise in the learner's kernel."""

import difflib
import json
import os
from importlib import resources
from typing import Any

from customer_value.checks import canonical, functions
from customer_value.checks.feedback import Feedback, Verdict, show

MODE_VARIABLE = "CUSTOMER_VALUE_CHECKS"


def start(slug: str) -> "Exercise":
    """The checks of one exercise.

    Parameters
    ----------
    slug : str
        Name of the chapter, such as ``"02-heterogeneity"``.

    Raises
    ------
    ValueError
        If there is no such exercise; the message lists the ones there are.
    """
    folder = resources.files("customer_value.checks") / "specs"
    known = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    if slug not in known:
        near = difflib.get_close_matches(slug, known, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"There is no exercise {slug!r}.{meant} Known: {', '.join(known)}.")
    return Exercise(json.loads((folder / f"{slug}.json").read_text(encoding="utf-8")))


class Exercise:
    """Checks answers by question, ``check("q1", q1)``, and gives hints, ``check.hint("q1")``."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._slug = spec["slug"]
        self._questions = {question["qid"]: question for question in spec["questions"]}
        self._hints_given: dict[str, int] = {}
        self._attempted: set[str] = set()

    def __call__(self, qid: str, answer: Any = ...) -> None:
        """Check one answer. Shows a verdict while learning, prints the canonical answer while grading."""
        question = self._questions.get(qid)
        if question is None:
            print(f"There is no question {qid!r} in this exercise: it has {', '.join(self._questions)}.")
        elif os.environ.get(MODE_VARIABLE) == "grading":
            print(f"{qid.upper()} = {self.canonical_answer(qid, answer, functions.seed())}")
        else:
            feedback = self.judge(qid, answer)
            if feedback.verdict is not Verdict.NOT_ATTEMPTED:
                self._attempted.add(qid)
            show(feedback)

    def hint(self, qid: str) -> None:
        """Show the next hint of a question; the last one is the solution and needs an attempt first."""
        question = self._questions.get(qid)
        if question is None:
            print(f"There is no question {qid!r} in this exercise: it has {', '.join(self._questions)}.")
            return
        given = self._hints_given.get(qid, 0)
        hints = question["hints"]
        if given == len(hints) - 1 and qid not in self._attempted:
            print(f"The last hint is the solution. Answer {qid} once (a guess will do), run its check, then ask again.")
            return
        given = min(given + 1, len(hints))
        self._hints_given[qid] = given
        print(f"Hint {given} of {len(hints)}: {hints[given - 1]}")

    def canonical_answer(self, qid: str, answer: Any, seed: int) -> str:
        """The answer as grading compares it; a wrong kind of answer becomes a text that says so."""
        question = self._questions[qid]
        if canonical.is_blank(answer):
            return canonical.NOT_ATTEMPTED
        if question["kind"] == "function":
            if not callable(answer):
                return "not a function"
            calls = self._calls(question, answer, seed)
            if all(call.result == "nothing" for call in calls):
                return canonical.NOT_ATTEMPTED
            return "; ".join(call.result for call in calls)
        try:
            return self._canonical_value(question, answer)
        except canonical.NotThatKind as error:
            return f"not valid: {error}"

    def judge(self, qid: str, answer: Any) -> Feedback:
        """What a learner is told about an answer. Never raises."""
        question = self._questions[qid]
        if canonical.is_blank(answer):
            return Feedback(qid, Verdict.NOT_ATTEMPTED, "Replace the ... in the cell above and run it first.", [])
        hints = question["hints"]
        if question["kind"] == "function":
            return self._judge_function(question, answer)
        try:
            text = self._canonical_value(question, answer)
        except canonical.NotThatKind as error:
            return Feedback(qid, Verdict.NOT_YET, _sentence(str(error)), hints)
        return self._verdict(question, text)

    def _judge_function(self, question: dict[str, Any], answer: Any) -> Feedback:
        qid, hints = question["qid"], question["hints"]
        if not callable(answer):
            return Feedback(qid, Verdict.NOT_YET, "This answer must be a function: give its name, uncalled.", hints)
        calls = self._calls(question, answer, seed=0)
        if all(call.result == "nothing" for call in calls):
            return Feedback(qid, Verdict.NOT_ATTEMPTED, "The function gives nothing back yet: end it with return.", [])
        known = self._verdict(question, "; ".join(call.result for call in calls))
        if known.verdict is Verdict.RIGHT or known.misconception:
            return known
        salt = question["salt"]
        wrong = [
            call
            for call, expected in zip(calls, question["each"], strict=True)
            if canonical.digest(salt, call.result) != expected
        ]
        first = next((call for call in wrong if call.shown), wrong[0])
        if first.error:
            detail = f"it stops with {first.error} for the input ({first.inputs})."
        elif first.shown:
            detail = f"it gives {first.result} for the input ({first.inputs}), which is not right."
        else:
            detail = f"it is right for the inputs shown, but not for others, such as ({first.inputs})."
        count = f"{len(calls) - len(wrong)} of {len(calls)} test inputs are right; "
        return Feedback(qid, Verdict.NOT_YET, _sentence(count + detail), hints)

    def _verdict(self, question: dict[str, Any], text: str) -> Feedback:
        qid, salt = question["qid"], question["salt"]
        found = canonical.digest(salt, text)
        if found == question["right"]:
            return Feedback(qid, Verdict.RIGHT, question.get("praise", ""), [])
        for wrong in question["wrong"]:
            if found == wrong["digest"]:
                return Feedback(qid, Verdict.NOT_YET, wrong["says"], question["hints"], misconception=True)
        return Feedback(qid, Verdict.NOT_YET, "This is not one of the usual slips; a hint may help.", question["hints"])

    @staticmethod
    def _calls(question: dict[str, Any], answer: Any, seed: int) -> list[functions.Call]:
        return functions.call_all(answer, question["shown"], question["fresh"], question["step"], seed)

    @staticmethod
    def _canonical_value(question: dict[str, Any], answer: Any) -> str:
        if question["kind"] == "number":
            return canonical.number(answer, question["step"])
        if question["kind"] == "numbers":
            return canonical.number_list(answer, question["step"], question["size"])
        return canonical.choice(answer, question["options"])


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."
