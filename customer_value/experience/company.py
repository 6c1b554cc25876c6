"""Kettleholt's touchpoints: who passes them, what goes wrong there, and what those customers do afterwards.

The functions take the tables as ``datasets.load_kettleholt`` returns them. Days and places are the company's own.
"""

from typing import Any

import pandas as pd

from customer_value._inputs import columns, day

_CLASS_ENDS = (-1, 1, 2, 4, 8, float("inf"))
_CLASSES = ("0–1", "2", "3–4", "5–8", "9+")
_CANCELLED = "cancelled before dispatch"


def invoice_days(transactions: pd.DataFrame) -> pd.Series:
    """The day of each invoice, credit notes included, by ``InvoiceNo``."""
    columns(transactions, ["InvoiceNo", "InvoiceDate"], "transactions")
    return transactions.groupby("InvoiceNo")["InvoiceDate"].first().dt.normalize()


def order_classes(orders: pd.Series) -> pd.Series:
    """Numbers of orders as the classes ``0–1``, ``2``, ``3–4``, ``5–8`` and ``9+``."""
    return pd.cut(orders, _CLASS_ENDS, labels=_CLASSES).astype(str)


def orders_between(orders: pd.DataFrame, transactions: pd.DataFrame, first: Any, end: Any) -> pd.Series:
    """Orders of each known customer from ``first`` to before ``end``, by ``customer_id``; those without are not in
    it."""
    columns(orders, ["InvoiceNo", "customer_id"], "orders")
    when = orders["InvoiceNo"].map(invoice_days(transactions))
    inside = orders["customer_id"].notna() & (when >= day(first, "first")) & (when < day(end, "end"))
    return orders.loc[inside, "customer_id"].astype("int64").value_counts().sort_index().rename("orders")


def passages(
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    contacts: pd.DataFrame,
    first: Any,
    end: Any,
) -> pd.DataFrame:
    """How many customers pass each touchpoint in a period, and how often.

    Returns a frame indexed by ``touchpoint`` in the order of the journey (web, store, delivery, returns, service) with
    ``passages`` and ``customers``. Orders without a loyalty card are left out, as nobody knows whose they are; so are
    cancellations, which nobody has to send back. Raises ``ValueError`` for missing columns or an empty period.
    """
    start, stop = day(first, "first"), day(end, "end")
    if stop <= start:
        raise ValueError(f"end must be after first; got {start:%Y-%m-%d} to {stop:%Y-%m-%d}.")
    columns(orders, ["InvoiceNo", "customer_id", "place", "delivered_on"], "orders")
    columns(returns, ["InvoiceNo", "credit_note", "reason"], "returns")
    columns(contacts, ["customer_id", "contacted_at"], "contacts")
    days = invoice_days(transactions)
    known = orders.dropna(subset=["customer_id"]).assign(day=lambda table: table["InvoiceNo"].map(days))
    bought = known[(known["day"] >= start) & (known["day"] < stop)]
    notes = returns[returns["reason"] != _CANCELLED].drop_duplicates("credit_note")
    notes = notes.assign(day=notes["credit_note"].map(days)).merge(known[["InvoiceNo", "customer_id"]], on="InvoiceNo")
    found = {
        "web": bought[bought["place"] == "web"],
        "store": bought[bought["place"] != "web"],
        "delivery": known[(known["delivered_on"] >= start) & (known["delivered_on"] < stop)],
        "returns": notes[(notes["day"] >= start) & (notes["day"] < stop)],
        "service": contacts[(contacts["contacted_at"] >= start) & (contacts["contacted_at"] < stop)],
    }
    rows = {
        name: {"passages": len(table), "customers": table["customer_id"].nunique()} for name, table in found.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("touchpoint")


def after_parcels(
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    contacts: pd.DataFrame,
    first: Any,
    middle: Any,
    end: Any,
) -> pd.DataFrame:
    """Customers who had parcels delivered in a first period, and what they did in a second one.

    Returns one row per customer with a parcel promised and delivered from ``first`` to before ``middle``, indexed by
    ``customer_id``: ``parcels``, ``late`` (true if one of them came after the promised day), ``orders_before`` (in the
    first period), ``orders_after`` (from ``middle`` to before ``end``) and ``service_minutes`` (contacts about late
    delivery in the first period). Nobody in it is known to have left: who stopped buying has 0 orders after.
    """
    columns(orders, ["InvoiceNo", "customer_id", "promised_on", "delivered_on"], "orders")
    columns(contacts, ["customer_id", "contacted_at", "reason", "minutes"], "contacts")
    start, split, stop = day(first, "first"), day(middle, "middle"), day(end, "end")
    if not start < split < stop:
        raise ValueError("first, middle and end must follow one another.")
    parcels = orders.dropna(subset=["customer_id", "promised_on", "delivered_on"])
    inside = (parcels["promised_on"] >= start) & (parcels["delivered_on"] >= start)
    parcels = parcels[inside & (parcels["promised_on"] < split) & (parcels["delivered_on"] < split)]
    if parcels.empty:
        raise ValueError(f"No parcels were delivered from {start:%Y-%m-%d} to {split:%Y-%m-%d}.")
    late = parcels["delivered_on"] > parcels["promised_on"]
    owner = parcels["customer_id"].astype("int64")
    about = contacts[(contacts["reason"] == "late delivery") & contacts["contacted_at"].between(start, split, "left")]
    table = pd.DataFrame({"parcels": owner.groupby(owner).size(), "late": late.groupby(owner).any()})
    return table.assign(
        orders_before=orders_between(orders, transactions, start, split).reindex(table.index).fillna(0).astype("int64"),
        orders_after=orders_between(orders, transactions, split, stop).reindex(table.index).fillna(0).astype("int64"),
        service_minutes=about.groupby("customer_id")["minutes"].sum().reindex(table.index).fillna(0.0),
    ).rename_axis("customer_id")
