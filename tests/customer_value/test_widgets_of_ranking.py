"""The explorations of value per customer answer in words, follow their controls and work at both ends."""

import functools
from collections.abc import Callable

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from customer_value import plots, ranking, ranking_widgets
from customer_value.btyd import BetaGeoModel
from customer_value.datasets import load_cdnow
from customer_value.spend import GammaGammaModel
from customer_value.transactions import rfm_summary
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner


@functools.cache
def cdnow() -> pd.DataFrame:
    return rfm_summary(load_cdnow(sample=True), "1997-09-30", holdout_until="1998-06-30")


@functools.cache
def fits() -> tuple[BetaGeoModel, GammaGammaModel]:
    return BetaGeoModel().fit(cdnow()), GammaGammaModel().fit(cdnow())


@functools.cache
def lists() -> tuple[dict[str, pd.Series], pd.Series]:
    purchases, spend = fits()
    expected = purchases.expected_purchases(cdnow(), 39.0) * spend.expected_customer_spend(cdnow())
    came = cdnow()["holdout_frequency"] * cdnow()["holdout_monetary_value"]
    return {"CLV model": expected, "frequency": cdnow()["frequency"]}, came


WIDGETS: dict[str, Callable[[], ipywidgets.VBox]] = {
    "spend_explorer": lambda: ranking_widgets.spend_explorer(fits()[1]),
    "outlook": lambda: ranking_widgets.outlook(*fits(), margin=0.3, discount_rate=0.01),
    "list_length": lambda: ranking_widgets.list_length(*lists(), margin=0.3, length=220),
    "acquisition_cap": lambda: ranking_widgets.acquisition_cap(*fits(), 33.0),
}


@pytest.mark.parametrize("widget", WIDGETS.values(), ids=WIDGETS.keys())
def test_every_corner_works_and_every_control_has_a_label(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(widget, monkeypatch)


def test_spend_explorer_tells_the_mean_of_two_means() -> None:
    made = WIDGETS["spend_explorer"]()
    frequency, own = controls(made)
    frequency.value, own.value = 4, 80
    customer = pd.DataFrame({"frequency": [4], "monetary_value": [80.0]})
    expected = fits()[1].expected_customer_spend(customer).iloc[0]
    assert f"the next one is expected at {plots.money(expected)}." in sentence(made)
    assert "4 repeat purchases of $80 on average" in sentence(made)


def test_outlook_tells_both_ranges() -> None:
    made = WIDGETS["outlook"]()
    own, frequency, silent = controls(made)
    frequency.value, silent.value, own.value = 5, 4, 50
    customer = pd.DataFrame({"frequency": [5], "recency": [35.0], "T": [39.0], "monetary_value": [50.0]})
    value = fits()[0].expected_customer_lifetime_value(customer, fits()[1], discount_rate=0.01, margin=0.3).iloc[0]
    assert f"worth {plots.money(value)} in twelve months" in sentence(made)
    assert "may be anything from $0 to $" in sentence(made)
    silent.value = 34
    assert "what this one customer brings is nothing in" in sentence(made)
    frequency.value = 0
    assert "Nothing in the 39 weeks since" in sentence(made)


def test_list_length_tells_the_gain_of_each_list() -> None:
    made = WIDGETS["list_length"]()
    rankings, came = lists()
    table = ranking.list_gains(rankings, came, effect=0.1, margin=0.3, cost=4, points=200)
    at = controls(made)[0].value
    here = float(np.interp(at, table.index, table["CLV model"]))
    assert f"A list of {at:,} gains: CLV model {plots.money(here)}; frequency " in sentence(made)
    controls(made)[1].value = 0
    assert "no list at all, $0" in sentence(made)


def test_acquisition_cap_is_the_value_of_a_new_customer() -> None:
    made = WIDGETS["acquisition_cap"]()
    purchases, spend = fits()
    later = purchases.expected_customer_lifetime_value_new_customer(spend, discount_rate=0.01, periods=36, margin=0.3)
    assert f"brings {plots.money(0.3 * 33 + later)} of margin in 36 months" in sentence(made)
    controls(made)[0].value = 1
    assert "in 1 month (" in sentence(made)
    assert "the firm loses" in sentence(made)
