"""The roadmap: dependencies named, rules by hand, published schedules reproduced, the exact plan never beaten."""

import itertools

import numpy as np
import pytest

from customer_value.transformation import (
    RULES,
    Initiative,
    Roadmap,
    Schedule,
    all_at_once,
    board,
    bundle_index,
    by_rule,
    compare_schedules,
    exact,
    net_value,
    payback_month,
)


def plan(*steps: Initiative, people: float | None = 1, budget: float | None = None, horizon: int = 24) -> Roadmap:
    return Roadmap("x", steps, people, budget, horizon)


def drawn(seed: int) -> Roadmap:
    random = np.random.default_rng(seed)
    steps = []
    for at in range(6):
        after = tuple(f"i{b}" for b in range(at) if random.random() < 0.25)
        people, months = int(random.integers(1, 4)), int(random.integers(1, 5))
        steps.append(
            Initiative(f"i{at}", months, people, float(random.integers(0, 40)), float(random.integers(0, 9)), after)
        )
    return Roadmap("x", tuple(steps), people=4, budget=45, horizon=24)


def keeps_the_rules(schedule: Schedule) -> None:
    named, table = schedule.plan.named(), schedule.table
    for name, each in named.items():
        assert table.loc[name, "end"] - table.loc[name, "start"] == each.months
        assert all(table.loc[before, "end"] <= table.loc[name, "start"] for before in each.after)
    for column, limit in (("people", schedule.plan.people), ("cost", schedule.plan.budget)):
        if limit is not None:
            assert schedule.months[column].max() <= limit + 1e-9
    assert schedule.months["cost"].sum() == pytest.approx(sum(each.cost for each in named.values()))


def test_smiths_rule_on_the_photocopier() -> None:
    """Two jobs for one machine: t = 1, w = 10 and t = 3, w = 2. Σ w·C is 18 in the right order and 46 in the other.

    A textbook exercise; the rule is Smith's (1956).
    """
    shop = plan(Initiative("long", 3, 1, 0, 2), Initiative("short", 1, 1, 0, 10))
    best = by_rule(shop, "weighted shortest job first").table
    assert (best["value"] * best["end"]).sum() == 18
    wrong = {"long": 3, "short": 4}
    assert sum(shop.named()[name].value * end for name, end in wrong.items()) == 46
    assert exact(shop).net == by_rule(shop).net == 24 * 12 - 18


# Ten jobs under two limits, the example of the documentation of Python-MIP (resource constrained project scheduling);
# its best plan takes 21 periods.
DURATIONS = (3, 2, 5, 4, 2, 3, 4, 2, 4, 6)
NEEDS = ((5, 1), (0, 4), (1, 4), (1, 3), (3, 2), (3, 1), (2, 4), (4, 0), (5, 2), (2, 5))
BEFORE = ((1, 4), (1, 5), (2, 9), (2, 10), (3, 8), (4, 6), (4, 7), (5, 9), (5, 10), (6, 8), (6, 9), (7, 8))


def test_a_published_project_takes_21_periods() -> None:
    jobs = [
        Initiative(f"job {at}", months, people, months * money, 0, tuple(f"job {a}" for a, b in BEFORE if b == at))
        for at, (months, (people, money)) in enumerate(zip(DURATIONS, NEEDS, strict=True), start=1)
    ]
    # Only the end of everything is worth something, so that the exact plan is the shortest.
    done = Initiative("done", 1, 0, 0, 1, tuple(job.name for job in jobs))
    found = exact(Roadmap("x", (*jobs, done), people=6, budget=8, horizon=60))
    assert found.table.loc["done", "start"] == 21
    keeps_the_rules(found)
    assert by_rule(found.plan).finished >= 22


def test_rules_by_hand() -> None:
    steps = (
        Initiative("platform", 4, 2, 40, 0),
        Initiative("on top", 2, 1, 10, 5, ("platform",)),
        Initiative("quick", 1, 1, 20, 2),
        Initiative("large", 6, 1, 60, 4),
    )
    found = bundle_index(plan(*steps, people=2), "weighted shortest job first")
    assert found["index"].to_dict() == pytest.approx({"quick": 2, "large": 4 / 6, "on top": 5 / 10, "platform": 0})
    assert found.loc["on top", "needs"] == ("platform",)
    cost = bundle_index(plan(*steps, people=2), "value per cost")["index"]
    assert cost.to_dict() == pytest.approx({"on top": 0.1, "quick": 0.1, "large": 4 / 60, "platform": 0})
    assert bundle_index(plan(*steps, people=2), "value per cost", ["platform"]).index[0] == "on top"
    assert bundle_index(plan(*steps, people=2), "biggest first").index.tolist() == [
        "on top",
        "large",
        "quick",
        "platform",
    ]
    table = by_rule(plan(*steps, people=2)).table
    assert table["start"].to_dict() == {"quick": 0, "large": 0, "platform": 6, "on top": 10}


def test_cash_by_hand() -> None:
    found = by_rule(plan(Initiative("a", 2, 1, 6, 2), horizon=6))
    assert found.months["cash"].tolist() == [-3, -3, 2, 2, 2, 2]
    assert found.months["cumulative"].tolist() == [-3, -6, -4, -2, 0, 2]
    assert (found.net, found.payback, found.deepest, found.finished) == (2, 5, -6, 2)
    # Cost after the horizon counts, value does not.
    late = by_rule(plan(Initiative("a", 2, 1, 6, 2), Initiative("b", 5, 1, 10, 1), horizon=4))
    assert late.net == net_value([2, 1], [2, 7], [6, 10], 4) == 4 - 16
    assert len(late.months) == 7


def test_payback_by_hand() -> None:
    assert payback_month([-3, 1, 1, 1, 1]) == 4
    assert payback_month([1, 1]) == 0
    assert payback_month([-3, 1]) is None
    # Back to zero, then below again: only the last time counts.
    assert payback_month([-1, 1, -1, 2]) == 4
    with pytest.raises(ValueError, match="cash is empty"):
        payback_month([])


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_plan_is_never_beaten(seed: int) -> None:
    given = drawn(seed)
    best = exact(given)
    keeps_the_rules(best)
    for rule in RULES:
        schedule = by_rule(given, rule)
        keeps_the_rules(schedule)
        assert best.net >= schedule.net - 1e-6
        ends = [schedule.table.loc[each.name, "end"] for each in given.initiatives]
        columns = [[getattr(each, name) for each in given.initiatives] for name in ("value", "cost")]
        assert schedule.net == pytest.approx(net_value(columns[0], ends, columns[1], given.horizon))


def test_the_exact_plan_is_the_best_of_all_orders() -> None:
    steps = [Initiative(n, m, 1, 0, v) for n, m, v in (("a", 3, 2.0), ("b", 1, 1.0), ("c", 2, 3.0), ("d", 4, 3.5))]
    nets = []
    for order in itertools.permutations(steps):
        ends = np.cumsum([each.months for each in order])
        nets.append(net_value([each.value for each in order], ends, [0] * 4, 24))
    # With one person and no prerequisites the rule is the best order too (Smith 1956).
    assert exact(plan(*steps)).net == pytest.approx(max(nets))
    assert by_rule(plan(*steps)).net == pytest.approx(max(nets))


def test_the_exact_plan_is_the_best_of_all_start_months() -> None:
    steps = (
        Initiative("opens", 2, 2, 4, 0),
        Initiative("then", 2, 1, 2, 5, ("opens",)),
        Initiative("big", 3, 2, 9, 4),
        Initiative("small", 1, 1, 1, 1),
    )
    given = plan(*steps, people=3, horizon=12)
    best = -np.inf
    for starts in itertools.product(*(range(9 - each.months) for each in steps)):
        ends = [start + each.months for start, each in zip(starts, steps, strict=True)]
        busy = np.zeros(9)
        for start, end, each in zip(starts, ends, steps, strict=True):
            busy[start:end] += each.people
        if starts[1] >= ends[0] and busy.max() <= 3:
            best = max(best, net_value([e.value for e in steps], ends, [e.cost for e in steps], 12))
    assert exact(given).net == pytest.approx(best)


def test_all_at_once_shares_what_there_is() -> None:
    two = plan(Initiative("a", 2, 1, 8, 3), Initiative("b", 2, 1, 8, 3))
    together, ordered = all_at_once(two), by_rule(two)
    assert together.table["end"].tolist() == [4, 4]
    assert ordered.table["end"].tolist() == [2, 4]
    assert together.months["cost"].iloc[:4].tolist() == [4, 4, 4, 4]
    assert together.months["people"].iloc[:4].tolist() == [1, 1, 1, 1]
    assert ordered.net - together.net == 2 * 3
    free = all_at_once(plan(Initiative("a", 2, 1, 8, 3), Initiative("b", 3, 1, 8, 3, ("a",)), people=None))
    assert free.table[["start", "end"]].to_numpy().tolist() == [[0, 2], [2, 5]]
    tight = all_at_once(plan(Initiative("a", 2, 1, 8, 3), Initiative("b", 2, 1, 8, 3), people=None, budget=4))
    assert tight.table["end"].tolist() == [4, 4]
    assert tight.months["cost"].max() == 4


def test_the_roadmap_of_the_running_case() -> None:
    table = compare_schedules(board.roadmap())
    assert table.index[0] == "exact"
    assert set(table.index) == {*RULES, "everything at once", "exact"}
    assert table.loc["weighted shortest job first", "net"] > table.loc["everything at once", "net"]
    assert table.loc["weighted shortest job first", "net"] > table.loc["biggest first", "net"]
    assert "exact" not in compare_schedules(board.roadmap(), search=False).index


def test_circles_and_unknown_prerequisites_are_named() -> None:
    a, b, c = (Initiative(n, 1, 1, 1, 1, (o,)) for n, o in (("a", "b"), ("b", "c"), ("c", "a")))
    with pytest.raises(ValueError, match="wait for each other in a circle: a after b after c after a"):
        plan(a, b, c)
    with pytest.raises(ValueError, match="in a circle: a after a"):
        plan(Initiative("a", 1, 1, 1, 1, ("a",)))
    with pytest.raises(ValueError, match="a comes after b, which is no initiative of this plan; there are a"):
        plan(a)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Initiative("a", 0, 1, 1, 1), "months of a must be a whole number from 1"),
        (lambda: Initiative("a", 1.5, 1, 1, 1), "months of a must be a whole number"),
        (lambda: Initiative("a", 1, -1, 1, 1), "people of a must not be negative"),
        (lambda: Initiative(" ", 1, 1, 1, 1), "an initiative's name is empty"),
        (lambda: plan(Initiative("a", 1, 1, 1, 1), Initiative("a", 1, 1, 1, 1)), "Two initiatives are called a"),
        (lambda: plan(Initiative("a", 1, 2, 1, 1)), "a needs 2 of people in a month, and the limit is 1"),
        (lambda: plan(Initiative("a", 2, 1, 10, 1), budget=4), "a needs 5 of budget in a month, and the limit is 4"),
        (lambda: by_rule(board.roadmap(), "loudest first"), "rule must be one of weighted"),
        (lambda: net_value([1], [1, 2], [1], 3), "must have the same length; got 1, 2 and 1"),
        (
            lambda: exact(plan(*(Initiative(f"i{at}", 1, 1, 1, 1) for at in range(21)))),
            "up to 20 initiatives and 3000 start months in all; this plan has 21",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


def test_other_mistakes_are_named() -> None:
    with pytest.raises(TypeError, match="after of a must be a list of names"):
        Initiative("a", 1, 1, 1, 1, "b")
    with pytest.raises(TypeError, match="at least one Initiative"):
        plan()
    with pytest.raises(TypeError, match="after of b must be a list"):
        Roadmap.from_json(plan(Initiative("b", 1, 1, 1, 1)).to_json().replace('"after": []', '"after": "a"'))
    with pytest.raises(TypeError, match="A roadmap has no speed"):
        board.roadmap().changed(speed=2)
    assert board.roadmap().changed(people=8).people == 8
