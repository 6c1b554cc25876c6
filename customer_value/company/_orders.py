"""When customers buy, where, from whom and for how much."""

from dataclasses import dataclass

import numpy as np

from customer_value.company import _firm
from customer_value.company._calendar import DAYS, MINUTES
from customer_value.company._draws import Draws, Floats, Ints
from customer_value.company._people import Customers, Flags
from customer_value.company.assumptions import Assumptions

NOBODY = -1


@dataclass
class Orders:
    """Orders of one block, in order of time; every array has one entry per order."""

    customer: Ints
    """Position of the customer in the block, −1 without a loyalty card."""
    minute: Ints
    place: Ints
    """Position in ``_firm.PLACES``."""
    country: Ints
    seller: Ints
    """Position of the adviser, −1 on the web."""
    amount: Floats
    """Worth of the goods at prices before discounts, cents."""
    discount: Floats
    """Share off the prices."""
    voucher: Flags
    first: Flags
    promised: Ints
    """Day, −1 for store orders."""
    delivered: Ints
    """Day, −1 for store orders and where it is after the last day."""
    late: Flags
    cancelled: Flags

    @property
    def number(self) -> int:
        return self.customer.size

    @property
    def day(self) -> Ints:
        return self.minute // MINUTES

    @property
    def web(self) -> Flags:
        return self.place == _firm.WEB


def purchase_times(people: Customers, draws: Draws) -> tuple[Ints, Floats]:
    """Customer and time (days) of every purchase up to the last day, BG/NBD: exponential gaps until leaving.

    Leaving is possible after each purchase but the first. Source: Fader, Hardie & Lee (2005).
    """
    who, when = [np.arange(people.number, dtype=np.int64)], [people.start]
    time, made = people.start.copy(), np.zeros(people.number, dtype=np.int64)
    rate = people.purchases_per_week / 7.0
    active = who[0]
    while active.size:
        gap = draws.exponential(active.size)
        # A rate that is next to nothing would overflow: it buys no more.
        next_time = time[active] + gap / np.maximum(rate[active], 1e-12)
        bought = next_time < DAYS
        active, next_time = active[bought], next_time[bought]
        who.append(active)
        when.append(next_time)
        time[active] = next_time
        made[active] += 1
        active = active[made[active] < people.purchases_before_leaving[active]]
    return np.concatenate(who), np.concatenate(when)


def place_orders(
    assumptions: Assumptions,
    people: Customers,
    customer: Ints,
    day: Ints,
    first: Flags,
    voucher: Flags,
    draws: Draws,
) -> Orders:
    """Orders of these customers (−1: without a card) on these days, in order of time."""
    size = customer.size
    known = customer != NOBODY
    of = np.where(known, customer, 0)
    in_store = (draws.uniform(size) < people.store_share[of]) | ~known
    strangers = draws.choice([store[3] for store in _firm.STORES], size)
    place = np.where(in_store, np.where(known, people.home_store[of], strangers), _firm.WEB)
    names = list(assumptions.people.countries)
    country_of_store = np.array([names.index(store[2]) if store[2] in names else 0 for store in _firm.STORES] + [0])
    country = np.where(known, people.country[of], country_of_store[place])
    hour = draws.uniform(size)
    # Stores are open from 9:30 to 19:30; the web shop is busiest late.
    minute = np.where(in_store, 570 + np.floor(hour * 600), np.floor(np.sqrt(hour) * 1440)).astype(np.int64)
    amount, discount = _amounts(assumptions, people, of, known, first, voucher, draws)
    setup = assumptions.orders
    chances = np.array([setup.late.get(name, 0.0) for name in names])
    late = draws.chance(chances[country], size) & ~in_store
    delay = 1 + np.floor(draws.exponential(size) * setup.late_days).astype(np.int64)
    promised = np.where(in_store, -1, day + setup.promised_days)
    early = draws.chance(0.4, size).astype(np.int64)
    arrival = promised + np.where(late, delay, -early)
    delivered = np.where(in_store | (arrival >= DAYS), -1, arrival)
    cancelled = draws.chance(assumptions.returns.cancelled, size) & ~in_store
    seller = _sellers(assumptions, place, draws)
    stamp = day * MINUTES + minute
    order = np.lexsort((np.arange(size), stamp))
    return Orders(
        customer=customer[order],
        minute=stamp[order],
        place=place[order].astype(np.int64),
        country=country[order],
        seller=seller[order],
        amount=amount[order],
        discount=discount[order],
        voucher=voucher[order],
        first=first[order],
        promised=promised[order],
        delivered=np.where(cancelled, -1, delivered)[order],
        late=(late & ~cancelled)[order],
        cancelled=cancelled[order],
    )


def _amounts(
    assumptions: Assumptions, people: Customers, of: Ints, known: Flags, first: Flags, voucher: Flags, draws: Draws
) -> tuple[Floats, Floats]:
    spend = assumptions.spend
    own = np.where(known, people.spend_scale[of], spend.gamma / draws.gamma(spend.q, of.size))
    amount = np.maximum(np.rint(100.0 * own * draws.gamma(spend.p, of.size)), 100.0)
    offers = np.array([channel.first_order_discount for channel in assumptions.channels.values()])
    discount = np.where(first & known, offers[people.channel[of]], 0.0)
    return amount, np.where(voucher, assumptions.campaigns.voucher_off, discount)


def _sellers(assumptions: Assumptions, place: Ints, draws: Draws) -> Ints:
    staff = _firm.employees(assumptions.orders.pushy_advisers, assumptions.service.hasty_agents)
    seller = np.full(place.size, -1, dtype=np.int64)
    pick = draws.uniform(place.size)
    for store in range(len(_firm.STORES)):
        team = range(store * _firm.ADVISERS_PER_STORE, (store + 1) * _firm.ADVISERS_PER_STORE)
        bounds, running = [], 0.0
        for member in team:
            running += assumptions.orders.pushy_weight if staff[member].odd else 1.0
            bounds.append(running)
        here = np.flatnonzero(place == store)
        found = np.searchsorted(np.array(bounds[:-1]), pick[here] * running, side="right")
        seller[here] = team[0] + found
    return seller
