"""One exercise in the learner's kernel."""

import difflib
import json
import os
import re
import sys
from dataclasses import replace
from importlib import resources
from typing import Any

from customer_value.checks import functions, judging
from customer_value.checks.feedback import Feedback, Progress, Verdict, show

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
        total = judging.checked_points(spec["questions"])
        self._asked = {qid: judging.asked(self._slug, question, total) for qid, question in self._questions.items()}
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
            if feedback.attempted:
                self._attempted.add(qid)
            show(replace(feedback, attempted=qid in self._attempted))

    @property
    def seed(self) -> int:
        """For data that are drawn for a cohort: 0 while learning, the cohort's own number while grading."""
        return functions.seed() if os.environ.get(MODE_VARIABLE) == "grading" else 0

    def watch(self, shell: Any) -> None:
        """Notice answers whose cell stopped with an error, so that no check judges what was there before.

        ``shell`` is IPython's; ``start`` calls this.
        """
        for question in self._questions.values():
            # A check whose answer was never made then speaks, instead of stopping with a NameError.
            shell.user_ns.setdefault(question["name"], ...)

        def after_cell(result: Any) -> None:
            source, cell = result.info.raw_cell, getattr(result.info, "cell_id", None)
            for qid, question in self._questions.items():
                name = question["name"]
                makes = re.search(rf"^(?:def {name}\b|{name}\s*=[^=])", source, flags=re.M)
                if not makes and cell != f"{qid}-answer":
                    continue
                if result.success:
                    self._failed.discard(qid)
                else:
                    self._failed.add(qid)

        shell.events.register("post_run_cell", after_cell)

    def _unfinished(self, qid: str) -> Feedback | None:
        if qid not in self._failed:
            return None
        message = "The cell with your answer stopped with an error. Mend it and run it, then check again."
        # A slip of the pen is an attempt at a calculation, but not at a text that is still to be written.
        return Feedback(self._asked[qid], Verdict.NOT_YET, message, attempted=self._questions[qid]["kind"] != "free")

    def hint(self, qid: str) -> None:
        """Show the next hint of a question; the last one is the solution and needs an attempt first.

        After a right answer it shows the solution, after a recorded text the marking guide.
        """
        question = self._questions.get(qid)
        if question is None:
            print(f"There is no question {qid!r} in this exercise: it has {', '.join(self._questions)}.")
            return
        about = self._asked[qid]
        closing = [f"{name.capitalize()}: {text}" for name, text in about.closing]
        if self._verdict_of(qid).is_done:
            print("\n".join(closing))
            return
        given, count = self._hints_given.get(qid, 0), len(about.hints) + 1
        if given >= count - 1 and qid not in self._attempted:
            once = "once" if about.is_text else "once (a guess will do)"
            print(f"The last hint is the {about.closing[0][0]}. Answer {qid} {once}, run its check, then ask again.")
            return
        given = min(given + 1, count)
        self._hints_given[qid] = given
        last = "\n".join([about.closing[0][1], *closing[1:]])
        print(f"Hint {given} of {count}: {[*about.hints, last][given - 1]}")

    def progress(self) -> None:
        """Show where every question stands and the points so far. Prints nothing while grading."""
        if os.environ.get(MODE_VARIABLE) == "grading":
            return
        show(Progress(self._slug, [(self._asked[qid], self._verdict_of(qid)) for qid in self._questions]))

    def _verdict_of(self, qid: str) -> Verdict:
        return self._verdicts.get(qid, Verdict.NOT_ATTEMPTED)

    def canonical_answer(self, qid: str, answer: Any, seed: int) -> str:
        """The answer as grading compares it; a wrong kind of answer becomes a text that says so."""
        return judging.canonical_answer(self._questions[qid], answer, seed)

    def judge(self, qid: str, answer: Any) -> Feedback:
        """What a learner is told about an answer. Never raises."""
        return judging.judge(self._asked[qid], self._questions[qid], answer)
