"""What a reader can do in the book, page by page: the list that progress is counted against.

The site serves it as JSON, so that totals are known before any Python runs::

    {"schema": 1, "book": {"title": …, "version": …},
     "chapters": [{"title": …, "pages": [
        {"page": "chapters/02-heterogeneity/index", "title": …, "quiz": [key, …], "company": {form: [field, …]}},
        {"page": "chapters/02-heterogeneity/lab", "title": …, "lab": true, "guesses": [name, …]},
        {"page": "exercises/02-heterogeneity/exercise", "title": …, "exercise":
            {"slug": "02-heterogeneity", "points": 11, "questions": [{"qid", "title", "points", "kind"}, …]}}]}]}

The points of an exercise are those that its checks can give: a text (kind ``free``) is recorded, not judged.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from customer_value.checks import judging
from workbook import paths
from workbook.errors import WorkbookError
from workbook.exercises import SPECS

SCHEMA = 1


def version() -> str:
    """The version of the book, which is that of its library."""
    return tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def page(docname: str, title: str, inventory: Mapping[str, Any], specs: Path = SPECS) -> dict[str, Any] | None:
    """One page of the list; None for a page on which there is nothing to do.

    `inventory` is what its directives noted: ``quiz``, ``guesses`` and ``company``.
    Raises WorkbookError for an exercise whose checks were not generated.
    """
    found = {kind: inventory[kind] for kind in ("quiz", "guesses", "company") if inventory.get(kind)}
    path = PurePosixPath(docname)
    if path.parts[0] == "chapters" and path.name == "lab":
        found["lab"] = True
    if path.parts[0] == "exercises" and path.name == "exercise":
        found["exercise"] = exercise(path.parent.name, specs)
    return {"page": docname, "title": title, **found} if found else None


def exercise(slug: str, specs: Path = SPECS) -> dict[str, Any]:
    """Questions and points of one exercise, from what its checks know."""
    file = specs / f"{slug}.json"
    if not file.is_file():
        raise WorkbookError(f"exercises/{slug} has no {file.name}: run `python -m workbook exercises`.")
    questions = json.loads(file.read_text(encoding="utf-8"))["questions"]
    return {
        "slug": slug,
        "points": judging.checked_points(questions),
        "questions": [{key: question[key] for key in ("qid", "title", "points", "kind")} for question in questions],
    }


def course(title: str, chapters: Iterable[tuple[str, Iterable[dict[str, Any] | None]]]) -> dict[str, Any]:
    """The whole list from the chapters' titles and pages; chapters with nothing to do are left out."""
    kept = [{"title": name, "pages": [page for page in pages if page]} for name, pages in chapters]
    return {
        "schema": SCHEMA,
        "book": {"title": title, "version": version()},
        "chapters": [chapter for chapter in kept if chapter["pages"]],
    }
