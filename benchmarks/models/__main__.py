"""``python -m benchmarks.models``: the tasks in this library and its peers, in one run."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import environment, machine, results
from benchmarks.models import data, importing, report
from benchmarks.models.measuring import QUICK, Effort, Outcome, measure
from benchmarks.models.processes import Process
from benchmarks.models.tasks import LIBRARIES, OURS, TASKS, Task
from workbook import paths
from workbook.errors import WorkbookError

WORK = paths.BUILD / "benchmarks"
_PACKAGES = ("numpy", "pandas", "scipy")
_PEER_PACKAGES = ("lifetimes", "pymc-marketing", "pymc", "pytensor")


def options(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small data, few repetitions: does it work?")
    parser.add_argument("--only", nargs="+", metavar="TASK", choices=[task.name for task in TASKS], help="some tasks")
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=list(LIBRARIES), help="some libraries")
    parser.add_argument("--output", type=Path, help="folder for the results")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> list[Path]:
    """Measure and write; returns the files written. Only a complete run replaces the results that the book shows."""
    told = options(given)
    chosen = tuple(task for task in TASKS if told.only is None or task.name in told.only)
    wanted = [name for name in LIBRARIES if name == OURS or name in told.libraries]
    partial = told.quick or told.only is not None or len(wanted) < len(LIBRARIES)
    folder = told.output or (WORK / "results" if partial else results.FOLDER)
    peers = len(wanted) > 1
    python = environment.MODELS.python() if peers else sys.executable
    here = machine.this()
    effort = QUICK if told.quick else Effort()
    WORK.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Process(name, python, WORK)) for name in wanted}
        packages = [*_PACKAGES, *(_PEER_PACKAGES if peers else ())]
        versions = workers[OURS].ask(do="versions", packages=packages)["versions"]
        store = Path(stack.enter_context(TemporaryDirectory(dir=WORK, prefix="data-")))
        outcomes = run(chosen, workers, effort, told.quick, store)
    imports = importing.measure(python, peers, rounds=1 if told.quick else 5)
    found = report.Run(chosen, outcomes, imports, versions, here, complete=not told.quick)
    return report.write(found, folder)


def run(
    tasks: Sequence[Task], workers: dict[str, Process], effort: Effort, quick: bool, store: Path
) -> dict[str, Outcome]:
    """Every task in turn; its data are made in ``store`` and forgotten once no other task needs them."""
    outcomes: dict[str, Outcome] = {}
    made: dict[str, tuple[Path, int]] = {}
    for place, task in enumerate(tasks):
        if task.data not in made:
            made[task.data] = data.write(task.data, store, quick)
        file, rows = made[task.data]
        outcomes[task.name] = measure(task, file, rows, workers, effort, store)
        if task.data not in {later.data for later in tasks[place + 1 :]}:
            made.pop(task.data)[0].unlink()
    return outcomes


if __name__ == "__main__":
    try:
        main()
    except WorkbookError as error:
        sys.exit(f"✗ {error}")
