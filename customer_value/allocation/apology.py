"""A parcel was late: what a gesture to the customer earns, and what it may cost."""

import numpy as np
from numpy.typing import ArrayLike

from customer_value._inputs import amount, shares, within
from customer_value.clv import Numbers
from customer_value.clv._terms import like


def apology_gain(
    clv: ArrayLike,
    *,
    leaves_more: ArrayLike,
    repaired: ArrayLike,
    voucher: ArrayLike,
    used: ArrayLike,
    handling: float = 0.0,
) -> Numbers:
    """Expected gain of an apology with a voucher to one customer: ρ·δ·V − u·F − h.

    Parameters
    ----------
    clv
        Residual lifetime value V, money.
    leaves_more
        δ: by how much the failure raises the chance of leaving, a share.
    repaired
        ρ: share of that rise which the apology takes back.
    voucher, used
        Face value F, money, and the share u of vouchers that are used. One that is used costs its face value: the
        margin of an order that would not have been made otherwise belongs to V.
    handling
        h: money for sending one.

    Number(s). Raises ``ValueError`` for shares outside 0 to 1.
    """
    rise, mended = shares(leaves_more, "leaves_more"), shares(repaired, "repaired")
    face, share = within(voucher, "voucher", low=0), shares(used, "used")
    worth = within(clv, "clv")
    gain = mended * rise * worth - share * face - amount(handling, "handling")
    return like(gain, clv, leaves_more, repaired, voucher, used)


def apology_limit(
    clv: ArrayLike, *, leaves_more: ArrayLike, repaired: ArrayLike, used: ArrayLike, handling: float = 0.0
) -> Numbers:
    """The highest face value at which the apology loses nothing: (ρ·δ·V − h) / u, at least 0.

    Arguments as in ``apology_gain``; ``used`` must be above 0. Number(s), money.
    """
    rise, mended = shares(leaves_more, "leaves_more"), shares(repaired, "repaired")
    share = shares(used, "used")
    if np.any(share == 0):
        raise ValueError("used must be above 0: a voucher that nobody uses costs nothing at any face value.")
    limit = (mended * rise * within(clv, "clv") - amount(handling, "handling")) / share
    return like(np.maximum(limit, 0.0), clv, leaves_more, repaired, used)
