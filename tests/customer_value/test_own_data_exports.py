"""What leaves with its owner: the list, the figures, the memo as HTML and as a Word document."""

import csv
import io
import json
import re
import struct
import zipfile
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest

from customer_value import use_cases
from customer_value.cvm import Uniform
from customer_value.datasets import load_kettleholt
from customer_value.own_data import (
    ANSWERS,
    Memo,
    Result,
    UseCase,
    customer_csv,
    figures_zip,
    guess_mapping,
    money,
    read_answers,
    read_table,
    to_subscriptions,
    value_log,
    value_subscriptions,
    write_memo,
)
from customer_value.own_data.export import harmless
from tests.customer_value.own_logs import TERMS, buyers, cleaned

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
ANSWERED = {
    "1 Customer-centricity": [("What do you count first?", "Products.\nSadly <b>so</b>."), ("And then?", "  ")],
    "4 Value disciplines": [("Which discipline?", "Intimacy \x07& care")],
}
CASES = [
    UseCase("Call the best", reach=60, uplift=30, cost=300, uplift_low=0, uplift_high=60),
    UseCase("Letter to all", reach=600, uplift=1, cost=900),
]
HOSTILE = {"C00001": "=1+1", "C00002": "+49 30 123", "C00003": "-5", "C00004": "@SUM(A1)", "C00005": 'a "b", c\nd'}


@pytest.fixture(scope="module")
def result() -> Result:
    frame = buyers(200)
    return value_log(cleaned(frame.assign(customer=frame["customer"].replace(HOSTILE))), TERMS, draws=10)


@pytest.fixture(scope="module")
def memo(result: Result) -> Memo:
    return write_memo(
        result,
        company="Müller & Söhne <Kaffee>",
        author="A. Nalyst",
        answers=ANSWERED,
        discipline="customer intimacy",
        discipline_reason="The best tenth say so.",
        use_cases=CASES,
    )


@pytest.fixture(scope="module")
def contracts() -> Result:
    table = read_table(load_kettleholt("subscriptions").to_csv(index=False).encode(), "club.csv")
    return value_subscriptions(to_subscriptions(table, guess_mapping(table).mapping())[0], TERMS, draws=10)


# CSV


def test_the_list_is_csv_that_reads_back(result: Result) -> None:
    content = customer_csv(result)
    assert content.startswith(b"\xef\xbb\xbfcustomer_id,tier,clv")
    text = content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == 1 + len(result.customers)
    assert {len(row) for row in rows} == {len(rows[0])}
    value = [float(row[rows[0].index("clv")]) for row in rows[1:]]
    assert value == pytest.approx(result.customers["clv"].tolist(), abs=0.006)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", rows[1][rows[0].index("last_purchase")])
    assert [line for line in text.replace('c\nd"', "").split("\n") if line and not line.endswith("\r")] == []


def test_no_cell_begins_a_formula(result: Result) -> None:
    rows = list(csv.reader(io.StringIO(customer_csv(result).decode("utf-8-sig"), newline="")))
    ids = {row[0] for row in rows[1:]}
    assert {"'=1+1", "'+49 30 123", "'-5", "'@SUM(A1)", 'a "b", c\nd'} <= ids
    assert not any(cell[:1] in "=+-@\t\r" for row in rows for cell in row if cell)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"])
def test_formulas_are_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["C1", "a=b", "", "1-2", "Müller"])
def test_other_text_stays(text: str) -> None:
    assert harmless(text) == text


# Figures


def test_figures_in_a_zip(result: Result) -> None:
    content = figures_zip(result)
    assert content == figures_zip(result)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len([name for name in names if name.endswith(".png")]) == len(result.figures())
        assert "01-tiers.svg" in names
        png = archive.read("01-tiers.png")
        assert struct.unpack(">II", png[16:24]) == (860, 720)
        assert b"matplotlib" not in png.lower()
        assert ElementTree.fromstring(archive.read("02-sales.svg")).tag.endswith("svg")
        said = archive.read("figures.txt").decode()
        assert all(figure.alt in said for figure in result.figures().values())


# The memo as HTML


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_needs_nothing_else_and_can_be_heard(memo: Memo) -> None:
    text = memo.to_html()
    page = _Page(text)
    assert page.all("html")[0]["lang"] == "en-GB"
    assert not page.all("script")
    assert not page.all("link")
    sources = [image["src"] for image in page.all("img")]
    assert sources
    assert all(source and source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert "://" not in re.sub(r"data:image[^\"]*", "", text)
    assert all(image["alt"] for image in page.all("img"))
    assert len(page.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
    assert "default-src 'none'" in text


def test_the_page_says_what_was_found_and_decided(memo: Memo, result: Result) -> None:
    text = memo.to_html()
    page = _Page(text)
    assert result.headline() in page.text
    assert "Müller & Söhne <Kaffee>" in page.text
    assert "<Kaffee>" not in text
    assert "Products.\nSadly <b>so</b>." in page.text
    assert "And then?" not in page.text
    assert "Intimacy & care" in page.text
    assert page.text.index("Call the best") < page.text.index("Letter to all")
    assert "€420" in page.text
    assert "−€300 to €1,140" in page.text
    assert "Customer intimacy. The best tenth say so." in page.text
    for one in result.findings:
        assert one.seen in page.text
    assert "rows below the header" in page.text


def test_a_memo_without_decisions_says_so(result: Result) -> None:
    text = write_memo(result, best=0).to_html()
    assert "No decision has been written down yet." in text
    assert "of highest value" not in text


def test_use_cases_of_chapter_13_come_with_their_ranges(result: Result) -> None:
    cases = [
        use_cases.UseCase("Call", reach=60, uplift=Uniform(0.0, 0.4), margin=50.0, running=300.0),
        use_cases.UseCase("Shop", reach=600, uplift=0.1, margin=40.0, one_off=2_000.0),
    ]
    sizing = use_cases.simulate(cases, draws=500)
    page = _Page(write_memo(result, use_cases=sizing).to_html())
    summary = sizing.summary()
    assert "Present value of each use case over 3 years" in page.text
    assert page.text.index("Shop") < page.text.index("Call")
    assert f"Largest use case: Shop, {money(summary.loc['Shop', 'value'], 'EUR')}" in page.text
    assert money(summary.loc["Call", "low"], "EUR") in page.text


def test_a_memo_of_contracts(contracts: Result) -> None:
    text = _Page(write_memo(contracts).to_html()).text
    assert contracts.headline() in text
    assert "contracts still there" in text
    assert "sBG" in text
    rows = list(csv.reader(io.StringIO(customer_csv(contracts).decode("utf-8-sig"), newline="")))
    assert rows[0][:4] == ["customer_id", "tier", "clv", "clv_low"]


# The memo as a Word document


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_document_has_its_parts_in_order(memo: Memo) -> None:
    found = parts(memo.to_docx())
    assert next(iter(found)) == "[Content_Types].xml"
    for name, content in found.items():
        if not name.endswith(".png"):
            ElementTree.fromstring(content)
    kinds = {one.get("PartName") for one in ElementTree.fromstring(found["[Content_Types].xml"])} - {None}
    assert {name.lstrip("/") for name in kinds} <= set(found)
    relations = ElementTree.fromstring(found["word/_rels/document.xml.rels"])
    targets = {one.get("Id"): f"word/{one.get('Target')}" for one in relations}
    assert set(targets.values()) <= set(found)
    document = ElementTree.fromstring(found["word/document.xml"])
    used = [blip.get(f"{RELATION}embed") for blip in document.iter() if blip.tag.endswith("}blip")]
    assert used
    assert all(targets[ident].endswith(".png") for ident in used)
    assert len(used) == len(set(used)) == sum(name.endswith(".png") for name in found)
    styles = {
        style.get(f"{WORD}styleId") for style in ElementTree.fromstring(found["word/styles.xml"]).iter(f"{WORD}style")
    }
    applied = {style.get(f"{WORD}val") for style in document.iter(f"{WORD}pStyle")}
    assert applied <= styles
    assert {"Title", "Heading1", "Heading2", "Heading3", "ListBullet", "Caption"} <= applied


def test_the_document_can_be_heard(memo: Memo) -> None:
    found = parts(memo.to_docx())
    document = ElementTree.fromstring(found["word/document.xml"])
    pictures = [one for one in document.iter() if one.tag.endswith("}docPr")]
    assert all(one.get("descr") for one in pictures)
    assert len({one.get("id") for one in pictures}) == len(pictures)
    tables = list(document.iter(f"{WORD}tbl"))
    assert all(table.find(f".//{WORD}tblHeader") is not None for table in tables)
    assert all(table.find(f".//{WORD}tblCaption").get(f"{WORD}val") for table in tables)
    for table in tables:
        columns = len(table.findall(f"{WORD}tblGrid/{WORD}gridCol"))
        assert {len(row.findall(f"{WORD}tc")) for row in table.findall(f"{WORD}tr")} == {columns}
        widths = [int(one.get(f"{WORD}w")) for one in table.findall(f"{WORD}tblGrid/{WORD}gridCol")]
        assert sum(widths) == 9070
    core = found["docProps/core.xml"].decode()
    assert "Customer value memo: Müller &amp; Söhne &lt;Kaffee&gt;" in core
    assert "<dc:language>en-GB</dc:language>" in core
    assert 'w:val="en-GB"' in found["word/styles.xml"].decode()


def test_the_same_memo_gives_the_same_bytes(result: Result, memo: Memo) -> None:
    again = write_memo(
        result,
        company="Müller & Söhne <Kaffee>",
        author="A. Nalyst",
        answers=ANSWERED,
        discipline="customer intimacy",
        discipline_reason="The best tenth say so.",
        use_cases=CASES,
    )
    assert again.to_docx() == memo.to_docx()
    assert again.to_html() == memo.to_html()


def test_words_and_breaks_survive(memo: Memo) -> None:
    document = ElementTree.fromstring(parts(memo.to_docx())["word/document.xml"])
    text = "".join(one.text or "" for one in document.iter(f"{WORD}t"))
    assert "Sadly <b>so</b>." in text
    assert "Intimacy & care" in text
    assert "\x07" not in text
    assert list(document.iter(f"{WORD}br"))


def test_python_docx_opens_it(memo: Memo, result: Result) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document(io.BytesIO(memo.to_docx()))
    assert document.core_properties.title == "Customer value memo: Müller & Söhne <Kaffee>"
    assert document.core_properties.language == "en-GB"
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == [
        *("In short", "Data and cleaning", "What the customers are worth", "Does the model hold?"),
        *("Where the data do not support the model", "Decisions", "Method"),
    ]
    tiers = next(table for table in document.tables if table.rows[0].cells[0].text == "Tier")
    assert [row.cells[0].text for row in tiers.rows[1:]] == [*result.tiers["name"], "all"]
    assert len(document.inline_shapes) == len(result.figures())


# Answers and wrong arguments


def test_answers_come_in_with_or_without_their_questions() -> None:
    kept = {"rfm": {"tiers": "Four", "empty": " "}, "customer-centricity": {"counts": "Products", "next-won": "40"}}
    assert read_answers(json.dumps(kept)) == {
        "Rfm": [("Tiers", "Four")],
        "Customer centricity": [("Counts", "Products"), ("Next won", "40")],
    }
    asked = {
        "customer-centricity": {"chapter": "1 Customer-centricity", "fields": {"next-won": "Cost?", "counts": "First?"}}
    }
    text = json.dumps({"format": ANSWERS, "version": 1, "answers": kept})
    found = read_answers(text, asked)
    assert list(found) == ["1 Customer-centricity", "Rfm"]
    assert found["1 Customer-centricity"] == [("Cost?", "40"), ("First?", "Products")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "no answers that the workbook kept"),
        ("[1]", "object of forms"),
        ('{"rfm": "x"}', "object of forms"),
        ('{"format": "customer-value/canvas", "version": 1}', "answers have"),
        ('{"format": "customer-value/company-answers", "version": 2, "answers": {}}', "version 2"),
    ],
)
def test_answers_that_are_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_answers(text)


def test_one_clear_error(result: Result) -> None:
    with pytest.raises(ValueError, match="discipline must be one of operational excellence"):
        write_memo(result, discipline="low price")
    with pytest.raises(TypeError, match="use_cases must be UseCase"):
        write_memo(result, use_cases=[{"name": "x"}])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="best must be from 0 to 50"):
        write_memo(result, best=51)
    with pytest.raises(TypeError, match=r"answers\['1'\] must be pairs"):
        write_memo(result, answers={"1": "yes"})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="result must be of value_log"):
        write_memo(pd.DataFrame())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="reach of 'x' must not be negative"):
        UseCase("x", reach=-1, uplift=1, cost=1)
    with pytest.raises(ValueError, match="between uplift_low and uplift_high"):
        UseCase("x", reach=1, uplift=1, cost=1, uplift_low=2)
