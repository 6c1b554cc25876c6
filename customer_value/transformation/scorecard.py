"""A balanced scorecard with customer measures, and checks that name what makes a measure useless.

The four perspectives are those of Kaplan & Norton (1992). The checks are this workbook's own.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NamedTuple, Self

import pandas as pd

from customer_value._inputs import fraction, single
from customer_value.strategy._documents import Document, mapping, words

PERSPECTIVES = ("financial", "customer", "internal process", "learning and growth")
DIRECTIONS = ("up", "down")
KINDS = ("leading", "lagging")
STATES = ("no reading", "worse than baseline", "behind", "on course", "reached")
"""What ``status`` says of a measure."""

_TEXTS = ("owner", "definition", "formula", "lever")


@dataclass(frozen=True)
class Measure:
    """One line of the scorecard. Texts may be empty and numbers missing: ``faults`` names what that spoils.

    Raises ``ValueError`` or ``TypeError`` for an unknown perspective, direction or kind, and for what is no number.
    """

    name: str
    perspective: str
    owner: str
    """The person who answers for it, by name or role."""
    definition: str
    """What is counted, of whom, over which time."""
    unit: str
    baseline: float | None
    target: float | None
    direction: str
    """``"up"`` where more is better, ``"down"`` where less is."""
    kind: str
    """``"leading"`` where it moves before the money does, ``"lagging"`` where it moves with it."""
    lever: str = ""
    """What the owner can do that moves it."""
    formula: str = ""
    """Its id in the formula ledger, where it has one."""
    current: float | None = None
    """The latest reading."""

    def __post_init__(self) -> None:
        words(self.name, "a measure's name")
        for name, known in (("perspective", PERSPECTIVES), ("direction", DIRECTIONS), ("kind", KINDS)):
            if getattr(self, name) not in known:
                raise ValueError(
                    f"{name} of {self.name} must be one of {', '.join(known)}; got {getattr(self, name)!r}."
                )
        words(self.unit, f"unit of {self.name}")
        for name in _TEXTS:
            object.__setattr__(self, name, words(getattr(self, name), f"{name} of {self.name}", empty=True).strip())
        for name in ("baseline", "target", "current"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, single(given, f"{name} of {self.name}"))


class Fault(NamedTuple):
    """Something wrong with a scorecard."""

    measure: str
    """Its name; empty where it concerns the whole card."""
    fault: str
    """A short name."""
    sentence: str
    """What is wrong and what to do."""


@dataclass(frozen=True)
class Scorecard(Document):
    """A firm's measures. Raises ``ValueError`` for two of one name, ``TypeError`` for what is no ``Measure``."""

    kind: ClassVar[str] = "balanced-scorecard"

    company: str
    measures: tuple[Measure, ...]

    def __post_init__(self) -> None:
        words(self.company, "company")
        given = tuple(self.measures)
        if not given or not all(isinstance(each, Measure) for each in given):
            raise TypeError("measures must be a list of at least one Measure.")
        object.__setattr__(self, "measures", given)
        names = [each.name for each in given]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"Two measures are called {', '.join(twice)}: each needs its own name.")

    def table(self) -> pd.DataFrame:
        """One row for each measure, with the fields of ``Measure``, in the order of the card."""
        rows = [{each.name: getattr(measure, each.name) for each in fields(Measure)} for measure in self.measures]
        table = pd.DataFrame(rows).set_index("name").rename_axis("measure")
        return table.astype({"baseline": float, "target": float, "current": float})

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return "company", "measures"

    def _content(self) -> dict[str, Any]:
        rows = [{each.name: getattr(measure, each.name) for each in fields(Measure)} for measure in self.measures]
        return {"company": self.company, "measures": rows}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        if not isinstance(content["measures"], list):
            raise TypeError(f"measures must be a list; got {content['measures']!r}.")
        wanted = {each.name for each in fields(Measure)}
        for given in content["measures"]:
            if set(mapping(given, "a measure")) != wanted:
                raise ValueError(f"A measure must have {', '.join(sorted(wanted))}; got {', '.join(given)}.")
        return cls(content["company"], tuple(Measure(**given) for given in content["measures"]))


def progress(baseline: float, target: float, current: float) -> float:
    """Share of the way from ``baseline`` to ``target`` that is done: (current − baseline) / (target − baseline).

    All in the unit of the measure. Below 0 where it has become worse, above 1 beyond the target. Raises ``ValueError``
    where target and baseline are equal.
    """
    start, goal, now = (single(v, n) for v, n in ((baseline, "baseline"), (target, "target"), (current, "current")))
    if start == goal:
        raise ValueError(f"target and baseline are both {goal:g}: there is no way to measure.")
    return (now - start) / (goal - start)


def status(card: Scorecard, elapsed: float) -> pd.DataFrame:
    """Where each measure stands when the share ``elapsed`` (0 to 1) of the time to the target is over.

    Columns: ``perspective``, ``owner``, ``unit``, ``baseline``, ``target``, ``current``, ``progress`` (missing where it
    cannot be computed) and ``state``: one of ``STATES``; "on course" from ``elapsed`` of the way on, as if progress
    were even. A measure with noise crosses such a line by chance: look at its usual month-to-month change first.
    """
    share = fraction(elapsed, "elapsed", zero=True)
    table = _card(card).table()[["perspective", "owner", "unit", "baseline", "target", "current"]]
    done = []
    for measure in card.measures:
        numbers = (measure.baseline, measure.target, measure.current)
        known = None not in numbers and not _misdirected(measure)
        done.append(progress(*numbers) if known else float("nan"))
    table["progress"] = done
    table["state"] = [_state(each, share) for each in done]
    return table


def faults(card: Scorecard, known_formulas: Collection[str] | None = None) -> list[Fault]:
    """What makes the card useless, measure by measure and then as a whole; an empty list where nothing does.

    Named are a measure without owner, without definition or formula, without baseline or target, with a target that is
    worse than its baseline or equal to it, that nobody can move (no lever); a formula that is not among
    ``known_formulas`` (ids of the ledger; not checked where None); and a card with only lagging measures, only leading
    ones, or none of customers.
    """
    found = [fault for measure in _card(card).measures for fault in _faults(measure, known_formulas)]
    kinds = {measure.kind for measure in card.measures}
    if kinds == {"lagging"}:
        found.append(Fault("", "only lagging", "All measures move with the money: add one that moves before it."))
    if kinds == {"leading"}:
        found.append(
            Fault("", "only leading", "No measure moves with the money: add one that shows if the others mattered.")
        )
    if all(measure.perspective != "customer" for measure in card.measures):
        found.append(Fault("", "no customer measure", "Nothing is measured from the customer's side: add a measure."))
    return found


def _faults(measure: Measure, known: Collection[str] | None) -> list[Fault]:
    name, found = measure.name, []
    if not measure.owner:
        found.append(Fault(name, "no owner", f"{name}: nobody answers for it. Name one person."))
    if not measure.definition and not measure.formula:
        found.append(
            Fault(name, "no definition", f"{name}: say what is counted, of whom, over which time, or name a formula.")
        )
    if measure.formula and known is not None and measure.formula not in known:
        found.append(Fault(name, "unknown formula", f"{name}: the ledger has no formula {measure.formula!r}."))
    for what in ("baseline", "target"):
        if getattr(measure, what) is None:
            found.append(Fault(name, f"no {what}", f"{name}: without a {what} nobody can see progress."))
    if _misdirected(measure):
        equal = measure.target == measure.baseline
        found.append(
            Fault(
                name,
                "target equals baseline" if equal else "target worse than baseline",
                f"{name}: {measure.direction} is better, and the target {measure.target:g} is"
                f" {'the same as' if equal else 'worse than'} the baseline {measure.baseline:g}.",
            )
        )
    if not measure.lever:
        found.append(Fault(name, "no lever", f"{name}: nobody can move it. Name what its owner can do, or drop it."))
    return found


def _misdirected(measure: Measure) -> bool:
    """The target is no better than the baseline."""
    if measure.baseline is None or measure.target is None:
        return False
    change = measure.target - measure.baseline
    return change <= 0 if measure.direction == "up" else change >= 0


def _state(done: float, share: float) -> str:
    if pd.isna(done):
        return STATES[0]
    if done < 0:
        return STATES[1]
    if done >= 1:
        return STATES[4]
    return STATES[3] if done >= share else STATES[2]


def _card(card: Scorecard) -> Scorecard:
    if not isinstance(card, Scorecard):
        raise TypeError(f"card must be a Scorecard; got {card!r}.")
    return card
