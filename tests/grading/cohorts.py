"""Submissions of every kind that comes in, honest and hostile, each with the grade it should get."""

import base64
import copy
import csv
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from workbook.grading.reference import Reference

PRINTS_WHEN_INTERRUPTED = """
import time
try:
    time.sleep(900)
except KeyboardInterrupt:
    print("x" * 200_000_000)
"""
PRINTS_AND_CATCHES = """
import time
while True:
    try:
        while True:
            print("x", flush=True)
            time.sleep(0.05)
    except BaseException:
        pass
"""


@dataclass(frozen=True)
class Expected:
    """What the gradebook should say."""

    state: str = "graded"
    lost: dict[str, str] = field(default_factory=dict)
    """Status of every question that is not right; ``a or b`` where both can be."""
    note: str = ""
    """Part of a note that must be there."""


@dataclass(frozen=True)
class Case:
    """One submission."""

    name: str
    data: bytes = field(repr=False)
    expected: Expected = Expected()


@dataclass(frozen=True)
class Canaries:
    """Where an escape would show: a file outside, a port that listens, a word in a process's command line."""

    file: Path
    port: int
    word: str


def hostile(reference: Reference, canaries: Canaries) -> list[Case]:
    """At least thirty submissions of exercise 02-heterogeneity."""
    return [*_honest(reference), *_broken_files(reference), *_tampered(reference), *_attacks(reference, canaries)]


def mixed(reference: Reference, count: int, canaries: Canaries | None = None, share: float = 0.1) -> Iterator[Case]:
    """``count`` submissions as a course gets them, a ``share`` of them hostile (none without ``canaries``)."""
    bad = list(_attacks(reference, canaries)) if canaries else []
    good = solutions(reference)
    every = round(1 / share) if bad else count + 1
    for number in range(count):
        if bad and number % every == every - 1:
            case = bad[(number // every) % len(bad)]
            yield Case(f"learner-{number:03d}", case.data, case.expected)
            continue
        answers = dict(good)
        lost = {}
        if number % 3 == 1:
            answers["q1"], lost["q1"] = "q1 = 48.2", "wrong"
        if number % 4 == 2:
            answers["q7"], lost["q7"] = 'q7 = "failed"', "wrong"
        if number % 5 == 3:
            del answers["q5"]
            lost["q5"] = "blank"
        answers["q4"] += f"\nby_learner_{number} = True"
        yield Case(f"learner-{number:03d}", written(reference, answers), Expected(lost=lost))


def solutions(reference: Reference) -> dict[str, str]:
    """The reference's answers by question."""
    return {
        cell.id.removesuffix("-answer"): cell.source for cell in reference.solution.cells if cell.id.endswith("-answer")
    }


def notebook(reference: Reference, answers: dict[str, str]) -> nbformat.NotebookNode:
    """The learner's notebook with these answers filled in."""
    filled = copy.deepcopy(reference.learner)
    for cell in filled.cells:
        qid = cell.id.removesuffix("-answer")
        if cell.id.endswith("-answer") and qid in answers:
            cell.source = answers[qid]
    return filled


def written(reference: Reference, answers: dict[str, str]) -> bytes:
    """The same as a file."""
    return nbformat.writes(notebook(reference, answers)).encode()


def _all(reference: Reference, status: str) -> dict[str, str]:
    return {question["qid"]: status for question in reference.questions}


def _honest(reference: Reference) -> Iterator[Case]:
    good = solutions(reference)
    yield Case("perfect", written(reference, good))
    yield Case("blank", written(reference, {}), Expected(lost=_all(reference, "blank")))
    some = {qid: good[qid] for qid in ("q1", "q3", "q7")}
    blank = {qid: "blank" for qid in good if qid not in some}
    yield Case("partly-right", written(reference, some), Expected(lost=blank))
    yield Case("percent", written(reference, good | {"q1": "q1 = 48.2"}), Expected(lost={"q1": "wrong"}))
    syntax = good | {"q4": "q4 = len(best"}
    yield Case("syntax-error", written(reference, syntax), Expected(lost={"q4": "error"}))
    asks = good | {"q1": "q1 = float(input('share? '))"}
    yield Case("asks-for-input", written(reference, asks), Expected(lost={"q1": "error"}))
    deep = good | {"q2": "def customers_needed(spend, target):\n    return customers_needed(spend, target)"}
    yield Case("endless-recursion", written(reference, deep), Expected(lost={"q2": "wrong"}))
    overwrites = good | {"q1": "year = None\nq1 = 48.2"}
    expected = Expected(lost={"q1": "wrong"}, note="judged by itself")
    yield Case("overwrites-what-is-given", written(reference, overwrites), expected)

    turned = notebook(reference, good)
    turned.cells = turned.cells[::-1]
    yield Case("reordered", nbformat.writes(turned).encode(), Expected(note="another order"))

    stripped = notebook(reference, good)
    for cell in stripped.cells:
        cell.id = uuid.uuid4().hex[:8]
    yield Case("ids-stripped", nbformat.writes(stripped).encode())
    for cell in stripped.cells:
        cell.metadata = nbformat.NotebookNode()
    yield Case("ids-and-metadata-stripped", nbformat.writes(stripped).encode(), Expected(note="lost its id"))

    more = notebook(reference, good)
    for place, source in ((5, "scratch = 1 + 1\nscratch"), (9, "raise RuntimeError('only trying')"), (12, "1 / 0")):
        more.cells.insert(place, nbformat.v4.new_code_cell(source))
    yield Case("extra-cells", nbformat.writes(more).encode(), Expected(note="3 further cell(s)"))
    more = notebook(reference, good)
    more.cells.insert(6, nbformat.v4.new_code_cell("while True:\n    pass"))
    yield Case("extra-cell-that-loops", nbformat.writes(more).encode())

    large = notebook(reference, good)
    picture = base64.b64encode(os.urandom(1 << 20)).decode()
    for cell in large.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": picture * 2})]
    while len(data := nbformat.writes(large).encode()) < 50 * 2**20:
        large.cells[1].outputs *= 2
    yield Case("fifty-megabytes", data)
    yield Case("format-3", nbformat.writes(nbformat.convert(notebook(reference, good), 3), version=3).encode())


def _broken_files(reference: Reference) -> Iterator[Case]:
    whole = written(reference, solutions(reference))
    other = whole.replace(reference.slug.encode(), b"07-another-exercise")
    files = {
        "empty-file": b"",
        "half-written": whole[: len(whole) // 2],
        "web-page": b"<!DOCTYPE html><html><body>Log in to see this file</body></html>",
        "renamed-zip": b"PK\x03\x04" + bytes(200),
        "a-list": b"[1, 2, 3]",
        "cells-damaged": b'{"cells": [1, {"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "deeply-nested": b"[" * 100_000,
        "another-exercise": other,
        "no-cell-of-it": nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])).encode(),
        "binary-noise": bytes(range(256)) * 20,
    }
    for name, data in files.items():
        yield Case(name, data, Expected("unreadable", _all(reference, "not run")))


def _tampered(reference: Reference) -> Iterator[Case]:
    good = solutions(reference)
    printed = {
        cell.id.removesuffix("-check"): "".join(output.get("text", "") for output in cell.outputs)
        for cell in reference.solution.cells
        if cell.id.endswith("-check")
    }

    def tampered(change: Callable[[nbformat.NotebookNode], None], answers: dict[str, str]) -> bytes:
        changed = notebook(reference, answers)
        change(changed)
        return nbformat.writes(changed).encode()

    def prints_answers(changed: nbformat.NotebookNode) -> None:
        for cell in changed.cells:
            if cell.id.endswith("-check"):
                cell.source = f"print({printed[cell.id.removesuffix('-check')].strip()!r})"

    def without_checks(changed: nbformat.NotebookNode) -> None:
        changed.cells = [cell for cell in changed.cells if not cell.id.endswith("-check")]

    def with_outputs(changed: nbformat.NotebookNode) -> None:
        for cell in changed.cells:
            if cell.id.endswith("-check"):
                text = printed[cell.id.removesuffix("-check")]
                cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", name="stdout", text=text)], 1

    def with_markers(changed: nbformat.NotebookNode) -> None:
        for cell in changed.cells:
            if cell.cell_type == "code":
                cell.metadata["tags"] = ["nbval-skip", "nbval-ignore-output", *cell.metadata.get("tags", [])]

    blank = Expected(lost=_all(reference, "blank"))
    changed = Expected(lost=_all(reference, "blank"), note="had been changed")
    yield Case("checks-print-the-answers", tampered(prints_answers, {}), changed)
    yield Case("checks-deleted", tampered(without_checks, good), Expected(note="put back"))
    yield Case("outputs-forged", tampered(with_outputs, {}), blank)
    yield Case("tags-that-skip", tampered(with_markers, good | {"q1": "q1 = 1"}), Expected(lost={"q1": "wrong"}))
    skips = good | {"q1": "# NBVAL_SKIP\n#NBVAL_IGNORE_OUTPUT\nq1 = 1"}
    yield Case("comments-that-skip", written(reference, skips), Expected(lost={"q1": "wrong"}, note="marker"))

    wrong = "def customers_needed(spend, target):\n    return 1\n"
    patch = wrong + 'check = lambda qid, answer: print("Q2 = 2; 3; 1; 6; 25; 95")'
    yield Case("check-replaced", written(reference, good | {"q2": patch}), Expected(lost={"q2": "wrong"}))
    inside = wrong + (
        "from customer_value.checks import canonical, exercise, functions\n"
        "canonical.returned = lambda *a: '2; 3; 1; 6; 25; 95'\n"
        "functions.cases = lambda *a: []\n"
    )
    nothing = Expected(lost={"q2": "blank"}, note="judged by itself")
    yield Case("checks-patched-inside", written(reference, good | {"q2": inside}), nothing)
    table = (
        "def customers_needed(spend, target):\n"
        "    return {4: 2, 3: 1, 30: 6, 80: 25, 200: 95}.get(len(spend), 0) + (len(set(spend)) == 1)"
    )
    yield Case("hard-coded", written(reference, good | {"q2": table}), Expected(lost={"q2": "wrong"}))
    shell = good | {"q2": "get_ipython().run_cell = None\nimport builtins\nbuiltins.print = lambda *a, **k: None"}
    # An interrupt may or may not end a kernel in that state.
    either = Expected(lost={"q2": "timeout or crashed"})
    yield Case("shell-patched", written(reference, shell), either)


def _attacks(reference: Reference, canaries: Canaries) -> Iterator[Case]:
    good = solutions(reference)
    file, port, word = str(canaries.file), canaries.port, canaries.word
    define = "def customers_needed(spend, target):\n    return 0\n"
    # What the system and Python brought comes last: on a busy disk, reading all of it takes longer than a cell has.
    # That nothing is there either is held by a test without that limit (test_runner).
    hunt = f"""
import os, sys, time
start = time.monotonic()
last = ["/bin", "/lib", "/lib32", "/lib64", "/usr", sys.base_prefix, sys.prefix, "/proc"]
for folder in ["/", {str(canaries.file.parent)!r}, *last]:
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if os.path.join(base, name) not in last]
        for name in names:
            if name == "solution.ipynb" or name == {canaries.file.name!r}:
                raise SystemExit(open(os.path.join(base, name)).read())
        if folder in last and time.monotonic() - start > 1:
            break
"""
    network = f"""
import socket
for address in ("127.0.0.1", "localhost"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(socket.AF_INET, kind) as s:
                s.settimeout(1)
                s.connect((address, {port}))
                s.send(b"out")
        except OSError:
            pass
"""
    writes = f"""
import os
for path in ({file!r}, "/usr/lib/mine", "/etc/mine", os.path.expanduser("~/../mine")):
    try:
        open(path, "a").write("escaped")
    except OSError:
        pass
"""
    daemon = f"""
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(900)", {word!r}])
    os._exit(0)
"""
    folders = """
import os, ipykernel
os.chdir(os.path.dirname(ipykernel.get_connection_file()))
for _ in range(5_000):
    os.mkdir("d")
    os.chdir("d")
"""
    wrong = {"q2": "wrong"}
    crashed = {"q2": "crashed"}
    # Where the machine is slow the time may be over before so much has come through.
    flood = {"q2": "crashed or timeout"}
    cases = {
        "looks-for-the-reference": (hunt + define, wrong),
        "network": (network + define, wrong),
        "writes-outside": (writes + define, wrong),
        "leaves-a-process": (daemon + define, wrong),
        "endless-loop": ("while True:\n    pass", {"q2": "timeout"}),
        "loop-in-the-function": (
            "def customers_needed(spend, target):\n    while True:\n        pass",
            {"q2": "timeout"},
        ),
        "loop-that-catches": (
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
            {"q2": "timeout"},
        ),
        "loop-in-c": ("10 ** 10 ** 9", {"q2": "timeout"}),
        "ends-python": ("import os\nos._exit(0)", crashed),
        "kills-everything": ("import os\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)", crashed),
        "segmentation-fault": ("import ctypes\nctypes.string_at(0)", crashed),
        "memory": ("held = [bytearray(10 ** 8) for _ in range(400)]", {"q2": "error"}),
        "fork-bomb": ("import os\nwhile True:\n    os.fork()", crashed),
        "threads": (
            "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(99,)).start()",
            {"q2": "crashed or error"},
        ),
        "endless-print": ('while True:\n    print("x" * 10_000)', flood),
        "prints-when-stopped": (PRINTS_WHEN_INTERRUPTED, flood),
        "prints-and-goes-on": (PRINTS_AND_CATCHES, {"q2": "timeout"}),
        "folders-without-end": (folders + define, wrong),
        "fills-the-disk": (
            'import itertools\nfor i in itertools.count():\n    open(f"/scratch/{i}", "wb").write(b"0" * 10 ** 6)',
            {"q2": "error"},
        ),
        "stops-itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", {"q2": "timeout"}),
        "mounts": (
            "import ctypes\nc = ctypes.CDLL(None)\n"
            "assert c.mount(b'x', b'/tmp', b'tmpfs', 0, None) and c.unshare(0x10000000) and c.setuid(1)\n" + define,
            wrong,
        ),
        "shell-command": (f"!echo escaped >> {file}\n" + define, wrong),
        "dies-at-the-end": ("import atexit, time\natexit.register(time.sleep, 900)\n" + define, wrong),
    }
    for name, (source, lost) in cases.items():
        yield Case(name, written(reference, good | {"q2": source}), Expected(lost=lost))
    twice = good | {"q2": "import os\nos._exit(0)", "q5": "import ctypes\nctypes.string_at(0)"}
    yield Case("two-crashes", written(reference, twice), Expected(lost={"q2": "crashed", "q5": "crashed"}))


def save(cases: list[Case], folder: Path) -> None:
    """Write the cases as files named after them."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        (folder / f"{case.name}.ipynb").write_bytes(case.data)


def read_gradebook(path: Path) -> dict[str, dict[str, str]]:
    """Rows of a gradebook by learner."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["learner"]: row for row in csv.DictReader(file)}
