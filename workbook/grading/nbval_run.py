"""One run of one prepared notebook through nbval, in a process of its own.

What happened to each cell is written to a pipe as it happens, one JSON object a line: a run that is cut off
still tells which cell it was in.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbval.plugin import IPyNbCell, NbCellError

from workbook.exercises import CHECK_TAG
from workbook.grading import kernel

_MOST_PRINTED = 150_000
"""Characters that are told of what a cell printed: more than the longest text that a person is to read."""

Tell = Callable[[dict[str, Any]], None]


class Recorder:
    """A pytest plugin: sets the reference outputs, and tells how each cell went."""

    def __init__(self, reference: dict[str, nbformat.NotebookNode], tell: Tell) -> None:
        self._reference, self._tell = reference, tell

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Reference outputs are set here, in memory: the notebook on disk has none."""
        for item in items:
            cell = self._reference.get(item.cell.get("id"))
            if cell is not None:
                item.cell.outputs, item.cell.execution_count = cell.outputs, 1
            item.options["check"] = cell is not None

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: IPyNbCell) -> Iterator[None]:
        """Tell when a cell begins, and how it ended."""
        self._tell({"cell": item.cell["id"], "status": "running"})
        outcome = yield
        problem = outcome.excinfo[1] if outcome.excinfo else None
        if problem is not None and not isinstance(problem, NbCellError):
            # It has ended, or what it sends cannot be understood.
            item.parent.kernel.stop()
        self._tell({"cell": item.cell["id"], **_described(item, problem)})

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_setup(self, item: IPyNbCell) -> Iterator[None]:
        """Tell when there is no kernel to begin with."""
        outcome = yield
        if outcome.excinfo:
            self._tell({"cell": None, "status": "no kernel", "reason": str(outcome.excinfo[1])})


def _described(item: IPyNbCell, problem: BaseException | None) -> dict[str, Any]:
    printed = "".join(output.get("text", "") for output in item.test_outputs or [])[:_MOST_PRINTED]
    text = str(problem) if problem else ""
    seconds = f"ran longer than {item.config.option.nbval_cell_timeout:g} seconds"
    if isinstance(problem, kernel.OutOfTime):
        return {"status": "hung", "reason": seconds if item.parent.kernel.late else "its output did not end"}
    if problem is None:
        late = {"status": "timeout", "reason": seconds} if item.parent.kernel.late else {"status": "passed"}
        return {**late, "printed": printed}
    if isinstance(problem, kernel.TooMuchOutput):
        return {"status": "dead", "reason": text}
    if not isinstance(problem, NbCellError):
        return {"status": "dead", "reason": "the kernel ended"}
    if text.startswith("Timeout"):
        stopped = "Failed to interrupt" in text or "waiting for output" in text
        return {"status": "hung" if stopped else "timeout", "reason": seconds, "printed": printed}
    errors = [output for output in item.test_outputs or [] if output.get("output_type") == "error"]
    if errors:
        return {"status": "error", "reason": f"{errors[-1].ename}: {errors[-1].evalue}"[:500], "printed": printed}
    if item.parent.kernel.late:
        return {"status": "timeout", "reason": seconds, "printed": printed}
    return {"status": "failed", "printed": printed}


def reference_cells(solution: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """The executed check cells of a reference by their ids."""
    return {cell.id: cell for cell in solution.cells if CHECK_TAG in cell.metadata.get("tags", [])}


def run(notebook: Path, reference: dict[str, nbformat.NotebookNode], where: kernel.Launch, tell: Tell) -> None:
    """Run ``notebook`` through nbval with the outputs of ``reference``."""
    kernel.launch = where
    kernel.install()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    options = [
        str(notebook),
        "--nbval-lax",
        "--runxfail",
        f"--nbval-cell-timeout={where.limits.cell_timeout}",
        "--nbval-kernel-startup-timeout=30",
        "-p",
        "nbval.plugin",
        "-p",
        "no:cacheprovider",
        "--color=no",
        "--tb=no",
        "--noconftest",
        f"--rootdir={notebook.parent}",
        f"--confcutdir={notebook.parent}",
        "-c",
        os.devnull,
    ]
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        pytest.main(options, plugins=[Recorder(reference, tell)])
