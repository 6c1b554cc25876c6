"""Cost to serve and the whale curve, by hand and on the CDNOW log."""

import math

import numpy as np
import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.profitability import customer_profit, whale_curve
from customer_value.transactions import customer_totals

CUSTOMERS = pd.DataFrame({"orders": [1, 4, 0], "revenue": [100.0, 100.0, 0.0]}, index=[7, 8, 9])


def test_profit_by_hand() -> None:
    profit = customer_profit(CUSTOMERS, margin=0.3, cost_per_order=5, cost_per_customer=2)
    assert profit.to_dict() == pytest.approx({7: 23, 8: 8, 9: -2})
    assert profit.name == "profit"


def test_without_costs_profit_is_margin_times_revenue() -> None:
    assert customer_profit(CUSTOMERS, margin=0.25).tolist() == [25, 25, 0]


def test_whale_by_hand() -> None:
    curve = whale_curve([-30, 100, 10, -20])
    assert curve.customers.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve.profit.tolist() == [0, 100, 110, 90, 60]
    assert (curve.peak, curve.total, curve.given_back) == (110, 60, 50)
    assert curve.customers_at_peak == 0.5
    assert curve.peak_over_total == pytest.approx(110 / 60)


def test_no_hump_without_losses_and_no_peak_with_losses_only() -> None:
    assert whale_curve([5, 1, 3]).given_back == 0
    all_lose = whale_curve([-5, -1])
    assert (all_lose.peak, all_lose.customers_at_peak, all_lose.total) == (0, 0, -6)
    assert math.isnan(all_lose.peak_over_total)


def test_cdnow_recomputed_without_the_library() -> None:
    log = load_cdnow()
    curve = whale_curve(customer_profit(customer_totals(log), 0.3, 5, 5))
    assert curve.total == pytest.approx(0.3 * log["value"].sum() - 5 * len(log) - 5 * 23570)
    table = log.groupby("customer_id")["value"].agg(["sum", "size"])
    profit = 0.3 * table["sum"] - 5 * table["size"] - 5
    assert curve.peak == pytest.approx(profit[profit > 0].sum())
    assert curve.customers_at_peak == pytest.approx((profit > 0).mean(), abs=1e-4)
    assert np.all(np.diff(curve.profit, 2) <= 1e-6)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: customer_profit(CUSTOMERS, 30),
            ValueError,
            r"cannot be above 1; got 30\. For 30% write 0\.3",
        ),
        (
            lambda: customer_profit(CUSTOMERS, 0.3, -1),
            ValueError,
            "cost_per_order must not be negative; got -1",
        ),
        (
            lambda: customer_profit(CUSTOMERS, 0.3, 1, -2),
            ValueError,
            "cost_per_customer must not be negative",
        ),
        (lambda: customer_profit(CUSTOMERS, "thirty"), TypeError, "margin must be a number; got 'thirty'"),
        (
            lambda: customer_profit(CUSTOMERS[["orders"]], 0.3),
            ValueError,
            r"customers lacks the column\(s\) revenue",
        ),
        (
            lambda: customer_profit(CUSTOMERS.assign(orders=-1), 0.3),
            ValueError,
            "orders'] must not be negative",
        ),
        (lambda: customer_profit(CUSTOMERS.assign(revenue=np.nan), 0.3), ValueError, "3 missing"),
        (lambda: whale_curve([]), ValueError, "profit is empty"),
        (lambda: whale_curve([1, np.nan]), ValueError, "profit has 1 missing"),
        (lambda: whale_curve(["much"]), TypeError, "profit must be numbers"),
    ],
)
def test_bad_input_is_refused(call, kind, message: str) -> None:
    with pytest.raises(kind, match=message):
        call()
