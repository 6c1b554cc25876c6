"""Contracts, whose end is seen: survival by cohort, the sBG model, and what the customers still there are worth."""

import warnings
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._fitting import BoundaryWarning, ConvergenceWarning
from customer_value._inputs import columns, one_whole, single
from customer_value._periods import days_in
from customer_value.own_data import diagnosis
from customer_value.own_data.diagnosis import Finding
from customer_value.own_data.pipeline import Progress, Result, Steps, parameter_table, tier_of, tier_table
from customer_value.own_data.terms import Terms
from customer_value.retention import ShiftedBetaGeoModel, survivors_by_cohort, tenures
from customer_value.validation import survivor_projection

Period = Literal["week", "month", "year"]

STEPS = (
    *("Checking the contracts", "Survival by cohort", "Holdout", "Fitting the model"),
    *("Values", "Intervals", "Tiers"),
)
"""The steps of ``value_subscriptions``, in order."""

_DRAWS, _REDRAWN = 200, 60


def value_subscriptions(
    contracts: pd.DataFrame,
    terms: Terms,
    *,
    period: Period = "month",
    price: float | None = None,
    unreadable: pd.DataFrame | None = None,
    holdout_days: int | None = None,
    draws: int = _DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Value customers with contracts that are renewed period by period.

    Parameters
    ----------
    contracts
        Of ``to_subscriptions``: ``customer_id``, ``start``, ``end`` (missing while it lasts), ``price`` per period.
    terms
        As for ``value_log``; the horizon counts whole periods.
    period
        How often contracts are renewed.
    price
        Per period, for all, where ``contracts`` has no price; or instead of it.
    unreadable
        The second table of ``to_subscriptions``, for the cleaning report.
    holdout_days, draws, seed, progress
        As in ``value_log``.

    Returns
    -------
    Result. Its ``customers`` hold, best first, one row per customer with a contract that lasts: ``tier``, ``clv`` with
    ``clv_low`` and ``clv_high``, ``probability_stays`` (through the next period), ``expected_periods`` (in the
    horizon), ``price``, ``contracts``, ``tenure`` (whole periods of the longest), ``start``. Who has several
    is worth their sum.

    A contract that began on the first day pays at once; its next payment comes with the next renewal, so what is still
    to come is price × margin × DERL with the next renewal one period away. Raises ``ValueError`` for dates out of order
    and where nobody is left or nobody left.
    """
    columns(contracts, ("customer_id", "start", "end"), "contracts")
    if not isinstance(terms, Terms):
        raise TypeError(f"terms must be Terms(margin=…, discount_rate=…, currency=…); got {type(terms).__name__}.")
    if period not in ("week", "month", "year"):
        raise ValueError(f"period must be 'week', 'month' or 'year'; got {period!r}.")
    length = days_in(period, "period")
    if price is None and "price" not in contracts.columns:
        raise ValueError("contracts has no price per period: map the column as amount, or say price=…")
    if price is not None and single(price, "price") <= 0:
        raise ValueError(f"price must be above 0; got {price:g}.")
    step = Steps(STEPS, progress)
    step()
    rows, report = _cleaned(contracts, terms, price, unreadable)
    today = _today(rows, terms)
    known = rows[rows["start"] <= today].copy()
    known["end"] = known["end"].where(known["end"] <= today)
    findings = _findings(known, today, length, contracts, report)
    step()
    unit = period
    cohort = "month" if (today - known["start"].min()).days < 550 else "year"
    survivors = survivors_by_cohort(known["start"], known["end"], today, unit=unit, cohort=cohort)
    survivors.columns = survivors.columns.astype(str)
    step()
    span = (today - known["start"].min()).days
    split = today - pd.Timedelta(
        days=span // 4 if holdout_days is None else one_whole(holdout_days, "holdout_days", least=1)
    )
    holdout, checks = _holdout(known, split, today, unit, length, findings)
    step()
    table = tenures(known["start"], known["end"], today, unit=unit)
    model = _fitted(table)
    findings += diagnosis.check_fit(model, None, [], today)
    step()
    there = ~table["lost"].to_numpy()
    if not there.any():
        raise ValueError(f"No contract lasts on {today:%Y-%m-%d}: there is nobody left to value.")
    tenure = table.loc[there, "tenure"].to_numpy()
    paid = known.loc[there, "price"].to_numpy(dtype=float)
    rate = (1 + terms.discount_rate) ** (length / 365.25) - 1
    periods = max(round(terms.horizon_months * days_in("month") / length), 1)

    def worth(one: ShiftedBetaGeoModel) -> NDArray[np.float64]:
        each = np.asarray(one.derl(rate, tenure, renewal="after", horizon=periods))
        return paid * terms.margin * each

    person = known.loc[there, "customer_id"]
    parts = pd.DataFrame(
        {
            "customer_id": person.to_numpy(),
            "clv": worth(model),
            "probability_stays": np.asarray(model.retention_rate(tenure + 1)),
            "expected_periods": np.asarray(model.derl(0.0, tenure, horizon=periods)),
            "price": paid,
            "contracts": 1,
            "tenure": tenure,
            "start": known.loc[there, "start"].to_numpy(),
        }
    )
    codes, ids = pd.factorize(parts["customer_id"], sort=True)
    grouped = parts.groupby(codes)
    how = {"clv": "sum", "probability_stays": "max", "expected_periods": "max", "price": "sum", "contracts": "sum"}
    found = grouped.agg(how | {"tenure": "max", "start": "min"})
    found.index = pd.Index(ids, name="customer_id")
    step()
    models, intervals = _drawn(model, table, draws, seed)
    drawn = np.zeros((len(found), len(models)))
    for at, one in enumerate(models):
        np.add.at(drawn[:, at], codes, worth(one))
    ends = [(1 - terms.sure) / 2, (1 + terms.sure) / 2]
    found["clv_low"], found["clv_high"] = np.quantile(drawn, ends, axis=1)
    step()
    found.insert(0, "tier", tier_of(found["clv"]))
    tiers, total = tier_table(found, drawn, terms)
    first = ["tier", "clv", "clv_low", "clv_high"]
    found = found[[*first, *(name for name in found.columns if name not in first)]]
    found = found.sort_values("clv", ascending=False, kind="stable")
    return Result(
        "subscriptions",
        terms,
        today,
        split,
        found,
        total,
        tiers,
        parameter_table({"sBG": model}),
        holdout,
        tuple(findings),
        report,
        {"survivors": survivors},
        checks,
        intervals,
        {"contracts": model},
    )


def guess_period(contracts: pd.DataFrame) -> tuple[Period | None, str]:
    """How often contracts are renewed, by the days on which they ended, and why; ``None`` where these do not say.

    ``contracts`` is of ``to_subscriptions``. Where more than half of them end on the day of the month on which they
    began they are monthly, on the same day of the year yearly, after whole weeks weekly.
    """
    columns(contracts, ("start", "end"), "contracts")
    known = contracts[contracts["start"].notna() & (contracts["end"] > contracts["start"])]
    if len(known) < 20:
        return None, f"only {len(known)} contracts have ended"
    start, end = known["start"].dt, known["end"].dt
    # A contract begun on the 31st ends on the last day of a shorter month.
    same_day = (start.day == end.day) | (end.is_month_end & (start.day > end.day))
    share = float(same_day.mean())
    yearly = float((same_day & (start.month == end.month)).mean())
    weekly = float(((known["end"] - known["start"]).dt.days % 7 == 0).mean())
    if yearly > 0.5:
        return "year", f"{yearly:.0%} of contracts ended on the day of the year on which they began"
    if share > 0.5:
        return "month", f"{share:.0%} of contracts ended on the day of the month on which they began"
    if weekly > 0.5:
        return "week", f"{weekly:.0%} of contracts ended after whole weeks"
    return None, f"{share:.0%} of contracts ended on the day of the month on which they began"


def _cleaned(
    contracts: pd.DataFrame, terms: Terms, price: float | None, unreadable: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contracts that count, and the report of those that do not."""
    left = contracts.reset_index(drop=True)
    if price is not None:
        left = left.assign(price=float(price))
    entries = [("in the file", len(left), "read", "contracts below the header")]
    rules = (
        ("same row twice", lambda rows: rows.duplicated(), "equal in every column to an earlier row"),
        ("no customer", lambda rows: rows["customer_id"].isna(), "a contract of nobody"),
        ("no start", lambda rows: rows["start"].isna(), "empty, or no date that could be read"),
        ("no price", lambda rows: ~(rows["price"] > 0), "empty, zero, or no number that could be read"),
        ("ends before it starts", lambda rows: rows["end"] < rows["start"], "the two dates are the wrong way round"),
    )
    for what, wrong, meaning in rules:
        out = wrong(left).to_numpy(dtype=bool)
        if out.any() or what in ("same row twice", "no customer"):
            entries.append((what, int(out.sum()), "left out", meaning))
        left = left[~out]
    if left.empty:
        raise ValueError(
            f"No contract is left of {len(contracts)}: {', '.join(f'{n} {w}' for w, n, *_ in entries[1:])}."
        )
    entries.append(("count", len(left), "kept", "contracts from which everything else is computed"))
    table = pd.DataFrame(entries, columns=["what", "rows", "done", "meaning"]).set_index("what")
    table.insert(1, "share", table["rows"] / len(contracts))
    table.attrs["unreadable"] = 0 if unreadable is None else int(unreadable["rows"].sum())
    return left, table


def _today(rows: pd.DataFrame, terms: Terms) -> pd.Timestamp:
    last = max(rows["start"].max(), rows["end"].max()) if rows["end"].notna().any() else rows["start"].max()
    today = terms.last_day(last)
    if (rows["start"] <= today).sum() == 0:
        raise ValueError(f"today is {today:%Y-%m-%d}, and every contract starts later.")
    return today


def _findings(
    known: pd.DataFrame, today: pd.Timestamp, length: float, contracts: pd.DataFrame, report: pd.DataFrame
) -> list[Finding]:
    found, size, lost = [], len(known), int(known["end"].notna().sum())
    if lost == 0:
        raise ValueError(
            f"None of {size:,} contracts has ended by {today:%Y-%m-%d}: the file may hold present customers only."
            " Export those who left as well; without them nothing can be said about staying."
        )
    if size < diagnosis.FEWEST_CUSTOMERS or lost < diagnosis.FEWEST_REPEATERS:
        found.append(
            Finding(
                "few contracts",
                "warning",
                f"{size:,} contracts, of which {lost:,} have ended.",
                float(lost),
                "The two parameters are little more than a guess: look at the width of the intervals.",
                "Take a longer time, or more markets together.",
            )
        )
    unread = int(report.attrs.get("unreadable", 0))
    if unread:
        found.append(
            Finding(
                "unreadable",
                "warning",
                f"{unread:,} dates or prices could not be read.",
                float(unread),
                "An end that cannot be read looks like a contract that lasts.",
                "Look at them in the file.",
            )
        )
    ended = known.loc[known["end"].notna(), "end"]
    before = float((known["start"] < ended.min() - pd.Timedelta(days=2 * length)).mean())
    if before > 0.2:
        found.append(
            Finding(
                "records begin late",
                "warning",
                f"{before:.0%} of contracts start long before {ended.min():%Y-%m-%d}, the first end in the file.",
                before,
                "Those who left before records were kept are missing, so staying looks more common than it was.",
                "Fit only contracts that started since then, or use retention.tenures with observed_from.",
            )
        )
    found_period, why = guess_period(known)
    if found_period is None and lost >= 20:
        found.append(
            Finding(
                "ends at any time",
                "note",
                f"Contracts seem to end on any day: {why}.",
                float(lost),
                "The model has customers decide once a period. Where they can leave at any time, it is right to a"
                " period only.",
                "Take a short period, such as the week or the month.",
            )
        )
    again = known["customer_id"].duplicated().mean()
    if again > 0.05:
        found.append(
            Finding(
                "several contracts",
                "note",
                f"{again:.0%} of contracts are of a customer who has another one.",
                float(again),
                "Who leaves and comes back counts as two; their staying is counted from each start anew.",
                "Say in the memo whether a break counts as leaving.",
            )
        )
    return found


def _holdout(
    known: pd.DataFrame, split: pd.Timestamp, today: pd.Timestamp, unit: str, length: float, findings: list[Finding]
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """How many of those there at the split are still there, and how many the model expected."""
    empty, checks = pd.DataFrame(columns=["actual", "expected", "error"]), {}
    before = known[known["start"] <= split]
    table = tenures(before["start"], before["end"], split, unit=unit) if len(before) else pd.DataFrame({"lost": []})
    ahead = int((today - split).days // length)
    if ahead < 1 or not 0 < int(table["lost"].sum()) < len(table):
        findings.append(
            Finding(
                "no holdout",
                "warning",
                f"Too few contracts had started and ended by {split:%Y-%m-%d} to test the model on what came after.",
                0.0,
                "The model cannot be tested on a later time.",
                "Export a longer time.",
            )
        )
        return empty, checks
    model = _fitted(table)
    there = ~table["lost"].to_numpy()
    tenure = table.loc[there, "tenure"].to_numpy()
    # Renewals fall on anniversaries of the start, so some customers have one decision more in the holdout than others.
    later = tenures(before.loc[there, "start"], before.loc[there, "end"], today, unit=unit)
    whole = tenures(before.loc[there, "start"], pd.Series(pd.NaT, index=before.index[there]), today, unit=unit)
    decisions = whole["tenure"].to_numpy() - tenure
    staying = np.asarray(model.survival(tenure + decisions)) / np.asarray(model.survival(tenure))
    actual, expected = float((~later["lost"]).sum()), float(staying.sum())
    row = pd.Series({"actual": actual, "expected": expected, "error": expected / actual - 1 if actual else np.nan})
    findings += diagnosis.check_holdout(row, split, today, "contracts still there")
    largest = before["start"].dt.to_period("Y").value_counts().sort_index()
    label = largest.index[0]
    members = before["start"].dt.to_period("Y") == label
    curve = survivors_by_cohort(before.loc[members, "start"], before.loc[members, "end"], today, unit=unit)
    counts = curve.iloc[:, 0].dropna()
    seen = int((split - before.loc[members, "start"].max()).days // length)
    if len(counts) > seen + 1 > 1:
        checks["survival"] = survivor_projection(counts.to_numpy(), {"sBG": model}, seen)
        checks["survival"].attrs["cohort"] = str(label)
    return pd.DataFrame([row], index=pd.Index(["contracts still there"], name="what")), checks


def _fitted(table: pd.DataFrame) -> ShiftedBetaGeoModel:
    with warnings.catch_warnings():
        for kind in (BoundaryWarning, ConvergenceWarning):
            warnings.simplefilter("ignore", kind)
        return ShiftedBetaGeoModel().fit_tenures(table["tenure"], table["lost"])


def _drawn(model: Any, table: pd.DataFrame, draws: int, seed: int) -> tuple[list[ShiftedBetaGeoModel], str]:
    count = one_whole(draws, "draws", least=2, most=5_000)
    if model.boundary_ is None and model.converged_:
        return model.parameter_draws(
            count, seed
        ), f"{count} draws of the parameters from the covariance of their estimates"
    random, found = np.random.default_rng(seed), []
    for _ in range(min(count, _REDRAWN)):
        again = table.iloc[random.integers(0, len(table), len(table))]
        if int(again["lost"].sum()) > 0:
            found.append(_fitted(again))
    return found, f"{len(found)} fits to contracts drawn anew, with replacement"
