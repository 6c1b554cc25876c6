"""What moves a value: one input at a time in both directions, two at a time, and per cent for per cent.

These take any function that gives a value for changed inputs, such as ``Firm.equity`` or one of your own:
``def equity(margin=0.4, discount_rate=0.1): …``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import fraction, numbers, single

Value = Callable[..., float]


def around(inputs: Any, names: Iterable[str], share: float = 0.1) -> dict[str, tuple[float, float]]:
    """Ranges for ``tornado``: each named input ``share`` of itself lower and higher.

    ``inputs`` is a ``Firm`` or a mapping from names to numbers. The same *share* is not the same *surprise*: 10% of a
    retention rate of 0.9 is far more than it is likely to move, 10% of an acquisition cost may be nothing. Give
    ranges of your own where you know them. Raises ``ValueError`` for a name that there is none of.
    """
    part, ranges = fraction(share, "share"), {}
    for name in names:
        known = name in inputs if isinstance(inputs, Mapping) else hasattr(inputs, name)
        if not known:
            raise ValueError(f"There is no input {name!r}.")
        at = single(inputs[name] if isinstance(inputs, Mapping) else getattr(inputs, name), name)
        ranges[name] = (at - part * abs(at), at + part * abs(at))
    return ranges


def tornado(value: Value, ranges: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """The value with one input at a time low and high, the others as they are.

    ``value(**{name: x})`` must give the value with the input ``name`` set to x, and ``value()`` that of the base case.

    Returns a DataFrame by ``input``, the widest swing first, with ``low`` and ``high`` (of the input), ``at_low`` and
    ``at_high`` (values there), ``swing`` (the distance between the lowest and the highest of the three values);
    ``attrs["base"]`` is the value of the base case. Inputs that move together in life move alone here.
    """
    base = float(value())
    rows = {}
    for name, (low, high) in ranges.items():
        ends = single(low, f"low end of {name}"), single(high, f"high end of {name}")
        if ends[0] > ends[1]:
            raise ValueError(f"The range of {name} must rise; got {ends[0]:g} to {ends[1]:g}.")
        worth = [float(value(**{name: end})) for end in ends]
        rows[name] = (*ends, *worth, max(*worth, base) - min(*worth, base))
    if not rows:
        raise ValueError("ranges is empty: name at least one input, as {'retention': (0.75, 0.85)}.")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high", "at_low", "at_high", "swing"])
    table = table.rename_axis("input").sort_values("swing", ascending=False, kind="stable")
    table.attrs = {"base": base}
    return table


def two_way(value: Value, rows: tuple[str, Sequence[float]], columns: tuple[str, Sequence[float]]) -> pd.DataFrame:
    """The value at every pair of two inputs.

    ``two_way(firm.equity, ("retention", [0.7, 0.8]), ("margin", [0.3, 0.4]))``

    Returns a DataFrame of values with the first input down and the second across, both named after their input.
    """
    (down, first), (across, second) = rows, columns
    if down == across:
        raise ValueError(f"rows and columns must be two different inputs; both are {down!r}.")
    index, head = numbers(first, f"values of {down}"), numbers(second, f"values of {across}")
    found = [[float(value(**{down: one, across: two})) for two in head] for one in index]
    return pd.DataFrame(found, pd.Index(index, name=down), pd.Index(head, name=across))


def elasticity(value: Value, inputs: Mapping[str, float], step: float = 0.01) -> pd.Series:
    """By what per cent the value rises when an input rises by one per cent of itself, the others staying.

    (V(x·(1 + h)) − V(x·(1 − h))) / (2h·V), with h the ``step``. Below 0 where a higher input lowers the value: costs
    and the discount rate. ``inputs`` gives each input where it stands. Gupta, Lehmann & Stuart (2004) report, for their
    five firms, about 5 for retention, 1 for margin and 0.1 for a lower acquisition cost.

    Returns a Series by ``input``. Raises ``ValueError`` where the value is not above 0: a per cent of it has no
    meaning.
    """
    h, base = fraction(step, "step", one=False), float(value())
    if base <= 0:
        raise ValueError(f"The value is {base:g}: a per cent of it has no meaning. Use tornado to compare amounts.")
    rises = {}
    for name, at in inputs.items():
        x = single(at, name)
        rises[name] = (value(**{name: x * (1 + h)}) - value(**{name: x * (1 - h)})) / (2 * h * base)
    return pd.Series(rises, dtype=float, name="elasticity").rename_axis("input") + np.float64(0)
