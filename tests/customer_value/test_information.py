"""What information is worth: published numbers, limits, and closed forms against simulation."""

import math

import numpy as np
import pandas as pd
import pytest

from customer_value.information import (
    BestTest,
    GoDecision,
    evpi,
    evpi_normal,
    evppi,
    roll_out_test_gain,
    roll_out_test_size,
    unit_normal_loss,
)
from customer_value.use_cases import UseCase, simulate

VOUCHER = GoDecision(effect=0.2, effect_sd=0.5, outcome_sd=10.6, reach=20_000, cost=5_000)


# The table of the standard normal loss function that is printed in textbooks: 0.0026 at 2.42; and, to more digits,
# M. Maechler's value at 10 in a public answer on this function, 7.47456e-25.
@pytest.mark.parametrize(("z", "printed", "digits"), [(2.42, 0.0026, 5e-5), (10, 7.47456e-25, 5e-31)])
def test_the_unit_normal_loss_that_is_printed(z: float, printed: float, digits: float) -> None:
    assert abs(unit_normal_loss(z) - printed) <= digits


def test_the_unit_normal_loss_at_its_marks() -> None:
    assert unit_normal_loss(0) == pytest.approx(1 / math.sqrt(2 * math.pi))
    assert unit_normal_loss(-1.5) == pytest.approx(1.5 + unit_normal_loss(1.5))
    assert unit_normal_loss(40.0) == pytest.approx(0, abs=1e-300)
    assert unit_normal_loss(-1e6) == pytest.approx(1e6)
    # The mean excess over 0.7 as an integral.
    z = np.linspace(0.7, 12, 200_001)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    assert unit_normal_loss(0.7) == pytest.approx(np.trapezoid((z - 0.7) * density, z), rel=1e-8)


def test_knowing_everything_by_hand() -> None:
    # Two equally likely states: go earns 10 or −4, staying 0. Known: (10 + 0) / 2; today: 3.
    assert evpi([10.0, -4.0]) == pytest.approx(2)
    assert evpi(pd.DataFrame({"a": [10.0, 0.0], "b": [0.0, 10.0]})) == pytest.approx(5)
    # The better option is better in every state: nothing to learn.
    assert evpi(pd.DataFrame({"a": [10.0, 20.0], "b": [1.0, 2.0]})) == 0


def test_closed_form_and_simulation_agree() -> None:
    draws = np.random.default_rng(3).normal(30, 100, 400_000)
    assert evpi(draws) == pytest.approx(evpi_normal(30, 100), rel=0.01)
    assert evpi_normal(-30, 100) == pytest.approx(evpi_normal(30, 100))


def test_no_doubt_no_value() -> None:
    assert evpi_normal(30, 0) == 0
    assert evpi_normal(0, 0) == 0
    sure = GoDecision(effect=0.2, effect_sd=0, outcome_sd=10, reach=100)
    assert sure.evpi() == 0
    assert sure.evsi([0, 10, 1_000]).tolist() == [0, 0, 0]
    assert sure.best_test(cost_per_customer=0.1).customers == 0
    assert sure.chance_wrong() == 0
    assert evpi(np.full(5, 3.0)) == 0


def test_a_test_is_worth_nothing_without_customers_and_at_most_the_truth() -> None:
    worth = VOUCHER.evsi([0, 1, 10, 100, 1e4, 1e15])
    assert worth[0] == 0
    assert np.all(np.diff(worth) >= 0)
    assert np.all(worth <= VOUCHER.evpi())
    assert worth[-1] == pytest.approx(VOUCHER.evpi(), rel=1e-6)


def test_a_test_without_noise_is_the_truth() -> None:
    exact = GoDecision(effect=0.2, effect_sd=0.5, outcome_sd=0, reach=20_000, cost=5_000)
    assert exact.evsi(2) == pytest.approx(exact.evpi())


def test_a_hopeless_idea_is_not_worth_testing() -> None:
    hopeless = GoDecision(effect=-5.0, effect_sd=0.5, outcome_sd=10.6, reach=20_000)
    assert hopeless.evpi() < 1e-15
    assert hopeless.best_test(cost_per_customer=0.01) == BestTest(0, 0.0, 0.0, 0.0)


def test_the_value_of_a_test_is_that_of_simulated_tests() -> None:
    random, n = np.random.default_rng(11), 1_500
    truth = random.normal(VOUCHER.effect, VOUCHER.effect_sd, 400_000)
    error = math.sqrt(4 * VOUCHER.outcome_sd**2 / n)
    seen = truth + random.normal(0, error, truth.size)
    weight = VOUCHER.effect_sd**2 / (VOUCHER.effect_sd**2 + error**2)
    believed = VOUCHER.effect + weight * (seen - VOUCHER.effect)
    gain = VOUCHER.reach * truth - VOUCHER.cost
    decided = np.where(VOUCHER.reach * believed > VOUCHER.cost, gain, 0.0).mean()
    assert decided - max(gain.mean(), 0) == pytest.approx(VOUCHER.evsi(n), rel=0.03)


@pytest.mark.parametrize("cost", [0.05, 0.5, 1.0])
@pytest.mark.parametrize("fixed", [0.0, 300.0])
def test_the_best_size_is_the_best_of_all(cost: float, fixed: float) -> None:
    found = VOUCHER.best_test(cost_per_customer=cost, fixed_cost=fixed)
    every = VOUCHER.curve(np.arange(0, 20_001, 2), cost_per_customer=cost, fixed_cost=fixed)
    assert found.net == pytest.approx(max(every["net"].max(), 0.0))
    assert found.customers == (every["net"].idxmax() if every["net"].max() > 0 else 0)
    assert found.net == pytest.approx(found.evsi - found.cost)


def test_a_test_may_be_too_dear() -> None:
    assert VOUCHER.best_test(cost_per_customer=20).customers == 0
    assert VOUCHER.best_test(cost_per_customer=0.1, fixed_cost=VOUCHER.evpi()).customers == 0


def test_the_best_size_among_many_customers() -> None:
    many = GoDecision(effect=0.0, effect_sd=0.1, outcome_sd=10.6, reach=50_000_000)
    found = many.best_test(cost_per_customer=0.5)
    for other in (found.customers - 2, found.customers + 2):
        assert many.evsi(other) - 0.5 * other <= found.net


def test_the_chance_to_be_wrong_today() -> None:
    draws = np.random.default_rng(2).normal(VOUCHER.mean, VOUCHER.sd, 200_000)
    assert VOUCHER.chance_wrong() == pytest.approx(
        (draws > 0).mean() if VOUCHER.mean < 0 else (draws < 0).mean(), abs=0.01
    )


# Feit & Berman (2019), website example: a conversion rate of 0.68, versions that differ by a standard deviation of
# 0.03, 100,000 visitors. 2,284 in each arm; their replication files' test has 2283.89002819.
def test_test_and_roll_of_the_website() -> None:
    size = roll_out_test_size(100_000, math.sqrt(0.68 * 0.32), 0.03)
    assert size == pytest.approx(2283.89002819, abs=5e-9)
    assert round(size) == 2_284


def test_test_and_roll_is_the_value_of_a_test_less_the_customers_in_it() -> None:
    people, noise, spread = 100_000, math.sqrt(0.68 * 0.32), 0.03
    # The difference of two versions varies by √2 as much as each; whoever is in the test is not rolled out to.
    for n in (50, 2_284, 20_000):
        decision = GoDecision(effect=0, effect_sd=math.sqrt(2) * spread, outcome_sd=noise, reach=people - 2 * n)
        assert roll_out_test_gain(people, noise, spread, n) == pytest.approx(decision.evsi(2 * n))
    sizes = np.arange(2_200, 2_400)
    gains = roll_out_test_gain(people, noise, spread, sizes)
    assert sizes[int(np.argmax(gains))] == 2_284


def test_test_and_roll_limits() -> None:
    # Little to find in much noise: a sixth in each arm. Many people: the square root of them.
    assert roll_out_test_size(1_000, 1e6, 1.0) == pytest.approx(1_000 / 6, rel=1e-6)
    assert roll_out_test_size(1e16, 10, 1.0) == pytest.approx(1e8 * 10 / 2, rel=1e-5)
    assert roll_out_test_size(1_000, 0, 1.0) == 0
    assert roll_out_test_gain(1_000, 1, 1, 0) == 0
    assert roll_out_test_gain(1_000, 1, 1, 500) == 0
    with pytest.raises(ValueError, match="more than the 1000 people"):
        roll_out_test_gain(1_000, 1, 1, 501)


# One input alone


@pytest.mark.parametrize("method", ["regression", "bins"])
def test_knowing_one_of_two_inputs(method: str) -> None:
    random = np.random.default_rng(5)
    inputs = pd.DataFrame({"x": random.normal(0, 3, 100_000), "y": random.normal(0, 4, 100_000)})
    table = evppi((inputs["x"] + inputs["y"] + 1).to_numpy(), inputs, method=method, bins=100)
    assert list(table.index) == ["y", "x"]
    for name, sd in (("x", 3), ("y", 4)):
        assert table.loc[name, "evppi"] == pytest.approx(evpi_normal(1, sd), rel=0.03)
    whole = evpi((inputs["x"] + inputs["y"] + 1).to_numpy())
    assert whole == pytest.approx(evpi_normal(1, 5), rel=0.03)
    assert table["share"].to_numpy() == pytest.approx(table["evppi"].to_numpy() / whole)


def test_what_does_not_matter_is_worth_nothing() -> None:
    random = np.random.default_rng(6)
    inputs = pd.DataFrame({"x": random.normal(0, 3, 20_000), "idle": random.normal(0, 3, 20_000), "fixed": 7.0})
    table = evppi(inputs["x"].to_numpy(), inputs)
    assert table.loc["fixed", "evppi"] == 0
    assert table.loc["idle", "evppi"] < 0.02 * table.loc["x", "evppi"]
    assert table.loc["x", "share"] == pytest.approx(1, abs=0.02)


def test_use_cases_tell_what_to_ask_next() -> None:
    case = UseCase("voucher", (900, 1_000, 1_100), (-0.02, 0.02, 0.05), (18, 19, 20), one_off=800)
    sizing = simulate([case])
    table = evppi(sizing.values["voucher"], sizing.draws)
    assert table.index[0] == ("voucher", "uplift")
    assert table["evppi"].iloc[0] > 20 * table["evppi"].iloc[1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: evpi([1.0, math.nan]), "missing or infinite"),
        (lambda: evpi(np.empty((0, 2))), "a row for each draw"),
        (lambda: evppi([1.0, 2.0], pd.DataFrame({"x": [1.0]})), "a row for each of the 2 draws"),
        (lambda: evppi([1.0, 2.0], pd.DataFrame({"x": [1.0, 2]}), method="magic"), "'regression' or 'bins'"),
        (lambda: GoDecision(0.1, -1, 1, 10), "effect_sd must not be negative"),
        (lambda: GoDecision(0.1, 1, 1, 0), "reach must be above 0"),
        (lambda: VOUCHER.best_test(cost_per_customer=-1), "cost_per_customer must not be negative"),
        (lambda: VOUCHER.evsi(-1), "customers must be at least 0"),
        (lambda: evpi_normal(1, -1), "sd must be at least 0"),
    ],
)
def test_bad_questions(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()  # type: ignore[operator]
