"""Whether what the formula ledger names is there: functions, tests, references; and whether a function is forgotten."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.errors import SphinxError

from workbook import paths
from workbook.errors import WorkbookError
from workbook.extensions.maths import to_mathml
from workbook.ledger import Formula, Ledger

# Every public function and method of these computes a formula, unless the ledger says why not.
MODULES = tuple(
    f"customer_value.{name}"
    for name in (
        *("clv", "unit_economics", "retention", "btyd", "spend", "churn", "allocation", "ranking", "segments"),
        *("concentration", "persistence", "profitability", "cvm", "choice"),
        *("valuation", "use_cases", "information", "transformation"),
    )
)

_BIB_KEY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.MULTILINE)
_INLINE = re.compile(r"\$([^$]+)\$")


def problems(ledger: Ledger, root: Path = paths.ROOT, modules: tuple[str, ...] = MODULES) -> list[str]:
    """Everything that is wrong with ``ledger``, one line each; tests and references are looked for below ``root``."""
    known = set(_BIB_KEY.findall((root / "references.bib").read_text(encoding="utf-8")))
    found = []
    for formula in ledger.formulas.values():
        wrong = [*_unreadable(formula), *_missing(formula, root)]
        wrong += [f"{source.key} is not in references.bib" for source in formula.sources if source.key not in known]
        found += [f"{ledger.place(formula)}: {what}" for what in wrong]
    return found + [f"{ledger.path}: {what}" for what in _forgotten(ledger, modules)]


def public_functions(modules: tuple[str, ...] = MODULES) -> list[str]:
    """Dotted names of the public functions of ``modules`` and of the public methods of their classes."""
    names = []
    for module_name in modules:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]:
            value = getattr(module, name)
            if not str(getattr(value, "__module__", "")).startswith(module_name):
                continue
            if inspect.isfunction(value):
                names.append(f"{module_name}.{name}")
            elif inspect.isclass(value) and not issubclass(value, Exception):
                names += [f"{module_name}.{name}.{method}" for method in _methods(value)]
    return names


def implementation(path: str) -> Any:
    """What a dotted name stands for. Raises ImportError or AttributeError when there is no such thing."""
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            value = getattr(value, name)
        return value
    raise ModuleNotFoundError(f"No module named {parts[0]!r}")


def _methods(kind: type) -> Iterator[str]:
    for name in dir(kind):
        value = inspect.getattr_static(kind, name)
        function = getattr(value, "__func__", value)
        if (
            not name.startswith("_")
            and inspect.isfunction(function)
            and function.__module__.startswith("customer_value")
        ):
            yield name


def _unreadable(formula: Formula) -> Iterator[str]:
    texts = [
        *formula.assumptions,
        *formula.wrong_when,
        formula.note,
        *(f"{s.meaning} {s.unit}" for s in formula.symbols),
    ]
    pieces = [formula.latex, *(s.latex for s in formula.symbols)]
    for latex in pieces + [piece for text in texts for piece in _INLINE.findall(text)]:
        try:
            to_mathml(latex, "block", formula.id)
        except SphinxError as reason:
            yield str(reason).removeprefix(f"{formula.id}: ")


def _missing(formula: Formula, root: Path) -> Iterator[str]:
    for path in formula.code:
        try:
            if not callable(implementation(path)):
                yield f"{path} is no function"
        except (ImportError, AttributeError) as reason:
            yield f"its implementation {path} is not there ({reason})"
    for node in formula.tests:
        name, _, function = node.partition("::")
        if function not in _tests(root / name):
            yield f"its test {node} is not there"
    if formula.example is not None:
        try:
            formula.example.worked()
        except WorkbookError as reason:
            yield str(reason)


@cache
def _tests(path: Path) -> frozenset[str]:
    """The tests of a file, as in pytest's names after the file: ``test_one``, ``TestSome::test_two``."""
    if not path.is_file():
        return frozenset()
    names = set()
    for item in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(item, ast.FunctionDef) and item.name.startswith("test"):
            names.add(item.name)
        if isinstance(item, ast.ClassDef) and item.name.startswith("Test"):
            names |= {
                f"{item.name}::{each.name}"
                for each in item.body
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test")
            }
    return frozenset(names)


def _forgotten(ledger: Ledger, modules: tuple[str, ...]) -> Iterator[str]:
    listed = {path for formula in ledger.formulas.values() for path in formula.code}
    public = public_functions(modules)
    used = set()
    for name in public:
        excused = {pattern for pattern in ledger.not_formulas if fnmatchcase(name, pattern)}
        used |= excused
        if name in listed and excused:
            yield f"{name} has an entry and is also under `not_formulas`"
        elif name not in listed and not excused:
            yield f"{name} is public and in no entry: add a formula, or a reason under `not_formulas`"
    for pattern in ledger.not_formulas:
        if pattern not in used:
            yield f"`not_formulas` excuses {pattern}, which matches nothing public"
