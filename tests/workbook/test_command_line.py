"""The commands: a mistake that can be put right is one line, never a traceback."""

import os
import socket
import subprocess
import sys

from workbook import paths


def workbook(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workbook", *arguments]
    return subprocess.run(
        command, cwd=paths.ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_a_taken_port_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = workbook("serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"✗ Port {port} is taken by another program")
    assert "Traceback" not in done.stderr


def test_exercises_in_step_say_so() -> None:
    done = workbook("exercises", "--check")
    assert done.returncode == 0, done.stderr
    assert "in step with their source" in done.stderr


def test_an_unknown_dataset_is_one_line() -> None:
    done = workbook("datasets", "cdnwo")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "✗ datasets/cdnwo has no build.py; datasets with one: camera-conjoint"
    )


def test_no_command_lists_the_commands() -> None:
    listed = workbook().stdout + workbook().stderr
    for command in ("site", "serve", "exercises", "datasets", "doctor"):
        assert command in listed
