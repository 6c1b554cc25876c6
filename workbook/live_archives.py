"""Package archives for the in-page Python: wheels unpacked, compiled and trimmed once, here.

A wheel holds sources only; compiling pandas takes a reader's browser longer than loading it. Pyodide itself
compiles them under node, so the bytecode is the browser's own.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook import node, paths, pyodide
from workbook.errors import WorkbookError
from workbook.progress import say

SITE_PACKAGES = "lib/python3.12/site-packages"
LIBRARIES = "usr/lib"


@dataclass(frozen=True)
class Contents:
    """What goes into one archive: packages of the lock file, and archives that must be there before it."""

    packages: tuple[str, ...]
    libraries: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    # Packages whose sources a learner may want to read; for the others the bytecode is enough.
    keep_sources: tuple[str, ...] = ()
    # What matplotlib imports when it lists its fonts, if it is among the packages.
    fonts_need: tuple[str, ...] = ()


ARCHIVES: Mapping[str, Contents] = {
    "base": Contents(
        packages=(
            *("ipython", "traitlets", "comm", "ipywidgets", "matplotlib-inline", "decorator", "six"),
            *("stack-data", "executing", "asttokens", "pure-eval", "pygments"),
        ),
    ),
    "data": Contents(packages=("numpy", "pandas", "python-dateutil", "pytz"), needs=("base",)),
    "plot": Contents(
        packages=("matplotlib", "contourpy", "cycler", "kiwisolver", "packaging", "pillow", "pyparsing"),
        needs=("data",),
        fonts_need=("numpy", "python-dateutil", "six"),
    ),
    "scipy": Contents(packages=("scipy",), libraries=("openblas",), needs=("data",)),
    "ours": Contents(packages=("customer-value",), keep_sources=("customer_value",), needs=("base",)),
}

# Paths inside site-packages that no page uses; `*` crosses folders.
DROP = (
    *("*/tests/*", "*.pyi", "*.pxd", "*.pyx", "*.h", "*.c", "*.a", "*/py.typed", "*.dist-info/RECORD"),
    # data come one file at a time, when they are opened (workbook/live_data.py)
    "customer_value/_datasets/*",
    *("numpy/f2py/src/*", "numpy/_pyinstaller/*", "scipy/misc/*.dat"),
    # pictures, sample data, and fonts for PostScript and for another style of formulas
    *("matplotlib/mpl-data/images/*", "matplotlib/mpl-data/sample_data/*"),
    *("matplotlib/mpl-data/fonts/afm/*", "matplotlib/mpl-data/fonts/pdfcorefonts/*"),
    *("matplotlib/mpl-data/fonts/ttf/STIX*", "matplotlib/backends/web_backend/*"),
    *("PIL/_imagingft*", "PIL/_webp*", "PIL/_imagingcms*"),
    # terminals, editors and documentation tools
    *("IPython/terminal/*", "IPython/sphinxext/*", "IPython/lib/backgroundjobs*", "*/share/jupyter/*"),
    *("pygments/lexers/[a-oq-z_]*", "pygments/lexers/p[a-xz]*"),
)
# Needed in spite of a pattern above: IPython highlights Python with pygments.
KEEP = ("pygments/lexers/__init__.py", "pygments/lexers/_mapping.py", "pygments/lexers/special.py")


@dataclass(frozen=True)
class Archive:
    """A finished archive: its file, named after its content, and the packages it holds."""

    name: str
    file: Path
    packages: tuple[str, ...]
    needs: tuple[str, ...]


def _plan(lock: dict, names: list[str], folder: Path, out: Path, archives: Mapping[str, Contents]) -> dict:
    def files(packages: tuple[str, ...]) -> list[str]:
        return [lock["packages"][package]["file_name"] for package in packages]

    return {
        "pyodide": str(folder),
        "lock": pyodide.OFFICIAL_LOCK,
        "out": str(out),
        "site": SITE_PACKAGES,
        "libraries": LIBRARIES,
        "drop": list(DROP),
        "keep": list(KEEP),
        "archives": {
            name: {
                "wheels": files(archives[name].packages),
                "libraries": files(archives[name].libraries),
                "keep_sources": list(archives[name].keep_sources),
                "fonts_need": files(archives[name].fonts_need),
            }
            for name in names
        },
    }


def _key(lock: dict, contents: Contents) -> str:
    """Changes whenever the archive's bytes would."""
    packages = (*contents.packages, *contents.libraries)
    parts = [json.dumps([lock["packages"][package]["sha256"] for package in packages])]
    parts += [repr(contents), repr(DROP), repr(KEEP), lock["info"]["version"]]
    parts += [(paths.ROOT / "live" / name).read_text(encoding="utf-8") for name in ("compile.mjs", "compile.py")]
    parts.append(Path(__file__).read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


def pack(folder: Path, target: Path) -> None:
    """Write every file of ``folder`` to a gzipped tar; the same files give the same bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
            if path.is_file():
                entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
                entry.size, entry.mode = path.stat().st_size, 0o644
                with path.open("rb") as file:
                    tar.addfile(entry, file)
    target.write_bytes(gzip.compress(packed.getvalue(), compresslevel=9, mtime=0))


def build(
    folder: Path = paths.PYODIDE,
    cache: Path = paths.BUILD / "live-archives",
    archives: Mapping[str, Contents] = ARCHIVES,
) -> list[Archive]:
    """Make the archives from the wheels in ``folder`` and return them in the order of ``archives``.

    ``folder`` must hold the lock file of :func:`workbook.wheels.extend_lock`. An archive whose wheels and
    rules are unchanged is taken from ``cache``. Raises :class:`WorkbookError` when a package is not in the
    lock file or the compilation fails.
    """
    lock_path = folder / pyodide.OFFICIAL_LOCK
    if not lock_path.is_file():
        raise WorkbookError(f"{lock_path} is missing: run `make site`, which fetches and checks Pyodide.")
    lock = json.loads(lock_path.read_text(encoding="utf-8"))
    for contents in archives.values():
        for package in (*contents.packages, *contents.libraries):
            if package not in lock["packages"]:
                raise WorkbookError(f"The package {package} is not in {lock_path}: run `make site` again.")
    cache.mkdir(parents=True, exist_ok=True)
    keys = {name: _key(lock, contents) for name, contents in archives.items()}
    found = {name: next(iter(sorted(cache.glob(f"{name}.{key}.*.pack"))), None) for name, key in keys.items()}
    stale = [name for name, path in found.items() if path is None]
    if stale:
        say(f"Compiling Python packages for the browser: {', '.join(stale)}")
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            out = Path(temporary) / "out"
            out.mkdir()
            plan = Path(temporary) / "plan.json"
            plan.write_text(json.dumps(_plan(lock, stale, folder.resolve(), out, archives)), encoding="utf-8")
            script = paths.ROOT / "live" / "compile.mjs"
            node.run(script, str(plan), folder=paths.ROOT, doing="Compiling the browser's Python packages")
            for name in stale:
                fresh = Path(temporary) / f"{name}.pack"
                pack(out / name, fresh)
                for old in cache.glob(f"{name}.*.pack"):
                    old.unlink()
                content = pyodide.sha256(fresh)[:12]
                found[name] = Path(shutil.move(fresh, cache / f"{name}.{keys[name]}.{content}.pack"))
    return [
        Archive(name, path, archives[name].packages + archives[name].libraries, archives[name].needs)
        for name, path in found.items()
        if path is not None
    ]
