"""Present value: rows of amounts, the margin multiplier, and CLV with constant or any other retention."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from customer_value._inputs import amount, fraction, numbers, one_whole, shares, single, within
from customer_value.clv._geometric import all_margins
from customer_value.clv._terms import FirstMargin, Numbers, is_after, like, margins_counted


def present_value(amounts: ArrayLike, discount_rate: float, *, first: FirstMargin = "after") -> float:
    """What a row of amounts, one a period, is worth today: Σ aₜ / (1 + i)ᵗ.

    Parameters
    ----------
    amounts
        Money, shape (n,), may be negative.
    discount_rate
        Per period, from 0 to 1.
    first
        ``"after"``: the first amount comes one period from now (t = 1, 2, …). ``"now"``: at once (t = 0, 1, …).

    Returns money. Raises ``ValueError`` for gaps or a rate outside 0 to 1.
    """
    money = within(amounts, "amounts")
    if money.ndim != 1 or money.size == 0:
        raise ValueError("amounts must be one amount per period, and at least one.")
    periods = np.arange(money.size) + (1 if is_after(first, "first") else 0)
    rate = fraction(discount_rate, "discount_rate", zero=True)
    return float(like(money @ np.exp(-periods * np.log1p(rate))))


def annuity_value(
    payment: ArrayLike,
    discount_rate: ArrayLike,
    *,
    periods: int | None = None,
    first: FirstMargin = "after",
) -> Numbers:
    """What the same ``payment`` in every period is worth today: a margin that nobody's leaving reduces.

    Parameters
    ----------
    payment
        Money per period, number(s), may be negative.
    discount_rate
        i, per period, number(s) from 0 to 1.
    periods
        How many payments, a whole number; ``None``: without end, a perpetuity (payment / i).
    first
        As in ``present_value``.

    Returns money. Raises ``ValueError`` for rates outside 0 to 1 and for payments without end at rate 0.
    """
    count = None if periods is None else one_whole(periods, "periods")
    convention: FirstMargin = "after" if is_after(first, "first") else "now"
    return discounted_clv(payment, 1.0, discount_rate, first_margin=convention, horizon=count)


def margin_multiplier(
    retention: ArrayLike,
    discount_rate: ArrayLike,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: ArrayLike = 0.0,
) -> Numbers:
    """By what to multiply the margin of one period to get the value of all: r / (1 + i − r) in its plain form.

    Parameters
    ----------
    retention
        r, the share of customers who stay from one period to the next, from 0 to 1.
    discount_rate
        i, per the same period, from 0 to 1.
    first_margin
        ``"after"``: Σ (1+g)ᵗ⁻¹ rᵗ / (1+i)ᵗ for t = 1, 2, …, which is r / (1 + i − r(1+g)) without end.
        ``"now"``: Σ (r(1+g) / (1+i))ᵗ for t = 0, 1, …, which is (1+i) / (1 + i − r(1+g)).
    horizon
        How many margins count, a whole number; ``None`` counts all.
    margin_growth
        g, growth of the margin from one period to the next, above −1.

    Number(s). Returns a multiple of the margin, without unit. Raises ``ValueError`` for rates outside their
    range, and where the sum without end is infinite (r(1+g) ≥ 1+i): a horizon is needed there.

    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9–24.
    """
    r, i = shares(retention, "retention"), shares(discount_rate, "discount_rate")
    g = within(margin_growth, "margin_growth", above=-1)
    total = all_margins(r, i, g, margins_counted(horizon))
    multiple = total * r / (1 + i) if is_after(first_margin) else total
    return like(multiple, retention, discount_rate, margin_growth)


def margin_multiplier_table(
    retention: ArrayLike = (0.6, 0.7, 0.8, 0.9),
    discount_rate: ArrayLike = (0.10, 0.12, 0.14, 0.16),
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: float = 0.0,
) -> pd.DataFrame:
    """``margin_multiplier`` at every pair of rates; with the defaults, the table of Gupta & Lehmann (2003).

    Returns a DataFrame with a row per ``retention`` (the index) and a column per ``discount_rate``.
    """
    rows, columns = numbers(retention, "retention"), numbers(discount_rate, "discount_rate")
    table = margin_multiplier(
        rows[:, None], columns, first_margin=first_margin, horizon=horizon, margin_growth=margin_growth
    )
    return pd.DataFrame(table, pd.Index(rows, name="retention"), pd.Index(columns, name="discount_rate"))


def discounted_clv(
    margin: ArrayLike,
    retention: ArrayLike,
    discount_rate: ArrayLike,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: ArrayLike = 0.0,
    acquisition_cost: ArrayLike = 0.0,
) -> Numbers:
    """CLV with constant retention: margin × margin multiplier − acquisition cost.

    ``margin`` is money per customer and period and may be negative; ``acquisition_cost`` is paid now. The rest
    as in ``margin_multiplier``. Without ``acquisition_cost`` the result is the most that winning such a customer may
    cost. Number(s). Returns money per customer. Raises ``ValueError`` as ``margin_multiplier``.

    Wrong when customers differ in retention (the value of the average customer is below the average value) and when
    retention changes with tenure: see ``survival_clv``.
    """
    multiple = margin_multiplier(
        retention, discount_rate, first_margin=first_margin, horizon=horizon, margin_growth=margin_growth
    )
    money, cost = within(margin, "margin"), within(acquisition_cost, "acquisition_cost", low=0)
    with np.errstate(over="ignore"):
        value = money * np.asarray(multiple) - cost
    return like(value, margin, retention, discount_rate, margin_growth, acquisition_cost)


def survival_clv(
    margin: ArrayLike,
    survival: ArrayLike,
    discount_rate: float,
    *,
    first_margin: FirstMargin = "after",
    acquisition_cost: float = 0.0,
) -> float:
    """CLV over a survival curve of any shape: Σ mₜ S(t) / (1 + i)ᵗ − acquisition cost.

    Parameters
    ----------
    margin
        Money per customer and period: one number, or one for each of the margins that count.
    survival
        S(0) = 1, S(1), …, S(n), the share still there at the start and after each period; never rising.
    discount_rate
        Per period, from 0 to 1.
    first_margin
        ``"after"``: margins come at t = 1 … n. ``"now"``: at t = 0 … n, one more.
    acquisition_cost
        Money per customer, paid now.

    Returns money per customer; nothing is counted beyond the end of the curve. Raises ``ValueError`` for a curve that
    does not start at 1 or rises, or a number of margins that does not fit.
    """
    curve = shares(survival, "survival")
    if curve.ndim != 1 or curve.size < 2 or curve[0] != 1:
        raise ValueError("survival must be one share per period, starting with 1 for the start of the first period.")
    if np.any(np.diff(curve) > 0):
        where = int(np.argmax(np.diff(curve) > 0)) + 1
        raise ValueError(
            f"survival rises at period {where} to {curve[where]:g}; customers who left do not count again."
        )
    paying = curve[1:] if is_after(first_margin) else curve
    money = within(margin, "margin")
    if money.ndim and money.shape != paying.shape:
        raise ValueError(
            f"margin must be one number or {paying.size}, one for each margin that counts; got {money.size}."
        )
    value = present_value(money * paying, discount_rate, first=first_margin)
    return value - amount(acquisition_cost, "acquisition_cost")


def clv_schedule(
    margin: float,
    retention: float,
    discount_rate: float,
    *,
    periods: int,
    first_margin: FirstMargin = "after",
    margin_growth: float = 0.0,
    acquisition_cost: float = 0.0,
) -> pd.DataFrame:
    """The sum behind ``discounted_clv``, one row per margin, as in a spreadsheet.

    Arguments as in ``discounted_clv``, single numbers; ``periods`` is how many margins to list.

    Returns
    -------
    DataFrame indexed by ``period`` (t, from 1 or 0 by ``first_margin``) with ``survival`` (share still there),
    ``margin`` (money from a customer who is), ``discount_factor``, ``present_value`` (their product) and ``cumulative``
    (running total after the acquisition cost, the last one is the CLV over ``periods``).
    """
    count = one_whole(periods, "periods", least=1)
    r, i = fraction(retention, "retention", zero=True), fraction(discount_rate, "discount_rate", zero=True)
    g = float(within(single(margin_growth, "margin_growth"), "margin_growth", above=-1))
    start = 1 if is_after(first_margin) else 0
    t = np.arange(start, start + count, dtype=np.int64)
    table = pd.DataFrame(
        {
            "survival": r**t,
            "margin": single(margin, "margin") * (1 + g) ** (t - start),
            "discount_factor": (1 + i) ** -t.astype(float),
        },
        index=pd.Index(t, name="period"),
    )
    table["present_value"] = table.prod(axis=1)
    table["cumulative"] = table["present_value"].cumsum() - amount(acquisition_cost, "acquisition_cost")
    return table
