"""BG/NBD and MBG/NBD: the published numbers, the places where formulas break, fits, present values."""

import json
import warnings
from collections.abc import Callable

import mpmath
import numpy as np
import pandas as pd
import pytest

from customer_value._fitting import BoundaryWarning, ConvergenceWarning
from customer_value.btyd import BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.btyd._beta_geometric import beta_nodes
from customer_value.btyd._customers import customers, grouped
from customer_value.btyd.beta_geo import _Likelihood
from customer_value.datasets import load_cdnow
from customer_value.transactions import rfm_summary

BOTH = pytest.mark.parametrize("kind", [BetaGeoModel, ModifiedBetaGeoModel])
MONTH = 365.25 / 12 / 7
CDNOW = {"r": 0.2425945, "alpha": 4.413602, "a": 0.792922, "b": 2.425907}


def one(x: float, recency: float, T: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "recency": [recency], "T": [T]})


def people(count: int, seed: int = 1, **parameters: float) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return BetaGeoModel.from_params(**(CDNOW | parameters)).simulate(count, random.uniform(5, 60, count), seed)


# --- published


def test_bg_nbd_on_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader, Hardie & Lee (2005), table 2: .243, 4.414, .793, 2.426, LL -9582.4; more digits recomputed."""
    assert (len(cdnow), (cdnow["frequency"] > 0).sum(), cdnow["frequency"].sum()) == (2357, 946, 2457)
    model = BetaGeoModel().fit(cdnow)
    assert model.params_ == pytest.approx(CDNOW, rel=3e-7)
    assert model.loglik_ == pytest.approx(-9582.42921, abs=5e-6)
    errors = {"r": 0.01256, "alpha": 0.37822, "a": 0.18573, "b": 0.70541}
    assert model.standard_errors_ == pytest.approx(errors, abs=5.1e-6)
    assert (model.converged_, model.boundary_, model.customers_) == (True, None, 2357)
    assert [round(value, 3) for value in model.params_.values()] == [0.243, 4.414, 0.793, 2.426]


def test_mbg_nbd_on_cdnow(cdnow: pd.DataFrame) -> None:
    """Batislam, Denizel & Filiztekin (2007); digits as from BTYDplus."""
    model = ModifiedBetaGeoModel().fit(cdnow)
    expected = {"r": 0.524843, "alpha": 6.183086, "a": 0.891359, "b": 1.614002}
    assert model.params_ == pytest.approx(expected, abs=1e-6)
    assert model.loglik_ == pytest.approx(-9582.13572, abs=5e-6)


def test_conditional_expectation_of_the_paper() -> None:
    """Fader, Hardie & Lee (2005): customer 0001 buys 1.226 times in weeks 39 to 78."""
    model = BetaGeoModel.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert model.expected_purchases(one(2, 30.43, 38.86), 39).iloc[0] == pytest.approx(1.226, abs=5e-4)


@BOTH
def test_fit_of_a_sample_explains_its_holdout(kind: type[BetaGeoModel], cdnow: pd.DataFrame) -> None:
    """Repeat purchase days up to week 78, over half of them after the fit: too few are forecast, as in the paper."""
    there = rfm_summary(load_cdnow(sample=True), "1998-06-30")["frequency"].sum()
    assert there == 2457 + 1882
    expected = cdnow["frequency"].sum() + kind().fit(cdnow).expected_purchases(cdnow, 39).sum()
    assert 0.92 * there < expected < there


# --- where formulas break; true values from arithmetic with 60 digits


@pytest.mark.parametrize(
    ("kind", "parameters", "customer", "t", "purchases", "alive", "loglik"),
    [
        # no repeat purchase, and a + b below or at 1
        (BetaGeoModel, (0.25, 4, 0.3, 0.4), (0, 0, 30), 52, 0.2944758617989908, 1.0, -0.5350165408740677),
        (BetaGeoModel, (0.25, 4, 0.25, 0.75), (0, 0, 30), 52, 0.3260996399385272, 1.0, -0.5350165408740677),
        (
            ModifiedBetaGeoModel,
            (0.25, 4, 0.3, 0.4),
            (0, 0, 30),
            52,
            0.1485154550151159,
            0.4384796856476128,
            -0.2701905336511022,
        ),
        # at a = 1 and beside it
        (BetaGeoModel, (0.25, 4, 1, 2.5), (2, 20, 30), 52, 1.52315716260487, 0.6151643023079912, -8.852809176182543),
        (BetaGeoModel, (0.25, 4, 1, 2.5), (0, 0, 30), 52, 0.3106311566690858, 1.0, -0.5350165408740677),
        (
            BetaGeoModel,
            (0.25, 4, 1 + 2**-40, 2.5),
            (2, 20, 30),
            52,
            1.523157162603977,
            0.6151643023077759,
            -8.852809176182655,
        ),
        (BetaGeoModel, (0.25, 4, 1 - 1e-9, 2.5), (0, 0, 30), 52, 0.310631156713384, 1.0, -0.5350165408740677),
        (
            ModifiedBetaGeoModel,
            (0.25, 4, 1, 2.5),
            (2, 20, 30),
            52,
            1.736459965285126,
            0.672692305100283,
            -9.14287850743216,
        ),
        # very many purchases
        (
            BetaGeoModel,
            (0.25, 4, 0.8, 2.5),
            (2000, 360, 365),
            365,
            5.195414572165767e-6,
            3.522243207508592e-9,
            1390.896092703499,
        ),
        (
            BetaGeoModel,
            (0.25, 4, 0.8, 2.5),
            (100_000, 364.9, 365),
            365,
            0.0156103619285111,
            2.117355503048163e-7,
            460215.3636358183,
        ),
        # so long away that P(alive) is 6e-383, below the smallest number there is
        (BetaGeoModel, (0.25, 4, 0.8, 2.5), (700, 100, 365), 52, 0.0, 0.0, 620.5436608231526),
        # nobody leaves; everybody buys at nearly the same rate
        (
            BetaGeoModel,
            (0.25, 4, 1e-10, 1e8),
            (40, 30, 38),
            52,
            49.83333333333309,
            0.9999999999999951,
            -43.83101953271904,
        ),
        (
            BetaGeoModel,
            (900, 1800, 0.8, 2.5),
            (10, 30, 38),
            52,
            3.375237179615325,
            0.2134957237642725,
            -25.6604645043449,
        ),
        (
            BetaGeoModel,
            (1e9, 2e9, 0.8, 2.5),
            (10, 30, 38),
            52,
            3.317389027567439,
            0.2084144382517755,
            -25.6750645301475,
        ),
    ],
)
def test_difficult_places(
    kind: type[BetaGeoModel],
    parameters: tuple[float, ...],
    customer: tuple[float, ...],
    t: float,
    purchases: float,
    alive: float,
    loglik: float,
) -> None:
    r, alpha, a, b = parameters
    model, data = kind.from_params(r=r, alpha=alpha, a=a, b=b), one(*customer)
    assert model.expected_purchases(data, t).iloc[0] == pytest.approx(purchases, rel=1e-13, abs=0)
    assert model.expected_probability_alive(data).iloc[0] == pytest.approx(alive, rel=1e-13, abs=0)
    assert model.log_likelihood(data) == pytest.approx(loglik, rel=3e-14, abs=3e-14)


@pytest.mark.parametrize(
    ("parameters", "t", "purchases"),
    [
        # nearly everybody leaves at once; a few hardly ever, and they are what counts
        ((760258, 0.125, 0.1, 3.75e-7), 62, 208.45609977594425),
        ((369.5, 3.5e-7, 1, 4.25e-7), 0.075, 1.0000079743079036),
        # nearly nobody leaves
        ((19214, 0.8125, 2.875e-7, 1), 61, 1442522.2937231654),
    ],
)
def test_dropout_at_its_extremes(parameters: tuple[float, ...], t: float, purchases: float) -> None:
    model = BetaGeoModel.from_params(**dict(zip(CDNOW, parameters, strict=True)))
    assert model.expected_purchases_new_customer(t) == pytest.approx(purchases, rel=1e-13, abs=0)


@pytest.mark.parametrize(("a", "b"), [(1e-8, 200.0), (1e-8, 1.0), (0.1, 3.8e-7), (1.0, 4e-7), (3e3, 1e-6), (5e4, 2e4)])
def test_mean_of_the_dropout_quadrature(a: float, b: float) -> None:
    share, weight = beta_nodes(a, b, reach=1e6)
    assert share @ weight == pytest.approx(a / (a + b), rel=1e-13)


def test_likelihood_of_equal_buyers_who_leave_at_once() -> None:
    """log(b/(a + b)·(1 + T/alpha)^(−r) + a/(a + b)), where the first of the two is 10^(−9,691,001)."""
    model = ModifiedBetaGeoModel.from_params(r=1e8, alpha=0.5, a=87.25, b=1)
    assert model.log_likelihood(one(0, 0, 0.125)) == pytest.approx(-0.011396134730869604, rel=1e-13)


@pytest.mark.parametrize(
    ("kind", "parameters", "n", "share"),
    [
        (BetaGeoModel, (0.25, 4, 1e8, 3e8), 2, 0.10039939297176974),
        (ModifiedBetaGeoModel, (1e8, 4e8, 0.75, 2.5), 5, 0.054276950727693655),
    ],
)
def test_shares_where_customers_are_alike(
    kind: type[BetaGeoModel], parameters: tuple[float, ...], n: int, share: float
) -> None:
    """True values from sums of products with 400 digits; 39 weeks."""
    model = kind.from_params(**dict(zip(CDNOW, parameters, strict=True)))
    assert model.expected_probability_of_purchases_new_customer(n, 39) == pytest.approx(share, rel=1e-9)


@BOTH
def test_when_all_leave_with_the_same_probability(kind: type[BetaGeoModel]) -> None:
    """With a and b large the dropout probability is p for everyone: E = (1 − (1 + pz)^(−r)) / p."""
    p, r, alpha = 0.2, 0.7, 3.0
    model = kind.from_params(r=r, alpha=alpha, a=p * 1e13, b=(1 - p) * 1e13)
    t = np.array([0.0, 1e-6, 1.0, 100.0, 1e6])
    stays = 1 - p if kind is ModifiedBetaGeoModel else 1
    exact = stays * -np.expm1(-r * np.log1p(p * t / alpha)) / p
    assert model.expected_purchases_new_customer(t) == pytest.approx(exact, rel=1e-11, abs=0)


def test_when_nobody_leaves_it_is_the_nbd() -> None:
    model = BetaGeoModel.from_params(r=0.7, alpha=3, a=1e-12, b=5e3)
    data = one(12, 20, 25)
    for t in (1e-9, 1.0, 52.0):
        assert model.expected_purchases(data, t).iloc[0] == pytest.approx(12.7 / 28 * t, rel=1e-11, abs=0)
        assert model.expected_purchases_new_customer(t) == pytest.approx(0.7 / 3 * t, rel=1e-11, abs=0)


@BOTH
def test_in_the_very_long_run(kind: type[BetaGeoModel]) -> None:
    """For a > 1 the purchases of all time have a mean: (a + b − 1)/(a − 1), from the first chance to leave on."""
    model = kind.from_params(r=2.0, alpha=4, a=1.8, b=2.5)
    exact = 2.5 / 0.8 if kind is ModifiedBetaGeoModel else 3.3 / 0.8
    assert model.expected_purchases_new_customer(1e22) == pytest.approx(exact, rel=1e-12)


def test_in_a_very_short_time_it_is_the_rate() -> None:
    model = BetaGeoModel.from_params(**CDNOW)
    data = one(2, 30.43, 38.86)
    alive = model.expected_probability_alive(data).iloc[0]
    rate = alive * (CDNOW["r"] + 2) / (CDNOW["alpha"] + 38.86)
    assert model.expected_purchases(data, 1e-12).iloc[0] == pytest.approx(rate * 1e-12, rel=1e-11, abs=0)
    assert model.expected_purchases(data, 0).iloc[0] == 0


def test_who_never_came_back_is_alive_only_in_bg_nbd() -> None:
    data = one(0, 0, 200)
    assert BetaGeoModel.from_params(**CDNOW).expected_probability_alive(data).iloc[0] == 1
    modified = ModifiedBetaGeoModel.from_params(**CDNOW)
    assert modified.expected_probability_alive(data).iloc[0] < 0.6
    won_today = modified.expected_probability_alive(one(0, 0, 0)).iloc[0]
    assert won_today == pytest.approx(CDNOW["b"] / (CDNOW["a"] + CDNOW["b"]))


@pytest.mark.parametrize("most", [200.0, 690.0, 720.0, 2000.0])
@BOTH
def test_certainly_there_to_certainly_gone(kind: type[BetaGeoModel], most: float) -> None:
    """P(alive) has all its digits from 1 down to the smallest numbers there are, for whole crowds of customers."""
    r, alpha, a, b = 0.5, 3.0, 1e-9, 40.0
    # The log odds grow by (r + x)·log((alpha + T)/(alpha + recency)): recency is chosen so that they reach ``most``.
    wanted = np.tile(np.linspace(0.0, most, 41), 300)
    x = np.full(wanted.size, 600)
    recency = (alpha + 500.0) * np.exp(-wanted / (r + x)) - alpha
    data = pd.DataFrame({"frequency": x, "recency": recency, "T": 500.0})
    data.iloc[::2, :2] = 0
    found = kind.from_params(r=r, alpha=alpha, a=a, b=b).expected_probability_alive(data).to_numpy()
    first = int(kind is ModifiedBetaGeoModel)
    with mpmath.workdps(40):
        for number in range(82):
            frequency, recent, T = (mpmath.mpf(value) for value in data.iloc[number])
            if frequency == 0 and not first:
                assert found[number] == 1
                continue
            odds = a / (mpmath.mpf(b) + frequency + first - 1) * ((alpha + T) / (alpha + recent)) ** (r + frequency)
            expected = float(1 / (1 + odds))
            # The power multiplies what rounding did to its base; numbers below 1e-307 have fewer digits or none.
            assert found[number] == pytest.approx(expected, rel=4e-13, abs=1e-307)
    assert found.reshape(-1, 82).tolist() == [found[:82].tolist()] * 150


@BOTH
def test_a_customer_just_won_is_a_new_customer(kind: type[BetaGeoModel]) -> None:
    model = kind.from_params(**CDNOW)
    for t in (1, 52, 5_000):
        known = model.expected_purchases(one(0, 0, 0), t).iloc[0]
        assert model.expected_purchases_new_customer(t) == pytest.approx(known, rel=1e-13)


# --- probabilities


@BOTH
def test_shares_of_new_customers_add_up(kind: type[BetaGeoModel]) -> None:
    model = kind.from_params(r=1.5, alpha=6, a=0.8, b=2.5)
    shares = [model.expected_probability_of_purchases_new_customer(n, 30) for n in range(400)]
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    mean = sum(n * share for n, share in enumerate(shares))
    assert mean == pytest.approx(model.expected_purchases_new_customer(30), rel=1e-10)


@BOTH
def test_shares_of_known_customers_add_up(kind: type[BetaGeoModel]) -> None:
    model = kind.from_params(**CDNOW)
    data = pd.DataFrame({"frequency": [0, 2, 9], "recency": [0, 30.43, 12], "T": [38.86, 38.86, 38.86]})
    shares = pd.concat([model.expected_probability_of_purchases(data, n, 39) for n in range(300)], axis=1)
    assert shares.sum(axis=1).tolist() == pytest.approx([1, 1, 1], abs=1e-12)
    mean = shares.to_numpy() @ np.arange(300)
    assert mean == pytest.approx(model.expected_purchases(data, 39).to_numpy(), rel=1e-10)


def test_share_without_a_purchase_is_as_the_likelihood_says() -> None:
    """log P(X(t) = 0) is the log-likelihood of a customer with x = 0 and T = t."""
    for kind in (BetaGeoModel, ModifiedBetaGeoModel):
        model = kind.from_params(**CDNOW)
        share = model.expected_probability_of_purchases_new_customer(0, 39)
        assert np.log(share) == pytest.approx(model.log_likelihood(one(0, 0, 39)), rel=1e-13)


# --- the fit


@BOTH
def test_derivatives_against_differences(kind: type[BetaGeoModel]) -> None:
    rows = grouped(customers(people(300)))
    evaluate, point, step = _Likelihood(rows, kind._first), np.log([0.4, 5.0, 0.6, 1.9]), 1e-5
    here = evaluate(point)
    for k in range(4):
        ahead, behind = (evaluate(point + sign * step * np.eye(4)[k]) for sign in (1, -1))
        assert (ahead.value - behind.value) / (2 * step) == pytest.approx(here.gradient[k], rel=1e-6, abs=1e-5)
        slope = (ahead.gradient - behind.gradient) / (2 * step)
        assert slope == pytest.approx(here.hessian[k], rel=1e-6, abs=1e-5)


@BOTH
def test_fit_finds_the_parameters_that_made_the_customers(kind: type[BetaGeoModel]) -> None:
    true = {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.2}
    made = kind.from_params(**true).simulate(90_000, 52, seed=4)
    model = kind().fit(made)
    for name, value in true.items():
        error = model.standard_errors_[name]
        assert abs(model.params_[name] - value) < 3.5 * error
        assert error < 0.06 * value


@BOTH
def test_simulated_customers_are_as_predicted(kind: type[BetaGeoModel]) -> None:
    model = kind.from_params(r=1.2, alpha=4, a=0.9, b=2.4)
    made = model.simulate(200_000, 30, seed=11)
    assert made["frequency"].mean() == pytest.approx(model.expected_purchases_new_customer(30), rel=0.012)
    for n in range(4):
        share = model.expected_probability_of_purchases_new_customer(n, 30)
        assert (made["frequency"] == n).mean() == pytest.approx(share, abs=0.004)
    believed = model.expected_probability_alive(made)
    assert believed.mean() == pytest.approx(made["alive"].mean(), abs=0.004)
    likely = believed > 0.8
    assert believed[likely].mean() == pytest.approx(made.loc[likely, "alive"].mean(), abs=0.006)
    again = model.simulate(200_000, 30, seed=11)
    pd.testing.assert_frame_equal(made, again)


def test_the_unit_of_time_changes_alpha_and_the_likelihood_only(cdnow: pd.DataFrame) -> None:
    weeks = BetaGeoModel().fit(cdnow)
    in_days = cdnow.assign(recency=cdnow["recency"] * 7, T=cdnow["T"] * 7)
    days = BetaGeoModel(time_unit="day").fit(in_days)
    assert [days.r_, days.a_, days.b_] == pytest.approx([weeks.r_, weeks.a_, weeks.b_], rel=1e-7)
    assert days.alpha_ == pytest.approx(7 * weeks.alpha_, rel=1e-7)
    assert days.loglik_ == pytest.approx(weeks.loglik_ - 2457 * np.log(7), abs=1e-6)
    value = days.expected_customer_lifetime_value(in_days, 10, discount_rate=0.01)
    same = weeks.expected_customer_lifetime_value(cdnow, 10, discount_rate=0.01)
    np.testing.assert_allclose(value, same, rtol=1e-6)


@BOTH
def test_merging_equal_rows_changes_nothing(kind: type[BetaGeoModel], cdnow: pd.DataFrame) -> None:
    once, thrice = kind().fit(cdnow), kind().fit(pd.concat([cdnow] * 3, ignore_index=True))
    assert len(grouped(customers(pd.concat([cdnow] * 3))).weight) < len(cdnow)
    assert thrice.params_ == pytest.approx(once.params_, rel=1e-8)
    assert thrice.loglik_ == pytest.approx(3 * once.loglik_, rel=1e-12)
    for name, error in once.standard_errors_.items():
        assert thrice.standard_errors_[name] == pytest.approx(error / np.sqrt(3), rel=1e-6)


def test_starting_from_part_of_the_customers_ends_at_the_same_place() -> None:
    data = people(70_000)
    model = BetaGeoModel().fit(data)
    around = [
        BetaGeoModel.from_params(**(model.params_ | {name: value * (1 + change)})).log_likelihood(data)
        for name, value in model.params_.items()
        for change in (-1e-3, 1e-3)
    ]
    assert model.loglik_ == pytest.approx(model.log_likelihood(data), rel=1e-12)
    assert model.loglik_ > max(around)


def test_heavy_buyers_who_never_leave_are_on_the_boundary() -> None:
    random = np.random.default_rng(3)
    T = random.uniform(20, 50, 1_000)
    x = random.poisson(random.gamma(5, 1, 1_000) * T) + 1
    data = pd.DataFrame({"frequency": x, "recency": T * random.beta(x, 1), "T": T})
    with pytest.warns(BoundaryWarning, match=r"nobody seems to leave .* log-likelihood \d+\.\d+"):
        model = BetaGeoModel().fit(data)
    # The limit is the NBD of purchase times, whose likelihood has two parameters.
    assert model.converged_
    assert model.loglik_ == pytest.approx(
        BetaGeoModel.from_params(r=model.r_, alpha=model.alpha_, a=1e-14, b=1e3).log_likelihood(data), rel=1e-11
    )
    assert np.isnan([model.standard_errors_["a"], model.standard_errors_["b"]]).all()
    assert 0 < model.standard_errors_["r"] < 1
    expected = (model.r_ + x) / (model.alpha_ + T) * 52
    np.testing.assert_allclose(model.expected_purchases(data, 52), expected, rtol=1e-8)


def test_everyone_alike_is_on_the_boundary() -> None:
    data = pd.DataFrame({"frequency": [5] * 50, "recency": [9.0] * 50, "T": [10.0] * 50})
    with pytest.warns(BoundaryWarning, match="on the boundary"):
        model = BetaGeoModel().fit(data)
    # A Poisson process of rate 0.5: 5·log 0.5 − 0.5·10 for each customer.
    assert model.loglik_ == pytest.approx(50 * (5 * np.log(0.5) - 5), rel=1e-9)
    assert model.expected_purchases(data, 10).tolist() == pytest.approx([5] * 50, rel=1e-6)


def test_a_search_that_does_not_end_is_said(cdnow: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    from customer_value.btyd import beta_geo

    search = beta_geo.maximise
    monkeypatch.setattr(beta_geo, "maximise", lambda *given, **more: search(*given, **(more | {"limit": 3})))
    with pytest.warns(ConvergenceWarning, match="did not converge in 3 evaluations"):
        model = BetaGeoModel().fit(cdnow)
    assert model.converged_ is False


# --- many customers at once


@BOTH
def test_many_customers_get_what_each_gets_alone(kind: type[BetaGeoModel]) -> None:
    """Thousands of rows are interpolated, a few are computed one by one."""
    data = people(6_000, r=1.5, alpha=3)
    model = kind.from_params(**(CDNOW | {"r": 1.5, "alpha": 3}))
    few = data.iloc[::97]
    for compute in (
        lambda frame: model.expected_purchases(frame, 52),
        lambda frame: model.expected_customer_lifetime_value(frame, 10, discount_rate=0.01),
        lambda frame: model.discounted_expected_residual_transactions(frame, discount_rate=0.1),
    ):
        alone = pd.concat([compute(few.iloc[[row]]) for row in range(len(few))])
        np.testing.assert_allclose(compute(data).loc[few.index], alone, rtol=2e-12)


def test_many_customers_known_for_very_different_times() -> None:
    """From minutes to centuries: the interpolation keeps its digits at both ends."""
    random = np.random.default_rng(4)
    T = 10 ** random.uniform(-3, 4, 20_000)
    x = random.poisson(random.gamma(0.3, 4, T.size))
    data = pd.DataFrame({"frequency": x, "recency": np.where(x > 0, T * random.beta(np.maximum(x, 1), 1), 0), "T": T})
    few = data.iloc[[int(T.argmin()), int(T.argmax()), *range(0, 20_000, 2_999)]]
    for model in (
        BetaGeoModel.from_params(r=0.233, alpha=0.0518, a=2.69, b=9.99),
        BetaGeoModel.from_params(r=1.82, alpha=0.115, a=0.206, b=0.142),
        ParetoNBDModel.from_params(r=0.5, alpha=3, s=30, beta=0.05),
    ):
        for compute in (
            lambda frame, model=model: model.expected_customer_lifetime_value(
                frame, 1, discount_rate=0.2, periods=365, step="day"
            ),
            lambda frame, model=model: model.discounted_expected_residual_transactions(frame, discount_rate=0.1),
        ):
            alone = pd.concat([compute(few.iloc[[row]]) for row in range(len(few))])
            np.testing.assert_allclose(compute(data).loc[few.index], alone, rtol=2e-11)


def test_each_customer_may_have_a_horizon() -> None:
    data, model = people(5_000), BetaGeoModel.from_params(**CDNOW)
    t = np.linspace(0, 500, len(data))
    together = model.expected_purchases(data, t)
    for row in (0, 1, 1_234, 4_999):
        alone = model.expected_purchases(data.iloc[[row]], t[row]).iloc[0]
        assert together.iloc[row] == pytest.approx(alone, rel=2e-12)


# --- present values


@BOTH
@pytest.mark.parametrize(("timing", "shift"), [("end", 0), ("middle", 0.5), ("start", 1)])
def test_value_by_adding_up_months(kind: type[BetaGeoModel], timing: str, shift: float, cdnow: pd.DataFrame) -> None:
    model = kind.from_params(**CDNOW)
    spend = np.linspace(5, 50, len(cdnow))
    total, before = 0.0, 0.0
    for month in range(1, 13):
        now = model.expected_purchases(cdnow, month * MONTH)
        total = total + (now - before) / 1.01 ** (month - shift)
        before = now
    value = model.expected_customer_lifetime_value(cdnow, spend, discount_rate=0.01, margin=0.3, timing=timing)
    np.testing.assert_allclose(value, 0.3 * spend * total, rtol=1e-11)


def test_a_month_is_a_twelfth_of_a_year() -> None:
    model, data = BetaGeoModel.from_params(**CDNOW), one(2, 30.43, 38.86)
    months = model.expected_customer_lifetime_value(data, 1, discount_rate=0, periods=12, step="month")
    year = model.expected_customer_lifetime_value(data, 1, discount_rate=0, periods=1, step="year")
    weeks = model.expected_purchases(data, 365.25 / 7)
    assert months.iloc[0] == pytest.approx(year.iloc[0], rel=1e-13)
    assert months.iloc[0] == pytest.approx(weeks.iloc[0], rel=1e-13)


def test_dert_is_the_value_of_all_time() -> None:
    """Daily steps, discounted in the middle of each, come close to the integral."""
    model, data = BetaGeoModel.from_params(**(CDNOW | {"a": 1.7})), one(4, 35, 38.86)
    rate = 1.25 ** (1 / 365.25) - 1
    value = model.expected_customer_lifetime_value(
        data, 1, discount_rate=rate, periods=10_000, step="day", timing="middle"
    )
    rest = 1.25 ** (-10_000 / 365.25)
    dert = model.discounted_expected_residual_transactions(data, discount_rate=0.25).iloc[0]
    assert value.iloc[0] < dert
    assert dert == pytest.approx(value.iloc[0], rel=rest)


def test_dert_when_nobody_leaves_is_rate_over_discounting() -> None:
    model = BetaGeoModel.from_params(r=2, alpha=10, a=1e-13, b=1e4)
    dert = model.discounted_expected_residual_transactions(one(8, 30, 40), discount_rate=0.1, step="week")
    assert dert.iloc[0] == pytest.approx(10 / 50 / np.log(1.1), rel=1e-11)


# --- keeping, names, bad input


@BOTH
def test_saved_and_loaded(kind: type[BetaGeoModel], cdnow: pd.DataFrame, tmp_path) -> None:
    model, file = kind(time_unit="week").fit(cdnow), tmp_path / "model.json"
    model.save(file)
    again = kind.load(file)
    assert again.params_ == model.params_
    assert again.standard_errors_ == model.standard_errors_
    assert (again.loglik_, again.customers_, again.time_unit) == (model.loglik_, 2357, "week")
    assert set(json.loads(file.read_text())["parameters"]) == {"r", "alpha", "a", "b"}
    assert "2357" in file.read_text()
    other = ModifiedBetaGeoModel if kind is BetaGeoModel else BetaGeoModel
    with pytest.raises(ValueError, match=f"holds a {kind.__name__}, not a {other.__name__}"):
        other.load(file)


def test_a_boundary_fit_is_kept_as_plain_json(tmp_path) -> None:
    with pytest.warns(BoundaryWarning):
        model = BetaGeoModel().fit(pd.DataFrame({"frequency": [5] * 9, "recency": [9.0] * 9, "T": [10.0] * 9}))
    model.save(tmp_path / "model.json")
    assert "NaN" not in (tmp_path / "model.json").read_text()
    again = BetaGeoModel.load(tmp_path / "model.json")
    assert again.boundary_ == model.boundary_
    assert np.isnan(again.standard_errors_["a"])


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model": "BetaGeoModel", "format": 1}'])
def test_other_files_are_refused(content: str, tmp_path) -> None:
    (tmp_path / "model.json").write_text(content)
    with pytest.raises(ValueError, match="does not hold a model"):
        BetaGeoModel.load(tmp_path / "model.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2"),
        ({"parameters": {"r": 1}}, "must have the parameters r, alpha, a, b"),
        ({"parameters": {"r": -1, "alpha": 1, "a": 1, "b": 1}}, "r must be above 0; got -1"),
        ({"time_unit": "fortnight"}, "time_unit must be one of day, week"),
    ],
)
def test_altered_files_are_refused(change: dict, message: str, tmp_path) -> None:
    file = tmp_path / "model.json"
    BetaGeoModel.from_params(**CDNOW).save(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(ValueError, match=message):
        BetaGeoModel.load(file)


def test_data_are_not_changed_and_keep_their_index(cdnow: pd.DataFrame) -> None:
    before = cdnow.copy()
    model = BetaGeoModel().fit(cdnow)
    for result in (
        model.expected_purchases(cdnow, 4),
        model.expected_probability_alive(cdnow),
        model.expected_probability_of_purchases(cdnow, 0, 4),
        model.expected_customer_lifetime_value(cdnow, 1, discount_rate=0.01),
    ):
        pd.testing.assert_index_equal(result.index, cdnow.index)
    pd.testing.assert_frame_equal(cdnow, before)


def test_without_parameters_it_says_what_to_do() -> None:
    with pytest.raises(AttributeError, match=r"no parameters yet: call fit\(data\), or .*from_params\(r=…, alpha=…"):
        BetaGeoModel().expected_purchases_new_customer(4)
    with pytest.raises(AttributeError, match="no attribute 'expected'"):
        _ = BetaGeoModel.from_params(**CDNOW).expected
    assert repr(BetaGeoModel()) == "BetaGeoModel()"
    assert repr(BetaGeoModel.from_params(**CDNOW)).startswith("BetaGeoModel(r=0.242594, alpha=4.4136")


def frame(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [1, 0, 2], "recency": [3.0, 0, 5], "T": [9.0, 9, 9]} | columns)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame().drop(columns="T"), r"data lacks the column\(s\) T; it has frequency, recency"),
        (frame().iloc[:0], "data is empty"),
        (frame(frequency=[1, np.nan, 2]), r"data\['frequency'\] has 1 missing or infinite .* position 1"),
        (frame(T=[9, np.inf, 9]), r"data\['T'\] has 1 missing or infinite"),
        (frame(frequency=[1, 0, -2]), r"frequency must not be negative; 1 row\(s\) .* position 2 \(-2\)"),
        (frame(frequency=[1, 0, 2.5]), r"frequency must be a whole number .* position 2 \(2.5\)"),
        (frame(frequency=[1, 0, 1e12]), "frequency above 1,000,000 cannot be"),
        (frame(recency=[3, 0, 11]), r"recency must not be above T .* position 2 \(11, where T is 9\)"),
        (frame(recency=[3, 4, 5]), r"recency must be 0 where frequency is 0 .* position 1 \(4\)"),
        (frame(recency=[3, 0, 0]), r"recency must be above 0 where .* position 2 \(2, with recency 0\)"),
        (frame(frequency=[0, 0, 0], recency=[0, 0, 0]), "frequency is 0 for all 3 customers"),
        (frame(frequency=[0, 0, 0], recency=[0, 0, 0], T=[0, 0, 0]), "T is 0 for every customer"),
        (frame().iloc[:1], "one customer"),
    ],
)
@BOTH
def test_bad_data_are_refused(kind: type[BetaGeoModel], data: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind().fit(data)


MODEL = BetaGeoModel.from_params(**CDNOW)
value_of, dert_of = MODEL.expected_customer_lifetime_value, MODEL.discounted_expected_residual_transactions


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: BetaGeoModel(time_unit="weeks"),
            "time_unit must be one of day, week, month, year, quarter; got 'weeks'",
        ),
        (lambda: BetaGeoModel.from_params(r=0, alpha=1, a=1, b=1), "r must be above 0; got 0"),
        (lambda: BetaGeoModel.from_params(r=1, alpha=float("nan"), a=1, b=1), "alpha must be a finite number"),
        (lambda: MODEL.expected_purchases(frame(), -1), "t must not be negative; got -1"),
        (lambda: MODEL.expected_purchases(frame(), [1, 2]), r"one per customer \(3\); got 2"),
        (lambda: MODEL.expected_purchases(frame(), float("nan")), "t must be a finite number"),
        (lambda: MODEL.expected_purchases_new_customer([1, -2]), "t must not be negative; the lowest is -2"),
        (lambda: MODEL.expected_probability_of_purchases(frame(), 1.5, 3), "n must be a whole number"),
        (lambda: MODEL.expected_probability_of_purchases(frame(), 1, [3, 4, 5]), "t must be one number here; got 3"),
        (lambda: MODEL.simulate(0, 3, 1), "count must be at least 1"),
        (lambda: MODEL.simulate(3, [3, 4], 1), r"one per customer \(3\); got 2"),
        (lambda: dert_of(frame(), discount_rate=0), "discount_rate must be above 0"),
        (lambda: dert_of(frame(), discount_rate=10), r"For 10% write 0\.1"),
        (lambda: value_of(frame(), 1, discount_rate=-0.1), "discount_rate must be a share"),
        (lambda: value_of(frame(), 1, discount_rate=0, periods=0), "periods must be from 1"),
        (lambda: value_of(frame(), 1, discount_rate=0, step="moon"), "step must be one of"),
        (lambda: value_of(frame(), 1, discount_rate=0, timing="late"), "timing must be one of"),
        (lambda: value_of(frame(), 1, discount_rate=0, margin=30), r"For 30% write 0\.3"),
        (
            lambda: value_of(frame(), [1, 2], discount_rate=0),
            r"spend must be one number, or one per customer \(3\); got 2",
        ),
        (
            lambda: value_of(frame(), pd.Series([1, 2, 3], index=[7, 8, 9]), discount_rate=0),
            "spend must have the index of data",
        ),
    ],
)
def test_bad_arguments_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_but_a_frame() -> None:
    with pytest.raises(TypeError, match="data must be a data frame; got list"):
        BetaGeoModel().fit([1, 2, 3])
    with pytest.raises(TypeError, match="must be numbers"):
        BetaGeoModel().fit(frame(frequency=["a", "b", "c"]))


@BOTH
def test_predictions_warn_of_nothing(kind: type[BetaGeoModel]) -> None:
    """Wide parameters and customers: no number is missing, infinite or negative, and numpy has no complaint."""
    data = pd.DataFrame(
        {"frequency": [0, 1, 40, 5_000, 0], "recency": [0, 1e-9, 52, 900, 0], "T": [0, 1_000.0, 52, 1_000, 1e-9]}
    )
    random = np.random.default_rng(5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(25):
            r, alpha, a, b = 10 ** random.uniform(-6, 6, 4)
            model = kind.from_params(r=r, alpha=alpha, a=a, b=b)
            for t in (0, 1e-6, 52, 1e6):
                expected = model.expected_purchases(data, t)
                assert np.isfinite(expected).all()
                assert (expected >= 0).all()
            value = model.expected_customer_lifetime_value(data, 1, discount_rate=0.01)
            dert = model.discounted_expected_residual_transactions(data, discount_rate=0.1)
            chance = model.expected_probability_of_purchases(data, 2, 52)
            for result in (value, dert, chance):
                assert np.isfinite(result).all()
                assert (result >= 0).all()
            assert np.isfinite(model.log_likelihood(data))
