"""What an edition of the book is made of and with: facts that the build states and nobody types."""

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import yaml

from workbook import course, dataset_cards, glossary, ledger, paths, pyodide
from workbook.errors import WorkbookError
from workbook.exercises import SPECS

CITATION = paths.ROOT / "CITATION.cff"
PACKAGES = (
    "numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "jupyter-book", "sphinx", "myst-nb", "sphinx-book-theme",
    "jupyterlite-core",
)  # fmt: skip
_NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)


def date(root: Path = paths.ROOT) -> str:
    """The day of the sources, for a reader: that of SOURCE_DATE_EPOCH if it is set, else of the last commit.

    Never the day of the build, so that a build can be repeated.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not seconds:
        command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        try:
            seconds = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        except OSError:
            seconds = ""
        if not seconds:
            return "a day that is not recorded"
    if not seconds.isdigit():
        raise WorkbookError(f"SOURCE_DATE_EPOCH is {seconds!r}: it is a number of seconds since 1970.")
    day = datetime.fromtimestamp(int(seconds), UTC)
    return f"{day.day} {day:%B %Y}"


def in_words(number: int) -> str:
    """A small number as a word, others in digits."""
    words = _NUMBERS.split()
    return words[number] if 0 <= number < len(words) else str(number)


def facts(root: Path = paths.ROOT) -> dict[str, str]:
    """What is known of the book in the folder `root` without its pages, by name."""
    tasks = [json.loads(file.read_text(encoding="utf-8"))["questions"] for file in _exercises(root)]
    return {
        "version": course.version(),
        "date": date(root),
        "formulas": str(len(ledger.read(root / "ledger" / "formulas.yml").formulas)),
        "terms": str(len(glossary.read(root / "glossary.yml").terms)),
        "datasets": str(len(dataset_cards.names())),
        "exercises": str(len(tasks)),
        "tasks": str(sum(map(len, tasks))),
        "python": python_version(),
        "pyodide": pyodide.VERSION,
        **{name: version(name) for name in PACKAGES},
    }


def _exercises(root: Path) -> list[Path]:
    slugs = sorted(path.parent.name for path in root.glob("exercises/*/exercise.md"))
    return [SPECS / f"{slug}.json" for slug in slugs]


def citation(path: Path = CITATION) -> Mapping[str, Any]:
    """The content of ``CITATION.cff``.

    Raises WorkbookError where a field that a citation needs is missing, or its version is not the book's.
    """
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in ("cff-version", "message", "title", "authors", "version", "license"):
        if not said.get(name):
            raise WorkbookError(f"{path} has no `{name}`.")
    if said["version"] != course.version():
        raise WorkbookError(f"{path} is about version {said['version']}, but the book is version {course.version()}.")
    return said


def reference(said: Mapping[str, Any], year: str) -> str:
    """The book as one line of a list of references."""
    authors = ", ".join(author["name"] for author in said["authors"])
    return f"{authors} ({year}). {said['title']}, version {said['version']}."


def bibtex(said: Mapping[str, Any], year: str) -> str:
    """The book as an entry for BibTeX; braces keep the author's name in one piece."""
    authors = " and ".join(f"{{{author['name']}}}" for author in said["authors"])
    return (
        f"@misc{{customer_value_workbook,\n  author = {{{authors}}},\n  title = {{{said['title']}}},\n"
        f"  year = {{{year}}},\n  note = {{Version {said['version']}}}\n}}"
    )
