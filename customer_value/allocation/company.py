"""Kettleholt's tables made ready for three decisions: which orders to ship, whom to address, whom to apologise to.

The functions take the company's tables as ``datasets.load_kettleholt`` returns them, by name; ``TABLES`` lists the
names. Money is euros. The coffee club is left out: its charges do not depend on any of these decisions.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import columns, day, fraction, one_whole
from customer_value.allocation.credibility import credible_means, credible_rates
from customer_value.btyd import BetaGeoModel
from customer_value.churn import purchase_log
from customer_value.spend import GammaGammaModel, PopulationMeanWarning
from customer_value.transactions import rfm_summary

TABLES = ("customers", "transactions", "products", "orders", "returns", "contacts", "activities")

_CANCELLED = "cancelled before dispatch"
_NO_GOODS = ("POST", "SAMPLE")
_YEAR = 365.25
_MOST_RETURNED = 0.95


def order_contributions(tables: Mapping[str, pd.DataFrame], until: Any) -> pd.DataFrame:
    """What each order of a known customer brought in the end, as the books of the day ``until`` show it.

    Returns a frame indexed by ``InvoiceNo`` with ``customer_id``, ``date`` (day), ``revenue`` (paid, before returns)
    and ``contribution``: revenue less cost of goods, less what came back (refunds, goods written off, handling), less
    packing, shipping, advice and payment, less the service contacts between this order and the customer's next. What
    comes back or is asked after ``until`` is not in it, which flatters the last weeks. Raises ``ValueError`` for a
    table or column that is missing.
    """
    if missing := [name for name in TABLES if name not in tables]:
        raise ValueError(f"tables lacks {', '.join(missing)}; load each with datasets.load_kettleholt.")
    end = day(until, "until").normalize() + pd.Timedelta(days=1)
    log = tables["transactions"]
    log = log[log["InvoiceDate"] < end]
    cost = _activity_costs(tables["activities"])
    made = purchase_log(log, tables["products"]).rename(columns={"value": "revenue"})
    places = tables["orders"].set_index("InvoiceNo")["place"]
    amount = made["margin"] - _serving(made.index, log, places, cost)
    for part in (_sent_back(tables, log, places, cost), _asked(tables["contacts"], made, end, cost)):
        amount = amount.sub(part.reindex(made.index).fillna(0.0))
    return made[["customer_id", "date", "revenue"]].assign(contribution=amount)


def customer_values(
    tables: Mapping[str, pd.DataFrame],
    on: Any,
    *,
    months: int = 24,
    discount_rate: float = 0.01,
    incremental: float = 0.5,
) -> pd.DataFrame:
    """What each customer was expected to be worth on the evening of the day ``on``, from what was on file then.

    Purchases are the BG/NBD model's, discounted; ``revenue_clv`` multiplies them with the gamma-gamma model's spend,
    ``own`` with the customer's contribution per order (``credible_means``).

    Parameters
    ----------
    tables, on
        The company's tables, and the last day that counts.
    months, discount_rate
        Horizon and rate per month.
    incremental
        Share of the customers recommended who would not have come by themselves; an assumption.

    Returns a frame indexed by ``customer_id`` with

    - ``orders`` and ``revenue`` so far, ``revenue_year`` (of the last 365 days), all before returns;
    - ``alive``: the model's probability of being still a customer; ``purchases``: discounted, expected;
    - ``per_order``: expected contribution per order; ``revenue_clv``; ``own``;
    - ``brings``: customers expected to be recommended in ``months`` (not fewer if the customer stops buying);
      ``influence``: these × ``incremental`` × what a recommended customer is worth;
    - ``net``: ``own`` + ``influence``.

    ``attrs``: ``referred_worth`` (mean contribution of the first 365 days of customers recommended at least a year
    before ``on``, less their acquisition cost), ``k`` and ``mean`` of ``credible_means``.
    """
    last = day(on, "on").normalize()
    orders = order_contributions(tables, last)
    log = orders.reset_index()[["customer_id", "date", "revenue"]].rename(columns={"revenue": "value"})
    summary = rfm_summary(log[log["value"] > 0], last)
    terms = {"discount_rate": discount_rate, "periods": one_whole(months, "months", least=1)}
    model, spend = BetaGeoModel().fit(summary), GammaGammaModel().fit(summary)
    per_order = credible_means(orders["contribution"], orders["customer_id"])
    table = pd.DataFrame(
        {
            "orders": per_order["number"].reindex(summary.index),
            "revenue": log.groupby("customer_id")["value"].sum().reindex(summary.index),
            "revenue_year": _since(log, last - pd.Timedelta(days=365)).reindex(summary.index).fillna(0.0),
            "alive": model.expected_probability_alive(summary),
            "purchases": model.expected_customer_lifetime_value(summary, 1.0, **terms),
            "per_order": per_order["expected"].reindex(summary.index),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PopulationMeanWarning)
        table["revenue_clv"] = model.expected_customer_lifetime_value(summary, spend, **terms)
    table["own"] = table["purchases"] * table["per_order"]
    people = tables["customers"].set_index("customer_id")
    people = people[people["acquired_on"] <= last]
    by = people["referred_by"].dropna().astype("int64").value_counts()
    years = ((last - people["acquired_on"]).dt.days + 1) / _YEAR
    rate = pd.Series(credible_rates(by.reindex(people.index).fillna(0.0), years), people.index)
    worth = _referred_worth(people, orders, last)
    table["brings"] = rate.reindex(table.index) * months / 12
    table["influence"] = table["brings"] * fraction(incremental, "incremental", zero=True) * worth
    table["net"] = table["own"] + table["influence"]
    table.attrs = {"referred_worth": worth, **per_order.attrs}
    return table


def contribution_after(
    tables: Mapping[str, pd.DataFrame],
    on: Any,
    until: Any,
    *,
    incremental: float = 0.5,
    referred_worth: float = 0.0,
) -> pd.DataFrame:
    """What each customer of the day ``on`` brought afterwards, up to ``until``: to judge a list made on that day.

    Returns a frame indexed by ``customer_id`` (all won by ``on``) with ``revenue`` and ``own`` (contribution) of the
    orders placed after ``on``, ``referred`` (customers recommended in that time) and ``brought`` = own + referred ×
    ``incremental`` × ``referred_worth``. Nothing is discounted.
    """
    start, last = day(on, "on").normalize(), day(until, "until").normalize()
    if last <= start:
        raise ValueError(f"until ({last:%Y-%m-%d}) must be later than on ({start:%Y-%m-%d}).")
    orders = order_contributions(tables, last)
    later = orders[orders["date"] > start].groupby("customer_id")[["revenue", "contribution"]].sum()
    people = tables["customers"].set_index("customer_id")
    won = people["acquired_on"]
    recent = people.loc[(won > start) & (won <= last), "referred_by"].dropna().astype("int64").value_counts()
    known = people.index[won <= start]
    table = later.rename(columns={"contribution": "own"}).reindex(known).fillna(0.0)
    table["referred"] = recent.reindex(known).fillna(0).astype("int64")
    table["brought"] = (
        table["own"] + table["referred"] * fraction(incremental, "incremental", zero=True) * referred_worth
    )
    return table


def order_case(tables: Mapping[str, pd.DataFrame], open_orders: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """The open orders with what is known of their customers and what each order is expected to bring.

    Parameters
    ----------
    tables
        The company's tables.
    open_orders
        ``load_kettleholt("open_orders")``.
    values
        ``customer_values`` of the day before.

    Returns a frame indexed by ``order_no`` with ``customer_id``, ``ordered_at``, ``pieces``, ``order_value``,
    ``clv`` (the customer's ``net``), ``returned`` (expected share of the order that comes back: the customer's share of
    web lines sent back so far, drawn towards everybody's, times how much oftener this category comes back than others)
    and ``order_margin``: margin of the goods, less ``returned`` × (margin, goods written off, and one handling), less
    packing and shipping.
    """
    columns(open_orders, ["order_no", "customer_id", "ordered_at", "StockCode", "Quantity", "UnitPrice"], "open_orders")
    cost = _activity_costs(tables["activities"])
    goods = tables["products"].set_index("StockCode")["unit_cost_eur"]
    pieces = open_orders["Quantity"]
    lines = open_orders.assign(
        pieces=pieces,
        order_value=pieces * open_orders["UnitPrice"],
        goods=pieces * open_orders["StockCode"].map(goods),
    )
    whole = lines.groupby("order_no", sort=False)
    table = whole[["customer_id", "ordered_at"]].first().join(whole[["pieces", "order_value", "goods"]].sum())
    back = tables["returns"]
    lost = 1.0 - float(back.loc[back["reason"] != _CANCELLED, "resaleable"].mean())
    table["clv"] = values["net"].reindex(table["customer_id"]).to_numpy()
    usual, dearer = _returned_share(tables)
    factor = lines.assign(factor=open_orders["StockCode"].map(dearer)).groupby("order_no", sort=False)["factor"].max()
    share = usual.reindex(table["customer_id"]).to_numpy() * factor.to_numpy()
    table["returned"] = np.minimum(share, _MOST_RETURNED)
    margin = table["order_value"] - table["goods"]
    sent = cost["take web order"] + cost["pick and pack order"] + cost["ship parcel"] + cost["take payment"]
    sent += whole.size() * cost["pick line"]
    table["order_margin"] = (
        margin - table["returned"] * (margin + lost * table["goods"] + cost["process return from the web"]) - sent
    )
    if table.isna().any().any():
        raise ValueError("values must hold every customer of the open orders, and products every product.")
    return table.drop(columns="goods")


def after_delivery(tables: Mapping[str, pd.DataFrame], first: Any, until: Any, days: int = 91) -> pd.DataFrame:
    """Each customer's first parcel delivered from ``first`` on: was it late, and was there an order afterwards?

    One parcel per customer, and only those that can be followed for ``days`` by ``until``. Returns a frame indexed by
    ``customer_id`` with ``country``, ``days_late`` (below 0: early), ``late``, ``orders_before`` and ``again`` (ordered
    within ``days`` after the delivery). Nobody drew lots for late parcels: compare within a country at least.
    """
    start, last = day(first, "first"), day(until, "until")
    columns(tables["orders"], ["InvoiceNo", "customer_id", "promised_on", "delivered_on"], "orders")
    length = pd.Timedelta(days=one_whole(days, "days", least=1))
    made = purchase_log(tables["transactions"], tables["products"])
    sent = tables["orders"].dropna(subset=["customer_id", "delivered_on"]).astype({"customer_id": "int64"})
    sent = sent[(sent["delivered_on"] >= start) & (sent["delivered_on"] + length <= last)]
    sent = sent.sort_values(["delivered_on", "InvoiceNo"]).drop_duplicates("customer_id").set_index("customer_id")
    joined = made.merge(sent["delivered_on"].rename("delivered"), left_on="customer_id", right_index=True)
    wait = joined["date"] - joined["delivered"]
    after = joined.loc[(wait > pd.Timedelta(0)) & (wait <= length), "customer_id"].unique()
    before = joined[wait <= pd.Timedelta(0)].groupby("customer_id").size()
    country = tables["customers"].set_index("customer_id")["country"]
    late = (sent["delivered_on"] - sent["promised_on"]).dt.days
    return pd.DataFrame(
        {
            "country": country.reindex(sent.index),
            "days_late": late,
            "late": late > 0,
            "orders_before": before.reindex(sent.index).fillna(0).astype("int64"),
            "again": sent.index.isin(after),
        }
    ).sort_index()


def _activity_costs(activities: pd.DataFrame) -> dict[str, float]:
    columns(activities, ["activity", "minutes", "cost_per_minute_eur", "outlay_eur"], "activities")
    each = activities["minutes"] * activities["cost_per_minute_eur"] + activities["outlay_eur"]
    return dict(zip(activities["activity"], each, strict=True))


def _serving(invoices: pd.Index, log: pd.DataFrame, places: pd.Series, cost: dict[str, float]) -> pd.Series:
    """Taking, packing, shipping or advising, and payment, per order."""
    lines = log[~log["StockCode"].isin(_NO_GOODS)].drop_duplicates().groupby("InvoiceNo").size()
    count = lines.reindex(invoices).fillna(0)
    web = places.reindex(invoices) == "web"
    by_web = cost["take web order"] + cost["pick and pack order"] + cost["ship parcel"] + count * cost["pick line"]
    in_store = cost["advise and check out"] + count * cost["check out line"]
    return by_web.where(web, in_store) + cost["take payment"]


def _sent_back(
    tables: Mapping[str, pd.DataFrame], log: pd.DataFrame, places: pd.Series, cost: dict[str, float]
) -> pd.Series:
    """Margin paid back, goods written off and handling, by the invoice of the order."""
    unit = tables["products"].set_index("StockCode")["unit_cost_eur"]
    notes = log[log["InvoiceNo"].str.startswith("C")].drop_duplicates()
    refunds = (
        (notes["Quantity"] * (notes["UnitPrice"] - notes["StockCode"].map(unit))).groupby(notes["InvoiceNo"]).sum()
    )
    back = tables["returns"]
    back = back[back["credit_note"].isin(refunds.index)]
    cancelled = back["reason"] == _CANCELLED
    lost = (back["Quantity"] * back["StockCode"].map(unit)).where(~cancelled & ~back["resaleable"], 0.0)
    note = back.assign(lost=lost).groupby("credit_note").agg({"InvoiceNo": "first", "reason": "first", "lost": "sum"})
    at_web = places.reindex(note["InvoiceNo"]).to_numpy() == "web"
    handling = np.where(at_web, cost["process return from the web"], cost["process return in a store"])
    handling = np.where(note["reason"] == _CANCELLED, cost["cancel order before dispatch"], handling)
    taken = note["lost"] + handling - refunds.reindex(note.index)
    return taken.groupby(note["InvoiceNo"]).sum()


def _asked(contacts: pd.DataFrame, made: pd.DataFrame, end: pd.Timestamp, cost: dict[str, float]) -> pd.Series:
    """Cost of the service contacts since each order, by its invoice."""
    columns(contacts, ["customer_id", "contacted_at", "minutes"], "contacts")
    asked = contacts[contacts["contacted_at"] < end].assign(
        date=lambda rows: rows["contacted_at"].dt.normalize(),
        spent=lambda rows: rows["minutes"] * cost["answer contact"] + cost["follow up contact"],
    )
    orders = made.reset_index()[["InvoiceNo", "customer_id", "date"]].sort_values(["date", "InvoiceNo"])
    known = asked[asked["customer_id"].isin(orders["customer_id"])].sort_values(["date", "contact_id"])
    found = pd.merge_asof(known, orders, on="date", by="customer_id")["InvoiceNo"]
    first = orders.drop_duplicates("customer_id").set_index("customer_id")["InvoiceNo"]
    found = found.fillna(known["customer_id"].reset_index(drop=True).map(first))
    return pd.Series(known["spent"].to_numpy(), found.to_numpy()).groupby(level=0).sum()


def _since(log: pd.DataFrame, start: pd.Timestamp) -> pd.Series:
    return log[log["date"] > start].groupby("customer_id")["value"].sum()


def _referred_worth(people: pd.DataFrame, orders: pd.DataFrame, last: pd.Timestamp) -> float:
    """Mean contribution of the first year of customers recommended, less what winning them cost."""
    recommended = people[people["referred_by"].notna() & (people["acquired_on"] + pd.Timedelta(days=365) <= last)]
    if recommended.empty:
        return 0.0
    own = orders[orders["customer_id"].isin(recommended.index)]
    age = (own["date"] - own["customer_id"].map(recommended["acquired_on"])).dt.days
    first = own.loc[age < 365].groupby("customer_id")["contribution"].sum().reindex(recommended.index).fillna(0.0)
    return float((first - recommended["cac_eur"]).mean())


def _returned_share(tables: Mapping[str, pd.DataFrame]) -> tuple[pd.Series, pd.Series]:
    """Expected share of web lines that each customer sends back, and by how much it is higher for each product.

    The second is that of the product's category against all; cancellations are left out.
    """
    log = tables["transactions"].dropna(subset=["CustomerID"]).drop_duplicates()
    web = tables["orders"].loc[tables["orders"]["place"] == "web", "InvoiceNo"]
    bought = log[log["InvoiceNo"].isin(web) & ~log["StockCode"].isin(_NO_GOODS)]
    back = tables["returns"]
    back = back[back["reason"] != _CANCELLED]
    came = pd.MultiIndex.from_frame(bought[["InvoiceNo", "StockCode"]]).isin(
        pd.MultiIndex.from_frame(back[["InvoiceNo", "StockCode"]])
    )
    shares = credible_means(came.astype(float), bought["CustomerID"].astype("int64"))
    everybody = tables["customers"]["customer_id"]
    category = tables["products"].set_index("StockCode")["category"]
    by_category = pd.Series(came).groupby(bought["StockCode"].map(category).to_numpy()).mean() / came.mean()
    return (
        shares["expected"].clip(0, 1).reindex(everybody).fillna(shares.attrs["mean"]),
        category.map(by_category).fillna(1.0),
    )
