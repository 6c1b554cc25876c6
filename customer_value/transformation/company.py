"""What Kettleholt's tables say about its own incentives: commission on gross sales, and a bonus for each contact.

The functions take the tables as ``datasets.load_kettleholt`` returns them. Sums are over all the days of the tables.
"""

import numpy as np
import pandas as pd

from customer_value._inputs import columns, one_whole

ADVISER = "store adviser"
_NOT_GOODS = ("POST", "SAMPLE")
_RETURN_IN_STORE = "process return in a store"
_BASES = ("sales", "net_sales", "margin", "contribution")


def adviser_results(
    employees: pd.DataFrame,
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    products: pd.DataFrame,
    activities: pd.DataFrame,
) -> pd.DataFrame:
    """What each store adviser sold, what came back and what stayed; one row for each, indexed by ``employee_id``.

    Columns: ``place`` (store), ``orders``, ``sales`` (gross, goods only), ``margin`` (on them), ``returned`` (at the
    prices paid), ``return_rate`` (of sales), ``net_sales``, ``lost`` (margin credited back and goods that cannot be
    sold again), ``handling`` (of the credit notes), ``contribution`` (margin less both), ``commission`` (as paid, on
    gross sales), and the adviser's place in the store by ``sales_rank`` and ``contribution_rank`` (1 is best). Euros.

    Sales without a loyalty card count, as commission is paid on them. A line posted twice counts once. Before the cost
    of advice, rent and salaries. Raises ``ValueError`` for missing columns.
    """
    columns(employees, ["employee_id", "role", "place", "commission"], "employees")
    columns(orders, ["InvoiceNo", "employee_id"], "orders")
    columns(returns, ["credit_note", "InvoiceNo", "StockCode", "Quantity", "resaleable"], "returns")
    columns(activities, ["activity", "minutes", "cost_per_minute_eur", "outlay_eur"], "activities")
    lines = _sold(transactions, products).merge(orders.dropna(subset=["employee_id"])[["InvoiceNo", "employee_id"]])
    staff = employees[employees["role"] == ADVISER].set_index("employee_id")
    sold = lines.groupby("employee_id").agg(
        orders=("InvoiceNo", "nunique"), sales=("value", "sum"), margin=("margin", "sum")
    )
    credit = _goods(transactions[transactions["InvoiceNo"].str.startswith("C")], products)
    notes = returns[["credit_note", "InvoiceNo"]].drop_duplicates().merge(orders[["InvoiceNo", "employee_id"]])
    notes = notes.dropna(subset=["employee_id"]).set_index("credit_note")["employee_id"]
    seller = credit["InvoiceNo"].map(notes)
    came = pd.DataFrame(
        {
            "returned": -credit["value"].groupby(seller).sum(),
            "credited": -credit["margin"].groupby(seller).sum(),
            "notes": credit["InvoiceNo"].groupby(seller).nunique(),
            "unsaleable": _unsaleable(returns, products).groupby(returns["credit_note"].map(notes)).sum(),
        }
    ).fillna(0.0)
    came["lost"] = came["credited"] + came["unsaleable"]
    table = staff[["place"]].join(sold, how="inner").join(came).fillna(dict.fromkeys(came, 0.0))
    table["return_rate"] = table["returned"] / table["sales"]
    table["net_sales"] = table["sales"] - table["returned"]
    table["handling"] = table["notes"] * _handling(activities)
    table["contribution"] = table["margin"] - table["lost"] - table["handling"]
    table["commission"] = table["sales"] * staff["commission"]
    stores = table.groupby("place")
    for name in ("sales", "contribution"):
        table[f"{name}_rank"] = stores[name].rank(ascending=False, method="first").astype("int64")
    table["orders"] = table["orders"].astype("int64")
    shown = ("place", "orders", "sales", "margin", "returned", "return_rate", "net_sales", "lost", "handling")
    return table[[*shown, "contribution", "commission", "sales_rank", "contribution_rank"]]


def repaid(results: pd.DataFrame, basis: str = "contribution") -> pd.DataFrame:
    """The same sum of commission shared out by another ``basis``, with everybody behaving as they did.

    ``results`` is of ``adviser_results``; ``basis`` is ``sales``, ``net_sales``, ``margin`` or ``contribution``.
    Returns ``place``, ``return_rate``, ``commission`` (as paid), ``repaid`` and ``change`` (euros) by adviser, the
    largest loss first. It says whom the basis favours, and nothing about what people would do if it were changed.
    """
    columns(results, ["place", "return_rate", "commission", *_BASES], "results")
    if basis not in _BASES:
        raise ValueError(f"basis must be one of {', '.join(_BASES)}; got {basis!r}.")
    counted = results[basis].clip(lower=0)
    if counted.sum() == 0:
        raise ValueError(f"Nobody has {basis} above 0: there is nothing to share by.")
    table = results[["place", "return_rate", "commission"]].copy()
    table["repaid"] = results["commission"].sum() * counted / counted.sum()
    table["change"] = table["repaid"] - table["commission"]
    return table.sort_values("change", kind="stable")


def later_value(
    orders: pd.DataFrame,
    transactions: pd.DataFrame,
    returns: pd.DataFrame,
    products: pd.DataFrame,
    days: int = 365,
) -> pd.DataFrame:
    """What each customer brought in the ``days`` after the first order that an adviser is credited with.

    Only customers whose ``days`` end within the tables. Returns a frame indexed by ``customer_id``: ``employee_id`` of
    that first adviser, ``first_returned`` (something of that order came back), ``bought_again`` and ``later_margin``
    (euros: margin of later orders of any place within these days, less the margin of what came back of them at any
    time, which goes back on the shelf at its cost). The order itself does not count.

    Customers are not given to advisers by lot. A difference between advisers is a question, not an effect.
    """
    columns(orders, ["InvoiceNo", "customer_id", "employee_id"], "orders")
    columns(returns, ["InvoiceNo", "StockCode", "Quantity"], "returns")
    span = pd.Timedelta(days=one_whole(days, "days", least=1))
    lines = _sold(transactions, products)
    back = returns.groupby(["InvoiceNo", "StockCode"])["Quantity"].sum()
    each = lines.groupby(["InvoiceNo", "StockCode"]).agg(
        day=("day", "first"), margin=("margin", "sum"), pieces=("Quantity", "sum")
    )
    came = back.reindex(each.index).fillna(0.0).clip(upper=each["pieces"])
    each["kept"] = each["margin"] * (1 - came / each["pieces"])
    each["back"] = came > 0
    invoices = each.groupby("InvoiceNo").agg(day=("day", "first"), kept=("kept", "sum"), back=("back", "any"))
    known = orders.dropna(subset=["customer_id"]).astype({"customer_id": "int64"})
    log = known[["InvoiceNo", "customer_id", "employee_id"]].merge(invoices, on="InvoiceNo")
    last = log["day"].max()
    advised = log.dropna(subset=["employee_id"]).sort_values(["day", "InvoiceNo"])
    first = advised.groupby("customer_id").first()
    first = first[first["day"] + span <= last]
    after = log.merge(first[["day", "InvoiceNo"]].add_suffix("_first"), left_on="customer_id", right_index=True)
    after = after[(after["day"] >= after["day_first"]) & (after["InvoiceNo"] != after["InvoiceNo_first"])]
    after = after[after["day"] <= after["day_first"] + span].groupby("customer_id")["kept"]
    return pd.DataFrame(
        {
            "employee_id": first["employee_id"],
            "first_returned": first["back"],
            "bought_again": first.index.isin(after.size().index),
            "later_margin": after.sum().reindex(first.index).fillna(0.0),
        }
    )


def agent_results(contacts: pd.DataFrame, employees: pd.DataFrame, days: int = 7) -> pd.DataFrame:
    """What each service agent closed and what of it was settled, indexed by ``employee_id``, the quickest first.

    Columns: ``contacts``, ``minutes`` (mean), ``resolved`` (share settled), ``again`` (share after which the same
    customer came back with the same reason within ``days``), ``bonus`` (euros, for every contact closed) and
    ``per_resolved`` (bonus for each one settled). Raises ``ValueError`` for missing columns.
    """
    columns(contacts, ["customer_id", "contacted_at", "reason", "employee_id", "minutes", "resolved"], "contacts")
    columns(employees, ["employee_id", "bonus_eur"], "employees")
    log = contacts.sort_values("contacted_at", kind="stable")
    following = log.groupby(["customer_id", "reason"])["contacted_at"].shift(-1)
    again = (following - log["contacted_at"]) < pd.Timedelta(days=one_whole(days, "days", least=1) + 1)
    table = (
        log.assign(again=again)
        .groupby("employee_id")
        .agg(
            contacts=("minutes", "size"),
            minutes=("minutes", "mean"),
            resolved=("resolved", "mean"),
            again=("again", "mean"),
            settled=("resolved", "sum"),
        )
    )
    table["bonus"] = table["contacts"] * employees.set_index("employee_id")["bonus_eur"].reindex(table.index)
    table["per_resolved"] = table["bonus"] / table["settled"].where(table["settled"] > 0, np.nan)
    return table.drop(columns="settled").sort_values("minutes", kind="stable")


def _sold(transactions: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Lines of goods sold, without credit notes."""
    columns(transactions, ["InvoiceNo"], "transactions")
    return _goods(transactions[~transactions["InvoiceNo"].str.startswith("C")], products)


def _goods(transactions: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Lines of goods, each once, with ``day``, ``value`` and ``margin``; below 0 on credit notes."""
    columns(transactions, ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"], "transactions")
    lines = transactions.drop_duplicates()
    lines = lines[~lines["StockCode"].isin(_NOT_GOODS)]
    value = lines["Quantity"] * lines["UnitPrice"]
    return lines[["InvoiceNo", "StockCode", "Quantity"]].assign(
        day=lines["InvoiceDate"].dt.normalize(),
        value=value,
        margin=value - lines["Quantity"] * _cost(lines["StockCode"], products),
    )


def _unsaleable(returns: pd.DataFrame, products: pd.DataFrame) -> pd.Series:
    """Cost of the goods of each returned line that cannot be sold again."""
    return (~returns["resaleable"]) * returns["Quantity"] * _cost(returns["StockCode"], products)


def _cost(codes: pd.Series, products: pd.DataFrame) -> pd.Series:
    columns(products, ["StockCode", "unit_cost_eur"], "products")
    cost = codes.map(products.set_index("StockCode")["unit_cost_eur"])
    if cost.isna().any():
        raise ValueError(f"products has no cost for {', '.join(sorted(codes[cost.isna()].unique()))}.")
    return cost


def _handling(activities: pd.DataFrame) -> float:
    """Euros for taking one return back in a store."""
    row = activities[activities["activity"] == _RETURN_IN_STORE]
    if row.empty:
        raise ValueError(f"activities lacks {_RETURN_IN_STORE}.")
    each = row.iloc[0]
    return float(each["minutes"] * each["cost_per_minute_eur"] + each["outlay_eur"])
