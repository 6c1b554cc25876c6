"""Customer summaries that several tests fit models to."""

import pandas as pd
import pytest

from customer_value.datasets import load_cdnow


def summary(log: pd.DataFrame, end: str) -> pd.DataFrame:
    """Frequency, recency and T in weeks (exact days / 7), mean spend of the days after the first; purchases by day."""
    days = log[log["date"] <= end].groupby(["customer_id", "date"], as_index=False)["value"].sum()
    first = days.groupby("customer_id")["date"].transform("min")
    repeat = days[days["date"] > first].groupby("customer_id")["value"]
    dates = days.groupby("customer_id")["date"]
    return pd.DataFrame(
        {
            "frequency": dates.size() - 1,
            "recency": (dates.max() - dates.min()).dt.days / 7,
            "T": (pd.Timestamp(end) - dates.min()).dt.days / 7,
            "monetary_value": repeat.mean().reindex(dates.size().index, fill_value=0.0),
        }
    )


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    """The 2,357 customers of the CDNOW sample, calibration to 1997-09-30."""
    return summary(load_cdnow(sample=True), "1997-09-30")
