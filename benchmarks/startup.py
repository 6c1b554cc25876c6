"""Seconds from the click to the first plot: in the page, and in JupyterLite with the same notebook.

Both are measured in turn in one run, first with an empty browser cache, then with a filled one.
The clock starts at the click on *Run this page*, and for JupyterLite at the click on its link: opening the
workplace is part of what a reader waits for there.
"""

import statistics
import time

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.results import Table
from workbook import chromium, notebooks, paths, serve

LAB = "chapters/02-heterogeneity/lab"
LONG = 180_000


def in_page(context: BrowserContext, site: str) -> float:
    """Seconds from the click on *Run this page* to the first figure computed in the page."""
    page = context.new_page()
    page.goto(f"{site}{LAB}.html", wait_until="load")
    button = page.get_by_role("button", name="Run this page")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    page.locator(".live-output img").first.wait_for(state="attached", timeout=LONG)
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def in_jupyterlite(context: BrowserContext, site: str) -> float:
    """Seconds from opening the notebook to its first figure, all cells run as soon as the menu allows it."""
    page = context.new_page()
    start = time.perf_counter()
    notebook = notebooks.lite_path(paths.ROOT / f"{LAB}.md", paths.ROOT)
    page.goto(f"{site}lite/notebooks/index.html?path={notebook}", wait_until="commit")
    # Told to run before the notebook has its kernel, JupyterLite would ask which one to take.
    page.locator(".jp-Toolbar-kernelName", has_text="Python (Pyodide)").wait_for(timeout=LONG)
    page.get_by_role("menuitem", name="Run", exact=True).click(timeout=LONG)
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click(timeout=LONG)
    page.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first.wait_for(state="attached", timeout=LONG)
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def measure(rounds: int = 5) -> Table:
    """Medians of ``rounds`` interleaved rounds, cold and warm."""
    seen: dict[str, list[float]] = {f"{who} {cache}": [] for cache in ("cold", "warm") for who in ("page", "lite")}

    def visit(browser: Browser, site: str) -> None:
        for who, run in (("page", in_page), ("lite", in_jupyterlite)):
            context = browser.new_context()
            seen[f"{who} cold"].append(run(context, site))
            seen[f"{who} warm"].append(run(context, site))
            context.close()

    with serve.running(paths.SITE, 0) as site, sync_playwright() as playwright:
        for _ in range(rounds):
            # A new browser each time: nothing compiled or cached survives from the round before.
            browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS)
            visit(browser, site)
            browser.close()
    table = Table("Seconds from click to first plot", ("browser cache", "in the page", "JupyterLite", "ratio"))
    for cache in ("cold", "warm"):
        page, lite = (statistics.median(seen[f"{who} {cache}"]) for who in ("page", "lite"))
        table.add({"cold": "empty", "warm": "filled"}[cache], f"{page:.1f}", f"{lite:.1f}", f"{page / lite:.2f}")
    table.note = f"Medians of {rounds} rounds, both in turn, chapter 02's lab."
    return table
