"""BG/BB: the published donations, difficult places against arithmetic with 60 digits, fits, predictions."""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value._fitting import BoundaryWarning
from customer_value.btyd import BetaGeoBetaBinomModel
from customer_value.btyd.beta_geo_beta_binom import _histories, _Likelihood, _weights
from customer_value.datasets import load_donations

PUBLISHED = {"alpha": 1.203522, "beta": 0.749716, "gamma": 0.656718, "delta": 2.783442}
NAMES = tuple(PUBLISHED)
MODEL = BetaGeoBetaBinomModel.from_params(**PUBLISHED)


def one(x: float, recency: float, n: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "recency": [recency], "n_periods": [n]})


def given(*parameters: float) -> BetaGeoBetaBinomModel:
    return BetaGeoBetaBinomModel.from_params(**dict(zip(NAMES, parameters, strict=True)))


def test_donations_as_published() -> None:
    """Fader, Hardie & Shang (2010), table 2: 1.204, .750, .657, 2.783, LL -33225.6; more digits recomputed."""
    model = BetaGeoBetaBinomModel().fit(load_donations())
    assert model.params_ == pytest.approx(PUBLISHED, rel=1e-6)
    assert model.loglik_ == pytest.approx(-33225.5813, abs=5e-5)
    assert (model.customers_, model.converged_, model.boundary_) == (11104, True, None)
    assert [round(value, 3) for value in model.params_.values()] == [1.204, 0.75, 0.657, 2.783]
    assert model.log_likelihood(load_donations()) == pytest.approx(model.loglik_, rel=1e-14)


def test_forecasts_as_published() -> None:
    """The paper's; and the two of the BTYD package's walk-through, whose search stops a little earlier."""
    rounded = given(1.204, 0.750, 0.657, 2.783)
    assert round(rounded.expected_purchases(one(6, 6, 6), 5).iloc[0], 2) == 3.75
    assert round(rounded.expected_purchases(one(0, 0, 6), 5).iloc[0], 2) == 0.07
    assert round(rounded.expected_probability_alive(one(6, 6, 6), periods_ahead=1).iloc[0], 2) == 0.93
    assert MODEL.expected_purchases(one(0, 0, 6), 10).iloc[0] == pytest.approx(0.1302169, rel=5e-5)
    assert MODEL.expected_purchases(one(4, 5, 6), 10).iloc[0] == pytest.approx(3.627858, rel=5e-5)


@pytest.mark.parametrize(
    ("parameters", "customer", "loglik", "alive", "purchases", "dert"),
    [
        (tuple(PUBLISHED.values()), (6, 6, 6), -2.181672923631909, 1.0, 6.706379213109202, 5.909895153289835),
        (tuple(PUBLISHED.values()), (0, 0, 6),
         -1.167517248982185, 0.1162182149621139, 0.130218129972627, 0.1147527556585791),
        (tuple(PUBLISHED.values()), (2, 4, 6),
         -5.195619729287149, 0.6337445948875375, 1.890101815702557, 1.665623610727211),
        # gamma = 1, where the paper's formula for the expectation has no value
        ((1.2, 0.75, 1, 2.8), (2, 4, 6), -5.37055131513571, 0.5255120373697449, 1.35833053540208, 1.145691991947676),
        # very many occasions
        (tuple(PUBLISHED.values()), (300, 350, 1000),
         -155.6357862782173, 1.081128693660538e-201, 3.238408397883569e-201, 3.227028121551134e-201),
        (tuple(PUBLISHED.values()), (0, 0, 3000),
         -1.247656484956889, 1.783456735159926e-6, 7.141524883923109e-9, 7.133005937296111e-9),
        # hardly anybody buys; nobody leaves; all leave alike; all buy alike
        ((1e-8, 0.7, 0.6, 2.8), (0, 0, 6),
         -2.181623090842782e-8, 0.488875234651216, 5.539042973450163e-9, 4.923461066067699e-9),
        ((1.2, 0.75, 1e-9, 1000), (2, 4, 6),
         -4.868801193252734, 0.9999999999941619, 4.025157232658962, 4.025157232637319),
        ((1.2, 0.75, 1e7, 1e8), (2, 4, 6),
         -4.954276896892539, 0.6148448241001528, 1.520686459342005, 1.178498681061609),
        ((1e7, 1e8, 0.65, 2.8), (2, 4, 6),
         -5.751883486670212, 0.8217150243713559, 0.5549547364992965, 0.4895691027394681),
        # just won; nearly everybody leaves at once; either stays for ever or leaves at once
        ((1.2, 0.75, 3, 1e-6), (0, 0, 0), 0.0, 1.0, 3.030302968496138e-7, 2.609101079773202e-7),
        ((1.2, 0.75, 0.01, 0.01), (1, 1, 6),
         -4.448845494633213, 0.6934805125075404, 1.906551856045065, 1.901180761076793),
    ],
)  # fmt: skip
def test_difficult_places(
    parameters: tuple[float, ...],
    customer: tuple[int, int, int],
    loglik: float,
    alive: float,
    purchases: float,
    dert: float,
) -> None:
    """Purchases at the next 10 occasions, DERT at 10% an occasion."""
    model, data = given(*parameters), one(*customer)
    assert model.log_likelihood(data) == pytest.approx(loglik, rel=2e-14, abs=1e-14)
    assert model.expected_probability_alive(data).iloc[0] == pytest.approx(alive, rel=2e-11, abs=0)
    assert model.expected_purchases(data, 10).iloc[0] == pytest.approx(purchases, rel=2e-11, abs=0)
    found = model.discounted_expected_residual_transactions(data, discount_rate=0.1)
    assert found.iloc[0] == pytest.approx(dert, rel=2e-11, abs=0)


def test_histories_of_six_years_are_all_there_is() -> None:
    """The probabilities of all histories, each as often as it can come about, add up to 1."""
    from math import comb

    table = load_donations()
    ways = [comb(last - 1, x - 1) if x else 1 for x, last in zip(table["frequency"], table["recency"], strict=True)]
    share = [MODEL.log_likelihood(table.drop(columns="counts").iloc[[row]]) for row in range(len(table))]
    assert np.exp(share) @ ways == pytest.approx(1, abs=1e-13)


def test_shares_add_up() -> None:
    table = load_donations()
    shares = np.array([MODEL.expected_probability_of_purchases(table, n, 8) for n in range(10)])
    assert shares.sum(axis=0) == pytest.approx(np.ones(22), abs=1e-12)
    assert np.arange(10) @ shares == pytest.approx(MODEL.expected_purchases(table, 8).to_numpy(), rel=1e-11)
    assert (shares[9] == 0).all()
    new = [MODEL.expected_probability_of_purchases_new_customer(n, 6) for n in range(7)]
    assert sum(new) == pytest.approx(1, abs=1e-13)
    assert np.arange(7) @ new == pytest.approx(MODEL.expected_purchases_new_customer(6), rel=1e-12)
    assert MODEL.expected_purchases_new_customer([0, 6]).tolist() == [0, MODEL.expected_purchases_new_customer(6)]
    assert np.log(new[0]) == pytest.approx(MODEL.log_likelihood(one(0, 0, 6)), rel=1e-13)


def test_alive_later_is_alive_now_times_staying() -> None:
    table = load_donations()
    now = MODEL.expected_probability_alive(table)
    assert (now[table["recency"] == 6] == 1).all()
    stay = (MODEL.delta_ + 6) / (MODEL.gamma_ + MODEL.delta_ + 6)
    np.testing.assert_allclose(MODEL.expected_probability_alive(table, 1), now * stay, rtol=1e-14)


def test_each_customer_may_have_a_horizon_and_a_length() -> None:
    data = pd.DataFrame({"frequency": [1, 2, 0], "recency": [2, 5, 0], "n_periods": [4, 6, 9]})
    together = MODEL.expected_purchases(data, [3, 0, 7])
    alone = [MODEL.expected_purchases(data.iloc[[row]], t).iloc[0] for row, t in enumerate((3, 0, 7))]
    assert together.tolist() == pytest.approx(alone, rel=1e-14)


def test_derivatives_against_differences() -> None:
    data = given(0.8, 1.5, 0.7, 3).simulate(300, 12, seed=2)
    data["n_periods"] += np.arange(300) % 3
    rows, step = _histories(data), 1e-5
    evaluate = _Likelihood(rows, _weights(data))
    for point in np.log([[0.4, 1.0, 0.6, 1.9], [4.0, 9.0, 1.6, 40.0]]):
        here = evaluate(point)
        for k in range(4):
            ahead, behind = (evaluate(point + sign * step * np.eye(4)[k]) for sign in (1, -1))
            assert (ahead.value - behind.value) / (2 * step) == pytest.approx(here.gradient[k], rel=1e-6, abs=1e-5)
            slope = (ahead.gradient - behind.gradient) / (2 * step)
            assert slope == pytest.approx(here.hessian[k], rel=1e-6, abs=1e-5)


def test_counted_and_single_customers_give_the_same() -> None:
    table = load_donations()
    table["counts"] = table["counts"] // 10
    single = table.loc[table.index.repeat(table["counts"])].drop(columns="counts").sample(frac=1, random_state=1)
    counted, each = BetaGeoBetaBinomModel().fit(table), BetaGeoBetaBinomModel().fit(single)
    assert each.params_ == pytest.approx(counted.params_, rel=1e-9)
    assert (each.customers_, each.loglik_) == (counted.customers_, pytest.approx(counted.loglik_, rel=1e-13))
    nobody = pd.concat([table, one(0, 0, 9).assign(counts=0)])
    assert BetaGeoBetaBinomModel().fit(nobody).params_ == pytest.approx(counted.params_, rel=1e-9)


def test_fit_finds_the_parameters_that_made_the_customers() -> None:
    true = {"alpha": 1.2, "beta": 2.0, "gamma": 0.7, "delta": 4.0}
    made = BetaGeoBetaBinomModel.from_params(**true).simulate(80_000, 20, seed=4)
    model = BetaGeoBetaBinomModel().fit(made)
    for name, value in true.items():
        assert abs(model.params_[name] - value) < 3.5 * model.standard_errors_[name]
        assert model.standard_errors_[name] < 0.05 * value


def test_simulated_customers_are_as_predicted() -> None:
    made = MODEL.simulate(150_000, 6, seed=11)
    assert made["frequency"].mean() == pytest.approx(MODEL.expected_purchases_new_customer(6), rel=0.01)
    believed = MODEL.expected_probability_alive(made)
    assert believed.mean() == pytest.approx(made["alive"].mean(), abs=0.004)
    unsure = (believed > 0.2) & (believed < 0.8)
    assert believed[unsure].mean() == pytest.approx(made.loc[unsure, "alive"].mean(), abs=0.015)
    pd.testing.assert_frame_equal(made, MODEL.simulate(150_000, 6, seed=11))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (given(1, 2, 1e-9, 1).simulate(3_000, 12, 1), "nobody seems to leave"),
        (given(1e9, 2e9, 1, 3).simulate(3_000, 12, 1), "all seem to buy with the same probability 0.33"),
        (pd.DataFrame({"frequency": [0, 1], "recency": [0, 1], "n_periods": [1, 1], "counts": [100, 50]}), "flat"),
    ],
)
def test_a_fit_on_the_boundary(data: pd.DataFrame, words: str) -> None:
    with pytest.warns(BoundaryWarning, match=words):
        model = BetaGeoBetaBinomModel().fit(data)
    assert model.converged_
    assert np.isfinite(model.expected_purchases(data, 5)).all()


def test_one_occasion_has_the_likelihood_of_one_share() -> None:
    data = pd.DataFrame({"frequency": [0, 1], "recency": [0, 1], "n_periods": [1, 1], "counts": [100, 50]})
    with pytest.warns(BoundaryWarning):
        model = BetaGeoBetaBinomModel().fit(data)
    assert model.loglik_ == pytest.approx(100 * np.log(2 / 3) + 50 * np.log(1 / 3), rel=1e-9)


@pytest.mark.parametrize(("timing", "shift"), [("end", 0), ("start", 1)])
def test_value_by_adding_up_occasions(timing: str, shift: int) -> None:
    table = load_donations()
    total, before = 0.0, 0.0
    for occasion in range(1, 6):
        now = MODEL.expected_purchases(table, occasion)
        total = total + (now - before) / 1.1 ** (occasion - shift)
        before = now
    spend = np.linspace(10, 50, 22)
    value = MODEL.expected_customer_lifetime_value(
        table, spend, discount_rate=0.1, periods=5, margin=0.5, timing=timing
    )
    np.testing.assert_allclose(value, 0.5 * spend * total, rtol=1e-12)


def test_dert_is_the_value_of_all_time() -> None:
    table = load_donations()
    dert = MODEL.discounted_expected_residual_transactions(table, discount_rate=0.1)
    value = MODEL.expected_customer_lifetime_value(table, 1, discount_rate=0.1, periods=500)
    np.testing.assert_allclose(value, dert, rtol=1e-12)


def test_saved_and_loaded(tmp_path) -> None:
    model = BetaGeoBetaBinomModel().fit(load_donations())
    model.save(tmp_path / "model.json")
    again = BetaGeoBetaBinomModel.load(tmp_path / "model.json")
    assert (again.params_, again.standard_errors_, again.customers_) == (model.params_, model.standard_errors_, 11104)


@pytest.mark.parametrize(
    ("parameters", "t", "n", "share"),
    [
        ((1e8, 286.5, 0.125, 0.02), 10, 4, 0.0033508300897162751),
        ((3.5, 6.75, 343.5, 1e8), 60, 2, 0.0035764686950584796),
        ((1e8, 1e8, 1e8, 1e8), 2, 1, 0.249999999375),
    ],
)
def test_shares_where_customers_are_alike(parameters: tuple[float, ...], t: int, n: int, share: float) -> None:
    """True values from sums of beta functions with 60 digits."""
    found = given(*parameters).expected_probability_of_purchases_new_customer(n, t)
    assert found == pytest.approx(share, rel=1e-13)


def frame(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [1, 0, 2], "recency": [3.0, 0, 5], "n_periods": [6, 6, 6]} | columns)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frame().drop(columns="n_periods"), r"lacks the column\(s\) n_periods"),
        (frame(recency=[3, 0, 4.5]), r"recency must be a whole number of occasions; 1 row\(s\) .* position 2 \(4\.5\)"),
        (frame(n_periods=[6, 6.5, 6]), r"n_periods must be a whole number"),
        (frame(n_periods=[6, 20_000, 6]), "n_periods must not be above 10,000; the highest is 20000"),
        (frame(frequency=[1, 0, 6]), r"frequency must not be above recency .* \(6 purchases up to occasion 5\)"),
        (frame(recency=[3, 0, 7]), r"recency must not be above n_periods"),
        (frame(counts=[1, 2, -3]), r"counts must be whole numbers .* position 2 \(-3\)"),
        (frame(counts=[1, 2, 0.5]), "counts must be whole numbers"),
        (frame(counts=[0, 0, 0]), "counts are all 0"),
        (frame(counts=[0, 1, 0]), "one customer"),
        (frame(counts=[0, 2, 0]), "frequency is 0 for all 2 customers"),
        (frame(frequency=[0, 0, 0], recency=[0, 0, 0]), "frequency is 0 for all 3 customers"),
        (frame(frequency=[0, 0, 0], recency=[0, 0, 0], n_periods=[0, 0, 0]), "n_periods is 0 for every customer"),
    ],
)
def test_bad_data_are_refused(data: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BetaGeoBetaBinomModel().fit(data)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: given(1, 1, 1, 0), "delta must be above 0; got 0"),
        (lambda: MODEL.expected_purchases(frame(), 2.5), "t must be a whole number of occasions"),
        (lambda: MODEL.expected_purchases(frame(), 20_000), "from 0 to 10,000"),
        (lambda: MODEL.expected_probability_alive(frame(), -1), "periods_ahead must be a whole number"),
        (lambda: MODEL.expected_probability_of_purchases_new_customer(1, 20_000), "t must not be above 10,000"),
        (lambda: MODEL.simulate(0, 6, 1), "count must be at least 1"),
        (
            lambda: MODEL.discounted_expected_residual_transactions(frame(), discount_rate=0),
            "discount_rate must be above 0",
        ),
        (
            lambda: MODEL.expected_customer_lifetime_value(frame(), 1, discount_rate=0.1, periods=0),
            "periods must be at least 1",
        ),
    ],
)
def test_bad_arguments_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_predictions_warn_of_nothing() -> None:
    data = pd.DataFrame({"frequency": [0, 1, 40, 0], "recency": [0, 1, 52, 0], "n_periods": [0, 1_000, 52, 300]})
    random = np.random.default_rng(5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(25):
            model = given(*(10 ** random.uniform(-6, 6, 4)))
            results = [model.expected_purchases(data, t) for t in (0, 1, 52)]
            results.append(model.expected_customer_lifetime_value(data, 1, discount_rate=0.01, periods=12))
            results.append(model.discounted_expected_residual_transactions(data, discount_rate=0.1))
            results.append(model.expected_probability_of_purchases(data, 2, 52))
            results.append(model.expected_probability_alive(data, 3))
            for result in results:
                assert np.isfinite(result).all()
                assert (result >= 0).all()
            assert np.isfinite(model.log_likelihood(data))
