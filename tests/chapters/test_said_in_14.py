"""Chapter 14: what its pages state in words holds for what the library computes."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import yaml

from customer_value import transformation as tr
from customer_value.datasets import load_kettleholt
from customer_value.transformation import board
from tests.chapters.said import ROOT, says

INDEX, LAB, EXERCISE = (
    "14-transformation/index.md",
    "14-transformation/lab.md",
    "14-transformation/exercise.md",
)
FIRMS = ROOT / "chapters" / "14-transformation" / "firms.md"


@cache
def tables() -> tuple[pd.DataFrame, ...]:
    names = ("employees", "orders", "transactions", "returns", "products", "activities")
    return tuple(load_kettleholt(name) for name in names)


@cache
def advisers() -> pd.DataFrame:
    return tr.adviser_results(*tables())


@cache
def plans() -> pd.DataFrame:
    return tr.compare_plans(tr.Setting())


@cache
def best() -> tr.Schedule:
    return tr.exact(board.roadmap())


def test_the_commission_of_the_tables() -> None:
    staff = tables()[0].query("role == 'store adviser'")
    assert set(staff["commission"]) == {0.015}
    says(INDEX, "earn a commission of 1.5% on gross sales")
    says(LAB, f"{len(advisers())} store advisers, three years, 1.5% of gross sales.")
    a_year = advisers()["commission"].mean() / 3
    says(LAB, f"at 1.5% of sales ({a_year:.0f} euros a year in these small tables) probably little.")


def test_what_the_twelve_lose_and_their_customers_bring() -> None:
    first = advisers()[advisers()["sales_rank"] == 1]
    others = advisers()[advisers()["sales_rank"] > 1]
    says(LAB, f"(Of the others' it is about {others['returned'].sum() / others['sales'].sum():.0%}.)")
    says(INDEX, "the one who sells most in a store is also the one whose goods come back most")
    most = advisers().groupby("place")[["sales", "return_rate"]].idxmax()
    assert (most["sales"] == most["return_rate"]).all()
    lost = -tr.repaid(advisers(), "contribution").loc[first.index, "change"].sum()
    says(LAB, f"the twelve lose about {lost:.0f} euros in three years, {lost / 12 / 3:.0f} euros a year each.")
    later = tr.later_value(*tables()[1:5])
    of_the_twelve = later["employee_id"].isin(first.index)
    margin, back = (later.groupby(of_the_twelve)[name] for name in ("later_margin", "first_returned"))
    says(LAB, f"(The others' brought {margin.mean()[False]:.0f} euros.)")
    more, error = margin.mean()[True] - margin.mean()[False], margin.sem().pow(2).sum() ** 0.5
    says(
        LAB,
        f"{margin.mean()[True]:.0f} euros against {margin.mean()[False]:.0f},"
        f" {more:.0f} more, give or take {2 * error:.0f} (two standard errors).",
    )
    says(LAB, "So it may also be some euros less.")
    assert more - 2 * error < 0
    says(LAB, "They sent back four times as much.")
    assert back.mean()[True] / back.mean()[False] == pytest.approx(4, abs=0.2)


def test_the_units_of_the_model() -> None:
    each = tr.Setting().per_customer()
    says(
        LAB,
        f"{each.loc['sales', 'push']:.0f} euros of sales for a unit,"
        f" against {each.loc['sales', 'sell']:.0f} for honest selling.",
    )
    says(LAB, f"Half of it comes back, and still it adds {each.loc['contribution', 'push']:.0f} euros")
    says(LAB, f"But it takes {-each.loc['true value', 'push']:.0f} euros off true value, because customers leave")
    assert tr.Setting().push_returned == 0.5
    says(LAB, f"Serving brings no sales at all and adds {each.loc['true value', 'serve']:.0f} euros.")
    assert each.loc["sales", "serve"] == 0
    says(INDEX, f"At 7.5% of sales and {tr.Setting().customers:.0f} customers")
    says(LAB, f"The adviser has {tr.Setting().customers:.0f} customers")


def test_one_scale_for_the_model_and_the_plan() -> None:
    setting = tr.Setting()
    sold = setting.customers * setting.sales
    assert sold / (advisers()["sales"].mean() / 3) == pytest.approx(30, abs=0.5)
    says(INDEX, "stand for a firm thirty times as large with as many advisers")
    says(
        INDEX,
        f"each adviser sells for €{sold:,.0f}, 1.5% is €{0.015 * sold:,.0f} and 7.5% is €{0.075 * sold:,.0f}.",
    )
    each = setting.per_customer().loc["sales"] * 0.075 * setting.customers
    says(INDEX, f"earns the adviser €{each['sell']:,.0f}, of pushing €{each['push']:,.0f}, of serving nothing;")
    assert each["serve"] == 0
    stores = advisers().groupby("place").size()
    says(INDEX, f"With {stores.max() * setting.customers:,.0f} customers a store")


def test_half_of_the_salarys_lead_is_pushing_and_half_is_serving() -> None:
    setting, net = tr.Setting(), plans().loc["net sales"]
    lost = [100 * setting.push_harm * net["push"], 100 * setting.serve_effect * (1 - net["serve"])]
    says(INDEX, f"Each costs about {lost[0]:.1f} points of customers who stay.")
    assert round(lost[0], 1) == round(lost[1], 1)
    leads = []
    for name in ("push_harm", "serve_effect"):
        worth = tr.compare_plans(setting.changed(**{name: 0.0}))["worth"]
        leads.append(worth["fixed salary"] - worth["net sales"])
    says(INDEX, "Take away the harm of one of the two, and the salary's lead is below 400 euros.")
    assert 0 < max(leads) < 400
    says(INDEX, f"still better by about {round(plans()['worth']['fixed salary'] - net['worth'], -3):,.0f} euros?")


def test_serving_falls_under_net_sales() -> None:
    net = plans().loc["net sales"]
    says(LAB, f"so effort on it falls to about {net['serve']:.1f} of habit")
    says(LAB, "A quarter of a unit of pushing is left;")
    assert net["push"] == pytest.approx(0.25, abs=0.02)
    assert net["push"] < plans().loc["sales", "push"] / 2
    calm = tr.compare_plans(tr.Setting().changed(push_harm=0.0))["worth"]
    leads = [worth["fixed salary"] - worth["net sales"] for worth in (plans()["worth"], calm)]
    says(LAB, f"the salary's lead falls from {round(leads[0], -2):,.0f} to {round(leads[1], -2):,.0f} euros")
    says(LAB, "by profit alone half pay for value is ahead of all of it.")
    assert plans()["profit"].idxmax() == "net sales and value"


def test_a_trial_that_can_decide() -> None:
    setting = tr.Setting()
    pair = [
        tr.expected_course(setting, tr.PLANS[name]).years["retention"].iloc[0]
        for name in ("net sales and value", "net sales")
    ]
    a_year = setting.retention * (1 - setting.retention) / (4 * setting.customers)
    error = (2 * a_year * (1 / 6 + 1 / 6)) ** 0.5
    says(LAB, f"The model expects {100 * (pair[0] - pair[1]):.1f} points more customers to stay")
    says(LAB, f"luck alone has a standard error of {100 * error:.1f} points")


def test_which_share_on_value_is_best() -> None:
    setting, shares = tr.Setting(), [step / 10 for step in range(11)]
    says(LAB, "as long as the measure is honest and fairly exact; half of it with the large error,")
    as_it_stands = tr.pay_mix(setting, "net sales", shares)["worth"]
    says(LAB, f"Nine tenths or all of it ({round(as_it_stands.max() - as_it_stands.iloc[-1])} euros lie between)")
    for noise, game, best_share in ((40_000, 12, 0.9), (120_000, 12, 0.5), (120_000, 30, 0.5)):
        worse = setting.changed(value_noise=float(noise), game_effect=float(game))
        worth = tr.pay_mix(worse, "net sales", shares)["worth"]
        assert worth.idxmax() == best_share
    salary = plans().loc["fixed salary", "worth"]
    says(
        LAB,
        f"an adviser is worth about {round(worth.iloc[-1], -2):,.0f} euros,"
        f" far less than the {round(salary, -2):,.0f} on a fixed salary;"
        f" with half, about {round(worth.max(), -2):,.0f}.",
    )


def test_the_luck_in_pay() -> None:
    spread = {
        name: tr.simulate(tr.Setting(), tr.PLANS[name]).advisers["pay_sd"].mean()
        for name in ("customer value", "sales")
    }
    says(
        LAB,
        f"By about {round(spread['customer value'], -2):,.0f} euros on pay for value,"
        f" and about {round(spread['sales'], -2):,.0f} on pay for sales.",
    )


def test_the_order_of_the_projects() -> None:
    plan = board.roadmap()
    together = tr.all_at_once(plan)
    says(LAB, f"All done after {together.finished} months, two before the best plan;")
    assert best().finished - together.finished == 2
    quick = ["commission net of returns", "voucher for the lapsing", "late parcels to Germany"]
    says(LAB, "the vouchers and the parcels done in four months")
    assert best().table.loc[quick, "end"].max() == 4
    says(LAB, "has 3 + 2 + 6 + 0 over 6 + 2 + 2 + 12, which is 0.50.")
    assert tr.bundle_index(plan, tr.RULES[0]).loc["pay for value", "index"] == 0.5
    says(LAB, "Once the commission is done, *service may decide* is ahead of it.")
    rest = tr.bundle_index(plan, tr.RULES[0], ["commission net of returns"])["index"]
    assert rest["service may decide"] > rest["pay for value"]
    steps = plan.named()
    says(INDEX, "takes five of the six people for eight months.")
    assert (steps["new web shop"].people, plan.people, steps["new web shop"].months) == (5, 6, 8)
    assert max(plan.initiatives, key=lambda step: step.value).name == "new web shop"
    says(INDEX, "the parcels, the customer record and all that hangs on it wait eight months.")
    waits = tr.by_rule(plan, "biggest first").table
    assert waits.loc[["commission net of returns", "voucher for the lapsing"], "end"].max() < 8
    later = waits.drop(["commission net of returns", "voucher for the lapsing", "new web shop"])
    assert later["start"].min() == 8
    says(INDEX, "waits for *history on one screen* and that for the record: (2 + 4 + 0) / (2 + 6 + 12) = 0.30,")
    bundle = [steps[name] for name in ("service may decide", "history on one screen", "one customer record")]
    assert [step.value for step in bundle] == [2, 4, 0]
    assert [step.people * step.months for step in bundle] == [2, 6, 12]
    says(INDEX, "more than the web shop's 9 / 40 = 0.225.")
    assert (steps["new web shop"].value, steps["new web shop"].people * steps["new web shop"].months) == (9, 40)
    says(INDEX, "The board guesses 6,000 euros a month from it")
    assert steps["commission net of returns"].value == 6


def test_more_people_or_a_better_shop() -> None:
    plan = board.roadmap()
    more = {people: tr.exact(plan.changed(people=people)) for people in (8, 9, 10)}
    starts = {people: each.table.loc["new web shop", "start"] for people, each in more.items()}
    says(LAB, "With ten people the best plan begins the web shop at once; with eight it waits three months,")
    assert (starts[10], starts[8]) == (0, 3)
    assert starts[9] > 0
    says(LAB, f"worth {more[8].net:.0f} in place of {best().net:.0f} thousand euros.")
    says(LAB, "for the twelve months that the work then takes,")
    assert more[8].finished == 12
    says(LAB, f"may cost {1000 * (more[8].net - best().net):,.0f} euros and no more")
    for value, start in ((18, 4), (27, 0)):
        steps = tuple(replace(s, value=value) if s.name == "new web shop" else s for s in plan.initiatives)
        assert tr.exact(plan.changed(initiatives=steps)).table.loc["new web shop", "start"] == start
    says(LAB, "At 18 a month the shop moves up to month 4, at 27 to the very beginning.")


def test_what_the_board_hears() -> None:
    worth = plans()["worth"]
    says(LAB, f"cost about {round(worth['fixed salary'] - worth['sales'], -2):,.0f} euros an adviser over eight years")
    calm = tr.compare_plans(tr.Setting().changed(push_harm=0.0))["worth"]
    says(LAB, f"and about {round(calm['fixed salary'] - calm['sales'], -2):,.0f} if pushed customers do not leave.")
    biggest = tr.by_rule(board.roadmap(), "biggest first")
    says(LAB, "The web shop waits nine months;")
    assert best().table.loc["new web shop", "start"] == 9
    says(LAB, f"costs about {1000 * (best().net - biggest.net):,.0f} euros over three years")
    says(INDEX, "In the model they do, by the pushed part, in year 1.")
    first = plans()["first_sales"]
    assert first["customer value"] < first["sales"]
    assert first["fixed salary"] < first["sales"]


def test_the_faults_of_the_card() -> None:
    page = (ROOT / "chapters" / LAB).read_text(encoding="utf-8")
    code = page[page.index("lines = [") : page.index("```", page.index("lines = ["))]
    space = {"tr": tr}
    exec(code, space)
    found = tr.faults(space["card"])
    words = {11: "eleven", 5: "five"}
    undefined = sum(fault.fault == "no definition" for fault in found)
    says(LAB, f"{words[len(found)]} faults in all, {words[undefined]} of which are the same: nobody said")
    assert [fault.measure for fault in found if fault.fault == "target worse than baseline"] == ["delivery cost"]
    assert any(fault.fault == "only lagging" for fault in found)


def test_failure_by_definition() -> None:
    reached = np.random.default_rng(70).normal(0.7, 0.4, 1_000)
    shares = [(reached < limit).mean() for limit in (1, 0.5, 0)]
    says(LAB, f"the rate is {shares[0]:.0%}, {shares[1]:.0%} or {shares[2]:.0%}.")
    says(LAB, "raise the promises by half, and nearly everything fails")
    assert (reached < 1.5).mean() > 0.95
    for page in (INDEX, LAB):
        says(page, "np.random.default_rng(70).normal(0.7, 0.4, 1_000)")


def test_the_numbers_of_the_exercise() -> None:
    first, last = plans().loc["sales"], plans().loc["fixed salary"]
    says(EXERCISE, f"sales rose by {first['first_sales'] / last['first_sales'] - 1:.0%} in the pilot year")
    says(EXERCISE, f"rose from {100 * last['return_rate']:.0f} to {first['return_rate']:.0%}")
    says(EXERCISE, f"{100 * first['retention']:.0f} of 100 customers stayed in place of {100 * last['retention']:.0f};")
    months = {"record": 4, "screen": 3, "value": 2, "returns": 2, "pay": 3, "freedom": 2}
    after = {"screen": ["record"], "value": ["record"], "pay": ["value", "returns"], "freedom": ["screen", "pay"]}
    summed: dict[str, int] = {}
    for name, length in months.items():
        summed[name] = sum(summed[before] for before in after.get(name, [])) + length
    says(EXERCISE, f"says that the programme ends in month {max(summed.values())}.")


def cards() -> list[dict]:
    text = FIRMS.read_text(encoding="utf-8")
    return yaml.safe_load(re.search(r"```\{firm-cards\}\n(.*?)```", text, re.DOTALL)[1])


def test_the_fifteen_firms_have_their_cards() -> None:
    assert [card["firm"] for card in cards()] == [
        *("Starbucks", "Netflix", "Coursera", "HubSpot", "Zappos", "Slack", "Amazon", "Spotify", "IKEA", "Apple"),
        *("Hilton", "FedEx", "Airbnb", "Salesforce", "Lego"),
    ]


@pytest.mark.parametrize("card", cards(), ids=lambda card: card["firm"])
def test_each_card_has_both_sides_with_date_and_source(card: dict) -> None:
    entries = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(encoding="utf-8"), re.MULTILINE))
    assert card["because"]
    assert card["shows"]
    assert card["disproof"]
    for side in ("evidence", "counter"):
        assert card[side]
        for fact in card[side]:
            assert re.search(r"\b(19|20)\d\d\b", fact["when"])
            cited = re.findall(r"\{cite:\w\}`(\w+)`", fact["fact"])
            assert cited
            assert set(cited) <= entries
