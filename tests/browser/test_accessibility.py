"""axe-core finds nothing on any page: WCAG A to 2.2 AA and its best practices, both colour modes, two sizes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from test_pages import PAGES


@pytest.mark.parametrize("name", [*PAGES, "search.html"])
def test_axe_finds_nothing(name: str, site: str, page: Page, in_every_look: Callable[[Page], None]) -> None:
    page.goto(site + name, wait_until="networkidle")
    in_every_look(page)
