"""Which archives a page needs, told from its imports."""

from pathlib import Path

import pytest

from workbook.live_imports import archives_by_import, imported_at_once

TOP = {"numpy": "data", "pandas": "data", "matplotlib": "plot", "scipy": "scipy", "customer_value": "ours"}
NEEDS = {"base": [], "data": ["base"], "plot": ["data"], "scipy": ["data"], "ours": ["base"]}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    modules = {
        "__init__": "",
        "_numbers": "import numpy as np",
        "shares": "from customer_value._numbers import np",
        "figures": "from customer_value import shares\nfrom matplotlib.figure import Figure",
        "models": "def fit():\n    from scipy import optimize\n",
        "checks/__init__": "from customer_value.checks.start import begin",
        "checks/start": "try:\n    import pandas\nexcept ImportError:\n    pandas = None",
    }
    folder = tmp_path / "customer_value"
    for name, source in modules.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


def test_imports_inside_functions_are_left_to_the_first_use():
    source = "import a.b\nif True:\n    from c import d\ndef f():\n    import e\nclass C:\n    import g\n"
    assert imported_at_once(source) == {"a.b", "c", "c.d", "g"}


def test_a_module_needs_what_it_imports_directly_or_through_others(library):
    found = archives_by_import(TOP, NEEDS, library)
    assert found["customer_value.shares"] == ["base", "data", "ours"]
    assert found["customer_value.figures"] == ["base", "data", "ours", "plot"]
    assert found["customer_value.models"] == ["base", "ours"]
    assert found["customer_value.checks"] == ["base", "data", "ours"]
    assert found["customer_value"] == ["base", "ours"]


def test_a_package_comes_after_what_it_needs(library):
    assert archives_by_import(TOP, NEEDS, library)["matplotlib"] == ["base", "data", "plot"]


def test_only_modules_a_page_would_import_are_listed(library):
    found = archives_by_import(TOP, NEEDS, library)
    assert "customer_value._numbers" not in found
    assert "customer_value.checks.start" not in found
