"""RFM scores and cohort tables, by hand and on CDNOW."""

import numpy as np
import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.transactions import cohort_table, customer_totals, rfm_scores


def frame(rows: list[tuple]) -> pd.DataFrame:
    log = pd.DataFrame(rows, columns=["customer_id", "date", "value"])
    return log.assign(date=pd.to_datetime(log["date"]))


LOG = frame(
    [
        (1, "2024-01-10", 10.0),
        (1, "2024-01-20", 10.0),
        (1, "2024-03-05", 5.0),
        (2, "2024-01-31", 100.0),
        (3, "2024-02-01", 7.0),
        (3, "2024-03-31", 3.0),
        (3, "2024-04-02", 50.0),
    ]
)


def test_scores_by_hand() -> None:
    scores = rfm_scores(LOG, "2024-03-31", bins=3)
    assert scores["recency_days"].tolist() == [26, 60, 0]
    assert scores["frequency"].tolist() == [3, 1, 2]
    assert scores["monetary_value"].tolist() == [25, 100, 10]
    assert scores["rfm"].tolist() == ["232", "113", "321"]
    assert rfm_scores(LOG, "2024-03-31", bins=3, monetary="mean")["monetary_value"].tolist() == pytest.approx(
        [25 / 3, 100, 5]
    )


def test_equal_figures_get_equal_scores_unless_split() -> None:
    log = frame([(customer, "2024-01-01", 5.0) for customer in range(10)])
    assert set(rfm_scores(log)["rfm"]) == {"333"}
    assert rfm_scores(log, ties="split")["f"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_quintiles_of_cdnow() -> None:
    log = load_cdnow()
    split = rfm_scores(log, ties="split")
    assert {np.bincount(split[score])[1:].tolist()[0] for score in "rfm"} == {4714}
    together = rfm_scores(log)
    totals = customer_totals(log)["revenue"]
    assert together["monetary_value"].to_numpy() == pytest.approx(totals.to_numpy())
    for score, figure, sign in (("r", "recency_days", -1), ("f", "frequency", 1), ("m", "monetary_value", 1)):
        ordered = together.groupby(score)[figure].agg(["min", "max"]) * sign
        best, worst = ordered.max(axis=1), ordered.min(axis=1)
        assert (worst.iloc[1:].to_numpy() > best.iloc[:-1].to_numpy()).all()
    # Half of the customers bought once: together they cannot be split into quintiles, split they are, by their ids.
    assert together["f"].nunique() < 5


def test_cohorts_by_hand() -> None:
    customers = cohort_table(LOG, "customers", until="2024-03-31")
    assert [str(cohort) for cohort in customers.index] == ["2024-01", "2024-02", "2024-03"]
    assert customers.columns.tolist() == [0, 1, 2]
    values = customers.to_numpy()
    assert values[0].tolist() == [2, 0, 1]
    assert values[1, :2].tolist() == [1, 1]
    assert values[2, 0] == 0
    assert np.isnan(values[1, 2])
    assert np.isnan(values[2, 1:]).all()
    assert customers.attrs == {"until": "2024-03-31", "rows": {"incomplete_period": 0, "after_end": 1}}
    retention = cohort_table(LOG, until="2024-03-31")
    assert retention.iloc[0].tolist() == [1, 0, 0.5]
    assert np.isnan(retention.iloc[2, 0])
    revenue = cohort_table(LOG, "revenue", until="2024-03-31")
    assert revenue.iloc[0].tolist() == [120, 0, 5]
    assert cohort_table(LOG, "revenue_per_customer", until="2024-03-31").iloc[0].tolist() == [60, 0, 2.5]
    assert cohort_table(LOG, "cumulative_revenue_per_customer", until="2024-03-31").iloc[0].tolist() == [60, 60, 62.5]


def test_a_month_cut_short_is_left_out_and_counted() -> None:
    table = cohort_table(LOG, "customers")
    assert table.shape == (3, 3)
    assert table.attrs == {"until": "2024-04-02", "rows": {"incomplete_period": 1, "after_end": 0}}


@pytest.mark.parametrize(("period", "labels"), [("quarter", ["2024Q1"]), ("year", ["2023", "2024"])])
def test_longer_periods(period: str, labels: list[str]) -> None:
    log = pd.concat([LOG, frame([(9, "2023-12-31", 1.0)])]) if period == "year" else LOG
    table = cohort_table(log, "customers", period=period, until="2024-12-31" if period == "year" else "2024-03-31")
    assert [str(cohort) for cohort in table.index] == labels


def test_weeks_run_from_monday() -> None:
    log = frame([(1, "2024-01-07", 1.0), (1, "2024-01-08", 1.0), (2, "2024-01-08", 1.0)])
    table = cohort_table(log, "customers", period="week", until="2024-01-14")
    assert table.iloc[0].tolist() == [1, 1]
    assert (str(table.index[0].start_time.date()), str(table.index[1].end_time.date())) == ("2024-01-01", "2024-01-14")


def test_cdnow_adds_up() -> None:
    log = load_cdnow()
    customers, revenue = cohort_table(log, "customers"), cohort_table(log, "revenue")
    assert customers[0].iloc[:3].sum() == 23570
    assert np.nansum(revenue.to_numpy()) == pytest.approx(2500315.63)
    january = log[log["customer_id"].isin(log.loc[log["date"] < "1997-02-01", "customer_id"])]
    june = january[(january["date"] >= "1997-06-01") & (january["date"] < "1997-07-01")]
    assert customers.iloc[0, 5] == june["customer_id"].nunique()
    assert revenue.iloc[0, 5] == pytest.approx(june["value"].sum())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rfm_scores(LOG, bins=1), "bins must be a whole number from 2 to 9; got 1"),
        (lambda: rfm_scores(LOG, ties="no"), "ties must be"),
        (lambda: rfm_scores(LOG, monetary="sum"), "monetary must be"),
        (lambda: rfm_scores(LOG, ties="split"), r"3 customer\(s\) cannot fill 5 bins"),
        (lambda: rfm_scores(LOG.assign(value=-1.0)), "negative"),
        (lambda: cohort_table(LOG, "loyalty"), "what must be one of customers"),
        (lambda: cohort_table(LOG, period="day"), "period must be one of week"),
        (lambda: cohort_table(LOG, until="2024-01-30"), "no complete month by 2024-01-30"),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
