"""Dataset cards (``datasets/NAME/card.yml``), every field checked, so that pages and tests can rely on them."""

import ast
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbook import paths
from workbook.errors import WorkbookError

FILE = "card.yml"
_WITH_RANGE = ("int", "uint", "Int", "float", "Float", "datetime64")


@dataclass(frozen=True)
class Column:
    """What a column holds; a range or a list of values wherever there can be one."""

    dtype: str
    """As the loader returns it."""
    unit: str
    meaning: str
    range: tuple[Any, Any] | None = None
    """Smallest and largest value."""
    values: tuple[str, ...] | None = None
    """All categories, in their order."""
    missing: int = 0
    loaded: bool = True
    """False for a column of the file that the loader leaves out."""


@dataclass(frozen=True)
class Table:
    """One file and how to load it."""

    file: str
    content: str
    load: str
    """The call as a reader writes it: ``load_cdnow(sample=True)``."""
    rows: int
    sha256: str
    columns: Mapping[str, Column]
    sha256_unpacked: str | None = None
    """Of the plain text, for a file that is compressed: it does not depend on how."""
    distinct: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Column to the number of different entries in it."""
    sums: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """Column to its sum, rounded to cents."""

    @property
    def call(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The loader's name and its arguments."""
        node = ast.parse(self.load, mode="eval").body
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            raise ValueError(self.load)
        named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg}
        return node.func.id, [ast.literal_eval(argument) for argument in node.args], named


@dataclass(frozen=True)
class Quirk:
    """Something about the rows that surprises, and how many it concerns in each file."""

    name: str
    count: Mapping[str, int]
    meaning: str


@dataclass(frozen=True)
class Source:
    """Where the data come from."""

    owner: str
    published_by: str
    described_at: str
    taken_from: str
    rebuild: str


@dataclass(frozen=True)
class Licence:
    """Under which terms, as stated by the owner; ``file`` is a text of the licence in the folder."""

    name: str
    detail: str
    file: str | None = None


@dataclass(frozen=True)
class Card:
    """A dataset, described."""

    name: str
    title: str
    summary: str
    unit_of_observation: str
    source: Source
    citation: str
    changes: tuple[str, ...]
    licence: Licence
    personal_data: str
    tables: tuple[Table, ...]
    quirks: tuple[Quirk, ...]
    known_biases: tuple[str, ...]
    used_by: tuple[str, ...]
    period: Mapping[str, Any] | None = None
    currency: str | None = None
    fictional: bool = False
    fictional_because: str | None = None


def names(root: Path = paths.ROOT) -> list[str]:
    """The datasets that have a card, in alphabetical order."""
    return sorted(path.parent.name for path in (root / "datasets").glob(f"*/{FILE}"))


def read(name: str, root: Path = paths.ROOT) -> Card:
    """The card of one dataset.

    Raises :class:`WorkbookError`, naming the card and the field, when there is no such card, a field is missing,
    empty, unknown or of the wrong kind.
    """
    path = root / "datasets" / name / FILE
    if not path.is_file():
        raise WorkbookError(f"There is no datasets/{name}/{FILE}; datasets with one: {', '.join(names(root))}.")
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise WorkbookError(f"datasets/{name}/{FILE} is not YAML{where}: {getattr(error, 'problem', error)}.") from None
    return _Reader(f"datasets/{name}/{FILE}").card(name, said)


class _Reader:
    """Checks one card; every complaint names it."""

    def __init__(self, place: str) -> None:
        self.place = place

    def fail(self, what: str) -> WorkbookError:
        return WorkbookError(f"{self.place}: {what}")

    def card(self, name: str, said: Any) -> Card:
        entries = self.mapping(said, "the card")
        fields = {field.name for field in dataclasses.fields(Card)} - {"name", "tables"} | {"files"}
        self.fields(entries, Card, "the card", known=fields)
        texts = ("title", "summary", "unit_of_observation", "citation", "personal_data")
        optional = ("period", "currency", "fictional", "fictional_because")
        for key in texts:
            self.text(entries[key], key)
        fictional = entries.get("fictional", False)
        if fictional not in (True, False) or fictional != ("fictional_because" in entries):
            raise self.fail("`fictional: true` and `fictional_because` (a sentence for the reader) go together.")
        licence = self.record(Licence, entries["licence"], "licence")
        files = self.mapping(entries["files"], "files")
        period = entries.get("period")
        if period is not None and set(self.mapping(period, "period")) != {"first", "last"}:
            raise self.fail("`period` has `first` and `last`.")
        quirks = self.mapping(entries["quirks"], "quirks")
        return Card(
            name=name,
            source=self.record(Source, entries["source"], "source"),
            licence=licence,
            tables=tuple(self.table(file, entry) for file, entry in files.items()),
            quirks=tuple(self.quirk(key, entry, files) for key, entry in quirks.items()),
            changes=self.texts(entries["changes"], "changes"),
            known_biases=self.texts(entries["known_biases"], "known_biases"),
            used_by=self.texts(entries["used_by"], "used_by", may_be_empty=True),
            **{key: entries[key] for key in (*texts, *optional) if key in entries},
        )

    def table(self, file: str, said: Any) -> Table:
        place = f"files → {file}"
        entries = self.mapping(said, place)
        self.fields(entries, Table, place, filled_in={"file"})
        if file.endswith(".gz") and "sha256_unpacked" not in entries:
            raise self.fail(f"{place} has no `sha256_unpacked`, which a compressed file needs.")
        columns = self.mapping(entries["columns"], f"{place} → columns")
        table = Table(
            file=file,
            **{**entries, "columns": {name: self.column(name, entry, place) for name, entry in columns.items()}},
        )
        for key in ("distinct", "sums"):
            if unknown := [name for name in getattr(table, key) if name not in columns]:
                raise self.fail(f"{place}: `{key}` names {unknown[0]!r}, which is no column of it.")
        try:
            function = table.call[0]
        except (ValueError, SyntaxError):
            function = ""
        if not function.startswith("load_"):
            raise self.fail(f"{place}: `load` must be a call such as load_cdnow(sample=True); it is {table.load!r}.")
        return table

    def column(self, name: str, said: Any, place: str) -> Column:
        at = f"{place} → {name}"
        column = self.record(Column, said, at)
        if column.dtype.startswith(_WITH_RANGE):
            if not isinstance(column.range, list) or len(column.range) != 2:
                raise self.fail(f"{at} has the dtype {column.dtype} and needs a `range` of smallest and largest value.")
            return dataclasses.replace(column, range=tuple(column.range))
        if column.dtype == "category":
            if not isinstance(column.values, list) or not all(isinstance(value, str) for value in column.values):
                raise self.fail(f'{at} is a category and needs `values`, a list of texts (quote "Yes" and "No").')
            return dataclasses.replace(column, values=tuple(column.values))
        return column

    def quirk(self, name: str, said: Any, files: Mapping[str, Any]) -> Quirk:
        entries = self.mapping(said, f"quirks → {name}")
        self.fields(entries, Quirk, f"quirks → {name}", filled_in={"name"})
        if unknown := [file for file in self.mapping(entries["count"], f"quirks → {name}") if file not in files]:
            raise self.fail(f"quirks → {name} counts rows of {unknown[0]!r}, which is not among the files.")
        return Quirk(name=name, **entries)

    def record(self, kind: Any, said: Any, place: str) -> Any:
        entries = self.mapping(said, place)
        self.fields(entries, kind, place)
        return kind(**entries)

    def fields(
        self,
        entries: Mapping[str, Any],
        kind: Any,
        place: str,
        known: set[str] | None = None,
        filled_in: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        known = known or {field.name for field in dataclasses.fields(kind)} - filled_in
        optional = {
            field.name
            for field in dataclasses.fields(kind)
            if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        }
        if unknown := sorted(set(map(str, entries)) - known):
            raise self.fail(f"{place} has {unknown[0]!r}; known are {', '.join(sorted(known))}.")
        for name in sorted(known - optional):
            if name not in entries or entries[name] is None or entries[name] == "":
                raise self.fail(f"{place} has no `{name}`.")

    def mapping(self, said: Any, place: str) -> dict[str, Any]:
        if not isinstance(said, dict) or not said:
            raise self.fail(f"{place} must be a list of names with values.")
        return said

    def text(self, said: Any, place: str) -> str:
        if not isinstance(said, str) or not said.strip():
            raise self.fail(f"`{place}` must be a text; it is {said!r}.")
        return said

    def texts(self, said: Any, place: str, may_be_empty: bool = False) -> tuple[str, ...]:
        if not isinstance(said, list) or not (said or may_be_empty):
            raise self.fail(f"`{place}` must be a list of texts.")
        return tuple(self.text(entry, place) for entry in said)
