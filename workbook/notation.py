"""The symbols of the book: those of the ledger, those met most with their names in the library, and the clashes."""

from dataclasses import dataclass
from pathlib import Path

from workbook import paths
from workbook.entries import Entry, load
from workbook.errors import WorkbookError
from workbook.ledger import Ledger

FILE = paths.ROOT / "notation.yml"


@dataclass(frozen=True)
class CoreSymbol:
    """A symbol met often; ``means`` and ``unit`` are Markdown, ``library`` names as a reader writes them."""

    latex: str
    means: str
    unit: str
    library: tuple[str, ...]


@dataclass(frozen=True)
class Clash:
    """A symbol with several meanings, and how to ``tell`` them apart."""

    latex: str
    tell: str


@dataclass(frozen=True)
class Notation:
    """The whole file."""

    core: tuple[CoreSymbol, ...]
    clashes: tuple[Clash, ...]


@dataclass(frozen=True)
class UsedSymbol:
    """A symbol as one group of the ledger uses it, and the ids of the formulas it is in."""

    latex: str
    meaning: str
    unit: str
    formulas: tuple[str, ...]


def read(path: Path = FILE) -> Notation:
    """The notation in the file ``path``.

    Raises WorkbookError naming file and line for an unknown, missing or empty field, or a clash that is there twice.
    """
    top = Entry(load(path, "it holds the symbols of the book"), path, "the notation", {"core", "clashes"})
    core, clashes = [], []
    for each in top.entries("core"):
        entry = Entry(each, path, "a symbol", {"latex", "means", "unit", "library"})
        core.append(CoreSymbol(entry.text("latex"), entry.text("means"), entry.text("unit"), entry.texts("library")))
    for each in top.entries("clashes"):
        entry = Entry(each, path, "a clash", {"latex", "tell"})
        clash = Clash(entry.text("latex"), entry.text("tell"))
        if clash.latex in {other.latex for other in clashes}:
            raise entry.wrong(f"is about {clash.latex}, which is there already")
        clashes.append(clash)
    return Notation(tuple(core), tuple(clashes))


def by_group(ledger: Ledger) -> dict[str, list[UsedSymbol]]:
    """The symbols of each group of the ledger by the group's id, one entry for each meaning."""
    result = {}
    for group in ledger.groups:
        found: dict[tuple[str, str, str], list[str]] = {}
        for formula in group.formulas:
            for symbol in formula.symbols:
                found.setdefault((symbol.latex, symbol.meaning, symbol.unit), []).append(formula.id)
        ordered = sorted(found.items(), key=lambda item: _alphabetical(item[0][0]))
        result[group.id] = [UsedSymbol(*symbol, formulas=tuple(formulas)) for symbol, formulas in ordered]
    return result


def meanings(ledger: Ledger, latex: str) -> list[tuple[str, str]]:
    """All meanings of a symbol in the ledger, each with the id of the group."""
    return [
        (symbol.meaning, group)
        for group, symbols in by_group(ledger).items()
        for symbol in symbols
        if symbol.latex == latex
    ]


def check(notation: Notation, ledger: Ledger) -> None:
    """Raises WorkbookError for a symbol that no formula has, or a clash that is none."""
    known = {symbol.latex for symbols in by_group(ledger).values() for symbol in symbols}
    for symbol in notation.core:
        if not any(symbol.latex in latex for latex in known):
            raise WorkbookError(f"notation.yml: no formula of the ledger has the symbol {symbol.latex}.")
    for clash in notation.clashes:
        if len({meaning for meaning, _ in meanings(ledger, clash.latex)}) < 2:
            raise WorkbookError(f"notation.yml: the ledger gives {clash.latex} no two meanings, so nothing clashes.")


def _alphabetical(latex: str) -> tuple[bool, str, str]:
    # Letters before Greek ones, and what hangs on a letter behind it.
    plain = latex.removeprefix("\\bar{").removeprefix("\\hat{").removeprefix("\\text{").removeprefix("\\mathrm{")
    return plain.startswith("\\"), plain.lower(), latex
