"""From one source per exercise to the learner's notebook, the executed reference and the checks.

``exercises/NN-slug/exercise.md`` is a MyST text notebook. Two kinds of cells carry metadata:

an answer cell holds the solution; its learner's copy holds the stub instead::

    answer: {qid: q1, stub: "q1 = ..."}

a check cell calls ``check("q1", q1)`` and describes the question::

    check:
      qid: q1
      title: Share of the top tenth
      points: 1
      kind: number | numbers | choice | function
      step: 0.001                # grid of numbers, in the unit of the answer
      bounds: [0, 1]             # number only, optional: what the answer cannot exceed
      size: 3                    # numbers only: how many
      options: [a, b]            # choice only
      shown: "[(…,), …]"         # function only: argument tuples the learner may see (np, pd)
      fresh: "[(…,), …]"         # function only: drawn ones (np, pd, rng)
      hints: [nudge, formula, partly filled code, solution]
      praise: one sentence after a right answer (optional)
      wrong:                     # at least three known wrong answers
        - answer: "expression"   # in the names of the reference notebook
          code: "def …"          # or run this first, then take `answer`
          says: the misconception behind it
          step: 1                # number only: recognise it on a coarser grid
          untouched: true        # the stub itself gives this: say "not attempted"
"""

import contextlib
import io
import json
import os
import re
import textwrap
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jupytext
import nbformat
import yaml
from jupytext.myst import MystMetadataParsingError
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from customer_value.checks import canonical, functions
from customer_value.checks.exercise import MODE_VARIABLE, Exercise
from workbook.errors import OnTheEdge, WorkbookError
from workbook.paths import ROOT

EXERCISES = ROOT / "exercises"
SPECS = ROOT / "customer_value" / "checks" / "specs"
CHECK_TAG = "nbval-check-output"
KERNELSPEC = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
KINDS = ("number", "numbers", "choice", "function")
# Nearer to a grid edge than this many steps, rounding noise could turn a right answer into a wrong one.
EDGE = 0.02
# A cohort's own inputs are drawn without an author looking on; only true noise is refused.
EDGE_OF_COHORT = 1e-5


@dataclass(frozen=True)
class Built:
    """What one source makes: the three files, as text."""

    slug: str
    learner: str
    reference: str
    spec: str


def sources(root: Path = EXERCISES) -> list[Path]:
    """The exercise sources, in the order of their chapters."""
    return sorted(root.glob("[0-9][0-9]-*/exercise.md"))


def build(source: Path, seed: int = 0) -> Built:
    """Read one source, refuse an author's mistakes, and make the learner's and the reference notebook.

    The reference is not executed here: its cells carry no outputs yet. ``seed`` draws the fresh inputs of
    function questions; the committed files have seed 0.

    Raises
    ------
    WorkbookError
        Naming the file, the cell and the reason.
    """
    try:
        notebook = jupytext.read(source, fmt="md:myst")
    except (yaml.YAMLError, MystMetadataParsingError) as error:
        reason = str(error).strip().splitlines()[0]
        raise WorkbookError(f"{_name(source)}: the metadata of a cell is not valid YAML: {reason}") from None
    slug = source.parent.name
    cells = _with_ids(notebook.cells, source)
    learner, reference = [], []
    for cell in cells:
        answer, check = cell.metadata.get("answer"), cell.metadata.get("check")
        plain = deepcopy(cell)
        plain.metadata.clear()
        if answer:
            plain.metadata["tags"] = ["answer"]
            plain.metadata["qid"] = answer["qid"]
        if check:
            plain.metadata.update({"tags": [CHECK_TAG], "qid": check["qid"], "points": check["points"]})
        reference.append(plain)
        learner.append(_stubbed(plain, answer))
    spec = _spec(slug, source, cells, seed)
    return Built(slug, _notebook_text(learner), _notebook_text(reference), _json_text(spec))


def execute(reference: str, folder: Path, seed: int = 0) -> str:
    """Run the reference in grading mode, in a fresh kernel, and return it with its outputs."""
    notebook = nbformat.reads(reference, as_version=4)
    with _environment({MODE_VARIABLE: "grading", functions.SEED_VARIABLE: str(seed)}):
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],
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
        return [
            (cell.id, "".join(output.get("text", "") for output in cell.outputs))
            for cell in cells
            if CHECK_TAG in cell.metadata.get("tags", [])
        ]

    return outputs(one) == outputs(other)


def regenerate(source: Path, *, update: bool) -> list[str]:
    """Write the files of one exercise where they changed; returns the names of those written.

    Raises
    ------
    WorkbookError
        If an answer of the reference changed and ``update`` is false: someone has to look at that.
    """
    built = build(source)
    folder = source.parent
    written = []
    # The reference imports its checks from the specification, so that has to be in place first.
    for path, text in ((SPECS / f"{built.slug}.json", built.spec), (folder / "exercise.ipynb", built.learner)):
        written += _write(path, text)
    executed = execute(built.reference, folder)
    path = folder / "solution.ipynb"
    if path.is_file() and not update and not same_outputs(executed, path.read_text(encoding="utf-8")):
        raise WorkbookError(
            f"{_name(path)}: the reference now gives other answers than the stored ones. If that is what you want, "
            "run `python -m workbook exercises --update`."
        )
    return written + _write(path, executed)


def out_of_step(source: Path) -> list[str]:
    """Names of generated files that no longer agree with their source (nothing is written or executed)."""
    built = build(source)
    folder = source.parent
    stale = [
        _name(path)
        for path, text in ((SPECS / f"{built.slug}.json", built.spec), (folder / "exercise.ipynb", built.learner))
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    solution = folder / "solution.ipynb"
    if not solution.is_file() or _code(solution.read_text(encoding="utf-8")) != _code(built.reference):
        stale.append(_name(solution))
    return stale


def _code(text: str) -> list[tuple[str, str, str]]:
    return [(cell.id, cell.cell_type, cell.source) for cell in nbformat.reads(text, as_version=4).cells]


def _write(path: Path, text: str) -> list[str]:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [_name(path)]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _with_ids(cells: list[Any], source: Path) -> list[Any]:
    """Stable ids: they say what a cell is, and survive edits elsewhere in the source."""
    used: set[str] = set()
    for index, cell in enumerate(cells):
        check, answer = cell.metadata.get("check"), cell.metadata.get("answer")
        if check is not None or answer is not None:
            part = "check" if check is not None else "answer"
            meta = check if check is not None else answer
            if not isinstance(meta, dict) or not re.fullmatch(r"q[0-9]+", str(meta.get("qid", ""))):
                raise _mistake(source, index, f"its `{part}` needs a `qid` such as q1")
            cell.id = f"{meta['qid']}-{part}"
        else:
            cell.id = f"{'code' if cell.cell_type == 'code' else 'text'}-{index:02d}"
        if cell.id in used:
            raise _mistake(source, index, f"there is already a cell {cell.id}: give each question its own qid")
        used.add(cell.id)
    return cells


def _stubbed(cell: Any, answer: dict[str, Any] | None) -> Any:
    copy = deepcopy(cell)
    if answer:
        copy.source = answer["stub"].rstrip()
    return copy


def _notebook_text(cells: list[Any]) -> str:
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
    notebook.nbformat_minor = 5
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _json_text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _spec(slug: str, source: Path, cells: list[Any], seed: int) -> dict[str, Any]:
    """Run the reference cell by cell and turn every question into digests, hints and misconceptions."""
    # The checks of this very exercise may not exist yet, and its verdicts are not needed here.
    silent = SimpleNamespace(progress=lambda: None, hint=lambda qid: None)
    names: dict[str, Any] = {"__name__": "__main__", "check": silent}
    questions: list[dict[str, Any]] = []
    answered = {cell.metadata["answer"]["qid"] for cell in cells if cell.metadata.get("answer")}
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        check = cell.metadata.get("check")
        if check is None:
            if "answer" in cell.metadata and not str(cell.metadata["answer"].get("stub", "")).strip():
                raise _mistake(source, index, "the answer cell needs a `stub`, what the learner sees in its place")
            code = re.sub(r"^check = checks\.start\(.*\)$", "", cell.source, flags=re.M)
            _run(code, names, source, index)
            continue
        qid = check["qid"]
        if qid not in answered:
            raise _mistake(source, index, f"question {qid} has no answer cell, so no solution")
        questions.append(_question(slug, check, names, cell.source, source, index, seed))
    if not questions:
        raise WorkbookError(f"{_name(source)}: there is no check cell in it.")
    return {"slug": slug, "questions": questions}


def _question(
    slug: str, check: dict[str, Any], names: dict[str, Any], code: str, source: Path, index: int, seed: int
) -> dict[str, Any]:
    qid = check["qid"]
    _validate(check, source, index)
    called = re.fullmatch(rf'check\("{qid}", (\w+)\)', code.strip())
    if not called:
        raise _mistake(source, index, f'the check cell must be exactly check("{qid}", NAME)')
    kept = ("qid", "title", "points", "kind", "step", "size", "options", "bounds", "shown", "fresh", "hints", "praise")
    question = {key: check[key] for key in kept if key in check}
    question["hints"] = [textwrap.dedent(str(hint)).strip() for hint in check["hints"]]
    question |= {"name": called.group(1), "salt": f"{slug}/{qid}", "right": "", "wrong": []}
    judge = Exercise({"slug": slug, "questions": [question]})
    right_answer = names.get(called.group(1))
    right = judge.canonical_answer(qid, right_answer, seed)
    if right == canonical.NOT_ATTEMPTED or right.startswith(("not valid", "not a", "raised")):
        raise _mistake(source, index, f"the reference answers {qid} with: {right}")
    question["right"] = canonical.digest(question["salt"], right)
    if check["kind"] == "function":
        calls = functions.call_all(right_answer, check["shown"], check["fresh"], check["step"], seed)
        failed = next((call for call in calls if call.error), None)
        if failed:
            raise _mistake(source, index, f"the reference stops with {failed.error} for ({failed.inputs})")
        right_answer = [call.value for call in calls]
        question["shapes"] = [functions.shape(call.value) for call in calls]
        question["each"] = [canonical.digest(question["salt"], call.result) for call in calls]
    if "step" in check:
        edge = EDGE_OF_COHORT if seed else EDGE
        _refuse_edges(qid, canonical.numbers_in(right_answer), check["step"], edge, source, index)
    seen = {right: "the right answer"}
    for number, wrong in enumerate(check["wrong"], start=1):
        scratch = dict(names)
        if wrong.get("code"):
            _run(wrong["code"], scratch, source, index)
        answer = _evaluate(str(wrong["answer"]), scratch, source, index)
        if "step" in wrong:
            text = canonical.number(answer, wrong["step"])
            clash = text in seen or canonical.number(right_answer, wrong["step"]) == text
        else:
            text = judge.canonical_answer(qid, answer, seed)
            clash = text in seen
        if clash:
            same = seen.get(text, "the right answer")
            reason = f"wrong answer {number} ({wrong['answer']}) gives {text[:60]}, which is {same}"
            raise _mistake(source, index, reason)
        seen[text] = f"also wrong answer {number}"
        digest = canonical.digest(question["salt"], text)
        kept_keys = {key: wrong[key] for key in ("step", "untouched") if key in wrong}
        question["wrong"].append({"digest": digest, "says": wrong["says"].strip(), **kept_keys})
    return question


def _validate(check: dict[str, Any], source: Path, index: int) -> None:
    qid, kind = check["qid"], check.get("kind")
    needed = {
        "number": ["step"],
        "numbers": ["step", "size"],
        "choice": ["options"],
        "function": ["step", "shown", "fresh"],
    }
    if kind not in KINDS:
        raise _mistake(source, index, f"{qid} has kind {kind!r}: choose one of {', '.join(KINDS)}")
    missing = [key for key in ["title", "points", "hints", "wrong", *needed[kind]] if key not in check]
    if missing:
        raise _mistake(source, index, f"{qid} lacks {', '.join(missing)}")
    if len(check["hints"]) != 4:
        raise _mistake(source, index, f"{qid} has {len(check['hints'])} hints: write nudge, formula, code, solution")
    if len(check["wrong"]) < 3 and kind != "choice":
        raise _mistake(source, index, f"{qid} declares {len(check['wrong'])} wrong answers: at least three are needed")
    if any(not str(wrong.get("says", "")).strip() or "answer" not in wrong for wrong in check["wrong"]):
        raise _mistake(source, index, f"every wrong answer of {qid} needs `answer` and `says`")
    if kind != "number" and any("step" in wrong for wrong in check["wrong"]):
        raise _mistake(source, index, f"{qid}: only wrong answers of kind number can have a `step` of their own")
    if "step" in check and not (isinstance(check["step"], (int, float)) and check["step"] > 0):
        raise _mistake(source, index, f"the step of {qid} must be a number above 0, not {check['step']!r}")
    if kind == "choice":
        options = check["options"]
        if any(not isinstance(option, str) or option != option.strip().lower() for option in options):
            raise _mistake(source, index, f"the options of {qid} must be lower-case text")
        if len(check["wrong"]) < len(options) - 1:
            raise _mistake(source, index, f"{qid}: each option but the right one needs its misconception in `wrong`")


def _refuse_edges(qid: str, values: list[float], step: float, edge: float, source: Path, index: int) -> None:
    """A right answer that lies on the edge between two grid points would be judged by rounding noise."""
    for value in values:
        if canonical.distance_to_edge(value, step) < edge:
            reason = f"{qid}: {value!r} lies on the edge of a step of {step}; change the step, or the seed"
            raise OnTheEdge(str(_mistake(source, index, reason)))


def _run(code: str, names: dict[str, Any], source: Path, index: int) -> None:
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, f"{_name(source)} cell {index + 1}", "exec"), names)
    except Exception as error:
        raise _mistake(source, index, f"it stops with {type(error).__name__}: {error}") from error


def _evaluate(expression: str, names: dict[str, Any], source: Path, index: int) -> Any:
    try:
        return eval(expression, names)
    except Exception as error:
        raise _mistake(source, index, f"`{expression}` stops with {type(error).__name__}: {error}") from error


def _mistake(source: Path, index: int, reason: str) -> WorkbookError:
    return WorkbookError(f"{_name(source)}, cell {index + 1}: {reason}.")


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
