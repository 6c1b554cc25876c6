"""Figures of models beside what happened: readable, truthful titles, and the finding computed from the table."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from customer_value import plots, validation
from customer_value.plots import matrices
from tests.customer_value import figure_checks
from tests.customer_value.test_validation import (
    BG,
    BGBB,
    BOTH,
    DONATIONS,
    END,
    LOG,
    MBG,
    PARETO,
    SPEND,
    SUMMARY,
    SURVIVORS,
    UNTIL,
)

THREE = BOTH | {"MBG/NBD": MBG}
HIGH = SURVIVORS["high_end"]
LINES = {kind: validation.trend_line(HIGH.loc[:7], kind) for kind in ("linear", "quadratic", "exponential")}
SBG = validation.TrendLine("exponential", (0.0, -0.1))
SPENT = SUMMARY["holdout_frequency"] * SUMMARY["holdout_monetary_value"]
GUESS = BG.expected_purchases(SUMMARY, 39) * 35
BUYER = SUMMARY.index[(SUMMARY["frequency"] == 6) & (SUMMARY["recency"] < 26)][0]
LOYAL = SUMMARY["frequency"].idxmax()
WEEKLY = validation.tracking(LOG, THREE, UNTIL, holdout_until=END)
DAILY = validation.tracking(LOG, BG, UNTIL, holdout_until=END, period_days=1)
SURVIVAL = validation.survivor_projection(HIGH, {"sBG": SBG, **LINES}, 7)
RETENTION = validation.survivor_projection(HIGH, {"sBG": SBG}, 7, quantity="retention")
CAPTURE = validation.capture_curve({"CLV": GUESS, "past spend": SUMMARY["monetary_value"]}, SPENT)

FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "frequency": lambda: plots.frequency_bins(validation.frequency_bins(SUMMARY, BG)),
    "frequency of three models": lambda: plots.frequency_bins(validation.frequency_bins(SUMMARY, THREE)),
    "frequency of donors": lambda: plots.frequency_bins(validation.frequency_bins(DONATIONS, BGBB, most=6)),
    "cumulative": lambda: plots.tracking(WEEKLY.drop(columns=["Pareto/NBD", "MBG/NBD"])),
    "cumulative of three models": lambda: plots.tracking(WEEKLY),
    "cumulative by day": lambda: plots.tracking(DAILY),
    "cumulative without holdout": lambda: plots.tracking(validation.tracking(LOG, BG, UNTIL)),
    "weekly": lambda: plots.tracking(WEEKLY.drop(columns=["Pareto/NBD", "MBG/NBD"]), cumulative=False),
    "weekly of three models": lambda: plots.tracking(WEEKLY, cumulative=False),
    "in periods of four weeks": lambda: plots.tracking(
        validation.tracking(LOG, BG, UNTIL, holdout_until=END, period_days=28), cumulative=False
    ),
    "conditional": lambda: plots.conditional_expectations(validation.conditional_expectations(SUMMARY, BG)),
    "conditional of three models": lambda: plots.conditional_expectations(
        validation.conditional_expectations(SUMMARY, THREE)
    ),
    "conditional by recency": lambda: plots.conditional_expectations(
        validation.conditional_expectations(SUMMARY, BOTH, by="recency")
    ),
    "alive": lambda: plots.alive_matrix(validation.alive_matrix(BG, 39)),
    "alive, many cells": lambda: plots.alive_matrix(
        validation.alive_matrix(PARETO, 39, frequency=30, recency=np.arange(40))
    ),
    "alive after occasions": lambda: plots.alive_matrix(validation.alive_matrix(BGBB, 6, frequency=6)),
    "purchases": lambda: plots.purchases_matrix(validation.purchases_matrix(BG, 39, 39)),
    "alive over time": lambda: plots.alive_over_time(validation.alive_over_time(LOG, BUYER, BOTH)),
    "alive over time, loyal": lambda: plots.alive_over_time(validation.alive_over_time(LOG, LOYAL, BG)),
    "survival": lambda: plots.survivor_projection(SURVIVAL),
    "survival, regular": lambda: plots.survivor_projection(
        validation.survivor_projection(SURVIVORS["regular"], {"sBG": SBG, **LINES}, 7)
    ),
    "retention": lambda: plots.survivor_projection(RETENTION),
    "spend": lambda: plots.spend_bins(validation.spend_bins(SUMMARY, SPEND)),
    "histories": lambda: plots.history_counts(validation.history_counts(DONATIONS, BGBB)),
    "deciles": lambda: plots.value_groups(validation.value_groups(GUESS, SPENT)),
    "capture": lambda: plots.capture_curve(CAPTURE),
}
every_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
test_figure = figure_checks.every(FIGURES)


@pytest.mark.processes
def test_every_figure_can_be_found_and_is_loaded_only_when_asked_for() -> None:
    code = (
        "import sys\nfrom customer_value import plots\n"
        "print('customer_value.plots.course' in sys.modules, 'tracking' in dir(plots))\n"
        "print(all(callable(getattr(plots, name)) or name.isupper() for name in plots.__all__))\n"
        "print('scipy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True", "True", "False"]
    with pytest.raises(AttributeError, match="no attribute 'pie'"):
        _ = plots.pie


@every_figure
def test_title_states_numbers(draw: Callable[[], plots.Figure]) -> None:
    title = draw().get_suptitle()
    assert any(character.isdigit() for character in title)
    assert "nan" not in title
    assert title.count("\n") <= 2


def title_of(figure: plots.Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_titles_on_cdnow_say_what_was_published() -> None:
    assert title_of(FIGURES["cumulative"]()) == "The BG/NBD model is 4% below the actual purchases at week 78"
    two = plots.tracking(WEEKLY.drop(columns="MBG/NBD"))
    assert title_of(two) == "Purchases at week 78, against the actual: BG/NBD −4%, Pareto/NBD −2%"


def period_table(actual: list[float], model: list[float]) -> pd.DataFrame:
    end = pd.date_range("2024-01-07", periods=len(actual), freq="7D")
    return pd.DataFrame(
        {"end": end, "days": 7, "holdout": False, "actual": actual, "m": model}, index=range(1, len(actual) + 1)
    )


@pytest.mark.parametrize(
    ("figure", "title"),
    [
        (
            plots.tracking(period_table([50, 50], [60, 50])),
            "The m model is 10% above the actual purchases at week 2",
        ),
        (
            plots.tracking(period_table([50, 50], [40, 60])),
            "The m model is level with the actual purchases at week 2",
        ),
        (
            plots.tracking(period_table([50, 50], [49.8, 50]), cumulative=False),
            "On average the m expects 50 purchases a week; there were 50",
        ),
        (
            plots.frequency_bins(pd.DataFrame({"actual": [60.0, 40], "m": [50.0, 50]}, index=["0", "1+"])),
            "The m model and the actual counts differ by 10% of 100 customers",
        ),
        (
            plots.conditional_expectations(
                pd.DataFrame({"customers": [90, 10], "actual": [0.0, 2], "m": [0.1, 1.6]}, index=["0", "1+"])
            ),
            "The m expects 25% more holdout purchases than customers made",
        ),
        (
            plots.conditional_expectations(
                pd.DataFrame({"customers": [9], "actual": [2.0], "m": [1.0], "n": [3.0]}, index=["0+"])
            ),
            "Holdout purchases, against the actual: m −50%, n +50%",
        ),
        (
            plots.value_groups(validation.value_groups([8, 6, 4, 2], [10, 0, 6, 0], groups=4)),
            "The best quarter by prediction brought 62% of revenue, 25% more than predicted",
        ),
        (
            plots.capture_curve(validation.capture_curve({"CLV": [8, 6, 4, 2]}, [10, 0, 6, 0]), best=0.25),
            "The best 25% by prediction brought 62% of revenue; 62% was possible",
        ),
        (
            plots.survivor_projection(
                validation.survivor_projection([100, 50, 25], validation.TrendLine("linear", (1, -0.3)), 1)
            ),
            "Year 2: 25% were still there; projected: TrendLine 40%",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_titles_are_computed(figure: plots.Figure, title: str) -> None:
    assert title_of(figure) == title


OVERRIDDEN = {
    "frequency_bins": lambda title: plots.frequency_bins(validation.frequency_bins(SUMMARY, BG), title),
    "tracking": lambda title: plots.tracking(WEEKLY, title),
    "conditional": lambda title: plots.conditional_expectations(
        validation.conditional_expectations(SUMMARY, BG), title
    ),
    "alive": lambda title: plots.alive_matrix(validation.alive_matrix(BG, 39), title),
    "purchases": lambda title: plots.purchases_matrix(validation.purchases_matrix(BG, 39, 39), title),
    "over time": lambda title: plots.alive_over_time(validation.alive_over_time(LOG, BUYER, BG), title),
    "survival": lambda title: plots.survivor_projection(SURVIVAL, title),
    "spend": lambda title: plots.spend_bins(validation.spend_bins(SUMMARY, SPEND), title),
    "histories": lambda title: plots.history_counts(validation.history_counts(DONATIONS, BGBB), title),
    "groups": lambda title: plots.value_groups(validation.value_groups(GUESS, SPENT), title),
    "capture": lambda title: plots.capture_curve(CAPTURE, title),
}


@pytest.mark.parametrize("draw", OVERRIDDEN.values(), ids=OVERRIDDEN.keys())
def test_a_title_can_be_given(draw: Callable[[str], plots.Figure]) -> None:
    assert draw("What I see").get_suptitle() == "What I see"


def labels(figure: plots.Figure) -> tuple[str, str]:
    return figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()


def test_axes_carry_units() -> None:
    assert labels(FIGURES["cumulative"]()) == ("Week", "Repeat purchases so far")
    assert labels(FIGURES["weekly"]()) == ("Week", "Repeat purchases a week")
    assert labels(FIGURES["in periods of four weeks"]()) == ("Period of 28 days", "Repeat purchases a period")
    assert labels(FIGURES["cumulative by day"]()) == ("Day", "Repeat purchases so far")
    assert labels(FIGURES["alive"]()) == ("Recency: first to last purchase, weeks", "Repeat purchases")
    assert FIGURES["alive"]().axes[1].get_ylabel() == "P(alive)"
    assert labels(FIGURES["spend"]()) == ("Mean spend per purchase, US dollars", "Repeat customers")
    assert labels(FIGURES["conditional by recency"]())[0] == "Recency at the end of calibration, weeks"
    assert labels(plots.value_groups(validation.value_groups(GUESS, SPENT), value="margin", currency="euros")) == (
        "Group by prediction (1 is best)",
        "Mean margin, euros",
    )


def test_the_line_drawn_is_the_table() -> None:
    figure = FIGURES["cumulative of three models"]()
    drawn = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
    for name in ("actual", *THREE):
        assert np.asarray(drawn[name]) == pytest.approx(WEEKLY[name].cumsum().to_numpy())


def test_the_boundary_is_where_the_holdout_begins() -> None:
    held = [line.get_xdata()[0] for line in FIGURES["cumulative"]().axes[0].lines if line.get_label().startswith("_")]
    assert held == [39]
    without = FIGURES["cumulative without holdout"]()
    assert not [line for line in without.axes[0].lines if line.get_label().startswith("_")]


def test_days_without_a_purchase_may_be_skipped_but_no_jump() -> None:
    table = validation.alive_over_time(LOG, BUYER, BG)
    (line, _) = plots.alive_over_time(table).axes[0].lines
    assert len(line.get_ydata()) < len(table)
    assert min(line.get_ydata()) == table["BG/NBD"].min()
    days = pd.DatetimeIndex(line.get_xdata())
    assert table.index[table["bought"]].isin(days).all()


def test_colours_of_cells_keep_their_order_in_greyscale() -> None:
    lightness = [np.dot(to_rgb(matrices._SCALE(share)), [0.2126, 0.7152, 0.0722]) for share in np.linspace(0, 1, 20)]
    assert (np.diff(lightness) < 0).all()


def test_more_models_than_a_figure_can_tell_apart_are_refused() -> None:
    table = validation.frequency_bins(SUMMARY.iloc[:50], {f"model {n}": BG for n in range(5)}, most=2)
    with pytest.raises(ValueError, match="tell 4 models apart; the table has 5"):
        plots.frequency_bins(table)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: plots.frequency_bins([1, 2]), TypeError, "validation.frequency_bins returns; got list"),
        (lambda: plots.frequency_bins(SUMMARY), ValueError, "lacks the column.s. actual"),
        (lambda: plots.tracking(WEEKLY[["actual", "BG/NBD"]]), ValueError, "end, days, holdout"),
        (lambda: plots.tracking(WEEKLY[["end", "days", "holdout", "actual"]]), ValueError, "a column for a model"),
        (lambda: plots.tracking(WEEKLY.iloc[:0]), ValueError, "table is empty"),
        (lambda: plots.alive_matrix(SUMMARY), ValueError, "frequency as index and recency as columns"),
        (lambda: plots.purchases_matrix(3), TypeError, "validation.purchases_matrix returns; got int"),
        (lambda: plots.alive_over_time(WEEKLY), ValueError, "Make it with validation.alive_over_time"),
        (lambda: plots.capture_curve(WEEKLY), ValueError, "perfect foresight as last column"),
        (lambda: plots.capture_curve(CAPTURE, best=20), ValueError, "best must be a share between 0 and 1; got 20"),
    ],
)
def test_tables_of_something_else_are_refused(call, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize("segment", ["regular", "high_end"])
def test_no_curve_runs_through_the_word_holdout(segment: str) -> None:
    known = SURVIVORS[segment].loc[:7]
    lines = {kind: validation.trend_line(known, kind) for kind in LINES}
    figure = plots.survivor_projection(validation.survivor_projection(SURVIVORS[segment], {"sBG": SBG, **lines}, 7))
    figure.draw_without_rendering()
    (word,) = (text for text in figure.axes[0].texts if "holdout" in text.get_text())
    extent = word.get_window_extent()
    for line in figure.axes[0].lines:
        if line.get_linestyle() != "--" or len(line.get_xdata()) > 2:
            assert not line.get_path().transformed(line.get_transform()).intersects_bbox(extent, filled=False)
