"""Figures of a company's own data: readable, the same bytes each time, nothing cut off, in its currency."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots
from tests.customer_value import figure_checks

TIERS = pd.DataFrame(
    {
        "name": ["best 10%", "next 20%", "next 30%", "other 40%"],
        "customers": [433, 864, 1296, 1728],
        "value": [4.45e6, 2.04e6, 1.62e6, 1.0e6],
        "low": [4.3e6, 1.9e6, 1.5e6, 0.9e6],
        "high": [4.6e6, 2.1e6, 1.7e6, 1.1e6],
    },
    index=pd.Index([1, 2, 3, 4], name="tier"),
)


def daily(days: int, start: str = "2022-01-01") -> pd.DataFrame:
    index = pd.date_range(start, periods=days, name="day")
    return pd.DataFrame({"money": 1_000 + 300 * np.sin(np.arange(days) / 40)}, index=index)


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "tiers": lambda: plots.value_by_tier(TIERS, "EUR"),
    "tiers in kroner": lambda: plots.value_by_tier(TIERS, "SEK"),
    "one tier": lambda: plots.value_by_tier(TIERS.head(1).assign(name="all"), "£"),
    "sales": lambda: plots.sales_by_month(daily(1_000), "EUR", pd.Timestamp("2024-03-10")),
    "sales of a few months": lambda: plots.sales_by_month(daily(100, "2022-01-15"), "CHF", pd.Timestamp("2022-02-10")),
    "sales of a month": lambda: plots.sales_by_month(daily(20), "USD"),
    "sales of many years": lambda: plots.sales_by_month(daily(4_000, "2012-01-01"), "EUR"),
}
test_figure = figure_checks.every(FIGURES)


def title(figure: plots.Figure) -> str:
    return figure._suptitle.get_text().replace("\n", " ")


def test_titles_state_what_was_found() -> None:
    assert title(plots.value_by_tier(TIERS, "EUR")) == "The best 10% of customers hold 49% of €9.11m still to come"
    figure = plots.sales_by_month(daily(1_000), "CHF")
    assert title(figure).startswith("Sales of 21k CHF to 40k CHF a month; most in")


def test_figures_refuse_what_they_cannot_show() -> None:
    with pytest.raises(ValueError, match="tiers lacks"):
        plots.value_by_tier(TIERS.drop(columns="low"), "EUR")
    with pytest.raises(ValueError, match="daily lacks"):
        plots.sales_by_month(pd.DataFrame({"rows": [1]}), "EUR")
