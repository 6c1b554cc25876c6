"""The virtual environment of the peers, apart from the project's own: their needs do not touch the workbook."""

import hashlib
import subprocess
import sys

from workbook import paths
from workbook.errors import WorkbookError
from workbook.progress import say

FOLDER = paths.ROOT / ".venv-bench"
_NEEDED = paths.ROOT / "benchmarks" / "requirements.txt"
_LOCK = paths.ROOT / "benchmarks" / "constraints.txt"


def python() -> str:
    """The interpreter of an environment that holds exactly the locked packages, made or renewed where needed.

    Raises WorkbookError when pip cannot install them.
    """
    stamp = FOLDER / ".ready"
    wanted = hashlib.sha256(_NEEDED.read_bytes() + _LOCK.read_bytes() + sys.version.encode()).hexdigest()
    interpreter = FOLDER / "bin" / "python"
    if stamp.is_file() and stamp.read_text() == wanted:
        return str(interpreter)
    say(f"making the environment of the peers in {FOLDER.name} (about a gigabyte, some minutes)")
    subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
    command = [interpreter, "-m", "pip", "install", "--quiet", "-r", _NEEDED, "-c", _LOCK]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise WorkbookError(f"pip could not install the peers into {FOLDER.name}: {last}")
    stamp.write_text(wanted)
    return str(interpreter)
