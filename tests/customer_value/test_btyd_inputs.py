"""What all models take and refuse: kinds of columns, indexes, horizons, spend; a new customer's value."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from customer_value.btyd import BetaGeoBetaBinomModel, BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from customer_value.spend import GammaGammaModel, PopulationMeanWarning

SPEND = GammaGammaModel.from_params(p=6.249572, q=3.744225, gamma=15.443521)
MODELS = (
    BetaGeoModel.from_params(r=0.2425945, alpha=4.413602, a=0.792922, b=2.425907),
    ModifiedBetaGeoModel.from_params(r=0.524843, alpha=6.183086, a=0.891359, b=1.614002),
    ParetoNBDModel.from_params(r=0.553277, alpha=10.577683, s=0.606240, beta=11.668735),
    BetaGeoBetaBinomModel.from_params(alpha=1.203522, beta=0.749716, gamma=0.656718, delta=2.783442),
)
EACH = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


def buyers(model: Any, count: int = 400) -> pd.DataFrame:
    made = model.simulate(count, 40, seed=2)
    columns = ["frequency", "recency", "n_periods" if "n_periods" in made else "T"]
    return made[columns].assign(monetary_value=SPEND.simulate(made["frequency"], seed=2))


@EACH
@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.astype({"frequency": "int32"}),
        lambda data: data.convert_dtypes(),
        lambda data: data.convert_dtypes(dtype_backend="pyarrow"),
        lambda data: data.astype(object),
        lambda data: data.set_index(pd.Index(["same"] * len(data))),
        lambda data: data.set_index(pd.MultiIndex.from_product([range(20), range(20)])),
        lambda data: data.assign(note="text", frequency_note=None),
    ],
    ids=["int32", "nullable", "pyarrow", "object", "duplicated index", "two-level index", "other columns"],
)
def test_the_kind_of_column_and_index_does_not_matter(
    model: Any, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    pytest.importorskip("pyarrow")
    plain = buyers(model)
    data = change(plain)
    before = data.copy(deep=True)
    assert type(model)().fit(data).params_ == pytest.approx(type(model)().fit(plain).params_, rel=1e-12)
    assert GammaGammaModel().fit(data).params_ == pytest.approx(GammaGammaModel().fit(plain).params_, rel=1e-12)
    for compute in (
        model.expected_probability_alive,
        lambda frame: model.expected_purchases(frame, 12),
        lambda frame: model.expected_probability_of_purchases(frame, 1, 12),
        lambda frame: model.discounted_expected_residual_transactions(frame, discount_rate=0.1),
        lambda frame: model.expected_customer_lifetime_value(frame, 30, discount_rate=0.01, periods=12),
    ):
        found = compute(data)
        pd.testing.assert_index_equal(found.index, data.index)
        assert found.dtype == float
        assert found.tolist() == compute(plain).tolist()
    pd.testing.assert_frame_equal(data, before)


@EACH
@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        (
            "recency",
            lambda old: pd.to_timedelta(old, unit="D"),
            r"data\['recency'\] must be numbers.*Timedelta\(days=7",
        ),
        (
            "recency",
            lambda old: pd.Timestamp("2024-01-01") + pd.to_timedelta(old, unit="D"),
            r"data\['recency'\] must be numbers",
        ),
        ("frequency", lambda old: old + 0j, r"data\['frequency'\] must be numbers"),
        ("frequency", lambda _: "often", "must be numbers"),
    ],
    ids=["lengths of time", "dates", "complex", "text"],
)
def test_what_is_not_a_number_is_not_taken_for_one(
    model: Any, column: str, values: Callable[[pd.Series], Any], message: str
) -> None:
    data = buyers(model)
    with pytest.raises(TypeError, match=message):
        type(model)().fit(data.assign(**{column: values(data[column])}))


@EACH
def test_missing_values_of_any_kind_are_refused(model: Any) -> None:
    data = buyers(model).convert_dtypes()
    gap = data.assign(frequency=data["frequency"].mask(np.arange(len(data)) == 3))
    with pytest.raises(ValueError, match=r"data\['frequency'\] has 1 missing or infinite .* position 3"):
        model.expected_purchases(gap, 12)


@EACH
def test_horizons_and_spend(model: Any) -> None:
    data = buyers(model)
    elsewhere = pd.Series(3, index=data.index + 1)
    with pytest.raises(ValueError, match="t must have the index of data"):
        model.expected_purchases(data, elsewhere)
    assert model.expected_purchases(data, pd.Series(3, index=data.index)).equals(model.expected_purchases(data, 3))
    with pytest.raises(TypeError, match=r"t must be a number or numbers; got 'soon'"):
        model.expected_purchases(data, "soon")
    worth = model.expected_customer_lifetime_value
    with pytest.raises(ValueError, match="spend must not be negative; got -3"):
        worth(data, -3, discount_rate=0.01, periods=2)
    with pytest.raises(ValueError, match=r"spend must not be negative .*; 1 row\(s\) .* position 0 \(-1\)"):
        worth(data, np.r_[-1.0, np.ones(len(data) - 1)], discount_rate=0.01, periods=2)


@EACH
def test_value_of_a_new_customer(model: Any) -> None:
    """As of a customer known for no time; Pareto/NBD and BG/NBD are certain that such a customer is there."""
    length = "n_periods" if isinstance(model, BetaGeoBetaBinomModel) else "T"
    nobody = pd.DataFrame({"frequency": [0], "recency": [0], length: [0], "monetary_value": [0.0]})
    terms = {"discount_rate": 0.02, "periods": 30, "margin": 0.3, "timing": "middle"}
    found = model.expected_customer_lifetime_value_new_customer(25.0, **terms)
    assert found == pytest.approx(model.expected_customer_lifetime_value(nobody, 25.0, **terms).iloc[0], rel=1e-12)
    with pytest.warns(PopulationMeanWarning):
        known = model.expected_customer_lifetime_value(nobody, SPEND, **terms).iloc[0]
    assert model.expected_customer_lifetime_value_new_customer(SPEND, **terms) == pytest.approx(known, rel=1e-12)
    with pytest.raises(ValueError, match="spend must not be negative; got -1"):
        model.expected_customer_lifetime_value_new_customer(-1, **terms)
    with pytest.raises(ValueError, match="periods must be"):
        model.expected_customer_lifetime_value_new_customer(1, discount_rate=0.01, periods=0)


def test_occasions_may_be_called_t() -> None:
    model = MODELS[3]
    data = buyers(model)
    renamed = data.rename(columns={"n_periods": "T"})
    assert BetaGeoBetaBinomModel().fit(renamed).params_ == BetaGeoBetaBinomModel().fit(data).params_
    assert model.expected_purchases(renamed, 3).equals(model.expected_purchases(data, 3))
    with pytest.raises(ValueError, match="T must be a whole number of occasions"):
        model.expected_purchases(renamed.assign(T=40.5), 3)
