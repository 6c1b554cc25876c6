"""Figures of one more customer: readable, the same bytes each time, with ordinary and with extreme content."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import clv, plots
from customer_value import unit_economics as units
from tests.customer_value import figure_checks

OFFICE = (20, 1.6, 0.2, 0.12, 0.10, 60)
GOOD = (60, 6, 0.8, 0.01, 0.10, 0)
FIVE = {"retention": 5, "margin": 1, "acquisition_cost": 0.1}
COURSE = pd.DataFrame(
    {0: [-15.0, -9, -30, -20, -16], 1: [4.0, 10, -17, -6, -22], 2: [106.0, 88, 32, 18, -5]},
    index=["referral", "store", "search", "social", "deal site"],
)


def plan(value: float, response: float = 0.5) -> pd.DataFrame:
    grid = np.linspace(20_000, 1_200_000, 30)
    return units.acquisition_plan(grid, value, now_spend=600_000, now_won=10_000, response=response)


def elastic(retention: float, cost: float) -> clv.Elasticities:
    value = clv.margin_multiplier(retention, 0.12)
    return clv.elasticities(1, retention, 0.12, acquisition_cost=cost * value)


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "calculators": lambda: plots.three_calculators(units.three_calculators(*OFFICE, 3), 60),
    "calculators, large": lambda: plots.three_calculators(units.three_calculators(*GOOD, 10), 0),
    "calculators, all lost": lambda: plots.three_calculators(
        units.three_calculators(5, 0.2, 0.05, 0.4, 0.1, 300, 0.5), 300
    ),
    "steps": lambda: plots.calculator_steps(units.calculator_steps(*OFFICE)),
    "steps to a gain": lambda: plots.calculator_steps(units.calculator_steps(*GOOD)),
    "errors": lambda: plots.common_errors(units.common_errors(400, 120, 0.75, 0.1, 100)),
    "errors, one chosen": lambda: plots.common_errors(units.common_errors(400, 120, 0.75, 0.1, 100), "no discounting"),
    "errors on a loss": lambda: plots.common_errors(units.common_errors(50, 2.5, 0.2, 0.1, 500)),
    "channels": lambda: plots.channel_course(COURSE),
    "channels, all paid": lambda: plots.channel_course(COURSE.iloc[:2]),
    "channels, two short": lambda: plots.channel_course(COURSE.assign(**{}).sub([0, 0, 0, 40, 0], axis=0)),
    "budget": lambda: plots.acquisition_plan(plan(44), 600_000),
    "budget, still rising": lambda: plots.acquisition_plan(plan(300, 0.9), 20_000),
    "budget, never": lambda: plots.acquisition_plan(plan(1, 0.9), 1_200_000),
    "elasticities": lambda: plots.elasticity_bars(elastic(0.87, 0.09), FIVE),
    "elasticities, extreme": lambda: plots.elasticity_bars(elastic(0.97, 0.8), FIVE),
}
test_figure = figure_checks.every(FIGURES)


def title(name: str) -> str:
    return " ".join(FIGURES[name]().get_suptitle().split())


def test_titles_state_the_finding_and_follow_it() -> None:
    assert title("calculators") == "One customer, three answers: $267, $170 and −$16"
    assert title("steps") == "From $267 to −$16: the largest step is goods and service"
    assert title("errors") == "Monthly retention, yearly margin: $690 too high"
    assert title("errors, one chosen") == "No discounting: $103 too high"
    assert title("channels") == "After 2 months, deal site is still €5 short; the others have paid back"
    assert title("channels, all paid") == "After 2 months, every channel has paid back"
    assert title("channels, two short").startswith("After 2 months, social and deal site are still €22 short")
    assert title("budget, still rising").startswith("Profit is highest at $1.20m or beyond")
    assert title("budget, never") == "Every budget loses money, $20k the least"
    cents = plots.channel_course(COURSE.astype(float).replace(-5, -5.07).replace(18, 0.4))
    assert "social from −€20 to €0.40; deal site from −€16 to −€5." in cents.alt
    assert title("elasticities") == "1% better retention lifts value by 4.9%, 1% margin by 1.1%"


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.three_calculators(pd.Series({"revenue": 1.0}), 0), "lacks years, discounted"),
        (lambda: plots.common_errors(units.common_errors(4, 1, 0.5, 0.1, 0), "tax"), "chosen must be one of revenue"),
        (lambda: plots.channel_course(COURSE[[1, 2]]), "channel_course returns it"),
        (lambda: plots.elasticity_bars(elastic(0.8, 0.1), {"retention": 5}), "published lacks margin, acq"),
    ],
)
def test_what_does_not_fit_is_refused(draw: Callable[[], plots.Figure], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw()
