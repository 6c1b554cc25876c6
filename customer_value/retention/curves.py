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
from customer_value._inputs import fraction, numbers
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
) -> pd.DataFrame:
    """Tenure per customer from the dates of joining and leaving; who is still there is right-censored.

    Parameters
    ----------
    start
        Day of joining, shape (n,), without gaps.
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

    Returns
    -------
    DataFrame (index of ``start``) with ``tenure`` (int in whole periods, otherwise float) and ``lost`` (bool).

    Raises ``ValueError`` for missing or unreadable days, for customers who join after ``until`` or leave before they
    join: the message counts them, nothing is dropped.
    """
    length = days_in(unit)
    index = start.index if isinstance(start, pd.Series) else None
    joined, left, last = _days(start, "start"), _days(end, "end"), _day(until)
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
    return pd.DataFrame({"tenure": tenure, "lost": lost}, index=index)


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
    """
    if cohort not in _COHORTS:
        raise ValueError(f"cohort must be one of {', '.join(_COHORTS)}; got {cohort!r}.")
    table = tenures(np.asarray(start), np.asarray(end), until, unit=unit)
    joined, last = _days(start, "start"), _day(until)
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


def kaplan_meier(tenure: ArrayLike, lost: ArrayLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """Survival by tenure when some customers are still there: the product-limit estimate.

    S(t) = Π (1 − dⱼ/nⱼ) over the tenures j ≤ t, with dⱼ customers lost at j out of nⱼ who reached it. Customers
    who are still there count up to and including their own tenure, then no more.

    Parameters
    ----------
    tenure
        Shape (n,), any one unit, not negative.
    lost
        ``True`` for customers who left at their tenure, ``False`` for those still there, shape (n,).
    confidence
        Level of the interval.

    Returns
    -------
    DataFrame indexed by ``tenure`` (0 and every tenure that occurs) with ``at_risk``, ``lost``, ``censored``,
    ``survival``, ``retention`` (1 − dⱼ/nⱼ, from the tenure before to this one), ``standard_error`` (Greenwood) and
    ``lower``, ``upper`` (log(−log) interval, always from 0 to 1). Before the first loss the interval is the point 1;
    once nobody is left it runs from 0 to its last upper end.

    Raises ``ValueError`` for gaps or negative tenures, ``TypeError`` when ``lost`` is not true or false.

    Source: Kaplan & Meier (1958), Journal of the American Statistical Association 53(282), 457–481.
    """
    time, left = numbers(tenure, "tenure", negative=False), _flags(lost, tenure)
    level = fraction(confidence, "confidence", one=False)
    at, place = np.unique(np.concatenate([[0.0], time]), return_inverse=True)
    place = place.reshape(-1)[1:]
    gone = tally(place[left], least=at.size)
    all_out = tally(place, least=at.size)
    at_risk = all_out[::-1].cumsum()[::-1]
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
    return pd.DataFrame(
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


def checked_tenures(tenure: ArrayLike, lost: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Tenures in whole periods and whether they ended, or ``ValueError`` naming what is wrong."""
    time, left = numbers(tenure, "tenure", negative=False), _flags(lost, tenure)
    broken = np.flatnonzero(time != np.floor(time))
    if broken.size:
        raise ValueError(
            f"tenure must be in whole periods; {broken.size} value(s) are not, the first {time[broken[0]]:g}"
            f" at position {broken[0]}. Make them with tenures(..., whole=True)."
        )
    if at_once := int(np.sum(left & (time == 0))):
        raise ValueError(f"{at_once} customer(s) left with tenure 0: leaving in the first period is tenure 1.")
    return time.astype(np.int64), left


def _flags(lost: ArrayLike, tenure: ArrayLike) -> NDArray[np.bool_]:
    flags = np.asarray(lost)
    if flags.dtype != bool:
        if not np.isin(flags, [0, 1]).all():
            raise TypeError("lost must be true or false for each customer.")
        flags = flags.astype(bool)
    if flags.shape != np.shape(tenure):
        raise ValueError(
            f"tenure and lost must be of the same customers; got {np.size(tenure)} and {flags.size} values."
        )
    return flags


def _days(values: ArrayLike, name: str) -> NDArray[np.datetime64]:
    try:
        days = pd.to_datetime(pd.Series(np.asarray(values)))
    except (TypeError, ValueError) as reason:
        raise ValueError(f"{name} must hold days; {reason}") from reason
    if days.dt.tz is not None:
        raise ValueError(f"{name} carries the time zone {days.dt.tz}; convert it to days of one place first.")
    return days.to_numpy().astype("datetime64[D]")


def _day(value: str | pd.Timestamp) -> np.datetime64:
    try:
        day = pd.Timestamp(value)
    except (TypeError, ValueError) as reason:
        raise ValueError(f"until must be a day such as '1998-01-01'; got {value!r}.") from reason
    if pd.isna(day):
        raise ValueError("until is missing: say which day was the last one observed.")
    return day.to_datetime64().astype("datetime64[D]")


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
