"""A cohort of everything that can go wrong gets the grades it should, and nothing of it gets out."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grading import cohorts
from workbook.grading import sandbox
from workbook.grading.reference import Reference
from workbook.paths import ROOT

pytestmark = pytest.mark.skipif(sandbox.why_not() is not None, reason=f"no sandbox here: {sandbox.why_not()}")

# The same user without any privilege, as far as files, namespaces and signals go.
ORDINARY = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


class Listener:
    """Counts what arrives at a port of this machine."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._stream = socket.create_server(("127.0.0.1", 0))
        self.port = self._stream.getsockname()[1]
        self._packets = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._packets.bind(("127.0.0.1", self.port))
        for listen in (self._connections, self._datagrams):
            threading.Thread(target=listen, daemon=True).start()

    def _connections(self) -> None:
        while True:
            try:
                self._stream.accept()[0].close()
            except OSError:
                return
            self.heard.append("a connection")

    def _datagrams(self) -> None:
        while True:
            try:
                self._packets.recv(100)
            except OSError:
                return
            self.heard.append("a packet")

    def close(self) -> None:
        """Stop listening."""
        self._stream.close()
        self._packets.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


def users() -> list[list[str]]:
    """As whom to grade: an ordinary user always, root where the tests run as root."""
    if os.geteuid() != 0:
        return [[]]
    works = (
        shutil.which("unshare") and not subprocess.run([*ORDINARY, "true"], capture_output=True, check=False).returncode
    )
    return [[], ORDINARY] if works else [[]]


def processes_with(word: str) -> list[str]:
    """Command lines that hold ``word``, of all processes of this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if word.encode() in line:
            found.append(line.decode(errors="replace"))
    return found


@pytest.mark.parametrize("user", users(), ids=lambda user: "ordinary user" if user or os.geteuid() else "root")
def test_every_submission_gets_its_grade_and_nothing_gets_out(
    user: list[str], published: Reference, tmp_path: Path, listener: Listener
) -> None:
    word = f"canary-{os.getpid()}-{len(user)}"
    secret = tmp_path / f"{word}.txt"
    secret.write_text("untouched")
    before = {path: path.stat().st_mtime_ns for path in (ROOT / "customer_value").rglob("*.py")}
    temporary = tmp_path / "t"
    temporary.mkdir()
    cases = cohorts.hostile(published, cohorts.Canaries(secret, listener.port, word))
    assert len(cases) >= 30
    cohorts.save(cases, tmp_path / "submissions")
    grading = [sys.executable, "-m", "workbook", "grade", tmp_path / "submissions", "--out", tmp_path / "out"]
    done = subprocess.run(
        [*user, *grading, "--seed", "7", "--cell-timeout", "5", "--sandbox", "bubblewrap"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=1_500,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    rows = cohorts.read_gradebook(tmp_path / "out" / "gradebook.csv")
    compared = [question["qid"] for question in published.questions if question["kind"] != "free"]
    wrong = {}
    for case in cases:
        row = rows[case.name]
        lost = {qid: row[f"{qid} status"] for qid in compared if row[f"{qid} status"] != "right"}
        expected = {qid: status for qid, status in case.expected.lost.items() if qid in compared}
        same = lost.keys() == expected.keys() and all(lost[qid] in expected[qid].split(" or ") for qid in lost)
        if not same or row["state"] != case.expected.state or case.expected.note not in row["notes"]:
            wrong[case.name] = (row["state"], lost, row["notes"], case.expected)
    assert wrong == {}

    assert secret.read_text() == "untouched"
    assert listener.heard == []
    assert processes_with(word) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert list(temporary.iterdir()) == []
    for page in (tmp_path / "out").rglob("*.html"):
        assert "untouched" not in page.read_text(encoding="utf-8"), page.name
