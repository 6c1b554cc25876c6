"""The explorations of simple lifetime value: three calculators, mistakes, what moves value, a budget for new customers.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

import ipywidgets
import numpy as np

from customer_value import clv, plots
from customer_value.unit_economics import (
    acquisition_plan,
    best_budget,
    calculator_steps,
    common_errors,
    cost_of_next_customer,
)
from customer_value.unit_economics import three_calculators as in_three_calculators
from customer_value.widgets import explore, menu, slider

FIVE_FIRMS = {"retention": 5.0, "margin": 1.0, "acquisition_cost": 0.1}
"""Per cent of firm value for 1% better retention, margin and acquisition cost: Gupta, Lehmann & Stuart (2004)."""

_MISTAKES = ("revenue for margin", "monthly retention, yearly margin", "no discounting", "no acquisition cost")


def three_calculators(discount_rate: float = 0.10) -> ipywidgets.VBox:
    """What do three calculators say of the same customer, and what lies between them?

    ``discount_rate`` is per year.
    """

    def answer(
        order_value: int, orders: float, margin: int, churn: int, cost: int, years: float
    ) -> tuple[str, plots.Figure]:
        inputs = (order_value, orders, margin / 100, churn / 100, discount_rate, cost)
        values, steps = in_three_calculators(*inputs, years), calculator_steps(*inputs)["change"]
        stay = clv.lifespan_from_churn(churn / 100) / 12
        right = values["discounted"]
        verdict = "loses" if right < 0 else "brings"
        return (
            f"Revenue × lifespan says {plots.money(values['revenue'])}, profit × years less cost"
            f" {plots.money(values['years'])}, and discounted with retention a customer {verdict}"
            f" {plots.money(abs(right))}. From the first to the third: goods and service"
            f" {plots.money(steps['Goods and service'])}, waiting for the first margin"
            f" {plots.money(steps['First margin later'])}, discounting {plots.money(steps['Discounting'])}, winning the"
            f" customer {plots.money(steps['Acquisition cost'])}. The second counts {years:g} years; churn of"
            f" {churn}% a month means {stay:.1f} on average.",
            plots.three_calculators(values, cost),
        )

    return explore(
        answer,
        order_value=slider("Average order, $", 20, 5, 60),
        orders=slider("Orders a month", 1.6, 0.2, 6, 0.2),
        margin=slider("Margin, % of revenue", 20, 5, 80),
        churn=slider("Churn, % a month", 12, 1, 40),
        cost=slider("Acquisition cost, $", 60, 0, 300, 2),
        years=slider("Years, as sales says", 3, 0.5, 10, 0.1),
    )


def error_gallery(
    revenue: int = 400, margin: int = 30, retention: int = 75, cost: int = 100, discount_rate: float = 0.10
) -> ipywidgets.VBox:
    """What does a common mistake make of a customer's value, and what would you then overpay?

    ``revenue`` is dollars a year, ``margin`` per cent of it, ``retention`` per cent a year and ``cost`` the dollars to
    win the customer, where the sliders start.
    """

    def answer(mistake: str, revenue: int, margin: int, retention: int, cost: int) -> tuple[str, plots.Figure]:
        values = common_errors(revenue, revenue * margin / 100, retention / 100, discount_rate, cost)
        believed, worth = values[mistake] + cost, values["right"] + cost
        if mistake == "no acquisition cost":
            meaning = f"The whole {plots.money(cost)} of winning the customer is forgotten."
        else:
            meaning = (
                f"Who believes it would pay up to {plots.money(believed)} to win a customer who brings"
                f" {plots.money(worth)}: a loss of up to {plots.money(believed - worth)} on each."
            )
        return (
            f"Done right, a customer is worth {plots.money(values['right'])} after the cost of winning; with the"
            f" mistake, {plots.money(values[mistake])}. {meaning}",
            plots.common_errors(values, mistake),
        )

    return explore(
        answer,
        mistake=menu("Mistake", _MISTAKES),
        revenue=slider("Revenue, $ a year", revenue, 50, 1000, 10),
        margin=slider("Margin, % of revenue", margin, 5, 80),
        retention=slider("Retention, % a year", retention, 20, 95),
        cost=slider("Acquisition cost, $", cost, 0, 500, 5),
    )


def what_moves_value(margin: float = 100) -> ipywidgets.VBox:
    """What is 1% better retention, margin or acquisition cost worth in money?

    ``margin`` is dollars per customer and year. The acquisition cost is given as a share of what the margins bring, so
    that the customer is always worth something.
    """

    def answer(retention: int, discount: int, share: int) -> tuple[str, plots.Figure]:
        r, i = retention / 100, discount / 100
        before = clv.discounted_clv(margin, r, i)
        cost = before * share / 100
        found = clv.elasticities(margin, r, i, acquisition_cost=cost)
        value = before - cost
        per_cent = value / 100
        fewer = retention / (100 - retention)
        return (
            f"A customer is worth {plots.money(value)} after {plots.money(cost)} to win. 1% better retention"
            f" ({retention}% to {1.01 * retention:.1f}%) adds {plots.money(found.retention * per_cent)}, 1% more margin"
            f" {plots.money(found.margin * per_cent)}, 1% lower acquisition cost"
            f" {plots.money(-found.acquisition_cost * per_cent)}. That 1% of retention means {fewer:.1f}% fewer"
            " customers leaving.",
            plots.elasticity_bars(found, FIVE_FIRMS),
        )

    return explore(
        answer,
        retention=slider("Retention, % a year", 87, 30, 97),
        discount=slider("Discount rate, % a year", 12, 2, 25),
        share=slider("Acquisition cost, % of margins", 9, 0, 80),
    )


def acquisition_budget(
    lifetime_value: int = 44, now_spend: float = 600_000, now_won: float = 10_000, response: float = 0.5
) -> ipywidgets.VBox:
    """How much should be spent on new customers, and which ratio does the best budget have?

    Starts at today's budget ``now_spend``, which wins ``now_won`` customers worth ``lifetime_value`` dollars each
    before the cost of winning them; ``response`` is how many per cent more customers 1% more spending wins.
    """
    top = 2 * now_spend
    grid = np.linspace(top / 60, top, 60)

    def answer(budget: int, value: int, response: float) -> tuple[str, plots.Figure]:
        now = {"now_spend": now_spend, "now_won": now_won, "response": response}
        spend = 1000.0 * budget
        here = acquisition_plan(spend, value, **now).iloc[0]
        best = best_budget(value, **now)
        if best > top:
            advice = f"Profit still rises at {plots.money(top)}; what lies beyond, nobody has tried."
        elif best < grid[0]:
            advice = f"Profit is highest below {plots.money(grid[0])}."
        else:
            most = acquisition_plan(best, value, **now).iloc[0]
            advice = (
                f"The best budget is {plots.money(best)}, profit {plots.money(most['profit'])}; its ratio is"
                f" {most['ratio']:.1f}, one over the response of {response:g}."
            )
        table = acquisition_plan(np.union1d(grid, [np.clip(best, grid[0], top)]), value, **now)
        return (
            f"{plots.money(spend)} wins {here['won']:,.0f} customers at {plots.money(here['average_cost'])} on average;"
            f" the next one costs {plots.money(cost_of_next_customer(here['average_cost'], response))} and brings"
            f" {plots.money(value)}. Ratio {here['ratio']:.1f}, profit {plots.money(here['profit'])}. {advice}",
            plots.acquisition_plan(table, spend),
        )

    return explore(
        answer,
        budget=slider("Budget, $1,000 a year", now_spend / 1000, round(top / 60_000), top / 1000, 10),
        value=slider("Lifetime value, $", lifetime_value, 10, 300),
        response=slider("Response, % for 1%", response, 0.2, 0.9, 0.05),
    )
