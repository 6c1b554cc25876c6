"""A raw log becomes a clean one: files of any make, every rule by hand, and a real retailer's log."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_value.datasets import load_cdnow
from customer_value.transactions import clean_log, customer_totals, read_log, rfm_summary

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "online_retail_uci.parquet"
NAMES = {
    "customer_id": "CustomerID",
    "date": "InvoiceDate",
    "quantity": "Quantity",
    "price": "UnitPrice",
    "order_id": "InvoiceNo",
    "product": "StockCode",
}


@pytest.fixture
def raw() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "CustomerID": [17850, 17850, None, 12346, 12346],
            "InvoiceDate": [
                "2010-12-01 08:26",
                "2010-12-02 09:00",
                "2010-12-02 10:00",
                "2011-01-18 10:01",
                "2011-01-18 10:17",
            ],
            "Quantity": [6, 2, 1, 100, -100],
            "UnitPrice": [2.5, 1.25, 4.0, 1.04, 1.04],
            "InvoiceNo": ["536365", "536366", "536367", "541431", "C541433"],
            "StockCode": ["85123A", "22423", "POST", "23166", "23166"],
            "Country": ["UK"] * 5,
        }
    )


# ---- reading


def test_the_same_log_from_every_kind_of_file(raw: pd.DataFrame, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    dated = raw.assign(InvoiceDate=pd.to_datetime(raw["InvoiceDate"]))
    raw.to_csv(tmp_path / "log.csv", index=False)
    raw.to_csv(tmp_path / "log.csv.gz", index=False)
    raw.to_csv(tmp_path / "log.tsv", index=False, sep="\t")
    dated.to_parquet(tmp_path / "log.parquet")
    dated.to_excel(tmp_path / "log.xlsx", index=False)
    expected = read_log(raw, NAMES)
    assert expected.columns.tolist() == [
        "customer_id",
        "date",
        "value",
        "order_id",
        "product",
        "quantity",
        "price",
        "Country",
    ]
    assert expected["customer_id"].tolist() == [17850, 17850, pd.NA, 12346, 12346]
    assert expected["value"].tolist() == [15, 2.5, 4, 104, -104]
    assert expected["product"].tolist() == raw["StockCode"].tolist()
    for name in ("log.csv", "log.csv.gz", "log.tsv", "log.parquet", "log.xlsx"):
        found = read_log(tmp_path / name, NAMES)
        for column in expected.columns:
            assert found[column].astype(expected[column].dtype).equals(expected[column]), (name, column)


def test_names_that_are_ours_already_need_no_mapping_and_others_can_stay_behind() -> None:
    log = load_cdnow(sample=True)
    again = read_log(log)
    assert again.columns.tolist() == ["customer_id", "date", "value", "quantity"]
    assert rfm_summary(again).to_numpy().tolist() == rfm_summary(log).to_numpy().tolist()
    assert read_log(log.assign(shop="x", note="y"), keep=["shop"]).columns.tolist()[-1] == "shop"


def test_codes_with_leading_zeros_stay_text(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("customer_id;date;value\n00123;01.02.2024;1.234,50\n123;15.02.2024;0,99\n")
    log = read_log(tmp_path / "log.csv", separator=";", decimal=",", thousands=".", date_format="%d.%m.%Y")
    assert log["customer_id"].tolist() == ["00123", "123"]
    assert log["value"].tolist() == [1234.5, 0.99]
    assert log["date"].tolist() == [pd.Timestamp("2024-02-01"), pd.Timestamp("2024-02-15")]


def test_marks_of_thousands_are_read_before_a_column_passes_for_decimals(tmp_path: Path) -> None:
    """Two amounts above a thousand and none with cents: a parser that knows no marks reads 1.25 and 2."""
    (tmp_path / "log.csv").write_text("customer_id;date;value\n1;2024-02-01;1.250\n2;2024-02-02;2.000\n")
    log = read_log(tmp_path / "log.csv", separator=";", decimal=",", thousands=".")
    assert log["value"].tolist() == [1250, 2000]
    with pytest.raises(ValueError, match=r"2 value\(s\) that cannot be read as a number, the first '1\.250'"):
        read_log(tmp_path / "log.csv", separator=";", decimal=",")
    cells = pd.DataFrame({"customer_id": [1, 1, 1], "date": ["2024-02-01"] * 3, "value": [12.5, "1.234,50", None]})
    assert read_log(cells, decimal=",", thousands=".")["value"].tolist()[:2] == [12.5, 1234.5]


def test_encodings(tmp_path: Path) -> None:
    text = "customer_id,date,value\nJosé,2024-01-01,5\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"):
        (tmp_path / "log.csv").write_bytes(text.encode(encoding))
        said = "utf-8" if encoding == "utf-8-sig" else encoding
        assert read_log(tmp_path / "log.csv", encoding=said)["customer_id"].tolist() == ["José"]
    (tmp_path / "log.csv").write_bytes(text.encode("utf-16"))
    with pytest.raises(ValueError, match="is not in utf-8; try encoding='utf-16'"):
        read_log(tmp_path / "log.csv")
    with pytest.raises(ValueError, match="encoding must be one that Python knows; got 'windows'"):
        read_log(tmp_path / "log.csv", encoding="windows")


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (
            ["2024-01-01T10:00:00+01:00", "2024-01-01 10:00"],
            "1 date.* without a time zone, .* '2024-01-01 10:00'",
        ),
        (
            ["2024-01-01", "2024-01-01T10:00:00Z", "2024-01-02"],
            "has 2 date.* without a time zone, .* '2024-01-01'",
        ),
        ([pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-02")], "1 date.* without a time zone"),
        (["03/04/2024", "05/06/2024"], "'03/04/2024' that can be read with the day or the month first"),
        (["03.04.2024", None], "day or the month first"),
    ],
)
def test_dates_that_could_be_two_moments_are_refused(dates: list, message: str) -> None:
    frame = pd.DataFrame({"customer_id": 1, "date": dates, "value": 1.0})
    with pytest.raises(ValueError, match=message):
        read_log(frame)


def test_dates_that_can_be_only_one_moment_are_read() -> None:
    for dates in (["13/04/2024", "05/06/2024"], ["05/05/2024", "06/06/2024"], ["2024/04/13", "2024/06/05"]):
        frame = pd.DataFrame({"customer_id": 1, "date": dates, "value": 1.0})
        assert read_log(frame)["date"].notna().all()
    zoned = pd.DataFrame({"customer_id": 1, "date": ["2024-01-01T10:00:00Z", "soon", None], "value": 1.0})
    assert read_log(zoned, unreadable="missing").attrs["unreadable"] == {"date": 1}


def test_ids_that_a_gap_turned_into_floats_are_whole_numbers_again() -> None:
    frame = pd.DataFrame({"customer_id": [17850.0, np.nan], "date": ["2024-01-01"] * 2, "value": [1, 2]})
    assert read_log(frame)["customer_id"].tolist() == [17850, pd.NA]
    text = frame.assign(customer_id=["17850.0", None])
    assert read_log(text)["customer_id"].tolist() == [17850, pd.NA]
    blank = frame.assign(customer_id=["a1 ", "  "])
    assert read_log(blank)["customer_id"].isna().tolist() == [False, True]


def test_unreadable_entries_are_refused_or_counted() -> None:
    frame = pd.DataFrame({"customer_id": [1, 2, 3], "date": ["2024-01-01", "soon", None], "value": ["5", "6", "much"]})
    with pytest.raises(
        ValueError, match=r"'date' has 1 value\(s\) that cannot be read as a date, the first 'soon' in row 1"
    ):
        read_log(frame)
    log = read_log(frame, unreadable="missing")
    assert log.attrs["unreadable"] == {"date": 1, "value": 1}
    rules = clean_log(log).rules["rows"]
    assert (rules["missing_date"], rules["missing_value"]) == (2, 0)


def test_days_with_and_without_a_time_of_day_are_read_together() -> None:
    frame = pd.DataFrame({"customer_id": [1, 1], "date": ["2024-01-01", "2024-01-01 10:30"], "value": [1.0, 2]})
    assert read_log(frame)["date"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01 10:30")]
    named = frame.assign(date=["3 January 2024", "4 January 2024"])
    assert read_log(named)["date"].dt.day.tolist() == [3, 4]


def test_days_written_as_numbers_need_a_format() -> None:
    frame = pd.DataFrame({"customer_id": [1], "date": [19970101], "value": [1.0]})
    with pytest.raises(ValueError, match=r"'date' holds numbers, the first .*19970101.*date_format"):
        read_log(frame)
    assert read_log(frame, date_format="%Y%m%d")["date"].tolist() == [pd.Timestamp("1997-01-01")]


def test_offsets_around_a_clock_change_become_utc() -> None:
    frame = pd.DataFrame(
        {"customer_id": [1, 1], "date": ["2024-10-26T12:00:00+01:00", "2024-10-28T12:00:00+00:00"], "value": [1.0, 2]}
    )
    log = read_log(frame)
    assert str(log["date"].dt.tz) == "UTC"
    assert clean_log(log, time_zone="Europe/London").log["date"].dt.hour.tolist() == [12, 12]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda f, p: read_log(f),
            r"lacks the column\(s\) value \(or quantity and price\), customer_id, date; it has Cust",
        ),
        (lambda f, p: read_log(f, {**NAMES, "date": "Day"}), r"lacks the column\(s\) Day"),
        (lambda f, p: read_log(f, {"client": "CustomerID"}), "unknown name.s. client; known are customer_id"),
        (lambda f, p: read_log(f, NAMES, keep=["Shop"]), r"lacks the column\(s\) Shop to keep"),
        (lambda f, p: read_log(f.assign(date=1), NAMES), r"its own column\(s\) date beside the mapped ones"),
        (lambda f, p: read_log(f, NAMES, unreadable="skip"), "unreadable must be"),
        (lambda f, p: read_log(p / "none.csv"), "There is no file"),
        (lambda f, p: read_log(p / "log.sas"), "is none of .csv"),
        (lambda f, p: read_log(p / "empty.csv"), "is empty"),
        (lambda f, p: read_log(p / "latin.csv"), "is not in utf-8; try encoding='latin-1'"),
    ],
)
def test_bad_sources_are_refused(raw: pd.DataFrame, tmp_path: Path, call, message: str) -> None:
    (tmp_path / "log.sas").write_text("x")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "latin.csv").write_bytes("customer_id,date,value,é\n1,2024-01-01,1,é".encode("latin-1"))
    with pytest.raises(ValueError, match=message):
        call(raw, tmp_path)


@pytest.mark.parametrize(("file", "package"), [("log.xlsx", "openpyxl"), ("log.parquet", "pyarrow")])
def test_a_missing_reader_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, package: str) -> None:
    (tmp_path / file).write_bytes(b"PK\x03\x04")
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, f"{package}.parquet", None)
    with pytest.raises(ImportError, match=f"pip install {package}"):
        read_log(tmp_path / file)


# ---- cleaning


def log_of(rows: list[tuple], **more: list) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "value"]).assign(**more)
    return frame.assign(date=pd.to_datetime(frame["date"], format="ISO8601"))


def test_each_rule_by_hand() -> None:
    log = log_of(
        [
            (1, "2024-01-01", 10.0),
            (1, "2024-01-01", 10.0),  # duplicate
            (None, "2024-01-02", 5.0),  # no customer
            (1, None, 5.0),  # no date
            (1, "2024-01-03", None),  # no value
            (1, "2024-01-03", np.inf),  # infinite
            (1, "2024-01-04", 3.0),  # postage
            (1, "2024-01-05", 0.0),  # nothing paid
            (1, "2024-01-06", -4.0),  # return
            (2, "2024-01-06", -2.0),  # return of nothing we know
        ],
        product=["a", "a", "a", "a", "a", "b", "POST", "a", "a", "a"],
    )
    before = log.copy()
    clean = clean_log(log, not_products=["POST"])
    rows = clean.rules["rows"].to_dict()
    assert rows == {
        "duplicates": 1,
        "missing_customer": 1,
        "missing_date": 1,
        "missing_value": 2,
        "changed_day": 0,
        "clock_change": 0,
        "not_products": 1,
        "zero_values": 1,
        "returns": 2,
        "cancelled": 0,
        "reduced": 1,
        "returns_unmatched": 1,
    }
    assert clean.log[["customer_id", "value"]].to_numpy().tolist() == [[1, 6]]
    assert str(clean.log["customer_id"].dtype) == "int64"
    assert clean.returns["value"].tolist() == [-4, -2]
    assert clean.rules.loc["returns", ["customers", "value"]].tolist() == [2, -6]
    assert clean.rules.loc["reduced", "value"] == -4
    assert clean.rules.loc["returns_unmatched", "value"] == -2
    assert clean.rows_left_out == 9
    pd.testing.assert_frame_equal(log, before)
    kept = clean_log(log, duplicates="keep", zero_values="keep", returns="apart")
    assert kept.log["value"].tolist() == [10, 10, 3, 0]
    assert kept.returns["value"].tolist() == [-4, -2]
    assert kept.rules.loc["duplicates"].tolist() == ["kept", 1, 1, 10.0]


def test_returns_come_off_the_latest_purchase_first() -> None:
    log = log_of(
        [
            (1, "2024-01-01", 10.0),
            (1, "2024-02-01", 20.0),
            (1, "2024-03-01", -25.0),
            (1, "2024-04-01", 30.0),
            (2, "2024-01-01 10:00", -7.0),  # booked before the purchase of the same day
            (2, "2024-01-01 11:00", 7.0),
        ]
    )
    clean = clean_log(log)
    assert clean.log[["customer_id", "value"]].to_numpy().tolist() == [[1, 5], [1, 30]]
    assert clean.rules.loc["cancelled", ["rows", "value"]].tolist() == [2, 27]
    assert clean.rules.loc["returns_unmatched", "rows"] == 0
    assert rfm_summary(clean.log, time_unit="day").loc[1].tolist() == [1, 91, 91, 30]


def test_cents_that_do_not_add_up_in_binary_cancel_all_the_same() -> None:
    log = log_of(
        [(1, "2024-01-01", 0.1), (1, "2024-01-01", 0.2), (1, "2024-01-02", -(0.1 + 0.2)), (1, "2024-01-03", 1.0)]
    )
    assert clean_log(log).log["value"].tolist() == [1.0]


entries = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 28), st.integers(-50, 50)), min_size=1, max_size=30
).filter(lambda rows: any(value > 0 for _, _, value in rows))


@settings(max_examples=80, deadline=None)
@given(entries)
def test_nothing_gets_lost(rows) -> None:
    log = log_of([(customer, f"2024-01-{day:02d}", value / 4) for customer, day, value in rows])
    try:
        clean = clean_log(log, duplicates="keep")
    except ValueError as reason:
        assert log["value"].sum() <= 0, reason  # noqa: PT017
        return
    rules = clean.rules
    assert len(clean.log) + clean.rows_left_out == len(log)
    assert (clean.log["value"] > 0).all()
    assert clean.log["value"].sum() == pytest.approx(log["value"].sum() - rules.loc["returns_unmatched", "value"])
    assert rules.loc["returns", "value"] == pytest.approx(clean.returns["value"].sum())
    apart = clean_log(log, duplicates="keep", returns="apart")
    assert len(apart.log) + apart.rows_left_out == len(log)
    assert apart.log["value"].sum() + apart.returns["value"].sum() == pytest.approx(log["value"].sum())


def test_a_day_begins_where_the_shop_is() -> None:
    log = log_of([(1, "2024-06-30 23:30", 1.0), (1, "2024-07-01 12:00", 2.0)])
    aware = log.assign(date=log["date"].dt.tz_localize("UTC"))
    local = clean_log(aware, time_zone="Europe/London")
    assert local.log["date"].dt.strftime("%d %H").tolist() == ["01 00", "01 13"]
    assert local.rules.loc["changed_day", ["rows", "value"]].tolist() == [1, 1.0]
    assert rfm_summary(local.log)["frequency"].tolist() == [0]
    same = clean_log(log, source_zone="UTC", time_zone="Europe/London")
    pd.testing.assert_frame_equal(same.log, local.log, check_dtype=False)


def test_hours_that_a_clock_change_doubles_or_skips_are_counted() -> None:
    log = log_of([(1, "2024-10-27 01:30", 1.0), (1, "2024-03-31 01:30", 1.0), (1, "2024-03-31 12:00", 1.0)])
    clean = clean_log(log, source_zone="Europe/London", time_zone="UTC")
    assert clean.rules.loc["clock_change", "rows"] == 2
    assert clean.log["date"].dt.strftime("%d %H:%M").tolist() == ["27 00:30", "31 01:00", "31 11:00"]


@pytest.mark.parametrize(
    ("change", "arguments", "kind", "message"),
    [
        (lambda f: f.drop(columns="date"), {}, ValueError, r"lacks the column\(s\) date"),
        (lambda f: f.assign(date="x"), {}, TypeError, "must hold dates"),
        (lambda f: f.assign(value="x"), {}, TypeError, "must hold numbers"),
        (lambda f: f, {"returns": "ignore"}, ValueError, "returns must be one of net, apart; got 'ignore'"),
        (lambda f: f, {"duplicates": "merge"}, ValueError, "duplicates must be one of drop, keep"),
        (lambda f: f, {"not_products": ["POST"]}, ValueError, "needs the column product"),
        (lambda f: f, {"not_products": "POST"}, TypeError, r"such as \('POST',\)"),
        (lambda f: f, {"time_zone": "UTC"}, ValueError, "carry no time zone"),
        (lambda f: f, {"source_zone": "UTC"}, ValueError, "say where a day begins"),
        (lambda f: f, {"source_zone": "UTC", "time_zone": "Mars/Base"}, ValueError, "'Mars/Base' .* is no time zone"),
        (lambda f: f.assign(date=f["date"].dt.tz_localize("UTC")), {}, ValueError, "in the time zone UTC: say where"),
        (
            lambda f: f.assign(date=f["date"].dt.tz_localize("UTC")),
            {"source_zone": "UTC", "time_zone": "UTC"},
            ValueError,
            "leave source_zone out",
        ),
        (lambda f: f.assign(customer_id=None), {}, ValueError, "No row is left of 2: 2 missing_customer"),
    ],
)
def test_bad_input_is_refused(change, arguments, kind, message: str) -> None:
    log = log_of([(1, "2024-01-01", 1.0), (2, "2024-01-02", 2.0)])
    with pytest.raises(kind, match=message):
        clean_log(change(log), **arguments)


@pytest.mark.skipif(not RETAIL.is_file(), reason="the UCI Online Retail file is not at hand")
def test_a_real_retailer() -> None:
    """UCI Online Retail: counts and sums as published with the file."""
    log = read_log(RETAIL, NAMES, keep=["Description", "Country"])
    assert len(log) == 541_909
    assert log["value"].sum() == pytest.approx(9_747_747.934)
    kept = clean_log(log, duplicates="keep", returns="apart")
    rules = kept.rules
    assert rules["rows"][["duplicates", "missing_customer"]].tolist() == [5268, 135_080]
    assert kept.log["value"].sum() == pytest.approx(8_911_407.904)
    assert kept.returns["value"].sum() == pytest.approx(-611_342.09)
    assert kept.returns["customer_id"].nunique() == 1589
    gross = customer_totals(kept.log)["revenue"]
    assert (round(gross[16446], 2), round(gross[12346], 2)) == (168_472.50, 77_183.60)
    net = clean_log(log, duplicates="keep")
    left = customer_totals(net.log)["revenue"]
    assert left[16446] == pytest.approx(2.90)
    assert 12346 not in left.index
    assert net.log["value"].sum() == pytest.approx(
        8_911_407.904 - 611_342.09 - net.rules.loc["returns_unmatched", "value"]
    )
    assert len(net.log) + net.rows_left_out == len(log)
    assert clean_log(log, not_products=["POST", "D", "M"]).rules.loc["not_products", "rows"] > 1000
