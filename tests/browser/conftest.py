"""A built site on a free port and a Chromium that can reach nothing but it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from workbook import chromium, node, paths, serve

HERE = Path(__file__).parent
AXE_RUN = """async tags => {
    const found = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
    const told = found.violations.flatMap(rule => rule.nodes.map(element => [rule.id, element.html]));
    return { passed: found.passes.length, violations: told };
}"""
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


@contextmanager
def _watching(browser: Browser, site: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context, site)
    context.close()


@pytest.fixture(scope="session")
def watching() -> Callable[[Browser, str], AbstractContextManager[Watched]]:
    """Opens a context on a site that is watched until it is left."""
    return _watching


@pytest.fixture
def watched(browser: Browser, site: str) -> Iterator[Watched]:
    with _watching(browser, site) as context:
        yield context


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.context.new_page()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[tuple[str, str]]]:
    """Runs axe-core, in the version the lock file names, on a page: (rule, element) for each violation."""
    # Tests run side by side, and each process wants it.
    with FileLock(paths.BUILD / "axe.lock"):
        script = node.install(HERE, paths.BUILD / "axe") / "node_modules" / "axe-core" / "axe.min.js"
    source = script.read_text(encoding="utf-8")

    def violations(page: Page) -> list[tuple[str, str]]:
        page.evaluate(f"() => {{ if (!window.axe) {{ {source} }} }}")
        # Only what is told is handed over: all that passed would be megabytes of a page's own markup.
        found = page.evaluate(AXE_RUN, AXE_RULES)
        assert found["passed"], "axe-core found nothing to test"
        return [tuple(one) for one in found["violations"]]

    return violations


@pytest.fixture(scope="session")
def in_every_look(axe: Callable[[Page], list[tuple[str, str]]]) -> Callable[[Page], None]:
    """Fails if axe finds something or the page is too wide, in either colour mode, on a desktop or a phone."""

    def looked(page: Page) -> None:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            # The theme lets the keyboard into what scrolls a moment after the window has changed its size.
            page.wait_for_timeout(500)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for mode in ("light", "dark"):
                page.emulate_media(color_scheme=mode)
                page.wait_for_function("mode => document.documentElement.dataset.theme === mode", arg=mode)
                # Colours glide from one mode to the other, from the next frame on.
                page.evaluate("new Promise(then => requestAnimationFrame(() => requestAnimationFrame(then)))")
                page.wait_for_function("!document.getAnimations().some(one => one.playState === 'running')")
                assert axe(page) == [], f"{width} px, {mode}"

    return looked
