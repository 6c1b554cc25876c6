"""Multiple-choice questions that need no Python.

    ```{quiz}
    - question: What does a Gini coefficient of 0 say?
      choices:
        - text: All customers spend the same.
          right: true
          feedback: Yes, the Lorenz curve is the diagonal.
        - text: One customer spends everything.
          feedback: That would be a Gini close to 1.
    - question: …
    ```

Texts are Markdown (formulas and links included). Every question has two choices or more, exactly one of
them right, each with its own feedback. With JavaScript the reader picks, checks and keeps the score in this
browser; without it the same questions are read with their answers folded away.
"""

import hashlib
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from workbook.extensions import inventory
from workbook.extensions.authoring import YamlDirective, html


class Quiz(YamlDirective):
    """The directive `quiz`."""

    def run(self) -> list[nodes.Node]:
        """Check the author's questions and write them as fieldsets."""
        serial = self.env.new_serialno("quiz")
        content: list[nodes.Node] = [html(f'<div class="quiz" id="quiz-{serial}" data-quiz="{self.env.docname}">')]
        for number, entry in enumerate(self.entries(), start=1):
            content += self._question(entry, number, f"quiz-{serial}-{number}")
        content.append(html('<p class="quiz-score" role="status"></p></div>'))
        return content

    def _question(self, entry: dict[str, Any], number: int, name: str) -> list[nodes.Node]:
        place = f"question {number}"
        self.only(entry, {"question", "choices"}, place)
        question = self.text(entry, "question", place)
        choices = entry.get("choices")
        if not isinstance(choices, list) or len(choices) < 2 or not all(isinstance(c, dict) for c in choices):
            raise self.fail(f"{place} needs a list of two `choices` or more.")
        texts, feedbacks = [], []
        for position, choice in enumerate(choices, start=1):
            at = f"choice {position} of {place}"
            self.only(choice, {"text", "right", "feedback"}, at)
            texts.append(self.text(choice, "text", at))
            feedbacks.append(self.text(choice, "feedback", at))
            if choice.get("right", False) not in (True, False):
                raise self.fail(f"{at}: `right` is true or is left out.")
        right = [position for position, choice in enumerate(choices) if choice.get("right")]
        if len(right) != 1:
            raise self.fail(f"{place} has {len(right) or 'no'} right choices; exactly one must have `right: true`.")

        # The key changes with the wording, so an old answer is never shown for a new question.
        key = hashlib.sha256("\n".join([question, *texts]).encode()).hexdigest()[:10]
        inventory.of_page(self.env)["quiz"].append(key)
        out: list[nodes.Node] = [
            html(
                f'<form class="quiz-question" data-key="{key}" data-right="{right[0]}"><fieldset>'
                f'<legend><span class="quiz-number">Question {number}.</span> '
            ),
            *self.markdown(question),
            html("</legend>"),
        ]
        for position, text in enumerate(texts):
            out += [
                html(
                    f'<label class="quiz-choice"><input type="radio" name="{name}" value="{position}"'
                    ' autocomplete="off"><span>'
                ),
                *self.markdown(text),
                html("</span></label>"),
            ]
        out.append(
            html(
                '</fieldset><div class="quiz-feedback" role="status"></div>'
                '<details class="quiz-answers"><summary>Answers</summary><ul>'
            )
        )
        for position, (text, feedback) in enumerate(zip(texts, feedbacks, strict=True)):
            symbol, words = ("✓", "Right") if position == right[0] else ("✗", "Not right")
            # On a line of its own: the author's text begins as it likes, with "Yes" as well.
            verdict = f'<strong class="quiz-verdict"><span aria-hidden="true">{symbol}</span> {words}</strong>'
            out += [
                html('<li><span class="quiz-said">'),
                *self.markdown(text),
                html(f'</span> <div class="quiz-why">{verdict}'),
                *self.markdown(feedback),
                html("</div></li>"),
            ]
        out.append(html("</ul></details></form>"))
        return out


def _load_script(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is not None and '<div class="quiz"' in context["body"]:
        app.add_js_file("quiz.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; its script comes only with pages that have a quiz."""
    app.add_directive("quiz", Quiz)
    app.connect("html-page-context", _load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
