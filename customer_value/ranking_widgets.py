"""The explorations of value per customer: expected spend, one customer's outlook, length of a list, a new customer.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Mapping
from functools import lru_cache

import ipywidgets
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from customer_value import plots
from customer_value.btyd import BetaGeoModel
from customer_value.ranking import list_gains, simulated_values, value_draws
from customer_value.spend import GammaGammaModel
from customer_value.widgets import explore, slider

_DRAWS = 50
_FUTURES = 2_000


def spend_explorer(model: GammaGammaModel, frequency: int = 1, own: float = 100) -> ipywidgets.VBox:
    """How far does one more purchase move what we expect a customer to spend?

    Starts at a customer with ``frequency`` repeat purchases of ``own`` dollars on average.
    """
    everybody = model.expected_new_customer_spend()

    def answer(frequency: int, own: int) -> tuple[str, plots.Figure]:
        customer = pd.DataFrame({"frequency": [frequency], "monetary_value": [float(own)]})
        expected = float(model.expected_customer_spend(customer).iloc[0])
        weight = model.p_ * frequency / (model.p_ * frequency + model.q_ - 1)
        return (
            f"{_times(frequency)} of {plots.money(own)} on average: the next one is expected at"
            f" {plots.money(expected)}. The customer's own mean has a weight of {weight:.0%}, everybody's"
            f" {plots.money(everybody)} the other {1 - weight:.0%}.",
            plots.expected_spend(model, (1, 4, 20), own=160.0, mark=(frequency, float(own))),
        )

    return explore(
        answer,
        frequency=slider("Repeat purchases", frequency, 1, 20),
        own=slider("Own mean, $", own, 5, 150, 5),
    )


def outlook(
    purchases: BetaGeoModel,
    spend: GammaGammaModel,
    *,
    margin: float,
    discount_rate: float,
    age: int = 39,
    frequency: int = 3,
    silent: int = 10,
    own: int = 40,
) -> ipywidgets.VBox:
    """What is a customer with this past worth in twelve months, and how sure is that?

    ``age`` is the number of weeks since the first purchase, the same for all; the others are where the sliders start.
    ``discount_rate`` is per month.
    """

    def answer(own: int, frequency: int, silent: int) -> tuple[str, plots.Figure]:
        recency = float(age - silent) if frequency else 0.0
        customer = pd.DataFrame(
            {"frequency": [frequency], "recency": [recency], "T": [float(age)], "monetary_value": [float(own)]}
        )
        terms = {"discount_rate": discount_rate, "margin": margin}
        value = float(purchases.expected_customer_lifetime_value(customer, spend, **terms).iloc[0])
        low, high = value_draws(purchases, spend, customer, _DRAWS, **terms).iloc[0].quantile([0.05, 0.95])
        futures = simulated_values(purchases, spend, customer, _FUTURES, **terms).iloc[0]
        worst, best = futures.quantile([0.05, 0.95])
        spread = f"may be anything from {plots.money(worst)} to {plots.money(best)}, and " if best > worst else ""
        past = f"{_times(frequency)}, the last {silent} weeks ago" if frequency else f"Nothing in the {age} weeks since"
        return (
            f"{past}: worth {plots.money(value)} in twelve months. The parameters leave {plots.money(low)} to"
            f" {plots.money(high)} open (90%); what this one customer brings {spread}is nothing in"
            f" {(futures == 0).mean():.0%} of futures.",
            plots.value_futures(futures, (low, high), value="Margin in 12 months"),
        )

    return explore(
        answer,
        own=slider("Own mean, $", own, 5, 150, 5),
        frequency=slider("Repeat purchases", frequency, 0, 12),
        silent=slider("Weeks since the last", silent, 0, age - 5),
    )


def list_length(
    rankings: Mapping[str, ArrayLike],
    actual: ArrayLike,
    *,
    margin: float,
    length: int,
    effect: int = 10,
    cost: float = 4,
) -> ipywidgets.VBox:
    """How many customers should a programme for the best take, and does the ranking matter?

    ``rankings`` are predictions by name; the first is the one the sentence begins with. ``length`` (customers),
    ``effect`` (per cent of spend) and ``cost`` (US dollars a head) are where the sliders start.
    """
    names, true = list(rankings), np.asarray(actual, dtype=float)
    step = max(1, true.size // 200)

    @lru_cache(maxsize=64)
    def gains(effect: int, cost: float) -> pd.DataFrame:
        return list_gains(dict(rankings), true, effect=effect / 100, margin=margin, cost=cost, points=200)

    def answer(length: int, effect: int, cost: float) -> tuple[str, plots.Figure]:
        table = gains(effect, cost)
        here = {name: float(np.interp(length, table.index, table[name])) for name in table.columns}
        listed = "; ".join(f"{name} {plots.money(here[name])}" for name in names)
        best = float(table[names[0]].idxmax())
        most = float(table[names[0]].max())
        ideal = f"about {best:,.0f} customers, {plots.money(most)}" if most > 0 else "no list at all, $0"
        return (
            f"A list of {length:,} gains: {listed}. Best by {names[0]}, in hindsight: {ideal}. With perfect foresight"
            f" {length:,} places would gain {plots.money(here['perfect foresight'])}.",
            plots.list_gains(table, length),
        )

    return explore(
        answer,
        length=slider("Customers on the list", length, step, (true.size // 2 // step) * step, step),
        effect=slider("Effect on spend, %", effect, 0, 30),
        cost=slider("Cost a head, $", cost, 0.5, 12, 0.5),
    )


def acquisition_cap(
    purchases: BetaGeoModel,
    spend: GammaGammaModel,
    first_order: float,
    *,
    margin: int = 30,
    rate: float = 1,
    months: int = 36,
    cost: float = 25,
) -> ipywidgets.VBox:
    """What may a new customer cost, and when is it paid back?

    ``first_order`` is its mean value in US dollars. ``margin`` (per cent of spend), ``rate`` (per cent a month),
    ``months`` (the horizon) and ``cost`` (US dollars) are where the sliders start. The band is what the parameters
    leave open (90%).
    """
    drawn = list(zip(purchases.parameter_draws(_DRAWS, seed=1), spend.parameter_draws(_DRAWS, seed=2), strict=True))
    longest = 60
    ends = np.arange(1, longest + 1) * purchases._steps("month")
    money = np.array([[each.expected_new_customer_spend()] for _, each in [(None, spend), *drawn]])
    bought = np.array([each.expected_purchases_new_customer(ends) for each in [purchases, *(one for one, _ in drawn)]])
    spent = money * np.diff(bought, axis=1, prepend=0.0)

    def answer(months: int, margin: int, rate: float, cost: float) -> tuple[str, plots.Figure]:
        today = (1 + rate / 100) ** -np.arange(1, longest + 1.0)
        later = np.cumsum(spent * today, axis=1)[:, :months]
        value = margin / 100 * (first_order + np.concatenate([np.zeros((len(spent), 1)), later], axis=1))
        low, high = np.quantile(value[1:], [0.05, 0.95], axis=0)
        table = pd.DataFrame(
            {"expected": value[0], "low": low, "high": high}, index=pd.RangeIndex(months + 1, name="month")
        )
        cap = table.iloc[-1]
        verdict = "gains" if cap["expected"] >= cost else "loses"
        return (
            f"A new customer brings {plots.money(cap['expected'])} of margin in {months} month{'s' * (months > 1)}"
            f" ({plots.money(cap['low'])} to {plots.money(cap['high'])}), {plots.money(float(value[0, 0]))} of it with"
            f" the first order. At a cost of {plots.money(cost)} the firm {verdict}"
            f" {plots.money(abs(cap['expected'] - cost))} on each.",
            plots.new_customer_value(table, cost),
        )

    return explore(
        answer,
        months=slider("Horizon, months", months, 1, longest),
        margin=slider("Margin, %", margin, 5, 60),
        rate=slider("Discount, % a month", rate, 0, 3, 0.5),
        cost=slider("Cost of winning one, $", cost, 1, 60),
    )


def _times(frequency: int) -> str:
    return "One repeat purchase" if frequency == 1 else f"{frequency} repeat purchases"
