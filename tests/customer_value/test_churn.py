"""Churn: features without the future, measures, money, effects by lot, sizes of tests, win-back, levers."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid
from scipy.stats import beta

from customer_value import churn
from customer_value.datasets import load_telco_churn

OFFER = {"value": 100.0, "offer_cost": 20.0, "contact_cost": 1.0, "success": 0.5}
LEFT = [True, False, True, False, False]
RISK = [0.9, 0.8, 0.6, 0.3, 0.1]


def drawn(size: int = 400, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Leavers and risks that are right."""
    random = np.random.default_rng(seed)
    risk = random.beta(1, 3, size)
    return random.random(size) < risk, risk


# Features


def purchases() -> pd.DataFrame:
    days = ["2024-01-05", "2024-03-01", "2024-04-01", "2024-02-01", "2024-05-01"]
    return pd.DataFrame(
        {"customer_id": [1, 1, 1, 2, 2], "date": pd.to_datetime(days), "value": [10.0, 30.0, 99.0, 5.0, 7.0]}
    )


def test_history_ends_the_evening_before() -> None:
    found = churn.history_features(purchases(), [2, 1], "2024-04-01")
    assert found.index.tolist() == [2, 1]
    assert found.loc[1].tolist() == [2, 2, 31, 87, 20]
    assert found.loc[2].tolist() == [1, 1, 60, 60, 5]
    future = purchases().assign(value=lambda log: log["value"].where(log["date"] < "2024-04-01", 1e6))
    pd.testing.assert_frame_equal(found, churn.history_features(future, [2, 1], "2024-04-01"))


def test_who_had_not_bought_yet_has_no_history() -> None:
    with pytest.raises(ValueError, match=r"1 customer\(s\) bought nothing before 2024-02-01, such as 2"):
        churn.history_features(purchases(), [1, 2], "2024-02-01")


def test_bought_between_counts_the_first_day_and_not_the_last() -> None:
    found = churn.bought_between(purchases(), [1, 2, 3], "2024-04-01", "2024-05-01")
    assert found.tolist() == [True, False, False]
    with pytest.raises(ValueError, match="end must be after start"):
        churn.bought_between(purchases(), [1], "2024-04-01", "2024-04-01")


def test_encoded_features_of_the_telephone_company() -> None:
    table = load_telco_churn()
    found = churn.encode_features(table, leave_out=["churn", "total_charges"], logs=["tenure"])
    assert found.shape == (7_043, 30)
    assert "contract: Two year" in found
    assert "contract: Month-to-month" not in found
    # Six columns say "no internet service"; the first level of each is left out, so no two columns are alike.
    assert not found.T.duplicated().any()
    assert found["log tenure"].max() == pytest.approx(np.log(73))
    with pytest.raises(ValueError, match="missing values in total_charges: leave the column out"):
        churn.encode_features(table, leave_out=["churn"])


def test_split_holds_every_row_once() -> None:
    learn, judge = churn.random_split(10, 0.3, seed=4)
    assert sorted([*learn, *judge]) == list(range(10))
    assert len(judge) == 3
    with pytest.raises(ValueError, match="leaves one part empty"):
        churn.random_split(10, 0.01)


# Models


@pytest.mark.parametrize("kind", ["logistic", "boosted"])
def test_models_find_the_risk_that_made_the_data(kind: churn.models.Kind) -> None:
    random = np.random.default_rng(1)
    features = pd.DataFrame(random.normal(size=(4_000, 2)), columns=["matters", "does not"])
    risk = 1 / (1 + np.exp(-(features["matters"] - 1)))
    left = pd.Series(random.random(4_000) < risk, features.index)
    model = churn.fit_churn_model(features.iloc[:3_000], left.iloc[:3_000], kind)
    found = model.probabilities(features.iloc[3_000:])
    assert found.index.equals(features.index[3_000:])
    assert np.abs(found - risk[3_000:]).mean() < 0.05
    assert found.corr(risk[3_000:]) > 0.95


def test_weights_are_log_odds_of_a_standard_deviation() -> None:
    random = np.random.default_rng(2)
    features = pd.DataFrame({"a": random.normal(0, 10, 8_000), "b": random.normal(0, 1, 8_000)})
    left = random.random(8_000) < 1 / (1 + np.exp(-(0.1 * features["a"] - 0.5 * features["b"])))
    found = churn.fit_churn_model(features, left).weights()
    assert found.index.tolist() == ["a", "b"]
    assert found.to_numpy() == pytest.approx([1.0, -0.5], abs=0.1)
    with pytest.raises(ValueError, match="Only a logistic model has weights"):
        churn.fit_churn_model(features[:200], left[:200], "boosted", rounds=2).weights()


def test_weighting_the_leavers_keeps_ranks_and_spoils_probabilities() -> None:
    table = load_telco_churn()
    features = churn.encode_features(table, leave_out=["churn", "total_charges"])
    plain, weighted = (
        churn.fit_churn_model(features, table["churn"], balanced=b).probabilities(features) for b in (False, True)
    )
    assert plain.mean() == pytest.approx(table["churn"].mean(), abs=0.001)
    assert weighted.mean() > 1.4 * plain.mean()
    assert plain.corr(weighted, method="spearman") > 0.99


def test_models_refuse_what_cannot_be_learned_from() -> None:
    features = pd.DataFrame({"a": [1.0, 2.0, np.nan]})
    with pytest.raises(ValueError, match="missing or infinite values, the first in a"):
        churn.fit_churn_model(features, [True, False, True])
    with pytest.raises(ValueError, match="all 3 are alike"):
        churn.fit_churn_model(features.fillna(0), [True] * 3)
    with pytest.raises(ValueError, match=r"outcome must be true or false .* got 2"):
        churn.fit_churn_model(features.fillna(0), [0, 1, 2])
    with pytest.raises(ValueError, match="features has 3 rows and outcome 2"):
        churn.fit_churn_model(features.fillna(0), [True, False])
    with pytest.raises(ValueError, match="kind must be 'logistic' or 'boosted'; got 'forest'"):
        churn.fit_churn_model(features.fillna(0), [True, False, True], "forest")  # type: ignore[arg-type]


# Measures


def test_auc_counts_pairs() -> None:
    found = churn.prediction_measures([1, 0, 1, 0], [0.9, 0.4, 0.4, 0.1])
    # Of the four pairs three are right and one is a tie.
    assert found["auc"] == pytest.approx(3.5 / 4)
    assert found["accuracy"] == 0.75
    assert found["nobody_leaves"] == 0.5
    assert found["log_loss"] == pytest.approx(-np.log([0.9, 0.6, 0.4, 0.9]).mean())


def test_lift_by_hand() -> None:
    found = churn.lift_table(LEFT, RISK, 5)
    assert found["share"].tolist() == [1, 0, 1, 0, 0]
    assert found["lift"].tolist() == [2.5, 0, 2.5, 0, 0]
    assert found["captured"].tolist() == [0.5, 0.5, 1, 1, 1]
    assert churn.lift_table(LEFT, RISK, 1)["lift"].tolist() == [1]
    with pytest.raises(ValueError, match="Nobody left"):
        churn.lift_table([False, False], [0.1, 0.2], 1)


def test_calibration_of_risks_that_are_right() -> None:
    left, risk = drawn(20_000)
    table = churn.calibration_table(left, risk)
    assert table["customers"].sum() == 20_000
    assert table["predicted"].is_monotonic_increasing
    assert (np.abs(table["actual"] - table["predicted"]) < 3.5 * table["se"]).all()
    assert (np.abs(churn.calibration_table(left, risk**0.5)["actual"] - table["predicted"]) < 3.5 * table["se"]).all()


# Money by risk


def test_offer_profit_by_hand() -> None:
    assert churn.offer_profit(0.25, **OFFER) == pytest.approx(0.25 * 0.5 * 80 - 0.75 * 20 - 1)
    assert churn.offer_profit([0, 1], **OFFER) == pytest.approx([-21, 39])


def test_break_even_is_where_profit_is_zero() -> None:
    at = churn.break_even_probability(**OFFER)
    assert at == pytest.approx(21 / 60)
    assert churn.offer_profit(at, **OFFER) == pytest.approx(0, abs=1e-12)
    assert churn.break_even_probability(**(OFFER | {"success": 0.0})) > 1
    assert churn.break_even_probability(value=9, offer_cost=0, contact_cost=1, success=0) == float("inf")


def test_profit_curve_by_hand() -> None:
    found = churn.profit_curve(LEFT, RISK, **OFFER)
    assert found["contacted"].tolist() == [0, 1, 2, 3, 4, 5]
    assert found["leavers"].tolist() == [0, 1, 1, 2, 2, 2]
    assert found["profit"].tolist() == [0, 39, 18, 57, 36, 15]
    assert found["cut"].tolist() == [np.inf, *RISK]


def test_customers_of_equal_risk_are_contacted_together() -> None:
    found = churn.profit_curve(LEFT, [0.9, 0.5, 0.5, 0.5, 0.1], **OFFER)
    assert found["contacted"].tolist() == [0, 1, 4, 5]


def test_best_share_is_the_top_of_the_curve() -> None:
    found = churn.best_share(LEFT, RISK, **OFFER)
    assert (found.contacted, found.share, found.cut, found.profit, found.profit_of_all) == (3, 0.6, 0.6, 57, 15)
    nobody = churn.best_share([False] * 4, [0.1, 0.2, 0.3, 0.4], **OFFER)
    assert (nobody.contacted, nobody.profit) == (0, 0)


def test_with_right_risks_the_best_share_is_where_risk_breaks_even() -> None:
    left, risk = drawn(60_000)
    cut = churn.break_even_probability(**OFFER)
    curve = churn.profit_curve(left, risk, **OFFER)
    at_cut = float(curve.loc[curve["cut"] >= cut, "profit"].iloc[-1])
    assert at_cut > 0.98 * churn.best_share(left, risk, **OFFER).profit
    assert at_cut == pytest.approx(churn.offer_profit(risk[risk >= cut], **OFFER).sum(), rel=0.05)


def test_expected_maximum_profit_is_the_integral() -> None:
    left, risk = drawn()
    terms = {"value": 200.0, "offer_cost": 10.0, "contact_cost": 1.0}
    none, sure = (churn.profit_curve(left, risk, success=g, **terms) for g in (0, 1))
    success = np.linspace(0, 1, 20_001)
    # Each cut's profit is a straight line in the success.
    profit = none["profit"].to_numpy() + np.outer(success, sure["profit"] - none["profit"])
    weight = beta.pdf(success, 6, 14)
    found = churn.expected_maximum_profit(left, risk, **terms)
    assert found.profit == pytest.approx(trapezoid(profit.max(axis=1) * weight, success) / left.size, rel=1e-6)
    share = none["share"].to_numpy()[profit.argmax(axis=1)]
    assert found.share == pytest.approx(trapezoid(share * weight, success), rel=1e-3)


def test_expected_maximum_profit_narrows_to_the_maximum_profit() -> None:
    left, risk = drawn()
    terms = {"value": 200.0, "offer_cost": 10.0, "contact_cost": 1.0}
    found = churn.expected_maximum_profit(left, risk, alpha=3e5, beta=7e5, **terms)
    fixed = churn.best_share(left, risk, success=0.3, **terms)
    assert found.profit == pytest.approx(fixed.profit / left.size, rel=1e-3)
    free = churn.expected_maximum_profit(left, risk, value=100, offer_cost=0, contact_cost=0)
    assert free.profit == pytest.approx(0.3 * 100 * left.mean())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"success": 30}, r"success must be a share .* For 30% write 0.3"),
        ({"value": 10}, "value must be above offer_cost"),
        ({"contact_cost": -1}, "contact_cost must not be negative"),
    ],
)
def test_terms_that_make_no_sense(change: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        churn.profit_curve(LEFT, RISK, **(OFFER | change))


def test_outcomes_and_risks_must_match() -> None:
    with pytest.raises(ValueError, match="outcome has 5 rows and probability 4"):
        churn.profit_curve(LEFT, RISK[:4], **OFFER)
    with pytest.raises(ValueError, match="same index"):
        churn.lift_table(pd.Series(LEFT), pd.Series(RISK, index=range(1, 6)), 2)
    with pytest.raises(ValueError, match="probability must be at least 0 and at most 1"):
        churn.calibration_table(LEFT, [90, 80, 60, 30, 10], 2)


# Effects


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    # Newcombe (1998), table II, method 10.
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 10), 0.6075, 1.0)],
)
def test_interval_of_two_shares_as_published(one, other, low, high) -> None:
    arms = [np.arange(n) < x for x, n in (one, other)]
    found = churn.share_effect(*arms)
    assert found.effect == pytest.approx(one[0] / one[1] - other[0] / other[1])
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_interval_of_two_means_by_hand() -> None:
    found = churn.mean_effect([1.0, 2.0, 3.0], [0.0, 4.0])
    reach = 1.959964 * np.sqrt(1 / 3 + 8 / 2)
    assert (found.with_offer, found.without, found.effect) == (2, 2, 0)
    assert (found.low, found.high) == pytest.approx((-reach, reach), rel=1e-6)


def test_effects_by_group_are_those_of_each_group() -> None:
    random = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "sent": random.random(900) < 0.5,
            "kind": pd.Categorical(random.choice(["b", "a"], 900), ["b", "a"], ordered=True),
            "bought": random.random(900) < 0.3,
            "margin": random.gamma(1, 5, 900),
        }
    )
    found = churn.effects_by_group(table, "bought", "kind")
    assert found.index.tolist() == ["b", "a"]
    inside = table[table["kind"] == "a"]
    one = churn.share_effect(inside.loc[inside["sent"], "bought"], inside.loc[~inside["sent"], "bought"])
    assert found.loc["a", ["effect", "low", "high"]].tolist() == [one.effect, one.low, one.high]
    both = churn.effects_by_group(table, "margin")
    assert both.index.tolist() == ["all"]
    assert both["sent"].iloc[0] + both["held_out"].iloc[0] == 900


def test_an_interval_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(6)
    hits = 0
    for _ in range(400):
        found = churn.share_effect(random.random(120) < 0.25, random.random(80) < 0.1)
        hits += found.low <= 0.15 <= found.high
    assert 0.92 < hits / 400 < 0.985


def test_a_group_in_one_arm_only_has_no_comparison() -> None:
    table = pd.DataFrame({"sent": [True, True, False], "kind": ["a", "a", "b"], "bought": [True, False, True]})
    with pytest.raises(ValueError, match="Group 'a' has nobody to compare: all of its 2 people are in one arm"):
        churn.effects_by_group(table, "bought", "kind")


# Tests by lot


def test_people_per_arm_as_published() -> None:
    # R's power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7.
    assert churn.people_per_arm(0.5, 0.75, power=0.9) == 77
    assert churn.people_per_arm(0.75, 0.5, power=0.9) == 77
    with pytest.raises(ValueError, match=r"must differ; both are 0\.2"):
        churn.people_per_arm(0.2, 0.2)


def test_power_as_published() -> None:
    # R's power.prop.test(n = 50, p1 = .50, p2 = .75): power = 0.740.
    assert churn.power_of_test(50, 0.5, 0.75) == pytest.approx(0.740, abs=5e-4)
    assert churn.power_of_test(500, 0.3, 0.3) == pytest.approx(0.025)
    assert churn.power_of_test(5, 0, 1) == 1


@pytest.mark.parametrize(("base", "lifted"), [(0.11, 0.17), (0.02, 0.01), (0.4, 0.5)])
def test_size_and_power_undo_each_other(base: float, lifted: float) -> None:
    people = churn.people_per_arm(base, lifted, power=0.8)
    assert churn.power_of_test(people, base, lifted) >= 0.8 > churn.power_of_test(people - 1, base, lifted)


def test_people_per_arm_for_means_by_hand() -> None:
    assert churn.people_per_arm_for_means(1.0, 10.0) == np.ceil(2 * (1.959964 + 0.841621) ** 2 * 100)
    assert churn.people_per_arm_for_means(-2.0, 10.0) == pytest.approx(
        churn.people_per_arm_for_means(1.0, 10.0) / 4, abs=1
    )
    with pytest.raises(ValueError, match="effect must not be 0"):
        churn.people_per_arm_for_means(0, 10.0)


# Win-back and levers


def test_win_back_by_hand() -> None:
    assert churn.win_back_gain(0.1, 0.15, value=50, advantage=15, contact_cost=0.5) == pytest.approx(2.5 - 2.25 - 0.5)
    assert churn.win_back_gain(0.2, 0.2, value=50, advantage=10) == pytest.approx(-2)


def test_break_even_return_is_where_the_gain_is_zero() -> None:
    terms = {"value": 50, "advantage": 15, "contact_cost": 0.5}
    needed = churn.break_even_return([0.05, 0.1], **terms)
    assert needed == pytest.approx([3 / 35, 5.5 / 35])
    assert churn.win_back_gain([0.05, 0.1], needed, **terms) == pytest.approx([0, 0], abs=1e-12)
    with pytest.raises(ValueError, match="value must be above advantage"):
        churn.break_even_return(0.1, value=10, advantage=10)


def test_levers_by_hand() -> None:
    customer = churn.CustomerYear(orders=4, basket=10, service=5, retention=0.5, referrals=0.1, referral_value=50)
    # (40 − 5 + 5) · (1 + 0.5/1.25)
    assert customer.value(0.25, years=2) == pytest.approx(40 * 1.4)
    found = churn.lever_values(customer, change=0.1, discount_rate=0.25, years=2)
    assert found["gain"].to_dict() == pytest.approx(
        {
            "more orders": 4 * 1.4,
            "dearer orders": 4 * 1.4,
            "staying": 40 * 0.04,
            "referrals": 0.5 * 1.4,
            "cheaper service": 0.5 * 1.4,
        }
    )
    assert found.loc["staying", ["from", "to"]].tolist() == pytest.approx([0.5, 0.55])
    everybody = churn.CustomerYear(orders=1, basket=1, service=0, retention=1.0)
    assert churn.lever_values(everybody).loc["staying", "gain"] == 0


# Learning is imported when it is asked for


@pytest.mark.processes
def test_counting_needs_no_learning_models() -> None:
    program = "import customer_value.churn, sys; print(sorted({'sklearn', 'scipy', 'matplotlib'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
