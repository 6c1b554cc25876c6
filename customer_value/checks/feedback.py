"""How a verdict looks: plain text everywhere, a small note where the front end shows HTML."""

import html
import re
from dataclasses import dataclass, field
from enum import Enum


class Verdict(Enum):
    """The outcomes a learner meets; a symbol and words carry the meaning, colour only underlines it."""

    RIGHT = ("✓", "Right")
    NOT_YET = ("✗", "Not yet")
    NOT_ATTEMPTED = ("○", "Not attempted")
    RECORDED = ("✎", "Recorded")

    @property
    def key(self) -> str:
        """The verdict in the attributes that the page reads: ``right``, ``not-yet``, …"""
        return self.name.lower().replace("_", "-")


_EDGES = {
    Verdict.RIGHT: "#1b7f4d",
    Verdict.NOT_YET: "#b3541e",
    Verdict.NOT_ATTEMPTED: "#6b7280",
    Verdict.RECORDED: "#2b6cb0",
}


@dataclass(frozen=True)
class Asked:
    """The question that an answer belongs to."""

    exercise: str
    qid: str
    title: str
    points: float
    total: float
    """Points of the whole exercise."""
    steps: tuple[str, ...] = field(default=(), repr=False)
    """Hints in their order; the last one gives the answer away."""
    last_step: str = "Show the solution"

    def attributes(self, verdict: Verdict) -> str:
        """What the page's keeper of progress reads, as HTML attributes."""
        reached = self.points if verdict is Verdict.RIGHT else 0
        values = {
            "exercise": self.exercise,
            "qid": self.qid,
            "verdict": verdict.key,
            "points": f"{self.points:g}",
            "reached": f"{reached:g}",
            "total": f"{self.total:g}",
        }
        return " ".join(f'data-{name}="{html.escape(value)}"' for name, value in values.items())


@dataclass(frozen=True)
class Feedback:
    """What a learner is told about one answer."""

    question: Asked
    verdict: Verdict
    message: str
    attempted: bool = True
    """Without an attempt the last step stays closed."""
    misconception: bool = False

    @property
    def _steps(self) -> list[tuple[str, str]]:
        """Title and text of each step that is open to the learner now."""
        if self.verdict is Verdict.RIGHT:
            return []
        steps = self.question.steps
        titles = [f"Hint {number} of {len(steps)}" for number in range(1, len(steps))] + [self.question.last_step]
        titled = list(zip(titles, steps, strict=True))
        if self.verdict is Verdict.RECORDED:
            return titled[-1:]
        return titled if self.attempted else titled[:-1]

    def __str__(self) -> str:
        symbol, words = self.verdict.value
        qid = self.question.qid
        message = f" {self.message}" if self.message else ""
        what = "the marking guide" if self.verdict is Verdict.RECORDED else "a hint"
        more = f' For {what} run check.hint("{qid}").' if self._steps else ""
        return f"{symbol} {qid}: {words}.{message}{more}"

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        symbol, words = self.verdict.value
        steps = ""
        for title, text in reversed(self._steps):
            steps = f"<details><summary>{title}</summary><div>{marked_up(text)}{steps}</div></details>"
        # Only the verdict is announced: opening a hint must not have the whole box read out again.
        return (
            f'<div class="check-feedback check-{self.verdict.key}" {self.question.attributes(self.verdict)}'
            f' style="border-left:4px solid {_EDGES[self.verdict]};padding:.4em .8em;margin:.3em 0">'
            f'<div role="status"><strong><span aria-hidden="true">{symbol}</span>'
            f" {self.question.qid}: {words}.</strong> {marked_up(self.message)}</div>{steps}</div>"
        )


@dataclass(frozen=True)
class Progress:
    """Where every question of an exercise stands, as a list."""

    exercise: str
    verdicts: list[tuple[Asked, Verdict]]

    @property
    def _reached(self) -> float:
        return sum(asked.points for asked, verdict in self.verdicts if verdict is Verdict.RIGHT)

    @property
    def _total(self) -> float:
        return sum(asked.points for asked, _ in self.verdicts)

    @property
    def _to_read(self) -> float:
        return sum(asked.points for asked, verdict in self.verdicts if verdict is Verdict.RECORDED)

    @property
    def _sum(self) -> str:
        to_read = f", and {counted(self._to_read)} for a person to give" if self._to_read else ""
        return f"{self._reached:g} of {counted(self._total)}{to_read}"

    def __str__(self) -> str:
        lines = []
        for asked, verdict in self.verdicts:
            symbol, words = verdict.value
            lines.append(f"{symbol} {asked.qid} {asked.title}: {words.lower()} ({asked.points:g})")
        return "\n".join([*lines, self._sum])

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        rows = []
        for asked, verdict in self.verdicts:
            symbol, words = verdict.value
            rows.append(
                f'<li {asked.attributes(verdict)}><span aria-hidden="true">{symbol}</span>'
                f" {asked.qid} {html.escape(asked.title)}: <strong>{words.lower()}</strong>"
                f" ({counted(asked.points)})</li>"
            )
        return (
            f'<div class="check-progress" data-exercise="{html.escape(self.exercise)}" data-total="{self._total:g}"'
            f' data-reached="{self._reached:g}" data-to-read="{self._to_read:g}">'
            f'<ul style="list-style:none;padding:0">{"".join(rows)}</ul>'
            f'<p role="status"><strong>{self._sum}</strong></p></div>'
        )


def counted(points: float) -> str:
    """``1 point``, ``2 points``."""
    return f"{points:g} point" if points == 1 else f"{points:g} points"


def marked_up(text: str) -> str:
    """HTML of plain text: escaped, with `code` and fenced blocks set as code."""
    parts = re.split(r"```(?:python)?\n(.*?)```", text, flags=re.S)
    pieces = []
    for index, part in enumerate(parts):
        if index % 2:
            pieces.append(f"<pre><code>{html.escape(part.rstrip())}</code></pre>")
        else:
            pieces.append(re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(part)))
    return "".join(pieces)


def show(feedback: Feedback | Progress) -> None:
    """Show a verdict or the progress through IPython where it runs, else print it."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(feedback)
        return
    if get_ipython() is None:
        print(feedback)
    else:
        display(feedback)
