"""A description for search engines and shared links: the page's first paragraph."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

LENGTH = 160  # characters; search engines cut what is longer
SHORT = 40  # what is shorter describes nothing


def describe(doctree: nodes.document) -> str:
    """The first paragraph that is not the opening of a list, as plain text, cut at a word."""
    paragraphs = (" ".join(paragraph.astext().split()) for paragraph in doctree.findall(nodes.paragraph))
    text = next((text for text in paragraphs if len(text) > SHORT and not text.endswith(":")), "")
    return text if len(text) <= LENGTH else text[:LENGTH].rsplit(" ", 1)[0] + " …"


def _add(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is not None and (text := describe(doctree)):
        context["metatags"] += f'<meta name="description" content="{escape(text)}" />\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to writing."""
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
