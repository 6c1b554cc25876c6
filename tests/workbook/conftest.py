"""A book of two pages, built with the workbook's own configuration."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook import paths

FRONT = "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n---\n"

TextOf = dict[str, str]
MakeBook = Callable[..., Path]


@pytest.fixture(scope="session")
def make_book() -> MakeBook:
    """A function that writes a small book: `make(folder, lab=…, index=…)` gives its source folder."""

    def make(folder: Path, lab: str, index: str = "# A chapter\n\nText.\n") -> Path:
        source = folder / "source"
        chapter = source / "chapters" / "01-tiny"
        chapter.mkdir(parents=True)
        shutil.copy(paths.ROOT / "_config.yml", source)
        shutil.copy(paths.ROOT / "references.bib", source)
        shutil.copytree(paths.ROOT / "_assets", source / "_assets")
        (source / "_toc.yml").write_text(
            "format: jb-book\nroot: index\nchapters:\n"
            "  - file: chapters/01-tiny/index\n    sections:\n      - file: chapters/01-tiny/lab\n",
            encoding="utf-8",
        )
        (source / "index.md").write_text("# Welcome\n", encoding="utf-8")
        (chapter / "index.md").write_text(index, encoding="utf-8")
        (chapter / "lab.md").write_text(FRONT + lab, encoding="utf-8")
        return source

    return make
