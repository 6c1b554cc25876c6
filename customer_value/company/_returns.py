"""What comes back: returns by the customer's propensity, and orders cancelled before dispatch."""

from dataclasses import dataclass

import numpy as np

from customer_value.company import _firm
from customer_value.company._calendar import DAYS, MINUTES
from customer_value.company._draws import Draws, Ints
from customer_value.company._lines import Lines
from customer_value.company._orders import Orders
from customer_value.company._people import Customers, Flags
from customer_value.company.assumptions import Assumptions

REASONS = ("changed mind", "not as described", "damaged", "gift", "cancelled before dispatch")
CANCELLED = REASONS.index("cancelled before dispatch")


@dataclass
class Returns:
    """Credit notes of one block, one entry each, and the lines they take back."""

    order: Ints
    """Position of the order that is returned, in part or whole."""
    minute: Ints
    reason: Ints
    lines: Lines
    """``order`` is the position of the credit note; quantities are positive."""
    resaleable: Flags
    """One per line: can be sold again."""

    @property
    def number(self) -> int:
        return self.order.size


def take_back(assumptions: Assumptions, people: Customers, orders: Orders, lines: Lines, draws: Draws) -> Returns:
    """Credit notes up to the last day: at most one per order."""
    setup = assumptions.returns
    cancelled = orders.cancelled[lines.order]
    back = ~cancelled & draws.chance(_chances(assumptions, people, orders, lines), lines.number)
    # The days a customer has run from delivery on the web and from the purchase in a store.
    known = orders.customer >= 0
    from_day = np.where(orders.web, orders.delivered, orders.day)
    after = 3 + np.floor(draws.exponential(orders.number) * setup.after_days).astype(np.int64)
    day = from_day + after
    in_time = (day < DAYS) & (from_day >= 0) & known
    back &= in_time[lines.order]
    several = lines.quantity > 1
    part = several & draws.chance(setup.part_of_line, lines.number)
    quantity = np.where(part & back, (lines.quantity + 1) // 2, lines.quantity)
    which = np.flatnonzero(back | cancelled).astype(np.int64)
    noted = np.zeros(orders.number, dtype=np.int64)
    noted[lines.order[which]] = 1
    returned = np.flatnonzero(noted).astype(np.int64)
    position = np.cumsum(noted, dtype=np.int64) - 1
    hour = 600 + np.floor(draws.uniform(orders.number) * 540).astype(np.int64)
    # A cancellation follows within two hours; at the very end it still falls on the last day.
    soon = orders.minute + 5 + np.floor(draws.uniform(orders.number) * 115).astype(np.int64)
    soon = np.minimum(soon, DAYS * MINUTES - 1)
    minute = np.where(orders.cancelled, soon, day * MINUTES + hour)
    reason = np.where(orders.cancelled, CANCELLED, draws.choice([0.55, 0.25, 0.12, 0.08], orders.number))
    credit = Lines(position[lines.order[which]], lines.product[which], quantity[which], lines.price[which])
    shares = np.array([setup.resaleable[name] for name in _firm.CATEGORIES])
    good = draws.chance(shares[_firm.CATEGORY[credit.product]], credit.number) | cancelled[which]
    return Returns(returned, minute[returned], reason[returned], credit, good)


def _chances(assumptions: Assumptions, people: Customers, orders: Orders, lines: Lines) -> np.ndarray:
    setup = assumptions.returns
    owner = orders.customer[lines.order]
    chance = np.where(owner >= 0, people.return_chance[np.maximum(owner, 0)], 0.0)
    factors = np.array([setup.coffee, 1.0, setup.machine])
    staff = _firm.employees(assumptions.orders.pushy_advisers, assumptions.service.hasty_agents)
    pushed = np.array([setup.pushy_adviser if each.odd else 1.0 for each in staff] + [1.0])
    seller = orders.seller[lines.order]
    place = np.where(seller >= 0, setup.in_store, 1.0)
    serial = people.serial_returner[np.maximum(owner, 0)]
    goods = np.where(serial, 1.0, factors[_firm.CATEGORY[lines.product]])
    return np.minimum(chance * goods * place * pushed[seller], setup.most)
