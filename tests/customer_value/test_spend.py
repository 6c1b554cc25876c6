"""The gamma-gamma model: published numbers, difficult places, refusals."""

import json
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value._fitting import BoundaryWarning
from customer_value.btyd import BetaGeoModel
from customer_value.spend import (
    GammaGammaModel,
    InfiniteMeanWarning,
    NearlyConstantSpendWarning,
    PopulationMeanWarning,
    _Likelihood,
)

PUBLISHED = {"p": 6.249572, "q": 3.744225, "gamma": 15.443521}
MODEL = GammaGammaModel.from_params(**PUBLISHED)


def frame(frequency: list[float], monetary_value: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"frequency": frequency, "monetary_value": monetary_value})


def spenders(count: int, p: float, q: float, gamma: float, seed: int = 1) -> pd.DataFrame:
    x = np.random.default_rng(seed).integers(1, 15, count)
    return frame(x, GammaGammaModel.from_params(p=p, q=q, gamma=gamma).simulate(x, seed))


def test_cdnow_as_in_the_note(cdnow: pd.DataFrame) -> None:
    """Fader & Hardie, note 025: 6.25, 3.74, 15.44; mean spend 35.08, highest 299.63; other digits recomputed."""
    repeat = cdnow.loc[cdnow["frequency"] > 0, "monetary_value"]
    assert (round(repeat.mean(), 2), round(repeat.max(), 2)) == (35.08, 299.63)
    model = GammaGammaModel().fit(cdnow)
    assert model.params_ == pytest.approx(PUBLISHED, rel=3e-7)
    assert model.loglik_ == pytest.approx(-4055.917695, abs=1e-6)
    assert (model.customers_, model.converged_, model.boundary_) == (946, True, None)
    assert model.log_likelihood(cdnow) == pytest.approx(model.loglik_, rel=1e-14)


def test_expected_spend_by_hand() -> None:
    data = frame([0, 1, 4], [0, 50, 20])
    with pytest.warns(
        PopulationMeanWarning, match=r"1 of 3 customers have no repeat purchase: .* population mean 35\.17"
    ):
        spend = MODEL.expected_customer_spend(data)
    p, q, gamma = PUBLISHED.values()
    by_hand = [p * gamma / (q - 1), p * (gamma + 50) / (p + q - 1), p * (gamma + 80) / (4 * p + q - 1)]
    assert spend.tolist() == pytest.approx(by_hand, rel=1e-14)
    assert MODEL.expected_new_customer_spend() == pytest.approx(by_hand[0], rel=1e-15)


def test_nobody_is_told_of_the_population_mean_where_it_is_not_used() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MODEL.expected_customer_spend(frame([1, 2], [10, 20]))


def test_money_of_customers_without_a_repeat_purchase_does_not_count() -> None:
    """Some summaries hold the first purchase there, others nothing."""
    some = frame([0, 0, 0, 3, 5], [np.nan, 99, 0, 20, 31])
    with pytest.warns(PopulationMeanWarning):
        spend = MODEL.expected_customer_spend(some)
    assert spend.iloc[:3].tolist() == [MODEL.expected_new_customer_spend()] * 3
    assert MODEL.log_likelihood(some) == MODEL.log_likelihood(some.iloc[3:])


@pytest.mark.parametrize(
    ("parameters", "customer", "loglik", "spend"),
    [
        ((6.25, 3.74, 15.44), (2, 30), -3.847047925622724, 30.93832020997375),
        ((6.25, 3.74, 15.44), (200_000, 30), -3.72325827812993, 30.00001143997492),
        ((6.25, 3.74, 15.44), (3, 1e12), -115.0972181143982, 872498836672.7082),
        # everybody spends the same on average; each customer the same every time
        ((2, 1e9, 1e10), (3, 25), -3.416949446271658, 20.00000005),
        ((1e9, 3, 1e-8), (3, 25), -7.060895200423945, 24.99999998666667),
        ((1e-3, 3, 1e5), (7, 20), -7.997313737674178, 49.89536621823617),
        # a population mean of 4e14, next to which a spend of 20 has no digits
        ((6.25, 1 + 2**-42, 15.5), (3, 20), -5.9563579165833743, 25.166666666666361),
    ],
)
def test_difficult_places(
    parameters: tuple[float, ...], customer: tuple[float, float], loglik: float, spend: float
) -> None:
    """True values from arithmetic with 50 digits."""
    model = GammaGammaModel.from_params(**dict(zip(("p", "q", "gamma"), parameters, strict=True)))
    data = frame([customer[0]], [customer[1]])
    assert model.log_likelihood(data) == pytest.approx(loglik, rel=1e-14, abs=2e-14)
    assert model.expected_customer_spend(data).iloc[0] == pytest.approx(spend, rel=1e-14)


def test_the_more_purchases_the_closer_to_the_customers_own_mean() -> None:
    x = np.array([1, 2, 5, 20, 1_000, 1_000_000])
    spend = MODEL.expected_customer_spend(frame(x, np.full(x.size, 100.0)))
    assert spend.is_monotonic_increasing
    assert MODEL.expected_new_customer_spend() < spend.iloc[0]
    assert spend.iloc[-1] == pytest.approx(100, rel=1e-4)


@pytest.mark.parametrize("q", [0.8, 1.0])
def test_without_a_population_mean_predictions_are_refused(q: float) -> None:
    model = GammaGammaModel.from_params(p=2, q=q, gamma=10)
    with pytest.raises(ValueError, match=f"q is {q:g}: .* infinite"):
        model.expected_new_customer_spend()
    with pytest.raises(ValueError, match=f"q is {q:g}"):
        model.expected_customer_spend(frame([3], [20]))
    data = frame([3], [20]).assign(recency=5.0, T=9.0)
    purchases = BetaGeoModel.from_params(r=1, alpha=1, a=1, b=1)
    with pytest.raises(ValueError, match=f"q is {q:g}"):
        purchases.expected_customer_lifetime_value(data, model, discount_rate=0.01)


def test_a_fitted_tail_without_a_mean_is_said() -> None:
    data = spenders(4_000, 2, 0.7, 20)
    with pytest.warns(InfiniteMeanWarning, match=r"q = 0\.\d+ is not above 1"):
        model = GammaGammaModel().fit(data)
    assert model.q_ == pytest.approx(0.7, abs=3.5 * model.standard_errors_["q"])


def test_derivatives_against_differences() -> None:
    data = spenders(200, 3, 3, 20)
    for point in np.log([[2.0, 4.0, 30.0], [2.0, 40.0, 3000.0], [40.0, 3.0, 1.0]]):
        evaluate, step = _Likelihood(*(data[name].to_numpy(float) for name in data)), 1e-5
        here = evaluate(point)
        for k in range(3):
            ahead, behind = (evaluate(point + sign * step * np.eye(3)[k]) for sign in (1, -1))
            assert (ahead.value - behind.value) / (2 * step) == pytest.approx(here.gradient[k], rel=1e-6, abs=1e-5)
            slope = (ahead.gradient - behind.gradient) / (2 * step)
            assert slope == pytest.approx(here.hessian[k], rel=1e-6, abs=1e-5)


def test_fit_finds_the_parameters_that_made_the_customers() -> None:
    true = {"p": 4.0, "q": 3.0, "gamma": 20.0}
    model = GammaGammaModel().fit(spenders(80_000, **true))
    for name, value in true.items():
        assert abs(model.params_[name] - value) < 3.5 * model.standard_errors_[name]
        assert model.standard_errors_[name] < 0.05 * value


def test_simulated_spend_is_as_predicted() -> None:
    x = np.full(400_000, 3)
    spend = MODEL.simulate(x, seed=2)
    assert spend.mean() == pytest.approx(MODEL.expected_new_customer_spend(), rel=0.01)
    np.testing.assert_array_equal(spend, MODEL.simulate(x, seed=2))
    assert MODEL.simulate([0, 1], seed=2)[0] == 0


@pytest.mark.parametrize("spread", [1e-4, 1e-3, 1e-2])
def test_spend_that_hardly_differs_is_said(spread: float) -> None:
    """Its p and q are huge and mean little, and no other warning need come of it."""
    x = np.random.default_rng(2).integers(1, 9, 300)
    data = frame(x, 35 * (1 + spread * np.random.default_rng(3).standard_normal(300)))
    words = r"hardly differs between the 300 customers .* from 3\d.* to 3\d.* of the mean (35|34\.99)"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BoundaryWarning)
        with pytest.warns(NearlyConstantSpendWarning, match=words):
            model = GammaGammaModel().fit(data)
    np.testing.assert_allclose(model.expected_customer_spend(data), 35, rtol=4 * spread)


def test_simulated_spend_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"q is 0\.001: so small that some spend"):
        GammaGammaModel.from_params(p=2, q=1e-3, gamma=1).simulate(np.ones(1_000), seed=1)


def test_another_currency_scales_gamma_and_nothing_else(cdnow: pd.DataFrame) -> None:
    there = GammaGammaModel().fit(cdnow.assign(monetary_value=cdnow["monetary_value"] * 1e6))
    assert [there.p_, there.q_, there.gamma_ / 1e6] == pytest.approx(list(PUBLISHED.values()), rel=3e-7)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (spenders(2_000, 2, 1e12, 1e13), "all customers seem to spend the same on average"),
        (spenders(2_000, 1e12, 3, 2e-11, seed=5), "each customer seems to spend the same every time"),
    ],
)
def test_a_fit_on_the_boundary(data: pd.DataFrame, words: str) -> None:
    with pytest.warns(BoundaryWarning, match=words):
        model = GammaGammaModel().fit(data)
    assert model.converged_
    assert np.isfinite(model.expected_customer_spend(data)).all()
    assert model.log_likelihood(data) == pytest.approx(model.loglik_, rel=1e-12)


def test_value_of_customers_with_expected_spend(cdnow: pd.DataFrame) -> None:
    purchases = BetaGeoModel().fit(cdnow)
    model = GammaGammaModel().fit(cdnow)
    with pytest.warns(PopulationMeanWarning, match="1411 of 2357"):
        value = purchases.expected_customer_lifetime_value(cdnow, model, discount_rate=0.01)
    with pytest.warns(PopulationMeanWarning):
        same = model.expected_customer_lifetime_value(purchases, cdnow, discount_rate=0.01)
    pd.testing.assert_series_equal(value, same)
    with pytest.warns(PopulationMeanWarning):
        spend = model.expected_customer_spend(cdnow)
    pieces = purchases.expected_customer_lifetime_value(cdnow, 1, discount_rate=0.01) * spend
    np.testing.assert_allclose(value, pieces, rtol=1e-14)


def test_saved_and_loaded(cdnow: pd.DataFrame, tmp_path) -> None:
    model = GammaGammaModel().fit(cdnow)
    model.save(tmp_path / "spend.json")
    again = GammaGammaModel.load(tmp_path / "spend.json")
    assert (again.params_, again.standard_errors_, again.loglik_) == (
        model.params_,
        model.standard_errors_,
        model.loglik_,
    )
    assert json.loads((tmp_path / "spend.json").read_text())["model"] == "GammaGammaModel"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame([1, 2, 3], [10, 0, 20]), r"must be above 0 where .*; 1 row\(s\) .* position 1 \(0\)"),
        (frame([1, 2, 3], [10, 5, -20]), r"1 row\(s\) break this, the first at position 2 \(-20\)"),
        (frame([1, 2, 3], [10, np.nan, 20]), r"missing or infinite for 1 customer\(s\) .* position 1"),
        (frame([1, 2, 3], [10, np.inf, 20]), "missing or infinite for 1"),
        (frame([1, 2.5, 3], [10, 15, 20]), r"frequency must be a whole number .* position 1 \(2\.5\)"),
        (frame([1, -2, 3], [10, 15, 20]), r"frequency must not be negative; 1 row.* position 1 \(-2\)"),
        (frame([1, 2e6, 3], [10, 15, 20]), r"frequency above 1,000,000 cannot be .* position 1 \(2e\+06\)"),
        (frame([1, 2, 3], [35, 35.0003, 35]), r"monetary_value is 35\.0001 for all 3 .* \(from 35\.0 to 35\.0003\)"),
        (frame([1, np.nan, 3], [10, 15, 20]), r"data\['frequency'\] has 1 missing"),
        (frame([1, 2, 3], [35, 35, 35 + 1e-14]), "monetary_value is 35 for all 3 customers"),
        (frame([1, 0, 0], [35, 0, 0]), r"1 customer\(s\) with a repeat purchase of 3"),
        (frame([0, 0], [0, 0]), r"0 customer\(s\) with a repeat purchase of 2"),
        (frame([1, 2], [10, 15]).drop(columns="monetary_value"), "lacks the column"),
        (frame([], []), "data is empty"),
    ],
)
def test_bad_data_are_refused(data: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GammaGammaModel().fit(data)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GammaGammaModel.from_params(p=1, q=-1, gamma=1), "q must be above 0; got -1"),
        (lambda: MODEL.simulate([1.5], 1), "whole numbers"),
        (lambda: MODEL.simulate([-1], 1), "frequency must not be negative"),
        (lambda: MODEL.expected_customer_spend(frame([1], [0])), "must be above 0"),
    ],
)
def test_bad_arguments_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_words_are_not_money() -> None:
    with pytest.raises(TypeError, match=r"data\['monetary_value'\] must be numbers"):
        GammaGammaModel().fit(pd.DataFrame({"frequency": [1, 2], "monetary_value": ["a", "b"]}))
