"""A company's own data: sales by month, and what the tiers of its customers are worth."""

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from customer_value._inputs import columns
from customer_value.plots.look import BLUE, GREY, INK, PALE, RED, Figure, in_style, new_axes, percent


@in_style
def sales_by_month(daily: pd.DataFrame, currency: str, split: pd.Timestamp | None = None) -> Figure:
    """Money by calendar month, with the end of calibration as a dashed line.

    ``daily`` is of ``own_data.daily_table``; ``currency`` a code or sign; ``split`` the last day of calibration. Months
    of which only a part is in the log are drawn pale.
    """
    from customer_value.own_data.terms import money

    columns(daily, ("money",), "daily")
    months = daily["money"].resample("MS").sum()
    first, last = daily.index[0], daily.index[-1]
    whole = np.ones(len(months), dtype=bool)
    whole[0] = first.day <= 3
    whole[-1] = last.day >= last.days_in_month - 2
    shown = months[whole] if whole.any() else months
    best, worst = shown.idxmax(), shown.idxmin()
    said = (
        f"Sales of {money(shown.min(), currency)} to {money(shown.max(), currency)} a month; most in {best:%B %Y}"
        if len(shown) > 1
        else f"Sales of {money(shown.iloc[0], currency)} in {best:%B %Y}"
    )
    alt = (
        f"Bars of sales by month, {months.index[0]:%B %Y} to {months.index[-1]:%B %Y}: most in {best:%B %Y} with"
        f" {money(shown.max(), currency)}, least of the whole months in {worst:%B %Y} with"
        f" {money(shown.min(), currency)}."
    )
    if split is not None:
        alt += f" Calibration ends on {split:%Y-%m-%d}."
    figure, axes = new_axes(said, alt, "Month", f"Sales, {currency}")
    at = np.arange(len(months))
    axes.bar(at[whole], months[whole], width=0.85, color=BLUE)
    axes.bar(at[~whole], months[~whole], width=0.85, color=PALE, edgecolor=BLUE, linewidth=0.8)
    top = 1.2 * float(months.max()) or 1.0
    axes.set_ylim(min(0.0, float(months.min())), top)
    if split is not None:
        start = months.index[0]
        where = (split.year - start.year) * 12 + split.month - start.month + split.day / split.days_in_month - 0.5
        axes.axvline(where, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
        right = where > 0.7 * len(months)
        axes.text(
            where,
            0.98 * top,
            "holdout → " if right else " holdout →",
            color=GREY,
            ha="right" if right else "left",
            va="top",
            fontsize=11,
        )
    every = max(1, int(np.ceil(len(months) / 5)))
    axes.set_xticks(at[::every], [f"{month:%b}\n{month:%Y}" for month in months.index[::every]])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _: _short(amount, currency)))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    return figure


@in_style
def value_by_tier(tiers: pd.DataFrame, currency: str) -> Figure:
    """What each tier of customers is worth together, with its interval.

    ``tiers`` is the table of an ``own_data.Result``; ``currency`` a code or sign.
    """
    from customer_value.own_data.terms import money

    columns(tiers, ("name", "customers", "value", "low", "high"), "tiers")
    total = float(tiers["value"].sum())
    share = float(tiers["value"].iloc[0]) / total if total > 0 else 0.0
    first = str(tiers["name"].iloc[0])
    said = (
        f"The {first} of customers hold {percent(share)} of {money(total, currency)} still to come"
        if len(tiers) > 1
        else f"{int(tiers['customers'].iloc[0])} customers hold {money(total, currency)} still to come"
    )
    spoken = "; ".join(
        f"{row['name']}, {int(row['customers']):,} customers: {money(row['value'], currency)}"
        f" ({money(row['low'], currency)} to {money(row['high'], currency)})"
        for _, row in tiers.iterrows()
    )
    alt = f"Bars of value by tier with intervals. {spoken}."
    figure, axes = new_axes(said, alt, f"Value, {currency}", "Tier and customers")
    at = np.arange(len(tiers))[::-1]
    value = tiers["value"].to_numpy(dtype=float)
    axes.barh(at, value, height=0.62, color=PALE, edgecolor=BLUE, linewidth=1.2)
    axes.hlines(at, tiers["low"], tiers["high"], color=RED, linewidth=2.4)
    reach = float(max(value.max(), tiers["high"].max())) or 1.0
    for place, worth, high in zip(at, value, tiers["high"], strict=True):
        axes.text(max(worth, high) + 0.02 * reach, place, money(worth, currency), ha="left", va="center", color=INK)
    labels = [f"{row['name']}\n{int(row['customers']):,}" for _, row in tiers.iterrows()]
    axes.set_yticks(at, labels)
    axes.set_xlim(0, 1.28 * reach)
    axes.set_ylim(-0.6, len(tiers) - 0.4)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: _short(amount, currency)))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


def _short(amount: float, currency: str) -> str:
    """An amount beside an axis that names the currency: a sign stays, a code would not fit."""
    from customer_value.own_data.terms import money

    return money(amount, currency).removesuffix(f" {currency.strip()}")
