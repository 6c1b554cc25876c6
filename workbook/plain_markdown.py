"""MyST text as plain Markdown, for notebooks that leave the book: Jupyter shows roles and directives raw."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from workbook.ledger import Formula

# A fence of colons or backticks with a name in braces, an optional title, and everything up to its end.
_DIRECTIVE = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{(?P<name>[\w:-]+)\}[ \t]*(?P<title>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_LABEL = re.compile(r"^:label:[ \t]*(.+)$", re.MULTILINE)
_OPTION = re.compile(r"^:[\w-]+:.*\n", re.MULTILINE)
_TARGET = re.compile(r"^\([\w:-]+\)=[ \t]*\n", re.MULTILINE)
_PAGE_LINK = re.compile(r"\[([^\]\n]+)\]\((?!\w+:)([^)\s#]*\.(?:md|ipynb))(?:#[^)\s]*)?\)")
_CITATION = re.compile(r"[ \t]?\{cite:\w+\}`[^`\n]+`")
_FORMULA = re.compile(r"\{formula\}`([^`\n<]+)`")
_ROLE = re.compile(r"\{[\w:-]+\}`([^`\n<]+?)(?:[ \t]*<[^>`\n]*>)?`")
# These live in the page only.
_ON_THE_PAGE = {
    "quiz": "*(There is a quiz here on the page.)*",
    "your-company": "*(There is a form here on the page.)*",
    "guesses": "*(On the page your guesses are listed here.)*",
}


def plain(
    text: str,
    title_of: Callable[[str], str | None] = lambda page: None,
    formulas: Mapping[str, Formula] = MappingProxyType({}),
) -> str:
    """Formulas, boxes and emphasis stay; links to other pages, citations and targets become words or go.

    `title_of` gives the title of the page that a link names; where it knows one, the words get it in brackets.
    `formulas` are those of the ledger, which a page shows by id.
    """

    def name_page(match: re.Match[str]) -> str:
        words, title = match[1], title_of(match[2])
        return words if title is None or title.lower() in words.lower() else f"{words} (“{title}”)"

    text = _DIRECTIVE.sub(lambda match: _directive(match, formulas), text)
    text = _TARGET.sub("", text)
    text = _PAGE_LINK.sub(name_page, text)
    text = _CITATION.sub("", text)
    text = _FORMULA.sub(lambda match: formulas[match[1]].name if match[1] in formulas else match[1], text)
    return _ROLE.sub(r"\1", text)


def _directive(match: re.Match[str], formulas: Mapping[str, Formula]) -> str:
    name, label = match["name"], _LABEL.search(match["body"])
    if name == "formula" and match["title"].strip() in formulas:
        return _formula(formulas[match["title"].strip()], ":symbols:" in match["body"])
    if name == "guess" and label:
        return f"Your guess: {label[1].strip()} \\_\\_\\_\\_\\_\\_"
    body = _OPTION.sub("", match["body"]).strip()
    if name in _ON_THE_PAGE:
        return _ON_THE_PAGE[name]
    if name == "math":
        return f"$$\n{body}\n$$"
    title = match["title"].strip() or name.capitalize()
    if name == "dropdown":  # the blank lines let Jupyter read the inside as Markdown
        return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
    return "\n".join(f"> {line}".rstrip() for line in [f"**{title}**", "", *body.splitlines()])


def _formula(formula: Formula, symbols: bool) -> str:
    lines = ["$$", formula.latex, "$$"]
    if symbols:
        lines += ["", *(f"- ${symbol.latex}$: {symbol.meaning} ({symbol.unit})" for symbol in formula.symbols)]
    return "\n".join(lines)
