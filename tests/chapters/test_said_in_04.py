"""What the lab, the quiz and the exercise of chapter 4 say in words and typed numbers."""

from dataclasses import replace
from functools import cache
from math import ceil

import numpy as np
import pandas as pd
import pytest

from customer_value import strategy
from customer_value.datasets import load_kettleholt
from customer_value.strategy import MoveCost, Weights, board, evidence
from tests.chapters.said import says
from tests.chapters.solved import slip, solved

NAME = "04-value-disciplines"
LAB, INDEX, EXERCISE = f"{NAME}/lab.md", f"{NAME}/index.md", f"{NAME}/exercise.md"
COSTS, TODAY = board.COSTS, board.today()
INTIMACY = "customer intimacy"


def cost(*weights: float) -> MoveCost:
    return strategy.cost_of_move(TODAY, Weights(*weights), COSTS)


def coffee_people(**changes: object) -> MoveCost:
    return strategy.cost_of_move(TODAY, board.PROPOSALS["Coffee people"], replace(COSTS, **changes))


def a_year(move: MoveCost) -> float:
    """Euros that the move must earn a year."""
    return 1000 * move.present_value / sum((1 + COSTS.discount_rate) ** -year for year in range(1, COSTS.years + 1))


def members_more(move: MoveCost) -> int:
    return ceil(a_year(move) / board.club_members(load_kettleholt("subscriptions"), "2024-12-31")[1])


@cache
def late() -> pd.DataFrame:
    return board.late_parcels(load_kettleholt("orders"), load_kettleholt("customers"), 2024)


@cache
def factors(survey: str) -> pd.DataFrame:
    return strategy.four_actions(board.canvas(load_kettleholt(survey)))


def test_nobody_is_near_the_mean_of_the_managers() -> None:
    managers = board.managers()
    assert len(managers) == 5
    says(LAB, "The mean of the five is " + " / ".join(f"{mean:g}" for mean in managers.mean()) + ".")
    assert tuple(TODAY) == tuple(managers.mean())
    away = min(strategy.points_moved(TODAY, Weights(*row)) for row in managers.to_numpy())
    says(LAB, f"Nobody: each is at least {away:g} points away from it.")


def test_three_managers_move_the_mean_most() -> None:
    managers = board.managers()
    moved = pd.Series(
        {name: strategy.points_moved(TODAY, Weights(*managers.drop(name).mean())) for name in managers.index}
    )
    most = moved[moved == moved.max()]
    assert set(most.index) == {"head of stores", "head of logistics", "head of marketing"}
    assert most.iloc[0] == pytest.approx(6, abs=0.4)
    says(LAB, "Stores, logistics and marketing alike, by about six points")
    corners = [managers[discipline].idxmax() for discipline in managers]
    assert set(corners) == set(most.index)
    says(LAB, "each of them is a corner of the triangle.")


def test_where_the_cost_of_coffee_people_comes_from() -> None:
    move = coffee_people()
    change = move.table["change"]
    assert change.tolist() == [-15, -10, 25]
    says(LAB, "It gains 25 points of intimacy and gives up 15 of operations and 10 of product.")
    says(INDEX, "(those 25, less what 15 points of operations and 10 of product save).")
    gained, saved = move.table["running"][INTIMACY], -move.table["running"].clip(upper=0).sum()
    says(
        LAB,
        f"25 points of intimacy at {COSTS.running[INTIMACY]:g} thousand are {gained:g} thousand a year,"
        f" and the points given up save only {saved:g} of that.",
    )
    says(LAB, f"the extra would be {coffee_people(released=1.0).running:.0f} thousand a year.")
    assert 0.4 < move.capital / move.present_value < 0.5
    says(LAB, "Where does the other half of the cost come from?")
    says(EXERCISE, "More than half of what the chapter's Coffee people cost comes year after year, in wages.")


def test_what_leading_in_one_discipline_costs() -> None:
    leads = {
        move: cost(*move).present_value
        for operations in range(15, 71)
        for product in range(15, 86 - operations)
        if (ranked := sorted(move := (operations, product, 100 - operations - product)))[2] >= 45
        and ranked[2] - ranked[1] >= 10
        and ranked[0] >= 15
    }
    assert min(leads, key=leads.__getitem__) == (45, 35, 20)
    says(
        LAB,
        f"45 / 35 / 20 is cheapest, about {leads[45, 35, 20]:.0f} thousand: five points from intimacy to operations",
    )
    assert strategy.diagnose(Weights(45, 35, 20)).leader == "operational excellence"
    says(LAB, f"with {late().loc['Germany', 'share']:.0%} of its German parcels late.")
    says(
        LAB,
        f"Product leadership with 30 / 50 / 20 costs about {leads[30, 50, 20]:.0f} thousand,"
        f" intimacy with 35 / 20 / 45 about {leads[35, 20, 45]:.0f}.",
    )
    assert max(leads[30, 50, 20], leads[35, 20, 45]) < 70 == board.BUDGET
    says(LAB, "the board will spend 70,000 euros in today's money.")


def test_the_running_cost_of_intimacy_matters_most() -> None:
    whole = coffee_people().present_value
    halved = {
        "running": coffee_people(running={**COSTS.running, INTIMACY: COSTS.running[INTIMACY] / 2}),
        "capital": coffee_people(capital={**COSTS.capital, INTIMACY: COSTS.capital[INTIMACY] / 2}),
        "released": coffee_people(released=COSTS.released / 2),
        "rate": coffee_people(discount_rate=COSTS.discount_rate / 2),
    }
    moved = {what: abs(move.present_value - whole) / whole for what, move in halved.items()}
    assert max(moved, key=moved.__getitem__) == "running"
    assert min(moved, key=moved.__getitem__) == "rate"
    assert moved["running"] == pytest.approx(2 / 5, abs=0.03)
    says(LAB, "The running cost of intimacy: half of it takes about two fifths off the whole.")
    says(LAB, "Argue about the discount rate last.")


def test_what_calls_about_late_parcels_cost_and_where_parcels_are_late() -> None:
    spent = board.cost_of_lateness(load_kettleholt("contacts"), load_kettleholt("activities"), 2024)
    never_late = strategy.cost_of_move(TODAY, board.PROPOSALS["Never late"], COSTS)
    assert spent / a_year(never_late) == pytest.approx(1 / 4, abs=0.02)
    says(LAB, "which the tables show: a quarter of what it must earn.")
    germany = late().loc["Germany"] / late().sum()
    says(LAB, f"Germany has {germany['parcels']:.0%} of the parcels and {germany['late']:.0%} of the late ones.")
    share = late()["share"]
    says(LAB, f"{share['Germany']:.0%} of the parcels are late against {share['Netherlands']:.0%} in the Netherlands")
    assert share["Germany"] == pytest.approx(1 / 4, abs=0.02)
    says(INDEX, f"Kettleholt gives operations {TODAY.operational_excellence:g} of 100 points, and every fourth parcel")
    says(EXERCISE, f"95 of 100 parcels to Germany on the promised day, up from {100 * (1 - share['Germany']):.0f}")


def test_the_first_step() -> None:
    step = cost(40, 25, 35)
    members, at_once = members_more(step), ceil(members_more(step) / (COSTS.years / 2))
    back = (-step.table["change"]).clip(lower=0) @ pd.Series(COSTS.capital)
    says(LAB, f"Ten points from product to intimacy for about {step.present_value:.0f} thousand euros")
    says(LAB, f"the board must believe in {members} more club members on average over five years")
    says(LAB, f"must have won {at_once} members more than the stores without;")
    says(
        LAB,
        f"with {step.capital + step.running:.0f} thousand euros spent and another {back:.0f} to buy the points back.",
    )


def test_what_managers_and_customers_see_on_the_canvas() -> None:
    believed, seen = (factors(name).drop("coffee club") for name in ("managers_survey", "survey"))
    assert len(believed) == 7
    assert (believed["action"] == "raise").sum() == 6
    says(LAB, "the managers put Kettleholt above the mean of the rivals in six")
    wrong = (believed["own"] - seen["own"]).nlargest(3).index
    assert list(wrong) == ["returns", "delivery", "service"]
    says(LAB, "Returns, delivery and service: what happens after the sale.")
    assert (seen.loc[["web shop", "delivery"], "action"] == "keep").all()
    says(LAB, "In web shop and delivery Kettleholt is merely as good as the mean of two rivals")
    canvas = board.canvas(load_kettleholt("survey"))
    marketplace = dict(zip(canvas.factors, canvas.firms["Marketplace"], strict=True))
    assert marketplace["web shop"] == marketplace["delivery"]
    says(LAB, f"the marketplace, which customers can choose any day, has {marketplace['delivery']:g} in both.")
    delivery = believed.loc["delivery", "own"]
    assert marketplace["delivery"] - 0.2 < delivery <= marketplace["delivery"] < 10
    says(INDEX, f"level with the marketplace's {marketplace['delivery']:g}; customers give it")


def test_two_elements_could_drop_out_by_chance() -> None:
    share = board.shares_of_eight(load_kettleholt("survey"))
    near = share[(share - 0.5).abs() < 0.04]
    assert set(near.index) == {"web", "delivery"}
    says(LAB, "Two of the seven sit within a few points of one half.")
    strong = share[share >= 0.5]
    assert len(strong) == 4
    assert 2 <= len(strong.drop(near.index, errors="ignore")) <= 3
    says(LAB, "Kettleholt would fall from the top group into the middle without having changed.")


def test_a_halo_looks_like_an_effect() -> None:
    def times(halo: float, effect: float) -> float:
        growth = evidence.growth_by_strength(evidence.rated_companies(1000, halo=halo, effect=effect))["growth"]
        return growth["four or more"] / growth["one"]

    assert f"{times(0.5, 0):.1f}" == f"{times(0, 0.6):.1f}"
    says(LAB, f"an effect of 0.6 with no halo look much alike: both about {times(0, 0.6):.1f} times.")
    steps = (0, 0.5, 1)
    assert max(times(halo, effect) for halo in steps for effect in steps) < 3
    says(LAB, "Neither slider reaches Bain's four")
    assert times(0.5, 0) == pytest.approx(4 / 2, abs=0.2)
    says(
        INDEX, "That is half of Bain's ratio, and our world reaches four at no setting, with a halo or with an effect;"
    )


def test_the_bold_are_common_at_both_ends() -> None:
    firms = evidence.bold_firms(focused=0.3, more_spread=1.5)
    mean = firms.groupby("focused")["profit"].mean()
    assert mean[True] == pytest.approx(mean[False], abs=0.03)
    says(LAB, "firms that focus take more risk and gain nothing on average.")
    few = round(0.05 * len(firms))
    best, worst = (pick(few, "profit")["focused"].mean() for pick in (firms.nlargest, firms.nsmallest))
    assert best > 0.5
    assert worst == pytest.approx(best, abs=0.05)
    says(LAB, "The opposite, on evidence just as good.")


def test_the_points_of_the_quiz() -> None:
    now, future = (50, 30, 20), (30, 30, 40)
    says(INDEX, f'- text: "{strategy.points_moved(Weights(*now), Weights(*future)):g}" right: true')
    says(INDEX, f'- text: "{np.abs(np.subtract(now, future)).sum()}" feedback: That is the sum of the differences')
    says(INDEX, "Twenty points leave operations and arrive at intimacy.")


def test_the_examples_of_the_exercise() -> None:
    names = solved(NAME)
    moved = names["points_moved"]([40, 35, 25], [25, 25, 50])
    says(EXERCISE, f"From 40, 35, 25 to 25, 25, 50 it is {moved:g} points.")
    assert (names["q4"]["serves"] == "threshold").sum() == 2
    says(EXERCISE, "Two of the eight are repairs.")
    flattering = slip(NAME, "q5", "still the colleague's function")
    assert flattering(names["canvas"])[0] > 0 > names["ahead"](names["canvas"])[0]
    says(EXERCISE, 'Its report to the board began: "We lead on price."')


def test_what_the_agency_counts() -> None:
    names = solved(NAME)
    assert names["strong"].mean() == 0.5
    says(EXERCISE, 'and says: "You are strong in half of them."')
    assert not (names["ratings"].mean() >= 8).any()
    says(EXERCISE, "No element passes this rule.")
    says(EXERCISE, f"{30 - len(names['strong'])} of them were never asked about.")


def test_one_step_or_two() -> None:
    names, people, first = solved(NAME), coffee_people(), cost(40, 25, 35)
    one, two = names["one"], names["one"] + names["q7"]
    says(EXERCISE, f"| Now | Pay {people.capital:g} | Pay {first.capital:g} |")
    says(EXERCISE, f"| Year 1 | Running cost {people.running:g};")
    says(EXERCISE, f"| Running cost {first.running:g};")
    assert one < 0 < two
    says(EXERCISE, "In one step the move loses money on average; in two it earns")
    success = -37.5 + (45 - 12.25) * names["worth"](1, 5)
    may_stop = 0.4 * success + 0.6 * (-37.5 + (6 - 12.25) / 1.1)
    assert may_stop - one > (two - one) / 2
    says(EXERCISE, "Most of the advantage is the right to stop")
    assert names["go_on"] < success
    says(EXERCISE, "If all goes well, two steps are the dearer way.")
