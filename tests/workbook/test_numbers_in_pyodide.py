"""The library computes in the browser's Python what it computes here: its tests pass there, its fits are the same."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workbook import paths
from workbook.errors import WorkbookError
from workbook.pyodide_tests import TESTS, copy_installed, python_in_pyodide, run_tests

# What the browser's Python has no means for; any other reason to skip a test is an error here.
MISSING_THERE = {
    "the browser's Python cannot start processes",
    "could not import 'docx': No module named 'docx'",
    "could not import 'ibis': No module named 'ibis'",
    "could not import 'myst_nb.ext.glue': No module named 'myst_nb'",
    "could not import 'pyspark': No module named 'pyspark'",
    "the Online Retail log is not at hand",
    "the UCI Online Retail file is not at hand",
}
FITTED = "tests.customer_value.fitted"


def said(done: subprocess.CompletedProcess[str]) -> str:
    return f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[ElementTree.Element]:
    out = tmp_path_factory.mktemp("pyodide")
    done = run_tests("--junitxml=/out/results.xml", out=out, capture=True)
    if done.returncode:
        pytest.fail(f"The library's tests fail in Pyodide:\n{said(done)}", pytrace=False)
    return list(ElementTree.parse(out / "results.xml").iter("testcase"))


def test_the_librarys_tests_pass(outcomes: list[ElementTree.Element]) -> None:
    there = Counter(case.get("classname", "").split(".")[-1] for case in outcomes if case.find("skipped") is None)
    # These start processes, need Spark or DuckDB, or need a file that stays outside.
    files = {path.stem for path in (paths.ROOT / TESTS).glob("test_*.py")}
    assert files - set(there) == {"test_import", "test_own_data_in_files", "test_real_log", "test_rfm_on_spark"}
    assert there.total() >= 1100


def test_what_is_skipped_cannot_work_there(outcomes: list[ElementTree.Element]) -> None:
    skipped = [case.find("skipped") for case in outcomes if case.find("skipped") is not None]
    reasons = Counter(
        next((known for known in MISSING_THERE if known in f"{each.get('message')} {each.text}"), each.text)
        for each in skipped
    )
    assert set(reasons) <= MISSING_THERE
    assert reasons["the browser's Python cannot start processes"]
    assert len(skipped) < 50


@pytest.fixture(scope="module")
def both() -> tuple[dict, dict]:
    here = subprocess.run([sys.executable, "-m", FITTED], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    there = python_in_pyodide(FITTED, capture=True)
    assert there.returncode == 0, said(there)
    return json.loads(here.stdout), json.loads(there.stdout)


def test_fits_predictions_and_simulated_customers_are_the_same(both: tuple[dict, dict]) -> None:
    ours, theirs = (each["figures"] for each in both)
    assert ours.keys() == theirs.keys()
    assert len(ours) >= 8
    for model, figures in ours.items():
        assert figures.keys() == theirs[model].keys()
        for name, figure in figures.items():
            assert theirs[model][name] == pytest.approx(figure, rel=1e-9, abs=0), f"{name} of {model}"


def test_tables_have_columns_of_the_same_types(both: tuple[dict, dict]) -> None:
    """There, numbers made without saying otherwise have 32 bits and end at 2,147,483,647."""
    ours, theirs = (each["types"] for each in both)
    assert len(ours) >= 16
    assert theirs == ours


def test_the_modules_exit_code_comes_through() -> None:
    done = run_tests(f"{TESTS}/test_facts.py", "-k", "no_test_has_this_name", capture=True)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, said(done)
    assert "2 deselected" in done.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no-such-distribution", r"no-such-distribution is not installed: run `make setup`"),
        ("scipy", r"scipy \S+ holds compiled code \(\S+\), which the browser's Python cannot load: name a version"),
    ],
)
def test_packages_that_cannot_go_there_are_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(WorkbookError, match=message):
        copy_installed(tmp_path, [name])
