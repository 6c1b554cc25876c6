"""Kettleholt's mailings and the leavers of its club: counted rightly, and what was planted shows."""

import functools

import pandas as pd
import pytest

from customer_value import churn
from customer_value.datasets import load_kettleholt, load_kettleholt_truth


@functools.cache
def tables() -> tuple[pd.DataFrame, ...]:
    return tuple(load_kettleholt(name) for name in ("campaigns", "transactions", "products", "subscriptions"))


@functools.cache
def voucher() -> pd.DataFrame:
    return churn.voucher_results(*tables())


def test_everybody_drawn_is_there_once() -> None:
    drawn = tables()[0].query("campaign == 'autumn voucher'")
    assert sorted(voucher().index) == sorted(drawn["customer_id"])
    assert voucher()["sent"].sum() == (drawn["arm"] == "sent").sum()
    assert voucher()["group"].value_counts().sum() == len(drawn)


def test_groups_go_by_the_latest_order_before_the_mailing() -> None:
    rest = voucher()[voucher()["group"] != "in the club"]
    assert rest.loc[rest["group"] == "bought lately", "since"].max() == 59
    assert rest.loc[rest["group"] == "drifting away", "since"].agg(["min", "max"]).tolist() == [60, 400]
    assert rest.loc[rest["group"] == "long gone", "since"].min() == 401
    assert not rest["left_club"].any()


def test_who_buys_nothing_brings_nothing() -> None:
    assert (voucher().loc[~voucher()["bought"], "margin"] == 0).all()
    assert voucher().loc[voucher()["bought"], "margin"].mean() > 10


def test_planted_effects_show_in_each_group() -> None:
    truth = load_kettleholt_truth().customers.set_index("customer_id").loc[voucher().index]
    moved = (truth["buys_with"].astype(float) - truth["buys_without"]).groupby(voucher()["group"], observed=True).mean()
    found = churn.effects_by_group(voucher(), "bought", "group")
    # 95% intervals: one of the four may miss.
    assert ((found["low"] <= moved) & (moved <= found["high"])).sum() >= 3
    assert found.loc["drifting away", "low"] > 0
    club = churn.effects_by_group(voucher()[voucher()["group"] == "in the club"], "left_club").loc["all"]
    assert club["low"] > 0


def test_purchase_log_is_one_row_per_order() -> None:
    log = churn.purchase_log(tables()[1], tables()[2])
    assert log.index.is_unique
    assert not log.index.str.startswith("C").any()
    one = tables()[1].query("InvoiceNo == @log.index[100]").drop_duplicates()
    assert log["value"].iloc[100] == pytest.approx((one["Quantity"] * one["UnitPrice"]).sum())


def test_catalogue_went_to_the_best_of_the_time_before() -> None:
    mean = churn.catalogue_results(*tables()[:3]).groupby("sent")[["margin_before", "margin_after"]].mean()
    assert mean.loc[True, "margin_before"] > 5 * mean.loc[False, "margin_before"]
    assert mean.loc[True, "margin_after"] < mean.loc[True, "margin_before"]


def spells() -> pd.DataFrame:
    days = {"started_on": ["2024-01-10", "2024-02-15", "2024-07-10"], "ended_on": ["2024-04-10", None, None]}
    frame = pd.DataFrame({"customer_id": [1, 2, 1], "spell": [1, 1, 2], "price_eur": 20.0, "cost_eur": 12.0, **days})
    return frame.assign(started_on=pd.to_datetime(frame["started_on"]), ended_on=pd.to_datetime(frame["ended_on"]))


def test_club_year_counts_charges_by_hand() -> None:
    # From 1 March for three months: one is charged on 10 March only, the other on 15 March, April and May.
    assert churn.club_year(spells(), "2024-03-01", months=3) == pytest.approx(8 * (1 + 3) / 2)
    with pytest.raises(ValueError, match="No subscription was running on 2023-12-31"):
        churn.club_year(spells(), "2023-12-31")


def test_club_returns_by_hand() -> None:
    found = churn.club_returns(spells(), "2024-12-31")
    assert found["customer_id"].tolist() == [1]
    assert found["came_back"].tolist() == [True]
    assert found["months"].iloc[0] == pytest.approx(91 / (365.25 / 12))


def test_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match=r"products lacks the column\(s\) unit_cost_eur"):
        churn.purchase_log(tables()[1], tables()[2].drop(columns="unit_cost_eur"))
