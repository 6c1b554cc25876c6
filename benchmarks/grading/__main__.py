"""``python -m benchmarks.grading``: seconds for a submission, this workbook beside its peers, in one run."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import environment, machine, results
from benchmarks.grading import hostile, report, rounds
from benchmarks.grading.tools import PEERS, TOOLS, Ours, Tool
from tests.grading import cohorts
from workbook import paths
from workbook.errors import WorkbookError
from workbook.grading import reference as references
from workbook.grading import sandbox
from workbook.progress import say

WORK = paths.BUILD / "benchmarks"
EXERCISE = "02-heterogeneity"
_PACKAGES = ("nbval", "pytest", "ipykernel", "jupyter_client", "numpy", "pandas")
_PEER_PACKAGES = ("nbgrader", "otter-grader", "nbclient", "nbconvert", "ipykernel", "numpy", "pandas")


def options(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    names = [tool.name for tool in TOOLS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few submissions, one round: does it work?")
    parser.add_argument("--tools", nargs="+", choices=names, default=names, help="some of the graders")
    parser.add_argument("--no-hostile", action="store_true", help="leave out the cohort with attacks")
    parser.add_argument("--output", type=Path, help="folder for the results")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> list[Path]:
    """Measure and write; returns the files written. Only a complete run replaces the results that the book shows."""
    told = options(given)
    reason = sandbox.why_not()
    if reason:
        raise WorkbookError(f"There is no sandbox, and without one nothing is to be measured: {reason}.")
    partial = told.quick or told.no_hostile or len(set(told.tools)) < len(TOOLS)
    folder = told.output or (WORK / "results" if partial else results.FOLDER)
    plan = rounds.QUICK if told.quick else rounds.Plan()
    peers = any(name in PEERS for name in told.tools)
    python = environment.GRADING.python() if peers else sys.executable
    reference = references.load(EXERCISE)
    tools = [
        tool(reference, python if tool.name in PEERS else sys.executable)
        for tool in TOOLS
        if tool.name in told.tools or tool is Ours
    ]
    here = machine.this()
    versions = {"the workbook": {name: version(name) for name in _PACKAGES}}
    if peers:
        versions["the others"] = _versions_of(next(tool for tool in tools if tool.name in PEERS))
    WORK.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=WORK, prefix="grading-") as made:
        cases = list(cohorts.mixed(reference, plan.submissions))
        outcomes = rounds.measure(tools, cases, plan, Path(made))
        attacked = None
        if not told.no_hostile:
            say(f"{plan.attacked} submissions, a tenth of them hostile")
            attacked = hostile.grade(reference, plan.attacked, Path(made) / "hostile")
    found = report.Run(plan, tools, outcomes, attacked, versions, here, complete=not partial)
    return report.write(found, folder)


def _versions_of(peer: Tool) -> dict[str, str]:
    return json.loads(peer.asked("-m", "benchmarks.grading.peers", "versions", *_PEER_PACKAGES).splitlines()[-1])


if __name__ == "__main__":
    try:
        main()
    except WorkbookError as error:
        sys.exit(f"✗ {error}")
