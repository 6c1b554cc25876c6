"""What chapter 9 says in words, where a page cannot take it from its own code, is what the library computes."""

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from customer_value import datasets, segments, transactions
from tests.chapters.said import ROOT, says

INDEX, LAB = "09-rfm-and-segments/index.md", "09-rfm-and-segments/lab.md"
EXERCISE = "09-rfm-and-segments/exercise.md"
ONLINE_RETAIL = Path(os.environ.get("ONLINE_RETAIL_LOG", ROOT.parent / "shared" / "data" / "online_retail_uci.parquet"))
COLUMNS = {
    "customer_id": "CustomerID",
    "date": "InvoiceDate",
    "quantity": "Quantity",
    "price": "UnitPrice",
    "order_id": "InvoiceNo",
    "product": "StockCode",
}
GOODS = {"not_products": ("POST", "SAMPLE")}
LOW_BELOW, SAVING, LOSS = 48, 12, 0.25


@cache
def raw() -> pd.DataFrame:
    return transactions.read_log(datasets.load_kettleholt("transactions"), COLUMNS, keep=[])


@cache
def clean(before: str) -> pd.DataFrame:
    return transactions.clean_log(raw()[raw()["date"] < before], **GOODS).log


@cache
def rfm(day: str) -> pd.DataFrame:
    return transactions.rfm_scores(clean("2024-01-01"), day)


@cache
def contribution(year: int) -> pd.Series:
    names = ("transactions", "returns", "orders", "products", "activities")
    shop = [datasets.load_kettleholt(name) for name in names]
    return segments.shop_contribution(*shop, f"{year}-01-01", f"{year + 1}-01-01")


@cache
def value() -> pd.Series:
    return contribution(2024).reindex(rfm("2023-12-31").index).fillna(0.0)


@cache
def chance() -> pd.Series:
    year_ago = transactions.rfm_scores(clean("2023-01-01"), "2022-12-31")
    was_low = contribution(2023).reindex(year_ago.index).fillna(0.0) < LOW_BELOW
    return segments.chance_of_low_value(year_ago, was_low.to_numpy(), rfm("2023-12-31"))


@cache
def chosen_before() -> tuple[float, int]:
    """The cut-off and the days of silence that were best for 2023."""
    year_ago = transactions.rfm_scores(clean("2023-01-01"), "2022-12-31")
    value_2023 = contribution(2023).reindex(year_ago.index).fillna(0.0)
    then = segments.chance_of_low_value(year_ago, (value_2023 < LOW_BELOW).to_numpy(), year_ago)
    learned = segments.cutoff_table(then, value_2023, low_below=LOW_BELOW, saving=SAVING, loss_share=LOSS)
    each = segments.money_of_dropping(value_2023, SAVING, LOSS)
    silent = year_ago["recency_days"].to_numpy()
    return learned["money"].idxmax(), max((15, 30, 45, 60, 75, 90, 120), key=lambda days: each[silent > days].sum())


@cache
def table() -> pd.DataFrame:
    return segments.cutoff_table(chance(), value(), low_below=LOW_BELOW, saving=SAVING, loss_share=LOSS)


@cache
def lists() -> segments.BestLists:
    known = raw()[raw()["date"] < "2024-01-01"]
    billed = transactions.clean_log(known, returns="apart", **GOODS).log
    gross = transactions.customer_totals(billed, "2023-01-01")["revenue"]
    kept = transactions.customer_totals(clean("2024-01-01"), "2023-01-01", customers=gross.index)["revenue"]
    return segments.best_lists(gross, kept, 100)


def money(share: float = LOSS) -> pd.Series:
    return pd.Series(segments.money_of_dropping(value(), SAVING, share), index=value().index)


def test_what_postage_would_add() -> None:
    with_it = transactions.clean_log(raw()[raw()["date"] < "2024-01-01"]).log["value"].sum()
    says(LAB, f"About {round(with_it - clean('2024-01-01')['value'].sum(), -2):,.0f} euros more count as revenue")


def test_what_the_better_list_is_worth() -> None:
    off, on = (contribution(2024).reindex(who).fillna(0.0).sum() for who in (lists().fall_off, lists().get_on))
    seats = len(lists().fall_off)
    says(LAB, f"The {seats} seats that change held about {round(on - off, -2):,.0f} euros more contribution in 2024")
    says(EXERCISE, f"{seats} of the 100 names change, and the {seats} who come on brought about")
    says(EXERCISE, f"about {round(on - off, -2):,.0f} euros more in 2024")


def test_what_is_said_of_scores() -> None:
    now = rfm("2023-12-31")
    once = (now["frequency"] == 1).sum()
    says(LAB, f"{once:,} of {len(now):,} customers bought once")
    assert round(once / len(now), 1) == 0.3
    top = {}
    for bins in (2, 9):
        scores = transactions.rfm_scores(clean("2024-01-01"), "2023-12-31", bins=bins)
        top[bins] = int((scores[["r", "f", "m"]] == bins).all(axis=1).sum())
    says(LAB, f"from {top[2]} people with two bins to {top[9]} with nine")
    best = now.index[now["rfm"] == "555"]
    split = transactions.rfm_scores(clean("2024-01-01"), "2023-12-31", ties="split")
    assert set(split.index[split["rfm"] == "555"]) == set(best)
    then = rfm("2023-12-01")
    assert (~best.isin(then.index[then["rfm"] == "555"])).mean() > 0.5
    says(LAB, f"more than half of the {len(best)} were not on the list a month earlier")
    says(LAB, f"recency ends at {now.loc[now['r'] == 5, 'recency_days'].max()} days")
    by_money = now["monetary_value"].nlargest(len(best)).index
    assert value()[by_money].mean() == pytest.approx(value()[best].mean(), rel=0.1)
    says(LAB, "With two or three bins the score does better")
    says(LAB, "With six bins or more, or with five on any earlier day, money alone does better.")
    for back in (0, 10, 40, 90):
        day = pd.Timestamp("2023-12-31") - pd.Timedelta(days=back)
        for bins in (2, 3, 5, 6, 9):
            scores = transactions.rfm_scores(clean("2024-01-01"), day, bins=bins)
            few = (scores[["r", "f", "m"]] == bins).all(axis=1)
            rich = scores["monetary_value"].nlargest(few.sum()).index
            brought = contribution(2024).reindex(scores.index).fillna(0.0)
            by_score = bins < 5 or (bins == 5 and back == 0)
            assert (brought[few].mean() > brought[rich].mean()) == by_score, (bins, back)


def test_what_is_said_of_the_long_silent() -> None:
    now = rfm("2023-12-31")
    year = raw()[(raw()["date"] >= "2024-01-01") & (raw()["value"] > 0)]
    again = pd.Series(now.index.isin(year["customer_id"].dropna()), index=now.index)
    some, many = (now["recency_days"].gt(240) & now["frequency"].between(*ends) for ends in ((2, 4), (5, 999)))
    says(LAB, f"{again[some].sum()} of {some.sum()} with two to four purchases came back")
    says(LAB, f"{again[many].sum()} of {many.sum()} with five or more")
    earlier = now["recency_days"].between(121, 240)
    assert again[earlier & now["frequency"].ge(5)].mean() >= again[earlier & now["frequency"].between(2, 4)].mean()


def test_what_is_said_of_tiers() -> None:
    now = rfm("2023-12-31")
    tiers = segments.value_tiers(now, 5)
    mean = value().groupby(tiers.tier).mean()
    words = {4: "four", 5: "five"}
    says(LAB, f"brings {words[round(mean[4] / mean[3])]} times as much in 2024")
    says(LAB, f"a newcomer brings about {words[round(mean[4] / mean[5])]} times as much")
    choice = segments.tier_choice(now)
    clouds = [segments.tier_choice(now, (2,), rounds=2, seed=seed).loc[2, "cloud"] for seed in range(2, 7)]
    says(
        LAB,
        f"{choice.loc[2, 'silhouette']:.2f} against {choice.loc[2, 'cloud']:.2f}, and other random clouds give"
        f" {min(clouds):.2f} to {max(clouds):.2f}",
    )
    assert max(mean[3], mean[5]) < LOW_BELOW < min(mean[1], mean[2], mean[4])
    assert 0.2 < choice.loc[7, "moved"] < 0.3
    assert choice["moved"].drop(2).idxmin() == 5
    newcomers = {k: segments.value_tiers(now, k).table for k in (3, 4)}
    recent = {k: (found["recency_days"] < 31) & (found["frequency"] < 3) for k, found in newcomers.items()}
    assert {k: int(found.sum()) for k, found in recent.items()} == {3: 0, 4: 1}
    for features in ("raw", "scaled"):
        assert segments.value_tiers(now, 4, features=features).table["customers"].iloc[0] < 60


def test_what_is_said_of_cohorts_in_money() -> None:
    paid = transactions.cohort_table(clean("2024-01-01"), "cumulative_revenue_per_customer", period="quarter")[
        4
    ].dropna()
    assert str(paid.idxmax()) == "2022Q1"
    says(LAB, f"by some {round(paid.max() - paid.min(), -1) + 5:.0f} euros over the lowest")
    assert 32 < paid.max() - paid.min() < 38
    first = clean("2024-01-01").groupby("customer_id")["date"].min().dt.to_period("Q").value_counts()
    says(LAB, "Here the first cohort is the smallest")
    assert str(first.idxmin()) == "2022Q1"


def test_what_is_said_of_quoted_rates() -> None:
    low = value() < LOW_BELOW
    gain, cost = money()[low].mean(), -money()[~low].mean()
    says(LAB, f"what is missed costs {gain:.2f} euros each")
    says(LAB, f"leave the base rate at {100 * low.mean():.0f}")

    def worth(base: float, precision: float, recall: float) -> float:
        return segments.confusion_from_rates(len(low), base, precision, recall).money(gain, cost)

    assert worth(0.88, 0.9, 0.93) > worth(0.88, 0.88, 1)
    assert worth(0.9, 0.9, 0.93) < worth(0.9, 0.9, 1)
    assert worth(0.76, 0.79, 0.93) < worth(0.76, 0.97, 0.5) < worth(0.76, 0.89, 0.93)
    points = 90 - round(100 * low.mean())
    says(LAB, f"So a precision of 90% is {points} points above knowing nothing.")
    says(LAB, f"The base rate is {low.mean():.2%}.")
    stop = (rfm("2023-12-31")["recency_days"] > chosen_before()[1]).to_numpy()
    more = worth(low.mean(), 0.9, 0.93) - segments.confusion(stop, low.to_numpy()).money(gain, cost)
    says(LAB, f"at average gains and costs about {round(more, -2):,.0f} euros a year")


def test_what_the_cutoff_saves() -> None:
    cutoff, days = chosen_before()
    assert cutoff == table()["money"].idxmax()
    saved = table().loc[cutoff, "money"]
    says(
        LAB, f"a chance of at least {cutoff:.0%} of bringing less than {LOW_BELOW} euros: about {round(saved, -2):,.0f}"
    )
    says(LAB, f"the model's list, which makes about {round(saved, -2):,.0f} euros")
    says(LAB, f"drop whoever has not bought for {days} days")
    stop = (rfm("2023-12-31")["recency_days"] > days).to_numpy()
    says(LAB, f"Our own model adds about {round(saved - money()[stop].sum(), -2):,.0f} euros in real money")
    near = table().loc[0.55:0.70, "money"]
    assert near.min() > 0.97 * near.max()
    called = (chance() >= cutoff).to_numpy()
    assert money(0.10).sum() > money(0.10)[called].sum()
    assert money(0.40).sum() < 0 < money(0.40)[called].sum()
    least, most = (SAVING * who.sum() / value()[who].sum() for who in (~called, called))
    says(LAB, f"at any loss between about {least:.0%} and {most:.0%}")
    says(LAB, f"Below a loss of {least:.0%} dropping everybody would save more, above {most:.0%} nobody")
    assert money(0.40)[called].sum() / money(0.10)[called].sum() == pytest.approx(0.5, abs=0.05)


def test_what_the_vendor_of_the_exercise_shows() -> None:
    now = rfm("2023-12-31")
    of_2023 = (contribution(2023).reindex(now.index).fillna(0.0) < LOW_BELOW).to_numpy()
    copied = segments.chance_of_low_value(now, of_2023, now) >= 0.65
    counts = segments.confusion(copied.to_numpy(), of_2023)
    says(EXERCISE, f"precision {counts.precision:.0%}, recall {counts.recall:.0%}.")
    says(EXERCISE, f"A fifth of {len(now):,} customers is some {round(len(now) / 5, -2):.0f}")


def test_the_low_cluster_of_the_tutorial() -> None:
    """The first steps of the tutorial, on the log that it uses."""
    if not ONLINE_RETAIL.is_file():
        pytest.skip(f"the Online Retail log is not at hand ({ONLINE_RETAIL}; another place with ONLINE_RETAIL_LOG)")
    from sklearn.cluster import KMeans

    log = pd.read_parquet(ONLINE_RETAIL, columns=["Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"])
    log = log[(log["Country"] == "United Kingdom") & log["CustomerID"].notna()]
    date = pd.to_datetime(log["InvoiceDate"])
    spring = log.loc[(date >= "2011-03-01") & (date < "2011-06-01"), "CustomerID"].unique()
    after = log[(date >= "2011-06-01") & (date < "2011-12-01")]
    revenue = (after["Quantity"] * after["UnitPrice"]).groupby(after["CustomerID"]).sum().reindex(spring).fillna(0.0)
    most = revenue[revenue < revenue.quantile(0.99)].to_numpy()[:, None]
    labels = KMeans(3, n_init=10, random_state=1).fit_predict(most)
    low = labels == labels[most.argmin()]
    assert round(most[low].mean()) == 396  # as the tutorial says of its lowest cluster
    says(INDEX, f"its low cluster holds {low.sum():,} of {len(most):,} customers, or {low.mean():.0%}")
    says(INDEX, f"has a precision of {low.mean():.0%} and a recall of 100%")
    says(INDEX, f"a test on 5% of these customers, about {0.05 * len(most):.0f} people")
