"""How many days a unit of time has, everywhere in the library."""

from typing import Literal

Unit = Literal["day", "week", "month", "year"]

DAYS: dict[str, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}


def days_in(unit: str, name: str = "unit") -> float:
    """Days in a ``unit``: 1, 7, 365.25/12 or 365.25. Raises ``ValueError`` for any other word."""
    if unit not in DAYS:
        raise ValueError(f"{name} must be one of {', '.join(DAYS)}; got {unit!r}.")
    return DAYS[unit]
