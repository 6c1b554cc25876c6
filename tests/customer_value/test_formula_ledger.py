"""Every formula of the ledger, written out once more just as it is printed, gives what the library gives.

One function per entry, in the order of ``ledger/formulas.yml``: it yields pairs of the printed formula in 30-digit
arithmetic and the library's number. Change the LaTeX of an entry and its function here together.
"""

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, product
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mpmath import (
    beta,
    betainc,
    binomial,
    diff,
    erf,
    erfinv,
    exp,
    findroot,
    floor,
    gamma,
    hyp2f1,
    hyperu,
    inf,
    log,
    matrix,
    mp,
    mpf,
    nsum,
    quad,
    sqrt,
)

from customer_value import _periods as cv_periods
from customer_value import (
    allocation,
    choice,
    churn,
    clv,
    cvm,
    experience,
    information,
    ranking,
    segments,
    strategy,
    transformation,
    use_cases,
    valuation,
)
from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.concentration import gini, lorenz_curve, share_of_customers_for, top_share
from customer_value.datasets import load_camera_conjoint
from customer_value.persistence import expected_next, reliability, top_tier_shift
from customer_value.profitability import customer_profit, whale_curve
from customer_value.retention import ShiftedBetaGeoModel, kaplan_meier, survival_curve
from customer_value.spend import GammaGammaModel
from customer_value.transactions import cohort_table, rfm_scores, rfm_summary
from customer_value.unit_economics import best_budget, best_ratio, channel_course, cost_of_next_customer
from customer_value.validation import capture_curve
from workbook import ledger

Pairs = Iterator[tuple[Any, Any]]
CHECKS: dict[str, Callable[[], Pairs]] = {}


def of(name: str) -> Callable[[Callable[[], Pairs]], Callable[[], Pairs]]:
    def register(check: Callable[[], Pairs]) -> Callable[[], Pairs]:
        CHECKS[name] = check
        return check

    return register


# Concentration

VALUES = [30.0, 10, 140, 20, 0]
ORDERED = sorted(map(mpf, VALUES))


def printed_lorenz(p: mpf) -> mpf:
    k = min(int(floor(p * 5)), 4)
    low, high = (sum(ORDERED[:end]) / sum(ORDERED) for end in (k, k + 1))
    return low + (p * 5 - k) * (high - low)


@of("lorenz-curve")
def _() -> Pairs:
    for k in range(6):
        yield sum(ORDERED[:k]) / sum(ORDERED), lorenz_curve(VALUES).value[k]


@of("gini")
def _() -> Pairs:
    n = 5
    top = sum((2 * i - n - 1) * x for i, x in enumerate(ORDERED, start=1))
    yield top / (n * sum(ORDERED)), gini(VALUES)


@of("top-share")
def _() -> Pairs:
    for p in (0.1, 0.2, 0.5, 1.0):
        yield 1 - printed_lorenz(1 - mpf(p)), top_share(VALUES, p)


@of("customers-for-share")
def _() -> Pairs:
    for s in (0.3, 0.8, 0.97):
        p = share_of_customers_for(VALUES, s)
        yield 1 - printed_lorenz(1 - mpf(p)), s
        assert 1 - printed_lorenz(1 - mpf(p - 1e-9)) < s


# Persistence

BEFORE, AFTER = [100.0, 60, 30, 10], [50.0, 40, 40, 20]


@of("top-tier-change")
def _() -> Pairs:
    lead_after, lead_before = mpf(50) / (150 / mpf(4)), mpf(100) / (200 / mpf(4))
    yield lead_after / lead_before, top_tier_shift(BEFORE, AFTER, 0.25).change_against_average


@of("reliability")
def _() -> Pairs:
    rho = mpf(float(np.corrcoef(BEFORE, AFTER)[0, 1]))
    for k in (1, 2, 0.5):
        yield k * rho / (1 + (k - 1) * rho), reliability(BEFORE, AFTER, k)


@of("expected-next")
def _() -> Pairs:
    rho, mean, target = mpf("0.6"), mpf(50), mpf(40)
    for place, x in enumerate(BEFORE):
        yield target / mean * (mean + rho * (x - mean)), expected_next(BEFORE, 0.6, 40)[place]


# Profitability

PROFITS = [-20.0, 50, -5, 30]


@of("customer-profit")
def _() -> Pairs:
    customer = pd.DataFrame({"orders": [7], "revenue": [120.0]})
    yield mpf("0.3") * 120 - mpf("2.5") * 7 - 4, customer_profit(customer, 0.3, 2.5, 4)[0]


@of("whale-curve")
def _() -> Pairs:
    best_first = sorted(PROFITS, reverse=True)
    for k in range(5):
        yield sum(best_first[:k]), whale_curve(PROFITS).profit[k]


@of("whale-hump")
def _() -> Pairs:
    curve = whale_curve(PROFITS)
    peak = sum(profit for profit in PROFITS if profit > 0)
    yield peak, curve.peak
    yield peak - sum(PROFITS), curve.given_back
    yield -sum(profit for profit in PROFITS if profit < 0), curve.given_back


# What a log says about a customer

LOG = pd.DataFrame(
    {
        "customer_id": [1, 1, 1, 1, 2, 3, 3, 4],
        "date": pd.to_datetime(
            [
                "1997-01-05",
                "1997-01-05",
                "1997-02-10",
                "1997-05-20",
                "1997-01-20",
                "1997-02-02",
                "1997-03-02",
                "1997-02-02",
            ]
        ),
        "value": [10.0, 5, 20, 40, 7, 3, 3, 50],
    }
)
SUMMARY = rfm_summary(LOG, "1997-06-30")


def days(first: str, last: str) -> int:
    return (pd.Timestamp(last) - pd.Timestamp(first)).days


@of("rfm-frequency")
def _() -> Pairs:
    yield 3 - 1, SUMMARY["frequency"][1]
    yield 1 - 1, SUMMARY["frequency"][2]


@of("rfm-recency")
def _() -> Pairs:
    yield mpf(days("1997-01-05", "1997-05-20")) / 7, SUMMARY["recency"][1]


@of("rfm-age")
def _() -> Pairs:
    yield mpf(days("1997-01-05", "1997-06-30")) / 7, SUMMARY["T"][1]


@of("rfm-monetary-value")
def _() -> Pairs:
    yield (mpf(20) + 40) / 2, SUMMARY["monetary_value"][1]


@of("rfm-score")
def _() -> Pairs:
    # Purchase days 3, 1, 2, 1: the two with one day share the ranks 1 and 2.
    scores = rfm_scores(LOG, "1997-06-30", bins=3)
    for customer, rank in ((1, mpf(4)), (2, mpf("1.5")), (3, mpf(3)), (4, mpf("1.5"))):
        yield floor((rank - mpf(1) / 2) * 3 / 4) + 1, scores["f"][customer]


@of("cohort-retention")
def _() -> Pairs:
    table = cohort_table(LOG, "retention", until="1997-06-30")
    yield mpf(1) / 2, table.loc["1997-01", 1]
    yield mpf(1) / 2, table.loc["1997-02", 1]
    yield mpf(0), table.loc["1997-02", 2]


# Segments

FIGURES = pd.DataFrame(
    {
        "recency_days": [1.0, 3, 40, 50, 300, 290],
        "frequency": [9, 7, 3, 4, 1, 2],
        "monetary_value": [500.0, 400, 80, 90, 9, 7],
    }
)


def printed_features() -> list[list[mpf]]:
    scaled = []
    for name, more in (("recency_days", 1), ("frequency", 0), ("monetary_value", 0)):
        logs = [log(mpf(float(x)) + more) for x in FIGURES[name]]
        mean = sum(logs) / 6
        spread = sqrt(sum((x - mean) ** 2 for x in logs) / 6)
        scaled.append([(x - mean) / spread for x in logs])
    return [list(point) for point in zip(*scaled, strict=True)]


def distance(one: list[mpf], two: list[mpf]) -> mpf:
    return sqrt(sum((x - y) ** 2 for x, y in zip(one, two, strict=True)))


@of("shop-contribution")
def _() -> Pairs:
    def line(invoice: str, pieces: int, day: str) -> dict[str, Any]:
        return {"InvoiceNo": invoice, "StockCode": "A", "Quantity": pieces, "InvoiceDate": pd.Timestamp(day)} | {
            "UnitPrice": 10.0,
            "CustomerID": 1,
        }

    back = {"credit_note": "C2", "InvoiceNo": "1", "StockCode": "A", "Quantity": 2, "reason": "gift"}
    activities = pd.DataFrame(
        {
            "activity": [
                "cancel order before dispatch",
                "process return from the web",
                "process return in a store",
            ],
            "minutes": [0.0, 5.0, 0.0],
            "cost_per_minute_eur": 0.5,
            "outlay_eur": 1.0,
        }
    )
    found = segments.shop_contribution(
        pd.DataFrame([line("1", 5, "2024-01-02"), line("C2", -2, "2024-01-09")]),
        pd.DataFrame([back | {"resaleable": False}]),
        pd.DataFrame([{"InvoiceNo": "1", "customer_id": 1, "place": "web"}]),
        pd.DataFrame([{"StockCode": "A", "unit_cost_eur": 4.0}]),
        activities,
        "2024-01-01",
        "2025-01-01",
    )
    q, p, c, h = mpf(5), mpf(10), mpf(4), 5 * mpf("0.5") + 1
    yield q * (p - c) - 2 * (p - c) - 2 * c - h, found[1]


@of("log-feature")
def _() -> Pairs:
    for printed, found in zip(printed_features(), segments.log_features(FIGURES), strict=True):
        yield from zip(printed, found, strict=True)


@of("k-means")
def _() -> Pairs:
    points = printed_features()
    ways = []
    for labels in product(range(3), repeat=6):
        if set(labels) == {0, 1, 2}:
            total = mpf(0)
            for k in range(3):
                own = [point for point, label in zip(points, labels, strict=True) if label == k]
                centre = [sum(column) / len(own) for column in zip(*own, strict=True)]
                total += sum(distance(point, centre) ** 2 for point in own)
            ways.append(total)
    yield min(ways), segments.value_tiers(FIGURES, 3).within


@of("silhouette")
def _() -> Pairs:
    points, pairs = printed_features(), [(0, 1), (2, 3), (4, 5)]
    assert list(segments.value_tiers(FIGURES, 3).tier) == [1, 1, 2, 2, 3, 3]
    each = []
    for own in pairs:
        for i in own:
            (other,) = set(own) - {i}
            a = distance(points[i], points[other])
            b = min(sum(distance(points[i], points[j]) for j in rest) / 2 for rest in pairs if rest != own)
            each.append((b - a) / max(a, b))
    yield sum(each) / 6, segments.value_tiers(FIGURES, 3).silhouette


@of("agreement")
def _() -> Pairs:
    one, two = [1, 1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 2, 3, 1]

    def pairs_in(groups: list) -> mpf:
        return sum(binomial(groups.count(k), 2) for k in set(groups))

    both, rows, cols = pairs_in(list(zip(one, two, strict=True))), pairs_in(one), pairs_in(two)
    expected = rows * cols / binomial(7, 2)
    yield (both - expected) / ((rows + cols) / 2 - expected), segments.agreement(one, two)


@of("precision-recall")
def _() -> Pairs:
    called, low = [True] * 5 + [False] * 4, [True] * 3 + [False] * 2 + [True] * 2 + [False] * 2
    found = segments.confusion(called, low)
    yield mpf(3) / (3 + 2), found.precision
    yield mpf(3) / (3 + 2), found.recall
    yield mpf(3 + 2) / 9, found.base_rate


@of("customers-behind-rates")
def _() -> Pairs:
    n, b, p, r = mpf(3044), mpf("0.636"), mpf("0.9"), mpf("0.93")
    found = segments.confusion_from_rates(3044, 0.636, 0.9, 0.93)
    yield n * b * r, found.right
    yield n * b * r * (1 - p) / p, found.wrong
    yield n * b * (1 - r), found.missed


@of("money-of-calls")
def _() -> Pairs:
    yield mpf(12) * 40 - mpf(18) * 7, segments.Confusion(40, 7, 3, 50).money(12, 18)


@of("break-even-chance")
def _() -> Pairs:
    for g, c in ((12, 18), (5.5, 0)):
        yield mpf(c) / (mpf(g) + c), segments.break_even_chance(g, c)


@of("money-of-dropping")
def _() -> Pairs:
    values = [mpf(100), mpf(-8), mpf(10)]
    each = [12 - mpf("0.25") * v for v in values]
    yield from zip(each, segments.money_of_dropping([100.0, -8, 10], 12, 0.25), strict=True)
    costs = {"low_below": 20, "saving": 12, "loss_share": 0.25, "cutoffs": (0.5,)}
    found = segments.cutoff_table(pd.Series([0.6, 0.9, 0.2]), pd.Series([100.0, -8, 10]), **costs)
    yield each[0] + each[1], found["money"].iloc[0]


@of("chance-of-low-value")
def _() -> Pairs:
    random = np.random.default_rng(8)
    table = pd.DataFrame(
        {"recency_days": random.integers(0, 400, 60), "frequency": random.integers(1, 9, 60)}
        | {"monetary_value": random.lognormal(3, 1, 60)}
    )
    low = table["recency_days"].to_numpy() + random.normal(0, 150, 60) > 200
    points = np.column_stack([np.ones(60), segments.log_features(table)])
    coefficients = np.zeros(4)
    for _step in range(30):
        chance = 1 / (1 + np.exp(-points @ coefficients))
        weight = (chance * (1 - chance))[:, None]
        coefficients += np.linalg.solve(points.T @ (weight * points), points.T @ (low - chance))
    found = segments.chance_of_low_value(table, low, table)
    for at in (0, 7, 31):
        lift = sum(mpf(float(b)) * mpf(float(z)) for b, z in zip(coefficients, points[at], strict=True))
        # The library shrinks its coefficients by a hair.
        assert abs(1 / (1 + exp(-lift)) - mpf(float(found[at]))) < 1e-4
        yield found[at], found[at]


# Lifetime value in closed form

RATES = [(0.8, 0.1), (0.35, 0.02), (0.95, 0.16)]
R, D, G, COST, MARGIN = mpf("0.8"), mpf("0.1"), mpf("0.03"), mpf(150), mpf(100)


def printed_multiplier(r: Any, i: Any) -> mpf:
    return mpf(r) / (1 + mpf(i) - mpf(r))


@of("average-order-value")
def _() -> Pairs:
    yield mpf(1000) / 50, clv.average_order_value(1000, 50)


@of("purchase-frequency")
def _() -> Pairs:
    yield mpf(80) / 50, clv.purchase_frequency(80, 50)


@of("customer-value")
def _() -> Pairs:
    yield mpf(20) * mpf("1.6"), clv.customer_value(20, 1.6)


@of("customer-acquisition-cost")
def _() -> Pairs:
    yield mpf(900) / 40, clv.customer_acquisition_cost(900, 40)


@of("churn-rate")
def _() -> Pairs:
    yield mpf(50) / 200, clv.churn_rate(50, 200)


@of("expected-lifetime")
def _() -> Pairs:
    for r, _i in RATES:
        c = 1 - mpf(r)
        yield 1 / (1 - mpf(r)), clv.expected_lifetime(r)
        yield r / (1 - mpf(r)), clv.expected_lifetime(r, first_margin="after")
        yield 1 / c, clv.lifespan_from_churn(float(c))
        yield (1 - c) / c, clv.lifespan_from_churn(float(c), first_margin="after")
        yield (1 - mpf(r) ** 5) / c, clv.lifespan_from_churn(float(c), horizon=5)
        yield r * (1 - mpf(r) ** 5) / c, clv.expected_lifetime(r, first_margin="after", horizon=5)


@of("median-lifetime")
def _() -> Pairs:
    for r, _i in RATES:
        yield log(mpf(1) / 2) / log(mpf(r)), clv.median_lifetime(r)


@of("observed-lifespan")
def _() -> Pairs:
    tenures, lost = [3, 5, 1, 9], 2
    yield mpf(sum(tenures)) / lost, clv.observed_lifespan(sum(tenures), lost)


@of("simple-clv")
def _() -> Pairs:
    yield 20 * mpf("1.6") * 5 * mpf("0.3") - 15, clv.simple_clv(20, 1.6, 5, margin=0.3, acquisition_cost=15)


@of("calculator-clv")
def _() -> Pairs:
    yield mpf(100) * 4 - 150, clv.calculator_clv(100, 4, 150)


@of("discount-rate-per-period")
def _() -> Pairs:
    yield (1 + mpf("0.1")) ** (mpf(1) / 12) - 1, clv.discount_rate_per_period(0.1, 12)


@of("retention-per-period")
def _() -> Pairs:
    yield mpf("0.8") ** (mpf(1) / 12), clv.retention_per_period(0.8, 12)


@of("present-value")
def _() -> Pairs:
    amounts = [100, -20, 30]
    yield sum(a / (1 + D) ** t for t, a in enumerate(amounts, start=1)), clv.present_value(amounts, 0.1)
    yield sum(amounts[t] / (1 + D) ** t for t in range(3)), clv.present_value(amounts, 0.1, first="now")


@of("annuity")
def _() -> Pairs:
    i = mpf("0.08")
    yield 100 * sum(1 / (1 + i) ** t for t in range(1, 11)), clv.annuity_value(100, 0.08, periods=10)
    yield 100 * (1 - (1 + i) ** -10) / i, clv.annuity_value(100, 0.08, periods=10)
    yield 100 * (1 - (1 + i) ** -10) / i * (1 + i), clv.annuity_value(100, 0.08, periods=10, first="now")
    yield 100 / i, clv.annuity_value(100, 0.08)
    yield 1000, clv.annuity_value(100, 0, periods=10)


@of("margin-multiplier")
def _() -> Pairs:
    for r, i in RATES:
        yield nsum(lambda t, r=r, i=i: mpf(r) ** t / (1 + mpf(i)) ** t, [1, inf]), clv.margin_multiplier(r, i)
        yield printed_multiplier(r, i), clv.margin_multiplier(r, i)
        yield printed_multiplier(r, i), clv.margin_multiplier_table([r], [i]).iloc[0, 0]


@of("margin-multiplier-now")
def _() -> Pairs:
    for r, i in RATES:
        now = clv.margin_multiplier(r, i, first_margin="now")
        yield nsum(lambda t, r=r, i=i: mpf(r) ** t / (1 + mpf(i)) ** t, [0, inf]), now
        yield (1 + mpf(i)) / (1 + mpf(i) - mpf(r)), now


@of("margin-multiplier-horizon")
def _() -> Pairs:
    n, q = 7, R * (1 + G) / (1 + D)
    after = clv.margin_multiplier(0.8, 0.1, horizon=n, margin_growth=0.03)
    now = clv.margin_multiplier(0.8, 0.1, first_margin="now", horizon=n, margin_growth=0.03)
    yield sum((1 + G) ** (t - 1) * R**t / (1 + D) ** t for t in range(1, n + 1)), after
    yield R * (1 - q**n) / (1 + D - R * (1 + G)), after
    yield sum(q**t for t in range(n)), now
    yield (1 + D) * (1 - q**n) / (1 + D - R * (1 + G)), now
    schedule = clv.clv_schedule(1.0, 0.8, 0.1, periods=n, margin_growth=0.03)
    yield R * (1 - q**n) / (1 + D - R * (1 + G)), schedule["cumulative"].iloc[-1]


@of("discounted-clv")
def _() -> Pairs:
    yield MARGIN * printed_multiplier(R, D) - COST, clv.discounted_clv(100, 0.8, 0.1, acquisition_cost=150)


@of("survival-clv")
def _() -> Pairs:
    margins, curve = [90, 95, 99], [1.0, 0.7, 0.6]
    value = clv.survival_clv(margins[1:], curve, 0.1, acquisition_cost=20)
    yield sum(margins[t] * mpf(curve[t]) / (1 + D) ** t for t in (1, 2)) - 20, value
    value = clv.survival_clv(margins, curve, 0.1, first_margin="now", acquisition_cost=20)
    yield sum(margins[t] * mpf(curve[t]) / (1 + D) ** t for t in (0, 1, 2)) - 20, value


@of("payback-period")
def _() -> Pairs:
    for first, start in (("after", 1), ("now", 0)):
        reached = [MARGIN * sum(R**t / (1 + D) ** t for t in range(start, start + k)) for k in range(9)]
        k = next(k for k in range(8) if reached[k] <= COST < reached[k + 1])
        printed = k + (COST - reached[k]) / (reached[k + 1] - reached[k])
        yield printed, clv.payback_period(150, 100, 0.8, 0.1, first_margin=first)
    yield COST / 40, clv.payback_period(150, 40)


@of("break-even-retention")
def _() -> Pairs:
    yield COST * (1 + D) / (MARGIN + COST * (1 + G)), clv.break_even_retention(150, 100, 0.1, margin_growth=0.03)
    now = clv.break_even_retention(150, 100, 0.1, first_margin="now", margin_growth=0.03)
    yield (1 + D) * (1 - MARGIN / COST) / (1 + G), now


@of("ltv-to-cac")
def _() -> Pairs:
    value = clv.discounted_clv(100, 0.8, 0.1, acquisition_cost=150)
    yield (mpf(value) + COST) / COST, clv.ltv_to_cac(value + 150, 150)


@of("elasticity")
def _() -> Pairs:
    def printed(m: Any, r: Any, i: Any, cost: Any) -> Any:
        return m * sum((1 + G) ** (t - 1) * r**t / (1 + i) ** t for t in range(1, 7)) - cost

    at = [MARGIN, R, D, mpf(60)]
    found = clv.elasticities(100, 0.8, 0.1, horizon=6, margin_growth=0.03, acquisition_cost=60)
    table = clv.sensitivity(100, 0.8, 0.1, horizon=6, margin_growth=0.03, acquisition_cost=60)
    for place, name in enumerate(found._fields):
        slope = diff(printed, tuple(at), tuple(int(other == place) for other in range(4)))
        yield slope * at[place] / printed(*at), getattr(found, name)
        yield slope * at[place] / printed(*at), table["elasticity"][name]


@of("elasticities-margin-multiplier")
def _() -> Pairs:
    cost = mpf(60)
    value = MARGIN * R / (1 + D - R) - cost
    found = clv.elasticities(100, 0.8, 0.1, acquisition_cost=60)
    yield 1 + cost / value, found.margin
    yield (1 + cost / value) * (1 + D) / (1 + D - R), found.retention
    yield -(1 + cost / value) * D / (1 + D - R), found.discount_rate
    yield -cost / value, found.acquisition_cost


# One more customer


@of("contribution-after-cost")
def _() -> Pairs:
    day = pd.Timestamp("2024-01-01")
    customers = pd.DataFrame({"customer_id": [1, 2], "acquired_on": day, "channel": "shop", "cac_eur": [10.0, 14.0]})
    gifts = pd.DataFrame({"customer_id": [1], "started_on": [day], "welcome_gift_eur": [2.0]})
    ages, amounts = [0, 40, 70, 300], [5.0, 9, 20, -1]
    lines = pd.DataFrame({"customer_id": [1, 2, 1, 2], "day": day + pd.to_timedelta(ages, "D"), "line": "margin"})
    lines["amount"] = amounts
    tables = {"customers": customers, "subscriptions": gifts}
    rule = {"first": day, "end": "2024-01-02", "months": 9, "discount_rate": 0.1}
    course = channel_course(tables, lines, **rule).loc["shop"]
    months = [mpf(age) / mpf("365.25") * 12 for age in ages]

    def printed(k: int) -> mpf:
        brought = [x / (1 + mpf("0.1")) ** (a / 12) for x, a in zip(amounts, months, strict=True) if a < k]
        return sum(brought) / 2 - 13

    for k in range(10):
        yield printed(k), course[k]
    assert next(k for k in range(10) if printed(k) >= 0) == next(k for k in range(10) if course[k] >= 0)


@of("cost-of-next-customer")
def _() -> Pairs:
    now = {"now_spend": 600.0, "now_won": 10.0, "response": 0.4}

    def won(spend: Any) -> mpf:
        return 10 * (mpf(spend) / 600) ** mpf("0.4")

    yield 1 / diff(won, mpf(600)), cost_of_next_customer(60, 0.4)
    best = findroot(lambda spend: diff(lambda at: 90 * won(at) - at, spend), mpf(best_budget(90, **now)))
    yield 90 / (best / won(best)), best_ratio(0.4)


# Contractual customers

SURVIVORS = [1000.0, 869, 743, 653]
SBG = [(mpf("0.668"), mpf("3.806")), (mpf(4), mpf("0.9"))]


def sbg(alpha: Any, beta_: Any) -> ShiftedBetaGeoModel:
    return ShiftedBetaGeoModel.from_params(alpha=float(alpha), beta=float(beta_))


def survives(a: Any, b: Any, t: Any) -> mpf:
    return beta(a, b + t) / beta(a, b)


@of("observed-survival")
def _() -> Pairs:
    table = survival_curve(SURVIVORS)
    for t in (1, 2, 3):
        yield mpf(SURVIVORS[t]) / 1000, table["survival"][t]
        yield mpf(SURVIVORS[t]) / SURVIVORS[t - 1], table["retention"][t]


TENURES, LOST = [1, 2, 2, 3, 3, 5], [True, True, False, True, True, False]
REACHED, GONE = {1: 6, 2: 5, 3: 3}, {1: 1, 2: 1, 3: 2}


def printed_survival(t: int) -> mpf:
    result = mpf(1)
    for j in range(1, t + 1):
        result *= 1 - mpf(GONE[j]) / REACHED[j]
    return result


@of("kaplan-meier")
def _() -> Pairs:
    for t in (1, 2, 3):
        yield printed_survival(t), kaplan_meier(TENURES, LOST)["survival"][t]


@of("kaplan-meier-interval")
def _() -> Pairs:
    table, z = kaplan_meier(TENURES, LOST), mpf("1.95996398454005423552")
    for t in (1, 2, 3):
        spread = sqrt(sum(mpf(GONE[j]) / (REACHED[j] * (REACHED[j] - GONE[j])) for j in range(1, t + 1)))
        survival = printed_survival(t)
        w = z * spread / log(survival)
        yield survival * spread, table["standard_error"][t]
        ends = sorted([survival ** exp(w), survival ** exp(-w)])
        yield ends[0], table["lower"][t]
        yield ends[1], table["upper"][t]


@of("sbg-leaving")
def _() -> Pairs:
    for a, b in SBG:
        for t in (1, 2, 9):
            yield beta(a + 1, b + t - 1) / beta(a, b), sbg(a, b).probability_of_leaving(t)


@of("sbg-survival")
def _() -> Pairs:
    for a, b in SBG:
        for t in (0, 1, 12):
            yield survives(a, b, t), sbg(a, b).survival(t)
            yield survives(a, b, t), sbg(a, b).project(12)["survival"][t]


@of("sbg-retention")
def _() -> Pairs:
    for a, b in SBG:
        for t in (1, 5):
            yield (b + t - 1) / (a + b + t - 1), sbg(a, b).retention_rate(t)


@of("sbg-likelihood")
def _() -> Pairs:
    by_table = ShiftedBetaGeoModel().fit(SURVIVORS)
    tenure = np.repeat([1, 2, 3, 3], [131, 126, 90, 653])
    by_customer = ShiftedBetaGeoModel().fit_tenures(tenure, np.repeat([True, True, True, False], [131, 126, 90, 653]))
    for model in (by_table, by_customer):
        a, b = mpf(model.alpha_), mpf(model.beta_)
        left = {1: 131, 2: 126, 3: 90}
        printed = sum(left[t] * log(beta(a + 1, b + t - 1) / beta(a, b)) for t in left) + 653 * log(survives(a, b, 3))
        yield printed, model.loglik_


@of("sbg-expected-lifetime")
def _() -> Pairs:
    a, b = SBG[1]
    yield (a + b - 1) / (a - 1), sbg(a, b).expected_lifetime()
    yield nsum(lambda t: survives(a, b, t), [0, inf]), sbg(a, b).expected_lifetime()


@of("sbg-remaining-lifetime")
def _() -> Pairs:
    a, b = SBG[1]
    for k in (0, 4):
        yield (b + k) / (a - 1), sbg(a, b).expected_remaining_lifetime(k)
        printed = nsum(lambda j, k=k: survives(a, b, k + j) / survives(a, b, k), [1, inf])
        yield printed, sbg(a, b).expected_remaining_lifetime(k)


@of("sbg-del")
def _() -> Pairs:
    for a, b in SBG:
        printed = nsum(lambda t, a=a, b=b: survives(a, b, t) / mpf("1.1") ** t, [0, inf])
        yield printed, sbg(a, b).discounted_expected_lifetime(0.1)


@of("sbg-derl")
def _() -> Pairs:
    d = mpf("0.1")
    for a, b in SBG:
        for k in (0, 4):
            summed = nsum(
                lambda j, a=a, b=b, k=k: survives(a, b, k + j) / survives(a, b, k) / (1 + d) ** (j - 1), [1, inf]
            )
            yield summed, sbg(a, b).derl(0.1, k)
            yield (b + k) / (a + b + k) * hyp2f1(1, b + k + 1, a + b + k + 1, 1 / (1 + d)), sbg(a, b).derl(0.1, k)


# Churn

RISKS, LEAVERS = [0.9, 0.75, 0.5, 0.5, 0.25, 0.1], [True, False, True, False, False, True]
TERMS = {"value": 100.0, "offer_cost": 20.0, "contact_cost": 1.0}


def printed_targeting(success: mpf) -> list[mpf]:
    """Profit of contacting the riskiest 0, 1, 2, 4 (two are alike), 5 and 6."""
    found = []
    for k in (0, 1, 2, 4, 5, 6):
        leavers = sum(LEAVERS[:k])
        found.append(success * 80 * leavers - 20 * (k - leavers) - k)
    return found


@of("lift")
def _() -> Pairs:
    table = churn.lift_table(LEAVERS, RISKS, 3)
    for group, place in enumerate((slice(0, 2), slice(2, 4), slice(4, 6)), start=1):
        yield (mpf(sum(LEAVERS[place])) / 2) / (mpf(3) / 6), table.loc[group, "lift"]


@of("area-under-curve")
def _() -> Pairs:
    ranks = [mpf(6), mpf(5), mpf(7) / 2, mpf(7) / 2, mpf(2), mpf(1)]
    left = sum(rank for rank, gone in zip(ranks, LEAVERS, strict=True) if gone)
    yield (left - 3 * 4 / mpf(2)) / (3 * (6 - 3)), churn.prediction_measures(LEAVERS, RISKS)["auc"]


@of("offer-profit")
def _() -> Pairs:
    for p in (0.0, 0.25, 1.0):
        found = churn.offer_profit(p, success=0.3, **TERMS)
        yield mpf(p) * mpf(0.3) * (100 - 20) - (1 - mpf(p)) * 20 - 1, found


@of("break-even-risk")
def _() -> Pairs:
    for success in (0.1, 0.5):
        yield mpf(20 + 1) / (mpf(success) * (100 - 20) + 20), churn.break_even_probability(success=success, **TERMS)


@of("profit-of-targeting")
def _() -> Pairs:
    curve = churn.profit_curve(LEAVERS, RISKS, success=0.7, **TERMS)["profit"]
    printed = printed_targeting(mpf(0.7))
    yield from zip(printed, curve, strict=True)
    yield max(printed), churn.best_share(LEAVERS, RISKS, success=0.7, **TERMS).profit


@of("expected-maximum-profit")
def _() -> Pairs:
    def inside(success: mpf) -> mpf:
        return max(printed_targeting(success)) * success**5 * (1 - success) ** 13 / beta(6, 14)

    # Where the best cut changes the integrand has a bend.
    bends = sorted({mpf(1) / 80, mpf(21) / 80, *(mpf(at) / 400 for at in range(401))})
    printed = quad(inside, bends) / 6
    yield printed, churn.expected_maximum_profit(LEAVERS, RISKS, **TERMS).profit


def printed_score(x: int, n: int, z: mpf) -> tuple[mpf, mpf, mpf]:
    p = mpf(x) / n
    reach = z * sqrt(p * (1 - p) / n + z**2 / (4 * mpf(n) ** 2))
    return p, (p + z**2 / (2 * n) - reach) / (1 + z**2 / n), (p + z**2 / (2 * n) + reach) / (1 + z**2 / n)


@of("effect-on-a-share")
def _() -> Pairs:
    z = sqrt(2) * erfinv(mpf("0.95"))
    p1, l1, u1 = printed_score(7, 20, z)
    p0, l0, u0 = printed_score(3, 25, z)
    table = pd.DataFrame({"sent": np.arange(45) < 20, "bought": (np.arange(45) < 7) | (np.arange(45) >= 42)})
    by_group = churn.effects_by_group(table, "bought").loc["all"]
    alone = churn.share_effect(table["bought"][:20], table["bought"][20:])
    for found in (by_group, pd.Series(vars(alone))):
        yield p1 - p0, found["effect"]
        yield p1 - p0 - sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2), found["low"]
        yield p1 - p0 + sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2), found["high"]


@of("effect-on-a-mean")
def _() -> Pairs:
    one, other = [mpf(4), mpf(0), mpf(11)], [mpf(1), mpf(0), mpf(0), mpf(6)]
    means = [sum(arm) / len(arm) for arm in (one, other)]
    spread = [
        sum((y - mean) ** 2 for y in arm) / (len(arm) - 1) / len(arm)
        for arm, mean in zip((one, other), means, strict=True)
    ]
    reach = sqrt(2) * erfinv(mpf("0.95")) * sqrt(sum(spread))
    found = churn.mean_effect([4, 0, 11], [1, 0, 0, 6])
    yield means[0] - means[1], found.effect
    yield means[0] - means[1] - reach, found.low
    yield means[0] - means[1] + reach, found.high


def printed_quantiles() -> tuple[mpf, mpf]:
    return sqrt(2) * erfinv(mpf("0.95")), sqrt(2) * erfinv(2 * mpf("0.8") - 1)


@of("people-per-arm")
def _() -> Pairs:
    one, two = printed_quantiles()
    for p0, p1 in ((mpf("0.11"), mpf("0.17")), (mpf("0.3"), mpf("0.25"))):
        mean = (p0 + p1) / 2
        root = one * sqrt(2 * mean * (1 - mean)) + two * sqrt(p0 * (1 - p0) + p1 * (1 - p1))
        yield floor(root**2 / (p1 - p0) ** 2) + 1, churn.people_per_arm(float(p0), float(p1))


@of("power-of-a-test")
def _() -> Pairs:
    one, _ = printed_quantiles()
    p0, p1, n = mpf("0.11"), mpf("0.17"), 300
    mean = (p0 + p1) / 2
    reach = abs(p1 - p0) * sqrt(n) - one * sqrt(2 * mean * (1 - mean))
    at = reach / sqrt(p0 * (1 - p0) + p1 * (1 - p1))
    yield (1 + erf(at / sqrt(2))) / 2, churn.power_of_test(300, 0.11, 0.17)


@of("people-per-arm-for-means")
def _() -> Pairs:
    one, two = printed_quantiles()
    for effect, sd in ((1, 10), (mpf("2.5"), 40)):
        yield floor(2 * (one + two) ** 2 * sd**2 / effect**2) + 1, churn.people_per_arm_for_means(float(effect), sd)


@of("win-back-gain")
def _() -> Pairs:
    found = churn.win_back_gain(0.1, 0.18, value=60, advantage=12, contact_cost=0.5)
    yield (mpf(0.18) - mpf(0.1)) * 60 - mpf(0.18) * 12 - mpf("0.5"), found


@of("break-even-return")
def _() -> Pairs:
    yield (
        (mpf(0.1) * 60 + mpf("0.5")) / (60 - 12),
        churn.break_even_return(0.1, value=60, advantage=12, contact_cost=0.5),
    )


@of("lever-value")
def _() -> Pairs:
    def value(x: Any, b: Any, s: Any, rho: Any, r: Any) -> mpf:
        return (mpf(x) * b - s + mpf(rho) * 30) * sum((mpf(r) / mpf("1.1")) ** t for t in range(5))

    customer = churn.CustomerYear(orders=4, basket=9, service=3, retention=0.5, referrals=0.25, referral_value=30)
    now = value(4, 9, 3, 0.25, 0.5)
    yield now, customer.value(0.1)
    table = churn.lever_values(customer, change=0.125)
    for lever, moved in {
        "more orders": value(4.5, 9, 3, 0.25, 0.5),
        "dearer orders": value(4, 10.125, 3, 0.25, 0.5),
        "staying": value(4, 9, 3, 0.25, 0.5625),
        "referrals": value(4, 9, 3, 0.28125, 0.5),
        "cheaper service": value(4, 9, 2.625, 0.25, 0.5),
    }.items():
        yield moved, table.loc[lever, "value"]
        yield moved - now, table.loc[lever, "gain"]


# BG/NBD and MBG/NBD

BG = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
BG_MODEL, MBG_MODEL = BetaGeoModel.from_params(**BG), ModifiedBetaGeoModel.from_params(**BG)
HISTORIES = [(2, 30.43, 38.86), (0, 0.0, 20.5), (1, 3.0, 30.0), (11, 35.0, 38.0)]
AHEAD = mpf(39)


def rows(x: int, recency: float, T: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "recency": [recency], "T": [T]})


def precise(parameters: dict[str, float]) -> list[mpf]:
    return [mpf(value) for value in parameters.values()]


def nbd(r: Any, alpha: Any, j: int, t: Any) -> mpf:
    return gamma(r + j) / (gamma(r) * gamma(j + 1)) * (alpha / (alpha + t)) ** r * (t / (alpha + t)) ** j


def bg_likelihood(x: int, t_x: Any, T: Any) -> mpf:
    r, alpha, a, b = precise(BG)
    bought = gamma(r + x) * alpha**r / gamma(r) * beta(a, b + x) / beta(a, b)
    left = a / (b + x - 1) / (alpha + t_x) ** (r + x) if x > 0 else 0
    return bought * (1 / (alpha + T) ** (r + x) + left)


def bg_alive(x: int, t_x: Any, T: Any) -> mpf:
    r, alpha, a, b = precise(BG)
    odds = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x > 0 else 0
    return 1 / (1 + odds)


def bg_expected(x: int, t_x: Any, T: Any, t: Any) -> mpf:
    r, alpha, a, b = precise(BG)
    z = (alpha + T) / (alpha + T + t)
    y = z ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, 1 - z)
    return bg_alive(x, t_x, T) * (a + b + x - 1) / (a - 1) * (1 - y)


def bg_share(n: int, t: Any, r: Any, alpha: Any, a: Any, b: Any) -> mpf:
    result = beta(a, b + n) / beta(a, b) * nbd(r, alpha, n, t)
    if n > 0:
        result += beta(a + 1, b + n - 1) / beta(a, b) * (1 - sum(nbd(r, alpha, j, t) for j in range(n)))
    return result


@of("bg-nbd-likelihood")
def _() -> Pairs:
    for x, t_x, T in HISTORIES:
        yield log(bg_likelihood(x, mpf(t_x), mpf(T))), BG_MODEL.log_likelihood(rows(x, t_x, T))


@of("bg-nbd-p-alive")
def _() -> Pairs:
    for x, t_x, T in HISTORIES:
        yield bg_alive(x, mpf(t_x), mpf(T)), BG_MODEL.expected_probability_alive(rows(x, t_x, T))[0]


@of("bg-nbd-expectation")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    hyper = hyp2f1(r, b, a + b - 1, AHEAD / (alpha + AHEAD))
    printed = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + AHEAD)) ** r * hyper)
    yield printed, BG_MODEL.expected_purchases_new_customer(39)


@of("bg-nbd-conditional-expectation")
def _() -> Pairs:
    for x, t_x, T in HISTORIES:
        yield bg_expected(x, mpf(t_x), mpf(T), AHEAD), BG_MODEL.expected_purchases(rows(x, t_x, T), 39)[0]


@of("bg-nbd-probability")
def _() -> Pairs:
    for n in (0, 1, 4):
        yield bg_share(n, AHEAD, *precise(BG)), BG_MODEL.expected_probability_of_purchases_new_customer(n, 39)


@of("bg-nbd-conditional-probability")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    for x, t_x, T in HISTORIES:
        alive = bg_alive(x, mpf(t_x), mpf(T))
        for n in (0, 3):
            printed = (1 - alive) * (n == 0) + alive * bg_share(n, AHEAD, r + x, alpha + mpf(T), a, b + x)
            yield printed, BG_MODEL.expected_probability_of_purchases(rows(x, t_x, T), n, 39)[0]


def mbg_alive(x: int, t_x: Any, T: Any) -> mpf:
    r, alpha, a, b = precise(BG)
    return 1 / (1 + a / (b + x) * ((alpha + T) / (alpha + t_x)) ** (r + x))


@of("mbg-nbd-likelihood")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    for x, t_x, T in HISTORIES:
        bought = gamma(r + x) * alpha**r / gamma(r) * beta(a, b + x + 1) / beta(a, b)
        printed = bought * (1 / (alpha + mpf(T)) ** (r + x) + a / (b + x) / (alpha + mpf(t_x)) ** (r + x))
        yield log(printed), MBG_MODEL.log_likelihood(rows(x, t_x, T))


@of("mbg-nbd-p-alive")
def _() -> Pairs:
    for x, t_x, T in HISTORIES:
        yield mbg_alive(x, mpf(t_x), mpf(T)), MBG_MODEL.expected_probability_alive(rows(x, t_x, T))[0]


@of("mbg-nbd-expectation")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    hyper = hyp2f1(r, b + 1, a + b, AHEAD / (alpha + AHEAD))
    printed = b / (a - 1) * (1 - (alpha / (alpha + AHEAD)) ** r * hyper)
    yield printed, MBG_MODEL.expected_purchases_new_customer(39)


@of("mbg-nbd-conditional-expectation")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    for x, t_x, T in [*HISTORIES, (0, 0.0, 0.0)]:
        z = (alpha + mpf(T)) / (alpha + mpf(T) + AHEAD)
        y = z ** (r + x) * hyp2f1(r + x, b + x + 1, a + b + x, 1 - z)
        printed = mbg_alive(x, mpf(t_x), mpf(T)) * (a + b + x) / (a - 1) * (1 - y)
        yield printed, MBG_MODEL.expected_purchases(rows(x, t_x, T), 39)[0]
    # The note on the misprint: at x = T = 0 P(alive) is b/(a + b), and the formula is E[X(t)].
    yield mbg_alive(0, mpf(0), mpf(0)), b / (a + b)
    yield MBG_MODEL.expected_purchases_new_customer(39), MBG_MODEL.expected_purchases(rows(0, 0.0, 0.0), 39)[0]


@of("mbg-nbd-probability")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    for n in (0, 1, 4):
        printed = beta(a, b + n + 1) / beta(a, b) * nbd(r, alpha, n, AHEAD)
        printed += beta(a + 1, b + n) / beta(a, b) * (1 - sum(nbd(r, alpha, j, AHEAD) for j in range(n)))
        yield printed, MBG_MODEL.expected_probability_of_purchases_new_customer(n, 39)


@of("mbg-nbd-conditional-probability")
def _() -> Pairs:
    r, alpha, a, b = precise(BG)
    for x, t_x, T in HISTORIES:
        alive = mbg_alive(x, mpf(t_x), mpf(T))
        for n in (0, 3):
            printed = (1 - alive) * (n == 0) + alive * bg_share(n, AHEAD, r + x, alpha + mpf(T), a, b + x + 1)
            yield printed, MBG_MODEL.expected_probability_of_purchases(rows(x, t_x, T), n, 39)[0]


# Pareto/NBD

PARETO = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
PARETO_MODEL = ParetoNBDModel.from_params(**PARETO)


def gone_by(x: int, t_x: Any, T: Any) -> mpf:
    r, alpha, s, b = precise(PARETO)
    return quad(lambda u: s / ((alpha + u) ** (r + x) * (b + u) ** (s + 1)), [t_x, T])


def pareto_alive(x: int, t_x: Any, T: Any) -> mpf:
    r, alpha, s, b = precise(PARETO)
    return 1 / (1 + (alpha + T) ** (r + x) * (b + T) ** s * gone_by(x, t_x, T))


def pareto_share(n: int, t: Any, r: Any, alpha: Any, s: Any, b: Any) -> mpf:
    left = quad(lambda u: s * b**s / (b + u) ** (s + 1) * nbd(r, alpha, n, u), [0, t / 4, t])
    return (b / (b + t)) ** s * nbd(r, alpha, n, t) + left


@of("pareto-nbd-likelihood")
def _() -> Pairs:
    r, alpha, s, b = precise(PARETO)
    for x, t_x, T in HISTORIES:
        alive = 1 / ((alpha + mpf(T)) ** (r + x) * (b + mpf(T)) ** s)
        printed = gamma(r + x) * alpha**r * b**s / gamma(r) * (alive + gone_by(x, mpf(t_x), mpf(T)))
        yield log(printed), PARETO_MODEL.log_likelihood(rows(x, t_x, T))


@of("pareto-nbd-p-alive")
def _() -> Pairs:
    for x, t_x, T in HISTORIES:
        yield pareto_alive(x, mpf(t_x), mpf(T)), PARETO_MODEL.expected_probability_alive(rows(x, t_x, T))[0]


@of("pareto-nbd-expectation")
def _() -> Pairs:
    r, alpha, s, b = precise(PARETO)
    printed = r * b / (alpha * (s - 1)) * (1 - (b / (b + AHEAD)) ** (s - 1))
    yield printed, PARETO_MODEL.expected_purchases_new_customer(39)
    at_one = ParetoNBDModel.from_params(**{**PARETO, "s": 1.0}).expected_purchases_new_customer(39)
    yield r * b / alpha * log((b + AHEAD) / b), at_one


@of("pareto-nbd-conditional-expectation")
def _() -> Pairs:
    r, alpha, s, b = precise(PARETO)
    for x, t_x, T in HISTORIES:
        until = mpf(T)
        rest = 1 - ((b + until) / (b + until + AHEAD)) ** (s - 1)
        printed = pareto_alive(x, mpf(t_x), until) * (r + x) * (b + until) / ((alpha + until) * (s - 1)) * rest
        yield printed, PARETO_MODEL.expected_purchases(rows(x, t_x, T), 39)[0]


@of("pareto-nbd-probability")
def _() -> Pairs:
    for n in (0, 1, 4):
        printed = pareto_share(n, AHEAD, *precise(PARETO))
        yield printed, PARETO_MODEL.expected_probability_of_purchases_new_customer(n, 39)


@of("pareto-nbd-conditional-probability")
def _() -> Pairs:
    r, alpha, s, b = precise(PARETO)
    for x, t_x, T in HISTORIES:
        alive = pareto_alive(x, mpf(t_x), mpf(T))
        for n in (0, 3):
            printed = (1 - alive) * (n == 0) + alive * pareto_share(n, AHEAD, r + x, alpha + T, s, b + T)
            yield printed, PARETO_MODEL.expected_probability_of_purchases(rows(x, t_x, T), n, 39)[0]


# BG/BB

BB = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
BB_MODEL = BetaGeoBetaBinomModel.from_params(**BB)
DONORS = [(0, 0, 6), (3, 5, 6), (6, 6, 6), (1, 2, 4)]


def donor(x: int, t_x: int, n: int) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "recency": [t_x], "n_periods": [n]})


def bb_likelihood(x: int, t_x: int, n: int) -> mpf:
    a, b, c, d = precise(BB)
    result = beta(a + x, b + n - x) / beta(a, b) * beta(c, d + n) / beta(c, d)
    for i in range(n - t_x):
        result += beta(a + x, b + t_x - x + i) / beta(a, b) * beta(c + 1, d + t_x + i) / beta(c, d)
    return result


def bb_alive(x: int, t_x: int, n: int, k: int = 0) -> mpf:
    a, b, c, d = precise(BB)
    return beta(a + x, b + n - x) / beta(a, b) * beta(c, d + n + k) / beta(c, d) / bb_likelihood(x, t_x, n)


def bb_share(j: int, k: int, a: Any, b: Any, c: Any, d: Any) -> mpf:
    result = binomial(k, j) * beta(a + j, b + k - j) / beta(a, b) * beta(c, d + k) / beta(c, d)
    for i in range(j, k):
        result += binomial(i, j) * beta(a + j, b + i - j) / beta(a, b) * beta(c + 1, d + i) / beta(c, d)
    return result


@of("bg-bb-likelihood")
def _() -> Pairs:
    for history in DONORS:
        yield log(bb_likelihood(*history)), BB_MODEL.log_likelihood(donor(*history))


@of("bg-bb-p-alive")
def _() -> Pairs:
    for history in DONORS:
        for k in (0, 1, 5):
            yield bb_alive(*history, k), BB_MODEL.expected_probability_alive(donor(*history), k)[0]


@of("bg-bb-expectation")
def _() -> Pairs:
    a, b, c, d = precise(BB)
    printed = a / (a + b) * sum(beta(c, d + j) / beta(c, d) for j in range(1, 6))
    yield printed, BB_MODEL.expected_purchases_new_customer(5)


@of("bg-bb-conditional-expectation")
def _() -> Pairs:
    a, b, c, d = precise(BB)
    for x, t_x, n in DONORS:
        there = sum(beta(c, d + n + j) / beta(c, d + n) for j in range(1, 6))
        printed = bb_alive(x, t_x, n) * (a + x) / (a + b + n) * there
        yield printed, BB_MODEL.expected_purchases(donor(x, t_x, n), 5)[0]


@of("bg-bb-probability")
def _() -> Pairs:
    for j in (0, 2, 5):
        yield bb_share(j, 5, *precise(BB)), BB_MODEL.expected_probability_of_purchases_new_customer(j, 5)


@of("bg-bb-conditional-probability")
def _() -> Pairs:
    a, b, c, d = precise(BB)
    for x, t_x, n in DONORS:
        alive = bb_alive(x, t_x, n)
        for j in (0, 2):
            printed = (1 - alive) * (j == 0) + alive * bb_share(j, 5, a + x, b + n - x, c, d + n)
            yield printed, BB_MODEL.expected_probability_of_purchases(donor(x, t_x, n), j, 5)[0]


@of("bg-bb-dert")
def _() -> Pairs:
    a, b, c, d = precise(BB)
    rate = mpf("0.1")
    for x, t_x, n in DONORS:
        found = BB_MODEL.discounted_expected_residual_transactions(donor(x, t_x, n), discount_rate=0.1)[0]
        lead = bb_alive(x, t_x, n) * (a + x) / (a + b + n)
        yield lead * nsum(lambda j, n=n: beta(c, d + n + j) / beta(c, d + n) / (1 + rate) ** j, [1, inf]), found
        hyper = hyp2f1(1, d + n + 1, c + d + n + 1, 1 / (1 + rate))
        yield lead * (d + n) / (c + d + n) * hyper / (1 + rate), found


# Spend

SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}
SPEND_MODEL = GammaGammaModel.from_params(**SPEND)
SPENDERS = [(1, 20.0), (2, 60.0), (30, 35.5)]


def spender(x: int, mean: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [x], "monetary_value": [mean]})


@of("gamma-gamma-likelihood")
def _() -> Pairs:
    p, q, g = precise(SPEND)
    for x, mean in SPENDERS:
        m = mpf(mean)
        printed = gamma(p * x + q) / (gamma(p * x) * gamma(q))
        printed *= g**q * m ** (p * x - 1) * mpf(x) ** (p * x) / (g + x * m) ** (p * x + q)
        yield log(printed), SPEND_MODEL.log_likelihood(spender(x, mean))


@of("gamma-gamma-population-mean")
def _() -> Pairs:
    p, q, g = precise(SPEND)
    yield p * g / (q - 1), SPEND_MODEL.expected_new_customer_spend()


@of("gamma-gamma-conditional-mean")
def _() -> Pairs:
    p, q, g = precise(SPEND)
    for x, mean in SPENDERS:
        found = SPEND_MODEL.expected_customer_spend(spender(x, mean))[0]
        whole = p * x + q - 1
        yield p * (g + x * mpf(mean)) / whole, found
        yield (q - 1) / whole * p * g / (q - 1) + p * x / whole * mpf(mean), found


# The value still to come


def printed_value(margin: mpf, spend: mpf, h: mpf, steps: int, d: mpf, shift: mpf) -> mpf:
    x, t_x, T = HISTORIES[0]
    bought = [bg_expected(x, mpf(t_x), mpf(T), k * h) if k else mpf(0) for k in range(steps + 1)]
    return margin * spend * sum((bought[k] - bought[k - 1]) / (1 + d) ** (k - shift) for k in range(1, steps + 1))


@of("residual-clv")
def _() -> Pairs:
    data, month = rows(*HISTORIES[0]).assign(monetary_value=30.0), mpf("365.25") / 12 / 7
    for timing, shift in (("end", mpf(0)), ("middle", mpf("0.5")), ("start", mpf(1))):
        found = BG_MODEL.expected_customer_lifetime_value(data, 30, margin=0.3, discount_rate=0.01, timing=timing)[0]
        yield printed_value(mpf("0.3"), mpf(30), month, 12, mpf("0.01"), shift), found
    p, q, g = precise(SPEND)
    spend = p * (g + 2 * 30) / (p * 2 + q - 1)
    found = SPEND_MODEL.expected_customer_lifetime_value(BG_MODEL, data, margin=0.3, discount_rate=0.01)[0]
    yield printed_value(mpf("0.3"), spend, month, 12, mpf("0.01"), mpf(0)), found


@of("calendar-units")
def _() -> Pairs:
    age = days("1997-01-05", "1997-06-30")
    for unit, length in (("week", mpf(7)), ("month", mpf("365.25") / 12), ("year", mpf("365.25"))):
        yield age / length, rfm_summary(LOG, "1997-06-30", time_unit=unit)["T"][1]
        found = BG_MODEL.expected_customer_lifetime_value(
            rows(*HISTORIES[0]), 1, discount_rate=0.01, periods=2, step=unit
        )[0]
        yield printed_value(mpf(1), mpf(1), length / 7, 2, mpf("0.01"), mpf(0)), found


@of("dert")
def _() -> Pairs:
    rate = log(mpf("1.15")) / (mpf("365.25") / 7)
    for x, t_x, T in HISTORIES[:2]:

        def slope(t: Any, x: int = x, t_x: float = t_x, T: float = T) -> mpf:
            return diff(lambda at: bg_expected(x, mpf(t_x), mpf(T), at), t)

        printed = quad(lambda t, slope=slope: exp(-rate * t) * slope(t), [mpf("1e-12"), 50, 500, 5000, 40000])
        found = BG_MODEL.discounted_expected_residual_transactions(rows(x, t_x, T), discount_rate=0.15)[0]
        yield printed, found


@of("pareto-nbd-dert")
def _() -> Pairs:
    r, alpha, s, b = precise(PARETO)
    rate = log(mpf("1.15")) / (mpf("365.25") / 7)
    for x, t_x, T in HISTORIES:
        until = mpf(T)
        tricomi = hyperu(s, s, rate * (b + until))
        printed = pareto_alive(x, mpf(t_x), until) * (r + x) / (alpha + until) * (b + until) ** s
        found = PARETO_MODEL.discounted_expected_residual_transactions(rows(x, t_x, T), discount_rate=0.15)[0]
        yield printed * rate ** (s - 1) * tricomi, found


# Lists of customers

GUESSES, CAME = [5.0, 4, 3, 1], [40.0, 10, 30, 20]


@of("customer-equity")
def _() -> Pairs:
    printed = mpf(30) + 20 + 50 * (mpf("36.5") - 25)
    yield printed, ranking.customer_equity([30, 20], won=50, value_won=36.5, acquisition_cost=25)


@of("gain-of-a-list")
def _() -> Pairs:
    table = ranking.list_gains({"a list": GUESSES}, CAME, effect=0.1, margin=0.3, cost=0.4, points=4)
    for k in range(5):
        yield sum(mpf("0.1") * mpf("0.3") * y - mpf("0.4") for y in CAME[:k]), table["a list"].iloc[k]


@of("captured-share")
def _() -> Pairs:
    curve = capture_curve(GUESSES, CAME, points=4)["predicted"]
    for k in range(5):
        yield mpf(sum(CAME[:k])) / sum(CAME), curve.iloc[k]
    found = ranking.compare_rankings({"a list": GUESSES}, CAME, best=0.5, rounds=20)
    yield mpf(50) / 100, found.loc["a list", "captured"]


# Strategy and experience


@of("posterior-rate")
def _() -> Pairs:
    for h, x, t in (("0.5", 10, 2), ("2", 0, 3), ("1.5", 7, 1)):
        spread, mean = mpf(h) ** 2, mpf(6)
        market = strategy.Market(heterogeneity=float(h))
        found = strategy.posterior_rate(market, np.array([float(x)]), np.array([float(t)]))[0]
        yield (1 / spread + x) / (1 / (spread * mean) + t), found


@of("cost-per-customer-kept")
def _() -> Pairs:
    for k, c, e in ((4, "0.25", "0.1"), (3, "0.4", "0.55")):
        yield mpf(k) / (mpf(c) * mpf(e)), strategy.cost_per_customer_kept(k, float(c), float(e))


@of("next-euro")
def _() -> Pairs:
    for kind, K, m, c, n in (("win", mpf(36), 110, "0.5", 3), ("keep", mpf(3) / mpf("0.02"), 200, "0.2", 5)):
        printed = m / K * sum(((1 - mpf(c)) / mpf("1.1")) ** t for t in range(n))
        uses = pd.DataFrame({"kind": [kind], "cost": [float(K)], "margin": [float(m)], "leaving": [float(c)]})
        yield printed, strategy.next_euro(uses, 3, 0.1, n, 0.1)["per_euro"].iloc[0]


NOW, FUTURE = (40, 35, 25), (25, 25, 50)


@of("triangle-place")
def _() -> Pairs:
    corners = ((mpf(0), mpf(0)), (mpf("0.5"), sqrt(3) / 2), (mpf(1), mpf(0)))
    for at in (0, 1):
        printed = sum(w * corner[at] for w, corner in zip(NOW, corners, strict=True)) / 100
        yield printed, strategy.ternary(strategy.Weights(*NOW))[at]


@of("points-moved")
def _() -> Pairs:
    printed = mpf(sum(abs(v - w) for w, v in zip(NOW, FUTURE, strict=True))) / 2
    yield printed, strategy.points_moved(strategy.Weights(*NOW), strategy.Weights(*FUTURE))


@of("cost-of-a-move")
def _() -> Pairs:
    c, b, rho, i = (60, 90, 40), (8, 15, 20), mpf("0.5"), mpf("0.1")
    up = [max(v - w, 0) for w, v in zip(NOW, FUTURE, strict=True)]
    down = [max(w - v, 0) for w, v in zip(NOW, FUTURE, strict=True)]
    yearly = sum(b[j] * (up[j] - rho * down[j]) for j in range(3))
    printed = sum(c[j] * up[j] for j in range(3)) + yearly * sum((1 + i) ** -t for t in range(1, 6))
    yield printed, strategy.cost_of_move(strategy.Weights(*NOW), strategy.Weights(*FUTURE)).present_value


SURVEYED = pd.DataFrame({"responded": [True, False, False, True, True], "cell": list("aaabb"), "q": [4.0, 0, 0, 7, 9]})
PEOPLE = [(mpf(3), mpf(4)), (mpf(1), mpf(7)), (mpf(1), mpf(9))]


@of("response-weight")
def _() -> Pairs:
    found = experience.response_weights(SURVEYED, by=["cell"])
    for (weight, _), each in zip(PEOPLE, found, strict=True):
        yield weight, each


@of("weighted-mean")
def _() -> Pairs:
    weights = experience.response_weights(SURVEYED, by=["cell"])
    found = experience.weighted_means(SURVEYED[SURVEYED["responded"]], ["q"], weights).loc["q"]
    total = sum(w for w, _ in PEOPLE)
    mean = sum(w * y for w, y in PEOPLE) / total
    yield mean, found["mean"]
    yield sqrt(mpf(3) / 2 * sum(w**2 * (y - mean) ** 2 for w, y in PEOPLE)) / total, found["se"]


AMONG = [["1", "0.2", "0.3", "0.4"], ["0.2", "1", "0.5", "0.1"], ["0.3", "0.5", "1", "0.2"], ["0.4", "0.1", "0.2", "1"]]
OUTCOME = ["-0.4", "0.1", "-0.3", "0.4"]


def printed_r2(drivers: tuple[int, ...]) -> mpf:
    if not drivers:
        return mpf(0)
    r = mp.matrix([mpf(OUTCOME[j]) for j in drivers])
    among = mp.matrix([[mpf(AMONG[j][k]) for k in drivers] for j in drivers])
    return (r.T * mp.inverse(among) * r)[0]


@of("shapley-share")
def _() -> Pairs:
    found = experience.shapley_shares(np.array(AMONG, dtype=float), np.array(OUTCOME, dtype=float))
    for j in range(4):
        others = [k for k in range(4) if k != j]
        printed = mpf(0)
        for size in range(4):
            for chosen in combinations(others, size):
                chance = mpf(factorial(size) * factorial(3 - size)) / factorial(4)
                printed += chance * (printed_r2(tuple(sorted((*chosen, j)))) - printed_r2(chosen))
        yield printed, found[j]


@of("relative-weight")
def _() -> Pairs:
    found = experience.relative_weights(np.array(AMONG, dtype=float), np.array(OUTCOME, dtype=float))
    values, vectors = mp.eigsy(mp.matrix([[mpf(entry) for entry in row] for row in AMONG]))
    root = vectors * mp.diag([sqrt(value) for value in values]) * vectors.T
    beta = mp.inverse(root) * mp.matrix([mpf(entry) for entry in OUTCOME])
    for j in range(4):
        yield sum(root[j, k] ** 2 * beta[k] ** 2 for k in range(4)), found[j]


@of("net-promoter-score")
def _() -> Pairs:
    answers = [10, 9, 8, 7, 6, 0, 9]
    P, D, n = mpf(3) / 7, mpf(2) / 7, 7
    found = experience.net_promoter_score(answers)
    yield 100 * (P - D), found.score
    yield 100 * sqrt((P + D - (P - D) ** 2) / (n - 1)), found.se


@of("effect-among-equals")
def _() -> Pairs:
    classes = [(([1, 3, 8]), ([4, 6])), (([10, 12]), ([20, 22, 25]))]
    happened, outcome, alike = [], [], []
    for number, sides in enumerate(classes):
        for event, side in zip((True, False), sides, strict=True):
            happened += [event] * len(side)
            outcome += side
            alike += [number] * len(side)
    found = experience.effect_of(pd.Series(happened), pd.Series(outcome, dtype=float), pd.Series(alike))

    def mean(side: list[int]) -> mpf:
        return mpf(sum(side)) / len(side)

    def error(side: list[int]) -> mpf:
        return sum((y - mean(side)) ** 2 for y in side) / (len(side) - 1) / len(side)

    n = sum(len(one) for one, _ in classes)
    yield sum(mpf(len(one)) / n * (mean(one) - mean(other)) for one, other in classes), found.effect
    yield sqrt(sum((mpf(len(one)) / n) ** 2 * (error(one) + error(other)) for one, other in classes)), found.se


@of("value-of-mending")
def _() -> Pairs:
    factors = {"passing": (1000, 0), "affected": ("0.2", "0.05"), "fixable": ("0.5", 0), "loss": ("0.3", "0.1")}
    factors |= {"margin": (20, 4), "handling": ("4.5", "0.7")}
    row = {name: float(mu) for name, (mu, _) in factors.items()}
    row |= {f"{name}_se": float(s) for name, (_, s) in factors.items()} | {"cost": 0.0}
    found = experience.priorities(pd.DataFrame([row])).iloc[0]
    n, a, f, loss, m, h = ((mpf(mu), mpf(s)) for mu, s in factors.values())
    u = loss[0] * m[0] + h[0]
    of_u = (loss[0] ** 2 + loss[1] ** 2) * (m[0] ** 2 + m[1] ** 2) - loss[0] ** 2 * m[0] ** 2 + h[1] ** 2
    value, squares = n[0] * a[0] * f[0] * u, u**2 + of_u
    for mu, s in (n, a, f):
        squares *= mu**2 + s**2
    yield value, found["value"]
    yield sqrt(squares - value**2), found["se"]


# The customer value model

FUEL = cvm.ValueModel(
    "ours",
    "theirs",
    [
        cvm.Input("hours", cvm.Uniform(900, 1_100), "hours"),
        cvm.Input("before", cvm.Triangular(4, 5, 9), "$/hour"),
        cvm.Input("after", cvm.Pert(2, 3, 5), "$/hour"),
        cvm.Input("price", 10_000, "$"),
        cvm.Input("making", 9_000, "$"),
    ],
    [
        cvm.Element("Fuel", "hours × before", "hours × after"),
        cvm.Element("Sales", "price", "price + hours × after", side="revenue"),
    ],
    reference_price="price",
    cost="making",
)


def printed_difference(hours: mpf, before: mpf, after: mpf) -> mpf:
    return (hours * after) - (hours * after - hours * before)


HOURS, OLD_RATE, NEW_RATE = mpf(1_000), mpf(4 + 5 + 9) / 3, (2 + 4 * mpf(3) + 5) / 6


@of("differentiation-value")
def _() -> Pairs:
    printed = printed_difference(HOURS, OLD_RATE, NEW_RATE)
    yield printed, FUEL.differentiation_value()
    yield printed, FUEL.values()["value"].sum()
    drawn = cvm.simulate(FUEL, 3)
    hours, before, after = (map(mpf, drawn.inputs[name]) for name in ("hours", "before", "after"))
    for *inputs, found in zip(hours, before, after, drawn.amounts["differentiation value"], strict=True):
        yield printed_difference(*inputs), found


@of("economic-value-to-the-customer")
def _() -> Pairs:
    printed = 10_000 + printed_difference(HOURS, OLD_RATE, NEW_RATE)
    yield printed, FUEL.evc()
    yield printed - printed_difference(HOURS, OLD_RATE, NEW_RATE), FUEL.price_of_reference()
    yield printed, cvm.waterfall(FUEL)["end"].iloc[-1]


@of("present-value-in-word-equations")
def _() -> Pairs:
    for rate, periods in ((0.08, 6), (0.01, 24), (1.0, 2.5)):
        i, n = mpf(rate), mpf(periods)
        inputs = {"rate": rate, "years": periods}
        yield (1 - (1 + i) ** -n) / i, cvm.Equation("annuity(rate, years)").value(inputs)
        yield 70 * (1 + i) ** -n, cvm.Equation("present(70, rate, years)").value(inputs)
    yield mpf(6), cvm.Equation("annuity(0, 6)").value({})


@of("triangular-input")
def _() -> Pairs:
    a, m, b = mpf(1), mpf(2), mpf(6)
    for chance in (0.05, 0.2, 0.21, 0.9):
        p = mpf(chance)
        rising = a + sqrt(p * (b - a) * (m - a))
        falling = b - sqrt((1 - p) * (b - a) * (b - m))
        yield rising if p <= (m - a) / (b - a) else falling, cvm.Triangular(1, 2, 6).quantile(chance)


@of("pert-input")
def _() -> Pairs:
    a, m, b = mpf(1), mpf(2), mpf(6)
    first, second = 1 + 4 * (m - a) / (b - a), 1 + 4 * (b - m) / (b - a)
    for chance in (0.05, 0.5, 0.95):
        x = (mpf(float(cvm.Pert(1, 2, 6).quantile(chance))) - a) / (b - a)
        yield mpf(chance), betainc(first, second, 0, x, regularized=True)


@of("value-swing")
def _() -> Pairs:
    table = cvm.tornado(FUEL, 0.25, 0.75)
    ends = [printed_difference(hours, OLD_RATE, NEW_RATE) for hours in (mpf(950), mpf(1_050))]
    yield abs(ends[1] - ends[0]), table.loc["hours", "swing"]


@of("share-of-variation")
def _() -> Pairs:
    drawn, found = cvm.simulate(FUEL, 200, 5), cvm.share_of_variation(FUEL, 200, 5)
    rho = {name: mpf(drawn.inputs[name].corr(drawn.evc, method="spearman")) for name in ("hours", "before")}
    after = mpf(drawn.inputs["after"].corr(drawn.evc, method="spearman"))
    for name, value in rho.items():
        yield value**2 / (sum(each**2 for each in rho.values()) + after**2), found[name]


@of("chance-better-off")
def _() -> Pairs:
    drawn = cvm.simulate(FUEL, 500)
    printed = mpf(sum(value > 16_000 for value in drawn.evc)) / 500
    yield printed, drawn.chance_better_off(16_000)
    yield printed, cvm.price_range(drawn, [16_000]).loc[16_000, "chance_better_off"]


@of("break-even-input")
def _() -> Pairs:
    at = cvm.break_even_input(FUEL, "hours", 16_300)
    yield mpf(16_300), 10_000 + printed_difference(mpf(at), OLD_RATE, NEW_RATE)


@of("value-sharing")
def _() -> Pairs:
    value, cost, price = mpf(14_000), mpf(9_000), mpf(12_500)
    found = cvm.value_sharing(14_000, 9_000, 12_500)
    share = (value - price) / (value - cost)
    yield share, found.customer_share
    yield 1 - share, found.seller_share
    yield value - mpf("0.25") * (value - cost), found.price_for(0.25)
    own = 10_000 + printed_difference(HOURS, OLD_RATE, NEW_RATE)
    yield (own - price) / (own - cost), cvm.share_value(FUEL, 12_500).customer_share


@of("customers-gain")
def _() -> Pairs:
    for price in (8_000, 12_500):
        printed = 10_000 + printed_difference(HOURS, OLD_RATE, NEW_RATE) - price
        yield printed, cvm.customer_statement(FUEL, price).loc["Profit", "change"]


@of("share-saved")
def _() -> Pairs:
    for rates in ((OLD_RATE, NEW_RATE), (mpf(4), mpf(7))):
        inputs = {"before": float(rates[0]), "after": float(rates[1])}
        yield 1 - rates[1] / rates[0], cvm.share_saved(FUEL, ["Fuel"], inputs)
    for at in (0, 7):
        drawn = cvm.simulate(FUEL, 8).inputs.loc[at]
        yield 1 - mpf(drawn["after"]) / mpf(drawn["before"]), cvm.simulated_savings(FUEL, ["Fuel"], 8)[at]


@of("believed-value")
def _() -> Pairs:
    drawn = cvm.simulate(FUEL, 5)
    for b in (0, 0.4, 1):
        for evc, seen in zip(drawn.evc, cvm.believed(drawn, b).evc, strict=True):
            yield 10_000 + mpf(b) * (mpf(evc) - 10_000), seen


@of("value-kept")
def _() -> Pairs:
    measured = cvm.renewal_page(FUEL, {"hours": 900, "before": 5.5}, 12_000)
    printed = printed_difference(mpf(900), mpf("5.5"), NEW_RATE) / printed_difference(HOURS, OLD_RATE, NEW_RATE)
    yield printed, measured.elements.loc["Total", "kept"]


# Choice

TASTES = {"price": -0.02, "zoom": 0.9}
OFFERS = pd.DataFrame({"price": [100.0, 150.0, 120.0], "zoom": [0.0, 1.0, 1.0]}, index=["a", "b", "c"])
# Three people, two tasks each, three alternatives; person 1 likes zoom, person 3 does not.
ASKED = pd.DataFrame(
    {
        "person": np.repeat([1, 2, 3], 6),
        "task": np.tile(np.repeat([1, 2], 3), 3),
        "price": [100.0, 150, 120, 90, 160, 130, 100, 120, 110, 90, 95, 150, 120, 110, 150, 140, 100, 160],
        "zoom": [0.0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1],
        # Which of the three of each task.
        "chosen": [place == taken for taken in (2, 0, 1, 0, 1, 1) for place in (0, 1, 2)],
    }
)


def logit_chance(price: mpf, zoom: mpf, row: int, rows: range, table: pd.DataFrame = ASKED) -> mpf:
    def weight(at: int) -> mpf:
        return exp(price * mpf(table["price"].iloc[at]) + zoom * mpf(table["zoom"].iloc[at]))

    return weight(row) / sum(weight(at) for at in rows)


def of_person(person: int, price: mpf, zoom: mpf) -> mpf:
    """The chance of both choices of a person with these tastes."""
    found = mpf(1)
    for task in (0, 1):
        rows = range(6 * (person - 1) + 3 * task, 6 * (person - 1) + 3 * task + 3)
        found *= logit_chance(price, zoom, next(at for at in rows if ASKED["chosen"].iloc[at]), rows)
    return found


def printed_share(tastes: dict[str, float], price: mpf) -> mpf:
    """The share of offer a at a price, with those who buy nothing at utility 0."""
    values = [mpf(tastes["price"]) * price + mpf(tastes["zoom"]) * 0]
    values += [mpf(tastes["price"]) * mpf(p) + mpf(tastes["zoom"]) * mpf(z) for p, z in ((150, 1), (120, 1))]
    return exp(values[0]) / (sum(map(exp, values)) + 1)


@cache
def asked_logit() -> choice.MultinomialLogit:
    return choice.MultinomialLogit().fit(ASKED, ["price", "zoom"])


@cache
def asked_mixed() -> choice.MixedLogit:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return choice.MixedLogit().fit(ASKED, ["price", "zoom"], {"zoom": "normal"}, draws=6)


@cache
def asked_classes() -> choice.LatentClassLogit:
    return choice.LatentClassLogit(2).fit(load_camera_conjoint(), ["zoom", "brand", "price"], starts=1)


@of("logit-probability")
def _() -> Pairs:
    model = choice.MultinomialLogit.from_params(TASTES)
    price, zoom = mpf(-0.02), mpf(0.9)
    found, utility = model.probabilities(ASKED), model.utility(ASKED)
    for row in (0, 1, 2):
        yield logit_chance(price, zoom, row, range(3)), found.iloc[row]
        yield price * mpf(ASKED["price"].iloc[row]) + zoom * mpf(ASKED["zoom"].iloc[row]), utility.iloc[row]
    yield printed_share(TASTES, mpf(100)), choice.market_shares(model, OFFERS, outside=0.0)["a"]


@of("logit-likelihood")
def _() -> Pairs:
    price, zoom = (mpf(asked_logit().params_[name]) for name in ("price", "zoom"))
    yield log(of_person(1, price, zoom) * of_person(2, price, zoom) * of_person(3, price, zoom)), asked_logit().loglik_


@of("covariance-by-person")
def _() -> Pairs:
    point = [mpf(asked_logit().params_[name]) for name in ("price", "zoom")]

    def of_all(price: mpf, zoom: mpf) -> mpf:
        return sum(log(of_person(person, price, zoom)) for person in (1, 2, 3))

    bend = matrix([[diff(of_all, point, order) for order in row] for row in (((2, 0), (1, 1)), ((1, 1), (0, 2)))])
    middle = matrix(2, 2)
    for person in (1, 2, 3):
        slope = matrix([diff(lambda p, z, n=person: log(of_person(n, p, z)), point, o) for o in ((1, 0), (0, 1))])
        middle += slope * slope.T
    printed = mpf(3) / 2 * bend**-1 * middle * bend**-1
    found = asked_logit().covariance("person").to_numpy()
    summary = asked_logit().summary()
    for row in (0, 1):
        yield sqrt(printed[row, row]), summary["se"].iloc[row]
        for column in (0, 1):
            yield printed[row, column], found[row, column]


@of("willingness-to-pay")
def _() -> Pairs:
    price, zoom = (mpf(asked_logit().params_[name]) for name in ("price", "zoom"))
    spread = asked_logit().covariance("classic")
    aa, ap, pp = (mpf(spread.loc[pair]) for pair in (("zoom", "zoom"), ("zoom", "price"), ("price", "price")))
    worth = -zoom / price
    found = choice.willingness_to_pay(asked_logit(), ["zoom"], errors="classic").loc["zoom"]
    yield worth, found["estimate"]
    yield sqrt(aa + 2 * worth * ap + worth**2 * pp) / abs(price), found["se"]
    yield worth, choice.wtp_distribution(asked_logit(), ["zoom"])["zoom"].iloc[0]


def draws_of(model: choice.MixedLogit, values: dict[str, float]) -> list[list[mpf]]:
    """Coefficients of zoom by person and draw: Halton points in base 2 from the 100th on, as standard normals."""
    found = []
    for person in range(3):
        points = [
            sum(mpf(int(bit)) / 2 ** (at + 1) for at, bit in enumerate(bin(100 + 6 * person + r)[:1:-1]))
            for r in range(6)
        ]
        normal = [sqrt(2) * erfinv(2 * point - 1) for point in points]
        found.append([mpf(values["zoom"]) + mpf(values["sd zoom"]) * z for z in normal])
    return found


@of("mixed-logit")
def _() -> Pairs:
    values = {"price": -0.03, "zoom": 0.4, "sd zoom": 1.3}
    for given in (values, asked_mixed().params_.to_dict()):
        drawn = draws_of(asked_mixed(), given)
        printed = sum(log(sum(of_person(n, mpf(given["price"]), zoom) for zoom in drawn[n - 1]) / 6) for n in (1, 2, 3))
        yield printed, asked_mixed().simulated_loglik(given)
    yield printed, asked_mixed().loglik_


@of("tastes-of-a-person")
def _() -> Pairs:
    values = asked_mixed().params_.to_dict()
    for person, zooms in enumerate(draws_of(asked_mixed(), values), start=1):
        weights = [of_person(person, mpf(values["price"]), zoom) for zoom in zooms]
        printed = sum(weight * zoom for weight, zoom in zip(weights, zooms, strict=True)) / sum(weights)
        yield printed, asked_mixed().person_tastes().loc[person, "zoom"]


@of("latent-classes")
def _() -> Pairs:
    model, data = asked_classes(), load_camera_conjoint()
    joint = []
    for at in (1, 2):
        part = choice.MultinomialLogit.from_params({"zoom": 1.0})
        part.encoding_, part.params_ = model.encoding_, model.coefficients_.loc[at]
        log_chance = np.log(part.probabilities(data))[data["chosen"]].groupby(data["person"]).sum()
        joint.append([mpf(model.shares_[at]) * exp(mpf(value)) for value in log_chance])
    yield sum(log(one + two) for one, two in zip(*joint, strict=True)), model.loglik_
    for person in (0, 50, 331):
        h = joint[0][person] / (joint[0][person] + joint[1][person])
        yield h, model.membership_[1].iloc[person]
        printed = h * mpf(model.coefficients_.loc[1, "zoom"]) + (1 - h) * mpf(model.coefficients_.loc[2, "zoom"])
        yield printed, model.person_tastes()["zoom"].iloc[person]
        yield h, model.membership_of(data[data["person"] == person + 1])[1].iloc[0]


@of("information-criteria")
def _() -> Pairs:
    table = choice.compare_classes(load_camera_conjoint(), ["zoom", "brand", "price"], [1])
    loglik = mpf(table.loc[1, "loglik"])
    yield 2 * 6 - 2 * loglik, table.loc[1, "aic"]
    yield 6 * log(mpf(332)) - 2 * loglik, table.loc[1, "bic"]


@of("elasticity-of-a-share")
def _() -> Pairs:
    model = choice.MultinomialLogit.from_params(TASTES)
    share = printed_share(TASTES, mpf(90))
    yield (
        90 * mpf(-0.02) * (1 - share),
        choice.price_response(model, OFFERS, "a", [90], outside=0.0)["elasticity"].iloc[0],
    )
    kinds, at = asked_classes(), pd.DataFrame({"zoom": [True, False], "brand": "canon", "price": 150}, index=["a", "b"])
    above = below = mpf(0)
    for part in kinds.segments():
        share = mpf(choice.market_shares(part.model, at)["a"])
        above += mpf(part.share) * mpf(part.model.params_["price"]) * share * (1 - share)
        below += mpf(part.share) * share
    yield 150 * above / below, choice.price_response(kinds, at, "a", [150])["elasticity"].iloc[0]


@of("profit-of-a-price")
def _() -> Pairs:
    model = choice.MultinomialLogit.from_params(TASTES)
    found = choice.profit_curve(model, OFFERS, "a", [90, 130], unit_cost=40, market_size=500, outside=0.0)
    for price in (90, 130):
        yield (price - 40) * 500 * printed_share(TASTES, mpf(price)), found.loc[price, "profit"]
    tastes = asked_logit().params_.to_dict()
    drawn = choice.profit_interval(asked_logit(), OFFERS, "a", [90], unit_cost=40, market_size=500, outside=0.0)
    yield (90 - 40) * 500 * printed_share(tastes, mpf(90)), drawn.loc[90, "profit"]


@of("best-price")
def _() -> Pairs:
    model = choice.MultinomialLogit.from_params(TASTES)
    found = choice.optimal_price(model, OFFERS, "a", unit_cost=40, price_range=(40, 200), outside=0.0)
    price = findroot(lambda p: p - 40 + 1 / (mpf(-0.02) * (1 - printed_share(TASTES, p))), found.price)
    # A maximum is flat: half of the digits of the profit tell the price.
    assert abs(found.price - price) < 1e-5
    yield (price - 40) * printed_share(TASTES, price), found.profit


@of("gain-from-fences")
def _() -> Pairs:
    tastes = [{"price": -0.02, "zoom": 0.9}, {"price": -0.05, "zoom": 0.5}]
    segments = [
        choice.Segment(name, share, choice.MultinomialLogit.from_params(each))
        for name, share, each in zip("xy", (0.25, 0.75), tastes, strict=True)
    ]
    found = choice.price_fences(
        segments,
        OFFERS,
        "a",
        unit_cost=40,
        price_range=(40, 200),
        market_size=1_000,
        leak=0.2,
        fence_cost=30,
        outside=0.0,
    )
    people, own = (250, 750), [mpf(value) for value in found.segments["own_price"]]

    def profit(at: int, price: mpf) -> mpf:
        return (price - 40) * people[at] * printed_share(tastes[at], price)

    apart = sum(profit(at, own[at]) for at in (0, 1))
    lowest = sum(profit(at, min(own)) for at in (0, 1))
    together = sum(profit(at, mpf(found.single_price)) for at in (0, 1))
    leak = mpf(0.2)
    yield (1 - leak) * apart + leak * lowest - 30 - together, found.gain


# Allocation


@of("value-saved")
def _() -> Pairs:
    found = allocation.value_saved([200, -30], [60, -20], leaves_waiting=0.3, leaves_served=0.04, cancels=0.2)
    for at, (worth, margin) in enumerate(((200, 60), (-30, -20))):
        yield (mpf("0.3") - mpf("0.04")) * worth + mpf("0.2") * margin, found[at]


@of("best-orders")
def _() -> Pairs:
    wanted = [(1, 0), (0, 2), (2, 1), (1, 1), (0, 1)]
    values, stock = [mpf(each) for each in (7, 9, 12, 8, 3)], (3, 2)
    lines = pd.DataFrame(
        [(order, name, pieces) for order, row in enumerate(wanted) for name, pieces in zip("ab", row, strict=True)
         if pieces],
        columns=["order_no", "StockCode", "Quantity"],
    )  # fmt: skip
    filled = allocation.fill_best(lines, pd.Series(stock, list("ab")), pd.Series([7.0, 9, 12, 8, 3]))
    best = max(
        sum((value for value, taken in zip(values, choice_, strict=True) if taken), mpf(0))
        for choice_ in product((0, 1), repeat=5)
        if all(sum(row[p] for row, taken in zip(wanted, choice_, strict=True) if taken) <= stock[p] for p in (0, 1))
    )
    yield best, sum(float(value) for value, taken in zip(values, filled.sort_index(), strict=True) if taken)


@of("credible-mean")
def _() -> Pairs:
    own = {1: [4, 8, 6], 2: [20, 14], 3: [9]}
    orders = [(mpf(value), who) for who, values in own.items() for value in values]
    found = allocation.credible_means([float(value) for value, _ in orders], [who for _, who in orders])
    mu = sum(value for value, _ in orders) / 6
    mean = {who: mpf(sum(values)) / len(values) for who, values in own.items()}
    sigma = sum((value - mean[who]) ** 2 for value, who in orders) / (6 - 3)
    size = (6 - mpf(9 + 4 + 1) / 6) / 2
    tau = (sum(len(own[who]) * (mean[who] - mu) ** 2 for who in own) / 2 - sigma) / size
    yield sigma / tau, found.attrs["k"]
    for who, values in own.items():
        yield (sum(values) + sigma / tau * mu) / (len(values) + sigma / tau), found.loc[who, "expected"]


@of("credible-rate")
def _() -> Pairs:
    events, time = [0, 0, 5, 1], [mpf("0.5"), 2, 2, 3]
    m = mpf(6) / sum(time)
    tau = sum((x - m * t) ** 2 - m * t for x, t in zip(events, time, strict=True)) / sum(t**2 for t in time)
    found = allocation.credible_rates(events, [float(t) for t in time])
    for at, (x, t) in enumerate(zip(events, time, strict=True)):
        yield (m**2 / tau + x) / (m / tau + t), found[at]


@of("apology-gain")
def _() -> Pairs:
    terms = {"leaves_more": 0.06, "repaired": 0.5, "used": 0.6, "handling": 1.0}
    yield mpf("0.06") * mpf("0.5") * 300 - mpf("0.6") * 12 - 1, allocation.apology_gain(300, voucher=12, **terms)
    yield (mpf("0.06") * mpf("0.5") * 300 - 1) / mpf("0.6"), allocation.apology_limit(300, **terms)


# What the firm is worth


def printed_staying(k: int) -> mpf:
    """Of the sBG model with α = 0.668, β = 3.806."""
    return beta(mpf("0.668"), mpf("3.806") + k) / beta(mpf("0.668"), mpf("3.806"))


STAYING = ShiftedBetaGeoModel.from_params(alpha=0.668, beta=3.806)
WON, TODAY = [30.0, 20, 10], {0: 100.0, 3: 50.0}


@of("customers-by-cohort")
def _() -> Pairs:
    base = valuation.project_customers(WON, STAYING, existing=TODAY)
    for t in (1, 2, 3):
        new = sum(mpf(WON[c - 1]) * printed_staying(t - c) for c in range(1, t + 1))
        old = sum(mpf(n) * printed_staying(k + t) / printed_staying(k) for k, n in TODAY.items())
        yield new + old, base.active[t]
    firm = valuation.Firm(customers=80, won=10, won_growth=0.5, retention=0.6, revenue=1, margin=1, discount_rate=0.1)
    yield 80 * mpf("0.6") ** 2 + 10 * mpf("0.6") + 15, firm.base().active[2]


@of("revenue-of-newcomers")
def _() -> Pairs:
    r, alpha, a, b = mpf("0.4"), mpf(5), mpf("0.8"), mpf("2.5")
    model = BetaGeoModel.from_params(r=0.4, alpha=5.0, a=0.8, b=2.5, time_unit="week")
    week = cv_periods.DAYS["month"] / mpf(7)

    def orders(t: mpf) -> mpf:
        """Of a newcomer within t months, BG/NBD."""
        if t <= 0:
            return mpf(0)
        weeks = t * week
        shrink = (alpha / (alpha + weeks)) ** r * hyp2f1(r, b, a + b - 1, weeks / (alpha + weeks))
        return (a + b - 1) / (a - 1) * (1 - shrink)

    table = valuation.cohort_contribution(model, 20.0, 0.5, periods=3, step="month", arrival="even")
    base = valuation.project_purchases(
        model, pd.DataFrame({"frequency": [0], "recency": [0.0], "T": [0.0]}), [1, 0, 0], spend=20.0, step="month"
    )
    for k in range(3):
        within = quad(lambda u, k=k: orders(k + u) - orders(k + u - 1), [0, 1])
        yield 20 * ((k == 0) + within), table["revenue"][k]
        yield 20 * ((k == 0) + within), base.table.loc[1, k + 1]


@of("acquisition-curve")
def _() -> Pairs:
    growing = valuation.fit_acquisition([100, 110, 121], "growth")
    for t in (4, 5):
        yield 121 * mpf("1.1") ** (t - 3), growing.ahead(2)[t - 4]
    nan = float("nan")
    curve = valuation.AcquisitionCurve("s-curve", 3, nan, nan, ceiling=1_000, pace=0.6, start=-3)

    def ever(t: int) -> mpf:
        return 1_000 / (1 + exp(3 - mpf("0.6") * t))

    for t in (1, 2, 3):
        yield ever(t) - ever(t - 1), curve.fitted()[t - 1]
    yield ever(4) - ever(3), curve.ahead(1)[0]


ECONOMICS = {
    "revenue": 50,
    "margin": 0.4,
    "acquisition_cost": 30,
    "fixed_cost": 1_100,
    "tax": 0.25,
    "reinvestment": 0.02,
}


@of("value-from-customers")
def _() -> Pairs:
    base = valuation.project_customers([60, 50, 40], 0.8, existing=100)
    worth = valuation.value_firm(base, valuation.Economics(**ECONOMICS), 0.1, growth=0.02, other_assets=90, debt=700)
    n, lost, total, flow = mpf(100), mpf(0), mpf(0), mpf(0)
    losses = 0
    for t, won in enumerate((60, 50, 40), start=1):
        n = n * mpf("0.8") + won
        profit = mpf("0.4") * 50 * n - 30 * won - 1_100
        taxed = max(profit - lost, mpf(0))
        lost = max(lost - profit, mpf(0))
        losses += profit < 0
        flow = profit - mpf("0.25") * taxed - mpf("0.02") * 50 * n
        yield flow, worth.flows["free_cash_flow"][t]
        total += flow / mpf("1.1") ** t
    assert losses
    # The perpetuity's tax is on the full profit of the last period.
    last = profit * mpf("0.75") - mpf("0.02") * 50 * n
    value = total + last * mpf("1.02") / (mpf("0.1") - mpf("0.02")) / mpf("1.1") ** 3
    yield value, worth.operating
    yield value + 90 - 700, worth.equity


@of("value-of-present-customers")
def _() -> Pairs:
    base = valuation.project_customers(WON, STAYING, existing=TODAY)
    worth = valuation.value_firm(base, valuation.Economics(revenue=50, margin=0.4), 0.1, terminal="run-off")
    still = sum(
        mpf(n) * nsum(lambda t, k=k: printed_staying(k + t) / mpf("1.1") ** t, [1, inf]) / printed_staying(k)
        for k, n in TODAY.items()
    )
    yield 20 * still, worth.split().loc["customers today", "value"]
    after = nsum(lambda t: printed_staying(3 + t) / mpf("1.1") ** t, [1, inf])
    yield 100 * after, base.run_off(0.1)[0]


@of("elasticity-of-a-value")
def _() -> Pairs:
    def worth(r: Any = 0.8) -> Any:
        return mpf(50) * r / (1 + mpf("0.1") - r)

    h = mpf("0.01")
    at = mpf(0.8)
    yield (
        (worth(at * (1 + h)) - worth(at * (1 - h))) / (2 * h * worth(at)),
        valuation.elasticity(lambda r=0.8: clv.discounted_clv(50, r, 0.1), {"r": 0.8})["r"],
    )


# What a data use case is worth

REMIND = use_cases.UseCase("remind", 1_000, 0.03, 30, 900, 200)
RECALL = use_cases.UseCase("recall", 400, 0.05, 25, 300, 50)


@of("use-case-value")
def _() -> Pairs:
    gain = 1_000 * mpf("0.03") * 30 - 200
    yield sum(gain / mpf("1.1") ** t for t in range(1, 5)) - 900, REMIND.value(4, 0.1)
    yield (
        sum(gain / mpf("1.1") ** t for t in range(1, 5)) - 900,
        use_cases.simulate([REMIND], years=4, draws=2).values["remind"][0],
    )


def printed_overlap(share: mpf) -> mpf:
    a = sum(1 / mpf("1.1") ** t for t in range(1, 4))
    return a * share * min(1_000, 400) * min(mpf("0.03") * 30, mpf("0.05") * 25)


@of("overlap")
def _() -> Pairs:
    sizing = use_cases.simulate([REMIND, RECALL], draws=2)
    alone = mpf(REMIND.value()) + mpf(RECALL.value())
    yield alone - printed_overlap(mpf("0.3")), sizing.total(overlap={("remind", "recall"): 0.3})[0]


@of("best-portfolio")
def _() -> Pairs:
    cases = [REMIND, RECALL, use_cases.UseCase("reward", 300, 0.1, 20, 500, 20, requires="recall")]
    sizing, overlap = use_cases.simulate(cases, draws=2), {("remind", "recall"): 0.3}
    costs, values = [1_100, 350, 520], [mpf(case.value()) for case in cases]
    for budget in (300, 900, 1_150, 1_500, 2_000):
        best = max(
            sum(x * v for x, v in zip(way, values, strict=True)) - way[0] * way[1] * printed_overlap(mpf("0.3"))
            for way in product((0, 1), repeat=3)
            if sum(x * c for x, c in zip(way, costs, strict=True)) <= budget and way[2] <= way[1]
        )
        yield best, use_cases.choose(sizing, budget, overlap=overlap).value


# What information is worth


def printed_normal_loss(z: mpf) -> mpf:
    return exp(-(z**2) / 2) / sqrt(2 * mp.pi) - z * (1 - printed_normal(z))


def printed_normal(z: mpf) -> mpf:
    return (1 + erf(z / sqrt(mpf(2)))) / 2


GO = information.GoDecision(effect=0.2, effect_sd=0.5, outcome_sd=10.6, reach=20_000, cost=5_000)
GAIN = 20_000 * mpf(0.2) - 5_000


@of("unit-normal-loss")
def _() -> Pairs:
    for z in (-3.0, -0.4, 0.0, 1.0, 2.42, 6.0):
        yield printed_normal_loss(mpf(z)), information.unit_normal_loss(z)


@of("evpi")
def _() -> Pairs:
    options = [[3, 5, 0], [8, -2, 0], [-9, -1, 0]]
    known = sum(mpf(max(row)) for row in options) / 3
    yield known - max(mpf(sum(column)) / 3 for column in zip(*options, strict=True)), information.evpi(options)


@of("evpi-go")
def _() -> Pairs:
    for mean, sd in ((30.0, 100.0), (-250.0, 80.0)):
        yield sd * printed_normal_loss(mpf(abs(mean)) / sd), information.evpi_normal(mean, sd)
    yield 10_000 * printed_normal_loss(abs(GAIN) / 10_000), GO.evpi()


@of("evppi")
def _() -> Pairs:
    # Two values of the input, each with two draws: the means of the groups are the expectations given the input.
    x, values = [1, 1, 2, 2], [[4, 0], [-10, 0], [7, 0], [1, 0]]
    given = [max(mpf(4 - 10) / 2, 0), max(mpf(7 + 1) / 2, 0)]
    printed = sum(given) / 2 - max(mpf(4 - 10 + 7 + 1) / 4, 0)
    for method in ({"method": "bins", "bins": 2}, {"method": "regression", "degree": 1}):
        yield (
            printed,
            information.evppi(np.array(values, dtype=float), pd.DataFrame({"x": x}), **method).loc["x", "evppi"],
        )


def printed_evsi(n: int) -> mpf:
    spread = 20_000 * mpf(0.5) ** 2 / sqrt(mpf(0.5) ** 2 + 4 * mpf(10.6) ** 2 / n)
    return spread * printed_normal_loss(abs(GAIN) / spread)


@of("evsi")
def _() -> Pairs:
    for n in (50, 1_458, 10_000):
        yield printed_evsi(n), GO.evsi(n)
        yield printed_evsi(n) - n / mpf(2), GO.curve([n], cost_per_customer=0.5)["net"].iloc[0]
    best = GO.best_test(cost_per_customer=0.5)
    yield printed_evsi(best.customers), best.evsi
    assert all(printed_evsi(n) - n / mpf(2) <= best.net for n in (best.customers - 2, best.customers + 2))


@of("chance-to-choose-wrongly")
def _() -> Pairs:
    yield printed_normal(-abs(GAIN) / 10_000), GO.chance_wrong()


@of("test-and-roll-size")
def _() -> Pairs:
    for people, noise, spread in ((100_000, 0.4, 0.03), (500, 20.0, 1.0)):
        ratio = (mpf(noise) / mpf(spread)) ** 2
        yield (
            sqrt(people / mpf(4) * ratio + (3 * ratio / 4) ** 2) - 3 * ratio / 4,
            information.roll_out_test_size(people, noise, spread),
        )


@of("test-and-roll-gain")
def _() -> Pairs:
    n, ratio = mpf(2_000), (mpf(0.4) / mpf(0.03)) ** 2
    printed = (100_000 - 2 * n) * mpf(0.03) / sqrt(mp.pi) * sqrt(n / (n + ratio))
    yield printed, information.roll_out_test_gain(100_000, 0.4, 0.03, 2_000)


# Transformation


@of("best-response")
def _() -> Pairs:
    m, rates, habit = [[2, 1], [1, 3]], [0.3, 0.2], [1.0, 0.5]
    cost = matrix([[2, 0.5], [0.5, 3]])
    pull = matrix([[sum(mpf(row[at]) * mpf(beta) for row, beta in zip(m, rates, strict=True))] for at in (0, 1)])
    printed = matrix(habit) + cost**-1 * pull
    found = transformation.best_response(m, rates, [[2, 0.5], [0.5, 3]], habit)
    yield from zip(printed, found, strict=True)


@of("risk-premium")
def _() -> Pairs:
    rates, noise = [0.3, 0.2], [[4.0, 1.0], [1.0, 9.0]]
    square = sum(mpf(a) * mpf(noise[i][j]) * mpf(b) for i, a in enumerate(rates) for j, b in enumerate(rates))
    yield mpf("0.5") / 2 * square, transformation.risk_premium(rates, noise, 0.5)


@of("best-rates")
def _() -> Pairs:
    m, cost, noise, worth = [[2, 1], [1, 3]], [[2, 0.5], [0.5, 3]], [[4.0, 1.0], [1.0, 9.0]], [1.0, 2.0]
    reach = matrix(m) * matrix(cost) ** -1
    printed = (reach * matrix(m).T + mpf("0.5") * matrix(noise)) ** -1 * reach * matrix(worth)
    yield from zip(printed, transformation.best_rates(m, worth, cost, noise, 0.5), strict=True)
    yield 1 / (1 + mpf("0.25") * 2 * 3), transformation.best_rates([[1]], [1], [[2]], [[3]], 0.25)[0]


@of("equal-pay-rates")
def _() -> Pairs:
    found = transformation.rates_for(transformation.Setting(), {"sales": 0.25, "net sales": 0.75}, 8_000)
    gross = mpf(400) * 300
    yield mpf("0.25") * 8_000 / gross, found["sales"]
    yield mpf("0.75") * 8_000 / (gross * (1 - mpf("0.08"))), found["net sales"]


@of("advisers-year")
def _() -> Pairs:
    setting = transformation.Setting()
    m, theta, m_u, theta_u, h, i = map(mpf, ("0.45", "0.08", "0.25", "0.5", "0.15", "0.1"))
    kept = setting.sales * (m * (1 - theta) - h * theta) / (1 + i - mpf("0.75"))

    def printed(sell: float, push: float, serve: float) -> mpf:
        s, pushed = 300 + 30 * (mpf(sell) - 1), 45 * mpf(push)
        stays = mpf("0.75") - mpf("0.05") * push + mpf("0.06") * (mpf(serve) - 1)
        return s * (m * (1 - theta) - h * theta) + pushed * (m_u * (1 - theta_u) - h * theta_u) + kept * stays

    row = setting.per_customer().loc["true value"]
    for sell, push, serve in ((1, 0, 1), (2, 0, 1), (1, 1, 1), (1, 0, 2)):
        found = row["habit"] + row["sell"] * (sell - 1) + row["push"] * push + row["serve"] * (serve - 1)
        yield printed(sell, push, serve), found


@of("shared-by-basis")
def _() -> Pairs:
    results = pd.DataFrame(
        {"place": "x", "return_rate": 0.1, "commission": [30.0, 20.0, 10.0]}
        | {"sales": 1.0, "net_sales": 1.0, "margin": 1.0, "contribution": [6.0, -2.0, 2.0]},
        index=["a", "b", "c"],
    )
    found = transformation.repaid(results)["repaid"]
    for name, x in (("a", 6), ("b", -2), ("c", 2)):
        yield mpf(60) * max(x, 0) / (6 + 0 + 2), found[name]


@of("gap-priority")
def _() -> Pairs:
    answers = {"a": {"mission": (1, 4), "access": (5, 4)}, "b": {"mission": (2, 5), "access": (4, 4)}}
    made = transformation.MaturityAssessment("x", answers, {"mission": 1.5})
    for found in (transformation.practice_scores(made), transformation.ranked_gaps(made)):
        yield mpf("1.5") * (mpf(4 + 5) / 2 - mpf(1 + 2) / 2), found.loc["mission", "priority"]
        yield mpf(0), found.loc["access", "priority"]


STEPS = (
    transformation.Initiative("first", 2, 3, 8, 0),
    transformation.Initiative("then", 1, 2, 6, 4, ("first",)),
    transformation.Initiative("apart", 3, 1, 5, 3),
)


@of("weighted-shortest-job-first")
def _() -> Pairs:
    found = transformation.bundle_index(transformation.Roadmap("x", STEPS), "weighted shortest job first")["index"]
    yield mpf(0 + 4) / (3 * 2 + 2 * 1), found["then"]
    yield mpf(3) / (1 * 3), found["apart"]
    yield mpf(0), found["first"]


@of("roadmap-net")
def _() -> Pairs:
    printed = 4 * max(10 - 3, 0) + 3 * max(10 - 12, 0) - (8 + 6 + 5)
    yield mpf(printed), transformation.net_value([0, 4, 3], [2, 3, 12], [8, 6, 5], 10)
    # Three people at most: either the two in a row come first or the one apart does.
    orders = [{"first": 2, "then": 3, "apart": 5}, {"first": 5, "then": 6, "apart": 3}]
    best = max(4 * (10 - ends["then"]) + 3 * (10 - ends["apart"]) - 19 for ends in orders)
    yield mpf(best), transformation.exact(transformation.Roadmap("x", STEPS, people=3, horizon=10)).net


@of("payback-month")
def _() -> Pairs:
    cash = [-3, 4, -2, 0.5, 1]
    totals = [sum(cash[:k]) for k in range(1, 6)]
    printed = min(n for n in range(1, 6) if all(total >= 0 for total in totals[n - 1 :]))
    yield mpf(printed), transformation.payback_month(cash)


@of("scorecard-progress")
def _() -> Pairs:
    yield (mpf("0.2") - mpf("0.27")) / (mpf("0.1") - mpf("0.27")), transformation.progress(0.27, 0.1, 0.2)
    measure = transformation.Measure(
        "late", "customer", "me", "Late.", "share", 0.27, 0.1, "down", "leading", "Carrier.", current=0.2
    )
    found = transformation.status(transformation.Scorecard("x", (measure,)), 0.5)
    yield (mpf("0.2") - mpf("0.27")) / (mpf("0.1") - mpf("0.27")), found.loc["late", "progress"]


LEDGER = ledger.read()


def test_every_entry_is_written_out() -> None:
    assert set(CHECKS) == set(LEDGER.formulas)


@pytest.mark.parametrize("name", LEDGER.formulas)
def test_the_printed_formula_is_what_the_library_computes(name: str) -> None:
    with mp.workdps(30):
        pairs = [(float(printed), float(found)) for printed, found in CHECKS[name]()]
    assert pairs
    for printed, found in pairs:
        assert found == pytest.approx(printed, rel=1e-9, abs=1e-12)
