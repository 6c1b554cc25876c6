"""The customer value model: word equations, units, inputs, EVC, and the tables made from it."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_value.cvm import (
    Discrete,
    Element,
    Equation,
    EquationError,
    Fixed,
    Input,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
    Unit,
    UnitError,
    ValueModel,
    believed,
    break_even_input,
    customer_statement,
    favourable,
    interview_sheet,
    price_range,
    renewal_page,
    share_of_variation,
    share_saved,
    share_value,
    simulate,
    simulated_savings,
    tornado,
    tractor,
    tractor_case,
    value_sharing,
    waterfall,
    with_answers,
    with_guarantee,
)

CASE = tractor_case()


def small(**changes) -> ValueModel:
    """A model one can value in the head: 1,000 hours × (5 − 3) litres × 2 $ = 4,000 $ on top of 10,000 $."""
    given = {
        "offer": "ours",
        "reference": "theirs",
        "inputs": [
            Input("hours", Uniform(900, 1_100), "hours"),
            Input("litres before", 5, "litres/hour"),
            Input("litres after", Triangular(2, 3, 4), "litres/hour"),
            Input("fuel", 2, "$/litre"),
            Input("their price", 10_000, "$"),
            Input("our cost", 9_000, "$"),
        ],
        "elements": [Element("Fuel", "hours × litres before × fuel", "hours × litres after × fuel")],
        "reference_price": "their price",
        "cost": "our cost",
    }
    return ValueModel(**{**given, **changes})


# Word equations


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 × 3", 7),
        ("(1 + 2) × 3", 9),
        ("8 ÷ 4 ÷ 2", 1),
        ("8 - 4 - 2", 2),
        ("−3 × −2", 6),
        ("2 * 3 / 4", 1.5),
        ("10 – 4", 6),
        ("hours a year × wage", 40_000),
        ("hours   a  year × wage", 40_000),
        ("operator's wage + wage", 45),
        ("min(wage, 5, 7) + max(1, 2)", 7),
        ("annuity(0, 6)", 6),
        ("annuity(rate, 6)", (1 - 1.08**-6) / 0.08),
        ("present(100, rate, 2)", 100 / 1.08**2),
        ("price of 2 machines", 7),
        ("0.5", 0.5),
    ],
)
def test_equations_mean_what_they_say(text: str, value: float) -> None:
    inputs = {"hours a year": 2_000, "wage": 20, "operator's wage": 25, "rate": 0.08, "price of 2 machines": 7}
    assert float(Equation(text).value(inputs)) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("hours ×", "something is missing at the end"),
        ("× hours", "'×' has nothing before it"),
        ("(hours", r"this bracket is not closed \(character 1\)"),
        ("hours) + 1", r"a sign such as × is missing before '\)'"),
        ("2 hours", "a sign such as × is missing before 'hours'"),
        ("hours (wage + 1)", "write × between, or one of min"),
        ("annuity(rate)", r"write annuity\(rate, periods\); there are 1 arguments"),
        ("hours ** wage", "'×' has nothing before it"),
        ("5% × wage", "'%' has no meaning here"),
        ("__import__('os')", "'_' has no meaning here"),
        ("a.b", r"'\.' has no meaning here"),
        ("1.2.3", "has no meaning here"),
        ("wage; hours", "';' has no meaning here"),
        ("(" * 60 + "1" + ")" * 60, "40 deep"),
        ("1 + " * 200 + "1", "500 characters"),
    ],
)
def test_what_is_no_equation_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(EquationError, match=said):
        Equation(text)


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(EquationError, match=r"'hour a year'.*Did you mean 'hours a year'"):
        Equation("hour a year × 2").value({"hours a year": 1})
    with pytest.raises(TypeError, match="must be text"):
        Equation(5)  # type: ignore[arg-type]


@given(
    st.recursive(
        st.sampled_from(["a", "b c", "3", "0.25"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+−×"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda text: f"−({text})"),
            st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        ),
        max_leaves=8,
    )
)
def test_written_out_an_equation_reads_back_to_the_same_value(text: str) -> None:
    inputs = {"a": 1.7, "b c": -2.3}
    equation = Equation(text)
    assert float(Equation(str(equation)).value(inputs)) == pytest.approx(
        float(equation.value(inputs)), rel=1e-9, abs=1e-9
    )


def test_equations_work_on_arrays() -> None:
    found = Equation("a × max(b, 2)").value({"a": np.array([1.0, 2.0]), "b": np.array([1.0, 5.0])})
    assert found.tolist() == [2.0, 10.0]


# Units


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hours/year", "hour/year"),
        ("$/(hour·tractor)", "$/hour/tractor"),
        ("m^2", "m·m"),
        ("", "share"),
        ("1/year", "share/years"),
        ("kWh", "kWh"),
    ],
)
def test_units_written_differently_are_the_same(one: str, other: str) -> None:
    assert Unit(one).same(Unit(other))


@pytest.mark.parametrize(("one", "other"), [("hour", "day"), ("$", "€"), ("$/hour", "$·hour"), ("", "$")])
def test_other_units_are_not(one: str, other: str) -> None:
    assert not Unit(one).same(Unit(other))


def test_per_cent_is_to_be_written_as_a_share() -> None:
    with pytest.raises(UnitError, match="write per cent as a share"):
        Unit("%/year")
    with pytest.raises(UnitError, match="is not a unit"):
        Unit("5 hours")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("hours × wage", "$"),
        ("rent + hours × wage", "$"),
        ("hours × wage × annuity(rate, years)", "$·years"),
        ("hours × wage × annuity(yearly rate, years)", "$·years"),
        ("rent − 0", "$"),
        ("rent ÷ wage", "hours"),
        ("present(rent, rate, years)", "$"),
        ("max(rent, 0)", "$"),
        ("2 × rate", "share"),
    ],
)
def test_units_of_results(text: str, unit: str) -> None:
    units = {
        "hours": "hours",
        "wage": "$/hour",
        "rent": "$",
        "rate": "share",
        "yearly rate": "share/year",
        "years": "years",
    }
    found = Equation(text).unit({name: Unit(one) for name, one in units.items()})
    assert found.same(Unit(unit)), found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hours + rent", r"hour cannot be added to \$"),
        ("rent − 5", r"a plain number cannot be subtracted from \$"),
        ("max(hours, rent)", "cannot be compared"),
        ("annuity(rent, hours)", "annuity needs a rate per the unit of the periods"),
    ],
)
def test_units_that_do_not_fit_are_refused(text: str, said: str) -> None:
    with pytest.raises(EquationError, match=said):
        Equation(text).unit({"hours": Unit("hours"), "rent": Unit("$")})


# Inputs

DISTRIBUTIONS = {
    "fixed": Fixed(3),
    "uniform": Uniform(2, 6),
    "triangular": Triangular(1, 2, 6),
    "triangular with the likely value at an end": Triangular(1, 1, 6),
    "pert": Pert(1, 2, 6),
    "pert with the likely value at an end": Pert(1, 6, 6),
    "normal": Normal(5, 2),
    "lognormal": Lognormal(5, 4),
    "discrete": Discrete((7, 1, 2), (0.2, 0.5, 0.3)),
}
every_distribution = pytest.mark.parametrize("found", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)


@every_distribution
def test_the_mean_is_that_of_the_quantiles(found) -> None:
    p = (np.arange(200_000) + 0.5) / 200_000
    assert found.quantile(p).mean() == pytest.approx(found.mean, rel=2e-3)
    assert np.all(np.diff(found.quantile(p)) >= 0)
    assert found.text


def test_quantiles_by_hand() -> None:
    assert Uniform(2, 6).quantile(0.25) == 3
    # A triangle from 0 to 2 with its top at 1 has an eighth below 0.5.
    assert Triangular(0, 1, 2).quantile(0.125) == pytest.approx(0.5)
    assert Triangular(0, 1, 2).quantile(0.5) == pytest.approx(1)
    assert Normal(10, 2).quantile(0.8413447460685429) == pytest.approx(12)
    assert Discrete((1, 2, 3)).quantile(np.array([0.2, 0.5, 0.9])).tolist() == [1, 2, 3]
    # With its top in the middle a PERT is a beta(3, 3): symmetric.
    assert Pert(0, 1, 2).quantile(0.5) == pytest.approx(1)
    assert Pert(10, 20, 60).mean == pytest.approx((10 + 4 * 20 + 60) / 6)


def test_between_leaves_a_tenth_on_either_side() -> None:
    for found in (Normal.between(80, 120), Lognormal.between(80, 120)):
        assert found.quantile(0.1) == pytest.approx(80)
        assert found.quantile(0.9) == pytest.approx(120)
    assert Lognormal(5, 4).quantile(0.5) == pytest.approx(5 / math.sqrt(1 + 16 / 25))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Uniform(3, 3), "low ≤ high must hold, with a distance"),
        (lambda: Triangular(1, 5, 3), "low ≤ likely ≤ high.*likely 5, high 3"),
        (lambda: Pert(2, 1, 3), "low ≤ likely ≤ high"),
        (lambda: Normal(1, 0), "sd must be above 0; got 0"),
        (lambda: Lognormal(-1, 1), "mean must be above 0; got -1"),
        (lambda: Lognormal.between(0, 1), "low must be above 0"),
        (lambda: Normal.between(3, 2), "low must be below high"),
        (lambda: Discrete((1, 1)), "values must differ"),
        (lambda: Discrete((1, 2), (0.5,)), "chances must be 2 shares"),
        (lambda: Discrete((1, 2), (0, 0)), "not all 0"),
        (lambda: Fixed(float("nan")), "finite"),
    ],
)
def test_distributions_that_cannot_be_are_refused(make, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


# The model


def test_evc_by_hand() -> None:
    model = small()
    assert model.differentiation_value() == 4_000
    assert model.price_of_reference() == 10_000
    assert model.evc() == 14_000
    assert model.cost_to_serve() == 9_000
    assert model.evc({"litres after": 5}) == 10_000, "no better, so worth what the reference costs"
    assert model.values().loc["Fuel"].tolist() == ["cost", "product", 10_000, 6_000, 4_000]


def test_revenue_counts_up_and_cost_counts_down() -> None:
    elements = [
        Element("Sales", "their price", "their price + our cost", side="revenue"),
        Element("Work", "their price", "their price + our cost", side="cost"),
        Element("Same", "hours × litres before × fuel"),
        Element("Rest", "0", "hours × litres after × fuel"),
    ]
    values = small(elements=elements, cost=None).values()["value"]
    assert values.tolist() == [9_000, -9_000, 0, -6_000]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"elements": [Element("Fuel", "hours × litres before", "hours × litres after")]},
            "is in litre, and the model in",
        ),
        ({"elements": [Element("Fuel", "hours × litre before × fuel")]}, "at least one that differs"),
        ({"reference_price": "her price"}, "Did you mean 'their price'"),
        ({"cost": None}, r"No equation uses the input\(s\) our cost"),
        ({"unit": "€"}, r"is in \$, and the model in €"),
        ({"correlations": {("hours", "fuel"): 0.5}}, "'fuel' is one fixed number"),
        ({"correlations": {("hours", "hour"): 0.5}}, "Did you mean 'hours'"),
        ({"correlations": {("hours", "litres after"): 2}}, "must be from -1 to 1; got 2"),
        ({"correlations": {"hours": 0.5}}, "pairs of different names"),
    ],
)
def test_models_that_do_not_fit_together_are_refused(changes: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        small(**changes)


def test_correlations_that_cannot_all_be_true_are_refused() -> None:
    names = ["hours", "litres after", "fuel"]
    inputs = [Input(one.name, Uniform(1, 2) if one.name in names else one.value, one.unit) for one in small().inputs]
    pairs = {(names[0], names[1]): 0.9, (names[1], names[2]): 0.9, (names[0], names[2]): -0.9}
    with pytest.raises(ValueError, match="cannot all be true at once"):
        small(inputs=inputs, correlations=pairs)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Input("hours/year", 1), "must be words and nothing else"),
        (lambda: Input("min", 1, "5"), "cannot be read"),
        (lambda: Element("Fuel", "a", "b", side="gain"), "side of Fuel must be one of 'cost', 'revenue'"),
        (lambda: Element("Fuel", "a", "b", benefit="nice"), "benefit of Fuel must be one of"),
        (lambda: small(inputs=[*small().inputs, Input("fuel", 1, "$/litre")]), "several fuel"),
        (lambda: small().evc({"hour": 1}), "no input 'hour'. Did you mean 'hours'"),
        (lambda: small(inputs=small().inputs[:-1], cost=None).cost_to_serve(), "This model has no cost"),
    ],
)
def test_bad_parts_are_named(make, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


def test_dividing_by_zero_is_refused_with_the_line() -> None:
    elements = [
        Element("Fuel", "hours × litres before × fuel", "hours × litres after × fuel"),
        Element("Odd", "their price × litres before ÷ litres after"),
    ]
    with pytest.raises(ValueError, match=r"Odd.*does it divide by 0"):
        small(elements=elements).evc({"litres after": 0})


# How sure it is


def test_simulated_mean_is_the_value_at_means_where_equations_multiply_independent_inputs() -> None:
    found = simulate(small(), 40_000, seed=3)
    assert found.evc.mean() == pytest.approx(14_000, abs=4 * found.evc.std() / 200)
    # Var(h·d) of h uniform on 900 to 1,100 and d = 5 − triangular(2, 3, 4), times 2².
    h, vh, d, vd = 1_000, 200**2 / 12, 2, 1 / 6
    assert found.evc.std() == pytest.approx(2 * math.sqrt(h**2 * vd + d**2 * vh + vh * vd), rel=0.02)
    assert (found.amounts["EVC"] == found.amounts["reference price"] + found.amounts["differentiation value"]).all()
    assert found.summary().loc["EVC", "lower"] == pytest.approx(found.evc.quantile(0.1))


def test_the_same_seed_gives_the_same_draws() -> None:
    pd.testing.assert_frame_equal(simulate(small(), 50, 7).amounts, simulate(small(), 50, 7).amounts)
    assert not simulate(small(), 50, 7).evc.equals(simulate(small(), 50, 8).evc)


def test_correlated_inputs_move_together_and_keep_their_distributions() -> None:
    pair = ("hours", "litres after")
    for wanted in (0.8, -0.8):
        inputs = simulate(small(correlations={pair: wanted}), 40_000).inputs
        # Rank correlation of a Gaussian copula.
        assert inputs[list(pair)].corr("spearman").iloc[0, 1] == pytest.approx(
            6 / math.pi * math.asin(wanted / 2), abs=0.02
        )
        assert inputs["hours"].quantile(0.25) == pytest.approx(950, abs=3)
    together = simulate(small(correlations={pair: 1.0}), 1_000).inputs
    assert together[list(pair)].corr("spearman").iloc[0, 1] == pytest.approx(1)


def test_without_uncertainty_all_draws_are_the_same() -> None:
    sure = small(inputs=[Input(one.name, one.value.mean, one.unit) for one in small().inputs])
    assert simulate(sure, 5).evc.tolist() == [14_000] * 5
    assert tornado(sure).empty
    with pytest.raises(ValueError, match="nothing is uncertain"):
        share_of_variation(sure)


def test_tornado_by_hand() -> None:
    table = tornado(small(), 0.25, 0.75)
    assert list(table.index) == ["litres after", "hours"]
    assert table.loc["hours"].tolist() == [950, 1_050, 13_800, 14_200, 400, "hours"]
    low = 2 + math.sqrt(0.5)
    assert table.loc["litres after", "low"] == pytest.approx(low)
    assert table.loc["litres after", "evc_low"] == pytest.approx(10_000 + 2_000 * (5 - low))
    assert table.attrs["base"] == 14_000
    with pytest.raises(ValueError, match="low must be below high"):
        tornado(small(), 0.9, 0.1)


def test_break_even_is_where_evc_meets_the_price() -> None:
    assert break_even_input(small(), "litres after", 13_000) == pytest.approx(3.5)
    assert math.isnan(break_even_input(small(), "litres after", 99_000))
    with pytest.raises(ValueError, match="uncertain input that EVC depends on"):
        break_even_input(small(), "fuel", 13_000)


def test_shares_of_variation_add_up_and_order_inputs() -> None:
    shares = share_of_variation(small(), 20_000)
    assert shares.sum() == pytest.approx(1)
    assert list(shares.index) == ["litres after", "hours"]
    assert shares["litres after"] > 0.9


# Who gets it


def test_value_sharing_by_hand() -> None:
    found = share_value(small(), 12_000)
    assert (found.created, found.to_customer, found.to_seller) == (5_000, 2_000, 3_000)
    assert (found.customer_share, found.seller_share) == (0.4, 0.6)
    assert found.both_gain
    assert found.price_for(0.4) == 12_000
    assert found.price_for(0) == 14_000
    assert found.price_for(1) == 9_000


@given(st.floats(0, 1e6), st.floats(1, 1e6), st.floats(-1e6, 2e6))
def test_shares_add_to_one_at_any_price(cost: float, created: float, price: float) -> None:
    found = value_sharing(cost + created, cost, price)
    assert found.customer_share + found.seller_share == pytest.approx(1, rel=1e-6)


def test_where_nothing_is_created_no_price_helps() -> None:
    found = value_sharing(100, 120, 110)
    assert not found.both_gain
    assert math.isnan(found.customer_share)
    with pytest.raises(ValueError, match="there is nothing to share"):
        found.price_for(0.5)


def test_prices_against_a_simulation() -> None:
    found = simulate(small(), 5_000)
    table = price_range(found, [0.0, 12_000, 14_000, 20_000])
    assert table["chance_better_off"].iloc[0] == 1
    assert table["chance_better_off"].iloc[-1] == 0
    assert table["chance_better_off"].is_monotonic_decreasing
    assert table.loc[12_000, "to_seller"] == pytest.approx(3_000)
    assert table["to_customer"].iloc[0] == pytest.approx(found.evc.mean())


# Tables


def test_the_waterfall_ends_at_the_evc() -> None:
    table = waterfall(CASE)
    assert table["end"].iloc[-1] == pytest.approx(CASE.evc(), rel=1e-12)
    assert (table["start"].iloc[1:-1].to_numpy() == table["end"].iloc[:-2].to_numpy()).all()
    assert table["kind"].tolist()[0] == table["kind"].tolist()[-1] == "total"
    assert table.loc["Switching", "kind"] == "down"
    assert "Work done" not in table.index


@pytest.mark.parametrize("price", [0.0, 80_000, 99_000, 200_000])
def test_the_customers_profit_changes_by_evc_less_price(price: float) -> None:
    table = customer_statement(CASE, price)
    assert table.loc["Profit", "change"] == pytest.approx(CASE.evc() - price, rel=1e-9)
    assert table["change"].iloc[:-1].sum() == pytest.approx(table.loc["Profit", "change"], rel=1e-9)
    assert table.loc["Price paid", "offer"] == price
    assert table["side"].tolist() == ["revenue"] * 2 + ["cost"] * 8 + ["result"]


def test_renewal_by_hand() -> None:
    page = renewal_page(small(), {"litres after": 4, "hours": 900}, price=12_000)
    fuel = page.elements.loc["Fuel"]
    assert (fuel["promised"], fuel["delivered"], fuel["difference"], fuel["kept"]) == (4_000, 1_800, -2_200, 0.45)
    assert fuel["evidence"] == "measured in part"
    assert page.elements.loc["Total", "delivered"] == 1_800
    assert page.inputs.loc["hours"].tolist() == [1_000, 900, "hours"]
    assert (page.net_promised, page.net_delivered) == (2_000, -200)
    with pytest.raises(ValueError, match="measured is empty"):
        renewal_page(small(), {}, 12_000)
    with pytest.raises(ValueError, match="no input 'litre after'"):
        renewal_page(small(), {"litre after": 4}, 12_000)


def test_renewal_says_what_is_not_measured() -> None:
    page = renewal_page(CASE, tractor.MEASURED, tractor.ASKING_PRICE)
    assert page.elements.loc["Resale", "evidence"] == "not measured"
    assert page.elements.loc["Resale", "difference"] == 0
    assert page.net_delivered == pytest.approx(CASE.evc(tractor.MEASURED) - tractor.ASKING_PRICE)
    assert page.elements.loc["Total", "promised"] == pytest.approx(CASE.differentiation_value())


def test_an_interview_sheet_reads_back_to_the_same_model() -> None:
    assert with_answers(CASE, interview_sheet(CASE)) == CASE
    blank = interview_sheet(CASE).assign(low=np.nan, likely=np.nan, high=np.nan)
    assert with_answers(CASE, blank) == CASE


def test_answers_become_inputs() -> None:
    sheet = interview_sheet(small())
    sheet.loc["hours", ["low", "likely", "high"]] = [400, 500, 600]
    sheet.loc["fuel", ["low", "likely", "high"]] = [np.nan, 3, np.nan]
    before = sheet.copy()
    found = with_answers(small(), sheet)
    assert found.inputs[0].value == Pert(400, 500, 600)
    assert found.base["fuel"] == 3
    assert found.evc() == 10_000 + 500 * 2 * 3
    pd.testing.assert_frame_equal(sheet, before)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, 2, np.nan], "must give likely alone, or low, likely and high"),
        ([1, np.nan, 3], "must give likely alone"),
        ([3, 2, 1], "answers for 'hours' do not fit"),
    ],
)
def test_answers_that_do_not_fit_are_refused(row: list[float], said: str) -> None:
    sheet = interview_sheet(small())
    sheet.loc["hours", ["low", "likely", "high"]] = row
    with pytest.raises(ValueError, match=said):
        with_answers(small(), sheet)


def test_fixing_an_input_drops_its_correlations() -> None:
    sure = CASE.with_inputs({"resale of the Dale": 20_000})
    assert len(sure.correlations) == len(CASE.correlations) - 1
    with pytest.raises(ValueError, match="no input 'resale'"):
        CASE.with_inputs({"resale": 1})


# The worked case


def test_every_number_of_the_case_is_a_teaching_assumption_with_a_question() -> None:
    sheet = interview_sheet(CASE)
    assert (sheet["source"] == "teaching assumption").all()
    assert (sheet[["question", "whom", "check"]] != "").all(axis=None)
    assert all(element.reason for element in CASE.elements if element.differs)


def test_the_case_by_an_independent_calculation() -> None:
    base = CASE.base
    years, rate, hours = base["years of use"], 0.08, base["hours a year"]
    life = (1 - (1 + rate) ** -years) / rate
    worth = hours * 1.6 * base["price of fuel"] * life
    worth += (
        (base["hours broken down with the Dale"] - base["hours broken down with the Harrow"])
        * base["cost of an hour broken down"]
        * life
    )
    worth += hours * (4.2 - 3.5) * life
    worth += (94_000 / 3 - 23_000) / (1 + rate) ** years
    worth += (4 - 2) * 290 + (0.3 - 0.25) * base["cost to replace a driver"] * life - 8_800 / 3
    assert CASE.differentiation_value() == pytest.approx(worth, rel=1e-12)
    assert share_value(CASE, tractor.ASKING_PRICE).both_gain


def test_the_case_keeps_its_promise_only_in_part() -> None:
    page = renewal_page(CASE, tractor.MEASURED, tractor.ASKING_PRICE)
    assert 0.5 < page.elements.loc["Total", "kept"] < 1
    assert page.net_delivered > 0


# What a claim rests on


def test_the_same_saving_is_a_larger_share_of_fewer_lines() -> None:
    # 1,000 hours × 5 litres × 2 $ = 10,000 $ becomes 6,000 $; the same beside 30,000 $ of wages.
    model = small(
        inputs=[*small().inputs, Input("wage", 30, "$/hour")],
        elements=[*small().elements, Element("Wages", "hours × wage")],
    )
    assert share_saved(model, ["Fuel"]) == pytest.approx(0.4)
    assert share_saved(model, ["Fuel", "Wages"]) == pytest.approx(0.1)
    assert share_saved(model, ["Wages"]) == 0
    assert share_saved(model, ["Fuel"], {"litres after": 6}) == pytest.approx(-0.2)


@pytest.mark.parametrize("lines", [[], "Fuel", ["Fuels"], ["Resale"]])
def test_a_share_is_saved_of_cost_lines(lines) -> None:
    with pytest.raises(ValueError, match=r"lines must be names of cost elements \(Drivers' wages, Fuel"):
        share_saved(CASE, lines)


def test_nothing_can_be_saved_of_nothing() -> None:
    with pytest.raises(ValueError, match="Switching cost nothing with Dale T8"):
        share_saved(CASE, ["Switching"])
    with pytest.raises(ValueError, match="cost nothing with Dale T8 in some draws"):
        simulated_savings(CASE, ["Switching"], 10)


def test_simulated_savings_are_those_of_each_draw() -> None:
    found, drawn = simulated_savings(CASE, ["Fuel", "Repairs"], 50, seed=4), simulate(CASE, 50, seed=4)
    for at in (0, 49):
        inputs = drawn.inputs.loc[at].to_dict()
        assert found[at] == pytest.approx(share_saved(CASE, ["Fuel", "Repairs"], inputs))


def test_favourable_inputs_lie_where_the_value_is_higher() -> None:
    lucky = favourable(small(), 0.9)
    assert lucky == pytest.approx({"hours": 1_080, "litres after": float(Triangular(2, 3, 4).quantile(0.1))})
    assert favourable(small(), 0.5)["litres after"] == pytest.approx(3)
    assert CASE.evc(favourable(CASE, 0.7)) > CASE.evc(favourable(CASE, 0.6)) > CASE.evc()


def test_belief_shrinks_what_speaks_for_the_offer_and_nothing_else() -> None:
    drawn = simulate(CASE, 200)
    half = believed(drawn, 0.5)
    assert np.allclose(half.amounts["Fuel"], drawn.amounts["Fuel"] / 2)
    assert np.allclose(half.amounts["Switching"], drawn.amounts["Switching"])
    assert np.allclose(half.amounts["cost"], drawn.amounts["cost"])
    parts = drawn.amounts.drop(columns=["reference price", "differentiation value", "EVC", "cost", "Switching"])
    assert np.allclose(half.evc, 84_000 + parts.sum(axis=1) / 2 + drawn.amounts["Switching"])
    assert np.allclose(believed(drawn, 1).evc, drawn.evc)
    assert np.allclose(believed(drawn, 0).evc, 84_000 + drawn.amounts["Switching"])


def test_draws_near_an_answer_move_what_moves_with_it() -> None:
    drawn = simulate(CASE, 4_000)
    thirsty = drawn.near("litres an hour with the Dale", 21)
    assert len(thirsty.inputs) == len(thirsty.evc) == 200
    assert thirsty.inputs["litres an hour with the Dale"].mean() == pytest.approx(21, abs=0.1)
    # Correlation 0.7: 1.8 standard deviations up with one, 1.26 with the other.
    assert thirsty.inputs["litres an hour with the Harrow"].mean() == pytest.approx(17.6 + 1.26 * 0.9, abs=0.15)
    with pytest.raises(ValueError, match="name must be an input"):
        drawn.near("litres", 21)


def test_a_guarantee_is_paid_by_one_side_and_got_by_the_other() -> None:
    promise = with_guarantee(CASE, 30, 140)
    drawn, plain = simulate(promise, 3_000), simulate(CASE, 3_000)
    paid = drawn.amounts["Guarantee"]
    hours, years = drawn.inputs["hours broken down with the Harrow"], drawn.inputs["years of use"]
    assert np.allclose(paid, (hours - 30).clip(lower=0) * 140 * (1 - 1.08**-years) / 0.08)
    assert np.allclose(drawn.evc - plain.evc, paid)
    assert np.allclose(drawn.amounts["cost"] - plain.amounts["cost"], paid)
    assert promise.evc() == pytest.approx(CASE.evc())
