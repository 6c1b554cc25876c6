"""The data that every library gets: CDNOW, longer logs made of it, and simulated customers."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.models import parameters
from customer_value.btyd import BetaGeoModel, ParetoNBDModel
from customer_value.datasets import load_cdnow
from customer_value.spend import GammaGammaModel
from customer_value.transactions import rfm_summary

Columns = dict[str, NDArray]
_CENT = 0.01


def cdnow_log() -> Columns:
    """The whole CDNOW log as it is, but for free orders.

    The three libraries treat a day of 0.00 dollars differently in the mean spend; one cent instead makes their
    answers comparable and leaves the number of rows alone.
    """
    log = load_cdnow()
    return {
        "customer_id": log["customer_id"].to_numpy(),
        "date": log["date"].to_numpy(),
        "value": np.maximum(log["value"].to_numpy(), _CENT),
    }


def long_log(rows: int) -> Columns:
    """``rows`` transactions: CDNOW again and again under new customer ids, in order of date as a shop keeps them."""
    log = cdnow_log()
    once = log["date"].size
    copies = -(-rows // once)
    people = int(log["customer_id"].max())
    customer = np.concatenate([log["customer_id"] + copy * people for copy in range(copies)])[:rows]
    date, value = (np.tile(log[name], copies)[:rows] for name in ("date", "value"))
    # Within a day the customers come in no order.
    order = np.lexsort((np.random.default_rng(1).random(rows), date))
    return {"customer_id": customer[order], "date": date[order], "value": value[order]}


def cdnow_customers() -> Columns:
    """The 2,357 customers of the CDNOW sample, calibration to 1997-09-30, in weeks."""
    summary = rfm_summary(load_cdnow(sample=True), "1997-09-30").reset_index()
    return {name: summary[name].to_numpy() for name in summary}


def simulated_customers(count: int, model: str = "beta_geo") -> Columns:
    """``count`` customers won at any moment of twelve weeks and observed for 27 to 39 weeks."""
    length = np.random.default_rng(2).uniform(27, 39, count)
    if model == "beta_geo":
        buying = BetaGeoModel.from_params(**parameters.BETA_GEO)
    else:
        buying = ParetoNBDModel.from_params(**parameters.PARETO_NBD)
    drawn = buying.simulate(count, length, seed=3)
    columns = {name: drawn[name].to_numpy() for name in ("frequency", "recency", "T")}
    spend = GammaGammaModel.from_params(**parameters.GAMMA_GAMMA).simulate(columns["frequency"], seed=4)
    return {"customer_id": np.arange(count), **columns, "monetary_value": spend}


def makers(quick: bool) -> dict[str, Callable[[], Columns]]:
    """How each data set is made, by name; ``quick`` makes small ones."""
    million, ten_million, some = (3_000, 6_000, 300) if quick else (1_000_000, 10_000_000, 100_000)
    return {
        "cdnow-log": cdnow_log,
        "log-1m": partial(long_log, million),
        "log-10m": partial(long_log, ten_million),
        "cdnow-customers": cdnow_customers,
        "customers-1m": partial(simulated_customers, million),
        "customers-100k": partial(simulated_customers, some, "pareto_nbd"),
    }


def write(name: str, folder: Path, quick: bool) -> tuple[Path, int]:
    """Make one data set and write it where the workers read it; returns the file and the number of rows."""
    columns = makers(quick)[name]()
    path = folder / f"{name}.npz"
    np.savez(path, **columns)
    return path, next(iter(columns.values())).size


def read(path: str | Path) -> Columns:
    """The columns that ``write`` wrote."""
    with np.load(path) as file:
        return {name: file[name] for name in file.files}
