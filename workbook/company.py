"""Write the simulated company: the committed small one, or one of any size as Parquet files."""

import gzip
import hashlib
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from customer_value import datasets
from customer_value.company import blocks, files, schema, truth_parameters
from customer_value.company.assumptions import FIRST_DAY
from customer_value.company.tables import Column, Table, Values, packed
from workbook import paths
from workbook.errors import WorkbookError
from workbook.progress import say

HOME = paths.ROOT / "datasets" / "kettleholt"
_MARK = "# What follows is written by `python -m workbook company`.\n"


def out_of_step() -> list[str]:
    """Files of ``datasets/kettleholt`` that are not what the generator writes, by name; the card among them."""
    expected = dict(files.texts())
    stale = [name for name, text in expected.items() if _unpacked(HOME / name) != text.encode()]
    there = {path.relative_to(HOME).as_posix() for path in HOME.rglob("*.csv*")}
    stale += sorted(there - set(expected))
    card = (HOME / "card.yml").read_text(encoding="utf-8")
    if not stale and card != _card(expected):
        stale.append("card.yml")
    return stale


def write_small() -> None:
    """Write ``datasets/kettleholt`` anew: its tables, the truth, and the part of the card that describes them."""
    expected = dict(files.texts())
    for name, text in expected.items():
        target = HOME / name
        target.parent.mkdir(exist_ok=True)
        # Another zlib packs the same text into other bytes: what is right is left alone.
        if _unpacked(target) != text.encode():
            target.write_bytes(packed(text) if name.endswith(".gz") else text.encode())
            say(f"{name}: {target.stat().st_size:,} bytes")
    (HOME / "card.yml").write_text(_card(expected), encoding="utf-8")


def _unpacked(path: Path) -> bytes | None:
    if not path.is_file():
        return None
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def _card(expected: dict[str, str]) -> str:
    """The card: what is written by hand down to the mark, then the files as they are."""
    head = (HOME / "card.yml").read_text(encoding="utf-8").split(_MARK)[0]
    described = {table.file: _file_entry(table, expected[table.file]) for table in schema.LEARNERS.values()}
    tail = yaml.safe_dump(
        {"files": described, "quirks": _quirks()},
        sort_keys=False,
        allow_unicode=True,
        width=118,
        default_flow_style=None,
    )
    return head + _MARK + tail


def _file_entry(table: Table, text: str) -> dict[str, Any]:
    path = HOME / table.file
    digests = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    if path.suffix == ".gz":
        digests["sha256_unpacked"] = _digest(text)
    frame = datasets.load_kettleholt(table.name)
    return {
        "content": table.content,
        "load": f'load_kettleholt("{table.name}")',
        "rows": len(frame),
        **digests,
        "columns": {column.name: _column_entry(column, frame[column.name]) for column in table.columns},
    }


def _column_entry(column: Column, values: pd.Series) -> dict[str, Any]:
    entry: dict[str, Any] = {"dtype": column.dtype, "unit": column.unit, "meaning": column.meaning}
    if column.base in ("day", "time"):
        edges = [values.min().strftime("%Y-%m-%d %H:%M"), values.max().strftime("%Y-%m-%d %H:%M")]
        entry["range"] = [edge.removesuffix(" 00:00") if column.base == "day" else edge for edge in edges]
    elif column.base not in ("text", "invoice", "flag"):
        entry["range"] = [values.min().item(), values.max().item()]
    if missing := int(values.isna().sum()):
        entry["missing"] = missing
    return entry


def _quirks() -> dict[str, Any]:
    log = datasets.load_kettleholt("transactions")
    file = schema.LEARNERS["transactions"].file
    found = (
        (
            "credit_notes",
            log["InvoiceNo"].str.startswith("C"),
            "returns and cancellations: a C before the number, quantity below 0",
        ),
        ("without_customer", log["CustomerID"].isna(), "lines of store sales without a loyalty card"),
        ("postage", log["StockCode"] == "POST", "postage on small web orders; no goods"),
        ("free_samples", log["UnitPrice"] == 0, "free samples, code SAMPLE, price 0"),
        (
            "exact_duplicates",
            log.duplicated(),
            "lines equal in every column to an earlier one: nearly all posted twice by the till",
        ),
    )
    return {name: {"count": {file: int(rows.sum())}, "meaning": meaning} for name, rows, meaning in found}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write_large(customers: int, folder: Path, seed: int) -> None:
    """Write Parquet files of a company of this size into ``folder``, block by block, and say what it took.

    Raises ``WorkbookError`` if there is something in the folder, or it cannot be written to.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkbookError(f"{folder} is not an empty folder: name another one with --out.")
    try:
        (folder / "truth").mkdir(parents=True)
    except OSError as error:
        raise WorkbookError(f"{folder} cannot be made: {error.strerror}.") from None
    begun = time.perf_counter()
    writers: dict[str, pq.ParquetWriter] = {}
    try:
        for block in blocks(customers, seed=seed):
            for tables, values in ((schema.LEARNERS, block.learners), (schema.TRUTH, block.truth)):
                for name, columns in values.items():
                    rows = _arrow(tables[name], columns)
                    target = tables[name].file.split(".")[0] + ".parquet"
                    if target not in writers:
                        writers[target] = pq.ParquetWriter(folder / target, rows.schema, compression="zstd")
                    writers[target].write_table(rows)
    except OSError as error:
        raise WorkbookError(f"Writing to {folder} failed: {error}.") from None
    finally:
        for writer in writers.values():
            writer.close()
    text = json.dumps(truth_parameters(customers, seed=seed), indent=1, ensure_ascii=False) + "\n"
    (folder / files.PARAMETERS).write_text(text, encoding="utf-8")
    taken = time.perf_counter() - begun
    rows = pq.ParquetFile(folder / "transactions.parquet").metadata.num_rows
    # Linux counts in kilobytes.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{customers:,} customers, {rows:,} invoice lines in {taken:.1f} s, {memory:,.0f} MB of memory: {folder}")


def _arrow(table: Table, values: dict[str, Values]) -> pa.Table:
    return pa.table({column.name: _array(column, values[column.name]) for column in table.columns})


def _array(column: Column, values: Values) -> pa.Array:
    numbers = values.numbers
    absent = numbers == -1 if column.optional else None
    if column.base == "text":
        positions = pa.array(numbers.astype(np.int32), mask=absent)
        return pa.DictionaryArray.from_arrays(positions, pa.array(list(values.words or ())))
    if column.base == "invoice":
        written = pc.cast(pa.array(np.abs(numbers)), pa.string())
        return pc.if_else(pa.array(numbers < 0), pc.binary_join_element_wise("C", written, ""), written)
    if column.base in ("day", "time"):
        unit = np.timedelta64(1, "D" if column.base == "day" else "m").astype("timedelta64[ns]")
        return pa.array(np.datetime64(FIRST_DAY, "ns") + numbers * unit, mask=absent)
    if column.base == "flag":
        return pa.array(numbers == 1, mask=absent)
    if column.base in ("money", "decimal"):
        return pa.array(numbers / 10.0**column.places, mask=absent)
    return pa.array(numbers, mask=absent)
