"""Touchpoints in money: effects among equals, products with their errors, and Kettleholt's own tables."""

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets
from customer_value.experience import after_parcels, effect_of, journey_map, order_classes, passages, priorities

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


@pytest.fixture(scope="module")
def parcels() -> pd.DataFrame:
    tables = (TABLES["orders"], TABLES["transactions"], TABLES["contacts"])
    return after_parcels(*tables, "2023-07-01", "2024-07-01", "2025-01-01")


def test_late_parcels_cost_service_and_no_orders_at_kettleholt(parcels: pd.DataFrame) -> None:
    """Those with late parcels order more afterwards, since more parcels mean more late ones; among equals they do not.

    In the simulation a late parcel makes people contact service and changes nothing about their buying.
    """
    alike = order_classes(parcels["orders_before"]) + " orders, " + order_classes(parcels["parcels"]) + " parcels"
    orders = effect_of(parcels["late"], parcels["orders_after"], alike)
    assert orders.raw > 0.8
    assert orders.low < 0 < orders.high
    assert abs(orders.effect) < 0.3 * orders.raw
    service = effect_of(parcels["late"], parcels["service_minutes"], alike)
    assert service.low > 3
    assert orders.compared / orders.affected > 0.9


def test_parcels_are_those_of_the_company(parcels: pd.DataFrame) -> None:
    orders = TABLES["orders"].dropna(subset=["customer_id", "delivered_on"])
    inside = (
        (orders["promised_on"] >= "2023-07-01")
        & (orders["delivered_on"] >= "2023-07-01")
        & (orders["promised_on"] < "2024-07-01")
        & (orders["delivered_on"] < "2024-07-01")
    )
    assert parcels["parcels"].sum() == inside.sum()
    assert parcels.index.is_unique
    assert 0.1 < parcels["late"].mean() < 0.5
    with pytest.raises(ValueError, match="must follow one another"):
        after_parcels(
            TABLES["orders"], TABLES["transactions"], TABLES["contacts"], "2024-01-01", "2023-01-01", "2025-01-01"
        )
    with pytest.raises(ValueError, match="No parcels were delivered"):
        after_parcels(
            TABLES["orders"], TABLES["transactions"], TABLES["contacts"], "2001-01-01", "2002-01-01", "2003-01-01"
        )


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
