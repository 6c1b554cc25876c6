"""The elements of value: thirty things that consumers may value, in four layers, and which of them an offer has.

Names and layers after Almquist, Senior and Bloch, "The Elements of Value", Harvard Business Review, September 2016.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pandas as pd

from customer_value._inputs import single
from customer_value.strategy._documents import Document, mapping, words

HIGHEST = 10
STRONG = 8
"""From this score on an element counts as strong: eight or more of ten points."""

LAYERS: dict[str, tuple[str, ...]] = {
    "functional": (
        *("saves time", "simplifies", "makes money", "reduces risk", "organises", "integrates", "connects"),
        *("reduces effort", "avoids hassles", "reduces cost", "quality", "variety", "sensory appeal", "informs"),
    ),
    "emotional": (
        *("reduces anxiety", "rewards me", "nostalgia", "design and aesthetics", "badge value"),
        *("wellness", "therapeutic value", "fun and entertainment", "attractiveness", "provides access"),
    ),
    "life-changing": ("provides hope", "self-actualisation", "motivation", "heirloom", "affiliation and belonging"),
    "social impact": ("self-transcendence",),
}
"""The elements by layer, the base of the pyramid first."""

LAYER_OF: dict[str, str] = {element: layer for layer, elements in LAYERS.items() for element in elements}


@dataclass(frozen=True)
class ElementsMap(Document):
    """How much of each element customers get from an offer, from 0 to 10; elements that nobody rated are left out.

    Raises ``ValueError`` for an element that is not one of the thirty, or a score beyond the scale.
    """

    kind: ClassVar[str] = "elements-of-value"

    offer: str
    scores: Mapping[str, float]

    def __post_init__(self) -> None:
        words(self.offer, "offer")
        given = mapping(dict(self.scores), "scores")
        if unknown := [element for element in given if element not in LAYER_OF]:
            raise ValueError(f"No element of value: {', '.join(unknown)}. The thirty are: {', '.join(LAYER_OF)}.")
        for element, score in given.items():
            if not 0 <= single(score, element) <= HIGHEST:
                raise ValueError(f"The score of {element} must be from 0 to {HIGHEST}; got {score:g}.")
        ordered = {element: float(given[element]) for element in LAYER_OF if element in given}
        object.__setattr__(self, "scores", ordered)

    def strong(self) -> tuple[str, ...]:
        """Elements with at least eight points, the base of the pyramid first."""
        return tuple(element for element, score in self.scores.items() if score >= STRONG)

    def by_layer(self) -> pd.DataFrame:
        """One row per layer, the base first: how many ``elements`` it has, how many are ``rated`` and ``strong``."""
        strong = set(self.strong())
        rows = {
            layer: {
                "elements": len(elements),
                "rated": sum(element in self.scores for element in elements),
                "strong": sum(element in strong for element in elements),
            }
            for layer, elements in LAYERS.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return "offer", "scores"

    def _content(self) -> dict[str, Any]:
        return {"offer": self.offer, "scores": dict(self.scores)}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        return cls(content["offer"], mapping(content["scores"], "scores"))
