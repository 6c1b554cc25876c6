"""Write the simulated company: the committed small one, or one of any size as Parquet files."""

import gzip
import hashlib
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

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
    head = (HOME / "card.yml").read_text(encoding="utf-8").split(_MARK)[0]
    described = {"files": {}, "tables": []}
    for table in schema.LEARNERS.values():
        described["files"][table.file] = _file_entry(table, expected[table.file])
        entry: dict[str, Any] = {"name": table.name, "file": table.file, "row": f"one {table.row}"}
        if table.key:
            entry["key"] = list(table.key)
        if table.joins:
            entry["joins"] = dict(table.joins)
        described["tables"].append(entry)
    described["truth"] = {
        **{table.file: _file_entry(table, expected[table.file]) for table in schema.TRUTH.values()},
        files.PARAMETERS: {"content": "seed, parameters, findings", "sha256": _digest(expected[files.PARAMETERS])},
    }
    return head + _MARK + yaml.safe_dump(described, sort_keys=False, allow_unicode=True, width=118)


def _file_entry(table: Table, text: str) -> dict[str, Any]:
    path = HOME / table.file
    digests = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    if path.suffix == ".gz":
        digests["sha256_unpacked"] = _digest(text)
    return {
        "content": table.content,
        "rows": text.count("\n") - 1,
        **digests,
        "columns": {
            column.name: {"dtype": column.dtype, "unit": column.unit, "meaning": column.meaning}
            for column in table.columns
        },
    }


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
    say(f"{customers:,} customers, {rows:,} invoice lines in {taken:.1f} s, at most {memory:,.0f} MB of memory: {folder}")


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
