"""Euros as a reader wants them, for what is simulated or counted in them."""

from customer_value.plots.look import money


def euros(amount: float) -> str:
    """As ``money``, in euros."""
    return money(amount).replace("$", "€")


def signed_euros(amount: float) -> str:
    """As ``euros``, with a plus sign where there is more."""
    return f"+{euros(amount)}" if amount > 0 else euros(amount)
