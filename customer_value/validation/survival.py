"""Survivors of a cohort beside projections: a model of renewal, and the lines one would draw by hand."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value.retention.curves import survival_curve
from customer_value.validation._models import named_models, whole

Floats = NDArray[np.float64]
Kind = Literal["linear", "quadratic", "exponential"]


@dataclass(frozen=True)
class TrendLine:
    """Survival as a plain function of time, fitted by least squares: the comparison a spreadsheet offers.

    ``coefficients`` are c₀, c₁, … of c₀ + c₁t + c₂t², which is S(t), or log S(t) where ``kind`` is "exponential". Such
    a line need not start at 1, stay above 0 or fall: that is the point of comparing it.
    """

    kind: Kind
    coefficients: tuple[float, ...]

    def survival(self, periods: ArrayLike) -> Floats:
        """The line at these periods, a share where it makes sense."""
        value = np.polynomial.polynomial.polyval(np.asarray(periods, dtype=float), self.coefficients)
        return np.exp(value) if self.kind == "exponential" else value

    def retention_rate(self, periods: ArrayLike) -> Floats:
        """S(t) / S(t − 1) of the line; missing once it has reached 0."""
        t = np.asarray(periods, dtype=float)
        before, now = self.survival(t - 1), self.survival(t)
        return np.divide(now, before, out=np.full(np.shape(now), np.nan), where=before > 0)


def trend_line(survivors: ArrayLike, kind: Kind) -> TrendLine:
    """The ``kind`` of line through the survival of a cohort, by least squares (exponential: in the logarithm).

    ``survivors`` as in ``retention.survival_curve``, at least three for a linear or exponential and four for a
    quadratic line; for an exponential one somebody must be left at the end.

    Source: the comparison of Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76–90.
    """
    if kind not in ("linear", "quadratic", "exponential"):
        raise ValueError(f"kind must be linear, quadratic or exponential; got {kind!r}.")
    share = survival_curve(survivors)["survival"].to_numpy()
    degree = 2 if kind == "quadratic" else 1
    if share.size < degree + 2:
        raise ValueError(f"A {kind} line needs at least {degree + 2} numbers of survivors; got {share.size}.")
    if kind == "exponential":
        if share[-1] == 0:
            raise ValueError("An exponential line cannot reach 0, but nobody is left at the end of survivors.")
        share = np.log(share)
    found = np.polynomial.polynomial.polyfit(np.arange(share.size), share, degree)
    return TrendLine(kind, tuple(map(float, found)))


def survivor_projection(
    survivors: ArrayLike,
    models: Any,
    fitted: int,
    *,
    quantity: Literal["survival", "retention"] = "survival",
) -> pd.DataFrame:
    """Survival or retention of one cohort as observed, beside what models fitted to the first periods project.

    Parameters
    ----------
    survivors
        n₀, n₁, …, nₜ: customers there at the start and after each period, holdout included.
    models
        A ``ShiftedBetaGeoModel`` or ``TrendLine``, or several as {name: model}; fitted to ``survivors[: fitted + 1]``.
    fitted
        The last period that the models were fitted to.
    quantity
        ``"survival"``: S(t), the share of the cohort still there. ``"retention"``: r(t), of those there before the
        period the share who stayed.

    Returns
    -------
    DataFrame indexed by ``period`` (from 0 for survival, from 1 for retention) with ``holdout`` (bool), ``actual``
    (missing once nobody is left) and one column per model, all shares. ``attrs`` says ``quantity``.
    """
    compared = named_models(models, "survival", "retention_rate")
    if quantity not in ("survival", "retention"):
        raise ValueError(f"quantity must be 'survival' or 'retention'; got {quantity!r}.")
    curve = survival_curve(survivors)
    last = len(curve) - 1
    seen = whole(fitted, "fitted (the last period the models saw)", 1, last)
    table = curve.loc[(0 if quantity == "survival" else 1) :, [quantity]].rename(columns={quantity: "actual"})
    period = table.index.to_numpy()
    table.insert(0, "holdout", period > seen)
    for name, model in compared.items():
        table[name] = np.asarray(model.survival(period) if quantity == "survival" else model.retention_rate(period))
    table.attrs = {"quantity": quantity}
    return table
