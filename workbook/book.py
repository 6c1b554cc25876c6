"""Build the book's pages with Jupyter Book.

Notebooks are run first, by us, so that a cell that raises is named in one line; Jupyter Book then finds
every result in the cache. Sphinx itself always starts afresh: a page is never left over from before.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import yaml

from workbook import execution, paths
from workbook.errors import WorkbookError
from workbook.progress import say

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

# A change of any of these can change a computed number.
NUMERIC_PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "ipywidgets", "ipython", "ipykernel")


def build(target: Path = paths.BOOK, source: Path = paths.ROOT, work: Path | None = None) -> Path:
    """Build the book in `source` and put its pages into `target`, replacing what was there.

    `work` holds the execution cache and Jupyter Book's own files; by default a folder beside `target`.
    Raises WorkbookError, leaving `target` as it was, when a notebook raises or a page has any warning.
    """
    work = work or target.parent / f"{target.name}-work"
    work.mkdir(parents=True, exist_ok=True)
    config = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    cache = work / f"executed-{library_hash(source)}"
    _forget_other_caches(work, cache)
    config.setdefault("execute", {})["cache"] = str(cache)
    written = work / "_config.yml"
    written.write_text(yaml.safe_dump(config), encoding="utf-8")

    execution.run_pages(pages(source, config), source, cache, timeout=config["execute"].get("timeout", 30))

    say("building the pages")
    output = work / "_build"
    shutil.rmtree(output, ignore_errors=True)
    _run_jupyter_book(source, written, work)

    shutil.rmtree(target, ignore_errors=True)
    (output / "html").replace(target)
    return target


def pages(source: Path, config: dict) -> list[Path]:
    """The files of the table of contents, in its order.

    Raises WorkbookError for an entry without a file.
    """
    contents = yaml.safe_load((source / "_toc.yml").read_text(encoding="utf-8"))
    found = []
    for name in _entries(contents):
        # A learner's copy is the page; the text it is made from lies beside it under the same name.
        candidates = [source / f"{name}.ipynb", source / f"{name}.md"]
        page = next((path for path in candidates if path.is_file()), None)
        if page is None:
            raise WorkbookError(f"_toc.yml lists {name}, but there is no {name}.md or {name}.ipynb.")
        found.append(page)
    return found


def _entries(item: dict) -> Iterator[str]:
    for key in ("root", "file"):
        if key in item:
            yield item[key]
    for key in ("parts", "chapters", "sections"):
        for child in item.get(key, []):
            yield from _entries(child)


def library_hash(source: Path) -> str:
    """Twelve hexadecimal digits of what computed pages depend on besides their own code."""
    digest = hashlib.sha256()
    for folder in ("customer_value", "datasets"):
        for path in sorted((source / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(source).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    digest.update("".join(f"{name}={version(name)};" for name in NUMERIC_PACKAGES).encode())
    digest.update(f"python={sys.version_info[:2]}".encode())
    return digest.hexdigest()[:12]


def _forget_other_caches(work: Path, keep: Path) -> None:
    for cache in work.glob("executed-*"):
        if cache != keep:
            shutil.rmtree(cache)


def _run_jupyter_book(source: Path, config: Path, work: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(paths.ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "-W", "-q"]
    command += ["--config", str(config), "--path-output", str(work), str(source)]
    result = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    log = work / "jupyter-book.log"
    log.write_text(result.stdout + result.stderr, encoding="utf-8")
    if result.returncode != 0 or not (work / "_build" / "html" / "index.html").is_file():
        raise WorkbookError(f"The book was not built: {_first_complaint(result.stderr)} (all of it: {log})")


def _first_complaint(stderr: str) -> str:
    """The line of Sphinx's output that says what is wrong."""
    lines = [_COLOURS.sub("", line).strip() for line in stderr.splitlines()]
    lines = [line for line in lines if line]
    for index, line in enumerate(lines):
        if line.startswith(("Warning, treated as error:", "Sphinx error:", "Extension error", "Theme error:")):
            return " ".join(lines[index + 1 : index + 2])
    telling = [line for line in lines if "WARNING" in line or "ERROR" in line or "Error" in line]
    return (telling or lines or ["Jupyter Book stopped without a word"])[0]
