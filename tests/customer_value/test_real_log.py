"""A real firm's log from file to value: the UCI Online Retail data, where they are at hand.

The file is not part of the project (DOI 10.24432/C5BW33, 541,909 rows). Name it with ONLINE_RETAIL_LOG, or put it
beside the checkout as shared/data/online_retail_uci.parquet; without it these tests are skipped and say so.
"""

import io
import os
from pathlib import Path

import pandas as pd
import pytest

from customer_value.btyd import BetaGeoModel
from customer_value.concentration import top_share
from customer_value.own_data import Terms, clean, guess_mapping, read_table, to_log, value_log
from customer_value.spend import GammaGammaModel, PopulationMeanWarning
from customer_value.transactions import CleanLog, clean_log, customer_totals, read_log, rfm_summary

CHECKOUT = Path(__file__).resolve().parents[2]
FILE = Path(os.environ.get("ONLINE_RETAIL_LOG", CHECKOUT.parent / "shared" / "data" / "online_retail_uci.parquet"))
COLUMNS = {
    "customer_id": "CustomerID",
    "date": "InvoiceDate",
    "order_id": "InvoiceNo",
    "product": "StockCode",
    "quantity": "Quantity",
    "price": "UnitPrice",
}
RETURNED_ALL = 16446  # one order of 80,995 pieces, cancelled twelve minutes later
PENCE = 0.005


@pytest.fixture(scope="module")
def file() -> Path:
    if not FILE.is_file():
        if "ONLINE_RETAIL_LOG" in os.environ:
            pytest.fail(f"ONLINE_RETAIL_LOG names {FILE}, which is not there.")
        pytest.skip(f"the Online Retail log is not at hand ({FILE}; another place with ONLINE_RETAIL_LOG)")
    return FILE


@pytest.fixture(scope="module")
def log(file: Path) -> pd.DataFrame:
    return read_log(file, COLUMNS)


@pytest.fixture(scope="module")
def apart(log: pd.DataFrame) -> CleanLog:
    return clean_log(log, duplicates="keep", zero_values="keep", returns="apart")


@pytest.fixture(scope="module")
def net(log: pd.DataFrame) -> CleanLog:
    return clean_log(log, duplicates="keep")


def test_everything_is_read(log: pd.DataFrame) -> None:
    assert len(log) == 541_909
    assert log["order_id"].nunique() == 25_900
    assert log["customer_id"].nunique() == 4_372
    assert log["value"].sum() == pytest.approx(9_747_747.934, abs=PENCE)
    assert log["order_id"].str.startswith("C").sum() == 9_288
    assert (log["quantity"] < 0).sum() == 10_624


def test_cleaning_counts_what_it_leaves_out(apart: CleanLog) -> None:
    rows = apart.rules["rows"]
    assert (rows["missing_customer"], rows["duplicates"]) == (135_080, 5_268)
    assert len(apart.log) + len(apart.returns) == 406_829


def test_gross_and_returns(apart: CleanLog) -> None:
    assert apart.log["value"].sum() == pytest.approx(8_911_407.904, abs=PENCE)
    assert apart.returns["value"].sum() == pytest.approx(-611_342.09, abs=PENCE)
    returning = set(apart.returns["customer_id"])
    assert (len(returning), len(returning - set(apart.log["customer_id"]))) == (1_589, 33)
    revenue = customer_totals(apart.log)["revenue"]
    assert top_share(revenue, 0.2) == pytest.approx(0.746, abs=0.0005)


def test_returns_undo_purchases(apart: CleanLog, net: CleanLog) -> None:
    for customer, gross, left in ((RETURNED_ALL, 168_472.50, 2.90), (12346, 77_183.60, 0.0)):
        assert apart.log.loc[apart.log["customer_id"] == customer, "value"].sum() == pytest.approx(gross, abs=PENCE)
        assert net.log.loc[net.log["customer_id"] == customer, "value"].sum() == pytest.approx(left, abs=PENCE)
    unmatched = net.rules.loc["returns_unmatched", "value"]
    both = apart.log["value"].sum() + apart.returns["value"].sum()
    assert net.log["value"].sum() == pytest.approx(both - unmatched, abs=PENCE)


def residual_value(log: pd.DataFrame) -> pd.Series:
    """Pounds of sales a customer will bring in the next twelve months, discounted at one per cent a month."""
    summary = rfm_summary(log)
    purchases = BetaGeoModel().fit(summary)
    spend = GammaGammaModel().fit(summary[summary["frequency"] > 0])
    with pytest.warns(PopulationMeanWarning, match="have no repeat purchase"):
        return purchases.expected_customer_lifetime_value(summary, spend, discount_rate=0.01)


@pytest.mark.filterwarnings("ignore:BetaGeoModel is on the boundary")
def test_values_net_of_returns_put_customers_in_another_order(apart: CleanLog, net: CleanLog) -> None:
    """A year is too short to see anybody leave (the model says so); the values are those of buying and spending."""
    gross_value, net_value = residual_value(apart.log), residual_value(net.log)
    assert (len(gross_value), len(net_value)) == (4_339, 4_321)
    assert net_value.gt(0).all()
    assert gross_value.rank(ascending=False)[RETURNED_ALL] <= 3
    assert net_value[RETURNED_ALL] < net_value.median()
    assert 12346 not in net_value.index
    summary = rfm_summary(net.log)
    year = summary["frequency"].sum() / summary["T"].sum() * 365.25 / 7
    forecast = BetaGeoModel().fit(summary).expected_purchases(summary, 365.25 / 7).mean()
    assert forecast == pytest.approx(year, rel=0.1)


def test_own_data_takes_it_from_file_to_value(file: Path) -> None:
    """What is wrong with this log is told."""
    table = read_table(file.read_bytes(), file.name)
    guesses = guess_mapping(table)
    assert {"POST", "M", "BANK CHARGES"} <= set(guesses.test_codes["product"])
    done = clean(to_log(table, guesses.mapping()), zero_values="keep")
    assert done.table.loc["in the file", ["rows", "customers"]].tolist() == [541_909, 4_372]
    assert done.table.loc["same row twice", "rows"] == 5_268
    result = value_log(done, Terms(margin=0.3, discount_rate=0.1, currency="GBP"), draws=20)
    assert len(result.customers) == done.log["customer_id"].nunique()
    found = {one.id for one in result.findings}
    assert {"unknown customers", "log begins in the middle", "no month seen twice", "holdout"} <= found
    assert {"boundary of purchase", "trend"} <= found
    assert result.holdout.loc["purchases", "error"] == pytest.approx(-0.25, abs=0.03)
    buffer = io.BytesIO()
    result.figures()["sales"].savefig(buffer, format="png")
    assert buffer.tell() > 10_000
