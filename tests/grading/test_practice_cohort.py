"""The practice cohort, and the page for facilitators that shows what the commands print about it."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbook import rehearsal
from workbook.errors import WorkbookError
from workbook.grading import sandbox
from workbook.paths import ROOT

needs_sandbox = pytest.mark.skipif(sandbox.why_not() is not None, reason=f"no sandbox here: {sandbox.why_not()}")
PAGE = ROOT / "workshop" / "grading.md"


def transcript() -> list[tuple[str, str]]:
    """Each command of the page with what it is said to print."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.S | re.M):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, printed))
    return found


@needs_sandbox
def test_the_page_shows_what_the_commands_print(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    shown = transcript()
    assert sum(command.startswith("python -m workbook") for command, _ in shown) >= 5
    for command, printed in shown:
        if "--manual marks.csv" in command:
            _mark(tmp_path, {"p01": "1", "p02": "0.5"})
        run = re.sub(r"^python\b", f"'{sys.executable}'", command)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", run],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        assert (command, done.stdout) == (command, printed)


def _mark(folder: Path, points: dict[str, str]) -> None:
    with (folder / "gradebook" / "manual.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row | {"points": points.get(row["learner"], "")} for row in reader]
    with (folder / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames)
        writer.writeheader()
        writer.writerows(rows)


def test_a_practice_cohort_of_another_exercise(tmp_path: Path) -> None:
    out = rehearsal.write(tmp_path / "new", "08-retention-and-discounting")
    assert len(list(out.glob("submissions/*/exercise.ipynb"))) == 9
    assert len((out / "roster.csv").read_text().splitlines()) == 11


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(WorkbookError, match="is not empty: choose another folder"):
        rehearsal.write(tmp_path, "02-heterogeneity")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
