"""Seconds and memory of commands with everything that they start."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbook import paths
from workbook.errors import WorkbookError

LIMIT = 3600.0
"""Seconds after which a command counts as hung."""
_EVERY = 0.1


@dataclass(frozen=True)
class Measured:
    """What one call, or several one after another, took."""

    seconds: float
    printed: str
    """Last line of standard output."""
    resident: int | None = None
    """Bytes of memory at the peak, all processes added up; pages that several share are counted for each."""
    proportional: int | None = None
    """The same with every shared page counted once."""


def run(
    commands: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    log: Path,
    *,
    memory: bool = False,
    done: Sequence[int] = (0,),
) -> Measured:
    """Run ``commands`` one after another; where ``memory`` is wanted, look at it ten times a second.

    Raises WorkbookError if a command hangs, or ends with another exit code than those in ``done``.
    """
    peak, printed, start = _Peak(), "", time.perf_counter()
    for command in commands:
        with log.open("a") as errors:
            process = subprocess.Popen(
                command, env=environment, cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        watcher = threading.Thread(target=peak.watch, args=(process.pid,), daemon=True)
        if memory:
            watcher.start()
        try:
            output, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            _end(process.pid)
            raise WorkbookError(f"{command[2]} did not end within {LIMIT:g} seconds.") from None
        if process.returncode not in done:
            last = (output.strip() or log.read_text().strip())[-800:]
            raise WorkbookError(f"{' '.join(command[1:4])} ended with {process.returncode}: {last}")
        printed = output.strip().splitlines()[-1] if output.strip() else ""
    seconds = time.perf_counter() - start
    return Measured(seconds, printed, peak.resident or None, peak.proportional or None)


class _Peak:
    def __init__(self) -> None:
        self.resident = self.proportional = 0

    def watch(self, pid: int) -> None:
        """Look again and again until the process has gone."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                family = [process, *process.children(recursive=True)]
                resident, proportional = zip(*map(_memory, family), strict=True)
                self.resident = max(self.resident, sum(resident))
                self.proportional = max(self.proportional, sum(proportional))
                time.sleep(_EVERY)


def _memory(process: psutil.Process) -> tuple[int, int]:
    try:
        told = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0, 0
    except psutil.AccessDenied:
        resident = process.memory_info().rss
        return resident, resident
    return told.rss, getattr(told, "pss", told.rss)


def _end(pid: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
