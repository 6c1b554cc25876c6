"""Churn models: scikit-learn's logistic regression and gradient boosting behind two functions."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from customer_value._inputs import columns
from customer_value.churn._pairs import both_kinds, happened

Kind = Literal["logistic", "boosted"]


@dataclass(frozen=True)
class ChurnModel:
    """A fitted model; ``fit_churn_model`` makes it."""

    kind: Kind
    features: tuple[str, ...]
    fitted: Any
    """The scikit-learn estimator, for whatever this class does not offer."""

    def probabilities(self, features: pd.DataFrame) -> pd.Series:
        """Probability of the outcome for each row of ``features`` (share from 0 to 1, with their index).

        Raises ``ValueError`` where a column the model learned from is missing; others are ignored.
        """
        columns(features, self.features, "features")
        chance = self.fitted.predict_proba(features[list(self.features)].to_numpy(dtype=float))[:, 1]
        return pd.Series(chance, features.index, name=self.kind)

    def weights(self) -> pd.Series:
        """Change in the log odds for one standard deviation of each feature, the strongest first; logistic only.

        Raises ``ValueError`` for a boosted model, which has no such numbers.
        """
        if self.kind != "logistic":
            raise ValueError("Only a logistic model has weights; a boosted one is a sum of many small trees.")
        found = pd.Series(self.fitted[-1].coef_[0], list(self.features), name="weight")
        return found.iloc[np.argsort(-found.abs().to_numpy(), kind="stable")]


def fit_churn_model(
    features: pd.DataFrame, outcome: Any, kind: Kind = "logistic", *, balanced: bool = False, rounds: int = 60
) -> ChurnModel:
    """Learn the probability of an outcome from features.

    Parameters
    ----------
    features
        Numbers, one row per customer, as from ``encode_features`` or ``history_features``.
    outcome
        Whether it happened (true or false), one per row.
    kind
        ``"logistic"``: logistic regression on standardised features with scikit-learn's usual small penalty.
        ``"boosted"``: gradient boosting of trees of at most eight leaves (Friedman 2001).
    balanced
        Weight both outcomes as if they were equally frequent. Ranks hardly change; probabilities come out far too high
        for the rarer outcome, so never use them in a sum of money.
    rounds
        Trees of a boosted model. Many hundreds learn the noise.

    Raises ``ValueError`` for missing values, rows that do not match, outcomes that are all alike and unknown kinds.
    """
    left = happened(outcome, "outcome")
    both_kinds(left, "A churn model")
    columns(features, [], "features")
    if len(features) != left.size:
        raise ValueError(f"features has {len(features)} rows and outcome {left.size}: give one outcome per row.")
    if isinstance(outcome, pd.Series) and not outcome.index.equals(features.index):
        raise ValueError("features and outcome must have the same index: align them with reindex first.")
    values = features.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        name = features.columns[~np.isfinite(values).all(axis=0)][0]
        raise ValueError(f"features has missing or infinite values, the first in {name}.")
    if kind == "logistic":
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        weight = "balanced" if balanced else None
        learner = make_pipeline(StandardScaler(), LogisticRegression(class_weight=weight, max_iter=5_000, tol=1e-6))
        return ChurnModel(kind, tuple(map(str, features.columns)), learner.fit(values, left))
    if kind == "boosted":
        from sklearn.ensemble import GradientBoostingClassifier

        # Exact splits rather than binned ones: these come out alike in every release of scikit-learn.
        trees = GradientBoostingClassifier(n_estimators=rounds, max_depth=3, random_state=0)
        weights = left.size / (2 * np.where(left, left.sum(), (~left).sum())) if balanced else None
        return ChurnModel(kind, tuple(map(str, features.columns)), trees.fit(values, left, sample_weight=weights))
    raise ValueError(f"kind must be 'logistic' or 'boosted'; got {kind!r}.")
