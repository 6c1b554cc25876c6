"""Pareto/NBD: the published numbers, difficult places against closed forms with 60 digits, fits, predictions."""

import warnings

import numpy as np
import pandas as pd
import pytest

from customer_value._fitting import BoundaryWarning
from customer_value.btyd import ParetoNBDModel
from customer_value.btyd._customers import customers, grouped
from customer_value.btyd.pareto_nbd import _Likelihood, _nodes

CDNOW = {"r": 0.553277, "alpha": 10.577683, "s": 0.606240, "beta": 11.668735}
NAMES = tuple(CDNOW)
MONTH = 365.25 / 12 / 7


def one(x: float, recency: float, T: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "recency": [recency], "T": [T]})


def people(count: int, seed: int = 1, **parameters: float) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return ParetoNBDModel.from_params(**(CDNOW | parameters)).simulate(count, random.uniform(5, 60, count), seed)


def test_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader, Hardie & Lee (2005), table 2: .553, 10.578, .606, 11.669, LL -9595.0; more digits recomputed."""
    model = ParetoNBDModel().fit(cdnow)
    assert model.params_ == pytest.approx(CDNOW, rel=1e-6)
    assert model.loglik_ == pytest.approx(-9594.976179, abs=1e-6)
    assert (model.converged_, model.boundary_, model.customers_) == (True, None, 2357)
    assert [round(value, 3) for value in model.params_.values()] == [0.553, 10.578, 0.606, 11.669]


@pytest.mark.parametrize(
    ("parameters", "customer", "loglik", "alive", "purchases", "dert"),
    [
        ((0.553277, 10.577683, 0.60624, 11.668735), (2, 30.43, 38.86),
         -9.554334065077205, 0.8691156583791423, 1.850762687887182, 6.513515843744807),
        ((0.553277, 10.577683, 0.60624, 11.668735), (0, 0, 38.86),
         -0.5212024063530126, 0.2950958006700977, 0.1361698233074155, 0.4792317823120324),
        # alpha = beta, and t_x = T
        ((0.55, 10, 0.6, 10), (2, 30, 30), -9.131579493340212, 1.0, 2.520519653079705, 8.499061268575254),
        ((0.55, 10, 0.6, 10), (2, 20, 30),
         -8.883991052846628, 0.7806811739293464, 1.967722241678253, 6.635057128448769),
        # at s = 1 and beside it
        ((0.55, 10, 1, 10), (2, 20, 30), -9.280308665140083, 0.6664510585127286, 1.415487574893772, 3.330673358747404),
        ((0.55, 10, 1 + 2**-40, 10), (2, 20, 30),
         -9.280308665140989, 0.6664510585124925, 1.415487574892734, 3.330673358742631),
        # long ago
        ((0.553277, 10.577683, 0.60624, 11.668735), (0, 0, 36500),
         -0.673892219679809, 0.0001644757893031778, 1.295513224848908e-7, 9.248513990359748e-7),
        # very large beta; everybody leaves at nearly the same rate
        ((0.55, 10, 0.6, 1e8), (2, 20, 30),
         -8.29980296966339, 0.9999999129951432, 3.314999194439243, 23.80030022097893),
        ((0.55, 10, 1e3, 1e4), (2, 20, 30),
         -10.00533663212348, 0.2752776031886666, 0.1751864239196994, 0.1715735775355628),
        # very small alpha or beta
        ((0.55, 1e-6, 0.6, 10), (0, 0, 30),
         -8.561093272535622, 0.1755427406491204, 0.1272430860952278, 0.4290570729748398),
        ((0.55, 10, 0.6, 1e-6), (0, 0, 30),
         -7.396666454301167e-5, 1.522742140359129e-5, 7.775060638256583e-6, 2.47581756095982e-5),
        ((0.55, 10, 30, 1e-3), (3, 5, 30),
         -263.1319522639886, 1.454134407362149e-25, 1.335090315182599e-26, 1.331270040520095e-26),
        ((0.5, 10, 0.6, 1e-4), (50, 1e-3, 30),
         29.28531501931111, 9.444420575453099e-34, 4.427736432332943e-32, 1.409927856859237e-31),
        # everybody buys at nearly the same rate
        ((500, 1e3, 0.6, 11), (3, 5, 30),
         -7.563927601372457, 3.841711401368524e-5, 0.0007454492204514936, 0.002526403139676529),
    ],
)  # fmt: skip
def test_difficult_places(
    parameters: tuple[float, ...],
    customer: tuple[float, ...],
    loglik: float,
    alive: float,
    purchases: float,
    dert: float,
) -> None:
    """True values: the closed forms of note 009 with 60 digits. Purchases of 52 weeks, DERT at 15% a year."""
    model, data = ParetoNBDModel.from_params(**dict(zip(NAMES, parameters, strict=True))), one(*customer)
    assert model.log_likelihood(data) == pytest.approx(loglik, rel=1e-14, abs=1e-13)
    assert model.expected_probability_alive(data).iloc[0] == pytest.approx(alive, rel=1e-13, abs=0)
    assert model.expected_purchases(data, 52).iloc[0] == pytest.approx(purchases, rel=1e-13, abs=0)
    found = model.discounted_expected_residual_transactions(data, discount_rate=0.15)
    assert found.iloc[0] == pytest.approx(dert, rel=1e-13, abs=0)


def test_very_many_purchases() -> None:
    """Closed forms with 60 digits; P(alive) in the second case is 2e-900, below the smallest number there is."""
    model = ParetoNBDModel.from_params(**CDNOW)
    assert model.log_likelihood(one(1_000, 3_000, 3_650)) == pytest.approx(-2115.22247967209, rel=1e-14)
    alive = model.expected_probability_alive(one(1_000, 3_000, 3_650)).iloc[0]
    assert alive == pytest.approx(1.658823802717141e-82, rel=1e-12, abs=0)
    assert model.log_likelihood(one(400, 10, 3_650)) == pytest.approx(780.3769223392751, rel=1e-14)
    assert model.expected_probability_alive(one(400, 10, 3_650)).iloc[0] == 0


@pytest.mark.parametrize(
    ("parameters", "customer", "alive"),
    [
        ((0.010315315934197503, 0.5, 1e8, 0.5), (200, 452.16285288259587, 452.1647879330176), 2.223949224560395e-186),
        ((1e8, 3, 0.11764167638518847, 3), (3, 165.67642611407376, 165.67752509714447), 9.398067869980448e-275),
        ((808.1738856677079, 0.0015354389738439671, 1e8, 64.92138260048844),
         (1, 135.90797980323367, 135.90812216776155), 1.633988390869631e-31),
    ],
)  # fmt: skip
def test_short_silence_when_all_are_alike(
    parameters: tuple[float, ...], customer: tuple[float, ...], alive: float
) -> None:
    """Closed forms with 150 digits."""
    model = ParetoNBDModel.from_params(**dict(zip(NAMES, parameters, strict=True)))
    assert model.expected_probability_alive(one(*customer)).iloc[0] == pytest.approx(alive, rel=2e-13, abs=0)


@pytest.mark.parametrize(
    ("parameters", "t", "n", "share"),
    [
        # nearly everybody leaves long before the end
        ((0.55, 10, 100, 0.01), 1000, 1, 5.555379825523597e-6),
        ((0.55, 10, 1e8, 1e6), 500, 3, 2.1433533840999555e-9),
        # everybody buys at the same rate; very many purchases
        ((1e8, 1e8, 0.6, 12), 39, 40, 0.028343954977645562),
        ((1, 0.0005, 0.5, 10), 1.4, 300, 0.00034100800940551034),
        ((0.55, 10, 0.6, 12), 39, 2, 0.083897655238382662),
    ],
)
def test_share_of_new_customers_with_n_purchases(parameters: tuple[float, ...], t: float, n: int, share: float) -> None:
    """Quadrature with 30 digits over the time of leaving."""
    model = ParetoNBDModel.from_params(**dict(zip(NAMES, parameters, strict=True)))
    assert model.expected_probability_of_purchases_new_customer(n, t) == pytest.approx(share, rel=5e-12, abs=0)


def test_more_nodes_change_nothing() -> None:
    """Over wide parameters the rule that is chosen agrees with one of 400 nodes."""
    random = np.random.default_rng(2)
    for _ in range(300):
        parameters = 10 ** random.uniform(-3, 4, 4)
        x = int(random.choice([0, 1, 5, 60, 2_000]))
        recency = 0.0 if x == 0 else 10 ** random.uniform(-3, 2)
        data = one(x, recency, recency + 10 ** random.uniform(-3, 3))
        rows = customers(data)
        model = ParetoNBDModel.from_params(**dict(zip(NAMES, parameters, strict=True)))
        exact = _nodes(rows.x, rows.recency, rows.T, *parameters, 400)
        total, alive = model._ways(rows)
        assert total[0] == pytest.approx(exact.total[0], rel=1e-12, abs=1e-12)
        assert alive[0] == pytest.approx(exact.share[0, 0], rel=1e-11, abs=0)


def test_when_nobody_leaves_it_is_the_nbd() -> None:
    model = ParetoNBDModel.from_params(r=0.7, alpha=3, s=1e-9, beta=1e6)
    data = one(12, 20, 25)
    assert model.expected_probability_alive(data).iloc[0] == pytest.approx(1, abs=1e-13)
    assert model.expected_purchases(data, 52).iloc[0] == pytest.approx(12.7 / 28 * 52, rel=1e-12)
    dert = model.discounted_expected_residual_transactions(data, discount_rate=0.1, step="week")
    assert dert.iloc[0] == pytest.approx(12.7 / 28 / np.log(1.1), rel=1e-12)


def test_a_customer_just_won_is_a_new_customer() -> None:
    model = ParetoNBDModel.from_params(**CDNOW)
    known = model.expected_purchases(one(0, 0, 0), 52).iloc[0]
    assert model.expected_purchases_new_customer(52) == pytest.approx(known, rel=1e-14)
    assert model.expected_purchases_new_customer([0, 52]).tolist() == [0, model.expected_purchases_new_customer(52)]
    r, alpha, s, beta = CDNOW.values()
    formula = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + 52)) ** (s - 1))
    assert known == pytest.approx(formula, rel=1e-13)


@pytest.mark.parametrize("parameters", [{}, {"beta": 1e-4}, {"alpha": 1e-3, "r": 0.05}, {"r": 300, "alpha": 600}])
def test_shares_add_up(parameters: dict[str, float]) -> None:
    model = ParetoNBDModel.from_params(**(CDNOW | parameters))
    data = pd.DataFrame({"frequency": [0, 2, 9], "recency": [0, 30.43, 12], "T": [38.86, 38.86, 38.86]})
    shares = np.array([model.expected_probability_of_purchases(data, n, 39) for n in range(250)])
    mean = model.expected_purchases(data, 39)
    if "alpha" not in parameters or parameters["r"] > 1:
        assert shares.sum(axis=0).tolist() == pytest.approx([1, 1, 1], abs=1e-11)
        assert np.arange(250) @ shares == pytest.approx(mean.to_numpy(), rel=1e-10)
    assert (shares >= 0).all()
    nobody = model.expected_probability_of_purchases_new_customer(0, 39)
    assert np.log(nobody) == pytest.approx(model.log_likelihood(one(0, 0, 39)), rel=1e-11)


def test_derivatives_against_differences() -> None:
    rows = grouped(customers(people(200)))
    evaluate, step = _Likelihood(rows), 1e-5
    for point in np.log([[0.4, 5.0, 0.6, 19.0], [0.4, 50.0, 2.6, 9.0]]):
        here = evaluate(point)
        for k in range(4):
            ahead, behind = (evaluate(point + sign * step * np.eye(4)[k]) for sign in (1, -1))
            assert (ahead.value - behind.value) / (2 * step) == pytest.approx(here.gradient[k], rel=1e-6, abs=1e-5)
            slope = (ahead.gradient - behind.gradient) / (2 * step)
            assert slope == pytest.approx(here.hessian[k], rel=1e-6, abs=1e-5)


def test_fit_finds_the_parameters_that_made_the_customers() -> None:
    true = {"r": 0.8, "alpha": 8.0, "s": 1.2, "beta": 20.0}
    model = ParetoNBDModel().fit(ParetoNBDModel.from_params(**true).simulate(30_000, 52, seed=4))
    for name, value in true.items():
        assert abs(model.params_[name] - value) < 3.5 * model.standard_errors_[name]
        assert model.standard_errors_[name] < 0.15 * value


def test_simulated_customers_are_as_predicted() -> None:
    model = ParetoNBDModel.from_params(r=1.2, alpha=4, s=0.9, beta=20)
    made = model.simulate(100_000, 30, seed=11)
    assert made["frequency"].mean() == pytest.approx(model.expected_purchases_new_customer(30), rel=0.015)
    for n in range(4):
        share = model.expected_probability_of_purchases_new_customer(n, 30)
        assert (made["frequency"] == n).mean() == pytest.approx(share, abs=0.006)
    believed = model.expected_probability_alive(made)
    assert believed.mean() == pytest.approx(made["alive"].mean(), abs=0.005)
    likely = believed > 0.8
    assert believed[likely].mean() == pytest.approx(made.loc[likely, "alive"].mean(), abs=0.008)
    pd.testing.assert_frame_equal(made, model.simulate(100_000, 30, seed=11))


def test_merging_and_starting_small_change_nothing(cdnow: pd.DataFrame) -> None:
    """Ten copies are merged; shuffled times by a hair they are not, and the search starts from a part."""
    once = ParetoNBDModel().fit(cdnow)
    copies = pd.concat([cdnow] * 10, ignore_index=True)
    merged = ParetoNBDModel().fit(copies)
    apart = copies["T"] + np.random.default_rng(1).uniform(0, 1e-9, len(copies))
    single = ParetoNBDModel().fit(copies.assign(T=apart))
    assert merged.params_ == pytest.approx(once.params_, rel=1e-8)
    assert single.params_ == pytest.approx(once.params_, rel=1e-7)
    assert merged.loglik_ == pytest.approx(10 * once.loglik_, rel=1e-12)


def test_heavy_buyers_who_never_leave_are_on_the_boundary() -> None:
    random = np.random.default_rng(3)
    T = random.uniform(20, 50, 400)
    x = random.poisson(random.gamma(5, 1, 400) * T) + 1
    data = pd.DataFrame({"frequency": x, "recency": T * random.beta(x, 1), "T": T})
    with pytest.warns(BoundaryWarning, match="nobody seems to leave"):
        model = ParetoNBDModel().fit(data)
    assert np.isnan([model.standard_errors_["s"], model.standard_errors_["beta"]]).all()
    assert model.standard_errors_["r"] > 0
    expected = (model.r_ + x) / (model.alpha_ + T) * 52
    np.testing.assert_allclose(model.expected_purchases(data, 52), expected, rtol=1e-8)


@pytest.mark.parametrize("count", [20, 3_000])
def test_value_by_adding_up_months(count: int) -> None:
    model, data = ParetoNBDModel.from_params(**CDNOW), people(count)
    total, before = 0.0, 0.0
    for month in range(1, 25):
        now = model.expected_purchases(data, month * MONTH)
        total = total + (now - before) / 1.01**month
        before = now
    value = model.expected_customer_lifetime_value(data, 20, discount_rate=0.01, periods=24, margin=0.3)
    np.testing.assert_allclose(value, 6 * total, rtol=1e-11)


def test_many_customers_get_what_each_gets_alone() -> None:
    data, model = people(3_000), ParetoNBDModel.from_params(**CDNOW)
    few = data.iloc[::97]
    together = model.discounted_expected_residual_transactions(data, discount_rate=0.1).loc[few.index]
    alone = [
        model.discounted_expected_residual_transactions(few.iloc[[row]], discount_rate=0.1).iloc[0]
        for row in range(len(few))
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


def test_saved_and_loaded(cdnow: pd.DataFrame, tmp_path) -> None:
    model = ParetoNBDModel().fit(cdnow)
    model.save(tmp_path / "model.json")
    again = ParetoNBDModel.load(tmp_path / "model.json")
    assert (again.params_, again.standard_errors_) == (model.params_, model.standard_errors_)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="beta must be above 0; got 0"):
        ParetoNBDModel.from_params(r=1, alpha=1, s=1, beta=0)
    with pytest.raises(ValueError, match="one customer"):
        ParetoNBDModel().fit(one(2, 3, 4))
    with pytest.raises(ValueError, match="recency must not be above T"):
        ParetoNBDModel().fit(one(2, 5, 4))
    with pytest.raises(ValueError, match="frequency is 0 for all 2"):
        ParetoNBDModel().fit(pd.concat([one(0, 0, 4)] * 2))


def test_predictions_warn_of_nothing() -> None:
    """Wide parameters and customers: no number is missing, infinite or negative, and numpy has no complaint."""
    data = pd.DataFrame(
        {"frequency": [0, 1, 40, 5_000, 0], "recency": [0, 1e-9, 52, 900, 0], "T": [0, 1_000.0, 52, 1_000, 1e-9]}
    )
    random = np.random.default_rng(5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(40):
            model = ParetoNBDModel.from_params(**dict(zip(NAMES, 10 ** random.uniform(-6, 6, 4), strict=True)))
            results = [model.expected_purchases(data, t) for t in (0, 1e-6, 52, 1e6)]
            results.append(model.expected_customer_lifetime_value(data, 1, discount_rate=0.01))
            results.append(model.discounted_expected_residual_transactions(data, discount_rate=0.1))
            results.append(model.expected_probability_of_purchases(data, 2, 52))
            for result in results:
                assert np.isfinite(result).all()
                assert (result >= 0).all()
            assert np.isfinite(model.log_likelihood(data))
