"""What is in the basket: the amount of an order, split into lines of products."""

from dataclasses import dataclass

import numpy as np

from customer_value.company import _firm
from customer_value.company._draws import Draws, Floats, Ints, repeat, total_by
from customer_value.company._orders import Orders
from customer_value.company._people import Customers
from customer_value.company.assumptions import Assumptions


@dataclass
class Lines:
    """Invoice lines, one entry each; prices in cents."""

    order: Ints
    product: Ints
    """Position in ``_firm.ALL_CODES``."""
    quantity: Ints
    price: Ints

    @property
    def number(self) -> int:
        return self.order.size

    def pick(self, which: Ints) -> "Lines":
        """The lines at these positions."""
        return Lines(self.order[which], self.product[which], self.quantity[which], self.price[which])


def fill_baskets(assumptions: Assumptions, people: Customers, orders: Orders, draws: Draws) -> Lines:
    """Goods of every order, worth its amount to a few cents before discounts, in order of the orders."""
    setup = assumptions.baskets
    room = np.floor(orders.amount / (100.0 * setup.least_per_line)).astype(np.int64)
    wanted = 1 + draws.poisson(np.full(orders.number, setup.further_lines))
    count = np.minimum(wanted, np.maximum(room, 1))
    order = repeat(np.arange(orders.number, dtype=np.int64), count)
    size = order.size
    part = draws.exponential(size)
    least = np.minimum(100.0 * setup.least_per_line, orders.amount / count)
    rest = (orders.amount - least * count) / total_by(order, part, orders.number)
    worth = least[order] + rest[order] * part
    owner = orders.customer[order]
    taste = np.where(
        owner >= 0, people.coffee_taste[np.maximum(owner, 0)], setup.coffee_a / (setup.coffee_a + setup.coffee_b)
    )
    big = worth >= 100.0 * setup.machine_from
    kind = draws.uniform(size)
    category = np.where(kind < taste, _firm.COFFEE, _firm.KITCHEN)
    category = np.where(big, np.where(kind < setup.machine, _firm.MACHINE, _firm.KITCHEN), category)
    product, quantity = _products(assumptions, category, worth, draws)
    kept = 1.0 - orders.discount[order]
    price = np.maximum(np.rint(worth * kept / quantity), 1.0).astype(np.int64)
    return Lines(order, product, quantity, price)


def _products(assumptions: Assumptions, category: Ints, worth: Floats, draws: Draws) -> tuple[Ints, Ints]:
    """A product and a quantity whose list price comes near what the line is worth."""
    size = category.size
    product, quantity = np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)
    pieces, wobble = draws.uniform(size), draws.uniform(size)
    noise = assumptions.spend.price_noise
    several = {_firm.COFFEE: 3.0, _firm.KITCHEN: 2.0, _firm.MACHINE: 1.0}
    for number, shelf in enumerate(_firm.SHELVES):
        members = np.flatnonzero(category == number)
        # Squared: one piece more often than several.
        hoped = 1.0 + np.floor(several[number] * pieces[members] * pieces[members])
        target = worth[members] / hoped * (1.0 + noise * (2.0 * wobble[members] - 1.0))
        found = shelf.product[np.searchsorted(shelf.between, target, side="right")]
        product[members] = found
        quantity[members] = np.maximum(np.rint(worth[members] / _firm.LIST_PRICE[found]), 1.0).astype(np.int64)
    return product, quantity


def extras(assumptions: Assumptions, orders: Orders, draws: Draws) -> Lines:
    """Postage on small web orders, and free samples: lines that are no sale of goods."""
    below = orders.amount * (1.0 - orders.discount) < 100.0 * assumptions.spend.free_above
    posted = np.flatnonzero(orders.web & below).astype(np.int64)
    sampled = np.flatnonzero(orders.web & draws.chance(assumptions.orders.free_sample, orders.number)).astype(np.int64)
    postage = round(100 * assumptions.spend.postage)
    return Lines(
        np.concatenate([posted, sampled]),
        np.repeat(
            np.array([_firm.CODE_OF[_firm.POSTAGE], _firm.CODE_OF[_firm.SAMPLE]], dtype=np.int64),
            [posted.size, sampled.size],
        ),
        np.ones(posted.size + sampled.size, dtype=np.int64),
        np.repeat(np.array([postage, 0], dtype=np.int64), [posted.size, sampled.size]),
    )
