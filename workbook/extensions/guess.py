"""A place to write down a guess before the answer is seen, and the list of a page's guesses.

    ```{guess} top-fifth
    :label: Share of revenue from the best 20 %, in per cent
    ```

    ```{guesses}
    ```

The argument names the guess within its page and stays the same for ever: guesses are kept in localStorage
under `customer-value-workbook:guesses:<page>` as one JSON object {name: guess}. With JavaScript there is a
field; without it, and on paper, a line to write on. `guesses` stands below all guesses of its page.
"""

import re
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from workbook.extensions import inventory
from workbook.extensions.authoring import AuthoredDirective, html

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SO_FAR = "workbook_guesses"  # under this name the guesses of the page being read wait for their list


class Guess(AuthoredDirective):
    """The directive `guess`."""

    required_arguments = 1
    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {"label": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Write the question with a line that the script turns into a field."""
        name, label = self.arguments[0], self.options.get("label", "").strip()
        known = self.env.temp_data.setdefault(_SO_FAR, {})
        if not _NAME.fullmatch(name) or name in known:
            raise self.fail(f"{name!r} is taken or no name: use lower-case words with hyphens.")
        if not label:
            raise self.fail(f"the guess {name} has no `:label:`.")
        known[name] = label
        inventory.of_page(self.env)["guesses"].append(name)
        return [
            html(
                f'<div class="guess" id="guess-{name}" data-page="{self.env.docname}" data-name="{name}">'
                f'<span class="guess-label">Your guess: {escape(label)}</span> '
                '<span class="guess-line"></span><span class="guess-status" role="status"></span></div>'
            )
        ]


class Guesses(AuthoredDirective):
    """The directive `guesses`."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """List the guesses above; the script fills in what was guessed and shows the list."""
        known = self.env.temp_data.get(_SO_FAR)
        if not known:
            raise self.fail("there is no guess above it on this page.")
        items = "".join(
            f'<div><dt><a href="#guess-{name}">{escape(label)}</a></dt><dd data-guess="{name}">no guess</dd></div>'
            for name, label in known.items()
        )
        return [html(f'<dl class="guesses" hidden>{items}</dl>')]


def _load_script(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is not None and '<div class="guess"' in context["body"]:
        app.add_js_file("guess.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives; their script comes only with pages that have a guess."""
    app.add_directive("guess", Guess)
    app.add_directive("guesses", Guesses)
    app.connect("html-page-context", _load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
