"""Sales advisers who respond to pay: a simulation of several activities, of which pay reaches some.

An adviser divides effort between four activities: ``sell`` (a sale now that suits the customer), ``push`` (a sale now
that does not: more returns, lower margin, customers who leave), ``serve`` (customers stay) and ``game`` (the measured
value rises, the true one does not). Pay is a salary and a rate on each measure. Cost of effort is quadratic around what
an adviser does on a fixed salary, so that an activity which pay does not reach can fall below it.

Every number of ``Setting`` is a teaching assumption; nothing here is estimated from a real sales force.
Sources: Holmström & Milgrom (1991) for several tasks, Baker (2002) for measures that differ from what counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, array, fraction, one_whole, within
from customer_value.clv import margin_multiplier

ACTIVITIES = ("sell", "push", "serve", "game")
"""What an adviser can spend effort on."""
MEASURES = ("sales", "margin", "net sales", "value")
"""What pay can depend on: gross sales, gross margin, sales net of returns, and customer value as measured."""

PLANS: Mapping[str, Mapping[str, float]] = {
    "fixed salary": {},
    "sales": {"sales": 1.0},
    "gross margin": {"margin": 1.0},
    "net sales": {"net sales": 1.0},
    "customer value": {"value": 1.0},
    "net sales and value": {"net sales": 0.5, "value": 0.5},
}
"""Shares of variable pay by measure, for the plans that the chapter compares."""

Floats = NDArray[np.float64]

_SHARES = (
    *("margin", "push_margin", "returned", "push_returned", "return_cost", "retention"),
    *("serve_effect", "push_harm", "discount_rate"),
)


@dataclass(frozen=True)
class Setting:
    """The advisers, their customers and what each activity does. Euros and a year; effects are per unit of effort.

    A unit of ``sell`` and of ``serve`` is what an adviser does on a fixed salary; nobody pushes or games there.
    Raises ``ValueError`` or ``TypeError`` for numbers that make no sense.
    """

    customers: float = 400.0
    """Of each adviser, at the start."""
    new_customers: float = 100.0
    """A year and adviser, whatever the adviser does."""
    sales: float = 300.0
    """Gross, a customer and year, at the effort of a fixed salary."""
    sell_effect: float = 30.0
    """Gross sales a customer."""
    push_effect: float = 45.0
    """Gross sales a customer."""
    margin: float = 0.45
    """Share of price."""
    push_margin: float = 0.25
    """Share of price on what is pushed: discounts."""
    returned: float = 0.08
    """Share of sales that comes back."""
    push_returned: float = 0.5
    """Share of pushed sales that comes back."""
    return_cost: float = 0.15
    """Handling and write-offs as a share of what comes back."""
    retention: float = 0.75
    """Share of customers who stay a year, at the effort of a fixed salary."""
    serve_effect: float = 0.06
    """Retention."""
    push_harm: float = 0.05
    """Retention lost."""
    game_effect: float = 12.0
    """Measured value a customer that is not there: duplicate accounts, orders moved, optimistic entries."""
    effort_cost: float = 2_500.0
    """What the first unit beyond habit costs the adviser is half of it."""
    substitution: float = 0.35
    """How far effort on one activity makes effort on another dearer, 0 (not at all) to below 1."""
    sales_noise: float = 6_000.0
    """Standard deviation of the luck in an adviser's gross sales of a year."""
    value_noise: float = 40_000.0
    """Standard deviation of the error in an adviser's measured customer value of a year."""
    risk_aversion: float = 1e-4
    """Per euro: at 0.0001 an adviser gives up 50 euros to be spared a coin toss for 1,000 won or lost."""
    reservation: float = 36_000.0
    """Pay a year that an adviser gets elsewhere for the effort of a fixed salary."""
    skill_spread: float = 0.2
    """Standard deviation of advisers' skill in selling and, independently, in serving; the mean is 1."""
    discount_rate: float = 0.1

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, amount(getattr(self, each.name), each.name))
        for name in _SHARES:
            fraction(getattr(self, name), name, zero=True)
        for name in ("customers", "sales", "effort_cost"):
            within(getattr(self, name), name, above=0)
        fraction(self.substitution, "substitution", zero=True, one=False)
        fraction(self.retention, "retention", zero=True, one=False)

    def changed(self, **changes: float) -> Self:
        """The setting with other assumptions."""
        return replace(self, **changes)

    @property
    def cost(self) -> Floats:
        """The matrix K of the quadratic cost of effort, activities × activities, euros per unit²."""
        size = len(ACTIVITIES)
        return self.effort_cost * ((1 - self.substitution) * np.eye(size) + self.substitution)

    @property
    def habit(self) -> Floats:
        """Effort on a fixed salary, in the order of ``ACTIVITIES``."""
        return np.array([1.0, 0.0, 1.0, 0.0])

    @property
    def contribution(self) -> float:
        """Margin on what stays less the cost of what comes back, a customer and year at habit."""
        return self.sales * _kept(self.margin, self.returned, self.return_cost)

    @property
    def value_kept(self) -> float:
        """What a customer who is still there at the end of a year is worth now: all later contributions, discounted."""
        later = margin_multiplier(self.retention, self.discount_rate, first_margin="now")
        return self.contribution * float(later) / (1 + self.discount_rate)

    def per_customer(self) -> pd.DataFrame:
        """Measures, and what counts, a customer and year: ``habit`` and the change by one unit of each activity.

        Rows: ``MEASURES``, then ``returns``, ``contribution``, ``retention`` and ``true value`` (contribution of the
        year and the value of who stays).
        """
        sold = pd.Series([self.sales, self.sell_effect, 0.0, 0.0, 0.0], ["habit", *ACTIVITIES])
        pushed = pd.Series([0.0, 0.0, self.push_effect, 0.0, 0.0], sold.index)
        gamed = pd.Series([0.0, 0.0, 0.0, 0.0, self.game_effect], sold.index)
        stays = pd.Series([self.retention, 0.0, -self.push_harm, self.serve_effect, 0.0], sold.index)
        contribution = sold * _kept(self.margin, self.returned, self.return_cost) + pushed * _kept(
            self.push_margin, self.push_returned, self.return_cost
        )
        returns = sold * self.returned + pushed * self.push_returned
        true = contribution + self.value_kept * stays
        rows = {
            "sales": sold + pushed,
            "margin": self.margin * sold + self.push_margin * pushed,
            "net sales": sold + pushed - returns,
            "value": true + gamed,
            "returns": returns,
            "contribution": contribution,
            "retention": stays,
            "true value": true,
        }
        return pd.DataFrame(rows).T

    def covariance(self) -> Floats:
        """Covariance of the measures' noise for one adviser and year, measures × measures, euros².

        Luck in sales is in every measure; the error of the measured value comes on top.
        """
        share = np.array(
            [
                1.0,
                self.margin,
                1 - self.returned,
                _kept(self.margin, self.returned, self.return_cost),
            ]
        )
        own = np.diag([0.0, 0.0, 0.0, self.value_noise**2])
        return self.sales_noise**2 * np.outer(share, share) + own


@dataclass(frozen=True)
class PayOutcome:
    """What a pay plan did; ``simulate`` and ``expected_course`` make it."""

    shares: Mapping[str, float]
    """Of variable pay, by measure."""
    rates: pd.Series
    """Euros of pay for a euro of each measure."""
    years: pd.DataFrame
    """Means over the advisers by year; the columns are those that ``expected_course`` names."""
    advisers: pd.DataFrame
    """One row for each adviser: ``sell_skill``, ``serve_skill``, and mean ``pay``, its ``pay_sd`` over the years, mean
    ``sales`` and ``profit``, and ``customers`` at the end."""


def best_response(effects: ArrayLike, rates: ArrayLike, cost: ArrayLike, habit: ArrayLike) -> Floats:
    """The effort that an agent chooses: ē + K⁻¹ Mᵀ β where nothing is negative, else the best that is not.

    Parameters
    ----------
    effects
        M, measures × activities: change of each measure by one unit of each activity, money.
    rates
        β, pay for a unit of each measure.
    cost
        K, activities × activities, positive definite: the cost of effort e is (e − ē)ᵀ K (e − ē) / 2, money.
    habit
        ē, effort without variable pay, not negative.

    Returns effort by activity. Raises ``ValueError`` or ``TypeError`` for shapes that do not fit.

    Source: Holmström & Milgrom (1991), section 2; the bounds at zero are ours.
    """
    pulls, matrix, start = _pulls(effects, rates), array(cost, "cost"), within(habit, "habit", low=0)
    _square(matrix, pulls.size, "cost", definite=True)
    if start.shape != pulls.shape:
        raise ValueError(f"habit must have one number for each of {pulls.size} activities; got {start.size}.")
    return _responses(pulls[None, :], matrix, start)[0]


def risk_premium(rates: ArrayLike, covariance: ArrayLike, risk_aversion: float) -> float:
    """What a risk-averse agent must be paid to bear the noise in pay: ρ βᵀ Σ β / 2, money a period.

    ``covariance`` is Σ, measures × measures; ``risk_aversion`` is ρ, per unit of money. Exact for constant absolute
    risk aversion and normal noise.
    """
    beta, sigma = np.atleast_1d(within(rates, "rates")), np.atleast_2d(array(covariance, "covariance"))
    _square(sigma, beta.size, "covariance")
    return float(amount(risk_aversion, "risk_aversion") / 2 * beta @ sigma @ beta)


def best_rates(
    effects: ArrayLike, benefit: ArrayLike, cost: ArrayLike, covariance: ArrayLike, risk_aversion: float
) -> Floats:
    """The rates that leave firm and agent together most: (M K⁻¹ Mᵀ + ρΣ)⁻¹ M K⁻¹ b.

    Parameters
    ----------
    benefit
        b, what one unit of each activity is worth to the firm, money.
    effects, cost, covariance, risk_aversion
        As in ``best_response`` and ``risk_premium``.

    Holds where no effort is at zero. With one activity measured directly it is b / (1 + ρ K σ²), the textbook rate.
    Raises ``ValueError`` where measures repeat each other without noise, so that no single answer exists.

    Source: Holmström & Milgrom (1991), section 2, with measures that are not the tasks as in Baker (2002).
    """
    m, worth = np.atleast_2d(array(effects, "effects")), np.atleast_1d(within(benefit, "benefit"))
    matrix, sigma = np.atleast_2d(array(cost, "cost")), np.atleast_2d(array(covariance, "covariance"))
    _square(matrix, m.shape[1], "cost", definite=True)
    _square(sigma, m.shape[0], "covariance")
    if worth.size != m.shape[1]:
        raise ValueError(f"benefit must have one number for each of {m.shape[1]} activities; got {worth.size}.")
    reach = m @ np.linalg.inv(matrix)
    total = reach @ m.T + amount(risk_aversion, "risk_aversion") * sigma
    if np.linalg.matrix_rank(total) < len(total):
        raise ValueError("Two measures say the same without noise, or one says nothing: leave one out.")
    return np.linalg.solve(total, reach @ worth)


def rates_for(setting: Setting, shares: Mapping[str, float], strength: float = 9_000.0) -> pd.Series:
    """Rates at which an adviser who changes nothing earns ``strength`` euros a year, by these ``shares`` of measures.

    So plans are compared at equal variable pay. ``shares`` are from 0 to 1 and add to 1, or are empty for a fixed
    salary. Returns euros per euro of each of ``MEASURES``.
    """
    if unknown := [name for name in shares if name not in MEASURES]:
        raise ValueError(f"shares: no measure is called {', '.join(unknown)}; there are {', '.join(MEASURES)}.")
    parts = pd.Series({name: fraction(shares.get(name, 0.0), name, zero=True) for name in MEASURES})
    if shares and abs(parts.sum() - 1) > 1e-9:
        raise ValueError(f"shares must add to 1; they add to {parts.sum():g}.")
    levels = setting.customers * setting.per_customer().loc[list(MEASURES), "habit"]
    if empty := [name for name in MEASURES if parts[name] > 0 and levels[name] <= 0]:
        raise ValueError(f"{', '.join(empty)} is not above 0 on a fixed salary: no rate on it pays anybody.")
    levels = levels.where(parts > 0, 1.0)
    return parts * amount(strength, "strength") / levels


def expected_course(
    setting: Setting, shares: Mapping[str, float], years: int = 8, strength: float = 9_000.0
) -> PayOutcome:
    """What a plan does to one adviser of mean skill without luck, year by year.

    ``years`` has by year: ``customers`` (at its start), effort on ``sell``, ``push``, ``serve`` and ``game``,
    ``sales``, ``returns``, ``return_rate``, ``retention``, ``contribution``, ``measured`` and ``true_value`` of the
    year, ``variable`` pay, ``effort`` (its cost to the adviser beyond habit), ``risk`` (premium), ``pay`` in all and
    ``profit`` (contribution less pay); euros.

    Each year the adviser chooses the best effort for the pay of that year, and the salary leaves the adviser as well
    off as elsewhere: pay in all is what another job pays, the cost of effort and the risk premium.
    """
    return _course(setting, shares, years, strength, np.ones((1, 2)), None)


def simulate(
    setting: Setting,
    shares: Mapping[str, float],
    years: int = 8,
    advisers: int = 200,
    strength: float = 9_000.0,
    seed: int = 14,
) -> PayOutcome:
    """As ``expected_course``, for ``advisers`` who differ in skill and have luck; ``years`` are their means.

    Skills, luck in sales, errors of the measured value and who stays (binomial) are drawn from ``seed``.
    """
    random = np.random.default_rng(seed)
    size = (one_whole(advisers, "advisers", least=1, most=100_000), 2)
    spread = np.sqrt(np.log1p(setting.skill_spread**2))
    skill = np.exp(spread * random.standard_normal(size) - spread**2 / 2)
    return _course(setting, shares, years, strength, skill, random)


def compare_plans(
    setting: Setting,
    plans: Mapping[str, Mapping[str, float]] = PLANS,
    years: int = 8,
    strength: float = 9_000.0,
) -> pd.DataFrame:
    """``expected_course`` of each plan in one row.

    Columns: effort in the first year (``sell``, ``push``, ``serve``, ``game``), ``first_sales`` and ``last_sales``
    (gross, first and last year), ``return_rate`` and ``retention`` (last year), ``customers`` (at the end), ``pay``
    (mean a year), ``profit`` (all years, discounted to the start), ``left`` (value of the customers at the end of the
    last year, whose next contribution comes a year later; discounted, at the habit of a fixed salary) and ``worth``
    (both); euros an adviser.
    """
    if not plans:
        raise ValueError("plans must hold at least one plan.")
    return pd.DataFrame(
        {name: _summary(setting, expected_course(setting, shares, years, strength)) for name, shares in plans.items()}
    ).T.rename_axis("plan")


def pay_mix(
    setting: Setting,
    against: str = "sales",
    shares: Sequence[float] = tuple(np.linspace(0, 1, 21)),
    years: int = 8,
    strength: float = 9_000.0,
) -> pd.DataFrame:
    """``compare_plans`` for mixes of pay for customer value with pay for ``against``, indexed by the share on value."""
    if against not in MEASURES[:-1]:
        raise ValueError(f"against must be one of {', '.join(MEASURES[:-1])}; got {against!r}.")
    each = [fraction(share, "shares", zero=True) for share in shares]
    plans = {share: {against: 1 - share, "value": share} for share in each}
    return compare_plans(setting, plans, years, strength).rename_axis("share on value")


def _course(
    setting: Setting,
    shares: Mapping[str, float],
    years: int,
    strength: float,
    skill: Floats,
    random: np.random.Generator | None,
) -> PayOutcome:
    rates = rates_for(setting, shares, strength)
    table = setting.per_customer()
    row = {name: at for at, name in enumerate(table.index)}
    slopes = np.repeat(table[list(ACTIVITIES)].to_numpy()[None], len(skill), axis=0)
    slopes[:, :, 0] *= skill[:, :1]
    slopes[:, :, 2] *= skill[:, 1:]
    paid = slice(0, len(MEASURES))
    cost, habit, beta = setting.cost, setting.habit, rates.to_numpy()
    premium = risk_premium(beta, setting.covariance(), setting.risk_aversion)
    share = _kept(setting.margin, setting.returned, setting.return_cost)
    luck_in = np.zeros(len(row))
    for name, part in {
        "sales": 1.0, "margin": setting.margin, "net sales": 1 - setting.returned, "value": share,
        "returns": setting.returned, "contribution": share, "true value": share,
    }.items():  # fmt: skip
        luck_in[row[name]] = part
    customers = np.full(len(skill), setting.customers)
    rows, pays, profits, sold = [], [], [], []
    for year in range(1, one_whole(years, "years", least=1, most=50) + 1):
        pulls = customers[:, None] * np.einsum("m,nma->na", beta, slopes[:, paid])
        effort = _responses(pulls, cost, habit)
        beyond = effort - habit
        each = table["habit"].to_numpy() + np.einsum("nma,na->nm", slopes, beyond)
        stays = each[:, row["retention"]].clip(0, 1)
        money = each * customers[:, None]
        expected = money[:, paid] @ beta
        burden = np.einsum("na,ab,nb->n", beyond, cost, beyond) / 2
        if random is not None:
            luck = random.standard_normal((len(skill), 2)) * [setting.sales_noise, setting.value_noise]
            money += luck[:, :1] * luck_in
            money[:, row["value"]] += luck[:, 1]
        variable = money[:, paid] @ beta
        pay = setting.reservation + burden + premium + variable - expected
        profit = money[:, row["contribution"]] - pay
        mean = dict(zip(row, money.mean(axis=0), strict=True))
        rows.append(
            {"year": year, "customers": customers.mean()}
            | dict(zip(ACTIVITIES, effort.mean(axis=0), strict=True))
            | {
                "sales": mean["sales"],
                "returns": mean["returns"],
                "return_rate": mean["returns"] / mean["sales"],
                "retention": stays @ customers / customers.sum() if customers.sum() else 0.0,
                "contribution": mean["contribution"],
                "measured": mean["value"],
                "true_value": mean["true value"],
                "variable": variable.mean(),
                "effort": burden.mean(),
                "risk": premium,
                "pay": pay.mean(),
                "profit": profit.mean(),
            }
        )
        pays.append(pay)
        profits.append(profit)
        sold.append(money[:, row["sales"]])
        kept = customers * stays if random is None else random.binomial(np.rint(customers).astype(np.int64), stays)
        customers = kept + setting.new_customers
    advisers = pd.DataFrame(
        {
            "sell_skill": skill[:, 0],
            "serve_skill": skill[:, 1],
            "pay": np.mean(pays, axis=0),
            "pay_sd": np.std(pays, axis=0),
            "sales": np.mean(sold, axis=0),
            "profit": np.mean(profits, axis=0),
            "customers": customers,
        }
    )
    return PayOutcome(dict(shares), rates, pd.DataFrame(rows).set_index("year"), advisers)


def _summary(setting: Setting, outcome: PayOutcome) -> dict[str, float]:
    years = outcome.years
    first, last = years.iloc[0], years.iloc[-1]
    discount = (1 + setting.discount_rate) ** -years.index.to_numpy(dtype=float)
    profit = float(years["profit"] @ discount)
    customers = float(outcome.advisers["customers"].mean())
    left = customers * setting.value_kept * discount[-1]
    return {name: first[name] for name in ACTIVITIES} | {
        "first_sales": first["sales"],
        "last_sales": last["sales"],
        "return_rate": last["return_rate"],
        "retention": last["retention"],
        "customers": customers,
        "pay": years["pay"].mean(),
        "profit": profit,
        "left": left,
        "worth": profit + left,
    }


def _kept(margin: float, returned: float, return_cost: float) -> float:
    """Contribution as a share of gross sales: margin on what stays less the cost of what comes back."""
    return margin * (1 - returned) - return_cost * returned


def _pulls(effects: ArrayLike, rates: ArrayLike) -> Floats:
    """What one unit of each activity adds to pay."""
    m, beta = np.atleast_2d(within(effects, "effects")), np.atleast_1d(within(rates, "rates"))
    if m.ndim != 2 or len(m) != beta.size:
        raise ValueError(f"effects must have one row for each of {beta.size} rates; its shape is {m.shape}.")
    return beta @ m


def _square(matrix: Floats, size: int, name: str, *, definite: bool = False) -> None:
    if matrix.shape != (size, size):
        raise ValueError(f"{name} must be {size} × {size}; its shape is {matrix.shape}.")
    if not np.allclose(matrix, matrix.T):
        raise ValueError(f"{name} must be symmetric.")
    lowest = float(np.linalg.eigvalsh(matrix).min())
    if lowest < -1e-9 * np.abs(matrix).max() or (definite and lowest <= 0):
        raise ValueError(f"{name} must be positive {'definite' if definite else 'semidefinite'}; it is not.")


def _responses(pulls: Floats, cost: Floats, habit: Floats) -> Floats:
    """The best effort for each row of ``pulls``: every set of activities at zero is tried, and one fits."""
    size = habit.size
    found = np.full(pulls.shape, np.nan)
    slack = 1e-9 * (1.0 + np.abs(pulls).max(initial=0.0))
    for used in product((True, False), repeat=size):
        open_rows = np.isnan(found[:, 0])
        if not open_rows.any():
            break
        on = np.array(used)
        pull = pulls[open_rows]
        effort = np.zeros(pull.shape)
        if on.any():
            asked = pull[:, on] + cost[np.ix_(on, ~on)] @ habit[~on]
            effort[:, on] = habit[on] + np.linalg.solve(cost[np.ix_(on, on)], asked.T).T
        gradient = (effort - habit) @ cost - pull
        fits = (effort >= -1e-12).all(axis=1) & (gradient[:, ~on] >= -slack).all(axis=1)
        rows = np.flatnonzero(open_rows)[fits]
        found[rows] = np.maximum(effort[fits], 0.0)
    return found
