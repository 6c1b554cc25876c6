"""The explorations of segments answer in words, follow their controls and work at both ends."""

import functools
from collections.abc import Callable

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from customer_value import segment_widgets
from customer_value.transactions import rfm_scores
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner


@functools.cache
def log() -> pd.DataFrame:
    """Three hundred customers with rates and amounts of their own, over two years."""
    random = np.random.default_rng(4)
    times = 1 + random.poisson(random.gamma(0.7, 6, 300))
    owner = np.repeat(np.arange(300), times.astype(np.intp))
    day = pd.Timestamp("2022-01-01") + pd.to_timedelta(random.integers(0, 730, owner.size), unit="D")
    return pd.DataFrame({"customer_id": owner, "date": day, "value": random.lognormal(3, 0.8, owner.size)})


@functools.cache
def rfm() -> pd.DataFrame:
    return rfm_scores(log(), "2023-12-31")


@functools.cache
def brought() -> pd.Series:
    random = np.random.default_rng(6)
    return (rfm()["frequency"] * random.gamma(1, 10, len(rfm()))).rename("contribution")


@functools.cache
def chance() -> pd.Series:
    return (1 / (1 + rfm()["frequency"] / 4)).rename("chance")


WIDGETS: dict[str, Callable[[], ipywidgets.VBox]] = {
    "score_cutoffs": lambda: segment_widgets.score_cutoffs(log(), "2023-12-31", brought()),
    "number_of_tiers": lambda: segment_widgets.number_of_tiers(rfm(), brought()),
    "quoted_rates": lambda: segment_widgets.quoted_rates(3_000, 12, 18),
    "low_value_cutoff": lambda: segment_widgets.low_value_cutoff(chance(), brought(), low_below=20),
}


@pytest.mark.parametrize("widget", WIDGETS.values(), ids=WIDGETS.keys())
def test_every_corner_works_and_every_control_has_a_label(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(widget, monkeypatch)


def test_quoted_rates_are_those_of_the_library() -> None:
    widget = WIDGETS["quoted_rates"]()
    # 3,000 × 64% × 93% right, a ninth of that wrong.
    assert "1,984 are called low, 198 of them wrongly; 134 are missed" in sentence(widget)
    assert "precision 64% and recall 100%" in sentence(widget)
    base, precision, recall = controls(widget)
    base.value, precision.value, recall.value = 95, 50, 100
    # Even with all 150 others called, 2,850 of 3,000 calls are right.
    assert "but with 95.0% at least; this is shown" in sentence(widget)
    assert "150 of them wrongly; 0 are missed" in sentence(widget)


def test_the_cutoff_is_worth_what_the_library_says() -> None:
    widget = WIDGETS["low_value_cutoff"]()
    called = chance() >= 0.5
    money = (12 - 0.25 * brought()[called]).sum()
    assert f"{called.sum():,} of 300 customers are dropped" in sentence(widget)
    assert f"Worth €{money:,.0f} in the year" in sentence(widget)
    controls(widget)[2].value = 0
    assert "even those who are not low" in sentence(widget)


def test_the_usual_list_is_its_own_and_other_bins_change_it() -> None:
    widget = WIDGETS["score_cutoffs"]()
    scores = rfm()
    top = (scores["rfm"] == "555").sum()
    assert f"{top:,} customers have the top score in all three; {top:,} of them" in sentence(widget)
    controls(widget)[0].value = 3
    assert f"list of {top:,}" in sentence(widget)


def test_more_tiers_are_named_one_by_one() -> None:
    widget = WIDGETS["number_of_tiers"]()
    controls(widget)[0].value = 6
    assert "6:" in sentence(widget)
