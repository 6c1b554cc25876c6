"""Money as a reader wants it: euros for what is simulated or counted in them, and axes with amounts."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value.plots.look import money


def euros(amount: float) -> str:
    """As ``money``, in euros."""
    return money(amount).replace("$", "€")


def signed_euros(amount: float) -> str:
    """As ``euros``, with a plus sign where there is more."""
    return f"+{euros(amount)}" if amount > 0 else euros(amount)


def money_axis(axes: Axes, words: Callable[[float], str] = money, steps: int = 4) -> None:
    """Amounts along the bottom, written by ``words``, in at most ``steps`` steps so that they do not run together."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))
    axes.xaxis.set_major_locator(MaxNLocator(steps))
