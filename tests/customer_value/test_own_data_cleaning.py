"""The cleaning report: every row of the file counts, or stands under the rule that left it out."""

import pandas as pd
import pytest

from customer_value.datasets import load_kettleholt
from customer_value.own_data import clean, guess_mapping, read_table, to_log
from customer_value.own_data.mapping import MappedLog
from customer_value.transactions import clean_log, read_log

LINES = """customer,date,amount,sku,order
A,2024-01-05,10,P1,1
A,2024-01-05,10,P1,1
,2024-01-06,20,P1,2
NULL,2024-01-06,20,P1,2
B,,30,P1,3
B,soon,30,P1,4
B,2024-01-07,,P1,5
B,2024-01-08,40,P2,6
B,2024-01-09,0,P2,7
B,2024-01-20,-15,P2,8
C,2024-01-10,5,POST,9
C,2024-01-10,50,P3,9
D,2024-01-11,-60,P3,10
E,2024-01-12,70,P1,11
E,2024-01-13,-70,P1,12
TEST,2024-01-14,1,P1,13
F,2024-03-01,80,P1,14
G,2024-01-15,8,P1,15
"""
COLUMNS = {"customer": "customer", "date": "date", "amount": "amount", "product": "sku", "order": "order"}


@pytest.fixture
def mapped() -> MappedLog:
    table = read_table(LINES.encode(), "log.csv")
    return to_log(table, guess_mapping(table).mapping(COLUMNS))


def test_the_report_accounts_for_every_row(mapped: MappedLog) -> None:
    done = clean(mapped, test_codes=("POST",), not_customers=("TEST",), today="2024-01-31")
    rows = done.table["rows"].to_dict()
    assert rows == {
        "in the file": 18,
        "customers left out": 1,
        "after today": 1,
        "same row twice": 1,
        "no customer": 2,
        "no date": 2,
        "no amount": 1,
        "test codes": 1,
        "zero amount": 1,
        "returns": 3,
        "purchases sent back": 1,
        "purchases reduced": 1,
        "returns without a purchase": 1,
        "count": 4,
    }
    out = ["left out", "netted"]
    assert rows["in the file"] - done.table.loc[done.table["done"].isin(out), "rows"].sum() == rows["count"]
    assert done.left_out == 14
    assert done.table.loc["count", "money"] == pytest.approx(10 + 25 + 50 + 8)
    assert done.table.loc["no customer", "money"] == 40
    assert done.table["share"].to_numpy() == pytest.approx(done.table["rows"].to_numpy() / 18)
    assert set(done.log["customer_id"]) == {"A", "B", "C", "G"}
    assert done.unreadable.loc["date", "rows"] == 1


def test_repeated_rows_may_be_kept(mapped: MappedLog) -> None:
    kept = clean(mapped, duplicates="keep", not_customers=("TEST",), today="2024-01-31")
    assert "same row twice" not in kept.table.index
    assert (kept.log["customer_id"] == "A").sum() == 2


def test_rows_that_differ_in_a_column_that_is_not_mapped_are_two() -> None:
    text = "customer,date,amount,line\n" + "".join(f"C{k % 9},2024-01-0{1 + k % 9},5,{k}\n" for k in range(60))
    table = read_table(text.encode(), "log.csv")
    done = clean(to_log(table, guess_mapping(table).mapping({"order": None})))
    assert (done.table.loc["same row twice", "rows"], len(done.log)) == (0, 60)


def test_returns_set_apart(mapped: MappedLog) -> None:
    done = clean(mapped, returns="apart")
    assert done.table.loc["returns", "done"] == "left out"
    assert (done.log["value"] > 0).all()
    assert done.returns["value"].sum() == -145


def test_it_is_the_librarys_cleaning() -> None:
    lines = load_kettleholt("transactions")
    table = read_table(lines.to_csv(index=False).encode(), "kettleholt.csv")
    mine = clean(to_log(table, guess_mapping(table).mapping()), test_codes=("SAMPLE",))
    names = {
        **{"customer_id": "CustomerID", "date": "InvoiceDate", "order_id": "InvoiceNo", "product": "StockCode"},
        **{"quantity": "Quantity", "price": "UnitPrice"},
    }
    theirs = clean_log(read_log(lines, names, keep=["Country"]), not_products=("SAMPLE",))
    assert mine.table.loc["count", "rows"] == len(theirs.log)
    assert mine.log["value"].sum() == pytest.approx(theirs.log["value"].sum())
    assert mine.table.loc["no customer", "rows"] == theirs.rules.loc["missing_customer", "rows"]


def test_times_with_a_zone_need_a_place(mapped: MappedLog) -> None:
    text = "customer,date,amount\n" + "".join(f"C{k % 9},2024-01-0{1 + k % 9}T23:30:00Z,5\n" for k in range(60))
    table = read_table(text.encode(), "log.csv")
    zoned = to_log(table, guess_mapping(table).mapping())
    with pytest.raises(ValueError, match="time zone"):
        clean(zoned, duplicates="keep")
    done = clean(zoned, duplicates="keep", time_zone="Europe/Berlin", today="2024-01-10")
    assert done.log["date"].min() == pd.Timestamp("2024-01-02 00:30")
    assert done.table.loc["moved to another day", "rows"] == 60


def test_sales_booked_with_a_minus_are_not_taken_for_returns() -> None:
    text = "customer,date,amount\n" + "".join(f"C{k % 9},2024-01-0{1 + k % 9},-{5 + k}.5\n" for k in range(60))
    table = read_table(text.encode(), "log.csv")
    with pytest.raises(ValueError, match="60 of 60 amounts are negative: perhaps sales are booked with a minus"):
        clean(to_log(table, guess_mapping(table).mapping()))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"duplicates": "maybe"}, ValueError, "duplicates must be one of"),
        ({"returns": "ignore"}, ValueError, "returns must be one of"),
        ({"test_codes": "POST"}, TypeError, "test_codes must be several"),
        ({"not_customers": ("Z",)}, ValueError, "names 'Z', and no row has that customer"),
        ({"today": "2020-01-01"}, ValueError, "no row of the file is of that day or before"),
        ({"today": "3/4/2024"}, ValueError, "today must be a day"),
    ],
)
def test_one_clear_error(mapped: MappedLog, options: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        clean(mapped, **options)
    with pytest.raises(TypeError, match="mapped must be of to_log"):
        clean(mapped.log)  # type: ignore[arg-type]
