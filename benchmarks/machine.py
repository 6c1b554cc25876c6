"""The machine and the moment of a measurement, in one sentence beside its results."""

import os
import platform
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """What a reader needs to know to judge seconds."""

    day: str
    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    load: float
    """Processes that wanted a core in the minute before."""

    def sentence(self) -> str:
        """All of it, as text."""
        busy = (
            f" The machine was busy when this began ({self.load:.1f} processes wanted a core): expect other seconds"
            " on a quiet one."
            if self.load > 0.75 * self.cores
            else ""
        )
        return (
            f"Measured on {self.day} on {self.system} with Python {self.python}, {self.cores} cores of"
            f" {self.processor} and {self.memory_gib:.0f} GiB of memory.{busy}"
        )

    def record(self) -> dict[str, object]:
        """All of it, for a JSON file."""
        return asdict(self)


def this() -> Machine:
    """The machine this runs on, now."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = platform.platform(terse=True)
    return Machine(
        day=date.today().isoformat(),
        processor=_processor(),
        cores=cores,
        memory_gib=memory / 2**30,
        system=system,
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", file.read_text()) if file.is_file() else None
    return named[1].strip() if named else platform.processor() or platform.machine()
