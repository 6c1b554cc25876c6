"""What a reader has reached: the list of what there is, marks in the table of contents, and *My progress*.

    ```{progress} table
    ```

    ```{progress} file
    ```

    ```{progress} record
    ```

Everything reached is kept by `progress.js` in the reader's browser. The build writes `_static/progress.json`
(see workbook.course), the totals. `table` shows both together and stands without JavaScript as the list of what
there is to do; `file` exports, imports and erases; `record` prints. The three stand on one page.
"""

import hashlib
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util.osutil import relative_uri

from workbook import course
from workbook.errors import WorkbookError
from workbook.extensions import inventory
from workbook.extensions.authoring import AuthoredDirective, html

LIST = "_static/progress.json"


class progress_table(nodes.General, nodes.Element):
    """Stands where the table comes, which is known only when all pages have been read."""


class Progress(AuthoredDirective):
    """The directive `progress`."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """The part of the page that the argument names."""
        part = directives.choice(self.arguments[0], ("table", "file", "record"))
        if part == "table":
            return [progress_table()]
        return [html(_FILE if part == "file" else _RECORD)]


_FILE = """<div class="progress-tools" hidden>
<p><button type="button" class="progress-button" data-action="export">Export as a file</button>
<button type="button" class="progress-button" data-action="import">Import a file</button>
<button type="button" class="progress-button" data-action="erase">Erase …</button></p>
<p><label><input type="checkbox" class="progress-written" autocomplete="off" checked> Put into the file what I wrote as
well: guesses, company notes, code and texts</label></p>
<input type="file" class="progress-chosen" accept=".json,application/json" hidden>
<div class="progress-sure" role="group" aria-label="Erase" hidden>
<p>Erase what this browser keeps of the workbook? There is no way back, except a file that you exported before.</p>
<button type="button" class="progress-button" data-action="keep">Keep everything</button>
<button type="button" class="progress-button" data-action="erase-results">Erase the results</button>
<button type="button" class="progress-button" data-action="erase-all">Erase the results and all I wrote</button></div>
<p class="progress-said" role="status"></p>
<div class="progress-differ" role="group" aria-label="What differs" hidden><p></p>
<button type="button" class="progress-button" data-action="keep-mine">Keep mine</button>
<button type="button" class="progress-button" data-action="replace">Replace mine by the file's</button></div></div>"""

_RECORD = """<form class="progress-record-form" hidden>
<p><label for="progress-name">Name on the record</label>
<input type="text" id="progress-name" autocomplete="name" maxlength="80"></p>
<p><label><input type="checkbox" class="progress-keep-name" autocomplete="off"> Keep my name in this browser</label></p>
<p><button type="submit" class="progress-button">Print the record</button></p>
<p class="progress-printed" role="status"></p></form>
<div class="progress-record" hidden></div>"""


def course_of(env: BuildEnvironment, title: str) -> dict[str, Any]:
    """The list of what there is to do, chapter by chapter in the order of the table of contents."""
    chapters = []
    for chapter in env.toctree_includes.get(env.config.root_doc, []):
        pages = [
            course.page(docname, env.titles[docname].astext(), inventory.of_page(env, docname))
            for docname in _with_sections(env, chapter)
        ]
        chapters.append((env.titles[chapter].astext(), pages))
    return course.course(title, chapters)


def questions_of(env: BuildEnvironment) -> dict[str, Any]:
    """What the forms "Apply it to your company" ask, in the order of the book: chapter, and label of each field."""
    found = {}
    for chapter in env.toctree_includes.get(env.config.root_doc, []):
        for docname in _with_sections(env, chapter):
            for form, fields in inventory.of_page(env, docname)["labels"].items():
                found[form] = {"chapter": env.titles[chapter].astext(), "fields": fields}
    return found


def in_script(data: Any, ident: str) -> str:
    """Data for a script, inside the page."""
    # "</" would end the element early; "<\/" is the same string in JSON.
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/json" id="{ident}">{text}</script>'


def _with_sections(env: BuildEnvironment, docname: str) -> Iterator[str]:
    yield docname
    for section in env.toctree_includes.get(docname, []):
        yield from _with_sections(env, section)


def table(listed: dict[str, Any], link: Any) -> str:
    """The table of *My progress* as a reader without JavaScript gets it; `link` gives a page's address."""
    bodies = []
    for chapter in listed["chapters"]:
        first = chapter["pages"][0]["page"]
        heading = f'<a href="{escape(link(first))}">{escape(chapter["title"])}</a>'
        rows = [
            f'<tr class="progress-chapter" data-what="chapter" data-page="{escape(first)}">'
            f'<th scope="rowgroup">{heading}</th><td class="progress-there">{_reachable([chapter])}</td>'
            "<td></td></tr>"
        ]
        for page in chapter["pages"]:
            rows += _rows(page, link(page["page"]))
        bodies.append(f"<tbody>{''.join(rows)}</tbody>")
    total = _reachable(listed["chapters"])
    names = '<th scope="col">Part</th><th scope="col" class="progress-there">There is</th><th scope="col">You have</th>'
    return (
        '<div class="table-scroll" tabindex="0" role="group" aria-label="Table">'
        f'<table class="progress-table"><thead><tr>{names}</tr></thead>{"".join(bodies)}'
        '<tfoot><tr data-what="all"><th scope="row">The whole book</th>'
        f'<td class="progress-there">{total}</td><td></td></tr></tfoot></table></div>'
    )


def _reachable(chapters: list[dict[str, Any]]) -> str:
    """Points and texts; a question of a quiz counts as one point."""
    pages = [page for chapter in chapters for page in chapter["pages"]]
    exercises = [page["exercise"] for page in pages if "exercise" in page]
    quizzes = sum(len(page.get("quiz", ())) for page in pages)
    return _points(quizzes + sum(each["points"] for each in exercises)) + _and_texts(exercises)


def _and_texts(exercises: list[dict[str, Any]]) -> str:
    texts = sum(question["kind"] == "free" for each in exercises for question in each["questions"])
    return f" and {'a text' if texts == 1 else f'{texts} texts'}" if texts else ""


def _rows(page: dict[str, Any], address: str) -> list[str]:
    def row(what: str, label: str, there: str, anchor: str = "", name: str = "") -> str:
        named = f' data-name="{escape(name)}"' if name else ""
        return (
            f'<tr data-what="{what}" data-page="{escape(page["page"])}"{named}><th scope="row">'
            f'<a href="{escape(address + anchor)}">{escape(label)}</a></th>'
            f'<td class="progress-there">{there}</td><td></td></tr>'
        )

    rows = []
    if page.get("lab"):
        rows.append(row("lab", page["title"], "to run once"))
    if names := page.get("guesses"):
        rows.append(row("guesses", "Your guesses", _counted(len(names), "guess", "guesses"), f"#guess-{names[0]}"))
    if exercise := page.get("exercise"):
        questions = "".join(
            f'<li data-qid="{escape(each["qid"])}">{escape(each["qid"])} {escape(each["title"])}'
            f" ({'text' if each['kind'] == 'free' else _points(each['points'])})</li>"
            for each in exercise["questions"]
        )
        summary = _counted(len(exercise["questions"]), "task", "tasks")
        rows.append(row("exercise", page["title"], _points(exercise["points"]) + _and_texts([exercise])))
        # A row of its own: in the first column the tasks would find no room on a phone.
        tasks = f"<details><summary>{summary}</summary><ul>{questions}</ul></details>"
        rows.append(f'<tr class="progress-tasks"><td colspan="3">{tasks}</td></tr>')
    if keys := page.get("quiz"):
        rows.append(row("quiz", "Quiz", _counted(len(keys), "question", "questions"), "#quiz-0"))
    for form, fields in page.get("company", {}).items():
        there = _counted(len(fields), "field", "fields")
        rows.append(row("company", "Apply it to your company", there, f"#company-{form}", name=form))
    return rows


def _counted(number: float, one: str, several: str) -> str:
    return f"{number:g} {one if number == 1 else several}"


def _points(points: float) -> str:
    return _counted(points, "point", "points")


_NOTES = """<p class="progress-note" role="status" hidden></p>
<noscript><p class="progress-note">Progress is kept by a script in your browser, and scripts are switched off.
So nothing is kept; this is what there is to do.</p></noscript>"""


def _listed(app: Sphinx) -> dict[str, Any]:
    if not hasattr(app, "workbook_course"):
        try:
            app.workbook_course = course_of(app.env, app.config.html_title or app.config.project)
        except WorkbookError as error:
            raise SphinxError(str(error)) from None
    return app.workbook_course


def _fill_table(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in doctree.findall(progress_table):
        listed = _listed(app)
        shown = table(listed, lambda page: app.builder.get_relative_uri(docname, page))
        data = in_script(listed, "progress-list") + in_script(questions_of(app.env), "company-questions")
        place.replace_self(html(f"{_NOTES}{data}{shown}"))


def _text(app: Sphinx) -> str:
    return json.dumps(_listed(app), ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _load_scripts(app: Sphinx, pagename: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    root = relative_uri(app.builder.get_target_uri(pagename), "") or "./"
    digest = hashlib.sha256(_text(app).encode()).hexdigest()[:10]
    labs = {page["page"] for chapter in _listed(app)["chapters"] for page in chapter["pages"] if page.get("lab")}
    data = {"root": root, "page": pagename, "book": course.version(), "list": f"{root}{LIST}?v={digest}"}
    if pagename in labs:
        data["lab"] = "true"
    named = {f"data-{name}": value for name, value in data.items()}
    app.add_js_file("progress.js", loading_method="defer", **named)
    if doctree is not None and 'class="progress-table"' in context["body"]:
        app.add_js_file("my-progress.js", loading_method="defer")
        app.add_css_file("my-progress.css")


def _write_list(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        (Path(app.outdir) / LIST).write_text(_text(app), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; the small script comes with every page, the larger one with *My progress*."""
    app.add_node(progress_table)
    app.add_directive("progress", Progress)
    app.connect("doctree-resolved", _fill_table)
    app.connect("html-page-context", _load_scripts)
    app.connect("build-finished", _write_list)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
