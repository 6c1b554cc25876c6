"""Which package archives a page needs, told from the imports in its code and in ``customer_value``."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from workbook import paths

OURS = "customer_value"


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported: not those inside functions."""
    for statement in body:
        yield statement
        for inner in ("body", "orelse", "finalbody"):
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from _statements(getattr(statement, inner, []))
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)


def imported_at_once(source: str) -> set[str]:
    """Dotted names a module imports as soon as it is imported itself."""
    names: set[str] = set()
    for statement in _statements(ast.parse(source).body):
        if isinstance(statement, ast.Import):
            names.update(alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            names.add(statement.module)
            names.update(f"{statement.module}.{alias.name}" for alias in statement.names)
    return names


def _own_modules(folder: Path) -> dict[str, set[str]]:
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = imported_at_once(path.read_text(encoding="utf-8"))
    return modules


def archives_by_import(
    top_level: Mapping[str, str], needs: Mapping[str, Sequence[str]], library: Path = paths.ROOT / OURS
) -> dict[str, list[str]]:
    """For each importable name the archives its import needs, in the order to unpack them.

    ``top_level`` maps import names to archives (``{"pandas": "data", …}``), ``needs`` an archive to those
    that must be there before it. The result has every top-level name and every public module directly in
    our library, whose own imports are followed: ``customer_value.plots`` needs ``plot``.
    """
    modules = _own_modules(library)

    def reach(name: str, seen: set[str]) -> set[str]:
        top = name.split(".")[0]
        archives = {top_level[top]} if top in top_level else set()
        parents = {".".join(name.split(".")[:i]) for i in range(1, name.count(".") + 2)}
        for module in sorted((parents & modules.keys()) - seen):
            seen.add(module)
            for imported in sorted(modules[module]):
                archives |= reach(imported, seen)
        return archives

    def in_order(archives: set[str]) -> list[str]:
        ordered: list[str] = []
        for archive in sorted(archives):
            ordered += [each for each in [*in_order(set(needs[archive])), archive] if each not in ordered]
        return ordered

    found = {name: in_order({archive}) for name, archive in top_level.items()}
    for module in modules:
        if module.count(".") <= 1 and "._" not in module:
            found[module] = in_order(reach(module, set()))
    return found
