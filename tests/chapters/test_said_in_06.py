"""What the lab, the quiz and the exercise of chapter 6 say in words and typed numbers."""

import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest

from customer_value import choice, datasets
from customer_value.choice import LatentClassLogit, MultinomialLogit
from tests.chapters.said import says
from tests.chapters.solved import slip, solved

NAME = "06-willingness-to-pay"
LAB, INDEX, EXERCISE = f"{NAME}/lab.md", f"{NAME}/index.md", f"{NAME}/exercise.md"
FEATURES = ["brand", "pixels", "zoom", "video", "swivel", "wifi", "price"]
OFFERS = pd.DataFrame(index=["ours", "sony", "nikon"]).assign(
    camera=True,
    brand=["canon", "sony", "nikon"],
    pixels=[True, True, False],
    zoom=[True, False, True],
    video=[True, True, False],
    swivel=False,
    wifi=[True, False, False],
    price=[210, 179, 129],
)
CASE = {"unit_cost": 100, "market_size": 100_000, "outside": 0.0}
DEAREST = 279


@cache
def asked() -> pd.DataFrame:
    return datasets.load_camera_conjoint()


@cache
def answers() -> pd.DataFrame:
    return choice.with_constant(asked(), "brand", name="camera")


@cache
def average() -> MultinomialLogit:
    return choice.MultinomialLogit().fit(answers(), ["camera", *FEATURES])


@cache
def kinds(number: int) -> LatentClassLogit:
    return choice.LatentClassLogit(number).fit(answers(), ["camera", *FEATURES], starts=1)


def best_at(unit_cost: float) -> float:
    return choice.optimal_price(average(), OFFERS, "ours", **CASE | {"unit_cost": unit_cost}).price


def earned(model: MultinomialLogit | LatentClassLogit, bias: float) -> pd.Series:
    """Profit by the real price if each dollar is felt ``bias`` times as much as in the survey."""
    prices = np.arange(150.0, DEAREST + 1)
    felt = OFFERS.assign(price=OFFERS["price"] * bias)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", choice.ExtrapolationWarning)
        share = choice.price_response(model, felt, "ours", prices * bias, outside=0.0)
    return pd.Series(100_000 * (prices - 100) * share["ours"].to_numpy(), prices)


@cache
def regrets() -> pd.DataFrame:
    """What each of the lab's five prices gives up in each world, in dollars."""
    models = {"alike": average(), "three kinds": kinds(3)}
    earns = {(name, bias): earned(model, bias) for name, model in models.items() for bias in (1, 1.21, 1.4)}
    most = {(name, bias): profit[: DEAREST / bias].max() for (name, bias), profit in earns.items()}
    return pd.DataFrame({world: most[world] - earns[world] for world in earns}).loc[[179, 210, 229, 249, 279]]


def duel(wifi: bool, their_price: float) -> pd.DataFrame:
    """Our camera, with wifi or without, and a Sony, as the lab's two cameras start."""
    ours = pd.DataFrame(index=["ours", "theirs"]).assign(camera=True, brand=["canon", "sony"], price=[199, their_price])
    return ours.assign(pixels=True, zoom=True, video=True, swivel=False, wifi=[wifi, False])


def test_who_was_asked_what() -> None:
    offered = asked()[asked()["brand"] != "none"]
    sizes = offered.groupby(["person", "task"]).size()
    people, tasks = asked()["person"].nunique(), asked()["task"].nunique()
    assert (sizes == 4).all()
    assert tasks == 16
    says(LAB, f"{people} people were each shown four digital cameras, sixteen times over")
    says(LAB, f"The range is about which {people} people happened to be asked.")
    assert offered.loc[offered["chosen"] & (offered["person"] == 1) & (offered["task"] == 1), "brand"].item() == "nikon"
    assert asked().loc[asked()["person"].eq(1) & asked()["task"].eq(1), "chosen"].to_numpy().argmax() == 0
    says(LAB, "Person 1 took the first, the Nikon.")
    shown = offered.groupby("price")[FEATURES[1:-1]].mean()
    assert shown.sub(0.5).abs().max(axis=None) < 0.06
    says(LAB, "each feature stands near one half in every row.")
    says(
        LAB, f"With three kinds of people profit still rises at {offered['price'].max()}, the dearest price anybody was"
    )
    says(EXERCISE, f"The survey's highest price was {offered['price'].max()} dollars.")


def test_a_model_without_a_constant_bends_the_price() -> None:
    careless = choice.MultinomialLogit().fit(answers(), FEATURES)
    zoom = [choice.willingness_to_pay(model).loc["zoom", "estimate"] for model in (average(), careless)]
    assert 0.05 < abs(zoom[1] / zoom[0] - 1) < 0.2
    says(LAB, "Here the damage is modest because the features carry most of the choice; the fit tells")
    assert careless.loglik_ < average().loglik_ - 10


def test_a_second_box_takes_the_same_share_from_each() -> None:
    second = OFFERS.loc[["nikon"]].rename(index={"nikon": "second box"})
    before, after = (
        choice.market_shares(average(), offers, outside=0.0) for offers in (OFFERS, pd.concat([OFFERS, second]))
    )
    assert np.ptp(after[before.index] / before) == pytest.approx(0, abs=1e-9)
    says(LAB, "The same share from each, even from those who buy nothing")


def test_wifi_pays_from_about_130_dollars() -> None:
    grid = np.arange(79, DEAREST + 1, 5)
    with_wifi, without = (
        choice.profit_curve(average(), duel(wifi, 179), "ours", grid, **CASE | {"unit_cost": cost})["profit"]
        for wifi, cost in ((True, 100), (False, 92))
    )
    pays = grid[(with_wifi > without).to_numpy()]
    assert (pays == grid[grid >= pays.min()]).all()
    assert 125 <= pays.min() <= 135
    says(LAB, "Below about 130 dollars, where 8 dollars of cost are a large part of what is left per camera.")
    assert choice.willingness_to_pay(average()).loc["wifi", "lower"] > 8
    says(LAB, "Wifi is worth more than it costs at every price;")


def test_when_they_cut_by_50_our_best_price_hardly_falls() -> None:
    before, after = (choice.optimal_price(average(), duel(True, price), "ours", **CASE) for price in (179, 129))
    assert 8 < before.price - after.price < 12
    assert 1 - after.price / before.price == pytest.approx(0.05, abs=0.007)
    assert 0.17 < 1 - after.profit / before.profit < 0.23
    says(
        LAB, "When they cut by 50, our best price falls by about 10 dollars, some 5%, and our profit by about a fifth."
    )


def test_the_best_price_for_the_average_customer() -> None:
    best = best_at(100)
    says(LAB, f"For the average customer our camera, at a cost of 100 dollars, earns most at {best:.0f}.")
    says(LAB, f"How sure is the {best:.0f}?")
    says(EXERCISE, f"for the average customer it is highest at {best:.0f}.")
    cheap, dear = best_at(60), best_at(140)
    assert cheap < best < dear
    assert cheap - 60 > best - 100 > dear - 140
    says(LAB, "The dearer the camera, the smaller the share and the smaller the best mark-up")


def test_how_sure_the_model_is_of_a_segment() -> None:
    mine = answers()[(answers()["person"] == 9) & (answers()["task"] <= 5)].sort_values("task", kind="stable")
    place, last = mine.groupby("task").cumcount(), 4
    chance = {}
    for bought in range(5):
        taken = mine["task"].map({task: 0 if task <= bought else last for task in range(1, 6)})
        chance[bought] = kinds(3).membership_of(mine.assign(chosen=place == taken)).loc[9, 2]
    assert chance[0] > 0.99
    says(LAB, "It is nearly certain before you have taken anything: five refusals are strong evidence for segment 2.")
    assert min(chance[1], chance[2]) > 0.95
    assert max(chance[3], chance[4]) < 0.5
    says(LAB, "One or two purchases hardly change that; three or four turn it round.")


def test_from_three_kinds_on_the_best_price_is_the_dearest_shown() -> None:
    # Four kinds take too long here: the build of the chapter holds their BIC and their best price against three.
    found = {number: choice.optimal_price(kinds(number), OFFERS, "ours", **CASE) for number in (2, 3)}
    assert not found[2].at_limit
    assert found[3].at_limit
    says(LAB, "From three kinds on, the best price is the dearest one that anybody was shown.")
    says(EXERCISE, f"With three kinds of people the simulator's profit is highest at exactly {found[3].price:.0f};")
    assert average().bic > kinds(2).bic > kinds(3).bic
    says(LAB, "Four segments have the lowest BIC;")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", choice.ExtrapolationWarning)
        far = choice.optimal_price(kinds(3), OFFERS, "ours", price_range=(79, 400), **CASE)
    assert DEAREST < far.price < 400
    says(LAB, "Treat the answer as a reason for a second survey.")


def test_the_mean_of_ratios_is_pulled_up() -> None:
    model = kinds(3)
    each = choice.wtp_distribution(model)["pixels"].to_numpy()
    mean = model.shares_ @ model.coefficients_
    assert model.shares_ @ each > -mean["pixels"] / mean["price"]
    assert each.argmax() == np.abs(model.coefficients_["price"]).to_numpy().argmin()
    says(LAB, "The mean of ratios is pulled up by people who hardly mind the price")


def test_the_electricity_survey() -> None:
    electricity = datasets.load_electricity_choice()
    supply = ["price", "contract_years", "local", "well_known", "time_of_day", "seasonal"]
    same = choice.MultinomialLogit().fit(electricity, supply)
    says(LAB, f"{electricity['person'].nunique()} households chose between electricity suppliers")
    says(
        LAB,
        f"Its logit gives a log-likelihood of −{-same.loglik_:.2f}"
        f" and a price coefficient of −{-same.params_['price']:.4f}; compare.",
    )
    loglik, not_local, longer = [], [], []
    for draws in (25, 50, 100):
        mixed = choice.MixedLogit().fit(electricity, supply, dict.fromkeys(supply[1:], "normal"), draws=draws)
        taste = mixed.tastes(20_000).coefficients
        loglik.append(mixed.loglik_)
        not_local.append((taste[:, 2] < 0).mean())
        longer.append((taste[:, 1] > 0).mean())
    assert np.abs(np.diff(loglik)).min() > 24
    says(LAB, "The log-likelihood still moves by dozens when the draws are doubled")
    assert max(not_local) / min(not_local) > 1.8
    says(LAB, "The shares move by a few points, and a small share may double.")
    assert 0.235 < min(longer) < max(longer) < 0.305
    says(INDEX, "and yet a quarter to three in ten *like* a longer contract")
    assert max(not_local) < 0.1
    says(
        LAB,
        '"About a quarter to three in ten like a longer contract" and "fewer than one in ten want no local supplier"',
    )


def test_a_fence_that_leaks() -> None:
    two = kinds(2).segments()
    fences = choice.price_fences(two, OFFERS, "ours", **CASE)
    own, single = fences.segments["own_price"], fences.single_price
    assert own.between(80, DEAREST - 1).all()
    says(LAB, "With two segments both best prices lie inside what people were asked.")
    says(LAB, f"breaks even when {fences.break_even_leak:.0%} of all people get the low price")
    assert own.iloc[0] > single > own.iloc[1]
    assert fences.segments["units_own"].sum() > fences.segments["units_single"].sum()
    says(LAB, "Segment 1 pays more and segment 2 less, by the differences between the two price rows; added up, more")
    open_to_all = choice.price_fences(two, OFFERS, "ours", fence_cost=150_000, leak=1.0, **CASE)
    says(LAB, f"and everybody let in, the fence loses about {-round(open_to_all.gain, -4):,.0f} dollars.")


def test_what_a_dollar_feels_like() -> None:
    says(LAB, f"at 21%, a real price of 200 feels as {200 * 1.21:.0f} did there.")
    limits = [DEAREST // bias for bias in (1.21, 1.4)]
    says(LAB, f"the best price is sought up to {limits[0]:.0f} dollars only, at 40% up to {limits[1]:.0f}.")
    says(LAB, f"At 21%, {limits[0]:.0f} real dollars feel as {limits[0] * 1.21:.0f} did in the survey, and nobody was")
    for bias, limit in zip((1.21, 1.4), limits, strict=True):
        assert earned(kinds(3), bias)[:limit].idxmax() == limit
    says(LAB, "With three kinds profit still rises at the end, so these too are limits and no optima.")
    fall = 1 - earned(average(), 1.21).idxmax() / earned(average(), 1).idxmax()
    assert 0 < fall < 0.13
    says(LAB, "For the average customer the best price falls, but by far less than a fifth")


def test_which_price_may_give_up_least() -> None:
    worst = regrets().max(axis=1)
    assert worst.idxmin() == 210
    assert regrets().loc[210].idxmax() == ("three kinds", 1)
    says(
        LAB,
        f"At worst it gives up {round(worst[210], -3):,.0f} dollars, if there are three kinds of people who mean what",
    )
    says(LAB, "each other price may give up more.")
    without = regrets().drop(columns=1.4, level=1).max(axis=1)
    assert without.idxmin() == 229
    assert without[229] > 0.9 * without[210]
    says(LAB, "Without the worlds of 40%, 229 would do slightly better.")
    assert regrets().loc[279, ("alike", 1.4)] > 2 * worst[210]
    says(EXERCISE, "if real customers mind each dollar 40% more, 279 dollars goes far more wrong than 210 can;")


def test_the_quiz_on_zoom() -> None:
    says(INDEX, f"- text: {0.9 / 0.015:.0f} dollars. right: true")
    says(INDEX, "feedback: 0.9 / 0.015. A camera with zoom may be 60 dollars dearer and be liked as much.")
    says(INDEX, "Two groups would pay 20 and 140 dollars for zoom; they are equally large.")
    says(INDEX, f"- text: Charge {(20 + 140) / 2:.0f} dollars for zoom, the average.")
    says(INDEX, f"It sells to all and gives away up to {140 - 20} dollars on half of them.")


def test_the_figures_of_the_exercise_are_those_of_the_survey() -> None:
    names, found = solved(NAME), average().params_
    part_worths = {name: round(found[name], 2) for name in ("zoom", "wifi")}
    assert part_worths.items() <= names["part_worths"].items()
    assert names["part_worths"]["price"] == round(100 * found["price"], 2)
    zoom = choice.willingness_to_pay(average()).loc["zoom", "estimate"]
    says(EXERCISE, f'The survey report says "zoom: ${zoom:.0f}" and nothing more.')
    wrong = slip(NAME, "q2", "still the colleague's function")(names["part_worths"], "zoom", 100)
    says(EXERCISE, f"It tells you that zoom is worth −{-wrong:.2f} dollars.")
