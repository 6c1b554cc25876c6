"""One more customer: calculators and mistakes by hand, channels followed in the books, and the edge of a budget."""

import functools

import numpy as np
import pandas as pd
import pytest

from customer_value import clv
from customer_value import unit_economics as units
from customer_value.datasets import load_kettleholt

DAY = pd.Timestamp("2023-03-01")
OFFICE = (20, 1.6, 0.2, 0.12, 0.10, 60)
YEAR = {"first": "2022-01-01", "end": "2023-01-01"}


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    return {name: load_kettleholt(name) for name in units.TABLES}


@functools.cache
def lines() -> pd.DataFrame:
    return units.contribution_lines(tables())


def small(amounts: list[float], ages: list[int], cost: float = 10) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """One customer of one channel, with a later one who only makes the log long enough."""
    customers = pd.DataFrame({"customer_id": [1], "acquired_on": [DAY], "channel": ["shop"], "cac_eur": [cost]})
    another = pd.DataFrame({"customer_id": [2], "started_on": [DAY], "welcome_gift_eur": [35.0]})
    booked = pd.DataFrame(
        {"customer_id": 1, "day": DAY + pd.to_timedelta(ages, "D"), "line": "margin", "amount": amounts}
    )
    end = pd.DataFrame({"customer_id": [2], "day": [DAY + pd.Timedelta(days=800)], "line": "margin", "amount": 0.0})
    return {"customers": customers, "subscriptions": another}, pd.concat([booked, end], ignore_index=True)


def test_three_calculators_by_hand() -> None:
    found = units.three_calculators(*OFFICE, years=3)
    assert found["revenue"] == pytest.approx(32 / 0.12)
    assert found["years"] == pytest.approx(32 * 0.2 * 12 * 3 - 60)
    i = 1.1 ** (1 / 12) - 1
    assert found["discounted"] == pytest.approx(6.4 * 0.88 / (1 + i - 0.88) - 60)


def test_the_calculators_agree_where_nothing_lies_between_them() -> None:
    """Margin 100%, no cost to win, hardly any discounting: what is left is one margin, at the start or later."""
    found = units.three_calculators(20, 1.6, 1.0, 0.1, 0.0, 0, years=10 / 12)
    assert found["revenue"] == pytest.approx(found["years"])
    assert found["revenue"] - found["discounted"] == pytest.approx(32)


def test_steps_add_up_from_the_first_calculator_to_the_third() -> None:
    steps, found = units.calculator_steps(*OFFICE), units.three_calculators(*OFFICE, years=3)
    assert steps["value"].iloc[0] == pytest.approx(found["revenue"])
    assert steps["change"].sum() == pytest.approx(found["discounted"])
    assert steps.loc["First margin later", "change"] == pytest.approx(-6.4)
    assert steps.loc["Acquisition cost", "change"] == -60


def test_common_errors_by_hand() -> None:
    found = units.common_errors(400, 120, 0.75, 0.10, 100)
    assert found["right"] == pytest.approx(120 * 0.75 / 0.35 - 100)
    assert found["revenue for margin"] == pytest.approx(400 * 0.75 / 0.35 - 100)
    monthly = 0.75 ** (1 / 12)
    assert found["monthly retention, yearly margin"] == pytest.approx(120 * monthly / (1.1 - monthly) - 100)
    assert found["no discounting"] == pytest.approx(120 * 3 - 100)
    assert found["no acquisition cost"] == pytest.approx(120 * 0.75 / 0.35)


def test_the_best_budget_has_the_best_ratio_and_no_other_earns_more() -> None:
    for response in (0.3, 0.5, 0.8):
        now = {"now_spend": 600_000, "now_won": 10_000, "response": response}
        best = units.best_budget(44, **now)
        plan = units.acquisition_plan(np.array([0.9, 1, 1.1]) * best, 44, **now)
        assert plan["profit"].idxmax() == pytest.approx(best)
        assert plan["ratio"].iloc[1] == pytest.approx(units.best_ratio(response))
        assert plan["next_cost"].iloc[1] == pytest.approx(44)


def test_one_more_customer_costs_what_a_small_rise_of_the_budget_says() -> None:
    plan = units.acquisition_plan([600_000, 600_060], 44, now_spend=600_000, now_won=10_000, response=0.5)
    assert plan["won"].iloc[0] == 10_000
    assert 60 / np.diff(plan["won"])[0] == pytest.approx(units.cost_of_next_customer(60, 0.5), rel=1e-3)


def test_course_and_payback_by_hand() -> None:
    # A month has 365.25 / 12 days, so day 31 belongs to the second.
    firm, booked = small([4.0, 3.0, 5.0], [0, 31, 70])
    course = units.channel_course(firm, booked, first=DAY, end="2023-03-02", months=4).loc["shop"]
    assert course.tolist() == [-10, -6, -3, 2, 2]
    table = units.channels(
        firm | {"transactions": tables()["transactions"], "products": tables()["products"]},
        booked,
        first=DAY,
        end="2023-03-02",
        months=4,
    ).loc["shop"]
    assert (table["payback"], table["after_cost"], table["ratio"]) == (3, 2, 1.2)
    assert table["contribution"] == table["margin"] == 12


def test_what_comes_after_the_months_followed_does_not_count_and_later_money_counts_less() -> None:
    firm, booked = small([8.0, 100.0], [0, 365], cost=9)
    rule = {"first": DAY, "end": "2023-03-02"}
    assert units.channel_course(firm, booked, months=6, **rule).loc["shop", 6] == -1
    later = units.channel_course(firm, booked, months=12, discount_rate=0.1, **rule).loc["shop", 12]
    assert later == pytest.approx(8 - 9 + 100 * 1.1 ** (-365 / 365.25))


def test_contribution_adds_up_to_goods_club_and_every_activity() -> None:
    """An independent count of a few lines, straight from the tables."""
    firm = tables()
    total = lines().groupby("line")["amount"].sum()
    service = firm["contacts"]["minutes"].sum() * 0.62 + len(firm["contacts"]) * 3 * 0.62
    assert total["service"] == pytest.approx(-service)
    back = firm["returns"].merge(firm["orders"].dropna(subset=["customer_id"]), on="InvoiceNo")
    back = back[~back["resaleable"] & (back["reason"] != "cancelled before dispatch")].merge(
        firm["products"], on="StockCode"
    )
    assert total["write-offs"] == pytest.approx(-(back["Quantity"] * back["unit_cost_eur"]).sum())
    assert set(total.index) == {"margin", "write-offs", "orders", "returns", "service", "account"}
    assert not lines().isna().any().any()


def test_the_deal_site_is_cheapest_to_win_and_has_not_paid_back() -> None:
    table = units.channels(tables(), lines(), **YEAR, discount_rate=0.10)
    assert table["booked"].idxmin() == "deal site"
    assert table["after_cost"].idxmin() == "deal site"
    assert table.loc["deal site", "after_cost"] < 0
    assert np.isinf(table.loc["deal site", "payback"])
    assert np.isfinite(table["payback"].drop("deal site")).all()
    # Its first orders are sold at half price, the others' near the list.
    assert table["discount"].idxmax() == "deal site"
    assert table.loc["deal site", "discount"] > 10 * table["discount"].drop("deal site").max()
    course = units.channel_course(tables(), lines(), **YEAR, discount_rate=0.10)
    pd.testing.assert_series_equal(course[24], table["after_cost"], check_names=False)


def test_everybody_won_counts_also_who_never_came_back() -> None:
    table = units.channels(tables(), lines(), **YEAR)
    assert table["customers"].sum() == (tables()["customers"]["acquired_on"] < "2023-01-01").sum()


def test_the_standard_error_is_that_of_the_customers_own_results() -> None:
    table = units.channels(tables(), lines(), **YEAR, months=12)
    people = tables()["customers"]
    people = people[(people["channel"] == "social") & (people["acquired_on"] < "2023-01-01")]
    own = []
    for customer, start, cost in people[["customer_id", "acquired_on", "cac_eur"]].itertuples(index=False):
        part = lines()[lines()["customer_id"] == customer]
        age = (part["day"] - start).dt.days
        own.append(part.loc[age < 12 * 365.25 / 12, "amount"].sum() - cost)
    gifts = table.loc["social", "gifts"]
    assert gifts == 0
    assert table.loc["social", "after_cost"] == pytest.approx(np.mean(own))
    assert table.loc["social", "se"] == pytest.approx(np.std(own, ddof=1) / np.sqrt(len(own)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: units.contribution_lines({"customers": tables()["customers"]}), "tables lacks transactions, products"),
        (
            lambda: units.channels(tables(), lines(), first="2024-01-01", end="2025-01-01"),
            "cannot be followed for 24 months, the log ends on 2024-12-31",
        ),
        (
            lambda: units.channels(tables(), lines(), first="2020-01-01", end="2021-01-01"),
            "Nobody was won from 2020-01-01 to before 2021-01-01",
        ),
        (lambda: units.common_errors(400, 120, 1.0, 0.1, 100), "retention must be below 1"),
        (lambda: units.cost_of_next_customer(60, 0), "response must be above 0"),
        (lambda: units.best_budget(44, now_spend=1, now_won=1, response=1), "response"),
        (lambda: units.three_calculators(20, 1.6, 20, 0.12, 0.1, 60, 3), "margin"),
    ],
)
def test_what_cannot_be_answered_is_refused(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


def test_the_rule_of_three_is_the_best_ratio_at_one_response_only() -> None:
    assert units.best_ratio(1 / 3) == pytest.approx(3)
    assert units.best_ratio(np.array([0.25, 0.5])).tolist() == [4, 2]


def test_a_loss_has_no_elasticity() -> None:
    with pytest.raises(ValueError, match="a per cent of it has no meaning"):
        clv.elasticities(6.4, 0.88, 0.008, acquisition_cost=60)
