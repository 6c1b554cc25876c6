"""Strategy made countable: a market of two firms, value disciplines, the strategy canvas, the elements of value."""

from customer_value.strategy.canvas import ACTIONS, StrategyCanvas, four_actions
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
    simulate,
    two_axes,
)
from customer_value.strategy.regions import Regions, region_map

__all__ = [
    "ACTIONS",
    "CARES_FOR_ALL",
    "CUSTOMER_CENTRIC",
    "DISCIPLINES",
    "LAYERS",
    "LAYER_OF",
    "PRODUCT_CENTRIC",
    "RULES",
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
    "diagnose",
    "four_actions",
    "linked",
    "picture",
    "points_moved",
    "posterior_rate",
    "read",
    "region_map",
    "save",
    "simulate",
    "ternary",
    "two_axes",
]
