"""Numbers that chapter 12's lab and exercise state in words are those the library computes."""

import functools
import math

import pandas as pd
import pytest

from customer_value import churn, strategy
from customer_value.churn import effects_by_group
from customer_value.datasets import load_kettleholt, load_kettleholt_truth, load_telco_churn
from customer_value.retention import kaplan_meier
from tests.chapters.said import says

LAB = "12-churn-and-retention/lab.md"
EXERCISE = "12-churn-and-retention/exercise.md"
INDEX = "12-churn-and-retention/index.md"
OFFER = {"value": 450, "offer_cost": 45, "contact_cost": 2, "success": 0.30}


@functools.cache
def tables() -> tuple[pd.DataFrame, ...]:
    return tuple(load_kettleholt(name) for name in ("campaigns", "transactions", "products", "subscriptions"))


@functools.cache
def voucher() -> pd.DataFrame:
    return churn.voucher_results(*tables())


@functools.cache
def risks() -> tuple[pd.Series, pd.Series]:
    table = load_telco_churn()
    features = churn.encode_features(table, leave_out=["churn", "total_charges"], logs=["tenure"])
    learn, judge = churn.random_split(len(table), held_back=0.3, seed=1)
    model = churn.fit_churn_model(features.iloc[learn], table["churn"].iloc[learn])
    return table["churn"].iloc[judge], model.probabilities(features.iloc[judge])


def signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−")


def test_customers_of_the_lab() -> None:
    says(LAB, f"{len(load_telco_churn()):,} subscribers; `churn` says")
    arms = voucher()["sent"].value_counts()
    says(LAB, f"{arms[True]:,} customers drawn by lot got 20% off one order, {arms[False]:,} were held out.")


def test_the_first_tenth_holds_three_leavers_where_chance_finds_one() -> None:
    says(LAB, "there the model finds about three leavers where chance finds one")
    assert churn.lift_table(*risks())["lift"].iloc[0] == pytest.approx(3, abs=0.2)


def test_half_the_success_leaves_a_third_of_the_profit() -> None:
    says(LAB, "contacting everybody loses tens of thousands, and even the best share earns a third of what it did")
    strong, weak = (churn.best_share(*risks(), **(OFFER | {"success": s})) for s in (0.30, 0.15))
    assert weak.profit_of_all < -20_000
    assert weak.profit / strong.profit == pytest.approx(1 / 3, abs=0.05)


def test_the_leak() -> None:
    log = churn.purchase_log(*tables()[1:3])
    held = voucher()[~voucher()["sent"]]
    features, silent = churn.history_features(log, held.index, "2024-11-04"), ~held["bought"]
    learn, judge = churn.random_split(len(held))
    model = churn.fit_churn_model(features.iloc[learn], silent.iloc[learn], "boosted")
    auc = churn.prediction_measures(silent.iloc[judge], model.probabilities(features.iloc[judge]))["auc"]
    says(LAB, f"The AUC of the model without that column is about {auc:.2f}.")


def test_what_the_voucher_did() -> None:
    bought, margin = (effects_by_group(voucher(), name).loc["all"] for name in ("bought", "margin"))
    says(LAB, f"{100 * bought['effect']:.1f} points more people bought")
    low, high = (f"{margin[end]:.2f}".replace("-", "−") for end in ("low", "high"))
    says(LAB, f"about {-100 * margin['effect']:.0f} cents less, with an interval from about {low} to {high} euros")
    club = effects_by_group(voucher()[voucher()["group"] == "in the club"], "left_club").loc["all"]
    says(LAB, f"Of 100 subscribers held out, about {100 * club['without']:.0f} left the club")
    seen = effects_by_group(voucher(), "bought", "group")["effect"] * 100
    says(LAB, f"the test showed {signed(seen['in the club'])} and {signed(seen['bought lately'])}.")
    says(LAB, f"(the club has only {(voucher()['group'] == 'in the club').sum()} people)")


def test_where_seen_and_true_are_furthest_apart() -> None:
    truth = load_kettleholt_truth().customers.set_index("customer_id").loc[voucher().index]
    moved = (truth["buys_with"].astype(int) - truth["buys_without"].astype(int)).groupby(
        voucher()["group"], observed=True
    )
    gap = (effects_by_group(voucher(), "bought", "group")["effect"] - moved.mean()).abs()
    assert set(gap.nlargest(2).index) == {"in the club", "bought lately"}


def test_the_catalogue() -> None:
    spring = churn.catalogue_results(*tables()[:3])
    mean = spring.groupby("sent")[["margin_before", "margin_after"]].mean()
    after = mean.loc[True] - mean.loc[False]
    says(LAB, f"In April {spring['sent'].sum()} customers were mailed a catalogue")
    says(LAB, f"they brought {after['margin_after']:.0f} euros of margin more, per head, than the others")
    says(
        LAB,
        f"The comparison with others says +{after['margin_after']:.0f}, the comparison with themselves says minus ten",
    )
    assert after["margin_after"] - after["margin_before"] == pytest.approx(-10, abs=0.5)


def test_sizes_of_tests() -> None:
    people = int((voucher()["group"] == "drifting away").sum())
    says(LAB, f"Kettleholt has {people:,} customers who drift away, so {people // 2} for each arm.")
    says(LAB, "Between 4.5 and 5 points.")
    power = {lift: churn.power_of_test(people // 2, 0.11, 0.11 + lift / 100) for lift in (3, 4.5, 5)}
    assert power[4.5] < 0.8 < power[5]
    says(LAB, "A lift of 3 points is missed more often than seen")
    assert power[3] < 0.5
    drifting = voucher()[voucher()["group"] == "drifting away"]
    held, sent = drifting[drifting["bought"]].groupby("sent")["margin"].mean()
    says(LAB, f"brings about {sent:.0f} euros after the discount, about {held - sent:.0f} less than one without.")
    says(LAB, f"{3 * 19} cents a head from extra buyers, less {11 * 7} cents given to those who buy anyway.")
    says(LAB, f"The voucher pays from a lift of about {11 * 7 / 19:.0f} points")
    forgone = people // 2 * effects_by_group(drifting, "margin").loc["all", "effect"]
    says(LAB, f"a head about {round(forgone, -2):,.0f} euros for one mailing.")
    says(LAB, f"{people // 3} in each arm, judged by margin after the discount.")
    says(LAB, "One mailing shows only a difference of about 1.80 euros a head")
    assert churn.people_per_arm_for_means(1.80, drifting["margin"].std()) == pytest.approx(people // 3, rel=0.01)


def test_the_plain_model_is_calibrated_but_for_one_group() -> None:
    table = churn.calibration_table(*risks())
    off = (table["predicted"] - table["actual"]).abs() > 2 * table["se"]
    assert list(off[off].index) == [7]
    row = table.loc[7]
    says(LAB, f"in the seventh {row['predicted']:.0%} were predicted and {row['actual']:.0%} left.")


def test_the_rule_reaches_fewer_than_three_tenths_from_an_offer_of_75() -> None:
    says(LAB, "reaches fewer than 30% from an offer of 75 dollars on")
    outcome, chance = risks()
    reached = {
        cost: (chance >= churn.break_even_probability(**(OFFER | {"offer_cost": cost}))).mean() for cost in (70, 75)
    }
    assert reached[75] < 0.3 < reached[70]
    says(LAB, "with hindsight falls below that at 50 already")
    best = {cost: churn.best_share(outcome, chance, **(OFFER | {"offer_cost": cost})).share for cost in (45, 50)}
    assert best[50] < 0.3 < best[45]


def test_the_thousand_at_highest_risk() -> None:
    log = churn.purchase_log(*tables()[1:3])
    earlier = voucher().index[voucher().index.isin(log.loc[log["date"] < "2024-10-07", "customer_id"])]
    silent = ~churn.bought_between(log, earlier, "2024-10-07", "2024-11-04")
    model = churn.fit_churn_model(churn.history_features(log, earlier, "2024-10-07"), silent)
    risk = model.probabilities(churn.history_features(log, voucher().index, "2024-11-04"))
    thousand = voucher().assign(risk=risk).nlargest(1_000, "risk")
    assert (thousand["group"] == "long gone").mean() > 0.9
    found = effects_by_group(thousand, "margin").loc["all"]
    says(LAB, f"{100 * found['effect']:.0f} cents a head, with an interval that holds nought.")
    assert found["low"] < 0 < found["high"]


def test_sleeping_dogs_outside_the_club() -> None:
    truth = load_kettleholt_truth().customers.set_index("customer_id").loc[voucher().index]
    dogs = truth[(truth["voucher_type"] == "sleeping dog") & (voucher()["group"] != "in the club")]
    neither = (~dogs["buys_without"] & ~dogs["buys_with"]).sum()
    scared = (dogs["buys_without"] & ~dogs["buys_with"]).sum()
    says(LAB, f"of these {len(dogs)}, {neither} buy nothing either way, and {scared} buy only if left alone.")


def test_the_way_back() -> None:
    returns = churn.club_returns(tables()[3], "2024-12-31")
    says(LAB, f"{len(returns)} people have left the coffee club")
    back = 1 - kaplan_meier(returns["months"], returns["came_back"])["survival"]
    anyway = float(back[back.index <= 6].iloc[-1])
    says(LAB, f"{anyway:.1%} come back within six months anyway.")
    says(LAB, "At 15 euros and six months the returns must rise by nearly 60%.")
    needed = churn.break_even_return(anyway, value=50, advantage=15, contact_cost=0.5)
    assert 1.55 < needed / anyway < 1.6
    cheaper = churn.break_even_return(anyway, value=50, advantage=5, contact_cost=0.5)
    says(LAB, f"needs only about {cheaper / anyway - 1:.0%} more returns within six months.")
    early = {month: float(back[back.index <= month].iloc[-1]) for month in (1, 3)}
    must = {m: churn.break_even_return(w, value=50, advantage=15, contact_cost=0.5) for m, w in early.items()}
    says(LAB, "the rise needed grows, to about 80% at three months")
    assert must[3] / early[3] - 1 == pytest.approx(0.8, abs=0.02)
    says(LAB, f"at one month {must[1]:.1%} must return in place of {early[1]:.1%}.")


def test_a_second_subscription_brings_about_fifty_euros_in_its_first_year() -> None:
    says(INDEX, "second subscriptions bring about that in their first year)")
    second = tables()[3].query("spell == 2")
    last = pd.Timestamp("2024-12-31")
    months = (second["ended_on"].fillna(last) - second["started_on"]).dt.days / (365.25 / 12)
    stays = kaplan_meier(months, second["ended_on"].notna())["survival"]
    charges = sum(float(stays[stays.index <= month].iloc[-1]) for month in range(12))
    assert charges * (second["price_eur"] - second["cost_eur"]).mean() == pytest.approx(50, abs=2)


def test_the_average_customer_and_the_levers() -> None:
    log = churn.purchase_log(*tables()[1:3])
    earlier = log.loc[log["date"].dt.year == 2023, "customer_id"].unique()
    latest = log[(log["date"].dt.year == 2024) & log["customer_id"].isin(earlier)]
    people = latest["customer_id"].nunique()
    customers = load_kettleholt("customers")
    contacts = load_kettleholt("contacts").query("contacted_at.dt.year == 2024")
    asked = contacts[contacts["customer_id"].isin(latest["customer_id"])]
    brought = customers.loc[customers["acquired_on"].dt.year == 2024, "referred_by"].isin(earlier).sum()
    referral = strategy.kettleholt_uses(customers, *tables()[1:]).loc["referral"]
    says(
        LAB,
        f"{len(latest) / people:.1f} orders at {latest['margin'].mean():.0f} euros of margin,"
        f" {(0.62 * (asked['minutes'] + 3)).sum() / people:.0f} euros of service,"
        f" {people / len(earlier):.0%} there again a year later,"
        f" and {100 * brought / people:.0f} in 100 bring someone worth"
        f" {referral['margin'] - referral['cost']:.0f} euros.",
    )
    says(LAB, "The three largest are nearly alike.")
    average = churn.CustomerYear(
        orders=5.06, basket=24.2, service=11.2, retention=0.61, referrals=0.082, referral_value=156
    )
    gains = churn.lever_values(average, change=0.05)["gain"]
    assert gains.iloc[2] > 0.95 * gains.iloc[0] > 5 * gains.iloc[3]
    assert gains.index[0] == "staying"
    says(LAB, "and there orders come first")
    assert churn.lever_values(average, change=0.01).index[0] == "more orders"


def test_the_board_hears_what_was_found() -> None:
    drift = effects_by_group(voucher(), "margin", "group").loc["drifting away"]
    people = int((voucher()["group"] == "drifting away").sum())
    net = people * (drift["effect"] - 0.04)
    says(
        LAB,
        f"The {people:,} who drift away: about {drift['effect']:.2f} euros a head"
        f" or {round(net, -2):,.0f} euros after mails",
    )
    ends = [round(people * (drift[end] - 0.04), -2) for end in ("low", "high")]
    says(LAB, f"the interval runs from about {ends[0]:.0f} to {ends[1]:,.0f}.")


def test_the_test_sizes_of_the_exercise_are_those_of_the_chapter() -> None:
    says(INDEX, "$z_2 = 0.8416$")
    says(EXERCISE, "Take 1.96 and 0.8416 as printed")
    for one, other in ((0.11, 0.17), (0.11, 0.14), (0.3, 0.24)):
        mean = (one + other) / 2
        spread = 1.96 * (2 * mean * (1 - mean)) ** 0.5 + 0.8416 * (one * (1 - one) + other * (1 - other)) ** 0.5
        assert math.ceil(spread**2 / (one - other) ** 2) == churn.people_per_arm(one, other)


def test_the_exercise_praises_with_reason() -> None:
    says(EXERCISE, "The offer loses money in the first example.")
    assert churn.win_back_gain(0.10, 0.15, value=50, advantage=15, contact_cost=0.5) < 0
    says(EXERCISE, "about 500 people in each arm")
    assert churn.people_per_arm(0.11, 0.17) == pytest.approx(500, abs=50)
    says(EXERCISE, "Leaving people alone earns more here than the offer itself does.")
    harm = 6_100 * (12.00 - 10.40 + 0.10) + 3_800 * (0.10 - 0.05) + 900 * (80 * 0.06 - 0.40 + 0.10)
    assert harm > 4_200 * (4.10 - 2.60 - 0.10)


def test_the_quiz_of_the_chapter() -> None:
    says(INDEX, "60 / (0.25 × 240 + 60).")
    assert churn.break_even_probability(value=300, offer_cost=60, success=0.25) == 0.5
    ratio = churn.people_per_arm(0.10, 0.13) / churn.people_per_arm(0.10, 0.16)
    says(INDEX, "Half the effect, four times the people, roughly")
    assert 3.4 < ratio < 4.2
