"""axe-core finds nothing on any page: WCAG A to 2.2 AA and its best practices, both colour modes, two sizes."""

from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect
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


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(("/lab.html", "/exercise.html"))])
def test_axe_finds_nothing_while_python_runs(name: str, site: str, page: Page, axe) -> None:
    page.goto(site + name)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=120_000)
    for width, mode in product((1280, 360), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=mode)
        page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=mode)
        # Colours glide from one mode to the other, from the next frame on.
        page.evaluate("new Promise(then => requestAnimationFrame(() => requestAnimationFrame(then)))")
        page.wait_for_function("!document.getAnimations().some(one => one instanceof CSSTransition)")
        assert axe(page) == [], f"{width} px, {mode}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
