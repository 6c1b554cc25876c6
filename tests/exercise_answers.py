"""Every answer that the exercises' sources declare, right and wrong, and a script that hands them to the checks.

The script runs here and, in the browser tests, in the kernel of a live page: both have to say the same.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache

import jupytext

from workbook.exercises import sources


@dataclass(frozen=True)
class Declared:
    """One answer, what has to be run for it, and what the learner has to be told."""

    exercise: str
    qid: str
    number: int
    """0 for the right answer, else that of the wrong one."""
    solution: str
    code: str
    answer: str
    told: str

    def __str__(self) -> str:
        return f"{self.exercise}-{self.qid}-{'right' if self.number == 0 else f'wrong{self.number}'}"


def _told(check: dict, wrong: dict | None) -> str:
    """The first line of feedback as a learner reads it, without the offer of hints."""
    qid = check["qid"]
    if wrong is None and check["kind"] == "free":
        return f"✎ {qid}: Recorded."
    if wrong is None:
        # Up to the first number that the build puts in.
        praise = check.get("praise", "").strip().partition("{" if "praise_numbers" in check else "\0")[0]
        return f"✓ {qid}: Right. {praise}".rstrip()
    symbol, words = ("○", "Not attempted") if wrong.get("untouched") else ("✗", "Not yet")
    return f'{symbol} {qid}: {words}. {wrong["says"].strip()} For a hint run check.hint("{qid}").'


@cache
def given(exercise: str) -> tuple[str, ...]:
    """The cells that every learner runs as they are."""
    source = next(path for path in sources() if path.parent.name == exercise)
    cells = jupytext.read(source, fmt="md:myst").cells
    return tuple(c.source for c in cells if c.cell_type == "code" and not {"answer", "check"} & set(c.metadata))


@cache
def declared() -> tuple[Declared, ...]:
    """All of them, in the order of the sources."""
    found = []
    for path in sources():
        cells = jupytext.read(path, fmt="md:myst").cells
        solutions = {c.metadata["answer"]["qid"]: c.source for c in cells if "answer" in c.metadata}
        for cell in cells:
            check = cell.metadata.get("check")
            if check is None:
                continue
            name = cell.source.partition(", ")[2].rstrip(")\n")
            about = (path.parent.name, check["qid"])
            solution = solutions[check["qid"]]
            found.append(Declared(*about, 0, solution, "", name, _told(check, None)))
            for number, wrong in enumerate(check.get("wrong", ()), start=1):
                found.append(
                    Declared(*about, number, solution, wrong.get("code", ""), wrong["answer"], _told(check, wrong))
                )
    return tuple(found)


def script(answers: list[Declared]) -> str:
    """Python that hands the answers to ``check`` and leaves what was said in the list ``told``.

    It needs the names of the given cells, as a learner's notebook has them.
    """
    listed = json.dumps([asdict(answer) for answer in answers])
    return "\n".join(
        [
            "import contextlib, io, json",
            "told = []",
            f"for one in json.loads({listed!r}):",
            "    names = dict(globals())",
            "    with contextlib.redirect_stdout(io.StringIO()):",
            "        exec(one['solution'], names)",
            "        exec(one['code'], names)",
            "        answer = eval(one['answer'], names)",
            "    told.append(str(check.judge(one['qid'], answer)))",
        ]
    )
