"""Facts that the build states about the edition, how it is cited, and its changelog."""

import re
from pathlib import Path

import pytest
import yaml
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from workbook import course, edition, paths
from workbook.errors import WorkbookError

EPOCH = "1700000000"  # 14 November 2023


def test_the_day_is_that_of_the_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    assert edition.date() == "14 November 2023"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(WorkbookError, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        edition.date()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert edition.date(tmp_path) == "a day that is not recorded"


def test_facts_are_counted() -> None:
    facts = edition.facts()
    assert facts["version"] == course.version()
    assert int(facts["exercises"]) == len(list(paths.ROOT.glob("exercises/*/exercise.md")))
    assert int(facts["tasks"]) >= 5 * int(facts["exercises"])
    assert facts["pyodide"] == "0.27.7"


def test_small_numbers_are_words() -> None:
    assert [edition.in_words(number) for number in (12, 15, 21)] == ["twelve", "fifteen", "21"]


def test_the_citation_file_has_what_its_format_asks_for() -> None:
    said = edition.citation()  # the version is the book's
    assert said["cff-version"] == "1.2.0"
    assert said["type"] in ("software", "dataset")
    assert all(author["name"] for author in said["authors"])
    assert not {"doi", "identifiers"} & set(said)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"authors": []}, r"cff has no `authors`"),
        ({"message": None}, r"cff has no `message`"),
        ({"version": "9.9"}, r"cff is about version 9\.9, but the book is version"),
    ],
)
def test_a_citation_file_that_is_behind_is_named(tmp_path: Path, change: dict, complaint: str) -> None:
    file = tmp_path / "CITATION.cff"
    said = yaml.safe_load(edition.CITATION.read_text(encoding="utf-8")) | change
    file.write_text(yaml.safe_dump(said), encoding="utf-8")
    with pytest.raises(WorkbookError, match=complaint):
        edition.citation(file)


def test_the_changelog_has_its_form_and_the_current_version() -> None:
    text = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    editions = [re.fullmatch(r"(\d+\.\d+\.\d+) – (\d{4}-\d\d-\d\d)", heading).groups() for heading in headings[1:]]
    assert editions[0][0] == course.version()
    assert editions == sorted(editions, key=lambda each: tuple(map(int, each[0].split("."))), reverse=True)
    assert [day for _, day in editions] == sorted((day for _, day in editions), reverse=True)
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


PAGES = {
    "index": "# Book\n\n{build}`chapters-in-words` chapters, {build}`pages` pages, {build}`words` words,"
    " {build}`version`, {build}`date`.\n\n```{cite-book}\n```\n\n```{toctree}\nchapters/01-tiny/index\n```\n",
    "chapters/01-tiny/index": "# One two\n\nThree four five, `six`.\n\n| seven |\n|---|\n| eight |\n",
}


def build(folder: Path, pages: dict[str, str]) -> str:
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = {"extensions": ["myst_parser", "workbook.extensions.edition"], "html_theme": "basic"}
    with docutils_namespace():
        app = Sphinx(
            folder, None, folder / "_html", folder / "_trees", "html", settings, status=None, warningiserror=True
        )
        app.build()
    return (folder / "_html" / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small book takes what is not in its pages from the book itself."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    real = edition.facts()
    monkeypatch.setattr(edition, "facts", lambda root: real)


@pytest.mark.usefixtures("whole")
def test_pages_state_facts_and_how_to_cite(tmp_path: Path) -> None:
    html = build(tmp_path, PAGES)
    assert f"one chapters, 2 pages, 4 words, {course.version()}, 14 November 2023." in html
    assert f"contributors (2023). The Customer Value Workbook, version {course.version()}." in html
    assert "{{The Customer Value Workbook contributors}}" in html


@pytest.mark.usefixtures("whole")
def test_a_count_follows_a_page_that_comes_later(tmp_path: Path) -> None:
    build(tmp_path, PAGES)
    more = build(
        tmp_path, {"chapters/02-more/index": "---\norphan: true\n---\n\n# More\n\nSix words in this text here.\n"}
    )
    assert "two chapters, 3 pages, 10 words" in more


@pytest.mark.usefixtures("whole")
def test_a_fact_that_is_not_known_is_named(tmp_path: Path) -> None:
    with pytest.raises(SphinxError, match=r"index\.md:3: build: no fact is called 'page' \(did you mean 'pages'\?\)"):
        build(tmp_path, {"index": "# Book\n\n{build}`page`\n"})


def test_front_and_back_matter_stand_in_their_order() -> None:
    parts = yaml.safe_load((paths.ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    files = {part["caption"]: [chapter["file"] for chapter in part["chapters"]] for part in parts}
    assert [parts[place]["caption"] for place in (0, -1)] == ["Front matter", "Back matter"]
    assert files["Front matter"] == ["how-to-use", "about-the-data", "notation"]
    back = ["ledger/index", "glossary", "datasets/index", "progress", "benchmarks/index", "references"]
    assert files["Back matter"] == [*back, "CHANGELOG", "cite", "colophon"]
