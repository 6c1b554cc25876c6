"""What the lab, the quiz and the exercise of chapter 1 say in words and typed numbers."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets, strategy
from customer_value.strategy import Market, Outcome
from tests.chapters.said import says
from tests.chapters.solved import solved

LAB, INDEX = "01-customer-centricity/lab.md", "01-customer-centricity/index.md"
EXERCISE = "01-customer-centricity/exercise.md"
MARKET = Market(people=1000)
COSTS = [2, 5, 10, 20, 40, 80, 160]


@pytest.fixture(scope="module")
def uses() -> pd.DataFrame:
    tables = [datasets.load_kettleholt(name) for name in ("customers", "transactions", "products", "subscriptions")]
    return strategy.kettleholt_uses(*tables)


def needed(uses: pd.DataFrame, years: int, care: float = 3) -> float:
    """Share of those leaving that care for the best fifth has to keep to bring as much as search."""
    per_euro = strategy.next_euro(uses, care, 0.10, years)["per_euro"]
    return 0.10 * per_euro["search"] / per_euro["best fifth"]


@cache
def course(**changes: float) -> Outcome:
    return strategy.average_course(MARKET.changed(**changes), repeats=2)


def lead(outcome: Outcome) -> float:
    """Lead of the customer-centric firm in euros a person."""
    return outcome.lead() / MARKET.people


def led(measure: str, care_effect: float) -> int:
    """In how many markets of the lab's second map the customer-centric firm leads; two pairs of courses each.

    Leaves out the three lower rows: where people differ so little it leads nowhere, even with stronger care.
    """
    up, changed = ("heterogeneity", [1.5, 2.0, 3.0]), MARKET.changed(care_effect=care_effect)
    return int((strategy.region_map(("acquisition_cost", COSTS), up, changed, measure, repeats=2).lead > 0).sum().sum())


def test_the_deal_site_is_the_dearest_bargain(uses: pd.DataFrame) -> None:
    won = uses[uses["kind"] == strategy.WIN]
    deal = won.loc["deal site"]
    assert won["booked"].idxmin() == won["margin"].idxmin() == "deal site"
    assert deal["cost"] > 2 * deal["booked"]
    assert 0.68 < deal["leaving"] < 0.75
    says(LAB, "With the welcome gifts it costs more than twice as much, its customers bring the least of all channels,")
    says(LAB, "and nearly three in four are silent a year later.")


def test_the_best_are_the_dearest_to_keep_because_few_leave(uses: pd.DataFrame) -> None:
    tiers = uses[uses["kind"] == strategy.KEEP]
    kept = {tier: strategy.cost_per_customer_kept(3, leaving, 0.10) for tier, leaving in tiers["leaving"].items()}
    assert max(kept, key=kept.__getitem__) == "best fifth" == tiers["leaving"].idxmin() == tiers["margin"].idxmax()
    says(LAB, "The best customers are the *dearest* to keep.")


def test_shops_and_referrals_beat_search_and_search_beats_care(uses: pd.DataFrame) -> None:
    per_euro = strategy.next_euro(uses, 3, 0.10, 3)["per_euro"]
    assert per_euro[["store", "referral"]].min() > per_euro["search"] > per_euro["best fifth"]
    says(LAB, "Shops and referrals are better still")
    says(LAB, "Shops and referrals bring more than either")


def test_the_longer_the_view_the_less_care_has_to_keep(uses: pd.DataFrame) -> None:
    one, three, ten = (needed(uses, years) for years in (1, 3, 10))
    assert one > three > ten
    assert one > 0.2
    says(LAB, "The longer the view, the less care has to do")
    assert 0.18 < three < 0.22
    says(LAB, "care for the best fifth overtakes it if it keeps about twice what we assumed")
    assert needed(uses, 3, care=1) == pytest.approx(three / 3)
    assert three / 3 < 0.10
    says(LAB, "at 1 euro care may do a third as well.")
    says(LAB, "if it costs 1 euro and still keeps a tenth, the best fifth is already ahead of search when three years")


def test_the_standard_market_of_the_lab() -> None:
    says(LAB, f"with {MARKET.people:,} people instead of {Market().people:,}")
    says(LAB, f"The other also pays {MARKET.knowing_cost:.0f} euros a year for each customer")
    says(LAB, f"People order {MARKET.orders:.0f} times a year on average.")
    expected = strategy.posterior_rate(Market(heterogeneity=0.0), np.array([20]), np.array([1]))[0]
    says(LAB, f"the closer the forecast stays to {expected:.0f}.")


def test_in_the_course_shown_the_product_centric_firm_is_ahead_by_profit_and_behind_by_equity() -> None:
    firms = strategy.simulate(MARKET).firms
    assert firms.loc[0, "profit"] > 1.3 * firms.loc[1, "profit"]
    assert firms.loc[0, "equity"] < firms.loc[1, "equity"]
    assert firms.loc[0, "value"] > firms.loc[1, "value"]
    says(LAB, "it earned far more, and the other one's more valuable customers do not make up for it.")


def test_the_better_rule_loses_one_single_course_in_three() -> None:
    several = strategy.several_courses(MARKET, number=20)
    assert 0.28 < (several["one_course"] < 0).mean() < 0.39
    assert (several["both_seats"] > 0).mean() > 0.9
    says(LAB, "in single courses the better rule loses about one time in three.")
    says(INDEX, "In the simulator the better rule loses many single courses.")


def test_knowing_customers_moves_a_firm_up_not_to_the_right() -> None:
    axes = strategy.two_axes(course())
    assert abs(axes["reached"].diff().iloc[1]) < 0.02 < axes["needs_met"].diff().iloc[1]
    says(LAB, "They reach about the same share of the people")


def test_a_firm_that_sees_only_averages_spends_nothing_on_care() -> None:
    pair = (strategy.PRODUCT_CENTRIC, strategy.CARES_FOR_ALL)
    pays, free = (
        strategy.average_course(market, pair, repeats=2) for market in (MARKET, MARKET.changed(knowing_cost=0.0))
    )
    assert pays.years.loc[1, "care"].sum() == 0
    assert lead(pays) < 0
    assert lead(free) == pytest.approx(0, abs=0.01)
    says(LAB, "Why does the second kind spend nothing on care?")
    says(LAB, "without that bill the two firms would be equal.")


def test_the_lead_changes_sides_a_little_above_heterogeneity_1() -> None:
    assert lead(course(heterogeneity=1.0)) < 0 < lead(course(heterogeneity=1.25))
    says(LAB, "the lead changes sides a little above heterogeneity 1.")


def test_knowing_is_worthless_at_both_ends_of_churn() -> None:
    assert lead(course(churn=0.0)) < -3
    assert abs(lead(course(churn=0.9))) < 0.5
    says(LAB, "At a churn of 0 there is nobody to keep, so knowing is pure cost; near 90% the firms come out level")
    firms = course(churn=0.5).firms
    assert lead(course(churn=0.5)) > 0
    assert firms.loc[1, "profit"] < firms.loc[0, "profit"]
    says(LAB, "at heterogeneity 1.5, the lead is mostly equity: by profit of the ten years the customer-centric")


def test_churn_in_the_middle_is_where_knowing_helps_most() -> None:
    assert lead(course()) > max(lead(course(churn=churn)) for churn in (0.0, 0.05, 0.85, 0.9))
    says(INDEX, "Churn in the middle is where knowing whom to keep helps most, if care can prevent leaving.")


def test_cheap_acquisition_helps_or_hurts_by_the_budget() -> None:
    budgets = ("budget", [2, 4, 8, 24])
    regions = strategy.region_map(("acquisition_cost", [2, 5, 10, 40]), budgets, MARKET, repeats=4)
    assert (regions.lead.loc[[2, 4], [2, 5, 10]] < -3).all().all()
    says(LAB, "With 2 or 4 euros a person, all of it goes into winning when winning is cheap;")
    says(LAB, "knowing costs 2 euros a head: the product-centric firm wins clearly.")
    assert regions.lead.loc[24, 2] > regions.lead.loc[24, 40] > 0
    says(LAB, "With 24 euros both firms win all they want and care is paid as well: where winning is cheap,")
    says(LAB, "the lead is larger than where it is dear.")
    assert regions.may_be_luck.loc[8].sum() >= 3
    says(LAB, "In between, many leads are too small to tell from luck.")


def test_care_must_prevent_half_of_all_leaving_to_lead_in_a_third_of_the_markets() -> None:
    cells = 6 * len(COSTS)
    says(LAB, f"Each move computes {cells} markets four times over")
    weak, half, half_by_profit = led("value", 0.3), led("value", 0.5), led("profit", 0.5)
    assert weak <= 3
    assert 0.25 < half / cells < 0.4
    says(LAB, "At 30% it leads in hardly any; it takes about half.")
    assert half_by_profit < half
    says(LAB, "By profit alone it leads in fewer markets still")


def test_the_quiz_on_one_customer_kept() -> None:
    says(INDEX, "Care costs 4 euros a customer. A quarter of customers leave each year, and care keeps a tenth of")
    says(INDEX, f"- text: {strategy.cost_per_customer_kept(4, 0.25, 0.10):.0f} euros right: true")
    says(INDEX, f"- text: {4 / 0.25:.0f} euros feedback: That is per customer who would leave.")


def test_the_examples_of_the_exercise() -> None:
    names = solved("01-customer-centricity")
    says(
        EXERCISE,
        "If 100 of 1,000 leave with care at 3 euros and 60 of 400 without,"
        f" it is {names['cost_of_one_kept'](1000, 100, 400, 60, 3):.0f} euros.",
    )
    expected = names["expected_orders"](10, 2, 6, 0.5)
    says(EXERCISE, f"10 orders in 2 years, with a mean of 6 and a spread of 0.5, give {expected:.2f}.")
    equity = names["customer_equity"](pd.DataFrame({"customers": [10], "margin": [40.0], "leaving": [0.1]}), 0.1)
    says(EXERCISE, f"a tenth of whom leave, and a rate of 10%, it is {equity:,.0f} euros.")
    uses = pd.DataFrame({"cost": [10.0, 20.0, 50.0], "value": [40.0, 100.0, 30.0], "room": [5, 5, 5]})
    second = names["value_of_budget"](uses, 100) / 5
    assert second == 100
    says(
        EXERCISE,
        f"it is {names['value_of_budget'](uses, 120):.0f}: {second:.0f} euros go to the second use"
        f" and {120 - second:.0f} to the first.",
    )


def test_the_hints_on_the_price_of_search() -> None:
    table = solved("01-customer-centricity")["table"]
    search, best = table.loc["search"], table.loc["best fifth"]
    assert best["per_euro"] > 1
    says(EXERCISE, "Care for the best fifth brings more than a euro for a euro.")
    assert search["value"] < best["value"] / 2
    says(EXERCISE, "A search customer brings less than half as much")
    assert best["per_euro"] / search["value"] < 0.1
    says(EXERCISE, "The division is upside down. This is far below one euro.")
    assert search["per_euro"] > best["per_euro"]
    says(EXERCISE, "Search brings more for each euro today, so its price may rise.")


@pytest.mark.parametrize("seed", [1, 500, 1000])
def test_the_consultants_slide_says_the_opposite_of_what_happened(seed: int) -> None:
    market = Market(heterogeneity=0.75, people=1000, seed=seed)
    years = strategy.average_course(market, repeats=4).years
    firms = years.groupby("firm")[["margin", "acquisition", "product", "care", "knowing"]].sum()
    each = firms["margin"] / years.groupby("firm")["customers"].mean()
    assert each[1] > each[0]
    assert solved("01-customer-centricity")["second_ahead_by"](firms) < 0
    assert firms["acquisition"].min() > firms[["product", "care", "knowing"]].max().max()
    says(EXERCISE, "the board would conclude the opposite of what happened.")
    says(EXERCISE, "The cost of winning customers is left out, the largest of all.")
