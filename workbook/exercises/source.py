"""Reading one source: its cells with stable ids, what each is for, and where a mistake is."""

import ast
import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jupytext
import yaml
from jupytext.myst import MystMetadataParsingError

from workbook.errors import WorkbookError
from workbook.paths import ROOT

Names = dict[str, Any]
_START = re.compile(r"^check = checks\.start\(.*\)$", flags=re.M)


@dataclass(frozen=True)
class Source:
    """One exercise as its author wrote it."""

    path: Path
    cells: list[Any]

    @property
    def slug(self) -> str:
        """Its folder's name."""
        return self.path.parent.name

    @property
    def checks(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Place and metadata of each check cell."""
        return ((index, cell.metadata["check"]) for index, cell in enumerate(self.cells) if "check" in cell.metadata)

    @property
    def answers(self) -> dict[str, int]:
        """Place of each question's answer cell."""
        return {
            cell.metadata["answer"]["qid"]: index for index, cell in enumerate(self.cells) if "answer" in cell.metadata
        }

    def mistake(self, index: int | None, reason: str) -> WorkbookError:
        """An author's mistake, with file, cell and reason."""
        where = "" if index is None else f", cell {index + 1}"
        return WorkbookError(f"{named(self.path)}{where}: {reason}.")

    def run(self, index: int, names: Names, code: str | None = None) -> None:
        """Run a cell's code (or ``code`` that belongs to it) in ``names``."""
        text = _START.sub("", self.cells[index].source if code is None else code)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(text, f"{named(self.path)} cell {index + 1}", "exec"), names)
        except Exception as error:
            raise self.mistake(index, f"it stops with {type(error).__name__}: {error}") from error

    def evaluate(self, index: int, expression: str, names: Names) -> Any:
        """The value of an expression in a cell's metadata."""
        try:
            return eval(expression, names)
        except Exception as error:
            raise self.mistake(index, f"`{expression}` stops with {type(error).__name__}: {error}") from error


def fresh_names(seed: int) -> Names:
    """What the first cell starts with. The checks of this very exercise may not exist yet: they stay silent."""
    silent = SimpleNamespace(progress=lambda: None, hint=lambda qid: None, seed=seed)
    return {"__name__": "__main__", "check": silent}


def read(path: Path) -> Source:
    """Read a source. Raises ``WorkbookError`` for metadata that is no YAML, without a qid, or with one twice."""
    try:
        notebook = jupytext.read(path, fmt="md:myst")
    except (yaml.YAMLError, MystMetadataParsingError) as error:
        reason = str(error).strip().splitlines()[0]
        raise WorkbookError(f"{named(path)}: the metadata of a cell is not valid YAML: {reason}") from None
    source = Source(path, notebook.cells)
    _give_ids(source)
    return source


def named(path: Path) -> str:
    """A path as a message shows it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def bound(code: str) -> set[str]:
    """Names that a cell's code binds at its top level."""
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
            return
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            return
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        for child in ast.iter_child_nodes(node):
            visit(child)

    with contextlib.suppress(SyntaxError):
        visit(ast.parse(code))
    return names


def _give_ids(source: Source) -> None:
    """Stable ids: they say what a cell is, and survive edits elsewhere in the source."""
    used: set[str] = set()
    for index, cell in enumerate(source.cells):
        check, answer = cell.metadata.get("check"), cell.metadata.get("answer")
        if check is not None or answer is not None:
            part = "check" if check is not None else "answer"
            meta = check if check is not None else answer
            if not isinstance(meta, dict) or not re.fullmatch(r"q[0-9]+", str(meta.get("qid", ""))):
                raise source.mistake(index, f"its `{part}` needs a `qid` such as q1")
            cell.id = f"{meta['qid']}-{part}"
        else:
            cell.id = f"{'code' if cell.cell_type == 'code' else 'text'}-{index:02d}"
        if cell.id in used:
            raise source.mistake(index, f"there is already a cell {cell.id}: give each question its own qid")
        used.add(cell.id)
