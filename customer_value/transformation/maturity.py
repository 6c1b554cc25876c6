"""A self-assessment of how far a firm acts on customer value: scores now and wanted, gaps ranked, disagreement shown.

A score is a place on an ordinal scale that people of the firm give themselves. ``LIMITS`` says what follows from that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from customer_value._inputs import one_whole, single
from customer_value.strategy._documents import Document, mapping, words
from customer_value.transformation.practices import HIGHEST, LOWEST, PILLARS, PRACTICES

LIMITS = (
    "It is self-report: people score what they believe, and who is proud of a practice scores it high.",
    "The scale is ordinal: 4 is more than 3, and nobody knows by how much. Means of scores assume equal steps.",
    "A score says nothing about profit: whether a practice pays is a question for a test or the books.",
    "Scores of two firms, or of two years with other respondents, cannot be compared as measurements can.",
    "The target is a wish until somebody says what it costs.",
)
"""What the scores cannot do."""

_PRACTICE = {practice.id: practice for practice in PRACTICES}


@dataclass(frozen=True)
class Answer:
    """One person's scores of one practice, whole numbers from 1 to 5: ``now`` and the ``target``."""

    now: int
    target: int

    def __post_init__(self) -> None:
        for name in ("now", "target"):
            score = one_whole(getattr(self, name), name, least=LOWEST, most=HIGHEST)
            object.__setattr__(self, name, score)


@dataclass(frozen=True)
class MaturityAssessment(Document):
    """The answers of one or several people, with the weights by which gaps are ranked.

    Parameters
    ----------
    company
        Name of the firm.
    answers
        By respondent (a name or a role), an ``Answer`` or a pair (now, target) for each practice by its id. Practices
        may be left out.
    importance
        Weight of each practice, at least 0; those left out weigh 1. Only proportions matter.

    Raises ``ValueError`` or ``TypeError`` for an unknown practice, a score off the scale, or no answer at all.
    """

    kind: ClassVar[str] = "maturity-assessment"

    company: str
    answers: Mapping[str, Mapping[str, Answer | tuple[int, int]]]
    importance: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words(self.company, "company")
        people = {}
        for person, given in mapping(dict(self.answers), "answers").items():
            words(person, "a respondent's name")
            scores = mapping(dict(given), f"answers of {person}")
            _known(scores, f"answers of {person}")
            people[person] = {name: _answer(scores[name], f"{person}, {name}") for name in _PRACTICE if name in scores}
        if not any(people.values()):
            raise ValueError("answers hold no score: give at least one person's answer to one practice.")
        object.__setattr__(self, "answers", people)
        weights = mapping(dict(self.importance), "importance")
        _known(weights, "importance")
        for name, weight in weights.items():
            if single(weight, f"importance of {name}") < 0:
                raise ValueError(f"importance of {name} must not be negative; got {weight:g}.")
        object.__setattr__(self, "importance", {name: float(weights.get(name, 1.0)) for name in _PRACTICE})

    def table(self) -> pd.DataFrame:
        """Every answer: one row for each respondent and practice with ``pillar``, ``now`` and ``target``."""
        rows = [
            (person, name, _PRACTICE[name].pillar, answer.now, answer.target)
            for person, given in self.answers.items()
            for name, answer in given.items()
        ]
        return pd.DataFrame(rows, columns=["respondent", "practice", "pillar", "now", "target"])

    def answered(self, person: str, practice: str, now: int, target: int) -> Self:
        """The assessment with one answer of one person set anew."""
        people = {name: dict(given) for name, given in self.answers.items()}
        people.setdefault(person, {})[practice] = Answer(now, target)
        return type(self)(self.company, people, self.importance)

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return "company", "answers", "importance"

    def _content(self) -> dict[str, Any]:
        answers = {
            person: {name: {"now": each.now, "target": each.target} for name, each in given.items()}
            for person, given in self.answers.items()
        }
        return {"company": self.company, "answers": answers, "importance": dict(self.importance)}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        people = {}
        for person, given in mapping(content["answers"], "answers").items():
            people[person] = {}
            for name, pair in mapping(given, f"answers of {person}").items():
                if set(mapping(pair, f"{person}, {name}")) != {"now", "target"}:
                    raise ValueError(f"{person}, {name} must have now and target; got {', '.join(pair) or 'nothing'}.")
                people[person][name] = Answer(pair["now"], pair["target"])
        return cls(content["company"], people, mapping(content["importance"], "importance"))


def practice_scores(assessment: MaturityAssessment) -> pd.DataFrame:
    """One row for each practice that somebody scored, in the order of the assessment.

    Columns: ``pillar``, ``statement``, ``people`` (how many answered), ``now`` and ``target`` (medians, which need no
    equal steps), ``lowest`` and ``highest`` (of now), ``spread`` (highest less lowest), ``importance``, ``gap``
    (target less now; below 0 where the target is lower) and ``priority`` (gap × importance, 0 for a gap below 0).
    """
    grouped = _checked(assessment).table().groupby("practice", sort=False)
    found = grouped.agg(
        people=("now", "size"),
        now=("now", "median"),
        target=("target", "median"),
        lowest=("now", "min"),
        highest=("now", "max"),
    )
    found = found.reindex([name for name in _PRACTICE if name in found.index])
    found.insert(0, "pillar", [_PRACTICE[name].pillar for name in found.index])
    found.insert(1, "statement", [_PRACTICE[name].statement for name in found.index])
    found["spread"] = found["highest"] - found["lowest"]
    found["importance"] = [assessment.importance[name] for name in found.index]
    found["gap"] = found["target"] - found["now"]
    found["priority"] = found["gap"].clip(lower=0) * found["importance"]
    return found


def pillar_scores(assessment: MaturityAssessment) -> pd.DataFrame:
    """One row for each pillar with a score: means of its practices' ``now``, ``target`` and ``gap``.

    Columns: ``practices`` (scored) and ``of`` (in the pillar), ``now``, ``target``, ``gap``, ``lowest`` and ``highest``
    (of its practices now), ``spread`` (mean over its practices) and ``priority`` (sum). A mean assumes that all steps
    of the scale are equal: read it as a summary and rank by ``ranked_gaps``.
    """
    scores = practice_scores(assessment)
    grouped = scores.groupby("pillar")
    found = grouped.agg(
        practices=("now", "size"),
        now=("now", "mean"),
        target=("target", "mean"),
        gap=("gap", "mean"),
        lowest=("now", "min"),
        highest=("now", "max"),
        spread=("spread", "mean"),
        priority=("priority", "sum"),
    )
    found = found.reindex([pillar for pillar in PILLARS if pillar in found.index])
    found.insert(1, "of", [sum(each.pillar == pillar for each in PRACTICES) for pillar in found.index])
    return found


def ranked_gaps(assessment: MaturityAssessment) -> pd.DataFrame:
    """Practices by gap × importance, the largest first; equal ones in the order of the assessment.

    The columns of ``practice_scores`` after ``rank``.
    """
    scores = practice_scores(assessment)
    ranked = scores.sort_values("priority", ascending=False, kind="stable")
    ranked.insert(0, "rank", ranked["priority"].rank(ascending=False, method="min").astype("int64"))
    return ranked


def disagreements(assessment: MaturityAssessment, least: int = 2) -> pd.DataFrame:
    """Practices that people see at least ``least`` points apart, the widest first, with who says what.

    Columns: ``pillar``, ``statement``, ``lowest``, ``highest``, ``spread``, ``low`` and ``high`` (the respondents,
    named in one text). Such a practice is a question to talk about before its median means anything.
    """
    limit = one_whole(least, "least", least=1, most=HIGHEST - LOWEST)
    scores = practice_scores(assessment)
    apart = scores[scores["spread"] >= limit].sort_values("spread", ascending=False, kind="stable")
    apart = apart[["pillar", "statement", "lowest", "highest", "spread"]].copy()
    table = assessment.table().set_index("practice")

    def named(practice: str, score: int) -> str:
        own = table.loc[[practice]]
        return ", ".join(own.loc[own["now"] == score, "respondent"])

    apart["low"] = [named(name, row["lowest"]) for name, row in apart.iterrows()]
    apart["high"] = [named(name, row["highest"]) for name, row in apart.iterrows()]
    return apart


def under_other_scales(assessment: MaturityAssessment, top: int = 5, draws: int = 500, seed: int = 14) -> pd.Series:
    """How often each practice is among the ``top`` gaps when the steps of the scale are not equal.

    In each of ``draws`` the four steps from 1 to 5 get random widths that add to 4 (uniform over all such steps), and
    gaps are ranked anew by width × importance. Returns the share of draws by practice, the largest first; equal
    priorities share the places. A practice near 1 is high whatever the scale; one near 0.5 is there because 4 was taken
    for exactly one more than 3.
    """
    scores = practice_scores(assessment)
    places = one_whole(top, "top", least=1, most=len(scores))
    steps = np.random.default_rng(seed).dirichlet(np.ones(HIGHEST - LOWEST), one_whole(draws, "draws", least=1))
    heights = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1) * (HIGHEST - LOWEST)
    ends = [scores[name].to_numpy(dtype=float) - LOWEST for name in ("now", "target")]
    # A median of an even number of answers may lie between two scores.
    low, high = (
        heights[:, np.floor(end).astype(int)] * (1 - end % 1) + heights[:, np.ceil(end).astype(int)] * (end % 1)
        for end in ends
    )
    priority = np.maximum(high - low, 0.0) * scores["importance"].to_numpy()
    # Rounding keeps gaps that are equal on paper equal here.
    ranks = pd.DataFrame(np.round(priority, 9).T).rank(ascending=False, method="average").to_numpy()
    share = ((ranks <= places) & (priority.T > 0)).mean(axis=1)
    return pd.Series(share, scores.index, name=f"among the top {places}").sort_values(ascending=False, kind="stable")


def _checked(assessment: MaturityAssessment) -> MaturityAssessment:
    if not isinstance(assessment, MaturityAssessment):
        raise TypeError(f"assessment must be a MaturityAssessment; got {assessment!r}.")
    return assessment


def _known(given: Mapping[str, Any], name: str) -> None:
    if unknown := [each for each in given if each not in _PRACTICE]:
        raise ValueError(f"{name}: no practice has the id {', '.join(unknown)}. The ids are: {', '.join(_PRACTICE)}.")


def _answer(given: Any, name: str) -> Answer:
    if isinstance(given, Answer):
        return given
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise TypeError(f"{name}: an answer is a pair of scores (now, target); got {given!r}.")
    try:
        return Answer(*given)
    except (ValueError, TypeError) as reason:
        raise type(reason)(f"{name}: {reason}") from reason
