"""Run sheets: the book's own add up and name what is there, and a wrong one is refused with its block named."""

from pathlib import Path

import pytest
import yaml

from workbook import book, paths, run_sheets, timed_pages
from workbook.errors import WorkbookError

WORKSHOP = paths.ROOT / "workshop"
PAGES = [page.relative_to(paths.ROOT).with_suffix("").as_posix() for page in book.pages(paths.ROOT, {})]
SHEETS = sorted(
    path.name for path in WORKSHOP.glob("*.yml") if {"blocks", "modules"} & set(yaml.safe_load(path.read_text("utf-8")))
)

TEXT = """\
# A chapter

Reading takes about 20 minutes and needs no Python.

## The case

one two three four five six seven eight

```{code-cell} ipython3
## no heading
words that are not read
```

## Key points

one two
"""
LAB = """\
# Lab

Twenty-five minutes, no installation.

## First

```{code-cell} ipython3
1
```

```{code-cell} ipython3
2
```

## Second

```{code-cell} ipython3
3
```
"""
SHEET = {
    "title": "Short",
    "start": "09:00",
    "end": "09:40",
    "blocks": [
        {
            "title": "Case",
            "activity": "talk",
            "minutes": 10,
            "page": "chapters/50-a/index",
            "parts": ["The case"],
            **dict.fromkeys(("do", "say", "watch", "late"), "Text."),
        },
        {"title": "Coffee", "activity": "break", "minutes": 10},
        {
            "title": "Try",
            "activity": "lab",
            "minutes": 20,
            "page": "chapters/50-a/lab",
            **dict.fromkeys(("do", "say", "watch", "late"), "Text."),
        },
    ],
}


@pytest.fixture
def read(tmp_path: Path):
    """Reads the short sheet after changes to single blocks or to the whole."""
    folder = tmp_path / "chapters" / "50-a"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(TEXT, encoding="utf-8")
    (folder / "lab.md").write_text(LAB, encoding="utf-8")

    def read(block: int | None = None, **changes: object) -> run_sheets.RunSheet:
        sheet = yaml.safe_load(yaml.safe_dump(SHEET))
        (sheet if block is None else sheet["blocks"][block]).update(changes)
        file = tmp_path / "day.yml"
        file.write_text(yaml.safe_dump(sheet), encoding="utf-8")
        return run_sheets.read(file, ["chapters/50-a/index", "chapters/50-a/lab"], tmp_path)[0]

    return read


def test_clock_times_follow_from_the_start(read) -> None:
    sheet = read()
    assert [sheet.when(block) for block in sheet.blocks] == ["09:00–09:10", "09:10–09:20", "09:20–09:40"]
    assert sheet.minutes == 40


def test_a_page_says_its_minutes_in_figures_or_words(read, tmp_path: Path) -> None:
    read()
    text = timed_pages.timed("chapters/50-a/index", tmp_path)
    lab = timed_pages.timed("chapters/50-a/lab", tmp_path)
    assert (text.minutes, lab.minutes) == (20, 25)
    assert list(text.parts) == ["The case", "Key points"]
    assert lab.parts["First"] == pytest.approx(25 * 3 / 6)
    assert sum(lab.parts.values()) < 25  # what stands before the first section has its share


def test_code_is_not_read_and_holds_no_heading(read, tmp_path: Path) -> None:
    read()
    parts = timed_pages.timed("chapters/50-a/index", tmp_path).parts
    assert parts["The case"] == pytest.approx(3 * parts["Key points"])


@pytest.mark.parametrize(
    ("block", "changes", "told"),
    [
        (None, {"end": "10:00"}, "add up to 40 minutes, from 09:00 to 10:00 there are 60: 20 minutes are not planned"),
        (None, {"end": "09:30"}, "10 minutes too many"),
        (None, {"start": "9"}, '`start` must be a time in quotes such as "09:00"'),
        (None, {"finish": 1}, "has 'finish'; known are"),
        (0, {"page": "chapters/50-b/index"}, "has no page chapters/50-b/index; is chapters/50-a/index meant?"),
        (0, {"parts": ["The cases"]}, "has no part “The cases”; is “The case” meant?"),
        (0, {"minutes": 21}, r"block 1 \(Case\) is 21 minutes long; chapters/50-a/index asks for 20"),
        (0, {"minutes": 2}, "has 2 minutes for parts of chapters/50-a/index that take"),
        (0, {"activity": "dance"}, "'dance' is none of talk"),
        (0, {"watch": ""}, "does not say `watch`"),
        (1, {"minutes": 0}, "must be a whole number above 0"),
        (2, {"page": None}, "names no `page`"),
    ],
)
def test_a_sheet_that_cannot_be_followed_is_refused(read, block: int | None, changes: dict, told: str) -> None:
    with pytest.raises(WorkbookError, match=told):
        read(block, **changes)


def test_blocks_on_one_page_share_its_time(read) -> None:
    extra = {**SHEET["blocks"][2], "title": "Again", "minutes": 10}
    with pytest.raises(WorkbookError, match="with “Again” the blocks on chapters/50-a/lab take 30 minutes"):
        read(blocks=[*SHEET["blocks"], extra], end="09:50")


def test_nobody_sits_too_long(read) -> None:
    talk = {**SHEET["blocks"][0], "title": "Talk", "page": None, "parts": [], "minutes": 110}
    with pytest.raises(WorkbookError, match="“Talk” ends 110 minutes after the last break; 105 are the most"):
        read(blocks=[talk], end="10:50")


def test_a_page_without_its_minutes_is_named(read, tmp_path: Path) -> None:
    (tmp_path / "chapters/50-a/lab.md").write_text(LAB.replace("Twenty-five minutes, no", "No"), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"lab\.md does not say how long it takes, as in “About 50 minutes"):
        read()


@pytest.mark.parametrize("name", SHEETS)
def test_the_books_run_sheets_hold(name: str) -> None:
    for sheet in run_sheets.read(WORKSHOP / name, PAGES):
        assert sheet.blocks
        assert all(block.page is None or block.page.docname in PAGES for block in sheet.blocks)


def test_each_run_sheet_is_shown_on_a_page() -> None:
    shown = "".join(path.read_text("utf-8") for path in WORKSHOP.glob("*.md"))
    assert len(SHEETS) >= 3
    assert [name for name in SHEETS if f"```{{run-sheet}} {name}\n" not in shown] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith(("chapters/", "exercises/"))])
def test_each_page_of_a_chapter_says_how_long_it_takes(page: str) -> None:
    if page.split("/")[-1] not in ("index", "lab", "exercise"):
        pytest.skip("a page beside the three of a chapter")
    assert 10 <= timed_pages.timed(page).minutes <= 180
