"""What was asked of the library, and whether the measurement shows it."""

from collections.abc import Mapping

import numpy as np

from benchmarks.models import importing
from benchmarks.models.measuring import Outcome
from benchmarks.models.tasks import ALLOWED_OVER_PROTOTYPE, IMPORT_SECONDS, NAMES, OURS, Task
from benchmarks.targets import Verdict


def ratio(outcome: Outcome, peer: str) -> float | None:
    """How many times longer ``peer`` takes than this library; None where either was not measured."""
    theirs = outcome.libraries[peer].median if peer in outcome.libraries else None
    ours = outcome.libraries[OURS].median if OURS in outcome.libraries else None
    return theirs / ours if theirs and ours else None


def memory_ratio(outcome: Outcome, library: str) -> float | None:
    """Peak memory, the input columns included, in multiples of these columns."""
    found = outcome.libraries.get(library)
    if found is None or found.peak_bytes is None or not outcome.input_bytes:
        return None
    return 1 + found.peak_bytes / outcome.input_bytes


def largest_difference(outcome: Outcome) -> float | None:
    """The largest difference from the answer of any other library; None unless all could be compared."""
    apart = [found.difference for library, found in outcome.libraries.items() if library != OURS]
    return None if not apart or None in apart else float(np.max(apart))


def judge(tasks: tuple[Task, ...], outcomes: Mapping[str, Outcome], imports: Mapping[str, float]) -> list[Verdict]:
    """Every target on what was measured, in the order of the tasks."""
    found: list[Verdict] = []
    for task in tasks:
        if task.name not in outcomes:
            continue
        outcome = outcomes[task.name]
        title = task.title.format(rows=f"{outcome.rows:,}")
        for peer, times in task.faster.items():
            found.append(Verdict(f"{title}: faster than {NAMES[peer]}", times, ratio(outcome, peer), "times", True))
        if any(library != OURS for library in outcome.libraries):
            found.append(
                Verdict(f"{title}: difference", task.tolerance, largest_difference(outcome), "relative", False)
            )
        if task.prototype is not None:
            ours = outcome.libraries[OURS].median if OURS in outcome.libraries else None
            allowed = ALLOWED_OVER_PROTOTYPE * task.prototype
            found.append(Verdict(f"{title}: time", allowed, ours, "s", False))
        if task.memory is not None:
            what = f"{title}: peak memory"
            found.append(Verdict(what, task.memory, memory_ratio(outcome, OURS), "times the input", False))
    statement = importing.STATEMENTS[0]
    what = f"`{statement}`, beyond numpy and pandas"
    return [*found, Verdict(what, IMPORT_SECONDS, imports.get(statement), "s", False)]
