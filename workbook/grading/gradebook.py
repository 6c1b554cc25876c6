"""The tables of a graded cohort, as CSV."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbook.errors import WorkbookError
from workbook.grading.cohort import Cohort, Row, write_whole
from workbook.grading.grade import BLANK, CRASHED, ERROR, MANUAL, NOT_RUN, READ, RIGHT, TIMEOUT, WRONG

_MANUAL_FIELDS = ("learner", "qid", "title", "text", "points", "of", "remark")


def gradebook(cohort: Cohort) -> str:
    """One row for each learner: points in all and by question, what happened, notes, equal submissions."""
    qids = [question["qid"] for question in cohort.reference.questions]
    heading = ["learner", "name", "email", "file", "state", "points", "of", "percent"]
    heading += [*qids, *(f"{qid} status" for qid in qids), "to be read", "same answers as", "notes"]
    rows = []
    for row in cohort.rows:
        by_question = {question.qid: question for question in row.graded.questions}
        reached, most = row.graded.reached, cohort.reference.points
        unread = [qid for qid, question in by_question.items() if question.status == MANUAL]
        stranger = cohort.rostered and not row.learner.listed
        state = f"{row.graded.state}, not on the roster" if stranger else row.graded.state
        notes = [row.graded.reason, *row.graded.notes]
        rows.append(
            [
                row.learner.key,
                row.learner.name,
                row.learner.email,
                row.source,
                state,
                _number(reached),
                most,
                _number(round(100 * reached / most, 1)),
                *(_number(by_question[qid].reached) if qid in by_question else 0 for qid in qids),
                *(by_question[qid].status if qid in by_question else NOT_RUN for qid in qids),
                " ".join(unread),
                " ".join(row.same_as),
                "; ".join(filter(None, notes)),
            ]
        )
    return _csv(heading, rows)


def moodle(cohort: Cohort) -> str:
    """Grades as Moodle imports them: identifier, e-mail and grade."""
    rows = [[row.learner.key, row.learner.email, _number(row.graded.reached)] for row in cohort.rows if row.source]
    return _csv(["ID number", "Email address", cohort.reference.slug], rows)


def canvas(cohort: Cohort) -> str:
    """Grades as Canvas imports them, with its row of points possible."""
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", cohort.reference.slug]
    rows = [["Points Possible", "", "", "", "", cohort.reference.points]]
    rows += [
        [row.learner.name, row.learner.key, "", row.learner.email, "", _number(row.graded.reached)]
        for row in cohort.rows
        if row.source
    ]
    return _csv(heading, rows)


@dataclass(frozen=True)
class Item:
    """How a cohort fared with one question."""

    qid: str
    title: str
    points: int
    answered: int
    """Learners whose notebook could be read."""
    right: int
    blank: int
    error: int
    timeout: int
    crashed: int
    unread: int
    free: bool
    """A text, which a person reads: it is never counted as right or wrong."""
    correlation: float | None
    """Of getting this question right with the points of all others; ``None`` where one of them does not vary."""
    wrong: list[tuple[str, int, str]]
    """Wrong answers, the most common first: the answer, how often, the misconception it shows if known."""

    @property
    def share_right(self) -> float | None:
        """Of those whose notebook could be read; ``None`` for a text."""
        return self.right / self.answered if self.answered and not self.free else None

    @property
    def misconceptions(self) -> list[tuple[str, int]]:
        """Known misconceptions, the most common first."""
        counts: Counter[str] = Counter()
        for _, number, says in self.wrong:
            if says:
                counts[says] += number
        return counts.most_common()


def items(cohort: Cohort) -> list[Item]:
    """Item analysis of everybody whose notebook could be read."""
    rows = cohort.handed_in
    reached = np.array([[question.reached for question in row.graded.questions] for row in rows], dtype=float)
    found = []
    for index, question in enumerate(cohort.reference.questions):
        results = [row.graded.questions[index] for row in rows]
        status = Counter(result.status for result in results)
        wrong = Counter((result.answer, result.misconception) for result in results if result.status == WRONG)
        found.append(
            Item(
                qid=question["qid"],
                title=question["title"],
                points=question["points"],
                answered=len(rows),
                right=status[RIGHT],
                blank=status[BLANK],
                error=status[ERROR],
                timeout=status[TIMEOUT],
                crashed=status[CRASHED] + status[NOT_RUN],
                unread=status[MANUAL],
                free=question["kind"] == "free",
                correlation=_correlation(reached, index),
                wrong=[(answer, number, says) for (answer, says), number in wrong.most_common()],
            )
        )
    return found


def item_table(cohort: Cohort) -> str:
    """Item analysis: one row for each question."""
    heading = ["question", "title", "points", "answered", "share right", "item-rest correlation", "blank", "error"]
    heading += ["timeout", "crashed or not run", "to be read", "most common misconception", "how often"]
    heading += ["most common wrong answers"]
    rows = []
    for item in items(cohort):
        says, number = item.misconceptions[0] if item.misconceptions else ("", 0)
        share = "" if item.share_right is None else f"{item.share_right:.3f}"
        correlation = "" if item.correlation is None else f"{item.correlation:.2f}"
        common = "; ".join(f"{answer[:80]} ({count})" for answer, count, _ in item.wrong[:3])
        rows.append(
            [
                *(item.qid, item.title, item.points, item.answered, share, correlation, item.blank, item.error),
                *(item.timeout, item.crashed, item.unread, says, number or "", common),
            ]
        )
    return _csv(heading, rows)


def manual_table(cohort: Cohort) -> str:
    """Free text for a person to read: fill in ``points`` (and ``remark``) and grade again with ``--manual``."""
    rows = []
    for row in cohort.rows:
        for question in row.graded.questions:
            if question.status == MANUAL:
                rows.append([row.learner.key, question.qid, question.title, question.answer, "", question.points, ""])
    return _csv(list(_MANUAL_FIELDS), rows)


def merge_manual(cohort: Cohort, path: Path) -> int:
    """Put the points that a person gave into the cohort; returns how many.

    Raises ``WorkbookError`` naming the line: an unknown learner or question, points out of range.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WorkbookError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        # As spreadsheets save it on some systems.
        text = path.read_text(encoding="cp1252", errors="replace")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = {"learner", "qid", "points"} - set(reader.fieldnames or ())
    if missing:
        raise WorkbookError(f"{path.name} lacks the column(s) {', '.join(sorted(missing))}; start from manual.csv.")
    rows: dict[str, Row] = {row.learner.key: row for row in cohort.rows}
    merged = 0
    for line, entry in enumerate(reader, start=2):
        given = (entry["points"] or "").strip()
        if not given:
            continue
        row = rows.get((entry["learner"] or "").strip())
        if row is None:
            raise WorkbookError(f"{path.name}, line {line}: there is no learner {entry['learner']!r} in this cohort.")
        question = next((one for one in row.graded.questions if one.qid == (entry["qid"] or "").strip()), None)
        if question is None or question.status not in (MANUAL, READ):
            raise WorkbookError(f"{path.name}, line {line}: {entry['qid']!r} is no question to be read by a person.")
        try:
            points = float(given.replace(",", "."))
        except ValueError:
            points = -1.0
        if not 0 <= points <= question.points:
            raise WorkbookError(f"{path.name}, line {line}: points must be from 0 to {question.points}; got {given!r}.")
        question.reached, question.status = points, READ
        question.reason = (entry.get("remark") or "").strip()
        merged += 1
    return merged


def write(cohort: Cohort, out: Path) -> list[Path]:
    """Write all tables into ``out``; a filled-in ``manual.csv`` is never overwritten by an empty one."""
    tables = {
        "gradebook.csv": gradebook(cohort),
        "items.csv": item_table(cohort),
        "import-moodle.csv": moodle(cohort),
        "import-canvas.csv": canvas(cohort),
        "aside.csv": _csv(["file", "why it is not graded"], [list(pair) for pair in cohort.aside]),
    }
    if any(question["kind"] == "free" for question in cohort.reference.questions) and not (out / "manual.csv").exists():
        tables["manual.csv"] = manual_table(cohort)
    for name, text in tables.items():
        write_whole(out / name, text)
    return [out / name for name in tables]


def _correlation(reached: np.ndarray, index: int) -> float | None:
    if len(reached) < 3:
        return None
    own = reached[:, index]
    rest = reached.sum(axis=1) - own
    if own.std() == 0 or rest.std() == 0:
        return None
    return float(np.corrcoef(own, rest)[0, 1])


def _number(value: float) -> str:
    return f"{value:g}"


def _csv(heading: list[str], rows: list[list]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return buffer.getvalue()


def _harmless(cell: object) -> object:
    """Text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
