"""One sentence per table of ``customer_value.validation``: what it shows, in numbers. The figures' titles."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from customer_value._comparison import model_columns
from customer_value.plots.look import percent


def misplaced(table: pd.DataFrame, made_by: str, of: str = "customers") -> str:
    """Of a table with customers per bin: the share that would have to change bins for the model to be right."""
    total = table["actual"].sum()
    shares = {
        name: percent((table[name] - table["actual"]).abs().sum() / 2 / total) for name in model_columns(table, made_by)
    }
    if len(shares) == 1:
        ((name, share),) = shares.items()
        return f"The {name} model and the actual counts differ by {share} of {total:,.0f} {of}"
    return f"Difference from the actual counts: {_listed(shares)}"


def tracked(table: pd.DataFrame, period: str) -> str:
    """Of a table of ``validation.tracking``: how far all purchases up to the end are off."""
    models = model_columns(table, "validation.tracking")
    off = {name: table[name].sum() / table["actual"].sum() - 1 for name in models}
    last = f"{period} {table.index[-1]}"
    if len(off) == 1:
        ((name, error),) = off.items()
        return f"The {name} model is {_beside(error)} the actual purchases at {last}"
    return f"Purchases at {last}, against the actual: {_signed(off)}"


def tracked_per_period(table: pd.DataFrame, period: str) -> str:
    """Of a table of ``validation.tracking``: purchases per period, in the holdout where there is one."""
    models = model_columns(table, "validation.tracking", ("holdout",))
    held = table["holdout"].to_numpy(dtype=bool)
    part = table[held] if held.any() else table
    where = "In the holdout" if held.any() else "On average"
    expected = {name: f"{part[name].mean():,.0f}" for name in models}
    actual = f"{part['actual'].mean():,.0f}"
    if len(expected) == 1:
        ((name, number),) = expected.items()
        return f"{where} the {name} expects {number} purchases a {period}; there were {actual}"
    return f"{where} there were {actual} purchases a {period}; expected: {_listed(expected)}"


def conditional(table: pd.DataFrame) -> str:
    """Of a table of ``validation.conditional_expectations``: how far all purchases in the holdout are off."""
    models = model_columns(table, "validation.conditional_expectations", ("customers",))
    made = table["customers"] @ table["actual"]
    if made == 0:
        return "Nobody bought in the holdout"
    off = {name: table["customers"] @ table[name] / made - 1 for name in models}
    if len(off) == 1:
        ((name, error),) = off.items()
        size = _size(error)
        words = f"{size} {'fewer' if error < 0 else 'more'} holdout purchases than" if size else "as many as"
        return f"The {name} expects {words} customers made"
    return f"Holdout purchases, against the actual: {_signed(off)}"


def silent(table: pd.DataFrame) -> str:
    """Of a table of ``validation.alive_matrix``: the same silence after few and after many purchases."""
    known = table.dropna(how="all", axis=1).dropna(how="all", axis=0)
    gap = {column: known[column].dropna().iloc[0] - known[column].dropna().iloc[-1] for column in known}
    column = max(gap, key=gap.__getitem__)
    rows = known[column].dropna()
    few, many = rows.index[0], rows.index[-1]
    if few == many:
        return f"P(alive) from {percent(float(known.min().min()))} to {percent(float(known.max().max()))}"
    return (
        f"Last bought {_ago(table.attrs.get('T'), column, table.attrs.get('unit'))}: {percent(rows.loc[few])} alive"
        f" after {few} repeat {_purchases(few)}, {percent(rows.loc[many])} after {many}"
    )


def most_expected(table: pd.DataFrame) -> str:
    """Of a table of ``validation.purchases_matrix``: the range of purchases to come."""
    ahead, unit = table.attrs.get("t"), table.attrs.get("unit")
    when = "" if ahead is None else f" in the next {ahead:g} {unit}s"
    return f"From {table.min().min():.1f} to {table.max().max():.1f} purchases to come{when}, by history"


def left_silent(table: pd.DataFrame, models: Sequence[str]) -> str:
    """Of a table of ``validation.alive_over_time``: what the silence at the end means."""
    last = table.index[table["bought"].to_numpy()][-1]
    days = (table.index[-1] - last).days
    how_long = f"{round(days / 7)} weeks" if days >= 14 else f"{days} day{'s' * (days != 1)}"
    repeats = table["purchases"].iloc[-1]
    latest = f"repeat purchase {repeats}" if repeats else "the first purchase"
    shares = {name: percent(table[name].iloc[-1]) for name in models}
    if len(shares) == 1:
        (share,) = shares.values()
        return f"{how_long} after {latest} this customer is alive with {share}"
    return f"Alive {how_long} after {latest}: {_listed(shares)}"


def projected(table: pd.DataFrame, period: str) -> str:
    """Of a table of ``validation.survivor_projection``: the last period with anybody left."""
    models = model_columns(table, "validation.survivor_projection")
    known = table.dropna(subset=["actual"]).iloc[-1]
    what = "were still there" if table.attrs.get("quantity", "survival") == "survival" else "stayed"
    fact = f"{period.capitalize()} {known.name}: {percent(known['actual'])} {what}"
    return f"{fact}; projected: {_listed({name: percent(known[name]) for name in models})}"


def captured(table: pd.DataFrame, best: float, value: str) -> str:
    """Of a table of ``validation.capture_curve``: what the ``best`` share of customers brought."""
    *models, perfect = table.columns
    at = {name: percent(float(np.interp(best, table.index, table[name]))) for name in models}
    ideal = percent(float(np.interp(best, table.index, table[perfect])))
    if len(at) == 1:
        (share,) = at.values()
        return f"The best {percent(best)} by prediction brought {share} of {value}; {ideal} was possible"
    return f"The best {percent(best)} brought of {value}: {_listed(at)}; {ideal} was possible"


def ranked(table: pd.DataFrame, value: str) -> str:
    """Of a table of ``validation.value_groups``: what the best group brought, and whether the level was right."""
    best = table.iloc[0]
    brought = f"The best {_part(len(table))} by prediction brought {percent(best['share'])} of {value}"
    size = _size(best["actual"] / best["predicted"] - 1) if best["predicted"] > 0 else None
    if size is None:
        return brought
    return f"{brought}, {size} {'less' if best['actual'] < best['predicted'] else 'more'} than predicted"


def _part(groups: int) -> str:
    return {4: "quarter", 5: "fifth", 10: "tenth", 20: "twentieth"}.get(groups, f"1 of {groups} groups")


def _size(error: float) -> str | None:
    """The size of an error, in whole per cent where that says enough; ``None`` for none."""
    size = round(abs(error), 2) if abs(error) >= 0.0095 else round(abs(error), 3)
    return percent(size) if size else None


def _beside(error: float) -> str:
    size = _size(error)
    return f"{size} {'below' if error < 0 else 'above'}" if size else "level with"


def _listed(items: dict[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in items.items())


def _signed(errors: dict[str, float]) -> str:
    """BG/NBD −4%, Pareto/NBD +2%."""
    return _listed(
        {
            name: f"{'−' if error < 0 else '+'}{_size(error)}" if _size(error) else "±0%"
            for name, error in errors.items()
        }
    )


def _purchases(number: int) -> str:
    return "purchase" if number == 1 else "purchases"


def _ago(T: float | None, recency: float, unit: str | None) -> str:
    if T is None or unit is None:
        return f"at recency {recency:g}"
    silent_for = T - recency
    return f"{silent_for:g} {unit}{'s' * (silent_for != 1)} ago"
