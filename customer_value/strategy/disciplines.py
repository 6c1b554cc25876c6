"""Three value disciplines as weights that add to 100: where a firm stands, where it wants to be, what the move costs.

The disciplines are those of Treacy and Wiersema (1993): operational excellence, product leadership and customer
intimacy. Their rule is to be competent in all three and leader in one. The weights, the thresholds of the diagnosis and
the cost of a move are this workbook's way to make a discussion countable; they are not in that article.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from customer_value._inputs import amount, fraction, one_whole, single, within
from customer_value.strategy._documents import Document, mapping, words

DISCIPLINES = ("operational excellence", "product leadership", "customer intimacy")
TOTAL = 100

_SLACK = 1e-6
_HEIGHT = float(np.sqrt(3) / 2)
_CORNERS = np.array([[0.0, 0.0], [0.5, _HEIGHT], [1.0, 0.0]])


@dataclass(frozen=True)
class Weights:
    """How a firm spreads its attention and money over the three disciplines; they add to 100."""

    operational_excellence: float
    product_leadership: float
    customer_intimacy: float

    def __post_init__(self) -> None:
        for name, weight in zip(DISCIPLINES, self, strict=True):
            if not 0 <= single(weight, name) <= TOTAL:
                raise ValueError(f"{name} must be from 0 to {TOTAL}; got {weight:g}.")
        if abs(sum(self) - TOTAL) > _SLACK:
            raise ValueError(f"The three weights must add to {TOTAL}; {tuple(self)} add to {sum(self):g}.")

    def __iter__(self):
        return iter((self.operational_excellence, self.product_leadership, self.customer_intimacy))

    def named(self) -> dict[str, float]:
        """The weights by discipline, in the order of ``DISCIPLINES``."""
        return by_discipline(*self)


def linked(weights: Sequence[int], changed: int, to: int) -> tuple[int, int, int]:
    """Three whole weights that add to 100 after one of them was set ``to`` a value.

    The other two share what is left in their old proportion, rounded so that the sum is exact; where both were 0 they
    share it equally (the first of them takes an odd point). ``changed`` is 0, 1 or 2.

    >>> linked((50, 30, 20), 0, 0)
    (0, 60, 40)
    """
    old = [one_whole(each, "weights", most=TOTAL) for each in weights]
    if len(old) != len(DISCIPLINES) or sum(old) != TOTAL:
        raise ValueError(f"weights must be three whole numbers that add to {TOTAL}; got {tuple(weights)}.")
    place = one_whole(changed, "changed", most=len(DISCIPLINES) - 1)
    value = one_whole(to, "to", most=TOTAL)
    first, second = (at for at in range(len(DISCIPLINES)) if at != place)
    both, left = old[first] + old[second], TOTAL - value
    # Half points are rounded up for the first, as whole numbers, so that no float decides.
    share = (2 * left * old[first] + both) // (2 * both) if both else (left + 1) // 2
    new = [0, 0, 0]
    new[place], new[first], new[second] = value, share, left - share
    return tuple(new)


def ternary(weights: Weights) -> tuple[float, float]:
    """Place of the weights in a triangle of side 1: their mean position over its corners.

    Operational excellence is the lower left corner (0, 0), customer intimacy the lower right one (1, 0), product
    leadership the top (1/2, √3/2). The height above a side is the weight of the corner across from it.
    """
    x, y = np.array(list(weights)) / TOTAL @ _CORNERS
    return float(x), float(y)


def points_moved(now: Weights, future: Weights) -> float:
    """How many of the 100 points change place: half the sum of the absolute differences, 0 to 100.

    Chosen over the length of the arrow in the triangle, since it is in the unit of the weights, can be read as "of
    every 100 euros, so many are spent elsewhere", and is what the cost of a move is counted by. In the triangle a move
    of n points between two disciplines has length n / 100; one that takes n points from two for the third is shorter,
    though as many points move.
    """
    return float(sum(abs(b - a) for a, b in zip(now, future, strict=True)) / 2)


def by_discipline(
    operational_excellence: float, product_leadership: float, customer_intimacy: float
) -> dict[str, float]:
    """Three numbers under the names of the disciplines."""
    return dict(zip(DISCIPLINES, (operational_excellence, product_leadership, customer_intimacy), strict=True))


@dataclass(frozen=True)
class MoveAssumptions:
    """What a move costs, by discipline, in thousands of euros. Teaching assumptions: put your own in."""

    capital: Mapping[str, float] = field(default_factory=lambda: by_discipline(60.0, 90.0, 40.0))
    """Once for each point gained: plant and systems, research and design, customer data and their tools."""
    running: Mapping[str, float] = field(default_factory=lambda: by_discipline(8.0, 15.0, 20.0))
    """A year for each point gained: people above all."""
    released: float = 0.5
    """Share of the running cost of a point given up that is really saved."""
    years: int = 5
    discount_rate: float = 0.1

    def __post_init__(self) -> None:
        for name in ("capital", "running"):
            costs = getattr(self, name)
            if set(costs) != set(DISCIPLINES):
                raise ValueError(f"{name} needs a cost for each of {', '.join(DISCIPLINES)}; got {', '.join(costs)}.")
            for discipline, cost in costs.items():
                amount(cost, f"{name} of {discipline}")
        fraction(self.released, "released", zero=True)
        one_whole(self.years, "years", least=1, most=100)
        fraction(self.discount_rate, "discount_rate", zero=True)


@dataclass(frozen=True)
class MoveCost:
    """What a move costs, in the unit of its assumptions; ``cost_of_move`` makes it."""

    table: pd.DataFrame
    """By discipline: ``now``, ``future``, ``change`` (points), ``capital`` (once) and ``running`` (a year)."""
    points: float
    capital: float
    running: float
    """A year; below 0 where what is given up saves more than what is gained costs."""
    present_value: float
    """Capital now, and running cost at the end of each of the years, discounted."""


def cost_of_move(now: Weights, future: Weights, assumptions: MoveAssumptions | None = None) -> MoveCost:
    """What it costs to move weights: capital for points gained, running cost for points gained less those given up.

    Cost is proportional to points, and capital spent on what is given up is not recovered. A discipline also takes
    years to learn, which no cost per point tells.
    """
    costs = MoveAssumptions() if assumptions is None else assumptions
    change = np.array(list(future)) - np.array(list(now))
    gained, lost = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    running = np.array([costs.running[name] for name in DISCIPLINES])
    table = pd.DataFrame(
        {
            "now": list(now),
            "future": list(future),
            "change": change,
            "capital": gained * [costs.capital[name] for name in DISCIPLINES],
            "running": (gained - costs.released * lost) * running,
        },
        index=pd.Index(DISCIPLINES, name="discipline"),
        dtype=float,
    )
    annuity = float(((1 + costs.discount_rate) ** -np.arange(1.0, costs.years + 1)).sum())
    capital, yearly = float(table["capital"].sum()), float(table["running"].sum())
    return MoveCost(table, points_moved(now, future), capital, yearly, capital + yearly * annuity)


@dataclass(frozen=True)
class Diagnosis:
    """Competent in all three, leader in one? ``diagnose`` makes it."""

    leader: str | None
    """The discipline that leads, if one does."""
    neglected: tuple[str, ...]
    """Disciplines below the level of competence."""
    sentence: str

    @property
    def follows_the_rule(self) -> bool:
        """Leader in one and competent in all."""
        return self.leader is not None and not self.neglected


def diagnose(weights: Weights, lead: float = 45, ahead: float = 10, competent: float = 15) -> Diagnosis:
    """Hold weights against the rule "competent in all three, leader in one".

    A discipline leads if it has at least ``lead`` points and at least ``ahead`` more than each other one. It is
    neglected below ``competent`` points. The three limits are conventions of this workbook: a weight says where
    attention goes, and only customers can say whether that makes a firm competent.
    """
    for name, limit in (("lead", lead), ("ahead", ahead), ("competent", competent)):
        within(limit, name, low=0, high=TOTAL)
    ranked = sorted(weights.named().items(), key=lambda item: -item[1])
    (best, most), (_, second), _ = ranked
    leader = best if most >= lead and most - second >= ahead else None
    neglected = tuple(name for name, weight in weights.named().items() if weight < competent)
    told = f"Leader in {leader} ({most:g} points)" if leader else f"No leader: {best} has most with {most:g} points"
    if neglected:
        rest = f"below {competent:g} points, and so neglected: {', '.join(neglected)}."
    else:
        rest = f"none neglected (each has {competent:g} or more)."
    return Diagnosis(leader, neglected, f"{told}; {rest}")


@dataclass(frozen=True)
class DisciplinesPicture(Document):
    """A team's triangle: where the firm stands, where it wants to be, and the assumptions about the move."""

    kind: ClassVar[str] = "value-disciplines"

    company: str
    now: Weights
    future: Weights
    assumptions: MoveAssumptions = field(default_factory=MoveAssumptions)

    def __post_init__(self) -> None:
        words(self.company, "company")
        for name, kind in (("now", Weights), ("future", Weights), ("assumptions", MoveAssumptions)):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"{name} must be {kind.__name__}; got {getattr(self, name)!r}.")

    def cost(self) -> MoveCost:
        """What the move costs under the picture's assumptions."""
        return cost_of_move(self.now, self.future, self.assumptions)

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return "company", "now", "future", "assumptions"

    def _content(self) -> dict[str, Any]:
        costs = self.assumptions
        return {
            "company": self.company,
            "now": self.now.named(),
            "future": self.future.named(),
            "assumptions": {
                "capital": {name: costs.capital[name] for name in DISCIPLINES},
                "running": {name: costs.running[name] for name in DISCIPLINES},
                "released": costs.released,
                "years": costs.years,
                "discount_rate": costs.discount_rate,
            },
        }

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        weights = {}
        for name in ("now", "future"):
            given = mapping(content[name], name)
            if set(given) != set(DISCIPLINES):
                raise ValueError(f"{name} needs a weight for each of {', '.join(DISCIPLINES)}; got {', '.join(given)}.")
            weights[name] = Weights(*(single(given[discipline], f"{name}: {discipline}") for discipline in DISCIPLINES))
        given = mapping(content["assumptions"], "assumptions")
        wanted = ("capital", "running", "released", "years", "discount_rate")
        if set(given) != set(wanted):
            raise ValueError(f"assumptions must have {', '.join(wanted)}; got {', '.join(given)}.")
        costs = {name: mapping(given[name], name) for name in ("capital", "running")}
        assumptions = MoveAssumptions(**costs, **{name: given[name] for name in wanted[2:]})
        return cls(content["company"], weights["now"], weights["future"], assumptions)
