"""The benchmark of grading: it runs, every grader gets the same checks, and it says what is not met.

No times are judged.
"""

import ast
import doctest
import json
import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import machine
from benchmarks.grading import __main__ as command
from benchmarks.grading import formats, hostile, measuring, report
from benchmarks.grading.rounds import Outcome, Plan, measure
from benchmarks.grading.tools import TOOLS, Nbval, Tool, Verdicts
from tests.grading import cohorts
from workbook.errors import WorkbookError
from workbook.grading import reference as references
from workbook.grading import sandbox
from workbook.grading.reference import Reference

PRINTED = {"q1": "Q1 = 0.48\n", "q7": "Q7 = cannot tell\n"}


@pytest.fixture(scope="module")
def published() -> Reference:
    return references.load(command.EXERCISE)


@pytest.mark.skipif(sandbox.why_not() is not None, reason=f"no sandbox here: {sandbox.why_not()}")
def test_a_small_run_grades_as_intended_and_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "WORK", tmp_path / "work")
    page, record = command.main(["--quick", "--tools", "ours", "nbval-together", "--output", str(tmp_path)])
    found = json.loads(record.read_text(encoding="utf-8"))
    assert set(found["graders"]) == {"ours", "nbval-together"}
    for outcome in found["graders"].values():
        assert outcome["answers"] == outcome["as_intended"] == 35
        assert outcome["proportional"] <= outcome["resident"]
        assert all(seconds > 0 for seconds in outcome["seconds"])
    attacks = found["attacks"]
    assert (attacks["submissions"], attacks["hostile"], attacks["as_intended"]) == (10, 1, 10)
    assert attacks["escaped"] == []
    text = page.read_text(encoding="utf-8")
    assert "| nbval, one call for all |" in text
    assert "A part of the run" in text
    assert "Asked for and found" not in text
    assert {file.suffix for file in (tmp_path / "work").iterdir()} == set()


def test_an_nbgrader_test_passes_the_reference_answer_and_no_other(published: Reference) -> None:
    source = formats.for_nbgrader(published.learner, published)
    tests = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    asked = formats.compared(published)
    assert set(tests) == {f"{qid}-check" for qid in asked}
    assert all(cell.metadata["nbgrader"]["locked"] for cell in tests.values())
    points = {question["qid"]: question["points"] for question in published.questions}
    assert {name: cell.metadata["nbgrader"]["points"] for name, cell in tests.items()} == {
        f"{qid}-check": points[qid] for qid in asked
    }
    for qid, printed in PRINTED.items():
        cell = tests[f"{qid}-check"]
        exec(cell.source, {"check": lambda *_, text=printed: print(text, end=""), qid: 0})
        with pytest.raises(AssertionError):
            exec(cell.source, {"check": lambda *_: print("Q = another"), qid: 0})


def test_an_otter_test_passes_the_reference_answer_and_no_other(published: Reference, tmp_path: Path) -> None:
    formats.write_autograder(tmp_path / "autograder.zip", published)
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {f"tests/{qid}.py" for qid in formats.compared(published)} == {name for name in files if name[-3:] == ".py"}
    for qid, printed in PRINTED.items():
        test = ast.literal_eval(ast.parse(files[f"tests/{qid}.py"]).body[-1].value)
        (case,) = test["suites"][0]["cases"]
        for said, failures in ((printed, 0), ("Q = another\n", 1)):
            values = {"check": lambda *_, text=said: print(text, end=""), qid: 0}
            parsed = doctest.DocTestParser().get_doctest(case["code"], values, qid, None, 0)
            assert doctest.DocTestRunner(verbose=False).run(parsed, out=lambda _: None).failed == failures


def test_otter_notebooks_check_where_the_workbook_does(published: Reference) -> None:
    changed = formats.for_otter(published.learner, published)
    sources = [cell.source for cell in changed.cells if cell.cell_type == "code"]
    assert [f'grader.check("{qid}")' for qid in formats.compared(published)] == [
        source for source in sources if source.startswith("grader.check")
    ]


class Stand(Tool):
    """Stands for a grader: prints what it was given and judges it right."""

    name, title = "stand", "Stand"

    def prepare(self, cases: list[cohorts.Case], folder: Path) -> None:
        for case in cases:
            (folder / case.name).touch()

    def commands(self, folder: Path) -> list[list[str]]:
        return [[sys.executable, "-c", f"import os, json; print(json.dumps(os.listdir({str(folder)!r})))"]]

    def verdicts(self, folder: Path, printed: str) -> Verdicts:
        return {learner: {"q1": True} for learner in json.loads(printed)}


class Whole(Stand):
    """The same, given the whole cohort in every round."""

    name, title, whole = "whole", "Whole", True


def test_every_submission_has_its_turn_and_wrong_verdicts_are_counted(published: Reference, tmp_path: Path) -> None:
    right = [cohorts.Case(name, b"", cohorts.Expected()) for name in "abcd"]
    cases = [*right, cohorts.Case("e", b"", cohorts.Expected(lost={"q1": "wrong"}))]
    found = measure([Stand(published), Whole(published)], cases, Plan(submissions=5, rounds=2, first=1), tmp_path)
    assert found["stand"].submissions == [3, 2]
    assert found["whole"].submissions == [5, 5]
    # Seven questions each; of those only the first is judged, and that of e is judged wrongly.
    asked = len(formats.compared(published))
    assert (found["stand"].answers, found["stand"].as_intended) == (6 * asked, 5)
    assert (found["whole"].answers, found["whole"].as_intended) == (11 * asked, 9)


def test_memory_counts_what_a_command_starts(tmp_path: Path) -> None:
    child = "held = bytearray(80_000_000); import time; time.sleep(1)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"
    found = measuring.run([[sys.executable, "-c", code]], os.environ, tmp_path / "log.txt", memory=True)
    assert found.printed == "done"
    assert found.resident > 80_000_000
    assert found.resident >= found.proportional > 80_000_000
    assert measuring.run([[sys.executable, "-c", "0"]], os.environ, tmp_path / "log.txt").resident is None


def test_a_command_that_fails_or_hangs_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkbookError, match="ended with 3"):
        measuring.run([[sys.executable, "-c", "import sys; sys.exit(3)"]], os.environ, tmp_path / "log.txt")
    monkeypatch.setattr(measuring, "LIMIT", 0.2)
    with pytest.raises(WorkbookError, match="did not end within"):
        measuring.run([[sys.executable, "-c", "while True: pass"]], os.environ, tmp_path / "log.txt")


def result(published: Reference, ours: float = 0.3, got_out: list[str] | None = None) -> report.Run:
    seconds = {"ours": ours, "ours-one": 0.4, "nbval": 2.0, "nbval-together": 1.0, "nbgrader": 2.0, "otter": 3.0}
    outcomes = {
        name: Outcome([median, median, 99.0], [20, 20, 20], 2_000_000, 1_000_000, 420, 420)
        for name, median in seconds.items()
    }
    attacked = hostile.Outcome(200, 20, 90.0, 2_000_000, 1_000_000, 200, {}, got_out or [])
    here = replace(machine.this(), load=0.1)
    tools = [tool(published) for tool in TOOLS]
    return report.Run(Plan(), tools, outcomes, attacked, {"the workbook": {"nbval": "0.11.0"}}, here, True)


def not_met(run: report.Run) -> list[str]:
    missed = [verdict.what for verdict in report.judge(run) if not verdict.met]
    return [what.partition(", a submission: ")[2] or what for what in missed]


def test_the_quicker_nbval_is_the_yardstick(published: Reference) -> None:
    assert not_met(result(published)) == []
    assert not_met(result(published, ours=0.7)) == []
    assert not_met(result(published, ours=0.71)) == ["time of plain nbval"]
    assert not_met(result(published, ours=1.1)) == ["time of plain nbval", "time of nbgrader"]


def test_wrong_grades_and_escapes_are_not_met(published: Reference) -> None:
    run = result(published, got_out=["a file was written"])
    run.outcomes["ours"].as_intended = 419
    run = replace(run, attacked=replace(run.attacked, as_intended=199, otherwise={"learner-009": "error"}))
    assert not_met(run) == [
        "Answers judged as intended, in all rounds",
        "200 submissions, 20 hostile: graded as intended",
        "200 submissions, 20 hostile: got out of the sandbox",
    ]


def test_the_page_of_a_complete_run(published: Reference, tmp_path: Path) -> None:
    page, record = report.write(result(published), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "All 5 targets are met" in text
    assert "| nbgrader autograde | 2.00 | 2.00–99.00 | 6.7 | 420 of 420 |" in text
    assert "| A cohort of 60, a submission: time of nbgrader | at most 0.50 times | 0.15 times | met |" in text
    assert "nbval 0.11.0" in text
    found = json.loads(record.read_text(encoding="utf-8"))
    assert [target["met"] for target in found["targets"]] == 5 * [True]


def test_nbval_reports_are_read_by_cell(published: Reference, tmp_path: Path) -> None:
    cells = [cell.id for cell in published.learner.cells if cell.cell_type == "code"]
    number = cells.index("q4-check")
    name = '<testcase classname="a.b.learner-003.exercise.ipynb" name="Cell {}">{}</testcase>'
    body = "".join(name.format(place, "<failure/>" if place == number else "") for place in range(len(cells)))
    (tmp_path / "result.xml").write_text(f"<testsuites><testsuite>{body}</testsuite></testsuites>")
    found = Nbval(published).verdicts(tmp_path, "")
    assert found == {"learner-003": {qid: qid != "q4" for qid in formats.compared(published)}}
