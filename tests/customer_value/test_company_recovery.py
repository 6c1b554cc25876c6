"""From the simulated log alone, the models of this library find the parameters it was made with."""

import numpy as np
import pandas as pd
import pytest

from customer_value.btyd import BetaGeoModel
from customer_value.company import Assumptions, learner_tables, truth_tables
from customer_value.retention import ShiftedBetaGeoModel, tenures
from customer_value.spend import GammaGammaModel
from customer_value.transactions import clean_log, read_log, rfm_summary

SIZE, SEED = 25_000, 7
# Before the voucher of November 2024, which changes purchases and subscriptions.
UNTIL = "2024-10-31"
CHANNELS = list(Assumptions().channels)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return learner_tables(SIZE, seed=SEED)


@pytest.fixture(scope="module")
def log(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    names = {
        "customer_id": "CustomerID",
        "date": "InvoiceDate",
        "quantity": "Quantity",
        "price": "UnitPrice",
        "order_id": "InvoiceNo",
        "product": "StockCode",
    }
    read = read_log(tables["transactions"], names, keep=[])
    return clean_log(read, returns="apart", not_products=("POST", "SAMPLE")).log


def summarised(log: pd.DataFrame, tables: dict[str, pd.DataFrame], until: str) -> pd.DataFrame:
    return rfm_summary(log, until).join(tables["customers"].set_index("customer_id")["channel"])


@pytest.fixture(scope="module")
def summary(log: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return summarised(log, tables, UNTIL)


def z_scores(model: object, truth: dict[str, float]) -> dict[str, float]:
    errors = model.standard_errors_
    return {name: (getattr(model, f"{name}_") - value) / errors[name] for name, value in truth.items()}


def test_bg_nbd_of_each_channel(summary: pd.DataFrame) -> None:
    """Of 10,000 customers. Two purchases of a day count as one, which moves alpha by a few per cent: with many more

    customers that would stand out from the standard errors.
    """
    summary = summary[summary.index <= 20_000]
    found = []
    for channel, truth in Assumptions().channels.items():
        model = BetaGeoModel().fit(summary[summary["channel"] == channel])
        found += z_scores(model, {name: getattr(truth, name) for name in ("r", "alpha", "a", "b")}).values()
    assert np.abs(found).max() < 3
    assert np.sqrt(np.mean(np.square(found))) < 1.5


def test_gamma_gamma_of_everybody(summary: pd.DataFrame) -> None:
    truth = Assumptions().spend
    model = GammaGammaModel().fit(summary)
    scores = z_scores(model, {"p": truth.p, "q": truth.q, "gamma": truth.gamma})
    assert max(map(abs, scores.values())) < 3
    mean = truth.p * truth.gamma / (truth.q - 1)
    assert model.expected_new_customer_spend() == pytest.approx(mean, rel=0.02)
    repeat = summary[summary["frequency"] > 0]
    assert abs(repeat["frequency"].corr(repeat["monetary_value"])) < 0.03


def test_sbg_of_each_channel(tables: dict[str, pd.DataFrame]) -> None:
    spells = tables["subscriptions"].merge(tables["customers"][["customer_id", "channel"]], on="customer_id")
    spells = spells[(spells["spell"] == 1) & (spells["started_on"] <= UNTIL)]
    seen = tenures(spells["started_on"], spells["ended_on"], UNTIL)
    found = []
    for channel, truth in Assumptions().channels.items():
        own = seen[spells["channel"] == channel]
        model = ShiftedBetaGeoModel().fit_tenures(own["tenure"], own["lost"])
        found += z_scores(model, {"alpha": truth.sbg_alpha, "beta": truth.sbg_beta}).values()
    assert np.abs(found).max() < 3
    assert np.sqrt(np.mean(np.square(found))) < 1.5


def test_who_is_still_a_customer_and_what_they_will_buy(tables: dict[str, pd.DataFrame], log: pd.DataFrame) -> None:
    """P(alive) and expected purchases at the true parameters agree with the latent values at the end of 2024."""
    summary = summarised(log, tables, "2024-12-31")
    truth = truth_tables(SIZE, seed=SEED)["customers"].set_index("customer_id").loc[summary.index]
    for channel, given in Assumptions().channels.items():
        rows = summary[summary["channel"] == channel]
        own = truth.loc[rows.index]
        model = BetaGeoModel.from_params(r=given.r, alpha=given.alpha, a=given.a, b=given.b)
        alive = model.expected_probability_alive(rows)
        assert alive.mean() == pytest.approx(own["still_customer"].mean(), abs=0.02)
        assert alive[own["still_customer"]].mean() > alive[~own["still_customer"]].mean() + 0.2
        expected = model.expected_purchases(rows, 365.25 / 7).sum()
        # The voucher has just brought back some who had left: they look like customers, and are none.
        assert 0.97 < expected / own["expected_purchases"].sum() < 1.12


@pytest.mark.parametrize("channel", CHANNELS)
def test_repeat_rate_is_in_its_range(summary: pd.DataFrame, channel: str) -> None:
    """Half to nine in ten buy again in up to three years; the deal site's customers least."""
    share = (summary["frequency"] > 0).groupby(summary["channel"]).mean()
    assert 0.45 < share[channel] < 0.9
    assert share.idxmin() == "deal site"


def test_marginals_are_in_the_stated_ranges(tables: dict[str, pd.DataFrame]) -> None:
    assumptions = Assumptions()
    customers, orders, log = tables["customers"], tables["orders"], tables["transactions"]
    share = customers["channel"].value_counts(normalize=True)
    for channel, given in assumptions.channels.items():
        assert share[channel] == pytest.approx(given.share, abs=0.012)
    goods = log[~log["StockCode"].isin(["POST", "SAMPLE"])].drop_duplicates()
    value = (goods["Quantity"] * goods["UnitPrice"]).to_numpy()
    credit = goods["InvoiceNo"].str.startswith("C").to_numpy()
    # National Retail Federation & Appriss Retail (2023): 10.0% in stores, 17.6% online, 14.5% of all sales.
    assert 0.10 < -value[credit].sum() / value[~credit].sum() < 0.20
    web = orders["place"] == "web"
    assert orders.loc[~web, "customer_id"].isna().mean() == pytest.approx(assumptions.orders.anonymous, abs=0.03)
    cancelled = tables["returns"].query("reason == 'cancelled before dispatch'")["InvoiceNo"].nunique()
    assert cancelled / web.sum() == pytest.approx(assumptions.returns.cancelled, abs=0.003)
    shipped = orders[orders["delivered_on"].notna()].merge(customers[["customer_id", "country"]], on="customer_id")
    late = (shipped["delivered_on"] > shipped["promised_on"]).groupby(shipped["country"]).mean()
    for country, chance in assumptions.orders.late.items():
        assert late[country] == pytest.approx(chance, abs=0.015)
    survey = tables["survey"]
    assert 0.3 < survey["responded"].mean() < 0.5
    assert survey.loc[~survey["responded"], "overall_score"].isna().all()
    campaign = tables["campaigns"].query("campaign == 'autumn voucher'")
    assert (campaign["arm"] == "sent").mean() == pytest.approx(assumptions.campaigns.sent, abs=0.015)
    spells = tables["subscriptions"].merge(customers[["customer_id", "channel"]], on="customer_id")
    joined = spells.query("spell == 1").groupby("channel").size() / customers.groupby("channel").size()
    for channel, given in assumptions.channels.items():
        # Some of the latest customers have not joined yet.
        assert given.subscribes - 0.035 < joined[channel] < given.subscribes + 0.02
    prices = goods[~credit].merge(tables["products"], on="StockCode")
    ratio = prices["UnitPrice"] / prices["list_price_eur"]
    assert 0.95 < ratio.median() < 1.05
    assert (ratio.between(0.35, 1.6)).all()


def test_a_lot_decides_about_the_voucher(tables: dict[str, pd.DataFrame]) -> None:
    """Arms differ in nothing that was known before the voucher."""
    campaign = tables["campaigns"].query("campaign == 'autumn voucher'")
    before = tables["transactions"]
    before = before[(before["InvoiceDate"] < "2024-11-04") & (before["UnitPrice"] > 0)]
    spent = (before["Quantity"] * before["UnitPrice"]).groupby(before["CustomerID"]).sum()
    value = campaign["customer_id"].map(spent).astype(float)
    sent = campaign["arm"] == "sent"
    error = np.sqrt(value[sent].var() / sent.sum() + value[~sent].var() / (~sent).sum())
    assert abs(value[sent].mean() - value[~sent].mean()) < 3 * error
