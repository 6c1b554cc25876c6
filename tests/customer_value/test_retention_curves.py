"""Survival as observed: survivor tables, dates with customers still there, Kaplan–Meier."""

import numpy as np
import pandas as pd
import pytest

from customer_value.datasets import load_retention_survivors
from customer_value.retention import kaplan_meier, survival_curve, survivors_by_cohort, tenures


def test_survivor_table_by_hand() -> None:
    curve = survival_curve([1000, 631, 468])
    assert curve.index.tolist() == [0, 1, 2]
    assert curve["lost"].tolist() == [0, 369, 163]
    assert curve["survival"].tolist() == [1, 0.631, 0.468]
    assert curve["retention"].tolist()[1:] == pytest.approx([0.631, 468 / 631])
    assert np.isnan(curve["retention"][0])


def test_retention_of_the_published_segments_rises_every_year() -> None:
    for segment in ("regular", "high_end"):
        retention = survival_curve(load_retention_survivors().loc[:7, segment])["retention"]
        assert (retention.diff()[3:] > 0).all()


def test_a_cohort_may_die_out() -> None:
    curve = survival_curve([10, 5, 0, 0])
    assert curve["retention"][2] == 0
    assert np.isnan(curve["retention"][3])


@pytest.mark.parametrize(
    ("start", "end", "unit", "expected", "lost"),
    [
        ("2020-01-31", "2020-02-29", "month", 1, True),  # the last day of a shorter month completes the month
        ("2020-01-31", "2020-03-01", "month", 2, True),
        ("2020-01-15", "2020-01-15", "month", 1, True),
        ("2020-01-15", "2021-01-15", "year", 1, True),
        ("2020-01-15", "2021-01-16", "year", 2, True),
        ("2020-02-29", "2021-02-28", "year", 1, True),
        ("2020-01-01", "2020-01-08", "week", 1, True),
        ("2020-01-01", "2020-01-09", "week", 2, True),
        ("2020-01-01", "2020-01-03", "day", 2, True),
        ("2020-01-15", None, "month", 17, False),
        ("2020-01-15", "2021-06-30", "month", 18, True),
        ("2020-01-15", "2021-07-01", "month", 17, False),
        ("2021-06-30", None, "month", 0, False),
    ],
)
def test_whole_periods_from_dates(start, end, unit, expected, lost) -> None:
    table = tenures([start], pd.to_datetime([end]), "2021-06-30", unit=unit)
    assert table.to_dict("list") == {"tenure": [expected], "lost": [lost]}


def test_exact_tenures_keep_the_index_and_use_mean_months() -> None:
    start = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-01"]), index=["a", "b"])
    end = pd.Series(pd.to_datetime(["2020-01-31", None]), index=["a", "b"])
    table = tenures(start, end, "2020-12-31", unit="month", whole=False)
    assert table.index.tolist() == ["a", "b"]
    assert table["tenure"].tolist() == pytest.approx([30 / (365.25 / 12), 365 / (365.25 / 12)])
    assert table["lost"].tolist() == [True, False]


def test_survivors_by_cohort_stop_where_the_youngest_member_was_not_yet_observed() -> None:
    start = pd.to_datetime(["2020-01-01", "2020-06-01", "2020-06-01", "2021-03-01"])
    end = pd.to_datetime(["2020-09-01", None, "2022-03-01", None])
    table = survivors_by_cohort(start, end, "2022-12-31", unit="year", cohort="year")
    assert [str(column) for column in table.columns] == ["2020", "2021"]
    # Lost after 8 and after 21 months: gone at the end of the first and of the second year.
    assert table[pd.Period("2020", "Y")].tolist() == [3, 2, 1]
    assert table[pd.Period("2021", "Y")].dropna().tolist() == [1, 1]


def test_kaplan_meier_by_hand() -> None:
    """The remission times of the 6-MP group in Freireich et al. (1963), the textbook case of the estimator."""
    weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    lost = [True] * 9 + [False] * 12
    curve = kaplan_meier(weeks, lost)
    at = curve[curve["lost"] > 0]
    assert at.index.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert at["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert at["survival"].round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert at["standard_error"].round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve["censored"].sum() == 12
    inside = curve[(curve["survival"] < 1)]
    assert ((inside["lower"] < inside["survival"]) & (inside["survival"] < inside["upper"])).all()
    assert inside[["lower", "upper"]].stack().between(0, 1).all()


def test_kaplan_meier_with_late_entry_by_hand() -> None:
    curve = kaplan_meier([2, 4, 5, 6, 3], [True, True, False, True, True], entered=[0, 1, 3, 3, 3])
    assert curve.index.tolist() == [0, 2, 4, 5, 6]
    assert curve["at_risk"].tolist() == [1, 2, 3, 2, 1]
    assert curve["lost"].tolist() == [0, 1, 1, 0, 1]
    assert curve["survival"].tolist() == pytest.approx([1, 1 / 2, 1 / 3, 1 / 3, 0])
    assert curve.attrs == {"never_at_risk": 1}
    later = kaplan_meier([5, 7, 8], [True, True, False], entered=[2, 3, 4])
    assert later.index.tolist() == [2, 5, 7, 8]
    assert later["survival"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3])


def test_late_entry_from_dates_puts_survival_right() -> None:
    """Constant churn of 5% a month; records begin after four years: those who left before are unknown."""
    random = np.random.default_rng(2)
    start = pd.Timestamp("2016-01-01") + pd.to_timedelta(random.integers(0, 2500, 20_000), "D")
    end = start + pd.to_timedelta(np.ceil(random.exponential(20 * 365.25 / 12, 20_000)), "D")
    known = end >= pd.Timestamp("2020-01-01")
    arguments = (start[known], end[known].where(end[known] <= pd.Timestamp("2023-12-31")), "2023-12-31")
    expected = np.exp(-12 / 20)
    for whole in (True, False):
        table = tenures(*arguments, observed_from="2020-01-01", whole=whole)
        assert table.columns.tolist() == ["tenure", "lost", "entered"]
        assert table.attrs["entered_late"] == (start[known] < pd.Timestamp("2020-01-01")).sum()
        curve = kaplan_meier(table["tenure"], table["lost"], entered=table["entered"])
        assert curve.loc[:12, "survival"].iloc[-1] == pytest.approx(expected, abs=0.02)
    naive = kaplan_meier(table["tenure"], table["lost"])
    assert naive.loc[:12, "survival"].iloc[-1] > expected + 0.1


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-01-15", None, (17, False, 5)),  # four months and a half done when records begin: seen from the fifth on
        ("2020-01-15", "2020-08-01", (7, True, 5)),
        ("2020-01-15", "2020-06-10", (5, True, 5)),  # gone within the month that was running
        ("2020-06-01", None, (12, False, 0)),
        ("2020-05-01", None, (13, False, 1)),
    ],
)
def test_tenures_seen_from_the_day_records_began(start, end, expected) -> None:
    table = tenures([start], pd.to_datetime([end]), "2021-06-30", observed_from="2020-06-01")
    assert tuple(table.iloc[0]) == expected


def test_no_end_written_as_a_far_day() -> None:
    for end in (["9999-12-31", "2020-03-01"], [pd.Timestamp("2020-01-01").date().replace(year=9999), None]):
        table = tenures(["2020-01-01"] * 2, end, "2020-12-31")
        assert table["lost"].tolist() == [False, end[1] is not None]


def test_without_censoring_it_is_the_share_still_there() -> None:
    random = np.random.default_rng(3)
    time = random.integers(1, 9, 500)
    curve = kaplan_meier(time, np.ones(500, bool))
    assert curve["survival"].tolist() == pytest.approx([(time > t).mean() for t in curve.index], abs=1e-12)
    assert curve["survival"].iloc[-1] == 0
    assert curve["lower"].iloc[-1] == 0
    assert curve["upper"].iloc[-1] == curve["upper"].iloc[-2]
    inner = curve[(curve["survival"] > 0) & (curve["survival"] < 1)]
    binomial = np.sqrt(inner["survival"] * (1 - inner["survival"]) / 500)
    assert inner["standard_error"].tolist() == pytest.approx(binomial.tolist())


def test_nobody_lost_and_everybody_lost_at_once() -> None:
    there = kaplan_meier([3, 5], [False, False])
    assert there["survival"].tolist() == [1, 1, 1]
    assert there["standard_error"].tolist() == [0, 0, 0]
    assert there[["lower", "upper"]].to_numpy().tolist() == [[1, 1]] * 3
    gone = kaplan_meier([2, 2], [True, True])
    assert gone.loc[2, ["survival", "standard_error", "lower", "upper"]].tolist() == [0, 0, 0, 1]
    assert not gone.isna().to_numpy().any()


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random, covered = np.random.default_rng(5), 0
    for _ in range(300):
        time, stop = random.exponential(10, 80), random.uniform(0, 25, 80)
        curve = kaplan_meier(np.minimum(time, stop), time <= stop)
        row = curve.loc[:6].iloc[-1]
        covered += row["lower"] <= np.exp(-0.6) <= row["upper"]
    assert 0.91 <= covered / 300 <= 0.99


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: survival_curve([10, 12]), "survivors rises from 10 to 12 at period 1"),
        (lambda: survival_curve([10]), "got one number"),
        (lambda: survival_curve([0, 0]), "starts at 0"),
        (lambda: survival_curve([10, float("nan")]), "1 missing or infinite"),
        (lambda: survival_curve([10, -1]), "must not be negative"),
        (lambda: tenures(["2020-01-01"], [None], "2019-01-01"), r"1 customer\(s\) start after 2019-01-01"),
        (lambda: tenures(["2020-01-01"], ["2019-01-01"], "2021-01-01"), r"1 customer\(s\) end before they start"),
        (lambda: tenures([None, "2020-01-01"], [None, None], "2021-01-01"), r"start is missing for 1 customer\(s\)"),
        (lambda: tenures(["2020-01-01"], [None, None], "2021-01-01"), "got 1 and 2 days"),
        (lambda: tenures([], [], "2021-01-01"), "start is empty"),
        (lambda: tenures(["soon"], [None], "2021-01-01"), "start must hold days"),
        (lambda: tenures(["03/04/2020"], [None], "2021-01-01"), "start must hold days, or text such as '1998-01-31'"),
        (lambda: tenures(["2020-01-01"], [None], "soon"), "until must be a day"),
        (lambda: tenures(["2020-01-01"], [None], None), "until must be a day"),
        (lambda: tenures(["2020-01-01T00:00Z"], [None], "2021-01-01"), "start carries the time zone UTC"),
        (
            lambda: tenures(["2020-01-01"], [None], "2021-01-01", unit="moon"),
            "unit must be one of day, week, month, year",
        ),
        (lambda: survivors_by_cohort(["2020-01-01"], [None], "2021-01-01", cohort="age"), "cohort must be one of"),
        (lambda: tenures([20200101], [None], "2021-01-01"), "start must hold days; it holds numbers such as 20200101"),
        (lambda: tenures(["2020-01-01"], [None], 20210101), "until must be a day .* got 20210101"),
        (lambda: tenures(["2020-01-01"], [None], "2021-01-01T00:00Z"), "until must be a day without a time zone"),
        (
            lambda: tenures(["2020-01-01"], ["2020-03-01"], "2021-01-01", observed_from="2020-06-01"),
            r"1 customer\(s\) left before 2020-06-01, when observation began",
        ),
        (
            lambda: tenures(["2020-01-01"], [None], "2021-01-01", observed_from="2022-06-01"),
            r"observed_from \(2022-06-01\) must not be after until",
        ),
        (lambda: kaplan_meier([1, 5], [True, True], entered=[0, 3]), "Nobody was seen just after tenure 1, though 1"),
        (lambda: kaplan_meier([3], [True], entered=[3]), "No customer was seen for any time"),
        (lambda: kaplan_meier([3, 4], [True, True], entered=[0, 5]), "entered after their tenure ended"),
        (lambda: kaplan_meier([1, -1], [True, True]), "tenure must not be negative"),
        (lambda: kaplan_meier([1, 2], [True]), "got 2 and 1 values"),
        (lambda: kaplan_meier([1, 2], [True, True], confidence=95), r"For 95% write 0\.95"),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_lost_must_be_true_or_false() -> None:
    with pytest.raises(TypeError, match="lost must be true or false"):
        kaplan_meier([1, 2], [0, 2])
    with pytest.raises(TypeError, match="lost must be true or false for each customer; it is missing for 1"):
        kaplan_meier([1, 2], pd.Series([True, None], dtype="boolean"))
