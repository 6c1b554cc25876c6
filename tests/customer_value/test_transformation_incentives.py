"""Advisers who respond to pay: the closed form, the simulation against it, and Kettleholt's own tables."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from customer_value import transformation as t
from customer_value.datasets import load_kettleholt, load_kettleholt_truth
from customer_value.transformation import ACTIVITIES, MEASURES, PLANS, Setting

SETTING = Setting()
SELL, PUSH, SERVE, GAME = range(4)


def effects(setting: Setting) -> np.ndarray:
    return setting.customers * setting.per_customer().loc[list(MEASURES), list(ACTIVITIES)].to_numpy()


def test_one_task_is_the_textbook_case() -> None:
    # One task measured directly: effort β/k, and the best rate is b / (1 + ρ k σ²).
    k, sigma2, rho = 2.0, 3.0, 0.25
    assert t.best_response([[1.0]], [0.6], [[k]], [0.0]) == pytest.approx([0.3])
    assert t.best_rates([[1.0]], [1.0], [[k]], [[sigma2]], rho) == pytest.approx([1 / (1 + rho * k * sigma2)])
    assert t.risk_premium([0.6], [[sigma2]], rho) == pytest.approx(rho / 2 * 0.36 * sigma2)


def test_pay_for_one_of_two_tasks_starves_the_other() -> None:
    habit = np.array([1.0, 1.0])
    alone = t.best_response([[1.0, 0.0]], [0.5], np.eye(2), habit)
    assert alone == pytest.approx([1.5, 1.0])
    # K = [[1, s], [s, 1]]: the paid task gains 0.5 / (1 − s²), the other loses s times as much.
    s = 0.6
    both = t.best_response([[1.0, 0.0]], [0.5], np.array([[1, s], [s, 1]]), habit)
    assert both - habit == pytest.approx(np.array([1, -s]) * 0.5 / (1 - s**2))


def test_a_measure_that_is_hard_to_read_weakens_pay_for_the_easy_one() -> None:
    """Holmström and Milgrom: with tasks that compete, noise in one measure lowers the best rate on the other."""
    cost, benefit = np.array([[1, 0.5], [0.5, 1]]), [1.0, 1.0]
    easy = [t.best_rates(np.eye(2), benefit, cost, np.diag([0.1, noise]), 1.0)[0] for noise in (0.0, 1.0, 100.0)]
    assert easy[0] > easy[1] > easy[2]
    apart = [t.best_rates(np.eye(2), benefit, np.eye(2), np.diag([0.1, noise]), 1.0)[0] for noise in (0.0, 100.0)]
    assert apart[0] == pytest.approx(apart[1])


def test_best_rates_leave_most_to_both_together() -> None:
    random = np.random.default_rng(1)
    m, b = random.uniform(0.2, 1, (2, 3)), random.uniform(0.5, 1, 3)
    cost = np.eye(3) * 0.6 + 0.4
    noise = np.diag([0.3, 0.8])

    def surplus(beta: np.ndarray) -> float:
        effort = np.linalg.solve(cost, m.T @ beta)
        return b @ effort - effort @ cost @ effort / 2 - t.risk_premium(beta, noise, 0.7)

    found = minimize(lambda beta: -surplus(beta), np.zeros(2), tol=1e-12)
    assert t.best_rates(m, b, cost, noise, 0.7) == pytest.approx(found.x, abs=1e-5)


def test_best_response_with_bounds_is_what_an_optimiser_finds() -> None:
    random = np.random.default_rng(2)
    for _ in range(20):
        root = random.normal(size=(4, 4))
        cost = root @ root.T + 0.5 * np.eye(4)
        m, beta, habit = random.normal(size=(2, 4)), random.normal(size=2), random.uniform(0, 1, 4)

        def loss(e: np.ndarray, cost=cost, pull=beta @ m, habit=habit) -> float:
            return (e - habit) @ cost @ (e - habit) / 2 - pull @ e

        found = minimize(loss, habit, bounds=[(0, None)] * 4, options={"ftol": 1e-14, "gtol": 1e-10})
        effort = t.best_response(m, beta, cost, habit)
        assert (effort >= 0).all()
        assert loss(effort) == pytest.approx(found.fun, abs=1e-8)


@pytest.mark.parametrize("plan", PLANS)
def test_the_simulation_starts_with_the_closed_form(plan: str) -> None:
    rates = t.rates_for(SETTING, PLANS[plan])
    effort = t.best_response(effects(SETTING), rates, SETTING.cost, SETTING.habit)
    first = t.expected_course(SETTING, PLANS[plan]).years.iloc[0]
    assert first[list(ACTIVITIES)].to_numpy() == pytest.approx(effort)
    alike = t.simulate(SETTING.changed(skill_spread=0), PLANS[plan], years=1, advisers=4_000)
    assert alike.years.loc[1, list(ACTIVITIES)].to_numpy(dtype=float) == pytest.approx(effort)
    for name in ("sales", "contribution", "measured", "pay"):
        own = SETTING.value_noise if name == "measured" else 0.0
        assert abs(alike.years.loc[1, name] - first[name]) < 4 * (SETTING.sales_noise + own) / np.sqrt(4_000)


@pytest.mark.parametrize("plan", ["sales", "customer value"])
def test_the_mean_of_many_advisers_follows_the_expected_course(plan: str) -> None:
    many = t.simulate(SETTING.changed(skill_spread=0), PLANS[plan], advisers=2_000).years
    one = t.expected_course(SETTING, PLANS[plan]).years
    for name in ("customers", "sales", "returns", "contribution", "profit"):
        assert many[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=0.06), name
    assert many["customers"].to_numpy() == pytest.approx(one["customers"].to_numpy(), rel=0.01)


def test_worth_does_not_hang_on_where_the_years_end() -> None:
    # Without pay and new customers the end takes over what the years leave out.
    alone = SETTING.changed(reservation=0, new_customers=0)
    short, long = (t.compare_plans(alone, {"salary": {}}, years=years).loc["salary", "worth"] for years in (2, 9))
    assert short == pytest.approx(long)
    assert short == pytest.approx(SETTING.customers * SETTING.value_kept)


def test_without_variable_pay_nothing_changes() -> None:
    years = t.expected_course(SETTING, {}).years
    assert (years["customers"] == 400).all()
    assert (years["pay"] == SETTING.reservation).all()
    assert years["sales"].iloc[-1] == pytest.approx(120_000)
    assert years["contribution"].iloc[0] == pytest.approx(400 * SETTING.contribution)


def test_what_the_plans_do_under_the_assumptions() -> None:
    table = t.compare_plans(SETTING)
    sales, salary, value = (table.loc[name] for name in ("sales", "fixed salary", "customer value"))
    assert sales["first_sales"] > salary["first_sales"] > sales["last_sales"]
    assert sales["return_rate"] > 1.2 * salary["return_rate"]
    assert sales["serve"] < 1 < value["serve"]
    assert sales["push"] > table.loc["gross margin", "push"] > table.loc["net sales", "push"] > value["push"] == 0
    assert value["worth"] > salary["worth"] > table.loc["net sales", "worth"] > sales["worth"]


def test_pay_for_sales_does_no_harm_where_tasks_do_not_compete_and_nothing_can_be_pushed() -> None:
    kind = SETTING.changed(substitution=0, push_effect=0)
    table = t.compare_plans(kind)
    assert table.loc["sales", "worth"] > table.loc["fixed salary", "worth"]
    assert table.loc["sales", "serve"] == 1


def test_gaming_and_noise_cost_what_pay_for_value_gains() -> None:
    def worth(**changes: float) -> float:
        return t.compare_plans(SETTING.changed(**changes), {"value": {"value": 1}}).loc["value", "worth"]

    assert worth(game_effect=0) > worth() > worth(game_effect=25)
    assert worth(value_noise=0) > worth() > worth(value_noise=100_000)
    gamed = t.expected_course(SETTING.changed(game_effect=25), {"value": 1}).years
    assert (gamed["measured"] > gamed["true_value"] + 1_000).all()
    # Noise changes no effort, only the premium: ρ/2 · (rate · sd)².
    noisy = SETTING.changed(value_noise=100_000)
    rate = t.rates_for(noisy, {"value": 1})["value"]
    rows = [t.expected_course(each, {"value": 1}).years.loc[1] for each in (noisy, SETTING.changed(value_noise=0))]
    assert rows[0]["serve"] == rows[1]["serve"]
    assert rows[0]["risk"] - rows[1]["risk"] == pytest.approx(1e-4 / 2 * (rate * 100_000) ** 2)


def test_plans_start_at_the_same_variable_pay() -> None:
    levels = SETTING.customers * SETTING.per_customer().loc[list(MEASURES), "habit"]
    for name, shares in PLANS.items():
        assert t.rates_for(SETTING, shares, 7_000) @ levels == pytest.approx(7_000 if shares else 0), name


def test_a_mix_runs_from_one_plan_to_the_other() -> None:
    mix = t.pay_mix(SETTING, shares=[0, 0.5, 1])
    table = t.compare_plans(SETTING)
    assert mix.loc[0.0].to_numpy() == pytest.approx(table.loc["sales"].to_numpy())
    assert mix.loc[1.0].to_numpy() == pytest.approx(table.loc["customer value"].to_numpy())
    assert mix.loc[0.0, "worth"] < mix.loc[0.5, "worth"]


def test_advisers_differ_and_the_same_seed_gives_the_same() -> None:
    one, again = (t.simulate(SETTING, PLANS["sales"], years=3, advisers=300) for _ in range(2))
    pd.testing.assert_frame_equal(one.advisers, again.advisers)
    assert one.advisers["sell_skill"].std() == pytest.approx(0.2, abs=0.04)
    assert one.advisers["sell_skill"].mean() == pytest.approx(1, abs=0.05)
    assert (one.advisers["pay_sd"] > 0).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Setting(retention=75), r"retention must be a share from 0 to below 1.*|retention.*write 0.75"),
        (lambda: Setting(substitution=1), "substitution must be a share from 0 to below 1"),
        (lambda: Setting(sales=0), "sales must be above 0"),
        (lambda: t.rates_for(SETTING, {"clicks": 1}), "no measure is called clicks"),
        (lambda: t.rates_for(SETTING, {"sales": 0.5}), "shares must add to 1; they add to 0.5"),
        (lambda: t.rates_for(SETTING.changed(margin=0), {"value": 1}), "value is not above 0 on a fixed salary"),
        (lambda: t.best_response([[1, 2]], [1], [[1, 2], [2, 1]], [0, 0]), "cost must be positive definite"),
        (lambda: t.risk_premium([1, 1], [[1, 2], [2, 1]], 1), "covariance must be positive semidefinite"),
        (lambda: t.pay_mix(SETTING, "value"), "against must be one of sales, margin, net sales"),
        (lambda: t.compare_plans(SETTING, {}), "plans must hold at least one plan"),
        (lambda: t.best_response([[1, 2]], [1, 1], np.eye(2), [0, 0]), "one row for each of 2 rates"),
        (lambda: t.best_response([[1, 2]], [1], np.eye(3), [0, 0]), "cost must be 2 × 2"),
        (lambda: t.best_response([[1, 2]], [1], [[1, 0.5], [0, 1]], [0, 0]), "cost must be symmetric"),
        (lambda: t.best_rates([[1, 0], [1, 0]], [1, 1], np.eye(2), np.zeros((2, 2)), 1), "say the same without noise"),
        (lambda: t.expected_course(SETTING, {}, years=0), "years must be a whole number"),
    ],
)
def test_what_makes_no_sense_is_refused(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


# Kettleholt


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    names = ("employees", "orders", "transactions", "returns", "products", "activities", "contacts")
    return {name: load_kettleholt(name) for name in names}


@functools.cache
def advisers() -> pd.DataFrame:
    return t.adviser_results(**{name: table for name, table in tables().items() if name != "contacts"})


def small() -> dict[str, pd.DataFrame]:
    """Two sales by one adviser, one of two pieces returned and written off, worked out by hand below."""

    def line(invoice: str, code: str, pieces: int, price: float) -> dict:
        when = pd.Timestamp("2024-03-01 10:00")
        return {"InvoiceNo": invoice, "StockCode": code, "Quantity": pieces, "InvoiceDate": when, "UnitPrice": price}

    sold = [line("1", "A", 2, 10.0), line("2", "B", 1, 100.0), line("2", "POST", 1, 5.0), line("C3", "A", -1, 10.0)]
    return {
        "employees": pd.DataFrame(
            {"employee_id": ["E1", "E2"], "role": ["store adviser"] * 2, "place": "S01", "commission": 0.015}
        ),
        "orders": pd.DataFrame({"InvoiceNo": ["1", "2"], "employee_id": ["E1", "E1"]}),
        "transactions": pd.DataFrame([*sold, sold[1]]),
        "returns": pd.DataFrame(
            [{"credit_note": "C3", "InvoiceNo": "1", "StockCode": "A", "Quantity": 1, "resaleable": False}]
        ),
        "products": pd.DataFrame({"StockCode": ["A", "B"], "unit_cost_eur": [4.0, 70.0]}),
        "activities": pd.DataFrame(
            {
                "activity": ["process return in a store"],
                "minutes": [7.0],
                "cost_per_minute_eur": [0.5],
                "outlay_eur": [0.0],
            }
        ),
    }


def test_an_adviser_by_hand() -> None:
    row = t.adviser_results(**small()).loc["E1"]
    assert row[["orders", "sales", "margin", "returned"]].tolist() == [2, 120, 42, 10]
    # The piece that came back was sold at 10 and is written off: the 6 of margin and the 4 of goods are lost.
    assert row[["lost", "handling", "contribution"]].tolist() == [10, 3.5, 28.5]
    assert row["commission"] == pytest.approx(1.8)
    assert row["return_rate"] == pytest.approx(10 / 120)


def test_commission_goes_to_those_whose_sales_come_back() -> None:
    """The planted finding: in each store the adviser with the highest gross sales sells what comes back."""
    pushy = set(load_kettleholt_truth().parameters["pushy_advisers"])
    table = advisers()
    assert len(table) == 48
    first = table[table["sales_rank"] == 1]
    assert len(first) == 12
    assert len(pushy & set(first.index)) >= 9
    assert (first["contribution_rank"] == 1).sum() <= 3
    assert table.loc[sorted(pushy), "return_rate"].mean() > 2.5 * table.drop(sorted(pushy))["return_rate"].mean()


def test_what_came_back_is_what_the_credit_notes_say() -> None:
    given = tables()
    notes = given["returns"].merge(given["orders"].dropna(subset=["employee_id"])[["InvoiceNo"]])["credit_note"]
    lines = given["transactions"].drop_duplicates()
    lines = lines[lines["InvoiceNo"].isin(notes) & ~lines["StockCode"].isin(["POST", "SAMPLE"])]
    assert advisers()["returned"].sum() == pytest.approx(-(lines["Quantity"] * lines["UnitPrice"]).sum())
    assert advisers()["commission"].sum() == pytest.approx(0.015 * advisers()["sales"].sum())


def test_another_basis_moves_pay_and_not_its_sum() -> None:
    moved = t.repaid(advisers())
    assert moved["repaid"].sum() == pytest.approx(moved["commission"].sum())
    pushy = load_kettleholt_truth().parameters["pushy_advisers"]
    assert (moved.loc[pushy, "change"] < 0).all()
    same = t.repaid(advisers(), "sales")
    assert same["change"].abs().max() < 1e-6
    with pytest.raises(ValueError, match="basis must be one of"):
        t.repaid(advisers(), "clicks")


def test_later_value_shows_no_effect_where_none_was_planted() -> None:
    given = tables()
    later = t.later_value(given["orders"], given["transactions"], given["returns"], given["products"])
    pushy = load_kettleholt_truth().parameters["pushy_advisers"]
    by = later.groupby(later["employee_id"].isin(pushy))["later_margin"].agg(["mean", "sem"])
    apart = by.loc[True, "mean"] - by.loc[False, "mean"]
    assert abs(apart) < 2.5 * np.hypot(*by["sem"])
    assert later.groupby(later["employee_id"].isin(pushy))["first_returned"].mean().diff().iloc[-1] > 0.15


def test_later_value_by_hand() -> None:
    days = pd.to_datetime(["2023-01-01", "2023-06-01", "2023-12-31", "2024-06-01"])
    orders = pd.DataFrame(
        {"InvoiceNo": list("1234"), "customer_id": [7, 7, 7, 8], "employee_id": ["E1", None, "E2", "E1"]}
    )
    sold = pd.DataFrame(
        {"InvoiceNo": list("1234"), "StockCode": "A", "Quantity": [1, 4, 1, 1], "InvoiceDate": days, "UnitPrice": 10.0}
    )
    back = pd.DataFrame({"InvoiceNo": ["2", "1"], "StockCode": "A", "Quantity": [1, 1]})
    goods = pd.DataFrame({"StockCode": ["A"], "unit_cost_eur": [4.0]})
    found = t.later_value(orders, sold, back, goods, days=365)
    # Of customer 7's later orders 3 of 4 and 1 of 1 pieces stay, at 6 each; customer 8 was seen for no year.
    assert found.index.tolist() == [7]
    assert found.loc[7].tolist() == ["E1", True, True, 24.0]


def test_quick_agents_settle_less() -> None:
    table = t.agent_results(tables()["contacts"], tables()["employees"])
    hasty = load_kettleholt_truth().parameters["hasty_agents"]
    assert set(table.index[: len(hasty)]) == set(hasty)
    others = table.drop(hasty)
    assert table.loc[hasty, "resolved"].max() < others["resolved"].min() - 0.1
    assert table.loc[hasty, "again"].min() > others["again"].max() + 0.1
    assert table["bonus"].tolist() == pytest.approx((0.4 * table["contacts"]).tolist())
    assert table.loc[hasty, "per_resolved"].min() > others["per_resolved"].max()
