"""What a cell's output becomes on the page: figures with their text, tables, and widgets standing still."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from xml.etree import ElementTree

import myst_nb.sphinx_
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx

from workbook.extensions import still_widgets

CELLS = "workbook_cells"  # under this name the notebook's code cells wait for the page to be written

_LENGTH = re.compile(r"([\d.]+)\s*(pt|px|in|cm|mm)?")
_PIXELS = {"px": 1.0, "": 1.0, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


class figure_image(nodes.image):
    """A computed figure: an image that knows its size in CSS pixels."""


def size_of_svg(svg: str) -> tuple[int, int] | None:
    """Width and height of a drawing in CSS pixels; None when it does not say."""
    root = ElementTree.fromstring(svg)
    sizes = []
    for name in ("width", "height"):
        match = _LENGTH.fullmatch(root.get(name, "").strip())
        if not match:
            return None
        sizes.append(round(float(match[1]) * _PIXELS[match[2] or ""]))
    return sizes[0], sizes[1]


class PageRenderer(NbElementRenderer):
    """Renders outputs for a page that has no kernel and asks no other host."""

    def render_nb_finalise(self, metadata: dict) -> None:
        """Keep the cells for the live page; ship no widget state, which is dead weight without a kernel."""
        notebook = self.renderer.nb_client.notebook
        cells = [
            {
                "index": index,
                "source": cell.source,
                "tags": list(cell.metadata.get("tags", [])),
                # Cells of a question have ids that stay; those of others are made of their position.
                "id": cell.id if "qid" in cell.metadata else None,
            }
            for index, cell in enumerate(notebook.cells)
            if cell.cell_type == "code"
        ]
        env = self.renderer.sphinx_env
        NbMetadataCollector.set_doc_data(env, env.docname, CELLS, cells)

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        """A figure with width, height and the text alternative from the output's metadata."""
        (image,) = super().render_image(data)
        figure = figure_image("", **image.attributes)
        figure["alt"] = alternative(data.mime_type, data.output_metadata)
        if not figure["alt"]:
            self.logger.warning(
                f"the figure of cell {data.cell_index + 1} has no text alternative: "
                "draw it with customer_value.plots, or give the output an alt text",
                subtype="alt",
                line=data.line,
            )
        size = size_of_svg(data.string) if data.mime_type == "image/svg+xml" else None
        if size:
            figure["width"], figure["height"] = map(str, size)
        return [figure]

    def render_text_html(self, data: MimeData) -> list[nodes.Element]:
        """HTML outputs; a data frame's table gets a scrolling box and named headers."""
        if "<table" not in data.string:
            return super().render_text_html(data)
        box = (
            '<div class="table-scroll" tabindex="0" role="group" aria-label="Table">'
            f"{readable_table(data.string)}</div>"
        )
        return [nodes.raw(text=box, format="html", classes=["output", "text_html"])]

    def render_widget_view(self, data: MimeData) -> list[nodes.Element]:
        """The widget as it was computed, standing still."""
        return still_widgets.render(self, data)


def alternative(mime_type: str, metadata: dict[str, Any]) -> str:
    """The text alternative in an output's metadata; one picture in two formats needs it only once."""
    said = [metadata.get(mime_type), *metadata.values()]
    return next((entry["alt"] for entry in said if isinstance(entry, dict) and entry.get("alt")), "")


def readable_table(html: str) -> str:
    """pandas' table without its inline style sheet; the empty corner header becomes a plain cell."""
    html = re.sub(r"<style scoped>.*?</style>", "", html, flags=re.DOTALL)
    html = html.replace(' border="1"', "").replace(' style="text-align: right;"', "")
    return re.sub(r"<th>\s*</th>", "<td></td>", html)


def _visit_figure(translator: Any, node: figure_image) -> None:
    source = node["uri"]
    if source in translator.builder.images:
        source = f"{translator.builder.imgpath}/{translator.builder.images[source]}"
    size = "".join(f' {name}="{node[name]}"' for name in ("width", "height") if name in node)
    translator.body.append(
        f'<img class="figure" src="{escape(source)}" alt="{escape(node["alt"])}"{size} decoding="async">\n'
    )
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Make myst-nb render outputs with PageRenderer.

    myst-nb finds renderers by entry points of installed packages; the workbook is not one, so its
    look-up is replaced here.
    """
    myst_nb.sphinx_.load_renderer = lambda name: PageRenderer
    app.add_node(figure_image, html=(_visit_figure, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
