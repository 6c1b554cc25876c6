"""Figures of scarce stock, lists and apologies: readable, the same bytes each time, nothing cut off."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import allocation, plots
from tests.customer_value import figure_checks
from tests.customer_value.test_allocation import TERMS, order_lines


def small() -> tuple[pd.DataFrame, pd.Series, pd.DataFrame, pd.Series]:
    random = np.random.default_rng(2)
    pieces = np.where(np.arange(20) % 7 == 3, 5, 1)
    lines = order_lines(*((order, "a", int(count)) for order, count in enumerate(pieces)))
    case = pd.DataFrame({"clv": random.gamma(1, 200, 20), "order_margin": random.normal(60, 60, 20), "pieces": pieces})
    value = pd.Series(allocation.value_saved(case["clv"], case["order_margin"], **TERMS))
    return lines, pd.Series({"a": 10}), case, value


def compared() -> pd.DataFrame:
    lines, stock, case, value = small()
    return allocation.compare_rules(lines, stock, value, {"first come": None, "customer's value": case["clv"]})


def served() -> plots.Figure:
    lines, stock, case, value = small()
    return plots.orders_served(case, allocation.fill_best(lines, stock, value), "Ten go out")


def errors() -> pd.DataFrame:
    lines, stock, case, _ = small()
    return allocation.cost_of_errors(lines, stock, case, rounds=6, **TERMS)


def two() -> pd.DataFrame:
    random = np.random.default_rng(4)
    return allocation.compare_lists(*random.normal(size=(2, 300)), random.gamma(1, 50, 300), 60, effect=0.1, cost=3)


def limits() -> dict[str, pd.Series]:
    ahead = np.linspace(0, 600, 20)
    terms = {"leaves_more": 0.06, "used": 0.6, "handling": 1.0}
    return {
        name: pd.Series(allocation.apology_limit(ahead, repaired=share, **terms), ahead)
        for name, share in (("all repaired", 1.0), ("half", 0.5))
    }


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "rules": lambda: plots.rules_compared(compared()),
    "rules that all lose": lambda: plots.rules_compared(compared().assign(saved=lambda t: t["saved"] - 900)),
    "orders": served,
    "errors": lambda: plots.errors_compared(errors(), 150.0),
    "errors that do not matter": lambda: plots.errors_compared(errors(), 1.0),
    "lists": lambda: plots.lists_compared(two()),
    "apology": lambda: plots.apology_limits(limits(), 10, "Vouchers for customers worth over 400"),
}
test_figure = figure_checks.every(FIGURES)


def test_titles_state_what_the_table_says() -> None:
    table = compared()
    worst = table["behind"].iloc[:-1].max()
    assert plots.currency.euros(worst) in plots.rules_compared(table)._suptitle.get_text().replace("\n", " ")
    with pytest.raises(ValueError, match="at least one"):
        plots.apology_limits({}, 10, "Nothing")
