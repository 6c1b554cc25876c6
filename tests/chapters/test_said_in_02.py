"""What the lab, the quiz and the exercise of chapter 2 say in words and typed numbers."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from customer_value import concentration, datasets, persistence, profitability, transactions
from customer_value.persistence import TopTierShift
from tests.chapters.said import says
from tests.chapters.solved import solved

LAB, INDEX, EXERCISE = "02-heterogeneity/lab.md", "02-heterogeneity/index.md", "02-heterogeneity/exercise.md"
NAME = "02-heterogeneity"


@cache
def log() -> pd.DataFrame:
    return datasets.load_cdnow()


@cache
def customers() -> pd.DataFrame:
    return transactions.customer_totals(log())


@cache
def halves(day: str = "1998-01-01") -> pd.DataFrame:
    return transactions.before_and_after(log(), day, months=6)


def shift(one: pd.Series, two: pd.Series) -> TopTierShift:
    return persistence.top_tier_shift(one, two)


def fall(one: pd.Series, two: pd.Series) -> float:
    """How far the best tenth of ``one`` fall back in ``two``, against the average customer."""
    return 1 - shift(one, two).change_against_average


@cache
def falls_in_a_world_where_everyone_leaves_alike(lasting: float) -> dict[str, float]:
    """The lab's invented world: falls forward, backward and by chance, and the fading of everyone."""
    random, n = np.random.default_rng(1), 50_000
    rate, left = random.gamma(0.5, 4, n), random.exponential(lasting, n)
    here = np.clip(left[:, None] - [0, 1], 0, 1)
    first, second = random.poisson(rate * here[:, 0]), random.poisson(rate * here[:, 1])
    one, two = random.poisson(rate * here.mean(axis=1), (2, n))
    pairs = {"forward": (first, second), "backward": (second, first), "by chance": (one, two)}
    return {name: fall(*map(pd.Series, pair)) for name, pair in pairs.items()} | {"fading": second.sum() / first.sum()}


def too_high() -> tuple[float, float, float]:
    """Errors of three forecasts for the best tenth, in dollars: unchanged, shrunk, and with the fading foreseen."""
    autumn = transactions.odd_and_even_weeks(log(), "1997-07-01", "1998-01-01")
    lasting = persistence.reliability(autumn["odd"], autumn["even"], lengthen=2)
    before, after = halves()["before"], halves()["after"]
    best = persistence.tiers(before) == 1
    shrunk = persistence.expected_next(before, lasting)[best].mean()
    foreseen = persistence.expected_next(before, lasting, mean_next=after.mean())[best].mean()
    return tuple(guess - after[best].mean() for guess in (before[best].mean(), shrunk, foreseen))


def test_half_of_the_customers_hardly_matter() -> None:
    assert 1 - concentration.top_share(customers()["revenue"], 0.5) < 0.12
    says(LAB, "At the middle of the horizontal axis the curve is still close to the floor.")


def test_shares_of_buyers_and_of_everyone_go_apart_as_the_period_gets_shorter() -> None:
    starts = ("1997-04-01", "1997-07-01", "1997-10-01", "1998-01-01", "1998-04-01")
    known = customers().index
    totals = [transactions.customer_totals(log(), day) for day in starts]
    buyers = [concentration.top_share(total["revenue"]) for total in totals]
    everyone = [concentration.top_share(total["revenue"].reindex(known, fill_value=0)) for total in totals]
    assert buyers == sorted(buyers, reverse=True)
    assert everyone == sorted(everyone)
    says(LAB, "In a shorter period fewer people buy at all, and the zeros push the share up for everyone.")
    assert max(buyers) < 0.795
    assert min(everyone) > 0.805
    says(LAB, "No start gives 80% either way;")
    says(INDEX, "Among buyers, a shorter period usually lowers the top share.")


def test_from_the_fourth_tier_on_nobody_had_bought() -> None:
    table = persistence.tier_table(halves()["before"], halves()["after"])
    assert (table["before"][4:] == 0).all()
    assert table["before"][3] > 0
    says(LAB, "From the fourth tier on, nobody had bought anything in the first half-year")
    assert table["after"][1] < table["before"][1]
    assert table["after"][4] > table["before"][4]
    says(LAB, "What the first tier spent and what the fourth spent moved in opposite directions.")


def test_first_orders_inflate_the_months_before_until_october() -> None:
    first = log().groupby("customer_id")["date"].min()
    assert pd.Timestamp("1997-03-01") < first.max() < pd.Timestamp("1997-04-01")
    assert shift(halves("1997-07-01")["before"], halves("1997-07-01")["after"]).change_against_average > 1
    says(LAB, "The slider starts at a date where something is odd: the best seem to *gain* on the average.")
    says(LAB, "From October 1997 on the months before hold no first order")
    for day in ("1997-10-01", "1997-11-01", "1997-12-01", "1998-01-01"):
        for top in (0.01, 0.10, 0.20):
            found = persistence.top_tier_shift(halves(day)["before"], halves(day)["after"], top)
            assert found.change_against_average < 0.9
    says(LAB, "the best fall back at every date and for every size of group.")


def test_the_arrow_that_runs_backwards_is_the_longer_one() -> None:
    for day in ("1997-07-01", "1997-08-01", "1997-09-01", "1997-10-01", "1997-11-01", "1997-12-01", "1998-01-01"):
        pair = halves(day)
        assert fall(pair["after"], pair["before"]) > fall(pair["before"], pair["after"])
    says(LAB, "On the slider above, the arrow that runs backwards in time was the longer one at every date.")


def test_the_fall_between_half_years_may_well_be_chance() -> None:
    weeks = transactions.odd_and_even_weeks(log(), "1997-07-01", "1998-07-01")
    arrows = fall(weeks["odd"], weeks["even"]), fall(weeks["even"], weeks["odd"])
    assert abs(arrows[0] - arrows[1]) > 0.02
    says(LAB, "The two arrows between weeks are both meant to be chance, and yet they differ.")
    falls = persistence.redrawn_falls(
        halves(), transactions.weekly_revenue(log(), "1997-07-01", "1998-07-01"), rounds=40
    )
    low, high = (falls["between"] - falls["chance"]).quantile([0.05, 0.95])
    assert -0.05 < low < 0 < high < 0.05
    says(LAB, "The difference may well be nought")
    says(LAB, "they fell about as much.")


def test_falls_differ_by_direction_though_nobody_leaves_for_what_they_buy() -> None:
    found = falls_in_a_world_where_everyone_leaves_alike(4.5)
    assert found["forward"] < found["by chance"] - 0.01
    assert found["backward"] > found["by chance"] + 0.01
    says(LAB, "So the backward fall contains the leaving of the *others*.")
    says(LAB, "the best should have fallen a little less than chance")
    assert found["fading"] == pytest.approx(halves()["after"].sum() / halves()["before"].sum(), abs=0.03)
    says(LAB, "and fades about as fast as CDNOW's customers did.")
    alike = falls_in_a_world_where_everyone_leaves_alike(1e9)
    assert np.ptp([alike[name] for name in ("forward", "backward", "by chance")]) < 0.01
    says(LAB, "They become alike, up to the noise of the draw")


def test_shrinking_removes_much_of_the_error_and_the_fading_most_of_the_rest() -> None:
    unchanged, shrunk, foreseen = too_high()
    assert 0.4 < 1 - shrunk / unchanged < 0.7
    says(LAB, "Shrinking removes much of the error")
    assert 0.7 < 1 - foreseen / shrunk < 0.95
    says(LAB, "How much of the rest does that remove?")
    says(LAB, "Most of it.")
    assert foreseen > 0
    says(LAB, "The little that remains is too generous")


def test_a_customer_of_30_dollars_loses_one() -> None:
    one = pd.DataFrame({"orders": [1], "revenue": [30.0]})
    profit, saved = (profitability.customer_profit(one, 0.30, 5, each)[0] for each in (5, 0))
    says(LAB, f"A margin of {0.30 * 30:.0f} dollars, less 5 for the order and 5 for the customer, is −{-profit:.0f}.")
    says(LAB, f"If all of it stays, this customer brings {saved:.0f} dollars that you would lose.")


def test_big_spenders_lose_money_by_many_small_orders() -> None:
    top = customers().nlargest(round(0.1 * len(customers())), "revenue")
    loses = profitability.customer_profit(top, 0.30, 8, 5) < 0
    middle = top.assign(per_order=top["revenue"] / top["orders"]).groupby(loses).median()
    ratio = middle.loc[True] / middle.loc[False]
    assert ratio["per_order"] < 0.5
    assert ratio["orders"] > 1.5
    assert abs(np.log(ratio["revenue"])) < abs(np.log(ratio[["per_order", "orders"]])).min()
    says(LAB, "The revenue per order: they buy often and little at a time.")


def test_the_customers_of_the_exercise() -> None:
    names = solved(NAME)
    year, q1 = names["year"], names["q1"]
    tenth = len(year) // 10
    says(EXERCISE, f"{len(year):,} people who first bought in the first quarter of 1997.")
    says(EXERCISE, f"What share of all revenue of 1997 did the best {tenth:,} of them bring?")
    says(EXERCISE, f"says: This is the share of the best fifth. The best tenth are {tenth:,} customers.")
    assert 0 < names["without"] < 100
    says(EXERCISE, "A few orders in the log are worth nothing")
    assert 0.44 < q1 < 0.5
    says(EXERCISE, "Nearly half of the year's revenue comes from a tenth of the customers.")
    assert names["silent"] > 0.6
    says(EXERCISE, "in the first half of 1998, when most of them bought nothing.")
    assert names["q4"] < 0.47
    says(EXERCISE, "More than half of the members would be others after six months.")


def test_the_example_of_customers_needed() -> None:
    needed = solved(NAME)["customers_needed"](pd.Series([50, 30, 10, 10]), 0.8)
    says(EXERCISE, f"for spends of 50, 30, 10 and 10 and a target of 0.8, that is {needed}.")


def test_the_table_of_losses() -> None:
    totals = pd.DataFrame({"orders": [1, 4, 2], "revenue": [12.0, 400.0, 25.0]})
    profit = profitability.customer_profit(totals, 0.3, 4, 3)
    for (orders, revenue), each in zip(totals.to_numpy(), profit, strict=True):
        margin = 0.3 * revenue
        digits = 0 if margin == round(margin) else 2
        says(
            EXERCISE,
            f"| {revenue:.0f} | {orders:.0f} | {margin:.{digits}f} − {4 * orders:.0f} − 3 | {each:.2f} |".replace(
                "| -", "| −"
            ),
        )
    loss = solved(NAME)["total_loss"](totals, 0.3, 4, 3)
    assert (profit < 0).sum() == 2
    says(EXERCISE, f"Two of them lose money, {loss:.2f} together")


def test_dropping_the_loss_makers_would_cost_money() -> None:
    names = solved(NAME)
    assert names["q6"] < 0
    says(EXERCISE, 'Dropping customers who "lose" money would have cost the firm money.')
    assert 0.2 < len(names["losers"]) / len(names["year"]) < 0.7
    says(EXERCISE, "On these figures a good part of the customers lose money")


def test_the_quiz_on_the_whale_curve() -> None:
    says(INDEX, "A whale curve peaks at 1.2 million and ends at 1 million.")
    says(INDEX, f"- text: {1.2 - 1:.1f} million.")
    says(INDEX, f"- text: {1.2 - 1:.1f} million, less their share of the costs that stay.")
