"""Figures of churn: readable, the same bytes each time, nothing cut off."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import churn, plots
from tests.customer_value import figure_checks
from tests.customer_value.test_churn import OFFER, drawn


@functools.cache
def test_table() -> pd.DataFrame:
    random = np.random.default_rng(8)
    groups = random.choice(["drifting away", "long gone", "bought lately", "in the club"], 2_000)
    sent = random.random(2_000) < 0.5
    bought = random.random(2_000) < 0.1 + 0.15 * (sent & (groups == "drifting away"))
    return pd.DataFrame({"sent": sent, "group": groups, "bought": bought, "margin": bought * random.gamma(3, 8, 2_000)})


test_table.__test__ = False  # type: ignore[attr-defined]


def back() -> pd.DataFrame:
    anyway = pd.Series(0.1 * (1 - 0.7 ** np.arange(13)), np.arange(13))
    return pd.DataFrame({"anyway": anyway, "needed": 1.2 * anyway + 0.005, "expected": 1.5 * anyway})


def curve(**changes: float) -> pd.DataFrame:
    return churn.profit_curve(*drawn(), **(OFFER | changes))


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "calibration": lambda: plots.calibration(
        {"plain": churn.calibration_table(*drawn()), "too high": churn.calibration_table(drawn()[0], drawn()[1] ** 0.5)}
    ),
    "lift": lambda: plots.lift_bars(churn.lift_table(*drawn())),
    "targeting": lambda: plots.targeting_profit(curve()),
    "targeting that never pays": lambda: plots.targeting_profit(curve(success=0.0)),
    "targeting, two models": lambda: plots.targeting_profit({"one": curve(), "other": curve(value=150)}),
    "effects": lambda: plots.offer_effects(
        churn.effects_by_group(test_table(), "margin", "group"), "It moves one group", "Effect, € per person"
    ),
    "effects on shares": lambda: plots.offer_effects(
        churn.effects_by_group(test_table(), "bought", "group"), "It moves one group", "Effect, points", shares=True
    ),
    "test sizes": lambda: plots.people_needed(0.11, 0.17),
    "test sizes downwards": lambda: plots.people_needed(0.05, 0.02, 0.9),
    "returning": lambda: plots.returning(back(), 6),
}
test_figure = figure_checks.every(FIGURES)


def title(figure: plots.Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_titles_state_the_finding() -> None:
    assert title(FIGURES["calibration"]()).startswith("Too high: ")
    assert title(FIGURES["targeting that never pays"]()).startswith("Contacting nobody is best")
    best = churn.best_share(*drawn(), **OFFER)
    assert f": {plots.money(best.profit)}; contacting all" in title(FIGURES["targeting"]())
    assert title(FIGURES["test sizes"]()).startswith("To see 11% become 17%: 524 people in each arm")
    assert title(FIGURES["returning"]()).endswith("the offer pays")
    assert title(plots.returning(back().assign(expected=0.0), 6)).endswith("the offer loses")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.lift_bars(pd.DataFrame({"lift": [1]})), "lacks customers.*Make it with churn.lift_table"),
        (lambda: plots.calibration({}), "at least one table of churn.calibration_table"),
        (lambda: plots.targeting_profit({}), "at least one table of churn.profit_curve"),
        (lambda: plots.offer_effects(curve(), "a", "b"), "Make it with churn.effects_by_group"),
    ],
)
def test_what_cannot_be_drawn(draw: Callable[[], plots.Figure], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw()
