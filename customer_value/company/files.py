"""The files of the company that are committed with the book: the same text wherever they are written."""

import json
from collections.abc import Iterator

from customer_value.company import schema
from customer_value.company.simulation import SEED, SMALL, blocks, truth_parameters
from customer_value.company.tables import csv_text

PARAMETERS = "truth/truth.json"


def texts(customers: int = SMALL, *, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Name and unpacked content of each file of the company, of at most one block of 5,000 customers.

    Raises ``ValueError`` for more customers: they do not belong in text files.
    """
    if customers > SMALL:
        raise ValueError(f"customers must be at most {SMALL:,} for text files; got {customers:,}.")
    (block,) = blocks(customers, seed=seed)
    for tables, values in ((schema.LEARNERS, block.learners), (schema.TRUTH, block.truth)):
        for name, table in tables.items():
            yield table.file, csv_text(table, values[name])
    yield PARAMETERS, json.dumps(truth_parameters(customers, seed=seed), indent=1, ensure_ascii=False) + "\n"
