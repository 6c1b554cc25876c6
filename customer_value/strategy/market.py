"""Two firms, the same people, ten years: treating all customers alike against treating each by what they are worth.

The rules of the market, in the order in which a year runs:

1. *Planning.* Each firm divides a yearly budget among winning customers, the product and, if it knows who its
   customers are, care for each of them. It spends until the next euro brings less than it costs, or the budget ends.
2. *Winning.* Only people who are customers of neither firm can be won. ``acquisition_cost`` wins one customer where
   everybody is free; where half of the people have a supplier already, half of the contacts are wasted.
3. *Buying.* Everybody has needs: a Poisson number of orders a year at an own rate that never changes. A customer gives
   them all to the one firm. Rates are gamma distributed; their coefficient of variation is ``heterogeneity``.
   Product spending raises what an order brings, for all customers of the firm alike, with diminishing returns.
4. *Leaving.* At the end of the year each customer leaves with chance ``churn``, times a factor that care lowers, with
   diminishing returns. Who leaves is free to be won again, by either firm.

What the two kinds of firm know and do:

- A **product-centric** firm knows totals and averages: the mean rate of buying, the margin, the churn, how many
  customers it has. It does not know who they are, so it can win people and improve the product, but cares for nobody.
- A **customer-centric** firm pays ``knowing_cost`` a year for each customer to know who buys. From the orders of each
  it forms the posterior mean of that person's rate and cares for each up to where the next euro of care keeps less than
  a euro of expected value. Winning and product follow the same rule as at the other firm.
- A third kind cares for **all alike**: it knows its customers' names but not their value. It tells how much of an
  advantage comes from care, and how much from telling customers apart.

All use one rule of thumb that is wrong where acquisition is cheap: they count a customer who leaves as lost for good,
though some come back. All else is the same for all, so that a difference comes from knowing customers alone.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import amount, fraction, one_whole, single
from customer_value.strategy._budget import Plan, plan

Floats = NDArray[np.float64]

PRODUCT_CENTRIC = "product-centric"
CUSTOMER_CENTRIC = "customer-centric"
CARES_FOR_ALL = "care for all alike"
RULES = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC, CARES_FOR_ALL)

_FREE = -1


@dataclass(frozen=True)
class Market:
    """A market for two firms; every number is a teaching assumption, in euros and years.

    Raises ``ValueError`` or ``TypeError`` where a value makes no sense.
    """

    heterogeneity: float = 1.5
    """Standard deviation of people's rates of buying over their mean: 0 for all alike, at most 3."""
    churn: float = 0.3
    """Chance that a customer whom nobody cares for leaves at the end of a year; below 1."""
    acquisition_cost: float = 40.0
    """Euros that win one customer where everybody is free; above 0."""
    budget: float = 12.0
    """Euros a firm may spend in a year, for each person in the market; it may spend less."""
    orders: float = 6.0
    """Mean orders of a person in a year; above 0."""
    margin: float = 6.0
    """Euros that an order brings before the budget, without product spending."""
    product_lift: float = 0.5
    """What unlimited product spending would add to the margin of an order, as a share of it."""
    product_scale: float = 4.0
    """Euros a year for each person in the market at which product spending has 63% of its effect; above 0."""
    care_effect: float = 0.7
    """Share of leaving that unlimited care would prevent, from 0 to 1."""
    care_scale: float = 20.0
    """Euros a year at which care for a customer has 63% of its effect; above 0."""
    knowing_cost: float = 2.0
    """Euros a year for each customer that it costs to know who buys."""
    discount_rate: float = 0.1
    """A year; above 0."""
    start_share: float = 0.2
    """Share of the people who are customers of each firm at the start, from 0 to 0.5."""
    years: int = 10
    people: int = 3000
    """People in the market, at least 10; more make the outcome less a matter of luck, and take longer."""
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= single(self.heterogeneity, "heterogeneity") <= 3:
            raise ValueError(f"heterogeneity must be from 0 (all alike) to 3; got {self.heterogeneity:g}.")
        fraction(self.churn, "churn", zero=True, one=False)
        fraction(self.care_effect, "care_effect", zero=True)
        for name in ("acquisition_cost", "orders", "product_scale", "care_scale", "discount_rate"):
            if amount(getattr(self, name), name) == 0:
                raise ValueError(f"{name} must be above 0; got 0.")
        for name in ("budget", "margin", "product_lift", "knowing_cost"):
            amount(getattr(self, name), name)
        if not 0 <= single(self.start_share, "start_share") <= 0.5:
            raise ValueError(f"start_share must be from 0 to 0.5, as there are two firms; got {self.start_share:g}.")
        one_whole(self.years, "years", least=1, most=100)
        one_whole(self.people, "people", least=10, most=1_000_000)
        one_whole(self.seed, "seed")

    @property
    def expected_years(self) -> float:
        """Discounted years that a customer whom nobody cares for stays, this one included: (1 + i) / (i + churn)."""
        return (1 + self.discount_rate) / (self.discount_rate + self.churn)

    def changed(self, **values: Any) -> "Market":
        """This market with other values. Raises ``ValueError`` for an unknown name."""
        known = [each.name for each in fields(self)]
        if unknown := [name for name in values if name not in known]:
            raise ValueError(f"A market has no {', '.join(unknown)}; it has {', '.join(known)}.")
        return replace(self, **values)


@dataclass(frozen=True)
class Outcome:
    """What came of a market; ``simulate`` makes it."""

    market: Market
    rules: tuple[str, str]
    years: pd.DataFrame
    """One row per firm and year, indexed by ``firm`` (0, 1) and ``year`` (1 …): ``rule``; ``customers`` and ``share``
    (of the people) after those who leave have left; ``won``, ``left``, ``orders``; ``margin``, ``acquisition``,
    ``product``, ``care``, ``knowing``, ``profit`` and ``equity`` in euros. Equity is what the customers of the firm
    will bring from the next year on without care and product spending, by their true rates."""
    firms: pd.DataFrame
    """One row per firm: ``rule``, ``profit`` (discounted to the first year), ``equity`` (at the end, discounted
    likewise), ``value`` (their sum), ``share`` (at the end), ``reached`` and ``needs_met`` (see ``two_axes``)."""

    def lead(self, by: str = "value") -> float:
        """How far the second firm is ahead of the first by a column of ``firms``; below 0 if it is behind."""
        if by not in ("profit", "equity", "value", "share"):
            raise ValueError(f"by must be 'profit', 'equity', 'value' or 'share'; got {by!r}.")
        return float(self.firms.loc[1, by] - self.firms.loc[0, by])


def simulate(market: Market | None = None, rules: tuple[str, str] = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC)) -> Outcome:
    """Ten years of two firms by the rules above.

    Parameters
    ----------
    market
        The assumptions; ``Market()`` if left out.
    rules
        One of ``RULES`` for each firm; the same twice is allowed.

    Returns
    -------
    Outcome
        The same for the same market on every system: the lots of people (rates, orders, chances of being won and of
        leaving) are drawn before anybody decides, and are the same whatever the firms do.

    Raises
    ------
    ValueError
        For unknown rules.
    """
    market = _checked(market)
    if len(rules) != 2 or any(rule not in RULES for rule in rules):
        raise ValueError(f"rules must be two of {', '.join(map(repr, RULES))}; got {rules!r}.")
    return _run(market, tuple(rules), seats=(0, 1))


def average_course(
    market: Market | None = None, rules: tuple[str, str] = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC), repeats: int = 1
) -> Outcome:
    """The mean of two courses of events in which the firms swap places, and of ``repeats`` such pairs.

    Each firm then meets exactly the same people with the same lots: with the same rule both come out exactly equal,
    and a difference is due to the rules. Further pairs have the seeds that follow the market's own; a few very good
    customers, won by one firm or the other, matter. All counts are means, so they need not be whole.

    Errors as in ``simulate``, and ``ValueError`` for fewer than one repeat.
    """
    first = _checked(market)
    number = one_whole(repeats, "repeats", least=1, most=1000)
    runs = []
    for seed in range(first.seed, first.seed + number):
        one = simulate(first.changed(seed=seed), rules)
        runs += [one, _run(one.market, one.rules, seats=(1, 0))]
    return Outcome(first, one.rules, _mean([run.years for run in runs]), _mean([run.firms for run in runs]))


def compare(
    market: Market | None = None, rules: tuple[str, str] = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC), repeats: int = 1
) -> pd.DataFrame:
    """``Outcome.firms`` of the ``average_course``."""
    return average_course(market, rules, repeats).firms


def several_courses(
    market: Market | None = None, rules: tuple[str, str] = (PRODUCT_CENTRIC, CUSTOMER_CENTRIC), number: int = 20
) -> pd.DataFrame:
    """The lead of the second firm in ``number`` courses of events, to see how much of one course is luck.

    Returns a frame indexed by ``seed`` (the market's and those that follow) with ``one_course`` (``simulate``) and
    ``both_seats`` (``average_course`` of that seed, in which the firms swap places), in euros of value for each person
    in the market. Errors as in ``average_course``, with ``number`` for ``repeats``.
    """
    first = _checked(market)
    seeds = range(first.seed, first.seed + one_whole(number, "number", least=1, most=1000))
    rows = []
    for seed in seeds:
        this = first.changed(seed=seed)
        rows.append((simulate(this, rules).lead() / first.people, average_course(this, rules).lead() / first.people))
    return pd.DataFrame(rows, index=pd.Index(seeds, name="seed"), columns=["one_course", "both_seats"])


def _mean(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The mean of tables with equal rows; what is no number is the same in all."""
    numbers = [name for name in tables[0] if name != "rule"]
    return tables[0].assign(**{name: sum(table[name] for table in tables) / len(tables) for name in numbers})


def _checked(market: Market | None) -> Market:
    if market is not None and not isinstance(market, Market):
        raise TypeError(f"market must be a Market; got {type(market).__name__}.")
    return Market() if market is None else market


def _run(market: Market, rules: tuple[str, str], seats: tuple[int, int]) -> Outcome:
    """One course of events. The firm in seat 0 draws the low lots when both reach for the same person."""
    size = market.people
    draws = np.random.default_rng(market.seed)
    rate = _rates(market, draws)
    lots = draws.random((market.years + 1, 3, size))
    needs = draws.poisson(rate, (market.years, size))
    owner = _at_start(market, lots[-1], seats)
    seen, ordered = np.zeros((2, size)), np.zeros((2, size))
    since = np.zeros((2, size), dtype=bool)
    rows: list[dict[str, Any]] = []
    for year in range(market.years):
        plans = [_planned(market, rules[firm], owner == firm, seen[firm], ordered[firm], owner) for firm in (0, 1)]
        before = owner.copy()
        owner = _won(market, owner, plans, lots[year], seats)
        since |= owner == np.array([[0], [1]])
        care = np.where(before == 0, plans[0].care, np.where(before == 1, plans[1].care, 0.0))
        stays = lots[year, 2] >= _leaving(market, care)
        for firm in (0, 1):
            mine = owner == firm
            orders = int(needs[year, mine].sum())
            rows.append(
                _account(market, rules[firm], firm, year, mine, before, orders, plans[firm], rate, mine & stays)
            )
            seen[firm] += mine
            ordered[firm] += np.where(mine, needs[year], 0)
        owner = np.where(stays, owner, _FREE)
    years = pd.DataFrame(rows).set_index(["firm", "year"]).sort_index()
    return Outcome(market, rules, years, _summed(market, rules, years, since, needs))


def _rates(market: Market, draws: np.random.Generator) -> Floats:
    """Orders a year of each person: gamma with the wanted spread, scaled so that their mean is exact."""
    if market.heterogeneity == 0:
        return np.full(market.people, market.orders)
    raw = draws.standard_gamma(market.heterogeneity**-2, market.people)
    # A spread beyond what the sample holds can leave nobody buying at all.
    return market.orders * raw / max(raw.mean(), np.finfo(float).tiny)


def _at_start(market: Market, lots: Floats, seats: tuple[int, int]) -> NDArray[np.int64]:
    """Customers of each firm at the start, by lot and exactly as many for both."""
    each = round(market.start_share * market.people)
    order = np.argsort(lots[0], kind="stable")
    owner = np.full(market.people, _FREE, dtype=np.int64)
    owner[order[:each]] = seats[0]
    owner[order[each : 2 * each]] = seats[1]
    return owner


def _planned(
    market: Market, rule: str, mine: NDArray[np.bool_], seen: Floats, ordered: Floats, owner: NDArray[np.int64]
) -> Plan:
    """The division of the year's budget; values are what the firm believes, not what we know."""
    size = market.people
    worth = market.margin * market.expected_years
    believed = np.zeros(size)
    if rule == CUSTOMER_CENTRIC:
        believed[mine] = worth * posterior_rate(market, ordered[mine], seen[mine])
    elif rule == CARES_FOR_ALL:
        believed[mine] = worth * market.orders
    # What is kept by care comes a year later, and only if the customer would have left.
    at_stake = market.care_effect * market.churn * believed / (1 + market.discount_rate)
    customers = int(mine.sum())
    return plan(
        budget=market.budget * size,
        newcomer=worth * market.orders * float(np.mean(owner == _FREE)),
        contact_cost=market.acquisition_cost,
        people=size,
        turnover=customers * market.margin * market.orders * market.product_lift,
        product_scale=market.product_scale * size,
        at_stake=at_stake,
        care_scale=market.care_scale,
    )


def posterior_rate(market: Market, ordered: Floats, years: Floats) -> Floats:
    """Orders a year to be expected of customers after ``ordered`` orders in ``years`` years.

    The posterior mean of a Poisson rate under the gamma distribution of all people's rates:
    (k + orders) / (k / mean + years), k = 1 / heterogeneity². With heterogeneity 0 it is the mean of all.
    """
    spread = market.heterogeneity**2
    return market.orders * (1 + spread * ordered) / (1 + spread * market.orders * years)


def _won(
    market: Market, owner: NDArray[np.int64], plans: list[Plan], lots: Floats, seats: tuple[int, int]
) -> NDArray[np.int64]:
    """Free people whom the two firms' contacts win: at random, in proportion to their spending."""
    reach = np.array([each.acquisition for each in plans]) / (market.acquisition_cost * market.people)
    total = reach.sum()
    if total == 0:
        return owner
    won = (owner == _FREE) & (lots[0] < -np.expm1(-total))
    by_first = lots[1] < reach[seats[0]] / total
    return np.where(won, np.where(by_first, seats[0], seats[1]), owner)


def _leaving(market: Market, care: Floats) -> Floats:
    """Chance that each customer leaves at the end of the year."""
    return market.churn * (1 + market.care_effect * np.expm1(-care / market.care_scale))


def _account(
    market: Market,
    rule: str,
    firm: int,
    year: int,
    mine: NDArray[np.bool_],
    before: NDArray[np.int64],
    orders: int,
    spent: Plan,
    rate: Floats,
    kept: NDArray[np.bool_],
) -> dict[str, Any]:
    per_order = market.margin * (
        1 - market.product_lift * np.expm1(-spent.product / (market.product_scale * market.people))
    )
    knowing = 0.0 if rule == PRODUCT_CENTRIC else market.knowing_cost * int(mine.sum())
    margin, care = orders * per_order, float(spent.care.sum())
    return {
        "firm": firm,
        "year": year + 1,
        "rule": rule,
        "customers": int(kept.sum()),
        "share": float(kept.mean()),
        "won": int((mine & (before == _FREE)).sum()),
        "left": int((mine & ~kept).sum()),
        "orders": orders,
        "margin": margin,
        "acquisition": spent.acquisition,
        "product": spent.product,
        "care": care,
        "knowing": knowing,
        "profit": margin - spent.acquisition - spent.product - care - knowing,
        "equity": market.margin * market.expected_years * float(rate[kept].sum()),
    }


def _summed(
    market: Market, rules: tuple[str, str], years: pd.DataFrame, since: NDArray[np.bool_], needs: NDArray[np.int64]
) -> pd.DataFrame:
    factor = (1 + market.discount_rate) ** -np.arange(market.years + 1.0)
    rows = []
    for firm in (0, 1):
        course = years.loc[firm]
        profit = float(course["profit"].to_numpy() @ factor[:-1])
        equity = float(course["equity"].iloc[-1] * factor[-1])
        wanted = int(needs[:, since[firm]].sum())
        rows.append(
            {
                "rule": rules[firm],
                "profit": profit,
                "equity": equity,
                "value": profit + equity,
                "share": float(course["share"].iloc[-1]),
                "reached": float(since[firm].mean()),
                "needs_met": int(course["orders"].sum()) / wanted if wanted else 0.0,
            }
        )
    return pd.DataFrame(rows).rename_axis("firm")


def two_axes(outcome: Outcome) -> pd.DataFrame:
    """Peppers' two axes of a simulated market: customers reached, and how much of their needs is satisfied.

    Returns a frame indexed by the firms' rules (a second firm with the same rule gets a 2) with ``reached``, the share
    of the people who were ever customers, and ``needs_met``, the share of the orders those people placed in all the
    years, anywhere or nowhere, that this firm got. Both from 0 to 1: what ``plots.two_axes`` draws.
    """
    table = outcome.firms.set_index("rule")[["reached", "needs_met"]]
    if not table.index.is_unique:
        table.index = [table.index[0], f"{table.index[1]} 2"]
    return table.rename_axis("firm")
