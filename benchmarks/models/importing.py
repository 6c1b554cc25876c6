"""Seconds to import each library when numpy and pandas are there already, in fresh processes."""

import os
import statistics
import subprocess

from workbook import paths

STATEMENTS = ("import customer_value", "from customer_value import btyd, spend, transactions")
PEERS = ("import lifetimes", "from pymc_marketing import clv")
_CODE = "import time, numpy, pandas; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def measure(python: str, peers: bool, rounds: int = 5) -> dict[str, float]:
    """Median seconds of each statement over ``rounds`` interleaved rounds; the first, uncounted one fills caches."""
    seen: dict[str, list[float]] = {statement: [] for statement in STATEMENTS + (PEERS if peers else ())}
    environment = os.environ | {"PYTHONPATH": str(paths.ROOT), "PYTHONWARNINGS": "ignore"}
    # Bytecode is written once and then read, as in any installed library.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(rounds + 1):
        for statement, times in seen.items():
            command = [python, "-c", _CODE.format(statement)]
            done = subprocess.run(command, env=environment, cwd=paths.ROOT, capture_output=True, text=True, check=True)
            times.append(float(done.stdout.splitlines()[-1]))
    return {statement: statistics.median(times[1:]) for statement, times in seen.items()}
