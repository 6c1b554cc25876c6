"""Pages for facilitators, made from data: run sheets, discussion prompts and misconceptions.

    ```{run-sheet} half-day.yml
    ```

    ```{discussion-prompts} discussion.yml
    ```

    ```{misconceptions} misconceptions.yml
    ```

The files lie beside the page. A run sheet that does not add up, names a page that is not there or gives a block
more time than its chapter has stops the build (see workbook.run_sheets).
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from customer_value.checks.feedback import marked_up
from workbook import book, misconceptions, run_sheets
from workbook.errors import WorkbookError
from workbook.extensions.authoring import AuthoredDirective, html
from workbook.timed_pages import EXERCISE, timed

_LABELS = {
    "do": "They",
    "say": "You open with",
    "watch": "Watch for",
    "late": "When late",
    "managers": "Managers, no code",
    "analysts": "Analysts",
}
_PROMPT = ("prompt", "tension", "ends")


class _FromFile(AuthoredDirective):
    """A directive whose one argument names a file beside the page."""

    required_arguments = 1
    has_content = False

    def file(self) -> Path:
        """The file; one that is not there stops the build."""
        path = Path(self.env.doc2path(self.env.docname)).parent / self.arguments[0]
        if not path.is_file():
            raise self.fail(f"there is no file {self.arguments[0]} beside this page.")
        self.env.note_dependency(str(path))
        return path

    @property
    def root(self) -> Path:
        """The folder of the book's sources."""
        return Path(self.env.srcdir)

    def pages(self) -> list[str]:
        """The documents of the table of contents, in its order."""
        return [path.relative_to(self.root).with_suffix("").as_posix() for path in book.pages(self.root, {})]

    def parsed(self, text: str) -> list[nodes.Node]:
        """Markdown as block content."""
        box = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), source=""), self.content_offset, box)
        return list(box.children)

    def section(self, anchor: str, title: str, *content: nodes.Node, classes: Iterable[str] = ()) -> nodes.section:
        """A section that the page's contents list."""
        section = nodes.section(ids=[anchor], names=[], classes=list(classes))
        section += nodes.title("", title)
        section += list(content)
        return section

    def facts(self, pairs: Iterable[tuple[str, str]]) -> list[nodes.Node]:
        """Terms with their Markdown."""
        result: list[nodes.Node] = [html('<dl class="workshop-facts">')]
        for name, text in pairs:
            result += [html(f"<div><dt>{escape(name)}</dt><dd>"), *self.parsed(text), html("</dd></div>")]
        return [*result, html("</dl>")]


class RunSheet(_FromFile):
    """The directive `run-sheet`."""

    def run(self) -> list[nodes.Node]:
        """An overview and a section for each block; a file of modules gives a section for each module."""
        try:
            sheets = run_sheets.read(self.file(), self.pages(), self.root)
        except WorkbookError as error:
            raise self.fail(str(error)) from None
        if len(sheets) == 1 and sheets[0].on_the_clock:
            sheet = sheets[0]
            return [*self._overview(sheet), *self._blocks(sheet, "block")]
        sections = []
        for number, sheet in enumerate(sheets, start=1):
            title = f"{sheet.chapter[:2]}. {sheet.title}"
            name = f"module-{number}"
            content = [*self._overview(sheet), *self._blocks(sheet, name)]
            sections.append(self.section(name, title, *content, classes=["workshop-module"]))
        return sections

    def _overview(self, sheet: run_sheets.RunSheet) -> list[nodes.Node]:
        clock = "Time" if sheet.on_the_clock else "Minute"
        rows = [f"| {clock} | Block | Where |", "| --- | --- | --- |"]
        for block in sheet.blocks:
            where = _link(block)
            rows.append(f"| {sheet.when(block)} | {block.title} | {where} |")
        return self.parsed("\n".join(rows))

    def _blocks(self, sheet: run_sheets.RunSheet, prefix: str) -> list[nodes.Node]:
        sections = []
        for number, block in enumerate(sheet.blocks, start=1):
            if block.activity == "break":
                continue
            head = f"{sheet.when(block)} {block.title}"
            told = [(_LABELS[key], block.told[key]) for key in _LABELS if key in block.told]
            content = [*self.parsed(_source(block)), *self.facts(told)]
            sections.append(self.section(f"{prefix}-{number}", head, *content, classes=["workshop-block"]))
        return sections


class DiscussionPrompts(_FromFile):
    """The directive `discussion-prompts`."""

    def run(self) -> list[nodes.Node]:
        """A section for each chapter of the table of contents that has prompts; the others wait for their chapter."""
        written = yaml.safe_load(self.file().read_text(encoding="utf-8"))
        sections = []
        for slug, prompts in written.items():
            page = f"chapters/{slug}/index"
            if page not in self.pages():
                continue
            content: list[nodes.Node] = []
            for number, prompt in enumerate(prompts, start=1):
                if set(prompt) != set(_PROMPT):
                    raise self.fail(f"prompt {number} of {slug} needs {', '.join(_PROMPT)} and nothing else.")
                content += [html('<div class="workshop-prompt">'), *self.parsed(f"**{prompt['prompt'].strip()}**")]
                content += self.facts([("The tension", prompt["tension"]), ("A good end", prompt["ends"])])
                content.append(html("</div>"))
            title = f"{slug[:2]}. {timed(page, self.root).title}"
            sections.append(self.section(f"discuss-{slug}", title, *content))
        return sections


class Misconceptions(_FromFile):
    """The directive `misconceptions`."""

    def run(self) -> list[nodes.Node]:
        """A section for each exercise of the table of contents: what stands behind the slips, then task by task."""
        try:
            found = misconceptions.chapters(self.pages(), self.file(), self.root)
        except WorkbookError as error:
            raise self.fail(str(error)) from None
        return [self._chapter(chapter) for chapter in found]

    def _chapter(self, chapter: misconceptions.Chapter) -> nodes.section:
        content = self.parsed(f"[The exercise](/{chapter.page}.ipynb)")
        for note in chapter.behind:
            pairs = [("They say", note["expect"]), ("Because", note["because"]), ("Ask", note["ask"])]
            content += self.facts(pairs)
        for task in chapter.tasks:
            title = f"{task.qid} {task.title} ({task.points} {'point' if task.points == 1 else 'points'})"
            content.append(html(f'<details class="workshop-task"><summary>{escape(title)}</summary>'))
            content += [*self._slips(task), html("</details>")]
        return self.section(f"slips-{chapter.slug}", f"{chapter.slug[:2]}. {chapter.title}", *content)

    def _slips(self, task: misconceptions.Task) -> list[nodes.Node]:
        if task.free:
            return self.parsed("A text that a person reads: the guide for it stands in the report of `workbook grade`.")
        heads = {
            misconceptions.THOUGHT: "",
            misconceptions.FORM: "Unit, sign or rounding:",
            misconceptions.UNTOUCHED: "Handed in as it stood there:",
        }
        result: list[nodes.Node] = []
        for kind, head in heads.items():
            says = [slip.says for slip in task.slips if slip.kind == kind]
            if not says:
                continue
            items = "".join(f"<li>{marked_up(text)}</li>" for text in says)
            label = f'<p class="workshop-kind">{head}</p>' if head else ""
            result.append(html(f'{label}<ul class="workshop-slips">{items}</ul>'))
        return result


def _link(block: run_sheets.Block) -> str:
    if block.activity == "break":
        return ""
    if block.page is None:
        return run_sheets.ACTIVITIES[block.activity]
    suffix = ".ipynb" if block.page.kind == EXERCISE else ".md"
    chapter = block.page.docname.split("/")[1][:2]
    names = {"text": f"Text of {chapter}", "lab": f"Lab {chapter}", "exercise": f"Exercise {chapter}"}
    return f"[{names[block.page.kind]}](/{block.page.docname}{suffix})"


def _source(block: run_sheets.Block) -> str:
    """Where the block comes from, in a line."""
    words = f"{run_sheets.ACTIVITIES[block.activity]}, {block.minutes} minutes."
    if block.page is None:
        return words
    if not block.parts:
        return f"{words} {_link(block)}."
    names = "; ".join(f"*{block.page.names[part]}*" for part in block.parts)
    own = max(1, round(block.own_time))
    return f"{words} {_link(block)}: {names} ({own} of the page's {block.page.minutes} minutes)."


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("run-sheet", RunSheet)
    app.add_directive("discussion-prompts", DiscussionPrompts)
    app.add_directive("misconceptions", Misconceptions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
