"""What a memo still lacks before a board can decide on it: the part of the rubric that needs no reader."""

from collections.abc import Iterable, Mapping, Sequence

from customer_value.own_data.memo import UseCase
from customer_value.use_cases import Sizing

USE_CASES = 3
FEWEST_WORDS = 8


def memo_gaps(
    *,
    company: str = "",
    discipline: str | None = None,
    discipline_reason: str = "",
    use_cases: Iterable[UseCase] | Sizing = (),
    answers: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> tuple[str, ...]:
    """What is missing in what you hand to ``write_memo``, one sentence each; empty if nothing is.

    The arguments are those of ``write_memo``. It sees whether something is there, not whether it is good: that is for
    whoever marks it with the rubric of the chapter.
    """
    ranged = _ranged(use_cases)
    gaps = []
    if not company.strip():
        gaps.append("The memo does not say whose it is: give the company's name.")
    if discipline is None:
        gaps.append("No value discipline is chosen.")
    elif len(discipline_reason.split()) < FEWEST_WORDS:
        gaps.append("The discipline has no reason: say why, and what you give up for it.")
    if len(ranged) < USE_CASES:
        gaps.append(f"{len(ranged)} of {USE_CASES} use cases are sized; one of them should be something to stop.")
    gaps += [
        f"The uplift of {name!r} is one number: say how low and how high it may be."
        for name, has_range in ranged
        if not has_range
    ]
    if not any(pairs for pairs in (answers or {}).values()):
        gaps.append("None of your answers to “Apply it to your company” are in it: write some, or choose their file.")
    return tuple(gaps)


def _ranged(use_cases: Iterable[UseCase] | Sizing) -> list[tuple[str, bool]]:
    """Each use case by name, and whether its uplift has a range."""
    if isinstance(use_cases, Sizing):
        return [(case.name, use_cases.draws[case.name, "uplift"].nunique() > 1) for case in use_cases.cases]
    return [(case.name, case.uplift_low is not None and case.uplift_high is not None) for case in use_cases]
