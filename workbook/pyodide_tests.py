"""The library's tests in the browser's Python: the verified Pyodide under node, on the checkout as it is.

``python -m workbook.pyodide_tests`` runs them all and shows pytest's own output; anything after it goes to pytest,
as in ``python -m workbook.pyodide_tests tests/customer_value/test_clv.py -k infinite``.
"""

import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbook import node, paths, pyodide
from workbook.errors import WorkbookError

TESTS = "tests/customer_value"

_OFFICIAL = ("numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "pyarrow", "ipython")
# What the tests need besides: as installed here, because Pyodide's release lacks them or has them too old.
_INSTALLED = (
    *("pytest", "pluggy", "iniconfig", "pytest-timeout", "hypothesis", "sortedcontainers", "mpmath"),
    *("pyyaml", "openpyxl", "et-xmlfile", "ipywidgets", "comm", "jupyterlab-widgets", "widgetsnbextension"),
)
# Their compiled part only makes them faster.
_COMPILED_PART_CAN_GO = frozenset({"pyyaml"})

_CHECKOUT, _PACKAGES, _OUT = "/checkout", "/packages", "/out"
# Nothing is left in the checkout.
_ENVIRONMENT = {
    "HOME": "/home/pyodide",
    "PYTHONDONTWRITEBYTECODE": "1",
    "HYPOTHESIS_STORAGE_DIRECTORY": "/tmp/hypothesis",
}


def copy_installed(target: Path, names: Sequence[str] = _INSTALLED) -> None:
    """Copy installed distributions, without their compiled parts, to the folder ``target``.

    Raises
    ------
    WorkbookError
        Naming the distribution that is not installed, or that is of no use without its compiled part.
    """
    for name in names:
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            raise WorkbookError(f"{name} is not installed: run `make setup`.") from None
        files = [file for file in installed.files or () if ".." not in file.parts and file.suffix != ".pyc"]
        compiled = [file for file in files if file.suffix in {".so", ".pyd"}]
        if compiled and name not in _COMPILED_PART_CAN_GO:
            raise WorkbookError(
                f"{name} {installed.version} holds compiled code ({compiled[0].name}), which the browser's Python "
                f"cannot load: name a version of pure Python in requirements.txt and run `make setup`."
            )
        # Widgets bring their JavaScript along, below share/.
        for file in set(files) - set(compiled):
            if file.parts[0] not in {"share", "etc"}:
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), target / file)


def python_in_pyodide(
    module: str,
    *arguments: str,
    out: Path | None = None,
    environment: Mapping[str, str] | None = None,
    capture: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m module arguments`` in Pyodide, with the checkout as the current folder; needs no network.

    Parameters
    ----------
    module, arguments
        What to run. Nothing of it can start a process or a thread.
    out
        A folder that the module sees as ``/out``, to leave files in.
    environment
        Variables it sees besides its own.
    capture
        Keep both outputs, as text, instead of showing them as they come.

    Returns
    -------
    subprocess.CompletedProcess
        Its ``returncode`` is the module's own.

    Raises
    ------
    WorkbookError
        If the Pyodide files or the packages the tests need cannot be had.
    """
    folder = pyodide.obtain()
    with tempfile.TemporaryDirectory(prefix="pyodide-tests-") as temporary:
        packages, plan = Path(temporary) / "packages", Path(temporary) / "plan.json"
        copy_installed(packages)
        folders = {_CHECKOUT: paths.ROOT, _PACKAGES: packages, **({_OUT: out} if out else {})}
        content = {
            "pyodide": str(folder),
            "lock": pyodide.KEPT_LOCK,
            "packages": list(_OFFICIAL),
            "folders": {inside: str(outside) for inside, outside in folders.items()},
            "folder": _CHECKOUT,
            "path": [_CHECKOUT, _PACKAGES],
            "module": module,
            "arguments": list(arguments),
            "environment": {**_ENVIRONMENT, **(environment or {})},
        }
        plan.write_text(json.dumps(content), encoding="utf-8")
        command = [node.executable(), Path(__file__).with_suffix(".mjs"), plan]
        return subprocess.run(command, capture_output=capture, text=True, errors="replace", check=False)


def run_tests(*arguments: str, out: Path | None = None, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run pytest in Pyodide, on all of the library's tests unless ``arguments`` name a path; see the other function."""
    chosen = arguments if any(argument.startswith(TESTS) for argument in arguments) else (*arguments, TESTS)
    width = str(shutil.get_terminal_size((100, 24)).columns)
    # No signals and no threads to time with, and no second descriptor of an open file.
    settings = ("--timeout=0", "--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler")
    return python_in_pyodide("pytest", *settings, *chosen, out=out, environment={"COLUMNS": width}, capture=capture)


if __name__ == "__main__":
    try:
        sys.exit(run_tests(*sys.argv[1:]).returncode)
    except WorkbookError as error:
        sys.exit(f"✗ {error}")
