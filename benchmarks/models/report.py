"""The measurements as tables for people and as JSON for programs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import results, targets
from benchmarks.machine import Machine
from benchmarks.models.measuring import Outcome
from benchmarks.models.tasks import NAMES, PEERS, Task
from benchmarks.models.verdicts import judge, memory_ratio, ratio
from benchmarks.results import Table
from benchmarks.targets import Verdict

_NOTE = (
    "The times asked for are 1.3 times those of a first sketch of the same methods in plain numpy and scipy, which"
    " ran on two cores on another day; the ratios are those of this run."
)


@dataclass(frozen=True)
class Run:
    """All that one run found."""

    tasks: tuple[Task, ...]
    outcomes: Mapping[str, Outcome]
    imports: Mapping[str, float]
    versions: Mapping[str, str]
    machine: Machine
    complete: bool
    """Whether the sizes are those that the targets speak of."""


def write(run: Run, folder: Path = results.FOLDER) -> list[Path]:
    """Print the tables and write ``models.md`` and ``models.json`` into ``folder``."""
    verdicts = judge(run.tasks, run.outcomes, run.imports) if run.complete else []
    tables = [speed(run), memory(run), importing(run)]
    if run.complete:
        tables.append(targets.table(verdicts, _NOTE))
    page = results.keep("models", "The models, measured", tables, preface(run, verdicts), folder)
    record = folder / "models.json"
    record.write_text(json.dumps(as_json(run, verdicts)) + "\n", encoding="utf-8")
    return [page, record]


def preface(run: Run, verdicts: list[Verdict]) -> str:
    """Machine, versions, and which of the targets are not met."""
    packages = ", ".join(f"{name} {version}" for name, version in run.versions.items() if name != "python")
    lines = [run.machine.sentence(), f"The libraries ran on Python {run.versions['python']} with {packages}.", ""]
    if not run.complete:
        return "\n".join([*lines, "A run with small data: it shows that everything works, not how fast it is."])
    return "\n".join([*lines, targets.summary(verdicts)])


def speed(run: Run) -> Table:
    """Median seconds, ratios and differences, one row a task."""
    columns = ("task", *NAMES.values(), "largest difference")
    table = Table("Speed", columns, numbers=columns[1:])
    notes = [
        "Medians of calls made in turn; (×10) means ten times as long as `customer_value`.",
        "The largest difference is that between any number of an answer and the same number of another library's,"
        " relative to its size.",
    ]
    for task in run.tasks:
        if task.name not in run.outcomes:
            continue
        outcome = run.outcomes[task.name]
        title = task.title.format(rows=f"{outcome.rows:,}")
        apart = [found.difference for found in outcome.libraries.values() if found.difference is not None]
        times = [_time_of(outcome, library) for library in NAMES]
        table.add(title, *times, targets.relative(max(apart)) if apart else "–")
        if task.left_out:
            notes.append(f"{title}: the others are {task.left_out}.")
        notes += [f"{title}: {found.error}." for found in outcome.libraries.values() if found.error]
    table.note = "\n".join(notes)
    return table


def memory(run: Run) -> Table:
    """Peak memory of the tasks for which a limit is set."""
    columns = ("task", "input columns, MB", *(f"{name}, MB" for name in NAMES.values()))
    table = Table("Peak memory", columns, numbers=columns[1:])
    for task in run.tasks:
        if task.memory is None or task.name not in run.outcomes:
            continue
        outcome = run.outcomes[task.name]
        cells = [_memory(outcome, library) for library in NAMES]
        table.add(task.title.format(rows=f"{outcome.rows:,}"), _figures(outcome.input_bytes / 1e6), *cells)
    table.note = "At the highest moment of a call, the input columns included; in brackets as a multiple of them."
    return table


def importing(run: Run) -> Table:
    """Milliseconds to import."""
    table = Table("Time to import, beyond numpy and pandas", ("statement", "time"), numbers=("time",))
    for statement, seconds in run.imports.items():
        table.add(f"`{statement}`", targets.seconds(seconds))
    table.note = "Medians of fresh processes in turn. A model is loaded where it is used, and brings scipy with it."
    return table


def as_json(run: Run, verdicts: list[Verdict]) -> dict[str, Any]:
    """Everything, each single time included (to a microsecond)."""
    tasks = {name: asdict(outcome) for name, outcome in run.outcomes.items()}
    for task in tasks.values():
        for found in task["libraries"].values():
            for times in ("seconds", "processor_seconds"):
                found[times] = [round(seconds, 6) for seconds in found[times]]
    return {
        "machine": run.machine.record(),
        "versions": dict(run.versions),
        "complete": run.complete,
        "tasks": tasks,
        "import_seconds": dict(run.imports),
        "targets": targets.record(verdicts),
    }


def _time_of(outcome: Outcome, library: str) -> str:
    found = outcome.libraries.get(library)
    if found is None:
        return "–"
    if found.median is None:
        return "failed"
    times = ratio(outcome, library) if library in PEERS else None
    return targets.seconds(found.median) + (f" (×{_figures(times)})" if times else "")


def _memory(outcome: Outcome, library: str) -> str:
    times = memory_ratio(outcome, library)
    return "–" if times is None else f"{_figures(times * outcome.input_bytes / 1e6)} (×{times:.1f})"


def _figures(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
