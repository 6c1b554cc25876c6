"""What one more customer brings after winning, serving and discounting: by calculator, mistake, channel and budget.

The functions about channels take the tables of the simulated company as ``datasets.load_kettleholt`` returns them, by
name; ``TABLES`` lists the names.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from customer_value._inputs import amount, columns, day, fraction, one_whole, single, within
from customer_value._periods import DAYS
from customer_value.clv import (
    Numbers,
    calculator_clv,
    customer_value,
    discount_rate_per_period,
    discounted_clv,
    lifespan_from_churn,
    retention_per_period,
    simple_clv,
)
from customer_value.clv._terms import like
from customer_value.strategy.company import customer_lines

TABLES = (
    "customers",
    "transactions",
    "products",
    "orders",
    "returns",
    "subscriptions",
    "contacts",
    "campaigns",
    "activities",
)

_CANCELLED = "cancelled before dispatch"
_NO_GOODS = ("POST", "SAMPLE")
_MAILINGS = {"spring catalogue": "send catalogue", "autumn voucher": "send voucher"}


def three_calculators(
    order_value: float,
    orders: float,
    margin: float,
    churn: float,
    discount_rate: float,
    acquisition_cost: float,
    years: float,
    *,
    periods_per_year: float = 12,
) -> pd.Series:
    """The same customer in the three calculators in use.

    Parameters
    ----------
    order_value, orders
        Money per order, orders per customer and period.
    margin
        Share of revenue left after goods and service.
    churn
        Share of customers lost per period, above 0.
    discount_rate
        Per **year**.
    acquisition_cost
        Money per customer won.
    years
        How long a customer stays, as typed into the second calculator.
    periods_per_year
        Periods in a year, 12 for months.

    Returns a Series with ``revenue`` (order value × orders / churn: revenue, nothing taken off), ``years`` (profit a
    year × years − acquisition cost) and ``discounted`` (``clv.discounted_clv``, the first margin a period from now).
    Raises ``ValueError`` as the functions of ``clv``.
    """
    rate = discount_rate_per_period(discount_rate, periods_per_year)
    profit = customer_value(order_value, orders) * fraction(margin, "margin", zero=True)
    return pd.Series(
        {
            "revenue": simple_clv(order_value, orders, lifespan_from_churn(churn)),
            "years": calculator_clv(profit * periods_per_year, years, acquisition_cost),
            "discounted": discounted_clv(profit, 1 - churn, rate, acquisition_cost=acquisition_cost),
        }
    )


def calculator_steps(
    order_value: float,
    orders: float,
    margin: float,
    churn: float,
    discount_rate: float,
    acquisition_cost: float,
    *,
    periods_per_year: float = 12,
) -> pd.DataFrame:
    """What lies between revenue × lifespan and the discounted value, one row per step.

    Arguments as in ``three_calculators``. Returns a DataFrame indexed by ``step`` with ``change`` (money, what the step
    adds; the first row is where it starts) and ``value`` (money after the step; the last is the discounted value).
    """
    rate = discount_rate_per_period(discount_rate, periods_per_year)
    share = fraction(margin, "margin", zero=True)
    profit = customer_value(order_value, orders) * share
    stay = 1 - churn
    values = {
        "Revenue × lifespan": simple_clv(order_value, orders, lifespan_from_churn(churn)),
        "Goods and service": simple_clv(order_value, orders, lifespan_from_churn(churn), margin=share),
        "First margin later": discounted_clv(profit, stay, 0.0),
        "Discounting": discounted_clv(profit, stay, rate),
        "Acquisition cost": discounted_clv(profit, stay, rate, acquisition_cost=acquisition_cost),
    }
    table = pd.DataFrame({"value": pd.Series(values)}).rename_axis("step")
    table.insert(0, "change", table["value"].diff().fillna(table["value"]))
    return table


def common_errors(
    revenue: float, margin: float, retention: float, discount_rate: float, acquisition_cost: float
) -> pd.Series:
    """The value of a customer done right, and with each of four common mistakes.

    ``revenue`` and ``margin`` are money per customer and year, ``retention`` and ``discount_rate`` per year,
    ``acquisition_cost`` money per customer won; the first margin comes a year from now.

    Returns a Series of money: ``right``; ``revenue for margin``; ``monthly retention, yearly margin`` (with the monthly
    rate that compounds to ``retention``); ``no discounting``; ``no acquisition cost``. Raises ``ValueError`` for a
    retention of 1, where the value without discounting is infinite, and as ``clv.discounted_clv``.
    """
    if single(retention, "retention") >= 1:
        raise ValueError("retention must be below 1: without discounting, customers who never leave have no value.")
    cost = amount(acquisition_cost, "acquisition_cost")
    monthly = retention_per_period(retention, 12)
    return pd.Series(
        {
            "right": discounted_clv(margin, retention, discount_rate, acquisition_cost=cost),
            "revenue for margin": discounted_clv(revenue, retention, discount_rate, acquisition_cost=cost),
            "monthly retention, yearly margin": discounted_clv(margin, monthly, discount_rate, acquisition_cost=cost),
            "no discounting": discounted_clv(margin, retention, 0.0, acquisition_cost=cost),
            "no acquisition cost": discounted_clv(margin, retention, discount_rate),
        }
    )


def cost_of_next_customer(average_cost: ArrayLike, response: ArrayLike) -> Numbers:
    """What one more customer costs where 1% more spending wins ``response`` per cent more: average / response.

    ``average_cost`` is money per customer won, ``response`` above 0 and at most 1. Number(s).
    """
    cost = within(average_cost, "average_cost", low=0)
    return like(cost / within(response, "response", above=0, high=1), average_cost, response)


def best_ratio(response: ArrayLike) -> Numbers:
    """The ratio of lifetime value to average acquisition cost at which profit is highest: 1 / response.

    At that spending the next customer costs exactly the lifetime value; beyond it each one loses money, below it money
    is left. ``response`` as in ``cost_of_next_customer``; at 1 every customer costs the
    same, no budget is best and the 1 given back is only the limit. Number(s).

    Source: the first-order condition of Dorfman & Steiner (1954), American Economic Review 44(5), 826–836, for one
    product of given price, with lifetime value for the margin.
    """
    return like(1 / within(response, "response", above=0, high=1), response)


def best_budget(lifetime_value: float, *, now_spend: float, now_won: float, response: float) -> float:
    """The budget at which the next customer costs exactly the lifetime value, money.

    now_spend × (response × lifetime value × now_won / now_spend)^(1 / (1 − response)). Arguments as in
    ``acquisition_plan``, with ``response`` below 1: at 1 the next customer always costs the same.
    """
    value, share = amount(lifetime_value, "lifetime_value"), fraction(response, "response", one=False)
    start, people = (float(within(at, name, above=0)) for at, name in ((now_spend, "now_spend"), (now_won, "now_won")))
    return start * (share * value * people / start) ** (1 / (1 - share))


def acquisition_plan(
    spend: ArrayLike, lifetime_value: float, *, now_spend: float, now_won: float, response: float
) -> pd.DataFrame:
    """Customers won and profit at each ``spend``, from today's point and a constant response.

    won = now_won × (spend / now_spend)^response.

    Parameters
    ----------
    spend
        Budgets to try, money above 0, shape (n,).
    lifetime_value
        Money per customer before acquisition cost, the same for each customer won.
    now_spend, now_won
        Today's budget and the customers it wins.
    response
        As in ``cost_of_next_customer``.

    Returns a DataFrame indexed by ``spend`` with ``won``, ``average_cost``, ``next_cost``, ``ratio`` (lifetime value
    over average cost) and ``profit`` (lifetime value × won − spend).
    """
    budget = np.atleast_1d(within(spend, "spend", above=0))
    start, people = within(now_spend, "now_spend", above=0), within(now_won, "now_won", above=0)
    value = amount(lifetime_value, "lifetime_value")
    won = people * (budget / start) ** within(response, "response", above=0, high=1)
    average = budget / won
    return pd.DataFrame(
        {
            "won": won,
            "average_cost": average,
            "next_cost": cost_of_next_customer(average, response),
            "ratio": value / average,
            "profit": value * won - budget,
        },
        index=pd.Index(budget, name="spend"),
    )


def contribution_lines(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Everything each known customer brought and cost, by day, except winning them.

    ``tables`` has at least the frames named in ``TABLES``. Returns ``customer_id``, ``day``, ``line`` and ``amount``
    (euros, costs below 0). Lines: ``margin`` (goods, postage and the coffee club, net of what came back),
    ``write-offs`` (returned pieces that cannot be sold again), ``orders`` (taking, packing, advising, payment),
    ``returns`` (handling them), ``service`` (contacts) and ``account`` (keeping the account, mailings). Minutes are
    charged at ``activities``' cost of a minute, so they count as saved where a customer is missing.

    Raises ``ValueError`` for a table or column that is missing.
    """
    if missing := [name for name in TABLES if name not in tables]:
        raise ValueError(f"tables lacks {', '.join(missing)}; load each with datasets.load_kettleholt.")
    columns(tables["orders"], ["InvoiceNo", "customer_id", "place"], "orders")
    columns(tables["returns"], ["credit_note", "InvoiceNo", "StockCode", "Quantity", "reason", "resaleable"], "returns")
    columns(tables["contacts"], ["customer_id", "contacted_at", "minutes"], "contacts")
    columns(tables["campaigns"], ["campaign", "customer_id", "arm", "sent_on"], "campaigns")
    columns(tables["activities"], ["activity", "minutes", "cost_per_minute_eur", "outlay_eur"], "activities")
    goods = customer_lines(tables["transactions"], tables["products"], tables["subscriptions"])
    activities = tables["activities"]
    each = activities["minutes"] * activities["cost_per_minute_eur"] + activities["outlay_eur"]
    cost = dict(zip(activities["activity"], each, strict=True))
    log = tables["transactions"].drop_duplicates()
    days = log.groupby("InvoiceNo")["InvoiceDate"].first().dt.normalize()
    parts = [
        goods.assign(line="margin", amount=goods["margin"]),
        _orders(tables["orders"], log, days, cost),
        *_returns(tables["returns"], tables["orders"], tables["products"], days, cost),
        _service(tables["contacts"], cost),
        _accounts(tables["customers"], goods["day"].max(), cost),
        _mailings(tables["campaigns"], cost),
    ]
    lines = pd.concat([part[["customer_id", "day", "line", "amount"]] for part in parts], ignore_index=True)
    return lines.astype({"customer_id": "int64"})


def _orders(orders: pd.DataFrame, log: pd.DataFrame, days: pd.Series, cost: dict[str, float]) -> pd.DataFrame:
    known = orders.dropna(subset=["customer_id"])
    web = known["place"] == "web"
    picked = log[~log["StockCode"].isin(_NO_GOODS)].groupby("InvoiceNo").size()
    count = known["InvoiceNo"].map(picked).fillna(0)
    by_web = cost["take web order"] + cost["pick and pack order"] + cost["ship parcel"] + count * cost["pick line"]
    in_store = cost["advise and check out"] + count * cost["check out line"]
    charged = by_web.where(web, in_store) + cost["take payment"]
    return known.assign(day=known["InvoiceNo"].map(days), line="orders", amount=-charged)


def _returns(
    returns: pd.DataFrame, orders: pd.DataFrame, products: pd.DataFrame, days: pd.Series, cost: dict[str, float]
) -> list[pd.DataFrame]:
    back = returns.merge(orders[["InvoiceNo", "customer_id", "place"]], on="InvoiceNo").dropna(subset=["customer_id"])
    back["day"] = back["credit_note"].map(days)
    unit_cost = back["StockCode"].map(products.set_index("StockCode")["unit_cost_eur"])
    cancelled = back["reason"] == _CANCELLED
    lost = (back["Quantity"] * unit_cost).where(~cancelled & ~back["resaleable"], 0.0)
    handled = back.drop_duplicates("credit_note")
    by_place = np.where(
        handled["place"] == "web", cost["process return from the web"], cost["process return in a store"]
    )
    charged = np.where(handled["reason"] == _CANCELLED, cost["cancel order before dispatch"], by_place)
    return [back.assign(line="write-offs", amount=-lost), handled.assign(line="returns", amount=-charged)]


def _service(contacts: pd.DataFrame, cost: dict[str, float]) -> pd.DataFrame:
    charged = contacts["minutes"] * cost["answer contact"] + cost["follow up contact"]
    return contacts.assign(day=contacts["contacted_at"].dt.normalize(), line="service", amount=-charged)


def _accounts(customers: pd.DataFrame, last: pd.Timestamp, cost: dict[str, float]) -> pd.DataFrame:
    """The yearly cost of an account, from the first purchase on."""
    columns(customers, ["customer_id", "acquired_on", "channel", "cac_eur"], "customers")
    years, start = [], customers["acquired_on"]
    for year in range(int((last - start.min()).days / DAYS["year"]) + 1):
        years.append(customers[["customer_id"]].assign(day=start + pd.DateOffset(years=year)))
    due = pd.concat(years)
    return due[due["day"] <= last].assign(line="account", amount=-cost["keep account"])


def _mailings(campaigns: pd.DataFrame, cost: dict[str, float]) -> pd.DataFrame:
    sent = campaigns[campaigns["arm"].isin(("mailed", "sent"))]
    charged = sent["campaign"].map({name: cost[activity] for name, activity in _MAILINGS.items()})
    return sent.assign(day=sent["sent_on"], line="account", amount=-charged)


def channels(
    tables: Mapping[str, pd.DataFrame],
    lines: pd.DataFrame,
    *,
    first: Any,
    end: Any,
    months: int = 24,
    discount_rate: float = 0.0,
) -> pd.DataFrame:
    """What a customer won in each channel costs and brings, everybody followed for the same time.

    Parameters
    ----------
    tables, lines
        The company's tables, and the result of ``contribution_lines`` for them.
    first, end
        Customers count who were won from ``first`` to before ``end``; all of them must be seen for ``months``.
    months
        Months followed, of 365.25 / 12 days, from each customer's first purchase.
    discount_rate
        Per year; amounts are discounted to the day of the first purchase.

    Returns a DataFrame indexed by ``channel``, per customer won and in euros unless said:

    - ``customers``: how many were won;
    - ``booked``: acquisition cost as marketing books it; ``gifts``: welcome gifts of the coffee club; ``cost``: both;
    - ``discount``: what the goods of the first order were sold below list price. It is **not** in ``cost``: the
      margin of the first order is already lower by it;
    - one column for each line of ``lines``; ``contribution``: their sum;
    - ``after_cost``: contribution less ``cost``; ``se``: its standard error, what chance in who was won makes of it;
      ``ratio``: contribution over ``cost``;
    - ``payback``: the month by whose end the mean customer's contribution has reached ``cost``, infinite if it has not.

    Raises ``ValueError`` when nobody was won in the period or somebody cannot be followed for ``months``.
    """
    people = _won(tables["customers"], lines, first, end, months)
    seen = _followed(people, lines, months, discount_rate)
    mean = seen.pivot_table(index="channel", columns="line", values="amount", aggfunc="sum").fillna(0.0)
    count = people["channel"].value_counts()
    per_head = mean.div(count, axis=0)
    gifts = _gifts(tables["subscriptions"], people, months)
    table = pd.DataFrame(
        {
            "customers": count,
            "booked": people.groupby("channel")["cac_eur"].mean(),
            "gifts": gifts.groupby(people["channel"]).mean(),
            "discount": _first_discount(tables, people).groupby(people["channel"]).mean(),
        }
    ).rename_axis("channel")
    table["cost"] = table["booked"] + table["gifts"]
    table = table.join(per_head)
    table["contribution"] = per_head.sum(axis=1)
    table["after_cost"] = table["contribution"] - table["cost"]
    own = seen.groupby("customer_id")["amount"].sum().reindex(people.index).fillna(0.0) - people["cac_eur"] - gifts
    table["se"] = own.groupby(people["channel"]).sem()
    table["ratio"] = table["contribution"] / table["cost"]
    course = _course(seen, people, months).sub(table["cost"], axis=0)
    reached = course.ge(0.0)
    table["payback"] = reached.idxmax(axis=1).astype(float).where(reached.any(axis=1), np.inf)
    return table.sort_values("after_cost", ascending=False)


def channel_course(
    tables: Mapping[str, pd.DataFrame],
    lines: pd.DataFrame,
    *,
    first: Any,
    end: Any,
    months: int = 24,
    discount_rate: float = 0.0,
) -> pd.DataFrame:
    """Contribution less acquisition cost per customer won, added up month by month since the first purchase.

    Arguments as in ``channels``. Returns a DataFrame with a row per channel, the best at the end first, and a column
    for the end of each month: 0 (the cost alone), 1, …, ``months``.
    """
    people = _won(tables["customers"], lines, first, end, months)
    cost = people["cac_eur"] + _gifts(tables["subscriptions"], people, months)
    course = _course(_followed(people, lines, months, discount_rate), people, months)
    course = course.sub(cost.groupby(people["channel"]).mean(), axis=0)
    return course.sort_values(months, ascending=False)


def _won(customers: pd.DataFrame, lines: pd.DataFrame, first: Any, end: Any, months: int) -> pd.DataFrame:
    columns(customers, ["customer_id", "acquired_on", "channel", "cac_eur"], "customers")
    columns(lines, ["customer_id", "day", "line", "amount"], "lines")
    count = one_whole(months, "months", least=1)
    start, stop = day(first, "first"), day(end, "end")
    people = customers[(customers["acquired_on"] >= start) & (customers["acquired_on"] < stop)]
    if people.empty:
        raise ValueError(f"Nobody was won from {start.date()} to before {stop.date()}.")
    seen_until = lines["day"].max() - pd.Timedelta(days=count * DAYS["month"] - 1)
    if (late := int((people["acquired_on"] > seen_until).sum())) > 0:
        raise ValueError(
            f"{late} of {len(people)} customers cannot be followed for {count} months, the log ends on"
            f" {lines['day'].max().date()}. Choose an earlier end or fewer months."
        )
    return people.set_index("customer_id")


def _followed(people: pd.DataFrame, lines: pd.DataFrame, months: int, discount_rate: float) -> pd.DataFrame:
    """The lines of these people within their first ``months``, with ``channel``, ``month`` and discounted amounts."""
    rate = fraction(discount_rate, "discount_rate", zero=True)
    own = lines[lines["customer_id"].isin(people.index)]
    age = (own["day"] - own["customer_id"].map(people["acquired_on"])).dt.days.clip(lower=0)
    month = np.floor(age / DAYS["month"]).astype(int) + 1
    present = own["amount"] * (1 + rate) ** (-age / DAYS["year"])
    seen = own.assign(channel=own["customer_id"].map(people["channel"]), month=month, amount=present)
    return seen[month <= months]


def _course(seen: pd.DataFrame, people: pd.DataFrame, months: int) -> pd.DataFrame:
    by_month = seen.pivot_table(index="channel", columns="month", values="amount", aggfunc="sum").fillna(0.0)
    by_month = by_month.reindex(columns=range(months + 1), fill_value=0.0)
    return by_month.cumsum(axis=1).div(people["channel"].value_counts(), axis=0).rename_axis("channel")


def _gifts(subscriptions: pd.DataFrame, people: pd.DataFrame, months: int) -> pd.Series:
    columns(subscriptions, ["customer_id", "started_on", "welcome_gift_eur"], "subscriptions")
    own = subscriptions[subscriptions["customer_id"].isin(people.index)]
    age = (own["started_on"] - own["customer_id"].map(people["acquired_on"])).dt.days
    within_time = own[age < months * DAYS["month"]]
    return within_time.groupby("customer_id")["welcome_gift_eur"].sum().reindex(people.index).fillna(0.0)


def _first_discount(tables: Mapping[str, pd.DataFrame], people: pd.DataFrame) -> pd.Series:
    """What each of ``people`` paid below list price for the goods of their first order; 0 if above."""
    log = tables["transactions"].drop_duplicates().dropna(subset=["CustomerID"])
    goods = log[~log["StockCode"].isin(_NO_GOODS) & (log["Quantity"] > 0) & log["CustomerID"].isin(people.index)]
    # Invoices are numbered in order of time.
    first = goods.groupby("CustomerID")["InvoiceNo"].transform("min")
    goods = goods[goods["InvoiceNo"] == first]
    listed = goods["StockCode"].map(tables["products"].set_index("StockCode")["list_price_eur"]).astype(float)
    below = (goods["Quantity"] * (listed - goods["UnitPrice"])).groupby(goods["CustomerID"].astype("int64")).sum()
    return below.clip(lower=0.0).reindex(people.index).fillna(0.0)
