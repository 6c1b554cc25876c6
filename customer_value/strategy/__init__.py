"""Strategy made countable: a market of two firms, value disciplines, the strategy canvas, the elements of value."""

from customer_value.strategy.canvas import ACTIONS, StrategyCanvas, four_actions
from customer_value.strategy.company import customer_lines, kettleholt_uses
from customer_value.strategy.disciplines import (
    DISCIPLINES,
    Diagnosis,
    DisciplinesPicture,
    MoveAssumptions,
    MoveCost,
    Weights,
    cost_of_move,
    diagnose,
    linked,
    points_moved,
    ternary,
)
from customer_value.strategy.elements import LAYER_OF, LAYERS, ElementsMap
from customer_value.strategy.exports import Files, picture, read, save
from customer_value.strategy.market import (
    CARES_FOR_ALL,
    CUSTOMER_CENTRIC,
    PRODUCT_CENTRIC,
    RULES,
    Market,
    Outcome,
    average_course,
    compare,
    posterior_rate,
    several_courses,
    simulate,
    two_axes,
)
from customer_value.strategy.next_euro import KEEP, WIN, cost_per_customer_kept, next_euro
from customer_value.strategy.regions import Regions, region_map

__all__ = [
    "ACTIONS",
    "CARES_FOR_ALL",
    "CUSTOMER_CENTRIC",
    "DISCIPLINES",
    "KEEP",
    "LAYERS",
    "LAYER_OF",
    "PRODUCT_CENTRIC",
    "RULES",
    "WIN",
    "Diagnosis",
    "DisciplinesPicture",
    "ElementsMap",
    "Files",
    "Market",
    "MoveAssumptions",
    "MoveCost",
    "Outcome",
    "Regions",
    "StrategyCanvas",
    "Weights",
    "average_course",
    "compare",
    "cost_of_move",
    "cost_per_customer_kept",
    "customer_lines",
    "diagnose",
    "four_actions",
    "kettleholt_uses",
    "linked",
    "next_euro",
    "picture",
    "points_moved",
    "posterior_rate",
    "read",
    "region_map",
    "save",
    "several_courses",
    "simulate",
    "ternary",
    "two_axes",
]
