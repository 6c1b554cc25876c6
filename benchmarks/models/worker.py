"""``python -m benchmarks.models.worker LIBRARY``: a process that lives as long as the run and does as it is told.

Each line on standard input is a request in JSON, each line on standard output its answer:

- ``{"do": "prepare", "kind": …, "file": …, "columns": […]}`` gets the data ready;
- ``{"do": "measure", "answer": file}`` runs the task once, for its peak memory and its answer;
- ``{"do": "turn", "seconds": …, "most": …}`` runs it until the time is up or it ran that often, and tells each time;
- ``{"do": "versions", "packages": […]}`` tells what is installed.

What goes wrong is answered as ``{"error": …}``.
"""

import gc
import json
import os
import platform
import sys
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks.models import data, libraries, memory


class Worker:
    """One library with one task at hand at a time."""

    def __init__(self, library: str) -> None:
        self.jobs = libraries.jobs(library)
        self.job: libraries.Job | None = None

    def prepare(self, kind: str, file: str, columns: list[str]) -> dict[str, Any]:
        self.job = None
        gc.collect()
        found = data.read(file)
        self.job = self.jobs[kind](found)
        return {"input_bytes": sum(found[name].nbytes for name in columns)}

    def measure(self, answer: str) -> dict[str, Any]:
        start = time.perf_counter()
        result, peak = memory.peak_of(self.job.run)
        seconds = time.perf_counter() - start
        np.savez(answer, **self.job.answer(result))
        return {"seconds": seconds, "peak_bytes": peak}

    def turn(self, seconds: float, most: int) -> dict[str, Any]:
        gc.collect()
        times: list[float] = []
        work: list[float] = []
        while not times or (len(times) < most and sum(times) < seconds):
            start, worked = time.perf_counter(), time.process_time()
            result = self.job.run()
            times.append(time.perf_counter() - start)
            work.append(time.process_time() - worked)
            del result
        return {"seconds": times, "processor_seconds": work}

    def versions(self, packages: list[str]) -> dict[str, Any]:
        found = {"python": platform.python_version()}
        for name in packages:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return {"versions": found}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what ``request`` asks."""
        told = dict(request)
        orders = {"prepare": self.prepare, "measure": self.measure, "turn": self.turn, "versions": self.versions}
        return orders[told.pop("do")](**told)


def main(library: str) -> None:
    """Answer requests until standard input ends."""
    # Whatever a library prints must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = Worker(library)
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
