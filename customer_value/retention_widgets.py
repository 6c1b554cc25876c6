"""The explorations of retention and discounting: the cash-flow ladder, mixed customers, the price of a subscriber.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Mapping

import ipywidgets
import numpy as np
import pandas as pd

from customer_value import plots
from customer_value.clv import clv_schedule, discount_rate_per_period, margin_multiplier
from customer_value.plots.currency import euros
from customer_value.retention import ShiftedBetaGeoModel
from customer_value.widgets import choice, explore, slider

_PARTS = 10
_YEARS = 12


def cash_ladder(margin: float = 100, retention: int = 80, discount: int = 10, years: int = 10) -> ipywidgets.VBox:
    """What are the margins of one customer worth today, and how much of it lies in when they come?

    ``margin`` is dollars a year; the others are where the sliders start (per cent, per cent, margins counted).
    """

    def answer(when: str, retention: int, discount: int, years: int) -> tuple[str, plots.Figure]:
        r, i = retention / 100, discount / 100
        first = "after" if when == "after" else "now"
        schedule = clv_schedule(margin, r, i, periods=years, first_margin=first)
        endless = margin * margin_multiplier(r, i, first_margin=first)
        if when == "end":
            # Everybody pays in arrears: the row that starts now, one year later.
            schedule["present_value"] /= 1 + i
            schedule.index, endless = schedule.index + 1, endless / (1 + i)
        total = float(schedule["present_value"].sum())
        return (
            f"{years} margin{'s' * (years != 1)} of {plots.money(margin)} at {retention}% retention, discounted at"
            f" {discount}%: worth ${total:,.0f} today, {total / margin:.2f} margins. Without end it would be"
            f" ${endless:,.0f} ({endless / margin:.2f} margins); {total / endless:.0%} of that is counted.",
            plots.cash_ladder(schedule, endless),
        )

    return explore(
        answer,
        when=choice(
            "First margin", {"now": "now", "in a year, from all": "end", "in a year, who stays": "after"}, "now"
        ),
        retention=slider("Retention, %", retention, 50, 95),
        discount=slider("Discount rate, %", discount, 0, 25),
        years=slider("Margins counted", years, 1, 30),
    )


def mixed_customers(retention: int = 80, mixed: int = 30, discount: int = 10, margin: float = 100) -> ipywidgets.VBox:
    """What changes when customers differ, and their average retention in the first year stays the same?

    ``retention``, ``mixed`` and ``discount`` (per cent) are where the sliders start. Mixed means the share that the
    spread of customers' own rates has of the widest possible: 0 all alike, 100 some stay for ever and the others never.
    """

    def answer(retention: int, mixed: int, discount: int) -> tuple[str, plots.Figure]:
        r, i = retention / 100, discount / 100
        alike = margin * margin_multiplier(r, i, first_margin="now")
        if mixed == 0:
            rates, own, value = np.full(_YEARS, r), np.full(_PARTS, r), alike
        else:
            size = 100 / mixed - 1
            model = ShiftedBetaGeoModel.from_params(alpha=(1 - r) * size, beta=r * size)
            rates = np.asarray(model.retention_rate(np.arange(1, _YEARS + 1)))
            own, value = _own_rates(model), margin * model.discounted_expected_lifetime(i)
        course = pd.Series(rates, index=pd.RangeIndex(1, _YEARS + 1))
        return (
            f"In year 1 {retention}% stay; in year {_YEARS} {rates[-1]:.0%} of those left, and nobody has changed."
            f" The tenth of customers who leave soonest stay with {own[0]:.0%} a year, the most faithful tenth with"
            f" {own[-1]:.1%}. A margin of {plots.money(margin)} a year, the first now, is worth ${value:,.0f};"
            f" {retention}% for everybody says ${alike:,.0f}, {_against(alike, value)}.",
            plots.mixed_retention(course, [float(rate) for rate in own]),
        )

    return explore(
        answer,
        retention=slider("Stay in year 1, %", retention, 60, 95),
        mixed=slider("How mixed, %", mixed, 0, 60, 5),
        discount=slider("Discount rate, %", discount, 2, 20),
    )


def subscriber_price(
    models: Mapping[str, ShiftedBetaGeoModel],
    margins: Mapping[str, float],
    *,
    cost: int = 70,
    months: int = 36,
    discount: int = 10,
) -> ipywidgets.VBox:
    """What may a new subscriber of each kind cost?

    ``models`` (monthly) and ``margins`` (euros a month, the first now) are by kind; ``cost`` (euros, all in),
    ``months`` and ``discount`` (per cent a year) are where the sliders start.
    """
    names = list(models)
    longest = 60
    survival = {name: np.asarray(model.survival(np.arange(longest))) for name, model in models.items()}

    def answer(kind: str, cost: int, months: int, discount: int) -> tuple[str, plots.Figure]:
        i = discount_rate_per_period(discount / 100, 12)
        factor = (1 + i) ** -np.arange(months)
        brought = pd.DataFrame(
            {name: np.concatenate([[0], margins[name] * np.cumsum(survival[name][:months] * factor)]) for name in names}
        )
        value = float(brought[kind].iloc[-1])
        left = value - cost
        return (
            f"A new subscriber ({kind}) brings {euros(value)} in {months} months at {discount}% a year, so winning one"
            f" may cost {euros(value)} at most. At {euros(cost)} all in, each one"
            f" {'earns' if left >= 0 else 'loses'} {euros(abs(left))}.",
            plots.accumulated_value(brought, cost, kind, euros),
        )

    return explore(
        answer,
        kind=choice("Won through", {name: name for name in names}, names[0]),
        cost=slider("Cost all in, €", cost, 10, 150, 5),
        months=slider("Months counted", months, 6, longest, 6),
        discount=slider("Discount, % a year", discount, 0, 25),
    )


def _own_rates(model: ShiftedBetaGeoModel) -> np.ndarray:
    """The rates at the middle of each tenth of customers, lowest first."""
    from scipy.special import betaincinv

    middles = (np.arange(_PARTS) + 0.5) / _PARTS
    return 1 - betaincinv(model.alpha_, model.beta_, middles[::-1])


def _against(said: float, true: float) -> str:
    off = round(100 * (said / true - 1))
    return "the same" if off == 0 else f"{abs(off)}% too {'little' if off < 0 else 'much'}"
