"""What runs in the peers' environment: ``python -m benchmarks.grading.peers otter|nbgrader|versions …``.

The answer is JSON on the last line of standard output: questions that are right, by learner and question.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path


def otter(folder: str) -> dict[str, dict[str, bool]]:
    """Grade every notebook in ``folder`` with ``autograder.zip`` beside it, in one process, without a container."""
    from otter.api import grade_submission

    place = Path(folder).resolve()
    found = {}
    for path in sorted(place.glob("*.ipynb")):
        results = grade_submission(str(path), str(place / "autograder.zip"), quiet=True)
        found[path.stem] = {name: one.score == one.possible for name, one in results.results.items()}
    return found


def nbgrader(course: str) -> dict[str, dict[str, bool]]:
    """The grades that ``nbgrader autograde`` has written into a course's database."""
    from nbgrader.api import Gradebook

    found: dict[str, dict[str, bool]] = {}
    with Gradebook(f"sqlite:///{Path(course).resolve() / 'gradebook.db'}") as book:
        for submission in book.assignment_submissions("exercise"):
            (notebook,) = submission.notebooks
            found[submission.student.id] = {
                grade.name.removesuffix("-check"): grade.score == grade.max_score for grade in notebook.grades
            }
    return found


def versions(*packages: str) -> dict[str, str]:
    """What is installed."""
    return {name: version(name) for name in packages}


if __name__ == "__main__":
    # What a notebook or a grader prints goes elsewhere, the answer alone to standard output.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    commands: dict[str, Callable[..., dict]] = {"otter": otter, "nbgrader": nbgrader, "versions": versions}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])), file=answer)
