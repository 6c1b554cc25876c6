"""JupyterLite's folder for a small book."""

import json
from pathlib import Path

import nbformat
import pytest

from workbook import lite, notebooks

LAB = "# A lab\n\n```{code-cell} python\n1 + 1\n```\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, make_book) -> Path:
    return make_book(tmp_path_factory.mktemp("lite"), LAB)


@pytest.fixture(scope="module")
def built(source: Path) -> Path:
    return lite.build(source.parent / "lite", source)


def test_the_kernel_uses_the_sites_own_python(built: Path) -> None:
    settings = json.loads((built / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./../pyodide/pyodide.js"
    assert kernel["disablePyPIFallback"] is True
    assert all(url.startswith("./") for url in kernel["pipliteUrls"])


def test_widgets_are_bundled_and_nothing_that_needs_a_server(built: Path) -> None:
    settings = json.loads((built / "jupyter-lite.json").read_text("utf-8"))["jupyter-config-data"]
    names = {extension["name"] for extension in settings["federated_extensions"]}
    assert "@jupyter-widgets/jupyterlab-manager" in names
    assert names <= set(lite.EXTENSIONS)
    assert not list(built.rglob("*.map"))


def test_the_lab_is_there_under_the_name_the_pages_link_to(built: Path, source: Path) -> None:
    name = notebooks.lite_path(source / "chapters/01-tiny/lab.md", source)
    notebook = nbformat.read(built / "files" / name, as_version=4)
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"] == ["1 + 1"]
    assert notebook.cells[0].source == "# A lab"  # nothing about installing: here it works at once
    listed = json.loads((built / "api/contents/chapters/01-tiny/all.json").read_text("utf-8"))
    assert [entry["path"] for entry in listed["content"]] == [name]


def test_changed_code_gets_a_new_name_and_changed_text_does_not(tmp_path: Path, make_book) -> None:
    source = make_book(tmp_path, LAB)
    page = source / "chapters/01-tiny/lab.md"
    first = notebooks.lite_path(page, source)
    original = page.read_text("utf-8")
    page.write_text(original.replace("# A lab", "# The lab"), encoding="utf-8")
    assert notebooks.lite_path(page, source) == first
    page.write_text(original.replace("1 + 1", "1 + 2"), encoding="utf-8")
    assert notebooks.lite_path(page, source) != first
