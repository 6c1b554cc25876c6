"""The learner's answers in the pristine notebook: whatever else was changed does not count, and is noted."""

import ast
import hashlib
import json
import re
import warnings
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbval.plugin import comment_markers

from workbook.grading.reference import Reference

_MOST_CELLS = 500
_MOST_SOURCE = 200_000


class Unreadable(ValueError):
    """Not a notebook of this exercise; the text says why, for the gradebook."""


@dataclass
class Answers:
    """What a learner wrote: answers by question, further cells by the pristine cell they follow, and notes."""

    by_question: dict[str, str]
    extra: list[tuple[str | None, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def attempted(self, reference: Reference) -> set[str]:
        """Questions whose answer differs from the stub in more than spaces and comments."""
        return {
            qid for qid, source in self.by_question.items() if normalised(source) != normalised(reference.stubs[qid])
        }

    def fingerprint(self, reference: Reference) -> str | None:
        """The same for the same answers, however spaced and commented; ``None`` without an attempt."""
        attempted = sorted(self.attempted(reference))
        if not attempted:
            return None
        text = json.dumps([(qid, normalised(self.by_question[qid])) for qid in attempted])
        return hashlib.sha256(text.encode()).hexdigest()


def read(data: bytes) -> nbformat.NotebookNode:
    """A notebook from its bytes, any format version; outputs are thrown away.

    Raises ``Unreadable``.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable(_what_else(data)) from None
    if not isinstance(raw, dict) or ("cells" not in raw and "worksheets" not in raw):
        raise Unreadable("not a notebook: the file has no cells")
    _forget_outputs(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(json.dumps(raw), as_version=4)
    except Exception as error:
        # nbformat raises whatever a malformed part leads to.
        raise Unreadable(f"not a valid notebook ({type(error).__name__})") from None
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) and "cell_type" in cell for cell in cells):
        raise Unreadable("not a valid notebook: its cells are damaged")
    for cell in cells:
        source = cell.get("source", "")
        cell["source"] = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if not isinstance(cell.get("metadata"), dict):
            cell["metadata"] = nbformat.NotebookNode()
    return notebook


def answers(notebook: nbformat.NotebookNode, reference: Reference) -> Answers:
    """The learner's answers, found by cell id, else by the question in the metadata, else by what a cell defines.

    Raises ``Unreadable`` for the notebook of another exercise.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if len(cells) > _MOST_CELLS:
        raise Unreadable(f"{len(cells):,} code cells; at most {_MOST_CELLS} are read")
    _refuse_other(cells, reference)
    pristine = {cell.id: cell for cell in reference.learner.cells if cell.cell_type == "code"}
    found: dict[str, str] = {}
    notes: list[str] = []
    owner: dict[int, str] = {}
    for position, cell in enumerate(cells):
        qid = _question_by_id(cell, reference)
        if qid is None:
            continue
        owner[position] = qid
        if qid in found and normalised(cell.source) != normalised(found[qid]):
            notes.append(f"{qid} is answered in two cells: the last one counts")
        found[qid] = cell.source
    missing = [qid for qid in reference.stubs if qid not in found]
    for qid in missing:
        position = _defining(cells, reference.names[qid], owner)
        if position is not None:
            owner[position] = qid
            found[qid] = cells[position].source
            notes.append(f"the answer cell of {qid} had lost its id: it was found by what it defines")
    for qid in reference.stubs:
        if qid not in found:
            notes.append(f"the answer cell of {qid} is missing")
    extra = _extras(cells, owner, pristine, reference, notes)
    sources = {}
    for qid, source in found.items():
        sources[qid], changed = without_markers(source[:_MOST_SOURCE])
        if changed:
            notes.append(f"a marker for the checking tool was taken out of the answer of {qid}")
    return Answers(sources, extra, notes)


def assembled(
    reference: Reference,
    by_question: dict[str, str],
    extra: list[tuple[str | None, str]],
    until: str | None = None,
) -> nbformat.NotebookNode:
    """The pristine notebook with these answers; questions that are left out keep their stub.

    ``until`` names the last cell that is kept, if not all are.
    """
    notebook = deepcopy(reference.learner)
    cells = []
    after: dict[str | None, list[str]] = {}
    for place, source in extra:
        after.setdefault(place, []).append(source)
    number = 0

    def add(place: str | None) -> None:
        nonlocal number
        for source in after.get(place, []):
            number += 1
            cell = nbformat.v4.new_code_cell(without_markers(source)[0])
            cell.id = f"extra-{number}"
            cells.append(cell)

    add(None)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        qid = cell.metadata.get("qid")
        if qid in by_question and cell.id == f"{qid}-answer":
            cell.source = by_question[qid]
            cell.metadata = nbformat.NotebookNode()
        cells.append(cell)
        if cell.id == until:
            break
        add(cell.id)
    notebook.cells = cells
    return notebook


def normalised(source: str) -> str:
    """Python without its comments and spacing; other text without spaces at its ends."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.strip()


def without_markers(source: str) -> tuple[str, bool]:
    """``source`` without the comments by which nbval would skip a cell or not compare it."""
    lines = source.splitlines(keepends=True)
    kept = [line for line in lines if line.strip().lstrip("#").strip() not in comment_markers or "#" not in line]
    return "".join(kept), len(kept) != len(lines)


def _forget_outputs(raw: dict[str, Any]) -> None:
    sheets = raw.get("worksheets")
    groups = [raw.get("cells")] + [sheet.get("cells") for sheet in sheets or [] if isinstance(sheet, dict)]
    for cells in groups:
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                if "outputs" in cell:
                    cell["outputs"] = []
                cell.pop("attachments", None)


def _what_else(data: bytes) -> str:
    if not data.strip():
        return "the file is empty"
    if data[:2] == b"PK":
        return "not a notebook: a zip archive with another name"
    if data.lstrip()[:1] in (b"{", b"["):
        return "the notebook is damaged or only half written (it is not complete JSON)"
    if data.lstrip()[:1] == b"<":
        return "not a notebook: a web page saved under that name"
    return "not a notebook (it is not JSON)"


def _refuse_other(cells: list[Any], reference: Reference) -> None:
    text = "\n".join(cell.source for cell in cells)
    started = re.findall(r"checks\.start\(\s*[\"']([^\"']+)[\"']", text)
    if started and reference.slug not in started:
        raise Unreadable(f"the notebook of another exercise, {started[0][:60]}")
    known = {cell.id for cell in reference.learner.cells}
    if not started and not any(cell.get("id") in known or _question_by_id(cell, reference) for cell in cells):
        names = reference.names.values()
        if not any(_defines(cell.source, name) for cell in cells for name in names):
            raise Unreadable(f"no cell of the exercise {reference.slug} is in it")


def _question_by_id(cell: Any, reference: Reference) -> str | None:
    identifier = str(cell.get("id", ""))
    if identifier.endswith("-answer") and identifier.removesuffix("-answer") in reference.stubs:
        return identifier.removesuffix("-answer")
    qid, tags = cell.metadata.get("qid"), cell.metadata.get("tags")
    if isinstance(qid, str) and qid in reference.stubs and isinstance(tags, list) and "answer" in tags:
        return qid
    return None


def _defines(source: str, name: str) -> bool:
    return re.search(rf"^(?:def {name}\b|{name}\s*(?::[^=\n]*)?=[^=])", source, flags=re.M) is not None


def _defining(cells: list[Any], name: str, owner: dict[int, str]) -> int | None:
    places = [i for i, cell in enumerate(cells) if i not in owner and _defines(cell.source, name)]
    return places[-1] if places else None


def _extras(
    cells: list[Any], owner: dict[int, str], pristine: dict[str, Any], reference: Reference, notes: list[str]
) -> list[tuple[str | None, str]]:
    """Cells of the learner's own, each with the pristine cell it stands behind."""
    extra: list[tuple[str | None, str]] = []
    same = {normalised(cell.source): identifier for identifier, cell in pristine.items()}
    place: str | None = None
    order: list[int] = []
    rank = {identifier: index for index, identifier in enumerate(pristine)}
    for position, cell in enumerate(cells):
        identifier = str(cell.get("id", ""))
        if position in owner:
            place = f"{owner[position]}-answer"
        elif identifier in pristine or normalised(cell.source) in same:
            known = identifier if identifier in pristine else same[normalised(cell.source)]
            if normalised(cell.source) != normalised(pristine[known].source):
                what = "check" if known.endswith("-check") else "given"
                notes.append(f"the {what} cell {known} had been changed: the original was used")
            place = known
        elif cell.source.strip():
            if _is_check(cell.source):
                notes.append("a check cell of the learner's own was left out")
            else:
                extra.append((place, cell.source[:_MOST_SOURCE]))
            continue
        else:
            continue
        order.append(rank[place])
    if order != sorted(order):
        notes.append("the cells were in another order: the original order was used")
    gone = [identifier for identifier in pristine if identifier.endswith("-check")]
    held = {str(cell.get("id", "")) for cell in cells} | {same.get(normalised(cell.source)) for cell in cells}
    lost = [identifier.removesuffix("-check") for identifier in gone if identifier not in held]
    if lost:
        notes.append(f"deleted checks were put back: {', '.join(lost)}")
    if extra:
        notes.append(f"{len(extra)} further cell(s) were kept")
    return extra


def _is_check(source: str) -> bool:
    return re.fullmatch(r"\s*check\(.*\)\s*", source, flags=re.S) is not None
