"""Run sheets of workshops: blocks from a YAML file, checked against the chapters' own times, on the clock.

    title: Half a day
    start: "09:00"
    end: "13:00"
    blocks:
      - title: Who brings the revenue?
        activity: lab
        minutes: 25
        page: chapters/02-heterogeneity/lab
        parts: [How unequal?, Make 80/20 come true]
        do: Everybody …
        say: …
        watch: …
        late: …
        managers: …       # in place of `do` for people who run no code
        analysts: …

A file of modules has ``minutes`` and a list ``modules`` instead, each with its ``chapter``, ``title`` and ``blocks``.
A module waits for its chapter: it is left out as long as the table of contents does not list it.
"""

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbook import paths
from workbook.errors import WorkbookError
from workbook.timed_pages import TimedPage, timed

ACTIVITIES = {
    "talk": "From the front",
    "read": "Reading",
    "lab": "Lab",
    "exercise": "Exercise",
    "quiz": "Quiz",
    "discussion": "Discussion",
    "form": "Your company",
    "break": "Break",
}
LEAST = 0.6
"""A block may take this share of its parts' own time: less, and only the fastest in the room are done."""
LONGEST_STRETCH = 105
"""Minutes without a break."""
_TOLD = ("do", "say", "watch", "late")
_KEYS = {"title", "activity", "minutes", "page", "parts", *_TOLD, "managers", "analysts"}


@dataclass(frozen=True)
class Block:
    """One line of a run sheet."""

    title: str
    activity: str
    minutes: int
    page: TimedPage | None
    parts: tuple[str, ...]
    told: dict[str, str]
    """``do``, ``say``, ``watch``, ``late`` and, where it differs, ``managers`` and ``analysts``."""
    begins: int
    """Minutes after midnight, or after the beginning of a module."""

    @property
    def own_time(self) -> float | None:
        """What the chapter itself gives to these parts, minutes."""
        return sum(self.page.parts[part] for part in self.parts) if self.page and self.parts else None


@dataclass(frozen=True)
class RunSheet:
    """A workshop or a module of one."""

    title: str
    blocks: tuple[Block, ...]
    on_the_clock: bool
    chapter: str = ""

    @property
    def minutes(self) -> int:
        """All of it, breaks included."""
        return sum(block.minutes for block in self.blocks)

    def when(self, block: Block) -> str:
        """From when to when."""
        ends = block.begins + block.minutes
        if self.on_the_clock:
            return f"{clock(block.begins)}–{clock(ends)}"
        return f"{block.begins}–{ends}"


def read(path: Path, pages: Collection[str], root: Path = paths.ROOT) -> list[RunSheet]:
    """The run sheets of a file; ``pages`` are the documents of the table of contents.

    Raises
    ------
    WorkbookError
        Naming file and block: a page or part that is not there, a block that its chapter does not allow, blocks
        that do not add up, a key that means nothing.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorkbookError(f"{path.name} cannot be read: {error.strerror}.") from None
    except yaml.YAMLError as error:
        raise WorkbookError(f"{path.name} is not valid YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(raw, dict):
        raise WorkbookError(f"{path.name} must hold `title` and `blocks`, or `minutes` and `modules`.")
    if "modules" not in raw:
        _only(raw, {"title", "start", "end", "blocks"}, path.name)
        begins, ends = _time(raw, "start", path.name), _time(raw, "end", path.name)
        return [_sheet(raw, path.name, begins, ends - begins, pages, root, on_the_clock=True)]
    _only(raw, {"minutes", "modules"}, path.name)
    sheets = []
    for number, module in enumerate(raw["modules"], start=1):
        place = f"{path.name}, module {number}"
        _only(module, {"title", "chapter", "blocks"}, place)
        if f"chapters/{module.get('chapter')}/index" in pages:
            sheets.append(_sheet(module, place, 0, raw["minutes"], pages, root, on_the_clock=False))
    return sheets


def clock(minutes: int) -> str:
    """``540`` as ``09:00``."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _sheet(
    raw: dict[str, Any], place: str, begins: int, length: int, pages: Collection[str], root: Path, *, on_the_clock: bool
) -> RunSheet:
    if not raw.get("title") or not isinstance(raw.get("blocks"), list) or not raw["blocks"]:
        raise WorkbookError(f"{place} needs a `title` and a list of `blocks`.")
    blocks, at = [], begins
    for number, entry in enumerate(raw["blocks"], start=1):
        block = _block(entry, f"{place}, block {number}", at, pages, root)
        blocks.append(block)
        at += block.minutes
    total = at - begins
    if total != length:
        off = length - total
        spare = f"{off} minutes are not planned" if off > 0 else f"{-off} minutes too many"
        until = f"from {clock(begins)} to {clock(begins + length)} there are" if on_the_clock else "a module has"
        raise WorkbookError(f"{place}: the blocks add up to {total} minutes, {until} {length}: {spare}.")
    sheet = RunSheet(str(raw["title"]), tuple(blocks), on_the_clock, str(raw.get("chapter", "")))
    _refuse_more_than_the_page_has(sheet, place)
    _refuse_long_stretches(sheet, place)
    return sheet


def _block(entry: dict[str, Any], place: str, begins: int, pages: Collection[str], root: Path) -> Block:
    if not isinstance(entry, dict):
        raise WorkbookError(f"{place} is no list of keys such as `title` and `minutes`.")
    _only(entry, _KEYS, place)
    title, activity, minutes = entry.get("title"), entry.get("activity"), entry.get("minutes")
    if not title:
        raise WorkbookError(f"{place} has no `title`.")
    place = f"{place} ({title})"
    if activity not in ACTIVITIES:
        raise WorkbookError(f"{place}: the activity {activity!r} is none of {', '.join(ACTIVITIES)}.")
    if not isinstance(minutes, int) or minutes <= 0:
        raise WorkbookError(f"{place}: `minutes` must be a whole number above 0; got {minutes!r}.")
    told = {key: str(entry[key]).strip() for key in (*_TOLD, "managers", "analysts") if entry.get(key)}
    if activity == "break":
        return Block(title, activity, minutes, None, (), told, begins)
    if missing := [key for key in _TOLD if key not in told]:
        raise WorkbookError(f"{place} does not say `{missing[0]}`.")
    page = _page(entry.get("page"), place, pages, root) if entry.get("page") else None
    if page is None and activity in ("read", "lab", "exercise", "quiz", "form"):
        raise WorkbookError(f"{place} names no `page`.")
    parts = tuple(map(str, entry.get("parts", ())))
    if parts and page is None:
        raise WorkbookError(f"{place} names `parts` but no `page`.")
    for part in parts:
        if part not in page.parts:
            near = difflib.get_close_matches(part, page.parts, 1, 0.4)
            hint = f"; is “{near[0]}” meant?" if near else f": it has {', '.join(page.parts)}"
            raise WorkbookError(f"{place}: {page.docname} has no part “{part}”{hint}")
    block = Block(title, activity, minutes, page, parts, told, begins)
    if page and minutes > page.minutes:
        raise WorkbookError(f"{place} is {minutes} minutes long; {page.docname} asks for {page.minutes} in all.")
    if block.own_time is not None and minutes < LEAST * block.own_time:
        least = f"{LEAST * block.own_time:.0f}"
        raise WorkbookError(
            f"{place} has {minutes} minutes for parts of {page.docname} that take {block.own_time:.0f}:"
            f" give it {least} or more, or name fewer parts."
        )
    return block


def _page(docname: str, place: str, pages: Collection[str], root: Path) -> TimedPage:
    if docname not in pages:
        near = difflib.get_close_matches(docname, list(pages), 1)
        hint = f"; is {near[0]} meant?" if near else "."
        raise WorkbookError(f"{place}: the table of contents has no page {docname}{hint}")
    try:
        return timed(docname, root)
    except WorkbookError as error:
        raise WorkbookError(f"{place}: {error}.") from None


def _refuse_more_than_the_page_has(sheet: RunSheet, place: str) -> None:
    used: dict[str, int] = {}
    for block in sheet.blocks:
        if block.page:
            used[block.page.docname] = used.get(block.page.docname, 0) + block.minutes
            if used[block.page.docname] > block.page.minutes:
                raise WorkbookError(
                    f"{place}: with “{block.title}” the blocks on {block.page.docname} take"
                    f" {used[block.page.docname]} minutes; the page asks for {block.page.minutes}."
                )


def _refuse_long_stretches(sheet: RunSheet, place: str) -> None:
    since = 0
    for block in sheet.blocks:
        since = 0 if block.activity == "break" else since + block.minutes
        if since > LONGEST_STRETCH:
            raise WorkbookError(
                f"{place}: “{block.title}” ends {since} minutes after the last break; {LONGEST_STRETCH} are the most."
            )


def _time(raw: dict[str, Any], key: str, place: str) -> int:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", str(raw.get(key, "")))
    if not found:
        raise WorkbookError(f'{place}: `{key}` must be a time in quotes such as "09:00"; got {raw.get(key)!r}.')
    return 60 * int(found[1]) + int(found[2])


def _only(raw: Any, allowed: set[str], place: str) -> None:
    if not isinstance(raw, dict):
        raise WorkbookError(f"{place} must have the keys {', '.join(sorted(allowed))}.")
    if unknown := sorted(set(map(str, raw)) - allowed):
        raise WorkbookError(f"{place} has {unknown[0]!r}; known are {', '.join(sorted(allowed))}.")
