"""Lists of the best, tiers, calls of low value and their money, and Kettleholt's contribution per customer."""

import numpy as np
import pandas as pd
import pytest

from customer_value import segments
from customer_value.datasets import load_kettleholt
from customer_value.transactions import clean_log, read_log, rfm_scores

COLUMNS = {
    "customer_id": "CustomerID",
    "date": "InvoiceDate",
    "quantity": "Quantity",
    "price": "UnitPrice",
    "order_id": "InvoiceNo",
    "product": "StockCode",
}
PRECISION, RECALL = 0.8, 0.794
TABLES = ("transactions", "returns", "orders", "products", "activities")


@pytest.fixture(scope="module")
def rfm() -> pd.DataFrame:
    log = read_log(load_kettleholt("transactions"), COLUMNS, keep=[])
    known = clean_log(log[log["date"] < "2024-01-01"], not_products=("POST", "SAMPLE")).log
    return rfm_scores(known, "2023-12-31")


def three_groups(size: int = 40) -> pd.DataFrame:
    """Groups that nobody can mistake, ten times apart in everything."""
    random = np.random.default_rng(3)
    middle = np.repeat([[300.0, 2, 20], [30, 20, 300], [3, 200, 4000]], size, axis=0)
    values = middle * random.uniform(0.9, 1.1, middle.shape)
    return pd.DataFrame(values, columns=["recency_days", "frequency", "monetary_value"]).round({"frequency": 0})


# Lists


def test_who_sends_everything_back_falls_off_and_the_next_one_gets_on() -> None:
    gross = pd.Series({1: 100.0, 2: 90.0, 3: 50.0, 4: 40.0})
    net = pd.Series({4: 40.0, 3: 45.0, 2: 0.0, 1: 80.0})
    lists = segments.best_lists(gross, net, 2)
    assert [list(part) for part in (lists.by_gross, lists.by_net)] == [[1, 2], [1, 3]]
    assert (list(lists.fall_off), list(lists.get_on), list(lists.stay)) == ([2], [3], [1])


def test_equal_amounts_go_to_the_lower_id_whatever_the_order_of_the_table() -> None:
    amounts = pd.Series({7: 5.0, 2: 5.0, 9: 5.0})
    assert list(segments.best_lists(amounts, amounts, 2).by_net) == [2, 7]


@pytest.mark.parametrize(
    ("gross", "net", "count", "said"),
    [
        ({1: 1.0, 2: 2.0}, {1: 1.0}, 1, "same customers"),
        ({1: 1.0, 2: 2.0}, {1: 1.0, 2: 3.0}, 1, "customer 2: 3 against 2"),
        ({1: 1.0, 2: 2.0}, {1: 1.0, 2: 2.0}, 3, "count must be"),
        ({1: 1.0, 2: float("nan")}, {1: 1.0, 2: 2.0}, 1, "gross has 1 missing"),
    ],
)
def test_lists_refuse_what_cannot_be_compared(gross: dict, net: dict, count: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        segments.best_lists(pd.Series(gross), pd.Series(net), count)


# Contribution


def small_shop() -> list[pd.DataFrame]:
    def line(invoice: str, code: str, pieces: int, day: str, price: float, customer: float) -> tuple:
        return invoice, code, "", pieces, pd.Timestamp(day), price, customer, "NL"

    names = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    transactions = pd.DataFrame(
        [
            line("1", "A", 2, "2024-03-01", 10.0, 1),
            line("1", "POST", 1, "2024-03-01", 4.0, 1),
            line("2", "A", 1, "2024-03-02", 10.0, 2),
            line("2", "A", 1, "2024-03-02", 10.0, 2),  # posted twice
            line("C3", "A", -1, "2024-04-01", 10.0, 1),
            line("4", "A", 1, "2025-02-01", 10.0, 1),
            line("5", "A", 9, "2024-05-01", 10.0, np.nan),
        ],
        columns=names,
    ).astype({"CustomerID": "Int64"})
    returns = pd.DataFrame(
        {"credit_note": ["C3"], "InvoiceNo": ["1"], "StockCode": ["A"], "Quantity": [1]}
        | {"reason": ["changed mind"], "resaleable": [False]}
    )
    orders = pd.DataFrame(
        {
            "InvoiceNo": ["1", "2", "4"],
            "customer_id": pd.array([1, 2, 1], dtype="Int64"),
            "place": ["web", "store", "web"],
        }
    )
    products = pd.DataFrame({"StockCode": ["A"], "unit_cost_eur": [6.0]})
    activities = load_kettleholt("activities")
    return [transactions, returns, orders, products, activities]


def test_contribution_by_hand() -> None:
    found = segments.shop_contribution(*small_shop(), "2024-01-01", "2025-01-01")
    # Two sold with a margin of 4, one taken back and thrown away (6), 9 minutes of 0.46 and 4.80 to the carrier.
    assert found[1] == pytest.approx(4 - 6 - (9 * 0.46 + 4.80))
    assert found[2] == pytest.approx(4)
    assert list(found.index) == [1, 2]


def test_contribution_counts_a_return_in_the_year_of_its_credit_note() -> None:
    tables = small_shop()
    first = segments.shop_contribution(*tables, "2024-01-01", "2024-04-01")
    rest = segments.shop_contribution(*tables, "2024-04-01", "2026-01-01")
    whole = segments.shop_contribution(*tables, "2024-01-01", "2026-01-01")
    assert first[1] == pytest.approx(8)
    assert first.add(rest, fill_value=0)[1] == pytest.approx(whole[1])


def test_contribution_refuses_what_it_cannot_price() -> None:
    transactions, returns, orders, products, activities = small_shop()
    with pytest.raises(ValueError, match="no cost for A"):
        segments.shop_contribution(
            transactions, returns, orders, products.assign(StockCode="B"), activities, "2024-01-01", "2025-01-01"
        )
    with pytest.raises(ValueError, match="No known customer"):
        segments.shop_contribution(transactions, returns, orders, products, activities, "2020-01-01", "2021-01-01")
    short = activities[activities["activity"] != "process return from the web"]
    with pytest.raises(ValueError, match="activities lacks process return from the web"):
        segments.shop_contribution(transactions, returns, orders, products, short, "2024-01-01", "2025-01-01")


def test_serial_returners_bring_nothing_after_the_list_was_drawn() -> None:
    log = read_log(load_kettleholt("transactions"), COLUMNS, keep=[])
    log = log[log["date"] < "2024-01-01"]
    goods = {"not_products": ("POST", "SAMPLE")}
    apart, net = clean_log(log, returns="apart", **goods).log, clean_log(log, **goods).log
    gross, kept = (part[part["date"] >= "2023-01-01"].groupby("customer_id")["value"].sum() for part in (apart, net))
    lists = segments.best_lists(gross, kept.reindex(gross.index, fill_value=0.0))
    tables = [load_kettleholt(name) for name in TABLES]
    later = segments.shop_contribution(*tables, "2024-01-01", "2025-01-01")
    each = [later.reindex(part).fillna(0).mean() for part in (lists.fall_off, lists.get_on)]
    assert 10 <= len(lists.fall_off) <= 25
    assert each[0] < 50 < 200 < each[1]


# Tiers


def test_groups_that_nobody_can_mistake_are_found_the_best_first() -> None:
    found = segments.value_tiers(three_groups(), 3)
    assert (found.tier.to_numpy() == np.repeat([3, 2, 1], 40)).all()
    assert list(found.table["customers"]) == [40, 40, 40]
    assert found.table["monetary_value"].is_monotonic_decreasing
    assert found.silhouette > 0.8


def test_tiers_do_not_depend_on_the_unit_or_the_order_of_customers() -> None:
    table = three_groups()
    cents = table.assign(monetary_value=100 * table["monetary_value"]).sample(frac=1, random_state=1)
    one, two = segments.value_tiers(table, 3), segments.value_tiers(cents, 3)
    assert (two.tier.sort_index() == one.tier).all()
    assert two.within == pytest.approx(one.within)


def test_without_logarithms_a_few_large_spenders_decide(rfm: pd.DataFrame) -> None:
    share = {
        kind: segments.value_tiers(rfm, 4, features=kind).table["customers"].min() / len(rfm) for kind in ("log", "raw")
    }
    assert share["raw"] < 0.01 < 0.1 < share["log"]


def test_the_tiers_of_kettleholt_to_the_digits_shown(rfm: pd.DataFrame) -> None:
    """The same in the page's Python, with another release of scikit-learn."""
    found = segments.value_tiers(rfm, 5)
    assert list(found.table["customers"]) == [287, 575, 838, 494, 850]
    assert found.within == pytest.approx(2485.2, abs=0.1)
    assert found.silhouette == pytest.approx(0.319, abs=0.0005)


def test_clear_groups_are_stable_and_a_cloud_is_not() -> None:
    clear = segments.tier_choice(three_groups(), (3,), rounds=4).loc[3]
    assert clear["stability"] == 1
    assert clear["moved"] == 0
    assert clear["silhouette"] > 1.5 * clear["cloud"]
    random = np.random.default_rng(5)
    points = np.exp(random.standard_normal((400, 3))) + np.array([0.0, 1, 0])
    cloud = pd.DataFrame(points, columns=["recency_days", "frequency", "monetary_value"])
    vague = segments.tier_choice(cloud, (3,), rounds=4).loc[3]
    assert vague["stability"] < 0.9
    assert vague["moved"] > 0.01
    assert vague["silhouette"] == pytest.approx(vague["cloud"], abs=0.15)


def test_what_speaks_for_each_number_of_tiers(rfm: pd.DataFrame) -> None:
    table = segments.tier_choice(rfm, range(2, 8))
    assert table["silhouette"].idxmax() == 2
    assert table["stability"].idxmax() == 2
    assert table["stability"].drop(2).idxmax() == 5
    assert table["stability"].idxmin() == 7
    assert (table["silhouette"] - table["cloud"]).max() < 0.08


def test_agreement_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import adjusted_rand_score

    random = np.random.default_rng(2)
    for groups in (2, 5):
        one, two = random.integers(0, groups, (2, 60))
        assert segments.agreement(one, two) == pytest.approx(adjusted_rand_score(one, two))
    assert segments.agreement([1, 1, 2, 2], [7, 7, 3, 3]) == 1
    assert segments.agreement([1, 1, 1], [1, 1, 1]) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frequency": 0.0}, "from 1"),
        ({"monetary_value": 0.0}, "above 0"),
        ({"recency_days": -1.0}, "must not be negative"),
        ({"frequency": 3.0}, "same for everybody"),
    ],
)
def test_tiers_refuse_what_they_cannot_measure(change: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        segments.value_tiers(three_groups().assign(**change), 3)


def test_tiers_refuse_more_tiers_than_customers_and_unknown_scales() -> None:
    with pytest.raises(ValueError, match="Fewer than 4 different"):
        segments.value_tiers(three_groups(2).iloc[[0, 2, 4, 0, 2, 4]], 4)
    with pytest.raises(ValueError, match="features must be"):
        segments.value_tiers(three_groups(), 3, features="square")


# Calls


def test_calls_are_counted_by_hand() -> None:
    found = segments.confusion([True, True, True, False, False], np.array([True, True, False, True, False]))
    assert (found.right, found.wrong, found.missed, found.spared) == (2, 1, 1, 1)
    assert found.precision == found.recall == pytest.approx(2 / 3)
    assert found.base_rate == found.accuracy == pytest.approx(3 / 5)
    assert found.money(10, 4) == 16


def test_rates_are_missing_where_there_is_nothing_to_divide_by() -> None:
    nobody = segments.confusion([False, False], [True, False])
    assert np.isnan(nobody.precision)
    assert nobody.recall == 0
    assert np.isnan(segments.confusion([True], [False]).recall)


def test_quoted_rates_come_back_from_the_customers_behind_them() -> None:
    found = segments.confusion_from_rates(1000, 0.6, 0.9, 0.93)
    assert (found.precision, found.recall, found.base_rate) == pytest.approx((0.9, 0.93, 0.6))
    assert found.customers == pytest.approx(1000)
    assert found.right == pytest.approx(558)
    assert found.wrong == pytest.approx(62)


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="impossible at a base rate of 90%"):
        segments.confusion_from_rates(1000, 0.9, 0.5, 1.0)


def test_acting_at_the_break_even_chance_is_worth_nothing() -> None:
    chance = segments.break_even_chance(12, 18)
    assert chance == pytest.approx(0.6)
    assert chance * 12 == pytest.approx((1 - chance) * 18)
    with pytest.raises(ValueError, match="both 0"):
        segments.break_even_chance(0, 0)


def test_cutoffs_by_hand() -> None:
    chance = pd.Series([0.9, 0.6, 0.2], index=[4, 5, 6])
    value = pd.Series([0.0, 100.0, 10.0], index=[4, 5, 6])
    table = segments.cutoff_table(
        chance, value, low_below=20, saving=12, loss_share=0.25, cutoffs=(0.0, 0.5, 0.8, 0.95)
    )
    assert list(table["called"]) == [3, 2, 1, 0]
    assert list(table["money"]) == pytest.approx([12 - 13 + 9.5, 12 - 13, 12, 0])
    assert list(table["precision"].iloc[:3]) == pytest.approx([2 / 3, 1 / 2, 1])
    assert np.isnan(table["precision"].iloc[3])
    assert list(table["recall"]) == pytest.approx([1, 1 / 2, 1 / 2, 0])


def test_chances_are_right_on_average_where_the_world_is_as_assumed() -> None:
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "recency_days": random.integers(0, 700, 4000),
            "frequency": random.integers(1, 20, 4000),
            "monetary_value": random.lognormal(4, 1, 4000),
        }
    )
    points = segments.log_features(table)
    truth = 1 / (1 + np.exp(-(0.5 + 1.2 * points[:, 0] - 0.8 * points[:, 2])))
    low = random.random(4000) < truth
    found = segments.chance_of_low_value(table, low, table)
    assert found.mean() == pytest.approx(low.mean(), abs=1e-3)
    assert np.abs(found - truth).max() < 0.08


def test_chances_of_kettleholt_to_the_digits_shown(rfm: pd.DataFrame) -> None:
    """The same in the page's Python, with another release of scikit-learn."""
    tables = [load_kettleholt(name) for name in TABLES]
    later = segments.shop_contribution(*tables, "2024-01-01", "2025-01-01").reindex(rfm.index).fillna(0)
    low = (later < 20).to_numpy()
    found = segments.chance_of_low_value(rfm, low, rfm)
    assert found.index.equals(rfm.index)
    assert found.mean() == pytest.approx(low.mean(), abs=1e-4)
    counts = segments.confusion((found >= 0.6).to_numpy(), low)
    assert (round(counts.precision, 3), round(counts.recall, 3)) == (PRECISION, RECALL)


def test_calls_refuse_what_is_no_call() -> None:
    with pytest.raises(TypeError, match="called_low must be true or false"):
        segments.confusion([1, 0], [True, False])
    with pytest.raises(ValueError, match="same for everybody"):
        segments.chance_of_low_value(three_groups(), np.ones(120, dtype=bool), three_groups())
    with pytest.raises(ValueError, match="index of data"):
        segments.cutoff_table(
            pd.Series([0.5]), pd.Series([1.0], index=[3]), low_below=1, saving=1, loss_share=0.1, cutoffs=(0.5,)
        )
