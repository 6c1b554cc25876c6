"""What a team takes from the lab on value disciplines: linked sliders, a picture, and a file that gives it again."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from customer_value.strategy import DisciplinesPicture, picture, read
from workbook import lite, notebooks, paths

LAB = "chapters/04-value-disciplines/lab"
MINUTES = 180_000
IN_PAGE = ".live-widget"
IN_LITE = ".jp-OutputArea-output:has(> .jupyter-widgets)"
TO_THE_ENDS = {"Home": 0, "End": 100, "PageDown": None}
BY_STEPS = {"Home": 0, "ArrowRight": 1, "End": 100, "ArrowLeft": 99, "PageDown": None}


def _run_page(page: Page, site: str) -> str:
    page.goto(f"{site}{LAB}.html")
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)
    return IN_PAGE


def _run_lite(page: Page, site: str) -> str:
    page.goto(f"{site}lite/notebooks/index.html?path={notebooks.lite_path(paths.ROOT / f'{LAB}.md', paths.ROOT)}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    expect(page.locator(".jp-Toolbar-kernelName")).to_have_text("Python (Pyodide)", timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".widget-upload").wait_for(state="attached", timeout=MINUTES)
    return IN_LITE


def _values(widget: Locator) -> list[float]:
    return [float(handle.get_attribute("aria-valuenow") or "nan") for handle in widget.locator(".noUi-handle").all()]


def _weights(made: DisciplinesPicture) -> list[float]:
    return [*made.now, *made.future]


def _linked(widget: Locator) -> str:
    """The file that the link of a widget holds."""
    address = widget.locator("a[download$='.json']").get_attribute("href") or ""
    return b64decode(address.split(",", 1)[1]).decode()


def _until(page: Page, holds: Callable[[], bool]) -> None:
    """The links follow the sliders once Python has drawn the picture."""
    for _ in range(600):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the link did not follow the sliders")


def _downloaded(page: Page, widget: Locator, ending: str) -> Path:
    with page.expect_download() as waiting:
        widget.locator(f"a[download$='.{ending}']").click()
    found = waiting.value
    assert found.suggested_filename.endswith(f".{ending}")
    return Path(found.path())


def _pictures(widget: Locator) -> list[str]:
    """What the figures of a widget show: their text in the page, their drawing in JupyterLite."""
    shown = [image.get_attribute("alt") or image.get_attribute("src") or "" for image in widget.locator("img").all()]
    shown = shown or [drawing.inner_html() for drawing in widget.locator("svg").all()]
    # Each drawing gives its parts names of its own.
    return [re.sub(r'id="[^"]*"|url\(#[^)]*\)|href="#[^"]*"', "", unquote(each)) for each in shown]


def _show_the_same(page: Page, one: Locator, other: Locator) -> None:
    """A figure comes after its sentence."""
    for _ in range(300):
        shown = _pictures(one)[-1:], _pictures(other)[-1:]
        if shown[0] == shown[1] != []:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{shown[0]} is not {shown[1]}")


def _settled(page: Page, three: list[Locator]) -> list[int]:
    """The values of three linked sliders once they fit again."""
    for _ in range(300):
        values = [int(float(handle.get_attribute("aria-valuenow") or "-1")) for handle in three]
        if sum(values) == 100:
            return values
        page.wait_for_timeout(100)
    raise AssertionError(f"{values} do not add to 100")


# JupyterLite takes the arrow keys for itself: they move from cell to cell.
@pytest.mark.parametrize(
    ("run", "keys"), [(_run_page, BY_STEPS), (_run_lite, TO_THE_ENDS)], ids=["in the page", "in JupyterLite"]
)
def test_a_team_takes_its_pictures_along_and_brings_them_back(
    run, keys: dict[str, int | None], page: Page, site: str, watched, tmp_path: Path
) -> None:
    kind = run(page, site)
    editors = page.locator(kind).filter(has=page.locator("a[download]"))
    expect(editors).to_have_count(3, timeout=MINUTES)
    again = page.locator(kind).filter(has=page.locator(".widget-upload"))

    triangle = editors.nth(0)
    handles = triangle.locator(".noUi-handle").all()
    assert len(handles) == 6
    for at, handle in enumerate(handles):
        three = handles[:3] if at < 3 else handles[3:]
        for key, value in keys.items():
            handle.focus()
            handle.press(key)
            if value is not None:
                expect(handle).to_have_attribute("aria-valuenow", f"{value}.0")
            _settled(page, three)
    handles[3].press("Home")
    handles[4].press("End")

    for number, ending in enumerate(("value-disciplines", "strategy-canvas", "elements-of-value")):
        editor = editors.nth(number)
        if number:
            before, handle = _linked(editor), editor.locator(".noUi-handle").first
            moves = handle.get_attribute("aria-valuenow") != handle.get_attribute("aria-valuemax")
            handle.press("End")
            if moves:
                _until(page, lambda editor=editor, before=before: _linked(editor) != before)
        else:
            _until(page, lambda: _weights(read(_linked(triangle))) == _values(triangle))
        saved = _downloaded(page, editor, "json").read_text(encoding="utf-8")
        drawn = _downloaded(page, editor, "svg").read_text(encoding="utf-8")
        made = read(saved)
        assert json.loads(saved)["format"] == f"customer-value/{ending}"
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
        if number == 0:
            assert _weights(made) == _values(editor)
        file = tmp_path / f"{ending}.json"
        file.write_text(saved, encoding="utf-8")
        with page.expect_file_chooser() as choosing:
            again.locator(".widget-upload").click()
        choosing.value.set_files(file)
        expect(again).to_contain_text(re.compile(rf"{ending}\.json holds a"), timeout=MINUTES)
        _show_the_same(page, again, editor)
        assert picture(made).alt
    assert watched.foreign_requests == []


def test_the_lab_is_in_jupyterlite() -> None:
    assert paths.ROOT / f"{LAB}.md" in lite.labs_and_exercises(paths.ROOT)
