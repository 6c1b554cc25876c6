"""Lorenz, Gini and top shares against closed forms, limits and an independent definition."""

import numpy as np
import pytest

from customer_value.concentration import gini, lorenz_curve, share_of_customers_for, top_share
from customer_value.datasets import load_cdnow

N = 200_000
MIDDLES = (np.arange(N) + 0.5) / N
UNIFORM = MIDDLES
EXPONENTIAL = -np.log1p(-MIDDLES)


def pareto(alpha: float) -> np.ndarray:
    return (1 - MIDDLES) ** (-1 / alpha)


@pytest.mark.parametrize(
    ("values", "expected"),
    [(UNIFORM, 1 / 3), (EXPONENTIAL, 1 / 2), (pareto(3), 1 / 5), (pareto(5), 1 / 9)],
    ids=["uniform", "exponential", "pareto-3", "pareto-5"],
)
def test_gini_of_known_distributions(values: np.ndarray, expected: float) -> None:
    assert gini(values) == pytest.approx(expected, abs=2e-4)


def test_gini_limits() -> None:
    assert gini([7, 7, 7, 7]) == pytest.approx(0, abs=1e-15)
    assert gini([0, 0, 0, 12]) == pytest.approx(1 - 1 / 4)
    assert gini([3.5]) == 0


def test_gini_is_half_the_relative_mean_difference() -> None:
    values = np.array([1.0, 4, 4, 10, 0.5, 23])
    differences = np.abs(values[:, None] - values[None, :]).mean()
    assert gini(values) == pytest.approx(differences / (2 * values.mean()))


def test_gini_is_the_area_between_curve_and_diagonal() -> None:
    values = np.array([1.0, 4, 4, 10, 0.5, 23])
    curve = lorenz_curve(values)
    under = np.sum((curve.value[1:] + curve.value[:-1]) / 2 * np.diff(curve.customers))
    assert gini(values) == pytest.approx(1 - 2 * under)


def test_gini_ignores_currency_and_order_but_not_added_non_buyers() -> None:
    values = np.array([5.0, 1, 20, 8])
    assert gini(values * 0.92) == pytest.approx(gini(values))
    assert gini(values[::-1]) == gini(values)
    assert gini(np.append(values, np.zeros(4))) == pytest.approx(0.5 + 0.5 * gini(values))


def test_lorenz_curve_of_the_uniform_is_a_parabola() -> None:
    curve = lorenz_curve(UNIFORM)
    assert np.allclose(curve.value, curve.customers**2, atol=1e-5)


def test_lorenz_curve_by_hand() -> None:
    curve = lorenz_curve([6, 1, 3])
    assert curve.customers.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert curve.value.tolist() == pytest.approx([0, 0.1, 0.4, 1])


@pytest.mark.parametrize(("alpha", "share"), [(1.5, 0.2), (3, 0.2), (3, 0.01)])
def test_top_share_of_the_pareto(alpha: float, share: float) -> None:
    assert top_share(pareto(alpha), share) == pytest.approx(share ** (1 - 1 / alpha), rel=0.01)


def test_eighty_twenty_is_a_pareto_of_about_1_16() -> None:
    """log 5 / log 4 = 1.161 makes 0.2 ** (1 − 1/α) equal to 0.8."""
    alpha = np.log(5) / np.log(4)
    assert 0.2 ** (1 - 1 / alpha) == pytest.approx(0.8)
    assert gini(pareto(alpha)) == pytest.approx(1 / (2 * alpha - 1), abs=0.05)


def test_top_share_by_hand_counts_the_boundary_customer_in_proportion() -> None:
    assert top_share([10, 30, 60], 1 / 3) == pytest.approx(0.6)
    assert top_share([10, 30, 60], 0.5) == pytest.approx(0.75)
    assert top_share([10, 30, 60], 1) == 1


def test_share_of_customers_for_by_hand() -> None:
    assert share_of_customers_for([10, 30, 60], 0.6) == pytest.approx(1 / 3)
    assert share_of_customers_for([10, 30, 60], 0.75) == pytest.approx(0.5)
    assert share_of_customers_for([0, 0, 30, 60], 1) == pytest.approx(0.5)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8, 0.99])
def test_share_of_customers_for_undoes_top_share(share: float) -> None:
    values = load_cdnow(sample=True).groupby("customer_id")["value"].sum()
    assert top_share(values, share_of_customers_for(values, share)) == pytest.approx(share)


def test_cdnow() -> None:
    """Recomputed without the library: sort, add up, divide."""
    spend = load_cdnow().groupby("customer_id")["value"].sum().sort_values(ascending=False)
    assert top_share(spend, 0.1) == pytest.approx(spend.iloc[:2357].sum() / 2500315.63)
    assert top_share(spend, 0.2) == pytest.approx(spend.iloc[:4714].sum() / 2500315.63)
    rank = spend.rank(method="first").to_numpy()
    covariance = np.cov(spend, rank, bias=True)[0, 1]
    assert gini(spend) == pytest.approx(2 * covariance / (len(spend) * spend.mean()))


MEASURES = [lorenz_curve, gini, top_share, share_of_customers_for]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ([], ValueError, "values is empty"),
        ([1, float("nan"), 2], ValueError, r"1 missing or infinite value\(s\), the first at position 1"),
        ([1, float("inf")], ValueError, "missing or infinite"),
        ([3, -2, 5], ValueError, "must not be negative; the lowest is -2 at position 1"),
        ([0, 0], ValueError, "all zero"),
        ([[1, 2], [3, 4]], ValueError, "one column"),
        (["a", "b"], TypeError, "must be numbers"),
    ],
)
def test_bad_values_are_refused_by_name(measure, values, kind, message) -> None:
    with pytest.raises(kind, match=message):
        measure(values)


@pytest.mark.parametrize("measure", [top_share, share_of_customers_for])
@pytest.mark.parametrize(
    ("share", "kind", "message"),
    [
        (0, ValueError, "above 0 to 1; got 0"),
        (-0.1, ValueError, "got -0.1"),
        (20, ValueError, r"got 20\. For 20% write 0\.2"),
        (float("nan"), ValueError, "finite"),
        ("a fifth", TypeError, "must be a number; got 'a fifth'"),
        (True, TypeError, "must be a number"),
    ],
)
def test_bad_shares_are_refused_by_name(measure, share, kind, message) -> None:
    with pytest.raises(kind, match=message):
        measure([1, 2, 3], share)
