"""Knowing whether a built folder is still what its inputs would give."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path


def fingerprint(inputs: Iterable[Path], root: Path) -> str:
    """A hash of the files and folders in `inputs` (below `root`) and of every installed package's version.

    What does not exist counts too: a file that appears changes the fingerprint.
    """
    digest = hashlib.sha256()
    for given in inputs:
        for path in sorted(given.rglob("*")) if given.is_dir() else [given]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    installed = sorted(f"{found.metadata['Name']}=={found.version}" for found in distributions())
    digest.update("\n".join(installed).encode())
    return digest.hexdigest()


def is_current(target: Path, stamp: str) -> bool:
    """Whether `target` was finished with this fingerprint."""
    kept = _stamp_of(target)
    return target.is_dir() and kept.is_file() and kept.read_text(encoding="utf-8") == stamp


def forget(target: Path) -> None:
    """Say that `target` is about to change."""
    _stamp_of(target).unlink(missing_ok=True)


def remember(target: Path, stamp: str) -> None:
    """Say that `target` is finished."""
    _stamp_of(target).write_text(stamp, encoding="utf-8")


def _stamp_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.stamp")
