"""How a verdict looks: plain text everywhere, a small note where the front end shows HTML."""

import html
import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby


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

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do but to compare."""
        return self in (Verdict.RIGHT, Verdict.RECORDED)


_EDGES = {
    Verdict.RIGHT: "#1b7f4d",
    Verdict.NOT_YET: "#b3541e",
    Verdict.NOT_ATTEMPTED: "#6b7280",
    Verdict.RECORDED: "#2b6cb0",
}


_ITEM = re.compile(r"(?:\d{1,2}\.|-) +")
_LATEST = "This counts your latest answers. On the pages of the book, My progress keeps your best ones."


@dataclass(frozen=True)
class Asked:
    """The question that an answer belongs to."""

    exercise: str
    qid: str
    title: str
    points: float
    total: float
    """Points of the whole exercise that its checks can give; a text is recorded beside them."""
    hints: tuple[str, ...] = field(default=(), repr=False)
    closing: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Name and text of what gives the answer away: the solution, or the marking guide and a sample."""
    is_text: bool = False
    """For a person to read: no check can give its points."""

    @property
    def counts(self) -> str:
        """What the question counts where its verdict is listed."""
        return "text" if self.is_text else counted(self.points)

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
    """Without an attempt what gives the answer away stays closed."""
    misconception: bool = False

    @property
    def _steps(self) -> list[tuple[str, str]]:
        """Title and text of each step that is open to the learner now."""
        closing = [(f"Show the {name}", text) for name, text in self.question.closing]
        if self.verdict.is_done:
            return closing
        hints = self.question.hints
        titled = [(f"Hint {number} of {len(hints) + 1}", text) for number, text in enumerate(hints, start=1)]
        return titled + closing if self.attempted else titled

    def __str__(self) -> str:
        symbol, words = self.verdict.value
        qid = self.question.qid
        message = f" {self.message}" if self.message else ""
        what = f"the {self.question.closing[0][0]}" if self.verdict.is_done and self._steps else "a hint"
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
        return sum(asked.points for asked, _ in self.verdicts if not asked.is_text)

    @property
    def _texts(self) -> list[bool]:
        """For each text, whether it is recorded."""
        return [verdict is Verdict.RECORDED for asked, verdict in self.verdicts if asked.is_text]

    @property
    def _sum(self) -> str:
        return f"{self._reached:g} of {counted(self._total)}{and_texts(sum(self._texts), len(self._texts))}"

    def __str__(self) -> str:
        lines = []
        for asked, verdict in self.verdicts:
            symbol, words = verdict.value
            lines.append(f"{symbol} {asked.qid} {asked.title}: {words.lower()} ({asked.counts})")
        return "\n".join([*lines, self._sum, _LATEST])

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        rows = []
        for asked, verdict in self.verdicts:
            symbol, words = verdict.value
            rows.append(
                f'<li {asked.attributes(verdict)}><span aria-hidden="true">{symbol}</span>'
                f" {asked.qid} {html.escape(asked.title)}: <strong>{words.lower()}</strong>"
                f" ({asked.counts})</li>"
            )
        return (
            f'<div class="check-progress" data-exercise="{html.escape(self.exercise)}" data-total="{self._total:g}"'
            f' data-reached="{self._reached:g}" data-texts="{sum(self._texts)}">'
            f'<ul style="list-style:none;padding:0">{"".join(rows)}</ul>'
            f'<p role="status"><strong>{self._sum}</strong></p><p>{_LATEST}</p></div>'
        )


def counted(number: float, one: str = "point") -> str:
    """``1 point``, ``2 points``."""
    return f"{number:g} {one}" if number == 1 else f"{number:g} {one}s"


def and_texts(recorded: int, texts: int) -> str:
    """What a sum of points says of the texts that stand beside it."""
    if texts == 1:
        return ", and a text recorded" if recorded else ", and a text to write"
    return f", and {recorded} of {texts} texts recorded" if texts else ""


def marked_up(text: str) -> str:
    """HTML of plain text: escaped, with `code`, fenced blocks, lists and paragraphs.

    Lines that begin with a number and a stop, or with a dash, are a list; an indented line goes on with the one
    before.
    """
    parts = re.split(r"```(?:python)?\n(.*?)```", text, flags=re.S)
    pieces = []
    for index, part in enumerate(parts):
        if index % 2:
            pieces.append(f"<pre><code>{html.escape(part.rstrip())}</code></pre>")
        else:
            pieces.append(_prose(re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(part))))
    return "".join(pieces)


def _prose(text: str) -> str:
    lines = re.sub(r"\n[ \t]+(?=\S)", " ", text).split("\n")
    pieces = []
    for is_item, group in groupby(lines, key=lambda line: bool(_ITEM.match(line))):
        block = list(group)
        if is_item:
            tag = "ul" if block[0].startswith("-") else "ol"
            items = "".join(f"<li>{_ITEM.sub('', line)}</li>" for line in block)
            pieces.append(f"<{tag}>{items}</{tag}>")
        else:
            # No paragraphs of their own: a message goes on in the line of its verdict.
            pieces.append(re.sub(r"(?<=\S)\n\n+(?=\S)", "<br><br>", "\n".join(block)))
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
