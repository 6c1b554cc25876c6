"""The explorations of retention and discounting answer in money, follow their controls and work at both ends."""

import numpy as np
import pytest

from customer_value import clv, retention_widgets
from customer_value.retention import ShiftedBetaGeoModel
from tests.customer_value.widget_checks import controls, sentence, works_at_every_corner

CLUB = {
    "deal site": ShiftedBetaGeoModel.from_params(alpha=1.2, beta=2.6),
    "referral": ShiftedBetaGeoModel.from_params(alpha=0.7, beta=11.0),
}
MARGINS = {"deal site": 8.6, "referral": 7.7}
EVERY = {
    "ladder": retention_widgets.cash_ladder,
    "mixed": retention_widgets.mixed_customers,
    "subscriber": lambda: retention_widgets.subscriber_price(CLUB, MARGINS),
}


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_corner_works_and_every_control_has_a_label(make, monkeypatch: pytest.MonkeyPatch) -> None:
    works_at_every_corner(make, monkeypatch)


@pytest.mark.parametrize(
    ("when", "endless", "counted"),
    [("now", 1.1 / 0.3, 1.0), ("end", 1 / 0.3, 1 / 1.1), ("after", 0.8 / 0.3, 0.8 / 1.1)],
)
def test_ladder_has_the_three_timings(when: str, endless: float, counted: float) -> None:
    """The multiples are (1 + i), 1 and r over 1 + i − r; with one margin counted, that margin."""
    made = retention_widgets.cash_ladder()
    place, _, _, years = controls(made)
    place.value = when
    assert f"Without end it would be ${100 * endless:,.0f} ({endless:.2f} margins)" in sentence(made)
    years.value = 1
    assert f"worth ${100 * counted:.0f} today, {counted:.2f} margins" in sentence(made)
    assert sentence(made).startswith("1 margin of $100 at 80% retention")


def test_mixing_raises_value_and_later_retention_and_leaves_the_first_year() -> None:
    made = retention_widgets.mixed_customers(mixed=0)
    assert "is worth $367; 80% for everybody says $367, the same." in sentence(made)
    controls(made)[1].value = 30
    model = ShiftedBetaGeoModel.from_params(alpha=0.2 * 7 / 3, beta=0.8 * 7 / 3)
    value = 100 * model.discounted_expected_lifetime(0.1)
    assert sentence(made).startswith(f"In year 1 80% stay; in year 12 {model.retention_rate(12):.0%} of those left")
    assert f"is worth ${value:,.0f}; 80% for everybody says $367, 36% too little." in sentence(made)


def test_tenths_of_mixed_customers_average_to_the_rate_of_the_first_year(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    drawn = retention_widgets.plots.mixed_retention
    monkeypatch.setattr(retention_widgets.plots, "mixed_retention", lambda *a: shown.append(a) or drawn(*a))
    retention_widgets.mixed_customers(retention=70, mixed=20)
    rates, own = shown[-1]
    assert np.mean(own) == pytest.approx(0.7, abs=0.01)
    assert rates.iloc[0] == pytest.approx(0.7)
    assert np.all(np.diff(own) > 0)
    assert np.all(np.diff(rates) > 0)


def test_subscriber_may_cost_what_such_a_subscriber_brings() -> None:
    made = retention_widgets.subscriber_price(CLUB, MARGINS)
    monthly = clv.discount_rate_per_period(0.10, 12)
    value = 8.6 * CLUB["deal site"].discounted_expected_lifetime(monthly, horizon=36)
    assert f"(deal site) brings €{value:.0f} in 36 months at 10% a year" in sentence(made)
    assert f"At €70 all in, each one loses €{70 - value:.0f}." in sentence(made)
    kind, cost, months, discount = controls(made)
    kind.value = "referral"
    assert "each one earns €" in sentence(made)
    cost.value, months.value, discount.value = 150, 6, 0
    assert f"brings €{7.7 * CLUB['referral'].survival(np.arange(6)).sum():.0f} in 6 months at 0% a year" in sentence(
        made
    )
    assert "each one loses €" in sentence(made)
