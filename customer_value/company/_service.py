"""Contacts with the service team: late parcels, returns, and customers who keep asking."""

from dataclasses import dataclass

import numpy as np

from customer_value.company import _firm
from customer_value.company._calendar import DAYS, MINUTES
from customer_value.company._draws import Draws, Ints, repeat
from customer_value.company._orders import Orders
from customer_value.company._people import Customers, Flags
from customer_value.company._returns import CANCELLED, Returns
from customer_value.company.assumptions import Assumptions

REASONS = ("late delivery", "return", "advice", "fault", "order or account")
LATE, RETURN = 0, 1
# How long a customer who buys nothing more still writes, days.
_AFTER_LAST_ORDER = 60


@dataclass
class Contacts:
    """Contacts of one block in order of time, one entry each."""

    customer: Ints
    minute: Ints
    medium: Ints
    """Position in the assumptions' ``service.minutes``."""
    reason: Ints
    agent: Ints
    tenths: Ints
    """Length in tenths of a minute."""
    resolved: Flags
    repeat: Flags
    """Asks again about the case of an earlier contact."""

    @property
    def number(self) -> int:
        return self.customer.size


def answer(assumptions: Assumptions, people: Customers, orders: Orders, returns: Returns, draws: Draws) -> Contacts:
    """First contacts of all cases, and a second one of those who were not helped, up to the last day."""
    setup = assumptions.service
    late = np.flatnonzero(orders.late & (orders.customer >= 0) & draws.chance(setup.after_late, orders.number))
    about = returns.order[returns.reason != CANCELLED]
    asked = draws.chance(setup.after_return, about.size)
    returned_on = returns.minute[returns.reason != CANCELLED][asked]
    last = people.start.copy()
    known = np.flatnonzero(orders.customer >= 0)
    # Orders are in order of time, so the last one written is the latest.
    last[orders.customer[known]] = orders.day[known]
    until = np.minimum(last + _AFTER_LAST_ORDER, DAYS * 1.0)
    span = until - people.start
    number = draws.poisson(people.contacts_per_year * span / 365.25)
    who = repeat(np.arange(people.number, dtype=np.int64), number)
    when = people.start[who] + draws.uniform(who.size) * span[who]
    customer = np.concatenate([orders.customer[late], orders.customer[about[asked]], who])
    day = np.concatenate([orders.promised[late] + 1, returned_on // MINUTES - 1, np.floor(when).astype(np.int64)])
    reason = np.concatenate(
        [
            np.full(late.size, LATE, dtype=np.int64),
            np.full(returned_on.size, RETURN, dtype=np.int64),
            2 + draws.choice([0.4, 0.25, 0.35], who.size),
        ]
    )
    first = _handled(assumptions, customer, day, reason, False, draws)
    again = np.flatnonzero(~first.resolved & draws.chance(setup.calls_again, first.number))
    later = first.minute[again] // MINUTES + 1 + draws.whole(5, again.size)
    second = _handled(assumptions, first.customer[again], later, first.reason[again], True, draws)
    columns = [np.concatenate(pair) for pair in zip(vars(first).values(), vars(second).values(), strict=True)]
    both = Contacts(*columns)
    order = np.lexsort((np.arange(both.number), both.minute))
    order = order[both.minute[order] < DAYS * MINUTES]
    return Contacts(*(column[order] for column in vars(both).values()))


def _handled(assumptions: Assumptions, customer: Ints, day: Ints, reason: Ints, repeat: bool, draws: Draws) -> Contacts:
    setup, size = assumptions.service, customer.size
    staff = _firm.employees(assumptions.orders.pushy_advisers, setup.hasty_agents)
    agents = np.array([number for number, each in enumerate(staff) if each.role == "service agent"], dtype=np.int64)
    hasty = np.array([staff[number].odd for number in agents])
    pick = draws.whole(agents.size, size)
    medium = draws.choice([0.45, 0.25, 0.22, 0.08], size)
    usual = np.array(list(setup.minutes.values()))[medium]
    pace = np.where(hasty[pick], setup.hasty_minutes, 1.0)
    tenths = np.maximum(np.rint(10.0 * usual * pace * draws.gamma(4.0, size) / 4.0), 5.0).astype(np.int64)
    helped = np.where(hasty[pick], setup.resolved_hasty, setup.resolved)
    minute = day * MINUTES + 480 + np.floor(draws.uniform(size) * 720).astype(np.int64)
    return Contacts(
        customer,
        minute,
        medium,
        reason,
        agents[pick],
        tenths,
        draws.chance(helped, size),
        np.full(size, repeat),
    )
