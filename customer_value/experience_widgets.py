"""The explorations of customer experience: what the net promoter score hides, and what mending a touchpoint pays.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

import ipywidgets
import pandas as pd

from customer_value import plots
from customer_value.experience.gap import normal_quantile
from customer_value.experience.nps import scores_of_mean
from customer_value.experience.priorities import priorities
from customer_value.plots.currency import euros
from customer_value.widgets import explore, slider


def same_mean(mean: float = 8.0) -> ipywidgets.VBox:
    """How far apart can two net promoter scores be if the mean answer is the same?"""

    def answer(mean: float) -> tuple[str, plots.Figure]:
        # Steps of a slider are not exact tenths.
        extremes = scores_of_mean(round(mean, 1))
        return (
            f"Answers with a mean of {extremes.mean:g} can give any score from {extremes.low:.0f} to"
            f" {extremes.high:.0f}: {extremes.high - extremes.low:.0f} points lie between them.".replace("-", "−"),
            plots.same_mean(extremes),
        )

    return explore(answer, mean=slider("Mean answer, 0 to 10", mean, 0, 10, 0.1))


def mending(touchpoints: pd.DataFrame, fixable: int | None = None, margin: float | None = None) -> ipywidgets.VBox:
    """Which touchpoint pays first, and how many lost orders would it take to change that?

    ``touchpoints`` is as for ``experience.priorities``. The first control moves the orders that a bad experience costs
    from the estimate to the upper end of its 95% interval; the second scales ``fixable`` (per cent of the table's, 100
    at the start, or set for all by ``fixable``); the third replaces ``margin`` (euros, at the start the table's mean).
    """
    usual = round(float(touchpoints["margin"].mean() if margin is None else margin), 1)
    spared = touchpoints["fixable"] if fixable is None else fixable / 100
    error = touchpoints.get("loss_se", 0.0)

    def answer(worst: int, spared_part: int, margin: float) -> tuple[str, plots.Figure]:
        table = priorities(
            touchpoints.assign(
                fixable=spared * spared_part / 100,
                margin=float(margin),
                loss=touchpoints["loss"] + worst / 100 * normal_quantile(0.95) * error,
                # Beyond the estimate the loss is an assumption, and no longer an estimate with an error.
                loss_se=error if worst == 0 else 0.0,
            )
        )
        offers = []
        for name, row in table.iterrows():
            said = f"{name}: {euros(row['value'])} a year"
            if worst == 0:
                said += f" ({euros(row['low'])} to {euros(row['high'])}, 95% interval)"
            verdict = "it pays" if row["net"] > 0 else "it does not pay"
            if worst == 0 and row["low"] > row["cost"]:
                verdict += " even at the low end"
            elif worst == 0 and row["high"] > row["cost"]:
                verdict += ", though the interval allows the opposite"
            offers.append(f"{said} for a cost of {euros(row['cost'])}, {verdict}")
        start = (
            "As estimated. "
            if worst == 0
            else f"If each costs more orders than estimated ({worst}% of the way to the most that the data allow): "
        )
        return start + "; ".join(offers) + ".", plots.priorities(table)

    return explore(
        answer,
        worst=slider("Orders lost: 0 the estimate, 100 the most that the data allow", 0, 0, 100, 10),
        spared_part=slider("Bad experiences spared, % of what was promised", 100, 0, 100, 5),
        margin=slider("Margin of an order, €", usual, 0, max(120, round(2 * usual)), 0.1),
    )


def score_precision(answers: int = 400, promoters: int = 40, detractors: int = 25) -> ipywidgets.VBox:
    """How far does chance alone move a net promoter score with so many answers?"""

    def answer(answers: int, promoters: int, detractors: int) -> tuple[str, plots.Figure]:
        if promoters + detractors > 100:
            raise ValueError(f"{promoters}% promoters and {detractors}% detractors are more than everybody.")
        up, down = promoters / 100, detractors / 100
        spread = 100 * ((up + down - (up - down) ** 2) / answers) ** 0.5
        reach = normal_quantile(0.95) * spread
        # Where within its group an answer lies changes nothing about the score.
        made = [9] * round(answers * up) + [5] * round(answers * down)
        made += [7] * max(0, answers - len(made))
        return (
            f"Score {100 * (up - down):.0f}, give or take {reach:.1f}. Between two surveys of this size it must change"
            f" by {reach * 2**0.5:.1f} points before chance alone is an unlikely reason.",
            plots.promoters(made, f"{answers:,} answers: give or take {reach:.1f} points"),
        )

    return explore(
        answer,
        answers=slider("Answers", answers, 20, 5000, 20),
        promoters=slider("Promoters, %", promoters, 0, 100),
        detractors=slider("Detractors, %", detractors, 0, 100),
    )
