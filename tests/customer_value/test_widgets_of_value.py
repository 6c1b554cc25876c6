"""The explorations of the customer value model answer in words, follow their controls and work at both ends."""

import pytest

from customer_value import cvm_widgets
from customer_value.cvm import Element, Input, Uniform, ValueModel, simulate, tractor_case
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

CASE = tractor_case()
BASES = {"breakdowns": ["Breakdowns"], "running costs": ["Fuel", "Breakdowns", "Repairs"]}
YEARLY = ValueModel(
    "ours",
    "theirs",
    [
        Input("saved", Uniform(10, 30), "€/year", "How much?"),
        Input("price", 100, "€/year"),
        Input("ours", 90, "€/year"),
    ],
    [Element("Work", "saved", "0")],
    reference_price="price",
    cost="ours",
    unit="€/year",
)
EVERY = {
    "price": lambda: cvm_widgets.price_explorer(CASE, 99_000),
    "price in euros": lambda: cvm_widgets.price_explorer(YEARLY, 110),
    "tornado": lambda: cvm_widgets.tornado_explorer(CASE, 99_000),
    "tornado in euros": lambda: cvm_widgets.tornado_explorer(YEARLY, 110),
    "answer": lambda: cvm_widgets.one_answer(CASE, 99_000),
    "answer in euros": lambda: cvm_widgets.one_answer(YEARLY, 110),
    "claim": lambda: cvm_widgets.saving_claim(CASE, BASES),
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


def test_price_says_who_gets_what() -> None:
    made = cvm_widgets.price_explorer(CASE, 99_000)
    chance = simulate(CASE).chance_better_off(99_000)
    assert f"gains at all in {chance:.0%} of futures; the seller earns $21k" in sentence(made)
    price, belief = controls(made)
    price.value = 110_000
    assert "At $110,000 the customer gains $6,340 on average" in sentence(made)
    belief.value = 0
    assert "gains at all in 0% of futures" in sentence(made)


def test_tornado_names_the_inputs_that_decide_alone() -> None:
    made = cvm_widgets.tornado_explorer(CASE, 99_000)
    assert "0 of 17 inputs can by themselves bring the value below the price." in sentence(made)
    controls(made)[1].value = 106_000
    assert "1 of 17 inputs can by themselves bring the value below the price: hours broken down with the Dale." in (
        sentence(made)
    )


def test_an_answer_changes_value_chance_and_width() -> None:
    made = cvm_widgets.one_answer(CASE, 99_000, ["cost of an hour broken down"])
    before = sentence(made)
    assert before.startswith("“Who waits when it stands, and do you rent another?” About ")
    controls(made)[1].value = 0
    assert sentence(made) != before
    assert "About 85 $/hour (expected: 85 to 210, 8 times in 10)." in sentence(made)
    assert "The value moves from $116k to $111k" in sentence(made)


def test_questions_must_be_open_ones() -> None:
    with pytest.raises(ValueError, match=r"questions must be uncertain inputs .* got wage of a driver"):
        cvm_widgets.one_answer(CASE, 99_000, ["wage of a driver"])


def test_claim_gives_the_chance_that_it_holds() -> None:
    made = cvm_widgets.saving_claim(CASE, BASES)
    assert "in this share of futures: breakdowns 85%; running costs 1%." in sentence(made)
    controls(made)[1].value = 80
    assert "luckier for the seller than 80 times in 100" in sentence(made)
