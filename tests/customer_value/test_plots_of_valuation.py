"""Figures of firms, use cases and information: readable, the same bytes each time, nothing cut off."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots
from customer_value.information import GoDecision
from customer_value.plots.currency import euros
from customer_value.use_cases import Sizing, choose, drivers, simulate
from customer_value.valuation import around, project_customers, project_purchases, tornado, two_way
from tests.customer_value import figure_checks
from tests.customer_value.test_use_cases import CASES, REMINDER
from tests.customer_value.test_valuation import BGNBD, FIRM, PEOPLE, SBG

VOUCHER = GoDecision(effect=0.2, effect_sd=0.5, outcome_sd=10.6, reach=20_000, cost=5_000)
SIZES = np.arange(0, 8_001, 100)
DEAR = {"cost_per_customer": 20}


@functools.cache
def sizing() -> Sizing:
    return simulate(CASES, draws=2_000)


def ranges(share: float = 0.1) -> dict[str, tuple[float, float]]:
    return around(FIRM, ["retention", "margin", "acquisition_cost", "discount_rate", "fixed_cost"], share)


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "cohorts": lambda: plots.cohort_areas(FIRM.base()),
    "cohorts by age": lambda: plots.cohort_areas(project_customers([900] * 24, SBG, existing={0: 800, 1: 600, 5: 300})),
    "cohorts of one period": lambda: plots.cohort_areas(project_customers([100], 0.7, existing=50)),
    "cohorts without contract": lambda: plots.cohort_areas(
        project_purchases(BGNBD, PEOPLE, [3] * 8, spend=30.0, step="quarter"), period="quarter"
    ),
    "cohorts with a past": lambda: plots.cohort_areas(
        project_customers([900] * 6, SBG, existing={0: 800, 1: 600, 2: 300}),
        past=pd.DataFrame([[400, 350, 300], [0, 800, 600], [0, 0, 800]], [-2, -1, 0], [-2, -1, 0]),
    ),
    "nobody": lambda: plots.cohort_areas(project_customers([0, 0], 0.5)),
    "equity": lambda: plots.customers_to_equity(FIRM.value()),
    "no equity": lambda: plots.customers_to_equity(FIRM.value(fixed_cost=900_000)),
    "equity of a run-off": lambda: plots.customers_to_equity(FIRM.value(terminal="run-off", other_assets=0, debt=0)),
    "tornado": lambda: plots.money_tornado(tornado(FIRM.equity, ranges()), what="the equity"),
    "tornado of one": lambda: plots.money_tornado(tornado(FIRM.equity, {"tax": (0.2, 0.3)})),
    "tornado one-sided": lambda: plots.money_tornado(tornado(FIRM.equity, {"tax": (0.25, 0.3), "margin": (0.4, 0.5)})),
    "drivers": lambda: plots.money_tornado(drivers(REMINDER)),
    "grid": lambda: plots.value_grid(
        two_way(FIRM.equity, ("retention", [0.7, 0.75, 0.8, 0.85, 0.9]), ("discount_rate", [0.08, 0.1, 0.12, 0.14]))
    ),
    "small grid": lambda: plots.value_grid(
        two_way(FIRM.equity, ("won", [1_000, 2_000]), ("acquisition_cost", [30, 90])), shares=False
    ),
    "use cases": lambda: plots.use_case_ranges(sizing().summary()),
    "use cases chosen": lambda: plots.use_case_ranges(sizing().summary(), choose(sizing(), 500).chosen),
    "one use case": lambda: plots.use_case_ranges(simulate([REMINDER], draws=500).summary()),
    "information": lambda: plots.information_curve(
        VOUCHER.curve(SIZES, cost_per_customer=0.5), VOUCHER.best_test(cost_per_customer=0.5), evpi=VOUCHER.evpi()
    ),
    "information without mark": lambda: plots.information_curve(VOUCHER.curve(SIZES, cost_per_customer=0.1)),
    "no test pays": lambda: plots.information_curve(VOUCHER.curve(SIZES, **DEAR), VOUCHER.best_test(**DEAR)),
}
test_figure = figure_checks.every(FIGURES)


def title(figure: plots.Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_titles_state_the_finding() -> None:
    table = FIRM.base().table
    share = table.loc[1:, 10].sum() / table[10].sum()
    assert title(FIGURES["cohorts"]()) == f"In year 10, {share:.0%} of customers come from people not yet won"
    worth = FIRM.value()
    gross = worth.parts["value"].iloc[:2].sum()
    assert title(FIGURES["equity"]()) == (
        f"Of {euros(gross)} that customers bring, {euros(worth.equity)} are left for the owners"
    )
    assert title(FIGURES["no equity"]()).endswith("too little for the firm to be worth it")
    swing = tornado(FIRM.equity, ranges())["swing"].iloc[0]
    assert title(FIGURES["tornado"]()) == f"Retention alone moves the equity by {euros(swing)}"
    best = VOUCHER.best_test(cost_per_customer=0.5)
    assert title(FIGURES["information"]()).startswith(f"{best.customers:,} customers in the test are best")
    assert title(FIGURES["no test pays"]()).startswith("No test is worth its cost")
    assert title(plots.cohort_areas(FIRM.base(), "Mine")) == "Mine"


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.money_tornado(pd.DataFrame({"low": [1]})), "Make it with valuation.tornado"),
        (lambda: plots.use_case_ranges(pd.DataFrame({"low": [1]})), "Make it with Sizing.summary"),
        (lambda: plots.information_curve(pd.DataFrame({"low": [1]})), "Make it with GoDecision.curve"),
        (lambda: plots.cohort_areas(FIRM.base(), past=pd.DataFrame({1: [2]}, [0])), "end with 0, today"),
        (lambda: plots.value_grid(pd.DataFrame(np.ones((9, 2)))), "at most 8 rows and 6 columns"),
    ],
)
def test_what_cannot_be_drawn(draw: Callable[[], plots.Figure], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw()


def test_other_things_are_refused() -> None:
    with pytest.raises(TypeError, match="base must be of valuation"):
        plots.cohort_areas(FIRM)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="valuation must be of valuation"):
        plots.customers_to_equity(FIRM)  # type: ignore[arg-type]
