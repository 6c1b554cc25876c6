"""The explorations of transformation: a self-assessment to take along, the mix of pay, what to do first.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html import escape

import ipywidgets

from customer_value import plots, transformation
from customer_value.plots.currency import euros
from customer_value.strategy_widgets import studio
from customer_value.transformation import (
    PILLARS,
    PRACTICES,
    RULES,
    Answer,
    MaturityAssessment,
    Practice,
    Roadmap,
    Schedule,
    Setting,
    disagreements,
    ranked_gaps,
)
from customer_value.transformation.practices import HIGHEST
from customer_value.widgets import choice, explore, menu, slider

_AT_ONCE, _EXACT = "everything at once", "exact"
_TOP = 3


def self_assessment(assessment: MaturityAssessment | None = None, person: str = "me") -> ipywidgets.VBox:
    """How far are we, where do we want to be, and which gap comes first?

    One pillar at a time: for each statement what a 1, a 3 and a 5 look like, and two sliders (0: not scored). The
    answers are those of ``person``; others in ``assessment`` stay as they are, and disagreement with them is named. The
    figure and a file for the last chapter can be downloaded below the sentence once something is scored.
    """
    start = assessment
    own = dict(start.answers.get(person, {})) if start is not None else {}
    company = start.company if start is not None else "our company"

    pillar = menu("Pillar", PILLARS)
    latest = [""]

    def document() -> tuple[str, MaturityAssessment | None]:
        here = [practice.id for practice in PRACTICES if practice.pillar == pillar.value]
        told = f"{pillar.value.capitalize()}: {len(own.keys() & set(here))} of {len(here)}.{latest[0]}"
        people = {**(start.answers if start is not None else {}), person: own}
        people = {name: given for name, given in people.items() if given}
        if not people:
            return f"Scored by {person}: 0 of {len(PRACTICES)} statements. Move the sliders. {told}", None
        made = MaturityAssessment(company, people, start.importance if start is not None else {})
        return f"{_findings(made, person)} {told}", made

    inner, update = studio([], document)
    view = ipywidgets.VBox()

    def scored(practice: Practice, now: int, wanted: int) -> None:
        name = practice.id.replace("-", " ").capitalize()
        aim = f"{wanted} wanted" if wanted else "no wish yet"
        latest[0] = f" {name}: {now} now, {aim}." if now else f" {name}: not scored yet, {aim}."
        update()

    def show(_change: object = None) -> None:
        blocks = [
            block
            for practice in PRACTICES
            if practice.pillar == pillar.value
            for block in _statement(practice, own, scored)
        ]
        view.children = (pillar, *blocks, *inner.children)

    def turn(_change: object) -> None:
        latest[0] = ""
        show()
        update()

    pillar.observe(turn, names="value")
    show()
    return view


def pay_mix(setting: Setting | None = None, share: int = 30, strength: float = 9_000.0) -> ipywidgets.VBox:
    """How much of pay should depend on customer value, when it is measured with noise and can be gamed?

    ``share`` (per cent of variable pay) is where the slider starts; the rest depends on sales or on what the last
    control says. Eight years of one adviser without luck, as ``transformation.pay_mix``.
    """
    start = Setting() if setting is None else setting
    shares = [at / 10 for at in range(11)]

    def answer(share: int, noise: int, gaming: int, against: str) -> tuple[str, plots.Figure]:
        changed = start.changed(value_noise=1_000.0 * noise, game_effect=float(gaming))
        table = transformation.pay_mix(changed, against, shares, strength=strength)
        row = transformation.pay_mix(changed, against, [share / 100], strength=strength).iloc[0]
        best = table["worth"].idxmax()
        gamed = f" and {row['game']:.2f} on gaming" if row["game"] > 0.005 else ""
        return (
            f"With {share}% on value an adviser spends {row['push']:.2f} on pushing{gamed} and {row['serve']:.2f} on"
            f" serving (1 on a fixed salary). Gross sales of the first year: {euros(row['first_sales'])}; after eight"
            f" years {row['customers']:,.0f} customers; {row['return_rate']:.0%} of sales come back. Worth"
            f" {euros(row['worth'])}; the best of these mixes has {best:.0%} on value: {euros(table['worth'].max())}.",
            plots.pay_mix(table, share / 100),
        )

    return explore(
        answer,
        share=slider("Variable pay on customer value, %", share, 0, 100, 10),
        noise=slider("Error of measured value, € thousand", round(start.value_noise / 1_000), 0, 120, 10),
        gaming=slider("Gaming: € a customer for a unit", round(start.game_effect), 0, 50, 2),
        against=choice("The rest depends on", {"gross sales": "sales", "net sales": "net sales"}, "sales"),
    )


def what_first(plan: Roadmap, most: int | None = None) -> ipywidgets.VBox:
    """In which order, with how many people, and what if the biggest initiative brings more or less?

    ``plan`` must have a limit of people; the slider runs from the fewest that any initiative needs to ``most`` (twice
    the limit where left out). Another slider sets the value a month of the initiative that brings most, from 0 to
    three times what the plan says. Starts with the exact plan. Money is in the unit of the plan.
    """
    if plan.people is None:
        raise ValueError("plan has no limit of people: give it one with plan.changed(people=…).")
    least = max(1, -int(-max(each.people for each in plan.initiatives) // 1))
    highest = round(2 * plan.people) if most is None else most
    biggest = max(plan.initiatives, key=lambda each: each.value)

    @cache
    def scheduled(people: int, rule: str, value: float) -> Schedule:
        steps = [replace(each, value=value) if each is biggest else each for each in plan.initiatives]
        changed = plan.changed(people=people, initiatives=tuple(steps))
        if rule == _AT_ONCE:
            return transformation.all_at_once(changed)
        return transformation.exact(changed) if rule == _EXACT else transformation.by_rule(changed, rule)

    def answer(people: int, rule: str, value: float) -> tuple[str, plots.Figure]:
        found, best = scheduled(people, rule, value), scheduled(people, _EXACT, value)
        first = found.table.loc[biggest.name, "start"]
        paid = "not paid back" if found.payback is None else f"paid back after {found.payback} months"
        against = "the most that is possible" if rule == _EXACT else f"the exact plan brings {_amount(best.net)}"
        begins = f"begins after {first} months" if first else "begins at once"
        return (
            f"{rule.capitalize()} with {people} people: {biggest.name} {begins}, all done after {found.finished}"
            f" months, {paid}, up to"
            f" {_amount(-found.deepest)} advanced. Over {plan.horizon} months it brings {_amount(found.net)} net;"
            f" {against}.",
            plots.roadmap_gantt(found),
        )

    return explore(
        answer,
        people=slider("People available", round(plan.people), least, max(highest, least + 1)),
        rule=menu("Order of work", (_EXACT, *RULES, _AT_ONCE)),
        value=slider(f"{biggest.name.capitalize()}: value a month", biggest.value, 0, max(3 * biggest.value, 1)),
    )


def _statement(
    practice: Practice, own: dict[str, Answer], scored: Callable[[Practice, int, int], None]
) -> list[ipywidgets.Widget]:
    """The statement with its anchors, and the two sliders that set its answer and tell ``scored`` of it."""
    name = practice.id.replace("-", " ")
    given = own.get(practice.id)
    told = ipywidgets.HTML(
        f'<p style="line-height: 1.45; margin: 0.8em 0 0.2em"><strong>{escape(practice.statement)}</strong><br>'
        f"1: {escape(practice.one)}<br>3: {escape(practice.three)}<br>5: {escape(practice.five)}</p>"
    )
    now = slider(f"{name}: now", given.now if given else 0, 0, HIGHEST)
    wanted = slider(f"{name}: wanted", given.target if given else 0, 0, HIGHEST)

    def moved(_change: object) -> None:
        if now.value:
            own[practice.id] = Answer(now.value, wanted.value or now.value)
        else:
            own.pop(practice.id, None)
        scored(practice, now.value, wanted.value)

    for control in (now, wanted):
        control.observe(moved, names="value")
    return [told, now, wanted]


def _findings(made: MaturityAssessment, person: str) -> str:
    ranked = ranked_gaps(made)
    first = ranked[ranked["priority"] > 0].head(_TOP)
    gaps = [f"{name.replace('-', ' ')} ({row['now']:g} to {row['target']:g})" for name, row in first.iterrows()]
    told = f"First gaps: {', '.join(gaps)}." if gaps else "No target is above its score."
    scored = len(made.answers.get(person, {}))
    apart = disagreements(made) if len(made.answers) > 1 else None
    others = (
        f" Seen two points apart or more by {len(made.answers)} people: {len(apart)}; talk about"
        f" {apart.index[0].replace('-', ' ')} first."
        if apart is not None and len(apart)
        else ""
    )
    return f"Scored by {person}: {scored} of {len(PRACTICES)} statements. {told}{others}"


def _amount(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")
