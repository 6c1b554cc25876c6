"""Fifty orders for one machine, and too few machines; and what is in the warehouse otherwise."""

from dataclasses import dataclass

import numpy as np

from customer_value.company import _firm
from customer_value.company._calendar import DAYS, MINUTES
from customer_value.company._draws import Draws, Ints, count_by
from customer_value.company._orders import Orders
from customer_value.company._people import Customers
from customer_value.company.assumptions import Assumptions


@dataclass
class OpenOrders:
    """Orders placed in the last days and not yet shipped, in order of time; one entry each."""

    customer: Ints
    minute: Ints
    quantity: Ints
    kind: Ints
    """Position in the assumptions' ``open_orders.kinds``: why this customer is in the case."""


def open_orders(assumptions: Assumptions, people: Customers, orders: Orders, draws: Draws) -> OpenOrders:
    """The case; customers of each kind are drawn by lot among those who bought by the day before."""
    setup, size = assumptions.open_orders, people.number
    number = count_by(orders.customer[orders.customer >= 0], size)
    names = list(assumptions.channels)
    deal = names.index("deal site") if "deal site" in names else -1
    ordinary = ~people.serial_returner & ~people.needy & ~people.advocate
    loyal = ordinary & (number >= 12) & (number <= people.purchases_before_leaving)
    fits = {
        "loyal": loyal,
        "serial returner": people.serial_returner & (number >= 5),
        "needy": people.needy & (number >= 4) & ~people.serial_returner,
        "advocate": people.advocate & (number <= 8) & ~people.serial_returner & ~people.needy,
        "deal site": ordinary & (people.channel == deal) & (number <= 2),
        "new": ordinary & (number == 1) & (people.start_day >= DAYS - 60),
        "reseller": ordinary & (number <= 3),
        "any": ordinary & (number >= 2),
    }
    key = draws.uniform(size)
    taken = np.zeros(size, dtype=bool)
    customer, kind = [], []
    for position, (name, wanted) in enumerate(setup.kinds.items()):
        found = np.flatnonzero(fits[name] & ~taken & (number > 0))
        chosen = found[np.argsort(key[found], kind="stable")][:wanted]
        taken[chosen] = True
        customer.append(chosen.astype(np.int64))
        kind.append(np.full(chosen.size, position, dtype=np.int64))
    who, what = np.concatenate(customer), np.concatenate(kind)
    reseller = list(setup.kinds).index("reseller")
    quantity = np.where(what == reseller, setup.reseller_quantity, 1).astype(np.int64)
    minute = (DAYS - 4) * MINUTES + np.floor(draws.uniform(who.size) * 4 * MINUTES).astype(np.int64)
    order = np.lexsort((who, minute))
    return OpenOrders(who[order], minute[order], quantity[order], what[order])


def stock(assumptions: Assumptions, seed: int) -> tuple[Ints, Ints, Ints]:
    """Pieces on hand, pieces under way, and days until they arrive, for each product."""
    draws = Draws(seed, 0, "stock")
    size = len(_firm.PRODUCTS)
    usual = np.array([400, 150, 30], dtype=np.int64)[_firm.CATEGORY[:size]]
    on_hand = usual // 4 + draws.whole(usual, size)
    coming = np.where(draws.chance(0.5, size), usual, 0)
    days = 5 + draws.whole(25, size)
    scarce = _firm.CODE_OF[assumptions.open_orders.scarce]
    on_hand[scarce], coming[scarce] = assumptions.open_orders.on_hand, 60
    return on_hand, coming, days
