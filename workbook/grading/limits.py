"""What one submission may use."""

from dataclasses import asdict, dataclass

from workbook.errors import WorkbookError


@dataclass(frozen=True)
class Limits:
    """Seconds, megabytes and counts; generous for honest work, small for the machine that grades."""

    cell_timeout: float = 10
    """Seconds one cell may run."""
    wall: float = 180
    """Seconds one submission may take, repeats after a crash included."""
    memory: int = 2048
    """Megabytes all its processes may hold."""
    processes: int = 48
    """Processes and threads at any one time."""
    scratch: int = 64
    """Megabytes it may write."""
    output: int = 4
    """Megabytes it may print in one cell."""
    messages: int = 5_000
    """Messages one cell may send; what it prints without flushing is gathered, five messages a second."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise WorkbookError(f"The limit {name} must be above 0; got {value:g}.")
