"""The capstone in the browser: a learner's own file becomes values and a memo, and nothing leaves the page."""

import io
import re
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

LAB = "chapters/15-capstone/lab"
MINUTES = 300_000
CHOOSER = re.compile(r"^Choose a file \(\d")
UCI = Path(__file__).resolve().parents[3] / "shared" / "data" / "online_retail_uci.parquet"
ANSWER = "The cafés; a tenth of them buys half of it"
FORM = "customer-value-workbook:company:heterogeneity"


@pytest.fixture(scope="module")
def german() -> pd.DataFrame:
    """Purchases of 500 customers in two years, as a German shop would export them."""
    rng = np.random.default_rng(7)
    rows = []
    for customer in range(500):
        day, rate = rng.integers(0, 300), rng.gamma(1.2, 1 / 60)
        while day < 730:
            bought = pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(day))
            rows.append((f"K{customer:04d}", f"{bought:%d.%m.%Y}", f"{rng.gamma(4, 12):.2f}".replace(".", ",")))
            day += max(1, rng.exponential(1 / rate))
            if rng.random() < 0.08:
                break
    return pd.DataFrame(rows, columns=["KundenNr", "Rechnungsdatum", "Betrag"])


@pytest.fixture
def guide(page: Page, site: str) -> Locator:
    """The guide of the lab, once the page has run."""
    page.goto(f"{site}{LAB}.html")
    page.evaluate("([key, text]) => localStorage.setItem(key, JSON.stringify({ decision: text }))", [FORM, ANSWER])
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)
    return page.locator(".live-widget").filter(has=page.locator(".own-data"))


def _choose(page: Page, guide: Locator, name: str, content: bytes, folder: Path) -> None:
    file = folder / name
    file.write_bytes(content)
    with page.expect_file_chooser() as choosing:
        guide.get_by_role("button", name=CHOOSER).click()
    choosing.value.set_files(file)


def _press(page: Page, button: Locator) -> None:
    """By keyboard; whoever does must not be thrown out of the guide by what appears."""
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()


def _value(guide: Locator) -> None:
    guide.get_by_label("Margin").fill("40")
    guide.get_by_label("Discount rate").fill("10")
    guide.get_by_label("Currency").fill("EUR")
    guide.get_by_label("Currency").press("Tab")
    guide.get_by_role("button", name="Value my customers").click()


def _downloaded(page: Page, guide: Locator, ending: str) -> bytes:
    with page.expect_download() as waiting:
        guide.locator(f"a[download$='{ending}']").click()
    return Path(waiting.value.path()).read_bytes()


def test_a_file_becomes_a_memo_and_nothing_leaves_the_page(
    page: Page, guide: Locator, german: pd.DataFrame, site: str, watched, tmp_path: Path, in_every_look
) -> None:
    before = len(watched.requests)
    # A name that is in Windows' own encoding, as from a German spreadsheet.
    _choose(page, guide, "Umsätze.csv", german.to_csv(index=False, sep=";").encode("cp1252"), tmp_path)
    expect(guide).to_contain_text(f"Umsätze.csv: {len(german):,} rows and 3 columns", timeout=MINUTES)
    expect(guide.get_by_label("Customer", exact=True)).to_have_value("KundenNr")
    expect(guide.get_by_label("Date of the purchase")).to_have_value("Rechnungsdatum")
    expect(guide.get_by_label("Amount of the row")).to_have_value("Betrag")
    _press(page, guide.get_by_role("button", name="Read the columns this way"))
    expect(guide).to_contain_text(f"{len(german):,} of {len(german):,} rows count", timeout=MINUTES)
    _press(page, guide.get_by_role("button", name="Value my customers"))
    expect(guide).to_contain_text("Currency is empty", timeout=MINUTES)
    _value(guide)
    expect(guide).to_contain_text("500 customers are worth", timeout=MINUTES)
    expect(guide).to_contain_text("Your answers to “Apply it to your company” go into the memo: 1 from 1 chapter.")
    _press(page, guide.get_by_role("button", name="Write the memo"))
    # What is read out as it changes stays in its place: an element that comes with its text is often not read.
    said = guide.locator(".widget-html-content[role=status]").filter(has_text="The memo is written")
    expect(said).to_be_visible(timeout=MINUTES)
    expect(guide.locator("[role=status] [role=status]")).to_have_count(0)
    guide.get_by_label("Value discipline").focus()
    page.keyboard.press("ArrowDown")
    expect(guide.get_by_label("Value discipline")).to_have_css("outline-style", "solid")
    memo = _downloaded(page, guide, "memo.html").decode()
    assert ANSWER in memo
    assert zipfile.is_zipfile(io.BytesIO(_downloaded(page, guide, "memo.docx")))
    assert zipfile.ZipFile(io.BytesIO(_downloaded(page, guide, "figures.zip"))).testzip() is None
    listed = pd.read_csv(io.BytesIO(_downloaded(page, guide, "customers.csv")))
    assert len(listed) == 500
    in_every_look(page)
    # Whole: what is asked for says nothing, as a query might.
    own_packages = re.compile(re.escape(site) + r"(live|pyodide)/[^?]*\.(pack|whl|zip|js|gz|csv|yml|json)$")
    asked = [url for url in watched.requests[before:] if not url.startswith(("data:", "blob:"))]
    assert [url for url in asked if not own_packages.match(url)] == []
    assert watched.foreign_requests == []


def test_an_excel_file_brings_its_reader_and_a_bad_file_a_sentence(
    page: Page, guide: Locator, german: pd.DataFrame, watched, tmp_path: Path
) -> None:
    assert not any("openpyxl" in url for url in watched.requests)
    buffer = io.BytesIO()
    german.head(300).to_excel(buffer, index=False, engine="openpyxl")
    _choose(page, guide, "Umsatz.xlsx", buffer.getvalue(), tmp_path)
    expect(guide).to_contain_text("Umsatz.xlsx: 300 rows and 3 columns", timeout=MINUTES)
    assert any("openpyxl" in url for url in watched.requests)
    _choose(page, guide, "empty.csv", b"", tmp_path)
    expect(guide).to_contain_text("Not yet: empty.csv is empty", timeout=MINUTES)
    expect(guide.get_by_label("Customer", exact=True)).to_be_hidden()
    assert watched.foreign_requests == []


@pytest.mark.skipif(not UCI.is_file(), reason=f"{UCI.name} is not beside the project, in ../shared/data")
def test_a_log_of_half_a_million_rows_is_valued_in_the_page(page: Page, guide: Locator, watched) -> None:
    before, began = len(watched.requests), time.perf_counter()
    with page.expect_file_chooser() as choosing:
        guide.get_by_role("button", name=CHOOSER).click()
    choosing.value.set_files(UCI)
    expect(guide).to_contain_text("541,909 rows", timeout=MINUTES)
    read = time.perf_counter()
    guide.get_by_role("button", name="Read the columns this way").click()
    expect(guide).to_contain_text("of 541,909 rows count", timeout=MINUTES)
    cleaned = time.perf_counter()
    _value(guide)
    expect(guide).to_contain_text(re.compile(r"\d customers are worth"), timeout=MINUTES)
    valued = time.perf_counter()
    guide.get_by_role("button", name="Write the memo").click()
    expect(guide).to_contain_text("The memo is written", timeout=MINUTES)
    written = time.perf_counter()
    steps = {"read": read - began, "clean": cleaned - read, "value": valued - cleaned, "memo": written - valued}
    print("Half a million rows in the page:", ", ".join(f"{name} {took:.0f} s" for name, took in steps.items()))
    assert watched.foreign_requests == []
    assert any("pyarrow" in url for url in watched.requests[before:])
