"""What CLV gains when an input changes: sensitivities in money, elasticities in per cent."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, fraction, shares, single, within
from customer_value.clv._geometric import all_margins, power_slope, share_lost
from customer_value.clv._terms import FirstMargin, Numbers, is_after, like, margins_counted
from customer_value.clv.discounted import discounted_clv


class Elasticities(NamedTuple):
    """By what per cent value changes when one input rises by one per cent, the others staying."""

    margin: Numbers
    retention: Numbers
    discount_rate: Numbers
    """Negative: a higher rate makes later margins worth less."""
    acquisition_cost: Numbers
    """Negative, 0 when nothing was spent."""


def elasticities(
    margin: ArrayLike,
    retention: ArrayLike,
    discount_rate: ArrayLike,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: ArrayLike = 0.0,
    acquisition_cost: ArrayLike = 0.0,
) -> Elasticities:
    """Elasticities of ``discounted_clv``, exact at the point given: (∂CLV / ∂input) · input / CLV.

    For the first margin ``"after"`` a period and no end, with V = m·r/(1+i−r) − C: margin 1 + C/V, acquisition
    cost −C/V, retention (1 + C/V) · (1+i)/(1+i−r), discount rate −(1 + C/V) · i/(1+i−r).

    Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41(1), 7–18, report for the values of five firms
    about 5 for retention (3 to 7 by firm), 1 for margin and 0.1 for lower acquisition cost, and an effect of retention
    almost five times that of the discount rate. Their firms also win customers in future, each with costs and margins
    discounted from the year they come; this formula is for one new customer. What carries over:

    - retention at a discount rate of 12% has 3 to 7 at retention rates of 0.75 to 0.95, and at 0.87, with an
      acquisition cost of a tenth of the value, the three are 4.9, 1.1 and 0.1;
    - the elasticities of margin and acquisition cost always differ by exactly one;
    - retention over discount rate is (1+i)/i here whatever the retention, 9 at 12%: their five is lower because
      customers won later are discounted longer.

    Arguments as in ``discounted_clv``, number(s). Raises ``ValueError`` when a value is 0 or negative.
    """
    fixed: dict[str, Any] = {"first_margin": first_margin, "horizon": horizon, "margin_growth": margin_growth}
    inputs = {
        "margin": margin,
        "retention": retention,
        "discount_rate": discount_rate,
        "acquisition_cost": acquisition_cost,
    }
    value = np.asarray(discounted_clv(**inputs, **fixed))
    if np.any(value <= 0):
        raise ValueError(
            f"The value is {value[value <= 0].flat[0]:g}: a per cent of it has no meaning. Use discounted_clv to"
            " compare amounts."
        )
    slopes = _derivatives(**inputs, **fixed)
    given = (*inputs.values(), margin_growth)
    return Elasticities(
        **{name: like(slopes[name] * np.asarray(at, dtype=float) / value + 0.0, *given) for name, at in inputs.items()}
    )


def sensitivity(
    margin: float,
    retention: float,
    discount_rate: float,
    *,
    first_margin: FirstMargin = "after",
    horizon: int | None = None,
    margin_growth: float = 0.0,
    acquisition_cost: float = 0.0,
    change: float = 0.01,
) -> pd.DataFrame:
    """What CLV gains or loses when one input changes and the others stay.

    Arguments as in ``discounted_clv``, single numbers; each input is also moved down and up by the share ``change``
    (0.01: by 1% of itself).

    Returns
    -------
    DataFrame indexed by ``input`` (margin, retention, discount_rate, acquisition_cost) with ``at`` (its value),
    ``derivative`` (money per unit of the input), ``elasticity`` (per cent per per cent), ``lower`` and ``higher`` (the
    CLV at the input × (1 ∓ change)).

    Raises ``ValueError`` when the CLV is 0 or negative (a per cent of it says nothing) or a changed rate leaves 0 to 1.
    """
    inputs = {
        "margin": single(margin, "margin"),
        "retention": fraction(retention, "retention", zero=True),
        "discount_rate": fraction(discount_rate, "discount_rate", zero=True),
        "acquisition_cost": amount(acquisition_cost, "acquisition_cost"),
    }
    step = fraction(change, "change", zero=True, one=False)
    fixed: dict[str, Any] = {
        "first_margin": first_margin,
        "horizon": horizon,
        "margin_growth": single(margin_growth, "margin_growth"),
    }
    elasticity = elasticities(**inputs, **fixed)._asdict()

    def moved(name: str, factor: float) -> float:
        new = inputs[name] * factor
        if name in ("retention", "discount_rate") and new > 1:
            raise ValueError(f"{name} {inputs[name]:g} cannot rise by {step:.3g} of itself; choose a smaller change.")
        return float(discounted_clv(**{**inputs, name: new}, **fixed))

    return pd.DataFrame(
        {
            "at": inputs,
            "derivative": {name: float(slope) for name, slope in _derivatives(**inputs, **fixed).items()},
            "elasticity": elasticity,
            "lower": {name: moved(name, 1 - step) for name in inputs},
            "higher": {name: moved(name, 1 + step) for name in inputs},
        }
    ).rename_axis("input")


def _derivatives(
    margin: ArrayLike,
    retention: ArrayLike,
    discount_rate: ArrayLike,
    acquisition_cost: ArrayLike,
    first_margin: FirstMargin,
    horizon: int | None,
    margin_growth: ArrayLike,
) -> dict[str, NDArray[np.float64]]:
    """The partial derivatives of ``discounted_clv`` by input."""
    money, cost = within(margin, "margin"), within(acquisition_cost, "acquisition_cost")
    r, i = shares(retention, "retention"), shares(discount_rate, "discount_rate")
    g, count = within(margin_growth, "margin_growth", above=-1), margins_counted(horizon)
    total, slope = all_margins(r, i, g, count), power_slope(share_lost(r, i, g), count)
    by_retention, by_rate = slope * (1 + g) / (1 + i), -slope * r * (1 + g) / (1 + i) ** 2
    multiple = total
    if is_after(first_margin):
        lead = r / (1 + i)
        by_retention = total / (1 + i) + lead * by_retention
        by_rate = lead * by_rate - lead * total / (1 + i)
        multiple = lead * total
    return {
        "margin": multiple,
        "retention": money * by_retention,
        "discount_rate": money * by_rate,
        "acquisition_cost": -np.ones_like(cost),
    }
