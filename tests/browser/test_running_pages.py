"""Every lab and exercise of the table of contents, made live: one run of each, and all that must hold in it."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from test_pages import PAGES

from tests.exercise_answers import declared, script

LABS = [name for name in PAGES if name.endswith("/lab.html")]
EXERCISES = [name for name in PAGES if name.endswith("/exercise.html")]
MINUTES = 120_000
ENDS = {"Home": "aria-valuemin", "End": "aria-valuemax"}


def said(widget: Locator) -> tuple[str, list[str | None]]:
    """What a widget tells and shows."""
    figures = [figure.get_attribute("src") for figure in widget.locator("img").all()]
    return " ".join(widget.get_by_role("status").all_inner_texts()), figures


def answered(page: Page, widget: Locator, before: tuple[str, list[str | None]], control: str | None) -> None:
    """Wait until the widget tells or shows something else than before."""
    for _ in range(MINUTES // 100):
        after = said(widget)
        if after != before and (after[0] or after[1]):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{control!r} moved and nothing followed")


def move(page: Page, widget: Locator, slider: Locator, key: str) -> None:
    """Press a key on a slider and wait until the widget has answered."""
    moves = slider.get_attribute("aria-valuenow") != slider.get_attribute(ENDS[key])
    before = said(widget)
    slider.press(key)
    expect(slider).to_have_attribute("aria-valuenow", slider.get_attribute(ENDS[key]) or "")
    if moves:
        answered(page, widget, before, slider.get_attribute("aria-label"))


def choose(page: Page, widget: Locator, field: Locator, at: int) -> None:
    """Choose an option of a drop-down field and wait until the widget has answered."""
    option = field.locator("option").nth(at).get_attribute("value") or ""
    moves = field.input_value() != option
    before = said(widget)
    field.select_option(option)
    if moves:
        answered(page, widget, before, option)


def stands(widget: Locator) -> None:
    """What a widget says is a finished sentence or a figure, at whatever end it was moved to."""
    sentence, figures = said(widget)
    assert "nan" not in sentence.split()
    assert "Traceback" not in widget.inner_text()
    assert sentence or figures


def run(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)


@pytest.fixture(scope="module", params=LABS)
def lab(request: pytest.FixtureRequest, watching, browser: Browser, site: str) -> Iterator:
    """A lab whose cells have all run, watched."""
    with watching(browser, site) as watched:
        run(page := watched.context.new_page(), site + request.param)
        yield page, watched


@pytest.fixture(scope="module", params=EXERCISES)
def exercise(request: pytest.FixtureRequest, watching, browser: Browser, site: str) -> Iterator[Page]:
    """An exercise whose cells have all run."""
    with watching(browser, site) as watched:
        run(page := watched.context.new_page(), site + request.param)
        yield page


def test_axe_finds_nothing_in_a_lab(lab, in_every_look: Callable[[Page], None]) -> None:
    in_every_look(lab[0])


def test_every_control_of_a_lab_answers_at_both_ends(lab) -> None:
    page, watched = lab
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".live-error").count() == 0
    widgets = page.locator(".live-widget").all()
    assert len(widgets) >= 2
    for widget in widgets:
        sliders = widget.get_by_role("slider").all()
        fields = widget.get_by_role("combobox").all()
        assert sliders or fields or widget.locator(".widget-upload").count()
        for slider in sliders:
            for key in ENDS:
                move(page, widget, slider, key)
                stands(widget)
        for field in fields:
            for at in (-1, 0):
                choose(page, widget, field, at)
                stands(widget)
    assert page.locator(".live-error").count() == 0
    assert watched.foreign_requests == []
    assert watched.complaints == []


def test_axe_finds_nothing_in_an_exercise(exercise: Page, in_every_look: Callable[[Page], None]) -> None:
    in_every_look(exercise)


def test_every_declared_answer_is_told_the_same_in_the_page(exercise: Page, request: pytest.FixtureRequest) -> None:
    slug = request.node.callspec.params["exercise"].split("/")[1]
    answers = [answer for answer in declared() if answer.exercise == slug]
    assert len(answers) >= 30
    exercise.set_viewport_size({"width": 1280, "height": 900})
    target = exercise.locator("div.cell").filter(has=exercise.locator(".cm-content", has_text="check.progress()"))
    target.locator(".cm-content").click()
    exercise.keyboard.press("Control+A")
    exercise.keyboard.insert_text(script(answers) + "\nprint('TOLD' + json.dumps(told))")
    exercise.keyboard.press("Shift+Enter")
    output = exercise.locator("div.cell").filter(has_text="told.append").locator(".cell_output")
    expect(output).to_contain_text("TOLD", timeout=MINUTES)
    told = json.loads(output.inner_text().partition("TOLD")[2])
    assert len(told) == len(answers)
    wrong = {str(one): said for one, said in zip(answers, told, strict=True) if not said.startswith(one.told)}
    assert wrong == {}
