"""Surveys: the delivery gap, weights for who kept silent, use of the scale, and the net promoter score."""

import itertools

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets
from customer_value.experience import (
    answers_needed,
    delivery_gap,
    driver_importance,
    net_promoter_score,
    order_classes,
    orders_between,
    response_weights,
    scale_use,
    score_change,
    scores_of_mean,
    weighted_means,
    within_person,
)

SURVEY = datasets.load_kettleholt("survey")
ANSWERS = SURVEY[SURVEY["responded"]]
MANAGERS = datasets.load_kettleholt("managers_survey")
TOUCHPOINTS = [f"{name}_score" for name in ("store", "web", "delivery", "product", "price", "service", "returns")]
SATISFACTION = datasets.load_customer_satisfaction()


def test_gap_by_hand() -> None:
    customers = pd.DataFrame({"q": [4.0, 6.0, 8.0, np.nan], "yes": [True, False, False, True]})
    managers = pd.DataFrame({"q": [9, 9, 7], "yes": [True, True, False]})
    table = delivery_gap(customers, managers, ["q", "yes"])
    assert list(table.index) == ["q", "yes"]
    assert table.loc["q", ["customers", "managers", "customers_n"]].tolist() == [6, pytest.approx(25 / 3), 3]
    assert table.loc["q", "customers_se"] == pytest.approx(2 / np.sqrt(3))
    assert table.loc["q", "se"] == pytest.approx(np.hypot(2 / np.sqrt(3), np.std([9, 9, 7], ddof=1) / np.sqrt(3)))
    assert table.loc["yes", "gap"] == pytest.approx(2 / 3 - 1 / 2)
    np.testing.assert_allclose(table["high"] - table["gap"], 1.959963984540054 * table["se"])


def test_kettleholts_gap_is_widest_at_returns_delivery_and_service() -> None:
    table = delivery_gap(ANSWERS, MANAGERS, [*TOUCHPOINTS, "superior_experience"])
    assert set(table.index[:3]) == {"returns_score", "delivery_score", "service_score"}
    assert table["low"].iloc[:3].min() > 1
    assert table.loc["superior_experience", "managers"] > 0.65
    assert table.loc["superior_experience", "customers"] < 0.25


def test_standard_error_covers_as_often_as_it_says() -> None:
    """Means of 400 samples of two cells with unequal response, weighted back."""
    draws = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        cell = draws.integers(0, 2, 600)
        value = draws.normal(cell * 2.0, 1.0 + cell)
        asked = pd.DataFrame({"cell": cell, "value": value, "responded": draws.random(600) < np.where(cell, 0.6, 0.2)})
        weights = response_weights(asked, by=["cell"])
        row = weighted_means(asked[asked["responded"]], ["value"], weights).loc["value"]
        hits += abs(row["mean"] - 1.0) < 1.96 * row["se"]
    assert 0.92 <= hits / 400 <= 0.99


def test_weights_stand_for_all_who_were_asked() -> None:
    asked = pd.DataFrame({"responded": [True, False, False, True, True], "cell": list("aaabb")})
    weights = response_weights(asked, by=["cell"])
    assert weights.tolist() == [3.0, 1.0, 1.0]
    assert list(weights.index) == [0, 3, 4]
    assert response_weights(asked).tolist() == pytest.approx([5 / 3] * 3)
    even = weighted_means(pd.DataFrame({"q": [1.0, 2, 6]}, index=[0, 3, 4]), ["q"], response_weights(asked))
    assert even.loc["q"].tolist() == pytest.approx([3, np.std([1, 2, 6], ddof=1) / np.sqrt(3), 3, 3])


def test_weighting_brings_the_orders_of_those_who_answered_to_those_of_all() -> None:
    orders = datasets.load_kettleholt("orders")
    log = datasets.load_kettleholt("transactions")
    year = orders_between(orders, log, "2023-12-03", "2024-12-02")
    asked = SURVEY.assign(orders=SURVEY["customer_id"].map(year).fillna(0))
    asked["class"] = order_classes(asked["orders"])
    weights = response_weights(asked, by=["class"])
    plain, weighted = (
        weighted_means(asked[asked["responded"]], ["orders"], each).loc["orders", "mean"] for each in (None, weights)
    )
    everybody = asked["orders"].mean()
    assert plain - everybody > 0.3
    assert abs(weighted - everybody) < 0.25 * (plain - everybody)
    # What no cell knows stays: those who answered are more content than those who did not, within a class as well.
    truth = datasets.load_kettleholt_truth().customers.set_index("customer_id")["contentment"]
    content = asked.assign(contentment=asked["customer_id"].map(truth))
    weighted_content = weighted_means(content[content["responded"]], ["contentment"], weights).loc[
        "contentment", "mean"
    ]
    assert weighted_content - content["contentment"].mean() > 0.05


def test_surveys_that_do_not_fit_are_refused() -> None:
    asked = pd.DataFrame({"responded": [True, False, False], "cell": ["a", "b", None]})
    with pytest.raises(ValueError, match=r"cell has 1 gap\(s\)"):
        response_weights(asked, by=["cell"])
    with pytest.raises(ValueError, match=r"Nobody answered in the cell \{'cell': 'b'\}"):
        response_weights(asked[:2], by=["cell"])
    with pytest.raises(ValueError, match="Nobody answered: responded is false throughout"):
        response_weights(asked[1:])
    with pytest.raises(ValueError, match="responded must be true or false"):
        response_weights(asked.assign(responded=[1, None, 0]))
    with pytest.raises(ValueError, match=r"q has 1 answer\(s\)"):
        weighted_means(pd.DataFrame({"q": [1.0, np.nan]}), ["q"])
    with pytest.raises(ValueError, match="weights must be a Series with the index"):
        weighted_means(pd.DataFrame({"q": [1.0, 2.0]}), ["q"], pd.Series([1.0]))
    with pytest.raises(ValueError, match="weights must be finite and above 0"):
        weighted_means(pd.DataFrame({"q": [1.0, 2.0]}), ["q"], pd.Series([1.0, np.nan]))
    with pytest.raises(ValueError, match=r"confidence must be one of 0\.8"):
        delivery_gap(ANSWERS, MANAGERS, TOUCHPOINTS, confidence=0.94)


def test_within_person_by_hand() -> None:
    table = pd.DataFrame({"a": [2, 5, 9, np.nan], "b": [4, 5, np.nan, np.nan], "c": [6, 5, 7, 3]})
    found = within_person(table, ["a", "b", "c"])
    assert found.answers.loc[0].tolist() == [-1, 0, 1]
    assert found.answers.loc[1].isna().all()
    assert found.answers.loc[2, ["a", "c"]].tolist() == pytest.approx([np.sqrt(0.5), -np.sqrt(0.5)])
    assert found.flat == 2


def test_flat_answers_of_the_satisfaction_survey_are_counted() -> None:
    """102 respondents gave one answer throughout, as the dataset's card says."""
    assert within_person(SATISFACTION, list(SATISFACTION)).flat == 102


@pytest.fixture(scope="module")
def drawn() -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Answers of 1,500 people to 12 questions by the model itself, with shifts, log spreads and places of questions."""
    draws = np.random.default_rng(11)
    shift, spread = 0.6 * draws.normal(size=1500), 0.35 * draws.normal(size=1500)
    place = np.linspace(-0.6, 0.6, 12)
    line = place + shift[:, None] + np.exp(spread)[:, None] * draws.normal(size=(1500, 12))
    answers = 1 + np.searchsorted(np.quantile(line, [0.02, 0.05, 0.1, 0.17, 0.27, 0.4, 0.55, 0.7, 0.85]), line)
    return pd.DataFrame(answers, columns=[f"q{number}" for number in range(12)]), shift, spread, place


def test_scale_use_is_recovered(drawn) -> None:
    answers, shift, spread, place = drawn
    found = scale_use(answers, list(answers))
    assert np.corrcoef(found.people["shift"], shift)[0, 1] > 0.85
    assert np.corrcoef(np.log(found.people["spread"]), spread)[0, 1] > 0.75
    assert np.corrcoef(found.questions, place)[0, 1] > 0.99
    # Better than the standard deviation of each person's answers, which also grows towards the middle of the scale.
    own = np.log(answers.std(axis=1) + 0.1)
    assert np.corrcoef(np.log(found.people["spread"]), spread)[0, 1] > np.corrcoef(own, spread)[0, 1] + 0.05
    # Shifts are on the line of the pooled answers, whose standard deviation is 1.
    total = np.sqrt(place.var() + 0.6**2 + np.exp(2 * 0.35**2))
    assert found.shift_sd == pytest.approx(0.6 / total, rel=0.1)


def test_correction_takes_out_level_and_spread(drawn) -> None:
    answers, shift, _, _ = drawn
    found = scale_use(answers, list(answers))
    assert found.corrected.mean(axis=1).std() < 0.2 * found.with_level.mean(axis=1).std()
    assert np.corrcoef(found.with_level.mean(axis=1), shift)[0, 1] > 0.85
    raw = np.triu(answers.corr(), 1)[np.triu_indices(12, 1)].mean()
    assert raw > 0.1 > abs(np.triu(found.corrected.corr(), 1)[np.triu_indices(12, 1)].mean())


def test_people_without_answers_or_spread_are_not_believed_too_much() -> None:
    answers = SATISFACTION.astype(float).copy()
    answers.iloc[0] = np.nan
    answers.iloc[1] = 10.0
    found = scale_use(answers, list(answers))
    assert found.people.iloc[0]["shift"] == pytest.approx(0, abs=0.05)
    assert found.people.iloc[0]["answers"] == 0
    assert found.people.iloc[1]["shift"] > 1
    assert 0.5 < found.people.iloc[1]["spread"] < 1.5
    assert found.corrected.iloc[0].isna().all()
    assert np.isfinite(found.corrected.iloc[1:].to_numpy()).all()
    assert found.steps < 500


def test_scale_use_lets_delivery_stand_out_at_kettleholt() -> None:
    """With the level taken out, delivery alone goes with the overall answer; raw correlations all look alike."""
    drivers = ["web_score", "delivery_score", "product_score", "price_score"]
    found = scale_use(ANSWERS, [*TOUCHPOINTS, "overall_score"])
    raw = driver_importance(ANSWERS, "overall_score", drivers)["correlation"]
    corrected = driver_importance(found.corrected, "overall_score", drivers)["correlation"]
    assert raw.min() > 0.35
    assert corrected["delivery_score"] > 0.4 > 0.05 > corrected.drop("delivery_score").max()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"a": [1, 2], "b": [3, 4.5]}, "whole numbers from 1 to 10; got 4.5"),
        ({"a": [1, 2], "b": [3, 11]}, "whole numbers from 1 to 10; got 11"),
        ({"a": [3, 3], "b": [3, 3]}, "All 4 answers are the same"),
    ],
)
def test_answers_off_the_scale_are_refused(answers: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scale_use(pd.DataFrame(answers), ["a", "b"])
    with pytest.raises(ValueError, match="at least two"):
        scale_use(pd.DataFrame(answers), ["a"])


def test_two_point_scales_and_points_that_nobody_chose_are_no_trouble() -> None:
    draws = np.random.default_rng(2)
    two = pd.DataFrame(draws.integers(0, 2, (60, 4)), columns=list("abcd"))
    assert np.isfinite(scale_use(two, list("abcd"), lowest=0, highest=1).corrected.to_numpy()).all()
    sparse = pd.DataFrame(draws.choice([1, 5, 10], (60, 4)), columns=list("abcd"))
    assert np.isfinite(scale_use(sparse, list("abcd")).corrected.to_numpy()).all()


def test_net_promoter_score_by_hand() -> None:
    found = net_promoter_score([10, 9, 8, 7, 6, 0, np.nan])
    assert (found.promoters, found.passives, found.detractors, found.unanswered, found.n) == (2, 2, 2, 1, 6)
    assert found.score == 0
    assert found.se == pytest.approx(100 * np.sqrt(4 / 5) / np.sqrt(6))
    assert found.mean == pytest.approx(40 / 6)
    everyone = net_promoter_score([10] * 5)
    assert (everyone.score, everyone.se, everyone.low, everyone.high) == (100, 0, 100, 100)


def test_standard_error_of_the_score_is_what_repeated_samples_show() -> None:
    draws = np.random.default_rng(5)
    shares = np.array([1, 1, 1, 2, 3, 6, 9, 16, 19, 20, 22]) / 100
    scores = [net_promoter_score(draws.choice(11, 300, p=shares)) for _ in range(600)]
    assert np.std([each.score for each in scores]) == pytest.approx(np.mean([each.se for each in scores]), rel=0.1)


def test_change_and_answers_needed() -> None:
    one, two = net_promoter_score([10, 9, 3] * 100), net_promoter_score([10, 8, 3] * 100)
    change = score_change(one, two)
    assert change.change == pytest.approx(-100 / 3)
    assert change.se == pytest.approx(np.hypot(one.se, two.se))
    need = answers_needed(5, 0.4, 0.2)
    assert need == int(np.ceil(0.56 * (100 * 1.959963984540054 / 5) ** 2))
    assert answers_needed(5, 1.0, 0.0) == 2
    with pytest.raises(ValueError, match="must add to at most 1"):
        answers_needed(5, 0.7, 0.4)


@pytest.mark.parametrize("mean", [0, 0.5, 3, 6, 6.9, 7, 7.6, 8, 8.5, 9, 9.3, 10])
def test_scores_of_a_mean_are_the_extremes(mean: float) -> None:
    """Against all mixtures of up to three answers, which hold every extreme of two conditions and more."""
    found = scores_of_mean(mean)
    points, worth = np.arange(11), np.array([-1] * 7 + [0, 0, 1, 1])
    for shares, score in ((found.low_shares, found.low), (found.high_shares, found.high)):
        assert shares.sum() == pytest.approx(1)
        assert shares @ points == pytest.approx(mean)
        assert 100 * (shares @ worth) == pytest.approx(score)
    for three in itertools.combinations(range(11), 3):
        for third in (0.0, 0.2, 0.5):
            (low, high), rest = three[:2], mean - third * three[2]
            upper = (rest - (1 - third) * low) / (high - low)
            if 0 <= upper <= 1 - third:
                score = 100 * float(np.array([1 - third - upper, upper, third]) @ worth[list(three)])
                assert found.low - 1e-9 <= score <= found.high + 1e-9


def test_answers_that_no_score_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="whole numbers from 0 to 10; got 11"):
        net_promoter_score([3, 11])
    with pytest.raises(ValueError, match=r"got 7\.5"):
        net_promoter_score([3, 7.5])
    with pytest.raises(ValueError, match=r"1 answer\(s\)"):
        net_promoter_score([3, np.nan])
    with pytest.raises(ValueError, match="mean must be from 0 to 10"):
        scores_of_mean(10.1)
