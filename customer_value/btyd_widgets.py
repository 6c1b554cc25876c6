"""The explorations of buy-till-you-die models: silence, how customers differ, and one customer's next purchase.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd

from customer_value import plots
from customer_value.btyd import BetaGeoModel
from customer_value.validation import alive_over_time
from customer_value.widgets import choice, explore, slider

_AHEAD = 39
_ALIKE = (0.1, 0.15, 0.24, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0)
_FIRM = (0.5, 0.75, 1.0, 1.5, 2.2, 3.2, 5.0, 8.0, 15.0, 40.0)


def alive_explorer(
    models: Mapping[str, Any],
    margin: float,
    cost: float,
    *,
    frequency: int = 7,
    recency: int = 18,
    silent: int = 20,
    weeks: int = _AHEAD,
) -> ipywidgets.VBox:
    """Is this customer still there, what is that worth in ``weeks``, and what could winning back be worth at most?

    The sentence speaks for the first of the ``models`` (in weeks) and gives the P(alive) of the others. ``margin`` is
    what a purchase brings and ``cost`` what a letter costs, in dollars. The sliders start at the other arguments.
    """
    first, *others = models

    def answer(frequency: int, recency: int, silent: int) -> tuple[str, plots.Figure]:
        span = recency if frequency else 0
        known = pd.DataFrame({"frequency": [frequency], "recency": [float(span)], "T": [float(span + silent)]})
        alive = {name: float(model.expected_probability_alive(known)[0]) for name, model in models.items()}
        bought = float(models[first].expected_purchases(known, weeks)[0])
        there = bought / alive[first] if alive[first] > 0 else 0.0
        lost = margin * (there - bought)
        said = (
            f"{first}: alive with {_share(alive[first])}"
            + (f" ({', '.join(f'{name} {_share(alive[name])}' for name in others)})" if others else "")
            + f". Expected in the next {weeks} weeks: {bought:.1f} purchases, {_money(margin * bought)} of margin; were"
            f" the customer surely there, {there:.1f}. A letter that always works would add {_money(lost)}"
        )
        if cost >= lost:
            said += f", less than a letter at {_money(cost)} costs."
        else:
            said += (
                f": a letter at {_money(cost)} pays if it works on more than {_share(cost / lost)} of those who left."
            )
        if not frequency and recency:
            said += " Without a repeat purchase there is no time between purchases: that slider does nothing."
        return said, plots.silence(models, frequency, span, silent, longest=52)

    return explore(
        answer,
        frequency=slider("Repeat purchases", frequency, 0, 20),
        recency=slider("First to last, weeks", recency, 1, 52),
        silent=slider("Silent for, weeks", silent, 0, 52),
    )


def mixing_explorer(data: pd.DataFrame, margin: float, weeks: int = _AHEAD) -> ipywidgets.VBox:
    """How must rates and chances to leave differ between customers for the model to explain ``data``?

    ``data`` are as ``BetaGeoModel.fit`` takes them, in weeks. The sliders set the two means and how alike customers
    are; the sentence gives the four parameters, how far the log-likelihood is below its best, and what a thousand new
    customers would bring in ``weeks`` at ``margin`` dollars a purchase.
    """
    best = BetaGeoModel().fit(data)
    year = 365.25 / 7
    never = float((data["frequency"] == 0).mean())
    length = float(data["T"].mean())

    def answer(yearly: float, alike: float, leaving: int, firm: float) -> tuple[str, plots.Figure]:
        share = leaving / 100
        model = BetaGeoModel.from_params(
            r=alike, alpha=alike * year / yearly, a=firm * share, b=firm * (1 - share), time_unit="week"
        )
        below = best.loglik_ - model.log_likelihood(data)
        silent = model.expected_probability_of_purchases_new_customer(0, length)
        bought = 1_000 * model.expected_purchases_new_customer(weeks)
        return (
            f"r = {model.r_:.2f}, alpha = {model.alpha_:.1f} weeks, a = {model.a_:.2f}, b = {model.b_:.2f}. The"
            f" log-likelihood is {below:,.1f} below the best. {silent:.0%} would not have come back by now; {never:.0%}"
            f" did not. A thousand new customers make {bought:,.0f} repeat purchases in {weeks} weeks,"
            f" {_money(margin * bought)} of margin.",
            plots.mixing(model, best),
        )

    return explore(
        answer,
        yearly=slider("Purchases a year, mean", 3, 0.5, 12, 0.5),
        alike=choice("Shape r (alike = high)", {f"{value:g}": value for value in _ALIKE}, 5.0),
        leaving=slider("Chance to leave, mean %", 10, 1, 60),
        firm=choice("a + b (alike = high)", {f"{value:g}": value for value in _FIRM}, 40.0),
    )


def next_purchase(
    log: pd.DataFrame, customer_id: Any, model: Any, until: str, margin: float, weeks: int = _AHEAD
) -> ipywidgets.VBox:
    """What would more silence, or a purchase after it, tell of one customer?

    ``log`` is a transaction log, ``until`` the last day known; ``model`` counts in weeks. The slider adds weeks of
    silence after ``until``; the choice ends them with a purchase or not. ``margin`` is what a purchase brings, dollars.
    """
    own = log.loc[log["customer_id"] == customer_id, ["customer_id", "date", "value"]]
    own = own[own["date"] <= pd.Timestamp(until)]
    if own.empty:
        raise ValueError(f"customer_id {customer_id!r} has no purchase in the log by {until}.")

    def state(history: pd.DataFrame, day: pd.Timestamp) -> tuple[float, float]:
        days = np.unique(history["date"].dt.normalize().to_numpy())
        recency, age = ((pd.Timestamp(end) - days[0]).days / 7 for end in (days[-1], day))
        known = pd.DataFrame({"frequency": [len(days) - 1], "recency": [recency], "T": [age]})
        alive = float(model.expected_probability_alive(known)[0])
        return alive, float(model.expected_purchases(known, weeks)[0])

    def answer(silence: int, buys: bool) -> tuple[str, plots.Figure]:
        day = pd.Timestamp(until) + pd.Timedelta(weeks=silence)
        before, now = state(own, pd.Timestamp(until)), state(own, day)
        said = (
            f"On {until} alive with {_share(before[0])}, {before[1]:.1f} purchases expected in the next {weeks} weeks."
            f" {silence} more silent {'week makes' if silence == 1 else 'weeks make'} that"
            f" {_share(now[0])} and {now[1]:.1f},"
            f" {_money(margin * now[1])} of margin"
        )
        history = own
        if buys:
            history = pd.concat([own, own.tail(1).assign(date=day)])
            then = state(history, day)
            said += (
                f"; a purchase on that day lifts it to {_share(then[0])} and {then[1]:.1f}, {_money(margin * then[1])}"
            )
        path = alive_over_time(history, customer_id, {"P(alive)": model}, day)
        shown = path["P(alive)"].iloc[-1]
        title = (
            f"{'With a purchase' if buys else 'Still silent'} after {silence} more weeks: alive with {_share(shown)}"
        )
        return f"{said}.", plots.alive_over_time(path, title)

    return explore(
        answer,
        silence=slider("More silence, weeks", 4, 1, _AHEAD),
        buys=choice("And then", {"nothing": False, "a purchase": True}, False),
    )


def _share(chance: float) -> str:
    return "under 1%" if 0 < chance < 0.005 else f"{chance:.0%}"


def _money(amount: float) -> str:
    return f"${amount:,.2f}" if abs(amount) < 9.995 else plots.money(amount)
