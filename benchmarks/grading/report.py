"""The measurements as tables for people and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import results, targets
from benchmarks.grading import hostile
from benchmarks.grading.rounds import Outcome, Plan
from benchmarks.grading.tools import Nbgrader, Nbval, NbvalTogether, Ours, Tool
from benchmarks.machine import Machine
from benchmarks.results import Table
from benchmarks.targets import Verdict

OF_NBVAL, OF_NBGRADER = 0.7, 0.5
"""Our seconds per submission, at most, in multiples of theirs."""


@dataclass(frozen=True)
class Run:
    """All that one run found."""

    plan: Plan
    tools: Sequence[Tool]
    outcomes: Mapping[str, Outcome]
    attacked: hostile.Outcome | None
    versions: Mapping[str, Mapping[str, str]]
    machine: Machine
    complete: bool
    """Whether everything was measured, on as many submissions as the targets speak of."""


def write(run: Run, folder: Path = results.FOLDER) -> list[Path]:
    """Print the tables and write ``grading.md`` and ``grading.json`` into ``folder``."""
    verdicts = judge(run) if run.complete else []
    tables = [speed(run), memory(run)]
    if run.attacked is not None:
        tables.append(attacks(run.attacked))
    if run.complete:
        tables.append(targets.table(verdicts))
    page = results.keep("grading", "Grading, measured", tables, _preface(run, verdicts), folder)
    record = folder / "grading.json"
    record.write_text(json.dumps(as_json(run, verdicts), indent=1) + "\n", encoding="utf-8")
    return [page, record]


def judge(run: Run) -> list[Verdict]:
    """What was asked of the workbook, on what was found; plain nbval is the quicker of its two."""
    nbval = [median for name in (Nbval.name, NbvalTogether.name) if (median := _median(run, name)) is not None]
    count = run.plan.submissions
    found = [
        Verdict(
            f"A cohort of {count}, a submission: time of plain nbval", OF_NBVAL, _ratio(run, min(nbval)), "times", False
        ),
        Verdict(
            f"A cohort of {count}, a submission: time of nbgrader",
            OF_NBGRADER,
            _ratio(run, _median(run, Nbgrader.name)),
            "times",
            False,
        ),
    ]
    ours, told = run.outcomes[Ours.name], run.attacked
    found.append(Verdict("Answers judged as intended, in all rounds", ours.answers, ours.as_intended, "answers", True))
    what = f"{told.submissions} submissions, {told.hostile} hostile"
    found.append(Verdict(f"{what}: graded as intended", told.submissions, told.as_intended, "submissions", True))
    found.append(Verdict(f"{what}: got out of the sandbox", 0, len(told.escaped), "attacks", False))
    return found


def speed(run: Run) -> Table:
    """Seconds for a submission, one row a grader."""
    columns = ("grader", "seconds a submission", "least and most", "times ours", "verdicts as intended")
    table = Table("Seconds for a submission", columns, numbers=columns[1:])
    ours = run.outcomes[Ours.name].median
    for tool in run.tools:
        outcome = run.outcomes[tool.name]
        least, most = min(outcome.seconds), max(outcome.seconds)
        table.add(
            tool.title,
            f"{outcome.median:.2f}",
            f"{least:.2f}–{most:.2f}",
            f"{outcome.median / ours:.1f}",
            f"{outcome.as_intended:,} of {outcome.answers:,}",
        )
    calls = " and ".join(sorted({str(count) for count in run.outcomes[run.tools[-1].name].submissions}))
    table.note = (
        f"Medians of {run.plan.rounds} rounds in turn. `workbook grade` gets all {run.plan.submissions} submissions in"
        f" every round, the others {calls} of them. Everything between the command and its end is counted: the start"
        " of the programs, fresh inputs for the cohort, and for `workbook grade` the sandbox, gradebook, feedback and"
        " report. The others run without a sandbox. The target for nbval is held against the quicker of its two rows."
    )
    return table


def memory(run: Run) -> Table:
    """Peak memory, one row a grader."""
    columns = ("grader", "peak memory, MB", "shared pages counted for each process, MB")
    table = Table("Peak memory", columns, numbers=columns[1:])
    for tool in run.tools:
        outcome = run.outcomes[tool.name]
        table.add(tool.title, _megabytes(outcome.proportional), _megabytes(outcome.resident))
    table.note = "All processes together, notebooks included, looked at ten times a second in a round of its own."
    return table


def attacks(told: hostile.Outcome) -> Table:
    """The cohort with attacks."""
    columns = ("submissions", "hostile", "minutes", "graded as intended", "got out", "peak memory, MB")
    table = Table("A cohort with attacks", columns, numbers=columns)
    table.add(
        str(told.submissions),
        str(told.hostile),
        f"{told.seconds / 60:.1f}",
        str(told.as_intended),
        ", ".join(told.escaped) or "nothing",
        _megabytes(told.proportional),
    )
    notes = [
        "Graded by one command that nobody watches, with two workers. Endless loops take the time that a cell is"
        " given, ten seconds; whoever takes the kernel along is graded again without what did it. An attack on the"
        " memory gets two gigabytes before it is stopped."
    ]
    table.note = "\n".join([*notes, *(f"{learner}: {what}." for learner, what in told.otherwise.items())])
    return table


def as_json(run: Run, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Everything, each single round included."""
    return {
        "machine": run.machine.record(),
        "versions": {name: dict(versions) for name, versions in run.versions.items()},
        "complete": run.complete,
        "plan": asdict(run.plan),
        "graders": {name: asdict(outcome) for name, outcome in run.outcomes.items()},
        "attacks": asdict(run.attacked) if run.attacked else None,
        "targets": targets.record(verdicts),
    }


def _preface(run: Run, verdicts: Sequence[Verdict]) -> str:
    lines = [run.machine.sentence()]
    for where, versions in run.versions.items():
        packages = ", ".join(f"{name} {number}" for name, number in versions.items())
        lines.append(f"In the environment of {where}: {packages}.")
    lines.append("")
    if not run.complete:
        return "\n".join([*lines, "A part of the run: it shows that everything works, not how fast it is."])
    return "\n".join([*lines, targets.summary(verdicts)])


def _median(run: Run, name: str) -> float | None:
    return run.outcomes[name].median if name in run.outcomes else None


def _ratio(run: Run, theirs: float | None) -> float | None:
    return run.outcomes[Ours.name].median / theirs if theirs else None


def _megabytes(count: int | None) -> str:
    return "–" if count is None else f"{count / 1e6:,.0f}"
