"""The same tasks written for each library, as its own documentation would have it."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from benchmarks.models.data import Columns


class Job(NamedTuple):
    """A task with its data at hand."""

    run: Callable[[], Any]
    """What is timed."""
    answer: Callable[[Any], Columns]
    """What ``run`` returned as arrays with the same names, units and order in every library."""


def jobs(library: str) -> Mapping[str, Callable[[Columns], Job]]:
    """How ``library`` makes a job of each kind from the columns of its data."""
    return import_module(f"benchmarks.models.libraries.{library}").JOBS
