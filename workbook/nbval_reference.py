"""Lets nbval compare a learner's notebook with the reference answers.

A learner's copy carries no outputs, and nbval passes every cell that has none. So, once the cells are
collected, each check cell of ``exercise.ipynb`` receives the stored output of the cell with the same id in
``solution.ipynb`` beside it. This happens inside the pytest process: nothing is written into the notebook, and
nothing in the learner's kernel sees the reference.
"""

import os

import nbformat
import pytest
from nbval.plugin import IPyNbCell

from customer_value.checks.exercise import MODE_VARIABLE
from workbook.exercises import CHECK_TAG


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the check cells of learners' notebooks their reference outputs, and switch checks to grading."""
    notebooks = {item.path for item in items if isinstance(item, IPyNbCell)}
    if not notebooks:
        return
    os.environ[MODE_VARIABLE] = "grading"
    references = {path: _check_cells(path.with_name("solution.ipynb")) for path in notebooks}
    for item in items:
        if isinstance(item, IPyNbCell) and item.path.name != "solution.ipynb":
            reference = references[item.path].get(item.cell.get("id"))
            if reference is not None:
                item.cell.outputs = reference.outputs
                item.cell.execution_count = reference.execution_count
                item.options["check"] = True


def _check_cells(path) -> dict[str, nbformat.NotebookNode]:
    if not path.is_file():
        raise pytest.UsageError(f"{path.name} is missing beside the notebook: run `python -m workbook exercises`.")
    cells = nbformat.read(path, as_version=4).cells
    return {cell.id: cell for cell in cells if CHECK_TAG in cell.metadata.get("tags", [])}
