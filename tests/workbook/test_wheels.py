"""The wheels the browser loads, and the lock file that names them."""

import json
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from workbook import paths, pyodide, wheels
from workbook.errors import WorkbookError


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return wheels.build(tmp_path_factory.mktemp("built") / "wheels")


def test_ours_holds_the_library_and_its_data(built):
    assert built[0].name.startswith("customer_value-")
    names = set(zipfile.ZipFile(built[0]).namelist())
    assert "customer_value/__init__.py" in names
    for dataset in (path for path in (paths.ROOT / "datasets").iterdir() if path.is_dir()):
        assert f"customer_value/_datasets/{dataset.name}/card.yml" in names
    for licence in (paths.ROOT / "datasets").glob("*/LICENSE"):
        assert f"customer_value/_datasets/{licence.parent.name}/LICENSE" in names


def test_the_fetched_wheels_have_the_installed_versions(built):
    present = {path.name.split("-")[0]: path.name.split("-")[1] for path in built[1:]}
    widgets = ("ipywidgets", "comm", "jupyterlab_widgets", "widgetsnbextension")
    assert present == {name: version(name) for name in (*widgets, "openpyxl", "et_xmlfile")}


def test_the_same_sources_give_the_same_bytes(built, tmp_path):
    again = wheels.build(tmp_path / "wheels")
    assert [pyodide.sha256(path) for path in again] == [pyodide.sha256(path) for path in built]


def test_unchanged_wheels_are_not_built_again(built):
    before = [path.stat().st_mtime_ns for path in built]
    assert [path.stat().st_mtime_ns for path in wheels.build(built[0].parent)] == before


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A folder as it is after fetching Pyodide, with one of two packages."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    packages = {
        name: {"name": name, "file_name": f"{name}-1.whl", "sha256": "0", "imports": [name], "depends": []}
        for name in ("numpy", "absent")
    }
    lock = {"info": {"version": "0.27.7"}, "packages": packages}
    (folder / pyodide.KEPT_LOCK).write_text(json.dumps(lock), encoding="utf-8")
    (folder / "numpy-1.whl").write_bytes(b"numpy")
    return folder


def test_the_lock_names_what_is_served_and_our_wheels(built, served):
    path = wheels.extend_lock(served, built[0].parent)
    lock = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "pyodide-lock.json"
    assert set(lock["packages"]) == {
        *("numpy", "customer-value", "ipywidgets", "comm", "jupyterlab-widgets", "widgetsnbextension"),
        *("openpyxl", "et-xmlfile"),
    }
    assert lock["packages"]["openpyxl"]["depends"] == ["et-xmlfile"]
    assert lock["packages"]["et-xmlfile"]["imports"] == ["et_xmlfile"]
    ours = lock["packages"]["customer-value"]
    assert ours["imports"] == ["customer_value"]
    assert set(ours["depends"]) == {"numpy", "pandas", "scipy", "scikit-learn", "matplotlib", "ipywidgets"}
    for entry in lock["packages"].values():
        if entry["name"] != "numpy":
            assert entry["sha256"] == pyodide.sha256(served / entry["file_name"])


def test_extending_again_changes_nothing_and_drops_an_older_wheel(built, served):
    path = wheels.extend_lock(served, built[0].parent)
    before = path.read_bytes()
    (served / "customer_value-0.0.1-py3-none-any.whl").write_bytes(b"older")
    assert wheels.extend_lock(served, built[0].parent).read_bytes() == before
    assert not (served / "customer_value-0.0.1-py3-none-any.whl").exists()


def test_a_missing_wheel_is_named(served, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(WorkbookError, match="Expected one wheel of customer-value"):
        wheels.extend_lock(served, tmp_path / "empty")


def test_without_the_official_lock_nothing_is_extended(built, tmp_path):
    with pytest.raises(WorkbookError, match="run `make site`"):
        wheels.extend_lock(tmp_path, built[0].parent)


def test_wheels_that_cannot_be_downloaded_end_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(wheels, "_installed_versions", lambda: {"comm": "999.0"})
    with pytest.raises(WorkbookError, match=r"comm==999\.0\) cannot be downloaded") as caught:
        wheels.build(tmp_path / "wheels")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "wheels").exists()
