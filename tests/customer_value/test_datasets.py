"""Every card tells the truth about its files, and the files load wherever the library runs."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from customer_value import datasets

ROOT = Path(__file__).resolve().parents[2]
FILES = [(name, file) for name in datasets.names() for file in datasets.card(name)["files"]]


def read(name: str, file: str) -> pd.DataFrame:
    frame = pd.read_csv(datasets.folder(name) / file)
    if "date" in frame:
        frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[ns]")
    return frame


@pytest.mark.parametrize(("name", "file"), FILES)
def test_card_matches_file(name: str, file: str) -> None:
    said, path = datasets.card(name)["files"][file], datasets.folder(name) / file
    packed = path.read_bytes()
    assert hashlib.sha256(packed).hexdigest() == said["sha256"]
    if path.suffix == ".gz":
        assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == said["sha256_unpacked"]
    frame = read(name, file)
    assert len(frame) == said["rows"]
    totals = {
        "customers": lambda: frame["customer_id"].nunique(),
        "total_value": lambda: round(frame["value"].sum(), 2),
        "donors": lambda: frame["counts"].sum(),
        "repeat_donation_years": lambda: (frame["counts"] * frame["frequency"]).sum(),
    }
    stated = set(totals) & set(said)
    for total in stated:
        assert totals[total]() == said[total]
    assert {column: str(kind) for column, kind in frame.dtypes.items()} == {
        column: entry["dtype"] for column, entry in said["columns"].items()
    }
    for entry in said["columns"].values():
        assert entry["unit"]
        assert entry["meaning"]


@pytest.mark.parametrize("name", datasets.names())
def test_every_file_is_on_the_card_and_every_card_says_where_data_come_from(name: str) -> None:
    card, there = datasets.card(name), datasets.folder(name)
    data = {path.name for path in there.iterdir() if path.suffix not in {".py", ".yml", ".md"} and path.is_file()}
    assert data == set(card["files"])
    for key in ("title", "source", "citation", "licence", "quirks", "known_biases"):
        assert card[key], key
    for chapter in card["used_by"]:
        assert (ROOT / "chapters" / chapter).is_dir()


def test_cdnow_quirks_are_as_stated() -> None:
    card = datasets.card("cdnow")
    for file in card["files"]:
        frame = read("cdnow", file)
        per_customer = frame.groupby("customer_id")["value"].sum()
        found = {
            "zero_value_rows": int((frame["value"] == 0).sum()),
            "customers_without_value": int((per_customer == 0).sum()),
            "same_day_rows": int(frame.duplicated(["customer_id", "date"]).sum()),
            "exact_duplicates": int(frame.duplicated().sum()),
        }
        assert found == {quirk: entry["count"][file] for quirk, entry in card["quirks"].items()}
        assert set(frame.loc[frame["value"] == 0, "quantity"]) == {1}
        assert (str(frame["date"].min().date()), str(frame["date"].max().date())) == (
            str(card["period"]["first"]),
            str(card["period"]["last"]),
        )
    first = datasets.load_cdnow().groupby("customer_id")["date"].min()
    assert (first.min(), first.max()) == (pd.Timestamp("1997-01-01"), pd.Timestamp("1997-03-25"))


def test_load_cdnow_is_typed_and_ordered() -> None:
    log = datasets.load_cdnow()
    assert list(log.columns) == ["customer_id", "date", "quantity", "value"]
    assert [str(kind) for kind in log.dtypes] == ["int64", "datetime64[ns]", "int64", "float64"]
    assert log.sort_values(["customer_id", "date"], kind="stable").index.equals(log.index)


def test_sample_is_part_of_the_full_log() -> None:
    columns = ["customer_id", "date", "quantity", "value"]
    sample, log = datasets.load_cdnow(sample=True), datasets.load_cdnow()
    part = log[log["customer_id"].isin(sample["customer_id"])]
    both = [frame.sort_values(columns, ignore_index=True) for frame in (sample, part)]
    pd.testing.assert_frame_equal(*both)


def test_sample_agrees_with_published_summary() -> None:
    """Customers 1 to 4 of the RFM table in Fader, Hardie & Lee (2005): purchases after the first, by week 39."""
    frame = read("cdnow", "cdnow_sample.csv.gz")
    days = frame[frame["date"] <= "1997-09-30"].groupby("sample_id")["date"].nunique() - 1
    assert [int(days[customer]) for customer in (1, 2, 3, 4)] == [2, 1, 0, 0]


def test_retention_survivors_are_the_published_ones() -> None:
    """Fader & Hardie (2007): years 0 to 7 fit the model, 8 to 12 are its holdout."""
    survivors = datasets.load_retention_survivors()
    assert survivors.index.tolist() == list(range(13))
    assert survivors.loc[:7, "regular"].tolist() == [1000, 631, 468, 382, 326, 289, 262, 241]
    assert survivors.loc[:7, "high_end"].tolist() == [1000, 869, 743, 653, 593, 551, 517, 491]
    assert survivors.loc[8:, "regular"].tolist() == [223, 207, 194, 183, 173]
    assert survivors.loc[8:, "high_end"].tolist() == [468, 445, 427, 409, 394]


def test_unknown_name_gets_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"no dataset named 'cdnwo'\. Did you mean 'cdnow'\? Known datasets: .*cdnow"):
        datasets.card("cdnwo")
    with pytest.raises(ValueError, match=r"no dataset named 'zzzz'\. Known datasets: "):
        datasets.folder("zzzz")


@pytest.mark.processes
def test_loading_data_does_not_need_yaml() -> None:
    program = "import sys; sys.modules['yaml'] = None\nimport customer_value.datasets as d\nprint(len(d.load_cdnow()))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "69659"


@pytest.mark.processes
def test_card_without_yaml_says_what_to_install() -> None:
    program = "import sys; sys.modules['yaml'] = None\nfrom customer_value import datasets\ndatasets.card('cdnow')"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "needs PyYAML: install it with `pip install pyyaml`" in run.stderr


@pytest.mark.processes
def test_works_from_the_wheel(tmp_path: Path) -> None:
    """The wheel holds the data; imported from an unpacked wheel, nothing of the checkout is used."""
    for item in ("pyproject.toml", "README.md", "LICENSE", "customer_value", "datasets"):
        source = ROOT / item
        if source.is_dir():
            shutil.copytree(source, tmp_path / "src" / item, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (tmp_path / "src").mkdir(exist_ok=True)
            shutil.copy(source, tmp_path / "src" / item)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=tmp_path / "src", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    shutil.rmtree(tmp_path / "src")
    program = "from customer_value import datasets\nprint(datasets.__file__, len(datasets.load_cdnow(sample=True)))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    file, rows = run.stdout.split()
    assert Path(file).is_relative_to(tmp_path / "site")
    assert rows == "6919"


def test_donations_are_every_history_there_can_be_once() -> None:
    """Fader, Hardie & Shang (2010): 11,104 donors, of whom 3,464 never gave again and 1,203 every year."""
    table = datasets.load_donations()
    assert list(table.columns) == ["frequency", "recency", "n_periods", "counts"]
    assert {str(kind) for kind in table.dtypes} == {"int64"}
    possible = {(0, 0)} | {(x, last) for last in range(1, 7) for x in range(1, last + 1)}
    assert set(zip(table["frequency"], table["recency"], strict=True)) == possible
    assert (len(table), table["counts"].sum(), table["counts"].iloc[0], table["counts"].iloc[-1]) == (
        22,
        11104,
        3464,
        1203,
    )


@pytest.mark.processes
@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("datasets/*/build.py")))
def test_rebuild_refuses_another_wheel(name: str, tmp_path: Path) -> None:
    wrong = tmp_path / "Lifetimes-0.11.3-py3-none-any.whl"
    wrong.write_bytes(b"not the wheel")
    script = ROOT / "datasets" / name / "build.py"
    run = subprocess.run([sys.executable, script, wrong], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "is not the file this dataset was made from" in run.stderr
