"""Kettleholt's two mailings and the leavers of its coffee club, one row per customer.

The functions take the tables as ``datasets.load_kettleholt`` returns them. Margin is euros: pieces × (price paid less
cost of goods), before returns and before the cost of serving.
"""

from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import columns, day, one_whole

GROUPS = ("in the club", "bought lately", "drifting away", "long gone")
"""Groups of the voucher's test: subscribers; else 0–59, 60–400 and more days since the latest order."""
_DRIFTING = (60, 400)
_MONTH = 365.25 / 12


def purchase_log(transactions: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One row per order of a known customer, as ``history_features`` takes it.

    Returns a frame indexed by ``InvoiceNo``: ``customer_id``, ``date`` (day), ``value`` (euros paid) and ``margin``
    (euros). A line posted twice counts once; credit notes are left out. Raises ``ValueError`` for missing columns and
    for products without a cost.
    """
    columns(
        transactions, ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], "transactions"
    )
    columns(products, ["StockCode", "unit_cost_eur"], "products")
    known = transactions.dropna(subset=["CustomerID"]).drop_duplicates()
    lines = known[~known["InvoiceNo"].str.startswith("C")]
    cost = lines["StockCode"].map(products.set_index("StockCode")["unit_cost_eur"])
    if cost.isna().any():
        raise ValueError(f"products has no cost for {', '.join(sorted(lines.loc[cost.isna(), 'StockCode'].unique()))}.")
    value = lines["Quantity"] * lines["UnitPrice"]
    rows = pd.DataFrame(
        {
            "InvoiceNo": lines["InvoiceNo"],
            "customer_id": lines["CustomerID"].astype("int64"),
            "date": lines["InvoiceDate"].dt.normalize(),
            "value": value,
            "margin": value - lines["Quantity"] * cost,
        }
    )
    return rows.groupby("InvoiceNo").agg({"customer_id": "first", "date": "first", "value": "sum", "margin": "sum"})


def voucher_results(
    campaigns: pd.DataFrame,
    transactions: pd.DataFrame,
    products: pd.DataFrame,
    subscriptions: pd.DataFrame,
    days: int = 28,
) -> pd.DataFrame:
    """What everybody drawn for the autumn voucher did in the ``days`` after it was sent, both arms.

    Returns a frame indexed by ``customer_id``: ``sent`` (drawn to get it), ``since`` (days from the latest order to the
    mailing), ``group`` (``GROUPS``, all known before the mailing), ``bought`` and ``margin`` (euros, of orders in these
    days, after the voucher's discount) and ``left_club`` (was a subscriber and ended it by the last day of the tables;
    false for others). Raises ``ValueError`` for missing columns.
    """
    columns(campaigns, ["campaign", "customer_id", "arm", "sent_on"], "campaigns")
    test = campaigns[campaigns["campaign"] == "autumn voucher"]
    start = test["sent_on"].iloc[0]
    people = pd.Index(test["customer_id"], name="customer_id")
    orders = purchase_log(transactions, products)
    since = (start - orders[orders["date"] < start].groupby("customer_id")["date"].max().reindex(people)).dt.days
    window = orders[
        (orders["date"] >= start) & (orders["date"] < start + pd.Timedelta(days=one_whole(days, "days", least=1)))
    ]
    club = _running(subscriptions, start)
    member = people.isin(club["customer_id"])
    group = np.select(
        [member, since.to_numpy() < _DRIFTING[0], since.to_numpy() <= _DRIFTING[1]], GROUPS[:3], GROUPS[3]
    )
    return pd.DataFrame(
        {
            "sent": (test["arm"] == "sent").to_numpy(),
            "since": since.astype("int64"),
            "group": pd.Categorical(group, GROUPS, ordered=True),
            "bought": people.isin(window["customer_id"]),
            "margin": window.groupby("customer_id")["margin"].sum().reindex(people).fillna(0.0),
            "left_club": people.isin(club.loc[club["ended_on"].notna(), "customer_id"]),
        },
        people,
    )


def catalogue_results(
    campaigns: pd.DataFrame, transactions: pd.DataFrame, products: pd.DataFrame, days: int = 91
) -> pd.DataFrame:
    """What customers bought in the ``days`` before and after the spring catalogue, mailed or not.

    Nobody was drawn by lot here. Returns a frame indexed by ``customer_id``: ``sent`` (mailed), ``margin_before`` and
    ``margin_after`` (euros). Raises ``ValueError`` for missing columns.
    """
    columns(campaigns, ["campaign", "customer_id", "arm", "sent_on"], "campaigns")
    mailing = campaigns[campaigns["campaign"] == "spring catalogue"]
    start, span = mailing["sent_on"].iloc[0], pd.Timedelta(days=one_whole(days, "days", least=1))
    people = pd.Index(mailing["customer_id"], name="customer_id")
    orders = purchase_log(transactions, products)

    def margin(first: pd.Timestamp) -> pd.Series:
        inside = orders[(orders["date"] >= first) & (orders["date"] < first + span)]
        return inside.groupby("customer_id")["margin"].sum().reindex(people).fillna(0.0)

    return pd.DataFrame(
        {
            "sent": (mailing["arm"] == "mailed").to_numpy(),
            "margin_before": margin(start - span),
            "margin_after": margin(start),
        },
        people,
    )


def club_year(subscriptions: pd.DataFrame, on: Any, months: int = 12) -> float:
    """Mean margin, in euros, that a subscription running on the day ``on`` brought in the next ``months``.

    Counts the monthly charges between ``on`` and the end of the subscription or of these months, each at price less
    cost. ``months`` after ``on`` must lie within the tables, or the mean is too low. Raises ``ValueError`` where no
    subscription was running.
    """
    start = day(on, "on")
    end = start + pd.DateOffset(months=one_whole(months, "months", least=1))
    club = _running(subscriptions, start)
    if club.empty:
        raise ValueError(f"No subscription was running on {start:%Y-%m-%d}.")
    charges = np.zeros(len(club))
    first = ((start - club["started_on"]).dt.days // 31).min()
    last = int((end - club["started_on"].min()).days // 28) + 1
    for month in range(max(0, int(first)), last + 1):
        due = club["started_on"] + pd.DateOffset(months=month)
        charges += ((due >= start) & (due < end) & (club["ended_on"].isna() | (due < club["ended_on"]))).to_numpy()
    return float((charges * (club["price_eur"] - club["cost_eur"])).mean())


def club_returns(subscriptions: pd.DataFrame, last: Any) -> pd.DataFrame:
    """Who left the coffee club and whether they came back, by the day ``last`` of the tables.

    Returns one row for each first subscription that ended: ``customer_id``, ``left_on``, ``came_back`` and ``months``
    from leaving to the second subscription, or to ``last`` for who had not come back by then. Raises ``ValueError`` for
    missing columns.
    """
    columns(subscriptions, ["customer_id", "spell", "started_on", "ended_on"], "subscriptions")
    end = day(last, "last")
    first = subscriptions[(subscriptions["spell"] == 1) & subscriptions["ended_on"].notna()]
    second = subscriptions[subscriptions["spell"] == 2].set_index("customer_id")["started_on"]
    again = first["customer_id"].map(second)
    return pd.DataFrame(
        {
            "customer_id": first["customer_id"],
            "left_on": first["ended_on"],
            "came_back": again.notna(),
            "months": (again.fillna(end) - first["ended_on"]).dt.days / _MONTH,
        }
    ).reset_index(drop=True)


def _running(subscriptions: pd.DataFrame, on: pd.Timestamp) -> pd.DataFrame:
    columns(subscriptions, ["customer_id", "price_eur", "cost_eur", "started_on", "ended_on"], "subscriptions")
    return subscriptions[(subscriptions["started_on"] <= on) & ~(subscriptions["ended_on"] <= on)]
