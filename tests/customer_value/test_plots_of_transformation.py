"""Figures of the transformation: readable, the same bytes each time, nothing cut off, titles that state the finding."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots
from customer_value import transformation as t
from customer_value.transformation import MaturityAssessment, Schedule, Setting, board
from tests.customer_value import figure_checks

SETTING = Setting()
READINGS = {
    "contribution after returns": 960,
    "late parcels to Germany": 0.2,
    "return rate of store sales": 0.14,
    "settled at the first contact": 0.9,
}


@functools.cache
def schedules() -> tuple[Schedule, ...]:
    plan = board.roadmap()
    return t.exact(plan), t.by_rule(plan), t.all_at_once(plan), t.by_rule(plan, "biggest first")


@functools.cache
def plans() -> pd.DataFrame:
    return t.compare_plans(SETTING)


def advisers() -> pd.DataFrame:
    random = np.random.default_rng(3)
    sales = random.uniform(5_000, 25_000, 12)
    contribution = np.where(np.arange(12) % 4 == 0, 0.3, 0.47) * sales
    table = pd.DataFrame({"place": np.repeat(list("abc"), 4), "sales": sales, "contribution": contribution})
    for name in ("sales", "contribution"):
        table[f"{name}_rank"] = table.groupby("place")[name].rank(ascending=False).astype(int)
    return table


def two_years(name: str) -> t.PayOutcome:
    return t.expected_course(SETTING, t.PLANS[name], years=8)


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "radar": lambda: plots.maturity_radar(board.assessment()),
    "radar of one pillar": lambda: plots.maturity_radar(MaturityAssessment("x", {"a": {"mission": (2, 4)}})),
    "gaps": lambda: plots.gaps_ranked(board.assessment()),
    "gaps, all": lambda: plots.gaps_ranked(board.assessment(), top=24),
    **{f"plans by {what}": lambda what=what: plots.pay_plans(plans(), what) for what in (
        "worth", "profit", "customers", "return_rate", "retention", "first_sales", "last_sales", "pay"
    )},
    "plans that lose": lambda: plots.pay_plans(plans().assign(profit=-plans()["profit"]), "profit"),
    **{f"course of {what}": lambda what=what: plots.pay_course(
        {name: two_years(name) for name in ("sales", "fixed salary", "net sales", "customer value")}, what
    ) for what in ("sales", "profit", "customers", "return_rate", "retention")},
    "mix": lambda: plots.pay_mix(t.pay_mix(SETTING, shares=[0, 0.25, 0.5, 0.75, 1])),
    "mix with a share": lambda: plots.pay_mix(t.pay_mix(SETTING.changed(value_noise=90_000)), 0.3),
    "advisers": lambda: plots.adviser_pay(advisers()),
    "gantt": lambda: plots.roadmap_gantt(schedules()[0]),
    "gantt of a roadmap": lambda: plots.roadmap_gantt(board.roadmap().changed(people=None)),
    "gantt, all at once": lambda: plots.roadmap_gantt(schedules()[2]),
    "cash": lambda: plots.roadmap_cash(schedules()),
    "cash that never returns": lambda: plots.roadmap_cash([t.by_rule(board.roadmap().changed(horizon=6))]),
    "card": lambda: plots.scorecard_progress(board.scorecard(None, READINGS)),
    "card without readings": lambda: plots.scorecard_progress(board.scorecard()),
}  # fmt: skip
test_figure = figure_checks.every(FIGURES, heavy={"gaps, all"})


def title(figure: plots.Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_titles_state_the_finding() -> None:
    assert title(FIGURES["radar"]()) == "Widest gaps, 1.75 points: data; structure and incentives"
    assert title(FIGURES["radar of one pillar"]()) == "Widest gap: vision, 2 now, 4 wanted"
    same = MaturityAssessment("x", {"a": {"mission": (3, 3)}})
    assert title(plots.maturity_radar(same)) == "No pillar is wanted higher than it is"
    assert title(FIGURES["gaps"]()) == "First: reward value, 2 now and 5 wanted"
    best, worst = plans()["worth"].idxmax(), plans()["worth"].idxmin()
    assert title(FIGURES["plans by worth"]()).startswith("Worth: €137k with customer value")
    assert (best, worst) == ("customer value", "sales")
    assert title(FIGURES["course of sales"]()) == "Pay for sales: €133k in year 1, €115k in year 8"
    assert title(FIGURES["gantt"]()) == "The exact plan, 6 people: all done after 17 months"
    assert title(FIGURES["cash"]()) == "The exact plan brings most: 773 thousand euros net, paid back after 16 months"
    assert title(FIGURES["cash that never returns"]()).endswith("net, not paid back")
    assert title(FIGURES["card"]()) == "2 of 7 measures are on course or there, with 50% of the time over"
    assert title(FIGURES["advisers"]()).startswith("Of 3 advisers with the highest commission in their store, ")


def test_the_radar_has_its_numbers_as_dots_too() -> None:
    figure = FIGURES["radar"]()
    radar, dots = figure.axes
    scores = t.pillar_scores(board.assessment())
    for line, column in ((0, "now"), (1, "target")):
        assert dots.lines[line].get_xdata().tolist() == scores[column].tolist()
        shape = radar.lines[-2:][line].get_xydata()[:-1]
        assert np.hypot(*shape.T) == pytest.approx(scores[column].to_numpy())


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.pay_plans(plans(), "joy"), "what must be one of worth"),
        (lambda: plots.pay_plans(pd.DataFrame({"a": [1]})), "lacks worth.*Make it with transformation.compare"),
        (lambda: plots.pay_course({}, "sales"), "at least one outcome of transformation.simulate"),
        (lambda: plots.pay_course({"sales": two_years("sales")}, "joy"), "what must be one of sales"),
        (lambda: plots.gaps_ranked(MaturityAssessment("x", {"a": {"mission": (3, 3)}})), "there is no gap to draw"),
        (lambda: plots.adviser_pay(pd.DataFrame({"a": [1]})), "Make it with transformation.adviser_results"),
    ],
)
def test_what_cannot_be_drawn(draw: Callable[[], plots.Figure], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw()


def test_what_is_no_schedule_is_refused() -> None:
    with pytest.raises(TypeError, match="must be a Schedule or a Roadmap"):
        plots.roadmap_gantt("plan")
    with pytest.raises(TypeError, match="at least one Schedule"):
        plots.roadmap_cash([])
