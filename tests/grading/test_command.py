"""`workbook check` and `workbook grade` as they are called."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.grading import cohorts
from workbook.errors import WorkbookError
from workbook.grading import cohort as grading
from workbook.grading import sandbox
from workbook.grading.reference import Reference
from workbook.paths import ROOT

needs_sandbox = pytest.mark.skipif(sandbox.why_not() is not None, reason=f"no sandbox here: {sandbox.why_not()}")


def workbook(*arguments: object, **options: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "workbook", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600, **options)


def submit(reference: Reference, folder: Path, **answers: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in answers.items():
        (folder / f"{name}.ipynb").write_bytes(cohorts.written(reference, given))
    return folder


def test_a_learner_checks_the_own_notebook(published: Reference, tmp_path: Path) -> None:
    good = cohorts.solutions(published)
    path = submit(published, tmp_path, me=good | {"q1": "q1 = 48.2", "q5": "def total_loss("}) / "me.ipynb"
    done = workbook("check", path)
    assert done.returncode == 0, done.stderr
    assert "✗ not yet  q1 Share of the best tenth (1): This is in percent." in done.stdout
    assert "✓ right  q2" in done.stdout
    assert "✗ stops with an error  q5 Total loss of the loss-makers (2): SyntaxError" in done.stdout


@needs_sandbox
def test_a_cohort_with_roster_goes_on_where_it_stopped(published: Reference, tmp_path: Path) -> None:
    good = cohorts.solutions(published)
    folder = submit(published, tmp_path / "in", ann=good, bo=good | {"q1": "q1 = 48.2"}, cy={})
    roster, out = tmp_path / "roster.csv", tmp_path / "out"
    roster.write_text("id,name\nann,Ann Lee\nbo,Bo Lee\ndi,Di Ng\n")
    first = workbook("grade", folder, "--out", out, "--roster", roster)
    assert first.returncode == 0, first.stderr
    rows = cohorts.read_gradebook(out / "gradebook.csv")
    assert list(rows) == ["ann", "bo", "di", "cy"]
    assert rows["ann"]["state"] == "graded"
    assert rows["bo"]["q1 status"] == "wrong"
    assert rows["di"]["state"] == "missing"
    assert rows["cy"]["state"] == "graded, not on the roster"
    seed = (out / "seed.txt").read_text()
    assert int(seed) > 0

    submit(published, folder, late=good | {"q7": 'q7 = "worked"'})
    stored = {path: path.stat().st_mtime_ns for path in (out / "results").rglob("*.json")}
    roster.write_text("id,name\nann,Ann Lee\nbo,Bo Lee\nlate,Late Riser\n")
    second = workbook("grade", folder, "--out", out, "--roster", roster)
    assert "3 of 4 were graded before and are taken as they are" in second.stderr
    assert (out / "seed.txt").read_text() == seed
    assert {path: path.stat().st_mtime_ns for path in stored} == stored
    assert cohorts.read_gradebook(out / "gradebook.csv")["late"]["q1"] == "1"
    assert {path.name for path in (out / "feedback").iterdir()} == {"ann.html", "bo.html", "cy.html", "late.html"}


@needs_sandbox
def test_ctrl_c_keeps_what_is_graded(published: Reference, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    cohorts.save(list(cohorts.mixed(published, 12)), folder)
    command = [sys.executable, "-m", "workbook", "grade", folder, "--out", tmp_path / "out", "--jobs", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    store = tmp_path / "out" / "results"
    end = time.monotonic() + 120
    while not list(store.rglob("*.json")) and time.monotonic() < end:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.rstrip().endswith("run the same command again to go on where this one stopped.")
    assert "Traceback" not in said
    kept = len(list(store.rglob("*.json")))
    assert 1 <= kept < 12
    done = workbook("grade", folder, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert f"{kept} of 12 were graded before" in done.stderr
    assert len(cohorts.read_gradebook(tmp_path / "out" / "gradebook.csv")) == 12


@needs_sandbox
def test_without_a_sandbox_the_grades_are_the_same_and_the_risk_is_said(published: Reference, tmp_path: Path) -> None:
    good = cohorts.solutions(published)
    loops = good | {"q2": "def customers_needed(spend, target):\n    while True:\n        pass"}
    folder = submit(published, tmp_path / "in", ann=good | {"q7": 'q7 = "worked"'}, bo=loops)
    grades = {}
    for choice in ("none", "bubblewrap"):
        out = tmp_path / choice
        arguments = ["--out", out, "--sandbox", choice, "--seed", "5", "--cell-timeout", "5"]
        done = workbook("grade", folder, *arguments)
        assert done.returncode == 0, done.stderr
        assert ("WARNING: without a sandbox" in done.stderr) == (choice == "none")
        grades[choice] = (out / "gradebook.csv").read_text()
    assert grades["none"] == grades["bubblewrap"]
    assert "timeout" in grades["none"]


def test_a_disk_without_room_is_one_line_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gradebook.csv"
    grading.write_whole(path, "as it was")

    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_room)
    with pytest.raises(WorkbookError, match=r"No space left on device\. Nothing that was written before is lost"):
        grading.write_whole(path, "new")
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


def test_a_stored_result_that_is_damaged_is_graded_again(tmp_path: Path) -> None:
    item = grading.HandedIn("a.ipynb", b"x")
    (tmp_path / f"{item.sha256}.json").write_text('{"state": "grad')
    assert grading._kept(tmp_path, item) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "nowhere", "--out", "OUT"], "There is no nowhere."),
        (["grade", "IN", "--out", "OUT", "--exercise", "02-heterogenity"], "Did you mean 02-heterogeneity?"),
        (["grade", "IN", "--out", "OUT", "--roster", "nowhere.csv"], "The roster nowhere.csv cannot be read"),
        (["grade", "IN", "--out", "IN/out"], "lies inside"),
        (["grade", "IN", "--out", "/dev/null/out"], "Choose another --out|cannot be written"),
        (["grade", "IN", "--out", "OUT", "--jobs", "-1"], "Invalid value for '--jobs'"),
        (["grade", "IN", "--out", "OUT", "--sandbox", "docker"], "Invalid value for '--sandbox'"),
        (["grade", "NAMELESS", "--out", "OUT"], "No notebook says which exercise it is"),
        (["check", "nowhere.ipynb"], "There is no nowhere.ipynb"),
        (["check", "IN"], "holds 2 notebooks"),
        (["check", "BROKEN"], "the notebook is damaged or only half written"),
    ],
)
def test_wrong_arguments_are_one_clear_line(
    published: Reference, tmp_path: Path, arguments: list[str], says: str
) -> None:
    submit(published, tmp_path / "IN", a={}, b={})
    (tmp_path / "NAMELESS").mkdir()
    (tmp_path / "NAMELESS" / "a.ipynb").write_text('{"cells": []}')
    (tmp_path / "BROKEN").mkdir()
    (tmp_path / "BROKEN" / "a.ipynb").write_bytes(b'{"cells": checks.start("02-heterogeneity")')
    places = {name: str(tmp_path / name) for name in ("IN", "OUT", "NAMELESS", "BROKEN")}
    given = [places.get(word, word.replace("IN/", places["IN"] + "/")) for word in arguments]
    done = workbook(*given)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert any(part in " ".join(done.stderr.split()) for part in says.split("|")), done.stderr


def test_a_machine_without_bubblewrap_says_what_to_do(published: Reference, tmp_path: Path) -> None:
    folder = submit(published, tmp_path / "in", a={})
    tools = tmp_path / "bin"
    tools.mkdir()
    done = workbook("grade", folder, "--out", tmp_path / "out", env={**os.environ, "PATH": str(tools)})
    assert done.returncode == 1
    assert "bubblewrap is not installed" in done.stderr
    assert "--sandbox none" in done.stderr


def test_results_are_plain_json(published: Reference, tmp_path: Path) -> None:
    good = cohorts.solutions(published)
    folder = submit(published, tmp_path / "in", ann=good)
    done = workbook("grade", folder, "--out", tmp_path / "out", "--sandbox", "none")
    assert done.returncode == 0, done.stderr
    stored = next((tmp_path / "out" / "results").rglob("*.json"))
    assert json.loads(stored.read_text())["state"] == "graded"
    with (tmp_path / "out" / "aside.csv").open() as file:
        assert list(csv.reader(file)) == [["file", "why it is not graded"]]
