"""What the next euro brings, by hand, and Kettleholt's uses of it against a count in plain Python."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets
from customer_value.strategy import (
    KEEP,
    WIN,
    Market,
    average_course,
    cost_per_customer_kept,
    customer_lines,
    kettleholt_uses,
    next_euro,
    several_courses,
    simulate,
)

USES = pd.DataFrame(
    {
        "kind": [KEEP, WIN, WIN],
        "cost": [np.nan, 40.0, 10.0],
        "margin": [100.0, 80.0, 30.0],
        "leaving": [0.2, 0.5, 1.0],
    },
    index=["best", "search", "deal"],
)
TABLES = [datasets.load_kettleholt(name) for name in ("customers", "transactions", "products", "subscriptions")]
FOUND = kettleholt_uses(*TABLES)


def test_cost_per_customer_kept_by_hand() -> None:
    """100 customers at 4 euros are 400 euros; 25 leave, 2.5 of them are kept: 160 euros each."""
    assert cost_per_customer_kept(4, 0.25, 0.10) == pytest.approx(160)
    assert cost_per_customer_kept(4, 0.0, 0.5) == float("inf")
    assert cost_per_customer_kept(4, 0.5, 0.0) == float("inf")


def test_next_euro_by_hand() -> None:
    table = next_euro(USES, care_cost=3, effect=0.1, years=2, discount_rate=0.1)
    assert table.index.tolist() == ["deal", "search", "best"]
    np.testing.assert_allclose(table.loc["search", ["per_customer", "value"]].astype(float), [40, 80 * (1 + 0.5 / 1.1)])
    np.testing.assert_allclose(table.loc["best", ["per_customer", "value"]].astype(float), [150, 100 * (1 + 0.8 / 1.1)])
    assert table.loc["deal", "value"] == 30
    np.testing.assert_allclose(table["per_euro"], table["value"] / table["per_customer"])


def test_better_care_moves_keeping_up_and_leaves_winning_alone() -> None:
    weak, strong = next_euro(USES, 3, 0.1), next_euro(USES, 3, 0.9)
    assert strong.index[0] == "best"
    assert strong.loc["best", "per_euro"] == pytest.approx(9 * weak.loc["best", "per_euro"])
    assert strong.loc["search", "per_euro"] == weak.loc["search", "per_euro"]
    assert next_euro(USES, 3, 0.0).loc["best", "per_euro"] == 0


@pytest.mark.parametrize(
    ("changes", "given", "message"),
    [
        ({"kind": "grow"}, {}, "kind must be 'win' or 'keep'; got 'grow'"),
        ({"leaving": 30.0}, {}, "leaving"),
        ({"margin": np.nan}, {}, "margin has 3 missing"),
        ({"kind": WIN}, {}, "cost has 1 missing"),
        ({"kind": WIN, "cost": 0.0}, {}, "cost must be above 0"),
        ({}, {"care_cost": 0}, "care_cost must be above 0"),
        ({}, {"effect": 10}, "effect must be a share"),
        ({}, {"years": 0}, "years must be a whole number"),
    ],
)
def test_nonsense_is_refused(changes: dict, given: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        next_euro(USES.assign(**changes), **({"care_cost": 3, "effect": 0.1} | given))


def test_channels_of_kettleholt_counted_one_by_one() -> None:
    customers, transactions, products, subscriptions = TABLES
    cost = dict(zip(products["StockCode"], products["unit_cost_eur"], strict=True))
    own = customers[(customers["channel"] == "referral") & (customers["acquired_on"].dt.year == 2022)]
    margin, again = 0.0, set()
    won_on = dict(zip(own["customer_id"], own["acquired_on"], strict=True))
    seen = set()
    for row in transactions[transactions["CustomerID"].isin(own["customer_id"])].itertuples(index=False):
        if row in seen:
            continue
        seen.add(row)
        age = (row.InvoiceDate.normalize() - won_on[row.CustomerID]).days
        if age < 365:
            margin += row.Quantity * (row.UnitPrice - cost[row.StockCode])
        elif age < 730 and not row.InvoiceNo.startswith("C"):
            again.add(row.CustomerID)
    for row in subscriptions[subscriptions["customer_id"].isin(own["customer_id"])].itertuples(index=False):
        for month in range(40):
            due = row.started_on + pd.DateOffset(months=month)
            if due > pd.Timestamp("2024-12-31") or (not pd.isna(row.ended_on) and due >= row.ended_on):
                break
            age = due - won_on[row.customer_id]
            if age < timedelta(365):
                margin += row.price_eur - row.cost_eur
            elif age < timedelta(730):
                again.add(row.customer_id)
    assert FOUND.loc["referral", "margin"] == pytest.approx(margin / len(own))
    assert FOUND.loc["referral", "leaving"] == pytest.approx(1 - len(again) / len(own))


def test_welcome_gifts_are_part_of_the_cost_and_not_of_the_books() -> None:
    customers, *_, subscriptions = TABLES
    deal = customers[(customers["channel"] == "deal site") & (customers["acquired_on"].dt.year == 2024)]
    gifts = subscriptions.loc[subscriptions["customer_id"].isin(deal["customer_id"]), "welcome_gift_eur"].sum()
    assert gifts > 0
    assert FOUND.loc["deal site", "booked"] == pytest.approx(7)
    assert FOUND.loc["deal site", "cost"] == pytest.approx(7 + gifts / len(deal))
    assert FOUND.loc["deal site", "people"] == len(deal)


def test_tiers_hold_every_buyer_once_and_the_best_leave_least() -> None:
    lines = customer_lines(*TABLES[1:])
    buyers = lines.loc[lines["bought"] & (lines["day"].dt.year == 2023), "customer_id"].nunique()
    tiers = FOUND[FOUND["kind"] == KEEP]
    assert tiers["people"].sum() == buyers
    np.testing.assert_allclose(tiers["people"] / buyers, [0.2, 0.3, 0.5], atol=0.001)
    assert tiers["leaving"].is_monotonic_increasing
    assert tiers["margin"].is_monotonic_decreasing


def test_lines_posted_twice_count_once_and_products_need_a_cost() -> None:
    customers, transactions, products, subscriptions = TABLES
    twice = pd.concat([transactions, transactions[:50]])
    pd.testing.assert_frame_equal(kettleholt_uses(customers, twice, products, subscriptions), FOUND)
    with pytest.raises(ValueError, match="products has no cost for KH"):
        customer_lines(transactions, products[1:], subscriptions)
    with pytest.raises(ValueError, match="customers must hold people won in 2023 and in 2021"):
        kettleholt_uses(*TABLES, year=2023)


def test_several_courses_are_the_single_ones_and_the_fair_ones() -> None:
    market = Market(people=300, seed=4)
    table = several_courses(market, number=3)
    assert table.index.tolist() == [4, 5, 6]
    assert table.loc[5, "one_course"] == simulate(market.changed(seed=5)).lead() / 300
    assert table.loc[6, "both_seats"] == average_course(market.changed(seed=6)).lead() / 300
    with pytest.raises(ValueError, match="number must be a whole number"):
        several_courses(market, number=0)
