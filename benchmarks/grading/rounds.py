"""All graders on the same notebooks, in turn."""

import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.grading import measuring
from benchmarks.grading.tools import Tool, Verdicts, intended
from tests.grading.cohorts import Case
from workbook.progress import say


@dataclass(frozen=True)
class Plan:
    """How much is graded."""

    submissions: int = 60
    rounds: int = 3
    """The cohort is cut into so many parts; in every round a grader gets one of them, and this workbook all."""
    first: int = 10
    """Submissions of the round before, which is not timed: memory is looked at, and files are read for the first
    time."""
    attacked: int = 200


QUICK = Plan(submissions=3, rounds=1, first=2, attacked=10)


@dataclass
class Outcome:
    """What one grader did."""

    seconds: list[float] = field(default_factory=list)
    """Per submission, one number for each round."""
    submissions: list[int] = field(default_factory=list)
    resident: int | None = None
    proportional: int | None = None
    answers: int = 0
    as_intended: int = 0
    """Answers with the intended verdict, of all that it was given."""

    @property
    def median(self) -> float:
        """Median seconds per submission."""
        return statistics.median(self.seconds)


def measure(tools: Sequence[Tool], cases: Sequence[Case], plan: Plan, folder: Path) -> dict[str, Outcome]:
    """Every tool in every round, after a first one in which memory is looked at."""
    outcomes = {tool.name: Outcome() for tool in tools}
    for tool in tools:
        say(f"{tool.title}: memory")
        found = _grade(tool, cases[: plan.first], folder, outcomes[tool.name], memory=True)
        outcomes[tool.name].resident, outcomes[tool.name].proportional = found.resident, found.proportional
    for number in range(plan.rounds):
        part = cases[number :: plan.rounds]
        for tool in tools:
            given = cases if tool.whole else part
            say(f"round {number + 1} of {plan.rounds}: {tool.title}, {len(given)} submissions")
            found = _grade(tool, given, folder, outcomes[tool.name])
            outcomes[tool.name].seconds.append(found.seconds / len(given))
            outcomes[tool.name].submissions.append(len(given))
    return outcomes


def _grade(
    tool: Tool, cases: Sequence[Case], folder: Path, outcome: Outcome, *, memory: bool = False
) -> measuring.Measured:
    place = folder / "work"
    place.mkdir()
    tool.prepare(cases, place)
    log = folder / f"{tool.name}.log"
    measured = measuring.run(tool.commands(place), tool.environment, log, memory=memory, done=tool.done)
    _count(tool.verdicts(place, measured.printed), intended(cases, tool.reference), outcome)
    shutil.rmtree(place)
    return measured


def _count(found: Verdicts, wanted: Verdicts, outcome: Outcome) -> None:
    for learner, answers in wanted.items():
        told = found.get(learner, {})
        outcome.answers += len(answers)
        outcome.as_intended += sum(told.get(qid) == right for qid, right in answers.items())
