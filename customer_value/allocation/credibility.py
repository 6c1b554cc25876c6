"""How much of a customer's own record to believe: little after one order, nearly all after fifty."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from customer_value._inputs import numbers, within


def credible_means(values: ArrayLike, customers: ArrayLike) -> pd.DataFrame:
    """Each customer's mean, drawn towards the mean of all by as much as few values deserve: (n·x̄ + k·μ) / (n + k).

    k = σ²/τ²: variance of the values around their customer's mean over the variance of the customers' true means, both
    estimated from the data (Bühlmann's credibility). Values may be negative, which the gamma-gamma model refuses.

    Parameters
    ----------
    values
        One number per order, such as its contribution in money.
    customers
        Whose order it is, same length.

    Returns a DataFrame indexed by customer with ``number``, ``own`` (mean) and ``expected``; ``attrs`` hold ``k``
    (orders) and ``mean``. Where customers do not differ beyond chance, all get the common mean (k infinite). Raises
    ``ValueError`` when nobody has two values or there is one customer only.

    Source: Bühlmann (1969), ASTIN Bulletin 5(2), 157–165; the estimators are those of one-way analysis of variance for
    unequal numbers.
    """
    each = pd.DataFrame({"value": numbers(values, "values"), "customer": np.asarray(customers)})
    groups = each.groupby("customer")["value"]
    count, own = groups.size(), groups.mean()
    total, people = int(count.sum()), len(count)
    if people < 2 or total <= people:
        raise ValueError(
            f"{people} customer(s) with {total} value(s): to tell customers from chance there must be two customers"
            " and one of them with two values."
        )
    within = float(((each["value"] - own.loc[each["customer"]].to_numpy()) ** 2).sum() / (total - people))
    mean = float(each["value"].mean())
    size = (total - float((count**2).sum()) / total) / (people - 1)
    between = (float((count * (own - mean) ** 2).sum()) / (people - 1) - within) / size
    k = within / between if between > 0 else np.inf
    weight = count / (count + k)
    table = pd.DataFrame({"number": count, "own": own, "expected": weight * own + (1 - weight) * mean})
    table.attrs = {"k": float(k), "mean": mean}
    return table.rename_axis("customer_id")


def credible_rates(counts: ArrayLike, exposure: ArrayLike) -> NDArray[np.float64]:
    """Each customer's rate, drawn towards that of all: (a + x) / (b + t), events per unit of time.

    Rates differ between customers as a gamma distribution with mean m = a/b and variance τ² = a/b², found by moments:
    m = Σx / Σt, τ² = Σ((x − m·t)² − m·t) / Σt².

    Parameters
    ----------
    counts, exposure
        Events x and time t of each customer, such as people recommended and years since the first purchase; t above 0.

    Returns one rate per customer. Where the counts vary no more than chance makes them, all get the common rate.

    Source: the gamma-Poisson mixture behind the NBD and Pareto/NBD models (Schmittlein, Morrison & Colombo, 1987,
    Management Science 33(1), 1–24).
    """
    events, time = numbers(counts, "counts", negative=False), within(numbers(exposure, "exposure"), "exposure", above=0)
    if events.size != time.size:
        raise ValueError(f"counts and exposure must be as long: {events.size}, {time.size}.")
    mean = float(events.sum() / time.sum())
    spread = float(((events - mean * time) ** 2 - mean * time).sum() / (time**2).sum())
    if mean == 0 or spread <= 0:
        return np.full(events.size, mean)
    return (mean**2 / spread + events) / (mean / spread + time)
