"""From customers to cash to the value of the firm, of its equity and of a share."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import amount, fraction, one_whole, single, within
from customer_value.retention import ShiftedBetaGeoModel
from customer_value.valuation.base import CustomerBase, project_customers

Terminal = Literal["perpetuity", "run-off", "none"]
LossRelief = Literal["forward", "at once"]

_PARTS = ("customers today", "customers still to be won", "acquisition cost", "fixed costs", "tax", "reinvestment")
PRESENT, FUTURE, ACQUISITION, FIXED, TAX, REINVESTMENT = _PARTS


@dataclass(frozen=True)
class Economics:
    """What a customer brings and what the firm costs, each one number or one for each period to come."""

    revenue: float | ArrayLike = 1.0
    """Money per active customer and period; 1 for a base that already counts revenue."""
    margin: float | ArrayLike = 1.0
    """Contribution as a share of revenue: what is left after all costs that rise with orders or customers."""
    acquisition_cost: float | ArrayLike = 0.0
    """Money per customer won."""
    fixed_cost: float | ArrayLike = 0.0
    """Money per period that does not depend on customers."""
    tax: float = 0.0
    """Share of profit."""
    reinvestment: float | ArrayLike = 0.0
    """Share of revenue tied up in each period: capital expenditure beyond depreciation, and working capital."""


@dataclass(frozen=True)
class Valuation:
    """What a firm is worth today and where that comes from; ``value_firm`` makes it."""

    flows: pd.DataFrame
    """By period: ``active``, ``won``, ``revenue``, ``contribution``, ``acquisition``, ``fixed``, ``profit``, ``tax``,
    ``reinvestment``, ``free_cash_flow``, ``discount_factor`` and ``present_value``; costs are positive numbers."""
    parts: pd.DataFrame
    """Present values of the parts of free cash flow, costs negative: ``within`` the periods, ``beyond`` them, ``value``
    (both together)."""
    terminal: Terminal
    assumption: str
    """What is assumed of the time after the last period, in words."""
    discount_rate: float
    other_assets: float
    debt: float
    shares: float | None

    @property
    def operating(self) -> float:
        """Value of the operations: the present value of all free cash flow, money."""
        return float(self.parts["value"].sum())

    @property
    def equity(self) -> float:
        """Value of the operations + non-operating assets − debt, money."""
        return self.operating + self.other_assets - self.debt

    @property
    def per_share(self) -> float:
        """Equity per share, money. Raises ``ValueError`` where the number of shares was not given."""
        if self.shares is None:
            raise ValueError("The number of shares was not given: value_firm(…, shares=…).")
        return self.equity / self.shares

    @property
    def share_beyond(self) -> float:
        """The share of the value of the operations that comes after the last period: how much hangs on ``assumption``.

        It can be above 1 where the periods themselves cost more than they bring; NaN where the operations are worth 0.
        """
        return float(self.parts["beyond"].sum()) / self.operating if self.operating else float("nan")

    def split(self) -> pd.DataFrame:
        """The value of present customers and of those still to be won, before what they share.

        Returns a DataFrame with rows ``customers today`` and ``customers still to be won`` and ``contribution``,
        ``acquisition`` (cost, below 0), ``value`` (their sum) and ``share`` of both values: present values before fixed
        costs, tax and reinvestment, which no customer causes alone. ``value`` of customers today is customer equity in
        the narrow sense.
        """
        worth = self.parts["value"]
        table = pd.DataFrame(
            {"contribution": [worth[PRESENT], worth[FUTURE]], "acquisition": [0.0, worth[ACQUISITION]]},
            index=pd.Index([PRESENT, FUTURE], name="customers"),
        )
        table["value"] = table.sum(axis=1)
        total = float(table["value"].sum())
        table["share"] = table["value"] / total if total else float("nan")
        return table

    def bridge(self) -> pd.DataFrame:
        """The steps from customers to equity, for ``plots.customers_to_equity``.

        Returns a DataFrame by step with ``amount`` (money) and ``kind``: "step", or "total" for ``value of operations``
        and ``equity``. The acquisition cost of customers still to be won is a step of its own.
        """
        steps = [(name, float(self.parts.at[name, "value"]), "step") for name in _PARTS]
        steps.append(("value of operations", self.operating, "total"))
        steps += [("other assets", self.other_assets, "step"), ("debt", -self.debt, "step")]
        steps.append(("equity", self.equity, "total"))
        return pd.DataFrame(steps, columns=["step", "amount", "kind"]).set_index("step")


def value_firm(
    base: CustomerBase,
    economics: Economics,
    discount_rate: float,
    *,
    terminal: Terminal = "perpetuity",
    growth: float = 0.0,
    loss_relief: LossRelief = "forward",
    other_assets: float = 0.0,
    debt: float = 0.0,
    shares: float | None = None,
) -> Valuation:
    """Free cash flow from customers, period by period, and what all of it is worth today.

    FCF(t) = m·R(t) − CAC·A(t) − F − tax − w·R(t), with R(t) = revenue per customer × active customers;
    value = Σ FCF(t) / (1 + d)ᵗ + terminal value; equity = value + non-operating assets − debt.

    Parameters
    ----------
    base, economics
        Who is there, and what that brings and costs, per the same period.
    discount_rate
        d, per period, from 0 to 1: the cost of capital of the operations.
    terminal
        What comes after the last period H of ``base``, the assumption that often carries most of the value:

        - ``"perpetuity"``: the firm goes on as in period H, growing by ``growth`` a period:
          FCF(H)·(1 + growth) / (d − growth), with tax on the full profit of H. Only honest where H is as good as every
          later period: look whether ``flows["active"]`` still rises or falls there.
        - ``"run-off"``: nobody is won after H; those still there bring contribution, less tax and reinvestment, until
          the last has left, and fixed costs end with H. What the customers of these periods are worth, no going
          concern.
        - ``"none"``: nothing. What is certain to be an understatement, to see how much the other two add.
    growth
        Of free cash flow after H, per period, for ``"perpetuity"`` only; below the discount rate.
    loss_relief
        A loss is set against profits of later periods (``"forward"``), or refunded by the tax office ``"at once"``, as
        if a larger group could use it.
    other_assets, debt
        Money: what the firm owns beside its operations (such as cash), and what it owes.
    shares
        How many there are, for ``per_share``.

    Returns a ``Valuation``. The value of present customers (``split``) is what they bring until the last of them has
    left, whatever ``terminal`` says, except for ``"none"``; with a constant rate, r, one revenue and one margin, it is
    N·m·r / (1 + d − r), the sum of ``clv.discounted_clv``. Raises ``ValueError`` for inputs outside their range and a
    growth that is not below the discount rate.
    """
    if terminal not in ("perpetuity", "run-off", "none"):
        raise ValueError(f"terminal must be 'perpetuity', 'run-off' or 'none'; got {terminal!r}.")
    if loss_relief not in ("forward", "at once"):
        raise ValueError(f"loss_relief must be 'forward' or 'at once'; got {loss_relief!r}.")
    rate, growing = fraction(discount_rate, "discount_rate", zero=True), single(growth, "growth")
    if growing != 0 and terminal != "perpetuity":
        raise ValueError(f"growth is of a perpetuity; with terminal {terminal!r} leave it at 0.")
    if terminal == "perpetuity" and not -1 < growing < rate:
        raise ValueError(
            f"growth must be above -1 and below the discount rate {rate:g}; got {growing:g}. For ever at or above it,"
            " the value has no end."
        )
    horizon = base.periods
    price = _per_period(economics.revenue, "revenue", horizon)
    margin = _per_period(economics.margin, "margin", horizon, low=-np.inf, high=1)
    capital = _per_period(economics.reinvestment, "reinvestment", horizon, low=-1, high=1)
    cost = _per_period(economics.acquisition_cost, "acquisition_cost", horizon)
    fixed = _per_period(economics.fixed_cost, "fixed_cost", horizon)
    tax = fraction(economics.tax, "tax", zero=True)

    there = base.table.index.to_numpy() <= 0
    per_unit = price * margin
    present = base.table.to_numpy()[there].sum(axis=0)
    active = base.table.to_numpy().sum(axis=0)
    flows = pd.DataFrame({"active": active, "won": base.won.to_numpy()}, base.table.columns)
    flows["revenue"] = active * price
    flows["contribution"] = active * per_unit
    flows["acquisition"] = flows["won"] * cost
    flows["fixed"] = fixed
    flows["profit"] = flows["contribution"] - flows["acquisition"] - flows["fixed"]
    flows["tax"] = _tax(flows["profit"].to_numpy(), tax, loss_relief)
    flows["reinvestment"] = flows["revenue"] * capital
    flows["free_cash_flow"] = flows["profit"] - flows["tax"] - flows["reinvestment"]
    flows["discount_factor"] = (1 + rate) ** -np.arange(1.0, horizon + 1)
    flows["present_value"] = flows["free_cash_flow"] * flows["discount_factor"]

    signed = pd.DataFrame(
        {
            PRESENT: present * per_unit,
            FUTURE: (active - present) * per_unit,
            ACQUISITION: -flows["acquisition"],
            FIXED: -flows["fixed"],
            TAX: -flows["tax"],
            REINVESTMENT: -flows["reinvestment"],
        }
    )
    parts = pd.DataFrame({"within": signed.mul(flows["discount_factor"], axis=0).sum(), "beyond": 0.0})
    if terminal != "none":
        left = base.run_off(rate)
        ahead = np.array([left[there].sum(), left.sum()]) * per_unit[-1]
        if terminal == "run-off":
            after = _run_off(ahead, tax, capital[-1] * price[-1] * float(left.sum()))
        else:
            if not base.won.iloc[-1] and left.sum() * rate < active[-1] * (1 - 1e-9):
                raise ValueError(
                    f"Nobody is won in period {horizon} and customers leave, so cash flow cannot go on for ever as in"
                    " that period: use terminal='run-off'."
                )
            last = signed.iloc[-1].copy()
            profit = float(flows["profit"].iloc[-1])
            last[TAX] = -tax * (profit if loss_relief == "at once" else max(profit, 0.0))
            after = last * (1 + growing) / (rate - growing)
            both = after[PRESENT] + after[FUTURE]
            after[PRESENT], after[FUTURE] = ahead[0], both - ahead[0]
        parts["beyond"] = after * flows["discount_factor"].iloc[-1]
    parts["value"] = parts["within"] + parts["beyond"]
    parts.index.name = "part"
    return Valuation(
        flows,
        parts,
        terminal,
        _said(terminal, horizon, growing),
        rate,
        amount(other_assets, "other_assets"),
        amount(debt, "debt"),
        None if shares is None else float(within(shares, "shares", above=0)),
    )


@dataclass(frozen=True)
class Firm:
    """A firm in a dozen numbers: constant rates per period (a year, say), for what-if questions and sliders.

    ``retention`` may also be a survival curve or an sBG model. For anything that changes from period to period use
    ``project_customers`` and ``value_firm`` themselves.
    """

    customers: float
    """There today (taken to be of age 0 where retention depends on age)."""
    won: float
    """Customers won in the first period to come."""
    retention: float | ArrayLike | ShiftedBetaGeoModel
    """Share who stay from one period to the next."""
    revenue: float
    """Money per customer and period."""
    margin: float
    """Contribution as a share of revenue."""
    discount_rate: float
    """Per period."""
    acquisition_cost: float = 0.0
    """Money per customer won."""
    fixed_cost: float = 0.0
    """Money per period."""
    tax: float = 0.0
    """Share of profit."""
    reinvestment: float = 0.0
    """Share of revenue."""
    won_growth: float = 0.0
    """By which share more are won in each period than in the one before."""
    periods: int = 10
    """Periods projected one by one."""
    terminal: Terminal = "perpetuity"
    growth: float = 0.0
    """Of free cash flow after the last period."""
    other_assets: float = 0.0
    debt: float = 0.0
    shares: float | None = None

    def base(self) -> CustomerBase:
        """Customers by cohort and period."""
        count = one_whole(self.periods, "periods", least=1, most=1_000)
        faster = float(within(self.won_growth, "won_growth", above=-1))
        won = amount(self.won, "won") * (1 + faster) ** np.arange(count)
        return project_customers(won, self.retention, existing=amount(self.customers, "customers"))

    def value(self, **changes: Any) -> Valuation:
        """What the firm is worth, with some of its numbers changed: ``firm.value(retention=0.85)``."""
        firm = self._with(changes)
        economics = Economics(
            firm.revenue, firm.margin, firm.acquisition_cost, firm.fixed_cost, firm.tax, firm.reinvestment
        )
        return value_firm(
            firm.base(),
            economics,
            firm.discount_rate,
            terminal=firm.terminal,
            growth=firm.growth,
            other_assets=firm.other_assets,
            debt=firm.debt,
            shares=firm.shares,
        )

    def equity(self, **changes: Any) -> float:
        """Value of equity, with some numbers changed; what ``tornado`` and ``two_way`` ask for."""
        return self.value(**changes).equity

    def _with(self, changes: dict[str, Any]) -> "Firm":
        known = [each.name for each in fields(self)]
        if unknown := [name for name in changes if name not in known]:
            raise ValueError(f"A Firm has no {', '.join(map(repr, unknown))}; it has {', '.join(known)}.")
        return replace(self, **changes)


def _per_period(values: Any, name: str, periods: int, *, low: float = 0.0, high: float = np.inf) -> NDArray[np.float64]:
    found = within(values, name, low=low, high=high, percent=high == 1)
    if found.ndim and found.shape != (periods,):
        raise ValueError(f"{name} must be one number, or one for each of the {periods} periods; got {found.size}.")
    return np.broadcast_to(found, (periods,)).astype(float)


def _tax(profit: NDArray[np.float64], tax: float, relief: str) -> NDArray[np.float64]:
    if relief == "at once":
        return tax * profit
    paid, carried = np.zeros_like(profit), 0.0
    for at, made in enumerate(profit):
        taxed = made - carried
        carried = max(-taxed, 0.0)
        paid[at] = tax * max(taxed, 0.0)
    return paid


def _run_off(ahead: NDArray[np.float64], tax: float, capital: float) -> pd.Series:
    present, everybody = ahead
    return pd.Series([present, everybody - present, 0.0, 0.0, -tax * everybody, -capital], list(_PARTS))


def _said(terminal: Terminal, horizon: int, growth: float) -> str:
    if terminal == "none":
        return f"nothing counts after period {horizon}"
    if terminal == "run-off":
        return (
            f"nobody is won after period {horizon}; those still there are served until the last has left, without"
            " fixed costs"
        )
    how = "unchanged" if growth == 0 else f"{'growing' if growth > 0 else 'falling'} by {abs(growth):.3g} a period"
    return f"free cash flow goes on as in period {horizon}, {how}, for ever"
