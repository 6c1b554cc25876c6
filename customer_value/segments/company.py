"""What each customer of Kettleholt brought in the shop: margin on what stayed, less what returns cost."""

from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import columns, day

NOT_PRODUCTS = ("POST", "SAMPLE")
"""Postage and free samples: on the invoices, and no goods."""

_CANCELLED = "cancelled before dispatch"
_HANDLING = {
    "cancelled": "cancel order before dispatch",
    "web": "process return from the web",
    "store": "process return in a store",
}


def shop_contribution(
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    orders: pd.DataFrame,
    products: pd.DataFrame,
    activities: pd.DataFrame,
    first: Any,
    end: Any,
) -> pd.Series:
    """Contribution per customer in euros from the day ``first`` (included) to ``end`` (not included).

    Margin on goods sold (pieces × (price paid − cost)) less that on goods credited in the period, less the cost of
    goods that came back and cannot be sold again, less the handling of each credit note. Before the cost of packing,
    sending, serving and mailing, and without postage, samples and the coffee club.

    Parameters
    ----------
    transactions, returns, orders, products, activities
        The tables, as ``datasets.load_kettleholt`` returns them. A line posted twice counts once; lines without a
        customer do not count.

    Returns a Series indexed by ``customer_id``, of everybody with a line or a credit note in the period; below zero
    for whom returns cost more than the margin. Raises ``ValueError`` for missing columns, a period without lines, and
    products or activities without a cost.
    """
    columns(
        transactions, ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], "transactions"
    )
    columns(returns, ["credit_note", "InvoiceNo", "StockCode", "Quantity", "reason", "resaleable"], "returns")
    columns(orders, ["InvoiceNo", "customer_id", "place"], "orders")
    columns(products, ["StockCode", "unit_cost_eur"], "products")
    columns(activities, ["activity", "minutes", "cost_per_minute_eur", "outlay_eur"], "activities")
    start, stop = day(first, "first"), day(end, "end")
    lines = transactions.dropna(subset=["CustomerID"]).drop_duplicates()
    inside = (lines["InvoiceDate"] >= start) & (lines["InvoiceDate"] < stop)
    lines = lines[inside & ~lines["StockCode"].isin(NOT_PRODUCTS)]
    if lines.empty:
        raise ValueError(f"No known customer bought or returned anything from {start:%Y-%m-%d} to {stop:%Y-%m-%d}.")
    cost = products.set_index("StockCode")["unit_cost_eur"]
    if len(unknown := lines.loc[~lines["StockCode"].isin(cost.index), "StockCode"]):
        raise ValueError(f"products has no cost for {', '.join(sorted(unknown.unique()))}.")
    margin = lines["Quantity"] * (lines["UnitPrice"] - lines["StockCode"].map(cost))
    brought = margin.groupby(lines["CustomerID"].astype("int64")).sum()
    back = returns[returns["credit_note"].isin(lines["InvoiceNo"])].merge(
        orders[["InvoiceNo", "customer_id", "place"]], on="InvoiceNo"
    )
    lost = (~back["resaleable"]) * back["Quantity"] * back["StockCode"].map(cost)
    notes = back.drop_duplicates("credit_note")
    price = _handling_costs(activities)
    kind = np.where(notes["reason"] == _CANCELLED, "cancelled", np.where(notes["place"] == "web", "web", "store"))
    handling = pd.Series(kind, index=notes.index).map(price)
    for spent, owner in ((lost, back["customer_id"]), (handling, notes["customer_id"])):
        known = owner.notna()
        each = spent[known].astype(float).groupby(owner[known].astype("int64")).sum()
        brought = brought.sub(each, fill_value=0.0)
    return brought.rename("contribution").rename_axis("customer_id")


def _handling_costs(activities: pd.DataFrame) -> pd.Series:
    """Euros for each kind of credit note: minutes × cost of a minute + what is paid to others."""
    table = activities.set_index("activity")
    if absent := [name for name in _HANDLING.values() if name not in table.index]:
        raise ValueError(f"activities lacks {', '.join(absent)}.")
    each = table["minutes"] * table["cost_per_minute_eur"] + table["outlay_eur"]
    return pd.Series({kind: each[name] for kind, name in _HANDLING.items()})
