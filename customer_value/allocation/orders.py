"""Scarce stock and open orders: what serving an order at once saves, and who is served."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import array, columns, shares, whole
from customer_value.clv import Numbers
from customer_value.clv._terms import like

ORDER, PRODUCT, PIECES = "order_no", "StockCode", "Quantity"


def value_saved(
    clv: ArrayLike,
    order_margin: ArrayLike,
    *,
    leaves_waiting: ArrayLike,
    leaves_served: ArrayLike,
    cancels: ArrayLike,
) -> Numbers:
    """Expected value saved by shipping an order now instead of letting it wait: (ℓ_w − ℓ_s)·V + c·m.

    Parameters
    ----------
    clv
        Residual lifetime value V of the customer, money; may be negative.
    order_margin
        Contribution m that the order itself is expected to bring, net of likely returns, money; may be negative.
    leaves_waiting, leaves_served
        Chances ℓ_w and ℓ_s that the customer never buys again, if the order waits and if it is shipped.
    cancels
        Share c of orders that are cancelled if they have to wait.

    Number(s). Raises ``ValueError`` for chances outside 0 to 1.
    """
    worth, margin = array(clv, "clv"), array(order_margin, "order_margin")
    waiting, served = shares(leaves_waiting, "leaves_waiting"), shares(leaves_served, "leaves_served")
    lost = shares(cancels, "cancels")
    return like((waiting - served) * worth + lost * margin, clv, order_margin, leaves_waiting, leaves_served, cancels)


def fill_in_turn(lines: pd.DataFrame, stock: pd.Series, score: pd.Series | None = None) -> pd.Series:
    """Fill orders in the order of a score while stock lasts; who does not fit is passed over.

    Parameters
    ----------
    lines
        One row per order and product with ``order_no``, ``StockCode`` and ``Quantity`` (pieces), first come first.
    stock
        Pieces on hand by product.
    score
        Number per order, indexed by ``order_no``: highest first, equal ones as they came. ``None``: first come, first
        served.

    An order is filled whole or not at all. Returns flags indexed by ``order_no``, as they came. Raises ``ValueError``
    for a product without stock given and for an order without a score.
    """
    wanted, left = _wanted(lines, stock)
    order = np.arange(len(wanted))
    if score is not None:
        order = np.argsort(-_of_orders(score, wanted.index, "score"), kind="stable")
    pieces, hand = wanted.to_numpy(), left.copy()
    filled = np.zeros(len(wanted), dtype=bool)
    for at in order:
        if (pieces[at] <= hand).all():
            filled[at] = True
            hand -= pieces[at]
    return pd.Series(filled, wanted.index, name="filled")


def fill_best(lines: pd.DataFrame, stock: pd.Series, value: pd.Series) -> pd.Series:
    """The set of orders with the highest total value that the stock can fill, exactly.

    max Σ v_j x_j over x_j ∈ {0, 1}, with Σ_j q_jp x_j ≤ s_p for every product p: a knapsack problem with as many
    constraints as products, solved by branch and bound (scipy.optimize.milp, HiGHS) without a gap.

    Arguments as in ``fill_in_turn``; ``value`` is money per order, indexed by ``order_no``. Orders of negative value
    are not filled. Returns flags indexed by ``order_no``. Raises ``RuntimeError`` if the solver gives up.
    """
    wanted, left = _wanted(lines, stock)
    worth = _of_orders(value, wanted.index, "value")
    filled = best_filled(wanted.to_numpy(), left, worth)
    return pd.Series(filled, wanted.index, name="filled")


def best_filled(pieces: NDArray[np.int64], stock: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """As ``fill_best`` for arrays: pieces (orders, products), stock (products,), value (orders,)."""
    filled = np.zeros(value.size, dtype=bool)
    useful = np.flatnonzero((value > 0) & (pieces <= stock).all(axis=1))
    if not useful.size:
        return filled
    # One order can only be too many where the stock is short of all that is wanted.
    short = pieces[useful].sum(axis=0) > stock
    if not short.any():
        filled[useful] = True
        return filled
    from scipy.optimize import Bounds, LinearConstraint, milp

    limits = LinearConstraint(pieces[useful][:, short].T.astype(float), -np.inf, stock[short].astype(float))
    # The solver's tolerances are absolute, so values are brought to about 1.
    scale = value[useful].max()
    found: Any = milp(
        -value[useful] / scale, integrality=1, bounds=Bounds(0, 1), constraints=limits, options={"mip_rel_gap": 0.0}
    )
    if found.x is None or found.status != 0:
        raise RuntimeError(f"The optimiser gave up: {found.message}")
    filled[useful] = found.x > 0.5
    return filled


def _wanted(lines: pd.DataFrame, stock: pd.Series) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Pieces by order (as they came) and product, and the stock of these products."""
    columns(lines, (ORDER, PRODUCT, PIECES), "lines")
    pieces = whole(lines[PIECES], f"lines['{PIECES}']", least=1)
    table = (
        lines[[ORDER, PRODUCT]]
        .assign(pieces=pieces)
        .pivot_table(index=ORDER, columns=PRODUCT, values="pieces", aggfunc="sum", fill_value=0, sort=False)
    )
    if unknown := [str(name) for name in table.columns if name not in stock.index]:
        raise ValueError(f"stock says nothing about {', '.join(unknown)}: give the pieces on hand, 0 if none.")
    left = whole(stock.loc[table.columns].to_numpy(), "stock")
    return table.astype(np.int64), left


def _of_orders(values: pd.Series, orders: pd.Index, name: str) -> NDArray[np.float64]:
    missing = orders.difference(values.index)
    if len(missing):
        raise ValueError(f"{name} lacks {len(missing)} order(s), the first is {missing[0]}; index it by {ORDER}.")
    found = array(values.loc[orders], name)
    if not np.isfinite(found).all():
        raise ValueError(f"{name} is missing or infinite for order {orders[int(np.argmin(np.isfinite(found)))]}.")
    return found
