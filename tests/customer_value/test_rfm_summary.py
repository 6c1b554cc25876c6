"""The RFM summary: published counts, hand-made logs, pandas against a plain loop and against DuckDB."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_value.datasets import load_cdnow
from customer_value.transactions import open_log, read_log, rfm_expression, rfm_summary

MONTH = 365.25 / 12


@pytest.fixture
def log() -> pd.DataFrame:
    rows = [
        (7, "2024-01-01 09:00", 10.0),
        (7, "2024-01-01 21:00", 5.0),
        (7, "2024-01-15 00:00", 8.0),
        (7, "2024-01-29 23:59", 4.0),
        (7, "2024-01-29 08:00", 2.0),
        (3, "2024-01-08 12:00", 30.0),
        (5, "2024-02-05 12:00", 1.0),
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "value"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def by_loop(log: pd.DataFrame, until: str, holdout: str) -> pd.DataFrame:
    """The definition, customer by customer."""
    end, last, result = pd.Timestamp(until), pd.Timestamp(holdout), {}
    for customer, rows in log.groupby("customer_id"):
        days = rows.groupby(rows["date"].dt.normalize())["value"].sum()
        seen, later = days[days.index <= end], days[(days.index > end) & (days.index <= last)]
        if seen.empty:
            continue
        first, repeat = seen.index[0], seen.iloc[1:]
        result[customer] = {
            "frequency": len(repeat),
            "recency": (seen.index[-1] - first).days / 7,
            "T": (end - first).days / 7,
            "monetary_value": repeat.mean() if len(repeat) else 0.0,
            "holdout_frequency": len(later),
            "holdout_monetary_value": later.mean() if len(later) else 0.0,
            "holdout_T": (last - end).days / 7,
        }
    return pd.DataFrame.from_dict(result, orient="index").rename_axis("customer_id")


def test_by_hand(log: pd.DataFrame) -> None:
    summary = rfm_summary(log, "2024-01-31", holdout_until="2024-02-29", time_unit="day")
    assert summary.index.tolist() == [3, 7]
    assert summary.loc[7].tolist() == [2, 28, 30, 7, 0, 0, 29]
    assert summary.loc[3].tolist() == [0, 0, 23, 0, 0, 0, 29]
    assert summary.attrs == {
        "time_unit": "day",
        "until": "2024-01-31",
        "holdout_until": "2024-02-29",
        "rows": {"used": 6, "same_day": 2, "zero_value": 0, "new_in_holdout": 1, "after_end": 0},
    }


def test_units_only_rescale_time(log: pd.DataFrame) -> None:
    days = rfm_summary(log, time_unit="day")
    for unit, length in (("week", 7), ("month", MONTH), ("year", 365.25)):
        other = rfm_summary(log, time_unit=unit)
        assert other["T"].tolist() == pytest.approx((days["T"] / length).tolist())
        assert other["recency"].tolist() == pytest.approx((days["recency"] / length).tolist())
        assert other["frequency"].tolist() == days["frequency"].tolist()
    assert rfm_summary(log).attrs["time_unit"] == "week"


def test_published_counts_of_the_cdnow_sample() -> None:
    """Fader, Hardie & Lee (2005): 2,357 customers, 946 of them repeat, 2,457 repeat transactions by 1997-09-30; mean
    and largest repeat spend 35.08 and 299.63 (Fader & Hardie, note 025)."""
    summary = rfm_summary(load_cdnow(sample=True), "1997-09-30", holdout_until="1998-06-30")
    repeat = summary[summary["frequency"] > 0]
    assert (len(summary), len(repeat), summary["frequency"].sum()) == (2357, 946, 2457)
    assert round(repeat["monetary_value"].mean(), 2) == 35.08
    assert round(repeat["monetary_value"].max(), 2) == 299.63
    assert summary["T"].max() == pytest.approx(272 / 7)
    assert summary["holdout_T"].unique().tolist() == [39]


def test_cdnow_customer_by_customer() -> None:
    sample = load_cdnow(sample=True)
    some = sample[sample["customer_id"] % 7 == 0]
    fast = rfm_summary(some, "1997-09-30", holdout_until="1998-03-31")
    pd.testing.assert_frame_equal(fast, by_loop(some, "1997-09-30", "1998-03-31"), rtol=1e-12)


rows = st.tuples(st.integers(-3, 6), st.integers(0, 25), st.floats(0, 100).map(lambda money: round(money, 2)))


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=1, max_size=40), st.integers(0, 20), st.integers(1, 10), st.sampled_from([1, 10**12]))
def test_any_log_as_the_loop_has_it(entries, end: int, more: int, spread: int) -> None:
    """Ids close together are counted directly, ids far apart looked up; both must agree with the definition."""
    frame = pd.DataFrame(entries, columns=["customer_id", "day", "value"])
    start = pd.Timestamp("1969-12-20")
    log = frame.assign(date=start + pd.to_timedelta(frame["day"], "D"), customer_id=frame["customer_id"] * spread)
    until, holdout = (str((start + pd.Timedelta(days=n)).date()) for n in (end, end + more))
    if frame["day"].min() > end:
        with pytest.raises(ValueError, match="Nobody bought by"):
            rfm_summary(log, until)
        return
    summary = rfm_summary(log, until, holdout_until=holdout)
    pd.testing.assert_frame_equal(summary, by_loop(log, until, holdout), rtol=1e-12, check_dtype=False)
    counts = summary.attrs["rows"]
    assert counts["used"] + counts["new_in_holdout"] + counts["after_end"] == len(log)
    assert (
        counts["used"] - counts["same_day"]
        == len(summary) + summary["frequency"].sum() + summary["holdout_frequency"].sum()
    )


@settings(max_examples=40, deadline=None)
@given(
    days=st.lists(st.sampled_from([0, 1, 2, 4]), min_size=2, max_size=5).map(np.cumsum),
    start=st.sampled_from(["1969-12-29", "1970-01-01", "2024-02-27"]),
    unit=st.sampled_from(["s", "ms", "us", "ns"]),
    ids=st.sampled_from([(0, 1), (-9, 1), (5, 1), (3, 7), (10**6, 1), (0, 10**12)]),
    customers=st.sampled_from([1, 4, 90]),
    seed=st.integers(0, 99),
    end=st.integers(0, 12),
    more=st.integers(1, 12),
)
def test_a_busy_shop_in_any_order_as_the_loop_has_it(days, start, unit, ids, customers, seed, end, more) -> None:
    """Many rows a day, in order of time, in order of days alone, or in none: the three are counted differently."""
    random = np.random.default_rng(seed)
    lowest, step = ids
    size = 700 * (int(days[-1]) + 1)
    # Newer customers come later, so that some are first seen in the holdout.
    day = np.sort(random.choice(days, size))
    customer = lowest + step * np.minimum(random.integers(0, customers, size), day * customers // 3)
    moment = pd.Timestamp(start) + pd.to_timedelta(day * 86_400 + random.integers(0, 86_400, size), "s")
    value = random.choice([0.0, 0.1, 2.5, 1e6], size)
    by_day = pd.DataFrame({"customer_id": customer, "date": moment.astype(f"datetime64[{unit}]"), "value": value})
    until, holdout = (str((pd.Timestamp(start) + pd.Timedelta(days=n)).date()) for n in (end, end + more))
    if by_day["date"].min() >= pd.Timestamp(until) + pd.Timedelta(days=1):
        with pytest.raises(ValueError, match="Nobody bought by"):
            rfm_summary(by_day, until)
        return
    expected = by_loop(by_day.astype({"date": "datetime64[ns]"}), until, holdout)
    orders = (by_day, by_day.sort_values("date"), by_day.sample(frac=1, random_state=seed))
    found = [rfm_summary(log, until, holdout_until=holdout) for log in orders]
    for summary in found:
        pd.testing.assert_frame_equal(summary, expected, rtol=1e-12)
        assert summary.attrs == found[0].attrs
    inside = by_day["date"] < pd.Timestamp(holdout) + pd.Timedelta(days=1)
    counts = found[0].attrs["rows"]
    assert counts["after_end"] == np.count_nonzero(~inside)
    assert counts["new_in_holdout"] == np.count_nonzero(inside & ~by_day["customer_id"].isin(expected.index))
    assert counts["zero_value"] == np.count_nonzero((value == 0) & inside & by_day["customer_id"].isin(expected.index))


def test_more_days_than_a_byte_counts() -> None:
    """Two customers who buy twice on each of 300 days, among many who buy once."""
    days = np.repeat(np.arange(300), 504)
    customer = np.where(np.arange(days.size) % 504 < 4, np.arange(days.size) % 2, 2 + np.arange(days.size))
    log = pd.DataFrame(
        {"customer_id": customer, "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(days, "D"), "value": 1.5}
    )
    summary = rfm_summary(log, time_unit="day")
    assert summary.loc[[0, 1]].to_numpy().tolist() == [[299, 299, 299, 3.0]] * 2
    assert summary["frequency"].sum() == 2 * 299
    assert summary.loc[2:, "T"].tolist() == [299 - when for when in days[customer > 1]]


def test_a_column_twice_is_refused(log: pd.DataFrame) -> None:
    twice = pd.concat([log, log["value"]], axis=1)
    with pytest.raises(ValueError, match=r"log has the column\(s\) value more than once"):
        rfm_summary(twice)


@pytest.mark.parametrize("kind", ["int32", "Int64", "string", "object", "category", "float64"])
def test_ids_of_any_kind_keep_their_order(log: pd.DataFrame, kind: str) -> None:
    expected = rfm_summary(log)
    changed = log.assign(customer_id=log["customer_id"].astype(str if kind == "object" else kind))
    summary = rfm_summary(changed)
    assert [int(float(customer)) for customer in summary.index] == expected.index.tolist()
    assert summary.to_numpy().tolist() == expected.to_numpy().tolist()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_of_any_resolution(log: pd.DataFrame, unit: str) -> None:
    changed = log.assign(date=log["date"].astype(f"datetime64[{unit}]"))
    pd.testing.assert_frame_equal(rfm_summary(changed), rfm_summary(log))


def test_order_of_rows_does_not_matter_and_the_log_stays_as_it_is(log: pd.DataFrame) -> None:
    before = log.copy()
    shuffled = rfm_summary(log.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled, rfm_summary(log))
    pd.testing.assert_frame_equal(log, before)


def test_one_customer_with_one_purchase() -> None:
    log = pd.DataFrame({"customer_id": [9], "date": pd.to_datetime(["2024-05-05"]), "value": [0.0]})
    summary = rfm_summary(log)
    assert summary.loc[9].tolist() == [0, 0, 0, 0]
    assert summary.attrs["rows"]["zero_value"] == 1


BAD = [
    (lambda f: f.drop(columns="value"), ValueError, r"lacks the column\(s\) value"),
    (lambda f: f.iloc[:0], ValueError, "log is empty"),
    (lambda f: f.assign(customer_id=[1.0, np.nan, 2, 3, 4, 5, 1]), ValueError, "missing values: 1 in customer_id"),
    (lambda f: f.assign(value=[1, None, 2, 3, 4, None, 1]), ValueError, "missing values: 2 in value"),
    (lambda f: f.assign(customer_id=[1, None, 2, 3, 4, None, 1]), ValueError, "missing values: 2 in customer_id"),
    (lambda f: f.assign(date=f["date"].where(f.index > 2)), ValueError, "missing values: 3 in date"),
    (lambda f: f.assign(value=[1, np.inf, 2, 3, 4, 5, 1]), ValueError, r"1 infinite value\(s\)"),
    (lambda f: f.assign(value=[1, -5, 2, 3, 4, 5, -1]), ValueError, r"2 negative value\(s\)"),
    (lambda f: f.assign(date=f["date"].dt.tz_localize("UTC")), ValueError, "carry the time zone UTC"),
    (lambda f: f.assign(date=f["date"].astype(str)), TypeError, "must hold dates"),
    (lambda f: f.assign(value="much"), TypeError, "must hold numbers"),
]


@pytest.mark.parametrize(("change", "kind", "message"), BAD)
def test_bad_logs_are_refused(log: pd.DataFrame, change, kind, message: str) -> None:
    with pytest.raises(kind, match=message):
        rfm_summary(change(log))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"until": "soon"}, "until must be a day"),
        ({"until": "NaT"}, "until must be a day"),
        ({"until": "03/04/2024"}, "until must be a day such as '1998-01-01'; got '03/04/2024'"),
        ({"until": 20240131}, "until must be a day such as '1998-01-01'; got 20240131"),
        ({"until": pd.Timestamp("2024-01-31", tz="UTC")}, "until must be a day without a time zone"),
        ({"until": "2020-01-01"}, "Nobody bought by 2020-01-01"),
        ({"until": "2024-01-31", "holdout_until": "2024-01-31"}, r"holdout_until \(2024-01-31\) must be after"),
        ({"time_unit": "fortnight"}, "time_unit must be one of day, week, month, year; got 'fortnight'"),
    ],
)
def test_bad_arguments_are_refused(log: pd.DataFrame, arguments, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rfm_summary(log, **arguments)


# ---- the same on DuckDB


@pytest.fixture
def ibis():
    return pytest.importorskip("ibis")


@pytest.mark.parametrize("sample", [True, False])
@pytest.mark.parametrize(
    "arguments", [{}, {"until": "1997-09-30", "holdout_until": "1998-03-31", "time_unit": "month"}]
)
def test_duckdb_agrees_with_pandas_to_the_row(ibis, tmp_path: Path, sample: bool, arguments) -> None:
    """Counts and times exactly; money to rounding, because sums run in another order."""
    log = load_cdnow(sample)
    half = len(log) // 2
    for part, piece in enumerate((log.iloc[half:], log.iloc[:half])):
        piece.rename(columns={"value": "Amount"}).to_parquet(tmp_path / f"{part}.parquet")
    table = open_log(tmp_path / "*.parquet", {"value": "Amount"})
    lazy = rfm_expression(table, **arguments).execute().set_index("customer_id")
    fast = rfm_summary(log, **arguments)
    exact = [column for column in fast.columns if not column.endswith("monetary_value")]
    pd.testing.assert_frame_equal(lazy[exact], fast[exact], check_exact=True)
    pd.testing.assert_frame_equal(lazy, fast, rtol=1e-12)


def test_duckdb_reads_csv_and_text_ids(ibis, tmp_path: Path, log: pd.DataFrame) -> None:
    named = log.assign(customer_id="c" + log["customer_id"].astype(str))
    named.to_csv(tmp_path / "log.csv", index=False)
    lazy = rfm_expression(open_log(tmp_path / "log.csv"), "2024-01-31").execute()
    assert lazy.set_index("customer_id").to_dict() == rfm_summary(named, "2024-01-31").to_dict()


def test_duckdb_keeps_text_ids_apart_that_are_numbers_only_in_part(ibis, tmp_path: Path) -> None:
    """00123 is not 123, in one file or in several; guessing by the first rows of one file would make them one."""
    (tmp_path / "one.csv").write_text("client,date,value\n123,2024-01-01,1\n7,2024-01-05,1\n")
    (tmp_path / "two.csv").write_text("client,date,value\n 123 ,2024-01-02 10:30,2\n")
    (tmp_path / "three.csv").write_text("client,date,value\n00123,2024-01-03T10:30:00,4\n")
    names = {"customer_id": "client"}
    plain = rfm_expression(open_log([tmp_path / "one.csv", tmp_path / "two.csv"], names)).execute()
    assert plain[["customer_id", "frequency"]].to_numpy().tolist() == [[7, 0], [123, 1]]
    mixed = open_log(str(tmp_path / "*.csv"), names)
    lazy = rfm_expression(mixed, time_unit="day").execute().set_index("customer_id")
    parts = [pd.read_csv(path, dtype={"client": str}) for path in sorted(tmp_path.glob("*.csv"))]
    fast = rfm_summary(read_log(pd.concat(parts, ignore_index=True), names), time_unit="day")
    assert lazy.index.tolist() == fast.index.tolist() == ["00123", "123", "7"]
    assert lazy.to_numpy().tolist() == fast.to_numpy().tolist()


@pytest.mark.parametrize("written", ["03/04/2024", "03.04.2024", "2024-01-01T10:00:00+01:00", "soon"])
def test_duckdb_does_not_guess_dates(ibis, tmp_path: Path, written: str) -> None:
    (tmp_path / "log.csv").write_text(f"customer_id,date,value\n1,2024-01-01,1\n2,{written},1\n,,\n")
    with pytest.raises(ValueError, match=r"date has 1 value\(s\) that are no ISO 8601 day or time without a zone"):
        open_log(tmp_path / "log.csv")
    (tmp_path / "gap.csv").write_text("customer_id,date,value\n1,2024-01-01,1\n,,1\n")
    with pytest.raises(ValueError, match="missing values: 1 in customer_id, 1 in date"):
        rfm_expression(open_log(tmp_path / "gap.csv"))


names = st.one_of(st.text("aZé0 _ß", min_size=1, max_size=3), st.sampled_from(["0", "00", "10", "9", "A", "a"]))
moments = st.tuples(st.integers(-400, 40), st.sampled_from([0, 1, 86_399, 43_200])).map(
    lambda at: pd.Timestamp("1970-01-05") + pd.Timedelta(days=at[0], seconds=at[1])
)
money = st.one_of(st.just(0.0), st.floats(0.01, 1e9), st.sampled_from([1e-300, 0.1, 0.2, 0.3]))


@settings(max_examples=25, deadline=None)
@given(
    st.one_of(
        st.lists(st.tuples(names, moments, money), min_size=1, max_size=30),
        st.lists(st.tuples(st.integers(-(2**40), 2**40) | st.integers(0, 3), moments, money), min_size=1, max_size=30),
    ),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_duckdb_agrees_with_pandas_on_any_log(rows, unit: str) -> None:
    ibis = pytest.importorskip("ibis")
    log = pd.DataFrame(rows, columns=["customer_id", "date", "value"])
    middle = log["date"].min() + (log["date"].max() - log["date"].min()) / 2
    arguments = {"until": middle, "holdout_until": log["date"].max() + pd.Timedelta(days=3), "time_unit": unit}
    lazy = rfm_expression(ibis.memtable(log), **arguments).execute().set_index("customer_id")
    fast = rfm_summary(log, **arguments)
    assert lazy.index.tolist() == fast.index.tolist()
    pd.testing.assert_frame_equal(lazy, fast, rtol=1e-12, check_index_type=False)


def test_a_log_in_many_files_is_summarised_on_disk(ibis, tmp_path: Path) -> None:
    """Parts in any order and types, a limit on memory, and the result straight to a file."""
    log = load_cdnow()
    for part in range(5):
        piece = log.iloc[part::5]
        piece.astype({"customer_id": "int32" if part % 2 else "int64"}).to_parquet(tmp_path / f"{part}.parquet")
    connection = ibis.duckdb.connect(memory_limit="200MB", temp_directory=str(tmp_path / "spill"))
    paths = [tmp_path / f"{part}.parquet" for part in (3, 1, 0, 4, 2)]
    expression = rfm_expression(open_log(paths, connection=connection), "1997-09-30", holdout_until="1998-06-30")
    expression.to_parquet(tmp_path / "summary.parquet")
    found = pd.read_parquet(tmp_path / "summary.parquet").set_index("customer_id")
    fast = rfm_summary(log, "1997-09-30", holdout_until="1998-06-30")
    pd.testing.assert_frame_equal(found, fast, rtol=1e-12, check_index_type=False)


def test_files_that_are_not_there(ibis, tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.parquet", r"no file .*none\.parquet"), (tmp_path / "*.csv", r"\*\.csv")):
        with pytest.raises(ValueError, match=message):
            open_log(path)
    with pytest.raises(ValueError, match="path is empty"):
        open_log([])


def test_duckdb_refuses_what_pandas_refuses(ibis, log: pd.DataFrame) -> None:
    for change, kind, message in BAD:
        changed = change(log)
        with pytest.raises(kind, match=message):
            rfm_expression(ibis.memtable(changed, schema=None if len(changed) else ibis.memtable(log).schema()))
    with pytest.raises(ValueError, match="must be after until"):
        rfm_expression(ibis.memtable(log), "2024-01-31", holdout_until="2024-01-30")


def test_columns_that_are_not_there(ibis, tmp_path: Path, log: pd.DataFrame) -> None:
    log.to_parquet(tmp_path / "log.parquet")
    with pytest.raises(ValueError, match=r"lacks the column\(s\) Amount; it has customer_id, date, value"):
        open_log(tmp_path / "log.parquet", {"value": "Amount"})


def test_ibis_is_imported_only_when_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    rfm_summary(load_cdnow(sample=True))
    with pytest.raises(ImportError, match=r"pip install 'ibis-framework\[duckdb\]'"):
        open_log("log.parquet")
