"""Routes through the book for different readers, with the time each takes.

    ```{routes}
    - name: Analyst
      for: Whoever does the sums.
      text: all
      lab: all but 1, 3
      exercise: 2, 7
      advice: Take them in order.
    ```

`text`, `lab` and `exercise` say which chapters' parts the route takes: `all`, `none`, `all but` some, or some. The
minutes come from the chapters themselves (see workbook.timings), so new chapters are in with the next build.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

from workbook import timings
from workbook.errors import WorkbookError
from workbook.extensions.authoring import YamlDirective

PARTS = ("text", "lab", "exercise")
_PLURAL = {"text": "texts", "lab": "labs", "exercise": "exercises"}


class Routes(YamlDirective):
    """The directive `routes`."""

    def run(self) -> list[nodes.Node]:
        """The routes one below the other, and a table of the minutes that each takes."""
        try:
            found = timings.chapters(Path(self.env.srcdir))
        except WorkbookError as reason:
            raise self.fail(str(reason)) from None
        if not found:
            raise self.fail("there are no chapters.")
        for name in found:
            self.env.note_dependency(f"chapters/{name}/index.md")
        by_number = {int(name[:2]): timing for name, timing in found.items()}
        routes = []
        for number, entry in enumerate(self.entries(), start=1):
            place = f"route {number}"
            self.only(entry, {"name", "for", "advice", *PARTS}, place)
            taken = {part: self._chosen(entry, part, place, by_number) for part in PARTS}
            routes.append((entry, place, taken))
        result: list[nodes.Node] = []
        for entry, place, taken in routes:
            result += self._route(entry, place, taken, by_number)
        return [*result, self._table(found, [(entry["name"], taken) for entry, _, taken in routes])]

    def _chosen(
        self, entry: dict[str, Any], part: str, place: str, known: dict[int, timings.Timing]
    ) -> tuple[list[int], str]:
        """The chapters whose part a route takes, and how a reader is told."""
        there = [number for number, timing in known.items() if getattr(timing, part)]
        said = self.text(entry, part, place)
        listed = said.removeprefix("all but ")
        if said in ("all", "none"):
            return (there, f"all {_PLURAL[part]}") if said == "all" else ([], f"no {_PLURAL[part]}")
        try:
            numbers = [int(number) for number in listed.split(",")]
        except ValueError:
            raise self.fail(f"{place}: `{part}` is all, none, all but 1, 3, or 1, 3; got {said!r}.") from None
        if unknown := sorted(set(numbers) - set(there)):
            raise self.fail(f"{place}: chapter {unknown[0]} has no {part}.")
        words = f"chapter{'s' if len(numbers) > 1 else ''} {_listed(numbers)}"
        if listed != said:
            return [number for number in there if number not in numbers], f"all {_PLURAL[part]} but those of {words}"
        kind = _PLURAL[part] if len(numbers) > 1 else part
        return numbers, f"the {kind} of {words}"

    def _route(
        self,
        entry: dict[str, Any],
        place: str,
        taken: dict[str, tuple[list[int], str]],
        known: dict[int, timings.Timing],
    ) -> list[nodes.Node]:
        name = self.text(entry, "name", place)
        section = nodes.section(ids=[nodes.make_id(f"route-{name}")], names=[])
        section += nodes.title("", f"{name}: about {timings.hours(_minutes(taken, known))}")
        section += nodes.paragraph("", "", *self.markdown(self.text(entry, "for", place)))
        takes = [words for numbers, words in taken.values() if numbers]
        leaves = [_PLURAL[part] for part, (numbers, _) in taken.items() if not numbers]
        line = f"It takes {_listed(takes)}"
        section += nodes.paragraph("", line + (f", and skips the {_listed(leaves)}." if leaves else "."))
        section += nodes.paragraph("", "", *self.markdown(self.text(entry, "advice", place)))
        return [section]

    def _table(
        self, chapters: dict[str, timings.Timing], routes: list[tuple[str, dict[str, tuple[list[int], str]]]]
    ) -> nodes.section:
        known = {int(name[:2]): timing for name, timing in chapters.items()}
        rows = []
        for name, timing in chapters.items():
            number = int(name[:2])
            minutes = [getattr(timing, part) for part in PARTS]
            minutes += [sum(getattr(timing, part) for part in PARTS if number in taken[part][0]) for _, taken in routes]
            rows.append([self._chapter(name), *(nodes.Text(str(each) if each else "–") for each in minutes)])
        totals = [sum(getattr(timing, part) for timing in chapters.values()) for part in PARTS]
        totals += [_minutes(taken, known) for _, taken in routes]
        rows.append([nodes.Text("All"), *(nodes.Text(timings.hours(total)) for total in totals)])
        header = ["Chapter", *(part.capitalize() for part in PARTS), *(name for name, _ in routes)]
        section = nodes.section(ids=["minutes"], names=[])
        section += nodes.title("", "Minutes, chapter by chapter")
        section += _grid(header, rows)
        return section

    def _chapter(self, name: str) -> nodes.Node:
        page = f"chapters/{name}/index"
        link = pending_xref(
            "", refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=False, refwarn=True,
            refdoc=self.env.docname,
        )  # fmt: skip
        link += nodes.inline("", page, classes=["xref", "std", "std-doc"])
        return nodes.inline("", "", nodes.Text(f"{int(name[:2])}. "), link)


def _minutes(taken: dict[str, tuple[list[int], str]], known: dict[int, timings.Timing]) -> int:
    return sum(getattr(known[number], part) for part, (numbers, _) in taken.items() for number in numbers)


def _listed(words: list[Any]) -> str:
    *first, last = map(str, words)
    return f"{', '.join(first)} and {last}" if first else last


def _grid(header: list[str], rows: list[list[nodes.Node]]) -> nodes.Node:
    def row(cells: list[nodes.Node]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))

    columns = [nodes.colspec(colwidth=1) for _ in header]
    head = nodes.thead("", row([nodes.Text(title) for title in header]))
    body = nodes.tbody("", *map(row, rows))
    return nodes.table("", nodes.tgroup("", *columns, head, body, cols=len(header)), classes=["routes"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("routes", Routes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
