"""The facilitators' pages: every chapter has its prompts, every exercise its slips, every message exists."""

import json
import re
from functools import cache

import pytest
import typer
import yaml

from workbook import book, misconceptions, paths
from workbook.__main__ import app
from workbook.exercises import SPECS

WORKSHOP = paths.ROOT / "workshop"
PAGES = [page.relative_to(paths.ROOT).with_suffix("").as_posix() for page in book.pages(paths.ROOT, {})]
CHAPTERS = [page.split("/")[1] for page in PAGES if re.fullmatch(r"chapters/\d\d-[^/]+/index", page)]
EXERCISES = [page.split("/")[1] for page in PAGES if page.startswith("exercises/")]
MODULES = {module["chapter"] for module in yaml.safe_load((WORKSHOP / "modules.yml").read_text("utf-8"))["modules"]}


@cache
def prompts() -> dict:
    return yaml.safe_load((WORKSHOP / "discussion.yml").read_text("utf-8"))


@cache
def slips() -> dict[str, misconceptions.Chapter]:
    return {chapter.slug: chapter for chapter in misconceptions.chapters(PAGES, WORKSHOP / "misconceptions.yml")}


@pytest.mark.parametrize("slug", CHAPTERS)
def test_each_chapter_has_three_prompts_that_are_questions(slug: str) -> None:
    assert len(prompts()[slug]) >= 3
    assert all(prompt["prompt"].rstrip().endswith("?") or "?" in prompt["prompt"] for prompt in prompts()[slug])


def test_prompts_differ() -> None:
    every = [prompt["prompt"] for group in prompts().values() for prompt in group]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("slug", [slug for slug in CHAPTERS if slug < "13"])
def test_each_chapter_has_a_module(slug: str) -> None:
    assert slug in MODULES


@pytest.mark.parametrize("slug", EXERCISES)
def test_every_declared_slip_of_every_task_is_listed(slug: str) -> None:
    questions = json.loads((SPECS / f"{slug}.json").read_text("utf-8"))["questions"]
    listed = {task.qid: [slip.says for slip in task.slips] for task in slips()[slug].tasks}
    assert list(listed) == [question["qid"] for question in questions]
    for question in questions:
        assert listed[question["qid"]] == [wrong["says"] for wrong in question["wrong"]]
        assert listed[question["qid"]] or question["kind"] == "free"


@pytest.mark.parametrize("slug", EXERCISES)
def test_no_slip_repeats_the_hint_that_solves_the_task(slug: str) -> None:
    questions = json.loads((SPECS / f"{slug}.json").read_text("utf-8"))["questions"]
    for question, task in zip(questions, slips()[slug].tasks, strict=True):
        assert not {question["hints"][-1], question.get("sample")} & {slip.says for slip in task.slips}


@pytest.mark.parametrize("slug", EXERCISES)
def test_no_slip_holds_the_right_number(slug: str) -> None:
    cells = json.loads((paths.ROOT / "exercises" / slug / "solution.ipynb").read_text("utf-8"))["cells"]
    printed = "".join("".join(out.get("text", "")) for cell in cells for out in cell.get("outputs", ()))
    right = dict(re.findall(r"^(Q\d+) = (-?[\d.]{3,})$", printed, flags=re.M))
    for task in slips()[slug].tasks:
        answer = right.get(task.qid.upper())
        said = [re.findall(r"-?\d[\d,]*\.?\d*", slip.says) for slip in task.slips]
        assert answer is None or answer not in {
            number.replace(",", "").rstrip(".") for found in said for number in found
        }


def test_commands_options_and_targets_that_the_pages_name_exist() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(WORKSHOP.glob("*.md")))
    commands = {command.name: command for command in typer.main.get_command(app).commands.values()}
    named = set(re.findall(r"python -m workbook ([a-z]+)", text)) | set(re.findall(r"`workbook ([a-z]+)", text))
    assert {"grade", "check", "rehearse", "doctor"} <= named
    assert named <= set(commands)
    options = {option for command in commands.values() for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= options
    targets = set(re.findall(r"^([a-z]+):", (paths.ROOT / "Makefile").read_text("utf-8"), flags=re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.M)) <= targets


def test_slips_of_unit_and_of_thought_are_told_apart() -> None:
    first = {slip.says: slip.kind for slip in slips()["02-heterogeneity"].tasks[0].slips}
    percent, period = (next(says for says in first if word in says) for word in ("percent", "eighteen months"))
    assert (first[percent], first[period]) == ("form", "thought")


def test_what_stood_there_before_is_told_apart() -> None:
    kinds = [slip.kind for slip in slips()["02-heterogeneity"].tasks[2].slips]
    assert kinds[0] == "untouched"
    assert "untouched" not in kinds[1:]


def test_each_message_of_the_table_is_one_that_the_commands_give() -> None:
    page = (WORKSHOP / "grading.md").read_text("utf-8")
    table = page.partition("## When something fails")[2].partition("\n## ")[0]
    messages = re.findall(r"^\| `([^`]+)` \|", table, flags=re.M)
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("grading", "exercises")
        for path in sorted((paths.ROOT / "workbook" / folder).glob("*.py"))
    )
    assert len(messages) >= 10
    assert [message for message in messages if message not in code] == []
