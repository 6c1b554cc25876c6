"""Kettleholt's touchpoints: who passes them, what goes wrong there, and what those customers do afterwards.

The functions take the tables as ``datasets.load_kettleholt`` returns them. Days and places are the company's own.
"""

from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import columns, day

_CLASS_ENDS = (-1, 1, 2, 4, 8, float("inf"))
_CLASSES = ("0–1", "2", "3–4", "5–8", "9+")
_CANCELLED = "cancelled before dispatch"
_MISDESCRIBED = "not as described"
_LATE = "late delivery"
_SOON = pd.Timedelta(days=8)
_TOUCHPOINTS = {
    "web": "web",
    "store": "store",
    "parcels": "delivery",
    "returned": "returns",
    "contacts": "service",
}
"""What ``encounters`` counts, as the journey calls it."""


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
    ``passages`` and ``customers``, counted as in ``encounters``: orders without a loyalty card are left out, as nobody
    knows whose they are; so are cancellations, which nobody has to send back. Raises as ``encounters``.
    """
    met = encounters(orders, transactions, returns, contacts, first, end)[list(_TOUCHPOINTS)].rename(
        columns=_TOUCHPOINTS
    )
    return pd.DataFrame({"passages": met.sum(), "customers": (met > 0).sum()}).rename_axis("touchpoint")


def encounters(
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    contacts: pd.DataFrame,
    first: Any,
    end: Any,
) -> pd.DataFrame:
    """What each known customer met from ``first`` to before ``end``: one row per customer, counts in the columns.

    Returns a frame indexed by ``customer_id`` with ``web`` and ``store`` (orders placed), ``parcels`` (delivered in the
    period, with a promised day) and ``late`` (of these, after that day), ``returned`` (credit notes, cancellations left
    out) and ``misdescribed`` (of these, with "not as described" as a reason), ``contacts`` and ``unresolved`` (of
    these, not settled). Who met nothing is not in it. Raises ``ValueError`` for missing columns or an empty period.
    """
    start, stop = _period(first, end)
    columns(orders, ["InvoiceNo", "customer_id", "place", "promised_on", "delivered_on"], "orders")
    columns(contacts, ["customer_id", "contacted_at", "resolved"], "contacts")
    known = _known(orders, transactions)
    bought = known[known["day"].between(start, stop, "left")]
    parcels = known[known["promised_on"].notna() & known["delivered_on"].between(start, stop, "left")]
    notes = _notes(returns, transactions, known, start, stop)
    asked = contacts[contacts["contacted_at"].between(start, stop, "left")]
    met = {
        "web": bought[bought["place"] == "web"],
        "store": bought[bought["place"] != "web"],
        "parcels": parcels,
        "late": parcels[parcels["delivered_on"] > parcels["promised_on"]],
        "returned": notes.drop_duplicates("credit_note"),
        "misdescribed": notes[notes["reason"] == _MISDESCRIBED].drop_duplicates("credit_note"),
        "contacts": asked,
        "unresolved": asked[~asked["resolved"]],
    }
    counts = {name: table["customer_id"].value_counts() for name, table in met.items()}
    return pd.DataFrame(counts).fillna(0).astype("int64").sort_index().rename_axis("customer_id")


def first_met(
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    contacts: pd.DataFrame,
    first: Any,
    end: Any,
    event: str,
    before: int = 365,
    after: int = 182,
) -> pd.DataFrame:
    """One passage of a touchpoint for each customer: was it bad, and what did the customer order before and after it?

    Parameters
    ----------
    orders, transactions, returns, contacts
        Tables as ``datasets.load_kettleholt`` returns them.
    first, end
        Days; the first passage of each known customer from ``first`` to before ``end`` is taken.
    event
        ``late parcel`` (the passage is a parcel with a promised day, on the day of its delivery), ``not as described``
        (an order, bad if goods of it came back for that reason) or ``unresolved contact`` (a contact).
    before, after
        Days to count orders in, the day of the passage itself left out.

    Returns a frame indexed by ``customer_id`` with ``day``, ``bad`` (true or false), ``before`` and ``after`` (numbers
    of orders). Orders before are known when the passage happens, so classes made of them can be compared
    (``effect_of``); orders counted in the same period as the event also hold what the customer did because of it.
    With one passage each, who passes more often is not more likely to be bad.

    Raises ``ValueError`` for an unknown event, a period without passages, missing columns, ``before`` or ``after``
    below 1, or orders that end before ``after`` days have passed for all.
    """
    start, stop = _period(first, end)
    if min(before, after) < 1:
        raise ValueError(f"before and after must be at least 1 day; got {before} and {after}.")
    columns(orders, ["InvoiceNo", "customer_id", "promised_on", "delivered_on"], "orders")
    columns(returns, ["InvoiceNo", "reason"], "returns")
    columns(contacts, ["customer_id", "contacted_at", "resolved"], "contacts")
    known = _known(orders, transactions)
    if event == "late parcel":
        passed = known[known["promised_on"].notna() & known["delivered_on"].notna()]
        passed = passed.assign(day=passed["delivered_on"], bad=passed["delivered_on"] > passed["promised_on"])
    elif event == "not as described":
        back = returns.loc[returns["reason"] == _MISDESCRIBED, "InvoiceNo"]
        passed = known.assign(bad=known["InvoiceNo"].isin(back))
    elif event == "unresolved contact":
        passed = contacts.assign(day=contacts["contacted_at"], bad=~contacts["resolved"].astype(bool))
    else:
        raise ValueError(f"event must be late parcel, not as described or unresolved contact; got {event!r}.")
    passed = passed[passed["day"].between(start, stop, "left")].sort_values("day", kind="stable")
    if passed.empty:
        raise ValueError(f"Nobody had what is needed for {event!r} from {start:%Y-%m-%d} to {stop:%Y-%m-%d}.")
    last = known["day"].max()
    if last < stop + pd.Timedelta(days=after - 1):
        raise ValueError(
            f"Orders end on {last:%Y-%m-%d}, less than after = {after} days past end: take an earlier end."
        )
    one = passed.drop_duplicates("customer_id").set_index("customer_id")[["day", "bad"]].sort_index()
    one["day"] = one["day"].dt.normalize()
    placed = known[["customer_id", "day"]].merge(one["day"].rename("at"), left_on="customer_id", right_index=True)
    since = (placed["day"] - placed["at"]).dt.days
    for name, inside in {"before": since.between(-before, -1), "after": since.between(1, after)}.items():
        count = placed.loc[inside, "customer_id"].value_counts()
        one[name] = count.reindex(one.index).fillna(0).astype("int64")
    return one


def bad_experiences(
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    contacts: pd.DataFrame,
    products: pd.DataFrame,
    activities: pd.DataFrame,
    first: Any,
    end: Any,
) -> pd.DataFrame:
    """Three things that go wrong at Kettleholt: whom they happen to, and what handling them costs in euros.

    Returns a frame indexed by ``late parcel``, ``not as described`` and ``unresolved contact`` with ``passing``
    (customers who had a parcel, an order, a contact), ``people`` (to whom it happened at least once), ``affected``
    (their share), ``events`` and ``handling`` (euros for each of ``people``):

    - late parcel: all contacts about late delivery, at the cost of an agent's minutes and follow-up;
    - not as described: taking the return back in the store or by post, and goods written off, without the lost sale;
    - unresolved contact: contacts about the same matter within a week, as far as unresolved ones are followed by more
      of them than resolved ones, at the mean cost of a contact. It is an effect only if the matters are alike.

    Raises as ``encounters``.
    """
    met = encounters(orders, transactions, returns, contacts, first, end)
    start, stop = _period(first, end)
    columns(activities, ["activity", "minutes", "cost_per_minute_eur", "outlay_eur"], "activities")
    columns(products, ["StockCode", "unit_cost_eur"], "products")
    each = activities.set_index("activity")
    each = each["minutes"] * each["cost_per_minute_eur"] + each["outlay_eur"]

    ordered = contacts.sort_values("contacted_at")
    following = ordered.groupby(["customer_id", "reason"])["contacted_at"].shift(-1)
    ordered = ordered.assign(
        again=following - ordered["contacted_at"] < _SOON,
        cost=each["answer contact"] * ordered["minutes"] + each["follow up contact"],
    )
    asked = ordered[ordered["contacted_at"].between(start, stop, "left")]
    more = asked.loc[~asked["resolved"], "again"].mean() - asked.loc[asked["resolved"], "again"].mean()

    back = _notes(returns, transactions, _known(orders, transactions), start, stop)
    back = back[back["reason"] == _MISDESCRIBED].merge(products[["StockCode", "unit_cost_eur"]], on="StockCode")
    lost = (back["Quantity"] * back["unit_cost_eur"])[~back["resaleable"]].sum()
    by_post = back.drop_duplicates("credit_note")["place"] == "web"
    handled = np.where(by_post, each["process return from the web"], each["process return in a store"]).sum()

    about_late = asked.loc[asked["reason"] == _LATE, "cost"].sum()
    asked_again = met["unresolved"].sum() * more * asked["cost"].mean()
    rows = {
        "late parcel": (met["parcels"], met["late"], about_late),
        "not as described": (met["web"] + met["store"], met["misdescribed"], lost + handled),
        "unresolved contact": (met["contacts"], met["unresolved"], asked_again),
    }
    table = pd.DataFrame.from_dict(
        {
            name: {
                "passing": int(((passed > 0) | (bad > 0)).sum()),
                "people": int((bad > 0).sum()),
                "events": int(bad.sum()),
                "handling": cost / max(1, (bad > 0).sum()),
            }
            for name, (passed, bad, cost) in rows.items()
        },
        orient="index",
    ).rename_axis("touchpoint")
    table.insert(2, "affected", table["people"] / table["passing"])
    return table.astype({"passing": "int64", "people": "int64", "events": "int64"})


def _period(first: Any, end: Any) -> tuple[pd.Timestamp, pd.Timestamp]:
    start, stop = day(first, "first"), day(end, "end")
    if stop <= start:
        raise ValueError(f"end must be after first; got {start:%Y-%m-%d} to {stop:%Y-%m-%d}.")
    return start, stop


def _known(orders: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    """Orders of known customers, with the day they were placed."""
    known = orders.dropna(subset=["customer_id"])
    days = known["InvoiceNo"].map(invoice_days(transactions))
    return known.assign(customer_id=known["customer_id"].astype("int64"), day=days)


def _notes(
    returns: pd.DataFrame, transactions: pd.DataFrame, known: pd.DataFrame, start: pd.Timestamp, stop: pd.Timestamp
) -> pd.DataFrame:
    """Returned lines of known customers in a period, with customer and place; cancellations are no returns."""
    columns(returns, ["InvoiceNo", "credit_note", "reason"], "returns")
    lines = returns[returns["reason"] != _CANCELLED]
    lines = lines.assign(day=lines["credit_note"].map(invoice_days(transactions)))
    lines = lines[lines["day"].between(start, stop, "left")]
    return lines.merge(known[["InvoiceNo", "customer_id", "place"]], on="InvoiceNo")
