"""Who gets the value: between the seller's cost and the customer's EVC lies what a price can divide."""

from dataclasses import dataclass

import pandas as pd

from customer_value._inputs import single
from customer_value.cvm.model import ValueModel
from customer_value.cvm.uncertainty import Simulation


@dataclass(frozen=True)
class ValueSharing:
    """A price between a floor and a ceiling; ``value_sharing`` makes it. All in one unit of money."""

    cost: float
    """The floor: below it the seller loses."""
    price: float
    evc: float
    """The ceiling: above it the customer is better off with the reference."""
    reference_price: float | None = None

    @property
    def created(self) -> float:
        """EVC − cost: what there is to share. Not above 0: no price makes both better off."""
        return self.evc - self.cost

    @property
    def to_customer(self) -> float:
        """EVC − price, the customer's incentive to buy."""
        return self.evc - self.price

    @property
    def to_seller(self) -> float:
        """Price − cost."""
        return self.price - self.cost

    @property
    def customer_share(self) -> float:
        """The customer's part of the value created; NaN where there is nothing to share."""
        return self.to_customer / self.created if self.created > 0 else float("nan")

    @property
    def seller_share(self) -> float:
        """The seller's part of the value created; NaN where there is nothing to share."""
        return self.to_seller / self.created if self.created > 0 else float("nan")

    @property
    def both_gain(self) -> bool:
        """Whether the price lies between cost and EVC."""
        return self.cost < self.price < self.evc

    def price_for(self, customer_share: float) -> float:
        """The price that leaves the customer this share of the value created: EVC − share · (EVC − cost).

        ``customer_share`` is usually from 0 (price = EVC) to 1 (price = cost). Raises ``ValueError`` where there is
        nothing to share.
        """
        share = single(customer_share, "customer_share")
        if self.created <= 0:
            raise ValueError(f"EVC ({self.evc:,.6g}) is not above cost ({self.cost:,.6g}): there is nothing to share.")
        return self.evc - share * self.created


def value_sharing(evc: float, cost: float, price: float, reference_price: float | None = None) -> ValueSharing:
    """How a ``price`` shares the value between ``cost`` (of the seller) and ``evc``; one unit of money for all.

    A price outside that range gives one side a negative part. Raises ``TypeError`` or ``ValueError`` for what is not a
    finite number.
    """
    reference = None if reference_price is None else single(reference_price, "reference_price")
    return ValueSharing(single(cost, "cost"), single(price, "price"), single(evc, "evc"), reference)


def share_value(model: ValueModel, price: float) -> ValueSharing:
    """``value_sharing`` of a value model at expected values, at the asking ``price``."""
    return value_sharing(model.evc(), model.cost_to_serve(), price, model.price_of_reference())


def price_range(simulation: Simulation, prices: list[float]) -> pd.DataFrame:
    """For each price: the chance that the customer is better off, and what each side gets on average.

    Returns a DataFrame by ``price`` with ``chance_better_off``, ``to_customer`` and, where the model has a cost,
    ``to_seller`` (means over the draws, in money).
    """
    rows = {}
    for price in prices:
        asked = single(price, "prices")
        rows[asked] = {
            "chance_better_off": simulation.chance_better_off(asked),
            "to_customer": float((simulation.evc - asked).mean()),
        }
        if "cost" in simulation.amounts:
            rows[asked]["to_seller"] = float((asked - simulation.amounts["cost"]).mean())
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("price")
