"""What the models of repeat buying share: units, expected purchases, present values."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._fitting import FittedModel
from customer_value._inputs import aligned, amount, numbers, refuse, single
from customer_value.btyd import _calendar
from customer_value.btyd._calendar import Schedule
from customer_value.btyd._customers import Customers, customers, horizon, whole

Floats = NDArray[np.float64]


class PurchaseModel(FittedModel):
    """A model of repeat purchases in continuous time, for data with ``frequency``, ``recency`` and ``T``.

    ``time_unit`` says what recency, T and every t are counted in: "day", "week", "month", "quarter" or
    "year". Rates, the log-likelihood and some parameters depend on it; predictions do not.
    """

    def __init__(self, time_unit: str = "week") -> None:
        super().__init__()
        _calendar.unit(time_unit, "time_unit")
        self.time_unit = time_unit

    def _settings(self) -> dict[str, Any]:
        return {"time_unit": self.time_unit}

    # What each model provides.
    def _alive(self, rows: Customers) -> Floats:
        """P(alive) at T, shape (n,)."""
        raise NotImplementedError

    def _purchases(self, rows: Customers, t: Floats) -> Floats:
        """Expected purchases in (T, T + t] of a customer known to be alive at T."""
        raise NotImplementedError

    def _weighted(self, rows: Customers, schedule: Schedule) -> Floats:
        """Σ weights·(expected purchases in (T, T + times]) of a customer known to be alive at T."""
        raise NotImplementedError

    def _new_customer(self, t: Floats) -> Floats:
        """Expected repeat purchases in (0, t] of a customer just won."""
        raise NotImplementedError

    def _likelihood(self, rows: Customers) -> Floats:
        """Log-likelihood of each customer."""
        raise NotImplementedError

    def log_likelihood(self, data: pd.DataFrame) -> float:
        """The log-likelihood of ``data`` at these parameters, for example of customers the fit has not seen.

        As in the papers the density of the purchase times is meant, so it depends on ``time_unit``.
        """
        return float(self._likelihood(customers(data)).sum())

    def expected_probability_alive(self, data: pd.DataFrame) -> pd.Series:
        """P(alive) at the end of observation for each customer: a share, index of ``data``."""
        rows = customers(data)
        return pd.Series(self._alive(rows), index=rows.index, name="probability_alive")

    def expected_purchases(self, data: pd.DataFrame, t: float | ArrayLike) -> pd.Series:
        """Expected purchases of each customer in the next ``t`` (``time_unit``), from the end of observation.

        ``t`` is one number, or one per customer. The chance that the customer has left is included.
        """
        rows = customers(data)
        ahead = horizon(aligned(t, rows.index, "t"), len(rows))
        expected = self._alive(rows) * self._purchases(rows, ahead)
        return pd.Series(expected, index=rows.index, name="expected_purchases")

    def expected_purchases_new_customer(self, t: float | ArrayLike) -> float | Floats:
        """Expected repeat purchases of a customer within ``t`` (``time_unit``) of the first purchase.

        A number for one ``t``, an array of the same length for several.
        """
        ahead = horizon(t, np.size(t))
        expected = self._new_customer(np.atleast_1d(ahead))
        return float(expected[0]) if ahead.ndim == 0 else expected

    def discounted_expected_residual_transactions(
        self, data: pd.DataFrame, *, discount_rate: float, step: str = "year"
    ) -> pd.Series:
        """DERT: the purchases each customer is still expected to make, ever, in today's purchases.

        ∫₀^∞ e^(−δt) dE[Y(t)] with continuous discounting, δ = log(1 + ``discount_rate``) per ``step``.
        Times the margin of a purchase it is the residual lifetime value.

        Raises ``ValueError`` unless ``discount_rate`` is above 0 (and below 1): undiscounted, the sum may have
        no end. Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), 415–430.
        """
        rows = customers(data)
        value = _calendar.rate(discount_rate)
        if value == 0:
            raise ValueError(
                "discount_rate must be above 0: without discounting the purchases of all time may add up to"
                " infinity. For a finite horizon use expected_purchases."
            )
        force = np.log1p(value) / self._steps(step)
        expected = self._alive(rows) * self._weighted(rows, _calendar.perpetual(force))
        return pd.Series(expected, index=rows.index, name="dert")

    def expected_customer_lifetime_value(
        self,
        data: pd.DataFrame,
        spend: Any,
        *,
        discount_rate: float,
        periods: int = 12,
        step: str = "month",
        margin: float = 1.0,
        timing: str = "end",
    ) -> pd.Series:
        """Residual customer lifetime value: present value of the margin from the next ``periods`` steps.

        CLV = margin · spend · Σₖ (E[Y(tₖ)] − E[Y(tₖ₋₁)]) / (1 + d)^k,  tₖ = k steps, k = 1 … ``periods``

        Parameters
        ----------
        data
            One row per customer with ``frequency``, ``recency`` and ``T`` in ``time_unit``; a customer just
            won has 0, 0, 0.
        spend
            Money per purchase: one number, one per customer, or a fitted ``GammaGammaModel`` (``data`` then
            needs ``monetary_value``, too).
        discount_rate
            Share per step: 0.01 a month is 12.7% a year.
        periods, step
            How many steps of "day", "week", "month" (365.25 / 12 days), "quarter" or "year".
        margin
            Share of spend that is left after variable costs.
        timing
            Purchases of a step are paid at its "end" (the field's convention), "middle" or "start".

        Returns a Series, unit of ``spend``, index of ``data``. What was spent to win the customer is not in it.
        """
        rows = customers(data)
        schedule = self._schedule(discount_rate, periods, step, timing)
        bought = self._alive(rows) * self._weighted(rows, schedule)
        return present_value(bought, spend, margin, data)

    def expected_customer_lifetime_value_new_customer(
        self,
        spend: Any,
        *,
        discount_rate: float,
        periods: int = 12,
        step: str = "month",
        margin: float = 1.0,
        timing: str = "end",
    ) -> float:
        """Present value of the margin from the repeat purchases of a customer just won, in ``periods`` steps.

        Arguments as in ``expected_customer_lifetime_value``; ``spend`` is one number, or a fitted
        ``GammaGammaModel``, whose population mean counts then. The first purchase and what was spent to win the
        customer are not in it.
        """
        schedule = self._schedule(discount_rate, periods, step, timing)
        bought = float(self._new_customer(schedule.times) @ schedule.weights)
        return present_value_of_one(bought, spend, margin)

    def _schedule(self, discount_rate: float, periods: int, step: str, timing: str) -> Schedule:
        number = whole(periods, "periods")
        if not 1 <= number <= 10_000:
            raise ValueError(f"periods must be from 1 to 10,000; got {number}.")
        return _calendar.steps(number, self._steps(step), _calendar.rate(discount_rate), str(timing))

    def _steps(self, step: str) -> float:
        """Length of a step in ``time_unit``."""
        return _calendar.unit(step, "step") / _calendar.DAYS[self.time_unit]


def present_value(bought: Floats, spend: Any, margin: float, data: pd.DataFrame) -> pd.Series:
    """Discounted purchases ``bought`` in money, index of ``data``."""
    value = _spend(spend, data) * _margin(margin) * bought
    return pd.Series(value, index=data.index, name="clv")


def present_value_of_one(bought: float, spend: Any, margin: float) -> float:
    """Discounted purchases ``bought`` of a new customer in money."""
    if hasattr(spend, "expected_new_customer_spend"):
        return spend.expected_new_customer_spend() * _margin(margin) * bought
    return amount(spend, "spend") * _margin(margin) * bought


def _margin(margin: float) -> float:
    share = single(margin, "margin")
    if share > 1:
        hint = f" For {share:g}% write {share / 100:g}." if share <= 100 else ""
        raise ValueError(f"margin is a share of spend and cannot be above 1; got {share:g}.{hint}")
    return share


def _spend(spend: Any, data: pd.DataFrame) -> Floats:
    if hasattr(spend, "expected_customer_spend"):
        return spend.expected_customer_spend(data).to_numpy()
    if np.ndim(spend) == 0:
        return np.asarray(amount(spend, "spend"))
    each = numbers(aligned(spend, data.index, "spend"), "spend")
    refuse(each < 0, "spend must not be negative (net returns before averaging)", each)
    if each.size != len(data):
        raise ValueError(f"spend must be one number, or one per customer ({len(data)}); got {each.size}.")
    return each
