"""Kettleholt's board in January 2025: what its managers wrote down, and what the company's tables say.

The managers' weights, the three proposals, the costs of a point and the rivals' scores are made up for teaching, as
the company is. Money is in thousands of euros where ``MoveAssumptions`` is, in euros elsewhere.
"""

from typing import Any

import pandas as pd

from customer_value._inputs import columns, day, one_whole
from customer_value.strategy.canvas import StrategyCanvas
from customer_value.strategy.disciplines import DISCIPLINES, MoveAssumptions, Weights, by_discipline
from customer_value.strategy.elements import ElementsMap

COMPANY = "Kettleholt"
BUDGET = 70.0
"""What the board will spend on a move, in thousands of euros of today."""
COSTS = MoveAssumptions(
    capital=by_discipline(2.0, 3.0, 1.5), running=by_discipline(0.3, 0.6, 0.7), released=0.5, years=5, discount_rate=0.1
)
"""What a point costs at Kettleholt, in thousands of euros."""
PROPOSALS = {
    "Coffee people": Weights(25, 25, 50),
    "Never late": Weights(60, 20, 20),
    "Roasting lab": Weights(30, 50, 20),
}
"""Where the three proposals would take the firm, by name."""
_MANAGERS = {
    "head of stores": (15, 35, 50),
    "head of web shop": (50, 40, 10),
    "head of logistics": (65, 25, 10),
    "head of service": (40, 15, 45),
    "head of marketing": (30, 60, 10),
}
_ASKED = ("price", "product", "store", "web", "delivery", "service", "returns")
_FACTORS = ("fair price", "product", "stores", "web shop", "delivery", "service", "returns")
_RIVALS = {
    "Supermarket": (8.5, 6.0, 4.0, 5.0, 5.0, 4.0, 5.0, 0.0),
    "Marketplace": (8.0, 7.0, 0.0, 9.0, 9.0, 6.0, 8.5, 0.0),
}
_CLUB = ("coffee club", 6.0)
_ELEMENTS = ("reduces cost", "quality", "sensory appeal", "simplifies", "saves time", "informs", "avoids hassles")
_CREDIT, _LATE = "C", "late delivery"


def managers() -> pd.DataFrame:
    """How five managers spread 100 points over the disciplines, each alone: one row for each."""
    return pd.DataFrame.from_dict(_MANAGERS, orient="index", columns=list(DISCIPLINES)).rename_axis("manager")


def today() -> Weights:
    """The mean of the managers' weights: the board's picture of the present."""
    return Weights(*managers().mean())


def touchpoint_scores(survey: pd.DataFrame) -> pd.Series:
    """Mean answer for each touchpoint, 1 to 10, of whoever answered; ``survey`` is of customers or of managers."""
    _needed(survey)
    return pd.Series({name: float(survey[f"{name}_score"].mean()) for name in _ASKED}, name="mean score")


def shares_of_eight(survey: pd.DataFrame) -> pd.Series:
    """Share of the answers that are 8 or more, for each touchpoint."""
    _needed(survey)
    shares = {name: float((survey[f"{name}_score"].dropna() >= 8).mean()) for name in _ASKED}
    return pd.Series(shares, name="share of 8 or more")


def canvas(survey: pd.DataFrame) -> StrategyCanvas:
    """Kettleholt against a supermarket and a marketplace; its own curve is from ``survey``, the rest is made up.

    A high score is good for the customer in every row, so that a high "fair price" is a low price.
    """
    own = (*(round(score, 1) for score in touchpoint_scores(survey)), _CLUB[1])
    return StrategyCanvas((*_FACTORS, _CLUB[0]), {COMPANY: own, **_RIVALS}, COMPANY)


def elements(survey: pd.DataFrame) -> ElementsMap:
    """The seven elements of value that come closest to the survey's questions, with their mean scores."""
    scores = touchpoint_scores(survey).round(1)
    return ElementsMap(COMPANY, dict(zip(_ELEMENTS, scores, strict=True)))


def gross_margin(transactions: pd.DataFrame, products: pd.DataFrame, returns: pd.DataFrame, year: int) -> float:
    """Euros earned on goods in a year: sales less credit notes, less the cost of goods that did not come back for sale.

    Rows that are equal in every column to an earlier one count once, as they were posted twice.
    """
    columns(transactions, ["InvoiceNo", "StockCode", "Quantity", "UnitPrice", "InvoiceDate"], "transactions")
    columns(products, ["StockCode", "unit_cost_eur"], "products")
    columns(returns, ["credit_note", "StockCode", "Quantity", "resaleable"], "returns")
    cost = products.set_index("StockCode")["unit_cost_eur"]
    log = transactions.drop_duplicates()
    log = log[log["InvoiceDate"].dt.year == one_whole(year, "year", least=1900)]
    if log.empty:
        raise ValueError(f"transactions has no rows of {year}.")
    sold = log[~log["InvoiceNo"].str.startswith(_CREDIT)]
    back = returns[returns["resaleable"] & returns["credit_note"].isin(log["InvoiceNo"])]
    net = (log["Quantity"] * log["UnitPrice"]).sum()
    spent = (sold["Quantity"] * sold["StockCode"].map(cost)).sum() - (
        back["Quantity"] * back["StockCode"].map(cost)
    ).sum()
    return float(net - spent)


def club_members(subscriptions: pd.DataFrame, on: Any) -> tuple[int, float]:
    """Members of the coffee club on a day, and what one of them earns a year: price less variable cost, in euros."""
    columns(subscriptions, ["price_eur", "cost_eur", "started_on", "ended_on"], "subscriptions")
    when = day(on, "on")
    there = subscriptions[
        (subscriptions["started_on"] <= when) & (subscriptions["ended_on"].isna() | (subscriptions["ended_on"] > when))
    ]
    if there.empty:
        raise ValueError(f"Nobody was in the club on {when:%Y-%m-%d}.")
    return len(there), float(12 * (there["price_eur"] - there["cost_eur"]).mean())


def late_parcels(orders: pd.DataFrame, customers: pd.DataFrame, year: int) -> pd.DataFrame:
    """Parcels promised in a year by country: how many, how many came ``late``, and their ``share``."""
    columns(orders, ["customer_id", "promised_on", "delivered_on"], "orders")
    columns(customers, ["customer_id", "country"], "customers")
    there = orders.dropna(subset=["customer_id", "promised_on", "delivered_on"])
    there = there[there["promised_on"].dt.year == one_whole(year, "year", least=1900)]
    country = there["customer_id"].map(customers.set_index("customer_id")["country"]).rename("country")
    late = (there["delivered_on"] > there["promised_on"]).groupby(country).agg(["size", "sum"])
    late.columns = ["parcels", "late"]
    return late.assign(share=late["late"] / late["parcels"])


def cost_of_lateness(contacts: pd.DataFrame, activities: pd.DataFrame, year: int) -> float:
    """Euros that the service team spent in a year on contacts about late deliveries."""
    columns(contacts, ["contacted_at", "reason", "minutes"], "contacts")
    columns(activities, ["activity", "minutes", "cost_per_minute_eur"], "activities")
    work = activities.set_index("activity")
    about = contacts[(contacts["reason"] == _LATE) & (contacts["contacted_at"].dt.year == year)]
    answer, follow = work.loc["answer contact"], work.loc["follow up contact"]
    talk = about["minutes"].sum() * answer["cost_per_minute_eur"]
    return float(talk + len(about) * follow["minutes"] * follow["cost_per_minute_eur"])


def _needed(survey: pd.DataFrame) -> None:
    columns(survey, [f"{name}_score" for name in _ASKED], "survey")
