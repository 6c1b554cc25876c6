"""How long a customer stays, in each of the forms in use."""

import numpy as np
from numpy.typing import ArrayLike

from customer_value._inputs import shares, within
from customer_value.clv._geometric import power_sum
from customer_value.clv._terms import FirstMargin, Numbers, is_after, like, margins_counted


def churn_rate(lost: ArrayLike, customers_at_start: ArrayLike) -> Numbers:
    """Churn: customers lost in a period over those there at its start; retention is 1 − churn.

    Customers won in the period count in neither figure. Number(s); returns share(s). Raises ``ValueError`` when nobody
    was there, or more were lost than were there.
    """
    there = within(customers_at_start, "customers_at_start", above=0)
    gone = within(lost, "lost", low=0)
    share = gone / there
    if np.any(share > 1):
        at = [float(np.broadcast_to(each, share.shape)[share > 1].flat[0]) for each in (gone, there)]
        raise ValueError(
            f"lost ({at[0]:g}) is more than customers_at_start ({at[1]:g}): count only the loss of customers who were"
            " there at the start."
        )
    return like(share, lost, customers_at_start)


def lifespan_from_churn(churn: ArrayLike, *, first_margin: FirstMargin = "now", horizon: int | None = None) -> Numbers:
    """Periods in which a new customer brings a margin, on average, when churn c is the same in each: 1 / c.

    Parameters
    ----------
    churn
        c, the share of customers lost per period, number(s) above 0 and at most 1; 0 needs a ``horizon``.
    first_margin
        ``"now"`` counts the period that has just begun, 1 / c. ``"after"`` counts only the periods still to be won,
        (1 − c) / c, exactly one less.
    horizon
        Counts only the first so many of them: (1 − (1 − c)ⁿ) / c.

    Returns periods. Raises ``ValueError`` at churn 0 without a horizon, where nobody ever leaves and the mean is
    infinite.

    Wrong when customers differ in churn: the mean of 1 / c is above one over the mean churn, see
    ``retention.ShiftedBetaGeoModel``.
    """
    c, count = shares(churn, "churn"), margins_counted(horizon)
    if count is None and np.any(c == 0):
        raise ValueError("churn 0 means that nobody ever leaves: the expected lifetime is infinite. Give a horizon.")
    periods = power_sum(c, count)
    return like(periods * (1 - c) if is_after(first_margin) else periods, churn)


def expected_lifetime(
    retention: ArrayLike, *, first_margin: FirstMargin = "now", horizon: int | None = None
) -> Numbers:
    """``lifespan_from_churn`` from the retention rate: 1 / (1 − r), or r / (1 − r) for periods still to be won.

    Number(s) from 0 to 1; the rest as there. Retention 1 is churn 0: nobody ever leaves, which needs a ``horizon``.
    """
    churn = 1 - shares(retention, "retention")
    return like(lifespan_from_churn(churn, first_margin=first_margin, horizon=horizon), retention)


def median_lifetime(retention: ArrayLike) -> Numbers:
    """Periods after which half of the customers have left, when retention is the same in each: ln ½ / ln r.

    The half-life is about 0.7 of the mean, as a few who stay long lift the mean. Number(s) from 0 to below 1; returns
    periods, not rounded. Raises ``ValueError`` at retention 1, where nobody ever leaves.
    """
    r = shares(retention, "retention")
    if np.any(r == 1):
        raise ValueError("retention 1 means that nobody ever leaves: half of them are never gone.")
    with np.errstate(divide="ignore"):
        return like(np.log(2) / -np.log(r), retention)


def observed_lifespan(customer_periods: ArrayLike, lost: ArrayLike) -> Numbers:
    """Mean lifespan estimated while most customers are still there: all periods they were customers, over losses.

    The mean tenure of those who left is too short, because those who stay are missing from it. Dividing the periods of
    everybody, there or gone, by the number lost is the maximum-likelihood estimate of 1 / c where churn c is the same
    in each period; with several months of data, add them up.

    ``customer_periods``: the sum of tenures, number(s) above 0; ``lost``: how many left, number(s) above 0. Returns
    periods. Raises ``ValueError`` when nobody left: the data then give no upper limit.
    """
    time = within(customer_periods, "customer_periods", above=0)
    return like(time / within(lost, "lost", above=0), customer_periods, lost)
