"""Every lab of the table of contents, made live: it runs to its end, and each control works at both its ends."""

import pytest
from playwright.sync_api import Locator, Page, expect
from test_pages import PAGES

LABS = [name for name in PAGES if name.startswith("chapters/") and name.endswith("/lab.html")]
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


@pytest.mark.parametrize("name", LABS)
def test_the_lab_runs_and_every_control_answers_at_both_ends(name: str, page: Page, site: str, watched) -> None:
    page.goto(site + name)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)
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
