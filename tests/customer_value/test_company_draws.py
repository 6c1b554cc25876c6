"""The draws have the distributions they claim, and are made of nothing but exact arithmetic."""

import hashlib

import numpy as np
import pytest
from scipy import stats

from customer_value.company._draws import Draws, count_by, exp, log, repeat, total_by

SIZE = 60_000
# Chance of failing by bad luck: the draws are fixed, so these tests either always pass or always fail.
LEAST = 1e-3
EXPECTED = "dc2f58406ad9c85309b6e386eec372c408f00b4eb49d8ffb98474077754a70b3"


def draws(use: str = "test") -> Draws:
    return Draws(11, 0, use)


def test_logarithm_and_exponential_are_accurate() -> None:
    x = np.concatenate([np.geomspace(1e-300, 1e300, 9_001), 1 + np.linspace(-1e-3, 1e-3, 1_001)])
    assert np.abs(log(x) - np.log(x)).max() <= 4e-16 * np.abs(np.log(x)).max()
    inside = x[(x > 0.5) & (x < 2) & (x != 1)]
    assert np.abs(log(inside) / np.log(inside) - 1).max() < 1e-14
    y = np.linspace(-700, 700, 20_001)
    assert np.abs(exp(y) / np.exp(y) - 1).max() < 1e-15
    assert exp(np.array([-1e9, 1e9])).tolist() == exp(np.array([-700.0, 700.0])).tolist()


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("uniform", (), stats.uniform()),
        ("exponential", (), stats.expon()),
        ("normal", (), stats.norm()),
        ("gamma", (0.4,), stats.gamma(0.4)),
        ("gamma", (1.0,), stats.gamma(1.0)),
        ("gamma", (6.5,), stats.gamma(6.5)),
        ("beta", (0.6, 3.8), stats.beta(0.6, 3.8)),
    ],
)
def test_continuous_draws_follow_their_distribution(name: str, arguments: tuple, expected: object) -> None:
    drawn = getattr(draws(name), name)(*arguments, SIZE)
    assert drawn.size == SIZE
    assert stats.kstest(drawn, expected.cdf).pvalue > LEAST


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (draws("g").geometric(np.full(SIZE, 0.2), 1_000), stats.geom(0.2)),
        (draws("p").poisson(np.full(SIZE, 3.2)), stats.poisson(3.2)),
    ],
    ids=["geometric", "poisson"],
)
def test_counts_follow_their_distribution(drawn: np.ndarray, expected: object) -> None:
    values = np.arange(drawn.max() + 1)
    seen = count_by(drawn, values.size)
    wanted = SIZE * expected.pmf(values)
    often = wanted >= 5
    seen = np.append(seen[often], SIZE - seen[often].sum())
    wanted = np.append(wanted[often], SIZE - wanted[often].sum())
    assert stats.chisquare(seen, wanted).pvalue > LEAST


def test_extremes_of_a_chance_stay_in_bounds() -> None:
    assert set(draws().geometric(np.array([1.0] * 50), 9)) == {1}
    assert set(draws().geometric(np.array([1e-18] * 50), 9)) == {9}
    assert draws().poisson(np.zeros(20)).sum() == 0
    assert not draws().chance(0.0, 100).any()
    assert draws().chance(1.0, 100).all()


def test_choice_and_groups() -> None:
    share = count_by(draws().choice([1.0, 2.0, 1.0], SIZE), 3) / SIZE
    assert share == pytest.approx([0.25, 0.5, 0.25], abs=0.01)
    group = np.array([0, 2, 2], dtype=np.int64)
    assert total_by(group, np.array([1.0, 2.0, 4.0]), 4).tolist() == [1, 0, 6, 0]
    assert count_by(group, 4).tolist() == [1, 0, 2, 0]
    assert repeat(group, np.array([2, 0, 1], dtype=np.int64)).tolist() == [0, 0, 2]


def test_streams_are_apart_and_never_change() -> None:
    first, again, other = Draws(1, 0, "a").uniform(5), Draws(1, 0, "a").uniform(5), Draws(1, 0, "b").uniform(5)
    assert first.tolist() == again.tolist()
    for different in (other, Draws(2, 0, "a").uniform(5), Draws(1, 1, "a").uniform(5)):
        assert not set(first.tolist()) & set(different.tolist())
    stream = Draws(20_250_101, 3, "everything")
    parts = [stream.normal(1_000), stream.gamma(0.4, 1_000), stream.beta(0.6, 3.8, 1_000), stream.exponential(1_000)]
    # Computed once on x86-64 Linux; the same number anywhere is the point of the module.
    assert hashlib.sha256(np.concatenate(parts).tobytes()).hexdigest() == EXPECTED
