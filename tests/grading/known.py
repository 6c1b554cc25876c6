"""A cohort whose grades are known."""

from workbook.grading.cohort import Cohort, Row
from workbook.grading.grade import Graded, QuestionResult
from workbook.grading.reference import Reference
from workbook.grading.roster import Learner

NAMES = ["Ada Byron", "Bo Lee", "Cy Young", "Di Ng", "Ed Oz", "Fi Su", "Gus Ray", "Hal Ito", "=cmd('x')"]


def known_cohort(published: Reference) -> Cohort:
    """Nine people: q1 right for the first six, q2 for the first three, the others wrong; the last reads free text."""
    rows = []
    free = {"qid": "q90", "title": "Memo", "points": 2, "kind": "free", "guide": "Look for a number.", "hints": []}
    questions = [*published.questions[:2], free]
    for number, name in enumerate(NAMES):
        says = "This is in percent." if number >= 7 else ""
        results = [
            _result("q1", 1, number < 6, "48.20", says),
            _result("q2", 2, number < 3, "1; 2", ""),
            QuestionResult("q90", "Memo", 2, 0, "manual", answer=f'"text of {number}"'),
        ]
        rows.append(Row(Learner(f"u{number}", name), f"u{number}.ipynb", Graded("graded", "", results)))
    rows[1].same_as, rows[2].same_as = ["u2"], ["u1"]
    nothing = [QuestionResult("q1", "", 1, 0, "not run")]
    rows.append(Row(Learner("u98", "Late Riser"), "", Graded("missing", "nothing handed in", nothing)))
    rows.append(Row(Learner("u99", "Zed Quill", listed=False), "h.ipynb", Graded("unreadable", "damaged", nothing)))
    reference = Reference("02-heterogeneity", 7, published.learner, published.solution, questions, "abc" * 9)
    return Cohort(reference, rows, [("notes.txt", "not a notebook")], rostered=True)


def _result(qid: str, points: int, right: bool, answer: str, says: str) -> QuestionResult:
    if right:
        return QuestionResult(qid, qid, points, points, "right", "0.48")
    return QuestionResult(qid, qid, points, 0, "wrong", answer, says)
