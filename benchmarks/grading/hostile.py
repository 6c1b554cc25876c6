"""A cohort with a hostile tenth, graded unattended."""

import socket
from dataclasses import dataclass
from pathlib import Path

from benchmarks.grading import measuring
from benchmarks.grading.tools import Ours
from tests.grading import cohorts
from workbook.grading.reference import Reference

SHARE = 0.1


@dataclass(frozen=True)
class Outcome:
    """How it went."""

    submissions: int
    hostile: int
    seconds: float
    resident: int | None
    proportional: int | None
    as_intended: int
    """Submissions with the intended state, and every question with the intended status."""
    otherwise: dict[str, str]
    """What is not as intended, by learner."""
    escaped: list[str]
    """What got out: a file written, a connection made."""


def grade(reference: Reference, count: int, folder: Path) -> Outcome:
    """Grade ``count`` submissions, every tenth of them an attack, with two workers in the sandbox."""
    folder.mkdir()
    secret = folder / "secret.txt"
    secret.write_text("untouched")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        canaries = cohorts.Canaries(secret, server.getsockname()[1], f"canary-{folder.name}")
        cases = list(cohorts.mixed(reference, count, canaries, SHARE))
        tool = Ours(reference)
        tool.prepare(cases, folder)
        measured = measuring.run(tool.commands(folder), tool.environment, folder / "log.txt", memory=True)
        escaped = [] if secret.read_text() == "untouched" else ["a file was written"]
        try:
            server.accept()
            escaped.append("a connection was made")
        except BlockingIOError:
            pass
    otherwise = _otherwise(cases, cohorts.read_gradebook(folder / "out" / "gradebook.csv"), reference)
    return Outcome(
        submissions=len(cases),
        hostile=sum(number % round(1 / SHARE) == round(1 / SHARE) - 1 for number in range(count)),
        seconds=measured.seconds,
        resident=measured.resident,
        proportional=measured.proportional,
        as_intended=len(cases) - len(otherwise),
        otherwise=otherwise,
        escaped=escaped,
    )


def _otherwise(cases: list[cohorts.Case], rows: dict[str, dict[str, str]], reference: Reference) -> dict[str, str]:
    compared = [question["qid"] for question in reference.questions if question["kind"] != "free"]
    found = {}
    for case in cases:
        row = rows.get(case.name)
        if row is None:
            found[case.name] = "no row in the gradebook"
            continue
        lost = {qid: row[f"{qid} status"] for qid in compared if row[f"{qid} status"] != "right"}
        expected = {qid: status for qid, status in case.expected.lost.items() if qid in compared}
        same = lost.keys() == expected.keys() and all(lost[qid] in expected[qid].split(" or ") for qid in lost)
        if not same or row["state"] != case.expected.state:
            found[case.name] = f"{row['state']}, {lost} instead of {case.expected.state}, {expected}"
    return found
