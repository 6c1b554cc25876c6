"""Every planted finding shows in Kettleholt's own tables, by the way that the truth file says."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets
from customer_value.clv import ltv_to_cac
from customer_value.company import Assumptions, learner_tables, schema
from customer_value.company.findings import FINDINGS
from customer_value.profitability import whale_curve
from customer_value.retention import tenures

VOUCHER = pd.Timestamp("2024-11-04")
CHECKS: dict[str, Callable[["Kettleholt"], None]] = {}


def finding(check: Callable[["Kettleholt"], None]) -> Callable[["Kettleholt"], None]:
    CHECKS[check.__name__] = check
    return check


class Kettleholt:
    """The company's tables and what analysts derive from them; nothing of the truth."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        vars(self).update(tables)

    @cached_property
    def owners(self) -> pd.DataFrame:
        return self.customers.set_index("customer_id")

    @cached_property
    def lines(self) -> pd.DataFrame:
        """Goods of known customers, with margin, place and seller; credit notes are negative."""
        log = self.transactions.drop_duplicates().dropna(subset=["CustomerID"])
        log = log[~log["StockCode"].isin(["POST", "SAMPLE"])]
        log = log.merge(self.products.drop(columns="Description"), on="StockCode")
        log["credit"] = log["InvoiceNo"].str.startswith("C")
        log["value"] = log["Quantity"] * log["UnitPrice"]
        log["margin"] = log["value"] - log["Quantity"] * log["unit_cost_eur"]
        return log.merge(self.orders[["InvoiceNo", "place", "employee_id"]], on="InvoiceNo", how="left")

    @cached_property
    def sales(self) -> pd.DataFrame:
        return self.lines[~self.lines["credit"]]

    @cached_property
    def back(self) -> pd.DataFrame:
        """Returned lines without cancellations, with place, seller and what the return costs in margin."""
        prices = self.sales.groupby(["InvoiceNo", "StockCode"])[["UnitPrice", "unit_cost_eur"]].first()
        kept = self.returns[self.returns["reason"] != "cancelled before dispatch"]
        back = kept.join(prices, on=["InvoiceNo", "StockCode"]).merge(self.orders, on="InvoiceNo")
        back["value"] = back["Quantity"] * back["UnitPrice"]
        back["lost"] = back["value"] - back["Quantity"] * back["unit_cost_eur"] * back["resaleable"]
        return back.merge(self.products[["StockCode", "category"]], on="StockCode")

    def each(self, values: pd.Series) -> pd.Series:
        return values.reindex(self.owners.index).fillna(0).astype(float)

    @cached_property
    def activity(self) -> pd.Series:
        return (
            self.activities["minutes"] * self.activities["cost_per_minute_eur"] + self.activities["outlay_eur"]
        ).set_axis(self.activities["activity"])

    @cached_property
    def service_cost(self) -> pd.Series:
        contacts = self.contacts.groupby("customer_id")["minutes"].agg(["sum", "size"])
        cost = contacts["sum"] * self.activity["answer contact"] + contacts["size"] * self.activity["follow up contact"]
        return self.each(cost)

    @cached_property
    def profit(self) -> pd.Series:
        """Margin net of returns and write-offs, less all activities; without the club and acquisition."""
        known = self.orders.dropna(subset=["customer_id"]).astype({"customer_id": "int64"})
        web = known["place"] == "web"
        orders = [known[web].groupby("customer_id").size(), known[~web].groupby("customer_id").size()]
        by_place = self.sales.groupby([self.sales["place"] == "web", "CustomerID"]).size()
        notes = self.back.drop_duplicates("credit_note")
        returned = notes.groupby([notes["place"] == "web", "customer_id"]).size()
        of = self.activity
        cost = (
            self.each(orders[0])
            * (of["take web order"] + of["pick and pack order"] + of["ship parcel"] + of["take payment"])
            + self.each(orders[1]) * (of["advise and check out"] + of["take payment"])
            + self.each(by_place[True]) * of["pick line"]
            + self.each(by_place[False]) * of["check out line"]
            + self.each(returned[True]) * of["process return from the web"]
            + self.each(returned[False]) * of["process return in a store"]
            + self.service_cost
        )
        postage = self.transactions[self.transactions["StockCode"] == "POST"].groupby("CustomerID")["UnitPrice"].sum()
        written_off = self.back["lost"] - self.back["value"] + self.back["Quantity"] * self.back["unit_cost_eur"]
        lost = self.each(written_off.groupby(self.back["customer_id"]).sum())
        return self.each(self.lines.groupby("CustomerID")["margin"].sum()) + self.each(postage) - lost - cost

    @cached_property
    def gross(self) -> pd.Series:
        return self.each(self.sales.groupby("CustomerID")["value"].sum())

    @cached_property
    def days(self) -> pd.DataFrame:
        return self.sales.drop_duplicates("InvoiceNo")[["CustomerID", "InvoiceDate"]].dropna()

    def bought(self, first: str | pd.Timestamp, end: str | pd.Timestamp) -> pd.Series:
        """Orders of each customer from ``first`` to before ``end``."""
        inside = (self.days["InvoiceDate"] >= first) & (self.days["InvoiceDate"] < end)
        return self.each(self.days[inside].groupby("CustomerID").size())

    @cached_property
    def spells(self) -> pd.DataFrame:
        seen = tenures(self.subscriptions["started_on"], self.subscriptions["ended_on"], "2024-12-31")
        paid = seen["tenure"] + ~seen["lost"]
        spells = self.subscriptions.assign(**seen).merge(self.customers[["customer_id", "channel"]], on="customer_id")
        earned = paid * (spells["price_eur"] - spells["cost_eur"]) - spells["welcome_gift_eur"]
        return spells.assign(earned=earned)

    @cached_property
    def voucher(self) -> pd.DataFrame:
        campaign = self.campaigns[self.campaigns["campaign"] == "autumn voucher"].set_index("customer_id")
        before = self.days[self.days["InvoiceDate"] < VOUCHER]
        latest = before.groupby("CustomerID")["InvoiceDate"].max()
        return campaign.assign(
            sent=campaign["arm"] == "sent",
            buys=self.bought(VOUCHER, "2024-12-02").reindex(campaign.index) > 0,
            since=(VOUCHER - latest.reindex(campaign.index)).dt.days,
        )

    @cached_property
    def answers(self) -> pd.DataFrame:
        answered = self.survey[self.survey["responded"]].merge(self.customers, on="customer_id")
        scores = [name for name in answered if name.endswith("_score")]
        return answered.astype(dict.fromkeys(scores, "float64"))


def lift(table: pd.DataFrame, outcome: str) -> tuple[float, float]:
    """Difference between the arms and its standard error."""
    arms = [table.loc[table["sent"] == arm, outcome].astype(float) for arm in (True, False)]
    error = np.sqrt(sum(arm.var() / len(arm) for arm in arms))
    return arms[0].mean() - arms[1].mean(), error


@finding
def cheap_channel(firm: Kettleholt) -> None:
    club = firm.each(firm.spells.groupby("customer_id")["earned"].sum())
    by = pd.DataFrame({"channel": firm.owners["channel"], "cac": firm.owners["cac_eur"], "value": firm.profit + club})
    mean = by.groupby("channel").mean()
    assert mean["cac"].idxmin() == "deal site"
    assert (mean["value"] - mean["cac"]).idxmin() == "deal site"
    assert (mean["value"] - mean["cac"])["deal site"] < 0
    assert ltv_to_cac(mean["value"], mean["cac"]).argmin() == list(mean.index).index("deal site")


@finding
def churn_by_channel(firm: Kettleholt) -> None:
    first = firm.spells[firm.spells["spell"] == 1]
    seen = first[first["started_on"] < "2024-09-30"]
    stayed = (seen["tenure"] - seen["lost"] >= 3).groupby(seen["channel"]).mean()
    assert stayed.idxmin() == "deal site"
    assert stayed["deal site"] < 0.6
    assert stayed["referral"] > 0.7


@finding
def serial_returners(firm: Kettleholt) -> None:
    net = firm.each(firm.lines.groupby("CustomerID")["value"].sum())
    best = firm.gross.nlargest(100).index
    share = 1 - net[best] / firm.gross[best]
    assert 8 <= len(best.difference(net.nlargest(100).index)) <= 30
    assert 5 <= (share > 0.5).sum() <= 30
    assert (net.rank(ascending=False)[best] > 200).sum() >= 2


@finding
def costly_service(firm: Kettleholt) -> None:
    often = firm.service_cost.nlargest(250).index
    assert firm.service_cost[often].sum() > 0.6 * firm.service_cost.sum()
    assert (firm.profit[often] < 0).mean() > 0.5
    assert (firm.profit.drop(often) < 0).mean() < 0.4
    assert ((firm.profit + firm.service_cost)[often] > 0).mean() > 0.7
    whale = whale_curve(firm.profit)
    assert 1.1 < whale.peak_over_total < 1.6


@finding
def machines_have_thin_margins(firm: Kettleholt) -> None:
    by = firm.sales.groupby("category")[["value", "margin"]].sum()
    rate = by["margin"] / by["value"]
    returned = firm.back.groupby("category")["value"].sum() / by["value"]
    assert rate.idxmin() == "machine"
    assert rate["machine"] < 0.3 < 0.45 < rate["kitchen"]
    assert returned.idxmax() == "machine"
    assert by.loc["machine", "value"] > 0.08 * by["value"].sum()
    assert by.loc["machine", "margin"] < 0.06 * by["margin"].sum()


@finding
def returns_on_the_web(firm: Kettleholt) -> None:
    web = firm.back["place"] == "web"
    sold = firm.sales["value"].groupby(firm.sales["place"] == "web").sum()
    assert firm.back.loc[web, "value"].sum() / sold[True] > 1.15 * firm.back.loc[~web, "value"].sum() / sold[False]


@finding
def catalogue_did_nothing(firm: Kettleholt) -> None:
    spring = firm.campaigns[firm.campaigns["campaign"] == "spring catalogue"].set_index("customer_id")
    rate = pd.DataFrame({
        "arm": spring["arm"],
        "before": firm.bought("2024-01-08", "2024-04-08").reindex(spring.index),
        "after": firm.bought("2024-04-08", "2024-07-08").reindex(spring.index),
    })  # fmt: skip
    mean = rate.groupby("arm")[["before", "after"]].mean()
    assert mean.loc["mailed", "after"] > 2.5 * mean.loc["not mailed", "after"]
    change = mean["after"] / mean["before"]
    assert change["mailed"] < change["not mailed"] + 0.05


@finding
def voucher_moves_the_lapsing(firm: Kettleholt) -> None:
    overall, error = lift(firm.voucher, "buys")
    assert overall > 2.5 * error
    lapsing = firm.voucher["since"].between(60, 400)
    moved, moved_error = lift(firm.voucher[lapsing], "buys")
    assert moved > 4 * moved_error
    recent, recent_error = lift(firm.voucher[firm.voucher["since"] < 60], "buys")
    assert abs(recent) < 2 * recent_error
    used = firm.orders.loc[firm.orders["voucher"], "customer_id"]
    recently = firm.voucher["since"].reindex(used) < 60
    assert recently.mean() > 0.35, "much of the discount goes to who would have bought anyway"


@finding
def sleeping_dogs(firm: Kettleholt) -> None:
    spells = firm.subscriptions
    there = (spells["started_on"] <= VOUCHER) & ~(spells["ended_on"] <= VOUCHER)
    there = spells[there].merge(firm.voucher[["sent"]], left_on="customer_id", right_index=True)
    there["left"] = there["ended_on"].notna()
    more, error = lift(there, "left")
    assert more > 2.5 * error


@finding
def delivery_gap(firm: Kettleholt) -> None:
    believed = firm.managers_survey["superior_experience"].mean()
    felt = firm.answers["superior_experience"].astype(float).mean()
    assert believed > 0.65
    assert felt < 0.25
    scores = [f"{name}_score" for name in ("store", "web", "delivery", "product", "price", "service", "returns")]
    gap = firm.managers_survey[scores].astype(float).mean() - firm.answers[scores].mean()
    assert set(gap.nlargest(3).index) == {"delivery_score", "returns_score", "service_score"}


@finding
def delivery_drives_contentment(firm: Kettleholt) -> None:
    names = ["web_score", "delivery_score", "product_score", "price_score"]
    met = firm.answers.dropna(subset=names)
    own = met[names].mean(axis=1)
    relative = met[names].sub(own, axis=0).corrwith(met["overall_score"] - own)
    assert relative.idxmax() == "delivery_score"
    assert relative.idxmin() == "price_score"
    # The trap: raw correlations all look alike, since people differ in how they use the scale.
    assert met[names].corrwith(met["overall_score"]).min() > 0.35


@finding
def late_in_germany(firm: Kettleholt) -> None:
    parcels = firm.orders.dropna(subset=["delivered_on", "customer_id"]).merge(firm.customers, on="customer_id")
    late = (parcels["delivered_on"] > parcels["promised_on"]).groupby(parcels["country"]).mean()
    assert late["Germany"] > 2.5 * late.drop("Germany").max()
    score = firm.answers.groupby("country")["delivery_score"].mean()
    assert score.idxmin() == "Germany"


@finding
def recovery_pays(firm: Kettleholt) -> None:
    year = ("2023-12-03", "2024-12-01")
    parcels = firm.orders[firm.orders["delivered_on"].between(*year) & firm.orders["promised_on"].ge(year[0])]
    late = (parcels["delivered_on"] > parcels["promised_on"]).groupby(parcels["customer_id"]).any()
    about = firm.contacts[(firm.contacts["reason"] == "late delivery") & firm.contacts["contacted_at"].between(*year)]
    fixed = about.sort_values("contacted_at").groupby("customer_id")["resolved"].first()
    scored = firm.answers.dropna(subset=["delivery_score"]).set_index("customer_id")
    was_late = late.reindex(scored.index).astype("boolean").fillna(False).astype(bool)
    put_right = fixed.reindex(scored.index).astype("boolean").fillna(False).astype(bool)
    mean = [
        scored.loc[rows, "delivery_score"].mean() for rows in (~was_late, was_late & put_right, was_late & ~put_right)
    ]
    assert mean[0] - mean[2] > 1.5
    assert abs(mean[1] - mean[0]) < 0.8


@finding
def happy_people_answer(firm: Kettleholt) -> None:
    asked = firm.survey.set_index("customer_id")["responded"]
    orders = firm.bought("2023-12-03", "2024-12-02").reindex(asked.index)
    assert asked[orders >= 6].mean() > asked[orders <= 1].mean() + 0.15


@finding
def two_channels_more_orders(firm: Kettleholt) -> None:
    known = firm.orders.dropna(subset=["customer_id"]).merge(
        firm.transactions.groupby("InvoiceNo")["InvoiceDate"].first(), on="InvoiceNo"
    )
    early = known[known["InvoiceDate"] < "2024-01-01"]
    web = (early["place"] == "web").groupby(early["customer_id"]).agg(["mean", "size"])
    both = web["mean"].between(0, 1, inclusive="neither").rename("both")
    later = firm.bought("2024-01-01", "2025-01-01").reindex(web.index.astype("int64")).to_numpy()
    table = web.assign(
        both=both, later=later, channel=firm.owners["channel"].reindex(web.index.astype("int64")).to_numpy()
    )
    raw = table.groupby("both")["later"].mean()
    assert raw[True] > 1.8 * raw[False]
    table["stratum"] = table["size"].clip(upper=15).astype(str) + table["channel"]
    cells = (
        table[table["size"].between(2, 15)].groupby(["stratum", "both"])["later"].agg(["mean", "var", "size"]).unstack()
    )
    cells = cells[(cells["size"] >= 8).all(axis=1)]
    weight = cells["size"].sum(axis=1)
    gap = np.average(cells["mean"][True] - cells["mean"][False], weights=weight)
    assert abs(gap) < 0.25 * (raw[True] - raw[False])


@finding
def hidden_advocates(firm: Kettleholt) -> None:
    brought = firm.customers["referred_by"].dropna().value_counts()
    most = brought.nlargest(50)
    assert most.sum() > 0.5 * brought.sum()
    rank = firm.gross.rank(ascending=False, pct=True)
    assert (rank[most.index.astype("int64")] < 0.1).mean() < 0.25


@finding
def commission_rewards_returns(firm: Kettleholt) -> None:
    sold = firm.sales.dropna(subset=["employee_id"]).groupby("employee_id")[["value", "margin"]].sum()
    back = firm.back.dropna(subset=["employee_id"]).groupby("employee_id")
    handling = back["credit_note"].nunique() * firm.activity["process return in a store"]
    staff = sold.assign(net=sold["margin"] - back["lost"].sum() - handling, rate=back["value"].sum() / sold["value"])
    staff["store"] = firm.employees.set_index("employee_id")["place"]
    most = staff.groupby("store")["value"].idxmax()
    assert (staff.loc[most, "rate"] > 2 * staff["rate"].median()).sum() >= 9
    best = staff.groupby("store")["net"].idxmax()
    assert (most != best).sum() >= 9


@finding
def bonus_per_contact(firm: Kettleholt) -> None:
    later = firm.contacts.sort_values("contacted_at")
    following = later.groupby(["customer_id", "reason"])["contacted_at"].shift(-1)
    later["again"] = (following - later["contacted_at"]) < pd.Timedelta(days=8)
    by = later.groupby("employee_id")[["minutes", "resolved", "again"]].mean()
    quick = by["minutes"] < 6
    assert 2 <= quick.sum() <= 6
    assert by.loc[quick, "resolved"].max() < by.loc[~quick, "resolved"].min() - 0.1
    assert by.loc[quick, "again"].mean() > by.loc[~quick, "again"].mean() + 0.1


@finding
def first_come_first_served(firm: Kettleholt) -> None:
    """Rules that a manager could use, judged by what the truth says the served customers are worth in 2025."""
    waiting = firm.open_orders
    on_hand = int(firm.stock.set_index("StockCode").loc["KH701", "on_hand"])
    assert len(waiting) == 50
    assert waiting["Quantity"].sum() > 2 * on_hand
    truth = datasets.load_kettleholt_truth()
    case = {name: entry["value"] for name, entry in truth.parameters["parameters"]["open_orders"].items()}
    latent = truth.customers.set_index("customer_id").loc[waiting["customer_id"]]
    worth = latent["expected_purchases"] * latent["mean_order_eur"] * (1 - latent["return_chance"]) * 0.5
    kept = worth.to_numpy() * (case["leaves_if_late"] - case["leaves_if_served"])

    def saved(score: pd.Series, ascending: bool) -> float:
        order = score.sort_values(ascending=ascending, kind="stable").index
        served = waiting.loc[order, "Quantity"].cumsum() <= on_hand
        return kept[order[served]].sum()

    by_date = saved(waiting["ordered_at"].astype("int64"), True)
    by_value = saved(waiting["Quantity"] * waiting["UnitPrice"], False)
    last_year = firm.bought("2024-01-01", "2025-01-01")
    net = firm.each(firm.lines.groupby("CustomerID")["value"].sum()) / firm.gross
    margin = (last_year * net * firm.gross / firm.bought("2022-01-01", "2025-01-01"))[waiting["customer_id"]]
    by_margin = saved(margin.reset_index(drop=True), False)
    assert by_margin > 1.4 * by_date
    assert by_margin > 1.4 * by_value


@pytest.fixture(scope="module")
def firm() -> Kettleholt:
    return Kettleholt({name: datasets.load_kettleholt(name) for name in schema.LEARNERS})


@pytest.fixture(scope="module")
def dull_firm() -> Kettleholt:
    """A company without what was planted: all channels, customers, advisers and agents alike."""
    usual = Assumptions()
    even = dict.fromkeys(usual.survey.weight, 0.2)
    same = replace(usual.channels["search"], cac_growth=1.0)
    dull = replace(
        usual,
        channels={name: replace(same, share=each.share) for name, each in usual.channels.items()},
        people=replace(
            usual.people, serial_returner=0.0, serial_returner_big_spender=0.0, needy=0.0, referred_by_advocate=0.0
        ),
        orders=replace(usual.orders, late=dict.fromkeys(usual.people.countries, 0.1)),
        returns=replace(usual.returns, in_store=1.0, pushy_adviser=1.0),
        service=replace(usual.service, hasty_minutes=1.0, resolved_hasty=usual.service.resolved),
        survey=replace(
            usual.survey,
            weight=even,
            recovered=0.0,
            response_orders=0.0,
            response_contentment=0.0,
            managers_lift=dict.fromkeys(usual.survey.managers_lift, 0.0),
        ),
        campaigns=replace(
            usual.campaigns,
            persuadable_lapsing=0.0,
            persuadable_others=0.0,
            sleeping_dog_subscriber=0.0,
            sleeping_dog_others=0.0,
        ),
    )
    return Kettleholt(learner_tables(assumptions=dull))


@pytest.mark.parametrize("name", CHECKS)
def test_it_shows(name: str, firm: Kettleholt) -> None:
    CHECKS[name](firm)


@pytest.mark.parametrize(
    "name",
    [
        "cheap_channel",
        "churn_by_channel",
        "serial_returners",
        "costly_service",
        "returns_on_the_web",
        "voucher_moves_the_lapsing",
        "sleeping_dogs",
        "delivery_gap",
        "delivery_drives_contentment",
        "late_in_germany",
        "recovery_pays",
        "happy_people_answer",
        "hidden_advocates",
        "commission_rewards_returns",
        "bonus_per_contact",
    ],
)
def test_it_does_not_show_where_it_was_not_planted(name: str, dull_firm: Kettleholt) -> None:
    with pytest.raises(AssertionError):
        CHECKS[name](dull_firm)


def test_every_finding_is_checked_and_told() -> None:
    assert [each.name for each in FINDINGS] == list(CHECKS)
    told = datasets.load_kettleholt_truth().parameters["findings"]
    assert [each["name"] for each in told] == list(CHECKS)
    assert {chapter for each in FINDINGS for chapter in each.chapters} >= {
        "02",
        "03",
        "05",
        "07",
        "09",
        "11",
        "12",
        "13",
        "14",
    }
