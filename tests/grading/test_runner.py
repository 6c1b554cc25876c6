"""What one cell may take: time, output, space; whatever it does, its run ends and says why."""

import os
import time
from pathlib import Path

import nbformat
import pytest

from tests.grading import cohorts
from workbook.grading import grade, kernel, nbval_run, runner, sandbox
from workbook.grading.limits import Limits
from workbook.grading.reference import Reference
from workbook.grading.runner import Run, Runner

HAS_SANDBOX = sandbox.why_not() is None
needs_sandbox = pytest.mark.skipif(not HAS_SANDBOX, reason=f"no sandbox here: {sandbox.why_not()}")
ENOUGH = 60
"""Seconds that no run here needs; one that is cut off after them has no end of its own."""

PRINTS_FROM_A_THREAD_AND_IS_NEVER_IDLE = """
import threading, time
def forever():
    while True:
        print("x", flush=True)
        time.sleep(0.05)
threading.Thread(target=forever, daemon=True).start()
shell = get_ipython().kernel
shell._publish_status = shell._publish_status_and_flush = lambda *a, **k: None
"""
FAILS_AND_IS_NEVER_IDLE = PRINTS_FROM_A_THREAD_AND_IS_NEVER_IDLE + "raise ValueError\n"
SENDS_WHAT_IS_NO_OUTPUT = """
shell = get_ipython().kernel
while True:
    shell.session.send(shell.iopub_socket, "clear_output", {"wait": "x" * 10}, parent=shell.get_parent())
"""
SENDS_EMPTY_PARTS = """
get_ipython().kernel.iopub_socket.io_thread.socket.send_multipart([b""] * 1_000_000)
import time
time.sleep(900)
"""
SENDS_NO_MESSAGE = """
get_ipython().kernel.iopub_socket.io_thread.socket.send_multipart([b"no", b"message"])
import time
time.sleep(900)
"""
SENDS_REPLIES = """
shell = get_ipython().kernel
stream, ident, parent = shell.shell_stream, shell._shell_parent_ident.get(), {"msg_id": "another", "session": ""}
while True:
    shell.session.send(stream.socket, "execute_reply", {"status": "ok"}, parent=parent, ident=ident)
"""


def ran(
    *sources: str, limits: Limits, sandboxed: bool = HAS_SANDBOX, seconds: float = ENOUGH, shown: tuple[str, ...] = ()
) -> Run:
    """One run of a notebook of these cells, called a, b, …"""
    notebook = nbformat.v4.new_notebook()
    for name, source in zip("abcdef", sources, strict=False):
        notebook.cells.append(nbformat.v4.new_code_cell(source))
        notebook.cells[-1].id = name
    with Runner(nbformat.v4.new_notebook(), sandboxed=sandboxed, limits=limits) as one:
        return one.run(notebook, seconds)


def gone(pid: int) -> bool:
    """Whether that process ends within a while."""
    for _ in range(100):
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (cohorts.PRINTS_AND_CATCHES, "hung"),
        (PRINTS_FROM_A_THREAD_AND_IS_NEVER_IDLE, "hung"),
        (FAILS_AND_IS_NEVER_IDLE, "hung"),
        (cohorts.PRINTS_WHEN_INTERRUPTED, "dead"),
    ],
    ids=["prints and catches", "never idle", "fails and is never idle", "prints when interrupted"],
)
def test_a_cell_ends_in_time_whatever_it_sends(source: str, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "GRACE", 2.0 if status == "hung" else 20.0)
    run = ran("print(1)", source, limits=Limits(cell_timeout=1))
    assert run.stopped is None
    assert [run.cells[name].status for name in "ab"] == ["passed", status]
    assert len(run.cells["b"].printed) < 200_000


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True:\n    print('x' * 10_000)", "printed more than 1 MB"),
        ("while True:\n    print(1, flush=True)", "sent more than 300 messages"),
        (SENDS_WHAT_IS_NO_OUTPUT, "sent more than 300 messages"),
        (SENDS_WHAT_IS_NO_OUTPUT.replace("* 10", "* 100_000"), "printed more than 1 MB"),
        (SENDS_EMPTY_PARTS, "printed more than 1 MB"),
        (SENDS_NO_MESSAGE, "the kernel ended"),
        (SENDS_REPLIES, "sent more than 300 messages"),
    ],
    ids=[
        "output",
        "many small outputs",
        "many other messages",
        "large other messages",
        "empty parts",
        "no message",
        "replies",
    ],
)
def test_a_cell_may_send_so_much_and_no_more(source: str, reason: str) -> None:
    run = ran(source, "print(2)", limits=Limits(cell_timeout=30, output=1, messages=300))
    assert run.stopped is None
    assert (run.cells["a"].status, run.cells["a"].reason) == ("dead", reason)
    assert run.cells["b"].status == "dead"


def test_long_output_of_an_honest_cell_is_no_offence() -> None:
    run = ran("for i in range(20_000):\n    print(i)", "import sys\nprint(2, file=sys.stderr)", limits=Limits())
    assert [result.status for result in run.cells.values()] == ["passed", "passed"]
    assert run.cells["a"].printed.endswith("19999\n")


def test_a_process_that_no_longer_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(_path: object, _reference: object, _where: object, tell: nbval_run.Tell) -> None:
        tell({"cell": "a", "status": "passed"})
        tell({"cell": "b", "status": "running"})
        while True:
            pass

    monkeypatch.setattr(nbval_run, "run", stuck)
    monkeypatch.setattr(runner, "_PATIENCE", 1)
    run = ran("print(1)", "print(2)", limits=Limits(cell_timeout=1))
    assert run.cells["a"].status == "passed"
    assert (run.cells["b"].status, run.cells["b"].reason) == ("hung", "ran longer than 1 seconds")


def test_a_process_that_ends_within_a_cell_takes_the_blame_for_that_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(_path: object, _reference: object, _where: object, tell: nbval_run.Tell) -> None:
        tell({"cell": "a", "status": "running"})
        os._exit(1)

    monkeypatch.setattr(nbval_run, "run", ends)
    run = ran("print(1)", limits=Limits())
    assert (run.cells["a"].status, run.cells["a"].reason) == ("dead", run.stopped)


def test_without_a_sandbox_a_kernel_that_is_cut_off_ends_too(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    source = f"import os, pathlib\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))\nwhile True:\n    pass"
    run = ran(source, limits=Limits(cell_timeout=50), sandboxed=False, seconds=8)
    assert "was over" in run.stopped
    assert gone(int(told.read_text()))


@needs_sandbox
def test_only_the_scratch_is_written_to_and_it_is_small() -> None:
    places = ["/", "/dev", "/etc", "/usr", "/proc", "/dev/shm", "/tmp", "/scratch", "/sockets"]
    source = f"""
for place in {places}:
    try:
        for number in range(4):
            with open(f"{{place}}/{{number}}", "wb") as file:
                file.write(b"0" * 3 * 2**20)
    except OSError:
        print(number, end=" ")
    else:
        print("no end of", place)
"""
    run = ran(source, limits=Limits(scratch=8))
    assert run.cells["a"].printed == "0 0 0 0 0 2 2 2 0 "


@needs_sandbox
def test_no_reference_is_anywhere_within_reach() -> None:
    source = """
import os
seen = [os.path.join(base, name) for base, _, names in os.walk("/") for name in names]
print(len(seen) > 1_000, [path for path in seen if path.endswith(("/solution.ipynb", "/exercise.md"))])
"""
    run = ran(source, limits=Limits(cell_timeout=280), seconds=300)
    assert run.cells["a"].printed == "True []\n"


@needs_sandbox
def test_nothing_that_a_submission_writes_is_on_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = """
import os, ipykernel
os.chdir(os.path.dirname(ipykernel.get_connection_file()))
for _ in range(5_000):
    os.mkdir("d")
    os.chdir("d")
"""
    run = ran(source, "print(2)", limits=Limits())
    assert run.stopped is None
    assert [result.status for result in run.cells.values()] == ["passed", "passed"]
    assert list(tmp_path.iterdir()) == []


def test_the_longest_text_is_left_to_a_person(published: Reference) -> None:
    good = cohorts.solutions(published)
    free = next(question["qid"] for question in published.questions if question["kind"] == "free")
    answers = {free: f"{published.names[free]} = '\"' * 30_000"}
    assert free in good
    with Runner(published.solution, sandboxed=HAS_SANDBOX, limits=Limits()) as one:
        graded = grade.grade(cohorts.written(published, answers), published, one, Limits())
    result = next(question for question in graded.questions if question.qid == free)
    assert result.status == "manual"
    assert result.answer == '"' * 20_000
