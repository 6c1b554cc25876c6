"""Which notebook is whose, from the ways in which they come."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest

from workbook.errors import WorkbookError
from workbook.grading import collect as collecting
from workbook.grading import roster as rosters
from workbook.grading.collect import collect

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(NOTEBOOK)
    return folder


def keys(found: collecting.Collected) -> list[str]:
    return [learner.key for learner in found.submissions]


@pytest.fixture
def roster(tmp_path: Path) -> rosters.Roster:
    path = tmp_path / "roster.csv"
    path.write_text(
        "ID;First name;Last name;Email\n"
        "u17;Zoë;Ørsted-Lee;zoe@firm.example\n"
        "u18;Ann;Lee;ann.lee@firm.example\n"
        "u19;Bo;Lee;bo@firm.example\n",
        encoding="utf-8",
    )
    return rosters.read(path)


def test_a_file_for_each_learner(tmp_path: Path) -> None:
    assert keys(collect(put(tmp_path, "anna.ipynb", "Bert.ipynb"))) == ["anna", "Bert"]


def test_a_folder_for_each_learner(tmp_path: Path) -> None:
    put(tmp_path, "anna/exercise.ipynb", "bert/deep/er/exercise.ipynb", "cleo/02-heterogeneity.ipynb")
    assert sorted(keys(collect(tmp_path))) == ["anna", "cleo", "er"]


def test_exports_of_learning_management_systems(tmp_path: Path) -> None:
    put(
        tmp_path,
        "Ann Lee_4411_assignsubmission_file_/exercise.ipynb",
        "21345-998 - Bo Lee - Nov 3, 2026 305 PM/exercise.ipynb",
        "leecleo_7721_88812_exercise.ipynb",
        "Exercise 2_dlee_attempt_2026-11-03-10-20-30_exercise.ipynb",
    )
    found = {learner.key: learner.name for learner in collect(tmp_path).submissions}
    assert found == {"4411": "Ann Lee", "21345": "Bo Lee", "7721": "leecleo", "dlee": "dlee"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Zoë Ørsted-Lee_1_assignsubmission_file_/exercise.ipynb", "u17"),
        ("u18.ipynb", "u18"),
        ("ann.lee@firm.example/exercise.ipynb", "u18"),
        ("Lee Bo exercise final (2).ipynb", "u19"),
        ("work/bo/exercise.ipynb", "u19"),
        ("Lee.ipynb", "Lee"),
    ],
)
def test_the_roster_names_who_it_is(tmp_path: Path, roster: rosters.Roster, name: str, key: str) -> None:
    found = collect(put(tmp_path / "in", name), roster)
    assert keys(found) == [key]
    assert next(iter(found.submissions)).listed == key.startswith("u")


def test_the_newest_of_several_counts_and_the_others_are_listed(tmp_path: Path, roster: rosters.Roster) -> None:
    put(tmp_path / "in", "u18.ipynb", "ann lee.ipynb")
    os.utime(tmp_path / "in" / "u18.ipynb", (time.time() + 60, time.time() + 60))
    found = collect(tmp_path / "in", roster)
    assert [item.source for item in found.submissions.values()] == ["u18.ipynb"]
    assert found.aside == [("ann lee.ipynb", "an earlier file of u18; u18.ipynb counts")]


def test_a_zip_of_folders_zips_and_rubbish(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("exercise.ipynb", NOTEBOOK)
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("anna/exercise.ipynb", NOTEBOOK)
        archive.writestr("bert.zip", inner.getvalue())
        archive.writestr("cleo.zip", b"PK not really")
        archive.writestr("../../outside.ipynb", NOTEBOOK)
        archive.writestr("__MACOSX/anna/._exercise.ipynb", b"x")
        archive.writestr("notes.docx", b"x")
    found = collect(path)
    assert sorted(keys(found)) == ["anna", "bert", "outside"]
    assert not (tmp_path.parent / "outside.ipynb").exists()
    assert dict(found.aside) == {
        "notes.docx": "not a notebook",
        "cleo.zip": "cleo/ is damaged: it is not a complete zip file.",
    }


def test_files_too_large_or_unreadable_are_rows_not_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_BYTES", 10)
    put(tmp_path, "anna.ipynb")
    item = next(iter(collect(tmp_path).submissions.values()))
    assert item.data is None
    assert "at most" in item.trouble


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "secret", "x.ipynb")
    put(tmp_path / "in", "anna.ipynb")
    (tmp_path / "in" / "bert.ipynb").symlink_to(tmp_path / "secret" / "x.ipynb")
    found = collect(tmp_path / "in")
    assert keys(found) == ["anna"]
    assert found.aside == [("bert.ipynb", "a link or a device, not a file")]


@pytest.mark.parametrize("make", ["missing", "empty", "text", "only-others"])
def test_places_without_notebooks_are_one_clear_line(tmp_path: Path, make: str) -> None:
    place = tmp_path / make
    if make == "text":
        place.write_text("hello")
    elif make != "missing":
        place.mkdir()
    if make == "only-others":
        (place / "notes.txt").write_text("x")
    with pytest.raises(WorkbookError, match=r"Give the folder or zip|neither a folder nor a zip"):
        collect(place)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("id,name\n", "lists nobody"),
        ("colour,size\nred,2\n", "has the columns colour, size"),
        ("id,name\nu1,Ann\nu1,Bo\n", "lists 'u1' on lines 2 and 3"),
        ("id,name\n,\n,Ann\n , \nu1,\n", None),
        ("id,group\n,b\n", "line 2, has no id"),
    ],
)
def test_rosters_are_read_or_refused_with_their_line(tmp_path: Path, text: str, says: str | None) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)
    if says is None:
        assert [learner.key for learner in rosters.read(path).learners] == ["Ann", "u1"]
    else:
        with pytest.raises(WorkbookError, match=says):
            rosters.read(path)
    with pytest.raises(WorkbookError, match="cannot be read"):
        rosters.read(tmp_path / "other.csv")
