"""The in-page Python: what a page loads when a reader clicks *Run this page*."""

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbook import live_archives, live_data, live_imports, live_scripts, paths, pyodide

# What the worker fetches at once, before Pyodide asks for it.
_EARLY = ("pyodide.asm.wasm", "python_stdlib.zip")
_ALWAYS = "base"
_OURS = "ours"
_TYPICAL_GZIP = 6  # the level web servers use


def _wire_size(path: Path) -> int:
    """Bytes that are transferred: web servers compress all but what is compressed already."""
    content = path.read_bytes()
    if path.suffix == ".zip":
        return len(content)
    return len(gzip.compress(content, compresslevel=_TYPICAL_GZIP, mtime=0))


def _described(path: Path, name: str) -> dict[str, str | int]:
    return {"name": name, "size": path.stat().st_size, "wire": _wire_size(path)}


def _providers(lock: dict, archives: list[live_archives.Archive]) -> tuple[dict[str, str], dict[str, str]]:
    """Import name → archive or package that brings it; package → its wheel, for those in no archive."""
    archive_of = {package: archive.name for archive in archives for package in archive.packages}
    imports, wheels = {}, {}
    for package, entry in lock["packages"].items():
        provider = archive_of.get(package, package)
        imports.update(dict.fromkeys((name for name in entry["imports"] if name.isidentifier()), provider))
        if package not in archive_of:
            wheels[package] = entry["file_name"]
    return imports, wheels


def _needs(lock: dict, archives: list[live_archives.Archive]) -> dict[str, list[str]]:
    archive_of = {package: archive.name for archive in archives for package in archive.packages}
    needs = {archive.name: list(archive.needs) for archive in archives}
    for package, entry in lock["packages"].items():
        if package not in archive_of:
            depends = (name.replace("_", "-") for name in entry["depends"])
            needs[package] = sorted({archive_of.get(name, name) for name in depends})
    return needs


def _in_short(by_import: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The names that need the same archives in one line, for start.js, which every reader loads.

    It lists no import that needs only what is always there, and our own modules without our name.
    """
    lines: dict[str, list[str]] = {}
    for name, needed in by_import.items():
        if needed != [_ALWAYS]:
            lines.setdefault(" ".join(needed), []).append(name.replace(f"{live_imports.OURS}.", ".", 1))
    return {needed: " ".join(names) for needed, names in lines.items()}


def build(target: Path = paths.LIVE, pyodide_folder: Path = paths.PYODIDE) -> Path:
    """Build the scripts and package archives into ``target`` and return it.

    ``pyodide_folder`` must have been filled by :func:`workbook.pyodide.obtain` and
    :func:`workbook.wheels.extend_lock`; the site serves it beside ``target`` as ``pyodide/``. Every file but
    ``start.js`` is named after its content, so no cache can mix two releases. The folder is replaced as a
    whole. Raises :class:`workbook.errors.WorkbookError` naming the step that failed.
    """
    archives = live_archives.build(pyodide_folder)
    packages = live_scripts.install_packages()
    lock_bytes = (pyodide_folder / pyodide.OFFICIAL_LOCK).read_bytes()
    lock = json.loads(lock_bytes)
    imports, wheels = _providers(lock, archives)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".live-") as temporary:
        fresh = Path(temporary) / "live"
        fresh.mkdir()
        described, sizes = {}, {}
        for archive in archives:
            name = f"{archive.name}.{archive.file.name.split('.')[-2]}.pack"
            shutil.copyfile(archive.file, fresh / name)
            sizes[archive.name] = archive.file.stat().st_size
            described[archive.name] = {
                "file": name,
                "size": sizes[archive.name],
                "packages": list(archive.packages),
            }
        described[_OURS]["data"] = live_data.write(fresh, pyodide_folder)
        core_files = (*_EARLY, pyodide.OFFICIAL_LOCK, "pyodide.asm.js", "pyodide.mjs")
        sizes["core"] = sum(_wire_size(pyodide_folder / name) for name in core_files)
        lock_name = f"{pyodide.OFFICIAL_LOCK}?v={hashlib.sha256(lock_bytes).hexdigest()[:12]}"
        catalogue = {
            "core": {
                "folder": "../pyodide/",
                "lock": lock_name,
                "fetched": [
                    *(_described(pyodide_folder / name, name) for name in _EARLY),
                    _described(pyodide_folder / pyodide.OFFICIAL_LOCK, lock_name),
                ],
            },
            "archives": described,
            "needs": _needs(lock, archives),
            "imports": imports,
            "wheels": wheels,
        }
        in_archives = {name: provider for name, provider in imports.items() if provider in described}
        needs = {archive.name: archive.needs for archive in archives}
        by_import = live_imports.archives_by_import(in_archives, needs)
        start = {
            "sizes": sizes,
            "always": [_ALWAYS],
            "ours": live_imports.OURS,
            "imports": _in_short(by_import),
        }
        live_scripts.bundle(packages, fresh, catalogue, start)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return target
