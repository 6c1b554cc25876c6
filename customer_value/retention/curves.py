"""Survival and retention as observed: from a survivor table, from dates, with customers still there.

Tenure in whole periods means one thing throughout: a customer who *left* with tenure t left in the t-th period (at its
end at the latest, so t is at least 1); a customer *still there* with tenure t was seen through t whole periods.
"""

import statistics
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._counts import tally
from customer_value._inputs import day, fraction, numbers
from customer_value._periods import Unit, days_in

_CALENDAR = {"month": 1, "year": 12}
_COHORTS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def survival_curve(survivors: ArrayLike) -> pd.DataFrame:
    """Survival and retention of one cohort from the number still there at the start and after each period.

    Parameters
    ----------
    survivors
        n₀, n₁, …, nₜ: customers (or shares), shape (t + 1,), n₀ above 0 and never rising.

    Returns
    -------
    DataFrame indexed by ``period`` (0 … t) with ``survivors``, ``lost`` (in the period), ``survival`` S(t) = nₜ/n₀ and
    ``retention`` r(t) = nₜ/nₜ₋₁, the share of those still there before the period who stayed; not a number for
    period 0 and once nobody is left.

    Raises ``ValueError`` for gaps, negative or rising numbers, or fewer than two.
    """
    count = checked_survivors(survivors)
    before = count[:-1]
    kept = np.divide(count[1:], before, out=np.full(before.size, np.nan), where=before > 0)
    return pd.DataFrame(
        {
            "survivors": count,
            "lost": np.concatenate([[0.0], -np.diff(count)]),
            "survival": count / count[0],
            "retention": np.concatenate([[np.nan], kept]),
        },
        index=pd.RangeIndex(count.size, name="period"),
    )


def tenures(
    start: ArrayLike,
    end: ArrayLike,
    until: str | pd.Timestamp,
    *,
    unit: Unit = "month",
    whole: bool = True,
    observed_from: str | pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Tenure per customer from the dates of joining and leaving; who is still there is right-censored.

    Where records begin on some day, customers who joined before it are there only because they had not left by then:
    taking their whole tenure as observed makes retention look better than it is. ``observed_from`` says so, and the
    column ``entered`` (left truncation, or late entry) puts it right in ``kaplan_meier`` and ``fit_tenures``.

    Parameters
    ----------
    start
        Day of joining, shape (n,), without gaps: dates, or text as 1998-01-31.
    end
        Day of leaving; missing (NaT) for customers still there. Whoever leaves after ``until`` is still there.
    until
        Last day observed, included.
    unit
        ``"day"``, ``"week"``, ``"month"`` or ``"year"``.
    whole
        ``True``: whole periods for ``ShiftedBetaGeoModel.fit_tenures``; months and years end on the anniversary of the
        start (the last day of a shorter month), weeks on every seventh day. ``False``: exact days divided by 1, 7,
        365.25/12 or 365.25.
    observed_from
        First day on which leaving was recorded; ``None``: everybody was seen from their start.

    Returns
    -------
    DataFrame (index of ``start``) with ``tenure`` (int in whole periods, otherwise float) and ``lost`` (bool); with
    ``observed_from`` also ``entered``, the tenure from which the customer was seen: 0 for those who joined later, in
    whole periods the next one begun. ``attrs`` counts ``customers``, ``lost`` and ``entered_late``.

    Raises ``ValueError`` for missing or unreadable days, for customers who join after ``until``, leave before they
    join or left before ``observed_from``: the message counts them, nothing is dropped.
    """
    length = days_in(unit)
    index = start.index if isinstance(start, pd.Series) else None
    joined, left, last = _days(start, "start"), _days(end, "end"), _day(until, "until")
    if joined.size != left.size:
        raise ValueError(f"start and end must be of the same customers; got {joined.size} and {left.size} days.")
    if joined.size == 0:
        raise ValueError("start is empty: there are no customers to work with.")
    if missing := int(np.isnat(joined).sum()):
        raise ValueError(f"start is missing for {missing} customer(s): without it there is no tenure.")
    if late := int((joined > last).sum()):
        raise ValueError(f"{late} customer(s) start after {last}, the last day observed: leave them out first.")
    if turned := int((left < joined).sum()):
        raise ValueError(f"{turned} customer(s) end before they start: correct or leave them out first.")
    lost = left <= last
    stop = np.where(lost, left, last)
    if not whole:
        tenure = (stop - joined).astype(np.int64) / length
    else:
        completed, exact = _whole_periods(joined, stop, unit)
        tenure = np.where(lost, np.maximum(completed + ~exact, 1), completed)
    table = pd.DataFrame({"tenure": tenure, "lost": lost}, index=index)
    late = 0
    if observed_from is not None:
        table["entered"] = _entered(joined, left, _day(observed_from, "observed_from"), last, unit, whole)
        # Who was last seen in the period that was running when observation began was seen through no whole one.
        table["tenure"] = table[["tenure", "entered"]].max(axis=1)
        late = int((table["entered"] > 0).sum())
    table.attrs = {"customers": len(table), "lost": int(lost.sum()), "entered_late": late}
    return table


def _entered(
    joined: NDArray[np.datetime64],
    left: NDArray[np.datetime64],
    first: np.datetime64,
    last: np.datetime64,
    unit: Unit,
    whole: bool,
) -> NDArray[np.int64] | NDArray[np.float64]:
    """The tenure from which each customer was seen, when observation began on the day ``first``."""
    if first > last:
        raise ValueError(f"observed_from ({first}) must not be after until ({last}).")
    if gone := int((left < first).sum()):
        raise ValueError(
            f"{gone} customer(s) left before {first}, when observation began: leave observed_from out if all who left"
            " earlier are in the data, otherwise leave these few out."
        )
    late = joined < first
    since = np.where(late, first, joined)
    if not whole:
        return (since - joined).astype(np.int64) / days_in(unit)
    completed, exact = _whole_periods(joined, since, unit)
    return np.where(late, completed + ~exact, 0)


def survivors_by_cohort(
    start: ArrayLike,
    end: ArrayLike,
    until: str | pd.Timestamp,
    *,
    unit: Unit = "month",
    cohort: Literal["day", "week", "month", "quarter", "year"] = "year",
) -> pd.DataFrame:
    """A survivor table: how many of each cohort are still there after each whole period.

    Parameters as in ``tenures``; ``cohort`` says how customers are grouped by their day of joining.

    Returns
    -------
    DataFrame indexed by ``period`` (0 is the start), one column per cohort, oldest first; missing where not all of the
    cohort have been customers for that long by ``until`` (the youngest member decides).

    Wrong when customers who left before records began are missing from the data: the cohorts of that time then look
    more loyal than they were. Leave those cohorts out, or use ``tenures`` with ``observed_from``.
    """
    if cohort not in _COHORTS:
        raise ValueError(f"cohort must be one of {', '.join(_COHORTS)}; got {cohort!r}.")
    table = tenures(np.asarray(start), np.asarray(end), until, unit=unit)
    joined, last = _days(start, "start"), _day(until, "until")
    # The survivors of k periods are those seen through k of them: lost ones count up to the period before.
    seen = table["tenure"].to_numpy() - table["lost"].to_numpy()
    possible = _whole_periods(joined, np.full(joined.size, last), unit)[0]
    groups = pd.PeriodIndex(pd.DatetimeIndex(joined.astype("datetime64[ns]")).to_period(_COHORTS[cohort]), name=cohort)
    columns = {}
    for label in groups.unique().sort_values():
        members = groups == label
        complete = int(possible[members].min())
        counts = tally(np.minimum(seen[members], complete), least=complete + 1)
        columns[label] = pd.Series(counts[::-1].cumsum()[::-1], dtype="float64")
    result = pd.DataFrame(columns).rename_axis("period")
    return result.rename_axis(columns=cohort)


def kaplan_meier(
    tenure: ArrayLike, lost: ArrayLike, *, entered: ArrayLike | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """Survival by tenure when some customers are still there: the product-limit estimate.

    S(t) = Π (1 − dⱼ/nⱼ) over the tenures j ≤ t, with dⱼ customers lost at j out of nⱼ who reached it. Customers
    who are still there count up to and including their own tenure, then no more.

    Parameters
    ----------
    tenure
        Shape (n,), any one unit, not negative.
    lost
        ``True`` for customers who left at their tenure, ``False`` for those still there, shape (n,).
    entered
        Tenure from which each customer was seen, shape (n,), as from ``tenures``: they count only after it (left
        truncation). ``None``: all were seen from their start.
    confidence
        Level of the interval.

    Returns
    -------
    DataFrame indexed by ``tenure`` (0, or the lowest ``entered``, and every tenure that occurs) with ``at_risk``,
    ``lost``, ``censored``, ``survival``, ``retention`` (1 − dⱼ/nⱼ, from the tenure before to this one),
    ``standard_error`` (Greenwood) and ``lower``, ``upper`` (log(−log) interval, always from 0 to 1). Before the first
    loss the interval is the point 1;
    once nobody is left it runs from 0 to its last upper end. Survival is that of customers who reached the first row;
    ``attrs["never_at_risk"]`` counts those whose tenure ended as they entered, who say nothing.

    Raises ``ValueError`` for gaps or negative tenures, for tenures at which nobody was seen though others enter later,
    ``TypeError`` when ``lost`` is not true or false.

    Source: Kaplan & Meier (1958), Journal of the American Statistical Association 53(282), 457–481.
    """
    time, left = numbers(tenure, "tenure", negative=False), _flags(lost, tenure)
    level, first = fraction(confidence, "confidence", one=False), _entries(entered, time)
    seen = (time > first) | (first == 0)
    if not seen.any():
        raise ValueError("No customer was seen for any time: every tenure ended as it was entered.")
    time, left, first = time[seen], left[seen], np.sort(first[seen])
    at, place = np.unique(np.concatenate([[first[0]], time]), return_inverse=True)
    place = place.reshape(-1)[1:]
    gone = tally(place[left], least=at.size)
    all_out = tally(place, least=at.size)
    done = all_out.cumsum()
    there = np.searchsorted(first, at, side="right") - done
    if np.any(there[:-1] == 0):
        where = int(np.argmax(there[:-1] == 0))
        raise ValueError(
            f"Nobody was seen just after tenure {at[where]:g}, though {time.size - done[where]} customer(s) enter"
            " later: the curve cannot be carried over the gap. Leave out who was seen before it, or use longer periods."
        )
    at_risk = np.searchsorted(first, at, side="left") - (done - all_out)
    at_risk[0] = np.searchsorted(first, at[0], side="right")
    kept = 1 - gone / at_risk
    survival = np.cumprod(kept)
    alive = survival > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(gone / (at_risk * (at_risk - gone.astype(float)))))
        bent = statistics.NormalDist().inv_cdf((1 + level) / 2) * spread / np.log(survival)
        lower, upper = survival ** np.exp(-bent), survival ** np.exp(bent)
    lower, upper = (np.where(survival == 1, 1.0, bound) for bound in (lower, upper))
    if not alive.all():
        lower[~alive], upper[~alive] = 0.0, upper[alive][-1] if alive.any() else 1.0
    table = pd.DataFrame(
        {
            "at_risk": at_risk,
            "lost": gone,
            "censored": all_out - gone,
            "survival": survival,
            "retention": kept,
            "standard_error": np.where(alive, survival * np.where(alive, spread, 0.0), 0.0),
            "lower": lower,
            "upper": upper,
        },
        index=pd.Index(at, name="tenure"),
    )
    table.attrs = {"never_at_risk": int((~seen).sum())}
    return table


def checked_survivors(survivors: ArrayLike) -> NDArray[np.float64]:
    """Survivor counts as floats, or ``ValueError``: at least two, starting above 0, never rising."""
    count = numbers(survivors, "survivors", negative=False)
    if count.size < 2:
        raise ValueError("survivors needs the number at the start and after at least one period; got one number.")
    if count[0] == 0:
        raise ValueError("survivors starts at 0: there was nobody to lose.")
    if np.any(np.diff(count) > 0):
        where = int(np.argmax(np.diff(count) > 0)) + 1
        raise ValueError(
            f"survivors rises from {count[where - 1]:g} to {count[where]:g} at period {where};"
            " a cohort takes nobody in."
        )
    return count


def checked_tenures(
    tenure: ArrayLike, lost: ArrayLike, entered: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Tenures in whole periods, whether they ended and from when they were seen; refuses what is none of that."""
    time, left = numbers(tenure, "tenure", negative=False), _flags(lost, tenure)
    first = _entries(entered, time)
    for name, values in (("tenure", time), ("entered", first)):
        broken = np.flatnonzero(values != np.floor(values))
        if broken.size:
            raise ValueError(
                f"{name} must be in whole periods; {broken.size} value(s) are not, the first {values[broken[0]]:g}"
                f" at position {broken[0]}. Make them with tenures(..., whole=True)."
            )
    if at_once := int(np.sum(left & (time == 0))):
        raise ValueError(f"{at_once} customer(s) left with tenure 0: leaving in the first period is tenure 1.")
    return time.astype(np.int64), left, first.astype(np.int64)


def _flags(lost: ArrayLike, tenure: ArrayLike) -> NDArray[np.bool_]:
    flags = np.asarray(lost)
    unknown = int(pd.isna(flags).sum())
    if unknown or (flags.dtype != bool and not np.isin(flags, [0, 1]).all()):
        missing = f"; it is missing for {unknown}" if unknown else ""
        raise TypeError(f"lost must be true or false for each customer{missing}.")
    if flags.shape != np.shape(tenure):
        raise ValueError(
            f"tenure and lost must be of the same customers; got {np.size(tenure)} and {flags.size} values."
        )
    return flags.astype(bool)


def _entries(entered: ArrayLike | None, tenure: NDArray[np.float64]) -> NDArray[np.float64]:
    """The tenure from which each customer was seen, 0 for ``None``."""
    if entered is None:
        return np.zeros_like(tenure)
    first = numbers(entered, "entered", negative=False)
    if first.size != tenure.size:
        raise ValueError(
            f"tenure and entered must be of the same customers; got {tenure.size} and {first.size} values."
        )
    if late := int((first > tenure).sum()):
        where = int(np.argmax(first > tenure))
        raise ValueError(
            f"{late} customer(s) entered after their tenure ended, the first at position {where}: seen from"
            f" {first[where]:g} to {tenure[where]:g}. Who left before observation began cannot be in the data."
        )
    return first


def _days(values: ArrayLike, name: str) -> NDArray[np.datetime64]:
    given = pd.Series(np.asarray(values))
    if given.notna().any() and pd.api.types.is_numeric_dtype(given.dropna().infer_objects().dtype):
        raise ValueError(f"{name} must hold days; it holds numbers such as {given.dropna().iloc[0]}.")
    try:
        days = pd.to_datetime(given, format="ISO8601")
    except pd.errors.OutOfBoundsDatetime:
        # "No end" is often written as 9999-12-31, which not every pandas can hold.
        return np.array([None if pd.isna(each) else str(each)[:10] for each in given], dtype="datetime64[D]")
    except (TypeError, ValueError) as reason:
        raise ValueError(
            f"{name} must hold days, or text such as '1998-01-31'; convert others with pandas.to_datetime and its"
            f" format first. {reason}"
        ) from reason
    if not pd.api.types.is_datetime64_any_dtype(days.dtype):
        raise ValueError(f"{name} mixes days with and without a time zone; convert all to days of one place first.")
    if days.dt.tz is not None:
        raise ValueError(f"{name} carries the time zone {days.dt.tz}; convert it to days of one place first.")
    return days.to_numpy().astype("datetime64[D]")


def _day(value: str | pd.Timestamp, name: str) -> np.datetime64:
    return day(value, name).to_datetime64().astype("datetime64[D]")


def _whole_periods(
    start: NDArray[np.datetime64], stop: NDArray[np.datetime64], unit: Unit
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Whole periods completed by ``stop``, and whether one was completed on that very day."""
    if unit not in _CALENDAR:
        length = int(days_in(unit))
        days = (stop - start).astype(np.int64)
        return days // length, days % length == 0
    first, last = start.astype("datetime64[M]"), stop.astype("datetime64[M]")
    months = (last - first).astype(np.int64)
    day_of_start = (start - first.astype("datetime64[D]")).astype(np.int64)
    day_of_stop = (stop - last.astype("datetime64[D]")).astype(np.int64)
    next_month = (last + np.timedelta64(1, "M")).astype("datetime64[D]")
    last_day = (next_month - last.astype("datetime64[D]")).astype(np.int64) - 1
    due = np.minimum(day_of_start, last_day)
    completed = months - (day_of_stop < due)
    exact = day_of_stop == due
    size = _CALENDAR[unit]
    return completed // size, exact & (completed % size == 0)
