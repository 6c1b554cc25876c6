"""Facts about the edition, stated by the build: {build}`version`, {build}`pages`, {build}`numpy` and others.

    ```{cite-book}
    ```

shows how to cite the book, from `CITATION.cff`.

Counted over the pages are `pages`, `chapters` (in words: `chapters-in-words`), `words` (running text of the
chapters) and `figures`; the rest is in workbook.edition.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

from workbook import edition
from workbook.errors import WorkbookError
from workbook.extensions.authoring import AuthoredDirective
from workbook.extensions.glossary import chapter_of, prose

COUNTED = ("pages", "chapters", "chapters-in-words", "words", "figures")


class build_fact(nodes.Inline, nodes.TextElement):
    """Stands where a fact comes: some are known only when all pages have been read."""


class BuildFact(SphinxRole):
    """The role `build`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A place for the fact, if there is one of that name."""
        name = self.text.strip()
        try:
            known = (*_facts(self.env), *COUNTED)
        except WorkbookError as reason:
            raise SphinxError(str(reason)) from None
        if name not in known:
            source, line = self.get_source_info()
            near = get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise SphinxError(f"{source}:{line}: build: no fact is called {name!r}{hint}.")
        self.env.fact_pages.add(self.env.docname)
        return [build_fact(fact=name)], []


class CiteBook(AuthoredDirective):
    """The directive `cite-book`."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """The reference in words, and for BibTeX."""
        try:
            said = edition.citation()
            year = edition.date().split()[-1]
        except WorkbookError as reason:
            raise self.fail(str(reason)) from None
        self.env.note_dependency(str(edition.CITATION))
        entry = edition.bibtex(said, year)
        return [
            nodes.block_quote("", nodes.paragraph("", edition.reference(said, year))),
            nodes.paragraph("", "For BibTeX:"),
            nodes.literal_block(entry, entry, language="text"),
        ]


class StateFacts(SphinxPostTransform):
    """Writes the facts, when all pages have been read."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Put each fact in its place."""
        for place in list(self.document.findall(build_fact)):
            place.replace_self(nodes.Text(self._value(place["fact"])))

    def _value(self, name: str) -> str:
        if name not in COUNTED:
            return _facts(self.env)[name]
        chapters = sum(chapter_of(page) is not None for page in self.env.found_docs)
        return {
            "pages": str(len(self.env.found_docs)),
            "chapters": str(chapters),
            "chapters-in-words": edition.in_words(chapters),
            "words": f"{sum(words for words, _ in self.env.page_counts.values()):,}",
            "figures": str(sum(figures for _, figures in self.env.page_counts.values())),
        }[name]


def _facts(env: BuildEnvironment) -> dict[str, str]:
    if env.edition_facts is None:
        env.edition_facts = edition.facts(Path(env.srcdir))
    return env.edition_facts


def _count(app: Sphinx, doctree: nodes.document) -> None:
    text = chapter_of(app.env.docname) is not None
    words = sum(len(piece.astext().split()) for piece in prose(doctree)) if text else 0
    figures = sum(each.get("mime_type") == "image/svg+xml" for each in doctree.findall(nodes.container))
    app.env.page_counts[app.env.docname] = words, figures


def _begin(app: Sphinx) -> None:
    env = app.env
    env.edition_facts = None
    for name, empty in (("page_counts", {}), ("fact_pages", set())):
        if not hasattr(env, name):
            setattr(env, name, empty)


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.page_counts.pop(docname, None)
    env.fact_pages.discard(docname)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    env.page_counts |= {page: counts for page, counts in other.page_counts.items() if page in docnames}
    env.fact_pages |= other.fact_pages & docnames


def _write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    # Any page may have changed what is counted.
    return sorted(env.fact_pages)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register role and directive, and connect what counts."""
    app.add_node(build_fact)
    app.add_role("build", BuildFact())
    app.add_directive("cite-book", CiteBook)
    app.add_post_transform(StateFacts)
    app.connect("builder-inited", _begin)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _write_again)
    app.connect("doctree-read", _count)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
