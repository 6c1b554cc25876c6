"""Exercises through nbval: the reference passes, a blank notebook fails every graded cell and runs to its end."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest

from workbook.exercises import CHECK_TAG, EXERCISES, sources
from workbook.grading import grade, nbval_run, reference
from workbook.grading.limits import Limits
from workbook.grading.runner import Runner
from workbook.paths import ROOT

FOLDERS = [source.parent for source in sources()]


def run_nbval(notebook: Path, report: Path, *options: str, mode: str = "--nbval-lax") -> tuple[int, dict[str, str]]:
    """Exit code of pytest with nbval, and the outcome of each code cell by its id."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CUSTOMER_VALUE")}
    environment["PYTHONPATH"] = str(ROOT)  # the kernel has to import this very checkout
    command = [
        sys.executable,
        "-m",
        "pytest",
        mode,
        "--nbval-cell-timeout=120",
        "-q",
        f"--junitxml={report}",
        *options,
    ]
    done = subprocess.run([*command, notebook], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    cases = list(ElementTree.parse(report).iter("testcase"))
    codes = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    assert len(cases) == len(codes), done.stdout
    outcomes = {}
    for cell, case in zip(codes, cases, strict=True):
        problem = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        outcomes[cell.id] = "passed" if problem is None else problem.tag
    return done.returncode, outcomes


def graded(notebook: Path) -> set[str]:
    cells = nbformat.read(notebook, as_version=4).cells
    return {cell.id for cell in cells if CHECK_TAG in cell.metadata.get("tags", [])}


@pytest.mark.parametrize("mode", ["--nbval", "--nbval-lax"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_reference_passes(folder: Path, mode: str, tmp_path: Path) -> None:
    code, outcomes = run_nbval(folder / "solution.ipynb", tmp_path / "report.xml", mode=mode)
    assert code == 0
    assert set(outcomes.values()) == {"passed"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_blank_notebook_fails_every_graded_cell_and_runs_to_its_end(folder: Path, tmp_path: Path) -> None:
    blank = folder / "exercise.ipynb"
    code, outcomes = run_nbval(blank, tmp_path / "report.xml")
    assert code == 1
    failed = {cell for cell, outcome in outcomes.items() if outcome == "failure"}
    assert len(failed) >= 4
    assert failed == graded(blank)
    assert {outcome for cell, outcome in outcomes.items() if cell not in failed} == {"passed"}


def solved(folder: Path, **instead: str) -> nbformat.NotebookNode:
    """The reference without its outputs, as a perfect learner would hand it in, but for these answers."""
    notebook = nbformat.read(folder / "solution.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = instead.get(cell.id.removesuffix("-answer"), cell.source)
    return notebook


@pytest.mark.parametrize(
    ("instead", "failing"),
    [
        ({"q1": "q1 = 0.123456"}, {"q1-check"}),
        ({"q8": 'q8 = "Another memo, which nobody could have foreseen."'}, set()),
        ({"q8": "q8 = 1 / 0", "q7": "q7 = 4"}, {"q7-check", "q8-answer", "q8-check"}),
    ],
    ids=["a number", "free text", "errors"],
)
def test_one_wrong_answer_costs_one_question_and_free_text_is_not_compared(
    tmp_path: Path, instead: dict[str, str], failing: set[str]
) -> None:
    folder = EXERCISES / "02-heterogeneity"
    copy = tmp_path / "02-heterogeneity"
    shutil.copytree(folder, copy)
    nbformat.write(solved(folder, **instead), copy / "exercise.ipynb")
    _, outcomes = run_nbval(copy / "exercise.ipynb", tmp_path / "report.xml", "-p", "workbook.nbval_reference")
    assert {cell for cell, outcome in outcomes.items() if outcome != "passed"} == failing


@pytest.fixture(scope="module")
def chapter_02() -> reference.Reference:
    return reference.load("02-heterogeneity")


@pytest.mark.parametrize(
    ("code", "status", "answer"),
    [
        (
            'q8 = "Ein Satz:\\n“keep” them " + "word " * 900',
            "manual",
            "Ein Satz:\n“keep” them " + "word " * 899 + "word",
        ),
        ('q8 = "  "', "blank", "not attempted"),
        ("q8 = 12", "wrong", "not valid: this answer must be text in quotes, and yours is a number"),
        ("q8 = 1 / 0", "error", ""),
    ],
    ids=["text", "spaces", "a number", "an error"],
)
def test_free_text_is_kept_whole_for_a_person_to_read(
    chapter_02: reference.Reference, code: str, status: str, answer: str
) -> None:
    data = nbformat.writes(solved(EXERCISES / "02-heterogeneity", q8=code)).encode()
    limits = Limits(cell_timeout=60, wall=300)
    with Runner(chapter_02.solution, sandboxed=False, limits=limits) as runner:
        graded = grade.grade(data, chapter_02, runner, limits)
    result = graded.questions[-1]
    assert (result.qid, result.status, result.reached) == ("q8", status, 0)
    assert answer in result.answer
    assert sum(question.reached for question in graded.questions[:-1]) == 11


def test_only_compared_cells_have_reference_outputs(chapter_02: reference.Reference) -> None:
    compared = nbval_run.reference_cells(chapter_02.solution)
    assert set(compared) == {f"q{number}-check" for number in range(1, 8)}
