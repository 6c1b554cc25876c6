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
from nbclient.exceptions import CellExecutionError

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
        # The kernel's warnings about its own sockets say nothing about the notebook.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    if result.err is None:
        return
    place = page.relative_to(root)
    codes = [(index, cell) for index, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    for number, (_, cell) in enumerate(codes, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                error = f"{output.ename}: {_COLOURS.sub('', output.evalue).splitlines()[0] if output.evalue else ''}"
                raise WorkbookError(f"{place}, code cell {number} (`{_first_line(cell)}`) raises {error.rstrip(': ')}")
    # No error output: the cell never came back.
    waiting = next(((n, cell) for n, (_, cell) in enumerate(codes, 1) if cell.execution_count is None), codes[-1])
    why = "raises" if isinstance(result.err, CellExecutionError) else f"takes longer than {timeout} seconds"
    raise WorkbookError(f"{place}, code cell {waiting[0]} (`{_first_line(waiting[1])}`) {why}.")


def _first_line(cell: nbformat.NotebookNode) -> str:
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith(("#", "%"))), lines[0] if lines else "")
