"""What the lab of chapter 8 says in words is what the library computes."""

import functools

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from customer_value import clv, datasets, retention
from customer_value.retention import ShiftedBetaGeoModel
from tests.chapters.said import says

LAB = "08-retention-and-discounting/lab.md"
MONTHLY = clv.discount_rate_per_period(0.10, 12)


@functools.cache
def club() -> pd.DataFrame:
    spells = datasets.load_kettleholt("subscriptions").query("spell == 1")
    people = datasets.load_kettleholt("customers")[["customer_id", "channel"]]
    table = spells.merge(people, on="customer_id")
    table["margin"] = table["price_eur"] - table["cost_eur"]
    return table.join(retention.tenures(table["started_on"], table["ended_on"], "2024-12-31"))


@functools.cache
def model(channel: str) -> ShiftedBetaGeoModel:
    group = club()[club()["channel"] == channel]
    return ShiftedBetaGeoModel().fit_tenures(group["tenure"], group["lost"])


def margin(channel: str) -> float:
    return club().loc[club()["channel"] == channel, "margin"].mean()


def worth(channel: str, months: int | None = 36, rate: float = MONTHLY) -> float:
    return margin(channel) * model(channel).discounted_expected_lifetime(rate, horizon=months)


def counted(share: float, q: float) -> int:
    """How many margins, each q times the one before, bring this share of all."""
    return int(np.ceil(np.log(1 - share) / np.log(q)))


def test_ladder() -> None:
    three = [100 * clv.margin_multiplier(0.8, 0.1, first_margin="now"), 100 * clv.margin_multiplier(0.8, 0.1)]
    says(LAB, f"0.8 / 1.1 = {0.8 / 1.1:.3f} of the one before")
    says(LAB, f"here 100 / (1 − 0.727) = {three[0]:.0f} dollars")
    says(LAB, f"{three[0]:.0f}, {three[0] / 1.1:.0f} and {three[1]:.0f} dollars: the same customer")
    assert counted(0.95, 0.8 / 1.1) == 10
    says(LAB, "Ten margins bring more than 95% at 80% retention")
    says(LAB, f"At 95% retention it takes {counted(0.95, 0.95 / 1.1)}:")


def test_multipliers() -> None:
    table = clv.margin_multiplier_table()
    says(LAB, f"the multiple is {table.loc[0.6, 0.10]:.2f} at 60% retention")
    says(LAB, f"the multiple grows by {table.loc[0.9, 0.10] - table.loc[0.8, 0.10]:.2f} at a rate of 10%")
    says(LAB, f"from 10% to 16% it shrinks by {table.loc[0.8, 0.10] - table.loc[0.8, 0.16]:.2f} at 80% retention")


def test_published_segments() -> None:
    survivors = datasets.load_retention_survivors()
    fits = {name: ShiftedBetaGeoModel().fit(survivors.loc[:7, name]) for name in survivors}
    end = {name: fit.project(12, 1000, confidence=0.95).loc[12] for name, fit in fits.items()}
    says(LAB, f"Regular customers: {end['regular']['survivors']:.0f} against {survivors.loc[12, 'regular']};")
    says(LAB, f"high end: {end['high_end']['survivors']:.0f} against {survivors.loc[12, 'high_end']}, a little within")
    assert end["high_end"]["lower"] < survivors.loc[12, "high_end"] < end["high_end"]["upper"]
    says(LAB, "0.704 and 1.182, 0.668 and 3.806")
    assert [round(p, 3) for fit in fits.values() for p in fit.params_.values()] == [0.704, 1.182, 0.668, 3.806]
    says(LAB, f"In year 1, {survivors.loc[1, 'regular'] / 10:.1f}% of the regular customers stay")
    says(LAB, f"Those {survivors.loc[7, 'regular']} regular customers who are still there after year 7")
    early = ShiftedBetaGeoModel().fit(survivors.loc[:3, "regular"]).project(12, 1000)["survivors"][12]
    assert 10 < abs(early - survivors.loc[12, "regular"]) < 20
    says(LAB, f"within twenty customers of the {survivors.loc[12, 'regular']}")
    short = [ShiftedBetaGeoModel().fit(survivors.loc[:years, "high_end"]).survival(12) for years in (3, 4)]
    ends = f"three years say {1000 * short[0]:.0f}, four {1000 * short[1]:.0f}, and there were"
    says(LAB, f"{ends} {survivors.loc[12, 'high_end']}.")
    assert survivors.loc[2, "high_end"] / survivors.loc[1, "high_end"] < survivors.loc[1, "high_end"] / 1000
    derl = {name: fit.derl(0.1, np.array([0, 10])) for name, fit in fits.items()}
    says(LAB, f"is worth about {derl['regular'][0]:.1f} margins (10%, next renewal due now)")
    assert 1.7 < derl["high_end"][0] / derl["regular"][0] < 2
    assert derl["high_end"][1] / derl["regular"][1] < 1.1


def test_mixed_customers() -> None:
    says(LAB, "from_params(alpha=7 / 15, beta=28 / 15)")
    values, short = {}, {}
    for mixed in (30, 60):
        size = 100 / mixed - 1
        found = ShiftedBetaGeoModel.from_params(alpha=0.2 * size, beta=0.8 * size)
        values[mixed] = 100 * found.discounted_expected_lifetime(0.1)
        for rate in (0.1, 0.2):
            one = clv.margin_multiplier(0.8, rate, first_margin="now")
            short[mixed, rate] = 1 - one / found.discounted_expected_lifetime(rate)
    assert abs(0.2 * (100 / 30 - 1) - 7 / 15) < 1e-12
    says(LAB, f"At 30 the average customer is worth about {values[30]:.0f} dollars, at 60 about {values[60]:.0f},")
    says(LAB, f"one rate is {short[30, 0.2]:.0%} too low instead of {short[30, 0.1]:.0%}")


def test_one_over_churn() -> None:
    """Half leave with 50%, half with 10%: the base just after the last of 24 months' newcomers have joined."""
    kinds, age = np.array([0.5, 0.1]), np.arange(24)

    def base(newcomers: np.ndarray) -> tuple[float, float]:
        """Churn, and share of slow ones, if so many have joined so many months ago."""
        there = np.array([(newcomers * (1 - kind) ** age).sum() for kind in kinds])
        return there @ kinds / there.sum(), there[1] / there.sum()

    says(LAB, f"one over it, base over arrivals, is the mean stay: {np.mean(1 / kinds):.0f} months.")
    churn, slow = base(np.ones(24))
    says(LAB, f"After two years the base is nearly there: about {churn:.0%}, and a little under 6 months.")
    assert 5.7 < 1 / churn < 6
    assert 0.79 < slow < 0.83
    says(LAB, "four in five of whom are slow ones")
    growing, _ = base(0.5 / 24 + 0.5 / 6 * (age < 6))
    assert 4.8 < 1 / growing < 5
    says(LAB, f"churn is about {growing:.0%}, and one over it just under 5 months")
    shrinking, _ = base((age >= 6).astype(float))
    assert 9.5 < 1 / shrinking < 10.5
    says(LAB, f"churn is about {shrinking:.0%}, and one over it about 10 months")


def test_club() -> None:
    table = club()
    curve = retention.kaplan_meier(table["tenure"], table["lost"])["survival"]
    assert curve.index[curve <= 0.5][0] == 6
    says(
        LAB, f"A median of six months, and a mean tenure of leavers of {table.loc[table['lost'], 'tenure'].mean():.1f}:"
    )
    says(LAB, f"mean tenure of those who have left is {table.loc[table['lost'], 'tenure'].mean():.1f} months")
    assert 0.18 < curve[24] < 0.22
    says(LAB, "a fifth are still there after two years")
    group = table[table["channel"] == "referral"]
    assert 0.47 < retention.kaplan_meier(group["tenure"], group["lost"]).loc[:12, "survival"].iloc[-1] < 0.54
    says(LAB, "Of members won by referral, about half are left after a year.")
    deal = table[(table["channel"] == "deal site") & ~table["lost"]]
    assert round(deal["tenure"].mean()) == 8
    says(LAB, "after eight months on average")


def test_price_of_a_member() -> None:
    deal = worth("deal site")
    assert 45 < deal < 50
    says(LAB, f"{deal:.0f} euros, as the sentence says; on the slider 45 earns and 50 loses.")
    endless = margin("deal site") * model("deal site").expected_lifetime()
    rescue = f"at 60 months and no discount it is about {worth('deal site', 60, 0.0):.0f} euros"
    says(LAB, f"{rescue}, and without end and without discount about {endless:.0f}.")
    says(LAB, f"with {75 - deal:.0f} euros of margin more from the shop each")
    brought = margin("referral") * np.cumsum(model("referral").survival(np.arange(36)) / (1 + MONTHLY) ** np.arange(36))
    says(
        LAB, f"pays 75 back after {1 + int(np.argmax(brought >= 75))} months, and brings {brought[-1]:.0f} within three"
    )
    says(LAB, f"At most {deal:.0f} euros all in, so {deal - 35:.0f} on top of the gift; no at 75.")


def test_tail_of_the_store() -> None:
    for months in (12, 36):
        assert worth("referral", months) > worth("store", months)
    assert worth("store", None) > worth("referral", None)
    says(LAB, f"the store's fitted α is {model('store').alpha_:.2f}, below 1")
    group = club()[club()["channel"] == "store"]
    tenure, lost = group["tenure"].to_numpy(int), group["lost"].to_numpy()

    def loglik(beta: float, alpha: float) -> float:
        s = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta).survival(np.arange(tenure.max() + 1))
        return np.log(np.where(lost, s[np.maximum(tenure - 1, 0)] - s[tenure], s[tenure])).sum()

    alpha = 1.5
    assert round(model("referral").alpha_, 1) == alpha
    found = minimize_scalar(lambda beta: -loglik(beta, alpha), bounds=(1, 60), method="bounded")
    assert loglik(model("store").beta_, model("store").alpha_) + found.fun < 0.6
    other = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=found.x)
    value = margin("store") * other.discounted_expected_lifetime(MONTHLY)
    says(LAB, f"is worth {value:.0f} euros without end, less than a referred one's {worth('referral', None):.0f}.")


def test_worth_of_the_club() -> None:
    there = club()[~club()["lost"]]
    total = sum(
        (group["margin"] * model(channel).derl(MONTHLY, group["tenure"], horizon=36)).sum()
        for channel, group in there.groupby("channel")
    )
    says(LAB, f"for the {len(there)} members there are")
    says(LAB, f"the members bring about {round(total, -2):,.0f} euros in three years")
    planted = datasets.load_kettleholt_truth().parameters["parameters"]["channels"]["referral"]
    true = ShiftedBetaGeoModel.from_params(alpha=planted["sbg_alpha"]["value"], beta=planted["sbg_beta"]["value"])
    value = margin("referral") * true.discounted_expected_lifetime(MONTHLY, horizon=36)
    says(LAB, f"Referral: {worth('referral'):.0f} estimated, {value:.0f} planted, with the fewest members")
    assert club()["channel"].value_counts().idxmin() == "referral"


def test_guide_of_the_last_task() -> None:
    page = "08-retention-and-discounting/exercise.md"
    models = {"street stands": (2.0, 1.2), "gift subscriptions": (0.6, 2.6)}
    fees = {}
    for name, (alpha, beta) in models.items():
        says(page, f'"{name}": known(alpha={alpha}, beta={beta})')
        one = ShiftedBetaGeoModel.from_params(alpha=alpha, beta=beta)
        fees[name] = f"about {70 * one.discounted_expected_lifetime(0.08, horizon=10):.0f} for the {name}"
    says(page, f"({fees['street stands']}, {fees['gift subscriptions']})")
