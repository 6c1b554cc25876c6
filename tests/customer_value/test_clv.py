"""CLV formulas: published tables, both timing conventions, limits, and 40-digit arithmetic."""

import math

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from customer_value import clv

rates = st.floats(0, 1)
retentions = st.floats(0, 0.999)
timings = st.sampled_from(["after", "now"])


def exact_multiplier(r: float, i: float, first: str, n: int | None, g: float = 0.0) -> mpmath.mpf:
    """The margin multiplier from the floats as given, in 40 digits."""
    with mpmath.workdps(40):
        r, i, g = mpmath.mpf(r), mpmath.mpf(i), mpmath.mpf(g)
        q = r * (1 + g) / (1 + i)
        total = 1 / (1 - q) if n is None else (n if q == 1 else (1 - q**n) / (1 - q))
        return +(total * (r / (1 + i) if first == "after" else 1))


def test_course_example_twenty_times_one_point_six() -> None:
    assert clv.customer_value(20, 1.6) == 32
    assert clv.average_order_value(3200, 160) == 20
    assert clv.purchase_frequency(160, 100) == 1.6
    assert clv.simple_clv(20, 1.6, 5) == 160
    assert clv.simple_clv(20, 1.6, 5, margin=0.25, acquisition_cost=30) == 10


def test_margin_multipliers_of_gupta_and_lehmann() -> None:
    """Gupta & Lehmann (2003), margin multiple by retention (rows) and discount rate 10, 12, 14, 16%."""
    published = [
        [1.20, 1.15, 1.11, 1.07],
        [1.75, 1.67, 1.59, 1.52],
        [2.67, 2.50, 2.35, 2.22],
        [4.50, 4.09, 3.75, 3.46],
    ]
    retention, discount = np.array([[0.6], [0.7], [0.8], [0.9]]), np.array([0.10, 0.12, 0.14, 0.16])
    assert np.round(clv.margin_multiplier(retention, discount), 2).tolist() == published
    assert clv.margin_multiplier(0.8, 0.1) == pytest.approx(8 / 3, rel=1e-15)
    table = clv.margin_multiplier_table()
    assert table.round(2).to_numpy().tolist() == published
    assert (table.index.name, table.columns.name) == ("retention", "discount_rate")
    assert table.loc[0.8, 0.1] == pytest.approx(8 / 3)


def test_elasticities_near_those_of_gupta_lehmann_and_stuart() -> None:
    """About 5, 1 and 0.1 (Gupta, Lehmann & Stuart 2004, abstract), at the inputs the docstring states."""
    value_per_unit_of_margin = clv.margin_multiplier(0.87, 0.12)
    found = clv.elasticities(1.1 / value_per_unit_of_margin, 0.87, 0.12, acquisition_cost=0.1)
    assert found.margin == pytest.approx(1.1)
    assert found.acquisition_cost == pytest.approx(-0.1)
    assert found.retention == pytest.approx(1.1 * 1.12 / 0.25)
    assert (round(found.retention), round(found.margin), round(found.acquisition_cost, 1)) == (5, 1, -0.1)
    # "almost five times greater impact than a 1% change in discount rate": 0.12 / 0.25 · 1.1 here, a ratio of 9.
    assert found.discount_rate == pytest.approx(-1.1 * 0.12 / 0.25)
    assert found.margin + found.acquisition_cost == pytest.approx(1)
    # "retention elasticity is in the range of 3-7" (the authors' abstract of their working paper of 2002).
    across = clv.elasticities(10, [0.75, 0.8, 0.87, 0.9, 0.95], 0.12).retention
    assert (across > 2.9).all()
    assert (across < 7).all()


def test_calculator_of_three_inputs() -> None:
    assert clv.calculator_clv(100, 5, 120) == 380
    assert clv.calculator_clv(10, 3, 50) == -20
    assert clv.calculator_clv([100, -5], 5, 120).tolist() == [380, -145]


def test_timing_conventions_differ_by_one_margin_or_one_period() -> None:
    after, now = (clv.margin_multiplier(0.8, 0.1, first_margin=first) for first in ("after", "now"))
    assert now == pytest.approx(after + 1)
    assert now == pytest.approx(1.1 / 0.3)
    assert clv.expected_lifetime(0.8) == pytest.approx(5)
    assert clv.expected_lifetime(0.8, first_margin="after") == pytest.approx(4)
    assert clv.present_value([110, 121], 0.1) == pytest.approx(200)
    assert clv.present_value([110, 121], 0.1, first="now") == pytest.approx(220)


def test_lifespan_in_each_of_its_forms() -> None:
    assert clv.churn_rate(50, 200) == 0.25
    assert clv.lifespan_from_churn(0.2) == 5
    assert clv.lifespan_from_churn(0.2, first_margin="after") == 4
    assert clv.lifespan_from_churn(0.2, horizon=3) == pytest.approx(1 + 0.8 + 0.64)
    assert clv.lifespan_from_churn(0.0, horizon=7) == 7
    assert clv.lifespan_from_churn([1.0, 1e-300]).tolist() == pytest.approx([1, 1e300])
    assert clv.expected_lifetime([0.0, 0.8]).tolist() == pytest.approx([1, 5])
    assert clv.expected_lifetime(1.0, horizon=12) == 12
    assert clv.expected_lifetime(0.8, first_margin="after", horizon=2) == pytest.approx(0.8 + 0.64)
    assert clv.median_lifetime(0.5) == 1
    assert clv.median_lifetime(0.0) == 0
    assert 0.8 ** clv.median_lifetime(0.8) == pytest.approx(0.5)


def test_lifespan_of_customers_still_there_is_not_the_mean_tenure_of_those_who_left() -> None:
    random = np.random.default_rng(8)
    left = random.geometric(0.05, 50_000)
    seen = np.minimum(left, 12)
    lost = left <= 12
    assert seen[lost].mean() < 7
    assert clv.observed_lifespan(seen.sum(), lost.sum()) == pytest.approx(20, rel=0.02)


def test_annuities_and_perpetuities() -> None:
    assert clv.annuity_value(10, 0.1) == pytest.approx(100)
    assert clv.annuity_value(10, 0.1, first="now") == pytest.approx(110)
    assert clv.annuity_value(10, 0, periods=5) == 50
    for first in ("after", "now"):
        expected = clv.present_value([10] * 7, 0.08, first=first)
        assert clv.annuity_value(10, 0.08, periods=7, first=first) == pytest.approx(expected)


def test_rates_compound_to_those_of_the_year() -> None:
    assert (1 + clv.discount_rate_per_period(0.1, 12)) ** 12 == pytest.approx(1.1)
    assert clv.discount_rate_per_period(0.1, 12) == pytest.approx(0.00797414)
    assert clv.retention_per_period(0.8, 12) ** 12 == pytest.approx(0.8)
    assert clv.discount_rate_per_period(0.0, 12) == 0


@pytest.mark.parametrize("first", ["after", "now"])
@pytest.mark.parametrize("n", [None, 0, 1, 7, 1200])
@pytest.mark.parametrize(
    ("r", "i", "g"),
    [
        (0.8, 0.1, 0.0),
        (0.0, 0.1, 0.0),
        (1.0, 0.1, 0.0),
        (0.5, 0.0, 0.0),
        (1.0, 1e-12, 0.0),
        (1 - 1e-12, 0.0, 0.0),
        (1 - 2**-53, 1e-16, 0.0),
        (1e-300, 0.2, 0.0),
        (0.9, 0.1, 0.05),
        (0.9, 0.1, -0.5),
        (1.0, 1.0, 0.0),
    ],
)
def test_multiplier_against_forty_digits(r: float, i: float, g: float, n: int | None, first: str) -> None:
    found = clv.margin_multiplier(r, i, first_margin=first, horizon=n, margin_growth=g)
    assert found == pytest.approx(float(exact_multiplier(r, i, first, n, g)), rel=4e-13, abs=0)


def test_nobody_leaves_and_nothing_is_discounted() -> None:
    assert clv.margin_multiplier(1, 0, horizon=12) == 12
    assert clv.margin_multiplier(1, 0, horizon=12, first_margin="now") == 12
    assert clv.margin_multiplier(1, 0.1, horizon=3, margin_growth=0.1) == pytest.approx(3 / 1.1)
    assert clv.margin_multiplier(0.999999999, 0, horizon=12) == pytest.approx(12, rel=1e-8)
    for r, i, g in ((1, 0, 0), (1, 5e-324, 0), (1, 0.1, 0.1), (0.9, 0.02, 0.2)):
        with pytest.raises(ValueError, match=r"no finite value at retention .* Give a horizon"):
            clv.margin_multiplier(r, i, margin_growth=g)
    with pytest.raises(ValueError, match="nobody ever leaves"):
        clv.expected_lifetime([0.5, 1.0])


def test_growing_margins_over_a_horizon_may_outgrow_discounting() -> None:
    assert clv.margin_multiplier(1, 0, horizon=3, margin_growth=1, first_margin="now") == pytest.approx(7)
    with pytest.raises(ValueError, match="grow beyond any number"):
        clv.margin_multiplier(1, 0, horizon=5000, margin_growth=1)


@settings(max_examples=60, deadline=None)
@given(retentions, rates, timings, st.integers(1, 60), st.floats(-500, 500), st.floats(0, 100))
def test_closed_form_is_the_sum_of_the_schedule(r, i, first, n, margin, cost) -> None:
    table = clv.clv_schedule(margin, r, i, periods=n, first_margin=first, acquisition_cost=cost)
    value = clv.discounted_clv(margin, r, i, first_margin=first, horizon=n, acquisition_cost=cost)
    assert len(table) == n
    assert table["cumulative"].iloc[-1] == pytest.approx(value, rel=1e-9, abs=1e-9)
    flows = table["survival"] * table["margin"]
    assert clv.present_value(flows, i, first=first) - cost == pytest.approx(value, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(retentions, st.floats(0.001, 1), timings)
def test_value_rises_with_retention_and_horizon_and_falls_with_the_rate(r, i, first) -> None:
    at = clv.margin_multiplier(r, i, first_margin=first)
    assert clv.margin_multiplier(min(r + 0.0005, 1), i, first_margin=first) > at
    rounded = at * (1 - 1e-15)
    assert clv.margin_multiplier(r, i * 0.9, first_margin=first) >= rounded
    up_to = [clv.margin_multiplier(r, i, first_margin=first, horizon=n) for n in (0, 1, 5, 50)]
    assert (np.diff(up_to) >= -1e-15 * at).all()
    assert up_to[-1] <= at * (1 + 1e-12)


def test_survival_curve_of_constant_retention_gives_the_closed_form() -> None:
    curve = 0.8 ** np.arange(11)
    for first, n in (("after", 10), ("now", 11)):
        expected = clv.discounted_clv(50, 0.8, 0.1, first_margin=first, horizon=n, acquisition_cost=20)
        assert clv.survival_clv(50, curve, 0.1, first_margin=first, acquisition_cost=20) == pytest.approx(expected)
    assert clv.survival_clv([10, 30], [1, 0.5, 0.4], 0.0) == pytest.approx(17)


def test_average_customer_is_worth_less_than_customers_on_average() -> None:
    both = clv.discounted_clv(100, [0.6, 0.9], 0.1)
    assert both.mean() > clv.discounted_clv(100, 0.75, 0.1) * 1.2


def test_series_broadcast_and_stay_unchanged() -> None:
    frame = pd.DataFrame({"margin": [10.0, 20.0], "retention": [0.5, 0.8]})
    before = frame.copy()
    value = clv.discounted_clv(frame["margin"], frame["retention"], 0.1)
    assert value.tolist() == pytest.approx([10 * 0.5 / 0.6, 20 * 0.8 / 0.3])
    pd.testing.assert_frame_equal(frame, before)


def test_columns_keep_their_index_and_other_customers_are_refused() -> None:
    frame = pd.DataFrame({"margin": [10.0, 20.0], "retention": [0.5, 0.8], "cost": [4.0, 60.0]}, index=["a", "b"])
    for result in (
        clv.discounted_clv(frame["margin"], frame["retention"], 0.1, acquisition_cost=frame["cost"]),
        clv.customer_value(frame["margin"], 2),
        clv.payback_period(frame["cost"], frame["margin"], frame["retention"]),
        clv.break_even_retention(frame["cost"], frame["margin"], 0.1),
        clv.ltv_to_cac(frame["margin"], frame["cost"]),
        clv.customer_acquisition_cost(frame["cost"], 2),
        clv.average_order_value(frame["margin"], [2, 4]),
        clv.elasticities(frame["margin"], frame["retention"], 0.1).retention,
    ):
        assert result.index.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="'margin' and 'retention' have different indexes"):
        clv.discounted_clv(frame["margin"], frame["retention"].iloc[::-1], 0.1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 300), st.floats(1, 100), retentions, rates), min_size=1, max_size=5), timings)
def test_columns_give_what_single_customers_give(rows, first) -> None:
    cost, margin, retention, rate = map(np.array, zip(*rows, strict=True))
    together = clv.payback_period(cost, margin, retention, rate, first_margin=first)
    single = [clv.payback_period(*row, first_margin=first) for row in rows]
    assert together.tolist() == single
    afford = np.minimum(cost, 0.9 * clv.discounted_clv(margin, 1, rate, first_margin=first, horizon=5))
    together = clv.break_even_retention(afford, margin, rate, first_margin=first, horizon=5)
    for at, row in enumerate(rows):
        assert together[at] == clv.break_even_retention(afford[at], row[1], row[3], first_margin=first, horizon=5)


def exact_payback(cost: float, margin: float, r: float, i: float, first: str) -> float:
    """Solved in 50 digits from the floats as given."""
    with mpmath.workdps(50):
        q = mpmath.mpf(r) / (1 + mpmath.mpf(i))
        needed = mpmath.mpf(cost) / (mpmath.mpf(margin) * (q if first == "after" else 1))
        if needed <= 1:
            return float(needed)
        if q < 1 and needed >= 1 / (1 - q):
            return math.inf
        whole = mpmath.floor(needed if q == 1 else mpmath.log(1 - needed * (1 - q)) / mpmath.log(q))
        reached = whole if q == 1 else (1 - q**whole) / (1 - q)
        return float(whole + (needed - reached) / q**whole)


@settings(max_examples=150, deadline=None)
@given(
    st.floats(-3, 6).map(lambda power: 10**power),
    st.floats(-2, 4).map(lambda power: 10**power),
    st.one_of(st.just(1.0), st.floats(-15, 0).map(lambda power: 1 - 10**power)).filter(lambda r: r > 0),
    st.one_of(st.just(0.0), st.floats(-16, 0).map(lambda power: 10**power)),
    timings,
)
def test_payback_against_fifty_digits(cost, margin, r, i, first) -> None:
    if r < 1 or i > 0:
        # Where the cost is the value of all margins to come, the last digit decides between centuries and never.
        assume(abs(cost / clv.discounted_clv(margin, r, i, first_margin=first) - 1) > 1e-6)
    found = clv.payback_period(cost, margin, r, i, first_margin=first)
    assert found == pytest.approx(exact_payback(cost, margin, r, i, first), rel=1e-8)


def test_payback_by_hand() -> None:
    assert clv.payback_period(80, 32) == 2.5
    assert clv.payback_period(0, 32) == 0
    assert clv.payback_period(32, 32) == 1
    # 100·0.8 = 80 after one period, 64 after two: (80 + 64 = 144) 112 is reached half-way through the second.
    assert clv.payback_period(112, 100, 0.8) == pytest.approx(1.5)
    assert clv.payback_period(140, 100, 0.8, first_margin="now") == pytest.approx(1.5)
    assert clv.payback_period(100 * 8 / 3 + 0.01, 100, 0.8, 0.1) == math.inf
    assert clv.payback_period(1, 100, 0.0) == math.inf


@settings(max_examples=100, deadline=None)
@given(st.floats(1, 1000), st.floats(1, 100), st.floats(0.01, 1), st.floats(0, 0.5), timings)
def test_payback_ends_where_the_running_total_reaches_the_cost(cost, margin, r, i, first) -> None:
    periods = clv.payback_period(cost, margin, r, i, first_margin=first)
    if math.isinf(periods):
        assert clv.discounted_clv(margin, r, i, first_margin=first) <= cost * (1 + 1e-12)
        return
    whole = math.floor(periods)
    around = [clv.discounted_clv(margin, r, i, first_margin=first, horizon=n) for n in (whole, whole + 1)]
    reached = around[0] + (periods - whole) * (around[1] - around[0])
    assert reached == pytest.approx(cost, rel=1e-7)


@settings(max_examples=100, deadline=None)
@given(st.floats(1, 300), st.floats(1, 100), rates, timings, st.sampled_from([None, 1, 5, 60]))
def test_break_even_retention_makes_the_value_the_cost(cost, margin, i, first, n) -> None:
    fixed = {"first_margin": first, "horizon": n}
    if (n is not None or i > 1e-12) and clv.discounted_clv(margin, 1, i, **fixed) < cost * (1 - 1e-12):
        with pytest.raises(ValueError, match="No retention rate is enough"):
            clv.break_even_retention(cost, margin, i, **fixed)
        return
    r = clv.break_even_retention(cost, margin, i, **fixed)
    value = clv.discounted_clv(margin, r, i, **fixed)
    assert value >= cost * (1 - 1e-9)
    assert r == 0 or value == pytest.approx(cost, rel=1e-9)


def test_break_even_by_hand() -> None:
    assert clv.break_even_retention(100, 50, 0.1) == pytest.approx(110 / 150)
    assert clv.break_even_retention(100, 50, 0.1, first_margin="now") == pytest.approx(0.55)
    assert clv.break_even_retention(100, 50, 0.1, margin_growth=0.1) == pytest.approx(110 / 160)
    assert clv.break_even_retention(40, 50, 0.1, first_margin="now") == 0
    assert clv.break_even_retention(0, 50, 0.1) == 0
    # All must stay; the last digit of the cost is rounding.
    assert clv.break_even_retention(1.0000000000000002, 1, 0, horizon=1) == 1
    assert clv.break_even_retention(500.0000000000001, 50, 0.1) == 1
    with pytest.raises(ValueError, match="acquisition cost of 501 is above 500, the value if everyone stays"):
        clv.break_even_retention(501, 50, 0.1)
    with pytest.raises(ValueError, match="No retention rate is enough: an acquisition cost of 200 is above 100"):
        clv.break_even_retention(200, 50, 0, horizon=2)


def test_acquisition_cost_and_its_ratio() -> None:
    assert clv.customer_acquisition_cost(5000, 100) == 50
    assert clv.ltv_to_cac(150, 50) == 3
    assert clv.ltv_to_cac([150, -20], 50).tolist() == [3, -0.4]


@pytest.mark.parametrize("first", ["after", "now"])
@pytest.mark.parametrize("n", [None, 1, 12])
@pytest.mark.parametrize(("r", "i", "g"), [(0.8, 0.1, 0.0), (0.3, 0.02, 0.01), (0.95, 0.2, -0.1)])
def test_derivatives_against_finite_differences(first: str, n: int | None, r: float, i: float, g: float) -> None:
    point = {"margin": 40.0, "retention": r, "discount_rate": i, "acquisition_cost": 3.0}
    fixed = {"first_margin": first, "horizon": n, "margin_growth": g}
    table = clv.sensitivity(**point, **fixed, change=0.02)
    value = clv.discounted_clv(**point, **fixed)
    for name, at in point.items():
        step = 1e-5 * at
        up, down = (clv.discounted_clv(**{**point, name: at + side * step}, **fixed) for side in (1, -1))
        assert table.loc[name, "derivative"] == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-8)
        assert table.loc[name, "elasticity"] == pytest.approx(table.loc[name, "derivative"] * at / value)
        assert table.loc[name, "higher"] == pytest.approx(clv.discounted_clv(**{**point, name: at * 1.02}, **fixed))
        assert table.loc[name, "lower"] == pytest.approx(clv.discounted_clv(**{**point, name: at * 0.98}, **fixed))


@pytest.mark.parametrize("n", [1, 2, 3, 100, 1023, 100_000])
@pytest.mark.parametrize(
    ("r", "i"), [(1 - 1e-12, 1e-14), (1.0, 0.0), (1 - 1e-6, 0.0), (0.0, 0.1), (1e-200, 0.1), (1, 1)]
)
def test_elasticities_over_a_horizon_against_forty_digits(n: int, r: float, i: float) -> None:
    """n terms Σ t·qᵗ in closed form, where floats would lose every digit at q near 1."""
    found = clv.elasticities(7.0, r, i, horizon=n, first_margin="now").retention
    with mpmath.workdps(80):
        q = mpmath.mpf(r) / (1 + mpmath.mpf(i))
        if q == 1:
            expected = mpmath.mpf(n - 1) / 2
        else:
            weighted = (q - n * q**n + (n - 1) * q ** (n + 1)) / (1 - q) ** 2
            expected = weighted / ((1 - q**n) / (1 - q))
    assert found == pytest.approx(float(expected), rel=1e-11, abs=1e-300)


def test_one_per_cent_more_margin_is_one_per_cent_more_value_without_acquisition_cost() -> None:
    found = clv.elasticities(10, 0.8, 0.1)
    assert found.margin == pytest.approx(1)
    assert found.acquisition_cost == 0
    assert found.retention == pytest.approx(1.1 / 0.3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: clv.margin_multiplier(80, 0.1),
            r"retention must be at least 0 and at most 1; got 80\. For 80% write 0\.8",
        ),
        (lambda: clv.margin_multiplier(0.8, 10), r"discount_rate must be .* got 10\. For 10% write 0\.1"),
        (lambda: clv.margin_multiplier([0.8, float("nan")], 0.1), "retention must be finite .* got nan"),
        (lambda: clv.margin_multiplier(-0.1, 0.1), "at least 0 and at most 1; got -0.1"),
        (lambda: clv.margin_multiplier(0.8, 0.1, first_margin="later"), "first_margin must be 'after' .* got 'later'"),
        (lambda: clv.margin_multiplier(0.8, 0.1, horizon=2.5), "horizon must be a whole number of at least 0; got 2.5"),
        (lambda: clv.margin_multiplier(0.8, 0.1, horizon=-1), "got -1"),
        (lambda: clv.margin_multiplier(0.8, 0.1, margin_growth=-1), "margin_growth must be above -1; got -1"),
        (lambda: clv.discounted_clv(float("inf"), 0.8, 0.1), "margin must be finite; got inf"),
        (
            lambda: clv.discounted_clv(1, 0.8, 0.1, acquisition_cost=-1),
            "acquisition_cost must be at least 0; got -1",
        ),
        (lambda: clv.simple_clv(20, 1.6, 5, margin=25), r"margin .* For 25% write 0\.25"),
        (lambda: clv.customer_value(-1, 2), "average_order_value .* got -1"),
        (lambda: clv.average_order_value(10, 0), "orders must be above 0; got 0"),
        (lambda: clv.customer_acquisition_cost(10, 0), "new_customers must be above 0"),
        (lambda: clv.ltv_to_cac(10, 0), "acquisition_cost must be above 0; got 0"),
        (lambda: clv.present_value([], 0.1), "amounts must be one amount per period"),
        (lambda: clv.present_value([1], 0.1, first="later"), "first must be 'after'"),
        (lambda: clv.survival_clv(1, [0.9, 0.8], 0.1), "starting with 1"),
        (lambda: clv.survival_clv(1, [1, 0.5, 0.6], 0.1), "rises at period 2 to 0.6"),
        (lambda: clv.survival_clv([1, 2, 3], [1, 0.5, 0.4], 0.1), "one number or 2, .* got 3"),
        (lambda: clv.discounted_clv(1e308, 0.99, 0), "beyond the largest number"),
        (lambda: clv.lifespan_from_churn(0), "nobody ever leaves"),
        (lambda: clv.lifespan_from_churn(20), r"churn must be .* For 20% write 0\.2"),
        (lambda: clv.median_lifetime(1), "nobody ever leaves"),
        (lambda: clv.churn_rate(5, 3), r"lost \(5\) is more than customers_at_start \(3\)"),
        (lambda: clv.churn_rate([1, 5], [3, 4]), r"lost \(5\) is more than customers_at_start \(4\)"),
        (lambda: clv.observed_lifespan(100, 0), "lost must be above 0; got 0"),
        (lambda: clv.annuity_value(10, 0), "Give a horizon"),
        (lambda: clv.annuity_value(10, 0.1, periods=1.5), "periods must be a whole number"),
        (lambda: clv.break_even_retention([10, 501], 50, [0, 0.1]), "cost of 501 is above 500"),
        (lambda: clv.margin_multiplier([0.8, 1.2], 0.1), "got 1.2 at position 1"),
        (lambda: clv.margin_multiplier(pd.Series([0.8, pd.NA], dtype="Float64"), 0.1), "got nan at position 1"),
        (lambda: clv.clv_schedule(1, 0.8, 0.1, periods=0), "periods must be a whole number of at least 1; got 0"),
        (lambda: clv.payback_period(10, 0), "margin must be above 0; got 0"),
        (lambda: clv.elasticities(1, 0.5, 0.1, acquisition_cost=5), "a per cent of it has no meaning"),
        (lambda: clv.sensitivity(1, 0.99, 0.1, change=0.05), "retention 0.99 cannot rise by 0.05 of itself"),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_words_are_not_numbers() -> None:
    with pytest.raises(TypeError, match="retention must be a number or numbers; got 'high'"):
        clv.margin_multiplier("high", 0.1)
    for value in ("0.8", True, ["0.8"], [0.8, "x"], [True, False], pd.to_datetime(["2024-01-01"]), 1j):
        with pytest.raises(TypeError, match="retention must be"):
            clv.margin_multiplier(value, 0.1)
    with pytest.raises(TypeError, match=r"discount_rate must be a number; got '0\.1'"):
        clv.present_value([1], "0.1")
    with pytest.raises(TypeError, match="margin must be a number or numbers; got None"):
        clv.payback_period(10, None)
