"""Calling a learner's function on shown and on fresh inputs."""

import contextlib
import io
import numbers
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
import pandas as pd

from customer_value.checks import canonical

SEED_VARIABLE = "CUSTOMER_VALUE_SEED"
NOTHING = "nothing"


@dataclass(frozen=True)
class Call:
    """One call of the learner's function: the inputs as text, what came back, and that in canonical form."""

    inputs: str
    shown: bool
    result: str
    error: str | None = None
    printed: bool = False
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
        inputs = ", ".join(written(arg) for arg in args)
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                value = function(*args)
            result, error = canonical.returned(value, step), None
        except Exception as problem:
            value, error = None, f"{type(problem).__name__}: {problem}"
            result = "raised " + type(problem).__name__
        made.append(Call(inputs, is_shown, result, error, bool(printed.getvalue()), value))
    return made


def is_written_as(function: Callable[..., Any], source: str) -> bool:
    """Whether ``function`` is the one that ``source`` defines, whatever its name, comments and layout.

    What was written is compared, not what it does: a new function that gives the same is another one.
    """
    code = getattr(function, "__code__", None)
    defined = [one for one in compile(source, "<given>", "exec").co_consts if isinstance(one, CodeType)]
    return code is not None and any(_essence(code) == _essence(one) for one in defined)


def _essence(code: CodeType) -> tuple[Any, ...]:
    """What makes a function, without where it stands: code objects themselves differ by line and file."""
    constants = [_essence(one) if isinstance(one, CodeType) else (type(one), one) for one in code.co_consts]
    return (code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, tuple(constants))


def shape(value: Any) -> str:
    """What kind of thing a function gave back, in words: two kinds that differ cannot be equal answers."""
    if value is None or value is Ellipsis:
        return NOTHING
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if isinstance(value, numbers.Real):
        return "one number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, pd.DataFrame):
        return "a table"
    if isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.Index)):
        return "several values"
    return f"something of type {type(value).__name__}"


def written(value: Any) -> str:
    """A value as Python text that a learner can paste, shortened where it is long."""
    if isinstance(value, pd.DataFrame):
        columns = ", ".join(f"{name!r}: {_items(value[name])}" for name in value)
        return f"pd.DataFrame({{{columns}}})"
    if isinstance(value, pd.Series):
        return f"pd.Series({_items(value)})"
    if isinstance(value, np.ndarray):
        return f"np.array({_items(value)})"
    if isinstance(value, (list, tuple)):
        return _items(value)
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
        return f"{value + 0:.10g}"  # adding nought takes the sign off a nought
    return f"{value!r:.60}"


def _items(values: Any) -> str:
    items = [written(item) for item in list(values)[:6]]
    return "[" + ", ".join(items) + (", …]" if len(values) > 6 else "]")
