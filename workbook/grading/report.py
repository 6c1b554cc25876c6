"""Pages for people: a report for the facilitator, one for the room without names, feedback for each learner.

Each page is one file that works offline, without scripts.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from customer_value import plots
from customer_value.checks.feedback import marked_up
from workbook.grading import gradebook
from workbook.grading.cohort import Cohort, Row, write_whole
from workbook.grading.grade import BLANK, CRASHED, ERROR, MANUAL, NOT_RUN, READ, RIGHT, TIMEOUT, WRONG, QuestionResult

LEAST_FOR_ROOM = 8
"""With fewer notebooks a distribution of points would tell the room who is who."""

_LOOKS = {
    RIGHT: ("✓", "right", "right"),
    WRONG: ("✗", "not yet", "wrong"),
    BLANK: ("○", "not attempted", "blank"),
    ERROR: ("✗", "the code stops with an error", "wrong"),
    TIMEOUT: ("✗", "the code takes too long", "wrong"),
    CRASHED: ("✗", "the code ends Python", "wrong"),
    NOT_RUN: ("○", "could not be run", "wrong"),
    MANUAL: ("·", "to be read by a person", "blank"),
    READ: ("·", "read by a person", "right"),
}


@dataclass(frozen=True)
class Chart:
    """A figure inside a page."""

    data: str
    alt: str
    width: int
    height: int


def write(cohort: Cohort, out: Path) -> list[Path]:
    """Write ``report.html``, ``room.html`` and ``feedback/<learner>.html`` into ``out``."""
    pages = {"report.html": report(cohort), "room.html": room(cohort)}
    for row in cohort.rows:
        if row.source:
            pages[f"feedback/{page_name(row)}"] = feedback(cohort, row)
    for name, text in pages.items():
        write_whole(out / name, text)
    return [out / name for name in pages]


def report(cohort: Cohort) -> str:
    """The facilitator's page: it names people."""
    items = gradebook.items(cohort)
    unread = sum(question.status == MANUAL for row in cohort.rows for question in row.graded.questions)
    return _render(
        "report.html",
        **_common(cohort),
        figures=_charts(cohort, items),
        items=items,
        debrief=sorted(
            (item for item in _judged(items) if item.right < item.answered), key=lambda item: item.share_right
        ),
        help=[_in_need(row) for row in _needing_help(cohort)],
        unreadable=[row for row in cohort.rows if row.graded.state == "unreadable"],
        missing=[row for row in cohort.rows if row.graded.state == "missing"],
        same=_same(cohort),
        notes=[(row.learner.name, row.graded.notes) for row in cohort.rows if row.graded.notes],
        aside=cohort.aside,
        unread=unread,
        guides=[(q["title"], q["guide"]) for q in cohort.reference.questions if q.get("guide")],
        seed=cohort.reference.seed,
        fingerprint=cohort.reference.fingerprint[:12],
    )


def room(cohort: Cohort) -> str:
    """The page to show: no names, and no distribution where it would tell who is who."""
    items = gradebook.items(cohort)
    few = len(cohort.handed_in) < LEAST_FOR_ROOM
    figures = _charts(cohort, items)
    return _render(
        "room.html",
        **_common(cohort),
        figures=figures[1:] if few else figures,
        hidden=few,
        least=LEAST_FOR_ROOM,
        items=items,
    )


def feedback(cohort: Cohort, row: Row) -> str:
    """One learner's page: verdicts, misconceptions and hints; never the reference's values."""
    by_question = {question["qid"]: question for question in cohort.reference.questions}
    graded = row.graded
    return _render(
        "feedback.html",
        slug=cohort.reference.slug,
        name=row.learner.name,
        state=graded.state,
        reason=graded.reason,
        reached=f"{graded.reached:g}",
        points=cohort.reference.points,
        unread=sum(question.status == MANUAL for question in graded.questions),
        notes=graded.notes,
        questions=[_told(result, by_question[result.qid]) for result in graded.questions]
        if graded.state == "graded"
        else [],
    )


def page_name(row: Row) -> str:
    """File name of a learner's feedback, safe on any disk and different for different learners."""
    safe = re.sub(r"[^\w.@-]+", "-", row.learner.key).strip("-.")[:60]
    if safe != row.learner.key or safe.lower() != safe:
        safe = f"{safe}-{hashlib.sha256(row.learner.key.encode()).hexdigest()[:6]}"
    return f"{safe}.html"


def _told(result: QuestionResult, question: dict[str, Any]) -> dict[str, Any]:
    symbol, words, look = _LOOKS[result.status]
    # The last hint is the solution.
    hints = [] if result.status in (RIGHT, MANUAL, READ) else question["hints"][:-1]
    says = question.get("praise", "") if result.status == RIGHT else result.misconception or result.reason
    return {
        "symbol": symbol,
        "words": words,
        "look": look,
        "qid": result.qid,
        "title": result.title,
        "reached": f"{result.reached:g}",
        "points": result.points,
        "answer": result.answer if result.status in (WRONG, MANUAL, READ) else "",
        "says": says,
        "hints": hints,
    }


def _common(cohort: Cohort) -> dict[str, Any]:
    rows = cohort.handed_in
    return {
        "slug": cohort.reference.slug,
        "points": cohort.reference.points,
        "graded": len(rows),
        "mean": f"{fmean(row.graded.reached for row in rows):.1f}" if rows else "–",
    }


def _needing_help(cohort: Cohort) -> list[Row]:
    half = cohort.reference.points / 2
    needing = [
        row
        for row in cohort.handed_in
        if row.graded.reached + sum(q.points for q in row.graded.questions if q.status == MANUAL) < half
        or any(question.status in (ERROR, TIMEOUT, CRASHED, NOT_RUN) for question in row.graded.questions)
    ]
    return sorted(needing, key=lambda row: row.graded.reached)


def _in_need(row: Row) -> dict[str, str]:
    def those(*statuses: str) -> str:
        return ", ".join(question.qid for question in row.graded.questions if question.status in statuses)

    return {
        "name": row.learner.name,
        "page": page_name(row),
        "reached": f"{row.graded.reached:g}",
        "wrong": those(WRONG),
        "blank": those(BLANK),
        "broken": those(ERROR, TIMEOUT, CRASHED, NOT_RUN),
    }


def _same(cohort: Cohort) -> list[list[str]]:
    names = {row.learner.key: row.learner.name for row in cohort.rows}
    groups = {tuple(sorted([row.learner.key, *row.same_as])) for row in cohort.rows if row.same_as}
    return [[names[key] for key in group] for group in sorted(groups)]


def _charts(cohort: Cohort, items: list[gradebook.Item]) -> list[Chart]:
    rows = cohort.handed_in
    if not rows:
        return []
    charts = [_points_chart([row.graded.reached for row in rows], cohort.reference.points)]
    return [*charts, _items_chart(_judged(items))] if _judged(items) else charts


def _points_chart(reached: list[float], points: int) -> Chart:
    middle = median(reached)
    bins = list(range(points + 1))
    counts = [sum(round(value) == edge for value in reached) for edge in bins]
    title = f"Half of the {len(reached)} reached {middle:g} of {points} points or more"
    listed = ", ".join(f"{count} with {edge}" for edge, count in zip(bins, counts, strict=True) if count)
    figure, axes = plots.new_axes(title, f"Bar chart. {title}. Notebooks by points: {listed}.", "Points", "Notebooks")
    axes.bar(bins, counts, color=plots.BLUE, width=0.8)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _embedded(figure)


def _judged(items: list[gradebook.Item]) -> list[gradebook.Item]:
    """The questions with a share right: a text has none."""
    return [item for item in items if item.share_right is not None]


def _items_chart(items: list[gradebook.Item]) -> Chart:
    hardest = min(items, key=lambda item: item.share_right)
    title = f"{hardest.qid} was the hardest: {hardest.share_right:.0%} got it right"
    if hardest.right == hardest.answered:
        title = "Everybody got every question right"
    listed = ", ".join(f"{item.qid} {item.share_right:.0%}" for item in items)
    figure, axes = plots.new_axes(title, f"Bar chart. Share right by question: {listed}.", "Right (%)", "Question")
    names = [item.qid for item in items]
    axes.barh(names, [100 * item.share_right for item in items], color=plots.TEAL, height=0.7)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    return _embedded(figure)


def _embedded(figure: plots.Figure) -> Chart:
    svg = figure.to_svg()
    width, height = (round(inches * 72) for inches in figure.get_size_inches())
    data = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    return Chart(data, figure.alt, width, height)


def _render(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["percent"] = lambda share: "–" if share is None else f"{share:.0%}"
    environment.filters["signed"] = lambda value: "–" if value is None else f"{value:+.2f}".replace("-", "−")
    environment.filters["marked"] = lambda text: Markup(marked_up(text))  # escapes what it is given
    environment.filters["shortened"] = lambda text: text if len(text) <= 300 else text[:300] + " …"
    return environment.get_template(template).render(**values)
