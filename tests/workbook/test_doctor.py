"""What a machine lacks is said in one line that tells what to do."""

import pytest

from workbook import chromium, doctor
from workbook.errors import WorkbookError


def test_a_machine_without_chromium_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(WorkbookError, match="make chromium"):
        chromium.executable()


def test_chromium_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/some/where/chrome")
    assert chromium.executable() == "/some/where/chrome"


def test_the_report_is_good_on_a_machine_that_builds_the_site(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PYODIDE_DIST", raising=False)
    assert doctor.report()
    assert "jupyter-book 1." in capsys.readouterr().out


def test_a_wrong_pyodide_folder_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PYODIDE_DIST", "/no/such/folder")
    assert not doctor.report()
    assert "✗ PYODIDE_DIST is /no/such/folder, which does not exist" in capsys.readouterr().out
