"""Logs made up for tests of own data: buyers as the BG/NBD model has them, and ways to spoil such a log."""

import numpy as np
import pandas as pd

from customer_value.own_data import Cleaned, Terms, clean, guess_mapping, read_table, to_log
from customer_value.own_data.files import Table

TERMS = Terms(margin=0.4, discount_rate=0.1, currency="EUR")


def buyers(
    customers: int = 600,
    *,
    days: int = 1_000,
    joining: int | None = None,
    seed: int = 5,
    season: float = 0.0,
    spend_by_rate: float = 0.0,
    later_rate: float = 1.0,
) -> pd.DataFrame:
    """A log with ``customer``, ``date`` and ``amount`` from 2021-01-01 on.

    Customers join evenly in the first ``joining`` days, buy about every 40 days and leave after a purchase with a
    chance of 10% on average. ``season`` makes purchases of summer likelier than those of winter to be kept,
    ``spend_by_rate`` lets those who buy often spend more, ``later_rate`` multiplies the rate of who joins later.
    """
    random = np.random.default_rng(seed)
    rows = []
    span = days if joining is None else joining
    for number in range(customers):
        start = random.uniform(0, span)
        speed = random.gamma(1.2, 1 / 48)
        speed *= later_rate if start > span / 2 else 1.0
        leaving, thrift = random.beta(1.0, 8.0), random.gamma(6.0, 1 / 5.0)
        at, worth = start, 40.0 * thrift * (1 + spend_by_rate * speed * 40)
        while at < days:
            strength = (1 + season * np.sin(2 * np.pi * (at - 90) / 365.25)) / (1 + season)
            if at == start or random.random() < strength:
                rows.append((f"C{number:05d}", at, random.gamma(4.0, worth / 4.0)))
            if at > start and random.random() < leaving:
                break
            at += random.exponential(1 / max(speed, 1e-9))
    log = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    log["date"] = pd.Timestamp("2021-01-01") + pd.to_timedelta(np.floor(log["date"]), unit="D")
    log["amount"] = log["amount"].round(2)
    return log.sort_values("date", kind="stable").reset_index(drop=True)


def cleaned(frame: pd.DataFrame, **options: object) -> Cleaned:
    """The log through mapping and cleaning, as from a Parquet file."""
    table = Table(frame.reset_index(drop=True), "log.parquet", "parquet", {})
    return clean(to_log(table, guess_mapping(table).mapping()), **options)


def through_csv(frame: pd.DataFrame, **options: object) -> Cleaned:
    """The log through a CSV file."""
    table = read_table(frame.to_csv(index=False).encode(), "log.csv")
    return clean(to_log(table, guess_mapping(table).mapping()), **options)
