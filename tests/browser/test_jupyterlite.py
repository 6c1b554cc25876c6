"""JupyterLite opens the labs and exercises and runs them, and its widgets move."""

import pytest
from playwright.sync_api import Page, expect

from workbook import lite, notebooks, paths

LABS_AND_EXERCISES = [page.relative_to(paths.ROOT).as_posix() for page in lite.labs_and_exercises(paths.ROOT)]
RUN = 180_000  # milliseconds; generous, because Python starts cold on a busy machine


def _address(site: str, page: str) -> str:
    return f"{site}lite/notebooks/index.html?path={notebooks.lite_path(paths.ROOT / page, paths.ROOT)}"


def _run_all(page: Page) -> None:
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    # Told to run before the notebook has its kernel, JupyterLite would ask which one to take.
    expect(page.locator(".jp-Toolbar-kernelName")).to_have_text("Python (Pyodide)", timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_widgets_move(site: str, page: Page, watched) -> None:
    page.goto(_address(site, "chapters/02-heterogeneity/lab.md"))
    _run_all(page)
    figure = page.locator(".jp-OutputArea-output").locator("svg, img").first
    figure.wait_for(state="attached", timeout=RUN)

    widget = page.locator(".jp-OutputArea-output:has(.noUi-handle)").first
    widget.wait_for(state="attached", timeout=RUN)
    handle = widget.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    drawing = widget.locator(".widget-output, .jupyter-widget-output").first
    expect(drawing.locator("svg, img").first).to_be_attached(timeout=RUN)
    before, readout = drawing.inner_html(), widget.locator(".widget-readout").first.inner_text()
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(widget.locator(".widget-readout").first).not_to_have_text(readout)
    page.wait_for_function(
        "([before]) => [...document.querySelectorAll('.widget-output, .jupyter-widget-output')]"
        ".every(output => output.innerHTML !== before)",
        arg=[before],
        timeout=RUN,
    )
    assert watched.foreign_requests == []


@pytest.mark.parametrize("page_source", LABS_AND_EXERCISES)
def test_it_runs_from_top_to_bottom(page_source: str, site: str, page: Page, watched) -> None:
    page.goto(_address(site, page_source))
    _run_all(page)
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    expect(prompts.last).to_have_text(f"[{prompts.count()}]:", timeout=RUN)
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    written = page.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
    assert [text for text in written if not text.startswith("Matplotlib is building the font cache")] == []
    assert watched.foreign_requests == []


def test_every_lab_and_exercise_of_the_contents_is_in_jupyterlite(site: str) -> None:
    wanted = [notebooks.lite_path(page, paths.ROOT) for page in lite.labs_and_exercises(paths.ROOT)]
    assert wanted
    assert [name for name in wanted if not (paths.SITE / "lite" / "files" / name).is_file()] == []
