"""What every function that takes a transaction log expects of it."""

import pandas as pd

from customer_value._inputs import columns

NEEDED = ("customer_id", "date", "value")
Day = str | pd.Timestamp


def check(log: pd.DataFrame) -> None:
    """Refuse a log without the needed columns, with gaps in them, or with anything but dates for dates."""
    columns(log, NEEDED, "log")
    if not pd.api.types.is_datetime64_any_dtype(log["date"]):
        raise TypeError("log's date column must hold dates; convert it with pandas.to_datetime first.")
    gaps = log[list(NEEDED)].isna().sum()
    if gaps.any():
        found = ", ".join(f"{count} in {name}" for name, count in gaps[gaps > 0].items())
        raise ValueError(f"log has missing values: {found}. Decide what they mean before adding up.")
