"""axe-core finds nothing on any page: WCAG A to 2.2 AA and its best practices, both colour modes, two sizes."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_pages import PAGES

from workbook import node, paths

HERE = Path(__file__).parent
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, in the version the lock file names."""
    folder = paths.BUILD / "axe"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    wanted = (HERE / "package-lock.json").read_bytes()
    installed = folder / "package-lock.json"
    if not (script.is_file() and installed.is_file() and installed.read_bytes() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        node.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=folder)
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "search.html"])
def test_axe_finds_nothing(name: str, mode: str, width: int, site: str, browser: Browser, axe: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
    page = context.new_page()
    page.goto(site + name, wait_until="networkidle")
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({ runOnly: tags })", RULES)
    context.close()
    assert found["passes"]
    assert [(rule["id"], node["html"]) for rule in found["violations"] for node in rule["nodes"]] == []
