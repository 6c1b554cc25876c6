"""How long the book's own pages say they take, and how that time divides among their parts.

Every chapter states its minutes at the head of its text, its lab and its exercise. A text's time is divided among
its sections by their words, a lab's by its cells (and one more for the words of each section), an exercise's by
the points of its tasks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbook import paths
from workbook.errors import WorkbookError
from workbook.exercises import SPECS
from workbook.timings import reading_stated_in, stated_in

TEXT, LAB, EXERCISE = "text", "lab", "exercise"
_EXAMPLES = {
    TEXT: "Reading takes about 30 minutes",
    LAB: "About 50 minutes, no installation.",
    EXERCISE: "Eight tasks, 13 points, about 60 minutes.",
}


@dataclass(frozen=True)
class TimedPage:
    """A page with the minutes it asks for."""

    docname: str
    kind: str
    """``text``, ``lab`` or ``exercise``."""
    title: str
    minutes: int
    parts: dict[str, float]
    """Minutes of each section by its heading, or of each task by its qid; what stands before them is left out."""
    names: dict[str, str]
    """What a reader sees instead of the key: the heading itself, or the number and title of a task."""


def source_of(docname: str, root: Path = paths.ROOT) -> Path:
    """The text a page is written in.

    Raises ``WorkbookError`` if there is none.
    """
    path = root / f"{docname}.md"
    if not path.is_file():
        raise WorkbookError(f"there is no page {docname}")
    return path


def timed(docname: str, root: Path = paths.ROOT, specs: Path = SPECS) -> TimedPage:
    """The page's own time and that of its parts.

    Raises ``WorkbookError`` for a page that is not there, is no part of a chapter or does not say how long it takes.
    """
    text = source_of(docname, root).read_text(encoding="utf-8")
    kind = _kind(docname)
    minutes = reading_stated_in(text) if kind == TEXT else stated_in(text)
    if minutes is None:
        raise WorkbookError(f"{docname}.md does not say how long it takes, as in “{_EXAMPLES[kind]}”")
    title = next((line[2:].strip() for line, fenced in _lines(text) if line.startswith("# ") and not fenced), docname)
    if kind == EXERCISE:
        questions = json.loads((specs / f"{PurePosixPath(docname).parent.name}.json").read_text("utf-8"))["questions"]
        weights = {question["qid"]: question["points"] for question in questions}
        names = {q["qid"]: f"{q['qid'][1:]}. {q['title']}" for q in questions}
        whole = sum(weights.values())
    else:
        weights = dict(_sections(text, kind))
        whole = sum(weights.values())
        weights.pop("", None)
        names = {heading: heading for heading in weights}
    return TimedPage(
        docname, kind, title, minutes, {key: minutes * weight / whole for key, weight in weights.items()}, names
    )


def _kind(docname: str) -> str:
    path = PurePosixPath(docname)
    kinds = {("chapters", "index"): TEXT, ("chapters", "lab"): LAB, ("exercises", "exercise"): EXERCISE}
    kind = kinds.get((path.parts[0], path.name))
    if kind is None:
        raise WorkbookError(f"{docname} is no text, lab or exercise of a chapter")
    return kind


def _sections(text: str, kind: str) -> Iterator[tuple[str, int]]:
    """Weight of each section, the part before the first one under an empty heading."""
    heading, weight = "", 1
    for line, fenced in _lines(text):
        if line.startswith("## ") and not fenced:
            yield heading, weight
            heading, weight = line[3:].strip(), 1
        elif kind == LAB:
            weight += line.startswith("```{code-cell}")
        elif fenced != "code-cell":
            weight += len(line.split())
    yield heading, weight


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each line below the front matter, with the name of the fence it stands in (``code`` where it has none)."""
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    fence, name = "", ""
    for line in body.splitlines():
        ticks = re.match(r"`{3,}", line)
        if fence and ticks and ticks[0] == line.rstrip() and len(ticks[0]) >= len(fence):
            yield line, name
            fence, name = "", ""
        elif not fence and ticks:
            fence = ticks[0]
            directive = re.match(r"\{([\w-]+)\}", line[len(fence) :])
            name = directive[1] if directive else "code"
            yield line, name
        else:
            yield line, name
