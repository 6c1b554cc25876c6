"""axe-core finds nothing on any page: WCAG A to 2.2 AA and its best practices, both colour modes, two sizes."""

import pytest
from playwright.sync_api import Browser, expect
from test_pages import PAGES


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "search.html"])
def test_axe_finds_nothing(name: str, mode: str, width: int, site: str, browser: Browser, axe) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
    page = context.new_page()
    page.goto(site + name, wait_until="networkidle")
    assert axe(page) == []
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    "name", [name for name in PAGES if "heterogeneity/lab" in name or name.startswith("exercises/")]
)
def test_axe_finds_nothing_while_python_runs(
    name: str, mode: str, width: int, site: str, browser: Browser, axe
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
    page = context.new_page()
    page.goto(site + name)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=120_000)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
