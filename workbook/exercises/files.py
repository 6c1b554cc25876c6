"""The files that one source makes: the learner's notebook, the executed reference and the specification."""

import contextlib
import json
import os
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from customer_value.checks import functions
from customer_value.checks.exercise import MODE_VARIABLE
from workbook.errors import WorkbookError
from workbook.exercises.questions import solve, specification
from workbook.exercises.review import review
from workbook.exercises.source import Source, named, read
from workbook.paths import ROOT

EXERCISES = ROOT / "exercises"
SPECS = ROOT / "customer_value" / "checks" / "specs"
CHECK_TAG = "nbval-check-output"
"""On check cells whose output nbval compares."""
TEXT_TAG = "free-text"
"""On answer cells that hold prose: the page wraps their lines."""
_READ_TAG = "nbval-ignore-output"
"""On check cells of free text: every learner's differs, and a person reads it."""
_KERNELSPEC = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


@dataclass(frozen=True)
class Built:
    """What one source makes: the three files, as text, and what the reference answers in canonical form."""

    slug: str
    learner: str
    reference: str
    spec: str
    answers: dict[str, str]


def sources(root: Path = EXERCISES) -> list[Path]:
    """The exercise sources, in the order of their chapters."""
    return sorted(root.glob("[0-9][0-9]-*/exercise.md"))


def build(path: Path, seed: int = 0) -> Built:
    """Read one source, refuse an author's mistakes, and make the learner's and the reference notebook.

    The reference is not executed here: its cells carry no outputs yet. ``seed`` draws the fresh inputs of
    function questions; the committed files have seed 0, and only there is the exercise reviewed as a whole.

    Raises
    ------
    WorkbookError
        Naming the file, the cell and the reason.
    """
    source = read(path)
    solved = solve(source, seed)
    if not seed:
        review(source, solved)
    learner, reference = _notebooks(source)
    answers = {one.question["qid"]: one.canonical for one in solved}
    return Built(source.slug, learner, reference, _json_text(specification(source, solved)), answers)


def execute(reference: str, folder: Path, seed: int = 0) -> str:
    """Run the reference in grading mode, in a fresh kernel, and return it with its outputs."""
    notebook = nbformat.reads(reference, as_version=4)
    # The kernel has to import this very checkout, whatever else is installed.
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with _environment({MODE_VARIABLE: "grading", functions.SEED_VARIABLE: str(seed), "PYTHONPATH": path}):
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],
            # Printed text comes in as many pieces as the machine's pace makes of it.
            coalesce_streams=True,
        )
        try:
            client.execute()
        except CellExecutionError as error:
            last = str(error).strip().splitlines()[-1]
            raise WorkbookError(f"{folder.name}: the reference solution stops with {last}; mend exercise.md.") from None
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # run times, different at every run
    notebook.metadata.pop("language_info", None)  # the version of Python, different from machine to machine
    return nbformat.writes(notebook) + "\n"


def same_outputs(one: str, other: str) -> bool:
    """Whether two executed notebooks agree in the output of every check cell."""

    def outputs(text: str) -> list[tuple[str, str]]:
        cells = nbformat.reads(text, as_version=4).cells
        return [(cell.id, _printed(cell)) for cell in cells if CHECK_TAG in cell.metadata.get("tags", [])]

    return outputs(one) == outputs(other)


def regenerate(path: Path, *, update: bool) -> list[str]:
    """Write the files of one exercise where they changed; returns the names of those written.

    Raises
    ------
    WorkbookError
        If an answer of the reference changed and ``update`` is false: someone has to look at that. Also if the
        reference answers otherwise in a notebook's kernel than here.
    """
    built = build(path)
    folder = path.parent
    written = []
    # The reference imports its checks from the specification, so that has to be in place first.
    for target, text in ((SPECS / f"{built.slug}.json", built.spec), (folder / "exercise.ipynb", built.learner)):
        written += _write(target, text)
    executed = execute(built.reference, folder)
    for cell in nbformat.reads(executed, as_version=4).cells:
        qid = cell.metadata.get("qid")
        if cell.id == f"{qid}-check" and _printed(cell).strip() != f"{qid.upper()} = {built.answers[qid]}":
            found, meant = _printed(cell).strip()[:80], built.answers[qid][:80]
            raise WorkbookError(f"{named(path)}: in a notebook {qid} prints {found!r}, and here it is {meant!r}.")
    solution = folder / "solution.ipynb"
    if solution.is_file() and not update and not same_outputs(executed, solution.read_text(encoding="utf-8")):
        raise WorkbookError(
            f"{named(solution)}: the reference now gives other answers than the stored ones. If that is what you "
            "want, run `python -m workbook exercises --update`."
        )
    return written + _write(solution, executed)


def out_of_step(path: Path) -> list[str]:
    """Names of generated files that no longer agree with their source (nothing is written or executed)."""
    built = build(path)
    folder = path.parent
    stale = [
        named(target)
        for target, text in ((SPECS / f"{built.slug}.json", built.spec), (folder / "exercise.ipynb", built.learner))
        if not target.is_file() or target.read_text(encoding="utf-8") != text
    ]
    solution = folder / "solution.ipynb"
    if not solution.is_file() or _code(solution.read_text(encoding="utf-8")) != _code(built.reference):
        stale.append(named(solution))
    return stale


def _notebooks(source: Source) -> tuple[str, str]:
    learner, reference = [], []
    texts = {check["qid"] for _, check in source.checks if check["kind"] == "free"}
    for cell in source.cells:
        answer, check = cell.metadata.get("answer"), cell.metadata.get("check")
        plain = deepcopy(cell)
        plain.metadata.clear()
        if answer:
            tags = ["answer", TEXT_TAG] if answer["qid"] in texts else ["answer"]
            plain.metadata.update({"tags": tags, "qid": answer["qid"]})
        if check:
            tag = _READ_TAG if check["kind"] == "free" else CHECK_TAG
            plain.metadata.update({"tags": ["check", tag], "qid": check["qid"], "points": check["points"]})
        reference.append(plain)
        stubbed = deepcopy(plain)
        if answer:
            stubbed.source = answer["stub"].rstrip()
        learner.append(stubbed)
    return _notebook_text(learner), _notebook_text(reference)


def _printed(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def _code(text: str) -> list[tuple[str, str, str, list[str]]]:
    cells = nbformat.reads(text, as_version=4).cells
    return [(cell.id, cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in cells]


def _write(path: Path, text: str) -> list[str]:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [named(path)]


def _notebook_text(cells: list[Any]) -> str:
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": _KERNELSPEC})
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _json_text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


@contextlib.contextmanager
def _environment(values: dict[str, str]):
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
