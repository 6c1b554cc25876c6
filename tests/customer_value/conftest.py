"""Customer summaries that several tests fit models to, and what cannot be tested in the browser's Python."""

import sys

import pandas as pd
import pytest

from customer_value.datasets import load_cdnow
from customer_value.transactions import rfm_summary


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    """The 2,357 customers of the CDNOW sample, calibration to 1997-09-30, in weeks."""
    return rfm_summary(load_cdnow(sample=True), "1997-09-30")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what the browser's Python has no means for."""
    if sys.platform == "emscripten":
        for item in items:
            if item.get_closest_marker("processes"):
                item.add_marker(pytest.mark.skip(reason="the browser's Python cannot start processes"))
