"""What the lab, the quiz and the exercise of chapter 3 say in words and typed numbers."""

from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets, experience
from customer_value.experience import Effect, NetPromoterScore
from tests.chapters.said import says
from tests.chapters.solved import slip, solved

NAME = "03-customer-experience"
LAB, INDEX, EXERCISE = f"{NAME}/lab.md", f"{NAME}/index.md", f"{NAME}/exercise.md"
TOUCHPOINTS = ["store", "web", "delivery", "product", "price", "service", "returns"]
SCORES = [f"{name}_score" for name in TOUCHPOINTS]
MARGIN = 19.4


@cache
def table(name: str) -> pd.DataFrame:
    return datasets.load_kettleholt(name)


@cache
def answers() -> pd.DataFrame:
    return table("survey")[table("survey")["responded"]]


def log() -> list[pd.DataFrame]:
    return [table(name) for name in ("orders", "transactions", "returns", "contacts")]


@cache
def gap() -> pd.DataFrame:
    return experience.delivery_gap(answers(), table("managers_survey"), SCORES)


@cache
def met(first: str = "2024-01-01", end: str = "2025-01-01") -> pd.DataFrame:
    return experience.encounters(*log(), first, end)


@cache
def satisfaction() -> pd.DataFrame:
    return datasets.load_customer_satisfaction()


@cache
def drivers() -> list[str]:
    return [name for name in satisfaction() if name != "overall"]


@cache
def importance() -> pd.DataFrame:
    return experience.driver_importance(satisfaction(), "overall", drivers())


@cache
def correlations() -> pd.DataFrame:
    """Of each driver with the overall answer: raw, within person, and by the model of scale use."""
    asked = ["overall", *drivers()]
    found = {
        "raw": satisfaction(),
        "own": experience.within_person(satisfaction(), asked).answers,
        "model": experience.scale_use(satisfaction(), asked).corrected,
    }
    return pd.DataFrame({way: table.corr()["overall"][drivers()] for way, table in found.items()})


@cache
def score() -> NetPromoterScore:
    return experience.net_promoter_score(answers()["recommend_score"])


@cache
def first_met(name: str) -> pd.DataFrame:
    return experience.first_met(*log(), "2023-07-01", "2024-07-01", name)


def effect(name: str) -> Effect:
    one = first_met(name)
    return experience.effect_of(one["bad"], one["after"], one["before"].clip(upper=25))


@cache
def touchpoints() -> pd.DataFrame:
    """The three offers of the lab, with the orders that a bad experience costs."""
    names = ("orders", "transactions", "returns", "contacts", "products", "activities")
    offers = experience.bad_experiences(**{name: table(name) for name in names}, first="2024-01-01", end="2025-01-01")
    found = [effect(name) for name in offers.index]
    offers = offers.assign(loss=[-one.effect for one in found], loss_se=[one.se for one in found], margin=MARGIN)
    return offers.assign(fixable=[1 / 2, 1 / 3, 1 / 2], cost=[9000, 2500, 1200])


def largest_loss() -> float:
    """Orders that a late parcel costs at most, by the data."""
    late = touchpoints().loc["late parcel"]
    return late["loss"] + 1.96 * late["loss_se"]


def test_price_and_returns_have_the_lowest_means() -> None:
    assert set(gap()["customers"].nsmallest(2).index) == {"price_score", "returns_score"}
    assert gap().loc["price_score", "gap"] < gap().loc["returns_score", "gap"] / 3
    says(LAB, "Price and returns have the lowest means among customers. Why is the gap of price so much smaller?")


def test_managers_on_another_scale_look_like_pessimists_everywhere() -> None:
    five = table("managers_survey").copy()
    five[SCORES] = 1 + (five[SCORES].astype(float) - 1) * 4 / 9
    assert (experience.delivery_gap(answers(), five, SCORES)["gap"] < -1).all()
    says(LAB, "The managers suddenly look like the pessimists, everywhere.")


def test_weights_move_the_score_hardly_at_all_and_leave_the_bias() -> None:
    survey = table("survey")
    ordered = survey["customer_id"].map(met()["web"] + met()["store"]).fillna(0)
    asked = survey.assign(orders=experience.order_classes(ordered))
    rate = asked.groupby("orders")["responded"].mean()
    assert rate.is_monotonic_increasing
    says(LAB, "Customers who order often answer more readily.")
    weights = experience.response_weights(asked, by=["orders"])
    mean, weighted = (
        experience.weighted_means(answers(), ["overall_score"], by)["mean"].iloc[0] for by in (None, weights)
    )
    assert abs(mean - weighted) < 0.05
    says(LAB, "Hardly at all: often and seldom buyers give much the same answers.")
    truth = datasets.load_kettleholt_truth().customers.set_index("customer_id")["contentment"]
    content = survey["customer_id"].map(truth)
    left = (content[weights.index] * weights).sum() / weights.sum() - content.mean()
    assert left > 0.5 * (content[survey["responded"]].mean() - content.mean()) > 0
    says(LAB, "Why did the weights not bring the mean of those who answered back")
    says(LAB, "those who answered are more content than the rest, so the true gap is wider.")


@pytest.mark.parametrize("standard", [None, 8.5])
def test_delivery_has_most_points_missing_service_and_returns_more_each_time(standard: float | None) -> None:
    steps = experience.passages(*log(), "2024-01-01", "2025-01-01")[["passages"]]
    steps = steps.join(gap()[["customers"]].rename(lambda name: name.removesuffix("_score")))
    steps["standard"] = steps.loc["store", "customers"] if standard is None else standard
    found = experience.journey_map(steps, "standard", "customers", "passages")
    assert found["felt"].idxmax() == "delivery"
    fewer = found.loc[["service", "returns"]]
    assert fewer["shortfall"].min() > found["shortfall"]["delivery"]
    assert fewer["volume"].max() < found["volume"]["delivery"]
    says(
        LAB, "Delivery still has most points missing in all, since so many parcels pass; service and returns fall short"
    )


def test_delivery_score_goes_with_what_service_does() -> None:
    calls = table("contacts")
    calls = calls[(calls["contacted_at"] >= "2024-01-01") & (calls["reason"] == "late delivery")]
    first = calls.sort_values("contacted_at").groupby("customer_id")["resolved"].first()
    scored = answers().dropna(subset=["delivery_score"]).set_index("customer_id")["delivery_score"].astype(float)
    late = met()["late"].reindex(scored.index).fillna(0) > 0
    resolved = first.reindex(scored.index)
    says(LAB, f"Customers with parcels on time give delivery about {scored[~late].mean():.1f} points.")
    put_right, not_put_right = (scored[late & (resolved == known)].mean() for known in (True, False))
    assert put_right > not_put_right + 1
    says(LAB, "The score goes with what service does as much as with the carrier.")


def test_the_people_of_the_survey_on_drivers() -> None:
    says(LAB, f"you have the answers of {len(satisfaction()):,} real people.")
    says(LAB, f"(On the answers as given it is {importance().attrs['r2']:.2f}.)")


def test_twins_have_coefficients_that_cannot_be_told_from_zero() -> None:
    t = (importance()["coefficient"] / importance()["se"]).abs()
    assert set(t[t < 2].index) == {"long_term_exposure", "distribution", "distribution_to_right_areas"}
    assert 2 < t["showing_effectiveness"] < 2.2
    says(LAB, "Long-term exposure and both questions on distribution; showing effectiveness is just over two.")
    between = satisfaction().corr()
    twins = between.loc["distribution", "distribution_to_right_areas"]
    says(LAB, f"distribution and distribution to the right areas correlate at {twins:.2f}, exposure goes with reach.")
    assert between.loc[drivers(), "long_term_exposure"].drop("long_term_exposure").idxmax() == "reach_of_advertising"


def test_with_200_answers_signs_turn_and_the_top_stays() -> None:
    negative, first = pd.Series(0, index=drivers()), set()
    for seed in range(100):
        found = experience.driver_importance(satisfaction().sample(200, random_state=seed), "overall", drivers())
        negative += found["coefficient"] < 0
        first.add(found["share"].idxmax())
    assert (negative > 0).sum() == 7
    assert negative["distribution"] > 50
    assert negative.drop("distribution").max() < 50
    says(LAB, "Seven of the nine turn negative now and then, distribution in most draws.")
    assert len(first) == 2
    says(LAB, "First place by share never leaves the same two drivers.")


def test_delivery_comes_first_by_far() -> None:
    rated = [f"{name}_score" for name in ("web", "delivery", "product", "price", "returns")]
    scores = answers()[[*rated, "overall_score"]].astype(float)
    share = experience.driver_importance(scores, "overall_score", rated)["share"].sort_values(ascending=False)
    assert share.index[0] == "delivery_score"
    assert share.iloc[0] > 2 * share.iloc[1]
    says(LAB, "Delivery comes first by far.")


def test_standardised_answers_fit_perfectly_by_arithmetic() -> None:
    own = experience.within_person(satisfaction(), ["overall", *drivers()])
    again = experience.driver_importance(own.answers, "overall", drivers())
    assert again.attrs["r2"] == pytest.approx(1)
    assert again["coefficient"].to_numpy() == pytest.approx(-1)
    says(LAB, "A perfect fit, and every coefficient −1.")
    mean = correlations()["own"].mean()
    says(LAB, f"must average about −1/{len(drivers())} = −{1 / len(drivers()):.2f}")
    says(LAB, f"within a person the nine average −{-mean:.2f} by arithmetic")


def test_two_drivers_stay_ahead_however_the_scale_is_used() -> None:
    found = correlations()
    top = ["pricing_for_volume", "number_of_customers_reached"]
    assert all(set(found[way].nlargest(2).index) == set(top) for way in found)
    assert found["raw"].idxmax() != found["own"].idxmax()
    says(
        LAB, "pricing that suits the volume and the number of customers reached come first each time, and swap places."
    )
    says(LAB, f"so a driver at {found.loc['pricing_for_volume', 'own']:.2f} is well above the mark.")
    assert found["own"].max() < 0.1
    assert (found["own"] < 0).sum() > 5
    says(LAB, "In the column `own` correlations fall to about zero, and most below.")
    assert (found.loc[top, "model"] - 0.2).abs().max() < 0.05
    says(LAB, "there the two strongest keep about 0.2")


def test_how_sure_a_net_promoter_score_is() -> None:
    given = score().promoters + score().passives + score().detractors
    says(LAB, f"again with some {10 * (given // 10):,} answers.")
    says(LAB, f"The mean answer is {score().mean:.1f}. At which mean")
    assert 1.9 < (2.8 / 1.96) ** 2 < 2.1
    assert NormalDist().cdf(2.8 - 1.96) == pytest.approx(0.8, abs=0.005)
    says(LAB, "To notice it four times in five takes about twice as many, the second number.")


def test_which_scores_one_mean_allows() -> None:
    assert all((ends := experience.scores_of_mean(mean)).low == ends.high for mean in (0, 10))
    says(LAB, "Only at the ends, 0 and 10, is the score fixed.")
    six, eight = (experience.scores_of_mean(mean) for mean in (6, 8))
    says(
        LAB,
        f"At a mean of 6 anything from −{-six.low:.0f} to {six.high:.0f} is possible,"
        f" and at 8 the range is still {eight.high - eight.low:.0f} points",
    )


def test_those_alike_the_year_before_seem_to_order_more_after_a_late_parcel() -> None:
    before = met("2023-07-01", "2024-07-01")
    after = experience.orders_between(*log()[:2], "2024-07-01", "2025-01-01").reindex(before.index).fillna(0)
    earlier = experience.orders_between(*log()[:2], "2022-07-01", "2023-07-01").reindex(before.index).fillna(0)
    had = before["parcels"] > 0
    late = before["late"][had] > 0
    assert after[had][late].mean() > after[had][~late].mean()
    says(LAB, "Such customers order much afterwards too.")
    assert experience.effect_of(late, after[had], earlier[had].clip(upper=25)).low > 0
    says(LAB, "Its interval leaves out zero all the same; an interval knows of chance only.")
    assert effect("late parcel").low < 0 < effect("late parcel").high
    says(LAB, "The true effect is 0; what the third way gives is noise around it.")


def test_the_margin_of_an_order() -> None:
    goods = table("transactions").drop_duplicates().merge(table("products"), on="StockCode")
    goods = goods[~goods["StockCode"].isin(["POST", "SAMPLE"]) & goods["CustomerID"].notna()]
    goods = goods[goods["InvoiceDate"] >= "2024-01-01"]
    margin = (goods["Quantity"] * (goods["UnitPrice"] - goods["unit_cost_eur"])).sum()
    each = margin / (met()["web"] + met()["store"]).sum()
    assert round(each, 1) == MARGIN
    says(LAB, f"An order brings a margin on goods of {MARGIN:.2f} euros.")


def test_what_the_carrier_is_worth() -> None:
    late, loss = touchpoints().loc["late parcel"], largest_loss()
    spared = late["people"] / 2
    worth = [spared * (lost * MARGIN + late["handling"]) for lost in (late["loss"], loss)]
    assert worth[1] < 9000 / 2
    says(LAB, "No: even the largest loss that the data allow is worth less than half of the price.")
    needed = 9000 / spared - late["handling"]
    assert 3.6 < needed / loss / MARGIN < 4
    says(LAB, "With that loss it would pay if an order brought nearly four times the margin it does.")
    one = first_met("late parcel")
    assert 0.5 < needed / MARGIN / one["after"][one["bad"]].mean() < 0.65
    says(LAB, "a late parcel would have to cost more than half of the orders that such customers place in half a year.")
    estimated, largest = (f"{round(euros, -2):,.0f}" for euros in worth)
    says(LAB, f"As estimated the carrier is worth about {estimated} euros a year, and with the largest loss {largest}.")
    found = effect("late parcel")
    says(
        LAB,
        f"About {round(late['handling'], 1):.2f} euros in handling, and anything from {found.high:.1f} orders gained"
        f" to {-found.low:.1f} orders lost in half a year",
    )


def test_the_share_of_the_promise_at_which_the_descriptions_break_even() -> None:
    one = touchpoints().loc["not as described"]
    part = one["cost"] / (one["people"] * (one["loss"] * MARGIN + one["handling"]) * one["fixable"])
    assert part == pytest.approx(3 / 5, abs=0.02)
    assert part * one["fixable"] == pytest.approx(1 / 5, abs=0.01)
    says(LAB, "as long as they spare three fifths of what is promised, a fifth of the returns instead of a third;")


def test_where_kettleholt_knows_itself_least() -> None:
    assert gap()["gap"].idxmax() == "returns_score"
    says(LAB, f"At returns: managers believe {gap()['gap'].max():.0f} points more than customers say.")


def test_the_quiz_uses_the_answers_of_the_surveys() -> None:
    returns, web = (gap().loc[f"{name}_score", ["managers", "customers"]] for name in ("returns", "web"))
    says(
        INDEX,
        f"Managers give the returns desk {returns['managers']:.1f} of 10 points, customers {returns['customers']:.1f};"
        f" for the web shop it is {web['managers']:.1f} and {web['customers']:.1f}.",
    )
    distribution = importance().loc["distribution"]
    says(INDEX, f'"distribution" has a coefficient of −{-distribution["coefficient"]:.2f}')
    says(INDEX, f"with a standard error of {distribution['se']:.3f}.")
    assert distribution["correlation"] > 0.3
    says(INDEX, "Taken alone it goes clearly with satisfaction.")


def test_the_quiz_on_a_score_that_rose() -> None:
    given = score().promoters + score().passives + score().detractors
    up, down = score().promoters / given, score().detractors / given
    spread = np.sqrt(2 * (up + down - (up - down) ** 2) / 300)
    assert 0.10 < 1.96 * spread < 0.14
    says(INDEX, "With 300 answers each, chance alone moves the difference by more than ten points either way.")
    assert 1850 < experience.answers_needed(5 / 2**0.5, round(up, 2), round(down, 2)) < 2000
    says(INDEX, "it takes nearly two thousand answers in each survey.")


def test_the_examples_of_the_exercise() -> None:
    names = solved(NAME)
    mean, margin = names["score_and_margin"]([10, 9, 7, 3])
    says(EXERCISE, f"For the answers 10, 9, 7 and 3 that is {mean:.1f} and {margin:.1f}, rounded.")
    row = names["within_person"](np.array([[2, 4, 6]]))[0]
    says(EXERCISE, f"For the answers 2, 4 and 6 that is −{-row[0]:.0f}, {row[1]:.0f} and {row[2]:.0f}.")


def test_what_chance_makes_of_one_standard_error() -> None:
    assert 2 * NormalDist().cdf(-1) == pytest.approx(1 / 3, abs=0.02)
    says(EXERCISE, "This makes the change one standard error, which chance exceeds every third time.")
    assert solved(NAME)["q2"] > 1000
    says(EXERCISE, "A survey of a few hundred will mostly miss it.")


def test_the_slips_between_two_scales() -> None:
    customers, managers = np.array([6, 7, 5, 8]), np.array([3, 4, 4, 3])
    found = slip(NAME, "q3", "still the colleague's function")(customers, managers)
    assert found == 0.5
    assert solved(NAME)["gap"](customers, managers) < found / 2
    says(EXERCISE, "doubles the managers' answers and reports a delivery gap of half a point to the board.")
    nobody, worst, best = np.zeros(1), np.array([1]), np.array([5])
    assert slip(NAME, "q3", "makes the highest answer an 11")(nobody, best) == 11
    assert slip(NAME, "q3", "but a 1 becomes 2.25")(nobody, worst) == 2.25
    assert slip(NAME, "q3", "but a 1 becomes 0")(nobody, worst) == 0
    to_nine = slip(NAME, "q3", "A 1 stays a 1, but a 5 becomes 9")
    assert (to_nine(nobody, worst), to_nine(nobody, best)) == (1, 9)
    from_nought = slip(NAME, "q3", "This makes a scale from 0 to 10")
    assert from_nought(nobody, best) == 10


def test_the_offers_of_the_exercise_are_kettleholts() -> None:
    offers, found = solved(NAME)["offers"], touchpoints()
    assert offers["customers"].tolist() == found["passing"].tolist()
    assert offers["affected"].tolist() == found["affected"].round(3).tolist()
    assert offers["handling"].tolist() == found["handling"].round(1).tolist()
    assert offers["cost"].tolist() == found["cost"].tolist()
    assert (offers["orders_lost"].to_numpy() != found["loss"].round(2).to_numpy()).all()
    says(EXERCISE, "Customers, shares affected and handling costs are Kettleholt's;")
    says(EXERCISE, "`orders_lost` are invented for this task and differ from those in the chapter")
