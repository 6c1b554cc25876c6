"""Where the data do not support the model: what was seen, why it matters, what to do.

The limits are rules of thumb of this workbook, kept here as constants so that they can be argued with. A finding is no
verdict: each names the number it rests on.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import columns
from customer_value._periods import days_in
from customer_value.own_data.report import Cleaned
from customer_value.own_data.terms import Terms, money, signed_percent

Weight = Literal["stop", "warning", "note"]

FEWEST_CUSTOMERS = 200
FEWEST_REPEATERS = 50
SMALLEST_REPEAT_SHARE = 0.1
SPANS_OF_A_GAP = 4.0
"""How many typical times between purchases the log should span."""
STRONG_SEASON, ALIKE_YEARS = 1.3, 0.5
STRONG_TREND, TREND_Z = 0.2, 3.0
LARGEST_SHARE = 0.05
HIGHEST_CORRELATION = 0.15
LARGEST_ERROR = 0.15
LEAST_CORRELATION = 0.3
FIRST_MONTH = 2.0
"""How many times as many customers may be new in the first 30 days as in 30 days later on."""
LARGEST_DAY = 0.1
UNKNOWN_SHARE = 0.1
UNMATCHED_SHARE = 0.02

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Finding:
    """One thing about the data that a reader of the values should know."""

    id: str
    """A short name that stays the same: "season", "dominance", …"""
    weight: Weight
    """"stop": no value can be computed. "warning": it may be far off. "note": good to know."""
    seen: str
    """What was seen, with its number."""
    number: float
    """The number it rests on."""
    why: str
    """Why it matters."""
    do: str
    """What to do."""


def as_table(findings: tuple[Finding, ...] | list[Finding]) -> pd.DataFrame:
    """Findings as a table, gravest first."""
    order = {"stop": 0, "warning": 1, "note": 2}
    rows = sorted(findings, key=lambda one: order[one.weight])
    return pd.DataFrame(
        [{"id": one.id, "weight": one.weight, "seen": one.seen, "why": one.why, "do": one.do} for one in rows],
        columns=["id", "weight", "seen", "why", "do"],
    ).set_index("id")


def daily_table(log: pd.DataFrame) -> pd.DataFrame:
    """What happened on each day with a purchase: ``rows``, ``customers`` who bought, ``new`` ones, and ``money``.

    ``log`` as of ``clean``; the result is indexed by ``day`` and all that the checks on time need.
    """
    columns(log, ("customer_id", "date", "value"), "log")
    day = log["date"].dt.normalize().rename("day")
    pairs = pd.DataFrame({"customer_id": log["customer_id"], "day": day}).drop_duplicates()
    by_day = log.groupby(day)["value"].agg(["size", "sum"]).set_axis(["rows", "money"], axis=1)
    by_day.insert(1, "customers", pairs.groupby("day").size())
    by_day.insert(2, "new", pairs.groupby("customer_id")["day"].min().value_counts())
    return by_day.fillna({"new": 0}).astype({"rows": "int64", "customers": "int64", "new": "int64"})


def check_cleaning(cleaned: Cleaned, terms: Terms) -> list[Finding]:
    """Sales without a customer, entries that could not be read, and returns without a purchase."""
    table, found = cleaned.table, []
    sales = float(table.loc["count", "money"])
    nobody = float(table.loc["no customer", "money"])
    share = nobody / (nobody + sales) if nobody > 0 else 0.0
    if share > UNKNOWN_SHARE:
        found.append(
            Finding(
                "unknown customers",
                "warning",
                f"{share:.0%} of sales ({money(nobody, terms.currency)}) name no customer.",
                share,
                "They are in nobody's value. If good customers are known less often, the ranking is wrong as well.",
                "Find out who they are (guest orders, sales at the till) before the values are used for a budget.",
            )
        )
    if len(cleaned.unreadable):
        rows = int(cleaned.unreadable["rows"].sum())
        worst = cleaned.unreadable["rows"].idxmax()
        found.append(
            Finding(
                "unreadable",
                "warning" if rows > 0.01 * cleaned.rows_read else "note",
                f"{rows:,} entries could not be read, most of them in {worst!r}"
                f" (such as {cleaned.unreadable.loc[worst, 'first']!r}).",
                float(rows),
                "Their rows are left out.",
                "Look at them in the file; perhaps another format or another column is meant.",
            )
        )
    if "returns without a purchase" in table.index:
        lost = -float(table.loc["returns without a purchase", "money"])
        if lost > UNMATCHED_SHARE * sales:
            found.append(
                Finding(
                    "unmatched returns",
                    "warning",
                    f"Returns of {money(lost, terms.currency)} have no earlier purchase in the file:"
                    f" {lost / sales:.1%} of sales.",
                    lost / sales,
                    "What was bought before the file begins, or under another id, was sent back; some totals would be"
                    " negative, and values are too high by as much.",
                    "Export a longer time, or check whether returns are booked under the customer's own id.",
                )
            )
    return found


def check_time(daily: pd.DataFrame, terms: Terms, split: pd.Timestamp | None = None) -> list[Finding]:
    """Gaps, batches, seasons, and customers who were there before the log begins.

    ``daily`` is of ``daily_table``; ``split`` is the last day of calibration.
    """
    columns(daily, ("rows", "customers", "new", "money"), "daily")
    found = [_gap(daily), *_batches(daily), _left_cut(daily), _season(daily, split), _stale(daily, terms)]
    return [one for one in found if one is not None]


def check_trend(log: pd.DataFrame, today: pd.Timestamp) -> list[Finding]:
    """Whether customers won later buy as often, at the same age, as those won earlier."""
    pairs = pd.DataFrame({"customer_id": log["customer_id"], "day": log["date"].dt.normalize()}).drop_duplicates()
    first = pairs.groupby("customer_id")["day"].min()
    span = (today - first.min()).days
    window = min(90, span // 4)
    known = first[first <= today - pd.Timedelta(days=window)]
    if window < 14 or len(known) < 2 * FEWEST_REPEATERS:
        return []
    age = (pairs["day"] - pairs["customer_id"].map(first)).dt.days
    bought = pairs.loc[(age > 0) & (age <= window), "customer_id"].value_counts().reindex(known.index, fill_value=0)
    middle = known.sort_values().iloc[len(known) // 2]
    early, late = bought[known < middle].to_numpy(dtype=float), bought[known >= middle].to_numpy(dtype=float)
    if min(early.size, late.size) < FEWEST_REPEATERS or early.mean() == 0:
        return []
    change = late.mean() / early.mean() - 1
    error = np.sqrt(early.var() / early.size + late.var() / late.size)
    z = (late.mean() - early.mean()) / error if error > 0 else 0.0
    if abs(change) < STRONG_TREND or abs(z) < TREND_Z:
        return []
    return [
        Finding(
            "trend",
            "warning",
            f"Customers won from {middle:%B %Y} on bought {abs(change):.0%} {'more' if change > 0 else 'less'} often in"
            f" their first {window} days than those won before ({late.mean():.2f} against {early.mean():.2f} repeat"
            " purchases).",
            float(change),
            "The model takes all customers for draws from one and the same mix. Where the mix changes, it averages over"
            " a past that is over.",
            "Fit the recent cohorts by themselves and compare; look for what changed (channel, price, range).",
        )
    ]


def check_summary(summary: pd.DataFrame, terms: Terms) -> list[Finding]:
    """Too few customers or repeat buyers, too short a time, one who dominates, spend that goes with frequency.

    ``summary`` is of ``transactions.rfm_summary``.
    """
    columns(summary, ("frequency", "recency", "T", "monetary_value"), "summary")
    x = summary["frequency"].to_numpy(dtype=float)
    repeat, size = x > 0, len(summary)
    count = int(repeat.sum())
    if count == 0:
        return [
            Finding(
                "nobody came back",
                "stop",
                f"None of {size:,} customers bought on a second day.",
                0.0,
                "How often people come back cannot be estimated from people who never did.",
                "Check that the customer column is the customer and not the order; otherwise export a longer time.",
            )
        ]
    found = []
    if size < FEWEST_CUSTOMERS or count < FEWEST_REPEATERS:
        found.append(
            Finding(
                "few customers",
                "warning",
                f"{size:,} customers, of whom {count:,} bought again.",
                float(count),
                f"With fewer than {FEWEST_CUSTOMERS} customers or {FEWEST_REPEATERS} who came back the parameters are"
                " little more than a guess: look at the width of the intervals.",
                "Take a longer time, or more markets together; do not rank single customers by these values.",
            )
        )
    elif count / size < SMALLEST_REPEAT_SHARE:
        found.append(
            Finding(
                "few repeat buyers",
                "warning",
                f"{count / size:.1%} of customers bought again ({count:,} of {size:,}).",
                count / size,
                "Nearly everything known of repeat buying comes from these few.",
                "Check that one person does not have several ids (guest orders, new e-mail); then look at winning"
                " second purchases before valuing third ones.",
            )
        )
    days = days_in(summary.attrs.get("time_unit", "week"))
    gaps = summary["recency"].to_numpy(dtype=float)[repeat] / x[repeat] * days
    typical, longest = float(np.median(gaps)), float(summary["T"].max() * days)
    if longest < SPANS_OF_A_GAP * typical:
        found.append(
            Finding(
                "short time",
                "warning",
                f"Repeat buyers come back after {typical:.0f} days (median), and the log spans {longest:.0f}.",
                longest / typical,
                "Who buys more rarely than the log is long looks like someone who left: gaps are seen only in part.",
                f"Export at least {SPANS_OF_A_GAP * typical:.0f} days.",
            )
        )
    if terms.horizon_months * 365.25 / 12 > 1.5 * longest:
        found.append(
            Finding(
                "long horizon",
                "note",
                f"The horizon is {terms.horizon_months} months, the log {longest / 365.25 * 12:.0f}.",
                terms.horizon_months * 365.25 / 12 / longest,
                "No holdout in this log can test the later part of the horizon.",
                "Show the value of the first twelve months beside it.",
            )
        )
    found += _spend_and_frequency(x[repeat], summary["monetary_value"].to_numpy(dtype=float)[repeat])
    return found


def check_dominance(spent: pd.Series, terms: Terms) -> list[Finding]:
    """Whether one customer, or very few, bring much of the money; ``spent`` is money per customer so far."""
    total, size = float(spent.sum()), len(spent)
    if size < 20 or total <= 0:
        return []
    largest = float(spent.max()) / total
    if largest <= LARGEST_SHARE:
        return []
    return [
        Finding(
            "dominance",
            "warning",
            f"Customer {spent.idxmax()} alone brought {largest:.0%} of all money"
            f" ({money(float(spent.max()), terms.currency)} of {money(total, terms.currency)}).",
            largest,
            "A model of many small buyers says nothing about one large one, and that one moves its parameters.",
            "Leave this customer out (not_customers) and plan for him or her by hand.",
        )
    ]


def check_fit(model: Any, spend: Any, problems: list[str], today: pd.Timestamp) -> list[Finding]:
    """Parameters at the boundary, a search that did not end, a spend model that could not be used."""
    found = []
    for one, name in ((model, "purchase"), (spend, "spend")):
        boundary = getattr(one, "boundary_", None)
        if boundary is not None:
            found.append(
                Finding(
                    f"boundary of {name}",
                    "warning",
                    f"The {name} model is {boundary.split('. ')[0].rstrip('.')}.",
                    float("nan"),
                    "The data do not show what the model looks for (such as anybody leaving), so it puts that at"
                    " nothing; intervals are then from redrawn customers.",
                    "Export a longer time. Until then do not read P(alive) as a finding.",
                )
            )
        if getattr(one, "converged_", True) is False:
            found.append(
                Finding(
                    f"search of {name}",
                    "warning",
                    f"The search for the {name} model's parameters did not end.",
                    float("nan"),
                    "The values rest on parameters that are not the best ones.",
                    "Look at the other warnings first: one of them is the likely cause.",
                )
            )
    found += [
        Finding(
            "spend model",
            "warning",
            text,
            float("nan"),
            "Without it every customer is expected to spend the mean of all repeat purchases.",
            "Rank by purchases, not by money; look for a few huge amounts.",
        )
        for text in problems
    ]
    return found


def check_holdout(
    errors: pd.Series, split: pd.Timestamp, today: pd.Timestamp, unit: str = "purchases"
) -> list[Finding]:
    """Whether the model, fitted to the first part of the log, told the second.

    ``errors`` is a row of ``validation.holdout_errors``; ``unit`` says what was counted.
    """
    found = []
    error, correlation = float(errors["error"]), float(errors.get("correlation", np.nan))
    if not np.isfinite(error):
        return [
            Finding(
                "empty holdout",
                "warning",
                f"Nobody known by {split:%Y-%m-%d} bought from then to {today:%Y-%m-%d}.",
                0.0,
                "The model cannot be tested, and it expects something else.",
                "Check today's date and whether the export is complete.",
            )
        ]
    if abs(error) > LARGEST_ERROR:
        found.append(
            Finding(
                "holdout",
                "warning",
                f"From {split:%Y-%m-%d} to {today:%Y-%m-%d} the model expected {float(errors['expected']):,.0f}"
                f" {unit} and there were {float(errors['actual']):,.0f}: {signed_percent(error)}.",
                error,
                "The same error, or a larger one, is likely in the forecast.",
                "Look for a season, a trend or a campaign in that time; scale the total before it goes into a plan.",
            )
        )
    if np.isfinite(correlation) and correlation < LEAST_CORRELATION:
        found.append(
            Finding(
                "ranking",
                "note",
                f"Expected and actual {unit} of single customers correlate by {correlation:.2f}.",
                correlation,
                "The total may be right while the order of customers is little better than chance.",
                "Use tiers rather than single ranks.",
            )
        )
    return found


def _spend_and_frequency(x: NDArray[np.float64], spent: NDArray[np.float64]) -> list[Finding]:
    """Whether those who buy more often spend more or less per purchase.

    Not by ranks: a mean of many skewed amounts has a higher median than a mean of few, with nothing behind it.
    """
    if x.size < FEWEST_REPEATERS or np.ptp(spent) == 0 or np.ptp(x) == 0:
        return []
    together = float(np.corrcoef(x, spent)[0, 1])
    if abs(together) < HIGHEST_CORRELATION or abs(together) * np.sqrt(x.size) < TREND_Z:
        return []
    often = x > np.quantile(x, 0.8)
    more = float(spent[often].mean() / spent[~often].mean() - 1) if often.any() else float("nan")
    return [
        Finding(
            "spend and frequency",
            "warning",
            f"Spend per purchase goes {'up' if together > 0 else 'down'} with the number of purchases: correlation"
            f" {together:+.2f}; the most frequent fifth of repeat buyers spend {abs(more):.0%}"
            f" {'more' if more > 0 else 'less'} per purchase than the others.",
            together,
            "The gamma-gamma model takes the two as independent. Where they are not, it is wrong for the most frequent"
            " buyers, who matter most.",
            "Value groups apart (business and private customers, channels) and see whether it remains.",
        )
    ]


def _gap(daily: pd.DataFrame) -> Finding | None:
    days = daily.index
    if len(days) < 20:
        return None
    steps = np.diff(days.to_numpy()).astype("timedelta64[D]").astype(np.int64)
    # The longest of so many random gaps is rarely above their mean times (log of their number + 4).
    longest, usual = int(steps.max()), float(steps.mean() * (np.log(steps.size) + 4))
    if longest <= max(7.0, usual):
        return None
    at = int(steps.argmax())
    return Finding(
        "gap",
        "warning" if longest > 28 else "note",
        f"No purchase at all between {days[at]:%Y-%m-%d} and {days[at + 1]:%Y-%m-%d}, {longest - 1} days.",
        float(longest - 1),
        "If rows are missing, everybody's silence looks longer than it was. If the firm was closed, nobody could buy.",
        "Ask whoever made the export; a closed week does little harm, a missing month does much.",
    )


def _batches(daily: pd.DataFrame) -> list[Finding]:
    rows, found = daily["rows"], []
    if len(rows) < 30:
        return [
            Finding(
                "few days",
                "warning",
                f"All {int(rows.sum()):,} rows fall on {len(rows)} different days.",
                float(len(rows)),
                "The days may be those of bookings, not of purchases.",
                "Look for a column with the day of the order.",
            )
        ]
    share = float(rows.max()) / float(rows.sum())
    if share > LARGEST_DAY and rows.max() > 10 * rows.median():
        found.append(
            Finding(
                "batch",
                "warning",
                f"{share:.0%} of all rows are dated {rows.idxmax():%Y-%m-%d}.",
                share,
                "A day on which many rows were loaded is nobody's day of purchase: recency and frequency are wrong.",
                "Look for the true date, or leave these rows out.",
            )
        )
    first = float(rows[daily.index.day == 1].sum()) / float(rows.sum())
    if first > 0.25:
        found.append(
            Finding(
                "first of the month",
                "warning",
                f"{first:.0%} of rows are dated the first of a month.",
                first,
                "Such dates stand for months, or for bills of a contract.",
                "If customers have a contract, map it as subscriptions; if dates stand for months, say so in the memo.",
            )
        )
    weekday = daily.groupby(daily.index.day_of_week)["rows"].sum()
    if weekday.max() / rows.sum() > 0.9:
        found.append(
            Finding(
                "one weekday",
                "note",
                f"{weekday.max() / rows.sum():.0%} of rows fall on one day of the week.",
                float(weekday.max() / rows.sum()),
                "Dates may be those of a weekly booking.",
                "Look for a column with the day of the order; otherwise recency is right to a week only.",
            )
        )
    return found


def _left_cut(daily: pd.DataFrame) -> Finding | None:
    """Whether the first weeks hold far more new customers than later ones: old ones who look new."""
    place = (daily.index - daily.index[0]).days // 30
    new = daily.groupby(np.asarray(place))["new"].sum().reindex(range(int(place.max())), fill_value=0)
    if len(new) < 4:
        return None
    later = float(new.iloc[1:].median())
    if later == 0 or new.iloc[0] <= FIRST_MONTH * later:
        return None
    return Finding(
        "log begins in the middle",
        "warning",
        f"{int(new.iloc[0]):,} customers are new in the first 30 days, {later:,.0f} in 30 days later on (median).",
        float(new.iloc[0] / later),
        "Most of the first are old customers whose earlier purchases are not in the file. They are loyal, and make new"
        " customers look more loyal than they are.",
        "Export from the beginning, or mark who was a customer before and fit the others by themselves.",
    )


def _season(daily: pd.DataFrame, split: pd.Timestamp | None) -> Finding | None:
    span = (daily.index[-1] - daily.index[0]).days + 1
    if span < 330:
        return Finding(
            "less than a year",
            "note",
            f"The log covers {span} days.",
            float(span),
            "A season cannot be seen in less than a year, and what looks like a trend may be one.",
            "Say in the memo which months the values rest on.",
        )
    above = _above_trend(daily)
    if above is None:
        return None
    when = f" The holdout begins on {split + pd.Timedelta(days=1):%Y-%m-%d}." if split is not None else ""
    if len(above) < 22:
        month = daily["customers"].resample("MS").sum()
        busiest, times = month.idxmax(), float(month.max() / month.mean())
        return Finding(
            "no month seen twice",
            "note",
            f"The log covers {span / 30.4:.0f} months; the busiest, {busiest:%B %Y}, has {times:.1f} times as many"
            f" purchases as an average one.{when}",
            times,
            "Until each month has been seen twice, a season and a change cannot be told apart, and a holdout of a few"
            " months tests the model on a season that it was not fitted to.",
            "Ask whether those months are always so. If they are, forecast whole years only.",
        )
    later, earlier = above.iloc[12:].to_numpy(), above.iloc[:-12].to_numpy()
    spread = above.groupby(above.index.month).mean()
    strength, alike = float(np.exp(np.ptp(spread))), float(np.corrcoef(later, earlier)[0, 1])
    if strength < STRONG_SEASON or alike < ALIKE_YEARS:
        return None
    return Finding(
        "season",
        "warning",
        f"{_MONTHS[int(spread.idxmax()) - 1]} has {strength:.1f} times as many repeat purchases a day and known"
        f" customer as {_MONTHS[int(spread.idxmin()) - 1]}, in both years"
        f" (correlation {alike:.2f}).{when}",
        strength,
        "The models know no season: fitted to weak months they expect too little of strong ones, and the holdout error"
        " holds the difference.",
        "Let calibration and holdout end a whole year apart, and forecast whole years only.",
    )


def _above_trend(daily: pd.DataFrame) -> pd.Series | None:
    """By month, the logarithm of repeat purchases a day and known customer, less a smooth curve through all.

    Purchases by new customers are no sign of a season among old ones; the first two months, in which there are hardly
    any others, and months of which only a part was observed do not count.
    """
    month = daily.resample("MS")[["customers", "new"]].sum()
    known = month["new"].cumsum().shift(1)
    last = daily.index[-1]
    month = month.iloc[2:] if last.day >= last.days_in_month - 2 else month.iloc[2:-1]
    repeat = (month["customers"] - month["new"]).astype(float)
    month = month[repeat > 0]
    if len(month) < 8:
        return None
    rate = np.log(repeat[repeat > 0] / known.reindex(month.index) / month.index.days_in_month)
    month_number = np.arange(1.0, len(rate) + 1)
    # Of the customers known at first, ever fewer are left: steeply in the beginning, then slowly.
    curve = np.column_stack([np.ones_like(month_number), month_number, np.log(month_number)])
    return rate - curve @ np.linalg.lstsq(curve, rate.to_numpy(), rcond=None)[0]


def _stale(daily: pd.DataFrame, terms: Terms) -> Finding | None:
    if terms.today is None:
        return None
    late = (terms.last_day(daily.index[-1]) - daily.index[-1]).days
    usual = float(np.quantile(np.diff(daily.index.to_numpy()).astype("timedelta64[D]").astype(np.int64), 0.95))
    if late <= max(7.0, 3 * usual):
        return None
    return Finding(
        "today",
        "warning",
        f"The last purchase in the file is {late} days before the day you call today.",
        float(late),
        "If the file ends earlier than today, everybody seems to have fallen silent, and values are too low.",
        f"Say today={daily.index[-1]:%Y-%m-%d}, or export up to today.",
    )
