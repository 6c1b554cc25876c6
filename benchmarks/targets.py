"""What was asked for, what was found, and whether that is enough."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.results import Table


@dataclass(frozen=True)
class Verdict:
    """One target: at least or at most a number, and the number found (None where nothing could be measured)."""

    what: str
    needed: float
    found: float | None
    unit: str
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the number found is on the right side."""
        if self.found is None or math.isnan(self.found):
            return False
        return self.found >= self.needed if self.at_least else self.found <= self.needed


def table(verdicts: Sequence[Verdict], note: str = "") -> Table:
    """Every target with its verdict."""
    found = Table("Asked for and found", ("target", "asked for", "found", "verdict"), note=note)
    for verdict in verdicts:
        found.add(verdict.what, _asked(verdict), _found(verdict), "met" if verdict.met else "**not met**")
    return found


def summary(verdicts: Sequence[Verdict]) -> str:
    """One sentence, and a list of what is not met."""
    missed = [verdict for verdict in verdicts if not verdict.met]
    met = len(verdicts) - len(missed)
    if not missed:
        return f"All {met} targets are met; the last table lists them."
    lines = [f"{met} of {len(verdicts)} targets are met; the last table lists them all. Not met:", ""]
    return "\n".join([*lines, *(f"- {verdict.what}: {_found(verdict)}, {_asked(verdict)}" for verdict in missed)])


def record(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """For a JSON file."""
    return [asdict(verdict) | {"met": verdict.met} for verdict in verdicts]


def relative(value: float) -> str:
    """A relative difference by its order of magnitude."""
    return f"{value:.0e}" if value else "0"


def seconds(value: float) -> str:
    """Three figures, in seconds from one second on, in milliseconds below."""
    if value >= 1:
        return f"{value:.{max(0, 2 - int(math.log10(value)))}f} s"
    thousandths = 1000 * value
    digits = max(0, 2 - math.floor(math.log10(thousandths))) if thousandths > 0 else 0
    return f"{thousandths:.{min(digits, 3)}f} ms"


def _asked(verdict: Verdict) -> str:
    return ("at least " if verdict.at_least else "at most ") + _in_unit(verdict.needed, verdict.unit)


def _found(verdict: Verdict) -> str:
    return "not measured" if verdict.found is None else _in_unit(verdict.found, verdict.unit)


def _in_unit(value: float, unit: str) -> str:
    if unit == "s":
        return seconds(value)
    if unit == "relative":
        return relative(value)
    return f"{value:.{2 if 0 < value < 1 else 1}f} {unit}".replace(".0 ", " ")
