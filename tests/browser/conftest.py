"""A built site on a free port and a Chromium that can reach nothing but it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from workbook import chromium, node, paths, serve

HERE = Path(__file__).parent
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site, ending in a slash."""
    if not (paths.SITE / "index.html").is_file():
        pytest.fail("The site is not built: run `make site` first (`make test` does).")
    with serve.running(paths.SITE, port=0) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS)
        yield running
        running.close()


class Watched:
    """A browser context that remembers what its pages asked for and complained about."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context = context
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.site = site
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        context.on("weberror", lambda e: self.complaints.append(str(e.error)))

    @property
    def foreign_requests(self) -> list[str]:
        """Requests to any host but the site's own."""
        own = (self.site, "data:", "blob:" + self.site)
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture
def watched(browser: Browser, site: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context, site)
    context.close()


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.context.new_page()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[tuple[str, str]]]:
    """Runs axe-core, in the version the lock file names, on a page: (rule, element) for each violation."""
    script = node.install(HERE, paths.BUILD / "axe") / "node_modules" / "axe-core" / "axe.min.js"
    source = script.read_text(encoding="utf-8")

    def violations(page: Page) -> list[tuple[str, str]]:
        page.evaluate(source)
        found = page.evaluate("tags => axe.run({ runOnly: tags })", AXE_RULES)
        assert found["passes"], "axe-core found nothing to test"
        return [(rule["id"], element["html"]) for rule in found["violations"] for element in rule["nodes"]]

    return violations
