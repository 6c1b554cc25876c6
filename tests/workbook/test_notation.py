"""The page of symbols: it has all of the ledger's, and what it says of the library is so."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from customer_value.transactions import rfm_summary
from workbook import ledger, notation
from workbook.errors import WorkbookError


@pytest.fixture(scope="module")
def book() -> ledger.Ledger:
    return ledger.read()


@pytest.fixture(scope="module")
def symbols() -> notation.Notation:
    return notation.read()


def test_each_symbol_of_each_formula_is_there_with_the_formula(book: ledger.Ledger) -> None:
    shown = notation.by_group(book)
    for group in book.groups:
        for formula in group.formulas:
            for symbol in formula.symbols:
                entries = [
                    each for each in shown[group.id] if (each.latex, each.meaning) == (symbol.latex, symbol.meaning)
                ]
                assert [each for each in entries if formula.id in each.formulas], (formula.id, symbol.latex)


def test_no_symbol_stands_twice_with_one_meaning(book: ledger.Ledger) -> None:
    for group, shown in notation.by_group(book).items():
        keys = [(each.latex, each.meaning, each.unit) for each in shown]
        assert len(set(keys)) == len(keys), group


def test_core_symbols_are_the_ledgers_and_clashes_are_some(book: ledger.Ledger, symbols: notation.Notation) -> None:
    notation.check(symbols, book)
    clashing = {clash.latex for clash in symbols.clashes}
    core = [each.latex for each in symbols.core]
    assert {latex for latex in core if core.count(latex) > 1} <= clashing


NAMES = sorted({name for each in notation.read().core for name in each.library})


@pytest.mark.parametrize("name", NAMES)
def test_the_library_has_what_is_named(name: str) -> None:
    module, path, kind, inner = re.fullmatch(r"(\w+)\.([\w.]+)([(\[])(\w*)[)\]]", name).groups()
    found = import_module(f"customer_value.{module}")
    for step in path.split("."):
        found = getattr(found, step)
    if kind == "[":
        log = pd.DataFrame(
            {"customer_id": [1, 1], "date": pd.to_datetime(["2024-01-01", "2024-02-01"]), "value": [1.0, 2.0]}
        )
        assert found is rfm_summary
        assert inner in found(log, until="2024-03-01").columns
    elif inner:
        assert inner in inspect.signature(found).parameters
    else:
        assert callable(found) or isinstance(found, property)


SMALL = """\
core:
  - {latex: 'r', means: stays, unit: share, library: [clv.median_lifetime(retention)]}
clashes:
  - {latex: 'r', tell: Look.}
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "unit: share",
            "units: share",
            r"yml:2: a symbol has the field 'units'; known are latex, library, means, unit",
        ),
        ("[clv.median_lifetime(retention)]", "[]", r"yml:2: a symbol needs `library`"),
        ("tell: Look.", "tell: ''", r"yml:4: a clash has no `tell`"),
        ("Look.}\n", "Look.}\n  - {latex: 'r', tell: Again.}\n", r"yml:5: a clash is about r, which is there already"),
    ],
)
def test_a_slip_in_the_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    file = tmp_path / "notation.yml"
    file.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(WorkbookError, match=complaint):
        notation.read(file)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("- {latex: 'r', means", "- {latex: '\\nosuch', means", r"no formula of the ledger has the symbol \\nosuch"),
        ("- {latex: 'r', tell", "- {latex: '\\varepsilon_z', tell", "no two meanings, so nothing clashes"),
    ],
)
def test_what_the_ledger_does_not_have_is_refused(
    tmp_path: Path, book: ledger.Ledger, old: str, new: str, complaint: str
) -> None:
    file = tmp_path / "notation.yml"
    file.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(WorkbookError, match=complaint):
        notation.check(notation.read(file), book)
