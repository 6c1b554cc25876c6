"""Putting the site together, and leaving the last one alone when that fails."""

from pathlib import Path

import pytest

from workbook import site, stamps
from workbook.errors import WorkbookError


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Path]:
    folders = {}
    for name, entry in {"pyodide": "pyodide.js", "live": "start.js", "lite": "notebooks/index.html"}.items():
        file = tmp_path / name / entry
        file.parent.mkdir(parents=True)
        file.write_text("")
        folders[name] = tmp_path / name
    return folders


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "html"
    for name in ("index", "chapters/01-tiny/index", "chapters/01-tiny/lab"):
        page = folder / f"{name}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("new")
    return folder


@pytest.fixture
def last(tmp_path: Path) -> Path:
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("last")
    (target / "old.html").write_text("last")
    return target


def test_the_new_site_replaces_the_last_one_as_a_whole(tmp_path, make_book, parts, pages, last) -> None:
    source = make_book(tmp_path, "# A lab\n")
    site.assemble(last, pages, parts, source)
    assert (last / "index.html").read_text() == "new"
    assert not (last / "old.html").exists()
    assert (last / ".nojekyll").is_file()
    assert (last / "live/start.js").is_file()
    assert not list(tmp_path.glob("site.*"))


@pytest.mark.parametrize(
    "missing", ["html/chapters/01-tiny/lab.html", "pyodide/pyodide.js", "lite/notebooks/index.html"]
)
def test_an_incomplete_site_is_refused_and_the_last_one_stays(tmp_path, make_book, parts, pages, last, missing) -> None:
    source = make_book(tmp_path, "# A lab\n")
    (tmp_path / missing).unlink()
    with pytest.raises(WorkbookError, match=missing.removeprefix("html/")):
        site.assemble(last, pages, parts, source)
    assert (last / "old.html").read_text() == "last"
    assert not list(tmp_path.glob("site.*"))


def test_a_missing_part_is_one_clear_line(tmp_path, make_book, parts, pages, last) -> None:
    source = make_book(tmp_path, "# A lab\n")
    parts["lite"] = tmp_path / "nowhere"
    with pytest.raises(WorkbookError, match=r"cannot be put together: .*nowhere"):
        site.assemble(last, pages, parts, source)
    assert (last / "old.html").is_file()


def test_a_part_is_current_until_an_input_changes(tmp_path: Path) -> None:
    root, target = tmp_path / "root", tmp_path / "part"
    (root / "pages").mkdir(parents=True)
    target.mkdir()
    page = root / "pages" / "a.md"
    page.write_text("one")
    inputs = [root / "pages", root / "absent.md"]
    before = stamps.fingerprint(inputs, root)
    assert not stamps.is_current(target, before)
    stamps.remember(target, before)
    assert stamps.is_current(target, stamps.fingerprint(inputs, root))
    page.write_text("two")
    assert not stamps.is_current(target, stamps.fingerprint(inputs, root))
    page.write_text("one")
    (root / "absent.md").write_text("now here")
    assert not stamps.is_current(target, stamps.fingerprint(inputs, root))
    stamps.forget(target)
    assert not stamps.is_current(target, before)
