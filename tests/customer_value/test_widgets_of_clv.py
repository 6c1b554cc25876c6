"""The explorations of simple lifetime value answer in words, follow their controls and work at every corner."""

from collections.abc import Callable

import ipywidgets
import pytest

from customer_value import calculator_widgets, clv, plots
from customer_value.unit_economics import acquisition_plan, best_budget, common_errors, three_calculators
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

WIDGETS: dict[str, Callable[[], ipywidgets.VBox]] = {
    "three_calculators": calculator_widgets.three_calculators,
    "error_gallery": calculator_widgets.error_gallery,
    "what_moves_value": calculator_widgets.what_moves_value,
    "acquisition_budget": calculator_widgets.acquisition_budget,
}


@pytest.mark.parametrize("widget", WIDGETS.values(), ids=WIDGETS.keys())
def test_every_corner_works_and_every_control_has_a_label(widget, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(widget, monkeypatch)


def test_three_calculators_tells_what_the_library_computes() -> None:
    made = calculator_widgets.three_calculators()
    assert "a customer loses $16" in sentence(made)
    controls(made)[2].value = 40
    found = three_calculators(20, 1.6, 0.4, 0.12, 0.10, 60, 3)
    assert f"a customer brings {plots.money(found['discounted'])}" in sentence(made)
    assert f"less cost {plots.money(found['years'])}" in sentence(made)


def test_error_gallery_tells_what_is_overpaid() -> None:
    made = calculator_widgets.error_gallery()
    values = common_errors(400, 120, 0.75, 0.10, 100)
    loss = values["revenue for margin"] - values["right"]
    assert f"a loss of up to {plots.money(loss)} on each" in sentence(made)
    controls(made)[0].value = "no acquisition cost"
    assert "The whole $100 of winning the customer is forgotten" in sentence(made)


def test_what_moves_value_is_in_money_and_a_per_cent_of_each() -> None:
    made = calculator_widgets.what_moves_value()
    before = clv.discounted_clv(100, 0.87, 0.12)
    cost = 0.09 * before
    dearer = clv.discounted_clv(101, 0.87, 0.12, acquisition_cost=cost)
    assert f"1% more margin {plots.money(dearer - (before - cost))}" in sentence(made)
    assert "means 6.7% fewer customers leaving" in sentence(made)


def test_acquisition_budget_tells_the_best_budget_or_that_it_was_never_tried() -> None:
    made = calculator_widgets.acquisition_budget()
    now = {"now_spend": 600_000, "now_won": 10_000, "response": 0.5}
    best = best_budget(44, **now)
    profit = acquisition_plan(best, 44, **now)["profit"].iloc[0]
    assert f"The best budget is {plots.money(best)}, profit {plots.money(profit)}; its ratio is 2.0" in sentence(made)
    controls(made)[1].value = 300
    assert "Profit still rises at $1.20m" in sentence(made)
    controls(made)[1].value = 10
    controls(made)[2].value = 0.9
    assert "Profit is highest below $20k" in sentence(made)
