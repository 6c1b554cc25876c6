"""The page's scripts: npm packages as locked, bundled with esbuild into files named after their content."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from workbook import node, paths
from workbook.progress import say

SOURCES = paths.ROOT / "live"


def install_packages(target: Path = paths.BUILD / "npm") -> Path:
    """Install exactly what live/package-lock.json names; reused while that file is unchanged."""
    wanted = [SOURCES / name for name in ("package.json", "package-lock.json", ".npmrc")]
    finished = target / "finished"
    state = "\0".join(path.read_text(encoding="utf-8") for path in wanted)
    if finished.is_file() and finished.read_text(encoding="utf-8") == state:
        return target
    say("Installing the JavaScript packages of the page script")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in wanted:
        shutil.copyfile(path, target / path.name)
    node.npm("ci", "--ignore-scripts", folder=target)
    finished.write_text(state, encoding="utf-8")
    return target


def bundle(packages: Path, out: Path, catalogue: Mapping[str, object], start: Mapping[str, object]) -> None:
    """Write start.js and the hashed scripts and styles to ``out``.

    ``catalogue`` tells the worker what it can load, ``start`` tells start.js sizes and imports.
    """
    plan = out / "plan.json"
    plan.write_text(
        json.dumps(
            {"sources": str(SOURCES), "packages": str(packages), "catalogue": catalogue, "start": start},
            sort_keys=True,
        ),
        encoding="utf-8",
    )
    # esbuild lives among the packages, and node looks for it from the script's own folder.
    script = shutil.copyfile(SOURCES / "bundle.mjs", packages / "bundle.mjs")
    node.run(Path(script), str(plan), str(out), folder=packages, doing="Bundling the page script")
    plan.unlink()
