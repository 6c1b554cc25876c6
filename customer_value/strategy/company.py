"""Kettleholt's uses of the next euro: what customers won in each channel and kept in each tier bring.

The functions take the tables as ``datasets.load_kettleholt`` returns them.
"""

import pandas as pd

from customer_value._inputs import columns, one_whole
from customer_value.strategy.next_euro import KEEP, WIN

TIERS = ("best fifth", "next 30%", "other half")

_YEAR = 365


def customer_lines(transactions: pd.DataFrame, products: pd.DataFrame, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """What known customers bought and paid: invoice lines, and the monthly charges of the coffee club.

    Returns ``customer_id``, ``day``, ``bought`` (false for credit notes) and ``margin`` in euros: pieces × (price paid
    less cost of goods), or the club's monthly price less its cost. A line posted twice counts once. What comes back is
    credited at the price paid and goes back on the shelf at its cost, which flatters customers who return a lot.
    Charges run up to the last day of ``transactions``. Raises ``ValueError`` for missing columns and for products
    without a cost.
    """
    columns(
        transactions, ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], "transactions"
    )
    columns(products, ["StockCode", "unit_cost_eur"], "products")
    columns(subscriptions, ["customer_id", "price_eur", "cost_eur", "started_on", "ended_on"], "subscriptions")
    lines = transactions.dropna(subset=["CustomerID"]).drop_duplicates()
    cost = lines["StockCode"].map(products.set_index("StockCode")["unit_cost_eur"])
    if cost.isna().any():
        raise ValueError(f"products has no cost for {', '.join(sorted(lines.loc[cost.isna(), 'StockCode'].unique()))}.")
    goods = pd.DataFrame(
        {
            "customer_id": lines["CustomerID"].astype("int64"),
            "day": lines["InvoiceDate"].dt.normalize(),
            "bought": ~lines["InvoiceNo"].str.startswith("C"),
            "margin": lines["Quantity"] * (lines["UnitPrice"] - cost),
        }
    )
    return pd.concat([goods, _charges(subscriptions, goods["day"].max())], ignore_index=True)


def _charges(subscriptions: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """One row for each month that a subscription was charged: on the day it started and monthly until it ended."""
    rows = []
    running, month = subscriptions, 0
    while len(running):
        due = running["started_on"] + pd.DateOffset(months=month)
        running = running[(due <= last) & (running["ended_on"].isna() | (due < running["ended_on"]))]
        rows.append(
            pd.DataFrame(
                {
                    "customer_id": running["customer_id"].astype("int64"),
                    "day": due[running.index],
                    "bought": True,
                    "margin": running["price_eur"] - running["cost_eur"],
                }
            )
        )
        month += 1
    return pd.concat(rows)


def kettleholt_uses(
    customers: pd.DataFrame,
    transactions: pd.DataFrame,
    products: pd.DataFrame,
    subscriptions: pd.DataFrame,
    year: int = 2024,
) -> pd.DataFrame:
    """Winning a customer in each channel, and keeping one of each tier, as the log up to the end of ``year`` shows.

    Returns a frame indexed by ``use`` (the five channels, then ``TIERS``) with

    - ``kind``: ``"win"`` or ``"keep"``;
    - ``people``: customers won in the channel in ``year``, or in the tier;
    - ``booked``: mean euros to win one in ``year``, as marketing books it, and ``cost``: the same with the welcome
      gifts of the coffee club; both missing for tiers;
    - ``margin``: euros in a year. Channels: the first 365 days of those won two years before. Tiers: what those of
      the year before who did buy again brought in ``year``;
    - ``leaving``: share who bought nothing in the next 365 days (channels) or in ``year`` (tiers).

    Tiers are of the customers who bought in the year before, ranked by their margin then: chosen by one year, measured
    in the next. Raises ``ValueError`` for missing columns and years that the tables do not hold.
    """
    last = one_whole(year, "year")
    columns(customers, ["customer_id", "acquired_on", "channel", "cac_eur"], "customers")
    columns(subscriptions, ["welcome_gift_eur"], "subscriptions")
    lines = customer_lines(transactions, products, subscriptions)
    won = customers["acquired_on"].dt.year
    if not (won == last).any() or not (won == last - 2).any():
        raise ValueError(f"customers must hold people won in {last} and in {last - 2}; it has {won.min()}–{won.max()}.")
    gifts = customers["customer_id"].map(subscriptions.groupby("customer_id")["welcome_gift_eur"].sum()).fillna(0.0)
    latest = customers.assign(cost=customers["cac_eur"] + gifts)[won == last]
    return pd.concat([_channels(customers[won == last - 2], latest, lines), _tiers(lines, last)]).rename_axis("use")


def _channels(earlier: pd.DataFrame, latest: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    own = lines.merge(earlier[["customer_id", "acquired_on"]], on="customer_id")
    age = (own["day"] - own["acquired_on"]).dt.days
    first = own[age < _YEAR].groupby("customer_id")["margin"].sum()
    again = own.loc[own["bought"] & (age >= _YEAR) & (age < 2 * _YEAR), "customer_id"].unique()
    people = earlier.assign(
        margin=earlier["customer_id"].map(first).fillna(0.0), leaving=~earlier["customer_id"].isin(again)
    )
    seen = people.groupby("channel")[["margin", "leaving"]].mean()
    paid = latest.groupby("channel").agg(people=("cost", "size"), booked=("cac_eur", "mean"), cost=("cost", "mean"))
    return paid.assign(kind=WIN).join(seen, how="inner")[["kind", "people", "booked", "cost", "margin", "leaving"]]


def _tiers(lines: pd.DataFrame, year: int) -> pd.DataFrame:
    before, after = (lines[lines["day"].dt.year == when] for when in (year - 1, year))
    buyers = before.loc[before["bought"], "customer_id"].unique()
    margin = before.groupby("customer_id")["margin"].sum().reindex(buyers)
    place = margin.rank(ascending=False, method="first") / len(margin)
    tier = pd.cut(place, [0.0, 0.2, 0.5, 1.0], labels=list(TIERS))
    stayed = pd.Series(margin.index.isin(after.loc[after["bought"], "customer_id"]), margin.index)
    later = after.groupby("customer_id")["margin"].sum().reindex(margin.index).fillna(0.0)
    rows = {
        name: {
            "kind": KEEP,
            "people": int((tier == name).sum()),
            "booked": float("nan"),
            "cost": float("nan"),
            "margin": float(later[(tier == name) & stayed].mean()),
            "leaving": float(1 - stayed[tier == name].mean()),
        }
        for name in TIERS
    }
    return pd.DataFrame.from_dict(rows, orient="index")
