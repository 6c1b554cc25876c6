"""Choice models: published estimates, true parameters found again, and what a market makes of them."""

import functools
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_value._fitting import BoundaryWarning, NotFittedError
from customer_value.choice import (
    ExtrapolationWarning,
    LatentClassLogit,
    MixedLogit,
    MultinomialLogit,
    Segment,
    choice_card,
    compare_classes,
    market_shares,
    optimal_price,
    price_fences,
    price_response,
    profit_curve,
    profit_interval,
    willingness_to_pay,
    with_constant,
    wtp_distribution,
)
from customer_value.choice._halton import halton
from customer_value.datasets import load_camera_conjoint, load_electricity_choice

ELECTRICITY = ["price", "contract_years", "local", "well_known", "time_of_day", "seasonal"]
CAMERA = ["brand", "pixels", "zoom", "video", "swivel", "wifi", "price"]


@functools.cache
def camera_logit() -> MultinomialLogit:
    return MultinomialLogit().fit(load_camera_conjoint(), CAMERA)


@functools.cache
def camera_classes() -> LatentClassLogit:
    return LatentClassLogit(3).fit(load_camera_conjoint(), CAMERA)


@functools.cache
def electricity_mixed() -> MixedLogit:
    return MixedLogit().fit(load_electricity_choice(), ELECTRICITY, dict.fromkeys(ELECTRICITY, "normal"))


def offers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "brand": ["canon", "sony", "nikon"],
            "pixels": [True, True, False],
            "zoom": [True, False, True],
            "video": True,
            "swivel": False,
            "wifi": [True, False, True],
            "price": [199, 129, 179],
        },
        index=["ours", "sony", "nikon"],
    )


def made_up(people: int = 400, tasks: int = 10, seed: int = 1, alternatives: int = 3) -> pd.DataFrame:
    """Tasks with a price and a quality, and nothing chosen yet."""
    random = np.random.default_rng(seed)
    rows = people * tasks * alternatives
    return pd.DataFrame(
        {
            "person": np.repeat(np.arange(people), tasks * alternatives),
            "task": np.tile(np.repeat(np.arange(tasks), alternatives), people),
            "price": random.uniform(1, 5, rows),
            "quality": random.integers(0, 2, rows).astype(float),
        }
    )


def chosen_by(data: pd.DataFrame, price: np.ndarray, quality: np.ndarray, seed: int = 2) -> pd.DataFrame:
    """``data`` with choices of people with these coefficients, one of each per person."""
    who = data["person"].to_numpy()
    luck = np.random.default_rng(seed).gumbel(size=len(data))
    total = pd.Series(price[who] * data["price"] + quality[who] * data["quality"] + luck)
    best = total.groupby([data["person"], data["task"]]).idxmax()
    return data.assign(chosen=data.index.isin(best))


# Published estimates


def test_electricity_multinomial_logit() -> None:
    """Six packages give these; log-likelihood and the first two are in the documentation of the data."""
    model = MultinomialLogit().fit(load_electricity_choice(), ELECTRICITY)
    assert model.loglik_ == pytest.approx(-4958.65, abs=0.005)
    assert model.params_["price"] == pytest.approx(-0.6252, abs=5e-5)
    assert model.params_["contract_years"] == pytest.approx(-0.1083, abs=5e-5)
    assert (model.people_, model.tasks_) == (361, 4308)
    assert model.equal_loglik_ == pytest.approx(-4308 * math.log(4))


def test_camera_willingness_to_pay() -> None:
    """Pooled logit on the camera data (Allenby et al. 2014): whole dollars, recomputed independently."""
    table = willingness_to_pay(camera_logit())
    worth = table["estimate"][["zoom", "pixels", "video", "wifi", "swivel"]].round().tolist()
    assert worth == [55, 51, 42, 39, 25]


def test_electricity_mixed_logit_of_the_mlogit_vignette() -> None:
    """Train & Croissant, Exercise 3 of R's mlogit: all normal, panel, 100 Halton draws, as here: all digits."""
    published = {
        "price": -0.9733844,
        "contract_years": -0.2055565,
        "local": 2.0757333,
        "well_known": 1.4756497,
        "time_of_day": -9.0525423,
        "seasonal": -9.1037717,
        "sd price": 0.2199450,
        "sd contract_years": 0.3783044,
        "sd local": 1.4829803,
        "sd well_known": 1.0000609,
        "sd time_of_day": 2.2894889,
        "sd seasonal": 1.1808827,
    }
    model = electricity_mixed()
    for name, value in published.items():
        assert model.params_[name] == pytest.approx(value, abs=5e-5), name
    assert model.simulated_loglik(published) == pytest.approx(model.loglik_, abs=1e-5)
    assert model.simulated_loglik(published) <= model.loglik_


def test_electricity_tastes_differ_and_that_matters() -> None:
    """Huber & Train (2001) on these data: tastes differ much, so a mixed logit explains the choices far better."""
    model = electricity_mixed()
    assert model.loglik_ > -4958.65 + 900
    # Exercise 3: about 70% dislike a longer contract.
    share = float((model.tastes(20_000).coefficients[:, 1] < 0).mean())
    assert share == pytest.approx(0.7066, abs=0.005)


# Parameters found again


def test_multinomial_logit_finds_true_tastes() -> None:
    data = made_up()
    data["chosen"] = MultinomialLogit.from_params({"price": -0.8, "quality": 1.5}).simulate(data, seed=4)
    summary = MultinomialLogit().fit(data, ["price", "quality"]).summary("classic")
    assert (abs(summary["estimate"] - [-0.8, 1.5]) < 3 * summary["se"]).all()
    assert (summary["se"] < 0.06).all()


def test_mixed_logit_finds_true_distributions() -> None:
    random = np.random.default_rng(5)
    price = -np.exp(random.normal(-0.2, 0.5, 400))
    data = chosen_by(made_up(), price, random.normal(1, 1.2, 400))
    model = MixedLogit().fit(
        data, ["price", "quality"], {"price": "negative lognormal", "quality": "normal"}, draws=150
    )
    summary = model.summary()
    truth = pd.Series({"price": -0.2, "quality": 1.0, "sd price": 0.5, "sd quality": 1.2})
    assert (abs(summary["estimate"] - truth) < 3.5 * summary["se"]).all()
    probable = model.person_tastes()
    assert np.corrcoef(probable["price"], price)[0, 1] > 0.6
    assert (probable["price"] < 0).all()
    assert probable["price"].std() < price.std(), "pulled towards the population"


def test_latent_classes_find_true_segments() -> None:
    random = np.random.default_rng(6)
    thrifty = random.random(400) < 0.35
    data = chosen_by(made_up(), np.where(thrifty, -2.0, -0.4), np.where(thrifty, 0.2, 2.0))
    model = LatentClassLogit(2).fit(data, ["price", "quality"])
    assert model.shares_[2] == pytest.approx(thrifty.mean(), abs=0.05)
    assert model.coefficients_.loc[1].tolist() == pytest.approx([-0.4, 2.0], abs=0.2)
    assert model.coefficients_.loc[2].tolist() == pytest.approx([-2.0, 0.2], abs=0.25)
    assert ((model.membership_[2] > 0.5).to_numpy() == thrifty).mean() > 0.95
    table = compare_classes(data, ["price", "quality"], (1, 2, 3))
    assert table["bic"].idxmin() == 2
    assert table["loglik"].is_monotonic_increasing


def test_one_person_in_many_copies_gets_errors_of_one_person() -> None:
    data = made_up(people=60, tasks=8)
    data["chosen"] = MultinomialLogit.from_params({"price": -0.8, "quality": 1.5}).simulate(data, seed=4)
    copies = pd.concat([data, data.assign(task=data["task"] + 100)])
    once, twice = (MultinomialLogit().fit(each, ["price", "quality"]) for each in (data, copies))
    assert twice.params_.tolist() == pytest.approx(once.params_.tolist())
    assert twice.summary("classic")["se"].tolist() == pytest.approx(
        (once.summary("classic")["se"] / math.sqrt(2)).tolist()
    )
    assert twice.summary("person")["se"].tolist() == pytest.approx(once.summary("person")["se"].tolist())
    # By hand: scores of tasks add up within a person before they are squared.
    assert twice.summary("task")["se"].mean() < twice.summary("person")["se"].mean()


# Derivatives and simulation


def numeric_hessian(value, point: np.ndarray, step: float = 1e-4) -> np.ndarray:
    size = point.size
    found = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            ends = 0.0
            for a in (1, -1):
                for b in (1, -1):
                    ends += a * b * value(point + step * (a * np.eye(size)[i] + b * np.eye(size)[j]))
            found[i, j] = ends / (4 * step**2)
    return found


@pytest.mark.parametrize("kind", ["normal", "lognormal", "negative lognormal"])
def test_mixed_derivatives_are_those_of_the_likelihood(kind: str) -> None:
    data = chosen_by(made_up(people=12, tasks=3), np.full(12, -0.5), np.linspace(0, 2, 12))
    # One task has an alternative less.
    data = data.drop(index=data[~data["chosen"]].index[0])
    model = MixedLogit()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(data, ["price", "quality"], {"quality": kind, "price": "normal"}, draws=7)
    likelihood, point = model._likelihood, np.array([-0.4, 0.3, 0.2, 0.5])
    exact = likelihood.exactly(point)

    def value(at: np.ndarray) -> float:
        return float(likelihood.values(at).sum())

    slope = [(value(point + 1e-6 * e) - value(point - 1e-6 * e)) / 2e-6 for e in np.eye(4)]
    assert exact.gradient == pytest.approx(slope, abs=1e-6)
    assert exact.hessian == pytest.approx(numeric_hessian(value, point), abs=2e-5)
    assert likelihood.scores(point).sum(axis=0) == pytest.approx(exact.gradient, abs=1e-10)


def test_latent_derivatives_are_those_of_the_likelihood() -> None:
    from customer_value.choice._tasks import Encoding, read_tasks
    from customer_value.choice.latent import _Likelihood

    data = chosen_by(made_up(people=15, tasks=4), np.full(15, -0.5), np.linspace(-1, 2, 15))
    encoding = Encoding.of(data, ["price", "quality"])
    tasks, _ = read_tasks(data, encoding, person="person", task="task", chosen="chosen")
    likelihood, point = _Likelihood(tasks, 3), np.array([0.3, -0.2, -1, 0.4, 0.2, 1.1, -0.3, -0.5])
    exact = likelihood.evaluate(point)

    def value(at: np.ndarray) -> float:
        return likelihood.evaluate(at).value

    slope = [(value(point + 1e-6 * e) - value(point - 1e-6 * e)) / 2e-6 for e in np.eye(8)]
    assert exact.gradient == pytest.approx(slope, abs=1e-6)
    assert exact.hessian == pytest.approx(numeric_hessian(value, point), abs=2e-5)


def test_halton_by_hand() -> None:
    assert halton(4, 2, left_out=1).tolist() == [
        pytest.approx([1 / 2, 1 / 3]),
        pytest.approx([1 / 4, 2 / 3]),
        pytest.approx([3 / 4, 1 / 9]),
        pytest.approx([1 / 8, 4 / 9]),
    ]
    assert halton(5_000, 6).mean(axis=0) == pytest.approx(np.full(6, 0.5), abs=2e-3)


def test_without_spread_a_mixed_logit_is_the_multinomial_one() -> None:
    model = electricity_mixed()
    same = MultinomialLogit().fit(load_electricity_choice(), ELECTRICITY)
    flat = {**same.params_.to_dict(), **{f"sd {name}": 0.0 for name in ELECTRICITY}}
    assert model.simulated_loglik(flat) == pytest.approx(same.loglik_, rel=1e-10)


def test_the_likelihood_of_the_estimates_is_that_of_the_fit_whatever_sign_the_search_ended_with() -> None:
    data = chosen_by(made_up(people=30, tasks=5), np.full(30, -0.5), np.linspace(-1, 3, 30))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BoundaryWarning)
        fits = [
            MixedLogit().fit(data, ["price", "quality"], {"price": "normal", "quality": "normal"}, draws=draws)
            for draws in range(3, 12)
        ]
    for model in fits:
        assert (model.params_[["sd price", "sd quality"]] >= 0).all()
        assert model.simulated_loglik(model.params_.to_dict()) == pytest.approx(model.loglik_, abs=1e-9)


# Invariances


def test_order_of_rows_names_of_people_and_units_do_not_matter() -> None:
    data = load_camera_conjoint()
    mixed = data.sample(frac=1, random_state=3)
    mixed["person"] = "p" + mixed["person"].astype(str)
    mixed["price"] = mixed["price"] / 100
    before = mixed.copy()
    model = MultinomialLogit().fit(mixed, CAMERA)
    pd.testing.assert_frame_equal(mixed, before)
    assert model.loglik_ == pytest.approx(camera_logit().loglik_, abs=1e-7)
    assert model.params_["price"] == pytest.approx(100 * camera_logit().params_["price"], rel=1e-6)
    errors = [each.summary()["se"]["zoom"] for each in (model, camera_logit())]
    assert errors[0] == pytest.approx(errors[1], rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.floats(-50, 50), st.floats(0.01, 3))
def test_probabilities_depend_on_differences_only(shift: float, slope: float) -> None:
    data = made_up(people=3, tasks=2)
    model = MultinomialLogit.from_params({"price": -slope, "quality": 1.0})
    found = model.probabilities(data)
    moved = model.probabilities(data.assign(price=data["price"] + shift))
    assert moved.to_numpy() == pytest.approx(found.to_numpy(), rel=1e-9)
    assert found.groupby([data["person"], data["task"]]).sum().to_numpy() == pytest.approx(np.ones(6))


def test_estimated_probabilities_add_up_to_what_was_chosen() -> None:
    """At the maximum the expected total of every attribute is the observed one."""
    data = load_camera_conjoint()
    chance = camera_logit().probabilities(data)
    for name in ("zoom", "price"):
        assert (chance * data[name]).sum() == pytest.approx((data["chosen"] * data[name]).sum(), rel=1e-8)


def test_extreme_utilities_do_not_overflow() -> None:
    model = MultinomialLogit.from_params({"price": -5_000.0, "quality": 1.0})
    assert np.isfinite(model.probabilities(made_up(people=2, tasks=2))).all()


def test_words_are_measured_against_their_first_level() -> None:
    data = load_camera_conjoint()
    text = data.assign(brand=data["brand"].astype(str))
    # By the alphabet canon is first, so the coefficient of none takes the place of its constant.
    model = MultinomialLogit().fit(text, CAMERA)
    assert model.loglik_ == pytest.approx(camera_logit().loglik_, abs=1e-7)
    assert model.params_["brand=none"] == pytest.approx(-camera_logit().params_["brand=canon"], rel=1e-6)


# Bad input


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.drop(columns="price"), "lacks the column"),
        (lambda d: d.assign(chosen=False), r"exactly one chosen alternative; 80 do not, the first is person 0, task 0"),
        (lambda d: d.assign(chosen=2), "must be true or 1 for the chosen"),
        (lambda d: d[d["chosen"]], "at least two alternatives"),
        (lambda d: d.assign(price=d["price"].where(d.index != 5)), r"data\['price'\] has 1 missing"),
        (lambda d: d.assign(person=d["person"].where(d.index != 5)), r"data\['person'\] has 1 missing"),
        (lambda d: d.assign(quality=1.0), "quality is the same for all alternatives of every task"),
        (lambda d: d.assign(quality=2 * d["price"] + d["person"]), "price, quality determine each other"),
        (lambda d: d.iloc[:0], "is empty"),
        (lambda d: d.assign(price=np.inf), "missing or infinite"),
    ],
)
def test_data_that_do_not_fit_are_refused(change, said: str) -> None:
    data = made_up(people=20, tasks=4)
    data["chosen"] = MultinomialLogit.from_params({"price": -0.8, "quality": 1.5}).simulate(data, seed=4)
    with pytest.raises(ValueError, match=said):
        MultinomialLogit().fit(change(data), ["price", "quality"])


@pytest.mark.parametrize("attributes", ["price", [], ["price", "price"]])
def test_attributes_are_a_list_without_repeats(attributes) -> None:
    with pytest.raises(ValueError, match=r"attributes|twice|more than once"):
        MultinomialLogit().fit(load_camera_conjoint(), attributes)


def test_an_attribute_that_is_always_chosen_is_said_to_be_on_the_boundary() -> None:
    data = made_up(people=50, tasks=4).assign(quality=0.0)
    data["chosen"] = MultinomialLogit.from_params({"price": -0.8}).simulate(data, seed=4)
    data.loc[data["chosen"], "quality"] = 1.0
    with pytest.warns(BoundaryWarning, match="always chosen or never"):
        model = MultinomialLogit().fit(data, ["price", "quality"])
    assert model.boundary_ is not None
    assert math.isnan(model.summary()["se"]["quality"])


def test_models_without_a_fit_say_so() -> None:
    for model in (MultinomialLogit(), MixedLogit(), LatentClassLogit(2)):
        with pytest.raises(NotFittedError, match="fit"):
            model.summary()
        with pytest.raises(NotFittedError):
            _ = model.params_
        assert not hasattr(model, "loglik_")
    given = MultinomialLogit.from_params({"price": -1.0})
    with pytest.raises(ValueError, match="no standard errors"):
        given.summary()
    with pytest.raises(ValueError, match="no likelihood"):
        _ = given.aic


@pytest.mark.parametrize(
    ("random", "said"),
    [
        ({}, "random must say how"),
        ({"zoom": "bell"}, "must be one of 'normal'"),
        ({"flash": "normal"}, "'flash', which is no coefficient"),
    ],
)
def test_unknown_distributions_are_refused(random: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MixedLogit().fit(load_camera_conjoint(), CAMERA, random)


def test_kinds_of_errors_are_checked() -> None:
    with pytest.raises(ValueError, match="errors must be one of 'person', 'task', 'classic'; got 'hac'"):
        camera_logit().summary("hac")
    with pytest.raises(ValueError, match="errors must be one of 'person', 'classic'"):
        camera_classes().summary("task")


def test_more_classes_than_people_are_refused() -> None:
    data = made_up(people=3, tasks=4)
    data["chosen"] = MultinomialLogit.from_params({"price": -0.8, "quality": 1.5}).simulate(data, seed=4)
    with pytest.raises(ValueError, match="4 classes need at least as many people"):
        LatentClassLogit(4).fit(data, ["price", "quality"])


# Willingness to pay


def test_delta_interval_by_hand() -> None:
    model = camera_logit()
    beta, spread = model.params_, model.covariance()
    ratio = -beta["zoom"] / beta["price"]
    slope = np.array([-1 / beta["price"], beta["zoom"] / beta["price"] ** 2])
    names = ["zoom", "price"]
    se = math.sqrt(slope @ spread.loc[names, names] @ slope)
    found = willingness_to_pay(model, ["zoom"]).loc["zoom"]
    assert found.tolist() == pytest.approx([ratio, se, ratio - 1.959964 * se, ratio + 1.959964 * se], rel=1e-6)


def test_both_intervals_agree_where_the_price_is_well_known() -> None:
    delta = willingness_to_pay(camera_logit())
    drawn = willingness_to_pay(camera_logit(), method="krinsky-robb", draws=40_000)
    assert drawn["lower"].to_numpy() == pytest.approx(delta["lower"].to_numpy(), abs=1.5)
    assert drawn["upper"].to_numpy() == pytest.approx(delta["upper"].to_numpy(), abs=1.5)


def test_willingness_to_pay_by_segment() -> None:
    table = willingness_to_pay(camera_classes(), ["zoom", "wifi"])
    coefficients = camera_classes().coefficients_
    for segment in (1, 2, 3):
        row = coefficients.loc[segment]
        assert table.loc[(segment, "zoom"), "estimate"] == pytest.approx(-row["zoom"] / row["price"])


def test_a_price_that_people_like_has_no_willingness_to_pay() -> None:
    data = made_up(people=60, tasks=6)
    data["chosen"] = MultinomialLogit.from_params({"price": 0.8, "quality": 1.5}).simulate(data, seed=4)
    with pytest.raises(ValueError, match="dearer is liked better"):
        willingness_to_pay(MultinomialLogit().fit(data, ["price", "quality"]))
    data["chosen"] = MultinomialLogit.from_params({"price": -0.02, "quality": 1.5}).simulate(data, seed=1)
    weak = MultinomialLogit().fit(data, ["price", "quality"])
    weak.params_["price"] = -abs(weak.params_["price"]) / 100
    with pytest.raises(ValueError, match="willingness to pay could be anything"):
        willingness_to_pay(weak, method="krinsky-robb")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": "cost"}, "price must be one of the coefficients"),
        ({"attributes": ["flash"]}, "attributes must be some of"),
        ({"method": "guess"}, "method must be 'delta' or 'krinsky-robb'"),
        ({"level": 95}, "level must be a share"),
    ],
)
def test_willingness_to_pay_names_what_it_cannot_use(change: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        willingness_to_pay(camera_logit(), **change)


def test_willingness_to_pay_differs_between_people() -> None:
    table = wtp_distribution(camera_classes(), ["zoom"])
    assert table["share"].sum() == pytest.approx(1)
    assert table["zoom"].tolist() == pytest.approx(willingness_to_pay(camera_classes(), ["zoom"])["estimate"].tolist())
    people = wtp_distribution(camera_classes(), ["zoom"], of="people")
    assert len(people) == 332
    assert people["zoom"].between(table["zoom"].min(), table["zoom"].max()).all()
    with pytest.raises(ValueError, match=r"29.4% of people have a coefficient of contract_years that is not below 0"):
        wtp_distribution(electricity_mixed(), ["local"], price="contract_years")
    with pytest.raises(TypeError, match="People do not differ"):
        wtp_distribution(camera_logit(), of="people")
    with pytest.raises(TypeError, match="use wtp_distribution"):
        willingness_to_pay(electricity_mixed())


# Markets and prices


def test_shares_by_hand() -> None:
    model = MultinomialLogit.from_params({"price": -0.01, "zoom": 1.0})
    found = market_shares(model, pd.DataFrame({"price": [100, 200], "zoom": [0, 1]}, index=["a", "b"]), outside=-1.0)
    weights = np.exp([-1.0, -1.0, -1.0])
    assert found.to_dict() == pytest.approx(dict(zip(["a", "b", "none"], weights / weights.sum(), strict=True)))
    # Independence of irrelevant alternatives: a copy takes from all in proportion.
    three = pd.DataFrame({"price": [100, 200, 200], "zoom": [0, 1, 1]}, index=["a", "b", "copy"])
    copied = market_shares(model, three)
    assert copied["a"] / copied["b"] == pytest.approx(1)


def test_shares_of_segments_are_averaged() -> None:
    model = camera_classes()
    total = sum(part.share * market_shares(part.model, offers(), outside=0) for part in model.segments())
    assert market_shares(model, offers(), outside=0).to_numpy() == pytest.approx(total.to_numpy())


@pytest.mark.parametrize("model", [camera_logit, camera_classes])
def test_elasticity_is_the_slope_of_the_response(model) -> None:
    prices = np.array([149.9, 150.0, 150.1])
    table = price_response(model(), offers(), "ours", prices, outside=0.0)
    slope = (table["ours"].iloc[2] - table["ours"].iloc[0]) / 0.2 * 150 / table["ours"].iloc[1]
    assert table["elasticity"].iloc[1] == pytest.approx(slope, rel=1e-5)
    assert table.drop(columns="elasticity").sum(axis=1).to_numpy() == pytest.approx(np.ones(3))
    assert table.loc[150.0, "ours"] == pytest.approx(
        market_shares(model(), offers().assign(price=[150, 129, 179]), outside=0)["ours"]
    )


def test_the_best_price_is_cost_plus_the_logit_mark_up() -> None:
    model = camera_logit()
    best = optimal_price(model, offers(), "ours", unit_cost=60, market_size=1_000, outside=0.0)
    assert best.price == pytest.approx(60 - 1 / (model.params_["price"] * (1 - best.share)), rel=1e-6)
    assert best.elasticity == pytest.approx(-best.price / (best.price - 60), rel=1e-5)
    assert not best.at_limit
    curve = profit_curve(
        model, offers(), "ours", np.linspace(79, 279, 401), unit_cost=60, market_size=1_000, outside=0.0
    )
    assert curve["profit"].max() <= best.profit + 1e-9
    assert best.profit == pytest.approx(curve["profit"].max(), rel=1e-4)
    assert curve["revenue"].iloc[0] == pytest.approx(79 * 1_000 * curve["share"].iloc[0])


def test_a_best_price_at_the_end_is_called_a_limit() -> None:
    best = optimal_price(camera_logit(), offers(), "ours", unit_cost=60, price_range=(80, 120), outside=0.0)
    assert best.price == 120
    assert best.at_limit
    loss = optimal_price(camera_logit(), offers(), "ours", unit_cost=300, price_range=(80, 120), outside=0.0)
    assert loss.profit < 0
    assert loss.at_limit


def test_prices_nobody_was_shown_are_warned_of() -> None:
    with pytest.warns(ExtrapolationWarning, match=r"price = 500 is beyond what people were shown \(0 to 279\)"):
        market_shares(camera_logit(), offers().assign(price=[500, 129, 179]))
    with pytest.warns(ExtrapolationWarning, match="price = 900"):
        price_response(camera_logit(), offers(), "ours", [100, 900])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: market_shares(camera_logit(), offers().assign(brand="leica")), "has leica, which the data lack"),
        (lambda: market_shares(camera_logit(), offers().drop(columns="zoom")), "offers lacks the column"),
        (lambda: market_shares(camera_logit(), offers().set_axis(["a", "a", "b"])), "must name each once"),
        (lambda: market_shares(camera_logit(), offers().set_axis(["none", "a", "b"])), "none 'none'"),
        (lambda: price_response(camera_logit(), offers(), "his", [100]), "offer must be one of ours, sony, nikon"),
        (lambda: price_response(camera_logit(), offers(), "ours", [100], price="cost"), "price must be a coefficient"),
        (lambda: optimal_price(camera_logit(), offers(), "ours", unit_cost=-1), "unit_cost must not be negative"),
        (
            lambda: optimal_price(camera_logit(), offers(), "ours", unit_cost=1, price_range=(2, 1)),
            "lowest and the highest",
        ),
        (
            lambda: optimal_price(
                MultinomialLogit.from_params({"price": -1.0}),
                pd.DataFrame({"price": [1.0]}, index=["a"]),
                "a",
                unit_cost=1,
            ),
            "price_range is needed",
        ),
    ],
)
def test_offers_that_do_not_fit_are_refused(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


# Fences


def two_segments() -> list[Segment]:
    rich = MultinomialLogit.from_params({"price": -0.02})
    thrifty = MultinomialLogit.from_params({"price": -0.08})
    return [Segment("rich", 0.4, rich), Segment("thrifty", 0.6, thrifty)]


ALONE = pd.DataFrame({"price": [50.0]}, index=["ticket"])


def test_fences_pay_as_much_as_their_best_prices_do() -> None:
    found = price_fences(
        two_segments(), ALONE, "ticket", unit_cost=10, price_range=(10, 300), market_size=1_000, outside=-2.0
    )
    for part in two_segments():
        best = optimal_price(part.model, ALONE, "ticket", unit_cost=10, price_range=(10, 300), outside=-2.0)
        assert found.segments.loc[part.name, "own_price"] == pytest.approx(best.price, rel=1e-6)
        assert found.segments.loc[part.name, "profit_own"] == pytest.approx(1_000 * part.share * best.profit, rel=1e-6)
    assert found.profit_fenced == pytest.approx(found.segments["profit_own"].sum())
    assert found.gain > 0
    low, high = found.segments["own_price"].min(), found.segments["own_price"].max()
    assert low < found.single_price < high


def test_leaks_and_costs_take_the_gain_away() -> None:
    options = {"unit_cost": 10, "price_range": (10, 300), "market_size": 1_000, "outside": -2.0}
    tight = price_fences(two_segments(), ALONE, "ticket", **options)
    at_even = price_fences(two_segments(), ALONE, "ticket", leak=tight.break_even_leak, **options)
    assert 0 < tight.break_even_leak < 1
    assert at_even.gain == pytest.approx(0, abs=1e-6)
    dear = price_fences(two_segments(), ALONE, "ticket", fence_cost=tight.gain + 1, **options)
    assert dear.gain == pytest.approx(-1)
    assert dear.break_even_leak == 0


def test_segments_that_are_alike_need_no_fence() -> None:
    same = [Segment(name, 0.5, MultinomialLogit.from_params({"price": -0.05})) for name in ("a", "b")]
    found = price_fences(same, ALONE, "ticket", unit_cost=10, price_range=(10, 300), outside=0.0)
    assert found.gain == pytest.approx(0, abs=1e-9)
    assert found.segments["own_price"].to_numpy() == pytest.approx(np.full(2, found.single_price), rel=1e-6)


def test_fences_need_two_segments_of_different_names() -> None:
    with pytest.raises(ValueError, match="at least two; got 1"):
        price_fences(two_segments()[:1], ALONE, "ticket", unit_cost=1, price_range=(1, 9))
    with pytest.raises(ValueError, match="different names"):
        price_fences([two_segments()[0]] * 2, ALONE, "ticket", unit_cost=1, price_range=(1, 9))
    with pytest.raises(ValueError, match="leak must be at least 0 and at most 1"):
        price_fences(two_segments(), ALONE, "ticket", unit_cost=1, price_range=(1, 9), leak=2)


# Made ready, and how sure


def test_a_constant_against_nothing_changes_names_and_not_the_fit() -> None:
    data = load_camera_conjoint()
    ready = with_constant(data, "brand", name="camera")
    model = MultinomialLogit().fit(ready, ["camera", *CAMERA])
    assert model.loglik_ == pytest.approx(camera_logit().loglik_, abs=1e-7)
    assert model.params_["camera"] == pytest.approx(camera_logit().params_["brand=canon"], rel=1e-6)
    difference = camera_logit().params_["brand=sony"] - camera_logit().params_["brand=canon"]
    assert model.params_["brand=sony"] == pytest.approx(difference, rel=1e-5)
    assert list(ready["brand"].cat.categories) == ["canon", "sony", "nikon", "panasonic"]
    assert "camera" not in data
    words = with_constant(data.assign(brand=data["brand"].astype(str)), "brand", name="camera")
    assert list(words["brand"].cat.categories) == ["canon", "nikon", "panasonic", "sony"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.assign(camera=1), "has a column 'camera' already"),
        (lambda d: d[d["brand"] != "none"], "is never 'none'"),
        (lambda d: d[d["brand"] == "none"], "'none' in every row"),
        (lambda d: d.drop(columns="brand"), "lacks the column"),
    ],
)
def test_a_constant_needs_something_and_nothing(change, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        with_constant(change(load_camera_conjoint()), "brand", name="camera")


def test_a_card_shows_what_was_asked() -> None:
    data = load_camera_conjoint()
    card = choice_card(data[data["brand"] != "none"], 1, 1, ["brand", "zoom", "price"])
    assert card.columns.tolist() == ["A", "B", "C", "D"]
    assert card.loc["price"].tolist() == ["79", "229", "129", "279"]
    assert set(card.loc["zoom"]) <= {"yes", "no"}
    with pytest.raises(ValueError, match="person 0, task 1 has 0 alternatives"):
        choice_card(data, 0, 1, ["brand"])


def test_segments_of_people_asked_are_those_of_the_fit() -> None:
    model, data = camera_classes(), load_camera_conjoint()
    found = model.membership_of(data)
    pd.testing.assert_frame_equal(found, model.membership_, check_names=False, atol=1e-9)
    one = model.membership_of(data[(data["person"] == 1) & (data["task"] == 1)])
    assert one.loc[1].sum() == pytest.approx(1)
    first = data[data["person"] == 1]
    with pytest.raises(ValueError, match="exactly one chosen alternative; 1 of 16 do not"):
        model.membership_of(first[~(first["chosen"] & (first["task"] == 3))])


def test_profit_interval_holds_what_the_sample_leaves_open() -> None:
    options = {"unit_cost": 100.0, "market_size": 1_000.0, "outside": 0.0}
    prices = np.linspace(79, 279, 41)
    table = profit_interval(camera_logit(), offers(), "ours", prices, draws=2_000, **options)
    curve = profit_curve(camera_logit(), offers(), "ours", prices, **options)
    assert table["profit"].tolist() == pytest.approx(curve["profit"].tolist())
    assert ((table["lower"] <= table["profit"]) & (table["profit"] <= table["upper"])).all()
    assert table["best"].sum() == pytest.approx(1)
    assert table.loc[99, "upper"] < 0, "below cost every unit loses money"
    # The width of a share's interval by the delta method, at one price.
    beta, covariance = camera_logit().params_.to_numpy(), camera_logit().covariance().to_numpy()
    at = offers().assign(price=[199, 129, 179])

    def share(point: np.ndarray) -> float:
        model = MultinomialLogit.from_params(dict(zip(camera_logit().params_.index, point, strict=True)))
        model.encoding_ = camera_logit().encoding_
        return float(market_shares(model, at, outside=0.0)["ours"])

    slope = np.array([(share(beta + 1e-5 * e) - share(beta - 1e-5 * e)) / 2e-5 for e in np.eye(beta.size)])
    wide = 2 * 1.6449 * math.sqrt(slope @ covariance @ slope)
    found = table.loc[199, "share_upper"] - table.loc[199, "share_lower"]
    assert found == pytest.approx(wide, rel=0.06)
    again = profit_interval(camera_logit(), offers(), "ours", prices, draws=2_000, **options)
    pd.testing.assert_frame_equal(again, table)


def test_profit_interval_of_segments_is_around_theirs() -> None:
    options = {"unit_cost": 100.0, "outside": 0.0}
    table = profit_interval(camera_classes(), offers(), "ours", [159, 279], **options)
    curve = profit_curve(camera_classes(), offers(), "ours", [159, 279], **options)
    assert table["profit"].tolist() == pytest.approx(curve["profit"].tolist())
    assert (table["share_upper"] - table["share_lower"]).between(0.02, 0.2).all()


def test_profit_interval_refuses_a_mixed_logit_and_given_tastes() -> None:
    with pytest.raises(TypeError, match="needs a MultinomialLogit or a LatentClassLogit; got MixedLogit"):
        profit_interval(MixedLogit(), offers(), "ours", [199], unit_cost=1)
    given = MultinomialLogit.from_params({"price": -0.01})
    with pytest.raises(ValueError, match="no standard errors"):
        profit_interval(given, offers(), "ours", [199], unit_cost=1)
