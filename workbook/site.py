"""Build the whole site: Python for the browser, the live page's script, the book, JupyterLite."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml

from workbook import book, lite, live, paths, pyodide, stamps, wheels
from workbook.errors import WorkbookError
from workbook.progress import say

_PAGES = ("_config.yml", "_toc.yml", "chapters", "exercises")
_TEXTS = (
    "index.md",
    "how-to-use.md",
    "about-the-data.md",
    "notation.md",
    "notation.yml",
    "glossary.md",
    "glossary.yml",
    "CHANGELOG.md",
    "cite.md",
    "CITATION.cff",
    "colophon.md",
    "progress.md",
    "references.md",
    "references.bib",
    "ledger",
    "benchmarks/index.md",
    "workshop",
)
_BOOK = (
    *_PAGES,
    *_TEXTS,
    "benchmarks/results",
    "_assets",
    "workbook",
    "customer_value",
    "datasets",
    "constraints.txt",
    "pyproject.toml",
)
_LITE = (
    *_PAGES,
    "ledger",
    "workbook/entries.py",
    "workbook/ledger.py",
    "workbook/lite.py",
    "workbook/notebooks.py",
    "workbook/plain_markdown.py",
    "workbook/book.py",
)


def build() -> Path:
    """Bring every part up to date and put the finished site into place as a whole.

    Raises WorkbookError when a part fails; the last finished site is then still there, unchanged.
    """
    pyodide.obtain()
    wheels.build()
    wheels.extend_lock()
    live.build()
    _bring_up_to_date(book.build, paths.BOOK, _BOOK)
    _bring_up_to_date(lite.build, paths.LITE, _LITE)
    return assemble()


def _bring_up_to_date(build_part: Callable[[], Path], target: Path, inputs: Iterable[str]) -> None:
    stamp = stamps.fingerprint([paths.ROOT / name for name in inputs], paths.ROOT)
    if stamps.is_current(target, stamp):
        return
    stamps.forget(target)
    build_part()
    stamps.remember(target, stamp)


def assemble(
    target: Path = paths.SITE,
    pages: Path = paths.BOOK,
    parts: dict[str, Path] | None = None,
    source: Path = paths.ROOT,
) -> Path:
    """Copy the built parts into one folder, check it, and let it replace `target` in one step.

    `parts` maps the folders of the site to where they were built. Raises WorkbookError when a page of the
    table of contents or a part is missing.
    """
    parts = parts or {"pyodide": paths.PYODIDE, "live": paths.LIVE, "lite": paths.LITE}
    say("putting the site together")
    staging = target.with_name(f"{target.name}.new")
    replaced = target.with_name(f"{target.name}.old")
    for leftover in (staging, replaced):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        shutil.copytree(pages, staging)
        for name, folder in parts.items():
            shutil.copytree(folder, staging / name)
        # GitHub Pages would otherwise leave out every folder that begins with an underscore.
        (staging / ".nojekyll").touch()
        _check(staging, parts, source)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise WorkbookError(f"The site cannot be put together: {error}. Run `make site` again.") from None
    except WorkbookError:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    if target.exists():
        target.replace(replaced)
    staging.replace(target)
    shutil.rmtree(replaced, ignore_errors=True)
    return target


def _check(staging: Path, parts: Iterable[str], source: Path) -> None:
    config = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    wanted = [page.relative_to(source).with_suffix(".html").as_posix() for page in book.pages(source, config)]
    entries = {"pyodide": "pyodide.js", "live": "start.js", "lite": "notebooks/index.html"}
    wanted += [f"{name}/{entries[name]}" for name in parts if name in entries]
    if missing := [name for name in wanted if not (staging / name).is_file()]:
        raise WorkbookError(f"The built site lacks {', '.join(missing)}: delete _build and run `make site` again.")
