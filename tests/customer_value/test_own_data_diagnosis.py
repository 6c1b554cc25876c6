"""Each warning speaks up where its fault is built into a log, names its number, and is silent where there is none."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value.btyd import BetaGeoModel
from customer_value.own_data import Finding, as_table, daily_table, value_log
from customer_value.own_data import diagnosis as checks
from customer_value.own_data.terms import Terms, signed_percent
from customer_value.transactions import rfm_summary
from tests.customer_value.own_logs import TERMS, buyers, cleaned


def log_of(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"customer": "customer_id", "amount": "value"})


def time_findings(frame: pd.DataFrame, terms: Terms = TERMS) -> dict[str, Finding]:
    return {one.id: one for one in checks.check_time(daily_table(log_of(frame)), terms)}


def summary_findings(frame: pd.DataFrame) -> dict[str, Finding]:
    log = log_of(frame)
    return {one.id: one for one in checks.check_summary(rfm_summary(log), TERMS)}


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    return buyers()


def test_a_log_as_the_models_have_it_raises_no_warning(plain: pd.DataFrame) -> None:
    result = value_log(cleaned(plain), TERMS, draws=20)
    assert [one.id for one in result.findings if one.weight == "warning"] == []


def test_season() -> None:
    found = time_findings(buyers(season=0.6))
    assert found["season"].number > 2
    assert "both years" in found["season"].seen
    assert "season" not in time_findings(buyers(seed=6))


def test_a_log_of_a_year_cannot_show_a_season(plain: pd.DataFrame) -> None:
    part = plain[plain["date"] < "2022-02-01"]
    assert time_findings(part)["no month seen twice"].weight == "note"
    assert "less than a year" in time_findings(plain[plain["date"] < "2021-06-01"])


def test_gap(plain: pd.DataFrame) -> None:
    missing = plain[(plain["date"] < "2022-03-01") | (plain["date"] > "2022-04-20")]
    found = time_findings(missing)["gap"]
    assert found.number == 51
    assert found.weight == "warning"
    assert "2022-02-28 and 2022-04-21" in found.seen
    assert "gap" not in time_findings(plain)


def test_batch_and_first_of_the_month(plain: pd.DataFrame) -> None:
    loaded = plain.assign(date=plain["date"].where(plain.index % 5 > 0, pd.Timestamp("2022-06-15")))
    found = time_findings(loaded)
    assert found["batch"].number == pytest.approx(0.2, abs=0.02)
    assert "2022-06-15" in found["batch"].seen
    monthly = plain.assign(date=plain["date"].dt.to_period("M").dt.to_timestamp())
    assert time_findings(monthly)["first of the month"].number == 1.0
    weekly = plain.assign(date=plain["date"].dt.to_period("W").dt.to_timestamp())
    assert time_findings(weekly)["one weekday"].number == 1.0
    one_day = plain.assign(date=pd.Timestamp("2022-06-15"))
    assert time_findings(one_day)["few days"].number == 1


def test_a_log_that_begins_in_the_middle(plain: pd.DataFrame) -> None:
    cut = plain[plain["date"] >= "2022-06-01"]
    assert time_findings(cut)["log begins in the middle"].number > 2
    closed = buyers(joining=60)
    assert "log begins in the middle" not in time_findings(closed)


def test_today_long_after_the_last_purchase(plain: pd.DataFrame) -> None:
    last = plain["date"].max()
    late = Terms(margin=0.4, discount_rate=0.1, currency="EUR", today=last + pd.Timedelta(days=60))
    assert time_findings(plain, late)["today"].number == 60


def test_trend(plain: pd.DataFrame) -> None:
    faster = log_of(buyers(later_rate=2.5))
    (found,) = checks.check_trend(faster, faster["date"].max())
    assert found.number > 0.5
    assert "more often" in found.seen
    same = log_of(plain)
    assert checks.check_trend(same, same["date"].max()) == []


def test_spend_and_frequency(plain: pd.DataFrame) -> None:
    found = summary_findings(buyers(spend_by_rate=1.0))["spend and frequency"]
    assert found.number > checks.HIGHEST_CORRELATION
    assert "more per purchase" in found.seen
    assert "spend and frequency" not in summary_findings(plain)


def test_few_customers_and_few_who_come_back(plain: pd.DataFrame) -> None:
    assert summary_findings(buyers(60))["few customers"].weight == "warning"
    once = pd.DataFrame(
        {
            "customer": [f"X{k}" for k in range(9_000)],
            "date": plain["date"].iloc[np.arange(9_000) % len(plain)].to_numpy(),
            "amount": 10.0,
        }
    )
    found = summary_findings(pd.concat([plain, once]))["few repeat buyers"]
    assert found.number < checks.SMALLEST_REPEAT_SHARE
    alone = summary_findings(once)["nobody came back"]
    assert alone.weight == "stop"
    with pytest.raises(ValueError, match=r"None of 9,000 customers bought on a second day.*export a longer time"):
        value_log(cleaned(once), TERMS)


def test_time_too_short_for_the_gaps_between_purchases() -> None:
    summary = pd.DataFrame({"frequency": [1] * 300, "recency": 8.0, "T": 10.0, "monetary_value": 20.0})
    (found,) = [one for one in checks.check_summary(summary, TERMS) if one.id == "short time"]
    assert found.number == pytest.approx(10 / 8)
    assert "after 56 days (median), and the log spans 70" in found.seen
    assert "at least 224 days" in found.do


def test_dominance(plain: pd.DataFrame) -> None:
    spent = plain.groupby("customer")["amount"].sum()
    assert checks.check_dominance(spent, TERMS) == []
    spent["C00007"] = spent.sum() / 4
    (found,) = checks.check_dominance(spent, TERMS)
    assert "C00007" in found.seen
    assert found.number == pytest.approx(0.2, abs=0.01)


def test_cleaning_that_leaves_much_open(plain: pd.DataFrame) -> None:
    nobody = plain.assign(customer=plain["customer"].where(plain.index % 4 > 0, None))
    refunds = plain.iloc[:200].assign(amount=-500.0, customer=[f"N{k}" for k in range(200)])
    found = {one.id: one for one in checks.check_cleaning(cleaned(pd.concat([nobody, refunds])), TERMS)}
    assert found["unknown customers"].number == pytest.approx(0.25, abs=0.03)
    assert "€100k" in found["unmatched returns"].seen


def test_boundary_is_told_in_words() -> None:
    nobody_leaves = BetaGeoModel.from_params(r=2.0, alpha=8.0, a=1e-4, b=1e3).simulate(500, 30.0, 3)
    with pytest.warns(UserWarning, match="boundary"):
        model = BetaGeoModel().fit(nobody_leaves)
    (found,) = checks.check_fit(model, None, [], pd.Timestamp("2024-01-01"))
    assert found.id == "boundary of purchase"
    assert "nobody seems to leave" in found.seen


@pytest.mark.parametrize(("error", "said"), [(-0.3, ["holdout"]), (0.2, ["holdout"]), (0.1, [])])
def test_holdout_error(error: float, said: list[str]) -> None:
    row = pd.Series({"actual": 100.0, "expected": 100 * (1 + error), "error": error, "correlation": 0.7})
    found = checks.check_holdout(row, pd.Timestamp("2024-01-31"), pd.Timestamp("2024-06-30"))
    assert [one.id for one in found] == said
    if said:
        assert signed_percent(error) in found[0].seen


def test_a_ranking_no_better_than_chance_and_an_empty_holdout() -> None:
    days = pd.Timestamp("2024-01-31"), pd.Timestamp("2024-06-30")
    row = pd.Series({"actual": 100.0, "expected": 100.0, "error": 0.0, "correlation": 0.1})
    assert [one.id for one in checks.check_holdout(row, *days)] == ["ranking"]
    nothing = pd.Series({"actual": 0.0, "expected": 10.0, "error": np.nan, "correlation": np.nan})
    assert [one.id for one in checks.check_holdout(nothing, *days)] == ["empty holdout"]


def test_every_finding_says_what_why_and_what_to_do(plain: pd.DataFrame) -> None:
    makers: list[Callable[[], dict[str, Finding]]] = [
        lambda: time_findings(buyers(season=0.6)),
        lambda: summary_findings(buyers(60)),
        lambda: time_findings(plain.assign(date=pd.Timestamp("2022-06-15"))),
    ]
    found = [one for make in makers for one in make().values()]
    for one in found:
        assert all(text.strip() and text.endswith((".", "?")) for text in (one.seen, one.why, one.do)), one
        assert any(letter.isdigit() for letter in one.seen), one
    table = as_table(found)
    order = {"stop": 0, "warning": 1, "note": 2}
    assert [order[weight] for weight in table["weight"]] == sorted(order[weight] for weight in table["weight"])
