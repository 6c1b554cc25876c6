"""Buttons of a notebook page: open it in JupyterLite, take it away as .ipynb.

The theme's own launch buttons need the address of a repository and a site; these are relative, so they
work under any path and from a USB stick.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from workbook import course, notebooks

LITE_APP = "lite/notebooks/index.html"
# Where the site keeps the wheel that the browser loads too; Jupyter on a reader's computer needs it first.
WHEEL = "pyodide/customer_value-{version}-py3-none-any.whl"


def notebook_of(page: Path) -> Path | None:
    """The notebook that belongs to a page: itself for a lab or an exercise, the chapter's lab for its text."""
    if page.stem == "index":
        lab = page.with_name("lab.md")
        return lab if lab.is_file() and page.parent.parent.name == "chapters" else None
    return page if notebooks.has_code(page) else None


def lite_link(page: Path, source: Path, root: str) -> str | None:
    """Relative address that opens a page's notebook in JupyterLite; `root` leads to the site's root."""
    notebook = notebook_of(page)
    if notebook is None:
        return None
    return f"{root}{LITE_APP}?path={quote(notebooks.lite_path(notebook, source))}"


def wheel() -> str:
    """Path of our library's wheel within the site."""
    return WHEEL.format(version=course.version())


def install_note(base: str) -> str:
    """How a downloaded notebook gets the library it imports; `base` is the site's address, if it is known."""
    needs = "To run this notebook on your own computer you need Python 3.11 or newer and the workbook's library:"
    command = f"{needs}\n\n    pip install {base.rstrip('/') or 'ADDRESS'}/{wheel()}"
    if base:
        return command
    return f"{command}\n\nFor ADDRESS put the address of the workbook's first page, without `/index.html`."


def _add_buttons(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is None:
        return
    page, source = Path(app.env.doc2path(pagename)), Path(app.srcdir)
    notebook = notebook_of(page)
    if notebook is None:
        return
    docname = notebook.relative_to(source).with_suffix("").as_posix()
    copy = Path(app.outdir) / "notebooks" / f"{docname}.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(notebooks.learners_copy(notebook, install_note(app.config.html_baseurl or "")), encoding="utf-8")

    here = app.builder.get_target_uri(pagename)
    root = relative_uri(here, "")
    what = "this notebook" if notebook == page else "the lab of this chapter"
    context["notebook"] = {
        "lite": lite_link(page, source, root),
        "download": relative_uri(here, f"notebooks/{docname}.ipynb"),
        "what": what,
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """The template page-buttons.html shows what is put into the context here."""
    app.connect("html-page-context", _add_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
