"""Word equations: what something is worth, written so that the customer can check it.

``years of use × hours a year × litres an hour × price of fuel`` is read as it stands: names are words with spaces, and
+ − × ÷ (or - * /), brackets and three functions join them. Nothing else is understood, so an equation from a file or a
text box can do no harm. Units are worked out, too, and an equation that adds hours to dollars is refused.

Source: Anderson & Narus (1998), Business marketing: understand what customers value, Harvard Business Review 76(6),
53–65.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from customer_value.cvm.units import ANYTHING, NUMBER, Unit, UnitError

Values = Mapping[str, float | NDArray[np.float64]]

_LONGEST = 500
_DEEPEST = 40
_WORD = r"[^\W\d_](?:\w|['’](?=\w))*"
_TOKEN = re.compile(rf"\s*(?:(\d+(?:\.\d+)?)(?![\w.])|({_WORD}(?: +(?:\w|['’](?=\w))+)*)|([-+*/×·÷−–(),]))")
_SIGNS = {"-": "−", "–": "−", "*": "×", "·": "×", "/": "÷"}


class EquationError(ValueError):
    """A word equation that cannot be read or whose units do not fit; the message shows where."""


class _Node(NamedTuple):
    """A number, a name, a sign with one or two parts, or a function with its arguments."""

    kind: str
    content: Any
    parts: tuple["_Node", ...] = ()


class _Function(NamedTuple):
    arguments: int | None
    """How many; ``None``: at least two."""
    compute: Callable[..., Any]
    unit: Callable[..., Unit]
    usage: str


def annuity(rate: Any, periods: Any) -> Any:
    """Present value of 1 at the end of each of ``periods``: (1 − (1 + rate)^−periods) / rate, which is periods at 0."""
    growth = np.log1p(np.asarray(rate, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = -np.expm1(-periods * growth) / rate
    return np.where(growth == 0, periods, value)


def present(amount: Any, rate: Any, periods: Any) -> Any:
    """Present value of an ``amount`` after ``periods``: amount / (1 + rate)^periods."""
    return amount * np.exp(-periods * np.log1p(np.asarray(rate, dtype=float)))


def _unit_of_annuity(rate: Unit, periods: Unit) -> Unit:
    _rate_fits(rate, periods, "annuity")
    return periods


def _unit_of_present(amount: Unit, rate: Unit, periods: Unit) -> Unit:
    _rate_fits(rate, periods, "present")
    return amount


def _rate_fits(rate: Unit, periods: Unit, name: str) -> None:
    if not (rate.same(NUMBER) or (rate * periods).same(NUMBER)):
        raise UnitError(f"{name} needs a rate per the unit of the periods ({periods}); got one in {rate}")


def _unit_of_equals(*units: Unit) -> Unit:
    first = next((unit for unit in units if unit is not ANYTHING), ANYTHING)
    for unit in units:
        if not unit.same(first):
            raise UnitError(f"{first} and {unit} cannot be compared")
    return first


def _least(*values: Any) -> Any:
    return np.minimum.reduce(np.broadcast_arrays(*values))


def _most(*values: Any) -> Any:
    return np.maximum.reduce(np.broadcast_arrays(*values))


FUNCTIONS = {
    "min": _Function(None, _least, _unit_of_equals, "min(a, b)"),
    "max": _Function(None, _most, _unit_of_equals, "max(a, b)"),
    "annuity": _Function(2, annuity, _unit_of_annuity, "annuity(rate, periods)"),
    "present": _Function(3, present, _unit_of_present, "present(amount, rate, periods)"),
}
"""What can be called: the smaller, the larger, and present values of a row of payments and of one."""


class Equation:
    """A word equation, read once: its ``names``, its value for given inputs, its unit for given units.

    Raises ``EquationError``, with the place, for text that is no equation.
    """

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"A word equation must be text, such as 'hours a year × wage an hour'; got {text!r}.")
        if len(text) > _LONGEST:
            raise EquationError(f"A word equation may have {_LONGEST} characters; this one has {len(text)}. Split it.")
        self._root = _Reader(text).read()
        self.names = tuple(dict.fromkeys(_names(self._root)))

    def __repr__(self) -> str:
        return f"Equation({str(self)!r})"

    def __str__(self) -> str:
        return _written(self._root, 0)

    def value(self, inputs: Values) -> Any:
        """The result for these numbers, or arrays of the same shape. Raises ``EquationError`` for a name not given."""
        self.check_names(inputs)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return _value(self._root, inputs)

    def unit(self, units: Mapping[str, Unit]) -> Unit:
        """The unit of the result. Raises ``EquationError`` where units do not fit."""
        self.check_names(units)
        try:
            return _unit(self._root, units)
        except UnitError as reason:
            raise EquationError(f"The units of '{self}' do not fit: {reason}.") from None

    def check_names(self, known: Iterable[str]) -> None:
        """Raise ``EquationError`` where a name is not among the ``known``."""
        known = list(known)
        for name in self.names:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(known) or 'none'}."
                raise EquationError(f"'{name}' in '{self}' is not an input.{hint}")


class _Reader:
    """One pass over the text, from the loosest sign to the tightest."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, at = text, [], 0
        while at < len(text) and text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                place = at + len(text[at:]) - len(text[at:].lstrip())
                raise self.wrong(place, f"{text[place]!r} has no meaning here")
            number, name, sign = found.groups()
            kind = "number" if number else "name" if name else "sign"
            content = number or (re.sub(" +", " ", name) if name else _SIGNS.get(sign, sign))
            self.tokens.append((kind, content, found.start(found.lastindex)))
            at = found.end()
        self.at, self.depth = 0, 0

    def read(self) -> _Node:
        if not self.tokens:
            raise EquationError("A word equation is empty: write what is multiplied and added, or 0.")
        node = self.sum()
        if self.at < len(self.tokens):
            _, content, place = self.tokens[self.at]
            raise self.wrong(place, f"a sign such as × is missing before '{content}'")
        return node

    def sum(self) -> _Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise EquationError(f"A word equation may have brackets {_DEEPEST} deep. Split it.")
        node = self.product()
        while sign := self.sign("+", "−"):
            node = _Node("sign", sign, (node, self.product()))
        self.depth -= 1
        return node

    def product(self) -> _Node:
        node = self.one()
        while sign := self.sign("×", "÷"):
            node = _Node("sign", sign, (node, self.one()))
        return node

    def one(self) -> _Node:
        negative = False
        while self.sign("−"):
            negative = not negative
        node = self.unsigned()
        return _Node("sign", "−", (node,)) if negative else node

    def unsigned(self) -> _Node:
        if self.at == len(self.tokens):
            raise self.wrong(len(self.text), "something is missing at the end")
        kind, content, place = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return _Node("number", float(content))
        if kind == "name":
            return self.call(content, place) if self.sign("(") else _Node("name", content)
        if content != "(":
            raise self.wrong(place, f"'{content}' has nothing before it")
        node = self.sum()
        self.close(place)
        return node

    def call(self, name: str, place: int) -> _Node:
        if name not in FUNCTIONS:
            known = ", ".join(function.usage for function in FUNCTIONS.values())
            raise self.wrong(place, f"'{name}' is followed by a bracket: write × between, or one of {known}")
        arguments = [self.sum()]
        while self.sign(","):
            arguments.append(self.sum())
        self.close(place)
        wanted = FUNCTIONS[name].arguments
        if len(arguments) != wanted if wanted else len(arguments) < 2:
            raise self.wrong(place, f"write {FUNCTIONS[name].usage}; there are {len(arguments)} arguments")
        return _Node("call", name, tuple(arguments))

    def close(self, opened: int) -> None:
        if not self.sign(")"):
            raise self.wrong(opened, "this bracket is not closed")

    def sign(self, *wanted: str) -> str | None:
        if self.at < len(self.tokens):
            kind, content, _ = self.tokens[self.at]
            if kind == "sign" and content in wanted:
                self.at += 1
                return content
        return None

    def wrong(self, place: int, what: str) -> EquationError:
        return EquationError(f"Cannot read '{self.text}': {what} (character {place + 1}).")


def _names(node: _Node) -> Iterable[str]:
    if node.kind == "name":
        yield node.content
    for part in node.parts:
        yield from _names(part)


def _value(node: _Node, inputs: Values) -> Any:
    if node.kind == "number":
        return node.content
    if node.kind == "name":
        return inputs[node.content]
    parts = [_value(part, inputs) for part in node.parts]
    if node.kind == "call":
        return FUNCTIONS[node.content].compute(*parts)
    if len(parts) == 1:
        return -parts[0]
    left, right = parts
    if node.content == "+":
        return left + right
    if node.content == "−":
        return left - right
    return left * right if node.content == "×" else np.divide(left, right)


def _unit(node: _Node, units: Mapping[str, Unit]) -> Unit:
    if node.kind == "number":
        # Nothing is nothing in any unit.
        return ANYTHING if node.content == 0 else NUMBER
    if node.kind == "name":
        return units[node.content]
    parts = [_unit(part, units) for part in node.parts]
    if node.kind == "call":
        return FUNCTIONS[node.content].unit(*parts)
    if len(parts) == 1:
        return parts[0]
    left, right = parts
    if node.content in "+−":
        if not left.same(right):
            word = "added to" if node.content == "+" else "subtracted from"
            first, second = (left, right) if node.content == "+" else (right, left)
            raise UnitError(f"{first} cannot be {word} {second}")
        return right if left is ANYTHING else left
    return left * right if node.content == "×" else left / right


# How tightly a sign binds, for writing as few brackets as needed.
_BINDS = {"+": 1, "−": 1, "×": 2, "÷": 2}


def _written(node: _Node, outside: int) -> str:
    if node.kind == "number":
        return f"{node.content:.12g}"
    if node.kind == "name":
        return node.content
    if node.kind == "call":
        return f"{node.content}({', '.join(_written(part, 0) for part in node.parts)})"
    if len(node.parts) == 1:
        text, binds = f"−{_written(node.parts[0], 3)}", 2
    else:
        binds = _BINDS[node.content]
        left, right = _written(node.parts[0], binds), _written(node.parts[1], binds + 1)
        text = f"{left} {node.content} {right}"
    return f"({text})" if binds < outside else text
