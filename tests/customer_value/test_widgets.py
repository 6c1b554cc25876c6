"""Each exploration answers in words, follows its controls and works at both of their ends."""

import re

import ipywidgets
import pandas as pd
import pytest

from customer_value import plots, widgets
from customer_value.datasets import load_cdnow
from customer_value.transactions import customer_totals
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

LOG = load_cdnow()
CUSTOMERS = customer_totals(LOG)


def test_concentration_says_share_people_and_dollars() -> None:
    widget = widgets.concentration(CUSTOMERS["revenue"])
    assert sentence(widget) == (
        "The top 20% are 4,714 customers. They bring 67.8% of revenue, $359 each on average;"
        " the last of them brings $134."
    )
    controls(widget)[0].value = 10
    assert "The top 10% are 2,357 customers. They bring 50.9% of revenue" in sentence(widget)


def test_serving_cost_says_who_loses_money() -> None:
    widget = widgets.serving_cost(CUSTOMERS)
    before = sentence(widget)
    assert "53.4% of customers lose money" in before
    assert "Of the top tenth by revenue 1.1% lose money" in before
    controls(widget)[1].value = 8
    assert "Of the top tenth by revenue 12.6% lose money" in sentence(widget)


def test_staying_power_follows_the_split() -> None:
    widget = widgets.staying_power(LOG)
    assert "before 1 July 1997 spent $263 each, then $119" in sentence(widget)
    months = [" ".join(label.split()) for label, _ in controls(widget)[0].options]
    assert months == ["Jul 1997", "Aug 1997", "Sep 1997", "Oct 1997", "Nov 1997", "Dec 1997", "Jan 1998"]
    controls(widget)[0].index = 6
    assert "before 1 January 1998 spent $194 each, then $114 (everyone: $25, then $20). 49% of them" in sentence(widget)


def test_staying_power_says_where_the_comparison_is_unfair() -> None:
    """CDNOW's customers were won from January to March 1997: only from October on is no first order in sight."""
    widget = widgets.staying_power(LOG)
    said = []
    for index in range(7):
        controls(widget)[0].index = index
        said.append(re.search(r"the first order of (\d+)% of all customers", sentence(widget))[1])
    assert said[0] == "100"
    assert said[3:] == ["0", "0", "0", "0"]


def test_explorations_start_where_they_are_told() -> None:
    assert "The top 60% are 14,142 customers." in sentence(widgets.concentration(CUSTOMERS["revenue"], top=60))
    assert controls(widgets.serving_cost(CUSTOMERS, per_order=2))[1].value == 2


@pytest.mark.parametrize(
    "widget",
    [
        lambda: widgets.concentration(CUSTOMERS["revenue"]),
        lambda: widgets.serving_cost(CUSTOMERS),
        lambda: widgets.staying_power(LOG),
    ],
    ids=["concentration", "serving_cost", "staying_power"],
)
def test_every_corner_works_and_every_control_has_a_label(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(widget, monkeypatch)


def test_impossible_settings_are_answered_in_words() -> None:
    def answer(number: int) -> tuple[str, plots.Figure]:
        if number == 0:
            raise ValueError("number must not be <zero>")
        return f"{number}", plots.lorenz([1, 2, 3])

    widget = widgets.explore(answer, number=widgets.slider("Number of things", 1, 0, 2))
    assert sentence(widget) == "1"
    controls(widget)[0].value = 0
    assert sentence(widget) == "number must not be <zero>"


def test_sliders_keep_whole_numbers_whole() -> None:
    assert isinstance(widgets.slider("Whole", 1, 0, 5), ipywidgets.IntSlider)
    assert isinstance(widgets.slider("Half", 1, 0, 5, 0.5), ipywidgets.FloatSlider)


def test_short_log_is_refused() -> None:
    log = pd.DataFrame(
        {"customer_id": [1, 2], "date": pd.to_datetime(["2024-01-01", "2024-03-01"]), "value": [1.0, 2.0]}
    )
    with pytest.raises(ValueError, match="too short to be split with 6 months on both sides"):
        widgets.staying_power(log)
