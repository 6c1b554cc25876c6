"""How good predicted probabilities are: as a ranking, as probabilities, and why accuracy says little."""

from typing import Any

import numpy as np
import pandas as pd

from customer_value._inputs import one_whole
from customer_value.churn._pairs import both_kinds, outcomes_and_chances


def prediction_measures(outcome: Any, probability: Any) -> pd.Series:
    """Five measures of the predictions for customers the model has not seen.

    Returns a Series: ``accuracy`` (share right at a cut of one half), ``nobody_leaves`` (accuracy of saying that nobody
    does), ``auc`` (chance that one who left was ranked above one who stayed, ties count half), ``top_decile_lift``
    (share who left among the tenth with the highest risk, over the share among all), ``log_loss`` (mean of −log of the
    probability given to what happened, in nats; lower is better) and ``mean_probability`` beside ``share_who_left``.

    Raises ``ValueError`` for columns that do not match and outcomes that are all alike.
    """
    left, chance = outcomes_and_chances(outcome, probability)
    both_kinds(left, "A measure of ranking")
    rank = pd.Series(chance).rank().to_numpy()
    number, stayed = left.sum(), (~left).sum()
    auc = (rank[left].sum() - number * (number + 1) / 2) / (number * stayed)
    given = np.clip(np.where(left, chance, 1 - chance), 1e-15, None)
    tenth = lift_table(left, chance, min(10, left.size))["lift"].iloc[0]
    return pd.Series(
        {
            "accuracy": float(((chance > 0.5) == left).mean()),
            "nobody_leaves": float((~left).mean()),
            "auc": float(auc),
            "top_decile_lift": float(tenth),
            "log_loss": float(-np.log(given).mean()),
            "mean_probability": float(chance.mean()),
            "share_who_left": float(left.mean()),
        }
    )


def calibration_table(outcome: Any, probability: Any, groups: int = 10) -> pd.DataFrame:
    """Predicted and actual shares in groups of about equal size, the lowest risk first.

    Returns a frame indexed by ``group`` from 1: ``customers``, ``predicted`` (mean probability), ``actual`` (share to
    whom it happened) and ``se`` (standard error of the actual share if the predictions are right). Customers with equal
    probabilities may fall into neighbouring groups. Raises ``ValueError`` for fewer customers than groups.
    """
    left, chance = outcomes_and_chances(outcome, probability)
    count = one_whole(groups, "groups", least=1, most=left.size)
    order = np.argsort(chance, kind="stable")
    rows = []
    for part in np.array_split(order, count):
        spread = np.sqrt((chance[part] * (1 - chance[part])).sum()) / part.size
        rows.append((part.size, chance[part].mean(), left[part].mean(), spread))
    index = pd.RangeIndex(1, count + 1, name="group")
    return pd.DataFrame(rows, index, columns=["customers", "predicted", "actual", "se"])


def lift_table(outcome: Any, probability: Any, groups: int = 10) -> pd.DataFrame:
    """Who left in groups of about equal size, the highest risk first.

    Returns a frame indexed by ``group`` from 1: ``customers``, ``left``, ``share`` (of the group), ``lift`` (share of
    the group over the share of all) and ``captured`` (of all who left, the share in this group and those before).
    Raises ``ValueError`` where nobody left or there are fewer customers than groups. Neslin et al. (2006) judged a
    tournament of churn models by the lift of the first tenth.
    """
    left, chance = outcomes_and_chances(outcome, probability)
    if not left.any():
        raise ValueError("Nobody left: a lift needs somebody who did.")
    count = one_whole(groups, "groups", least=1, most=left.size)
    order = np.argsort(-chance, kind="stable")
    rows = [(part.size, int(left[part].sum())) for part in np.array_split(order, count)]
    table = pd.DataFrame(rows, pd.RangeIndex(1, count + 1, name="group"), columns=["customers", "left"])
    table["share"] = table["left"] / table["customers"]
    table["lift"] = table["share"] / left.mean()
    return table.assign(captured=table["left"].cumsum() / left.sum())
