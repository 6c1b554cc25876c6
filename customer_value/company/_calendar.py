"""Days and months of the simulated company as whole numbers: day 0 is the first day, minute 0 its first minute."""

import datetime

import numpy as np

from customer_value.company._draws import Ints
from customer_value.company.assumptions import FIRST_DAY, LAST_DAY

_FIRST = datetime.date.fromisoformat(FIRST_DAY)
MINUTES = 1440


def day_of(date: str) -> int:
    """Number of a day given as "2024-12-31"."""
    return (datetime.date.fromisoformat(date) - _FIRST).days


DAYS = day_of(LAST_DAY) + 1
YEARS = range(_FIRST.year, datetime.date.fromisoformat(LAST_DAY).year + 1)
# First day of each month, some years past the end so that renewals after it have a date.
_MONTHS = np.array(
    [day_of(f"{year}-{month:02d}-01") for year in range(_FIRST.year, YEARS[-1] + 4) for month in range(1, 13)],
    dtype=np.int64,
)
_TEXTS = np.array([(_FIRST + datetime.timedelta(days)).isoformat() for days in range(int(_MONTHS[-1]))])


def month_of(day: Ints) -> Ints:
    """Number of the month a day falls in, 0 for the first."""
    return (np.searchsorted(_MONTHS, day, side="right") - 1).astype(np.int64)


def year_of(day: Ints) -> Ints:
    """Number of the year a day falls in, 0 for the first."""
    return month_of(day) // 12


def month_start(month: Ints) -> Ints:
    """First day of a month; months past the calendar are its last one."""
    return _MONTHS[np.minimum(month, _MONTHS.size - 1)]


def text_of(day: Ints) -> np.ndarray:
    """Days as ISO 8601 text."""
    return _TEXTS[day]
