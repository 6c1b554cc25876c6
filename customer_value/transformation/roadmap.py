"""A roadmap as a plan that knows its dependencies: what to do first when people and money are limited.

Months are counted from 0; an initiative that starts in month 2 and takes 3 ends at the end of month 4, so that its
value counts from month 5. All initiatives of a plan are done. Money is not discounted: plans are of one to three years.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from customer_value._inputs import amount, one_whole, single
from customer_value.strategy._documents import Document, mapping, words

_MOST_MONTHS = 240
_MOST_EXACT = 20
_MOST_CHOICES = 3_000


@dataclass(frozen=True)
class Initiative:
    """One step of the plan.

    Raises ``ValueError`` or ``TypeError`` for numbers that make no sense.
    """

    name: str
    months: int
    """How long it takes, at least 1."""
    people: float
    """Needed in each of these months."""
    cost: float
    """Money in all, spent evenly over its months."""
    value: float
    """Money a month once it is done; 0 for what only opens the way for others, below 0 for what costs upkeep."""
    after: tuple[str, ...] = ()
    """Names of the initiatives that must be done before it starts."""

    def __post_init__(self) -> None:
        words(self.name, "an initiative's name")
        object.__setattr__(self, "months", one_whole(self.months, f"months of {self.name}", least=1, most=_MOST_MONTHS))
        for name in ("people", "cost"):
            object.__setattr__(self, name, amount(getattr(self, name), f"{name} of {self.name}"))
        object.__setattr__(self, "value", single(self.value, f"value of {self.name}"))
        if not isinstance(self.after, list | tuple):
            raise TypeError(f"after of {self.name} must be a list of names; got {self.after!r}.")
        object.__setattr__(self, "after", tuple(words(each, f"after of {self.name}") for each in self.after))

    @property
    def monthly_cost(self) -> float:
        """Money in each of its months."""
        return self.cost / self.months


@dataclass(frozen=True)
class Roadmap(Document):
    """Initiatives under a limit of people and of money a month (``None``: no limit), valued up to ``horizon`` months.

    Raises ``ValueError`` for two initiatives of one name, an unknown prerequisite, a circle of prerequisites (all
    named) and an initiative that needs more people or money in a month than there are.
    """

    kind: ClassVar[str] = "transformation-roadmap"

    company: str
    initiatives: tuple[Initiative, ...]
    people: float | None = None
    budget: float | None = None
    horizon: int = 36

    def __post_init__(self) -> None:
        words(self.company, "company")
        steps = tuple(self.initiatives)
        if not steps or not all(isinstance(each, Initiative) for each in steps):
            raise TypeError("initiatives must be a list of at least one Initiative.")
        object.__setattr__(self, "initiatives", steps)
        names = [each.name for each in steps]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"Two initiatives are called {', '.join(twice)}: each needs its own name.")
        for each in steps:
            if unknown := [name for name in each.after if name not in names]:
                raise ValueError(
                    f"{each.name} comes after {', '.join(unknown)}, which is no initiative of this plan;"
                    f" there are {', '.join(names)}."
                )
        if circle := _circle({each.name: each.after for each in steps}):
            raise ValueError(f"These wait for each other in a circle: {' after '.join(circle)}. Cut it at one place.")
        object.__setattr__(self, "horizon", one_whole(self.horizon, "horizon", least=1, most=_MOST_MONTHS))
        for limit, need in (("people", "people"), ("budget", "monthly_cost")):
            given = getattr(self, limit)
            if given is None:
                continue
            object.__setattr__(self, limit, amount(given, limit))
            for each in steps:
                if getattr(each, need) > given * (1 + 1e-12):
                    raise ValueError(
                        f"{each.name} needs {getattr(each, need):g} of {limit} in a month, and the limit is {given:g}:"
                        " make it longer or raise the limit."
                    )

    def named(self) -> dict[str, Initiative]:
        """The initiatives by name."""
        return {each.name: each for each in self.initiatives}

    def changed(self, **changes: Any) -> Self:
        """The plan with other limits, horizon or initiatives."""
        now = {name: getattr(self, name) for name in ("company", "initiatives", "people", "budget", "horizon")}
        if unknown := sorted(set(changes) - set(now)):
            raise TypeError(f"A roadmap has no {', '.join(unknown)}; it has {', '.join(now)}.")
        return type(self)(**(now | changes))

    def table(self) -> pd.DataFrame:
        """One row for each initiative: ``months``, ``people``, ``cost``, ``value`` and ``after`` (one text)."""
        rows = [(e.name, e.months, e.people, e.cost, e.value, ", ".join(e.after)) for e in self.initiatives]
        columns = ["initiative", "months", "people", "cost", "value", "after"]
        return pd.DataFrame(rows, columns=columns).set_index("initiative")

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return "company", "initiatives", "people", "budget", "horizon"

    def _content(self) -> dict[str, Any]:
        steps = [
            {
                "name": each.name,
                "months": each.months,
                "people": each.people,
                "cost": each.cost,
                "value": each.value,
                "after": list(each.after),
            }
            for each in self.initiatives
        ]
        limits = {name: getattr(self, name) for name in ("people", "budget", "horizon")}
        return {"company": self.company, "initiatives": steps, **limits}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        if not isinstance(content["initiatives"], list):
            raise TypeError(f"initiatives must be a list; got {content['initiatives']!r}.")
        wanted = {"name", "months", "people", "cost", "value", "after"}
        steps = []
        for given in content["initiatives"]:
            if set(mapping(given, "an initiative")) != wanted:
                raise ValueError(f"An initiative must have {', '.join(sorted(wanted))}; got {', '.join(given)}.")
            steps.append(Initiative(**given))
        rest = {name: content[name] for name in ("people", "budget", "horizon")}
        return cls(content["company"], tuple(steps), **rest)


@dataclass(frozen=True)
class Schedule:
    """When each initiative of ``plan`` runs; ``by_rule``, ``all_at_once`` and ``exact`` make it."""

    plan: Roadmap
    rule: str
    table: pd.DataFrame
    """One row for each initiative, in order of start: ``start`` and ``end`` (months; it runs from the start of month
    ``start`` to the start of month ``end``), ``months`` (it takes), ``people`` and ``value`` (a month from ``end``)."""
    months: pd.DataFrame
    """One row for each month, up to the horizon or the last end: ``people`` at work, ``cost``, ``value``, ``cash``
    (value less cost) and ``cumulative``."""

    @property
    def finished(self) -> int:
        """Month at whose start all is done."""
        return int(self.table["end"].max())

    @property
    def net(self) -> float:
        """Value up to the horizon less all cost, whenever it is spent."""
        return float(self.months["value"].iloc[: self.plan.horizon].sum() - self.months["cost"].sum())

    @property
    def payback(self) -> int | None:
        """Months until the cumulative cash is 0 or more and stays so to the horizon; None where it does not."""
        return payback_month(self.months["cash"].iloc[: self.plan.horizon])

    @property
    def deepest(self) -> float:
        """The lowest cumulative cash: the money that must be advanced, as a number below 0 (or 0)."""
        return float(min(0.0, self.months["cumulative"].min()))


def net_value(value: Iterable[float], end: Iterable[float], cost: Iterable[float], horizon: float) -> float:
    """Net value of a schedule: Σ vⱼ · max(0, H − Fⱼ) − Σ cⱼ.

    ``value`` a month and ``cost`` in money, ``end`` and ``horizon`` in months from now. Each month by which an
    initiative ends later costs its value of a month, its cost of delay.
    """
    v, f, c = (np.array([single(each, name) for each in given]) for given, name in (
        (value, "value"), (end, "end"), (cost, "cost"),
    ))  # fmt: skip
    if not v.size == f.size == c.size:
        raise ValueError(f"value, end and cost must have the same length; got {v.size}, {f.size} and {c.size}.")
    return float(v @ np.maximum(single(horizon, "horizon") - f, 0.0) - c.sum())


def payback_month(cash: Iterable[float]) -> int | None:
    """Months until cumulative cash is at least 0 and stays so; 0 if it never is below, None if it ends below.

    ``cash`` is money by month, the first month first. The answer is a number of months: 5 means at the end of the
    fifth.
    """
    total = np.cumsum([single(each, "cash") for each in cash])
    if not total.size:
        raise ValueError("cash is empty: give at least one month.")
    below = np.flatnonzero(total < -1e-9)
    if not below.size:
        return 0
    return int(below[-1]) + 2 if below[-1] + 1 < total.size else None


RULES = ("weighted shortest job first", "value per cost", "biggest first")
"""Rules of ``by_rule``: value a month over person-months of work, value a month over cost, value a month."""


def _ratio(value: float, size: float) -> float:
    """Value for each unit of size; without size whatever has value comes first and what costs upkeep last."""
    return value / size if size > 0 else math.copysign(math.inf, value) if value else 0.0


def bundle_index(plan: Roadmap, rule: str, done: Iterable[str] = ()) -> pd.DataFrame:
    """How a ``rule`` ranks each initiative that is not ``done``, together with the prerequisites that it still lacks.

    For the first two of ``RULES`` values and person-months (people × months), or costs, of the bundle are added up and
    divided, so that what only opens the way is ranked by what it opens. ``"biggest first"`` looks at the initiative's
    own value a month. Returns, best first, ``index`` and ``needs`` (prerequisites not done, in an order in which they
    can be done). Equal ones keep the order of the plan.
    """
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}; got {rule!r}.")
    named, finished = plan.named(), set(done)
    rows = {}
    for name, each in named.items():
        if name in finished:
            continue
        needed = _with_prerequisites(named, name, finished)
        bundle = [named[part] for part in needed]
        value = math.fsum(part.value for part in bundle)
        if rule == RULES[0]:
            index = _ratio(value, math.fsum(part.people * part.months for part in bundle))
        elif rule == RULES[1]:
            index = _ratio(value, math.fsum(part.cost for part in bundle))
        else:
            index = each.value
        rows[name] = {"index": index, "needs": tuple(needed[:-1])}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["index", "needs"]).rename_axis("initiative")
    return table.sort_values("index", ascending=False, kind="stable")


def by_rule(plan: Roadmap, rule: str = RULES[0]) -> Schedule:
    """Take the best bundle by ``bundle_index``, put each of its parts at the earliest month with room, and repeat.

    An initiative is not interrupted. The rules are guides: ``exact`` says what they miss.
    """
    named = plan.named()
    order: list[str] = []
    while len(order) < len(named):
        best = bundle_index(plan, rule, order).iloc[0]
        order += [*best["needs"], best.name]
    return _placed(plan, order, rule)


def all_at_once(plan: Roadmap) -> Schedule:
    """Start everything as soon as its prerequisites are done, and share people and money among all that runs.

    Where they do not suffice, all that runs goes slower by the same factor (month by month), and its cost is spread
    accordingly. No time is lost by switching between tasks, which flatters this way of working.
    """
    named = plan.named()
    progress = dict.fromkeys(named, 0.0)
    start: dict[str, int] = {}
    end: dict[str, int] = {}
    people, cost, month = [], [], 0
    while len(end) < len(named):
        running = [n for n, e in named.items() if n not in end and all(end.get(p, month + 1) <= month for p in e.after)]
        speed = 1.0
        for limit, need in ((plan.people, "people"), (plan.budget, "monthly_cost")):
            wanted = math.fsum(getattr(named[name], need) for name in running)
            if limit is not None and wanted > 0:
                speed = min(speed, limit / wanted)
        if speed <= 0 or month >= 100 * _MOST_MONTHS:
            raise ValueError("Nothing moves: raise people or budget.")
        used_people = used_cost = 0.0
        for name in running:
            start.setdefault(name, month)
            each = named[name]
            step = min(speed, each.months - progress[name])
            progress[name] += step
            used_people += step * each.people
            used_cost += step * each.monthly_cost
            if progress[name] >= each.months - 1e-9:
                end[name] = month + 1
        people.append(used_people)
        cost.append(used_cost)
        month += 1
    return _schedule(plan, "everything at once", start, end, people, cost)


def exact(plan: Roadmap, seconds: float = 20.0) -> Schedule:
    """The schedule with the highest ``net``, by mixed-integer programming over start months (scipy's HiGHS).

    An initiative is not interrupted. For plans of up to 20 initiatives; ``seconds`` limits the search. Raises
    ``ValueError`` for larger plans, and where the limit of time ends the search before the best is proved.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    named = list(plan.initiatives)
    last = sum(each.months for each in named)
    if len(named) > _MOST_EXACT or last * len(named) > _MOST_CHOICES:
        raise ValueError(
            f"The exact search is for up to {_MOST_EXACT} initiatives and {_MOST_CHOICES} start months in all; this"
            f" plan has {len(named)} and {last * len(named)}. Use by_rule, or plan in quarters instead of months."
        )
    earliest = _earliest(plan)
    choices = [(at, month) for at, e in enumerate(named) for month in range(earliest[e.name], last - e.months + 1)]
    place = {name.name: at for at, name in enumerate(named)}
    owner = np.array([at for at, _ in choices])
    starts = np.array([month for _, month in choices])
    ends = starts + np.array([named[at].months for at in owner])
    gain = np.array([named[at].value for at in owner]) * np.maximum(plan.horizon - ends, 0)
    # Among equal plans the one that ends earlier, by less than any whole cent could change.
    scale = max(1.0, float(np.abs(gain).max(initial=0.0)))
    gain = gain - 1e-7 * scale * ends / (last * len(named))
    rows: list[int] = []
    cols: list[int] = []
    data: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def constrain(entries: list[tuple[int, float]], least: float, most: float) -> None:
        row = len(low)
        for column, factor in entries:
            rows.append(row)
            cols.append(column)
            data.append(factor)
        low.append(least)
        high.append(most)

    for at in range(len(named)):
        constrain([(int(c), 1.0) for c in np.flatnonzero(owner == at)], 1.0, 1.0)
    for at, each in enumerate(named):
        for before in each.after:
            first = place[before]
            # By each month: who has started has seen the end of what comes before.
            for month in range(earliest[each.name], last - each.months + 1):
                started = [(int(c), 1.0) for c in np.flatnonzero((owner == at) & (starts <= month))]
                ended = [(int(c), -1.0) for c in np.flatnonzero((owner == first) & (ends <= month))]
                constrain(started + ended, -np.inf, 0.0)
    for limit, need in ((plan.people, "people"), (plan.budget, "monthly_cost")):
        if limit is not None:
            needs = np.array([getattr(named[at], need) for at in owner])
            for month in range(last):
                busy = np.flatnonzero((starts <= month) & (month < ends) & (needs > 0))
                if busy.size:
                    constrain([(int(c), float(needs[c])) for c in busy], -np.inf, limit * (1 + 1e-12))
    matrix = coo_array((data, (rows, cols)), shape=(len(low), len(choices))).tocsr()
    found = milp(
        -gain,
        constraints=LinearConstraint(matrix, low, high),
        integrality=np.ones(len(choices)),
        bounds=Bounds(0, 1),
        options={"time_limit": amount(seconds, "seconds"), "mip_rel_gap": 0.0},
    )
    if found.status != 0:
        raise ValueError(f"The search did not end with a proved best plan ({found.message}). Use by_rule.")
    chosen = np.flatnonzero(found.x > 0.5)
    start = {named[owner[c]].name: int(starts[c]) for c in chosen}
    return _fixed(plan, "exact", start)


def compare_schedules(plan: Roadmap, search: bool = True) -> pd.DataFrame:
    """Each rule, everything at once and (with ``search``) the exact plan, in one row each.

    Columns: ``net`` (value up to the horizon less all cost), ``finished`` (month), ``payback`` (months, missing where
    it is not reached) and ``deepest`` (money to be advanced, below 0). The best ``net`` first.
    """
    found = [all_at_once(plan), *(by_rule(plan, rule) for rule in RULES), *([exact(plan)] if search else [])]
    rows = {
        each.rule: {
            "net": each.net,
            "finished": each.finished,
            "payback": pd.NA if each.payback is None else each.payback,
            "deepest": each.deepest,
        }
        for each in found
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("rule")
    table["payback"] = table["payback"].astype("Int64")
    return table.sort_values("net", ascending=False, kind="stable")


def _placed(plan: Roadmap, order: list[str], rule: str) -> Schedule:
    """Each initiative in ``order`` at the earliest month that prerequisites and limits allow."""
    named = plan.named()
    length = sum(each.months for each in plan.initiatives) + 1
    used = {"people": np.zeros(length), "monthly_cost": np.zeros(length)}
    limits = {"people": plan.people, "monthly_cost": plan.budget}
    start: dict[str, int] = {}
    for name in order:
        each = named[name]
        month = max((start[before] + named[before].months for before in each.after), default=0)
        while any(
            limit is not None
            and used[need][month : month + each.months].max() + getattr(each, need) > limit * (1 + 1e-12)
            for need, limit in limits.items()
        ):
            month += 1
        start[name] = month
        for need, taken in used.items():
            taken[month : month + each.months] += getattr(each, need)
    return _fixed(plan, rule, start)


def _fixed(plan: Roadmap, rule: str, start: dict[str, int]) -> Schedule:
    """The schedule in which each initiative runs without a break from its start."""
    named = plan.named()
    end = {name: start[name] + each.months for name, each in named.items()}
    people, cost = np.zeros(max(end.values())), np.zeros(max(end.values()))
    for name, each in named.items():
        people[start[name] : end[name]] += each.people
        cost[start[name] : end[name]] += each.monthly_cost
    return _schedule(plan, rule, start, end, people.tolist(), cost.tolist())


def _schedule(
    plan: Roadmap, rule: str, start: dict[str, int], end: dict[str, int], people: list[float], cost: list[float]
) -> Schedule:
    rows = [
        (each.name, start[each.name], end[each.name], each.months, each.people, each.value) for each in plan.initiatives
    ]
    table = pd.DataFrame(rows, columns=["initiative", "start", "end", "months", "people", "value"])
    table = table.sort_values(["start", "end"], kind="stable").set_index("initiative")
    length = max(plan.horizon, len(cost))
    value = np.zeros(length)
    for each in plan.initiatives:
        value[end[each.name] :] += each.value
    months = pd.DataFrame(
        {
            "people": np.pad(people, (0, length - len(people))),
            "cost": np.pad(cost, (0, length - len(cost))),
            "value": value,
        },
        index=pd.RangeIndex(length, name="month"),
    )
    months["cash"] = months["value"] - months["cost"]
    months["cumulative"] = months["cash"].cumsum()
    return Schedule(plan, rule, table, months)


def _with_prerequisites(named: Mapping[str, Initiative], name: str, done: set[str]) -> list[str]:
    """All that must still be done before ``name``, then ``name`` itself, in an order that works."""
    found: list[str] = []

    def visit(each: str) -> None:
        if each not in found and each not in done:
            for before in named[each].after:
                visit(before)
            found.append(each)

    visit(name)
    return found


def _earliest(plan: Roadmap) -> dict[str, int]:
    """The first month in which each could start if nothing else were limited."""
    named = plan.named()
    found: dict[str, int] = {}
    for name in named:
        for each in _with_prerequisites(named, name, set(found)):
            found[each] = max((found[before] + named[before].months for before in named[each].after), default=0)
    return found


def _circle(after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Names that wait for each other, the first repeated at the end; nothing where there is no circle."""
    state: dict[str, bool] = {}
    path: list[str] = []

    def visit(name: str) -> list[str]:
        if state.get(name):
            return []
        if name in path:
            return [*path[path.index(name) :], name]
        path.append(name)
        for before in after[name]:
            if circle := visit(before):
                return circle
        path.pop()
        state[name] = True
        return []

    for name in after:
        if circle := visit(name):
            return circle
    return []
