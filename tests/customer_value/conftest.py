"""Customer summaries that several tests fit models to."""

import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.transactions import rfm_summary


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    """The 2,357 customers of the CDNOW sample, calibration to 1997-09-30, in weeks."""
    return rfm_summary(load_cdnow(sample=True), "1997-09-30")
