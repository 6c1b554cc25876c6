"""The built folder of the in-page Python."""

import hashlib
import json
import re
import tarfile
import zipfile

import pytest

from workbook import live, live_data, paths
from workbook.errors import WorkbookError


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory):
    if not (paths.PYODIDE / "pyodide-lock.json").is_file():
        pytest.fail(f"{paths.PYODIDE} is not filled: run `make site` first (`make test` does).")
    return live.build(tmp_path_factory.mktemp("live") / "live")


def test_the_starter_is_small_and_names_files_that_are_there(built):
    starter = built / "start.js"
    assert starter.stat().st_size < 4096
    named = re.findall(r'"((?:page|worker|bar|kept)-\w+\.(?:js|css))"', starter.read_text(encoding="utf-8"))
    assert len(named) == 5
    for name in named:
        assert (built / name).is_file()


def test_archives_are_named_after_their_content(built):
    archives = sorted(built.glob("*.pack"))
    assert [path.name.split(".")[0] for path in archives] == ["base", "data", "ours", "plot", "scipy"]
    for path in archives:
        assert path.name.split(".")[1] == hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def test_data_lie_beside_the_archives_under_their_content(built):
    files = sorted(built.glob("*.data"))
    for path in files:
        assert path.name.split(".")[-2] == hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    theirs = {path.parent.name for path in (paths.ROOT / "datasets").glob("*/card.yml")}
    assert {path.name.split(".")[0] for path in files} == theirs
    sources = {path.read_bytes() for path in (paths.ROOT / "datasets").glob("*/*.csv*")}
    assert sources <= {path.read_bytes() for path in files}
    with tarfile.open(next(built.glob("ours.*.pack"))) as archive:
        assert not [name for name in archive.getnames() if "_datasets" in name]


def test_a_wheel_without_data_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "customer_value-0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("customer_value/__init__.py", "")
    entry = {"customer-value": {"file_name": "customer_value-0-py3-none-any.whl"}}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": entry}), encoding="utf-8")
    with pytest.raises(WorkbookError, match="holds no datasets: run `make site` again"):
        live_data.write(tmp_path, tmp_path)


def test_building_again_gives_the_same_files(built, tmp_path):
    again = live.build(tmp_path / "live")
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {p.name: p.read_bytes() for p in built.iterdir()}


def test_no_script_or_style_asks_another_host(built):
    for path in [*built.glob("*.js"), *built.glob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"(?:import|fetch|url)\(\s*[\"']?https?:", text), path.name
        assert not re.findall(r"\.src\s*=\s*[\"']https?:", text), path.name


def test_the_packages_are_locked_without_addresses():
    lock = json.loads((paths.ROOT / "live" / "package-lock.json").read_text(encoding="utf-8"))
    entries = [entry for name, entry in lock["packages"].items() if name]
    assert all("resolved" not in entry and entry["integrity"] for entry in entries)


def test_without_pyodide_nothing_is_built(tmp_path):
    with pytest.raises(WorkbookError, match="run `make site`"):
        live.build(tmp_path / "live", tmp_path)
    assert not (tmp_path / "live").exists()
