"""The system's Chromium, closed in: it reaches this machine and nothing else."""

import os
import shutil

from workbook.errors import WorkbookError

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
]


def executable() -> str:
    """Path of Chromium; the environment variable CHROMIUM names another one than the system's.

    Raises
    ------
    WorkbookError
        If there is none.
    """
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise WorkbookError("No Chromium found: run `make chromium`, which installs it, or set CHROMIUM to its path.")
    return found
