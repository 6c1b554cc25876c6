"""What the guide shows, as HTML: tables, a result with its warnings and figures, and links that hold files."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from customer_value.own_data.diagnosis import Finding
from customer_value.own_data.pipeline import Result

_LONG = 30


def table(frame: pd.DataFrame, caption: str, index: bool = True) -> str:
    """A table that scrolls by itself, for eyes, keyboards and screen readers."""
    if index:
        frame = frame.rename_axis(frame.index.name or "").reset_index()
    numbers = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
    head = "".join(
        f'<th scope="col"{_NUMBER if number else ""}>{escape(_title(name))}</th>'
        for name, number in zip(frame.columns, numbers, strict=True)
    )
    rows = []
    for values in frame.itertuples(index=False):
        cells = [_cell(value, name) for value, name in zip(values, frame.columns, strict=True)]
        first, *rest = [_data(cell, number) for cell, number in zip(cells, numbers, strict=True)]
        opened = f'<th scope="row">{cells[0]}</th>' if index else first
        rows.append(f"<tr>{opened}{''.join(rest)}</tr>")
    return (
        f'<div class="own-scroll" tabindex="0" role="group" aria-label="{escape(caption)}"><table><caption>'
        f"{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


_NUMBER = ' class="own-number"'


def _data(cell: str, number: bool) -> str:
    kind = _NUMBER if number else ' class="own-long"' if len(cell) > _LONG else ""
    return f"<td{kind}>{cell}</td>"


def _title(name: Any) -> str:
    return str(name).replace("_", " ").strip() or "what"


_SHARES = ("share", "error")


def _cell(value: Any, name: Any) -> str:
    if value is None or (not isinstance(value, (list, tuple, str)) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        if name in _SHARES:
            return f"{value:.1%}"
        return f"{value:,.0f}" if abs(value) >= 100 or value.is_integer() else f"{value:,.2f}"
    if isinstance(value, int) or hasattr(value, "__index__"):
        # Years and scores are no amounts: thousands are marked where there are some.
        return f"{int(value):,}"
    return escape(str(value))


def results(result: Result) -> str:
    """Headline, warnings, and a section to open for each table and figure."""
    figures = result.figures()
    sections = [
        ("Warnings and notes", _findings(result.findings), True),
        ("Value by tier", _tiers(result.tiers) + _figures(figures, "tiers"), True),
        ("Customer list: the best twenty", _best(result), False),
    ]
    if {"r", "f"} <= set(result.customers.columns):
        sections.append(("RFM", _rfm(result.customers), False))
    sections += [
        ("Cohorts", _cohorts(result) + _figures(figures, "cohorts", "survival"), False),
        (
            "The model",
            table(result.parameters.reset_index(), "Parameters", index=False) + _figures(figures, "frequency"),
            False,
        ),
        (
            "Test on days that the model had not seen",
            table(result.holdout, f"From {result.split + pd.Timedelta(days=1):%Y-%m-%d} to {result.today:%Y-%m-%d}")
            + _figures(figures, "tracking", "holdout", "capture"),
            False,
        ),
        ("Sales over time", _figures(figures, "sales"), False),
    ]
    return (
        "".join(
            f"<details{' open' if is_open else ''}><summary>{escape(title)}</summary>{content}</details>"
            for title, content, is_open in sections
            if content
        )
        + f"<p>Intervals: {escape(result.intervals)}.</p>"
    )


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>None of the checks found a reason to doubt the model.</p>"
    order = {"stop": 0, "warning": 1, "note": 2}
    items = "".join(
        f"<li><strong>{escape(one.weight.capitalize())}.</strong> {escape(one.seen)} {escape(one.why)}"
        f" <em>{escape(one.do)}</em></li>"
        for one in sorted(findings, key=lambda one: order[one.weight])
    )
    return f"<ul>{items}</ul>"


def cleaning(report: pd.DataFrame) -> str:
    """The cleaning report, narrow enough that its last column, what each line means, is seen without scrolling."""
    meaning = [f"{done}: {means}" for done, means in zip(report["done"], report["meaning"], strict=True)]
    return table(report[["rows", "share", "money"]].assign(meaning=meaning), "Cleaning report; share: of the rows")


def _tiers(tiers: pd.DataFrame) -> str:
    spans = [
        f"{_cell(low, 'low')} to {_cell(high, 'high')}" for low, high in zip(tiers["low"], tiers["high"], strict=True)
    ]
    narrow = tiers[["customers", "value", "share", "mean"]].set_axis(pd.Index(tiers["name"], name="tier"), axis=0)
    narrow.insert(2, "interval", spans)
    if tiers["money_so_far"].notna().any():
        narrow["money_so_far"] = tiers["money_so_far"].to_numpy()
    return table(narrow, "Tiers; mean: value of a customer")


def _best(result: Result) -> str:
    wanted = ("clv", "clv_low", "clv_high", "probability_alive", "probability_stays", "last_purchase", "money_so_far")
    columns = [name for name in wanted if name in result.customers.columns]
    best = result.customers.head(20)[columns]
    return table(best.set_axis(best.index.astype(str), axis=0).rename_axis("customer"), "Best customers")


def _rfm(customers: pd.DataFrame) -> str:
    counted = pd.crosstab(customers["r"], customers["f"]).sort_index(ascending=False)
    counted.columns = [f"F {score}" for score in counted.columns]
    counted.index = [f"R {score}" for score in counted.index]
    return "<p>Customers by score: R 5 bought last, F 5 bought most often.</p>" + table(counted, "Customers by R and F")


def _cohorts(result: Result) -> str:
    survivors = result.cohorts.get("survivors")
    return "" if survivors is None else table(survivors, "Contracts left, by period")


def _figures(figures: Mapping[str, Any], *names: str) -> str:
    return "".join(
        f'<img class="figure" alt="{escape(figures[name].alt)}"'
        f' src="data:image/svg+xml;base64,{b64encode(figures[name].to_svg().encode()).decode()}">'
        for name in names
        if name in figures
    )


def downloads(*files: tuple[str, str, bytes, str]) -> str:
    """Links that hold the files themselves: nothing is fetched."""
    links = "".join(
        f'<li><a download="{escape(name)}" href="data:{kind};base64,{b64encode(content).decode()}">'
        f"{escape(label)} ({escape(name)}, {_size(content)})</a></li>"
        for name, kind, content, label in files
    )
    return f"<ul>{links}</ul>"


def _size(content: bytes) -> str:
    return f"{len(content) / 1e6:.1f} MB" if len(content) >= 1e6 else f"{max(1, round(len(content) / 1e3))} kB"
