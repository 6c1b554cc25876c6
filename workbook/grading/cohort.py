"""A whole cohort: in parallel, resumable, and never stopped by a single file."""

import contextlib
import json
import multiprocessing
import os
import secrets
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from workbook.errors import OnTheEdge, WorkbookError
from workbook.grading import inject
from workbook.grading import reference as references
from workbook.grading.collect import Collected, HandedIn
from workbook.grading.grade import NOT_RUN, Graded, QuestionResult, grade
from workbook.grading.limits import Limits
from workbook.grading.reference import Reference
from workbook.grading.roster import Learner, Roster
from workbook.grading.runner import Runner

STORE = "results"
_PATIENCE = 5.0
"""Seconds that a worker has to end in."""


@dataclass
class Row:
    """One learner: what came and how it was graded."""

    learner: Learner
    source: str
    """Name of the file; empty for a learner who handed in nothing."""
    graded: Graded
    same_as: list[str] = field(default_factory=list)
    """Other learners with the same answers, whatever their spacing and comments."""


@dataclass
class Cohort:
    """All rows, in the order of the roster (then by name), and the files that were put aside."""

    reference: Reference
    rows: list[Row]
    aside: list[tuple[str, str]]
    rostered: bool = False
    """Whether there is a list of who was to hand in."""

    @property
    def handed_in(self) -> list[Row]:
        """Rows with a submission that could be read."""
        return [row for row in self.rows if row.graded.state == "graded"]


@dataclass(frozen=True)
class Settings:
    """How to grade."""

    sandboxed: bool = True
    jobs: int = 2
    limits: Limits = field(default_factory=Limits)


_worker: Runner | None = None
_work: tuple[Reference, Limits] | None = None


def grade_all(
    collected: Collected, reference: Reference, out: Path, settings: Settings
) -> Iterator[tuple[int, int, str]]:
    """Grade everything that is not yet stored under ``out``; gives (done, of, source) after each submission.

    Results are stored as they come, under the fingerprints of submission and reference: after an interrupt the
    next call goes on where this one stopped.

    Raises ``WorkbookError`` where results cannot be written.
    """
    store = _store(out, reference)
    todo = {item.sha256: item for item in collected.submissions.values() if not _kept(store, item)}
    total = len(collected.submissions)
    copies = Counter(item.sha256 for item in collected.submissions.values())
    done = total - sum(copies[sha] for sha in todo)
    yield done, total, ""
    if not todo:
        return
    _rehearse(reference, settings)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        max_workers=min(settings.jobs, len(todo)),
        mp_context=context,
        initializer=_start_worker,
        initargs=(reference, settings),
    )
    complete = False
    try:
        waiting = {pool.submit(_grade_one, item): item for item in todo.values()}
        for future in as_completed(waiting):
            item = waiting[future]
            try:
                result = future.result()
            except BrokenProcessPool:
                raise WorkbookError(
                    "A grading process ended unexpectedly (out of memory?). What is graded is kept:"
                    " run the same command again, perhaps with --jobs 1."
                ) from None
            write_whole(store / f"{item.sha256}.json", json.dumps(result.as_dict(), ensure_ascii=False, indent=1))
            done += copies[item.sha256]
            yield done, total, item.source
        complete = True
    finally:
        if not complete:
            _stop(list((pool._processes or {}).values()))
        pool.shutdown(wait=True, cancel_futures=True)


def _stop(workers: list[BaseProcess]) -> None:
    """End what is at work; who has not gone after a while, because it waits for another that has, is killed."""
    waiting = {worker.sentinel: worker.pid for worker in workers}
    for number, patience in ((signal.SIGTERM, _PATIENCE), (signal.SIGKILL, 0)):
        for pid in waiting.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        end = time.monotonic() + patience
        while waiting and (left := end - time.monotonic()) > 0:
            for sentinel in connection.wait(list(waiting), left):
                del waiting[sentinel]


def reference_for(slug: str, out: Path, seed: int | None) -> Reference:
    """The reference for this cohort: its seed is ``seed``, else the one kept in ``out``, else a new one.

    Whoever knows the seed can find out the fresh inputs, so none is the same for every cohort. It is kept for the
    next call.

    Raises ``WorkbookError`` if the kept one cannot be read.
    """
    path = out / "seed.txt"
    if seed is None and path.is_file():
        text = path.read_text(encoding="utf-8").strip()
        if not text.isdecimal():
            raise WorkbookError(f"{path} does not hold a whole number: give the cohort's seed with --seed.")
        return references.load(slug, int(text))
    chosen = _drawn(slug) if seed is None else references.load(slug, seed)
    write_whole(path, f"{chosen.seed}\n")
    return chosen


def _drawn(slug: str) -> Reference:
    """A reference with a seed whose right answers are clear of the edges of their grids."""
    for _ in range(50):
        with contextlib.suppress(OnTheEdge):
            return references.load(slug, secrets.randbelow(10**6) + 1)
    raise WorkbookError(f"Most inputs drawn for {slug} lie on an edge: mend the fresh inputs of its source.")


def gather(collected: Collected, reference: Reference, out: Path, roster: Roster | None = None) -> Cohort:
    """The stored results as one cohort, with a row for everybody on the roster.

    Raises ``WorkbookError`` if something is not graded yet.
    """
    store = _store(out, reference)
    rows: dict[Learner, Row] = {}
    for learner, item in collected.submissions.items():
        stored = _kept(store, item)
        if stored is None:
            raise WorkbookError(f"{item.source} is not graded yet: run the same command again.")
        rows[learner] = Row(learner, item.source, stored)
    ordered = list(roster.learners) if roster else []
    for learner in ordered:
        rows.setdefault(learner, Row(learner, "", _missing(reference)))
    rows = {learner: rows[learner] for learner in [*ordered, *(key for key in rows if key not in ordered)]}
    _note_same(list(rows.values()))
    return Cohort(reference, list(rows.values()), collected.aside, roster is not None)


def write_whole(path: Path, text: str) -> None:
    """Write all of ``text`` or nothing: a full disk or an interrupt leaves the old file as it was."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False, suffix=".part") as part:
            try:
                part.write(text)
                part.close()
                written = Path(part.name)
                written.chmod(0o644)
                written.replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise WorkbookError(
            f"{path} cannot be written: {error.strerror}. Nothing that was written before is lost; make room"
            " or choose another --out, then run the same command again."
        ) from None


def _rehearse(reference: Reference, settings: Settings) -> None:
    """Grade the reference's own answers: a machine on which they fail would fail everybody."""
    answers = {
        cell.id.removesuffix("-answer"): cell.source for cell in reference.solution.cells if cell.id.endswith("-answer")
    }
    with _runner(reference, settings) as runner:
        run = runner.run(inject.assembled(reference, answers, []), settings.limits.wall)
    failed = [cell for cell, result in run.cells.items() if result.status != "passed"]
    if failed or not run.cells:
        first = run.cells[failed[0]] if failed else None
        reason = run.stopped or (f"{failed[0]} {first.status} {first.reason}".strip() if first else "nothing was run")
        raise WorkbookError(f"The reference itself does not pass on this machine ({reason}), so nothing was graded.")


def _runner(reference: Reference, settings: Settings) -> Runner:
    return Runner(reference.solution, sandboxed=settings.sandboxed, limits=settings.limits, seed=reference.seed)


def _store(out: Path, reference: Reference) -> Path:
    folder = out / STORE / reference.fingerprint[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbookError(f"{out} cannot be made: {error.strerror}. Choose another --out.") from None
    return folder


def _kept(store: Path, item: HandedIn) -> Graded | None:
    if item.data is None:
        return Graded("unreadable", item.trouble)
    path = store / f"{item.sha256}.json"
    try:
        return Graded.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        # Half written by another program: grade it again.
        path.unlink(missing_ok=True)
        return None


def _missing(reference: Reference) -> Graded:
    questions = [
        QuestionResult(question["qid"], question["title"], question["points"], 0, NOT_RUN, reason="nothing handed in")
        for question in reference.questions
    ]
    return Graded("missing", "nothing handed in", questions)


def _note_same(rows: list[Row]) -> None:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.graded.answers:
            groups.setdefault(row.graded.answers, []).append(row)
    for group in groups.values():
        for row in group:
            row.same_as = [other.learner.key for other in group if other is not row]


def _start_worker(reference: Reference, settings: Settings) -> None:
    global _worker, _work
    # The parent decides what an interrupt means; what is running here must not die halfway.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    _worker = _runner(reference, settings)
    _work = (reference, settings.limits)


def _leave(*_: object) -> None:
    if _worker is not None:
        _worker.end()
    os._exit(1)


def _grade_one(item: HandedIn) -> Graded:
    reference, limits = _work
    return grade(item.data, reference, _worker, limits)
