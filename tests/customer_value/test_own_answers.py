"""Answers to "Apply it to your company" on their way into the memo."""

import json

import pytest

from customer_value.own_answers import FILE, company_answers

QUESTIONS = {
    "centricity": {"chapter": "1. Customer-centricity", "fields": {"best": "Who are your best customers?"}},
    "purse": {"chapter": "2. Heterogeneity", "fields": {"share": "Share of the best tenth", "decision": "A decision"}},
}
GIVEN = {"purse": {"decision": "Call the best first", "share": "40 %", "empty": " "}, "centricity": {"best": "Cafés"}}
IN_ORDER = {
    "1. Customer-centricity": [("Who are your best customers?", "Cafés")],
    "2. Heterogeneity": [("Share of the best tenth", "40 %"), ("A decision", "Call the best first")],
}


def _of_the_page() -> str:
    return json.dumps(
        {"format": "customer-value/company-answers", "version": 1, "answers": GIVEN, "questions": QUESTIONS}
    )


def _of_my_progress(**more: object) -> str:
    written = {f"company:{form}": fields for form, fields in GIVEN.items()} | {"guesses:x": {"share": "3"}}
    return json.dumps({"file": "customer-value-workbook progress", "written": written, **more})


def test_the_file_of_the_page_is_found_where_python_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert company_answers() == {}
    (tmp_path / FILE).write_text(_of_the_page(), encoding="utf-8")
    assert company_answers() == IN_ORDER


def test_an_export_of_my_progress_brings_the_same_answers():
    exported = _of_my_progress(questions=QUESTIONS)
    assert company_answers(exported) == IN_ORDER
    assert company_answers(b"\xef\xbb\xbf" + exported.encode()) == IN_ORDER


def test_an_older_export_without_questions_names_the_fields():
    assert company_answers(_of_my_progress())["Purse"] == [("Decision", "Call the best first"), ("Share", "40 %")]


def test_what_is_no_file_of_answers_is_refused_in_words():
    for content in ("[1]", "date;value", b"\xff\xfe\x00", '{"format": "customer-value/strategy-canvas"}'):
        with pytest.raises(ValueError, match="no file of answers"):
            company_answers(content)
    with pytest.raises(ValueError, match="results only: export it again"):
        company_answers('{"file": "customer-value-workbook progress"}')
    with pytest.raises(TypeError, match="got int"):
        company_answers(3)
