"""The links from the chapters of the built site to its glossary, and back."""

import re

from playwright.sync_api import Page

from workbook import glossary, paths

LINK = re.compile(r'<a class="[^"]*glossary-term[^"]*" href="([^"]+)"')


def test_every_chapter_links_each_term_at_most_once_and_to_an_entry(site: str) -> None:
    known = {term.id: term for term in glossary.read().terms}
    chapters = sorted(paths.SITE.glob("chapters/*/index.html"))
    assert chapters
    for chapter in chapters:
        links = LINK.findall(chapter.read_text(encoding="utf-8"))
        names = [address.removeprefix("../../glossary.html#term-") for address in links]
        assert 3 <= len(names) <= 40, chapter  # found at all, and not on every line
        assert len(set(names)) == len(names), chapter
        assert all(known[name].linked_in(chapter.parent.name) for name in names), chapter


def test_only_the_text_of_a_chapter_is_marked(site: str) -> None:
    others = [page for page in paths.SITE.rglob("*.html") if not page.match("chapters/*/index.html")]
    assert [page for page in others if LINK.search(page.read_text(encoding="utf-8", errors="replace"))] == []


def test_by_keyboard_from_a_chapter_to_the_term_and_back(site: str, page: Page) -> None:
    page.goto(site + "chapters/02-heterogeneity/index.html")
    page.locator("#word-gini-coefficient a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#term-gini-coefficient")
    page.locator("#term-gini-coefficient + dd a", has_text="chapter 2").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/02-heterogeneity/index.html#word-gini-coefficient")
