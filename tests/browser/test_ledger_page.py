"""The page of all formulas, unfolded, as a reader's browser sees it."""

import pytest
from playwright.sync_api import Browser, Page

LEDGER = "ledger/index.html"


@pytest.mark.parametrize(("mode", "width"), [("light", 1280), ("dark", 360)])
def test_unfolded_it_has_room_and_axe_finds_nothing(mode: str, width: int, site: str, browser: Browser, axe) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
    page = context.new_page()
    page.goto(site + LEDGER, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('.formula-entry details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    context.close()


def test_by_keyboard_from_a_chapter_to_the_entry_and_back(site: str, page: Page) -> None:
    page.goto(site + "chapters/02-heterogeneity/index.html")
    page.locator("#shows-gini a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{LEDGER}#formula-gini")
    entry = page.locator("#formula-gini")
    entry.locator("summary").focus()
    page.keyboard.press("Enter")
    assert entry.get_by_text("customer_value.concentration.gini", exact=True).is_visible()
    entry.locator("dl.formula-facts a", has_text="Customers are not equal").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/02-heterogeneity/index.html#shows-gini")
