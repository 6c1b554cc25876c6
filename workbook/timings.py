"""How long a chapter takes: its text, its lab and its exercise, as the head of its text says.

The sentences that are read::

    Reading takes about 45 minutes and needs no Python.
    The [lab](lab.md) takes another 80 minutes, the exercise 60.

Numbers may be words ("an hour", "ninety-five minutes"), and a chapter without a lab or an exercise says nothing of it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from workbook import paths
from workbook.errors import WorkbookError

_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = (
    {"a": 1, "an": 1}
    | {word: number for number, word in enumerate(_SMALL, start=1)}
    | {word: 10 * number for number, word in enumerate(_TENS, start=2)}
)
_TIME = r"(?P<half>half )?(?:about )?(?P<number>\d+|[a-z]+(?:-[a-z]+)?)(?: (?P<unit>minutes?|hours?))?"
_READING = re.compile(rf"reading takes (?:about )?{_TIME}", re.IGNORECASE)
_LAB = re.compile(rf"\[lab\]\(lab\.md\) takes (?:about )?(?:another )?{_TIME}", re.IGNORECASE)
_EXERCISE = re.compile(rf"exercise(?:\]\([^)]*\))? (?:takes )?(?:about )?(?:another )?{_TIME}", re.IGNORECASE)
_ANYWHERE = re.compile(rf"(?:about |, |^){_TIME}(?=,|\.| )", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Timing:
    """Minutes; 0 for a part that a chapter does not have."""

    text: int
    lab: int
    exercise: int


def chapters(root: Path = paths.ROOT) -> dict[str, Timing]:
    """The timings of all chapters by the names of their folders, in order."""
    return {file.parent.name: of_chapter(file, root) for file in sorted(root.glob("chapters/*/index.md"))}


def of_chapter(file: Path, root: Path = paths.ROOT) -> Timing:
    """The timing that the chapter's text states.

    Raises WorkbookError naming the file where it states none, or none for a lab or an exercise that is there.
    """
    text = file.read_text(encoding="utf-8")
    head = text.split("\n## ")[0]
    exercise = (root / "exercises" / file.parent.name / "exercise.md").is_file()
    lab = (file.parent / "lab.md").is_file()
    found = {
        "text": reading_stated_in(text),
        "lab": _minutes(_LAB.search(head)) if lab else 0,
        "exercise": _minutes(_EXERCISE.search(head)) if exercise else 0,
    }
    if missing := [part for part, minutes in found.items() if minutes is None]:
        raise WorkbookError(
            f"{file}: its head does not say how long the {missing[0]} takes. Write for instance: Reading takes about 45"
            " minutes and needs no Python. The [lab](lab.md) takes another 80 minutes, the exercise 60."
        )
    return Timing(**found)


def reading_stated_in(text: str) -> int | None:
    """Minutes that the head of a chapter's text states for reading it, None if it states none."""
    return _minutes(_READING.search(text.split("\n## ")[0]))


def stated_in(text: str) -> int | None:
    """Minutes that the head of a lab or an exercise states, None if it states none."""
    head = text.split("\n## ")[0]
    return next((minutes for match in _ANYWHERE.finditer(head) if match["unit"] and (minutes := _minutes(match))), None)


def hours(minutes: int) -> str:
    """In words for a reader, to the half hour: "7½ hours"."""
    halves = round(minutes / 30)
    whole, half = divmod(halves, 2)
    return f"{whole or ''}{'½' if half else ''} {'hour' if halves <= 2 else 'hours'}"


def _minutes(match: re.Match[str] | None) -> int | None:
    if match is None:
        return None
    word = match["number"].lower()
    tens, _, ones = word.partition("-")
    number = int(word) if word.isdigit() else _WORDS.get(tens, 0) + _WORDS.get(ones, 0)
    in_hours = word == "hour" or (match["unit"] or "").startswith("hour")
    if word == "hour":
        number = 1
    return round(number * (60 if in_hours else 1) * (0.5 if match["half"] else 1)) or None
