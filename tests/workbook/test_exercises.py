"""Authoring: what a source turns into, and which mistakes of an author are refused."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from customer_value.checks import Exercise, functions
from customer_value.checks.feedback import marked_up
from workbook import exercises
from workbook.errors import WorkbookError

SOURCE = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3}
---

# A small exercise

```{code-cell} ipython3
spend = [10, 30, 60]
```

```{code-cell} ipython3
---
answer:
  qid: q1
  stub: "q1 = ...  # dollars"
---
q1 = sum(spend) / len(spend)
```

```{code-cell} ipython3
---
check:
  qid: q1
  title: Mean spend
  points: 1
  kind: number
  step: 0.5
  hints: [Add up, "sum / n", "q1 = sum(spend) / …", "`q1 = sum(spend) / len(spend)`"]
  wrong:
    - {answer: sum(spend), says: This is the total.}
    - {answer: "sorted(spend)[1]", says: This is the median.}
    - {answer: q1 / 100, says: This is a hundredth of it.}
    - {answer: 100 * q1, step: 10, says: This is in percent.}
---
check("q1", q1)
```

```{code-cell} ipython3
---
answer:
  qid: q2
  stub: |
    def double(values):
        return len(values)  # a colleague's
---
def double(values):
    return [2 * value for value in values]
```

```{code-cell} ipython3
---
check:
  qid: q2
  title: Double
  points: 2
  kind: function
  step: 0.01
  shown: "[([1, 2],), ([],)]"
  fresh: "[(list(rng.normal(size=4)),)]"
  hints: [a, b, c, d]
  wrong:
    - code: "def f(values): return [value ** 2 for value in values]"
      answer: f
      says: This squares.
    - {answer: "lambda values: values", says: This changes nothing.}
    - code: "def f(values): return len(values)"
      answer: f
      untouched: true
      says: This is still the colleague's. It counts.
    - {answer: "lambda values: sum(values)", says: This adds up.}
---
check("q2", double)
```
"""


def as_given(values):
    # A comment of the learner's changes nothing.
    return len(values)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "91-small"
    folder.mkdir()
    path = folder / "exercise.md"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.fixture
def small(source: Path) -> Exercise:
    return Exercise(json.loads(exercises.build(source).spec))


def test_learner_gets_stubs_and_no_solution(source: Path) -> None:
    built = exercises.build(source)
    learner = nbformat.reads(built.learner, as_version=4)
    cells = {cell.id: cell for cell in learner.cells}
    assert cells["q1-answer"].source == "q1 = ...  # dollars"
    assert cells["q1-check"].source == 'check("q1", q1)'
    assert "2 * value" not in built.learner
    assert "total" not in built.learner
    reference = nbformat.reads(built.reference, as_version=4)
    assert [cell.id for cell in reference.cells] == [cell.id for cell in learner.cells]


def test_expected_answers_are_not_readable_in_the_specification(source: Path) -> None:
    assert "33.5" not in exercises.build(source).spec


def test_same_source_same_bytes(source: Path) -> None:
    assert exercises.build(source) == exercises.build(source)


@pytest.mark.parametrize(
    ("qid", "answer", "symbol", "says"),
    [
        ("q1", 100 / 3, "✓", "Right"),
        ("q1", 33.4, "✓", "Right"),
        ("q1", 100, "✗", "This is the total."),
        ("q1", 30.0, "✗", "This is the median."),
        ("q1", 31.7, "✗", "not the expected answer"),
        ("q1", ..., "○", "Not attempted"),
        ("q1", "33", "✗", "must be one number, and yours is text"),
        ("q1", True, "✗", "yours is True or False"),
        ("q1", float("nan"), "✗", "not the expected answer"),
        ("q2", lambda values: [value + value for value in values], "✓", "Right"),
        ("q2", lambda values: [value**2 for value in values], "✗", "This squares."),
        ("q2", lambda values: {(1, 2): [2, 4], (): []}.get(tuple(values), [0]), "✗", "right for the inputs shown"),
        ("q2", lambda values: 1 / 0, "✗", "stops with ZeroDivisionError: division by zero; it should give [2, 4]."),
        ("q2", lambda values: [-0.0 for _ in values], "✗", "it gives [0, 0], and it should give [2, 4]."),
        (
            "q2",
            lambda values: values and [0, 0.001],
            "✗",
            "called with ([1, 2]) it gives [0, 0.001], and it should give [2, 4].",
        ),
        ("q2", lambda values: 4, "✗", "it must give back several values, and yours gives back one number"),
        ("q2", lambda values: print(values), "✗", "write return instead of print"),
        ("q1", 3333, "✗", "in percent"),
        ("q2", as_given, "○", "Not attempted. This is still the colleague's. It counts."),
        ("q2", len, "✗", "Not yet. It gives the same as the function that stood here. It counts."),
        ("q2", lambda numbers: len(numbers), "✗", "It gives the same as the function that stood here. It counts."),
        ("q2", lambda values: sum(1 for _ in values), "✗", "It gives the same as the function that stood here."),
        ("q2", lambda values: None, "○", "nothing back yet"),
        ("q2", 4, "✗", "must be a function"),
    ],
)
def test_verdicts(small: Exercise, qid: str, answer: object, symbol: str, says: str) -> None:
    text = str(small.judge(qid, answer))
    assert text.startswith(symbol)
    assert says in text


def test_learner_mode_shows_one_verdict_and_never_raises(small: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    small("q1", object())
    small("q9", 3)
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("✗ q1: Not yet. This answer must be one number")
    assert shown[1] == "There is no question 'q9' in this exercise: it has q1, q2."


def test_grading_prints_the_answer_and_no_verdict(
    small: Exercise, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_VALUE_CHECKS", "grading")
    small("q1", 99.9)
    small("q1", ...)
    small("q2", lambda values: [print("noise") or 2 * value for value in values])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Q1 = 100.0", "Q1 = not attempted"]
    assert lines[2].startswith("Q2 = [2.00, 4.00]; []; [")
    monkeypatch.setenv("CUSTOMER_VALUE_SEED", "7")
    small("q2", lambda values: [2 * value for value in values])
    assert capsys.readouterr().out.splitlines()[0] != lines[2], "another seed draws other inputs"


def test_hints_come_one_at_a_time_and_the_solution_after_an_attempt(
    small: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        small.hint("q1")
    shown = capsys.readouterr().out
    assert "Hint 1 of 4: Add up" in shown
    assert "Hint 3 of 4" in shown
    assert "Hint 4" not in shown
    assert "needs" in shown or "Answer q1 once" in shown
    small("q1", 1)
    small.hint("q1")
    assert "Hint 4 of 4: `q1 = sum(spend) / len(spend)`" in capsys.readouterr().out


def test_the_solution_stays_at_hand_after_a_right_answer(small: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    small("q1", 33.4)
    assert 'Right. For the solution run check.hint("q1").' in capsys.readouterr().out
    small.hint("q1")
    assert capsys.readouterr().out == "Solution: `q1 = sum(spend) / len(spend)`\n"
    page = small.judge("q1", 33.4)._repr_html_()
    assert page.count("<details>") == 1
    assert "<summary>Show the solution</summary>" in page


def test_progress_counts_the_points_of_right_answers(
    small: Exercise, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small("q2", lambda values: [2 * value for value in values])
    small("q1", 1)
    capsys.readouterr()
    small.progress()
    assert capsys.readouterr().out.splitlines() == [
        "✗ q1 Mean spend: not yet (1 point)",
        "✓ q2 Double: right (2 points)",
        "2 of 3 points",
        "This counts your latest answers. On the pages of the book, My progress keeps your best ones.",
    ]
    monkeypatch.setenv("CUSTOMER_VALUE_CHECKS", "grading")
    small.progress()
    assert capsys.readouterr().out == ""


def test_inputs_are_shown_as_text_that_can_be_pasted() -> None:
    table = pd.DataFrame({"orders": [1, 4], "revenue": [12.0, 0.5]})
    assert functions.written(table) == "pd.DataFrame({'orders': [1, 4], 'revenue': [12, 0.5]})"
    pd.testing.assert_frame_equal(eval(functions.written(table), {"pd": pd}), table, check_dtype=False)
    assert functions.written([-0.0, -0.5]) == "[0, -0.5]"
    assert functions.written(pd.Series(range(9))) == "pd.Series([0, 1, 2, 3, 4, 5, …])"


def test_an_answer_whose_cell_failed_is_not_judged_by_what_was_there_before(
    small: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = InteractiveShell()
    small.watch(shell)
    shell.user_ns["check"] = small
    for code in ("q1 = 33.5", "q1 = 33%", 'check("q1", q1)', "q1 = 33.5", 'check("q1", q1)'):
        shell.run_cell(code)
    shown = [line for line in capsys.readouterr().out.splitlines() if " q1: " in line]
    assert "Not yet. The cell with your answer stopped with an error." in shown[0]
    assert "✓ q1: Right." in shown[1]
    shell.run_cell("def double(values):\n    return values[")
    shell.run_cell('check("q2", double)')
    assert "✗ q2: Not yet. The cell with your answer stopped" in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["q1 33.5", "mean = 1 / 0"])
def test_a_check_speaks_before_its_answer_was_ever_made(
    broken: str, small: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = InteractiveShell()
    small.watch(shell)
    shell.user_ns["check"] = small
    shell.run_cell('check("q1", q1)')
    assert "○ q1: Not attempted." in capsys.readouterr().out
    shell.run_cell(broken, cell_id="q1-answer")
    shell.run_cell('check("q1", q1)')
    assert "✗ q1: Not yet. The cell with your answer stopped with an error." in capsys.readouterr().out
    shell.run_cell("q1 = 33.5", cell_id="q1-answer")
    shell.run_cell('check("q1", q1)')
    assert "✓ q1: Right." in capsys.readouterr().out


def test_a_number_out_of_bounds_is_told_the_bounds(source: Path) -> None:
    source.write_text(SOURCE.replace("  step: 0.5\n", "  step: 0.5\n  bounds: [0, 60]\n"), encoding="utf-8")
    bounded = Exercise(json.loads(exercises.build(source).spec))
    assert "must lie between 0 and 60, and yours is 61.5" in str(bounded.judge("q1", 61.5))
    assert "not the expected answer" in str(bounded.judge("q1", 59))


def test_html_feedback_escapes_and_nests_the_hints(small: Exercise) -> None:
    page = small.judge("q2", lambda values: ["<b>"])._repr_html_()
    assert "&lt;b&gt;" in page
    assert page.count("<details>") == 4
    assert 'role="status"' in page


def test_lists_and_paragraphs_of_a_text_are_set_as_such() -> None:
    text = "Two <things>:\n1. one,\n   with more\n2. `two`\nThat is all.\n\nReally.\n- a dash"
    assert marked_up(text) == (
        "Two &lt;things&gt;:<ol><li>one, with more</li><li><code>two</code></li></ol>That is all.<br><br>Really."
        "<ul><li>a dash</li></ul>"
    )
    assert marked_up("In 1997. −5 - 3") == "In 1997. −5 - 3"


def test_praise_holds_numbers_that_the_build_computes(source: Path) -> None:
    praise = "  praise: Right for {total:,.0f} dollars.\n  praise_numbers: {total: 1000 * sum(spend)}\n  step: 0.5\n"
    source.write_text(SOURCE.replace("  step: 0.5\n", praise), encoding="utf-8")
    praised = Exercise(json.loads(exercises.build(source).spec))
    assert "Right. Right for 100,000 dollars." in str(praised.judge("q1", 33.4))


def test_html_tells_the_page_what_was_asked_and_reached(small: Exercise) -> None:
    page = small.judge("q1", 33.4)._repr_html_()
    told = 'data-exercise="91-small" data-qid="q1" data-verdict="right" data-points="1" data-reached="1" data-total="3"'
    assert told in page
    assert 'data-verdict="not-attempted" data-points="2" data-reached="0"' in small.judge("q2", as_given)._repr_html_()
    assert 'data-verdict="not-yet"' in small.judge("q2", sum)._repr_html_()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("  qid: q2\n  title", "  qid: q1\n  title", "already a cell q1-check"),
        ("hints: [a, b, c, d]", "hints: [a, b]", "q2 has 2 hints"),
        ("{answer: sum(spend), says", "{answer: q1 + 0.01, says", "which is the right answer"),
        ("{answer: sum(spend), says", '{answer: "sorted(spend)[1]", says', "also wrong answer 1"),
        ("step: 0.5", "step: 0", "must be a number above 0"),
        ("kind: number", "kind: nmber", "has kind 'nmber'"),
        ("q1 = sum(spend) / len(spend)\n```", "q1 = spend / 2\n```", "stops with TypeError"),
        ("q1 = sum(spend) / len(spend)\n```", "q1 = 33.25\n```", "lies on the edge"),
        ("    return [2 * value for value in values]", "    return [0.005 for value in values]", "lies on the edge"),
        ("    return [2 * value for value in values]", "    pass", "answers q2 with: not attempted"),
        ('check("q1", q1)', 'check("q1", q1 + 1)', "must be exactly"),
        ('stub: "q1 = ...  # dollars"', 'stub: ""', "needs a `stub`"),
        ("{answer: 100 * q1, step: 10, says", "{answer: q1 + 1, step: 10, says", "which is the right answer"),
        ("answer: f\n      untouched: true", "answer: f\n      step: 1", "only wrong answers of kind number"),
        (
            '"lambda values: sum(values)"',
            '"lambda values: values.sum()"',
            "wrong answer 4 of q2 stops at every input, here with AttributeError: 'list' object has no attribute 'sum'",
        ),
        ("  points: 2\n", "  points: [2\n", "the metadata of a cell is not valid YAML: Code cell 5"),
        ("answer:\n  qid: q1\n", "answer:\n  qid: q7\n", "q1 has no answer cell"),
        ("  points: 1\n", "  points: 1\n  hint: x\n", "kind number does not know: hint"),
        ("  points: 2\n", "  points: 2.5\n", "must be a whole number"),
        ("  step: 0.5\n", "  step: 0.5\n  praise_numbers: 3\n", "`praise_numbers` of q1 must map names to expressions"),
        (
            "  step: 0.5\n",
            "  step: 0.5\n  praise_numbers: {mean: q1}\n",
            "{mean} in `praise_numbers`, but not in the praise",
        ),
        (
            "  step: 0.5\n",
            "  step: 0.5\n  praise: '{mean} {sum}'\n  praise_numbers: {mean: q1}\n",
            "{sum} in the praise, but not in `praise_numbers`",
        ),
        (
            "  step: 0.5\n",
            "  step: 0.5\n  praise: 'a { b'\n  praise_numbers: {mean: q1}\n",
            "a brace too many or too few",
        ),
        (
            "  step: 0.5\n",
            "  step: 0.5\n  praise: '{mean:d}'\n  praise_numbers: {mean: q1}\n",
            "the praise of q1 cannot show its numbers",
        ),
        (
            "  step: 0.5\n",
            "  step: 0.5\n  praise: '{mean}'\n  praise_numbers: {mean: nothing}\n",
            "`nothing` stops with NameError",
        ),
        ("hints: [a, b, c, d]", 'hints: [a, "", c, d]', "a hint of q2 is empty"),
        ("says: This squares.", "say: This squares.", "needs `answer` and `says`"),
        ("{answer: sum(spend), says", "{answer: sum(spend), tells: x, says", "has what is not known: tells"),
        ("q1 = sum(spend) / len(spend)\n```", "q11 = sum(spend) / len(spend)\n```", "does not make `q1`"),
    ],
)
def test_authors_mistakes_are_refused_with_file_cell_and_reason(source: Path, old: str, new: str, reason: str) -> None:
    assert_refused(source, [(old, new)], reason)


ANSWER = "q1 = sum(spend) / len(spend)\n```"
DOUBLE = "    return [2 * value for value in values]"
FIRST_CELL = "spend = [10, 30, 60]\n```"


def with_cell(code: str) -> str:
    return f"{FIRST_CELL}\n\n```{{code-cell}} ipython3\n{code}\n```"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([("  step: 0.5\n", "  step: 0.3\n")], "the step of q1 is 0.3: take 1, 2 or 5 times a power of ten"),
        ([("{answer: q1 / 100, says", "{answer: 25.2501, says")], "wrong answer 3 of q1, 25.2501, lies on the edge"),
        ([("step: 10, says", "step: 7, says")], "the step of a wrong answer of q1 is 7"),
        ([("  step: 0.5\n", "  step: 5\n")], "the step 5 of q1 is too coarse for 33.3333"),
        ([("  step: 0.5\n", "  step: 20\n"), (ANSWER, "q1 = 20\n```")], "the step 20 of q1 is too coarse for 20"),
        ([("  step: 0.5\n", "  step: 0.5\n  bounds: [33, 34]\n")], "leave 2 steps of 0.5: a guess would pass"),
        ([("  step: 0.5\n", "  step: 0.5\n  bounds: [40, 90]\n")], "lies outside its bounds 40 to 90"),
        ([("  step: 0.5\n", "  step: 0.5\n  bounds: [90, 40]\n")], "must be [lowest, highest]"),
        ([('"[(list(rng.normal(size=4)),)]"', '"[([1.5, 2.5],)]"')], "do not depend on `rng`"),
        ([(DOUBLE, "    return [100.25]")], "for every fresh input: a constant would pass"),
        (
            [(DOUBLE, "    return [2 * value for value in values] if 1 / len(values) else []")],
            "stops with ZeroDivisionError",
        ),
    ],
)
def test_a_tolerance_that_gives_the_answer_away_is_refused(
    source: Path, changes: list[tuple[str, str]], reason: str
) -> None:
    assert_refused(source, changes, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([('"sum / n"', '"some 33.4 dollars"')], "hint 2 of q1 contains the right answer"),
        (
            [("This is the total.", "This is the total and not 33.7.")],
            "message of wrong answer 1 of q1 contains the right",
        ),
        ([('"sum / n"', '"mean = sum(spend)/len(spend)"')], "hint 2 of q1 contains the whole solution"),
        (
            [("hints: [a, b,", 'hints: [a, "[2 * value for value in values]",')],
            "hint 2 of q2 contains the whole solution",
        ),
    ],
)
def test_a_hint_that_gives_the_answer_away_is_refused(
    source: Path, changes: list[tuple[str, str]], reason: str
) -> None:
    assert_refused(source, changes, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            [("{answer: sum(spend), says", "{answer: \"'100'\", says")],
            "wrong answer 1 of q1 ('100') is not told its own",
        ),
        (
            [("{answer: q1 / 100, says", "{answer: 100 * q1 + 1, step: 5, says"), ("step: 10, says", "step: 20, says")],
            "wrong answer 4 of q1 (100 * q1) is not told its own message, but: This is a hundredth",
        ),
        (
            [
                ("    - {answer: sum(spend), says: This is the total.}\n", ""),
                ('    - {answer: "sorted(spend)[1]", says: This is the median.}\n', ""),
            ],
            "q1 declares 2 wrong answers: at least 3",
        ),
    ],
)
def test_wrong_answers_that_teach_nothing_are_refused(
    source: Path, changes: list[tuple[str, str]], reason: str
) -> None:
    assert_refused(source, changes, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([(DOUBLE, DOUBLE + "[: int(q1)]")], "q2 depends on the answer of another question"),
        (
            [
                (ANSWER, "q1 = sum(spend) / len(spend)\nspend.append(0)\n```"),
                (DOUBLE, "    return [(len(spend) - 2) * value for value in values]"),
            ],
            "q2 depends on the answer of another question",
        ),
        (
            [
                (ANSWER, "mean = 100 / 3\nq1 = mean\n```"),
                ("def double(values):\n    return", "factor = round(mean / 17)\n\n\ndef double(values):\n    return"),
                ("[2 * value for value in values]", "[factor * value for value in values]"),
            ],
            "q2 depends on the answer of another question: without it, it stops with NameError",
        ),
        (
            [('check("q1", q1)\n```', 'check("q1", q1)\n```\n\n```{code-cell} ipython3\nprint(q1 + 1)\n```')],
            "it needs an answer of the learner's: without it, it stops with TypeError",
        ),
        ([('stub: "q1 = ...  # dollars"', 'stub: "q1 = 33.4"')], "the stub of q1 already passes"),
        ([('stub: "q1 = ...  # dollars"', 'stub: "q1 = 12"')], "with `untouched: true`"),
        ([('stub: "q1 = ...  # dollars"', "stub: q1 = ___")], "the stub of q1 does not run through"),
        ([('stub: "q1 = ...  # dollars"', "stub: pass")], "the stub of q1 does not make `q1`"),
        ([(FIRST_CELL, with_cell("q1 = 3"))], "it overwrites `q1`, the answer of q1"),
        ([(FIRST_CELL, with_cell("def double():\n    pass"))], "it overwrites `double`, the answer of q2"),
        ([(ANSWER, "spend = sorted(spend)\nq1 = sum(spend) / len(spend)\n```")], "the answer overwrites `spend`"),
        ([(FIRST_CELL, with_cell("---\nanswer: {qid: q5, stub: q5 = ...}\n---\nq5 = 1"))], "q5 has no check cell"),
        ([("  points: 1\n", "  points: 4\n")], "2 of 6 points come from functions"),
        (
            [("# A small exercise", "# A small exercise\n\nTwo tasks, 4 points.")],
            "the text says 4 points, the checks give 3",
        ),
        ([("# A small exercise", "# A small exercise (1 point)")], "the heading says 1 point, its checks give 3"),
    ],
)
def test_an_exercise_that_fails_as_a_whole_is_refused(
    source: Path, changes: list[tuple[str, str]], reason: str
) -> None:
    assert_refused(source, changes, reason)


def test_data_drawn_for_the_cohort_count_as_unpublished_and_give_every_cohort_its_own_answer(source: Path) -> None:
    drawn = SOURCE.replace(
        "spend = [10, 30, 60]", "import numpy as np\n\nspend = list(np.random.default_rng(check.seed).gamma(2, 50, 3))"
    )
    source.write_text(drawn.replace("  points: 1\n", "  points: 4\n"), encoding="utf-8")
    assert exercises.build(source).answers["q1"] != exercises.build(source, seed=5).answers["q1"]


def assert_refused(source: Path, changes: list[tuple[str, str]], reason: str) -> None:
    text = SOURCE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    source.write_text(text, encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"exercise\.md(, cell \d+)?: ") as refused:
        exercises.build(source)
    assert reason in str(refused.value)


def test_a_changed_answer_of_the_reference_is_written_only_when_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "02-heterogeneity"
    shutil.copytree(exercises.EXERCISES / "02-heterogeneity", folder)
    solution = folder / "solution.ipynb"
    committed = solution.read_text(encoding="utf-8")
    assert committed.count("Q1 = 0.48") == 1
    solution.write_text(committed.replace("Q1 = 0.48", "Q1 = 0.47"), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"gives other answers than the stored ones.*--update"):
        exercises.regenerate(folder / "exercise.md", update=False)
    written = exercises.regenerate(folder / "exercise.md", update=True)
    assert written == [str(solution)]
    assert exercises.same_outputs(solution.read_text(encoding="utf-8"), committed)


def test_the_example_in_the_page_for_authors_is_a_whole_exercise(tmp_path: Path) -> None:
    page = (exercises.EXERCISES / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^````markdown\n(.*?)^````$", page, flags=re.S | re.M)
    folder = tmp_path / "91-three-customers"
    folder.mkdir()
    (folder / "exercise.md").write_text(example, encoding="utf-8")
    built = exercises.build(folder / "exercise.md")
    assert built.answers["q1"] == "33.3"
    assert "q1 = ..." in built.learner


def test_every_committed_exercise_is_in_step_with_its_source() -> None:
    found = exercises.sources()
    assert found, "there are no exercises"
    for source in found:
        assert exercises.out_of_step(source) == []
