"""The notebooks behind the pages: reading them, running them, and the copy a reader takes away."""

import hashlib
import json
import re
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from workbook import ledger, plain_markdown
from workbook.errors import WorkbookError

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read(path: Path) -> NotebookNode:
    """A page's notebook without outputs, whether it is kept as MyST text (.md) or as .ipynb."""
    try:
        notebook = jupytext.read(path) if path.suffix == ".md" else nbformat.read(path, as_version=4)
    except Exception as error:
        raise WorkbookError(f"{path} is not a readable notebook: {error}") from None
    for index, cell in enumerate(notebook.cells):
        # Ids made of the position, so that the same source always gives the same file.
        cell["id"] = cell.get("id") if path.suffix == ".ipynb" else f"cell-{index}"
        if cell.cell_type == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
    return notebook


def learners_copy(path: Path, note: str | None = None) -> str:
    """The JSON of the notebook a reader downloads or opens in JupyterLite: unexecuted, any Jupyter opens it.

    `note` is Markdown for a cell before all others.
    """
    notebook = read(path)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    formulas = ledger.read().formulas if any("{formula}" in cell.source for cell in texts) else {}
    for cell in texts:
        cell.source = plain_markdown.plain(cell.source, lambda target: title(path.parent / target), formulas)
    if note:
        notebook.cells.insert(0, NotebookNode(cell_type="markdown", id="note", metadata={}, source=note))
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNELSPEC),
        language_info=NotebookNode(name="python"),
        # Grading reads what the author put here; everything else is the text format's own bookkeeping.
        **{key: value for key, value in notebook.metadata.items() if key == "workbook"},
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def title(path: Path) -> str | None:
    """The first heading of a page as plain text; None for a page without one, or no page."""
    found = next((each for each in (path, path.with_suffix(".md"), path.with_suffix(".ipynb")) if each.is_file()), None)
    if found is None:
        return None
    texts = [cell.source for cell in read(found).cells if cell.cell_type == "markdown"]
    heading = re.search(r"^# +(.+?)[ \t]*$", "\n\n".join(texts), re.MULTILINE)
    return plain_markdown.plain(heading[1]) if heading else None


def has_code(path: Path) -> bool:
    """Whether the page is a notebook with at least one code cell."""
    if path.suffix == ".md" and "{code-cell}" not in path.read_text(encoding="utf-8"):
        return False
    return any(cell.cell_type == "code" for cell in read(path).cells)


def edition(path: Path) -> str:
    """Six hexadecimal digits that change when the notebook's code changes, and not when only its text does."""
    code = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()[:6]


def lite_path(path: Path, root: Path) -> str:
    """Where JupyterLite keeps the notebook of a page.

    JupyterLite prefers a reader's saved copy to a newer file of the same name, for ever.
    The edition in the name lets a changed lab open fresh while the reader's own copy stays beside it.
    """
    relative = path.relative_to(root)
    return f"{relative.parent.as_posix()}/{relative.stem}-{edition(path)}.ipynb"
