"""Cards that lack something are refused by name, and complete ones become pages."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from workbook import book, dataset_cards, paths
from workbook.errors import WorkbookError

DONATIONS = yaml.safe_load((paths.ROOT / "datasets/donations/card.yml").read_text(encoding="utf-8"))
FILE = "donations.csv"


def write(root: Path, card: Any) -> None:
    folder = root / "datasets" / "donations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "card.yml").write_text(card if isinstance(card, str) else yaml.safe_dump(card), encoding="utf-8")


def changed(path: list[str], value: Any) -> dict[str, Any]:
    """The card with one entry replaced, or taken away if the value is None."""
    card = copy.deepcopy(DONATIONS)
    inner = card
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return card


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["citation"], None, r"the card has no `citation`\."),
        (["licence", "name"], None, r"licence has no `name`\."),
        (["source", "owner"], "", r"source has no `owner`\."),
        (["lisence"], {"name": "none"}, r"the card has 'lisence'; known are .*licence"),
        (["known_biases"], [], r"`known_biases` must be a list of texts\."),
        (["known_biases"], [3], r"`known_biases` must be a text; it is 3\."),
        (["title"], ["Donations"], r"`title` must be a text; it is \['Donations'\]\."),
        (["files"], {}, r"files must be a list of names with values\."),
        (["files", FILE, "sha256"], None, rf"files → {FILE} has no `sha256`\."),
        (["files", FILE, "colums"], {}, rf"files → {FILE} has 'colums'; known are columns"),
        (["files", FILE, "load"], "pd.read_csv('x')", r"`load` must be a call such as load_cdnow\(sample=True\)"),
        (["files", FILE, "load"], "load_donations(print())", r"`load` must be a call"),
        (["files", FILE, "sums"], {"donors": 1}, r"`sums` names 'donors', which is no column of it\."),
        (["files", FILE, "columns", "counts", "unit"], None, r"counts has no `unit`\."),
        (["files", FILE, "columns", "counts", "range"], None, r"dtype int64 and needs a `range`"),
        (["files", FILE, "columns", "counts", "dtype"], "category", r"is a category and needs `values`"),
        (
            ["files", "more.csv.gz"],
            DONATIONS["files"][FILE],
            r"has no `sha256_unpacked`, which a compressed file needs",
        ),
        (["quirks", "years_not_gifts", "count"], {"gifts.csv": 1}, r"counts rows of 'gifts\.csv', which is not among"),
        (["fictional"], True, r"`fictional: true` and `fictional_because` .* go together\."),
        (["period"], {"first": 1995}, r"`period` has `first` and `last`\."),
    ],
)
def test_an_incomplete_or_unknown_card_is_refused(tmp_path: Path, path: list[str], value: Any, said: str) -> None:
    write(tmp_path, changed(path, value))
    with pytest.raises(WorkbookError, match=rf"^datasets/donations/card\.yml: .*{said}") as caught:
        dataset_cards.read("donations", tmp_path)
    assert "\n" not in str(caught.value)


def test_a_card_that_is_no_yaml_names_the_line(tmp_path: Path) -> None:
    write(tmp_path, "title: a\nsummary: [b\n")
    with pytest.raises(WorkbookError, match=r"card\.yml is not YAML in line 3"):
        dataset_cards.read("donations", tmp_path)


def test_an_unknown_dataset_gets_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, DONATIONS)
    with pytest.raises(WorkbookError, match=r"no datasets/donatoins/card\.yml; datasets with one: donations\."):
        dataset_cards.read("donatoins", tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A book with the real configuration and pages of two datasets."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("_config.yml", "_assets", "references.bib"):
        (folder / name).symlink_to(paths.ROOT / name)
    used = {chapter for name in ("cdnow", "telco-churn") for chapter in dataset_cards.read(name).used_by}
    pages = {
        "index": "# A book",
        **{f"chapters/{chapter}/index": f"# Chapter {chapter}" for chapter in sorted(used)},
        "chapters/02-heterogeneity/index": "# Not equal",
        "datasets/cdnow/index": "```{dataset-card} cdnow\n```",
        "datasets/telco-churn/index": "```{dataset-card} telco-churn\n```",
    }
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.md").write_text(text + "\n", encoding="utf-8")
    listed = "".join(f"      - file: {name}\n" for name in pages if name != "index")
    (folder / "_toc.yml").write_text(
        f"format: jb-book\nroot: index\nparts:\n  - caption: All\n    chapters:\n{listed}", encoding="utf-8"
    )
    return folder


def text_of(page: Path) -> str:
    article = re.search(r"<article.*?</article>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert article
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", article[0])).replace("’", "'")


def test_a_page_shows_the_whole_card_and_the_first_rows(source: Path, tmp_path: Path) -> None:
    built = book.build(tmp_path / "built", source)
    text = text_of(built / "datasets/cdnow/index.html")
    card = dataset_cards.read("cdnow")
    for said in (card.title, card.licence.detail, card.source.owner, card.citation, *card.known_biases, *card.changes):
        assert re.sub(r"\s+", " ", said[1:]) in text
    for table in card.tables:
        assert f"{table.rows:,} rows in the file" in text
        for column in table.columns.values():
            assert column.meaning in text
    assert text.count("1 1997-01-01 1 11.77") == 1
    assert "datasets . load_cdnow ( sample = True )" in text
    page = (built / "datasets/cdnow/index.html").read_text(encoding="utf-8")
    assert '<a class="reference internal" href="../../chapters/02-heterogeneity/index.html">' in page
    assert "Not equal" in text
    assert "A fictional company" not in text
    telco = text_of(built / "datasets/telco-churn/index.html")
    assert telco.index("A fictional company") < telco.index("One row is")
    for chapter in dataset_cards.read("telco-churn").used_by:
        assert f"Chapter {chapter}" in telco
    assert "18.8 to 8,684.8; 11 missing" in telco


@pytest.mark.parametrize(
    ("page", "text", "said"),
    [
        ("datasets/cdnow/index", "```{dataset-card} cdnwo\n```", r"dataset-card: There is no datasets/cdnwo/card\.yml"),
        (
            "index",
            "# A book\n\n```{dataset-list}\n```",
            r"dataset-list: there is no page (datasets|chapters)/[\w-]+/index",
        ),
    ],
)
def test_a_page_without_its_card_or_a_card_without_its_page_stops_the_build(
    source: Path, tmp_path: Path, page: str, text: str, said: str
) -> None:
    (source / f"{page}.md").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(WorkbookError, match=said):
        book.build(tmp_path / "built", source)


def test_a_chapter_that_is_not_there_stops_the_build(source: Path, tmp_path: Path) -> None:
    (source / "chapters/02-heterogeneity/index.md").unlink()
    toc = (source / "_toc.yml").read_text(encoding="utf-8")
    (source / "_toc.yml").write_text(
        toc.replace("      - file: chapters/02-heterogeneity/index\n", ""), encoding="utf-8"
    )
    with pytest.raises(WorkbookError, match=r"dataset-card: there is no page chapters/02-heterogeneity/index"):
        book.build(tmp_path / "built", source)
