"""One exercise in the learner's kernel."""

import difflib
import json
import os
import re
import sys
from dataclasses import replace
from importlib import resources
from typing import Any

from customer_value.checks import canonical, functions
from customer_value.checks.feedback import Asked, Feedback, Progress, Verdict, show

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
    exercise = Exercise(json.loads((folder / f"{slug}.json").read_text(encoding="utf-8")))
    # Only notebooks load IPython; without one there are no cells to watch.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and os.environ.get(MODE_VARIABLE) != "grading":
        exercise.watch(shell)
    return exercise


class Exercise:
    """Checks answers by question, ``check("q1", q1)``, and gives hints, ``check.hint("q1")``."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._slug = spec["slug"]
        self._questions = {question["qid"]: question for question in spec["questions"]}
        total = sum(question["points"] for question in spec["questions"])
        self._asked = {qid: _asked(self._slug, question, total) for qid, question in self._questions.items()}
        self._hints_given: dict[str, int] = {}
        self._failed: set[str] = set()
        self._attempted: set[str] = set()
        self._verdicts: dict[str, Verdict] = {}

    def __call__(self, qid: str, answer: Any = ...) -> None:
        """Check one answer. Shows a verdict while learning, prints the canonical answer while grading."""
        question = self._questions.get(qid)
        if question is None:
            print(f"There is no question {qid!r} in this exercise: it has {', '.join(self._questions)}.")
        elif os.environ.get(MODE_VARIABLE) == "grading":
            print(f"{qid.upper()} = {self.canonical_answer(qid, answer, functions.seed())}")
        else:
            feedback = self._unfinished(qid) or self.judge(qid, answer)
            self._verdicts[qid] = feedback.verdict
            if feedback.verdict is not Verdict.NOT_ATTEMPTED:
                self._attempted.add(qid)
            show(replace(feedback, attempted=qid in self._attempted))

    def watch(self, shell: Any) -> None:
        """Notice answers whose cell stopped with an error, so that no check judges what was there before.

        ``shell`` is IPython's; ``start`` calls this.
        """

        def after_cell(result: Any) -> None:
            source = result.info.raw_cell
            for qid, question in self._questions.items():
                name = question["name"]
                if not re.search(rf"^(?:def {name}\b|{name}\s*=[^=])", source, flags=re.M):
                    continue
                if result.success:
                    self._failed.discard(qid)
                else:
                    self._failed.add(qid)
                    # The check that follows then speaks, instead of stopping with a NameError.
                    shell.user_ns.setdefault(name, ...)

        shell.events.register("post_run_cell", after_cell)

    def _unfinished(self, qid: str) -> Feedback | None:
        if qid not in self._failed:
            return None
        message = "The cell with your answer stopped with an error. Mend it and run it, then check again."
        return Feedback(self._asked[qid], Verdict.NOT_YET, message)

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

    def progress(self) -> None:
        """Show where every question stands and the points so far. Prints nothing while grading."""
        if os.environ.get(MODE_VARIABLE) == "grading":
            return
        show(Progress(self._slug, [(self._asked[qid], self._verdict_of(qid)) for qid in self._questions]))

    def _verdict_of(self, qid: str) -> Verdict:
        return self._verdicts.get(qid, Verdict.NOT_ATTEMPTED)

    def canonical_answer(self, qid: str, answer: Any, seed: int) -> str:
        """The answer as grading compares it; a wrong kind of answer becomes a text that says so."""
        question = self._questions[qid]
        if canonical.is_blank(answer):
            return canonical.NOT_ATTEMPTED
        if question["kind"] == "function":
            if not callable(answer):
                return "not a function"
            calls = self._calls(question, answer, seed)
            if all(call.result == functions.NOTHING for call in calls):
                return canonical.NOT_ATTEMPTED
            return "; ".join(call.result for call in calls)
        try:
            return self._canonical_value(question, answer)
        except canonical.NotThatKind as error:
            return f"not valid: {error}"

    def judge(self, qid: str, answer: Any) -> Feedback:
        """What a learner is told about an answer. Never raises."""
        question, asked = self._questions[qid], self._asked[qid]
        if canonical.is_blank(answer):
            message = "Replace the ... in the cell above and run it first."
            return Feedback(asked, Verdict.NOT_ATTEMPTED, message, attempted=False)
        if question["kind"] == "function":
            return self._judge_function(question, answer)
        try:
            text = self._canonical_value(question, answer)
        except canonical.NotThatKind as error:
            return Feedback(asked, Verdict.NOT_YET, _sentence(str(error)))
        return self._verdict(question, text, answer)

    def _judge_function(self, question: dict[str, Any], answer: Any) -> Feedback:
        asked = self._asked[question["qid"]]
        if not callable(answer):
            return Feedback(asked, Verdict.NOT_YET, "This answer must be a function: give its name, uncalled.")
        calls = self._calls(question, answer, seed=0)
        if all(call.result == functions.NOTHING for call in calls):
            if any(call.printed for call in calls):
                message = "The function prints its answer, but gives nothing back: write return instead of print."
                return Feedback(asked, Verdict.NOT_YET, message)
            message = "The function gives nothing back yet: end it with return."
            return Feedback(asked, Verdict.NOT_ATTEMPTED, message, attempted=False)
        known = self._verdict(question, "; ".join(call.result for call in calls))
        if known.verdict is not Verdict.NOT_YET or known.misconception:
            return known
        return Feedback(asked, Verdict.NOT_YET, self._first_difference(question, calls))

    @staticmethod
    def _first_difference(question: dict[str, Any], calls: list[functions.Call]) -> str:
        """What a learner can look at: an input of the wrong calls, a shown one if there is any."""
        wrong = [
            (call, kind)
            for call, expected, kind in zip(calls, question["each"], question["shapes"], strict=True)
            if canonical.digest(question["salt"], call.result) != expected
        ]
        call, kind = next((pair for pair in wrong if pair[0].shown), wrong[0])
        call_text = f"with ({call.inputs})"
        if call.error:
            found = f"called {call_text} it stops with {call.error}."
        elif functions.shape(call.value) != kind:
            found = f"it must give back {kind}, and yours gives back {functions.shape(call.value)}."
        elif call.shown:
            found = f"called {call_text} it gives {functions.written(call.value)}, which is not right."
        else:
            found = f"it is right for the inputs shown, but not for others, such as ({call.inputs})."
        return f"Right for {len(calls) - len(wrong)} of {len(calls)} test inputs; {found}"

    def _verdict(self, question: dict[str, Any], text: str, answer: Any = None) -> Feedback:
        asked, salt = self._asked[question["qid"]], question["salt"]
        if canonical.digest(salt, text) == question["right"]:
            return Feedback(asked, Verdict.RIGHT, question.get("praise", ""))
        for wrong in question["wrong"]:
            # A slip may be recognised on a coarser grid than the answer: 48 for 48.2 per cent.
            seen = canonical.number(answer, wrong["step"]) if "step" in wrong else text
            if canonical.digest(salt, seen) == wrong["digest"]:
                if wrong.get("untouched"):
                    return Feedback(asked, Verdict.NOT_ATTEMPTED, wrong["says"], attempted=False)
                return Feedback(asked, Verdict.NOT_YET, wrong["says"], misconception=True)
        low, high = question.get("bounds", (None, None))
        if low is not None and not low <= answer <= high:
            message = f"This answer must lie between {low} and {high}, and yours is {functions.written(answer)}."
        else:
            message = "This is not the expected answer; a hint may help."
        return Feedback(asked, Verdict.NOT_YET, message)

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


def _asked(slug: str, question: dict[str, Any], total: float) -> Asked:
    title, points = question.get("title", ""), question.get("points", 0)
    return Asked(slug, question["qid"], title, points, total, tuple(question.get("hints", ())))
