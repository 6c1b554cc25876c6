"""Two mailings: a catalogue for the best customers, a voucher drawn by lot."""

from dataclasses import dataclass

import numpy as np

from customer_value.company._calendar import day_of, month_of, month_start
from customer_value.company._draws import Draws, Floats, Ints, total_by
from customer_value.company._people import Customers, Flags
from customer_value.company._subscriptions import Spells
from customer_value.company.assumptions import Assumptions

TYPES = ("not asked", "lost cause", "sure thing", "persuadable", "sleeping dog")
NOT_ASKED, LOST_CAUSE, SURE_THING, PERSUADABLE, SLEEPING_DOG = range(len(TYPES))


@dataclass
class Voucher:
    """The experiment of autumn; one entry per customer."""

    eligible: Flags
    sent: Flags
    kind: Ints
    """Position in ``TYPES``: what the voucher would change, were it sent."""
    buys_without: Flags
    buys_with: Flags
    leaves_club_with: Flags
    """Would leave the coffee club because of the voucher."""


def draw_lots(
    assumptions: Assumptions, people: Customers, customer: Ints, day: Ints, spells: Spells, draws: Draws
) -> Voucher:
    """Who is sent the voucher, and what it would do; ``customer`` and ``day`` are the purchases without it."""
    setup, size = assumptions.campaigns, people.number
    start = day_of(setup.voucher_on)
    end = start + setup.voucher_days
    before = day < start
    latest = np.full(size, -1, dtype=np.int64)
    # Written in order of time, so the last purchase stays.
    order = np.lexsort((day, customer))
    sorted_before = order[before[order]]
    latest[customer[sorted_before]] = day[sorted_before]
    eligible = people.consent & (latest >= 0)
    recency = start - latest
    lapsing = (recency >= setup.lapsing_days[0]) & (recency <= setup.lapsing_days[1])
    buys = np.zeros(size, dtype=bool)
    buys[customer[(day >= start) & (day < end)]] = True
    in_club = np.zeros(size, dtype=bool)
    in_club[spells.customer[spells.active_on(start)]] = True

    dog_chance = np.where(in_club, setup.sleeping_dog_subscriber, setup.sleeping_dog_others)
    dog = draws.chance(dog_chance, size)
    persuadable = draws.chance(np.where(lapsing, setup.persuadable_lapsing, setup.persuadable_others), size)
    kind = np.where(buys, SURE_THING, np.where(persuadable, PERSUADABLE, LOST_CAUSE))
    kind = np.where(dog, SLEEPING_DOG, kind)
    kind = np.where(eligible, kind, NOT_ASKED)
    return Voucher(
        eligible=eligible,
        sent=eligible & draws.chance(setup.sent, size),
        kind=kind,
        buys_without=buys,
        buys_with=np.where(kind == SLEEPING_DOG, buys & in_club, buys | (kind == PERSUADABLE)),
        leaves_club_with=(kind == SLEEPING_DOG) & in_club,
    )


def purchases_with(
    assumptions: Assumptions, voucher: Voucher, customer: Ints, day: Ints, draws: Draws
) -> tuple[Ints, Ints, Flags]:
    """Purchases after the voucher has had its effect: customer, day, and whether the voucher is used."""
    setup = assumptions.campaigns
    start = day_of(setup.voucher_on)
    gone = voucher.sent & (voucher.kind == SLEEPING_DOG) & ~voucher.leaves_club_with
    kept = ~(gone[customer] & (day >= start))
    won = np.flatnonzero(voucher.sent & (voucher.kind == PERSUADABLE)).astype(np.int64)
    extra = start + 1 + draws.whole(setup.voucher_days - 1, won.size)
    customer, day = np.concatenate([customer[kept], won]), np.concatenate([day[kept], extra])
    order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    inside = (day >= start) & (day < start + setup.voucher_days)
    candidates = np.flatnonzero(inside & voucher.sent[customer])
    _, first = np.unique(customer[candidates], return_index=True)
    first = candidates[first]
    used = np.zeros(customer.size, dtype=bool)
    # Whoever buys only because of the voucher uses it.
    uses = draws.chance(setup.redeems, first.size) | (voucher.kind[customer[first]] == PERSUADABLE)
    used[first[uses]] = True
    return customer, day, used


def leave_club(assumptions: Assumptions, voucher: Voucher, spells: Spells) -> None:
    """End the spells of sleeping dogs who were sent the voucher at their next renewal; changes ``spells``."""
    start = np.full(spells.month.size, day_of(assumptions.campaigns.voucher_on), dtype=np.int64)
    hit = spells.active_on(int(start[0])) if start.size else np.zeros(0, dtype=bool)
    hit &= (voucher.sent & voucher.leaves_club_with)[spells.customer]
    month = month_of(start)
    billed = month_start(month) + spells.bill_day <= start
    spells.months = np.where(hit, month - spells.month + billed, spells.months)


def mail_catalogue(assumptions: Assumptions, people: Customers, customer: Ints, day: Ints, amount: Floats) -> Flags:
    """The customers with the highest revenue in the twelve months before; nobody's purchases change."""
    setup = assumptions.campaigns
    on = day_of(setup.catalogue_on)
    recent = (customer >= 0) & (day < on) & (day >= on - 365)
    revenue = total_by(customer[recent], amount[recent], people.number)
    number = int(setup.catalogue_share * np.count_nonzero(people.start_day < on))
    best = np.lexsort((people.customer_id, -revenue))[:number]
    mailed = np.zeros(people.number, dtype=bool)
    mailed[best] = True
    return mailed & (revenue > 0)
