"""The workbook's data, typed and ready: one ``load_…`` function for each folder of ``datasets/``.

The files travel with the library: in a checkout they are read from ``datasets/`` at its root, in an
installed package (and in the browser) from ``customer_value/_datasets``. Nothing is downloaded.
"""

import difflib
import json
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_datasets", _PACKAGE.parent / "datasets")


def names() -> list[str]:
    """The names of the datasets at hand, in alphabetical order."""
    return sorted(path.parent.name for path in _root().glob("*/card.yml"))


def folder(name: str) -> Path:
    """The folder that holds the dataset ``name`` and its ``card.yml``.

    Raises ``ValueError`` for an unknown name; the message lists the known ones.
    """
    known = names()
    if name not in known:
        near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"There is no dataset named {name!r}.{hint} Known datasets: {', '.join(known)}.")
    return _root() / name


def card(name: str) -> dict[str, Any]:
    """The dataset's card: source, licence, files with sha256 and columns, quirks, who uses it.

    Reading a card needs PyYAML; loading data does not. Raises ``ValueError`` for an unknown name.
    """
    path = folder(name) / "card.yml"
    try:
        import yaml
    except ImportError as missing:
        raise ImportError("Reading a dataset's card needs PyYAML: install it with `pip install pyyaml`.") from missing
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def load_cdnow(sample: bool = False) -> pd.DataFrame:
    """The CDNOW purchase log: one row per transaction, January 1997 to June 1998.

    Parameters
    ----------
    sample
        ``False``: all 23,570 customers who first bought in the first quarter of 1997 (69,659 rows).
        ``True``: the 1/10 systematic sample of 2,357 of them (6,919 rows), under the same customer ids.

    Returns
    -------
    DataFrame with ``customer_id`` (int), ``date`` (datetime64[ns], a day), ``quantity`` (int, CDs) and
    ``value`` (float, US dollars), ordered by customer and date. Rows of 0.00 dollars and several rows of
    one customer on one day are in the source and are kept.

    Source: Fader & Hardie (2001), Interfaces 31(3, part 2), S94–S107; see ``card("cdnow")``.
    """
    file = "cdnow_sample.csv.gz" if sample else "cdnow.csv.gz"
    log = pd.read_csv(
        folder("cdnow") / file,
        usecols=["customer_id", "date", "quantity", "value"],
        dtype={"customer_id": "int64", "quantity": "int64", "value": "float64"},
    )
    return log.assign(date=pd.to_datetime(log["date"], format="%Y-%m-%d").astype("datetime64[ns]"))


def load_retention_survivors() -> pd.DataFrame:
    """How many of 1,000 new contract customers were still there after each of twelve years, in two segments.

    Returns
    -------
    DataFrame indexed by ``year`` (0 to 12) with ``regular`` and ``high_end`` (int, customers). The published model is
    fitted to years 0 to 7; years 8 to 12 are its holdout: ``survivors.loc[:7]`` and ``survivors.loc[8:]``.

    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76–90; see ``card("retention-survivors")``.
    """
    return pd.read_csv(folder("retention-survivors") / "survivors.csv", dtype="int64").set_index("year")


def load_donations() -> pd.DataFrame:
    """How often and how recently 11,104 donors gave in the six years after their first gift in 1995.

    Returns
    -------
    DataFrame with 22 rows, one for each history, and ``frequency`` (years with a donation, 1996 to 2001),
    ``recency`` (the last of these years, 1 to 6; 0 if there was none), ``n_periods`` (6) and ``counts`` (donors),
    all int: what ``BetaGeoBetaBinomModel.fit`` takes.

    Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086–1108; see ``card("donations")``.
    """
    return pd.read_csv(folder("donations") / "donations.csv", dtype="int64")


class KettleholtTruth(NamedTuple):
    """What only the simulation knows of Kettleholt; ``load_kettleholt_truth`` returns it."""

    parameters: dict[str, Any]
    """``truth.json``: seed, every parameter with value, range and source, and the findings planted for the chapters."""
    customers: pd.DataFrame
    """One row per customer: rates, chances and types that drive what the tables of the company show."""


def load_kettleholt(table: str) -> pd.DataFrame:
    """One table of Kettleholt, the simulated retailer of coffee and kitchenware, 2022 to 2024.

    Parameters
    ----------
    table
        "customers", "transactions" (Online Retail columns), "orders", "returns", "products", "subscriptions",
        "contacts", "activities", "survey", "managers_survey", "stock", "open_orders", "campaigns", "employees" or
        "stores".

    Returns
    -------
    DataFrame with typed columns: days and times as datetime64[ns], money in euros without VAT (float, names end in
    ``_eur``, and ``UnitPrice``), flags as bool, ids as int; columns that may be missing are nullable. The card says
    unit and meaning of each column, its key and what it joins: ``card("kettleholt")``.

    Raises ``ValueError`` for an unknown table. The firm does not exist; what drives its customers is in
    ``load_kettleholt_truth``, apart from what the firm itself could know.
    """
    from customer_value.company import schema
    from customer_value.company.tables import read

    if table not in schema.LEARNERS:
        near = difflib.get_close_matches(str(table).lower(), schema.LEARNERS, n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"Kettleholt has no table {table!r}.{hint} Its tables: {', '.join(schema.LEARNERS)}.")
    found = schema.LEARNERS[table]
    return read(found, folder("kettleholt") / found.file)


def load_kettleholt_truth() -> KettleholtTruth:
    """The parameters Kettleholt was simulated with, and the latent values of each customer: the answers, so to say.

    Returns ``KettleholtTruth(parameters, customers)``; rates per week or year, money in euros, shares from 0 to 1.
    """
    from customer_value.company import schema
    from customer_value.company.files import PARAMETERS
    from customer_value.company.tables import read

    place, found = folder("kettleholt"), schema.TRUTH["customers"]
    parameters = json.loads((place / PARAMETERS).read_text(encoding="utf-8"))
    return KettleholtTruth(parameters, read(found, place / found.file))


def _root() -> Path:
    for place in _PLACES:
        if place.is_dir():
            return place
    raise FileNotFoundError(
        "The datasets are missing: expected the folder "
        + " or ".join(str(place) for place in _PLACES)
        + ". Reinstall customer-value, or restore datasets/ in the checkout."
    )
