"""What a rule of thumb, and what a wrong estimate, costs against the best choice of orders."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from customer_value._inputs import amount, fraction, one_whole
from customer_value.allocation.orders import (
    PIECES,
    _of_orders,
    _wanted,
    best_filled,
    fill_best,
    fill_in_turn,
    value_saved,
)

BEST = "value saved, exact"


def compare_rules(
    lines: pd.DataFrame, stock: pd.Series, value: pd.Series, scores: Mapping[str, pd.Series | None]
) -> pd.DataFrame:
    """What each rule saves, and what it costs against the best.

    Parameters
    ----------
    lines, stock
        As in ``fill_in_turn``.
    value
        Money saved by filling each order now, as from ``value_saved``, indexed by ``order_no``.
    scores
        Rules by name: the score each goes by, or ``None`` for first come, first served.

    Returns a DataFrame indexed by ``rule``, the exact best last, with ``orders`` and ``pieces`` filled, ``saved``
    (money) and ``behind`` (money less than the best). ``attrs["filled"]`` is a DataFrame of flags, orders × rules. The
    best is best by ``value``, so it cannot lose here; ``cost_of_errors`` says what errors in ``value`` do to it.
    """
    filled = {name: fill_in_turn(lines, stock, score) for name, score in scores.items()}
    filled[BEST] = fill_best(lines, stock, value)
    flags = pd.DataFrame(filled)
    pieces = lines.groupby(lines.columns[lines.columns.get_loc("order_no")], sort=False)[PIECES].sum().loc[flags.index]
    worth = value.loc[flags.index]
    table = pd.DataFrame(
        {
            "orders": flags.sum(),
            "pieces": flags.mul(pieces, axis=0).sum(),
            "saved": flags.mul(worth, axis=0).sum(),
        }
    ).rename_axis("rule")
    table["behind"] = table.loc[BEST, "saved"] - table["saved"]
    table.attrs = {"filled": flags}
    return table


def yearly_cost(
    lines: pd.DataFrame,
    stock: pd.Series,
    value: pd.Series,
    scores: Mapping[str, pd.Series | None],
    *,
    mornings: int = 12,
    rounds: int = 200,
    sure: float = 0.9,
    seed: int = 1,
) -> pd.DataFrame:
    """What each rule costs in a year of such mornings, if other orders of the same kind come in.

    Every round draws as many orders as there are, with replacement, keeps the stock and applies the rules and the exact
    best to them, in the order in which they were drawn; a year adds up ``mornings`` of these rounds. How many such
    mornings there are is an assumption, and so is that no customer is lost twice.

    Arguments as in ``compare_rules``. Returns a DataFrame indexed by ``rule`` with ``mean``, ``low`` and ``high`` of
    the money behind the best in a year: the ends hold the share ``sure`` of 2,000 years.
    """
    wanted, left = _wanted(lines, stock)
    pieces, worth = wanted.to_numpy(), _of_orders(value, wanted.index, "value")
    ranked = {
        name: np.zeros(worth.size) if score is None else _of_orders(score, wanted.index, "score")
        for name, score in scores.items()
    }
    random = np.random.default_rng(seed)
    number = one_whole(rounds, "rounds", least=20)
    behind = np.zeros((number, len(ranked)))
    for at in range(number):
        drawn = random.integers(worth.size, size=worth.size)
        own, gain = pieces[drawn], worth[drawn]
        top = gain[best_filled(own, left, gain)].sum()
        for place, score in enumerate(ranked.values()):
            hand, saved = left.copy(), 0.0
            for order in np.argsort(-score[drawn], kind="stable"):
                if (own[order] <= hand).all():
                    hand -= own[order]
                    saved += gain[order]
            behind[at, place] = top - saved
    years = behind[random.integers(number, size=(2_000, one_whole(mornings, "mornings", least=1)))].sum(axis=1)
    inside = fraction(sure, "sure", one=False)
    low, high = np.quantile(years, [(1 - inside) / 2, (1 + inside) / 2], axis=0)
    return pd.DataFrame({"mean": years.mean(axis=0), "low": low, "high": high}, pd.Index(list(ranked), name="rule"))


def cost_of_belief(lines: pd.DataFrame, stock: pd.Series, believed: pd.Series, true: pd.Series) -> float:
    """Money lost by filling the orders that are best by ``believed`` values where the ``true`` values hold.

    Both are money per order, indexed by ``order_no``. Never negative.
    """
    chosen, best = fill_best(lines, stock, believed), fill_best(lines, stock, true)
    worth = true.loc[best.index]
    return float(worth[best].sum() - worth[chosen].sum())


def cost_of_errors(
    lines: pd.DataFrame,
    stock: pd.Series,
    case: pd.DataFrame,
    *,
    errors: Iterable[float] = (0.0, 0.25, 0.5, 1.0, 2.0),
    rounds: int = 40,
    sure: float = 0.9,
    seed: int = 1,
    leaves_waiting: float,
    leaves_served: float,
    cancels: float,
) -> pd.DataFrame:
    """What the exact best loses when customers' values are only known with error.

    Parameters
    ----------
    case
        ``clv`` and ``order_margin`` per order, indexed by ``order_no``; they count as true.
    errors
        Standard deviations of the error as shares of each value: the optimiser is given the value times a lognormal
        draw with mean 1, another for every order.
    rounds, sure, seed
        Draws per error, share of them between the ends, seed.
    leaves_waiting, leaves_served, cancels
        As in ``value_saved``; known without error.

    Returns a DataFrame indexed by ``error`` with ``mean``, ``low`` and ``high`` of the money lost on one morning.
    """
    terms = {"leaves_waiting": leaves_waiting, "leaves_served": leaves_served, "cancels": cancels}
    wanted, left = _wanted(lines, stock)
    pieces, rows = wanted.to_numpy(), case.loc[wanted.index]
    clv, margin = rows["clv"].to_numpy(dtype=float), rows["order_margin"].to_numpy(dtype=float)
    true = np.asarray(value_saved(clv, margin, **terms))
    best = true[best_filled(pieces, left, true)].sum()
    inside, number = fraction(sure, "sure", one=False), one_whole(rounds, "rounds", least=2)
    # The same draws for every size of error, so that the line does not jump.
    noise = np.random.default_rng(seed).normal(size=(number, clv.size))
    found = {}
    for error in errors:
        spread = np.sqrt(np.log1p(amount(error, "errors") ** 2))
        lost = []
        for draw in noise:
            seen = np.asarray(value_saved(clv * np.exp(spread * draw - spread**2 / 2), margin, **terms))
            lost.append(best - true[best_filled(pieces, left, seen)].sum())
            if error == 0:
                break
        low, high = np.quantile(lost, [(1 - inside) / 2, (1 + inside) / 2])
        found[float(error)] = {"mean": float(np.mean(lost)), "low": float(low), "high": float(high)}
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("error")
