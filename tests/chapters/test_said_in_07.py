"""What chapter 7 says in figures where nothing computes them on the page."""

import functools
import math

import pandas as pd

from customer_value import clv, datasets
from customer_value import unit_economics as units
from tests.chapters.said import says

INDEX, LAB, EXERCISE = "07-simple-clv/index.md", "07-simple-clv/lab.md", "07-simple-clv/exercise.md"
OFFICE = (20, 1.6, 0.2, 0.12, 0.10, 60)
COHORT = {"first": "2022-01-01", "end": "2023-01-01", "discount_rate": 0.10}
RATE = clv.discount_rate_per_period(0.10, 12)


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    return {name: datasets.load_kettleholt(name) for name in units.TABLES}


@functools.cache
def lines() -> pd.DataFrame:
    return units.contribution_lines(tables())


@functools.cache
def channels() -> pd.DataFrame:
    return units.channels(tables(), lines(), **COHORT)


def minus(amount: float) -> str:
    return f"{amount:.0f}".replace("-", "−")


def test_the_three_answers() -> None:
    found = units.three_calculators(*OFFICE, years=3)
    says(LAB, f"said {found['revenue']:.0f}, {found['years']:.0f} and {minus(found['discounted'])} dollars")
    says(INDEX, f'"customer lifetime value" of {found["revenue"]:.0f} dollars')
    says(INDEX, f"## The case: {found['revenue'] / 60:.1f} to 1")
    worth = clv.discounted_clv(6.4, 0.88, RATE)
    says(LAB, f"discounted margins less 60; the {worth:.0f} doubled")
    says(LAB, f"1. {worth:.0f} dollars before the cost of winning")
    says(LAB, f"at 60 each new office loses {60 - worth:.0f}")
    for churn, sign in ((0.08, 1), (0.09, -1)):
        assert math.copysign(1, units.three_calculators(20, 1.6, 0.2, churn, 0.10, 60, 3)["discounted"]) == sign
    near = units.three_calculators(*OFFICE, years=0.6)
    says(LAB, f"With 0.6 years the second answer is {minus(near['years'])} dollars, two from the third")
    assert round(near["discounted"] - near["years"]) == -2
    stay = round(clv.lifespan_from_churn(0.12) / 12, 1)
    found = units.three_calculators(*OFFICE, years=stay)
    says(LAB, f"lifespan from churn, {stay} years, gives {minus(found['years'])}:")


def test_the_sum_behind_the_formula() -> None:
    schedule = clv.clv_schedule(6.4, 0.88, RATE, periods=6)
    assert schedule["survival"].iloc[-1] < 0.5 < schedule["survival"].iloc[-2]
    assert 0.02 < 1 - schedule["discount_factor"].iloc[-1] < 0.06
    assert 9 < 60 / 6.4 < 10
    says(LAB, f"the chapter's {60 / 6.4:.1f} months")
    says(INDEX, "so between nine and ten months")


def test_the_four_mistakes() -> None:
    found = units.common_errors(400, 120, 0.75, 0.10, 100)
    says(LAB, f"The right value is {found['right']:.0f} dollars")
    monthly = clv.retention_per_period(0.75, 12)
    says(LAB, f"120 dollars, 75% and 10%, or 10 dollars, {monthly:.1%} and {RATE:.1%}")
    by_year, by_month = clv.discounted_clv(120, 0.75, 0.10), clv.discounted_clv(10, monthly, RATE)
    says(LAB, f"{by_year:.0f} and {by_month:.0f} dollars before the cost of winning")
    says(INDEX, f"a retention of {monthly:.1%} looks like good news")
    assert round(clv.margin_multiplier(0.75, 0.10)) == 2
    assert 7.5 < clv.margin_multiplier(monthly, 0.10) < 8
    long = units.common_errors(400, 160, 0.95, 0.10, 100)
    assert long.drop("right").idxmax() == "no discounting"
    says(LAB, f"the value is {long['no discounting']:,.0f} dollars in place of {long['right']:.0f}")
    assert round(clv.expected_lifetime(0.95)) == 20
    says(LAB, "Where people stay for twenty years")


def test_the_channels() -> None:
    table = channels()
    deal = table.loc["deal site"]
    assert 0.3 < deal["margin"] / table.loc["store", "margin"] < 0.36
    assert 0.38 < -deal["orders"] / deal["margin"] < 0.43
    assert 0.3 < -(deal[["returns", "service", "write-offs"]].sum()) / deal["margin"] < 0.36
    says(LAB, f"keeping the account {-deal['account']:.0f} euros")
    says(
        LAB,
        f"And {deal['gifts']:.0f} euros of welcome gifts stand beside the {deal['booked']:.0f} that marketing books",
    )
    says(LAB, f"sold {deal['discount']:.0f} euros below list")
    says(LAB, f"(it was {deal['ratio']:.2f})")
    low = table[table["ratio"] < 3]
    assert set(low.index) == {"search", "social", "deal site"}
    left = (low["customers"] * low["after_cost"]).round()
    says(LAB, f"left about {round(left[left > 0].sum(), -3):,.0f} euros in 24 months")
    says(LAB, f"those of the deal site about {round(-left['deal site'], -3):,.0f} less than nothing")
    says(LAB, f"The deal site: {-deal['after_cost']:.0f} euros short after 24 months, give or take {deal['se']:.0f}")
    says(LAB, f"Gross margin over booked cost, {deal['margin'] / deal['booked']:.1f} for the worst channel")
    says(INDEX, "At Kettleholt it beat two of them.")
    ratio = table["margin"] / table["booked"]
    assert (ratio["deal site"] > ratio.drop("deal site")).sum() == 2
    search = table.loc["search"]
    says(
        EXERCISE,
        f"cost {deal['cost']:.0f} euros each to win, gifts included, and left {deal['contribution']:.0f} euros",
    )
    says(EXERCISE, f"Search: {search['cost']:.0f} euros to win, {search['contribution']:.0f} left.")
    says(EXERCISE, f"{ratio['deal site']:.1f} for the deal site, {ratio['search']:.1f} for search")
    says(EXERCISE, f"about {minus(deal['after_cost'])} and +{search['after_cost']:.0f} euros")


def test_the_deal_site_is_last_with_and_without_minutes_of_staff() -> None:
    lean = tables() | {"activities": tables()["activities"].assign(cost_per_minute_eur=0.0)}
    spent = units.channels(lean, units.contribution_lines(lean), **COHORT)
    assert spent["after_cost"].idxmin() == "deal site"
    assert spent.loc["deal site", "after_cost"] > 0
    says(EXERCISE, f"without them it is {spent.loc['deal site', 'contribution']:.0f}.")


def test_the_channels_after_a_year() -> None:
    one = units.channels(tables(), lines(), **(COHORT | {"months": 12}))
    assert list(one.index) == list(channels().index)
    search = [frame.loc["search", "after_cost"] for frame in (one, channels())]
    says(LAB, f"Search has {search[0]:.0f} euros in place of {search[1]:.0f} and is level with social")
    assert abs(search[0] - one.loc["social", "after_cost"]) < 1
    two = units.channels(tables(), lines(), **(COHORT | {"first": "2023-01-01", "end": "2024-01-01", "months": 12}))
    assert list(two.index) == ["store", "referral", "search", "social", "deal site"]
    for year in (one, two):
        first = year.loc[["store", "referral"]]
        assert abs(first["after_cost"].diff().iloc[1]) < 1.5 * math.hypot(*first["se"])
    social = [year.loc["social"] for year in (one, two)]
    says(LAB, f"Social falls from {social[0]['after_cost']:.0f} euros to {social[1]['after_cost']:.0f}")
    less, more = (social[0] - social[1])["contribution"], (social[1] - social[0])["cost"]
    says(LAB, f"its customers brought {less:.0f} less and cost {more:.0f} more")
    says(LAB, f"needs {social[1]['payback']:.0f} months to pay back, search {two.loc['search', 'payback']:.0f}")
    assert channels().loc["search", "payback"] - channels().loc["social", "payback"] == 3
    short = [-year.loc["deal site", "after_cost"] for year in (one, two)]
    says(LAB, f"last in both years, {short[0]:.0f} and {short[1]:.0f} euros short")


def test_what_moves_the_value() -> None:
    for retention in (0.30, 0.97):
        found = clv.elasticities(100, retention, 0.12)
        assert found.retention > found.margin
    low = clv.elasticities(100, 0.30, 0.12)
    assert 1.3 < low.retention / low.margin < 1.4
    assert round(0.97 / 0.03 / 100, 2) == 0.32
    assert round(0.30 / 0.70 / 100, 3) == 0.004
    says(INDEX, f"1% more means {0.87 / 0.13 / 100:.1%} fewer customers leaving")
    monthly = clv.retention_per_period(0.87, 12)
    says(LAB, f"counted by the month: {monthly:.1%} stay")
    assert abs(0.01 * monthly / (1 - monthly) - 6 / 7) < 0.01
    says(LAB, "it would end six sevenths of churn")
    ratio = clv.elasticities(100 / 12, monthly, clv.discount_rate_per_period(0.12, 12)).retention
    assert 9 < ratio / clv.elasticities(100, 0.87, 0.12).retention < 12
    rate = clv.discount_rate_per_period(0.12, 12)
    cost = 0.09 * clv.discounted_clv(100 / 12, monthly, rate)
    now, better = (clv.discounted_clv(100 / 12, r, rate, acquisition_cost=cost) for r in (monthly, 1.01 * monthly))
    assert 1.95 < better / now < 2.05
    small = clv.elasticities(100 / 12, monthly, rate, acquisition_cost=cost).retention / 100
    assert 0.45 < 1 - small / (better / now - 1) < 0.55
    says(LAB, "That doubles the value; the formula holds for small steps only, and misses half of it.")


def test_the_edge_of_the_budget() -> None:
    best = []
    for response in (0.3, 0.5, 0.8):
        best.append(units.best_budget(44, now_spend=600_000, now_won=10_000, response=response) / 1000)
    says(LAB, f"About {best[0]:.0f}, {best[1]:.0f} and {best[2]:.0f} thousand dollars")
    at = units.best_budget(120, now_spend=600_000, now_won=10_000, response=0.5)
    says(LAB, f"At 120 dollars and a response of 0.5 the best budget is {at:,.0f}, what the chain spends today")
    says(LAB, f"at a ratio of {units.best_ratio(0.5):.0f}, which")
    response = math.log(602 / 417) / math.log(2)
    averages = [25_000 / 417, 50_000 / 602]
    following = [units.cost_of_next_customer(average, response) for average in averages]
    assert following[0] < 25_000 / (602 - 417) < following[1]
    says(LAB, f"the first cost {following[0]:.0f} dollars, the last {following[1]:.0f}")
    says(LAB, f"The averages, {averages[0]:.0f} and {averages[1]:.0f}, are lower")
    error = math.sqrt(1 / 417 + 1 / 602) / math.log(2)
    says(LAB, f"moves a response of {response:.2f} by {error:.2f} either way")
    assert round(averages[0]) == 600_000 / 10_000


def test_the_examples_in_the_tasks() -> None:
    says(EXERCISE, f"a cost of 60 it is {units.three_calculators(*OFFICE, 3)['discounted']:.2f}".replace("-", "−"))
    most, lowest = clv.discounted_clv(100, 0.8, 0.10), clv.break_even_retention(150, 100, 0.10)
    says(EXERCISE, f"the result is [{most:.2f}, {lowest:.2f}] before rounding")
    month = math.ceil(clv.payback_period(61, 12, 0.9))
    says(EXERCISE, f"For a cost of 61, a margin of 12 and a churn of 0.10 it is month {month}")
    assert math.isinf(clv.payback_period(61, 12, 0.8))
    says(EXERCISE, f"higher ratio, {120 / 50:.1f} against {90 / 40:.2f}")
    assert 800 * (1.125**0.4 - 1) * 120 < 5_000
