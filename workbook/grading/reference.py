"""What a submission is compared with: the pristine notebook, the executed reference and its questions."""

import difflib
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from workbook import exercises
from workbook.errors import WorkbookError

RULES = 2
"""Raise it when the same submission may get another grade than before: stored results are then not reused."""


@dataclass(frozen=True)
class Reference:
    """One exercise, for one seed of its fresh inputs."""

    slug: str
    seed: int
    learner: nbformat.NotebookNode = field(repr=False)
    solution: nbformat.NotebookNode = field(repr=False)
    questions: list[dict[str, Any]] = field(repr=False)
    fingerprint: str = ""

    @property
    def stubs(self) -> dict[str, str]:
        """What stands in each answer cell before the learner begins."""
        return {
            cell.id.removesuffix("-answer"): cell.source
            for cell in self.learner.cells
            if cell.cell_type == "code" and cell.id.endswith("-answer")
        }

    @property
    def names(self) -> dict[str, str]:
        """The variable or function each question asks for."""
        return {question["qid"]: question["name"] for question in self.questions}

    @property
    def points(self) -> int:
        """Points of all questions."""
        return sum(question["points"] for question in self.questions)


def load(slug: str, seed: int = 0, root: Path = exercises.EXERCISES) -> Reference:
    """The exercise ``slug``; with a seed other than 0 its reference is run again on that cohort's fresh inputs.

    Raises ``WorkbookError`` for an unknown exercise or one whose files are out of step with their source.
    """
    source = root / slug / "exercise.md"
    if not source.is_file():
        known = [path.parent.name for path in exercises.sources(root)]
        near = difflib.get_close_matches(slug, known, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise WorkbookError(f"There is no exercise {slug!r}.{meant} Known: {', '.join(known)}.")
    folder = source.parent
    stale = exercises.out_of_step(source)
    if stale:
        listed = ", ".join(stale)
        raise WorkbookError(f"Out of step with {slug}/exercise.md: {listed}. Run `python -m workbook exercises`.")
    built = exercises.build(source, seed)
    text = (folder / "solution.ipynb").read_text(encoding="utf-8")
    if seed:
        text = exercises.execute(built.reference, folder, seed)
    marks = hashlib.sha256("\n".join([str(RULES), built.learner, text, built.spec]).encode()).hexdigest()
    return Reference(
        slug=slug,
        seed=seed,
        learner=nbformat.reads(built.learner, as_version=4),
        solution=nbformat.reads(text, as_version=4),
        questions=json.loads(built.spec)["questions"],
        fingerprint=marks,
    )
