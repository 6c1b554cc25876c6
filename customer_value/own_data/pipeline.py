"""From a clean log of purchases to customers with values: one call, one result, the same every time.

``value_log`` takes the log (BG/NBD and gamma-gamma), ``value_summary`` only its summary, where the log is too long.
``contracts.value_subscriptions`` is the same for contracts. Each tells its steps to a callback, so that a page can show
how far it is.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._fitting import BoundaryWarning, ConvergenceWarning
from customer_value._inputs import columns, one_whole
from customer_value._periods import days_in
from customer_value.btyd import BetaGeoModel, ModifiedBetaGeoModel
from customer_value.own_data import diagnosis
from customer_value.own_data.diagnosis import Finding
from customer_value.own_data.report import Cleaned
from customer_value.own_data.terms import Terms, money, rate_percent
from customer_value.persistence import tiers as equal_tiers
from customer_value.ranking import simulated_values
from customer_value.spend import GammaGammaModel, InfiniteMeanWarning, NearlyConstantSpendWarning, PopulationMeanWarning
from customer_value.transactions import cohort_table, rfm_scores, rfm_summary
from customer_value.validation import (
    capture_curve,
    conditional_expectations,
    frequency_bins,
    holdout_errors,
    tracking,
)

if TYPE_CHECKING:
    from customer_value.plots import Figure

Progress = Callable[[str, int, int], None]
"""Called with the name of the step that begins, its number from 1, and the number of steps."""

Model = Literal["BG/NBD", "MBG/NBD"]
_MODELS = {"BG/NBD": BetaGeoModel, "MBG/NBD": ModifiedBetaGeoModel}

STEPS = (
    *("Checking the log", "Counting per customer", "Cohorts", "Holdout", "Fitting the models"),
    *("Values", "Intervals", "Tiers"),
)
"""The steps of ``value_log`` and ``value_summary``, in order."""

_UNIT = "week"
# Tenths of customers, best first: the best tenth, the next two, the next three, the rest.
_TIERS = {1: "best 10%", 2: "next 20%", 3: "next 30%", 4: "other 40%"}
_TIER_OF_TENTH = np.array([1, 2, 2, 3, 3, 3, 4, 4, 4, 4])
_DRAWS, _FEWEST_DRAWS, _CELLS = 200, 40, 4_000_000
_REDRAWN, _FEWEST_REDRAWN = 120, 16
_FUTURES = 500


@dataclass(frozen=True)
class Result:
    """Customers with values, and all that speaks for and against them."""

    kind: Literal["purchases", "subscriptions"]
    terms: Terms
    today: pd.Timestamp
    """The last day observed, from which value is counted."""
    split: pd.Timestamp
    """The last day of calibration; the holdout is from then to ``today``."""
    customers: pd.DataFrame
    """One row per customer, best first: see ``value_log`` and ``value_subscriptions``."""
    total: pd.Series
    """``value``, ``low``, ``high`` of all customers together: what is still to come, money; ``customers``."""
    tiers: pd.DataFrame
    """One row per tier: ``name``, ``customers``, ``value``, ``low``, ``high``, ``share``, ``mean`` and more."""
    parameters: pd.DataFrame
    """``estimate`` and ``standard_error`` of each parameter, by ``model`` and ``parameter``."""
    holdout: pd.DataFrame
    """``actual`` and ``expected`` with ``error`` (a share) for purchases (contracts) and money in the holdout."""
    findings: tuple[Finding, ...]
    """Where the data do not support the model."""
    cleaning: pd.DataFrame
    """The cleaning report."""
    cohorts: dict[str, pd.DataFrame]
    """"retention" and "cumulative_revenue_per_customer" by quarter or month; for contracts "survivors"."""
    checks: dict[str, pd.DataFrame]
    """Tables behind the figures: "tracking", "frequency", "conditional", "capture", "survival", "daily", "ranges"."""
    intervals: str
    """How the intervals were made."""
    models: dict[str, Any] = field(repr=False)
    """The fitted models: "purchases" and "spend", or "contracts"."""

    def findings_table(self) -> pd.DataFrame:
        """The findings as a table, gravest first."""
        return diagnosis.as_table(self.findings)

    def figures(self) -> "dict[str, Figure]":
        """The figures by name, drawn now: each has its text alternative as ``alt``."""
        from customer_value.own_data.drawings import draw

        return draw(self)

    def headline(self) -> str:
        """What the customers are worth, in a sentence."""
        code = self.terms.currency
        return (
            f"{int(self.total['customers']):,} customers are worth {money(self.total['value'], code)} over the next"
            f" {self.terms.horizon_months} months ({self.terms.sure:.0%} interval {money(self.total['low'], code)} to"
            f" {money(self.total['high'], code)}), after variable costs and discounted at"
            f" {rate_percent(self.terms.discount_rate)} a year."
        )


def value_log(
    cleaned: Cleaned,
    terms: Terms,
    *,
    model: Model = "BG/NBD",
    holdout_days: int | None = None,
    draws: int = _DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Value the customers of a log of purchases.

    Parameters
    ----------
    cleaned
        Of ``clean``.
    terms
        Margin, discount rate, horizon, currency, today.
    model
        "BG/NBD", or "MBG/NBD" where customers may also leave after the first purchase.
    holdout_days
        Length of the holdout; ``None``: a quarter of the time from the first day to today.
    draws
        How many sets of parameters stand behind an interval; fewer for very many customers.
    seed
        The same seed gives the same result.
    progress
        Called at the beginning of each step.

    Returns
    -------
    Result. Its ``customers`` hold, best first: ``tier``, ``clv`` with ``clv_low`` and ``clv_high`` (of what is expected
    of such a customer, money), ``probability_alive``, ``expected_purchases`` (in the horizon), ``expected_spend`` (per
    purchase), ``first_purchase``, ``last_purchase``, ``purchases`` (days with one), ``money_so_far``, the scores ``r``,
    ``f``, ``m``, ``rfm``, and ``frequency``, ``recency``, ``T`` (weeks), ``monetary_value``.

    Residual value: margin from purchases after today, nothing for what was bought before, acquisition sunk.
    Raises ``ValueError`` where no value can be computed, with what to do.
    """
    if not isinstance(cleaned, Cleaned):
        raise TypeError(f"cleaned must be of clean; got {type(cleaned).__name__}.")
    _checked(terms, model)
    step = Steps(STEPS, progress)
    log = cleaned.log[["customer_id", "date", "value"]]
    first, last = log["date"].min().normalize(), log["date"].max().normalize()
    today = terms.last_day(last)
    if today < last:
        raise ValueError(
            f"today is {today:%Y-%m-%d} and the log goes on to {last:%Y-%m-%d}: give clean the same today."
        )
    split = _split(first, today, holdout_days)
    step()
    daily = diagnosis.daily_table(log)
    findings = [
        *diagnosis.check_cleaning(cleaned, terms),
        *diagnosis.check_time(daily, terms, split),
        *diagnosis.check_trend(log, today),
    ]
    step()
    summary = rfm_summary(log, today, time_unit=_UNIT)
    until = rfm_summary(log, split, holdout_until=today, time_unit=_UNIT) if first <= split < today else None
    spent = log.groupby("customer_id")["value"].sum()
    findings += diagnosis.check_dominance(spent, terms)
    about = pd.DataFrame({"money_so_far": spent}).join(rfm_scores(log, today)[["r", "f", "m", "rfm"]])
    step()
    cohorts = _cohorts(log, today)
    checks: dict[str, pd.DataFrame] = {"daily": daily}
    findings += diagnosis.check_summary(summary, terms)
    _stop(findings)
    step()
    holdout = _holdout(until, terms, model, split, today, findings, checks, log)
    return _valued(
        summary, about, terms, model, today, split, findings, cleaned.table, cohorts, checks, holdout, draws, seed, step
    )


def value_summary(
    summary: pd.DataFrame,
    terms: Terms,
    *,
    calibration: pd.DataFrame | None = None,
    cleaning: pd.DataFrame | None = None,
    daily: pd.DataFrame | None = None,
    model: Model = "BG/NBD",
    draws: int = _DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Value customers of whom only a summary is at hand, as from ``summarise_files``.

    Parameters
    ----------
    summary
        Of ``transactions.rfm_summary`` or ``rfm_expression`` to today, one row per customer; ``money_so_far`` may stand
        beside its columns. ``attrs`` says ``until``.
    calibration
        The same to an earlier day, with the columns of a holdout; ``None``: no holdout check.
    cleaning, daily
        Tables of ``summarise_files``.
    terms, model, draws, seed, progress
        As in ``value_log``.

    Returns a ``Result`` as ``value_log``, without cohorts, RFM scores and what else needs the log.
    """
    columns(summary, ("frequency", "recency", "T", "monetary_value"), "summary")
    _checked(terms, model)
    if "until" not in summary.attrs:
        raise ValueError("summary does not say to which day it goes: set summary.attrs['until'] = '2024-12-31'.")
    step = Steps(STEPS, progress)
    today = pd.Timestamp(summary.attrs["until"])
    split = pd.Timestamp(calibration.attrs["until"]) if calibration is not None else today
    step()
    findings = diagnosis.check_time(daily, terms, split) if daily is not None else []
    step()
    about = summary[["money_so_far"]] if "money_so_far" in summary.columns else pd.DataFrame(index=summary.index)
    if "money_so_far" in summary.columns:
        findings += diagnosis.check_dominance(summary["money_so_far"], terms)
    step()
    findings += diagnosis.check_summary(summary, terms)
    _stop(findings)
    checks = {} if daily is None else {"daily": daily}
    step()
    holdout = _holdout(calibration, terms, model, split, today, findings, checks, None)
    report = pd.DataFrame() if cleaning is None else cleaning
    return _valued(summary, about, terms, model, today, split, findings, report, {}, checks, holdout, draws, seed, step)


class Steps:
    def __init__(self, names: tuple[str, ...], progress: Progress | None) -> None:
        self.names, self.progress, self.done = names, progress, 0

    def __call__(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.names[self.done - 1], self.done, len(self.names))


def _checked(terms: Any, model: str) -> None:
    if not isinstance(terms, Terms):
        raise TypeError(f"terms must be Terms(margin=…, discount_rate=…, currency=…); got {type(terms).__name__}.")
    if model not in _MODELS:
        raise ValueError(f"model must be one of {', '.join(_MODELS)}; got {model!r}.")


def _split(first: pd.Timestamp, today: pd.Timestamp, holdout_days: int | None) -> pd.Timestamp:
    span = (today - first).days + 1
    if span < 8:
        raise ValueError(f"The log covers {span} day(s): a value needs weeks of repeat buying at the least.")
    length = max(span // 4, 1) if holdout_days is None else one_whole(holdout_days, "holdout_days", least=1)
    if length > span - 7:
        raise ValueError(f"holdout_days must leave a week at least for calibration; got {length} of {span} days.")
    return today - pd.Timedelta(days=length)


def _stop(findings: list[Finding]) -> None:
    for one in findings:
        if one.weight == "stop":
            raise ValueError(f"{one.seen} {one.why} {one.do}")


def _cohorts(log: pd.DataFrame, today: pd.Timestamp) -> dict[str, pd.DataFrame]:
    months = (today - log["date"].min()).days / 30.4
    period = "month" if months < 15 else "quarter" if months < 45 else "year"
    found = {}
    for what in ("retention", "cumulative_revenue_per_customer"):
        try:
            found[what] = cohort_table(log, what, period=period, until=today)
        except ValueError:  # no period is complete
            return {}
    return found


def _holdout(
    until: pd.DataFrame | None,
    terms: Terms,
    model: str,
    split: pd.Timestamp,
    today: pd.Timestamp,
    findings: list[Finding],
    checks: dict[str, pd.DataFrame],
    log: pd.DataFrame | None,
) -> pd.DataFrame:
    """Purchases and money in the holdout, expected from before it; adds findings and tables for figures."""
    empty = pd.DataFrame(columns=["actual", "expected", "error", "correlation"])
    if until is None or int(until["frequency"].max()) == 0 or len(until) < 2:
        findings.append(
            Finding(
                "no holdout",
                "warning",
                f"Nobody had come back by {split:%Y-%m-%d}.",
                0.0,
                "The model cannot be tested on a later time.",
                "Export a longer time.",
            )
        )
        return empty
    purchases, spend, _ = _fitted(until, model)
    errors = holdout_errors(until, {model: purchases})
    rows = {"purchases": errors.iloc[0][["actual", "expected", "error", "correlation"]]}
    actual = (until["holdout_frequency"] * until["holdout_monetary_value"]).rename("actual")
    length = until["holdout_T"].to_numpy(dtype=float)
    expected = purchases.expected_purchases(until, length) * _spend_of(spend, until)
    total = float(actual.sum())
    rows["money"] = pd.Series(
        {
            "actual": total,
            "expected": float(expected.sum()),
            "error": float(expected.sum()) / total - 1 if total > 0 else np.nan,
            "correlation": float(np.corrcoef(actual, expected)[0, 1])
            if np.ptp(actual) * np.ptp(expected) > 0
            else np.nan,
        }
    )
    findings += diagnosis.check_holdout(errors.iloc[0], split, today)
    checks["conditional"] = conditional_expectations(until, {model: purchases})
    if total > 0:
        checks["capture"] = capture_curve({"expected money": expected}, actual, points=50)
    if log is not None:
        checks["tracking"] = tracking(log, {model: purchases}, split, holdout_until=today)
    return pd.DataFrame.from_dict(rows, orient="index").astype(float).rename_axis("what")


def _fitted(summary: pd.DataFrame, model: str) -> tuple[Any, Any, list[str]]:
    """The two models; where spend cannot be modelled, the mean of all repeat purchases and why."""
    problems: list[str] = []
    with warnings.catch_warnings():
        # What they warn of is read from the models, and told as findings.
        for kind in (BoundaryWarning, ConvergenceWarning, NearlyConstantSpendWarning, InfiniteMeanWarning):
            warnings.simplefilter("ignore", kind)
        purchases = _MODELS[model](_UNIT).fit(summary)
        repeat = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
        try:
            spend: Any = GammaGammaModel().fit(repeat)
            if spend.q_ <= 1:
                problems.append(f"The tail of spend is so long that its mean is infinite (q = {spend.q_:.2f}).")
        except ValueError as reason:
            problems.append(f"The spend model cannot be fitted: {reason}")
    if problems:
        weight = repeat["frequency"].to_numpy(dtype=float)
        spend = float(weight @ repeat["monetary_value"].to_numpy(dtype=float) / weight.sum()) if len(repeat) else 0.0
    return purchases, spend, problems


def _spend_of(spend: Any, summary: pd.DataFrame) -> NDArray[np.float64]:
    """Expected money per purchase of each customer."""
    if isinstance(spend, float):
        return np.full(len(summary), spend)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PopulationMeanWarning)
        return spend.expected_customer_spend(_spendable(summary)).to_numpy()


def _spendable(summary: pd.DataFrame) -> pd.DataFrame:
    """Customers whose repeat purchases were all free count, for spend, as without any."""
    free = (summary["frequency"] > 0) & (summary["monetary_value"] <= 0)
    return summary.assign(frequency=summary["frequency"].mask(free, 0)) if free.any() else summary


def _valued(
    summary: pd.DataFrame,
    about: pd.DataFrame,
    terms: Terms,
    model: str,
    today: pd.Timestamp,
    split: pd.Timestamp,
    findings: list[Finding],
    cleaning: pd.DataFrame,
    cohorts: dict[str, pd.DataFrame],
    checks: dict[str, pd.DataFrame],
    holdout: pd.DataFrame,
    draws: int,
    seed: int,
    step: Steps,
) -> Result:
    step()
    purchases, spend, problems = _fitted(summary, model)
    findings += diagnosis.check_fit(purchases, spend, problems, today)
    checks["frequency"] = frequency_bins(summary, {model: purchases})
    step()
    how: dict[str, Any] = {
        "discount_rate": terms.monthly_rate,
        "periods": terms.horizon_months,
        "step": "month",
        "margin": terms.margin,
    }
    spent = _spend_of(spend, summary)
    horizon = terms.horizon_months * days_in("month") / days_in(_UNIT)
    found = pd.DataFrame(
        {
            "clv": purchases.expected_customer_lifetime_value(summary, spent, **how),
            "probability_alive": purchases.expected_probability_alive(summary),
            "expected_purchases": purchases.expected_purchases(summary, horizon),
            "expected_spend": spent,
        }
    )
    step()
    drawn, intervals = _drawn(purchases, spend, summary, draws, seed, model, how)
    low, high = (1 - terms.sure) / 2, (1 + terms.sure) / 2
    found["clv_low"], found["clv_high"] = np.quantile(drawn, [low, high], axis=1)
    step()
    days = pd.to_timedelta(np.rint(summary["T"] * days_in(_UNIT)), unit="D")
    found["first_purchase"] = pd.DatetimeIndex(today - days)
    recent = pd.to_timedelta(np.rint(summary["recency"] * days_in(_UNIT)), unit="D")
    found["last_purchase"] = found["first_purchase"].to_numpy() + recent.to_numpy()
    found["purchases"] = summary["frequency"] + 1
    found = found.join(about).join(summary[["frequency", "recency", "T", "monetary_value"]])
    found.insert(0, "tier", tier_of(found["clv"]))
    table, total = tier_table(found, drawn, terms)
    checks["ranges"] = _ranges(purchases, spend, summary, found, terms, how, seed)
    first = ["tier", "clv", "clv_low", "clv_high", "probability_alive", "expected_purchases", "expected_spend"]
    found = found[[*first, *(name for name in found.columns if name not in first)]]
    found = found.sort_values("clv", ascending=False, kind="stable").rename_axis("customer_id")
    named = {model: purchases} | ({} if isinstance(spend, float) else {"gamma-gamma": spend})
    return Result(
        "purchases",
        terms,
        today,
        split,
        found,
        total,
        table,
        parameter_table(named),
        holdout,
        tuple(findings),
        cleaning,
        cohorts,
        checks,
        intervals,
        {"purchases": purchases, "spend": spend},
    )


def _drawn(
    purchases: Any, spend: Any, summary: pd.DataFrame, draws: int, seed: int, model: str, how: dict[str, Any]
) -> tuple[NDArray[np.float64], str]:
    """Values of all customers at parameters that the data leave possible, shape (customers, draws), and how made."""
    size = len(summary)
    wanted = one_whole(draws, "draws", least=2, most=5_000)
    count = min(wanted, max(_FEWEST_DRAWS, _CELLS // size))
    data = _spendable(summary) if not isinstance(spend, float) else summary
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PopulationMeanWarning)
        if all(_has_covariance(one) for one in (purchases, spend)):
            bought = purchases.parameter_draws(count, seed)
            money_ = [spend] * count if isinstance(spend, float) else spend.parameter_draws(count, seed + 1)
            kept = [k for k in range(count) if isinstance(money_[k], float) or money_[k].q_ > 1]
            if len(kept) >= 0.9 * count:
                drawn = _at(summary, data, [bought[k] for k in kept], [money_[k] for k in kept], how)
                return drawn, f"{len(kept)} draws of the parameters from the covariance of their estimates"
        count = min(wanted, max(_FEWEST_REDRAWN, min(_REDRAWN, 1_000_000 // size)))
        random = np.random.default_rng(seed)
        bought, money_ = [], []
        for _ in range(2 * count):
            again = summary.iloc[random.integers(0, size, size)]
            if int(again["frequency"].max()) == 0:
                continue
            one, other, _ = _fitted(again, model)
            bought.append(one)
            money_.append(other)
            if len(bought) == count:
                break
        drawn = _at(summary, data, bought, money_, how)
    return drawn, f"{len(bought)} fits to customers drawn anew, with replacement"


def _at(
    summary: pd.DataFrame, spendable: pd.DataFrame, bought: list[Any], spent: list[Any], how: dict[str, Any]
) -> NDArray[np.float64]:
    """Values at each pair of models; ``value_draws`` of models that are drawn already."""
    drawn = np.empty((len(summary), len(bought)))
    for at, (model, money_) in enumerate(zip(bought, spent, strict=True)):
        each = np.full(len(summary), money_) if isinstance(money_, float) else None
        if each is None:
            each = money_.expected_customer_spend(spendable).to_numpy()
        drawn[:, at] = model.expected_customer_lifetime_value(summary, each, **how)
    return drawn


def _has_covariance(model: Any) -> bool:
    if isinstance(model, float):
        return True
    return model.boundary_ is None and bool(model.converged_) and bool(np.isfinite(model.covariance_).all(axis=None))


def tier_of(value: pd.Series) -> NDArray[np.int64]:
    """Tier of each customer by value: the best tenth, the next two tenths, the next three, the rest."""
    count = min(10, len(value))
    if count < 10:
        return np.full(len(value), 1, dtype=np.int64)
    return _TIER_OF_TENTH[equal_tiers(value.to_numpy(), 10) - 1].astype(np.int64)


def tier_table(found: pd.DataFrame, drawn: NDArray[np.float64], terms: Terms) -> tuple[pd.DataFrame, pd.Series]:
    at = [(1 - terms.sure) / 2, (1 + terms.sure) / 2]
    all_low, all_high = np.quantile(drawn.sum(axis=0), at)
    value = float(found["clv"].sum())
    total = pd.Series({"value": value, "low": all_low, "high": all_high, "customers": float(len(found))})
    tier = found["tier"].to_numpy()
    rows = {}
    for number in np.unique(tier):
        own = tier == number
        low, high = np.quantile(drawn[own].sum(axis=0), at)
        worth = float(found.loc[own, "clv"].sum())
        rows[int(number)] = {
            "name": _TIERS[int(number)] if len(np.unique(tier)) > 1 else "all",
            "customers": int(own.sum()),
            "value": worth,
            "low": low,
            "high": high,
            "share": worth / value if value > 0 else np.nan,
            "mean": worth / own.sum(),
            "money_so_far": float(found.loc[own, "money_so_far"].sum()) if "money_so_far" in found else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("tier"), total


def _ranges(
    purchases: Any, spend: Any, summary: pd.DataFrame, found: pd.DataFrame, terms: Terms, how: dict[str, Any], seed: int
) -> pd.DataFrame:
    """The middle customer of each tier, with what is expected and what may really happen."""
    if isinstance(spend, float):
        return pd.DataFrame()
    names = {}
    for number, part in found.groupby("tier"):
        order = part["clv"].sort_values(ascending=False, kind="stable")
        names[f"middle of tier {number}"] = order.index[len(order) // 2]
    chosen = list(names.values())
    data = summary.loc[chosen]
    # Where next to nobody leaves, the purchase after which one does is beyond the largest number.
    with np.errstate(over="ignore"):
        future = simulated_values(purchases, spend, data, _FUTURES, seed, **how).to_numpy()
    at = [(1 - terms.sure) / 2, (1 + terms.sure) / 2]
    table = found.loc[chosen, ["clv", "clv_low", "clv_high"]].set_axis(["expected", "low", "high"], axis=1)
    table["worst"], table["best"] = np.quantile(future, at, axis=1)
    table["nothing"] = (future == 0).mean(axis=1)
    return table.set_axis(list(names), axis=0)


def parameter_table(models: Mapping[str, Any]) -> pd.DataFrame:
    rows = {}
    for name, model in models.items():
        errors = model.standard_errors_ or {}
        for parameter, estimate in model.params_.items():
            rows[name, parameter] = {"estimate": estimate, "standard_error": errors.get(parameter, np.nan)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(rows, names=["model", "parameter"])
    return table
