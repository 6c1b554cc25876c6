"""Touchpoints in money: effects among equals, products with their errors, and Kettleholt's own tables."""

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets
from customer_value.experience import (
    bad_experiences,
    effect_of,
    encounters,
    first_met,
    journey_map,
    order_classes,
    orders_between,
    passages,
    priorities,
)

TABLES = {name: datasets.load_kettleholt(name) for name in ("orders", "transactions", "returns", "contacts")}


def one(**changes: float) -> pd.DataFrame:
    usual = {"passing": 1000.0, "affected": 0.2, "fixable": 0.5, "loss": 0.3, "margin": 20.0, "cost": 500.0}
    return pd.DataFrame({**usual, **changes}, index=["delivery"])


def test_value_by_hand() -> None:
    table = priorities(one()).loc["delivery"]
    assert table["value"] == pytest.approx(1000 * 0.2 * 0.5 * 0.3 * 20)
    assert (table["se"], table["net"], table["chance"]) == (pytest.approx(0, abs=1e-6), pytest.approx(100), 1.0)


def test_error_of_a_product_is_what_draws_show() -> None:
    table = priorities(one(loss_se=0.1, margin_se=4.0, affected_se=0.05)).loc["delivery"]
    draws = np.random.default_rng(1)
    made = 500 * draws.normal(0.2, 0.05, 400_000) * draws.normal(0.3, 0.1, 400_000) * draws.normal(20, 4, 400_000)
    assert table["value"] == pytest.approx(made.mean(), rel=0.01)
    assert table["se"] == pytest.approx(made.std(), rel=0.01)
    assert table["chance"] == pytest.approx(np.mean(made > 500), abs=0.05)
    assert table["high"] - table["value"] == pytest.approx(1.959963984540054 * table["se"])


def test_handling_costs_whether_or_not_orders_are_lost() -> None:
    table = priorities(one(handling=4.5, handling_se=0.5, loss=0.0)).loc["delivery"]
    assert table["value"] == pytest.approx(1000 * 0.2 * 0.5 * 4.5)
    assert table["se"] == pytest.approx(1000 * 0.2 * 0.5 * 0.5)
    with pytest.raises(ValueError, match="handling must not be negative"):
        priorities(one(handling=-1.0))


def test_best_first_and_a_gain_from_bad_experiences_is_kept() -> None:
    both = pd.concat([one(loss=-0.1), one().rename(index={"delivery": "service"})])
    table = priorities(both)
    assert list(table.index) == ["service", "delivery"]
    assert table.loc["delivery", "value"] < 0
    assert table.loc["delivery", "chance"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"affected": 1.2}, "affected must be a share from 0 to 1"),
        ({"passing": -1.0}, "passing must not be negative"),
        ({"cost": np.nan}, "cost has 1 missing"),
        ({"loss_se": -0.1}, "loss_se must not be negative"),
    ],
)
def test_factors_that_make_no_sense_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        priorities(one(**changes))
    with pytest.raises(ValueError, match=r"lacks the column\(s\) margin"):
        priorities(one().drop(columns="margin"))


def test_effect_among_equals_by_hand() -> None:
    happened = pd.Series([True, True, False, False, True, True, False, False, False, True])
    outcome = pd.Series([1.0, 3, 4, 6, 10, 12, 20, 22, 24, 99])
    alike = pd.Series(list("aaaabbbbbc"))
    found = effect_of(happened, outcome, alike)
    assert found.effect == pytest.approx(0.5 * (2 - 5) + 0.5 * (11 - 22))
    assert (found.affected, found.compared) == (5, 4)
    parts = 0.25 * (2 / 2 + 2 / 2) + 0.25 * (2 / 2 + 4 / 3)
    assert found.se == pytest.approx(np.sqrt(parts))


def test_effects_that_cannot_be_told_are_refused() -> None:
    happened, outcome = pd.Series([True, False, True, False]), pd.Series([1.0, 2, 3, 4])
    with pytest.raises(ValueError, match="No class has two people on either side"):
        effect_of(happened, outcome, pd.Series(list("abcd")))
    with pytest.raises(ValueError, match="true throughout"):
        effect_of(pd.Series([True] * 4), outcome, pd.Series(list("aaaa")))
    with pytest.raises(ValueError, match=r"alike has 1 gap\(s\)"):
        effect_of(happened, outcome, pd.Series(["a", None, "a", "a"]))
    with pytest.raises(ValueError, match="outcome must be a Series with the index"):
        effect_of(happened, outcome[:3], pd.Series(list("aaaa")))
    with pytest.raises(ValueError, match="outcome has 1 missing"):
        effect_of(happened, outcome.where(outcome < 4), pd.Series(list("aaaa")))


def test_late_customers_order_more_afterwards_and_call_more() -> None:
    """More parcels mean more late ones, so the late ones order more; a late parcel itself makes people call service.

    What it does to orders is a matter of one passage for each customer, see ``first_met`` below.
    """
    met = encounters(*TABLES.values(), "2023-07-01", "2024-07-01")
    met = met[met["parcels"] > 0]
    later = orders_between(TABLES["orders"], TABLES["transactions"], "2024-07-01", "2025-01-01")
    alike = order_classes(met["web"] + met["store"]) + " orders, " + order_classes(met["parcels"]) + " parcels"
    assert effect_of(met["late"] > 0, later.reindex(met.index).fillna(0), alike).raw > 0.8
    contacts = TABLES["contacts"]
    about = contacts[
        contacts["reason"].eq("late delivery") & contacts["contacted_at"].between("2023-07-01", "2024-07-01")
    ]
    minutes = about.groupby("customer_id")["minutes"].sum().reindex(met.index).fillna(0)
    service = effect_of(met["late"] > 0, minutes, alike)
    assert service.low > 3
    assert service.compared / service.affected > 0.9


def test_passages_of_a_year() -> None:
    table = passages(*(TABLES[name] for name in TABLES), "2024-01-01", "2025-01-01")
    assert list(table.index) == ["web", "store", "delivery", "returns", "service"]
    assert (table["customers"] <= table["passages"]).all()
    assert table.loc["service", "passages"] == (TABLES["contacts"]["contacted_at"] >= "2024-01-01").sum()
    halves = [
        passages(*(TABLES[name] for name in TABLES), first, end)
        for first, end in (("2024-01-01", "2024-07-01"), ("2024-07-01", "2025-01-01"))
    ]
    pd.testing.assert_series_equal(halves[0]["passages"] + halves[1]["passages"], table["passages"])
    with pytest.raises(ValueError, match="end must be after first"):
        passages(*(TABLES[name] for name in TABLES), "2024-01-01", "2024-01-01")


SMALL_ORDERS = pd.DataFrame(
    {
        "InvoiceNo": ["1", "2", "3", "4"],
        "customer_id": pd.array([7, 7, 8, None], dtype="Int64"),
        "place": ["web", "Ghent", "web", "web"],
        "promised_on": pd.to_datetime(["2024-01-05", None, "2024-01-05", "2024-01-05"]),
        "delivered_on": pd.to_datetime(["2024-01-07", None, "2024-01-04", "2024-01-09"]),
    }
)
SMALL_SALES = pd.DataFrame(
    {"InvoiceNo": ["1", "2", "3", "4", "C1", "C2"], "InvoiceDate": pd.to_datetime(["2024-01-02 10:00"] * 6)}
)
SMALL_RETURNS = pd.DataFrame(
    {
        "credit_note": ["C1", "C1", "C2"],
        "InvoiceNo": ["1", "1", "3"],
        "StockCode": ["mug", "pot", "mug"],
        "Quantity": [2, 1, 1],
        "reason": ["not as described", "gift", "cancelled before dispatch"],
        "resaleable": [False, False, True],
    }
)
SMALL_CONTACTS = pd.DataFrame(
    {
        "customer_id": [7, 7, 8],
        "contacted_at": pd.to_datetime(["2024-01-08", "2024-01-10", "2024-01-08"]),
        "reason": ["late delivery", "late delivery", "advice"],
        "minutes": [4.0, 6.0, 5.0],
        "resolved": [False, True, True],
    }
)
SMALL = (SMALL_ORDERS, SMALL_SALES, SMALL_RETURNS, SMALL_CONTACTS)
PRODUCTS = pd.DataFrame({"StockCode": ["mug", "pot"], "unit_cost_eur": [3.0, 50.0]})
ACTIVITIES = pd.DataFrame(
    {
        "activity": [
            "answer contact",
            "follow up contact",
            "process return from the web",
            "process return in a store",
        ],
        "minutes": [1.0, 3.0, 9.0, 7.0],
        "cost_per_minute_eur": [0.5, 0.5, 0.4, 0.6],
        "outlay_eur": [0.0, 0.0, 4.8, 0.0],
    }
)


def test_encounters_of_two_customers() -> None:
    met = encounters(*SMALL, "2024-01-01", "2024-02-01")
    assert met.loc[7].to_dict() == {
        "web": 1, "store": 1, "parcels": 1, "late": 1, "returned": 1, "misdescribed": 1, "contacts": 2, "unresolved": 1
    }  # fmt: skip
    assert met.loc[8].to_dict() == {
        "web": 1, "store": 0, "parcels": 1, "late": 0, "returned": 0, "misdescribed": 0, "contacts": 1, "unresolved": 0
    }  # fmt: skip
    assert list(met.index) == [7, 8]
    assert encounters(*SMALL, "2024-01-08", "2024-02-01").loc[7, ["web", "parcels", "contacts"]].tolist() == [0, 0, 2]


def test_what_bad_experiences_cost_by_hand() -> None:
    table = bad_experiences(*SMALL, PRODUCTS, ACTIVITIES, "2024-01-01", "2024-02-01")
    assert table["passing"].tolist() == [2, 2, 2]
    assert table["people"].tolist() == [1, 1, 1]
    assert table["affected"].tolist() == [0.5, 0.5, 0.5]
    assert table.loc["late parcel", "handling"] == pytest.approx(0.5 * (4 + 6) + 2 * 1.5)
    assert table.loc["not as described", "handling"] == pytest.approx(2 * 3 + 9 * 0.4 + 4.8)
    # The unresolved contact is followed by another, the resolved ones are not.
    assert table.loc["unresolved contact", "handling"] == pytest.approx(0.5 * 5 + 1.5)


def test_encounters_and_passages_agree_with_the_tables() -> None:
    year = ("2024-01-01", "2025-01-01")
    met, table = encounters(*TABLES.values(), *year), passages(*TABLES.values(), *year)
    orders, contacts, returns = TABLES["orders"], TABLES["contacts"], TABLES["returns"]
    known = orders[orders["customer_id"].notna()]
    days = TABLES["transactions"].groupby("InvoiceNo")["InvoiceDate"].first()
    inside = known["InvoiceNo"].map(days) >= "2024-01-01"
    delivered = known[known["delivered_on"].between("2024-01-01", "2024-12-31 23:59")]
    notes = returns[returns["reason"].ne("cancelled before dispatch") & returns["InvoiceNo"].isin(known["InvoiceNo"])]
    notes = notes[notes["credit_note"].map(days) >= "2024-01-01"]
    counted = {
        "web": known.loc[inside & known["place"].eq("web"), "customer_id"],
        "store": known.loc[inside & known["place"].ne("web"), "customer_id"],
        "delivery": delivered["customer_id"],
        "returns": notes.drop_duplicates("credit_note").merge(known, on="InvoiceNo")["customer_id"],
        "service": contacts.loc[contacts["contacted_at"] >= "2024-01-01", "customer_id"],
    }
    assert {name: (len(ids), ids.nunique()) for name, ids in counted.items()} == {
        name: (row["passages"], row["customers"]) for name, row in table.iterrows()
    }
    bought = orders_between(orders, TABLES["transactions"], *year)
    pd.testing.assert_series_equal((met["web"] + met["store"]).loc[bought.index], bought, check_names=False)


def test_returns_seem_to_make_customers_buy_until_classes_are_fine_enough() -> None:
    """In the simulation a return changes nothing about later orders; the widest class mixes busy and very busy."""
    met = encounters(*TABLES.values(), "2023-07-01", "2024-07-01")
    met = met[met["web"] + met["store"] > 0]
    bought = met["web"] + met["store"]
    later = orders_between(TABLES["orders"], TABLES["transactions"], "2024-07-01", "2025-01-01")
    later = later.reindex(met.index).fillna(0)
    assert effect_of(met["misdescribed"] > 0, later, order_classes(bought)).low > 0
    fine = effect_of(met["misdescribed"] > 0, later, bought.clip(upper=25))
    assert fine.low < 0 < fine.high


def test_journey_map_by_hand() -> None:
    touchpoints = pd.DataFrame(
        {"e": [8.0, 7, 9], "x": [8.5, 6, 8.5], "v": [100, 10, 60]}, index=["web", "returns", "delivery"]
    )
    table = journey_map(touchpoints, "e", "x", "v")
    assert table["felt"].tolist() == [0, 10, 30]
    assert table.attrs["worst"] == "delivery"
    assert table["share"].sum() == pytest.approx(1)
    assert journey_map(touchpoints.assign(x=9.5), "e", "x", "v").attrs["worst"] is None
    with pytest.raises(ValueError, match="'web' occurs twice"):
        journey_map(touchpoints.rename(index={"returns": "web"}), "e", "x", "v")
    with pytest.raises(ValueError, match="v is 0 throughout"):
        journey_map(touchpoints.assign(v=0), "e", "x", "v")
    with pytest.raises(ValueError, match="x has 1 missing"):
        journey_map(touchpoints.assign(x=[1.0, np.nan, 2]), "e", "x", "v")


FOUR = tuple(TABLES[name] for name in ("orders", "transactions", "returns", "contacts"))


def test_first_met_takes_one_parcel_of_each_and_counts_around_it() -> None:
    met = first_met(*FOUR, "2023-07-01", "2024-07-01", "late parcel")
    assert met.index.is_unique
    assert met["day"].between("2023-07-01", "2024-06-30").all()
    orders, transactions = FOUR[0], FOUR[1]
    placed = orders.dropna(subset=["customer_id"])
    days = transactions.groupby("InvoiceNo")["InvoiceDate"].first().dt.normalize()
    for customer in met.index[:: len(met) // 6]:
        own = placed[placed["customer_id"] == customer]
        parcels = own[own["delivered_on"] >= "2023-07-01"].dropna(subset=["promised_on"]).sort_values("delivered_on")
        at, row = parcels.iloc[0]["delivered_on"].normalize(), met.loc[customer]
        apart = (own["InvoiceNo"].map(days) - at).dt.days
        assert (row["day"], row["before"]) == (at, apart.between(-365, -1).sum())
        assert row["after"] == apart.between(1, 182).sum()


@pytest.mark.parametrize("event", ["late parcel", "not as described", "unresolved contact"])
def test_one_bad_passage_changes_nothing_about_buying_at_kettleholt(event: str) -> None:
    """In the simulation experiences change satisfaction and contacts, and nothing about orders."""
    met = first_met(*FOUR, "2023-07-01", "2024-07-01", event)
    found = effect_of(met["bad"], met["after"], met["before"].clip(upper=25))
    assert found.low < 0 < found.high
    assert abs(found.raw) < 0.3, "one passage each: who orders more is not bad more often"
    assert found.compared / found.affected > 0.9


def test_first_met_refuses_what_it_cannot_count() -> None:
    with pytest.raises(ValueError, match="event must be late parcel"):
        first_met(*FOUR, "2023-07-01", "2024-07-01", "rude agent")
    with pytest.raises(ValueError, match="less than after = 182 days past end"):
        first_met(*FOUR, "2024-01-01", "2025-01-01", "late parcel")
    with pytest.raises(ValueError, match="at least 1 day"):
        first_met(*FOUR, "2023-07-01", "2024-07-01", "late parcel", before=0)
    with pytest.raises(ValueError, match="Nobody had what is needed"):
        first_met(*FOUR, "2001-07-01", "2002-07-01", "late parcel")
