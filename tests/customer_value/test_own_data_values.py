"""From a log, a summary or contracts to customers with values: what the models say, and how sure it is."""

import numpy as np
import pandas as pd
import pytest

from customer_value.btyd import BetaGeoModel
from customer_value.datasets import load_cdnow, load_kettleholt
from customer_value.own_data import (
    Cleaned,
    Result,
    Terms,
    clean,
    guess_mapping,
    guess_period,
    money,
    read_table,
    sample_contracts,
    sample_log,
    to_log,
    to_subscriptions,
    value_log,
    value_subscriptions,
    value_summary,
)
from customer_value.own_data.contracts import STEPS as CONTRACT_STEPS
from customer_value.own_data.pipeline import STEPS
from customer_value.retention import ShiftedBetaGeoModel, tenures
from customer_value.spend import GammaGammaModel
from customer_value.transactions import clean_log, rfm_summary
from tests.customer_value.own_logs import TERMS, buyers, cleaned, through_csv


def from_frame(frame: pd.DataFrame, name: str = "log.csv", **options: object) -> Cleaned:
    table = read_table(frame.to_csv(index=False).encode(), name)
    return clean(to_log(table, guess_mapping(table).mapping()), **options)


@pytest.fixture(scope="module")
def cdnow() -> Result:
    return value_log(from_frame(load_cdnow(sample=True)), TERMS, draws=40)


@pytest.fixture(scope="module")
def kettleholt() -> Result:
    return value_log(from_frame(load_kettleholt("transactions"), test_codes=("SAMPLE", "POST")), TERMS, draws=40)


def test_values_are_the_models(cdnow: Result) -> None:
    log = clean_log(load_cdnow(sample=True)).log
    summary = rfm_summary(log, "1998-06-30")
    model, spend = BetaGeoModel().fit(summary), GammaGammaModel().fit(summary[summary["frequency"] > 0])
    with pytest.warns(UserWarning, match="no repeat purchase"):
        value = model.expected_customer_lifetime_value(
            summary, spend, discount_rate=1.1 ** (1 / 12) - 1, periods=36, margin=0.4
        )
    found = cdnow.customers["clv"].reindex(value.index)
    np.testing.assert_allclose(found, value, rtol=1e-9)
    assert cdnow.total["value"] == pytest.approx(value.sum())
    assert cdnow.customers["clv"].is_monotonic_decreasing
    assert cdnow.parameters.loc[("BG/NBD", "r"), "estimate"] == pytest.approx(model.r_)
    assert cdnow.today == pd.Timestamp("1998-06-30")


def test_intervals_hold_the_value_and_widen_with_doubt(cdnow: Result) -> None:
    table = cdnow.customers
    assert cdnow.total["low"] < cdnow.total["value"] < cdnow.total["high"]
    assert ((table["clv_low"] <= table["clv"] * 1.02) & (table["clv"] <= table["clv_high"] * 1.02)).mean() > 0.98
    few = value_log(cleaned(buyers(150)), TERMS, draws=60)
    many = value_log(cleaned(buyers(600)), TERMS, draws=60)

    def width(result: Result) -> float:
        return (result.total["high"] - result.total["low"]) / result.total["value"]

    assert width(few) > 1.4 * width(many)


def test_tiers_are_tenths_and_add_up(cdnow: Result) -> None:
    tiers = cdnow.tiers
    assert tiers["name"].tolist() == ["best 10%", "next 20%", "next 30%", "other 40%"]
    assert tiers["customers"].sum() == len(cdnow.customers)
    np.testing.assert_allclose(tiers["customers"] / len(cdnow.customers), [0.1, 0.2, 0.3, 0.4], atol=0.001)
    assert tiers["value"].sum() == pytest.approx(cdnow.total["value"])
    assert tiers["share"].sum() == pytest.approx(1)
    assert (tiers["low"] < tiers["value"]).all()
    means = cdnow.customers.groupby("tier")["clv"].mean()
    assert means.is_monotonic_decreasing
    assert tiers["money_so_far"].sum() == pytest.approx(clean_log(load_cdnow(sample=True)).log["value"].sum())


def test_one_customer_may_bring_far_more_or_less(cdnow: Result) -> None:
    ranges = cdnow.checks["ranges"]
    assert ranges.index.tolist() == [f"middle of tier {number}" for number in (1, 2, 3, 4)]
    assert (ranges["worst"] <= ranges["low"]).all()
    assert (ranges["best"] > 1.5 * ranges["high"]).all()
    assert ranges["nothing"].between(0, 1).all()
    middle = cdnow.customers[cdnow.customers["tier"] == 1]["clv"]
    assert ranges["expected"].iloc[0] == middle.iloc[len(middle) // 2]


def test_the_holdout_of_kettleholt_is_met(kettleholt: Result) -> None:
    """Kettleholt's orders come from the very process that the model assumes, without season or trend."""
    assert abs(kettleholt.holdout.loc["purchases", "error"]) < 0.05
    assert abs(kettleholt.holdout.loc["money", "error"]) < 0.07
    assert [one.id for one in kettleholt.findings if one.weight == "warning"] == []
    assert kettleholt.split == pd.Timestamp("2024-12-31") - pd.Timedelta(days=1096 // 4)


def test_terms_mean_what_they_say() -> None:
    data = cleaned(buyers(200))
    base = value_log(data, TERMS, draws=5).total["value"]
    half = value_log(data, Terms(margin=0.2, discount_rate=0.1, currency="EUR"), draws=5)
    assert half.total["value"] == pytest.approx(base / 2)
    longer = value_log(data, Terms(margin=0.4, discount_rate=0.1, currency="EUR", horizon_months=60), draws=5)
    assert longer.total["value"] > base
    free = value_log(data, Terms(margin=0.4, discount_rate=0.0, currency="EUR"), draws=5)
    assert free.total["value"] > base
    expected = free.customers["expected_purchases"] * free.customers["expected_spend"] * 0.4
    np.testing.assert_allclose(free.customers["clv"], expected)
    assert Terms(margin=0.4, discount_rate=0.1, currency="EUR").monthly_rate == pytest.approx(0.1 / 12, rel=0.05)


def test_silence_until_today_lowers_the_value() -> None:
    frame = buyers(200)
    late = str((frame["date"].max() + pd.Timedelta(days=200)).date())
    now = value_log(cleaned(frame), TERMS, draws=5)
    later = value_log(
        cleaned(frame, today=late), Terms(margin=0.4, discount_rate=0.1, currency="EUR", today=late), draws=5
    )
    assert later.total["value"] < 0.8 * now.total["value"]
    assert "today" in [one.id for one in later.findings]


def test_the_same_data_give_the_same_result_in_every_step() -> None:
    steps: list[tuple[str, int, int]] = []
    frame = buyers(200)
    one = value_log(cleaned(frame), TERMS, draws=10, progress=lambda *step: steps.append(step))
    two = value_log(cleaned(frame), TERMS, draws=10)
    pd.testing.assert_frame_equal(one.customers, two.customers)
    pd.testing.assert_frame_equal(one.tiers, two.tiers)
    assert steps == [(name, number, len(STEPS)) for number, name in enumerate(STEPS, start=1)]


def test_ids_of_text_and_through_a_file_give_the_same_values() -> None:
    frame = buyers(200)
    one, two = value_log(cleaned(frame), TERMS, draws=5), value_log(through_csv(frame), TERMS, draws=5)
    pd.testing.assert_series_equal(one.customers["clv"], two.customers["clv"], check_index_type=False)


def test_where_nobody_leaves_customers_are_drawn_anew() -> None:
    random = np.random.default_rng(2)
    rows = [
        (f"C{who}", pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(day)), round(float(random.gamma(3, 10)), 2))
        for who in range(300)
        for day in np.cumsum(np.append(random.integers(0, 100), random.exponential(30 + who / 10, 30)))
        if day < 500
    ]
    result = value_log(cleaned(pd.DataFrame(rows, columns=["customer", "date", "amount"])), TERMS, draws=20)
    assert "boundary of purchase" in [one.id for one in result.findings]
    assert "drawn anew" in result.intervals
    assert len(result.checks["ranges"]) == 4
    assert result.total["low"] < result.total["value"] < result.total["high"]


def test_free_orders_may_count_as_purchases() -> None:
    """Customers whose repeat purchases were all free have no spend of their own: the mean of all stands for it."""
    frame = buyers(150)
    first = frame.groupby("customer")["date"].transform("min")
    free = frame["customer"].isin(frame["customer"].unique()[::2]) & (frame["date"] > first)
    result = value_log(
        cleaned(frame.assign(amount=frame["amount"].where(~free, 0.0)), zero_values="keep"), TERMS, draws=5
    )
    gifts = result.customers[(result.customers["frequency"] > 0) & (result.customers["monetary_value"] == 0)]
    assert len(gifts) > 20
    assert gifts["expected_spend"].nunique() == 1
    assert (gifts["clv"] > 0).all()


def test_the_same_spend_everywhere_needs_no_spend_model() -> None:
    result = value_log(cleaned(buyers(200).assign(amount=25.0)), TERMS, draws=5)
    assert "spend model" in [one.id for one in result.findings]
    np.testing.assert_allclose(result.customers["expected_spend"], 25.0)


def test_mbg_has_others_alive() -> None:
    data = cleaned(buyers(200))
    bg, mbg = value_log(data, TERMS, draws=5), value_log(data, TERMS, model="MBG/NBD", draws=5)
    once = bg.customers["frequency"] == 0
    assert (bg.customers.loc[once, "probability_alive"] == 1).all()
    assert (mbg.customers["probability_alive"].reindex(once.index[once]) < 1).all()


def test_figures_of_a_result(kettleholt: Result) -> None:
    figures = kettleholt.figures()
    assert list(figures) == ["tiers", "sales", "cohorts", "frequency", "tracking", "holdout", "capture"]
    assert all(figure.alt for figure in figures.values())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": 40}, r"margin must be a share .* For 40% write 0.4"),
        ({"discount_rate": 1.0}, "discount_rate must be a share"),
        ({"currency": ""}, "currency must be a code"),
        ({"horizon_months": 0}, "horizon_months must be"),
        ({"today": "31.12.2024"}, "today must be a day"),
        ({"sure": 1.0}, "sure must be a share"),
    ],
)
def test_terms_that_cannot_be(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Terms(**{"margin": 0.4, "discount_rate": 0.1, "currency": "EUR", **options})
    with pytest.raises(TypeError):
        Terms(discount_rate=0.1, currency="EUR")  # type: ignore[call-arg]


def test_one_clear_error_for_what_cannot_be_valued() -> None:
    data = cleaned(buyers(60))
    with pytest.raises(TypeError, match="cleaned must be of clean"):
        value_log(data.log, TERMS)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"terms must be Terms\(margin"):
        value_log(data, {"margin": 0.4})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="model must be one of BG/NBD, MBG/NBD"):
        value_log(data, TERMS, model="Pareto")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="holdout_days must leave a week"):
        value_log(data, TERMS, holdout_days=10_000)
    with pytest.raises(ValueError, match="give clean the same today"):
        value_log(data, Terms(margin=0.4, discount_rate=0.1, currency="EUR", today="2022-01-01"))
    day = buyers(60).head(50).assign(date=pd.Timestamp("2024-01-01"))
    with pytest.raises(ValueError, match=r"covers 1 day\(s\)"):
        value_log(cleaned(day), TERMS)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (1234.4, "EUR", "€1,234"),
        (12_345, "GBP", "£12k"),
        (9.111e6, "USD", "$9.11m"),
        (-3.5, "EUR", "−€3.50"),
        (80_000, "CHF", "80k CHF"),
        (5, "kr", "5 kr"),
    ],
)
def test_money_in_the_companys_currency(amount: float, currency: str, written: str) -> None:
    assert money(amount, currency) == written


# Contracts


@pytest.fixture(scope="module")
def contracts() -> pd.DataFrame:
    table = read_table(load_kettleholt("subscriptions").to_csv(index=False).encode(), "club.csv")
    return to_subscriptions(table, guess_mapping(table).mapping())[0]


def test_contracts_are_worth_what_derl_says(contracts: pd.DataFrame) -> None:
    steps: list[tuple[str, int, int]] = []
    result = value_subscriptions(contracts, TERMS, draws=40, progress=lambda *step: steps.append(step))
    today = result.today
    table = tenures(contracts["start"], contracts["end"], today)
    model = ShiftedBetaGeoModel().fit_tenures(table["tenure"], table["lost"])
    rate = 1.1 ** (1 / 12) - 1
    customer = result.customers.index[result.customers["contracts"] == 1][5]
    row = contracts[(contracts["customer_id"] == customer) & contracts["end"].isna()].iloc[0]
    tenure = int(result.customers.loc[customer, "tenure"])
    worth = row["price"] * 0.4 * model.derl(rate, tenure, renewal="after", horizon=36)
    assert result.customers.loc[customer, "clv"] == pytest.approx(worth)
    assert result.total["customers"] == (~table["lost"]).sum() == result.customers["contracts"].sum()
    assert result.total["low"] < result.total["value"] < result.total["high"]
    assert result.parameters.loc[("sBG", "alpha"), "estimate"] == pytest.approx(model.alpha_)
    assert [name for name, *_ in steps] == list(CONTRACT_STEPS)
    assert list(result.figures()) == ["tiers", "survival"]
    assert result.cohorts["survivors"].iloc[0].sum() == len(contracts)


def test_a_holdout_that_was_missed_is_told(contracts: pd.DataFrame) -> None:
    result = value_subscriptions(contracts, TERMS, draws=5)
    error = result.holdout.loc["contracts still there", "error"]
    (found,) = [one for one in result.findings if one.id == "holdout"]
    assert found.number == error > 0.15
    assert f"expected {result.holdout['expected'].iloc[0]:,.0f} contracts still there" in found.seen


def test_contracts_simulated_from_the_model_are_recovered() -> None:
    drawn = ShiftedBetaGeoModel.from_params(alpha=1.2, beta=6.0).simulate(1_500, 24, seed=2)
    today = pd.Timestamp("2024-12-31")
    start = pd.Series(today - pd.DateOffset(months=24), index=drawn.index)
    end = start.where(~drawn["lost"], [today - pd.DateOffset(months=24 - int(k)) for k in drawn["tenure"]])
    end = end.where(drawn["lost"])
    table = pd.DataFrame({"customer_id": range(1_500), "start": start, "end": end, "price": 10.0})
    result = value_subscriptions(table, Terms(margin=0.5, discount_rate=0.1, currency="EUR", today=today), draws=20)
    assert result.parameters.loc[("sBG", "alpha"), "estimate"] == pytest.approx(1.2, rel=0.2)
    assert abs(result.holdout["error"].iloc[0]) < 0.05


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"end": pd.NaT}, {}, "None of 829 contracts has ended"),
        ({"end": "2022-01-01"}, {}, "No contract is left of 829: .* ends before it starts"),
        ({"price": 0.0}, {}, "No contract is left of 829: .*829 no price"),
        ({}, {"period": "day"}, "period must be 'week'"),
        ({}, {"price": -1.0}, "price must be above 0"),
    ],
)
def test_contracts_that_cannot_be_valued(contracts: pd.DataFrame, change: dict, options: dict, message: str) -> None:
    changed = contracts.assign(**change)
    changed["end"] = pd.to_datetime(changed["end"])
    with pytest.raises(ValueError, match=message):
        value_subscriptions(changed, TERMS, draws=5, **options)


def test_the_period_is_guessed_from_the_ends(contracts: pd.DataFrame) -> None:
    assert guess_period(contracts)[0] == "month"
    assert guess_period(contracts.head(10)) == (None, "only 9 contracts have ended")
    yearly = contracts.assign(end=contracts["start"] + pd.DateOffset(years=1))
    assert guess_period(yearly)[0] == "year"
    weekly = contracts.assign(end=contracts["start"] + pd.Timedelta(weeks=5))
    assert guess_period(weekly)[0] == "week"
    days = pd.to_timedelta(np.arange(len(contracts)) * 11 % 97 + 1, unit="D")
    odd = contracts.assign(end=(contracts["start"] + days).where(contracts.index % 3 > 0))
    assert guess_period(odd)[0] is None
    result = value_subscriptions(odd, TERMS, draws=5)
    assert "ends at any time" in [one.id for one in result.findings]


def test_samples_for_those_who_bring_none() -> None:
    log, club = sample_log(), sample_contracts()
    guesses = guess_mapping(read_table(log.content, log.name))
    assert (guesses.business, guesses.questions) == ("purchases", ())
    assert len(guesses.mapping().columns) == 7
    assert guess_mapping(read_table(club.content, club.name)).business == "subscriptions"


def test_a_price_for_all(contracts: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="has no price per period"):
        value_subscriptions(contracts.drop(columns="price"), TERMS)
    result = value_subscriptions(contracts.drop(columns="price"), TERMS, price=20.0, draws=5)
    assert (result.customers["price"] == 20.0 * result.customers["contracts"]).all()


# Summaries of long logs


def test_a_summary_gives_the_values_of_its_log() -> None:
    frame = buyers(300)
    log = clean_log(frame.rename(columns={"customer": "customer_id", "amount": "value"})).log
    last, split = log["date"].max(), log["date"].max() - pd.Timedelta(days=250)
    summary, before = rfm_summary(log, last), rfm_summary(log, split, holdout_until=last)
    one = value_summary(summary, TERMS, calibration=before, draws=5)
    two = value_log(cleaned(frame), TERMS, holdout_days=250, draws=5)
    np.testing.assert_allclose(one.customers["clv"], two.customers["clv"])
    pd.testing.assert_frame_equal(one.holdout, two.holdout)
    assert (one.cohorts, "tracking" in one.checks) == ({}, False)
    with pytest.raises(ValueError, match="does not say to which day"):
        value_summary(summary.rename_axis("customer_id").copy().pipe(_without_attrs), TERMS)


def _without_attrs(frame: pd.DataFrame) -> pd.DataFrame:
    frame.attrs = {}
    return frame
