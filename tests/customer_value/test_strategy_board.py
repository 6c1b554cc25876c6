"""Kettleholt's board against its own tables, and studies of success in worlds where nothing works."""

import pandas as pd
import pytest

from customer_value import datasets
from customer_value.strategy import Weights, board, cost_of_move, diagnose, evidence, four_actions

SURVEY = datasets.load_kettleholt("survey")
MANAGERS = datasets.load_kettleholt("managers_survey")


def test_the_managers_disagree_about_a_present_that_has_a_mean() -> None:
    assert (board.managers().sum(axis=1) == 100).all()
    assert board.today() == Weights(40, 35, 25)


def test_each_proposal_leads_in_one_discipline_and_one_is_too_dear() -> None:
    costs = {name: cost_of_move(board.today(), future, board.COSTS) for name, future in board.PROPOSALS.items()}
    assert all(diagnose(future).follows_the_rule for future in board.PROPOSALS.values())
    # 25 points of intimacy: 25 × 1.5; running 25 × .7 − .5 × (15 × .3 + 10 × .6) = 12.25 a year, 3.7908 years' worth.
    assert costs["Coffee people"].capital == 37.5
    assert costs["Coffee people"].running == pytest.approx(12.25)
    assert costs["Coffee people"].present_value == pytest.approx(37.5 + 12.25 * 3.790787, abs=1e-4)
    assert [name for name, cost in costs.items() if cost.present_value > board.BUDGET] == ["Coffee people"]


def test_customers_and_managers_draw_different_canvases() -> None:
    customers, managers = (four_actions(board.canvas(survey))["action"] for survey in (SURVEY, MANAGERS))
    assert (customers == "raise").sum() == 3
    assert (managers == "raise").sum() == 6
    assert customers["delivery"] == "keep"
    assert customers["fair price"] == "reduce"


def test_scores_are_means_of_whoever_answered() -> None:
    survey = pd.DataFrame({f"{name}_score": pd.array([8, 4, None], dtype="Int64") for name in board._ASKED})
    assert (board.touchpoint_scores(survey) == 6).all()
    assert (board.shares_of_eight(survey) == 0.5).all()
    assert board.elements(survey).scores["quality"] == 6


def test_two_rules_count_different_elements() -> None:
    assert board.elements(SURVEY).strong() == ("quality", "sensory appeal")
    assert (board.shares_of_eight(SURVEY) >= 0.5).sum() == 4


def test_margin_of_a_year_by_hand() -> None:
    when = pd.to_datetime(["2024-03-01", "2024-03-01", "2024-03-09", "2024-03-10", "2023-01-01"])
    transactions = pd.DataFrame(
        {
            "InvoiceNo": ["1", "1", "C1", "C2", "0"],
            "StockCode": ["A", "A", "A", "A", "A"],
            "Quantity": [5, 5, -1, -2, 9],
            "UnitPrice": 10.0,
            "InvoiceDate": when,
        }
    )
    products = pd.DataFrame({"StockCode": ["A"], "unit_cost_eur": [4.0]})
    returns = pd.DataFrame(
        {"credit_note": ["C1", "C2"], "StockCode": "A", "Quantity": [1, 2], "resaleable": [True, False]}
    )
    # Five sold once (the second line is the same), three back, one of them resold: 50 − 30 − (20 − 4).
    assert board.gross_margin(transactions, products, returns, 2024) == 4
    with pytest.raises(ValueError, match="no rows of 2020"):
        board.gross_margin(transactions, products, returns, 2020)


def test_club_by_hand() -> None:
    spells = pd.DataFrame(
        {
            "price_eur": [20.0, 30.0, 40.0],
            "cost_eur": [10.0, 18.0, 1.0],
            "started_on": pd.to_datetime(["2024-01-01", "2024-02-01", "2025-02-01"]),
            "ended_on": pd.to_datetime([None, "2025-01-02", None]),
        }
    )
    assert board.club_members(spells, "2025-01-01") == (2, 132.0)
    assert board.club_members(spells, "2025-01-02") == (1, 120.0)
    with pytest.raises(ValueError, match="Nobody was in the club on 2020-01-01"):
        board.club_members(spells, "2020-01-01")


def test_lateness_by_hand() -> None:
    days = pd.to_datetime(["2024-05-02", "2024-05-02", "2024-05-02", None])
    orders = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 2],
            "promised_on": days,
            "delivered_on": pd.to_datetime(["2024-05-02", "2024-05-03", "2024-05-01", "2024-05-05"]),
        }
    )
    customers = pd.DataFrame({"customer_id": [1, 2], "country": ["Germany", "Belgium"]})
    table = board.late_parcels(orders, customers, 2024)
    assert table.loc["Germany"].tolist() == [2, 1, 0.5]
    assert table.loc["Belgium", "late"] == 0
    contacts = pd.DataFrame(
        {
            "contacted_at": pd.to_datetime(["2024-05-04", "2024-06-01", "2023-05-04"]),
            "reason": ["late delivery", "advice", "late delivery"],
            "minutes": [10.0, 99.0, 99.0],
        }
    )
    activities = pd.DataFrame(
        {"activity": ["answer contact", "follow up contact"], "minutes": [1.0, 3.0], "cost_per_minute_eur": 0.5}
    )
    assert board.cost_of_lateness(contacts, activities, 2024) == 6.5


def test_the_bold_are_among_the_best_and_the_worst_without_gaining_anything() -> None:
    firms = evidence.bold_firms(100_000)
    means = firms.groupby("focused")["profit"].mean()
    assert abs(means[True] - means[False]) < 0.03
    for extreme in (firms.nlargest(5_000, "profit"), firms.nsmallest(5_000, "profit")):
        assert 0.55 < extreme["focused"].mean() < 0.65
    even = evidence.bold_firms(100_000, more_spread=1.0)
    assert abs(even.nlargest(5_000, "profit")["focused"].mean() - 0.3) < 0.02


def test_a_halo_alone_makes_growth_rise_with_strong_elements() -> None:
    nothing, halo, effect = (
        evidence.growth_by_strength(evidence.rated_companies(5_000, halo=lift, effect=cause))["growth"]
        for lift, cause in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5))
    )
    assert nothing.max() - nothing.min() < 1.0
    assert halo.is_monotonic_increasing
    assert effect.is_monotonic_increasing
    assert halo["four or more"] > 1.8 * halo["one"]


def test_every_company_is_in_a_group() -> None:
    companies = evidence.rated_companies(300)
    assert evidence.growth_by_strength(companies)["companies"].sum() == 300
    pd.testing.assert_frame_equal(companies, evidence.rated_companies(300))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evidence.bold_firms(5), "firms must be a whole number"),
        (lambda: evidence.bold_firms(focused=30), "For 30% write 0.3"),
        (lambda: evidence.rated_companies(halo=1.5), "halo must be a share"),
        (lambda: board.touchpoint_scores(pd.DataFrame({"a": [1]})), "survey lacks the column"),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
