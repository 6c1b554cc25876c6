"""The explorations of scarce stock, lists and apologies answer in words, follow their controls, work at both ends."""

import functools

import pandas as pd
import pytest

from customer_value import allocation, allocation_widgets
from customer_value.datasets import load_kettleholt
from customer_value.plots.currency import euros
from tests.customer_value.test_allocation import EVE, TERMS, case, rules, saved, stock, tables, values
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner


@functools.cache
def judged() -> tuple[pd.Series, pd.Series, pd.Series]:
    made = values("2023-12-31", 12)
    later = allocation.contribution_after(tables(), "2023-12-31", EVE).reindex(made.index)
    return made["revenue_year"], made["net"], later["brought"]


def lines() -> pd.DataFrame:
    return load_kettleholt("open_orders")


EVERY = {
    "ship": lambda: allocation_widgets.whom_to_ship(lines(), stock(), case(), rules()),
    "wrong": lambda: allocation_widgets.how_wrong(lines(), stock(), case(), rounds=4),
    "lists": lambda: allocation_widgets.two_lists(*judged()),
    "apology": lambda: allocation_widgets.apology(values()["net"].head(300)),
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


def test_shipping_says_what_the_library_says() -> None:
    made = EVERY["ship"]()
    table = allocation.compare_rules(lines(), stock(), saved(), rules())
    assert f"the best choice saves {euros(table['saved'].iloc[-1])}." in sentence(made)
    assert f"first come {euros(table.loc['first come', 'behind'])}" in sentence(made)
    controls(made)[0].value = 62
    assert "62 pieces for 62 wanted" in sentence(made)


def test_lists_say_what_the_library_says() -> None:
    made = EVERY["lists"]()
    found = allocation.compare_lists(*judged(), 500, effect=0.1, cost=3).attrs
    assert f"gains {euros(found['first'])} by revenue and {euros(found['second'])} by value" in sentence(made)


def test_an_apology_without_a_rise_pays_for_nobody() -> None:
    made = EVERY["apology"]()
    controls(made)[0].value = 0
    assert "It pays for none of them." in sentence(made)


def test_errors_say_what_the_library_says() -> None:
    made = EVERY["wrong"]()
    found = allocation.cost_of_errors(lines(), stock(), case(), errors=(0.0, 0.5, 1.0), rounds=4, **TERMS)
    assert f"loses {euros(round(found['mean'].iloc[-1]))} on average" in sentence(made)
