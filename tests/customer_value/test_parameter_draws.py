"""Covariance of the estimates, and intervals of predictions by drawing parameters."""

import numpy as np
import pandas as pd
import pytest

from customer_value._fitting import BoundaryWarning, NotFittedError
from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.datasets import load_donations
from customer_value.spend import GammaGammaModel


def test_covariance_of_cdnow(cdnow: pd.DataFrame) -> None:
    """The roots of its diagonal are the standard errors; the inverse by differences of the log-likelihood."""
    model = BetaGeoModel().fit(cdnow)
    names = list(model.params_)
    assert (list(model.covariance_.index), list(model.covariance_.columns)) == (names, names)
    assert np.sqrt(np.diag(model.covariance_)).tolist() == list(model.standard_errors_.values())
    values = np.array(list(model.params_.values()))
    step = 2e-3 * values

    def loglik(point: np.ndarray) -> float:
        return BetaGeoModel.from_params(**dict(zip(names, point, strict=True))).log_likelihood(cdnow)

    information = np.empty((4, 4))
    for i, j in np.ndindex(4, 4):
        a, b = step * np.eye(4)[i], step * np.eye(4)[j]
        corners = loglik(values + a + b) - loglik(values + a - b) - loglik(values - a + b) + loglik(values - a - b)
        information[i, j] = -corners / (4 * step[i] * step[j])
    np.testing.assert_allclose(np.linalg.inv(information), model.covariance_, rtol=2e-3)


@pytest.mark.parametrize("kind", [BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel, GammaGammaModel])
def test_draws_spread_as_the_covariance_says(kind: type, cdnow: pd.DataFrame) -> None:
    model = kind().fit(cdnow)
    draws = model.parameter_draws(4_000, seed=3)
    assert {type(draw) for draw in draws} == {kind}
    logs = np.log([list(draw.params_.values()) for draw in draws])
    values = np.array(list(model.params_.values()))
    expected = model.covariance_.to_numpy() / np.outer(values, values)
    size = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(logs.mean(axis=0), np.log(values), atol=0.06 * size.max())
    np.testing.assert_allclose(np.cov(logs.T), expected, atol=0.08 * np.outer(size, size).max())
    again = model.parameter_draws(2, seed=3)
    assert [draw.params_ for draw in model.parameter_draws(2, seed=3)] == [draw.params_ for draw in again]
    assert again[0].params_ != again[1].params_


def test_draws_keep_the_unit_of_time(cdnow: pd.DataFrame) -> None:
    days = cdnow.assign(recency=cdnow["recency"] * 7, T=cdnow["T"] * 7)
    assert BetaGeoModel("day").fit(days).parameter_draws(1, seed=1)[0].time_unit == "day"


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """80% intervals of purchases per new customer: 60 data sets, so 48 of them, give or take 3.1 (one sigma)."""
    true = BetaGeoModel.from_params(r=0.6, alpha=5.0, a=0.9, b=2.2)
    within = 0
    for seed in range(60):
        model = BetaGeoModel().fit(true.simulate(1_500, 52, seed))
        found = [draw.expected_purchases_new_customer(104.0) for draw in model.parameter_draws(80, seed)]
        low, high = np.quantile(found, [0.1, 0.9])
        within += low < true.expected_purchases_new_customer(104.0) < high
    assert 39 <= within <= 57


def test_covariance_is_kept(tmp_path) -> None:
    model = BetaGeoBetaBinomModel().fit(load_donations())
    model.save(tmp_path / "model.json")
    again = BetaGeoBetaBinomModel.load(tmp_path / "model.json")
    pd.testing.assert_frame_equal(again.covariance_, model.covariance_)
    assert [draw.params_ for draw in again.parameter_draws(3, 1)] == [
        draw.params_ for draw in model.parameter_draws(3, 1)
    ]


def test_where_nothing_can_be_drawn_it_says_why(cdnow: pd.DataFrame) -> None:
    given = BetaGeoModel.from_params(r=1, alpha=1, a=1, b=1)
    assert (given.covariance_, given.standard_errors_) == (None, None)
    with pytest.raises(ValueError, match="no covariance to draw from: its parameters were given, not fitted"):
        given.parameter_draws(3, seed=1)
    with pytest.raises(ValueError, match="it is not fitted yet"):
        BetaGeoModel().parameter_draws(3, seed=1)
    with pytest.warns(BoundaryWarning):
        edge = BetaGeoModel().fit(pd.DataFrame({"frequency": [5] * 9, "recency": [9.0] * 9, "T": [10.0] * 9}))
    with pytest.raises(ValueError, match=r"on the boundary: .* Draw customers with replacement"):
        edge.parameter_draws(3, seed=1)
    with pytest.raises(ValueError, match=r"count must be a whole number above 0; got 2\.5"):
        BetaGeoModel().fit(cdnow).parameter_draws(2.5, seed=1)


@pytest.mark.parametrize(
    "kind", [BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel, BetaGeoBetaBinomModel, GammaGammaModel]
)
def test_a_model_without_parameters_is_both_kinds_of_error(kind: type) -> None:
    for error in (NotFittedError, ValueError, AttributeError):
        with pytest.raises(error, match=r"no parameters yet: call fit\(data\), or make it with .*from_params\("):
            _ = kind().params_
