"""Runs inside Pyodide at build time: turns unpacked wheels into the files a reader's browser needs.

compile.mjs calls :func:`convert` once for each archive, and :func:`list_fonts` before that of matplotlib.
"""

import fnmatch
import importlib.util
import json
import marshal
import sys
from pathlib import Path

FONT_LIST = "matplotlib/fontlist.json"
FONT_FOLDER = "matplotlib/mpl-data/fonts"


def unwanted(relative: str, drop: list[str], keep: list[str]) -> bool:
    """Whether a path inside site-packages matches a pattern of ``drop`` (``*`` crosses folders)."""
    return relative not in keep and any(fnmatch.fnmatchcase(relative, pattern) for pattern in drop)


def compiled(source: Path, shown_as: str) -> bytes:
    """Bytecode valid wherever it is unpacked: its header asks Python not to compare it with a source."""
    code = compile(source.read_bytes(), shown_as, "exec", dont_inherit=True, optimize=0)
    unchecked_hash = (0b01).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked_hash + bytes(8) + marshal.dumps(code)


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def list_fonts(matplotlib_in: Path, needed_in: Path, drop: list[str], keep: list[str]) -> None:
    """Let matplotlib list the fonts that stay, so that no reader waits for it.

    The wheel brings a list made on another machine by another release, which matplotlib throws away.
    """
    for path in sorted((matplotlib_in / FONT_FOLDER).rglob("*")):
        if path.is_file() and unwanted(path.relative_to(matplotlib_in).as_posix(), drop, keep):
            path.unlink()
    font_list = matplotlib_in / FONT_LIST
    font_list.unlink()
    sys.path[:0] = [str(matplotlib_in), str(needed_in)]
    import matplotlib.font_manager  # noqa: F401  (importing it writes the list)

    fonts = json.loads(font_list.read_text(encoding="utf-8"))
    for kind in ("afmlist", "ttflist"):
        # Found in the order of a set, which changes from one Python to the next.
        fonts[kind].sort(key=lambda font: font["fname"])
    font_list.write_text(json.dumps(fonts), encoding="utf-8")


def convert(unpacked: Path, out: Path, site: str, drop: list[str], keep: list[str], keep_sources: list[str]) -> int:
    """Copy what is wanted, with bytecode in place of sources; returns the number of files written."""
    written = 0
    for path in sorted(unpacked.rglob("*")):
        relative = path.relative_to(unpacked).as_posix()
        if not path.is_file() or unwanted(relative, drop, keep):
            continue
        target = out / relative
        if path.suffix != ".py":
            write(target, path.read_bytes())
        elif relative.split("/")[0] in keep_sources:
            write(target, path.read_bytes())
            cached = target.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
            write(cached, compiled(path, f"{site}/{relative}"))
        else:
            # Python reads a module.pyc beside no module.py at once: less to download, fewer look-ups.
            write(target.with_suffix(".pyc"), compiled(path, f"{site}/{relative}"))
        written += 1
    return written
