"""One task in all libraries, in turn, and whether their answers are the same."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.models import data
from benchmarks.models.data import Columns
from benchmarks.models.processes import WorkerError
from benchmarks.models.tasks import COLUMNS, NAMES, OURS, Task
from workbook.progress import say

SLOW = 20.0
"""A call of more seconds than this is timed once."""


@dataclass(frozen=True)
class Effort:
    """How long a task is measured."""

    budget: float = 40.0
    """Seconds for all rounds of a task together."""
    least: int = 3
    most: int = 9
    turn: float = 0.25
    """Seconds of one library's turn in a round, within which it may run several times; more, where another is slow."""
    repeats: int = 7


QUICK = Effort(budget=0.5, least=1, most=2, turn=0.02, repeats=2)


class Asked(Protocol):
    """What answers requests: a worker's process."""

    def ask(self, **request: object) -> dict: ...


@dataclass
class Measured:
    """What one library did with one task."""

    seconds: list[float] = field(default_factory=list)
    processor_seconds: list[float] = field(default_factory=list)
    """What the processor spent on each call, all threads together: hardly longer on a busy machine."""
    peak_bytes: int | None = None
    difference: float | None = None
    """Largest relative difference of its answer from ours."""
    error: str = ""

    @property
    def median(self) -> float | None:
        """Median seconds, None where it failed."""
        return statistics.median(self.seconds) if self.seconds else None


@dataclass
class Outcome:
    """What all of them did with it."""

    rows: int
    input_bytes: int = 0
    libraries: dict[str, Measured] = field(default_factory=dict)


def measure(task: Task, file: Path, rows: int, workers: Mapping[str, Asked], effort: Effort, folder: Path) -> Outcome:
    """Run ``task`` in turn in those of the ``workers`` that take part; a library that fails leaves the others alone."""
    outcome = Outcome(rows)
    asked = {library: workers[library] for library in task.libraries if library in workers}
    expected: dict[str, float] = {}
    for library, worker in asked.items():
        found = outcome.libraries[library] = Measured()
        say(f"{task.title.format(rows=f'{rows:,}')}: {NAMES[library]} for the first time")
        try:
            told = worker.ask(do="prepare", kind=task.kind, file=str(file), columns=list(COLUMNS[task.kind]))
            outcome.input_bytes = told["input_bytes"]
            told = worker.ask(do="measure", answer=str(_answer(folder, library)))
            # What is compiled or loaded at the first call counts neither as time nor as memory, if there is time.
            if told["seconds"] < SLOW / 2:
                told = worker.ask(do="measure", answer=str(_answer(folder, library)))
        except WorkerError as error:
            _failed(found, error)
        else:
            found.peak_bytes = told["peak_bytes"]
            expected[library] = told["seconds"]
    _compare(outcome, folder)
    span = max(effort.turn, max(expected.values(), default=0.0) / 4)
    for _ in range(rounds(expected, effort)):
        for library, found in outcome.libraries.items():
            if found.error:
                continue
            try:
                told = asked[library].ask(do="turn", seconds=span, most=effort.repeats)
            except WorkerError as error:
                _failed(found, error)
            else:
                found.seconds += told["seconds"]
                found.processor_seconds += told["processor_seconds"]
    return outcome


def rounds(expected: Mapping[str, float], effort: Effort) -> int:
    """How many rounds fit the budget when one call of each library takes the ``expected`` seconds."""
    if not expected or max(expected.values()) > SLOW:
        return 1
    total = sum(max(seconds, effort.turn) for seconds in expected.values())
    return min(max(int(effort.budget / total), effort.least), effort.most)


def difference(ours: Columns, theirs: Columns) -> float:
    """Largest relative difference of any number in ``theirs`` from its place in ``ours``.

    Infinite where the two do not belong together, or one of them is no number.
    """
    largest = 0.0
    for name, mine in ours.items():
        other = theirs.get(name)
        if other is None or other.shape != mine.shape or not (np.isfinite(mine).all() and np.isfinite(other).all()):
            return float("inf")
        scale = np.maximum(np.abs(mine), np.abs(other))
        apart = np.divide(np.abs(mine - other), scale, out=np.zeros(mine.size), where=scale > 0)
        largest = max(largest, float(apart.max()))
    return largest


def _compare(outcome: Outcome, folder: Path) -> None:
    done = [library for library, found in outcome.libraries.items() if not found.error]
    answers = {library: data.read(_answer(folder, library)) for library in done}
    for library in done:
        _answer(folder, library).unlink()
        if library != OURS and OURS in answers:
            outcome.libraries[library].difference = difference(answers[OURS], answers[library])


def _answer(folder: Path, library: str) -> Path:
    return folder / f"answer-{library}.npz"


def _failed(found: Measured, error: WorkerError) -> None:
    say(f"failed: {error}")
    found.error = str(error)
    found.seconds.clear()
    found.processor_seconds.clear()
