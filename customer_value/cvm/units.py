"""Units of inputs, as words: hours/year × $/hour is $/year. Nothing is converted; unlike words do not fit."""

import re
from collections.abc import Mapping
from typing import Any

_FACTOR = re.compile(r"([^\W\d_%][^*/×·÷^()0-9]*|[$€£¥]|%)(?:\^(-?\d+))?$")
_PLAIN = frozenset({"", "1", "share", "shares", "number", "times"})


class UnitError(ValueError):
    """Units that do not fit together; an equation's own error says where."""


class Unit:
    """A unit such as ``hours/year``, ``$/(hour·tractor)`` or ``m^3``; shares and numbers have none.

    A word and its plural with s are the same unit. Raises ``UnitError`` for text that is no unit.
    """

    def __init__(self, text: str = "") -> None:
        self._powers: Mapping[str, int] = _read(text)

    @classmethod
    def _of(cls, powers: Mapping[str, int]) -> "Unit":
        unit = cls()
        unit._powers = {name: power for name, power in powers.items() if power}
        return unit

    def __mul__(self, other: "Unit") -> "Unit":
        return self._joined(other, 1)

    def __truediv__(self, other: "Unit") -> "Unit":
        return self._joined(other, -1)

    def _joined(self, other: "Unit", sign: int) -> "Unit":
        if self is ANYTHING or other is ANYTHING:
            return ANYTHING
        powers = dict(self._powers)
        for name, power in other._powers.items():
            powers[name] = powers.get(name, 0) + sign * power
        return Unit._of(powers)

    def same(self, other: "Unit") -> bool:
        """Whether amounts in both can be added."""
        return self is ANYTHING or other is ANYTHING or dict(self._powers) == dict(other._powers)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Unit) and dict(self._powers) == dict(other._powers)

    def __hash__(self) -> int:
        return hash(frozenset(self._powers.items()))

    def __str__(self) -> str:
        above = [_power(name, power) for name, power in self._powers.items() if power > 0]
        below = [_power(name, -power) for name, power in self._powers.items() if power < 0]
        if not above and not below:
            return "a plain number"
        under = below[0] if len(below) == 1 else f"({'·'.join(below)})"
        return "·".join(above or ["1"]) + (f"/{under}" if below else "")

    def __repr__(self) -> str:
        return f"Unit({str(self)!r})"


def _read(text: str) -> dict[str, int]:
    if not isinstance(text, str):
        raise TypeError(f"A unit must be text, such as 'hours/year'; got {text!r}.")
    powers: dict[str, int] = {}
    # Everything in brackets after a stroke is below it.
    flat, sign = re.sub(r"/\(([^()]*)\)", lambda found: "/" + re.sub(r"[*·×]", "/", found[1]), text), 1
    for part in re.split(r"([*/×·÷])", flat.strip()):
        word = part.strip()
        if word in {"*", "×", "·"}:
            sign = 1
        elif word in {"/", "÷"}:
            sign = -1
        elif word not in _PLAIN:
            found = _FACTOR.match(word)
            if not found:
                raise UnitError(f"{text!r} is not a unit: write words with / and ·, such as 'hours/year'")
            if found[1] == "%":
                raise UnitError("write per cent as a share (0.05 for 5%) with the unit 'share'")
            name = _singular(found[1].strip())
            powers[name] = powers.get(name, 0) + sign * int(found[2] or 1)
    return {name: power for name, power in powers.items() if power}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


NUMBER = Unit()
"""Without unit: shares, ratios, counts."""
ANYTHING = Unit()
"""The unit of nothing: 0 fits everywhere."""
