"""Kettleholt's customers, block by block: each block is simulated on its own and always comes out the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from customer_value.company import _campaigns, _firm, _open_orders, _returns, _service, _survey, schema
from customer_value.company._calendar import DAYS, day_of
from customer_value.company._draws import Draws, Floats, Ints, count_by, exp, repeat
from customer_value.company._lines import Lines, extras, fill_baskets
from customer_value.company._orders import Orders, place_orders, purchase_times
from customer_value.company._people import Customers, win
from customer_value.company._subscriptions import Spells, subscribe
from customer_value.company.assumptions import Assumptions, as_truth
from customer_value.company.findings import FINDINGS
from customer_value.company.tables import Block, Values, frame

SMALL = 5_000
SEED = 20_250_101
BLOCK = 5_000
"""Customers simulated together. A full block is the same whatever the size of the company."""

_FIRST_CUSTOMER, _FIRST_INVOICE = 10_001, 500_001
# More than the numbers a block can use up.
_INVOICES, _CONTACTS = 200_000, 100_000


def learner_tables(
    customers: int = SMALL, *, seed: int = SEED, assumptions: Assumptions | None = None
) -> dict[str, Any]:
    """Simulate the company and return what it knows: a typed data frame for each table of ``schema.LEARNERS``.

    Parameters
    ----------
    customers
        How many; with the default ``seed`` and assumptions the first 5,000 are those of ``datasets/kettleholt``.
    seed
        Whole number from 0; another seed is another company with the same parameters.
    assumptions
        Parameters; ``None`` for those of the book.

    Raises ``ValueError`` for fewer than 1 customer or a negative seed.
    """
    return _joined(customers, seed, assumptions, "learners")


def truth_tables(customers: int = SMALL, *, seed: int = SEED, assumptions: Assumptions | None = None) -> dict[str, Any]:
    """The same customers' latent values: a typed data frame for each table of ``schema.TRUTH``."""
    return _joined(customers, seed, assumptions, "truth")


def truth_parameters(
    customers: int = SMALL, *, seed: int = SEED, assumptions: Assumptions | None = None
) -> dict[str, Any]:
    """What ``truth.json`` holds: seed, size, every parameter with range and source, odd employees, planted findings."""
    used = assumptions or Assumptions()
    staff = _firm.employees(used.orders.pushy_advisers, used.service.hasty_agents)
    return {
        "company": "Kettleholt",
        "note": "A simulated company. All parameters are teaching assumptions; no real firm is described.",
        "seed": seed,
        "customers": customers,
        "parameters": as_truth(used),
        "pushy_advisers": [each.employee_id for each in staff if each.odd and each.role == "store adviser"],
        "hasty_agents": [each.employee_id for each in staff if each.odd and each.role == "service agent"],
        "findings": [vars(finding) for finding in FINDINGS],
    }


@dataclass
class Simulated:
    """Tables of one block of customers, by name."""

    learners: Block
    truth: Block


def blocks(customers: int, *, seed: int = SEED, assumptions: Assumptions | None = None) -> Iterator[Simulated]:
    """The company in blocks of 5,000 customers, so that only one is in memory; the last one may be smaller.

    Each block covers all three years. Numbers of customers, invoices and contacts rise with time within a block, and
    from block to block.
    """
    for name, number, least in (("customers", customers, 1), ("seed", seed, 0)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise ValueError(f"{name} must be a whole number from {least}; got {number!r}.")
    used = assumptions or Assumptions()
    for block in range((customers + BLOCK - 1) // BLOCK):
        yield _block(used, seed, block, min(BLOCK, customers - block * BLOCK))


def _joined(customers: int, seed: int, assumptions: Assumptions | None, side: str) -> dict[str, Any]:
    import pandas as pd

    known = getattr(schema, side.upper())
    parts: dict[str, list[Any]] = {name: [] for name in known}
    for block in blocks(customers, seed=seed, assumptions=assumptions):
        for name, table in getattr(block, side).items():
            parts[name].append(frame(known[name], table))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def _block(assumptions: Assumptions, seed: int, block: int, size: int) -> Simulated:
    def draws(use: str) -> Draws:
        return Draws(seed, block, use)

    people = win(assumptions, seed, block, size, _FIRST_CUSTOMER + block * BLOCK)
    who, when = purchase_times(people, draws("purchases"))
    day = np.floor(when).astype(np.int64)
    spells = subscribe(assumptions, people, draws("subscriptions"))
    voucher = _campaigns.draw_lots(assumptions, people, who, day, spells, draws("lots"))
    _campaigns.leave_club(assumptions, voucher, spells)
    customer, day, used = _campaigns.purchases_with(assumptions, voucher, who, day, draws("voucher effects"))
    first = np.r_[True, customer[1:] != customer[:-1]]
    strangers = draws("strangers")
    share = assumptions.orders.anonymous
    # As many as make up the share of all store orders, were every second order placed in a store.
    extra = round(0.5 * customer.size * share / (1.0 - share))
    orders = place_orders(
        assumptions,
        people,
        np.concatenate([customer, np.full(extra, -1, dtype=np.int64)]),
        np.concatenate([day, strangers.whole(DAYS, extra)]),
        np.concatenate([first, np.zeros(extra, dtype=bool)]),
        np.concatenate([used, np.zeros(extra, dtype=bool)]),
        draws("orders"),
    )
    lines = fill_baskets(assumptions, people, orders, draws("baskets"))
    returns = _returns.take_back(assumptions, people, orders, lines, draws("returns"))
    contacts = _service.answer(assumptions, people, orders, returns, draws("service"))
    survey = _survey.ask_customers(assumptions, people, orders, returns, contacts, draws("survey"))
    catalogue = _campaigns.mail_catalogue(assumptions, people, orders.customer, orders.day, orders.amount)
    waiting = _open_orders.open_orders(assumptions, people, orders, draws("open orders"))

    invoice, credit_note = _invoice_numbers(orders, returns, block)
    extra_lines = extras(assumptions, orders, draws("extras"))
    learners = {
        "customers": _customers(assumptions, people),
        "transactions": _transactions(
            assumptions, people, orders, lines, extra_lines, returns, invoice, credit_note, draws("double posting")
        ),
        "orders": _orders(assumptions, people, orders, invoice),
        "returns": _return_lines(returns, invoice, credit_note),
        "subscriptions": _spells(assumptions, people, spells),
        "contacts": _contacts(assumptions, people, contacts, block),
        "survey": _answers(people, survey),
        "campaigns": _mailings(assumptions, people, voucher, catalogue),
    }
    if block == 0:
        learners |= _firm_tables(assumptions, seed) | {"open_orders": _waiting(assumptions, people, waiting)}
    return Simulated(learners, {"customers": _latent(assumptions, people, who, spells, voucher, waiting, block)})


def _invoice_numbers(orders: Orders, returns: _returns.Returns, block: int) -> tuple[Ints, Ints]:
    """Numbers of orders and of credit notes, rising with time."""
    minute = np.concatenate([orders.minute, returns.minute])
    # At the same minute an order comes before a credit note.
    order = np.lexsort((np.arange(minute.size), minute))
    number = np.zeros(minute.size, dtype=np.int64)
    number[order] = _FIRST_INVOICE + block * _INVOICES + np.arange(minute.size, dtype=np.int64)
    return number[: orders.number], number[orders.number :]


def _ids(people: Customers, customer: Ints) -> Values:
    return Values(np.where(customer >= 0, people.customer_id[np.maximum(customer, 0)], -1))


def _words(numbers: Ints, words: Any) -> Values:
    return Values(numbers, tuple(words))


def _flag(flags: Any) -> Values:
    return Values(flags.astype(np.int64))


def _scaled(numbers: Floats, places: int) -> Values:
    return Values(np.rint(numbers * 10.0**places).astype(np.int64))


def _each(values: Any) -> Values:
    return Values(np.array(list(values), dtype=np.int64))


def _spelled(texts: Any) -> Values:
    """Texts as positions in the list of different ones."""
    listed = list(texts)
    words = sorted(set(listed))
    return Values(np.array([words.index(text) for text in listed], dtype=np.int64), words)


def _customers(assumptions: Assumptions, people: Customers) -> dict[str, Values]:
    return {
        "customer_id": Values(people.customer_id),
        "acquired_on": Values(people.start_day),
        "channel": _words(people.channel, assumptions.channels),
        "cac_eur": Values(people.cac),
        "country": _words(people.country, assumptions.people.countries),
        "home_store": _words(people.home_store, (store[0] for store in _firm.STORES)),
        "email_consent": _flag(people.consent),
        "referred_by": Values(people.referred_by),
    }


def _transactions(
    assumptions: Assumptions,
    people: Customers,
    orders: Orders,
    lines: Lines,
    extra: Lines,
    returns: _returns.Returns,
    invoice: Ints,
    credit_note: Ints,
    draws: Draws,
) -> dict[str, Values]:
    back = returns.lines
    extra = extra.pick(np.flatnonzero(~orders.cancelled[extra.order]))
    order = np.concatenate([lines.order, extra.order, returns.order[back.order]])
    number = np.concatenate([invoice[lines.order], invoice[extra.order], -credit_note[back.order]])
    minute = np.concatenate([orders.minute[lines.order], orders.minute[extra.order], returns.minute[back.order]])
    quantity = np.concatenate([lines.quantity, extra.quantity, -back.quantity])
    product = np.concatenate([lines.product, extra.product, back.product])
    price = np.concatenate([lines.price, extra.price, back.price])
    twice = draws.chance(assumptions.orders.double_posted, number.size) & (number > 0)
    copies = 1 + twice.astype(np.int64)
    position = repeat(np.arange(number.size, dtype=np.int64), copies)
    position = position[np.lexsort((position, np.abs(number[position])))]
    order = order[position]
    return {
        "InvoiceNo": Values(number[position]),
        "StockCode": _words(product[position], (row[0] for row in _firm.ALL_CODES)),
        "Description": _words(product[position], _firm.DESCRIPTIONS),
        "Quantity": Values(quantity[position]),
        "InvoiceDate": Values(minute[position]),
        "UnitPrice": Values(price[position]),
        "CustomerID": _ids(people, orders.customer[order]),
        "Country": _words(orders.country[order], assumptions.people.countries),
    }


def _orders(assumptions: Assumptions, people: Customers, orders: Orders, invoice: Ints) -> dict[str, Values]:
    staff = _firm.employees(assumptions.orders.pushy_advisers, assumptions.service.hasty_agents)
    order = np.argsort(invoice, kind="stable")
    return {
        "InvoiceNo": Values(invoice[order]),
        "customer_id": _ids(people, orders.customer[order]),
        "place": _words(orders.place[order], _firm.PLACES),
        "employee_id": _words(orders.seller[order], (each.employee_id for each in staff)),
        "voucher": _flag(orders.voucher[order]),
        "promised_on": Values(np.where(orders.promised < DAYS + 30, orders.promised, -1)[order]),
        "delivered_on": Values(orders.delivered[order]),
    }


def _return_lines(returns: _returns.Returns, invoice: Ints, credit_note: Ints) -> dict[str, Values]:
    back = returns.lines
    number = credit_note[back.order]
    order = np.argsort(number, kind="stable")
    return {
        "credit_note": Values(-number[order]),
        "InvoiceNo": Values(invoice[returns.order[back.order]][order]),
        "StockCode": _words(back.product[order], (row[0] for row in _firm.ALL_CODES)),
        "Quantity": Values(back.quantity[order]),
        "reason": _words(returns.reason[back.order][order], _returns.REASONS),
        "resaleable": _flag(returns.resaleable[order]),
    }


def _spells(assumptions: Assumptions, people: Customers, spells: Spells) -> dict[str, Values]:
    plans = list(assumptions.subscriptions.plans.values())
    price, cost = (np.array([round(100 * plan[part]) for plan in plans], dtype=np.int64) for part in (0, 1))
    return {
        "customer_id": _ids(people, spells.customer),
        "spell": Values(spells.spell),
        "plan": _words(spells.plan, assumptions.subscriptions.plans),
        "price_eur": Values(price[spells.plan]),
        "cost_eur": Values(cost[spells.plan]),
        "welcome_gift_eur": Values(spells.gift),
        "started_on": Values(spells.start),
        "ended_on": Values(np.where(spells.end < DAYS, spells.end, -1)),
    }


def _contacts(
    assumptions: Assumptions, people: Customers, contacts: _service.Contacts, block: int
) -> dict[str, Values]:
    staff = _firm.employees(assumptions.orders.pushy_advisers, assumptions.service.hasty_agents)
    return {
        "contact_id": Values(1 + block * _CONTACTS + np.arange(contacts.number, dtype=np.int64)),
        "customer_id": _ids(people, contacts.customer),
        "contacted_at": Values(contacts.minute),
        "medium": _words(contacts.medium, assumptions.service.minutes),
        "reason": _words(contacts.reason, _service.REASONS),
        "employee_id": _words(contacts.agent, (each.employee_id for each in staff)),
        "minutes": Values(contacts.tenths),
        "resolved": _flag(contacts.resolved),
    }


def _answers(people: Customers, survey: _survey.Survey) -> dict[str, Values]:
    return {
        "customer_id": _ids(people, survey.customer),
        "responded": _flag(survey.responded),
        **{name: Values(values) for name, values in survey.scores.items()},
        "superior_experience": Values(survey.superior),
    }


def _mailings(
    assumptions: Assumptions, people: Customers, voucher: _campaigns.Voucher, catalogue: Any
) -> dict[str, Values]:
    setup = assumptions.campaigns
    on = (day_of(setup.catalogue_on), day_of(setup.voucher_on))
    known, drawn = np.flatnonzero(people.start_day < on[0]), np.flatnonzero(voucher.eligible)
    campaign = repeat(np.arange(2, dtype=np.int64), np.array([known.size, drawn.size]))
    arm = np.concatenate([np.where(catalogue[known], 0, 1), np.where(voucher.sent[drawn], 2, 3)]).astype(np.int64)
    return {
        "campaign": _words(campaign, ("spring catalogue", "autumn voucher")),
        "customer_id": _ids(people, np.concatenate([known, drawn])),
        "arm": _words(arm, ("mailed", "not mailed", "sent", "held out")),
        "sent_on": Values(np.array(on, dtype=np.int64)[campaign]),
    }


def _waiting(assumptions: Assumptions, people: Customers, waiting: _open_orders.OpenOrders) -> dict[str, Values]:
    size = waiting.customer.size
    product = np.full(size, _firm.CODE_OF[assumptions.open_orders.scarce], dtype=np.int64)
    return {
        "order_no": Values(9_001 + np.arange(size, dtype=np.int64)),
        "customer_id": _ids(people, waiting.customer),
        "ordered_at": Values(waiting.minute),
        "StockCode": _words(product, (row[0] for row in _firm.ALL_CODES)),
        "Quantity": Values(waiting.quantity),
        "UnitPrice": Values(_firm.LIST_PRICE[product]),
    }


def _firm_tables(assumptions: Assumptions, seed: int) -> Block:
    staff = _firm.employees(assumptions.orders.pushy_advisers, assumptions.service.hasty_agents)
    role, scores, superior = _survey.ask_managers(assumptions, seed)
    on_hand, coming, days = _open_orders.stock(assumptions, seed)
    scarce = _firm.CODE_OF[assumptions.open_orders.scarce]
    days[scarce] = day_of(assumptions.open_orders.next_delivery) - DAYS
    goods, commission = _firm.PRODUCTS, "commission on gross sales"
    return {
        "products": {
            "StockCode": _spelled(row[0] for row in _firm.ALL_CODES),
            "Description": _spelled(_firm.DESCRIPTIONS),
            "category": _spelled(row[2] for row in _firm.ALL_CODES),
            "list_price_eur": Values(_firm.LIST_PRICE),
            "unit_cost_eur": Values(_firm.UNIT_COST),
        },
        "activities": {
            "activity": _spelled(row[0] for row in _firm.ACTIVITIES),
            "department": _spelled(row[1] for row in _firm.ACTIVITIES),
            "minutes": _each(round(10 * row[2]) for row in _firm.ACTIVITIES),
            "cost_per_minute_eur": _each(row[3] for row in _firm.ACTIVITIES),
            "outlay_eur": _each(row[4] for row in _firm.ACTIVITIES),
            "driver": _spelled(row[5] for row in _firm.ACTIVITIES),
        },
        "managers_survey": {
            "manager": Values(1 + np.arange(role.size, dtype=np.int64)),
            "role": _words(role, _survey.ROLES),
            **{name: Values(values) for name, values in scores.items()},
            "superior_experience": Values(superior),
        },
        "stock": {
            "StockCode": _spelled(row[0] for row in goods),
            "on_hand": Values(on_hand),
            "under_way": Values(coming),
            "due_in_days": Values(np.where(coming > 0, days, -1)),
        },
        "employees": {
            "employee_id": _spelled(each.employee_id for each in staff),
            "role": _spelled(each.role for each in staff),
            "place": _spelled(each.place for each in staff),
            "salary_eur": _each(each.salary for each in staff),
            "incentive": _spelled(each.incentive for each in staff),
            "commission": _each(each.rate if each.incentive == commission else 0 for each in staff),
            "bonus_eur": _each(0 if each.incentive == commission else each.rate for each in staff),
        },
        "stores": {
            "store": _spelled(store[0] for store in _firm.STORES),
            "city": _spelled(store[1] for store in _firm.STORES),
            "country": _spelled(store[2] for store in _firm.STORES),
            "fixed_cost_eur": _each(store[4] for store in _firm.STORES),
        },
    }


def _latent(
    assumptions: Assumptions,
    people: Customers,
    who: Ints,
    spells: Spells,
    voucher: _campaigns.Voucher,
    waiting: _open_orders.OpenOrders,
    block: int,
) -> dict[str, Values]:
    made = count_by(who, people.number) - 1
    gone = voucher.sent & (voucher.kind == _campaigns.SLEEPING_DOG) & ~voucher.leaves_club_with
    alive = (made < people.purchases_before_leaving) & ~gone
    year = 365.25 / 7.0
    leaving = np.maximum(people.leaves_after_purchase, 1e-9)
    # Known rate and chance of leaving: purchases in t are (1 − e^(−λpt)) / p; nobody has left before a repeat purchase.
    expected = np.where(alive, (1.0 - exp(-people.purchases_per_week * leaving * year)) / leaving, 0.0)
    theta = np.full(people.number, -1, dtype=np.int64)
    theta[spells.customer] = np.rint(spells.leaves_each_month * 1e5).astype(np.int64)
    kind = np.full(people.number, -1, dtype=np.int64)
    if block == 0:
        kind[waiting.customer] = waiting.kind
    return {
        "customer_id": Values(people.customer_id),
        "purchases_per_week": _scaled(people.purchases_per_week, 6),
        "leaves_after_purchase": _scaled(people.leaves_after_purchase, 5),
        "still_customer": _flag(alive),
        "expected_purchases": _scaled(expected, 4),
        "mean_order_eur": _scaled(people.mean_order, 2),
        "store_share": _scaled(people.store_share, 4),
        "coffee_taste": _scaled(people.coffee_taste, 4),
        "return_chance": _scaled(people.return_chance, 4),
        "serial_returner": _flag(people.serial_returner),
        "contacts_per_year": _scaled(people.contacts_per_year, 3),
        "needy": _flag(people.needy),
        "advocate": _flag(people.advocate),
        "contentment": _scaled(people.contentment, 4),
        "leaves_club_each_month": Values(theta),
        "voucher_type": _words(voucher.kind, _campaigns.TYPES),
        "buys_without": _flag(voucher.buys_without),
        "buys_with": _flag(voucher.buys_with),
        "leaves_club_with": _flag(voucher.leaves_club_with),
        "open_order_kind": _words(kind, assumptions.open_orders.kinds),
    }
