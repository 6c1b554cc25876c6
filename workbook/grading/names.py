"""Whether a cell may change what other cells are given: then one mistake could spoil another answer."""

import ast
from collections.abc import Iterable

_REACHES_OUT = {"setattr", "delattr", "exec", "eval", "globals", "locals", "vars", "get_ipython", "__import__"}
_CHANGES_IN_PLACE = {"append", "clear", "extend", "insert", "pop", "remove", "setdefault", "sort", "update"}


class Given:
    """The names that the given cells of a notebook make."""

    def __init__(self, sources: Iterable[str]) -> None:
        found = [_looked_through(source) for source in sources]
        self._names = {name for one in found for name in one.changed}
        self._modules = {name for one in found for name in one.imported}

    def may_be_changed_by(self, source: str) -> bool:
        """Whether ``source`` may change one of them, or a module or the shell underneath.

        What a function calls its own, its arguments and variables, changes nothing outside it. A true answer for
        code that does no harm costs one more run of a wrong answer, nothing else.
        """
        found = _looked_through(source)
        objects = self._names - self._modules
        return found.reaches_out or bool(found.changed & self._names or found.called_on & objects)


def _looked_through(source: str) -> "_Changes":
    found = _Changes()
    try:
        found.visit(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Changes()
    return found


class _Changes(ast.NodeVisitor):
    def __init__(self) -> None:
        self.changed: set[str] = set()
        """Names it binds, or whose items or attributes it sets."""
        self.called_on: set[str] = set()
        """Names with a method called that changes them in place."""
        self.reaches_out = False
        """Whether it changes something that it imported, or by means that do not show what is changed."""
        self.imported: set[str] = set()
        self._own: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.reaches_out |= node.id in _REACHES_OUT
        else:
            self._note(node.id)

    def visit_Subscript(self, node: ast.Subscript | ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            name = _base(node)
            self.reaches_out |= name is None or name in self.imported
            if name is not None:
                self._note(name)
        self.generic_visit(node)

    visit_Attribute = visit_Subscript

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            name = _base(node.func)
            in_place = any(keyword.arg == "inplace" for keyword in node.keywords)
            if name is not None and name not in self._own and (in_place or node.func.attr in _CHANGES_IN_PLACE):
                self.called_on.add(name)
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        self.imported.add(_name(node))
        self._note(_name(node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._note(node.name)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._note(node.name)
        self._function(node, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def _note(self, name: str) -> None:
        if name not in self._own:
            self.changed.add(name)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: Iterable[ast.AST]) -> None:
        inside = [part for top in body for part in ast.walk(top)]
        shared = {name for part in inside if isinstance(part, (ast.Global, ast.Nonlocal)) for name in part.names}
        own = {part.id for part in inside if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
        own |= {_name(part) for part in inside if isinstance(part, ast.alias)}
        own |= {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
        outer, self._own = self._own, self._own | (own - shared)
        self.generic_visit(node)
        self._own = outer


def _name(node: ast.alias) -> str:
    return (node.asname or node.name).partition(".")[0]


def _base(node: ast.expr) -> str | None:
    """``year`` of ``year["revenue"].values``; ``None`` where there is no name at the beginning."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
