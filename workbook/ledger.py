"""The formula ledger: every formula the library computes, read from one file and checked for its shape.

``ledger/formulas.yml`` holds groups of formulas. What a field means and which must be there is said in
``ledger/README.md``; whether implementations, tests and citations exist is the business of ``ledger_checks``.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook import paths
from workbook.entries import LINE, Entry, load
from workbook.errors import WorkbookError

FILE = paths.ROOT / "ledger" / "formulas.yml"

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TOP = {"groups", "not_formulas"}
_GROUP = {"id", "name", "about", "symbols", "formulas"}
_MUST = {"id", "name", "latex", "symbols", "assumptions", "wrong_when", "sources", "code", "tests"}
_MAY = {"note", "example"}
_SYMBOL = {"latex", "meaning", "unit"}
_SOURCE = {"key", "where"}
_EXAMPLE = {"text", "code"}


@dataclass(frozen=True)
class Symbol:
    """One sign of a formula; ``meaning`` and ``unit`` are Markdown."""

    latex: str
    meaning: str
    unit: str


@dataclass(frozen=True)
class Source:
    """A key of ``references.bib`` and the place in that work."""

    key: str
    where: str


@dataclass(frozen=True)
class Example:
    """A sentence with a gap, and the Python that fills it."""

    text: str
    code: str

    def worked(self) -> str:
        """The sentence with what the code gives: a number, or a tuple of them for several gaps.

        Raises WorkbookError when the code stops or its result does not fit the sentence.
        """
        try:
            *steps, last = ast.parse(self.code).body
            if not isinstance(last, ast.Expr):
                raise TypeError("its last line is no expression")
            names: dict[str, Any] = {}
            exec(compile(ast.Module(steps, []), "example", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "example", "eval"), names)
            return self.text.format(*(value if isinstance(value, tuple) else (value,)))
        except Exception as reason:
            raise WorkbookError(f"the example does not work: {type(reason).__name__}: {reason}") from None


@dataclass(frozen=True)
class Formula:
    """One entry; texts are Markdown. ``line`` is where it begins in the file."""

    id: str
    name: str
    latex: str
    symbols: tuple[Symbol, ...]
    assumptions: tuple[str, ...]
    wrong_when: tuple[str, ...]
    sources: tuple[Source, ...]
    code: tuple[str, ...]
    tests: tuple[str, ...]
    note: str
    example: Example | None
    line: int


@dataclass(frozen=True)
class Group:
    """Formulas that belong together, and an introduction of a sentence or two."""

    id: str
    name: str
    about: str
    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Ledger:
    """The whole file."""

    path: Path
    groups: tuple[Group, ...]
    not_formulas: dict[str, str] = field(default_factory=dict)
    """Public functions without an entry: a pattern of dotted names, and the reason."""

    @property
    def formulas(self) -> dict[str, Formula]:
        """All formulas by id, in the order of the file."""
        return {formula.id: formula for group in self.groups for formula in group.formulas}

    def place(self, formula: Formula) -> str:
        """File and line of an entry, for messages."""
        return f"{self.path}:{formula.line}: {formula.id}"


def read(path: Path = FILE) -> Ledger:
    """The ledger in the file ``path``.

    Raises WorkbookError naming file and line for an unknown, missing or empty field, an id that is taken or no id,
    or a symbol that the group does not explain.
    """
    content = load(path, "it holds the formulas of the book")
    top = Entry(content, path, "the ledger", _TOP)
    groups = tuple(_group(entry, path) for entry in top.entries("groups"))
    taken: set[str] = set()
    for group in groups:
        for name, line in [(group.id, None), *((formula.id, formula.line) for formula in group.formulas)]:
            if name in taken or not _ID.fullmatch(name):
                raise WorkbookError(
                    f"{path}{f':{line}' if line else ''}: the id {name!r} is taken or no id: use lower-case words with"
                    " hyphens, each once."
                )
            taken.add(name)
    exceptions = top.content.get("not_formulas") or {}
    if not isinstance(exceptions, dict) or not all(str(reason or "").strip() for reason in exceptions.values()):
        raise WorkbookError(f"{path}: `not_formulas` gives a reason for each name.")
    return Ledger(path, groups, {name: str(reason) for name, reason in exceptions.items() if name != LINE})


def _group(content: Any, path: Path) -> Group:
    entry = Entry(content, path, "a group", _GROUP)
    entry.what = f"the group {entry.text('id')}"
    shared = entry.content.get("symbols") or {}
    if not isinstance(shared, dict):
        raise entry.wrong("has `symbols` that are no fields with values")
    symbols = {str(name): _symbol(value, path, f"the symbol {name}") for name, value in shared.items() if name != LINE}
    formulas = tuple(_formula(each, path, symbols) for each in entry.entries("formulas"))
    return Group(entry.text("id"), entry.text("name"), entry.text("about"), formulas)


def _symbol(content: Any, path: Path, what: str) -> Symbol:
    entry = Entry(content, path, what, _SYMBOL)
    return Symbol(entry.text("latex"), entry.text("meaning"), entry.text("unit"))


def _formula(content: Any, path: Path, shared: dict[str, Symbol]) -> Formula:
    entry = Entry(content, path, "a formula", _MUST | _MAY)
    entry.what = f"the formula {entry.text('id')}"
    symbols = []
    for each in entry.entries("symbols"):
        if isinstance(each, dict):
            symbols.append(_symbol(each, path, f"a symbol of {entry.what}"))
        elif each in shared:
            symbols.append(shared[each])
        else:
            raise entry.wrong(f"names the symbol {each!r}, which its group does not explain")
    sources = []
    for each in entry.entries("sources"):
        source = Entry(each, path, f"a source of {entry.what}", _SOURCE)
        sources.append(Source(source.text("key"), source.text("where")))
    example = None
    if entry.content.get("example") is not None:
        given = Entry(entry.content["example"], path, f"the example of {entry.what}", _EXAMPLE)
        example = Example(given.text("text"), given.text("code"))
    return Formula(
        id=entry.text("id"),
        name=entry.text("name"),
        latex=entry.text("latex"),
        symbols=tuple(symbols),
        assumptions=entry.texts("assumptions"),
        wrong_when=entry.texts("wrong_when"),
        sources=tuple(sources),
        code=entry.texts("code"),
        tests=entry.texts("tests"),
        note=entry.text("note") if "note" in entry.content else "",
        example=example,
        line=entry.line,
    )
