"""Numbers that chapter 10 states in folded answers and in its exercise are those that the library computes."""

import warnings

import numpy as np
import pandas as pd
import pytest

from customer_value import btyd_widgets, datasets, validation
from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.btyd_widgets import _ALIKE, _FIRM
from customer_value.transactions import rfm_summary
from tests.chapters.said import says
from tests.customer_value.widget_checks import controls, sentence

LAB, EXERCISE = "10-buy-till-you-die/lab.md", "10-buy-till-you-die/exercise.md"
UNTIL, END = "1997-09-30", "1998-06-30"
LOG = datasets.load_cdnow(sample=True)
PEOPLE = rfm_summary(LOG, UNTIL, holdout_until=END)
BG, MBG = BetaGeoModel().fit(PEOPLE), ModifiedBetaGeoModel().fit(PEOPLE)
PARETO = ParetoNBDModel().fit(PEOPLE)
REPEAT = PEOPLE["frequency"] > 0
SILENT = PEOPLE["T"] - PEOPLE["recency"]
MARGIN = 0.30 * (PEOPLE["frequency"] * PEOPLE["monetary_value"]).sum() / PEOPLE["frequency"].sum()
YEAR = 365.25 / 7


def history(x: int, recency: float, T: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "recency": [recency], "T": [T]})


def test_ben() -> None:
    x, recency, _age = PEOPLE.loc[2389, ["frequency", "recency", "T"]]
    says(LAB, f"The most likely rate is nearly {x:.0f} purchases in {recency:.1f} weeks")
    alive = BG.expected_probability_alive(PEOPLE.loc[[2389]]).iloc[0]
    says(LAB, f"The chapter gives him a P(alive) of {alive:.0%}.")
    says(LAB, f"**Predict.** Ben is alive with {alive:.0%}.")
    says(LAB, f"There are eight days, and $x$ is {x:.0f}.")
    assert len(LOG[(LOG["customer_id"] == 2389) & (LOG["date"] <= UNTIL)]["date"].unique()) == 8
    waiting = btyd_widgets.next_purchase(LOG, 2389, BG, UNTIL, MARGIN)
    silence, buys = controls(waiting)
    silence.value, buys.value = 4, True
    assert "make that 5% and 0.3," in sentence(waiting)
    assert "lifts it to 92% and 5.2," in sentence(waiting)
    says(LAB, "a purchase lifts him from 5% to 92%, and from 0.3 to 5.2 expected purchases.")
    silence.value = 39
    assert "lifts it to 92% and 3.2," in sentence(waiting)
    says(LAB, "After 39 weeks it lifts him to 92% as well")
    says(LAB, "buy less often, 3.2 times")


def below(yearly: float = 3, alike: float = 5, leaving: float = 10, firm: float = 40) -> float:
    """How far the log-likelihood is below the best at these places of the sliders."""
    share = leaving / 100
    model = BetaGeoModel.from_params(r=alike, alpha=alike * YEAR / yearly, a=firm * share, b=firm * (1 - share))
    return BG.loglik_ - model.log_likelihood(PEOPLE)


def test_the_slider_that_matters() -> None:
    best, at = min((below(alike=value), value) for value in _ALIKE)
    others = min(
        min(below(yearly=value) for value in np.arange(0.5, 12.5, 0.5)),
        min(below(leaving=value) for value in range(1, 61)),
        min(below(firm=value) for value in _FIRM),
    )
    says(LAB, f"At {at:g} the log-likelihood is about {best:.0f} below its best")
    says(LAB, f"down from {below():,.0f}; no other slider alone gets below 900.")
    assert others > 900
    says(LAB, "All four: 3 purchases a year, shape 0.24, chance 25% and a + b of 3.2 come within half a point.")
    assert below(3, 0.24, 25, 3.2) < 0.5
    made = btyd_widgets.mixing_explorer(PEOPLE, MARGIN)
    assert f"{below():,.1f} below the best" in sentence(made)


def test_when_winning_back_adds_most() -> None:
    weeks = np.arange(53)
    most = {}
    for x in (3, 12):
        known = pd.DataFrame({"frequency": x, "recency": 20.0, "T": 20.0 + weeks})
        bought = BG.expected_purchases(known, 39)
        most[x] = MARGIN * (bought / BG.expected_probability_alive(known) - bought)
    says(LAB, f"With 3 purchases after about {most[3].idxmax()} weeks, with 12 after about {most[12].idxmax()}")
    says(LAB, f"after 26 weeks a letter that always works adds {most[3][26]:.0f} dollars for the first")
    assert round(most[3][26]) == round(most[3].max())
    says(LAB, f"for the second {most[12][26]:.0f} dollars, down from {most[12].max():.0f}.")


def test_the_silent_and_the_plan() -> None:
    quiet = REPEAT & (SILENT >= 26)
    hoped = BG.expected_purchases(PEOPLE[quiet], 39).sum()
    says(LAB, f"{quiet.sum()} repeat buyers had been silent for 26 weeks or more. BG/NBD expects {hoped:.0f} purchases")
    back = (PEOPLE.loc[quiet, "holdout_frequency"] > 0).mean()
    says(
        EXERCISE, f"of {quiet.sum()} repeat buyers who had been silent for 26 weeks, {back:.0%} bought in the following"
    )
    made, plan = PEOPLE["holdout_frequency"].sum(), BG.expected_purchases(PEOPLE, 39).sum()
    says(LAB, f"There were {made:,} purchases.")
    says(LAB, f"About {round(plan, -1):,.0f}, and {1 - plan / made:.0%} were missing")
    active, short = SILENT < 26, PEOPLE["holdout_frequency"] - BG.expected_purchases(PEOPLE, 39)
    says(LAB, f"{made - plan:.0f} purchases too low. How many of these were made by the {active.sum()} customers")
    says(LAB, f"about the silent: they made {short[quiet].sum() / hoped:.0%} more than expected.")
    says(
        LAB,
        f"{short[active].sum() / short.sum():.0%} of the missing purchases were made by people who had just bought.",
    )
    says(LAB, "12% were missing, most of them from customers who had just bought.")
    says(LAB, f"Print that {(SILENT < 26).mean():.0%} have bought in the last 26 weeks")


def test_bulges_of_the_weekly_course() -> None:
    says(LAB, "in November and December purchases are mostly above the line, and again in March.")
    weeks = validation.tracking(LOG, BG, UNTIL, holdout_until=END)
    above = (weeks["actual"] > weeks["BG/NBD"])[weeks["holdout"]]
    month = weeks.loc[weeks["holdout"], "end"].dt.month
    for name, months in {"late": [11, 12], "March": [3]}.items():
        assert above[month.isin(months)].mean() >= 2 / 3, name
    assert above[~month.isin([11, 12, 3])].mean() < 0.6


def test_heads() -> None:
    alive = {model: model.expected_probability_alive(PEOPLE) for model in (BG, MBG)}
    says(LAB, f"BG/NBD says that {alive[BG].mean():.0%} are still customers.")
    says(LAB, f'Somebody wants to print "{alive[BG].mean():.0%} of our customers are active".')
    says(LAB, f"A model that fits as well says {alive[MBG].mean():.0%}.")
    assert 1.6 < alive[BG].mean() / alive[MBG].mean() < 2
    says(EXERCISE, f"A difference of {MBG.loglik_ - BG.loglik_:.1f} in the log-likelihood is nothing.")
    says(EXERCISE, f"It fits better by {MBG.loglik_ - BG.loglik_:.1f} in the log-likelihood")


def test_donors() -> None:
    donors = datasets.load_donations()
    bb = BetaGeoBetaBinomModel().fit(donors)
    printed = ", ".join(f"{value:.3f}" for value in bb.params_.values())
    says(LAB, f"The paper gives {printed} and −{-bb.loglik_:,.1f}.")
    says(LAB, f"{donors['counts'].sum():,} people first gave to a charity in 1995;")
    once, often = (donors.query(f"frequency == {x} and recency == 5") for x in (1, 5))
    says(LAB, f"and has a P(alive) of {bb.expected_probability_alive(once, 1).iloc[0]:.0%}.")
    gifts = [bb.expected_purchases(each, 5).iloc[0] for each in (often, once)]
    says(LAB, f"{gifts[0]:.2f} gifts expected in five years against {gifts[1]:.2f}.")


def test_letters() -> None:
    found = {}
    for model in (BG, MBG, PARETO):
        hoped = model.expected_purchases(PEOPLE, 39)
        gain = 0.20 * MARGIN * (hoped / model.expected_probability_alive(PEOPLE) - hoped) - 2
        found[model] = int((gain > 0).sum()), gain[gain > 0].sum()
    letters, left = zip(*found.values(), strict=True)
    says(
        LAB, f"Between {min(letters)} and {max(letters)} letters at 20%, and {min(left):.0f} to {max(left):.0f} dollars"
    )
    hoped = BG.expected_purchases(PEOPLE, 39)
    tenth = (0.10 * MARGIN * (hoped / BG.expected_probability_alive(PEOPLE) - hoped) > 2).sum()
    assert tenth == pytest.approx(90, abs=4)
    says(LAB, "some 90 letters in this sample if one in ten works")


def test_short_history_is_always_too_low() -> None:
    says(LAB, "six of one sign are no proof")
    for day in pd.date_range("1997-04-30", UNTIL, freq="ME"):
        seen = rfm_summary(LOG, day, holdout_until=END)
        hoped = BetaGeoModel().fit(seen).expected_purchases(seen, seen["holdout_T"]).sum()
        assert hoped < seen["holdout_frequency"].sum()


def test_how_far_chance_moves_the_forecast_of_september() -> None:
    parameters = np.std([model.expected_purchases(PEOPLE, 39).sum() for model in BG.parameter_draws(600, 1)])
    short = (PEOPLE["holdout_frequency"] - BG.expected_purchases(PEOPLE, 39)).to_numpy()
    sample = np.sqrt(len(short)) * short.std()
    says(LAB, f"moves that forecast by about {round(parameters, -1):.0f} purchases")
    says(LAB, f"happened to be in the sample by about {round(sample, -1):.0f} (one standard deviation each)")
    says(LAB, f"{short.sum():.0f} are missing, about twice what both make together.")
    assert short.sum() / np.hypot(parameters, sample) == pytest.approx(2, abs=0.3)


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    bill = datasets.load_kettleholt("transactions")
    bill = bill[bill["CustomerID"].notna() & ~bill["InvoiceNo"].str.startswith("C")]
    return pd.DataFrame({"customer_id": bill["CustomerID"].astype(int), "date": bill["InvoiceDate"], "value": 1.0})


def test_kettleholt_within_seven_points(orders: pd.DataFrame) -> None:
    shop = rfm_summary(orders, "2024-12-31")
    alive = BetaGeoModel().fit(shop).expected_probability_alive(shop)
    truth = datasets.load_kettleholt_truth().customers.set_index("customer_id")["still_customer"].loc[shop.index]
    said = pd.cut(alive, [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1])
    gap = alive.groupby(said, observed=True).mean() - truth.groupby(said, observed=True).mean()
    says(LAB, "P(alive) can be trusted within about seven points")
    says(LAB, "here P(alive) is mostly a bit too high")
    assert 0.06 < gap.abs().max() < 0.08
    assert (gap > 0).sum() >= 4
    once = (shop["frequency"] == 0) & (shop["T"] >= 365.25 / 7)
    says(LAB, f"It is {truth[once].mean():.0%} and not 100% mostly because some bought twice on their only day")
    bills = datasets.load_kettleholt("transactions").dropna(subset="CustomerID").groupby("CustomerID")["InvoiceNo"]
    left = shop.index[once & ~truth]
    assert (bills.agg(lambda each: each[~each.str.startswith("C")].nunique())[left] > 1).mean() > 0.5


def test_estimates_far_from_what_was_planted(orders: pd.DataFrame) -> None:
    channel = datasets.load_kettleholt("customers").set_index("customer_id")["channel"]
    planted = datasets.load_kettleholt_truth().parameters["parameters"]["channels"]

    def far(until: str) -> list[tuple[str, str]]:
        seen = rfm_summary(orders, until)
        fits = {name: BetaGeoModel().fit(seen[channel.loc[seen.index] == name]) for name in planted}
        return [
            (name, key)
            for name, fit in fits.items()
            for key, value in fit.params_.items()
            if abs(value - planted[name][key]["value"]) > 2 * fit.standard_errors_[key]
        ]

    assert far("2024-10-31") == [("deal site", "b")]
    says(LAB, "One, the $b$ of the deal site; one in twenty is what chance does.")
    later = far("2024-12-31")
    assert len(later) == 3
    assert {key for _, key in later} == {"a", "b"}
    says(LAB, 'With `until="2024-12-31"` it is three, all of them an $a$ or a $b$')


def test_seasons() -> None:
    says(
        LAB,
        "Why is the forecast far too low, then far too high, then too low again, and why does the last fit bury some",
    )
    random = np.random.default_rng(3)
    calendar = pd.date_range("2023-01-01", "2024-12-31")
    season = np.where(calendar.month >= 11, 5.0, 0.4)
    rate = random.gamma(1.0, 4.0, (3_000, 1)) / 365
    start, day = random.integers(0, 90, (3_000, 1)), np.arange(len(calendar))
    bought = random.uniform(size=(3_000, len(calendar))) < rate * season
    who, when = np.nonzero((bought & (day > start)) | (day == start))
    gifts = pd.DataFrame({"customer_id": who, "date": calendar[when], "value": 1.0})
    hits, alive = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for until, end in (("2023-09-30", "2024-06-30"), ("2023-12-31", "2024-09-30"), ("2024-09-30", "2024-12-31")):
            seen = rfm_summary(gifts, until, holdout_until=end)
            model = BetaGeoModel().fit(seen)
            hits.append(model.expected_purchases(seen, seen["holdout_T"]).sum() / seen["holdout_frequency"].sum())
            alive.append(model.expected_probability_alive(seen).mean())
    assert hits[0] < 0.4
    assert hits[1] > 2.5
    assert hits[2] < 0.4
    assert alive[0] > 0.97
    assert alive[2] < 0.9
