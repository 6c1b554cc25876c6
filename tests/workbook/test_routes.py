"""The routes of the page on how to use the book: what they take, and how long."""

import re
from pathlib import Path

import pytest
import yaml
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from workbook import paths, timings

HEADS = {
    "01-first": "Reading takes about 30 minutes.\nThe [lab](lab.md) takes another hour, the exercise 60 minutes.",
    "02-second": "Reading takes about 40 minutes.\nThe [lab](lab.md) takes another 50 minutes, the exercise 70.",
    "03-third": "Reading takes about 20 minutes.",
}
ROUTES = """\
- name: Reader
  for: Who reads.
  text: all
  lab: none
  exercise: none
  advice: Read.
- name: Doer
  for: Who does.
  text: 2
  lab: all but 2
  exercise: 1, 2
  advice: Do.
"""


def build(folder: Path, routes: str, heads: dict[str, str] = HEADS) -> str:
    for name, head in heads.items():
        chapter = folder / "chapters" / name
        chapter.mkdir(parents=True)
        (chapter / "index.md").write_text(f"# The {name[3:]}\n\n{head}\n", encoding="utf-8")
        if "[lab]" in head:
            (chapter / "lab.md").write_text("# Lab\n", encoding="utf-8")
            (folder / "exercises" / name).mkdir(parents=True)
            (folder / "exercises" / name / "exercise.md").write_text("# Exercise\n", encoding="utf-8")
    tree = "```{toctree}\n:glob:\n\n**\n```"
    (folder / "index.md").write_text(f"# Use\n\n```{{routes}}\n{routes}```\n\n## Then\n\n{tree}\n", encoding="utf-8")
    settings = {"extensions": ["myst_parser", "workbook.extensions.routes"], "exclude_patterns": ["_*"]}
    settings["html_theme"] = "basic"
    with docutils_namespace():
        app = Sphinx(
            folder, None, folder / "_html", folder / "_trees", "html", settings, status=None, warningiserror=True
        )
        app.build()
    return (folder / "_html" / "index.html").read_text(encoding="utf-8")


def test_hours_and_minutes_are_those_of_the_chapters(tmp_path: Path) -> None:
    html = build(tmp_path, ROUTES)
    assert "Reader: about 1½ hours" in html  # 30 + 40 + 20
    assert "Doer: about 4 hours" in html  # 40 + 60 + 60 + 70
    assert "It takes all texts, and skips the labs and exercises." in html
    assert (
        "It takes the text of chapter 2, all labs but those of chapter 2 and the exercises of chapters 1 and 2." in html
    )
    rows = [re.findall(r"<p>(.*?)</p>", row) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
    plain = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in rows]
    assert plain == [
        ["Chapter", "Text", "Lab", "Exercise", "Reader", "Doer"],
        ["1. The first", "30", "60", "60", "30", "120"],
        ["2. The second", "40", "50", "70", "40", "110"],
        ["3. The third", "20", "–", "–", "20", "–"],
        ["All", "1½ hours", "2 hours", "2 hours", "1½ hours", "4 hours"],
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("text: all", "texts: all", r"index\.md:3: routes: route 1 has 'texts'; known are advice, exercise"),
        ("lab: none", "lab: few", r"route 1: `lab` is all, none, all but 1, 3, or 1, 3; got 'few'"),
        ("exercise: 1, 2", "exercise: 1, 3", r"route 2: chapter 3 has no exercise"),
        ("text: 2", "text: 7", r"route 2: chapter 7 has no text"),
        ("  advice: Do.\n", "", r"route 2 has no `advice`"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(SphinxError, match=complaint):
        build(tmp_path, ROUTES.replace(old, new))


def test_a_chapter_without_its_time_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SphinxError, match=r"03-third.index\.md: its head does not say how long the text takes"):
        build(tmp_path, ROUTES, HEADS | {"03-third": "Reading takes long."})


def test_the_three_routes_of_the_book_hold_for_its_chapters() -> None:
    page = (paths.ROOT / "how-to-use.md").read_text(encoding="utf-8")
    routes = yaml.safe_load(page.split("```{routes}\n")[1].split("```")[0])
    assert [route["name"] for route in routes] == ["Manager", "Analyst", "Facilitator"]
    chapters = {int(name[:2]) for name in timings.chapters()}
    for route in routes:
        for part in ("text", "lab", "exercise"):
            assert {int(number) for number in re.findall(r"\d+", str(route[part]))} <= chapters
