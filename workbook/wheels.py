"""The Python wheels the browser loads besides Pyodide's own, and the lock file that names them all."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbook import paths, pyodide
from workbook.errors import WorkbookError
from workbook.progress import say

_STAMP = "stamp.json"


@dataclass(frozen=True)
class Addition:
    """A wheel that is added to Pyodide's lock file."""

    name: str
    imports: tuple[str, ...]
    depends: tuple[str, ...]


# JupyterLite fetches what a cell imports with all it depends on, before the cell runs; what the library imports while
# it runs would come too late.
OURS = Addition(
    "customer-value",
    ("customer_value",),
    ("numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "ipywidgets"),
)
WIDGETS = (
    Addition(
        "ipywidgets",
        ("ipywidgets",),
        ("comm", "ipython", "jupyterlab-widgets", "traitlets", "widgetsnbextension"),
    ),
    Addition("comm", ("comm",), ("traitlets",)),
    Addition("jupyterlab-widgets", ("jupyterlab_widgets",), ()),
    Addition("widgetsnbextension", ("widgetsnbextension",), ()),
)
# Loaded when a reader opens an Excel file, and not before: see PackageFinder in live/kernel.py.
EXCEL = (
    Addition("openpyxl", ("openpyxl",), ("et-xmlfile",)),
    Addition("et-xmlfile", ("et_xmlfile",), ()),
)
FETCHED = (*WIDGETS, *EXCEL)


def _sources() -> Iterable[Path]:
    for folder in ("customer_value", "datasets"):
        for path in sorted((paths.ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield from (paths.ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE"))


def _stamp(installed: dict[str, str]) -> dict[str, str]:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(paths.ROOT).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return {"customer-value": digest.hexdigest(), **installed}


def _installed_versions() -> dict[str, str]:
    try:
        return {addition.name: importlib.metadata.version(addition.name) for addition in FETCHED}
    except importlib.metadata.PackageNotFoundError as error:
        raise WorkbookError(f"{error.name} is not installed: run `make setup`.") from None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def _build_ours(folder: Path) -> None:
    # A fixed time stamp inside the archive makes the same sources give the same bytes.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1580601600"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise WorkbookError(f"The wheel of customer_value cannot be built: {_last_line(done.stderr)}")


def _download(versions: dict[str, str], folder: Path) -> None:
    wanted = [f"{name}=={version}" for name, version in versions.items()]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run([*command, "--dest", str(folder), *wanted], capture_output=True, text=True, check=False)
    if done.returncode:
        raise WorkbookError(
            f"The wheels ({', '.join(wanted)}) cannot be downloaded: {_last_line(done.stderr)}. "
            "Connect to the internet and build again."
        )


def build(target: Path = paths.WHEELS) -> list[Path]:
    """Build our own wheel, fetch the others and return their paths, ours first.

    The fetched wheels have the versions installed here. Unchanged input is not built again; a changed one
    replaces the folder as a whole. Raises :class:`WorkbookError` when a wheel cannot be built or fetched.
    """
    versions = _installed_versions()
    stamp = _stamp(versions)
    kept = target / _STAMP
    if kept.is_file():
        before = json.loads(kept.read_text(encoding="utf-8"))
        present = [target / name for name in before["wheels"]]
        if before["stamp"] == stamp and all(path.is_file() for path in present):
            return present
    say("Building the wheels the browser loads")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".wheels-") as temporary:
        fresh = Path(temporary) / "wheels"
        fresh.mkdir()
        _build_ours(fresh)
        _download(versions, fresh)
        ours = sorted(fresh.glob("customer_value-*.whl"))
        names = [path.name for path in [*ours, *sorted(set(fresh.glob("*.whl")) - set(ours))]]
        (fresh / _STAMP).write_text(json.dumps({"stamp": stamp, "wheels": names}, indent=2), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return [target / name for name in names]


def _entry(addition: Addition, wheel: Path) -> dict:
    return {
        "name": addition.name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": pyodide.sha256(wheel),
        "package_type": "package",
        "imports": list(addition.imports),
        "depends": list(addition.depends),
        "unvendored_tests": False,
    }


def extend_lock(folder: Path = paths.PYODIDE, wheels: Path = paths.WHEELS) -> Path:
    """Copy the wheels into a folder filled by :func:`workbook.pyodide.obtain` and write its lock file.

    ``pyodide-lock.json`` becomes the official one, less the packages whose files are not served, plus our
    wheels with their sha256, import names and dependencies; so a plain ``import customer_value`` loads it.
    Returns the path of the lock file. Raises :class:`WorkbookError` when a wheel is missing.
    """
    lock = pyodide.read_official_lock(folder)
    served = {n: e for n, e in lock["packages"].items() if (folder / e["file_name"]).is_file()}
    for addition in (OURS, *FETCHED):
        found = sorted(wheels.glob(f"{addition.name.replace('-', '_')}-*.whl"))
        if len(found) != 1:
            raise WorkbookError(
                f"Expected one wheel of {addition.name} in {wheels}, found {len(found)}: delete that folder "
                "and run `make site`."
            )
        shutil.copyfile(found[0], folder / found[0].name)
        served[addition.name] = _entry(addition, found[0])
    lock["packages"] = dict(sorted(served.items()))
    wanted = {entry["file_name"] for entry in served.values()}
    for stale in folder.glob("*.whl"):
        if stale.name not in wanted:
            stale.unlink()
    path = folder / pyodide.OFFICIAL_LOCK
    path.write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")
    return path
