"""The explorations of strategy: two firms in one market, and a team's triangle, canvas and elements to take along.

Built as those of ``widgets``: controls above one sentence and a figure that follow them.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from html import escape

import ipywidgets
import pandas as pd
from IPython.display import display

from customer_value import plots, strategy
from customer_value.plots.currency import euros
from customer_value.plots.markets import lead_in_words
from customer_value.strategy import (
    DISCIPLINES,
    DisciplinesPicture,
    ElementsMap,
    Market,
    StrategyCanvas,
    Weights,
    average_course,
    diagnose,
    four_actions,
    linked,
    picture,
    read,
    region_map,
)
from customer_value.strategy._documents import Document
from customer_value.strategy.evidence import growth_by_strength, rated_companies
from customer_value.widgets import choice, explore, slider

_MOST_SLIDERS = 10
_WHAT = {
    DisciplinesPicture.kind: "a triangle of value disciplines",
    StrategyCanvas.kind: "a strategy canvas",
    ElementsMap.kind: "a map of elements of value",
    "maturity-assessment": "a self-assessment",
    "transformation-roadmap": "a roadmap",
    "balanced-scorecard": "a scorecard",
}


def two_firms(market: Market | None = None) -> ipywidgets.VBox:
    """When does it pay to know customers, and when is it cheaper to treat all alike?

    Shows the mean of four courses of events (``strategy.average_course``), so that luck does not decide.
    Starts at ``market``; heterogeneity, churn, the cost of winning a customer and the budget can be changed.
    """
    start = Market() if market is None else market

    def answer(heterogeneity: float, churn: int, cost: int, budget: int, what: str) -> tuple[str, plots.Figure]:
        changed = start.changed(
            heterogeneity=heterogeneity, churn=churn / 100, acquisition_cost=float(cost), budget=float(budget)
        )
        outcome = average_course(changed, repeats=2)
        return lead_in_words(outcome), plots.market_course(outcome, what)

    return explore(
        answer,
        heterogeneity=slider("Heterogeneity (0: all alike)", start.heterogeneity, 0, 3, 0.25),
        churn=slider("Churn, % a year", round(100 * start.churn), 0, 90, 5),
        cost=slider("Acquisition cost, €", round(start.acquisition_cost), 2, 160, 2),
        budget=slider("Budget, € a person", round(start.budget), 0, 30),
        what=choice("What to show", {"profit": "profit", "equity": "equity", "share": "share"}, "profit"),
    )


def where_it_wins(market: Market | None = None) -> ipywidgets.VBox:
    """In which markets is the customer-centric firm ahead, and what does that hang on?

    A map by the cost of winning a customer and by heterogeneity. The budget, what care can prevent and what counts as
    winning can be changed; the rest is as in ``market``, with fewer people and four pairs of courses for each point.
    """
    start = (Market() if market is None else market).changed(people=1000)
    across, up = ("acquisition_cost", [2, 5, 10, 20, 40, 80, 160]), ("heterogeneity", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])

    def answer(budget: int, care: int, measure: str) -> tuple[str, plots.Figure]:
        changed = start.changed(budget=float(budget), care_effect=care / 100)
        regions = region_map(across, up, changed, measure, repeats=4)
        won = round(regions.second_wins * regions.lead.size)
        return (
            f"With €{budget} a person and care that prevents up to {care}% of leaving, the customer-centric firm is"
            f" ahead in {won} of {regions.lead.size} markets by {measure}. Leads in brackets may be luck.",
            plots.region_map(regions),
        )

    return explore(
        answer,
        budget=slider("Budget, € a person", round(start.budget), 2, 30, 2),
        care=slider("Leaving that care can prevent, %", round(100 * start.care_effect), 0, 90, 10),
        measure=choice("Ahead by", {"profit and equity": "value", "ten years' profit": "profit"}, "value"),
    )


def next_euro(
    uses: pd.DataFrame, care_cost: float = 3, effect: int = 10, years: int = 3, against: str | None = None
) -> ipywidgets.VBox:
    """Where does the next euro go, and how good must care be before it goes to care?

    ``uses`` as from ``strategy.kettleholt_uses``. The cost of care, the share of those leaving whom it keeps (per
    cent) and the years that count can be changed. The figure's title holds the best use for keeping against
    ``against``, one of ``uses``, or against the best for winning.
    """
    if against is not None and against not in uses.index:
        raise ValueError(f"against must be one of {', '.join(uses.index)}; got {against!r}.")

    def answer(care_cost: float, effect: int, years: int) -> tuple[str, plots.Figure]:
        table = strategy.next_euro(uses, care_cost, effect / 100, years)
        best = {kind: table[table["kind"] == kind].iloc[0] for kind in (strategy.WIN, strategy.KEEP)}
        beaten = table[(table["kind"] == strategy.WIN) & (table["per_euro"] < best[strategy.KEEP]["per_euro"])]
        kept = best[strategy.KEEP]
        other = best[strategy.WIN] if against is None else table.loc[against]
        return (
            f"One more customer of the {kept.name} kept costs {euros(kept['per_customer'])} and brings"
            f" {euros(kept['value'])} in {years} {'year' if years == 1 else 'years'}: €{kept['per_euro']:.2f} a euro."
            f" That beats {len(beaten)} of {(table['kind'] == strategy.WIN).sum()} ways of winning customers"
            f"{': ' + ', '.join(beaten.index) if len(beaten) else ''}.",
            plots.next_euro(
                table,
                f"A euro brings €{other['per_euro']:.2f} from {other.name}, €{kept['per_euro']:.2f} from care for the"
                f" {kept.name}",
            ),
        )

    return explore(
        answer,
        care_cost=slider("Care, € a customer", care_cost, 0.5, 10, 0.5),
        effect=slider("Of those leaving, care keeps, %", effect, 2, 60, 2),
        years=slider("Years that count", years, 1, 10),
    )


def triangle(team: DisciplinesPicture) -> ipywidgets.VBox:
    """Where do we stand, where do we want to be, and what would the move cost?

    Three sliders for today and three for the future; each three add to 100, so that moving one moves the others. The
    figure and a file for the last chapter can be downloaded below the sentence.
    """
    now, future = (_linked_sliders(when, weights) for when, weights in (("Today", team.now), ("Future", team.future)))

    def document() -> tuple[str, DisciplinesPicture]:
        weights = [Weights(*(control.value for control in three)) for three in (now, future)]
        made = DisciplinesPicture(team.company, *weights, team.assumptions)
        cost = made.cost()
        yearly = f"{_thousands(abs(cost.running))} a year {'more' if cost.running >= 0 else 'less'}"
        return (
            f"Today: {diagnose(made.now).sentence} Future: {diagnose(made.future).sentence}"
            f" Moving {cost.points:g} points costs {_thousands(cost.capital)} once and {yearly};"
            f" over {team.assumptions.years} years {_thousands(cost.present_value)} in today's money.",
            made,
        )

    view, update = studio([*now, *future], document)
    for three in (now, future):
        _link(three, update)
    return view


def canvas_editor(canvas: StrategyCanvas) -> ipywidgets.VBox:
    """What would we eliminate, reduce, raise or create? One slider for each factor of the own firm."""
    if len(canvas.factors) > _MOST_SLIDERS:
        raise ValueError(f"The editor has room for {_MOST_SLIDERS} factors; the canvas has {len(canvas.factors)}.")
    scores = canvas.firms[canvas.own]
    step = _step(scores)
    controls = [
        slider(f"{canvas.own}: {factor}", score, 0, 10, step)
        for factor, score in zip(canvas.factors, scores, strict=True)
    ]

    def document() -> tuple[str, StrategyCanvas]:
        curve = tuple(float(control.value) for control in controls)
        made = StrategyCanvas(canvas.factors, {**canvas.firms, canvas.own: curve}, canvas.own)
        actions = four_actions(made)["action"]
        told = [
            f"{action}: {', '.join(actions.index[actions == action])}"
            for action in ("eliminate", "reduce", "raise", "create")
            if (actions == action).any()
        ]
        kept = int((actions == "keep").sum())
        return f"{'; '.join(told) or 'nothing differs'}. {kept} of {len(actions)} factors are as with the others.", made

    return _followed(controls, document)


def elements_editor(elements: ElementsMap) -> ipywidgets.VBox:
    """Which elements of value does our offer have? One slider for each element that ``elements`` rates."""
    if not 1 <= len(elements.scores) <= _MOST_SLIDERS:
        raise ValueError(
            f"The editor has room for 1 to {_MOST_SLIDERS} elements; the map rates {len(elements.scores)}. Rate those"
            " that your customers may get from the offer."
        )
    step = _step(elements.scores.values())
    controls = [slider(element, score, 0, 10, step) for element, score in elements.scores.items()]

    def document() -> tuple[str, ElementsMap]:
        scores = {element: float(control.value) for element, control in zip(elements.scores, controls, strict=True)}
        made = ElementsMap(elements.offer, scores)
        strong = made.strong()
        mean = sum(scores.values()) / len(scores)
        told = f"{len(strong)} of 30 elements are strong: {', '.join(strong) or 'none'}."
        return f"{told} Mean of the {len(scores)} rated: {mean:.1f}.", made

    return _followed(controls, document)


def halo(companies: int = 1_000) -> ipywidgets.VBox:
    """Do companies grow because customers value more about them, or do customers praise whoever grows?

    Two sliders: how far growth lifts every rating, and how far what is delivered goes with growth.
    """

    def answer(lift: float, effect: float) -> tuple[str, plots.Figure]:
        table = growth_by_strength(rated_companies(companies, halo=lift, effect=effect))
        one, four = table.loc["one", "growth"], table.loc["four or more", "growth"]
        times = f", {four / one:.1f} times as much" if one >= 1 else ""
        return (
            f"Companies with four strong elements or more grow by {four:.1f}% a year, those with one by {one:.1f}%"
            f"{times}. What a company delivers explains {effect**2:.0%} of the differences in growth.",
            plots.strong_elements(table),
        )

    return explore(
        answer,
        lift=slider("Halo: growth lifts every rating by", 0.5, 0, 1, 0.05),
        effect=slider("Effect: what is delivered goes with growth by", 0.0, 0, 1, 0.05),
    )


def reopen() -> ipywidgets.VBox:
    """What is in a file that the triangle, the canvas or the elements left? Choose it, and its picture comes back."""
    chooser = ipywidgets.FileUpload(
        accept=".json",
        multiple=False,
        description="Open a file",
        tooltip="Open a file (.json)",
        layout={"width": "12rem"},
    )
    sentence, shown = ipywidgets.HTML(), ipywidgets.Output()

    def said(text: str) -> None:
        sentence.value = f'<p role="status" style="line-height: 1.5; margin: 0.5em 0">{escape(text)}</p>'

    def opened(_change: object) -> None:
        if not chooser.value:
            return
        file = chooser.value[0]
        shown.clear_output(wait=True)
        try:
            made = read(bytes(file["content"]).decode("utf-8"))
        except (ValueError, TypeError) as reason:
            said(f"{file['name']}: {reason}")
            return
        said(f"{file['name']} holds {_WHAT[made.kind]}.")
        with shown:
            display(picture(made))

    said("No file is open. Choose one that you downloaded above; it stays on your computer.")
    chooser.observe(opened, names="value")
    return ipywidgets.VBox([chooser, sentence, shown])


def _linked_sliders(when: str, weights: Weights) -> list[ipywidgets.Widget]:
    """A slider for each discipline, in whole points that add to 100."""
    whole = [round(weight) for weight in weights]
    # Rounding three numbers that add to 100 can miss it by a point, which the largest takes.
    whole[whole.index(max(whole))] += 100 - sum(whole)
    return [slider(f"{when}: {name}", weight, 0, 100) for name, weight in zip(DISCIPLINES, whole, strict=True)]


def _link(three: Sequence[ipywidgets.Widget], update: Callable[[], None]) -> None:
    """Moving one slider moves the other two; whoever listens hears of it once, when all three fit again."""
    kept = [control.value for control in three]
    busy = False

    def moved(place: int, change: dict) -> None:
        nonlocal busy
        if busy:
            return
        busy = True
        try:
            kept[:] = linked(kept, place, change["new"])
            for control, value in zip(three, kept, strict=True):
                control.value = value
        finally:
            busy = False
        update()

    for place, control in enumerate(three):
        control.observe(partial(moved, place), names="value")


def _step(scores: Iterable[float]) -> float:
    """Half points, or tenths where a score lies between: a slider in a browser shows the nearest step only."""
    return 0.5 if all((2 * score).is_integer() for score in map(float, scores)) else 0.1


def _followed(controls: Sequence[ipywidgets.Widget], document: Callable[[], tuple[str, Document]]) -> ipywidgets.VBox:
    view, update = studio(controls, document)
    for control in controls:
        control.observe(lambda _change: update(), names="value")
    return view


def studio(
    controls: Sequence[ipywidgets.Widget], document: Callable[[], tuple[str, Document | None]]
) -> tuple[ipywidgets.VBox, Callable[[], None]]:
    """Controls above a sentence with links to download, and the picture; and what brings both up to date.

    Where there is no document yet, the sentence stands alone.
    """
    sentence, shown = ipywidgets.HTML(), ipywidgets.Output()

    def update() -> None:
        text, made = document()
        said = f'<p role="status" style="line-height: 1.5; margin: 0.5em 0">{escape(text)}</p>'
        shown.clear_output(wait=True)
        if made is None:
            sentence.value = said
            return
        figure = picture(made)
        sentence.value = said + (
            f'<p style="margin: 0 0 0.5em">{_link_to(made.to_json(), "application/json", made.kind + ".json", "File")}'
            f" · {_link_to(figure.to_svg(), 'image/svg+xml', made.kind + '.svg', 'Picture')}</p>"
        )
        with shown:
            display(figure)

    update()
    return ipywidgets.VBox([*controls, sentence, shown]), update


def _link_to(text: str, kind: str, name: str, label: str) -> str:
    content = b64encode(text.encode()).decode()
    return f'<a download="{escape(name)}" href="data:{kind};base64,{content}">{label} ({escape(name)})</a>'


def _thousands(amount: float) -> str:
    """An amount in thousands of euros, as the assumptions of a move are."""
    if abs(amount) < 1:
        return f"€{1000 * amount:,.0f}".replace("€-", "−€")
    if abs(amount) >= 1000:
        return f"€{amount / 1000:,.1f}m".replace("€-", "−€")
    return f"€{amount:,.0f}k".replace("€-", "−€")
