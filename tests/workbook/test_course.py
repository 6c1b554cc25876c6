"""The list that progress is counted against."""

import json
from pathlib import Path

import pytest

from workbook import book, course, paths
from workbook.errors import WorkbookError
from workbook.extensions import progress

NOTES = {"quiz": ["a1", "b2"], "guesses": ["share"], "company": {"purse": ["share", "decision"]}}


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    questions = [
        {"qid": "q1", "title": "A mean", "points": 1, "kind": "number", "right": "digest", "salt": "s", "hints": ["…"]},
        {"qid": "q2", "title": "A memo", "points": 0.5, "kind": "free", "hints": ["…"]},
    ]
    (tmp_path / "01-tiny.json").write_text(json.dumps({"slug": "01-tiny", "questions": questions}), encoding="utf-8")
    return tmp_path


def test_a_page_lists_what_there_is_to_do(specs):
    assert course.page("chapters/01-tiny/index", "A chapter", NOTES) == {
        "page": "chapters/01-tiny/index",
        "title": "A chapter",
        **NOTES,
    }
    assert course.page("chapters/01-tiny/lab", "A lab", {"quiz": []}) == {
        "page": "chapters/01-tiny/lab",
        "title": "A lab",
        "lab": True,
    }
    assert course.page("references", "References", {"quiz": [], "company": {}}) is None


def test_an_exercise_tells_titles_and_points_and_no_answer(specs):
    found = course.page("exercises/01-tiny/exercise", "An exercise", {}, specs)["exercise"]
    assert found == {
        "slug": "01-tiny",
        "points": 1,
        "questions": [
            {"qid": "q1", "title": "A mean", "points": 1, "kind": "number"},
            {"qid": "q2", "title": "A memo", "points": 0.5, "kind": "free"},
        ],
    }


def test_a_text_stands_beside_the_points(specs):
    exercise = course.page("exercises/01-tiny/exercise", "An exercise", {}, specs)
    chapter = {"page": "chapters/01-tiny/index", "title": "A chapter", "quiz": ["a", "b"]}
    listed = course.course("A book", [("A chapter", [chapter, exercise]), ("Another", [exercise, exercise])])
    html = progress.table(listed, str)
    assert html.count('<td class="progress-there">1 point and a text</td>') == 3
    for there in ("3 points and a text", "2 points and 2 texts", "5 points and 3 texts"):
        assert html.count(f'<td class="progress-there">{there}</td>') == 1
    assert "q1 A mean (1 point)" in html
    assert "q2 A memo (text)" in html


def test_an_exercise_without_checks_is_named(specs):
    with pytest.raises(WorkbookError, match=r"exercises/02-large has no 02-large\.json: run `python -m workbook exerc"):
        course.page("exercises/02-large/exercise", "An exercise", {}, specs)


def test_chapters_with_nothing_to_do_are_left_out():
    page = course.page("chapters/01-tiny/lab", "A lab", {})
    listed = course.course("A book", [("A chapter", [None, page]), ("Back matter", [None])])
    assert listed["chapters"] == [{"title": "A chapter", "pages": [page]}]
    assert listed["book"] == {"title": "A book", "version": course.version()}
    assert listed["schema"] == 1


LAB = """# A lab

```{code-cell} python
1 + 1
```
"""

INDEX = """# A chapter

```{quiz}
- question: Is 0 a number?
  choices:
    - text: "Yes"
      right: true
      feedback: Indeed.
    - text: "No"
      feedback: Think of an empty purse.
```

```{your-company} purse
- name: share
  label: Your share
```

```{guess} top-fifth
:label: Share of the best fifth
```

```{progress} table
```
"""


QUESTIONS = {"purse": {"chapter": "A chapter", "fields": {"share": "Your share"}}}


def test_a_page_that_asks_for_the_company_answers_gets_their_questions(make_book, tmp_path):
    asking = LAB.replace("python\n", "python\n:tags: [company-answers]\n")
    for lab, questions in ((asking, QUESTIONS), (LAB, None)):
        source = make_book(tmp_path / str(bool(questions)), lab, INDEX)
        built = book.build(tmp_path / f"book {bool(questions)}", source) / "chapters" / "01-tiny" / "lab.html"
        cells = built.read_text(encoding="utf-8").split('id="live-cells">')[1].split("</script>")[0]
        assert json.loads(cells).get("questions") == questions


def test_a_built_book_serves_the_list_and_shows_it_without_a_script(make_book, tmp_path):
    source = make_book(tmp_path, LAB, INDEX)
    pages = book.build(tmp_path / "book", source)
    text = (pages / "_static" / "progress.json").read_text(encoding="utf-8")
    chapter = json.loads(text)["chapters"][0]
    index, lab = chapter["pages"]
    assert (len(index["quiz"]), index["guesses"], index["company"]) == (1, ["top-fifth"], {"purse": ["share"]})
    assert lab == {"page": "chapters/01-tiny/lab", "title": "A lab", "lab": True}
    html = (pages / "chapters" / "01-tiny" / "index.html").read_text(encoding="utf-8")
    assert json.loads(html.split('id="progress-list">')[1].split("</script>")[0]) == json.loads(text)
    assert json.loads(html.split('id="company-questions">')[1].split("</script>")[0]) == QUESTIONS
    assert '<a href="#quiz-0">Quiz</a></th><td class="progress-there">1 question</td>' in html
    assert 'id="quiz-0"' in html
    assert '<a href="lab.html">A lab</a>' in html
    assert 'data-page="chapters/01-tiny/lab" data-root="../../"' in (pages / "chapters/01-tiny/lab.html").read_text(
        "utf-8"
    )


def test_the_workbook_lists_the_exercises_of_its_contents():
    contents = (paths.ROOT / "_toc.yml").read_text(encoding="utf-8")
    for spec in course.SPECS.glob("*.json"):
        assert f"exercises/{spec.stem}/exercise" in contents
        assert course.exercise(spec.stem)["points"] > 0
