"""Calling a learner's function on shown and on fresh inputs."""

import contextlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from customer_value.checks import canonical

SEED_VARIABLE = "CUSTOMER_VALUE_SEED"


@dataclass(frozen=True)
class Call:
    """One call of the learner's function: the inputs as text, what came back, and that in canonical form."""

    inputs: str
    shown: bool
    result: str
    error: str | None = None
    value: Any = field(default=None, repr=False)


def seed() -> int:
    """The seed of the fresh inputs: 0 unless the cohort has its own."""
    return int(os.environ.get(SEED_VARIABLE, "0"))


def cases(shown: str, fresh: str, seed_value: int) -> list[tuple[tuple, bool]]:
    """Inputs of a function question, each with whether the learner has seen it.

    ``shown`` and ``fresh`` are Python expressions from the exercise's source; each gives a list of argument
    tuples. ``fresh`` may use ``rng``, a NumPy generator.
    """
    names = {"np": np, "pd": pd}
    fixed = eval(shown, names)  # the exercise's own text, shipped with this library
    drawn = eval(fresh, names | {"rng": np.random.default_rng(seed_value)})
    return [(args, True) for args in fixed] + [(args, False) for args in drawn]


def call_all(function: Callable[..., Any], shown: str, fresh: str, step: float, seed_value: int) -> list[Call]:
    """Call ``function`` on every case. What it prints is kept off the page, what it raises is recorded."""
    made = []
    for args, is_shown in cases(shown, fresh, seed_value):
        inputs = ", ".join(_short(arg) for arg in args)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                value = function(*args)
            made.append(Call(inputs, is_shown, canonical.returned(value, step), value=value))
        except Exception as error:
            made.append(Call(inputs, is_shown, "raised " + type(error).__name__, f"{type(error).__name__}: {error}"))
    return made


def _short(arg: Any) -> str:
    if isinstance(arg, (pd.Series, np.ndarray)):
        items = [f"{item:g}" if isinstance(item, (float, np.floating)) else str(item) for item in list(arg)[:6]]
        return "[" + ", ".join(items) + (", …]" if len(arg) > 6 else "]")
    return f"{arg!r:.60}"
