"""Formulas from the ledger: one by its id in a chapter, all of them on a page of their own.

    ```{formula} gini
    :symbols:
    ```

shows a formula with a link to its entry; with `symbols`, what its symbols mean stands below it. In a line of
text {formula}`gini` is a link with the formula's name, {formula}`the coefficient <gini>` one with other words.

    ```{formula-ledger}
    ```

is the page of all formulas, grouped, each with its assumptions, sources, code, tests and the chapters that show it.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

from workbook import ledger
from workbook.errors import WorkbookError
from workbook.extensions.authoring import AuthoredDirective, html

FILE = "ledger/formulas.yml"


class used_in(nodes.General, nodes.Element):
    """Where the chapters that show a formula are listed once all of them are read."""


class ShowFormula(AuthoredDirective):
    """The directive `formula`."""

    required_arguments = 1
    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {"symbols": directives.flag}

    def run(self) -> list[nodes.Node]:
        """The formula, its name as a link to the ledger, and its symbols if asked for."""
        try:
            formula = _find(self.env, self.arguments[0])
        except WorkbookError as reason:
            raise self.fail(str(reason)) from None
        uses = self.env.formula_uses.setdefault(self.env.docname, {})
        anchor = f"shows-{formula.id}"
        if formula.id in uses:
            raise self.fail(f"{formula.id} is shown above on this page: refer to it with {{formula}}`{formula.id}`.")
        uses[formula.id] = anchor
        block = nodes.container(classes=["formula"], ids=[anchor])
        block += self._placed(_display(formula.latex))
        line = nodes.paragraph("", "Formula: ", classes=["formula-name"])
        line += _link(self.env, formula.id, formula.name)
        block += self._placed(line)
        if "symbols" in self.options:
            block += symbols_of(self, formula)
        return [self._placed(block)]

    def _placed(self, node: nodes.Element) -> nodes.Element:
        node.source, node.line = self.get_source_info()
        return node


class FormulaRole(SphinxRole):
    """The role `formula`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A link to the entry, with the formula's name or the words given."""
        words, _, rest = self.text.partition("<")
        name = rest.removesuffix(">").strip() if rest else words.strip()
        try:
            formula = _find(self.env, name)
        except WorkbookError as reason:
            source, line = self.get_source_info()
            raise SphinxError(f"{source}:{line}: formula: {reason}") from None
        return [_link(self.env, formula.id, words.strip() if rest else formula.name)], []


class FormulaLedger(AuthoredDirective):
    """The directive `formula-ledger`."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """A section for each group and in it one for each formula."""
        if self.env.formula_page is not None:
            raise self.fail(f"{self.env.formula_page} lists the formulas already.")
        self.env.formula_page = self.env.docname
        try:
            groups = _ledger(self.env).groups
        except WorkbookError as reason:
            raise self.fail(str(reason)) from None
        return [self._contents(groups), *(self._group(group) for group in groups)]

    def _contents(self, groups: Iterable[ledger.Group]) -> nodes.Node:
        contents = nodes.bullet_list(classes=["formula-contents"])
        for group in groups:
            line = nodes.paragraph()
            line += _anchor(f"formulas-{group.id}", group.name)
            line += nodes.Text(f" ({len(group.formulas)})")
            contents += nodes.list_item("", line)
        return contents

    def _group(self, group: ledger.Group) -> nodes.section:
        section = nodes.section(ids=[f"formulas-{group.id}"], names=[])
        section += nodes.title("", group.name)
        section += _markdown(self, group.about)
        for formula in group.formulas:
            section += self._formula(formula)
        return section

    def _formula(self, formula: ledger.Formula) -> nodes.section:
        section = nodes.section(ids=[f"formula-{formula.id}"], names=[], classes=["formula-entry"])
        section += nodes.title("", formula.name)
        section += _display(formula.latex)
        section += symbols_of(self, formula)
        section += self._facts(formula)
        section += html("<details><summary>Code and tests</summary>")
        section += _names("Computed by", formula.code)
        if formula.example is not None:
            section += nodes.paragraph("", "The example:")
            section += nodes.literal_block(formula.example.code, formula.example.code, language="python")
        section += _names("Checked by", formula.tests)
        section += html("</details>")
        return section

    def _facts(self, formula: ledger.Formula) -> list[nodes.Node]:
        facts = [("Takes for granted", " ".join(formula.assumptions)), ("Wrong when", formula.wrong_when)]
        if formula.example is not None:
            try:
                facts.append(("Example", formula.example.worked()))
            except WorkbookError as reason:
                raise self.fail(f"{_ledger(self.env).place(formula)}: {reason}") from None
        if formula.note:
            facts.append(("Note", formula.note))
        sources = "; ".join(
            f"{{cite:author}}`{source.key}` {{cite:labelpar}}`{source.key}`, {source.where}"
            for source in formula.sources
        )
        facts.append(("Source", sources + "."))
        result: list[nodes.Node] = [html('<dl class="formula-facts">')]
        for name, text in facts:
            result += [html(f"<div><dt>{name}</dt><dd>")]
            result += _markdown(self, text) if isinstance(text, str) else [self._bullets(text)]
            result.append(html("</dd></div>"))
        return [*result, used_in(formula=formula.id), html("</dl>")]

    def _bullets(self, texts: Iterable[str]) -> nodes.bullet_list:
        bullets = nodes.bullet_list()
        for text in texts:
            bullets += nodes.list_item("", *_markdown(self, text))
        return bullets


def symbols_of(directive: AuthoredDirective, formula: ledger.Formula) -> list[nodes.Node]:
    """What the symbols of a formula mean, and their units."""
    result: list[nodes.Node] = [html('<dl class="formula-symbols">')]
    for symbol in formula.symbols:
        meaning = nodes.inline("", "", *_markdown(directive, symbol.meaning)[0].children)
        unit = nodes.inline("", "", *_markdown(directive, symbol.unit)[0].children, classes=["formula-unit"])
        result += [html("<div><dt>"), nodes.math(symbol.latex, symbol.latex), html("</dt><dd>")]
        unit.insert(0, nodes.Text("·\N{NO-BREAK SPACE}"))
        result += [meaning, html(" "), unit, html("</dd></div>")]
    return [*result, html("</dl>")]


def _markdown(directive: AuthoredDirective, text: str) -> list[nodes.Node]:
    box = nodes.Element()
    directive.state.nested_parse(StringList(text.splitlines(), source=FILE), directive.content_offset, box)
    return list(box.children)


def _display(latex: str) -> nodes.math_block:
    return nodes.math_block(latex, latex, nowrap=False, number=None, label=None)


def _names(title: str, names: Iterable[str]) -> list[nodes.Node]:
    bullets = nodes.bullet_list()
    for name in names:
        bullets += nodes.list_item("", nodes.paragraph("", "", nodes.literal("", name)))
    return [nodes.paragraph("", f"{title}:"), bullets]


def _anchor(ident: str, words: str) -> nodes.reference:
    return nodes.reference("", words, internal=True, refid=ident)


def _link(env: BuildEnvironment, name: str, words: str) -> pending_xref:
    link = pending_xref("", refdomain="", reftype="formula", reftarget=name, refdoc=env.docname, refwarn=True)
    link += nodes.inline("", words)
    return link


def _ledger(env: BuildEnvironment) -> ledger.Ledger:
    if env.formula_ledger is None:
        env.formula_ledger = ledger.read(Path(env.srcdir) / FILE)
    env.note_dependency(FILE)
    return env.formula_ledger


def _find(env: BuildEnvironment, name: str) -> ledger.Formula:
    known = _ledger(env).formulas
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise WorkbookError(f"no formula has the id {name!r}{hint}; the ids are in {FILE}.")
    return known[name]


class ListUses(SphinxPostTransform):
    """Writes the links back to the chapters, when all of them have been read."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Put the links where the ledger's page left room for them."""
        for place in list(self.document.findall(used_in)):
            place.replace_self(self._links(place["formula"]))

    def _links(self, name: str) -> list[nodes.Node]:
        uses = [(page, shown[name]) for page, shown in self.env.formula_uses.items() if name in shown]
        if not uses:
            return []
        line = nodes.paragraph()
        for place, (page, anchor) in enumerate(sorted(uses)):
            address = self.app.builder.get_relative_uri(self.env.docname, page)
            if place:
                line += nodes.Text(", ")
            line += nodes.reference("", self.env.titles[page].astext(), internal=True, refuri=f"{address}#{anchor}")
        return [html("<div><dt>Used in</dt><dd>"), line, html("</dd></div>")]


def _resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, words: nodes.Element) -> nodes.reference | None:
    if node.get("reftype") != "formula" or node.get("refdomain"):
        return None
    if env.formula_page is None:
        raise SphinxError(
            f"{node['refdoc']}: no page lists the formulas, so {node['reftarget']} cannot be linked: add a page with"
            " the directive formula-ledger."
        )
    address = app.builder.get_relative_uri(node["refdoc"], env.formula_page)
    return nodes.reference("", "", words, internal=True, refuri=f"{address}#formula-{node['reftarget']}")


def _begin(app: Sphinx) -> None:
    env = app.env
    env.formula_ledger = None
    for name, empty in (("formula_uses", {}), ("formula_page", None)):
        if not hasattr(env, name):
            setattr(env, name, empty)


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.formula_uses.pop(docname, None)
    if env.formula_page == docname:
        env.formula_page = None


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    env.formula_uses |= {page: uses for page, uses in other.formula_uses.items() if page in docnames}
    if other.formula_page in docnames:
        env.formula_page = other.formula_page


def setup(app: Sphinx) -> dict[str, Any]:
    """Register directives and role, and connect what needs all pages."""
    app.add_node(used_in)
    app.add_directive("formula", ShowFormula)
    app.add_directive("formula-ledger", FormulaLedger)
    app.add_role("formula", FormulaRole())
    app.add_post_transform(ListUses)
    app.connect("builder-inited", _begin)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("missing-reference", _resolve)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
