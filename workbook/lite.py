"""Build JupyterLite: the labs and exercises in a full notebook workplace under ``lite/`` of the site.

Its kernel takes Python from the site's one Pyodide folder beside it, so ``import customer_value`` works and
no package index is ever asked.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from workbook import book, notebooks, paths
from workbook.errors import WorkbookError
from workbook.progress import say

# JupyterLite completes only addresses that begin with "./"; this one leads out of its folder to the site's.
PYODIDE_URL = "./../pyodide/pyodide.js"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "jupyterlab_pygments",
)
APPS = ("lab", "notebooks", "tree")

SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "Customer Value Workbook",
        # Two books on one host must not share their readers' notebooks.
        "contentsStorageName": "customer-value-workbook",
        "settingsStorageName": "customer-value-workbook settings",
        "workspacesStorageName": "customer-value-workbook workspaces",
        "litePluginSettings": {KERNEL: {"pyodideUrl": PYODIDE_URL, "disablePyPIFallback": True}},
        # It would ask a package registry for extensions.
        "disabledExtensions": ["@jupyterlab/extensionmanager-extension"],
    },
}

# Cells out of view would otherwise leave the page, and a widget's state of focus with them.
OVERRIDES = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


def build(target: Path = paths.LITE, source: Path = paths.ROOT) -> Path:
    """Build JupyterLite with the labs and exercises of the table of contents into `target`.

    Raises WorkbookError, leaving `target` as it was, when JupyterLite's builder stops.
    """
    say("building JupyterLite")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".lite-") as folder:
        work = Path(folder)
        contents = work / "contents"
        contents.mkdir()
        for page in labs_and_exercises(source):
            copy = contents / notebooks.lite_path(page, source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(notebooks.learners_copy(page), encoding="utf-8")
        (work / "jupyter-lite.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        (work / "overrides.json").write_text(json.dumps(OVERRIDES), encoding="utf-8")
        output = work / "site"
        _run_builder(work, contents, output)
        _remove_unused(output)
        shutil.rmtree(target, ignore_errors=True)
        output.replace(target)
    return target


def labs_and_exercises(source: Path) -> list[Path]:
    """The notebooks of the table of contents that readers open in JupyterLite, not the chapters' texts."""
    config = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    return [page for page in book.pages(source, config) if page.stem != "index" and notebooks.has_code(page)]


def _run_builder(work: Path, contents: Path, output: Path) -> None:
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(work)]
    command += ["--contents", str(contents), "--output-dir", str(output), "--no-sourcemaps", "--no-libarchive"]
    for app in APPS:
        command += ["--apps", app]
    result = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if result.returncode != 0 or not (output / "notebooks" / "index.html").is_file():
        lines = [line.strip() for line in (result.stderr + result.stdout).splitlines() if line.strip()]
        raise WorkbookError(f"JupyterLite was not built: {lines[-1] if lines else 'it stopped without a word'}")


def _remove_unused(output: Path) -> None:
    # The builder takes every JupyterLab extension it finds on this machine.
    settings = output / "jupyter-lite.json"
    config = json.loads(settings.read_text(encoding="utf-8"))
    found = config["jupyter-config-data"]["federated_extensions"]
    config["jupyter-config-data"]["federated_extensions"] = [e for e in found if e["name"] in EXTENSIONS]
    settings.write_text(json.dumps(config, indent=2), encoding="utf-8")
    for extension in found:
        if extension["name"] not in EXTENSIONS:
            shutil.rmtree(output / "extensions" / extension["name"])
    for pattern in ("**/*.map", "**/*.LICENSE.txt", "doc", "repl", "consoles", "edit", "**/third-party-licenses.json"):
        for path in list(output.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
