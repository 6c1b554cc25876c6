"""The exploration of a use case says what the library computes, works at both ends; its figure states the finding."""

from collections.abc import Callable

import pytest

import customer_value.own_data as own
from customer_value import plots
from customer_value.use_case_widgets import which_uplift_pays
from tests.customer_value import figure_checks
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

CALLS = own.UseCase("Calls", 500, uplift=6.0, cost=400, uplift_low=0.0, uplift_high=12.0)
GUIDE = own.UseCase("A guide", 1_000, uplift=1.5, cost=900)
SURE = own.UseCase("Calls", 500, uplift=6.0, cost=400, uplift_low=3.0, uplift_high=12.0)
DEAR = own.UseCase("Calls", 500, uplift=6.0, cost=40_000, uplift_low=3.0, uplift_high=12.0)

FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "range on both sides": lambda: plots.uplift_line(CALLS, 0.4),
    "sure": lambda: plots.uplift_line(SURE, 0.4, "CHF"),
    "never": lambda: plots.uplift_line(DEAR, 0.4),
    "free": lambda: plots.uplift_line(own.UseCase("Free", 9, 1, 0, uplift_low=0, uplift_high=2), 0.4, "£"),
    "one point": lambda: plots.uplift_line(own.UseCase("Point", 9, 1, 5, uplift_low=1, uplift_high=1), 0.4),
    "harm": lambda: plots.uplift_line(own.UseCase("Harm", 9, -1, 5, uplift_low=-2, uplift_high=0), 0.4),
    "saving": lambda: plots.uplift_line(own.UseCase("Stop", 9, -1, -50, uplift_low=-2, uplift_high=0), 0.4),
    "nobody": lambda: plots.uplift_line(own.UseCase("Nobody", 0, 1, 5, uplift_low=0, uplift_high=2), 0.4),
}
test_figure = figure_checks.every(FIGURES)


def title(figure: plots.Figure) -> str:
    return figure._suptitle.get_text().replace("\n", " ")


@pytest.mark.parametrize(
    "case",
    [CALLS, GUIDE, DEAR, own.UseCase("Small", 1, 1, 0), own.UseCase("Stop", 9, -1, -50)],
    ids=lambda case: case.name,
)
def test_every_corner_works(case: own.UseCase, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(lambda: which_uplift_pays(case, 0.4), monkeypatch)


@pytest.mark.parametrize("case", [CALLS, GUIDE, own.UseCase("Saved", 200, uplift=1.2, cost=30, margin=0.9)])
def test_at_the_break_even_nothing_is_gained(case: own.UseCase) -> None:
    assert case.gain(0.4, case.break_even(0.4)) == pytest.approx(0)


def test_the_break_even_without_cost_or_reach() -> None:
    assert own.UseCase("Free", 10, 1, 0).break_even(0.4) == 0
    assert own.UseCase("Nobody", 0, 1, 5).break_even(0.4) == float("inf")


def test_what_is_stopped_saves_its_cost() -> None:
    stop = own.UseCase("Catalogue", 1_000, uplift=-0.5, cost=-1_400, uplift_low=-2.5, uplift_high=0.0)
    assert stop.gain(0.4) == pytest.approx(1_200)
    assert stop.break_even(0.4) == pytest.approx(-3.5)
    assert own.UseCase("Nobody", 0, 1, -5).break_even(0.4) == float("-inf")
    said = sentence(which_uplift_pays(stop, 0.4))
    assert "It pays from an uplift of −€3.50 each." in said
    assert "It pays wherever" in said


def test_the_sentence_follows_the_controls() -> None:
    made = which_uplift_pays(CALLS, 0.4)
    reach, margin, cost, least, most = controls(made)
    assert "It pays from an uplift of €2 each. From €0 to €12 each it gains −€400 to €2,000." in sentence(made)
    assert "test it on a part" in sentence(made)
    least.value = 3
    assert "It pays wherever" in sentence(made)
    margin.value = 20
    assert "It pays from an uplift of €4 each." in sentence(made)
    cost.value, reach.value, most.value = 1_200, 250, 11
    assert "It pays from an uplift of €24 each." in sentence(made)
    assert "It pays nowhere" in sentence(made)


def test_ends_that_are_crossed_are_read_as_a_range() -> None:
    made = which_uplift_pays(CALLS, 0.4)
    *_, least, most = controls(made)
    least.value, most.value = 10, 4
    assert "From €4 to €10 each" in sentence(made)


def test_a_case_without_a_range_starts_with_one() -> None:
    assert "From €0 to €3 each" in sentence(which_uplift_pays(GUIDE, 0.4))


def test_it_starts_at_what_it_is_given() -> None:
    odd = own.UseCase("Odd", 433, uplift=1.73, cost=155, uplift_low=0.31, uplift_high=9.87)
    made = which_uplift_pays(odd, 0.375)
    assert [control.value for control in controls(made)] == [433, 37.5, 155, 0.31, 9.87]
    for control in controls(made):
        assert (control.value - control.min) / control.step == pytest.approx(
            round((control.value - control.min) / control.step)
        )
    assert f"€{155 / (433 * 0.375):.2f} each" in sentence(made)


def test_titles_state_what_was_found() -> None:
    assert title(FIGURES["range on both sides"]()) == "It pays from €2, within the range: test it"
    assert title(FIGURES["sure"]()) == "It pays at every uplift of the range: 2 CHF is enough"
    assert title(FIGURES["never"]()) == "It pays at no uplift of the range: it takes more than €200"
    assert title(FIGURES["free"]()) == "It costs £0, so any uplift pays"
    assert title(FIGURES["nobody"]()) == "It reaches nobody, so no uplift pays for it"


def test_what_cannot_be_explored_is_refused() -> None:
    with pytest.raises(ValueError, match="'Nobody' must reach at least one customer; got 0"):
        which_uplift_pays(own.UseCase("Nobody", 0, 1, 5), 0.4)
    with pytest.raises(ValueError, match="margin must be a share"):
        which_uplift_pays(CALLS, 40)
    with pytest.raises(ValueError, match="'A guide' needs uplift_low and uplift_high"):
        plots.uplift_line(GUIDE, 0.4)
