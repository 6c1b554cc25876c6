"""The workers seen from the run: started, asked, and ended when they take too long."""

import json
import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.models.tasks import NAMES
from workbook import paths

LIMIT = 900.0
"""Seconds after which a request counts as failed."""


class WorkerError(RuntimeError):
    """A library could not do what it was asked; the message says why."""


class Process:
    """A worker of one library; it is started again after it was lost."""

    def __init__(self, library: str, python: str, folder: Path, limit: float = LIMIT) -> None:
        self.library, self.python, self.limit = library, python, limit
        self.log = folder / f"{library}.log"
        self.log.unlink(missing_ok=True)
        self.environment = os.environ | {
            "PYTHONPATH": str(paths.ROOT),
            "PYTHONWARNINGS": "ignore",
            # Compiled models stay in the project's folder of built files.
            "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        }
        self.running: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def ask(self, **request: Any) -> dict[str, Any]:
        """The worker's answer; WorkerError when there is none, or when it tells of an error."""
        running = self._start()
        late = threading.Timer(self.limit, running.kill)
        late.start()
        try:
            running.stdin.write(json.dumps(request) + "\n")
            running.stdin.flush()
            line = running.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            late.cancel()
        if not line:
            self.end()
            words = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise WorkerError(f"{NAMES[self.library]} ended without an answer ({words[-1] if words else 'killed'})")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(f"{NAMES[self.library]}: {answer['error']}")
        return answer

    def end(self) -> None:
        """Stop the worker, if there is one."""
        if self.running is not None:
            self.running.kill()
            self.running.communicate()
            self.running = None

    def _start(self) -> subprocess.Popen[str]:
        if self.running is None:
            command = [self.python, "-m", "benchmarks.models.worker", self.library]
            with self.log.open("a") as log:
                self.running = subprocess.Popen(
                    command,
                    cwd=paths.ROOT,
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
        return self.running
