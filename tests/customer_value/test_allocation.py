"""Orders and scarce stock, two lists, an apology: by hand, by trying everything, and on the simulated company."""

import functools
import itertools

import numpy as np
import pandas as pd
import pytest

from customer_value import allocation
from customer_value.datasets import load_kettleholt, load_kettleholt_truth

TERMS = {"leaves_waiting": 0.30, "leaves_served": 0.04, "cancels": 0.2}
EVE = "2024-12-31"


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    return {name: load_kettleholt(name) for name in allocation.TABLES}


@functools.cache
def values(on: str = EVE, months: int = 24) -> pd.DataFrame:
    return allocation.customer_values(tables(), on, months=months)


@functools.cache
def case() -> pd.DataFrame:
    return allocation.order_case(tables(), load_kettleholt("open_orders"), values())


def saved() -> pd.Series:
    return pd.Series(allocation.value_saved(case()["clv"], case()["order_margin"], **TERMS), case().index)


def stock() -> pd.Series:
    return load_kettleholt("stock").set_index("StockCode")["on_hand"]


def rules() -> dict[str, pd.Series | None]:
    return {"first come": None, "order value": case()["order_value"], "customer's value": case()["clv"]}


def order_lines(*rows: tuple[int, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["order_no", "StockCode", "Quantity"])


def test_value_saved_by_hand() -> None:
    assert allocation.value_saved(200, 60, **TERMS) == pytest.approx(0.26 * 200 + 0.2 * 60)
    assert allocation.value_saved(-100, -50, **TERMS) < 0
    with pytest.raises(ValueError, match=r"For 30% write 0\.3"):
        allocation.value_saved(200, 60, leaves_waiting=30, leaves_served=0.04, cancels=0.2)


def test_in_turn_passes_over_who_does_not_fit() -> None:
    lines = order_lines((1, "a", 2), (2, "a", 3), (3, "a", 1), (4, "b", 1))
    left = pd.Series({"a": 3, "b": 1})
    assert allocation.fill_in_turn(lines, left).tolist() == [True, False, True, True]
    score = pd.Series({1: 1.0, 2: 5.0, 3: 5.0, 4: 0.0})
    assert allocation.fill_in_turn(lines, left, score).tolist() == [False, True, False, True]
    assert left.tolist() == [3, 1]


@pytest.mark.parametrize("seed", range(12))
def test_the_best_is_that_of_trying_every_choice(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = [
        (order, product, int(random.integers(1, 5)))
        for order in range(9)
        for product in random.choice(list("abc"), size=random.integers(1, 4), replace=False)
    ]
    lines, left = order_lines(*rows), pd.Series(random.integers(2, 12, 3), list("abc"))
    value = pd.Series(random.normal(20, 25, 9).round(2), range(9))
    filled = allocation.fill_best(lines, left, value)
    wanted = lines.pivot_table(index="order_no", columns="StockCode", values="Quantity", fill_value=0)
    pieces = wanted.reindex(columns=list("abc"), fill_value=0).to_numpy()
    best = max(
        value.to_numpy()[list(chosen)].sum()
        for chosen in (np.array(flags, dtype=bool) for flags in itertools.product((0, 1), repeat=9))
        if (pieces[chosen].sum(axis=0) <= left.to_numpy()).all()
    )
    assert value[filled.index][filled].sum() == pytest.approx(best)
    assert (pieces[filled.sort_index().to_numpy()].sum(axis=0) <= left.to_numpy()).all()


def test_the_published_optimum_of_martello_and_toth() -> None:
    """The test problem of their program MT1: capacity 104, best profit 900 with objects 1, 3, 4, 5, 7 and 8."""
    profit, mass = [350, 400, 450, 20, 70, 8, 5, 5], [25, 35, 45, 5, 25, 3, 2, 2]
    lines = order_lines(*((number, "a", each) for number, each in enumerate(mass, 1)))
    value = pd.Series(profit, range(1, 9), dtype=float)
    filled = allocation.fill_best(lines, pd.Series({"a": 104}), value)
    assert list(filled.index[filled]) == [1, 3, 4, 5, 7, 8]
    assert value[filled].sum() == 900


def test_taking_the_best_one_first_can_be_far_from_the_best() -> None:
    lines = order_lines((1, "a", 10), (2, "a", 5), (3, "a", 5))
    value = pd.Series({1: 11.0, 2: 10.0, 3: 10.0})
    table = allocation.compare_rules(lines, pd.Series({"a": 10}), value, {"by value": value})
    assert table["saved"].tolist() == [11.0, 20.0]
    assert table.loc["by value", "behind"] == 9.0
    assert table.attrs["filled"]["by value"].tolist() == [True, False, False]


def test_stock_that_is_not_given_and_orders_without_a_value_are_named() -> None:
    lines = order_lines((1, "a", 1), (2, "b", 1))
    with pytest.raises(ValueError, match="stock says nothing about b"):
        allocation.fill_in_turn(lines, pd.Series({"a": 3}))
    with pytest.raises(ValueError, match="value lacks 1 order"):
        allocation.fill_best(lines, pd.Series({"a": 3, "b": 1}), pd.Series({1: 3.0}))


def test_enough_for_all_fills_all_that_is_worth_it() -> None:
    lines = order_lines((1, "a", 1), (2, "a", 1))
    value = pd.Series({1: 5.0, 2: -1.0})
    assert allocation.fill_best(lines, pd.Series({"a": 9}), value).tolist() == [True, False]
    assert not allocation.fill_best(lines, pd.Series({"a": 0}), value).any()


def test_credible_means_find_the_variances_that_drew_the_data() -> None:
    random = np.random.default_rng(3)
    people = np.repeat(np.arange(4_000), random.integers(1, 12, 4_000).astype(np.intp))
    true = random.normal(10, 4, 4_000)
    found = allocation.credible_means(true[people] + random.normal(0, 8, people.size), people)
    assert found.attrs["k"] == pytest.approx(64 / 16, rel=0.08)
    assert found.attrs["mean"] == pytest.approx(10, abs=0.3)
    error = (found["expected"] - true).pow(2).mean()
    assert error < (found["own"] - true).pow(2).mean()
    assert error < np.var(true)


def test_credible_means_of_customers_who_are_all_alike_are_the_common_mean() -> None:
    found = allocation.credible_means([1.0, 9, 9, 1, 1, 9], [1, 1, 2, 2, 3, 3])
    assert np.isinf(found.attrs["k"])
    assert found["expected"].tolist() == [5.0] * 3
    with pytest.raises(ValueError, match="two customers"):
        allocation.credible_means([1.0, 2.0], [1, 2])


def test_credible_rates_find_the_gamma_that_drew_them() -> None:
    random = np.random.default_rng(5)
    time = random.uniform(0.5, 3, 20_000)
    rate = random.gamma(0.5, 0.4, 20_000)
    found = allocation.credible_rates(random.poisson(rate * time), time)
    slope = np.polyfit(found, rate, 1)
    assert slope[0] == pytest.approx(1, abs=0.05)
    assert slope[1] == pytest.approx(0, abs=0.01)
    assert allocation.credible_rates([0, 0], [1, 2]).tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="exposure"):
        allocation.credible_rates([1, 2], [1, 0])


def test_an_apology_at_its_limit_gains_nothing() -> None:
    terms = {"leaves_more": 0.06, "repaired": 0.5, "used": 0.6, "handling": 1.0}
    limit = allocation.apology_limit([100, 400, 900], **terms)
    assert limit[0] == pytest.approx((0.03 * 100 - 1) / 0.6)
    assert allocation.apology_gain([100, 400, 900], voucher=limit, **terms) == pytest.approx([0, 0, 0])
    assert allocation.apology_limit(10, **terms) == 0
    with pytest.raises(ValueError, match="used must be above 0"):
        allocation.apology_limit(100, leaves_more=0.1, repaired=0.5, used=0.0)


def test_two_lists_by_hand() -> None:
    brought = [100.0, -40.0, 60.0, 20.0]
    table = allocation.compare_lists([9, 8, 1, 2], [9, 1, 8, 2], brought, 2, effect=0.1, cost=3)
    assert table["customers"].tolist() == [1, 1, 1]
    assert table["gain"].tolist() == pytest.approx([7.0, -7.0, 3.0])
    assert table.attrs["first"] == pytest.approx(0.0)
    assert table.attrs["second"] == pytest.approx(10.0)
    assert table.attrs["difference"] == pytest.approx(10.0)


def test_the_interval_between_two_lists_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(8)
    inside = 0
    for _ in range(300):
        one, other = random.normal(size=(2, 400))
        brought = random.gamma(1, 30, 400)
        found = allocation.compare_lists(one, other, brought, 100, effect=1.0, cost=0).attrs
        count = 100
        expected = 0.0 * count  # both lists are random, so neither brings more on average
        inside += found["difference_low"] <= expected <= found["difference_high"]
    assert 0.84 < inside / 300 < 0.95


# The simulated company


def test_contributions_of_orders_agree_with_the_books_line_by_line() -> None:
    from customer_value import unit_economics

    orders = allocation.order_contributions(tables(), EVE)
    more = {name: load_kettleholt(name) for name in unit_economics.TABLES if name not in tables()}
    lines = unit_economics.contribution_lines(tables() | more)
    charges = more["subscriptions"]
    known = lines[(lines["line"] != "account")]
    from customer_value.strategy.company import _charges

    club = _charges(charges, tables()["transactions"]["InvoiceDate"].max().normalize())["margin"].sum()
    ordered = known["customer_id"].isin(orders["customer_id"])
    assert orders["contribution"].sum() == pytest.approx(known.loc[ordered, "amount"].sum() - club, rel=1e-3)


def test_values_on_a_day_know_nothing_of_later_days() -> None:
    cut = {name: table.copy() for name, table in tables().items()}
    day = pd.Timestamp("2023-12-31")
    cut["transactions"] = cut["transactions"][cut["transactions"]["InvoiceDate"] < day + pd.Timedelta(days=1)]
    cut["contacts"] = cut["contacts"][cut["contacts"]["contacted_at"] < day + pd.Timedelta(days=1)]
    cut["customers"] = cut["customers"][cut["customers"]["acquired_on"] <= day]
    pd.testing.assert_frame_equal(values("2023-12-31", 12), allocation.customer_values(cut, day, months=12))


def test_value_net_ranks_the_next_year_better_than_revenue() -> None:
    made = values("2023-12-31", 12)
    later = allocation.contribution_after(tables(), "2023-12-31", EVE).reindex(made.index)
    by_net = later["own"].corr(made["own"], method="spearman")
    assert by_net > later["own"].corr(made["revenue"], method="spearman")
    assert made["own"].sum() == pytest.approx(later["own"].sum(), rel=0.25)


def test_who_is_known_to_be_worth_little_is_valued_little() -> None:
    truth = load_kettleholt_truth().customers.set_index("customer_id").loc[values().index]
    often = values()["orders"] >= 5
    net = values()["per_order"]
    assert net[truth["serial_returner"] & often].mean() < 0.5 * net[~truth["serial_returner"] & often].mean()
    assert net[truth["needy"] & often].mean() < 0.5 * net[~truth["needy"] & often].mean()
    influence = values()["influence"]
    assert influence[truth["advocate"]].mean() > 3 * influence[~truth["advocate"]].mean()


def test_the_fifty_orders_are_the_planted_case() -> None:
    assert len(case()) == 50
    assert case()["pieces"].sum() == 62
    truth = load_kettleholt_truth().customers.set_index("customer_id").loc[case()["customer_id"]]
    kind = truth["open_order_kind"].to_numpy()
    assert case()["returned"][kind == "serial returner"].mean() > 2 * case()["returned"][kind == "loyal"].mean()
    assert case()["order_margin"][kind == "serial returner"].mean() < 0
    assert case()["clv"][kind == "loyal"].mean() > case()["clv"][kind == "deal site"].mean()


def test_rules_of_thumb_fall_behind_the_best() -> None:
    table = allocation.compare_rules(load_kettleholt("open_orders"), stock(), saved(), rules())
    assert (table["behind"] >= 0).all()
    assert (table["pieces"] <= 22).all()
    assert (table.loc[["first come", "order value"], "behind"] > 0).all()
    year = allocation.yearly_cost(load_kettleholt("open_orders"), stock(), saved(), rules(), mornings=12, rounds=40)
    assert (year["low"] <= year["mean"]).all()
    assert (year["mean"] <= year["high"]).all()
    assert year.loc["first come", "mean"] == pytest.approx(12 * table.loc["first come", "behind"], rel=0.5)


def test_errors_cost_nothing_when_there_are_none_and_more_when_they_grow() -> None:
    lines = load_kettleholt("open_orders")
    table = allocation.cost_of_errors(lines, stock(), case(), errors=(0, 0.5, 2), rounds=15, **TERMS)
    assert table["mean"].iloc[0] == pytest.approx(0, abs=1e-6)
    assert table["mean"].is_monotonic_increasing
    assert allocation.cost_of_belief(lines, stock(), saved(), saved()) == pytest.approx(0)
    assert allocation.cost_of_belief(lines, stock(), case()["order_value"], saved()) > 0


def test_parcels_that_came_late_are_found() -> None:
    found = allocation.after_delivery(tables(), "2024-01-01", EVE)
    late = found.groupby("country")["late"].mean()
    assert late["Germany"] > 2 * late["Netherlands"]
    assert found.index.is_unique
    assert (found["late"] == (found["days_late"] > 0)).all()
