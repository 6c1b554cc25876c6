"""The workbook's figures: one look, titles that state the finding, a text alternative for each.

Every function returns a ``Figure``, an ordinary matplotlib figure (``savefig`` works) that shows itself
as SVG with its text alternative. No pyplot state is touched, so nothing has to be closed.

``look`` holds what they share; each other module is one family. Those that compare a model with what
happened take the tables of ``customer_value.validation`` and compute nothing themselves.
"""

from customer_value.plots.look import BLUE, GREY, INK, PALE, PALETTE, RED, SIZE, TEAL, Figure, money, new_axes
from customer_value.plots.profit import whale
from customer_value.plots.shares import lorenz, top_shares
from customer_value.plots.tiers import tier_bars, tier_shift

__all__ = [
    "BLUE",
    "GREY",
    "INK",
    "PALE",
    "PALETTE",
    "RED",
    "SIZE",
    "TEAL",
    "Figure",
    "lorenz",
    "money",
    "new_axes",
    "tier_bars",
    "tier_shift",
    "top_shares",
    "whale",
]
