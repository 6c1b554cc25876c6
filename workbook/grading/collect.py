"""Finding handed-in notebooks: in a folder, a zip, or the nested folders a learning management system exports."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workbook.errors import WorkbookError
from workbook.grading.roster import Learner, Roster

MOST_BYTES = 100 * 2**20
"""A larger file is not a notebook with answers; it gets a row that says so."""
_DEPTH = 4
_LEFT_OUT = ("__MACOSX", ".ipynb_checkpoints", "__pycache__")
# Folder and file names that learning management systems make: (pattern, how the learner is named in it).
_MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)", re.I)
_BRIGHTSPACE = re.compile(r"^(?P<id>\d+)-\d+ - (?P<name>.+?) - .+")
_BLACKBOARD = re.compile(r"^.+?_(?P<id>[^_]+)_attempt_\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}(?:_.+)?$", re.I)
_CANVAS = re.compile(r"^(?P<name>[a-z]+)_(?:(?:LATE)_)?(?P<id>\d+)_\d+_.+$")


@dataclass(frozen=True)
class HandedIn:
    """One file as it was handed in."""

    source: str
    """Path inside the folder or archive."""
    data: bytes | None = field(repr=False)
    """``None`` where the file is too large or cannot be read."""
    trouble: str = ""
    when: float = 0.0

    @property
    def sha256(self) -> str:
        """Fingerprint of the bytes."""
        return hashlib.sha256(self.data or b"").hexdigest()


@dataclass
class Collected:
    """What was found: one file for each learner, and what was put aside."""

    submissions: dict[Learner, HandedIn]
    aside: list[tuple[str, str]]
    """Files that are not graded, each with the reason."""


def collect(place: Path, roster: Roster | None = None) -> Collected:
    """The notebooks under ``place``, a folder, a zip or one notebook, each with its learner.

    Of several by the same learner the newest counts. Files that are no notebooks are listed, not graded.

    Raises
    ------
    WorkbookError
        If there is no such place, it cannot be read, or there is no notebook in it.
    """
    files, aside = _files(place)
    found: dict[Learner, HandedIn] = {}
    for item in sorted(files, key=lambda one: (one.when, one.source)):
        learner = _learner(item.source, roster)
        if learner in found:
            aside.append((found[learner].source, f"an earlier file of {learner.key}; {item.source} counts"))
        found[learner] = item
    if not found:
        there = f" (it holds {len(aside)} other file(s))" if aside else ""
        raise WorkbookError(f"There is no notebook (.ipynb) in {place}{there}. Give the folder or zip of submissions.")
    return Collected(dict(sorted(found.items(), key=lambda pair: pair[0].key.casefold())), aside)


def _files(place: Path) -> tuple[list[HandedIn], list[tuple[str, str]]]:
    aside: list[tuple[str, str]] = []
    if not place.exists():
        raise WorkbookError(f"There is no {place}. Give the folder or zip of submissions.")
    try:
        if place.is_dir():
            return list(_of_folder(place, aside)), aside
        if zipfile.is_zipfile(place):
            return list(_of_zip(place.read_bytes(), "", aside, 0)), aside
    except PermissionError as error:
        raise WorkbookError(f"{error.filename or place} cannot be read: permission denied.") from None
    if place.suffix == ".ipynb":
        return [_of_path(place, place.name)], aside
    raise WorkbookError(f"{place} is neither a folder nor a zip nor a notebook.")


def _of_folder(place: Path, aside: list[tuple[str, str]]) -> Iterator[HandedIn]:
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_dir() and not path.is_symlink():
            continue
        if any(part in _LEFT_OUT for part in path.parts):
            continue
        if path.is_symlink() or not path.is_file():
            aside.append((name, "a link or a device, not a file"))
        elif path.suffix.lower() == ".ipynb":
            yield _of_path(path, name)
        elif path.suffix.lower() == ".zip":
            try:
                yield from _of_zip(path.read_bytes(), name.removesuffix(".zip") + "/", aside, 1)
            except WorkbookError as error:
                aside.append((name, str(error)))
        else:
            aside.append((name, "not a notebook"))


def _of_path(path: Path, name: str) -> HandedIn:
    try:
        status = path.stat()
        if status.st_size > MOST_BYTES:
            return HandedIn(name, None, _too_large(status.st_size), status.st_mtime)
        return HandedIn(name, path.read_bytes(), "", status.st_mtime)
    except OSError as error:
        return HandedIn(name, None, f"the file cannot be read: {error.strerror}")


def _of_zip(data: bytes, inside: str, aside: list[tuple[str, str]], depth: int) -> Iterator[HandedIn]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise WorkbookError(f"{inside or 'The archive'} is damaged: it is not a complete zip file.") from None
    total = 0
    for entry in archive.infolist():
        name = inside + entry.filename
        if entry.is_dir() or any(part in _LEFT_OUT for part in PurePosixPath(entry.filename).parts):
            continue
        suffix = PurePosixPath(entry.filename).suffix.lower()
        if suffix not in (".ipynb", ".zip"):
            aside.append((name, "not a notebook"))
            continue
        when = _zip_time(entry)
        total += entry.file_size
        if entry.file_size > MOST_BYTES or total > 40 * MOST_BYTES:
            yield HandedIn(name, None, _too_large(entry.file_size), when)
            continue
        try:
            with archive.open(entry) as stream:
                content = stream.read(MOST_BYTES + 1)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
            yield HandedIn(name, None, f"the archive does not give it out: {error}", when)
            continue
        if len(content) > MOST_BYTES:
            yield HandedIn(name, None, _too_large(len(content)), when)
        elif suffix == ".ipynb":
            yield HandedIn(name, content, "", when)
        elif depth < _DEPTH:
            try:
                yield from _of_zip(content, name.removesuffix(".zip") + "/", aside, depth + 1)
            except WorkbookError as error:
                aside.append((name, str(error)))
        else:
            aside.append((name, "an archive in an archive in an archive"))


def _zip_time(entry: zipfile.ZipInfo) -> float:
    year, month, day, hour, minute, second = entry.date_time
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60.0 + second


def _too_large(size: int) -> str:
    return f"the file has {size / 2**20:,.0f} MB; at most {MOST_BYTES // 2**20} MB are read"


def _learner(source: str, roster: Roster | None) -> Learner:
    """Who handed in ``source``, from the names of its folders and its own."""
    path = PurePosixPath(source)
    stem = path.name[: -len(".ipynb")]
    parts = [*path.parent.parts, stem]
    guesses: list[tuple[str, str]] = []
    for part in reversed(parts):
        for pattern in (_MOODLE, _BRIGHTSPACE, _BLACKBOARD, _CANVAS):
            if match := pattern.match(part):
                groups = match.groupdict()
                guesses.append((groups["id"], groups.get("name") or groups["id"]))
                break
    if roster is not None:
        texts = [text for guess in guesses for text in guess] + list(reversed(parts))
        if learner := roster.find(texts):
            return learner
    if guesses:
        key, name = guesses[0]
        return Learner(key, name.replace("_", " "), listed=False)
    # A folder for each learner, or a file for each learner.
    name = parts[-2] if len(parts) > 1 and _common(stem) else stem
    return Learner(name, name.replace("_", " "), listed=False)


def _common(stem: str) -> bool:
    """Whether a file name is the exercise's, the same for everybody."""
    return bool(re.match(r"^(exercise|solution|\d{2}-[a-z-]+(-exercise)?|untitled)\b", stem, re.I))
