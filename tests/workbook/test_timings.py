"""How long chapters take: read from what they say, and said alike by text, lab and exercise."""

from pathlib import Path

import pytest

from workbook import paths, timings
from workbook.errors import WorkbookError
from workbook.timings import Timing

CHAPTERS = sorted(path.parent.name for path in (paths.ROOT / "chapters").glob("*/index.md"))


def write(root: Path, head: str, *, lab: bool = True, exercise: bool = True) -> Path:
    file = root / "chapters" / "01-tiny" / "index.md"
    file.parent.mkdir(parents=True)
    file.write_text(f"# A chapter\n\n{head}\n\n## More\n\nReading takes about 99 minutes.\n", encoding="utf-8")
    if lab:
        (file.parent / "lab.md").write_text("# Lab\n", encoding="utf-8")
    if exercise:
        (root / "exercises" / "01-tiny").mkdir(parents=True)
        (root / "exercises" / "01-tiny" / "exercise.md").write_text("# Exercise\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("head", "timing"),
    [
        (
            "Reading takes about 45 minutes.\nThe [lab](lab.md) takes another 80 minutes, the exercise 60.",
            Timing(45, 80, 60),
        ),
        (
            "Reading takes half an hour. The [lab](lab.md) takes another hour, the exercise 70 minutes.",
            Timing(30, 60, 70),
        ),
        (
            "Reading takes an hour.\nThe [lab](lab.md) takes about two hours, the exercise about ninety-five minutes.",
            Timing(60, 120, 95),
        ),
    ],
)
def test_it_is_read_from_the_head(tmp_path: Path, head: str, timing: Timing) -> None:
    write(tmp_path, head)
    assert timings.chapters(tmp_path) == {"01-tiny": timing}


def test_what_a_chapter_does_not_have_takes_no_time(tmp_path: Path) -> None:
    write(tmp_path, "Reading takes about 20 minutes.", lab=False, exercise=False)
    assert timings.chapters(tmp_path) == {"01-tiny": Timing(20, 0, 0)}


@pytest.mark.parametrize(
    ("head", "missing"),
    [
        ("Nothing said.", "text"),
        ("Reading takes about 20 minutes.", "lab"),
        ("Reading takes about 20 minutes. The [lab](lab.md) takes another 30 minutes.", "exercise"),
        ("Reading takes ages. The [lab](lab.md) takes another 30 minutes, the exercise 40.", "text"),
    ],
)
def test_what_is_not_said_is_named(tmp_path: Path, head: str, missing: str) -> None:
    write(tmp_path, head)
    with pytest.raises(WorkbookError, match=rf"01-tiny.index\.md: its head does not say how long the {missing} takes"):
        timings.chapters(tmp_path)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_lab_and_exercise_say_what_the_chapter_says(chapter: str) -> None:
    file = paths.ROOT / "chapters" / chapter / "index.md"
    timing = timings.of_chapter(file)
    assert timing.text >= 10
    for part, own in (
        ("lab", file.with_name("lab.md")),
        ("exercise", paths.ROOT / "exercises" / chapter / "exercise.md"),
    ):
        if own.is_file():
            stated = timings.stated_in(own.read_text(encoding="utf-8"))
            assert stated in (None, getattr(timing, part)), own


def test_hours_are_rounded_to_the_half() -> None:
    assert [timings.hours(minutes) for minutes in (20, 60, 100, 431)] == ["½ hour", "1 hour", "1½ hours", "7 hours"]
