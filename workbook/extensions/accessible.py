"""Puts right what the theme's markup gets wrong for keyboard and screen reader.

Each entry is one rule of axe-core that the default pages break; tests/browser/test_pages.py runs
axe-core on every page, so a theme update that moves the markup shows there.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

_REPAIRS = (
    # label-content-name-mismatch: the visible text is the better name.
    (re.compile(r'(<button class="btn search-button-field[^>]*?) title="[^"]*" aria-label="[^"]*"'), r"\1"),
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # empty-table-header: the corner above row names is no header.
    (re.compile(r'<th class="head([^"]*)">(?:<p></p>)?</th>'), r'<td class="\1"></td>'),
    # aria-deprecated-role, aria-required-children: the bibliography reads well without roles.
    (re.compile(r' role="doc-biblioentry"|(?<=<div) role="list"(?= class="citation-list")'), ""),
    # region: the sidebar's heading and search belong to no landmark.
    (
        re.compile(r'<div id="pst-primary-sidebar" '),
        '<div id="pst-primary-sidebar" role="region" aria-label="Workbook" ',
    ),
    # summary-name: the arrows that unfold a chapter are icons only.
    (
        re.compile(r'<summary>(?=<span class="toctree-toggle")'),
        '<summary aria-label="Show or hide the chapter\'s pages">',
    ),
)


def repair(html: str) -> str:
    """The page's markup with the repairs applied."""
    for pattern, replacement in _REPAIRS:
        html = pattern.sub(replacement, html)
    return html


def _repair_pages(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        for page in Path(app.outdir).rglob("*.html"):
            page.write_text(repair(page.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to the end of the build."""
    app.connect("build-finished", _repair_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
