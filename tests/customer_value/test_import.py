"""Importing the library costs nothing, and this much of it never needs scipy or pyplot."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes


def loaded(program: str) -> set[str]:
    code = f"import sys\n{program}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}} | set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_import_is_cheap() -> None:
    assert not loaded("import customer_value") & {"numpy", "pandas", "matplotlib", "scipy", "ipywidgets"}


@pytest.mark.parametrize(
    "module",
    [
        "datasets",
        "concentration",
        "transactions",
        "persistence",
        "profitability",
        "clv",
        "retention",
        "cvm",
        "choice",
        "transformation",
        "checks",
    ],
)
def test_counting_needs_no_plotting(module: str) -> None:
    assert not loaded(f"import customer_value.{module}") & {
        "matplotlib",
        "scipy",
        "ipywidgets",
        "ibis",
        "duckdb",
        "openpyxl",
    }


def test_figures_and_widgets_need_neither_scipy_nor_pyplot() -> None:
    assert not loaded("import customer_value.widgets") & {"scipy", "matplotlib.pyplot"}


@pytest.mark.parametrize("module", ["btyd", "spend"])
def test_models_need_special_functions_only(module: str) -> None:
    needless = {"matplotlib", "ipywidgets", "scipy.stats", "scipy.optimize", "scipy.integrate"}
    assert not loaded(f"import customer_value.{module}") & needless
