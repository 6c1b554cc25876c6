"""The lab of chapter 02 made live, on the built site."""

import re

from playwright.sync_api import expect

LAB = "chapters/02-heterogeneity/lab.html"
MINUTE = 60_000


def test_the_lab_runs_in_the_page_and_its_sliders_answer(page, site, watched):
    page.goto(site + LAB)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTE)
    lab = page.locator(".live-widget").first
    sentence, figure = lab.get_by_role("status"), lab.locator("img")
    expect(figure).to_have_attribute("alt", re.compile(r"\w"))
    before = sentence.inner_text(), figure.get_attribute("src")
    slider = lab.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    expect(sentence).not_to_have_text(before[0], timeout=MINUTE)
    expect(figure).not_to_have_attribute("src", before[1])
    expect(figure).to_have_count(1)
    assert page.locator(".live-error").count() == 0
    assert watched.foreign_requests == []
    assert watched.complaints == []


def test_a_live_figure_looks_like_the_computed_one_in_the_dark(page, site):
    page.emulate_media(color_scheme="dark")
    page.goto(site + LAB)
    look = """image => { const s = getComputedStyle(image);
        return [s.backgroundColor, s.padding, s.borderRadius, s.filter]; }"""
    around = """image => { const looks = new Set();
        for (let e = image.parentElement; !e.matches('.cell_output'); e = e.parentElement)
            looks.add(getComputedStyle(e).backgroundColor);
        return [...looks]; }"""
    figure = page.locator(".cell_output:has(.widget-still) img.figure").first
    still = figure.evaluate(look)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTE)
    live = page.locator(".live-widget img.figure").first
    assert live.evaluate(look) == still
    assert still[0] == "rgb(255, 255, 255)"
    assert live.evaluate(around) == ["rgba(0, 0, 0, 0)"]
