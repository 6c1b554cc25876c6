"""The customer value model: what an offer is worth to a customer, in money, against the next-best alternative.

Economic value to the customer (EVC) = price of the reference alternative + differentiation value. The differentiation
value is the change in the lines of the customer's own profit and loss statement: costs saved, revenue gained, and what
the offer makes worse. Each line is a word equation with the reference and one with the offer.

Source: Forbis & Mehta (1981), Business Horizons 24(3), 32–42; Anderson & Narus (1998), Harvard Business Review 76(6),
53–65.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import single
from customer_value.cvm.distributions import Distribution, as_distribution
from customer_value.cvm.equations import Equation, EquationError
from customer_value.cvm.units import Unit, UnitError

Floats = NDArray[np.float64]
Side = Literal["cost", "revenue"]
Benefit = Literal["product", "service", "brand", "personal"]


@dataclass(frozen=True)
class Input:
    """A number that word equations use, how sure it is, and how it was found out.

    ``value`` is a distribution, or a number taken as known. ``unit`` is text such as ``hours/year``. The rest makes the
    interview sheet: the ``question`` to ask, ``whom``, where else to ``check`` it, and the ``source`` of the value.
    """

    name: str
    value: Distribution | float
    unit: str = ""
    question: str = ""
    whom: str = ""
    check: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or Equation(self.name).names != (self.name,):
            raise ValueError(f"The name of an input must be words and nothing else; got {self.name!r}.")
        object.__setattr__(self, "value", as_distribution(self.value, f"value of {self.name}"))
        try:
            Unit(self.unit)
        except UnitError as reason:
            raise ValueError(f"The unit of {self.name} cannot be read: {reason}.") from None


@dataclass(frozen=True)
class Element:
    """A value element: one line of the customer's profit and loss statement, with the reference and with the offer.

    ``reference`` and ``offer`` are word equations of that line, in the model's unit; without ``offer`` the line is the
    same with both (it belongs to the statement and is worth nothing here). ``side``: ``"cost"``, less is better, or
    ``"revenue"``. ``benefit``: what kind of benefit it is. ``reason``: why the lines differ, as the customer would say.
    """

    name: str
    reference: str
    offer: str | None = None
    side: Side = "cost"
    benefit: Benefit = "product"
    reason: str = ""

    def __post_init__(self) -> None:
        for name, kinds in (("side", Side), ("benefit", Benefit)):
            if getattr(self, name) not in get_args(kinds):
                allowed = ", ".join(map(repr, get_args(kinds)))
                raise ValueError(f"{name} of {self.name} must be one of {allowed}; got {getattr(self, name)!r}.")

    @property
    def differs(self) -> bool:
        """Whether the offer changes this line at all."""
        return self.offer is not None


@dataclass(frozen=True)
class ValueModel:
    """What ``offer`` is worth to a customer who could have ``reference`` instead.

    Parameters
    ----------
    offer, reference
        Names of the offer and of the next-best alternative.
    inputs
        All numbers used, each once; one that no equation uses is refused, as it is usually a misspelt one.
    elements
        Lines of the customer's profit and loss statement, at least one of which differs.
    reference_price
        Word equation of the price of the reference, usually the name of an input.
    cost
        Word equation of what the offer costs its seller to make, sell and serve; ``None`` where it is not known.
    unit
        Of all amounts, such as ``$`` (over the whole use, per tractor) or ``$/year``.
    correlations
        By pairs of names: correlation, from −1 to 1, of two uncertain inputs after each is brought to a bell curve.

    Raises ``ValueError`` for names used twice or not at all, and correlations that cannot all be true; its subclass
    ``EquationError`` for equations that cannot be read, use unknown names or end in another unit.
    """

    offer: str
    reference: str
    inputs: Sequence[Input]
    elements: Sequence[Element]
    reference_price: str
    cost: str | None = None
    unit: str = "$"
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(self.inputs))
        object.__setattr__(self, "elements", tuple(self.elements))
        object.__setattr__(self, "correlations", dict(self.correlations))
        for what, items in (("input", self.inputs), ("element", self.elements)):
            names = [item.name for item in items]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"Every {what} must have a name of its own; there are several {', '.join(twice)}.")
        if not any(element.differs for element in self.elements):
            raise ValueError("elements must hold at least one that differs between reference and offer.")
        units, wanted = {one.name: Unit(one.unit) for one in self.inputs}, Unit(self.unit)
        used: set[str] = set()
        for what, equation in self._equations():
            if not equation.unit(units).same(wanted):
                raise EquationError(
                    f"{what}, '{equation}', is in {equation.unit(units)}, and the model in {wanted}: check its units."
                )
            used.update(equation.names)
        if idle := [name for name in units if name not in used]:
            raise ValueError(f"No equation uses the input(s) {', '.join(idle)}. Remove them, or check the spelling.")
        self._correlation()

    @property
    def base(self) -> dict[str, float]:
        """The expected value of each input."""
        return {one.name: float(one.value.mean) for one in self.inputs}

    def with_inputs(self, changes: Mapping[str, Distribution | float]) -> Self:
        """The same model with other values for some inputs. Raises ``ValueError`` for a name it does not have."""
        self._check(changes)
        changed = [replace(one, value=changes.get(one.name, one.value)) for one in self.inputs]
        uncertain = {one.name for one in changed if not one.value.fixed}
        kept = {pair: value for pair, value in self.correlations.items() if set(pair) <= uncertain}
        return replace(self, inputs=changed, correlations=kept)

    def values(self, inputs: Mapping[str, float] | None = None) -> pd.DataFrame:
        """Every element at expected values, with those in ``inputs`` in their place.

        Returns a DataFrame by ``element`` with ``side``, ``benefit``, ``reference`` and ``offer`` (the line with each),
        and ``value``, the difference in the customer's favour, all in the model's unit.
        """
        numbers = self.base | self._numbers(inputs)
        rows = []
        for element in self.elements:
            before, after = (float(side) for side in self._lines(element, numbers))
            rows.append((element.side, element.benefit, before, after, _gain(element, before, after)))
        index = pd.Index([element.name for element in self.elements], name="element")
        return pd.DataFrame(rows, index, ["side", "benefit", "reference", "offer", "value"])

    def differentiation_value(self, inputs: Mapping[str, float] | None = None) -> float:
        """The sum of the values of all elements, in the model's unit; ``inputs`` as in ``values``."""
        return float(self.values(inputs)["value"].sum())

    def price_of_reference(self, inputs: Mapping[str, float] | None = None) -> float:
        """What the reference costs the customer; ``inputs`` as in ``values``."""
        return float(self._amount("reference_price", self.base | self._numbers(inputs)))

    def evc(self, inputs: Mapping[str, float] | None = None) -> float:
        """Economic value to the customer, reference price + differentiation value: the most the offer may cost.

        At that price the customer does not mind which of the two they have. ``inputs`` as in ``values``.
        """
        return self.price_of_reference(inputs) + self.differentiation_value(inputs)

    def cost_to_serve(self, inputs: Mapping[str, float] | None = None) -> float:
        """What the offer costs its seller, the floor of any price. Raises ``ValueError`` where the model has none."""
        if self.cost is None:
            raise ValueError(
                "This model has no cost: give ValueModel(…, cost='…'), a word equation, to know the floor."
            )
        return float(self._amount("cost", self.base | self._numbers(inputs)))

    def word_equations(self) -> pd.DataFrame:
        """The elements as a customer reads them: by ``element``, equations with the ``reference`` and the ``offer``."""
        rows = [
            (each.benefit, each.side, str(Equation(each.reference)), str(Equation(each.offer or each.reference)))
            for each in self.elements
        ]
        index = pd.Index([each.name for each in self.elements], name="element")
        return pd.DataFrame(rows, index, ["benefit", "side", "reference", "offer"])

    def draw(self, draws: int, seed: int | np.random.Generator) -> dict[str, Floats]:
        """``draws`` values of every input, as correlated as the model says; used by ``simulate``."""
        random = np.random.default_rng(seed)
        uncertain = [one for one in self.inputs if not one.value.fixed]
        normal = random.standard_normal((draws, len(uncertain)))
        if self.correlations:
            size, axes = np.linalg.eigh(self._correlation())
            normal = normal @ (axes * np.sqrt(size.clip(0))).T
        found = {one.name: np.full(draws, one.value.mean) for one in self.inputs}
        if uncertain:
            from scipy.special import ndtr

            # A quantile needs a chance between 0 and 1.
            chance = ndtr(normal).clip(1e-15, 1 - 1e-15)
            found |= {one.name: one.value.quantile(chance[:, at]) for at, one in enumerate(uncertain)}
        return found

    def amounts(self, inputs: Mapping[str, Floats]) -> pd.DataFrame:
        """Values of the elements that differ, and ``reference price``, ``differentiation value``, ``EVC`` and ``cost``.

        ``inputs`` gives an array for every input; one row per entry.
        """
        size = next(iter(inputs.values())).shape
        columns = {}
        for element in self.elements:
            if element.differs:
                columns[element.name] = np.broadcast_to(_gain(element, *self._lines(element, inputs)), size)
        total = np.sum(list(columns.values()), axis=0)
        columns["reference price"] = np.broadcast_to(self._amount("reference_price", inputs), size)
        columns["differentiation value"] = total
        columns["EVC"] = columns["reference price"] + total
        if self.cost is not None:
            columns["cost"] = np.broadcast_to(self._amount("cost", inputs), size)
        return pd.DataFrame(columns)

    @property
    def uncertain(self) -> tuple[Input, ...]:
        """The inputs that EVC depends on and that are not fixed."""
        worth = {name for what, equation in self._equations() if what != "cost" for name in equation.names}
        return tuple(one for one in self.inputs if one.name in worth and not one.value.fixed)

    def _equations(self) -> list[tuple[str, Equation]]:
        found = [("reference_price", Equation(self.reference_price))]
        if self.cost is not None:
            found.append(("cost", Equation(self.cost)))
        for element in self.elements:
            found.append((f"{element.name} with the reference", Equation(element.reference)))
            if element.offer is not None:
                found.append((f"{element.name} with the offer", Equation(element.offer)))
        return found

    def _lines(self, element: Element, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
        before = _computed(Equation(element.reference), inputs, element.name)
        if element.offer is None:
            return before, before
        return before, _computed(Equation(element.offer), inputs, element.name)

    def _amount(self, name: str, inputs: Mapping[str, Any]) -> Any:
        return _computed(Equation(getattr(self, name)), inputs, name)

    def _numbers(self, inputs: Mapping[str, float] | None) -> dict[str, float]:
        given = dict(inputs or {})
        self._check(given)
        return {name: single(value, name) for name, value in given.items()}

    def _check(self, names: Mapping[str, Any]) -> None:
        known = [one.name for one in self.inputs]
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(known)}."
                raise ValueError(f"The model has no input '{name}'.{hint}")

    def _correlation(self) -> Floats:
        uncertain = [one.name for one in self.inputs if not one.value.fixed]
        matrix = np.eye(len(uncertain))
        for pair, value in self.correlations.items():
            if not isinstance(pair, tuple) or len(set(pair)) != 2:
                raise ValueError(f"correlations must be by pairs of different names; got {pair!r}.")
            self._check(dict.fromkeys(pair))
            if idle := [name for name in pair if name not in uncertain]:
                raise ValueError(f"'{idle[0]}' is one fixed number, so it cannot be correlated with anything.")
            one, other = (uncertain.index(name) for name in pair)
            size = single(value, f"correlation of {pair[0]} and {pair[1]}")
            if not -1 <= size <= 1:
                raise ValueError(f"The correlation of {pair[0]} and {pair[1]} must be from -1 to 1; got {size:g}.")
            if matrix[one, other] and matrix[one, other] != size:
                raise ValueError(f"The correlation of {pair[0]} and {pair[1]} is given twice, and not the same.")
            matrix[one, other] = matrix[other, one] = size
        if uncertain and np.linalg.eigvalsh(matrix)[0] < -1e-9:
            raise ValueError("These correlations cannot all be true at once: bring the strongest ones nearer to 0.")
        return matrix


def _gain(element: Element, before: Any, after: Any) -> Any:
    return before - after if element.side == "cost" else after - before


def _computed(equation: Equation, inputs: Mapping[str, Any], what: str) -> Any:
    result = equation.value(inputs)
    if not np.all(np.isfinite(result)):
        raise ValueError(f"{what}, '{equation}', is not a finite number for some inputs: does it divide by 0?")
    return result
