"""Where things are. Every built file lives under ``_build/``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"

PYODIDE = BUILD / "pyodide"  # verified Pyodide files plus our wheels and the extended lock file
LIVE = BUILD / "live"  # the in-page Python: scripts and compiled package archives
WHEELS = BUILD / "wheels"  # our own wheel and the widget wheels the browser loads
BOOK = BUILD / "book"  # what Jupyter Book writes
LITE = BUILD / "lite"  # what JupyterLite writes
SITE = BUILD / "site"  # the finished site; only ever replaced as a whole
