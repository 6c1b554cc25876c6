"""References: whole, cited, and each says what for."""

import re
from pathlib import Path

import pytest
from pybtex.database import BibliographyData, Entry, parse_file, parse_string
from pybtex.plugin import find_plugin

from workbook import book, ledger, paths
from workbook.extensions import annotated

# What a reader needs to find the work; one of the names between bars is enough.
NEEDED = {
    "article": ("author", "title", "journal", "year"),
    "book": ("author|editor", "title", "publisher", "year"),
    "incollection": ("author", "title", "booktitle", "publisher", "year"),
    "techreport": ("author", "title", "institution", "year"),
    "misc": ("author", "title", "year|url", "url|howpublished|note"),
}
DOI = re.compile(r"10\.\d{4,9}/[^\s{}]+")
# A capital or a figure first, a full stop last, and no sentence ending between them.
SENTENCE = re.compile(r"[A-Z\d](?:(?![.!?]\s+[A-Z]).)*\.")
CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
PAGES = ("*.md", "ledger/*.md", "benchmarks/*.md", "chapters/**/*.md", "exercises/**/*.md", "datasets/**/*.md")


@pytest.fixture(scope="module")
def references() -> BibliographyData:
    return parse_file(paths.ROOT / "references.bib")  # raises for a key that comes twice and for a missing brace


def shown(references: BibliographyData) -> dict[str, str]:
    """The entries by key, as the page shows them, without markup."""
    plain = find_plugin("pybtex.backends", "plaintext")()
    return {entry.key: entry.text.render(plain) for entry in annotated.AnnotatedStyle().format_bibliography(references)}


def has(entry: Entry, names: str) -> bool:
    return any(name in entry.persons or entry.fields.get(name, "").strip() for name in names.split("|"))


def test_each_entry_has_what_its_kind_needs(references: BibliographyData) -> None:
    assert {entry.type for entry in references.entries.values()} <= set(NEEDED)
    lacking = [
        f"{key}: {names}"
        for key, entry in references.entries.items()
        for names in NEEDED[entry.type]
        if not has(entry, names)
    ]
    assert lacking == []


def test_each_entry_says_in_one_sentence_what_it_is_cited_for(references: BibliographyData) -> None:
    notes = {key: entry.fields.get("annote", "") for key, entry in references.entries.items()}
    assert [key for key, note in notes.items() if not SENTENCE.fullmatch(note)] == []


@pytest.mark.parametrize("note", ["", "no capital.", "No full stop", "Two. Sentences.", "A question? Then this."])
def test_other_than_one_sentence_is_noticed(note: str) -> None:
    assert not SENTENCE.fullmatch(note)


def test_years_pages_and_addresses_are_well_formed(references: BibliographyData) -> None:
    forms = {
        "year": re.compile(r"(18|19|20)\d\d"),
        "pages": re.compile(r"\w+(--\w+)?(, \w+(--\w+)?)*"),
        "volume": re.compile(r"\d+"),
        "doi": DOI,
        "url": re.compile(r"https?://\S+"),
    }
    wrong = [
        f"{key}: {name} = {entry.fields[name]}"
        for key, entry in references.entries.items()
        for name, form in forms.items()
        if name in entry.fields and not form.fullmatch(entry.fields[name])
    ]
    assert wrong == []


def test_no_work_is_entered_twice(references: BibliographyData) -> None:
    dois = [entry.fields["doi"].casefold() for entry in references.entries.values() if "doi" in entry.fields]
    assert sorted(dois) == sorted(set(dois))
    titles = [
        (re.sub(r"\W+", " ", entry.fields["title"]).casefold(), entry.fields.get("year"))
        for entry in references.entries.values()
        if "author" in entry.persons
    ]
    assert [title for title in titles if titles.count(title) > 1] == []


def test_every_entry_is_cited_and_every_citation_has_its_entry(references: BibliographyData) -> None:
    texts = [page.read_text(encoding="utf-8") for pattern in PAGES for page in paths.ROOT.glob(pattern)]
    cited = {key.strip() for text in texts for keys in CITED.findall(text) for key in keys.split(",")}
    cited |= {source.key for formula in ledger.read().formulas.values() for source in formula.sources}
    assert cited == set(references.entries)


def test_nothing_of_the_notation_is_left_in_what_the_page_shows(references: BibliographyData) -> None:
    assert [text for text in shown(references).values() if re.search(r"[\\{}`]|''|--", text)] == []


def test_no_percent_sign_begins_a_comment() -> None:
    fields = re.findall(r"^\s*(\w+)\s*=(.*)$", (paths.ROOT / "references.bib").read_text("utf-8"), flags=re.M)
    assert [text for name, text in fields if name != "url" and re.search(r"(?<!\\)%", text)] == []


def test_names_keep_their_capitals(references: BibliographyData) -> None:
    page = " ".join(shown(references).values())
    lowered = ("rewarding a,", "hoping for b", "ocean tomo", "discover weekly", "french store", "quarter ended 31 july")
    assert [name for name in lowered if name not in page.lower()] == []
    assert [name for name in lowered if name in page] == []


ARTICLE = """@article{a,
  author = {Doe, Jane},
  title = {On {Gini} and Others},
  journal = {Ecology},
  year = {1999},
  FIELDS
  annote = {The {Gini} coefficient, 5\\% at most -- or {\\'e}lan.},
}"""


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ("volume = {8}, number = {2}, pages = {1--9},", "Ecology, 8(2):1–9, 1999."),
        ("volume = {8}, pages = {1--9},", "Ecology, 8:1–9, 1999."),
        ("volume = {8}, number = {2},", "Ecology, 8(2), 1999."),
        ("pages = {1--9},", "Ecology, pages 1–9, 1999."),
        ("", "Ecology, 1999."),
    ],
)
def test_an_article_shows_what_is_known_of_its_place(fields: str, place: str) -> None:
    text = shown(parse_string(ARTICLE.replace("FIELDS", fields), "bibtex"))["a"]
    assert text == f"Jane Doe. On Gini and others. {place} The Gini coefficient, 5% at most – or élan."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("howpublished = {The Globe, 11 July 2007}, year = {2007},", "The Globe, 11 July 2007."),
        ("howpublished = {The Globe}, year = {2007},", "The Globe, 2007."),
        ("year = {2007}, note = {Blog},", "2007. Blog."),
        ("note = {Blog},", "Blog."),
    ],
)
def test_a_full_date_does_not_repeat_its_year(fields: str, said: str) -> None:
    text = shown(parse_string(f"@misc{{m, author = {{Doe, Jane}}, title = {{Axed}}, {fields}}}", "bibtex"))["m"]
    assert text == f"Jane Doe. Axed. {said}"


def test_the_page_shows_the_annotation_below_its_reference_and_a_citation_does_not(make_book, tmp_path: Path) -> None:
    source = make_book(
        tmp_path, "# A lab\n", "# A chapter\n\nSee {cite:p}`lorenz1905methods`.\n\n```{bibliography}\n```\n"
    )
    page = (book.build(tmp_path / "html", source) / "chapters/01-tiny/index.html").read_text(encoding="utf-8")
    page = page.partition("<article")[2]
    assert page.count("The Lorenz curve.") == 1
    assert '209–219, 1905. <span class="annotation">The Lorenz curve.</span></p>' in page
