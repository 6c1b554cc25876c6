"""The measurements as tables for people and as JSON for programs."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import results
from benchmarks.machine import Machine
from benchmarks.models.measuring import Outcome
from benchmarks.models.tasks import NAMES, PEERS, Task
from benchmarks.models.verdicts import Verdict, judge, memory_ratio, ratio
from benchmarks.results import Table


@dataclass(frozen=True)
class Run:
    """All that one run found."""

    tasks: tuple[Task, ...]
    outcomes: Mapping[str, Outcome]
    imports: Mapping[str, float]
    versions: Mapping[str, str]
    machine: Machine
    complete: bool
    """Whether the sizes are those that the demands speak of."""


def write(run: Run, folder: Path = results.FOLDER) -> list[Path]:
    """Print the tables and write ``models.md`` and ``models.json`` into ``folder``."""
    verdicts = judge(run.tasks, run.outcomes, run.imports) if run.complete else []
    tables = [speed(run), memory(run), importing(run)]
    if run.complete:
        tables.insert(1, demands(verdicts))
    page = results.keep("models", "The models, measured", tables, preface(run, verdicts), folder)
    record = folder / "models.json"
    record.write_text(json.dumps(as_json(run, verdicts), indent=1) + "\n", encoding="utf-8")
    return [page, record]


def preface(run: Run, verdicts: list[Verdict]) -> str:
    """Machine, versions, and how many of the demands are met."""
    packages = ", ".join(f"{name} {version}" for name, version in run.versions.items() if name != "python")
    lines = [run.machine.sentence(), f"The libraries ran on Python {run.versions['python']} with {packages}."]
    if run.complete:
        met = sum(verdict.met for verdict in verdicts)
        lines.append(f"{met} of {len(verdicts)} demands are met.")
    else:
        lines.append("A run with small data: it shows that everything works, not how fast it is.")
    return "\n".join(lines)


def speed(run: Run) -> Table:
    """Median seconds, ratios and differences, one row a task."""
    columns = ("task", *NAMES.values(), *(f"faster than {NAMES[peer]}" for peer in PEERS), "answers differ by at most")
    table = Table("Speed", columns, numbers=columns[1:])
    notes = [
        "Medians of calls made in turn; ×10 means that the other library takes ten times as long.",
        "Where an answer was compared, the last column has the largest relative difference of any of its numbers.",
    ]
    for task in run.tasks:
        if task.name not in run.outcomes:
            continue
        outcome = run.outcomes[task.name]
        title = task.title.format(rows=f"{outcome.rows:,}")
        times = [_time_of(outcome, library) for library in NAMES]
        ratios = [_times(ratio(outcome, peer)) for peer in PEERS]
        apart = [found.difference for found in outcome.libraries.values() if found.difference is not None]
        table.add(title, *times, *ratios, f"{max(apart):.0e}" if apart else "–")
        if task.left_out:
            notes.append(f"{title}: the others are {task.left_out}.")
        notes += [f"{title}: {found.error}." for found in outcome.libraries.values() if found.error]
    table.note = "\n".join(notes)
    return table


def demands(verdicts: list[Verdict]) -> Table:
    """What was asked, what was found, met or not."""
    table = Table("Asked for and found", ("demand", "asked for", "found", "verdict"))
    for verdict in verdicts:
        bound = "at least " if verdict.at_least else "at most "
        found = "not measured" if verdict.found is None else _in_unit(verdict.found, verdict.unit)
        met = "met" if verdict.met else "**not met**"
        table.add(verdict.what, bound + _in_unit(verdict.needed, verdict.unit), found, met)
    table.note = (
        "The times asked for are 1.3 times those of a first sketch of each method in plain numpy and scipy, measured on"
        " two cores of another day."
    )
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
        table.add(task.title.format(rows=f"{outcome.rows:,}"), f"{outcome.input_bytes / 1e6:.0f}", *cells)
    table.note = "At the highest moment of a call, the input columns included; in brackets, in multiples of them."
    return table


def importing(run: Run) -> Table:
    """Milliseconds to import."""
    table = Table("Time to import, beyond numpy and pandas", ("statement", "time"), numbers=("time",))
    for statement, seconds in run.imports.items():
        table.add(f"`{statement}`", _seconds(seconds))
    table.note = "Medians of fresh processes in turn. A model is loaded where it is used, and brings scipy with it."
    return table


def as_json(run: Run, verdicts: list[Verdict]) -> dict[str, Any]:
    """Everything, each single time included."""
    return {
        "machine": run.machine.record(),
        "versions": dict(run.versions),
        "complete": run.complete,
        "tasks": {name: asdict(outcome) for name, outcome in run.outcomes.items()},
        "import_seconds": dict(run.imports),
        "demands": [asdict(verdict) | {"met": verdict.met} for verdict in verdicts],
    }


def _time_of(outcome: Outcome, library: str) -> str:
    found = outcome.libraries.get(library)
    if found is None:
        return "–"
    return "failed" if found.error else _seconds(found.median)


def _memory(outcome: Outcome, library: str) -> str:
    times = memory_ratio(outcome, library)
    return "–" if times is None else f"{times * outcome.input_bytes / 1e6:,.0f} ({times:.1f})"


def _in_unit(value: float, unit: str) -> str:
    if unit == "s":
        return _seconds(value)
    return f"{value:.0e}" if unit == "relative" else f"{value:.1f} {unit}".replace(".0 ", " ")


def _times(value: float | None) -> str:
    return "–" if value is None else f"×{value:,.0f}" if value >= 10 else f"×{value:.1f}"


def _seconds(value: float) -> str:
    """Three figures, in seconds from one second on, in milliseconds below."""
    if value >= 1:
        return f"{value:.{max(0, 2 - int(math.log10(value)))}f} s"
    thousandths = 1000 * value
    digits = max(0, 2 - math.floor(math.log10(thousandths))) if thousandths > 0 else 0
    return f"{thousandths:.{min(digits, 3)}f} ms"
