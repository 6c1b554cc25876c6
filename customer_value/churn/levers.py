"""What one more per cent of each lever is worth: cross-selling, up-selling, loyalty, referrals, service."""

from dataclasses import dataclass, replace

import pandas as pd

from customer_value._inputs import amount, fraction, one_whole, single
from customer_value.clv import margin_multiplier

LEVERS = ("more orders", "dearer orders", "staying", "referrals", "cheaper service")
"""What cross-selling, up-selling, a loyalty programme, referrals and better service would move."""


@dataclass(frozen=True)
class CustomerYear:
    """An average customer's year, as ``lever_values`` values it."""

    orders: float
    """A year."""
    basket: float
    """Margin of an order before service, money."""
    service: float
    """Cost of serving the customer, money a year."""
    retention: float
    """Share who are still customers a year later."""
    referrals: float = 0.0
    """New customers that one brings in a year."""
    referral_value: float = 0.0
    """Lifetime value of a new customer brought, after any reward, money."""

    def value(self, discount_rate: float, years: int = 5) -> float:
        """Present value of this year and the next ones: (orders · basket − service + referrals) × multiplier.

        The first year counts in full, ``years`` are counted in all; ``discount_rate`` is a year's.
        """
        yearly = (
            amount(self.orders, "orders") * single(self.basket, "basket")
            - amount(self.service, "service")
            + amount(self.referrals, "referrals") * single(self.referral_value, "referral_value")
        )
        stays = margin_multiplier(
            fraction(self.retention, "retention", zero=True),
            fraction(discount_rate, "discount_rate", zero=True),
            first_margin="now",
            horizon=one_whole(years, "years", least=1, most=100),
        )
        return yearly * stays


def lever_values(
    customer: CustomerYear, *, change: float = 0.01, discount_rate: float = 0.1, years: int = 5
) -> pd.DataFrame:
    """What a change of each lever alone adds to the value of a customer, before what pulling it costs.

    ``change`` is relative: 0.01 turns 5 orders into 5.05, a retention of 60% into 60.6% and a cost of 10 into 9.90.
    Referrals start from what they are, so 0 stays 0.

    Returns a frame indexed by ``lever`` (``LEVERS``): ``from``, ``to`` (in the lever's own unit), ``value`` of a
    customer afterwards and ``gain``, the most that pulling the lever so far may cost per customer, the highest gain
    first. Whether anything pulls it so far is another question.
    """
    step = single(change, "change")
    now = customer.value(discount_rate, years)
    moved = {
        "more orders": ("orders", customer.orders * (1 + step)),
        "dearer orders": ("basket", customer.basket * (1 + step)),
        "staying": ("retention", min(1.0, customer.retention * (1 + step))),
        "referrals": ("referrals", customer.referrals * (1 + step)),
        "cheaper service": ("service", customer.service * (1 - step)),
    }
    rows = {}
    for lever, (name, to) in moved.items():
        value = replace(customer, **{name: to}).value(discount_rate, years)
        rows[lever] = (getattr(customer, name), to, value, value - now)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["from", "to", "value", "gain"])
    return table.rename_axis("lever").sort_values("gain", ascending=False, kind="stable")
