"""From customers to the value of the firm: as ``clv`` in the simple limits, and it adds up."""

import numpy as np
import pandas as pd
import pytest

from customer_value import clv
from customer_value.btyd import BetaGeoModel
from customer_value.retention import ShiftedBetaGeoModel
from customer_value.spend import GammaGammaModel
from customer_value.valuation import (
    AcquisitionCurve,
    Economics,
    Firm,
    around,
    cohort_contribution,
    elasticity,
    fit_acquisition,
    project_customers,
    project_purchases,
    tornado,
    two_way,
    value_firm,
)

SBG = ShiftedBetaGeoModel.from_params(alpha=0.668, beta=3.806)
BGNBD = BetaGeoModel.from_params(r=0.2425945, alpha=4.413602, a=0.792922, b=2.425907)
SPEND = GammaGammaModel.from_params(p=6.249572, q=3.744225, gamma=15.443521)
PEOPLE = pd.DataFrame(
    {
        "frequency": [2, 0, 5],
        "recency": [30.43, 0.0, 35.0],
        "T": [38.86, 38.86, 38.86],
        "monetary_value": [22.35, 0.0, 40.0],
    },
    index=["a", "b", "c"],
)
FIRM = Firm(
    customers=10_000,
    won=2_500,
    retention=0.8,
    revenue=200,
    margin=0.45,
    acquisition_cost=60,
    fixed_cost=500_000,
    tax=0.25,
    reinvestment=0.02,
    discount_rate=0.1,
    other_assets=100_000,
    debt=400_000,
    shares=10_000,
)


def bare(**changes: object) -> Firm:
    return Firm(**({"customers": 100, "won": 0, "retention": 0.8, "revenue": 50, "margin": 0.4, "discount_rate": 0.1,
                    "terminal": "run-off"} | changes))  # fmt: skip


# Customers by cohort


def test_cohorts_by_hand() -> None:
    base = project_customers([10, 20, 0], 0.5, existing=80)
    assert list(base.table.index) == [0, 1, 2, 3]
    expected = [[40, 20, 10], [10, 5, 2.5], [0, 20, 10], [0, 0, 0]]
    assert base.table.to_numpy() == pytest.approx(np.array(expected, dtype=float))
    assert base.active.tolist() == pytest.approx([50, 45, 22.5])
    assert base.won.tolist() == [10, 20, 0]
    assert base.today.tolist() == [80]
    assert base.periods == 3


def test_cohorts_age_by_the_sbg_model() -> None:
    base = project_customers([100, 100], SBG, existing={0: 50, 4: 30})
    survival = SBG.survival(np.arange(8))
    assert list(base.table.index) == [-4, 0, 1, 2]
    assert base.table.loc[-4].to_numpy() == pytest.approx(30 * survival[5:7] / survival[4])
    assert base.table.loc[0].to_numpy() == pytest.approx(50 * survival[1:3])
    assert base.table.loc[1].to_numpy() == pytest.approx([100, 100 * survival[1]])
    older, newer = base.table.loc[-4, 2] / base.table.loc[-4, 1], base.table.loc[0, 2] / base.table.loc[0, 1]
    assert older > newer


def test_nobody_stays_and_everybody_stays() -> None:
    assert project_customers([5, 7], 0.0, existing=100).active.tolist() == [5, 7]
    assert project_customers([5, 7], 1.0, existing=100).active.tolist() == [105, 112]


def test_a_curve_counts_to_its_end() -> None:
    base = project_customers([0, 0], [1, 0.6, 0.5, 0.2], existing=10)
    assert base.active.tolist() == pytest.approx([6, 5])
    assert base.run_off(0.25).tolist() == pytest.approx([2 / 1.25, 0, 0])
    with pytest.raises(ValueError, match="nobody gets that old"):
        project_customers([0], [1, 0.5, 0], existing={2: 5})


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"won": [-1], "retention": 0.5}, "won must not be negative"),
        ({"won": [1], "retention": 80}, "For 80% write 0.8"),
        ({"won": [1], "retention": [0.9, 0.8]}, "a survival curve"),
        ({"won": [1], "retention": [1, 0.8, 0.9]}, "never rising"),
        ({"won": [1], "retention": 0.5, "existing": {1.5: 3}}, "ages of existing"),
        ({"won": np.ones(1_001), "retention": 0.5}, "at most 1,000"),
    ],
)
def test_bad_customers(bad: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        project_customers(**bad)


# The simple limits


@pytest.mark.parametrize("retention", [0.0, 0.3, 0.8, 0.99])
@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3])
def test_present_customers_are_worth_what_clv_says(retention: float, rate: float) -> None:
    firm = bare(retention=retention, discount_rate=rate)
    assert firm.equity() == pytest.approx(100 * clv.discounted_clv(20, retention, rate))


def test_customers_who_never_leave_are_a_perpetuity() -> None:
    assert bare(retention=1.0).equity() == pytest.approx(100 * clv.annuity_value(20, 0.1))
    assert bare(retention=1.0, terminal="perpetuity").equity() == pytest.approx(100 * 20 / 0.1)
    with pytest.raises(ValueError, match="no finite value"):
        bare(retention=1.0, discount_rate=0).equity()


def test_a_new_cohort_is_worth_its_clv_with_the_first_margin_now() -> None:
    firm = bare(customers=0, won=1, won_growth=0, acquisition_cost=30, periods=1)
    new = clv.discounted_clv(20, 0.8, 0.1, first_margin="now", acquisition_cost=30)
    assert firm.equity() == pytest.approx(new / 1.1)


def test_the_same_customers_won_for_ever_are_a_perpetuity_of_their_clv() -> None:
    firm = bare(customers=0, won=7, acquisition_cost=30, periods=400, terminal="perpetuity")
    new = clv.discounted_clv(20, 0.8, 0.1, first_margin="now", acquisition_cost=30)
    assert firm.equity() == pytest.approx(7 * new / 0.1)


def test_sbg_customers_are_worth_their_derl() -> None:
    base = project_customers(np.zeros(5), SBG, existing={0: 100, 3: 50})
    worth = value_firm(base, Economics(revenue=8.0), 0.1, terminal="run-off")
    left = 100 * SBG.derl(0.1, 0, renewal="after") + 50 * SBG.derl(0.1, 3, renewal="after")
    assert worth.operating == pytest.approx(8 * left)
    assert worth.split().loc["customers today", "value"] == pytest.approx(8 * left)
    with pytest.warns(UserWarning, match="infinite"), pytest.raises(ValueError, match="discount_rate must be above 0"):
        value_firm(base, Economics(), 0.0, terminal="run-off")


@pytest.mark.parametrize("terminal", ["perpetuity", "run-off"])
def test_present_customers_do_not_depend_on_the_terminal_value(terminal: str) -> None:
    present = FIRM.value(terminal=terminal).split().loc["customers today", "value"]
    assert present == pytest.approx(10_000 * clv.discounted_clv(90, 0.8, 0.1))


def test_how_long_is_projected_does_not_matter_for_a_run_off_of_present_customers() -> None:
    assert bare(periods=1).equity() == pytest.approx(bare(periods=60).equity())


# Flows and value


def test_flows_by_hand() -> None:
    base = project_customers([10, 20], 0.5, existing=80)
    economics = Economics(
        revenue=[100, 110], margin=0.4, acquisition_cost=30, fixed_cost=[1_000, 500], tax=0.25, reinvestment=0.1
    )
    worth = value_firm(base, economics, 0.1, terminal="none", other_assets=70, debt=50, shares=4)
    flows = worth.flows
    assert flows["revenue"].tolist() == pytest.approx([5_000, 4_950])
    assert flows["contribution"].tolist() == pytest.approx([2_000, 1_980])
    assert flows["profit"].tolist() == pytest.approx([700, 880])
    assert flows["tax"].tolist() == pytest.approx([175, 220])
    assert flows["free_cash_flow"].tolist() == pytest.approx([25, 165])
    assert worth.operating == pytest.approx(25 / 1.1 + 165 / 1.21)
    assert worth.equity == pytest.approx(worth.operating + 20)
    assert worth.per_share == pytest.approx(worth.equity / 4)
    assert worth.share_beyond == 0


def test_the_perpetuity_by_hand() -> None:
    worth = FIRM.value(growth=0.02)
    last = worth.flows["free_cash_flow"].iloc[-1] * 1.02 / (0.1 - 0.02)
    assert worth.parts["beyond"].sum() == pytest.approx(last / 1.1**10)
    assert worth.operating == pytest.approx(clv.present_value(worth.flows["free_cash_flow"], 0.1) + last / 1.1**10)
    assert worth.assumption == "free cash flow goes on as in period 10, growing by 0.02 a period, for ever"


def test_the_run_off_stops_winning_and_fixed_costs() -> None:
    worth = FIRM.value(terminal="run-off")
    left = worth.flows["active"].iloc[-1] * 0.8 / 0.3
    beyond = (left * 90 * 0.75 - left * 200 * 0.02) / 1.1**10
    assert worth.parts["beyond"].sum() == pytest.approx(beyond)
    assert worth.parts.loc[["acquisition cost", "fixed costs"], "beyond"].tolist() == [0, 0]


def test_losses_are_carried_forward_or_refunded() -> None:
    base = project_customers(np.zeros(3), 1.0, existing=1)
    economics = Economics(revenue=100, fixed_cost=[180, 70, 0], tax=0.5)
    later = value_firm(base, economics, 0.1, terminal="none")
    assert later.flows["tax"].tolist() == pytest.approx([0, 0, 25])
    at_once = value_firm(base, economics, 0.1, terminal="none", loss_relief="at once")
    assert at_once.flows["tax"].tolist() == pytest.approx([-40, 15, 50])
    assert at_once.operating > later.operating


def test_parts_split_and_bridge_add_up() -> None:
    worth = FIRM.value()
    assert worth.parts[["within", "beyond"]].sum(axis=1).to_numpy() == pytest.approx(worth.parts["value"].to_numpy())
    assert worth.parts["within"].sum() == pytest.approx(worth.flows["present_value"].sum())
    bridge = worth.bridge()
    assert bridge.loc[:"reinvestment", "amount"].sum() == pytest.approx(bridge.loc["value of operations", "amount"])
    assert bridge.loc[bridge["kind"] == "step", "amount"].sum() == pytest.approx(worth.equity)
    split = worth.split()
    assert split["share"].sum() == pytest.approx(1)
    assert split["value"].sum() == pytest.approx(worth.parts["value"].iloc[:3].sum())


def test_a_perpetuity_needs_somebody_to_be_won() -> None:
    with pytest.raises(ValueError, match="use terminal='run-off'"):
        FIRM.value(won=0)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"growth": 0.1}, "below the discount rate 0.1"),
        ({"terminal": "multiple"}, "'perpetuity', 'run-off' or 'none'"),
        ({"terminal": "none", "growth": 0.02}, "growth is of a perpetuity"),
        ({"tax": 25}, "For 25% write 0.25"),
        ({"margin": 45}, "margin must be"),
        ({"discount_rate": 10}, "For 10% write 0.1"),
        ({"revenue": [1, 2, 3]}, "one for each of the 10 periods; got 3"),
        ({"shares": 0}, "shares must be above 0"),
        ({"churn": 0.2}, "A Firm has no 'churn'"),
    ],
)
def test_bad_firms(bad: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FIRM.value(**bad)


def test_a_share_price_needs_shares() -> None:
    with pytest.raises(ValueError, match="shares was not given"):
        _ = bare().value().per_share


# What moves it


def test_better_inputs_raise_the_value() -> None:
    equity = FIRM.equity()
    for better in ({"retention": 0.82}, {"margin": 0.46}, {"revenue": 210}, {"won": 2_600}, {"growth": 0.01},
                   {"acquisition_cost": 55}, {"fixed_cost": 450_000}, {"tax": 0.2}, {"reinvestment": 0.01},
                   {"discount_rate": 0.09}, {"debt": 0}):  # fmt: skip
        assert FIRM.equity(**better) > equity, better


def test_tornado_goes_both_ways() -> None:
    table = tornado(FIRM.equity, around(FIRM, ["acquisition_cost", "retention"], 0.1))
    assert list(table.index) == ["retention", "acquisition_cost"]
    row = table.loc["retention"]
    assert (row["low"], row["high"]) == pytest.approx((0.72, 0.88))
    assert row["at_low"] == pytest.approx(FIRM.equity(retention=0.72))
    assert row["at_high"] == pytest.approx(FIRM.equity(retention=0.88))
    assert row["swing"] == pytest.approx(row["at_high"] - row["at_low"])
    assert table.attrs["base"] == pytest.approx(FIRM.equity())
    # A rise of retention brings more than a fall of the same size costs.
    assert row["at_high"] - table.attrs["base"] > table.attrs["base"] - row["at_low"]
    assert table.loc["acquisition_cost", "at_low"] > table.loc["acquisition_cost", "at_high"]


def test_two_inputs_at_once() -> None:
    table = two_way(FIRM.equity, ("retention", [0.7, 0.9]), ("discount_rate", [0.08, 0.12]))
    assert table.loc[0.9, 0.12] == pytest.approx(FIRM.equity(retention=0.9, discount_rate=0.12))
    assert (table.index.name, table.columns.name) == ("retention", "discount_rate")
    with pytest.raises(ValueError, match="two different inputs"):
        two_way(FIRM.equity, ("margin", [0.4]), ("margin", [0.5]))


def test_elasticities_are_those_of_clv_for_one_cohort() -> None:
    firm = bare(customers=0, won=1, acquisition_cost=30, periods=1)
    own = elasticity(firm.equity, {"margin": 0.4, "retention": 0.8, "acquisition_cost": 30}, 1e-4)
    exact = clv.elasticities(20, 0.8, 0.1, first_margin="now", acquisition_cost=30)
    assert own["margin"] == pytest.approx(exact.margin)
    assert own["retention"] == pytest.approx(exact.retention, rel=1e-6)
    assert own["acquisition_cost"] == pytest.approx(exact.acquisition_cost)
    with pytest.raises(ValueError, match="no meaning"):
        elasticity(lambda **_: -1.0, {"margin": 0.4})


# Gupta, Lehmann & Stuart (2004), abstract: 1% better retention, margin or acquisition cost raises the value of their
# five firms by 5%, 1% and 0.1%, and retention does almost five times as much as the discount rate. Their inputs are not
# used here: firms with present and future customers and retention rates from 80% to 95% have values of that size.
@pytest.mark.parametrize("retention", [0.8, 0.85, 0.9, 0.95])
def test_a_per_cent_of_retention_is_worth_several_of_margin(retention: float) -> None:
    firm = Firm(
        customers=10_000, won=2_000, retention=retention, revenue=100, margin=0.5, acquisition_cost=15,
        discount_rate=0.12, periods=60,
    )  # fmt: skip
    inputs = {"retention": retention, "margin": 0.5, "acquisition_cost": 15, "discount_rate": 0.12}
    found = elasticity(firm.equity, inputs)
    assert 2.9 < found["retention"] < 6.2
    assert 1.0 < found["margin"] < 1.1
    assert 0.02 < -found["acquisition_cost"] < 0.11
    assert 2.9 < found["retention"] / -found["discount_rate"] < 5


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: around(FIRM, ["churn"]), "no input 'churn'"),
        (lambda: tornado(FIRM.equity, {}), "ranges is empty"),
        (lambda: tornado(FIRM.equity, {"margin": (0.5, 0.4)}), "must rise"),
    ],
)
def test_bad_questions(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()  # type: ignore[operator]


# Without a contract


def test_a_cohort_without_contract_is_that_of_the_model() -> None:
    table = cohort_contribution(BGNBD, SPEND, 0.4, periods=3, first_spend=20, acquisition_cost=5)
    year = 365.25 / 7
    repeat = np.diff(BGNBD.expected_purchases_new_customer(np.array([1, 2, 3]) * year), prepend=0)
    mean = SPEND.expected_new_customer_spend()
    assert table["orders"].to_numpy() == pytest.approx(repeat + np.array([1, 0, 0]))
    assert table["revenue"].to_numpy() == pytest.approx(mean * repeat + np.array([20, 0, 0]))
    assert table["contribution"].to_numpy() == pytest.approx(0.4 * table["revenue"].to_numpy())
    assert table["cumulative"].iloc[-1] == pytest.approx(table["contribution"].sum() - 5)
    later = cohort_contribution(BGNBD, SPEND, 0.4, periods=3, arrival="even")
    assert later["orders"].iloc[0] < table["orders"].iloc[0]


@pytest.mark.filterwarnings("ignore:.*no repeat purchase")
def test_revenue_without_contract_agrees_with_the_models_clv() -> None:
    base = project_purchases(BGNBD, PEOPLE, [4, 0, 0], spend=SPEND, step="year", arrival="start")
    assert base.unit == "revenue"
    worth = value_firm(base, Economics(margin=0.3), 0.1, terminal="none")
    terms = {"discount_rate": 0.1, "periods": 3, "step": "year", "margin": 0.3}
    present = BGNBD.expected_customer_lifetime_value(PEOPLE, SPEND, **terms).sum()
    new = BGNBD.expected_customer_lifetime_value_new_customer(SPEND, **terms)
    first = 0.3 * SPEND.expected_new_customer_spend() / 1.1
    assert worth.parts.loc["customers today", "value"] == pytest.approx(present)
    assert worth.operating == pytest.approx(present + 4 * (new + first))


@pytest.mark.filterwarnings("ignore:.*no repeat purchase")
def test_the_run_off_without_contract_is_all_that_is_to_come() -> None:
    base = project_purchases(BGNBD, PEOPLE, [4, 6], spend=SPEND, step="year", arrival="start")
    run_off = base.run_off(0.1)
    terms = {"discount_rate": 0.1, "step": "year"}
    whole, two = (
        BGNBD.expected_customer_lifetime_value(PEOPLE, SPEND, periods=periods, **terms).sum() for periods in (400, 2)
    )
    assert run_off[0] == pytest.approx((whole - two) * 1.1**2)
    one = BGNBD.expected_customer_lifetime_value_new_customer(SPEND, periods=400, **terms)
    first = BGNBD.expected_customer_lifetime_value_new_customer(SPEND, periods=1, **terms)
    assert run_off[2] == pytest.approx(6 * (one - first) * 1.1)
    with pytest.raises(ValueError, match="discount_rate must be above 0"):
        base.run_off(0.0)


def test_orders_are_counted_where_no_spend_is_given() -> None:
    base = project_purchases(BGNBD, PEOPLE, [0, 0], won_in=pd.Series([0, -1, -1], PEOPLE.index), step="quarter")
    assert base.unit == "orders"
    assert list(base.table.index) == [-1, 0, 1, 2]
    ahead = BGNBD.expected_purchases(PEOPLE, 365.25 / 4 / 7)
    assert base.table.loc[-1, 1] == pytest.approx(ahead["b"] + ahead["c"])
    assert base.table.loc[0, 1] == pytest.approx(ahead["a"])


def test_bad_purchases() -> None:
    with pytest.raises(ValueError, match="arrival must be"):
        project_purchases(BGNBD, PEOPLE, [1], arrival="end")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="won_in, counted back"):
        project_purchases(BGNBD, PEOPLE, [1], won_in=pd.Series([1, 0, 0], PEOPLE.index))


# How many will be won


def test_curves_go_through_data_of_their_shape() -> None:
    assert fit_acquisition([100, 120, 110]).ahead(2).tolist() == pytest.approx([110, 110])
    growing = fit_acquisition([100, 110, 121], "growth")
    assert growing.growth == pytest.approx(0.1)
    assert growing.ahead(2).tolist() == pytest.approx([133.1, 146.41])
    assert growing.fitted().tolist() == pytest.approx([100, 110, 121])
    assert fit_acquisition([0, 3, 0, 9], "growth").fitted().sum() == pytest.approx(12)


def test_an_s_curve_finds_its_ceiling() -> None:
    nan = float("nan")
    true = AcquisitionCurve("s-curve", 8, nan, nan, ceiling=10_000, pace=0.6, start=-3)
    found = fit_acquisition(true.fitted(), "s-curve")
    assert (found.ceiling, found.pace, found.start) == pytest.approx((10_000, 0.6, -3), rel=1e-6)
    # From the start of time to its end they add up to the ceiling, less those won before period 1.
    before = 10_000 / (1 + np.exp(3))
    assert true.fitted().sum() + true.ahead(100).sum() == pytest.approx(10_000 - before)


@pytest.mark.parametrize(
    ("won", "shape", "said"),
    [
        ([5], "growth", "at least 2 period"),
        ([0, 0], "level", "somebody won"),
        ([1, 2], "cubic", "shape must be one of"),
        (list(1.5 ** np.arange(8)), "s-curve", "no bend yet"),
        ([0, 0, 0, 5], "growth", "all its customers at one end"),
    ],
)
def test_curves_that_the_data_do_not_show(won: list, shape: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit_acquisition(won, shape)  # type: ignore[arg-type]
