"""Tiers over time, and regression to the mean with and without a cause."""

import numpy as np
import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.persistence import expected_next, redrawn_falls, reliability, tier_table, tiers, top_tier_shift
from customer_value.transactions import before_and_after, odd_and_even_weeks, weekly_revenue


def test_tiers_by_hand() -> None:
    assert tiers([5, 1, 9, 7], 2).tolist() == [2, 2, 1, 1]
    assert tiers([3, 3, 3], 3).tolist() == [1, 2, 3]
    assert np.unique(tiers(np.arange(23570), 10), return_counts=True)[1].tolist() == [2357] * 10


def test_tier_table_by_hand() -> None:
    table = tier_table([8, 6, 0, 2], [4, 0, 6, 0], 2)
    assert table.index.tolist() == [1, 2]
    assert table["before"].tolist() == [7, 1]
    assert table["after"].tolist() == [2, 3]
    assert table["buying_after"].tolist() == [0.5, 0.5]
    assert table["share_of_after"].tolist() == pytest.approx([0.4, 0.6])


def test_shift_by_hand() -> None:
    shift = top_tier_shift([8, 6, 0, 2], [4, 0, 6, 0], 0.5)
    assert (shift.customers, shift.before, shift.after) == (2, 7, 2)
    assert (shift.everyone_before, shift.everyone_after) == (4, 2.5)
    assert (shift.buying_after, shift.still_top, shift.from_nothing) == (0.5, 0.5, 0.5)
    assert shift.change == pytest.approx(2 / 7)
    assert shift.change_against_average == pytest.approx((2 / 2.5) / (7 / 4))


def test_nothing_regresses_when_customers_repeat_themselves() -> None:
    values = np.arange(1.0, 101)
    shift = top_tier_shift(values, values * 0.7)
    assert shift.still_top == 1
    assert shift.change == pytest.approx(0.7)
    assert shift.change_against_average == pytest.approx(1)
    assert reliability(values, values * 0.7) == pytest.approx(1)


def test_chance_alone_makes_the_best_fall_as_the_shrunk_forecast_says() -> None:
    """Buyers with steady rates from a gamma and Poisson orders: nobody leaves, and the best fall nevertheless."""
    random = np.random.default_rng(7)
    rate = random.gamma(1.0, 2.0, size=60_000)
    first, second = random.poisson(rate), random.poisson(rate)
    shift = top_tier_shift(first, second, 0.1)
    assert shift.everyone_after == pytest.approx(shift.everyone_before, rel=0.02)
    assert shift.change < 0.85
    # Poisson-gamma: var(rate) / (var(rate) + mean) = 4 / (4 + 2), and the expectation is exactly linear.
    assert reliability(first, second) == pytest.approx(2 / 3, abs=0.01)
    top = tiers(first) == 1
    assert expected_next(first, 2 / 3)[top].mean() == pytest.approx(second[top].mean(), rel=0.02)


def test_cdnow_recomputed_with_pandas() -> None:
    spend = before_and_after(load_cdnow(), "1998-01-01")
    shift = top_tier_shift(spend["before"], spend["after"])
    best = spend.nlargest(2357, "before")
    assert shift.before == pytest.approx(best["before"].mean())
    assert shift.after == pytest.approx(best["after"].mean())
    assert shift.buying_after == pytest.approx((best["after"] > 0).mean())
    both = best.index.intersection(spend.nlargest(2357, "after").index)
    assert shift.still_top == pytest.approx(len(both) / 2357, abs=0.001)


def test_cdnow_best_fall_back_in_either_direction_of_time_and_without_time() -> None:
    log = load_cdnow()
    spend = before_and_after(log, "1998-01-01")
    weeks = odd_and_even_weeks(log, "1997-07-01", "1998-07-01")
    for one, two in (
        (spend["before"], spend["after"]),
        (spend["after"], spend["before"]),
        (weeks["odd"], weeks["even"]),
    ):
        assert 0.6 < top_tier_shift(one, two).change_against_average < 0.8


def invented(leaves: bool, slows: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two half-years of 26 weeks; customers may leave whatever they buy, or the heavy half of them slow down."""
    random = np.random.default_rng(3)
    rate = random.gamma(0.5, 0.2, size=(20_000, 1))
    there = random.exponential(26 * 3, size=(20_000, 1)) if leaves else np.full((20_000, 1), np.inf)
    week = np.arange(52)
    slower = np.where((rate > 0.1) & (week >= 26) & slows, 0.6, 1.0)
    orders = pd.DataFrame(random.poisson(rate * slower * np.clip(there - week, 0, 1)))
    return pd.DataFrame({"before": orders.iloc[:, :26].sum(axis=1), "after": orders.iloc[:, 26:].sum(axis=1)}), orders


def interval(halves: pd.DataFrame, weeks: pd.DataFrame) -> tuple[float, float]:
    falls = redrawn_falls(halves, weeks, rounds=60)
    return tuple((falls["between"] - falls["chance"]).quantile([0.05, 0.95]))


def test_redrawn_falls_find_no_difference_where_there_is_none() -> None:
    low, high = interval(*invented(leaves=False))
    assert low < 0 < high


def test_redrawn_falls_find_the_best_slowing_down() -> None:
    low, _ = interval(*invented(leaves=False, slows=True))
    assert low > 0


def test_leaving_that_has_nothing_to_do_with_spending_bends_both_directions_of_time() -> None:
    """Why the fall seen backwards is no yardstick of chance: those chosen later had all stayed."""
    halves, weeks = invented(leaves=True)
    _, high = interval(halves, weeks)
    low, _ = interval(halves[["after", "before"]], weeks)
    assert high < 0
    assert low > 0


def test_redrawn_falls_of_cdnow_surround_what_the_log_itself_shows() -> None:
    log = load_cdnow()
    halves, weeks = before_and_after(log, "1998-01-01"), weekly_revenue(log, "1997-07-01", "1998-07-01")
    falls = redrawn_falls(halves, weeks, rounds=60)
    observed = 1 - top_tier_shift(halves["before"], halves["after"]).change_against_average
    assert falls["between"].quantile(0.05) < observed < falls["between"].quantile(0.95)
    pd.testing.assert_frame_equal(falls.iloc[:5], redrawn_falls(halves, weeks, rounds=5))


def test_expected_next_by_hand() -> None:
    assert expected_next([0, 10, 20], 0.5).tolist() == [5, 10, 15]
    assert expected_next([0, 10, 20], 0).tolist() == [10, 10, 10]
    assert expected_next([0, 10, 20], 1).tolist() == [0, 10, 20]
    assert expected_next([0, 10, 20], 0.5, mean_next=8).tolist() == pytest.approx([4, 8, 12])


def test_reliability_is_stepped_up_to_the_longer_period() -> None:
    one, two = [1, 2, 3, 4], [2, 1, 4, 3]
    assert reliability(one, two) == pytest.approx(0.6)
    assert reliability(one, two, lengthen=2) == pytest.approx(0.75)


def test_stepped_up_reliability_of_a_half_year_foretells_that_of_a_year() -> None:
    log = load_cdnow()
    quarters = odd_and_even_weeks(log, "1997-07-01", "1998-01-01")
    halves = odd_and_even_weeks(log, "1997-07-01", "1998-07-01")
    stepped = reliability(quarters["odd"], quarters["even"], lengthen=2)
    assert stepped == pytest.approx(reliability(halves["odd"], halves["even"]), abs=0.02)


def test_series_and_arrays_give_the_same() -> None:
    before, after = pd.Series([8, 6, 0, 2], index=[9, 8, 7, 6]), [4, 0, 6, 0]
    assert top_tier_shift(before, after, 0.5) == top_tier_shift(before.to_numpy(), after, 0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: top_tier_shift([1, 2], [1, 2, 3]), "same customers; got 2 and 3 values"),
        (lambda: top_tier_shift([1, 2], [0, 0], 0.5), "after is all zero"),
        (lambda: top_tier_shift([1, 2], [-1, 3], 0.5), "after must not be negative"),
        (lambda: top_tier_shift([1, 2], [1, float("nan")], 0.5), "after has 1 missing"),
        (lambda: top_tier_shift([1, 2], [1, 2], 10), r"For 10% write 0\.1"),
        (lambda: top_tier_shift([1, 2], [1, 2], 1), "above 0 to below 1"),
        (lambda: top_tier_shift([1, 2], [1, 2], 0.1), "is nobody"),
        (
            lambda: top_tier_shift([1, 2, 3, 4], [0, 0, 0, 5], 0.5),
            "Only 1 of 4 customers have any value in after",
        ),
        (
            lambda: redrawn_falls(pd.DataFrame({"a": [1, 2], "b": [1, 2]}), pd.DataFrame([[1, 1]])),
            "same customers in the same order",
        ),
        (
            lambda: redrawn_falls(pd.DataFrame({"a": [1, 2], "b": [1, 2]}), pd.DataFrame([[1], [2]])),
            "at least two columns to deal; got 1",
        ),
        (lambda: tiers([1, 2], 3), r"from 2 to the number of customers \(2\); got 3"),
        (lambda: tiers([], 2), "values is empty"),
        (lambda: reliability([2, 2], [1, 3]), "same value"),
        (lambda: reliability([1, 2], [1, 3], 0), "lengthen must be above 0"),
        (lambda: expected_next([1, 2], 1.4), "reliability must be a share"),
        (lambda: expected_next([0, 0], 0.5, mean_next=2), "mean_next"),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
