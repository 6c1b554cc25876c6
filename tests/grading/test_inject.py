"""The learner's answers in the pristine notebook."""

import copy

import nbformat
import pytest

from tests.grading import cohorts
from workbook.grading import inject
from workbook.grading.reference import Reference


def read(reference: Reference, notebook: nbformat.NotebookNode) -> inject.Answers:
    return inject.answers(inject.read(nbformat.writes(notebook).encode()), reference)


def test_only_answers_are_taken(published: Reference) -> None:
    notebook = cohorts.notebook(published, {"q1": "q1 = 0.5"})
    for cell in notebook.cells:
        if cell.id == "code-03":
            cell.source = "year = 'mine'"
    answers = read(published, notebook)
    assert answers.by_question["q1"] == "q1 = 0.5"
    assert answers.attempted(published) == {"q1"}
    assert answers.notes == ["the given cell code-03 had been changed: the original was used"]
    assembled = inject.assembled(published, answers.by_question, answers.extra)
    sources = {cell.id: cell.source for cell in assembled.cells}
    assert "mine" not in sources["code-03"]
    assert sources["q1-answer"] == "q1 = 0.5"
    assert all(not cell.outputs for cell in assembled.cells)


def test_extra_cells_stay_where_they_were(published: Reference) -> None:
    notebook = cohorts.notebook(published, {})
    place = next(index for index, cell in enumerate(notebook.cells) if cell.id == "q2-answer")
    notebook.cells.insert(place, nbformat.v4.new_code_cell("helper = 1  # NBVAL_SKIP\n# NBVAL_SKIP\nhelper"))
    answers = read(published, notebook)
    order = inject.assembled(published, answers.by_question, answers.extra).cells
    ids = [cell.id for cell in order]
    assert ids.index("q1-check") < ids.index("extra-1") < ids.index("q2-answer")
    assert order[ids.index("extra-1")].source == "helper = 1  # NBVAL_SKIP\nhelper"


def test_comments_and_spaces_are_no_attempt_and_no_difference(published: Reference) -> None:
    one = read(published, cohorts.notebook(published, {"q1": "q1 = 0.5", "q4": "q4 =    ...  # later"}))
    other = read(published, cohorts.notebook(published, {"q1": "# mine\nq1  =  0.5"}))
    third = read(published, cohorts.notebook(published, {"q1": "q1 = 0.6"}))
    assert one.attempted(published) == {"q1"}
    assert one.fingerprint(published) == other.fingerprint(published) != third.fingerprint(published)
    assert read(published, cohorts.notebook(published, {})).fingerprint(published) is None


def test_two_answers_to_a_question_are_noted(published: Reference) -> None:
    notebook = cohorts.notebook(published, {"q1": "q1 = 0.5"})
    cell = next(cell for cell in notebook.cells if cell.id == "q1-answer")
    again = copy.deepcopy(cell)
    again.source = "q1 = 0.7"
    notebook.cells.append(again)
    answers = read(published, notebook)
    assert answers.by_question["q1"] == "q1 = 0.7"
    assert "q1 is answered in two cells: the last one counts" in answers.notes


def test_a_missing_answer_cell_is_noted(published: Reference) -> None:
    notebook = cohorts.notebook(published, {})
    notebook.cells = [cell for cell in notebook.cells if cell.id != "q6-answer"]
    assert "the answer cell of q6 is missing" in read(published, notebook).notes


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("q1 = 1\n# NBVAL_SKIP\n", "q1 = 1\n"),
        ("  #NBVAL_IGNORE_OUTPUT\nq1 = 1", "q1 = 1"),
        ("## NBVAL_RAISES_EXCEPTION\nq1 = 1", "q1 = 1"),
        ("note = 'NBVAL_SKIP'", "note = 'NBVAL_SKIP'"),
        ("# about NBVAL_SKIP\n", "# about NBVAL_SKIP\n"),
    ],
)
def test_markers_for_nbval_are_taken_out(source: str, kept: str) -> None:
    assert inject.without_markers(source) == (kept, source != kept)
