"""The glossary's page, and a link to it where a chapter first says one of its terms.

    ```{glossary-list}
    ```

is the page of all terms, alphabetical, each with its meaning, its formula and the chapters that say it.

The text of each chapter (`chapters/…/index`) links the first occurrence of each term, by itself: whole words,
the longest spelling first; not in headings, links, code, formulas, captions, tables, or forms and quizzes.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms.post_transforms import SphinxPostTransform

from workbook import glossary
from workbook.errors import WorkbookError
from workbook.extensions.authoring import AuthoredDirective, html

FILE = "glossary.yml"

_LEFT_ALONE = (
    nodes.title, nodes.subtitle, nodes.rubric, nodes.term, nodes.caption, nodes.legend, nodes.reference, pending_xref,
    nodes.literal, nodes.math, nodes.FixedTextElement, nodes.table, nodes.figure, nodes.footnote, nodes.citation,
    nodes.field_list, nodes.Invisible, nodes.raw,
)  # fmt: skip
# Cells with what they put out, and formulas with their names.
_LEFT_ALONE_CLASSES = {"cell", "formula"}
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class said_in(nodes.General, nodes.Element):
    """Where the chapters that say a term are listed once all of them are read."""


class GlossaryList(AuthoredDirective):
    """The directive `glossary-list`."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """A section for each letter, and in it a list of terms."""
        if self.env.glossary_page is not None:
            raise self.fail(f"{self.env.glossary_page} lists the terms already.")
        self.env.glossary_page = self.env.docname
        found = _glossary(self.env)
        if found is None:
            raise self.fail(f"{FILE} is missing: it holds the words of the book.")
        letters: dict[str, list[glossary.Term]] = {}
        for term in found.terms:
            letters.setdefault(term.name[0].upper(), []).append(term)
        line = nodes.paragraph(classes=["glossary-letters"])
        for letter in letters:
            line += [nodes.reference("", letter, internal=True, refid=f"letter-{letter.lower()}"), nodes.Text(" ")]
        names = {term.name: term for term in found.terms}
        return [line, *(self._letter(letter, terms, names) for letter, terms in letters.items())]

    def _letter(self, letter: str, terms: list[glossary.Term], names: dict[str, glossary.Term]) -> nodes.section:
        section = nodes.section(ids=[f"letter-{letter.lower()}"], names=[])
        section += [nodes.title("", letter), html('<dl class="glossary-list">')]
        for term in terms:
            section += self._term(term, names)
        section += html("</dl>")
        return section

    def _term(self, term: glossary.Term, names: dict[str, glossary.Term]) -> list[nodes.Node]:
        result: list[nodes.Node] = [html(f'<div><dt id="term-{term.id}">'), nodes.inline("", term.name)]
        if term.synonyms:
            result += [
                html(' <span class="glossary-also">'),
                nodes.Text(f"also {', '.join(term.synonyms)}"),
                html("</span>"),
            ]
        result += [html("</dt><dd>"), *self._markdown(term.means)]
        if term.unit:
            result += self._markdown(f"Unit: {term.unit}.")
        for other, difference in term.confused_with:
            line = nodes.paragraph("", "Not to be confused with ")
            line += nodes.reference("", other, internal=True, refid=f"term-{names[other].id}")
            line += nodes.Text(f", {difference}.")
            result.append(line)
        if term.formula:
            result += self._markdown(f"Formula: {{formula}}`{term.formula}`.")
        return [*result, said_in(term=term.id, chapter=term.chapter), html("</dd></div>")]

    def _markdown(self, text: str) -> list[nodes.Node]:
        box = nodes.Element()
        self.state.nested_parse(StringList([text], source=FILE), self.content_offset, box)
        return list(box.children)


def prose(node: nodes.Element) -> Iterator[nodes.Text]:
    """The words of a page that are its author's running text."""
    depth = _Depth()
    for child in list(node.children):
        if isinstance(child, nodes.raw):
            depth.feed(child.astext())
        elif depth.open or isinstance(child, _LEFT_ALONE):
            continue
        elif isinstance(child, nodes.Text):
            yield child
        elif not _LEFT_ALONE_CLASSES & set(child.get("classes", ())):
            yield from prose(child)


class _Depth(HTMLParser):
    """How many elements written as HTML are open: between their tags lie forms, quizzes and the like."""

    open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += tag not in _VOID

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        self.open -= tag not in _VOID


def _link_terms(app: Sphinx, doctree: nodes.document) -> None:
    env = app.env
    chapter = chapter_of(env.docname)
    if chapter is None or (found := _glossary(env)) is None:
        return
    uses = env.glossary_uses.setdefault(env.docname, {})
    for text in list(prose(doctree)):
        pieces: list[nodes.Node] = []
        words, done = text.astext(), 0
        for begin, end, term in found.found_in(words):
            if term.id in uses or not term.linked_in(chapter):
                continue
            uses[term.id] = f"word-{term.id}"
            link = pending_xref(
                "", refdomain="", reftype="glossary", reftarget=term.id, refdoc=env.docname, refwarn=True
            )
            link += nodes.inline("", words[begin:end])
            pieces += [nodes.Text(words[done:begin]), nodes.inline("", "", link, ids=[uses[term.id]])]
            done = end
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(words[done:])])


def chapter_of(docname: str) -> str | None:
    """The folder of a chapter whose text the page is, else None."""
    path = PurePosixPath(docname)
    return path.parent.name if path.match("chapters/*/index") else None


def _glossary(env: BuildEnvironment) -> glossary.Glossary | None:
    file = Path(env.srcdir) / FILE
    if not file.is_file():
        return None
    env.note_dependency(FILE)
    if env.glossary is None:
        try:
            env.glossary = glossary.read(file)
        except WorkbookError as reason:
            raise SphinxError(str(reason)) from None
    return env.glossary


class ListUses(SphinxPostTransform):
    """Writes the links back to the chapters, when all of them have been read."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Put the links where the glossary's page left room for them."""
        for place in list(self.document.findall(said_in)):
            place.replace_self(self._links(place["term"], place["chapter"]))

    def _links(self, term: str, chapter: str) -> list[nodes.Node]:
        pages = {found: page for page in self.env.found_docs if (found := chapter_of(page)) is not None}
        line = nodes.paragraph(classes=["glossary-chapters"])
        if chapter in pages:
            title = self.env.titles[pages[chapter]].astext()
            line += nodes.Text("Treated in ")
            line += self._link(pages[chapter], term, f"chapter {int(chapter[:2])}, {title}")
        others = [
            name
            for name, page in sorted(pages.items())
            if name != chapter and term in self.env.glossary_uses.get(page, {})
        ]
        for place, name in enumerate(others):
            line += nodes.Text(", " if place else ("; also in " if line.children else "Also in "))
            line += self._link(pages[name], term, f"{'' if place else 'chapter '}{int(name[:2])}")
        return [line] if line.children else []

    def _link(self, page: str, term: str, words: str) -> nodes.reference:
        address = self.app.builder.get_relative_uri(self.env.docname, page)
        anchor = self.env.glossary_uses.get(page, {}).get(term)
        return nodes.reference("", words, internal=True, refuri=f"{address}#{anchor}" if anchor else address)


def _resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, words: nodes.Element) -> nodes.reference | None:
    if node.get("reftype") != "glossary" or node.get("refdomain"):
        return None
    if env.glossary_page is None:
        raise SphinxError(
            f"{node['refdoc']}: no page lists the glossary, so {node['reftarget']} cannot be linked: add a page with"
            " the directive glossary-list."
        )
    address = app.builder.get_relative_uri(node["refdoc"], env.glossary_page)
    place = f"{address}#term-{node['reftarget']}"
    return nodes.reference("", "", words, internal=True, refuri=place, classes=["glossary-term"])


def _begin(app: Sphinx) -> None:
    env = app.env
    env.glossary = None
    for name, empty in (("glossary_uses", {}), ("glossary_page", None)):
        if not hasattr(env, name):
            setattr(env, name, empty)


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.glossary_uses.pop(docname, None)
    if env.glossary_page == docname:
        env.glossary_page = None


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    env.glossary_uses |= {page: uses for page, uses in other.glossary_uses.items() if page in docnames}
    if other.glossary_page in docnames:
        env.glossary_page = other.glossary_page


def _page_lists_chapters(app: Sphinx, env: BuildEnvironment) -> list[str]:
    # A chapter that was read anew may say other terms, or bear another title.
    return [env.glossary_page] if env.glossary_page is not None else []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and connect what reads pages and what needs all of them."""
    app.add_node(said_in)
    app.add_directive("glossary-list", GlossaryList)
    app.add_post_transform(ListUses)
    app.connect("builder-inited", _begin)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _page_lists_chapters)
    app.connect("doctree-read", _link_terms)
    app.connect("missing-reference", _resolve)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
