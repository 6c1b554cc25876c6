"""Customer satisfaction, from the R package bayesm in Debian (`python -m workbook datasets customer-satisfaction`)."""

import io
from collections.abc import Mapping

import rdata

from workbook.dataset_sources import DebianPackage, csv_gz

TABLE = "usr/lib/R/site-library/bayesm/data/customerSat.rda"
SOURCE = DebianPackage(
    name="r-cran-bayesm",
    files={TABLE: "93107cdefd7c13e0781806621acb8b0396244060cf0be5c51f5d5100c16c06f1"},
)
NAMES = {
    "q1": "overall",
    "q2": "competitive_prices",
    "q3": "holding_price_increases",
    "q4": "pricing_for_volume",
    "q5": "showing_effectiveness",
    "q6": "number_of_customers_reached",
    "q7": "reach_of_advertising",
    "q8": "long_term_exposure",
    "q9": "distribution",
    "q10": "distribution_to_right_areas",
}


def build(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """One row per respondent in the order of the source, columns named after what was asked."""
    table = rdata.read_rda(io.BytesIO(files[TABLE]))["customerSat"]
    return {"customer_satisfaction.csv.gz": csv_gz(table.rename(columns=NAMES).astype("int64"))}
