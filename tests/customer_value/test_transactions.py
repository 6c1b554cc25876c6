"""Totals per customer: who counts, which days count, and what is refused."""

import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.transactions import before_and_after, customer_totals, odd_and_even_weeks, weekly_revenue


@pytest.fixture
def log() -> pd.DataFrame:
    rows = [
        (1, "2024-01-01", 10.0),
        (1, "2024-01-01", 5.0),
        (1, "2024-02-01", 7.0),
        (2, "2024-01-08", 3.0),
        (3, "2024-01-31", 2.0),
        (3, "2024-02-29", 4.0),
    ]
    return pd.DataFrame(rows, columns=["customer_id", "date", "value"]).assign(
        date=lambda frame: pd.to_datetime(frame["date"])
    )


def test_totals_of_everything(log: pd.DataFrame) -> None:
    totals = customer_totals(log)
    assert totals.index.tolist() == [1, 2, 3]
    assert totals["orders"].tolist() == [3, 1, 2]
    assert totals["revenue"].tolist() == [22, 3, 6]


def test_start_counts_and_end_does_not(log: pd.DataFrame) -> None:
    totals = customer_totals(log, "2024-01-08", "2024-02-01")
    assert totals.to_dict("index") == {2: {"orders": 1, "revenue": 3.0}, 3: {"orders": 1, "revenue": 2.0}}


def test_named_customers_count_even_when_they_bought_nothing(log: pd.DataFrame) -> None:
    totals = customer_totals(log, "2024-02-01", None, customers=[3, 2, 9])
    assert totals.index.tolist() == [3, 2, 9]
    assert totals["revenue"].tolist() == [4, 0, 0]
    assert totals["orders"].tolist() == [1, 0, 0]


def test_two_periods_count_only_customers_known_before(log: pd.DataFrame) -> None:
    late = pd.DataFrame({"customer_id": [4], "date": pd.to_datetime(["2024-02-10"]), "value": [99.0]})
    spend = before_and_after(pd.concat([log, late]), "2024-02-01", months=1)
    assert spend.to_dict("index") == {
        1: {"before": 15.0, "after": 7.0},
        2: {"before": 3.0, "after": 0.0},
        3: {"before": 2.0, "after": 4.0},
    }


def test_weeks_are_counted_from_the_start_and_the_last_may_be_short(log: pd.DataFrame) -> None:
    weeks = weekly_revenue(log, "2024-01-01", "2024-02-02")
    assert weeks.columns.tolist() == [0, 1, 2, 3, 4]
    assert weeks.loc[1].tolist() == [15, 0, 0, 0, 7]
    assert weeks.loc[2].tolist() == [0, 3, 0, 0, 0]
    assert weeks.loc[3].tolist() == [0, 0, 0, 0, 2]


def test_a_customer_known_before_the_weeks_counts_with_nothing(log: pd.DataFrame) -> None:
    weeks = weekly_revenue(log, "2024-02-01", "2024-02-08")
    assert weeks.index.tolist() == [1, 2, 3]
    assert weeks[0].tolist() == [7, 0, 0]


def test_odd_and_even_weeks_share_out_a_period(log: pd.DataFrame) -> None:
    halves = odd_and_even_weeks(log, "2024-01-01", "2024-03-01")
    assert halves.loc[1].tolist() == [22, 0]
    assert halves.loc[2].tolist() == [0, 3]
    assert halves.to_numpy().sum() == log["value"].sum()


def test_halves_of_cdnow_add_up_to_the_period() -> None:
    log = load_cdnow()
    halves = odd_and_even_weeks(log, "1997-07-01", "1998-07-01")
    whole = customer_totals(log, "1997-07-01", "1998-07-01", customers=halves.index)
    assert len(halves) == 23570
    assert (halves.sum(axis=1) - whole["revenue"]).abs().max() < 1e-9


def test_split_must_leave_both_periods_inside_the_log() -> None:
    with pytest.raises(ValueError, match="need 1997-09-01 to 1998-08-31; the log covers 1997-01-01 to 1998-06-30"):
        before_and_after(load_cdnow(sample=True), "1998-03-01")


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (
            lambda f: f.drop(columns="value"),
            ValueError,
            r"log lacks the column\(s\) value; it has customer_id, date",
        ),
        (lambda f: f.iloc[:0], ValueError, "log is empty"),
        (lambda f: f.assign(value=[1, None, 2, 3, 4, None]), ValueError, "missing values: 2 in value"),
        (lambda f: f.assign(date=f["date"].astype(str)), TypeError, "must hold dates"),
        (lambda f: f["value"], TypeError, "log must be a data frame; got Series"),
    ],
)
def test_bad_logs_are_refused(log: pd.DataFrame, change, kind, message) -> None:
    with pytest.raises(kind, match=message):
        customer_totals(change(log))


def test_bad_arguments_are_refused(log: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="start must be a day such as '1998-01-01'; got 'soon'"):
        customer_totals(log, "soon")
    with pytest.raises(ValueError, match="Nobody bought from 2030-01-01 to the end; the log covers 2024-01-01"):
        customer_totals(log, "2030-01-01")
    with pytest.raises(ValueError, match="same id more than once"):
        customer_totals(log, customers=[1, 1])
    with pytest.raises(ValueError, match="months must be at least 1; got 0"):
        before_and_after(log, "2024-02-01", months=0)
