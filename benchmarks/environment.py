"""Virtual environments of the peers, apart from the project's own: their needs do not touch the workbook."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workbook import paths
from workbook.errors import WorkbookError
from workbook.progress import say

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Environment:
    """A folder, what is installed in it, and the lock of everything beneath."""

    folder: Path
    needed: Path
    lock: Path

    def python(self) -> str:
        """The interpreter of an environment that holds exactly the locked packages, made or renewed where needed.

        Raises WorkbookError when pip cannot install them.
        """
        stamp = self.folder / ".ready"
        wanted = hashlib.sha256(self.needed.read_bytes() + self.lock.read_bytes() + sys.version.encode()).hexdigest()
        interpreter = self.folder / "bin" / "python"
        if stamp.is_file() and stamp.read_text() == wanted:
            return str(interpreter)
        say(f"making the environment of the peers in {self.folder.name} (up to a gigabyte, some minutes)")
        subprocess.run([sys.executable, "-m", "venv", "--clear", self.folder], check=True)
        command = [interpreter, "-m", "pip", "install", "--quiet", "-r", self.needed, "-c", self.lock]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            last = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise WorkbookError(f"pip could not install the peers into {self.folder.name}: {last}")
        stamp.write_text(wanted)
        return str(interpreter)


MODELS = Environment(paths.ROOT / ".venv-bench", HERE / "requirements.txt", HERE / "constraints.txt")
GRADING = Environment(
    paths.ROOT / ".venv-bench-grading", HERE / "requirements-grading.txt", HERE / "constraints-grading.txt"
)
