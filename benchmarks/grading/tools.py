"""The graders: what each needs on disk, the commands it is run with, and the verdicts it comes to."""

import csv
import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import nbformat

from benchmarks.grading import formats
from tests.grading.cohorts import Case
from workbook import paths
from workbook.errors import WorkbookError
from workbook.grading.reference import Reference

Verdicts = dict[str, dict[str, bool]]
"""Whether an answer is right, by learner and question."""


class Tool(ABC):
    """A way to grade a folder of submissions."""

    name: str
    title: str
    whole = False
    """Whether it is given the whole cohort every time, and not a part."""
    done: Sequence[int] = (0,)
    """Exit codes of a command that did its work."""

    def __init__(self, reference: Reference, python: str = sys.executable) -> None:
        self.reference, self.python = reference, python

    @property
    def environment(self) -> dict[str, str]:
        """The checkout and the programs of its environment on the path; checks print the answer in canonical form."""
        path = f"{Path(self.python).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return os.environ | {"PATH": path, "PYTHONPATH": str(paths.ROOT), "CUSTOMER_VALUE_CHECKS": "grading"}

    @abstractmethod
    def prepare(self, cases: Sequence[Case], folder: Path) -> None:
        """Write the submissions and what else is needed into the empty ``folder``."""

    @abstractmethod
    def commands(self, folder: Path) -> list[list[str]]:
        """What is run and timed, one after another."""

    @abstractmethod
    def verdicts(self, folder: Path, printed: str) -> Verdicts:
        """What came of it; ``printed`` is the last line of standard output."""

    def asked(self, *command: str) -> str:
        """What a command prints that is not part of the measurement."""
        done = subprocess.run(
            [self.python, *command], env=self.environment, cwd=paths.ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise WorkbookError(f"{self.title}: {' '.join(command[:3])} failed: {done.stderr.strip()[-500:]}")
        return done.stdout


class Ours(Tool):
    """This workbook: sandbox, two workers, gradebook, feedback and report."""

    name = "ours"
    title = "`workbook grade`, two workers"
    whole = True
    jobs = 2

    def prepare(self, cases: Sequence[Case], folder: Path) -> None:
        """A folder of notebooks."""
        _written(cases, folder / "in")

    def commands(self, folder: Path) -> list[list[str]]:
        """As a facilitator runs it, with fresh inputs for the cohort."""
        grade = [self.python, "-m", "workbook", "grade", str(folder / "in"), "--out", str(folder / "out")]
        return [[*grade, "--jobs", str(self.jobs), "--sandbox", "bubblewrap"]]

    def verdicts(self, folder: Path, printed: str) -> Verdicts:
        """From the gradebook."""
        with (folder / "out" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        asked = formats.compared(self.reference)
        return {row["learner"]: {qid: row[f"{qid} status"] == "right" for qid in asked} for row in rows}


class OursAlone(Ours):
    """The same with one worker."""

    name = "ours-one"
    title = "`workbook grade`, one worker"
    jobs = 1


class Nbval(Tool):
    """Plain nbval with the reference outputs, one notebook after another; every call starts pytest."""

    name = "nbval"
    title = "nbval, a call per notebook"
    done = (0, 1)  # pytest ends with 1 where a cell failed

    def prepare(self, cases: Sequence[Case], folder: Path) -> None:
        """A folder for each learner with the reference beside the notebook, and the exercises' conftest.py above."""
        shutil.copy(paths.ROOT / "exercises" / "conftest.py", folder / "conftest.py")
        for case in cases:
            place = folder / case.name
            place.mkdir()
            (place / "exercise.ipynb").write_bytes(case.data)
            nbformat.write(self.reference.solution, place / "solution.ipynb")

    def commands(self, folder: Path) -> list[list[str]]:
        """One call of pytest after another."""
        return [self._pytest(place.parent / "result.xml", [place]) for place in sorted(folder.glob("*/exercise.ipynb"))]

    def verdicts(self, folder: Path, printed: str) -> Verdicts:
        """From pytest's reports, where a cell is named by its number among the cells of code."""
        cells = [cell.id for cell in self.reference.learner.cells if cell.cell_type == "code"]
        asked = formats.compared(self.reference)
        found: Verdicts = {}
        for report in sorted(folder.rglob("result.xml")):
            for case in ElementTree.parse(report).getroot().iter("testcase"):
                learner = case.get("classname", "").split(".")[-3]
                qid, _, role = cells[int(case.get("name", "").removeprefix("Cell "))].rpartition("-")
                if role == "check" and qid in asked:
                    found.setdefault(learner, {})[qid] = case.find("failure") is None
        return found

    def _pytest(self, report: Path, notebooks: Sequence[Path]) -> list[str]:
        command = [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax"]
        return [*command, f"--junitxml={report}", *map(str, notebooks)]


class NbvalTogether(Nbval):
    """The same in one call for all."""

    name = "nbval-together"
    title = "nbval, one call for all"

    def commands(self, folder: Path) -> list[list[str]]:
        """One call of pytest."""
        return [self._pytest(folder / "result.xml", sorted(folder.glob("*/exercise.ipynb")))]


class Nbgrader(Tool):
    """``nbgrader autograde``, one call for all."""

    name = "nbgrader"
    title = "nbgrader autograde"

    def prepare(self, cases: Sequence[Case], folder: Path) -> None:
        """A course with the exercise generated and the submissions handed in."""
        source = folder / "source" / "exercise" / "exercise.ipynb"
        source.parent.mkdir(parents=True)
        nbformat.write(formats.for_nbgrader(self.reference.learner, self.reference), source)
        self.asked("-m", "nbgrader", "generate_assignment", "exercise", f"--course-dir={folder}")
        for case in cases:
            place = folder / "submitted" / case.name / "exercise" / "exercise.ipynb"
            place.parent.mkdir(parents=True)
            nbformat.write(formats.for_nbgrader(_notebook(case), self.reference), place)

    def commands(self, folder: Path) -> list[list[str]]:
        """One call."""
        return [[self.python, "-m", "nbgrader", "autograde", "exercise", f"--course-dir={folder}"]]

    def verdicts(self, folder: Path, printed: str) -> Verdicts:
        """From the course's database."""
        told = self.asked("-m", "benchmarks.grading.peers", "nbgrader", str(folder))
        found = json.loads(told.splitlines()[-1])
        asked = formats.compared(self.reference)
        return {learner: {qid: grades.get(qid, False) for qid in asked} for learner, grades in found.items()}


class Otter(Tool):
    """otter-grader without containers, in one process for all."""

    name = "otter"
    title = "otter-grader, no container"

    def prepare(self, cases: Sequence[Case], folder: Path) -> None:
        """A folder of notebooks and the archive of tests."""
        for case in cases:
            nbformat.write(formats.for_otter(_notebook(case), self.reference), folder / f"{case.name}.ipynb")
        formats.write_autograder(folder / "autograder.zip", self.reference)

    def commands(self, folder: Path) -> list[list[str]]:
        """One process."""
        return [[self.python, "-m", "benchmarks.grading.peers", "otter", str(folder)]]

    def verdicts(self, folder: Path, printed: str) -> Verdicts:
        """As it printed them."""
        return json.loads(printed)


TOOLS: tuple[type[Tool], ...] = (Ours, OursAlone, Nbval, NbvalTogether, Nbgrader, Otter)
PEERS = (Nbgrader.name, Otter.name)


def intended(cases: Sequence[Case], reference: Reference) -> Verdicts:
    """What every grader should come to."""
    asked = formats.compared(reference)
    return {case.name: {qid: qid not in case.expected.lost for qid in asked} for case in cases}


def _written(cases: Sequence[Case], folder: Path) -> None:
    folder.mkdir(parents=True)
    for case in cases:
        (folder / f"{case.name}.ipynb").write_bytes(case.data)


def _notebook(case: Case) -> nbformat.NotebookNode:
    return nbformat.reads(case.data.decode(), as_version=4)
