"""Files too large for memory, summarised through DuckDB; needs the packages ibis and duckdb, and is skipped without."""

from pathlib import Path

import pandas as pd
import pytest

from customer_value.own_data import summarise_files, value_summary
from customer_value.transactions import rfm_summary
from tests.customer_value.own_logs import TERMS, buyers

pytest.importorskip("ibis")
pytest.importorskip("duckdb")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_files_through_duckdb_give_the_same_summary(tmp_path: Path) -> None:
    frame = buyers(300)
    odd = pd.DataFrame(
        {
            "customer": [None, "C00001", "C00001", "C00002"],
            "date": ["2022-01-01", None, "2022-01-01", "2023-01-01"],
            "amount": [5.0, 5.0, 0.0, -7.0],
        }
    )
    written = pd.concat([frame.assign(date=frame["date"].dt.strftime("%Y-%m-%d")), odd])
    half = len(written) // 2
    written.iloc[:half].to_csv(tmp_path / "a.csv", index=False)
    written.iloc[half:].to_csv(tmp_path / "b.csv", index=False)
    names = {"customer": "customer", "date": "date", "amount": "amount"}
    found = summarise_files(str(tmp_path / "*.csv"), names)
    rows = found.cleaning["rows"].to_dict()
    assert rows == {
        "in the file": len(frame) + 4,
        "no customer": 1,
        "no date": 1,
        "zero amount": 1,
        "returns": 1,
        "count": len(frame),
    }
    assert found.cleaning.loc["returns", "money"] == -7
    log = frame.rename(columns={"customer": "customer_id", "amount": "value"})
    expected = rfm_summary(log)
    wanted = ["frequency", "recency", "T"]
    pd.testing.assert_frame_equal(found.summary[wanted], expected[wanted], check_index_type=False, check_dtype=False)
    bought = log.loc[log["customer_id"] == "C00002", "value"].sum()
    assert found.summary.loc["C00002", "money_so_far"] == pytest.approx(bought - 7)
    kept = (bought - 7) / bought
    assert found.summary.loc["C00002", "monetary_value"] == pytest.approx(
        kept * expected.loc["C00002", "monetary_value"]
    )
    assert found.daily["rows"].sum() == len(frame)
    assert found.daily["new"].sum() == 300
    tables = {"calibration": found.calibration, "cleaning": found.cleaning, "daily": found.daily}
    result = value_summary(found.summary, TERMS, **tables, draws=5)
    assert result.total["value"] > 0
    assert list(result.figures()) == ["tiers", "sales", "frequency", "holdout", "capture"]
    apart = summarise_files(str(tmp_path / "*.csv"), names, returns="apart")
    assert apart.summary.loc["C00002", "money_so_far"] == pytest.approx(bought)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"customer": "customer", "date": "date"}, {}, "must name customer, date, and amount"),
        ({"who": "customer"}, {}, "no role 'who'"),
        ({"customer": "x", "date": "date", "amount": "amount"}, {}, r"lacks the column\(s\) x"),
        ({"customer": "customer", "date": "date", "amount": "amount"}, {"returns": "net"}, "returns must be"),
        ({"customer": "customer", "date": "date", "amount": "amount"}, {"holdout_days": 5_000}, "must leave a week"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_files_that_cannot_be_summarised(tmp_path: Path, columns: dict, options: dict, message: str) -> None:
    buyers(20).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match=message):
        summarise_files(tmp_path / "a.csv", columns, **options)
