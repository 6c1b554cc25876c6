"""The workbook's exercise in the formats of nbgrader and otter-grader, with the same checks.

Both run the workbook's own check, which prints the answer in canonical form, and compare what it prints with what the
reference prints: as an assertion in an nbgrader test cell, as the expected output of an otter test. An answer is
right or wrong for the same reason everywhere, and costs the kernel the same work.
"""

import copy
import json
import zipfile
from pathlib import Path
from typing import Any

import nbformat

from workbook.grading.reference import Reference

_SCHEMA = 3
"""Version of the cell metadata that nbgrader 0.9 writes."""


def compared(reference: Reference) -> dict[str, str]:
    """What the reference prints for each question that a program can compare, by question."""
    free = {question["qid"] for question in reference.questions if question["kind"] == "free"}
    printed = {}
    for cell in reference.solution.cells:
        qid = cell.id.removesuffix("-check")
        if cell.id.endswith("-check") and qid not in free:
            printed[qid] = "".join(output.get("text", "") for output in cell.outputs)
    return printed


def for_nbgrader(notebook: nbformat.NotebookNode, reference: Reference) -> nbformat.NotebookNode:
    """``notebook`` with answer cells as solutions and check cells as locked tests."""
    points = {question["qid"]: question["points"] for question in reference.questions}
    expected = compared(reference)
    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        qid, _, role = cell.id.rpartition("-")
        if role == "answer" and qid in expected:
            cell.metadata["nbgrader"] = _nbgrader(f"{qid}-answer", solution=True)
        elif role == "check" and qid in expected:
            cell.metadata["nbgrader"] = _nbgrader(f"{qid}-check", points=points[qid])
            cell.source = (
                "import contextlib, io\n"
                "with contextlib.redirect_stdout(io.StringIO()) as printed:\n"
                f"    {cell.source}\n"
                f"assert printed.getvalue() == {expected[qid]!r}"
            )
    return changed


def for_otter(notebook: nbformat.NotebookNode, reference: Reference) -> nbformat.NotebookNode:
    """``notebook`` with otter's checks in place of the workbook's."""
    expected = compared(reference)
    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        qid = cell.id.removesuffix("-check")
        if cell.id.endswith("-check") and qid in expected:
            cell.source, cell.metadata = f'grader.check("{qid}")', nbformat.NotebookNode()
    first = nbformat.v4.new_code_cell('import otter\ngrader = otter.Notebook("exercise.ipynb")', id="otter")
    changed.cells.insert(0, first)
    return changed


def write_autograder(path: Path, reference: Reference) -> None:
    """Otter's archive of tests."""
    points = {question["qid"]: question["points"] for question in reference.questions}
    sources = {
        cell.id.removesuffix("-check"): cell.source for cell in reference.learner.cells if cell.id.endswith("-check")
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for qid, printed in compared(reference).items():
            case = {"code": f">>> {sources[qid]}\n{printed}", "hidden": False, "locked": False}
            suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
            test = {"name": qid, "points": points[qid], "suites": [suite]}
            archive.writestr(f"tests/{qid}.py", f"OK_FORMAT = True\ntest = {test!r}\n")


def _nbgrader(name: str, *, solution: bool = False, points: int | None = None) -> dict[str, Any]:
    graded = points is not None
    found = {"grade": graded, "grade_id": name, "locked": not solution, "schema_version": _SCHEMA}
    return found | {"solution": solution, "task": False} | ({"points": points} if graded else {})
