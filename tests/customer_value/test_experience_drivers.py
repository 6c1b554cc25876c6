"""Drivers of an answer: published numbers, the definition by brute force, and limits."""

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest

from customer_value.datasets import load_customer_satisfaction
from customer_value.experience import driver_importance, relative_weights, shapley_shares

SATISFACTION = load_customer_satisfaction()
QUESTIONS = [name for name in SATISFACTION if name != "overall"]

# Fertility and five more figures of 47 Swiss provinces about 1888: swiss in R (Mosteller and Tukey, 1977, pp. 549–551).
PRINTED = """
80.2 17.0 15 12 9.96 22.2  83.1 45.1 6 9 84.84 22.2  92.5 39.7 5 5 93.40 20.2  85.8 36.5 12 7 33.77 20.3
76.9 43.5 17 15 5.16 20.6  76.1 35.3 9 7 90.57 26.6  83.8 70.2 16 7 92.85 23.6  92.4 67.8 14 8 97.16 24.9
82.4 53.3 12 7 97.67 21.0  82.9 45.2 16 13 91.38 24.4  87.1 64.5 14 6 98.61 24.5  64.1 62.0 21 12 8.52 16.5
66.9 67.5 14 7 2.27 19.1  68.9 60.7 19 12 4.43 22.7  61.7 69.3 22 5 2.82 18.7  68.3 72.6 18 2 24.20 21.2
71.7 34.0 17 8 3.30 20.0  55.7 19.4 26 28 12.11 20.2  54.3 15.2 31 20 2.15 10.8  65.1 73.0 19 9 2.84 20.0
65.5 59.8 22 10 5.23 18.0  65.0 55.1 14 3 4.52 22.4  56.6 50.9 22 12 15.14 16.7  57.4 54.1 20 6 4.20 15.3
72.5 71.2 12 1 2.40 21.0  74.2 58.1 14 8 5.23 23.8  72.0 63.5 6 3 2.56 18.0  60.5 60.8 16 10 7.72 16.3
58.3 26.8 25 19 18.46 20.9  65.4 49.5 15 8 6.10 22.5  75.5 85.9 3 2 99.71 15.1  69.3 84.9 7 6 99.68 19.8
77.3 89.7 5 2 100.00 18.3  70.5 78.2 12 6 98.96 19.4  79.4 64.9 7 3 98.22 20.2  65.0 75.9 9 9 99.06 17.8
92.2 84.6 3 3 99.46 16.3  79.3 63.1 13 13 96.83 18.1  70.4 38.4 26 12 5.62 20.3  65.7 7.7 29 11 13.79 20.5
72.7 16.7 22 13 11.22 18.9  64.4 17.6 35 32 16.92 23.0  77.6 37.6 15 7 4.97 20.0  67.6 18.7 25 7 8.65 19.5
35.0 1.2 37 53 42.34 18.0  44.7 46.6 16 29 50.43 18.2  42.8 27.7 22 29 58.33 19.3
"""
SWISS = np.array(PRINTED.split(), dtype=float).reshape(47, 6)


def test_shapley_shares_of_the_swiss_provinces() -> None:
    """What the R package relaimpo (Grömping, 2006), whose paper works through these data, gives for type "lmg"."""
    names = ["agriculture", "examination", "education", "catholic", "infant_mortality"]
    table = pd.DataFrame(SWISS, columns=["fertility", *names])
    found = driver_importance(table, "fertility", names)
    published = [0.0570912207681, 0.1711730289002, 0.2601346786244, 0.1055701503735, 0.1127659229265]
    np.testing.assert_allclose(found["shapley"], published, rtol=1e-10)
    assert found.attrs["r2"] == pytest.approx(0.706735001593, rel=1e-11)
    np.testing.assert_allclose(found["share"].sum(), 1)


def test_relative_weights_as_published() -> None:
    """The example of relWt in the R package iopsych, after Johnson (2000)."""
    table = np.array([
        [1.0, 0.2, 0.3, 0.4, -0.4],
        [0.2, 1.0, 0.5, 0.1, 0.1],
        [0.3, 0.5, 1.0, 0.2, -0.3],
        [0.4, 0.1, 0.2, 1.0, 0.4],
        [-0.4, 0.1, -0.3, 0.4, 1.0],
    ])  # fmt: skip
    published = [0.24066119, 0.05492664, 0.12143476, 0.28158189]
    np.testing.assert_allclose(relative_weights(table[:4, :4], table[:4, 4]), published, atol=5e-9)


def test_shapley_shares_are_the_mean_over_all_orders() -> None:
    correlations = np.corrcoef(SATISFACTION[["overall", *QUESTIONS[:5]]].to_numpy(), rowvar=False)
    among, with_outcome = correlations[1:, 1:], correlations[1:, 0]

    def explained(drivers: list[int]) -> float:
        r = with_outcome[drivers]
        return float(r @ np.linalg.solve(among[np.ix_(drivers, drivers)], r)) if drivers else 0.0

    total = np.zeros(5)
    for order in permutations(range(5)):
        for place, driver in enumerate(order):
            total[driver] += explained(list(order[: place + 1])) - explained(list(order[:place]))
    np.testing.assert_allclose(shapley_shares(among, with_outcome), total / factorial(5), atol=1e-12)


def test_coefficients_are_those_of_least_squares() -> None:
    found = driver_importance(SATISFACTION, "overall", QUESTIONS)
    x = np.column_stack([np.ones(len(SATISFACTION)), SATISFACTION[QUESTIONS]])
    y = SATISFACTION["overall"].to_numpy(dtype=float)
    solution, residual, *_ = np.linalg.lstsq(x, y, rcond=None)
    np.testing.assert_allclose(found["coefficient"], solution[1:], rtol=1e-8)
    variance = residual[0] / (len(y) - 10) * np.linalg.inv(x.T @ x)
    np.testing.assert_allclose(found["se"], np.sqrt(np.diag(variance))[1:], rtol=1e-8)
    assert found.attrs["r2"] == pytest.approx(1 - residual[0] / ((y - y.mean()) ** 2).sum())


def test_satisfaction_drivers_go_together_and_one_coefficient_is_negative() -> None:
    found = driver_importance(SATISFACTION, "overall", QUESTIONS, draws=60)
    assert found["correlation"].min() > 0.4
    assert found.loc["distribution", "coefficient"] < 0 < found.loc["distribution", "low"]
    assert list(found["share"].nlargest(2).index) == ["pricing_for_volume", "number_of_customers_reached"]
    np.testing.assert_allclose([found["shapley"].sum(), found["relative_weight"].sum()], found.attrs["r2"])
    assert np.abs(found["shapley"] - found["relative_weight"]).max() < 0.02
    assert ((found["low"] < found["shapley"]) & (found["shapley"] < found["high"])).all()


def test_uncorrelated_drivers_get_their_squared_correlations() -> None:
    with_outcome = np.array([0.6, 0.3, 0.0, -0.5])
    for shares in (shapley_shares(np.eye(4), with_outcome), relative_weights(np.eye(4), with_outcome)):
        np.testing.assert_allclose(shares, with_outcome**2, atol=1e-15)


def test_two_drivers_that_are_nearly_one_share_what_they_explain() -> None:
    among = np.array([[1, 0.999999, 0], [0.999999, 1, 0], [0, 0, 1.0]])
    shares = shapley_shares(among, np.array([0.6, 0.6, 0.3]))
    np.testing.assert_allclose(shares, [0.18, 0.18, 0.09], atol=1e-5)


def test_one_driver_explains_all() -> None:
    found = driver_importance(SATISFACTION, "overall", ["distribution"])
    assert found["share"].tolist() == [1.0]
    assert found["beta"].iloc[0] == pytest.approx(found["correlation"].iloc[0])


def test_gaps_are_counted_and_the_frame_is_left_alone() -> None:
    table = SATISFACTION.astype(float)
    table.iloc[:7, 0] = np.nan
    table.iloc[3:10, 4] = np.nan
    before = table.copy()
    found = driver_importance(table, "overall", QUESTIONS, draws=2)
    assert (found.attrs["n"], found.attrs["left_out"]) == (1801, 10)
    pd.testing.assert_frame_equal(table, before)


def test_bad_input_is_told() -> None:
    table = pd.DataFrame(np.random.default_rng(1).normal(size=(30, 3)), columns=list("abc"))
    with pytest.raises(ValueError, match=r"lacks the column\(s\) d"):
        driver_importance(table, "a", ["b", "d"])
    with pytest.raises(ValueError, match="cannot be a driver of itself"):
        driver_importance(table, "a", ["a", "b"])
    with pytest.raises(ValueError, match="b has the same value in all 30 rows"):
        driver_importance(table.assign(b=2.0), "a", ["b", "c"])
    with pytest.raises(ValueError, match="follows exactly from others"):
        driver_importance(table.assign(c=2 * table["b"]), "a", ["b", "c"])
    with pytest.raises(ValueError, match="4 rows without gaps are too few for 2 drivers"):
        driver_importance(table[:4], "a", ["b", "c"])
    with pytest.raises(ValueError, match="drivers must be 1 to 14 different columns"):
        driver_importance(table, "a", ["b", "b"])
    with pytest.raises(TypeError, match="b must be numbers"):
        driver_importance(table.assign(b="much"), "a", ["b", "c"])
