"""The sBG model: the published fits, closed forms against 40 digits, limits, recovery, bad input."""

import itertools
import json
import math
import warnings
from pathlib import Path

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_value.datasets import load_retention_survivors
from customer_value.retention import (
    BoundaryWarning,
    InfiniteLifetimeWarning,
    ShiftedBetaGeoModel,
    fit_by_cohort,
    survivors_by_cohort,
    tenures,
)
from customer_value.retention._renewal import Decisions, likelihood

PUBLISHED = [("regular", 0.704, 1.182, -1680.265), ("high_end", 0.668, 3.806, -1611.158)]


def exact_derl(alpha: float, beta: float, d: float, k: int) -> float:
    """Fader & Hardie (2010), equation 6, for contract period k + 1."""
    with mpmath.workdps(40):
        alpha, beta = mpmath.mpf(alpha), mpmath.mpf(beta)
        series = mpmath.hyp2f1(1, beta + k + 1, alpha + beta + k + 1, 1 / (1 + mpmath.mpf(d)))
        return float((beta + k) / (alpha + beta + k) * series)


@pytest.mark.parametrize(("segment", "alpha", "beta", "loglik"), PUBLISHED)
def test_published_fit(segment: str, alpha: float, beta: float, loglik: float) -> None:
    """Fader & Hardie (2007): parameters to three decimals; log-likelihood recomputed in 40 digits below."""
    model = ShiftedBetaGeoModel().fit(load_retention_survivors().loc[:7, segment])
    assert round(model.alpha_, 3) == alpha
    assert round(model.beta_, 3) == beta
    assert model.loglik_ == pytest.approx(loglik, abs=5e-4)
    assert model.boundary_ is None


@pytest.mark.parametrize("segment", ["regular", "high_end"])
def test_projection_of_the_published_holdout(segment: str) -> None:
    """Years 8 to 12 from years 0 to 7: within 2% (regular) and 4.1% (high end) of what happened."""
    survivors = load_retention_survivors()[segment]
    projected = ShiftedBetaGeoModel().fit(survivors.loc[:7]).project(12, survivors[0])["survivors"]
    error = (projected.loc[8:] / survivors.loc[8:] - 1).abs()
    assert error.max() < {"regular": 0.02, "high_end": 0.041}[segment]
    first = {"regular": [220, 204, 191, 180, 170], "high_end": [460, 436, 414, 395, 378]}[segment]
    assert projected.loc[8:].round().tolist() == first


@pytest.mark.parametrize(("segment", "alpha", "beta", "loglik"), PUBLISHED)
def test_likelihood_is_that_of_the_paper_in_forty_digits(segment, alpha, beta, loglik) -> None:
    survivors = load_retention_survivors().loc[:7, segment].tolist()
    model = ShiftedBetaGeoModel().fit(survivors)
    with mpmath.workdps(40):
        a, b = mpmath.mpf(model.alpha_), mpmath.mpf(model.beta_)
        lost = [before - after for before, after in itertools.pairwise(survivors)]
        terms = [n * mpmath.log(mpmath.beta(a + 1, b + t) / mpmath.beta(a, b)) for t, n in enumerate(lost)]
        value = sum(terms) + survivors[-1] * mpmath.log(mpmath.beta(a, b + 7) / mpmath.beta(a, b))
    assert model.loglik_ == pytest.approx(float(value), rel=1e-14)


@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 1.2), (1e-3, 50.0), (300.0, 0.02), (1e6, 1e6)])
def test_gradient_and_hessian_against_forty_digits(alpha: float, beta: float) -> None:
    lost, kept = np.array([369.0, 163, 86, 0, 5]), np.array([631.0, 468, 382, 300, 295])
    _, gradient, hessian = likelihood(alpha, beta, Decisions(lost, kept))

    def value(a: mpmath.mpf, b: mpmath.mpf) -> mpmath.mpf:
        both = zip(lost.tolist(), kept.tolist(), strict=True)
        return sum(
            n * mpmath.log(a / (a + b + j)) + m * mpmath.log((b + j) / (a + b + j)) for j, (n, m) in enumerate(both)
        )

    with mpmath.workdps(60):
        at = (mpmath.mpf(alpha), mpmath.mpf(beta))
        for order in ((1, 0), (0, 1)):
            expected = float(mpmath.diff(value, at, order))
            assert gradient[order.index(1)] == pytest.approx(expected, rel=1e-8, abs=1e-9 * np.abs(gradient).max())
        for order, place in (((2, 0), (0, 0)), ((1, 1), (0, 1)), ((0, 2), (1, 1))):
            expected = float(mpmath.diff(value, at, order))
            assert hessian[place] == pytest.approx(expected, rel=1e-7, abs=1e-9 * np.abs(hessian).max())


def test_standard_errors_are_the_spread_of_repeated_estimates() -> None:
    truth = ShiftedBetaGeoModel.from_params(alpha=0.7, beta=1.2)
    fits = [ShiftedBetaGeoModel().fit_tenures(**truth.simulate(2000, 8, seed)) for seed in range(150)]
    spread = np.std([[fit.alpha_, fit.beta_] for fit in fits], axis=0)
    said = np.mean([list(fit.standard_errors_.values()) for fit in fits], axis=0)
    assert spread == pytest.approx(said, rel=0.2)
    inside = [abs(fit.alpha_ - 0.7) < 1.96 * fit.standard_errors_["alpha"] for fit in fits]
    assert 0.89 <= np.mean(inside) <= 0.99


@settings(max_examples=80, deadline=None)
@given(
    st.floats(-4, 5).map(math.exp),
    st.floats(-4, 5).map(math.exp),
    st.integers(2, 60),
)
def test_survivors_that_follow_the_model_give_its_parameters_back(alpha: float, beta: float, periods: int) -> None:
    truth = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta)
    survivors = truth.project(periods, 1e6)["survivors"]
    found = ShiftedBetaGeoModel().fit(survivors)
    # The likelihood is flat along some directions; what counts is that retention comes back.
    t = np.arange(1, periods + 1)
    assert found.survival(t) == pytest.approx(truth.survival(t), rel=1e-5, abs=1e-12)
    assert found.alpha_ == pytest.approx(alpha, rel=0.05)


def test_true_parameters_from_simulated_customers() -> None:
    truth = ShiftedBetaGeoModel.from_params(alpha=0.668, beta=3.806)
    customers = truth.simulate(200_000, 12, seed=11)
    found = ShiftedBetaGeoModel().fit_tenures(customers["tenure"], customers["lost"])
    for name, value in (("alpha", 0.668), ("beta", 3.806)):
        assert abs(getattr(found, name + "_") - value) < 3 * found.standard_errors_[name]
    assert customers["lost"].mean() == pytest.approx(1 - truth.survival(12), abs=0.004)
    pd.testing.assert_frame_equal(customers, truth.simulate(200_000, 12, seed=11))


def test_individuals_and_their_survivor_table_give_the_same_fit() -> None:
    customers = ShiftedBetaGeoModel.from_params(alpha=0.7, beta=1.2).simulate(5000, 7, seed=2)
    seen = customers["tenure"] - customers["lost"]
    table = [(seen >= t).sum() for t in range(8)]
    one, two = (
        ShiftedBetaGeoModel().fit(table),
        ShiftedBetaGeoModel().fit_tenures(customers["tenure"], customers["lost"]),
    )
    assert (one.alpha_, one.beta_, one.loglik_) == pytest.approx((two.alpha_, two.beta_, two.loglik_), rel=1e-9)


def test_customers_who_joined_at_different_times_are_censored_at_different_tenures() -> None:
    """Leaving the young cohorts' missing years out must not bias: the fit finds the truth from dates alone."""
    random = np.random.default_rng(4)
    truth = ShiftedBetaGeoModel.from_params(alpha=1.5, beta=6.0)
    drawn = truth.simulate(40_000, 400, seed=9)
    start = pd.Timestamp("2015-01-01") + pd.to_timedelta(random.integers(0, 2000, len(drawn)), "D")
    # A contract year ends the day before its anniversary at the latest; nobody else's date is known.
    left = start + pd.to_timedelta(drawn["tenure"].clip(upper=60).to_numpy() * 365.25 - 30, "D").round("D")
    table = tenures(start, left.where(drawn["lost"].to_numpy()), "2021-12-31", unit="year")
    found = ShiftedBetaGeoModel().fit_tenures(table["tenure"], table["lost"])
    assert abs(found.alpha_ - 1.5) < 3 * found.standard_errors_["alpha"]
    assert abs(found.beta_ - 6.0) < 3 * found.standard_errors_["beta"]


def test_published_fit_to_several_cohorts_at_once() -> None:
    """Fader & Hardie (2007), Fitting the sBG model to multi-cohort data: alpha 3.80, beta 15.19."""
    survivors = [10000, 8000, 6480, 5307, 4391]
    table = pd.DataFrame({joined: pd.Series(survivors[: 5 - joined], dtype=float) for joined in range(5)})
    model = ShiftedBetaGeoModel().fit(table)
    assert (round(model.alpha_, 2), round(model.beta_, 2)) == (3.80, 15.19)


def test_customers_seen_only_from_some_tenure_on_do_not_bias() -> None:
    """Records begin after many had joined: whoever left before is unknown, and who is known had stayed that long."""
    random = np.random.default_rng(3)
    drawn = ShiftedBetaGeoModel.from_params(alpha=1.5, beta=4.0).simulate(60_000, 60, seed=12)
    entered = random.integers(0, 8, len(drawn))
    known = drawn["tenure"] > entered
    seen = drawn[known].assign(entered=entered[known], cohort="all")
    right = fit_by_cohort(seen)["all"]
    for name, value in (("alpha", 1.5), ("beta", 4.0)):
        assert abs(getattr(right, name + "_") - value) < 3 * right.standard_errors_[name]
    naive = ShiftedBetaGeoModel().fit_tenures(seen["tenure"], seen["lost"])
    assert naive.retention_rate(1) > right.retention_rate(1) + 0.1


def test_late_entry_counts_only_the_decisions_seen() -> None:
    """Renewals written out, (β+j)/(α+β+j) to stay and α/(α+β+j) to leave; the third customer says nothing."""
    tenure, lost, entered = [3, 3, 5, 1, 2, 1, 1], [False, True, True, False, True, True, True], [1, 2, 5, 0, 0, 0, 0]
    tenure, lost, entered = [*tenure, 1, 30], [*lost, True, False], [*entered, 0, 20]
    model = ShiftedBetaGeoModel().fit_tenures(tenure, lost, entered)
    a, b = model.alpha_, model.beta_
    product = (b + 1) * (b + 2) * a / ((a + b + 1) * (a + b + 2) ** 2)
    product *= b / (a + b) * b * a / ((a + b) * (a + b + 1)) * (a / (a + b)) ** 3
    for j in range(20, 30):
        product *= (b + j) / (a + b + j)
    assert model.loglik_ == pytest.approx(math.log(product), rel=1e-9)


def test_by_cohort_and_pooled() -> None:
    table = load_retention_survivors().loc[:7].astype(float)
    models = fit_by_cohort(table)
    assert {name: round(model.alpha_, 3) for name, model in models.items()} == {"regular": 0.704, "high_end": 0.668}
    rows = pd.concat(
        [models[name].simulate(3000, 8, seed=1).assign(cohort=name) for name in ("regular", "high_end")],
        ignore_index=True,
    )
    assert list(fit_by_cohort(rows)) == ["high_end", "regular"]
    # The same cohort twice, once seen for fewer years: more data, no other answer.
    same = pd.DataFrame({"old": table["regular"], "young": table["regular"].where(table.index <= 3)})
    pooled = ShiftedBetaGeoModel().fit(same)
    young = ShiftedBetaGeoModel().fit(same["young"].dropna())
    assert pooled.loglik_ <= models["regular"].loglik_ + young.loglik_
    assert pooled.standard_errors_["alpha"] < models["regular"].standard_errors_["alpha"]


def test_from_dates_to_cohorts_to_models() -> None:
    drawn = ShiftedBetaGeoModel.from_params(alpha=0.8, beta=2.0).simulate(4000, 60, seed=6)
    start = pd.to_datetime(np.where(np.arange(4000) % 2, "2018-01-01", "2019-01-01"))
    left = [
        s + pd.DateOffset(months=int(t)) if gone else None for s, t, gone in zip(start, *drawn.T.values, strict=True)
    ]
    table = survivors_by_cohort(start, left, "2020-12-31", unit="month", cohort="year")
    assert table.loc[0].tolist() == [2000, 2000]
    assert table.notna().sum().tolist() == [36, 24]
    for model in fit_by_cohort(table).values():
        assert abs(model.alpha_ - 0.8) < 3 * model.standard_errors_["alpha"]


# ---- predictions


def test_interval_of_a_projection_covers_the_truth_about_as_often_as_it_says() -> None:
    truth = ShiftedBetaGeoModel.from_params(alpha=0.7, beta=1.2)
    wanted, covered = 1000 * np.asarray(truth.survival(np.arange(1, 21))), np.zeros(20)
    for seed in range(200):
        fitted = ShiftedBetaGeoModel().fit_tenures(**truth.simulate(1500, 7, seed))
        table = fitted.project(20, 1000, confidence=0.9)
        lower, upper = table["lower"].to_numpy()[1:], table["upper"].to_numpy()[1:]
        covered += (lower <= wanted) & (wanted <= upper)
    assert (np.abs(covered / 200 - 0.9) < 0.07).all()


def test_interval_by_the_delta_method_with_numeric_slopes() -> None:
    survivors = load_retention_survivors()["regular"]
    model = ShiftedBetaGeoModel().fit(survivors.loc[:7])
    table = model.project(12, survivors[0], confidence=0.95)
    assert table.loc[0, ["lower", "upper"]].tolist() == [1000, 1000]
    assert ((table["lower"] <= table["survivors"]) & (table["survivors"] <= table["upper"])).all()
    assert (np.diff((table["upper"] - table["lower"]) / table["survivors"]) > 0).all()

    def bent(alpha: float, beta: float) -> float:
        return math.log(-math.log(ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta).survival(12)))

    a, b, h = model.alpha_, model.beta_, 1e-5
    slope = np.array([bent(a + h, b) - bent(a - h, b), bent(a, b + h) - bent(a, b - h)]) / (2 * h)
    error = 1.959964 * math.sqrt(slope @ model.covariance_ @ slope)
    ends = [1000 * math.exp(-math.exp(bent(a, b) + side * error)) for side in (1, -1)]
    assert table.loc[12, ["lower", "upper"]].tolist() == pytest.approx(ends, rel=1e-6)
    # The holdout lies inside: what happened is within what the data could tell.
    assert survivors.loc[8:12].between(table.loc[8:12, "lower"], table.loc[8:12, "upper"]).all()


def test_residual_lifetime_of_a_whole_customer_base_at_once() -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=0.704, beta=1.182)
    tenure = np.random.default_rng(1).integers(0, 60, 300_000)
    value = model.derl(0.1, tenure)
    assert value.shape == tenure.shape
    assert value[:50].tolist() == [model.derl(0.1, k) for k in tenure[:50]]
    assert model.derl(0.1, pd.Series([3, 5])).tolist() == [model.derl(0.1, 3), model.derl(0.1, 5)]
    assert model.expected_remaining_lifetime(tenure, horizon=3).max() < 3


@pytest.mark.parametrize(
    ("alpha", "beta"),
    [(0.704, 1.182), (1e-8, 2.0), (3.0, 1e-8), (1e8, 3e8), (1e-3, 1e5), (50.0, 50.0), (5e3, 0.5)],
)
def test_survival_and_leaving_against_forty_digits(alpha: float, beta: float) -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta)
    with mpmath.workdps(40):
        a, b = mpmath.mpf(alpha), mpmath.mpf(beta)
        for t in (1, 2, 12, 400):
            survival = float(mpmath.gammaprod([b + t, a + b], [b, a + b + t]))
            assert model.survival(t) == pytest.approx(survival, rel=3e-13, abs=1e-300)
            leaving = float(mpmath.gammaprod([a + 1, b + t - 1, a + b], [a, b, a + b + t]))
            assert model.probability_of_leaving(t) == pytest.approx(leaving, rel=3e-13, abs=1e-300)


def test_curves_fit_together() -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=0.668, beta=3.806)
    table = model.project(500, 1000)
    t = np.arange(1, 501)
    assert table["survivors"][0] == 1000
    assert table["retention"][1:].tolist() == pytest.approx(model.retention_rate(t))
    assert (table["survival"] / table["survival"].shift())[1:].tolist() == pytest.approx(model.retention_rate(t))
    assert model.probability_of_leaving(t).sum() == pytest.approx(1 - model.survival(500))
    assert (np.diff(model.retention_rate(t)) > 0).all()
    assert model.survival(0) == 1


@pytest.mark.parametrize(
    ("alpha", "beta"),
    [
        (0.704, 1.182),
        (0.668, 3.806),
        (1.0, 1.0),
        (1.0 + 1e-9, 2.0),
        (2.0, 0.5),
        (1e-3, 0.01),
        (60.0, 20.0),
        (0.05, 40.0),
    ],
)
@pytest.mark.parametrize("d", [1.0, 0.1, 0.01, 1e-5, 1e-10])
def test_derl_is_the_hypergeometric_of_the_paper(alpha: float, beta: float, d: float) -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta)
    for k in (0, 1, 6, 100):
        expected = exact_derl(alpha, beta, d, k)
        assert model.derl(d, k) == pytest.approx(expected, rel=1e-12)
        assert model.derl(d, k, renewal="after") == pytest.approx(expected / (1 + d), rel=1e-12)
    with mpmath.workdps(40):
        new = mpmath.hyp2f1(1, mpmath.mpf(beta), mpmath.mpf(alpha) + mpmath.mpf(beta), 1 / (1 + mpmath.mpf(d)))
    assert model.discounted_expected_lifetime(d) == pytest.approx(float(new), rel=1e-12)


@pytest.mark.parametrize(("alpha", "beta"), [(1e8, 3e8), (1e6, 1e9), (60.0, 1e9), (0.7, 1e9), (1e-8, 1e-8), (1e9, 0.5)])
def test_derl_far_out_against_quadrature(alpha: float, beta: float) -> None:
    """E[(1 − θ)(1 + d) / (d + θ)] by 30-digit quadrature over the logit, where the series would not end."""
    d = 0.1
    with mpmath.workdps(30):
        a, b = mpmath.mpf(alpha), mpmath.mpf(beta)
        width, centre = mpmath.sqrt(1 / a + 1 / b), mpmath.log(a / b)

        def weight(v):
            u = centre + v
            top = a * mpmath.log1p(mpmath.exp(-centre)) + b * mpmath.log1p(mpmath.exp(centre))
            return mpmath.exp(top - a * mpmath.log1p(mpmath.exp(-u)) - b * mpmath.log1p(mpmath.exp(u)))

        def kept(v):
            odds = mpmath.exp(centre + v)
            return weight(v) * (1 + mpmath.mpf(d)) / (d * (1 + odds) + odds)

        if max(a, b) < 1:
            # Nearly everybody leaves at once or never: θ is 1 or 0 with weights a : b.
            expected = float(b / (a + b) * (1 + mpmath.mpf(d)) / d)
            tolerance = 1e-6
        else:
            ends = [min(100 / a, 0) - min(100 / a + 16 * width, 16 * width if a > 50 else 100 / a + 16 * width)]
            ends += [16 * width if b > 50 else 100 / b + 16 * width]
            points = mpmath.linspace(*ends, 25)
            expected = float(mpmath.quad(kept, points) / mpmath.quad(weight, points))
            tolerance = 1e-12
    model = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta)
    assert model.derl(d, 0) == pytest.approx(expected, rel=tolerance)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 20), st.floats(0.05, 20), st.floats(0.02, 1), st.integers(0, 30))
def test_derl_is_the_discounted_sum_of_survival(alpha: float, beta: float, d: float, k: int) -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta)
    t = np.arange(k, k + 2001)
    survival = model.survival(t)
    total = (survival[1:] / survival[0] * np.exp(-np.arange(2000) * np.log1p(d))).sum()
    assert model.derl(d, k) == pytest.approx(total, rel=1e-9)
    assert model.derl(d, k, horizon=2000) == pytest.approx(total, rel=1e-9)
    assert model.derl(d, k + 1) > model.derl(d, k)
    assert model.derl(d, k) == pytest.approx(
        model.retention_rate(k + 1) * (1 + model.derl(d, k + 1) / (1 + d)), rel=1e-10
    )


def test_derl_by_tenure_and_discount_rate_is_a_table() -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=0.668, beta=3.806)
    table = model.derl(np.array([[0.05], [0.1], [0.15]]), np.arange(6))
    assert table.shape == (3, 6)
    assert table[1, 2] == model.derl(0.1, 2)
    assert (np.diff(table, axis=0) < 0).all()
    assert (np.diff(table, axis=1) > 0).all()


def test_customers_all_alike_have_the_value_of_constant_retention() -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=2e8, beta=8e8)
    assert model.derl(0.1, 0, renewal="after") == pytest.approx(0.8 / (1.1 - 0.8), rel=1e-7)
    assert model.discounted_expected_lifetime(0.1) == pytest.approx(1.1 / 0.3, rel=1e-7)
    assert model.expected_lifetime() == pytest.approx(5, rel=1e-7)


def test_expected_lifetimes() -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=3.0, beta=4.0)
    t = np.arange(200_000)
    survival = model.survival(t)
    assert model.expected_lifetime() == 3.0
    assert survival.sum() == pytest.approx(3.0, abs=1e-8)
    assert model.expected_remaining_lifetime([0, 1, 10]).tolist() == [2.0, 2.5, 7.0]
    assert survival[6:].sum() / survival[5] == pytest.approx(model.expected_remaining_lifetime(5), abs=1e-3)
    assert model.expected_lifetime(horizon=3) == pytest.approx(survival[:3].sum())
    assert model.expected_remaining_lifetime(2, horizon=4) == pytest.approx(survival[3:7].sum() / survival[2])
    assert (model.expected_lifetime(horizon=0), model.expected_remaining_lifetime(2, horizon=0)) == (0, 0)
    assert model.discounted_expected_lifetime(0.1, horizon=2) == pytest.approx(1 + survival[1] / 1.1)
    assert model.discounted_expected_lifetime(0) == 3.0
    assert model.derl(0, 10) == 7.0
    assert model.derl(1e-14, 10) == pytest.approx(7.0, rel=1e-10)


def test_published_segments_have_no_finite_lifetime_and_say_so() -> None:
    model = ShiftedBetaGeoModel.from_params(alpha=0.704, beta=1.182)
    for call in (
        model.expected_lifetime,
        lambda: model.expected_remaining_lifetime(3),
        lambda: model.derl(0.0, 3),
        lambda: model.discounted_expected_lifetime(0.0),
    ):
        with pytest.warns(InfiniteLifetimeWarning, match=r"infinite, because alpha is 0\.704"):
            assert call() == math.inf
    assert model.expected_lifetime(horizon=8) == pytest.approx(model.survival(np.arange(8)).sum())


# ---- limits of fitting


@pytest.mark.parametrize("survivors", [[1000, 800, 640, 512], [1000, 900, 700, 400]])
def test_no_difference_between_customers_is_on_the_boundary(survivors) -> None:
    with pytest.warns(BoundaryWarning, match="no difference between customers; everybody leaves with chance 0.2"):
        model = ShiftedBetaGeoModel().fit(survivors)
    lost, there = survivors[0] - survivors[-1], sum(survivors[:-1])
    assert "on the boundary" in model.boundary_
    assert model.standard_errors_ is None
    assert model.retention_rate([1, 3]) == pytest.approx(1 - lost / there, rel=1e-6)
    geometric = lost * math.log(lost / there) + (there - lost) * math.log(1 - lost / there)
    assert model.loglik_ == pytest.approx(geometric, rel=1e-9)


def test_leavers_at_once_or_never_are_on_the_boundary() -> None:
    with pytest.warns(BoundaryWarning, match=r"all 100 customers who left did so in the first period .* show 10\.0%"):
        model = ShiftedBetaGeoModel().fit([1000, 900, 900, 900])
    assert model.survival([1, 50]) == pytest.approx(0.9, rel=1e-6)
    assert model.loglik_ == pytest.approx(100 * math.log(0.1) + 900 * math.log(0.9), rel=1e-6)


def test_first_decisions_that_nobody_saw_may_put_beta_on_the_boundary() -> None:
    tenure = np.repeat([2, 3, 4, 4], [90, 1, 1, 8])
    lost = np.repeat([True, True, True, False], [90, 1, 1, 8])
    with pytest.warns(BoundaryWarning, match="beta is 0, which says that nobody stays through the first period"):
        model = ShiftedBetaGeoModel().fit_tenures(tenure, lost, np.ones(100))
    assert model.standard_errors_ is None
    data = Decisions(np.array([0.0, 90, 1, 1]), np.array([0.0, 10, 9, 8]))
    grid = np.exp(np.arange(-12, 13, 0.5))
    assert model.loglik_ >= max(likelihood(alpha, beta, data)[0] for alpha in grid for beta in grid)
    with pytest.warns(BoundaryWarning, match="show 100.0% who leave at once"):
        ended = ShiftedBetaGeoModel().fit_tenures([1, 1, 3], [True, True, False], [0, 0, 1])
    assert ended.loglik_ == pytest.approx(0, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=9), st.integers(0, 40))
def test_any_small_cohort_gets_its_maximum_or_a_reason(lost: list[int], stayed: int) -> None:
    """No parameters on a wide grid are more likely than those found, be they inside or on the boundary."""
    survivors = np.concatenate([[0], np.cumsum(lost[::-1])])[::-1] + stayed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BoundaryWarning)
        try:
            model = ShiftedBetaGeoModel().fit(survivors)
        except ValueError as reason:
            gone, there = survivors[0] - survivors[-1], survivors[1:].sum()
            assert gone == 0 or there == 0, reason  # noqa: PT017
            return
    data = Decisions(-np.diff(survivors).astype(float), survivors[1:].astype(float))
    grid = np.exp(np.arange(-12, 13, 1.5))
    best = max(likelihood(alpha, beta, data)[0] for alpha in grid for beta in grid)
    assert model.loglik_ >= best - 1e-6
    if model.boundary_ is None:
        gradient = likelihood(model.alpha_, model.beta_, data)[1]
        assert np.abs(gradient * [model.alpha_, model.beta_]).max() < 1e-4


def test_barely_different_customers_are_found_inside() -> None:
    truth = ShiftedBetaGeoModel.from_params(alpha=2000.0, beta=8000.0)
    found = ShiftedBetaGeoModel().fit(truth.project(10, 1e9)["survivors"])
    assert found.alpha_ == pytest.approx(2000, rel=1e-3)


def test_saved_and_loaded_is_the_same_model(tmp_path: Path) -> None:
    fitted = ShiftedBetaGeoModel().fit(load_retention_survivors().loc[:7, "regular"])
    fitted.save(tmp_path / "model.json")
    again = ShiftedBetaGeoModel.load(tmp_path / "model.json")
    assert (again.alpha_, again.beta_, again.loglik_) == (fitted.alpha_, fitted.beta_, fitted.loglik_)
    assert again.standard_errors_ == fitted.standard_errors_
    assert (again.customers_, again.converged_, again.boundary_) == (1000, True, None)
    pd.testing.assert_frame_equal(again.project(12, confidence=0.9), fitted.project(12, confidence=0.9))
    assert json.loads((tmp_path / "model.json").read_text())["parameters"]["alpha"] == fitted.alpha_
    known = ShiftedBetaGeoModel.from_params(alpha=1, beta=2)
    known.save(tmp_path / "known.json")
    assert ShiftedBetaGeoModel.load(tmp_path / "known.json").standard_errors_ is None
    assert repr(known) == "ShiftedBetaGeoModel(alpha=1, beta=2)"


@pytest.mark.parametrize(
    "content",
    ["[]", "{}", "no json", '{"model": "BetaGeoModel"}', '{"model": "ShiftedBetaGeoModel", "parameters": {}}'],
)
def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"other\.json"):
        ShiftedBetaGeoModel.load(path)


def test_input_stays_unchanged() -> None:
    table = load_retention_survivors().loc[:7].astype(float)
    before = table.copy()
    ShiftedBetaGeoModel().fit(table)
    fit_by_cohort(table)
    pd.testing.assert_frame_equal(table, before)


MODEL = ShiftedBetaGeoModel.from_params(alpha=1, beta=2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ShiftedBetaGeoModel().fit([1000, 1000, 1000]), r"Nobody left in 2 period\(s\)"),
        (lambda: ShiftedBetaGeoModel().fit([1000, 0]), "Everybody left in the first period"),
        (lambda: ShiftedBetaGeoModel().fit([1000, 800]), "needs at least two"),
        (lambda: ShiftedBetaGeoModel().fit([1000, 800, 900]), "rises from 800 to 900 at period 2"),
        (lambda: ShiftedBetaGeoModel().fit([1000, float("nan"), 900]), "missing or infinite"),
        (lambda: ShiftedBetaGeoModel().fit(pd.DataFrame({"a": [10, None, 5]})), "gap in cohort a"),
        (lambda: ShiftedBetaGeoModel().fit(pd.DataFrame({"a": [10, 12]})), "Cohort a: survivors rises"),
        (lambda: ShiftedBetaGeoModel().fit(pd.DataFrame()), "no columns"),
        (lambda: ShiftedBetaGeoModel().fit(pd.DataFrame({"a": [10, None]})), "no cohort that was observed"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([1.5, 2], [True, False]), r"whole periods; 1 value\(s\) are not"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([0, 2], [True, False]), "leaving in the first period is tenure 1"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([-1, 2], [True, False]), "must not be negative"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([1], [True]), "Everybody left in the first period"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([1e9, 1], [False, True]), "goes up to 1,000,000,000 periods"),
        (lambda: fit_by_cohort(pd.DataFrame({"a": [10.0, 10, 10]})), "Cohort a: Nobody left"),
        (lambda: fit_by_cohort(pd.DataFrame()), "no cohorts to fit"),
        (lambda: ShiftedBetaGeoModel.from_params(alpha=0, beta=1), "alpha must be above 0; got 0"),
        (lambda: ShiftedBetaGeoModel.from_params(alpha=1, beta=float("nan")), "beta must be a finite number"),
        (lambda: MODEL.survival(1.5), "periods must be a whole number from 0 to 1,000,000; got 1.5"),
        (lambda: MODEL.survival([1, -1]), "got -1"),
        (lambda: MODEL.retention_rate(0), "from 1 to 1,000,000; got 0"),
        (lambda: MODEL.derl(10, 0), r"discount_rate .* For 10% write 0\.1"),
        (lambda: MODEL.derl(float("nan"), 0), "discount_rate must be finite and at least 0"),
        (lambda: MODEL.derl(0.1, 0.5), "tenure must be a whole number from 0"),
        (lambda: MODEL.derl(0.1, 0, renewal="due"), "renewal must be 'now' .* got 'due'"),
        (lambda: MODEL.project([1, 2]), "periods must be one number; got 2"),
        (lambda: MODEL.project(5, confidence=0.9), "this model has none: its parameters were given"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([1, 2], [1, 1], [0, 3]), "1 customer.* entered after .* position 1"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([1, 2], [1, 1], [0, 0.5]), "entered must be in whole periods"),
        (lambda: ShiftedBetaGeoModel().fit_tenures([1, 2], [1, 1], [0]), "got 2 and 1 values"),
        (lambda: MODEL.simulate(0, 5), "customers must be a whole number of at least 1; got 0"),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_unfitted_model_says_so() -> None:
    assert repr(ShiftedBetaGeoModel()) == "ShiftedBetaGeoModel()"
    with pytest.raises(AttributeError, match=r"no parameters yet: call fit\(data\), or make it with .*alpha=…, beta=…"):
        ShiftedBetaGeoModel().survival(1)
    with pytest.raises(TypeError, match="data must be a data frame; got list"):
        fit_by_cohort([1, 2])
    with pytest.raises(TypeError, match="tenure must be a number or numbers; got 'long'"):
        MODEL.derl(0.1, "long")
