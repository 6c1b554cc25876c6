"""Run the notebooks of the book and keep their results by content, where Jupyter Book looks for them."""

import re
from pathlib import Path, PurePosixPath

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbclient.exceptions import CellTimeoutError

from workbook.errors import WorkbookError
from workbook.progress import say

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run_pages(pages: list[Path], root: Path, cache: Path, timeout: int) -> None:
    """Run every notebook among `pages` whose result is not in the folder `cache` yet.

    A cell may take `timeout` seconds. Pages named in `execute.exclude_patterns` of _config.yml are not run.
    Raises WorkbookError naming file, cell, its first line and the error.
    """
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    left_out = config["execute"].get("exclude_patterns", [])
    known = get_cache(str(cache))
    for page in pages:
        if any(PurePosixPath(page.as_posix()).match(pattern) for pattern in left_out):
            continue
        notebook = _as_jupyter_book_reads(page)
        if notebook is None or not any(cell.cell_type == "code" for cell in notebook.cells):
            continue
        try:
            known.match_cache_notebook(notebook)
        except KeyError:
            say(f"running {page.relative_to(root)}")
            _run(notebook, page, root, timeout)
            bundle = CacheBundleIn(notebook, str(page))
            known.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def _as_jupyter_book_reads(page: Path) -> nbformat.NotebookNode | None:
    """The same reading as Jupyter Book's, because the cache compares code and kernel; None for plain text."""
    text = page.read_text(encoding="utf-8")
    reader = create_nb_reader(str(page), MdParserConfig(), NbParserConfig(), text)
    return reader.read(text) if reader else None


def _run(notebook: nbformat.NotebookNode, page: Path, root: Path, timeout: int) -> None:
    result = single_nb_execution(
        notebook,
        cwd=str(page.parent),
        timeout=timeout,
        allow_errors=False,
        # The kernel's messages about its own sockets and its end say nothing about the notebook.
        extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
    )
    if result.err is None:
        return
    number, cell = _cell_that_stopped(notebook)
    place = f"{page.relative_to(root)}, code cell {number} (`{_first_line(cell)}`)"
    if isinstance(result.err, CellTimeoutError):
        raise WorkbookError(f"{place} takes longer than {timeout} seconds.")
    errors = [output for output in cell.outputs if output.output_type == "error"]
    said = _COLOURS.sub("", errors[0].evalue).strip().splitlines() if errors else []
    name = errors[0].ename if errors else type(result.err).__name__
    raise WorkbookError(f"{place} raises {': '.join([name, *said[:1]])}")


def _cell_that_stopped(notebook: nbformat.NotebookNode) -> tuple[int, nbformat.NotebookNode]:
    """The number among the code cells, counted from 1, and the cell."""
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, start=1):
        # A cell that was interrupted before it could answer has no count.
        if cell.execution_count is None or any(output.output_type == "error" for output in cell.outputs):
            return number, cell
    return len(codes), codes[-1]


def _first_line(cell: nbformat.NotebookNode) -> str:
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith(("#", "%"))), lines[0] if lines else "")
