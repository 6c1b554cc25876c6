"""Typed numbers of chapter 13's folded answers, form and quiz are what the library computes."""

import functools

import numpy as np
import pandas as pd
import pytest

from customer_value import allocation, information, valuation
from customer_value.datasets import load_kettleholt, load_kettleholt_truth
from customer_value.use_cases import Sizing, UseCase, choose, simulate
from tests.chapters.said import ROOT, says

INDEX = "13-customer-data-value/index.md"
LAB = "13-customer-data-value/lab.md"
EXERCISE = "13-customer-data-value/exercise.md"
EVE = "2024-12-31"
TERMS = {"leaves_waiting": 0.30, "leaves_served": 0.04, "cancels": 0.20}


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    return {name: load_kettleholt(name) for name in allocation.TABLES}


@functools.cache
def values() -> pd.DataFrame:
    return allocation.customer_values(tables(), EVE)


@functools.cache
def orders() -> pd.DataFrame:
    return allocation.order_contributions(tables(), EVE)


def lines() -> pd.DataFrame:
    return load_kettleholt("open_orders")


def stock() -> pd.Series:
    return load_kettleholt("stock").set_index("StockCode")["on_hand"]


@functools.cache
def case() -> pd.DataFrame:
    return allocation.order_case(tables(), lines(), values())


def saved(**changes: float) -> pd.Series:
    worth = allocation.value_saved(case()["clv"], case()["order_margin"], **(TERMS | changes))
    return pd.Series(worth, case().index)


def rules() -> dict[str, pd.Series | None]:
    gross = values()["revenue_clv"].reindex(case()["customer_id"]).to_numpy()
    return {
        "first come": None,
        "order value": case()["order_value"],
        "CLV by revenue": pd.Series(gross, case().index),
        "CLV, net": case()["clv"],
    }


@functools.cache
def judged() -> tuple[pd.DataFrame, pd.DataFrame]:
    then = allocation.customer_values(tables(), "2023-12-31", months=12)
    later = allocation.contribution_after(
        tables(), "2023-12-31", EVE, referred_worth=then.attrs["referred_worth"]
    ).reindex(then.index)
    agreed = tables()["customers"].set_index("customer_id")["email_consent"].reindex(then.index)
    return then[agreed], later[agreed]


def two_lists(places: int, cost: float = 3) -> dict[str, float]:
    then, later = judged()
    return allocation.compare_lists(
        then["revenue_year"], then["net"], later["brought"], places, effect=0.10, cost=cost
    ).attrs


USES = (
    UseCase("scarce orders", (6, 12, 18), (0, 500, 820), 1, one_off=4_000, running=(1_000, 1_500, 2_500)),
    UseCase("list by value", 500, (0, 2, 4), 1, one_off=1_500, running=300),
    UseCase("drifting away", (1_600, 3_300, 4_900), (0.3, 1.3, 2.4), 1, one_off=1_500, running=500),
    UseCase("German parcels", 1_260, (0.10, 0.21, 0.23), (3, 8, 13), one_off=1_000, running=(400, 750, 1_500)),
)
FIRM = valuation.Firm(
    customers=10_000,
    won=2_500,
    retention=0.8,
    revenue=200,
    margin=0.45,
    acquisition_cost=60,
    fixed_cost=500_000,
    tax=0.25,
    reinvestment=0.02,
    discount_rate=0.1,
    other_assets=100_000,
    debt=400_000,
)


@functools.cache
def sizing(link: float = 0.5) -> Sizing:
    return simulate(USES, together={"uplift": link})


def test_the_planted_chances_are_those_of_the_pages() -> None:
    planted = load_kettleholt_truth().parameters["parameters"]["open_orders"]
    assert planted["leaves_if_late"]["value"] == TERMS["leaves_waiting"]
    assert planted["leaves_if_served"]["value"] == TERMS["leaves_served"]
    says(LAB, "If the order waits, 30% of customers never buy again, if it is shipped 4%, and 20% of waiting orders")


def test_what_is_left_of_revenue() -> None:
    paid = orders()["revenue"].sum()
    says(LAB, f"Known customers paid about {paid / 1e6:.2f} million euros in three years.")


def test_the_fifty_orders() -> None:
    table = allocation.compare_rules(lines(), stock(), saved(), rules())
    says(LAB, f"The best choice of orders saves {table['saved'].iloc[-1]:.0f} euros.")
    gap = table.loc["CLV, net", "saved"] - table.loc["CLV by revenue", "saved"]
    says(LAB, "differ by more than 800 euros on one morning")
    assert 800 < gap < 850
    says(LAB, f"the queue would cost {table.loc['first come', 'behind']:.0f} euros this morning")
    mild = allocation.compare_rules(lines(), stock(), saved(leaves_waiting=0.10), rules())
    says(LAB, f"and still {mild.loc['first come', 'behind']:.0f} if only 10% do.")
    assert table["orders"].iloc[-1] == 22
    says(LAB, "The 22 first by value saved per piece")
    pieces = allocation.compare_rules(lines(), stock(), saved(), {"per piece": saved() / case()["pieces"]})
    assert pieces.loc["per piece", "behind"] == pytest.approx(0, abs=1e-6)
    says(LAB, "going down the list by value saved per piece saves as much.")
    for page in (INDEX, LAB):
        says(page, "or who pays for returns.")
    says(INDEX, "(price €549, cost €434)")
    due = load_kettleholt("stock").set_index("StockCode").loc["KH701", "due_in_days"]
    says(INDEX, "this machine alone would give seven or eight")
    assert 7 < 365 / due < 8


def test_most_of_the_queues_loss_is_not_scarcity() -> None:
    table = allocation.compare_rules(lines(), stock(), saved(), {"fewest returns": -case()["returned"]})
    spared, rest = table.loc["fewest returns", ["saved", "behind"]]
    says(LAB, f"saves {spared:.0f} euros; lifetime value adds {rest:.0f}.")
    good = saved()[saved() > 0]
    willing = lines()[lines()["order_no"].isin(good.index)]
    queue = allocation.compare_rules(lines(), stock(), saved(), {"queue": None}).loc["queue"]
    choosy = allocation.compare_rules(willing, stock(), saved(), {"queue": None}).loc["queue"]
    assert choosy["saved"] - queue["saved"] > 0.75 * queue["behind"]
    says(LAB, "Mostly not: it ships orders that are expected to lose money.")
    says(INDEX, "mostly not scarcity.")


def test_what_each_step_brings_to_the_list() -> None:
    then, later = judged()
    known = allocation.order_contributions(tables(), "2023-12-31")
    counted = known[known["date"] > "2022-12-31"].groupby("customer_id")["contribution"].sum()

    def gain(score: pd.Series) -> float:
        found = allocation.compare_lists(then["own"], score, later["brought"], 500, effect=0.10, cost=3)
        return found.attrs["second"]

    plain, own, net = gain(then["revenue_year"]), gain(then["own"]), gain(then["net"])
    kept = gain(counted.reindex(then.index).fillna(0.0))
    says(LAB, f"about {round(kept - plain, -1):.0f} of the {round(net - plain, -2):,.0f} euros, which needs no model.")
    says(LAB, f"The model adds about {round(own - kept, -1):.0f}.")
    says(LAB, f"With recommendations the list gains about {round(own - net, -1):.0f} less")


def test_who_is_passed_over() -> None:
    says(LAB, "The best choice passes over large orders and likely returns")
    filled = allocation.fill_best(lines(), stock(), saved())
    assert not filled[case()["pieces"] > 1].any()
    assert case()["returned"][filled].mean() < 0.7 * case()["returned"][~filled].mean()


def test_the_rule_matters_at_any_number_of_machines() -> None:
    says(LAB, "It matters as soon as there is one, even with machines for all 62")
    for pieces in (1, 5, 22, 45, 62):
        here = stock()
        here["KH701"] = pieces
        assert allocation.compare_rules(lines(), here, saved(), rules()).loc["first come", "behind"] > 0


def test_without_leaving_lifetime_value_is_the_wrong_rule() -> None:
    says(LAB, "only the order's own margin counts, and lifetime value is the wrong rule.")
    table = allocation.compare_rules(lines(), stock(), saved(leaves_waiting=0.04), rules())
    assert table.loc["CLV, net", "behind"] > 0.5 * table["saved"].iloc[-1]


def test_revenue_does_no_better_than_the_queue() -> None:
    says(LAB, "ranking by lifetime value on revenue does no better than the queue.")
    year = allocation.yearly_cost(lines(), stock(), saved(), rules(), mornings=12)
    assert year.loc["CLV by revenue", "mean"] > 0.95 * year.loc["first come", "mean"]


def test_errors_of_three_hundred_per_cent() -> None:
    found = allocation.cost_of_errors(lines(), stock(), case(), errors=(3,), **TERMS)
    says(LAB, f"Even errors of 300% cost about {round(found['mean'].iloc[0], -1):.0f} euros")
    table = allocation.compare_rules(lines(), stock(), saved(cancels=1.0), rules())
    says(LAB, f"the more the queue costs: some {round(table.loc['first come', 'behind'], -2):,.0f} euros if all are")


def test_the_lengths_of_the_lists() -> None:
    lengths = list(range(50, 2_001, 50))
    gains = {places: two_lists(places) for places in lengths}
    says(LAB, "The list by value earns most at 600 to 700 places, the revenue list at about 750")
    assert 600 <= max(lengths, key=lambda places: gains[places]["second"]) <= 700
    assert max(lengths, key=lambda places: gains[places]["first"]) == 750
    says(LAB, "and less than the other at any length.")
    assert all(found["first"] < found["second"] for found in gains.values())
    says(LAB, "At 6 euros a head the second list earns as much with 250 places as with 500.")
    assert two_lists(250, 6)["second"] == pytest.approx(two_lists(500, 6)["second"], rel=0.02)
    says(LAB, "a customer must bring 30 euros a year to pay back.")


def test_the_late_parcel() -> None:
    after = allocation.after_delivery(tables(), "2024-01-01", EVE)
    german = after[(after["country"] == "Germany") & ~after["late"]]
    says(
        LAB, f"Of German customers whose parcel was on time {german['again'].mean():.0%} ordered again within 91 days."
    )
    late = tables()["orders"].query("delivered_on > promised_on and delivered_on >= '2024-01-01'")["customer_id"]
    worth = values()["net"].reindex(late.dropna().astype(int).unique())

    def gain(points: int, repaired: float) -> float:
        terms = {"leaves_more": points / 100, "repaired": repaired, "voucher": 10, "used": 0.6, "handling": 1.0}
        return float(np.sum(allocation.apology_gain(worth, **terms)))

    says(LAB, "would have to drive away about 17 in 100; with all repaired, 9.")
    assert gain(16, 0.5) < 0 < gain(17, 0.5)
    assert gain(8, 1.0) < 0 < gain(9, 1.0)
    says(LAB, "A fall of up to about 16 points in Germany is not ruled out")


def test_the_portfolio() -> None:
    recent = orders()[orders()["date"] >= "2024-01-01"]["contribution"].sum()
    says(LAB, f"All orders contributed {round(recent, -3):,.0f} euros in 2024.")
    needs = (25_000 / sizing().annuity + 18_000) / recent
    says(LAB, f"it costs {round(25_000 + 18_000 * sizing().annuity, -3):,.0f} euros over three years and would have to")
    says(LAB, f"would have to raise contribution by {needs:.0%};")
    before = orders()[orders()["date"].dt.year == 2023]["contribution"].sum()
    grown = (25_000 / sizing().annuity + 18_000) / 200_000
    says(LAB, f"On a contribution that has grown to 200,000 euros the platform needs {grown:.0%}")
    says(LAB, f"it grew from {round(before, -3):,.0f} to {round(recent, -3):,.0f} in 2024.")
    says(LAB, "By a good fifth, from the first year on.")
    costs = {use.name: use.one_off.mean + use.running.mean * sizing().annuity for use in USES}
    plan = choose(sizing(), 10_000)
    share = (plan.value + sum(costs[name] for name in plan.chosen)) / sizing().annuity / recent
    says(LAB, f"the three worth doing would raise contribution by {share:.0%}, before their costs.")
    assert set(plan.chosen) == {use.name for use in USES} - {"list by value"}
    says(LAB, f"cost {round(sum(costs[name] for name in plan.chosen), -3):,.0f} and need no platform.")
    late = tables()["orders"].query("place == 'web' and delivered_on >= '2024-01-01' and delivered_on > promised_on")
    asked = tables()["contacts"].query("reason == 'late delivery' and contacted_at >= '2024-01-01'")
    each = 0.62 * (asked["minutes"] + 3).sum() / late["customer_id"].notna().sum()
    says(LAB, f"the 8 euros for a late parcel are {each:.2f} of contacts, measured")
    brings = (two_lists(500)["second"] - two_lists(500)["first"]) / 500
    says(LAB, f"The list brings {brings:.0f} euros a head at the effect of 10%")


def test_the_shortfalls_of_the_portfolio() -> None:
    says(LAB, "At 50%, after the parcels at 40%; at 80% nothing is worth its cost.")
    for link in (0.0, 0.5, 1.0):
        drawn = sizing(link)
        kept = {short: choose(drawn.shrunk(1 - short / 100), 11_000).chosen for short in (30, 40, 50, 80)}
        assert {len(kept[30]), len(kept[40]), len(kept[50]), len(kept[80])} == {3, 2, 1, 0}
        assert "German parcels" not in kept[40]
        assert kept[50] == ("drifting away",)
    apart, together = (choose(sizing(link), 10_000).interval() for link in (0.0, 1.0))
    ends = [f"{float(f'{each:.1e}'):,.0f}" for each in (*together, *apart)]
    says(LAB, f"from {ends[0]} to {ends[1]} euros; with errors")
    says(LAB, f"wrong together at all from {ends[2]} to {ends[3]}.")


def test_the_chapter_sizes_the_uses_of_the_lab() -> None:
    def block(page: str) -> str:
        text = (ROOT / "chapters" / page).read_text(encoding="utf-8")
        return text[text.index("uses = [") : text.index("]  # fmt: skip", text.index("uses = ["))]

    assert block(INDEX) == block(LAB)
    made = eval(block(LAB).removeprefix("uses = ") + "]", {"UseCase": UseCase})
    assert tuple(made) == USES
    says(INDEX, "| Voucher | 1,600 to 4,900 letters | €0.30 / €1.30 / €2.40 |")
    says(INDEX, "| Orders | 6 to 18 mornings | €0 / €500 / €820 |")
    says(INDEX, f"| Parcels | {round(1_260 * 0.10, -1):.0f} to {round(1_260 * 0.23, -1):.0f} spared | €3 / €8 / €13 |")
    says(INDEX, "| List | 500 people | €0 / €2 / €4 |")
    says(LAB, "another seed would move a value by about 100 euros")
    other = simulate(USES, together={"uplift": 0.5}, seed=5).values.mean()
    assert (sizing().values.mean() - other).abs().max() < 150


def test_the_worth_of_knowing() -> None:
    worth = {use.name: information.evpi(sizing().values[[use.name]].assign(nothing=0.0)) for use in USES}
    says(LAB, "it is nearly a toss-up: that makes it worth as much.")
    assert worth["scarce orders"] == pytest.approx(worth["list by value"], rel=0.1)
    assert worth["German parcels"] < 0.25 * worth["list by value"]
    says(INDEX, "For the voucher that is less than €1: nearly every draw says")
    assert worth["drifting away"] < 1
    assert 0.99 < (sizing().values["drifting away"] > 0).mean() < 1
    says(LAB, "The voucher is the most valuable of the four, and knowing more about it is worth nothing.")
    assert sizing().values.mean().idxmax() == "drifting away"
    beliefs = np.linspace(0.05, 0.45, 9)
    waits = [
        allocation.cost_of_belief(lines(), stock(), saved(leaves_waiting=0.25), saved(leaves_waiting=one))
        for one in beliefs
    ]
    known = 12 * np.mean(waits) * sizing().annuity
    says(LAB, f"For choosing the orders that is worth some {round(known, -2):.0f} euros over three years")


def test_the_worth_of_a_test() -> None:
    then, later = judged()
    best = then["net"].nlargest(500).index
    each, spread = round(0.05 * then.loc[best, "net"].mean()), later.loc[best, "brought"].std()

    def ask(effect: float, doubt: float) -> information.GoDecision:
        return information.GoDecision(effect=effect, effect_sd=doubt, outcome_sd=spread, reach=500)

    says(LAB, f"may raise that by {each} euros, give or take {each}, and costs 3 euros a head.")
    says(LAB, f"who bring some {round(then.loc[best, 'net'].mean(), -1):.0f} euros each")
    programme = ask(each - 3, each)
    says(LAB, "About a tenth of what the truth is worth.")
    assert programme.evsi(500) / programme.evpi() == pytest.approx(0.1, abs=0.015)
    says(LAB, f"What customers bring differs by some {round(spread, -1):.0f} euros from one to the next")
    says(LAB, "From a doubt of about 7 euros a test pays, and then at once one with most of the customers.")
    assert ask(each - 3, 6.0).best_test(cost_per_customer=0.5).customers == 0
    assert 300 < ask(each - 3, 7.0).best_test(cost_per_customer=0.5).customers < 450
    says(LAB, "At an expected gain of nought a doubt of 5 euros is enough")
    assert ask(0.0, 5.0).best_test(cost_per_customer=0.5).customers > 0


def test_the_firm() -> None:
    says(LAB, "At a retention of 67% the equity is gone.")
    assert FIRM.equity(retention=0.67) < 0 < FIRM.equity(retention=0.68)
    off, nothing = (FIRM.equity(terminal=how) / 1e6 for how in ("run-off", "none"))
    says(
        LAB,
        f"{off:.2f} million euros of equity if nobody is won after it (and fixed costs end as well), {nothing:.2f} if"
        " nothing is counted after it.",
    )
    says(LAB, "And more than two fifths of the value of operations")
    assert 0.4 < FIRM.value().share_beyond < 0.5
    says(
        INDEX,
        "10,000 customers at €200 a year, of whom 80% stay, and 2,500 won a year at €60.",
    )


def test_the_quiz_of_the_chapter() -> None:
    says(INDEX, "0.5 × 0.04 × 300 = 6 won, 0.5 × 12 = 6 spent. It pays for customers worth more than 300.")
    terms = {"leaves_more": 0.04, "repaired": 0.5, "used": 0.5}
    assert allocation.apology_limit(300, **terms) == pytest.approx(12)


def test_the_exercise_praises_with_reason() -> None:
    says(EXERCISE, "In the third example waiting is better.")
    assert allocation.value_saved(-150, -80, leaves_waiting=0.25, leaves_served=0.05, cancels=0.5) < 0
    says(EXERCISE, "The second example loses money.")
    assert UseCase("second", 1_000, 0.02, 15, 5_000, 800).value(3, 0.1) < 0
    says(EXERCISE, "In the third example it is nothing, as you would do it whatever you learn.")
    assert information.evpi(np.array([10.0, 20.0, 30.0])) == 0
    cost = 40_000 + 30_000 * sizing().annuity
    says(EXERCISE, f"Over three years at 10% it costs about {round(cost, -3):,.0f} dollars in present value")
    says(EXERCISE, "by more than 11%, from the first year on")
    assert 0.11 < cost / (400_000 * sizing().annuity) < 0.12
    worth = {
        "reminder": np.linspace(45_000, 76_000, 50),
        "returns": np.linspace(-9_000, 11_000, 50),
        "platform": np.linspace(-80_000, -58_000, 50),
        "labels": np.linspace(200, 400, 50),
    }
    known = {name: information.evpi(gains) for name, gains in worth.items()}
    assert max(known, key=lambda name: known[name]) == "returns"
    assert sorted(known.values())[:3] == pytest.approx([0, 0, 0], abs=1e-6)
