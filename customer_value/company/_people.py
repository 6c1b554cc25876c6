"""Customers: how they were won, and what drives them (nobody in the company sees that)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_value.company import _firm
from customer_value.company._calendar import DAYS, YEARS, year_of
from customer_value.company._draws import Draws, Floats, Ints
from customer_value.company.assumptions import Assumptions

Flags = NDArray[np.bool_]


@dataclass
class Customers:
    """Customers of one block in order of their first purchase; every array has one entry per customer."""

    customer_id: Ints
    channel: Ints
    """Position in the assumptions' channels."""
    country: Ints
    start: Floats
    """Time of the first purchase, days."""
    cac: Ints
    """Cents."""
    consent: Flags
    referred_by: Ints
    """customer_id of the advocate, −1 without one."""
    home_store: Ints

    purchases_per_week: Floats
    leaves_after_purchase: Floats
    """Chance of leaving after each purchase but the first."""
    purchases_before_leaving: Ints
    """Repeat purchases after which the customer leaves, the last one included."""
    mean_order: Floats
    """Expected value of an order, €."""
    spend_scale: Floats
    """Scale of the gamma distribution of the value of an order, €."""
    store_share: Floats
    coffee_taste: Floats
    return_chance: Floats
    serial_returner: Flags
    contacts_per_year: Floats
    needy: Flags
    advocate: Flags
    contentment: Floats

    @property
    def number(self) -> int:
        return self.customer_id.size

    @property
    def start_day(self) -> Ints:
        return np.floor(self.start).astype(np.int64)


def win(assumptions: Assumptions, seed: int, block: int, size: int, first_id: int) -> Customers:
    """``size`` customers with ids from ``first_id`` on."""
    people, draws = assumptions.people, Draws(seed, block, "customers")
    growth = people.growth
    # Inverse of the distribution function of a density that rises in a straight line.
    when = (np.sqrt(1.0 + (2.0 * growth + growth * growth) * draws.uniform(size)) - 1.0) / growth
    start = np.sort(when) * DAYS
    channels = list(assumptions.channels.values())
    channel = draws.choice([each.share for each in channels], size)
    names = list(people.countries)
    country = draws.choice(list(people.countries.values()), size)
    advocate = draws.chance(people.advocates, size)
    customer_id = first_id + np.arange(size, dtype=np.int64)

    latent = {name: np.zeros(size) for name in ("purchases_per_week", "leaves_after_purchase", "store_share")}
    behaviour = Draws(seed, block, "behaviour")
    cac = np.zeros(size, dtype=np.int64)
    for number, each in enumerate(channels):
        members = np.flatnonzero(channel == number)
        latent["purchases_per_week"][members] = behaviour.gamma(each.r, members.size) / each.alpha
        latent["leaves_after_purchase"][members] = behaviour.beta(each.a, each.b, members.size)
        latent["store_share"][members] = behaviour.beta(each.store_a, each.store_b, members.size)
        by_year, cost = np.zeros(len(YEARS), dtype=np.int64), each.cac
        for year in range(len(YEARS)):
            by_year[year] = round(100 * cost)
            cost *= each.cac_growth
        cac[members] = by_year[year_of(np.floor(start[members]).astype(np.int64))]
    leaving = latent["leaves_after_purchase"]
    spend = assumptions.spend
    # Spend per order is Gamma(p, 1/ν) with ν ~ Gamma(q, 1/gamma).
    scale = spend.gamma / behaviour.gamma(spend.q, size)
    rank = np.zeros(size, dtype=np.int64)
    rank[np.argsort(scale, kind="stable")] = np.arange(size)
    big = rank >= size - size // 10
    returns = assumptions.returns
    serial = behaviour.chance(np.where(big, people.serial_returner_big_spender, people.serial_returner), size)
    usual = behaviour.beta(returns.usual_a, returns.usual_b, size)
    often = behaviour.beta(returns.serial_a, returns.serial_b, size)
    service = assumptions.service
    needy = behaviour.chance(people.needy, size)
    contacts = behaviour.gamma(service.usual_shape, size) * (service.usual_mean / service.usual_shape)
    contacts = np.where(needy, service.needy_mean * (0.5 + behaviour.uniform(size)), contacts)
    # A smooth stand-in for the log odds, with a spread of about 1.
    odds = 2.0 * (np.sqrt(leaving) - 0.35) / 0.45
    contentment = assumptions.survey.leaving * odds + assumptions.survey.person * behaviour.normal(size)

    return Customers(
        customer_id=customer_id,
        channel=channel,
        country=country,
        start=start,
        cac=cac,
        consent=draws.chance(people.email_consent, size),
        referred_by=_referrers(assumptions, draws, channel, advocate, customer_id),
        home_store=_home(draws, country, names),
        **latent,
        purchases_before_leaving=behaviour.geometric(leaving, 1_000_000),
        mean_order=spend.p * scale,
        spend_scale=scale,
        coffee_taste=behaviour.beta(assumptions.baskets.coffee_a, assumptions.baskets.coffee_b, size),
        return_chance=np.where(serial, often, usual),
        serial_returner=serial,
        contacts_per_year=contacts,
        needy=needy,
        advocate=advocate,
        contentment=contentment,
    )


def _referrers(assumptions: Assumptions, draws: Draws, channel: Ints, advocate: Flags, customer_id: Ints) -> Ints:
    """Who brought the customers of the channel "referral": mostly advocates, always somebody won earlier."""
    size = channel.size
    names = list(assumptions.channels)
    by_advocate = draws.chance(assumptions.people.referred_by_advocate, size)
    pick = draws.uniform(size)
    referrers = np.full(size, -1, dtype=np.int64)
    if "referral" not in names:
        return referrers
    earlier_advocates = np.cumsum(advocate, dtype=np.int64) - advocate
    advocates = np.flatnonzero(advocate)
    for member in np.flatnonzero(channel == names.index("referral")):
        if by_advocate[member] and earlier_advocates[member]:
            found = advocates[int(pick[member] * earlier_advocates[member])]
        elif member:
            found = int(pick[member] * member)
        else:
            continue
        referrers[member] = customer_id[found]
    return referrers


def _home(draws: Draws, country: Ints, names: list[str]) -> Ints:
    """The store a customer goes to, in the own country."""
    home = np.zeros(country.size, dtype=np.int64)
    for number, name in enumerate(names):
        members = np.flatnonzero(country == number)
        near = [place for place, store in enumerate(_firm.STORES) if store[2] == name] or [0]
        chosen = draws.choice([_firm.STORES[place][3] for place in near], members.size)
        home[members] = np.array(near, dtype=np.int64)[chosen]
    return home
