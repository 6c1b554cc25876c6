"""The workbook's data, typed and ready: one ``load_…`` function for each folder of ``datasets/``.

The files travel with the library: in a checkout they are read from ``datasets/`` at its root, in an
installed package (and in the browser) from ``customer_value/_datasets``. Nothing is downloaded.
"""

import difflib
import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
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
    log = _read(
        "cdnow",
        file,
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
    return _read("retention-survivors", "survivors.csv", dtype="int64").set_index("year")


def load_donations() -> pd.DataFrame:
    """How often and how recently 11,104 donors gave in the six years after their first gift in 1995.

    Returns
    -------
    DataFrame with 22 rows, one for each history, and ``frequency`` (years with a donation, 1996 to 2001),
    ``recency`` (the last of these years, 1 to 6; 0 if there was none), ``n_periods`` (6) and ``counts`` (donors),
    all int: what ``BetaGeoBetaBinomModel.fit`` takes.

    Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086–1108; see ``card("donations")``.
    """
    return _read("donations", "donations.csv", dtype="int64")


def load_telco_churn() -> pd.DataFrame:
    """7,043 subscribers of a **fictional** telephone and internet company, 1,869 of whom left within the last month.

    IBM made this sample up to show its software: fit methods to it, learn nothing about the world from it. The
    frame says so too, in ``attrs["fictional"]``.

    Returns
    -------
    DataFrame with 20 columns, one row per subscriber: ``churn`` (bool, left within the last month), six more bool
    columns about the person and the contract, ``tenure`` (int, months with the company), ten columns on services,
    contract and payment (category; ``contract`` is ordered by its length), ``monthly_charges`` and ``total_charges``
    (float, US dollars; the total is missing for the 11 subscribers whose tenure is 0 months). Every column is on
    ``card("telco-churn")``.
    """
    kinds = {
        **dict.fromkeys(
            ["churn", "female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"], "bool"
        ),
        **dict.fromkeys(
            [
                *("online_security", "online_backup", "device_protection"),
                *("tech_support", "streaming_tv", "streaming_movies"),
            ],
            pd.CategoricalDtype(["No internet service", "No", "Yes"]),
        ),
        "multiple_lines": pd.CategoricalDtype(["No phone service", "No", "Yes"]),
        "internet_service": pd.CategoricalDtype(["No", "DSL", "Fiber optic"]),
        "contract": pd.CategoricalDtype(["Month-to-month", "One year", "Two year"], ordered=True),
        "payment_method": pd.CategoricalDtype(
            ["Bank transfer (automatic)", "Credit card (automatic)", "Electronic check", "Mailed check"]
        ),
        "tenure": "int64",
        "monthly_charges": "float64",
        "total_charges": "float64",
    }
    table = _read("telco-churn", "telco_churn.csv.gz", dtype=kinds)
    table.attrs = {"fictional": True, "company": "fictional; a sample that IBM made up to show its software"}
    return table


def load_customer_satisfaction() -> pd.DataFrame:
    """What 1,811 customers of a Yellow Pages advertising product answered to ten questions about it.

    Answers run from 1 (poor) to 10 (excellent). This is satisfaction, **not** a likelihood to recommend: no net
    promoter score can be computed from it.

    Returns
    -------
    DataFrame with one row per respondent and ten int columns: ``overall`` satisfaction, then satisfaction with
    ``competitive_prices``, ``holding_price_increases``, ``pricing_for_volume``, ``showing_effectiveness``,
    ``number_of_customers_reached``, ``reach_of_advertising``, ``long_term_exposure``, ``distribution`` and
    ``distribution_to_right_areas``, in the order they have in the source (q1 to q10).

    Source: Rossi, Gilula & Allenby (2001), Journal of the American Statistical Association 96(453), 20–31; the data
    are under the GNU General Public License, see ``card("customer-satisfaction")``.
    """
    return _read("customer-satisfaction", "customer_satisfaction.csv.gz", dtype="int64")


def load_camera_conjoint() -> pd.DataFrame:
    """Which of four digital cameras, or none, 332 people chose in each of 16 tasks of a conjoint survey.

    Returns
    -------
    DataFrame with one row per alternative, five to a task, ordered by ``person`` (1 to 332), ``task`` (1 to 16) and
    ``alternative`` (1 to 5, all int; 5 is "none of these"). ``chosen`` (bool) is true once per task. What was
    offered: ``brand`` (category: none, canon, sony, nikon, panasonic), ``pixels`` and ``zoom`` (bool, the higher of
    two levels), ``video``, ``swivel`` and ``wifi`` (bool, has it), ``price`` (int, US dollars; 0 for "none").

    Source: Allenby, Brazell, Howell & Rossi (2014), Quantitative Marketing and Economics 12, 421–456; the data are
    under the GNU General Public License, see ``card("camera-conjoint")``.
    """
    flags = ["chosen", "pixels", "zoom", "video", "swivel", "wifi"]
    brands = pd.CategoricalDtype(["none", "canon", "sony", "nikon", "panasonic"])
    numbers = ["person", "task", "alternative", "price"]
    kinds = {**dict.fromkeys(flags, "bool"), **dict.fromkeys(numbers, "int64"), "brand": brands}
    return _read("camera-conjoint", "camera_conjoint.csv.gz", dtype=kinds)


def load_electricity_choice() -> pd.DataFrame:
    """Which of four electricity suppliers 361 households in the United States said they would take, task by task.

    Returns
    -------
    DataFrame with one row per alternative, four to a task, ordered by ``person`` (1 to 361), ``task`` (from 1; most
    people had 12, some 8 to 11) and ``alternative`` (1 to 4, all int). ``chosen`` (bool) is true once per task. What
    was offered: ``price`` (int, US cents per kWh if fixed, **0 where it is not**), ``contract_years`` (int; 0 is no
    contract), ``local`` and ``well_known`` (bool, the supplier is), ``time_of_day`` (bool, 11 cents by day and 5 by
    night in place of a fixed price) and ``seasonal`` (bool, 10 cents in summer, 8 in winter, 6 between).

    Source: Revelt & Train (2000); Huber & Train (2001), Marketing Letters 12, 259–269; see
    ``card("electricity-choice")``.
    """
    flags = ["chosen", "local", "well_known", "time_of_day", "seasonal"]
    numbers = ["person", "task", "alternative", "price", "contract_years"]
    kinds = {**dict.fromkeys(flags, "bool"), **dict.fromkeys(numbers, "int64")}
    return _read("electricity-choice", "electricity_choice.csv.gz", dtype=kinds)


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
    from customer_value.company.tables import kinds, typed

    if table not in schema.LEARNERS:
        near = difflib.get_close_matches(str(table).lower(), schema.LEARNERS, n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValueError(f"Kettleholt has no table {table!r}.{hint} Its tables: {', '.join(schema.LEARNERS)}.")
    found = schema.LEARNERS[table]
    return typed(found, _read("kettleholt", found.file, dtype=kinds(found)))


def load_kettleholt_truth() -> KettleholtTruth:
    """The parameters Kettleholt was simulated with, and the latent values of each customer: the answers, so to say.

    Returns ``KettleholtTruth(parameters, customers)``; rates per week or year, money in euros, shares from 0 to 1.
    """
    from customer_value.company import schema
    from customer_value.company.files import PARAMETERS
    from customer_value.company.tables import kinds, typed

    found = schema.TRUTH["customers"]
    customers = typed(found, _read("kettleholt", found.file, dtype=kinds(found)))
    with _fetched(PARAMETERS):
        parameters = json.loads((folder("kettleholt") / PARAMETERS).read_text(encoding="utf-8"))
    return KettleholtTruth(parameters, customers)


def _read(name: str, file: str, **options: Any) -> pd.DataFrame:
    with _fetched(file):
        return pd.read_csv(folder(name) / file, **options)


@contextmanager
def _fetched(file: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # In a web page a file comes over the network when it is first opened.
        raise OSError(
            error.errno, f"The data file {file} cannot be fetched: check the connection, then run this again"
        ) from None


def _root() -> Path:
    for place in _PLACES:
        if place.is_dir():
            return place
    raise FileNotFoundError(
        "The datasets are missing: expected the folder "
        + " or ".join(str(place) for place in _PLACES)
        + ". Reinstall customer-value, or restore datasets/ in the checkout."
    )
