"""Figures of single buyers and of how they differ: readable, truthful, and nothing shown that was not yet known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots
from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.plots.buyers import _rate_below, _shares
from tests.customer_value import figure_checks

LOG = pd.DataFrame(
    {
        "customer_id": [1, 1, 1, 2, 2, 2, 2],
        "date": pd.to_datetime(
            ["1997-01-06", "1997-03-03", "1997-11-03", "1997-02-03", "1997-02-03", "1997-04-07", "1997-05-05"]
        ),
    }
)
UNTIL, END = "1997-09-29", "1998-06-30"
BG = BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
MBG = ModifiedBetaGeoModel.from_params(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNBDModel.from_params(r=0.553, alpha=10.578, s=0.606, beta=11.669)
THREE = {"BG/NBD": BG, "MBG/NBD": MBG, "Pareto/NBD": PARETO}
ALIKE = BetaGeoModel.from_params(r=5, alpha=87, a=4, b=36)
TWO = {"A": 1, "B": 2}

FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "known": lambda: plots.timelines(LOG, TWO, UNTIL),
    "with holdout": lambda: plots.timelines(LOG, TWO, UNTIL, END),
    "one customer": lambda: plots.timelines(LOG, {"customer 1": 1}, UNTIL, END),
    "eight customers": lambda: plots.timelines(LOG, {str(at): 1 + at % 2 for at in range(8)}, UNTIL, title="Eight"),
    "silence": lambda: plots.silence(BG, 7, 18, 20),
    "silence, three models": lambda: plots.silence(THREE, 7, 18, 20),
    "no repeat purchase": lambda: plots.silence(THREE, 0, 0, 52),
    "just bought": lambda: plots.silence(BG, 20, 52, 0),
    "mixing": lambda: plots.mixing(BG),
    "mixing beside the fit": lambda: plots.mixing(ALIKE, BG),
    "mixing of MBG/NBD": lambda: plots.mixing(MBG, title="Another model"),
}
test_figure = figure_checks.every(FIGURES)


def dots(figure: plots.Figure, colour: str) -> list[int]:
    """How many dots of ``colour`` each customer has, from the top."""
    (axes,) = figure.axes
    return [len(line.get_xdata()) for line in axes.lines if line.get_marker() == "o" and line.get_color() == colour]


def test_timelines_keep_the_future_covered() -> None:
    covered, open_ = plots.timelines(LOG, TWO, UNTIL), plots.timelines(LOG, TWO, UNTIL, END)
    assert dots(covered, plots.BLUE) == dots(open_, plots.BLUE) == [2, 3]
    assert dots(covered, plots.RED) == [0, 0]
    assert dots(open_, plots.RED) == [1, 0]
    said = covered._suptitle.get_text().replace("\n", " ")
    assert said == "Repeat purchases and weeks of silence: A 1 and 30; B 2 and 21"
    assert "then 1 more" in open_.alt
    assert "more" not in covered.alt


def test_timelines_refuse_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="customer 3 has no purchase in the log by 1997-09-29"):
        plots.timelines(LOG, {"C": 3}, UNTIL)
    with pytest.raises(ValueError, match="must name 1 to 8 customers; got 0"):
        plots.timelines(LOG, {}, UNTIL)
    with pytest.raises(ValueError, match=r"end \(1997-01-01\) must not be before until"):
        plots.timelines(LOG, TWO, UNTIL, "1997-01-01")


def test_silence_marks_what_the_model_says() -> None:
    known = pd.DataFrame({"frequency": [7], "recency": [18.0], "T": [38.0]})
    alive = BG.expected_probability_alive(known)[0]
    figure = plots.silence(BG, 7, 18, 20)
    marks = [line.get_ydata()[0] for line in figure.axes[0].lines if len(np.atleast_1d(line.get_xdata())) == 1]
    assert marks == [pytest.approx(alive)]
    assert f"{100 * alive:.1f}%" in figure._suptitle.get_text()
    with pytest.raises(ValueError, match="silent must be from 0 to longest = 10; got 20"):
        plots.silence(BG, 7, 18, 20, longest=10)


def test_mixing_shares_are_those_of_many_customers() -> None:
    drawn = BG.simulate(200_000, 39.0, seed=1)
    rates, leaving = _shares(BG)
    yearly = drawn["purchase_rate"] * 365.25 / 7
    assert rates == pytest.approx(np.histogram(yearly, [*range(10), np.inf])[0] / len(drawn), abs=0.005)
    counted = np.histogram(drawn["dropout_probability"], np.linspace(0, 1, 11))[0] / len(drawn)
    assert leaving == pytest.approx(counted, abs=0.005)
    assert rates.sum() == pytest.approx(1)


def test_mixing_does_not_depend_on_the_unit_of_time() -> None:
    daily = BetaGeoModel.from_params(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426, time_unit="day")
    assert _rate_below(daily, 3.0) == pytest.approx(_rate_below(BG, 3.0))
    with pytest.raises(TypeError, match="model must be a BetaGeoModel or ModifiedBetaGeoModel"):
        plots.mixing(PARETO)
    with pytest.raises(TypeError, match="reference must be"):
        plots.mixing(BG, BetaGeoBetaBinomModel())
