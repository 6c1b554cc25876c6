"""The exercise in the page: a check answers at once, names the slip and opens its hints one by one."""

import pytest
from playwright.sync_api import Locator, Page, expect

EXERCISE = "exercises/02-heterogeneity/exercise.html"
MINUTES = 120_000

RIGHT_FUNCTION = """def customers_needed(spend, target):
    best_first = np.sort(np.asarray(spend))[::-1]
    return int((best_first.cumsum() < target * best_first.sum()).sum()) + 1"""
SMALLEST_FIRST = RIGHT_FUNCTION.replace("[::-1]", "")


@pytest.fixture
def exercise(page: Page, site: str) -> Page:
    page.goto(site + EXERCISE)
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)
    return page


def cell(page: Page, holds: str) -> Locator:
    return page.locator("div.cell").filter(has=page.locator(".cm-content", has_text=holds)).first


def write(page: Page, target: Locator, code: str) -> None:
    """Replace a cell's code and run it, as a learner does."""
    target.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    # The editor indents by itself, so the text is put in whole.
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")


def check(page: Page, qid: str) -> Locator:
    target = cell(page, f'check("{qid}"')
    target.get_by_role("button", name="Run", exact=True).click()
    return target.locator(".check-feedback")


def test_a_check_says_what_is_wrong_then_that_it_is_right(exercise: Page, watched) -> None:
    answer = cell(exercise, "q1 = ...")
    feedback = check(exercise, "q1")
    expect(feedback).to_contain_text("Not attempted")

    write(exercise, answer, "q1 = 100 * year['revenue'].nlargest(2357).sum() / year['revenue'].sum()")
    answer = cell(exercise, "nlargest(2357)")
    expect(check(exercise, "q1")).to_contain_text("Not yet. This is in percent.", timeout=MINUTES)

    write(exercise, answer, "q1 = year['revenue'].nlargest(2357).sum() / year['revenue'].sum()")
    expect(check(exercise, "q1")).to_contain_text("✓ q1: Right.", timeout=MINUTES)
    assert watched.foreign_requests == []
    assert watched.complaints == []


def test_hints_open_one_at_a_time(exercise: Page) -> None:
    write(exercise, cell(exercise, "q6 = ..."), "q6 = 31241")
    feedback = check(exercise, "q6")
    expect(feedback).to_contain_text("This saves all 5 dollars per customer.", timeout=MINUTES)
    titles = ["Hint 1 of 4", "Hint 2 of 4", "Hint 3 of 4", "Show the solution"]
    for number, title in enumerate(titles):
        for later in titles[number + 1 :]:
            expect(feedback.get_by_text(later, exact=True)).to_be_hidden()
        feedback.get_by_text(title, exact=True).click()
    expect(feedback.get_by_text("before_fixed[loss_makers] - 1")).to_be_visible()


def test_a_function_is_judged_on_inputs_nobody_was_shown(exercise: Page) -> None:
    write(exercise, cell(exercise, "def customers_needed"), SMALLEST_FIRST)
    expect(check(exercise, "q2")).to_contain_text("This starts with the smallest customers.", timeout=MINUTES)
    table = "def customers_needed(spend, target):\n    return {(50, 30, 10, 10): 2, (5, 5, 5, 5): 3, (10, 70, 20): 1}"
    write(exercise, cell(exercise, "def customers_needed"), table + ".get(tuple(spend), 7)")
    expect(check(exercise, "q2")).to_contain_text("right for the inputs shown, but not for others", timeout=MINUTES)
    write(exercise, cell(exercise, "def customers_needed"), RIGHT_FUNCTION)
    expect(check(exercise, "q2")).to_contain_text("✓ q2: Right.", timeout=MINUTES)


def test_a_slip_in_one_answer_does_not_stop_the_other_tasks(exercise: Page) -> None:
    answer = cell(exercise, "q7 = ...")
    write(exercise, answer, 'q7 = "cannot tell"')
    expect(check(exercise, "q7")).to_contain_text("✓ q7: Right.", timeout=MINUTES)
    write(exercise, cell(exercise, 'q7 = "cannot tell"'), "q7 = cannot tell")
    expect(check(exercise, "q7")).to_contain_text("The cell with your answer stopped with an error", timeout=MINUTES)
    write(exercise, cell(exercise, "q1 = ..."), "q1 = 48%")
    exercise.get_by_role("button", name="Run all cells", exact=True).click()
    expect(exercise.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)
    expect(check(exercise, "q2")).to_contain_text("Not attempted", timeout=MINUTES)
    expect(cell(exercise, "check.progress()").locator(".cell_output")).to_contain_text("0 of 11 points")
