"""The command that writes Kettleholt: the committed one in step, larger ones as Parquet files."""

import json
from pathlib import Path

import pandas as pd
import pytest

from customer_value.company import learner_tables, schema, truth_tables
from tests.workbook.test_command_line import workbook
from workbook import company
from workbook.errors import WorkbookError


def test_the_committed_company_and_its_card_are_in_step() -> None:
    assert company.out_of_step() == []


def test_a_changed_file_and_a_changed_card_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "kettleholt"
    for path in company.HOME.rglob("*"):
        if path.is_file():
            target = home / path.relative_to(company.HOME)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    monkeypatch.setattr(company, "HOME", home)
    assert company.out_of_step() == []
    card = home / "card.yml"
    card.write_text(card.read_text(encoding="utf-8").replace("rows: 5000", "rows: 5001"), encoding="utf-8")
    assert company.out_of_step() == ["card.yml"]
    (home / "stores.csv").write_text("store\nS01\n", encoding="utf-8")
    (home / "more.csv").write_text("a\n", encoding="utf-8")
    assert company.out_of_step() == ["stores.csv", "more.csv"]
    company.write_small()
    (home / "more.csv").unlink()
    assert company.out_of_step() == []


def test_parquet_files_hold_what_is_simulated(tmp_path: Path) -> None:
    out = tmp_path / "new" / "company"
    done = workbook("company", "--customers", "5600", "--out", str(out), "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert "5,600 customers" in done.stderr
    assert "MB of memory" in done.stderr
    for side, tables in (("LEARNERS", learner_tables(5_600, seed=3)), ("TRUTH", truth_tables(5_600, seed=3))):
        for name, expected in tables.items():
            table = getattr(schema, side)[name]
            found = pd.read_parquet(out / (table.file.split(".")[0] + ".parquet"))
            assert list(found.columns) == list(expected.columns)
            for column in table.columns:
                here, there = found[column.name], expected[column.name]
                if column.base in ("text", "invoice"):
                    here, there = here.astype("string"), there.astype("string")
                pd.testing.assert_series_equal(here.astype(there.dtype), there, check_names=False)
    truth = json.loads((out / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert (truth["customers"], truth["seed"]) == (5_600, 3)


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(WorkbookError, match="is not an empty folder"):
        company.write_large(10, tmp_path, 1)
    with pytest.raises(WorkbookError, match="is not an empty folder"):
        company.write_large(10, tmp_path / "file", 1)
    with pytest.raises(WorkbookError, match="cannot be made"):
        company.write_large(10, tmp_path / "file" / "below", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--customers", "10"), "✗ Say both --customers and --out"),
        (("--seed", "10"), "✗ Say both --customers and --out"),
        (("--customers", "10", "--out", "x", "--check"), "✗ --check is about datasets/kettleholt"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(arguments: tuple[str, ...], said: str) -> None:
    done = workbook("company", *arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(said)
