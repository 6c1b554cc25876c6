"""Rebuild the donations table from the copy in the PyPI package `lifetimes`.

    python datasets/donations/build.py [WHEEL]

Without WHEEL the package is fetched with pip. The package and the table in it are checked against the sha256
recorded here; anything else is refused.
"""

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
PACKAGE = "lifetimes==0.11.3"
WHEEL_SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
SOURCE = "lifetimes/datasets/donations.csv"
SOURCE_SHA256 = "82c25f26a201ff047e1cd5fe3d7967a45db92a025ecedee72ff8940e50104544"


def fetch(folder: Path) -> Path:
    """Download the wheel with pip into ``folder`` and return its path."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def checked(data: bytes, expected: str, name: str) -> bytes:
    """Return ``data`` if its sha256 is the recorded one; otherwise stop and name the file."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise SystemExit(f"{name} is not the file this dataset was made from (sha256 {found}).")
    return data


def build(wheel: Path, folder: Path = HERE) -> None:
    """Write the table into ``folder`` from the checked ``wheel``."""
    checked(wheel.read_bytes(), WHEEL_SHA256, wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        source = checked(archive.read(SOURCE), SOURCE_SHA256, SOURCE)
    table = pd.read_csv(io.BytesIO(source)).rename(columns={"periods": "n_periods", "weights": "counts"})
    text = table.sort_values(["frequency", "recency"]).to_csv(index=False, lineterminator="\n").encode("ascii")
    (folder / "donations.csv").write_bytes(text)
    print(f"donations.csv: {len(table)} rows\n  sha256 {hashlib.sha256(text).hexdigest()}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        build(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            build(fetch(Path(scratch)))
