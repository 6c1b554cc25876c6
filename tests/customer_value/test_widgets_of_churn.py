"""The explorations of churn answer in words, follow their controls and work at both ends."""

import functools

import pandas as pd
import pytest

from customer_value import churn, churn_widgets, plots
from customer_value.datasets import load_kettleholt
from tests.customer_value.test_churn import drawn
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner


@functools.cache
def returns() -> pd.DataFrame:
    return churn.club_returns(load_kettleholt("subscriptions"), "2024-12-31")


EVERY = {
    "contact": lambda: churn_widgets.whom_to_contact(*drawn()),
    "test": lambda: churn_widgets.size_of_test(),
    "win back": lambda: churn_widgets.win_back(returns()),
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


def test_contact_tells_the_best_share_of_the_library() -> None:
    made = EVERY["contact"]()
    controls(made)[2].value = 40
    found = churn.best_share(*drawn(), value=450, offer_cost=45, contact_cost=2, success=0.4)
    assert (
        f"contact {found.contacted:,} customers ({found.share:.0%}), profit {plots.money(found.profit)};"
        in sentence(made)
    )
    controls(made)[0].value, controls(made)[1].value, controls(made)[2].value = 150, 125, 5
    assert "The offer pays on average from a risk of" in sentence(made) or "No risk is high enough" in sentence(made)


def test_test_size_is_that_of_the_library() -> None:
    made = EVERY["test"]()
    assert f"takes {churn.people_per_arm(0.11, 0.17):,} people in each arm" in sentence(made)
    assert "The extra margin is €0.37 a person; the offer pays from 4.1 points" in sentence(made)
    controls(made)[1].value = 3
    assert f"takes {churn.people_per_arm(0.11, 0.14):,} people in each arm" in sentence(made)
    assert "At this lift the offer loses €0.20 a person" in sentence(made)


def test_win_back_tells_what_must_return() -> None:
    made = EVERY["win back"]()
    assert "Within 6 months 9.5% come back anyway. For the offer to pay, 15.0% must" in sentence(made)
    assert "the offer loses" in sentence(made)
    controls(made)[2].value = 100
    assert "the offer gains" in sentence(made)
    controls(made)[0].value = 1
    assert "Within 1 month 0.6% come back anyway." in sentence(made)
