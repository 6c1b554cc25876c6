"""The strategy canvas: what an industry competes on, how much of each each firm offers, and four actions.

After Kim and Mauborgne, who drew the value curve in 1997 and named the four actions in their book of 2005.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from customer_value._inputs import amount, single
from customer_value.strategy._documents import Document, mapping, words

HIGHEST = 10
ACTIONS = ("eliminate", "reduce", "keep", "raise", "create")


@dataclass(frozen=True)
class StrategyCanvas(Document):
    """How much of each factor each firm offers, from 0 (nothing) to 10, as customers see it.

    ``firms`` maps each firm's name to its scores in the order of ``factors``; ``own`` names one of them. Price
    counts as any other factor: a high score is a high price.

    Raises ``ValueError`` or ``TypeError`` for scores that do not fit.
    """

    kind: ClassVar[str] = "strategy-canvas"

    factors: tuple[str, ...]
    firms: Mapping[str, tuple[float, ...]]
    own: str

    def __post_init__(self) -> None:
        if isinstance(self.factors, str):
            raise TypeError(f"factors must be a list of names; got {self.factors!r}.")
        object.__setattr__(self, "factors", tuple(words(factor, "a factor") for factor in self.factors))
        if len(self.factors) < 2 or len(set(self.factors)) < len(self.factors):
            raise ValueError(f"factors must be at least two different names; got {', '.join(self.factors) or 'none'}.")
        curves = {}
        for firm, scores in mapping(dict(self.firms), "firms").items():
            curve = tuple(single(score, f"a score of {firm}") for score in scores)
            if len(curve) != len(self.factors):
                raise ValueError(f"{firm} has {len(curve)} scores, and there are {len(self.factors)} factors.")
            for factor, score in zip(self.factors, curve, strict=True):
                if not 0 <= score <= HIGHEST:
                    raise ValueError(f"{firm}'s score for {factor} must be from 0 to {HIGHEST}; got {score:g}.")
            curves[words(firm, "a firm's name")] = curve
        if len(curves) < 2:
            raise ValueError(f"A canvas compares at least two firms; got {', '.join(curves) or 'none'}.")
        if self.own not in curves:
            raise ValueError(f"own must be one of {', '.join(curves)}; got {self.own!r}.")
        object.__setattr__(self, "firms", curves)

    def table(self) -> pd.DataFrame:
        """The scores: one row per factor, one column per firm."""
        return pd.DataFrame(dict(self.firms), index=pd.Index(self.factors, name="factor"), dtype=float)

    def changed(self, factor: str, score: float) -> Self:
        """The canvas with another score of the own firm."""
        if factor not in self.factors:
            raise ValueError(f"There is no factor {factor!r}; there are {', '.join(self.factors)}.")
        at = self.factors.index(factor)
        curve = (*self.firms[self.own][:at], score, *self.firms[self.own][at + 1 :])
        return type(self)(self.factors, {**self.firms, self.own: curve}, self.own)

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return "factors", "firms", "own"

    def _content(self) -> dict[str, Any]:
        firms = {firm: list(scores) for firm, scores in self.firms.items()}
        return {"factors": list(self.factors), "firms": firms, "own": self.own}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        firms = mapping(content["firms"], "firms")
        for name, scores in (("factors", content["factors"]), *firms.items()):
            if not isinstance(scores, list):
                raise TypeError(f"{name} must be a list; got {scores!r}.")
        return cls(tuple(content["factors"]), {firm: tuple(scores) for firm, scores in firms.items()}, content["own"])


def four_actions(canvas: StrategyCanvas, margin: float = 1) -> pd.DataFrame:
    """What the own curve does with each factor, against the mean of the other firms.

    ``eliminate``: nothing of what others offer. ``create``: something that no other offers. ``reduce`` and
    ``raise``: at least ``margin`` points below or above the others' mean. ``keep``: about as much.

    Returns a frame indexed by factor with ``own``, ``others`` (mean) and ``action``. A rival who offers nothing pulls
    the mean down: choose the rivals that your customers choose between.
    """
    least = amount(margin, "margin")
    table = canvas.table()
    own, others = table[canvas.own], table.drop(columns=canvas.own).mean(axis=1)
    conditions = [
        (own == 0) & (others > 0),
        (others == 0) & (own > 0),
        (own <= others - least) & (own < others),
        (own >= others + least) & (own > others),
    ]
    action = np.select(conditions, ["eliminate", "create", "reduce", "raise"], "keep")
    return pd.DataFrame({"own": own, "others": others, "action": action})
