"""What the workbook's own directives share: a YAML body, and errors that name file and line."""

from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.errors import SphinxError
from sphinx.util.docutils import SphinxDirective


class AuthoredDirective(SphinxDirective):
    """A directive that names file and line when its author slips."""

    def fail(self, what: str) -> SphinxError:
        """The error to raise for an author's slip; it stops the build."""
        source, line = self.get_source_info()
        return SphinxError(f"{source}:{line}: {self.name}: {what}")


class YamlDirective(AuthoredDirective):
    """A directive whose body is a YAML list."""

    has_content = True

    def entries(self) -> list[dict[str, Any]]:
        """The body as a list of mappings."""
        try:
            body = yaml.safe_load("\n".join(self.content))
        except yaml.YAMLError as error:
            # One line: where in the body, and what the parser stumbled over.
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 1} of its body: " if mark else ""
            raise self.fail(f"{where}{getattr(error, 'problem', error)}") from None
        if not isinstance(body, list) or not body or not all(isinstance(entry, dict) for entry in body):
            raise self.fail("the body must be a YAML list, each entry beginning with `- `.")
        return body

    def only(self, entry: dict[str, Any], allowed: set[str], place: str) -> None:
        """Refuse keys that mean nothing, which are spelling mistakes more often than not."""
        if unknown := sorted(set(map(str, entry)) - allowed):
            raise self.fail(f"{place} has {unknown[0]!r}; known are {', '.join(sorted(allowed))}.")

    def text(self, entry: dict[str, Any], key: str, place: str) -> str:
        """A text that must be there; numbers are taken as they are written."""
        value = entry.get(key)
        if value is None or not str(value).strip():
            raise self.fail(f"{place} has no `{key}`.")
        return str(value).strip()

    def markdown(self, text: str) -> list[nodes.Node]:
        """Parsed Markdown; a single paragraph gives its inline content, so it fits into a label."""
        box = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), source=""), self.content_offset, box)
        if len(box) == 1 and isinstance(box[0], nodes.paragraph):
            return list(box[0].children)
        return list(box.children)


def html(markup: str) -> nodes.raw:
    """A piece of HTML between parsed nodes."""
    return nodes.raw(text=markup, format="html")
