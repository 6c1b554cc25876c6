"""The exploration of a use case whose uplift nobody knows yet: from which uplift on does it pay?

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from dataclasses import replace
from math import ceil, floor, isfinite

import ipywidgets

from customer_value import plots
from customer_value.own_data.memo import UseCase
from customer_value.own_data.terms import money
from customer_value.widgets import explore, slider


def which_uplift_pays(case: UseCase, margin: float, *, currency: str = "EUR") -> ipywidgets.VBox:
    """Which uplift must a use case have to pay for its cost, and what does it gain over its range?

    Parameters
    ----------
    case
        An ``own_data.UseCase`` that reaches somebody. Its reach, cost and range are where the sliders start; without a
        range that is nothing to twice its uplift.
    margin
        Share of sales, from 0.01 to 1, for a case without a margin of its own.
    currency
        Code or sign of the money.
    """
    if case.reach < 1:
        raise ValueError(f"{case.name!r} must reach at least one customer; got {case.reach:g}.")
    share = margin if case.margin is None else case.margin
    if not 0.01 <= share <= 1:
        raise ValueError(f"margin must be a share from 0.01 to 1; got {share:g}.")
    least = min(case.uplift, 0.0) if case.uplift_low is None else case.uplift_low
    most = max(2 * case.uplift, 1.0) if case.uplift_high is None else case.uplift_high
    top = max(1, ceil(2 * max(abs(least), abs(most))))
    step = (
        _fitting_step((least, most), 0.01, 0.25) if top <= 25 else _fitting_step((least, most), 0.25, ceil(top / 100))
    )
    people = max(1, round(case.reach))
    cheap, dear = min(0, 3 * floor(case.cost)), max(100, 3 * ceil(case.cost))

    def told(amount: float) -> str:
        return money(round(amount, 2), currency)

    def answer(reach: int, margin: int, cost: int, least: float, most: float) -> tuple[str, plots.Figure]:
        low, high = sorted((least, most))
        shown = replace(case, reach=reach, cost=cost, margin=margin / 100, uplift=low, uplift_low=low, uplift_high=high)
        even, gains = shown.break_even(margin / 100), [shown.gain(margin / 100, end) for end in (low, high)]
        if gains[0] >= 0:
            verdict = "It pays wherever in this range the truth lies: do it, and compare with a group drawn by lot."
        elif gains[1] <= 0:
            verdict = "It pays nowhere in this range: leave it, or find a cheaper way."
        else:
            verdict = (
                "The range holds both, so the uplift decides: test it on a part, drawn by lot, if a test can see that."
            )
        needs = f"It pays from an uplift of {told(even)} each." if isfinite(even) else "It reaches nobody."
        return (
            f"{case.name}: {needs} From {told(low)} to {told(high)} each it gains {told(gains[0])} to {told(gains[1])}."
            f" {verdict}",
            plots.uplift_line(shown, margin / 100, currency),
        )

    return explore(
        answer,
        reach=slider("Customers reached", people, 1, 3 * people, 1),
        margin=slider("Margin, %", round(100 * share, 1), 1, 100, _fitting_step((round(100 * share, 1),), 0.1, 1)),
        cost=slider(
            f"Cost in all, {currency}", round(case.cost), cheap, dear, _fitting_step((round(case.cost),), 1, 10)
        ),
        least=slider(f"Uplift each, at least, {currency}", least, -top / 2, top, step),
        most=slider(f"Uplift each, at most, {currency}", most, -top / 2, top, step),
    )


def _fitting_step(starts: tuple[float, ...], fine: float, coarse: float) -> float:
    """``coarse`` where a slider with it can stand at all its starts, else ``fine``."""
    return coarse if all(abs(start / coarse - round(start / coarse)) < 1e-9 for start in starts) else fine
