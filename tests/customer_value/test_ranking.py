"""From value per customer to lists: ranges, rules, a learning machine, comparisons and gains."""

import functools

import numpy as np
import pandas as pd
import pytest

from customer_value import ranking
from customer_value.btyd import BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.datasets import load_cdnow
from customer_value.spend import GammaGammaModel
from customer_value.transactions import rfm_scores, rfm_summary
from customer_value.validation import capture_curve

TERMS = {"discount_rate": 0.01, "periods": 9, "margin": 0.3}
PURCHASES = BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
SPEND = GammaGammaModel.from_params(p=6.25, q=3.74, gamma=15.44)
FEW = pd.DataFrame(
    {
        "frequency": [0, 2, 9],
        "recency": [0.0, 30.43, 35.0],
        "T": [38.86, 38.86, 38.0],
        "monetary_value": [0.0, 60.0, 30.0],
    },
    index=pd.Index([7, 8, 9], name="customer_id"),
)
LOG = pd.DataFrame(
    {
        "customer_id": [1, 1, 1, 2, 2, 3],
        "date": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-03-01", "2024-02-01", "2024-03-30", "2024-01-05"]),
        "value": [10.0, 20.0, 5.0, 8.0, 12.0, 100.0],
    }
)


@functools.cache
def cdnow() -> pd.DataFrame:
    return rfm_summary(load_cdnow(sample=True), "1997-09-30", holdout_until="1998-06-30")


@functools.cache
def fits() -> tuple[BetaGeoModel, GammaGammaModel]:
    return BetaGeoModel().fit(cdnow()), GammaGammaModel().fit(cdnow())


def test_value_draws_lie_around_the_value() -> None:
    purchases, spend = fits()
    drawn = ranking.value_draws(purchases, spend, cdnow().iloc[:50], 100, seed=3, **TERMS)
    value = purchases.expected_customer_lifetime_value(cdnow().iloc[:50], spend, **TERMS)
    assert drawn.shape == (50, 100)
    assert drawn.index.equals(value.index)
    assert drawn.mean(axis=1).to_numpy() == pytest.approx(value.to_numpy(), rel=0.05)
    again = ranking.value_draws(purchases, spend, cdnow().iloc[:50], 100, seed=3, **TERMS)
    pd.testing.assert_frame_equal(drawn, again)


def test_spend_that_is_known_leaves_less_open() -> None:
    purchases, spend = fits()
    known = ranking.value_draws(purchases, 35.17, cdnow().iloc[:20], 100, **TERMS)
    drawn = ranking.value_draws(purchases, spend, cdnow().iloc[:20], 100, **TERMS)
    assert known.sum().std() < drawn.sum().std()


def test_draws_need_a_fit() -> None:
    with pytest.raises(ValueError, match="no covariance to draw from"):
        ranking.value_draws(PURCHASES, SPEND, FEW, 10, **TERMS)


@pytest.mark.parametrize("kind", [BetaGeoModel, ModifiedBetaGeoModel])
def test_futures_have_the_expected_value_as_their_mean(kind: type) -> None:
    purchases = kind.from_params(r=0.5, alpha=5.0, a=0.8, b=2.4)
    futures = ranking.simulated_values(purchases, SPEND, FEW, 40_000, seed=2, **TERMS)
    value = purchases.expected_customer_lifetime_value(FEW, SPEND, **TERMS)
    error = futures.std(axis=1) / 200
    assert (np.abs(futures.mean(axis=1) - value) < 4 * error).all()


def test_futures_are_nothing_as_often_as_the_model_says() -> None:
    terms = {"discount_rate": 0.0, "periods": 39, "step": "week"}
    futures = ranking.simulated_values(PURCHASES, SPEND, FEW, 20_000, seed=2, **terms)
    nothing = PURCHASES.expected_probability_of_purchases(FEW, 0, 39.0)
    assert (futures == 0).mean(axis=1).to_numpy() == pytest.approx(nothing.to_numpy(), abs=0.015)


def test_a_customer_without_repeat_purchase_needs_no_spend_of_their_own() -> None:
    odd = FEW.assign(monetary_value=[np.nan, 60.0, 30.0])
    one = ranking.simulated_values(PURCHASES, SPEND, odd, 50, **TERMS)
    pd.testing.assert_frame_equal(one, ranking.simulated_values(PURCHASES, SPEND, FEW, 50, **TERMS))


def test_futures_of_other_models_are_refused() -> None:
    other = ParetoNBDModel.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7)
    with pytest.raises(TypeError, match="got ParetoNBDModel"):
        ranking.simulated_values(other, SPEND, FEW, **TERMS)
    with pytest.raises(ValueError, match="take fewer of either"):
        ranking.simulated_values(PURCHASES, SPEND, FEW, 10_000_000, **TERMS)


def test_ranges_hold_what_they_say_on_the_holdout() -> None:
    purchases, spend = fits()
    terms = {"discount_rate": 0.0, "periods": 39, "step": "week"}
    table = ranking.value_ranges(purchases, spend, cdnow(), draws=60, futures=300, **terms)
    came = cdnow()["holdout_frequency"] * cdnow()["holdout_monetary_value"]
    assert 0.88 < came.between(table["worst"], table["best"]).mean() < 0.96
    assert came.between(table["low"], table["high"]).mean() < 0.02
    assert table["expected"].between(table["low"], table["high"]).mean() > 0.99
    assert table["nothing"].between(0, 1).all()


def test_simple_rules_by_hand() -> None:
    table = ranking.simple_rules(LOG, "2024-03-30", recent_days=30, hiatus_days=40)
    assert table["all_revenue"].tolist() == [35.0, 20.0, 100.0]
    assert table["recent_revenue"].tolist() == [25.0, 12.0, 0.0]
    # Customers 1 and 2 are active; 3 spent most of all, and not lately.
    assert table["hiatus"].rank(ascending=False).tolist() == [1.0, 2.0, 3.0]
    scores = rfm_scores(LOG, "2024-03-30")
    assert table["rfm_score"].tolist() == (scores["r"] + scores["f"] + scores["m"]).tolist()


def test_later_purchases_do_not_count_in_rules_and_features() -> None:
    early = LOG[LOG["date"] <= "2024-02-15"]
    pd.testing.assert_frame_equal(ranking.simple_rules(LOG, "2024-02-15"), ranking.simple_rules(early, "2024-02-15"))
    pd.testing.assert_frame_equal(
        ranking.purchase_features(LOG, "2024-02-15"), ranking.purchase_features(early, "2024-02-15")
    )


def test_features_by_hand() -> None:
    one = ranking.purchase_features(LOG, "2024-03-30", windows=(28, 31)).loc[1]
    assert one[["days", "revenue", "mean_value", "largest_value", "first_value"]].tolist() == [2, 35, 17.5, 25, 10]
    assert one[["since_first", "since_last", "mean_gap"]].tolist() == [89, 29, 60]
    assert one[["revenue_28", "days_28", "revenue_31", "days_31"]].tolist() == [0, 0, 25, 1]
    with pytest.raises(ValueError, match="Nobody bought by 2023-12-31"):
        ranking.purchase_features(LOG, "2023-12-31")


def test_revenue_between_counts_the_last_day_and_not_the_first() -> None:
    found = ranking.revenue_between(LOG, "2024-02-01", "2024-03-01", [1, 2, 3, 4])
    assert found.tolist() == [25.0, 0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="must be later than after"):
        ranking.revenue_between(LOG, "2024-02-01", "2024-02-01", [1])


def test_the_machine_looks_at_nothing_after_its_date() -> None:
    log = load_cdnow(sample=True)
    early = log[log["date"] <= "1997-09-30"]
    found = ranking.boosted_values(log, "1997-05-15", "1997-09-30", rounds=20)
    pd.testing.assert_series_equal(found, ranking.boosted_values(early, "1997-05-15", "1997-09-30", rounds=20))
    assert found.attrs["days"] == 138
    assert found.min() > 0
    came = ranking.revenue_between(log, "1997-05-15", "1997-09-30", found.index)
    # Without the classes it sees nearly the same.
    learnt = ranking.booster(rounds=20).fit(ranking.purchase_features(log, "1997-05-15").to_numpy(), came.to_numpy())
    now = learnt.predict(ranking.purchase_features(log, "1997-09-30").to_numpy())
    assert np.corrcoef(np.log(found), np.log(now))[0, 1] > 0.97
    assert found.corr(came) > 0.4


def test_settings_are_judged_on_customers_not_seen() -> None:
    log = load_cdnow(sample=True)
    features = ranking.purchase_features(log, "1997-05-15")
    came = ranking.revenue_between(log, "1997-05-15", "1997-09-30", features.index)
    small = ranking.booster_loss(features, came, folds=3, rounds=30)
    greedy = ranking.booster_loss(features, came, folds=3, rounds=100, leaves=31, learning_rate=0.2, smallest_leaf=10)
    assert 0 < small < greedy


def test_lists_capture_what_the_capture_curve_says() -> None:
    random = np.random.default_rng(1)
    came = random.gamma(0.3, 100, 400)
    guesses = {"good": came * random.gamma(3, 1, 400), "coarse": np.round(came / 60), "none": np.zeros(400)}
    found = ranking.compare_rankings(guesses, came, best=0.2, rounds=200)
    curve = capture_curve(guesses, came).loc[0.2]
    assert found["captured"].tolist() == pytest.approx(curve[list(guesses)].tolist())
    assert found["value"].tolist() == pytest.approx((found["captured"] * came.sum()).tolist())
    assert (found["low"] <= found["captured"]).all()
    assert (found["captured"] <= found["high"]).all()
    assert found.loc["good", ["difference", "difference_low", "difference_high"]].tolist() == [0, 0, 0]
    assert found.loc["none", "difference_high"] < 0
    assert found.attrs == {"customers": 80, "reference": "good", "best": 0.2, "sure": 0.9}


def test_the_interval_of_a_difference_holds_the_true_one() -> None:
    # Of many customers two equally good guesses capture the same.
    random = np.random.default_rng(4)
    inside = 0
    for seed in range(40):
        worth = random.gamma(0.5, 50, 500)
        came, one, two = (worth * random.gamma(2, 0.5, 500) for _ in range(3))
        row = ranking.compare_rankings({"one": one, "two": two}, came, rounds=60, seed=seed).loc["two"]
        inside += row["difference_low"] <= 0 <= row["difference_high"]
    assert inside >= 30


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="reference must be one of a; got 'b'"):
        ranking.compare_rankings({"a": [1.0, 2]}, [1.0, 0], reference="b")
    with pytest.raises(ValueError, match="rankings by name"):
        ranking.compare_rankings([1.0, 2], [1.0, 0])
    with pytest.raises(ValueError, match="same customers"):
        ranking.compare_rankings({"a": [1.0, 2, 3]}, [1.0, 0])


def test_gain_of_a_list_by_hand() -> None:
    table = ranking.list_gains([3.0, 2, 1, 0], [100.0, 0, 300, 0], effect=0.1, margin=0.5, cost=4, points=4)
    assert table.index.tolist() == [0, 1, 2, 3, 4]
    assert table["predicted"].tolist() == pytest.approx([0, 1, -3, 8, 4])
    assert table["perfect foresight"].tolist() == pytest.approx([0, 11, 12, 8, 4])


def test_equity_is_what_we_have_and_what_we_shall_win() -> None:
    assert ranking.customer_equity([10.0, 5]) == 15
    assert ranking.customer_equity([10.0, 5], won=100, value_won=30, acquisition_cost=25) == 515
    assert ranking.customer_equity([10.0, 5], won=100, value_won=20, acquisition_cost=25) == -485
    with pytest.raises(ValueError, match="won must not be negative"):
        ranking.customer_equity([1.0], won=-1)
