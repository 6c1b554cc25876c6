"""What must hold for any parameters and any customer, and any of them against arithmetic with 40 digits."""

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_value.btyd import BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.spend import GammaGammaModel

mpmath.mp.dps = 40
KINDS = (BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel)
positive = st.floats(-3, 3).map(lambda power: 10.0**power)
parameters = st.tuples(positive, positive, positive, positive)
few = settings(max_examples=150, deadline=None, derandomize=True)


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, float, float]:
    x = draw(st.sampled_from([0, 1, 2, 7, 40, 500]))
    recency = draw(positive) if x else 0.0
    return x, recency, recency + draw(st.one_of(st.just(0.0), positive))


def frame(*customers: tuple[int, float, float]) -> pd.DataFrame:
    return pd.DataFrame(customers, columns=["frequency", "recency", "T"])


def made(kind: type, values: tuple[float, ...]):
    return kind.from_params(**dict(zip(kind._names, values, strict=True)))


def still_to_come(R: float, a: float, B: float, z: float) -> mpmath.mpf:
    """E[(1 − (1 + pz)^(−R)) / p] for p ~ Beta(a, B), by the closed form moved off its singular points."""
    R, a, B, z = map(mpmath.mpf, (R, a, B, z))
    if abs(a - 1) < mpmath.mpf("1e-15") or abs(a + B - 1) < mpmath.mpf("1e-15"):
        a, B = a + mpmath.mpf("1e-20"), B + mpmath.mpf("1e-20")
    c = a + B - 1
    with mpmath.workdps(80):
        return c / (a - 1) * (1 - (1 + z) ** (1 - a) * mpmath.hyp2f1(c - R, a - 1, c, z / (1 + z)))


@given(parameters, histories(), positive)
@few
def test_bg_nbd_expectation_against_40_digits(values: tuple, history: tuple, t: float) -> None:
    r, alpha, a, b = values
    x, _, T = history
    for kind, first in ((BetaGeoModel, 0), (ModifiedBetaGeoModel, 1)):
        found = made(kind, values)._future().expected(np.array([x]), np.array([T]), np.asarray(t))[0]
        z = mpmath.mpf(t) / (mpmath.mpf(alpha) + mpmath.mpf(T))
        exact = still_to_come(mpmath.mpf(r) + x, a, mpmath.mpf(b) + x + first, z)
        assert found == pytest.approx(float(exact), rel=2e-12, abs=0)


@given(parameters, histories())
@few
def test_bg_nbd_likelihood_and_p_alive_against_40_digits(values: tuple, history: tuple) -> None:
    r, alpha, a, b = map(mpmath.mpf, values)
    x, recency, T = history[0], *map(mpmath.mpf, history[1:])
    for kind, first in ((BetaGeoModel, 0), (ModifiedBetaGeoModel, 1)):
        chances = x + first
        there = mpmath.beta(a, b + chances) / mpmath.beta(a, b) * (alpha + T) ** (-r - x)
        gone = 0
        if chances:
            gone = mpmath.beta(a + 1, b + chances - 1) / mpmath.beta(a, b) * (alpha + recency) ** (-r - x)
        likelihood = mpmath.log(mpmath.rf(r, x) * alpha**r * (there + gone))
        model, data = made(kind, values), frame(history)
        assert model.log_likelihood(data) == pytest.approx(float(likelihood), rel=1e-13, abs=1e-11)
        alive = model.expected_probability_alive(data).iloc[0]
        assert alive == pytest.approx(float(there / (there + gone)), rel=1e-10, abs=1e-300)


@given(st.tuples(positive, positive, positive), st.integers(1, 5_000), positive)
@few
def test_gamma_gamma_likelihood_against_40_digits(values: tuple, x: int, mean: float) -> None:
    p, q, gamma, m = map(mpmath.mpf, (*values, mean))
    exact = mpmath.loggamma(p * x + q) - mpmath.loggamma(p * x) - mpmath.loggamma(q) + q * mpmath.log(gamma)
    exact += (p * x - 1) * mpmath.log(m) + p * x * mpmath.log(x) - (p * x + q) * mpmath.log(gamma + x * m)
    data = pd.DataFrame({"frequency": [x], "monetary_value": [mean]})
    assert made(GammaGammaModel, values).log_likelihood(data) == pytest.approx(float(exact), rel=1e-12, abs=1e-8)


@given(parameters, histories(), positive)
@few
def test_expected_purchases_are_within_what_is_possible(values: tuple, history: tuple, t: float) -> None:
    """Not below none, not above those of someone who stays; more with time, at a pace that never rises."""
    data = frame(history)
    for kind in KINDS:
        model = made(kind, values)
        alive = model.expected_probability_alive(data).iloc[0]
        some, twice = (model.expected_purchases(data, length).iloc[0] for length in (t, 2 * t))
        most = alive * (model.r_ + history[0]) / (model.alpha_ + history[2]) * t
        assert 0 <= alive <= 1
        assert 0 <= some <= most * (1 + 1e-11)
        assert some * (1 - 1e-11) <= twice <= 2 * some * (1 + 1e-11)


@given(parameters, histories(), positive)
@few
def test_silence_makes_it_less_likely_that_someone_is_there(values: tuple, history: tuple, longer: float) -> None:
    x, recency, T = history
    both = frame((x, recency, T), (x, recency, T + longer))
    for kind in KINDS:
        now, later = made(kind, values).expected_probability_alive(both)
        assert later <= now * (1 + 1e-12)


@given(parameters, histories(), st.sampled_from(["day", "week", "month", "year"]), st.floats(0.001, 0.5))
@few
def test_worth_less_the_later_and_the_dearer_money_is(values: tuple, history: tuple, step: str, rate: float) -> None:
    data = frame(history)
    for kind in KINDS:
        model = made(kind, values)
        free, dear, early = (
            model.expected_customer_lifetime_value(data, 1, periods=6, step=step, **terms).iloc[0]
            for terms in (
                {"discount_rate": 0},
                {"discount_rate": rate},
                {"discount_rate": rate, "timing": "start"},
            )
        )
        assert dear == pytest.approx(early / (1 + rate), rel=1e-9, abs=1e-300)
        assert free / (1 + rate) ** 6 * (1 - 1e-9) <= dear <= free / (1 + rate) * (1 + 1e-9)
        always = model.discounted_expected_residual_transactions(data, discount_rate=rate, step=step).iloc[0]
        assert dear <= always * (1 + 1e-9)


@given(parameters, histories(), st.integers(0, 30), positive)
@few
def test_shares_are_shares(values: tuple, history: tuple, n: int, t: float) -> None:
    data = frame(history)
    for kind in KINDS:
        share = made(kind, values).expected_probability_of_purchases(data, n, t).iloc[0]
        assert 0 <= share <= 1 + 1e-10


@given(st.tuples(positive, positive, positive), st.integers(0, 500), positive)
@few
def test_expected_spend_lies_between_own_and_everybodys(values: tuple, x: int, mean: float) -> None:
    model = made(GammaGammaModel, (values[0], 1 + values[1], values[2]))
    data = pd.DataFrame({"frequency": [max(x, 1)], "monetary_value": [mean]})
    average, spend = model.expected_new_customer_spend(), model.expected_customer_spend(data).iloc[0]
    assert min(mean, average) * (1 - 1e-12) <= spend <= max(mean, average) * (1 + 1e-12)
