"""From one source per exercise to the learner's notebook, the executed reference and the checks.

``exercises/README.md`` describes the source, ``exercises/NN-slug/exercise.md``.
"""

from workbook.exercises.files import (
    CHECK_TAG,
    EXERCISES,
    SPECS,
    Built,
    build,
    execute,
    out_of_step,
    regenerate,
    same_outputs,
    sources,
)

__all__ = [
    "CHECK_TAG",
    "EXERCISES",
    "SPECS",
    "Built",
    "build",
    "execute",
    "out_of_step",
    "regenerate",
    "same_outputs",
    "sources",
]
