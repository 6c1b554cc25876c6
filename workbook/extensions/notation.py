"""The page of all symbols.

    ```{notation} core
    ```

    ```{notation} clashes
    ```

    ```{notation} parts
    ```

`core` shows the symbols met most with their names in the library, `clashes` the letters with several meanings, both
from `notation.yml`; `parts` shows a table for each group of the formula ledger, made from the ledger.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from workbook import ledger, notation
from workbook.errors import WorkbookError
from workbook.extensions.authoring import AuthoredDirective

LEDGER, SYMBOLS = "ledger/formulas.yml", "notation.yml"
_SHOWN = 3  # formulas named for a symbol; the rest is a number

Cell = list[nodes.Node]


class ShowNotation(AuthoredDirective):
    """The directive `notation`."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """The table or tables that the argument names."""
        part = directives.choice(self.arguments[0], ("core", "clashes", "parts"))
        for file in (LEDGER, SYMBOLS):
            self.env.note_dependency(file)
        folder = Path(self.env.srcdir)
        try:
            self.formulas = ledger.read(folder / LEDGER)
            self.symbols = notation.read(folder / SYMBOLS)
            notation.check(self.symbols, self.formulas)
        except WorkbookError as reason:
            raise self.fail(str(reason)) from None
        if part == "core":
            return [self._core()]
        return [self._clashes()] if part == "clashes" else self._parts()

    def _core(self) -> nodes.table:
        rows = [
            [_maths(each.latex), self._text(each.means), self._text(each.unit), _names(each.library)]
            for each in self.symbols.core
        ]
        return _table(["Symbol", "Meaning", "Unit", "In the library"], rows)

    def _clashes(self) -> nodes.table:
        groups = {group.id: group.name for group in self.formulas.groups}
        rows = []
        for clash in self.symbols.clashes:
            where = dict.fromkeys(group for _, group in notation.meanings(self.formulas, clash.latex))
            listed: Cell = []
            for place, group in enumerate(where):
                listed += [nodes.Text("; ")] if place else []
                listed.append(nodes.reference("", groups[group], internal=True, refid=f"symbols-{group}"))
            rows.append([_maths(clash.latex), self._text(clash.tell), listed])
        return _table(["Symbol", "How to tell", "Parts that use it"], rows)

    def _parts(self) -> list[nodes.Node]:
        used = notation.by_group(self.formulas)
        sections: list[nodes.Node] = []
        for group in self.formulas.groups:
            section = nodes.section(ids=[f"symbols-{group.id}"], names=[])
            section += nodes.title("", group.name)
            rows = [
                [_maths(each.latex), self._text(each.meaning), self._text(each.unit), self._formulas(each.formulas)]
                for each in used[group.id]
            ]
            section += _table(["Symbol", "Meaning", "Unit", "In the formulas"], rows)
            sections.append(section)
        return sections

    def _formulas(self, names: tuple[str, ...]) -> Cell:
        shown = self._text("; ".join(f"{{formula}}`{name}`" for name in names[:_SHOWN]))
        more = len(names) - _SHOWN
        return [*shown, nodes.Text(f"; and {more} more")] if more > 0 else shown

    def _text(self, text: str) -> Cell:
        box = nodes.Element()
        self.state.nested_parse(StringList([text], source=SYMBOLS), self.content_offset, box)
        return list(box[0].children)


def _maths(latex: str) -> Cell:
    return [nodes.math(latex, latex)]


def _names(names: tuple[str, ...]) -> Cell:
    cell: Cell = []
    for place, name in enumerate(names):
        cell += [nodes.Text("; "), nodes.literal("", name)] if place else [nodes.literal("", name)]
    return cell


def _table(header: list[str], rows: list[list[Cell]]) -> nodes.table:
    def row(cells: list[Cell]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    columns = [nodes.colspec(colwidth=1) for _ in header]
    head = nodes.thead("", row([[nodes.Text(title)] for title in header]))
    body = nodes.tbody("", *map(row, rows))
    return nodes.table("", nodes.tgroup("", *columns, head, body, cols=len(header)), classes=["notation"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("notation", ShowNotation)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
