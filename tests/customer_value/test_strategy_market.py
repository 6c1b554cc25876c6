"""The market of two firms: nothing is lost or made up, and each rule does what it says where that can be known."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from customer_value.strategy import (
    CARES_FOR_ALL,
    CUSTOMER_CENTRIC,
    PRODUCT_CENTRIC,
    RULES,
    Market,
    average_course,
    compare,
    posterior_rate,
    region_map,
    simulate,
    two_axes,
)
from customer_value.strategy._budget import plan
from customer_value.strategy.market import _rates

SMALL = Market(people=800)


def lead(market: Market, rules: tuple[str, str] = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC), repeats: int = 1) -> float:
    """Value of the second firm less that of the first, euros for each person in the market."""
    first, second = compare(market, rules, repeats)["value"]
    return (second - first) / market.people


@pytest.mark.parametrize("rules", [(a, b) for a in RULES for b in RULES])
@pytest.mark.parametrize("market", [SMALL, SMALL.changed(churn=0.0, start_share=0.5), SMALL.changed(churn=0.95)])
def test_customers_are_neither_lost_nor_made(market: Market, rules: tuple[str, str]) -> None:
    years = simulate(market, rules).years
    start = round(market.start_share * market.people)
    for firm in (0, 1):
        course = years.loc[firm]
        at_start = np.concatenate([[start], course["customers"].to_numpy()[:-1]])
        assert np.array_equal(at_start + course["won"] - course["left"], course["customers"])
    assert (years["customers"].groupby("year").sum() <= market.people).all()


def test_average_course_is_the_mean_of_two_seatings_and_keeps_its_accounts() -> None:
    mean = average_course(SMALL, repeats=2)
    np.testing.assert_allclose(mean.firms["value"], mean.firms["profit"] + mean.firms["equity"])
    course = mean.years.loc[1]
    at_start = np.concatenate([[160], course["customers"].to_numpy()[:-1]])
    np.testing.assert_allclose(at_start + course["won"] - course["left"], course["customers"])
    both = compare(SMALL)["value"].to_numpy() + compare(SMALL.changed(seed=2))["value"].to_numpy()
    np.testing.assert_allclose(mean.firms["value"], both / 2)
    assert mean.market == SMALL
    with pytest.raises(ValueError, match="repeats must be a whole number"):
        average_course(SMALL, repeats=0)


def test_accounts_add_up() -> None:
    outcome = simulate(SMALL)
    years = outcome.years
    spent = years[["acquisition", "product", "care", "knowing"]].sum(axis=1)
    np.testing.assert_allclose(years["profit"], years["margin"] - spent)
    assert (spent - years["knowing"] <= SMALL.budget * SMALL.people * (1 + 1e-9)).all()
    discount = (1 + SMALL.discount_rate) ** -np.arange(10.0)
    np.testing.assert_allclose(outcome.firms["profit"], [years.loc[firm, "profit"] @ discount for firm in (0, 1)])
    np.testing.assert_allclose(outcome.firms["value"], outcome.firms["profit"] + outcome.firms["equity"])


def test_the_same_market_has_the_same_outcome_and_another_seed_another() -> None:
    pd.testing.assert_frame_equal(simulate(SMALL).years, simulate(SMALL).years)
    assert simulate(SMALL).lead() != simulate(SMALL.changed(seed=2)).lead()


@pytest.mark.parametrize("rule", RULES)
def test_two_firms_with_the_same_rule_come_out_equal(rule: str) -> None:
    both = compare(SMALL, (rule, rule)).drop(columns="rule")
    np.testing.assert_allclose(both.loc[0], both.loc[1], rtol=1e-12)


@pytest.mark.parametrize("cost", [4, 40, 160])
@pytest.mark.parametrize("scale", [5.0, 20.0])
def test_where_all_are_alike_telling_them_apart_gains_nothing(cost: float, scale: float) -> None:
    """With care that pays for everybody (5 euros) and with care that pays for nobody (20 euros)."""
    alike = SMALL.changed(heterogeneity=0.0, acquisition_cost=cost, care_scale=scale)
    knows = simulate(alike, (PRODUCT_CENTRIC, CUSTOMER_CENTRIC))
    cares = simulate(alike, (PRODUCT_CENTRIC, CARES_FOR_ALL))
    # The posterior of everybody is the mean only up to the last digit.
    np.testing.assert_allclose(
        knows.years.drop(columns="rule").astype(float), cares.years.drop(columns="rule").astype(float), rtol=1e-9
    )


def test_where_nobody_leaves_care_is_not_spent_and_knowing_is_all_cost() -> None:
    stay = SMALL.changed(churn=0.0)
    outcome = simulate(stay)
    assert (outcome.years["care"] == 0).all()
    assert (outcome.years["left"] == 0).all()
    assert lead(stay) < 0
    assert lead(stay.changed(knowing_cost=0.0)) == pytest.approx(0, abs=1e-9)


def test_care_that_prevents_nothing_is_not_spent() -> None:
    assert simulate(SMALL.changed(care_effect=0.0)).years["care"].sum() == 0


def test_without_a_budget_nobody_is_won() -> None:
    years = simulate(SMALL.changed(budget=0.0)).years
    assert years["won"].sum() == 0
    assert (years.loc[0, "customers"].diff().dropna() <= 0).all()


def test_an_ample_budget_is_not_spent_for_its_own_sake() -> None:
    ample, more = SMALL.changed(budget=1e4), SMALL.changed(budget=1e6)
    pd.testing.assert_frame_equal(simulate(ample).years, simulate(more).years)


def test_product_centricity_wins_where_customers_are_alike_and_loses_where_they_differ() -> None:
    """At every one of these costs of winning customers, averaged over lots."""
    for cost in (10.0, 40.0):
        market = Market(acquisition_cost=cost, people=2000)
        assert lead(market.changed(heterogeneity=0.5), repeats=3) < -1
        assert lead(market.changed(heterogeneity=2.0), repeats=3) > 3


def test_cheap_acquisition_favours_the_product_centric_firm() -> None:
    """Where customers differ a little more than the average: who leaves is cheap to win back."""
    market = Market(heterogeneity=1.0)
    assert (
        lead(market.changed(acquisition_cost=10.0), repeats=4)
        < lead(market.changed(acquisition_cost=80.0), repeats=4) - 1
    )


def test_care_for_all_alike_is_worse_than_care_by_value_where_customers_differ() -> None:
    market = Market(heterogeneity=2.0, people=2000)
    assert lead(market, (CARES_FOR_ALL, CUSTOMER_CENTRIC), repeats=3) > 3


def test_posterior_rate_by_hand() -> None:
    """Heterogeneity 0.5 is a gamma shape of 4: (4 + 10) / (4/6 + 2) orders a year after 10 orders in 2 years."""
    market = Market(heterogeneity=0.5, orders=6.0)
    assert posterior_rate(market, np.array([10.0]), np.array([2.0]))[0] == pytest.approx(14 / (4 / 6 + 2))
    assert posterior_rate(market, np.zeros(1), np.zeros(1))[0] == 6.0
    assert posterior_rate(market.changed(heterogeneity=0.0), np.array([50.0]), np.array([1.0]))[0] == 6.0


def test_expected_years_is_the_sum_of_the_discounted_chances_to_stay() -> None:
    market = Market(churn=0.3, discount_rate=0.1)
    assert market.expected_years == pytest.approx(sum((0.7 / 1.1) ** year for year in range(300)))


def test_the_budget_is_divided_where_the_next_euro_brings_most() -> None:
    """No small shift of money between uses gains anything; checked by trying it."""
    at_stake = np.array([0.0, 30.0, 60.0, 90.0])
    given = {
        "newcomer": 60.0,
        "contact_cost": 20.0,
        "people": 4,
        "turnover": 100.0,
        "product_scale": 40.0,
        "at_stake": at_stake,
        "care_scale": 20.0,
    }
    best = plan(budget=60.0, **given)
    assert best.total == pytest.approx(60.0)

    def gain(spending: np.ndarray) -> float:
        scales = np.array([80.0, 40.0, 20.0, 20.0, 20.0, 20.0])
        worth = np.array([60.0 * 4, 100.0, *at_stake])
        return float(worth @ (1 - np.exp(-spending / scales)))

    spending = np.array([best.acquisition, best.product, *best.care])
    for source in np.flatnonzero(spending > 0.01):
        for target in range(spending.size):
            shifted = spending.copy()
            shifted[source] -= 0.01
            shifted[target] += 0.01
            assert gain(shifted) <= gain(spending) + 1e-9


@pytest.mark.parametrize("heterogeneity", [0.0, 0.5, 1.0, 2.0])
def test_rates_have_the_mean_and_the_spread_that_the_market_names(heterogeneity: float) -> None:
    market = Market(heterogeneity=heterogeneity, people=200_000)
    rates = _rates(market, np.random.default_rng(7))
    assert rates.mean() == pytest.approx(market.orders)
    assert rates.std() / rates.mean() == pytest.approx(heterogeneity, rel=0.03)


def test_customers_who_never_leave_bring_all_their_orders() -> None:
    market = Market(churn=0.0, start_share=0.5, years=1, people=20_000)
    assert simulate(market).years["orders"].sum() / market.people == pytest.approx(market.orders, rel=0.01)


def test_two_axes_are_shares_of_people_and_of_their_needs() -> None:
    kept = simulate(SMALL.changed(churn=0.0, start_share=0.5))
    axes = two_axes(kept)
    assert axes["reached"].tolist() == [0.5, 0.5]
    assert axes["needs_met"].tolist() == [1.0, 1.0]
    left = two_axes(simulate(SMALL))
    assert ((left > 0) & (left < 1)).all().all()
    assert list(two_axes(simulate(SMALL, (PRODUCT_CENTRIC, PRODUCT_CENTRIC))).index) == [
        PRODUCT_CENTRIC,
        "product-centric 2",
    ]


def test_region_map_is_compare_at_every_point() -> None:
    regions = region_map(("heterogeneity", [0.0, 2.0]), ("churn", [0.1, 0.4]), SMALL)
    firms = compare(SMALL.changed(heterogeneity=2.0, churn=0.1))
    assert regions.lead.loc[0.1, 2.0] == pytest.approx((firms.loc[1, "value"] - firms.loc[0, "value"]) / 800)
    assert regions.second_wins == (regions.lead > 0).to_numpy().mean()


def test_the_spread_over_repeats_says_which_leads_may_be_luck() -> None:
    """Student's t with 3 degrees of freedom: 3.182 standard errors."""
    axes = ("heterogeneity", [0.0, 1.0]), ("churn", [0.1, 0.3])
    regions = region_map(*axes, SMALL, repeats=4)
    leads = [region_map(*axes, SMALL.changed(seed=SMALL.seed + time)).lead.loc[0.3, 1.0] for time in range(4)]
    assert regions.lead.loc[0.3, 1.0] == pytest.approx(np.mean(leads))
    assert regions.margin.loc[0.3, 1.0] == pytest.approx(3.182 * np.std(leads, ddof=1) / 2, rel=1e-3)
    noisy = replace(regions, margin=regions.lead.abs() + 1)
    assert noisy.may_be_luck.all(axis=None)
    assert not replace(regions, margin=regions.lead.abs() / 2).may_be_luck.any(axis=None)
    assert not region_map(*axes, SMALL).may_be_luck.any(axis=None)


def test_level_firms_do_not_win() -> None:
    """Where nobody leaves and knowing costs nothing, both firms do the same."""
    level = region_map(
        ("churn", [0.0]), ("heterogeneity", [0.0, 1.0]), SMALL.changed(knowing_cost=0.0), measure="share"
    )
    assert level.second_wins == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"heterogeneity": -0.1}, "heterogeneity must be from 0"),
        ({"churn": 1.0}, "churn must be a share from 0 to below 1"),
        ({"churn": 30}, "For 30% write 0.3"),
        ({"acquisition_cost": 0}, "acquisition_cost must be above 0"),
        ({"budget": -1}, "budget must not be negative"),
        ({"start_share": 0.6}, "start_share must be from 0 to 0.5"),
        ({"people": 3}, "people must be a whole number from 10"),
        ({"discount_rate": 0}, "discount_rate must be above 0"),
        ({"acquisition_price": 3}, "A market has no acquisition_price; it has heterogeneity"),
    ],
)
def test_impossible_markets_are_refused(values: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Market().changed(**values)


def test_unknown_rules_and_grids_are_refused() -> None:
    with pytest.raises(ValueError, match="rules must be two of 'product-centric'"):
        simulate(SMALL, ("product-centric", "obsessed"))
    with pytest.raises(TypeError, match="market must be a Market"):
        simulate({"churn": 0.3})
    with pytest.raises(ValueError, match="by must be"):
        simulate(SMALL).lead("revenue")
    with pytest.raises(ValueError, match="two different assumptions"):
        region_map(("churn", [0.1]), ("churn", [0.2]), SMALL)
    with pytest.raises(ValueError, match="values of churn must rise"):
        region_map(("churn", [0.2, 0.1]), ("budget", [1, 2]), SMALL)
    with pytest.raises(ValueError, match="measure must be one of"):
        region_map(("churn", [0.1]), ("budget", [1, 2]), SMALL, measure="revenue")


@pytest.mark.processes
@pytest.mark.parametrize(
    ("module", "needless"), [("strategy", {"scipy", "matplotlib"}), ("strategy_widgets", {"scipy"})]
)
def test_strategy_needs_no_scipy(module: str, needless: set[str]) -> None:
    code = f"import sys, customer_value.{module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & needless
