"""The explorations of firms, use cases and tests answer in words, follow their controls and work at both ends."""

import pytest

from customer_value import valuation_widgets
from customer_value.information import GoDecision
from customer_value.plots.currency import euros
from customer_value.use_cases import choose, simulate
from tests.customer_value.test_use_cases import CASES
from tests.customer_value.test_valuation import FIRM, SBG
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

VOUCHER = GoDecision(effect=0.2, effect_sd=0.5, outcome_sd=10.6, reach=20_000, cost=5_000)
OVERLAP = {("reminder", "win-back"): 0.5}

EVERY = {
    "firm": lambda: valuation_widgets.firm_value(FIRM),
    "budget": lambda: valuation_widgets.use_case_budget(CASES, overlap=OVERLAP),
    "test": lambda: valuation_widgets.worth_of_a_test(VOUCHER),
}


def two_digits(amount: float) -> str:
    return euros(float(f"{amount:.1e}"))


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


def test_the_firm_is_worth_what_the_library_says() -> None:
    made = EVERY["firm"]()
    assert f"Equity is worth {euros(FIRM.equity())}." in sentence(made)
    assert f"{FIRM.value().share_beyond:.0%} of the value of operations comes after period 10" in sentence(made)
    controls(made)[0].value = 85
    assert f"Equity is worth {euros(FIRM.equity(retention=0.85))}." in sentence(made)
    controls(made)[4].value = "run-off"
    worth = FIRM.value(retention=0.85, terminal="run-off")
    assert f"Equity is worth {euros(worth.equity)}." in sentence(made)
    controls(made)[4].value = "none"
    assert "nothing counts after period 10" in sentence(made)


def test_the_budget_buys_what_the_library_chooses() -> None:
    made = EVERY["budget"]()
    controls(made)[2].value = 0.0
    sizing = simulate(CASES, together={"uplift": 0.0})
    controls(made)[0].value = controls(made)[0].max
    found = choose(sizing, controls(made)[0].max, overlap=OVERLAP)
    assert f"{', '.join(found.chosen)}. Together worth {two_digits(found.value)}" in sentence(made)
    assert f"would count {two_digits(found.counted_twice)} twice" in sentence(made)
    before = found.value
    controls(made)[1].value = 30
    short = choose(sizing.shrunk(0.7), controls(made)[0].max, overlap=OVERLAP)
    assert short.value < before
    assert f"Together worth {two_digits(short.value)}" in sentence(made)
    controls(made)[0].value = 0
    assert "keep the money" in sentence(made)


def test_the_budget_starts_where_it_is_told_on_round_steps() -> None:
    everything = simulate(CASES, together={"uplift": 1.0}).outlay().sum()
    made = valuation_widgets.use_case_budget(CASES, budget=800, together=1.0)
    budget, short, link = controls(made)
    assert (budget.value, short.value, link.value) == (800, 0, 1.0)
    assert everything <= budget.max < everything + budget.step
    assert budget.step == 100
    far = valuation_widgets.use_case_budget(CASES, budget=1e9)
    assert controls(far)[0].value == budget.max


def test_the_test_is_worth_what_the_library_says() -> None:
    made = EVERY["test"]()
    best = VOUCHER.best_test(cost_per_customer=0.5)
    assert f"Best are {best.customers:,} customers: worth {two_digits(best.evsi)} for {euros(best.cost)}." in sentence(
        made
    )
    assert f"Knowing the truth is worth {two_digits(VOUCHER.evpi())}" in sentence(made)
    controls(made)[1].value = -1
    assert "Without a test: leave it" in sentence(made)
    controls(made)[3].value = 2
    assert "No test is worth its cost." in sentence(made)


def test_what_a_slider_cannot_move_is_refused() -> None:
    with pytest.raises(ValueError, match="one retention rate"):
        valuation_widgets.firm_value(FIRM._with({"retention": SBG}))
    with pytest.raises(ValueError, match="effect_sd above 0"):
        valuation_widgets.worth_of_a_test(GoDecision(0.1, 0.0, 1.0, 100))
