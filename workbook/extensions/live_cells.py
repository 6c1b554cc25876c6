"""Hands a page's code cells to the in-page Python.

Every page with code cells gets an empty `#live-bar` under its heading, the cells as JSON in
`#live-cells`, and the small starter script; nothing heavy is loaded before the reader asks for it.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from workbook.extensions.launch import lite_link
from workbook.extensions.outputs import CELLS
from workbook.extensions.progress import in_script, questions_of

# Tag of a cell that wants what the reader wrote under "Apply it to your company".
COMPANY_ANSWERS = "company-answers"


def _name_cells(app: Sphinx, doctree: nodes.document) -> None:
    cells = NbMetadataCollector.get_doc_data(app.env)[app.env.docname].get(CELLS)
    if not cells:
        return
    number = {cell["index"]: position for position, cell in enumerate(cells)}
    for container in doctree.findall(nodes.container):
        if container.get("nb_element") == "cell_code":
            position = number[container["cell_index"]]
            container["ids"].append(f"live-cell-{position}")
            cells[position]["element"] = f"live-cell-{position}"
    heading = doctree.next_node(nodes.title)
    if heading is not None:
        bar = nodes.raw(text='<div id="live-bar"></div>', format="html")
        heading.parent.insert(heading.parent.index(heading) + 1, bar)


def _add_contract(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    cells = NbMetadataCollector.get_doc_data(app.env).get(pagename, {}).get(CELLS)
    if doctree is None or not cells:
        return
    root = relative_uri(app.builder.get_target_uri(pagename), "")
    root = root if root.endswith("/") else root + "/" if root else "./"
    page = {
        "root": root,
        "page": pagename,
        "lite": lite_link(Path(app.env.doc2path(pagename)), Path(app.srcdir), root),
        "cells": [
            {
                "element": cell.get("element"),
                "source": cell["source"],
                "tags": cell["tags"],
                **({"id": cell["id"]} if cell["id"] else {}),
            }
            for cell in cells
        ],
    }
    if any(COMPANY_ANSWERS in cell["tags"] for cell in cells):
        page["questions"] = questions_of(app.env)
    context["body"] += f'\n{in_script(page, "live-cells")}\n<script type="module" src="{root}live/start.js"></script>\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to reading (names of cells) and writing (the JSON and the script)."""
    app.connect("doctree-read", _name_cells)
    app.connect("html-page-context", _add_contract)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
