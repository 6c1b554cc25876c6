"""Which names of the notebook a cell changes: whoever overwrites what is given may have spoilt another answer."""

import ast
from collections.abc import Sequence


def assigned(source: str) -> set[str]:
    """Names of the notebook that ``source`` binds, or whose items or attributes it sets.

    What a function calls its own, its arguments and variables, changes nothing outside it.
    """
    try:
        found = _Assigned()
        found.visit(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return found.names


class _Assigned(ast.NodeVisitor):
    def __init__(self) -> None:
        self.names: set[str] = set()
        self._own: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bound(node.id)

    def visit_Subscript(self, node: ast.Subscript | ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store):
            base = node.value
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            if isinstance(base, ast.Name):
                self._bound(base.id)
        self.generic_visit(node)

    visit_Attribute = visit_Subscript

    def visit_alias(self, node: ast.alias) -> None:
        self._bound(_imported(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bound(node.name)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bound(node.name)
        self._function(node, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def _bound(self, name: str) -> None:
        if name not in self._own:
            self.names.add(name)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: Sequence[ast.AST]) -> None:
        inside = [part for top in body for part in ast.walk(top)]
        shared = {name for part in inside if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names}
        own = {part.id for part in inside if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
        own |= {_imported(part) for part in inside if isinstance(part, ast.alias)}
        own |= {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
        outer, self._own = self._own, self._own | (own - shared)
        self.generic_visit(node)
        self._own = outer


def _imported(node: ast.alias) -> str:
    return (node.asname or node.name).partition(".")[0]
