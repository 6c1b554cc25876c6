"""What ``python -m workbook check`` and ``grade`` do."""

import os
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from workbook.errors import WorkbookError
from workbook.grading import cohort as cohorts
from workbook.grading import gradebook, reference, report
from workbook.grading import sandbox as sandboxes
from workbook.grading.collect import Collected, HandedIn, collect
from workbook.grading.grade import BLANK, RIGHT, WRONG, Graded
from workbook.grading.grade import grade as grade_one
from workbook.grading.limits import Limits
from workbook.grading.roster import read as read_roster
from workbook.grading.runner import Runner
from workbook.progress import say

_WORDS = {
    RIGHT: "✓ right",
    WRONG: "✗ not yet",
    BLANK: "○ not attempted",
    "error": "✗ stops with an error",
    "timeout": "✗ takes too long",
    "crashed": "✗ ends Python",
    "not run": "○ not run",
    "manual": "· for a person to read",
    "read": "· read by a person",
}


def check(notebook: Path, slug: str | None) -> None:
    """Print the learner's own grade."""
    found = collect(notebook)
    if len(found.submissions) != 1:
        raise WorkbookError(f"{notebook} holds {len(found.submissions)} notebooks; give the one to be checked.")
    item = next(iter(found.submissions.values()))
    chosen = reference.load(slug or _exercise_of([item]))
    limits = Limits(cell_timeout=60, wall=600)
    # One's own notebook runs with one's own rights anyway.
    with Runner(chosen.solution, sandboxed=False, limits=limits) as runner:
        graded = grade_one(item.data or b"", chosen, runner, limits)
    if graded.state != "graded":
        raise WorkbookError(f"{notebook}: {item.trouble or graded.reason}.")
    print("\n".join(_verdicts(graded, chosen)))


def grade(
    submissions: Path,
    out: Path,
    *,
    exercise: str | None,
    roster: Path | None,
    manual: Path | None,
    seed: int | None,
    jobs: int,
    sandbox: str,
    limits: Limits,
) -> None:
    """Grade a cohort and write its gradebook, feedback and report into ``out``."""
    sandboxed = _sandboxed(sandbox)
    people = read_roster(roster) if roster else None
    if _inside(out, submissions):
        raise WorkbookError(f"--out {out} lies inside {submissions}: choose a folder beside it.")
    collected = collect(submissions, people)
    slug = exercise or _exercise_of(list(collected.submissions.values()))
    chosen = cohorts.reference_for(slug, out, seed)
    say(f"{len(collected.submissions)} submission(s) of {chosen.slug}, {len(collected.aside)} other file(s) put aside.")
    settings = cohorts.Settings(sandboxed, jobs or os.cpu_count() or 1, limits)
    try:
        _with_progress(collected, chosen, out, settings)
    except KeyboardInterrupt:
        raise WorkbookError(
            "Stopped. What is graded is kept: run the same command again to go on where this one stopped."
        ) from None
    graded = cohorts.gather(collected, chosen, out, people)
    if manual is not None:
        say(f"{gradebook.merge_manual(graded, manual)} answer(s) read by a person were added.")
    gradebook.write(graded, out)
    report.write(graded, out)
    _summary(graded, out)


def _with_progress(collected: Collected, chosen: reference.Reference, out: Path, settings: cohorts.Settings) -> None:
    console = Console(stderr=True)
    columns = (TextColumn("· grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("grading", total=len(collected.submissions))
        first = True
        for done, total, _ in cohorts.grade_all(collected, chosen, out, settings):
            if first and done:
                say(f"{done} of {total} were graded before and are taken as they are.")
            first = False
            bar.update(task, completed=done)


def _sandboxed(choice: str) -> bool:
    if choice == "none":
        say(
            "WARNING: without a sandbox every submission runs with your rights: it can read and delete your files,"
            " use the network, see the reference and change other grades. Do this only with people you trust."
        )
        return False
    reason = sandboxes.why_not()
    if reason:
        raise WorkbookError(
            f"There is no sandbox: {reason}. Grade on a Linux machine with bubblewrap, or add --sandbox none"
            " if you trust everybody who handed in."
        )
    return True


def _exercise_of(items: list[HandedIn]) -> str:
    """The exercise that most notebooks start."""
    counts: dict[str, int] = {}
    for item in items:
        text = (item.data or b"").decode("utf-8", "replace")
        for slug in set(re.findall(r"checks\.start\(\s*\\?[\"']([0-9]{2}-[a-z0-9-]+)", text)):
            counts[slug] = counts.get(slug, 0) + 1
    if not counts:
        raise WorkbookError("No notebook says which exercise it is: name it, for example --exercise 02-heterogeneity.")
    return max(sorted(counts), key=counts.get)


def _inside(out: Path, submissions: Path) -> bool:
    return submissions.is_dir() and out.resolve().is_relative_to(submissions.resolve())


def _verdicts(graded: Graded, chosen: reference.Reference) -> list[str]:
    lines = []
    for question in graded.questions:
        why = question.misconception or question.reason
        more = f": {why}" if why else ""
        lines.append(f"{_WORDS[question.status]}  {question.qid} {question.title} ({question.points}){more}")
    lines += [f"· {note}" for note in graded.notes]
    return [*lines, f"{graded.reached:g} of {chosen.points} points"]


def _summary(graded: cohorts.Cohort, out: Path) -> None:
    rows = graded.handed_in
    unreadable = [row for row in graded.rows if row.graded.state == "unreadable"]
    missing = sum(row.graded.state == "missing" for row in graded.rows)
    strangers = [row.learner.key for row in graded.rows if not row.learner.listed]
    total = sum(row.graded.reached for row in rows) / len(rows) if rows else 0
    print(f"{len(rows)} graded, mean {total:.1f} of {graded.reference.points} points", file=sys.stderr)
    for row in unreadable:
        print(f"  {row.source}: {row.graded.reason}", file=sys.stderr)
    if missing:
        print(f"  {missing} on the roster handed in nothing", file=sys.stderr)
    if strangers and graded.rostered:
        print(f"  not on the roster: {', '.join(strangers)}", file=sys.stderr)
    say(f"Gradebook, feedback and report are in {out}; begin with {out / 'report.html'}.")
