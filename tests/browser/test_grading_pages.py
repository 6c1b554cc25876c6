"""The pages of a graded cohort: readable by everybody, on any screen, from a disk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.grading.known import known_cohort
from workbook.grading import reference, report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("graded")
    report.write(known_cohort(reference.load("02-heterogeneity")), out)
    return out


@pytest.mark.parametrize(("mode", "width"), [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("name", ["report.html", "room.html", "feedback/u8.html", "feedback/u99.html"])
def test_pages_of_a_cohort_are_accessible_and_ask_for_nothing(
    name: str, mode: str, width: int, folder: Path, browser: Browser, axe
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / name).as_uri())
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


def test_the_report_leads_to_a_learners_feedback(folder: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((folder / "report.html").as_uri())
    page.get_by_role("link", name="Hal Ito").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("02-heterogeneity: feedback for Hal Ito")
    page.get_by_text("Hint 1").first.click()
    expect(page.locator("details[open]").first).to_be_visible()
    page.close()
