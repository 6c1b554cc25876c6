"""The explorations of what customer data are worth: the value of a firm, use cases under a budget, the size of a test.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import ipywidgets
import numpy as np

from customer_value import plots
from customer_value.information import GoDecision
from customer_value.plots.currency import euros
from customer_value.use_cases import Sizing, UseCase, choose, simulate
from customer_value.valuation import Firm
from customer_value.widgets import choice, explore, slider


def firm_value(firm: Firm, *, currency: Callable[[float], str] = euros) -> ipywidgets.VBox:
    """What are the firm and its customers worth at other rates of retention, acquisition, margin and discount?

    ``firm`` is where the sliders start; its retention must be one rate.
    """
    if np.ndim(firm.retention) or hasattr(firm.retention, "survival"):
        raise ValueError("firm must have one retention rate, which a slider can move.")

    def answer(
        retention: float, won_growth: float, margin: float, discount_rate: float, terminal: str
    ) -> tuple[str, plots.Figure]:
        worth = firm.value(
            retention=retention / 100,
            won_growth=won_growth / 100,
            margin=margin / 100,
            discount_rate=discount_rate / 100,
            terminal=terminal,
            growth=firm.growth if terminal == "perpetuity" else 0.0,
        )
        split = worth.split()["value"]
        beyond = (
            f" {worth.share_beyond:.0%} of the value of operations comes after period {firm.periods}, if"
            f" {worth.assumption}."
            if worth.operating > 0 and terminal != "none"
            else f" Assumed: {worth.assumption}."
        )
        return (
            f"Equity is worth {currency(worth.equity)}. Before fixed costs, tax and reinvestment, customers there today"
            f" are worth {currency(split.iloc[0])}, those still to be won {currency(split.iloc[1])} after what winning"
            f" them costs.{beyond}",
            plots.customers_to_equity(worth, currency=currency),
        )

    percent = {
        name: 100 * float(getattr(firm, name)) for name in ("retention", "won_growth", "margin", "discount_rate")
    }
    return explore(
        answer,
        retention=slider("Retention, %", round(percent["retention"]), 40, 98, 1),
        won_growth=slider("Growth of acquisition, %", round(percent["won_growth"]), -20, 20, 1),
        margin=slider("Contribution margin, %", round(percent["margin"]), 5, 90, 1),
        discount_rate=slider("Discount rate, %", round(percent["discount_rate"]), 4, 25, 1),
        terminal=choice(
            "After the last period",
            {"goes on for ever": "perpetuity", "customers run off": "run-off", "nothing": "none"},
            firm.terminal,
        ),
    )


def use_case_budget(
    cases: Sequence[UseCase],
    *,
    overlap: Mapping[tuple[str, str], float] | None = None,
    years: int = 3,
    discount_rate: float = 0.1,
    draws: int = 10_000,
    seed: int = 1,
    budget: float | None = None,
    together: float = 0.5,
    currency: Callable[[float], str] = euros,
) -> ipywidgets.VBox:
    """Which use cases does a budget buy, and how sure is their value?

    Arguments as in ``use_cases.simulate`` and ``choose``, with the same draws. The sliders set the budget, by how much
    all uplifts fall short of what was hoped, and whether uplifts are wrong together; they start at ``budget`` (half of
    what everything costs, if not said), no shortfall and ``together`` (0, 0.5 or 1). Simulated money is shown with two
    digits.
    """

    @lru_cache(maxsize=3)
    def drawn(link: float) -> Sizing:
        return simulate(
            cases, years=years, discount_rate=discount_rate, draws=draws, seed=seed, together={"uplift": link}
        )

    def about(amount: float) -> str:
        return currency(_two_digits(amount))

    everything = float(drawn(together).outlay().sum())
    step = _round_step(everything / 20)
    most = step * math.ceil(everything / step)
    start = everything / 2 if budget is None else budget

    def answer(budget: int, short: int, link: float) -> tuple[str, plots.Figure]:
        sizing = drawn(link).shrunk(1 - short / 100)
        found = choose(sizing, budget, overlap=overlap)
        low, high = found.interval()
        if not found.chosen:
            text = f"{currency(budget)} buy nothing that is worth its cost: keep the money."
        else:
            twice = (
                f" Adding the single values up would count {about(found.counted_twice)} twice."
                if found.counted_twice >= 0.5
                else ""
            )
            text = (
                f"Best for {currency(budget)}: {', '.join(found.chosen)}. Together worth {about(found.value)}"
                f" (middle 80%: {about(low)} to {about(high)}), chance of a loss {_chance(found.chance_of_loss)},"
                f" spending {about(found.outlay)} in the first year.{twice}"
            )
        return text, plots.use_case_ranges(sizing.summary(), found.chosen, currency=about)

    return explore(
        answer,
        budget=slider("Budget, €", step * round(min(start, most) / step), 0, most, step),
        short=slider("Uplifts fall short by, %", 0, 0, 90, 10),
        link=choice("Uplifts wrong together", {"not at all": 0.0, "half": 0.5, "fully": 1.0}, together),
    )


def _round_step(least: float) -> int:
    """The first of 1, 2 or 5 times a power of ten that is at least ``least``."""
    power = 10 ** math.floor(math.log10(max(least, 1)))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least)


def _two_digits(amount: float) -> float:
    """Two digits, and no cents: more than that changes with the seed."""
    if not amount or not math.isfinite(amount):
        return amount
    return round(amount, min(0, 1 - math.floor(math.log10(abs(amount))))) + 0.0


def _chance(share: float) -> str:
    """A simulated chance in whole per cent."""
    return "below 1%" if 0 < share < 0.005 else f"{share:.0%}"


def worth_of_a_test(
    decision: GoDecision,
    *,
    cost_per_customer: float = 0.5,
    currency: Callable[[float], str] = euros,
) -> ipywidgets.VBox:
    """How many customers should a test have before something is rolled out, if any?

    ``decision`` is where the sliders start: its reach, outcome and cost stay. ``cost_per_customer`` is money per
    customer in the test.
    """
    if decision.effect_sd <= 0:
        raise ValueError("decision must have an effect_sd above 0: where nothing is in doubt there is nothing to test.")
    unit = max(round(2 * decision.effect_sd, 2), 0.01)
    most = int(min(decision.reach, max(200, 40 * (2 * decision.outcome_sd / decision.effect_sd) ** 2)))
    sizes = np.unique(np.linspace(0, most, 121).round() // 2 * 2)

    def about(amount: float) -> str:
        return currency(_two_digits(amount))

    def answer(customers: int, effect: float, doubt: float, cost: float) -> tuple[str, plots.Figure]:
        asked = replace(decision, effect=effect, effect_sd=doubt)
        worth = float(asked.evsi(customers))
        best = asked.best_test(cost_per_customer=cost)
        today = "go" if asked.mean > 0 else "leave it"
        advice = (
            f"Best are {best.customers:,} customers: worth {about(best.evsi)} for {currency(best.cost)}."
            if best.customers
            else "No test is worth its cost."
        )
        return (
            f"Without a test: {today}, which is wrong with a chance of {asked.chance_wrong():.0%}. Knowing the truth is"
            f" worth {about(asked.evpi())}, a test with {customers:,} customers {about(worth)}, at a cost of"
            f" {currency(cost * customers)}. {advice}",
            plots.information_curve(
                asked.curve(sizes, cost_per_customer=cost), best, evpi=asked.evpi(), currency=about
            ),
        )

    start = min(max(2, most // 4 // 2 * 2), most)
    return explore(
        answer,
        customers=slider("Customers in the test", start, 0, most // 2 * 2, max(2, most // 100 // 2 * 2)),
        effect=slider("Expected gain each, €", round(decision.effect, 2), -2 * unit, 2 * unit, unit / 20),
        doubt=slider("Doubt about it (sd), €", round(decision.effect_sd, 2), unit / 20, 2 * unit, unit / 20),
        cost=slider("Cost per customer, €", cost_per_customer, 0.0, max(2.0, 2 * cost_per_customer), 0.05),
    )
