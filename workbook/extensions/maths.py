"""Formulas as MathML, written at build time: the page needs no maths script and no other host.

The maths font is loaded only on pages that have a formula.
"""

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.math import get_node_equation_number

# latex2mathml writes a command it does not know as an identifier that keeps its backslash.
_UNKNOWN = re.compile(r">(\\[A-Za-z]+)<")
# What may hold whole words: text within a formula, names of functions and of environments, commands.
_WORDS_ALLOWED = re.compile(r"\\(?:text\w*|mathrm|mathit|mathsf|operatorname\*?|begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+")
_PROSE = re.compile(r"[A-Za-z]{3,}[\s,.;:]+[A-Za-z]{2,}|^\s*\d[\d.,]*\s+[A-Za-z]{2,}")
_BRACE = re.compile(r"(?<!\\)[{}]")
# Environments it does not know, and the one that looks the same.
_SAME = {"aligned": "align*", "gathered": "matrix"}


def to_mathml(latex: str, display: str, place: str) -> str:
    """MathML of a formula; `display` is "inline" or "block".

    Raises SphinxError naming `place` when the formula holds something that cannot be written as MathML.
    """
    for name, known in _SAME.items():
        latex = latex.replace(f"{{{name}}}", f"{{{known}}}")
    # The converter closes what an author left open, and shows something else than was meant.
    braces = _BRACE.findall(latex)
    if braces.count("{") != braces.count("}") or latex.count(r"\left") != latex.count(r"\right"):
        raise SphinxError(f"{place}: the formula {latex.strip()!r} has a brace or a \\left without its counterpart.")
    try:
        markup = convert(latex, display=display)
        ElementTree.fromstring(markup)
    except Exception as error:
        reason = type(error).__name__
        raise SphinxError(f"{place}: the formula {latex.strip()!r} cannot be read ({reason}).") from None
    if prose := _PROSE.search(_WORDS_ALLOWED.sub("", latex)):
        raise SphinxError(
            f"{place}: the formula {latex.strip()!r} has words in it ({prose[0]!r}). "
            "Write \\$ where dollars are meant, and \\text{…} around words of a formula."
        )
    if unknown := _UNKNOWN.search(markup):
        raise SphinxError(f"{place}: the formula {latex.strip()!r} uses {unknown[1]}, unknown to MathML.")
    return markup


def _place(node: nodes.Node) -> str:
    while node.line is None and node.parent is not None:
        node = node.parent
    return f"{node.source}:{node.line}" if node.line else str(node.source or "a formula")


def _visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(to_mathml(node.astext(), "inline", _place(node)))
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    latex = node.astext().strip()
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{align*}}{latex}\end{{align*}}"
    translator.body.append(translator.starttag(node, "div", CLASS="maths"))
    # A long formula scrolls inside its own box; the keyboard must be able to reach it.
    translator.body.append('<div class="maths-formula" tabindex="0" role="group" aria-label="Formula">')
    translator.body.append(to_mathml(latex, "block", _place(node)) + "</div>")
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def _load_font(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is not None and (doctree.next_node(nodes.math) or doctree.next_node(nodes.math_block)):
        app.add_css_file("maths.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    app.connect("html-page-context", _load_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
