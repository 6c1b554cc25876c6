"""A page made live, in Chromium: started, run, changed, broken, stopped and loaded again."""

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from workbook import paths, serve

STARTED = 60_000
SOON = 20_000

SETUP = "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt"
PLOT = "fig, ax = plt.subplots(figsize=(4, 2))\nax.plot([1, 2, 3]);"
WRONG_KEY = """\
def read():
    return table['spnd']

read()"""
NESTED = """\
with out:
    print('first')
    display(inner)
    with inner:
        print('inside')
    print('last')"""
SLIDER = """\
import ipywidgets
runs = []
@ipywidgets.interact(power=ipywidgets.IntSlider(value=2, min=1, max=9, description="Power:"))
def draw(power):
    runs.append(power)
    print("the sum is", int((np.arange(4) ** power).sum()))
    fig, ax = plt.subplots(figsize=(4, 2))
    ax.plot(np.arange(4) ** power)"""


def cell(source: str, *tags: str, shown: bool = True) -> dict:
    return {"source": source, "tags": list(tags), "shown": shown}


def markup(cells: list[dict], page: str) -> str:
    """A page as the book writes it: highlighted cells with computed outputs, and the list of the cells."""
    shown, described = [], []
    for index, each in enumerate(cells):
        element = f"live-cell-{index}" if each["shown"] else None
        described.append({"element": element, "source": each["source"], "tags": each["tags"]})
        if element is None:
            continue
        code = f'<div class="highlight"><pre>{html.escape(each["source"])}</pre></div>'
        shown_input = f'<div class="cell_input docutils container">{code}</div>'
        if "hide-input" in each["tags"]:
            shown_input = f"<details><summary>Show code</summary>{shown_input}</details>"
        output = f'<div class="cell_output docutils container"><p>computed {index}</p></div>'
        if "hide-output" in each["tags"]:
            output = f"<details><summary>Show the result</summary>{output}</details>"
        shown.append(f'<div class="cell docutils container" id="{element}">{shown_input}{output}</div>')
    data = json.dumps({"root": "../../", "page": page, "lite": "", "cells": described}).replace("</", "<\\/")
    return f"""<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Page</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">
<script type="application/json" id="live-cells">{data}</script>
<script type="module" src="../../live/start.js"></script></head>
<body><main><h1>Page</h1><div id="live-bar"></div>{"".join(shown)}</main></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the real scripts and archives, and pages that the tests write."""
    for needed in (paths.LIVE / "start.js", paths.PYODIDE / "pyodide-lock.json"):
        if not needed.is_file():
            pytest.fail(f"{needed} is not built: run `make site` first (`make test` does).")
    made = tmp_path_factory.mktemp("site")
    (made / "index.html").write_text("<title>Start</title>", encoding="utf-8")
    shutil.copytree(paths.LIVE, made / "live")
    (made / "pyodide").symlink_to(paths.PYODIDE)
    (made / "chapters" / "one").mkdir(parents=True)
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with serve.running(folder, port=0) as address:
        yield address


class Live:
    """What the tests do with an open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.status = page.locator("#live-bar [role=status]")

    def button(self, name: str) -> Locator:
        return self.page.locator("#live-bar").get_by_role("button", name=name, exact=True)

    def start(self, ends: str = "All cells have run") -> "Live":
        self.button("Run this page").click()
        expect(self.status).to_contain_text(ends, timeout=STARTED)
        return self

    def cell(self, index: int) -> Locator:
        return self.page.locator(f"#live-cell-{index}")

    def output(self, index: int) -> Locator:
        return self.cell(index).locator(".cell_output")

    def said(self, index: int) -> Locator:
        """What stands beside a cell's buttons."""
        return self.cell(index).locator(".live-cell-status")

    def edit(self, index: int, source: str) -> None:
        editor = self.cell(index).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, index: int, source: str | None = None) -> None:
        if source is not None:
            self.edit(index, source)
        self.cell(index).locator(".cm-content").press("Shift+Enter")
        expect(self.cell(index).locator(".live-cell-status")).to_have_text(re.compile("Done|Stopped"), timeout=SOON)
        expect(self.status).to_contain_text(re.compile("is done|stopped with"), timeout=SOON)


@pytest.fixture
def live(page: Page, folder: Path, site: str) -> Callable[..., Live]:
    """Opens a page with the given cells."""

    def open_page(*cells: dict, name: str = "page") -> Live:
        (folder / "chapters" / "one" / f"{name}.html").write_text(
            markup(list(cells), f"chapters/one/{name}"), encoding="utf-8"
        )
        page.goto(f"{site}chapters/one/{name}.html")
        return Live(page)

    return open_page


def test_nothing_heavy_is_loaded_before_the_click(live, watched):
    opened = live(cell(SETUP), cell(PLOT))
    expect(opened.status).to_contain_text(re.compile(r"about \d+ MB"))
    assert [url.rsplit("/", 1)[1].split("-")[0] for url in watched.requests if "/live/" in url] == ["start.js", "bar"]
    assert (paths.LIVE / "start.js").stat().st_size < 4096


def test_a_click_runs_every_cell_and_shows_the_first_plot(live, watched):
    opened = live(
        cell(SETUP),
        cell("hidden = 41", "remove-cell", shown=False),
        cell("pd.DataFrame({'x': [1, 2]})"),
        cell(PLOT),
        cell("import asyncio\nawait asyncio.sleep(0.05)\nprint('awaited', hidden + 1)", "hide-input"),
        cell("1 + 1"),
        cell("never = 1", "skip-execution"),
    ).start()
    figure = opened.output(3).locator("img")
    expect(figure).to_be_visible()
    assert figure.get_attribute("alt")
    assert figure.evaluate("image => image.naturalWidth") > 300
    expect(opened.output(2).locator("table")).to_be_visible()
    assert opened.output(2).locator("th:empty").count() == 0
    expect(opened.output(4)).to_have_text("awaited 42")
    expect(opened.output(5)).to_have_text("2")
    expect(opened.output(6)).to_have_text("computed 6")
    assert watched.foreign_requests == []
    assert watched.complaints == []


def test_progress_is_announced_from_the_click_on(live):
    opened = live(cell("1 + 1"))
    opened.page.evaluate(
        """() => {
          window.said = [];
          const bar = document.getElementById("live-bar");
          const note = () => said.push([bar.querySelector("[role=status]").textContent,
                                        bar.querySelector("progress")?.hidden === false]);
          new MutationObserver(note).observe(bar, {subtree: true, childList: true, attributes: true});
        }"""
    )
    opened.start()
    said = opened.page.evaluate("said")
    assert any(re.search(r"\d+% of about \d+ MB", text) and loading for text, loading in said)
    assert [loading for text, loading in said if text.startswith("All cells")] != [True]
    expect(opened.page.locator("#live-bar progress")).to_be_hidden()


def test_a_slider_moved_by_keyboard_changes_number_and_figure(live, watched):
    opened = live(cell(SETUP), cell(SLIDER)).start()
    expect(opened.output(1)).to_contain_text("the sum is 14")
    before = opened.output(1).locator("img").get_attribute("src")
    handle = opened.page.get_by_role("slider", name="Power", exact=True)
    handle.focus()
    handle.press("ArrowRight")
    expect(opened.output(1)).to_contain_text("the sum is 36", timeout=SOON)
    expect(opened.output(1).locator("img")).to_have_count(1)
    assert opened.output(1).locator("img").get_attribute("src") != before
    assert handle.evaluate("handle => handle === document.activeElement")
    assert watched.complaints == []


def test_sliders_say_their_value_as_it_is_shown(live, page):
    options = "options=[('low', 1), ('middle', 2), ('high', 3)], value=2"
    opened = live(
        cell(f"import ipywidgets\nchoice = ipywidgets.SelectionSlider({options}, description='Level')\nchoice"),
        cell("ipywidgets.IntRangeSlider(value=(2, 7), min=0, max=10, description='Span')"),
        cell("print(choice.value)"),
    ).start()
    level = page.get_by_role("slider", name="Level")
    expect(level).to_have_attribute("aria-valuetext", "middle")
    level.focus()
    level.press("ArrowRight")
    expect(level).to_have_attribute("aria-valuetext", "high")
    # The name of an option is no field to type into, as a number is.
    expect(page.get_by_role("textbox", name="Level")).to_have_count(0)
    expect(page.locator(".widget-readout", has_text="high")).not_to_have_attribute("contenteditable", "true")
    opened.run(2)
    expect(opened.output(2)).to_have_text("3")
    expect(page.get_by_role("slider", name="Span, from")).to_have_attribute("aria-valuetext", "2")
    expect(page.get_by_role("slider", name="Span, to")).to_have_attribute("aria-valuetext", "7")


def test_a_drag_ends_at_the_right_value_without_a_queue_of_runs(live):
    opened = live(cell(SETUP), cell(SLIDER), cell("len(runs)")).start()
    handle = opened.page.locator(".noUi-handle")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    for sweep in range(4):
        for step in range(0, 61, 3):
            opened.page.mouse.move(x + (step if sweep % 2 == 0 else 60 - step) * 3, y)
    opened.page.mouse.move(x + 900, y, steps=20)
    opened.page.mouse.up()
    expect(opened.output(1)).to_contain_text("the sum is 20196", timeout=SOON)
    opened.run(2)
    assert 2 <= int(opened.output(2).inner_text()) < 40


def test_an_edited_cell_runs_and_is_still_there_after_a_reload(live, page):
    opened = live(cell("value = 1"), cell("value * 10")).start()
    expect(opened.output(1)).to_have_text("10")
    opened.run(0, "value = 7")
    opened.run(1)
    expect(opened.output(1)).to_have_text("70")
    page.reload()
    opened.start()
    expect(opened.output(1)).to_have_text("70")
    opened.cell(0).get_by_role("button", name="Reset").click()
    expect(opened.cell(0).locator(".cm-content")).to_have_text("value = 1")
    page.reload()
    opened.start()
    expect(opened.output(1)).to_have_text("10")


def test_a_browser_that_keeps_nothing_says_so(live, page):
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    opened = live(cell("1")).start()
    opened.edit(0, "2")
    expect(opened.cell(0)).to_contain_text("does not keep your change")
    opened.run(0)
    expect(opened.output(0)).to_have_text("2")


def test_an_error_stops_the_page_and_names_the_cell(live):
    opened = live(cell("table = {'spend': 1}"), cell(WRONG_KEY), cell("print('after')"))
    opened.start(ends="Cell 2 stopped with an error")
    shown = opened.output(1)
    expect(shown).to_contain_text("In this cell, in read, line 2:")
    expect(shown).to_contain_text("KeyError: 'spnd'")
    expect(shown).not_to_contain_text("interactiveshell")
    expect(opened.output(2)).to_have_text("computed 2")
    expect(opened.page.get_by_role("link", name="Go to cell 2")).to_have_attribute("href", "#live-cell-1")


def test_an_expected_error_does_not_stop_the_page(live):
    opened = live(cell("1 / 0", "raises-exception"), cell("print('after')")).start()
    expect(opened.output(0)).to_contain_text("ZeroDivisionError: division by zero")
    expect(opened.output(1)).to_have_text("after")


def test_mistakes_in_the_code_itself_are_shown_at_their_place(live):
    opened = live(cell("x = 1")).start()
    opened.run(0, "x = 1\ntotal = (x +")
    expect(opened.output(0)).to_contain_text("In this cell, line 2:")
    expect(opened.output(0)).to_contain_text("SyntaxError: '(' was never closed")
    opened.run(0, "input('Name?')")
    expect(opened.output(0)).to_contain_text("write the value into the cell instead")
    opened.run(0, "import no_such_package")
    expect(opened.output(0)).to_contain_text("ModuleNotFoundError: No module named 'no_such_package'")


def test_what_a_page_cannot_do_is_said_and_help_is_shown(live):
    opened = live(cell("%matplotlib inline\nimport numpy as np")).start()
    opened.run(0, "%pip install something")
    expect(opened.output(0)).to_contain_text("There is no command line inside a page")
    opened.run(0, "!ls")
    expect(opened.output(0)).to_contain_text("There is no command line inside a page")
    opened.run(0, "def f(x):\n    'Twice x.'\n    return 2 * x\nf?")
    expect(opened.output(0)).to_contain_text("Twice x.")
    opened.run(0, "help(f)")
    expect(opened.output(0)).to_contain_text("Twice x.")
    opened.run(0, "import warnings\nwarnings.warn('careful')\nprint('goes on')")
    expect(opened.output(0)).to_contain_text("UserWarning: careful")
    expect(opened.output(0)).to_contain_text("goes on")


def test_output_widgets_take_what_is_put_out_inside_them(live):
    opened = live(
        cell(
            "import ipywidgets\nfrom IPython.display import clear_output, display\n"
            "out = ipywidgets.Output()\ninner = ipywidgets.Output()\nout"
        ),
        cell(NESTED),
        cell("with out:\n    clear_output()\n    print('again')\nprint('here')"),
        cell("with out:\n    1 / 0\nprint('still running')"),
        cell(
            "button = ipywidgets.Button(description='Press')\ncount = []\n"
            "@button.on_click\ndef pressed(_):\n    count.append(1)\n    print('pressed', len(count))\nbutton"
        ),
        cell(
            "box = ipywidgets.IntText(value=3, description='Number')\n"
            "display(box, ipywidgets.interactive_output(lambda n: print('twice', 2 * n), {'n': box}))"
        ),
    ).start()
    expect(opened.output(2)).to_have_text("here")
    expect(opened.output(3)).to_have_text("still running")
    expect(opened.output(0)).to_contain_text("again")
    expect(opened.output(0)).not_to_contain_text("first")
    expect(opened.output(0)).to_contain_text("ZeroDivisionError")
    opened.run(1)
    expect(opened.output(0)).to_contain_text(re.compile("first.*inside.*last", re.DOTALL))
    for _ in range(2):
        opened.page.get_by_role("button", name="Press").click()
    expect(opened.output(4)).to_contain_text("pressed 2", timeout=SOON)
    number = opened.page.get_by_role("spinbutton", name="Number")
    number.fill("21")
    number.press("Enter")
    expect(opened.output(5)).to_contain_text("twice 42", timeout=SOON)


def test_displays_can_be_changed_later_and_long_work_shows_its_steps(live):
    opened = live(
        cell("from IPython.display import HTML, clear_output, display"),
        cell("handle = display(HTML('<b>one</b>'), display_id=True)"),
        cell("handle.update(HTML('<b>two</b>'))", shown=False),
        cell("for step in range(3):\n    clear_output(wait=True)\n    print('step', step)"),
    ).start()
    expect(opened.output(1).locator("b")).to_have_text("two")
    expect(opened.output(3)).to_have_text("step 2")


def test_a_figure_brings_its_own_description(live):
    source = """\
class Figure:
    def _repr_mimebundle_(self, include=None, exclude=None):
        svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90pt" height="60pt"><rect width="9" height="9"/></svg>'
        return {"image/svg+xml": svg}, {"image/svg+xml": {"alt": "A small square"}}
Figure()"""
    opened = live(cell(source)).start()
    figure = opened.page.get_by_role("img", name="A small square")
    expect(figure).to_be_visible()
    assert figure.bounding_box()["width"] == pytest.approx(120, abs=1)


def test_packages_come_at_their_first_import(live, watched):
    opened = live(cell("'nothing imported'")).start()
    assert not [url for url in watched.requests if "scipy" in url]
    opened.run(0, "from scipy import stats, optimize\nround(float(stats.norm.cdf(1.96)), 3)")
    expect(opened.output(0)).to_have_text("0.975")
    opened.run(0, "import sklearn.linear_model as lm\nlm.LinearRegression().fit([[0], [1]], [0, 2]).coef_.round(6)")
    expect(opened.output(0)).to_have_text("array([2.])")
    opened.run(0, "import customer_value\ncustomer_value.__name__")
    expect(opened.output(0)).to_have_text("'customer_value'")
    assert watched.foreign_requests == []


def test_data_come_when_they_are_first_opened(live, watched):
    def fetched() -> list[str]:
        return [url.rsplit("/", 1)[1] for url in watched.requests if url.endswith(".data")]

    opened = live(cell("from customer_value import datasets\nprint(*datasets.names())")).start()
    expect(opened.output(0)).to_contain_text("camera-conjoint cdnow customer-satisfaction donations")
    assert fetched() == []
    opened.run(0, "churn = datasets.load_telco_churn()\nint(churn['churn'].sum())")
    expect(opened.output(0)).to_have_text("1869")
    opened.run(0, "len(datasets.load_telco_churn())")
    expect(opened.output(0)).to_have_text("7043")
    assert [name.split(".")[:2] for name in fetched()] == [["telco-churn", "telco_churn"]]


def test_every_dataset_is_the_same_as_on_this_machine(live):
    source = """\
import hashlib
import inspect
from customer_value import datasets
from customer_value.company import schema
frames = {table: datasets.load_kettleholt(table) for table in schema.LEARNERS}
for name, load in inspect.getmembers(datasets, inspect.isfunction):
    parameters = inspect.signature(load).parameters.values()
    if name.startswith("load_") and all(each.default is not each.empty for each in parameters):
        frames[name] = load()
frames["truth"] = frames.pop("load_kettleholt_truth").customers
for name, frame in frames.items():
    kinds = [kind if str(kind) != "str" else "object" for kind in frame.dtypes]
    print(name, frame.shape, *kinds, hashlib.sha256(frame.to_csv().encode()).hexdigest())"""
    here = subprocess.run([sys.executable, "-c", source], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert "load_electricity_choice (17232, 10)" in here.stdout
    opened = live(cell(source)).start()
    expect(opened.output(0)).to_have_text(here.stdout.strip())


def test_data_that_cannot_be_fetched_are_named_and_can_be_tried_again(live, folder):
    file = next((folder / "live").glob("donations.donations.*.data"))
    aside = file.with_suffix(".aside")
    opened = live(cell("from customer_value import datasets")).start()
    file.rename(aside)
    try:
        opened.run(0, "len(datasets.load_donations())")
        expect(opened.output(0)).to_contain_text(
            "The data file donations.csv cannot be fetched: check the connection, then run this again"
        )
    finally:
        aside.rename(file)
    opened.run(0)
    expect(opened.output(0)).to_have_text("22")


def test_scipy_named_in_the_page_is_loaded_with_it(live, watched):
    opened = live(cell("from scipy import stats\nround(float(stats.beta(2, 2).cdf(0.5)), 3)")).start()
    expect(opened.output(0)).to_have_text("0.5")


def test_stop_ends_a_loop_and_python_can_be_started_again(live):
    opened = live(cell(SETUP), cell(SLIDER), cell("1"), name="stopped").start()
    opened.edit(2, "print('begun')\nwhile True: pass")
    opened.cell(2).get_by_role("button", name="Run", exact=True).click()
    expect(opened.output(2)).to_have_text("begun", timeout=SOON)
    opened.button("Stop").click()
    expect(opened.status).to_contain_text("Python is stopped")
    expect(opened.output(2)).to_be_empty()
    expect(opened.said(2)).to_have_text("Stopped before it was done")
    expect(opened.said(0)).to_have_text("Ran before Python was stopped.")
    dead = opened.page.locator(".live-widget")
    expect(dead).to_have_attribute("inert", "")
    glyphs = "element => [...element.querySelectorAll('*')].map(e => getComputedStyle(e, '::before').content)"
    assert not [glyph for glyph in dead.evaluate(glyphs) if any("\ue000" <= letter <= "\uf8ff" for letter in glyph)]
    opened.edit(2, "len(runs)")
    opened.button("Run this page again").click()
    expect(opened.status).to_contain_text("All cells have run", timeout=STARTED)
    expect(opened.output(2)).to_have_text("1")
    expect(opened.page.locator(".live-widget")).to_have_count(1)


def test_a_new_python_offers_to_run_the_cells_above_first(live):
    opened = live(cell("hidden = 40", shown=False), cell("shown = hidden + 1"), cell("shown + 1"), cell("7")).start()
    opened.button("Restart").click()
    expect(opened.status).to_contain_text("new and empty", timeout=STARTED)
    third = opened.cell(2)
    third.locator(".cm-content").press("Shift+Enter")
    expect(third).to_contain_text("Python was restarted: the cells above have not run yet.")
    expect(opened.page.get_by_role("button", name="Run all above, then this")).to_be_focused()
    opened.page.get_by_role("button", name="Run only this").click()
    expect(opened.output(2)).to_contain_text("NameError: name 'shown' is not defined", timeout=SOON)
    expect(third).to_contain_text("what is missing here may be made there")
    opened.page.get_by_role("button", name="Run all above, then this").click()
    expect(opened.output(2)).to_have_text("42", timeout=SOON)
    expect(opened.status).to_contain_text("Cell 2 and the cells above it have run.")
    expect(opened.page.locator(".live-question")).to_have_count(0)
    opened.edit(3, "while True: pass")
    opened.cell(3).get_by_role("button", name="Run", exact=True).click()
    expect(opened.said(3)).to_have_text("Running …")
    opened.button("Stop").click()
    opened.cell(1).get_by_role("button", name="Run", exact=True).click()
    opened.page.get_by_role("button", name="Run all above, then this").click()
    expect(opened.said(1)).to_contain_text("Done", timeout=STARTED)


def test_an_output_that_no_longer_belongs_to_its_code_says_so(live):
    opened = live(cell("a = 1"), cell("a * 10"), cell("a * 100", "hide-input"), cell("1 + 1")).start()
    opened.edit(0, "a = 2")
    expect(opened.said(0)).to_contain_text("Changed, not run yet")
    expect(opened.said(1)).to_have_text("Ran before the latest change above.")
    opened.edit(0, "a = 1")
    expect(opened.said(1)).to_contain_text("Done")
    opened.run(0, "a = 2")
    expect(opened.said(1)).to_have_text("Ran before the latest change above.")
    # The buttons of this one are folded away.
    expect(opened.cell(2).locator(".live-note")).to_have_text("Ran before the latest change above.")
    opened.run(1)
    expect(opened.output(1)).to_have_text("20")
    expect(opened.said(1)).to_contain_text("Done")
    opened.edit(1, "a * 11")
    expect(opened.said(1)).to_have_text("Changed, not run yet: the output below is from before.")
    opened.run(1, "nothing")
    expect(opened.output(1)).to_contain_text("NameError")
    opened.cell(1).get_by_role("button", name="Reset").click()
    expect(opened.output(1)).to_be_empty()
    expect(opened.said(1)).to_have_text("The page's own code is back, not run yet.")


def test_a_wrong_answer_does_not_stop_the_page(live):
    opened = live(cell("1 / 0", "answer"), cell("later = 1"), cell("nothing", "answer"), cell("later + 1"))
    opened.start()
    expect(opened.output(3)).to_have_text("2")
    expect(opened.status).to_contain_text("All cells have run. Cells 1 and 3 stopped with an error.")
    links = opened.status.get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == ["#live-cell-0", "#live-cell-2"]


def test_a_folded_result_opens_for_whoever_runs_the_cell(live):
    opened = live(cell("6 * 7", "hide-output"), cell("'visible'")).start()
    expect(opened.output(1)).to_be_visible()
    expect(opened.output(0)).to_be_hidden()
    opened.run(0)
    expect(opened.output(0)).to_be_visible()
    expect(opened.output(0)).to_have_text("42")


def test_edits_of_an_earlier_visit_are_announced_before_python_starts(live, page):
    opened = live(cell("1"), cell("2"), cell("3")).start()
    opened.edit(0, "10")
    opened.edit(2, "30")
    page.reload()
    expect(opened.status).to_contain_text("You changed 2 cells on an earlier visit; they come back")
    expect(opened.output(0)).to_have_text("computed 0")
    opened.start()
    expect(opened.output(0)).to_have_text("10")


def test_the_bar_stays_at_hand_and_covers_nothing_that_is_jumped_to(live, page):
    page.set_viewport_size({"width": 360, "height": 740})
    opened = live(*(cell("\n".join(f"line_{n} = {n}" for n in range(30))) for _ in range(4)), cell("1 / 0")).start(
        ends="Cell 5 stopped"
    )
    page.get_by_role("link", name="Go to cell 5").click()
    page.wait_for_function("scrollY > 900")
    bar = page.locator("#live-bar").bounding_box()
    assert bar["y"] >= 0
    assert bar["height"] <= 740 / 4
    expect(opened.button("Stop")).to_be_in_viewport()
    page.evaluate("document.getElementById('live-cell-2').scrollIntoView()")
    assert opened.cell(2).bounding_box()["y"] >= bar["y"] + bar["height"]
    opened.cell(1).get_by_role("button", name="Run", exact=True).focus()
    button = opened.cell(1).get_by_role("button", name="Run", exact=True).bounding_box()
    assert button["y"] >= bar["y"] + bar["height"]


def test_the_size_that_is_promised_is_the_size_that_is_transferred(live, watched):
    opened = live(cell("import numpy"))
    promised = int(re.search(r"about (\d+) MB", opened.status.inner_text())[1])
    sizes = []
    watched.context.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    opened.start()
    assert any("data." in url for url in watched.requests)
    assert sum(sizes) / 1e6 == pytest.approx(promised, abs=0.7)


def test_markdown_is_set_as_text(live, watched):
    opened = live(
        cell("from IPython.display import Markdown"),
        cell("Markdown('A **bold** word\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |')"),
    )
    opened.start()
    expect(opened.output(1).locator("strong")).to_have_text("bold")
    expect(opened.output(1).get_by_role("group", name="Table")).to_contain_text("1")
    assert len([url for url in watched.requests if "/markdown-" in url]) == 1
    assert watched.complaints == []


def test_a_missing_file_leaves_the_page_readable_and_can_be_tried_again(live, folder):
    archive = next((folder / "live").glob("data.*.pack"))
    aside = archive.with_suffix(".aside")
    archive.rename(aside)
    try:
        opened = live(cell("import numpy as np\nint(np.sum([1, 2]))"))
        opened.start(ends=f"The file {archive.name} is missing on this site")
        expect(opened.output(0)).to_have_text("computed 0")
    finally:
        aside.rename(archive)
    opened.button("Try again").click()
    expect(opened.status).to_contain_text("All cells have run", timeout=STARTED)
    expect(opened.output(0)).to_have_text("3")


def test_an_old_browser_is_told(live, page):
    page.add_init_script("delete window.DecompressionStream;")
    opened = live(cell("1"))
    opened.start(ends="too old to run Python")
    expect(opened.output(0)).to_have_text("computed 0")


def test_other_scripts_can_follow_what_happens(live):
    opened = live(cell("1 + 1"), cell("1 / 0"))
    opened.page.evaluate(
        """() => {
          window.events = [];
          for (const name of ["live:ready", "live:output", "live:cell-done"]) {
            document.addEventListener(name, ({detail}) => events.push([name, detail.index ?? null, detail.ok ?? null]));
          }
        }"""
    )
    opened.start(ends="Cell 2 stopped")
    assert opened.page.evaluate("events") == [
        ["live:ready", None, None],
        ["live:output", 0, None],
        ["live:cell-done", 0, True],
        ["live:output", 1, None],
        ["live:cell-done", 1, False],
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_live_page_fits_a_narrow_screen(live, page, theme):
    page.set_viewport_size({"width": 360, "height": 740})
    live(cell(SETUP), cell(SLIDER), cell("pd.DataFrame({f'column {i}': [i] for i in range(20)})")).start()
    page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    handle = page.get_by_role("slider", name="Power").bounding_box()
    assert min(handle["width"], handle["height"]) >= 24
