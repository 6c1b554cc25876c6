"""The RFM expression on a real local Spark session; needs the package pyspark and Java, and is skipped without them."""

import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.transactions import open_log, rfm_expression, rfm_summary

pytest.importorskip("pyspark")
pytest.importorskip("ibis")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")


@pytest.fixture(scope="module")
def spark():
    import ibis
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("customer value")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.pyspark.python": sys.executable,
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.mark.parametrize("unit", ["week", "month"])
def test_spark_agrees_with_pandas_to_the_row(spark, tmp_path: Path, unit: str) -> None:
    log = load_cdnow(sample=True)
    log.assign(date=log["date"].dt.date).to_parquet(tmp_path / "log.parquet")
    table = open_log(tmp_path / "log.parquet", connection=spark)
    arguments = {"until": "1997-09-30", "holdout_until": "1998-06-30", "time_unit": unit}
    lazy = rfm_expression(table, **arguments).execute().set_index("customer_id")
    fast = rfm_summary(log, **arguments)
    exact = [column for column in fast.columns if not column.endswith("monetary_value")]
    pd.testing.assert_frame_equal(lazy[exact], fast[exact], check_exact=True)
    pd.testing.assert_frame_equal(lazy, fast, rtol=1e-12)


def test_spark_refuses_returns(spark, tmp_path: Path) -> None:
    log = load_cdnow(sample=True).assign(value=-1.0)
    log.assign(date=log["date"].dt.date).to_parquet(tmp_path / "log.parquet")
    with pytest.raises(ValueError, match=r"6919 negative value\(s\)"):
        rfm_expression(open_log(tmp_path / "log.parquet", connection=spark))
