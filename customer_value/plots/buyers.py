"""Single buyers and how they differ: timelines, P(alive) in a silence, and the two mixing distributions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from numpy.typing import NDArray

from customer_value._inputs import columns, single
from customer_value.plots.compared import legend, marks
from customer_value.plots.look import (
    BLUE,
    GREY,
    INK,
    PALE,
    RED,
    Figure,
    in_style,
    new_axes,
    percent,
    share_axes,
    wrapped,
)
from customer_value.validation._models import named_models

Floats = NDArray[np.float64]
_MOST_CUSTOMERS = 8
_STEPS = 120
_BARS = 10


@in_style
def timelines(
    log: pd.DataFrame, customers: Mapping[str, Any], until: str, end: str | None = None, title: str | None = None
) -> Figure:
    """Purchases of a few customers as dots on a line each, with what was known ``until`` a day and what came after.

    Parameters
    ----------
    log
        One row per transaction with ``customer_id`` and ``date``.
    customers
        The name to show → the customer's id; the first one on top, at most eight.
    until
        Last day known. Purchases after it are drawn hollow, right of a dashed line.
    end
        Last day drawn; ``None``: ``until``, which keeps the future covered.
    title
        Replaces the finding: how often and how long ago each bought.

    Raises ``ValueError`` for too many customers, one without a purchase by ``until``, or an ``end`` before it.
    """
    columns(log, ("customer_id", "date"), "log")
    if not 1 <= len(customers) <= _MOST_CUSTOMERS:
        raise ValueError(f"customers must name 1 to {_MOST_CUSTOMERS} customers; got {len(customers)}.")
    known_to, drawn_to = pd.Timestamp(until), pd.Timestamp(end or until)
    if drawn_to < known_to:
        raise ValueError(f"end ({drawn_to:%Y-%m-%d}) must not be before until ({known_to:%Y-%m-%d}).")
    days = {name: _days(log, customer, known_to) for name, customer in customers.items()}
    said, spoken = [], []
    for name, bought in days.items():
        before = bought[bought <= known_to]
        weeks = round((known_to - before[-1]).days / 7)
        said.append(f"{name} {len(before) - 1} and {weeks}")
        spoken.append(
            f"{name}: {len(before)} purchases from {before[0]:%Y-%m-%d} to {before[-1]:%Y-%m-%d}, silent for {weeks}"
            f" weeks by {known_to:%Y-%m-%d}"
            + (f", then {((bought > known_to) & (bought <= drawn_to)).sum()} more" if drawn_to > known_to else "")
        )
    figure, axes = new_axes(
        title or f"Repeat purchases and weeks of silence: {'; '.join(said)}",
        f"Timelines of purchases. {'; '.join(spoken)}.",
        "Date",
        "Customer",
    )
    for row, bought in enumerate(days.values()):
        before, after = bought[bought <= known_to], bought[(bought > known_to) & (bought <= drawn_to)]
        axes.plot([bought[0], known_to], [row, row], color=PALE, linewidth=3, zorder=1)
        axes.plot(before, np.full(len(before), row), linestyle="", marker="o", color=BLUE, markersize=7)
        axes.plot(
            after, np.full(len(after), row), linestyle="", marker="o", markersize=7, color=RED, markerfacecolor="white"
        )
    axes.axvline(known_to, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(days)), list(days))
    axes.set_ylim(len(days) - 0.4, -0.7)
    axes.text(known_to, -0.64, "known ← ", color=GREY, ha="right", va="top", fontsize=11)
    if drawn_to > known_to:
        axes.text(known_to, -0.64, " → holdout", color=GREY, ha="left", va="top", fontsize=11)
    places = AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(places)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(places, show_offset=False))
    return figure


@in_style
def silence(
    models: Any,
    frequency: int,
    recency: float,
    silent: float,
    longest: float = 52,
    title: str | None = None,
) -> Figure:
    """P(alive) of one customer as the silence since the last purchase grows, with a mark at ``silent``.

    Parameters
    ----------
    models
        A model in continuous time, or several as {name: model}.
    frequency, recency
        Repeat purchases, and the time from the first to the last of all purchases in the models' unit (0 without one).
    silent, longest
        Time since the last purchase now, and where the curve ends; ``silent`` must not be beyond it.
    title
        Replaces the finding: P(alive) now.
    """
    compared = named_models(models, "expected_probability_alive")
    now, last = single(silent, "silent"), single(longest, "longest")
    if not 0 <= now <= last or last == 0:
        raise ValueError(f"silent must be from 0 to longest = {last:g}; got {now:g}.")
    weeks = np.unique(np.append(np.linspace(0, last, _STEPS), now))
    known = pd.DataFrame({"frequency": frequency, "recency": recency, "T": recency + weeks})
    alive = {name: model.expected_probability_alive(known).to_numpy() for name, model in compared.items()}
    here = int(np.searchsorted(weeks, now))
    unit = next(iter(compared.values())).time_unit
    said = ", ".join(f"{name} {percent(chance[here])}" for name, chance in alive.items())
    ended = ", ".join(f"{name} {percent(chance[-1])}" for name, chance in alive.items())
    low, high = (percent(float(end(chance[here] for chance in alive.values()))) for end in (min, max))
    finding = low if low == high else f"{low} to {high}"
    bought = f"{frequency} repeat purchase{'s' * (frequency != 1)}"
    figure, axes = new_axes(
        title or f"Silent for {now:g} {unit}s after {bought}: alive with {finding}",
        f"P(alive) after {bought} over {recency:g} {unit}s, against {unit}s of silence from 0 to {last:g}. At {now:g}"
        f" {unit}s: {said}. At the end: {ended}.",
        f"Silence since the last purchase, {unit}s",
        "P(alive)",
    )
    for name, mark in marks(list(alive)).items():
        axes.plot(weeks, alive[name], color=mark.colour, linestyle=mark.line, label=name)
        axes.plot(now, alive[name][here], color=mark.colour, marker=mark.marker, markersize=8)
    axes.axvline(now, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    axes.set_ylim(-0.03, 1.05)
    axes.set_xlim(-0.02 * last, 1.02 * last)
    share_axes(axes.yaxis)
    if len(alive) > 1:
        legend(axes, "upper right" if min(chance[-1] for chance in alive.values()) < 0.6 else "lower left")
    return figure


@in_style
def mixing(model: Any, reference: Any = None, title: str | None = None) -> Figure:
    """How customers differ by a BG/NBD or MBG/NBD model: shares by purchase rate and by chance to leave.

    ``reference`` is a second model of the same kind, drawn as outlines. ``title`` replaces the finding: who hardly
    buys, and the mean chance to leave. Rates are purchases a year while the customer is there.
    """
    for name, each in (("model", model), ("reference", reference)):
        if each is not None and not {"r", "alpha", "a", "b"} <= set(getattr(each, "params_", {})):
            raise TypeError(
                f"{name} must be a BetaGeoModel or ModifiedBetaGeoModel with parameters; got {type(each).__name__}."
            )
    rates, leaving = _shares(model)
    few = float(_rate_below(model, 1.0))
    mean = model.a_ / (model.a_ + model.b_)
    alt = (
        "Two bar charts. Customers by purchases a year while there, in steps of one: "
        f"{', '.join(percent(share) for share in rates)} (the last bar is {_BARS - 1} or more)."
        f" By chance to leave after a purchase, in steps of 10%: {', '.join(percent(share) for share in leaving)}."
    )
    figure = Figure(alt, figsize=(4.3, 4.4))
    said = title or f"{percent(few)} would buy less than once a year; chance to leave {percent(mean)} on average"
    figure.suptitle(wrapped(said), x=0.012, ha="left")
    upper, lower = figure.subplots(2, 1)
    outlines = (None, None) if reference is None else _shares(reference)
    places = np.arange(_BARS)
    labels = ("Purchases a year while there", "Chance to leave after a purchase")
    for axes, share, outline, label in zip((upper, lower), (rates, leaving), outlines, labels, strict=True):
        axes.bar(places, share, width=0.86, color=BLUE, align="edge", label="these")
        if outline is not None:
            axes.bar(
                places, outline, width=0.86, align="edge", fill=False, edgecolor=RED, linewidth=1.6, label="fitted"
            )
        axes.set_xlabel(label)
        axes.set_ylabel("Customers")
        share_axes(axes.yaxis)
    upper.set_xticks(places[::3], [*map(str, places[:-1:3]), f"{_BARS - 1}+"])
    lower.set_xticks([0, 2, 4, 6, 8, 10], [f"{10 * at}%" for at in (0, 2, 4, 6, 8, 10)])
    if reference is not None:
        legend(upper, "upper right")
    for axes in (upper, lower):
        axes.tick_params(colors=INK)
    return figure


def _days(log: pd.DataFrame, customer: Any, until: pd.Timestamp) -> pd.DatetimeIndex:
    dates = pd.to_datetime(log.loc[log["customer_id"] == customer, "date"]).dt.normalize()
    days = pd.DatetimeIndex(np.unique(dates.to_numpy()))
    if not (days <= until).any():
        raise ValueError(f"customer {customer!r} has no purchase in the log by {until:%Y-%m-%d}.")
    return days


def _shares(model: Any) -> tuple[Floats, Floats]:
    """Customers by purchases a year (0–1, 1–2, …, the last open) and by chance to leave in tenths."""
    from scipy.special import betainc

    rate = np.diff([*_rate_below(model, np.arange(_BARS)), 1.0])
    return rate, np.diff(betainc(model.a_, model.b_, np.arange(_BARS + 1) / _BARS))


def _rate_below(model: Any, yearly: Any) -> Any:
    """Share of customers whose rate is below ``yearly`` purchases a year."""
    from scipy.special import gammainc

    return gammainc(model.r_, model.alpha_ * np.asarray(yearly) / model._steps("year"))
