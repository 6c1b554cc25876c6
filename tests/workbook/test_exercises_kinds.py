"""Questions that ask for several numbers, a choice, a few words, a table or free text."""

import decimal
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from customer_value.checks import Exercise, canonical
from customer_value.checks.feedback import Asked, Progress, Verdict
from workbook import exercises
from workbook.errors import WorkbookError

HINTS = "hints: [nudge, formula, code, solution]"
SOURCE = f"""---
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{name: python3, display_name: Python 3}}
---

# All kinds

```{{code-cell}} ipython3
import pandas as pd

sales = pd.DataFrame(
    {{"segment": ["Gold", "Basic", "Gold", "New"], "orders": [11, 20, 33, 41], "revenue": [10.25, 4.5, 20.5, 3.75]}}
)
```

```{{code-cell}} ipython3
---
answer: {{qid: q1, stub: q1 = ...}}
---
q1 = [0.123, 0.456, 0.789]
```

```{{code-cell}} ipython3
---
check:
  qid: q1
  title: Shares
  points: 1
  kind: numbers
  size: 3
  step: 0.01
  {HINTS}
  wrong:
    - {{answer: "q1[::-1]", says: The order is turned round.}}
    - {{answer: "[1, 2, 3]", says: These are ranks.}}
    - {{answer: "[100 * share for share in q1]", says: These are percentages.}}
---
check("q1", q1)
```

```{{code-cell}} ipython3
---
answer: {{qid: q2, stub: q2 = ...}}
---
q2 = "Cohort analysis"
```

```{{code-cell}} ipython3
---
check:
  qid: q2
  title: The method
  points: 1
  kind: text
  accepted: [cohort table, "analysis by cohort"]
  {HINTS}
  wrong:
    - {{answer: '"churn rate"', says: That is one number.}}
    - {{answer: '"segmentation"', says: Segments are not formed by time.}}
    - {{answer: '"RFM"', says: RFM scores customers.}}
---
check("q2", q2)
```

```{{code-cell}} ipython3
---
answer: {{qid: q3, stub: q3 = ...}}
---
q3 = sales.groupby("segment", as_index=False)[["orders", "revenue"]].sum()
```

```{{code-cell}} ipython3
---
check:
  qid: q3
  title: By segment
  points: 1
  kind: table
  columns: {{segment: text, orders: 1, revenue: 0.01}}
  {HINTS}
  wrong:
    - {{answer: sales, says: This is not added up yet.}}
    - {{answer: 'sales.groupby("segment").max()', says: This takes the largest.}}
    - {{answer: 'sales.groupby("segment").mean()', says: This takes the mean.}}
---
check("q3", q3)
```

```{{code-cell}} ipython3
---
answer: {{qid: q4, stub: 'q4 = "..."'}}
---
q4 = "One two three, four five six."
```

```{{code-cell}} ipython3
---
check:
  qid: q4
  title: Memo
  points: 1
  kind: free
  min_words: 5
  hints: [nudge, what to say, how to say it]
  guide: One point for six words.
---
check("q4", q4)
```

```{{code-cell}} ipython3
---
answer:
  qid: q5
  stub: |
    def double(value):
        ...
---
def double(value):
    return 2 * value
```

```{{code-cell}} ipython3
---
check:
  qid: q5
  title: Double
  points: 5
  kind: function
  step: 0.1
  shown: "[(3,)]"
  fresh: "[(rng.gamma(2, 9),)]"
  {HINTS}
  wrong:
    - {{answer: "lambda value: value ** 2", says: This squares.}}
    - {{answer: "lambda value: value", says: This changes nothing.}}
    - {{answer: "lambda value: value / 2", says: This halves.}}
---
check("q5", double)
```

```{{code-cell}} ipython3
---
answer: {{qid: q6, stub: q6 = ...}}
---
q6 = "later"
```

```{{code-cell}} ipython3
---
check:
  qid: q6
  title: When
  points: 1
  kind: choice
  options: [never, now, later, always]
  {HINTS}
  wrong:
    - {{answer: '"never"', says: Not never.}}
    - {{answer: '"now"', says: Not now.}}
    - {{answer: '"always"', says: Not always.}}
---
check("q6", q6)
```
"""

TEXTS = [("q1", Verdict.RECORDED), ("q2", Verdict.NOT_YET)]
BY_SEGMENT = pd.DataFrame({"segment": ["Basic", "Gold", "New"], "orders": [20, 44, 41], "revenue": [4.5, 30.75, 3.75]})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "92-kinds"
    folder.mkdir()
    path = folder / "exercise.md"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.fixture
def kinds(source: Path) -> Exercise:
    return Exercise(json.loads(exercises.build(source).spec))


@pytest.mark.parametrize(
    ("qid", "answer"),
    [
        ("q1", (0.12, 0.46, 0.79)),
        ("q1", np.array([0.12, 0.46, 0.79])),
        ("q1", pd.Series([0.12, 0.46, 0.79], index=list("abc"))),
        ("q1", pd.Index([0.12, 0.46, 0.79])),
        ("q1", {"a": 0.12, "b": 0.46, "c": decimal.Decimal("0.79")}),
        ("q2", "cohort analysis"),
        ("q2", "  Cohort-Analysis. "),
        ("q2", "“Cohort table”"),
        ("q2", "ANALYSIS BY COHORT"),
        ("q3", BY_SEGMENT),
        ("q3", BY_SEGMENT.iloc[::-1]),
        ("q3", BY_SEGMENT.set_index("segment")),
        ("q3", BY_SEGMENT[["revenue", "segment", "orders"]].assign(more=1)),
        ("q3", BY_SEGMENT.astype({"orders": float, "segment": "category"})),
        ("q3", BY_SEGMENT.assign(segment=BY_SEGMENT["segment"].str.upper(), revenue=BY_SEGMENT["revenue"] + 0.001)),
        ("q5", lambda value: np.float64(value) * 2),
        ("q5", lambda value: pd.Series([2 * value]).sum()),
        ("q6", " Later. "),
    ],
)
def test_equal_answers_in_other_forms_are_right(kinds: Exercise, qid: str, answer: object) -> None:
    assert kinds.judge(qid, answer).verdict.key == "right", str(kinds.judge(qid, answer))


@pytest.mark.parametrize(
    ("qid", "answer", "says"),
    [
        ("q1", [0.1, 0.2], "must be 3 numbers, and yours has 2"),
        ("q1", 0.12, "must be 3 numbers, and yours is a number"),
        ("q1", pd.DataFrame({"a": [1, 2, 3]}), "must be 3 numbers, and yours is a pandas DataFrame"),
        ("q1", [0.12, 0.46, None], "yours is of type NoneType"),
        ("q2", 7, "must be text in quotes, and yours is a number"),
        ("q2", "x" * 200, "must be a few words, and yours has 200 characters"),
        ("q2", "churn", "not the expected answer"),
        ("q2", "Churn rate!", "That is one number."),
        ("q3", [1, 2], "must be a table (a pandas DataFrame), and yours is a list"),
        (
            "q3",
            BY_SEGMENT.drop(columns="revenue"),
            "The column `revenue` is missing in your table; its columns are `seg",
        ),
        ("q3", BY_SEGMENT[["orders"]], "The columns `segment`, `revenue` are missing"),
        ("q3", BY_SEGMENT.set_index("segment")["orders"], "The column `revenue` is missing in your table"),
        ("q3", BY_SEGMENT.head(2), "must have 3 row(s), and it has 2"),
        ("q3", BY_SEGMENT.assign(revenue=1.0), "`segment`, `orders` are right; look at `revenue`."),
        (
            "q3",
            BY_SEGMENT.assign(orders="a"),
            "The column `orders` must hold one number in each row, and it holds text",
        ),
        ("q3", BY_SEGMENT.assign(segment=[[1], [2], [3]]), "The column `segment` must hold text, and it holds a list"),
        ("q3", pd.concat([BY_SEGMENT, BY_SEGMENT[["orders"]]], axis=1), "two columns called `orders`"),
        ("q3", BY_SEGMENT.assign(revenue=np.nan), "look at `revenue`"),
        ("q4", 5, "must be text in quotes, and yours is a number"),
        ("q4", "Too short.", "Your text has 2 words; write at least 5 words."),
        ("q4", "Short.", "Your text has 1 word; write at least 5 words."),
        ("q6", 3, "must be one of 'never', 'now', 'later', 'always', and yours is a number"),
        ("q6", "soon", "must be one of 'never', 'now', 'later', 'always', and yours is 'soon'"),
    ],
)
def test_wrong_answers_are_told_what_to_look_at(kinds: Exercise, qid: str, answer: object, says: str) -> None:
    feedback = kinds.judge(qid, answer)
    assert feedback.verdict.key == "not-yet"
    assert says in str(feedback)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (pd.Series([33.3]), "right"),
        (np.array(33.3), "right"),
        (np.array([[33.3]]), "right"),
        (decimal.Decimal("33.3"), "right"),
        (np.float32(33.3), "right"),
        (1e308, "not-yet"),
        (10**400, "not-yet"),
        (pd.Series([33.3, 33.3]), "not-yet"),
        (1j, "not-yet"),
        (pd.NA, "not-yet"),
        (np.array([]), "not-yet"),
        ("...", "not-attempted"),
    ],
)
def test_one_number_in_any_form(answer: object, verdict: str) -> None:
    salt = "x"
    right = canonical.digest(salt, canonical.number(33.3, 0.1))
    question = {"qid": "q1", "title": "", "points": 1, "kind": "number", "step": 0.1, "hints": ["a", "b", "c", "d"]}
    question |= {"name": "q1", "salt": salt, "right": right, "wrong": [], "bounds": [0, 100]}
    assert Exercise({"slug": "x", "questions": [question]}).judge("q1", answer).verdict.key == verdict


class Nasty:
    def __len__(self) -> int:
        raise RuntimeError("no length")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")

    def __repr__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize("qid", ["q1", "q2", "q3", "q4", "q5", "q6"])
@pytest.mark.parametrize(
    "answer",
    [Nasty(), [Nasty()], {1: Nasty()}, lambda value: Nasty(), lambda: 1, type, pd.DataFrame(), "\ud800 " * 9, b"a"],
    ids=range(9),
)
def test_no_answer_makes_a_check_stop(
    kinds: Exercise,
    qid: str,
    answer: object,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kinds(qid, answer)
    assert re.match(rf"[✗✎] {qid}: ", capsys.readouterr().out)
    monkeypatch.setenv("CUSTOMER_VALUE_CHECKS", "grading")
    kinds(qid, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{qid.upper()} = ")
    printed.encode()


def test_grading_prints_every_kind_in_one_agreed_form(
    kinds: Exercise, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_VALUE_CHECKS", "grading")
    kinds("q1", (0.1, 0.2, 0.3))
    kinds("q2", "Cohort_table")
    kinds("q2", "Churn Rate")
    kinds("q3", BY_SEGMENT.iloc[::-1].set_index("segment"))
    kinds("q4", "Zwei\nZeilen “und” mehr \\ dazu")
    kinds("q4", "")
    kinds("q4", 3)
    assert capsys.readouterr().out.splitlines() == [
        "Q1 = [0.10, 0.20, 0.30]",
        'Q2 = "cohort analysis"',
        'Q2 = "churn rate"',
        'Q3 = segment, orders, revenue: "basic", 20, 4.50; "gold", 44, 30.75; "new", 41, 3.75',
        'Q4 = "Zwei\\nZeilen “und” mehr \\\\ dazu"',
        "Q4 = not attempted",
        "Q4 = not valid: this answer must be text in quotes, and yours is a number",
    ]


def test_an_accepted_spelling_cannot_be_read_and_opens_only_with_itself(source: Path) -> None:
    built = exercises.build(source)
    assert "ohort" not in built.spec
    accepted = next(q for q in json.loads(built.spec)["questions"] if q["qid"] == "q2")["accepted"]
    seal = accepted[canonical.digest("92-kinds/q2", "cohort table")]
    assert canonical.opened(seal, "92-kinds/q2", "cohort table") == "cohort analysis"


def test_long_answers_are_printed_short_and_still_differ() -> None:
    long = ", ".join(map(str, range(5_000)))
    assert len(canonical.shortened(long)) < 1_100
    assert canonical.shortened(long) != canonical.shortened(long + "1")
    assert canonical.shortened("short") == "short"


def test_the_order_of_rows_counts_where_the_author_says_so(source: Path) -> None:
    source.write_text(SOURCE.replace("  kind: table\n", "  kind: table\n  ordered: true\n"), encoding="utf-8")
    ordered = Exercise(json.loads(exercises.build(source).spec))
    assert ordered.judge("q3", BY_SEGMENT).verdict.key == "right"
    assert ordered.judge("q3", BY_SEGMENT.iloc[::-1]).verdict.key == "not-yet"


def test_free_text_is_recorded_and_its_guide_comes_after_an_attempt(
    kinds: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    blank = kinds.judge("q4", "...")
    assert blank.verdict.key == "not-attempted"
    assert "marking guide" not in blank._repr_html_()
    assert "Hint 3 of 4" in blank._repr_html_()
    assert "Write at least 5 words." in str(blank)
    for _ in range(4):
        kinds.hint("q4")
    kinds("q4", "Too short.")
    kinds.hint("q4")
    assert "One point for six words." not in capsys.readouterr().out
    kinds("q4", "This one is as long as asked.")
    told = "✎ q4: Recorded. 7 words. In a course your facilitator reads this text; on your own, mark it yourself."
    assert f'{told} For the marking guide run check.hint("q4").' in capsys.readouterr().out
    page = kinds.judge("q4", "This one is as long as asked.")._repr_html_()
    assert page.count("<details>") == 1
    assert "<summary>Show the marking guide</summary><div>One point for six words." in page
    assert 'data-verdict="recorded" data-points="1" data-reached="0"' in page
    kinds.hint("q4")
    assert capsys.readouterr().out == "Marking guide: One point for six words.\n"
    kinds.progress()
    assert "✎ q4 Memo: recorded (text)" in (out := capsys.readouterr().out)
    assert "0 of 9 points, and a text recorded" in out


def test_a_text_is_outside_the_points_that_can_be_reached(kinds: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    assert 'data-total="9"' in kinds.judge("q1", 3)._repr_html_()
    kinds.progress()
    assert "0 of 9 points, and a text to write" in capsys.readouterr().out
    listed = [(Asked("x", qid, "", 1, 3, is_text=True), verdict) for qid, verdict in TEXTS]
    points = [(Asked("x", "q3", "", 3, 3), Verdict.RIGHT)]
    assert "3 of 3 points, and 1 of 2 texts recorded" in str(Progress("x", points + listed))
    assert "3 of 3 points\n" in str(Progress("x", points))


def wanting_numbers(source: Path, *more: str) -> Exercise:
    text = SOURCE.replace("four five six.", "four, 5 and 6.5%.")
    text = text.replace(
        "  min_words: 5\n", "  min_words: 5\n  min_numbers: 2\n" + "".join(f"  {one}\n" for one in more)
    )
    source.write_text(text, encoding="utf-8")
    return Exercise(json.loads(exercises.build(source).spec))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Good customers are good and we like them.",
            "Your text has 8 words and no number in digits; write at least 5",
        ),
        ("48% or 48% or q7, again 48%.", "Your text has 7 words and 1 number in digits; write at least 5 words with 2"),
        ("48% 44%", "Your text has 2 words and 2 numbers in digits; write at least 5 words with 2 different numbers."),
        ("...", "Write at least 5 words with 2 different numbers."),
    ],
)
def test_a_text_without_the_numbers_it_needs_is_not_recorded(source: Path, text: str, told: str) -> None:
    feedback = wanting_numbers(source).judge("q4", text)
    assert feedback.verdict.key in ("not-yet", "not-attempted")
    assert not feedback.attempted
    assert told in str(feedback)


def test_a_text_with_the_numbers_it_needs_is_recorded(source: Path) -> None:
    assert wanting_numbers(source).judge("q4", "The best 2,357 bring 48.2% of it.").verdict.key == "recorded"


def test_a_sample_is_the_text_of_the_reference_and_comes_after_the_guide(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shows = wanting_numbers(source, "sample: true")
    page = shows.judge("q4", "The best 2,357 bring 48.2% of it.")._repr_html_()
    guide, sample = page.index("Show the marking guide"), page.index("Show the sample text")
    assert guide < sample < page.index("One two three, four, 5 and 6.5%.")
    assert "sample text" not in shows.judge("q4", "Too short.")._repr_html_()
    shows("q4", "The best 2,357 bring 48.2% of it.")
    capsys.readouterr()
    shows.hint("q4")
    told = "Marking guide: One point for six words.\nSample text: One two three, four, 5 and 6.5%.\n"
    assert capsys.readouterr().out == told
    shows("q4", "Too short now.")
    for _ in range(4):
        shows.hint("q4")
    assert "Hint 4 of 4: One point for six words.\nSample text: One" in capsys.readouterr().out
    assert "sample" not in wanting_numbers(source, "sample: false").judge("q4", "A 1 2 3 4 text.")._repr_html_()


def test_only_compared_cells_are_tagged_for_nbval(source: Path) -> None:
    cells = nbformat.reads(exercises.build(source).reference, as_version=4).cells
    tags = {cell.id: cell.metadata.tags for cell in cells if cell.id.endswith("-check")}
    assert tags.pop("q4-check") == ["check", "nbval-ignore-output"]
    assert all(one == ["check", exercises.CHECK_TAG] for one in tags.values())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("  size: 3\n", "  size: 0\n", "the size of q1 must be a whole number above 0"),
        ("  size: 3\n", "  size: 4\n", "the reference answers q1 with: not valid: this answer must be 4 numbers"),
        (
            '[cohort table, "analysis by cohort"]',
            "[cohort table, Cohort-Table]",
            "two accepted spellings of q2 are the same",
        ),
        ('[cohort table, "analysis by cohort"]', "[7]", "must be text in quotes"),
        ("answer: '\"churn rate\"'", "answer: '\"Cohort Table\"'", "which is the right answer"),
        ("That is one number.", "That is no cohort analysis.", "message of wrong answer 1 of q2 contains the right"),
        ("That is one number.", "Try a cohort-table.", "message of wrong answer 1 of q2 contains the right"),
        ("These are ranks.", "It is 0.12; 0.46 and −0.79.", "message of wrong answer 2 of q1 contains the right"),
        ("revenue: 0.01}", "revenue: 0.03}", "the step of column `revenue` of q3 is 0.03"),
        ("revenue: 0.01}", "revenue: 5}", "the step 5 of q3 is too coarse for 30.75"),
        (
            "revenue: 0.01}",
            "turnover: 0.01}",
            "the reference answers q3 with: not valid: the column `turnover` is missing",
        ),
        (
            "columns: {segment: text, orders: 1, revenue: 0.01}",
            "columns: []",
            "must map each name to a step or to text",
        ),
        ("  kind: table\n", "  kind: table\n  ordered: 1\n", "`ordered` of q3 must be true or false"),
        ("  guide: One point for six words.\n", "", "q4 lacks guide"),
        ("  min_words: 5\n", "  min_words: 0\n", "q4 needs `min_words`"),
        ("  guide: One point for six words.\n", "  guide:\n", "and a `guide`"),
        (
            "  min_words: 5\n",
            "  min_words: 9\n",
            "the reference text of q4 is told: Your text has 6 words; write at least 9 words",
        ),
        ("  min_words: 5\n", "  min_words: 5\n  min_numbers: 1\n", "is told: Your text has 6 words and no number"),
        (
            "  min_words: 5\n",
            "  min_words: 5\n  min_numbers: 0\n",
            "must be a whole number from 1 to its `min_words`, 5",
        ),
        (
            "  min_words: 5\n",
            "  min_words: 5\n  min_numbers: 6\n",
            "must be a whole number from 1 to its `min_words`, 5",
        ),
        ("  min_words: 5\n", "  min_words: 5\n  sample: A text.\n", "`sample` of q4 must be true or false"),
        ("  size: 3\n", "  size: 3\n  sample: true\n", "kind numbers does not know: sample"),
        ("[nudge, what to say, how to say it]", "[a, b, c, d]", "q4 has 4 hints: write three; the guide is the last"),
        ("stub: 'q4 = \"...\"'", "stub: 'q4 = \"Your text here.\"'", "the stub of q4 is told"),
        ("[never, now, later, always]", "[never, now, later]", "q6 needs at least 4 different options"),
        ("[never, now, later, always]", "[Never, now, later, always]", "must be lower-case text"),
        ("says: Not now.", "says: Do it later.", "message of wrong answer 2 of q6 contains the right answer"),
        ("lambda value: value / 2", "lambda value: 2.0 * value", "which is the right answer"),
    ],
)
def test_mistakes_in_each_kind_are_refused(source: Path, old: str, new: str, reason: str) -> None:
    assert SOURCE.count(old) == 1
    source.write_text(SOURCE.replace(old, new), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"exercise\.md, cell \d+: ") as refused:
        exercises.build(source)
    assert reason in str(refused.value)
