"""Rates of one period from those of another."""

import numpy as np
from numpy.typing import ArrayLike

from customer_value._inputs import shares, within
from customer_value.clv._terms import Numbers, like


def discount_rate_per_period(annual_rate: ArrayLike, periods_per_year: ArrayLike) -> Numbers:
    """The discount rate of a shorter period that compounds to ``annual_rate``: (1 + i)^(1/k) − 1.

    10% a year is 0.797% a month, not 0.833%. Number(s) from 0 to 1, and 12 periods a year for months, 365.25 / 7
    for weeks.
    """
    k = within(periods_per_year, "periods_per_year", above=0)
    return like(np.expm1(np.log1p(shares(annual_rate, "annual_rate")) / k), annual_rate, periods_per_year)


def retention_per_period(annual_retention: ArrayLike, periods_per_year: ArrayLike) -> Numbers:
    """The retention rate of a shorter period that compounds to ``annual_retention``: r^(1/k).

    80% a year is 98.2% a month. Number(s) from 0 to 1; ``periods_per_year`` as in ``discount_rate_per_period``.
    """
    k = within(periods_per_year, "periods_per_year", above=0)
    return like(shares(annual_retention, "annual_retention") ** (1 / k), annual_retention, periods_per_year)
