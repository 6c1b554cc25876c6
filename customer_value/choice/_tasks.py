"""Choices as they are asked: alternatives in tasks, tasks of people, attributes as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import array, columns

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Encoding:
    """How attributes become columns of numbers: as they are, 1 for yes, or 1 for each level but the first."""

    attributes: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]]
    """Of each attribute in words, its levels; the first has no coefficient, the others are measured against it."""
    ranges: dict[str, tuple[float, float]]
    """Of each attribute in numbers, the lowest and the highest value that people were shown."""

    @classmethod
    def of(cls, data: pd.DataFrame, attributes: Sequence[str]) -> "Encoding":
        """The encoding of these columns of ``data``; ``ValueError`` for none, one named twice, or gaps in one."""
        if isinstance(attributes, str) or not attributes:
            raise ValueError(f"attributes must be a list of columns, such as ['price', 'zoom']; got {attributes!r}.")
        names = list(attributes)
        columns(data, names, "data")
        if len(set(names)) < len(names):
            raise ValueError(f"attributes names a column twice: {', '.join(map(str, names))}.")
        levels, ranges = {}, {}
        for name in names:
            column = data[name]
            if missing := int(column.isna().sum()):
                raise ValueError(f"data['{name}'] has {missing} missing value(s). Decide what they mean first.")
            if isinstance(column.dtype, pd.CategoricalDtype):
                present = set(column)
                levels[name] = tuple(level for level in column.cat.categories if level in present)
            elif _in_words(column):
                levels[name] = tuple(sorted(set(column)))
            else:
                values = _as_numbers(column, f"data['{name}']")
                ranges[name] = (float(values.min()), float(values.max()))
        return cls(tuple(names), levels, ranges)

    @property
    def names(self) -> tuple[str, ...]:
        """One name per coefficient: the attribute, or attribute=level."""
        found = []
        for name in self.attributes:
            found += [f"{name}={level}" for level in self.levels[name][1:]] if name in self.levels else [name]
        return tuple(found)

    def encode(self, frame: pd.DataFrame, what: str) -> Floats:
        """``frame`` as numbers, shape (rows, coefficients); ``what`` names it in errors."""
        columns(frame, self.attributes, what)
        parts = []
        for name in self.attributes:
            column = frame[name]
            if name not in self.levels:
                parts.append(_as_numbers(column, f"{what}['{name}']"))
                continue
            unknown = sorted(set(map(str, column)) - set(map(str, self.levels[name])))
            if unknown:
                known = ", ".join(map(str, self.levels[name]))
                raise ValueError(f"{what}['{name}'] has {', '.join(unknown)}, which the data lack; they have {known}.")
            words = column.astype(object).to_numpy()
            parts += [np.array([word == level for word in words], dtype=float) for level in self.levels[name][1:]]
        return np.column_stack(parts) if parts else np.empty((len(frame), 0))


@dataclass(frozen=True)
class Tasks:
    """Tasks with what the chosen alternative gave up: attributes of each other one minus those of the chosen one."""

    differences: Floats
    """Shape (tasks, alternatives − 1, coefficients), ordered by person and task; 0 where a task has fewer."""
    absent: NDArray[np.bool_]
    """Shape (tasks, alternatives − 1): where a task has fewer alternatives than the largest."""
    first: NDArray[np.intp]
    """Position of each person's first task, shape (people,)."""
    people: pd.Index
    """Who they are, shape (people,)."""
    equal_loglik: float
    """Log-likelihood of choosing blindly, every alternative of a task with the same chance."""

    @property
    def count(self) -> int:
        return self.differences.shape[0]

    @property
    def person(self) -> NDArray[np.intp]:
        """Position of the person of each task, shape (tasks,)."""
        return np.repeat(np.arange(self.first.size), np.diff(self.first, append=self.count))

    def by_person(self, values: Floats) -> Floats:
        """``values`` (one row per task) added up to one row per person."""
        return np.add.reduceat(values, self.first, axis=0)


def read_tasks(
    data: pd.DataFrame, encoding: Encoding, *, person: str | None, task: str, chosen: str
) -> tuple[Tasks, Floats]:
    """``data``, one row per alternative, as ``Tasks``, with the scale that each coefficient's column was divided by.

    Raises ``ValueError`` for tasks without exactly one choice or with fewer than two alternatives, and for attributes
    that do not vary within tasks or that others determine.
    """
    keys = [task] if person is None else [person, task]
    columns(data, [*keys, chosen], "data")
    for name in keys:
        if missing := int(data[name].isna().sum()):
            raise ValueError(f"data['{name}'] has {missing} missing value(s): say which {name} each row is of.")
    picked = _picked(data[chosen], chosen)
    design = encoding.encode(data, "data")
    who, people = pd.factorize(data[keys[0]], sort=True)
    what, kinds = (who, people) if person is None else pd.factorize(data[task], sort=True)
    key = who.astype(np.int64) * len(kinds) + what
    order = np.argsort(key, kind="stable")
    key, picked, design = key[order], picked[order], design[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    sizes = np.diff(starts, append=key.size)
    _check_tasks(data, keys, order[starts], sizes, np.add.reduceat(picked.astype(np.int64), starts))

    of_task = np.repeat(np.arange(starts.size), sizes)
    gaps = design - design[picked][of_task]
    others = np.flatnonzero(~picked)
    slot = np.arange(key.size) - starts[of_task]
    slot -= slot > slot[picked][of_task]
    differences = np.zeros((starts.size, int(sizes.max()) - 1, design.shape[1]))
    absent = np.ones(differences.shape[:2], dtype=bool)
    differences[of_task[others], slot[others]] = gaps[others]
    absent[of_task[others], slot[others]] = False
    scale = _scale(differences, encoding.names)
    owner = who[order][starts]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    found = Tasks(differences / scale, absent, first, pd.Index(people, name=person), -float(np.log(sizes).sum()))
    return found, scale


def _check_tasks(
    data: pd.DataFrame, keys: list[str], rows: NDArray[np.intp], sizes: NDArray[np.intp], choices: NDArray[np.int64]
) -> None:
    for wrong, rule in (
        (sizes < 2, "needs at least two alternatives"),
        (choices != 1, "needs exactly one chosen alternative"),
    ):
        if wrong.any():
            at = int(np.argmax(wrong))
            where = ", ".join(f"{name} {data[name].iloc[rows[at]]}" for name in keys)
            raise ValueError(
                f"Every task {rule}; {np.count_nonzero(wrong)} do not, the first is {where} with {sizes[at]}"
                f" alternative(s), {choices[at]} of them chosen."
            )


def _scale(differences: Floats, names: tuple[str, ...]) -> Floats:
    rows = differences.reshape(-1, differences.shape[2])
    scale = np.sqrt(np.mean(rows**2, axis=0))
    still = [name for name, size in zip(names, scale, strict=True) if size == 0]
    if still:
        raise ValueError(
            f"{', '.join(still)} is the same for all alternatives of every task, so choices say nothing about it."
            " Leave it out of attributes, or multiply it by something that differs."
        )
    shaped = rows / scale
    spread, axes = np.linalg.eigh(shaped.T @ shaped / rows.shape[0])
    if spread[0] < 1e-10 * spread[-1]:
        tied = [name for name, part in zip(names, np.abs(axes[:, 0]), strict=True) if part > 1e-4]
        raise ValueError(
            f"{', '.join(tied)} determine each other, so their coefficients cannot be told apart. Leave one of them out"
            " of attributes."
        )
    return scale


def _picked(column: pd.Series, name: str) -> NDArray[np.bool_]:
    if column.dtype == bool:
        return column.to_numpy()
    values = array(column, f"data['{name}']")
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        raise ValueError(
            f"data['{name}'] must be true or 1 for the chosen alternative and false or 0 for the others; got"
            f" {values[wrong][0]:g}."
        )
    return values == 1


def _in_words(column: pd.Series) -> bool:
    return column.dtype != bool and all(isinstance(value, str) for value in column)


def _as_numbers(column: pd.Series, name: str) -> Floats:
    flags = column.dtype == bool or all(isinstance(value, bool | np.bool_) for value in column)
    values = column.to_numpy(dtype=float) if flags else array(column, name)
    wrong = ~np.isfinite(values)
    if wrong.any():
        raise ValueError(f"{name} has {np.count_nonzero(wrong)} missing or infinite value(s).")
    return values
