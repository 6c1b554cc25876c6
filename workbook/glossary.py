"""The glossary: the words that mean one thing, read from ``glossary.yml``, and where they stand in a text.

What a field of the file means is said at its head.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from workbook import paths
from workbook.entries import LINE, Entry, load
from workbook.errors import WorkbookError

FILE = paths.ROOT / "glossary.yml"

_FIELDS = {"term", "also", "means", "unit", "formula", "chapter", "common", "not_in", "not"}
_CHAPTER = re.compile(r"\d\d(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Term:
    """One entry; ``means`` and ``unit`` are Markdown. ``line`` is where it begins in the file."""

    name: str
    also: tuple[str, ...]
    means: str
    unit: str
    formula: str
    chapter: str
    common: bool
    not_in: tuple[str, ...]
    confused_with: tuple[tuple[str, str], ...]
    line: int

    @property
    def id(self) -> str:
        """Lower-case words with hyphens, for addresses."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that counts as the term in a text."""
        return (self.name, *self.also)

    @property
    def synonyms(self) -> list[str]:
        """The other spellings that are more than a plural, a capital or a hyphen."""
        shown, result = {_root(self.name)}, []
        for spelling in self.also:
            if _root(spelling) not in shown:
                shown.add(_root(spelling))
                result.append(spelling)
        return result

    def linked_in(self, chapter: str) -> bool:
        """Whether a chapter, given as its folder's name, links the term."""
        return chapter not in self.not_in and (not self.common or chapter == self.chapter)


@dataclass(frozen=True)
class Glossary:
    """All terms, in alphabetical order."""

    path: Path
    terms: tuple[Term, ...]

    def place(self, term: Term) -> str:
        """File and line of an entry, for messages."""
        return f"{self.path}:{term.line}: {term.name}"

    def found_in(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Beginning, end and term of each term in a text: whole words, the longest spelling where several fit."""
        for match in self._pattern.finditer(text):
            assert match.lastgroup is not None
            yield match.start(), match.end(), self._by_group[match.lastgroup]

    @cached_property
    def _by_group(self) -> dict[str, Term]:
        return {
            f"t{number}_{place}": term for number, term in enumerate(self.terms) for place in range(len(term.spellings))
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        spelled = [
            (spelling, f"t{number}_{place}")
            for number, term in enumerate(self.terms)
            for place, spelling in enumerate(term.spellings)
        ]
        spelled.sort(key=lambda pair: len(pair[0]), reverse=True)
        return re.compile(
            rf"(?<![\w-])(?:{'|'.join(f'(?P<{group}>{_regex(text)})' for text, group in spelled)})(?![\w-])"
        )


def read(path: Path = FILE) -> Glossary:
    """The glossary in the file ``path``.

    Raises WorkbookError naming file, line and term for an unknown, missing or empty field, a spelling that two terms
    claim, an entry out of order, or a confusion with a term that is not there.
    """
    content = load(path, "it holds the words of the book")
    if not isinstance(content, list) or not content:
        raise WorkbookError(f"{path}: the glossary is a list of terms, each beginning with `- term:`.")
    terms = tuple(_term(each, path) for each in content)
    glossary = Glossary(path, terms)
    known = {term.name for term in terms}
    owners: dict[str, Term] = {}
    ids: dict[str, Term] = {}
    before = ""
    for term in terms:
        for spelling in term.spellings:
            if (owner := owners.setdefault(spelling, term)) is not term or term.spellings.count(spelling) > 1:
                raise WorkbookError(
                    f"{glossary.place(term)} has the spelling {spelling!r}, which {owner.name} has already."
                )
        if ids.setdefault(term.id, term) is not term:
            raise WorkbookError(f"{glossary.place(term)} would have the same address as {ids[term.id].name}.")
        if term.name.casefold() < before:
            raise WorkbookError(f"{glossary.place(term)} stands below {before}: keep the terms in alphabetical order.")
        before = term.name.casefold()
        for other, _ in term.confused_with:
            if other not in known or other == term.name:
                raise WorkbookError(f"{glossary.place(term)} is confused with {other!r}, which is no other term.")
    return glossary


def _term(content: object, path: Path) -> Term:
    entry = Entry(content, path, "a term", _FIELDS)
    name = entry.text("term")
    entry.what = f"the term {name}"
    chapters = (entry.text("chapter"), *(entry.texts("not_in") if "not_in" in entry.content else ()))
    for chapter in chapters:
        if not _CHAPTER.fullmatch(chapter):
            raise entry.wrong(f"names the chapter {chapter!r}, which is not like 02-heterogeneity")
    common = entry.content.get("common", False)
    if not isinstance(common, bool):
        raise entry.wrong("has a `common` that is neither true nor false")
    confused = entry.content.get("not", {})
    if not isinstance(confused, dict) or not all(str(text or "").strip() for text in confused.values()):
        raise entry.wrong("gives in `not` no difference for each term")
    return Term(
        name=name,
        also=entry.texts("also") if "also" in entry.content else (),
        means=entry.text("means"),
        unit=entry.text("unit") if "unit" in entry.content else "",
        formula=entry.text("formula") if "formula" in entry.content else "",
        chapter=chapters[0],
        common=common,
        not_in=chapters[1:],
        confused_with=tuple((str(other), str(text)) for other, text in confused.items() if other != LINE),
        line=entry.line,
    )


def _regex(spelling: str) -> str:
    words = re.escape(spelling).replace(r"\ ", r"\s+").replace("'", "['’]")
    if spelling == spelling.lower() and spelling[0].isalpha():
        return f"[{spelling[0]}{spelling[0].upper()}]{words[1:]}"
    return words


def _root(spelling: str) -> str:
    words = re.split(r"[\s–-]+", spelling.lower())
    return " ".join(re.sub(r"ies$", "y", word).removesuffix("s") for word in words)
