"""A small made-up cohort that has handed in: to try `workbook grade` on one's own machine before the day.

Nobody's answers are in it: the right ones are the reference's, the wrong ones those its source declares.
"""

import copy
import json
from pathlib import Path

import nbformat

from workbook import exercises
from workbook.errors import WorkbookError
from workbook.exercises import source as sources
from workbook.grading.reference import load

LATE = "late"
_WEB_PAGE = "<!DOCTYPE html><html><body>Log in to see this file</body></html>"


def write(out: Path, slug: str, root: Path = exercises.EXERCISES) -> Path:
    """Nine files and a roster of ten, in ``out``: right, with slips, blank, with an error, a copy, no notebook at all.

    ``out/submissions`` holds what came in time, ``out/late`` a notebook to add afterwards.

    Raises ``WorkbookError`` for an unknown exercise or if ``out`` is not empty.
    """
    if out.exists() and any(out.iterdir()):
        raise WorkbookError(f"{out} is not empty: choose another folder.")
    reference = load(slug, root=root)
    right = {
        cell.id.removesuffix("-answer"): cell.source for cell in reference.solution.cells if cell.id.endswith("-answer")
    }
    slips = _slips(root / slug / "exercise.md", right, reference.names)
    first, second, *others = [question["qid"] for question in reference.questions if question["kind"] != "free"]
    answers = {
        "p01": right,
        "p02": right | _some(slips, {first: 0, second: 0}),
        "p04": right | _some(slips, {others[1]: 0, others[2]: 0}),
        "p05": {qid: right[qid] for qid in (first, others[1])},
        "p06": right | _some(slips, {first: 1, second: 1, others[2]: 1}),
        "p07": right | {second: right[second].replace(":", "", 1)},
        "p09": {},
    }
    answers["p03"] = answers["p02"] | {first: f"# my own work\n{answers['p02'][first]}"}
    folder = out / "submissions"
    for person, given in answers.items():
        _write(folder / person / "exercise.ipynb", _filled(reference.learner, given))
    _write(folder / "p08" / "exercise.ipynb", _WEB_PAGE)
    _write(folder / "p08" / "notes.txt", "My notes.\n")
    _write(out / LATE / "p10" / "exercise.ipynb", _filled(reference.learner, right | _some(slips, {first: 0})))
    people = "".join(f"p{number:02d},Participant {number},p{number:02d}@example.com\n" for number in range(1, 11))
    _write(out / "roster.csv", "id,name,email\n" + people)
    return out


def _slips(path: Path, right: dict[str, str], names: dict[str, str]) -> dict[str, list[str]]:
    """The answer cell of each declared wrong answer that a learner has to write, by question."""
    source = sources.read(path)
    found: dict[str, list[str]] = {}
    for _, check in source.checks:
        if check["kind"] == "free":
            continue
        qid = check["qid"]
        found[qid] = [
            "\n".join(
                [right[qid], *filter(None, [wrong.get("code", "").rstrip()]), f"{names[qid]} = {wrong['answer']}"]
            )
            for wrong in check["wrong"]
            if not wrong.get("untouched")
        ]
    return found


def _some(slips: dict[str, list[str]], chosen: dict[str, int]) -> dict[str, str]:
    return {qid: slips[qid][number % len(slips[qid])] for qid, number in chosen.items()}


def _filled(learner: nbformat.NotebookNode, answers: dict[str, str]) -> str:
    notebook = copy.deepcopy(learner)
    for cell in notebook.cells:
        qid = cell.id.removesuffix("-answer")
        if cell.id.endswith("-answer") and qid in answers:
            cell.source = answers[qid]
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
