"""Runs prepared notebooks one after another, each with a fresh kernel, and watches what they use."""

import ast
import contextlib
import gc
import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

from workbook.errors import WorkbookError
from workbook.grading import kernel, nbval_run, sandbox
from workbook.grading.limits import Limits
from workbook.paths import ROOT

_TICK = 0.1
_PATIENCE = kernel.GRACE + 5
"""Seconds beyond a cell's own after which the process that runs it is not waited for: it should have seen to that."""


@dataclass
class CellResult:
    """How one cell went: passed, failed (another answer), error, timeout; hung or dead if it took the kernel along."""

    status: str
    printed: str = ""
    reason: str = ""


@dataclass
class Run:
    """One run of a notebook: what is known of each cell, in the order in which they ran."""

    cells: dict[str, CellResult]
    stopped: str | None = None
    """Why the run was cut off, if it was; the last cell in ``cells`` was the one at work."""


class Runner:
    """Grades in this process's children. Use as a context manager: leaving ends everything it started."""

    def __init__(self, solution: nbformat.NotebookNode, *, sandboxed: bool, limits: Limits, seed: int = 0) -> None:
        self._reference = nbval_run.reference_cells(solution)
        self._modules = _imports(solution)
        self._sandboxed, self._limits = sandboxed, limits
        self._grading = {"CUSTOMER_VALUE_CHECKS": "grading", "CUSTOMER_VALUE_SEED": str(seed)}
        self._zygote: subprocess.Popen | None = None
        self._channel: socket.socket | None = None
        self._child: int | None = None

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End everything that was started here."""
        self._end_child()
        self._end_zygote()

    def run(self, notebook: nbformat.NotebookNode, seconds: float) -> Run:
        """Run ``notebook`` for at most ``seconds``."""
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grade-")))
            path = folder / "notebook.ipynb"
            nbformat.write(notebook, path)
            environment = sandbox.environment() | self._grading
            if self._sandboxed:
                box = stack.enter_context(sandbox.opened(self._limits))
                where = kernel.Launch(self._limits, folder, environment, box, self._ready())
            else:
                home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grade-")))
                environment |= dict.fromkeys(("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "TMPDIR"), str(home))
                where = kernel.Launch(self._limits, home, environment, None, self._ready())
            return self._watched(path, where, seconds)

    def _watched(self, path: Path, where: kernel.Launch, seconds: float) -> Run:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            os.setpgid(0, 0)
            sandbox.die_with_parent()
            # What was there before the fork need not be looked through, nor its memory copied, when garbage is.
            gc.freeze()
            with os.fdopen(write, "w", encoding="utf-8") as pipe:

                def tell(news: dict) -> None:
                    pipe.write(json.dumps(news) + "\n")
                    pipe.flush()

                nbval_run.run(path, self._reference, where, tell)
            os._exit(0)
        os.close(write)
        self._child = pid
        complete = False
        try:
            run = self._follow(read, where, seconds)
            complete = run.stopped is None
            return run
        finally:
            os.close(read)
            self._end_child()
            if not complete and where.sandbox is None:
                # The kernel is the zygote's child and ends with it.
                self._end_zygote()

    def _follow(self, pipe: int, where: kernel.Launch, seconds: float) -> Run:
        run, end, held = Run({}), time.monotonic() + seconds, bytearray()
        look, excess, due = 0.0, "", math.inf
        while True:
            if select.select([pipe], [], [], _TICK)[0]:
                piece = os.read(pipe, 1 << 16)
                held += piece
                if b"\n" in piece:
                    *lines, held = held.split(b"\n")
                    for line in lines:
                        self._note(run, json.loads(line))
                    due = time.monotonic() + self._limits.cell_timeout + _PATIENCE if _at_work(run) else math.inf
                if not piece:
                    if _at_work(run):
                        run.stopped = "what ran it ended"
                    break
                if _silent(run):
                    run.stopped = "Python no longer answered"
                    break
            now = time.monotonic()
            if now > end:
                run.stopped = f"the time for one submission, {self._limits.wall:g} seconds, was over"
                break
            if now > due:
                run.stopped = f"ran longer than {self._limits.cell_timeout:g} seconds"
                late = _at_work(run)
                late.status, late.reason = "hung", run.stopped
                break
            if where.sandbox is not None and now >= look:
                look = now + _TICK
                if excess := self._excess(where.sandbox):
                    where.sandbox.kill()
                    run.stopped = excess
                    break
        if run.stopped and run.cells:
            last = run.cells[next(reversed(run.cells))]
            # What uses too much may have been started by a cell that is over.
            if last.status == "running" or excess:
                last.status, last.reason = "dead", run.stopped
        return run

    @staticmethod
    def _note(run: Run, news: dict) -> None:
        cell = news.pop("cell")
        if cell is None:
            run.stopped = run.stopped or f"no kernel: {news['reason']}"
        else:
            run.cells[cell] = CellResult(**news)

    def _excess(self, box: sandbox.Sandbox) -> str | None:
        threads, megabytes = sandbox.usage(box)
        if threads > self._limits.processes:
            return f"more than {self._limits.processes} processes"
        if megabytes > self._limits.memory:
            return f"more than {self._limits.memory:,} MB of memory"
        return None

    def _ready(self) -> socket.socket:
        """The zygote's socket; a zygote that has gone is replaced."""
        if self._zygote is None or self._zygote.poll() is not None:
            self._end_zygote()
            self._channel, other = socket.socketpair()
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "workbook.grading.zygote", str(other.fileno()), *self._modules],
                pass_fds=[other.fileno()],
                cwd=ROOT,
                env=sandbox.environment() | {"PATH": os.environ.get("PATH", "")},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            other.close()
            self._channel.settimeout(60)
            if self._channel.recv(6) != b"ready\n":
                raise WorkbookError("Python for grading did not start. Try `python -m workbook doctor`.")
        return self._channel

    def _end_child(self) -> None:
        pid, self._child = self._child, None
        if pid is not None:
            # It may not lead its group yet.
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError):
                    kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _end_zygote(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.wait()
        self._zygote = self._channel = None


def _at_work(run: Run) -> CellResult | None:
    """The cell that has begun and not ended."""
    last = run.cells[next(reversed(run.cells))] if run.cells else None
    return last if last is not None and last.status == "running" else None


def _silent(run: Run) -> bool:
    """Whether two cells after one another ran out of time: whatever caused it, waiting for more is of no use."""
    last = [result.status for result in run.cells.values() if result.status != "running"][-2:]
    return last == ["timeout", "timeout"]


def _imports(notebook: nbformat.NotebookNode) -> list[str]:
    """Modules that the pristine notebook imports, named as ``importlib`` takes them."""
    found: dict[str, None] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                found.update(dict.fromkeys(alias.name for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module] = None
                found.update(dict.fromkeys(f"{node.module}.{alias.name}" for alias in node.names))
    return list(found)
