"""BG/BB: at each of a number of occasions a customer buys or does not, until leaving for good."""

from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln

from customer_value._counts import tally
from customer_value._fitting import Evaluation, FittedModel, maximise, named
from customer_value._inputs import aligned, numbers, refuse
from customer_value.btyd import _calendar
from customer_value.btyd._beta_geometric import beta_nodes
from customer_value.btyd._calendar import Schedule
from customer_value.btyd._customers import check_fit, customers, horizon, whole
from customer_value.btyd._model import present_value, present_value_of_one

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
# Values in one block: small enough for the processor's cache, and not spread over threads.
_BLOCK = 16_000
_MOST_PERIODS = 10_000


class BetaGeoBetaBinomModel(FittedModel):
    """BG/BB: a purchase, or none, at each of n occasions: a yearly campaign, a weekly service, a trade fair.

    While alive a customer buys at an occasion with probability p ~ Beta(``alpha``, ``beta``), and leaves at the
    beginning of one with probability θ ~ Beta(``gamma``, ``delta``). The data are one row per customer, or per
    group of customers with the same history, with

    - ``frequency``: occasions with a purchase, not counting the one that made them a customer,
    - ``recency``: number of the last of these occasions, 0 where there was none,
    - ``n_periods``: how many occasions there were (or ``T``, where there is no such column),
    - ``counts`` (optional, used by ``fit`` and ``log_likelihood``): customers with this history.

    Time is counted in occasions. Source: Fader, Hardie & Shang (2010), Customer-base analysis in a discrete-time
    noncontractual setting, Marketing Science 29(6), 1086–1108.
    """

    _names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    @classmethod
    def from_params(cls, *, alpha: float, beta: float, gamma: float, delta: float) -> Self:
        """The model with these parameters, all above 0, none with a unit."""
        return cls()._set({"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta})

    def fit(self, data: pd.DataFrame) -> Self:
        """Estimate the parameters by maximum likelihood from ``data`` as described above; it is not changed.

        Standard errors are from the observed information. Raises ``ValueError`` for bad data, one customer, or
        nobody with a repeat purchase; warns with ``BoundaryWarning`` or ``ConvergenceWarning``.
        """
        rows = _histories(data)
        weight = _weights(data)
        kept = weight > 0
        length = _length(data)
        check_fit(customers(data[kept], length), weight[kept], length)
        found = maximise(_Likelihood(rows, weight), np.log([1.0, 1.0, 0.6, 2.5]))
        return self._fitted(found, int(weight.sum()))

    def _limit(self) -> str:
        leaving = self.gamma_ / (self.gamma_ + self.delta_)
        buying = self.alpha_ / (self.alpha_ + self.beta_)
        words = named(
            [
                (leaving < 1e-4, "nobody seems to leave (gamma/(gamma + delta) towards 0)"),
                (leaving > 1 - 1e-4, "nobody seems to stay (gamma/(gamma + delta) towards 1)"),
                (buying > 1 - 1e-4, "everybody seems to buy at every occasion (alpha/(alpha + beta) towards 1)"),
                (min(self.gamma_, self.delta_) > 1e4, f"all seem to leave with the same probability {leaving:.4g}"),
                (min(self.alpha_, self.beta_) > 1e4, f"all seem to buy with the same probability {buying:.4g}"),
            ]
        )
        return words or super()._limit()

    def log_likelihood(self, data: pd.DataFrame) -> float:
        """The log-likelihood of ``data`` at these parameters, ``counts`` included where there is such a column."""
        return _Likelihood(_histories(data), _weights(data))(np.log(list(self.params_.values()))).value

    def expected_probability_alive(self, data: pd.DataFrame, periods_ahead: int = 0) -> pd.Series:
        """P(alive) at the last occasion, or ``periods_ahead`` later: a share, index of ``data``.

        The paper's "alive at n + 1" is ``periods_ahead`` = 1: not having left before the next occasion either.
        """
        rows, ahead = _histories(data), _periods(periods_ahead, "periods_ahead")
        kinds, code = np.unique(rows.n, return_inverse=True)
        alive = self._alive(rows) * self._staying(kinds, ahead)[code, ahead]
        return pd.Series(alive, index=rows.index, name="probability_alive")

    def expected_purchases(self, data: pd.DataFrame, t: int | ArrayLike) -> pd.Series:
        """Expected purchases of each customer at the next ``t`` occasions (one whole number, or one each)."""
        rows = _histories(data)
        ahead = _whole_periods(aligned(t, rows.index, "t"), rows.x.size)
        kinds, code = np.unique(rows.n, return_inverse=True)
        there = self._occasions(kinds, int(ahead.max()))[code, np.broadcast_to(ahead, rows.x.shape)]
        expected = self._alive(rows) * self._buying(rows) * there
        return pd.Series(expected, index=rows.index, name="expected_purchases")

    def expected_purchases_new_customer(self, t: int | ArrayLike) -> float | Floats:
        """Expected repeat purchases at the first ``t`` occasions after the one that made someone a customer."""
        ahead = _whole_periods(t, np.size(t))
        there = self._occasions(np.zeros(1, dtype=np.int64), int(ahead.max()))[0]
        expected = self.alpha_ / (self.alpha_ + self.beta_) * there[ahead]
        return float(expected) if np.ndim(t) == 0 else expected

    def expected_probability_of_purchases_new_customer(self, n: int, t: int) -> float:
        """P(exactly ``n`` purchases at the first ``t`` occasions): the share of new customers."""
        nobody = np.zeros(1, dtype=np.int64)
        return float(self._share(whole(n), _periods(t, "t"), nobody, nobody)[0])

    def expected_probability_of_purchases(self, data: pd.DataFrame, n: int, t: int) -> pd.Series:
        """P(exactly ``n`` purchases at the next ``t`` occasions) for each customer.

        The chance that the customer has left is in it; for ``n`` = 0 it is the larger part of the answer.
        """
        rows, number = _histories(data), whole(n)
        alive = self._alive(rows)
        share = alive * self._share(number, _periods(t, "t"), rows.x, rows.n)
        if number == 0:
            share += 1 - alive
        return pd.Series(share, index=rows.index, name=f"probability_of_{number}")

    def discounted_expected_residual_transactions(self, data: pd.DataFrame, *, discount_rate: float) -> pd.Series:
        """DERT: all purchases still to come, those at the k-th occasion from now divided by (1 + d)^k.

        P(alive)·E[p]·E[(1 − θ)/(d + θ)] with d = ``discount_rate`` per occasion, above 0 and below 1. Source: the
        paper above, eq. 14, there with a hypergeometric function.
        """
        rows, rate = _histories(data), _calendar.rate(discount_rate)
        if rate == 0:
            raise ValueError(
                "discount_rate must be above 0: without discounting the purchases of all time may add up to"
                " infinity. For a finite horizon use expected_purchases."
            )
        kinds, code = np.unique(rows.n, return_inverse=True)
        to_come = np.empty(kinds.size)
        for row, n in enumerate(kinds):
            stay = self.delta_ + n
            if self.gamma_ < stay:
                leaving, weight = beta_nodes(self.gamma_, stay, reach=1 / rate)
                to_come[row] = ((1 - leaving) / (rate + leaving)) @ weight
            else:
                staying, weight = beta_nodes(stay, self.gamma_, reach=1.0)
                to_come[row] = (staying / (rate + (1 - staying))) @ weight
        expected = self._alive(rows) * self._buying(rows) * to_come[code]
        return pd.Series(expected, index=rows.index, name="dert")

    def expected_customer_lifetime_value(
        self,
        data: pd.DataFrame,
        spend: Any,
        *,
        discount_rate: float,
        periods: int,
        margin: float = 1.0,
        timing: str = "end",
    ) -> pd.Series:
        """Residual customer lifetime value: present value of the margin from the next ``periods`` occasions.

        Arguments as in ``BetaGeoModel.expected_customer_lifetime_value``; a step is the time from one occasion to
        the next, and ``discount_rate`` is per step.
        """
        rows, schedule = _histories(data), _schedule(discount_rate, periods, timing)
        kinds, code = np.unique(rows.n, return_inverse=True)
        there = self._occasions(kinds, schedule.times.size)[:, 1:] @ schedule.weights
        bought = self._alive(rows) * self._buying(rows) * there[code]
        return present_value(bought, spend, margin, data)

    def expected_customer_lifetime_value_new_customer(
        self, spend: Any, *, discount_rate: float, periods: int, margin: float = 1.0, timing: str = "end"
    ) -> float:
        """Present value of the margin from the repeat purchases of a customer just won, at ``periods`` occasions.

        Arguments as in ``BetaGeoModel.expected_customer_lifetime_value_new_customer``.
        """
        schedule = _schedule(discount_rate, periods, timing)
        bought = self.expected_purchases_new_customer(schedule.times) @ schedule.weights
        return present_value_of_one(float(bought), spend, margin)

    def simulate(self, count: int, n_periods: int, seed: int | np.random.Generator) -> pd.DataFrame:
        """``count`` new customers drawn from the model and observed at ``n_periods`` occasions.

        Returns a DataFrame with ``frequency``, ``recency`` and ``n_periods`` as ``fit`` takes them, and with what
        no data set shows: ``purchase_probability``, ``dropout_probability``, ``alive`` (at the last occasion).
        """
        size, periods, random = whole(count, "count"), _periods(n_periods, "n_periods"), np.random.default_rng(seed)
        if size == 0:
            raise ValueError("count must be at least 1; got 0.")
        buying = random.beta(self.alpha_, self.beta_, size)
        leaving = random.beta(self.gamma_, self.delta_, size)
        frequency, recency = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        alive = np.ones(size, dtype=bool)
        for period in range(1, periods + 1):
            alive &= random.uniform(size=size) >= leaving
            buys = alive & (random.uniform(size=size) < buying)
            frequency += buys
            recency[buys] = period
        return pd.DataFrame(
            {
                "frequency": frequency,
                "recency": recency,
                "n_periods": np.full(size, periods, dtype=np.int64),
                "purchase_probability": buying,
                "dropout_probability": leaving,
                "alive": alive,
            }
        )

    def _alive(self, rows: "_Histories") -> Floats:
        """P(alive) at the last occasion."""
        kinds, code = _distinct(rows)
        alive = np.empty(kinds.x.size)
        tables = self._tables(int(kinds.n.max()))
        for part in _blocks(kinds):
            alive[part] = tables.ways(kinds.x[part], kinds.last[part], kinds.n[part]).share[:, 0]
        return alive[code]

    def _tables(self, n: int) -> "_Tables":
        return _Tables(np.log(list(self.params_.values())), n)

    def _buying(self, rows: "_Histories") -> Floats:
        """Expected probability of buying at an occasion, given the history and being alive."""
        return (self.alpha_ + rows.x) / (self.alpha_ + self.beta_ + rows.n)

    def _staying(self, n: Counts, ahead: int) -> Floats:
        """P(alive at n + j | alive at n) for j = 0 … ``ahead``, one row for each n."""
        step = np.log1p(self.gamma_ / (self.delta_ + n[:, None] + np.arange(ahead)))
        return np.exp(-np.cumsum(np.hstack([np.zeros((n.size, 1)), step]), axis=1))

    def _occasions(self, n: Counts, ahead: int) -> Floats:
        """Expected number of the next j = 0 … ``ahead`` occasions that someone alive at n is there for."""
        there = self._staying(n, ahead)
        there[:, 0] = 0.0
        return np.cumsum(there, axis=1)

    def _share(self, number: int, periods: int, x: Counts, n: Counts) -> Floats:
        """P(``number`` purchases at ``periods`` occasions | alive at n, x purchases before)."""
        if number > periods:
            return np.zeros(x.size)
        result = np.empty(x.size)
        # Alive for exactly ``seen`` of the occasions; who is alive for all of them has not left.
        seen = np.arange(number, periods + 1)
        ways = -np.log1p(seen) - betaln(number + 1.0, seen - number + 1.0)
        tables = self._tables(int(n.max()) + periods)
        block = max(1, _BLOCK // seen.size)
        for first in range(0, x.size, block):
            own, before = x[first : first + block, None], n[first : first + block, None]
            not_bought = before - own
            log_share = ways + (tables.log_a[own + number] - tables.log_a[own])
            log_share += tables.log_b[not_bought + seen - number] - tables.log_b[not_bought]
            log_share -= tables.log_ab[before + seen] - tables.log_ab[before]
            log_share += tables.log_stay[before + seen] - tables.log_stay[before]
            log_share[:, :-1] += tables.log_leave[before + seen[:-1]]
            result[first : first + block] = np.exp(log_share).sum(axis=1)
        return result


class _Histories(NamedTuple):
    x: Counts
    last: Counts
    n: Counts
    index: pd.Index


def _histories(data: Any) -> _Histories:
    length = _length(data)
    rows = customers(data, length)
    for name, values in (("recency", rows.recency), (length, rows.T)):
        refuse(values != np.rint(values), f"{name} must be a whole number of occasions", values)
    if rows.T.max() > _MOST_PERIODS:
        raise ValueError(
            f"{length} must not be above {_MOST_PERIODS:,}; the highest is {rows.T.max():g}. For purchases at any"
            " time use BetaGeoModel or ParetoNBDModel."
        )
    above = rows.x > rows.recency
    if above.any():
        refuse(
            above,
            "frequency must not be above recency (one purchase at each occasion at most)",
            rows.x,
            f" purchases up to occasion {rows.recency[int(np.argmax(above))]:g}",
        )
    return _Histories(rows.x, rows.recency.astype(np.int64), rows.T.astype(np.int64), rows.index)


def _length(data: Any) -> str:
    """The column with the number of occasions; other models' data have it as ``T``."""
    there = getattr(data, "columns", ())
    return "T" if "T" in there and "n_periods" not in there else "n_periods"


def _weights(data: pd.DataFrame) -> Floats:
    if "counts" not in data.columns:
        return np.ones(len(data))
    weight = numbers(data["counts"], "data['counts']")
    odd = (weight < 0) | (weight != np.rint(weight))
    refuse(odd, "counts must be whole numbers of customers, 0 or more", weight)
    if weight.sum() == 0:
        raise ValueError("counts are all 0: there are no customers.")
    return weight


def _periods(value: Any, name: str) -> int:
    number = whole(value, name)
    if number > _MOST_PERIODS:
        raise ValueError(f"{name} must not be above {_MOST_PERIODS:,} occasions; got {number:,}.")
    return number


def _schedule(discount_rate: float, periods: int, timing: str) -> Schedule:
    number = _periods(periods, "periods")
    if number == 0:
        raise ValueError("periods must be at least 1; got 0.")
    return _calendar.steps(number, 1.0, _calendar.rate(discount_rate), str(timing))


def _whole_periods(t: Any, count: int) -> Counts:
    ahead = horizon(t, count)
    if (ahead != np.rint(ahead)).any() or ahead.max() > _MOST_PERIODS:
        raise ValueError(f"t must be a whole number of occasions from 0 to {_MOST_PERIODS:,}; got {t!r}.")
    return ahead.astype(np.int64)


def _distinct(rows: _Histories) -> tuple[_Histories, NDArray[np.intp]]:
    """The different histories, ordered by how many occasions have passed since the last purchase."""
    size = int(rows.n.max()) + 1
    key = ((rows.n - rows.last) * size + rows.last) * size + rows.x
    _, one, code = np.unique(key, return_index=True, return_inverse=True)
    return _Histories(rows.x[one], rows.last[one], rows.n[one], rows.index[one]), code


def _blocks(rows: _Histories) -> list[slice]:
    """Runs of rows whose tables of ways, as wide as the widest of them, stay small."""
    width = rows.n - rows.last + 1
    result, start = [], 0
    while start < width.size:
        end = start + 1
        while end < width.size and (end + 1 - start) * width[end] <= _BLOCK:
            end += 1
        result.append(slice(start, end))
        start = end
    return result


class _Ways(NamedTuple):
    """How a history can have come about: alive at n (first column), or gone after m = t_x, t_x + 1, … occasions."""

    m: Counts
    gone: Counts
    share: Floats
    total: Floats


class _Tables:
    """Sums over occasions that every history is made of, for k = 0 … n."""

    def __init__(self, point: Floats, n: int) -> None:
        self.alpha, self.beta, self.gamma, self.delta = np.exp(point)
        k = np.arange(n + 1)
        self.log_a, self.a1, self.a2 = _rising(self.alpha, k)
        self.log_b, self.b1, self.b2 = _rising(self.beta, k)
        self.log_ab, *_ = _rising(self.alpha + self.beta, k)
        self.ab1, self.ab2 = (_sums(1 / (self.alpha + self.beta + k) ** power) for power in (1, 2))
        _, self.d1, self.d2 = _rising(self.delta, k)
        self.cd1, self.cd2 = (_sums(1 / (self.gamma + self.delta + k) ** power) for power in (1, 2))
        self.log_stay = -_sums(np.log1p(self.gamma / (self.delta + k)))
        self.log_leave = -np.log1p((self.delta + k) / self.gamma)

    def ways(self, x: Counts, last: Counts, n: Counts) -> _Ways:
        widest = int((n - last).max())
        m = np.empty((x.size, widest + 1), dtype=np.int64)
        m[:, 0] = n
        m[:, 1:] = last[:, None] + np.arange(widest)
        gone = np.ones_like(m)
        gone[:, 0] = 0
        real = (m < n[:, None]) | (gone == 0)
        m = np.minimum(m, n[:, None])
        log_share = self.log_a[x][:, None] + self.log_b[m - x[:, None]] - self.log_ab[m] + self.log_stay[m]
        log_share += gone * self.log_leave[m]
        log_share[~real] = -np.inf
        peak = log_share.max(axis=1)
        share = np.exp(log_share - peak[:, None])
        total = share.sum(axis=1)
        return _Ways(m, gone, share / total[:, None], peak + np.log(total))


def _sums(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _rising(start: float, k: Counts) -> tuple[Floats, Floats, Floats]:
    """log (start)ₖ and its first and second derivative in log start."""
    part = start / (start + k)
    return _sums(np.log(start + k)), _sums(part), _sums(part * (1 - part))


class _Likelihood:
    """The log-likelihood and its derivatives in the logarithms of the parameters, summed over customers.

    A sum over ways as in Pareto/NBD: gradient Σπ∇g, Hessian Σπ(∇²g + ∇g∇gᵀ) − (Σπ∇g)(Σπ∇g)ᵀ for each history.
    """

    def __init__(self, rows: _Histories, weight: Floats) -> None:
        self.rows, code = _distinct(rows)
        self.weight = tally(code, weights=weight)
        self.blocks = _blocks(self.rows)
        self.longest = int(self.rows.n.max())

    def __call__(self, point: Floats) -> Evaluation:
        tables = _Tables(point, self.longest)
        alpha, beta, gamma, delta = np.exp(point)
        value, gradient, hessian = 0.0, np.zeros(4), np.zeros((4, 4))
        for part in self.blocks:
            x, weight = self.rows.x[part], self.weight[part]
            ways = tables.ways(x, self.rows.last[part], self.rows.n[part])
            m, not_bought, end = ways.m, ways.m - x[:, None], ways.m + ways.gone
            value += float(weight @ ways.total)
            chance = ways.share * weight[:, None]
            slope = np.empty((4, *m.shape))
            slope[0] = tables.a1[x][:, None] - alpha * tables.ab1[m]
            slope[1] = tables.b1[not_bought] - beta * tables.ab1[m]
            slope[2] = ways.gone - gamma * tables.cd1[end]
            slope[3] = tables.d1[m] - delta * tables.cd1[end]
            bends = (
                (0, 0, tables.a2[x][:, None] - alpha * tables.ab1[m] + alpha**2 * tables.ab2[m]),
                (0, 1, alpha * beta * tables.ab2[m]),
                (1, 1, tables.b2[not_bought] - beta * tables.ab1[m] + beta**2 * tables.ab2[m]),
                (2, 2, gamma**2 * tables.cd2[end] - gamma * tables.cd1[end]),
                (2, 3, gamma * delta * tables.cd2[end]),
                (3, 3, tables.d2[m] - delta * tables.cd1[end] + delta**2 * tables.cd2[end]),
            )
            for row, column, bend in bends:
                hessian[row, column] += float((chance * bend).sum())
            mean = np.einsum("knj,nj->kn", slope, ways.share)
            flat = slope.reshape(4, -1)
            hessian += np.triu((flat * chance.ravel()) @ flat.T - (mean * weight) @ mean.T)
            gradient += mean @ weight
        return Evaluation(value, gradient, hessian + np.triu(hessian, 1).T)
