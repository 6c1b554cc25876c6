"""What a room will get wrong: the wrong answers that the exercises declare, sorted for a person who teaches.

Only what a learner is told is taken, never the answer itself: the build of an exercise refuses a message that
gives the right answer away.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml

from workbook import paths
from workbook.errors import WorkbookError
from workbook.exercises import SPECS
from workbook.timed_pages import timed

THOUGHT, FORM, UNTOUCHED = "thought", "form", "untouched"
_FORM = re.compile(
    r"\b(per ?cent(ages?)?|sign|rounded|rounding|whole (dollars|euros|numbers)|cents|swapped|upside down"
    r"|turned round|in dollars|in euros|ends are)\b",
    re.I,
)
_KEYS = ("expect", "because", "ask")


@dataclass(frozen=True)
class Slip:
    """One declared wrong answer, as the learner is told of it."""

    kind: str
    """``thought``; ``form`` for a unit, a sign or rounding; ``untouched`` for what stood there before."""
    says: str


@dataclass(frozen=True)
class Task:
    """A question and the slips to expect."""

    qid: str
    title: str
    points: int
    free: bool
    slips: tuple[Slip, ...]


@dataclass(frozen=True)
class Chapter:
    """An exercise and what stands behind its slips."""

    slug: str
    page: str
    title: str
    tasks: tuple[Task, ...]
    behind: tuple[dict[str, str], ...]
    """Two or three ideas that explain most of them: ``expect``, ``because`` and ``ask``."""


def chapters(pages: Collection[str], notes: Path, root: Path = paths.ROOT, specs: Path = SPECS) -> list[Chapter]:
    """Every exercise among ``pages``, in their order, with the notes on it if there are any.

    Raises ``WorkbookError`` for notes that lack something or an exercise without checks.
    """
    written = _notes(notes)
    found = []
    for docname in pages:
        path = PurePosixPath(docname)
        if path.parts[0] != "exercises" or path.name != "exercise":
            continue
        slug = path.parent.name
        file = specs / f"{slug}.json"
        if not file.is_file():
            raise WorkbookError(f"exercises/{slug} has no {file.name}: run `python -m workbook exercises`.")
        questions = json.loads(file.read_text(encoding="utf-8"))["questions"]
        found.append(
            Chapter(
                slug,
                docname,
                timed(f"chapters/{slug}/index", root).title
                if (root / f"chapters/{slug}/index.md").is_file()
                else timed(docname, root, specs).title,
                tuple(_task(question) for question in questions),
                tuple(written.get(slug, ())),
            )
        )
    return found


def _task(question: dict) -> Task:
    slips = tuple(
        Slip(UNTOUCHED if wrong.get("untouched") else FORM if _is_form(wrong["says"]) else THOUGHT, wrong["says"])
        for wrong in question["wrong"]
    )
    return Task(question["qid"], question["title"], question["points"], question["kind"] == "free", slips)


def _is_form(says: str) -> bool:
    """Whether the diagnosis, which comes first, is about a unit, a sign or rounding."""
    return bool(_FORM.search(re.split(r"(?<=[.:?])\s", says, maxsplit=1)[0]))


def _notes(path: Path) -> dict[str, list[dict[str, str]]]:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    for slug, entries in raw.items():
        for number, entry in enumerate(entries, start=1):
            if set(entry) != set(_KEYS):
                raise WorkbookError(f"{path.name}: note {number} on {slug} needs {', '.join(_KEYS)} and nothing else.")
    return raw
