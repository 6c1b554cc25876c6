"""The glossary: its entries hold, broken ones are named, and chapters link each term where they first say it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from workbook import glossary, ledger, paths
from workbook.errors import WorkbookError

# Chapters that the glossary speaks of before they are in the book.
TO_COME = {"13-customer-data-value", "14-transformation", "15-capstone"}
# The words of the book's design that mean one thing.
ONE_MEANING = [
    "customer-centricity", "product-centricity", "heterogeneity", "CLV", "customer lifetime value", "residual CLV",
    "customer equity", "retention rate", "churn", "margin", "discount rate", "CAC", "AOV", "purchase frequency",
    "customer value per period", "EVC", "economic value to the customer", "reference price", "differentiation value",
    "P(alive)", "DERL", "DERT",
]  # fmt: skip
# What the map of the chapters names, beyond those.
ON_THE_MAP = [
    "commoditisation", "customer focus", "customer obsession", "preference", "propensity", "potential", "80/20 rule",
    "Lorenz curve", "Gini", "regression to the mean", "hidden gems", "channel-stuffing", "whale curve", "cost to serve",
    "delivery gap", "persona", "touchpoint", "drivers", "scale-usage bias", "non-response", "NPS",
    "chief customer officer", "high-touch", "low-touch", "operational excellence", "product leadership",
    "customer intimacy", "value curve", "strategy canvas", "elements of value", "value positioning",
    "value proposition", "business-model canvas", "CVM", "customer value model", "perceived value",
    "next-best alternative", "capabilities", "field value assessment", "value elements", "word equations",
    "value-in-use", "value-based pricing", "share of value", "price fences", "choice-based conjoint", "part-worths",
    "willingness to pay", "lifespan", "payback", "LTV:CAC", "break-even", "elasticities", "present value",
    "margin multiplier", "horizons", "sBG", "survivor table", "ruse of heterogeneity", "tenure", "RFM", "recency",
    "frequency", "monetary value", "net of returns", "quintile", "k-means", "cohort", "value tiers", "precision",
    "recall", "non-contractual", "BTYD", "BG/NBD", "MBG/NBD", "Pareto/NBD", "BG/BB", "weekly tracking", "holdout",
    "Gamma-Gamma", "bootstrap", "standard errors", "churn model", "gradient-boosted", "accuracy", "profit curves",
    "cross-selling", "up-selling", "loyalty programmes", "referrals", "personalised retention", "win-back offers",
    "persuadables", "sleeping dogs", "uplift", "use cases", "customer data strategy", "customer data platform",
    "retargeting", "customer-based corporate valuation", "free cash flow", "expected value of information",
    "five pillars", "feedback loops", "maturity self-assessment", "balanced scorecard", "incentives", "roadmap",
    "customer value memo",
]  # fmt: skip

SMALL = """\
- term: churn
  common: true
  means: Share lost in a period.
  unit: share per period
  chapter: 02-more
- term: CLV
  also: [customer lifetime value]
  means: What somebody brings, as one amount.
  chapter: 01-tiny
  not: {lifetime value curve: a line}
- term: lifetime value curve
  also: [LTV curves]
  means: A line that rises.
  chapter: 02-more
  not_in: [03-last]
"""

Write = Callable[..., Path]
Build = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def known() -> glossary.Glossary:
    return glossary.read()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the small glossary with one text in it replaced."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in SMALL
        file = tmp_path / "glossary.yml"
        file.write_text(SMALL.replace(old, new, 1) if old else SMALL, encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize("word", ONE_MEANING + ON_THE_MAP)
def test_it_holds_every_word_of_the_design(word: str, known: glossary.Glossary) -> None:
    assert word in {spelling for term in known.terms for spelling in term.spellings}


def test_no_definition_uses_its_own_term(known: glossary.Glossary) -> None:
    circular = [t.name for t in known.terms if any(found is t for *_, found in known.found_in(t.means))]
    assert circular == []


def test_every_definition_is_one_to_three_sentences(known: glossary.Glossary) -> None:
    for term in known.terms:
        assert term.means.endswith("."), term.name
        assert 1 <= len(re.findall(r"\.(?: |$)", term.means)) <= 3, term.name


def test_formulas_and_chapters_are_in_the_book(known: glossary.Glossary) -> None:
    formulas = ledger.read().formulas
    assert [term.name for term in known.terms if term.formula and term.formula not in formulas] == []
    chapters = {path.name for path in (paths.ROOT / "chapters").iterdir() if path.is_dir()} | TO_COME
    assert [term.name for term in known.terms if not {term.chapter, *term.not_in} <= chapters] == []


def test_each_term_is_there_once_and_in_order(known: glossary.Glossary) -> None:
    names = [term.name.casefold() for term in known.terms]
    assert names == sorted(set(names))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("common: true", "comon: true", r"yml:1: a term has the field 'comon'; known are also, chapter"),
        ("- term: churn\n  common", "- common", r"yml:1: a term has no `term`"),
        ("  means: A line that rises.\n", "", r"yml:11: the term lifetime value curve has no `means`"),
        ("common: true", "common: sometimes", "the term churn has a `common` that is neither true nor false"),
        ("chapter: 02-more", "chapter: two", r"churn names the chapter 'two', which is not like 02-heterogeneity"),
        ("[03-last]", "[last]", r"lifetime value curve names the chapter 'last'"),
        ("[LTV curves]", "[LTV curves, CLV]", r"yml:11: lifetime value curve has the spelling 'CLV', which CLV has"),
        ("[LTV curves]", "[LTV curves, LTV curves]", r"yml:11: lifetime value curve has the spelling 'LTV curves'"),
        ("term: churn", "term: decay", r"yml:6: CLV stands below decay: keep the terms in alphabetical order"),
        ("{lifetime value curve: a line}", "{value curve: a line}", r"yml:6: CLV is confused with 'value curve'"),
        ("{lifetime value curve: a line}", "{lifetime value curve: }", "the term CLV gives in `not` no difference"),
        ("  chapter: 01-tiny", "  means: Again.\n  chapter: 01-tiny", r"yml:6: a field is there twice"),
        (SMALL, "terms: none", "the glossary is a list of terms"),
        (SMALL, "- a: b: c", r"yml:1: mapping values"),
    ],
)  # fmt: skip
def test_a_broken_entry_is_named(write: Write, old: str, new: str, complaint: str) -> None:
    with pytest.raises(WorkbookError, match=complaint):
        glossary.read(write(old, new))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=r"none\.yml is missing: it holds the words of the book"):
        glossary.read(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Churn and churn; churns, churn-prone, anti-churn.", ["Churn", "churn"]),
        ("CLV is not clv or Clv, nor CLVs.", ["CLV"]),
        (
            "A lifetime value curve and a customer\nlifetime value.",
            ["lifetime value curve", "customer\nlifetime value"],
        ),
        ("Customer lifetime value curve", ["Customer lifetime value"]),
        ("LTV curves are no ltv curves", ["LTV curves"]),
    ],
)
def test_whole_words_the_longest_first_and_capitals_as_written(write: Write, text: str, found: list[str]) -> None:
    small = glossary.read(write())
    assert [text[begin:end] for begin, end, _ in small.found_in(text)] == found


def test_plurals_are_no_synonyms(known: glossary.Glossary) -> None:
    terms = {term.name: term for term in known.terms}
    assert terms["acquisition cost"].synonyms == ["CAC", "customer acquisition cost"]
    assert terms["Gini coefficient"].synonyms == ["Gini"]
    assert terms["word equation"].synonyms == []


PAGES = {
    "index": "# Book\n\n```{toctree}\nglossary\nchapters/01-tiny/index\nchapters/01-tiny/lab\nchapters/02-more/index\n"
    "chapters/03-last/index\n```\n",
    "glossary": "# Glossary\n\n```{glossary-list}\n```\n",
    "chapters/01-tiny/index": """# About CLV and churn

`CLV` in code, [CLV](lab.md) in a link, $CLV$ in a formula, churn in passing.

<form><p>

CLV in a form <br> with churn.

</p></form>

| CLV |
|-----|
| CLV |

```{figure} none.png
CLV in a caption.
```

- **The customer lifetime value** at last, and the CLV again.
""",
    "chapters/01-tiny/lab": "# Lab\n\nCLV and a lifetime value curve.\n",
    "chapters/02-more/index": "# More\n\nChurn shapes *a lifetime value curve* and LTV curves; churn.\n",
    "chapters/03-last/index": "# Last\n\nNo lifetime value curve here; the CLV of churn.\n",
}


@pytest.fixture
def build(tmp_path: Path, write: Write) -> Build:
    """Builds a small book of pages with the small glossary; gives the markup of those that were written."""

    def build(pages: dict[str, str]) -> dict[str, str]:
        for name, text in pages.items():
            file = tmp_path / f"{name}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        out = tmp_path / "_html"
        before = {page: page.stat().st_mtime_ns for page in out.rglob("*.html")}
        settings = {
            "extensions": ["myst_parser", "workbook.extensions.glossary"],
            "myst_enable_extensions": ["dollarmath"],
            "exclude_patterns": ["_*"],
            "html_theme": "basic",
            "suppress_warnings": ["image.not_readable"],
        }
        with docutils_namespace():
            Sphinx(tmp_path, None, out, tmp_path / "_trees", "html", settings, status=None, warningiserror=True).build()
        written = [page for page in out.rglob("*.html") if page.stat().st_mtime_ns != before.get(page)]
        return {page.relative_to(out).with_suffix("").as_posix(): page.read_text("utf-8") for page in written}

    return build


def links(html: str) -> list[tuple[str, str]]:
    """Address and words of the links to the glossary."""
    found = re.findall(r'<a class="[^"]*glossary-term[^"]*" href="([^"]+)">(.*?)</a>', html, re.DOTALL)
    return [(address, re.sub("<[^>]+>", "", words)) for address, words in found]


def test_a_chapter_links_each_term_where_its_text_first_says_it(build: Build, write: Write) -> None:
    write()
    pages = build(PAGES)
    clv = "../../glossary.html#term-clv"
    assert links(pages["chapters/01-tiny/index"]) == [(clv, "customer lifetime value")]
    assert links(pages["chapters/01-tiny/lab"]) == []
    assert links(pages["chapters/02-more/index"]) == [
        ("../../glossary.html#term-churn", "Churn"),
        ("../../glossary.html#term-lifetime-value-curve", "lifetime value curve"),
    ]
    assert links(pages["chapters/03-last/index"]) == [(clv, "CLV")]


def test_the_glossary_says_what_a_term_means_and_leads_back(build: Build, write: Write) -> None:
    write()
    entry = build(PAGES)["glossary"].split('<dt id="term-clv">')[1].split("</dd>")[0]
    assert "What somebody brings, as one amount." in entry
    assert "also customer lifetime value" in entry
    assert re.search(r'<a [^>]*href="#term-lifetime-value-curve">lifetime value curve</a>, a line\.', entry)
    assert re.search(r'href="chapters/01-tiny/index\.html#word-clv">chapter 1, About CLV and churn</a>', entry)
    assert re.search(r'also in <a [^>]*href="chapters/03-last/index\.html#word-clv">chapter 3</a>', entry)


def test_a_changed_glossary_is_seen_by_the_chapters(build: Build, write: Write) -> None:
    write()
    build(PAGES)
    write("  not_in: [03-last]\n", "")
    again = build({})
    assert {"glossary", "chapters/03-last/index"} <= set(again)
    assert [words for _, words in links(again["chapters/03-last/index"])] == ["lifetime value curve", "CLV"]


def test_a_changed_chapter_is_seen_by_the_glossary(build: Build, write: Write) -> None:
    write()
    build(PAGES)
    again = build({"chapters/03-last/index": "# Last\n\nNothing.\n"})
    assert set(again) >= {"glossary", "chapters/03-last/index"}
    assert "chapter 3" not in again["glossary"].split('<dt id="term-clv">')[1].split("</dd>")[0]


def test_terms_need_a_page_that_lists_them(build: Build, write: Write) -> None:
    write()
    with pytest.raises(SphinxError, match="no page lists the glossary, so clv cannot be linked"):
        build(PAGES | {"glossary": "# Glossary\n"})


def test_a_broken_glossary_stops_the_build(build: Build, write: Write) -> None:
    write("common: true", "comon: true")
    with pytest.raises(SphinxError, match=r"glossary\.yml:1: a term has the field 'comon'"):
        build(PAGES)
