"""The delivery gap: what managers believe customers would answer, less what customers answer."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from customer_value._inputs import array, columns, fraction, within

_NORMAL = {0.8: 1.2815515655446004, 0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004}


def normal_quantile(confidence: float) -> float:
    """How many standard errors an interval of this confidence reaches to either side."""
    level = fraction(confidence, "confidence", one=False)
    if level not in _NORMAL:
        known = ", ".join(map(str, _NORMAL))
        raise ValueError(f"confidence must be one of {known}; got {level:g}.")
    return _NORMAL[level]


def response_weights(asked: pd.DataFrame, responded: str = "responded", by: Sequence[str] = ()) -> pd.Series:
    """A weight for everybody who answered: how many of those asked in the same cell one answer stands for.

    Parameters
    ----------
    asked
        One row for everybody who was asked, whether they answered or not.
    responded
        Name of the column of true and false: answered.
    by
        Columns whose combinations are the cells, such as orders in the year in classes. All must be known for those
        who kept silent, too. Without any, all weights are the same.

    Returns
    -------
    Series indexed as the rows that answered, named ``weight``; it adds to the number of people asked.

    Weighting removes the bias that comes from what ``by`` tells. Where people answer because they are content, those
    who kept silent differ from those who answered *within* a cell as well, and no weight helps.

    Raises ``ValueError`` for a missing column, gaps in ``by``, or a cell in which nobody answered: join it to another.
    """
    names = list(by)
    columns(asked, [responded, *names], "asked")
    answered = _flags(asked[responded], responded)
    if not answered.any():
        raise ValueError(f"Nobody answered: {responded} is false throughout.")
    if names and asked[names].isna().any().any():
        gap = next(name for name in names if asked[name].isna().any())
        raise ValueError(f"{gap} has {asked[gap].isna().sum()} gap(s): a cell must be known for all who were asked.")
    cell = asked.groupby(names, observed=True).ngroup() if names else pd.Series(0, index=asked.index)
    people = answered.groupby(cell.to_numpy()).agg(["size", "sum"])
    if (people["sum"] == 0).any():
        where = asked.loc[cell.to_numpy() == people.index[people["sum"] == 0][0], names].iloc[0].to_dict()
        raise ValueError(f"Nobody answered in the cell {where}: join it to another one.")
    factor = people["size"] / people["sum"]
    return pd.Series(factor.reindex(cell.to_numpy()).to_numpy(), index=asked.index, name="weight")[answered.to_numpy()]


def weighted_means(answers: pd.DataFrame, questions: Sequence[str], weights: pd.Series | None = None) -> pd.DataFrame:
    """Mean answer to each question with its standard error, by weight.

    The standard error is the linearised one of a ratio, √(n/(n−1) Σ w²(y − ȳ)²) / Σ w, without a correction for finite
    populations; with equal weights it is s/√n. Gaps (touchpoints that somebody did not meet) are left out per question.

    Returns a frame indexed by ``question`` with ``mean``, ``se``, ``n`` (answers) and ``effective`` (Kish's effective
    number, (Σ w)² / Σ w²: unequal weights cost precision). Raises ``ValueError`` for missing columns, weights that do
    not fit, or a question with fewer than two answers.
    """
    names = list(questions)
    columns(answers, names, "answers")
    weight = np.ones(len(answers)) if weights is None else _fitting(weights, answers.index)
    rows = {}
    for name in names:
        given = _numbers(answers[name], name)
        there = np.isfinite(given)
        if there.sum() < 2:
            raise ValueError(f"{name} has {there.sum()} answer(s): a standard error needs two.")
        y, w = given[there], weight[there]
        mean = float(w @ y / w.sum())
        squares = float(np.sum((w * (y - mean)) ** 2)) * y.size / (y.size - 1)
        rows[name] = {
            "mean": mean,
            "se": float(np.sqrt(squares) / w.sum()),
            "n": int(y.size),
            "effective": float(w.sum() ** 2 / np.sum(w**2)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("question").astype({"n": "int64"})


def delivery_gap(
    customers: pd.DataFrame,
    managers: pd.DataFrame,
    questions: Sequence[str],
    weights: pd.Series | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """How much better managers believe the experience is than customers say.

    Parameters
    ----------
    customers, managers
        One row per answer, with the same questions on the same scale. True and false count as 1 and 0.
    questions
        Names of columns of both.
    weights
        One per row of ``customers``, as from ``response_weights``.
    confidence
        Of the interval of the gap: 0.8, 0.9, 0.95 or 0.99.

    Returns
    -------
    DataFrame indexed by ``question``, the widest gap first: ``customers``, ``customers_se``, ``customers_n``,
    ``managers``, ``managers_se``, ``managers_n``, ``gap`` (managers less customers), ``se``, ``low``, ``high``.

    The standard error knows of chance only: it is no measure of the bias of who answered, and it takes managers for a
    sample of more managers. Raises as ``weighted_means``.
    """
    reach = normal_quantile(confidence)
    felt = weighted_means(customers, questions, weights)
    believed = weighted_means(managers, questions)
    gap, se = believed["mean"] - felt["mean"], np.hypot(felt["se"], believed["se"])
    table = pd.DataFrame(
        {
            "customers": felt["mean"],
            "customers_se": felt["se"],
            "customers_n": felt["n"],
            "managers": believed["mean"],
            "managers_se": believed["se"],
            "managers_n": believed["n"],
            "gap": gap,
            "se": se,
            "low": gap - reach * se,
            "high": gap + reach * se,
        }
    )
    return table.sort_values("gap", ascending=False, kind="stable")


def _flags(values: pd.Series, name: str) -> pd.Series:
    if values.isna().any() or not values.isin([True, False]).all():
        raise ValueError(f"{name} must be true or false for everybody; make it a column of bool.")
    return values.astype(bool)


def _numbers(values: pd.Series, name: str) -> np.ndarray:
    """Answers as floats, true and false as 1 and 0, gaps as not a number."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype("float64").to_numpy(dtype=float, na_value=np.nan)
    return array(values, name)


def _fitting(weights: pd.Series, index: pd.Index) -> np.ndarray:
    if not isinstance(weights, pd.Series) or not weights.index.equals(index):
        raise ValueError("weights must be a Series with the index of the answers, as from response_weights.")
    return within(weights, "weights", above=0)
