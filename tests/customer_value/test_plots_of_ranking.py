"""Figures of value per customer: readable, the same bytes each time, nothing cut off, and they refuse other tables."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots, ranking
from customer_value.spend import GammaGammaModel
from tests.customer_value import figure_checks

SPEND = GammaGammaModel.from_params(p=6.25, q=3.74, gamma=15.44)
GUESSES = {"CLV model": [9.0, 7, 5, 3, 1, 0, 2, 4], "RFM score": [3.0, 3, 2, 2, 1, 1, 1, 2], "hiatus": list(range(8))}
CAME = [300.0, 0, 120, 40, 0, 10, 0, 60]
RANGES = pd.DataFrame(
    {
        "expected": [7.0, 85.0],
        "low": [6.5, 83.0],
        "high": [7.5, 87.0],
        "worst": [0.0, 0.0],
        "best": [54.0, 235.0],
        "actual": [0.0, 164.0],
    },
    index=["none", "four repeat"],
)
MONTHS = pd.DataFrame({"expected": [10.0, 12, 14], "low": [10.0, 11, 13], "high": [10.0, 13, 15]}).rename_axis("month")


@functools.cache
def compared() -> pd.DataFrame:
    return ranking.compare_rankings(GUESSES, CAME, best=0.25, rounds=50)


def gains(**terms: float) -> pd.DataFrame:
    return ranking.list_gains(GUESSES, CAME, margin=0.3, cost=1.0, **terms)


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "expected spend": lambda: plots.expected_spend(SPEND, own=120),
    "expected spend of one": lambda: plots.expected_spend(SPEND, own=160, mark=(7, 90)),
    "ranges": lambda: plots.value_ranges(RANGES),
    "ranges without what came": lambda: plots.value_ranges(RANGES.drop(columns="actual").iloc[:1]),
    "futures": lambda: plots.value_futures(
        np.repeat([0.0, 12.0, 30.0, 64.0, 150.0], [40, 25, 20, 10, 5]), (24.0, 26.0)
    ),
    "futures of nobody": lambda: plots.value_futures(np.zeros(50), (0.0, 0.01)),
    "differences": lambda: plots.ranking_differences(compared()),
    "gains": lambda: plots.list_gains(gains(effect=0.1)),
    "gains of a long list": lambda: plots.list_gains(gains(effect=0.1), 8),
    "gains without effect": lambda: plots.list_gains(gains(effect=0.0), 2),
    "new customer": lambda: plots.new_customer_value(MONTHS, 12.5),
    "new customer too dear": lambda: plots.new_customer_value(MONTHS, 60),
}
test_figure = figure_checks.every(FIGURES)


def test_titles_state_what_the_tables_show() -> None:
    expected = SPEND.expected_customer_spend(pd.DataFrame({"frequency": [7], "monetary_value": [90.0]})).iloc[0]
    said = title(FIGURES["expected spend of one"]())
    assert said == f"After 7 repeat purchases at $90 the model expects {plots.money(expected)}"
    assert title(FIGURES["ranges"]()) == "Expected $6.50 to $7.50, and may bring $0 to $54"
    assert title(FIGURES["futures"]()) == "Expected $24 to $26, and nothing in 40% of futures"
    assert title(FIGURES["gains of a long list"]()).startswith("A list of 8 gains $7.90; the best length gains $11")
    assert title(FIGURES["new customer"]()) == "A new customer for $12 is paid back in month 2"
    assert title(FIGURES["new customer too dear"]()) == "A new customer for $60 is not paid back in 2 months"
    apart = ((compared()["difference_low"] > 0) | (compared()["difference_high"] < 0)).sum()
    word = {0: "None", 2: "All"}.get(apart, str(apart))
    assert title(FIGURES["differences"]()) == f"{word} of 2 lists differ from that of the CLV model by more than chance"


def title(figure: plots.Figure) -> str:
    return " ".join(figure._suptitle.get_text().split())


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (plots.value_ranges, compared),
        (plots.ranking_differences, lambda: RANGES),
        (plots.ranking_differences, lambda: ranking.compare_rankings({"one": CAME}, CAME, rounds=20)),
        (plots.list_gains, lambda: RANGES),
        (plots.value_ranges, lambda: pd.concat([RANGES] * 5)),
    ],
)
def test_other_tables_are_refused(draw: Callable[..., plots.Figure], table: Callable[[], pd.DataFrame]) -> None:
    with pytest.raises(ValueError, match="table"):
        draw(table())
