"""Tables and pages of a cohort whose grades are known."""

import csv
import io
import re
from pathlib import Path

import pytest

from tests.grading.known import known_cohort
from workbook.errors import WorkbookError
from workbook.grading import gradebook, report
from workbook.grading.cohort import Cohort, Row
from workbook.grading.grade import Graded
from workbook.grading.reference import Reference
from workbook.grading.roster import Learner


@pytest.fixture
def cohort(published: Reference) -> Cohort:
    return known_cohort(published)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_gradebook_has_a_row_for_everybody(cohort: Cohort) -> None:
    table = rows(gradebook.gradebook(cohort))
    assert [row["learner"] for row in table] == [row.learner.key for row in cohort.rows]
    assert (table[0]["points"], table[0]["of"], table[0]["percent"], table[0]["to be read"]) == ("3", "5", "60", "q90")
    assert table[1]["same answers as"] == "u2"
    assert [row["state"] for row in table[-2:]] == ["missing", "unreadable, not on the roster"]
    assert table[8]["name"] == "'=cmd('x')", "a spreadsheet must not take a name for a formula"


def test_item_analysis(cohort: Cohort) -> None:
    first, second, memo = gradebook.items(cohort)
    assert (first.answered, first.right, first.share_right) == (9, 6, pytest.approx(2 / 3))
    assert first.misconceptions == [("This is in percent.", 2)]
    assert first.wrong == [("48.20", 2, "This is in percent."), ("48.20", 1, "")]
    # q1 right and points of q2, by hand: six right with points 2 2 2 0 0 0, three wrong with 0.
    assert first.correlation == pytest.approx(0.5)
    assert second.correlation == pytest.approx(0.5)
    assert (memo.unread, memo.correlation, memo.share_right) == (9, None, None), "a text is neither right nor wrong"
    table = rows(gradebook.item_table(cohort))
    assert (table[0]["share right"], table[0]["item-rest correlation"]) == ("0.667", "0.50")
    assert table[2]["share right"] == ""
    assert (table[0]["most common misconception"], table[0]["how often"]) == ("This is in percent.", "2")


def test_imports_leave_out_who_handed_in_nothing(cohort: Cohort) -> None:
    assert {row["ID number"] for row in rows(gradebook.moodle(cohort))} == {*(f"u{i}" for i in range(9)), "u99"}
    canvas = rows(gradebook.canvas(cohort))
    assert (canvas[0]["Student"], canvas[0]["02-heterogeneity"]) == ("Points Possible", "5")


def test_points_given_by_a_person_are_merged(cohort: Cohort, tmp_path: Path) -> None:
    path = tmp_path / "manual.csv"
    path.write_text(gradebook.manual_table(cohort).replace('"""text of 0""",,2,', '"""text of 0""","1,5",2,well put'))
    assert gradebook.merge_manual(cohort, path) == 1
    assert cohort.rows[0].graded.reached == 4.5
    assert "well put" in report.feedback(cohort, cohort.rows[0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("learner,qid\nu0,q90\n", "lacks the column"),
        ("learner,qid,points\nu77,q90,1\n", "line 2: there is no learner 'u77'"),
        ("learner,qid,points\nu0,q1,1\n", "line 2: 'q1' is no question to be read"),
        ("learner,qid,points\nu0,q90,3\n", "points must be from 0 to 2; got '3'"),
        ("learner,qid,points\nu0,q90,good\n", "got 'good'"),
    ],
)
def test_points_that_cannot_be_merged_are_refused_with_their_line(
    cohort: Cohort, tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "manual.csv"
    path.write_text(text)
    with pytest.raises(WorkbookError, match=re.escape(says)):
        gradebook.merge_manual(cohort, path)


def test_points_are_read_from_a_table_that_a_spreadsheet_saved_in_another_encoding(
    cohort: Cohort, tmp_path: Path
) -> None:
    path = tmp_path / "manual.csv"
    path.write_bytes("learner;qid;points;remark\nu0;q90;1,5;trop général\n".encode("cp1252"))
    assert gradebook.merge_manual(cohort, path) == 1
    result = cohort.rows[0].graded.questions[2]
    assert (result.reached, result.reason) == (1.5, "trop général")


def test_a_filled_in_manual_table_is_not_overwritten(cohort: Cohort, tmp_path: Path) -> None:
    gradebook.write(cohort, tmp_path)
    (tmp_path / "manual.csv").write_text("mine")
    gradebook.write(cohort, tmp_path)
    assert (tmp_path / "manual.csv").read_text() == "mine"


def test_the_page_for_the_room_names_nobody(cohort: Cohort) -> None:
    page = report.room(cohort)
    assert "This is in percent." in page
    for row in cohort.rows:
        assert row.learner.key not in re.findall(r"\bu\d+\b", page)
        assert row.learner.name not in page
        assert row.learner.name.split()[-1] not in re.findall(r"\w+", page)


def test_a_small_group_gets_no_distribution_in_the_room(cohort: Cohort) -> None:
    assert "Notebooks by points" in report.room(cohort)
    cohort.rows = cohort.rows[:5]
    assert "Notebooks by points" not in report.room(cohort)
    assert "Notebooks by points" in report.report(cohort)


def test_the_report_says_who_needs_help_and_what_to_talk_about(cohort: Cohort) -> None:
    page = report.report(cohort)
    for text in ("Hal Ito", "Bo Lee, Cy Young", "Late Riser", "notes.txt", "Look for a number."):
        assert text in page
    assert "=cmd(&#39;x&#39;)" in page


def test_a_text_is_neither_hard_nor_easy(cohort: Cohort) -> None:
    memo = gradebook.items(cohort)[2]
    for page in (report.report(cohort), report.room(cohort)):
        row = re.search(rf'<tr><th scope="row">{memo.qid} .*?</tr>', page, re.DOTALL)[0]
        assert "a text, read by a person" in row
        assert "%" not in row
        assert f"{memo.qid} 0%" not in page, "the chart leaves it out"
    assert f"<h3>{memo.qid} " not in report.report(cohort), "and so does the list for the debrief"


def test_pages_load_nothing_and_run_nothing(cohort: Cohort) -> None:
    for page in (report.report(cohort), report.room(cohort), report.feedback(cohort, cohort.rows[7])):
        assert "<script" not in page
        assert re.findall(r"(?:src|href)=\"(?!data:|feedback/|room\.html)([^\"]*)", page) == []


def test_feedback_gives_hints_and_no_reference_value(cohort: Cohort) -> None:
    page = report.feedback(cohort, cohort.rows[8])
    assert "This is in percent." in page
    solution = cohort.reference.questions[0]["hints"][-1]
    assert "nlargest(2357)" in solution
    assert "nlargest(2357)" not in page
    assert "0.48" not in page


def test_pages_of_learners_have_names_of_their_own() -> None:
    keys = ["a/b", "a b", "A-B", "a-b", "../../etc", "x" * 300, "Zoë"]
    names = {report.page_name(Row(Learner(key), "f", Graded("graded"))).lower() for key in keys}
    assert len(names) == len(keys)
    assert all("/" not in name and len(name) < 90 and not name.startswith(".") for name in names)
