"""The figures of strategy and of experience pass what every figure must, with ordinary and with extreme content."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from customer_value import datasets, experience, plots, strategy
from customer_value.plots.markets import lead_in_words
from customer_value.strategy import DisciplinesPicture, ElementsMap, Market, StrategyCanvas, Weights, board, evidence
from tests.customer_value import figure_checks

MARKET = Market(people=400)
OUTCOME = strategy.simulate(MARKET)
NO_BUDGET = strategy.simulate(MARKET.changed(budget=0.0, start_share=0.0))
SURVEY = datasets.load_kettleholt("survey")
ANSWERS = SURVEY[SURVEY["responded"]]
MANAGERS = datasets.load_kettleholt("managers_survey")
SATISFACTION = datasets.load_customer_satisfaction()
TOUCHPOINTS = [f"{name}_score" for name in ("store", "web", "delivery", "product", "price", "service", "returns")]
GAP = experience.delivery_gap(ANSWERS, MANAGERS, TOUCHPOINTS)
QUESTIONS = [name for name in SATISFACTION if name != "overall"]
IMPORTANCE = experience.driver_importance(SATISFACTION, "overall", QUESTIONS, draws=20)
JOURNEY = pd.DataFrame(
    {"believed": [8.1, 8.4, 8.9, 8.5], "met": [7.3, 8.2, 7.1, 6.5], "people": [2766, 1940, 2737, 1496]},
    index=["web", "store", "delivery", "returns"],
)
MENDING = pd.DataFrame(
    {"passing": [2737, 1130], "affected": [0.21, 0.3], "fixable": 0.5, "loss": [0.6, 0.3], "loss_se": 0.08}
    | {"margin": 18.0, "cost": [1500, 1000]},
    index=["delivery", "service"],
)
CANVAS = StrategyCanvas(
    ("price", "range", "advice in store", "delivery speed", "coffee club", "opening hours"),
    {"Kettleholt": (6, 5, 9, 4, 8, 0), "Supermarket": (3, 8, 1, 0, 0, 9), "Web giant": (4, 10, 2, 9, 0, 7)},
    "Kettleholt",
)

USES = pd.DataFrame(
    {"kind": ["win", "win", "keep"], "cost": [9.0, 36.3, np.nan], "margin": [120.0, -20.0, 217.0]}
    | {"leaving": [0.4, 0.5, 0.2]},
    index=["store", "search", "best fifth"],
)

EQUALS = StrategyCanvas(("a", "b"), {"we": (0, 10), "they": (0, 10)}, "we")


def journey(**changes: list[float]) -> plots.Figure:
    return plots.journey(
        experience.journey_map(JOURNEY.assign(**changes), "believed", "met", "people"), volume="people"
    )


def triangle(now: tuple, future: tuple) -> plots.Figure:
    return plots.discipline_triangle(DisciplinesPicture("Kettleholt", Weights(*now), Weights(*future)))


def mending(**changes: object) -> plots.Figure:
    return plots.priorities(experience.priorities(MENDING.assign(**changes)))


FIGURES: dict[str, Callable[[], plots.Figure]] = {
    "profit": lambda: plots.market_course(OUTCOME),
    "equity": lambda: plots.market_course(OUTCOME, "equity"),
    "share": lambda: plots.market_course(OUTCOME, "share"),
    "nothing happens": lambda: plots.market_course(NO_BUDGET),
    "nobody is a customer": lambda: plots.market_course(NO_BUDGET, "share"),
    "one year": lambda: plots.market_course(strategy.simulate(MARKET.changed(years=1)), "equity"),
    "regions": lambda: plots.region_map(
        strategy.region_map(("heterogeneity", [0.0, 1.0, 2.0]), ("acquisition_cost", [5.0, 20.0, 80.0]), MARKET)
    ),
    "regions of many": lambda: plots.region_map(
        strategy.region_map(
            ("churn", list(np.linspace(0, 0.9, 10))), ("knowing_cost", [0.0, 4.0]), MARKET.changed(years=2), "share"
        )
    ),
    "courses": lambda: plots.random_courses(strategy.several_courses(MARKET, number=12)),
    "one course": lambda: plots.random_courses(strategy.several_courses(MARKET.changed(years=1), number=1)),
    "next euro": lambda: plots.next_euro(strategy.next_euro(USES, 3, 0.1)),
    "next euro that keeps nobody": lambda: plots.next_euro(strategy.next_euro(USES, 3, 0.0)),
    "two axes": lambda: plots.two_axes(strategy.two_axes(OUTCOME)),
    "two axes at the corners": lambda: plots.two_axes(
        pd.DataFrame({"reached": [0.0, 1.0, 1.0], "needs_met": [1.0, 0.0, 1.0]}, index=["bespoke", "mass", "dream"])
    ),
    "triangle": lambda: triangle((40, 35, 25), (25, 25, 50)),
    "triangle at a corner": lambda: triangle((100, 0, 0), (0, 100, 0)),
    "triangle without a move": lambda: triangle((34, 33, 33), (34, 33, 33)),
    "five managers": lambda: plots.opinions_triangle(board.managers()),
    "one manager": lambda: plots.opinions_triangle(board.managers()[:1]),
    "growth by strength": lambda: plots.strong_elements(evidence.growth_by_strength(evidence.rated_companies())),
    "growth of ten": lambda: plots.strong_elements(evidence.growth_by_strength(evidence.rated_companies(10, halo=0))),
    "focus": lambda: plots.focus_among(evidence.bold_firms()),
    "everybody focuses": lambda: plots.focus_among(evidence.bold_firms(50, focused=1.0)),
    "nobody focuses": lambda: plots.focus_among(evidence.bold_firms(50, focused=0.0)),
    "canvas": lambda: plots.strategy_canvas(CANVAS),
    "canvas of equals": lambda: plots.strategy_canvas(EQUALS),
    "canvas of managers": lambda: plots.strategy_canvas(board.canvas(MANAGERS)),
    "no element": lambda: plots.elements_pyramid(ElementsMap("Coffee club", {})),
    "some elements": lambda: plots.elements_pyramid(ElementsMap("Club", {"saves time": 9, "heirloom": 2})),
    "gap": lambda: plots.delivery_gap(GAP),
    "gap of one question": lambda: plots.delivery_gap(GAP[:1]),
    "journey": journey,
    "journey without a shortfall": lambda: journey(met=[9.0, 9.0, 9.0, 9.0]),
    "journey passed by one": lambda: journey(people=[0, 0, 1, 0]),
    "drivers": lambda: plots.driver_importance(IMPORTANCE),
    "one driver": lambda: plots.driver_importance(
        experience.driver_importance(SATISFACTION, "overall", ["competitive_prices"])
    ),
    "money": mending,
    "money lost": lambda: mending(loss=[-0.2, 0.0], cost=9000),
    "money for sure": lambda: mending(loss_se=0.0),
    "promoters": lambda: plots.promoters(ANSWERS["recommend_score"]),
    "promoters only": lambda: plots.promoters([10] * 8),
    "same mean": lambda: plots.same_mean(experience.scores_of_mean(8)),
    "same mean at the end": lambda: plots.same_mean(experience.scores_of_mean(0)),
}  # fmt: skip
test_figure = figure_checks.every(FIGURES, heavy=[name for name in FIGURES if "element" in name])


def test_all_thirty_elements_fit() -> None:
    """Thirty names with their scores weigh a little more than other figures."""
    elements = ElementsMap("Everything to everybody", dict.fromkeys(strategy.LAYER_OF, 10))
    figure_checks.has_no_text_cut_off_or_too_small(lambda: plots.elements_pyramid(elements))
    figure = plots.elements_pyramid(elements)
    assert len(figure.to_svg()) < 85_000
    assert "30 of the 30" in " ".join(figure.get_suptitle().split())


def test_titles_state_the_finding() -> None:
    def title(name: str) -> str:
        return " ".join(FIGURES[name]().get_suptitle().split())

    assert title("gap") == "Returns: managers believe 2.0 more than customers say"
    assert title("triangle") == "25 of 100 points move, most to customer intimacy"
    assert title("triangle without a move") == "No point moves: the future is today"
    assert title("drivers") == "Pricing for volume has 23% of what is explained; distribution a negative coefficient"
    assert title("same mean") == "Mean 8: any score from 0 to +78"
    assert title("same mean at the end") == "Mean 0: only one score, −100"
    assert title("journey without a shortfall") == "No touchpoint falls short of what is expected"
    assert title("money lost") == "No touchpoint brings more than it costs to mend"
    assert title("five managers") == "5 managers see one firm up to 50 points apart"
    assert title("focus") == "60% of the best focus on one thing, and 61% of the worst"
    assert title("growth by strength").startswith("Growth is 10.5% a year with four or more")
    assert title("canvas of equals") == "we offers what the others offer"
    assert title("canvas of managers") == "Kettleholt is ahead in product, stores and 4 more, behind in fair price"


def test_lead_in_words_gives_the_numbers_of_the_outcome() -> None:
    said = lead_in_words(OUTCOME)
    lead = OUTCOME.lead()
    assert ("+€" if lead > 0 else "−€") in said
    assert "counting 10 years" in said


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="what must be one of profit"):
        plots.market_course(OUTCOME, "revenue")
    with pytest.raises(ValueError, match="at least two values of each"):
        plots.region_map(strategy.region_map(("churn", [0.1]), ("budget", [1.0, 2.0]), MARKET))
    with pytest.raises(ValueError, match="must be shares from 0 to 1"):
        plots.two_axes(pd.DataFrame({"reached": [20.0], "needs_met": [0.4]}, index=["x"]))
    with pytest.raises(ValueError, match="table must have the columns reached"):
        plots.two_axes(pd.DataFrame({"reached": [0.2]}, index=["x"]))
    with pytest.raises(TypeError, match=r"table must be the data frame that experience\.delivery_gap returns"):
        plots.delivery_gap({"gap": 1})
    with pytest.raises(ValueError, match="table lacks share, shapley"):
        plots.driver_importance(GAP)
    with pytest.raises(ValueError, match="table has no rows"):
        plots.delivery_gap(GAP[:0])
