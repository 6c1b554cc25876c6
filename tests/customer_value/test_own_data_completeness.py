"""What a memo lacks is named, one gap at a time."""

import pytest

import customer_value.own_data as own
from customer_value import use_cases

CASES = [own.UseCase(name, 100, 5.0, 50, uplift_low=0.0, uplift_high=9.0) for name in ("Keep", "Grow", "Stop")]
WHOLE = {
    "company": "Kettleholt",
    "discipline": "customer intimacy",
    "discipline_reason": "Few customers hold most value; we give up the lowest price.",
    "use_cases": CASES,
    "answers": {"Heterogeneity": [("Share of the best tenth", "Half")]},
}


def test_a_whole_memo_lacks_nothing() -> None:
    assert own.memo_gaps(**WHOLE) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"company": " "}, "whose it is"),
        ({"discipline": None}, "No value discipline"),
        ({"discipline_reason": "We like it."}, "no reason"),
        ({"use_cases": CASES[:2]}, "2 of 3 use cases are sized"),
        ({"use_cases": [*CASES[:2], own.UseCase("Sell", 1, 1, 1)]}, "uplift of 'Sell' is one number"),
        ({"answers": {"Heterogeneity": []}}, "None of your answers"),
        ({"answers": None}, "None of your answers"),
    ],
)
def test_each_gap_is_named_alone(change: dict, said: str) -> None:
    (gap,) = own.memo_gaps(**(WHOLE | change))
    assert said in gap


def test_an_empty_memo_lacks_it_all() -> None:
    assert len(own.memo_gaps()) == 4


def test_use_cases_with_several_draws_each_are_counted_too() -> None:
    cases = [use_cases.UseCase(name, 100, (0, 5, 9), 0.4, one_off=50) for name in ("Keep", "Grow")]
    sizing = use_cases.simulate([*cases, use_cases.UseCase("Stop", 100, 5, 0.4)], draws=200)
    (gap,) = own.memo_gaps(**(WHOLE | {"use_cases": sizing}))
    assert "uplift of 'Stop' is one number" in gap
