"""Camera conjoint, from the R package bayesm in Debian (`python -m workbook datasets camera-conjoint`)."""

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
import rdata

from workbook.dataset_sources import DebianPackage, csv_gz

TABLE = "usr/lib/R/site-library/bayesm/data/camera.RData"
SOURCE = DebianPackage(
    name="r-cran-bayesm",
    files={TABLE: "19fe395c988930b87c4951bb50e498209f85a6e5e707b9ee322c4139e5c5ea86"},
)
BRANDS = ["canon", "sony", "nikon", "panasonic"]
FEATURES = ["pixels", "zoom", "video", "swivel", "wifi"]
ALTERNATIVES = 5  # four cameras, then none of them


def build(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """One row per alternative of each task: who saw it, what it was, whether it was chosen."""
    people = rdata.read_rda(io.BytesIO(files[TABLE]))["camera"]
    return {"camera_conjoint.csv.gz": csv_gz(pd.concat(answers(n, one) for n, one in enumerate(people, start=1)))}


def answers(person: int, one: Mapping[str, object]) -> pd.DataFrame:
    """A respondent's matrix of alternatives and list of choices as rows."""
    offered = pd.DataFrame(np.asarray(one["X"]), columns=[str(name) for name in one["X"].coords["dim_1"].values])
    choice = np.asarray(one["y"], dtype="int64")
    row = np.arange(len(offered))
    alternative = row % ALTERNATIVES + 1
    brands = offered[BRANDS].to_numpy()
    return pd.DataFrame(
        {
            "person": person,
            "task": row // ALTERNATIVES + 1,
            "alternative": alternative,
            "chosen": np.repeat(choice, ALTERNATIVES) == alternative,
            "brand": np.where(brands.any(axis=1), np.array(BRANDS)[brands.argmax(axis=1)], "none"),
            **{feature: offered[feature] == 1 for feature in FEATURES},
            "price": (offered["price"] * 100).round().astype("int64"),
        }
    )
