"""The form "Apply it to your company": a few fields that never leave the reader's browser.

    ```{your-company} heterogeneity
    - name: top-share
      label: Share of your sales made by your best tenth of customers
      hint: A rough figure is enough, e.g. 40%
    - name: decision
      label: One decision you would take differently
      lines: 3
    ```

The argument names the form within the book; `name` names the field within the form. Both are lower-case
words with hyphens and stay the same for ever: the answers are kept in localStorage under
`customer-value-workbook:company:<form>` as one JSON object {field: answer}.
`hint` and `lines` (height of the field, 1 if left out) are optional.
"""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from workbook.extensions import inventory
from workbook.extensions.authoring import YamlDirective, html

PROMISE = "What you write stays in this browser, on this computer. Nothing is sent anywhere."

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class YourCompany(YamlDirective):
    """The directive `your-company`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Check the author's fields and write them as labelled inputs."""
        form = self.arguments[0]
        if not _NAME.fullmatch(form):
            raise self.fail(f"{form!r} is no name: use lower-case words with hyphens.")
        fields: list[str] = []
        names: list[str] = []
        labels: dict[str, str] = {}
        for number, entry in enumerate(self.entries(), start=1):
            place = f"field {number}"
            self.only(entry, {"name", "label", "hint", "lines"}, place)
            name, label = self.text(entry, "name", place), self.text(entry, "label", place)
            if not _NAME.fullmatch(name) or name in names:
                raise self.fail(f"{place}: {name!r} is taken or no name: use lower-case words with hyphens.")
            names.append(name)
            labels[name] = label
            lines = entry.get("lines", 1)
            if not isinstance(lines, int) or not 1 <= lines <= 20:
                raise self.fail(f"{place}: `lines` is a whole number from 1 to 20.")
            fields.append(_field(f"company-{form}-{name}", name, label, str(entry.get("hint", "")), lines))
        notes = inventory.of_page(self.env)
        notes["company"][form], notes["labels"][form] = list(names), labels
        return [
            html(
                f'<form class="company" id="company-{form}" data-form="{form}" aria-label="Apply it to your company">'
                + "".join(fields)
                + f'<p class="company-promise">{PROMISE}</p>'
                '<noscript><p class="company-promise">Without JavaScript nothing is kept either: '
                "copy your answers before you leave the page.</p></noscript>"
                '<p class="company-status" role="status"></p></form>'
            )
        ]


def _field(ident: str, name: str, label: str, hint: str, lines: int) -> str:
    described = f' aria-describedby="{ident}-hint"' if hint else ""
    common = f'id="{ident}" name="{name}" autocomplete="off"{described}'
    control = f'<input type="text" {common}>' if lines == 1 else f'<textarea rows="{lines}" {common}></textarea>'
    note = f'<small id="{ident}-hint">{escape(hint)}</small>' if hint else ""
    return f'<div class="company-field"><label for="{ident}">{escape(label)}</label>{note}{control}</div>'


def _load_script(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is not None and '<form class="company"' in context["body"]:
        app.add_js_file("your-company.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; its script comes only with pages that have a form."""
    app.add_directive("your-company", YourCompany)
    app.connect("html-page-context", _load_script)
    # Pages that an earlier build has read have no labels noted: this version has them read again.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
