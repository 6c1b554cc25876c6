"""How a verdict looks: plain text everywhere, a small note where the front end shows HTML."""

import html
import re
from dataclasses import dataclass, field
from enum import Enum


class Verdict(Enum):
    """The three outcomes a learner meets; a symbol and words carry the meaning, colour only underlines it."""

    RIGHT = ("✓", "Right")
    NOT_YET = ("✗", "Not yet")
    NOT_ATTEMPTED = ("○", "Not attempted")


@dataclass(frozen=True)
class Feedback:
    """What a learner is told about one answer."""

    qid: str
    verdict: Verdict
    message: str
    hints: list[str] = field(repr=False)
    misconception: bool = False

    def __str__(self) -> str:
        symbol, words = self.verdict.value
        message = f" {self.message}" if self.message else ""
        more = f' For a hint run check.hint("{self.qid}").' if self.hints else ""
        return f"{symbol} {self.qid}: {words}.{message}{more}"

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        symbol, words = self.verdict.value
        kind = self.verdict.name.lower().replace("_", "-")
        edge = {"right": "#1b7f4d", "not-yet": "#b3541e", "not-attempted": "#6b7280"}[kind]
        return (
            f'<div class="check-feedback check-{kind}" role="status"'
            f' style="border-left:4px solid {edge};padding:.4em .8em;margin:.3em 0">'
            f"<strong>{symbol} {self.qid}: {words}.</strong> {marked_up(self.message)}{self._nested_hints()}</div>"
        )

    def _nested_hints(self) -> str:
        nested = ""
        for number, hint in reversed(list(enumerate(self.hints, start=1))):
            title = f"Hint {number} of {len(self.hints)}" if number < len(self.hints) else "Show the solution"
            nested = f"<details><summary>{title}</summary><div>{marked_up(hint)}{nested}</div></details>"
        return nested


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


def show(feedback: Feedback) -> None:
    """Show a verdict through IPython where it runs, else print it."""
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
