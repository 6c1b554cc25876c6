"""Kettleholt's board in January 2025 on its transformation: made up for teaching, as the company is.

Scores, initiatives, their costs and values, targets and owners are invented; baselines of the scorecard may be passed
in from the company's tables. Money is in thousands of euros in the roadmap and in the unit of each measure elsewhere.
"""

from collections.abc import Mapping

from customer_value.transformation.maturity import MaturityAssessment
from customer_value.transformation.practices import PRACTICES
from customer_value.transformation.roadmap import Initiative, Roadmap
from customer_value.transformation.scorecard import Measure, Scorecard

COMPANY = "Kettleholt"

_TARGETS = (
    *(4, 5, 4, 4),
    *(4, 5, 5, 5, 4, 3, 4, 4),
    *(5, 3, 3, 4),
    *(3, 3, 5, 4),
    *(4, 4, 4, 4),
)
_NOW: Mapping[str, tuple[int, ...]] = {
    "head of stores": (4, 4, 3, 3, 3, 3, 4, 3, 2, 3, 2, 3, 3, 3, 2, 2, 2, 3, 4, 4, 4, 4, 4, 3),
    "head of web shop": (3, 2, 3, 4, 3, 4, 2, 3, 3, 2, 4, 3, 4, 3, 3, 3, 2, 1, 2, 2, 2, 3, 3, 2),
    "head of service": (3, 1, 2, 2, 2, 2, 1, 2, 2, 2, 2, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 4, 2, 2),
    "head of marketing": (5, 3, 4, 3, 3, 4, 3, 4, 3, 3, 4, 4, 3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 3),
    "head of logistics": (3, 2, 2, 3, 3, 3, 2, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 1, 2, 3, 3, 1),
}
_WEIGHTS = {"reward-value": 2.0, "remove-pains": 2.0, "focus-by-value": 1.5, "access": 1.5, "training": 0.5}


def assessment() -> MaturityAssessment:
    """How five managers score the 24 practices, with the board's common targets and weights."""
    ids = [practice.id for practice in PRACTICES]
    answers = {
        who: {name: (now, max(now, target)) for name, now, target in zip(ids, scores, _TARGETS, strict=True)}
        for who, scores in _NOW.items()
    }
    return MaturityAssessment(COMPANY, answers, _WEIGHTS)


def roadmap() -> Roadmap:
    """Ten initiatives for six people, in thousands of euros, valued over three years."""
    return Roadmap(
        COMPANY,
        (
            Initiative("one customer record", 4, 3, 60, 0),
            Initiative("history on one screen", 3, 2, 30, 4, ("one customer record",)),
            Initiative("value of each customer", 2, 1, 10, 2, ("one customer record",)),
            Initiative("commission net of returns", 2, 1, 8, 6),
            Initiative("pay for value", 3, 2, 20, 3, ("value of each customer", "commission net of returns")),
            Initiative("late parcels to Germany", 3, 2, 25, 7),
            Initiative("ship by value", 2, 2, 12, 3, ("value of each customer",)),
            Initiative("voucher for the lapsing", 2, 1, 6, 4),
            Initiative("new web shop", 8, 5, 180, 9),
            Initiative("service may decide", 2, 1, 5, 2, ("history on one screen",)),
        ),
        people=6,
        horizon=36,
    )


_CARD = (
    ("contribution after returns", "financial", "head of finance", "Margin on what stays less what returns cost.",
     "thousand euros a year", 900.0, 1000.0, "up", "lagging", "Offers, prices and what is stopped.", ""),
    ("customer equity", "financial", "head of marketing", "Sum of the residual value of all customers.",
     "thousand euros", 1500.0, 1700.0, "up", "lagging", "Which customers are won and kept.", "customer-equity"),
    ("customers of the best fifth who stay", "customer", "head of marketing", "Best fifth of the year before who buy.",
     "share", 0.80, 0.85, "up", "lagging", "Care, offers and stock for them.", ""),
    ("late parcels to Germany", "customer", "head of logistics", "Delivered after the promised day, of all to Germany.",
     "share", 0.27, 0.10, "down", "leading", "Change of carrier, honest promises.", ""),
    ("return rate of store sales", "internal process", "head of stores", "Value returned of gross store sales.",
     "share", 0.12, 0.08, "down", "leading", "Commission net of returns, advice.", ""),
    ("settled at the first contact", "internal process", "head of service", "Contacts settled, of all contacts.",
     "share", 0.70, 0.80, "up", "leading", "History on one screen, a sum that agents may spend.", ""),
    ("teams that use their customer figures", "learning and growth", "head of stores",
     "Teams that discussed their figures this month, of all.", "share", 0.20, 0.80, "up", "leading",
     "Monthly half hour, training.", ""),
)  # fmt: skip


def scorecard(baselines: Mapping[str, float] | None = None, readings: Mapping[str, float] | None = None) -> Scorecard:
    """Seven measures with owners and levers.

    ``baselines`` (by name of the measure) replaces those made up, ``readings`` sets the latest value.
    """
    names = [row[0] for row in _CARD]
    for given, what in ((baselines, "baselines"), (readings, "readings")):
        if unknown := sorted(set(given or {}) - set(names)):
            raise ValueError(f"{what}: no measure is called {', '.join(unknown)}; there are {', '.join(names)}.")
    first, latest = baselines or {}, readings or {}
    rows = [(*row[:5], first.get(row[0], row[5]), *row[6:], latest.get(row[0])) for row in _CARD]
    return Scorecard(COMPANY, tuple(Measure(*row) for row in rows))
