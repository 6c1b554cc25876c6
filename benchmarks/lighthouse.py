"""Lighthouse (mobile) on a reading page: performance and accessibility."""

import json
import os
import statistics
import subprocess
from pathlib import Path

from benchmarks.results import Table
from workbook import chromium, node, paths, serve

PAGES = ("index.html", "chapters/02-heterogeneity/index.html", "chapters/02-heterogeneity/lab.html")


def score(script: Path, address: str) -> tuple[int, int]:
    """Performance and accessibility, 0 to 100, of one run."""
    flags = "--headless=new " + " ".join(flag for flag in chromium.FLAGS if " " not in flag)
    command = [
        node.executable(),
        script,
        address,
        "--quiet",
        "--output=json",
        "--only-categories=performance,accessibility",
        f"--chrome-flags={flags}",
    ]
    environment = os.environ | {"CHROME_PATH": chromium.executable()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    categories = json.loads(done.stdout)["categories"]
    return tuple(round(100 * categories[name]["score"]) for name in ("performance", "accessibility"))


def measure(runs: int = 3) -> Table:
    """Medians of ``runs`` runs a page."""
    packages = node.install(paths.ROOT / "benchmarks", paths.BUILD / "lighthouse")
    script = packages / "node_modules" / "lighthouse" / "cli" / "index.js"
    table = Table("Lighthouse, mobile", ("page", "performance", "accessibility"))
    with serve.running(paths.SITE, 0) as site:
        for page in PAGES:
            scores = [score(script, site + page) for _ in range(runs)]
            performance, accessibility = (statistics.median(column) for column in zip(*scores, strict=True))
            table.add(page, f"{performance:.0f}", f"{accessibility:.0f}")
    table.note = f"Medians of {runs} runs, simulated slow phone and network."
    return table
