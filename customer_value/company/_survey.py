"""The touchpoint survey: ordinal answers with scale use and non-response, and what managers believe."""

from dataclasses import dataclass

import numpy as np

from customer_value.company._calendar import MINUTES, day_of
from customer_value.company._draws import Draws, Floats, Ints, count_by, exp
from customer_value.company._orders import Orders
from customer_value.company._people import Customers, Flags
from customer_value.company._returns import CANCELLED, Returns
from customer_value.company._service import LATE, Contacts
from customer_value.company.assumptions import Assumptions

ASKED_ON = "2024-12-02"
TOUCHPOINTS = ("store", "web", "delivery", "product", "price", "service", "returns")
ANSWERS = (*(f"{name}_score" for name in TOUCHPOINTS), "overall_score", "recommend_score")
MISSING = -1
ROLES = ("store manager", "category", "marketing", "logistics", "service", "board")


@dataclass
class Survey:
    """Everybody who was asked, one entry each."""

    customer: Ints
    responded: Flags
    scores: dict[str, Ints]
    """1 to 10 (recommend: 0 to 10), −1 where there is no answer."""
    superior: Ints
    """1 yes, 0 no, −1 no answer."""
    overall: Floats
    shift: Floats
    stretch: Floats


def ask_customers(
    assumptions: Assumptions,
    people: Customers,
    orders: Orders,
    returns: Returns,
    contacts: Contacts,
    draws: Draws,
) -> Survey:
    """Customers who bought in the year before are asked by lot; answers are about what they met in that year."""
    setup, size, on = assumptions.survey, people.number, day_of(ASKED_ON)
    known = np.flatnonzero((orders.customer >= 0) & (orders.day < on) & (orders.day >= on - 365))
    bought, web = orders.customer[known], orders.web[known]
    number = count_by(bought, size)
    met = {
        "store": _any(bought[~web], size),
        "web": _any(bought[web], size),
        "delivery": _any(bought[web & (orders.delivered[known] >= 0) & (orders.delivered[known] < on)], size),
        "product": number > 0,
        "price": number > 0,
        "service": _any(_in_year(contacts.customer, contacts.minute, on), size),
        "returns": _any(
            _in_year(orders.customer[returns.order], returns.minute, on, returns.reason != CANCELLED), size
        ),
    }
    late = _any(bought[orders.late[known] & (orders.delivered[known] >= 0) & (orders.delivered[known] < on)], size)
    about_late = contacts.reason == LATE
    put_right = _any(
        _in_year(contacts.customer, contacts.minute, on, about_late & contacts.resolved & ~contacts.repeat), size
    )
    unsolved = _any(_in_year(contacts.customer, contacts.minute, on, ~contacts.resolved), size)

    latent: dict[str, Floats] = {}
    for name in TOUCHPOINTS:
        latent[name] = setup.mean[name] + people.contentment + draws.normal(size)
    latent["delivery"] += setup.late * late + setup.recovered * (late & put_right)
    latent["service"] += setup.unresolved * unsolved + 0.5 * setup.recovered * (late & put_right)
    weights = sum(setup.weight[name] * met[name] for name in TOUCHPOINTS)
    overall = sum(setup.weight[name] * met[name] * latent[name] for name in TOUCHPOINTS) / np.maximum(weights, 0.05)
    overall = overall + 0.5 * setup.noise * draws.normal(size)
    recommend = overall + setup.noise * draws.normal(size)

    asked = np.flatnonzero((number > 0) & draws.chance(setup.asked, size)).astype(np.int64)
    odds = setup.response + setup.response_contentment * overall + setup.response_orders * np.minimum(number, 20)
    answers = draws.chance(1.0 / (1.0 + exp(-odds)), size)
    shift, stretch = setup.shift * draws.normal(size), exp(setup.stretch * draws.normal(size))
    scores = {f"{name}_score": _score(setup.cuts, latent[name], shift, stretch, met[name]) for name in TOUCHPOINTS}
    scores["overall_score"] = _score(setup.cuts, overall, shift, stretch, number > 0)
    scores["recommend_score"] = _score((-2.9, *setup.cuts), recommend, shift, stretch, number > 0) - 1
    superior = (overall + 0.5 * shift > setup.superior).astype(np.int64)
    return Survey(
        asked,
        answers[asked],
        {name: np.where(answers, values, MISSING)[asked] for name, values in scores.items()},
        np.where(answers, superior, MISSING)[asked],
        overall[asked],
        shift[asked],
        stretch[asked],
    )


def ask_managers(assumptions: Assumptions, seed: int) -> tuple[Ints, dict[str, Ints], Ints]:
    """What managers believe a typical customer would answer: role, scores, and whether the experience is superior."""
    setup, draws = assumptions.survey, Draws(seed, 0, "managers")
    size = setup.managers
    own = 0.4 * draws.normal(size)
    latent = {
        name: setup.mean[name] + setup.managers_lift[name] + own + 0.7 * draws.normal(size) for name in TOUCHPOINTS
    }
    weights = sum(setup.weight.values())
    overall = sum(setup.weight[name] * latent[name] for name in TOUCHPOINTS) / weights + 0.25 * draws.normal(size)
    shift, stretch = 0.5 * setup.shift * draws.normal(size), exp(0.5 * setup.stretch * draws.normal(size))
    everyone = np.ones(size, dtype=bool)
    scores = {f"{name}_score": _score(setup.cuts, latent[name], shift, stretch, everyone) for name in TOUCHPOINTS}
    scores["overall_score"] = _score(setup.cuts, overall, shift, stretch, everyone)
    recommend = overall + 0.5 * setup.noise * draws.normal(size)
    scores["recommend_score"] = _score((-2.9, *setup.cuts), recommend, shift, stretch, everyone) - 1
    # Asked about their own firm, they need less to call it superior.
    superior = (overall > 0.5 * setup.superior).astype(np.int64)
    return draws.choice([0.2, 0.2, 0.2, 0.15, 0.15, 0.1], size), scores, superior


def _score(cuts: tuple[float, ...], latent: Floats, shift: Floats, stretch: Floats, met: Flags) -> Ints:
    """Position among the cuts of what a person expresses: shift + stretch · latent; missing if not met."""
    found = 1 + np.searchsorted(np.array(cuts), shift + stretch * latent, side="right")
    return np.where(met, found, MISSING).astype(np.int64)


def _any(customer: Ints, size: int) -> Flags:
    found = np.zeros(size, dtype=bool)
    found[customer] = True
    return found


def _in_year(customer: Ints, minute: Ints, on: int, which: Flags | None = None) -> Ints:
    inside = (minute < on * MINUTES) & (minute >= (on - 365) * MINUTES) & (customer >= 0)
    return customer[inside if which is None else inside & which]
