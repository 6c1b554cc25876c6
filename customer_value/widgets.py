"""Controls with an answer: sliders, one sentence with the key number, and the figure it belongs to.

``explore`` is the general tool; the other functions are the explorations that the chapters use. Without a
running Python a page shows the last state; nothing is computed until a control moves.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape

import ipywidgets
import numpy as np
import pandas as pd
from IPython.display import display
from numpy.typing import ArrayLike

from customer_value import plots
from customer_value.concentration import top_share
from customer_value.persistence import top_tier_shift
from customer_value.profitability import customer_profit, whale_curve
from customer_value.transactions import before_and_after

_WIDE = {"width": "100%", "max_width": "36rem"}


def explore(answer: Callable[..., tuple[str, plots.Figure]], **controls: ipywidgets.Widget) -> ipywidgets.VBox:
    """Controls above a sentence and a figure that follow them.

    Parameters
    ----------
    answer
        Called with the value of every control by name; returns the sentence (plain text) and the figure.
    controls
        The controls by the argument they set, as made by ``slider`` or ``choice``.

    Returns the widget to show as the last line of a cell. A ``ValueError`` from ``answer`` (a combination
    that makes no sense) is shown as the sentence, without a figure.
    """
    sentence, picture = ipywidgets.HTML(), ipywidgets.Output()

    def update(_change: object = None) -> None:
        picture.clear_output(wait=True)
        try:
            text, figure = answer(**{name: control.value for name, control in controls.items()})
        except ValueError as reason:
            text, figure = str(reason), None
        sentence.value = f'<p role="status" style="line-height: 1.5; margin: 0.5em 0">{escape(text)}</p>'
        with picture:
            if figure is not None:
                display(figure)

    for control in controls.values():
        control.observe(update, names="value")
    update()
    return ipywidgets.VBox([*controls.values(), sentence, picture])


def slider(label: str, value: float, low: float, high: float, step: float = 1) -> ipywidgets.Widget:
    """A slider whose ``label`` says what it sets and in which unit; whole numbers stay whole."""
    whole = all(float(number).is_integer() for number in (value, low, high, step))
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    bounds = [int(number) if whole else float(number) for number in (value, low, high, step)]
    return kind(
        value=bounds[0],
        min=bounds[1],
        max=bounds[2],
        step=bounds[3],
        readout_format="d" if whole else ".2f",
        description=label,
        tooltip=label,
        style={"description_width": "initial"},
        layout=_WIDE,
    )


def choice(label: str, options: dict[str, object], value: object) -> ipywidgets.Widget:
    """A slider over named options, in the order given."""
    return ipywidgets.SelectionSlider(
        options=list(options.items()),
        value=value,
        description=label,
        tooltip=label,
        style={"description_width": "initial"},
        layout=_WIDE,
    )


def menu(label: str, names: Sequence[str]) -> ipywidgets.Widget:
    """A drop-down, so that all names can be seen at once; the first is chosen."""
    return ipywidgets.Dropdown(
        options=[(name, name) for name in names],
        description=label,
        tooltip=label,
        style={"description_width": "initial"},
        layout=_WIDE,
    )


def concentration(values: ArrayLike, top: int = 20) -> ipywidgets.VBox:
    """How much of the revenue do the top customers bring, and how many dollars is that for each?

    ``top`` (per cent of customers) is where the slider starts.
    """
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]

    def answer(percent: int) -> tuple[str, plots.Figure]:
        share = top_share(ordered, percent / 100)
        count = max(1, round(percent / 100 * ordered.size))
        return (
            f"The top {percent}% are {count:,} customers. They bring {share:.1%} of revenue,"
            f" {plots.money(ordered[:count].mean())} each on average;"
            f" the last of them brings {plots.money(ordered[count - 1])}.",
            plots.lorenz(ordered, percent / 100),
        )

    return explore(answer, percent=slider("Top customers, %", top, 1, 100))


def serving_cost(
    customers: pd.DataFrame, margin: int = 30, per_order: float = 5, per_customer: float = 5
) -> ipywidgets.VBox:
    """At what cost to serve do customers lose money, and do the best-looking ones?

    ``customers`` has ``orders`` and ``revenue``, as from ``transactions.customer_totals``. ``margin`` (per
    cent of revenue) and the two costs (US dollars) are where the sliders start.
    """
    best_looking = customers["revenue"].rank(ascending=False, method="first") <= 0.1 * len(customers)

    def answer(margin: int, per_order: float, per_customer: float) -> tuple[str, plots.Figure]:
        profit = customer_profit(customers, margin / 100, per_order, per_customer)
        curve = whale_curve(profit)
        return (
            f"{np.mean(profit < 0):.1%} of customers lose money, {plots.money(curve.given_back)} together;"
            f" total profit is {plots.money(curve.total)}."
            f" Of the top tenth by revenue {np.mean(profit[best_looking] < 0):.1%} lose money.",
            plots.whale(curve),
        )

    return explore(
        answer,
        margin=slider("Gross margin, %", margin, 5, 60),
        per_order=slider("Cost per order, $", per_order, 0, 15, 0.5),
        per_customer=slider("Cost per customer, $", per_customer, 0, 20, 0.5),
    )


def staying_power(log: pd.DataFrame, months: int = 6) -> ipywidgets.VBox:
    """How many of the best customers stay best, and for which splits of the log is that a fair question?

    Offers every first day of a month that leaves ``months`` on both sides, the earliest first. Where the months
    before hold customers' first orders, everybody's spending there is inflated by construction; the sentence
    says for how many.
    """
    start, end = log["date"].min(), log["date"].max() + pd.Timedelta(days=1)
    firsts = pd.date_range(start, end, freq="MS")
    room = pd.DateOffset(months=months)
    # A readout is one short line, which an ordinary space would break.
    splits = {f"{day:%b\N{NO-BREAK SPACE}%Y}": day for day in firsts if day - room >= start and day + room <= end}
    if not splits:
        raise ValueError(f"The log is too short to be split with {months} months on both sides.")
    halves = lru_cache(maxsize=None)(lambda split: before_and_after(log, split, months))
    first_order = log.groupby("customer_id")["date"].min()

    def answer(split: pd.Timestamp, percent: int) -> tuple[str, plots.Figure]:
        spend = halves(split)
        newly_won = np.mean(first_order[spend.index] >= split - room)
        forwards = top_tier_shift(spend["before"], spend["after"], percent / 100)
        backwards = top_tier_shift(spend["after"], spend["before"], percent / 100)
        return (
            f"The {forwards.customers:,} best customers of the {months} months before 1 {split:%B %Y} spent"
            f" {plots.money(forwards.before)} each, then {plots.money(forwards.after)}"
            f" (everyone: {plots.money(forwards.everyone_before)}, then {plots.money(forwards.everyone_after)})."
            f" {forwards.still_top:.0%} of them are in the top {percent}% again;"
            f" {1 - forwards.buying_after:.0%} bought nothing."
            f" The months before hold the first order of {newly_won:.0%} of all customers.",
            plots.tier_shift(
                {"best before,\nseen after": forwards, "best after,\nseen before": backwards},
                f"{forwards.still_top:.0%} of the top {percent}% stay in the top {percent}%",
                tier=f"top {percent}%",
            ),
        )

    return explore(
        answer,
        split=choice("Split before", splits, next(iter(splits.values()))),
        percent=slider("Top customers, %", 10, 1, 20),
    )
