"""What a company must say before its customers can be valued: margin, discount rate, horizon, currency, today."""

from dataclasses import dataclass

import pandas as pd

from customer_value._inputs import day, fraction, one_whole, single


@dataclass(frozen=True)
class Terms:
    """The terms of a valuation. Margin, discount rate and currency have no default: no number fits every company."""

    margin: float
    """Share of sales left after the costs that come with them (goods, delivery, payment), from 0 to 1."""
    discount_rate: float
    """Per year, from 0 to below 1: what money costs this company."""
    currency: str
    """Code or sign of the money in the file: "EUR", "£", …"""
    horizon_months: int = 36
    """How many months from today count, 1 to 240."""
    today: str | pd.Timestamp | None = None
    """The day from which value is counted, the last day observed; ``None``: the last day in the file."""
    sure: float = 0.9
    """Share of draws inside an interval."""

    def __post_init__(self) -> None:
        fraction(self.margin, "margin")
        fraction(self.discount_rate, "discount_rate", zero=True, one=False)
        one_whole(self.horizon_months, "horizon_months", least=1, most=240)
        fraction(self.sure, "sure", one=False)
        if not isinstance(self.currency, str) or not 1 <= len(self.currency.strip()) <= 5:
            raise ValueError(f"currency must be a code or a sign, such as 'EUR' or '£'; got {self.currency!r}.")
        if self.today is not None:
            day(self.today, "today")

    @property
    def monthly_rate(self) -> float:
        """The discount rate per month that makes ``discount_rate`` a year: (1 + d)^(1/12) − 1."""
        return (1.0 + single(self.discount_rate, "discount_rate")) ** (1 / 12) - 1.0

    def last_day(self, last: pd.Timestamp) -> pd.Timestamp:
        """``today``, or the ``last`` day in the file."""
        return last.normalize() if self.today is None else day(self.today, "today").normalize()


def signed_percent(share: float) -> str:
    """A share with its sign: +12%, −3%."""
    return f"{share:+.0%}".replace("-", "−")


def rate_percent(share: float) -> str:
    """A rate without needless decimals: 10%, 7.5%."""
    return f"{100 * share:.3g}%"


_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def money(amount: float, currency: str) -> str:
    """An amount as a reader wants it: thousands shortened, cents only below 10; 12.3m EUR is €12.3m."""
    code = currency.strip()
    sign, size = ("−" if amount < 0 else ""), abs(float(amount))
    if size >= 999_500:
        text = f"{size / 1e6:.2f}m"
    elif size >= 9_950:
        text = f"{size / 1e3:,.0f}k"
    elif size >= 9.995 or size == round(size):
        text = f"{size:,.0f}"
    else:
        text = f"{size:.2f}"
    mark = _SIGNS.get(code.upper(), code)
    return f"{sign}{mark}{text}" if len(mark) == 1 else f"{sign}{text} {mark}"
