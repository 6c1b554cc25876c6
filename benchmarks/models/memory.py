"""How much memory a call needs at its peak, as the operating system counts it."""

import ctypes
import gc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_STATUS = Path("/proc/self/status")
_FORGET_PEAK = "5"


def peak_of(run: Callable[[], Any]) -> tuple[Any, int | None]:
    """What ``run`` returns, and by how many bytes resident memory at its peak was above that before it.

    Linux only; elsewhere the second is None.
    """
    if not _STATUS.is_file():
        return run(), None
    gc.collect()
    # Freed memory that the C library keeps would hide what the call takes.
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text(_FORGET_PEAK)
    before = _resident("VmRSS")
    found = run()
    return found, max(_resident("VmHWM") - before, 0)


def _resident(name: str) -> int:
    return 1024 * int(re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())[1])
