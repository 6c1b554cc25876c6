"""Seconds to import each library when numpy and pandas are there already, in fresh processes."""

import os
import statistics
import subprocess

from workbook import paths

STATEMENTS = {
    "import customer_value": "import customer_value",
    "all of its models": "import customer_value.btyd, customer_value.spend, customer_value.transactions",
    "import lifetimes": "import lifetimes",
    "from pymc_marketing import clv": "from pymc_marketing import clv",
}
PEERS = ("import lifetimes", "from pymc_marketing import clv")
_CODE = "import time, numpy, pandas; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def measure(python: str, peers: bool, rounds: int = 5) -> dict[str, float]:
    """Median seconds of each statement over ``rounds`` interleaved rounds; the first, uncounted one fills caches."""
    wanted = [name for name in STATEMENTS if peers or name not in PEERS]
    seen: dict[str, list[float]] = {name: [] for name in wanted}
    environment = os.environ | {"PYTHONPATH": str(paths.ROOT), "PYTHONWARNINGS": "ignore"}
    # Bytecode is written once and then read, as in any installed library.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(rounds + 1):
        for name in wanted:
            command = [python, "-c", _CODE.format(STATEMENTS[name])]
            done = subprocess.run(command, env=environment, cwd=paths.ROOT, capture_output=True, text=True, check=True)
            seen[name].append(float(done.stdout.splitlines()[-1]))
    return {name: statistics.median(times[1:]) for name, times in seen.items()}
