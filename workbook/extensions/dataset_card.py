"""Pages about the datasets, made from their cards.

    ```{dataset-card} cdnow
    ```

is a whole page with its heading: where the data come from, under which licence, what every column holds, how to
load them, their first rows (loaded by the build) and which chapters use them. And

    ```{dataset-list}
    ```

is a table of all datasets with links to their pages, ``datasets/NAME/index``. A card with a field missing, unknown
or wrong stops the build, and so does a chapter in `used_by` that is not there.
"""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from customer_value import datasets
from workbook import dataset_cards
from workbook.dataset_cards import Card, Column, Table
from workbook.errors import WorkbookError
from workbook.extensions.authoring import AuthoredDirective, html
from workbook.extensions.outputs import readable_table

if TYPE_CHECKING:
    import pandas as pd

PREVIEW_ROWS = 5


class CardDirective(AuthoredDirective):
    """What both directives share."""

    def card(self, name: str) -> Card:
        """The card, or a failed build that says what is wrong with it."""
        try:
            card = dataset_cards.read(name)
        except WorkbookError as error:
            raise self.fail(str(error)) from None
        self.env.note_dependency(str(datasets.folder(name) / dataset_cards.FILE))
        return card

    def link(self, page: str, text: str | None = None) -> addnodes.pending_xref:
        """A link to another page, with that page's title if no text is given."""
        if page not in self.env.found_docs:
            raise self.fail(f"there is no page {page}.")
        shown = nodes.inline(text or page, text or page, classes=["xref", "std", "std-doc"])
        return addnodes.pending_xref(
            "",
            shown,
            refdomain="std",
            reftype="doc",
            reftarget=f"/{page}",
            refexplicit=text is not None,
            refwarn=True,
            refdoc=self.env.docname,
        )

    def chapters(self, card: Card) -> list[addnodes.pending_xref]:
        """Links to the chapters that use a dataset."""
        return [self.link(f"chapters/{chapter}/index") for chapter in card.used_by]


class DatasetCard(CardDirective):
    """The directive `dataset-card`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """One section with the card's title, and in it one for each matter."""
        card = self.card(self.arguments[0])
        page = self._section(card.title, _paragraph(card.summary))
        if card.fictional:
            title = nodes.title("", "A fictional company")
            page += nodes.admonition("", title, _paragraph(card.fictional_because or ""), classes=["warning"])
        page += _facts(
            ("One row is", card.unit_of_observation),
            ("Time covered", f"{card.period['first']} to {card.period['last']}" if card.period else None),
            ("Currency", card.currency),
            ("Personal data", card.personal_data),
        )
        for table in card.tables:
            page += self._table(table)
        page += self._section(
            "Quirks",
            nodes.definition_list("", *(_quirk(quirk.name, quirk.meaning, quirk.count) for quirk in card.quirks)),
        )
        page += self._section("Known biases", _bullets(card.known_biases))
        page += self._source(card)
        page += self._licence(card)
        users = self.chapters(card)
        page += self._section(
            "Who uses it",
            nodes.bullet_list("", *(nodes.list_item("", nodes.paragraph("", "", user)) for user in users))
            if users
            else _paragraph("No chapter of this edition yet."),
        )
        return [page]

    def _section(self, title: str, *content: nodes.Node) -> nodes.section:
        section = nodes.section("", nodes.title(title, "", *_inline(title)), *content)
        section["names"].append(nodes.fully_normalize_name(title))
        self.state.document.note_implicit_target(section, section)
        return section

    def _table(self, table: Table) -> nodes.section:
        frame = self._loaded(table)
        code = f"from customer_value import datasets\n\ndatasets.{table.load}"
        return self._section(
            _capitalised(table.content),
            _paragraph(f"{table.rows:,} rows in the file `{table.file}`{_counts(table)}. Load them with:"),
            nodes.literal_block(code, code, language="python"),
            _paragraph("The first rows:"),
            _preview(frame),
            _schema(table),
        )

    def _loaded(self, table: Table) -> "pd.DataFrame":
        function, positional, named = table.call
        load = getattr(datasets, function, None)
        if load is None:
            raise self.fail(f"{table.file} is loaded with {table.load}, but customer_value.datasets has no {function}.")
        return load(*positional, **named)

    def _source(self, card: Card) -> nodes.section:
        source = card.source
        described = nodes.reference("", source.described_at, refuri=source.described_at)
        return self._section(
            "Where it comes from",
            _facts(
                ("Owner", source.owner),
                ("Published by", source.published_by),
                ("Described at", described),
                ("This copy", source.taken_from),
                ("Rebuilt by", source.rebuild if source.rebuild.startswith("none") else f"`{source.rebuild}`"),
                ("Cite", card.citation),
            ),
            _paragraph("What was changed on the way:"),
            _bullets(card.changes),
        )

    def _licence(self, card: Card) -> nodes.section:
        licence = card.licence
        section = self._section(
            "Licence", nodes.paragraph("", "", nodes.strong("", _sentence(licence.name))), _paragraph(licence.detail)
        )
        if licence.file:
            text = f"the text of the licence ({licence.file})"
            link = addnodes.download_reference(
                "",
                "",
                nodes.inline("", text),
                reftarget=f"/datasets/{card.name}/{licence.file}",
                refdoc=self.env.docname,
                refdomain="",
                reftype="download",
                refexplicit=True,
            )
            section += nodes.paragraph("", "", nodes.Text("In the folder of the data: "), link, nodes.Text("."))
        return section


class DatasetList(CardDirective):
    """The directive `dataset-list`."""

    def run(self) -> list[nodes.Node]:
        """A row for each card."""
        rows = []
        for name in dataset_cards.names():
            card = self.card(name)
            entries = self.chapters(card)
            used = (
                [nodes.Text("–")]
                if not entries
                else [part for entry in entries for part in (entry, nodes.Text("; "))][:-1]
            )
            kind = "fictional" if card.fictional else "real"
            rows.append(
                [
                    [self.link(f"datasets/{name}/index", card.title)],
                    [nodes.Text(kind)],
                    [nodes.Text(card.unit_of_observation)],
                    [nodes.Text(_size(card))],
                    [nodes.Text(card.licence.name)],
                    used,
                ]
            )
        return [_grid(["Dataset", "Company", "One row is", "Rows", "Licence", "Used in"], rows)]


def _size(card: Card) -> str:
    # Tables of one dataset overlap or refer to each other: their rows do not add up.
    rows = f"{max(table.rows for table in card.tables):,}"
    return rows if len(card.tables) == 1 else f"{rows} in the largest of {len(card.tables)} tables"


def _inline(text: str) -> list[nodes.Node]:
    """Text in which `backquotes` mark code."""
    parts = text.split("`")
    return [nodes.literal("", part) if at % 2 else nodes.Text(part) for at, part in enumerate(parts) if part]


def _paragraph(text: str) -> nodes.paragraph:
    return nodes.paragraph("", "", *_inline(_sentence(text)))


def _sentence(text: str) -> str:
    text = _capitalised(text.strip())
    return text if text.endswith((".", ":", "?", "!")) else f"{text}."


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bullets(texts: Iterable[str]) -> nodes.bullet_list:
    return nodes.bullet_list("", *(nodes.list_item("", _paragraph(text)) for text in texts))


def _facts(*pairs: tuple[str, str | nodes.Node | None]) -> nodes.definition_list:
    items = []
    for term, said in pairs:
        if said is None:
            continue
        content = _paragraph(said) if isinstance(said, str) else nodes.paragraph("", "", said)
        items.append(nodes.definition_list_item("", nodes.term("", term), nodes.definition("", content)))
    return nodes.definition_list("", *items)


def _quirk(name: str, meaning: str, count: Any) -> nodes.definition_list_item:
    numbers = [f"{rows:,}" if len(count) == 1 else f"{rows:,} in `{file}`" for file, rows in count.items()]
    term = nodes.term("", "", *_inline(f"{_capitalised(name.replace('_', ' '))}: {', '.join(numbers)}"))
    return nodes.definition_list_item("", term, nodes.definition("", _paragraph(meaning)))


def _grid(header: list[str], rows: list[list[list[nodes.Node]]]) -> nodes.table:
    def row(cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    return nodes.table(
        "",
        nodes.tgroup(
            "",
            *(nodes.colspec(colwidth=1) for _ in header),
            nodes.thead("", row([[nodes.Text(title)] for title in header])),
            nodes.tbody("", *(row(cells) for cells in rows)),
            cols=len(header),
        ),
    )


def _counts(table: Table) -> str:
    said = [f"{count:,} different `{name}`" for name, count in table.distinct.items()]
    for name, total in table.sums.items():
        column = table.columns[name]
        if column.dtype == "bool":
            said.append(f"`{name}` is true {total:,} times")
        else:
            said.append(f"`{name}` adds up to {total:,} {column.unit}")
    return f" ({'; '.join(said)})" if said else ""


def _schema(table: Table) -> nodes.table:
    rows = [
        [
            [nodes.literal("", name)],
            [nodes.Text(column.meaning if column.loaded else f"{column.meaning} (in the file only)")],
            [nodes.Text("" if column.unit == "none" else column.unit)],
            [nodes.Text(_values(column))],
            [nodes.literal("", column.dtype)],
        ]
        for name, column in table.columns.items()
    ]
    grid = _grid(["Column", "Meaning", "Unit", "Values", "Type"], rows)
    grid["classes"].append("dataset-columns")
    return grid


def _values(column: Column) -> str:
    said = ""
    if column.range is not None:
        low, high = (f"{edge:,}" if isinstance(edge, (int, float)) else str(edge) for edge in column.range)
        said = low if low == high else f"{low} to {high}"
    elif column.values is not None:
        said = ", ".join(column.values)
    elif column.dtype in ("bool", "boolean"):
        said = "True, False"
    return "; ".join(filter(None, [said, f"{column.missing:,} missing" if column.missing else ""]))


def _preview(frame: "pd.DataFrame") -> nodes.raw:
    rows = frame.head(PREVIEW_ROWS).to_html(index=frame.index.name is not None, na_rep="missing")
    label = escape(f"First rows: {', '.join(map(str, frame.columns))}")
    return html(
        f'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}">{readable_table(rows)}</div>'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both directives."""
    app.add_directive("dataset-card", DatasetCard)
    app.add_directive("dataset-list", DatasetList)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
