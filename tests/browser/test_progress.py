"""What a reader has reached is kept, shown, taken away as a file and printed; changed code survives releases."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from workbook import course, paths

MINE = "progress.html"
CHAPTER = "chapters/02-heterogeneity/index.html"
LAB = "chapters/02-heterogeneity/lab.html"
EXERCISE = "exercises/02-heterogeneity/exercise.html"
KEY = "customer-value-workbook:progress"
TOTAL = course.exercise("02-heterogeneity")["points"]
MINUTES = 120_000

RIGHT = "q1 = year['revenue'].nlargest(2357).sum() / year['revenue'].sum()"
STUB = "q1 = ..."
NEW_STUB = "# Give the share with two decimals.\nq1 = ..."


def result(verdict: str = "right", reached: float = 1, points: float = 1, book: str = "0.0.9") -> dict:
    return {"verdict": verdict, "reached": reached, "points": points, "book": book, "on": "2026-01-31"}


def kept(**tasks: dict) -> dict:
    return {"schema": 1, "exercises": {"02-heterogeneity": tasks}, "quizzes": {}, "labs": {}}


SOME = kept(q1=result(), q2=result("not-yet", 0, 2), q8=result("recorded", 0))


def keep(page: Page, address: str, value: object, key: str = KEY) -> None:
    """Open a page of the site on which the browser has kept something before."""
    page.goto(address)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(value)])
    page.reload()


def storage(page: Page) -> dict:
    return page.evaluate("() => Object.fromEntries(Object.entries(localStorage))")


def contents(page: Page, title: str) -> Locator:
    return page.locator(".bd-docs-nav a", has_text=title)


def table_row(page: Page, what: str) -> Locator:
    """The row of chapter 02, which these tests work in."""
    return page.locator(f'.progress-table [data-what="{what}"][data-page*="/02-heterogeneity/"]')


def tasks(page: Page) -> Locator:
    """The row with the tasks of its exercise, opened."""
    row = table_row(page, "exercise").locator("xpath=following-sibling::tr[1]")
    row.locator("summary").click()
    return row


def start(page: Page) -> None:
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("All cells have run", timeout=MINUTES)


def cell(page: Page, holds: str) -> Locator:
    return page.locator("div.cell").filter(has=page.locator(".cm-content", has_text=holds)).first


def write(page: Page, target: Locator, code: str, run: bool = True) -> None:
    target.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    # The editor indents by itself, so the text is put in whole.
    page.keyboard.insert_text(code)
    if run:
        page.keyboard.press("Shift+Enter")


# --- kept and shown


def test_the_list_of_the_book_names_every_exercise_with_its_points() -> None:
    listed = json.loads((paths.SITE / "_static" / "progress.json").read_text(encoding="utf-8"))
    assert listed["schema"] == 1
    assert listed["book"]["version"] == course.version()
    exercises = {
        page["page"]: page["exercise"] for each in listed["chapters"] for page in each["pages"] if "exercise" in page
    }
    specs = {path.stem for path in (paths.ROOT / "customer_value" / "checks" / "specs").glob("*.json")}
    assert {each["slug"] for each in exercises.values()} == specs
    for name, each in exercises.items():
        assert (paths.SITE / f"{name}.html").is_file()
        checked = [question["points"] for question in each["questions"] if question["kind"] != "free"]
        assert each["points"] == sum(checked) > 0


def test_a_right_answer_stays_reached_after_a_reload_and_a_later_slip(page: Page, site: str, watched) -> None:
    page.goto(site + EXERCISE)
    assert not [url for url in watched.requests if "progress.json" in url]
    expect(page.locator(".toc-progress")).to_have_count(0)
    start(page)
    assert KEY not in storage(page)  # nothing was attempted
    write(page, cell(page, STUB), RIGHT)
    cell(page, 'check("q1"').get_by_role("button", name="Run", exact=True).click()
    expect(contents(page, "Exercise: who carries")).to_contain_text(f"1/{TOTAL}", timeout=MINUTES)
    write(page, cell(page, "nlargest(2357)"), "q1 = 0.3")
    cell(page, 'check("q1"').get_by_role("button", name="Run", exact=True).click()
    expect(cell(page, 'check("q1"').locator(".check-feedback")).to_contain_text("Not yet", timeout=MINUTES)
    page.reload()
    expect(contents(page, "Exercise: who carries")).to_contain_text(f"1/{TOTAL}")
    expect(
        page.get_by_role("link", name=re.compile(f"Exercise: who carries.*: 1 of {TOTAL} points$")).first
    ).to_be_attached()
    expect(contents(page, "Customers are not equal").locator(".toc-progress")).to_contain_text("1/")

    page.goto(site + MINE)
    expect(table_row(page, "exercise")).to_contain_text(f"1 of {TOTAL} points")
    listed = tasks(page)
    expect(listed.locator("[data-qid=q1]")).to_have_text(re.compile("✓ right: q1 Share of the best tenth"))
    expect(listed.locator("[data-qid=q2]")).to_contain_text("not attempted")
    one = json.loads(storage(page)[KEY])["exercises"]["02-heterogeneity"]
    assert one["q1"] | {"on": ""} == result(book=course.version()) | {"on": ""}
    assert list(one) == ["q1"]
    assert watched.foreign_requests == []
    assert watched.complaints == []


def test_a_quiz_counts_with_its_best_answers(page: Page, site: str) -> None:
    page.goto(site + CHAPTER)
    total = page.locator(".quiz-question").count()
    question = page.locator(".quiz-question").first
    right = int(question.get_attribute("data-right"))
    for choice in (right, 1 if right == 0 else 0):
        question.locator("input").nth(choice).check()
        question.get_by_role("button", name="Check").click()
    page.goto(site + MINE)
    expect(table_row(page, "quiz")).to_contain_text(f"1 of {total} right")
    expect(table_row(page, "chapter")).to_contain_text(f"1 of {total + TOTAL} points")


def test_a_lab_that_has_run_is_marked(page: Page, site: str) -> None:
    page.goto(site + LAB)
    start(page)
    expect(contents(page, "Lab: who brings")).to_contain_text("✓")
    page.goto(site + MINE)
    expect(table_row(page, "lab").locator("td").last).to_have_text("run")
    expect(table_row(page, "guesses").locator("td").last).to_have_text(re.compile(r"^0 of \d+ written$"))


def test_guesses_and_company_answers_are_counted(page: Page, site: str) -> None:
    page.goto(site + LAB)
    page.get_by_role("textbox", name="Your guess").first.fill("50")
    page.get_by_text("Kept in this browser.").wait_for()
    page.goto(site + CHAPTER)
    page.locator("form.company input, form.company textarea").first.fill("About 40 %")
    page.get_by_text("Kept in this browser.").wait_for()
    page.goto(site + MINE)
    expect(table_row(page, "guesses").locator("td").last).to_have_text(re.compile("^1 of"))
    expect(table_row(page, "company").locator("td").last).to_have_text(re.compile("^1 of"))


def test_a_text_is_recorded_beside_the_points(page: Page, site: str) -> None:
    keep(page, site + MINE, SOME)
    expect(table_row(page, "exercise")).to_contain_text(f"{TOTAL} points and a text")
    expect(table_row(page, "exercise")).to_contain_text(f"1 of {TOTAL} points, and a text recorded")
    expect(tasks(page).locator("[data-qid=q8]")).to_have_text(
        re.compile(r"✎ text recorded: q8 A memo to the board \(text\)")
    )
    keep(page, site + MINE, kept(q1=result()))
    expect(table_row(page, "exercise")).to_contain_text(f"1 of {TOTAL} points, and a text to write")


def test_all_points_and_the_text_complete_an_exercise(page: Page, site: str) -> None:
    questions = course.exercise("02-heterogeneity")["questions"]
    points = {each["qid"]: each["points"] for each in questions if each["kind"] != "free"}
    all_right = {qid: result("right", most, most) for qid, most in points.items()}
    keep(page, site + EXERCISE, kept(**all_right))
    mark = contents(page, "Exercise: who carries").locator(".toc-progress > [aria-hidden]")
    expect(mark).to_have_text(f"{TOTAL}/{TOTAL}")
    keep(page, site + EXERCISE, kept(**all_right, q8=result("recorded", 0)))
    expect(mark).to_have_text(f"{TOTAL}/{TOTAL} ✓")


@pytest.mark.parametrize(
    "text", ["no JSON", '{"schema": 2}', '{"schema": 1, "exercises": {"a": {"b": {"verdict": "perfect"}}}}']
)
def test_what_cannot_be_read_is_put_aside(text: str, page: Page, site: str) -> None:
    page.goto(site + CHAPTER)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
    page.goto(site + MINE)
    expect(page.locator(".progress-note").first).to_contain_text("cannot be read by this edition")
    page.goto(site + CHAPTER)
    page.locator(".quiz-question input").first.check()
    page.locator(".quiz-check").first.click()
    assert storage(page)[f"{KEY}:unreadable"] == text
    assert json.loads(storage(page)[KEY])["quizzes"]


def test_without_storage_the_page_says_so(page: Page, site: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
    )
    page.goto(site + MINE)
    expect(page.locator(".progress-note").first).to_contain_text("its storage is switched off")
    expect(page.get_by_role("button", name="Export as a file")).to_be_hidden()
    page.goto(site + CHAPTER)
    page.locator(".quiz-question input").first.check()
    page.locator(".quiz-check").first.click()
    expect(page.get_by_text("This browser does not keep your progress")).to_be_visible()
    page.goto(site + EXERCISE)
    start(page)
    write(page, cell(page, STUB), "q1 = 0.3")
    expect(cell(page, "q1 = 0.3").locator(".live-cell-status")).to_contain_text("Done", timeout=MINUTES)
    cell(page, 'check("q1"').get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("This browser does not keep your progress")).to_be_visible(timeout=MINUTES)
    write(page, cell(page, "q1 = 0.3"), "q1 = 0.4", run=False)
    expect(cell(page, "q1 = 0.4").locator(".live-cell-status")).to_contain_text("does not keep your change")


def test_without_javascript_the_page_says_so_and_lists_what_there_is(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + MINE)
    expect(page.locator("noscript .progress-note")).to_be_visible()
    expect(table_row(page, "exercise")).to_contain_text(f"{TOTAL} points")
    expect(page.get_by_role("button", name="Export as a file")).to_be_hidden()
    context.close()


# --- taken away and back


def exported(page: Page, tmp_path: Path, written: bool = False) -> Path:
    box = page.get_by_role("checkbox", name="Put into the file what I wrote as well: guesses")
    box.set_checked(written)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as a file").click()
    assert re.fullmatch(r"customer-value-progress-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    target = tmp_path / "mine.json"
    download.value.save_as(target)
    return target


def take(page: Page, file: Path) -> Locator:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import a file").click()
    chooser.value.set_files(file)
    return page.locator(".progress-said")


def test_exported_erased_and_imported_all_is_as_before(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(site + CHAPTER)
    page.locator(".quiz-question input").first.check()
    page.locator(".quiz-check").first.click()
    page.locator("form.company input, form.company textarea").first.fill("About 40 %")
    page.get_by_text("Kept in this browser.").wait_for()
    code = [{"id": "q1-answer", "source": "q1 = 1", "original": "q1 = ..."}]
    keep(page, site + CHAPTER, code, "customer-value-workbook:code:exercises/02-heterogeneity/exercise")
    known = json.loads(storage(page)[KEY])
    keep(page, site + MINE, {**SOME, "quizzes": known["quizzes"]})
    before = storage(page)
    shown = page.locator(".progress-table").inner_text()

    plain = json.loads(exported(page, tmp_path).read_text(encoding="utf-8"))
    assert "written" not in plain
    assert plain["exercises"] == SOME["exercises"]
    file = exported(page, tmp_path, written=True)
    page.get_by_role("button", name="Erase …").click()
    expect(page.get_by_role("button", name="Keep everything")).to_be_focused()
    page.keyboard.press("Escape")
    assert storage(page) == before
    page.get_by_role("button", name="Erase …").click()
    page.get_by_role("button", name="Erase the results and all I wrote").click()
    expect(table_row(page, "exercise")).to_contain_text(f"0 of {TOTAL} points")
    assert not [key for key in storage(page) if key.startswith("customer-value-workbook")]
    expect(take(page, file)).to_contain_text("4 results were taken over.")
    after = storage(page)
    assert {key: json.loads(value) for key, value in after.items() if key.startswith("customer")} == {
        key: json.loads(value) for key, value in before.items() if key.startswith("customer")
    }
    assert page.locator(".progress-table").inner_text() == shown


def test_an_import_never_takes_the_better_result_or_what_is_written_here(page: Page, site: str, tmp_path: Path) -> None:
    keep(page, site + MINE, SOME)
    file = exported(page, tmp_path)
    other = json.loads(file.read_text(encoding="utf-8"))
    other["exercises"] = kept(q1=result("not-yet", 0), q2=result("right", 2, 2), q3=result("right", 2, 2))["exercises"]
    other["written"] = {"company:heterogeneity": {"decision": "theirs", "top-share": "theirs"}}
    file.write_text(json.dumps(other), encoding="utf-8")
    keep(page, site + MINE, {"decision": "mine"}, "customer-value-workbook:company:heterogeneity")
    expect(take(page, file)).to_contain_text(
        "2 results were taken over. 1 other was as good or better here and stayed."
    )
    tasks = json.loads(storage(page)[KEY])["exercises"]["02-heterogeneity"]
    assert {qid: each["verdict"] for qid, each in tasks.items()} == {
        "q1": "right",
        "q2": "right",
        "q3": "right",
        "q8": "recorded",
    }
    company = "customer-value-workbook:company:heterogeneity"
    assert json.loads(storage(page)[company]) == {"decision": "mine", "top-share": "theirs"}
    differs = page.get_by_role("group", name="What differs")
    expect(differs).to_contain_text("1 company note here differs from the file. Yours stays unless you replace it.")
    differs.get_by_role("button", name="Keep mine").click()
    expect(differs).to_be_hidden()
    assert json.loads(storage(page)[company])["decision"] == "mine"


def test_what_differs_is_told_and_replaced_on_request(page: Page, site: str, tmp_path: Path, axe) -> None:
    key = "customer-value-workbook:code:exercises/02-heterogeneity/exercise"
    answer = {"id": "q1-answer", "source": "q1 = 1", "original": "q1 = ..."}
    same = {"id": "q3-answer", "source": "same", "original": "..."}
    keep(page, site + MINE, [answer, same], key)
    keep(page, site + MINE, {"top-fifth": "80", "gini": "0.5"}, "customer-value-workbook:guesses:lab")
    file = exported(page, tmp_path, written=True)
    mine = [{**answer, "source": "q1 = 2"}, same, {"id": "q2-answer", "source": "mine", "original": "..."}]
    keep(page, site + MINE, mine, key)
    keep(page, site + MINE, {"top-fifth": "70", "gini": ""}, "customer-value-workbook:guesses:lab")
    expect(take(page, file)).to_contain_text("1 piece of what you wrote came back.")
    assert json.loads(storage(page)[key]) == mine
    differs = page.get_by_role("group", name="What differs")
    expect(differs).to_contain_text("1 guess, 1 piece of code or text here differ from the file. Yours stay unless")
    assert axe(page) == []
    differs.get_by_role("button", name="Replace mine by the file's").click()
    expect(page.locator(".progress-said")).to_have_text("What you wrote here is replaced by what the file holds.")
    expect(page.get_by_role("button", name="Import a file")).to_be_focused()
    expect(differs).to_be_hidden()
    sources = {each["id"]: each["source"] for each in json.loads(storage(page)[key])}
    assert sources == {"q1-answer": "q1 = 1", "q3-answer": "same", "q2-answer": "mine"}
    guesses = json.loads(storage(page)["customer-value-workbook:guesses:lab"])
    assert guesses == {"top-fifth": "80", "gini": "0.5"}


def test_what_was_written_goes_into_the_file_unless_the_reader_says_no(page: Page, site: str) -> None:
    page.goto(site + MINE)
    expect(page.get_by_role("checkbox", name="guesses, company notes, code and texts")).to_be_checked()


WRONG_FILES = {
    "a picture": (b"\x89PNG\r\n", "choose one that this page exported"),
    "another JSON": (b'{"cells": []}', "not a file of results from this workbook"),
    "a newer form": (b'{"file": "customer-value-workbook progress", "schema": 7}', "A newer edition"),
    "an unknown verdict": (
        json.dumps({"file": "customer-value-workbook progress", **kept(q1=result("perfect"))}).encode(),
        '"q1" of 02-heterogeneity has the verdict "perfect"',
    ),
    "too many points": (
        json.dumps({"file": "customer-value-workbook progress", **kept(q1=result(reached=5))}).encode(),
        "has 5 of 1 points",
    ),
    "a trap": (
        b'{"file": "customer-value-workbook progress", "schema": 1, "exercises": {"__proto__": {}}, "quizzes": {}, '
        b'"labs": {}}',
        "which is unknown",
    ),
    "foreign keys": (
        json.dumps({"file": "customer-value-workbook progress", **kept(), "written": {"theme": {"a": "b"}}}).encode(),
        'under "theme" cannot be read',
    ),
}


@pytest.mark.parametrize("kind", WRONG_FILES)
def test_a_wrong_file_is_refused_with_the_reason(kind: str, page: Page, site: str, tmp_path: Path) -> None:
    content, reason = WRONG_FILES[kind]
    keep(page, site + MINE, SOME)
    before = storage(page)
    file = tmp_path / "other.json"
    file.write_bytes(content)
    said = take(page, file)
    expect(said).to_contain_text(reason)
    expect(said).to_contain_text("other.json was not imported.")
    expect(said).to_contain_text("Nothing has changed.")
    assert storage(page) == before


# --- the record


def test_the_record_prints_with_version_date_and_what_it_is(page: Page, site: str) -> None:
    page.add_init_script("window.print = () => { window.asked = true; };")
    keep(page, site + MINE, SOME)
    page.get_by_label("Name on the record").fill("Ada Example")
    page.get_by_role("button", name="Print the record").click()
    page.wait_for_function("window.asked")
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    assert "Record of progress" in printed
    assert f"version {course.version()}" in printed
    assert "Name: Ada Example" in printed
    assert re.search(r"Date: \d+ \w+ 20\d\d", printed)
    assert "self-attested" in printed
    assert re.search(r"Exercise: who carries the revenue\?\s+1 of \d+ points.*\s+31 January 2026\s+0\.0\.9", printed)
    assert re.search(r"q1 Share of the best tenth\s+right, 1 of 1\s+31 January 2026\s+0\.0\.9", printed)
    assert re.search(r"q2 Customers needed for a target share\s+not yet right, 0 of 2", printed)
    assert re.search(r"q3 Find the error in the Gini\s+not attempted, 0 of 2\s+–\s+–", printed)
    assert re.search(r"q8 A memo to the board\s+text recorded\s", printed)
    assert "2026-" not in printed
    assert "Take it with you" not in printed
    assert "Export" not in printed
    assert page.pdf().startswith(b"%PDF")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.locator(".progress-record")).to_be_hidden()
    assert "Ada" not in json.dumps(storage(page))


def test_the_name_is_kept_only_on_request(page: Page, site: str) -> None:
    page.add_init_script("window.print = () => {};")
    keep(page, site + MINE, SOME)
    page.get_by_label("Name on the record").fill("Ada Example")
    page.get_by_label("Keep my name in this browser").check()
    page.reload()
    expect(page.get_by_label("Name on the record")).to_have_value("Ada Example")
    page.get_by_label("Keep my name in this browser").uncheck()
    assert "Ada" not in json.dumps(storage(page))


def test_nothing_reached_gives_no_record(page: Page, site: str) -> None:
    page.add_init_script("window.print = () => { window.asked = true; };")
    page.goto(site + MINE)
    page.get_by_role("button", name="Print the record").click()
    expect(page.get_by_text("There is nothing to record yet.")).to_be_visible()
    assert not page.evaluate("window.asked")


# --- changed code and newer releases


def release(page: Page, change) -> None:
    """From now on the site serves another edition of the exercise's cells."""

    def serve(route) -> None:
        answer = route.fetch()
        text = answer.text()
        found = re.search(r'(<script type="application/json" id="live-cells">)(.*?)(</script>)', text, re.DOTALL)
        data = json.loads(found[2])
        change(data["cells"])
        new = json.dumps(data).replace("</", "<\\/")
        route.fulfill(response=answer, body=text[: found.start(2)] + new + text[found.end(2) :])

    page.route(f"**/{EXERCISE}", serve)


def source_of(cells: list[dict], holds: str) -> dict:
    return next(each for each in cells if holds in each["source"])


def edit_and_release(page: Page, site: str) -> None:
    """The learner has changed an answer and a plain cell; then both change in the book, behind a new first cell."""
    page.goto(site + EXERCISE)
    start(page)
    write(page, cell(page, STUB), "q1 = 0.3", run=False)
    target = cell(page, "losers = profit")
    write(page, target, target.locator(".cm-content").inner_text() + "\n# mine", run=False)

    def change(cells: list[dict]) -> None:
        source_of(cells, STUB)["source"] = NEW_STUB
        plain = source_of(cells, "losers = profit")
        plain["source"] = plain["source"].replace("losers", "loss_makers_found")

    release(page, change)
    page.reload()


def choice(page: Page, holds: str) -> Locator:
    return cell(page, holds).locator(".live-choice")


def test_changed_code_comes_back_after_a_reload(page: Page, site: str) -> None:
    page.goto(site + EXERCISE)
    start(page)
    write(page, cell(page, STUB), "q1 = 0.3", run=False)
    page.reload()
    expect(page.locator("#live-bar [role=status]")).to_contain_text("You changed a cell on an earlier visit")
    start(page)
    expect(cell(page, "q1 = 0.3")).to_be_visible()
    expect(page.locator(".live-releases")).to_have_count(0)


def test_cells_that_moved_keep_their_own_code(page: Page, site: str) -> None:
    page.goto(site + EXERCISE)
    start(page)
    write(page, cell(page, STUB), "q1 = 0.3", run=False)
    write(page, cell(page, "half = transactions"), "half = None  # mine", run=False)

    def change(cells: list[dict]) -> None:
        first, second = (source_of(cells, text) for text in ("early_1998 =", "half ="))
        first["source"], second["source"] = second["source"], first["source"]
        del cells[1]  # and everything after it has another position

    release(page, change)
    page.reload()
    page.get_by_role("button", name="Run this page", exact=True).click()
    expect(cell(page, "q1 = 0.3")).to_have_count(1)
    kept_code = json.loads(storage(page)["customer-value-workbook:code:exercises/02-heterogeneity/exercise"])
    assert {each["id"]: each["source"] for each in kept_code if each["source"] != "q1 = 0.3"}.popitem()[1] == (
        "half = None  # mine"
    )
    assert page.locator(".cm-content", has_text="early_1998 =").count() == 1
    expect(page.locator(".live-releases")).to_have_count(0)


def test_a_newer_release_lets_the_learner_choose(page: Page, site: str, watched, axe) -> None:
    edit_and_release(page, site)
    start(page)
    box = page.get_by_role("region", name="Changed in the book")
    expect(box).to_contain_text("2 cells that you changed")
    expect(cell(page, "q1 = 0.3")).to_be_visible()
    expect(page.locator(".cm-content", has_text="# mine")).to_have_count(1)

    asked = choice(page, "q1 = 0.3")
    asked.get_by_role("button", name="Compare").click()
    yours = asked.get_by_role("group", name="Yours beside the book's new code")
    expect(yours.get_by_role("listitem")).to_have_text(
        [re.compile("yours q1 = 0.3"), re.compile("new # Give the share"), re.compile(r"new q1 = \.\.\.")]
    )
    old = asked.get_by_role("group", name="What changed in the book")
    expect(old.get_by_role("listitem")).to_have_text([re.compile("new # Give the share"), re.compile(r"q1 = \.\.\.")])
    for mode in ("light", "dark"):
        page.evaluate("mode => document.documentElement.dataset.theme = mode", mode)
        # Colours fade into each other.
        page.wait_for_function("!document.getAnimations().some(one => one.playState === 'running')")
        assert axe(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # Nothing is settled by leaving.
    page.reload()
    start(page)
    asked = choice(page, "q1 = 0.3")
    asked.get_by_role("button", name="Take the new").click()
    expect(cell(page, "Give the share").locator(".cm-content")).to_be_focused()
    expect(box).to_contain_text("a cell that you changed")
    page.get_by_role("button", name="Bring mine back").click()
    expect(cell(page, "q1 = 0.3")).to_be_visible()
    choice(page, "# mine").get_by_role("button", name="Keep mine").click()
    expect(box).to_contain_text("You have chosen for every cell.")
    page.reload()
    start(page)
    expect(box).to_have_count(0)
    expect(cell(page, "q1 = 0.3")).to_be_visible()
    expect(page.locator(".cm-content", has_text="# mine")).to_have_count(1)
    assert watched.complaints == []


def test_one_choice_for_all_cells(page: Page, site: str) -> None:
    edit_and_release(page, site)
    start(page)
    page.get_by_role("button", name="Compare all").click()
    expect(page.get_by_role("group", name="Yours beside the book's new code")).to_have_count(2)
    page.get_by_role("button", name="Take the new in all").click()
    expect(cell(page, "Give the share")).to_be_visible()
    expect(page.locator(".cm-content", has_text="# mine")).to_have_count(0)
    assert "customer-value-workbook:code:exercises/02-heterogeneity/exercise" not in storage(page)


def test_code_whose_cell_is_gone_is_still_shown(page: Page, site: str) -> None:
    page.goto(site + EXERCISE)
    start(page)
    write(page, cell(page, STUB), "q1 = 0.3", run=False)
    release(page, lambda cells: source_of(cells, STUB).update(id="q99-answer"))
    page.reload()
    start(page)
    page.get_by_text("Code of yours whose cell is no longer on this page").click()
    expect(page.locator(".live-releases pre")).to_have_text("q1 = 0.3")
    page.get_by_role("button", name="Throw it away").click()
    page.reload()
    expect(page.locator("#live-bar [role=status]")).not_to_contain_text("earlier visit")


FILL = """() => {
  for (const size of [1e6, 1e5, 1e4, 1e3, 100, 10, 1]) {
    for (let n = 0; ; n += 1) {
      try { localStorage.setItem(`${size}${n}`, "x".repeat(size)); } catch { break; }
    }
  }
}"""


def test_an_import_that_does_not_fit_changes_nothing(page: Page, site: str, tmp_path: Path) -> None:
    keep(page, site + MINE, SOME)
    file = exported(page, tmp_path)
    other = json.loads(file.read_text(encoding="utf-8"))
    other["written"] = {"company:heterogeneity": {"decision": "x" * 3_000_000}}
    file.write_text(json.dumps(other), encoding="utf-8")
    page.evaluate(FILL)
    before = storage(page)
    expect(take(page, file)).to_have_text("Nothing was imported: the storage of this browser is full.")
    assert storage(page) == before


def test_a_full_storage_is_told(page: Page, site: str) -> None:
    page.goto(site + EXERCISE)
    page.evaluate(FILL)
    start(page)
    write(page, cell(page, STUB), "q1 = 0.3", run=False)
    expect(cell(page, "q1 = 0.3").locator(".live-cell-status")).to_contain_text("The storage of this browser is full")


# --- for everyone


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_with_progress(mode: str, width: int, site: str, browser: Browser, axe) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=mode)
    page = context.new_page()
    keep(page, site + MINE, SOME)
    page.get_by_role("button", name="Erase …").click()
    tasks(page)
    expect(contents(page, "Exercise: who carries").locator(".toc-progress")).to_be_attached()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
