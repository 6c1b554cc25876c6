"""Package archives: what is in them, and that the same wheels give the same bytes."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from workbook import live_archives, paths
from workbook.errors import WorkbookError
from workbook.live_archives import Contents

SITE = live_archives.SITE_PACKAGES


@pytest.fixture(scope="module")
def pyodide_folder() -> Path:
    if not (paths.PYODIDE / "pyodide-lock.json").is_file():
        pytest.fail(f"{paths.PYODIDE} is not filled: run `make site` first (`make test` does).")
    return paths.PYODIDE


def names(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return set(tar.getnames())


def test_packing_is_the_same_whatever_the_files_dates_and_order(tmp_path):
    packed = []
    for attempt, order in enumerate((["b/two.txt", "a.txt"], ["a.txt", "b/two.txt"])):
        folder = tmp_path / str(attempt)
        for name in order:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name, encoding="utf-8")
        target = tmp_path / f"{attempt}.pack"
        live_archives.pack(folder, target)
        packed.append(target.read_bytes())
    assert packed[0] == packed[1]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed[0]))) as tar:
        assert tar.getnames() == ["a.txt", "b/two.txt"]
        assert tar.extractfile("b/two.txt").read() == b"b/two.txt"


def test_compiling_twice_gives_the_same_archive_named_after_its_content(pyodide_folder, tmp_path):
    contents = {
        "small": Contents(packages=("six", "cycler")),
        "kept": Contents(packages=("decorator",), needs=("small",), keep_sources=("decorator.py",)),
    }
    first = live_archives.build(pyodide_folder, tmp_path / "one", contents)
    second = live_archives.build(pyodide_folder, tmp_path / "two", contents)
    assert [a.file.read_bytes() for a in first] == [a.file.read_bytes() for a in second]
    assert [a.file.name for a in first] == [a.file.name for a in second]
    assert [(a.name, a.packages, a.needs) for a in first] == [
        ("small", ("six", "cycler"), ()),
        ("kept", ("decorator",), ("small",)),
    ]
    assert f"{SITE}/six.pyc" in names(first[0].file)
    assert f"{SITE}/cycler/__init__.pyc" in names(first[0].file)
    assert not [name for name in names(first[0].file) if name.endswith(".py")]
    assert {f"{SITE}/decorator.py", f"{SITE}/__pycache__/decorator.cpython-312.pyc"} <= names(first[1].file)


def test_an_unchanged_archive_comes_from_the_cache(pyodide_folder, tmp_path):
    contents = {"small": Contents(packages=("six",))}
    before = live_archives.build(pyodide_folder, tmp_path, contents)[0].file.stat().st_mtime_ns
    assert live_archives.build(pyodide_folder, tmp_path, contents)[0].file.stat().st_mtime_ns == before
    changed = {"small": Contents(packages=("six", "cycler"))}
    assert f"{SITE}/cycler/__init__.pyc" in names(live_archives.build(pyodide_folder, tmp_path, changed)[0].file)
    assert len(list(tmp_path.glob("*.pack"))) == 1


def test_the_font_list_is_matplotlibs_own_and_names_only_fonts_that_are_there(pyodide_folder):
    archive = next(a for a in live_archives.build(pyodide_folder) if a.name == "plot")
    with tarfile.open(archive.file) as tar:
        present = set(tar.getnames())
        fonts = json.load(tar.extractfile(f"{SITE}/matplotlib/fontlist.json"))
    assert fonts["_version"] == 330
    listed = [font["fname"] for font in fonts["ttflist"]]
    assert "fonts/ttf/DejaVuSans.ttf" in listed
    assert [name for name in listed if f"{SITE}/matplotlib/mpl-data/{name}" not in present] == []


def test_an_unknown_package_is_named(pyodide_folder, tmp_path):
    with pytest.raises(WorkbookError, match="The package nothing is not in"):
        live_archives.build(pyodide_folder, tmp_path, {"small": Contents(packages=("nothing",))})


def test_without_a_lock_file_the_error_says_what_to_do(tmp_path):
    with pytest.raises(WorkbookError, match="run `make site`"):
        live_archives.build(tmp_path, tmp_path / "cache")
