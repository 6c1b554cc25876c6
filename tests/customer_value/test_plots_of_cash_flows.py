"""Figures of margins over time: readable, the same bytes each time, nothing cut off, titles that follow the data."""

import functools

import numpy as np
import pandas as pd

from customer_value import clv, plots
from customer_value.plots.currency import euros
from customer_value.retention import ShiftedBetaGeoModel, kaplan_meier
from tests.customer_value import figure_checks

QUICK = ShiftedBetaGeoModel.from_params(alpha=1.2, beta=2.6)
SLOW = ShiftedBetaGeoModel.from_params(alpha=0.7, beta=11.0)
TENURES = np.arange(11)


@functools.cache
def curves(customers: int = 200) -> dict[str, pd.DataFrame]:
    drawn = {"deal site": QUICK.simulate(customers, 30, 1), "store": SLOW.simulate(customers, 36, 2)}
    drawn["referral"] = SLOW.simulate(customers, 20, 3)
    return {name: kaplan_meier(table["tenure"], table["lost"]) for name, table in drawn.items()}


def ladder(retention: float = 0.8, discount: float = 0.1, periods: int = 10, first: str = "now") -> plots.Figure:
    schedule = clv.clv_schedule(100, retention, discount, periods=periods, first_margin=first)
    return plots.cash_ladder(schedule, 100 * clv.margin_multiplier(retention, discount, first_margin=first))


def multipliers() -> plots.Figure:
    return plots.margin_multipliers(clv.margin_multiplier_table(np.linspace(0.5, 0.95, 46), [0.10, 0.16]))


def mixed(model: ShiftedBetaGeoModel | None = QUICK) -> plots.Figure:
    rates = np.full(12, 0.8) if model is None else model.retention_rate(np.arange(1, 13))
    own = [0.8] * 10 if model is None else list(np.linspace(0.05, 0.99, 10))
    return plots.mixed_retention(pd.Series(rates, index=range(1, 13)), own)


def by_tenure() -> plots.Figure:
    table = {"regular": QUICK.derl(0.1, TENURES), "high end": SLOW.derl(0.1, TENURES), "one rate": 2.6}
    return plots.value_by_tenure(pd.DataFrame(table, index=TENURES))


def accumulated(cost: float = 75, highlight: str = "deal site") -> plots.Figure:
    months = np.arange(36)
    brought = {
        name: np.r_[0, 8 * np.cumsum(model.survival(months))] for name, model in (("deal site", QUICK), ("store", SLOW))
    }
    return plots.accumulated_value(pd.DataFrame(brought), cost, highlight, euros)


def kept() -> plots.Figure:
    fitted = pd.DataFrame({"deal site": QUICK.survival(np.arange(30))})
    return plots.survival_by_group(curves(), 12, fitted)


EVERY = {
    "ladder": ladder,
    "ladder of one margin": lambda: ladder(0.5, 0.25, 1),
    "ladder of thirty": lambda: ladder(0.95, 0.0, 30, "after"),
    "multipliers": multipliers,
    "mixed": mixed,
    "all alike": lambda: mixed(None),
    "by tenure": by_tenure,
    "accumulated": accumulated,
    "paid back": lambda: accumulated(40, "store"),
    "survival": kept,
    "survival without a model": lambda: plots.survival_by_group(curves(), 6),
}
test_figure = figure_checks.every(EVERY)


def title(figure: plots.Figure) -> str:
    return figure._suptitle.get_text().replace("\n", " ")


def test_titles_state_the_finding_in_money() -> None:
    assert title(ladder()) == "10 margins are worth $351 today, all that follow $15"
    assert title(ladder(periods=1)) == "The first margin is worth $100 today, all that follow $267"
    assert title(multipliers()) == "From 80% to 90% retention the multiple goes from 2.67 to 4.50"
    assert title(mixed(None)) == "All alike: 80% stay every year"
    assert title(mixed()) == f"68% stay at first, {QUICK.retention_rate(12):.0%} by year 12; nobody changes"
    first, last = QUICK.derl(0.1, np.array([0, 10]))
    assert title(by_tenure()) == f"Regular: {first:.1f} margins to come at first, {last:.1f} after 10 renewals"


def test_payback_is_the_first_month_that_covers_the_cost() -> None:
    lived = 8 * np.cumsum(SLOW.survival(np.arange(36)))
    month = 1 + int(np.argmax(lived >= 40))
    assert title(accumulated(40, "store")) == f"Store: {euros(lived[-1])} in 36 months; €40 are paid back after {month}"
    assert title(accumulated(75)).endswith("do not pay back €75")


def test_survival_title_reads_the_curve_at_the_tenure_asked() -> None:
    left = {name: curve.loc[:12, "survival"].iloc[-1] for name, curve in curves().items()}
    assert title(kept()) == (
        f"After 12 months {left['deal site']:.0%} are left of deal site, {left['referral']:.0%} of referral"
    )
