"""The page's scripts: npm packages as locked, bundled with esbuild into files named after their content."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from workbook import node, paths

SOURCES = paths.ROOT / "live"


def install_packages(target: Path = paths.BUILD / "npm") -> Path:
    """Install exactly what live/package-lock.json names; reused while that file is unchanged."""
    return node.install(SOURCES, target)


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
