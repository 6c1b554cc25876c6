"""What is measured, on which data, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OURS = "ours"
PEERS = ("lifetimes", "pymc")
LIBRARIES = (OURS, *PEERS)
NAMES = {"ours": "customer_value", "lifetimes": "lifetimes", "pymc": "pymc-marketing"}

COLUMNS = {
    "rfm": ("customer_id", "date", "value"),
    "beta_geo": ("frequency", "recency", "T"),
    "gamma_gamma": ("frequency", "monetary_value"),
    "pareto_nbd": ("frequency", "recency", "T"),
    "clv": ("frequency", "recency", "T", "monetary_value"),
    "alive": ("frequency", "recency", "T"),
    "purchases": ("frequency", "recency", "T"),
}
"""The columns that each kind of task reads: what peak memory is measured against."""

FITS = ("beta_geo", "gamma_gamma", "pareto_nbd")


@dataclass(frozen=True)
class Task:
    """One row of the table of results."""

    name: str
    kind: str
    title: str
    """With the place {rows} for the size of the data."""
    data: str
    faster: Mapping[str, float] = field(default_factory=dict)
    """How many times faster than each peer it is to be."""
    prototype: float | None = None
    """Seconds that the plain numpy and scipy sketch of the method took on two cores; 1.3 times that is allowed."""
    libraries: tuple[str, ...] = LIBRARIES
    left_out: str = ""
    """Why a library is not run."""
    memory: float | None = None
    """Peak memory in multiples of the input columns that is allowed."""

    @property
    def tolerance(self) -> float:
        """Largest relative difference between the answers of two libraries that counts as none.

        Fits stop when their own rule says so, which leaves the last digits of a parameter open.
        """
        return 1e-3 if self.kind in FITS else 1e-6


TASKS = (
    Task("rfm", "rfm", "RFM summary, {rows} rows", "cdnow-log", prototype=0.004),
    Task("rfm-1m", "rfm", "RFM summary, {rows} rows", "log-1m", {"lifetimes": 15, "pymc": 15}, 0.052),
    Task("rfm-10m", "rfm", "RFM summary, {rows} rows", "log-10m", {"lifetimes": 15, "pymc": 15}, 0.74),
    Task("bg-nbd", "beta_geo", "BG/NBD fit, {rows} customers", "cdnow-customers", prototype=0.0017),
    Task(
        "bg-nbd-1m",
        "beta_geo",
        "BG/NBD fit, {rows} customers",
        "customers-1m",
        {"lifetimes": 25, "pymc": 25},
        0.26,
        memory=5,
    ),
    Task("gamma-gamma", "gamma_gamma", "Gamma-Gamma fit, {rows} customers", "cdnow-customers", prototype=0.0012),
    Task(
        "gamma-gamma-1m",
        "gamma_gamma",
        "Gamma-Gamma fit, {rows} customers",
        "customers-1m",
        {"lifetimes": 30, "pymc": 30},
        0.03,
        memory=5,
    ),
    Task(
        "pareto-nbd",
        "pareto_nbd",
        "Pareto/NBD fit, {rows} customers",
        "cdnow-customers",
        {"lifetimes": 15, "pymc": 15},
        0.018,
    ),
    Task(
        "pareto-nbd-100k",
        "pareto_nbd",
        "Pareto/NBD fit, {rows} customers",
        "customers-100k",
        prototype=1.0,
        libraries=("ours",),
        left_out="not run: minutes for one fit",
    ),
    Task(
        "clv-1m",
        "clv",
        "CLV of the next 12 months, {rows} customers",
        "customers-1m",
        {"lifetimes": 100, "pymc": 40},
        0.063,
        memory=5,
    ),
    Task("alive-1m", "alive", "P(alive), {rows} customers", "customers-1m", memory=5),
    Task("purchases-1m", "purchases", "Expected purchases in 12 months, {rows} customers", "customers-1m", memory=5),
)

ALLOWED_OVER_PROTOTYPE = 1.3
IMPORT_SECONDS = 0.05
