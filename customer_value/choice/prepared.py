"""Choices made ready for a model, and shown to people as they were asked."""

from collections.abc import Sequence

import pandas as pd

from customer_value._inputs import columns


def with_constant(data: pd.DataFrame, attribute: str, none: str = "none", name: str = "any") -> pd.DataFrame:
    """``data`` with a column ``name`` that is true for every alternative but ``none`` of ``attribute``.

    A model then has one coefficient for taking any alternative at all, and levels of ``attribute`` are compared with
    its first other level instead of with buying nothing. The fit of a multinomial logit stays the same; a mixed logit
    can let the liking for buying anything differ between people, which brands that differ one by one cannot.

    Returns a copy. Raises ``ValueError`` where no row is ``none``, and for a column ``name`` that is there already.
    """
    columns(data, [attribute], "data")
    if name in data.columns:
        raise ValueError(f"data has a column {name!r} already: give the constant another name.")
    words = data[attribute].astype(str)
    nothing = words == none
    if not nothing.any():
        raise ValueError(f"data['{attribute}'] is never {none!r}: everybody had to take something, so leave this out.")
    kind = data[attribute].dtype
    order = kind.categories.astype(str) if isinstance(kind, pd.CategoricalDtype) else sorted(set(words))
    levels = [level for level in order if level != none and (words == level).any()]
    if not levels:
        raise ValueError(f"data['{attribute}'] is {none!r} in every row: there is nothing to choose.")
    kept = words.mask(nothing, levels[0]).astype(pd.CategoricalDtype(levels))
    return data.assign(**{name: ~nothing, attribute: kept})


def choice_card(data: pd.DataFrame, person: object, task: object, attributes: Sequence[str]) -> pd.DataFrame:
    """One task as the person saw it: a row per attribute, a column (A, B, …) per alternative, in words.

    Uses the columns ``person``, ``task`` and ``attributes`` of ``data``, in the order of its rows; true and false
    become yes and no. Raises ``ValueError`` for a task that is not in ``data`` or has more than 26 alternatives.
    """
    names = list(attributes)
    columns(data, ["person", "task", *names], "data")
    rows = data[(data["person"] == person) & (data["task"] == task)]
    if not 1 <= len(rows) <= 26:
        raise ValueError(f"person {person}, task {task} has {len(rows)} alternatives in data; a card shows 1 to 26.")
    shown = {
        chr(ord("A") + at): [_in_words(value) for value in row]
        for at, row in enumerate(rows[names].itertuples(index=False, name=None))
    }
    return pd.DataFrame(shown, index=names)


def _in_words(value: object) -> str:
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
