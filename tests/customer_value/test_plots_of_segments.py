"""Figures of segments: readable, the same bytes each time, nothing cut off."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import plots
from customer_value.segments import best_lists, confusion_from_rates, cutoff_table, value_tiers
from customer_value.transactions import cohort_table, rfm_scores
from tests.customer_value import figure_checks
from tests.customer_value.test_widgets_of_segments import brought, chance, log, rfm

GROSS = pd.Series(np.linspace(1000, 100, 60), index=range(60))
NET = GROSS.where(GROSS.index % 5 > 0, GROSS / 4)

FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "list_after_returns": lambda: plots.list_after_returns(GROSS, NET, best_lists(GROSS, NET, 20)),
    "score_sizes": lambda: plots.score_sizes(rfm()),
    "score_sizes of two bins": lambda: plots.score_sizes(rfm_scores(log(), bins=2)),
    "score_sizes, split": lambda: plots.score_sizes(rfm_scores(log(), bins=9, ties="split")),
    "tier_map": lambda: plots.tier_map(rfm(), value_tiers(rfm(), 3), names={1: "regulars", 2: "others", 3: "once"}),
    "tier_map of seven": lambda: plots.tier_map(rfm(), value_tiers(rfm(), 7)),
    "cohort_heat_map": lambda: plots.cohort_heat_map(cohort_table(log(), period="quarter")),
    "cohort_heat_map by month": lambda: plots.cohort_heat_map(cohort_table(log())),
    "calls_in_money": lambda: plots.calls_in_money(confusion_from_rates(3000, 0.64, 0.9, 0.93), 12, 18),
    "cutoff_money": lambda: plots.cutoff_money(
        cutoff_table(chance(), brought(), low_below=20, saving=12, loss_share=0.25), 0.8
    ),
    "cutoff_money, a loss": lambda: plots.cutoff_money(
        cutoff_table(chance(), brought(), low_below=20, saving=2, loss_share=0.8), 0.0
    ),
}
test_figure = figure_checks.every(FIGURES)


def test_titles_state_what_was_found() -> None:
    lists = best_lists(GROSS, NET, 20)
    title = plots.list_after_returns(GROSS, NET, lists)._suptitle.get_text().replace("\n", " ")
    assert title == f"{len(lists.fall_off)} of the best 20 fall off once returns are taken out"
    calls = plots.calls_in_money(confusion_from_rates(1000, 0.5, 0.8, 0.5), 10, 2)
    assert calls._suptitle.get_text().replace("\n", " ") == "Precision 80%, recall 50%: worth +€2,375"


def test_figures_refuse_what_they_cannot_show() -> None:
    with pytest.raises(ValueError, match="Nobody falls off"):
        plots.list_after_returns(GROSS, GROSS, best_lists(GROSS, GROSS, 20))
    with pytest.raises(ValueError, match="must hold shares"):
        plots.cohort_heat_map(cohort_table(log(), "customers", period="quarter"))
    with pytest.raises(ValueError, match="At most 7"):
        plots.tier_map(rfm(), value_tiers(rfm(), 8))
