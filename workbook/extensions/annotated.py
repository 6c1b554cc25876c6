"""References that say what they are cited for: the field `annote` of an entry, on a line below it.

Its style of formatting is `annotated`, which is `alpha` with the annotation. It also keeps what `alpha` loses, the
volume of an article without pages, and leaves out what `alpha` doubles, the year of an entry that has its full date.
"""

from functools import partial
from typing import Any

from docutils import nodes
from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.richtext import Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.alpha import Style
from pybtex.style.formatting.unsrt import date, pages
from pybtex.style.template import Node, field, first_of, join, optional, optional_field, sentence, tag, words
from pybtex_docutils import Backend
from sphinx.application import Sphinx

NAME = "annotated"
_ISSUE = join[field("volume"), optional["(", field("number"), ")"]]


class AnnotatedStyle(Style):
    """The style `annotated`."""

    def format_entry(self, label: str, entry: Entry, bib_data: Any = None) -> FormattedEntry:
        """The reference and, if the entry has one, its annotation."""
        formatted = super().format_entry(label, entry, bib_data)
        if "annote" in entry.fields:
            formatted.text = Text(formatted.text, " ", Tag(NAME, Text.from_latex(entry.fields["annote"])))
        return formatted

    def get_article_template(self, entry: Entry) -> Node:
        """Authors, title, journal with volume, number and pages as far as they are given, year, note and links."""
        place = first_of[optional[join[_ISSUE, ":", pages]], optional[_ISSUE], optional[words["pages", pages]]]
        return toplevel[
            self.format_names("author"),
            self.format_title(entry, "title"),
            sentence[tag("em")[field("journal")], place, date],
            sentence[optional_field("note")],
            self.format_web_refs(entry),
        ]

    def get_misc_template(self, entry: Entry) -> Node:
        """Authors, title, how it was published, year unless that says it, note and links."""
        dated = entry.fields.get("year", "") in entry.fields.get("howpublished", "")
        return toplevel[
            optional[sentence[self.format_names("author")]],
            optional[self.format_title(entry, "title")],
            sentence[optional_field("howpublished"), None if dated else optional[date]],
            sentence[optional_field("note")],
            self.format_web_refs(entry),
        ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the style, and how its annotation is written."""
    register_plugin("pybtex.style.formatting", NAME, AnnotatedStyle)
    Backend.tags[NAME] = partial(nodes.inline, classes=["annotation"])
    return {"parallel_read_safe": True, "parallel_write_safe": True}
