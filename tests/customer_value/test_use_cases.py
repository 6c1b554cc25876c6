"""What a use case is worth, how sure that is, and which to choose: by hand, by trying all, and counted once."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from customer_value import clv, cvm
from customer_value.use_cases import Sizing, UseCase, choose, drivers, simulate

REMINDER = UseCase("reminder", (800, 1_000, 1_200), (0.01, 0.03, 0.06), (15, 19, 24), 300, (100, 150, 200))
WIN_BACK = UseCase("win-back", 600, (0, 0.02, 0.05), 19, 200, 50)
VIP = UseCase("vip", (100, 200, 300), (0.02, 0.05, 0.08), 30, 150, 60, requires="platform")
PLATFORM = UseCase("platform", 0, 0, 0, one_off=100, running=20)
CASES = [REMINDER, WIN_BACK, VIP, PLATFORM]


def fixed(name: str, gain: float, cost: float, **more: object) -> UseCase:
    """Reaches 100 customers with a gain a year per customer, for one year."""
    return UseCase(name, 100, gain, 1.0, one_off=cost, **more)  # type: ignore[arg-type]


def for_sure(*cases: UseCase) -> Sizing:
    return simulate(cases, years=1, discount_rate=0.0, draws=3)


def test_value_by_hand() -> None:
    case = UseCase("voucher", reach=2_000, uplift=0.05, margin=20, one_off=1_500, running=400)
    assert case.value(years=3, discount_rate=0.1) == pytest.approx(-1_500 + 1_600 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331))
    assert case.value(1, 0.0) == pytest.approx(2_000 * 0.05 * 20 - 400 - 1_500)
    assert case.value(1, 0.0, uplift=0.0) == pytest.approx(-1_900)


def test_an_uplift_in_euros_takes_a_margin_per_euro() -> None:
    in_euros = UseCase("basket", reach=500, uplift=4.0, margin=0.3)
    assert in_euros.value(1, 0.0) == pytest.approx(600)


def test_three_numbers_are_a_pert_and_distributions_are_kept() -> None:
    assert REMINDER.reach == cvm.Pert(800, 1_000, 1_200)
    assert UseCase("one", (5, 5, 5), 0, 0).reach == cvm.Fixed(5)
    assert UseCase("one", cvm.Normal(100, 10), 0, 0).reach == cvm.Normal(100, 10)


def test_simulation_agrees_with_the_means_of_independent_inputs() -> None:
    sizing = simulate(CASES, draws=40_000)
    table = sizing.summary()
    error = sizing.values.std() / np.sqrt(40_000)
    for case in CASES:
        assert abs(table.loc[case.name, "value"] - case.value()) < 4 * error[case.name] + 1e-9
    assert list(table["value"]) == sorted(table["value"], reverse=True)
    assert table.loc["reminder", "low"] < table.loc["reminder", "value"] < table.loc["reminder", "high"]
    assert table.loc["platform", "chance_of_loss"] == 1
    assert table.loc["reminder", "outlay"] == pytest.approx(450, rel=0.01)
    assert table.loc["win-back", "per_euro"] == pytest.approx(table.loc["win-back", "value"] / 250)


def test_same_seed_same_draws() -> None:
    one, two = simulate(CASES, draws=50, seed=7), simulate(CASES, draws=50, seed=7)
    pd.testing.assert_frame_equal(one.values, two.values)
    assert not simulate(CASES, draws=50, seed=8).values.equals(one.values)


def test_errors_in_common_do_not_cancel() -> None:
    apart, together = simulate(CASES, draws=20_000), simulate(CASES, draws=20_000, together={"uplift": 1.0})
    pd.testing.assert_series_equal(apart.values.mean(), together.values.mean(), rtol=0.02)
    names = ["reminder", "win-back"]
    assert together.total(names).std() > 1.15 * apart.total(names).std()
    ranks = together.draws["reminder", "uplift"].rank().corr(together.draws["win-back", "uplift"].rank())
    assert ranks == pytest.approx(1)
    half = simulate(CASES, draws=20_000, together={"uplift": 0.5})
    # The rank correlation of normal numbers with correlation 0.5.
    expected = 6 / np.pi * np.arcsin(0.25)
    assert half.draws["reminder", "uplift"].corr(half.draws["win-back", "uplift"], "spearman") == pytest.approx(
        expected, abs=0.02
    )


def test_overlap_is_counted_once() -> None:
    sizing = for_sure(fixed("a", 5, 0), fixed("b", 3, 0))
    assert sizing.total().tolist() == [800] * 3
    # All of them in both: everybody brings the larger gain.
    assert sizing.total(overlap={("a", "b"): 1.0}).tolist() == [500] * 3
    assert sizing.total(overlap={("b", "a"): 0.25}).tolist() == [800 - 0.25 * 100 * 3] * 3
    assert sizing.total(["a"], {("a", "b"): 1.0}).tolist() == [500] * 3
    # A use case that harms is not made good by another one.
    harm = for_sure(fixed("a", 5, 0), fixed("b", -3, 0))
    assert harm.total(overlap={("a", "b"): 1.0}).tolist() == [200] * 3


def test_the_best_choice_is_not_the_top_of_the_list() -> None:
    sizing = for_sure(fixed("big", 20, 1_000), fixed("one", 14, 700), fixed("two", 13, 600))
    # By value: big 1,000; one 700; two 700. With 1,300 the two smaller ones bring more.
    found = choose(sizing, 1_300)
    assert found.chosen == ("one", "two")
    assert (found.value, found.outlay) == pytest.approx((1_400, 1_300))
    assert choose(sizing, 1_000).chosen == ("big",)
    assert choose(sizing, 0).chosen == ()


def test_overlap_changes_the_choice() -> None:
    sizing = for_sure(fixed("one", 14, 700), fixed("twin", 14, 700), fixed("other", 12, 700))
    assert set(choose(sizing, 1_400).chosen) == {"one", "twin"}
    found = choose(sizing, 1_400, overlap={("one", "twin"): 0.8})
    assert "other" in found.chosen
    assert found.value == pytest.approx(700 + 500)
    all_three = choose(sizing, 2_100, overlap={("one", "twin"): 0.2})
    assert all_three.counted_twice == pytest.approx(0.2 * 100 * 14)
    assert all_three.value == pytest.approx(700 + 700 + 500 - 280)


def test_a_platform_is_worth_what_it_makes_possible() -> None:
    sizing = for_sure(fixed("platform", 0, 300), fixed("use", 9, 400, requires=("platform",)))
    assert choose(sizing, 1_000).chosen == ("platform", "use")
    assert choose(sizing, 600).chosen == ()
    poor = for_sure(fixed("platform", 0, 600), fixed("use", 9, 400, requires=("platform",)))
    assert choose(poor, 2_000).chosen == ()


def best_by_trying(sizing: Sizing, budget: float, overlap: dict) -> float:
    needs, outlay = {one.name: set(one.requires) for one in sizing.cases}, sizing.outlay()
    totals = [0.0]
    for size in range(1, len(needs) + 1):
        for some in combinations(needs, size):
            if outlay[list(some)].sum() <= budget and all(needs[name] <= set(some) for name in some):
                totals.append(float(sizing.total(some, overlap).mean()))
    return max(totals)


@pytest.mark.parametrize("seed", range(6))
def test_the_choice_is_the_best_of_all_combinations(seed: int) -> None:
    random = np.random.default_rng(seed)
    cases = [
        UseCase(f"case {at}", 100, (0, g, 3 * g), 1.0, random.uniform(50, 400), requires="case 0" if at == 3 else ())
        for at, g in enumerate(random.uniform(0.5, 4, 7))
    ]
    sizing = simulate(cases, draws=200, seed=seed)
    pairs = list(combinations([case.name for case in cases], 2))
    overlap = {pairs[at]: random.uniform(0, 1) for at in random.choice(len(pairs), 6, replace=False)}
    found = choose(sizing, 800, overlap=overlap)
    assert found.value == pytest.approx(best_by_trying(sizing, 800, overlap))
    assert found.outlay <= 800
    assert found.value == pytest.approx(float(sizing.total(found.chosen, overlap).mean()))


def test_what_a_portfolio_says() -> None:
    found = choose(simulate(CASES, draws=5_000), 2_000)
    low, high = found.interval()
    assert low < found.value < high
    assert found.chance_of_loss == pytest.approx(float((found.draws < 0).mean()))


def test_drivers_are_a_tornado() -> None:
    table = drivers(REMINDER, years=2, discount_rate=0.05)
    assert table.index[0] == "uplift"
    assert set(table.index) == {"uplift", "reach", "margin", "running"}
    high = cvm.Pert(0.01, 0.03, 0.06).quantile(0.9)
    assert table.loc["uplift", "at_high"] == pytest.approx(REMINDER.value(2, 0.05, uplift=float(high)))
    assert table.attrs["base"] == pytest.approx(REMINDER.value(2, 0.05))
    assert table.loc["running", "at_low"] > table.loc["running", "at_high"]


def test_years_count_as_an_annuity() -> None:
    case = UseCase("one", 100, 1, 1)
    assert case.value(5, 0.08) == pytest.approx(clv.annuity_value(100, 0.08, periods=5))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: UseCase("", 1, 1, 1), "needs a name"),
        (lambda: UseCase("a", (1, 2), 1, 1), "reach of 'a' must be a number or three numbers"),
        (lambda: UseCase("a", (3, 2, 1), 1, 1), "low ≤ likely ≤ high"),
        (lambda: REMINDER.value(price=3), "no input 'price'"),
        (lambda: REMINDER.value(years=0), "years must be"),
        (lambda: simulate([REMINDER, REMINDER]), "a name of its own"),
        (lambda: simulate([]), "at least one use case"),
        (lambda: simulate([VIP]), "'vip' requires 'platform'"),
        (lambda: simulate(CASES, together={"price": 1}), "together is by input"),
        (lambda: simulate(CASES, together={"uplift": 2}), "together\\['uplift'\\] must be a share"),
        (lambda: simulate(CASES, draws=5).total(["coffee"]), "no use case 'coffee'"),
        (lambda: simulate(CASES, draws=5).total(overlap={("vip", "vip"): 1}), "pairs of different names"),
        (
            lambda: simulate(CASES, draws=5).total(overlap={("vip", "reminder"): 0.1, ("reminder", "vip"): 0.1}),
            "given twice",
        ),
        (lambda: choose(simulate(CASES, draws=5), -1), "budget must not be negative"),
        (lambda: drivers(PLATFORM), "nothing is uncertain"),
        (lambda: drivers(REMINDER, low=0.9, high=0.1), "low must be below high"),
    ],
)
def test_bad_use_cases(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()  # type: ignore[operator]


def test_hopes_that_fall_short() -> None:
    sizing = for_sure(fixed("a", 5, 100), fixed("b", 3, 0))
    half = sizing.shrunk(0.5)
    assert half.values["a"].tolist() == [150] * 3
    assert half.total(overlap={("a", "b"): 1.0}).tolist() == [150] * 3
    assert sizing.values["a"].tolist() == [400] * 3
    with pytest.raises(ValueError, match="share must be"):
        sizing.shrunk(1.5)
