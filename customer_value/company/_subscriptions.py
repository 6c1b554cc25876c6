"""The coffee club: monthly renewal, each subscriber with an own chance of leaving (sBG per channel)."""

from dataclasses import dataclass

import numpy as np

from customer_value.company._calendar import DAYS, month_of, month_start
from customer_value.company._draws import Draws, Floats, Ints
from customer_value.company._people import Customers, Flags
from customer_value.company.assumptions import Assumptions

_NEVER = 10_000


@dataclass
class Spells:
    """Times in the club, one entry each, ordered by customer and spell; billing on the same day each month."""

    customer: Ints
    spell: Ints
    """1 for the first time, 2 for who came back."""
    plan: Ints
    month: Ints
    """Month of the first bill."""
    bill_day: Ints
    """Day of the month, 0 for the first."""
    months: Ints
    """Months paid for until the customer leaves; beyond the last day for those still there."""
    leaves_each_month: Floats
    gift: Ints
    """Cents of goods given at the start."""

    @property
    def start(self) -> Ints:
        return month_start(self.month) + self.bill_day

    @property
    def end(self) -> Ints:
        """Day of leaving: the first renewal not made."""
        return month_start(self.month + np.minimum(self.months, _NEVER)) + self.bill_day

    def active_on(self, day: int) -> Flags:
        return (self.start <= day) & (self.end > day)


def subscribe(assumptions: Assumptions, people: Customers, draws: Draws) -> Spells:
    """First spells, and second ones of those who come back, that start by the last day."""
    setup, channels = assumptions.subscriptions, list(assumptions.channels.values())
    size = people.number
    joins = draws.chance(np.array([each.subscribes for each in channels])[people.channel], size)
    leaving = np.zeros(size)
    for number, each in enumerate(channels):
        members = np.flatnonzero(people.channel == number)
        leaving[members] = draws.beta(each.sbg_alpha, each.sbg_beta, members.size)
    begin = people.start_day + np.floor(draws.exponential(size) * setup.delay_days).astype(np.int64)
    month = month_of(np.minimum(begin, DAYS))
    # Nobody is billed after the 28th: every month has that day.
    bill_day = np.minimum(begin - month_start(month), 27)
    months = draws.geometric(leaving, _NEVER)
    plan = draws.choice([each[2] for each in setup.plans.values()], size)
    gifts = np.array([round(100 * each.welcome_gift) for each in channels], dtype=np.int64)[people.channel]

    back = draws.chance(setup.comes_back, size)
    pause = 1 + draws.whole(setup.comes_back_months, size)
    again_month = month + np.minimum(months, _NEVER) + pause
    again_months = draws.geometric(leaving, _NEVER)
    who = np.arange(size, dtype=np.int64)
    first = Spells(who, np.ones(size, dtype=np.int64), plan, month, bill_day, months, leaving, gifts)
    second = Spells(
        who, 2 * np.ones(size, dtype=np.int64), plan, again_month, bill_day, again_months, leaving, 0 * gifts
    )
    started = joins & (first.start < DAYS)
    came_back = started & back & (second.start < DAYS)
    chosen = np.concatenate([np.flatnonzero(started), size + np.flatnonzero(came_back)])
    columns = [np.concatenate(pair)[chosen] for pair in zip(vars(first).values(), vars(second).values(), strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return Spells(*(column[order] for column in columns))
