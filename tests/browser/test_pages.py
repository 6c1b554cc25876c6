"""Every page of the table of contents, as a reader's browser sees it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from workbook import book, paths, serve

CONFIG = yaml.safe_load((paths.ROOT / "_config.yml").read_text(encoding="utf-8"))
PAGES = [page.relative_to(paths.ROOT).with_suffix(".html").as_posix() for page in book.pages(paths.ROOT, CONFIG)]
CHAPTER = "chapters/02-heterogeneity/index.html"


@pytest.fixture(scope="module", params=[*PAGES, "search.html"])
def opened(request: pytest.FixtureRequest, watching, browser: Browser, site: str) -> Iterator:
    """A page as it is after loading, watched, and the answer of the server."""
    with watching(browser, site) as watched:
        answer = (page := watched.context.new_page()).goto(site + request.param, wait_until="networkidle")
        yield page, watched, answer


def test_page_opens_and_asks_no_other_host(opened, request: pytest.FixtureRequest) -> None:
    page, watched, answer = opened
    assert answer is not None
    assert answer.ok
    assert page.locator("article h1").count() >= (request.node.callspec.params["opened"] != "search.html")
    assert watched.foreign_requests == []
    assert watched.complaints == []


def test_axe_finds_nothing(opened, in_every_look: Callable[[Page], None]) -> None:
    """WCAG A to 2.2 AA and axe-core's best practices, both colour modes, two sizes."""
    in_every_look(opened[0])


@pytest.mark.parametrize("name", PAGES)
def test_internal_links_and_files_exist(name: str, site: str) -> None:
    html = (paths.SITE / name).read_text(encoding="utf-8")
    missing = []
    for link in set(re.findall(r'(?:href|src)="([^"]+)"', html)):
        parts = urlsplit(link.replace("&amp;", "&"))
        if parts.scheme or parts.netloc:
            continue
        target = (paths.SITE / name).parent / unquote(parts.path) if parts.path else paths.SITE / name
        if parts.query.startswith("path="):
            target = paths.SITE / "lite" / "files" / unquote(parts.query.removeprefix("path="))
        if target.is_dir():
            target /= "index.html"
        anchor = unquote(parts.fragment)
        gone = not target.is_file()
        lost = anchor and target.suffix == ".html" and not gone and f'id="{anchor}"' not in target.read_text("utf-8")
        if gone or lost:
            missing.append(link)
    assert missing == []


def test_search_finds_a_word_of_a_chapter(site: str, page: Page, watched) -> None:
    page.goto(site + "search.html?q=lorenz")
    page.locator("#search-results li a").first.wait_for()
    assert watched.foreign_requests == []


def test_quiz_by_keyboard_gives_feedback_and_remembers(site: str, page: Page) -> None:
    page.goto(site + CHAPTER)
    question = page.locator(".quiz-question").first
    right = int(question.get_attribute("data-right"))
    wrong = 1 if right == 0 else 0
    question.locator("input").first.focus()
    page.keyboard.press("Space")
    for _ in range(wrong):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert question.get_attribute("data-state") == "wrong"
    assert question.locator(".quiz-feedback").inner_text().startswith("✗ Not right\n")
    for _ in range(right - wrong):
        page.keyboard.press("ArrowDown")
    for _ in range(wrong - right):
        page.keyboard.press("ArrowUp")
    assert question.get_attribute("data-state") is None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert question.get_attribute("data-state") == "right"
    assert re.match(r"1 of \d+ right", page.locator(".quiz-score").inner_text())
    page.reload()
    assert page.locator(".quiz-question").first.get_attribute("data-state") == "right"


def test_quiz_can_be_read_without_javascript(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + CHAPTER)
    question = page.locator(".quiz-question").first
    assert not question.locator("input").first.is_visible()
    question.locator("summary").click()
    assert "✓ Right" in question.locator(".quiz-answers").inner_text()
    context.close()


def test_company_notes_stay_in_the_browser(site: str, page: Page, watched) -> None:
    page.goto(site + CHAPTER, wait_until="networkidle")
    page.wait_for_timeout(500)  # the browser fetches the icon when it has nothing else to do
    before = len(watched.requests)
    field = page.locator("form.company input, form.company textarea").first
    field.fill("About 40 %")
    page.get_by_text("Kept in this browser.").wait_for()
    assert watched.requests[before:] == []
    page.reload()
    assert page.locator("form.company input, form.company textarea").first.input_value() == "About 40 %"


def test_guesses_stay_in_the_browser_and_are_listed_below(site: str, page: Page) -> None:
    page.goto(site + "chapters/02-heterogeneity/lab.html")
    fields = page.get_by_role("textbox", name="Your guess")
    shown = page.locator(".guesses dd")
    assert fields.count() == shown.count() > 1
    expect(shown.nth(1)).to_have_text("no guess")
    fields.nth(1).fill("55")
    expect(shown.nth(1)).to_have_text("55")
    page.get_by_text("Kept in this browser.").wait_for()
    page.reload()
    expect(fields.nth(1)).to_have_value("55")
    expect(shown.nth(1)).to_have_text("55")
    expect(shown.first).to_have_text("no guess")


@pytest.fixture
def nested(tmp_path: Path) -> Iterator[str]:
    """The same site two folders down, as on a host that serves many."""
    (tmp_path / "index.html").write_text("Not the workbook")
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / "value").symlink_to(paths.SITE, target_is_directory=True)
    with serve.running(tmp_path, port=0) as address:
        yield address + "courses/value/"


def test_the_site_works_under_a_sub_path(nested: str, browser: Browser) -> None:
    context = browser.new_context()
    asked: list[str] = []
    failed: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page = context.new_page()
    page.goto(nested + "chapters/02-heterogeneity/lab.html", wait_until="networkidle")
    python = nested + "pyodide/pyodide-lock.json"
    with context.expect_event("response", lambda response: response.url == python, timeout=120_000):
        with context.expect_page() as opened:
            page.get_by_role("link", name="JupyterLite (opens in a new tab)").click()
        page = opened.value
    # The kernel is ready only when Python itself has started.
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=120_000)
    # JupyterLite asks its service worker now and then whether it is there: the worker answers, and no server hears it.
    heard = [url for url in asked if not url.endswith("/api/service-worker-heartbeat")]
    assert [url for url in heard if not url.startswith((nested, "data:", "blob:"))] == []
    assert failed == []
    context.close()
