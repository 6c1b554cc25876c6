"""The built folder of the in-page Python."""

import hashlib
import json
import re

import pytest

from workbook import live, paths
from workbook.errors import WorkbookError


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory):
    if not (paths.PYODIDE / "pyodide-lock.json").is_file():
        pytest.fail(f"{paths.PYODIDE} is not filled: run `make site` first (`make test` does).")
    return live.build(tmp_path_factory.mktemp("live") / "live")


def test_the_starter_is_small_and_names_files_that_are_there(built):
    starter = built / "start.js"
    assert starter.stat().st_size < 4096
    named = re.findall(r'"((?:page|worker|bar)-\w+\.(?:js|css))"', starter.read_text(encoding="utf-8"))
    assert len(named) == 4
    for name in named:
        assert (built / name).is_file()


def test_archives_are_named_after_their_content(built):
    archives = sorted(built.glob("*.pack"))
    assert [path.name.split(".")[0] for path in archives] == ["base", "data", "ours", "plot", "scipy"]
    for path in archives:
        assert path.name.split(".")[1] == hashlib.sha256(path.read_bytes()).hexdigest()[:12]


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
