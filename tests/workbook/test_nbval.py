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
from workbook.paths import ROOT

FOLDERS = [source.parent for source in sources()]


def run_nbval(notebook: Path, report: Path, *options: str) -> tuple[int, dict[str, str]]:
    """Exit code of `pytest --nbval-lax`, and the outcome of each code cell by its id."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CUSTOMER_VALUE")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_reference_passes(folder: Path, tmp_path: Path) -> None:
    code, outcomes = run_nbval(folder / "solution.ipynb", tmp_path / "report.xml")
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


def test_one_wrong_answer_costs_one_question(tmp_path: Path) -> None:
    folder = EXERCISES / "02-heterogeneity"
    copy = tmp_path / "02-heterogeneity"
    shutil.copytree(folder, copy)
    reference = nbformat.read(folder / "solution.ipynb", as_version=4)
    for cell in reference.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if cell.id == "q1-answer":
            cell.source = "q1 = 0.123456"
    nbformat.write(reference, copy / "exercise.ipynb")
    _, outcomes = run_nbval(copy / "exercise.ipynb", tmp_path / "report.xml", "-p", "workbook.nbval_reference")
    assert {cell for cell, outcome in outcomes.items() if outcome != "passed"} == {"q1-check"}
