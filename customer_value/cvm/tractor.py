"""A worked case: a builder buys a tractor. The firms do not exist, and every number is a teaching assumption.

Builders' and tractor makers' cases are the standing example of value in use (Anderson & Narus 1998; Caterpillar in many
textbooks). The numbers here are made up for this workbook, so that all of them can be shown and changed.
"""

from dataclasses import replace

from customer_value.cvm.distributions import Discrete, Lognormal, Normal, Pert, Triangular, Uniform
from customer_value.cvm.model import Element, Input, ValueModel

SOURCE = "teaching assumption"

ASKING_PRICE = 99_000.0
"""What the maker asks for the Harrow 90, in dollars."""

MEASURED = {
    "hours a year": 1_060.0,
    "litres an hour with the Dale": 19.0,
    "litres an hour with the Harrow": 17.9,
    "hours broken down with the Dale": 46.0,
    "hours broken down with the Harrow": 31.0,
    "repairs an hour with the Harrow": 3.3,
}
"""What the builder's own books said after the first years, for a renewal: by input, in its unit."""

_OWNER, _FOREMAN, _BOOKS, _WORKSHOP = "owner", "site foreman", "bookkeeper", "workshop"

_INPUTS = (
    Input("price of the Dale", 84_000, "$", "What did the other dealer offer?", _OWNER, "written quotation", SOURCE),
    Input(
        "years of use",
        Discrete((5, 6, 7), (0.3, 0.5, 0.2)),
        "years",
        "How long did you keep the last three tractors?",
        _OWNER,
        "asset register",
        SOURCE,
    ),
    Input(
        "hours a year",
        Pert(850, 1_150, 1_500),
        "hours/year",
        "How many hours does such a tractor run in a year, good and bad years?",
        _FOREMAN,
        "hour meters of the present tractors",
        SOURCE,
    ),
    Input("cost of capital", 0.08, "share/year", "At what rate do you borrow?", _BOOKS, "loan contract", SOURCE),
    Input(
        "price of fuel",
        Triangular(0.9, 1.1, 1.5),
        "$/litre",
        "What do you pay for a litre of diesel, and what do you expect?",
        _BOOKS,
        "fuel invoices of the last year",
        SOURCE,
    ),
    Input(
        "litres an hour with the Dale",
        Normal(19.2, 1.0),
        "litres/hour",
        "How much does the present tractor burn in an hour of your work?",
        _FOREMAN,
        "litres tanked over hours run",
        SOURCE,
    ),
    Input(
        "litres an hour with the Harrow",
        Normal(17.6, 0.9),
        "litres/hour",
        "May we run ours for a week on your site and measure?",
        _FOREMAN,
        "trial with a fuel meter",
        SOURCE,
    ),
    Input(
        "hours broken down with the Dale",
        Pert(20, 44, 90),
        "hours/year",
        "How many hours did the tractor stand in the last year when it was needed?",
        _FOREMAN,
        "site diary",
        SOURCE,
    ),
    Input(
        "hours broken down with the Harrow",
        Pert(10, 22, 52),
        "hours/year",
        "What do owners of ours report in the same work?",
        "two owners of a Harrow",
        "service records of the maker",
        SOURCE,
    ),
    Input(
        "cost of an hour broken down",
        Lognormal.between(85, 210),
        "$/hour",
        "Who waits when it stands, and do you rent another?",
        _FOREMAN,
        "wages of the crew, invoices for rented machines",
        SOURCE,
    ),
    Input(
        "repairs an hour with the Dale",
        Triangular(3.0, 4.0, 5.6),
        "$/hour",
        "What did parts and repairs cost in the last year?",
        _WORKSHOP,
        "repair invoices over hours run",
        SOURCE,
    ),
    Input(
        "repairs an hour with the Harrow",
        Triangular(2.6, 3.3, 4.6),
        "$/hour",
        "What do owners of ours pay, under their contracts?",
        "two owners of a Harrow",
        "service contract",
        SOURCE,
    ),
    Input(
        "resale of the Dale",
        Triangular(18_000, 23_000, 28_000),
        "$",
        "What did you get for the last one?",
        _OWNER,
        "auction results for that age",
        SOURCE,
    ),
    Input(
        "resale of the Harrow",
        Triangular(25_000, 31_000, 38_000),
        "$",
        "What would you expect for ours?",
        _OWNER,
        "auction results for that age",
        SOURCE,
    ),
    Input(
        "days to train with the Dale",
        4,
        "days",
        "How long until a driver is at full speed on a new make?",
        _FOREMAN,
        "first weeks of the last purchase",
        SOURCE,
    ),
    Input(
        "days to train with the Harrow",
        Uniform(1, 3),
        "days",
        "And with our instructor on the site?",
        _FOREMAN,
        "two owners of a Harrow",
        SOURCE,
    ),
    Input("cost of a day of training", 290, "$/day", "What does a driver cost in a day?", _BOOKS, "payroll", SOURCE),
    Input(
        "drivers who leave with the Dale",
        Uniform(0.2, 0.4),
        "drivers/year",
        "How often does a driver of that tractor leave?",
        _OWNER,
        "staff list of five years",
        SOURCE,
    ),
    Input(
        "drivers who leave with the Harrow",
        Uniform(0.15, 0.35),
        "drivers/year",
        "Would a quieter cab keep them longer?",
        "drivers",
        "staff lists of owners of a Harrow",
        SOURCE,
    ),
    Input(
        "cost to replace a driver",
        Lognormal.between(3_000, 8_000),
        "$/driver",
        "What does it cost to find a driver and train them?",
        _BOOKS,
        "advertisements, overtime of others",
        SOURCE,
    ),
    Input(
        "cost of switching",
        Triangular(1_500, 2_500, 4_800),
        "$",
        "What would you have to buy or learn anew for another make?",
        _WORKSHOP,
        "list of tools and spare parts",
        SOURCE,
    ),
    Input(
        "revenue an hour", 96, "$/hour", "What do you charge for an hour of the tractor?", _OWNER, "price list", SOURCE
    ),
    Input("wage of a driver", 34, "$/hour", "What does an hour of a driver cost?", _BOOKS, "payroll", SOURCE),
    Input(
        "cost of the Harrow",
        Uniform(76_000, 80_000),
        "$",
        "What does it cost to make, deliver and look after one?",
        "the maker's own controller",
        "cost of goods and of service contracts",
        SOURCE,
    ),
)

_LIFE = "annuity(cost of capital, years of use)"

_ELEMENTS = (
    Element("Work done", f"hours a year × revenue an hour × {_LIFE}", side="revenue"),
    Element("Drivers' wages", f"hours a year × wage of a driver × {_LIFE}"),
    Element(
        "Fuel",
        f"hours a year × litres an hour with the Dale × price of fuel × {_LIFE}",
        f"hours a year × litres an hour with the Harrow × price of fuel × {_LIFE}",
        reason="burns less in the same work",
    ),
    Element(
        "Breakdowns",
        f"hours broken down with the Dale × cost of an hour broken down × {_LIFE}",
        f"hours broken down with the Harrow × cost of an hour broken down × {_LIFE}",
        benefit="service",
        reason="fails less often, and the service van comes the same day",
    ),
    Element(
        "Repairs",
        f"hours a year × repairs an hour with the Dale × {_LIFE}",
        f"hours a year × repairs an hour with the Harrow × {_LIFE}",
        reason="parts last longer",
    ),
    Element(
        "Resale",
        "present(resale of the Dale, cost of capital, years of use)",
        "present(resale of the Harrow, cost of capital, years of use)",
        side="revenue",
        benefit="brand",
        reason="buyers of used tractors pay for the name",
    ),
    Element(
        "Training",
        "days to train with the Dale × cost of a day of training",
        "days to train with the Harrow × cost of a day of training",
        benefit="service",
        reason="an instructor comes along",
    ),
    Element(
        "Drivers who leave",
        f"drivers who leave with the Dale × cost to replace a driver × {_LIFE}",
        f"drivers who leave with the Harrow × cost to replace a driver × {_LIFE}",
        benefit="personal",
        reason="the cab is quieter",
    ),
    Element("Switching", "0", "cost of switching", reason="other tools and spare parts, once"),
)


def tractor_case() -> ValueModel:
    """A builder who needs a tractor: the Harrow 90 against the Dale T8, over its years of use, in dollars of today.

    Names, firms and numbers are made up (``source`` of each input: "teaching assumption"). Work done counts no hours
    saved from breakdowns: what an hour broken down costs is a line of its own, and must not count twice.
    """
    return ValueModel(
        offer="Harrow 90",
        reference="Dale T8",
        inputs=_INPUTS,
        elements=_ELEMENTS,
        reference_price="price of the Dale",
        cost="cost of the Harrow",
        unit="$",
        correlations={
            ("litres an hour with the Dale", "litres an hour with the Harrow"): 0.7,
            ("hours broken down with the Dale", "hours broken down with the Harrow"): 0.5,
            ("repairs an hour with the Dale", "repairs an hour with the Harrow"): 0.5,
            ("resale of the Dale", "resale of the Harrow"): 0.6,
            ("drivers who leave with the Dale", "drivers who leave with the Harrow"): 0.8,
        },
    )


def with_guarantee(model: ValueModel, hours: float, payment: float) -> ValueModel:
    """The tractor case with a promise: for every hour a year above ``hours`` that it stands, the maker pays.

    ``payment`` is in dollars an hour. The builder gets what the maker pays: a value element for the one, part of the
    cost of the other. At expected values nothing may fall due; ``simulate`` shows what it costs.
    """
    due = f"max(hours broken down with the Harrow − hours guaranteed, 0) × payment an hour × {_LIFE}"
    promise = (
        Input("hours guaranteed", hours, "hours/year", source="contract"),
        Input("payment an hour", payment, "$/hour", source="contract"),
    )
    paid = Element("Guarantee", "0", due, side="revenue", benefit="service", reason="paid when it stands too long")
    return replace(
        model,
        inputs=(*model.inputs, *promise),
        elements=(*model.elements, paid),
        cost=f"{model.cost} + {due}",
    )
