"""The exercise in the page: a check answers at once, names the slip and opens its hints one by one."""

import re

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
    return run(page, site + EXERCISE)


def run(page: Page, address: str) -> Page:
    """Open an exercise and run all of it."""
    page.goto(address)
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
    expect(feedback.get_by_text("q6 = -(losers + 4).sum()")).to_be_visible()


def test_a_function_is_judged_on_inputs_nobody_was_shown(exercise: Page) -> None:
    write(exercise, cell(exercise, "def customers_needed"), SMALLEST_FIRST)
    expect(check(exercise, "q2")).to_contain_text("This starts with the smallest customers.", timeout=MINUTES)
    table = "def customers_needed(spend, target):\n    return {(50, 30, 10, 10): 2, (5, 5, 5, 5): 3, (10, 70, 20): 1}"
    write(exercise, cell(exercise, "def customers_needed"), table + ".get(tuple(spend), 7)")
    expect(check(exercise, "q2")).to_contain_text("right for the inputs shown, but not for others", timeout=MINUTES)
    write(exercise, cell(exercise, "def customers_needed"), RIGHT_FUNCTION)
    feedback = check(exercise, "q2")
    expect(feedback).to_contain_text(
        re.compile(r"✓ q2: Right\. For .* and 0\.8 it gives [\d,]+: \d+% of"), timeout=MINUTES
    )
    feedback.get_by_text("Show the solution", exact=True).click()
    expect(feedback.get_by_text("reached = best_first.cumsum()")).to_be_visible()


def test_a_call_that_fails_is_shown_with_what_it_should_give_and_can_be_pasted(exercise: Page) -> None:
    write(exercise, cell(exercise, "def gini"), "def gini(spend):\n    return -0.0")
    told = "called with (pd.Series([0, 0, 0, 8])) it gives 0, and it should give 0.750."
    expect(check(exercise, "q3")).to_contain_text(told, timeout=MINUTES)
    write(exercise, cell(exercise, "half.head()"), "gini(pd.Series([0, 0, 0, 8]))")
    expect(cell(exercise, "gini(pd.Series([0").locator(".cell_output")).to_have_text("-0.0", timeout=MINUTES)


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


def test_a_broken_answer_of_an_earlier_visit_is_announced_and_its_check_speaks(exercise: Page) -> None:
    write(exercise, cell(exercise, "q1 = ..."), "q1 48%")
    exercise.reload()
    note = exercise.get_by_text("Your own version of this cell comes back when you run the page.")
    expect(note).to_have_count(1)
    expect(exercise.locator("div.cell").filter(has=note)).to_contain_text("q1 = ...")
    exercise.get_by_role("button", name="Run this page", exact=True).click()
    expect(exercise.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)
    expect(note).to_have_count(0)
    expect(check(exercise, "q1")).to_contain_text("The cell with your answer stopped with an error.", timeout=MINUTES)


def test_a_change_in_one_answer_leaves_the_other_tasks_as_they_are(exercise: Page) -> None:
    write(exercise, cell(exercise, "q1 = ..."), "q1 = 0.3")
    status = exercise.locator("#live-bar [role=status]")
    expect(status).to_have_text("Your answer to q1 is done.", timeout=MINUTES)
    said = exercise.get_by_text("Ran before the latest change above.")
    expect(said).to_have_count(2)
    for late in ('check("q1"', "check.progress()"):
        expect(cell(exercise, late).locator(".live-cell-status")).to_have_text("Ran before the latest change above.")
    check(exercise, "q1")
    expect(status).to_have_text("The check of q1 is done.", timeout=MINUTES)
    write(exercise, cell(exercise, "log.head(3)"), "log = datasets.load_cdnow()")
    expect(status).to_have_text(re.compile(r"Cell \d+ is done\."), timeout=MINUTES)
    assert said.count() > 15


def test_long_lines_of_a_text_go_on_in_the_next_one(exercise: Page) -> None:
    memo = cell(exercise, "q8 = ")
    write(exercise, memo, "q8 = '" + "Few customers bring much of the revenue. " * 9 + "'")
    lines = memo.locator(".cm-content")
    assert lines.evaluate("each => each.scrollWidth <= each.closest('.cm-scroller').clientWidth")
    assert lines.bounding_box()["height"] > 60


def test_feedback_can_be_told_apart_without_colour_and_by_the_page(exercise: Page, axe) -> None:
    feedback = check(exercise, "q8")
    expect(feedback).to_have_attribute("data-verdict", "not-attempted")
    expect(feedback.get_by_text("Show the marking guide")).to_have_count(0)
    write(exercise, cell(exercise, "q8 ="), "q8 = 'The best tenth bring half of the revenue. ' * 8")
    feedback = check(exercise, "q8")
    expect(feedback).to_contain_text("no number in digits; write at least 40 words with 3 different", timeout=MINUTES)
    memo = "q8 = 'The best 10% bring 48% of the revenue, and 44% stay. ' * 5"
    write(exercise, cell(exercise, "q8 ="), memo)
    feedback = check(exercise, "q8")
    expect(feedback).to_contain_text("✎ q8: Recorded.", timeout=MINUTES)
    expect(feedback).to_have_attribute("data-verdict", "recorded")
    expect(feedback.get_by_role("status")).to_contain_text("55 words. In a course your facilitator reads")
    feedback.get_by_text("Show the marking guide", exact=True).click()
    expect(feedback.get_by_role("listitem").first).to_contain_text("at least three numbers from the work")
    feedback.get_by_text("Show the sample text", exact=True).click()
    expect(feedback.get_by_text("No to both.")).to_be_visible()

    write(exercise, cell(exercise, "q7 = ..."), 'q7 = "cannot tell"')
    feedback = check(exercise, "q7")
    expect(feedback).to_have_attribute("data-verdict", "right", timeout=MINUTES)
    told = {"exercise": "02-heterogeneity", "qid": "q7", "points": "1", "reached": "1", "total": "11"}
    for name, value in told.items():
        expect(feedback).to_have_attribute(f"data-{name}", value)

    progress = cell(exercise, "check.progress()")
    progress.get_by_role("button", name="Run", exact=True).click()
    listed = progress.locator(".check-progress")
    expect(listed.get_by_role("status")).to_have_text("1 of 11 points, and a text recorded")
    expect(listed.get_by_role("listitem")).to_have_count(8)
    expect(listed.get_by_role("listitem").nth(7)).to_contain_text("q8 A memo to the board: recorded (text)")
    expect(listed).to_contain_text("My progress keeps your best ones.")
    assert axe(exercise) == []
